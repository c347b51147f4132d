"""What the pages of a learning network share: the way in, the way back, a form, a last question, a list by state."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.initiatives.access import can_frame, get_frame, require_committee
from reciproque.initiatives.rules import ExperimentState, ObstacleState, ProblemState, ProposalState
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.queries import find_members
from reciproque.people.queries import find_people
from reciproque.web.http import attempt, see, submit, tell

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


def framed(request: HttpRequest, slug: str) -> Frame:
    """Return the learning network to those who frame it; anyone else meets `NotThere`."""
    frame = enter(request, slug)
    if not can_frame(request.user, frame):
        raise NotThere
    return frame


def steered(request: HttpRequest, slug: str) -> Frame:
    """Return the learning network to its committee and to those who frame it; anyone else meets `NotThere`."""
    frame = require_committee(request.user, slug)
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


def members_of(frame: Frame, viewer: Person) -> Callable[[str], list[Person]]:
    """Return how one finds the members of the network by name or address."""
    return lambda words: [row.person for row in find_members(frame.network, viewer, words)]


def today() -> dt.date:
    """Return the day it is for the reader."""
    return timezone.localdate(clock.now())


def is_late(due_at: dt.datetime | None) -> bool:
    """Tell whether this moment is over."""
    return bool(due_at and due_at < clock.now())


def expected(step: Any) -> dict[str, Any]:
    """Return what is expected about a thing: what, of whom, by when."""
    return {
        "label": step.get_verb_display(),
        "who": step.owner.display_name if step.owner else _("l’équipe d’animation"),
        "due_at": step.due_at,
        "late": is_late(step.due_at),
    }


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


@dataclasses.dataclass(frozen=True)
class Turn:
    """A gesture of one button that is not undone lightly: it is asked first whether one is sure."""

    action: Callable[..., Any]
    title: Any
    text: Any
    verb: Any
    done: Any
    tone: str = "primary"


def sure(
    request: HttpRequest, turn: Turn, thing: Any, back: str, crumbs: list[dict[str, Any]], to: str = ""
) -> HttpResponse:
    """Ask whether one is sure; then do it, and go on to `to`, else where one came from."""
    if request.method == "POST":
        attempt(request, lambda: turn.action(thing, by=request.user), turn.done)
        return see(to or back)
    context = {
        "title": turn.title,
        "text": turn.text,
        "verb": turn.verb,
        "tone": turn.tone,
        "back": back,
        "crumbs": crumbs,
    }
    return render(request, "initiatives/sure.html", context)


def chosen(request: HttpRequest, name: str, among: Any) -> str:
    """Return a filter of the address when it is one of those known, else nothing."""
    value = request.GET.get(name, "")
    return value if value in among else ""


def count_by_state(rows: Iterable[Any]) -> Counter[str]:
    """Return how many rows are in each state."""
    return Counter(row.state for row in rows)


def state_facets(
    request: HttpRequest, states: Any, counts: Mapping[str, int], now: str
) -> list[dict[str, Any]]:
    """Return the links that narrow a list by state; the one in force stays, also when it holds nothing."""
    every = {"label": _("Tout"), "url": request.path, "current": not now, "count": sum(counts.values())}
    return [
        every,
        *(
            {
                "label": state.label,
                "url": f"{request.path}?state={state.value}",
                "current": now == state.value,
                "count": counts.get(state.value, 0),
            }
            for state in states
            if counts.get(state.value) or now == state.value
        ),
    ]
