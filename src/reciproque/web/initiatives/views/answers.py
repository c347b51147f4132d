"""What the committee answers to a proposal, and how what it validated is carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_carry,
    get_milestone,
    get_proposal,
    get_template,
    is_committee,
    may_answer,
    may_carry_on,
)
from reciproque.initiatives.queries import committee_of, dossier_of, scores_of, templates_of
from reciproque.initiatives.queries.committee import owed_by
from reciproque.initiatives.rules import AWAITING_ANSWER
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id
from reciproque.web.http import attempt, see
from reciproque.web.initiatives.forms.committee import AnswerForm
from reciproque.web.initiatives.forms.proposals import (
    CarryForm,
    MilestoneForm,
    OutcomeForm,
    ProgressForm,
    ScoreForm,
)
from reciproque.web.initiatives.views.proposals import PARTS, sheet_of
from reciproque.web.initiatives.views.sheets import anyone, at, either, fill, is_late, of, sent, within

if TYPE_CHECKING:
    from reciproque.initiatives.models import Proposal


def _judged(request: HttpRequest, proposal_id: str) -> Proposal:
    """Return a proposal to those who answer for the committee, and to those of it who are recused; else `NotThere`."""
    one: Proposal = within(request, get_proposal(request.user, proposal_id))
    if not (may_answer(request.user, one) or is_committee(request.user, one.frame)):
        raise NotThere
    return one


@either
def answer(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Answer a proposal for the committee, with reasons."""
    one = _judged(request, proposal_id)
    if one.submitted_at is None:
        # Nothing was asked of the committee yet.
        raise NotThere
    awaits = one.state in AWAITING_ANSWER
    asked = request.GET.get("template", "")
    template = get_template(one.frame, asked) if is_id(asked) else None
    initial = {"version": one.version, "reasons": template.words if template else ""}
    form = AnswerForm(sent(request), initial=initial)
    owed = next((row for row in owed_by(one.frame) if row.public_id == one.public_id), None)
    scores = scores_of(one, request.user)
    more = {
        "proposal": one,
        "texts": [(label, getattr(one, name)) for name, label in PARTS.items() if name != "title"],
        "dossier": dossier_of(one, request.user),
        "owed": owed,
        "late": is_late(one.due_at),
        "awaits": awaits,
        "responds": awaits and may_answer(request.user, one),
        "scores": scores,
        "mine": next((row for row in scores if row.person_id == request.user.pk), None),
        "committee": committee_of(one.frame),
        "templates": templates_of(one.frame),
        "desk": of(one.frame, "desk"),
    }

    def act(values: dict[str, Any]) -> Any:
        values.pop("reread")
        return actions.answer_proposal(one, by=request.user, **values)

    # What would be refused anyway (a version not read, the words of a template) is refused at once.
    fresh = form.is_bound and form.data.get("version") in (None, "", str(one.version))
    bare = any(row.words == form.data.get("reasons") for row in more["templates"])
    if more["responds"] and fresh and not bare and form.to_reread():
        return _reread(request, one, form, more)
    sheet = sheet_of(
        one, _("Répondre"), _("Donner cette réponse"), template="initiatives/answer.html", more=more
    )
    return fill(
        request,
        form,
        sheet,
        act,
        _("La réponse est donnée, avec ses raisons. Ses auteurs et ceux qui la suivent sont prévenus."),
    )


def _reread(request: HttpRequest, one: Proposal, form: AnswerForm, more: dict[str, Any]) -> HttpResponse:
    """Show a no as the network will read it, before it is given: it is given, or written again."""
    again = AnswerForm(initial=form.cleaned_data | {"reread": True})
    sheet = sheet_of(one, _("Relire avant de donner cette réponse"), _("Donner cette réponse"))
    context = {
        "form": again,
        "sheet": sheet,
        **more,
        "reasons": form.cleaned_data["reasons"],
    }
    return render(request, "initiatives/answer_reread.html", context)


@either
def score(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Say for oneself what one thinks of it, before the committee answers."""
    one = _judged(request, proposal_id)
    mine = next((row for row in scores_of(one, request.user) if row.person_id == request.user.pk), None)
    lead = _("Pour vous d’abord : les autres du comité ne le lisent qu’une fois la réponse donnée.")
    return fill(
        request,
        ScoreForm(sent(request), initial={"value": mine.value, "words": mine.words} if mine else None),
        sheet_of(one, _("Votre avis"), _("Enregistrer"), lead),
        lambda values: actions.score_proposal(one, by=request.user, **values),
        _("Votre avis est enregistré."),
        at(one, "answer_proposal"),
    )


def _carried(request: HttpRequest, proposal_id: str) -> Proposal:
    """Return a proposal to those who say how it is carried out; anyone else meets `NotThere`."""
    one: Proposal = within(request, get_proposal(request.user, proposal_id))
    if not (can_carry(request.user, one) and may_carry_on(one.frame)):
        raise NotThere
    return one


@either
def carry(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Entrust it to somebody, or to another."""
    one = _carried(request, proposal_id)
    form = CarryForm(sent(request), find=anyone, known=one.owner, initial={"review_on": one.review_on})
    return fill(
        request,
        form,
        sheet_of(one, _("Confier la réalisation"), _("Confier")),
        lambda values: actions.carry_proposal(one, by=request.user, **values),
        _("C’est confié. Ses auteurs et ceux qui la suivent sont prévenus."),
    )


@either
def add_milestone(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Plan a stage."""
    one = _carried(request, proposal_id)
    return fill(
        request,
        MilestoneForm(sent(request)),
        sheet_of(one, _("Prévoir une étape"), _("Prévoir")),
        lambda values: actions.add_milestone(one, by=request.user, **values),
        _("L’étape est prévue."),
    )


@require_POST
def do_milestone(request: HttpRequest, proposal_id: str, milestone_id: str) -> HttpResponse:
    """Say that a stage is done."""
    one = _carried(request, proposal_id)
    row = get_milestone(one, milestone_id)
    attempt(request, lambda: actions.do_milestone(row, by=request.user), _("L’étape est faite."))
    return see("initiatives:proposal", proposal_id)


@either
def progress(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Say how far it has come."""
    one = _carried(request, proposal_id)
    return fill(
        request,
        ProgressForm(sent(request), initial={"percent": one.percent, "review_on": one.review_on}),
        sheet_of(one, _("Dire où l’on en est"), _("Enregistrer")),
        lambda values: actions.report_progress(one, by=request.user, **values),
        _("C’est noté. Ceux qui la suivent le sauront."),
    )


@either
def finish(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Say that it is done, and what it gave."""
    one = _carried(request, proposal_id)
    return fill(
        request,
        OutcomeForm(sent(request)),
        sheet_of(one, _("C’est réalisé"), _("C’est réalisé")),
        lambda values: actions.finish_proposal(one, by=request.user, **values),
        _("La proposition est réalisée. Ses auteurs et ceux qui la suivent le savent."),
    )
