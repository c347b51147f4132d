"""The learning community as a place: what waits for an answer, who is called upon, which sheets are new or old."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from reciproque.library.models import Sheet, UseCase
from reciproque.library.queries.sheets import shown
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.models import Call
from reciproque.recognition.queries import calls_accepted
from reciproque.recognition.queries.calls import its_topic
from reciproque.recognition.rules import CallKind

SHOWN = 5


@dataclasses.dataclass(frozen=True)
class Place:
    """What a member of a learning community sees first."""

    cases: list[UseCase]
    mine: list[Call]
    accepted: list[Call]
    new: Sequence[Any]
    stale: Sequence[Any]


def place_of(network: Network, viewer: Person) -> Place:
    """Return what the place of a network shows to one of its members."""
    cases = UseCase.objects.visible_to(viewer).open().filter(network=network)
    mine = Call.objects.waiting().filter(person=viewer, network=network).select_related("network")
    sheets = Sheet.objects.visible_to(viewer).filter(network=network)
    old = Sheet.objects.stale().filter(network=network)
    return Place(
        cases=list(cases.select_related("asker").prefetch_related("topics").order_by("asked_at")[:SHOWN]),
        mine=list(mine.prefetch_related(its_topic()).order_by("asked_at")[:SHOWN]),
        # What is passed on before leaving was told to the animation team by saying yes, not to everyone.
        accepted=[call for call in calls_accepted(network, SHOWN) if call.kind != CallKind.SUCCESSOR],
        new=list(shown(sheets.open()).order_by("-published_at", "-pk")[:SHOWN]),
        stale=list(shown(old).order_by("review_on", "pk")[:SHOWN]),
    )
