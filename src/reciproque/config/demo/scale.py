"""How much happens in the demonstration, whole or smaller for tests; everything else follows from these numbers."""

from __future__ import annotations

import dataclasses

STAGES = {"empty": 0.0, "launch": 0.015, "running": 0.5, "year-end": 1.0}


@dataclasses.dataclass(frozen=True)
class Scale:
    """The figures that a French postal operator published after four years of its own network, reached by the main one.

    They count every state and both networks: in the main one, what took place is 1,800 exchanges, 600 of them followed,
    and its offers and requests are 3,000.
    """

    members: int = 1050
    posts: int = 3110
    followed: int = 760
    declared: int = 1300
    days: int = 1000
    leavers: int = 25
    outsiders: int = 24
    managers: int = 40
    managers_posts: int = 110
    managers_followed: int = 48
    refused: int = 95
    lapsed: int = 45
    withdrawn: int = 25
    unmatched: int = 10
    joiners: int = 16
    recorded: int = 600
    validity: int = 730
    # Posts published by what is said in the gatherings, and exchanges opened on the spot: part of the figures.
    said: int = 28
    made: int = 7

    @classmethod
    def reduced(cls, members: int, days: int) -> Scale:
        """Return the same demonstration with fewer people in fewer days, nothing of its variety lost."""
        whole = cls()
        ratio = members / whole.members
        counts = {
            field.name: max(2, round(getattr(whole, field.name) * ratio)) for field in dataclasses.fields(cls)
        }
        counts |= {
            "members": members,
            "days": days,
            "managers": max(8, counts["managers"]),
            "said": max(6, counts["said"]),
            "managers_posts": max(20, counts["managers_posts"]),
            "validity": max(30, round(whole.validity * days / whole.days)),
        }
        return cls(**counts)

    def played(self, stage: str) -> int:
        """Return how many working days a stage of life has behind it."""
        return min(self.days, max(12, round(self.days * STAGES[stage]))) if STAGES[stage] else 0
