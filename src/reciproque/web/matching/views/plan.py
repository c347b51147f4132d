"""The plan of a whole network: what it would give, what it costs, and what of it is proposed to people."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from reciproque.kit import clock
from reciproque.matching.access import get_planned_pair, get_ruling, get_suggestion_to_lead
from reciproque.matching.actions import (
    ask_plan,
    change_pair,
    publish_pairs,
    rule,
    set_pair_aside,
    take_back,
    withdraw_ruling,
)
from reciproque.matching.queries import (
    alternatives_to,
    current_plan,
    pairs_page,
    plan_in_progress,
    publishing,
    rulings_page,
    why_terms,
)
from reciproque.matching.rules import (
    Objective,
    PairState,
    PlanState,
    RulingKind,
    reasons,
)
from reciproque.networks.access import require_animator, scope_of
from reciproque.web.http import attempt, back, page_number, see, tell
from reciproque.web.matching.forms import ObjectiveForm
from reciproque.web.matching.views import crumbs, plan_tabs, side
from reciproque.web.parts.networks import masked

if TYPE_CHECKING:
    from reciproque.matching.models import Plan, PlannedPair
    from reciproque.networks.models import Network

SIZE = 30
CLOSE = 2500  # under this closeness a pair is published one by one only, never with the rest
STATES = (PairState.PENDING, PairState.PUBLISHED, PairState.SET_ASIDE)


def _percent(part: int, whole: int) -> str:
    return _("%(n)s %%") % {"n": round(100 * part / whole)} if whole else "–"


def _choices(plan: Plan) -> dict[str, Any]:
    """The objectives side by side: one column each, one line a figure."""
    held = [
        (name, str(label), plan.figures[name]) for name, label in Objective.choices if name in plan.figures
    ]
    if len(held) > 1 and len({tuple(sorted(_told(row).items())) for _n, _l, row in held}) == 1:
        return {"columns": [], "rows": []}
    rows = [
        [_("Mises en relation"), *(row["pairs"] for _n, _l, row in held)],
        [_("Demandes servies"), *(_percent(row["pairs"], row["requests"]) for _n, _l, row in held)],
        [_("Personnes concernées"), *(masked(row["people"]) for _n, _l, row in held)],
        [
            _("Donnent et reçoivent, parmi celles qui le peuvent"),
            *(_percent(row["both_of_could"], row["could_both"]) for _n, _l, row in held),
        ],
        [_("Proximité des sujets, en moyenne"), *(_percent(row["fit"], 10_000) for _n, _l, row in held)],
        [
            _("Plus anciennes demandes servies (un dixième)"),
            *(_percent(row["oldest_served"], row["oldest"]) for _n, _l, row in held),
        ],
        [_("Le plus donné par une personne"), *(row["most_given"] for _n, _l, row in held)],
    ]
    columns = [_("Ce que donnerait le plan"), *(capfirst(label) for _n, label, _r in held)]
    return {"columns": columns, "rows": rows}


def _told(figures: dict[str, Any]) -> dict[str, Any]:
    """What the table shows of one objective."""
    names = ("pairs", "people", "both_of_could", "fit", "oldest_served", "most_given")
    return {name: figures[name] for name in names}


def _line(pair: PlannedPair) -> dict[str, Any]:
    return {
        "id": pair.public_id,
        "request": side(pair.request),
        "offer": side(pair.offer),
        "pinned": pair.pinned,
        "state": pair.state,
        "closeness": capfirst(reasons(pair.terms, mine=False)[0]) if pair.terms else "",
    }


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the network's plan; ask for another, publish some of it or all."""
    network = request.network = require_animator(request.user, slug)
    current, under_way = current_plan(network), plan_in_progress(network)
    form = ObjectiveForm(initial={"objective": current.objective if current else Objective.BALANCED})
    if request.method == "POST":
        return _decide(request, network, current)
    state = request.GET.get("state", PairState.PENDING)
    state = state if state in STATES else PairState.PENDING
    context: dict[str, Any] = {
        "network": network,
        "plan": current,
        "form": form,
        "computing": under_way is not None and under_way.state == PlanState.ASKED,
        "sorry": under_way is not None and under_way.state == PlanState.FAILED,
        "tabs": plan_tabs(network, "matching:plan"),
        "crumbs": crumbs(network),
        "state": state,
    }
    if current is not None:
        scope = scope_of(request.user, network)
        found = pairs_page(current, state=state, page=page_number(request), size=SIZE, scope=scope)
        context |= {
            "objective": current.get_objective_display(),
            "choices": _choices(current),
            "unmet": current.figures.get("unmet_pins", 0),
            "pairs": [
                _line(row) | {"url": reverse("matching:pair", args=[slug, row.public_id])}
                for row in found.pairs
            ],
            "total": found.total,
            "page": Paginator(range(found.total), SIZE).get_page(page_number(request)),
            "states": [
                {
                    "label": capfirst(PairState(name).label),
                    "url": f"{request.path}?state={name}",
                    "current": name == state,
                    "count": found.counts[name],
                }
                for name in STATES
            ],
        }
    return render(request, "matching/plan.html", context)


def _decide(request: HttpRequest, network: Network, current: Plan | None) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "plan":
        attempt(
            request,
            lambda: ask_plan(network, by=request.user, objective=request.POST.get("objective", "")),
            _("Le plan se calcule. Rien n’est proposé à personne avant votre accord."),
        )
    elif (
        act in ("some", "page", "all")
        and current is not None
        and current.public_id == request.POST.get("plan")
    ):
        lists = {"some": request.POST.getlist("pair"), "page": request.POST.getlist("shown"), "all": None}
        chosen = lists[act]
        if chosen == []:
            attempt(request, _nothing_chosen)
        else:
            _publish(request, current, chosen)
    else:
        attempt(request, _changed)
    return back(request, "matching:plan", network.slug)


def _publish(request: HttpRequest, current: Plan, chosen: list[str] | None) -> None:
    done, number = attempt(request, lambda: publish_pairs(current, chosen, by=request.user, least=CLOSE))
    if done:
        tell(
            request,
            ngettext(
                "%(n)s mise en relation est proposée à la personne qui la cherche.",
                "%(n)s mises en relation sont proposées aux personnes qui les cherchent.",
                number,
            )
            % {"n": number},
        )


@require_safe
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what publishing the whole plan would do, before it is done."""
    network = request.network = require_animator(request.user, slug)
    current = current_plan(network)
    if current is None:
        return see("matching:plan", slug)
    pairs, people, left = publishing(current, CLOSE, scope_of(request.user, network))
    context = {
        "plan": current,
        "pairs": pairs,
        "people": people,
        "left": left,
        "action": reverse("matching:plan", args=[slug]),
        "crumbs": crumbs(network, _("Tout proposer")),
    }
    return render(request, "matching/publish.html", context)


def _nothing_chosen() -> None:
    raise ValidationError(_("Cochez d’abord les mises en relation à proposer."))


def _changed() -> None:
    raise ValidationError(_("Un plan plus récent a été calculé entre-temps. Relisez-le avant de publier."))


@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest, slug: str, pair_id: str) -> HttpResponse:
    """Show one pair of the plan: why it is there, which other offers there are; change it, set it aside, rule on it."""
    network = request.network = require_animator(request.user, slug)
    row = get_planned_pair(request.user, network, pair_id)
    if request.method == "POST":
        return _change(request, network, row)
    told = why_terms(row.terms, row.request, score=row.score)
    context = {
        "network": network,
        "pair": _line(row),
        "pending": row.state == PairState.PENDING,
        "state_words": capfirst(row.get_state_display()),
        "published": row.state == PairState.PUBLISHED,
        "reasons": [
            [capfirst(reason.label), capfirst(reason.words), round(reason.points / 100)]
            for reason in told.reasons
        ]
        + [[_("En tout"), "", round(row.score / 100)]],
        "found": bool(row.terms),
        "columns": [_("Raison"), _("Pour ces deux annonces"), {"label": _("Points"), "kind": "number"}],
        "others": [
            {
                "id": other.public_id,
                "offer": side(other.offer),
                "closeness": capfirst(reasons(other.terms, mine=False)[0]),
                "held": held,
            }
            for other, held in alternatives_to(row)
        ],
        "crumbs": crumbs(network, row.request.title),
    }
    return render(request, "matching/pair.html", context)


def _change(request: HttpRequest, network: Network, row: PlannedPair) -> HttpResponse:
    act, user = request.POST.get("act", ""), request.user
    if act == "publish":
        attempt(
            request,
            lambda: publish_pairs(row.plan, [row.public_id], by=user),
            _("C’est proposé à qui la demande."),
        )
    elif act == "aside":
        attempt(
            request, lambda: set_pair_aside(row, by=user), _("Cette mise en relation est écartée cette fois.")
        )
    elif act == "back":
        attempt(
            request,
            lambda: take_back(row, by=user),
            _("La proposition est retirée. La personne ne la voit plus sur son accueil."),
        )
    elif act == "change":
        other = get_suggestion_to_lead(user, network, request.POST.get("to", ""))
        done, new = attempt(
            request,
            lambda: change_pair(row, other, by=user),
            _("L’autre offre a pris la place. Elle reste à publier."),
        )
        if done:
            return see("matching:pair", network.slug, new.public_id)
    elif act in RulingKind.values:
        words = {
            RulingKind.PIN: _("C’est noté : ces deux annonces iront toujours ensemble dans le plan."),
            RulingKind.FORBID: _(
                "C’est noté : ces deux annonces ne seront plus proposées ensemble, jusqu’à ce que vous changiez d’avis."
            ),
        }
        attempt(
            request, lambda: rule(network, row.request, row.offer, kind=act, by=user), words[RulingKind(act)]
        )
    return see("matching:plan", network.slug)


@require_http_methods(["GET", "POST"])
def rulings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what animators decided of pairs, whatever their score; let the score decide again."""
    network = request.network = require_animator(request.user, slug)
    if request.method == "POST":
        ruling = get_ruling(request.user, network, request.POST.get("id", ""))
        attempt(
            request,
            lambda: withdraw_ruling(ruling, by=request.user),
            _("C’est noté : le calcul décide de nouveau pour ces deux annonces."),
        )
        return see("matching:rulings", network.slug)
    rows = [
        {
            "id": ruling.public_id,
            "words": capfirst(ruling.get_kind_display()),
            "request": ruling.request.title,
            "requester": ruling.request.author.display_name,
            "offer": ruling.offer.title,
            "offerer": ruling.offer.author.display_name,
            "by": ruling.by.display_name,
            "at": ruling.at,
        }
        for ruling in rulings_page(network, scope=scope_of(request.user, network))
    ]
    page = Paginator(rows, SIZE).get_page(page_number(request))
    context = {"page": page, "crumbs": crumbs(network, _("Décisions de l’animation"))}
    return render(request, "matching/rulings.html", context)


@require_safe
def sought(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an animator which savoirs are short: whom to look for."""
    network = request.network = require_animator(request.user, slug)
    current = current_plan(network)
    rows = [
        {
            **row,
            "since": clock.now() - dt.timedelta(days=row["days"]),
            "find_url": reverse("find:search", args=[slug], query={"q": row["title"]}),
        }
        for row in (current.sought if current is not None else [])
    ]
    context = {
        "plan": current,
        "page": Paginator(rows, SIZE).get_page(page_number(request)),
        "tabs": plan_tabs(network, "matching:sought"),
        "crumbs": crumbs(network, _("Savoirs recherchés")),
    }
    return render(request, "matching/sought.html", context)
