"""Forget the words of a post removed at its author's request, wherever what was found copied them."""

from __future__ import annotations

from django.db import transaction

from reciproque.catalogue.models import Post
from reciproque.journal.actions import erase_words
from reciproque.matching.actions.finding import take_out
from reciproque.matching.queries.traces import found_facts, proposed_to, traces_of


@transaction.atomic
def forget_post(post: Post) -> None:
    """Take a removed post out, and blank what the journal says of it; the saved index follows at its next hour."""
    erase_words(traces_of(post))
    erase_words(proposed_to(post), keys=["offer_title"])
    erase_words({(fact.subject_kind, fact.subject_id) for fact in found_facts(post)}, keys=["offer_title"])
    take_out(post)
