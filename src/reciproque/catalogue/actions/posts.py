"""Word, publish, pause, renew and close offers and requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.rules import Mode, StepState, Verb
from reciproque.catalogue.access import can_change
from reciproque.catalogue.models import Post, Topic, TopicName, validity_end
from reciproque.catalogue.queries import expired_posts, expiring_posts
from reciproque.catalogue.rules import (
    MAX_AT_ONCE,
    MAX_OPEN_POSTS,
    MAX_TOPICS,
    TITLE_MAX,
    TOPIC_MAX,
    TRANSITIONS,
    WARNING_DAYS,
    Kind,
    Level,
    PostState,
    clean_title,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean, fold
from reciproque.kit.tokens import is_id, new_id
from reciproque.networks.access import accompanies, is_member
from reciproque.networks.actions import set_active
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person
from reciproque.people.rules import SPOKEN

WORDS = {"title", "description", "purpose", "level", "how_learned", "learns_best", "place"}
FIELDS = WORDS | {"modes", "languages", "capacity", "small_group"}


def get_or_create_topic(name: str, *, family: str = "") -> Topic:
    """Return the topic of that name or synonym (accents and case aside), the one that took it in when merged.

    A new one is made when there is none.
    """
    name = " ".join(clean(name).split())[:TOPIC_MAX]
    folded = fold(name)[:TOPIC_MAX]
    if not folded:
        raise ValidationError({"topics": _("Un sujet a besoin d’au moins une lettre ou un chiffre.")})
    topic = _topic_named(folded)
    if topic is not None:
        return topic
    try:
        with transaction.atomic():
            return Topic.objects.create(folded=folded, name=name, family=family)
    except IntegrityError:
        # Written at the same instant by somebody else.
        topic = Topic.objects.select_related("merged_into").get(folded=folded)
        return topic.merged_into or topic


def _topic_named(folded: str) -> Topic | None:
    topic = Topic.objects.filter(folded=folded).select_related("merged_into").first()
    if topic is None:
        named = TopicName.objects.filter(folded=folded).select_related("topic__merged_into").first()
        topic = named.topic if named is not None else None
    return topic and (topic.merged_into or topic)


def _clean_fields(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - FIELDS
    if unknown:
        raise ValueError(f"not fields of a post: {sorted(unknown)}")
    cleaned = {name: clean(value).strip() if name in WORDS else value for name, value in fields.items()}
    for name in WORDS & cleaned.keys() - {"title"}:
        limit = getattr(Post._meta.get_field(name), "max_length", None)
        if limit and len(cleaned[name]) > limit:
            raise ValidationError(
                {name: _("Ce texte est trop long : %(n)s caractères au plus.") % {"n": limit}}
            )
    _check_choices(cleaned)
    return cleaned


def _check_choices(fields: dict[str, Any]) -> None:
    choices = {"modes": Mode.values, "languages": [code for code, _label in SPOKEN]}
    for name, known in choices.items():
        if not set(fields.get(name, ())) <= set(known):
            raise ValidationError({name: _("Choisissez parmi ce qui est proposé.")})
    if fields.get("level", "") not in Level.values:
        raise ValidationError({"level": _("Choisissez parmi ce qui est proposé.")})
    if not 1 <= fields.get("capacity", 1) <= MAX_AT_ONCE:
        raise ValidationError({"capacity": _("Choisissez un nombre entre 1 et 20.")})


def _set_topics(post: Post, names: Iterable[str], *, new: bool = False) -> None:
    topics = {topic.pk: topic for topic in (get_or_create_topic(name) for name in names if name.strip())}
    if len(topics) > MAX_TOPICS:
        raise ValidationError({"topics": _("Choisissez cinq sujets au plus.")})
    if new:
        post.topics.add(*topics.values())
    else:
        post.topics.set(topics.values())


def _kept(network: Network, author: Person, kind: str, key: str) -> Post | None:
    if not is_id(key):
        return None
    return Post.objects.filter(network=network, author=author, kind=kind, public_id=key).first()


def _check_author(author: Person, network: Network, by: Person) -> None:
    if by.pk != author.pk and not accompanies(by, network, author):
        raise PermissionDenied
    if not is_member(author, network):
        raise PermissionDenied


def _check_count(author: Person, network: Network) -> None:
    published = Post.objects.filter(author=author, network=network, state=PostState.PUBLISHED)
    if published.count() >= MAX_OPEN_POSTS:
        raise ValidationError(
            _("Vous avez déjà 60 offres et demandes publiées. Retirez-en avant d’en ajouter.")
        )


@transaction.atomic
def save_draft(
    network: Network,
    author: Person,
    kind: str,
    *,
    by: Person,
    draft: Post | None = None,
    key: str = "",
    topics: Sequence[str] | None = None,
    **fields: Any,
) -> Post:
    """Keep what has been typed so far, however incomplete; no fact, nobody sees it but its author.

    `key` is the identifier the blank form was given: saving it ten times keeps one draft.
    """
    _check_author(author, network, by)
    return _keep_draft(
        network,
        author,
        kind,
        by=by,
        draft=draft or _kept(network, author, kind, key),
        key=key,
        topics=topics,
        **fields,
    )


def _keep_draft(
    network: Network,
    author: Person,
    kind: str,
    *,
    by: Person,
    draft: Post | None,
    key: str,
    topics: Sequence[str] | None,
    **fields: Any,
) -> Post:
    if draft is not None and draft.author_id != author.pk:
        raise PermissionDenied
    fields = _clean_fields(fields)
    if "title" in fields:
        fields["title"] = " ".join(fields["title"].split())[:TITLE_MAX]
    fields["changed_at"] = clock.now()
    new = draft is None
    if draft is None:
        written_by = by if by.pk != author.pk else None
        post = Post(network=network, author=author, kind=kind, written_by=written_by, created_at=clock.now())
        post.public_id = key if is_id(key) else new_id()
        for name, value in fields.items():
            setattr(post, name, value)
        try:
            with transaction.atomic():
                post.save()
        except IntegrityError as error:
            raise ValidationError(ALREADY_CHANGED, code="changed") from error
    else:
        # Only while it is still a draft: what is typed must not undo a publication made at the same moment.
        post = draft
        move(post, PostState.DRAFT, since=[PostState.DRAFT], **fields)
    if topics is not None:
        _set_topics(post, topics, new=new)
    return post


@transaction.atomic
def publish_post(
    network: Network,
    author: Person,
    kind: str,
    *,
    by: Person,
    draft: Post | None = None,
    key: str = "",
    topics: Sequence[str] = (),
    **fields: Any,
) -> Post:
    """Publish an offer or a request at once, without prior approval; an animator may do it for someone."""
    if kind not in Kind.values:
        raise ValueError(kind)
    _check_author(author, network, by)
    clean_title(fields.get("title", ""))
    draft = draft or _kept(network, author, kind, key)
    if draft is not None and draft.author_id == author.pk and draft.state != PostState.DRAFT:
        return draft  # the same button pressed twice
    _check_count(author, network)
    try:
        with transaction.atomic():
            post = _keep_draft(network, author, kind, by=by, draft=draft, key=key, topics=topics, **fields)
            _publish(post, by=by)
    except ValidationError as error:
        # Pressed twice at the same instant: the other press has just published it.
        kept = _kept(network, author, kind, draft.public_id if draft else key)
        if getattr(error, "code", None) != "changed" or kept is None or not kept.is_open:
            raise
        return kept
    return post


def _publish(post: Post, *, by: Person | None) -> None:
    now = clock.now()
    clean_title(post.title)
    move(
        post,
        PostState.PUBLISHED,
        since=TRANSITIONS["publish"][0],
        published_at=now,
        changed_at=now,
        expires_at=validity_end(now, post.network),
        closed_at=None,
        warned_at=None,
        renewed_at=None,
        silent_at=None,
    )
    note_post("post.published", post, by)
    tell_activity(post.author, post.network)


def note_post(name: str, post: Post, by: Person | None, **data: Any) -> None:
    """Record a fact about a post, with the names and the title that messages will need."""
    record(
        name,
        post,
        by=by,
        network=post.network,
        people=[post.author],
        kind=post.kind,
        title=post.title,
        name=post.author.display_name,
        **data,
    )


def tell_activity(person: Person, network: Network) -> None:
    """Tell `networks` whether this person has an offer and a request published there."""
    # Locked first: of an offer and a request published at the same instant, the second must see the first.
    locked = Membership.objects.select_for_update().filter(person=person, network=network)
    list(locked.values_list("pk", flat=True))
    kinds = set(
        Post.objects.filter(author=person, network=network, state=PostState.PUBLISHED).values_list(
            "kind", flat=True
        )
    )
    set_active(person, network, reciprocal=kinds == set(Kind.values))


@transaction.atomic
def edit_post(post: Post, *, by: Person, topics: Sequence[str] | None = None, **fields: Any) -> Post:
    """Change the words or the conditions of a post that is not closed."""
    if not can_change(by, post):
        raise PermissionDenied
    if post.state not in (PostState.PUBLISHED, PostState.PAUSED, PostState.EXPIRED):
        raise ValidationError(_("On ne modifie pas une annonce close. Publiez-en une nouvelle."))
    fields = _clean_fields(fields)
    if "title" in fields:
        fields["title"] = clean_title(fields["title"])
    changed = sorted(name for name, value in fields.items() if getattr(post, name) != value)
    for name in changed:
        setattr(post, name, fields[name])
    post.changed_at = clock.now()
    post.save(update_fields=[*changed, "changed_at"])
    if topics is not None:
        _set_topics(post, topics)
    note_post("post.edited", post, by, fields=changed)
    return post


def close_post(post: Post, verb: str, *, by: Person | None, fact: str, **data: Any) -> Post:
    """Take a post out of sight by one of its verbs; doing it twice changes nothing."""
    if by is not None and not can_change(by, post):
        raise PermissionDenied
    since, to = TRANSITIONS[verb]
    if post.state == to:
        return post
    if post.state == PostState.DRAFT and verb == "withdraw":
        # Nobody but its author has seen it, and it has no history: it goes without a trace.
        Post.objects.filter(pk=post.pk, state=PostState.DRAFT).delete()
        post.state = to.value
        return post
    now = clock.now()
    changes: dict[str, Any] = {"changed_at": now}
    if to != PostState.PAUSED:
        changes["closed_at"] = now
    move(post, to, since=since, **changes)
    close_steps(post, verb=Verb.RENEW, outcome=StepState.LAPSED if verb == "expire" else StepState.DONE)
    note_post(fact, post, by, **data)
    tell_activity(post.author, post.network)
    return post


@transaction.atomic
def pause_post(post: Post, *, by: Person) -> Post:
    """Take a post out of sight for a while."""
    return close_post(post, "pause", by=by, fact="post.paused")


@transaction.atomic
def withdraw_post(post: Post, *, by: Person | None, reason: str = "") -> Post:
    """Withdraw a post for good (`by` None: its author left)."""
    return close_post(post, "withdraw", by=by, fact="post.withdrawn", reason=reason)


@transaction.atomic
def fulfil_post(post: Post, *, by: Person | None) -> Post:
    """Note that a post did its work: what was sought is found, what was offered is given."""
    return close_post(post, "fulfil", by=by, fact="post.fulfilled")


@transaction.atomic
def renew_post(post: Post, *, by: Person) -> Post:
    """Publish again for the network's whole validity: from a warning, an expiry, a pause or a withdrawal."""
    if not can_change(by, post):
        raise PermissionDenied
    if post.state in (PostState.HIDDEN, PostState.REMOVED):
        raise ValidationError(_("Cette annonce a été masquée ou retirée : on ne la republie pas ainsi."))
    if post.state == PostState.PUBLISHED:
        now = clock.now()
        end = validity_end(now, post.network)
        fresh = post.expires_at is not None and end - post.expires_at < dt.timedelta(days=1)
        if fresh and post.silent_at is None:
            return post
        Post.objects.filter(pk=post.pk, state=PostState.PUBLISHED).update(
            expires_at=end, warned_at=None, changed_at=now, renewed_at=now, silent_at=None
        )
        # These only: its network and its author are known.
        changed = ["state", "expires_at", "warned_at", "changed_at", "renewed_at", "silent_at"]
        post.refresh_from_db(fields=changed)
        close_steps(post, verb=Verb.RENEW)
        note_post("post.renewed", post, by)
        return post
    if not is_member(post.author, post.network):
        raise PermissionDenied
    _check_count(post.author, post.network)
    _publish(post, by=by)
    return post


def warn_expiring(limit: int = 1000) -> int:
    """Ask the authors of posts about to expire whether to renew them (by the clock)."""
    now = clock.now()
    posts = expiring_posts(now, dt.timedelta(days=WARNING_DAYS), limit)
    for post in posts:
        with transaction.atomic():
            if Post.objects.filter(pk=post.pk, warned_at=None).update(warned_at=now):
                end = post.expires_at or now
                open_step(
                    Verb.RENEW, post, network=post.network, owner=post.author, due_at=end, words=post.title
                )
                note_post("post.expiring", post, None, expires_at=end.isoformat())
    return len(posts)


def expire_overdue(limit: int = 1000) -> int:
    """Take expired posts out of sight (by the clock); their authors may renew in one click."""
    posts = expired_posts(clock.now(), limit)
    done = 0
    for post in posts:
        with transaction.atomic():
            still = Post.objects.select_for_update().filter(
                pk=post.pk, state=PostState.PUBLISHED, expires_at__lte=clock.now()
            )
            if still.first() is not None:  # else renewed or closed since the list was read
                close_post(post, "expire", by=None, fact="post.expired")
                done += 1
    return done


@transaction.atomic
def withdraw_all(person: Person, *, network: Network | None, reason: str) -> int:
    """Withdraw everything a person who left had published; return how many."""
    posts = Post.objects.filter(
        author=person, state__in=[PostState.PUBLISHED, PostState.PAUSED]
    ).select_related("network", "author")
    if network is not None:
        posts = posts.filter(network=network)
    rows = list(posts)
    for post in rows:
        withdraw_post(post, by=None, reason=reason)
    return len(rows)
