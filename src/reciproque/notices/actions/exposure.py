"""Which new offers and requests a weekly letter shows: everyone's turn comes.

Those shown least come first, then those shown longest ago; of one author only one; never the reader's own; one place of the
letter goes to any of them, so that the same ones do not always come first.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import F

from reciproque.catalogue.models import Post
from reciproque.networks.models import Membership
from reciproque.notices.models import Shown
from reciproque.notices.rules import NEWS_AGE, NEWS_NETWORKS, NEWS_POOL, NEWS_SHOWN
from reciproque.people.models import Person

# (times shown, when last or when published, number): the least shown is the smallest.
Turn = tuple[int, float, int]


class News:
    """The posts of one run of letters: each one shown counts at once for those that follow."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.posts: dict[int, Post] = {}
        self.queues: dict[int, list[Turn]] = {}
        self.shown: Counter[int] = Counter()

    def chosen_for(self, people: Sequence[Person]) -> dict[int, list[Post]]:
        """Choose the posts of each person's letter, and count them as shown."""
        rows = Membership.objects.current().filter(person__in=people).values_list("person_id", "network_id")
        networks: dict[int, list[int]] = defaultdict(list)
        for person, network in rows.order_by("person_id", "network_id"):
            networks[person].append(network)
        self._load({network for found in networks.values() for network in found})
        return {person.pk: self._choose(person, networks.get(person.pk, [])) for person in people}

    def _load(self, networks: set[int]) -> None:
        for network in sorted(networks - set(self.queues)):
            posts = Post.objects.open().filter(network=network, published_at__gt=self.now - NEWS_AGE)
            found = list(
                posts.select_related("author", "network").order_by("-published_at", "-pk")[:NEWS_POOL]
            )
            shown = {row.post_id: row for row in Shown.objects.filter(post__in=found)}
            self.posts.update((post.pk, post) for post in found)
            queue = [_turn(post, shown.get(post.pk)) for post in found]
            heapq.heapify(queue)
            self.queues[network] = queue

    def _choose(self, person: Person, networks: list[int]) -> list[Post]:
        """Take a few posts from a few networks; someone of 200 networks reads of other ones each week."""
        # The same letter written again holds the same posts.
        chance = random.Random(f"{person.public_id} {self.now.date().isocalendar()[:2]}")  # noqa: S311
        places = [network for network in networks if self.queues.get(network)]
        places = chance.sample(places, min(NEWS_NETWORKS, len(places)))
        authors = {person.pk}
        found: list[Post] = []
        while places and len(found) < NEWS_SHOWN - 1:
            for network in list(places):
                post = self._next(network, authors)
                if post is None:
                    places.remove(network)
                elif len(found) < NEWS_SHOWN - 1:
                    found.append(post)
                else:
                    self._release(post)
        lucky = self._any([network for network in networks if self.queues.get(network)], authors, chance)
        return [*found, lucky] if lucky else found

    def _next(self, network: int, authors: set[int]) -> Post | None:
        """Take the one whose turn it is, but for authors already there."""
        queue, passed, found = self.queues[network], [], None
        while queue and found is None:
            times, at, number = heapq.heappop(queue)
            post = self.posts[number]
            if post.author_id in authors:
                passed.append((times, at, number))
                continue
            found = post
            authors.add(post.author_id)
            self.shown[number] += 1
            passed.append((times + 1, self.now.timestamp(), number))
        for turn in passed:
            heapq.heappush(queue, turn)
        return found

    def _any(self, networks: list[int], authors: set[int], chance: random.Random) -> Post | None:
        for _attempt in range(4 if networks else 0):
            _times, _at, number = chance.choice(self.queues[chance.choice(networks)])
            post = self.posts[number]
            if post.author_id not in authors:
                self.shown[number] += 1
                return post
        return None

    def _release(self, post: Post) -> None:
        self.shown[post.pk] -= 1

    def give_back(self, posts: Iterable[Post]) -> None:
        """Uncount posts of a letter that will not leave."""
        for post in posts:
            self._release(post)

    def keep(self) -> None:
        """Write how often each post was shown since the last time."""
        fresh = {number: times for number, times in self.shown.items() if times > 0}
        self.shown.clear()
        if not fresh:
            return
        Shown.objects.bulk_create(
            [Shown(post_id=number, times=0, last_at=self.now) for number in sorted(fresh)],
            ignore_conflicts=True,
        )
        by_times: dict[int, list[int]] = defaultdict(list)
        for number, times in fresh.items():
            by_times[times].append(number)
        for times, numbers in sorted(by_times.items()):
            Shown.objects.filter(post__in=numbers).update(times=F("times") + times, last_at=self.now)


def _turn(post: Post, shown: Shown | None) -> Turn:
    if shown is not None:
        return shown.times, shown.last_at.timestamp(), post.pk
    # Never shown: before all others, the oldest first.
    return 0, post.published_at.timestamp() if post.published_at else 0.0, post.pk
