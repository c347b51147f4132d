"""`reciproque import-framework`: bring in the skills of ESCO, of ROME or of a table of one's own."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.config.commands import console

if TYPE_CHECKING:
    from reciproque.catalogue.actions import Reading

KINDS = ("esco", "rome", "csv")


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.description = (
        "Read the official CSV files of ESCO (skills_fr.csv, skillGroups_fr.csv, broaderRelationsSkillPillar.csv) or of"
        " ROME (competences.csv, appellations.csv, arborescence.csv), or one table with the columns code, label, parent,"
        " alternatives (separated by ;). A new version updates the labels, marks what is gone, keeps the links."
    )
    parser.add_argument("kind", choices=KINDS, help="how the files are laid out")
    parser.add_argument("folder", type=Path, help="folder of the official files, or the one table")
    parser.add_argument("--version", default="", help="version of the framework, as it will be shown")
    parser.add_argument("--slug", default="", help="address of the framework (default: esco, rome)")
    parser.add_argument("--title", default="", help="its name (default: ESCO, ROME)")
    parser.add_argument(
        "--language", default="fr", help="language of its labels (default: that of the files, else fr)"
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument(
        "--dry-run", action="store_true", help="read and say what would be done, write nothing"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object for a machine (never asks)"
    )


@console.command
def run(options: argparse.Namespace) -> int:
    """Read, say what was found and what would change, then write when told to."""
    from django.core.exceptions import ValidationError

    from reciproque.catalogue.actions import folder_files, preview_framework, read_framework

    slug = options.slug or (options.kind if options.kind != "csv" else "")
    if not slug or (options.kind == "csv" and not options.title):
        raise console.WrongUse(_("Pour un tableau, donnez --slug (son adresse) et --title (son nom)."))
    begun = time.monotonic()
    try:
        files = folder_files(options.folder)
        reading = read_framework(options.kind, files, title=options.title, language=options.language)
    except ValidationError as error:
        return _refuse(options, error.messages)
    said: dict[str, Any] = {
        "read": reading.counts,
        "refused": [str(line) for line in reading.refused[: console.SHOWN_PROBLEMS]],
        "refused_lines": len(reading.refused),
        "notes": reading.notes,
        "would": preview_framework(slug, reading),
        "read_seconds": round(time.monotonic() - begun, 1),
    }
    said["database"] = database_words()
    if not options.json:
        describe(reading, said["would"])
        print(_("Base de données : %(where)s.") % {"where": said["database"]})
    if not console.agreed(options):
        if options.json:
            console.print_json({**said, "written": False})
        return console.DONE if options.dry_run or options.json or not sys.stdin.isatty() else console.REFUSED
    return _write(options, slug, reading, said)


def database_words() -> str:
    """Return where what is imported is written: the file, or the server and the name of the database."""
    from django.db import connection

    values = connection.settings_dict
    name = str(values["NAME"])
    if connection.vendor == "sqlite":
        return name if name.startswith("file:") else str(Path(name).resolve())
    return _("%(name)s, sur %(host)s") % {"name": name, "host": values["HOST"] or _("cette machine")}


def describe(reading: Reading, would: dict[str, int]) -> None:
    """Say in sentences what the files hold, and what importing them would do."""
    counts = reading.counts
    print(_("Lu : %(entries)s savoirs ou métiers, %(groups)s groupes, %(names)s autres intitulés.") % counts)
    print(_("Dans la hiérarchie : %(placed)s. Sans place dans les fichiers : %(alone)s.") % counts)
    if counts["orphans"]:
        said = ngettext(
            "%(n)s entrée se range sous une entrée absente des fichiers.",
            "%(n)s entrées se rangent sous une entrée absente des fichiers.",
            counts["orphans"],
        )
        print(said % {"n": counts["orphans"]})
    for note in reading.notes:
        print(note)
    for line in reading.refused[: console.SHOWN_PROBLEMS]:
        print(line, file=sys.stderr)
    if reading.refused:
        said = ngettext("%(n)s ligne refusée.", "%(n)s lignes refusées.", len(reading.refused))
        print(said % {"n": len(reading.refused)})
    print(
        _(
            "À écrire : %(new)s nouveautés, %(changed)s changements, %(gone)s disparues, %(back)s revenues ; %(same)s"
            " inchangées. Liens faits par des personnes, gardés : %(links)s."
        )
        % would
    )


def _write(options: argparse.Namespace, slug: str, reading: Reading, said: dict[str, Any]) -> int:
    from django.core.exceptions import ValidationError

    from reciproque.catalogue.actions import import_framework
    from reciproque.catalogue.models import Framework
    from reciproque.matching.actions import take_in_framework

    begun = time.monotonic()
    try:
        with console.progress(_("Écriture"), 2 * len(reading.entries), options) as move:
            said["done"] = import_framework(slug, reading, by=None, version=options.version, progress=move)
    except ValidationError as error:
        return _refuse(options, error.messages)
    said["write_seconds"] = round(time.monotonic() - begun, 1)
    begun = time.monotonic()
    with console.progress(_("Sens des intitulés"), 1, options) as move:
        said["labels"] = take_in_framework(Framework.objects.get(slug=slug), move)
    said |= {"encode_seconds": round(time.monotonic() - begun, 1), "peak_mb": console.peak_memory()}
    if options.json:
        console.print_json({**said, "written": True})
        return console.DONE
    print(
        _(
            "Écrit en %(write)s s ; %(labels)s intitulés rendus comparables en %(encode)s s ; mémoire au plus haut :"
            " %(peak)s Mo."
        )
        % {
            "write": said["write_seconds"],
            "labels": said["labels"],
            "encode": said["encode_seconds"],
            "peak": said["peak_mb"],
        }
    )
    return console.DONE


def _refuse(options: argparse.Namespace, messages: list[str]) -> int:
    if options.json:
        console.print_json({"written": False, "problems": messages})
    else:
        for message in messages:
            print(message, file=sys.stderr)
        print(_("Refusé : rien n’est écrit."), file=sys.stderr)
    return console.REFUSED
