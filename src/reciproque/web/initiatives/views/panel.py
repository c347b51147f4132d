"""The panel: who is of it, the vote of each in an order of their own, what came out of it once closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import can_frame
from reciproque.initiatives.queries import ballot_of, outcome_of, panel_of, results_of, turnout
from reciproque.initiatives.rules import PANEL_LEAST, RESULTS_LEAST, Phase, VoteMethod
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id
from reciproque.people.queries import person_by_public_id
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.initiatives.forms.panel import BallotForm, CloseForm, InviteForm, OpenVoteForm
from reciproque.web.initiatives.views.sheets import (
    Sheet,
    anyone,
    at,
    either,
    enter,
    fill,
    framed,
    of,
    sent,
    trail,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import Frame, Panelist
    from reciproque.initiatives.queries.votes import Outcome

BEFORE = (Phase.FRAME, Phase.PANEL)
# The width of a merit profile, in the units of its picture.
WIDTH = 300


@require_safe
def panel(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the panel, how many voted, and to those who frame what comes next."""
    frame = enter(request, slug)
    rows = panel_of(frame)
    frames = can_frame(request.user, frame)
    results = len(results_of(frame))
    counted = turnout(frame)
    waited = counted.panel - counted.voted
    context = {
        "frame": frame,
        "rows": rows,
        "turnout": counted,
        "waited": waited,
        "closes": frames and frame.phase == Phase.PANEL and not waited,
        "removes": frames and frame.phase == Phase.FRAME,
        "leaves": frame.phase in BEFORE,
        "me": request.user.pk,
        "invites": frames and frame.phase in BEFORE,
        "prepares": frames and frame.phase == Phase.FRAME,
        "running": frame.phase == Phase.PANEL,
        "frames": frames,
        "ready": len(rows) >= PANEL_LEAST and results >= RESULTS_LEAST,
        "results": results,
        "mine": any(row.person_id == request.user.pk for row in rows),
        "crumbs": trail(frame, (_("Le panel"), "")),
    }
    return render(request, "initiatives/panel.html", context)


def _sheet(frame: Frame, title: Any, verb: Any, lead: Any = "") -> Sheet:
    back = of(frame, "panel")
    return Sheet(title, verb, back, trail(frame, (_("Le panel"), back), (title, "")), lead=lead)


@either
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask people to be of the panel."""
    frame = framed(request, slug)
    return fill(
        request,
        InviteForm(sent(request), find=anyone),
        _sheet(frame, _("Inviter au panel"), _("Inviter")),
        lambda values: actions.invite_panel(frame, by=request.user, people=values["people"]),
        lambda rows: _invited(rows),
    )


def _invited(rows: list[Panelist]) -> str:
    """Say who is of the panel from now on: being invited is being of it."""
    if len(rows) == 1:
        return _("%(name)s est au panel, et prévenu par message.") % {"name": rows[0].person.display_name}
    if not rows:
        return _("Ces personnes étaient déjà au panel.")
    return _("%(n)s personnes sont au panel, et prévenues par message.") % {"n": len(rows)}


@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Take somebody off the panel, or oneself."""
    frame = enter(request, slug)
    asked = request.POST.get("person", "")
    person = person_by_public_id(asked) if is_id(asked) else None
    if person is None:
        raise NotThere
    attempt(
        request,
        lambda: actions.remove_panelist(frame, person, by=request.user),
        _("Cette personne n’est plus du panel."),
    )
    return see("initiatives:panel", slug)


@either
def open_vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the vote."""
    frame = framed(request, slug)
    form = OpenVoteForm(sent(request), initial={"method": frame.method, "points_each": frame.points_each})

    def act(values: dict[str, Any]) -> Any:
        return actions.open_vote(
            frame,
            by=request.user,
            closes_at=form.moment(),
            method=values["method"],
            points_each=values["points_each"] or frame.points_each,
        )

    lead = _("Dès l’ouverture, les résultats proposés ne changent plus. Chacun les lit dans un ordre à lui.")
    sheet = _sheet(frame, _("Ouvrir le vote"), _("Ouvrir le vote"), lead)
    return fill(request, form, sheet, act, _("Le vote est ouvert. Le panel est prévenu."))


@either
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave the panel more time."""
    frame = framed(request, slug)
    closes = timezone.localdate(frame.vote_closes_at) if frame.vote_closes_at else None
    form = CloseForm(sent(request), initial={"closes_at": closes})
    sheet = _sheet(frame, _("Laisser plus de temps"), _("Enregistrer"))
    return fill(
        request,
        form,
        sheet,
        lambda _values: actions.extend_vote(frame, by=request.user, closes_at=form.moment()),
        _("La nouvelle date est annoncée au panel."),
    )


@either
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Close the vote once everybody has voted."""
    frame = framed(request, slug)
    if request.method == "POST":
        done, _frame = attempt(
            request, lambda: actions.close_vote(frame, by=request.user), _("Le vote est clos.")
        )
        return see("initiatives:outcome" if done else "initiatives:panel", slug)
    context = {
        "title": _("Clore le vote ?"),
        "text": _(
            "C’est possible dès que tout le panel a voté. Le classement devient lisible par le réseau."
        ),
        "verb": _("Clore le vote"),
        "tone": "primary",
        "back": of(frame, "panel"),
        "crumbs": trail(frame, (_("Le panel"), of(frame, "panel")), (_("Clore le vote"), "")),
    }
    return render(request, "initiatives/sure.html", context)


@either
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what one thinks of each result, and why."""
    frame = enter(request, slug)
    paper = ballot_of(frame, request.user)
    if paper is None:
        raise NotThere
    if frame.phase != Phase.PANEL and request.method != "POST":
        return see("initiatives:outcome" if frame.vote_closed_at else "initiatives:panel", slug)
    form = BallotForm(paper, sent(request))
    if request.method == "POST":
        done, _panelist = submit(
            form, lambda _values: actions.vote(frame, by=request.user, values=form.values())
        )
        if done:
            tell(
                request,
                _("Votre vote est enregistré. Vous pouvez le changer jusqu’à la clôture."),
            )
            return see("initiatives:learning", slug)
    context = {
        "frame": frame,
        "form": form,
        "paper": paper,
        "lines": form.lines(paper),
        "judged": form.judged,
        "crumbs": trail(frame, (_("Le panel"), of(frame, "panel")), (_("Voter"), "")),
    }
    return render(request, "initiatives/vote.html", context, status=422 if form.is_bound else 200)


@require_safe
def outcome(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the panel said, once the vote is closed."""
    frame = enter(request, slug)
    rows = outcome_of(frame)
    if rows is None:
        raise NotThere
    judged = frame.method == VoteMethod.JUDGEMENT
    most = max((row.points for row in rows), default=0)
    context = {
        "frame": frame,
        "rows": [_line(row, judged=judged, most=most) for row in rows],
        "judged": judged,
        "columns": _columns(rows, judged=judged),
        "table": [_cells(row, judged=judged, columns=len(_mentions(rows))) for row in rows],
        "few": any(row.few and row.voices for row in rows),
        "turnout": turnout(frame),
        "nobody": not any(row.voices for row in rows),
        "crumbs": trail(frame, (_("Le panel"), of(frame, "panel")), (_("Ce que le panel a dit"), "")),
    }
    return render(request, "initiatives/outcome.html", context)


def _line(row: Outcome, *, judged: bool, most: int) -> dict[str, Any]:
    """Return a result with its picture: how its voices spread, or the points it received."""
    bars, left = [], 0.0
    for place, (label, n) in enumerate(row.spread):
        width = WIDTH * n / row.voices if row.voices else 0
        if n:
            bars.append(
                {"x": round(left, 2), "width": round(width, 2), "label": label, "n": n, "place": place}
            )
        left += width
    points = round(WIDTH * row.points / most, 2) if most and not judged else 0
    return {
        "row": row,
        "url": at(row.result, "result"),
        "bars": bars,
        "points": points,
        "middle": WIDTH / 2,
        "words": ", ".join(f"{label} : {n}" for label, n in row.spread if n),
    }


def _columns(rows: list[Outcome], *, judged: bool) -> list[Any]:
    first: list[Any] = [{"label": _("Rang"), "kind": "number"}, _("Résultat")]
    numbers = list(_mentions(rows)) if judged else []
    last = [_("Mention retenue")] if judged else [{"label": _("Points"), "kind": "number"}]
    return [*first, *({"label": label, "kind": "number"} for label in numbers), *last]


def _mentions(rows: list[Outcome]) -> tuple[str, ...]:
    """Return the mentions whose voices are shown: none when no result has enough of them."""
    return next((tuple(label for label, _n in row.spread) for row in rows if row.spread), ())


def _cells(row: Outcome, *, judged: bool, columns: int) -> list[Any]:
    rank = str(row.rank) if row.rank else "–"
    first: list[Any] = [rank, {"text": row.result.title, "url": at(row.result, "result")}]
    if not judged:
        return [*first, "–" if row.few else row.points]
    spread = [n for _label, n in row.spread] or ["–"] * columns
    return [*first, *spread, row.mention or "–"]
