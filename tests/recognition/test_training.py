"""What counts as training: asked by one of the two, hours said by both, read by nobody else, never a credit."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import PRIVATE_VERBS, StepState, Verb
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.actions import grant_role, leave_network
from reciproque.people.actions import get_site
from reciproque.recognition import access, actions, queries
from reciproque.recognition.models import Attestation, Key, TrainingExport, TrainingRecord, TrainingSetting
from reciproque.recognition.rules.training import (
    CONDITIONS,
    Shown,
    TrainingState,
    missing_conditions,
    room_for,
)
from tests.recognition import trainings_made as made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counted(network: Any, admin: Any) -> None:
    made.switch_on(network, admin)


def awaited(row: TrainingRecord) -> list[Any]:
    """Return those whose hours are awaited."""
    return [step.owner for step in Step.objects.open().about(row).filter(verb=Verb.HOURS)]


# -- where the network says so -------------------------------------------------------------------------------


def test_nothing_counts_unless_the_network_says_so(network: Any, admin: Any, bob: Any, chloe: Any) -> None:
    exchange = made.closed(network, chloe, bob)
    TrainingSetting.objects.all().delete()
    with pytest.raises(NotThere):
        made.asked(exchange, chloe, bob)
    made.switch_on(network, admin, "group")
    with pytest.raises(NotThere):
        made.asked(exchange, chloe, bob)
    assert not access.may_ask_training(chloe, "exchange", exchange.public_id)
    made.switch_on(network, admin, "exchange")
    assert access.may_ask_training(chloe, "exchange", exchange.public_id)
    assert made.asked(exchange, chloe, bob).state == TrainingState.ASKED


def test_only_an_animator_of_the_whole_network_settles_it(
    network: Any, alice: Any, bob: Any, dora: Any
) -> None:
    for person in (bob, dora):
        with pytest.raises(PermissionDenied):
            actions.set_training(network, by=person, on=True, kinds=["exchange"])
    with pytest.raises(ValidationError):
        actions.set_training(network, by=alice, on=True, kinds=[])
    with pytest.raises(ValidationError):
        actions.set_training(network, by=alice, on=True, kinds=["exchange", "anything"])
    row = actions.set_training(network, by=alice, on=True, kinds=["exchange"])
    assert (row.on, row.kinds, row.afest) == (True, ["exchange"], False)


def test_switched_off_what_waits_ends_and_what_counts_stays(
    network: Any, admin: Any, bob: Any, chloe: Any
) -> None:
    done = made.agreed(network, chloe, bob, title="Compter une caisse")
    row = made.asked(made.closed(network, chloe, bob), chloe, bob)
    actions.set_training(network, by=admin, on=False, kinds=[])
    row.refresh_from_db()
    done.refresh_from_db()
    assert (row.state, done.state) == (TrainingState.LAPSED, TrainingState.AGREED)
    assert awaited(row) == []
    with pytest.raises(ValidationError):
        actions.say_hours(row, by=bob, hours=Decimal(3))


# -- hours declared by both ----------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["learner", "trainer"])
def test_the_same_hours_count_at_once(network: Any, bob: Any, chloe: Any, first: str) -> None:
    exchange = made.closed(network, chloe, bob)
    asker, other = (chloe, bob) if first == "learner" else (bob, chloe)
    row = made.asked(exchange, asker, other, "2.5")
    assert (row.learner, row.trainer, row.hours) == (chloe, bob, None)
    assert awaited(row) == [other]
    with pytest.raises(PermissionDenied):
        actions.say_hours(row, by=asker, hours=Decimal("2.5"))
    row = actions.say_hours(row, by=other, hours=Decimal("2.50"))
    assert (row.state, row.hours) == (TrainingState.AGREED, Decimal("2.5"))
    assert awaited(row) == []


@pytest.mark.parametrize(
    ("asked", "said", "agree", "counts"),
    [("3", "2", False, "2"), ("3", "2", True, "2"), ("2", "3", False, "2"), ("2", "3", True, "3")],
)
def test_different_hours_count_once_both_know(
    network: Any, bob: Any, chloe: Any, asked: str, said: str, agree: bool, counts: str
) -> None:
    row = made.asked(made.closed(network, chloe, bob), chloe, bob, asked)
    row = actions.say_hours(row, by=bob, hours=Decimal(said))
    assert (row.state, row.hours) == (TrainingState.DIFFERENT, None)
    assert awaited(row) == [chloe]
    with pytest.raises(PermissionDenied):
        actions.settle_hours(row, by=bob, agree=agree)
    row = actions.settle_hours(row, by=chloe, agree=agree)
    assert (row.state, row.hours) == (TrainingState.AGREED, Decimal(counts))
    assert (row.learner_hours, row.trainer_hours) == (Decimal(asked), Decimal(said))
    assert awaited(row) == []
    with pytest.raises(ValidationError):
        actions.settle_hours(row, by=chloe, agree=True)


@pytest.mark.parametrize("hours", ["0", "-1", "0.1", "2.3", "200.25", "NaN", "Infinity"])
def test_hours_that_nobody_believes_are_refused(network: Any, bob: Any, chloe: Any, hours: str) -> None:
    exchange = made.closed(network, chloe, bob)
    with pytest.raises(ValidationError) as refused:
        made.asked(exchange, chloe, bob, hours)
    assert "hours" in refused.value.error_dict
    row = made.asked(exchange, chloe, bob)
    with pytest.raises(ValidationError):
        actions.say_hours(row, by=bob, hours=Decimal(hours))
    row.refresh_from_db()
    assert row.state == TrainingState.ASKED


def test_without_an_answer_nothing_counts(network: Any, bob: Any, chloe: Any, dora: Any) -> None:
    first = made.asked(made.closed(network, chloe, bob), chloe, bob)
    second = made.asked(made.closed(network, dora, bob), dora, bob)
    second = actions.say_hours(second, by=bob, hours=Decimal(1))
    assert actions.lapse_training() == 0
    with clock.at(clock.now() + dt.timedelta(days=60)):
        assert actions.lapse_training() == 2
        assert actions.lapse_training() == 0
    for row in (first, second):
        row.refresh_from_db()
        assert (row.state, row.hours) == (TrainingState.LAPSED, None)
        assert not awaited(row)
    assert set(Step.objects.about(first).values_list("state", flat=True)) == {StepState.LAPSED}
    with pytest.raises(ValidationError):
        actions.say_hours(first, by=bob, hours=Decimal(3))
    assert made.asked(made.closed(network, chloe, bob, "Autre"), chloe, bob).state == TrainingState.ASKED


def test_who_left_is_waited_for_no_longer(network: Any, bob: Any, chloe: Any, run_reactions: Any) -> None:
    row = made.asked(made.closed(network, chloe, bob), chloe, bob)
    leave_network(bob.memberships.get(network=network), by=bob)
    run_reactions()
    actions.lapse_training()
    row.refresh_from_db()
    assert row.state == TrainingState.LAPSED


def test_declined_or_withdrawn_nothing_counts(network: Any, bob: Any, chloe: Any, dora: Any) -> None:
    row = made.asked(made.closed(network, chloe, bob), chloe, bob)
    for person in (chloe, dora):
        with pytest.raises(PermissionDenied):
            actions.decline_training(row, by=person)
    row = actions.decline_training(row, by=bob)
    assert (row.state, awaited(row)) == (TrainingState.DECLINED, [])
    for by in (chloe, bob):
        row = made.agreed(network, chloe, bob, title=f"Par {by}")
        with pytest.raises(PermissionDenied):
            actions.withdraw_training(row, by=dora)
        row = actions.withdraw_training(row, by=by)
        assert (row.state, row.withdrawn_by) == (TrainingState.WITHDRAWN, by)
        with pytest.raises(ValidationError):
            actions.withdraw_training(row, by=by)


def test_asked_once_between_two_people(network: Any, bob: Any, chloe: Any) -> None:
    exchange = made.closed(network, chloe, bob)
    row = made.asked(exchange, chloe, bob)
    for asker, other in ((chloe, bob), (bob, chloe)):
        with pytest.raises(ValidationError):
            made.asked(exchange, asker, other)
    actions.withdraw_training(row, by=chloe)
    assert made.asked(exchange, bob, chloe).asked_by == bob


def test_never_imposed(
    network: Any, alice: Any, admin: Any, bob: Any, chloe: Any, dora: Any, fatou: Any
) -> None:
    exchange = made.closed(network, chloe, bob)
    for person in (alice, admin, dora, fatou):
        with pytest.raises(NotThere):
            made.asked(exchange, person, chloe)
    with pytest.raises(PermissionDenied):
        made.asked(exchange, chloe, dora)
    with pytest.raises(PermissionDenied):
        made.asked(exchange, chloe, chloe)
    assert not TrainingRecord.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"aims": ""}, "aims"),
        ({"mode": "telepathy"}, "mode"),
        ({"starts_on": dt.date(2026, 3, 3)}, "ends_on"),
        ({"ends_on": dt.date(2026, 3, 20)}, "ends_on"),
        ({"starts_on": dt.date(2019, 3, 3)}, "starts_on"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    network: Any, bob: Any, chloe: Any, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        made.asked(made.closed(network, chloe, bob), chloe, bob, **values)
    assert set(refused.value.error_dict) == {field}


# -- a training in work --------------------------------------------------------------------------------------


def afest(**more: Any) -> dict[str, Any]:
    return {
        "afest": True,
        "mode": "work",
        "reflected_on": dt.date(2026, 3, 2),
        "conditions": made.CONDITIONS,
    } | more


def test_a_training_in_work_holds_its_four_conditions(network: Any, bob: Any, chloe: Any) -> None:
    row = made.asked(made.closed(network, chloe, bob), chloe, bob, **afest())
    assert row.afest
    assert {field: getattr(row, field) for field in made.CONDITIONS} == made.CONDITIONS
    assert len(CONDITIONS) == 4


@pytest.mark.parametrize("field", [one.field for one in CONDITIONS])
def test_one_condition_missing_and_it_is_refused(network: Any, bob: Any, chloe: Any, field: str) -> None:
    exchange = made.closed(network, chloe, bob)
    for words in ("", "Trop court.", " " * 80):
        with pytest.raises(ValidationError) as refused:
            made.asked(exchange, chloe, bob, **afest(conditions=made.CONDITIONS | {field: words}))
        assert set(refused.value.error_dict) == {field}
    assert not TrainingRecord.objects.exists()


def test_the_same_words_do_not_meet_two_conditions() -> None:
    words = made.CONDITIONS | {"evaluation": made.CONDITIONS["analysis"].upper()}
    assert set(missing_conditions(words)) == {"evaluation"}
    assert not missing_conditions(made.CONDITIONS)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"mode": "face"}, "mode"),
        ({"reflected_on": None}, "reflected_on"),
        ({"reflected_on": dt.date(2026, 3, 1)}, "reflected_on"),
        ({"reflected_on": dt.date(2026, 3, 9)}, "reflected_on"),
    ],
)
def test_a_training_in_work_is_no_label(
    network: Any, bob: Any, chloe: Any, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        made.asked(made.closed(network, chloe, bob), chloe, bob, **afest(**more))
    assert set(refused.value.error_dict) == {field}


def test_no_training_in_work_where_the_network_has_none(
    network: Any, admin: Any, bob: Any, chloe: Any
) -> None:
    made.switch_on(network, admin, "exchange", afest=False)
    with pytest.raises(ValidationError) as refused:
        made.asked(made.closed(network, chloe, bob), chloe, bob, **afest())
    assert set(refused.value.error_dict) == {"afest"}


# -- who reads a record --------------------------------------------------------------------------------------


def test_who_sees_a_record(
    network: Any, admin: Any, alice: Any, bob: Any, chloe: Any, dora: Any, emile: Any, fatou: Any, make_person: Any,
    join: Any,
) -> None:  # fmt: skip
    """The table: its two people read it; the training department, in its export, once both handed it over."""
    manager = make_person("Marc", "Chef")
    join(manager, network)
    chloe.manager = manager
    chloe.save(update_fields=["manager"])
    row = made.agreed(network, chloe, bob)
    everyone = {
        "learner": chloe,
        "trainer": bob,
        "manager": manager,
        "animator": alice,
        "hr": dora,
        "sponsor": emile,
        "administrator": admin,
        "stranger": fatou,
    }

    def reads(person: Any) -> bool:
        try:
            return access.get_training(person, row.public_id).pk == row.pk
        except NotThere:
            return False

    def exports(person: Any) -> int | None:
        try:
            export = actions.take_training(network, by=person, year=2026, form="csv")
        except PermissionDenied:
            return None
        return len(list(queries.export_rows(export)))

    def attests(person: Any) -> bool:
        try:
            actions.issue_attestation(row, by=person, shown=[])
        except PermissionDenied:
            return False
        return True

    table = {who: (reads(one), exports(one), attests(one)) for who, one in everyone.items()}
    assert table == {
        "learner": (True, None, True),
        "trainer": (True, None, False),
        "manager": (False, None, False),
        "animator": (False, None, False),
        "hr": (False, 0, False),
        "sponsor": (False, None, False),
        "administrator": (False, None, False),
        "stranger": (False, None, False),
    }
    actions.hand_over(row, by=chloe, yes=True)
    assert exports(dora) == 0
    actions.hand_over(row, by=bob, yes=True)
    assert exports(dora) == 1
    assert not reads(dora)
    actions.hand_over(row, by=bob, yes=False)
    assert exports(dora) == 0
    assert Verb.HOURS in PRIVATE_VERBS


def test_the_training_department_is_of_the_whole_network(
    network: Any, admin: Any, make_person: Any, join: Any
) -> None:
    local = make_person("Line", site="Nantes")
    join(local, network)
    grant = grant_role(network, local, "hr", by=admin)
    assert access.can_take_training(local, network)
    grant.site = get_site("Nantes")
    grant.save(update_fields=["site"])
    assert not access.can_take_training(local, network)


def test_no_fact_repeats_the_hours(network: Any, bob: Any, chloe: Any, dora: Any) -> None:
    row = made.handed(network, chloe, bob, hours="7.25")
    actions.issue_attestation(row, by=chloe, shown=Shown.values)
    actions.take_training(network, by=dora, year=2026, form="xlsx")
    said = json.dumps([fact.data for fact in Fact.objects.filter(name__regex=r"^(training|attestation)")])
    assert "7.25" not in said
    assert len(json.loads(said)) >= 6


# -- handing over --------------------------------------------------------------------------------------------


def test_only_what_both_agreed_on_is_handed_over(network: Any, bob: Any, chloe: Any, dora: Any) -> None:
    row = made.asked(made.closed(network, chloe, bob), chloe, bob)
    with pytest.raises(ValidationError):
        actions.hand_over(row, by=chloe, yes=True)
    row = actions.say_hours(row, by=bob, hours=Decimal(3))
    with pytest.raises(PermissionDenied):
        actions.hand_over(row, by=dora, yes=True)
    for person in (chloe, bob):
        row = actions.hand_over(row, by=person, yes=True)
    assert row.is_handed
    assert list(TrainingRecord.objects.handed()) == [row]
    actions.withdraw_training(row, by=bob)
    assert not TrainingRecord.objects.handed()


def test_what_was_taken_by_whom_is_written(network: Any, bob: Any, chloe: Any, dora: Any) -> None:
    row = made.handed(network, chloe, bob)
    made.agreed(network, chloe, bob, title="Gardée pour soi")
    export = actions.take_training(network, by=dora, year=2026, form="csv")
    fact = Fact.objects.get(name="training.exported")
    assert (fact.by_id, fact.data["year"], fact.data["count"]) == (dora.pk, 2026, 1)
    assert queries.taken_by(row) == [export]
    assert [one.pk for one in queries.exports_of(network)] == [export.pk]
    assert not list(queries.export_rows(actions.take_training(network, by=dora, year=2025, form="csv")))
    for year in (2019, 2027):
        with pytest.raises(ValidationError):
            actions.take_training(network, by=dora, year=year, form="csv")
    with pytest.raises(ValidationError):
        actions.take_training(network, by=dora, year=2026, form="pdf")
    assert TrainingExport.objects.count() == 2


def test_the_export_reads_in_a_fixed_number_of_queries(
    network: Any, bob: Any, chloe: Any, dora: Any, queries: Any
) -> None:
    from reciproque.recognition.queries import export_rows

    counts = []
    for number in (2, 5):
        for n in range(number):
            made.handed(network, chloe, bob, hours="1", title=f"Savoir {number} {n}")
        export = actions.take_training(network, by=dora, year=2026, form="csv")
        with queries() as seen:
            rows = list(export_rows(export))
        counts.append(len(seen))
    assert len(rows) == 7
    assert counts[0] == counts[1]


# -- what attests it -----------------------------------------------------------------------------------------


def test_an_attestation_says_no_more_than_was_allowed(network: Any, bob: Any, chloe: Any) -> None:
    row = made.agreed(network, chloe, bob, "2.5")
    everything = queries.check_attestation(actions.issue_attestation(row, by=chloe, shown=Shown.values))
    assert everything.lines == {
        "name": "Chloé Le Goff",
        "title": "Tenir un guichet",
        "starts_on": dt.date(2026, 3, 2),
        "ends_on": dt.date(2026, 3, 2),
        "hours": "2,5\u00a0h",
        "organisation": network.name,
    }
    for chosen in Shown.values:
        found = actions.issue_attestation(row, by=chloe, shown=[chosen])
        lines = queries.check_attestation(found).lines
        expected = {"dates": {"starts_on", "ends_on"}}.get(chosen, {chosen})
        assert set(lines) == expected
    assert queries.check_attestation(actions.issue_attestation(row, by=chloe, shown=[])).lines == {}
    assert Attestation.objects.filter(withdrawn_at=None).count() == 1
    with pytest.raises(ValidationError):
        actions.issue_attestation(row, by=chloe, shown=["manager"])


def test_the_same_choice_is_the_same_code(network: Any, bob: Any, chloe: Any) -> None:
    row = made.agreed(network, chloe, bob)
    first = actions.issue_attestation(row, by=chloe, shown=["name", "hours"])
    assert actions.issue_attestation(row, by=chloe, shown=["hours", "name"]) == first
    second = actions.issue_attestation(row, by=chloe, shown=["hours"])
    first.refresh_from_db()
    assert first.code != second.code
    assert queries.check_attestation(first).state == "withdrawn"


def test_changed_rows_do_not_change_what_was_signed(network: Any, bob: Any, chloe: Any) -> None:
    row = made.agreed(network, chloe, bob)
    found = actions.issue_attestation(row, by=chloe, shown=Shown.values)
    TrainingRecord.objects.filter(pk=row.pk).update(hours=9, title="Chirurgie")
    lines = queries.check_attestation(access.get_attestation(found.code)).lines
    assert (lines["hours"], lines["title"]) == ("3\u00a0h", "Tenir un guichet")
    header, payload, signature = found.token.split(".")
    other = actions.issue_attestation(made.agreed(network, chloe, bob, title="Autre"), by=chloe, shown=[])
    for token in (f"{header}.{payload[:-2]}xx.{signature}", other.token, "x.y.z", ""):
        Attestation.objects.filter(pk=found.pk).update(token=token)
        checked = queries.check_attestation(access.get_attestation(found.code))
        assert (checked.state, checked.lines) == ("forged", {})


def test_withdrawn_broken_or_never_made(network: Any, admin: Any, bob: Any, chloe: Any) -> None:
    row = made.agreed(network, chloe, bob)
    found = actions.issue_attestation(row, by=chloe, shown=Shown.values)
    with pytest.raises(PermissionDenied):
        actions.withdraw_attestation(found, by=bob)
    actions.break_key(Key.objects.get(pk=found.key_id), by=admin)
    assert queries.check_attestation(access.get_attestation(found.code)).state == "broken"
    again = actions.issue_attestation(row, by=chloe, shown=Shown.values)
    assert queries.check_attestation(access.get_attestation(again.code)).holds
    actions.withdraw_attestation(again, by=chloe)
    checked = queries.check_attestation(access.get_attestation(again.code))
    assert (checked.state, checked.lines) == ("withdrawn", {})
    for code in ("", "x" * 24, found.code[:-1], found.code.upper(), "b" * 24, "\x00" * 24, "é" * 24):
        with pytest.raises(NotThere):
            access.get_attestation(code)


def test_withdrawn_record_withdraws_what_attests_it(network: Any, bob: Any, chloe: Any) -> None:
    row = made.agreed(network, chloe, bob)
    found = actions.issue_attestation(row, by=chloe, shown=Shown.values)
    actions.withdraw_training(row, by=bob)
    assert queries.check_attestation(access.get_attestation(found.code)).state == "withdrawn"
    with pytest.raises(ValidationError):
        actions.issue_attestation(row, by=chloe, shown=[])


# -- days and hours as they were lived -----------------------------------------------------------------------


def test_room_in_days_that_overlap() -> None:
    def day(number: int) -> dt.date:
        return dt.date(2026, 3, number)

    def counted(first: int, last: int, hours: int) -> tuple[dt.date, dt.date, Decimal]:
        return day(first), day(last), Decimal(hours)

    assert room_for(day(1), day(1), []) == 12
    assert room_for(day(1), day(10), []) == 120
    assert room_for(day(1), day(1), [counted(1, 1, 7)]) == 5
    assert room_for(day(1), day(1), [counted(2, 2, 12)]) == 12
    # Two hours over ten days leave a day whole; a hundred and ten leave what the ten days still hold.
    assert room_for(day(1), day(1), [counted(1, 10, 2)]) == 12
    assert room_for(day(1), day(1), [counted(1, 10, 110)]) == 10
    # A day that is full stays full, whatever longer one covers it.
    assert room_for(day(1), day(1), [counted(1, 1, 12), counted(1, 10, 12)]) == 0
    assert room_for(day(1), day(3), [counted(2, 2, 12), counted(3, 5, 30)]) == 18


def test_the_days_are_those_of_the_exchange(network: Any, bob: Any, chloe: Any) -> None:
    exchange = made.closed(network, chloe, bob)
    day = exchange.held_on
    for dates, field in (
        ({"starts_on": day - dt.timedelta(days=1)}, "starts_on"),
        ({"starts_on": day - dt.timedelta(days=9), "ends_on": day - dt.timedelta(days=8)}, "starts_on"),
    ):
        with pytest.raises(ValidationError) as refused:
            made.asked(exchange, chloe, bob, **dates)
        assert set(refused.value.error_dict) == {field}
    with clock.at(clock.now() + dt.timedelta(days=5)):
        with pytest.raises(ValidationError) as refused:
            made.asked(exchange, chloe, bob, ends_on=day + dt.timedelta(days=1))
        assert set(refused.value.error_dict) == {"ends_on"}
        assert made.asked(exchange, chloe, bob).starts_on == day


def test_a_day_holds_twelve_hours_between_the_same_two(network: Any, bob: Any, chloe: Any, dora: Any) -> None:
    def refused(call: Any) -> set[str]:
        with pytest.raises(ValidationError) as found:
            call()
        return set(found.value.error_dict)

    exchange = made.closed(network, chloe, bob)
    assert refused(lambda: made.asked(exchange, chloe, bob, "12.25")) == {"hours"}
    row = made.asked(exchange, chloe, bob, "7")
    assert refused(lambda: actions.say_hours(row, by=bob, hours=Decimal(200))) == {"hours"}
    assert actions.say_hours(row, by=bob, hours=Decimal(7)).hours == 7
    again = made.closed(network, chloe, bob, "Encore")
    assert refused(lambda: made.asked(again, chloe, bob, "7")) == {"hours"}
    assert made.agreed(network, dora, bob, "7", title="Une autre personne").hours == 7
    second = made.asked(again, chloe, bob, "5")
    assert refused(lambda: actions.say_hours(second, by=bob, hours=Decimal("5.25"))) == {"hours"}
    assert actions.say_hours(second, by=bob, hours=Decimal(5)).hours == 5
    # What is taken back leaves its hours free.
    actions.withdraw_training(row, by=chloe)
    assert made.agreed(network, chloe, bob, "7", title="Enfin").hours == 7
