"""A network drawn at random, with a unit of three, two filters that differ by one person, and somebody who leaves."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from reciproque.catalogue.models import Post
from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction, Review, Thread
from reciproque.initiatives import actions as initiatives
from reciproque.networks.models import Membership, Network, RoleGrant
from reciproque.people.models import Person, Site, Unit

NOW = dt.datetime(2026, 2, 9, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


class Drawn:
    """One network and the one who attacks it: a manager, who also sponsors it and holds human resources."""

    def __init__(self, seed: int, members: int = 60, events: int = 130) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.waits = Random(-seed)
        self.network = Network.objects.create(
            slug=f"tirage-{seed}",
            name_fr="Tirage",
            systems=["exchanges", "community"],
            created_at=NOW - 150 * DAY,
        )
        self.people = self._people(members)
        self.attacker = self._attacker()
        for number in range(events):
            self.event(self.moment(), declared=number % 3 == 0)

    def moment(self, least: int = 0, most: int = 140) -> dt.datetime:
        return NOW - dt.timedelta(minutes=self.random.randrange(least * 1440 + 1, most * 1440))

    def _people(self, members: int) -> list[Person]:
        top = Unit.objects.create(name="Tout", path=f"Tout {self.seed}")
        names = ["Petit", "Nord", "Sud", "Est"]
        units = [Unit.objects.create(name=name, path=f"{top.path} > {name}", parent=top) for name in names]
        sites = [Site.objects.create(name=f"Site {name} {self.seed}") for name in names]
        levels = ["agent", "maitrise", "cadre"]
        people = []
        for number in range(members):
            # Three in the small unit; a site is the unit of the same name but for one person.
            unit = 0 if number < 3 else 1 + number % 3
            site = unit if number != 4 else 3
            people.append(
                Person(
                    first_name="Prénom",
                    last_name=f"Zyx{number}qw",
                    email=f"p{number}-{self.seed}@example.org",
                    unit=units[unit],
                    site=sites[site if number % 7 or number < 5 else self.random.randrange(4)],
                    level=self.random.choice(levels) if number > 3 else "dirigeant",
                    joined_at=NOW - 900 * DAY,
                )
            )
        people = Person.objects.bulk_create(people)
        for number, person in enumerate(people):
            joined = self.moment(90 if number % 2 else 1)
            left = joined + 30 * DAY if number % 17 == 5 and joined + 30 * DAY < NOW else None
            Membership.objects.create(
                network=self.network,
                person=person,
                state="left" if left else "member",
                joined_at=joined,
                left_at=left,
            )
        return people

    def _attacker(self) -> Person:
        boss = Person.objects.create(
            first_name="Manuela", last_name="Chef", email=f"chef-{self.seed}@example.org"
        )
        Person.objects.filter(pk__in=[one.pk for one in self.people[:20]]).update(manager=boss)
        for role in ("sponsor", "hr"):
            RoleGrant.objects.create(network=self.network, person=boss, role=role, granted_by=None)
        return boss

    def event(self, at: dt.datetime, *, declared: bool = False) -> None:
        """Write what leads to an exchange, as far as chance takes it."""
        learner, giver = self.random.sample(self.people, 2)
        for person, kind in ((learner, "request"), (giver, "offer")):
            if self.random.randrange(3):
                Post.objects.create(
                    network=self.network,
                    author=person,
                    kind=kind,
                    state="published",
                    title="Titre",
                    published_at=at,
                    expires_at=at + 365 * DAY,
                )
        agreed = self.random.randrange(8) > 0
        # Some never answer; the others within a day or some days.
        silent = not agreed and not declared and self.waits.randrange(3) == 0
        answered = at + self.waits.choice((4, 30, 30, 33, 52, 80, 106)) * dt.timedelta(hours=1)
        introduction = None
        if not declared:
            introduction = Introduction.objects.create(
                network=self.network,
                requester=learner,
                offerer=giver,
                initiator=learner,
                title="Titre",
                state="agreed" if agreed else "lapsed" if silent else "refused",
                thread=Thread.objects.create(network=self.network),
                pair_key=f"{at.timestamp()}-{self.random.random()}",
                asked_at=at,
                due_at=at + 5 * DAY,
                answered_at=None if silent else answered,
                ended_at=at + 5 * DAY if silent else answered,
            )
        if not (declared or agreed) or at + 6 * DAY > NOW:
            return
        over = at + 5 * DAY
        exchange = Exchange.objects.create(
            network=self.network,
            title="Titre",
            state="closed",
            origin="declared" if declared else "followed",
            thread=Thread.objects.create(network=self.network),
            held_on=over.date(),
            minutes=60,
            finished_at=over,
            review_due_at=over + 5 * DAY,
            closed_at=over,
            declared_at=over if declared else None,
        )
        for person, side in ((learner, "requester"), (giver, "offerer")):
            linked = introduction if side == "requester" else None
            ExchangePerson.objects.create(exchange=exchange, person=person, side=side, introduction=linked)
            if self.random.randrange(6):
                Review.objects.create(
                    exchange=exchange,
                    author=person,
                    side=side,
                    satisfaction=self.random.choice("1344444"),
                    used=self.random.choice(["already", "already", "planned", "no"]),
                    again=self.random.choice([True, True, True, False]),
                    hours="2.00",
                    written_at=over,
                )

    def later(self) -> None:
        """What is said late, of months already told: one exchange, and one person who joins long after."""
        self.event(NOW - 45 * DAY, declared=True)
        person: Any = self.people[6]
        Membership.objects.filter(network=self.network, person=person).update(
            state="member", joined_at=NOW + DAY, left_at=None
        )

    def lead(self) -> None:
        """Make a learning network of it, which the attacker sponsors, with its results expected and its committee."""
        self.network.systems = [*self.network.systems, "learning"]
        self.network.save(update_fields=["systems"])
        by = self.attacker
        frame = initiatives.open_frame(self.network, by=by, sponsor=by, vision="Apprendre du terrain")
        for title, tied, horizon in (
            ("Moins d’attente", "customer", "direct"),
            ("Se parler", "both", "long"),
        ):
            initiatives.propose_result(frame, by=by, title=title, tied_to=tied, horizon=horizon)
        for person in self.people[8:11]:
            initiatives.join_committee(frame, by=by, person=person)
