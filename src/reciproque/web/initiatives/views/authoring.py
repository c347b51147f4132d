"""A proposal in its authors' hands: versions, who signs, changes proposed, submitted or withdrawn; and who follows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_sign,
    can_write_proposal,
    get_amendment,
    get_proposal,
    may_comment,
)
from reciproque.initiatives.queries import changes_between, dossier_of
from reciproque.kit.errors import NotThere
from reciproque.web.http import attempt, see
from reciproque.web.initiatives.forms.proposals import AmendForm, AmendmentForm, AuthorForm
from reciproque.web.initiatives.views.proposals import PARTS, WRITABLE, P, own, sheet_of, to_proposals
from reciproque.web.initiatives.views.sheets import Turn, at, either, fill, members_of, sent, sure, within


@require_safe
def versions(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Show what changed from one version to the next."""
    one = within(request, get_proposal(request.user, proposal_id))
    rows = dossier_of(one, request.user).versions
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    place = next((n for n, row in enumerate(rows) if row.number == number), len(rows) - 1)
    after = rows[place] if rows else None
    before = rows[place - 1] if place > 0 else None
    changes = changes_between(before, after) if before and after else {}
    context = {
        "proposal": one,
        "versions": list(reversed(rows)),
        "chosen": after,
        "before": before,
        "changes": [{"label": PARTS.get(name, name), "pieces": pieces} for name, pieces in changes.items()],
        "parts": [(label, after.parts.get(name, "")) for name, label in PARTS.items()] if after else [],
        "crumbs": to_proposals(one.frame, (one.title, at(one, "proposal")), (_("Versions"), "")),
    }
    return render(request, "initiatives/proposal_versions.html", context)


@either
def authors(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Show who signs; ask somebody to."""
    one = within(request, get_proposal(request.user, proposal_id))
    writes = can_write_proposal(request.user, one) and one.state in WRITABLE
    dossier = dossier_of(one, request.user)
    more = {
        "proposal": one,
        "rows": dossier.authors,
        "writes": writes,
        "leaves": can_sign(request.user, one) and len(dossier.authors) > 1,
    }
    sheet = sheet_of(
        one, _("Qui la signe"), _("Inviter à signer"), template="initiatives/proposal_authors.html", more=more
    )
    return fill(
        request,
        AuthorForm(sent(request), find=members_of(one.frame, request.user)),
        sheet,
        lambda values: actions.invite_author(one, values["person"], by=request.user),
        _("L’invitation est envoyée. Son nom n’apparaîtra que si la personne accepte."),
        at(one, "proposal_authors"),
    )


ACTS = {
    "accept": (
        lambda one, by: actions.answer_invitation(one, by=by, accept=True),
        gettext_lazy("Vous signez cette proposition."),
    ),
    "decline": (
        lambda one, by: actions.answer_invitation(one, by=by, accept=False),
        gettext_lazy("C’est noté : votre nom n’y figurera pas."),
    ),
    "leave": (
        lambda one, by: actions.leave_authors(one, by=by),
        gettext_lazy("Votre nom est retiré."),
    ),
    "follow": (
        lambda one, by: actions.follow(one, by=by),
        gettext_lazy("Vous la suivez : vous saurez ce qu’elle devient."),
    ),
    "unfollow": (
        lambda one, by: actions.unfollow(one, by=by),
        gettext_lazy("Vous ne la suivez plus."),
    ),
}


@require_POST
def act(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Sign, decline, take one's name off, follow."""
    one = within(request, get_proposal(request.user, proposal_id))
    if request.POST.get("act") not in ACTS:
        raise NotThere
    action, done = ACTS[request.POST["act"]]
    attempt(request, lambda: action(one, request.user), done)
    # Who declines a draft no longer reads it.
    if request.POST["act"] in ("decline", "leave") and one.state == P.DRAFT:
        return see("initiatives:proposals", one.frame.network.slug)
    return see("initiatives:proposal", proposal_id)


TURNS = {
    "submit": Turn(
        actions.submit_proposal,
        gettext_lazy("Soumettre cette proposition ?"),
        gettext_lazy("Tout le réseau la lit, et le comité répond à une date, avec ses raisons."),
        gettext_lazy("Soumettre"),
        gettext_lazy("La proposition est soumise. Le comité doit y répondre."),
    ),
    "withdraw": Turn(
        actions.withdraw_proposal,
        gettext_lazy("Retirer cette proposition ?"),
        gettext_lazy("Plus personne n’est attendu pour y répondre. Ce qui est écrit reste lisible."),
        gettext_lazy("Retirer"),
        gettext_lazy("La proposition est retirée."),
        "danger",
    ),
}


@either
def turn(request: HttpRequest, proposal_id: str, verb: str) -> HttpResponse:
    """Submit or withdraw a proposal, once asked whether one is sure."""
    one, gesture = own(request, proposal_id), TURNS[verb]
    here = at(one, "proposal")
    return sure(request, gesture, one, here, to_proposals(one.frame, (one.title, here), (gesture.verb, "")))


@either
def amend(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Propose a change."""
    one = within(request, get_proposal(request.user, proposal_id))
    if not may_comment(request.user, one.frame):
        raise NotThere
    return fill(
        request,
        AmendForm(sent(request)),
        sheet_of(one, _("Proposer un changement"), _("Proposer")),
        lambda values: actions.amend(one, by=request.user, **values),
        _("Le changement est proposé à ses auteurs."),
        at(one, "proposal") + "#amendments",
    )


@either
def amendment(request: HttpRequest, proposal_id: str, amendment_id: str) -> HttpResponse:
    """Say whether the authors take a change."""
    one = own(request, proposal_id)
    row = get_amendment(one, amendment_id)

    def answer(values: dict[str, Any]) -> Any:
        taken = values["taken"] == "yes"
        return actions.answer_amendment(row, by=request.user, taken=taken, answer=values["answer"])

    return fill(
        request,
        AmendmentForm(sent(request)),
        sheet_of(one, _("Répondre au changement proposé"), _("Répondre"), row.words),
        answer,
        _("La réponse est donnée."),
        at(one, "proposal") + "#amendments",
    )
