"""Small networks written straight into the tables, with everything that can be: every state, leavers, odd hours."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from reciproque.catalogue.models import Post, Topic
from reciproque.exchanges.models import (
    Exchange,
    ExchangePerson,
    Introduction,
    Review,
    Thread,
    ThreadMessage,
)
from reciproque.insights.models import Costs
from reciproque.library.models import Rating, Sheet, SheetAuthor, UseCase
from reciproque.networks.models import Membership, Network, Opening, PoolMember
from reciproque.people.models import Person, Site, Unit

DAY = dt.timedelta(days=1)
COUNTRIES = ["FR", "NC", "US", "JP"]
UNITS = ["Tout", "Tout > Nord", "Tout > Nord > Lille", "Tout > Sud", "Tout > Sud > Nice", "Ailleurs"]
LEVELS = ["", "agent", "maitrise", "cadre", "dirigeant"]
# Just before and just after a month turned, in several zones; and far from it.
NOWS = [
    dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC),
    dt.datetime(2026, 4, 1, 0, 30, tzinfo=dt.UTC),
    dt.datetime(2026, 4, 1, 12, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 1, 1, 2, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 2, 17, 9, 0, tzinfo=dt.UTC),
]


class Builder:
    """Draws one small world."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.now = random.choice(NOWS)
        self.people: list[Person] = []
        self.marks = iter(range(10_000))

    def moment(self, *, least: dt.datetime | None = None) -> dt.datetime:
        """Return a past moment, often within hours of the turn of a month."""
        kind = self.random.randrange(3)
        if kind == 0:
            turn = dt.datetime(
                2025 + self.random.randrange(2), self.random.randrange(1, 13), 1, tzinfo=dt.UTC
            )
            drawn = turn + dt.timedelta(minutes=self.random.randrange(-840, 840))
        elif kind == 1:
            drawn = self.now - dt.timedelta(minutes=self.random.randrange(0, 60 * 24 * 40))
        else:
            drawn = self.now - dt.timedelta(minutes=self.random.randrange(0, 60 * 24 * 900))
        drawn = min(drawn, self.now)
        return max(drawn, least) if least is not None else drawn

    def maybe(self, value: Any, among: int = 2) -> Any:
        return value if self.random.randrange(among) else None

    def build(self) -> list[Network]:
        """Write two networks, that share their people."""
        self.directory()
        topics = self.topics()
        networks = []
        for country in self.random.sample(COUNTRIES, 2):
            network = Network.objects.create(
                slug=f"r{next(self.marks)}",
                name_fr="Réseau",
                country=country,
                answer_days=self.random.choice([1, 5, 20]),
                created_at=self.now - 700 * DAY,
            )
            networks.append(network)
            self.life(network, topics)
        return networks

    def directory(self) -> None:
        units = [Unit.objects.create(name=path.rpartition(" > ")[2], path=path) for path in UNITS]
        sites = [Site.objects.create(name=f"Site {number}") for number in range(3)]
        for number in range(self.random.randrange(4, 13)):
            here = self.random.randrange(5) > 0
            self.people.append(
                Person(
                    last_name=f"P{number}",
                    unit=self.maybe(self.random.choice(units), 5),
                    site=self.maybe(self.random.choice(sites), 5),
                    level=self.random.choice(LEVELS),
                    function=self.random.choice(["", "Postier"]),
                    is_active=here,
                    left_at=None if here else self.moment(),
                    joined_at=self.moment(),
                )
            )
        Person.objects.bulk_create(self.people)

    def topics(self) -> list[Topic]:
        topics = [Topic.objects.create(name=f"T{n}", folded=f"t{n}") for n in range(4)]
        topics.append(Topic.objects.create(name="T9", folded="t9", merged_into=topics[0]))
        return topics

    def life(self, network: Network, topics: list[Topic]) -> None:
        for _ring in range(self.random.randrange(3)):
            Opening.objects.create(
                network=network,
                name="Cercle",
                opens_on=self.moment().date(),
                units=self.random.choice([[], ["Tout > Nord"], ["Tout > Nord", "Tout > Sud > Nice"]]),
                levels=self.random.choice([[], ["cadre", "agent"]]),
                sites=self.random.choice([[], ["Site 1"]]),
                functions=self.random.choice([[], ["postier"]]),
            )
        Membership.objects.bulk_create(filter(None, (self.membership(network, one) for one in self.people)))
        posts = [self.post(network, topics) for _ in range(self.random.randrange(14))]
        introductions = [self.introduction(network, posts) for _ in range(self.random.randrange(12))]
        exchanges = [self.exchange(network, introductions, posts) for _ in range(self.random.randrange(16))]
        for exchange, people in exchanges:
            self.reviews(exchange, people)
        for row in [*introductions, *(exchange for exchange, _people in exchanges)]:
            for _ in range(self.random.randrange(4)):
                ThreadMessage.objects.create(
                    thread=row.thread,
                    author=self.random.choice(self.people),
                    text="…",
                    written_at=self.moment(),
                )
        self.library(network)
        for person in self.random.sample(self.people, 3):
            PoolMember.objects.create(
                network=network,
                person=person,
                added_by=person,
                added_at=self.moment(),
                left_at=self.maybe(self.moment()),
            )
        for _ in range(self.random.randrange(3)):
            Costs.objects.update_or_create(
                network=network,
                since=self.random.choice([self.moment().date(), (self.now - 800 * DAY).date()]),
                defaults={
                    "animation_hours": self.maybe(100, 6),
                    "hour_cost": 40,
                    "tools": 500,
                    "events": self.random.choice([0, 250]),
                    "training_day_price": self.maybe(400),
                    "training_day_hours": self.maybe(7),
                    "by": self.people[0],
                },
            )

    def membership(self, network: Network, person: Person) -> Membership | None:
        state = self.random.choice(["member", "member", "member", "applied", "refused", "left", ""])
        if not state:
            return None
        joined = self.moment()
        return Membership(
            network=network,
            person=person,
            state=state,
            joined_at=joined if state in ("member", "left") else None,
            left_at=self.moment(least=joined) if state == "left" else None,
        )

    def post(self, network: Network, topics: list[Topic]) -> Post:
        states = (
            "draft published published published paused fulfilled expired withdrawn hidden removed".split()
        )
        state = self.random.choice(states)
        published = self.moment()
        over = self.moment(least=published)
        post = Post.objects.create(
            network=network,
            author=self.random.choice(self.people),
            kind=self.random.choice(["offer", "request"]),
            state=state,
            title="" if state == "removed" else "Titre",
            published_at=None if state == "draft" else published,
            expires_at=published + 365 * DAY,
            closed_at=over if state in ("fulfilled", "expired", "withdrawn") else None,
            hidden_at=over if state == "hidden" else None,
            hidden_from=self.random.choice(["published", "paused"]) if state == "hidden" else "",
            removed_at=over if state == "removed" else None,
        )
        post.topics.set(self.random.sample(topics, self.random.randrange(3)))
        return post

    def introduction(self, network: Network, posts: list[Post]) -> Introduction:
        states = (
            "asked questioned accepted agreed agreed refused lapsed withdrawn not_matched cancelled".split()
        )
        state = self.random.choice(states)
        requester, offerer = self.random.sample(self.people, 2)
        asked = self.moment()
        answered = self.moment(least=asked)
        said = state in ("accepted", "agreed", "refused", "not_matched") or (
            state in ("withdrawn", "cancelled") and self.random.randrange(2)
        )
        requests = [post for post in posts if post.kind == "request"]
        return Introduction.objects.create(
            network=network,
            requester=requester,
            offerer=offerer,
            initiator=self.random.choice([requester, offerer]),
            request=self.maybe(self.random.choice(requests), 4) if requests else None,
            title="Titre",
            state=state,
            thread=Thread.objects.create(network=network),
            pair_key=f"k{next(self.marks)}",
            asked_at=asked,
            due_at=asked + 5 * DAY,
            answered_at=answered if said else None,
            ended_at=None if state in ("asked", "questioned", "accepted") else answered,
        )

    def exchange(
        self, network: Network, introductions: list[Introduction], posts: list[Post]
    ) -> tuple[Exchange, list[tuple[Person, str]]]:
        state = self.random.choice("open finished closed closed closed stopped declared denied".split())
        declared = state in ("declared", "denied") or self.random.randrange(3) == 0
        over = self.moment()
        held = over.date() - self.random.randrange(3) * DAY if declared or self.random.randrange(2) else None
        exchange = Exchange.objects.create(
            network=network,
            title="Titre",
            state=state,
            origin="declared" if declared else "followed",
            thread=Thread.objects.create(network=network),
            offer=self.maybe(self.random.choice([p for p in posts if p.kind == "offer"] or [None])),
            request=self.maybe(self.random.choice([p for p in posts if p.kind == "request"] or [None])),
            held_on=held,
            minutes=self.random.choice([30, 60, 95]),
            finished_at=over
            if state == "finished" or (state == "closed" and self.random.randrange(3))
            else None,
            review_due_at=over + 10 * DAY,
            closed_at=over if state in ("closed", "stopped", "denied") else None,
            declared_at=over if declared else None,
        )
        used = set(
            ExchangePerson.objects.exclude(introduction=None).values_list("introduction_id", flat=True)
        )
        free = [row for row in introductions if row.state == "agreed" and row.pk not in used]
        origin = self.random.choice(free) if free and self.random.randrange(3) else None
        if origin is not None:
            people = [(origin.requester, "requester"), (origin.offerer, "offerer")]
        else:
            one, other = self.random.sample(self.people, 2)
            people = [(one, "requester"), (other, "offerer")]
        if len(self.people) > 3 and self.random.randrange(4) == 0:
            known = {person.pk for person, _side in people}
            more = [person for person in self.people if person.pk not in known]
            people.append((self.random.choice(more), self.random.choice(["requester", "offerer"])))
        if self.random.randrange(2):
            people.reverse()
        for person, side in people:
            linked = origin is not None and side == "requester" and person.pk == origin.requester_id
            ExchangePerson.objects.create(
                exchange=exchange,
                person=person,
                side=side,
                introduction=origin if linked else None,
                left_at=self.maybe(None, 1) if self.random.randrange(6) else over,
            )
        return exchange, people

    def reviews(self, exchange: Exchange, people: list[tuple[Person, str]]) -> None:
        for person, side in people:
            if exchange.state in ("finished", "closed") and self.random.randrange(3):
                written = self.moment()
                if self.random.randrange(6) == 0:
                    Review.objects.create(
                        exchange=exchange,
                        author=person,
                        side=side,
                        satisfaction="",
                        written_at=written,
                        withdrawn_at=written,
                    )
                    continue
                Review.objects.create(
                    exchange=exchange,
                    author=person,
                    side=side,
                    satisfaction=self.random.choice("12334"),
                    used=self.random.choice(["", "already", "already", "planned", "no"]),
                    again=self.random.choice([None, True, True, False]),
                    hours=self.random.choice([None, "1.50", "4.00"]),
                    written_at=written,
                )

    def library(self, network: Network) -> None:
        for _ in range(self.random.randrange(3)):
            published = self.random.choice([None, self.moment()])
            sheet = Sheet.objects.create(
                network=network,
                state="published" if published else "draft",
                title="Fiche" if published else "",
                published_at=published,
            )
            for person in self.random.sample(self.people, 2):
                SheetAuthor.objects.create(
                    sheet=sheet, person=person, state=self.random.choice(["accepted", "invited", "left"])
                )
                Rating.objects.create(sheet=sheet, person=person, relevance=4, at=self.moment())
        for _ in range(self.random.randrange(3)):
            UseCase.objects.create(
                network=network,
                asker=self.random.choice(self.people),
                question="Comment ?",
                asked_at=self.moment(),
                closed_at=self.maybe(self.now),
            )
