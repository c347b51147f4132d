"""Stop at once what is uncomfortable; keep two people apart from then on."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, leave_meetings
from reciproque.agenda.rules import StepState
from reciproque.exchanges.access import can_separate, can_withdraw, is_in
from reciproque.exchanges.actions.exchanges import note, parts_of, stop_exchange_now
from reciproque.exchanges.actions.introductions import end_introduction
from reciproque.exchanges.actions.threads import let_out
from reciproque.exchanges.models import Exchange, Introduction, SetApart
from reciproque.exchanges.rules import ExchangeState
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.people.models import Person

ENDED = _("C’est déjà terminé : il n’y a plus rien à arrêter.")


@transaction.atomic
def leave_off(subject: Introduction | Exchange, *, by: Person) -> Introduction | Exchange:
    """Stop an introduction or an exchange at once, without having to say why; the others are told neutrally.

    In a group that goes on without them, only this person leaves.
    """
    if isinstance(subject, Introduction):
        if by.pk not in (subject.requester_id, subject.offerer_id):
            raise PermissionDenied
        if not can_withdraw(by, subject):
            raise ValidationError(ENDED)
        end_introduction(subject, "cancel", by=by)
        return subject
    if not is_in(by, subject):
        raise PermissionDenied
    if subject.state != ExchangeState.OPEN:
        raise ValidationError(ENDED)
    parts = parts_of(subject)
    mine = next(part for part in parts if part.person_id == by.pk)
    if any(part.side == mine.side for part in parts if part.pk != mine.pk):
        mine.left_at = clock.now()
        mine.save(update_fields=["left_at"])
        leave_meetings(subject, by)
        let_out(subject.thread, by)
        close_steps(subject, owner=by, outcome=StepState.RELEASED)
        note("exchange.stepped_out", subject, by, who=by.public_id, name=by.display_name)
        return subject
    stop_exchange_now(subject, by=by)
    return subject


@transaction.atomic
def set_apart(first: Person, second: Person, *, by: Person) -> SetApart:
    """Keep two people apart from now on, in every network; the second never learns of it.

    Asked by the first for themselves, or decided by someone who handles a report. What waits between them ends,
    told as anything that ends; an exchange of the two alone is stopped. Asking twice changes nothing.
    """
    if by.pk != first.pk and not can_separate(by, first, second):
        raise PermissionDenied
    if first.pk == second.pk:
        raise ValidationError(_("On ne s’écarte pas de soi-même."))
    held = SetApart.objects.in_force().filter(first=first, second=second, by=by)
    existing = held.first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            row = SetApart.objects.create(first=first, second=second, by=by, since=clock.now())
    except IntegrityError:  # the same button pressed twice at the same instant
        return held.get()
    _end_between(first, second)
    # Only the first is named: the journal of the second shows nothing of it.
    record("people.set_apart", row, people=[first])
    return row


def _end_between(one: Person, other: Person) -> None:
    two = Q(requester=one, offerer=other) | Q(requester=other, offerer=one)
    related = ("network", "requester", "offerer", "initiator", "mediator", "thread")
    for introduction in Introduction.objects.live().filter(two).select_related(*related):
        end_introduction(introduction, "cancel", by=None)
    shared = Exchange.objects.filter(
        state=ExchangeState.OPEN,
        pk__in=one.exchanges.filter(left_at=None).values("exchange"),
        people__in=other.exchanges.filter(left_at=None),
    )
    for exchange in shared.select_related("network", "thread").distinct():
        if len(parts_of(exchange)) == 2:
            stop_exchange_now(exchange, by=None)


@transaction.atomic
def end_set_apart(row: SetApart, *, by: Person) -> SetApart:
    """Let two people be proposed to one another again: said by the one who asked for it."""
    if row.by_id != by.pk:
        raise PermissionDenied
    done = SetApart.objects.filter(pk=row.pk, ended_at=None).update(ended_at=clock.now())
    if done:
        row.refresh_from_db()
        record("people.set_apart_ended", row, people=[row.first])
    return row
