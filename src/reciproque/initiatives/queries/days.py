"""What the wall, the grid, the projector and a subject's page show of a launch day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import Count, Q
from numpy.typing import NDArray

from reciproque.initiatives.models import (
    DayRoom,
    DaySlot,
    ExpectedResult,
    Frame,
    LaunchDay,
    MergeRequest,
    SignUp,
    WallSubject,
)
from reciproque.initiatives.rules import ALIKE_FLOOR, DAY_LIVE, MergeState, SignState, cell_mark
from reciproque.kit.text import clean
from reciproque.matching.engine.meaning import post_vectors
from reciproque.matching.queries.index import encoder
from reciproque.people.models import Person

RELATED = ("day__frame__network", "host", "slot", "room", "theme", "group", "reported_by")


@dataclasses.dataclass(frozen=True)
class Card:
    """A subject as the wall and the grid show it, to one reader."""

    subject: WallSubject
    hosts: list[Person]
    seated: int
    waiting: int
    capacity: int | None
    # Of the reader: seated, waiting or "" ; their place in the waiting list, from 1.
    mine: str = ""
    my_place: int = 0
    hosting: bool = False

    @property
    def mark(self) -> str:
        """Where it is seen: what a move must still find."""
        subject = self.subject
        if subject.slot is None or subject.room is None:
            return ""
        return cell_mark(subject.slot.public_id, subject.room.public_id)

    @property
    def full(self) -> bool:
        return self.capacity is not None and self.seated >= self.capacity

    @property
    def free(self) -> int | None:
        """How many seats are left; None when nobody counts them."""
        return None if self.capacity is None else max(self.capacity - self.seated, 0)


@dataclasses.dataclass(frozen=True)
class Column:
    """One theme of the wall (None: the subjects without a theme)."""

    theme: ExpectedResult | None
    cards: list[Card]


@dataclasses.dataclass(frozen=True)
class Cell:
    """One place of the grid: a room at a time."""

    slot: DaySlot
    room: DayRoom
    card: Card | None


@dataclasses.dataclass(frozen=True)
class Line:
    """One time of the grid, room by room."""

    slot: DaySlot
    cells: list[Cell]


@dataclasses.dataclass(frozen=True)
class Grid:
    """Slots × rooms, with what is not placed yet and what cannot be at once."""

    rooms: list[DayRoom]
    lines: list[Line]
    unplaced: list[Card]
    # A host expected in two rooms at the same time: (the person, the two titles).
    clashes: list[tuple[Person, list[str]]]


def days_of(frame: Frame) -> list[LaunchDay]:
    """Return the launch days of a learning network, the latest first."""
    rows = LaunchDay.objects.filter(frame=frame).annotate(
        subjects_there=Count("subjects", filter=Q(subjects__withdrawn_at=None, subjects__merged_into=None))
    )
    return list(rows.order_by("-starts_at", "-pk"))


def timetable(day: LaunchDay) -> tuple[list[DaySlot], list[DayRoom]]:
    """Return the times and the rooms of a day, in order."""
    return list(day.slots.order_by("starts_at", "pk")), list(day.rooms.order_by("pk"))


def day_themes(frame: Frame) -> list[ExpectedResult]:
    """Return the themes under which subjects and groups are put, first the best ranked."""
    return list(frame.results.filter(is_theme=True, withdrawn_at=None).order_by("rank", "pk"))


def version_of_day(day: LaunchDay) -> int:
    """Return the number of the last change of what the screens show."""
    return LaunchDay.objects.values_list("version", flat=True).get(pk=day.pk)


def _live(day: LaunchDay) -> Any:
    return WallSubject.objects.filter(day=day, withdrawn_at=None, merged_into=None)


def _cards(subjects: Iterable[WallSubject], viewer: Person | None) -> list[Card]:
    """Return subjects with their counts, in three queries however many there are."""
    rows = list(subjects)
    states = [SignState.SEATED, SignState.WAITING]
    signed = SignUp.objects.filter(subject__in=[row.pk for row in rows], state__in=states)
    counts = {
        (subject, state): n
        for subject, state, n in signed.order_by().values_list("subject", "state").annotate(n=Count("pk"))
    }
    mine: dict[int, SignUp] = {}
    ahead: dict[int, int] = {}
    if viewer is not None:
        mine = {row.subject_id: row for row in signed.filter(person=viewer)}
        places = {row.subject_id: row.place for row in mine.values() if row.state == SignState.WAITING}
        lines = signed.filter(subject__in=places, state=SignState.WAITING).order_by()
        for subject, place in lines.values_list("subject", "place"):
            ahead[subject] = ahead.get(subject, 0) + (place <= places[subject])
    return [_card(row, counts, mine.get(row.pk), ahead.get(row.pk, 0), viewer) for row in rows]


def _card(
    subject: WallSubject,
    counts: dict[tuple[int, str], int],
    mine: SignUp | None,
    place: int,
    viewer: Person | None,
) -> Card:
    hosts = [subject.host, *(one for one in subject.hosts_too.all() if one.pk != subject.host_id)]
    known = [n for n in (subject.seats, subject.room.seats if subject.room else None) if n is not None]
    return Card(
        subject=subject,
        hosts=hosts,
        seated=counts.get((subject.pk, SignState.SEATED), 0),
        waiting=counts.get((subject.pk, SignState.WAITING), 0),
        capacity=min(known) if known else None,
        mine=mine.state if mine else "",
        my_place=place,
        hosting=viewer is not None and viewer.pk in {one.pk for one in hosts},
    )


def cards_of(day: LaunchDay, viewer: Person | None) -> list[Card]:
    """Return the subjects that are on the wall, the oldest first."""
    rows = _live(day).select_related(*RELATED).prefetch_related("hosts_too")
    return _cards(rows.order_by("added_at", "pk"), viewer)


def card_of(subject: WallSubject, viewer: Person) -> Card:
    """Return one subject as its page shows it."""
    return _cards([subject], viewer)[0]


def wall(day: LaunchDay, viewer: Person) -> list[Column]:
    """Return the wall: each theme of the network with its subjects, then those without a theme."""
    cards = cards_of(day, viewer)
    columns = [
        Column(theme, [card for card in cards if card.subject.theme_id == theme.pk])
        for theme in day_themes(day.frame)
    ]
    known = {column.theme.pk for column in columns if column.theme}
    rest = [card for card in cards if card.subject.theme_id not in known]
    return [*columns, *([Column(None, rest)] if rest or not columns else [])]


def grid(day: LaunchDay, viewer: Person | None) -> Grid:
    """Return the day as a table, a line a slot and a column a room."""
    slots, rooms = timetable(day)
    cards = cards_of(day, viewer)
    placed = {(card.subject.slot_id, card.subject.room_id): card for card in cards}
    lines = [
        Line(slot, [Cell(slot, room, placed.get((slot.pk, room.pk))) for room in rooms]) for slot in slots
    ]
    unplaced = [card for card in cards if not card.mark]
    return Grid(rooms, lines, unplaced, _clashes(slots, cards))


def _clashes(slots: Sequence[DaySlot], cards: Sequence[Card]) -> list[tuple[Person, list[str]]]:
    found = []
    for slot in slots:
        there = [card for card in cards if card.subject.slot_id == slot.pk and card.mark]
        for person in {one for card in there for one in card.hosts}:
            # Only a subject that has nobody else to host it is in trouble.
            titles = [card.subject.title for card in there if card.hosts == [person]]
            if len(titles) > 1:
                found.append((person, titles))
    return sorted(found, key=lambda row: (row[0].last_name, row[0].first_name, row[0].pk))


@dataclasses.dataclass(frozen=True)
class Screen:
    """What the room reads on the wall: the grid, and the number of this version of it."""

    grid: Grid
    reported: int
    total: int
    version: int


def projector(day: LaunchDay) -> Screen:
    """Return what the screen of the room shows; nobody's own sign-ups, only counts."""
    # Read first: what changes meanwhile is then asked for again rather than missed.
    version = version_of_day(day)
    shown = grid(day, None)
    cards = [*shown.unplaced, *(cell.card for line in shown.lines for cell in line.cells if cell.card)]
    return Screen(shown, sum(bool(card.subject.report_version) for card in cards), len(cards), version)


def waiting_of(subject: WallSubject) -> list[SignUp]:
    """Return who waits for a seat, in the order of arrival."""
    rows = SignUp.objects.filter(subject=subject, state=SignState.WAITING).select_related("person__unit")
    return list(rows.order_by("place"))


def seated_at(subject: WallSubject) -> list[SignUp]:
    """Return who has a seat, in the order of arrival."""
    rows = SignUp.objects.filter(subject=subject, state=SignState.SEATED).select_related("person__unit")
    return list(rows.order_by("place"))


def same_time(subject: WallSubject, person: Person) -> list[WallSubject]:
    """Return the other subjects at the same time for which this person has a seat or waits."""
    if subject.slot_id is None:
        return []
    states = [SignState.SEATED, SignState.WAITING]
    mine = SignUp.objects.filter(person=person, state__in=states).values("subject")
    rows = _live(subject.day).filter(slot=subject.slot_id, pk__in=mine).exclude(pk=subject.pk)
    return list(rows.order_by("added_at", "pk"))


def my_day(day: LaunchDay, viewer: Person) -> list[Card]:
    """Return where somebody goes that day, in order of time: what they host, where they have a seat or wait."""
    cards = [card for card in cards_of(day, viewer) if card.mine or card.hosting]
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(
        cards, key=lambda card: (card.subject.slot.starts_at if card.subject.slot else far, card.subject.pk)
    )


def reports_of(day: LaunchDay) -> list[Card]:
    """Return the reports of the day in the order of its slots."""
    rows = _live(day).exclude(report_version=0).select_related(*RELATED).prefetch_related("hosts_too")
    return _cards(rows.order_by("slot__starts_at", "added_at", "pk"), None)


def merged_in(subject: WallSubject) -> list[WallSubject]:
    """Return the subjects that this one took in."""
    return list(WallSubject.objects.filter(merged_into=subject).select_related("host").order_by("added_at"))


def merges_about(subject: WallSubject) -> list[MergeRequest]:
    """Return what is being asked about a subject: is it the same as another?"""
    asked = MergeRequest.objects.filter(Q(kept=subject) | Q(folded=subject), state=MergeState.ASKED)
    return list(asked.select_related("kept__host", "folded__host", "asked_by").order_by("pk"))


def merge_agreed(merge: MergeRequest) -> list[Person]:
    """Return who already said yes."""
    return list(merge.agreed.all())


@dataclasses.dataclass(frozen=True)
class Close:
    """A subject whose title says nearly the same, with its closeness (0 to 1)."""

    subject: WallSubject
    score: float


def alike(day: LaunchDay, title: str, *, without: int | None = None, limit: int = 4) -> list[Close]:
    """Return the subjects of the wall whose title says nearly the same, the closest first."""
    title = " ".join(clean(title).split())[:200]
    rows = list(_live(day).exclude(pk=without).select_related("host", "slot", "room").order_by("pk"))
    if len(title) < 3 or not rows:
        return []
    near = _closeness(title, tuple(row.title for row in rows))
    found = [Close(row, float(score)) for row, score in zip(rows, near, strict=True) if score >= ALIKE_FLOOR]
    return sorted(found, key=lambda one: (-one.score, one.subject.pk))[:limit]


def alike_pairs(day: LaunchDay, limit: int = 10) -> list[tuple[WallSubject, WallSubject]]:
    """Return the pairs of subjects that perhaps make one, the closest first: for whoever runs the day."""
    rows = list(_live(day).filter(report_version=0).select_related("host").order_by("added_at", "pk"))
    if len(rows) < 2:
        return []
    asked = {
        frozenset(pair)
        for pair in MergeRequest.objects.filter(kept__day=day).values_list("kept_id", "folded_id")
    }
    vectors = np.stack([_meaning(row.title, encoder().name) for row in rows])
    near = np.triu(vectors @ vectors.T, k=1)
    places = np.argwhere(near >= ALIKE_FLOOR)
    ordered = sorted(places.tolist(), key=lambda place: (-near[place[0], place[1]], place))
    pairs = [(rows[one], rows[other]) for one, other in ordered]
    return [pair for pair in pairs if frozenset((pair[0].pk, pair[1].pk)) not in asked][:limit]


def _closeness(title: str, others: tuple[str, ...]) -> NDArray[np.floating[Any]]:
    name = encoder().name
    known = np.stack([_meaning(words, name) for words in others])
    return np.asarray(known @ _meaning(title, name))


@lru_cache(2048)
def _meaning(words: str, encoder_name: str) -> NDArray[np.floating[Any]]:
    """Return what a title means, kept in memory (for one encoder): the wall compares it with every other."""
    return post_vectors(encoder(), [words])[0]


def live_days(frame: Frame) -> list[LaunchDay]:
    """Return the days to come or under way, the nearest first."""
    return list(LaunchDay.objects.filter(frame=frame, state__in=DAY_LIVE).order_by("starts_at", "pk"))
