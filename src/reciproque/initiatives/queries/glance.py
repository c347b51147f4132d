"""A learning network at a glance, for pages that are not its own: the network's front page, the welcome, the home."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from django.db.models import Count, Q

from reciproque.agenda.models import Step, StepQuerySet
from reciproque.initiatives.models import CommitteeMember, ExpectedResult, Frame, LaunchDay, WorkGroup
from reciproque.initiatives.queries.committee import PUBLIC_VERBS
from reciproque.initiatives.rules import DAY_LIVE, GroupState, Phase
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.networks.rules import System
from reciproque.people.models import Person

# What a learning network writes of itself once it is one.
GROUPS_SHOWN = 6


@dataclasses.dataclass(frozen=True)
class Glance:
    """Where a learning network is: its themes, its groups, its next day, how many answers are late."""

    frame: Frame
    phase: str
    themes: list[ExpectedResult]
    groups: list[WorkGroup]
    day: LaunchDay | None
    late: int

    @property
    def votes(self) -> bool:
        """Whether the themes are not chosen yet."""
        return self.frame.phase in (Phase.FRAME, Phase.PANEL)


def glance_at(network: Network, viewer: Person) -> Glance | None:
    """Return where a network is as a learning network; None when it is not one, or not for this person to read."""
    if System.LEARNING not in network.systems:
        return None
    frame = Frame.objects.visible_to(viewer).filter(network=network).select_related("network").first()
    if frame is None:
        return None
    going = frame.groups.exclude(state=GroupState.ENDED).select_related("theme")
    going = going.annotate(size=Count("members", filter=Q(members__left_at=None)))
    return Glance(
        frame=frame,
        phase=str(frame.get_phase_display()),
        themes=list(frame.results.filter(is_theme=True, withdrawn_at=None).order_by("rank", "pk")),
        groups=list(going.order_by("made_at", "pk")[:GROUPS_SHOWN]),
        day=frame.days.filter(state__in=DAY_LIVE).order_by("starts_at").first(),
        late=_overdue().filter(network=network).count(),
    )


def late_answers(person: Person, networks: Iterable[Network]) -> list[tuple[Network, int]]:
    """Return how many answers are late in those of these networks for which this person answers, if any is.

    The sponsor of a learning network and its committee answer for them, also when each is expected of somebody else.
    """
    learning = {row.pk: row for row in networks if System.LEARNING in row.systems}
    if not learning:
        return []
    seats = CommitteeMember.objects.filter(person=person, left_at=None).values("frame")
    theirs = Frame.objects.filter(Q(sponsor=person) | Q(pk__in=seats), network__in=learning)
    late = _overdue().filter(network__in=theirs.values("network")).order_by()
    counts = dict(late.values_list("network").annotate(n=Count("pk")))
    return [(row, counts[pk]) for pk, row in learning.items() if counts.get(pk)]


def _overdue() -> StepQuerySet:
    return Step.objects.overdue(clock.now()).filter(verb__in=PUBLIC_VERBS)
