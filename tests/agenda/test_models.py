"""What the rows of the agenda refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from reciproque.agenda.actions import open_feed, open_step
from reciproque.agenda.models import Attendance, CalendarFeed, Meeting, SlotYes, Step
from reciproque.kit import clock

HOUR = dt.timedelta(hours=1)


def step(meeting: Meeting, owner: Any, **fields: Any) -> Step:
    return Step.objects.create(
        network=meeting.network,
        owner=owner,
        verb="held",
        subject_kind=meeting.subject_kind,
        subject_id=meeting.subject_id,
        due_at=clock.now(),
        **fields,
    )


BREAKS: dict[str, Callable[[Meeting, Any], Any]] = {
    "step_open_once": lambda meeting, bob: [step(meeting, bob) for _ in range(2)],
    "step_team_open_once": lambda meeting, bob: [step(meeting, None) for _ in range(2)],
    "step_closed_dated: without a date": lambda meeting, bob: step(meeting, bob, state="done"),
    "step_closed_dated: dated but open": lambda meeting, bob: step(meeting, bob, closed_at=clock.now()),
    "meeting_fixed_is_dated": lambda meeting, bob: Meeting.objects.filter(pk=meeting.pk).update(
        state="fixed"
    ),
    "meeting_ends_after_start": lambda meeting, bob: Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=clock.now(), ends_at=clock.now() - HOUR
    ),
    "meeting_one_live_per_subject": lambda meeting, bob: Meeting.objects.create(
        network=meeting.network,
        kind="exchange",
        title="B",
        subject_kind="exchange",
        subject_id=meeting.subject_id,
    ),
    "attendance_once": lambda meeting, bob: Attendance.objects.create(meeting=meeting, person=bob),
    "slot_yes_once": lambda meeting, bob: [
        SlotYes.objects.create(slot=meeting.slots.get(), person=bob) for _ in range(2)
    ],
    "feed_one_open_per_person": lambda meeting, bob: [
        CalendarFeed.objects.create(person=bob) for _ in range(2)
    ],
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_constraint_refuses(name: str, meeting: Meeting, bob: Any) -> None:
    meeting.slots.create(starts_at=clock.now() + HOUR, proposed_by=bob)
    with pytest.raises(IntegrityError):
        BREAKS[name](meeting, bob)


def test_what_is_over_leaves_room(meeting: Meeting, bob: Any) -> None:
    for _ in range(2):
        step(meeting, bob, state="done", closed_at=clock.now())
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    Meeting.objects.create(
        network=meeting.network,
        kind="exchange",
        title="B",
        subject_kind="exchange",
        subject_id=meeting.subject_id,
    )
    assert open_feed(bob, by=bob).secret != open_feed(bob, by=bob).secret


def test_team_steps_are_seen_by_those_who_animate(
    network: Any, subject: Any, alice: Any, bob: Any, admin: Any
) -> None:
    team = open_step("assign", subject, network=network, owner=None, due_at=clock.now())
    own = open_step("terms", subject, network=network, owner=bob, due_at=clock.now())
    assert set(Step.objects.visible_to(alice)) == {team}
    assert set(Step.objects.visible_to(bob)) == {own}
    assert not Step.objects.visible_to(admin).exists()
