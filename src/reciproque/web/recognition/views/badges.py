"""Badges as anybody meets them: the page of one, the page that checks one, and what other programs fetch.

Public on purpose: whoever holds the file or its address was given it by its holder. Nothing lists badges.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.kit.errors import NotThere
from reciproque.people.access import can_administer
from reciproque.recognition.access import get_signer
from reciproque.recognition.actions import break_key, rotate_key, take_name_off
from reciproque.recognition.queries import (
    KeyMissing,
    badge_page,
    badge_png,
    badge_svg,
    endorser_keys,
    envelope,
    find_key,
    get_badge,
    holds,
    issuer_keys,
    issuer_profile,
    jwks,
    keys_page,
    names_taken_off,
    old_assertion,
    old_class,
    public_key,
    signers_gone,
    status_list,
    verify,
)
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.posts import person_line
from reciproque.web.recognition.forms.badges import NameOffForm, VerifyForm
from reciproque.web.recognition.views import either, status_of

# What other programs fetch again and again.
A_WHILE = "public, max-age=300"


def _frame(request: HttpRequest) -> str:
    return "base.html" if request.user.is_authenticated else "base_plain.html"


def _private(answer: HttpResponse) -> HttpResponse:
    # Given to whom its holder chose: no search engine is among them.
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _open(answer: HttpResponse) -> HttpResponse:
    """Let programs of other sites read what is made to be read by them."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = A_WHILE
    return answer


def _json(document: dict[str, Any], kind: str = "application/ld+json", status: int = 200) -> HttpResponse:
    return _open(
        JsonResponse(
            document, content_type=kind, status=status, json_dumps_params={"ensure_ascii": False, "indent": 1}
        )
    )


def _file(content: bytes | str, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return _private(answer)


@require_safe
def badge(request: HttpRequest, badge_id: str) -> HttpResponse:
    """Show a badge to whoever was given its address, and whether it holds."""
    page = badge_page(badge_id)
    context = {
        "frame": _frame(request),
        "badge": page.badge,
        "found": page.found,
        "downloads": holds(page.badge),
        "own": page.badge.person_id == request.user.pk,
    }
    status = 200 if page.badge.credential else 410
    return _private(render(request, "recognition/badge.html", context, status=status))


@either
def check(request: HttpRequest) -> HttpResponse:
    """Check a badge given as a file or as text; nothing of it is kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    found, status = None, 200
    if request.method == "POST":
        if form.is_valid():
            found = verify(form.given(), email=form.cleaned_data["email"])
            # Asked again for the next one: what was given is not sent back.
            form = VerifyForm()
        else:
            status = 422
    context = {"frame": _frame(request), "form": form, "found": found}
    return _private(render(request, "recognition/verify.html", context, status=status))


@require_safe
def badge_json(request: HttpRequest, badge_id: str) -> HttpResponse:
    """Give a badge to readers of Open Badges 2.0, at the address that its pictures name."""
    document, good = old_assertion(get_badge(badge_id))
    return _private(_json(document, status=200 if good else 410))


def _downloadable(badge_id: str) -> Any:
    found = get_badge(badge_id)
    if not holds(found):
        raise NotThere
    return found


@require_safe
def badge_jwt(request: HttpRequest, badge_id: str) -> HttpResponse:
    """Give the signed credential itself."""
    return _file(_downloadable(badge_id).credential, "application/vc+jwt", f"badge-{badge_id}.jwt")


@require_safe
def badge_europass(request: HttpRequest, badge_id: str) -> HttpResponse:
    """Give the signed credential as a JSON document, for wallets and Europass."""
    answer = _json(envelope(_downloadable(badge_id)), "application/vc")
    answer.headers["Content-Disposition"] = f'attachment; filename="badge-{badge_id}.jsonld"'
    return _private(answer)


@require_safe
def badge_image(request: HttpRequest, badge_id: str, kind: str) -> HttpResponse:
    """Give the picture of a badge, with the badge in it."""
    found = _downloadable(badge_id)
    if kind == "svg":
        return _file(badge_svg(found), "image/svg+xml", f"badge-{badge_id}.svg")
    return _file(badge_png(found), "image/png", f"badge-{badge_id}.png")


# -- what verifiers fetch -----------------------------------------------------------------------------------


@require_safe
def keys_published(request: HttpRequest) -> HttpResponse:
    """Publish the keys whose signatures hold."""
    return _json(jwks(), "application/jwk-set+json")


@require_safe
def key(request: HttpRequest, kid: str) -> HttpResponse:
    """Publish one key whose signatures hold."""
    return _json(public_key(kid), "application/jwk+json")


@require_safe
def issuer(request: HttpRequest, network_id: str) -> HttpResponse:
    """Tell which community issues badges."""
    return _json(issuer_profile(network_id))


@require_safe
def issuer_did(request: HttpRequest, network_id: str) -> HttpResponse:
    """Tell with which keys a community signs."""
    return _json(issuer_keys(network_id), "application/did+json")


@require_safe
def endorser_did(request: HttpRequest, confirmation_id: str) -> HttpResponse:
    """Tell with which keys somebody who confirms signs, as long as they confirm."""
    return _private(_json(endorser_keys(confirmation_id), "application/did+json"))


@require_safe
def certified(request: HttpRequest, badge_id: str) -> HttpResponse:
    """Tell readers of Open Badges 2.0 what a badge certifies: not whom."""
    return _private(_json(old_class(get_badge(badge_id))))


@require_safe
def status(request: HttpRequest, network_id: str, list_number: int) -> HttpResponse:
    """Tell which badges are revoked, signed."""
    try:
        token = status_list(network_id, list_number)
    except KeyMissing:
        answer = HttpResponse(status=503)
        answer.headers["Retry-After"] = "3600"
        return answer
    return _open(HttpResponse(token, content_type="application/vc+jwt"))


# -- the keys, for those who run the installation -----------------------------------------------------------


def _require_administrator(request: HttpRequest) -> None:
    if not can_administer(request.user):
        raise NotThere


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Show the keys that sign badges to those who run the installation."""
    _require_administrator(request)
    return render(request, "recognition/keys.html", {"keys": keys_page(), "crumbs": [{"label": _("Clés")}]})


@require_POST
def rotate(request: HttpRequest) -> HttpResponse:
    """Sign with a new key from now on."""
    _require_administrator(request)
    attempt(request, lambda: rotate_key(by=request.user), _("Une nouvelle clé signe désormais les badges."))
    return see("recognition:keys")


@either
def broken(request: HttpRequest, kid: str) -> HttpResponse:
    """Declare that others know a key, once told what it costs."""
    if not can_administer(request.user):
        raise PermissionDenied
    found = find_key(kid)
    if found is None or found.broken_at is not None:
        raise NotThere
    if request.method == "POST":
        done = _("La clé est déclarée compromise : aucun badge qu’elle a signé ne vaut plus.")
        attempt(request, lambda: break_key(found, by=request.user), done)
        return see("recognition:keys")
    return render(request, "recognition/break_key.html", {"key": found})


# -- the names in badges of those who left, for the same ----------------------------------------------------


def _crumbs(*trail: tuple[str, str]) -> list[dict[str, str]]:
    steps = [(_("Clés des badges"), reverse("recognition:keys")), *trail]
    return [{"label": label, "url": url} for label, url in steps]


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """Find someone who left and asks that their name be read no more in badges; read what was already taken off."""
    _require_administrator(request)
    words = request.GET.get("q", "").strip()[:80]
    context = {
        "words": words,
        "found": [
            (one, person_line(one), reverse("recognition:name_off", args=[one.public_id]))
            for one in signers_gone(words)
        ],
        "done": names_taken_off(),
        "crumbs": _crumbs((_("Noms dans les badges"), "")),
    }
    return render(request, "recognition/names.html", context)


@either
def name_off(request: HttpRequest, person_id: str) -> HttpResponse:
    """Take the name of someone who left off every badge, and keep why."""
    person = get_signer(request.user, person_id)
    form = NameOffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _number = submit(form, lambda values: take_name_off(person, by=request.user, **values))
        if done:
            tell(request, _("C’est fait : qui vérifie un badge n’y lit plus ce nom."))
            return see("recognition:names")
    here = (_("Noms dans les badges"), reverse("recognition:names"))
    context = {
        "signer": person,
        "line": person_line(person),
        "form": form,
        "back": here[1],
        "crumbs": _crumbs(here, (person.display_name, "")),
    }
    return render(request, "recognition/name_off.html", context, status=status_of(form))
