"""Find sheets with the engine that finds offers: a small index in memory, made again when sheets change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from django.db.models import Count, Max, Sum
from numpy.typing import NDArray

from reciproque.kit.text import clean
from reciproque.library.models import Sheet
from reciproque.library.queries import sheets_in_order
from reciproque.library.rules import PARTS_OF
from reciproque.library.rules.markdown import to_words
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER, Posts, Texts
from reciproque.matching.queries.index import StoredVectors, encoder
from reciproque.networks.models import Network
from reciproque.people.models import Person

MAX_WORDS = 200
HELD_AT_ONCE = 8

_held: OrderedDict[str, tuple[tuple[Any, ...], PostIndex]] = OrderedDict()
_lock = threading.Lock()


def sheet_texts(sheets: Sequence[Sheet]) -> Texts:
    """Return the words of sheets as the engine takes them."""
    return Texts(
        titles=[sheet.title for sheet in sheets],
        topics=[_topics(sheet) for sheet in sheets],
        descriptions=[
            to_words("\n".join(getattr(sheet, part) for part in PARTS_OF[sheet.kind])) for sheet in sheets
        ],
    )


def _topics(sheet: Sheet) -> str:
    names = sorted(topic.name for topic in sheet.topics.all())
    return ", ".join([*names, sheet.trade.name] if sheet.trade else names)


def published_sheets(network: Network) -> list[Sheet]:
    """Return the sheets that the index of a network holds, with their words."""
    rows = Sheet.objects.open().filter(network=network).select_related("trade").prefetch_related("topics")
    return list(rows.order_by("pk").iterator(chunk_size=1000))


def sheet_index(network: Network) -> PostIndex:
    """Return the index of a network's published sheets as of now: one cheap query when nothing changed."""
    seen = Sheet.objects.filter(network=network).aggregate(
        last=Max("changed_at"), n=Count("pk"), versions=Sum("version")
    )
    published = Sheet.objects.open().filter(network=network).count()
    stamp = (seen["last"], seen["n"], seen["versions"], published, encoder().name)
    with _lock:
        held = _held.get(network.public_id)
    if held is not None and held[0] == stamp:
        return held[1]
    sheets = published_sheets(network)
    texts = sheet_texts(sheets)
    posts = Posts(
        ids=np.array([sheet.pk for sheet in sheets], np.int64),
        kind=np.full(len(sheets), OFFER, np.int8),
        author=np.array([sheet.owner_id or -1 for sheet in sheets], np.int64),
    )
    vectors = cast(NDArray[Any], StoredVectors(texts))
    index = PostIndex.build(posts, texts, encoder=encoder(), vectors=vectors)
    with _lock:
        _held[network.public_id] = (stamp, index)
        _held.move_to_end(network.public_id)
        while len(_held) > HELD_AT_ONCE:
            _held.popitem(last=False)
    return index


def find_sheets(network: Network, viewer: Person, words: str, *, k: int = 200) -> list[int]:
    """Return the keys of the published sheets that answer these words and that the viewer may see, best first."""
    words = " ".join(clean(words).split())[:MAX_WORDS]
    if not words:
        return []
    index = sheet_index(network)
    if not len(index):
        return []
    visible = Sheet.objects.visible_to(viewer).open().filter(network=network).values_list("pk", flat=True)
    return index.search(words, mask=index.mask_of(list(visible)), k=k).ids.tolist()


def search_sheets(network: Network, viewer: Person, words: str, *, limit: int = 6) -> list[Sheet]:
    """Return the best sheets for these words, as a list shows them."""
    return sheets_in_order(find_sheets(network, viewer, words, k=limit), viewer)
