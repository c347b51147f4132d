"""One figure: what it is, what it was, its groups, and what is behind it for who reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from reciproque.insights.queries.behind import behind, impact_campaigns, own_part
from reciproque.insights.queries.figures import number_words
from reciproque.insights.queries.steering import story_of
from reciproque.insights.rules import INDICATORS, WHY_MASKED, Cut, Span
from reciproque.insights.rules.themes import PERIODS_ON_A_PAGE
from reciproque.kit.errors import NotThere
from reciproque.networks.access import can_settle, is_member
from reciproque.surveys.access import can_read_results
from reciproque.web.insights.views.reading import crumbs, figures_file, reading
from reciproque.web.insights.views.shown import (
    Shown,
    curve_of,
    cut_choices,
    day_of,
    figure_url,
    instead,
    period_choices,
    shown,
)

if TYPE_CHECKING:
    from reciproque.insights.access import Reader
    from reciproque.insights.queries import Figure
    from reciproque.insights.queries.behind import Behind, Line
    from reciproque.insights.queries.steering import Story

WHOLE = "whole"


@require_safe
def figure(request: HttpRequest, slug: str, indicator: str) -> HttpResponse:
    """Show one figure of a network, and what is behind it."""
    story = _story(request, slug, indicator)
    reader, one = story.reader, story.figure
    network = reader.network
    member = is_member(request.user, network)  # type: ignore[arg-type]
    context = {
        "network": network,
        "slug": slug,
        "story": story,
        "team": reader.is_team,
        "one": Shown(network, one),
        "instead": instead(reader, one.period, story.instead_of, ""),
        "by_year": not reader.is_team and one.period.span != Span.YEAR,
        "why_masked": WHY_MASKED if any(row.masked for row in (*_groups(story), *story.history)) else "",
        "results": _results(request, story),
        "periods": period_choices(story.periods),
        "cuts": cut_choices(one.indicator.cuts) if story.figure.indicator.cuts else [],
        "kept": {"group": one.group},
        "groups_title": _groups_title(story),
        "history": shown(network, story.history[-PERIODS_ON_A_PAGE:][::-1]),
        "curve": curve_of(story.history[-PERIODS_ON_A_PAGE:]),
        "groups": shown(network, _groups(story)),
        "behind": _behind(request, story, member=member) if reader.is_team else None,
        "own": _own(reader, story) if member else "",
        "settles": can_settle(request.user, network),  # type: ignore[arg-type]
        "csv_url": _csv_url(story),
        "crumbs": crumbs(network, (str(one.indicator.name), "")),
    }
    return render(request, "insights/figure.html", context)


@require_safe
def figure_csv(request: HttpRequest, slug: str, indicator: str) -> HttpResponse:
    """Give one figure, its history and its groups as a table."""
    story = _story(request, slug, indicator, whole=True)
    groups = _groups(story)
    rows = {(row.period.key, row.cut, row.group): row for row in [story.figure, *groups, *story.history]}
    return figures_file(indicator.replace(".", "-"), rows.values())


def _story(request: HttpRequest, slug: str, indicator: str, *, whole: bool = False) -> Story:
    reader = reading(request, slug)
    if indicator not in INDICATORS:
        raise NotThere
    asked = {name: request.GET.get(name, "") for name in ("period", "cut", "group")}
    return story_of(reader, INDICATORS[indicator], **asked, page=request.GET.get("groups", ""), whole=whole)


def _groups(story: Story) -> list[Figure]:
    return list(story.groups.object_list) if story.groups else []


def _results(request: HttpRequest, story: Story) -> list[dict[str, str]]:
    """Return where the answers that a felt effect comes from are read, by who reads them."""
    if story.figure.indicator.theme != "impact":
        return []
    found = impact_campaigns(story.reader.network, story.figure.period)
    return [
        {"label": one.title, "url": reverse("surveys:results", args=[one.public_id])}
        for one in found
        if can_read_results(request.user, one)  # type: ignore[arg-type]
    ]


def _groups_title(story: Story) -> str:
    if not story.cut:
        return ""
    told = {"name": story.figure.indicator.name, "cut": Cut(story.cut).label}
    return _("%(name)s, %(cut)s") % told


def _csv_url(story: Story) -> str:
    one = story.figure
    asked = {"period": one.period.key, "cut": story.cut, "group": one.group}
    query = urlencode({key: value for key, value in asked.items() if value}, safe=":")
    return f"{reverse('insights:figure_csv', args=[story.reader.network.slug, one.id])}?{query}"


# -- what is behind --------------------------------------------------------------------------------------------


def _behind(request: HttpRequest, story: Story, *, member: bool) -> dict[str, Any]:
    one = story.figure
    part = WHOLE if request.GET.get("part") == WHOLE and one.indicator.denominator else ""
    found = behind(
        story.reader,
        one.id,
        one.period,
        (one.cut, one.group),
        part=part,
        page=request.GET.get("page", 1),
    )
    slug = story.reader.network.slug
    return {
        "found": found,
        "lines": [_line(slug, line, member=member) for line in found.lines],
        "closed": _closed(found),
        "total": _total(found),
        "hidden": hidden_words(found),
        "tabs": _parts(story, part),
        "differs": _differs(story, found),
    }


def _parts(story: Story, part: str) -> list[dict[str, Any]]:
    one = story.figure
    if not one.indicator.denominator or one.indicator.theme == "cost":
        return []
    network = story.reader.network
    return [
        {
            "label": capfirst(str(one.indicator.numerator)),
            "url": figure_url(network, one) + "#behind",
            "current": not part,
        },
        {
            "label": capfirst(str(one.indicator.denominator)),
            "url": figure_url(network, one, part=WHOLE) + "#behind",
            "current": bool(part),
        },
    ]


def _differs(story: Story, found: Behind) -> bool:
    """Tell whether the list has changed since the figure was counted."""
    one = story.figure
    if found.closed or one.at is None or one.indicator.theme == "cost":
        return False
    counted = one.denominator if found.part else one.numerator
    if found.hours is not None:
        return abs(found.hours - (one.value or 0)) > 0.01
    hours = one.indicator.shape == "hours"
    return not hours and counted is not None and round(counted) != found.total


def _closed(found: Behind) -> str:
    return {
        "now": _(
            "Cette liste ne se lit que pour la période en cours : le passé n’en a gardé que le chiffre."
        ),
        "together": _(
            "Ce chiffre vient des réponses au questionnaire d’impact, qui se lisent par groupes, jamais une à une : "
            "rien d’autre ne s’ouvre derrière lui."
        ),
        "nothing": _(
            "Ce chiffre vient de montants donnés par l’animation : il n’y a pas de liste derrière lui."
        ),
    }.get(found.closed, "")


def _total(found: Behind) -> str:
    n = found.total
    return {
        "person": ngettext("%(n)s personne", "%(n)s personnes", n),
        "post": ngettext("%(n)s annonce", "%(n)s annonces", n),
        "introduction": ngettext("%(n)s mise en relation", "%(n)s mises en relation", n),
        "exchange": ngettext("%(n)s échange", "%(n)s échanges", n),
        "review": ngettext("%(n)s bilan", "%(n)s bilans", n),
        "message": ngettext("%(n)s message", "%(n)s messages", n),
        "savoir": ngettext("%(n)s savoir", "%(n)s savoirs", n),
    }.get(found.kind, "%(n)s") % {"n": number_words(n)}


def hidden_words(found: Behind) -> str:
    """Say how many rows are counted and not shown, and why."""
    n = found.hidden
    if not n:
        return ""
    if found.of_reviews:
        return ngettext(
            "%(n)s mise en relation comptée, pas montrée : dire laquelle dirait ce que dit son bilan, qui est à ceux "
            "qu’il concerne.",
            "%(n)s mises en relation comptées, pas montrées : dire lesquelles dirait ce que disent leurs bilans, qui "
            "sont à ceux qu’ils concernent.",
            n,
        ) % {"n": number_words(n)}
    sentences = {
        "person": ngettext(
            "%(n)s personne hors de votre périmètre, ou qui n’est pas membre du réseau : comptée, pas montrée.",
            "%(n)s personnes hors de votre périmètre, ou qui ne sont pas membres du réseau : comptées, pas montrées.",
            n,
        ),
        "post": ngettext(
            "%(n)s annonce hors de votre périmètre, ou masquée : comptée, pas montrée.",
            "%(n)s annonces hors de votre périmètre, ou masquées : comptées, pas montrées.",
            n,
        ),
        "review": ngettext(
            "%(n)s bilan compté, pas montré : ce qu’il dit est à ceux qu’il concerne.",
            "%(n)s bilans comptés, pas montrés : ce qu’ils disent est à ceux qu’ils concernent.",
            n,
        ),
        "message": ngettext(
            "%(n)s message compté, pas montré : une conversation n’est lue que de ceux qui s’y parlent.",
            "%(n)s messages comptés, pas montrés : une conversation n’est lue que de ceux qui s’y parlent.",
            n,
        ),
    }
    usual = ngettext(
        "%(n)s hors de votre périmètre : compté, pas montré.",
        "%(n)s hors de votre périmètre : comptés, pas montrés.",
        n,
    )
    return sentences.get(found.kind, usual) % {"n": number_words(n)}


def _line(slug: str, line: Line, *, member: bool) -> dict[str, Any]:
    row = line.row
    title, detail = line.title, line.detail
    if line.kind == "exchange":
        detail = day_of(row.held_on or row.finished_at or row.closed_at) if _has_day(row) else ""
    elif line.kind == "introduction":
        detail = f"{detail} · {row.get_state_display()}"
    elif line.kind == "post":
        detail = f"{row.get_kind_display()} · {detail}"
    elif line.kind == "message":
        title = _("Un message de vous")
        detail = day_of(row.written_at)
    return {"title": title, "detail": detail, "url": _url_of(slug, line, member=member), "hours": line.hours}


def _has_day(row: Any) -> bool:
    return bool(row.held_on or row.finished_at or row.closed_at)


def _url_of(slug: str, line: Line, *, member: bool) -> str:
    names = {
        "person": "animation:member",
        "introduction": "animation:introduction",
        "exchange": "animation:exchange",
    }
    if line.kind in names:
        return reverse(names[line.kind], args=[slug, line.public_id])
    if line.kind == "post":
        return reverse("posts:post", args=[line.public_id])
    if line.kind == "review":
        return reverse("exchanges:exchange", args=[line.public_id])
    if line.kind == "savoir" and member:
        return reverse("find:topic", args=[slug, line.public_id])
    return ""


def _own(reader: Reader, story: Story) -> str:
    """Say what of a figure is one’s own, to oneself."""
    one = story.figure
    number = own_part(reader.person, reader.network, one.id, one.period)
    if number is None or one.cut:
        return ""
    if one.indicator.opens == "person":
        return _("Vous en faites partie.") if number else _("Vous n’en faites pas partie.")
    return ngettext("Dont les vôtres : %(n)s.", "Dont les vôtres : %(n)s.", number) % {
        "n": number_words(number)
    }
