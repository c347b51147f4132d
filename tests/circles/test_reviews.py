"""The two reviews: each against their goal; to the deciders, what everyone agreed to and figures that tell of nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.circles import actions
from reciproque.circles import queries as shown
from reciproque.circles.models import Circle, DeciderReport
from reciproque.kit import clock
from reciproque.kit.errors import NotThere

DAY = dt.timedelta(days=1)
FIRST = dt.datetime(2026, 4, 2, 7, 0, tzinfo=dt.UTC)
LINE = "Le temps accordé a suffi."


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def owed(person: Any) -> list[str]:
    return list(Step.objects.open().filter(owner=person).order_by("verb").values_list("verb", flat=True))


@pytest.fixture
def held(begun: Any, facilitator: Any, members: Any, emile: Any) -> Circle:
    """Seven members, two sessions of which the rolls were called, Émile among the deciders; it writes now."""
    circle = begun(deciders=[(emile, "", "directeur"), (None, "Mme Lefort", "directrice")])
    sessions = actions.fix_sessions(circle, by=facilitator, starts=[FIRST, FIRST + 14 * DAY])
    people = members(circle)
    with clock.at(FIRST + 15 * DAY):
        actions.record_roll(
            sessions[0], by=facilitator, here=[person.pk for person in (*people, facilitator)]
        )
        actions.record_roll(sessions[1], by=facilitator, here=[person.pk for person in people[:4]])
        return actions.start_writing(circle, by=facilitator)


@pytest.fixture
def review(members: Any, seat_of: Any) -> Any:
    """The first members say how far they reached their goals, one number each."""

    def review_(circle: Circle, *numbers: int) -> None:
        for person, number in zip(members(circle), numbers, strict=False):
            actions.review_group(seat_of(circle, person), by=person, reached=number, brought="Du recul")

    return review_


@pytest.fixture
def agreed(members: Any) -> Any:
    """A line to which everyone agreed."""

    def agreed_(circle: Circle, words: str = LINE) -> Any:
        people = members(circle)
        outing = actions.propose_line(circle, by=people[0], words=words)
        for person in people:
            actions.answer_outing(fresh(outing), by=person, agrees=True)
        return fresh(outing)

    return agreed_


def test_each_member_then_the_facilitator_is_expected(held: Circle, members: Any, facilitator: Any) -> None:
    assert all(owed(person) == ["sum_up"] for person in members(held))
    assert "tell" in owed(facilitator)
    assert "dates" not in owed(facilitator)


def test_each_says_it_against_their_own_goal(
    held: Circle, members: Any, seat_of: Any, said: Any, facilitator: Any
) -> None:
    person = members(held)[0]
    seat = actions.review_group(
        seat_of(held, person), by=person, reached=4, brought="Du recul", wishes="Continuer"
    )
    assert owed(person) == []
    actions.review_group(seat, by=person, reached=3)
    review = shown.review_of(held)
    assert (review.answered, review.asked, review.counts) == (1, 7, [0, 0, 0, 1, 0])
    assert review.seats[0].goal == "Mieux préparer mes entretiens"
    fact = said("circle.reviewed")
    assert len(fact) == 1
    assert fact[0].by is None
    assert list(fact[0].concerns.values_list("person", flat=True)) == [facilitator.pk]


def test_nobody_says_it_for_another_nor_before_the_end(
    held: Circle, begun: Any, members: Any, seat_of: Any, facilitator: Any, alice: Any, network: Any
) -> None:
    one, other = members(held)[:2]
    for by in (other, facilitator, alice):
        with pytest.raises(PermissionDenied):
            actions.review_group(seat_of(held, one), by=by, reached=2)
    for reached in (-1, 5):
        with pytest.raises(ValidationError):
            actions.review_group(seat_of(held, one), by=one, reached=reached)
    with pytest.raises(ValidationError):
        actions.review_group(seat_of(held, one), by=one, reached=2, brought="x" * 4001)


def test_before_the_sessions_are_over_there_is_nothing_to_review(
    begun: Any, members: Any, seat_of: Any, facilitator: Any
) -> None:
    circle = begun(count=5)
    person = members(circle)[0]
    with pytest.raises(ValidationError):
        actions.review_group(seat_of(circle, person), by=person, reached=2)
    with pytest.raises(ValidationError):
        actions.send_report(circle, by=facilitator)


def test_reviews_that_do_not_come_are_waited_for_no_more(held: Circle, members: Any, review: Any) -> None:
    review(held, 4, 4)
    with clock.at(FIRST + 90 * DAY):
        assert actions.close_reviews() == 5
        assert actions.close_reviews() == 0
    assert all(owed(person) == [] for person in members(held))


def test_the_deciders_read_what_everyone_agreed_to_and_nothing_else(
    held: Circle, facilitator: Any, members: Any, emile: Any, agreed: Any, review: Any, said: Any
) -> None:
    agreed(held)
    kept = actions.propose_line(held, by=members(held)[0], words="Le chef n’écoute pas.")
    actions.answer_outing(kept, by=members(held)[1], agrees=True)
    review(held, 4, 4, 3, 3, 3, 4, 0)
    preview = shown.report_preview(held)
    assert preview.lines == [LINE]
    assert preview.asked == 1
    assert [str(row) for row in preview.to_print] == ["Mme Lefort"]
    report = actions.send_report(held, by=facilitator)
    assert actions.send_report(held, by=facilitator) == report
    assert report.lines == preview.lines
    assert report.figures == preview.figures
    assert report.figures == {
        "sessions_held": 2,
        "sessions_wanted": 7,
        # Seven then four, the facilitator apart: whole people.
        "attendance": 6,
        "goals_reached": 6,
        "goals_said": None,
        "sheets": 0,
    }
    assert shown.received_report(emile, held.public_id) == report
    assert shown.reports_for(emile) == [report]
    fact = said("report.sent")[0]
    assert fact.data["to"] == [emile.public_id]
    assert LINE not in str(fact.data)
    assert "tell" not in owed(facilitator)


@pytest.mark.parametrize(
    ("numbers", "reached", "said"),
    [
        ((4, 4, 4, 4), None, None),
        ((0, 1, 2), None, None),
        ((4, 4, 4, 4, 4, 0), 5, None),
        # All of them, or none: it would say it of each.
        ((4, 4, 4, 4, 4), None, None),
        ((4,) * 7, None, None),
    ],
)
def test_figures_tell_of_nobody(
    numbers: tuple[int, ...], reached: int | None, said: int | None, held: Circle, review: Any
) -> None:
    review(held, *numbers)
    view = shown.report_preview(held)
    assert (view.figures["goals_reached"], view.figures["goals_said"]) == (reached, said)
    words = dict(view.words)["Objectif personnel atteint, ou presque"]
    assert words.startswith("masqué" if reached is None else "5 personnes")


def test_without_a_roll_no_attendance_is_told(begun: Any, facilitator: Any) -> None:
    circle = begun(count=5)
    actions.fix_sessions(circle, by=facilitator, starts=[FIRST])
    with clock.at(FIRST + 60 * DAY):
        from reciproque.agenda.actions import ask_whether_held

        ask_whether_held()
    with clock.at(FIRST + 90 * DAY):
        actions.settle_rolls()
    figures = shown.report_preview(circle).figures
    assert (figures["sessions_held"], figures["attendance"]) == (1, None)


def test_nobody_but_its_deciders_receives_it_and_nobody_but_the_facilitator_sends_it(
    held: Circle, facilitator: Any, members: Any, alice: Any, admin: Any, emile: Any, bob: Any
) -> None:
    for person in (alice, admin, emile, members(held)[0]):
        with pytest.raises(PermissionDenied):
            actions.send_report(held, by=person)
    with pytest.raises(NotThere):
        shown.received_report(emile, held.public_id)
    actions.send_report(held, by=facilitator)
    for person in (alice, admin, bob, facilitator):
        with pytest.raises(NotThere):
            shown.received_report(person, held.public_id)


def test_a_line_taken_back_is_no_longer_read_in_the_report(
    held: Circle, facilitator: Any, members: Any, agreed: Any
) -> None:
    outing, other = agreed(held), agreed(held, "La salle convient.")
    actions.send_report(held, by=facilitator)
    actions.take_back_outing(outing, by=members(held)[3])
    assert DeciderReport.objects.get().lines == ["La salle convient."]
    assert fresh(other).state == "agreed"
    with pytest.raises(ValidationError, match="déjà envoyé"):
        actions.propose_line(held, by=members(held)[0], words="Trop tard.")


def test_sent_twice_at_the_same_instant(held: Circle, facilitator: Any, at_once: Any, said: Any) -> None:
    done = at_once(*[lambda: actions.send_report(fresh(held), by=facilitator)] * 2)
    assert all(isinstance(one, DeciderReport) for one in done), done
    assert DeciderReport.objects.count() == 1
    assert len(said("report.sent")) == 1


def test_a_decider_named_only_is_found_later_and_receives_it(
    held: Circle, facilitator: Any, alice: Any, bob: Any, members: Any, said: Any
) -> None:
    lefort = held.deciders.get(person=None)
    actions.send_report(held, by=facilitator)
    with pytest.raises(PermissionDenied):
        actions.correct_decider(held, by=members(held)[0], decider=lefort, person=bob)
    actions.correct_decider(held, by=alice, decider=lefort, person=bob)  # who opened the group
    actions.correct_decider(held, by=facilitator, decider=lefort, person=bob)
    assert shown.received_report(bob, held.public_id)
    assert shown.report_preview(held).to_print == []
    first, late = said("report.sent")
    assert (late.data["to"], late.data["late"]) == ([bob.public_id], True)
    other = held.deciders.exclude(pk=lefort.pk).get()
    with pytest.raises(ValidationError, match="déjà parmi les décideurs"):
        actions.correct_decider(held, by=facilitator, decider=other, person=bob)
