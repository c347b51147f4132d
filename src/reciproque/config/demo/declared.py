"""Exchanges that people had by themselves, told to the product afterwards."""

from __future__ import annotations

import datetime as dt

from reciproque.config.demo import phrases
from reciproque.config.demo.history import History
from reciproque.config.demo.market import Market
from reciproque.exchanges.actions import confirm_exchange, declare_exchange, deny_exchange
from reciproque.exchanges.models import Exchange
from reciproque.exchanges.rules import ExchangeState
from reciproque.people.models import Person

YEARS = 4


class Declarations:
    """Plans the declarations of a network, their confirmations, and the import of an older notebook."""

    def __init__(self, history: History, market: Market) -> None:
        self.h, self.market = history, market

    def plan(self, count: int, recorded: int, *, start: int) -> None:
        """Plan `count` declarations; the animators bring `recorded` of them in, from their notebooks, year by year."""
        h, rng = self.h, self.h.rng("declared", self.market.name)
        for year in range(1, YEARS + 1):
            share = recorded * year // YEARS - recorded * (year - 1) // YEARS
            h.at(h.share(year / YEARS) - 6, 1030, lambda day, _minute, share=share: self._record(day, share))
        span = h.scale.days - start
        for number in range(count - recorded):
            day = start + min(span - 1, int(span * ((number + rng.random()) / (count - recorded)) ** 0.75))
            h.at(day, rng.randrange(490, 1020), lambda d, m, n=number: self.declare(d, m, n))

    def _record(self, day: int, count: int) -> None:
        """Bring in what the animators had noted on paper, counted at once."""
        rng = self.h.rng("recorded", self.market.name)
        for number in range(count):
            found = self.market.past_pair(rng, day)
            if found is None:
                self.h.at(day + 1, 1030, lambda d, _m: self._record(d, 1))
                continue
            pair, title = found
            self._declare(
                None, pair.requester.person, pair.offerer.person, title, day, rng.randrange(5, 300), number
            )

    def declare(self, day: int, minute: int, number: object) -> None:
        """Somebody tells of an exchange; the other confirms, says no, or forgets."""
        h, rng = self.h, self.h.rng("declaration", self.market.name, number)
        found = self.market.past_pair(rng, day)
        if found is None:
            if day < h.days.last:
                h.at(day + 1, minute, lambda d, m: self.declare(d, m, f"{number}+"))
            return
        pair, title = found
        two = [pair.requester.person, pair.offerer.person]
        rng.shuffle(two)
        animator = h.cast("animator").person
        by = animator if rng.random() < 0.12 and animator not in two else two[0]
        exchange = self._declare(
            by, pair.requester.person, pair.offerer.person, title, day, rng.randrange(1, 40), number
        )
        if exchange is None:
            h.at(day + 1, minute, lambda d, m: self.declare(d, m, f"{number}+"))
            return
        fate, later = rng.random(), day + rng.randrange(0, 8)
        deny = number in (3, 4) or fate < 0.012
        if deny or fate < 0.92:
            late = minute + 60 if later == day else rng.randrange(500, 1000)
            h.at(
                later,
                late,
                lambda _d, _m: self._answer(exchange.pk, two[1], rng.choice(phrases.DENIALS) if deny else ""),
            )

    def _declare(
        self,
        by: Person | None,
        requester: Person,
        offerer: Person,
        title: str,
        day: int,
        ago: int,
        number: object,
    ) -> Exchange | None:
        h, rng = self.h, self.h.rng("told", self.market.name, by is None, day, number)
        told: list[Exchange] = []
        refused = h.refused(
            lambda: told.append(
                declare_exchange(
                    self.market.network,
                    requester=requester,
                    offerer=offerer,
                    by=by,
                    title=title,
                    held_on=h.days.date(day) - dt.timedelta(days=ago),
                    minutes=rng.choice([30, 45, 60, 60, 90, 120]),
                    mode=rng.choice(["face", "face", "phone", "phone", "video"]),
                )
            )
        )
        if refused:
            return None
        h.counts["declared"] += 1
        return told[0]

    def _answer(self, pk: int, by: Person, denial: str) -> None:
        exchange = Exchange.objects.select_related("network").get(pk=pk)
        if exchange.state != ExchangeState.DECLARED:
            return
        if denial:
            self.h.refused(lambda: deny_exchange(exchange, by=by, reason=denial))
        else:
            self.h.refused(lambda: confirm_exchange(exchange, by=by))
