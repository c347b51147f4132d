"""What the animators’ desk and the pages of a learning community show, from every floor below."""

from reciproque.insights.queries.engagement import (
    Engagement,
    Productivity,
    cohorts_of,
    engagement_of,
    productivity_of,
)
from reciproque.insights.queries.figures import (
    Figure,
    figures_of,
    history_of,
    in_words,
    measured_periods,
    targets_of,
)
from reciproque.insights.queries.groups import group_names, groups_in
from reciproque.insights.queries.maturity import Maturity, Standpoint, fitting_goals, maturity_of
from reciproque.insights.queries.measures import Cell, measure, measured
from reciproque.insights.queries.place import Place, place_of
from reciproque.insights.queries.pool import (
    Helper,
    Need,
    invited_to_help,
    pool_state,
    ready_to_help,
)
from reciproque.insights.queries.queue import Narrowed, counts
from reciproque.insights.queries.release import (
    released,
    released_history,
    released_over,
    released_periods,
    releases_of,
)
from reciproque.insights.queries.risk import AtRisk, Risks, list_risks, risk_of, risks_in
from reciproque.insights.queries.rows import (
    denominator,
    numerator,
    parse_period,
    people,
    period_of,
    persons,
    recipe_of,
)
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
    "Cell",
    "Engagement",
    "Figure",
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
    "denominator",
    "engagement_of",
    "figures_of",
    "fitting_goals",
    "group_names",
    "groups_in",
    "history_of",
    "in_words",
    "invited_to_help",
    "is_settled",
    "just_noted",
    "list_risks",
    "maturity_of",
    "measure",
    "measured",
    "measured_periods",
    "moved_since",
    "numerator",
    "parse_period",
    "people",
    "people_to_tell",
    "period_of",
    "persons",
    "place_of",
    "places_of",
    "pool_state",
    "productivity_of",
    "queue",
    "read_aloud",
    "ready_to_help",
    "recipe_of",
    "released",
    "released_history",
    "released_over",
    "released_periods",
    "releases_of",
    "risk_of",
    "risks_in",
    "stuck",
    "stuck_among",
    "targets_of",
]
