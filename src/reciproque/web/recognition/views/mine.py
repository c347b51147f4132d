"""One's own savoirs: what was seen, who sees it, what is put away, and the right to have nothing kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.recognition.access import get_skill
from reciproque.recognition.actions import (
    bring_back,
    choose_audience,
    keep_again,
    put_away,
    stop_keeping,
)
from reciproque.recognition.queries import history_of_skills, may_confirm, my_skills, standing_of
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.recognition import skill_cards
from reciproque.web.recognition.forms import AudienceForm
from reciproque.web.recognition.views import crumbs, either, skill_url, status_of

HISTORY_SHOWN = 200
# what happened to a savoir → its icon and colour in the history
_MARKS = {
    "seen": ("eye", ""),
    "confirmed": ("message-circle", "exchange"),
    "withdrawn": ("x", ""),
    "certified": ("badge-check", "good"),
    "ended": ("hourglass", "warn"),
    "contested": ("flag", "warn"),
    "upheld": ("x", "warn"),
    "rejected": ("check", "good"),
}


@either
def mine(request: HttpRequest) -> HttpResponse:
    """Show the reader's savoirs to them first; choose who else sees them."""
    standing = standing_of(request.user)
    form = AudienceForm(
        request.POST if request.method == "POST" else None, initial={"audience": standing.audience}
    )
    if request.method == "POST":
        done, _standing = submit(
            form, lambda _data: choose_audience(request.user, form.chosen(), by=request.user)
        )
        if done:
            tell(
                request,
                _("C’est noté. Les savoirs pour lesquels vous avez choisi autre chose ne changent pas."),
            )
            return see("recognition:mine")
    waiting = [row for row in may_confirm(request.user) if row.asked]
    context = {
        "kept": standing.kept,
        "cards": skill_cards(my_skills(request.user)),
        "away": skill_cards(my_skills(request.user, put_away=True)),
        "waiting": len(waiting),
        "form": form,
        "crumbs": [*crumbs()[:1], {"label": _("Mes savoirs")}],
    }
    return render(request, "recognition/mine.html", context, status=status_of(form))


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Show what was seen of the reader's savoirs, and when."""
    rows = history_of_skills(request.user)
    context = {
        "items": [_moment(row) for row in rows[:HISTORY_SHOWN]],
        "more": len(rows) > HISTORY_SHOWN,
        "kept": standing_of(request.user).kept,
        "crumbs": crumbs(_("Au fil du temps")),
    }
    return render(request, "recognition/history.html", context)


def _moment(row: Any) -> dict[str, Any]:
    names = {"topic": row.skill.topic.name, "network": row.network.name if row.network else ""}
    said = {
        "seen": _("« %(topic)s » a été vu"),
        "confirmed": _("« %(topic)s » a été confirmé dans « %(network)s »"),
        "withdrawn": _("Une confirmation de « %(topic)s » a été retirée dans « %(network)s »"),
        "certified": _("« %(topic)s » est certifié par la communauté « %(network)s »"),
        "ended": _("La certification de « %(topic)s » par « %(network)s » a pris fin"),
        "contested": _("La certification de « %(topic)s » a été contestée dans « %(network)s »"),
        "upheld": _("Une contestation de « %(topic)s » a été retenue dans « %(network)s »"),
        "rejected": _("Une contestation de « %(topic)s » n’a pas été retenue dans « %(network)s »"),
    }[row.kind] % names
    icon, tone = _MARKS[row.kind]
    return {"at": row.at, "text": said, "detail": row.words, "icon": icon, "tone": tone}


@require_POST
def hide(request: HttpRequest, skill_id: str) -> HttpResponse:
    """Put a savoir away: nobody sees it any more."""
    skill = get_skill(request.user, skill_id)
    attempt(
        request,
        lambda: put_away(skill, by=request.user),
        _("« %(topic)s » est rangé : plus personne ne le voit.") % {"topic": skill.topic.name},
    )
    return see("recognition:mine")


@require_POST
def show_again(request: HttpRequest, skill_id: str) -> HttpResponse:
    """Take out a savoir that was put away."""
    skill = get_skill(request.user, skill_id)
    done, _skill = attempt(request, lambda: bring_back(skill, by=request.user), _("Il est de nouveau là."))
    return see(skill_url(skill)) if done else see("recognition:mine")


@either
def stop(request: HttpRequest) -> HttpResponse:
    """Erase everything and keep nothing any more, after asking whether one is sure."""
    if not standing_of(request.user).kept:
        return redirect("recognition:mine")
    if request.method == "POST":
        attempt(
            request,
            lambda: stop_keeping(by=request.user),
            _("Tout est effacé, et plus rien ne sera gardé de vos savoirs."),
        )
        return see("recognition:mine")
    context = {"number": len(my_skills(request.user)), "crumbs": crumbs(_("Ne plus rien garder"))}
    return render(request, "recognition/stop.html", context)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Let one's savoirs be seen again from now on."""
    attempt(
        request,
        lambda: keep_again(by=request.user),
        _(
            "C’est noté. Ce que vos échanges et vos fiches montrent est retrouvé. Voyez ci-contre qui le voit."
        ),
    )
    return see("recognition:mine")
