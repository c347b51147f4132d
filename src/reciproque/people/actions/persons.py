"""Change what is known of a person."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.people.access import can_administer
from reciproque.people.models import Person, Site, Unit
from reciproque.people.queries import people_past_their_leaving_date
from reciproque.people.rules import ABOUT_MAX, SPOKEN, unit_parts

OWN_FIELDS = {"first_name", "last_name", "phone", "language", "spoken", "time_zone", "about"}


def get_unit(path: str) -> Unit | None:
    """Return the unit of that path, creating it and its ancestors when missing; None for an empty path."""
    unit: Unit | None = None
    names: list[str] = []
    for name in unit_parts(path):
        names.append(name)
        unit = Unit.objects.get_or_create(
            path=" > ".join(names)[:400], defaults={"name": name, "parent": unit}
        )[0]
    return unit


def get_site(name: str, **fields: Any) -> Site | None:
    """Return the site of that name, creating it when missing; None for an empty name."""
    name = name.strip()[:120]
    return Site.objects.get_or_create(name=name, defaults=fields)[0] if name else None


@transaction.atomic
def create_administrator(
    email: str, *, first_name: str, last_name: str, password: str, language: str = "fr"
) -> Person:
    """Make the first administrator of the installation (or another one)."""
    person = Person.objects.create_superuser(
        email, password, first_name=first_name, last_name=last_name, language=language
    )
    record("person.created", person, by=person)
    return person


def _tidy(name: str, text: str) -> str:
    """Return a text fit to store: a name stays on one line, or it could pass for a sentence of ours in a message."""
    text = clean(text).strip()
    return text if name == "about" else " ".join(text.split())


@transaction.atomic
def change_profile(person: Person, *, by: Person, **fields: Any) -> Person:
    """Let a person change what they say of themselves."""
    if by.pk != person.pk and not can_administer(by):
        raise PermissionDenied
    unknown = set(fields) - OWN_FIELDS
    if unknown:
        raise ValueError(f"not one's own fields: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(person, name, _tidy(name, value) if isinstance(value, str) else value)
    if not set(person.spoken) <= {code for code, _label in SPOKEN}:
        raise ValidationError({"spoken": _("Choisissez parmi les langues proposées.")})
    if len(person.about) > ABOUT_MAX:
        raise ValidationError({"about": _("Ce texte est trop long : 2 000 caractères au plus.")})
    person.full_clean(
        exclude=["password", "email", "public_id"], validate_unique=False, validate_constraints=False
    )
    person.save(update_fields=[*fields, "folded"])
    record("person.profile_changed", person, by=by, people=[person], fields=sorted(fields))
    return person


@transaction.atomic
def leave_organisation(person: Person, *, by: Person | None) -> Person:
    """Note that a person left the organisation: they can no longer sign in; higher floors release what waits for them."""
    if by is not None and not can_administer(by):
        raise PermissionDenied
    done = Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False, left_at=clock.now())
    if done:
        person.refresh_from_db()
        record("person.left", person, by=by, people=[person])
    return person


def leave_on_time(limit: int = 500) -> int:
    """Note the departure of the people whose leaving date, given by the directory, is past (by the clock)."""
    people = people_past_their_leaving_date(clock.now().date(), limit)
    for person in people:
        leave_organisation(person, by=None)
    return len(people)
