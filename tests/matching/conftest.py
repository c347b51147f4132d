"""A few offers and requests that go together, or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reciproque.exchanges.actions import ask_introduction
from reciproque.exchanges.models import Introduction
from reciproque.matching.actions import take_in

EXCEL, EXCEL_TOO = "Construire des tableaux croisés dynamiques", "Faire un tableau croisé dynamique"
TALK, TALK_TOO = "Prendre la parole en public", "Oser prendre la parole devant un public"


@pytest.fixture
def published(make_post: Any) -> Callable[..., Any]:
    """Publish a post and take it in, as the worker does."""

    def published_(author: Any, kind: str, title: str, **fields: Any) -> Any:
        post = make_post(author, kind, title, **fields)
        take_in(post)
        return post

    return published_


@pytest.fixture
def offer(published: Any, chloe: Any) -> Any:
    """What Chloé offers."""
    return published(chloe, "offer", EXCEL)


@pytest.fixture
def request_(published: Any, bob: Any, offer: Any) -> Any:
    """What Bob seeks: Chloé has it."""
    return published(bob, "request", EXCEL_TOO)


@pytest.fixture
def its(network: Any, make_post: Any, bob: Any, chloe: Any, dora: Any, member: Any) -> Any:
    """Bob seeks (by telephone or video) what Chloé offers: nothing taken in yet."""

    class Its:
        offer = make_post(chloe, "offer", EXCEL)
        request = make_post(bob, "request", EXCEL_TOO)
        publish = staticmethod(make_post)

        def ask(self) -> Introduction:
            return ask_introduction(
                network, requester=bob, offerer=chloe, by=bob, request=self.request, offer=self.offer
            )

    pair = Its()
    pair.network, pair.member = network, member  # type: ignore[attr-defined]
    pair.bob, pair.chloe, pair.dora = bob, chloe, dora  # type: ignore[attr-defined]
    return pair
