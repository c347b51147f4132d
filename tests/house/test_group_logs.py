"""What happens in a practice-exchange group, and what is read of it, leaves no word in the logs."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.house.group_world import MARK, build_group
from tests.house.test_group_secrecy import near, walk, where
from tests.house.world import World, build


@pytest.fixture
def world(
    network: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Any,
    run_reactions: Any,
    settings: Any,
) -> World:
    settings.DEMO = True
    return build(network, alice, bob, chloe, dora, make_post, run_reactions)


def test_nothing_of_it_is_logged(
    world: World,
    network: Any,
    alice: Any,
    bob: Any,
    make_person: Any,
    join: Any,
    run_reactions: Any,
    client_of: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("django.db.backends").setLevel(logging.INFO)
        group = build_group(network, alice, bob, make_person, join)
        run_reactions()
        list(walk(client_of(bob), world, group, near()))
        list(walk(client_of(alice), world, group, near()))
    said = "\n".join(record.getMessage() + str(record.exc_info or "") for record in caplog.records)
    assert MARK not in said, where(said)
