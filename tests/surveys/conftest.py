"""A crowd that may be asked, and campaigns of a short questionnaire."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from reciproque.kit import clock
from reciproque.people.models import Person
from reciproque.surveys.actions import (
    create_questionnaire,
    edit_version,
    open_campaign,
    plan_campaign,
    publish_version,
    submit_answer,
)
from reciproque.surveys.models import Campaign, Questionnaire, Seat
from reciproque.surveys.rules.supplied.shape import FELT, YES_NO, question, section, two
from tests.circles.conftest import apply, begun, call, facilitator, made, prepare, volunteers  # noqa: F401

DAY = dt.timedelta(days=1)


def short() -> dict[str, Any]:
    """A yes or no, a scale asked of those who said yes, a number, a list, and free words."""
    return {
        "intro": two("Quelques questions.", "A few questions."),
        "thanks": two("Merci.", "Thank you."),
        "minutes": 2,
        "sections": [
            section(
                "first",
                two("D’abord", "First"),
                question("took_part", "single", two("Y étiez-vous ?", "Were you there?"), options=YES_NO),
                question(
                    "useful",
                    "scale",
                    two("Est-ce utile ?", "Is it useful?"),
                    options=FELT,
                    only_if={"question": "took_part", "among": ["yes"]},
                ),
            ),
            section(
                "then",
                two("Ensuite", "Then"),
                question("hours", "number", two("Combien d’heures ?", "How many hours?"), required=False),
                question("where", "multiple", two("Où ?", "Where?"), options=YES_NO),
                question("words", "text", two("En quelques mots", "In a few words")),
            ),
        ],
    }


YES: dict[str, Any] = {"took_part": "yes", "useful": "much"}
NO: dict[str, Any] = {"took_part": "no"}


@pytest.fixture
def crowd(
    make_person: Callable[..., Person], network: Any, join: Callable[..., Any]
) -> Callable[..., list[Person]]:
    """Members, as many as wanted."""

    def make(count: int, **fields: Any) -> list[Person]:
        people = [make_person(f"Foule{n}", **fields) for n in range(count)]
        for person in people:
            join(person, network)
        return people

    return make


@pytest.fixture
def questionnaire(network: Any, alice: Person) -> Questionnaire:
    """A short questionnaire, published."""
    row = create_questionnaire(network, by=alice, title_fr="Votre avis", title_en="Your opinion")
    edit_version(
        row, by=alice, definition=short(), title_fr="Votre avis", title_en="Your opinion", revision=0
    )
    publish_version(row, by=alice)
    return row


@pytest.fixture
def send(questionnaire: Questionnaire, network: Any, alice: Person) -> Callable[..., Campaign]:
    """Plan and open a campaign of it, for thirty days."""

    def sent(mode: str = "anonymous", **more: Any) -> Campaign:
        today = clock.now().date()
        more = {"trigger": "date", "opens_on": today, "closes_on": today + 30 * DAY, **more}
        campaign = plan_campaign(questionnaire, by=alice, network=network, mode=mode, **more)
        return open_campaign(campaign, by=alice)

    return sent


@pytest.fixture
def seat_of() -> Callable[[Campaign, Person], Seat]:
    """Someone's place in a campaign, as it is now."""

    def found(campaign: Campaign, person: Person) -> Seat:
        rows = Seat.objects.select_related("campaign__questionnaire", "campaign__network")
        rows = rows.select_related("campaign__first_version", "person__unit", "person__site", "version")
        return rows.get(campaign=campaign, person=person)

    return found


@pytest.fixture
def answer(seat_of: Callable[[Campaign, Person], Seat]) -> Callable[..., None]:
    """Have someone answer."""

    def answered(campaign: Campaign, person: Person, values: dict[str, Any] | None = None) -> None:
        submit_answer(seat_of(campaign, person), by=person, values=values or YES)

    return answered
