"""By what means a network speaks: its e-mail, and the chat rooms that are told its life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reciproque.kit.errors import NotThere
from reciproque.networks.access import require_settler
from reciproque.notices.access import get_hook
from reciproque.notices.actions import add_hook, change_hook, remove_hook, try_hook
from reciproque.notices.queries import hook_examples, hooks_of, mail_state
from reciproque.notices.rules import HookKind, HookTopic
from reciproque.web.http import attempt, refuse, see, submit, tell
from reciproque.web.parts.networks import choice
from reciproque.web.settings.forms.channels import HookChangeForm, HookForm
from reciproque.web.settings.views import crumbs

if TYPE_CHECKING:
    from reciproque.networks.models import Network
    from reciproque.notices.models import Hook

either = require_http_methods(["GET", "HEAD", "POST"])


def _row(hook: Hook) -> dict[str, Any]:
    return {
        "id": hook.public_id,
        "name": hook.name or hook.host,
        "kind": choice(hook.kind, HookKind.choices),
        # The host alone: the rest of the address is the key of the room.
        "host": hook.host,
        "topics": [capfirst(choice(value, HookTopic.choices)) for value in hook.topics],
        "active": hook.is_active,
        "last_at": hook.last_at,
        "error": hook.last_error,
    }


@either
def channels(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how the network speaks, and add a room."""
    network = request.network = require_settler(request.user, slug)
    initial = {"kind": HookKind.TEAMS, "topics": HookTopic.values, "language": network.language}
    form = HookForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, hook = submit(form, lambda data: add_hook(network, by=request.user, **data))
        if done:
            tell(request, _("Le salon est ajouté. Envoyez-lui un message d’essai pour vérifier."))
            return see("settings:channel", slug, hook.public_id)
    state = mail_state()
    context = {
        "network": network,
        "crumbs": crumbs(network, _("Courriels et salons")),
        "form": form,
        "hooks": [_row(hook) for hook in hooks_of(network)],
        "sender": settings.DEFAULT_FROM_EMAIL,
        "most": settings.MESSAGES_A_WEEK,
        "down_since": state.down_since,
        "waiting": state.waiting,
        "undelivered_url": reverse("animation:undelivered", args=[slug]),
        "examples": [
            (choice(kind, HookKind.choices), hook_examples(network, kind)) for kind in HookKind.values
        ],
    }
    return render(request, "settings/channels.html", context, status=422 if form.errors else 200)


def _hook(request: HttpRequest, network: Network, hook_id: str) -> Hook:
    hook = get_hook(request.user, hook_id)
    if hook.network_id != network.pk:
        raise NotThere
    return hook


@either
def channel(request: HttpRequest, slug: str, hook_id: str) -> HttpResponse:
    """Show one room and change what it is told."""
    network = request.network = require_settler(request.user, slug)
    hook = _hook(request, network, hook_id)
    initial = {"name": hook.name, "topics": hook.topics, "is_active": hook.is_active}
    form = HookChangeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, _changed = submit(form, lambda data: change_hook(hook, by=request.user, **data))
        if done:
            tell(request, _("C’est enregistré."))
            return see("settings:channel", slug, hook_id)
    context = {
        "network": network,
        "crumbs": _trail(network, hook.name or hook.host),
        "hook": _row(hook),
        "form": form,
    }
    return render(request, "settings/channel.html", context, status=422 if form.errors else 200)


def _trail(network: Network, label: str) -> list[dict[str, str]]:
    up = {"label": _("Courriels et salons"), "url": reverse("settings:channels", args=[network.slug])}
    rows = crumbs(network, label)
    return [*rows[:-1], up, rows[-1]]


@require_POST
def try_channel(request: HttpRequest, slug: str, hook_id: str) -> HttpResponse:
    """Send a room a message to try it."""
    network = request.network = require_settler(request.user, slug)
    hook = _hook(request, network, hook_id)
    done, problem = attempt(request, lambda: try_hook(hook, by=request.user))
    if done and problem:
        refuse(request, ValidationError(problem))
    elif done:
        tell(request, _("Le message d’essai est arrivé dans le salon."))
    return see("settings:channel", slug, hook_id)


@either
def remove_channel(request: HttpRequest, slug: str, hook_id: str) -> HttpResponse:
    """Stop speaking to a room, once asked whether one is sure."""
    network = request.network = require_settler(request.user, slug)
    hook = _hook(request, network, hook_id)
    if request.method == "POST":
        attempt(request, lambda: remove_hook(hook, by=request.user), _("Ce salon ne recevra plus rien."))
        return see("settings:channels", slug)
    context = {
        "network": network,
        "crumbs": _trail(network, _("Retirer un salon")),
        "hook": _row(hook),
        "cancel": reverse("settings:channel", args=[slug, hook_id]),
    }
    return render(request, "settings/channel_remove.html", context)
