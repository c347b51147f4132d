"""What the commands that bring data in share: checked first, written whole or not at all, said by line and column."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.kit.tables import Problem, Table, TableError, read_table

if TYPE_CHECKING:
    from reciproque.networks.models import Network

DONE, REFUSED, WRONG_USE = 0, 1, 2
SHOWN_PROBLEMS = 50
YES = ("o", "oui", "y", "yes")


class WrongUse(Exception):
    """The command was called with something it cannot start from; the message says what."""


@dataclasses.dataclass
class Plan:
    """What a command found in its file, what it would write, and how."""

    table: Table
    unknown: list[str]
    counts: dict[str, int]
    notes: list[str]
    problems: list[Problem]
    write: Callable[[], dict[str, int]]
    network: Target | None = None


@dataclasses.dataclass
class Target:
    """The network named on the command line: an existing one, or one to be created."""

    name: str
    network: Network | None

    @property
    def created_note(self) -> str:
        """Say what will be created, and how it may be changed."""
        return _(
            "Le réseau « %(name)s » n’existe pas encore : il sera créé (réciprocité ouverte, mise en relation"
            " directe, ouvert à tout le monde). Ces choix se changent dans ses réglages."
        ) % {"name": self.name}

    def get_or_create(self) -> Network:
        """Return the network, founding it with open reciprocity, direct and open to all when it is missing."""
        from reciproque.networks.actions import create_network

        if self.network is None:
            self.network = create_network(self.name, by=None, reciprocity="open", mediation="direct")
        return self.network


def language() -> str:
    """Return the language in which the terminal is spoken to: English when the environment says so, else French."""
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if told.lower().startswith("en") else "fr"


def command(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Make a `run` that speaks the terminal's language and turns a wrong use into one sentence and exit code 2."""

    @functools.wraps(run)
    def run_(options: argparse.Namespace) -> int:
        with translation.override(language()):
            try:
                prepare_database()
                return run(options)
            except WrongUse as error:
                if getattr(options, "json", False):
                    print_json({"written": False, "error": str(error)})
                print(f"reciproque: {error}", file=sys.stderr)
                return WRONG_USE

    return run_


def prepare_database() -> None:
    """Make the missing tables, as `reciproque run` does: an import may be the first thing done on a machine."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)


def add_import_options(parser: argparse.ArgumentParser, *, network: bool = True) -> None:
    """Add what every import takes."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="CSV (; or , - UTF-8 or ISO-8859-15 are recognised) or XLSX"
    )
    parser.add_argument(
        "--network",
        metavar="N",
        required=network,
        help="name or address of the network, created when missing" + ("" if network else " (optional here)"),
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument(
        "--dry-run", action="store_true", help="check and say what would be done, write nothing"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object for a machine (never asks)"
    )
    parser.epilog = (
        "Without --yes the file is only checked; on a terminal you are then asked. Exit code: 0 done (or nothing"
        " to object to), 1 refused and nothing written, 2 wrong use."
    )


def find_network(text: str) -> Target:
    """Return the network of that address or name, or the intention to create it; WrongUse when it is no name."""
    from django.db.models import Q

    from reciproque.networks.models import Network

    name = " ".join(text.split())
    if not name or len(name) > Network._meta.get_field("name_fr").max_length:
        raise WrongUse(_("--network : donnez le nom ou l’adresse du réseau (120 caractères au plus)."))
    by_address = Network.objects.filter(slug=name).first()
    if by_address is not None:
        return Target(by_address.name_fr, by_address)
    found = list(Network.objects.filter(Q(name_fr__iexact=name) | Q(name_en__iexact=name))[:5])
    if len(found) > 1:
        addresses = ", ".join(network.slug for network in found)
        raise WrongUse(
            _("Plusieurs réseaux portent ce nom. Donnez l’adresse de l’un d’eux : %(list)s.")
            % {"list": addresses}
        )
    return Target(found[0].name_fr, found[0]) if found else Target(name, None)


def read(options: argparse.Namespace) -> Table:
    """Read the file given; a missing file is a wrong use, an unreadable one a TableError."""
    if not options.file.is_file():
        raise WrongUse(_("Le fichier « %(file)s » n’existe pas.") % {"file": options.file})
    return read_table(options.file)


@contextlib.contextmanager
def progress(label: str, total: int, options: argparse.Namespace) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr (a terminal only) moved by a function that takes how many are done."""
    from tqdm import tqdm

    hidden = True if options.json else None  # None: hidden unless stderr is a terminal
    with tqdm(total=total, desc=label, file=sys.stderr, disable=hidden, leave=False) as bar:

        def move(done: int, of: int | None = None) -> None:
            if of is not None and of != bar.total:
                bar.reset(total=of)
            bar.update(max(0, done - bar.n))

        yield move


def conduct(options: argparse.Namespace, prepare: Callable[[Table], Plan]) -> int:
    """Read, check, say what would be done; write only when told to, all or nothing."""
    begun = time.monotonic()
    try:
        table = read(options)
    except TableError as error:
        return _refuse(options, error.problems, {})
    plan = prepare(table)
    said: dict[str, Any] = {
        "unknown_columns": plan.unknown,
        "encoding": table.encoding,
        "counts": plan.counts,
        "notes": plan.notes,
    }
    if plan.network is not None:
        network = plan.network.network
        said["network"] = {"name": plan.network.name, "slug": network.slug if network else None}
    if plan.problems:
        return _refuse(options, plan.problems, said)
    if not options.json:
        _describe(table, plan)
    if not agreed(options):
        said["written"] = False
        if options.json:
            print_json(said)
        return DONE if options.dry_run or options.json or not sys.stdin.isatty() else REFUSED
    return _write(options, plan, said, begun)


def _describe(table: Table, plan: Plan) -> None:
    dress = f"{table.encoding}, « {table.delimiter} »" if table.delimiter else table.encoding
    lines = ngettext("%(n)s ligne lue (%(dress)s).", "%(n)s lignes lues (%(dress)s).", len(table.lines))
    print(lines % {"n": len(table.lines), "dress": dress.replace("\t", "⇥")})
    if plan.unknown:
        print(_("Colonnes inconnues, ignorées : %(list)s.") % {"list": ", ".join(plan.unknown)})
    for note in plan.notes:
        print(note)


def agreed(options: argparse.Namespace) -> bool:
    """Ask whether to write, on a terminal; --yes says so beforehand, --dry-run that one must not."""
    if options.dry_run:
        return False
    if options.yes:
        return True
    if options.json:
        return False
    if not sys.stdin.isatty():
        print(_("Rien n’est écrit. Pour écrire, ajoutez --yes."))
        return False
    try:
        agreed = input(_("Écrire ? [o/N] ")).strip().lower() in YES
    except EOFError:
        agreed = False
    if not agreed:
        print(_("Rien n’est écrit."))
    return agreed


def _write(options: argparse.Namespace, plan: Plan, said: dict[str, Any], begun: float) -> int:
    from django.core.exceptions import ValidationError
    from django.db import DataError, IntegrityError, transaction

    try:
        with transaction.atomic():
            done = plan.write()
    except ValidationError as error:
        return _refuse(options, [Problem(0, "", message) for message in error.messages], said)
    except (IntegrityError, DataError) as error:
        sentence = _("la base de données refuse une ligne (%(why)s).") % {"why": str(error).splitlines()[0]}
        return _refuse(options, [Problem(0, "", sentence)], said)
    seconds = round(time.monotonic() - begun, 1)
    said |= {"written": True, "done": done, "seconds": seconds}
    if plan.network is not None and plan.network.network is not None:
        said["network"]["slug"] = plan.network.network.slug
    if options.json:
        print_json(said)
    else:
        counts = ", ".join(f"{_label(name)} {number}" for name, number in done.items())
        print(_("Écrit en %(seconds)s s : %(counts)s.") % {"counts": counts, "seconds": seconds})
    return DONE


def _label(name: str) -> str:
    labels = {
        "new": _("nouvelles personnes"),
        "new_people": _("nouvelles personnes"),
        "updated": _("personnes mises à jour"),
        "left": _("personnes parties"),
        "enrolled": _("nouveaux membres"),
        "posts": _("annonces"),
        "exchanges": _("échanges"),
    }
    return labels[name]


def _refuse(options: argparse.Namespace, problems: list[Problem], said: dict[str, Any]) -> int:
    if options.json:
        lines = [dataclasses.asdict(problem) for problem in problems]
        print_json({**said, "written": False, "problems": lines})
        return REFUSED
    for problem in problems[:SHOWN_PROBLEMS]:
        print(problem, file=sys.stderr)
    rest = len(problems) - SHOWN_PROBLEMS
    if rest > 0:
        more = ngettext("… et %(n)s autre problème.", "… et %(n)s autres problèmes.", rest)
        print(more % {"n": rest}, file=sys.stderr)
    print(_("Refusé : rien n’est écrit."), file=sys.stderr)
    return REFUSED


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on one line of stdout."""
    print(json.dumps(value, ensure_ascii=False, default=str))


def peak_memory() -> int:
    """Return the most memory this process held, in MB (0 where the system does not say)."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
