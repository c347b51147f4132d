"""Questions of practice: asked, carried to those who know, answered or politely declined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import StepState
from reciproque.catalogue.actions import get_or_create_topic
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.library.actions.expected import expect_answers, expect_no_answer, still_given_time
from reciproque.library.models import Asked, Sheet, UseCase
from reciproque.library.queries.cases import askable, places_left
from reciproque.library.rules import (
    ANSWER_WITHIN,
    DETAILS_MAX,
    MAX_OPEN_CASES,
    MAX_TOPICS,
    QUESTION_MAX,
    TITLE_MIN,
    AskState,
    AuthorState,
    CaseState,
)
from reciproque.networks.access import is_animator, is_member
from reciproque.networks.models import Network
from reciproque.people.models import Person


@transaction.atomic
def ask_case(
    network: Network,
    *,
    by: Person,
    question: str,
    details: str = "",
    topics: Iterable[str] = (),
    key: str = "",
) -> UseCase:
    """Ask everybody "how do you …?"; it is then carried to a few who seem to know."""
    if not is_member(by, network):
        raise PermissionDenied
    question = " ".join(clean(question).split())
    details = clean(details).strip()
    if not TITLE_MIN <= len(question) <= QUESTION_MAX:
        raise ValidationError({"question": _("Posez votre question en une phrase (200 caractères au plus).")})
    if len(details) > DETAILS_MAX:
        raise ValidationError({"details": _("Ce texte est trop long : 2 000 caractères au plus.")})
    key = clean(key)[:32]
    if key and (kept := UseCase.objects.filter(asker=by, key=key).first()):
        return kept
    open_ = UseCase.objects.filter(asker=by, network=network, state=CaseState.OPEN).count()
    if open_ >= MAX_OPEN_CASES:
        raise ValidationError(
            _("Cinq de vos questions attendent déjà. Fermez-en une avant d’en poser une autre.")
        )
    try:
        with transaction.atomic():
            case = UseCase.objects.create(
                network=network, asker=by, question=question, details=details, key=key, asked_at=clock.now()
            )
    except IntegrityError:
        return UseCase.objects.get(asker=by, key=key)
    found = {topic.pk: topic for topic in (get_or_create_topic(name) for name in topics if name.strip())}
    if len(found) > MAX_TOPICS:
        raise ValidationError({"topics": _("Choisissez cinq sujets au plus.")})
    case.topics.set(found.values())
    _record("case.asked", case, by)
    return case


def _record(
    fact: str, case: UseCase, by: Person | None, people: Iterable[Person] = (), /, **data: Any
) -> None:
    record(fact, case, by=by, network=case.network, people=people, title=case.question, **data)


@transaction.atomic
def route_case(case: UseCase, people: Sequence[Person]) -> list[Person]:
    """Carry an open question to the first of these people who have room for it; return those newly asked."""
    if not UseCase.objects.select_for_update().filter(pk=case.pk, state=CaseState.OPEN).exists():
        return []
    chosen = askable(case, people)[: places_left(case)]
    now = clock.now()
    Asked.objects.bulk_create([Asked(case=case, person=person, asked_at=now) for person in chosen])
    expect_answers(case, chosen)
    if chosen:
        _record(
            "case.routed",
            case,
            None,
            chosen,
            to=[person.public_id for person in chosen],
            name=case.asker.display_name,
        )
    return chosen


@transaction.atomic
def decline_case(case: UseCase, *, by: Person) -> None:
    """Say "not this time" to a question: no reason is asked, nobody is told, somebody else will be asked."""
    asked = Asked.objects.select_for_update().filter(case=case, person=by).first()
    if asked is None:
        raise PermissionDenied
    if asked.state == AskState.WAITING:
        asked.state, asked.answered_at = AskState.DECLINED, clock.now()
        asked.save(update_fields=["state", "answered_at"])
        expect_no_answer(case, by)
        _record("case.declined", case, by)


@transaction.atomic
def close_case(case: UseCase, *, by: Person) -> UseCase:
    """Close one's question (or, for an animator, one that has no object any more): nobody is expected any longer."""
    if by.pk != case.asker_id and not is_animator(by, case.network):
        raise PermissionDenied
    if case.state == CaseState.CLOSED:
        return case
    move(case, CaseState.CLOSED, since=[CaseState.OPEN, CaseState.ANSWERED], closed_at=clock.now())
    _release(case)
    _record("case.closed", case, by)
    return case


def note_answer(case: UseCase, sheet: Sheet, *, by: Person) -> None:
    """Note that a published sheet answers a question: its asker is told, the others are no longer expected."""
    authors = sheet.authors.filter(state=AuthorState.ACCEPTED).values("person")
    waiting = Asked.objects.filter(case=case, state=AskState.WAITING, person__in=authors)
    for asked in waiting.select_related("person"):
        expect_no_answer(case, asked.person, outcome=StepState.DONE)
    waiting.update(state=AskState.ANSWERED, answered_at=clock.now())
    UseCase.objects.filter(pk=case.pk, state=CaseState.OPEN).update(state=CaseState.ANSWERED)
    case.refresh_from_db(fields=["state"])
    _release(case)
    name = sheet.authors.filter(person=by).select_related("person").first()
    _record(
        "case.answered",
        case,
        by,
        [case.asker],
        to=[case.asker.public_id],
        name=name.name if name else by.display_name,
        sheet=sheet.public_id,
    )


def _release(case: UseCase) -> None:
    expect_no_answer(case)
    Asked.objects.filter(case=case, state=AskState.WAITING).update(
        state=AskState.LAPSED, answered_at=clock.now()
    )


def lapse_asked(limit: int = 500) -> int:
    """Release those who did not answer a question in ten days, so that others are asked; return how many.

    Who was on pause meanwhile has those days once back.
    """
    before = clock.now() - ANSWER_WITHIN
    rows = Asked.objects.filter(state=AskState.WAITING, asked_at__lt=before).exclude(still_given_time())
    rows = rows.select_related("case__network", "person")
    done = 0
    for asked in rows[:limit]:
        with transaction.atomic():
            fresh = Asked.objects.filter(pk=asked.pk, state=AskState.WAITING)
            if fresh.update(state=AskState.LAPSED, answered_at=clock.now()):
                expect_no_answer(asked.case, asked.person, outcome=StepState.LAPSED)
                _record("case.lapsed", asked.case, None)
                done += 1
    return done
