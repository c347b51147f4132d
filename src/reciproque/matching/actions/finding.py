"""Take a post in: its vector, its counterparts both ways, the alerts it answers. And the same for a whole network."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable, Sequence

import numpy as np
from django.db import transaction
from django.db.models import Q

from reciproque.agenda.actions import close_steps
from reciproque.agenda.rules import StepState, Verb
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.journal.actions import record
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.matching.actions.answers import forget_proposals
from reciproque.matching.engine.candidates import Candidates, candidates
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import REQUEST
from reciproque.matching.models import Alert, Suggestion, SuggestionQuerySet, Vector
from reciproque.matching.queries.index import (
    MARGIN,
    current_index,
    digests_of,
    encode,
    encoder,
    folder_of,
    index_of,
    loaded,
    open_posts,
    removed_since,
    saved_at,
    stored_vectors,
    tail_length,
    texts_of,
    with_room,
)
from reciproque.matching.queries.suggestions import candidates_of, exclusions, rulings_in
from reciproque.matching.queries.tuning import tuning_of
from reciproque.matching.rules import (
    CLOSE_ENOUGH,
    FOUND_ENOUGH,
    FRESH,
    KEPT,
    SHOWN,
    TAIL,
    TELL_AT_MOST,
    RulingKind,
    SuggestionState,
)
from reciproque.networks.models import Membership, Network

logger = logging.getLogger(__name__)

BATCH = 512


@dataclasses.dataclass(frozen=True)
class Computed:
    """What computing a whole network's suggestions gave."""

    requests: int
    served: int
    pairs: int
    seconds: float


def store_vectors(posts: Sequence[Post], progress: Callable[[int, int], None] | None = None) -> int:
    """Encode the words that have no vector yet and store them; return how many were made.

    Resumable: what an interrupted run stored is not made again.
    """
    texts = texts_of(posts)
    first: dict[str, int] = {}
    for place, digest in enumerate(digests_of(texts)):
        first.setdefault(digest, place)
    known = stored_vectors(set(first))
    missing = [(digest, place) for digest, place in first.items() if digest not in known]
    for start in range(0, len(missing), BATCH):
        part = missing[start : start + BATCH]
        vectors = encode(texts, [place for _digest, place in part])
        rows = [
            Vector(digest=digest, encoder=encoder().name, data=vector.astype("<f2").tobytes())
            for (digest, _place), vector in zip(part, vectors, strict=True)
        ]
        Vector.objects.bulk_create(rows, ignore_conflicts=True)
        if progress is not None:
            progress(start + len(part), len(missing))
    return len(missing)


@transaction.atomic
def take_in(post: Post) -> None:
    """Take a published or edited post in: both directions are searched, the people concerned learn of it."""
    found = loaded(Post.objects.filter(pk=post.pk))
    if not found or not found[0].is_open:
        take_out(post)
        return
    post = found[0]
    store_vectors([post])
    index = with_room(current_index(post.network), post.network)
    # Every possible pair is looked at, though few are kept: what the best ones of another post hold is not undone.
    pairs = candidates_of(post, index, k=len(index))
    fresh = _keep(post.network, index, pairs, about=post)
    _tell(post, fresh)
    _ring_alerts(post, index)


def _keep(
    network: Network, index: PostIndex, pairs: Candidates, about: Post | None = None
) -> list[Suggestion]:
    """Store pairs as open suggestions; answers already given stay, what is no longer possible goes. Return the new ones.

    About one post, `pairs` are all the possible ones, best first: the best few become new suggestions.
    """
    ids = index.posts.ids
    now = clock.now()
    wanted = {
        (int(ids[pairs.request[place]]), int(ids[pairs.offer[place]])): place for place in range(len(pairs))
    }
    rows = Suggestion.objects.filter(network=network)
    if about is not None:
        rows = rows.filter(Q(request=about) | Q(offer=about))
    known = {(row.request_id, row.offer_id): row for row in rows.iterator(chunk_size=2000)}
    pinned = set(rulings_in(network, RulingKind.PIN))
    gone = [
        row.pk
        for pair, row in known.items()
        if row.state == SuggestionState.OPEN and pair not in wanted and pair not in pinned
    ]
    for start in range(0, len(gone), 500):
        release(Suggestion.objects.filter(pk__in=gone[start : start + 500]))
    changed = []
    for pair, row in known.items():
        if pair in wanted and row.state in (SuggestionState.OPEN, SuggestionState.GONE):
            score, terms = int(pairs.score[wanted[pair]]), pairs.terms.of(wanted[pair])
            if (row.score, row.terms, row.state) != (score, terms, SuggestionState.OPEN):
                row.score, row.terms, row.state = score, terms, SuggestionState.OPEN
                changed.append(row)
    Suggestion.objects.bulk_update(changed, ["score", "terms", "state"], batch_size=200)
    fresh = [
        Suggestion(
            network=network,
            request_id=pair[0],
            offer_id=pair[1],
            score=int(pairs.score[place]),
            terms=pairs.terms.of(place),
            made_at=now,
        )
        for pair, place in list(wanted.items())[: KEPT if about is not None else None]
        if pair not in known
    ]
    Suggestion.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    return fresh


def _tell(post: Post, fresh: list[Suggestion]) -> None:
    """Tell the askers for whom a new offer is among the best; the author of a new request sees it on the page."""
    if post.kind != Kind.OFFER or not fresh:
        return
    best = sorted(fresh, key=lambda row: (-row.score, row.request_id))[:TELL_AT_MOST]
    requests = {row.pk: row for row in loaded(Post.objects.filter(pk__in=[row.request_id for row in best]))}
    for row in best:
        request = requests.get(row.request_id)
        if request is not None:
            record(
                "suggestion.found",
                request,
                network=post.network,
                people=[request.author],
                title=request.title,
                offer=post.public_id,
                offer_title=post.title,
                name=post.author.display_name,
            )


def _ring_alerts(post: Post, index: PostIndex) -> None:
    """Tell those who asked to know when something like this post is published."""
    members = Membership.objects.current().filter(network=post.network)
    alerts = Alert.objects.filter(network=post.network, kind=post.kind, withdrawn_at=None)
    alerts = alerts.filter(person__in=members.values("person")).exclude(person=post.author)
    told = Fact.objects.about(post).filter(name="alert.matched").values_list("data", flat=True)
    rung = {(data["to"], data["words"]) for data in told}
    mask = index.mask_of([post.pk])
    for alert in alerts.select_related("person"):
        if (alert.person.public_id, alert.words) in rung:
            continue  # the post was only edited or renewed
        # Few words are compared as a search is: "Excel" is held by a title, it does not resemble it as a whole.
        found = index.search(alert.words, mask=mask, k=1, floor=FOUND_ENOUGH)
        if len(found) or index.similar(alert.words, mask=mask, k=1, floor=CLOSE_ENOUGH):
            record(
                "alert.matched",
                post,
                network=post.network,
                people=[alert.person],
                to=alert.person.public_id,
                words=alert.words,
                title=post.title,
                name=post.author.display_name,
            )


@transaction.atomic
def take_out(post: Post) -> None:
    """Forget the open suggestions of a post that is no longer published."""
    release(Suggestion.objects.filter(Q(request=post) | Q(offer=post), state=SuggestionState.OPEN))
    forget_proposals(post)


def release(suggestions: SuggestionQuerySet) -> None:
    """Put suggestions away that are no longer possible, with what was expected about them."""
    expected = suggestions.filter(published_at__isnull=False)
    for suggestion in list(expected.only("pk", "public_id")):
        close_steps(suggestion, verb=Verb.TRY, outcome=StepState.RELEASED)
    suggestions.update(state=SuggestionState.GONE, published_at=None, published_by=None)


def save_index(network: Network, progress: Callable[[int, int], None] | None = None) -> PostIndex:
    """Encode what must be, build the network's index and save it where every process maps it from."""
    started = clock.now()
    posts = loaded(open_posts(network))
    store_vectors(posts, progress)
    index = index_of(posts)
    folder = folder_of(network)
    index.save(folder)
    (folder / "built-at").write_text(started.isoformat())
    return index


def compute_suggestions(
    network: Network,
    *,
    k: int = KEPT,
    progress: Callable[[str, int, int], None] | None = None,
) -> Computed:
    """Compute and store the suggestions of every open request of a network (imports, first start, nightly)."""
    start = time.monotonic()

    def say(stage: str) -> Callable[[int, int], None] | None:
        return (lambda done, total: progress(stage, done, total)) if progress is not None else None

    index = with_room(save_index(network, say("vectors")), network)
    pairs = candidates(
        index,
        today=clock.now().date().toordinal(),
        k=k,
        exclusions=exclusions(network),
        weights=tuning_of(network).weights,
        shown=SHOWN,
        progress=say("candidates"),
    )
    with transaction.atomic():
        _keep(network, index, pairs)
    requests = int((index.alive & (index.posts.kind == REQUEST)).sum())
    served = len(np.unique(pairs.request))
    return Computed(requests, served, len(pairs), time.monotonic() - start)


def in_each_network(duty: Callable[[Network], int]) -> int:
    """Do a duty in every network that has posts; one that fails is logged and holds no other up. Return the sum."""
    done = 0
    for network in Network.objects.all():
        if not open_posts(network).exists():
            continue
        try:
            done += duty(network)
        except Exception:
            logger.exception("a duty of matching failed in %s; the others go on", network.slug)
    return done


def refresh_stale() -> int:
    """Compute again the suggestions of the networks where much changed, or once a day (by the clock); return how many.

    Rooms that free up, pauses that end and refusals change what is possible without any post being changed. So does
    another encoder: texts are encoded again at once.
    """
    done = 0
    for network in Network.objects.all():
        folder = folder_of(network)
        old = clock.now() - saved_at(folder) >= FRESH or not PostIndex.readable(folder, encoder=encoder())
        if tail_length(network) > TAIL or removed_since(network) or (old and open_posts(network).exists()):
            compute_suggestions(network)
            done += 1
    if done:
        _forget_other_encoders()
    return done


def _forget_other_encoders(limit: int = 20_000) -> int:
    """Delete some of the vectors that another encoder made, once everything is encoded by the present one."""
    old = Vector.objects.exclude(encoder=encoder().name).order_by("pk")
    rows = list(old.values_list("pk", flat=True)[:limit])
    for start in range(0, len(rows), 500):
        Vector.objects.filter(pk__in=rows[start : start + 500]).delete()
    return len(rows)


def save_again() -> int:
    """Save the indexes since which many posts changed, after an import for instance (by the clock); return how many.

    What an index misses, each process holds in its own memory.
    """
    done = 0
    for network in Network.objects.all():
        since = saved_at(folder_of(network))
        changed = Post.objects.filter(network=network, changed_at__gt=since - MARGIN)
        if clock.now() - since > MARGIN and changed.count() > TAIL:
            save_index(network)
            done += 1
    return done
