"""Knowledge at risk: the list, and what is launched from each line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from reciproque.catalogue.access import get_topic
from reciproque.insights.actions import launch_call
from reciproque.insights.queries import list_risks, risk_of, risks_in
from reciproque.insights.rules import FEWEST, Risk
from reciproque.matching.queries import holders
from reciproque.networks.access import require_animator
from reciproque.recognition.rules import CallKind
from reciproque.web.community.forms.calls import LaunchForm
from reciproque.web.community.views import crumbs, either, lately
from reciproque.web.http import page_number, see, submit, tell
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.insights.queries import AtRisk

SIZE = 30
NAMED = 8


def act_words(kind: str) -> str:
    """Return what the team does about a savoir, as a button says it."""
    return {
        CallKind.OFFER: _("Inviter à le proposer"),
        CallKind.SHEET: _("Demander une fiche"),
        CallKind.ANSWER: _("Trouver qui répond"),
        CallKind.GROUP: _("Chercher qui animerait un groupe"),
    }[CallKind(kind)]


def reasons(row: AtRisk) -> list[str]:
    """Return why a savoir is at risk, in sentences that name nobody."""
    said = {
        Risk.SOUGHT: ngettext(
            "%(n)s demande attend depuis plus de trois semaines.",
            "%(n)s demandes attendent depuis plus de trois semaines.",
            row.waiting,
        )
        % {"n": row.waiting},
        Risk.FRAGILE: _("Une seule personne semble le porter.")
        if row.holders == 1
        else _("Deux personnes seulement semblent le porter."),
        Risk.FADING: _("Personne ne l’a échangé depuis plus d’un an."),
    }
    return [said[Risk(value)] for value in row.risks]


def _holders(row: AtRisk) -> str:
    if row.holders == 0:
        return _("personne")
    if row.holders == 1:
        return _("une personne")
    return _("quelques personnes") if row.holders < FEWEST else str(row.holders)


def _row(row: AtRisk, slug: str) -> dict[str, Any]:
    launch = reverse("community:launch", args=[slug, row.topic.public_id])
    return {
        "topic": row.topic,
        "url": reverse("find:topic", args=[slug, row.topic.public_id]),
        "reasons": reasons(row),
        "holders": _holders(row),
        "requests": row.requests,
        "sheets": row.sheets,
        "last": row.last,
        "called": row.called,
        "acts": [{"label": act_words(kind), "url": f"{launch}?kind={kind}"} for kind in row.acts],
        "group_url": reverse("circles:open", args=[slug], query={"title": row.topic.name})
        if CallKind.GROUP in row.acts
        else "",
    }


@require_safe
def risk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the savoirs that the network may lose, and what may be done about each."""
    network = request.network = require_animator(request.user, slug)  # type: ignore[attr-defined,arg-type]
    chosen = request.GET.get("risk", "")
    chosen = chosen if chosen in Risk.values else ""
    listed = lately("risks", network, lambda: list_risks(network))
    page = Paginator(listed.topics[chosen], SIZE).get_page(page_number(request))
    counts, here = listed.counts, request.path
    tabs = [{"label": _("Tout"), "url": here, "current": not chosen}]
    tabs += [
        {
            "label": capfirst(str(label)),
            "url": f"{here}?risk={value}",
            "current": value == chosen,
            "count": counts[value],
        }
        for value, label in Risk.choices
    ]
    context = {
        "network": network,
        "slug": slug,
        # What is launched from a line shows on it at once.
        "rows": [_row(row, slug) for row in risks_in(network, page.object_list, risk=chosen)],
        "listed_at": listed.at,
        "tabs": tabs,
        "page": page,
        "crumbs": crumbs(network, (_("Savoirs en danger"), "")),
    }
    return render(request, "community/risk.html", context)


@either
def launch(request: HttpRequest, slug: str, topic_id: str) -> HttpResponse:
    """Call upon somebody about a savoir."""
    network = request.network = require_animator(request.user, slug)  # type: ignore[attr-defined,arg-type]
    topic = get_topic(topic_id)
    row = risk_of(network, topic)
    # Those whom any member finds by what they published, by name: what else they did shows in no list, not by its order.
    named = sorted(holders(network, topic.name, limit=NAMED), key=lambda person: person.display_name)
    people = {person.public_id: person for person in named}
    form = LaunchForm(
        request.POST if request.method == "POST" else None,
        kinds=row.acts if row else (CallKind.OFFER, CallKind.SHEET, CallKind.GROUP),
        people=[(key, _name(person)) for key, person in people.items()],
        initial={"kind": request.GET.get("kind", ""), "person": ""},
    )
    if request.method == "POST":
        done, _call = submit(
            form,
            lambda values: launch_call(
                network,
                topic,
                kind=values["kind"],
                by=request.user,
                person=people.get(values["person"]),
                words=values["words"],
            ),
        )
        if done:
            tell(request, _("C’est demandé. La réponse viendra ici, et sur votre accueil."))
            return see("community:calls", slug)
    context = {
        "network": network,
        "form": form,
        "topic": topic,
        "reasons": reasons(row) if row else [],
        "back": reverse("community:risk", args=[slug]),
        "crumbs": crumbs(
            network, (_("Savoirs en danger"), reverse("community:risk", args=[slug])), (topic.label, "")
        ),
    }
    return render(request, "community/launch.html", context, status=422 if form.is_bound else 200)


def _name(person: Any) -> str:
    line = person_line(person)
    return f"{person.display_name} ({line})" if line else person.display_name
