"""A meeting to date, as an exchange would plan it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from reciproque.agenda.actions import plan_meeting
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import Meeting
from reciproque.kit import clock
from reciproque.kit.tokens import new_id


@pytest.fixture
def subject() -> StepSubject:
    return StepSubject("exchange", new_id())


@pytest.fixture
def plan(network: Any) -> Callable[..., Meeting]:
    """Plan a meeting of these people about something; the first is expected to propose dates."""

    def plan_(*people: Any, about: Any = None, **fields: Any) -> Meeting:
        fields.setdefault("title", "Tableaux croisés")
        about = about or StepSubject("exchange", new_id())
        return plan_meeting(
            about, people, network=network, kind="exchange", by=people[0], proposer=people[0], **fields
        )

    return plan_


@pytest.fixture
def meeting(plan: Any, subject: Any, bob: Any, chloe: Any) -> Meeting:
    """Bob is expected to propose dates to Chloé."""
    return plan(bob, chloe, about=subject)


@pytest.fixture
def in_days() -> Callable[[float], dt.datetime]:
    """The moment in so many days."""
    start = clock.now()
    return lambda days: start + dt.timedelta(days=days)
