"""Posts that say nearly the same: one person's are merged, several people's are met together; nothing without a yes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.kit.errors import NotThere
from reciproque.matching.access import get_likeness
from reciproque.matching.actions import (
    dismiss_likeness,
    find_alike,
    find_all_alike,
    meet_together,
    merge_posts,
)
from reciproque.matching.models import Likeness
from reciproque.matching.queries import alike_in, alike_of
from tests.matching.conftest import EXCEL, TALK


@pytest.fixture
def twice(network: Any, bob: Any, published: Any) -> Likeness:
    """Bob wrote the same offer twice, and another one."""
    published(bob, "offer", EXCEL)
    published(bob, "offer", "Construire des tableaux croisés dynamiques sous Excel")
    published(bob, "offer", TALK)
    find_alike(network)
    return Likeness.objects.get(kind="merge")


@pytest.fixture
def together(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, emile: Any, published: Any
) -> Likeness:
    """Bob, Dora and Émile seek what Chloé gives in a small group."""
    published(chloe, "offer", EXCEL, small_group=True, capacity=5)
    for person in (bob, dora, emile):
        published(person, "request", "Construire un tableau croisé dynamique")
    find_alike(network)
    return Likeness.objects.get(kind="group")


def test_ones_own_posts_that_say_the_same_are_found_once(network: Any, bob: Any, twice: Likeness) -> None:
    assert find_alike(network) == 1
    [alike] = alike_of(bob, network)
    assert {post.title for post in alike.posts} == {
        EXCEL,
        "Construire des tableaux croisés dynamiques sous Excel",
    }


def test_keeping_one_withdraws_the_others(network: Any, bob: Any, twice: Likeness) -> None:
    first, second = alike_of(bob, network)[0].posts
    merge_posts(twice, first, by=bob)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("published", "withdrawn")
    assert alike_of(bob, network) == []
    twice.refresh_from_db()
    with pytest.raises(ValidationError):
        merge_posts(twice, first, by=bob)


def test_kept_apart_they_are_not_proposed_again(network: Any, bob: Any, twice: Likeness) -> None:
    dismiss_likeness(twice, by=bob)
    assert find_all_alike() == 0
    assert alike_of(bob, network) == []


def test_what_one_wrote_is_settled_by_oneself_only(
    network: Any, alice: Any, bob: Any, chloe: Any, twice: Likeness
) -> None:
    post = twice.posts.first()
    for other in (alice, chloe):
        with pytest.raises(PermissionDenied):
            merge_posts(twice, post, by=other)
        with pytest.raises(NotThere):
            get_likeness(other, twice.public_id)
    assert get_likeness(bob, twice.public_id) == twice


def test_another_ones_post_is_never_kept(
    network: Any, bob: Any, chloe: Any, twice: Likeness, published: Any
) -> None:
    with pytest.raises(ValidationError):
        merge_posts(twice, published(chloe, "offer", EXCEL), by=bob)


def test_requests_of_several_people_are_met_in_one_small_group(
    network: Any, alice: Any, together: Likeness, said: Any
) -> None:
    [[shown], total] = alike_in(network)
    assert (total, len(shown.posts)) == (1, 3)
    assert shown.offer is not None
    assert meet_together(together, by=alice) == 3
    assert Step.objects.open().filter(verb=Verb.TRY).count() == 3
    assert len(said("suggestion.proposed")) == 3
    assert alike_in(network)[1] == 0


def test_without_an_offer_in_small_groups_there_is_nothing_to_propose(
    network: Any, alice: Any, together: Likeness
) -> None:
    together.offer.small_group = False
    together.offer.save()
    find_alike(network)
    together.refresh_from_db()
    assert together.offer is None
    with pytest.raises(ValidationError):
        meet_together(together, by=alice)


def test_only_animators_bring_several_people_together(
    network: Any, bob: Any, emile: Any, together: Likeness
) -> None:
    for other in (bob, emile):
        with pytest.raises(PermissionDenied):
            meet_together(together, by=other)
        with pytest.raises(NotThere):
            get_likeness(other, together.public_id)
