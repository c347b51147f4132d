"""Proposals: the list, one with what became of it, how it is written, signed, amended and submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_carry,
    can_write_proposal,
    get_proposal,
    is_committee,
    is_own_proposal,
    may_answer,
    may_carry_on,
    may_comment,
    may_search,
)
from reciproque.initiatives.queries import (
    counts_of,
    dossier_of,
    evidence_for,
    problems_of,
    proposals_of,
    scores_of,
    themes_of,
    to_sign,
)
from reciproque.initiatives.queries.frames import groups_with
from reciproque.initiatives.rules import (
    AWAITING_ANSWER,
    PROPOSAL_OVER,
    AuthorState,
    ProblemState,
    ProposalState,
)
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id, new_id
from reciproque.web.initiatives.forms.proposals import ProposalForm
from reciproque.web.initiatives.views.sheets import (
    PROPOSAL_TONES,
    Sheet,
    at,
    chosen,
    either,
    enter,
    expected,
    fill,
    is_late,
    of,
    sent,
    state_facets,
    today,
    trail,
    within,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import Answer, Frame, Proposal

P = ProposalState
WRITABLE = (P.DRAFT, P.REFRAMED, *AWAITING_ANSWER)
PARTS = {
    "title": gettext_lazy("Le titre"),
    "problem": gettext_lazy("Le problème"),
    "words": gettext_lazy("La proposition"),
    "gains": gettext_lazy("Qui y gagne"),
    "cost": gettext_lazy("Ce que cela coûte"),
}
LINKED = ("theme", "origin", "group")


def to_proposals(frame: Frame, *steps: tuple[Any, str]) -> list[dict[str, Any]]:
    """Return the way back up to the proposals."""
    return trail(frame, (_("Propositions"), of(frame, "proposals")), *steps)


@require_safe
def proposals(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the proposals of the network and what became of each."""
    frame = enter(request, slug)
    now = chosen(request, "state", P.values)
    words = request.GET.get("q", "").strip()[:100]
    themes = [theme.result for theme in themes_of(frame)]
    theme = chosen(request, "theme", {row.public_id for row in themes})
    rows = proposals_of(frame, request.user, states=[now] if now else [], theme=theme, words=words)
    context = {
        "frame": frame,
        "rows": [_line(one) for one in rows],
        "tabs": state_facets(request, P, counts_of(frame, request.user), now),
        "words": words,
        "kept": {name: value for name, value in (("state", now), ("theme", theme)) if value},
        "signs": [
            {"title": row.proposal.title, "url": at(row.proposal, "proposal")}
            for row in to_sign(request.user, frame)
        ],
        "writes": may_search(request.user, frame),
        "crumbs": trail(frame, (_("Propositions"), "")),
    }
    return render(request, "initiatives/proposals.html", context)


def _line(one: Any) -> dict[str, Any]:
    return {
        "proposal": one,
        "url": at(one, "proposal"),
        "tone": PROPOSAL_TONES[P(one.state)],
        "authors": ", ".join(row.person.display_name for row in one.signed_by),
        "answer": one.answered[0] if one.answered else None,
        "late": _late(one),
    }


def _late(one: Proposal) -> bool:
    if one.state == P.CARRYING:
        return bool(one.review_on and one.review_on < today())
    return one.state in (*AWAITING_ANSWER, P.VALIDATED) and is_late(one.due_at)


# -- write


def _linkable(request: HttpRequest, frame: Frame, one: Proposal | None = None) -> dict[str, list[Any]]:
    """Return what a proposal may be linked to; what it is linked to already stays in the lists."""
    gone = (ProblemState.SET_ASIDE, ProblemState.MERGED)
    experiments, sheets = evidence_for(frame, request.user)
    found: dict[str, list[Any]] = {
        "themes": [theme.result for theme in themes_of(frame)],
        "problems": [row for row in problems_of(frame, request.user) if row.state not in gone],
        "groups": groups_with(request.user, frame),
        "experiments": experiments,
        "sheets": sheets,
    }
    if one is not None:
        for name, row in (("themes", one.theme), ("problems", one.origin), ("groups", one.group)):
            if row is not None and row not in found[name]:
                found[name].append(row)
    return found


def _values(given: dict[str, Any], rows: dict[str, list[Any]]) -> dict[str, Any]:
    """Return a form's values with rows in the place of their identifiers."""
    by_id = {row.public_id: row for found in rows.values() for row in found}
    values = {name: by_id.get(given[name]) if name in LINKED else given[name] for name in given}
    for name in ("experiments", "sheets"):
        if name in values:
            values[name] = [by_id[key] for key in values[name]]
    return values


@either
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin to write a proposal."""
    frame = enter(request, slug)
    if not may_search(request.user, frame):
        raise NotThere
    rows = _linkable(request, frame)
    asked = {name: request.GET.get(name, "") for name in (*LINKED, "experiment")}
    initial: dict[str, Any] = {name: asked[name] for name in LINKED if is_id(asked[name])}
    if is_id(asked["experiment"]):
        initial["experiments"] = [asked["experiment"]]
    if "group" not in initial and len(rows["groups"]) == 1:
        initial["group"] = rows["groups"][0].public_id
    form = ProposalForm(sent(request), initial=initial | {"key": new_id()}, **rows)
    title = _("Écrire une proposition")
    lead = _(
        "C’est un brouillon tant que vous ne la soumettez pas. Soumise, elle reçoit une réponse datée et motivée."
    )
    sheet = Sheet(
        title, _("Garder le brouillon"), of(frame, "proposals"), to_proposals(frame, (title, "")), lead=lead
    )
    return fill(
        request,
        form,
        sheet,
        lambda given: actions.draft_proposal(frame, by=request.user, **_values(given, rows)),
        _("Le brouillon est gardé. Relisez-le, invitez à le signer, puis soumettez-le."),
        lambda one: at(one, "proposal"),
    )


def own(request: HttpRequest, proposal_id: str) -> Proposal:
    """Return a proposal to those who write it; anyone else meets `NotThere`."""
    one: Proposal = within(request, get_proposal(request.user, proposal_id))
    if not can_write_proposal(request.user, one):
        raise NotThere
    return one


def sheet_of(one: Proposal, title: Any, verb: Any, lead: Any = "", **more: Any) -> Sheet:
    """Return what surrounds a form about a proposal."""
    here = at(one, "proposal")
    return Sheet(
        title, verb, here, to_proposals(one.frame, (one.title, here), (title, "")), lead or one.title, **more
    )


@either
def edit(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Change a proposal that has no answer yet."""
    one = own(request, proposal_id)
    if one.state not in WRITABLE:
        raise NotThere
    rows = _linkable(request, one.frame, one)
    initial: dict[str, Any] = {name: getattr(one, name) for name in (*PARTS, "tied_to")}
    initial |= {name: row.public_id if (row := getattr(one, name)) else "" for name in LINKED}
    dossier = dossier_of(one, request.user)
    initial |= {
        "experiments": [row.public_id for row in dossier.experiments],
        "sheets": [row.public_id for row in dossier.sheets],
    }
    form = ProposalForm(sent(request), initial=initial, known=True, **rows)
    lead = _(
        "Elle est déjà soumise : chaque changement fait une version, et la date de la réponse ne bouge pas."
    )
    return fill(
        request,
        form,
        sheet_of(one, _("Modifier"), _("Enregistrer"), lead if one.state in AWAITING_ANSWER else ""),
        lambda given: actions.edit_proposal(one, by=request.user, **_values(given, rows)),
        _("C’est enregistré."),
    )


# -- one of them


@require_safe
def proposal(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Show a proposal: where it comes from, what it says, what was answered and why, what became of it."""
    one = within(request, get_proposal(request.user, proposal_id))
    frame, dossier = one.frame, dossier_of(one, request.user)
    writes = can_write_proposal(request.user, one)
    steers = is_committee(request.user, frame)
    carries = can_carry(request.user, one) and may_carry_on(frame)
    context = {
        "proposal": one,
        "dossier": dossier,
        "tone": PROPOSAL_TONES[P(one.state)],
        "texts": [(label, getattr(one, name)) for name, label in PARTS.items() if name != "title"],
        "answers": [_answered(row) for row in reversed(dossier.answers)],
        "writes": writes and one.state in WRITABLE,
        "submits": writes and one.state in (P.DRAFT, P.REFRAMED) and may_search(request.user, frame),
        "withdraws": writes and one.state in (*WRITABLE, P.VALIDATED),
        "invited": dossier.mine is not None
        and dossier.mine.state == AuthorState.INVITED
        and one.state in WRITABLE,
        "amends": one.state in WRITABLE and one.state != P.DRAFT and may_comment(request.user, frame),
        "replies": writes,
        "responds": one.state in AWAITING_ANSWER and may_answer(request.user, one),
        "recused": steers and one.state in AWAITING_ANSWER and is_own_proposal(request.user, one),
        "entrusts": carries and one.state in (P.VALIDATED, P.CARRYING),
        "carries": carries and one.state == P.CARRYING,
        "scores": scores_of(one, request.user) if steers else [],
        "steps": [expected(step) for step in dossier.steps],
        "over": one.state in PROPOSAL_OVER,
        "today": today(),
        "crumbs": to_proposals(frame, (one.title, "")),
    }
    return render(request, "initiatives/proposal.html", context)


def _answered(row: Answer) -> dict[str, Any]:
    return {
        "answer": row,
        "late": row.at > row.due_at,
        "recused": [person.display_name for person in row.recused.all()],
        "tone": PROPOSAL_TONES[P(row.kind)],
    }
