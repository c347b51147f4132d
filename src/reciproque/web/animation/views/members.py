"""The members of a network as its animators accompany them, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.agenda.queries import attempts_with, steps_in
from reciproque.catalogue.queries import own_posts
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.queries import reviews_awaited
from reciproque.networks.access import get_accompanied, get_note, require_animator, scope_of
from reciproque.networks.actions import (
    answer_application,
    change_capacity,
    waive_reciprocity,
    write_note,
)
from reciproque.networks.actions import (
    remove_note as erase_note,
)
from reciproque.networks.queries import (
    current_charter,
    member_counts,
    members_page,
    notes_about,
    roles_of,
    signature_of,
)
from reciproque.networks.rules import MembershipState
from reciproque.web.animation.forms.members import AdmitForm, CapacityForm, NoteForm, WaiveForm
from reciproque.web.animation.views import contact, crumbs, either, member_url, members_url
from reciproque.web.animation.views.rows import tried
from reciproque.web.http import page_number, see, submit, tell
from reciproque.web.parts.meetings import listed
from reciproque.web.parts.networks import reciprocity_words, state_words
from reciproque.web.parts.posts import card_of, person_line
from reciproque.web.parts.small import words
from reciproque.web.parts.steps import expectations

if TYPE_CHECKING:
    from reciproque.networks.models import Membership, Network

SIZE = 30
POSTS = 20
STATES = ("", "applied", "inactive", "paused")
# What someone wrote that is still theirs to show: never their drafts.
SHOWN_POSTS = [PostState.PUBLISHED, PostState.PAUSED, PostState.EXPIRED]


@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the members, found by name or unit, and those who need a hand."""
    network = request.network = require_animator(request.user, slug)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    asked, page = request.GET.get("q", "").strip()[:100], page_number(request)
    scope = scope_of(request.user, network)
    rows, total = members_page(network, words=asked, state=state, page=page, size=SIZE, scope=scope)
    context = {
        "network": network,
        "words": asked,
        "state": state,
        "total": total,
        "members": [_row(row) for row in rows],
        "page": Paginator(range(total), SIZE).get_page(page),
        "tabs": _tabs(network, state, scope),
        "here": members_url(network),
        "hidden": {"state": state} if state else {},
        "crumbs": crumbs(network, (_("Membres"), "")),
    }
    return render(request, "animation/members.html", context)


def _row(membership: Membership) -> dict[str, Any]:
    person = membership.person
    label, tone = state_words(membership)
    return {
        "name": person.display_name,
        "initials": person.initials,
        "line": person_line(person),
        "url": member_url(membership.network, person),
        "state": label,
        "tone": tone,
        "since": membership.joined_at or membership.applied_at,
    }


def _tabs(network: Network, current: str, scope: Any) -> list[dict[str, Any]]:
    counts = member_counts(network, scope)
    labels = {
        "": _("Tous"),
        "applied": _("Demandes d’adhésion"),
        "inactive": _("Pas encore actifs"),
        "paused": _("En pause"),
    }
    # Where reciprocity is open nobody is inactive for want of an offer or a request.
    shown = [name for name in STATES if name != "inactive" or network.is_strict]
    return [
        {
            "label": labels[name],
            "url": members_url(network) + (f"?state={name}" if name else ""),
            "current": name == current,
            **({"count": counts[name]} if name else {}),
        }
        for name in shown
    ]


@require_safe
def member(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Show where one member stands and what can be done for them."""
    request.network = require_animator(request.user, slug)
    return _page(request, get_accompanied(request.user, person_id, request.network))


def _page(request: HttpRequest, membership: Membership, status: int = 200, **forms: Any) -> HttpResponse:
    """Render a member's page, with the form that was refused if any."""
    network, person = request.network, membership.person
    is_member = membership.state == MembershipState.MEMBER
    posts, posts_total = own_posts(person, network, SHOWN_POSTS, size=POSTS) if is_member else ([], 0)
    capacities = {"give": membership.give_capacity, "receive": membership.receive_capacity}
    context = {
        "membership": membership,
        "person": person,
        "reach": contact(network, person),
        "line": person_line(person),
        "first_name": person.first_name or person.display_name,
        "is_member": is_member,
        "applied": membership.state == MembershipState.APPLIED,
        "state": state_words(membership),
        "reciprocity": reciprocity_words(membership)[0] if is_member else "",
        "may_waive": is_member
        and network.is_strict
        and membership.waived_at is None
        and not membership.reciprocal,
        "facts": _facts(membership),
        "steps": expectations(steps_in(person, network), request.user, named=True),
        "tried": [tried(one) for one in attempts_with(membership)],
        "reviews": [_review(membership, exchange) for exchange in reviews_awaited(person, network)],
        "cards": [card_of(post, own=True, named=False, within=False) for post in posts],
        "more_posts": posts_total - len(posts),
        "admit_form": AdmitForm(),
        "waive_form": WaiveForm(),
        "capacity_form": CapacityForm(initial=capacities),
        "note_form": NoteForm(),
        "notes": [_note(network, row) for row in notes_about(membership)],
        "declare_url": reverse("animation:declare_for", args=[network.slug]),
        "crumbs": crumbs(network, (_("Membres"), members_url(network)), (person.display_name, "")),
        **forms,
    }
    return render(request, "animation/member.html", context, status=status)


def _note(network: Network, note: Any) -> dict[str, Any]:
    return {
        "words": note.words,
        "by": note.by.display_name,
        "at": note.at,
        "remove_url": reverse("animation:note_remove", args=[network.slug, note.public_id]),
    }


def _facts(membership: Membership) -> list[tuple[str, str]]:
    person, network = membership.person, membership.network
    roles = ", ".join(str(grant.get_role_display()) for grant in roles_of(person, network))
    waiver = ""
    if membership.waived_at and membership.waived_by:
        waiver = _("Levée le %(day)s par %(name)s : %(reason)s") % {
            "day": words(membership.waived_at, "full"),
            "name": membership.waived_by.display_name,
            "reason": membership.waiver_reason,
        }
    grace = membership.grace_until if network.is_strict and not membership.reciprocal else None
    rows = [
        (_("Membre depuis"), words(membership.joined_at, "full") if membership.joined_at else ""),
        (_("A quitté le réseau"), words(membership.left_at, "full") if membership.left_at else ""),
        (_("En pause jusqu’au"), words(membership.paused_until, "full") if membership.paused_until else ""),
        (_("Charte"), _charter(membership)),
        (_("Fin du délai de démarrage"), words(grace, "full") if grace else ""),
        (_("Condition de réciprocité"), waiver),
        (_("Rôles"), capfirst(roles)),
        (_("Service"), person.unit.path if person.unit else ""),
        (_("Site"), person.site.name if person.site else ""),
    ]
    return [(term, value) for term, value in rows if value]


def _charter(membership: Membership) -> str:
    charter = current_charter(membership.network)
    if charter is None:
        return ""
    signature = signature_of(membership, charter)
    if signature is None:
        return _("Version %(version)s, pas encore signée") % {"version": charter.version}
    said = {"version": charter.version, "day": words(signature.signed_at, "full")}
    if signature.on_behalf_by:
        said["name"] = signature.on_behalf_by.display_name
        return _("Version %(version)s, notée comme signée le %(day)s par %(name)s") % said
    return _("Version %(version)s, signée le %(day)s") % said


def _review(membership: Membership, exchange: Any) -> dict[str, Any]:
    """An exchange this person has still to review: what it was about, with whom, until when; never a word of it."""
    people = [
        part.person.display_name for part in exchange.people.all() if part.person_id != membership.person_id
    ]
    args = [membership.network.slug, exchange.public_id, membership.person.public_id]
    return {
        "title": exchange.title,
        "names": listed(people),
        "due_at": exchange.review_due_at,
        "url": reverse("animation:review_for", args=args),
    }


def _found(request: HttpRequest, slug: str, person_id: str) -> Membership:
    request.network = require_animator(request.user, slug)
    return get_accompanied(request.user, person_id, request.network)


@require_POST
def admit(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Say yes or no to someone who asked to join."""
    membership = _found(request, slug, person_id)
    here = member_url(request.network, membership.person)
    if membership.state != MembershipState.APPLIED:
        tell(request, _("Cette demande a déjà sa réponse."))
        return see(here)
    form = AdmitForm(request.POST)
    done, _membership = submit(
        form,
        lambda values: answer_application(
            membership, by=request.user, accept=values["answer"] == "yes", reason=values["reason"]
        ),
    )
    if not done:
        return _page(request, membership, 422, admit_form=form)
    accepted = form.cleaned_data["answer"] == "yes"
    said = (
        _("C’est oui : la réponse est partie à %(name)s.")
        if accepted
        else _("C’est non : votre raison est partie à %(name)s.")
    )
    tell(request, said % {"name": membership.person.display_name})
    return see(here if accepted else members_url(request.network) + "?state=applied")


@require_POST
def waive(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Let a member ask without an offer and a request of their own, for a recorded reason."""
    membership = _found(request, slug, person_id)
    here = member_url(request.network, membership.person)
    waivable = membership.state == MembershipState.MEMBER and request.network.is_strict
    if membership.waived_at is not None or not waivable:
        return see(here)
    form = WaiveForm(request.POST)
    done, _membership = submit(
        form, lambda values: waive_reciprocity(membership, by=request.user, reason=values["reason"])
    )
    if not done:
        return _page(request, membership, 422, waive_form=form)
    tell(request, _("La condition est levée pour %(name)s.") % {"name": membership.person.display_name})
    return see(here)


@require_POST
def capacity(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Set how many exchanges a member can hold at once, as they said."""
    membership = _found(request, slug, person_id)
    here = member_url(request.network, membership.person)
    before = {"give": membership.give_capacity, "receive": membership.receive_capacity}
    form = CapacityForm(request.POST)
    if membership.state != MembershipState.MEMBER or (form.is_valid() and form.cleaned_data == before):
        return see(here)
    done, _membership = submit(form, lambda values: change_capacity(membership, by=request.user, **values))
    if not done:
        return _page(request, membership, 422, capacity_form=form)
    tell(request, _("La capacité est enregistrée pour %(name)s.") % {"name": membership.person.display_name})
    return see(here)


@require_POST
def note(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Leave a note about accompanying a member."""
    membership = _found(request, slug, person_id)
    form = NoteForm(request.POST)
    done, _row = submit(form, lambda values: write_note(membership, by=request.user, **values))
    if not done:
        return _page(request, membership, 422, note_form=form)
    tell(request, _("La note est gardée."))
    return see(member_url(request.network, membership.person) + "#notes")


@either
def remove_note(request: HttpRequest, slug: str, note_id: str) -> HttpResponse:
    """Erase a note, once asked whether one is sure."""
    network = request.network = require_animator(request.user, slug)
    row = get_note(request.user, note_id, network)
    here = member_url(network, row.membership.person) + "#notes"
    if request.method == "POST":
        erase_note(row, by=request.user)
        tell(request, _("La note est effacée."))
        return see(here)
    context = {"note": row, "back": here, "crumbs": crumbs(network, (_("Effacer une note"), ""))}
    return render(request, "animation/note_remove.html", context)
