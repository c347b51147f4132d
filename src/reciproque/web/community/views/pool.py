"""The animators' pool: who may do what, what they lately did, what is missing; inviting those who are ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reciproque.insights.access import get_helper_invitation
from reciproque.insights.actions import answer_invitation, invite_helper
from reciproque.insights.queries import invited_to_help, pool_state, ready_to_help
from reciproque.networks.access import can_settle, get_accompanied_member, require_animator, require_settler
from reciproque.networks.rules import Ability
from reciproque.web.community.forms.pool import HelpingForm
from reciproque.web.community.views import crumbs, either
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.insights.queries import Helper, Need
    from reciproque.networks.models import Network

LABELS = dict(Ability.choices)


def _label(ability: str) -> str:
    return str(capfirst(str(LABELS[ability])))


def warning(need: Need) -> str:
    """Return what is planned that the pool cannot hold, in a sentence."""
    numbers = {"planned": need.planned, "wanted": need.wanted, "held": need.held, "missing": need.missing}
    said = {
        Ability.MEDIATE: ngettext(
            "%(planned)s mise en relation attend d’être accompagnée ; l’équipe a de la place pour %(held)s.",
            "%(planned)s mises en relation attendent d’être accompagnées ; l’équipe a de la place pour %(held)s.",
            need.planned,
        ),
        Ability.FACILITATE: ngettext(
            "%(planned)s groupe demandé n’a personne pour l’animer ; l’équipe a de la place pour %(held)s.",
            "%(planned)s groupes demandés n’ont personne pour les animer ; l’équipe a de la place pour %(held)s.",
            need.planned,
        ),
        Ability.FAIR: _(
            "Une bourse est prévue : il faut %(wanted)s personnes le jour même, l’équipe en compte %(held)s."
        ),
        Ability.LAUNCH: _(
            "Une journée de lancement est prévue : il faut %(wanted)s personnes le jour même, l’équipe en compte %(held)s."
        ),
    }
    return said[Ability(need.ability)] % numbers


def _helper(network: Network, one: Helper) -> dict[str, Any]:
    row = one.row
    return {
        "name": row.person.display_name,
        "line": person_line(row.person),
        "initials": row.person.initials,
        "url": reverse("animation:pool_member", args=[network.slug, row.public_id]),
        "abilities": [_label(value) for value in row.abilities if value in LABELS],
        "availability": row.availability,
        "load": _("%(load)s sur %(most)s") % {"load": one.load, "most": row.at_most},
        "full": not one.room,
        "away": one.away,
        "lately": [
            _("%(what)s : %(n)s") % {"what": _label(value), "n": number}
            for value, number in one.lately.items()
            if number
        ],
        "trainings": [(training.subject, training.done_on) for training in row.trainings.all()],
        "paths": [
            {
                "label": _label(value),
                "steps": steps,
                "done": sum(step.done for step in steps),
                "of": len(steps),
            }
            for value, steps in one.paths.items()
        ],
    }


@require_safe
def pool(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the pool, what it will not suffice for, and who is ready to join it."""
    network = request.network = require_animator(request.user, slug)  # type: ignore[attr-defined,arg-type]
    state = pool_state(network)
    context = {
        "network": network,
        "slug": slug,
        "helpers": [_helper(network, one) for one in state.helpers],
        "warnings": [warning(need) for need in state.short],
        "needs": [
            {
                "label": _label(need.ability),
                "planned": need.planned,
                "wanted": need.wanted,
                "held": need.held,
                "missing": need.missing,
            }
            for need in state.needs
        ],
        "ready": [
            {
                "name": person.display_name,
                "line": person_line(person),
                "initials": person.initials,
                "url": reverse("community:invite", args=[slug, person.public_id]),
            }
            for person in ready_to_help(network)
        ],
        "invited": [(row.person, person_line(row.person), row.at) for row in invited_to_help(network)],
        "settles": can_settle(request.user, network),  # type: ignore[arg-type]
        "crumbs": crumbs(network, (_("Équipe d’appui"), "")),
    }
    return render(request, "community/pool.html", context)


@require_POST
def invite(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Invite a member who is ready."""
    network = request.network = require_settler(request.user, slug)  # type: ignore[attr-defined,arg-type]
    person = get_accompanied_member(request.user, person_id, network).person  # type: ignore[arg-type]
    said = _("%(name)s est invité à accompagner. Rien ne l’y oblige.") % {"name": person.display_name}
    attempt(request, lambda: invite_helper(network, person, by=request.user), said)  # type: ignore[arg-type]
    return see("community:pool", slug)


@either
def helping(request: HttpRequest, invitation_id: str) -> HttpResponse:
    """Read an invitation to help, and say yes or no."""
    row = get_helper_invitation(request.user, invitation_id)  # type: ignore[arg-type]
    request.network = row.network  # type: ignore[attr-defined]
    form = HelpingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, answered = submit(
            form,
            lambda values: answer_invitation(
                row,
                by=request.user,
                accepted=values["answer"] == "yes",
                availability=values["availability"],
                at_most=values["at_most"] or 2,
            ),
        )
        if done:
            yes = answered.accepted
            tell(
                request, _("Merci. Vous êtes dans l’équipe d’appui.") if yes else _("C’est noté, sans souci.")
            )
            return see("animation:helping", row.network.slug) if yes else see("home:home")
    context = {
        "network": row.network,
        "row": row,
        "form": form,
        "crumbs": crumbs(row.network, (_("Aider l’animation"), "")),
    }
    return render(request, "community/helping.html", context, status=422 if form.is_bound else 200)
