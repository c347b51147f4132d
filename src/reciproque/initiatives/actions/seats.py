"""Sign up to a subject of the wall: seats first, then a waiting list in the order of arrival."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.rules import StepState, Verb
from reciproque.initiatives.access import can_take_part
from reciproque.initiatives.models import LaunchDay, MergeRequest, SignUp, WallSubject
from reciproque.initiatives.rules import DAY_LIVE, MergeState, SignState, check_open_day
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.people.models import Person

SS = SignState
# What a held subject is read again for.
FRESH = ("slot_id", "room_id", "seats", "withdrawn_at", "merged_into_id", "host_id", "report_version")


def hold(*subjects: WallSubject) -> None:
    """Take subjects for the rest of the transaction, always in the same order; refuse when one left the wall.

    PostgreSQL locks the rows; SQLite's transactions write one at a time.
    """
    rows = WallSubject.objects.select_for_update().filter(pk__in=[row.pk for row in subjects]).order_by("pk")
    fresh = {row.pk: row for row in rows}
    for subject in subjects:
        for name in FRESH:
            setattr(subject, name, getattr(fresh[subject.pk], name))
    for subject in subjects:
        if subject.merged_into_id:
            raise ValidationError(
                _("Ce sujet vient d’être réuni à un autre. Rechargez la page pour le voir.")
            )
        if subject.withdrawn_at:
            raise ValidationError(_("Ce sujet vient d’être retiré du mur."))


def drop_merges(subjects: QuerySet[WallSubject]) -> None:
    """Ask no more whether subjects that left the wall, or a day that is cancelled, are the same as others."""
    rows = MergeRequest.objects.filter(Q(kept__in=subjects) | Q(folded__in=subjects), state=MergeState.ASKED)
    for merge in rows:
        MergeRequest.objects.filter(pk=merge.pk).update(state=MergeState.REFUSED)
        close_steps(merge, verb=Verb.MERGE, outcome=StepState.RELEASED)


def change_day(day: LaunchDay) -> None:
    """Count a change of what the screens show, only while the day goes on; the day is taken last, never before a subject."""
    if not LaunchDay.objects.filter(pk=day.pk, state__in=DAY_LIVE).update(version=F("version") + 1):
        day.refresh_from_db(fields=["state"])
        check_open_day(day.state)


def capacity_of(subject: WallSubject) -> int | None:
    """Return how many may sit: what the host said, within the room's seats; None while neither is known."""
    known = [n for n in (subject.seats, subject.room.seats if subject.room else None) if n is not None]
    return min(known) if known else None


@transaction.atomic
def sign_up(subject: WallSubject, *, by: Person) -> SignUp:
    """Take a seat, or a place in the waiting list when none is left; asked twice, one keeps the place one has."""
    if not can_take_part(by, subject.day.frame):
        raise PermissionDenied
    check_open_day(subject.day.state)
    hold(subject)
    rows = SignUp.objects.filter(subject=subject)
    mine = rows.filter(person=by).first()
    if mine is not None and mine.state != SS.LEFT:
        return mine
    capacity = capacity_of(subject)
    free = capacity is None or rows.filter(state=SS.SEATED).count() < capacity
    state = SS.SEATED if free else SS.WAITING
    place = (rows.aggregate(last=Max("place"))["last"] or 0) + 1
    now = clock.now()
    if mine is None:
        mine = SignUp.objects.create(subject=subject, person=by, state=state, place=place, at=now)
    else:
        # Whoever comes back arrives last.
        SignUp.objects.filter(pk=mine.pk).update(state=state, place=place, at=now)
        mine.state, mine.place, mine.at = state, place, now
    _tell("sign_up.made", subject, by, [by], state=str(state), place=place)
    change_day(subject.day)
    return mine


@transaction.atomic
def leave_subject(subject: WallSubject, *, by: Person) -> SignUp:
    """Give back one's seat or place; the first who waits takes the seat and is told."""
    check_open_day(subject.day.state)
    hold(subject)
    mine = SignUp.objects.filter(subject=subject, person=by).exclude(state=SS.LEFT).first()
    if mine is None:
        raise ValidationError(_("Vous n’avez pas de place à ce sujet."))
    SignUp.objects.filter(pk=mine.pk).update(state=SS.LEFT)
    mine.state = SS.LEFT
    _tell("sign_up.left", subject, by, [by])
    reseat(subject)
    change_day(subject.day)
    return mine


def reseat(subject: WallSubject) -> tuple[list[Person], list[Person]]:
    """Give the seats there are to those who came first; return who got one, and who now waits (both are told).

    The caller holds the subject.
    """
    rows = SignUp.objects.filter(subject=subject).exclude(state=SS.LEFT).select_related("person")
    ordered = list(rows.order_by("place"))
    capacity = capacity_of(subject)
    seats = len(ordered) if capacity is None else capacity
    up = [row for row in ordered[:seats] if row.state != SS.SEATED]
    down = [row for row in ordered[seats:] if row.state != SS.WAITING]
    SignUp.objects.filter(pk__in=[row.pk for row in up]).update(state=SS.SEATED)
    SignUp.objects.filter(pk__in=[row.pk for row in down]).update(state=SS.WAITING)
    raised, lowered = [row.person for row in up], [row.person for row in down]
    if raised:
        _tell("sign_up.seated", subject, None, raised)
    if lowered:
        _tell("sign_up.waiting", subject, None, lowered)
    return raised, lowered


def take_over_sign_ups(kept: WallSubject, folded: WallSubject) -> None:
    """Bring those of a subject after those of the one that takes it in, in the order in which they came."""
    there = set(SignUp.objects.filter(subject=kept).exclude(state=SS.LEFT).values_list("person", flat=True))
    coming = list(SignUp.objects.filter(subject=folded).exclude(state=SS.LEFT).order_by("place"))
    back = {row.person_id: row for row in SignUp.objects.filter(subject=kept, state=SS.LEFT)}
    place = SignUp.objects.filter(subject=kept).aggregate(last=Max("place"))["last"] or 0
    for row in coming:
        if row.person_id in there:
            continue
        place += 1
        values = {"state": SS.WAITING, "place": place, "at": row.at}
        former = back.get(row.person_id)
        if former is None:
            SignUp.objects.create(subject=kept, person_id=row.person_id, **values)
        else:
            SignUp.objects.filter(pk=former.pk).update(**values)
    SignUp.objects.filter(subject=folded).update(state=SS.LEFT)


def _tell(
    name: str, subject: WallSubject, /, by: Person | None, people: Sequence[Person], **data: str | int
) -> None:
    # A sign-up has no address of its own: its facts are about the subject.
    record(
        name, subject, by=by, network=subject.day.frame.network, people=people, title=subject.title, **data
    )
