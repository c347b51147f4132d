"""What is said of a network's Learning Record Store and of what leaves for it; its key is read by the sender alone."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.db.models import Count, Q

from reciproque.kit.seal import Unopenable, unseal
from reciproque.networks.models import Network
from reciproque.recognition.engine import xapi
from reciproque.recognition.models import LearningStore, Statement
from reciproque.recognition.rules.training import StatementState


@dataclasses.dataclass(frozen=True)
class StoreLine:
    """A store as the page of settings shows it: never its password."""

    store: LearningStore
    waiting: int
    sent: int
    refused: list[Statement]
    opens: bool


@dataclasses.dataclass(frozen=True)
class Secret:
    """What a store asks for, and what signs what leaves for it."""

    user: str
    password: str
    private: dict[str, Any]


def store_subject(public_id: str) -> str:
    """Return what a store's secrets are sealed for: moved to another row, they do not open."""
    return f"learning_store:{public_id}"


def open_store(store: LearningStore) -> Secret | None:
    """Return the secrets of a store; None when nothing we hold opens them any more."""
    try:
        found = json.loads(unseal(store.sealed, about=store_subject(store.public_id)))
        return Secret(found["user"], found["password"], dict(found["private"]))
    except (Unopenable, ValueError, KeyError, TypeError):
        return None


def store_of(network: Network) -> LearningStore | None:
    """Return the store of a network, on or off; None when there is none."""
    return LearningStore.objects.filter(network=network, removed_at=None).first()


def store_line(network: Network) -> StoreLine | None:
    """Return a network's store, what it took, what waits for it and what it refused."""
    store = store_of(network)
    if store is None:
        return None
    states = (
        Count("pk", filter=Q(state=StatementState.WAITING)),
        Count("pk", filter=Q(state=StatementState.SENT)),
    )
    counts = store.statements.aggregate(waiting=states[0], sent=states[1])
    refused = list(store.statements.filter(state=StatementState.REFUSED).order_by("-pk")[:20])
    return StoreLine(store, counts["waiting"], counts["sent"], refused, open_store(store) is not None)


def signed_words(statement: Statement) -> dict[str, Any]:
    """Return what a statement said when it was signed; `xapi.Unsigned` when it is not what was signed."""
    return xapi.check(statement.body, statement.signature, dict(statement.store.public))
