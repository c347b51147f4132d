"""What the room of a session shows: its clock, who proposes what, what is tried, what was learned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q

from reciproque.circles.models import (
    Circle,
    Interest,
    Lead,
    Learning,
    Seat,
    Session,
    Subject,
)
from reciproque.circles.rules import EARLY, LeadState, Method, Part, RoomState, SeatState, parts_for
from reciproque.kit import clock
from reciproque.people.models import Person

# The parts in which the group chooses what it will speak of.
CHOOSING = ("choice", "agenda")


# -- the clock ----------------------------------------------------------------------------------------------


def parts_of(session: Session) -> list[Part]:
    """Return the parts of a session by its method; the first one of a group and a short one have fewer."""
    return parts_for(session.method, is_first=session.number == 1, is_short=session.is_short)


def seconds_of(session: Session, part: int) -> int:
    """Return how long a part should last: less in a short session."""
    one = parts_of(session)[part]
    return (one.short if session.is_short else one.minutes) * 60


def spent(session: Session, now: dt.datetime) -> float:
    """Return for how many seconds the current part has run, pauses taken off."""
    since = session.part_started_at
    return session.run_before + (max((now - since).total_seconds(), 0.0) if since else 0.0)


def is_early(session: Session, now: dt.datetime) -> bool:
    """Tell whether the date of a session is still so far that starting it now is likely a mistake."""
    starts_at = session.meeting.starts_at if session.meeting else None
    return starts_at is not None and starts_at - now > EARLY


def is_blank(session: Session) -> bool:
    """Tell whether nothing was written in a room for the group: no subject, nothing tried nor learned, no page."""
    told = Lead.objects.filter(told_in=session)
    rows = (Subject.objects.filter(session=session), session.leads.all(), session.learnings.all(), told)
    return not session.page and not any(some.exists() for some in rows)


def is_running(session: Session) -> bool:
    """Tell whether time runs."""
    return session.state == RoomState.OPEN and session.part_started_at is not None


@dataclass(frozen=True)
class Beat:
    """What a screen needs to show the time by itself until it asks again: nothing of what is said in the room."""

    version: int
    state: str
    part: int
    seconds: int
    before: int
    # Since when time runs, in milliseconds of the server's clock; None while it does not.
    since: int | None


def beat(person: Person, public_id: str) -> Beat | None:
    """Return where the clock of a session is, in one query, to someone who shares its group; None for anyone else."""
    names = ("version", "state", "part", "part_seconds", "run_before", "part_started_at")
    row = Session.objects.visible_to(person).filter(public_id=public_id).values_list(*names).first()
    if row is None:
        return None
    version, state, part, seconds, before, since = row
    return Beat(version, state, part, seconds, before, _milliseconds(since))


def beat_of(session: Session) -> Beat:
    """Return the same of a session already read."""
    since = _milliseconds(session.part_started_at)
    return Beat(session.version, session.state, session.part, session.part_seconds, session.run_before, since)


def _milliseconds(moment: dt.datetime | None) -> int | None:
    return round(moment.timestamp() * 1000) if moment else None


def holds_clock(person: Person, session: Session) -> bool:
    """Tell whether this person starts, pauses and passes: the facilitator, or the member who was handed the clock.

    In a group left without a facilitator, any of its members: the session they came for goes on.
    """
    facilitator = session.circle.facilitator_id
    if facilitator == person.pk:
        return True
    if session.keeper_id != person.pk and facilitator is not None:
        return False
    return Seat.objects.seated().filter(circle=session.circle_id, person=person).exists()


# -- the room -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One part of the session in the list of its parts."""

    number: int
    part: Part
    minutes: int
    is_now: bool
    is_past: bool


@dataclass(frozen=True)
class Proposal:
    """One proposed subject, and what the group says of it."""

    subject: Subject
    interested: list[int]
    is_mine: bool
    interests_me: bool
    # The numbers of the sessions in which this person already brought theirs.
    brought: list[int]

    @property
    def interest(self) -> int:
        """How many it interests, its author aside."""
        return len(self.interested)


@dataclass(frozen=True)
class Room:
    """Everything the page of a room shows to one of those who share it."""

    session: Session
    circle: Circle
    viewer: Person
    stages: list[Stage]
    # The current part; None while the session is not open.
    part: Part | None
    now: dt.datetime
    is_running: bool
    holds: bool
    facilitates: bool
    # "facilitator", "client" or "peer"
    role: str
    members: list[Seat]
    proposals: list[Proposal]
    chosen: Proposal | None
    # Members who have not proposed a subject; who have not brought one yet in the group's life.
    silent: list[Person]
    never: list[Person]
    to_tell: list[Lead]
    told: list[Lead]
    leads: list[Lead]
    learnings: list[Learning]
    unsaid: list[Person]

    @property
    def chooses(self) -> bool:
        """Whether one subject is chosen: not on a free agenda."""
        return self.session.method != Method.FREE

    @property
    def left(self) -> int:
        """How many seconds are left of the current part by the server's clock; negative once past."""
        return round(self.session.part_seconds - spent(self.session, self.now))

    @property
    def my_subject(self) -> Subject | None:
        """What the viewer proposed."""
        return next((row.subject for row in self.proposals if row.is_mine), None)

    @property
    def my_learning(self) -> Learning | None:
        """What the viewer said they learned."""
        return next((row for row in self.learnings if row.person_id == self.viewer.pk), None)

    @property
    def is_seated(self) -> bool:
        """Whether the viewer is a member of the group."""
        return any(seat.person_id == self.viewer.pk for seat in self.members)


def room_of(session: Session, viewer: Person) -> Room:
    """Return the room of a session for someone who shares its group (the caller made sure), in a fixed number of queries."""
    members = list(_seated(session))
    brought = _brought(session)
    proposals = [_proposal(row, viewer, brought) for row in _subjects(session)]
    proposals.sort(key=_weight)
    leads = list(
        Lead.objects.filter(session__circle=session.circle_id)
        .filter(Q(session=session) | Q(told_in=session) | _asked_again(session))
        .select_related("person", "session")
    )
    learnings = list(Learning.objects.filter(session=session).select_related("person"))
    here = {seat.person_id: seat.person for seat in members}
    proposed = {row.subject.person_id for row in proposals}
    said = {row.person_id for row in learnings}
    facilitates = session.circle.facilitator_id == viewer.pk
    is_client = session.client is not None and session.client.person_id == viewer.pk
    return Room(
        session=session,
        circle=session.circle,
        viewer=viewer,
        stages=_stages(session),
        part=parts_of(session)[session.part] if session.state == RoomState.OPEN else None,
        now=clock.now(),
        is_running=is_running(session),
        holds=facilitates or holds_clock(viewer, session),
        facilitates=facilitates,
        role="facilitator" if facilitates else "client" if is_client else "peer",
        members=members,
        proposals=proposals,
        chosen=next((row for row in proposals if row.subject.is_chosen), None),
        silent=[person for pk, person in here.items() if pk not in proposed],
        never=[person for pk, person in here.items() if pk not in brought],
        to_tell=sorted(
            (row for row in leads if row.session_id != session.pk and row.told_in_id != session.pk),
            key=lambda row: (not row.is_clients, -row.session.number, row.pk),
        ),
        told=[row for row in leads if row.told_in_id == session.pk],
        leads=[row for row in leads if row.session_id == session.pk],
        learnings=learnings,
        unsaid=[person for pk, person in here.items() if pk not in said],
    )


def _seated(session: Session) -> Iterable[Seat]:
    return Seat.objects.seated().filter(circle=session.circle_id).select_related("person")


def _subjects(session: Session) -> Iterable[Subject]:
    rows = Subject.objects.filter(session=session).select_related("person")
    return rows.prefetch_related(Prefetch("interests", Interest.objects.order_by("pk"), to_attr="liked"))


def _brought(session: Session) -> dict[int, list[int]]:
    """Return who already brought their subject, and in which earlier sessions."""
    rows = Session.objects.filter(circle=session.circle_id, client__isnull=False).exclude(pk=session.pk)
    found: dict[int, list[int]] = {}
    for person, number in rows.order_by("number").values_list("client__person", "number"):
        found.setdefault(person, []).append(number)
    return found


def _proposal(subject: Any, viewer: Person, brought: dict[int, list[int]]) -> Proposal:
    interested = [row.person_id for row in subject.liked if row.person_id != subject.person_id]
    return Proposal(
        subject=subject,
        interested=interested,
        is_mine=subject.person_id == viewer.pk,
        interests_me=viewer.pk in interested,
        brought=brought.get(subject.person_id, []),
    )


def _weight(row: Proposal) -> tuple[Any, ...]:
    # What was chosen first; then what the group would rather hear, those who never brought theirs before the others.
    subject = row.subject
    return (
        not subject.is_chosen,
        -row.interest,
        -subject.stake,
        -subject.urgency,
        len(row.brought),
        subject.pk,
    )


def _asked_again(session: Session) -> Q:
    earlier = Q(session__number__lt=session.number, state=LeadState.OPEN)
    return earlier & Q(person__in=Seat.objects.seated().filter(circle=session.circle_id).values("person"))


def _stages(session: Session) -> list[Stage]:
    is_open, is_closed = session.state == RoomState.OPEN, session.state == RoomState.CLOSED
    return [
        Stage(
            number=number,
            part=part,
            minutes=seconds_of(session, number) // 60,
            is_now=is_open and number == session.part,
            is_past=is_closed or (is_open and number < session.part),
        )
        for number, part in enumerate(parts_of(session))
    ]


# -- over the group's life ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """What the rooms of a group brought so far, in figures."""

    sessions: int
    helping: int
    helped: int
    leads: int
    tried: int

    @property
    def learnings(self) -> int:
        """How many learnings were said, of helping and of being helped."""
        return self.helping + self.helped


def counted(circle: Circle) -> Counted:
    """Return how many learnings and leads the sessions of a group brought (the caller may read them)."""
    learnings = Learning.objects.filter(session__circle=circle).aggregate(
        helping=Count("pk", filter=~Q(helping="")), helped=Count("pk", filter=~Q(helped=""))
    )
    leads = Lead.objects.filter(session__circle=circle).aggregate(
        leads=Count("pk"), tried=Count("pk", filter=Q(state=LeadState.TRIED))
    )
    rooms = Session.objects.filter(circle=circle, state=RoomState.CLOSED).count()
    return Counted(sessions=rooms, **learnings, **leads)


def leads_to_tell(circle: Circle) -> list[Lead]:
    """Return what members of a group meant to try and have not told yet, latest first (the caller may read them)."""
    seated = Seat.objects.filter(circle=circle, state=SeatState.SEATED).values("person")
    rows = Lead.objects.filter(session__circle=circle, state=LeadState.OPEN, person__in=seated)
    return list(rows.select_related("person", "session").order_by("-session__number", "pk"))


@dataclass(frozen=True)
class SessionSheet:
    """What a session leaves to its group, for print."""

    session: Session
    subject: Subject | None
    leads: list[Lead]
    told: list[Lead]
    learnings: list[Learning]


def sheet_of(session: Session) -> SessionSheet:
    """Return what a session leaves to its group (the caller may read it); private notes are never in it."""
    return SessionSheet(
        session=session,
        subject=Subject.objects.filter(session=session, is_chosen=True).select_related("person").first(),
        leads=list(Lead.objects.filter(session=session).select_related("person")),
        told=list(Lead.objects.filter(told_in=session).select_related("person", "session")),
        learnings=list(Learning.objects.filter(session=session).select_related("person")),
    )
