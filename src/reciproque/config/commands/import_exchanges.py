"""`reciproque import-exchanges`: bring in what a network did before, counted as declared."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from reciproque.config.commands import console
from reciproque.kit.tables import Line, Problem, Table
from reciproque.kit.text import fold

if TYPE_CHECKING:
    from reciproque.people.models import Person

COLUMNS: dict[str, tuple[str, ...]] = {
    "requester": ("requester", "requester_id", "demandeur", "demandeuse", "demandeur_id"),
    "offerer": ("offerer", "offerer_id", "offreur", "offreuse", "offreur_id"),
    "title": ("title", "titre", "sujet", "intitule"),
    "held_on": ("held_on", "date", "day", "jour", "date_de_l'echange"),
    "minutes": ("minutes", "duration", "duree", "duree_minutes"),
    "mode": ("mode", "modalite"),
}
KNOWN = {heading for headings in COLUMNS.values() for heading in headings}
DEFAULT_MINUTES = 60


@dataclasses.dataclass(frozen=True)
class CleanExchange:
    """One exchange of a file, checked."""

    line: int
    requester: str
    offerer: str
    title: str
    held_on: dt.date
    minutes: int
    mode: str

    @property
    def key(self) -> str:
        """The same exchange in a second import has the same key: nothing is written twice."""
        words = "\n".join([self.requester, self.offerer, fold(self.title), self.held_on.isoformat()])
        return "import:" + hashlib.sha256(words.encode()).hexdigest()[:48]


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    console.add_import_options(parser)
    parser.description = (
        "Bring past exchanges in: requester and offerer (ids of the directory, or e-mail addresses), title,"
        " held_on (2025-03-31), minutes, mode (face, phone, video). All are counted as declared."
    )


@console.command
def run(options: argparse.Namespace) -> int:
    """Check the file, then declare its exchanges."""
    return console.conduct(options, lambda table: _plan(table, options))


def _plan(table: Table, options: argparse.Namespace) -> console.Plan:
    from reciproque.config.commands.lookups import exchange_keys, member_ids

    target = console.find_network(options.network)
    exchanges, problems = _check(table)
    people = _find_people(exchanges, target)
    problems += _check_people(exchanges, people)
    problems.sort(key=lambda problem: problem.line)
    known = exchange_keys(target.network)
    fresh = list({row.key: row for row in exchanges if row.key not in known}.values())
    outside = {row.pk for row in people.values()} - member_ids(target.network)
    counts = {"exchanges": len(fresh), "already_there": len(exchanges) - len(fresh), "outside": len(outside)}
    notes = [
        _("À déclarer : %(exchanges)s échanges ; déjà là ou en double : %(already_there)s.") % counts,
        _("Sans indication : %(n)s minutes.") % {"n": DEFAULT_MINUTES},
    ]
    if outside:
        notes.append(
            _(
                "Personnes citées qui ne sont pas membres du réseau : %(outside)s (elles ne le deviennent pas)."
            )
            % counts
        )
    if target.network is None:
        notes.append(target.created_note)

    def write() -> dict[str, int]:
        return {"exchanges": _declare(target, fresh, people, options)}

    return console.Plan(table, table.unknown(KNOWN), counts, notes, problems, write, target)


def _declare(
    target: console.Target,
    rows: Sequence[CleanExchange],
    people: dict[str, Person],
    options: argparse.Namespace,
) -> int:
    from reciproque.exchanges.actions import declare_exchange
    from reciproque.journal.actions import gathered

    network = target.get_or_create()
    with gathered(), console.progress(_("Échanges"), len(rows), options) as move:
        for number, row in enumerate(rows, start=1):
            declare_exchange(
                network,
                requester=people[row.requester],
                offerer=people[row.offerer],
                by=None,
                title=row.title,
                held_on=row.held_on,
                minutes=row.minutes,
                mode=row.mode,
                key=row.key,
            )
            move(number)
    return len(rows)


def _cell(line: Line, name: str) -> str:
    return line.get(*COLUMNS[name])


def _check(table: Table) -> tuple[list[CleanExchange], list[Problem]]:
    present = {name for line in table.lines[:1] for name in line.cells}
    required = ("requester", "offerer", "title", "held_on")
    missing = [name for name in required if table.lines and not present & set(COLUMNS[name])]
    if missing:
        return [], [Problem(0, name, _("cette colonne manque.")) for name in missing]
    exchanges: list[CleanExchange] = []
    problems: list[Problem] = []
    for line in table.lines:
        row, wrong = _check_line(line)
        problems += wrong
        if row is not None:
            exchanges.append(row)
    return exchanges, problems


def _check_line(line: Line) -> tuple[CleanExchange | None, list[Problem]]:
    from django.core.exceptions import ValidationError

    from reciproque.catalogue.actions.imports import parse_mode
    from reciproque.catalogue.rules import clean_title
    from reciproque.kit import clock
    from reciproque.people.actions.directory import parse_day, parse_number

    problems: list[Problem] = []

    def wrong(name: str, sentence: str) -> None:
        problems.append(Problem(line.number, name, sentence))

    requester, offerer = _cell(line, "requester"), _cell(line, "offerer")
    for name, value in (("requester", requester), ("offerer", offerer)):
        if not value:
            wrong(name, _("dites qui, par son identifiant ou son adresse électronique."))
    if requester and requester == offerer:
        wrong("offerer", _("un échange se fait entre deux personnes."))
    title = _cell(line, "title")
    try:
        title = clean_title(title)
    except ValidationError as error:
        wrong("title", error.messages[0])
    day = _cell(line, "held_on")
    held_on = parse_day(day)
    if held_on is None:
        wrong("held_on", _("« %(text)s » n’est pas une date. Exemple : 2026-03-31.") % {"text": day[:40]})
    elif held_on > clock.now().date():
        wrong("held_on", _("cette date n’est pas encore passée."))
    text = _cell(line, "minutes")
    minutes = parse_number(text, 6000) if text else DEFAULT_MINUTES
    if minutes is None or minutes < 5:
        wrong("minutes", _("écrivez un nombre de minutes, de 5 à 6000."))
    mode = parse_mode(_cell(line, "mode"))
    if mode is None:
        wrong("mode", _("mode inconnu. Écrivez : face, phone, video."))
    if problems or held_on is None:
        return None, problems
    return CleanExchange(
        line.number, requester, offerer, title, held_on, minutes or DEFAULT_MINUTES, mode or ""
    ), []


def _find_people(exchanges: Sequence[CleanExchange], target: console.Target) -> dict[str, Person]:
    """Return the people named, by what the file calls them: id, id of a former import of posts, or address."""
    from reciproque.config.commands.lookups import people_by_email, people_by_external_id

    names = list(dict.fromkeys(name for row in exchanges for name in (row.requester, row.offerer)))
    people = people_by_external_id(names)
    if target.network is not None:
        slug = target.network.slug
        former = people_by_external_id([f"{slug}:{name}" for name in names if name not in people])
        people |= {name.removeprefix(f"{slug}:"): row for name, row in former.items()}
    addresses = {name.lower(): name for name in names if name not in people and "@" in name}
    for address, row in people_by_email(list(addresses)).items():
        people[addresses[address]] = row
    return people


def _check_people(exchanges: Sequence[CleanExchange], people: dict[str, Person]) -> list[Problem]:
    problems = []
    for row in exchanges:
        for column, name in (("requester", row.requester), ("offerer", row.offerer)):
            if name not in people:
                sentence = _("personne inconnue « %(id)s ». Importez d’abord l’annuaire (import-people).")
                problems.append(Problem(row.line, column, sentence % {"id": name[:40]}))
        two = people.get(row.requester), people.get(row.offerer)
        if two[0] is not None and two[0] == two[1]:
            problems.append(Problem(row.line, "offerer", _("un échange se fait entre deux personnes.")))
    return problems
