"""What a person decides of their own skills: who sees them, which are put away, that nothing is kept; merged savoirs."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.catalogue.models import Topic
from reciproque.journal.actions import erase_words, record
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.access import final_keys
from reciproque.recognition.actions.badges import forget_badges
from reciproque.recognition.actions.calls import fold_calls, forget_calls
from reciproque.recognition.actions.certifying import certify_due
from reciproque.recognition.actions.evidence import catch_up
from reciproque.recognition.models import (
    Badge,
    Certification,
    Confirmation,
    Contest,
    Evidence,
    Skill,
    Standing,
)
from reciproque.recognition.rules import Audience

NARROWEST = [Audience.ME, Audience.MET, Audience.NETWORK]


def _standing(person: Person) -> Standing:
    row, _new = Standing.objects.get_or_create(person=person, defaults={"changed_at": clock.now()})
    return row


@transaction.atomic
def choose_audience(person: Person, audience: str, *, by: Person, skill: Skill | None = None) -> None:
    """Choose who sees one's skills, or one of them ("": as for the others); nobody chooses for somebody else."""
    if by.pk != person.pk or (skill is not None and skill.person_id != person.pk):
        raise PermissionDenied
    if audience not in Audience.values and not (skill is not None and audience == ""):
        raise ValidationError({"audience": _("Choisissez parmi ce qui est proposé.")})
    if skill is not None:
        Skill.objects.filter(pk=skill.pk).update(audience=audience)
        skill.audience = audience
    else:
        row = _standing(person)
        row.audience, row.changed_at = audience, clock.now()
        row.save(update_fields=["audience", "changed_at"])
    record("skill.audience_chosen", skill or person, by=by, people=[by], audience=audience)


@transaction.atomic
def put_away(skill: Skill, *, by: Person) -> Skill:
    """Put one of one's skills away: it is shown to nobody, not even to oneself unless one asks."""
    if by.pk != skill.person_id:
        raise PermissionDenied
    if Skill.objects.filter(pk=skill.pk, put_away_at=None).update(put_away_at=clock.now()):
        skill.refresh_from_db(fields=["put_away_at"])
        close_steps(skill, verb=Verb.WITNESS, outcome=StepState.RELEASED)
        record("skill.put_away", skill, by=by, people=[by], title=skill.topic.name)
    return skill


@transaction.atomic
def bring_back(skill: Skill, *, by: Person) -> Skill:
    """Take out a skill that was put away: it is shown again as one had chosen."""
    if by.pk != skill.person_id:
        raise PermissionDenied
    if Skill.objects.filter(pk=skill.pk, put_away_at__isnull=False).update(put_away_at=None):
        skill.put_away_at = None
        record("skill.brought_back", skill, by=by, people=[by], title=skill.topic.name)
    return skill


@transaction.atomic
def stop_keeping(*, by: Person) -> None:
    """Have nothing kept of one's skills any more: what was is erased, words included; badges hold no more."""
    # What is being written about them at this instant is written before, and erased with the rest, or not at all.
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    row = _standing(by)
    # What will be seen if they have it kept again is theirs first, whatever they had chosen before.
    row.kept, row.audience, row.changed_at = False, Audience.ME, clock.now()
    row.save(update_fields=["kept", "audience", "changed_at"])
    forget_badges(by)
    forget_calls(by)
    skills = list(Skill.objects.filter(person=by))
    certifications = Certification.objects.filter(skill__in=skills)
    contests = Contest.objects.filter(certification__in=certifications)
    subjects = [
        *(("skill", skill.public_id) for skill in skills),
        *(("certification", key) for key in certifications.values_list("public_id", flat=True)),
        *(("contest", key) for key in contests.values_list("public_id", flat=True)),
        *(
            ("confirmation", key)
            for key in Confirmation.objects.filter(skill__in=skills).values_list("public_id", flat=True)
        ),
    ]
    ids = [public_id for _kind, public_id in subjects]
    steps = Step.objects.filter(subject_id__in=ids, subject_kind__in=["skill", "contest"])
    steps.filter(state=StepState.OPEN).update(state=StepState.RELEASED, closed_at=clock.now())
    steps.update(words="")
    # The journal says that something happened, never again what.
    erase_words(subjects, keys=("title", "words", "name", "reason"))
    Skill.objects.filter(person=by).delete()
    record("skills.forgotten", by, by=by, people=[by])


@transaction.atomic
def keep_again(*, by: Person) -> int:
    """Have one's skills kept again, from what one did in the networks; return how much was noted."""
    if not Standing.objects.filter(person=by, kept=False).update(kept=True, changed_at=clock.now()):
        return 0
    record("skills.kept_again", by, by=by, people=[by])
    return sum(catch_up(network, by) for network in Network.objects.of(by).order_by("pk"))


# -- savoirs merged ------------------------------------------------------------------------------------------


@transaction.atomic
def fold_topic(topic: Topic) -> int:
    """Bring the skills on a savoir that was merged to the one that took it in; return how many people's."""
    into = final_keys([topic.pk])[topic.pk]
    if into == topic.pk:
        return 0
    fold_calls(topic)
    skills = list(Skill.objects.filter(topic=topic).select_related("person", "topic"))
    kept = {row.person_id: row for row in Skill.objects.filter(topic=into).select_related("person", "topic")}
    for skill in skills:
        other = kept.get(skill.person_id)
        if other is None:
            Skill.objects.filter(pk=skill.pk).update(topic=into)
        else:
            _fold(skill, other)
    return len(skills)


def fold_merged() -> int:
    """Fold what was written on a savoir while it was being merged (by the clock); return how many people's."""
    topics = Topic.objects.filter(merged_into__isnull=False, pk__in=Skill.objects.order_by().values("topic"))
    return sum(fold_topic(topic) for topic in topics)


def _fold(skill: Skill, into: Skill) -> None:
    """Bring everything of one skill into another of the same person: nothing is shown wider than either was."""
    standing = Standing.objects.filter(person=into.person_id).first()
    usual = standing.audience if standing is not None else Audience.ME
    both = [one.audience or usual for one in (skill, into)]
    if both[0] != both[1]:
        into.audience = min(both, key=NARROWEST.index)  # type: ignore[arg-type]
    into.put_away_at = into.put_away_at or skill.put_away_at
    into.seen_at = min(into.seen_at, skill.seen_at)
    into.save(update_fields=["audience", "put_away_at", "seen_at"])
    held = {(row.kind, row.source_kind, row.source_id): row for row in Evidence.objects.filter(skill=into)}
    for piece in Evidence.objects.filter(skill=skill):
        same = held.get((piece.kind, piece.source_kind, piece.source_id))
        if same is None:
            Evidence.objects.filter(pk=piece.pk).update(skill=into)
        elif same.withdrawn_at is not None and piece.withdrawn_at is None:
            Evidence.objects.filter(pk=same.pk).update(withdrawn_at=None)
    networks = _fold_confirmations(skill, into) | _fold_certifications(skill, into)
    close_steps(skill, outcome=StepState.RELEASED)
    skill.delete()
    for network in Network.objects.filter(pk__in=networks):
        certify_due(into, network)


def _fold_confirmations(skill: Skill, into: Skill) -> set[int]:
    """Move the confirmations; of two that stand by the same person, the latest is kept."""
    networks = set()
    said = {(row.network_id, row.by_id): row for row in Confirmation.objects.standing().filter(skill=into)}
    for row in Confirmation.objects.filter(skill=skill):
        networks.add(row.network_id)
        same = said.get((row.network_id, row.by_id))
        if row.withdrawn_at is None and same is not None:
            older = min(row, same, key=lambda one: (one.at, one.pk))
            Confirmation.objects.filter(pk=older.pk).update(withdrawn_at=clock.now(), words="", signs=False)
        Confirmation.objects.filter(pk=row.pk).update(skill=into)
    return networks


def _fold_certifications(skill: Skill, into: Skill) -> set[int]:
    """Move the certifications; two that hold in one network are one, since the first of the two days."""
    networks = set()
    held = {row.network_id: row for row in Certification.objects.filter(skill=into, ended_at=None)}
    for row in Certification.objects.filter(skill=skill):
        networks.add(row.network_id)
        same = held.get(row.network_id)
        if row.ended_at is not None or same is None:
            Certification.objects.filter(pk=row.pk).update(skill=into)
            continue
        Certification.objects.filter(pk=same.pk).update(
            since=min(same.since, row.since), until=max(same.until, row.until)
        )
        Badge.objects.filter(certification=row).update(certification=same)
        doubted = set(
            Contest.objects.filter(certification=same, settled_at=None).values_list("by_id", flat=True)
        )
        for doubt in Contest.objects.filter(certification=row):
            if doubt.settled_at is not None or doubt.by_id not in doubted:
                Contest.objects.filter(pk=doubt.pk).update(certification=same)
            else:
                close_steps(doubt, outcome=StepState.RELEASED)
        row.delete()
    return networks
