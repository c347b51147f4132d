"""What running a network costs beside a classic training day: the figures given, what they make, how far they may be off."""

from __future__ import annotations

import dataclasses

from reciproque.insights.access import Reader
from reciproque.insights.models import Costs
from reciproque.insights.queries.figures import Figure, figures_of
from reciproque.insights.queries.release import released, released_periods
from reciproque.insights.queries.rows import period_of
from reciproque.insights.rules import Span
from reciproque.insights.rules.costs import Range, ranged, total

COST_IDS = ("cost.exchange", "cost.hour", "cost.training_hour")


@dataclasses.dataclass(frozen=True)
class Account:
    """The costs of a network as one reader reads them; None wherever something was not given."""

    # What was said last, and before.
    said: Costs | None
    former: list[Costs]
    year: Range | None
    # One exchange, one hour of exchange, one hour of classic training: over the period told.
    figures: list[Figure]
    exchange: Range | None
    hour: Range | None
    training_hour: float | None
    # How many hours of exchange the price of one training day pays; low when costs are high.
    hours_for_a_day: Range | None


def costs_of(reader: Reader) -> Account:
    """Return what a network costs: counted for the animators, as it was told for everybody else."""
    network = reader.network
    rows = list(Costs.objects.filter(network=network).select_related("by")[:20])
    said = rows[0] if rows else None
    figures = _figures(reader)
    values = {one.id: one.value if one.is_measurable else None for one in figures}
    spread = said.spread if said else 0
    hour = ranged(values.get("cost.hour"), spread)
    price = float(said.training_day_price) if said and said.training_day_price is not None else None
    paid = None
    if hour is not None and hour.low > 0 and price is not None:
        paid = Range(price / hour.high, price / hour.central, price / hour.low)
    training = None
    if said and price is not None and said.training_day_hours:
        training = price / float(said.training_day_hours)
    return Account(
        said=said,
        former=rows[1:],
        year=ranged(
            total(said.animation_hours, said.hour_cost, said.tools, said.events) if said else None, spread
        ),
        figures=figures,
        exchange=ranged(values.get("cost.exchange"), spread),
        hour=hour,
        training_hour=training,
        hours_for_a_day=paid,
    )


def _figures(reader: Reader) -> list[Figure]:
    """Read the last year that says something: whole if it can be, the present one for the animators otherwise."""
    network = reader.network
    if not reader.is_team:
        told = next((one for one in released_periods(network) if one.span == Span.YEAR), None)
        return released(network, told, only=COST_IDS) if told else []
    year = period_of(network, Span.YEAR)
    last = year.previous()
    found = figures_of(network, last, only=COST_IDS) if last else []
    if any(one.is_measurable for one in found if one.id != "cost.training_hour"):
        return found
    return figures_of(network, year, only=COST_IDS)
