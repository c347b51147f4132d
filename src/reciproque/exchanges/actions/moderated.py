"""Take words of a conversation or a review out of the others' sight, bring them back, erase one's own."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from reciproque.agenda.models import Meeting, Step
from reciproque.catalogue.models import Post
from reciproque.exchanges.access import can_moderate_words
from reciproque.exchanges.models import Introduction, Review, ThreadMessage
from reciproque.exchanges.rules import IntroductionState
from reciproque.journal.actions import erase_words, record
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person

Words = ThreadMessage | Review


def network_of(words: Words) -> Network:
    """Return the network in which words were written."""
    return words.thread.network if isinstance(words, ThreadMessage) else words.exchange.network


def _check(words: Words, by: Person) -> None:
    if not can_moderate_words(by, words.author, network_of(words)):
        raise PermissionDenied


def _note(name: str, words: Words, by: Person | None) -> None:
    record(f"{words.subject_kind}.{name}", words, by=by, network=network_of(words), people=[words.author])


@transaction.atomic
def hide_words(words: Words, *, by: Person) -> Words:
    """Take a message, or the text of a review, out of the sight of all but its author; done once."""
    _check(words, by)
    rows = type(words).objects.filter(pk=words.pk, hidden_at=None, removed_at=None)
    if rows.update(hidden_at=clock.now()):
        _note("hidden", words, by)
    words.refresh_from_db(fields=["hidden_at", "removed_at"])
    return words


@transaction.atomic
def restore_words(words: Words, *, by: Person) -> Words:
    """Let a message, or the text of a review, be read again by those who could read it."""
    _check(words, by)
    if (
        type(words)
        .objects.filter(pk=words.pk, hidden_at__isnull=False, removed_at=None)
        .update(hidden_at=None)
    ):
        _note("restored", words, by)
    words.refresh_from_db(fields=["hidden_at", "removed_at"])
    return words


@transaction.atomic
def remove_review_words(review: Review, *, by: Person) -> Review:
    """Erase the text of one's own review for good; its answers still count, without a word."""
    if by.pk != review.author_id:
        raise PermissionDenied
    done = Review.objects.filter(pk=review.pk, removed_at=None).update(
        removed_at=clock.now(), hidden_at=None, learned="", comment=""
    )
    if done:
        _note("removed", review, by)
    review.refresh_from_db()
    return review


@transaction.atomic
def forget_post(post: Post) -> int:
    """Erase the title of a removed post wherever it was copied without leading to an exchange; return how many.

    What two people did exchange about keeps its name: it is the other one's history too.
    """
    about = Introduction.objects.filter(Q(offer=post) | Q(request=post))
    rows = list(
        about.exclude(state__in=[IntroductionState.ACCEPTED, IntroductionState.AGREED]).values_list(
            "pk", "public_id"
        )
    )
    trace = _("Annonce retirée à la demande de son auteur")
    Introduction.objects.filter(pk__in=[pk for pk, _public_id in rows]).update(title=trace)
    public_ids = [public_id for _pk, public_id in rows]
    for model in (Step, Meeting):
        kept = model.objects.filter(subject_kind=Introduction.subject_kind, subject_id__in=public_ids)
        kept.update(**{"words" if model is Step else "title": ""})
    Step.objects.filter(subject_kind=post.subject_kind, subject_id=post.public_id).update(words="")
    erase_words([(Introduction.subject_kind, public_id) for public_id in public_ids])
    return len(rows)
