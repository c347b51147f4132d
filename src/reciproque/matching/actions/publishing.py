"""What an animator decides of a plan: what is proposed, taken back, set aside, changed; always or never together."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, note_attempt, open_step
from reciproque.agenda.models import Attempt
from reciproque.agenda.rules import AttemptKind, StepState, Verb, deadline
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.matching.actions.finding import release
from reciproque.matching.models import Plan, PlannedPair, Ruling, Suggestion
from reciproque.matching.queries.possible import possible_now
from reciproque.matching.rules import PairState, RulingKind, SuggestionState
from reciproque.networks.access import accompanies, scope_of
from reciproque.networks.models import Network
from reciproque.people.models import Person


def _check(by: Person, request: Post, offer: Post) -> None:
    if not accompanies(by, request.network, request.author, offer.author):
        raise PermissionDenied


@transaction.atomic
def publish_pairs(plan: Plan, pairs: Iterable[str] | None, *, by: Person, least: int = 0) -> int:
    """Propose pairs of a plan (by identifier; None: all that are pending and at least that close) to those who ask.

    Return how many. Whoever asks says yes before anyone else is contacted. A pair that became impossible since the plan
    was made (someone is away, full, gone, has answered) is put away, not proposed.
    """
    scope = scope_of(by, plan.network)
    if scope is None:
        raise PermissionDenied
    # Who animates one site or one unit proposes what concerns its people, and leaves the rest.
    mine = scope.people("request__author") | scope.people("offer__author")
    rows = plan.pairs.filter(mine, state=PairState.PENDING).select_related(
        "request__author", "request__network", "offer__author"
    )
    if pairs is not None:
        rows = rows.filter(public_id__in=list(pairs))
    possible, published = possible_now(plan.network), 0
    for pair in rows.select_for_update(of=("self",)):
        if pairs is None and not pair.pinned and pair.terms.get("closeness", 0) < least:
            continue
        suggestion = _suggestion_of(pair) if possible.take(pair.request, pair.offer) else None
        if suggestion is None:
            PlannedPair.objects.filter(pk=pair.pk).update(state=PairState.GONE)
            continue
        publish_suggestion(suggestion, by=by)
        PlannedPair.objects.filter(pk=pair.pk).update(
            state=PairState.PUBLISHED, decided_at=clock.now(), decided_by=by
        )
        published += 1
    return published


def _suggestion_of(pair: PlannedPair) -> Suggestion | None:
    """Return the suggestion behind a pair, made when an animator pinned what was not found; None if answered or put off."""
    defaults = {
        "network": pair.plan.network,
        "score": pair.score,
        "terms": pair.terms,
        "made_at": clock.now(),
    }
    row, _made = Suggestion.objects.get_or_create(request=pair.request, offer=pair.offer, defaults=defaults)
    if row.state == SuggestionState.GONE and pair.pinned:
        Suggestion.objects.filter(pk=row.pk).update(state=SuggestionState.OPEN)
        row.state = SuggestionState.OPEN
    put_off = row.put_off_until is not None and row.put_off_until > clock.now()
    return row if row.state == SuggestionState.OPEN and not put_off else None


@transaction.atomic
def publish_suggestion(suggestion: Suggestion, *, by: Person) -> None:
    """Propose one suggestion to the one who asks, in an animator's name; done once."""
    request, now = suggestion.request, clock.now()
    _check(by, request, suggestion.offer)
    done = Suggestion.objects.filter(pk=suggestion.pk, published_at=None, state=SuggestionState.OPEN).update(
        published_at=now, published_by=by
    )
    if not done:
        return
    due = deadline(request.network, request.network.answer_days, now, request.author.time_zone)
    open_step(
        Verb.TRY,
        suggestion,
        network=request.network,
        owner=request.author,
        due_at=due,
        words=f"{suggestion.offer.author.display_name} – {suggestion.offer.title}",
    )
    record(
        "suggestion.proposed",
        suggestion,
        by=by,
        network=request.network,
        people=[request.author],
        title=request.title,
        offer_title=suggestion.offer.title,
        name=suggestion.offer.author.display_name,
        requester=request.author.public_id,
    )


@transaction.atomic
def propose_by_hand(suggestion: Suggestion, *, by: Person) -> Attempt:
    """Propose to someone whose request waits the best of what was found, and note that it was tried."""
    request = suggestion.request
    publish_suggestion(suggestion, by=by)
    return note_attempt(
        request,
        request.network,
        AttemptKind.PROPOSED,
        by=by,
        person=request.author,
        words=suggestion.offer.author.display_name,
    )


@transaction.atomic
def take_back(pair: PlannedPair, *, by: Person) -> None:
    """Take back what was proposed to the one who asks. Raises ValidationError when they have already answered."""
    _check(by, pair.request, pair.offer)
    rows = Suggestion.objects.filter(request=pair.request, offer=pair.offer, published_at__isnull=False)
    suggestion = rows.filter(state=SuggestionState.OPEN).first()
    if suggestion is None:
        raise ValidationError(_("La personne a déjà répondu : il n’y a plus rien à retirer."))
    rows.update(published_at=None, published_by=None)
    close_steps(suggestion, verb=Verb.TRY, outcome=StepState.RELEASED)
    move(pair, PairState.SET_ASIDE, since=[PairState.PUBLISHED], decided_at=clock.now(), decided_by=by)
    record("suggestion.taken_back", suggestion, by=by, network=pair.plan.network, title=pair.request.title)


@transaction.atomic
def set_pair_aside(pair: PlannedPair, *, by: Person) -> None:
    """Leave a pair out of what is proposed, this time. Raises ValidationError when it was decided meanwhile."""
    _check(by, pair.request, pair.offer)
    move(
        pair,
        PairState.SET_ASIDE,
        since=[PairState.PENDING],
        decided_at=clock.now(),
        decided_by=by,
    )


@transaction.atomic
def change_pair(pair: PlannedPair, suggestion: Suggestion, *, by: Person) -> PlannedPair:
    """Put another offer in the place of the planned one in this plan; return the new pair, pending."""
    _check(by, pair.request, pair.offer)
    same = suggestion.request_id == pair.request_id and suggestion.state == SuggestionState.OPEN
    if not same or not possible_now(pair.plan.network).take(suggestion.request, suggestion.offer):
        raise ValidationError(
            _("Cette offre n’est plus possible pour cette demande. Choisissez-en une autre.")
        )
    set_pair_aside(pair, by=by)
    row, _made = PlannedPair.objects.update_or_create(
        plan=pair.plan,
        request=suggestion.request,
        offer=suggestion.offer,
        defaults={
            "score": suggestion.score,
            "terms": suggestion.terms,
            "state": PairState.PENDING,
            "decided_at": None,
            "decided_by": None,
        },
    )
    return row


@transaction.atomic
def rule(network: Network, request: Post, offer: Post, *, kind: str, by: Person) -> Ruling:
    """Decide that two posts always, or never, go together; a later decision replaces the earlier one."""
    _check(by, request, offer)
    if kind not in RulingKind.values or {request.kind, offer.kind} != set(Kind.values):
        raise ValueError(kind)
    if request.network_id != network.pk or offer.network_id != network.pk:
        raise PermissionDenied
    if request.author_id == offer.author_id:
        raise ValidationError(_("Une personne ne peut pas être mise en relation avec elle-même."))
    mine = Ruling.objects.filter(request=request, offer=offer, withdrawn_at=None)
    same = mine.filter(kind=kind).first()
    if same is not None:
        return same
    mine.update(withdrawn_at=clock.now())
    try:
        with transaction.atomic():
            made = Ruling.objects.create(
                network=network, request=request, offer=offer, kind=kind, by=by, at=clock.now()
            )
    except IntegrityError as error:
        same = mine.filter(kind=kind).first()
        if same is None:  # somebody decided the contrary at the same instant
            raise ValidationError(ALREADY_CHANGED, code="changed") from error
        return same
    if kind == RulingKind.FORBID:
        release(Suggestion.objects.filter(request=request, offer=offer, state=SuggestionState.OPEN))
        pairs = PlannedPair.objects.filter(
            plan__network=network, request=request, offer=offer, state=PairState.PENDING
        )
        pairs.update(state=PairState.SET_ASIDE, decided_at=clock.now(), decided_by=by)
    else:
        pairs = PlannedPair.objects.filter(plan__network=network, request=request, offer=offer)
        pairs.update(pinned=True)
    record("ruling.made", made, by=by, network=network, kind=kind, title=request.title)
    return made


@transaction.atomic
def withdraw_ruling(ruling: Ruling, *, by: Person) -> None:
    """Let the score decide again of a pair."""
    _check(by, ruling.request, ruling.offer)
    done = Ruling.objects.filter(pk=ruling.pk, withdrawn_at=None).update(withdrawn_at=clock.now())
    if done:
        PlannedPair.objects.filter(
            plan__network=ruling.network, request_id=ruling.request_id, offer_id=ruling.offer_id
        ).update(pinned=False)
        record("ruling.withdrawn", ruling, by=by, network=ruling.network, kind=ruling.kind)
