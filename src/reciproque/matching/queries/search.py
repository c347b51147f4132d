"""One search box over offers, requests, people and topics, with facets and their counts."""

from __future__ import annotations

import dataclasses
import difflib
import re
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _

from reciproque.agenda.rules import Mode as MeetingMode
from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.queries import posts_in_order, topic_suggestions
from reciproque.catalogue.rules import Kind, PostState
from reciproque.kit.text import clean, fold
from reciproque.kit.tokens import is_id
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER, REQUEST
from reciproque.matching.queries.index import LANGUAGES, MODES, current_index
from reciproque.matching.rules import PAGE
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import find_members
from reciproque.people.models import Person, Site, Unit
from reciproque.people.rules import SPOKEN

MAX_WORDS = 200
FOUND_WELL = 0.4
MENDABLE = 4  # shorter words are too near to too many others
MAX_TITLES = 50_000


@dataclasses.dataclass(frozen=True)
class FacetValue:
    """One choice of a facet, with how many results it leaves."""

    value: str
    label: str
    count: int
    selected: bool


@dataclasses.dataclass(frozen=True)
class Facet:
    """One way to narrow results."""

    name: str
    label: str
    values: list[FacetValue]


@dataclasses.dataclass(frozen=True)
class SearchPage:
    """One page of results, all that it shows."""

    words: str
    mended: str  # what was searched instead, when a word was misspelt
    posts: list[Post]
    total: int
    page: int
    pages: int
    facets: list[Facet]
    people: list[Membership]
    topics: list[Topic]

    @property
    def offers(self) -> list[Post]:
        return [post for post in self.posts if post.is_offer]

    @property
    def requests(self) -> list[Post]:
        return [post for post in self.posts if not post.is_offer]


def search(
    network: Network,
    viewer: Person,
    words: str,
    *,
    kind: str = "",
    site: str = "",
    unit: str = "",
    mode: str = "",
    language: str = "",
    topic: str = "",
    sort: str = "",
    page: int = 1,
) -> SearchPage:
    """Return what answers these words in a network (everything, latest first, when there are none)."""
    words = " ".join(clean(words).split())[:MAX_WORDS]
    index = current_index(network)
    chosen = {"kind": kind, "site": site, "unit": unit, "mode": mode, "language": language}
    masks = {name: _mask(index, name, value) for name, value in chosen.items()}
    within = _topic_mask(index, topic)
    # Words that find something well are left alone: they may be another language's.
    found_well = bool(words) and any(score >= FOUND_WELL for score in index.search(words, k=1).score.tolist())
    mended = "" if found_well else mend(network, index, words)
    hits = _ranked(index, mended or words, sort)
    keep = within[hits]
    for mask in masks.values():
        keep = keep & mask[hits]
    rows = hits[keep]
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(page, 1), pages)
    ids = index.posts.ids[rows[(page - 1) * PAGE : page * PAGE]].tolist()
    return SearchPage(
        words=words,
        mended=mended,
        posts=posts_in_order(ids, viewer),
        total=len(rows),
        page=page,
        pages=pages,
        facets=_facets(index, hits[within[hits]], masks, chosen),
        people=find_members(network, viewer, words, limit=6) if words and page == 1 else [],
        topics=topic_suggestions(words, limit=6, network=network) if words and page == 1 else [],
    )


def mend(network: Network, index: PostIndex, words: str) -> str:
    """Return the words with the misspelt ones replaced by the nearest that the network uses; "" when all are known."""
    known = _vocabulary(network, index)
    mended = []
    for word in words.split():
        folded = fold(word)
        near: list[str] = []
        misspelt = len(folded) >= MENDABLE and folded.isalpha() and folded not in known
        # A word being typed is not misspelt: it starts one that is known.
        if misspelt and not any(other.startswith(folded) for other in known):
            alike = [other for other in known if abs(len(other) - len(folded)) <= 2]
            near = difflib.get_close_matches(folded, sorted(alike), n=1, cutoff=0.74)
        mended.append(near[0] if near else word)
    return " ".join(mended) if mended != words.split() else ""


_words: dict[int, tuple[PostIndex, set[str]]] = {}


def _vocabulary(network: Network, index: PostIndex) -> set[str]:
    """Return the words of the network's titles and topics, folded; kept as long as the index is the same."""
    held = _words.get(network.pk)
    if held is not None and held[0] is index:
        return held[1]
    posts = Post.objects.filter(network=network, state=PostState.PUBLISHED)
    titles = posts.order_by().values_list("title", flat=True).distinct()[:MAX_TITLES]
    topics = Topic.objects.filter(posts__network=network).order_by().values_list("name", flat=True).distinct()
    words = {word for text in (*titles, *topics) for word in re.findall(r"[a-z]{3,}", fold(text))}
    _words[network.pk] = (index, words)
    return words


def _ranked(index: PostIndex, words: str, sort: str) -> np.ndarray[Any, Any]:
    """Return the rows found, best (or latest) first."""
    rows = index.search(words, k=len(index)).rows if words else np.flatnonzero(index.alive)
    if words and sort != "new":
        return rows
    return rows[np.lexsort((-index.posts.ids[rows], -index.posts.since[rows]))]


def _mask(index: PostIndex, name: str, value: str) -> np.ndarray[Any, Any]:
    posts = index.posts
    if value == "":
        return np.ones(len(posts), np.bool_)
    if name == "kind":
        return posts.kind == (OFFER if value == Kind.OFFER else REQUEST)
    if name == "mode":
        bit = int(MODES.get(value, 0))
        return ((posts.modes & bit) != 0) | (posts.modes == 0)
    if name == "language":
        bit = LANGUAGES.get(value, 0)
        return ((posts.languages & bit) != 0) | (posts.languages == 0)
    code = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -2
    return (posts.site if name == "site" else posts.department) == code


def _topic_mask(index: PostIndex, public_id: str) -> np.ndarray[Any, Any]:
    if not public_id:
        return np.ones(len(index.posts), np.bool_)
    if not is_id(public_id):
        return np.zeros(len(index.posts), np.bool_)
    on_topic = Q(topics__public_id=public_id) | Q(topics__merged_into__public_id=public_id)
    return index.mask_of(list(Post.objects.filter(on_topic).values_list("pk", flat=True)))


def _facets(
    index: PostIndex,
    hits: np.ndarray[Any, Any],
    masks: dict[str, np.ndarray[Any, Any]],
    chosen: dict[str, str],
) -> list[Facet]:
    """Count each choice under the other facets' choices, so that a count says what clicking would give."""

    def under(name: str) -> np.ndarray[Any, Any]:
        keep = np.ones(len(hits), np.bool_)
        for other, mask in masks.items():
            if other != name:
                keep &= mask[hits]
        return hits[keep]

    def facet(name: str, label: str, counts: list[tuple[str, str, int]]) -> Facet:
        values = [
            FacetValue(value, text, count, chosen[name] == value)
            for value, text, count in counts
            if count or chosen[name] == value
        ]
        return Facet(name, label, values)

    posts = index.posts
    kinds = posts.kind[under("kind")]
    modes = posts.modes[under("mode")]
    languages = posts.languages[under("language")]
    sites = _top(posts.site[under("site")], dict(Site.objects.values_list("pk", "name")), chosen["site"])
    roots = dict(Unit.objects.filter(parent=None).values_list("pk", "name"))
    units = _top(posts.department[under("unit")], roots, chosen["unit"])
    found = [
        facet(
            "kind",
            _("Offres ou demandes"),
            [
                (Kind.OFFER.value, _("Offres"), int((kinds == OFFER).sum())),
                (Kind.REQUEST.value, _("Demandes"), int((kinds == REQUEST).sum())),
            ],
        ),
        facet(
            "mode",
            _("Se rencontrer"),
            [
                (
                    item.value,
                    str(item.label),
                    int((((modes & int(MODES[item.value])) != 0) | (modes == 0)).sum()),
                )
                for item in MeetingMode
            ],
        ),
        facet("unit", _("Direction"), units),
        facet("site", _("Site"), sites),
        facet(
            "language",
            _("Langue"),
            [
                (code, str(label), int((((languages & LANGUAGES[code]) != 0) | (languages == 0)).sum()))
                for code, label in SPOKEN
            ],
        ),
    ]
    return [row for row in found if len(row.values) > 1 or any(value.selected for value in row.values)]


def _top(
    codes: np.ndarray[Any, Any], names: dict[int, str], chosen: str, limit: int = 8
) -> list[tuple[str, str, int]]:
    """Return the most frequent codes with their names (and the one chosen, however rare)."""
    values, counts = np.unique(codes[codes >= 0], return_counts=True)
    rows = sorted(zip(counts.tolist(), values.tolist(), strict=True), key=lambda row: (-row[0], row[1]))
    shown = [(str(code), names[code], count) for count, code in rows if code in names]
    return shown[:limit] + [row for row in shown[limit:] if row[0] == chosen]
