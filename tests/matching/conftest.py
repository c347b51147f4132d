"""A few offers and requests that go together, or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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
