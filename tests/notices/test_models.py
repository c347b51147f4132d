"""What the database itself refuses."""

from typing import Any

import pytest
from django.db import IntegrityError

from reciproque.notices.models import Outgoing, Preference
from reciproque.notices.rules import OutgoingState


def test_one_message_per_fact_person_and_channel(bob: Any) -> None:
    Outgoing.objects.create(fact_id=1, fact_name="x.y", person=bob, subject="a")
    with pytest.raises(IntegrityError):
        Outgoing.objects.create(fact_id=1, fact_name="x.y", person=bob, subject="b")


@pytest.mark.django_db
def test_a_message_sent_is_dated(bob: Any) -> None:
    with pytest.raises(IntegrityError):
        Outgoing.objects.create(fact_id=1, fact_name="x.y", person=bob, state=OutgoingState.SENT)


def test_one_choice_per_person(bob: Any) -> None:
    Preference.objects.create(person=bob)
    with pytest.raises(IntegrityError):
        Preference.objects.create(person=bob)
