"""What pages show of what was found."""

from reciproque.matching.queries.search import Facet, FacetValue, SearchPage, search
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

__all__ = [
    "Facet",
    "FacetValue",
    "Found",
    "SearchPage",
    "alerts_of",
    "found_with",
    "next_proposal",
    "proposed_topics",
    "search",
    "similar_posts",
    "suggestion_rows",
    "suggestions_about",
    "suggestions_for",
]
