"""Who in a network seems to know: those whose offers, then whose sheets, answer some words best."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from reciproque.catalogue.models import Post
from reciproque.library.models import Sheet, SheetAuthor
from reciproque.library.rules import AuthorState
from reciproque.matching.engine.posts import OFFER
from reciproque.matching.queries.index import current_index
from reciproque.matching.queries.sheets import sheet_index
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person

LOOKED_AT = 60
SURE = 0.3  # under this, asking somebody would be asking at random


@dataclasses.dataclass(frozen=True)
class FoundHolder:
    """Someone who seems to know, and what of theirs any member finds: an offer, or a sheet they signed."""

    person: Person
    title: str
    by_sheet: bool


@dataclasses.dataclass(frozen=True)
class _Best:
    score: float
    row: int
    by_sheet: bool = False


def holders(network: Network, words: str, *, without: Collection[int] = (), limit: int = 12) -> list[Person]:
    """Return the members who seem to know what these words are about, best first; nobody when none is near."""
    return [person for person, _best in _holders(network, words, without, limit)]


def holders_by_words(network: Network, words: str, *, limit: int = 12) -> list[FoundHolder]:
    """Return the same members with the title by which each is found, best first."""
    found = _holders(network, words, (), limit)
    offers = {best.row for _person, best in found if not best.by_sheet}
    sheets = {best.row for _person, best in found if best.by_sheet}
    posts = dict(Post.objects.filter(pk__in=offers).values_list("pk", "title"))
    titles = dict(Sheet.objects.filter(pk__in=sheets).values_list("pk", "title"))
    return [
        FoundHolder(person, (titles if best.by_sheet else posts).get(best.row, ""), best.by_sheet)
        for person, best in found
    ]


def _holders(
    network: Network, words: str, without: Collection[int], limit: int
) -> list[tuple[Person, _Best]]:
    best: dict[int, _Best] = {}
    index = current_index(network)
    offers = index.search(words, mask=index.posts.kind == OFFER, k=LOOKED_AT)
    for row, score in zip(offers.rows.tolist(), offers.score.tolist(), strict=True):
        _keep(best, int(index.posts.author[row]), _Best(score, int(index.posts.ids[row])))
    _add_writers(network, words, best)
    ranked = sorted(best.items(), key=lambda item: (-item[1].score, item[0]))
    keys = [key for key, one in ranked if one.score >= SURE]
    keys = [key for key in keys if key not in set(without)][: 4 * limit]
    there = Membership.objects.current().filter(network=network, person__in=keys).select_related("person")
    people = {row.person_id: row.person for row in there}
    return [(people[key], best[key]) for key in keys if key in people][:limit]


def _keep(best: dict[int, _Best], person: int, found: _Best) -> None:
    if person not in best or found.score > best[person].score:
        best[person] = found


def _add_writers(network: Network, words: str, best: dict[int, _Best]) -> None:
    sheets = sheet_index(network)
    if not len(sheets):
        return
    hits = sheets.search(words, k=LOOKED_AT)
    scores = dict(zip(hits.ids.tolist(), hits.score.tolist(), strict=True))
    # Under another name they are not to be found by what they wrote.
    signed = SheetAuthor.objects.filter(sheet__in=list(scores), state=AuthorState.ACCEPTED, shown_as="")
    for sheet, person in signed.values_list("sheet_id", "person_id"):
        _keep(best, person, _Best(scores[sheet], sheet, by_sheet=True))
