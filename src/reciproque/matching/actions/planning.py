"""Plan a whole network at once, and let an animator decide what of it is proposed to people."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.rules import StepState, Verb
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind, PostState
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.dates import after_working_days
from reciproque.kit.rows import move
from reciproque.matching.actions.finding import compute_suggestions, release
from reciproque.matching.engine.instance import Impossible
from reciproque.matching.engine.plan import Plan as Solution
from reciproque.matching.engine.plan import solve
from reciproque.matching.models import Plan, PlannedPair, Ruling, Suggestion
from reciproque.matching.queries.index import folder_of, open_posts, saved_at, tail_length
from reciproque.matching.queries.planning import Ground, ground_of
from reciproque.matching.queries.scarcity import sought_subjects
from reciproque.matching.queries.suggestions import rulings_in
from reciproque.matching.rules import (
    Objective,
    PairState,
    PlanState,
    RulingKind,
    SuggestionState,
)
from reciproque.networks.access import is_animator
from reciproque.networks.models import Network
from reciproque.people.models import Person

logger = logging.getLogger(__name__)

FRESH_ENOUGH = dt.timedelta(hours=1)  # what was found, for a plan asked by hand
PLAN_EVERY = dt.timedelta(hours=20)
IN_PROGRESS = dt.timedelta(minutes=30)  # a plan asked longer ago and never made was lost


# -- making it ---------------------------------------------------------------------------------------------


@transaction.atomic
def ask_plan(network: Network, *, by: Person, objective: str = Objective.BALANCED) -> Plan:
    """Ask for the whole network to be planned; the worker makes it, and the one already asked is returned meanwhile."""
    _check(by, network)
    if objective not in Objective.values:
        raise ValidationError(_("Choisissez un objectif."))
    waiting = Plan.objects.filter(
        network=network, state=PlanState.ASKED, asked_at__gt=clock.now() - IN_PROGRESS
    )
    existing = waiting.filter(objective=objective).first()
    if existing is not None:
        return existing
    plan = Plan.objects.create(network=network, objective=objective, asked_by=by, asked_at=clock.now())
    record("plan.asked", plan, by=by, network=network, objective=objective)
    return plan


def make_plan(plan: Plan) -> Plan:
    """Compute a plan that was asked for: every pair waits for an animator; nothing is told to anyone.

    What an earlier plan published stays published; what it left pending is replaced.
    """
    if plan.state != PlanState.ASKED:
        return plan
    network = plan.network
    old = clock.now() - saved_at(folder_of(network)) >= FRESH_ENOUGH
    if open_posts(network).exists() and (old or tail_length(network)):
        compute_suggestions(network)
    ground = ground_of(network)
    try:
        solutions = {name: solve(ground.instance(name)) for name in Objective.values}
    except Impossible as error:
        logger.warning("plan %s: %s", plan.public_id, error)
        Plan.objects.filter(pk=plan.pk).update(state=PlanState.FAILED, sorry=str(error)[:300])
        plan.refresh_from_db()
        return plan
    chosen = solutions[plan.objective]
    with transaction.atomic():
        replaced = Plan.objects.filter(network=network, state=PlanState.READY).exclude(pk=plan.pk)
        PlannedPair.objects.filter(plan__in=replaced, state=PairState.PENDING).update(state=PairState.GONE)
        replaced.update(state=PlanState.REPLACED)
        _store(plan, ground, chosen)
        plan.figures = {name: figures(ground, solution) for name, solution in solutions.items()}
        plan.figures["unmet_pins"] = len(ground.unmet)
        plan.sought = sought_subjects(network, ground, chosen, solutions[Objective.BALANCED])
        plan.made_at, plan.state = clock.now(), PlanState.READY
        plan.save(update_fields=["figures", "sought", "made_at", "state"])
        record(
            "plan.made",
            plan,
            network=network,
            pairs=len(chosen.request),
            objective=plan.objective,
        )
    return plan


def _store(plan: Plan, ground: Ground, solution: Solution) -> None:
    pinned = set(rulings_in(plan.network, RulingKind.PIN))
    already = set(
        Suggestion.objects.filter(
            network=plan.network, published_at__isnull=False, state=SuggestionState.OPEN
        ).values_list("request_id", "offer_id")
    )
    rows = []
    scores = {(request, offer): score for request, offer, score in ground.edges}
    for request, offer in zip(solution.request.tolist(), solution.offer.tolist(), strict=True):
        pair = (ground.requests[request].pk, ground.offers[offer].pk)
        rows.append(
            PlannedPair(
                plan=plan,
                request_id=pair[0],
                offer_id=pair[1],
                score=scores.get((request, offer), 0),
                terms=ground.terms.get(pair, {}),
                pinned=pair in pinned,
                state=PairState.PUBLISHED if pair in already else PairState.PENDING,
                decided_at=clock.now() if pair in already else None,
            )
        )
    PlannedPair.objects.bulk_create(rows, batch_size=500)


def figures(ground: Ground, solution: Solution) -> dict[str, Any]:
    """Return what a plan gives, in numbers that can be compared: pairs, people, fit, both roles, oldest waits served."""
    requests, offers = solution.request.tolist(), solution.offer.tolist()
    askers = {ground.requests[place].author_id for place in requests}
    givers: dict[int, int] = {}
    for place in offers:
        author = ground.offers[place].author_id
        givers[author] = givers.get(author, 0) + 1
    close = [
        ground.terms[pair].get("closeness", 0)
        for request, offer in zip(requests, offers, strict=True)
        if (pair := (ground.requests[request].pk, ground.offers[offer].pk)) in ground.terms
    ]
    could = _able_to_both(ground)
    waiting = sorted(
        (post.published_at, place) for place, post in enumerate(ground.requests) if post.published_at
    )
    oldest = {place for _at, place in waiting[: max(len(waiting) // 10, 1)]} if waiting else set()
    return {
        "requests": len(ground.requests),
        "offers": len(ground.offers),
        "pairs": len(requests),
        "askers": len(askers),
        "givers": len(givers),
        "people": len(askers | givers.keys()),
        "fit": round(sum(close) / len(close)) if close else 0,
        "fit_total": sum(close),
        "both": len(askers & givers.keys()),
        "could_both": len(could),
        "both_of_could": len(could & askers & givers.keys()),
        "oldest": len(oldest),
        "oldest_served": len(oldest & set(requests)),
        "most_given": max(givers.values(), default=0),
        "objective": int(solution.objective),
        "bound": int(solution.upper_bound),
        "seconds": round(float(solution.seconds), 2),
    }


def _able_to_both(ground: Ground) -> set[int]:
    """Return those who have both something worth giving to someone and something worth receiving, and room for it."""
    room = {
        person: (gives > 0, receives > 0)
        for person, gives, receives in zip(ground.people, ground.give, ground.receive, strict=True)
    }
    gives = {
        ground.offers[offer].author_id for _request, offer, _score in ground.edges if ground.capacity[offer]
    }
    receives = {ground.requests[request].author_id for request, _offer, _score in ground.edges}
    return {person for person in gives & receives if all(room[person])}


def plan_nightly() -> int:
    """Plan again, by the clock, every network that has requests and offers; return how many plans were made."""
    done = 0
    for network in Network.objects.all():
        last = Plan.objects.filter(network=network).order_by("-asked_at").first()
        if last is not None and last.asked_at > clock.now() - PLAN_EVERY:
            continue
        kinds = set(open_posts(network).order_by().values_list("kind", flat=True).distinct())
        if kinds == set(Kind.values):
            objective = last.objective if last is not None else Objective.BALANCED
            make_plan(Plan.objects.create(network=network, objective=objective, asked_at=clock.now()))
            done += 1
    return done


# -- deciding ----------------------------------------------------------------------------------------------


def _check(by: Person, network: Network) -> None:
    if not is_animator(by, network):
        raise PermissionDenied


@transaction.atomic
def publish_pairs(plan: Plan, pairs: Iterable[str] | None, *, by: Person, least: int = 0) -> int:
    """Propose pairs of a plan (by identifier; None: all that are pending and at least that close) to those who ask.

    Return how many. Whoever asks says yes before anyone else is contacted. A pair that is no longer possible is put away,
    not proposed.
    """
    _check(by, plan.network)
    rows = plan.pairs.filter(state=PairState.PENDING).select_related(
        "request__author", "request__network", "offer__author"
    )
    if pairs is not None:
        rows = rows.filter(public_id__in=list(pairs))
    published = 0
    for pair in rows.select_for_update(of=("self",)):
        if pairs is None and not pair.pinned and pair.terms.get("closeness", 0) < least:
            continue
        suggestion = _suggestion_of(pair)
        if suggestion is None or not _is_open(pair):
            PlannedPair.objects.filter(pk=pair.pk).update(state=PairState.GONE)
            continue
        publish_suggestion(suggestion, by=by)
        PlannedPair.objects.filter(pk=pair.pk).update(
            state=PairState.PUBLISHED, decided_at=clock.now(), decided_by=by
        )
        published += 1
    return published


def _is_open(pair: PlannedPair) -> bool:
    return all(
        post.state == PostState.PUBLISHED and post.author.is_active for post in (pair.request, pair.offer)
    )


def _suggestion_of(pair: PlannedPair) -> Suggestion | None:
    """Return the suggestion behind a pair, made when the animator pinned what the engine had not found; None if answered."""
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
    return row if row.state == SuggestionState.OPEN else None


@transaction.atomic
def publish_suggestion(suggestion: Suggestion, *, by: Person) -> None:
    """Propose one suggestion to the one who asks, in an animator's name; done once."""
    request, now = suggestion.request, clock.now()
    _check(by, request.network)
    done = Suggestion.objects.filter(pk=suggestion.pk, published_at=None, state=SuggestionState.OPEN).update(
        published_at=now, published_by=by, put_off_until=None
    )
    if not done:
        return
    due = after_working_days(now, request.network.answer_days, request.author.time_zone)
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
def take_back(pair: PlannedPair, *, by: Person) -> None:
    """Take back what was proposed to the one who asks, while they have not answered. Raises ValidationError when too late."""
    _check(by, pair.plan.network)
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
    _check(by, pair.plan.network)
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
    _check(by, pair.plan.network)
    if suggestion.request_id != pair.request_id or suggestion.state != SuggestionState.OPEN:
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
    _check(by, network)
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
    except IntegrityError:
        return mine.get()
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
    _check(by, ruling.network)
    done = Ruling.objects.filter(pk=ruling.pk, withdrawn_at=None).update(withdrawn_at=clock.now())
    if done:
        PlannedPair.objects.filter(
            plan__network=ruling.network, request_id=ruling.request_id, offer_id=ruling.offer_id
        ).update(pinned=False)
        record("ruling.withdrawn", ruling, by=by, network=ruling.network, kind=ruling.kind)


def compare(figures_by_objective: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the objectives side by side, each with what it gains and costs beside the balanced one, in whole numbers."""
    base = figures_by_objective.get(Objective.BALANCED, {})
    rows = []
    for name, label in Objective.choices:
        held = figures_by_objective.get(name)
        if held:
            gains = {key: held[key] - base.get(key, 0) for key in ("pairs", "people", "both", "fit")}
            rows.append({"name": name, "label": label, "gains": gains, **held})
    return rows
