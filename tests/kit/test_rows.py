"""One safe door for changes of state."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.kit.rows import move


def test_a_row_moves_once_from_the_state_it_is_in(bob: Any, make_post: Any) -> None:
    post = make_post(bob)
    late = Post.objects.get(pk=post.pk)
    move(post, PostState.PAUSED, since=[PostState.PUBLISHED], place="Nantes")
    assert (post.state, post.place) == ("paused", "Nantes")
    post.refresh_from_db()
    assert (post.state, post.place) == ("paused", "Nantes")
    with pytest.raises(ValidationError, match="entre-temps") as refusal:
        move(late, PostState.PAUSED, since=[PostState.PUBLISHED], place="Brest")
    assert refusal.value.code == "changed"
    assert (late.state, late.place) == ("published", "")  # what is in memory does not lie either


def test_the_refusal_can_have_its_own_sentence(bob: Any, make_post: Any) -> None:
    with pytest.raises(ValidationError, match="Trop tard"):
        move(make_post(bob), PostState.PAUSED, since=[PostState.DRAFT], sentence="Trop tard.")
