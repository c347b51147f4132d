"""Who may see a certification, doubt it, answer a doubt: by name, never a party to it nor a manager of its holder."""

from __future__ import annotations

from collections.abc import Sequence

from reciproque.circles.queries.lines import managers_above
from reciproque.kit.errors import NotThere
from reciproque.networks.access import can_settle, is_member, scope_of
from reciproque.networks.models import Network
from reciproque.people.access import is_present
from reciproque.people.models import Person
from reciproque.recognition.access.skills import LOADED
from reciproque.recognition.models import Certification, Confirmation, Contest, Skill
from reciproque.recognition.models.skills import kept_out_of_skills


def get_certification(person: Person, public_id: str) -> Certification:
    """Return a certification of one's own, or one that holds of a skill shown to this person; else `NotThere`."""
    rows = Certification.objects.select_related(*(f"skill__{name}" for name in LOADED), "network")
    row = rows.filter(public_id=public_id).first()
    if row is None or not is_present(person):
        raise NotThere
    if row.skill.person_id != person.pk:
        shown = Skill.objects.visible_to(person).filter(pk=row.skill_id)
        here = is_member(person, row.network)
        if not here or row.ended_at is not None or not shown.exists():
            raise NotThere
    return row


def can_contest(person: Person, certification: Certification) -> bool:
    """Tell whether this person may doubt a certification: a member to whom the skill is shown, who confirmed nothing.

    Once: what was answered to them is answered.
    """
    skill = certification.skill
    if not is_present(person) or person.pk == skill.person_id or certification.ended_at is not None:
        return False
    if not is_member(person, certification.network):
        return False
    if Confirmation.objects.standing().filter(skill=skill, network=certification.network, by=person).exists():
        return False
    if Contest.objects.filter(certification=certification, by=person).exists():
        return False
    return Skill.objects.visible_to(person).filter(pk=skill.pk).exists()


def can_settle_contest(person: Person, contest: Contest) -> bool:
    """Tell whether this person may answer a contest: who animates, never a party to it, a manager of the holder, HR."""
    return bool(may_settle([contest], [person]))


def may_settle(contests: Sequence[Contest], people: Sequence[Person]) -> set[tuple[int, int]]:
    """Return which of these contests of one network which of these people may answer: {(contest, person)}."""
    if not contests:
        return set()
    network = contests[0].certification.network
    scopes = {one.pk: scope for one in people if (scope := scope_of(one, network)) is not None}
    if not scopes:
        return set()
    # To judge a skill is to read it.
    for out in kept_out_of_skills().filter(person__in=scopes).values_list("person_id", flat=True):
        scopes.pop(out, None)
    skills = {row.certification.skill for row in contests}
    lines = managers_above({*scopes, *(skill.person_id for skill in skills)})
    # Whoever confirmed, even if they took it back since: they would answer for themselves.
    rows = Confirmation.objects.filter(network=network, skill__in=skills, by__in=scopes).order_by()
    said = set(rows.values_list("skill_id", "by_id"))
    return {
        (row.pk, one)
        for row in contests
        for skill in [row.certification.skill]
        for one, scope in scopes.items()
        if one not in (row.by_id, skill.person_id)
        and (skill.pk, one) not in said
        and skill.person_id not in lines[one]
        and one not in lines[skill.person_id]
        and (scope.whole or scope.covers(skill.person))
    }


def get_contest(person: Person, public_id: str) -> Contest:
    """Return a contest for whoever made it, the holder, and those who may settle it; anyone else meets `NotThere`."""
    rows = Contest.objects.select_related(
        *(f"certification__skill__{name}" for name in LOADED), "certification__network", "by", "settled_by"
    )
    row = rows.filter(public_id=public_id).first()
    if row is None or not is_present(person):
        raise NotThere
    if person.pk not in (row.by_id, row.certification.skill.person_id) and not can_settle_contest(
        person, row
    ):
        raise NotThere
    return row


def can_set_rule(person: Person, network: Network) -> bool:
    """Tell whether this person may decide by which rule a network certifies: who animates the whole of it."""
    return can_settle(person, network)
