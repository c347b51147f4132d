"""What a learning network shows to the rest of the organisation: the blocks that its committee chose, nothing else."""

from __future__ import annotations

import dataclasses

from django.db.models import Count, Q

from reciproque.initiatives.models import (
    Bulletin,
    CommitteeMember,
    ExpectedResult,
    Experiment,
    Frame,
    LaunchDay,
    Proposal,
    WorkGroup,
)
from reciproque.initiatives.queries.committee import committee_of
from reciproque.initiatives.rules import (
    DAY_LIVE,
    BulletinState,
    ExperimentState,
    GroupState,
    ProposalState,
)
from reciproque.networks.models import Network

MOST = 12
# What may be said outside of a proposal: that it is decided, carried out, done or not kept.
SHOWN_STATES = [
    ProposalState.VALIDATED,
    ProposalState.CARRYING,
    ProposalState.DONE,
    ProposalState.DECLINED,
    ProposalState.DEFERRED,
]


@dataclasses.dataclass(frozen=True)
class Showcase:
    """The chosen blocks; a block that was not chosen is empty."""

    frame: Frame
    vision: str
    results: list[ExpectedResult]
    committee: list[CommitteeMember]
    days: list[LaunchDay]
    groups: list[WorkGroup]
    experiments: list[Experiment]
    proposals: list[Proposal]
    bulletins: list[Bulletin]


def has_showcase(network: Network) -> bool:
    """Tell whether a network is a learning network that chose to show something of itself."""
    return Frame.objects.filter(network=network).exclude(shown=[]).exists()


def showcase_of(network: Network) -> Showcase | None:
    """Return what a network chose to show to the whole organisation; None when it chose nothing."""
    frame = Frame.objects.filter(network=network).select_related("network", "sponsor").first()
    if frame is None or not frame.shown:
        return None
    chosen = set(frame.shown)
    going = frame.groups.exclude(state=GroupState.ENDED).select_related("theme")
    going = going.annotate(people=Count("members", filter=Q(members__left_at=None)))
    decided = frame.experiments.filter(state=ExperimentState.DECIDED).order_by("-decided_at", "-pk")
    answered = frame.proposals.filter(state__in=SHOWN_STATES).order_by("-submitted_at", "-pk")
    sent = Bulletin.objects.filter(network=network, state=BulletinState.SENT).order_by("-number")
    ranked = frame.results.filter(withdrawn_at=None, is_theme=True).order_by("rank", "pk")
    return Showcase(
        frame=frame,
        vision=frame.vision if "vision" in chosen else "",
        results=list(ranked) if "results" in chosen else [],
        committee=committee_of(frame) if "committee" in chosen else [],
        days=list(frame.days.filter(state__in=DAY_LIVE)) if "days" in chosen else [],
        groups=list(going.order_by("made_at", "pk")) if "groups" in chosen else [],
        experiments=list(decided[:MOST]) if "experiments" in chosen else [],
        proposals=list(answered[:MOST]) if "proposals" in chosen else [],
        bulletins=list(sent[:MOST]) if "bulletins" in chosen else [],
    )
