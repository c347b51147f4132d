"""What pages show of what was found."""

from reciproque.matching.queries.frameworks import entries_like, search_entries, topics_like
from reciproque.matching.queries.holders import FoundHolder, holders, holders_by_words
from reciproque.matching.queries.likeness import Alike, alike_in, alike_of
from reciproque.matching.queries.loops import LoopShown, loop_shown, loops_in, loops_of
from reciproque.matching.queries.mapping import (
    Choice,
    Place,
    Tally,
    map_choices,
    map_counts,
    merged_topics,
    places_on_map,
    tallies,
)
from reciproque.matching.queries.nudges import nudges_of
from reciproque.matching.queries.planning import (
    alternatives_to,
    current_plan,
    pairs_page,
    plan_in_progress,
    publishing,
    rulings_page,
)
from reciproque.matching.queries.search import Facet, FacetValue, SearchPage, search
from reciproque.matching.queries.sheets import find_sheets, search_sheets
from reciproque.matching.queries.suggestions import (
    Found,
    alerts_of,
    found_with,
    next_proposal,
    proposed_topics,
    similar_posts,
    suggestion_rows,
    suggestions_about,
    suggestions_for,
)
from reciproque.matching.queries.tuning import Preview, Tuned, preview_tuning, tuning_of
from reciproque.matching.queries.why import Why, WhyNot, why, why_not, why_terms

__all__ = [
    "Alike",
    "Choice",
    "Facet",
    "FacetValue",
    "Found",
    "FoundHolder",
    "LoopShown",
    "Place",
    "Preview",
    "SearchPage",
    "Tally",
    "Tuned",
    "Why",
    "WhyNot",
    "alerts_of",
    "alike_in",
    "alike_of",
    "alternatives_to",
    "current_plan",
    "entries_like",
    "find_sheets",
    "found_with",
    "holders",
    "holders_by_words",
    "loop_shown",
    "loops_in",
    "loops_of",
    "map_choices",
    "map_counts",
    "merged_topics",
    "next_proposal",
    "nudges_of",
    "pairs_page",
    "places_on_map",
    "plan_in_progress",
    "preview_tuning",
    "proposed_topics",
    "publishing",
    "rulings_page",
    "search",
    "search_entries",
    "search_sheets",
    "similar_posts",
    "suggestion_rows",
    "suggestions_about",
    "suggestions_for",
    "tallies",
    "topics_like",
    "tuning_of",
    "why",
    "why_not",
    "why_terms",
]
