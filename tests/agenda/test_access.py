"""The cast × the verbs of the agenda."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from reciproque.agenda import access, actions
from reciproque.agenda.models import Meeting, Slot, Step
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)
INVITED = {"bob", "chloe"}


@pytest.fixture
def slot(meeting: Meeting, bob: Any) -> Slot:
    return actions.propose_slots(meeting, [clock.now() + DAY], by=bob)[0]


VERBS: dict[str, tuple[Callable[[Meeting, Slot, Any], Any], set[str]]] = {
    "propose_slots": (lambda m, s, by: actions.propose_slots(m, [clock.now() + DAY], by=by), INVITED),
    "accept_slot": (lambda m, s, by: actions.accept_slot(s, by=by), INVITED),
    "fix_date": (lambda m, s, by: actions.fix_date(m, clock.now() + DAY, by=by), INVITED),
    "cancel_meeting": (lambda m, s, by: actions.cancel_meeting(m, by=by, reason="Grippe"), INVITED),
    "settle_meeting": (lambda m, s, by: actions.settle_meeting(m, by=by, held=False), INVITED),
    "open_feed": (lambda m, s, by: actions.open_feed(s.proposed_by, by=by), {"bob"}),
    "close_feed": (lambda m, s, by: actions.close_feed(s.proposed_by, by=by), {"bob"}),
}


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_change_what(verb: str, meeting: Meeting, slot: Slot, everyone: Any, verdict: Any) -> None:
    gesture, allowed = VERBS[verb]
    answers = {
        name: verdict(lambda: gesture(Meeting.objects.get(pk=meeting.pk), Slot.objects.get(pk=slot.pk), by))  # noqa: B023
        for name, by in everyone.items()
    }
    assert answers == {name: "yes" if name in allowed else "no" for name in everyone}


def test_who_sees_what(meeting: Meeting, slot: Slot, everyone: Any, verdict: Any) -> None:
    step = Step.objects.get(verb="choose")
    looks = {
        "get_meeting": (lambda who: access.get_meeting(who, meeting.public_id), INVITED),
        "get_slot": (lambda who: access.get_slot(who, slot.public_id), INVITED),
        "get_step": (lambda who: access.get_step(who, step.public_id), {"chloe"}),
    }
    for sight, (look, allowed) in looks.items():
        for name, who in everyone.items():
            expected = "yes" if name in allowed else "not there"
            assert verdict(lambda: look(who)) == expected, f"{name}: {sight}"  # noqa: B023


def test_who_was_let_go_sees_nothing_more(
    meeting: Meeting, slot: Slot, subject: Any, chloe: Any, verdict: Any
) -> None:
    actions.leave_meetings(subject, chloe)
    assert verdict(lambda: access.get_meeting(chloe, meeting.public_id)) == "not there"
    assert verdict(lambda: access.get_slot(chloe, slot.public_id)) == "not there"
    assert verdict(lambda: actions.accept_slot(slot, by=chloe)) == "no"


def test_a_meeting_that_is_over_is_dated_no_more(meeting: Meeting, bob: Any, verdict: Any) -> None:
    actions.cancel_meeting(meeting, by=bob, reason="Grippe")
    assert not access.can_date(bob, meeting)
    assert verdict(lambda: actions.fix_date(meeting, clock.now() + DAY, by=bob)) == "no"


def test_a_calendar_answers_while_its_address_is_open(bob: Any) -> None:
    first = actions.open_feed(bob, by=bob)
    assert access.get_feed(first.secret).person == bob
    second = actions.open_feed(bob, by=bob)
    with pytest.raises(NotThere):
        access.get_feed(first.secret)
    assert access.get_feed(second.secret)
    leave_organisation(bob, by=None)
    with pytest.raises(NotThere):
        access.get_feed(second.secret)
    with pytest.raises(NotThere):
        access.get_feed("")
