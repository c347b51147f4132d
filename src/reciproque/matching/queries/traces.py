"""Where the words of a post were copied by what was found: what erasing them must reach."""

from __future__ import annotations

from django.db.models import Q

from reciproque.catalogue.models import Post
from reciproque.exchanges.models import Introduction
from reciproque.exchanges.rules import IntroductionState
from reciproque.journal.models import Fact
from reciproque.matching.models import Nudge, Proposal, Suggestion


def traces_of(post: Post) -> list[tuple[str, str]]:
    """Return what is about a post and led to no exchange, by kind and identifier, the post itself first."""
    either = Q(offer=post) | Q(request=post)
    kept = [IntroductionState.ACCEPTED, IntroductionState.AGREED]
    introductions = Introduction.objects.filter(either).exclude(state__in=kept)
    rows = [
        (Introduction.subject_kind, introductions),
        (Suggestion.subject_kind, Suggestion.objects.filter(either)),
        (Nudge.subject_kind, Nudge.objects.filter(request=post)),
    ]
    return [(post.subject_kind, post.public_id)] + [
        (kind, public_id)
        for kind, found in rows
        for public_id in found.order_by().values_list("public_id", flat=True)
    ]


def proposed_to(post: Post) -> list[tuple[str, str]]:
    """Return the introductions after which a post was proposed as the next one."""
    rows = Proposal.objects.filter(offer=post).order_by()
    return [(Introduction.subject_kind, pk) for pk in rows.values_list("introduction__public_id", flat=True)]


def found_facts(post: Post) -> list[Fact]:
    """Return the facts that said to others that a post was found for them."""
    rows = Fact.objects.filter(network=post.network.public_id, name="suggestion.found")
    return list(rows.filter(data__offer=post.public_id))
