"""How each person wishes to be told: kept whole, said back, changed with one link from a letter."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import sign
from reciproque.notices.access import get_unsubscriber
from reciproque.notices.actions import choose_notices, unsubscribe
from reciproque.notices.models import Outgoing, Preference
from reciproque.notices.queries import preference_of, what_is_received

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"quiet_from": dt.time(20)}, "quiet_until"),
        ({"quiet_until": dt.time(8)}, "quiet_until"),
        ({"quiet_from": dt.time(8), "quiet_until": dt.time(8)}, "quiet_until"),
        ({"paused_until": dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)}, "paused_until"),
        ({"paused_until": dt.datetime(2028, 3, 2, tzinfo=dt.UTC)}, "paused_until"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(bob: Any, wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError) as refused:
        choose_notices(bob, by=bob, **wrong)
    assert list(refused.value.message_dict) == [where]
    assert not Preference.objects.exists()


def test_from_weekly_to_at_once_what_was_kept_leaves_soon(bob: Any) -> None:
    choose_notices(bob, by=bob, rhythm="weekly")
    row = Outgoing.objects.create(
        fact_id=1, fact_name="x.y", person=bob, subject="a", state="held", run_after=clock.now() + 5 * DAY
    )
    assert preference_of(bob).digest_at == dt.datetime(2026, 3, 9, 7, tzinfo=dt.UTC)
    choose_notices(bob, by=bob)
    row.refresh_from_db()
    assert row.run_after == clock.now()
    assert preference_of(bob).digest_at is None


def test_fewer_letters_by_one_link(bob: Any, chloe: Any) -> None:
    choose_notices(
        bob, by=bob, rhythm="weekly", muted=["messages"], quiet_from=dt.time(20), quiet_until=dt.time(8)
    )
    token = sign("unsubscribe", person=bob.public_id, subject="")
    assert get_unsubscriber(token) == bob
    kept = unsubscribe(bob, by=bob)
    assert (kept.rhythm, kept.muted, kept.news) == ("weekly", ["finds", "messages", "network"], False)
    assert kept.quiet_until == dt.time(8)
    with pytest.raises(PermissionDenied):
        unsubscribe(bob, by=chloe)
    for forged in (token[:-2], sign("accept", person=bob.public_id, subject=""), "x"):
        with pytest.raises(NotThere):
            get_unsubscriber(forged)
    with clock.at(clock.now() + 500 * DAY), pytest.raises(NotThere):
        get_unsubscriber(token)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({}, "au plus 14 courriels"),
        ({"rhythm": "daily"}, "un courriel par jour"),
        ({"rhythm": "weekly"}, "nouvelles offres et demandes"),
        ({"rhythm": "weekly", "news": False}, "le lundi"),
        ({"rhythm": "none"}, "aucun courriel"),
        ({"muted": ["finds"]}, "écarté certains sujets"),
        ({"quiet_from": dt.time(20), "quiet_until": dt.time(7, 30)}, "entre 20:00 et 07:30"),
        ({"paused_until": dt.datetime(2026, 3, 20, 8, tzinfo=dt.UTC)}, "En pause jusqu’à vendredi 20 mars"),
    ],
)
def test_choices_are_said_back(bob: Any, choices: dict[str, Any], words: str) -> None:
    assert words in what_is_received(Preference(person=bob, **choices), bob)


def test_someone_without_address_is_told_so(make_person: Any) -> None:
    person = make_person(email=None)
    assert "aucun courriel" in what_is_received(preference_of(person), person)
