"""The clock reminds, hands over, escalates and tells: nothing waits in silence, and nobody is pestered."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reciproque.agenda import actions
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import BusyCalendar, CalendarFeed, Step
from reciproque.agenda.rules import (
    CONSEQUENCES,
    Verb,
    consequence,
    deadline,
    escalation_off,
    next_reminder,
    reminders_between,
)
from reciproque.kit import clock
from reciproque.kit.dates import (
    countries,
    in_office_hours,
    is_country,
    next_office_hour,
    working_days_before,
)
from reciproque.kit.tokens import new_id
from reciproque.networks.actions import end_pauses, pause_membership, resume_membership
from reciproque.networks.models import Membership
from reciproque.people.models import Person

PARIS = "Europe/Paris"
DAY = dt.timedelta(days=1)


def paris(day: int, hour: int = 9, month: int = 3) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=ZoneInfo(PARIS))


def days_of(moments: list[dt.datetime]) -> list[int]:
    return [moment.astimezone(ZoneInfo(PARIS)).day for moment in moments]


# -- rules


@pytest.mark.parametrize(
    ("due", "days"),
    [
        (2, []),  # the same day: nobody is reminded of what was asked this morning
        (3, [3]),  # the day itself, in the morning
        (4, [3]),  # two working days: one reminder is enough
        (5, [3, 4]),
        (9, [4, 6]),  # five working days, a week-end among them
        (13, [6, 12]),
    ],
)
def test_reminders_come_half_way_and_on_the_last_working_day(due: int, days: list[int]) -> None:
    found = reminders_between(paris(2, 10), paris(due, 18), PARIS, "FR")
    assert days_of(found) == days
    assert all(in_office_hours(moment, PARIS) for moment in found)


def test_once_told_only_the_last_reminder_is_left() -> None:
    given = (paris(2, 10), paris(13, 18), PARIS, "FR")
    assert next_reminder(*given, now=paris(2, 10)) == paris(6)
    assert next_reminder(*given, now=paris(6), told=1) == paris(12)
    assert next_reminder(*given, now=paris(12), told=1) is None
    assert next_reminder(*given, now=paris(3), told=2) is None


def test_a_deadline_counts_the_working_days_of_the_network(network: Any) -> None:
    # 6 April 2026 is Easter Monday in France; Japan works on that day.
    friday = paris(3, 10, 4)
    assert deadline(network, 1, friday) == paris(7, 18, 4)
    network.country = "JP"
    assert deadline(network, 1, friday) == paris(6, 18, 4)


def test_countries_are_known_by_name() -> None:
    assert ("FR", "France") in countries("fr")
    assert ("DE", "Germany") in countries("en")
    assert is_country("BE")
    assert not is_country("XX")
    assert not is_country("")


def test_office_hours_are_those_of_the_person() -> None:
    morning = dt.datetime(2026, 3, 2, 7, 30, tzinfo=dt.UTC)
    assert in_office_hours(morning, PARIS)
    assert not in_office_hours(morning, "America/Martinique")
    assert next_office_hour(paris(6, 19), PARIS) == paris(9)
    assert next_office_hour(paris(9, 6), PARIS) == paris(9)
    assert working_days_before(paris(9, 12), 5, PARIS) == paris(2, 12)


def test_each_verb_says_what_follows_and_an_open_network_closes_no_door() -> None:
    assert set(CONSEQUENCES) == set(Verb)
    assert "ne pourrez plus" in str(consequence(Verb.OFFER))
    assert "aide" in str(consequence(Verb.OFFER, strict=False))
    assert consequence(Verb.REVIEW, strict=False) == CONSEQUENCES[Verb.REVIEW]


# -- reminders


def step_of(network: Any, owner: Any, verb: str = "review", due: Any = None) -> Step:
    subject = StepSubject("exchange", new_id())
    due = due or deadline(network, 8, clock.now())
    return actions.open_step(verb, subject, network=network, owner=owner, due_at=due, words="Excel")


def through(days: int, *duties: Any, since: dt.datetime | None = None) -> list[dt.datetime]:
    """Do these duties every two hours for so many days; return when one of them did something."""
    start, found = since or clock.now(), []
    for hours in range(0, 24 * days, 2):
        with clock.at(start + dt.timedelta(hours=hours)):
            if sum(int(duty()) for duty in duties):
                found.append(clock.now())
    return found


def test_someone_is_reminded_twice_and_never_a_third_time(network: Any, bob: Any, said: Any) -> None:
    step = step_of(network, bob)
    when = through(30, actions.remind_due)
    facts = said("step.reminded")
    assert [fact.data["number"] for fact in facts] == [1, 2]
    assert len(when) == 2
    assert when[1] < step.due_at
    assert all(in_office_hours(moment, PARIS) for moment in when)
    assert (facts[0].subject_kind, facts[0].subject_id) == (step.subject_kind, step.subject_id)
    assert facts[0].data == facts[0].data | {"verb": "review", "title": "Excel", "to": bob.public_id}
    step.refresh_from_db()
    assert (step.reminders, step.remind_at) == (2, None)


def test_nobody_is_reminded_of_what_is_done(network: Any, bob: Any, said: Any) -> None:
    step = step_of(network, bob)
    actions.close_steps(StepSubject(step.subject_kind, step.subject_id))
    assert through(20, actions.remind_due) == []
    assert said("step.reminded") == []


def test_a_night_without_a_worker_does_not_write_at_night(network: Any, bob: Any) -> None:
    step = step_of(network, bob)
    assert step.remind_at is not None
    with clock.at(step.remind_at.replace(hour=22)):
        assert actions.remind_due() == 0
    step.refresh_from_db()
    assert step.remind_at is not None
    assert in_office_hours(step.remind_at, PARIS)
    with clock.at(step.remind_at):
        assert actions.remind_due() == 1


def test_the_hours_are_those_of_the_owner(network: Any, bob: Any) -> None:
    Person.objects.filter(pk=bob.pk).update(time_zone="America/Martinique")
    bob.refresh_from_db()
    step = step_of(network, bob)
    assert step.remind_at is not None
    assert step.remind_at.astimezone(ZoneInfo("America/Martinique")).hour == 9


def test_expected_again_with_another_deadline_starts_anew(network: Any, bob: Any) -> None:
    step = step_of(network, bob)
    Step.objects.filter(pk=step.pk).update(reminders=2, remind_at=None, escalated_at=clock.now())
    subject = StepSubject(step.subject_kind, step.subject_id)
    fields = {"network": network, "owner": bob, "words": "Excel"}
    same = actions.open_step(step.verb, subject, due_at=step.due_at, **fields)
    assert (same.reminders, same.escalated_at is None) == (2, False)
    again = actions.open_step(step.verb, subject, due_at=step.due_at + 7 * DAY, **fields)
    assert (again.pk, again.reminders, again.escalated_at) == (step.pk, 0, None)
    assert again.remind_at is not None


def test_reminding_costs_the_same_whatever_waits(network: Any, bob: Any, queries: Any) -> None:
    for _n in range(30):
        step_of(network, bob)
    with queries() as seen:
        assert actions.remind_due() == 0
    assert len(seen) == 1


# -- past the deadline


def test_what_only_its_owner_can_do_reaches_the_list(network: Any, bob: Any, said: Any) -> None:
    kept = {verb: step_of(network, bob, verb) for verb in ("sign", "offer", "request", "review")}
    with clock.at(kept["sign"].due_at + dt.timedelta(hours=1)):
        assert actions.escalate_overdue() == 3  # the exchange's own act closes its review within the hour
        assert actions.escalate_overdue() == 0
    with clock.at(kept["sign"].due_at + 2 * DAY):
        assert actions.escalate_overdue() == 1  # it did not: the team sees it
    assert {fact.data["verb"] for fact in said("step.escalated")} == set(kept)
    assert set(Step.objects.open().values_list("verb", flat=True)) >= set(kept)
    assert not Step.objects.open().filter(escalated_at=None, verb__in=kept).exists()


def test_what_was_never_told_is_told_once_late(network: Any, bob: Any, said: Any) -> None:
    step = step_of(network, bob, "sign")
    duties = (actions.escalate_overdue, actions.remind_due)
    through(8, *duties, since=step.due_at + dt.timedelta(hours=3))  # the worker was stopped until then
    assert [fact.data["number"] for fact in said("step.reminded")] == [1]


@pytest.mark.parametrize("verb", ["moderate", "amend", "appeal"])
def test_what_is_private_is_reminded_and_never_shown_to_the_team(
    network: Any, bob: Any, said: Any, verb: str
) -> None:
    step = step_of(network, bob, verb)
    duties = (actions.remind_due, actions.escalate_overdue, actions.tell_late_desk)
    through(30, *duties)
    assert len(said("step.reminded")) == 2
    assert said("step.escalated") == said("step.handed_over") == said("desk.late") == []
    step.refresh_from_db()
    assert step.escalated_at is None


def test_switched_off_the_clock_does_nothing(network: Any, bob: Any, settings: Any) -> None:
    duties = (
        actions.remind_due,
        actions.escalate_overdue,
        actions.hand_over_overdue,
        actions.tell_late_desk,
    )
    step_of(network, bob, "propose")
    step_of(network, None, "assign")
    with escalation_off():
        assert through(30, *duties) == []
    settings.ESCALATION = False
    assert through(30, *duties) == []
    settings.ESCALATION = True
    assert through(30, *duties) != []


# -- the team


def test_the_team_is_told_once_a_working_day_of_all_that_is_late(
    network: Any, alice: Any, bob: Any, said: Any
) -> None:
    due = deadline(network, 2, clock.now())
    for _n in range(3):
        step_of(network, None, "assign", due)
    through(3, actions.tell_late_desk, since=due + dt.timedelta(hours=1))
    facts = said("desk.late")
    days = {fact.at.astimezone(ZoneInfo(PARIS)).date() for fact in facts}
    assert len(facts) == len(days) >= 2
    assert {fact.data["count"] for fact in facts} == {3}
    assert [concern.person for concern in facts[0].concerns.all()] == [alice]
    assert not Step.objects.open().filter(owner=None, reminders=0).exists()
    assert not Step.objects.open().filter(owner=None, escalated_at=None).exists()


def test_what_members_let_pass_is_told_once(network: Any, alice: Any, bob: Any, said: Any) -> None:
    step_of(network, bob, "sign")
    through(40, actions.escalate_overdue, actions.tell_late_desk)
    assert [(fact.data["team"], fact.data["members"]) for fact in said("desk.late")] == [(0, 1)]
    assert said("desk.neglected") == []


def test_what_the_team_leaves_is_told_above_in_number_once_a_week(
    network: Any, alice: Any, emile: Any, admin: Any, said: Any
) -> None:
    due = deadline(network, 2, clock.now())
    step_of(network, None, "assign", due)
    through(6, actions.tell_late_desk, since=due)
    assert said("desk.neglected") == []
    through(20, actions.tell_late_desk, since=due)
    facts = said("desk.neglected")
    assert {fact.data["count"] for fact in facts} == {1}
    assert 2 <= len(facts) <= 3
    assert {concern.person for concern in facts[0].concerns.all()} == {emile, admin}


def test_a_team_in_time_hears_nothing(network: Any, alice: Any, bob: Any, said: Any) -> None:
    step_of(network, None, "assign", clock.now() + 40 * DAY)
    step_of(network, bob, "review", clock.now() + 40 * DAY)
    assert through(20, actions.tell_late_desk) == []


# -- pause


@pytest.fixture
def paused(network: Any, bob: Any, member: Any, run_reactions: Any) -> Membership:
    """Bob steps out for two weeks while something is expected of him."""
    step_of(network, bob)
    run_reactions()
    membership = member(bob)
    pause_membership(membership, by=bob, until=clock.now() + 14 * DAY)
    run_reactions()
    return membership


def only_review(bob: Any) -> Step:
    return Step.objects.open().get(owner=bob, verb="review")


def test_on_pause_nothing_is_said_and_the_deadline_waits(
    paused: Membership, network: Any, bob: Any, said: Any
) -> None:
    assert only_review(bob).due_at == deadline(network, 8, clock.now()) + 14 * DAY
    through(14, actions.remind_due, actions.escalate_overdue)
    assert said("step.reminded") == []
    through(20, actions.remind_due, since=clock.now() + 14 * DAY)
    assert 1 <= len([fact for fact in said("step.reminded") if fact.data["verb"] == "review"]) <= 2


def test_what_is_asked_during_a_pause_waits_for_the_return(
    paused: Membership, network: Any, bob: Any
) -> None:
    asked = step_of(network, bob, "held", clock.now() + 5 * DAY)
    assert asked.due_at == clock.now() + 19 * DAY


def test_the_return_is_automatic_and_said(paused: Membership, bob: Any, said: Any) -> None:
    before = only_review(bob).due_at
    assert end_pauses() == 0
    with clock.at(clock.now() + 15 * DAY):
        assert end_pauses() == 1
        assert end_pauses() == 0
    paused.refresh_from_db()
    assert paused.paused_until is None
    assert [fact.data["automatic"] for fact in said("membership.resumed")] == [True]
    assert only_review(bob).due_at == before


def test_back_earlier_the_deadline_comes_back(
    paused: Membership, network: Any, bob: Any, run_reactions: Any
) -> None:
    usual = deadline(network, 8, clock.now())
    with clock.at(clock.now() + 4 * DAY):
        resume_membership(paused, by=bob)
        run_reactions()
        assert only_review(bob).due_at == usual + 4 * DAY


def test_another_date_moves_by_the_difference(
    paused: Membership, network: Any, bob: Any, run_reactions: Any
) -> None:
    usual = deadline(network, 8, clock.now())
    pause_membership(paused, by=bob, until=clock.now() + 20 * DAY)
    run_reactions()
    assert only_review(bob).due_at == usual + 20 * DAY
    pause_membership(paused, by=bob, until=clock.now() + 200 * DAY)
    run_reactions()
    assert only_review(bob).due_at == usual + 60 * DAY  # the others do not wait for ever
    pause_membership(paused, by=bob, until=clock.now() + 3 * DAY)
    run_reactions()
    assert only_review(bob).due_at == usual + 3 * DAY


# -- departure


def test_who_leaves_the_organisation_is_expected_nothing_and_gives_no_calendar(
    network: Any, other_network: Any, bob: Any
) -> None:
    for where in (network, other_network):
        step_of(where, bob)
    actions.open_feed(bob, by=bob)
    BusyCalendar.objects.create(person=bob, url="https://calendar.example.org/bob.ics")
    actions.forget_person(bob)
    assert not Step.objects.open().filter(owner=bob).exists()
    assert not CalendarFeed.objects.filter(person=bob, withdrawn_at=None).exists()
    assert not BusyCalendar.objects.filter(person=bob).exists()
