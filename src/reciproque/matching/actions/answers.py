"""Remember what people answered to what was found; propose the next person; keep alerts."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.exchanges.models import Introduction
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.matching.engine.posts import OFFER
from reciproque.matching.models import Alert, Nudge, PlannedPair, Proposal, Suggestion
from reciproque.matching.queries.index import current_index, with_room
from reciproque.matching.queries.suggestions import candidates_of, possible_offers
from reciproque.matching.rules import PUT_OFF, NudgeState, PairState, ProposalState, SuggestionState
from reciproque.networks.access import is_member
from reciproque.networks.models import Network
from reciproque.people.models import Person

MAX_ALERTS = 20


@transaction.atomic
def dismiss_suggestion(suggestion: Suggestion, *, by: Person, reason: str = "") -> Suggestion:
    """Note that this is not for me: the pair is never proposed again, and nobody is told."""
    if by.pk not in (suggestion.request.author_id, suggestion.offer.author_id):
        raise PermissionDenied
    Suggestion.objects.filter(pk=suggestion.pk, state=SuggestionState.OPEN).update(
        state=SuggestionState.DISMISSED,
        answered_at=clock.now(),
        answered_by=by,
        reason=clean(reason).strip()[:300],
    )
    suggestion.refresh_from_db()
    if suggestion.state == SuggestionState.DISMISSED:
        close_steps(suggestion, verb=Verb.TRY)
    return suggestion


@transaction.atomic
def put_off_suggestion(suggestion: Suggestion, *, by: Person) -> Suggestion:
    """Note "not now", said by the one who asks: the pair is shown again in a month; nobody is told."""
    if by.pk != suggestion.request.author_id:
        raise PermissionDenied
    Suggestion.objects.filter(pk=suggestion.pk, state=SuggestionState.OPEN).update(
        put_off_until=clock.now() + PUT_OFF, published_at=None, published_by=None
    )
    suggestion.refresh_from_db()
    close_steps(suggestion, verb=Verb.TRY)
    return suggestion


@transaction.atomic
def note_asked(introduction: Introduction) -> None:
    """Note that a suggestion became an introduction: its two people are no longer proposed to one another."""
    rows = Suggestion.objects.filter(network=introduction.network, state=SuggestionState.OPEN)
    between = rows.filter(request__author=introduction.requester, offer__author=introduction.offerer)
    for suggestion in between.filter(published_at__isnull=False):
        close_steps(suggestion, verb=Verb.TRY)
    rows.filter(request_id=introduction.request_id, offer_id=introduction.offer_id).update(
        state=SuggestionState.ASKED, answered_at=clock.now(), answered_by=introduction.initiator
    )
    between.update(state=SuggestionState.GONE)
    waiting = Proposal.objects.filter(
        introduction__requester=introduction.requester,
        introduction__request_id=introduction.request_id,
        offer_id=introduction.offer_id,
        state=ProposalState.WAITING,
    )
    for proposal in waiting.select_related("introduction"):
        Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.ASKED)
        close_steps(proposal.introduction, verb=Verb.NEXT)


@transaction.atomic
def forget_proposals(post: Post) -> None:
    """Take back the proposals that a post no longer published makes pointless; where it was the offer, find another."""
    about = Q(offer=post) | Q(introduction__request=post)
    rows = Proposal.objects.filter(about, state=ProposalState.WAITING)
    related = ("network", "requester", "offerer", "initiator", "request", "offer")
    for proposal in rows.select_related(*(f"introduction__{name}" for name in related)):
        introduction = proposal.introduction
        close_steps(introduction, verb=Verb.NEXT, outcome=StepState.RELEASED)
        proposal.delete()
        if introduction.request_id != post.pk:
            propose_next(introduction)


@transaction.atomic
def part_people(one: Person, other: Person) -> None:
    """Take back whatever brings together two people who are kept apart from now on; nobody is told of it."""
    two = Q(request__author=one, offer__author=other) | Q(request__author=other, offer__author=one)
    rows = Suggestion.objects.filter(two, state=SuggestionState.OPEN)
    for suggestion in rows.filter(published_at__isnull=False):
        close_steps(suggestion, verb=Verb.TRY, outcome=StepState.RELEASED)
    rows.update(state=SuggestionState.GONE, published_at=None, published_by=None)
    PlannedPair.objects.filter(two, state__in=[PairState.PENDING, PairState.PUBLISHED]).update(
        state=PairState.GONE
    )
    shown = Q(person=one, request__author=other) | Q(person=other, request__author=one)
    Nudge.objects.filter(shown, state=NudgeState.OPEN).update(state=NudgeState.DISMISSED)
    between = Q(introduction__requester=one, offer__author=other) | Q(
        introduction__requester=other, offer__author=one
    )
    waiting = Proposal.objects.filter(between, state=ProposalState.WAITING)
    related = ("network", "requester", "offerer", "initiator", "request", "offer")
    for proposal in waiting.select_related(*(f"introduction__{name}" for name in related)):
        introduction = proposal.introduction
        close_steps(introduction, verb=Verb.NEXT, outcome=StepState.RELEASED)
        proposal.delete()
        propose_next(introduction)


@transaction.atomic
def lapse_proposals(limit: int = 500) -> int:
    """Put away the people proposed whom the asker let pass their deadline (by the clock); return how many.

    Only the step goes: what an animator proposed stays among the suggestions, and nobody learns of the silence.
    """
    now = clock.now()
    steps = list(Step.objects.overdue(now).filter(verb__in=[Verb.NEXT, Verb.TRY]).order_by("due_at")[:limit])
    late = [step.subject_id for step in steps]
    waiting = Proposal.objects.filter(introduction__public_id__in=late, state=ProposalState.WAITING)
    waiting.update(state=ProposalState.DECLINED)
    Suggestion.objects.filter(public_id__in=late).update(published_at=None, published_by=None)
    pks = [step.pk for step in steps]
    return Step.objects.open().filter(pk__in=pks).update(state=StepState.LAPSED, closed_at=now)


@transaction.atomic
def propose_next(introduction: Introduction) -> Proposal | None:
    """Propose the next best person to an asker who got a no, no answer, or did not match; None when there is none.

    Nobody is contacted before the asker says yes.
    """
    if introduction.initiator_id != introduction.requester_id:
        return None
    if not is_member(introduction.requester, introduction.network):
        return None
    existing = Proposal.objects.filter(introduction=introduction).first()
    if existing is not None:
        return existing
    found = _next_offer(introduction)
    if found is None:
        record(
            "introduction.no_next",
            introduction,
            network=introduction.network,
            people=[introduction.requester],
            title=introduction.title,
        )
        return None
    offer, terms = found
    proposal = Proposal.objects.create(
        introduction=introduction, offer=offer, terms=terms, made_at=clock.now()
    )
    due = deadline(
        introduction.network, introduction.network.answer_days, clock.now(), introduction.requester.time_zone
    )
    open_step(
        Verb.NEXT,
        introduction,
        network=introduction.network,
        owner=introduction.requester,
        due_at=due,
        words=introduction.title,
    )
    record(
        "introduction.next_proposed",
        introduction,
        network=introduction.network,
        people=[introduction.requester],
        title=introduction.title,
        requester=introduction.requester.public_id,
        offer_title=offer.title,
        name=offer.author.display_name,
    )
    return proposal


def _next_offer(introduction: Introduction) -> tuple[Post, dict[str, int]] | None:
    network = introduction.network
    tried = {introduction.offerer_id} | set(
        Introduction.objects.filter(
            Q(request=introduction.request) if introduction.request_id else Q(title=introduction.title),
            network=network,
            requester=introduction.requester,
        ).values_list("offerer_id", flat=True)
    )
    index = current_index(network)
    offers = (
        Post.objects.open().filter(network=network).exclude(author__in=tried | {introduction.requester_id})
    )
    offers = offers.select_related("author")
    if introduction.request is not None and introduction.request.is_open:
        index = with_room(index, network)
        pairs = candidates_of(introduction.request, index, k=20)
        ids = index.posts.ids[pairs.offer].tolist()
        shown = {post.pk: post for post in offers.filter(pk__in=ids)}
        for place, pk in enumerate(ids):
            if pk in shown:
                return shown[pk], pairs.terms.of(place)
        return None
    if introduction.request is not None:
        return None  # what was sought is found, paused or withdrawn
    near = index.similar(introduction.title, mask=index.alive & (index.posts.kind == OFFER), k=20)
    found = list(offers.filter(pk__in=[pk for pk, _close in near]))
    shown = {post.pk: post for post in possible_offers(found, introduction.requester, network)}
    for pk, close in near:
        if pk in shown:
            return shown[pk], {"closeness": int(close * 10_000)}
    return None


@transaction.atomic
def decline_next(introduction: Introduction, *, by: Person) -> None:
    """Say that one would rather not ask the next person proposed."""
    if by.pk != introduction.requester_id:
        raise PermissionDenied
    Proposal.objects.filter(introduction=introduction, state=ProposalState.WAITING).update(
        state=ProposalState.DECLINED
    )
    close_steps(introduction, verb=Verb.NEXT)


@transaction.atomic
def create_alert(network: Network, person: Person, words: str, *, kind: str = "offer", by: Person) -> Alert:
    """Ask to be told when someone publishes something like these words; the same alert is kept once."""
    if by.pk != person.pk or not is_member(person, network):
        raise PermissionDenied
    words = " ".join(clean(words).split())[:140]
    if kind not in Kind.values:
        raise ValueError(kind)
    if len(words) < 3:
        raise ValidationError({"words": _("Écrivez au moins trois lettres.")})
    mine = Alert.objects.filter(network=network, person=person, withdrawn_at=None)
    existing = mine.filter(words=words, kind=kind).first()
    if existing is not None:
        return existing
    if mine.count() >= MAX_ALERTS:
        raise ValidationError(_("Vous avez déjà vingt alertes. Retirez-en une d’abord."))
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                network=network, person=person, words=words, kind=kind, created_at=clock.now()
            )
    except IntegrityError:
        return mine.get(words=words, kind=kind)
    record("alert.created", alert, by=by, network=network, words=words)
    return alert


@transaction.atomic
def withdraw_alert(alert: Alert, *, by: Person) -> None:
    """Stop an alert."""
    if by.pk != alert.person_id:
        raise PermissionDenied
    Alert.objects.filter(pk=alert.pk, withdrawn_at=None).update(withdrawn_at=clock.now())
