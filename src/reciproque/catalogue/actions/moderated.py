"""Take a post out of sight after a report, bring it back, or erase its words because its author asked."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.rules import StepState
from reciproque.catalogue.access import can_moderate
from reciproque.catalogue.actions.posts import tell_activity
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import TRANSITIONS, PostState
from reciproque.journal.actions import erase_words, record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.people.models import Person

NOT_SHOWN = _("Cette annonce n’est plus visible : il n’y a rien à masquer.")
# What an author wrote; all of it goes when they ask.
WORDS = ("title", "description", "purpose", "how_learned", "learns_best", "place")


@transaction.atomic
def hide_post(post: Post, *, by: Person | None) -> Post:
    """Take a post out of everybody's sight but its author's (`by` None: a deadline decided); done once."""
    if by is not None and not can_moderate(by, post):
        raise PermissionDenied
    if post.state == PostState.HIDDEN:
        return post
    since, to = TRANSITIONS["hide"]
    now = clock.now()
    move(post, to, since=since, sentence=NOT_SHOWN, hidden_from=post.state, hidden_at=now, changed_at=now)
    close_steps(post, outcome=StepState.RELEASED)
    _note("post.hidden", post, by)
    return post


@transaction.atomic
def restore_post(post: Post, *, by: Person) -> Post:
    """Bring a hidden post back to where it was; what expired meanwhile comes back expired, to be renewed."""
    if not can_moderate(by, post):
        raise PermissionDenied
    if post.state != PostState.HIDDEN:
        return post
    now = clock.now()
    to = post.hidden_from
    if to == PostState.PUBLISHED and (post.expires_at is None or post.expires_at <= now):
        to = PostState.EXPIRED
    closed_at = now if to == PostState.EXPIRED and post.closed_at is None else post.closed_at
    move(
        post,
        to,
        since=[PostState.HIDDEN],
        hidden_from="",
        hidden_at=None,
        changed_at=now,
        closed_at=closed_at,
    )
    _note("post.restored", post, by)
    return post


@transaction.atomic
def remove_post(post: Post, *, by: Person) -> Post:
    """Erase the words of one's own post for good: a neutral trace stays, so that counts and histories hold."""
    if by.pk != post.author_id:
        raise PermissionDenied
    if post.state == PostState.REMOVED:
        return post
    if post.state == PostState.DRAFT:
        raise ValidationError(_("Un brouillon n’a été lu par personne : supprimez-le simplement."))
    since, to = TRANSITIONS["remove"]
    now = clock.now()
    move(
        post,
        to,
        since=since,
        removed_at=now,
        changed_at=now,
        hidden_at=None,
        hidden_from="",
        **dict.fromkeys(WORDS, ""),
    )
    post.topics.clear()
    close_steps(post, outcome=StepState.RELEASED)
    erase_words([(post.subject_kind, post.public_id)])
    _note("post.removed", post, by)
    return post


def _note(name: str, post: Post, by: Person | None) -> None:
    """Record what happened without a word of the post, and tell whether its author still offers and asks."""
    record(name, post, by=by, network=post.network, people=[post.author], kind=post.kind)
    tell_activity(post.author, post.network)
