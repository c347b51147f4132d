"""An introduction and an exchange at each stage of their life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from reciproque.agenda.actions import fix_date
from reciproque.agenda.queries import live_meeting, steps_about
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.kit import clock
from reciproque.networks.actions import change_settings

DAY = dt.timedelta(days=1)


@pytest.fixture
def ask(network: Any, make_post: Any) -> Callable[..., Introduction]:
    """Someone asks someone who offers, about new posts of theirs."""

    def ask_(requester: Any, offerer: Any, title: str = "Mener un entretien", **fields: Any) -> Introduction:
        offer = fields.pop("offer", None) or make_post(offerer, "offer", title)
        request = fields.pop("request", None) or make_post(requester, "request", f"Apprendre : {title}")
        return actions.ask_introduction(
            network,
            requester=requester,
            offerer=offerer,
            by=fields.pop("by", requester),
            offer=offer,
            request=request,
            **fields,
        )

    return ask_


@pytest.fixture
def introduction(ask: Any, bob: Any, chloe: Any) -> Introduction:
    """Bob asked Chloé; she has not answered."""
    return ask(bob, chloe, message="Bonjour Chloé")


@pytest.fixture
def exchange(introduction: Introduction, chloe: Any) -> Exchange:
    """Chloé said yes: Bob is expected to propose dates."""
    actions.accept_introduction(introduction, by=chloe)
    return Exchange.objects.get()


@pytest.fixture
def finished(exchange: Exchange, bob: Any) -> Exchange:
    """They met yesterday, by telephone, and said so today."""
    meeting = live_meeting(exchange)
    assert meeting is not None
    fix_date(meeting, clock.now() + DAY, by=bob)
    with clock.at(clock.now() + 2 * DAY):
        actions.say_held(meeting, by=bob, held=True)
    exchange.refresh_from_db()
    return exchange


@pytest.fixture
def mediated(network: Any, admin: Any, bob: Any, chloe: Any, dora: Any, join: Any, ask: Any) -> Introduction:
    """A mediated network: Bob asked Dora, who said yes; Chloé mediates."""
    change_settings(network, by=admin, mediation="mediated")
    introduction = ask(bob, dora)
    actions.accept_introduction(introduction, by=dora)
    return introduction


@pytest.fixture
def expected() -> Callable[[Any], set[tuple[str, str]]]:
    """Who is expected to do what about a subject ("" is the animation team)."""
    return lambda subject: {
        (step.owner.first_name if step.owner else "", step.verb) for step in steps_about(subject)
    }


@pytest.fixture
def later() -> Callable[[float], Any]:
    """Run a block some days later."""
    start = clock.now()
    return lambda days: clock.at(start + days * DAY)


@pytest.fixture
def declare(network: Any, bob: Any, chloe: Any) -> Any:
    def declare_(by: Any, **fields: Any) -> Exchange:
        today = clock.now().date()
        values = {
            "requester": bob,
            "offerer": chloe,
            "title": "Publipostage",
            "held_on": today - DAY,
        } | fields
        return actions.declare_exchange(network, by=by, **values)

    return declare_
