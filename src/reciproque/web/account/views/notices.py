"""What one is told, when, by what means and on which devices; fewer letters, from the letter itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.notices.access import get_device, get_unsubscriber
from reciproque.notices.actions import add_device, choose_notices, remove_device, unsubscribe
from reciproque.notices.queries import devices_of, preference_of, push_key, what_is_received
from reciproque.notices.rules import Category, Rhythm
from reciproque.people.actions import change_profile
from reciproque.web.account.forms import DeviceForm, NoticesForm, PreferencesForm
from reciproque.web.http import refuse, see, submit, tell

either = require_http_methods(["GET", "HEAD", "POST"])


def _others(some: list[str]) -> list[str]:
    """Return the categories that are not among these: what is wanted, from what is not, and the reverse."""
    return [value for value in Category.values if value not in some]


def _notices_form(request: HttpRequest, data: Any = None) -> NoticesForm:
    kept = preference_of(request.user)
    paused = kept.paused_until
    initial = {
        "rhythm": kept.rhythm,
        "wanted": _others(kept.muted),
        "push_wanted": _others(kept.push_muted),
        "news": kept.news,
        "quiet_from": kept.quiet_from,
        "quiet_until": kept.quiet_until,
        "paused_until": timezone.localdate(paused) if paused and paused > clock.now() else None,
    }
    return NoticesForm(
        data,
        rhythms=Rhythm.choices,
        categories=Category.choices,
        devices=bool(push_key()),
        initial=initial,
    )


def _preferences(request: HttpRequest, form: Any, notices_form: Any) -> HttpResponse:
    me, key = request.user, push_key()
    context = {
        "form": form,
        "notices_form": notices_form,
        "received": what_is_received(preference_of(me), me),
        "push_key": key,
        "devices": devices_of(me) if key else [],
    }
    wrong = form.errors or notices_form.errors
    return render(request, "account/preferences.html", context, status=422 if wrong else 200)


def _own(me: Any) -> dict[str, Any]:
    return {"language": me.language, "spoken": me.spoken, "time_zone": me.time_zone}


@either
def preferences(request: HttpRequest) -> HttpResponse:
    """Choose one's language, time zone and spoken languages; show what one is told."""
    me = request.user
    form = PreferencesForm(request.POST or None, initial=_own(me))
    if request.method == "POST":
        done, _person = submit(form, lambda data: change_profile(me, by=me, **data))
        if done:
            with translation.override(form.cleaned_data["language"]):
                tell(request, _("Vos réglages sont enregistrés."))
            return see("account:preferences")
    return _preferences(request, form, _notices_form(request))


def _choose(request: HttpRequest, data: dict[str, Any]) -> Any:
    """Keep the choices of the form; what it does not show (no device can be told here) stays as it was."""
    said = dict(data)
    muted = _others(said.pop("wanted"))
    push_wanted = said.pop("push_wanted", None)
    kept = preference_of(request.user).push_muted
    push_muted = kept if push_wanted is None else _others(push_wanted)
    return choose_notices(request.user, by=request.user, muted=muted, push_muted=push_muted, **said)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Choose when and about what one is told."""
    form = _notices_form(request, request.POST)
    done, _preference = submit(form, lambda data: _choose(request, data))
    if done:
        tell(request, _("Vos réglages sont enregistrés."))
        return see(resolve_url("account:preferences") + "#notices")
    return _preferences(request, PreferencesForm(initial=_own(request.user)), form)


# What a browser says of itself → how people name it; the first that fits.
_BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device_words(agent: str) -> str:
    """Return how a person would name the device they are on: "Firefox, Android"."""
    found = [next((name for sign, name in names if sign in agent), "") for names in (_BROWSERS, _MACHINES)]
    return ", ".join(name for name in found if name)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Have this device told of what concerns one: sent by the browser, once it was allowed."""
    form, me = DeviceForm(request.POST), request.user
    agent = device_words(request.headers.get("User-Agent", ""))
    done, _device = submit(form, lambda data: add_device(me, by=me, agent=agent, **data))
    if done:
        tell(request, _("Cet appareil vous préviendra."))
    else:
        said = _("Cet appareil n’a pas pu être ajouté : son navigateur n’a pas répondu comme prévu.")
        refuse(request, ValidationError(said))
    return see(resolve_url("account:preferences") + "#devices")


@require_POST
def remove(request: HttpRequest, device_id: str) -> HttpResponse:
    """Stop telling one of one's devices."""
    device = get_device(request.user, device_id)
    remove_device(device, by=request.user)
    tell(request, _("Cet appareil ne recevra plus rien."))
    return see(resolve_url("account:preferences") + "#devices")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give browsers the small program that shows what is sent to a device while the site is closed."""
    body = render_to_string("account/worker.js")
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    # Asked for again at each visit, so that a mended one replaces the old one the same day.
    response["Cache-Control"] = "no-cache"
    return response


@csrf_exempt  # the mail program posts by itself (RFC 8058): the signed address is all it has
@either
def fewer(request: HttpRequest, token: str) -> HttpResponse:
    """Send somebody fewer letters, as a signed link in one of them asks: on the button, never on opening."""
    try:
        person = get_unsubscriber(token)
    except NotThere:
        return _plain(request, "unsubscribe_gone", {}, 404)
    with translation.override(person.language):
        request.LANGUAGE_CODE = person.language  # type: ignore[attr-defined]
        if request.method != "POST":
            return _plain(request, "unsubscribe", {"person": person}, 200)
        unsubscribe(person, by=person)
        return _plain(request, "unsubscribe_done", {"person": person}, 200)


def _plain(request: HttpRequest, name: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, f"account/{name}.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
