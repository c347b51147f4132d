"""The committee's desk: what waits for it, several answers at once, its words; what is overdue, in public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import get_template, is_committee, may_answer
from reciproque.initiatives.queries import (
    committee_desk,
    kept_promises,
    overdue,
    owed_by,
    templates_of,
)
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.initiatives.forms.committee import AnswersForm, TemplateForm
from reciproque.web.initiatives.views.committee import to_committee
from reciproque.web.initiatives.views.sheets import (
    Sheet,
    at,
    either,
    enter,
    fill,
    is_late,
    of,
    sent,
    steered,
    trail,
)

if TYPE_CHECKING:
    from reciproque.initiatives.queries.committee import Owed

# What somebody owes the network has a page of its own when it is one of these.
KINDS = ("proposal", "experiment", "obstacle")


def _row(
    thing: Any, page: str, owed: dict[str, Owed], *, own: bool, by: Any, note: Any = ""
) -> dict[str, Any]:
    """Return one thing that waits: what, whose, by when, of whom it is expected."""
    found = owed.get(thing.public_id)
    return {
        "title": str(getattr(thing, "title", "") or thing.words),
        "url": at(thing, page),
        "by": by.display_name,
        "theme": getattr(thing, "theme", None),
        "due_at": thing.due_at,
        "late": is_late(thing.due_at),
        "owner": found.owner.display_name if found and found.owner else "",
        "recused": found.recused if found else (),
        "own": own,
        "note": note,
    }


@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what waits for the committee, the longest late first."""
    frame = steered(request, slug)
    found = committee_desk(frame, request.user)
    owed = {one.public_id: one for one in owed_by(frame)}
    sits = is_committee(request.user, frame)

    def trials(rows: Any) -> list[dict[str, Any]]:
        return [_row(one, "experiment", owed, own=one.public_id in found.own, by=one.owner) for one in rows]

    def proposals(rows: Any, page: str) -> list[dict[str, Any]]:
        return [
            _row(
                one,
                # Whoever may not answer reads it, and its page says who does.
                page if sits and one.public_id not in found.own else "proposal",
                owed,
                own=one.public_id in found.own,
                by=one.written_by,
                note=_("reportée jusqu’ici") if one.state == "deferred" else "",
            )
            for one in rows
        ]

    groups = [
        (_("Propositions qui attendent une réponse"), proposals(found.proposals, "answer_proposal")),
        (_("Propositions validées, à confier"), proposals(found.to_carry, "proposal")),
        (
            _("Obstacles qui attendent une décision"),
            [
                _row(one, "obstacle", owed, own=one.public_id in found.own, by=one.raised_by)
                for one in found.obstacles
            ],
        ),
        (_("Expérimentations qui demandent un soutien"), trials(found.to_support)),
        (_("Expérimentations mesurées, à décider"), trials(found.to_decide)),
    ]
    context = {
        "frame": frame,
        "groups": [{"title": title, "rows": rows} for title, rows in groups if rows],
        "notes": found.notes,
        "late": len(found.late),
        "sits": sits,
        "several": len([one for one in found.proposals if one.public_id not in found.own]) > 1,
        "promises": kept_promises(frame),
        "crumbs": to_committee(frame, (_("Le bureau"), "")),
    }
    return render(request, "initiatives/desk.html", context)


@either
def answer_many(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the same answer to several proposals, each with its own reasons."""
    frame = steered(request, slug)
    found = committee_desk(frame, request.user)
    rows = [one for one in found.proposals if one.public_id not in found.own]
    if not is_committee(request.user, frame):
        # The sponsor answers when everybody else signed; those who only frame answer nothing.
        rows = [one for one in rows if may_answer(request.user, one)]
    form = AnswersForm(rows, sent(request))

    def act(values: dict[str, Any]) -> Any:
        return actions.answer_many(
            frame,
            by=request.user,
            kind=values["kind"],
            pairs=form.pairs(),
            change=values["change"],
            until=values["until"],
            versions=form.versions(),
        )

    if request.method == "POST":
        done, _answers = submit(form, act)
        if done:
            tell(
                request,
                _("Les réponses sont données, chacune avec ses raisons. Leurs auteurs sont prévenus."),
            )
            return see("initiatives:desk", slug)
    context = {
        "frame": frame,
        "form": form,
        "lines": form.lines(),
        "templates": templates_of(frame),
        "crumbs": to_committee(frame, (_("Le bureau"), of(frame, "desk")), (_("Répondre à plusieurs"), "")),
    }
    return render(request, "initiatives/answer_many.html", context, status=422 if form.is_bound else 200)


@either
def templates(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep, change and throw away the words that the committee uses again."""
    frame = steered(request, slug)
    asked = request.POST.get("template") or request.GET.get("template", "")
    known = get_template(frame, asked) if is_id(asked) else None
    if request.POST.get("act") == "drop":
        if known is None:
            raise NotThere
        attempt(request, lambda: actions.drop_template(known, by=request.user), _("Le modèle est jeté."))
        return see("initiatives:answer_templates", slug)
    form = TemplateForm(sent(request), initial={"name": known.name, "words": known.words} if known else None)
    back = of(frame, "answer_templates")
    title = _("Modèles de réponse")
    sheet = Sheet(
        title,
        _("Enregistrer"),
        back,
        to_committee(frame, (_("Le bureau"), of(frame, "desk")), (title, "")),
        lead=_("Des mots pour commencer. Une réponse qui ne dirait que le modèle est refusée."),
        template="initiatives/answer_templates.html",
        more={"rows": templates_of(frame), "known": known, "frame": frame},
    )
    return fill(
        request,
        form,
        sheet,
        lambda values: actions.save_template(frame, by=request.user, template=known, **values),
        _("Le modèle est enregistré."),
    )


@require_safe
def late(request: HttpRequest, slug: str) -> HttpResponse:
    """Show to the whole network what is overdue, and of whom it is expected."""
    frame = enter(request, slug)
    rows = [{"owed": one, "url": at(one, one.kind) if one.kind in KINDS else ""} for one in overdue(frame)]
    context = {
        "frame": frame,
        "rows": rows,
        "promises": kept_promises(frame),
        "crumbs": trail(frame, (_("En retard"), "")),
    }
    return render(request, "initiatives/overdue.html", context)
