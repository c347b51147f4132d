"""What the community of the demonstration recognises: savoirs seen, confirmed, certified, doubted, carried away."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

from reciproque.config.demo.arrivals import MAIN
from reciproque.config.demo.fairs import present
from reciproque.config.demo.history import Act, History
from reciproque.config.demo.market import OFFER, Market, Member
from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.insights.actions import note_maturity
from reciproque.insights.rules import Dimension
from reciproque.networks.actions import change_settings
from reciproque.networks.rules import System
from reciproque.people.models import Person
from reciproque.recognition import actions as recognition
from reciproque.recognition.access import can_contest
from reciproque.recognition.models import Certification, Confirmation, Skill
from reciproque.recognition.queries import may_confirm, who_may_confirm
from reciproque.recognition.rules import CLIQUE, Audience, CallKind

FILE = Path(__file__).with_name("recognised.json")
# When the network becomes a learning community: long enough ago for the first certifications to have aged.
OPENS = 0.45
RULE = {"confirmations": 2, "units": 2, "months": 24}
EVERY, AT_A_TIME = 6, 3
# Exchanges recorded for these scenes, part of the figures: a circle of people who teach one another, a cast member's.
IN_CIRCLE = CLIQUE * (CLIQUE - 1)
BEHIND = 2
RECORDED = IN_CIRCLE + BEHIND


@lru_cache(maxsize=1)
def said() -> dict[str, Any]:
    """Return what people say of what they learned."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


class Recognition:
    """Plans the recognition of savoirs in the main network."""

    def __init__(self, history: History) -> None:
        self.h = history
        self.circle: list[Member] = []

    @property
    def market(self) -> Market:
        return self.h.markets[MAIN]

    @property
    def alice(self) -> Person:
        return self.h.cast("animator").person

    def plan(self) -> None:
        """Plan all of it, when the story is long enough for people to have learned."""
        h, last = self.h, self.h.days.last
        opens = h.share(OPENS)
        if last < max(30, opens + 20):
            return
        h.at(opens, 620, self._open)
        for day in range(opens + 5, last - 1, EVERY):
            h.at(day, 925, self._say)
            h.at(day, 577, self._clock)
        h.at(opens + 4, 930, self._choose)
        h.at(opens + 3, 640, self._look(2, 1))
        h.at(last - 14, 640, self._look(3, 2))
        h.at(last - 3, 645, self._call)
        h.at(last - 12, 935, self._teach_one_another)
        h.at(last - 10, 940, self._confirm_one_another)
        h.at(last - 9, 1010, self._behind)
        h.at(last - 7, 945, self._stand_behind)
        h.at(last - 5, 950, self._doubt(settled=True))
        h.at(last - 2, 950, self._doubt(settled=False))
        h.at(last - 2, 955, self._ask)
        h.at(last - 1, 960, self._carry)
        h.at(last - 1, 965, self._stop)

    # -- the years ------------------------------------------------------------------------------------------

    def _open(self, _day: int, _minute: int) -> None:
        """The network becomes a learning community, and settles by which rule it certifies."""
        network, admin = self.market.network, self.h.admin
        systems = list(dict.fromkeys([*network.systems, System.COMMUNITY.value]))
        change_settings(network, by=admin, systems=systems)
        recognition.set_rule(network, by=admin, on=True, **RULE)

    def _look(self, *levels: int) -> Act:
        """Alice looks at the maturity of the network: at the start, then lately."""

        def act(_day: int, _minute: int) -> None:
            said_levels = {name: levels[n % len(levels)] for n, name in enumerate(Dimension.values)}
            network = self.market.network
            self.h.refused(lambda: note_maturity(network, by=self.h.admin, levels=said_levels))

        return act

    def _call(self, _day: int, _minute: int) -> None:
        """The team calls upon people who know, for a sheet and before a departure: one of them says yes."""
        h, network = self.h, self.market.network
        found = Skill.objects.filter(put_away_at=None, evidence__network=network).exclude(person=self.alice)
        skills = found.select_related("topic").order_by("-seen_at", "pk").distinct()[:2]
        made: list[Any] = []
        kinds = (CallKind.SHEET, CallKind.OFFER)
        for skill, kind, words in zip(skills, kinds, said()["calls"], strict=False):
            h.refused(
                lambda s=skill, k=kind, w=words: made.append(
                    recognition.call_someone(network, s.topic, kind=k, person=None, by=self.alice, words=w)
                )
            )
        for call in made[:1]:
            h.refused(lambda c=call: recognition.answer_call(c, by=c.person, yes=True, reason=""))

    def _clock(self, _day: int, _minute: int) -> None:
        recognition.end_expired()

    def _choose(self, day: int, _minute: int) -> None:
        """Some show their savoirs, to all or to those they met; most keep them to themselves."""
        rng = self.h.rng("audiences")
        for member in [m for m in self.market.members if m.until is None]:
            chance = rng.random()
            audience = Audience.NETWORK if chance < 0.35 else Audience.MET if chance < 0.5 else Audience.ME
            shown = member.colleague.role in ("member", "mediator", "english")
            person = member.person
            choice = Audience.NETWORK if shown else audience
            if choice != Audience.ME:
                self.h.refused(lambda p=person, c=choice: recognition.choose_audience(p, c, by=p))

    def _say(self, day: int, _minute: int) -> None:
        """Some people say what they learned, first of those from whom several learned the same thing."""
        h, rng = self.h, self.h.rng("said", day)
        skills = Skill.objects.filter(put_away_at=None, evidence__kind="given", evidence__withdrawn_at=None)
        seen = Counter(skills.order_by("pk").values_list("pk", flat=True))
        keys, twice = sorted(seen), sorted(pk for pk, number in seen.items() if number > 1)
        for pk in rng.sample(twice or keys, min(AT_A_TIME, len(twice or keys))):
            skill = Skill.objects.select_related("person", "topic").get(pk=pk)
            waiting = [one for one in who_may_confirm(skill) if not one.confirmed]
            if waiting and rng.random() < 0.6:
                asked = [one.person for one in waiting if one.asked_at is None][:3]
                if asked:
                    h.refused(lambda s=skill, a=asked: recognition.ask_confirmation(s, by=s.person, people=a))
            for one in waiting[:3]:
                if rng.random() < 0.75:
                    self._confirm(skill, one.person, rng)

    def _confirm(self, skill: Skill, by: Person, rng: Any) -> bool:
        """Someone says what they learned from someone; False when they cannot."""
        rows = [row for row in may_confirm(by) if row.skill.pk == skill.pk]
        if not rows:
            return False
        # Nobody repeats what another said of the same savoir.
        already = set(Confirmation.objects.filter(skill=skill).values_list("words", flat=True))
        fresh = [one for one in said()["said"] if one not in already]
        words = rng.choice(fresh) if fresh and rng.random() < 0.7 else ""
        source = (rows[0].source_kind, rows[0].source_id)
        return not self.h.refused(
            lambda: recognition.confirm_skill(
                skill.person, skill.topic, by=by, source=source, words=words, signs=rng.random() < 0.5
            )
        )

    # -- a circle that confirms itself ------------------------------------------------------------------------

    def _topics(self, member: Member) -> list[str]:
        """Return the savoirs that a member offers, by the names of their topics."""
        return [ad.subject.topic for ad in member.ads if ad.kind == OFFER and ad.open]

    def _record(self, day: int, learner: Member, teacher: Member, title: str) -> None:
        """An exchange of before is recorded, about a savoir that its title names; who learned says that it took place."""
        held_on = self.h.days.date(day) - dt.timedelta(days=6)

        def act() -> None:
            exchange = declare_exchange(
                self.market.network,
                requester=learner.person,
                offerer=teacher.person,
                by=None,
                title=title,
                held_on=held_on,
                mode="face",
            )
            confirm_exchange(exchange, by=learner.person)

        self.h.counts["declared"] += not self.h.refused(act)

    def _teach_one_another(self, day: int, _minute: int) -> None:
        """Three colleagues each teach the two others something."""
        able = [m for m in present(self.market, day, self.h.rng("circle")) if m.until is None]
        self.circle = [m for m in able if self._topics(m)][:CLIQUE]
        if len(self.circle) < CLIQUE:
            self.circle = []
        for teacher, learner in itertools.permutations(self.circle, 2):
            self._record(day, learner, teacher, self._topics(teacher)[0])

    def _confirm_one_another(self, _day: int, _minute: int) -> None:
        """They confirm one another, all of them: a pattern for the team to see, nobody's fault."""
        rng = self.h.rng("circle said")
        for member in self.circle:
            for row in may_confirm(member.person):
                if row.skill.person_id in {one.person.pk for one in self.circle}:
                    self._confirm(row.skill, member.person, rng)

    # -- what waits for the cast ------------------------------------------------------------------------------

    def _basile(self) -> Member | None:
        return self.market.by_person.get(self.h.cast("member").person.pk)

    def _behind(self, day: int, _minute: int) -> None:
        """Two people of other units learned something from Basile."""
        basile = self._basile()
        topics = self._topics(basile) if basile else []
        if basile is None or not topics:
            return
        unit = basile.person.unit_id
        others = [
            m
            for m in present(self.market, day, self.h.rng("behind"))
            if m.until is None and m.person.unit_id not in (None, unit) and m not in self.circle
        ]
        units: set[int] = set()
        learners = []
        for member in others:
            if member.person.unit_id not in units:
                units.add(member.person.unit_id)
                learners.append(member)
        for learner in learners[:BEHIND]:
            self._record(day, learner, basile, topics[0])

    def _stand_behind(self, _day: int, _minute: int) -> None:
        """Those who learned from Basile say so: his savoir is certified."""
        person, rng = self.h.cast("member").person, self.h.rng("behind said")
        for skill in Skill.objects.filter(person=person, put_away_at=None).select_related("person", "topic"):
            for one in who_may_confirm(skill):
                if not one.confirmed:
                    self._confirm(skill, one.person, rng)

    def _ask(self, _day: int, _minute: int) -> None:
        """Somebody asks Basile, and Grace, to say what they learned."""
        for role in ("member", "english"):
            person = self.h.cast(role).person
            for row in may_confirm(person)[:1]:
                skill = row.skill
                self.h.refused(
                    lambda s=skill, p=person: recognition.ask_confirmation(s, by=s.person, people=[p])
                )

    def _doubt(self, *, settled: bool) -> Act:
        """A member doubts a certification that they are shown; the team answers one of them."""

        def act(_day: int, _minute: int) -> None:
            h, words = self.h, said()
            rows = Certification.objects.filter(ended_at=None, network=self.market.network)
            rng = h.rng("doubt", settled)
            pks = list(rows.order_by("pk").values_list("pk", flat=True))
            rng.shuffle(pks)
            for pk in pks[:40]:
                row = rows.select_related("skill__person", "skill__topic", "network").get(pk=pk)
                if self._contested(row, words["contest_settled" if settled else "contest"], settled=settled):
                    return

        return act

    def _contested(self, row: Certification, words: str, *, settled: bool) -> bool:
        people = (self.h.cast(role).person for role in ("english", "mediator", "member"))
        by_alice = Confirmation.objects.filter(skill=row.skill, by=self.alice).exists()
        if by_alice or row.skill.person_id == self.alice.pk:
            return False  # she could not answer
        doubting = next((one for one in people if can_contest(one, row)), None)
        if doubting is None:
            return False
        made: list[Any] = []
        if self.h.refused(lambda: made.append(recognition.contest(row, by=doubting, words=words))):
            return False
        if settled:
            answer = said()["answer"]
            self.h.refused(
                lambda: recognition.settle_contest(made[0], by=self.alice, upheld=False, answer=answer)
            )
        return True

    def _carry(self, _day: int, _minute: int) -> None:
        """Basile carries his certification away as a badge."""
        rows = Certification.objects.filter(ended_at=None, skill__person=self.h.cast("member").person)
        for row in rows.select_related("skill__person", "skill__topic", "network")[:1]:
            self.h.refused(lambda r=row: recognition.issue_badge(r, by=r.skill.person))

    def _stop(self, day: int, _minute: int) -> None:
        """Someone takes back what they said; someone wants nothing kept of them."""
        h = self.h
        said_ = Confirmation.objects.filter(withdrawn_at=None, network=self.market.network)
        row = said_.exclude(skill__person=h.cast("member").person).order_by("pk").first()
        if row is not None:
            h.refused(lambda: recognition.withdraw_confirmation(row, by=row.by))
        able = [m for m in present(self.market, day, h.rng("stop")) if m not in self.circle]
        for member in able[:1]:
            h.refused(lambda p=member.person: recognition.stop_keeping(by=p))
