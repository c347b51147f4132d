"""What the animation team does for people it reached by telephone, and how it ends what no longer moves.

Whatever is done in someone's name says who typed it, and is told to them by the fact `behalf.done`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import accept_slot, close_steps, fix_date, note_attempt
from reciproque.agenda.models import Attempt, Meeting, Slot
from reciproque.agenda.queries import steps_about
from reciproque.agenda.rules import AttemptKind, StepState, Verb
from reciproque.exchanges.actions.declared import confirm_exchange, deny_exchange
from reciproque.exchanges.actions.exchanges import end_exchange, people_of, say_held
from reciproque.exchanges.actions.introductions import (
    accept_introduction,
    assign_mediator,
    end_introduction,
    refuse_introduction,
)
from reciproque.exchanges.actions.reviews import close_exchange
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.exchanges.rules import AWAITING_ANSWER, ExchangeState
from reciproque.journal.actions import entered_by, record
from reciproque.kit.text import clean
from reciproque.networks.access import accompanies
from reciproque.networks.models import Network
from reciproque.people.models import Person

NOTHING_LEFT = _("C’est déjà réglé : plus rien n’est attendu.")


@contextlib.contextmanager
def _for(
    person: Person,
    among: Sequence[Person],
    *,
    by: Person,
    subject: Any,
    network: Network,
    title: str,
    what: str,
) -> Iterator[None]:
    """Act in the name of one of the people concerned: an animator who is not one of them, who says so."""
    people = {one.pk for one in among}
    if person.pk not in people or by.pk in people or not accompanies(by, network, person):
        raise PermissionDenied
    with entered_by(by.display_name):
        yield
    record(
        "behalf.done",
        subject,
        by=by,
        network=network,
        people=[person],
        to=person.public_id,
        name=person.display_name,
        what=what,
        title=title,
    )


def _about(introduction: Introduction, by: Person, what: str) -> Any:
    two = [introduction.requester, introduction.offerer]
    return _for(
        introduction.answerer,
        two,
        by=by,
        subject=introduction,
        network=introduction.network,
        title=introduction.title,
        what=what,
    )


@transaction.atomic
def accept_for(introduction: Introduction, *, by: Person) -> Introduction:
    """Say yes for the one whose answer is awaited, who said so by telephone."""
    with _about(introduction, by, "accepted"):
        return accept_introduction(introduction, by=introduction.answerer)


@transaction.atomic
def refuse_for(introduction: Introduction, *, by: Person, refusal: str, reason: str = "") -> Introduction:
    """Say no, and why, for the one whose answer is awaited, who said so by telephone."""
    with _about(introduction, by, "refused"):
        return refuse_introduction(introduction, by=introduction.answerer, refusal=refusal, reason=reason)


def _invited(meeting: Meeting) -> list[Person]:
    return [row.person for row in meeting.attendances.filter(left_at=None).select_related("person")]


def _at(meeting: Meeting, person: Person, by: Person, what: str) -> Any:
    return _for(
        person,
        _invited(meeting),
        by=by,
        subject=_Subject(meeting),
        network=meeting.network,
        title=meeting.title,
        what=what,
    )


class _Subject:
    """What a meeting is about, as facts name it."""

    def __init__(self, meeting: Meeting) -> None:
        self.subject_kind, self.public_id = meeting.subject_kind, meeting.subject_id


@transaction.atomic
def accept_slot_for(slot: Slot, person: Person, *, by: Person) -> Meeting:
    """Say that a proposed date suits someone, who said so by telephone."""
    with _at(slot.meeting, person, by, "slot"):
        return accept_slot(slot, by=person)


@transaction.atomic
def fix_date_for(meeting: Meeting, person: Person, start: dt.datetime, *, by: Person) -> Meeting:
    """Fix the date that the people agreed on, told by one of them by telephone."""
    with _at(meeting, person, by, "fixed"):
        return fix_date(meeting, start, by=person)


@transaction.atomic
def say_held_for(
    meeting: Meeting,
    person: Person,
    *,
    by: Person,
    held: bool,
    more: bool = False,
    starts_at: dt.datetime | None = None,
) -> Meeting:
    """Say whether a meeting took place, as one of its people said by telephone."""
    with _at(meeting, person, by, "held" if held else "missed"):
        return say_held(meeting, by=person, held=held, more=more, starts_at=starts_at)


@transaction.atomic
def confirm_for(
    exchange: Exchange, person: Person, *, by: Person, reason: str = "", yes: bool = True
) -> Exchange:
    """Confirm a declared exchange, or deny it, as one of its people said by telephone; not the one who declared it."""
    if exchange.declared_by_id == by.pk:
        raise ValidationError(
            _("Vous avez déclaré cet échange : une autre personne que vous doit recueillir la confirmation.")
        )
    with _for(
        person,
        people_of(exchange),
        by=by,
        subject=exchange,
        network=exchange.network,
        title=exchange.title,
        what="confirmed" if yes else "denied",
    ):
        if yes:
            return confirm_exchange(exchange, by=person)
        return deny_exchange(exchange, by=person, reason=reason)


# -- what the team decides ---------------------------------------------------------------------------------


@transaction.atomic
def reassign_mediator(introduction: Introduction, mediator: Person, *, by: Person) -> Attempt:
    """Entrust the mediation to someone (else), and note it."""
    assign_mediator(introduction, mediator, by=by)
    return note_attempt(
        introduction,
        introduction.network,
        AttemptKind.REASSIGNED,
        by=by,
        words=mediator.display_name,
    )


@transaction.atomic
def propose_another(introduction: Introduction, *, by: Person) -> Attempt:
    """Wait no longer for an answer: the introduction lapses now, the asker is proposed the next person."""
    if not accompanies(by, introduction.network, introduction.requester, introduction.offerer):
        raise PermissionDenied
    if introduction.state not in AWAITING_ANSWER:
        raise ValidationError(NOTHING_LEFT)
    attempt = note_attempt(introduction, introduction.network, AttemptKind.PROPOSED, by=by)
    end_introduction(introduction, "lapse", by=by)
    return attempt


def _said(reason: str) -> str:
    reason = clean(reason).strip()
    if not reason:
        raise ValidationError({"reason": _("Dites pourquoi, en une phrase : les personnes la liront.")})
    return reason[:1000]


@transaction.atomic
def end_by_team(introduction: Introduction, *, by: Person, reason: str) -> Attempt:
    """End an introduction that no longer moves, for a reason that its people read."""
    if not accompanies(by, introduction.network, introduction.requester, introduction.offerer):
        raise PermissionDenied
    reason = _said(reason)
    end_introduction(introduction, "cancel", by=by, reason=reason)
    return note_attempt(introduction, introduction.network, AttemptKind.NOTED, by=by, words=reason)


@transaction.atomic
def close_by_team(exchange: Exchange, *, by: Person, reason: str, person: Person | None = None) -> Attempt:
    """Stop waiting: an open exchange is stopped, a review or a confirmation (of `person`) is no longer asked for."""
    people = people_of(exchange)
    if not accompanies(by, exchange.network, *people):
        raise PermissionDenied
    reason = _said(reason)
    if exchange.state == ExchangeState.OPEN:
        end_exchange(exchange, by=by, reason=reason)
        person = None
    elif exchange.state in (ExchangeState.FINISHED, ExchangeState.DECLARED):
        close_steps(exchange, verb=(Verb.REVIEW, Verb.CONFIRM), owner=person, outcome=StepState.LAPSED)
        if exchange.state == ExchangeState.FINISHED and not steps_about(exchange):
            close_exchange(exchange, by=None)
    else:
        raise ValidationError(NOTHING_LEFT)
    return note_attempt(exchange, exchange.network, AttemptKind.NOTED, by=by, person=person, words=reason)
