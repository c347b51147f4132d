"""Calls that were answered by deeds: who was called did it, and never said so."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from reciproque.agenda.actions import close_steps
from reciproque.agenda.rules import StepState, Verb
from reciproque.catalogue.models import Post
from reciproque.exchanges.models import Introduction
from reciproque.kit import clock
from reciproque.library.models import Sheet, UseCase
from reciproque.library.rules import AuthorState, SheetState

# So many people are asked the same thing, one after the other; then the animation team is told.
from reciproque.recognition.actions.calls import call_done, note_call
from reciproque.recognition.actions.certifying import in_turn
from reciproque.recognition.models import Call
from reciproque.recognition.queries.calls import (
    same_topics,
)
from reciproque.recognition.rules import CallKind, CallState


def _offered(call: Call) -> bool:
    posts = Post.objects.open().offers().filter(network=call.network, author=call.person)
    return posts.filter(topics__in=same_topics(call.topic), published_at__gt=call.asked_at).exists()


def _wrote(call: Call) -> bool:
    sheets = Sheet.objects.filter(network=call.network, state=SheetState.PUBLISHED)
    sheets = sheets.filter(authors__person=call.person, authors__state=AuthorState.ACCEPTED)
    return sheets.filter(topics__in=same_topics(call.topic), published_at__gt=call.asked_at).exists()


def _answered(call: Call) -> bool:
    if call.about_kind == UseCase.subject_kind:
        return Sheet.objects.filter(
            case__public_id=call.about_id, state=SheetState.PUBLISHED, authors__person=call.person
        ).exists()
    rows = Introduction.objects.filter(offerer=call.person, request__public_id=call.about_id)
    return rows.filter(asked_at__gt=call.asked_at).exists()


SEEN: dict[str, Callable[[Call], bool]] = {
    CallKind.OFFER: _offered,
    CallKind.SHEET: _wrote,
    CallKind.ANSWER: _answered,
}


def settle_calls(limit: int = 200) -> int:
    """Note what was done without a word: the offer is published, the sheet written, the answer given (by the clock)."""
    rows = Call.objects.waiting().filter(kind__in=list(SEEN))
    rows = rows.select_related("network", "topic", "person", "asked_by")
    return sum(_settle(call) for some in in_turn(rows, limit) for call in some if SEEN[call.kind](call))


@transaction.atomic
def _settle(call: Call) -> bool:
    now = clock.now()
    # Who never said yes is not said to have: nothing more is asked of them, nobody is told and no name is shown.
    asked = Call.objects.filter(pk=call.pk, state=CallState.ASKED)
    if asked.update(state=CallState.WITHDRAWN, answered_at=now, done_at=now):
        close_steps(call, verb=Verb.PASS_ON, outcome=StepState.RELEASED)
        note_call("call.settled", call, None, people=[])
        return True
    if not Call.objects.filter(pk=call.pk, state=CallState.ACCEPTED, done_at=None).exists():
        return False
    call.state = CallState.ACCEPTED
    call_done(call)
    return True
