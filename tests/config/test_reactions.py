"""One table says who reacts to which fact."""

from __future__ import annotations

from typing import Any

import pytest

from reciproque.config.reactions import HANDLERS, READERS, TABLE, react
from reciproque.journal.actions import record
from reciproque.journal.models import Reaction
from reciproque.journal.rules import readers_of
from reciproque.notices.actions import TOLD


def test_every_fact_is_promised_to_its_readers() -> None:
    for name, readers in TABLE.items():
        assert set(readers) <= set(READERS), name
        assert set(readers_of(name)) == set(readers) | ({"notices"} if name in TOLD else set()), name
    assert set(HANDLERS) == set(READERS)


def test_one_reader_s_failure_is_not_another_s(
    network: Any, bob: Any, make_post: Any, run_reactions: Any
) -> None:
    post = make_post(bob)
    run_reactions()
    assert not Reaction.objects.exclude(state="done").exists()
    post.public_id = "bcdfghjkmnpq"  # a fact about a post that is not there
    fact = record("post.published", post, network=network, kind="offer")
    run_reactions()
    states = {row.reader: (row.state, row.tries, "DoesNotExist" in row.error) for row in fact.reactions.all()}
    assert states["agenda"] == ("done", 0, False)
    assert states["matching"] == ("waiting", 1, True)


def test_a_fact_that_nobody_awaits_is_kept_all_the_same(bob: Any) -> None:
    assert not record("test.unheard", bob).reactions.exists()
    with pytest.raises(KeyError):
        react("agenda", record("test.unheard", bob))


def test_a_life_leaves_no_reaction_behind(
    network: Any, bob: Any, chloe: Any, make_post: Any, run_reactions: Any
) -> None:
    from reciproque.exchanges.actions import accept_introduction, ask_introduction
    from reciproque.networks.actions import leave_network
    from reciproque.networks.models import Membership

    offer, request = make_post(chloe), make_post(bob, "request")
    introduction = ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, offer=offer, request=request
    )
    accept_introduction(introduction, by=chloe)
    leave_network(Membership.objects.get(person=chloe), by=chloe)
    assert run_reactions() > 10
    assert run_reactions() == 0
    assert not Reaction.objects.exclude(state="done").exists()
