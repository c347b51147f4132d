"""One savoir of someone: what shows it, who confirms it, and, for its holder, who sees it and whom to ask."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from reciproque.networks.queries import networks_of
from reciproque.recognition.access import get_skill
from reciproque.recognition.actions import ask_confirmation, choose_audience
from reciproque.recognition.queries import contests_about, skill_page, who_may_confirm
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.posts import person_line
from reciproque.web.parts.recognition import (
    contest_lines,
    evidence_lines,
    learned_from,
    said_by,
    stand_views,
    topic_words,
)
from reciproque.web.recognition.forms import AskForm, AudienceForm
from reciproque.web.recognition.views import crumbs, either, skill_url, status_of


@either
def skill(request: HttpRequest, skill_id: str) -> HttpResponse:
    """Show what this reader may see of a savoir; its holder chooses here who sees it."""
    row = get_skill(request.user, skill_id)
    own = row.person_id == request.user.pk
    posted = request.method == "POST"
    if posted and not own:
        return see(skill_url(row))
    form = AudienceForm(
        request.POST if posted else None, one=True, initial={"audience": row.audience or "all"}
    )
    if posted:
        done, _skill = submit(
            form,
            lambda _data: choose_audience(request.user, form.chosen(), by=request.user, skill=row),
        )
        if done:
            tell(request, _("C’est noté."))
            return see(skill_url(row))
    seen = skill_page(row, request.user)
    witnesses = who_may_confirm(row) if own and row.put_away_at is None else []
    context = {
        "skill": row,
        "topic": topic_words(row.topic),
        "own": own,
        "away": row.put_away_at is not None,
        "lines": evidence_lines(seen.evidence),
        "stands": stand_views(seen.standings, own=own),
        "said": [said_by(confirmation) for confirmation in seen.confirmed_by],
        "contests": contest_lines(contests_about(row, request.user)),
        # Once everybody was asked there is nothing left to ask.
        "asks": any(not one.confirmed and one.asked_at is None for one in witnesses),
        "asked": sum(one.asked_at is not None and not one.confirmed for one in witnesses),
        "form": form if own else None,
        **({"crumbs": crumbs(row.topic.label)} if own else _around(request, row, seen)),
    }
    return render(request, "recognition/skill.html", context, status=status_of(form))


def _around(request: HttpRequest, row: Any, seen: Any) -> dict[str, Any]:
    """Whose savoir it is, and the way back to them, in a network that both are of when there is one."""
    person = row.person
    mine = {network.pk: network for network in networks_of(request.user)}
    network = next((mine[piece.network.pk] for piece in seen.evidence if piece.network.pk in mine), None)
    if network is not None:
        request.network = network
    url = reverse("people:person", args=[network.slug, person.public_id]) if network else ""
    topic_url = reverse("find:topic", args=[network.slug, row.topic.public_id]) if network else ""
    back = [{"label": person.display_name, "url": url}] if url else [{"label": person.display_name}]
    return {
        "holder": person,
        "holder_line": person_line(person),
        "holder_url": url,
        "topic_url": topic_url,
        "crumbs": [*back, {"label": row.topic.label}],
    }


@either
def ask(request: HttpRequest, skill_id: str) -> HttpResponse:
    """Choose whom to ask, among those who learned it from the reader."""
    row = get_skill(request.user, skill_id)
    if row.person_id != request.user.pk or row.put_away_at is not None:
        return redirect(skill_url(row))
    witnesses = who_may_confirm(row)
    # Somebody met in two networks is asked once.
    ready = {one.person.pk: one for one in reversed(witnesses) if not one.confirmed and one.asked_at is None}
    open_ones = list(ready.values())[::-1]
    people = [(one.person.public_id, f"{one.person.display_name} : {learned_from(one)}") for one in open_ones]
    form = AskForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST":
        by_id = {one.person.public_id: one.person for one in open_ones}
        done, _steps = submit(
            form,
            lambda values: ask_confirmation(
                row, by=request.user, people=[by_id[public_id] for public_id in values["people"]]
            ),
        )
        if done:
            tell(request, _("C’est demandé. Chaque personne répond si elle le souhaite."))
            return see(skill_url(row))
    context = {
        "skill": row,
        "topic": topic_words(row.topic),
        "form": form,
        "anyone": bool(open_ones),
        "asked": [one for one in witnesses if one.asked_at is not None and not one.confirmed],
        "confirmed": [one for one in witnesses if one.confirmed],
        "back": skill_url(row),
        "crumbs": crumbs((row.topic.label, skill_url(row)), _("Demander une confirmation")),
    }
    return render(request, "recognition/ask.html", context, status=status_of(form))
