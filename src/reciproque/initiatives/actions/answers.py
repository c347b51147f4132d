"""The committee's answers, each with its reasons and in time; and what follows a yes until it is done."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.initiatives.access import (
    can_carry,
    can_steer,
    is_committee,
    may_carry_on,
    recused_of,
)
from reciproque.initiatives.actions.owing import (
    check_answers,
    choice,
    evening_of,
    expect_of_committee,
    line,
    note,
    settle,
    text,
    today,
    within,
)
from reciproque.initiatives.actions.proposals import lapse_amendments, people_of
from reciproque.initiatives.actions.signing import expect_of_author
from reciproque.initiatives.models import (
    Answer,
    AnswerTemplate,
    Frame,
    Milestone,
    Progress,
    Proposal,
    Score,
)
from reciproque.initiatives.rules import (
    AWAITING_ANSWER,
    CARRY_DAYS,
    DEFER_MOST,
    LINE_MAX,
    MILESTONES_MOST,
    PROPOSAL_OVER,
    REASONS_LEAST,
    TITLE_MAX,
    WORDS_MAX,
    AnswerKind,
    ProposalState,
)
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import fold
from reciproque.networks.access import is_member
from reciproque.people.models import Person

SHORT = _("C’est trop court : dites pourquoi en une phrase, avec les mots de cette proposition-ci.")
REASONS = _("Dites pourquoi : une réponse sans raisons n’en est pas une.")


@transaction.atomic
def score_proposal(proposal: Proposal, *, by: Person, value: int, words: str = "") -> Score:
    """Say for oneself, from 0 to 5, what one thinks of a proposal before the committee answers."""
    check_answers(proposal, by)
    if proposal.state not in AWAITING_ANSWER:
        raise ValidationError(_("Cette proposition a déjà sa réponse."))
    if value not in range(6):
        raise ValidationError({"value": _("Choisissez dans la liste.")})
    said = line(words, LINE_MAX, "words")
    score, _created = Score.objects.update_or_create(
        proposal=proposal, person=by, defaults={"value": value, "words": said, "at": clock.now()}
    )
    return score


@transaction.atomic
def answer_proposal(
    proposal: Proposal,
    *,
    by: Person,
    kind: str,
    reasons: str,
    change: str = "",
    until: dt.date | None = None,
    version: int | None = None,
) -> Answer:
    """Answer a proposal for the committee: yes, to be reframed, later, or no; always with reasons.

    `version` is the one that was read: if the authors changed it since, the answer waits for it to be read again.
    """
    check_answers(proposal, by)
    choice(kind, AnswerKind, "kind")
    reasons = text(reasons, WORDS_MAX, "reasons", missing=REASONS)
    if proposal.frame.templates.filter(words=reasons).exists():
        raise ValidationError(
            {"reasons": _("Ce sont les mots du modèle. Ajoutez ce qui vaut pour cette proposition-ci.")}
        )
    if kind in (AnswerKind.DECLINED, AnswerKind.DEFERRED) and len(reasons) < REASONS_LEAST:
        raise ValidationError({"reasons": SHORT})
    missing = _("Dites ce qui est à changer.") if kind == AnswerKind.REFRAMED else None
    change = text(change, WORDS_MAX, "change", missing=missing) if kind == AnswerKind.REFRAMED else ""
    until = _check_until(until) if kind == AnswerKind.DEFERRED else None
    fresh = Proposal.objects.select_for_update().get(pk=proposal.pk)
    # Somebody may have signed it, or asked one to, since it was read.
    check_answers(proposal, by)
    if version is not None and fresh.version != version:
        raise ValidationError(
            _(
                "La proposition a changé depuis que vous l’avez lue. Rechargez la page pour lire sa nouvelle version."
            )
        )
    if fresh.state not in AWAITING_ANSWER or fresh.due_at is None:
        raise ValidationError(_("Cette proposition a déjà sa réponse."), code="changed")
    now = clock.now()
    answer = Answer.objects.create(
        proposal=proposal,
        kind=kind,
        reasons=reasons,
        change=change,
        until=until,
        by=by,
        at=now,
        due_at=fresh.due_at,
        version=fresh.version,
    )
    answer.recused.set(recused_of(proposal))
    _follow_up(proposal, answer)
    data = {"kind": kind, "version": fresh.version, "late": now > fresh.due_at}
    note("proposal.answered", proposal, by, people_of(proposal), **data)
    return answer


def _check_until(until: dt.date | None) -> dt.date:
    if until is None:
        raise ValidationError({"until": _("Dites jusqu’à quand : la proposition sera reprise ce jour-là.")})
    if until <= today():
        raise ValidationError({"until": _("Cette date est passée. Choisissez un jour à venir.")})
    if until > today() + dt.timedelta(days=DEFER_MOST):
        raise ValidationError({"until": _("On ne reporte pas de plus d’un an.")})
    return until


def _follow_up(proposal: Proposal, answer: Answer) -> None:
    """Move the proposal to the state of its answer, and expect the next thing of the right person."""
    due_at: dt.datetime | None = None
    if answer.kind == AnswerKind.DEFERRED and answer.until is not None:
        due_at = evening_of(answer.until)
    elif answer.kind == AnswerKind.VALIDATED:
        due_at = within(proposal.frame, CARRY_DAYS)
    closed: dict[str, Any] = {"closed_at": answer.at} if answer.kind == AnswerKind.DECLINED else {}
    # Each answer has the name of the state it leads to; one deferred may be deferred again.
    move(proposal, answer.kind, since=AWAITING_ANSWER, due_at=due_at, answered_at=answer.at, **closed)
    if answer.kind in (AnswerKind.DECLINED, AnswerKind.VALIDATED):
        lapse_amendments(proposal)
    if answer.kind == AnswerKind.DECLINED:
        settle(proposal)
        return
    settle(proposal, Verb.RESOLVE)
    if answer.kind == AnswerKind.REFRAMED:
        expect_of_author(proposal)
    else:
        expect_of_committee(proposal)


@transaction.atomic
def answer_many(
    frame: Frame,
    *,
    by: Person,
    kind: str,
    pairs: Sequence[tuple[Proposal, str]],
    change: str = "",
    until: dt.date | None = None,
    versions: Mapping[str, int] | None = None,
) -> list[Answer]:
    """Give the same answer to several proposals, each with its own reasons: all of them, or none.

    `versions` are those that were read: one changed since is read again first.
    """
    if not pairs:
        raise ValidationError(_("Choisissez au moins une proposition."))
    if len({proposal.pk for proposal, _reasons in pairs}) < len(pairs):
        raise ValidationError(_("Une proposition est choisie deux fois."))
    if any(proposal.frame_id != frame.pk for proposal, _reasons in pairs):
        raise ValidationError(_("Choisissez dans la liste."))
    same = Counter(" ".join(fold(reasons).split()) for _proposal, reasons in pairs)
    errors: dict[str, list[str]] = {}
    answers: list[Answer] = []
    for proposal, reasons in pairs:
        name = f"reasons_{proposal.public_id}"
        if same[" ".join(fold(reasons).split())] > 1 and reasons.strip():
            errors[name] = [str(_("Ces raisons servent deux fois : écrivez celles de cette proposition-ci."))]
            continue
        try:
            answers.append(
                answer_proposal(
                    proposal,
                    by=by,
                    kind=kind,
                    reasons=reasons,
                    change=change,
                    until=until,
                    version=(versions or {}).get(proposal.public_id, proposal.version),
                )
            )
        except ValidationError as error:
            told = error.message_dict if hasattr(error, "error_dict") else {}
            shared = [field for field in ("kind", "change", "until") if field in told]
            for field in shared:
                errors[field] = told[field]
            if not shared:
                errors[name] = told.get("reasons", error.messages)
    if errors:
        raise ValidationError(errors)
    return answers


@transaction.atomic
def save_template(
    frame: Frame, *, by: Person, name: str, words: str, template: AnswerTemplate | None = None
) -> AnswerTemplate:
    """Keep words that the committee uses again; the reasons are still written for each proposal."""
    if not can_steer(by, frame):
        raise PermissionDenied
    if template is not None and template.frame_id != frame.pk:
        raise PermissionDenied
    name = line(name, TITLE_MAX, "name", missing=_("Donnez un nom au modèle."))
    words = text(words, WORDS_MAX, "words", missing=_("Écrivez les mots du modèle."))
    if template is None:
        return AnswerTemplate.objects.create(frame=frame, name=name, words=words, by=by)
    template.name, template.words = name, words
    template.save(update_fields=["name", "words"])
    return template


@transaction.atomic
def drop_template(template: AnswerTemplate, *, by: Person) -> None:
    """Throw a template away; the answers it helped to write stay."""
    if not can_steer(by, template.frame):
        raise PermissionDenied
    template.delete()


# -- carry out


def _check_carries(proposal: Proposal, by: Person) -> None:
    if not (can_carry(by, proposal) and may_carry_on(proposal.frame)):
        raise PermissionDenied


@transaction.atomic
def carry_proposal(proposal: Proposal, *, by: Person, owner: Person, review_on: dt.date) -> Proposal:
    """Entrust a validated proposal to somebody who carries it out, with a day on which to look at it; or to another."""
    _check_carries(proposal, by)
    if not owner.is_active or not (
        is_member(owner, proposal.frame.network) or is_committee(owner, proposal.frame)
    ):
        raise ValidationError({"owner": _("Cette personne ne fait pas partie du réseau.")})
    _check_review(review_on)
    before = proposal.owner
    move(
        proposal,
        ProposalState.CARRYING,
        since=[ProposalState.VALIDATED, ProposalState.CARRYING],
        sentence=_("On réalise une proposition validée."),
        owner=owner,
        review_on=review_on,
        due_at=None,
    )
    expect_of_author(proposal)
    people = [*people_of(proposal), *([before] if before else [])]
    note("proposal.carried", proposal, by, people, who=owner.display_name)
    return proposal


def _check_review(review_on: dt.date) -> None:
    if review_on <= today():
        raise ValidationError({"review_on": _("Cette date est passée. Choisissez un jour à venir.")})
    if review_on > today() + dt.timedelta(days=DEFER_MOST):
        raise ValidationError({"review_on": _("Choisissez une date dans l’année.")})


def _check_carrying(proposal: Proposal) -> None:
    if proposal.state != ProposalState.CARRYING:
        raise ValidationError(_("Cette proposition n’est pas en cours de réalisation."))


@transaction.atomic
def add_milestone(proposal: Proposal, *, by: Person, words: str, due_on: dt.date) -> Milestone:
    """Plan a stage of the carrying out."""
    _check_carries(proposal, by)
    _check_carrying(proposal)
    if due_on < today():
        raise ValidationError({"due_on": _("Cette date est passée. Choisissez un jour à venir.")})
    if proposal.milestones.count() >= MILESTONES_MOST:
        raise ValidationError(_("%(n)s étapes au plus.") % {"n": MILESTONES_MOST})
    words = line(words, LINE_MAX, "words", missing=_("Dites en quoi consiste l’étape."))
    stage = Milestone.objects.create(proposal=proposal, words=words, due_on=due_on)
    expect_of_author(proposal)
    return stage


@transaction.atomic
def do_milestone(milestone: Milestone, *, by: Person) -> Milestone:
    """Say that a stage is done; twice changes nothing."""
    proposal = milestone.proposal
    _check_carries(proposal, by)
    _check_carrying(proposal)
    now = clock.now()
    if Milestone.objects.filter(pk=milestone.pk, done_at=None).update(done_at=now):
        milestone.done_at = now
        expect_of_author(proposal)
        note("proposal.advanced", proposal, by, people_of(proposal), stage=milestone.words)
    return milestone


@transaction.atomic
def report_progress(
    proposal: Proposal, *, by: Person, percent: int, words: str = "", review_on: dt.date | None = None
) -> Proposal:
    """Say how far the carrying out has come; on the day of its review, until when it is looked at again."""
    _check_carries(proposal, by)
    if percent not in range(101):
        raise ValidationError({"percent": _("De 0 à 100 %.")})
    said = text(words, WORDS_MAX, "words")
    if review_on is not None:
        _check_review(review_on)
    elif proposal.review_on is not None and proposal.review_on <= today():
        raise ValidationError({"review_on": _("Dites quand on en reparlera.")})
    changes = {"percent": percent} | ({"review_on": review_on} if review_on is not None else {})
    if not Proposal.objects.filter(pk=proposal.pk, state=ProposalState.CARRYING).update(**changes):
        raise ValidationError(_("Cette proposition n’est pas en cours de réalisation."))
    for name, value in changes.items():
        setattr(proposal, name, value)
    Progress.objects.create(proposal=proposal, percent=percent, words=said, by=by, at=clock.now())
    expect_of_author(proposal)
    note("proposal.advanced", proposal, by, people_of(proposal), percent=percent)
    return proposal


@transaction.atomic
def finish_proposal(proposal: Proposal, *, by: Person, outcome: str) -> Proposal:
    """Say that a proposal is carried out, and what it gave."""
    _check_carries(proposal, by)
    if proposal.state in PROPOSAL_OVER:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    outcome = text(outcome, WORDS_MAX, "outcome", missing=_("Dites ce que cela a donné."))
    move(
        proposal,
        ProposalState.DONE,
        since=[ProposalState.CARRYING],
        sentence=_("Cette proposition n’est pas en cours de réalisation."),
        outcome=outcome,
        percent=100,
        closed_at=clock.now(),
    )
    settle(proposal)
    note("proposal.done", proposal, by, people_of(proposal))
    return proposal
