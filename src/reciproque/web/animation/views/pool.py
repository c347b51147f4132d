"""The animators' pool: who may help with what, trained on what and when, and how much each holds now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reciproque.exchanges.queries import mediation_loads
from reciproque.exchanges.rules import is_full
from reciproque.kit.errors import NotThere
from reciproque.networks.access import (
    can_settle,
    get_accompanied,
    get_pool_member,
    require_animator,
    require_member,
    require_settler,
)
from reciproque.networks.actions import add_to_pool, change_pool_member, leave_pool, note_training
from reciproque.networks.queries import known_in, mediators_of, members_named, place_in_pool, pool_of
from reciproque.networks.rules import Ability
from reciproque.web.animation.forms.members import OwnPoolForm, PoolForm, TrainingForm
from reciproque.web.animation.views import crumbs, either, member_url
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.networks.models import Network, PoolMember
    from reciproque.people.models import Person

FOUND = 8
LABELS = dict(Ability.choices)


def _crumbs(network: Network, label: str = "") -> list[dict[str, str]]:
    page = reverse("animation:pool", args=[network.slug])
    return (
        crumbs(network, (_("Équipe d’appui"), page), (label, ""))
        if label
        else crumbs(network, (_("Équipe d’appui"), ""))
    )


@require_safe
def pool(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the pool, and find someone to add to it."""
    network = request.network = require_animator(request.user, slug)
    rows = pool_of(network)
    inside = {row.person_id for row in rows}
    by_role = [person for person in mediators_of(network) if person.pk not in inside]
    loads = mediation_loads([*(row.person for row in rows), *by_role])
    ability = request.GET.get("ability", "")
    shown = [row for row in rows if ability not in Ability.values or ability in row.abilities]
    asked = request.GET.get("q", "").strip()[:100]
    mediating = by_role if ability not in Ability.values or ability == Ability.MEDIATE else []
    known = known_in(network, [person.pk for person in by_role])
    settles = can_settle(request.user, network)
    found = [row.person for row in members_named(network, asked, FOUND)] if settles else []
    context = {
        "network": network,
        "settles": settles,
        "rows": [
            *(_row(network, row, loads.get(row.person_id, 0)) for row in shown),
            *(_by_role(network, person, loads.get(person.pk, 0), known) for person in mediating),
        ],
        "tabs": _tabs(request, rows, ability, by_role=len(by_role)),
        "words": asked,
        "found": [
            {
                "name": person.display_name,
                "line": person_line(person),
                "initials": person.initials,
                "inside": person.pk in inside,
                "url": reverse("animation:pool_add", args=[slug]) + f"?person={person.public_id}",
            }
            for person in found
        ],
        "crumbs": _crumbs(network),
    }
    return render(request, "animation/pool.html", context)


def _tabs(
    request: HttpRequest, rows: list[PoolMember], current: str, *, by_role: int
) -> list[dict[str, Any]]:
    tabs = [{"label": _("Tout"), "url": request.path, "current": current not in Ability.values}]
    for value, words in Ability.choices:
        number = sum(value in row.abilities for row in rows) + (by_role if value == Ability.MEDIATE else 0)
        url = f"{request.path}?ability={value}"
        tabs.append({"label": capfirst(words), "url": url, "current": value == current, "count": number})
    return tabs


def _held(load: int) -> str:
    if not load:
        return _("aucune médiation en cours")
    return ngettext("%(n)s médiation en cours", "%(n)s médiations en cours", load) % {"n": load}


def _by_role(network: Network, person: Person, load: int, known: set[int]) -> dict[str, Any]:
    """Someone to whom mediations are entrusted by their role, without being of the pool."""
    return {
        "name": person.display_name,
        "line": person_line(person),
        "initials": person.initials,
        "abilities": [_("Médiation, par son rôle")],
        "load": capfirst(_held(load)),
        "url": member_url(network, person) if person.pk in known else "",
    }


def _row(network: Network, row: PoolMember, load: int) -> dict[str, Any]:
    held = _held(load)
    return {
        "name": row.person.display_name,
        "line": person_line(row.person),
        "initials": row.person.initials,
        "abilities": [capfirst(str(LABELS[value])) for value in row.abilities if value in LABELS],
        "availability": row.availability,
        "load": _("%(held)s, %(most)s au plus") % {"held": held, "most": row.at_most},
        "full": is_full(load, row.at_most),
        "trainings": [(training.subject, training.done_on) for training in row.trainings.all()],
        "url": reverse("animation:pool_member", args=[network.slug, row.public_id]),
    }


@either
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a member to the pool, with what they agreed to."""
    network = request.network = require_settler(request.user, slug)
    person = get_accompanied(request.user, request.GET.get("person", ""), network).person
    form = PoolForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _row = submit(form, lambda values: add_to_pool(network, person, by=request.user, **values))
        if done:
            tell(
                request,
                _("%(name)s est dans l’équipe d’appui. Un message le lui dit.")
                % {"name": person.display_name},
            )
            return see("animation:pool", slug)
    context = {
        "network": network,
        "form": form,
        "person": person,
        "line": person_line(person),
        "back": reverse("animation:pool", args=[slug]),
        "crumbs": _crumbs(network, person.display_name),
    }
    return render(request, "animation/pool_add.html", context, status=422 if form.is_bound else 200)


@either
def member(request: HttpRequest, slug: str, pool_id: str) -> HttpResponse:
    """Show someone of the pool; change what they may be asked to do."""
    network = request.network = require_animator(request.user, slug)
    row = get_pool_member(request.user, pool_id, network)
    initial = {"abilities": row.abilities, "availability": row.availability, "at_most": row.at_most}
    form = PoolForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, _row = submit(form, lambda values: change_pool_member(row, by=request.user, **values))
        if done:
            tell(request, _("C’est enregistré."))
            return see("animation:pool_member", slug, pool_id)
    return _member_page(request, row, form, TrainingForm(), 422 if form.is_bound else 200)


def _member_page(
    request: HttpRequest, row: PoolMember, form: Any, training_form: Any, status: int
) -> HttpResponse:
    network = request.network
    load = mediation_loads([row.person]).get(row.person_id, 0)
    context = {
        "network": network,
        "row": _row(network, row, load),
        "person": row.person,
        "left": row.left_at,
        "settles": can_settle(request.user, network) or row.person_id == request.user.pk,
        "form": form,
        "training_form": training_form,
        "training_url": reverse("animation:pool_training", args=[network.slug, row.public_id]),
        "leave_url": reverse("animation:pool_leave", args=[network.slug, row.public_id]),
        "crumbs": _crumbs(network, row.person.display_name),
    }
    return render(request, "animation/pool_member.html", context, status=status)


@require_POST
def training(request: HttpRequest, slug: str, pool_id: str) -> HttpResponse:
    """Note what someone of the pool was trained on."""
    network = request.network = require_animator(request.user, slug)
    row = get_pool_member(request.user, pool_id, network)
    form = TrainingForm(request.POST)
    done, _training = submit(form, lambda values: note_training(row, by=request.user, **values))
    if not done:
        initial = {"abilities": row.abilities, "availability": row.availability, "at_most": row.at_most}
        return _member_page(request, row, PoolForm(initial=initial), form, 422)
    tell(request, _("La formation est notée."))
    return see("animation:pool_member", slug, pool_id)


@either
def leave(request: HttpRequest, slug: str, pool_id: str) -> HttpResponse:
    """Take someone off the pool, once asked whether one is sure."""
    network = request.network = require_animator(request.user, slug)
    row = get_pool_member(request.user, pool_id, network)
    if request.method == "POST":
        leave_pool(row, by=request.user)
        name = row.person.display_name
        tell(request, _("%(name)s ne fait plus partie de l’équipe d’appui.") % {"name": name})
        return see("animation:pool", slug)
    context = {
        "person": row.person,
        "back": reverse("animation:pool_member", args=[slug, pool_id]),
        "crumbs": _crumbs(network, row.person.display_name),
    }
    return render(request, "animation/pool_leave.html", context)


# -- one's own place in the pool -----------------------------------------------------------------------------


def _own(request: HttpRequest, slug: str) -> PoolMember:
    network, _membership = require_member(request.user, slug)
    request.network = network  # type: ignore[attr-defined]
    row = place_in_pool(request.user, network)
    if row is None:
        raise NotThere
    return row


def _own_crumbs(network: Network, *more: tuple[str, str]) -> list[dict[str, str]]:
    trail = [(network.name, reverse("join:network", args=[network.slug])), *more]
    return [{"label": label, "url": url} if url else {"label": label} for label, url in trail]


@either
def helping(request: HttpRequest, slug: str) -> HttpResponse:
    """Let someone of the pool see and change what they may be asked to do."""
    row = _own(request, slug)
    initial = {"abilities": row.abilities, "availability": row.availability, "at_most": row.at_most}
    form = OwnPoolForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, _row = submit(form, lambda values: change_pool_member(row, by=request.user, **values))
        if done:
            tell(request, _("C’est enregistré."))
            return see("animation:helping", slug)
    context = {
        "network": row.network,
        "form": form,
        "leave_url": reverse("animation:helping_leave", args=[slug]),
        "crumbs": _own_crumbs(row.network, (_("Aider l’animation"), "")),
    }
    return render(request, "animation/helping.html", context, status=422 if form.is_bound else 200)


@either
def helping_leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave the pool by oneself, once asked whether one is sure."""
    row = _own(request, slug)
    if request.method == "POST":
        leave_pool(row, by=request.user)
        tell(request, _("Vous ne faites plus partie de l’équipe d’appui."))
        return see("join:network", slug)
    here = reverse("animation:helping", args=[slug])
    context = {
        "back": here,
        "crumbs": _own_crumbs(row.network, (_("Aider l’animation"), here), (_("Quitter l’équipe"), "")),
    }
    return render(request, "animation/helping_leave.html", context)
