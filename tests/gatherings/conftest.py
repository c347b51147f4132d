"""A fair under way in the network, and someone to type in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from reciproque.gatherings import actions
from reciproque.gatherings.models import Entry, Gathering, Participant
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.networks.models import PoolMember

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def plan(network: Any, alice: Any) -> Callable[..., Gathering]:
    """Plan a gathering for this very day."""

    def plan_(kind: str = "fair", **fields: Any) -> Gathering:
        values: dict[str, Any] = {
            "title": "La bourse de printemps",
            "starts_at": clock.now() + HOUR,
            "ends_at": clock.now() + 3 * HOUR,
            "place": "Salle Jaurès",
            "by": alice,
        } | fields
        return actions.plan_gathering(values.pop("network", network), kind, **values)

    return plan_


@pytest.fixture
def fair(plan: Any, alice: Any) -> Gathering:
    """A fair that is open."""
    return actions.open_gathering(plan(), by=alice)


@pytest.fixture
def type_in(fair: Gathering, alice: Any) -> Callable[..., Entry]:
    """Type one savoir in the fair."""

    def type_(who: str, kind: str, words: str, **fields: Any) -> Entry:
        values: dict[str, Any] = {"by": alice, "key": new_id()} | fields
        return actions.type_entry(fair, kind=kind, words=words, who=who, **values)

    return type_


@pytest.fixture
def participant_of(fair: Gathering) -> Callable[[Any], Participant]:
    """What the fair holds of a member, loaded as pages load it."""
    return lambda person: Participant.objects.select_related("gathering__network", "person").get(
        gathering=fair, person=person
    )


@pytest.fixture
def helper(network: Any, alice: Any, dora: Any) -> Any:
    """Dora, of the pool: she may run a fair, and animates nothing."""
    PoolMember.objects.create(network=network, person=dora, abilities=["fair"], added_by=alice)
    return dora
