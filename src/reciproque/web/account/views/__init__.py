"""Sign in and out, and what one sees and says of oneself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from reciproque.journal.queries import history_for
from reciproque.networks.queries import memberships_of
from reciproque.people.actions import change_profile
from reciproque.web.account import doors
from reciproque.web.account.forms import (
    AddressForm,
    CodeForm,
    PasswordForm,
    ProfileForm,
    SignInForm,
)
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.facts import items
from reciproque.web.parts.networks import standing_words

HISTORY_SIZE = 50
either = require_http_methods(["GET", "HEAD", "POST"])


def _next(request: HttpRequest) -> str:
    """Return the page wished after signing in when it is one of ours, else nothing."""
    target = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if ours else ""


def _door(request: HttpRequest, template: str, form: Form | None, **more: Any) -> HttpResponse:
    """Draw one of the pages seen before signing in, keeping where the person was going."""
    target = _next(request)
    kept = "?" + urlencode({"next": target}) if target else ""
    context = {"form": form, "next": target, "kept": kept, "is_demo": settings.DEMO, **more}
    return render(request, f"account/{template}.html", context, status=422 if form and form.errors else 200)


@sensitive_post_parameters("password")
@never_cache
@either
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let somebody in with an address and a password."""
    if request.user.is_authenticated:
        return see(_next(request) or "home:home")
    form = SignInForm(request.POST or None, initial={"email": request.GET.get("email", "")})
    if request.method == "POST":
        done, response = submit(
            form, lambda data: doors.enter_by_password(request, **data, to=_next(request))
        )
        if done:
            return response
    return _door(request, "sign_in", form)


@never_cache
@either
def code(request: HttpRequest) -> HttpResponse:
    """Send a code to somebody's address."""
    if request.user.is_authenticated:
        return see(_next(request) or "home:home")
    form = AddressForm(request.POST or None)
    if request.method == "POST":
        done, _nothing = submit(form, lambda data: doors.send_code(request, **data))
        if done:
            target = _next(request)
            kept = "?" + urlencode({"next": target}) if target else ""
            return see(reverse("account:confirm_code") + kept)
    return _door(request, "code", form)


@never_cache
@either
def confirm_code(request: HttpRequest) -> HttpResponse:
    """Let somebody in with the code they received; the third wrong one asks for a new code."""
    process = doors.awaited_code(request)
    if process is None:
        return see("account:code") if not request.user.is_authenticated else see("home:home")
    form = CodeForm(request.POST or None, code=process.code)
    if request.method == "POST":
        if form.is_valid():
            return doors.enter_by_code(request, process, to=_next(request))
        if not process.record_invalid_attempt():
            form = AddressForm(initial={"email": process.state["email"]})
            return _door(request, "code", form, exhausted=True)
    return _door(request, "confirm_code", form, email=process.state["email"])


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out of this browser."""
    doors.leave(request)
    tell(request, _("La session est fermée. À bientôt."))
    return see("account:sign_in")


@never_cache
@either
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Send a link with which to choose a password."""
    known = getattr(request.user, "email", "") or request.GET.get("email", "")
    form = AddressForm(request.POST or None, initial={"email": known})
    if request.method == "POST":
        done, _nothing = submit(form, lambda data: doors.send_password_link(request, **data))
        if done:
            return see("account:password_forgotten_done")
    return _door(request, "password_forgotten", form)


@require_safe
def password_forgotten_done(request: HttpRequest) -> HttpResponse:
    """Say that a mail has left, whoever asked."""
    return _door(request, "password_forgotten_done", None)


@sensitive_post_parameters("password", "again")
@never_cache
@either
def password_reset(request: HttpRequest, uid: str, key: str) -> HttpResponse:
    """Let the person to whom a link was sent choose a password."""
    person = doors.person_of_link(uid, key)
    if person is None:
        return _door(request, "password_reset", None)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            doors.choose_password(request, person, form.cleaned_data["password"])
        except ValidationError as error:
            form.add_error("password", error)
        else:
            return see("account:password_reset_done")
    return _door(request, "password_reset", form, person=person)


@require_safe
def password_reset_done(request: HttpRequest) -> HttpResponse:
    """Say that the new password is kept."""
    return _door(request, "password_reset_done", None)


@either
def profile(request: HttpRequest) -> HttpResponse:
    """Show what the organisation knows of me, and let me change what I say of myself."""
    me = request.user
    names = list(ProfileForm.base_fields)
    form = ProfileForm(request.POST or None, initial={name: getattr(me, name) for name in names})
    if request.method == "POST":
        done, _person = submit(form, lambda data: change_profile(me, by=me, **data))
        if done:
            tell(request, _("Votre présentation est enregistrée."))
            return see("account:profile")
    known = [
        (_("Adresse électronique"), me.email),
        (_("Fonction"), me.function),
        (_("Niveau"), me.get_level_display() if me.level else ""),
        (_("Service"), me.unit.path if me.unit else ""),
        (_("Site"), me.site.name if me.site else ""),
        (_("Responsable"), me.manager.display_name if me.manager else ""),
    ]
    context = {
        "form": form,
        "known": [(label, value) for label, value in known if value],
        "places": [standing_words(row) for row in memberships_of(me)],
    }
    return render(request, "account/profile.html", context, status=422 if form.errors else 200)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Show what happened to me here, latest first."""
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
    facts = history_for(request.user, limit=HISTORY_SIZE + 1, before=before)
    more = len(facts) > HISTORY_SIZE
    facts = facts[:HISTORY_SIZE]
    context = {
        "items": items(facts, request.user, titled=True),
        "older_url": f"?before={facts[-1].pk}" if more else "",
        "newest_url": reverse("account:history") if before else "",
    }
    return render(request, "account/history.html", context)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the screens: for one's account when signed in, for this browser otherwise."""
    answer = set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        change_profile(request.user, by=request.user, language=chosen)
    return answer
