"""`reciproque suggest`: who could help whom, for every open request of a network, in a file."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from reciproque.config.commands import console
from reciproque.kit.tables import write_csv

if TYPE_CHECKING:
    from reciproque.networks.models import Network

COLUMNS = (
    "request_id",
    "request_title",
    "request_person",
    "offer_id",
    "offer_title",
    "offer_person",
    "rank",
    "score",
    "reasons",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.description = (
        "Compute suggestions for every open request of a network, with their reasons in words, and write them to a"
        " CSV file: " + ", ".join(COLUMNS) + "."
    )
    parser.add_argument("--network", metavar="N", required=True, help="name or address of the network")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="the CSV file to write")
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")


@console.command
def run(options: argparse.Namespace) -> int:
    """Compute, store and write the suggestions, then say how many requests have one, the time and the memory."""
    from reciproque.matching.actions import compute_suggestions

    network = _network(options)
    partial = options.out.with_name(f"{options.out.name}.{os.getpid()}.part")
    begun = time.monotonic()
    try:
        # Opened first: minutes of computing are not lost to a folder that cannot be written.
        with partial.open("w", encoding="utf-8-sig", newline="") as out:
            with console.progress(_("Rapprochements"), 1, options) as move:
                computed = compute_suggestions(
                    network, progress=lambda _stage, done, total: move(done, total)
                )
            with console.progress(_("Écriture"), computed.pairs, options) as move:
                lines = write_csv(out, COLUMNS, _rows(network, move))
        partial.replace(options.out)
    except OSError as error:
        partial.unlink(missing_ok=True)
        sentence = _("%(file)s ne peut pas être écrit (%(why)s).")
        raise console.WrongUse(sentence % {"file": options.out, "why": error.strerror}) from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    share = round(100 * computed.served / computed.requests, 1) if computed.requests else 0.0
    said: dict[str, Any] = {
        "network": network.slug,
        "requests": computed.requests,
        "served": computed.served,
        "share": share,
        "suggestions": lines,
        "seconds": round(time.monotonic() - begun, 1),
        "peak_memory_mb": console.peak_memory(),
        "out": str(options.out),
    }
    if options.json:
        console.print_json(said)
        return console.DONE
    print(
        _("%(served)s demandes sur %(requests)s ont au moins une suggestion (%(share)s %%).") % said
        + "\n"
        + _("%(suggestions)s suggestions écrites dans %(out)s.") % said
        + "\n"
        + _("Durée : %(seconds)s s. Mémoire au plus haut : %(peak_memory_mb)s Mo.") % said
    )
    return console.DONE


def _network(options: argparse.Namespace) -> Network:
    target = console.find_network(options.network)
    if target.network is None:
        raise console.WrongUse(_("Aucun réseau ne s’appelle « %(name)s ».") % {"name": target.name})
    if not options.out.resolve().parent.is_dir():
        raise console.WrongUse(_("Le dossier de %(file)s n’existe pas.") % {"file": options.out})
    return target.network


def _rows(network: Network, move: Any) -> Iterator[list[object]]:
    """Give each suggestion in words, request by request, the best first."""
    from reciproque.matching.models import Suggestion
    from reciproque.matching.rules import reasons

    suggestions = Suggestion.objects.open().filter(network=network).order_by("request_id", "-score", "pk")
    fields = [
        f"{side}__{name}"
        for side in ("request", "offer")
        for name in ("public_id", "title", "author__first_name", "author__last_name")
    ]
    said: dict[tuple[tuple[str, int], ...], str] = {}
    last, rank = 0, 0
    rows = suggestions.values_list("request_id", "score", "terms", *fields).iterator(chunk_size=5000)
    for number, (request, score, terms, *texts) in enumerate(rows, start=1):
        rank = rank + 1 if request == last else 1
        last = request
        key = tuple(sorted(terms.items()))
        if key not in said:
            said[key] = " ; ".join(reasons(terms, mine=True))
        asked, offered = texts[:4], texts[4:]
        yield [
            *(asked[0], asked[1], " ".join(asked[2:]).strip()),
            *(offered[0], offered[1], " ".join(offered[2:]).strip()),
            rank,
            score,
            said[key],
        ]
        if number % 1000 == 0:
            move(number)
