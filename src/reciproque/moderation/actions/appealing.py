"""Appeal once against a decision; another person answers, and that is final."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.rules import Verb
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.moderation.access import can_answer_appeal, can_appeal
from reciproque.moderation.actions.deciding import restore_subject
from reciproque.moderation.actions.reporting import due_for, expect
from reciproque.moderation.models import Appeal, Decision
from reciproque.moderation.queries import administrators, handlers_for, sight_of, subject_of
from reciproque.moderation.rules import WORDS_MAX, AppealState, DecisionKind, Kind
from reciproque.networks.actions import end_suspension
from reciproque.networks.models import Membership
from reciproque.people.models import Person


def _reasoned(words: str, sentence: object) -> str:
    words = clean(words).strip()
    if len(words) < 3:
        raise ValidationError({"words": sentence})
    if len(words) > WORDS_MAX:
        raise ValidationError({"words": _("C’est trop long : 2 000 caractères au plus.")})
    return words


def not_for(appeal_of: Decision) -> list[int]:
    """Return those who cannot answer an appeal: who decided, and those whom it concerns."""
    report = appeal_of.report
    people = (appeal_of.by_id, report.handler_id, report.about_id, report.reporter_id)
    return [pk for pk in people if pk is not None]


@transaction.atomic
def appeal_decision(decision: Decision, *, by: Person, words: str) -> Appeal:
    """Ask that another person look again at a decision about one's words or conduct; once, and in time."""
    existing = Appeal.objects.filter(decision=decision, by=by).first()
    if existing is not None:
        return existing
    if not can_appeal(by, decision):
        raise PermissionDenied
    words = _reasoned(words, _("Dites en quelques mots ce qui devrait être revu."))
    report = decision.report
    but = not_for(decision)
    fit = handlers_for(report.network, [by, report.reporter], conduct=report.kind == Kind.PERSON, but=but)
    if not fit and not administrators(but=but):
        raise ValidationError(
            _(
                "Personne d’autre ne peut examiner ce recours ici. Adressez-vous à la direction des ressources humaines."
            )
        )
    handler, now = (fit[0] if fit else None), clock.now()
    due = due_for(report.network, handler, now)
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                decision=decision, by=by, words=words, handler=handler, made_at=now, due_at=due
            )
    except IntegrityError:
        return Appeal.objects.get(decision=decision)
    expect(appeal, Verb.APPEAL, report.network, handler, due, but=but)
    record("appeal.made", appeal, by=by, network=report.network, people=[by])
    return appeal


@transaction.atomic
def answer_appeal(appeal: Appeal, *, by: Person, overturn: bool, words: str) -> Appeal:
    """Answer an appeal, for good: the decision holds, or is undone; both people are told."""
    if not can_answer_appeal(by, appeal):
        raise PermissionDenied
    words = _reasoned(words, _("Expliquez votre réponse en une phrase au moins."))
    state = AppealState.OVERTURNED if overturn else AppealState.UPHELD
    move(
        appeal,
        state,
        since=[AppealState.OPEN],
        sentence=_("Ce recours a déjà reçu sa réponse."),
        answer=words,
        answered_by=by,
        answered_at=clock.now(),
    )
    close_steps(appeal, verb=Verb.APPEAL)
    report = appeal.decision.report
    if overturn:
        _undo(appeal.decision, by=by)
    record("appeal.answered", appeal, network=report.network, people=[report.about], outcome=state.value)
    record("appeal.outcome", report, network=report.network, people=[report.reporter], outcome=state.value)
    return appeal


def _undo(decision: Decision, *, by: Person) -> None:
    report = decision.report
    if decision.kind == DecisionKind.PAUSE:
        rows = Membership.objects.filter(network=report.network, person=report.about)
        for membership in rows.select_related("network", "person"):
            end_suspension(membership, by=by)
        return
    subject = subject_of(report)
    if sight_of(subject).hidden:
        restore_subject(subject, by=by)
