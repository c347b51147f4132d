"""Words removed at their author's request: a neutral trace, and not a word left anywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models

from reciproque.catalogue.access import get_post
from reciproque.catalogue.actions import remove_post, renew_post, save_draft
from reciproque.catalogue.models import Post
from reciproque.catalogue.queries import own_counts
from reciproque.exchanges.actions import (
    accept_introduction,
    ask_introduction,
    refuse_introduction,
    remove_message,
    remove_review_words,
    write_message,
)
from reciproque.exchanges.models import Exchange, Review
from reciproque.exchanges.queries import reviews_shown, thread_messages
from reciproque.kit.errors import NotThere
from reciproque.matching import actions as matching
from reciproque.matching.queries import search
from reciproque.matching.queries.index import removed_since

WORD = "zébulon"


def rows_holding(word: str) -> list[str]:
    """Return every column of every table that holds a word, whoever owns it."""
    found = []
    for model in apps.get_models():
        columns = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._default_manager.all():
            for field in columns:
                value = getattr(row, field.attname)
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                if word in text:
                    found.append(f"{model.__name__}.{field.name}")
    return found


@pytest.fixture
def named(make_post: Any, chloe: Any) -> Any:
    return make_post(
        chloe,
        "offer",
        f"Apprivoiser un {WORD}",
        description=f"Le {WORD} est craintif.",
        topics=[f"Soins du {WORD}"],
    )


def test_a_post_leaves_a_trace_without_a_word(
    network: Any, named: Any, bob: Any, dora: Any, chloe: Any, make_post: Any, run_reactions: Any
) -> None:
    make_post(bob, "request", "Apprivoiser un animal craintif")
    refused = ask_introduction(network, requester=dora, offerer=chloe, by=dora, offer=named)
    refuse_introduction(refused, by=chloe, refusal="time")
    awaiting = ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=named)
    run_reactions()
    matching.compute_suggestions(network)
    remove_post(named, by=chloe)
    run_reactions()
    named.refresh_from_db()
    awaiting.refresh_from_db()
    assert (named.state, named.title, awaiting.state) == ("removed", "", "cancelled")
    assert own_counts(chloe, network)["removed"] == 1
    topics = {"Topic.name", "Topic.folded"}  # a topic is everybody's word, and no longer says whose
    # What has already left the building cannot be taken back; only what waits is.
    assert set(rows_holding(WORD)) <= topics
    assert search(network, bob, WORD).posts == []
    with pytest.raises(NotThere):
        get_post(bob, named.public_id)


def test_what_two_people_exchanged_about_keeps_its_name(
    network: Any, named: Any, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    accept_introduction(
        ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=named), by=chloe
    )
    remove_post(named, by=chloe)
    run_reactions()
    assert WORD in Exchange.objects.get().title


def test_only_its_author_and_never_a_draft(
    network: Any, named: Any, alice: Any, admin: Any, chloe: Any
) -> None:
    for person in (alice, admin):
        with pytest.raises(PermissionDenied):
            remove_post(named, by=person)
    with pytest.raises(ValidationError, match="brouillon"):
        remove_post(save_draft(network, chloe, "offer", by=chloe, title="Essai"), by=chloe)
    remove_post(named, by=chloe)
    remove_post(named, by=chloe)
    with pytest.raises(ValidationError, match="republie"):
        renew_post(named, by=chloe)


def test_the_saved_index_is_written_again_without_them(
    network: Any, named: Any, chloe: Any, later: Any
) -> None:
    matching.save_index(network)
    assert not removed_since(network)
    with later(0.1):
        remove_post(Post.objects.get(pk=named.pk), by=chloe)
        assert removed_since(network)
    with later(0.2):
        assert matching.refresh_stale() == 1
        assert not removed_since(network)
        assert matching.refresh_stale() == 0


def test_a_message_leaves_a_trace_without_a_word(exchange: Any, bob: Any, chloe: Any) -> None:
    message = write_message(exchange, f"Mon {WORD} vous déteste.", by=chloe)
    with pytest.raises(PermissionDenied):
        remove_message(message, by=bob)
    remove_message(message, by=chloe)
    assert rows_holding(WORD) == []
    assert [row.removed_at is not None for row in thread_messages(exchange.thread, bob)] == [False, True]


def test_a_review_keeps_its_answers_without_a_word(exchange: Any, review: Any, bob: Any, chloe: Any) -> None:
    Review.objects.filter(pk=review.pk).update(comment=f"Un vrai {WORD}.")
    with pytest.raises(PermissionDenied):
        remove_review_words(review, by=bob)
    remove_review_words(review, by=chloe)
    assert rows_holding(WORD) == []
    shown = next(row for row in reviews_shown(exchange, bob) if row.author == chloe)
    assert (shown.satisfaction, shown.comment) == ("1", "")
