"""Doubt a certification, with reasons; answer, with reasons: by name, never by a party to it."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.queries import animators_of
from reciproque.people.models import Person
from reciproque.recognition.access import can_contest, can_settle_contest, may_settle
from reciproque.recognition.actions.certifying import end_certification, in_turn
from reciproque.recognition.models import Certification, Contest
from reciproque.recognition.rules import WORDS_MAX, EndReason


def _words(text: str, field: str) -> str:
    text = clean(text).strip()
    if not text:
        raise ValidationError({field: _("Dites pourquoi, en une phrase au moins.")})
    if len(text) > WORDS_MAX:
        raise ValidationError({field: _("Ce texte est trop long : 1 000 caractères au plus.")})
    return text


@transaction.atomic
def contest(certification: Certification, *, by: Person, words: str) -> Contest:
    """Say why one doubts a certification; somebody of the animation team answers, the holder reads it without a name."""
    waiting = Contest.objects.filter(certification=certification, by=by, settled_at=None).first()
    if waiting is not None:
        return waiting
    if not can_contest(by, certification):
        raise PermissionDenied
    words = _words(words, "words")
    try:
        with transaction.atomic():
            row = Contest.objects.create(certification=certification, by=by, words=words, at=clock.now())
    except IntegrityError:
        return Contest.objects.get(certification=certification, by=by, settled_at=None)
    network, title = certification.network, certification.skill.topic.name
    record("contest.made", row, by=by, network=network, title=title)
    holder = certification.skill.person
    # A fact of its own: the holder's history holds no name.
    record(
        "certification.contested",
        certification,
        network=network,
        people=[holder],
        to=[holder.public_id],
        title=title,
    )
    _entrust(row)
    return row


def _entrust(row: Contest, *, administrators: bool = False) -> Step | None:
    """Expect the answer of one named person: an animator free to give it, else an administrator."""
    certification = row.certification
    network, holder = certification.network, certification.skill.person
    free = [] if administrators else _free(row, animators_of(network, [holder]))
    if not free:
        free = _free(row, list(Person.objects.present().filter(is_superuser=True).order_by("pk")))
    if not free:
        return None
    load = {person.pk: Step.objects.open().filter(owner=person, verb=Verb.CONTEST).count() for person in free}
    owner = min(free, key=lambda person: load[person.pk])
    due = deadline(network, network.answer_days, clock.now(), owner.time_zone)
    title = certification.skill.topic.name
    step = open_step(Verb.CONTEST, row, network=network, owner=owner, due_at=due, words=title)
    record("contest.entrusted", row, network=network, people=[owner], to=[owner.public_id], title=title)
    return step


def _free(row: Contest, people: Sequence[Person]) -> list[Person]:
    may = may_settle([row], people)
    return [one for one in people if (row.pk, one.pk) in may]


@transaction.atomic
def settle_contest(row: Contest, *, by: Person, upheld: bool, answer: str) -> Contest:
    """Answer a contest, with reasons: upheld, the certification ends and begins again only from new words."""
    if not can_settle_contest(by, row):
        raise PermissionDenied
    if row.settled_at is not None:
        raise ValidationError(_("Quelqu’un a déjà répondu à cette contestation."), code="changed")
    answer = _words(answer, "answer")
    if not _settle(row, by, upheld, answer):
        raise ValidationError(_("Quelqu’un a déjà répondu à cette contestation."), code="changed")
    certification = row.certification
    network, skill = certification.network, certification.skill
    if upheld:
        # The one that holds now: it may have begun again since.
        held = Certification.objects.filter(skill=skill, network=network, ended_at=None)
        for current in held.select_related("skill__person", "skill__topic", "network"):
            end_certification(current, reason=EndReason.CONTESTED)
        # What others doubted of the same one has its answer too.
        same = Contest.objects.filter(certification=certification, settled_at=None)
        for other in same.select_related("certification__skill__topic", "certification__network", "by"):
            _settle(other, by, upheld, answer)
    else:
        holder = skill.person
        record(
            "certification.cleared",
            certification,
            by=by,
            network=network,
            people=[holder],
            to=[holder.public_id],
            title=skill.topic.name,
        )
    return row


def _settle(row: Contest, by: Person, upheld: bool, answer: str) -> bool:
    values = {"settled_at": clock.now(), "settled_by": by, "upheld": upheld, "answer": answer}
    if not Contest.objects.filter(pk=row.pk, settled_at=None).update(**values):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    close_steps(row, verb=Verb.CONTEST)
    certification = row.certification
    record(
        "contest.settled",
        row,
        by=by,
        network=certification.network,
        people=[row.by],
        to=[row.by.public_id],
        title=certification.skill.topic.name,
        upheld=upheld,
    )
    return True


def tend_contests(limit: int = 200) -> int:
    """Give to an administrator what was not answered in time, and to somebody what nobody has any more (by the clock)."""
    now, done = clock.now(), 0
    open_ = Contest.objects.filter(settled_at=None).select_related(
        "certification__skill__person__unit", "certification__skill__topic", "certification__network", "by"
    )
    for row in (row for some in in_turn(open_, limit) for row in some):
        step = Step.objects.open().about(row).filter(verb=Verb.CONTEST).select_related("owner").first()
        owner = step.owner if step is not None else None
        free = owner is not None and can_settle_contest(owner, row)
        late = step is not None and step.due_at < now
        if free and (not late or (owner is not None and owner.is_superuser)):
            continue
        with transaction.atomic():
            close_steps(row, verb=Verb.CONTEST, outcome=StepState.LAPSED if late else StepState.RELEASED)
            done += _entrust(row, administrators=late) is not None
    return done
