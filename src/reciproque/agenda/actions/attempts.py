"""What animators do by hand to get something moving: remind, give back, call, set aside; each is noted once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions.steps import StepSubject, open_step, record_reminder
from reciproque.agenda.models import Attempt, Step
from reciproque.agenda.rules import (
    ATTEMPT_MAX,
    ENCOURAGED_DAYS,
    QUIET_DAYS,
    QUIET_MOST,
    AttemptKind,
    StepState,
    deadline,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import accompanies, scope_of
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import membership_of
from reciproque.people.models import Person

# Pressing the same button again within this time is the same gesture.
SAME = dt.timedelta(minutes=10)
GONE = _("C’est déjà réglé : plus rien n’est attendu.")


def _check(by: Person, network: Network, person: Person | None) -> None:
    allowed = accompanies(by, network, person) if person else scope_of(by, network) is not None
    if not allowed:
        raise PermissionDenied


def quiet_end(network: Network, kind: str) -> dt.datetime:
    """Return until when a subject leaves the animators' queue after a gesture of this kind, left its usual time."""
    return deadline(network, QUIET_DAYS[kind], clock.now())


@transaction.atomic
def note_attempt(
    subject: Any,
    network: Network,
    kind: str,
    *,
    by: Person,
    person: Person | None = None,
    words: str = "",
    quiet_until: dt.datetime | None = None,
) -> Attempt:
    """Note what an animator tried about a subject (with one person, when it was one): it leaves the queue for a while.

    Noting the same thing twice within minutes changes nothing.
    """
    _check(by, network, person)
    now = clock.now()
    words = clean(words).strip()
    if len(words) > ATTEMPT_MAX:
        raise ValidationError({"words": _("C’est trop long : 1 000 caractères au plus.")})
    quiet_until = quiet_until or quiet_end(network, kind)
    if quiet_until <= now:
        raise ValidationError({"until": _("Cette date est passée. Choisissez un jour à venir.")})
    if quiet_until > now + QUIET_MOST:
        raise ValidationError({"until": _("Choisissez un jour dans les six mois.")})
    same = Attempt.objects.about(subject).filter(
        network=network, kind=kind, by=by, person=person, words=words, at__gt=now - SAME
    )
    done = same.filter(quiet_until__isnull=False).first()
    if done is not None:
        return done
    return Attempt.objects.create(
        network=network,
        subject_kind=subject.subject_kind,
        subject_id=subject.public_id,
        person=person,
        kind=kind,
        words=words,
        by=by,
        at=now,
        quiet_until=quiet_until,
    )


@transaction.atomic
def take_back_attempt(attempt: Attempt, *, by: Person) -> None:
    """Put back in the queue what was just noted: a call or a word is erased, what was sent stays written."""
    if attempt.by_id != by.pk:
        raise PermissionDenied
    if attempt.kind in (AttemptKind.CALLED, AttemptKind.NOTED):
        Attempt.objects.filter(pk=attempt.pk, at__gt=clock.now() - dt.timedelta(days=1)).delete()
    Attempt.objects.filter(pk=attempt.pk).update(quiet_until=None)


@transaction.atomic
def remind_by_hand(step: Step, *, by: Person, words: str = "") -> Attempt:
    """Remind the one expected, in an animator's name; a paused member is left alone. Twice in a day is once."""
    owner, network = step.owner, step.network
    if owner is None:
        raise ValidationError(_("C’est l’équipe qui est attendue : il n’y a personne à relancer."))
    _check(by, network, owner)
    membership = membership_of(owner, network)
    if membership is not None and membership.is_paused(clock.now()):
        raise ValidationError(_("Cette personne est en pause : attendez qu’elle reprenne, ou appelez-la."))
    words = clean(words).strip()[:ATTEMPT_MAX]
    subject = StepSubject(step.subject_kind, step.subject_id)
    today = Attempt.objects.about(subject).filter(
        person=owner, kind=AttemptKind.REMINDED, at__gt=clock.now() - dt.timedelta(hours=20)
    )
    done = today.first()
    if done is not None:
        if done.quiet_until is None:  # it had been put back in the queue: nothing is sent a second time
            done.quiet_until = quiet_end(network, AttemptKind.REMINDED)
            done.save(update_fields=["quiet_until"])
        return done
    changed = Step.objects.filter(pk=step.pk, state=StepState.OPEN).update(
        reminders=F("reminders") + 1, reminded_at=clock.now()
    )
    if not changed:
        raise ValidationError(GONE)
    step.refresh_from_db(fields=["reminders", "reminded_at"])
    record_reminder(step, by=by, words=words)
    return note_attempt(subject, network, AttemptKind.REMINDED, by=by, person=owner, words=words)


@transaction.atomic
def hand_back(step: Step, *, by: Person, words: str = "") -> Attempt:
    """Give back what the team had taken over: the same people are asked again, with a new deadline, and reminded."""
    network = step.network
    if step.owner_id is not None:
        raise ValidationError(_("Cette chose est déjà attendue de quelqu’un."))
    _check(by, network, None)
    former = Step.objects.filter(
        verb=step.verb,
        subject_kind=step.subject_kind,
        subject_id=step.subject_id,
        state=StepState.LAPSED,
        owner__is_active=True,
    )
    owners = {row.owner_id: row.owner for row in former.select_related("owner") if row.owner is not None}
    people = [person for person in owners.values() if membership_of(person, network) is not None]
    if not people:
        raise ValidationError(_("Il n’y a plus personne à qui le redemander. Appelez, ou classez."))
    if not accompanies(by, network, *people):
        raise PermissionDenied
    words = clean(words).strip()[:ATTEMPT_MAX]
    closed = Step.objects.filter(pk=step.pk, state=StepState.OPEN).update(
        state=StepState.RELEASED, closed_at=clock.now()
    )
    if not closed:
        raise ValidationError(GONE)
    subject = StepSubject(step.subject_kind, step.subject_id)
    for person in people:
        due = deadline(network, network.answer_days, clock.now(), person.time_zone)
        again = open_step(step.verb, subject, network=network, owner=person, due_at=due, words=step.words)
        Step.objects.filter(pk=again.pk).update(reminders=F("reminders") + 1, reminded_at=clock.now())
        again.reminders += 1
        record_reminder(again, by=by, words=words)
    only = people[0] if len(people) == 1 else None
    return note_attempt(subject, network, AttemptKind.REMINDED, by=by, person=only, words=words)


@transaction.atomic
def encourage_member(membership: Membership, *, by: Person, lacking: str, words: str = "") -> Attempt:
    """Write to a member who has no offer (or no request) yet, in an animator's name. Twice in a day is once."""
    network, person = membership.network, membership.person
    _check(by, network, person)
    if membership.is_paused(clock.now()):
        raise ValidationError(_("Cette personne est en pause : attendez qu’elle reprenne, ou appelez-la."))
    today = Attempt.objects.about(membership).filter(
        kind=AttemptKind.REMINDED, at__gt=clock.now() - dt.timedelta(hours=20)
    )
    done = today.first()
    if done is not None:
        return done
    words = clean(words).strip()[:ATTEMPT_MAX]
    record(
        "member.encouraged",
        membership,
        by=by,
        network=network,
        people=[person],
        to=person.public_id,
        name=person.display_name,
        lacking=lacking,
        words=words,
    )
    until = deadline(network, ENCOURAGED_DAYS, clock.now())
    return note_attempt(
        membership, network, AttemptKind.REMINDED, by=by, person=person, words=words, quiet_until=until
    )
