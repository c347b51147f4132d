"""What attests a training: made by the learner alone, checked by whoever is given its code."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.kit.errors import NotThere
from reciproque.recognition.access import get_attestation, get_own_training
from reciproque.recognition.actions import issue_attestation, withdraw_attestation
from reciproque.recognition.queries import (
    attestation_pdf,
    attestation_url,
    check_attestation,
    spelt,
    standing_attestation,
)
from reciproque.recognition.rules.training import Shown, TrainingState
from reciproque.web.http import attempt, hand_over, see, submit, tell
from reciproque.web.parts.small import words
from reciproque.web.recognition.forms.training import AttestationForm
from reciproque.web.recognition.views import either, status_of
from reciproque.web.recognition.views.training import record_url, trail

LANGUAGES = ("fr", "en")


def _private(answer: HttpResponse) -> HttpResponse:
    # Given to whom its person chose: no search engine is among them.
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@either
def attestation(request: HttpRequest, record_id: str) -> HttpResponse:
    """Choose what the public page says, make the attestation, take it away."""
    row = get_own_training(request.user, record_id)
    if row.state != TrainingState.AGREED:
        return see(record_url(row))
    held = standing_attestation(row)
    # Nothing is chosen in somebody’s place: without any line, the page still tells whether the code holds.
    chosen = held.shown if held else []
    form = AttestationForm(request.POST if request.method == "POST" else None, initial={"shown": chosen})
    if request.method == "POST":
        done, _made = submit(form, lambda data: issue_attestation(row, by=request.user, shown=data["shown"]))
        if done:
            tell(request, _("Votre attestation est prête : vous choisissez à qui vous la remettez."))
            return see("recognition:attestation", row.public_id)
    context = {
        "record": row,
        "held": held,
        "good": held is not None and check_attestation(held).holds,
        "address": attestation_url(held) if held else "",
        "code": spelt(held.code) if held else "",
        "form": form,
        "crumbs": trail((row.title, record_url(row)), _("Attestation")),
    }
    return render(request, "recognition/attestation.html", context, status=status_of(form))


@require_safe
def pdf(request: HttpRequest, record_id: str, language: str) -> HttpResponse:
    """Give the attestation as a PDF, to the learner alone."""
    row = get_own_training(request.user, record_id)
    held = standing_attestation(row)
    if language not in LANGUAGES or held is None or not check_attestation(held).holds:
        raise NotThere
    held.record = row
    name = f"attestation-{row.public_id}-{language}.pdf"
    return _private(hand_over(name, attestation_pdf(held, language), "application/pdf"))


@require_POST
def withdraw(request: HttpRequest, record_id: str) -> HttpResponse:
    """Take the attestation back."""
    row = get_own_training(request.user, record_id)
    held = standing_attestation(row)
    if held is not None:
        attempt(
            request,
            lambda: withdraw_attestation(held, by=request.user),
            _("Elle est retirée : qui vérifie son code le lit."),
        )
    return see("recognition:attestation", row.public_id)


def _lines(lines: dict[str, Any]) -> list[tuple[str, str]]:
    """Return in words the lines that the person allowed."""
    first, last = lines.get("starts_on"), lines.get("ends_on")
    dates = ""
    if first and last:
        said = {"first": words(first, "full"), "last": words(last, "full")}
        dates = said["first"] if first == last else _("Du %(first)s au %(last)s") % said
    pairs = [
        (_("Personne formée"), lines.get("name", "")),
        (_("Intitulé"), lines.get("title", "")),
        (_("Dates"), dates),
        (_("Durée suivie"), lines.get("hours", "")),
        (_("Organisme"), lines.get("organisation", "")),
    ]
    return [(term, value) for term, value in pairs if value]


@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Tell whoever was given a code whether the attestation holds, and no more than its person allowed."""
    held = get_attestation(code)
    found = check_attestation(held)
    frame = "base.html" if request.user.is_authenticated else "base_plain.html"
    context = {
        "frame": frame,
        "found": found,
        "lines": _lines(found.lines),
        "code": spelt(held.code),
        "attestation": held,
        # When it was signed is a date as the others.
        "dated": Shown.DATES in held.shown,
    }
    status = 200 if found.holds else 410
    return _private(render(request, "recognition/attestation_check.html", context, status=status))


@require_safe
def signed(request: HttpRequest, code: str) -> HttpResponse:
    """Give the signed lines themselves, to check them without us: our keys are published."""
    held = get_attestation(code)
    if not check_attestation(held).holds:
        raise NotThere
    return _private(hand_over(f"attestation-{held.code}.jwt", held.token, "application/jwt"))
