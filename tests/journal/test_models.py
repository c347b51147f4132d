"""What the rows of the journal refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError

from reciproque.journal.actions import record
from reciproque.journal.models import Concern, Reaction


@pytest.fixture
def fact(bob: Any) -> Any:
    return record("test.happened", bob, by=bob)


def test_a_fact_concerns_a_person_once(fact: Any, bob: Any) -> None:
    with pytest.raises(IntegrityError, match=r"concern_once|journal_concern"):
        Concern.objects.create(fact=fact, person=bob)


def test_a_fact_is_promised_to_a_reader_once(fact: Any) -> None:
    Reaction.objects.create(fact=fact, reader="agenda")
    with pytest.raises(IntegrityError, match=r"reaction_once|journal_reaction"):
        Reaction.objects.create(fact=fact, reader="agenda")


def test_a_person_with_a_history_is_not_erased(fact: Any, bob: Any) -> None:
    with pytest.raises(ProtectedError):
        bob.delete()
