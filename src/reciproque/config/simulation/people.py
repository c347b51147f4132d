"""Who the people of a simulated year are: what each tends to do, drawn once from the seed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Iterable

from reciproque.config.demo.company import Colleague
from reciproque.people.models import Person

# The behaviour that the issue of accompaniment is about, as parts of the members.
SILENT, FORGETFUL, LEAVING = 0.30, 0.10, 0.02
# The others: late, moved only by a reminder, away for a while, quick to say no.
LATE, NUDGED, AWAY, REFUSING = 0.15, 0.10, 0.08, 0.10
# Whether somebody comes that half-day, a new e-mail in their box or not; those without an address look in by themselves.
COMES_WHEN_WRITTEN_TO, COMES_BACK, COMES_BY_THEMSELVES, COMES_WITHOUT_ADDRESS = 0.6, 0.4, 0.05, 0.15
REACHED_BY_TELEPHONE = 0.6


@dataclasses.dataclass(eq=False)
class Someone:
    """A member, with the habits that decide what becomes of what is expected of them."""

    colleague: Colleague
    person: Person
    rng: random.Random
    silent: bool = False
    forgetful: bool = False
    late: bool = False
    nudged: bool = False
    refusing: bool = False
    leads: bool = False
    # Days of the simulation (0: the first) on which they go away for a while, or for good.
    away_on: int | None = None
    leaves_on: int | None = None
    left: bool = False
    # They saw that something is expected of them, and did not do it yet.
    owes: bool = False
    away_until: dt.datetime | None = None

    @property
    def name(self) -> str:
        """What tells them apart from one run to the next (keys and public identifiers do not)."""
        return self.colleague.clean.external_id

    @property
    def address(self) -> str:
        return (self.person.email or "").lower()

    def is_here(self, now: dt.datetime) -> bool:
        """Tell whether they can do anything now."""
        return not self.left and (self.away_until is None or self.away_until <= now)

    def comes(self, *, unread: int) -> bool:
        """Tell whether they open the site this half-day."""
        if self.silent:
            return False
        if not self.address:
            return self.rng.random() < COMES_WITHOUT_ADDRESS
        likely = COMES_WHEN_WRITTEN_TO if unread else COMES_BACK if self.owes else COMES_BY_THEMSELVES
        return self.rng.random() < likely

    def thinks_for(self) -> int:
        """Return how many days pass before they do what they were asked."""
        return self.rng.randrange(3, 12) if self.late else self.rng.choice([0, 0, 1, 1, 2, 3])


def chance(seed: int, *names: object) -> random.Random:
    """Return the chance of one thing: what happens to it depends on nothing else."""
    return random.Random(":".join(map(str, (seed, *names))))  # noqa: S311 - a story, not a secret


def characters(
    colleagues: Iterable[Colleague], persons: dict[str, Person], leaders: set[int], *, seed: int, days: int
) -> list[Someone]:
    """Return everyone of the directory, with the habits dealt among them in exact shares, always in the same order."""
    people = [
        Someone(one, persons[one.clean.external_id], chance(seed, one.clean.external_id))
        for one in sorted(colleagues, key=lambda one: one.clean.external_id)
        if persons[one.clean.external_id].is_active
    ]
    for someone in people:
        someone.leads = someone.person.pk in leaders
    # Whoever animates or mediates answers: what becomes of a network without animators is another question.
    ordinary = [someone for someone in people if not someone.leads and not someone.colleague.role]
    rng = chance(seed, "characters")
    rng.shuffle(ordinary)
    number = len(people)
    hand = iter(ordinary)
    for share, habit in ((SILENT, "silent"), (LATE, "late"), (NUDGED, "nudged"), (REFUSING, "refusing")):
        for _n, someone in zip(range(round(share * number)), hand, strict=False):
            setattr(someone, habit, True)
    _deal(
        rng, [one for one in ordinary if not one.silent], round(FORGETFUL * number), "forgetful", lambda: True
    )
    middle = lambda: rng.randrange(days // 4, max(days // 4 + 1, 3 * days // 4))  # noqa: E731
    leaving = _deal(rng, ordinary, max(2, round(LEAVING * number)), "leaves_on", middle)
    staying = [one for one in ordinary if one not in leaving]
    _deal(rng, staying, max(1, round(AWAY * number)), "away_on", lambda: rng.randrange(5, max(6, days - 5)))
    return people


def _deal(rng: random.Random, among: list[Someone], number: int, habit: str, value: object) -> list[Someone]:
    chosen = rng.sample(among, min(number, len(among)))
    for someone in chosen:
        setattr(someone, habit, value())  # type: ignore[operator]
    return chosen
