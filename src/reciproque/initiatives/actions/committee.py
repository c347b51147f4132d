"""The steering committee: who is of it, what it tells the hierarchy, how it looks at its own posture."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.initiatives.access import (
    can_frame,
    is_committee,
)
from reciproque.initiatives.actions.owing import (
    OWED,
    evening_of,
    expect_of_committee,
    hold,
    lapse,
    line,
    note,
    settle,
    text,
    today,
    within,
)
from reciproque.initiatives.models import (
    CommitteeMember,
    Experiment,
    Frame,
    HierarchyNote,
    Obstacle,
    PostureCheck,
    Proposal,
)
from reciproque.initiatives.queries.committee import committee_of, expected_of
from reciproque.initiatives.rules import (
    COMMITTEE_MOST,
    LINE_MAX,
    NOTE_DAYS,
    POSTURE_DAYS,
    POSTURE_MONTHS,
    TITLE_MAX,
    WORDS_MAX,
    Phase,
    season_of,
)
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.people.models import Person


@transaction.atomic
def join_committee(
    frame: Frame,
    *,
    by: Person,
    person: Person,
    role: str = "",
    until: dt.date | None = None,
    chairs: bool = False,
) -> CommitteeMember:
    """Bring someone into the committee, for a mandate or without a term; the first one chairs it."""
    if not can_frame(by, frame):
        raise PermissionDenied
    if frame.phase == Phase.OVER:
        raise ValidationError(_("Ce réseau apprenant est terminé."))
    if not person.is_active:
        raise ValidationError({"person": _("Cette personne a quitté l’organisation.")})
    if until is not None and until <= today():
        raise ValidationError({"until": _("Cette date est passée. Choisissez un jour à venir.")})
    role = line(role, TITLE_MAX, "role")
    _close_past_mandates(frame)
    seats = list(frame.committee.select_for_update().filter(left_at=None))
    if any(seat.person_id == person.pk for seat in seats):
        raise ValidationError({"person": _("Cette personne fait déjà partie du comité.")})
    if len(seats) >= COMMITTEE_MOST:
        raise ValidationError(_("Un comité compte %(n)s personnes au plus.") % {"n": COMMITTEE_MOST})
    chairs = chairs or not seats
    if chairs:
        frame.committee.filter(left_at=None, chairs=True).update(chairs=False)
    try:
        with transaction.atomic():
            member = CommitteeMember.objects.create(
                frame=frame, person=person, role=role, since=today(), until=until, chairs=chairs
            )
    except IntegrityError:
        raise ValidationError({"person": _("Cette personne fait déjà partie du comité.")}) from None
    seat_again(frame)
    note("committee.joined", frame, by, [person], who=person.display_name)
    return member


def _close_past_mandates(frame: Frame) -> None:
    over = frame.committee.filter(left_at=None, until__lt=today())
    over.update(left_at=clock.now(), chairs=False)


@transaction.atomic
def leave_committee(member: CommitteeMember, *, by: Person) -> CommitteeMember:
    """Leave the committee, or thank someone: what was expected of them is expected of the next one."""
    if not (by.pk == member.person_id or can_frame(by, member.frame)):
        raise PermissionDenied
    if member.left_at is not None:
        return member
    _leave(member, by)
    return member


def _leave(member: CommitteeMember, by: Person | None) -> None:
    frame = member.frame
    CommitteeMember.objects.filter(pk=member.pk).update(left_at=clock.now(), chairs=False)
    member.left_at, member.chairs = clock.now(), False
    close_steps(frame, verb=Verb.POSTURE, owner=member.person, outcome=StepState.RELEASED)
    first = next(iter(committee_of(frame)), None)
    if first is not None and not frame.committee.filter(left_at=None, chairs=True).exists():
        CommitteeMember.objects.filter(pk=first.pk).update(chairs=True)
    seat_again(frame)
    hand_notes(frame, member.person)
    note("committee.left", frame, by, [member.person], who=member.person.display_name)


@transaction.atomic
def name_chair(member: CommitteeMember, *, by: Person) -> CommitteeMember:
    """Name who chairs the committee: what it owes is expected of them from now on."""
    frame = member.frame
    if not (can_frame(by, frame) or is_committee(by, frame)):
        raise PermissionDenied
    if not any(row.pk == member.pk for row in committee_of(frame)):
        raise ValidationError(_("Cette personne ne fait plus partie du comité."))
    if not member.chairs:
        list(frame.committee.select_for_update().filter(left_at=None))
        frame.committee.filter(left_at=None, chairs=True).update(chairs=False)
        CommitteeMember.objects.filter(pk=member.pk).update(chairs=True)
        member.chairs = True
        seat_again(frame)
        note("committee.chaired", frame, by, [member.person], who=member.person.display_name)
    return member


def seat_again(frame: Frame) -> int:
    """Expect of the right person all that the committee owes, as it is made up today; return how many things."""
    owed: list[Proposal | Experiment | Obstacle] = [
        *frame.proposals.filter(state__in=list(OWED["proposal"])).select_related(
            "frame__network", "frame__sponsor"
        ),
        *frame.experiments.filter(state__in=list(OWED["experiment"])).select_related(
            "frame__network", "frame__sponsor"
        ),
        *frame.obstacles.filter(state__in=list(OWED["obstacle"])).select_related(
            "frame__network", "frame__sponsor"
        ),
    ]
    for thing in owed:
        expect_of_committee(thing)
    return len(owed)


def seat_all_again() -> int:
    """Do so in every learning network (by the clock): mandates end, people leave, pauses begin."""
    done = 0
    for frame in Frame.objects.exclude(phase=Phase.OVER).select_related("network", "sponsor").order_by("pk"):
        with transaction.atomic():
            _close_past_mandates(frame)
            first = next(iter(committee_of(frame)), None)
            if first is not None and not frame.committee.filter(left_at=None, chairs=True).exists():
                CommitteeMember.objects.filter(pk=first.pk).update(chairs=True)
            done += seat_again(frame)
    return done


# -- the hierarchy is told


@transaction.atomic
def write_note(frame: Frame, *, by: Person, person: Person, what: str, due_on: dt.date) -> HierarchyNote:
    """Plan what someone of the hierarchy is to be told, and by when: it is then expected of who planned it."""
    if not (can_frame(by, frame) or is_committee(by, frame)):
        raise PermissionDenied
    hold(frame)
    if frame.phase == Phase.OVER:
        raise ValidationError(_("Ce réseau apprenant est terminé."))
    if not person.is_active:
        raise ValidationError({"person": _("Cette personne a quitté l’organisation.")})
    if due_on < today():
        raise ValidationError({"due_on": _("Cette date est passée. Choisissez un jour à venir.")})
    what = text(what, WORDS_MAX, "what", missing=_("Dites de quoi cette personne est à informer."))
    row = HierarchyNote.objects.create(frame=frame, person=person, what=what, due_on=due_on, written_by=by)
    open_step(
        Verb.INFORM,
        row,
        network=frame.network,
        owner=by,
        due_at=evening_of(due_on),
        words=person.display_name,
    )
    note("note_up.planned", row, by, title=person.display_name)
    return row


@transaction.atomic
def send_note(note_up: HierarchyNote, *, by: Person) -> HierarchyNote:
    """Send a note to the hierarchy: it is then expected that it be acknowledged."""
    frame = note_up.frame
    if not (can_frame(by, frame) or is_committee(by, frame)):
        raise PermissionDenied
    now = clock.now()
    if not note_up.person.is_active:
        raise ValidationError(_("Cette personne a quitté l’organisation : annulez la note, dites pourquoi."))
    if not HierarchyNote.objects.filter(pk=note_up.pk, sent_at=None, cancelled_at=None).update(sent_at=now):
        raise ValidationError(_("Cette note est déjà partie, ou annulée."))
    note_up.sent_at = now
    settle(note_up, Verb.INFORM)
    open_step(
        Verb.ACK,
        note_up,
        network=frame.network,
        owner=note_up.person,
        due_at=within(frame, NOTE_DAYS),
        words=frame.network.name,
    )
    note("note_up.sent", note_up, by, [note_up.person], title=frame.network.name)
    return note_up


@transaction.atomic
def cancel_note(note_up: HierarchyNote, *, by: Person, reason: str) -> HierarchyNote:
    """Give up a note that has not left, saying why: nobody is expected to send it any more."""
    frame = note_up.frame
    if not (can_frame(by, frame) or is_committee(by, frame)):
        raise PermissionDenied
    reason = line(reason, LINE_MAX, "reason", missing=_("Dites en un mot pourquoi elle ne part pas."))
    now = clock.now()
    rows = HierarchyNote.objects.filter(pk=note_up.pk, sent_at=None, cancelled_at=None)
    if not rows.update(cancelled_at=now, cancel_reason=reason):
        raise ValidationError(_("Cette note est déjà partie, ou annulée."))
    note_up.cancelled_at, note_up.cancel_reason = now, reason
    settle(note_up, Verb.INFORM, outcome=StepState.RELEASED)
    note("note_up.cancelled", note_up, by, [note_up.written_by], title=note_up.person.display_name)
    return note_up


def hand_notes(frame: Frame, person: Person) -> None:
    """Expect of the chair what someone who steers no more had planned to tell; what they were to read, of nobody."""
    if is_committee(person, frame) or can_frame(person, frame):
        return
    heir = expected_of(frame, {person.pk})
    for row in frame.notes.filter(written_by=person, sent_at=None, cancelled_at=None).select_related(
        "person"
    ):
        settle(row, Verb.INFORM, outcome=StepState.RELEASED)
        due_at = max(evening_of(row.due_on), within(frame, 1))
        open_step(
            Verb.INFORM,
            row,
            network=frame.network,
            owner=heir,
            due_at=due_at,
            words=row.person.display_name,
        )
    if not person.is_active:
        for row in frame.notes.filter(person=person, acknowledged_at=None):
            settle(row, Verb.ACK, outcome=StepState.RELEASED)


@transaction.atomic
def acknowledge_note(note_up: HierarchyNote, *, by: Person) -> HierarchyNote:
    """Say that one has read what one was told; twice changes nothing."""
    if by.pk != note_up.person_id or not by.is_active:
        raise PermissionDenied
    if note_up.sent_at is None:
        raise ValidationError(_("Cette note n’est pas encore partie."))
    now = clock.now()
    if HierarchyNote.objects.filter(pk=note_up.pk, acknowledged_at=None).update(acknowledged_at=now):
        note_up.acknowledged_at = now
        settle(note_up, Verb.ACK)
        note("note_up.acknowledged", note_up, by, [note_up.written_by], title=note_up.frame.network.name)
    return note_up


def tell_unread(limit: int = 200) -> int:
    """Tell the committee, once, of the notes that were not acknowledged in time (by the clock); return how many."""
    late = Step.objects.overdue(clock.now()).filter(verb=Verb.ACK).order_by("due_at", "pk")
    told = Fact.objects.filter(name="note_up.unread").values("subject_id")
    keys = list(late.exclude(subject_id__in=told).values_list("subject_id", flat=True)[:limit])
    notes = HierarchyNote.objects.filter(public_id__in=keys, acknowledged_at=None)
    done = 0
    for row in notes.select_related("frame__network", "person", "written_by"):
        with transaction.atomic():
            HierarchyNote.objects.select_for_update().get(pk=row.pk)  # two workers: the second finds it told
            if Fact.objects.filter(name="note_up.unread", subject_id=row.public_id).exists():
                continue
            people = [row.written_by, *(member.person for member in committee_of(row.frame))]
            note("note_up.unread", row, None, people, title=row.person.display_name)
            done += 1
    return done


# -- posture


@transaction.atomic
def check_posture(
    frame: Frame, *, by: Person, listens: int, lifts: int, answers: int, words: str = ""
) -> PostureCheck:
    """Say how the committee listens, lifts obstacles and answers, from 0 to 4, in this half-year."""
    if not is_committee(by, frame):
        raise PermissionDenied
    marks = {"listens": listens, "lifts": lifts, "answers": answers}
    for name, value in marks.items():
        if value not in range(5):
            raise ValidationError({name: _("Choisissez dans la liste.")})
    said = text(words, WORDS_MAX, "words")
    row, _created = PostureCheck.objects.update_or_create(
        frame=frame,
        person=by,
        season=season_of(today()),
        defaults={**marks, "words": said, "at": clock.now()},
    )
    close_steps(frame, verb=Verb.POSTURE, owner=by)
    return row


def ask_postures(limit: int = 200) -> int:
    """Ask each committee, twice a year, to look at its own posture (by the clock); return how many are asked."""
    if today().month not in POSTURE_MONTHS:
        return 0
    season, start = season_of(today()), clock.now() - dt.timedelta(days=150)
    frames = Frame.objects.filter(phase__in=[Phase.LAUNCH, Phase.WORK]).select_related("network")
    done = 0
    for frame in frames.order_by("pk")[:limit]:
        said = set(PostureCheck.objects.filter(frame=frame, season=season).values_list("person", flat=True))
        asked = Step.objects.about(frame).filter(verb=Verb.POSTURE, opened_at__gt=start)
        said |= set(asked.values_list("owner", flat=True))
        for member in committee_of(frame):
            if member.person_id in said:
                continue
            open_step(
                Verb.POSTURE,
                frame,
                network=frame.network,
                owner=member.person,
                due_at=within(frame, POSTURE_DAYS),
                words=frame.network.name,
            )
            done += 1
    return done


def close_postures(limit: int = 500) -> int:
    """Close what was asked of a committee's posture when its time is over (by the clock): it goes on with what came."""
    return lapse(Verb.POSTURE, limit)
