"""Ask whether an offer that nobody answers still holds; take it out of sight when nobody says so."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.catalogue.actions.posts import close_post, note_post
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import SILENCE_DAYS, PostState
from reciproque.kit import clock


@transaction.atomic
def ask_if_still_true(post: Post) -> bool:
    """Ask the author of an offer that nobody answered for long whether it still holds; False when already asked."""
    now = clock.now()
    asked = Post.objects.filter(pk=post.pk, state=PostState.PUBLISHED, silent_at=None)
    if not asked.update(silent_at=now):
        return False
    post.silent_at = now
    due = now + dt.timedelta(days=SILENCE_DAYS)
    step = open_step(Verb.RENEW, post, network=post.network, owner=post.author, due_at=due, words=post.title)
    note_post("post.silent", post, None, expires_at=step.due_at.isoformat())
    return True


@transaction.atomic
def note_answered(post: Post) -> None:
    """Stop asking whether an offer still holds: somebody has just asked for it."""
    done = Post.objects.filter(pk=post.pk, silent_at__isnull=False, warned_at=None).update(silent_at=None)
    if done:
        close_steps(post, verb=Verb.RENEW, outcome=StepState.RELEASED)


def expire_silent(limit: int = 500) -> int:
    """Take out of sight, as expired, the offers whose author let the question pass (by the clock); return how many."""
    now = clock.now()
    late = Step.objects.overdue(now).filter(verb=Verb.RENEW, subject_kind=Post.subject_kind)
    posts = Post.objects.filter(
        state=PostState.PUBLISHED, silent_at__isnull=False, public_id__in=late.values("subject_id")
    )
    rows = list(posts.select_related("network", "author").order_by("silent_at", "pk")[:limit])
    done = 0
    for post in rows:
        with transaction.atomic():
            still = Post.objects.select_for_update().filter(
                pk=post.pk, state=PostState.PUBLISHED, silent_at=post.silent_at
            )
            if still.first() is not None:  # else renewed, or withdrawn, since the list was read
                close_post(post, "expire", by=None, fact="post.expired", silent=True)
                done += 1
    return done
