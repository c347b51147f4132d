"""The risks of a scheme: levels by thresholds or by hand, who watches, who reads what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.actions import remind_due
from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.insights.access import Reader, ReaderKind, reader_of
from reciproque.insights.actions import follow_hazard, review_hazard, tend_hazards
from reciproque.insights.models import HazardCare, HazardReading, Measure
from reciproque.insights.queries.hazards import counted, register_of, reviews_of, risks_of
from reciproque.insights.rules import INDICATORS, Shape, Span
from reciproque.insights.rules.hazards import HAZARDS, Level, Signal
from reciproque.kit import clock
from reciproque.networks.models import Membership, RoleGrant
from reciproque.people.models import Person
from tests.insights.pictures_made import told

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def scoped(network: Any, dora: Any) -> Any:
    RoleGrant.objects.create(network=network, person=dora, role="animator")
    return dora


@pytest.fixture
def sponsor(network: Any, make_person: Any) -> Any:
    person = make_person("Sam", "Parrain")
    RoleGrant.objects.create(network=network, person=person, role="sponsor")
    return person


def of(reader: Reader, name: str) -> Any:
    return next(one for one in register_of(reader) if one.id == name)


def in_three_months() -> dt.date:
    return clock.now().date() + 90 * DAY


def crowd(network: Any, number: int) -> list[Person]:
    people = Person.objects.bulk_create(
        Person(first_name="P", last_name=f"N{rank}", email=f"n{rank}@example.org") for rank in range(number)
    )
    Membership.objects.bulk_create(
        Membership(network=network, person=person, joined_at=clock.now() - 60 * DAY) for person in people
    )
    return people


# -- the list -------------------------------------------------------------------------------------------------


def test_each_signal_says_what_is_watched_and_two_limits_in_order() -> None:
    for one in HAZARDS.values():
        assert one.name
        assert one.seen
        assert one.answer
        assert len(one.id) <= 12
        if one.is_judged:
            assert not one.watched
            assert one.level_of(1.0) == ""
            continue
        assert one.watched
        assert one.medium < one.high if one.worse == "up" else one.medium > one.high
        if one.signal == Signal.FIGURE:
            assert INDICATORS[one.indicator].shape == Shape.RATE
        assert one.level_of(None) == ""


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("one_sided", 0.39, Level.LOW),
        ("one_sided", 0.4, Level.MEDIUM),
        ("one_sided", 0.6, Level.HIGH),
        ("few_active", 0.3, Level.LOW),
        ("few_active", 0.2999, Level.MEDIUM),
        ("few_active", 0.15, Level.MEDIUM),
        ("few_active", 0.0, Level.HIGH),
    ],
)
def test_a_level_follows_its_limits(name: str, value: float, level: str) -> None:
    assert HAZARDS[name].level_of(value) == level


# -- what is counted ------------------------------------------------------------------------------------------


def test_what_is_counted_today_is_what_is_there(network: Any, alice: Any, make_post: Any) -> None:
    Membership.objects.filter(network=network).update(joined_at=clock.now() - 400 * DAY)
    people = crowd(network, 9)
    make_post(people[0], "offer", "Tailler les rosiers")
    make_post(people[1], "request", "Lire un bilan")
    seen = counted(network)
    assert seen["unaware"].value == 9 / 10
    assert (seen["newcomers"].value, seen["newcomers"].out_of) == (7 / 9, 9)
    assert seen["stale"].value == 0.0
    assert seen["unanimated"].value is None
    assert seen["overload"].value == 0.0


def test_an_indicator_counted_last_year_gives_its_level(network: Any, alice: Any) -> None:
    year = clock.now().year
    for start, value, part in ((year - 1, 0.5, 50), (year, 0.1, 10)):
        Measure.objects.create(
            network=network,
            indicator="reciprocity.one",
            span=Span.YEAR,
            start=dt.date(start, 1, 1),
            numerator=part,
            denominator=100,
            value=value,
        )
    one = of(reader_of(alice, network), "one_sided")
    assert (one.level, one.known, one.seen.value) == ("medium", "counted", 0.5)
    assert one.seen.when == str(year - 1)


def test_a_trend_is_read_between_two_whole_years(network: Any, alice: Any) -> None:
    year = clock.now().year
    for start, value in ((year - 2, 100), (year - 1, 60), (year, 5)):
        Measure.objects.create(
            network=network,
            indicator="exchanges.held",
            span=Span.YEAR,
            start=dt.date(start, 1, 1),
            numerator=value,
            value=value,
        )
    one = of(reader_of(alice, network), "fading")
    assert (one.level, one.seen.value) == ("high", 0.6)


def test_nothing_counted_is_no_level(other_network: Any, make_person: Any) -> None:
    person = make_person("Noé", "Seul")
    RoleGrant.objects.create(network=other_network, person=person, role="animator")
    found = register_of(reader_of(person, other_network))
    assert {one.level for one in found} == {""}
    assert {one.seen.value for one in found} == {None}


# -- who reads what -------------------------------------------------------------------------------------------


def test_others_read_what_was_told_and_the_levels_of_the_month_alone(
    network: Any, alice: Any, sponsor: Any, make_post: Any
) -> None:
    Membership.objects.filter(network=network).update(joined_at=clock.now() - 400 * DAY)
    people = crowd(network, 11)
    reader = reader_of(sponsor, network)
    assert reader.kind == ReaderKind.OTHERS
    assert of(reader, "unaware").level == ""
    tend_hazards()
    assert of(reader, "unaware").level == "high"
    for person in people:
        make_post(person, "offer", "Tailler les rosiers")
    # What moves within the month is told to the animators, and to nobody else.
    tend_hazards()
    assert of(reader, "unaware").level == "high"
    assert of(reader, "unaware").seen.value is None
    assert of(reader_of(alice, network), "unaware").level == "low"
    with clock.at(clock.now() + 31 * DAY):
        tend_hazards()
        assert of(reader, "unaware").level == "low"
    told(network, Span.YEAR, dt.date(clock.now().year - 1, 1, 1), {"exchanges.held": 25})
    assert of(reader, "fading").level == ""


def test_too_few_people_give_no_level_to_others(network: Any, alice: Any, sponsor: Any) -> None:
    crowd(network, 7)
    tend_hazards()
    assert set(HazardReading.objects.values_list("level", flat=True)) == {""}
    assert of(reader_of(alice, network), "unaware").level == "high"
    assert {one.level for one in risks_of(network)} == {""}


def test_no_name_is_told_to_others(network: Any, alice: Any, sponsor: Any) -> None:
    follow_hazard(network, "fear", by=alice, owner=alice, review_on=in_three_months())
    review_hazard(network, "fear", by=alice, level="high", words="Dora le dit.")
    one = of(reader_of(sponsor, network), "fear")
    assert (one.level, one.known, one.named) == ("high", "judged", False)


# -- following ------------------------------------------------------------------------------------------------


def test_a_risk_entrusted_is_expected_on_its_day_reviewed_and_expected_again(
    network: Any, alice: Any, scoped: Any
) -> None:
    day = in_three_months()
    care = follow_hazard(
        network, "fear", by=alice, owner=scoped, review_on=day, answer="En parler en réunion."
    )
    step = Step.objects.open().get(verb=Verb.RISK)
    assert (step.owner, step.due_at.date(), step.subject_id) == (scoped, day, care.public_id)
    with clock.at(step.remind_at + dt.timedelta(minutes=5)):
        assert remind_due() >= 1
    later = day + 60 * DAY
    review_hazard(network, "fear", by=scoped, level="medium", words="On en parle plus.", next_on=later)
    step.refresh_from_db()
    assert step.state == "done"
    assert Step.objects.open().get(verb=Verb.RISK).due_at.date() == later
    one = of(reader_of(alice, network), "fear")
    assert (one.level, one.known, one.answer) == ("medium", "judged", "En parler en réunion.")
    assert [review.words for review in reviews_of(one.care)] == ["On en parle plus."]
    # Not looked at on its day: it stays shown, with the date of what was said.
    with clock.at(clock.now() + 400 * DAY):
        one = of(reader_of(alice, network), "fear")
        assert (one.late, one.level, one.judged.words) == (True, "medium", "On en parle plus.")


def test_what_was_judged_holds_until_its_day_then_the_number_speaks_again(network: Any, alice: Any) -> None:
    crowd(network, 12)
    review_hazard(network, "unaware", by=alice, level="low", words="Une séance est prévue.")
    one = of(reader_of(alice, network), "unaware")
    assert (one.level, one.known, one.counted) == ("low", "judged", "high")
    assert one.judged.value == one.seen.value
    with clock.at(clock.now() + 100 * DAY):
        one = of(reader_of(alice, network), "unaware")
        assert (one.level, one.known) == ("high", "counted")


def test_each_refusal(network: Any, alice: Any, bob: Any, scoped: Any, sponsor: Any) -> None:
    day = in_three_months()
    for person in (bob, sponsor):
        with pytest.raises(PermissionDenied):
            follow_hazard(network, "fear", by=person, owner=None, review_on=day)
        with pytest.raises(PermissionDenied):
            review_hazard(network, "fear", by=person, level="low", words="Rien.")
    with pytest.raises(ValidationError):
        follow_hazard(network, "fear", by=alice, owner=bob, review_on=day)
    with pytest.raises(ValidationError):
        follow_hazard(network, "fear", by=alice, owner=None, review_on=clock.now().date())
    with pytest.raises(ValidationError):
        follow_hazard(network, "flood", by=alice, owner=None, review_on=day)
    with pytest.raises(ValidationError):
        review_hazard(network, "fear", by=alice)
    with pytest.raises(ValidationError):
        review_hazard(network, "fear", by=alice, level="high")
    with pytest.raises(ValidationError):
        review_hazard(network, "fear", by=alice, level="huge", words="Oui.")
    with pytest.raises(ValidationError):
        review_hazard(network, "fear", by=alice, level="high", words="x" * 1001)


def test_two_who_write_at_once_do_not_erase_one_another(network: Any, alice: Any) -> None:
    care = follow_hazard(network, "fear", by=alice, owner=None, review_on=in_three_months())
    seen = care.revision
    follow_hazard(network, "fear", by=alice, owner=alice, review_on=in_three_months(), revision=seen)
    with pytest.raises(ValidationError):
        follow_hazard(network, "fear", by=alice, owner=None, review_on=in_three_months(), revision=seen)
    assert HazardCare.objects.get().owner == alice


def test_who_animates_no_more_gives_it_back_to_the_team(network: Any, alice: Any, scoped: Any) -> None:
    follow_hazard(network, "fear", by=alice, owner=scoped, review_on=in_three_months())
    tend_hazards()
    assert HazardCare.objects.get().owner == scoped
    RoleGrant.objects.filter(person=scoped).update(withdrawn_at=clock.now())
    tend_hazards()
    assert HazardCare.objects.get().owner is None
    assert Step.objects.open().get(verb=Verb.RISK).owner is None


def test_the_register_takes_the_same_queries_whatever_is_in_it(
    network: Any, alice: Any, queries: Any
) -> None:
    crowd(network, 5)
    for name in ("fear", "time", "leak", "drift"):
        review_hazard(network, name, by=alice, level="low", words="Rien vu.")
    reader = reader_of(alice, network)
    with queries() as seen:
        register_of(reader)
    assert len(seen) <= 20
