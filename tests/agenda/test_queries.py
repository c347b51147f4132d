"""What pages show of steps and meetings, in as many queries for few as for many."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.agenda import queries as shown
from reciproque.agenda.actions import (
    cancel_meeting,
    fix_date,
    open_feed,
    open_step,
    propose_slots,
    settle_meeting,
)
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import Meeting, Step
from reciproque.kit import clock
from reciproque.kit.tokens import new_id

DAY = dt.timedelta(days=1)
FAR = 400 * DAY


def faces(meetings: Any) -> list[Any]:
    return [
        (
            row.network.name,
            [attendance.person.display_name for attendance in row.attendances.all()],
            [(slot.proposed_by.display_name, len(slot.yeses.all())) for slot in row.open_slots],
        )
        for row in meetings
    ]


def owners(steps: Any) -> list[Any]:
    return [(step.network.name, step.owner and step.owner.display_name, step.consequence) for step in steps]


LISTS: dict[str, tuple[Any, int]] = {
    "steps_of": (lambda net, bob: owners(shown.steps_of(bob)), 1),
    "count_steps": (lambda net, bob: shown.count_steps(bob), 1),
    "coming_meetings": (lambda net, bob: faces(shown.coming_meetings(bob, clock.now(), 50)), 3),
    "past_meetings": (
        lambda net, bob: faces(shown.past_meetings(bob, clock.now() - FAR, clock.now() + FAR)),
        3,
    ),
    "feed_meetings": (
        lambda net, bob: [
            [attendance.person.display_name for attendance in row.attendances.all()]
            for row in shown.feed_meetings(bob, clock.now() - FAR)
        ],
        2,
    ),
    "busy_of": (lambda net, bob: shown.busy_of(bob, clock.now(), clock.now() + FAR), 2),
    "meetings_to_settle": (lambda net, bob: faces(shown.meetings_to_settle(clock.now() + FAR)), 3),
    "overdue_steps": (lambda net, bob: owners(shown.overdue_steps(clock.now() + FAR, ["terms"])), 1),
    "team_steps": (lambda net, bob: owners(shown.team_steps(net)), 1),
    "late_steps": (lambda net, bob: owners(shown.late_steps(net, clock.now() + FAR)), 1),
    "lapsing_steps": (
        lambda net, bob: owners(shown.lapsing_steps(net, clock.now(), clock.now() + FAR, ["terms"])),
        1,
    ),
    "steps_named": (
        lambda net, bob: owners(
            shown.steps_named(net, "assign", [step.subject_id for step in shown.team_steps(net)]).values()
        ),
        2,
    ),
    "count_waiting": (
        lambda net, bob: shown.count_waiting(net, clock.now(), clock.now() + FAR, ["terms"]),
        1,
    ),
    "steps_in": (lambda net, bob: owners(shown.steps_in(bob, net)), 1),
}


def test_lists_cost_the_same_for_3_and_for_30(
    network: Any, plan: Any, bob: Any, chloe: Any, queries: Any, in_days: Any
) -> None:
    done = 0
    for total in (3, 30):
        for n in range(done, total):
            fix_date(plan(bob, chloe), in_days(1 + n / 24), by=bob)
            propose_slots(plan(chloe, bob), [in_days(1), in_days(2)], by=chloe)
            other = StepSubject("exchange", new_id())
            open_step("terms", other, network=network, owner=bob, due_at=in_days(5))
            open_step("assign", other, network=network, owner=None, due_at=in_days(5))
        done = total
        for name, (query, literal) in LISTS.items():
            with queries() as seen:
                assert query(network, bob), name
            # `slots` and their `yeses`: one more query where a meeting has open ones.
            assert len(seen) == literal, f"{name} for {total}: {len(seen)}"


def test_a_list_of_meetings_with_slots_costs_one_more(
    plan: Any, subject: Any, bob: Any, chloe: Any, queries: Any
) -> None:
    propose_slots(plan(bob, chloe, about=subject), [clock.now() + DAY], by=bob)
    with queries() as seen:
        live = shown.live_meeting(subject)
        assert faces([live]) == [("Savoirs du courrier", ["Bob Riou", "Chloé Le Goff"], [("Bob Riou", 0)])]
    assert len(seen) == 4
    with queries() as seen:
        assert shown.shown_meeting(live) == live
        assert shown.meetings_about(subject) == [live]
    assert len(seen) == 8


def test_the_most_urgent_first(network: Any, subject: Any, bob: Any, in_days: Any) -> None:
    for verb, days in (("terms", 9), ("go_on", 1), ("review", 5)):
        open_step(verb, subject, network=network, owner=bob, due_at=in_days(days))
    assert [step.verb for step in shown.steps_of(bob)] == ["go_on", "review", "terms"]
    assert [step.verb for step in shown.steps_about(subject)] == ["go_on", "review", "terms"]


def test_a_meeting_asked_about_is_not_asked_again_and_hides_no_other(
    plan: Any, network: Any, bob: Any, chloe: Any, in_days: Any
) -> None:
    old, new = plan(bob, chloe), plan(bob, chloe)
    fix_date(old, in_days(1), by=bob)
    fix_date(new, in_days(2), by=bob)
    assert shown.meetings_to_settle(in_days(1)) == []
    with clock.at(in_days(3)):
        about = StepSubject(old.subject_kind, old.subject_id)
        open_step("held", about, network=network, owner=bob, due_at=in_days(9))
        assert shown.meetings_to_settle(clock.now(), limit=1) == [new]


def test_what_nobody_in_person_owns_hides_no_late_step(
    network: Any, subject: Any, bob: Any, in_days: Any
) -> None:
    open_step("propose", subject, network=network, owner=None, due_at=in_days(1))
    late = open_step("propose", subject, network=network, owner=bob, due_at=in_days(2))
    assert shown.overdue_steps(in_days(3), ["propose"], limit=1) == [late]


def test_a_calendar_holds_what_is_dated_and_says_what_is_cancelled(
    plan: Any, bob: Any, chloe: Any, in_days: Any
) -> None:
    undated, fixed, cancelled, missed = (plan(bob, chloe) for _ in range(4))
    for meeting in (fixed, cancelled, missed):
        fix_date(meeting, in_days(2), by=bob)
    cancel_meeting(cancelled, by=chloe, reason="Grippe")
    with clock.at(in_days(3)):
        settle_meeting(missed, by=bob, held=False)
    assert set(shown.feed_meetings(bob, clock.now())) == {fixed, cancelled}
    assert shown.coming_meetings(bob, clock.now()) == [fixed]
    entry = shown.calendar_entry(
        shown.shown_meeting(cancelled),
        site="https://savoirs.example.org",
        sender="Réciproque <r@example.org>",
        path="/m/1/",
    )
    assert (entry.cancelled, entry.sequence, entry.uid.split("@")[0]) == (True, 2, cancelled.public_id)
    assert all(words in entry.text for words in ("Annulée", "Grippe", "Bob Riou, Chloé Le Goff"))
    assert entry.url == "https://savoirs.example.org/m/1/"
    with pytest.raises(ValueError, match="undated"):
        shown.calendar_entry(undated, site="https://x.org", sender="r@x.org")


def test_a_feed_is_one_s_own(bob: Any, chloe: Any) -> None:
    feed = open_feed(bob, by=bob)
    assert shown.feed_of(bob) == feed
    assert shown.feed_of(chloe) is None


def test_nothing_about_one_subject_is_shown_about_another(
    plan: Any, subject: Any, bob: Any, chloe: Any
) -> None:
    plan(bob, chloe)
    assert shown.live_meeting(subject) is None
    assert shown.meetings_about(subject) == shown.steps_about(subject) == []
    assert Meeting.objects.count() == Step.objects.count() == 1


def test_the_lists_of_animators_are_counted_as_they_are_shown(network: Any, bob: Any) -> None:
    now = clock.now()
    for n, (verb, owner, due) in enumerate(
        [
            ("assign", None, now + DAY),
            ("admit", None, now + DAY),
            ("terms", bob, now - DAY),
            ("offer", bob, now - DAY),
            ("review", bob, now + DAY),
            ("review", bob, now + 9 * DAY),
            ("terms", bob, now + DAY),
        ]
    ):
        subject = StepSubject("exchange", f"{n}bcd234fgh56"[:12])
        open_step(verb, subject, network=network, owner=owner, due_at=due)
    until = now + 3 * DAY
    counts = shown.count_waiting(network, now, until, ["review"], team_apart=["admit"], late_apart=["offer"])
    assert counts == {"team": 1, "late": 1, "soon": 1}
    assert [step.verb for step in shown.team_steps(network, apart=["admit"])] == ["assign"]
    assert [step.verb for step in shown.late_steps(network, now, apart=["offer"])] == ["terms"]
    assert [step.verb for step in shown.lapsing_steps(network, now, until, ["review"])] == ["review"]
    assert [step.verb for step in shown.team_steps(network, 1, start=1)] == ["admit"]
