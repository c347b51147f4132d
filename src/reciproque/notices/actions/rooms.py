"""The rooms of a network: added by its animators, told its life, left alone when they do not answer."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from reciproque.catalogue.models import Post
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.fetch import FetchError, Refused, check_url, fetch
from reciproque.networks.access import can_settle
from reciproque.networks.models import Network
from reciproque.notices.engine.chats import Note, payload
from reciproque.notices.messages.rooms import figures_note, note_of, posts_note
from reciproque.notices.models import Hook, Outgoing
from reciproque.notices.queries.rooms import example_note, figures_between, posts_between
from reciproque.notices.rules import (
    LEASE,
    MAX_FAILURES,
    MAX_HOOKS,
    MAX_TRIES,
    ROOM_HOUR,
    TAKEN,
    WEEK,
    Channel,
    HookKind,
    HookTopic,
    OutgoingState,
    hour_passed,
    retry_after,
)
from reciproque.people.models import Person
from reciproque.people.rules import LANGUAGES

logger = logging.getLogger(__name__)
State = OutgoingState
TIMEOUT = 10.0
POSTS_NEW = "posts.new"


# -- which rooms ------------------------------------------------------------------------------------------------


@transaction.atomic
def add_hook(
    network: Network,
    *,
    by: Person,
    kind: str,
    url: str,
    topics: Collection[str],
    name: str = "",
    language: str = "fr",
) -> Hook:
    """Have a network speak to a room, from now on."""
    if not can_settle(by, network):
        raise PermissionDenied
    if kind not in HookKind.values or language not in dict(LANGUAGES):
        raise ValidationError(_("Ce choix n’existe pas."))
    if Hook.objects.filter(network=network, removed_at=None).count() >= MAX_HOOKS:
        raise ValidationError(_("Ce réseau parle déjà à beaucoup de salons : retirez-en un."))
    now = clock.now()
    hook = Hook.objects.create(
        network=network,
        kind=kind,
        url=_checked_url(url),
        topics=_checked_topics(topics),
        name=" ".join(name.split())[:80],
        language=language,
        added_by=by,
        added_at=now,
        posts_until=now,
        figures_at=now,
    )
    _record("hook.added", hook, by)
    return hook


def _checked_url(url: str) -> str:
    try:
        checked = check_url(url)
    except Refused as error:
        raise ValidationError({"url": error.sentence}) from None
    # The address is a key to the room; a room of the house itself is the administrator's to list.
    if checked.startswith("http://") and urlsplit(checked).netloc not in settings.FETCH_HOSTS:
        raise ValidationError({"url": _("Cette adresse est un secret : elle doit commencer par https://.")})
    return checked


def _checked_topics(topics: Collection[str]) -> list[str]:
    if not topics or not set(topics) <= set(HookTopic.values):
        raise ValidationError({"topics": _("Choisissez au moins un sujet.")})
    return [topic for topic in HookTopic.values if topic in topics]


def _record(name: str, hook: Hook, by: Person) -> None:
    # The address itself is a secret: the journal keeps its site only.
    record(name, hook, by=by, network=hook.network, kind=hook.kind, host=hook.host, topics=hook.topics)


@transaction.atomic
def change_hook(
    hook: Hook,
    *,
    by: Person,
    topics: Collection[str],
    name: str = "",
    is_active: bool = True,
    url: str = "",
) -> Hook:
    """Change what a room is told, or stop for a while; it starts afresh, whatever failed before."""
    if not can_settle(by, hook.network):
        raise PermissionDenied
    hook.topics = _checked_topics(topics)
    hook.name = " ".join(name.split())[:80]
    if url:
        hook.url = _checked_url(url)
    now = clock.now()
    if is_active and not hook.is_active:
        # What happened while nothing was told is not told afterwards.
        hook.posts_until = hook.figures_at = now
    hook.is_active, hook.failures, hook.last_error = is_active, 0, ""
    hook.save()
    _record("hook.changed", hook, by)
    return hook


@transaction.atomic
def remove_hook(hook: Hook, *, by: Person) -> None:
    """Speak to a room no more, and forget its address."""
    if not can_settle(by, hook.network):
        raise PermissionDenied
    Outgoing.objects.filter(hook=hook, state=State.WAITING).update(state=State.DROPPED)
    _record("hook.removed", hook, by)
    Hook.objects.filter(pk=hook.pk).update(removed_at=clock.now(), is_active=False, url="")


def try_hook(hook: Hook, *, by: Person) -> str:
    """Speak to a room now; return nothing when it took the message, else the sentence that says why it did not."""
    if not can_settle(by, hook.network):
        raise PermissionDenied
    with translation.override(hook.language):
        note = example_note(hook.network)
    _final, words = _post(hook, note)
    now = clock.now()
    changes: dict[str, Any] = {"last_error": words}
    if not words:
        changes |= {"last_at": now, "failures": 0}
    Hook.objects.filter(pk=hook.pk).update(**changes)
    return words


# -- what they are told by the clock --------------------------------------------------------------------------------


def tell_rooms() -> int:
    """Write the day's new offers and requests, and on Mondays the week's figures, for the rooms that asked for them."""
    now = clock.now()
    written = 0
    for hook in Hook.objects.filter(is_active=True, removed_at=None).select_related("network"):
        if HookTopic.POSTS in hook.topics and hour_passed(
            now, hook.posts_until, settings.TIME_ZONE, ROOM_HOUR, None
        ):
            written += _tell_posts(hook)
        if HookTopic.FIGURES in hook.topics and hour_passed(
            now, hook.figures_at, settings.TIME_ZONE, ROOM_HOUR, 0
        ):
            written += _tell_figures(hook)
    return written


@transaction.atomic
def _tell_posts(hook: Hook) -> int:
    now, since = clock.now(), hook.posts_until or hook.added_at
    mine = Hook.objects.filter(pk=hook.pk, posts_until=hook.posts_until).update(posts_until=now)
    posts, total = posts_between(hook.network, since, now)
    if not mine or not total:
        return 0
    _keep(hook, POSTS_NEW, _posts_fields(hook, posts, total))
    return 1


def _posts_fields(hook: Hook, posts: Sequence[Post], total: int) -> dict[str, Any]:
    written = posts_note(hook, posts, total)
    written["parts"] |= {"posts": [post.public_id for post in posts], "total": total}
    return written


def forget_in_notes(post: Post) -> int:
    """Take the title of a post out of what rooms were to be told and were not; return how many notes said it."""
    rows = Outgoing.objects.filter(fact_name=POSTS_NEW, network=post.network_id, channel=Channel.CHAT)
    done = 0
    for row in rows.exclude(state__in=[*TAKEN, State.DROPPED]).select_related("hook__network"):
        shown = row.parts.get("posts", [])
        if post.public_id not in shown or row.hook is None:
            continue
        found = Post.objects.open().filter(public_id__in=shown).exclude(pk=post.pk)
        posts = sorted(found, key=lambda one, shown=shown: shown.index(one.public_id))  # type: ignore[misc]
        total = row.parts["total"] - len(shown) + len(posts)
        written = _posts_fields(row.hook, posts, total)
        if total <= 0:
            written |= {"subject": "", "text": "", "parts": {}, "state": State.DROPPED}
        elif row.state != State.SENDING:
            # The copy that a worker may hold is worth nothing from now on.
            written["tries"] = F("tries") + 1
        done += Outgoing.objects.filter(pk=row.pk).exclude(state__in=TAKEN).update(**written)
    return done


@transaction.atomic
def _tell_figures(hook: Hook) -> int:
    now = clock.now()
    mine = Hook.objects.filter(pk=hook.pk, figures_at=hook.figures_at).update(figures_at=now)
    if not mine:
        return 0
    since = max(hook.figures_at or hook.added_at, now - WEEK)
    _keep(hook, "figures.week", figures_note(hook, figures_between(hook.network, since, now)))
    return 1


def _keep(hook: Hook, name: str, fields: dict[str, Any]) -> None:
    now = clock.now()
    Outgoing.objects.create(
        fact_id=None,
        fact_name=name,
        hook=hook,
        network=hook.network,
        channel=Channel.CHAT,
        language=hook.language,
        at=now,
        run_after=now,
        **fields,
    )


# -- what leaves ----------------------------------------------------------------------------------------------------


def send_notes(rows: Sequence[Outgoing]) -> int:
    """Post messages to rooms; return how many were tried."""
    tried = 0
    for row in rows:
        hook = row.hook
        assert hook is not None
        taken = Outgoing.objects.filter(pk=row.pk, state=row.state, tries=row.tries).update(
            state=State.SENDING, tries=F("tries") + 1, run_after=clock.now() + LEASE
        )
        if not taken:
            continue
        row.tries += 1
        if not hook.is_active or hook.removed_at is not None:
            _settle(row, State.DROPPED)
            continue
        tried += 1
        _send(row, hook)
    return tried


def _send(row: Outgoing, hook: Hook) -> None:
    final, words = _post(hook, note_of(row))
    now = clock.now()
    mine = Hook.objects.filter(pk=hook.pk)
    if not words:
        mine.update(last_at=now, last_error="", failures=0)
        _settle(row, State.SENT, sent_at=now, error="")
        return
    logger.warning("room %s: %s", hook.public_id, words)
    mine.update(last_error=words, failures=F("failures") + 1)
    mine.filter(failures__gte=MAX_FAILURES).update(is_active=False)
    if final or row.tries >= MAX_TRIES:
        _settle(row, State.FAILED, error=words)
    else:
        _settle(row, State.WAITING, run_after=now + retry_after(row.tries), error=words)


def _settle(row: Outgoing, state: str, **changes: Any) -> None:
    Outgoing.objects.filter(pk=row.pk, state=State.SENDING, tries=row.tries).update(state=state, **changes)


def _post(hook: Hook, note: Note) -> tuple[bool, str]:
    """Give one message to a room; return whether trying again would be useless, and the sentence of a refusal."""
    try:
        answer = fetch(
            hook.url,
            method="POST",
            data=payload(hook.kind, note),
            headers={"Content-Type": "application/json; charset=utf-8"},
            limit=20_000,
            timeout=TIMEOUT,
        )
    except Refused as error:
        return True, error.sentence
    except FetchError as error:
        return False, error.sentence
    if 200 <= answer.status < 300:
        return False, ""
    later = answer.status in (408, 429) or answer.status >= 500
    if answer.status in (401, 403, 404, 410):
        return True, _("Ce salon n’accepte plus de messages à cette adresse (réponse %(code)s).") % {
            "code": answer.status
        }
    return not later, _("Le salon a répondu par le code %(code)s.") % {"code": answer.status}
