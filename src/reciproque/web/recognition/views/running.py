"""A network's rule of certification, and what its animation team looks at: contests, circles of confirmations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from reciproque.networks.access import can_settle, require_animator, require_settler
from reciproque.people.access import can_administer
from reciproque.recognition.actions import set_rule
from reciproque.recognition.queries import cliques_of, contests_in, preview_rule, rule_of
from reciproque.recognition.rules import CLIQUE, CONFIRMATIONS, MONTHS, UNITS
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.networks import masked
from reciproque.web.parts.recognition import rule_words
from reciproque.web.recognition.forms import RuleForm
from reciproque.web.recognition.views import either, status_of

if TYPE_CHECKING:
    from reciproque.networks.models import Network

NAMES = ("confirmations", "units", "months")


def _initial(network: Network) -> dict[str, Any]:
    rule = rule_of(network)
    if rule is None:
        defaults = (CONFIRMATIONS[0], UNITS[0], MONTHS[0])
        return {"on": False, **dict(zip(NAMES, defaults, strict=True))}
    return {"on": rule.on, **{name: getattr(rule, name) for name in NAMES}}


@either
def rule(request: HttpRequest, slug: str) -> HttpResponse:
    """Settle the rule by which a network certifies, after seeing what it would change."""
    network = request.network = require_settler(request.user, slug)
    posted = request.method == "POST"
    form = RuleForm(request.POST if posted else None, initial=_initial(network))
    keeps = posted and "preview" not in request.POST
    if keeps:
        done, _rule = submit(form, lambda values: set_rule(network, by=request.user, **values))
        if done:
            tell(
                request, _("La règle est enregistrée. Elle s’applique aussitôt, et elle est écrite partout.")
            )
            return see("recognition:rule", slug)
    kept = rule_of(network)
    values = form.cleaned_data if form.is_bound and form.is_valid() else _initial(network)
    # Off for now: what it would give is shown all the same, until one asks for the contrary.
    on = values["on"] or not posted
    preview = preview_rule(network, on=on, **{name: values[name] for name in NAMES})
    context = {
        "network": network,
        "form": form,
        "title": _("Certification"),
        "now": rule_words(kept.rule) if kept and kept.on else "",
        "would": {
            "now": _shown(preview.certified_now),
            "would_be": _shown(preview.would_be),
            "would_end": _shown(preview.would_end),
        },
        "administers": can_administer(request.user),
        "previewed": posted and not keeps and form.is_valid(),
        "crumbs": [
            {"label": network.name, "url": reverse("join:network", args=[slug])},
            {"label": _("Réglages"), "url": reverse("settings:index", args=[slug])},
            {"label": _("Certification")},
        ],
    }
    return render(request, "recognition/rule.html", context, status=status_of(form))


def _shown(number: int | None) -> str:
    """A figure that the query masks when it is so small that it would speak of somebody."""
    return masked(1) if number is None else str(number)


@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an animation team what awaits its judgement, and patterns worth a word: never anybody's savoirs."""
    network = request.network = require_animator(request.user, slug)
    contests = [_contest(row) for row in contests_in(network, request.user)]
    context = {
        "network": network,
        "waiting": [row for row in contests if row["open"]],
        "settled": [row for row in contests if not row["open"]],
        "cliques": [_clique(row) for row in cliques_of(network)],
        "least": CLIQUE,
        "rule": _rule_said(network),
        "can_settle": can_settle(request.user, network),
        "crumbs": [
            {"label": _("Animation"), "url": reverse("animation:desk", args=[slug])},
            {"label": _("Savoirs certifiés")},
        ],
    }
    return render(request, "recognition/desk.html", context)


def _rule_said(network: Network) -> str:
    row = rule_of(network)
    return rule_words(row.rule) if row and row.on else ""


def _contest(row: Any) -> dict[str, Any]:
    certification = row.certification
    return {
        "title": certification.skill.topic.name,
        "name": certification.skill.person.display_name,
        "at": row.at,
        "open": row.settled_at is None,
        "settled_at": row.settled_at,
        "upheld": row.upheld,
        "url": reverse("recognition:contest", args=[row.public_id]),
    }


def _clique(row: Any) -> dict[str, Any]:
    people = ngettext(
        "%(n)s personne s’est confirmée", "%(n)s personnes se sont toutes confirmées entre elles", row.size
    )
    return {
        "people": people % {"n": row.size},
        "topics": ngettext("%(n)s savoir", "%(n)s savoirs", row.topics) % {"n": row.topics},
        "first": row.first_at,
        "last": row.last_at,
    }
