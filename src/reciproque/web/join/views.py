"""Find a network, join it, sign its charter, take part in it as much as one wishes, leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.catalogue.queries import count_open, open_kinds
from reciproque.catalogue.rules import OFFER_PROMPTS, REQUEST_PROMPTS, Kind
from reciproque.exchanges.queries import live_of
from reciproque.gatherings.queries import next_gathering
from reciproque.initiatives.queries.glance import glance_at
from reciproque.initiatives.queries.showcase import has_showcase
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.access import (
    get_invitation,
    get_membership,
    get_network,
    is_animator,
)
from reciproque.networks.actions import (
    change_capacity,
    join_network,
    leave_interest,
    leave_network,
    pause_membership,
    resume_membership,
    sign_charter,
)
from reciproque.networks.queries import (
    animators_of,
    count_members,
    current_charter,
    directory_for,
    needs_signature,
    place_in_pool,
    roles_of,
    signature_of,
    standing,
)
from reciproque.networks.rules import Admission, Mediation, MembershipState, Reciprocity, Role, System
from reciproque.web.http import attempt, see, submit, tell, warn
from reciproque.web.join.forms import CapacityForm, InterestForm, JoinForm, PauseForm, SignForm
from reciproque.web.parts.networks import (
    articles,
    capacity_words,
    choice,
    headcount,
    reciprocity_words,
    ring_words,
    state_words,
    system_words,
)
from reciproque.web.parts.posts import join_words, person_line

if TYPE_CHECKING:
    from reciproque.networks.models import Charter, Membership, Network
    from reciproque.networks.queries import DirectoryEntry, Standing

either = require_http_methods(["GET", "HEAD", "POST"])


def _listed(entry: DirectoryEntry) -> dict[str, Any]:
    network, membership = entry.network, entry.membership
    joined = membership is not None and membership.state in (MembershipState.MEMBER, MembershipState.APPLIED)
    is_member = joined and membership.state == MembershipState.MEMBER
    if joined:
        label = _("Membre") if is_member else _("Demande en attente")
        tone = "good" if is_member else "warn"
    else:
        label = _("Ouvert à vous") if entry.eligible else _("Pas encore ouvert à vous")
        tone = "exchange" if entry.eligible else "neutral"
    return {
        "name": network.name,
        "summary": network.summary,
        "url": reverse("join:network", args=[network.slug]),
        "systems": system_words(network),
        "members": headcount(entry.members, exact=is_member),
        "state": label,
        "tone": tone,
        "joined": joined,
    }


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Show every network of the organisation, one's own first."""
    entries = [_listed(entry) for entry in directory_for(request.user)]
    context = {
        "mine": [entry for entry in entries if entry["joined"]],
        "others": [entry for entry in entries if not entry["joined"]],
    }
    return render(request, "join/directory.html", context)


def _rules(network: Network) -> list[tuple[str, str]]:
    """Return a network's main choices, as somebody who does not know it reads them."""
    rules = [
        (_("Ce que l’on y fait"), capfirst(", ".join(system_words(network)))),
        (_("On y entre"), choice(network.admission, Admission.choices)),
    ]
    if System.EXCHANGES in network.systems:
        rules += [
            (_("Réciprocité"), choice(network.reciprocity, Reciprocity.choices)),
            (_("Mise en relation"), choice(network.mediation, Mediation.choices)),
        ]
    return rules


def _systems(network: Network) -> dict[str, bool]:
    """Say which systems a network runs: its pages speak of these and of no other."""
    return {
        "exchanges": System.EXCHANGES in network.systems,
        "learns": System.LEARNING in network.systems,
        "circles": System.LEARNING not in network.systems or System.CIRCLES in network.systems,
    }


def _refusal(stand: Standing) -> dict[str, Any]:
    """Return why the network is not open to the reader, ring by ring, and when it will be."""
    rings = [{"name": opening.name, "lines": ring_words(opening)} for opening in stand.openings]
    return {"rings": rings, "next": stand.next_opening, "left": stand.interested}


@require_safe
def network(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a network is and where one stands before it."""
    return _front(request, get_network(request.user, slug), InterestForm())


def _front(request: HttpRequest, network: Network, interest_form: InterestForm) -> HttpResponse:
    stand = standing(request.user, network)
    membership = stand.membership
    state = membership.state if membership else ""
    member = state == MembershipState.MEMBER
    animates = is_animator(request.user, network)
    team = animators_of(network)
    in_team = any(person.pk == request.user.pk for person in team)
    roles = [] if member else [grant.role for grant in roles_of(request.user, network)]
    if member or animates:
        # The menu leads inside the network: it is for those who are in.
        request.network = network
    context = {
        "network": network,
        "stand": stand,
        "state": state,
        "member": member,
        "membership": membership,
        "standing": state_words(membership) if membership else None,
        **_systems(network),
        "reciprocity": reciprocity_words(membership)[0] if member else "",
        "by_invitation": network.admission == Admission.INVITATION,
        "by_approval": network.admission == Admission.APPROVAL,
        "refusal": None
        if stand.eligible or (membership and state != MembershipState.LEFT)
        else _refusal(stand),
        "rules": _rules(network),
        "articles": articles(stand.charter.text) if stand.charter else [],
        "members": headcount(count_members(network), exact=bool(member or animates)),
        "open": count_open(network) if member and System.EXCHANGES in network.systems else None,
        "glance": glance_at(network, request.user) if member or animates or roles else None,
        "next_gathering": next_gathering(network) if member or animates else None,
        "showcase": System.LEARNING in network.systems and has_showcase(network),
        "animators": [(person, person_line(person)) for person in team],
        "animates": animates,
        # Who serves the network without being a member is told what they are there, not pressed to join.
        "serves": not member and (animates or bool(roles)),
        "administers": animates and not member and not in_team,
        "runs_title": _("Vous l’animez") if in_team else _("Vous l’administrez"),
        "roles": join_words(choice(role, Role.choices) for role in roles),
        "form": interest_form,
        "crumbs": [{"label": _("Les réseaux"), "url": reverse("join:directory")}, {"label": network.name}],
    }
    return render(request, "join/network.html", context, status=422 if interest_form.errors else 200)


@require_POST
def interest(request: HttpRequest, slug: str) -> HttpResponse:
    """Note that one would like to be told when the network opens."""
    network = get_network(request.user, slug)
    form = InterestForm(request.POST)
    done, _interest = submit(form, lambda data: leave_interest(network, request.user, **data))
    if not done:
        return _front(request, network, form)
    tell(request, _("C’est noté : nous vous écrirons dès que le réseau vous sera ouvert."))
    return see("join:network", slug)


def _join(request: HttpRequest, network: Network, secret: str = "") -> HttpResponse:
    """Read the charter and sign it; the same page with or without an invitation."""
    stand = standing(request.user, network)
    if stand.membership and stand.membership.state in (MembershipState.MEMBER, MembershipState.APPLIED):
        return see("join:network", network.slug)
    waits = network.admission == Admission.APPROVAL and not secret
    form = JoinForm(
        request.POST or None,
        waits=waits,
        chartered=stand.charter is not None,
        initial={"version": stand.charter.version if stand.charter else None},
    )
    if request.method == "POST":
        done, membership = submit(
            form,
            lambda data: join_network(
                network,
                request.user,
                by=request.user,
                invitation=secret,
                application=data.get("application", ""),
                charter_version=data["version"],
            ),
        )
        if done:
            return _welcome_in(request, membership)
    context = {
        "network": network,
        "form": form,
        "waits": waits,
        "stand": stand,
        "closed": network.admission == Admission.INVITATION and not secret,
        "refusal": None if stand.eligible else _refusal(stand),
        "charter": stand.charter,
        "articles": articles(stand.charter.text) if stand.charter else [],
        **_systems(network),
        "crumbs": [
            {"label": network.name, "url": reverse("join:network", args=[network.slug])},
            {"label": _("Rejoindre")},
        ],
    }
    return render(request, "join/join.html", context, status=422 if form.errors else 200)


def _welcome_in(request: HttpRequest, membership: Membership) -> HttpResponse:
    slug = membership.network.slug
    if membership.state == MembershipState.APPLIED:
        tell(request, _("Votre demande est envoyée. L’équipe d’animation vous répond par courriel."))
        return see("join:network", slug)
    tell(request, _("Bienvenue. Vous êtes membre du réseau."))
    return see("join:welcome", slug)


@either
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Join a network, its charter read and signed."""
    return _join(request, get_network(request.user, slug))


@either
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Join by an invitation link; a link that no longer opens says so."""
    invitation = get_invitation(request.user, secret)
    if invitation.withdrawn_at is not None or invitation.expires_at <= clock.now():
        context = {
            "network": invitation.network,
            "animators": [(person, person_line(person)) for person in animators_of(invitation.network)],
        }
        return render(request, "join/closed_link.html", context, status=410)
    return _join(request, invitation.network, secret)


@require_safe
def welcome(request: HttpRequest, slug: str) -> HttpResponse:
    """Guide a newcomer to a first offer and a first request, then to whom was found for them.

    Where no knowledge is exchanged, to what the network does: its themes, its groups, its launch day.
    """
    network = get_network(request.user, slug)
    membership = get_membership(request.user, network)
    if membership is None or membership.state != MembershipState.MEMBER:
        warn(request, _("Ces premiers pas viennent après : il faut d’abord être membre du réseau."))
        return see("join:network", slug)
    if needs_signature(membership):
        warn(request, _("Avant la suite, relisez et signez la charte du réseau."))
        return see("join:charter", slug)
    request.network = network
    if System.EXCHANGES not in network.systems:
        context = {
            "network": network,
            **_systems(network),
            "glance": glance_at(network, request.user),
            "animators": [(person, person_line(person)) for person in animators_of(network)],
        }
        return render(request, "join/welcome_in.html", context)
    kinds = open_kinds(request.user).get(network.pk, set())
    todo = [
        {
            "kind": kind,
            "done": kind in kinds,
            "url": reverse("posts:new", args=[slug, kind]),
            "prompts": prompts[:3],
        }
        for kind, prompts in ((Kind.OFFER.value, OFFER_PROMPTS), (Kind.REQUEST.value, REQUEST_PROMPTS))
    ]
    # The first that is missing, whatever the order in which the others were done.
    current = next((n for n, one in enumerate(todo, 2) if not one["done"]), 4)
    context = {
        "network": network,
        "membership": membership,
        "stages": [
            _("La charte signée"),
            _("Un savoir proposé"),
            _("Un savoir demandé"),
            _("Qui l’on vous propose"),
        ],
        "current": current,
        "todo": todo,
        "ready": len(kinds) == len(Kind.values),
        "reciprocity": reciprocity_words(membership)[0],
        "animators": [(person, person_line(person)) for person in animators_of(network)],
    }
    return render(request, "join/welcome.html", context)


@either
def charter(request: HttpRequest, slug: str) -> HttpResponse:
    """Read the charter in force; a member signs it again when it has changed."""
    network = get_network(request.user, slug)
    charter = current_charter(network)
    if charter is None:
        raise NotThere
    membership = get_membership(request.user, network)
    member = membership is not None and membership.state == MembershipState.MEMBER
    if member:
        request.network = network
    signature = signature_of(membership, charter) if member else None
    form = (
        SignForm(request.POST or None, initial={"version": charter.version})
        if member and not signature
        else None
    )
    if request.method == "POST" and form is not None:
        done, _signature = submit(
            form, lambda data: sign_charter(membership, by=request.user, version=data["version"])
        )
        if done:
            tell(request, _("La charte est signée. Merci."))
            return see("join:charter", slug)
    return _charter_page(request, network, charter, form, signature)


def _charter_page(
    request: HttpRequest, network: Network, charter: Charter, form: SignForm | None, signature: Any
) -> HttpResponse:
    if form is not None and form.errors:
        # Another version may have come out meanwhile: what is on screen is what will be signed.
        form.data = form.data.copy()
        form.data["version"] = charter.version
    context = {
        "network": network,
        "charter": charter,
        "articles": articles(charter.text),
        "signature": signature,
        "form": form,
        **_systems(network),
        "crumbs": [
            {"label": network.name, "url": reverse("join:network", args=[network.slug])},
            {"label": _("La charte")},
        ],
    }
    return render(request, "join/charter.html", context, status=422 if form and form.errors else 200)


def _mine(request: HttpRequest, slug: str) -> Membership:
    network = get_network(request.user, slug)
    membership = get_membership(request.user, network)
    if membership is None or membership.state not in (MembershipState.MEMBER, MembershipState.APPLIED):
        raise NotThere
    if membership.state == MembershipState.MEMBER:
        request.network = network
    return membership


def _membership_page(request: HttpRequest, membership: Membership, **forms: Any) -> HttpResponse:
    network = membership.network
    capacity_form = forms.get("capacity") or CapacityForm(
        initial={"give": membership.give_capacity, "receive": membership.receive_capacity}
    )
    pause_form = forms.get("pause") or PauseForm()
    context = {
        "network": network,
        "membership": membership,
        "applied": membership.state == MembershipState.APPLIED,
        "standing": state_words(membership),
        "reciprocity": reciprocity_words(membership),
        "capacity": capacity_words(membership),
        "paused": membership.paused_until is not None and membership.paused_until > clock.now(),
        "capacity_form": capacity_form,
        "pause_form": pause_form,
        **_systems(network),
        "helping": place_in_pool(membership.person, network),
        "crumbs": [
            {"label": network.name, "url": reverse("join:network", args=[network.slug])},
            {"label": _("Ma participation")},
        ],
    }
    wrong = capacity_form.errors or pause_form.errors
    return render(request, "join/membership.html", context, status=422 if wrong else 200)


@require_safe
def membership(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how one takes part in a network, and let one change it."""
    return _membership_page(request, _mine(request, slug))


@require_POST
def capacity(request: HttpRequest, slug: str) -> HttpResponse:
    """Change how many exchanges one can hold at once."""
    membership = _mine(request, slug)
    form = CapacityForm(request.POST)
    done, _membership = submit(form, lambda data: change_capacity(membership, by=request.user, **data))
    if not done:
        return _membership_page(request, membership, capacity=form)
    tell(request, _("Vos capacités sont enregistrées."))
    return see("join:membership", slug)


@require_POST
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Step aside until a day."""
    membership = _mine(request, slug)
    form = PauseForm(request.POST)
    done, _membership = submit(form, lambda data: pause_membership(membership, by=request.user, **data))
    if not done:
        return _membership_page(request, membership, pause=form)
    tell(request, _("Votre participation est en pause. Vos échéances attendent votre retour."))
    return see("join:membership", slug)


@require_POST
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    """Come back before the day that was set."""
    membership = _mine(request, slug)
    attempt(
        request,
        lambda: resume_membership(membership, by=request.user),
        _("Vous revoilà : on peut de nouveau vous proposer à d’autres."),
    )
    return see("join:membership", slug)


@either
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave a network (or take back one's request to join it), once asked whether one is sure."""
    membership = _mine(request, slug)
    applied = membership.state == MembershipState.APPLIED
    if request.method == "POST":
        done_words = (
            _("Votre demande est retirée.")
            if applied
            else _("Vous avez quitté le réseau. Vous pourrez y revenir quand vous voudrez.")
        )
        attempt(request, lambda: leave_network(membership, by=request.user), done_words)
        return see("join:network", slug)
    context = {
        "network": membership.network,
        **_systems(membership.network),
        "applied": applied,
        "live": live_of(request.user, membership.network),
        "cancel": reverse("join:membership", args=[slug]),
        "crumbs": [
            {"label": membership.network.name, "url": reverse("join:network", args=[slug])},
            {"label": _("Ma participation"), "url": reverse("join:membership", args=[slug])},
            {"label": _("Quitter")},
        ],
    }
    return render(request, "join/leave.html", context)
