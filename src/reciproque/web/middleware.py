"""What every request goes through: signing in, the person's language and zone, the house's refusals."""

import zoneinfo
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone, translation

from reciproque.kit.errors import NotThere
from reciproque.library.queries import most_bytes
from reciproque.web import errors
from reciproque.web.access import PUBLIC

# What pages send to say which row, which button: never text that somebody typed, which forms refuse by themselves.
_CHOSEN = ("id", "to", "pair", "shown", "plan", "act", "keep", "next", "withdraw")

# A badge to be checked, with its text: nobody unknown sends more.
UNKNOWN_MOST = 3 * 1024 * 1024


def _too_long(request: HttpRequest) -> bool:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        # Nothing is then read of what is sent.
        return False
    if length <= UNKNOWN_MOST:
        return False
    # What surrounds a file in a form is small.
    return not request.user.is_authenticated or length > most_bytes() + 1024 * 1024


def _words_sent(request: HttpRequest) -> list[str]:
    return (
        [value for name in _CHOSEN for value in request.POST.getlist(name)]
        if request.method == "POST"
        else []
    )


class HouseMiddleware:
    """Everyone signs in, but for the pages of one table; refusals become pages, each with one meaning."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.network = None  # type: ignore[attr-defined]
        if _too_long(request):
            # Before anything is read of it: a film of two gigabytes is not received to be refused.
            return errors.too_large(request)
        sent = [*request.GET.values(), *_words_sent(request)]
        if "\x00" in request.path or any("\x00" in value for value in sent):
            # PostgreSQL refuses this character: nothing of ours is named with it.
            return errors.not_found(request)
        person = request.user
        if person.is_authenticated:
            timezone.activate(zoneinfo.ZoneInfo(person.time_zone))
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        response.headers.setdefault("Content-Language", translation.get_language() or "fr")
        if person.is_authenticated:
            # Pages hold private words: a shared computer's back button must not show them.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name in PUBLIC or request.user.is_authenticated:
            return None
        target = request.get_full_path() if request.method == "GET" else "/"
        return redirect_to_login(target, resolve_url("account:sign_in"))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotThere):
            return errors.not_found(request, Http404())
        if isinstance(exception, PermissionDenied):
            return errors.forbidden(request, exception)
        return None
