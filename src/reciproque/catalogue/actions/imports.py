"""Bring offers and requests in: check every line first, then write all or nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from reciproque.agenda.rules import Mode
from reciproque.catalogue.models import Post, Topic, TopicName, people_with_both, validity_end
from reciproque.catalogue.rules import (
    MAX_TOPICS,
    TEXT_MAX,
    TITLE_MAX,
    TOPIC_MAX,
    Kind,
    Level,
    PostState,
    clean_title,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.tables import Line, Problem, Table
from reciproque.kit.text import fold
from reciproque.networks.actions import set_reciprocal_in_bulk
from reciproque.networks.models import Network
from reciproque.people.actions.directory import parse_languages
from reciproque.people.models import Person

COLUMNS: dict[str, tuple[str, ...]] = {
    "person": ("person_id", "person", "personne", "external_id", "matricule", "id", "row"),
    "kind": ("kind", "genre", "type", "nature"),
    "title": ("title", "titre", "intitule"),
    "description": ("description", "precisions", "details"),
    "topics": ("topics", "sujets", "mots_cles", "tags"),
    "modes": ("mode", "modes", "modalite"),
    "languages": ("language", "languages", "langue", "langues"),
    "level": ("level", "niveau"),
    "capacity": ("capacity", "capacite"),
    "purpose": ("purpose", "pour_quoi_faire"),
    "offers": ("offers", "offres"),
    "requests": ("requests", "demandes"),
}
KNOWN = {heading for headings in COLUMNS.values() for heading in headings}
_KINDS = {"offer": Kind.OFFER, "offre": Kind.OFFER, "request": Kind.REQUEST, "demande": Kind.REQUEST}
_MODES = {fold(str(mode.label)): mode.value for mode in Mode} | {mode.value: mode.value for mode in Mode}
_MODES |= {
    "face a face": "face",
    "presentiel": "face",
    "telephone": "phone",
    "visio": "video",
    "home": "video",
}
_LEVELS = {fold(str(level.label)): level.value for level in Level} | {
    level.value: level.value for level in Level
}


@dataclasses.dataclass(frozen=True)
class CleanPost:
    """One offer or request of a file, checked."""

    line: int
    person: str
    kind: str
    title: str
    description: str = ""
    purpose: str = ""
    topics: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    level: str = ""
    capacity: int = 2


def _cell(line: Line, name: str) -> str:
    return line.get(*COLUMNS[name])


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace("|", ";").split(";") if part.strip()]


def parse_mode(text: str) -> str | None:
    """Read a way of meeting in French or English; "" for an empty text, None when it is not one."""
    return _MODES.get(fold(text)) if text.strip() else ""


def is_wide(table: Table) -> bool:
    """Tell whether the table has one line a person with its `offers` and `requests` lists."""
    names = {name for line in table.lines[:1] for name in line.cells}
    return bool(names & set(COLUMNS["offers"])) and bool(names & set(COLUMNS["requests"]))


def check_posts(table: Table, capacity: int = 2) -> tuple[list[CleanPost], list[Problem]]:
    """Check every line of a file of posts; return the clean posts and every problem found."""
    read = _check_wide if is_wide(table) else _check_long
    posts: list[CleanPost] = []
    problems: list[Problem] = []
    for line in table.lines:
        found, wrong = read(line, capacity)
        posts += found
        problems += wrong
    return posts, problems


def _check_wide(line: Line, capacity: int) -> tuple[list[CleanPost], list[Problem]]:
    person = _cell(line, "person") or str(line.number)
    posts: list[CleanPost] = []
    problems: list[Problem] = []
    for name, kind in (("offers", Kind.OFFER), ("requests", Kind.REQUEST)):
        for title in dict.fromkeys(_split(_cell(line, name))):
            if len(title) > TITLE_MAX:
                problems.append(Problem(line.number, name, _("un intitulé dépasse 140 caractères.")))
                continue
            topics = (title,) if len(title) <= TOPIC_MAX and fold(title) else ()
            posts.append(CleanPost(line.number, person, kind.value, title, topics=topics, capacity=capacity))
    return posts, problems


def _check_long(line: Line, capacity: int) -> tuple[list[CleanPost], list[Problem]]:
    problems: list[Problem] = []

    def wrong(name: str, sentence: str) -> None:
        problems.append(Problem(line.number, name, sentence))

    kind = _KINDS.get(fold(_cell(line, "kind")))
    if kind is None:
        wrong("kind", _("écrivez « offre » ou « demande »."))
    title = _cell(line, "title")
    try:
        title = clean_title(title)
    except ValidationError as error:
        wrong("title", error.messages[0])
    modes = [_MODES.get(fold(word), "") for word in _split(_cell(line, "modes").replace(",", ";"))]
    if "" in modes:
        wrong("mode", _("mode inconnu. Écrivez : face, phone, video."))
    level = _cell(line, "level")
    if level and fold(level) not in _LEVELS:
        wrong("level", _("niveau inconnu. Écrivez : beginner, some, seasoned."))
    room = _cell(line, "capacity")
    if room and not (room.isascii() and room.isdigit() and 1 <= int(room) <= 20):
        wrong("capacity", _("écrivez un nombre entre 1 et 20."))
        room = ""
    topics = _split(_cell(line, "topics").replace(",", ";"))
    if len(topics) > MAX_TOPICS:
        wrong("topics", _("cinq sujets au plus."))
    description = _cell(line, "description")
    if len(description) > TEXT_MAX:
        wrong("description", _("ce texte est trop long : 4 000 caractères au plus."))
    languages, unknown = parse_languages(_cell(line, "languages"))
    if unknown:
        wrong("language", _("langue inconnue « %(text)s ».") % {"text": unknown[0][:40]})
    if problems:
        return [], problems
    return [
        CleanPost(
            line=line.number,
            person=_cell(line, "person") or str(line.number),
            kind=str(kind),
            title=title,
            description=description,
            purpose=_cell(line, "purpose")[:500],
            topics=tuple(topic[:TOPIC_MAX] for topic in topics if fold(topic)),
            modes=tuple(modes),
            languages=tuple(languages),
            level=_LEVELS.get(fold(level), "") if level else "",
            capacity=int(room) if room else capacity,
        )
    ], []


@transaction.atomic
def import_posts(
    network: Network,
    posts: Sequence[CleanPost],
    people: Mapping[str, Person],
    *,
    by: Person | None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Publish checked posts in one go and return how many are new; the same post of the same person is written once.

    One fact tells of the whole import: matching is brought up to date by the command that called.
    """
    now = clock.now()
    end = validity_end(now, network)
    topics = _topics({topic for post in posts for topic in post.topics})
    existing = set(
        Post.objects.filter(network=network, state=PostState.PUBLISHED).values_list(
            "author_id", "kind", "title"
        )
    )
    rows: list[Post] = []
    topic_lists: list[tuple[str, ...]] = []
    for clean in posts:
        author = people[clean.person]
        mark = (author.pk, clean.kind, clean.title)
        if mark in existing:
            continue
        existing.add(mark)
        rows.append(
            Post(
                network=network,
                author=author,
                kind=clean.kind,
                state=PostState.PUBLISHED,
                title=clean.title,
                description=clean.description,
                purpose=clean.purpose,
                modes=list(clean.modes),
                languages=list(clean.languages) or author.languages,
                level=clean.level,
                capacity=clean.capacity,
                created_at=now,
                changed_at=now,
                published_at=now,
                expires_at=end,
            )
        )
        topic_lists.append(clean.topics)
    link = Post.topics.through
    for start in range(0, len(rows), 2000):
        batch = Post.objects.bulk_create(rows[start : start + 2000])
        pairs = {
            (post.pk, topics[fold(name)[:TOPIC_MAX]].pk)
            for post, names in zip(batch, topic_lists[start : start + 2000], strict=True)
            for name in names
        }
        link.objects.bulk_create([link(post_id=post, topic_id=topic) for post, topic in sorted(pairs)])
        if progress is not None:
            progress(start + len(batch))
    set_reciprocal_in_bulk(network, people_with_both(network))
    record("network.posts_imported", network, by=by, network=network, count=len(rows))
    return len(rows)


def _topics(names: set[str]) -> dict[str, Topic]:
    """Return the topics of these names by folded name, creating the missing ones, merged ones resolved."""
    wanted = {fold(name)[:TOPIC_MAX]: name for name in sorted(names)}
    rows: dict[str, Topic] = {}
    keys = sorted(wanted)
    for start in range(0, len(keys), 500):
        for topic in Topic.objects.filter(folded__in=keys[start : start + 500]).select_related("merged_into"):
            rows[topic.folded] = topic.merged_into or topic
        named = TopicName.objects.filter(folded__in=keys[start : start + 500])
        for name in named.select_related("topic__merged_into"):
            rows[name.folded] = name.topic.merged_into or name.topic
    fresh = [Topic(name=wanted[folded], folded=folded) for folded in keys if folded not in rows]
    for topic in Topic.objects.bulk_create(fresh, batch_size=500):
        rows[topic.folded] = topic
    return rows
