"""The groups of practice exchange that work on a subject."""

from __future__ import annotations

from collections.abc import Sequence

from reciproque.circles.models import Circle
from reciproque.circles.rules import ALIVE, CircleState
from reciproque.kit.text import fold
from reciproque.networks.models import Network
from reciproque.people.models import Person


def circles_about(names: Sequence[str], network: Network, viewer: Person, *, limit: int = 6) -> list[Circle]:
    """Return the groups that call or are under way whose title, trade or aims hold one of these names."""
    wanted = [f" {_words(name)} " for name in names if _words(name)]
    states = [CircleState.NEED, CircleState.CALL, *ALIVE]
    rows = Circle.objects.visible_to(viewer).filter(network=network, state__in=states)
    found = []
    for circle in rows.select_related("trade").order_by("-opened_at", "-pk"):
        said = (
            f" {_words(' . '.join([circle.title, circle.trade.name if circle.trade else '', circle.aims]))} "
        )
        if any(name in said for name in wanted):
            found.append(circle)
    return found[:limit]


def _words(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in fold(text)).split())
