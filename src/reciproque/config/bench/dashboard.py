"""The steering page of a very large network: its figures counted by the worker, then read by whoever animates it."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import resource
import statistics
import time
from collections.abc import Iterator
from typing import Any

MEMBERS, POSTS, EXCHANGES, YEARS = 100_000, 300_000, 180_000, 5
PAGES = 60
_BATCH = 5000
_UNITS, _SITES, _TOPICS = 400, 200, 2000
_LEVELS = ("agent", "agent", "agent", "maitrise", "maitrise", "cadre", "cadre", "dirigeant")
# Of the exchanges, one in three is followed here, as in the network this one imitates.
_FOLLOWED = 3


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--members", type=int, default=MEMBERS, help="how many members")
    parser.add_argument("--posts", type=int, default=POSTS, help="how many offers and requests")
    parser.add_argument("--exchanges", type=int, default=EXCHANGES, help="how many exchanges")
    parser.add_argument("--years", type=int, default=YEARS, help="over how many years")
    parser.add_argument("--pages", type=int, default=PAGES, help="how many times the page is asked for")
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")


def run(options: argparse.Namespace) -> int:
    """Fill a network, count its figures, ask for its steering page."""
    from reciproque.config.bench.page import open_site

    open_site()
    start = time.perf_counter()
    network, animator = build(options.members, options.posts, options.exchanges, options.years)
    size = f"{options.members:,}, {options.posts:,}, {options.exchanges:,}, {options.years}"
    found: dict[str, Any] = {}

    def tell(more: dict[str, Any]) -> None:
        found.update(more)
        if not options.json:
            print("\n".join(f"{name:58} {value}" for name, value in more.items()), flush=True)

    tell({"members, posts, exchanges, years": size, "built, s": round(time.perf_counter() - start, 1)})
    tell(counted(network))
    times, plan = read(network, animator, options.pages)
    tell(times)
    if options.json:
        print(json.dumps(found | {"plan": plan}))
    else:
        print("\nplan of the longest query of a page:\n" + "\n".join(plan))
    return 0


def counted(network: Any) -> dict[str, Any]:
    """Count the figures of the network as the worker does: often, then all of its past."""
    from reciproque.insights.actions import measure_network
    from reciproque.insights.models import Measure

    start = time.perf_counter()
    often = measure_network(network)
    first = time.perf_counter() - start
    start = time.perf_counter()
    ever = measure_network(network, whole=True)
    second = time.perf_counter() - start
    # Kilobytes here, bytes elsewhere; the bench runs here.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        f"figures of the present counted ({often} periods), s": round(first, 1),
        f"figures of all the past counted ({ever} periods), s": round(second, 1),
        "figures kept": f"{Measure.objects.filter(network=network).count():,}",
        "peak memory, MB": f"{peak:,}",
    }


def read(network: Any, animator: Any, pages: int) -> tuple[dict[str, Any], list[str]]:
    """Ask for the steering page as an animator does, over its periods and cuts; say how long the server takes."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from reciproque.insights.queries import period_of
    from reciproque.insights.rules import Cut, Span

    client = Client()
    client.force_login(animator)
    address = reverse("insights:steering", args=[network.slug])
    asked = [
        {"period": period_of(network, span).key, "cut": cut}
        for span in Span.values
        for cut in ("", *Cut.values)
    ]
    client.get(address)  # templates are read once
    times: dict[str, list[float]] = {"": [], "cut": []}
    for place in range(pages):
        # Every other time the page as it opens; then its periods, whole and by group, in turn.
        query = asked[(place // 2) % len(asked)] if place % 2 else {}
        start = time.perf_counter()
        answer = client.get(address, query)
        times["cut" if query.get("cut") else ""].append(1000 * (time.perf_counter() - start))
        assert answer.status_code == 200, answer.status_code
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    every = [*times[""], *times["cut"]]
    longest = max(queries.captured_queries, key=lambda row: float(row["time"]))
    told = {
        "steering page, median of all, ms": round(statistics.median(every)),
        "steering page, 95 in 100 within, ms": round(_nearest(every, 0.95)),
        "  whole network, median, ms": round(statistics.median(times[""])),
        "  by group, median, ms": round(statistics.median(times["cut"])) if times["cut"] else "",
        "queries of a page": len(queries),
    }
    return told, [longest["sql"][:1500], *_plan(longest["sql"])]


def _nearest(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _plan(sql: str) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
            return [str(row[3]) for row in cursor.fetchall()]
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"))
        return [str(row[0]) for row in cursor.fetchall()]


# -- a network, straight into the tables -----------------------------------------------------------------------


def build(members: int, posts: int, exchanges: int, years: int) -> tuple[Any, Any]:
    """Fill a network as so many people would have in so many years; return it, and who animates it."""
    from reciproque.config.worker import refresh_statistics
    from reciproque.kit import clock
    from reciproque.networks.actions import create_network
    from reciproque.networks.models import Network, Opening, PoolMember, RoleGrant
    from reciproque.networks.rules import Ability, Role

    rng, now = random.Random(members), clock.now()  # noqa: S311 - nothing secret is drawn
    began = now - dt.timedelta(days=365 * years)
    network = create_network("Grand réseau", by=None, reciprocity="open")
    Network.objects.filter(pk=network.pk).update(created_at=began)
    network.refresh_from_db()
    network.openings.all().delete()
    Opening.objects.create(network=network, name="Tous", opens_on=began.date())
    drawer = _Drawer(rng, began, now)
    people = drawer.people(members, network)
    drawer.posts(posts, network, people)
    drawer.exchanges(exchanges, network, people)
    animator = people[0]
    RoleGrant.objects.create(network=network, person=animator, role=Role.ANIMATOR, granted_by=animator)
    for person in people[1 : 1 + min(40, members // 10)]:
        PoolMember.objects.create(
            network=network,
            person=person,
            abilities=[Ability.MEDIATE],
            added_by=animator,
            added_at=drawer.day(),
        )
    refresh_statistics()
    return network, animator


class _Drawer:
    """Draws the rows of the network."""

    def __init__(self, rng: random.Random, began: dt.datetime, now: dt.datetime) -> None:
        self.rng, self.began, self.now = rng, began, now
        self.minutes = int((now - began).total_seconds() // 60)
        self.offers: list[Any] = []
        self.requests: list[Any] = []

    def day(self) -> dt.datetime:
        """Return a moment of the life of the network, later ones more often: it grows."""
        return self.began + dt.timedelta(minutes=int(self.minutes * self.rng.random() ** 0.6))

    def people(self, number: int, network: Any) -> list[Any]:
        from reciproque.networks.models import Membership
        from reciproque.networks.rules import MembershipState
        from reciproque.people.models import Person, Site, Unit

        top = f"Groupe {network.public_id}"
        units = [Unit(name=top, path=top)]
        for place in range(min(_UNITS, 4 + number // 20)):
            branch = f"{top} > Direction {place % 20}"
            path = branch if place < 20 else f"{branch} > Service {place}"
            units.append(Unit(name=path.rpartition(" > ")[2], path=path))
        Unit.objects.bulk_create(units)
        sites = Site.objects.bulk_create(
            Site(name=f"Site {n} {network.public_id}") for n in range(min(_SITES, 2 + number // 20))
        )
        mark = network.public_id.lower()
        people = [
            Person(
                external_id=f"{mark}-{place}",
                first_name="Membre",
                last_name=str(place),
                unit=self.rng.choice(units),
                site=self.rng.choice(sites),
                level=self.rng.choice(_LEVELS),
                joined_at=self.began,
            )
            for place in range(number)
        ]
        for person in people:
            person.set_unusable_password()
        _store(Person, people)
        _store(
            Membership,
            (
                Membership(network=network, person=person, state=MembershipState.MEMBER, joined_at=self.day())
                for person in people
            ),
        )
        return people

    def posts(self, number: int, network: Any, people: list[Any]) -> None:
        from reciproque.catalogue.models import Post, Topic
        from reciproque.catalogue.rules import Kind, PostState

        topics = [
            Topic(name=f"Savoir {n}", folded=f"savoir {n} {network.public_id}")
            for n in range(min(_TOPICS, 5 + number // 20))
        ]
        Topic.objects.bulk_create(topics)

        def drawn() -> Iterator[Any]:
            for place in range(number):
                published = self.day()
                over = published + dt.timedelta(days=365)
                open_ = over > self.now
                yield Post(
                    network=network,
                    author=self.rng.choice(people),
                    kind=Kind.OFFER if place % 2 else Kind.REQUEST,
                    state=PostState.PUBLISHED if open_ else PostState.EXPIRED,
                    title=f"Titre {place}",
                    published_at=published,
                    created_at=published,
                    changed_at=published,
                    expires_at=over,
                    closed_at=None if open_ else over,
                )

        rows = _store(Post, drawn())
        through = Post.topics.through
        _store(through, (through(post_id=row.pk, topic_id=self.rng.choice(topics).pk) for row in rows))
        self.offers = [row for row in rows if row.kind == Kind.OFFER]
        self.requests = [row for row in rows if row.kind == Kind.REQUEST]

    def exchanges(self, number: int, network: Any, people: list[Any]) -> None:
        from reciproque.exchanges.models import Exchange, Introduction, Thread
        from reciproque.exchanges.rules import ExchangeState, IntroductionState, Origin

        followed = number // _FOLLOWED
        asked = 2 * followed  # half of the introductions come to nothing
        threads = _store(Thread, (Thread(network=network) for _ in range(asked + number - followed)))
        # A few are asked much more than the others.
        busy = [self.rng.choice(people) for _ in range(max(2, len(people) // 50))]

        def pair() -> tuple[Any, Any]:
            while True:
                learner = self.rng.choice(people)
                giver = self.rng.choice(busy if self.rng.random() < 0.3 else people)
                if learner.pk != giver.pk:
                    return learner, giver

        def introduced() -> Iterator[Any]:
            for place in range(asked):
                request = self.requests[self.rng.randrange(len(self.requests))]
                learner, giver = pair()
                at = min(request.published_at + dt.timedelta(days=self.rng.randrange(1, 30)), self.now)
                agreed = place < followed
                yield Introduction(
                    network=network,
                    requester=learner,
                    offerer=giver,
                    initiator=learner,
                    request=request,
                    title="Titre",
                    state=IntroductionState.AGREED if agreed else IntroductionState.REFUSED,
                    thread=threads[place],
                    pair_key=f"{network.pk}-{place}",
                    asked_at=at,
                    due_at=at + dt.timedelta(days=5),
                    answered_at=min(at + dt.timedelta(days=self.rng.randrange(1, 9)), self.now),
                    ended_at=self.now,
                )

        introductions = _store(Introduction, introduced())

        def held() -> Iterator[Any]:
            for place in range(number):
                here = place < followed
                over = (
                    min(introductions[place].answered_at + dt.timedelta(days=14), self.now)
                    if here
                    else self.day()
                )
                yield Exchange(
                    network=network,
                    title="Titre",
                    state=ExchangeState.CLOSED,
                    origin=Origin.FOLLOWED if here else Origin.DECLARED,
                    thread=threads[place if here else asked + place - followed],
                    held_on=None if here else over.date(),
                    opened_at=over,
                    minutes=self.rng.choice((30, 60, 90, 120)),
                    finished_at=over,
                    review_due_at=over,
                    closed_at=over,
                    declared_at=None if here else over,
                    request=introductions[place].request if here else None,
                )

        self._people_of(_store(Exchange, held()), introductions[:followed], pair)

    def _people_of(self, exchanges: list[Any], introductions: list[Any], pair: Any) -> None:
        from reciproque.exchanges.models import ExchangePerson, Review, ThreadMessage
        from reciproque.exchanges.rules import Side, Used

        parts: list[Any] = []
        reviews: list[Any] = []
        messages: list[Any] = []
        for place, exchange in enumerate(exchanges):
            origin = introductions[place] if place < len(introductions) else None
            learner, giver = (origin.requester, origin.offerer) if origin else pair()
            parts.append(
                ExchangePerson(exchange=exchange, person=learner, side=Side.REQUESTER, introduction=origin)
            )
            parts.append(ExchangePerson(exchange=exchange, person=giver, side=Side.OFFERER))
            if origin is None:
                continue
            for author, side in ((learner, Side.REQUESTER), (giver, Side.OFFERER)):
                messages.append(
                    ThreadMessage(
                        thread_id=origin.thread_id,
                        author=author,
                        text="…",
                        written_at=origin.asked_at + dt.timedelta(hours=len(messages) % 7),
                    )
                )
                if self.rng.random() < 0.7:
                    reviews.append(
                        Review(
                            exchange=exchange,
                            author=author,
                            side=side,
                            satisfaction=self.rng.choice("443321"),
                            used=self.rng.choice(list(Used.values)) if side == Side.REQUESTER else "",
                            again=self.rng.random() < 0.8,
                            hours="1.50",
                            written_at=exchange.closed_at,
                        )
                    )
        for model, rows in ((ExchangePerson, parts), (Review, reviews), (ThreadMessage, messages)):
            _store(model, rows)


def _store(model: Any, rows: Any) -> list[Any]:
    """Write many rows, some thousands at a time."""
    stored: list[Any] = []
    waiting: list[Any] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == _BATCH:
            stored += model.objects.bulk_create(waiting)
            waiting = []
    return stored + model.objects.bulk_create(waiting)
