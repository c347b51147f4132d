"""The pages of a refusal: not there, not allowed, broken."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer that there is nothing here for this person."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer that this person may not do that."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page was open too long, or that came from elsewhere."""
    return render(request, "403.html", {"expired": True}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when the program failed."""
    return render(request, "500.html", status=500)


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer that what is being sent is too big, before receiving it."""
    context = {"most": settings.LIBRARY_FILE_MB, "known": request.user.is_authenticated}
    return render(request, "413.html", context, status=413)
