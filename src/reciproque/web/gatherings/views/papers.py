"""What is printed before, and the report after."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.catalogue.rules import Kind
from reciproque.gatherings.access import get_run
from reciproque.gatherings.queries import named_in, people_of, posts_of_those_coming, report
from reciproque.gatherings.rules import Answer
from reciproque.kit.errors import NotThere
from reciproque.web.gatherings.views import inside, url_of
from reciproque.web.parts.networks import masked, masked_parts
from reciproque.web.parts.posts import card_of, person_line

EMPTY_LINES = 12


@require_safe
def papers(request: HttpRequest, gathering_id: str, paper: str) -> HttpResponse:
    """Show one of the sheets to print: a slip for each savoir, the wall in two columns, the list of those who come."""
    gathering = get_run(request.user, gathering_id)
    request.network = gathering.network
    titles = {"slips": _("Les fiches"), "wall": _("Le tableau"), "list": _("La feuille de présence")}
    if paper not in titles:
        raise NotThere
    context: dict[str, Any] = {
        "gathering": gathering,
        "paper": paper,
        "title": titles[paper],
        "tabs": [
            {"label": label, "url": url_of("papers", gathering, name), "current": name == paper}
            for name, label in titles.items()
        ],
        "crumbs": inside(gathering, _("À imprimer")),
    }
    if paper == "list":
        coming = [
            one.participant.person
            for one in people_of(gathering)
            if one.participant.person and one.participant.answer == Answer.YES
        ]
        context["people"] = sorted(
            ({"name": person.display_name, "line": person_line(person)} for person in coming),
            key=lambda row: row["name"].casefold(),
        )
        context["blank"] = range(EMPTY_LINES)
    else:
        # Paper says no more of anybody than the screen does.
        named = named_in(gathering)
        cards = [card_of(post, named=post.author_id in named) for post in posts_of_those_coming(gathering)]
        context["offers"] = [card for card in cards if card.kind == Kind.OFFER]
        context["requests"] = [card for card in cards if card.kind == Kind.REQUEST]
        context["nothing"] = not cards
    return render(request, "gatherings/papers.html", context)


@require_safe
def report_page(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Show what came of a gathering, as it stands today; small numbers about people are left vague."""
    gathering = get_run(request.user, gathering_id)
    request.network = gathering.network
    found = report(gathering)
    typed, published = masked_parts([found.offers + found.requests, found.published])
    made, accepted, exchanges, held = masked_parts(
        [found.introductions, found.accepted, found.exchanges, found.held]
    )
    figures = [
        (_("Personnes qui avaient dit venir"), masked(found.coming)),
        (_("Personnes pour qui un savoir a été noté"), masked(found.here)),
        (_("Savoirs saisis, offres et demandes"), typed),
        (_("… publiés, avec l’accord de leurs auteurs"), published),
        (_("Mises en relation faites sur place"), made),
        (_("… acceptées"), accepted),
        (_("… devenues des échanges"), exchanges),
        (_("… échanges qui ont eu lieu, à ce jour"), held),
    ]
    savoirs = [
        {
            "words": entry.words,
            "offer": entry.is_offer,
            "url": reverse("posts:post", args=[entry.post.public_id]) if entry.post else "",
        }
        for entry in found.savoirs
    ]
    context = {
        "gathering": gathering,
        "figures": figures,
        "offers": [row for row in savoirs if row["offer"]],
        "requests": [row for row in savoirs if not row["offer"]],
        "crumbs": inside(gathering, _("Le bilan")),
    }
    return render(request, "gatherings/report.html", context)
