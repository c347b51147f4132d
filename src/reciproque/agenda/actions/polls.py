"""Ask several people which dates suit them; whoever is silent is not waited for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions.steps import StepSubject, close_steps, open_step
from reciproque.agenda.models import Poll, PollDate, PollVoice, PollVoter, Step
from reciproque.agenda.rules import (
    DEFAULT_MINUTES,
    MAX_MINUTES,
    MIN_MINUTES,
    PollState,
    StepState,
    Verb,
    Voice,
    deadline,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.networks.models import Network
from reciproque.people.models import Person

MOST_DATES = 40
MOST_AHEAD = dt.timedelta(days=550)
OVER = _("Ce sondage est clos : les dates se fixent avec les réponses reçues.")


def _step_of(poll: Poll) -> StepSubject:
    """Return what the voters' steps and the facts of a poll are about: the poll itself."""
    return StepSubject("poll", poll.public_id)


def _subject(poll: Poll) -> StepSubject:
    return StepSubject(poll.subject_kind, poll.subject_id)


def _record(name: str, poll: Poll, by: Person | None, people: Iterable[Person], **data: Any) -> None:
    about = {"title": poll.title, poll.subject_kind: poll.subject_id}
    record(name, _step_of(poll), by=by, network=poll.network, people=people, **about, **data)


def _check(starts: Sequence[dt.datetime], closes_at: dt.datetime, wanted: int, minutes: int) -> None:
    now = clock.now()
    if not starts:
        raise ValidationError({"starts": _("Proposez au moins une date.")})
    if len(starts) > MOST_DATES:
        raise ValidationError({"starts": _("Proposez quarante dates au plus.")})
    if any(start <= now for start in starts):
        raise ValidationError({"starts": _("Une des dates est déjà passée. Choisissez des dates à venir.")})
    if any(start > now + MOST_AHEAD for start in starts):
        raise ValidationError({"starts": _("Une des dates est à plus de dix-huit mois. Vérifiez l’année.")})
    if closes_at <= now:
        raise ValidationError({"closes_at": _("Laissez aux autres le temps de répondre.")})
    if closes_at >= min(starts):
        raise ValidationError(
            {"closes_at": _("Le sondage doit se terminer avant la première date proposée.")}
        )
    if not 1 <= wanted <= len(starts):
        raise ValidationError({"wanted": _("Proposez au moins autant de dates que vous voulez en retenir.")})
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise ValidationError({"minutes": _("La durée va de 15 minutes à 8 heures.")})


@transaction.atomic
def open_poll(
    subject: Any,
    people: Iterable[Person],
    *,
    network: Network,
    title: str,
    starts: Iterable[dt.datetime],
    closes_at: dt.datetime,
    by: Person,
    wanted: int = 1,
    minutes: int = DEFAULT_MINUTES,
) -> Poll:
    """Ask these people which of the dates suit them, until `closes_at`; the caller has checked that `by` may.

    The same poll sent twice opens one; another one while it is open is refused.
    """
    dates = sorted(set(starts))
    _check(dates, closes_at, wanted, minutes)
    voters = {person.pk: person for person in people}
    if not voters:
        raise ValidationError(_("Il n’y a personne à qui poser la question."))
    try:
        with transaction.atomic():
            poll = Poll.objects.create(
                subject_kind=subject.subject_kind,
                subject_id=subject.public_id,
                network=network,
                title=title[:200],
                wanted=wanted,
                minutes=minutes,
                time_zone=by.time_zone,
                opened_by=by,
                opened_at=clock.now(),
                closes_at=closes_at,
            )
    except IntegrityError as error:
        existing = Poll.objects.about(subject).filter(state=PollState.OPEN).select_related("network").first()
        if existing is not None and [date.starts_at for date in existing.dates.all()] == dates:
            return existing
        raise ValidationError(_("Un sondage est déjà en cours : terminez-le d’abord.")) from error
    PollDate.objects.bulk_create([PollDate(poll=poll, starts_at=start) for start in dates])
    PollVoter.objects.bulk_create([PollVoter(poll=poll, person=person) for person in voters.values()])
    for person in voters.values():
        _ask(poll, person)
    # Dates are no longer to be found by whoever had to: they are being asked.
    close_steps(subject, verb=Verb.DATES)
    others = [person for person in voters.values() if person.pk != by.pk]
    _record("poll.opened", poll, by, others, count=len(dates), closes_at=closes_at.isoformat())
    return poll


def _ask(poll: Poll, person: Person) -> None:
    step = _step_of(poll)
    open_step(Verb.POLL, step, network=poll.network, owner=person, due_at=poll.closes_at, words=poll.title)


@transaction.atomic
def answer_poll(poll: Poll, *, by: Person, answers: Mapping[str, str]) -> Poll:
    """Say which dates suit (public identifiers of dates → `Voice`); one may change one's mind while it is open."""
    # Two who answer at once: the second sees whether it is the last.
    poll = Poll.objects.select_for_update(of=("self",)).select_related("network", "opened_by").get(pk=poll.pk)
    voter = PollVoter.objects.filter(poll=poll, person=by).first()
    if voter is None:
        raise PermissionDenied
    if poll.state != PollState.OPEN or poll.closes_at <= clock.now():
        raise ValidationError(OVER, code="changed")
    dates = {date.public_id: date for date in poll.dates.all()}
    said = {key: answer for key, answer in answers.items() if answer}
    if not said:
        raise ValidationError({"answers": _("Dites pour une date au moins si elle vous convient.")})
    if set(said) - set(dates) or set(said.values()) - set(Voice.values):
        raise ValidationError({"answers": _("Choisissez parmi ce qui est proposé.")})
    for key, answer in said.items():
        PollVoice.objects.update_or_create(date=dates[key], person=by, defaults={"answer": answer})
    # A date left blank on a form sent again is one about which nothing is said any more.
    PollVoice.objects.filter(date__poll=poll, person=by).exclude(date__public_id__in=list(said)).delete()
    PollVoter.objects.filter(pk=voter.pk).update(answered_at=clock.now())
    close_steps(_step_of(poll), verb=Verb.POLL, owner=by)
    if voter.answered_at is None and not poll.voters.filter(answered_at=None).exists():
        _all_answered(poll)
    return poll


def _all_answered(poll: Poll) -> None:
    """Let whoever opened it fix the dates at once: nobody is left to wait for, though answers may still change."""
    _expect_dates(poll)
    _record("poll.answered", poll, None, [poll.opened_by], voters=poll.voters.count())


def _expect_dates(poll: Poll) -> None:
    owner = poll.opened_by
    if not owner.is_active:
        return
    due = deadline(poll.network, poll.network.date_days, clock.now(), owner.time_zone)
    if not Step.objects.about(_subject(poll)).open().filter(verb=Verb.DATES, owner=owner).exists():
        open_step(Verb.DATES, _subject(poll), network=poll.network, owner=owner, due_at=due, words=poll.title)


@transaction.atomic
def close_poll(poll: Poll, *, by: Person | None, expect_dates: bool = True) -> Poll:
    """Close a poll with the answers it has (`by` None: its time is over); whoever opened it is to fix the dates."""
    poll = Poll.objects.select_related("network", "opened_by").get(pk=poll.pk)
    if by is not None and by.pk != poll.opened_by_id:
        raise PermissionDenied
    if poll.state == PollState.CLOSED:
        return poll
    move(
        poll,
        PollState.CLOSED,
        since=[PollState.OPEN],
        sentence=OVER,
        closed_at=clock.now(),
    )
    close_steps(
        _step_of(poll), verb=Verb.POLL, outcome=StepState.LAPSED if by is None else StepState.RELEASED
    )
    answered = poll.voters.exclude(answered_at=None).count()
    if expect_dates:
        _expect_dates(poll)
        _record("poll.closed", poll, by, [poll.opened_by], answered=answered, voters=poll.voters.count())
    return poll


def close_overdue_polls(limit: int = 200) -> int:
    """Close the polls whose time is over, whoever answered (by the clock); return how many."""
    done = 0
    rows = Poll.objects.filter(state=PollState.OPEN, closes_at__lte=clock.now())
    for poll in rows.order_by("closes_at", "pk")[:limit]:
        try:
            close_poll(poll, by=None)
            done += 1
        except ValidationError:
            continue  # closed or given up at the same instant
    return done


@transaction.atomic
def cancel_poll(poll: Poll, *, by: Person | None, expect_dates: bool = True) -> Poll:
    """Give a poll up: those who had not answered are told that they need not (`by` None: its subject ended)."""
    poll = Poll.objects.select_related("network", "opened_by").get(pk=poll.pk)
    if by is not None and by.pk != poll.opened_by_id:
        raise PermissionDenied
    if poll.state == PollState.CANCELLED:
        return poll
    move(poll, PollState.CANCELLED, since=[PollState.OPEN], sentence=OVER, closed_at=clock.now())
    close_steps(_step_of(poll), verb=Verb.POLL, outcome=StepState.RELEASED)
    silent = [voter.person for voter in poll.voters.filter(answered_at=None).select_related("person")]
    if expect_dates:
        _expect_dates(poll)
    _record("poll.cancelled", poll, by, silent)
    return poll


@transaction.atomic
def keep_dates(subject: Any, starts: Iterable[dt.datetime]) -> None:
    """Note, in the latest poll of a subject, which dates are fixed; still open, it closes: there is nothing left to ask."""
    poll = (
        Poll.objects.about(subject).exclude(state=PollState.CANCELLED).order_by("-opened_at", "-pk").first()
    )
    if poll is None:
        return
    if poll.state == PollState.OPEN:
        close_poll(poll, by=None, expect_dates=False)
    poll.dates.update(is_kept=False)
    poll.dates.filter(starts_at__in=list(starts)).update(is_kept=True)


@transaction.atomic
def join_poll(subject: Any, person: Person) -> None:
    """Ask one more person in the poll under way about a subject, if there is one."""
    poll = Poll.objects.about(subject).filter(state=PollState.OPEN).select_related("network").first()
    if poll is None or poll.closes_at <= clock.now():
        return
    voter, created = PollVoter.objects.get_or_create(poll=poll, person=person)
    if created or voter.answered_at is None:
        _ask(poll, person)


@transaction.atomic
def leave_polls(subject: Any, person: Person) -> None:
    """Forget, in the polls about a subject, someone who is no longer concerned: their answers would mislead."""
    for poll in Poll.objects.about(subject):
        close_steps(_step_of(poll), verb=Verb.POLL, owner=person, outcome=StepState.RELEASED)
        PollVoice.objects.filter(date__poll=poll, person=person).delete()
        PollVoter.objects.filter(poll=poll, person=person).delete()


@transaction.atomic
def hand_polls(subject: Any, person: Person) -> None:
    """Let another person fix the dates of the polls about a subject: they lead what the dates are for."""
    Poll.objects.about(subject).update(opened_by=person)
