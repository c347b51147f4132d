"""ESCO and ROME imported whole, then free words linked to their skills, beside plain lexical matching."""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reciproque.config.bench.judging import Ranking, table

FIRST = 5
_QUERIES = 3_500


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="folder of esco_fr and rome_fr"
    )
    parser.add_argument("--ours-only", action="store_true", help="without the baselines")
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")


def run(options: argparse.Namespace) -> int:
    """Import both, link, print; 1 when the files are not there."""
    from django.core.management import call_command

    folders = {"esco": options.data / "esco_fr", "rome": options.data / "rome_fr"}
    missing = [str(folder) for folder in folders.values() if not folder.is_dir()]
    if missing:
        print(f"not there: {', '.join(missing)}")
        return 1
    call_command("migrate", verbosity=0)
    imports = [{"method": slug, **bring_in(slug, folder)} for slug, folder in folders.items()]
    again = [{"method": f"{slug}, again", **bring_in(slug, folder)} for slug, folder in folders.items()]
    linked = linking(ours_only=options.ours_only)
    said = {"imports": imports + again, **linked}
    if options.json:
        print(json.dumps(said))
        return 0
    print(table([(row.pop("method"), row) for row in said["imports"]]))
    print(f"\n{linked['queries']} other labels of ESCO, each linked to one of {linked['entries']} skills")
    print(table([(row.pop("method"), row) for row in linked["methods"]]))
    return 0


def bring_in(slug: str, folder: Path) -> dict[str, Any]:
    """Import a framework as the command does; return seconds, rows and the most memory held until then."""
    from reciproque.catalogue.actions import folder_files, import_framework, read_framework
    from reciproque.catalogue.models import Framework
    from reciproque.config.commands.console import peak_memory
    from reciproque.matching.actions import take_in_framework

    begun = time.monotonic()
    reading = read_framework(slug, folder_files(folder))
    read = time.monotonic()
    done = import_framework(slug, reading, by=None)
    written = time.monotonic()
    labels = take_in_framework(Framework.objects.get(slug=slug))
    counts = reading.counts
    return {
        "entries": counts["entries"] + counts["groups"],
        "new": done["new"],
        "labels": labels,
        "placed": counts["placed"],
        "alone": counts["alone"],
        "orphans": counts["orphans"],
        "refused": len(reading.refused),
        "read s": round(read - begun, 1),
        "write s": round(written - read, 1),
        "encode s": round(time.monotonic() - written, 1),
        "peak MB": peak_memory(),
    }


def linking(*, ours_only: bool = False) -> dict[str, Any]:
    """Link each other label of ESCO to a skill known by its first label only: recall at 1 and at 5."""
    from reciproque.catalogue.models import Entry, EntryName
    from reciproque.config.bench.baselines import bm25, spreadsheet, trigram
    from reciproque.kit.text import fold
    from reciproque.matching.queries.frameworks import LINKING, Labels, index_of_labels, nearest_entries

    rows = list(
        Entry.objects.filter(framework__slug="esco", group=False).order_by("pk").values_list("pk", "label")
    )
    keys, texts = [pk for pk, _label in rows], [label for _pk, label in rows]
    place = {pk: number for number, pk in enumerate(keys)}
    right: dict[str, set[int]] = defaultdict(set)
    names = EntryName.objects.filter(entry__in=Entry.objects.filter(framework__slug="esco", group=False))
    for entry, label in names.order_by("pk").values_list("entry_id", "label"):
        right[label].add(place[entry])
    # Said with the words of a first label, there is nothing to find.
    known = {fold(label) for label in texts}
    queries = [label for label in right if fold(label) not in known][:_QUERIES]
    index = index_of_labels(Labels(keys, [False] * len(keys), texts))

    def ours(mix: Any) -> Ranking:
        found = []
        for query in queries:
            best = nearest_entries(index, [query], mix=mix, k=FIRST)
            ranked = sorted(best.items(), key=lambda row: (-row[1], row[0]))
            found.append([place[pk] for pk, _score in ranked])
        return found

    ways: list[tuple[str, Any]] = []
    if not ours_only:
        ways += [
            ("spreadsheet filter, all words", lambda: spreadsheet(texts, queries)),
            ("BM25, stems", lambda: bm25(texts, queries)),
            ("trigrams", lambda: trigram(texts, queries)),
        ]
    ways += [("Réciproque, links proposed", lambda: ours(LINKING))]
    methods = []
    for method, way in ways:
        begun = time.perf_counter()
        found = way()
        spent = 1000 * (time.perf_counter() - begun) / len(queries)
        methods.append(
            {"method": method, **recall(found, [right[one] for one in queries]), "ms": round(spent, 1)}
        )
    return {"entries": len(texts), "queries": len(queries), "methods": methods}


def recall(found: Ranking, right: Sequence[set[int]]) -> dict[str, float]:
    """The share of queries whose right answer comes first, and among the first five."""
    number = max(len(right), 1)
    first = sum(bool(set(row[:1]) & told) for row, told in zip(found, right, strict=True))
    five = sum(bool(set(row[:FIRST]) & told) for row, told in zip(found, right, strict=True))
    return {"recall@1": round(first / number, 3), f"recall@{FIRST}": round(five / number, 3)}
