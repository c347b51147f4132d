"""The results expected of a learning network: proposed, debated, measured; the themes chosen among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import can_frame, get_result, is_committee, may_comment, may_decide
from reciproque.initiatives.actions.framing import may_propose_result
from reciproque.initiatives.queries import balance_of, results_of, results_to_debate, themes_of
from reciproque.initiatives.rules import Phase
from reciproque.kit.errors import NotThere
from reciproque.web.initiatives.forms.frame import RemarkForm, ResultForm, ThemesForm, ValueForm
from reciproque.web.initiatives.views.sheets import (
    Sheet,
    Turn,
    at,
    either,
    enter,
    fill,
    of,
    sent,
    sure,
    today,
    trail,
    within,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import ExpectedResult, Frame


def measured(result: ExpectedResult) -> dict[str, Any]:
    """Return a result with its measure, from its start to its target."""
    return {
        "result": result,
        "url": at(result, "result"),
        "start": result.start_value or "–",
        "now": result.value_now or "–",
        "target": result.target or "–",
    }


@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the results expected, with what each serves, its measure, and how much it is debated."""
    row = enter(request, slug)
    spoken = {result.pk: len(words) for result, words in results_to_debate(row)}
    rows = results_of(row)
    context = {
        "frame": row,
        "rows": [measured(one) | {"remarks": spoken.get(one.pk, 0)} for one in rows],
        "balance": balance_of(row),
        "proposes": row.phase == Phase.FRAME and may_propose_result(request.user, row),
        "ranked": row.vote_closed_at is not None,
        "chooses": row.phase in (Phase.LAUNCH, Phase.WORK)
        and (can_frame(request.user, row) or may_decide(request.user, row)),
        "crumbs": trail(row, (_("Résultats attendus"), "")),
    }
    return render(request, "initiatives/results.html", context)


def _to_results(row: Frame, *steps: tuple[Any, str]) -> list[dict[str, Any]]:
    return trail(row, (_("Résultats attendus"), of(row, "results")), *steps)


@either
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose a result."""
    row = enter(request, slug)
    if not may_propose_result(request.user, row):
        raise NotThere
    title = _("Proposer un résultat attendu")
    sheet = Sheet(title, _("Proposer"), of(row, "results"), _to_results(row, (title, "")))
    return fill(
        request,
        ResultForm(sent(request)),
        sheet,
        lambda values: actions.propose_result(row, by=request.user, **values),
        _("Le résultat est proposé au panel."),
    )


def _may_change(request: HttpRequest, one: ExpectedResult) -> bool:
    mine = one.proposed_by_id == request.user.pk and may_propose_result(request.user, one.frame)
    framing = one.frame.phase == Phase.FRAME and one.withdrawn_at is None
    return framing and (mine or can_frame(request.user, one.frame))


@either
def result(request: HttpRequest, result_id: str) -> HttpResponse:
    """Show a result and its debate; say a word of it."""
    one = within(request, get_result(request.user, result_id))
    form = RemarkForm(sent(request))
    speaks = may_comment(request.user, one.frame) and one.withdrawn_at is None
    said = next((words for row, words in results_to_debate(one.frame) if row.pk == one.pk), [])
    more = {
        "result": one,
        "measured": measured(one),
        "remarks": [
            {
                "author": row.author.display_name,
                "at": row.at,
                "text": row.words,
                "mine": row.author_id == request.user.pk,
            }
            for row in said
        ],
        "speaks": speaks,
        "changes": _may_change(request, one),
        "measures": can_frame(request.user, one.frame) or is_committee(request.user, one.frame),
    }
    here = at(one, "result")
    sheet = Sheet(
        one.title,
        _("Dire un mot"),
        here,
        _to_results(one.frame, (one.title, "")),
        template="initiatives/result.html",
        more=more,
    )
    return fill(
        request,
        form,
        sheet,
        lambda values: actions.remark(one, by=request.user, **values),
        _("C’est dit."),
        here + "#debate",
    )


def _changed(request: HttpRequest, result_id: str) -> ExpectedResult:
    one: ExpectedResult = within(request, get_result(request.user, result_id))
    if not _may_change(request, one):
        raise NotThere
    return one


@either
def edit_result(request: HttpRequest, result_id: str) -> HttpResponse:
    """Change a result before the vote."""
    one = _changed(request, result_id)
    names = ("title", "words", "tied_to", "horizon", "measure", "start_value", "target")
    form = ResultForm(sent(request), initial={name: getattr(one, name) for name in names})
    here, title = at(one, "result"), _("Modifier")
    sheet = Sheet(
        _("Modifier le résultat"),
        _("Enregistrer"),
        here,
        _to_results(one.frame, (one.title, here), (title, "")),
    )
    return fill(
        request,
        form,
        sheet,
        lambda values: actions.edit_result(one, by=request.user, **values),
        _("C’est enregistré."),
    )


WITHDRAW = Turn(
    actions.withdraw_result,
    gettext_lazy("Retirer ce résultat ?"),
    gettext_lazy("Le panel ne le verra plus."),
    gettext_lazy("Retirer"),
    gettext_lazy("Le résultat est retiré."),
    "danger",
)


@either
def withdraw_result(request: HttpRequest, result_id: str) -> HttpResponse:
    """Take a result off the list before the vote."""
    one = _changed(request, result_id)
    here = at(one, "result")
    crumbs = _to_results(one.frame, (one.title, here), (WITHDRAW.verb, ""))
    return sure(request, WITHDRAW, one, here, crumbs, to=of(one.frame, "results"))


@either
def note_value(request: HttpRequest, result_id: str) -> HttpResponse:
    """Note where a measure stands."""
    one = within(request, get_result(request.user, result_id))
    if not (can_frame(request.user, one.frame) or is_committee(request.user, one.frame)):
        raise NotThere
    here, title = at(one, "result"), _("Noter la mesure")
    form = ValueForm(sent(request), initial={"value": one.value_now, "on": today()})
    sheet = Sheet(
        title,
        _("Noter"),
        here,
        _to_results(one.frame, (one.title, here), (title, "")),
        lead=one.measure or one.title,
    )
    return fill(
        request,
        form,
        sheet,
        lambda values: actions.note_value(one, by=request.user, **values),
        _("La mesure est notée."),
    )


@either
def themes(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the themes of work among the ranked results."""
    row = enter(request, slug)
    if not (can_frame(request.user, row) or may_decide(request.user, row)):
        raise NotThere
    rows = results_of(row)
    by_id = {one.public_id: one for one in rows}
    labels = [(one.public_id, f"{one.rank}. {one.title}" if one.rank else one.title) for one in rows]
    chosen = [theme.result.public_id for theme in themes_of(row)]
    form = ThemesForm(labels, sent(request), initial={"results": chosen})
    title = _("Choisir les thèmes")
    sheet = Sheet(title, _("Choisir"), of(row, "results"), _to_results(row, (title, "")))
    return fill(
        request,
        form,
        sheet,
        lambda values: actions.choose_themes(
            row, by=request.user, results=[by_id[key] for key in values["results"]]
        ),
        _("Les thèmes sont choisis."),
    )
