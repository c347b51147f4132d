"""Words and conducts to report, and those who may handle them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from reciproque.agenda.models import Step
from reciproque.exchanges.actions import accept_introduction, ask_introduction, submit_review, write_message
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.kit import clock
from reciproque.moderation import actions
from reciproque.moderation.models import Report

DAY = dt.timedelta(days=1)


@pytest.fixture
def gil(make_person: Any, network: Any, join: Any) -> Any:
    """A second animator, of yet another unit."""
    person = make_person("Gil", "Abadie", email="gil@example.org", unit="Finances", site="Lyon")
    join(person, network, "animator")
    return person


@pytest.fixture
def post(make_post: Any, chloe: Any) -> Any:
    return make_post(chloe, "offer", "Mener un entretien", description="Sans ménagement.")


@pytest.fixture
def introduction(network: Any, bob: Any, chloe: Any, post: Any) -> Introduction:
    return ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=post, message="Bonjour")


@pytest.fixture
def exchange(introduction: Introduction, chloe: Any) -> Exchange:
    accept_introduction(introduction, by=chloe)
    return Exchange.objects.get()


@pytest.fixture
def message(exchange: Exchange, chloe: Any) -> Any:
    return write_message(exchange, "Vous êtes bien lent.", by=chloe)


@pytest.fixture
def review(exchange: Exchange, bob: Any, chloe: Any) -> Any:
    """Chloé's review, which Bob may read: the exchange is closed."""
    now = clock.now()
    Exchange.objects.filter(pk=exchange.pk).update(state="finished", finished_at=now, review_due_at=now + DAY)
    exchange.refresh_from_db()
    submit_review(exchange, by=bob, satisfaction="3")
    made = submit_review(exchange, by=chloe, satisfaction="1", learned="Rien", comment="Pénible, Bob.")
    exchange.refresh_from_db()
    return made


@pytest.fixture
def report(network: Any, bob: Any, post: Any) -> Callable[..., Report]:
    """Bob reports something, Chloé's post unless said."""

    def make(about: Any = None, **fields: Any) -> Report:
        given = {"by": bob, "reason": "hurtful", "words": "Cela m’a blessé."} | fields
        return actions.make_report(network, about=post if about is None else about, **given)

    return make


@pytest.fixture
def steps() -> Callable[[str], set[str]]:
    """Who is expected to do something, by verb: the first names."""

    def of(verb: str) -> set[str]:
        rows = Step.objects.open().filter(verb=verb).select_related("owner")
        return {step.owner.first_name if step.owner else "" for step in rows}

    return of


@pytest.fixture
def later() -> Callable[[float], Any]:
    start = clock.now()
    return lambda days: clock.at(start + days * DAY)
