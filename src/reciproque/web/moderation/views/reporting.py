"""Report words or a conduct, once told who will read it; stop what is uncomfortable at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.catalogue.access import get_post
from reciproque.exchanges.access import (
    can_withdraw,
    get_exchange,
    get_introduction,
    get_read_message,
    get_read_review,
)
from reciproque.exchanges.rules import ExchangeState
from reciproque.kit.errors import NotThere
from reciproque.moderation.actions import make_report, stop_here
from reciproque.moderation.queries import administrators, handlers_for, reporters_of, the_other, was_met_in
from reciproque.moderation.rules import Kind
from reciproque.networks.access import get_colleague, require_member
from reciproque.web.http import see, submit, tell
from reciproque.web.moderation.forms import ReportForm, StopForm
from reciproque.web.parts.posts import person_line

SUBJECTS = {"introduction": get_introduction, "exchange": get_exchange}


def _subject(person: Any, name: str) -> Any:
    """Return the introduction or exchange named `kind:identifier`, as one of its people may see it."""
    kind, _sign, public_id = name.partition(":")
    if kind not in SUBJECTS:
        raise NotThere
    return SUBJECTS[kind](person, public_id)


def _reported(request: HttpRequest, kind: str, public_id: str) -> tuple[Any, Any, Any]:
    """Return what is reported as its reader may see it, its network, and where a conduct was met."""
    person = request.user
    if kind == Kind.POST:
        post = get_post(person, public_id)
        return post, post.network, None
    if kind == Kind.REVIEW:
        review = get_read_review(person, public_id)
        return review, review.exchange.network, None
    if kind == Kind.MESSAGE:
        message = get_read_message(person, public_id)
        return message, message.thread.network, None
    if kind != Kind.PERSON:
        raise NotThere
    if "from" in request.GET:
        context = _subject(person, request.GET["from"])
        met = was_met_in(context, person, public_id)
        if met is None:
            raise NotThere
        return met, context.network, context
    network, _mine = require_member(person, request.GET.get("network", ""))
    return get_colleague(person, public_id, network).person, network, None


def _back(request: HttpRequest, about: Any, network: Any, context: Any) -> str:
    if context is not None:
        return reverse(f"exchanges:{context.subject_kind}", args=[context.public_id])
    if about.subject_kind == "post":
        return reverse("posts:post", args=[about.public_id])
    if about.subject_kind == "review":
        return reverse("exchanges:exchange", args=[about.exchange.public_id])
    if about.subject_kind == "person":
        return reverse("people:person", args=[network.slug, about.public_id])
    return reverse("exchanges:mine")


TITLES = {
    Kind.POST: lambda: _("Signaler une annonce"),
    Kind.REVIEW: lambda: _("Signaler le texte d’un bilan"),
    Kind.MESSAGE: lambda: _("Signaler un message"),
    Kind.PERSON: lambda: _("Signaler une conduite"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, reported_id: str) -> HttpResponse:
    """Say who will read it, then take what is reported."""
    about, network, context = _reported(request, kind, reported_id)
    author = about if kind == Kind.PERSON else about.author
    request.network = network
    if author.pk == request.user.pk:
        raise NotThere
    people = [request.user, author]
    parties = reporters_of(kind, about.public_id)
    handlers = handlers_for(network, people, conduct=kind == Kind.PERSON, but=parties)
    names = [(one.public_id, f"{one.display_name} ({person_line(one)})") for one in handlers]
    form = ReportForm(request.POST if request.method == "POST" else None, kind=kind, handlers=names)
    if request.method == "POST":
        chosen = {one.public_id: one for one in handlers}
        done, row = submit(
            form,
            lambda values: make_report(
                network,
                by=request.user,
                about=about,
                reason=values["reason"],
                words=values["words"],
                handler=chosen.get(values.get("handler", "")),
                context=context,
            ),
        )
        if done:
            tell(request, _("Votre signalement est parti. Vous suivrez ici ce qu’il devient."))
            return see("moderation:case", row.public_id)
    readers = handlers or administrators(people, kind=kind, subject_id=about.public_id)
    page = {
        "title": TITLES[Kind(kind)](),
        "form": form,
        "kind": kind,
        "about": about,
        "author": author,
        "readers": [{"name": one.display_name, "line": person_line(one)} for one in readers],
        "administrators": not handlers,
        "days": network.answer_days,
        "back_url": _back(request, about, network, context),
    }
    return render(request, "moderation/report.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, kind: str, subject_id: str) -> HttpResponse:
    """Stop an introduction or an exchange at once, without a reason."""
    person = request.user
    subject = _subject(person, f"{kind}:{subject_id}")
    request.network = subject.network
    here = reverse(f"exchanges:{kind}", args=[subject_id])
    live = can_withdraw(person, subject) if kind == "introduction" else subject.state == ExchangeState.OPEN
    if request.method != "POST" and not live:
        return redirect(here)
    other = the_other(subject, person)
    form = StopForm(request.POST if request.method == "POST" else None, alone=other is not None)
    if request.method == "POST":
        done, met = submit(
            form, lambda values: stop_here(subject, by=person, apart=values.get("apart", False))
        )
        if done:
            tell(request, _("C’est arrêté. Vous n’avez rien à expliquer à personne."))
            return _after(form, subject, met, here)
    page = {
        "form": form,
        "subject": subject,
        "other": other,
        "words_url": reverse(
            "exchanges:withdraw" if kind == "introduction" else "exchanges:stop", args=[subject_id]
        ),
        "back_url": here,
    }
    return render(request, "moderation/stop.html", page, status=422 if request.method == "POST" else 200)


def _after(form: Any, subject: Any, met: Any, here: str) -> HttpResponse:
    if met is None:  # a group goes on without them
        return see("exchanges:mine")
    if form.cleaned_data.get("report"):
        address = reverse("moderation:report", args=[Kind.PERSON.value, met.public_id])
        return see(f"{address}?from={subject.subject_kind}:{subject.public_id}")
    return see(here)
