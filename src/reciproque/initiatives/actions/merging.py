"""Two subjects alike are put together only when their hosts agree."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.queries import overdue_steps
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.initiatives.access import can_shape, hosts
from reciproque.initiatives.actions.seats import change_day, hold, reseat, take_over_sign_ups
from reciproque.initiatives.actions.subjects import free_cell, hosts_of, tell_subject
from reciproque.initiatives.models import MergeRequest, WallSubject
from reciproque.initiatives.rules import MERGE_DAYS, DayState, MergeState, check_open_day
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.people.models import Person


def _check(kept: WallSubject, folded: WallSubject) -> None:
    if kept.pk == folded.pk or kept.day_id != folded.day_id:
        raise ValidationError(_("Choisissez deux sujets différents de la même journée."))
    check_open_day(kept.day.state)
    if folded.report_version:
        raise ValidationError(
            _("« %(title)s » a déjà un compte rendu : les deux sujets restent.") % {"title": folded.title}
        )


@transaction.atomic
def ask_merge(kept: WallSubject, folded: WallSubject, *, by: Person) -> MergeRequest:
    """Ask the hosts of two subjects to make one of them; who asks and hosts one of the two has already said yes."""
    if not (can_shape(by, kept) or hosts(by, folded)):
        raise PermissionDenied
    _check(kept, folded)
    hold(kept, folded)
    asked = MergeRequest.objects.filter(
        kept__in=[kept, folded], folded__in=[kept, folded], state=MergeState.ASKED
    ).first()
    if asked is not None:
        raise ValidationError(_("La question est déjà posée aux deux personnes qui portent ces sujets."))
    try:
        with transaction.atomic():
            merge = MergeRequest.objects.create(kept=kept, folded=folded, asked_by=by, asked_at=clock.now())
    except IntegrityError as error:
        raise ValidationError(_("La question est déjà posée.")) from error
    wanted = _wanted(merge)
    if by in wanted:
        merge.agreed.add(by)
    if wanted == [by]:
        return _merge(merge, by=by)
    due = _due(merge)
    for host in wanted:
        if host.pk != by.pk:
            open_step(
                Verb.MERGE, merge, network=kept.day.frame.network, owner=host, due_at=due, words=folded.title
            )
    _tell("merge.asked", merge, by)
    change_day(kept.day)
    return merge


def _wanted(merge: MergeRequest) -> list[Person]:
    """Return whose agreement it takes: the two hosts, once if they are one person."""
    return list(dict.fromkeys([merge.kept.host, merge.folded.host]))


def _due(merge: MergeRequest) -> dt.datetime:
    """Return until when the hosts answer: two working days, never later than the day needs it."""
    day = merge.kept.day
    now = clock.now()
    due = deadline(day.frame.network, MERGE_DAYS, now, day.time_zone)
    latest = day.starts_at if day.state == DayState.PLANNED and day.starts_at > now else day.ends_at
    return min(due, latest) if latest > now else due


def _tell(name: str, merge: MergeRequest, by: Person | None) -> None:
    record(
        name,
        merge,
        by=by,
        network=merge.kept.day.frame.network,
        people=_wanted(merge),
        title=merge.kept.title,
        other=merge.folded.title,
    )


@transaction.atomic
def answer_merge(merge: MergeRequest, *, by: Person, agreed: bool) -> MergeRequest:
    """Say whether one's subject and another make one; the second yes puts them together, one no keeps both."""
    if by not in _wanted(merge):
        raise PermissionDenied
    if merge.state != MergeState.ASKED:
        raise ValidationError(_("La question est close."))
    check_open_day(merge.kept.day.state)
    hold(merge.kept, merge.folded)
    if not agreed:
        return _keep_both(merge, by=by)
    merge.agreed.add(by)
    close_steps(merge, verb=Verb.MERGE, owner=by)
    said = set(merge.agreed.values_list("pk", flat=True))
    if {one.pk for one in _wanted(merge)} <= said:
        return _merge(merge, by=by)
    return merge


def _keep_both(merge: MergeRequest, *, by: Person | None) -> MergeRequest:
    move(merge, MergeState.REFUSED, since=[MergeState.ASKED])
    if by is not None:
        close_steps(merge, verb=Verb.MERGE, owner=by)
    close_steps(merge, verb=Verb.MERGE, outcome=StepState.RELEASED if by else StepState.LAPSED)
    _tell("merge.refused", merge, by)
    return merge


def _merge(merge: MergeRequest, *, by: Person) -> MergeRequest:
    """Put a subject into the other: its hosts host the other too, its sign-ups come after, its cell is free."""
    kept, folded = merge.kept, merge.folded
    _check(kept, folded)
    move(merge, MergeState.AGREED, since=[MergeState.ASKED])
    close_steps(merge, verb=Verb.MERGE, outcome=StepState.RELEASED)
    # What else was asked about the folded subject has no object any more.
    for field in ("kept", "folded"):
        others = MergeRequest.objects.filter(state=MergeState.ASKED, **{field: folded})
        for other in list(others):
            MergeRequest.objects.filter(pk=other.pk).update(state=MergeState.REFUSED)
            close_steps(other, verb=Verb.MERGE, outcome=StepState.RELEASED)
    kept.hosts_too.add(*[one for one in hosts_of(folded) if one.pk != kept.host_id])
    take_over_sign_ups(kept, folded)
    free_cell(folded, merged_into=kept)
    reseat(kept)
    _tell("merge.agreed", merge, by)
    tell_subject("wall_subject.merged", folded, by, hosts_of(kept), other=kept.title, kept=kept.public_id)
    change_day(kept.day)
    return merge


def lapse_merges(limit: int = 200) -> int:
    """Keep both subjects when a host did not answer in time (by the clock)."""
    done = 0
    for step in overdue_steps(clock.now(), [Verb.MERGE], limit):
        related = ("kept__day__frame__network", "kept__host", "folded__host")
        rows = MergeRequest.objects.select_related(*related)
        merge = rows.filter(public_id=step.subject_id, state=MergeState.ASKED).first()
        if merge is None:
            continue
        try:
            with transaction.atomic():
                _keep_both(merge, by=None)
            done += 1
        except ValidationError:
            continue  # the second yes has just come
    return done
