"""The wall of a launch day: add a subject and host it, place it in the grid, hand it over, write what was said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.access import can_report, can_shape, can_take_part
from reciproque.initiatives.actions.owing import theme_of
from reciproque.initiatives.actions.seats import change_day, drop_merges, hold, leave_subject, reseat
from reciproque.initiatives.models import (
    DayRoom,
    DaySlot,
    LaunchDay,
    SignUp,
    WallSubject,
)
from reciproque.initiatives.rules import (
    DAY_LIVE,
    SEATS_MOST,
    SUBJECTS_MOST,
    TITLE_MAX,
    TITLE_MIN,
    WORDS_MAX,
    DayState,
    SignState,
    cell_mark,
    check_open_day,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.kit.text import clean
from reciproque.kit.tokens import is_id, new_id
from reciproque.networks.models import Network
from reciproque.networks.queries import animators_of
from reciproque.people.models import Person

TAKEN = _("« %(title)s » est déjà dans cette salle à cette heure. Choisissez une autre case.")
MOVED = _("Quelqu’un vient de déplacer ce sujet. Regardez où il est maintenant, puis recommencez si besoin.")


def hosts_of(subject: WallSubject) -> list[Person]:
    """Return who hosts a subject, the first host first."""
    return [subject.host, *(one for one in subject.hosts_too.all() if one.pk != subject.host_id)]


def tell_subject(
    name: str, subject: WallSubject, /, by: Person | None, people: Iterable[Person] = (), **data: Any
) -> None:
    """Record what became of a subject, for those whom it concerns."""
    record(
        name, subject, by=by, network=subject.day.frame.network, people=people, title=subject.title, **data
    )


def _cleaned(title: str, words: str) -> dict[str, str]:
    title = " ".join(clean(title).split())
    if not TITLE_MIN <= len(title) <= TITLE_MAX:
        raise ValidationError({"title": _("Donnez un titre, de 3 à 160 caractères.")})
    return {"title": title, "words": clean(words).strip()[:WORDS_MAX]}


def _seats(seats: int | None) -> int | None:
    if seats is not None and not 1 <= seats <= SEATS_MOST:
        raise ValidationError({"seats": _("Un sujet a de 1 à %(n)s places.") % {"n": SEATS_MOST}})
    return seats


@transaction.atomic
def add_subject(
    day: LaunchDay,
    *,
    by: Person,
    title: str,
    words: str = "",
    theme: str = "",
    seats: int | None = None,
    key: str = "",
) -> WallSubject:
    """Put a subject on the wall: whoever proposes it hosts it and writes it up; sent twice, it is there once."""
    if not can_take_part(by, day.frame):
        raise PermissionDenied
    key = key if is_id(key) else new_id()
    sent = WallSubject.objects.filter(host=by, key=key, day=day)
    existing = sent.first()
    if existing is not None:
        return existing
    check_open_day(day.state)
    values: dict[str, Any] = _cleaned(title, words)
    values |= {"theme": theme_of(day.frame, theme), "seats": _seats(seats)}
    if WallSubject.objects.filter(day=day).count() >= SUBJECTS_MOST:
        raise ValidationError(_("Le mur est plein : réunissez d’abord des sujets proches."))
    try:
        with transaction.atomic():
            subject = WallSubject.objects.create(day=day, host=by, key=key, added_at=clock.now(), **values)
    except IntegrityError as error:
        existing = sent.first()
        if existing is None:
            raise ValidationError(ALREADY_CHANGED, code="changed") from error
        return existing  # the same button pressed twice at the same instant
    tell_subject("wall_subject.added", subject, by)
    change_day(day)
    return subject


@transaction.atomic
def edit_subject(
    subject: WallSubject,
    *,
    by: Person,
    title: str,
    words: str = "",
    theme: str = "",
    seats: int | None = None,
) -> WallSubject:
    """Reword a subject, change its theme or how many may come; with fewer seats, the last ones wait and are told."""
    if not can_shape(by, subject):
        raise PermissionDenied
    check_open_day(subject.day.state)
    values: dict[str, Any] = _cleaned(title, words)
    values |= {"theme": theme_of(subject.day.frame, theme), "seats": _seats(seats)}
    hold(subject)
    WallSubject.objects.filter(pk=subject.pk).update(**values)
    for name, value in values.items():
        setattr(subject, name, value)
    reseat(subject)
    change_day(subject.day)
    return subject


@transaction.atomic
def withdraw_subject(subject: WallSubject, *, by: Person) -> WallSubject:
    """Take a subject off the wall: its cell is free, who had signed up is told; what was reported is never taken off."""
    if not can_shape(by, subject):
        raise PermissionDenied
    check_open_day(subject.day.state)
    hold(subject)
    if subject.report_version:
        raise ValidationError(_("Un compte rendu est écrit : le sujet reste sur le mur."))
    rows = SignUp.objects.filter(subject=subject).exclude(state=SignState.LEFT).select_related("person")
    people = [*hosts_of(subject), *(row.person for row in rows)]
    free_cell(subject, withdrawn_at=clock.now())
    drop_merges(WallSubject.objects.filter(pk=subject.pk))
    tell_subject("wall_subject.withdrawn", subject, by, people)
    change_day(subject.day)
    return subject


def free_cell(subject: WallSubject, **changes: Any) -> None:
    """Give a subject's cell of the grid back, with what else changes; the caller holds it."""
    values = {"slot": None, "room": None, **changes}
    WallSubject.objects.filter(pk=subject.pk).update(**values)
    for name, value in values.items():
        setattr(subject, name, value)


@transaction.atomic
def place_subject(
    subject: WallSubject, *, by: Person, slot: str = "", room: str = "", version: str | None = None
) -> WallSubject:
    """Put a subject in a cell of the grid, or back on the wall (no slot, no room).

    `version` is the mark of where it was seen (`rules.cell_mark`): of two people who move the same subject at once
    one wins, the other reads a sentence. A room holds one subject at a time.
    """
    if not can_shape(by, subject):
        raise PermissionDenied
    check_open_day(subject.day.state)
    if bool(slot) != bool(room):
        raise ValidationError(_("Choisissez une heure et une salle, ou ni l’une ni l’autre."))
    where = _cell(subject.day, slot, room)
    before = mark_of(subject) if version is None else version
    hold(subject)
    if mark_of(subject) != before:
        raise ValidationError(MOVED, code="changed")
    if cell_mark(slot, room) == before:
        return subject
    _check_there(*where)
    _check_free(subject, *where)
    try:
        with transaction.atomic():
            WallSubject.objects.filter(pk=subject.pk).update(slot=where[0], room=where[1])
    except IntegrityError as error:
        # Somebody took the cell in between; the sentence names what is there now.
        _check_free(subject, *where)
        raise ValidationError(ALREADY_CHANGED, code="changed") from error
    subject.slot, subject.room = where
    _up, down = reseat(subject)
    people = [one for one in hosts_of(subject) if one.pk != by.pk]
    tell_subject(
        "wall_subject.moved",
        subject,
        by,
        people,
        starts_at=where[0].starts_at.isoformat() if where[0] else "",
        room=where[1].name if where[1] else "",
        waiting=len(down),
    )
    change_day(subject.day)
    return subject


def _check_there(slot: DaySlot | None, room: DayRoom | None) -> None:
    """Take the slot and the room for the rest of the transaction; refuse when one was taken away meanwhile."""
    for row in (slot, room):
        if row is not None and not type(row)._default_manager.select_for_update().filter(pk=row.pk).exists():
            raise ValidationError(
                _("Cette case n’existe plus : la grille vient de changer. Rechargez la page.")
            )


def mark_of(subject: WallSubject) -> str:
    """Return the mark of where a subject is."""
    if subject.slot is None or subject.room is None:
        return ""
    return cell_mark(subject.slot.public_id, subject.room.public_id)


def _cell(day: LaunchDay, slot: str, room: str) -> tuple[DaySlot | None, DayRoom | None]:
    if not slot:
        return None, None
    row = day.slots.filter(public_id=slot).first()
    where = day.rooms.filter(public_id=room).first()
    if row is None or where is None:
        raise ValidationError(_("Cette heure ou cette salle n’existe plus. Rechargez la page."))
    return row, where


def _check_free(subject: WallSubject, slot: DaySlot | None, room: DayRoom | None) -> None:
    if slot is None or room is None:
        return
    there = WallSubject.objects.filter(slot=slot, room=room).exclude(pk=subject.pk).first()
    if there is not None:
        raise ValidationError(TAKEN, params={"title": there.title}, code="taken")


@transaction.atomic
def hand_subject(subject: WallSubject, *, by: Person, to: Person) -> WallSubject:
    """Give a subject another host: a host who leaves, or cannot come; both are told."""
    if not can_shape(by, subject):
        raise PermissionDenied
    if subject.day.state == DayState.CANCELLED:
        check_open_day(subject.day.state)
    if not can_take_part(to, subject.day.frame):
        raise ValidationError(
            {"to": _("Cette personne n’est pas du réseau : elle ne peut pas porter ce sujet.")}
        )
    if to.pk == subject.host_id:
        return subject
    hold(subject)
    _give(subject, to, by=by)
    return subject


def _give(subject: WallSubject, to: Person, *, by: Person | None) -> None:
    """Make someone the first host; the former one hosts no more. The caller holds the subject."""
    former = subject.host
    # The key of a blank form is the former host's: it must not meet one of the new host's.
    WallSubject.objects.filter(pk=subject.pk).update(host=to, key="")
    subject.host, subject.key = to, ""
    subject.hosts_too.remove(to)
    # What was asked of the former host is theirs to answer no more.
    drop_merges(WallSubject.objects.filter(pk=subject.pk))
    tell_subject(
        "wall_subject.handed", subject, by, [to, former], name=to.display_name, former=former.display_name
    )
    _show(subject.day)


def _show(day: LaunchDay) -> None:
    """Count a change on the screens that the end of the day does not prevent: a report, who answers for it."""
    LaunchDay.objects.filter(pk=day.pk).update(version=F("version") + 1)


@transaction.atomic
def write_report(subject: WallSubject, *, by: Person, words: str, version: int) -> WallSubject:
    """Write what was said, published at once to the network; of two who write at once, the second sees the first's words."""
    if not can_report(by, subject):
        raise PermissionDenied
    if subject.day.state == DayState.PLANNED:
        raise ValidationError(
            _("La journée n’est pas encore ouverte : le compte rendu s’écrit pendant la séance.")
        )
    if subject.day.state == DayState.CANCELLED:
        raise ValidationError(_("Cette journée est annulée : il n’y a pas de compte rendu."))
    words = clean(words).strip()
    if not words:
        raise ValidationError({"words": _("Écrivez au moins une phrase : ce qui s’est dit, ce qui en sort.")})
    if len(words) > WORDS_MAX:
        raise ValidationError({"words": _("Un compte rendu tient en %(n)s caractères.") % {"n": WORDS_MAX}})
    hold(subject)
    if subject.report_version != version:
        subject.refresh_from_db(fields=["report", "reported_by", "reported_at"])
        raise ValidationError(
            _(
                "Quelqu’un vient d’écrire ici. Son texte est au-dessus du vôtre : réunissez-les, puis publiez."
            ),
            code="changed",
        )
    values = {"report": words, "report_version": version + 1, "reported_by": by, "reported_at": clock.now()}
    WallSubject.objects.filter(pk=subject.pk).update(**values)
    for name, value in values.items():
        setattr(subject, name, value)
    if version == 0:
        people = [one for one in hosts_of(subject) if one.pk != by.pk]
        tell_subject("wall_subject.reported", subject, by, people)
    _show(subject.day)
    return subject


@transaction.atomic
def leave_days(person: Person, network: Network) -> int:
    """Give back the places of someone who left the network, and hand over the subjects that they hosted.

    A subject goes to another host, else to who planned the day, else to who animates the network: it stays on the wall.
    """
    live = WallSubject.objects.filter(
        day__frame__network=network, day__state__in=DAY_LIVE, withdrawn_at=None, merged_into=None
    ).select_related("day__frame__network", "day__planned_by", "host", "room", "slot")
    done = 0
    places = SignUp.objects.filter(person=person).exclude(state=SignState.LEFT)
    for subject in live.filter(pk__in=places.values("subject")):
        leave_subject(subject, by=person)
        done += 1
    for subject in live.filter(hosts_too=person):
        subject.hosts_too.remove(person)
    for subject in live.filter(host=person):
        others = [one for one in hosts_of(subject) if one.pk != person.pk and one.is_active]
        others += [one for one in (subject.day.planned_by, *animators_of(network)) if one.pk != person.pk]
        to = next((one for one in others if one.is_active), None)
        if to is not None:
            hold(subject)
            _give(subject, to, by=None)
            done += 1
    return done
