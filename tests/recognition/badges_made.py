"""A certification as its rows: a savoir, what shows it, who confirms it, under the rule of the network."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.catalogue.models import Topic
from reciproque.kit import clock
from reciproque.kit.text import fold
from reciproque.kit.tokens import new_id
from reciproque.recognition.models import Certification, CertificationRule, Confirmation, Evidence, Skill
from reciproque.recognition.rules import Rule, Voice, holds_until

SAVOIR = "Mener un entretien difficile"
WORDS = "Depuis, je sais dire non sans blesser."


def certify(
    network: Any,
    holder: Any,
    witnesses: list[Any],
    *,
    signs: tuple[Any, ...] = (),
    savoir: str = SAVOIR,
    kept: str = "Des mots qui restent entre eux.",
) -> Certification:
    """Certify a savoir of someone; those who sign let their name and words leave, the others’ are `kept`."""
    now = clock.now()
    CertificationRule.objects.get_or_create(
        network=network, defaults={"confirmations": 2, "units": 2, "months": 12}
    )
    topic, _made = Topic.objects.get_or_create(folded=fold(savoir), defaults={"name": savoir})
    skill = Skill.objects.create(person=holder, topic=topic, seen_at=now)
    for number in range(2):
        Evidence.objects.create(
            skill=skill,
            network=network,
            kind="given",
            source_kind="exchange",
            source_id=new_id(),
            on=(now - dt.timedelta(days=30 + number)).date(),
        )
    voices = []
    for number, person in enumerate(witnesses):
        at = now - dt.timedelta(days=10 + number)
        Confirmation.objects.create(
            skill=skill,
            network=network,
            by=person,
            unit=person.unit,
            source_kind="exchange",
            source_id=new_id(),
            words=WORDS if person in signs else kept,
            signs=person in signs,
            at=at,
        )
        voices.append(Voice(person.pk, person.unit_id, at))
    until = holds_until(voices, Rule(2, 2, 12), now)
    assert until is not None
    return Certification.objects.create(skill=skill, network=network, since=now, until=until)
