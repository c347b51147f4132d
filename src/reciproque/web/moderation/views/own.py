"""What one reported, what was decided about oneself, whom one keeps away from, one's own words removed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.catalogue.access import get_own_post
from reciproque.catalogue.actions import remove_post
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.access import get_own_message, get_own_review, get_set_apart
from reciproque.exchanges.actions import end_set_apart, remove_message, remove_review_words
from reciproque.exchanges.queries import count_named_after, own_set_aparts, subject_of
from reciproque.kit.errors import NotThere
from reciproque.moderation.access import can_appeal, get_told_decision
from reciproque.moderation.actions import appeal_decision
from reciproque.moderation.queries import decisions_about, handles_reports, reports_by, shown
from reciproque.moderation.queries import subject_of as reported_of
from reciproque.moderation.rules import Kind
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.moderation.forms import AppealForm


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the reader reported and what was decided about their own words or conduct."""
    page = {
        "reports": reports_by(request.user),
        "decisions": decisions_about(request.user),
        "handles": handles_reports(request.user),
    }
    return render(request, "moderation/mine.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Show a decision to the one it concerns, who may appeal once."""
    row = get_told_decision(request.user, decision_id)
    report = row.report
    request.network = report.network
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _appeal = submit(
            form, lambda values: appeal_decision(row, by=request.user, words=values["words"])
        )
        if done:
            tell(request, _("Votre recours est parti. Une autre personne l’examine et vous répondra."))
            return see("moderation:decision", decision_id)
    subject = reported_of(report)
    page = {
        "decision": row,
        "report": report,
        "shown": shown(report, subject, around=False) if report.kind != Kind.PERSON else None,
        "page_url": _page_of(report, subject, request.user),
        "appeal": getattr(row, "appeal", None),
        "form": form if can_appeal(request.user, row) else None,
    }
    return render(request, "moderation/decision.html", page, status=422 if request.method == "POST" else 200)


def _page_of(report: Any, subject: Any, reader: Any) -> str:
    """Return where the author reads their own words, if that is somewhere."""
    if report.kind == Kind.POST:
        if report.state == "asked":
            return reverse("posts:edit", args=[subject.public_id])
        return reverse("posts:post", args=[subject.public_id])
    if report.kind == Kind.REVIEW:
        return reverse("exchanges:exchange", args=[subject.exchange.public_id])
    return ""


def _of_post(request: HttpRequest, public_id: str) -> dict[str, Any]:
    post = get_own_post(request.user, public_id)
    if post.state == PostState.DRAFT:
        raise NotThere
    return {
        "network": post.network,
        "gone": post.removed_at is not None,
        "words": "\n\n".join(filter(None, (post.title, post.description))),
        "named": count_named_after(post),
        "back": reverse("posts:post", args=[public_id]),
        "act": lambda: remove_post(post, by=request.user),
    }


def _of_review(request: HttpRequest, public_id: str) -> dict[str, Any]:
    review = get_own_review(request.user, public_id)
    return {
        "network": review.exchange.network,
        "gone": review.removed_at is not None,
        "words": "\n\n".join(filter(None, (review.learned, review.comment))),
        "named": 0,
        "back": reverse("exchanges:exchange", args=[review.exchange.public_id]),
        "act": lambda: remove_review_words(review, by=request.user),
    }


def _of_message(request: HttpRequest, public_id: str) -> dict[str, Any]:
    message = get_own_message(request.user, public_id)
    about = subject_of(message.thread, request.user)
    here = reverse(f"exchanges:{about.subject_kind}", args=[about.public_id]) if about else ""
    return {
        "network": message.thread.network,
        "gone": message.removed_at is not None,
        "words": message.text,
        "named": 0,
        "back": here or reverse("exchanges:mine"),
        "act": lambda: remove_message(message, by=request.user),
    }


KINDS = {Kind.POST.value: _of_post, Kind.REVIEW.value: _of_review, Kind.MESSAGE.value: _of_message}


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, kind: str, removed_id: str) -> HttpResponse:
    """Erase one's own words for good, once told what goes and what stays."""
    if kind not in KINDS:
        raise NotThere
    found = KINDS[kind](request, removed_id)
    request.network = found["network"]
    if found["gone"]:
        return redirect(found["back"])
    if request.method == "POST":
        attempt(
            request, found["act"], _("Vos mots sont effacés. Il ne reste qu’une trace neutre, sans un mot.")
        )
        return see(found["back"])
    return render(request, "moderation/remove.html", {"kind": kind, **found})


@require_safe
def apart(request: HttpRequest) -> HttpResponse:
    """Show whom the reader asked not to be brought together with: for their eyes only."""
    return render(request, "moderation/apart.html", {"rows": own_set_aparts(request.user)})


@require_POST
def end_apart(request: HttpRequest, apart_id: str) -> HttpResponse:
    """Let someone be proposed to the reader again."""
    row = get_set_apart(request.user, apart_id)
    attempt(
        request,
        lambda: end_set_apart(row, by=request.user),
        _("C’est noté : cette personne peut de nouveau vous être proposée."),
    )
    return see("moderation:apart")
