"""What the animators' desk shows, from every floor below."""

from reciproque.insights.queries.queue import Narrowed, counts
from reciproque.insights.queries.stuck import MOVED, Stuck, just_noted, moved_since, queue, stuck, stuck_among
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
    "just_noted",
    "moved_since",
    "people_to_tell",
    "places_of",
    "queue",
    "read_aloud",
    "stuck",
    "stuck_among",
]
