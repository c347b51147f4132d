"""Who is in whose reporting line, up to the top: read level by level, so that a whole group costs a few queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reciproque.people.models import Person

# Deeper than any organisation; a directory that goes round in circles stops there too.
MOST_LEVELS = 25


def managers_above(people: Iterable[int]) -> dict[int, list[int]]:
    """Return the managers of each of these people (primary keys), the nearest first."""
    people = list(people)
    manager_of: dict[int, int | None] = {}
    frontier = set(people)
    for _level in range(MOST_LEVELS):
        if not frontier:
            break
        rows = dict(Person.objects.filter(pk__in=frontier).values_list("pk", "manager_id"))
        manager_of |= rows
        frontier = {pk for pk in rows.values() if pk is not None} - manager_of.keys()
    return {pk: _climb(pk, manager_of) for pk in people}


def _climb(start: int, manager_of: Mapping[int, int | None]) -> list[int]:
    above: list[int] = []
    manager = manager_of.get(start)
    while manager is not None and manager != start and manager not in above:
        above.append(manager)
        manager = manager_of.get(manager)
    return above


def reporting_within(people: Iterable[int]) -> dict[int, list[int]]:
    """Return, for each of these people who has managers among them, these managers: {report: [managers]}."""
    people = list(people)
    among = set(people)
    lines = managers_above(people)
    found = {pk: [manager for manager in lines[pk] if manager in among] for pk in people}
    return {pk: managers for pk, managers in found.items() if managers}


def in_line_with(person: int, people: Iterable[int]) -> list[int]:
    """Return those of these people who are above or under this person."""
    people = [pk for pk in people if pk != person]
    lines = managers_above([person, *people])
    return [pk for pk in people if person in lines[pk] or pk in lines[person]]
