"""What matching does for the library: keep the meaning of sheets, carry questions to those who seem to know."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reciproque.exchanges.queries import set_apart_from
from reciproque.library.actions import route_case
from reciproque.library.models import Sheet, UseCase
from reciproque.library.rules import CaseState
from reciproque.matching.models import Vector
from reciproque.matching.queries.holders import holders
from reciproque.matching.queries.index import digests_of, encode, encoder, stored_vectors
from reciproque.matching.queries.sheets import sheet_texts
from reciproque.people.models import Person


def take_in_sheet(sheet: Sheet) -> None:
    """Keep the meaning of a published sheet, so that no page has to compute it."""
    texts = sheet_texts([sheet])
    digest = digests_of(texts)[0]
    if sheet.is_open and not stored_vectors({digest}):
        data = encode(texts, [0])[0].astype("<f2").tobytes()
        Vector.objects.bulk_create(
            [Vector(digest=digest, encoder=encoder().name, data=data)], ignore_conflicts=True
        )


def carry_case(case: UseCase, *, first: Sequence[int] = (), without: Collection[int] = ()) -> list[Person]:
    """Carry an open question to a few members who seem to know and were not asked yet.

    `first` are those whom what they did designates, best first: they come before those whose words are near.
    """
    if case.state != CaseState.OPEN:
        return []
    words = " ".join([case.question, *(topic.name for topic in case.topics.all())])
    asked = {case.asker_id, *case.asked.values_list("person_id", flat=True)}
    out = asked | set(without) | set_apart_from(case.asker)
    near = {person.pk: person for person in holders(case.network, words, without=out)}
    known = Person.objects.in_bulk([key for key in first if key not in out])
    people = [known[key] for key in first if key in known]
    return route_case(case, [*people, *(near[key] for key in near if key not in known)])
