"""What the pages of a learning network share: the way in, the way back, a page that is one form."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.initiatives.access import get_frame
from reciproque.initiatives.rules import ExperimentState, ObstacleState, ProblemState, ProposalState
from reciproque.kit import clock
from reciproque.people.queries import find_people
from reciproque.web.http import see, submit, tell

if TYPE_CHECKING:
    import datetime as dt

    from reciproque.initiatives.models import Frame
    from reciproque.people.models import Person

either = require_http_methods(["GET", "HEAD", "POST"])

PROPOSAL_TONES = {
    ProposalState.DRAFT: "",
    ProposalState.SUBMITTED: "exchange",
    ProposalState.REFRAMED: "warn",
    ProposalState.DEFERRED: "warn",
    ProposalState.VALIDATED: "good",
    ProposalState.DECLINED: "",
    ProposalState.CARRYING: "good",
    ProposalState.DONE: "good",
    ProposalState.WITHDRAWN: "",
}
EXPERIMENT_TONES = {
    ExperimentState.DRAFT: "",
    ExperimentState.ASKED: "exchange",
    ExperimentState.READY: "good",
    ExperimentState.RUNNING: "good",
    ExperimentState.MEASURED: "exchange",
    ExperimentState.DECIDED: "good",
    ExperimentState.DROPPED: "",
}
PROBLEM_TONES = {ProblemState.OPEN: "warn", ProblemState.TAKEN: "exchange", ProblemState.ANSWERED: "good"}
OBSTACLE_TONES = {ObstacleState.OPEN: "warn", ObstacleState.LIFTED: "good", ObstacleState.STAYS: ""}


def enter(request: HttpRequest, slug: str) -> Frame:
    """Return the learning network of this address, and say that one is there."""
    frame = get_frame(request.user, slug)
    request.network = frame.network
    return frame


def within(request: HttpRequest, thing: Any) -> Any:
    """Say in which network one is, that of a thing fetched; return the thing."""
    request.network = thing.frame.network
    return thing


def of(frame: Frame, name: str = "learning") -> str:
    """Return the address of one of the pages of a learning network."""
    return reverse(f"initiatives:{name}", args=[frame.network.slug])


def at(thing: Any, name: str, *more: str) -> str:
    """Return the address of one of the pages of a thing."""
    return reverse(f"initiatives:{name}", args=[thing.public_id, *more])


def trail(frame: Frame, *steps: tuple[Any, str]) -> list[dict[str, Any]]:
    """Return the way back up to the learning network; each step is (label, address), the last without address."""
    first = {"label": _("Réseau apprenant"), "url": of(frame)}
    return [first, *({"label": label, "url": url} if url else {"label": label} for label, url in steps)]


def anyone(words: str) -> Sequence[Person]:
    """Find people of the whole organisation by name or address."""
    return find_people(words, 8)


def today() -> dt.date:
    """Return the day it is for the reader."""
    return timezone.localdate(clock.now())


def sent(request: HttpRequest) -> Any:
    """Return what was sent, None on a page that is only read."""
    return request.POST if request.method == "POST" else None


@dataclasses.dataclass(frozen=True)
class Sheet:
    """What a page that is one form says around it."""

    title: Any
    verb: Any
    back: str
    crumbs: list[dict[str, Any]]
    lead: Any = ""
    template: str = "initiatives/sheet.html"
    more: dict[str, Any] = dataclasses.field(default_factory=dict)
    tone: str = "primary"
    h1: Any = ""


def fill(
    request: HttpRequest,
    form: Form,
    sheet: Sheet,
    action: Callable[[dict[str, Any]], Any],
    done: Any,
    to: str | Callable[[Any], str] = "",
) -> HttpResponse:
    """Show a form; once sent, run one action and go on, or show the same page with what was refused."""
    if request.method == "POST":
        ok, result = submit(form, action)
        if ok:
            tell(request, done(result) if callable(done) else done)
            return see(to(result) if callable(to) else to or sheet.back)
    context = {"form": form, "sheet": sheet, **sheet.more}
    return render(request, sheet.template, context, status=422 if form.is_bound else 200)
