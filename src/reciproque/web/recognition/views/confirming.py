"""Say that one learned something from someone; take it back; see what one said."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.exchanges.access import get_exchange
from reciproque.exchanges.actions import confirm_exchange
from reciproque.kit.errors import NotThere
from reciproque.recognition.access import get_confirmable, get_confirmation
from reciproque.recognition.actions import confirm_skill, decline_confirmation, withdraw_confirmation
from reciproque.recognition.queries import given_by, may_confirm, to_say
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.posts import person_line
from reciproque.web.parts.recognition import confirmable_views, learned_words, topic_words
from reciproque.web.recognition.forms import ConfirmForm
from reciproque.web.recognition.views import crumbs, either, status_of


@require_safe
def to_confirm(request: HttpRequest) -> HttpResponse:
    """Show what the reader learned and may confirm, those who ask first, and what they already said."""
    rows, imported = to_say(request.user)
    views = confirmable_views(rows)
    context = {
        "asked": [view for view in views if view["asked"]],
        "others": [view for view in views if not view["asked"]],
        "imported": imported,
        "given": given_by(request.user),
        "crumbs": crumbs(_("Confirmer")),
    }
    return render(request, "recognition/to_confirm.html", context)


@require_POST
def recognise(request: HttpRequest, exchange_id: str) -> HttpResponse:
    """Say that an exchange that an import brought took place: one may then confirm what one learned in it."""
    exchange = get_exchange(request.user, exchange_id)
    if not exchange.is_imported:
        raise NotThere
    attempt(
        request,
        lambda: confirm_exchange(exchange, by=request.user),
        _("C’est noté. Vous pouvez maintenant confirmer ce que vous y avez appris."),
    )
    return see("recognition:to_confirm")


@either
def confirm(request: HttpRequest, skill_id: str) -> HttpResponse:
    """Say what one learned from someone, in a few words if one wishes."""
    skill = get_confirmable(request.user, skill_id)
    rows = [row for row in may_confirm(request.user) if row.skill.pk == skill.pk]
    sources = [(f"{row.source_kind}:{row.source_id}", learned_words(row)) for row in rows]
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        sources=sources,
        initial={"source": sources[0][0] if sources else ""},
    )
    if request.method == "POST":
        done, _confirmation = submit(
            form, lambda values: confirm_skill(skill.person, skill.topic, by=request.user, **values)
        )
        if done:
            names = {"name": skill.person.display_name, "topic": skill.topic.label}
            tell(request, _("Merci. %(name)s lit ce que vous dites de « %(topic)s ».") % names)
            return see("recognition:to_confirm")
    context: dict[str, Any] = {
        "skill": skill,
        "topic": topic_words(skill.topic),
        "holder_line": person_line(skill.person),
        "already": not rows,
        "asked": any(row.asked for row in rows),
        "form": form,
        "crumbs": crumbs(_("Confirmer")),
    }
    return render(request, "recognition/confirm.html", context, status=status_of(form))


@require_POST
def decline(request: HttpRequest, skill_id: str) -> HttpResponse:
    """Rather not say: nobody is told, nothing changes."""
    skill = get_confirmable(request.user, skill_id)
    attempt(
        request,
        lambda: decline_confirmation(skill, by=request.user),
        _("C’est noté. Personne n’en est averti et rien ne change."),
    )
    return see("recognition:to_confirm")


@either
def withdraw(request: HttpRequest, confirmation_id: str) -> HttpResponse:
    """Take back what one said, after asking whether one is sure."""
    row = get_confirmation(request.user, confirmation_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: withdraw_confirmation(row, by=request.user),
            _("Votre confirmation est retirée, et vos mots avec elle."),
        )
        return see("recognition:to_confirm")
    context = {
        "confirmation": row,
        "topic": topic_words(row.skill.topic),
        "crumbs": crumbs(_("Retirer")),
    }
    return render(request, "recognition/withdraw.html", context)
