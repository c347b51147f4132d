"""Where the scenes are played: the cast, its networks, and the gestures that most scenes begin with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from reciproque.agenda import actions as agenda
from reciproque.agenda.models import Meeting, Slot, Step
from reciproque.agenda.queries import live_meeting
from reciproque.catalogue import actions as catalogue
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.networks.models import Membership
from reciproque.notices.actions import tell
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)
TITLE = "Mener un entretien difficile"


class Stage:
    """Plays the life of the networks and tells each fact as soon as it is written."""

    def __init__(self, make_person: Callable[..., Person], cast: dict[str, Person], **nets: Any) -> None:
        self.make_person = make_person
        self.cast = cast
        self.direct, self.mediated, self.workshop = nets["direct"], nets["mediated"], nets["workshop"]
        self.told = 0

    def __getattr__(self, name: str) -> Person:
        return self.cast[name]

    def tell(self) -> None:
        for fact in Fact.objects.filter(pk__gt=self.told).order_by("pk"):
            tell(fact)
            self.told = fact.pk

    def tell_only(self, *names: str) -> None:
        """Tell these facts; other scenes tell what came with them."""
        for fact in Fact.objects.filter(pk__gt=self.told, name__in=names).order_by("pk"):
            tell(fact)
        self.hush()

    def hush(self) -> None:
        """Let what happened so far go untold: other scenes tell it."""
        self.told = Fact.objects.latest("pk").pk

    def post(self, author: Person, kind: str, title: str, network: Any = None, **fields: Any) -> Any:
        fields.setdefault("by", author)
        return catalogue.publish_post(
            network or self.direct, author, kind, title=title, modes=["phone"], languages=["fr"], **fields
        )

    def asked(
        self, title: str = TITLE, *, by: Person | None = None, network: Any = None, **fields: Any
    ) -> Any:
        """Bob asks Chloé for an introduction, and nobody is told yet."""
        network = network or self.direct
        offer = self.post(self.chloe, "offer", title, network)
        return exchanges.ask_introduction(
            network,
            requester=self.bob,
            offerer=self.chloe,
            offer=offer,
            by=by or self.bob,
            initiator=self.bob,
            **fields,
        )

    def ask(self, title: str = TITLE, **fields: Any) -> Any:
        introduction = self.asked(title, **fields)
        self.tell()
        return introduction

    def meeting(self, subject: Any, *, by: Person, days: int = 3) -> Any:
        meeting = live_meeting(subject)
        start = clock.now().replace(hour=13) + days * DAY
        slots = agenda.propose_slots(meeting, [start, start + DAY], by=by)
        self.tell()
        return meeting, slots

    def proposed(self, exchange: Exchange, days: int = 3) -> tuple[Meeting, list[Slot]]:
        """Bob proposes two dates, and nobody is told yet."""
        meeting = live_meeting(exchange)
        start = clock.now().replace(hour=13) + days * DAY
        return meeting, agenda.propose_slots(meeting, [start, start + DAY], by=self.bob)

    def accepted(self, title: str, network: Any = None, **fields: Any) -> Exchange:
        """Bob and Chloé are in an exchange, and nobody is told yet."""
        introduction = self.asked(title, network=network, **fields)
        exchanges.accept_introduction(introduction, by=self.chloe)
        return Exchange.objects.get(people__introduction=introduction)

    def membership(self, person: Person, network: Any) -> Membership:
        return Membership.objects.select_related("network", "person").get(person=person, network=network)

    def remind(self, verb: str, owner: Person) -> None:
        """The clock reaches the morning on which this person is reminded of what was last expected of them."""
        step = Step.objects.open().filter(verb=verb, owner=owner).latest("pk")
        self.hush()
        with clock.at(step.remind_at):
            agenda.remind_due()
            self.tell()
