"""Type what is said, several at once; correct a line; keep it all when the network is bad."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.gatherings.access import get_entry, get_run
from reciproque.gatherings.actions import correct_entry, type_entry, withdraw_entry
from reciproque.gatherings.queries import (
    board,
    headcounts,
    label_in,
    labels_for,
    labels_of,
    members_meant,
    version_of,
)
from reciproque.gatherings.rules import SOMEONE_ELSE, EntryState
from reciproque.kit.tokens import new_id
from reciproque.web.gatherings.forms import CorrectForm, EntryForm
from reciproque.web.gatherings.views import either, inside, url_of
from reciproque.web.http import attempt, nothing_new, put_errors, see, submit, tagged, tell
from reciproque.web.parts.posts import person_line

SHOWN = 120
FEWEST_LETTERS = 2


@either
def typing(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Type savoirs one after the other; the list below is everybody's."""
    gathering = get_run(request.user, gathering_id)
    request.network = gathering.network
    posted = request.method == "POST"
    form = EntryForm(request.POST if posted else None, initial=_blank(request))
    if posted:
        done, entry = submit(form, lambda values: type_entry(gathering, by=request.user, **values))
        if done:
            tell(request, _("C’est noté : « %(words)s ».") % {"words": entry.words})
            return see(_again(url_of("typing", gathering), entry))
    context = {
        "gathering": gathering,
        "form": form,
        "choices": _choices(gathering, form),
        "crumbs": inside(gathering, _("Saisir")),
        **_typed(request, gathering),
    }
    return render(request, "gatherings/typing.html", context, status=422 if posted else 200)


def _choices(gathering: Any, form: EntryForm) -> list[dict[str, str]]:
    """Return whom the name just refused may mean, and somebody else; nothing when it was not for that."""
    if not form.is_bound or not form.has_error("who", "which"):
        return []
    people = [row.person for row in members_meant(gathering, form.data.get("who", ""))]
    labels = labels_of(people)
    return [
        *(
            {"value": person.public_id, "label": labels[person.pk], "line": person_line(person)}
            for person in people
        ),
        {"value": SOMEONE_ELSE, "label": _("Quelqu’un d’autre"), "line": ""},
    ]


def _blank(request: HttpRequest) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    return {
        "key": new_id(),
        "who": request.GET.get("who", "")[:120],
        "kind": kind if kind in ("offer", "request") else "offer",
    }


def _again(address: str, entry: Any) -> str:
    """Return to the blank form with the same person: one often says several savoirs."""
    person = entry.participant.person
    who = label_in(entry.gathering.network, person) if person else entry.participant.name
    return f"{address}?{urlencode({'who': who, 'kind': entry.kind})}"


def _typed(request: HttpRequest, gathering: Any) -> dict[str, Any]:
    shown = board(gathering, named=True)
    lines = sorted([*shown.offers, *shown.requests], key=lambda line: -line.entry.pk)
    return {
        "lines": lines[:SHOWN],
        "total": len(lines),
        "pairs": shown.pairs,
        "tag": _tag(request, shown.version),
        "counts": headcounts(gathering),
    }


def _tag(request: HttpRequest, version: int) -> str:
    return f"{version}-{(get_language() or 'fr')[:2]}"


@require_safe
def typed(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Return the list of what is typed, or 304 while nothing has changed."""
    gathering = get_run(request.user, gathering_id)
    same = nothing_new(request, _tag(request, version_of(gathering)))
    if same is not None:
        return same
    context = {"gathering": gathering, **_typed(request, gathering)}
    return tagged(render(request, "gatherings/typed.html", context), context["tag"])


@require_POST
def entries(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Keep one savoir sent by the page's own program, once however often it is sent."""
    gathering = get_run(request.user, gathering_id)
    form = EntryForm(request.POST)
    done, entry = submit(form, lambda values: type_entry(gathering, by=request.user, **values))
    if not done:
        said = [str(one) for errors in form.errors.values() for one in errors]
        return JsonResponse({"errors": said, "choices": _choices(gathering, form)}, status=422)
    return JsonResponse({"id": entry.public_id, "key": entry.key})


@require_safe
def names(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Return the members whose name begins like this, to complete it."""
    gathering = get_run(request.user, gathering_id)
    words = request.GET.get("q", "")[:80]
    found = labels_for(gathering.network, words) if len(words.strip()) >= FEWEST_LETTERS else []
    return JsonResponse({"names": found})


@either
def entry(request: HttpRequest, gathering_id: str, entry_id: str) -> HttpResponse:
    """Correct a line, or take it off the board."""
    gathering = get_run(request.user, gathering_id)
    request.network = gathering.network
    row = get_entry(gathering, entry_id)
    if request.method == "POST" and request.POST.get("act") == "withdraw":
        attempt(request, lambda: withdraw_entry(row, by=request.user), _("La ligne est retirée du tableau."))
        return see("gatherings:typing", gathering_id)
    initial = {
        "who": row.participant.display_name,
        "kind": row.kind,
        "words": row.words,
        "version": row.version,
    }
    form = CorrectForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and _corrected(form, row, request):
        tell(request, _("C’est corrigé."))
        return see("gatherings:typing", gathering_id)
    context = {
        "gathering": gathering,
        "entry": row,
        "form": form,
        "choices": _choices(gathering, form),
        "published": row.state == EntryState.PUBLISHED,
        "withdrawn": row.state == EntryState.WITHDRAWN,
        "post_url": reverse("posts:post", args=[row.post.public_id]) if row.post else "",
        "back": url_of("typing", gathering),
        "crumbs": inside(gathering, _("Corriger une ligne")),
    }
    return render(request, "gatherings/entry.html", context, status=422 if form.is_bound else 200)


def _corrected(form: CorrectForm, row: Any, request: HttpRequest) -> bool:
    """Correct the line; refused because somebody else just did, the form takes up their wording's number."""
    if not form.is_valid():
        return False
    values = {name: form.cleaned_data[name] for name in ("who", "which", "kind", "words", "version")}
    try:
        correct_entry(row, by=request.user, **values)
    except ValidationError as error:
        put_errors(form, error)
        if getattr(error, "code", "") == "changed" and row.state == EntryState.NOTED:
            form.data = form.data.copy()
            form.data["version"] = str(row.version)
        return False
    return True
