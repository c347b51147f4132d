"""The cast × the verbs of a post."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reciproque.catalogue import access, actions
from reciproque.catalogue.models import Post, Topic
from reciproque.kit.errors import NotThere
from reciproque.people.actions import leave_organisation

OWN = {"admin", "alice", "bob"}
MEMBERS = {"alice", "bob", "chloe", "dora", "emile"}

VERBS: dict[str, Callable[[Any, Any], Any]] = {
    "edit": lambda post, by: actions.edit_post(post, by=by, title="Autre titre"),
    "pause": lambda post, by: actions.pause_post(post, by=by),
    "withdraw": lambda post, by: actions.withdraw_post(post, by=by),
    "fulfil": lambda post, by: actions.fulfil_post(post, by=by),
    "renew": lambda post, by: actions.renew_post(post, by=by),
    "publish for its author": lambda post, by: actions.publish_post(
        post.network, post.author, "offer", by=by, title="Autre offre"
    ),
    "draft for its author": lambda post, by: actions.save_draft(
        post.network, post.author, "offer", by=by, title="A"
    ),
}


@pytest.fixture
def post(bob: Any, make_post: Any) -> Any:
    return make_post(bob)


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_change_a_post(verb: str, post: Any, everyone: Any, verdict: Any) -> None:
    answers = {
        name: verdict(lambda by=by: VERBS[verb](Post.objects.get(pk=post.pk), by))
        for name, by in everyone.items()
    }
    assert answers == {name: "yes" if name in OWN else "no" for name in everyone}
    assert {name for name, person in everyone.items() if access.can_change(person, post)} == OWN


@pytest.mark.parametrize(
    ("state", "seers"),
    [("published", MEMBERS | {"admin"}), ("paused", OWN), ("withdrawn", OWN), ("draft", {"bob"})],
)
def test_who_sees_a_post(
    state: str, seers: set[str], network: Any, post: Any, bob: Any, everyone: Any, verdict: Any
) -> None:
    if state == "draft":
        post = actions.save_draft(network, bob, "offer", by=bob, title="Brouillon")
    elif state != "published":
        VERBS["pause" if state == "paused" else "withdraw"](post, bob)
    answers = {name: verdict(lambda: access.get_post(who, post.public_id)) for name, who in everyone.items()}  # noqa: B023
    assert answers == {name: "yes" if name in seers else "not there" for name in everyone}


def test_who_is_not_a_member_publishes_nothing(network: Any, post: Any, fatou: Any, verdict: Any) -> None:
    assert verdict(lambda: actions.publish_post(network, fatou, "offer", by=fatou, title="Offre")) == "no"
    assert verdict(lambda: actions.save_draft(network, fatou, "offer", by=fatou, title="Offre")) == "no"


def test_another_s_draft_is_not_taken_over(network: Any, bob: Any, chloe: Any, verdict: Any) -> None:
    draft = actions.save_draft(network, bob, "offer", by=bob, title="Brouillon")
    for gesture in (actions.save_draft, actions.publish_post):
        answer = verdict(lambda: gesture(network, chloe, "offer", by=chloe, draft=draft, title="Volé"))  # noqa: B023
        assert answer == "no"
        answer = verdict(
            lambda do=gesture: do(network, chloe, "offer", by=chloe, key=draft.public_id, title="Volé")
        )
        assert answer == "refused"
    draft.refresh_from_db()
    assert (draft.title, draft.author) == ("Brouillon", bob)


def test_a_stranger_learns_nothing_from_a_key(
    network: Any, bob: Any, dora: Any, post: Any, verdict: Any
) -> None:
    gesture = lambda: actions.publish_post(network, bob, "offer", by=dora, key=post.public_id, title="Offre")  # noqa: E731
    assert verdict(gesture) == "no"


def test_who_left_the_organisation_meets_nothing(post: Any, chloe: Any, alice: Any, verdict: Any) -> None:
    for person in (chloe, alice):
        leave_organisation(person, by=None)
        assert verdict(lambda: access.get_post(person, post.public_id)) == "not there"  # noqa: B023
        assert not access.can_change(person, post)


def test_a_merged_topic_leads_to_the_one_that_took_it_in(db: None) -> None:
    kept, merged = actions.get_or_create_topic("Excel"), actions.get_or_create_topic("Tableur Excel")
    Topic.objects.filter(pk=merged.pk).update(merged_into=kept)
    assert access.get_topic(merged.public_id) == kept
    assert actions.get_or_create_topic("tableur excel") == kept
    with pytest.raises(NotThere):
        access.get_topic("bcdfghjkmnpq")
