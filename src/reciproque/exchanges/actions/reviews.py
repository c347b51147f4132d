"""Both review, blind until both have answered or the deadline passes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.rules import StepState, Verb
from reciproque.catalogue.actions import fulfil_post
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.access import is_in
from reciproque.exchanges.actions.exchanges import note, parts_of
from reciproque.exchanges.models import Exchange, ExchangePerson, Review
from reciproque.exchanges.rules import EXCHANGE_MOVES, ExchangeState, Satisfaction, Side
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.networks.access import accompanies
from reciproque.people.models import Person

STILL_SOUGHT = [PostState.PUBLISHED, PostState.PAUSED]


@transaction.atomic
def submit_review(
    exchange: Exchange,
    *,
    by: Person,
    satisfaction: str,
    author: Person | None = None,
    covered: str = "",
    used: str = "",
    again: bool | None = None,
    learned: str = "",
    comment: str = "",
    hours: Decimal | None = None,
    request_met: bool = False,
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
    if satisfaction not in Satisfaction.values:
        raise ValidationError(
            {"satisfaction": _("Choisissez une réponse : les autres questions sont facultatives.")}
        )
    review = Review(
        exchange=exchange,
        author=author,
        side=part.side,
        on_behalf_by=by if on_behalf else None,
        satisfaction=satisfaction,
        covered=covered,
        used=used if part.side == Side.REQUESTER else "",
        again=again,
        learned=clean(learned).strip()[:2000],
        comment=clean(comment).strip()[:2000],
        hours=hours,
        written_at=clock.now(),
    )
    review.full_clean(
        exclude=["exchange", "author", "on_behalf_by"], validate_unique=False, validate_constraints=False
    )
    if hours is not None and not 0 <= hours <= 500:
        raise ValidationError({"hours": _("Indiquez un nombre d’heures entre 0 et 500.")})
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
