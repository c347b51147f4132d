"""The rule by which a network certifies, what it would change, and the confirmations that count."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable

from reciproque.kit import clock
from reciproque.networks.models import Membership, Network
from reciproque.recognition.models import (
    Certification,
    CertificationRule,
    Confirmation,
    Contest,
    Evidence,
)
from reciproque.recognition.rules import (
    CLIQUE_AMONG,
    MASKED,
    EndReason,
    Rule,
    Voice,
    cliques,
    fresh,
    holds,
)


def rule_of(network: Network) -> CertificationRule | None:
    """Return the rule that a network set, on or off; None when it never did."""
    rows = CertificationRule.objects.filter(network=network)
    return rows.select_related("network", "changed_by").first()


def rule_in_force(network: Network) -> Rule | None:
    """Return the rule by which a network certifies now; None when it certifies nothing."""
    row = CertificationRule.objects.filter(network=network, on=True).first()
    return row.rule if row is not None else None


def rules_in_force(networks: Iterable[int]) -> dict[int, Rule]:
    """Return the rules by which these networks (primary keys) certify now, without those that certify nothing."""
    rows = CertificationRule.objects.filter(network__in=list(networks), on=True)
    return {row.network_id: row.rule for row in rows}


def voices_of(network: Network, skills: Collection[int]) -> dict[int, list[Voice]]:
    """Return the confirmations that count for each of these skills in a network, whatever their age."""
    found = voices_by_network(skills, [network.pk])
    return {skill: voices for (skill, _network), voices in found.items()}


def voices_by_network(
    skills: Collection[int], networks: Collection[int]
) -> dict[tuple[int, int], list[Voice]]:
    """Return the confirmations that count, by (skill, network), whatever their age, in three queries.

    Not those withdrawn, nor those given before a contest was upheld, or before the holder gave the certification up.
    """
    since = _since(skills, networks)
    rows = Confirmation.objects.standing().filter(network__in=networks, skill__in=skills).order_by("pk")
    found: dict[tuple[int, int], list[Voice]] = {}
    for skill, network, by, unit, at in rows.values_list("skill_id", "network_id", "by_id", "unit_id", "at"):
        pair = (skill, network)
        if pair not in since or at > since[pair]:
            found.setdefault(pair, []).append(Voice(by, unit, at))
    return found


def is_confirmed(topics: Collection[int]) -> bool:
    """Tell whether somebody's word, or a certification, stands on one of these savoirs: they mean what they meant then."""
    said = Confirmation.objects.standing().filter(skill__topic__in=topics)
    return said.exists() or Certification.objects.filter(skill__topic__in=topics, ended_at=None).exists()


def counting(voices: list[Voice], rule: Rule | None) -> list[Voice]:
    """Keep the confirmations recent enough for a rule; all of them where there is none."""
    return fresh(voices, rule, clock.now()) if rule is not None else voices


def _since(skills: Collection[int], networks: Collection[int]) -> dict[tuple[int, int], dt.datetime]:
    upheld = Contest.objects.filter(
        certification__network__in=networks, certification__skill__in=skills, upheld=True
    )
    given_up = Certification.objects.filter(
        network__in=networks, skill__in=skills, end_reason=EndReason.GIVEN_UP
    )
    ends = [
        *upheld.values_list("certification__skill_id", "certification__network_id", "settled_at"),
        *given_up.values_list("skill_id", "network_id", "ended_at"),
    ]
    since: dict[tuple[int, int], dt.datetime] = {}
    for skill, network, at in ends:
        if at is not None:
            since[skill, network] = max(at, since.get((skill, network), at))
    return since


def units_of(voices: Iterable[Voice]) -> int:
    """Return from how many units these confirmations come; those whose unit is not known count together as one."""
    return len({voice.unit for voice in voices})


# -- for whoever animates ------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Preview:
    """What a rule would change: None stands for "fewer than five", 0 for none."""

    certified_now: int | None
    would_be: int | None
    would_end: int | None


def masked(count: int) -> int | None:
    """Return a count as it may be shown: None when it is so small that it would speak of somebody."""
    return None if 0 < count < MASKED else count


def preview_rule(network: Network, confirmations: int, units: int, months: int, on: bool = True) -> Preview:
    """Return how many savoirs are certified now, how many would be under this rule, how many would cease to be."""
    rule, now = Rule(confirmations, units, months), clock.now()
    keys = set(Confirmation.objects.standing().filter(network=network).values_list("skill_id", flat=True))
    held = set(Certification.objects.current().filter(network=network).values_list("skill_id", flat=True))
    voices = voices_of(network, keys)
    after = {pk for pk, some in voices.items() if holds(some, rule, now)} if on else set()
    return Preview(masked(len(held)), masked(len(after)), masked(len(held - after)))


@dataclasses.dataclass(frozen=True)
class Clique:
    """Some members who all confirmed one another: how many, on how many savoirs, between which days. No names.

    Reciprocity is what a network is for: it is shown as a pattern, never as a fault, and whoever confirmed whom stays
    between them. What an animator can do about it is the rule itself: more people, more units.
    """

    size: int
    topics: int
    units: int
    first_at: dt.datetime
    last_at: dt.datetime


def cliques_of(network: Network) -> list[Clique]:
    """Return the groups of three members or more who all confirmed one another, the largest first.

    Nothing in a network so small that the pattern would name its people.
    """
    rows = list(
        Confirmation.objects.standing()
        .filter(network=network)
        .values_list("by_id", "skill__person_id", "skill__topic_id", "unit_id", "at")
    )
    if Membership.objects.current().filter(network=network).count() < CLIQUE_AMONG:
        return []
    found = []
    for group in cliques([(by, holder) for by, holder, *_rest in rows]):
        inside = [row for row in rows if row[0] in group and row[1] in group]
        moments = [at for *_rest, at in inside]
        topics, units = {row[2] for row in inside}, {row[3] for row in inside}
        found.append(Clique(len(group), len(topics), len(units), min(moments), max(moments)))
    return sorted(found, key=lambda row: (-row.size, row.first_at))


def skills_seen_count(network: Network, since: dt.date | None = None) -> int | None:
    """Return how many skills something shows in a network (first shown since a day); None when fewer than five."""
    rows = Evidence.objects.standing().filter(network=network)
    if since is not None:
        before = rows.filter(on__lt=since).values("skill")
        rows = rows.filter(on__gte=since).exclude(skill__in=before)
    return masked(rows.order_by().values("skill").distinct().count())
