"""The page from which a network is steered: its figures, what each is, where it goes, what moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.insights.access import agrees_to_studies, reads_hazards, runs_studies
from reciproque.insights.queries.pictures import picture_years
from reciproque.insights.queries.steering import board_of, small_pictures
from reciproque.insights.rules import WHY_MASKED, Cut, Span
from reciproque.insights.rules.themes import Theme
from reciproque.kit import clock
from reciproque.networks.access import can_settle
from reciproque.recognition.access import can_take_training
from reciproque.web.insights.views.pictures import shown as drawn
from reciproque.web.insights.views.reading import crumbs, figures_file, reading
from reciproque.web.insights.views.shown import (
    cut_choices,
    figure_url,
    instead,
    number_of,
    period_choices,
    shown,
    until_of,
)

if TYPE_CHECKING:
    from reciproque.insights.queries.steering import Board


@require_safe
def steering(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the figures of a network over a period, of the whole or by group."""
    board = _board(request, slug)
    network = board.reader.network
    context = {
        "network": network,
        "slug": slug,
        "board": board,
        "team": board.reader.is_team,
        "scoped": board.reader.scope is not None and not board.reader.scope.whole,
        "settles": can_settle(request.user, network),  # type: ignore[arg-type]
        "since": shown(network, board.since_the_beginning),
        "since_until": until_of(next(iter(board.since_the_beginning), None)),
        "instead": instead(board.reader, board.period, board.instead_of, board.cut),
        "until": until_of(board.figures[0] if board.figures else None),
        "why_masked": WHY_MASKED if any(figure.masked for figure in board.figures) else "",
        "themes": [
            {
                "theme": theme,
                "label": theme.label,
                "more": "" if board.theme else _url(board, theme=theme),
                "figures": shown(network, figures),
            }
            for theme, figures in board.themes
        ],
        "tabs": _tabs(board),
        "periods": period_choices(board.periods),
        "cuts": cut_choices(),
        "kept": {"theme": board.theme},
        "groups": _groups(board),
        "table_caption": _caption(board),
        "pictures": _pictures(board),
        "pictures_url": reverse("insights:pictures", args=[slug]),
        "doors": _doors(board),
        "csv_url": _url(board, "insights:steering_csv", theme=board.theme),
        "crumbs": crumbs(network),
    }
    return render(request, "insights/steering.html", context)


@require_safe
def steering_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the figures of the page as a table."""
    board = _board(request, slug, whole=True)
    return figures_file(f"chiffres-{slug}", [*board.since_the_beginning, *board.figures])


def _board(request: HttpRequest, slug: str, *, whole: bool = False) -> Board:
    asked = {name: request.GET.get(name, "") for name in ("period", "cut", "theme", "page")}
    return board_of(reading(request, slug), **asked, whole=whole)


def _url(board: Board, name: str = "insights:steering", *, theme: str = "") -> str:
    asked = {"period": board.period.key if board.period else "", "cut": board.cut, "theme": theme}
    query = urlencode({key: value for key, value in asked.items() if value}, safe=":")
    address = reverse(name, args=[board.reader.network.slug])
    return f"{address}?{query}" if query else address


def _tabs(board: Board) -> list[dict[str, Any]]:
    first = [] if board.cut else [("", _("L’essentiel"))]
    rows = [*first, *((theme, theme.label) for theme in Theme)]
    return [
        {"label": label, "url": _url(board, theme=theme), "current": theme == board.theme}
        for theme, label in rows
    ]


def _groups(board: Board) -> list[dict[str, Any]]:
    if board.groups is None:
        return []
    names = [str(indicator.name) for indicator in board.columns]
    return [
        {
            "name": name,
            "cells": [
                {
                    "label": label,
                    "number": number_of(figure) if figure else None,
                    # A figure that is not told opens nothing more.
                    "url": figure_url(board.reader.network, figure) if figure and not figure.masked else "",
                }
                for label, figure in zip(names, figures, strict=True)
            ],
        }
        for _key, name, figures in board.groups.object_list
    ]


def _caption(board: Board) -> str:
    if not board.cut or not board.period:
        return ""
    told = {"theme": Theme(board.theme).label, "cut": Cut(board.cut).label, "period": board.period.name}
    return _("%(theme)s, %(cut)s : %(period)s") % told


def _pictures(board: Board) -> list[dict[str, Any]]:
    if board.cut or board.theme or board.period is None:
        return []
    ever = board.period.span == Span.EVER
    year = clock.now().year if ever else board.period.start.year
    slug = board.reader.network.slug
    # What is drawn here of a year not told yet has no page of its own.
    whole = {} if year in picture_years(board.reader) else {"url": reverse("insights:pictures", args=[slug])}
    pictures = [picture for picture in small_pictures(board) if not picture.empty]
    return [drawn(picture, slug, year) | whole for picture in pictures]


def _doors(board: Board) -> list[dict[str, Any]]:
    """Return where one goes from here, with what one finds there."""
    reader, slug = board.reader, board.reader.network.slug
    rows = [
        (
            "insights:targets",
            "target",
            _("Les objectifs"),
            _("ce que le réseau vise, pour quand et pourquoi"),
        ),
        ("insights:pictures", "image", _("Les images"), _("entonnoir, calendrier, flux entre services")),
        ("insights:reports", "file-text", _("Les rapports"), _("à lire, à imprimer, à remettre")),
        (
            "insights:handout",
            "presentation",
            _("Le kit de présentation"),
            _("affiche, page, courriel : à montrer"),
        ),
        (
            "insights:costs",
            "wallet",
            _("Ce que coûte le réseau"),
            _("par ses propres comptes, et face à quoi"),
        ),
        ("community:maturity", "compass", _("La maturité"), _("où en est le réseau, ce qui le fait avancer")),
    ]
    if reader.is_team:
        back = _("qui revient, et à quoi cela sert")
        rows.append(("community:figures", "users", _("Les arrivées, mois par mois"), back))
    if reads_hazards(reader.person, reader.network):
        rows.append(
            (
                "insights:hazards",
                "shield-alert",
                _("Les risques"),
                _("leur niveau, leur réponse, qui les suit"),
            )
        )
    if runs_studies(reader.person, reader.network) or agrees_to_studies(reader.person, reader.network):
        rows.append(
            (
                "insights:studies",
                "microscope",
                _("Les études"),
                _("ce qui est confié à la recherche, et à qui"),
            )
        )
    if can_take_training(reader.person, reader.network):
        sent = _("ce qui a été remis au service de la formation")
        rows.append(("recognition:training_export", "graduation-cap", _("Formations transmises"), sent))
    return [
        {"url": reverse(name, args=[slug]), "icon": icon, "label": label, "text": text}
        for name, icon, label, text in rows
    ]
