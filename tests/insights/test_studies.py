"""Studies: two people agree, nobody can be found again, files made once, gone on their day; and attacks on them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections import defaultdict
from itertools import combinations
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.catalogue.models import Post
from reciproque.exchanges.models import Exchange, ExchangePerson, Thread
from reciproque.insights import actions as insights
from reciproque.insights.access import get_study
from reciproque.insights.models import Study, StudyPart
from reciproque.insights.queries.studies import check_of, fitting_grains
from reciproque.insights.queries.study_rows import read_raw
from reciproque.insights.rules.studies import GRAINS, coarser, rounded_day, too_few
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.models import RoleGrant
from reciproque.people.models import Person
from tests.insights.figures_made import NOW, write

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
COARSE = {"unit": "", "site": "", "level": "two", "joined": "", "dates": "quarter", "kinds": "kind"}
TABLES = ["members", "posts", "introductions", "exchanges", "reviews", "answers"]


@pytest.fixture
def steady() -> Any:
    with clock.at(NOW):
        yield


@pytest.fixture
def people(network: Any, steady: Any) -> list[Person]:
    return write(network)


@pytest.fixture
def runner(network: Any, people: list[Person], make_person: Any) -> Person:
    person = make_person("Rose", "Animée")
    RoleGrant.objects.create(network=network, person=person, role="animator")
    return person


@pytest.fixture
def sponsor(network: Any, make_person: Any, steady: Any) -> Person:
    person = make_person("Sam", "Parrain")
    RoleGrant.objects.create(network=network, person=person, role="sponsor")
    return person


def ask(network: Any, by: Person, **more: Any) -> Study:
    fields: dict[str, Any] = {
        "title": "Apprendre de pair à pair",
        "researcher": "C. Cheur",
        "institution": "Université",
        "purpose": "Comprendre qui apprend de qui.",
        "basis": "legitimate",
        "tables": TABLES,
        "grains": COARSE,
        "linked": False,
        "until": clock.now().date() + 100 * DAY,
    }
    return insights.ask_study(network, by=by, **fields | more)


def agreed(network: Any, by: Person, sponsor: Person, **more: Any) -> Study:
    return insights.answer_study(ask(network, by, **more), by=sponsor, agreed=True)


def fitted(study: Study, by: Person) -> Study:
    check = check_of(study)
    assert check.proposed is not None
    return insights.coarsen_study(study, by=by, grains=check.grains) if check.proposed else study


def taken(study: Study, by: Person) -> bytes:
    insights.take_study(study, by=by)
    return b"".join(insights.pieces_of(study))


def tables(content: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")), delimiter=";")
            )
            for name in archive.namelist()
            if name.endswith(".csv")
        }


# -- who decides ----------------------------------------------------------------------------------------------


def test_an_animator_asks_and_somebody_else_agrees(
    network: Any, runner: Any, sponsor: Any, people: Any
) -> None:
    study = ask(network, runner)
    step = Step.objects.open().get(verb=Verb.STUDY)
    assert step.owner == sponsor
    with pytest.raises(PermissionDenied):
        insights.answer_study(study, by=runner, agreed=True)
    RoleGrant.objects.create(network=network, person=runner, role="sponsor")
    with pytest.raises(PermissionDenied):
        insights.answer_study(study, by=runner, agreed=True)
    insights.answer_study(study, by=sponsor, agreed=True)
    study.refresh_from_db()
    assert (study.state, study.answered_by) == ("agreed", sponsor)
    assert not Step.objects.open().filter(verb=Verb.STUDY).exists()
    assert study.salt.count(".") == 2  # sealed
    with pytest.raises(ValidationError):
        insights.answer_study(study, by=sponsor, agreed=False, reason="Finalement non.")


def test_a_refusal_says_why_and_only_the_team_of_the_whole_network_asks(
    network: Any, runner: Any, sponsor: Any, people: Any
) -> None:
    for person in (people[5], sponsor):
        with pytest.raises(PermissionDenied):
            ask(network, person)
    RoleGrant.objects.create(network=network, person=people[2], role="animator", unit=people[0].unit)
    with pytest.raises(PermissionDenied):
        ask(network, people[2])
    study = ask(network, runner)
    with pytest.raises(ValidationError):
        insights.answer_study(study, by=sponsor, agreed=False)
    insights.answer_study(study, by=sponsor, agreed=False, reason="Trop large.")
    assert (study.state, study.salt) == ("declined", "")
    with pytest.raises(ValidationError):
        insights.make_study(study, by=runner)
    with pytest.raises(NotThere):
        get_study(people[5], study.public_id)
    assert get_study(sponsor, study.public_id) == study


def test_without_anybody_else_nothing_can_be_asked(network: Any, runner: Any, people: Any) -> None:
    Person.objects.filter(is_superuser=True).update(is_superuser=False)
    with pytest.raises(ValidationError):
        ask(network, runner)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"tables": []},
        {"tables": ["threads"]},
        {"basis": "consent"},
        {"grains": {**COARSE, "unit": "desk"}},
        {"until": dt.date(2026, 2, 17)},
        {"until": dt.date(2029, 1, 1)},
        {"purpose": "x" * 2001},
    ],
)
def test_what_is_asked_is_said_in_full(network: Any, runner: Any, sponsor: Any, wrong: Any) -> None:
    with pytest.raises(ValidationError):
        ask(network, runner, **wrong)


def test_an_answer_that_does_not_come_ends_the_asking(network: Any, runner: Any, sponsor: Any) -> None:
    study = ask(network, runner)
    insights.withdraw_study(ask(network, runner, title="Autre"), by=runner)
    with clock.at(NOW + 60 * DAY):
        assert insights.tend_studies() == 1
        assert insights.tend_studies() == 0
    study.refresh_from_db()
    assert study.state == "lapsed"
    assert set(Step.objects.filter(verb=Verb.STUDY).values_list("state", flat=True)) == {"lapsed", "released"}


# -- nobody can be found again ---------------------------------------------------------------------------------


def test_identifying_combinations_are_refused_and_what_to_group_is_said(
    network: Any, runner: Any, sponsor: Any
) -> None:
    fine = {
        "unit": "unit",
        "site": "site",
        "level": "level",
        "joined": "month",
        "dates": "week",
        "kinds": "kind",
    }
    study = agreed(network, runner, sponsor, grains=fine)
    with pytest.raises(ValidationError) as refused:
        insights.make_study(study, by=runner)
    assert "service, site, niveau, date d’adhésion" in " ".join(refused.value.messages)
    assert not StudyPart.objects.exists()
    check = check_of(study)
    assert check.exposed
    assert check.proposed
    study = insights.coarsen_study(study, by=runner, grains=check.grains)
    assert check_of(study).exposed == []
    assert insights.make_study(study, by=runner).is_made


def test_a_unit_of_three_people_is_refused(network: Any, runner: Any, sponsor: Any) -> None:
    study = agreed(
        network, runner, sponsor, tables=["members"], grains={**COARSE, "level": "", "unit": "unit"}
    )
    with pytest.raises(ValidationError):
        insights.make_study(study, by=runner)


def test_what_was_agreed_is_never_made_finer(network: Any, runner: Any, sponsor: Any) -> None:
    study = agreed(network, runner, sponsor)
    with pytest.raises(ValidationError):
        insights.coarsen_study(study, by=runner, grains={**COARSE, "dates": "week"})
    with pytest.raises(ValidationError):
        insights.coarsen_study(study, by=runner, grains={**COARSE, "unit": "unit"})


@pytest.mark.parametrize("linked", [False, True])
def test_no_combination_of_what_may_be_known_is_borne_by_fewer_than_five(
    network: Any, runner: Any, sponsor: Any, people: Any, linked: bool
) -> None:
    """The attack by linking: whoever knows where somebody works and one of their acts finds five people at least."""
    fine = {
        "unit": "branch",
        "site": "site",
        "level": "two",
        "joined": "quarter",
        "dates": "month",
        "kinds": "kind",
    }
    study = fitted(agreed(network, runner, sponsor, linked=linked, grains=fine), runner)
    found = tables(taken(insights.make_study(study, by=runner), runner))
    known = {"unit", "site", "level", "joined"}
    members = found["members"]
    assert len(members) >= 50
    columns = sorted(known & set(members[0]))
    for number in range(1, len(columns) + 1):
        for some in combinations(columns, number):
            held: dict[Any, int] = defaultdict(int)
            for row in members:
                held[tuple(row[name] for name in some)] += 1
            assert min(held.values()) >= 5, some
    of_person = {row["person"]: tuple(row[name] for name in columns) for row in members} if linked else {}
    for name, numbers in (
        ("posts", ["person"]),
        ("introductions", ["requester", "offerer"]),
        ("exchanges", ["requester", "offerer"]),
        ("reviews", ["person"]),
    ):
        rows = found[name]
        assert rows
        assert set(numbers) <= set(rows[0]) if linked else not set(numbers) & set(rows[0])
        acts = [column for column in ("when", "kind", "origin", "side") if column in rows[0]]
        if not linked:
            held = defaultdict(int)
            for row in rows:
                held[tuple(row[column] for column in acts)] += 1
            assert min(held.values()) >= 5
            continue
        for place in numbers:
            bearers: dict[Any, set[str]] = defaultdict(set)
            for row in rows:
                where = tuple(of_person[row[one]] for one in numbers)
                bearers[(*where, *(row[column] for column in acts))].add(row[place])
            assert min(len(some) for some in bearers.values()) >= 5, name


def test_a_planted_lone_person_is_found_by_the_check(
    network: Any, runner: Any, sponsor: Any, people: Any
) -> None:
    study = agreed(network, runner, sponsor, grains={**COARSE, "level": "level"}, tables=["members"])
    Person.objects.filter(pk=people[0].pk).update(level="dirigeant")
    Person.objects.exclude(pk=people[0].pk).filter(level="dirigeant").update(level="cadre")
    assert check_of(study).exposed


def test_two_studies_share_neither_numbers_nor_order(
    network: Any, runner: Any, sponsor: Any, people: Any
) -> None:
    found = []
    for _ in range(2):
        study = agreed(network, runner, sponsor, linked=True, tables=["members", "exchanges"])
        grains = dict.fromkeys(GRAINS, "")
        study = insights.coarsen_study(study, by=runner, grains=grains)
        found.append(tables(taken(insights.make_study(study, by=runner), runner)))
    one, other = ([row["person"] for row in each["members"]] for each in found)
    assert not set(one) & set(other)
    assert len(set(one)) == len(one)
    # The order of the rows says nothing: not that of the numbers, nor that of the directory.
    assert one != sorted(one)
    sequences = [
        [(row["requester"], row["offerer"], row["minutes"]) for row in each["exchanges"]] for each in found
    ]
    minutes = [[row[2] for row in sequence] for sequence in sequences]
    assert minutes[0] != minutes[1]
    assert sorted(minutes[0]) == sorted(minutes[1])
    by_time = [
        str(min(value // 30 * 30, 240))
        for value in Exchange.objects.filter(network=network, state__in=["finished", "closed"])
        .order_by("pk")
        .values_list("minutes", flat=True)
    ]
    assert minutes[0] != by_time


def test_two_takings_do_not_differ_by_what_happened_between_them(
    network: Any, runner: Any, sponsor: Any, people: Any
) -> None:
    study = insights.make_study(fitted(agreed(network, runner, sponsor), runner), by=runner)
    first = taken(study, runner)
    with clock.at(NOW + 3 * DAY):
        row = Exchange.objects.create(
            network=network,
            title="Rosiers",
            state="closed",
            thread=Thread.objects.create(network=network),
            opened_at=clock.now(),
            finished_at=clock.now(),
            review_due_at=clock.now(),
            closed_at=clock.now(),
        )
        ExchangePerson.objects.create(exchange=row, person=people[0], side="offerer")
        ExchangePerson.objects.create(exchange=row, person=people[1], side="requester")
        assert taken(study, runner) == first
        with pytest.raises(ValidationError):
            insights.make_study(study, by=runner)
        # Made again for somebody who objects, the files still end on the day they were first made.
        before = len(tables(first)["exchanges"])
        insights.object_to_studies(people[9], by=people[9], objects=True)
        study.refresh_from_db()
        lost = ExchangePerson.objects.filter(person=people[9], exchange__state__in=["finished", "closed"])
        assert len(read_raw(study).acts["exchanges"]) >= before - lost.count()
        assert row.pk not in {one[0] for one in read_raw(study).acts["exchanges"]}
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_no_name_no_text_no_key_leaves(network: Any, runner: Any, sponsor: Any, people: Any) -> None:
    study = insights.make_study(fitted(agreed(network, runner, sponsor, linked=True), runner), by=runner)
    with zipfile.ZipFile(io.BytesIO(taken(study, runner))) as archive:
        said = "\n".join(
            archive.read(name).decode() for name in archive.namelist() if name != "lisez-moi.txt"
        )
    for person in people:
        assert person.last_name not in said
        assert person.public_id not in said
    for title in Post.objects.exclude(title="").values_list("title", flat=True):
        assert title not in said


def test_lengths_are_told_by_classes(network: Any, runner: Any, sponsor: Any) -> None:
    Exchange.objects.filter(network=network, pk__in=Exchange.objects.values("pk")[:1]).update(minutes=315)
    study = insights.make_study(fitted(agreed(network, runner, sponsor), runner), by=runner)
    found = tables(taken(study, runner))
    assert {int(row["minutes"]) for row in found["exchanges"]} <= set(range(0, 241, 30))
    assert {row["hours"] for row in found["reviews"]} <= {"", *map(str, range(9))}
    said = {(row["fichier"], row["colonne"]): row["sens"] for row in found["codebook"]}
    assert "30 minutes" in said["exchanges", "minutes"]


# -- gone on its day ------------------------------------------------------------------------------------------


def test_the_files_and_the_key_are_gone_on_their_day(network: Any, runner: Any, sponsor: Any) -> None:
    study = insights.make_study(fitted(agreed(network, runner, sponsor), runner), by=runner)
    taken(study, runner)
    fact = Fact.objects.get(name="study.taken")
    assert (fact.by, fact.data["digest"]) == (runner, study.digest)
    with clock.at(NOW + 101 * DAY):
        with pytest.raises(ValidationError):
            insights.take_study(study, by=runner)
        assert insights.tend_studies() == 1
    study.refresh_from_db()
    assert (study.state, study.salt, study.size) == ("ended", "", 0)
    assert not StudyPart.objects.exists()
    assert study.takings.get().by == runner


def test_only_who_runs_studies_takes_their_files(
    network: Any, runner: Any, sponsor: Any, people: Any
) -> None:
    study = insights.make_study(fitted(agreed(network, runner, sponsor), runner), by=runner)
    for person in (sponsor, people[3]):
        with pytest.raises(PermissionDenied):
            insights.take_study(study, by=person)
    insights.end_study(study, by=sponsor)
    assert (study.state, study.salt) == ("ended", "")


# -- rules ----------------------------------------------------------------------------------------------------


def test_days_are_rounded_as_chosen() -> None:
    day = dt.date(2026, 1, 1)
    said = [rounded_day(day, grain) for grain in ("week", "month", "quarter", "year", "")]
    assert said == ["2026-W01", "2026-01", "2026-Q1", "2026", ""]
    assert rounded_day(dt.date(2027, 1, 1), "week") == "2026-W53"
    assert rounded_day(None, "week") == ""


def test_too_few_counts_distinct_people() -> None:
    assert too_few([("a",)] * 6, [(1,), (1,), (2,), (3,), (4,), (4,)]) == (1, 4)
    assert too_few([("a",)] * 5, [(1,), (2,), (3,), (4,), (5,)]) == (0, 0)
    assert too_few([], []) == (0, 0)


def test_each_choice_has_a_coarser_one_until_nothing() -> None:
    for name, choices in GRAINS.items():
        grain: str | None = next(iter(choices.values))
        steps = 0
        while grain is not None and (grain := coarser(name, grain)) is not None:
            steps += 1
        assert steps == len(choices.values) - 1


def test_too_small_a_network_gives_nothing(network: Any, alice: Any, bob: Any, sponsor: Any) -> None:
    with clock.at(NOW + 60 * DAY):
        study = agreed(network, alice, sponsor, tables=["members"])
        assert check_of(study).proposed is None
        assert fitting_grains(read_raw(study), ["members"], dict.fromkeys(GRAINS, ""), linked=False) is None
        with pytest.raises(ValidationError):
            insights.make_study(study, by=alice)


def test_checking_takes_the_same_queries_whatever_the_size(
    network: Any, runner: Any, sponsor: Any, queries: Any
) -> None:
    study = agreed(network, runner, sponsor)
    with queries() as seen:
        check_of(study)
    assert len(seen) <= 13
