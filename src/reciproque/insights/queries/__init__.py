"""What the animators' desk shows, from every floor below."""

from reciproque.insights.queries.queue import Narrowed, counts
from reciproque.insights.queries.stuck import (
    MOVED,
    Stuck,
    is_settled,
    just_noted,
    moved_since,
    queue,
    stuck,
    stuck_among,
)
from reciproque.insights.queries.telling import (
    Said,
    ToTell,
    all_to_tell,
    count_to_tell,
    people_to_tell,
    places_of,
    read_aloud,
)

__all__ = [
    "MOVED",
    "Narrowed",
    "Said",
    "Stuck",
    "ToTell",
    "all_to_tell",
    "count_to_tell",
    "counts",
    "is_settled",
    "just_noted",
    "moved_since",
    "people_to_tell",
    "places_of",
    "queue",
    "read_aloud",
    "stuck",
    "stuck_among",
]

# -- the learning community --
from reciproque.insights.queries.engagement import (
    Cohort,
    Engagement,
    Productivity,
    cohorts_of,
    engagement_of,
    productivity_of,
)
from reciproque.insights.queries.maturity import Maturity, Standpoint, fitting_goals, maturity_of
from reciproque.insights.queries.place import Place, place_of
from reciproque.insights.queries.pool import (
    Helper,
    Need,
    PoolState,
    invited_to_help,
    pool_state,
    ready_to_help,
)
from reciproque.insights.queries.risk import AtRisk, RiskPage, risk_of, risks_in

__all__ += [
    "AtRisk",
    "Cohort",
    "Engagement",
    "Helper",
    "Maturity",
    "Need",
    "Place",
    "PoolState",
    "Productivity",
    "RiskPage",
    "Standpoint",
    "cohorts_of",
    "engagement_of",
    "fitting_goals",
    "invited_to_help",
    "maturity_of",
    "place_of",
    "pool_state",
    "productivity_of",
    "ready_to_help",
    "risk_of",
    "risks_in",
]
