"""Plan a whole network at once: asked for by an animator, or every night; nothing is told to anyone."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.rules import Kind
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.matching.actions.finding import compute_suggestions
from reciproque.matching.engine.plan import Plan as Solution
from reciproque.matching.engine.plan import solve
from reciproque.matching.models import Plan, PlannedPair, Suggestion, Tuning
from reciproque.matching.queries.index import folder_of, open_posts, saved_at, tail_length
from reciproque.matching.queries.planning import Ground, ground_of
from reciproque.matching.queries.scarcity import sought_subjects
from reciproque.matching.queries.suggestions import rulings_in
from reciproque.matching.rules import (
    IN_PROGRESS,
    Objective,
    PairState,
    PlanState,
    RulingKind,
    SuggestionState,
)
from reciproque.networks.access import can_settle
from reciproque.networks.models import Network
from reciproque.people.models import Person

logger = logging.getLogger(__name__)

FRESH_ENOUGH = dt.timedelta(hours=1)  # what was found, for a plan asked by hand
PLAN_EVERY = dt.timedelta(hours=20)


@transaction.atomic
def ask_plan(network: Network, *, by: Person, objective: str = Objective.BALANCED) -> Plan:
    """Ask for the whole network to be planned; the worker makes it, and the one already asked is returned meanwhile."""
    if not can_settle(by, network):
        raise PermissionDenied
    if objective not in Objective.values:
        raise ValidationError(_("Choisissez un objectif."))
    Network.objects.select_for_update().get(pk=network.pk)  # the button pressed twice at the same instant
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

    What is proposed and not answered keeps its place; what an earlier plan left pending is replaced.
    """
    if plan.state != PlanState.ASKED:
        return plan
    network = plan.network
    old = clock.now() - saved_at(folder_of(network)) >= FRESH_ENOUGH
    if open_posts(network).exists() and (old or tail_length(network)):
        compute_suggestions(network)
    ground = ground_of(network)
    solutions = {name: solve(ground.instance(name)) for name in Objective.values}
    chosen = solutions[plan.objective]
    sought = sought_subjects(network, ground, chosen, solutions[Objective.BALANCED])
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=network.pk)  # two workers
        replaced = Plan.objects.filter(network=network, state=PlanState.READY).exclude(pk=plan.pk)
        PlannedPair.objects.filter(plan__in=replaced, state=PairState.PENDING).update(state=PairState.GONE)
        replaced.update(state=PlanState.REPLACED)
        move(plan, PlanState.READY, since=[PlanState.ASKED], made_at=clock.now())
        _store(plan, ground, chosen)
        plan.figures = {name: figures(ground, solution) for name, solution in solutions.items()}
        plan.figures["unmet_pins"] = len(ground.unmet)
        plan.sought = sought
        plan.save(update_fields=["figures", "sought"])
        record("plan.made", plan, network=network, pairs=len(chosen.request), objective=plan.objective)
    return plan


def _try_plan(plan: Plan) -> bool:
    """Make a plan; one that cannot be made says so on its page and in the log, and holds nothing up."""
    try:
        make_plan(plan)
    except Exception:
        logger.exception("plan %s of %s could not be made", plan.public_id, plan.network.slug)
        Plan.objects.filter(pk=plan.pk, state=PlanState.ASKED).update(state=PlanState.FAILED)
        return False
    return True


def do_asked() -> int:
    """Do what animators asked for and wait for: plans, and suggestions under new weights; return how much was done.

    Apart from any reaction: what is computed here may take a while, and must not hold the database meanwhile.
    """
    done = 0
    waiting = Plan.objects.filter(state=PlanState.ASKED).select_related("network").order_by("pk")
    for tuning in Tuning.objects.filter(waiting=True).select_related("network"):
        # Chosen again meanwhile, it waits again.
        Tuning.objects.filter(pk=tuning.pk).update(waiting=False)
        compute_suggestions(tuning.network)
        done += 1
    for plan in waiting:
        done += _try_plan(plan)
    return done


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
            done += _try_plan(Plan.objects.create(network=network, objective=objective, asked_at=clock.now()))
    return done
