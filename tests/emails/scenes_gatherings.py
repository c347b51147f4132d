"""Fairs and spotting sessions: announced, changed, cancelled; what is typed there for someone is theirs to publish."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.gatherings import actions as gatherings
from reciproque.gatherings.models import Gathering, Participant
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.people.models import Person
from tests.emails.scenes_stage import DAY, Stage

HOURS = dt.timedelta(hours=1)


class GatheringScenes(Stage):
    """Fairs and spotting sessions: announced, changed, cancelled; what is typed there is its person's to publish."""

    def planned(self, kind: str, title: str, **fields: Any) -> Gathering:
        start = clock.now().replace(hour=13) + 10 * DAY
        values: dict[str, Any] = {
            "starts_at": start,
            "ends_at": start + 2 * HOURS,
            "place": "Salle Jaurès",
        } | fields
        return gatherings.plan_gathering(self.workshop, kind, by=self.alice, title=title, **values)

    def typed(self, fair: Gathering, who: str, kind: str, words: str) -> Any:
        return gatherings.type_entry(fair, by=self.alice, key=new_id(), kind=kind, words=words, who=who)

    def announced(self) -> None:
        self.hush()
        self.planned("spotting", "Repérer ses savoirs")
        self.tell()
        fair = self.planned("fair", "La bourse de printemps")
        self.tell()
        gatherings.say_coming(fair, by=self.bob, answer="yes")
        gatherings.change_gathering(
            fair,
            by=self.alice,
            title=fair.title,
            starts_at=fair.starts_at + DAY,
            ends_at=fair.ends_at + DAY,
            place="Salle Zola",
        )
        self.tell()
        gatherings.cancel_gathering(fair, by=self.alice, reason="La salle est prise.")
        self.tell()

    def typed_for_someone(self) -> None:
        """Dora, of the pool, notes what Bob agrees to; Chloé is asked by message; Fatou is not of the network."""
        fair = self.planned("fair", "La bourse d’automne", announced=False)
        with clock.at(fair.starts_at):
            gatherings.open_gathering(fair, by=self.alice)
            entry = self.typed(fair, "Bob Riou", "offer", "Greffer un pommier")
            self.typed(fair, "Chloé Le Goff", "request", "Tailler la vigne")
            guest = self.typed(fair, "Fatou Diop", "offer", "Broder au point de croix").participant
            self.hush()
            gatherings.confirm_entries(self.participant(fair, self.bob), [entry.public_id], by=self.dora)
            self.tell_only("entry.consented")
            gatherings.invite_guest(guest, self.fatou.email, by=self.alice)
            self.tell()
            fair.refresh_from_db()
            gatherings.close_gathering(fair, by=self.alice)
            self.tell()

    def participant(self, fair: Gathering, person: Person) -> Participant:
        rows = Participant.objects.select_related("gathering__network", "person")
        return rows.get(gathering=fair, person=person)
