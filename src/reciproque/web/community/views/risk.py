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
from reciproque.matching.queries import holders_by_words
from reciproque.networks.access import is_member, require_animator
from reciproque.recognition.rules import CallKind
from reciproque.web.community.forms.calls import LaunchForm
from reciproque.web.community.views import crumbs, either, lately
from reciproque.web.http import page_number, see, submit, tell
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.insights.queries import AtRisk
    from reciproque.matching.queries import FoundHolder

SIZE = 30
NAMED = 8
EVERY = "all"


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
        Risk.FRAGILE: _("Une seule personne a publié qu’elle le sait, ou le montre au réseau.")
        if row.holders == 1
        else _("Deux personnes seulement ont publié qu’elles le savent, ou le montrent au réseau."),
        Risk.FADING: _("Personne ne l’a échangé depuis plus d’un an."),
    }
    return [said[Risk(value)] for value in row.risks]


def _holders(row: AtRisk) -> str:
    if row.holders == 0:
        return _("Personne ne le porte")
    if row.holders == 1:
        return _("Une personne le porte")
    if row.holders < FEWEST:
        return _("Quelques personnes le portent")
    return _("%(n)s personnes le portent") % {"n": row.holders}


def _row(row: AtRisk, slug: str, *, member: bool) -> dict[str, Any]:
    launch = reverse("community:launch", args=[slug, row.topic.public_id])
    return {
        "topic": row.topic,
        # Who only animates does not read the pages of members.
        "url": reverse("find:topic", args=[slug, row.topic.public_id]) if member else "",
        "link": _("La page de ce savoir") if member else "",
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
    every = chosen == EVERY
    chosen = chosen if chosen in Risk.values else ""
    listed = lately("risks", network, lambda: list_risks(network))
    first = not chosen and not every
    page = Paginator(listed.pressing if first else listed.topics[chosen], SIZE).get_page(page_number(request))
    counts, here = listed.counts, request.path
    tabs = [{"label": _("Le plus pressant"), "url": here, "current": first, "count": len(listed.pressing)}]
    tabs += [
        {
            "label": capfirst(str(label)),
            "url": f"{here}?risk={value}",
            "current": value == chosen,
            "count": counts[value],
        }
        for value, label in Risk.choices
    ]
    total = len(listed.topics[""])
    tabs.append({"label": _("Tout"), "url": f"{here}?risk={EVERY}", "current": every, "count": total})
    member = is_member(request.user, network)  # type: ignore[arg-type]
    context = {
        "network": network,
        "slug": slug,
        # What is launched from a line shows on it at once.
        "rows": [_row(row, slug, member=member) for row in risks_in(network, page.object_list, risk=chosen)],
        "first": first,
        "rest": max(0, total - len(listed.pressing)),
        "all_url": f"{here}?risk={EVERY}",
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
    found = holders_by_words(network, topic.name, limit=NAMED)
    found.sort(key=lambda one: one.person.display_name)
    people = {one.person.public_id: one.person for one in found}
    form = LaunchForm(
        request.POST if request.method == "POST" else None,
        kinds=row.acts if row else (CallKind.OFFER, CallKind.SHEET, CallKind.GROUP),
        people=[(one.person.public_id, _name(one)) for one in found],
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


def _name(one: FoundHolder) -> str:
    """Who may be asked, and what of theirs is near: the same words may mean something else to them."""
    line = person_line(one.person)
    name = f"{one.person.display_name} ({line})" if line else one.person.display_name
    said = (
        _("%(name)s, pour sa fiche « %(title)s »")
        if one.by_sheet
        else _("%(name)s, pour son offre « %(title)s »")
    )
    return said % {"name": name, "title": one.title}
