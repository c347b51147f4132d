"""Take back what was written, and has not left yet, about words removed at their author's request."""

from __future__ import annotations

from django.db import transaction

from reciproque.catalogue.models import Post
from reciproque.journal.models import Fact
from reciproque.matching.queries.traces import found_facts, proposed_to, traces_of
from reciproque.notices.models import Outgoing
from reciproque.notices.rules import TAKEN, OutgoingState

ERASED = {"subject": "", "text": "", "html": "", "parts": {}, "ics": ""}


@transaction.atomic
def forget_post(post: Post) -> int:
    """Drop the messages about a removed post that nobody has received, and erase their words; return how many.

    What was already received is in other people's hands.
    """
    facts = {fact.pk for fact in found_facts(post)}
    for kind, public_id in [*traces_of(post), *proposed_to(post)]:
        rows = Fact.objects.filter(subject_kind=kind, subject_id=public_id).exclude(name="post.removed")
        facts.update(rows.values_list("pk", flat=True))
    return drop_unsent(facts)


def drop_unsent(facts: set[int]) -> int:
    """Drop what was written about these facts and not received, with its words; return how many."""
    done = 0
    wanted = sorted(facts)
    for start in range(0, len(wanted), 500):
        unsent = Outgoing.objects.filter(fact_id__in=wanted[start : start + 500]).exclude(
            state__in=[*TAKEN, OutgoingState.SENDING, OutgoingState.GROUPED]
        )
        done += unsent.update(state=OutgoingState.DROPPED, **ERASED)
    return done
