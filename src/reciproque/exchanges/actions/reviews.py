"""Both review, blind until both have answered or the deadline passes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Required, TypedDict, Unpack

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.rules import StepState, Verb
from reciproque.catalogue.actions import fulfil_post
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.access import can_correct, is_in
from reciproque.exchanges.actions.exchanges import note, parts_of
from reciproque.exchanges.models import Exchange, ExchangePerson, Review
from reciproque.exchanges.rules import (
    CHOSEN,
    EXCHANGE_MOVES,
    FOR_WHOM,
    Audience,
    ExchangeState,
    Satisfaction,
    Side,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.networks.access import accompanies
from reciproque.people.access import is_present
from reciproque.people.models import Person


class Answers(TypedDict, total=False):
    """What one answers in a review, and for whom; nothing but the first is needed."""

    satisfaction: Required[str]
    covered: str
    used: str
    again: bool | None
    third: bool | None
    learned: str
    learned_for: str
    comment: str
    comment_for: str
    hours: Decimal | None


UNANSWERED = {
    **dict.fromkeys(("covered", "used", "learned", "comment"), ""),
    **dict.fromkeys(("again", "third", "hours")),
    **dict.fromkeys(CHOSEN.values(), Audience.OTHER),
}
STILL_SOUGHT = [PostState.PUBLISHED, PostState.PAUSED]


@transaction.atomic
def submit_review(
    exchange: Exchange,
    *,
    by: Person,
    author: Person | None = None,
    request_met: bool = False,
    **answers: Unpack[Answers],
) -> Review:
    """Write one person's review of an exchange; an animator may write it for someone reached by telephone.

    The exchange closes once everyone has reviewed. `request_met` marks the requester's own request as fulfilled.
    """
    # Two reviews at the same instant: the second must see the first, or nobody would close the exchange.
    exchange.state = Exchange.objects.select_for_update().values_list("state", flat=True).get(pk=exchange.pk)
    author = author or by
    on_behalf = author.pk != by.pk
    # Both reviews in one hand would be no review at all.
    if on_behalf and (is_in(by, exchange) or not accompanies(by, exchange.network, author)):
        raise PermissionDenied
    part = ExchangePerson.objects.filter(exchange=exchange, person=author, left_at=None).first()
    if part is None:
        raise PermissionDenied
    existing = Review.objects.filter(exchange=exchange, author=author).first()
    if existing is not None:
        return existing
    if exchange.state != ExchangeState.FINISHED:
        raise ValidationError(_("Le bilan de cet échange n’est pas (ou plus) ouvert."))
    review = Review(
        exchange=exchange,
        author=author,
        side=part.side,
        on_behalf_by=by if on_behalf else None,
        written_at=clock.now(),
    )
    _answer(review, answers)
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError:
        return Review.objects.get(exchange=exchange, author=author)
    close_steps(exchange, verb=Verb.REVIEW, owner=author)
    record(
        "review.submitted",
        exchange,
        by=by,
        network=exchange.network,
        people=[author],
        side=part.side,
        on_behalf=on_behalf,
        title=exchange.title,
    )
    request = exchange.request
    if (
        request_met
        and request is not None
        and request.author_id == author.pk
        and request.state in STILL_SOUGHT
    ):
        fulfil_post(request, by=author)
    reviewed = set(exchange.reviews.values_list("author_id", flat=True))
    parts = parts_of(exchange)
    if {part.person_id for part in parts} <= reviewed:
        close_exchange(exchange, by=by, parts=parts)
    return review


def _answer(review: Review, given: Answers) -> None:
    """Put the answers in a review, and nothing where none is given; refuse what cannot be, with a sentence."""
    answers: dict[str, Any] = {**UNANSWERED, **given}
    if answers["satisfaction"] not in Satisfaction.values:
        raise ValidationError(
            {"satisfaction": _("Choisissez une réponse : les autres questions sont facultatives.")}
        )
    if review.side != Side.REQUESTER:
        answers["used"] = ""
    for name, chosen in CHOSEN.items():
        answers[name] = clean(answers[name]).strip()[:2000]
        if answers[chosen] not in dict(FOR_WHOM):
            raise ValidationError({chosen: _("Choisissez qui lit cette réponse.")})
    for name, value in answers.items():
        setattr(review, name, value)
    review.full_clean(
        exclude=["exchange", "author", "on_behalf_by"], validate_unique=False, validate_constraints=False
    )
    if review.hours is not None and not 0 <= review.hours <= 500:
        raise ValidationError({"hours": _("Indiquez un nombre d’heures entre 0 et 500.")})


def _locked(review: Review, by: Person) -> Review:
    """Return one's own review as it stands, nobody else changing its exchange meanwhile."""
    if review.author_id != by.pk or not is_present(by):
        raise PermissionDenied
    Exchange.objects.select_for_update().get(pk=review.exchange_id)
    return Review.with_withdrawn.select_related("exchange__network", "author").get(pk=review.pk)


def _note_review(name: str, review: Review, by: Person) -> None:
    exchange = review.exchange
    read = exchange.state == ExchangeState.CLOSED
    record(name, review, by=by, network=exchange.network, people=[by], title=exchange.title, read=read)


@transaction.atomic
def correct_review(
    review: Review,
    *,
    by: Person,
    **answers: Unpack[Answers],
) -> Review:
    """Replace one's own answers, for fourteen days; what stood before is kept nowhere.

    Words hidden after a report, or erased, are not written again.
    """
    row = _locked(review, by)
    if row.withdrawn_at is not None:
        raise ValidationError(_("Vous avez retiré ce bilan : il n’en reste rien à corriger."))
    if not can_correct(by, row):
        raise ValidationError(
            _(
                "Un bilan se corrige pendant quatorze jours. Vous pouvez encore effacer vos mots, ou tout retirer."
            )
        )
    if row.hidden_at is not None or row.removed_at is not None:
        answers["learned"], answers["learned_for"] = row.learned, row.learned_for
        answers["comment"], answers["comment_for"] = row.comment, row.comment_for
    _answer(row, answers)
    row.corrected_at = clock.now()
    row.read_before = row.read_before or row.exchange.state == ExchangeState.CLOSED
    row.save()
    _note_review("review.corrected", row, by)
    return row


@transaction.atomic
def withdraw_review(review: Review, *, by: Person) -> Review:
    """Take one's own review back, marks and words, at any time: nothing of it is read nor counted any more.

    While the exchange still waits for reviews, its author may write another one.
    """
    row = _locked(review, by)
    if row.withdrawn_at is not None:
        return row
    now = clock.now()
    row.satisfaction = row.covered = row.used = row.learned = row.comment = ""
    row.again = row.third = row.hours = row.hidden_at = None
    row.withdrawn_at, row.removed_at = now, row.removed_at or now
    row.save()
    exchange = row.exchange
    due = exchange.review_due_at
    if exchange.state == ExchangeState.FINISHED and due is not None and due > now and is_in(by, exchange):
        open_step(Verb.REVIEW, exchange, network=exchange.network, owner=by, due_at=due, words=exchange.title)
    _note_review("review.withdrawn", row, by)
    return row


def close_exchange(
    exchange: Exchange, *, by: Person | None, parts: Sequence[ExchangePerson] | None = None
) -> Exchange:
    """Close an exchange: the reviews written become readable by its people."""
    since, to = EXCHANGE_MOVES["close"]
    move(exchange, to, since=since, closed_at=clock.now())
    # Those who let it pass: closed as unreviewed by them (`count_unreviewed`).
    missing = close_steps(exchange, outcome=StepState.LAPSED)
    reviews = exchange.reviews.count()
    note("exchange.closed", exchange, by, parts=parts, reviews=reviews, missing=missing)
    return exchange
