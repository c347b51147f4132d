"""Invitation links, and roles given and withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reciproque.networks.access import get_invitation_of, get_role, require_settler
from reciproque.networks.actions import create_invitation, grant_role, withdraw_invitation, withdraw_role
from reciproque.networks.queries import places_in, roles_table
from reciproque.networks.rules import Role
from reciproque.people.queries import find_people
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.networks import choice
from reciproque.web.parts.posts import person_line
from reciproque.web.settings.forms.choices import InviteForm
from reciproque.web.settings.forms.roles import GrantForm
from reciproque.web.settings.views import crumbs

if TYPE_CHECKING:
    from reciproque.people.models import Person

FOUND = 20
either = require_http_methods(["GET", "HEAD", "POST"])


@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Make an invitation link."""
    network = request.network = require_settler(request.user, slug)
    form = InviteForm(request.POST)
    days = form.cleaned_data["days"] if form.is_valid() else 30
    attempt(
        request,
        lambda: create_invitation(network, by=request.user, days=days),
        _("Le lien est prêt : copiez-le et envoyez-le à qui vous voulez."),
    )
    return see(reverse("settings:page", args=[slug, "admission"]) + "#links")


@require_POST
def close_invitation(request: HttpRequest, slug: str, invitation_id: str) -> HttpResponse:
    """Close an invitation link at once."""
    network = request.network = require_settler(request.user, slug)
    invitation = get_invitation_of(request.user, invitation_id, network)
    attempt(
        request,
        lambda: withdraw_invitation(invitation, by=request.user),
        _("Le lien est fermé : il n’ouvre plus rien."),
    )
    return see(reverse("settings:page", args=[slug, "admission"]) + "#links")


def _found(people: list[Person]) -> list[tuple[str, str]]:
    return [
        (
            person.public_id,
            format_html(
                '<span class="title">{}</span><span class="soft">{}</span>',
                person.display_name,
                person_line(person) or person.email or "",
            ),
        )
        for person in people
    ]


def _where(grant: Any) -> str:
    """Return the site or unit for which a role is held; empty for the whole network."""
    if grant.unit is not None:
        return grant.unit.path
    return grant.site.name if grant.site is not None else ""


@either
def roles(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who holds which role; search somebody and give them one."""
    network = request.network = require_settler(request.user, slug)
    words = request.GET.get("q", "").strip()[:100]
    people = find_people(words, FOUND)
    sites, units = places_in(network)
    form = GrantForm(
        request.POST or None,
        people=_found(people),
        sites=[(f"site-{row.public_id}", row.name) for row in sites],
        units=[(f"unit-{row.public_id}", row.path) for row in units],
        initial={"role": Role.ANIMATOR},
    )
    if request.method == "POST":
        by_id = {person.public_id: person for person in people}
        held = {f"site-{row.public_id}": {"site": row} for row in sites}
        held |= {f"unit-{row.public_id}": {"unit": row} for row in units}
        done, _grant = submit(
            form,
            lambda data: grant_role(
                network,
                by_id[data["person"]],
                data["role"],
                by=request.user,
                **held.get(data["place"], {}),
            ),
        )
        if done:
            tell(request, _("Le rôle est confié. La personne est prévenue."))
            return see("settings:roles", slug)
    grants = roles_table(network)
    context = {
        "network": network,
        "words": words,
        "people": people,
        "form": form,
        "groups": [
            {
                "title": choice(value, Role.choices),
                "grants": [
                    {
                        "person": grant.person,
                        "since": grant.granted_at,
                        "where": _where(grant),
                        "url": reverse("settings:withdraw", args=[slug, grant.public_id]),
                    }
                    for grant in grants
                    if grant.role == value
                ],
            }
            for value in Role.values
        ],
        "crumbs": crumbs(network, _("Rôles")),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "settings/roles.html", context, status=status)


@either
def withdraw(request: HttpRequest, slug: str, role_id: str) -> HttpResponse:
    """Withdraw a role, once asked whether one is sure."""
    network = request.network = require_settler(request.user, slug)
    grant = get_role(request.user, role_id, network)
    if request.method == "POST":
        attempt(request, lambda: withdraw_role(grant, by=request.user), _("Le rôle est retiré."))
        return (
            see("settings:roles", slug)
            if request.user.is_superuser or _still(request, slug)
            else see("join:network", slug)
        )
    context = {
        "network": network,
        "grant": grant,
        "role": choice(grant.role, Role.choices),
        "own": grant.person_id == request.user.pk,
        "cancel": reverse("settings:roles", args=[slug]),
        "crumbs": crumbs(network, _("Retirer un rôle")),
    }
    return render(request, "settings/withdraw.html", context)


def _still(request: HttpRequest, slug: str) -> bool:
    """Tell whether the reader may still open the settings (they may have withdrawn their own role)."""
    return any(
        grant.person_id == request.user.pk and grant.role == Role.ANIMATOR and not _where(grant)
        for grant in roles_table(request.network)
    )
