"""What running a network costs, by its own account, beside a classic training day: sums, and how far they may be off."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

# An account that begins longer ago is a slip of the hand; and nothing is said of what is to come.
ACCOUNT_SINCE = dt.timedelta(days=20 * 365)
COST_WORDS_MAX = 500
SPREAD_MOST = 90


@dataclasses.dataclass(frozen=True)
class Range:
    """A sum as it was said, and what it would be if the truth were lower or higher by the share said."""

    low: float
    central: float
    high: float


def ranged(value: float | None, spread: int) -> Range | None:
    """Return a sum with its low and high readings; None stays None: nothing is filled in."""
    if value is None:
        return None
    share = spread / 100
    return Range(value * (1 - share), value, value * (1 + share))


def total(hours: Decimal | None, hour_cost: Decimal | None, *sums: Decimal | None) -> float | None:
    """Return what a year costs, or None when one of its parts was not said."""
    if hours is None or hour_cost is None or any(one is None for one in sums):
        return None
    return float(hours * hour_cost + sum((one for one in sums if one is not None), Decimal()))
