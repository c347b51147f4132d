"""The fair one said yes to is in one's agenda, and in nobody else's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.gatherings.models import Gathering, Participant
from reciproque.gatherings.rules import Answer, GatheringKind
from reciproque.kit import clock

pytestmark = pytest.mark.django_db


def test_the_fair_one_comes_to(network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any) -> None:
    start = clock.now() + dt.timedelta(days=6)
    fair = Gathering.objects.create(
        network=network,
        kind=GatheringKind.FAIR,
        title="La bourse de printemps",
        starts_at=start,
        ends_at=start + dt.timedelta(hours=3),
        place="Salle des cartes",
        planned_by=alice,
    )
    Participant.objects.create(gathering=fair, person=bob, answer=Answer.YES)
    Participant.objects.create(gathering=fair, person=chloe, answer=Answer.NO)
    assert "La bourse de printemps" in client_of(bob).get("/agenda/").content.decode()
    assert "La bourse de printemps" not in client_of(chloe).get("/agenda/").content.decode()
    with clock.at(start + dt.timedelta(days=1)):
        assert "La bourse de printemps" not in client_of(bob).get("/agenda/").content.decode()
