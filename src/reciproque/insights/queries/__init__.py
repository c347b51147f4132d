"""What the animators’ desk and the pages of a learning community show, from every floor below."""

from reciproque.insights.queries.engagement import (
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
    invited_to_help,
    pool_state,
    ready_to_help,
)
from reciproque.insights.queries.queue import Narrowed, counts
from reciproque.insights.queries.risk import AtRisk, Risks, list_risks, risk_of, risks_in
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
    "AtRisk",
    "Engagement",
    "Helper",
    "Maturity",
    "Narrowed",
    "Need",
    "Place",
    "Productivity",
    "Risks",
    "Said",
    "Standpoint",
    "Stuck",
    "ToTell",
    "all_to_tell",
    "cohorts_of",
    "count_to_tell",
    "counts",
    "engagement_of",
    "fitting_goals",
    "invited_to_help",
    "is_settled",
    "just_noted",
    "list_risks",
    "maturity_of",
    "moved_since",
    "people_to_tell",
    "place_of",
    "places_of",
    "pool_state",
    "productivity_of",
    "queue",
    "read_aloud",
    "ready_to_help",
    "risk_of",
    "risks_in",
    "stuck",
    "stuck_among",
]
