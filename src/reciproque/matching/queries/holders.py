"""Who in a network seems to know: those whose offers, then whose sheets, answer some words best."""

from __future__ import annotations

from collections.abc import Collection

from reciproque.library.models import SheetAuthor
from reciproque.library.rules import AuthorState
from reciproque.matching.engine.posts import OFFER
from reciproque.matching.queries.index import current_index
from reciproque.matching.queries.sheets import sheet_index
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person

LOOKED_AT = 60
SURE = 0.3  # under this, asking somebody would be asking at random


def holders(network: Network, words: str, *, without: Collection[int] = (), limit: int = 12) -> list[Person]:
    """Return the members who seem to know what these words are about, best first; nobody when none is near."""
    best: dict[int, float] = {}
    index = current_index(network)
    offers = index.search(words, mask=index.posts.kind == OFFER, k=LOOKED_AT)
    for row, score in zip(offers.rows.tolist(), offers.score.tolist(), strict=True):
        author = int(index.posts.author[row])
        best[author] = max(best.get(author, 0), score)
    _add_writers(network, words, best)
    keys = [key for key, score in sorted(best.items(), key=lambda row: (-row[1], row[0])) if score >= SURE]
    keys = [key for key in keys if key not in set(without)][: 4 * limit]
    there = Membership.objects.current().filter(network=network, person__in=keys).select_related("person")
    people = {row.person_id: row.person for row in there}
    return [people[key] for key in keys if key in people][:limit]


def _add_writers(network: Network, words: str, best: dict[int, float]) -> None:
    sheets = sheet_index(network)
    if not len(sheets):
        return
    hits = sheets.search(words, k=LOOKED_AT)
    scores = dict(zip(hits.ids.tolist(), hits.score.tolist(), strict=True))
    # Under another name they are not to be found by what they wrote.
    signed = SheetAuthor.objects.filter(sheet__in=list(scores), state=AuthorState.ACCEPTED, shown_as="")
    for sheet, person in signed.values_list("sheet_id", "person_id"):
        best[person] = max(best.get(person, 0), scores[sheet])
