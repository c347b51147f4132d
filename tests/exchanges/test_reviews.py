"""Both review, blind, in time, or somebody writes it down for them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, Review
from reciproque.exchanges.queries import reviews_shown
from reciproque.kit import clock

DAY = dt.timedelta(days=1)


# -- reviewing


def test_both_review_then_it_is_closed(
    finished: Exchange, expected: Any, bob: Any, chloe: Any, later: Any, said: Any
) -> None:
    with later(3):
        mine = actions.submit_review(
            finished, by=bob, satisfaction="4", covered="partly", used="planned", again=True, learned=" Écouter ",
            hours=Decimal("1.5"), request_met=True,
        )  # fmt: skip
        assert actions.submit_review(finished, by=bob, satisfaction="1") == mine
        assert (mine.side, mine.learned, mine.hours) == ("requester", "Écouter", Decimal("1.5"))
        assert expected(finished) == {("Chloé", "review")}
        hers = actions.submit_review(finished, by=chloe, satisfaction="3", used="already")
        assert (hers.side, hers.used) == ("offerer", "")  # asked of who learns
    finished.refresh_from_db()
    assert (finished.state, finished.request.state) == ("closed", "fulfilled")
    assert expected(finished) == set()
    assert [fact.data["reviews"] for fact in said("exchange.closed")] == [2]
    assert "Écouter" not in str([fact.data for fact in said("review.submitted")])


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("satisfaction", {"satisfaction": "5"}),
        ("satisfaction", {"satisfaction": ""}),
        ("covered", {"covered": "maybe"}),
        ("used", {"used": "maybe"}),
        ("hours", {"hours": Decimal(501)}),
        ("hours", {"hours": Decimal(-1)}),
        ("hours", {"hours": Decimal("1.234")}),
        ("hours", {"hours": Decimal("NaN")}),
    ],
)
def test_a_review_that_cannot_be(finished: Exchange, bob: Any, field: str, values: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        actions.submit_review(finished, by=bob, **{"satisfaction": "4"} | values)
    assert field in refusal.value.message_dict
    assert not Review.objects.exists()


def test_only_who_asked_says_that_the_request_is_met(finished: Exchange, chloe: Any) -> None:
    actions.submit_review(finished, by=chloe, satisfaction="4", request_met=True)
    finished.request.refresh_from_db()
    assert finished.request.state == "published"


def test_a_review_taken_by_telephone_is_signed(finished: Exchange, alice: Any, bob: Any, chloe: Any) -> None:
    review = actions.submit_review(finished, by=alice, author=bob, satisfaction="4")
    assert (review.author, review.on_behalf_by) == (bob, alice)
    assert reviews_shown(finished, alice) == []
    with pytest.raises(PermissionDenied):
        actions.submit_review(finished, by=bob, author=chloe, satisfaction="4")


def test_reviews_close_at_their_deadline_once(
    finished: Exchange, expected: Any, bob: Any, chloe: Any
) -> None:
    stale = Exchange.objects.select_related("network", "thread").get()
    with clock.at(finished.review_due_at):
        assert actions.close_overdue_reviews() == 0
    with clock.at(finished.review_due_at + DAY):
        assert actions.close_overdue_reviews() == 1
        assert actions.close_overdue_reviews() == 0
        for row in (stale, Exchange.objects.get()):
            with pytest.raises(ValidationError, match="n’est pas .ou plus. ouvert"):
                actions.submit_review(row, by=bob, satisfaction="4")
    assert expected(finished) == set()
    assert {step.state for step in Step.objects.filter(verb="review")} == {"lapsed"}
