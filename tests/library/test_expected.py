"""What the library expects of people by name: an answer to a question, a sheet read again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.agenda.actions import hold_steps, remind_due
from reciproque.agenda.models import Step
from reciproque.kit import clock
from reciproque.library import actions
from reciproque.library.models import Asked, Sheet, SheetAuthor, UseCase
from reciproque.networks.actions import leave_network

DAY = dt.timedelta(days=1)


def expected() -> list[tuple[str, str, str]]:
    """What is expected, of whom, and how it ended."""
    rows = Step.objects.filter(verb__in=["advise", "reread"]).order_by("pk").select_related("owner")
    return [(step.verb, step.owner.first_name if step.owner else "", step.state) for step in rows]


@pytest.fixture
def case(network: Any, bob: Any) -> UseCase:
    return actions.ask_case(network, by=bob, question="Comment annoncer un retard ?")


@pytest.fixture
def sheet(make_sheet: Any, chloe: Any) -> Sheet:
    return make_sheet(chloe)


def test_a_question_carried_to_somebody_is_expected_of_them(case: UseCase, chloe: Any, dora: Any) -> None:
    actions.route_case(case, [chloe, dora])
    assert expected() == [("advise", "Chloé", "open"), ("advise", "Dora", "open")]
    step = Step.objects.filter(verb="advise").first()
    assert step is not None
    assert (step.words, step.due_at) == (case.question, clock.now() + 10 * DAY)
    actions.decline_case(case, by=chloe)
    assert expected() == [("advise", "Chloé", "released"), ("advise", "Dora", "open")]


def test_answered_or_closed_it_is_expected_no_more(
    case: UseCase, network: Any, bob: Any, chloe: Any, dora: Any
) -> None:
    actions.route_case(case, [chloe, dora])
    draft = actions.save_draft(
        network, by=chloe, kind="answer", case=case, title="Prévenir tôt", text="Dès que je le sais."
    )
    actions.publish_sheet(draft, by=chloe)
    assert expected() == [("advise", "Chloé", "done"), ("advise", "Dora", "released")]
    other = actions.ask_case(network, by=bob, question="Et une autre question ?")
    actions.route_case(other, [dora])
    actions.close_case(other, by=bob)
    assert expected()[-1] == ("advise", "Dora", "released")


def test_unanswered_the_next_one_is_asked(case: UseCase, chloe: Any, dora: Any) -> None:
    actions.route_case(case, [chloe])
    with clock.at(clock.now() + 9 * DAY):
        assert (remind_due(), actions.lapse_asked()) == (1, 0)
    with clock.at(clock.now() + 11 * DAY):
        assert actions.lapse_asked() == 1
        actions.route_case(case, [chloe, dora])
    assert expected() == [("advise", "Chloé", "lapsed"), ("advise", "Dora", "open")]


def test_a_pause_leaves_its_time_to_who_was_asked(case: UseCase, network: Any, chloe: Any) -> None:
    actions.route_case(case, [chloe])
    hold_steps(chloe, network, 20 * DAY)
    with clock.at(clock.now() + 11 * DAY):
        assert actions.lapse_asked() == 0
    with clock.at(clock.now() + 31 * DAY):
        assert actions.lapse_asked() == 1


def test_who_leaves_is_asked_nothing_more(
    case: UseCase, chloe: Any, member: Any, run_reactions: Any, bob: Any, dora: Any
) -> None:
    actions.route_case(case, [chloe, dora])
    leave_network(member(chloe), by=chloe)
    run_reactions()
    assert [row for row in expected() if row[1] == "Chloé"] == [("advise", "Chloé", "released")]
    leave_network(member(bob), by=bob)
    run_reactions()
    assert not Step.objects.open().filter(verb="advise", owner=dora).exists()
    assert Asked.objects.get(person=chloe).state == "lapsed"


def test_whoever_keeps_a_sheet_is_asked_to_read_it_again_before_its_day(sheet: Sheet, chloe: Any) -> None:
    assert actions.ask_rereading() == 0
    with clock.at(clock.now() + 352 * DAY):
        assert (actions.ask_rereading(), actions.ask_rereading()) == (1, 0)
        assert expected() == [("reread", "Chloé", "open")]
        actions.confirm_sheet(sheet, by=chloe)
        assert expected() == [("reread", "Chloé", "done")]
        assert actions.ask_rereading() == 0


def test_not_read_in_time_it_is_marked_and_expected_no_more(sheet: Sheet, said: Any) -> None:
    with clock.at(clock.now() + 352 * DAY):
        actions.ask_rereading()
    with clock.at(clock.now() + 367 * DAY):
        assert actions.tell_stale() == 1
        sheet.refresh_from_db()
        assert sheet.is_stale
        assert expected() == [("reread", "Chloé", "lapsed")]
        assert len(said("sheet.stale")) == 1
        assert actions.ask_rereading() == 0


def test_withdrawn_it_is_read_again_by_nobody(sheet: Sheet, chloe: Any) -> None:
    with clock.at(clock.now() + 352 * DAY):
        actions.ask_rereading()
        actions.withdraw_sheet(sheet, by=chloe)
    assert expected() == [("reread", "Chloé", "released")]


def test_a_name_that_is_hidden_stays_so(sheet: Sheet) -> None:
    SheetAuthor.objects.filter(sheet=sheet).update(shown_as="Une cheffe d’équipe")
    with clock.at(clock.now() + 352 * DAY):
        assert actions.ask_rereading() == 0
    with clock.at(clock.now() + 367 * DAY):
        assert actions.tell_stale() == 1  # by a letter of their own
