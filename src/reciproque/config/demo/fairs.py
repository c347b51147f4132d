"""The fairs and the spotting session of the demonstration: who comes, what is said, who is introduced on the spot."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import shutil
from collections.abc import Iterator

from reciproque.config.demo import said
from reciproque.config.demo.arrivals import MAIN
from reciproque.config.demo.history import History
from reciproque.config.demo.lives import Life
from reciproque.config.demo.market import OFFER, REQUEST, Ad, Market, Member, Pair
from reciproque.config.demo.said import Both, Line
from reciproque.config.demo.texts import Subject
from reciproque.gatherings.actions import (
    close_gathering,
    confirm_entries,
    introduce,
    open_gathering,
    plan_gathering,
    say_coming,
    type_entry,
)
from reciproque.gatherings.models import Entry, Gathering
from reciproque.gatherings.rules import Answer, EntryState, GatheringKind, NameShown
from reciproque.kit import clock
from reciproque.matching.queries.index import folder_of, index_of
from reciproque.networks.models import Network

MODES = ("face", "phone", "video")
COMING = 14


@dataclasses.dataclass
class Said:
    """One line typed, by whom it was said."""

    line: Line
    member: Member | None
    entry: Entry


class Fairs:
    """Plans the gatherings of the main network: two fairs and a session that are past, a fair to come."""

    def __init__(self, history: History) -> None:
        self.h = history

    @property
    def market(self) -> Market:
        return self.h.markets[MAIN]

    def plan(self) -> None:
        """Plan them when there is life enough for a room to be filled."""
        h, last = self.h, self.h.days.last
        if last < 30:
            return
        posts, made = h.scale.said - 2, h.scale.made
        days = [last - max(back, round(h.scale.days * part)) for back, part in ((12, 0.07), (9, 0.03))]
        first, fair, session = made - made // 2, GatheringKind.FAIR, GatheringKind.SPOTTING
        _Room(
            self, fair, "La bourse de printemps", "Plateforme courrier de Reims, salle de pause", days[0]
        ).plan(said.TOGETHER[0], said.ALONE[0], made=first, posts=posts // 2)
        _Room(
            self, session, "Ce que je sais sans le savoir", "Siège national, salle Paul-Langevin", days[1]
        ).plan((), said.DRAWN_OUT, made=0, posts=posts // 6)
        left = posts - posts // 2 - posts // 6
        _Room(self, fair, "La bourse d’automne", "Siège national, hall", last - 6, waiting=True).plan(
            said.TOGETHER[1], said.ALONE[1], made=made - first, posts=left
        )
        h.at(last - 10, 640, self._plan_next)

    def _plan_next(self, _day: int, _minute: int) -> None:
        """Plan the fair of next week; some say that they come."""
        h, alice = self.h, self.h.cast("animator").person
        on = h.days.last + 6
        starts, ends = (h.days.local(on, hour, 0, alice.time_zone) for hour in (14, 17))
        gathering = plan_gathering(
            self.market.network,
            GatheringKind.FAIR,
            by=alice,
            title="La bourse de la plateforme de Reims",
            starts_at=starts,
            ends_at=ends,
            place="Plateforme courrier de Reims, salle de pause",
            words="Une heure ou trois, comme vous voulez. On dit ce que l’on sait et ce que l’on cherche.",
        )
        rng = h.rng("next fair")
        people = present(self.market, h.days.last, rng)[:COMING]
        people += [m for m in self.market.members if m.colleague.role in ("sponsor", "hr")]
        for number, member in enumerate(people):
            answer = Answer.NO if number % 5 == 4 else Answer.YES
            day = h.days.last - 9 + number % 9
            h.at(day, 500 + 11 * number, lambda _d, _m, who=member, to=answer: self._say(gathering, who, to))

    def _say(self, gathering: Gathering, member: Member, answer: str) -> None:
        self.h.refused(lambda: say_coming(gathering, by=member.person, answer=answer, shown=NameShown.FIRST))


def present(market: Market, day: int, rng: random.Random) -> list[Member]:
    """Return the members who could come that day, none of the cast, in an order of chance."""
    people = [m for m in market.members if m.is_there(day) and m.signed and not m.colleague.role]
    rng.shuffle(people)
    return people


@contextlib.contextmanager
def bare_board(network: Network) -> Iterator[None]:
    """Compare what is typed with what is typed beside it only: no index of the whole network exists yet."""
    folder = folder_of(network)
    index_of([]).save(folder)
    (folder / "built-at").write_text((clock.now().replace(year=clock.now().year + 1)).isoformat())
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclasses.dataclass
class _Room:
    """One gathering, from its planning to its close."""

    fairs: Fairs
    kind: str
    title: str
    place: str
    day: int
    waiting: bool = False
    rows: list[Said] = dataclasses.field(default_factory=list)
    gathering: Gathering = dataclasses.field(default=None)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.h = self.fairs.h
        self.rng = self.h.rng("gathering", self.title)
        self.alice = self.h.cast("animator").person

    def plan(self, both: tuple[Both, ...], alone: tuple[Line, ...], *, made: int, posts: int) -> None:
        """Plan its hours; at most `made` introductions and `posts` publications come out of it."""
        both, left = both[:made], max(0, posts - 2 * min(made, len(both)))
        h, day = self.h, self.day
        h.at(max(0, day - 12), 615, lambda _d, _m: self._announce())
        h.at(day, 845, lambda _d, _m: self._open())
        h.at(day, 870, lambda d, _m: self._type(both, alone[:left], d))
        h.at(day, 950, lambda d, _m: self._introduce(both, d))
        h.at(day, 1000, lambda d, _m: self._confirm(d))
        h.at(day, 1015, lambda _d, _m: self._close())

    def _announce(self) -> None:
        starts, ends = (self.h.days.local(self.day, hour, 0, self.alice.time_zone) for hour in (14, 17))
        self.gathering = plan_gathering(
            self.fairs.market.network,
            self.kind,
            by=self.alice,
            title=self.title,
            starts_at=starts,
            ends_at=ends,
            place=self.place,
        )

    def _open(self) -> None:
        open_gathering(self._now(), by=self.alice)

    def _close(self) -> None:
        close_gathering(self._now(), by=self.alice)

    def _now(self) -> Gathering:
        self.gathering.refresh_from_db()
        self.gathering.network = self.fairs.market.network
        return self.gathering

    def _type(self, both: tuple[Both, ...], alone: tuple[Line, ...], day: int) -> None:
        """Type what is said: the pairs that answer each other, the rest, and what nobody has confirmed yet."""
        market = self.fairs.market
        people = present(market, day, self.rng)
        with bare_board(market.network):
            for pair in both:
                two = self._two(pair, people, day)
                if two is not None:
                    for kind, member in zip((OFFER, REQUEST), two, strict=True):
                        people.remove(member)
                        self._say(pair.line(kind), member)
            for line in alone:
                if people:
                    self._say(line, people.pop())
            if self.waiting:
                basile = [m for m in market.members if m.colleague.role == "member"]
                for line, member in zip(said.UNCONFIRMED, (basile + people)[:2], strict=False):
                    self._say(line, member)
                name, line = said.GUEST
                self._say(line, None, name)

    def _two(self, pair: Both, people: list[Member], day: int) -> tuple[Member, Member] | None:
        """Return an offerer and a requester among those present whom the rules would let meet."""
        for _attempt in range(60):
            if len(people) < 2:
                return None
            offerer, requester = self.rng.sample(people, 2)
            if self.fairs.market.fits(self._pair(pair, offerer, requester), day):
                return offerer, requester
        return None

    def _pair(self, pair: Both, offerer: Member, requester: Member, pks: tuple[int, int] = (0, 0)) -> Pair:
        ads = [
            self._ad(pair.line(kind), member, pk)
            for kind, member, pk in zip((OFFER, REQUEST), (offerer, requester), pks, strict=True)
        ]
        return Pair(requester, offerer, ads[1], ads[0], requester)

    def _ad(self, line: Line, member: Member, pk: int, public_id: str = "") -> Ad:
        known = self.fairs.market.by_pk.get(pk)
        subject = Subject(f"said-{line.topic}", line.topic, line.family)
        return known or Ad(pk, public_id, member, line.kind, subject, line.words, MODES, False)

    def _say(self, line: Line, member: Member | None, name: str = "") -> None:
        who = member.person.display_name if member else name
        typed: list[Entry] = []
        if not self.h.refused(
            lambda: typed.append(
                type_entry(self.gathering, by=self.alice, key="", kind=line.kind, words=line.words, who=who)
            )
        ):
            self.rows.append(Said(line, member, typed[0]))

    def _entry(self, line: Line) -> Said | None:
        return next((row for row in self.rows if row.line == line), None)

    def _introduce(self, both: tuple[Both, ...], day: int) -> None:
        """Introduce on the spot those whose lines answer each other: both are there and say yes."""
        h, market = self.h, self.fairs.market
        for number, pair in enumerate(both):
            offer, request = self._entry(pair.line(OFFER)), self._entry(pair.line(REQUEST))
            if offer is None or request is None or offer.member is None or request.member is None:
                continue
            found: list[int] = []
            sides = (offer.entry, request.entry)
            if h.refused(
                lambda sides=sides, found=found: found.append(
                    introduce(
                        self.gathering,
                        offer=sides[0],
                        request=sides[1],
                        agreeing={"offer", "request"},
                        by=self.alice,
                    ).pk
                )
            ):
                for row in (offer, request):
                    row.entry.refresh_from_db()
                continue
            for row in (offer, request):
                self._published(row, day)
            pks = (offer.entry.post_id, request.entry.post_id)
            life = Life(
                h,
                market,
                f"said {self.title} {number}",
                "usual",
                pair=self._pair(pair, offer.member, request.member, pks),
            )
            life.introduction_pk = found[0]
            h.counts["introductions"] += 1
            market.take(life._pair)
            market.hold(life._pair, 1)
            life.opened(day)

    def _published(self, row: Said, day: int) -> None:
        post = row.entry.post
        if post is None or row.member is None or post.pk in self.fairs.market.by_pk:
            return
        ad = self._ad(row.line, row.member, post.pk, post.public_id)
        self.fairs.market.publish(ad)
        self.h.counts["posts"] += 1
        self.h.arrivals._plan_post(ad, day, self.rng)

    def _confirm(self, day: int) -> None:
        """Publish what people agree to before they leave, half of them on their own telephone."""
        waiting = {line.words for line in said.UNCONFIRMED} if self.waiting else set()
        for number, row in enumerate(self.rows):
            noted = row.entry.state == EntryState.NOTED and row.line.words not in waiting
            if row.member is None or not noted:
                continue
            by = row.member.person if number % 2 else self.alice
            participant = row.entry.participant
            participant.gathering = self.gathering
            shown = self.rng.choice([NameShown.FIRST, NameShown.FULL, NameShown.NONE])
            done: list[Entry] = []
            self.h.refused(
                lambda p=participant, r=row, by=by, shown=shown, done=done: done.extend(
                    confirm_entries(p, [r.entry.public_id], by=by, shown=shown)
                )
            )
            if done:
                row.entry = done[0]
                self._published(row, day)
