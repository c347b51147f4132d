"""The gestures every view makes: answer a form with one action, come back to where one was, hand over a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from reciproque.kit.tables import write_csv


def see(to: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Redirect after a POST (303) to a named page or an address."""
    response = HttpResponseRedirect(resolve_url(to, *args, **kwargs))
    response.status_code = 303
    return response


def back(request: HttpRequest, default: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Redirect after a POST to the page named in `next` when it is one of ours, else to `default`."""
    target = request.POST.get("next", "")
    if target.startswith("/") and url_has_allowed_host_and_scheme(
        target, {request.get_host()}, request.is_secure()
    ):
        return see(target)
    return see(default, *args, **kwargs)


def hand_over(name: str, content: bytes | str, kind: str) -> HttpResponse:
    """Give a file to take away, of this media type, that nothing on the way may keep."""
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def hand_over_table(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Give a table as a file that a spreadsheet opens, in which no cell is a formula."""
    out = io.StringIO()
    write_csv(out, columns, rows)
    # The mark by which spreadsheets know the letters.
    return hand_over(name, ("\ufeff" + out.getvalue()).encode(), "text/csv; charset=utf-8")


def submit(form: Form, action: Callable[[dict[str, Any]], Any]) -> tuple[bool, Any]:
    """Run `action` with a valid form's values; a refusal is put on the form, where the person is looking.

    Returns (True, what the action returned) or (False, None).
    """
    if not form.is_valid():
        return False, None
    try:
        return True, action(form.cleaned_data)
    except ValidationError as error:
        put_errors(form, error)
        return False, None


def put_errors(form: Form, error: ValidationError) -> None:
    """Put an action's refusal on the fields it names, and the rest above the form."""
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, error)


def tell(request: HttpRequest, sentence: Any) -> None:
    """Show a sentence on the next page."""
    messages.success(request, sentence)


def warn(request: HttpRequest, sentence: Any) -> None:
    """Show on the next page why one was led to it rather than where one was going."""
    messages.warning(request, sentence)


def refuse(request: HttpRequest, error: ValidationError) -> None:
    """Show a one-button action's refusal on the next page, where there is no form to put it on."""
    for sentence in error.messages:
        messages.error(request, sentence)


def attempt(request: HttpRequest, action: Callable[[], Any], done: Any = None) -> tuple[bool, Any]:
    """Run a one-button action: its refusal, or `done`, is shown on the next page."""
    try:
        result = action()
    except ValidationError as error:
        refuse(request, error)
        return False, None
    if done:
        tell(request, done)
    return True, result


def page_number(request: HttpRequest) -> int:
    """Return the page asked for in the address, 1 when it is not a number."""
    text = request.GET.get("page", "1")
    return max(1, min(int(text), 100_000)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def nothing_new(request: HttpRequest, tag: str) -> HttpResponse | None:
    """Answer 304 to a screen that already shows this version, named in its address or by its browser."""
    quoted = f'"{tag}"'
    if tag != request.GET.get("version") and quoted not in request.headers.get("If-None-Match", ""):
        return None
    return tagged(HttpResponse(status=304), tag)


def tagged(response: HttpResponse, tag: str) -> HttpResponse:
    """Say which version a fragment is."""
    response.headers["ETag"] = f'"{tag}"'
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response
