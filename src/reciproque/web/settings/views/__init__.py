"""The choices of a network, all at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from reciproque.networks.access import require_settler
from reciproque.networks.queries import current_charter, openings_of, roles_table
from reciproque.networks.rules import Admission, Mediation, Reciprocity, Role, System
from reciproque.notices.queries import hooks_of
from reciproque.recognition.queries import rule_of, training_setting
from reciproque.recognition.rules.training import TrainingKind
from reciproque.web.parts.networks import choice, system_words
from reciproque.web.parts.recognition import rule_words
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.networks.models import Network

# What is chosen only where knowledge is exchanged.
OF_EXCHANGES = ("reciprocity", "mediation")


def crumbs(network: Network, label: str = "") -> list[dict[str, str]]:
    """Return the way back up from a settings page."""
    settings = {"label": _("Réglages")}
    up = [{"label": network.name, "url": reverse("join:network", args=[network.slug])}]
    if not label:
        return [*up, settings]
    return [*up, settings | {"url": reverse("settings:index", args=[network.slug])}, {"label": label}]


def _roles_words(network: Network) -> str:
    held = [grant.role for grant in roles_table(network)]
    return ", ".join(
        _("%(role)s : %(n)s") % {"role": label, "n": held.count(value)}
        for value, label in Role.choices
        if value in held
    )


def _rhythm_words(network: Network) -> str:
    if System.EXCHANGES not in network.systems:
        return _("Les jours fériés dont on tient compte")
    return _("%(answer)s jours pour répondre, %(date)s pour trouver une date, %(review)s pour le bilan") % {
        "answer": network.answer_days,
        "date": network.date_days,
        "review": network.review_days,
    }


def _openings_words(network: Network) -> str:
    openings = openings_of(network)
    if not openings:
        return _("Personne pour l’instant")
    last = openings[-1]
    return _("%(steps)s ; la dernière : %(name)s, le %(day)s") % {
        "steps": ngettext("%(n)s étape", "%(n)s étapes", len(openings)) % {"n": len(openings)},
        "name": last.name,
        "day": words(last.opens_on, "full"),
    }


def _charter_words(network: Network) -> str:
    charter = current_charter(network)
    if charter is None:
        return _("Pas encore de charte")
    return _("Version %(version)s, le %(day)s") % {
        "version": charter.version,
        "day": words(charter.published_at, "full"),
    }


def _channels_words(network: Network) -> str:
    rooms = len(hooks_of(network))
    if not rooms:
        return _("Par courriel ; aucun salon de discussion")
    said = ngettext("Par courriel et dans %(n)s salon", "Par courriel et dans %(n)s salons", rooms)
    return said % {"n": rooms}


def _rule_words(network: Network) -> str:
    row = rule_of(network)
    return rule_words(row.rule) if row and row.on else _("Ce réseau ne certifie rien")


def _training_words(network: Network) -> str:
    row = training_setting(network)
    if row is None or not row.on:
        return _("Rien ne compte comme formation")
    return ", ".join(choice(kind, TrainingKind.choices) for kind in row.kinds).capitalize()


# What is settled in the section of what the community recognises.
OF_RECOGNITION = {"certification": "recognition:rule", "training": "recognition:training_settings"}


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what each choice is today, each with its page."""
    network = request.network = require_settler(request.user, slug)
    rows: list[tuple[str, Any, str, str]] = [
        ("identity", _("Nom et but"), ", ".join(system_words(network)), "type"),
        ("charter", _("Charte"), _charter_words(network), "scroll-text"),
        ("openings", _("Pour qui"), _openings_words(network), "door-open"),
        ("admission", _("Comment on y entre"), choice(network.admission, Admission.choices), "key-round"),
        ("reciprocity", _("Réciprocité"), choice(network.reciprocity, Reciprocity.choices), "arcs"),
        ("mediation", _("Mise en relation"), choice(network.mediation, Mediation.choices), "handshake"),
        ("rhythm", _("Rythme"), _rhythm_words(network), "calendar-clock"),
        ("certification", _("Certification"), _rule_words(network), "badge-check"),
        ("training", _("Formation locale"), _training_words(network), "graduation-cap"),
        ("roles", _("Rôles"), _roles_words(network), "users"),
        ("channels", _("Courriels et salons"), _channels_words(network), "message-square"),
        (
            "public",
            _("Page publique"),
            _("Visible sans se connecter") if network.public_page else _("Aucune"),
            "globe",
        ),
    ]
    context = {
        "network": network,
        "crumbs": crumbs(network),
        "rows": [
            {
                "label": label,
                "value": value,
                "icon": icon,
                "url": reverse(OF_RECOGNITION[name], args=[slug])
                if name in OF_RECOGNITION
                else reverse(f"settings:{name}", args=[slug])
                if name in ("roles", "channels")
                else reverse("settings:page", args=[slug, name]),
            }
            for name, label, value, icon in rows
            if System.EXCHANGES in network.systems or name not in OF_EXCHANGES
        ],
    }
    return render(request, "settings/index.html", context)
