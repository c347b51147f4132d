"""What pages show of people, units and sites."""

import datetime as dt
from collections.abc import Iterable
from functools import cache

from django.db.models.functions import Lower

from reciproque.kit.text import clean, fold
from reciproque.kit.tokens import mark_of
from reciproque.people.models import Person, Site, Unit, UsedLink

# Fewer letters than this are too few for a typo to be told from another name.
LEAST_MENDED = 4
MAX_WORDS = 5


def unit_choices() -> list[tuple[str, str]]:
    """Return every unit as (path, path), for eligibility and filters."""
    return [(path, path) for path in Unit.objects.values_list("path", flat=True)]


def site_choices() -> list[tuple[str, str]]:
    """Return every site as (name, name)."""
    return [(name, name) for name in Site.objects.values_list("name", flat=True)]


def function_choices() -> list[tuple[str, str]]:
    """Return every function that someone holds, as (function, function)."""
    rows = (
        Person.objects.exclude(function="").order_by("function").values_list("function", flat=True).distinct()
    )
    return [(name, name) for name in rows]


def person_by_email(email: str) -> Person | None:
    """Return the present person with this address, or None."""
    return Person.objects.present().filter(email__iexact=email.strip()).first() if email.strip() else None


def person_by_public_id(public_id: str) -> Person | None:
    """Return the present person with this public identifier, or None."""
    return Person.objects.present().filter(public_id=public_id).first()


def administrators() -> list[Person]:
    """Return the present people who run the installation, by name: whom one asks what no network may decide."""
    return list(Person.objects.present().filter(is_superuser=True).order_by("last_name", "first_name", "pk"))


def find_people(words: str, limit: int = 10) -> list[Person]:
    """Return the present people whose name, e-mail address or unit holds each of these words, by name."""
    if not clean(words).split():
        return []
    people = Person.objects.present().order_by("last_name", "first_name", "pk")
    rows = people.values_list("pk", "first_name", "last_name", "email", "unit__path")
    found = people.select_related("unit", "site").filter(pk__in=named(words, rows.iterator())[:limit])
    return list(found)


def named(words: str, rows: Iterable[tuple[int, str, str, *tuple[str | None, ...]]]) -> list[int]:
    """Return the keys of the rows that hold each of these words, in order: the one way people are found by name.

    A row is (key, first name, last name, other texts: address, unit, site…). Accents and case do not count. When
    nobody answers as written, one typo a word is forgiven in the names. Texts are folded once each, so that a few
    tens of thousands of people are read in a fraction of a second.
    """
    wanted = [fold(word) for word in clean(words).split()[:MAX_WORDS]]
    whole = (1 << len(wanted)) - 1

    # Which of the words a text holds, as bits: most texts come back (first names, units), each is read once.
    @cache
    def held(text: str | None) -> int:
        folded = fold(text) if text else ""
        return sum(1 << n for n, word in enumerate(wanted) if word in folded)

    @cache
    def nearly_held(name: str) -> int:
        folded = fold(name)
        return held(name) | sum(1 << n for n, word in enumerate(wanted) if _mended(word, folded))

    people = list(rows)
    found = []
    for key, first, last, *beside in people:
        bits = held(first) | held(last)
        for text in beside:
            bits |= held(text)
        if bits == whole:
            found.append(key)
    if found or not any(len(word) >= LEAST_MENDED for word in wanted):
        return found
    for key, first, last, *beside in people:
        bits = nearly_held(first) | nearly_held(last)
        for text in beside:
            bits |= held(text)
        if bits == whole:
            found.append(key)
    return found


def _mended(word: str, name: str) -> bool:
    """Tell whether a name holds this word but for one typo (or begins with it, for one still being typed)."""
    if len(word) < LEAST_MENDED:
        return False
    parts = name.replace("-", " ").replace("'", " ").split()
    return any(_one_typo(word, part) or _one_typo(word, part[: len(word)]) for part in parts)


def _one_typo(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter at most: changed, left out, added, or swapped with the next."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def people_by_email(emails: Iterable[str]) -> dict[str, Person]:
    """Return the present people with these addresses, by address in small letters."""
    wanted = {email.strip().lower() for email in emails if email.strip()}
    found = Person.objects.present().annotate(address=Lower("email")).filter(address__in=wanted)
    return {(person.email or "").lower(): person for person in found}


def names_known(names: Iterable[str], at_once: int = 400) -> set[str]:
    """Return those of these folded names ("last first") that somebody of the directory bears, present or not."""
    wanted, found = sorted(set(names)), set[str]()
    for start in range(0, len(wanted), at_once):
        rows = Person.objects.order_by().filter(folded__in=wanted[start : start + at_once])
        found |= set(rows.values_list("folded", flat=True))
    return found


def place_names() -> list[tuple[str, str]]:
    """Return the names of all units and places of work, as ("unit" or "site", name)."""
    units = [("unit", name) for name in Unit.objects.order_by().values_list("name", flat=True).distinct()]
    sites = Site.objects.order_by().values_list("name", "city")
    return units + [("site", name) for pair in sites for name in pair if name]


def people_past_their_leaving_date(today: dt.date, limit: int = 500) -> list[Person]:
    """Return the people still present whose leaving date is before today, earliest first."""
    return list(Person.objects.present().filter(leaves_on__lt=today).order_by("leaves_on", "pk")[:limit])


def link_used_at(token: str) -> dt.datetime | None:
    """Return when a signed link gave its answer, or None while it has not."""
    return UsedLink.objects.filter(mark=mark_of(token)).values_list("used_at", flat=True).first()
