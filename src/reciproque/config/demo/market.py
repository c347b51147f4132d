"""What the history remembers between two actions: who is where, what is published, who may be brought together."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter, defaultdict
from collections.abc import Iterator

from reciproque.config.demo.company import Colleague
from reciproque.config.demo.texts import DEPARTMENTS_OF, Subject
from reciproque.networks.models import Network
from reciproque.people.models import Person

OFFER, REQUEST = "offer", "request"
# Working days in the sixty days of grace, with a margin.
GRACE = 38
# The latest requests: those of the last days, while a yes still comes within the time that the network gives itself.
FRESH = 3


@dataclasses.dataclass(eq=False)
class Ad:
    """An offer or a request once published."""

    pk: int
    public_id: str
    owner: Member
    kind: str
    subject: Subject
    title: str
    modes: tuple[str, ...]
    small_group: bool
    open: bool = True
    busy: bool = False


@dataclasses.dataclass(eq=False)
class Member:
    """Someone in one network."""

    colleague: Colleague
    network: str
    since: int
    membership: str = ""
    until: int | None = None
    away_until: int = -1
    signed: bool = True
    waived: bool = False
    give: int = 3
    receive: int = 2
    ads: list[Ad] = dataclasses.field(default_factory=list)

    @property
    def person(self) -> Person:
        return self.colleague.person

    def has(self, kind: str) -> bool:
        """Tell whether one of their posts of this kind is open."""
        return any(ad.open and ad.kind == kind for ad in self.ads)

    def is_there(self, day: int) -> bool:
        """Tell whether they may be brought together with somebody that day."""
        return self.since <= day and (self.until is None or day < self.until - 6) and self.away_until < day

    def may_ask(self, day: int, strict: bool) -> bool:
        """Tell whether they may ask for an introduction that day."""
        if not self.signed or not self.is_there(day):
            return False
        both = self.has(OFFER) and self.has(REQUEST)
        return not strict or both or self.waived or day < self.since + GRACE


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two members to be brought together about a savoir."""

    requester: Member
    offerer: Member
    request: Ad | None
    offer: Ad | None
    initiator: Member

    @property
    def answerer(self) -> Member:
        return self.offerer if self.initiator is self.requester else self.requester

    @property
    def subject(self) -> Subject:
        ad = self.request or self.offer
        assert ad is not None
        return ad.subject


class Market:
    """The posts and the people of one network."""

    def __init__(self, name: str, network: Network) -> None:
        self.name, self.network = name, network
        self.strict = network.is_strict
        self.members: list[Member] = []
        self.by_person: dict[int, Member] = {}
        self.ads: dict[str, list[Ad]] = {OFFER: [], REQUEST: []}
        self.by_pk: dict[int, Ad] = {}
        self._about: dict[str, dict[str, list[Ad]]] = defaultdict(lambda: {OFFER: [], REQUEST: []})
        self._by_department: dict[str, list[Member]] = defaultdict(list)
        self.load: Counter[tuple[int, str]] = Counter()
        self._met: set[tuple[int, int, str]] = set()
        self._asked: set[int] = set()

    def enter(self, member: Member) -> None:
        """Note a new member."""
        self.members.append(member)
        self.by_person[member.person.pk] = member
        self._by_department[member.colleague.department].append(member)

    def publish(self, ad: Ad) -> None:
        """Note a new post."""
        ad.owner.ads.append(ad)
        self.ads[ad.kind].append(ad)
        self.by_pk[ad.pk] = ad
        self._about[ad.subject.key][ad.kind].append(ad)

    def take(self, pair: Pair) -> None:
        """Note that these two are brought together."""
        self._met.add((pair.requester.person.pk, pair.offerer.person.pk, pair.subject.key))
        if pair.request is not None:
            pair.request.busy = True
            self._asked.add(pair.request.pk)

    def hold(self, pair: Pair, change: int) -> None:
        """Count an exchange that two people now hold (1), or no longer do (-1)."""
        self.load[pair.offerer.person.pk, OFFER] += change
        self.load[pair.requester.person.pk, REQUEST] += change

    def has_room(self, member: Member, side: str) -> bool:
        """Tell whether a member can hold one more exchange on that side."""
        most = member.give if side == OFFER else member.receive
        return self.load[member.person.pk, side] < most

    def fits(self, pair: Pair, day: int) -> bool:
        """Tell whether the product's rules would let these two be brought together that day."""
        requester, offerer = pair.requester, pair.offerer
        if requester is offerer or not (requester.is_there(day) and offerer.is_there(day)):
            return False
        one, other = requester.person, offerer.person
        if one.manager_id == other.pk or other.manager_id == one.pk:
            return False
        if (one.pk, other.pk, pair.subject.key) in self._met:
            return False
        if not pair.initiator.may_ask(day, self.strict):
            return False
        return self.has_room(requester, REQUEST) and self.has_room(offerer, OFFER)

    def pick(self, rng: random.Random, day: int, tries: int = 60, *, answering: bool = False) -> Pair | None:
        """Return two members whom the network could bring together that day, by one post or by two.

        `answering`: one of the latest requests first, that nobody has answered yet.
        """
        if answering and rng.random() < 0.95 and (pair := self._answer(rng, day, tries)) is not None:
            return pair
        for attempt in range(tries):
            chance = rng.random()
            if chance < 0.55:
                pair = self._two_posts(rng)
            elif chance < 0.88 or attempt > tries // 2:
                pair = self._from_offer(rng)
            else:
                pair = self._from_request(rng)
            if pair is not None and self.fits(pair, day):
                return pair
        return None

    def _answer(self, rng: random.Random, day: int, tries: int) -> Pair | None:
        latest = [ad for ad in self.ads[REQUEST][-FRESH:] if ad.open and ad.pk not in self._asked]
        for _attempt in range(tries if latest else 0):
            request = rng.choice(latest)
            pair = self._two_posts(rng, request) if rng.random() < 0.7 else self._from_request(rng, request)
            if pair is not None and self.fits(pair, day):
                return pair
        return None

    def _two_posts(self, rng: random.Random, request: Ad | None = None) -> Pair | None:
        request = request or self._any(REQUEST, rng)
        if request is None or request.busy:
            return None
        offers = [ad for ad in self._about[request.subject.key][OFFER] if ad.open]
        if not offers:
            return None
        offer = rng.choice(offers)
        initiator = offer.owner if rng.random() < 0.25 else request.owner
        return Pair(request.owner, offer.owner, request, offer, initiator)

    def _from_offer(self, rng: random.Random) -> Pair | None:
        offer = self._any(OFFER, rng)
        if offer is None:
            return None
        requester = self._someone(offer.subject.family, rng, near=0.5)
        return Pair(requester, offer.owner, None, offer, requester)

    def _from_request(self, rng: random.Random, request: Ad | None = None) -> Pair | None:
        request = request or self._any(REQUEST, rng)
        if request is None or request.busy:
            return None
        offerer = self._someone(request.subject.family, rng, near=0.9)
        return Pair(request.owner, offerer, request, None, offerer)

    def _any(self, kind: str, rng: random.Random) -> Ad | None:
        """Return an open post, recent ones more often."""
        ads = self.ads[kind]
        for _attempt in range(12):
            if not ads:
                return None
            ad = ads[min(len(ads) - 1, int(len(ads) * rng.random() ** 0.6))]
            if ad.open:
                return ad
        return None

    def _someone(self, family: str, rng: random.Random, near: float) -> Member:
        departments = DEPARTMENTS_OF.get(family, ())
        if departments and rng.random() < near:
            colleagues = self._by_department[rng.choice(departments)]
            if colleagues:
                return rng.choice(colleagues)
        return rng.choice(self.members)

    def past_pair(self, rng: random.Random, day: int) -> tuple[Pair, str] | None:
        """Return two members and a title for an exchange that they had by themselves."""
        for _attempt in range(80):
            pair = (self._two_posts(rng) if rng.random() < 0.3 else None) or self._from_offer(rng)
            if pair is None or pair.requester is pair.offerer or pair.offer is None:
                continue
            there = all(
                member.since <= day and (member.until is None or day < member.until)
                for member in (pair.requester, pair.offerer)
            )
            mark = (pair.requester.person.pk, pair.offerer.person.pk, pair.subject.key)
            if there and mark not in self._met:
                self._met.add(mark)
                return pair, pair.subject.topic if rng.random() < 0.45 else pair.offer.title
        return None

    def close(self, pks: set[int]) -> None:
        """Note that only the posts of these keys are still published."""
        for ad in self.by_pk.values():
            ad.open = ad.pk in pks

    def open_ads(self) -> Iterator[Ad]:
        """Give the posts believed to be published."""
        return (ad for ad in self.by_pk.values() if ad.open)
