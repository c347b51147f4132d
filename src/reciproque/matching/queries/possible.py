"""Whether two posts can be proposed together now: what no score redeems, looked at again when something is decided."""

from __future__ import annotations

import dataclasses

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.matching.models import Suggestion
from reciproque.matching.queries.index import Room, room_in
from reciproque.matching.queries.suggestions import exclusions
from reciproque.matching.rules import SuggestionState
from reciproque.networks.models import Network


@dataclasses.dataclass
class Possible:
    """What is left of everybody's room in a network, and who must not meet; each pair taken uses some room."""

    network: Network
    room: Room
    posts: set[tuple[int, int]]
    people: set[tuple[int, int]]
    used: dict[tuple[str, int], int]

    def take(self, request: Post, offer: Post) -> bool:
        """Take room for one pair; False, and nothing taken, when it is not possible."""
        asker, giver = request.author, offer.author
        open_now = all(
            post.state == PostState.PUBLISHED and post.author.is_active for post in (request, offer)
        )
        managed = self.network.exclude_own_manager and (
            asker.manager_id == giver.pk or giver.manager_id == asker.pk
        )
        apart = (request.pk, offer.pk) in self.posts or (asker.pk, giver.pk) in self.people
        if not open_now or managed or apart or asker.pk == giver.pk:
            return False
        limits = {
            ("receive", asker.pk): self.room.of_request(request.pk, asker.pk),
            ("give", giver.pk): self.room.give.get(giver.pk, 0),
            ("offer", offer.pk): self.room.of_offer(offer.pk, giver.pk),
        }
        if any(self.used.get(key, 0) >= limit for key, limit in limits.items()):
            return False
        for key in limits:
            self.used[key] = self.used.get(key, 0) + 1
        return True


def possible_now(network: Network) -> Possible:
    """Return what is possible in a network now, what is already proposed and not answered taking its room."""
    barred = exclusions(network)
    possible = Possible(network, room_in(network), set(barred.posts), set(barred.people), {})  # type: ignore[arg-type]
    proposed = Suggestion.objects.filter(
        network=network, state=SuggestionState.OPEN, published_at__isnull=False
    )
    for asker, giver, offer in proposed.values_list("request__author_id", "offer__author_id", "offer_id"):
        for key in (("receive", asker), ("give", giver), ("offer", offer)):
            possible.used[key] = possible.used.get(key, 0) + 1
    return possible
