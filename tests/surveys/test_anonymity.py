"""An anonymous answer is true in the tables: whatever is read of them, in whatever order, nothing leads to who answered."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from reciproque.agenda.models import Step
from reciproque.agenda.queries import steps_of
from reciproque.agenda.rules import StepState, Verb
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.people.models import Person
from reciproque.surveys import access
from reciproque.surveys.actions import (
    begin_answer,
    close_campaign,
    close_due,
    correct_answer,
    decline,
    issue_codes,
    release_due,
    submit_answer,
    submit_by_code,
)
from reciproque.surveys.models import Aside, LooseAnswer, NamedAnswer, Seat
from reciproque.surveys.queries import campaign_page, my_questionnaires, still_awaited
from reciproque.surveys.rules import SeatState
from tests.surveys.conftest import NO, YES

DAY = dt.timedelta(days=1)


def dump() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order in which the database keeps them."""
    order = "rowid" if connection.vendor == "sqlite" else "ctid"
    tables = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY {order}')
            names = [column[0] for column in cursor.description]
            tables[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return tables


def rows_with(words: str) -> set[str]:
    """The tables in which these words are found."""
    return {table for table, rows in dump().items() if words in json.dumps(rows, default=str)}


def secret(number: int) -> dict[str, Any]:
    return {**YES, "words": f"mot-secret-{number:03d}"}


def test_before_the_fifth_the_tables_hold_no_word_of_it_and_do_not_say_that_anyone_answered(
    send: Any, crowd: Any, answer: Any, said: Any
) -> None:
    people = crowd(8)
    campaign = send()
    before = dump()
    facts = Fact.objects.count()
    for number, person in enumerate(people[:4]):
        answer(campaign, person, secret(number))
    after = dump()
    assert not rows_with("mot-secret")
    # The sealed answers are all that changed, in any table.
    changed = {table for table in after if after[table] != before[table]}
    assert changed == {"surveys_aside"}
    assert Fact.objects.count() == facts
    assert {row["campaign_id"] for row in after["surveys_aside"]} == {campaign.pk}
    # Nothing of a sealed answer is found elsewhere, and all have the same length, whatever was written.
    assert len({len(row["sealed"]) for row in after["surveys_aside"]}) == 1
    people_keys = {str(person.pk) for person in people} | {person.public_id for person in people}
    for row in after["surveys_aside"]:
        assert set(row) == {"id", "campaign_id", "mark", "sealed"}
        assert row["mark"] not in people_keys
    assert not Seat.objects.answered().exists()
    assert (
        Step.objects.open().filter(verb=Verb.FILL).count() == Seat.objects.filter(campaign=campaign).count()
    )


def test_with_the_tenth_five_answers_and_five_seats_are_known_together_and_nothing_ties_them(
    send: Any, crowd: Any, answer: Any
) -> None:
    people = crowd(12)
    campaign = send()
    with clock.at(clock.now() + 2 * DAY + dt.timedelta(hours=3, minutes=17)):
        for number, person in enumerate(people[:10]):
            answer(campaign, person, secret(number))
        today = clock.now().date()
    # Five wait until the end, or until ten do again.
    assert Aside.objects.count() == 5
    tables = dump()
    answers = tables["surveys_looseanswer"]
    assert len(answers) == 5
    assert set(answers[0]) == {"id", "campaign_id", "version_id", "values"}
    seats = list(Seat.objects.answered())
    known = {seat.person_id for seat in seats}
    assert len(known) == 5
    assert known < {person.pk for person in people[:10]}
    assert {seat.answered_on for seat in seats} == {today}
    # A value of an answer's row (but for its campaign and its version) is found in no other table.
    shared = {str(campaign.pk), str(answers[0]["version_id"])}
    own = {str(row["id"]) for row in answers} - shared
    elsewhere = json.dumps({t: rows for t, rows in tables.items() if t != "surveys_looseanswer"}, default=str)
    assert not [key for key in own if key in elsewhere]
    assert rows_with("mot-secret") == {"surveys_looseanswer"}
    # What was expected of them is closed with a day, the same for all.
    closed = Step.objects.filter(verb=Verb.FILL, state=StepState.DONE)
    assert {step.owner_id for step in closed} == known
    assert {step.closed_at for step in closed} == {dt.datetime.combine(today, dt.time(), dt.UTC)}
    assert not Fact.objects.filter(name__startswith="survey.answered").exists()


def test_the_order_of_the_rows_says_nothing_of_the_order_of_arrival(
    send: Any, crowd: Any, answer: Any
) -> None:
    people = crowd(40)
    campaign = send()
    for number, person in enumerate(people):
        answer(campaign, person, secret(number))
    kept = [int(json.loads(row["values"])["words"][-3:]) for row in _answers()]
    assert len(set(kept)) == 35
    assert kept != sorted(kept)
    assert kept != sorted(kept, reverse=True)
    # Neighbours in the table did not come one after the other more often than by chance (35 rows: about 2).
    assert sum(abs(one - other) == 1 for one, other in pairwise(kept)) < 14
    places = {person.pk: place for place, person in enumerate(people)}
    seats = [places[row["person_id"]] for row in dump()["surveys_seat"] if row["person_id"] in places]
    assert seats != sorted(seats)


def _answers() -> list[dict[str, Any]]:
    rows = dump()["surveys_looseanswer"]
    for row in rows:
        if not isinstance(row["values"], str):
            row["values"] = json.dumps(row["values"])
    return rows


def test_the_random_key_is_the_only_place_of_a_row(send: Any, crowd: Any, answer: Any) -> None:
    """Neither SQLite's hidden number of a row nor a sequence of PostgreSQL keeps the order of the answers."""
    people = crowd(10)
    campaign = send()
    for person in people:
        answer(campaign, person)
    tables = ("surveys_looseanswer", "surveys_aside", "surveys_seat", "surveys_namedanswer")
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "sqlite":
                cursor.execute(f"SELECT count(*) FROM {table} WHERE rowid <> id")
                assert cursor.fetchone()[0] == 0
                cursor.execute("SELECT count(*) FROM sqlite_sequence WHERE name = %s", [table])
                assert cursor.fetchone()[0] == 0
            else:
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
                assert cursor.fetchone()[0] is None
    assert min(LooseAnswer.objects.values_list("pk", flat=True)) > 2**40


@pytest.mark.parametrize("count", [6, 9, 10, 11, 14, 23])
def test_two_looks_before_and_after_the_end_never_tell_fewer_than_five_apart(
    send: Any, crowd: Any, answer: Any, count: int
) -> None:
    people = crowd(count)
    campaign = send()
    for number, person in enumerate(people):
        answer(campaign, person, secret(number))

    def look() -> tuple[set[str], set[int | None]]:
        words = {row["words"] for row in LooseAnswer.objects.values_list("values", flat=True)}
        return words, set(Seat.objects.answered().values_list("person_id", flat=True))

    words, seats = look()
    close_campaign(campaign)
    words_after, seats_after = look()
    assert len(words_after) == len(seats_after) == count
    assert len(words_after - words) == len(seats_after - seats)
    assert 5 <= len(words_after - words) <= 9


def test_the_end_lets_out_the_rest_with_all_the_others_written_again(
    send: Any, crowd: Any, answer: Any
) -> None:
    people = crowd(14)
    campaign = send()
    for number, person in enumerate(people[:10]):
        answer(campaign, person, secret(number))
    first_keys = set(LooseAnswer.objects.values_list("pk", flat=True))
    first_seats = set(Seat.objects.values_list("pk", flat=True))
    with clock.at(clock.now() + 5 * DAY):
        for number, person in enumerate(people[10:13]):
            answer(campaign, person, secret(10 + number))
    assert LooseAnswer.objects.count() == 5
    with clock.at(campaign.closes_at + DAY):
        assert close_due() == 1
        today = clock.now().date()
    assert LooseAnswer.objects.count() == 13
    assert not Aside.objects.exists()
    assert not first_keys & set(LooseAnswer.objects.values_list("pk", flat=True))
    assert not first_seats & set(Seat.objects.values_list("pk", flat=True))
    # The last eight are not told from the five before: one day for all.
    assert set(Seat.objects.answered().values_list("answered_on", flat=True)) == {today}
    assert Seat.objects.answered().count() == 13
    assert not Step.objects.open().filter(verb=Verb.FILL).exists()


def test_fewer_than_five_in_all_are_erased_unread(send: Any, crowd: Any, answer: Any) -> None:
    people = crowd(6)
    campaign = send()
    for number, person in enumerate(people[:4]):
        answer(campaign, person, secret(number))
    with clock.at(campaign.closes_at + DAY):
        close_due()
    campaign.refresh_from_db()
    assert campaign.told["questions"] == []
    assert campaign.told["answered"] == 0
    assert not Aside.objects.exists()
    assert not LooseAnswer.objects.exists()
    assert not Seat.objects.answered().exists()


def test_an_answer_sent_twice_counts_once_before_and_after_it_is_let_out(
    send: Any, crowd: Any, answer: Any, seat_of: Any
) -> None:
    people = crowd(10)
    campaign = send()
    answer(campaign, people[0], secret(0))
    with pytest.raises(ValidationError) as refused:
        answer(campaign, people[0], secret(99))
    assert refused.value.code == "answered"
    with pytest.raises(ValidationError):
        begin_answer(seat_of(campaign, people[0]))
    for number, person in enumerate(people[1:], 1):
        answer(campaign, person, secret(number))
    assert LooseAnswer.objects.count() == 5
    for person in people:
        with pytest.raises(ValidationError):
            answer(campaign, person, secret(99))
    close_campaign(campaign)
    words = {row["words"] for row in LooseAnswer.objects.values_list("values", flat=True)}
    assert words == {f"mot-secret-{n:03d}" for n in range(10)}


def test_two_sendings_at_the_same_instant_count_once(
    at_once: Any, network: Any, send: Any, crowd: Any, seat_of: Any
) -> None:
    person = crowd(1)[0]
    campaign = send()
    seats = [seat_of(campaign, person) for _n in range(4)]
    outcomes = at_once(*[_sending(seat, person) for seat in seats])
    assert sum(outcome is None for outcome in outcomes) == 1
    assert Aside.objects.count() == 1


def _sending(seat: Seat, person: Person) -> Callable[[], None]:
    return lambda: submit_answer(seat, by=person, values=YES)


def test_it_cannot_be_corrected_nor_typed_by_somebody_else(
    send: Any, crowd: Any, answer: Any, seat_of: Any, alice: Person
) -> None:
    people = crowd(2, email=None)
    campaign = send()
    answer(campaign, people[0])
    with pytest.raises(ValidationError):
        correct_answer(seat_of(campaign, people[0]), by=people[0], values=NO)
    with pytest.raises(PermissionDenied):
        submit_answer(seat_of(campaign, people[1]), by=alice, values=YES, on_behalf=True)
    with pytest.raises(PermissionDenied):
        submit_answer(seat_of(campaign, people[1]), by=alice, values=YES)
    with pytest.raises(NotThere):
        access.get_seat_for(alice, campaign.public_id, people[1].public_id)


def test_only_its_owner_no_longer_reads_it_as_awaited_meanwhile(send: Any, crowd: Any, answer: Any) -> None:
    people = crowd(3)
    campaign = send()
    answer(campaign, people[0])
    mine = my_questionnaires(people[0])
    assert (len(mine.to_answer), len(mine.answered)) == (0, 1)
    assert mine.answered[0].answered_on is None
    assert not mine.answered[0].can_correct
    assert still_awaited(people[0], steps_of(people[0])) == []
    assert [step.verb for step in still_awaited(people[1], steps_of(people[1]))] == [Verb.FILL]


def test_a_deadline_of_ones_own_passes_alike_for_who_answered_aside_and_who_did_not(
    send: Any, crowd: Any, answer: Any
) -> None:
    people = crowd(6)
    campaign = send()
    Seat.objects.filter(campaign=campaign).update(due_at=clock.now() + DAY)
    answer(campaign, people[0])
    with clock.at(clock.now() + 2 * DAY):
        close_due()
    states = set(Seat.objects.filter(person__in=people).values_list("state", flat=True))
    assert states == {SeatState.LAPSED}
    with clock.at(campaign.closes_at + DAY):
        close_due()
    assert not LooseAnswer.objects.exists()


def test_who_declines_leaves_no_fact_and_may_change_their_mind(
    send: Any, crowd: Any, answer: Any, seat_of: Any
) -> None:
    people = crowd(5)
    campaign = send()
    facts = Fact.objects.count()
    decline(seat_of(campaign, people[0]), by=people[0])
    assert Fact.objects.count() == facts
    assert not Step.objects.open().filter(owner=people[0], verb=Verb.FILL).exists()
    for person in people:
        answer(campaign, person)
    close_campaign(campaign)
    assert LooseAnswer.objects.count() == 5


def test_a_paper_code_gives_a_place_that_is_nobodys_and_serves_once(
    send: Any, crowd: Any, answer: Any, alice: Person
) -> None:
    people, others = crowd(10, email=None), crowd(6)
    campaign = send()
    # They answer on paper only: who of them did is for nobody to see, today or later.
    assert my_questionnaires(people[0]).to_answer == []
    assert not Step.objects.filter(owner__in=people, verb=Verb.FILL).exists()
    asked = campaign_page(campaign, alice).asked
    with pytest.raises(PermissionDenied):
        issue_codes(campaign, by=people[0])
    codes = issue_codes(campaign, by=alice)
    assert len(set(codes)) == 10
    assert not rows_with(codes[0])
    assert Seat.objects.exclude(code_mark="").filter(person=None).count() == 10
    assert campaign_page(campaign, alice).asked == asked + 10
    spaced = f"{codes[0][:4]} {codes[0][4:8]}-{codes[0][8:]}".upper()
    submit_by_code(spaced, values=secret(0))
    with pytest.raises(ValidationError):
        submit_by_code(codes[0], values=secret(1))
    for number, code in enumerate(codes[1:], 1):
        submit_by_code(code, values=secret(number))
    assert LooseAnswer.objects.count() == 5
    for code in codes:
        with pytest.raises((NotThere, ValidationError)):
            submit_by_code(code, values=secret(1))
    assert LooseAnswer.objects.count() == Aside.objects.count() == 5
    with pytest.raises(NotThere):
        access.get_seat_by_code("")
    with pytest.raises(ValidationError):
        issue_codes(campaign, by=alice)
    page = campaign_page(campaign, alice)
    assert {person.pk for person in page.without_address} == {person.pk for person in people}
    with pytest.raises(ValidationError):
        answer(campaign, people[0])
    answer(campaign, others[0])


def test_fewer_than_five_without_an_address_answer_as_all_do(
    send: Any, crowd: Any, answer: Any, alice: Person
) -> None:
    people = crowd(4, email=None)
    campaign = send()
    answer(campaign, people[0])
    with pytest.raises(ValidationError):
        issue_codes(campaign, by=alice)
    assert campaign_page(campaign, alice).without_address == []


def test_what_an_interruption_left_is_let_out_by_the_clock(send: Any, crowd: Any, answer: Any) -> None:
    people = crowd(11)
    campaign = send()
    for person in people[:9]:
        answer(campaign, person)
    assert release_due() == 0
    for person in people[9:11]:
        answer(campaign, person)
    assert (LooseAnswer.objects.count(), Aside.objects.count()) == (5, 6)
    assert release_due() == 0


def test_a_key_withdrawn_is_replaced_before_and_a_lost_one_loses_only_what_it_sealed(
    send: Any, crowd: Any, answer: Any, settings: Any
) -> None:
    from reciproque.kit.seal import new_key

    people = crowd(13)
    campaign = send()
    for person in people[:3]:
        answer(campaign, person)
    old = settings.NOTES_KEYS
    settings.NOTES_KEYS = [new_key(), *old]
    release_due()
    settings.NOTES_KEYS = settings.NOTES_KEYS[:1]
    for person in people[3:10]:
        answer(campaign, person)
    assert LooseAnswer.objects.count() == 5
    settings.NOTES_KEYS = [new_key()]
    # Five are lost: three others do not become ten, nor five, with them.
    for person in people[10:13]:
        answer(campaign, person)
    assert LooseAnswer.objects.count() == 5
    with clock.at(campaign.closes_at + DAY):
        close_due()
    assert LooseAnswer.objects.count() == 5
    assert not Aside.objects.exists()


def test_someone_who_leaves_is_parted_from_what_they_answered(
    send: Any, crowd: Any, answer: Any, run_reactions: Any, admin: Person
) -> None:
    from reciproque.people.actions import leave_organisation

    people = crowd(6)
    anonymous, named = send(), send("confidential")
    for person in people[:5]:
        answer(anonymous, person)
        answer(named, person)
    leave_organisation(people[0], by=admin)
    leave_organisation(people[5], by=admin)
    run_reactions()
    assert not Seat.objects.filter(person__in=[people[0], people[5]]).exists()
    assert NamedAnswer.objects.filter(campaign=named).count() == 5
    assert NamedAnswer.objects.filter(campaign=named, person=None).count() == 1
    assert close_campaign(anonymous).told["answered"] == 5
    assert close_campaign(named).told["answered"] == 5
