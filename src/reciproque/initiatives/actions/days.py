"""Plan a launch day with its times and rooms; open it, close it, cancel it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.access import can_run_day
from reciproque.initiatives.actions.seats import drop_merges, hold, reseat
from reciproque.initiatives.models import DayRoom, DaySlot, Frame, LaunchDay, SignUp, WallSubject
from reciproque.initiatives.rules import (
    DAY_CLOSED_AFTER,
    DAY_LIVE,
    DAY_MOVES,
    LINE_MAX,
    TITLE_MAX,
    TITLE_MIN,
    WORDS_MAX,
    DayState,
    Phase,
    SignState,
    check_open_day,
    check_timetable,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean, fold
from reciproque.kit.tokens import is_id, new_id
from reciproque.people.models import Person

Slots = Sequence[tuple[dt.datetime, dt.datetime]]
Rooms = Sequence[tuple[str, int]]
# While times are exchanged between slots, none may meet another's.
_AWAY = dt.timedelta(days=36_500)


def bump_day(day: LaunchDay) -> None:
    """Say that what the screens show has changed."""
    LaunchDay.objects.filter(pk=day.pk).update(version=F("version") + 1)


def _cleaned(title: str, place: str, words: str) -> dict[str, Any]:
    title, place = " ".join(clean(title).split()), " ".join(clean(place).split())
    if not TITLE_MIN <= len(title) <= TITLE_MAX:
        raise ValidationError({"title": _("Donnez un titre, de 3 à 160 caractères.")})
    if not place or len(place) > LINE_MAX:
        raise ValidationError({"place": _("Dites où l’on se retrouve, en 300 caractères au plus.")})
    return {"title": title, "place": place, "words": clean(words).strip()[:WORDS_MAX]}


def _rooms(rooms: Rooms) -> list[tuple[str, int]]:
    return [(" ".join(clean(name).split()), seats) for name, seats in rooms]


def people_signed_up(day: LaunchDay, slots: Sequence[int] | None = None) -> list[Person]:
    """Return those who have a place in the day (or at the subjects of these slots), seated or waiting, and the hosts."""
    live = WallSubject.objects.filter(day=day, withdrawn_at=None, merged_into=None)
    live = live if slots is None else live.filter(slot__in=slots)
    states = [SignState.SEATED, SignState.WAITING]
    signed = SignUp.objects.filter(subject__in=live, state__in=states)
    there = Q(pk__in=signed.values("person")) | Q(pk__in=live.values("host"))
    return list(Person.objects.present().filter(there).order_by("pk"))


@transaction.atomic
def plan_day(
    frame: Frame,
    *,
    by: Person,
    title: str,
    starts_at: dt.datetime | None = None,
    slots: Slots,
    rooms: Rooms,
    place: str,
    words: str = "",
    key: str = "",
) -> LaunchDay:
    """Plan a launch day: its times, its rooms; sent twice with the same key, it is planned once.

    `starts_at` is when people are welcomed, by default when the first slot begins.
    """
    if not can_run_day(by, frame):
        raise PermissionDenied
    if is_id(key):
        known = LaunchDay.objects.filter(public_id=key, frame=frame, planned_by=by).first()
        if known is not None:
            return known
    if frame.phase == Phase.OVER:
        raise ValidationError(_("Ce réseau apprenant est terminé : on n’y prévoit plus de journée."))
    values, rooms = _cleaned(title, place, words), _rooms(rooms)
    check_timetable(slots, rooms)
    ordered = sorted(slots)
    starts_at = _welcome(starts_at, ordered)
    if ordered[0][0] <= clock.now():
        raise ValidationError({"slots": _("Choisissez un jour à venir.")})
    day = LaunchDay.objects.create(
        public_id=key if is_id(key) else new_id(),
        frame=frame,
        starts_at=starts_at,
        ends_at=ordered[-1][1],
        time_zone=by.time_zone,
        planned_by=by,
        **values,
    )
    DaySlot.objects.bulk_create([DaySlot(day=day, starts_at=one, ends_at=end) for one, end in ordered])
    DayRoom.objects.bulk_create([DayRoom(day=day, name=name, seats=seats) for name, seats in rooms])
    _note("launch_day.planned", day, by)
    return day


def _welcome(starts_at: dt.datetime | None, ordered: Slots) -> dt.datetime:
    first = ordered[0][0]
    if starts_at is None:
        return first
    if starts_at > first:
        raise ValidationError({"starts_at": _("L’accueil vient avant le premier créneau.")})
    return starts_at


def _note(name: str, day: LaunchDay, by: Person | None, people: Iterable[Person] = (), **data: Any) -> None:
    record(
        name,
        day,
        by=by,
        network=day.frame.network,
        people=people,
        title=day.title,
        starts_at=day.starts_at.isoformat(),
        zone=day.time_zone,
        **data,
    )


@transaction.atomic
def edit_day(
    day: LaunchDay,
    *,
    by: Person,
    title: str,
    starts_at: dt.datetime | None = None,
    slots: Slots,
    rooms: Rooms,
    place: str,
    words: str = "",
) -> LaunchDay:
    """Change the words, times or rooms of a day that is not over; who has a place is told of another date or place.

    A slot keeps its subjects when its time moves, and those who chose them are told; one that still holds subjects
    is not taken away.
    """
    if not can_run_day(by, day.frame):
        raise PermissionDenied
    check_open_day(day.state)
    values, rooms = _cleaned(title, place, words), _rooms(rooms)
    check_timetable(slots, rooms)
    ordered = sorted(slots)
    if day.state == DayState.PLANNED and ordered[0][0] <= clock.now():
        raise ValidationError({"slots": _("Choisissez un jour à venir.")})
    values |= {"starts_at": _welcome(starts_at, ordered), "ends_at": ordered[-1][1]}
    moved = any(getattr(day, name) != values[name] for name in ("starts_at", "place"))
    # Subjects first, the day last, as in every action: nobody waits in a ring.
    hold(*WallSubject.objects.filter(day=day, room__isnull=False))
    shifted = _change_slots(day, ordered)
    smaller = _change_rooms(day, rooms)
    move(day, day.state, since=DAY_LIVE, **values)
    for subject in WallSubject.objects.filter(room__in=smaller).select_related("room", "day__frame__network"):
        reseat(subject)
    bump_day(day)
    told = people_signed_up(day) if moved else people_signed_up(day, slots=shifted)
    _note("launch_day.edited", day, by, told)
    return day


def _free(day: LaunchDay, field: str, rows: Sequence[DaySlot | DayRoom]) -> None:
    """Refuse to take away a slot or a room that still holds a subject."""
    held = WallSubject.objects.filter(day=day, **{f"{field}__in": [row.pk for row in rows]}).first()
    if held is not None:
        sentence = _("« %(title)s » y est placé : déplacez d’abord ce sujet.") % {"title": held.title}
        raise ValidationError({f"{field}s": sentence})


def _pairs(day: LaunchDay, ordered: Slots) -> list[tuple[DaySlot, tuple[dt.datetime, dt.datetime]]]:
    """Say which known slot becomes which wanted one: in order; when their number changes, those of the same moment first,
    then of the same hour.
    """
    zone = ZoneInfo(day.time_zone)
    known, wanted = list(day.slots.order_by("starts_at", "pk")), list(ordered)
    if len(known) == len(wanted):
        return list(zip(known, wanted, strict=True))
    pairs = []
    for key in (lambda at: at, lambda at: at.astimezone(zone).time(), lambda at: None):
        for row in list(known):
            pair = next((one for one in wanted if key(one[0]) == key(row.starts_at)), None)
            if pair is not None:
                pairs.append((row, pair))
                known.remove(row)
                wanted.remove(pair)
    return pairs


def _change_slots(day: LaunchDay, ordered: Slots) -> list[int]:
    """Change the times of a day; return the slots (row ids) that begin at another moment."""
    pairs = _pairs(day, ordered)
    surplus = list(day.slots.exclude(pk__in=[row.pk for row, _pair in pairs]))
    _free(day, "slot", surplus)
    DaySlot.objects.filter(pk__in=[row.pk for row in surplus]).delete()
    changed = [(row, pair) for row, pair in pairs if (row.starts_at, row.ends_at) != pair]
    DaySlot.objects.filter(pk__in=[row.pk for row, _pair in changed]).update(starts_at=F("starts_at") + _AWAY)
    for row, (start, end) in changed:
        DaySlot.objects.filter(pk=row.pk).update(starts_at=start, ends_at=end)
    taken = {pair for _row, pair in pairs}
    more = [pair for pair in ordered if pair not in taken]
    DaySlot.objects.bulk_create([DaySlot(day=day, starts_at=start, ends_at=end) for start, end in more])
    return [row.pk for row, (start, _end) in changed if row.starts_at != start]


def _change_rooms(day: LaunchDay, rooms: Rooms) -> list[DayRoom]:
    """Keep rooms by their name, add and take away the others; return those whose number of seats changed."""
    known = {fold(row.name): row for row in day.rooms.all()}
    wanted = {fold(name) for name, _seats in rooms}
    surplus = [row for name, row in known.items() if name not in wanted]
    _free(day, "room", surplus)
    DayRoom.objects.filter(pk__in=[row.pk for row in surplus]).delete()
    changed = []
    for name, seats in rooms:
        row = known.get(fold(name))
        if row is None:
            DayRoom.objects.create(day=day, name=name, seats=seats)
            continue
        if row.seats != seats:
            changed.append(row)
        DayRoom.objects.filter(pk=row.pk).update(name=name, seats=seats)
    return changed


def _turn(day: LaunchDay, verb: str, *, by: Person | None, **changes: Any) -> bool:
    """Move a day; False when it is already there (the same button pressed twice)."""
    if by is not None and not can_run_day(by, day.frame):
        raise PermissionDenied
    since, to = DAY_MOVES[verb]
    if day.state == to:
        return False
    move(day, to, since=since, **changes)
    bump_day(day)
    return True


@transaction.atomic
def open_day(day: LaunchDay, *, by: Person) -> LaunchDay:
    """Open the day: the wall and the grid are everybody's, reports are typed."""
    if day.frame.phase in (Phase.FRAME, Phase.PANEL):
        raise ValidationError(
            _(
                "Les résultats attendus ne sont pas encore classés : la journée s’ouvre après le vote du panel."
            )
        )
    if day.ends_at <= clock.now():
        raise ValidationError(_("Cette journée est passée : changez sa date, ou annulez-la."))
    if _turn(day, "open", by=by, opened_at=clock.now()):
        _note("launch_day.opened", day, by)
    return day


@transaction.atomic
def close_day(day: LaunchDay, *, by: Person | None) -> LaunchDay:
    """Close the day: nobody signs up any more; reports may still be finished, groups are formed."""
    if _turn(day, "close", by=by, closed_at=clock.now()):
        _note("launch_day.closed", day, by)
    return day


@transaction.atomic
def cancel_day(day: LaunchDay, *, by: Person, reason: str) -> LaunchDay:
    """Cancel a day that is not over, with a reason that everyone with a place there is told; the wall stays readable."""
    reason = clean(reason).strip()[:WORDS_MAX]
    if not reason:
        raise ValidationError({"reason": _("Dites pourquoi : les personnes inscrites le liront.")})
    people = people_signed_up(day)
    _cancel(day, by, people, reason)
    return day


def end_days(frame: Frame, by: Person) -> None:
    """End the days of a learning network that ends: one that goes on is closed, one to come is cancelled."""
    for day in LaunchDay.objects.filter(frame=frame, state__in=DAY_LIVE).select_related("frame__network"):
        if day.state == DayState.OPEN:
            close_day(day, by=None)
            continue
        with override(frame.network.language):
            reason = gettext("Le réseau apprenant est terminé.")
        _cancel(day, by, people_signed_up(day), reason)


def _cancel(day: LaunchDay, by: Person | None, people: Iterable[Person], reason: str) -> None:
    if not _turn(day, "cancel", by=by, closed_at=clock.now(), cancel_reason=reason):
        return
    drop_merges(WallSubject.objects.filter(day=day))
    _note("launch_day.cancelled", day, by, people)


def close_forgotten_days(limit: int = 100) -> int:
    """Close the open days that nobody closed (by the clock)."""
    rows = LaunchDay.objects.filter(state=DayState.OPEN, ends_at__lt=clock.now() - DAY_CLOSED_AFTER)
    done = 0
    for day in rows.select_related("frame__network").order_by("pk")[:limit]:
        try:
            close_day(day, by=None)
            done += 1
        except ValidationError:
            continue  # somebody has just closed it
    return done + _cancel_unopened(limit)


def _cancel_unopened(limit: int) -> int:
    """Cancel the days that nobody opened, and tell those who planned them or had chosen something there."""
    rows = LaunchDay.objects.filter(state=DayState.PLANNED, ends_at__lt=clock.now() - DAY_CLOSED_AFTER)
    done = 0
    for day in rows.select_related("frame__network", "planned_by").order_by("pk")[:limit]:
        with override(day.frame.network.language):
            reason = gettext("Personne n’a ouvert cette journée.")
        people = {person.pk: person for person in [*people_signed_up(day), day.planned_by]}
        try:
            with transaction.atomic():
                _cancel(day, None, people.values(), reason)
            done += 1
        except ValidationError:
            continue  # somebody has just changed it
    return done
