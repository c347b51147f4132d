"""The questionnaires that come with the program, as data: copied into a network, then changed there at will."""

from __future__ import annotations

from reciproque.surveys.rules.supplied.effects import EFFECTS
from reciproque.surveys.rules.supplied.impact import IMPACT
from reciproque.surveys.rules.supplied.maturity import MATURITY
from reciproque.surveys.rules.supplied.needs import NEEDS
from reciproque.surveys.rules.supplied.shape import Supplied

SUPPLIED: dict[str, Supplied] = {one.key: one for one in (IMPACT, NEEDS, EFFECTS, MATURITY)}

__all__ = ["SUPPLIED", "Supplied"]
