"""Bring the directory in: check every line first, then write all or nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
import zoneinfo
from collections.abc import Callable, Sequence

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.tables import Line, Problem, Table
from reciproque.kit.text import fold
from reciproque.people.actions.persons import get_site, get_unit
from reciproque.people.models import Person, Site, Unit
from reciproque.people.rules import LEVELS, SPOKEN, unit_parts

# column of ours → other headings under which directories write it
COLUMNS: dict[str, tuple[str, ...]] = {
    "external_id": ("external_id", "id", "matricule", "identifiant", "person_id", "personne"),
    "first_name": ("first_name", "prenom", "given_name"),
    "last_name": ("last_name", "nom", "surname", "family_name", "name"),
    "email": ("email", "e_mail", "mail", "courriel", "adresse_electronique"),
    "phone": ("phone", "telephone", "tel"),
    "unit": ("unit", "unit_path", "unite", "service", "departement", "department"),
    "site": ("site", "lieu", "location"),
    "function": ("function", "fonction", "job", "poste", "title"),
    "level": ("level", "niveau", "grade"),
    "manager": ("manager", "manager_id", "responsable", "id_responsable"),
    "languages": ("languages", "langues", "spoken"),
    "time_zone": ("time_zone", "fuseau", "fuseau_horaire", "timezone"),
    "leaves_on": ("leaves_on", "date_de_depart", "depart", "leaving_date"),
    "give": ("give", "capacity_to_give", "capacite_a_donner", "give_capacity"),
    "receive": ("receive", "capacity_to_receive", "capacite_a_recevoir", "receive_capacity"),
}
KNOWN = {heading for headings in COLUMNS.values() for heading in headings}
_LEVELS = {fold(str(label)): value for value, label in LEVELS} | {value: value for value, _label in LEVELS}
_SPOKEN = {fold(str(label)): value for value, label in SPOKEN} | {value: value for value, _label in SPOKEN}
MAX_CAPACITY = 20
MAX_EMAIL = 254


@functools.cache
def _zones() -> frozenset[str]:
    # Listing the zones reads the disk: once, not once a line.
    return frozenset(zoneinfo.available_timezones())


@dataclasses.dataclass(frozen=True)
class CleanPerson:
    """One line of a directory, checked."""

    line: int
    external_id: str
    first_name: str
    last_name: str
    email: str | None
    phone: str
    unit: str
    site: str
    function: str
    level: str
    manager: str
    spoken: list[str]
    time_zone: str
    leaves_on: dt.date | None
    give: int | None
    receive: int | None


def cell(line: Line, name: str) -> str:
    """Return the cell of one of our columns on one line, whatever its heading."""
    return " ".join(line.get(*COLUMNS[name]).split())


def parse_day(text: str) -> dt.date | None:
    """Read a day as directories write it (2026-03-31, 31/03/2026, 31.03.2026); None when it is not one."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d"):
        try:
            return dt.datetime.strptime(text.strip()[:10], pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def parse_number(text: str, most: int) -> int | None:
    """Read a whole number from 0 to `most`; None when it is not one."""
    return int(text) if re.fullmatch(r"\d{1,4}", text) and int(text) <= most else None


def parse_languages(text: str) -> tuple[list[str], list[str]]:
    """Read a list of languages ("fr;en", "français, anglais"): the known codes, and the words not understood."""
    words = [part.strip() for part in re.split(r"[;,/|]", text) if part.strip()]
    known = [_SPOKEN[fold(word)] for word in words if fold(word) in _SPOKEN]
    return list(dict.fromkeys(known)), [word for word in words if fold(word) not in _SPOKEN]


def check_people(table: Table) -> tuple[list[CleanPerson], list[Problem]]:
    """Check every line of a directory; return the clean people and every problem found, none of them written."""
    people: list[CleanPerson] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for line in table.lines:
        found = _check_line(line)
        person, wrong = found
        problems += wrong
        for name, value in (("external_id", person.external_id), ("email", (person.email or "").lower())):
            if value and (name, value) in seen:
                sentence = _("déjà donné à la ligne %(n)s.") % {"n": seen[name, value]}
                problems.append(Problem(line.number, name, sentence))
            elif value:
                seen[name, value] = line.number
        people.append(person)
    problems += _check_managers(people)
    problems += _check_taken_emails(people)
    return people, sorted(problems, key=lambda problem: problem.line)


def _check_line(line: Line) -> tuple[CleanPerson, list[Problem]]:
    problems: list[Problem] = []

    def wrong(name: str, sentence: str) -> None:
        problems.append(Problem(line.number, name, sentence))

    external_id, last_name = cell(line, "external_id")[:80], cell(line, "last_name")[:100]
    email = cell(line, "email").lower() or None
    if not external_id and not email:
        wrong("external_id", _("il faut un identifiant ou une adresse électronique."))
    if not last_name:
        wrong("last_name", _("le nom manque."))
    if email and not _is_email(email):
        wrong("email", _("« %(text)s » n’est pas une adresse électronique.") % {"text": email[:80]})
    level = cell(line, "level")
    if level and fold(level) not in _LEVELS:
        choices = ", ".join(value for value, _label in LEVELS)
        wrong(
            "level",
            _("niveau inconnu « %(text)s ». Écrivez : %(choices)s.") % {"text": level, "choices": choices},
        )
    spoken, unknown = parse_languages(cell(line, "languages"))
    if unknown:
        wrong("languages", _("langue inconnue « %(text)s ».") % {"text": unknown[0][:40]})
    zone = cell(line, "time_zone")
    if zone and zone not in _zones():
        wrong(
            "time_zone",
            _("fuseau horaire inconnu « %(text)s ». Exemple : Europe/Paris.") % {"text": zone[:40]},
        )
    leaves = cell(line, "leaves_on")
    leaves_on = parse_day(leaves)
    if leaves and leaves_on is None:
        wrong(
            "leaves_on", _("« %(text)s » n’est pas une date. Exemple : 2026-03-31.") % {"text": leaves[:40]}
        )
    numbers: dict[str, int | None] = {}
    for name in ("give", "receive"):
        text = cell(line, name)
        numbers[name] = parse_number(text, MAX_CAPACITY) if text else None
        if text and numbers[name] is None:
            wrong(name, _("écrivez un nombre entre 0 et 20."))
    return (
        CleanPerson(
            line=line.number,
            external_id=external_id,
            first_name=cell(line, "first_name")[:100],
            last_name=last_name,
            email=email,
            phone=cell(line, "phone")[:40],
            unit=" > ".join(unit_parts(cell(line, "unit")))[:400],
            site=cell(line, "site")[:120],
            function=cell(line, "function")[:160],
            level=_LEVELS.get(fold(level), ""),
            manager=cell(line, "manager"),
            spoken=spoken,
            time_zone=zone or "Europe/Paris",
            leaves_on=leaves_on,
            **numbers,
        ),
        problems,
    )


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= MAX_EMAIL


def _check_managers(people: Sequence[CleanPerson]) -> list[Problem]:
    given = {person.external_id for person in people if person.external_id}
    wanted = {person.manager for person in people if person.manager} - given
    known = given | {row.external_id or "" for row in _existing("external_id", sorted(wanted))}
    problems = []
    for person in people:
        if person.manager and person.manager not in known:
            sentence = _("aucune personne n’a l’identifiant « %(id)s ».") % {"id": person.manager[:40]}
            problems.append(Problem(person.line, "manager", sentence))
        elif person.manager and person.manager == person.external_id:
            problems.append(
                Problem(person.line, "manager", _("une personne ne peut pas être son propre responsable."))
            )
    return problems


def _check_taken_emails(people: Sequence[CleanPerson]) -> list[Problem]:
    """Refuse an address that already belongs to somebody else, by identifier or because the line is known as another."""
    emails: dict[str, CleanPerson] = {person.email: person for person in people if person.email}
    lines = {person.external_id: person.line for person in people if person.external_id}
    known = {row.external_id: row.pk for row in _existing("external_id", list(lines))}
    problems = []
    for row in _existing("email", list(emails)):
        person = emails[row.email or ""]
        if not person.external_id:
            if row.external_id in lines:
                sentence = _("cette personne est déjà à la ligne %(n)s.") % {
                    "n": lines[row.external_id or ""]
                }
                problems.append(Problem(person.line, "email", sentence))
            continue
        other = row.external_id not in (None, person.external_id)
        if other or known.get(person.external_id, row.pk) != row.pk:
            name = row.external_id or row.display_name
            sentence = _("cette adresse appartient déjà à la personne « %(id)s ».") % {"id": name}
            problems.append(Problem(person.line, "email", sentence))
    return problems


@transaction.atomic
def import_people(
    people: Sequence[CleanPerson], *, by: Person | None, progress: Callable[[int], None] | None = None
) -> dict[str, Person]:
    """Create or update the people of a checked directory; return them by external id (else e-mail)."""
    units: dict[str, Unit | None] = {path: get_unit(path) for path in {person.unit for person in people}}
    sites: dict[str, Site | None] = {name: get_site(name) for name in {person.site for person in people}}
    by_id = {
        row.external_id: row for row in _existing("external_id", [person.external_id for person in people])
    }
    by_email = {row.email: row for row in _existing("email", [person.email or "" for person in people])}
    unusable, now = make_password(None), clock.now()
    fresh: list[Person] = []
    changed: list[Person] = []
    found: dict[str, Person] = {}
    for number, clean in enumerate(people):
        row = by_id.get(clean.external_id) if clean.external_id else None
        row = row or (by_email.get(clean.email) if clean.email else None)
        if row is None:
            row = Person(password=unusable, joined_at=now, language="fr")
            fresh.append(row)
        else:
            changed.append(row)
        row.external_id = clean.external_id or row.external_id
        row.first_name, row.last_name = clean.first_name, clean.last_name
        row.email, row.phone = clean.email or row.email, clean.phone or row.phone
        row.unit, row.site = units[clean.unit] or row.unit, sites[clean.site] or row.site
        row.function, row.level = clean.function or row.function, clean.level or row.level
        row.spoken = clean.spoken or row.spoken or ["fr"]
        row.time_zone, row.leaves_on = clean.time_zone, clean.leaves_on
        found[clean.external_id or clean.email or ""] = row
        if progress is not None and number % 500 == 0:
            progress(number)
    Person.objects.bulk_create(fresh, batch_size=500)
    fields = "external_id first_name last_name email phone unit site function level spoken time_zone leaves_on".split()
    Person.objects.bulk_update(changed, fields, batch_size=200)
    _set_managers(people, found)
    if found:
        subject = next(iter(found.values()))
        record("directory.imported", subject, by=by, created=len(fresh), updated=len(changed))
    return found


def _existing(field: str, values: Sequence[str]) -> list[Person]:
    wanted = sorted({value for value in values if value})
    rows: list[Person] = []
    for start in range(0, len(wanted), 500):
        rows += Person.objects.filter(**{f"{field}__in": wanted[start : start + 500]})
    return rows


def _set_managers(people: Sequence[CleanPerson], found: dict[str, Person]) -> None:
    missing = sorted({person.manager for person in people if person.manager and person.manager not in found})
    others = {row.external_id: row for row in _existing("external_id", missing)}
    rows = []
    for clean in people:
        row = found[clean.external_id or clean.email or ""]
        manager = found.get(clean.manager) or others.get(clean.manager) if clean.manager else None
        if (manager.pk if manager else None) != row.manager_id and clean.manager:
            row.manager = manager
            rows.append(row)
    Person.objects.bulk_update(rows, ["manager"], batch_size=500)
