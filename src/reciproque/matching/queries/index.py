"""The index of a network's open posts, as this process holds it: the saved one mapped from disk, plus what changed since.

Reading never writes: the worker saves the index; a process that finds no saved index builds one in its memory.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from django.conf import settings
from django.db.models import Count, Max, Q
from numpy.typing import NDArray

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind, Level, PostState
from reciproque.exchanges.queries import exposures, loads, post_loads, totals
from reciproque.exchanges.rules import Side
from reciproque.kit import clock
from reciproque.matching.engine import meaning
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER, REQUEST, Language, Mode, Posts, Texts
from reciproque.matching.engine.storage import StaleIndex
from reciproque.matching.models import Vector
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import DEFAULT_GIVE, DEFAULT_RECEIVE, MembershipState
from reciproque.people.models import Unit
from reciproque.people.rules import SPOKEN

# A post written just before the index was saved may have been committed just after: look that much further back.
MARGIN = dt.timedelta(minutes=5)
MODES = {"face": Mode.FACE_TO_FACE, "phone": Mode.PHONE, "video": Mode.VIDEO}
LANGUAGES = {"fr": int(Language.FRENCH), "en": int(Language.ENGLISH)} | {
    code: 1 << (place + 2) for place, (code, _label) in enumerate(SPOKEN) if code not in ("fr", "en")
}
LEVELS: dict[str, int] = {Level.ANY: 0, Level.BEGINNER: 1, Level.SOME: 2, Level.SEASONED: 3}
HELD_AT_ONCE = 8


@dataclasses.dataclass
class _Held:
    stamp: str | None
    built_at: dt.datetime
    saved: PostIndex
    tail: tuple[Any, ...]
    index: PostIndex


_held: OrderedDict[int, _Held] = OrderedDict()
_lock = threading.Lock()


def folder_of(network: Network) -> Path:
    """Return where the network's index is saved."""
    return Path(settings.MATCHING_INDEX) / network.public_id


def forget_all() -> None:
    """Let go of every index held (tests, another database)."""
    with _lock:
        _held.clear()


def encoder() -> meaning.Encoder:
    """Return the encoder that the settings choose."""
    return meaning.encoder(settings.MATCHING_ENCODER)


def topic_words(post: Post) -> str:
    """Return the labels of a post's topics, joined."""
    return ", ".join(sorted(topic.name for topic in post.topics.all()))


def texts_of(posts: Sequence[Post]) -> Texts:
    """Return the words of posts as the engine takes them; merged topics count as the one that took them in."""
    return Texts(
        titles=[post.title for post in posts],
        topics=[topic_words(post) for post in posts],
        descriptions=[post.description for post in posts],
        topic_codes=[
            tuple(topic.merged_into_id or topic.pk for topic in post.topics.all()) for post in posts
        ],
    )


def columns_of(posts: Sequence[Post]) -> Posts:
    """Return what the engine must know of posts besides their words."""
    roots = dict(Unit.objects.filter(parent=None).values_list("path", "pk"))

    def department(post: Post) -> int:
        unit = post.author.unit
        return roots.get(unit.path.split(" > ")[0], -1) if unit else -1

    def languages(post: Post) -> int:
        return sum({LANGUAGES.get(code, 0) for code in post.languages or post.author.languages})

    return Posts(
        ids=np.array([post.pk for post in posts], np.int64),
        kind=np.array([OFFER if post.kind == Kind.OFFER else REQUEST for post in posts], np.int8),
        author=np.array([post.author_id for post in posts], np.int64),
        manager=np.array([post.author.manager_id or -1 for post in posts], np.int64),
        site=np.array([post.author.site_id or -1 for post in posts], np.int32),
        department=np.array([department(post) for post in posts], np.int32),
        modes=np.array([sum(int(MODES.get(mode, 0)) for mode in set(post.modes)) for post in posts], np.int8),
        languages=np.array([languages(post) for post in posts], np.int32),
        level=np.array([LEVELS.get(post.level, 0) for post in posts], np.int8),
        since=np.array([_day(post) for post in posts], np.int32),
        # What the post may take in all; `with_room` takes off what is under way.
        room=np.array([post.capacity for post in posts], np.int16),
    )


def _day(post: Post) -> int:
    return (post.published_at or post.created_at).date().toordinal()


def digest_of(title: str, topics: str, description: str) -> str:
    """Return the mark of some words, under which their vector is kept."""
    return hashlib.blake2b(f"{title}\x1f{topics}\x1f{description}".encode(), digest_size=16).hexdigest()


def digests_of(texts: Texts) -> list[str]:
    """Return the mark of each text."""
    columns = (texts.titles, texts.topics, texts.descriptions)
    return [digest_of(*words) for words in zip(*columns, strict=True)]


class StoredVectors:
    """The vectors of texts, fetched only for the rows asked: the stored ones, the others encoded now (never stored)."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.digests = digests_of(texts)

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        model = encoder()
        wanted = [self.digests[row] for row in rows.tolist()]
        stored = stored_vectors(set(wanted))
        vectors = np.zeros((len(wanted), model.dimensions), np.float32)
        missing = [place for place, digest in enumerate(wanted) if digest not in stored]
        for place, digest in enumerate(wanted):
            if digest in stored:
                vectors[place] = np.frombuffer(stored[digest], "<f2")
        if missing:
            places = [int(rows[place]) for place in missing]
            vectors[missing] = encode(self.texts, places)
        return vectors


def stored_vectors(digests: set[str]) -> dict[str, bytes]:
    """Return the stored vectors among these marks."""
    wanted, found = sorted(digests), {}
    for start in range(0, len(wanted), 500):
        rows = Vector.objects.filter(encoder=encoder().name, digest__in=wanted[start : start + 500])
        found.update({digest: bytes(data) for digest, data in rows.values_list("digest", "data")})
    return found


def encode(texts: Texts, places: Sequence[int]) -> NDArray[np.float32]:
    """Encode some of the texts."""
    return meaning.post_vectors(
        encoder(),
        [texts.titles[place] for place in places],
        [texts.topics[place] for place in places],
        [texts.descriptions[place] for place in places],
    )


def index_of(posts: Sequence[Post]) -> PostIndex:
    """Build an index of these posts, in memory."""
    texts = texts_of(posts)
    vectors = cast(NDArray[Any], StoredVectors(texts))
    return PostIndex.build(columns_of(posts), texts, encoder=encoder(), vectors=vectors)


def loaded(posts: Any) -> list[Post]:
    """Load posts with all that the engine looks at, some thousands at once: SQLite bounds what one query may name."""
    rows = posts.select_related("author", "author__unit", "author__site", "network")
    return list(rows.prefetch_related("topics").order_by("pk").iterator(chunk_size=2000))


def open_posts(network: Network) -> Any:
    """Return the posts that an index holds."""
    return Post.objects.filter(network=network, state=PostState.PUBLISHED, author__is_active=True)


def saved_at(folder: Path) -> dt.datetime:
    """Return the moment up to which a saved index knows the posts."""
    try:
        return dt.datetime.fromisoformat((folder / "built-at").read_text().strip())
    except (OSError, ValueError):
        # As if nothing were known: later by the margin that is taken off it.
        return dt.datetime.min.replace(tzinfo=dt.UTC) + MARGIN


def current_index(network: Network) -> PostIndex:
    """Return the network's index as of now: one cheap query when nothing changed since this process last looked."""
    folder = folder_of(network)
    stamp = PostIndex.stamp_of(folder)
    held = _held.get(network.pk)
    if held is None or held.stamp != stamp:
        held = _open(network, folder, stamp)
    changed = Post.objects.filter(network=network, changed_at__gt=held.built_at)
    published = Count("pk", filter=Q(state=PostState.PUBLISHED))
    seen = changed.aggregate(last=Max("changed_at"), number=Count("pk"), published=published)
    tail = (seen["last"], seen["number"], seen["published"])
    if tail != held.tail:
        held.index, held.tail = _with_tail(held.saved, changed), tail
    with _lock:
        _held[network.pk] = held
        _held.move_to_end(network.pk)
        while len(_held) > HELD_AT_ONCE:
            _held.popitem(last=False)
    return held.index


def _open(network: Network, folder: Path, stamp: str | None) -> _Held:
    try:
        saved = PostIndex.load(folder, encoder=encoder())
        built_at = saved_at(folder) - MARGIN
    except StaleIndex:
        last = Post.objects.filter(network=network).aggregate(last=Max("changed_at"))["last"]
        saved = index_of(loaded(open_posts(network)))
        built_at = (last or dt.datetime.min.replace(tzinfo=dt.UTC) + MARGIN) - MARGIN
    return _Held(stamp, built_at, saved, (), saved)


def _with_tail(saved: PostIndex, changed: Any) -> PostIndex:
    posts = loaded(changed)
    shown = [post for post in posts if post.state == PostState.PUBLISHED and post.author.is_active]
    index = saved.drop([post.pk for post in posts])
    if shown:
        texts = texts_of(shown)
        index = index.append(columns_of(shown), texts, vectors=cast(NDArray[Any], StoredVectors(texts)))
    return index


def tail_length(network: Network) -> int:
    """Return how many posts changed since the index was saved."""
    since = saved_at(folder_of(network))
    return Post.objects.filter(network=network, changed_at__gt=since).count()


def removed_since(network: Network) -> bool:
    """Tell whether the words of a post were erased since the index was saved: it must be written again without them.

    Searches answer without them at once: a post that changed is read from the database, not from what was saved.
    """
    saved = saved_at(folder_of(network))
    held = Post.objects.filter(network=network, state=PostState.REMOVED, published_at__lte=saved)
    return held.filter(removed_at__gt=saved - MARGIN).exists()


@dataclasses.dataclass(frozen=True)
class Room:
    """How many more exchanges the members of a network can take, by person; nobody else has any."""

    give: dict[int, int]
    receive: dict[int, int]
    posts: dict[int, int]  # by offer or request

    def of_offer(self, post: int, author: int) -> int:
        """The room of one offer: the post's, within the person's."""
        return max(min(self.give.get(author, 0), self.posts.get(post, 0)), 0)

    def of_request(self, post: int, author: int) -> int:
        """The room of one request."""
        return max(min(self.receive.get(author, 0), self.posts.get(post, 0)), 0)


def room_in(network: Network) -> Room:
    """Return the room left in a network, in five queries: capacities less what is under way; none on pause."""
    members = Membership.objects.filter(network=network, state=MembershipState.MEMBER)
    busy, held, now = loads(network), post_loads(network), clock.now()
    give: dict[int, int] = {}
    receive: dict[int, int] = {}
    for person, gives, receives, *aways in members.values_list(
        "person_id", "give_capacity", "receive_capacity", "paused_until", "suspended_until"
    ):
        here = all(until is None or until <= now for until in aways)
        give[person] = max(gives - busy[Side.OFFERER].get(person, 0), 0) if here else 0
        receive[person] = max(receives - busy[Side.REQUESTER].get(person, 0), 0) if here else 0
    posts = {
        pk: max(capacity - held.get(pk, 0), 0)
        for pk, capacity in open_posts(network).values_list("pk", "capacity")
    }
    return Room(give, receive, posts)


def with_room(index: PostIndex, network: Network) -> PostIndex:
    """Return the index with what changes every day: the room people have left, exposure, what they gave and received.

    It looks at what is out of the ordinary only (someone busy, on pause, with a capacity of their own), so that a new
    post of a very large network does not wait for all its members to be read. The index gives each post's capacity.
    """
    kind, author, size = index.posts.kind, index.posts.author, len(index)
    people, whose = np.unique(author, return_inverse=True)
    busy, done = loads(network), totals(network)

    def of_people(held: Mapping[int, int], column: NDArray[np.int64]) -> NDArray[np.int64]:
        return _put(column, np.searchsorted(people, _keys(held)), held, people)[whose]

    def of_posts(held: Mapping[int, int]) -> NDArray[np.int64]:
        return _put(np.zeros(size, np.int64), index.rows_of(_keys(held)), held, index.posts.ids)

    gives, receives = _own_capacities(network)
    give = of_people(gives, np.full(len(people), DEFAULT_GIVE, np.int64))
    receive = of_people(receives, np.full(len(people), DEFAULT_RECEIVE, np.int64))
    give -= of_people(busy[Side.OFFERER], np.zeros(len(people), np.int64))
    receive -= of_people(busy[Side.REQUESTER], np.zeros(len(people), np.int64))
    left = np.minimum(
        np.where(kind == OFFER, give, receive), index.posts.room - of_posts(post_loads(network))
    )
    most = np.iinfo(np.int16).max
    nothing = np.zeros(len(people), np.int64)
    return index.update(
        room=np.clip(left, 0, most).astype(np.int16),
        exposure=np.minimum(of_posts(exposures(network)), most).astype(np.int16),
        given=np.minimum(of_people(done[Side.OFFERER], nothing.copy()), most).astype(np.int16),
        received=np.minimum(of_people(done[Side.REQUESTER], nothing), most).astype(np.int16),
    )


def _own_capacities(network: Network) -> tuple[dict[int, int], dict[int, int]]:
    """Return how much those give and receive who do not do so by default: nothing on pause, or once they left."""
    rows = Membership.objects.filter(network=network)
    usual = Q(give_capacity=DEFAULT_GIVE, receive_capacity=DEFAULT_RECEIVE)
    usual &= Q(paused_until=None, suspended_until=None)
    rows = rows.exclude(usual & Q(state=MembershipState.MEMBER))
    give: dict[int, int] = {}
    receive: dict[int, int] = {}
    now = clock.now()
    columns = ("person_id", "state", "give_capacity", "receive_capacity", "paused_until", "suspended_until")
    for person, state, gives, receives, *aways in rows.values_list(*columns):
        here = state == MembershipState.MEMBER and all(until is None or until <= now for until in aways)
        give[person], receive[person] = (gives, receives) if here else (0, 0)
    return give, receive


def _keys(held: Mapping[int, int]) -> NDArray[np.int64]:
    return np.fromiter(held, np.int64, len(held))


def _put(
    column: NDArray[np.int64], places: NDArray[Any], held: Mapping[int, int], keys: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Write each held value at its place in the column, where the key at that place is really its own."""
    wanted, values = _keys(held), np.fromiter(held.values(), np.int64, len(held))
    there = (places >= 0) & (places < len(column))
    there[there] &= keys[places[there]] == wanted[there]
    column[places[there]] = values[there]
    return column
