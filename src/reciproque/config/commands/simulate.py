"""`reciproque simulate`: a year in the life of the demonstration network, and whether anything stalled in it."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from reciproque.config.commands import console

if TYPE_CHECKING:
    from reciproque.config.simulation.watch import Figures

DEFAULT_PEOPLE = 60
MOST_MONTHS = 60


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.description = (
        "Live some months of the demonstration network, day by day, through the real actions: the worker's duties at"
        " their hours, animators who give half an hour each morning, people of whom 30 % never answer, 10 % forget to"
        " say that a meeting took place, 2 % leave in the middle, and a mail server down for two days. Everything"
        " happens in a database of its own, thrown away at the end. The same seed gives the same figures."
    )
    parser.add_argument("--months", type=_number(1, MOST_MONTHS), default=12, metavar="N", help="default: 12")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="of everyone's behaviour (default: 1)"
    )
    parser.add_argument(
        "--people",
        type=_number(20, 1050),
        default=DEFAULT_PEOPLE,
        metavar="N",
        help=f"members at the start, 20 to 1050 (default: {DEFAULT_PEOPLE}, a year takes some minutes, more people longer)",
    )
    parser.add_argument(
        "--without-escalation",
        action="store_true",
        help="switch reminders and escalation off, to see what they are for",
    )
    parser.add_argument("--keep", metavar="FILE", type=Path, help="keep the database at the end (SQLite)")
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")


def _number(least: int, most: int) -> Any:
    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"between {least} and {most}")
        return value

    number.__name__ = "number"  # what argparse calls it when it is refused
    return number


def prepare(options: argparse.Namespace) -> None:
    """Work in a folder of its own, whatever the environment says: no installation is touched."""
    options.folder = tempfile.TemporaryDirectory(prefix="reciproque-simulate-")
    os.environ["RECIPROQUE_DATA"] = options.folder.name
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in ("DATABASE_URL", "RECIPROQUE_DEMO", "RECIPROQUE_ESCALATION", "EMAIL_BACKEND"):
        os.environ.pop(name, None)


@console.command
def run(options: argparse.Namespace) -> int:
    """Build, live, report; 1 when something stalled or somebody was drowned in messages."""
    if options.keep is not None:
        _check_kept(options.keep)
    figures = _simulate(options)
    if options.json:
        console.print_json(dataclasses.asdict(figures))
    else:
        print("\n".join(_lines(figures)))
    if options.keep is not None:
        _keep(Path(options.folder.name) / "reciproque.sqlite3", options.keep)
    if options.without_escalation:
        return console.DONE
    return console.DONE if is_well(figures) else console.REFUSED


def _simulate(options: argparse.Namespace) -> Figures:
    from django.core.management import call_command

    from reciproque.config.simulation.world import build_world
    from reciproque.config.simulation.year import Wish, live_year

    def tell(words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    call_command("migrate", verbosity=0)
    world = build_world(options.people, Path(options.folder.name), tell=tell)
    wish = Wish(months=options.months, seed=options.seed, escalation=not options.without_escalation)
    return live_year(world, wish, tell=tell)


def is_well(figures: Figures) -> bool:
    """Tell whether nothing stalled, nobody got too many messages, and the worker never stumbled."""
    limit = figures.messages_a_week_at_most
    drowned = bool(limit) and figures.max_messages_per_person_week > limit
    return not (
        figures.overdue_never_escalated or figures.left_with_something_expected or drowned or figures.errors
    )


def _check_kept(file: Path) -> None:
    if file.exists():
        raise console.WrongUse(_("%(file)s existe déjà : choisissez un autre nom.") % {"file": file})
    if not file.resolve().parent.is_dir():
        raise console.WrongUse(_("Le dossier de %(file)s n’existe pas.") % {"file": file})


def _keep(database: Path, file: Path) -> None:
    with sqlite3.connect(database) as source, sqlite3.connect(file) as target:
        source.backup(target)
    source.close()
    target.close()


def _lines(figures: Figures) -> Iterator[str]:
    """Say every figure in words, one a line."""
    values = dataclasses.asdict(figures)
    labels = [
        ("introductions", _("mises en relation demandées")),
        ("exchanges_held", _("échanges tenus")),
        ("reviews", _("bilans")),
        ("median_days_to_an_answer", _("jours avant une réponse (médiane)")),
        ("reminders", _("rappels")),
        ("reminders_by_hand", _("dont envoyés par les équipes d’animation")),
        ("escalations", _("étapes signalées à l’animation")),
        ("handed_over", _("étapes confiées à l’animation")),
        ("lapses", _("mises en relation restées sans réponse")),
        ("reproposals", _("autres personnes proposées")),
        ("overdue_never_escalated", _("étapes en retard jamais rappelées, signalées ou listées")),
        ("ended_unreminded", _("étapes closes par le délai sans rappel")),
        ("messages", _("courriels partis")),
        ("max_messages_per_person_week", _("courriels à une même personne en sept jours, au plus")),
        ("messages_a_week_at_most", _("courriels par semaine, limite réglée")),
        ("mail_down_days", _("jours sans serveur de courriel")),
        ("people", _("personnes")),
        ("left", _("personnes parties")),
        ("left_with_something_expected", _("étapes laissées à des personnes parties")),
        ("animators_acts", _("gestes des équipes d’animation")),
        ("animators_acts_most_in_a_morning", _("gestes en une matinée dans un réseau, au plus")),
        ("refused_by_the_rules", _("gestes que les règles ont refusés")),
        ("errors", _("erreurs du travailleur de fond")),
        ("seconds", _("secondes")),
    ]
    width = max(len(str(values[name])) for name, _label in labels)
    for name, label in labels:
        yield f"{values[name]!s:>{width}}  {label}"
    yield _("Encore attendu à la fin : %(steps)s") % {"steps": _listed(figures.open_at_the_end)}
    if figures.overdue_why:
        yield _("Ce qui a manqué aux étapes en retard : %(why)s") % {"why": _listed(figures.overdue_why)}


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or _("rien")
