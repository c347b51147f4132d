"""What exchanges changed, by dimension, out of the campaigns of a period that are closed."""

from __future__ import annotations

import datetime as dt

from reciproque.networks.models import Network
from reciproque.surveys.models import Campaign
from reciproque.surveys.rules import WHOLE, CampaignState
from reciproque.surveys.rules.supplied.impact import IMPACT
from reciproque.surveys.rules.supplied.shape import FAVOURABLE

DIMENSIONS = ("objectives", "management", "relations", "oneself")


def impact_of(
    network: Network, begins_at: dt.datetime, ends_at: dt.datetime
) -> dict[str, tuple[int | None, int | None]]:
    """Return {dimension: (people who feel the effect, people counted)}, (None, None) where it may not be told.

    Out of what was kept, already masked, when the campaigns of the supplied impact questionnaire closed: where a cell
    told mixes those who feel the effect and those who do not, the campaign is left out of both numbers.
    """
    closed = Campaign.objects.filter(
        network=network,
        questionnaire__supplied=IMPACT.key,
        state=CampaignState.CLOSED,
        closed_at__gte=begins_at,
        closed_at__lt=ends_at,
    )
    sums: dict[str, tuple[int, int]] = {}
    for told in closed.values_list("told", flat=True):
        for question in (told or {}).get("questions", []):
            key, cells = question["key"], question["told"].get(WHOLE, [])
            # Who gave no answer may be told together with a step of the scale: then neither is known.
            sides = [{label in FAVOURABLE for label in cell["labels"] if label} for cell in cells]
            clear = all(
                len(side) == 1 and "" not in cell["labels"] for side, cell in zip(sides, cells, strict=True)
            )
            if key not in DIMENSIONS or not cells or not clear:
                continue
            felt = sum(cell["count"] for side, cell in zip(sides, cells, strict=True) if side == {True})
            before = sums.get(key, (0, 0))
            sums[key] = (before[0] + felt, before[1] + sum(cell["count"] for cell in cells))
    return {key: sums.get(key, (None, None)) for key in DIMENSIONS}
