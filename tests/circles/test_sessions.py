"""Dates of sessions: a poll, a series, one added; moved, called off; who was there; who comes and goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda import queries as agenda_queries
from reciproque.agenda.access import get_meeting
from reciproque.agenda.actions import (
    ask_whether_held,
    cancel_meeting,
    escalate_overdue,
    fix_date,
    open_feed,
    propose_slots,
    settle_meeting,
)
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import Meeting, Step
from reciproque.circles import actions
from reciproque.circles import queries as shown
from reciproque.circles.models import Circle, Session
from reciproque.kit import clock
from reciproque.kit.errors import NotThere

DAY = dt.timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
FIRST = dt.datetime(2026, 4, 2, 7, 0, tzinfo=dt.UTC)
SERIES = [FIRST + n * 14 * DAY for n in range(7)]


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def owed(person: Any) -> list[str]:
    return list(Step.objects.open().filter(owner=person).order_by("verb").values_list("verb", flat=True))


@pytest.fixture
def dated(begun: Any, facilitator: Any) -> Circle:
    """A group of seven whose seven sessions are fixed."""
    circle = begun()
    actions.fix_sessions(circle, by=facilitator, starts=SERIES)
    return circle


@pytest.fixture
def after() -> Callable[[Session], Any]:
    """The morning after a session."""
    return lambda session: clock.at(fresh(session).meeting.ends_at + DAY)


# -- finding dates --------------------------------------------------------------------------------------------


def test_a_whole_series_is_fixed_and_told_in_one_message(
    begun: Any, facilitator: Any, members: Any, said: Any
) -> None:
    circle = begun()
    sessions = actions.fix_sessions(circle, by=facilitator, starts=SERIES)
    assert [(fresh(row).number, row.meeting.starts_at) for row in sessions] == list(
        enumerate(SERIES, start=1)
    )
    facts = said("sessions.fixed")
    assert len(facts) == 1
    assert len(facts[0].data["meetings"]) == 7
    told = set(facts[0].concerns.values_list("person", flat=True))
    assert told == {person.pk for person in members(circle)} | {facilitator.pk}
    assert not said("meeting.fixed")
    assert "dates" not in owed(facilitator)
    for person in members(circle):
        assert len(agenda_queries.coming_meetings(person, clock.now())) == 7


def test_sent_twice_it_fixes_the_series_once(dated: Circle, facilitator: Any, said: Any) -> None:
    assert actions.fix_sessions(dated, by=facilitator, starts=SERIES) == []
    more = actions.fix_sessions(dated, by=facilitator, starts=[*SERIES, SERIES[-1] + 14 * DAY])
    assert len(more) == 1
    assert Session.objects.count() == 8
    assert len(said("sessions.fixed")) == 2


def test_pressed_twice_at_the_same_instant(begun: Any, facilitator: Any, at_once: Any) -> None:
    circle = begun()
    done = at_once(*[lambda: actions.fix_sessions(fresh(circle), by=facilitator, starts=SERIES)] * 2)
    assert sorted(len(one) for one in done) == [0, 7]
    assert Session.objects.filter(circle=circle).count() == 7


@pytest.mark.parametrize("who", ["alice", "member", "admin"])
def test_nobody_but_the_facilitator_dates_the_sessions(
    who: str, dated: Circle, members: Any, alice: Any, admin: Any
) -> None:
    person = {"alice": alice, "admin": admin, "member": members(dated)[0]}[who]
    session = shown.sessions_of(dated)[0]
    gestures = [
        lambda: actions.fix_sessions(dated, by=person, starts=[FIRST + DAY]),
        lambda: actions.plan_session(dated, by=person, starts_at=FIRST + DAY),
        lambda: actions.open_session_poll(
            dated, by=person, starts=[FIRST + DAY], closes_at=clock.now() + DAY
        ),
        lambda: actions.move_session(session, by=person, starts_at=FIRST + DAY),
        lambda: actions.cancel_session(session, by=person, reason="Grève"),
        lambda: actions.record_roll(session, by=person, here=[person.pk]),
        lambda: actions.session_not_held(session, by=person),
    ]
    for gesture in gestures:
        with pytest.raises(PermissionDenied):
            gesture()


def test_nor_by_the_pages_of_ordinary_meetings(dated: Circle, members: Any, facilitator: Any) -> None:
    meeting = shown.sessions_of(dated)[0].meeting
    for person in (members(dated)[0], facilitator):
        for gesture in (
            lambda by: cancel_meeting(meeting, by=by, reason="Non"),
            lambda by: fix_date(meeting, FIRST + DAY, by=by),
            lambda by: propose_slots(meeting, [FIRST + DAY], by=by),
            lambda by: settle_meeting(meeting, by=by, held=True),
        ):
            with pytest.raises(PermissionDenied):
                gesture(person)


@pytest.mark.parametrize(
    "starts",
    [
        [],
        [FIRST - 60 * DAY],
        [FIRST, FIRST + dt.timedelta(hours=2)],
        [FIRST + 900 * DAY],
        [FIRST + n * DAY for n in range(25)],
    ],
)
def test_impossible_dates_are_refused(begun: Any, facilitator: Any, starts: list[Any]) -> None:
    with pytest.raises(ValidationError):
        actions.fix_sessions(begun(), by=facilitator, starts=starts)
    assert not Session.objects.exists()


def test_no_date_before_the_group_is_made(call: Any, facilitator: Any) -> None:
    circle = call()
    actions.name_facilitator(circle, by=circle.opened_by, person=facilitator)
    with pytest.raises(ValidationError, match="constitué"):
        actions.fix_sessions(circle, by=facilitator, starts=SERIES)


def test_a_regular_series_skips_public_holidays_and_says_so() -> None:
    # Every two weeks from the 16th of April: the 14th of May 2026 is Ascension Day.
    first = dt.datetime(2026, 4, 16, 9, 0, tzinfo=PARIS)
    series = shown.series_starts(first, 2, 7, "FR", "Europe/Paris")
    assert len(series.starts) == 7
    assert [(day.isoformat(), bool(why)) for day, why in series.skipped] == [("2026-05-14", True)]
    assert "Ascension" in series.skipped[0][1]
    assert {start.astimezone(PARIS).hour for start in series.starts} == {9}
    assert series.starts == sorted(set(series.starts))
    winter = shown.series_starts(dt.datetime(2026, 10, 1, 9, 0, tzinfo=PARIS), 4, 3, "FR", "Europe/Paris")
    assert [start.astimezone(PARIS).hour for start in winter.starts] == [9, 9, 9]


def test_one_may_be_short_and_at_a_distance(dated: Circle, facilitator: Any, said: Any) -> None:
    when = FIRST + DAY
    session = actions.plan_session(dated, by=facilitator, starts_at=when, is_short=True)
    assert actions.plan_session(dated, by=facilitator, starts_at=when, is_short=True).pk == session.pk
    meeting = fresh(session).meeting
    assert (meeting.minutes, meeting.mode, session.is_short) == (90, "video", True)
    assert fresh(session).number == 2
    assert len(said("session.planned")) == 1
    with pytest.raises(ValidationError, match="autre séance"):
        actions.plan_session(dated, by=facilitator, starts_at=when + dt.timedelta(hours=1))
    with pytest.raises(ValidationError):
        actions.plan_session(dated, by=facilitator, starts_at=FIRST + 3 * DAY, method="magie")


# -- moving, calling off --------------------------------------------------------------------------------------


def test_a_session_moved_is_told_and_numbered_by_its_date(
    dated: Circle, facilitator: Any, members: Any, said: Any
) -> None:
    second = shown.sessions_of(dated)[1]
    actions.move_session(second, by=facilitator, starts_at=SERIES[2] + DAY, place="Salle 4")
    numbers = [row.number for row in shown.sessions_of(dated)]
    assert numbers == list(range(1, 8))
    assert fresh(second).number == 3
    assert fresh(second).meeting.sequence == 2
    fact = said("session.moved")[0]
    assert fact.data["before"] == SERIES[1].isoformat()
    assert fact.concerns.count() == 8
    # The same again changes nothing and tells nobody.
    actions.move_session(fresh(second), by=facilitator, starts_at=SERIES[2] + DAY)
    assert len(said("session.moved")) == 1
    with pytest.raises(ValidationError):
        actions.move_session(fresh(second), by=facilitator, starts_at=clock.now() - DAY)
    with pytest.raises(ValidationError, match="autre séance"):
        actions.move_session(fresh(second), by=facilitator, starts_at=SERIES[3])


def test_a_session_called_off_says_why_to_its_members_only_and_another_date_is_expected(
    dated: Circle, facilitator: Any, said: Any
) -> None:
    session = shown.sessions_of(dated)[2]
    with pytest.raises(ValidationError):
        actions.cancel_session(session, by=facilitator, reason=" ")
    actions.cancel_session(session, by=facilitator, reason="Salle prise par la direction")
    actions.cancel_session(fresh(session), by=facilitator, reason="encore")
    facts = said("session.cancelled")
    assert len(facts) == 1
    assert facts[0].data["number"] == 3
    assert "Salle prise" not in str(facts[0].data)
    assert fresh(session).meeting.cancel_reason == "Salle prise par la direction"
    live = [row for row in shown.sessions_of(dated) if row.meeting.state == "fixed"]
    assert [row.number for row in live] == [1, 2, 3, 4, 5, 6]
    assert "dates" in owed(facilitator)
    with pytest.raises(ValidationError, match="annulée"):
        actions.move_session(fresh(session), by=facilitator, starts_at=FIRST + DAY)


def test_a_group_that_stops_empties_calendars_in_one_fact(dated: Circle, facilitator: Any, said: Any) -> None:
    actions.stop_circle(dated, by=facilitator, reason="Réorganisation du site")
    assert {row.meeting.state for row in shown.sessions_of(dated)} == {"cancelled"}
    assert len(said("sessions.dropped")) == 1
    assert not said("session.cancelled")


# -- the roll -------------------------------------------------------------------------------------------------


def test_the_roll_is_expected_of_the_facilitator_alone(
    dated: Circle, facilitator: Any, members: Any, after: Any, said: Any, alice: Any
) -> None:
    session = shown.sessions_of(dated)[0]
    with after(session):
        assert ask_whether_held() == 1
        assert ask_whether_held() == 0
        steps = Step.objects.about(session).open()
        assert [(step.verb, step.owner) for step in steps] == [("roll", facilitator)]
        assert all("held" not in owed(person) for person in members(dated))
        fact = said("session.past")[0]
        assert list(fact.concerns.values_list("person", flat=True)) == [facilitator.pk]
    # Never handed to the animators, however late.
    with clock.at(FIRST + 60 * DAY):
        escalate_overdue()
        assert not Step.objects.filter(verb="roll", owner=None).exists()
        assert Step.objects.get(verb="roll").escalated_at is None


def test_who_was_there_is_noted_and_may_be_corrected(
    dated: Circle, facilitator: Any, members: Any, after: Any, said: Any
) -> None:
    session, people = shown.sessions_of(dated)[0], members(dated)
    with after(session):
        ask_whether_held()
        here = [person.pk for person in people[:5]]
        actions.record_roll(session, by=facilitator, here=here, by_phone=[people[5].pk])
        lines = {line.person.pk: line for line in shown.roll_of(fresh(session))}
        assert sum(line.attended is True for line in lines.values()) == 6
        assert lines[people[5].pk].by_phone
        assert lines[people[6].pk].attended is False
        assert lines[facilitator.pk].leads
        assert owed(facilitator) == []
        assert said("session.held")[0].data["count"] == 6
        actions.record_roll(fresh(session), by=facilitator, here=[person.pk for person in people])
        assert sum(line.attended is True for line in shown.roll_of(fresh(session))) == 7
        assert not any(line.by_phone for line in shown.roll_of(fresh(session)))
    assert len(said("session.held")) == 1


def test_the_roll_waits_for_the_session_and_holds_nobody_else(
    dated: Circle, facilitator: Any, fatou: Any, after: Any
) -> None:
    session = shown.sessions_of(dated)[0]
    with pytest.raises(ValidationError, match="pas encore"):
        actions.record_roll(session, by=facilitator, here=[])
    with after(session), pytest.raises(ValidationError, match="attendue"):
        actions.record_roll(session, by=facilitator, here=[fatou.pk])


def test_unanswered_it_counts_as_held_without_anybody(
    dated: Circle, facilitator: Any, members: Any, after: Any, said: Any
) -> None:
    session = shown.sessions_of(dated)[0]
    with after(session):
        ask_whether_held()
    with clock.at(FIRST + 13 * DAY):
        assert actions.settle_rolls() == 1
        assert actions.settle_rolls() == 0
        assert fresh(session).meeting.state == "held"
        assert {line.attended for line in shown.roll_of(fresh(session))} == {None}
        # Said afterwards all the same.
        actions.record_roll(fresh(session), by=facilitator, here=[members(dated)[0].pk])
        assert sum(line.attended is True for line in shown.roll_of(fresh(session))) == 1
    assert len(said("session.held")) == 1
    assert Step.objects.get(verb="roll").state == "lapsed"


def test_one_that_did_not_take_place_asks_for_another_date(
    dated: Circle, facilitator: Any, after: Any, said: Any
) -> None:
    session = shown.sessions_of(dated)[0]
    with after(session):
        ask_whether_held()
        actions.session_not_held(session, by=facilitator)
        actions.session_not_held(fresh(session), by=facilitator)
        assert owed(facilitator) == ["dates"]
    assert fresh(session).meeting.state == "missed"
    assert len(said("session.missed")) == 1
    assert shown.count_sessions(dated) == {"held": 0, "coming": 6, "wanted": 7}


# -- who comes and goes ---------------------------------------------------------------------------------------


def test_a_member_who_leaves_after_three_sessions_keeps_those_and_loses_the_rest(
    dated: Circle, facilitator: Any, members: Any, seat_of: Any, said: Any
) -> None:
    gone = members(dated)[0]
    sessions = shown.sessions_of(dated)
    open_feed(gone, by=gone, group=StepSubject("circle", dated.public_id))
    with clock.at(SERIES[2] + DAY):
        for session in sessions[:3]:
            actions.record_roll(session, by=facilitator, here=[gone.pk])
        actions.leave_circle(seat_of(dated, gone), by=gone)
        assert agenda_queries.coming_meetings(gone, clock.now()) == []
        fact = said("sessions.left")[0]
        assert (fact.data["count"], list(fact.concerns.values_list("person", flat=True))) == (4, [gone.pk])
        with pytest.raises(NotThere):
            get_meeting(gone, sessions[4].meeting.public_id)
        assert [line.attended for line in shown.roll_of(sessions[0]) if line.person == gone] == [True]
        assert gone not in [line.person for line in shown.roll_of(sessions[4])]
        assert not agenda_queries.feeds_of(gone)


def test_someone_who_takes_the_freed_place_is_invited_to_what_comes(
    dated: Circle, facilitator: Any, make_person: Any, network: Any, join: Any, said: Any
) -> None:
    late = make_person("Tardive")
    join(late, network)
    with clock.at(SERIES[2] + DAY):
        actions.join_sessions(dated, late)
        assert len(agenda_queries.coming_meetings(late, clock.now())) == 4
        assert said("sessions.joined")[0].data["count"] == 4
        assert late not in [line.person for line in shown.roll_of(shown.sessions_of(dated)[0])]


def test_the_facilitator_falls_ill_the_day_before_and_another_goes_on(
    dated: Circle, facilitator: Any, make_person: Any, network: Any, join: Any, alice: Any, members: Any
) -> None:
    from reciproque.networks.actions import add_to_pool

    other = make_person("Hugo", unit="Siège > Appui", site="Paris")
    join(other, network)
    add_to_pool(network, other, by=alice, abilities=["facilitate"], at_most=3)
    with clock.at(SERIES[1] - DAY):
        ask_whether_held()
        assert "roll" in owed(facilitator)
        actions.step_down(dated, by=facilitator, instead=other, reason="Malade")
        assert "roll" in owed(other)
        assert "roll" not in owed(facilitator)
        assert len(agenda_queries.coming_meetings(other, clock.now())) == 6
        assert agenda_queries.coming_meetings(facilitator, clock.now()) == []
        session = shown.sessions_of(fresh(dated))[1]
        with pytest.raises(PermissionDenied):
            actions.move_session(session, by=facilitator, starts_at=SERIES[1] + DAY)
        actions.move_session(session, by=other, starts_at=SERIES[1] + DAY)
        session = shown.sessions_of(fresh(dated))[0]
        actions.record_roll(session, by=other, here=[members(dated)[0].pk])


def test_without_anybody_to_lead_nothing_is_lost(dated: Circle, facilitator: Any, members: Any) -> None:
    with clock.at(SERIES[0] - DAY):
        actions.step_down(dated, by=facilitator, reason="Malade")
    with clock.at(SERIES[0] + DAY):
        assert ask_whether_held() == 0
    with clock.at(SERIES[0] + 20 * DAY):
        assert actions.settle_rolls() == 1
    session = shown.sessions_of(fresh(dated))[0]
    assert session.meeting.state == "held"
    assert len(agenda_queries.coming_meetings(members(dated)[0], SERIES[1])) == 6


# -- calendars ------------------------------------------------------------------------------------------------


def test_the_calendar_of_the_group_holds_its_sessions_and_names_no_member(
    dated: Circle, members: Any, facilitator: Any
) -> None:
    person, other = members(dated)[:2]
    groups = agenda_queries.groups_of(person)
    assert [(group.subject_kind, group.public_id, group.title) for group in groups] == [
        ("circle", dated.public_id, "Chefs d’équipe")
    ]
    open_feed(person, by=person, group=StepSubject("circle", dated.public_id))
    held = agenda_queries.feed_meetings(person, clock.now(), kind="circle", subject_id=dated.public_id)
    assert [meeting.starts_at for meeting in held] == SERIES
    entry = agenda_queries.calendar_entry(held[0], site="https://x", sender=settings.DEFAULT_FROM_EMAIL)
    assert other.display_name not in entry.text
    assert facilitator.display_name not in entry.text
    assert entry.people == []
    invitation = agenda_queries.calendar_entry(
        held[0], site="https://x", sender=settings.DEFAULT_FROM_EMAIL, people=[person]
    )
    assert [someone.name for someone in invitation.people] == [person.display_name]


def test_outside_the_group_nobody_has_its_calendar(
    dated: Circle, alice: Any, admin: Any, bob: Any, emile: Any, network: Any
) -> None:
    for person in (alice, admin, emile):
        with pytest.raises(PermissionDenied):
            open_feed(person, by=person, group=StepSubject("circle", dated.public_id))
        assert (
            agenda_queries.feed_meetings(person, clock.now(), kind="circle", subject_id=dated.public_id) == []
        )
        assert not Meeting.objects.visible_to(person).exists()


def test_the_list_of_sessions_is_read_in_a_fixed_number_of_queries(
    dated: Circle, facilitator: Any, queries: Any
) -> None:
    for count in (7, 8):
        with queries() as seen:
            rows = shown.sessions_of(dated)
            names = [[row.person.display_name for row in one.meeting.attendances.all()] for one in rows]
        assert (len(rows), len(names[0])) == (count, 8)
        assert len(seen) == 2
        actions.plan_session(dated, by=facilitator, starts_at=FIRST + count * DAY, is_short=True)


def test_one_held_in_its_room_before_its_date_keeps_its_number_when_the_group_ends(
    dated: Circle, facilitator: Any
) -> None:
    first, second, *_rest = shown.sessions_of(dated)
    for one in (first, second):
        actions.start_clock(one, by=facilitator, early=True)
    actions.close_room(first, by=facilitator)
    assert ("roll", facilitator.pk) in Step.objects.about(first).open().values_list("verb", "owner")
    actions.start_writing(dated, by=facilitator)
    actions.close_circle(dated, by=facilitator)
    labels = [row.label for row in shown.sessions_of(dated)]
    assert labels[:2] == ["Séance 1", "Séance 2"]
    assert set(labels[2:]) == {"Séance annulée"}
    assert shown.count_sessions(dated)["held"] == 2
