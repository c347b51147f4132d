"""What pages show of people, units and sites."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Lower

from reciproque.kit.text import clean
from reciproque.people.models import Person, Site, Unit


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


def find_people(words: str, limit: int = 10) -> list[Person]:
    """Return the present people whose name, e-mail address or unit holds each of these words, by name."""
    wanted = clean(words).split()[:5]
    people = Person.objects.present().select_related("unit", "site")
    for word in wanted:
        people = people.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(email__icontains=word)
            | Q(unit__path__icontains=word)
        )
    return list(people.order_by("last_name", "first_name", "pk")[:limit]) if wanted else []


def people_by_email(emails: Iterable[str]) -> dict[str, Person]:
    """Return the present people with these addresses, by address in small letters."""
    wanted = {email.strip().lower() for email in emails if email.strip()}
    found = Person.objects.present().annotate(address=Lower("email")).filter(address__in=wanted)
    return {(person.email or "").lower(): person for person in found}


def people_past_their_leaving_date(today: dt.date, limit: int = 500) -> list[Person]:
    """Return the people still present whose leaving date is before today, earliest first."""
    return list(Person.objects.present().filter(leaves_on__lt=today).order_by("leaves_on", "pk")[:limit])
