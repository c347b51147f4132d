"""The animators' mornings: a bounded number of acts on the queue of their desk, each through its own action."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from reciproque.agenda.actions import note_attempt, remind_by_hand
from reciproque.agenda.models import Attempt, Step
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import AttemptKind, MeetingState, Verb
from reciproque.config.simulation.answers import Answers
from reciproque.config.simulation.people import REACHED_BY_TELEPHONE, Someone
from reciproque.exchanges.access import get_exchange_for_accompaniment, get_for_accompaniment
from reciproque.exchanges.actions import (
    accept_for,
    close_by_team,
    confirm_for,
    end_by_team,
    fix_date_for,
    propose_another,
    reassign_mediator,
    say_held_for,
)
from reciproque.exchanges.queries import mediation_loads
from reciproque.insights.queries import Narrowed, Stuck, queue
from reciproque.insights.queries.queue import keys
from reciproque.insights.rules import Reason
from reciproque.kit import clock
from reciproque.matching.actions import publish_pairs, publish_suggestion
from reciproque.matching.models import PlannedPair
from reciproque.matching.queries import current_plan
from reciproque.matching.rules import PairState
from reciproque.networks.access import get_application, scope_of
from reciproque.networks.actions import answer_application
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import animators_of, mediators_of
from reciproque.people.models import Person

# What half an hour allows in one network: less than a minute a row.
ACTS = 40
# After so many calls that came to nothing, the team stops waiting.
ENOUGH_CALLS = 3
PROPOSED_A_WEEK = 8
FIRST_POSTS = (Verb.OFFER, Verb.REQUEST)
MANY = 1_000_000
REASON = "Sans nouvelles depuis plusieurs semaines : on s’arrête là, et chacun peut recommencer."


class Desk:
    """One animator a morning for each network, at their queue."""

    def __init__(self, answers: Answers, people: dict[int, Someone]) -> None:
        self.answers, self.people = answers, people
        self.acts: Counter[str] = Counter()
        self.most = 0

    def morning(self, network: Network) -> None:
        """Take care of the first rows of the queue, as many as half an hour allows."""
        by = self._on_duty(network)
        scope = scope_of(by, network) if by is not None else None
        if by is None or scope is None:
            return
        rows = queue(network, Narrowed(scope), size=ACTS)
        for row in rows:
            self.acts[row.reason] += 1
            if not self.answers.allowed(lambda row=row: self._take_care(row, network, by)):
                # What the rules refuse is noted all the same, or it would come back every morning.
                self.answers.allowed(lambda row=row: self._noted(row, network, by, AttemptKind.NOTED))
        self.most = max(self.most, len(rows))
        if clock.now().weekday() == 0:
            self._propose_pairs(network, by)

    def _on_duty(self, network: Network) -> Person | None:
        here = [
            person
            for person in animators_of(network)
            if person.pk in self.people and self.people[person.pk].is_here(clock.now())
        ]
        here.sort(key=lambda person: self.people[person.pk].name)
        return here[clock.now().toordinal() % len(here)] if here else None

    def _noted(self, row: Stuck, network: Network, by: Person, kind: str) -> None:
        note_attempt(row.subject, network, kind, by=by, person=row.person)

    def _reaches(self, person: Person | None) -> Someone | None:
        """Call somebody: some never pick up the telephone either."""
        someone = self.people.get(person.pk) if person is not None else None
        if someone is None or someone.silent or not someone.is_here(clock.now()):
            return None
        return someone if someone.rng.random() < REACHED_BY_TELEPHONE else None

    def _take_care(self, row: Stuck, network: Network, by: Person) -> None:
        if row.source == "step":
            assert row.step is not None
            (self._team_step if row.step.owner_id is None else self._late_step)(row, row.step, network, by)
        elif row.source == "application":
            self._admit(row, network, by)
        elif row.source == "request" and row.suggestion is not None:
            publish_suggestion(row.suggestion, by=by)
        elif row.source == "member" and (someone := self._reaches(row.person)) is not None:
            for kind in self._missing(row.membership):
                self.answers.publish(someone, network, kind, by=by)
        else:
            self._noted(row, network, by, AttemptKind.CALLED)

    def _missing(self, membership: Any) -> list[str]:
        return [kind for kind in FIRST_POSTS if not getattr(membership, f"{kind}s")]

    def _admit(self, row: Stuck, network: Network, by: Person) -> None:
        assert row.membership is not None
        someone = self.people.get(row.membership.person_id)
        accept = someone is None or someone.rng.random() < 0.9
        application = get_application(by, row.membership.public_id, network)
        reason = "" if accept else "Ce réseau réunit pour l’instant des responsables de site."
        answer_application(application, by=by, accept=accept, reason=reason)

    # -- what a member let pass, or soon will -------------------------------------------------------------

    def _late_step(self, row: Stuck, step: Step, network: Network, by: Person) -> None:
        if row.reason == Reason.LAPSING:
            remind_by_hand(step, by=by)
            return
        owner = self._reaches(step.owner)
        if owner is None:
            self._noted(row, network, by, AttemptKind.CALLED)
            return
        person = owner.person
        if step.verb == Verb.ANSWER:
            introduction = get_for_accompaniment(by, step.subject_id)
            if not self.answers.allowed(lambda: accept_for(introduction, by=by)):
                propose_another(introduction, by=by)
        elif step.verb == Verb.REVIEW and person.pk != by.pk:
            self.answers.review(owner, step.subject_id, by=by)
        elif step.verb == Verb.CONFIRM:
            confirm_for(get_exchange_for_accompaniment(by, step.subject_id), person, by=by)
        else:
            self.answers.do(owner, step)
            self._noted(row, network, by, AttemptKind.CALLED)

    # -- what the team took over --------------------------------------------------------------------------

    def _team_step(self, row: Stuck, step: Step, network: Network, by: Person) -> None:
        if step.verb == Verb.ASSIGN:
            self._assign(step, network, by)
            return
        if len([one for one in row.tried if one.kind == AttemptKind.CALLED]) >= ENOUGH_CALLS:
            self._stop_waiting(row, step, by)
            return
        for person in row.people:
            someone = self._reaches(person)
            if someone is not None and self._together(someone, step, by):
                return
        self._noted(row, network, by, AttemptKind.CALLED)

    def _together(self, someone: Someone, step: Step, by: Person) -> bool:
        """What the team took over, done on the telephone with one of the people concerned."""
        meeting, person = live_meeting(_About(step)), someone.person
        if step.verb in (Verb.PROPOSE, Verb.CHOOSE) and meeting is not None:
            start = self.answers.dates(someone, 1)[0]
            return self.answers.allowed(lambda: fix_date_for(meeting, person, start, by=by))
        if step.verb == Verb.HELD and meeting is not None and meeting.state == MeetingState.FIXED:
            held = someone.rng.random() < 0.9
            return self.answers.allowed(lambda: say_held_for(meeting, person, by=by, held=held))
        return self.answers.do(someone, step) if step.verb in (Verb.TERMS, Verb.GO_ON) else False

    def _stop_waiting(self, row: Stuck, step: Step, by: Person) -> None:
        if row.introduction is not None:
            end_by_team(get_for_accompaniment(by, step.subject_id), by=by, reason=REASON)
        else:
            close_by_team(get_exchange_for_accompaniment(by, step.subject_id), by=by, reason=REASON)

    def _assign(self, step: Step, network: Network, by: Person) -> None:
        introduction = get_for_accompaniment(by, step.subject_id)
        two = {introduction.requester_id, introduction.offerer_id}
        able = [person for person in [*mediators_of(network), *animators_of(network)] if person.pk not in two]
        loads = mediation_loads(able)
        chosen = min(able, key=lambda person: (loads.get(person.pk, 0), person.pk))
        reassign_mediator(introduction, chosen, by=by)

    def _propose_pairs(self, network: Network, by: Person) -> None:
        """Propose, once a week, the best pairs of the plan made in the night."""
        plan = current_plan(network)
        if plan is None:
            return
        best = PlannedPair.objects.filter(plan=plan, state=PairState.PENDING).order_by("-score", "pk")
        ids = list(best.values_list("public_id", flat=True)[:PROPOSED_A_WEEK])
        self.answers.allowed(lambda: publish_pairs(plan, ids, by=by))


class _About:
    """What a step is about."""

    def __init__(self, step: Step) -> None:
        self.subject_kind, self.public_id = step.subject_kind, step.subject_id


class Listed:
    """What the animators of a network find on their desk at a moment, whichever row shows it.

    What one of them just took care of is given its time: it is out of the queue until then, and known to come back.
    """

    def __init__(self, network: Network, now: dt.datetime) -> None:
        found = keys(network, Narrowed(), size=MANY)
        self.steps = {row for _reason, _since, source, row in found if source == "step"}
        rows = {row for _reason, _since, source, row in found if source in ("member", "application")}
        self.members = set(Membership.objects.filter(pk__in=rows).values_list("public_id", flat=True))
        quiet = Attempt.objects.filter(network=network, quiet_until__gt=now)
        self.cared_for = set(quiet.values_list("subject_kind", "subject_id"))

    def __contains__(self, step: Step) -> bool:
        if step.pk in self.steps or (step.subject_kind, step.subject_id) in self.cared_for:
            return True
        shown_by_member = step.verb in (*FIRST_POSTS, Verb.ADMIT)
        return shown_by_member and step.subject_id in self.members
