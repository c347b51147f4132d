"""What is done in the room of a session: its clock, the choice of a subject, who has the floor.

Nothing said in a room is written in the journal: only that a session was opened and closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import MeetingState
from reciproque.circles.access import is_facilitator, shares
from reciproque.circles.actions.life import begin_if_ready
from reciproque.circles.actions.rolls import hold_session
from reciproque.circles.models import Interest, Lead, Seat, Session, Subject
from reciproque.circles.queries.room import holds_clock, is_early, parts_of, seconds_of, spent
from reciproque.circles.rules import (
    WORDS_MAX,
    CircleState,
    Method,
    RoomState,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.kit.text import clean
from reciproque.people.models import Person

MINUTES_MOST = 30
PART_MOST = 4 * 3600
LEVELS = (1, 2, 3)


# -- who may --------------------------------------------------------------------------------------------------


def enter(session: Session, by: Person) -> None:
    """Refuse whoever does not share the group, and what would change a group that is over."""
    if not shares(by, session.circle):
        raise PermissionDenied
    if session.circle.is_over:
        raise ValidationError(_("Ce groupe est terminé : on lit ses séances, on n’y écrit plus."))


def _hold(session: Session, by: Person) -> None:
    enter(session, by)
    if not holds_clock(by, session):
        raise PermissionDenied


def voice_of(session: Session, by: Person, person: Person | None) -> Person:
    """Return the member in whose name one writes: oneself, or anyone of the group when the facilitator types for all."""
    enter(session, by)
    person = person or by
    if person.pk != by.pk and not is_facilitator(by, session.circle):
        raise PermissionDenied
    if not Seat.objects.seated().filter(circle=session.circle, person=person).exists():
        raise ValidationError({"person": _("Dites de quel membre du groupe cela vient.")})
    return person


def kept(text: str, *, most: int = WORDS_MAX, field: str = "words", empty: Any = None) -> str:
    """Return a text fit to keep; ValidationError with the sentence to show."""
    words = clean(text).strip()
    if not words and empty:
        raise ValidationError({field: empty})
    if len(words) > most:
        raise ValidationError(
            {
                field: _("Ce texte est trop long : %(most)s signes au plus.")
                % {"most": f"{most:,}".replace(",", "\u00a0")}
            }
        )
    return words


def count_change(session: Session, **changes: Any) -> None:
    """Count a change, so that every screen fetches it; the first of two at once makes the other wait."""
    Session.objects.filter(pk=session.pk).update(version=F("version") + 1, **changes)


def _turn(session: Session, *, where: dict[str, Any], **changes: Any) -> bool:
    """Change the clock only if it still is as one saw it; tell whether it did. The session is as it is now."""
    rows = Session.objects.filter(pk=session.pk, **where)
    done = rows.update(version=F("version") + 1, **changes)
    session.refresh_from_db(fields=[*_CLOCK, "version"])
    return bool(done)


_CLOCK = [
    *("state", "part", "part_started_at", "part_seconds", "run_before", "paused_at"),
    *("keeper", "opened_at", "closed_at"),
]


def note(name: str, session: Session, by: Person) -> None:
    # The facilitator is known to all; that a member held the clock would say who sits in the group.
    doer = by if is_facilitator(by, session.circle) else None
    record(
        name,
        session,
        by=doer,
        network=session.circle.network,
        title=session.circle.title,
        number=session.number,
    )


# -- the clock ------------------------------------------------------------------------------------------------


@transaction.atomic
def start_clock(session: Session, *, by: Person, early: bool = False) -> Session:
    """Open the session at its first part, or let time run again after a pause; two who press start it once.

    Long before its date, only when one says so (`early`).
    """
    _hold(session, by)
    now = clock.now()
    if session.state == RoomState.WAITING:
        if session.circle.state not in (CircleState.RULES, CircleState.SESSIONS, CircleState.WRITING):
            raise ValidationError(_("Le groupe n’a pas encore commencé ses séances."))
        if session.meeting is not None and session.meeting.state == MeetingState.CANCELLED:
            raise ValidationError(_("Cette séance est annulée."))
        if not early and is_early(session, now):
            raise ValidationError(_("Cette séance est prévue plus tard."), code="early")
        # The first room that opens begins the sessions.
        if session.circle.state == CircleState.RULES and not begin_if_ready(session.circle):
            raise ValidationError(
                _(
                    "La charte du groupe attend la personne qui le facilite : elle l’écrit et la signe d’abord."
                )
            )
        opened = _turn(
            session,
            where={"state": RoomState.WAITING},
            state=RoomState.OPEN,
            opened_at=now,
            part=0,
            part_seconds=seconds_of(session, 0),
            part_started_at=now,
            run_before=0,
        )
        if opened:
            note("session.opened", session, by)
        return session
    where = {"state": RoomState.OPEN, "part_started_at": None}
    if not _turn(session, where=where, part_started_at=now, paused_at=None):
        _check_open(session)
    return session


def _check_open(session: Session) -> None:
    if session.state == RoomState.CLOSED:
        raise ValidationError(_("Cette séance est terminée."))
    if session.state == RoomState.WAITING:
        raise ValidationError(_("Cette séance n’est pas commencée."))


@transaction.atomic
def pause_clock(session: Session, *, by: Person) -> Session:
    """Stop time where it is; paused twice, it is paused once."""
    _hold(session, by)
    session.refresh_from_db(fields=_CLOCK)
    _check_open(session)
    now, since = clock.now(), session.part_started_at
    if since is not None:
        where = {"state": RoomState.OPEN, "part": session.part, "part_started_at": since}
        before = round(spent(session, now))
        _turn(session, where=where, part_started_at=None, paused_at=now, run_before=before)
    return session


@transaction.atomic
def go_to_part(session: Session, *, by: Person, since: int, to: int) -> Session:
    """Pass from one part to the next, or back to the one before, which starts again; two who press pass once."""
    _hold(session, by)
    if abs(to - since) != 1 or not 0 <= to < len(parts_of(session)):
        raise ValidationError(_("Il n’y a pas d’autre temps de ce côté."))
    changes = {"part": to, "part_seconds": seconds_of(session, to), "part_started_at": clock.now()}
    where = {"state": RoomState.OPEN, "part": since}
    if not _turn(session, where=where, **changes, run_before=0, paused_at=None):
        _check_open(session)
        if session.part != to:
            raise ValidationError(ALREADY_CHANGED, code="changed")
    return session


@transaction.atomic
def add_minutes(session: Session, *, by: Person, minutes: int, since: int, seen: int) -> Session:
    """Lengthen a part, which had `seen` seconds on one's screen: pressed by two at once, it is done once."""
    _hold(session, by)
    _check_open(session)
    if not 1 <= minutes <= MINUTES_MOST:
        raise ValidationError(_("Ajoutez de 1 à 30 minutes."))
    if seen + minutes * 60 > PART_MOST:
        raise ValidationError(_("Ce temps est déjà bien long : passez au suivant, ou faites une pause."))
    where = {"state": RoomState.OPEN, "part": since, "part_seconds": seen}
    _turn(session, where=where, part_seconds=seen + minutes * 60)
    return session


@transaction.atomic
def hand_clock(session: Session, *, by: Person, to: Person | None) -> Session:
    """Hand the clock to a member, or take it back (`to` None); the facilitator keeps theirs."""
    enter(session, by)
    if session.circle.facilitator_id is not None and not is_facilitator(by, session.circle):
        raise PermissionDenied
    if to is not None and not Seat.objects.seated().filter(circle=session.circle, person=to).exists():
        raise ValidationError({"person": _("Confiez l’horloge à un membre du groupe.")})
    count_change(session, keeper=to)
    session.refresh_from_db(fields=["keeper", "version"])
    return session


@transaction.atomic
def close_room(session: Session, *, by: Person) -> Session:
    """End the session; what was learned and will be tried can still be written."""
    _hold(session, by)
    changes = {
        "state": RoomState.CLOSED,
        "closed_at": clock.now(),
        "part_started_at": None,
        "paused_at": None,
    }
    if _turn(session, where={"state": RoomState.OPEN}, **changes):
        note("session.closed", session, by)
        hold_session(session, by=by if is_facilitator(by, session.circle) else None)
    elif session.state == RoomState.WAITING:
        _check_open(session)
    return session


@transaction.atomic
def reopen_room(session: Session, *, by: Person) -> Session:
    """Take up again, paused, a session closed too soon."""
    _hold(session, by)
    changes = {"state": RoomState.OPEN, "closed_at": None, "paused_at": clock.now()}
    _turn(session, where={"state": RoomState.CLOSED}, **changes)
    return session


# -- the choice of a subject ------------------------------------------------------------------------------------


@transaction.atomic
def propose_subject(
    session: Session,
    *,
    by: Person,
    words: str,
    stake: int = 2,
    urgency: int = 2,
    person: Person | None = None,
) -> Subject:
    """Propose what one would like to work on, or say it better; the facilitator may type it for a member."""
    person = voice_of(session, by, person)
    _check_not_closed(session)
    words = kept(words, empty=_("Dites en une phrase ce que vous aimeriez travailler."))
    if stake not in LEVELS or urgency not in LEVELS:
        raise ValidationError(_("Choisissez l’enjeu et l’urgence parmi les trois réponses proposées."))
    count_change(session)
    subject, _created = Subject.objects.update_or_create(
        session=session, person=person, defaults={"words": words, "stake": stake, "urgency": urgency}
    )
    return subject


def _check_not_closed(session: Session) -> None:
    if session.state == RoomState.CLOSED:
        raise ValidationError(_("Cette séance est terminée."))


@transaction.atomic
def withdraw_subject(subject: Subject, *, by: Person) -> None:
    """Take back what one proposed, as long as the group has not chosen it."""
    session = subject.session
    voice_of(session, by, subject.person)
    _check_not_closed(session)
    count_change(session)
    if Subject.objects.filter(pk=subject.pk, is_chosen=True).exists():
        raise ValidationError(_("Le groupe a choisi ce sujet : choisissez-en d’abord un autre."))
    Subject.objects.filter(pk=subject.pk).delete()


@transaction.atomic
def set_interest(subject: Subject, *, by: Person, interested: bool, person: Person | None = None) -> Subject:
    """Say that somebody else's subject interests one, or no longer does."""
    session = subject.session
    person = voice_of(session, by, person)
    _check_not_closed(session)
    if person.pk == subject.person_id:
        raise ValidationError(_("Votre sujet compte déjà : dites ce qui vous intéresse chez les autres."))
    count_change(session)
    if interested:
        Interest.objects.get_or_create(subject=subject, person=person)
    else:
        Interest.objects.filter(subject=subject, person=person).delete()
    return subject


@transaction.atomic
def record_interests(
    session: Session,
    *,
    by: Person,
    ticked: Iterable[tuple[str, str]],
    unticked: Iterable[tuple[str, str]] = (),
) -> None:
    """Note for the whole table what interests whom: (subject, member) public identifiers, added and taken off.

    Only what changed on the sheet is given, so that a hand raised on a telephone meanwhile is not lost.
    """
    enter(session, by)
    if not is_facilitator(by, session.circle):
        raise PermissionDenied
    _check_not_closed(session)
    subjects = {row.public_id: row for row in Subject.objects.filter(session=session)}
    seats = Seat.objects.seated().filter(circle=session.circle).select_related("person")
    people = {seat.person.public_id: seat.person for seat in seats}
    count_change(session)
    for subject, person in _pairs(ticked, subjects, people):
        Interest.objects.get_or_create(subject=subject, person=person)
    for subject, person in _pairs(unticked, subjects, people):
        Interest.objects.filter(subject=subject, person=person).delete()


def _pairs(
    given: Iterable[tuple[str, str]], subjects: dict[str, Subject], people: dict[str, Person]
) -> list[tuple[Subject, Person]]:
    found = [(subjects.get(subject), people.get(person)) for subject, person in given]
    return [(s, p) for s, p in found if s is not None and p is not None and s.person_id != p.pk]


@transaction.atomic
def choose_subject(subject: Subject, *, by: Person) -> Subject:
    """Keep the subject on which the group will work: whoever brought it has the floor."""
    session = subject.session
    _hold(session, by)
    _check_not_closed(session)
    if session.method == Method.FREE:
        raise ValidationError(_("Sur un ordre du jour libre, le groupe parle de chaque sujet à son tour."))
    seat = Seat.objects.seated().filter(circle=session.circle, person=subject.person_id).first()
    if seat is None:
        raise ValidationError(_("Cette personne a quitté le groupe : choisissez un autre sujet."))
    count_change(session, client=seat)
    Subject.objects.filter(session=session, is_chosen=True).exclude(pk=subject.pk).update(is_chosen=False)
    if not Subject.objects.filter(pk=subject.pk).update(is_chosen=True):
        raise ValidationError(_("Ce sujet vient d’être retiré."))
    # The client says what they will try: what they already wrote is theirs as such.
    Lead.objects.filter(session=session).update(is_clients=False)
    Lead.objects.filter(session=session, person=subject.person_id).update(is_clients=True)
    subject.refresh_from_db()
    return subject
