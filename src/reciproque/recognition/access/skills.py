"""Who may see a skill, and who may confirm it: the person first, never a manager of theirs."""

from __future__ import annotations

from django.db.models import Q

from reciproque.kit.errors import NotThere
from reciproque.people.access import can_administer, is_present
from reciproque.people.models import Person
from reciproque.recognition.access.learned import final_keys, lessons
from reciproque.recognition.models import Confirmation, Skill, Standing

# What a page or a check reads of a skill besides itself.
LOADED = ("topic", "person", "person__unit", "person__site")


def keeps_skills(person: Person) -> bool:
    """Tell whether skills are kept of this person: they may have it stopped."""
    return person.is_active and not Standing.objects.filter(person=person, kept=False).exists()


def get_skill(person: Person, public_id: str) -> Skill:
    """Return a skill of one's own, even put away, or one that its person shows to this one; else `NotThere`."""
    rows = Skill.objects.select_related(*LOADED).filter(public_id=public_id)
    skill = rows.filter(
        Q(person=person) | Q(pk__in=Skill.objects.visible_to(person).order_by().values("pk"))
    ).first()
    if skill is None or not is_present(person):
        raise NotThere
    return skill


def get_confirmable(person: Person, public_id: str) -> Skill:
    """Return a skill that this person learned from its holder, so that they may confirm it; else `NotThere`."""
    rows = Skill.objects.select_related(*LOADED).filter(public_id=public_id, put_away_at=None)
    skill = rows.first()
    if skill is None or not can_confirm(person, skill):
        raise NotThere
    return skill


def get_confirmation(person: Person, public_id: str) -> Confirmation:
    """Return a confirmation that this person gave and did not take back; anyone else meets `NotThere`."""
    rows = Confirmation.objects.standing().filter(by=person, public_id=public_id)
    row = rows.select_related("skill__topic", "skill__person", "network", "by").first()
    if row is None or not is_present(person):
        raise NotThere
    return row


def get_signer(person: Person, public_id: str) -> Person:
    """Return someone who left and whose name may still be read in badges, for those who run the installation."""
    signs = Confirmation.objects.standing().filter(signs=True).values("by")
    signer = Person.objects.filter(public_id=public_id, is_active=False, pk__in=signs).first()
    if signer is None or not can_administer(person):
        raise NotThere
    return signer


def can_confirm(person: Person, skill: Skill) -> bool:
    """Tell whether this person learned it from its holder, so that they may say so."""
    if not is_present(person) or person.pk == skill.person_id or not keeps_skills(skill.person):
        return False
    topic = final_keys([skill.topic_id])[skill.topic_id]
    return any(row.topic == topic for row in lessons(learner=person, teacher=skill.person))
