"""What anyone of the network may know of its groups: their faces."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from reciproque.circles.models import Circle, CircleQuerySet, Seat
from reciproque.circles.rules import ALIVE, LIVE_SEATS, CircleState, SeatState, call_is_open
from reciproque.kit import clock
from reciproque.library.models import Trade
from reciproque.networks.models import Membership, Network
from reciproque.people.access import is_present
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Face:
    """What one reader may know of a group from outside."""

    circle: Circle
    # What the reader is to it: "member", "facilitator", "candidate", "waiting", "opener", "left" or "".
    part: str
    seats_left: int
    # How many wait for a place.
    waiting: int
    calling: bool
    can_apply: bool
    # Why not, in one sentence, when the call is open and one cannot.
    why_not: str
    until: dt.date | None
    sites: list[str]
    units: list[str]
    facilitator: str
    # Why it stopped, for those who were of it.
    reason: str


@dataclasses.dataclass(frozen=True)
class Faces:
    """The groups of a network, as one reader sees them; `mine` are not repeated below."""

    mine: list[Face]
    preparing: list[Face]
    calling: list[Face]
    under_way: list[Face]
    over: list[Face]


@dataclasses.dataclass(frozen=True)
class _Reader:
    """The reader, as far as groups go: their membership and their latest place in each group."""

    person: Person
    membership: Membership | None
    seats: dict[int, Seat]


def circles_of(network: Network, viewer: Person, *, trade: Trade | None = None) -> Faces:
    """Return the groups of a network (of one trade), in a fixed number of queries."""
    rows = Circle.objects.visible_to(viewer).filter(network=network)
    if trade is not None:
        rows = rows.filter(trade=trade)
    circles = list(_loaded(rows).order_by("-opened_at", "-pk"))
    reader = _reader(viewer, network, circles)
    faces = [_face(circle, reader) for circle in circles]
    mine = [face for face in faces if face.part in ("member", "facilitator", "candidate", "waiting")]
    others = [face for face in faces if face not in mine]
    return Faces(
        mine=mine,
        preparing=[face for face in others if face.circle.state == CircleState.NEED],
        calling=[face for face in others if face.circle.state == CircleState.CALL],
        under_way=[face for face in others if face.circle.state in ALIVE],
        over=[face for face in others if face.circle.is_over],
    )


def face(circle: Circle, viewer: Person) -> Face:
    """Return what this reader may know of one group."""
    loaded = _loaded(Circle.objects.filter(pk=circle.pk)).get()
    return _face(loaded, _reader(viewer, circle.network, [loaded]))


def _loaded(rows: CircleQuerySet) -> CircleQuerySet:
    def seats(state: str) -> Count:
        return Count("seats", filter=Q(seats__state=state))

    return (
        rows.select_related("network", "trade", "facilitator", "opened_by")
        .prefetch_related("sites", "units")
        .annotate(
            n_applied=seats(SeatState.APPLIED),
            n_seated=seats(SeatState.SEATED),
            n_waiting=seats(SeatState.WAITING),
        )
    )


def _reader(viewer: Person, network: Network, circles: list[Circle]) -> _Reader:
    membership = Membership.objects.current().filter(person=viewer, network=network).first()
    seats = Seat.objects.filter(person=viewer, circle__in=circles).order_by("applied_at", "pk")
    # The latest place in each: an earlier one was withdrawn.
    return _Reader(viewer, membership, {seat.circle_id: seat for seat in seats})


def _face(circle: Circle, reader: _Reader) -> Face:
    seat = reader.seats.get(circle.pk)
    part = _part(circle, reader.person, seat)
    made = circle.constituted_at is not None
    taken: int = circle.n_seated if made else circle.n_applied  # type: ignore[attr-defined]
    zone = reader.person.time_zone
    calling = circle.state == CircleState.CALL and call_is_open(circle.call_until, clock.now(), zone)
    asks = seat is not None and seat.state in LIVE_SEATS
    why_not = _why_not(circle, reader, seat) if calling and not asks else ""
    return Face(
        circle=circle,
        part=part,
        seats_left=max(circle.seats_most - taken, 0),
        waiting=circle.n_waiting,  # type: ignore[attr-defined]
        calling=calling,
        can_apply=calling and not asks and not why_not,
        why_not=why_not,
        until=circle.call_until,
        sites=[site.name for site in circle.sites.all()],
        units=[unit.name for unit in circle.units.all()],
        facilitator=str(circle.facilitator) if circle.facilitator else "",
        reason=circle.closed_reason if part else "",
    )


PARTS = {
    SeatState.SEATED: "member",
    SeatState.APPLIED: "candidate",
    SeatState.WAITING: "waiting",
    SeatState.LEFT: "left",
}


def _part(circle: Circle, viewer: Person, seat: Seat | None) -> str:
    if circle.facilitator_id == viewer.pk:
        return "facilitator"
    if seat is not None and seat.state in LIVE_SEATS:
        return PARTS[SeatState(seat.state)]
    if circle.opened_by_id == viewer.pk and circle.constituted_at is None:
        return "opener"
    if seat is None:
        return ""
    # Declined when the group stopped: they read why, as those who sat in it do.
    stopped = circle.state == CircleState.STOPPED and seat.state == SeatState.DECLINED
    return (
        "candidate"
        if stopped and seat.settled_at == circle.closed_at
        else PARTS.get(SeatState(seat.state), "")
    )


def _why_not(circle: Circle, reader: _Reader, seat: Seat | None) -> str:
    """Say why somebody cannot answer the call, from what is already loaded; the action refuses in the same words."""
    person, membership = reader.person, reader.membership
    if membership is None or not is_present(person):
        return _("Rejoignez d’abord le réseau.")
    if circle.facilitator_id == person.pk:
        return _("Vous facilitez ce groupe : on le facilite du dehors, sans y siéger.")
    sites = {site.pk for site in circle.sites.all()}
    paths = [unit.path for unit in circle.units.all()]
    path = person.unit.path if person.unit else ""
    here = not paths or any(path == one or path.startswith(f"{one} > ") for one in paths)
    if (sites and person.site_id not in sites) or not here:
        return _("L’appel s’adresse à d’autres sites ou à d’autres services que les vôtres.")
    if membership.is_suspended(clock.now()):
        return _(
            "Vos mises en relation sont suspendues pour le moment : voyez la décision qui vous a été adressée."
        )
    if membership.is_paused(clock.now()):
        return _(
            "Vous êtes en pause dans ce réseau. Reprenez d’abord : un groupe compte sur chacun de ses membres."
        )
    if seat is not None and seat.state == SeatState.DECLINED:
        return _("Votre candidature à ce groupe n’a pas été retenue cette fois.")
    return ""
