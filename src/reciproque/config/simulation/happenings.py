"""What people do of their own accord: ask, publish, declare, join, go away for a while, leave."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Sequence

from reciproque.agenda.models import Step
from reciproque.config.demo import phrases
from reciproque.config.simulation.answers import Answers
from reciproque.config.simulation.people import Someone
from reciproque.exchanges.actions import ask_introduction, declare_exchange, write_message
from reciproque.exchanges.models import Exchange
from reciproque.exchanges.rules import ExchangeState
from reciproque.kit import clock
from reciproque.matching.queries import suggestions_for
from reciproque.networks.actions import join_network, leave_network, pause_membership, publish_charter
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import animators_of, current_charter, memberships_of
from reciproque.networks.rules import MembershipState
from reciproque.people.actions import import_people

DAY = dt.timedelta(days=1)
# Of somebody who came: how often they look at what is found for them, publish, write a word, declare an exchange.
LOOKS, LOOKS_WHEN_WRITTEN_TO, PUBLISHES, WRITES, DECLARES = 0.3, 0.6, 0.02, 0.08, 0.01
# How long somebody about to leave is waited for, until something is expected of them: a departure in the middle.
UNTIL_BUSY = 40
ADDED_FR = "\nUne rencontre manquée se dit, et se remplace."
ADDED_EN = "\nA missed meeting is said, and made up for."


class Happenings:
    """Everything that nobody asked for."""

    def __init__(self, people: Sequence[Someone], answers: Answers, rng: random.Random, *, days: int) -> None:
        self.people, self.answers, self.rng, self.days = people, answers, rng, days
        known = set(Membership.objects.values_list("person_id", flat=True))
        outside = [someone for someone in people if someone.person.pk not in known]
        rng.shuffle(outside)
        span = max(1, days - 20)
        self.joins = {span * (n + 1) // (len(outside) + 1): one for n, one in enumerate(outside)}
        self.new_charter = days * 45 // 100
        self._done: set[tuple[int, str]] = set()

    # -- what happens to the networks -----------------------------------------------------------------------

    def half_day(self, number: int) -> None:
        """Let happen what was to happen by that day, once: arrivals, absences, departures, a new charter."""
        networks = list(Network.objects.order_by("pk"))
        for day, someone in self.joins.items():
            if day <= number and self._once(someone, "joins"):
                self._join(someone, networks)
        for someone in self.people:
            if someone.away_on is not None and someone.away_on <= number and self._once(someone, "away"):
                self._go_away(someone)
            if someone.leaves_on is not None and someone.leaves_on <= number and not someone.left:
                self._leave(someone, late=number - someone.leaves_on)
        if number >= self.new_charter and (0, "charter") not in self._done:
            self._done.add((0, "charter"))
            self._publish_charter(networks[0])

    def _once(self, someone: Someone, what: str) -> bool:
        key = (someone.person.pk, what)
        if key in self._done:
            return False
        self._done.add(key)
        return True

    def _join(self, someone: Someone, networks: Sequence[Network]) -> None:
        """Join the network of the whole operator; a manager asks to join the managers' own too."""
        words = "J’encadre une équipe à distance et je voudrais en parler avec des pairs."
        for network in networks if someone.colleague.is_manager else networks[:1]:
            self.answers.allowed(
                lambda network=network: join_network(
                    network, someone.person, by=someone.person, application=words
                )
            )

    def _go_away(self, someone: Someone) -> None:
        until = clock.now() + self.rng.randrange(10, 36) * DAY
        for membership in memberships_of(someone.person):
            if membership.state == MembershipState.MEMBER:
                pause_membership(membership, by=someone.person, until=until)
                someone.away_until = until

    def _leave(self, someone: Someone, *, late: int) -> None:
        """Leave in the middle of something: one of two by the directory, the others by their own hand."""
        busy = Step.objects.open().filter(owner=someone.person).exists()
        if not busy and late < min(UNTIL_BUSY, self.days // 5):
            return
        someone.left = True
        if len([one for one in self.people if one.left]) % 2:
            yesterday = clock.now().date() - DAY
            import_people([dataclasses.replace(someone.colleague.clean, leaves_on=yesterday)], by=None)
            return
        for membership in memberships_of(someone.person):
            leave_network(membership, by=someone.person)

    def _publish_charter(self, network: Network) -> None:
        charter, by = current_charter(network), animators_of(network)[0]
        if charter is not None:
            text_fr, text_en = charter.text_fr + ADDED_FR, charter.text_en + ADDED_EN
            self.answers.allowed(lambda: publish_charter(network, by=by, text_fr=text_fr, text_en=text_en))

    # -- what somebody does who came ------------------------------------------------------------------------

    def look_around(self, someone: Someone, *, read: int) -> None:
        """Look at what is found, and do one of the rarer things."""
        rng = someone.rng
        if rng.random() < (LOOKS_WHEN_WRITTEN_TO if read else LOOKS):
            self._look_at_suggestions(someone)
        if rng.random() < PUBLISHES:
            self._publish(someone)
        if rng.random() < WRITES:
            self._write(someone)
        if rng.random() < DECLARES:
            self._declare(someone)

    def _look_at_suggestions(self, someone: Someone) -> None:
        rng, person = someone.rng, someone.person
        for found in suggestions_for(person, limit=3):
            if rng.random() > (0.2 if found.mine.is_offer else 0.45):
                continue
            requester, offerer = (found.person, person) if found.mine.is_offer else (person, found.person)
            request, offer = (found.post, found.mine) if found.mine.is_offer else (found.mine, found.post)
            asked = self.answers.allowed(
                lambda network=found.mine.network, who=(requester, offerer), what=(request, offer): (
                    ask_introduction(
                        network, requester=who[0], offerer=who[1], by=person, request=what[0], offer=what[1]
                    )
                )
            )
            self.answers.counts["asked"] += asked
            return

    def _network_of(self, someone: Someone) -> Network | None:
        current = [one for one in memberships_of(someone.person) if one.state == MembershipState.MEMBER]
        return someone.rng.choice(current).network if current else None

    def _publish(self, someone: Someone) -> None:
        network = self._network_of(someone)
        if network is not None:
            kind = someone.rng.choice(["offer", "request", "request"])
            self.answers.allowed(lambda: self.answers.publish(someone, network, kind))

    def _write(self, someone: Someone) -> None:
        mine = Exchange.objects.visible_to(someone.person).filter(state=ExchangeState.OPEN)
        exchange = mine.select_related("network", "thread__network").order_by("-pk").first()
        if exchange is not None:
            words = someone.rng.choice(phrases.REPLIES)
            self.answers.allowed(lambda: write_message(exchange, words, by=someone.person))

    def _declare(self, someone: Someone) -> None:
        network = self._network_of(someone)
        if network is None:
            return
        members = Membership.objects.current().filter(network=network).exclude(person=someone.person)
        other = someone.rng.choice(list(members.select_related("person").order_by("pk"))).person
        held_on = clock.now().date() - someone.rng.randrange(1, 20) * DAY
        self.answers.allowed(
            lambda: declare_exchange(
                network,
                requester=someone.person,
                offerer=other,
                by=someone.person,
                title="Vu ensemble, en passant",
                held_on=held_on,
                minutes=45,
            )
        )
