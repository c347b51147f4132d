"""Rings of reciprocity as their people and the animators read them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch

from reciproque.matching.models import Loop, LoopLink, Suggestion
from reciproque.matching.rules import LoopState, SuggestionState
from reciproque.networks.access import Scope
from reciproque.networks.models import Network
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Link:
    """One gift of a loop: who would give what to whom, and where it stands."""

    suggestion: Suggestion
    giver: Person
    receiver: Person
    asked: bool
    refused: bool


@dataclasses.dataclass(frozen=True)
class LoopShown:
    """A loop from its first giver on; `mine` are the reader's two links, what they would receive first."""

    loop: Loop
    links: list[Link]
    mine: list[Link]

    @property
    def whole(self) -> bool:
        """Whether nobody has refused a link."""
        return not any(link.refused for link in self.links)


def _shown(loops: Iterable[Loop], reader: Person | None) -> list[LoopShown]:
    told = []
    for loop in loops:
        links = [
            Link(
                suggestion=row.suggestion,
                giver=row.suggestion.offer.author,
                receiver=row.suggestion.request.author,
                asked=row.suggestion.state == SuggestionState.ASKED,
                refused=row.suggestion.state in (SuggestionState.DISMISSED, SuggestionState.GONE),
            )
            for row in loop.links.all()
        ]
        mine = [link for link in links if reader is not None and reader in (link.receiver, link.giver)]
        mine.sort(key=lambda link: link.receiver != reader)
        told.append(LoopShown(loop, links, mine))
    return told


def _with_links(rows: object) -> object:
    links = LoopLink.objects.order_by("place").select_related(
        "suggestion__request__author__unit",
        "suggestion__request__author__site",
        "suggestion__request__network",
        "suggestion__offer__author__unit",
        "suggestion__offer__author__site",
        "suggestion__offer__network",
    )
    return rows.select_related("network").prefetch_related(Prefetch("links", links))  # type: ignore[attr-defined]


def loops_of(person: Person, network: Network | None = None, limit: int = 3) -> list[LoopShown]:
    """Return the open loops somebody is in and whose links nobody refused, the best first."""
    rows = Loop.objects.visible_to(person).filter(state=LoopState.OPEN)
    if network is not None:
        rows = rows.filter(network=network)
    shown = _shown(_with_links(rows.distinct())[: limit * 3], person)  # type: ignore[index]
    return [loop for loop in shown if loop.whole][:limit]


def loops_in(
    network: Network, *, page: int = 1, size: int = 20, scope: Scope | None = None
) -> tuple[list[LoopShown], int]:
    """Return one page of a network's open loops for its animators, the best first, and how many there are.

    For an animator of one part of it, those with somebody of that part.
    """
    rows = Loop.objects.filter(network=network, state=LoopState.OPEN).exclude(pk__in=_broken(network))
    if scope is not None and not scope.whole:
        # In a loop everybody gives: to look at the givers is to look at them all.
        within = LoopLink.objects.filter(scope.people("suggestion__offer__author"), loop__network=network)
        rows = rows.filter(pk__in=within.values("loop"))
    some = _with_links(rows)[(page - 1) * size : page * size]  # type: ignore[index]
    return _shown(some, None), rows.count()


def _broken(network: Network) -> Any:
    """The loops with a link that is no longer possible: nobody reads which, for that could be somebody's private answer."""
    links = LoopLink.objects.filter(
        loop__network=network, suggestion__state__in=[SuggestionState.DISMISSED, SuggestionState.GONE]
    )
    return links.values("loop")


def loop_shown(loop: Loop, reader: Person) -> LoopShown:
    """Return one loop as somebody who is in it reads it."""
    return _shown(_with_links(Loop.objects.filter(pk=loop.pk)), reader)[0]  # type: ignore[arg-type]
