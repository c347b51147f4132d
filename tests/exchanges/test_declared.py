"""What happened elsewhere is declared, confirmed, contested."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reciproque.agenda.models import Step
from reciproque.exchanges import actions
from reciproque.kit import clock
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)


# -- declaring


def test_one_declares_the_other_confirms(
    declare: Any, expected: Any, bob: Any, chloe: Any, said: Any
) -> None:
    row = declare(bob, minutes=90, mode="face")
    assert (row.state, row.origin, row.declared_by, row.minutes) == ("declared", "declared", bob, 90)
    assert expected(row) == {("Chloé", "confirm")}
    actions.confirm_exchange(row, by=chloe)
    actions.confirm_exchange(row, by=chloe)
    assert (row.state, row.confirmed_by) == ("closed", chloe)
    assert expected(row) == set()
    assert len(said("exchange.confirmed")) == 1
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.deny_exchange(row, by=chloe)


def test_an_animator_declares_for_two(
    declare: Any, expected: Any, alice: Any, bob: Any, chloe: Any, said: Any
) -> None:
    row = declare(alice)
    assert expected(row) == {("Bob", "confirm"), ("Chloé", "confirm")}
    assert said("exchange.declared")[0].data["on_behalf"] is True
    actions.deny_exchange(row, by=bob, reason=" Jamais ")
    actions.deny_exchange(row, by=bob)
    assert (row.state, row.reason) == ("denied", "Jamais")
    assert expected(row) == set()
    assert len(said("exchange.denied")) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"minutes": 4}, "5 minutes"),
        ({"title": "x"}, "en quelques mots"),
        ({"mode": "pigeon"}, "comment vous rencontrer"),
        ({"held_on": dt.date(2026, 3, 3)}, "pas encore passée"),
        ({"held_on": dt.date(206, 3, 1)}, "Vérifiez l’année"),
    ],
)
def test_what_cannot_be_declared(declare: Any, bob: Any, fields: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        declare(bob, **fields)
    assert sentence in " ".join(refusal.value.messages)


def test_one_declares_with_another_member(declare: Any, bob: Any, fatou: Any) -> None:
    with pytest.raises(ValidationError, match="deux personnes"):
        declare(bob, offerer=bob)
    with pytest.raises(ValidationError, match="faire partie du réseau"):
        declare(bob, offerer=fatou)


def test_today_is_today_where_one_is(declare: Any, bob: Any) -> None:
    with clock.at(dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)):
        assert declare(bob, held_on=dt.date(2026, 3, 3)).held_on == dt.date(2026, 3, 3)
        bob.time_zone = "America/Cayenne"
        with pytest.raises(ValidationError, match="pas encore passée"):
            declare(bob, held_on=dt.date(2026, 3, 3))


def test_the_same_declaration_is_written_once(declare: Any, bob: Any, chloe: Any, dora: Any) -> None:
    assert declare(bob, key="k") == declare(bob, key="k")
    assert declare(bob, key="\x00k" + "y" * 90) == declare(bob, key="k" + "y" * 63)
    with pytest.raises(ValidationError, match="entre-temps"):
        declare(dora, requester=dora, key="k")  # somebody else's
    assert declare(bob) != declare(bob)


def test_an_import_counts_at_once(declare: Any, expected: Any, bob: Any) -> None:
    leave_organisation(bob, by=None)
    row = declare(None, key="line 1")
    assert (row.state, row.closed_at, expected(row)) == ("closed", clock.now(), set())


def test_a_declaration_nobody_confirms_stays_as_it_is(declare: Any, expected: Any, bob: Any) -> None:
    row = declare(bob)
    due = Step.objects.get(verb="confirm").due_at
    with clock.at(due):
        assert actions.close_unconfirmed() == 0
    with clock.at(due + DAY):
        assert actions.close_unconfirmed() == 1
        assert actions.close_unconfirmed() == 0
    row.refresh_from_db()
    assert (row.state, expected(row)) == ("declared", set())
