"""Tell one named person of words or of a conduct."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.catalogue.models import Post
from reciproque.exchanges.models import Exchange, Introduction, Review, ThreadMessage
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.moderation.models import Appeal, Report
from reciproque.moderation.queries import administrators, handlers_for, sight_of
from reciproque.moderation.rules import (
    CONDUCT_REASONS,
    MAX_OPEN_REPORTS,
    WORDS_MAX,
    Kind,
    Reason,
    ReportState,
)
from reciproque.networks.access import is_member
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person

Subject = Post | Review | ThreadMessage | Person

NOBODY = _(
    "Personne ne peut recevoir ce signalement ici sans être juge et partie. "
    "Adressez-vous à la direction des ressources humaines ou à la personne qui a installé Réciproque."
)
STEP_WORDS = _("Un signalement")


@transaction.atomic
def make_report(
    network: Network,
    *,
    by: Person,
    about: Subject,
    reason: str,
    words: str = "",
    handler: Person | None = None,
    context: Introduction | Exchange | None = None,
) -> Report:
    """Report words, or a person's conduct, to one named animator whom it does not bind; an administrator if none.

    One report is open at a time per person and subject: a second one returns the first. Raises ValidationError
    with the sentence to show when there is nobody to read it.
    """
    kind, author = _kind_of(about), _author_of(about)
    if by.pk == author.pk or not _may_report(by, about, network, context):
        raise PermissionDenied
    reason, words = _checked(kind, reason, words)
    mine = Report.objects.waiting().filter(reporter=by)
    existing = mine.filter(network=network, kind=kind, subject_id=about.public_id).first()
    if existing is not None:
        return existing
    if not sight_of(about).visible:
        raise ValidationError(_("Ce texte n’est déjà plus visible : il n’y a plus rien à signaler."))
    if mine.filter(network=network).count() >= MAX_OPEN_REPORTS:
        raise ValidationError(_("Vous avez déjà vingt signalements en cours. Attendez une première réponse."))
    handler = _chosen(network, kind, about, [by, author], handler)
    now = clock.now()
    try:
        with transaction.atomic():
            report = Report.objects.create(
                network=network,
                kind=kind,
                subject_id=about.public_id,
                about=author,
                reporter=by,
                reason=reason,
                words=words,
                context_kind=context.subject_kind if context is not None else "",
                context_id=context.public_id if context is not None else "",
                handler=handler,
                reported_at=now,
                due_at=due_for(network, handler, now),
            )
    except IntegrityError:  # the same button pressed twice at the same instant
        return mine.get(network=network, kind=kind, subject_id=about.public_id)
    expect(report, Verb.MODERATE, network, handler, report.due_at, but=_concerned(report))
    # Neither the words nor the person concerned: the journal holds that something was reported, to its author.
    record("report.made", report, by=by, network=network, people=[by], kind=kind)
    return report


def _kind_of(about: Subject) -> str:
    kinds = {Post: Kind.POST, Review: Kind.REVIEW, ThreadMessage: Kind.MESSAGE, Person: Kind.PERSON}
    return kinds[type(about)].value


def _author_of(about: Subject) -> Person:
    return about if isinstance(about, Person) else about.author


def _may_report(
    by: Person, about: Subject, network: Network, context: Introduction | Exchange | None
) -> bool:
    """Whether this person is of the network and met there what they report."""
    if not is_member(by, network) or (context is not None and context.network_id != network.pk):
        return False
    if isinstance(about, Post):
        return Post.objects.visible_to(by).filter(pk=about.pk, network=network).exists()
    if isinstance(about, Review):
        return Review.objects.visible_to(by).filter(pk=about.pk, exchange__network=network).exists()
    if isinstance(about, ThreadMessage):
        part = about.thread.people.filter(person=by, until=None).first()
        return part is not None and about.written_at >= part.since and about.thread.network_id == network.pk
    # Someone who left the network is still answerable for what they did in it.
    return Membership.objects.filter(person=about, network=network).exists()


def _checked(kind: str, reason: str, words: str) -> tuple[str, str]:
    known = CONDUCT_REASONS if kind == Kind.PERSON else Reason.values
    if reason not in known:
        raise ValidationError({"reason": _("Choisissez une raison.")})
    words = clean(words).strip()
    if len(words) > WORDS_MAX:
        raise ValidationError({"words": _("C’est trop long : 2 000 caractères au plus.")})
    if not words and (kind == Kind.PERSON or reason == Reason.OTHER):
        raise ValidationError({"words": _("Dites en quelques mots ce qui s’est passé.")})
    return reason, words


def _chosen(
    network: Network, kind: str, about: Subject, people: list[Person], wanted: Person | None
) -> Person | None:
    """Return who will read it: the one asked for, who has the same words in hand already, the least burdened."""
    fit = handlers_for(network, people, conduct=kind == Kind.PERSON)
    if wanted is not None:
        if wanted.pk not in {person.pk for person in fit}:
            raise ValidationError({"handler": _("Cette personne ne peut pas traiter ce signalement.")})
        return wanted
    if kind != Kind.PERSON:
        same = Report.objects.waiting().filter(kind=kind, subject_id=about.public_id, handler__in=fit).first()
        if same is not None:
            return same.handler
    if not fit and not administrators(but=[person.pk for person in people]):
        raise ValidationError(NOBODY)
    return fit[0] if fit else None


def due_for(network: Network, handler: Person | None, now: dt.datetime) -> dt.datetime:
    """Return by when an answer is owed: the network's own days to answer, in the handler's zone."""
    zone = handler.time_zone if handler is not None else "Europe/Paris"
    return deadline(network, network.answer_days, now, zone)


def _concerned(report: Report) -> list[int]:
    return [report.about_id, report.reporter_id]


def expect(
    subject: Report | Appeal,
    verb: str,
    network: Network,
    handler: Person | None,
    due_at: dt.datetime,
    *,
    but: list[int],
) -> list[Step]:
    """Expect an answer of its handler, or of each administrator whom it does not concern; never of the whole team."""
    owners = [handler] if handler is not None else administrators(but=but)
    return [
        open_step(verb, subject, network=network, owner=owner, due_at=due_at, words=str(STEP_WORDS))
        for owner in owners
    ]


def expect_again(report: Report, *, now: dt.datetime) -> None:
    """Have a report wait for its handler again, with a new deadline (a correction came, or will never come)."""
    due = due_for(report.network, report.handler, now)
    Report.objects.filter(pk=report.pk, state=ReportState.ASKED).update(
        state=ReportState.OPEN, due_at=due, escalated_at=None
    )
    report.refresh_from_db(fields=["state", "due_at", "escalated_at"])
    expect(report, Verb.MODERATE, report.network, report.handler, due, but=_concerned(report))


def mark_late(subject: Any, verb: str, now: dt.datetime) -> None:
    """Note on the steps of a report or an appeal that its administrators were called in."""
    Step.objects.about(subject).filter(state=StepState.OPEN, verb=verb, escalated_at=None).update(
        escalated_at=now
    )
