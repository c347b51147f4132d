"""Where a group is in its life: its five steps, its members, its charter, what deserves a decision."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.agenda.models import Step
from reciproque.agenda.rules import PRIVATE_VERBS, MeetingState, Verb, consequence
from reciproque.circles.access import shares
from reciproque.circles.models import Circle, GroupCharter, Seat, Waiver
from reciproque.circles.queries.making import Problem, problems_with, who_decides
from reciproque.circles.rules import ALIVE, STEPS, CircleState, SeatState, WaiverKind
from reciproque.people.models import Person

# Which things are expected in which step, the one that says best where it is first.
EXPECTED: dict[str, tuple[Verb, ...]] = {
    CircleState.NEED: (Verb.SPECIFY,),
    CircleState.CALL: (Verb.SEATS,),
    CircleState.RULES: (Verb.PLEDGE, Verb.LEAD),
    CircleState.SESSIONS: (Verb.DATES, Verb.POLL, Verb.ROLL, Verb.LEAD),
    CircleState.WRITING: (Verb.SUM_UP, Verb.AGREE, Verb.TELL, Verb.LEAD),
}


@dataclasses.dataclass(frozen=True)
class Expected:
    """Something expected in a step; `names` is empty for who does not share the group."""

    verb: str
    label: str
    names: list[str]
    count: int
    due_at: dt.datetime
    consequence: str


@dataclasses.dataclass(frozen=True)
class LifeStep:
    """One of the five steps of the method: "done", "now", "later", or "missed" when the group stopped before its end."""

    state: str
    title: str
    standing: str
    # Who answers for it, in words, and by when it is expected (None: nothing is expected now).
    owner: str
    due_at: dt.datetime | None
    consequence: str
    expected: list[Expected]


@dataclasses.dataclass(frozen=True)
class Signatures:
    """Who signed the charter in force and who has not yet."""

    charter: GroupCharter | None
    signed: list[tuple[Person, dt.datetime]]
    missing: list[Person]

    @property
    def complete(self) -> bool:
        """Whether everyone signed."""
        return self.charter is not None and not self.missing


@dataclasses.dataclass(frozen=True)
class Signal:
    """Something in a group that deserves a decision, in words, and who may take it."""

    kind: str
    sentence: str
    who: str
    # For a waiver: about whom (its kind is `kind`).
    person: Person | None = None


def members_of(circle: Circle) -> list[Seat]:
    """Return the members of a group, in order of application, with their goals."""
    return _seats(circle, SeatState.SEATED)


def waiting_of(circle: Circle) -> list[Seat]:
    """Return who waits for a place, in order of application."""
    return _seats(circle, SeatState.WAITING)


def _seats(circle: Circle, state: str) -> list[Seat]:
    rows = circle.seats.filter(state=state).select_related("person__unit", "person__site")
    return list(rows.order_by("applied_at", "pk"))


def seat_of(circle: Circle, person: Person) -> Seat | None:
    """Return one's own place in a group, the latest, or None."""
    rows = circle.seats.filter(person=person).select_related("person", "circle__network")
    return rows.order_by("-applied_at", "-pk").first()


def guide_problems(circle: Circle) -> list[Problem]:
    """Return the members of whose line the facilitator is, though nobody said why they go on."""
    found = problems_with(circle, members_of(circle))
    return [one for one in found if one.kind == WaiverKind.FACILITATOR and not one.settled]


def waivers_of(circle: Circle) -> list[Waiver]:
    """Return the rules set aside for a group: by whom, why."""
    return list(circle.waivers.select_related("by", "person"))


def current_group_charter(circle: Circle) -> GroupCharter | None:
    """Return the charter in force, the latest version."""
    return circle.charters.order_by("-version").first()


def signatures(circle: Circle) -> Signatures:
    """Return who signed the charter in force and who has not yet, members and facilitator."""
    charter = current_group_charter(circle)
    people = {seat.person_id: seat.person for seat in members_of(circle)}
    if circle.facilitator is not None:
        people[circle.facilitator.pk] = circle.facilitator
    rows = charter.signatures.order_by("signed_at", "pk") if charter is not None else []
    at = {row.person_id: row.signed_at for row in rows}
    return Signatures(
        charter=charter,
        signed=[(people[pk], moment) for pk, moment in at.items() if pk in people],
        missing=[person for pk, person in people.items() if pk not in at],
    )


def life_of(circle: Circle, viewer: Person) -> list[LifeStep]:
    """Return the five steps of a group as this reader may know them, in a fixed number of queries.

    Who does not share the group reads the process only: who answers for the step, by when, nobody else's name.
    """
    inside = shares(viewer, circle)
    steps = Step.objects.about(circle).open().select_related("owner", "network").order_by("due_at", "pk")
    rows = [step for step in steps if inside or step.verb not in PRIVATE_VERBS]
    at = STEPS.index(CircleState(circle.state)) if circle.state in STEPS else _last_step(circle)
    return [_life_step(circle, state, index, at, rows, inside) for index, state in enumerate(STEPS)]


def _last_step(circle: Circle) -> int:
    """Return where a group that is over stopped: beyond the last step when it went to its end."""
    if circle.state == CircleState.CLOSED:
        return len(STEPS)
    reached = [circle.called_at, circle.constituted_at, circle.began_at]
    return sum(moment is not None for moment in reached)


def _life_step(
    circle: Circle, state: CircleState, index: int, at: int, rows: list[Step], inside: bool
) -> LifeStep:
    now = "missed" if circle.is_over else "now"
    standing = "done" if index < at else now if index == at else "missed" if circle.is_over else "later"
    expected = _expected(state, rows, inside) if standing in ("now", "later") else []
    first = min(expected, key=lambda one: one.due_at, default=None)
    return LifeStep(
        state=state,
        title=str(state.label),
        standing=standing,
        owner=_owner(circle, state),
        due_at=first.due_at if first else None,
        consequence=first.consequence if first else "",
        expected=expected,
    )


def _expected(state: CircleState, rows: list[Step], inside: bool) -> list[Expected]:
    found = []
    for verb in EXPECTED[state]:
        steps = [step for step in rows if step.verb == verb]
        if steps:
            names = [str(step.owner) if step.owner else _("l’équipe d’animation") for step in steps]
            found.append(
                Expected(
                    verb=verb,
                    label=str(verb.label),
                    names=names if inside else [],
                    count=len(steps),
                    due_at=steps[0].due_at,
                    consequence=str(consequence(verb)),
                )
            )
    return found


def _owner(circle: Circle, state: CircleState) -> str:
    if state in (CircleState.NEED, CircleState.CALL):
        return str(circle.opened_by)
    return str(circle.facilitator) if circle.facilitator else _("personne pour l’instant")


def flags(circle: Circle) -> list[Signal]:
    """Return what deserves a decision in a group that is made, and who may take it, the most urgent first."""
    if circle.state not in ALIVE:
        return []
    seats = members_of(circle)
    found = [_signal(circle, problem) for problem in problems_with(circle, seats) if not problem.settled]
    if circle.state == CircleState.SESSIONS:
        held = circle.sessions.filter(meeting__state=MeetingState.HELD).count()
        if held >= circle.sessions_wanted:
            words = _(
                "Les séances prévues ont eu lieu : le groupe peut passer aux fiches et aux bilans. Il y passe de "
                "lui-même une semaine après la dernière."
            )
            found.append(Signal("held", words, who_decides(circle)))
    missing = signatures(circle)
    if missing.charter is not None and missing.missing:
        names = ", ".join(str(person) for person in missing.missing)
        sentence = ngettext(
            "%(names)s n’a pas encore signé la charte : la première séance sera l’occasion de la lire ensemble.",
            "%(names)s n’ont pas encore signé la charte : la première séance sera l’occasion de la lire ensemble.",
            len(missing.missing),
        ) % {"names": names}
        found.append(Signal("unsigned", sentence, _("Chacune de ces personnes.")))
    waiting = circle.seats.filter(state=SeatState.WAITING).count()
    free = circle.seats_most - len(seats)
    if waiting and free > 0 and circle.state != CircleState.WRITING:
        sentence = ngettext(
            "Une place est libre, et quelqu’un l’attend.",
            "Des places sont libres, et quelqu’un les attend.",
            free,
        )
        found.append(Signal("waiting", sentence, who_decides(circle)))
    return found


def _signal(circle: Circle, problem: Problem) -> Signal:
    if problem.kind == "nobody":
        words = _("Plus personne ne facilite le groupe : les séances attendent.")
        return Signal(
            "nobody", words, _("%(name)s, ou l’équipe d’animation du réseau.") % {"name": circle.opened_by}
        )
    return Signal(problem.kind, problem.sentence, problem.who, problem.person)
