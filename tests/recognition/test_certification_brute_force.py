"""Every certification satisfies its network's rule, recomputed from the rows alone, after anything that may happen.

The rule is written here a second time, in another way: some group of distinct people, as many as the rule asks, whose
words are recent enough and who come from enough units. Nothing of the product's own computation is imported.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reciproque.catalogue.actions import get_or_create_topic
from reciproque.catalogue.models import Topic
from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.kit import clock
from reciproque.networks.actions import create_network, join_network
from reciproque.people.actions import get_unit
from reciproque.people.models import Person
from reciproque.recognition import actions
from reciproque.recognition.models import (
    Certification,
    CertificationRule,
    Confirmation,
    Contest,
    Evidence,
    Skill,
)
from reciproque.recognition.queries import cliques_of

pytestmark = pytest.mark.django_db
BEGIN = dt.datetime(2026, 3, 31, 9, 0, tzinfo=dt.UTC)  # a day that not every month has
TOPICS = ["Excel", "Soudure à l’arc"]
UNITS = ["Tri", "Guichet", "Fret", ""]

# What happened over all the examples.
happened: Counter[str] = Counter()


# -- the rule, from the rows -----------------------------------------------------------------------------------


def months_later(moment: dt.datetime, months: int) -> dt.datetime:
    """Return the same day so many months later, the last of its month when it has no such day."""
    year, month = moment.year, moment.month
    for _n in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for day in range(moment.day, 0, -1):
        with contextlib.suppress(ValueError):
            return moment.replace(year=year, month=month, day=day)
    raise AssertionError("a month has a first day")


def satisfied(skill: Skill, network: Any, now: dt.datetime) -> bool:
    """Tell from the rows alone whether the network's rule certifies this skill now."""
    rule = CertificationRule.objects.filter(network=network).first()
    if rule is None or not rule.on:
        return False
    given_up = Certification.objects.filter(skill=skill, network=network, end_reason="given_up")
    upheld = Contest.objects.filter(upheld=True, certification__skill=skill, certification__network=network)
    forgotten = [
        BEGIN - dt.timedelta(days=9999),
        *(row.ended_at for row in given_up),
        *(row.settled_at for row in upheld),
    ]
    words = [
        row
        for row in Confirmation.objects.filter(skill=skill, network=network)
        if row.withdrawn_at is None and row.at > max(forgotten) and now < months_later(row.at, rule.months)
    ]
    return any(
        len({row.by_id for row in some}) == rule.confirmations
        and len({row.unit_id for row in some}) >= rule.units
        for some in itertools.combinations(words, rule.confirmations)
    )


def really_learned(row: Confirmation) -> bool:
    """Tell from the rows alone whether whoever confirmed was on the learning side of a closed exchange with the holder."""
    exchange = Exchange.objects.get(public_id=row.source_id)
    sides = dict(ExchangePerson.objects.filter(exchange=exchange).values_list("person_id", "side"))
    return (
        exchange.state == "closed"
        and sides.get(row.by_id) == "requester"
        and sides.get(row.skill.person_id) == "offerer"
        and exchange.network_id == row.network_id
        and row.by_id in (exchange.declared_by_id, exchange.confirmed_by_id)
    )


def check(network: Any) -> int:
    """Compare what is certified with what the rows say, for every skill; return how many are certified."""
    now = clock.now()
    held = Certification.objects.filter(network=network, ended_at=None)
    shown = {row.skill_id for row in held if row.until > now}
    expected = {skill.pk for skill in Skill.objects.all() if satisfied(skill, network, now)}
    assert shown == expected
    for row in held.select_related("skill"):
        if row.skill_id in shown:  # it ends by age exactly when it says it does
            assert satisfied(row.skill, network, row.until - dt.timedelta(microseconds=1))
            assert not satisfied(row.skill, network, row.until)
    for row in Confirmation.objects.filter(withdrawn_at=None).select_related("skill"):
        assert really_learned(row)
        assert row.by_id != row.skill.person_id
    assert set(Skill.objects.certified(network).values_list("pk", flat=True)) == shown
    return len(shown)


# -- random networks ------------------------------------------------------------------------------------------


class World:
    """A network, its people, and what may happen in it; whatever the product refuses is refused, and nothing changes."""

    def __init__(self, admin: Person, units: list[int], rule: tuple[int, int, int]) -> None:
        self.admin = admin
        self.network = create_network(
            "Hasard", by=admin, slug="hasard", reciprocity="open", systems=["exchanges", "community"]
        )
        self.people = [
            Person.objects.create_user(
                email=f"p{n}@example.org",
                first_name=f"P{n}",
                last_name="Hasard",
                unit=get_unit(UNITS[unit]) if UNITS[unit] else None,
            )
            for n, unit in enumerate(units)
        ]
        for person in self.people:
            join_network(self.network, person, by=person)
        self.topics = [get_or_create_topic(name) for name in TOPICS]
        self.rule(*rule)

    def rule(self, confirmations: int, units: int, months: int, *, on: bool = True) -> None:
        actions.set_rule(
            self.network,
            by=self.admin,
            confirmations=confirmations,
            units=min(units, confirmations),
            months=months,
            on=on,
        )

    def learn(self, learner: int, teacher: int, topic: int) -> Exchange:
        exchange = declare_exchange(
            self.network,
            requester=self.people[learner],
            offerer=self.people[teacher],
            by=None,
            title=TOPICS[topic],
            held_on=clock.now().date(),
        )
        confirm_exchange(exchange, by=self.people[learner])
        actions.note_exchange(exchange)
        return exchange

    def confirm(self, learner: int, teacher: int, topic: int, exchange: Exchange | None = None) -> None:
        if exchange is None:
            sides = Exchange.objects.filter(
                people__person=self.people[teacher], people__side="offerer", title=TOPICS[topic]
            ).filter(people__person=self.people[learner], people__side="requester")
            exchange = sides.order_by("pk").last()
        actions.confirm_skill(
            self.people[teacher],
            self.topics[topic],
            by=self.people[learner],
            # Without an exchange of the two on this savoir: any other, which must be refused.
            source=("exchange", exchange.public_id if exchange else self._any()),
        )
        happened["confirmed"] += 1

    def _any(self) -> str:
        happened["confirmed without having learned"] += 1
        return str(Exchange.objects.order_by("pk").values_list("public_id", flat=True).first())

    def clique(self) -> None:
        """Make the first three pass the first savoir on to one another, and confirm it all round."""
        for one, other in itertools.permutations(range(3), 2):
            self.confirm(one, other, 0, self.learn(one, other, 0))
        happened["clique"] += 1

    def withdraw(self, number: int) -> None:
        rows = list(Confirmation.objects.filter(withdrawn_at=None).order_by("pk"))
        if rows:
            row = rows[number % len(rows)]
            actions.withdraw_confirmation(row, by=row.by)
            happened["withdrawal"] += 1

    def end(self, number: int, *, upheld: bool) -> None:
        """Have a certification contested and answered."""
        rows = list(Certification.objects.filter(ended_at=None, until__gt=clock.now()).order_by("pk"))
        if rows:
            row = rows[number % len(rows)]
            # Whoever doubts must be shown the skill: written here as a row, since it is not what is proved.
            doubt = Contest.objects.create(
                certification=row, by=self.people[-1], words="Je n’y crois pas.", at=clock.now()
            )
            actions.settle_contest(doubt, by=self.admin, upheld=upheld, answer="Parce que.")
            happened["upheld" if upheld else "rejected"] += 1

    def give_up(self, number: int) -> None:
        rows = list(Certification.objects.filter(ended_at=None).order_by("pk"))
        if rows:
            row = rows[number % len(rows)]
            actions.give_up_certification(row, by=row.skill.person)
            happened["given up"] += 1

    def move(self, person: int, unit: int) -> None:
        """Have someone change units: what they said stays said from where they were."""
        row = self.people[person]
        row.unit = get_unit(UNITS[unit]) if UNITS[unit] else None
        row.save()

    def merge(self) -> None:
        """Merge the second savoir into the first: what was said of both is said of one."""
        topic = self.topics[1]
        if topic.merged_into_id is None:
            Topic.objects.filter(pk=topic.pk).update(merged_into=self.topics[0])
            topic.refresh_from_db()
            actions.fold_topic(topic)
            happened["merged"] += 1

    def tick(self) -> None:
        actions.end_expired()
        late = Certification.objects.filter(ended_at=None, until__lte=clock.now())
        assert not late.exists()


PERSON, TOPIC, NUMBER = st.integers(0, 5), st.integers(0, 1), st.integers(0, 9)
RULES = st.tuples(st.integers(2, 4), st.integers(1, 3), st.sampled_from([6, 7, 12]))
MOVES = st.one_of(
    st.tuples(st.just("teach"), PERSON, PERSON, TOPIC),
    st.tuples(st.just("teach"), PERSON, PERSON, TOPIC),
    st.tuples(st.just("confirm"), PERSON, PERSON, TOPIC),
    st.tuples(st.just("withdraw"), NUMBER),
    st.tuples(st.just("upheld"), NUMBER),
    st.tuples(st.just("rejected"), NUMBER),
    st.tuples(st.just("give_up"), NUMBER),
    st.tuples(st.just("move"), PERSON, st.integers(0, 3)),
    st.tuples(st.just("merge")),
    st.tuples(st.just("rule"), RULES, st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([1, 29, 90, 184, 200, 366])),
    st.tuples(st.just("tick")),
)


def play(world: World, move: tuple[Any, ...]) -> None:
    """Do one thing; a refusal of the product is a fine answer."""
    verb, *given_ = move
    with contextlib.suppress(ValidationError, PermissionDenied), transaction.atomic():
        match verb:
            case "teach":
                learner, teacher, topic = given_
                if learner != teacher:
                    world.confirm(learner, teacher, topic, world.learn(learner, teacher, topic))
            case "confirm":
                world.confirm(*given_)
            case "upheld" | "rejected":
                world.end(*given_, upheld=verb == "upheld")
            case "rule":
                world.rule(*given_[0], on=given_[1])
            case _:
                getattr(world, verb)(*given_)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_certifications_are_what_the_rows_say(admin: Person) -> None:
    happened.clear()

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        units=st.lists(st.integers(0, 3), min_size=6, max_size=6),
        rule=RULES,
        moves=st.lists(MOVES, min_size=4, max_size=10),
    )
    def in_one_network(units: list[int], rule: tuple[int, int, int], moves: list[tuple[Any, ...]]) -> None:
        live_in(admin, units, rule, moves)

    in_one_network()
    # None of these may be missing, or the proof would prove nothing.
    for what in ("clique", "certified", "confirmed", "withdrawal", "expired"):
        assert happened[what], what


def live_in(
    admin: Person, units: list[int], rule: tuple[int, int, int], moves: list[tuple[Any, ...]]
) -> None:
    """Live one network through: a clique first, then anything, then a withdrawal, then everything grows old."""
    now = BEGIN
    with undone(), clock.at(now):
        world = World(admin, units, rule)
        world.clique()
        happened["certified"] += check(world.network)
        for move in moves:
            now += dt.timedelta(days=move[1] if move[0] == "wait" else 1)
            with clock.at(now):
                if move[0] != "wait":
                    play(world, move)
                check(world.network)
        with clock.at(now + dt.timedelta(days=1)):
            # Whatever the moves left: one is certified, somebody takes their word back.
            world.rule(2, 1, 12)
            world.clique()
            happened["certified"] += check(world.network)
            world.withdraw(0)
            check(world.network)
        with clock.at(now + dt.timedelta(days=500)):
            before = Certification.objects.filter(ended_at=None).count()
            world.tick()
            assert check(world.network) == 0
            happened["expired"] += before - Certification.objects.filter(ended_at=None).count()


# -- the bad moments, one by one -------------------------------------------------------------------------------


@pytest.fixture
def world(admin: Person) -> World:
    return World(admin, [0, 1, 2, 3, 0, 1], (2, 2, 6))


def test_a_clique_certifies_by_the_rule_and_is_shown_as_a_pattern_without_names(
    world: World, make_person: Any
) -> None:
    world.clique()
    assert (
        check(world.network) == 3
    )  # each of three is confirmed by two people of two units: nobody is punished
    assert cliques_of(world.network) == []  # six members: a pattern would name them
    for _n in range(6):
        join_network(world.network, person := make_person(), by=person)
    (pattern,) = cliques_of(world.network)
    assert (pattern.size, pattern.topics, pattern.units) == (3, 1, 3)
    assert not {"P0", "P1", "P2"} & set(str(pattern).split())
    world.withdraw(0)
    assert cliques_of(world.network) == []


def test_a_withdrawal_ends_what_rested_on_it_and_says_nothing_of_what_was_said(
    world: World, said: Any
) -> None:
    for learner in (1, 2):
        world.confirm(learner, 0, 0, world.learn(learner, 0, 0))
    assert check(world.network) == 1
    row = Confirmation.objects.get(by=world.people[1])
    actions.withdraw_confirmation(row, by=world.people[1])
    assert check(world.network) == 0
    row.refresh_from_db()
    assert (row.words, row.signs) == ("", False)
    ended = Certification.objects.get()
    assert ended.end_reason == "unconfirmed"
    (fact,) = said("certification.ended")
    assert fact.by is None  # who took it back is told to nobody
    with pytest.raises(PermissionDenied):
        actions.withdraw_confirmation(Confirmation.objects.get(by=world.people[2]), by=world.people[0])


def test_an_expiry_on_the_last_day_of_a_short_month(world: World) -> None:
    with clock.at(dt.datetime(2026, 8, 31, 12, 0, tzinfo=dt.UTC)):
        for learner in (1, 2):
            world.confirm(learner, 0, 0, world.learn(learner, 0, 0))
        assert Certification.objects.get().until == dt.datetime(2027, 2, 28, 12, 0, tzinfo=dt.UTC)
    with clock.at(dt.datetime(2027, 2, 28, 11, 59, tzinfo=dt.UTC)):
        assert check(world.network) == 1
    with clock.at(dt.datetime(2027, 2, 28, 12, 0, tzinfo=dt.UTC)):
        assert check(world.network) == 0  # before the clock has come by
        world.tick()
        assert check(world.network) == 0
    assert Certification.objects.get().end_reason == "expired"


def test_an_upheld_contest_needs_new_words(world: World) -> None:
    exchanges = [world.learn(learner, 0, 0) for learner in (1, 2)]
    for learner, exchange in zip((1, 2), exchanges, strict=True):
        world.confirm(learner, 0, 0, exchange)
    world.end(0, upheld=True)
    assert check(world.network) == 0
    actions.certify_all(world.network)
    assert check(world.network) == 0  # the same words do not bring it back
    with clock.at(clock.now() + dt.timedelta(days=1)):
        for learner, exchange in zip((1, 2), exchanges, strict=True):
            world.confirm(learner, 0, 0, exchange)  # said anew, knowing what was doubted
        assert check(world.network) == 1


def test_a_rule_made_harder_then_easier(world: World) -> None:
    for learner in (1, 2):
        world.confirm(learner, 0, 0, world.learn(learner, 0, 0))
    world.rule(3, 2, 6)
    assert check(world.network) == 0
    assert Certification.objects.get().end_reason == "rule"
    world.rule(2, 2, 6)
    assert check(world.network) == 1
    world.rule(2, 2, 6, on=False)
    assert check(world.network) == 0


def test_two_savoirs_merged_add_up_without_counting_anyone_twice(world: World) -> None:
    world.confirm(1, 0, 0, world.learn(1, 0, 0))
    world.confirm(1, 0, 1, world.learn(1, 0, 1))
    world.merge()
    assert Skill.objects.filter(person=world.people[0]).count() == 1
    assert Confirmation.objects.filter(withdrawn_at=None).count() == 1
    assert check(world.network) == 0
    assert Evidence.objects.filter(skill__person=world.people[0], withdrawn_at=None).count() == 2
    world.confirm(2, 0, 1, world.learn(2, 0, 1))  # under the former name: it leads to the one that took it in
    assert check(world.network) == 1


def test_a_word_without_having_learned_is_refused(world: World) -> None:
    exchange = world.learn(1, 0, 0)
    for by, teacher, topic, source in (
        (2, 0, 0, exchange.public_id),  # somebody else's exchange
        (0, 1, 0, exchange.public_id),  # the other way round
        (1, 0, 1, exchange.public_id),  # another savoir
        (1, 2, 0, exchange.public_id),  # another person
        (1, 0, 0, "nothing"),
        (0, 0, 0, exchange.public_id),  # oneself
    ):
        with pytest.raises(PermissionDenied):
            actions.confirm_skill(
                world.people[teacher],
                world.topics[topic],
                by=world.people[by],
                source=("exchange", source),
            )
    assert not Confirmation.objects.exists()
    # Nor from an exchange that is not over.
    Exchange.objects.update(state="open")
    with pytest.raises(PermissionDenied):
        world.confirm(1, 0, 0, exchange)
