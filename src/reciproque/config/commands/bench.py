"""`reciproque bench`: measure the program, on data of yours too, beside what one would do without it."""

from __future__ import annotations

import argparse
import importlib
import os
import tempfile

# What can be measured → one line of help. A module of config.bench is imported only when its word is used.
MEASURES = {
    "dashboard": "the figures of 100,000 members over five years: how long to count them, and to read the page",
    "digest": "letters of several messages for a large network, and what publishing costs in one",
    "map": "the map of savoirs, with 5 savoirs, 5,000 people, 13,485 skills: time, stability, names",
    "network": "import a file of posts into a database of its own, then suggest for all",
    "frameworks": "import ESCO and ROME whole, and link free words to their skills",
    "retrieval": "find documents with queries of yours, judged by a table of yours",
    "text": "how well texts that say the same in other words are found",
    "plan": "plan a whole network: an instance of yours, or made-up networks of every size",
    "post": "from a new post to its suggestions, among up to 375,000 offers",
    "page": "from the press of Publish to the suggestion on the page, in a database",
    "rings": "reciprocity loops",
    "year": "a simulated year, with and without proposals",
}


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    width = max(map(len, MEASURES))
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n".join(f"  {name:<{width}}  {line}" for name, line in MEASURES.items())
    parser.add_argument("what", choices=list(MEASURES), help="what is measured; each has its own --help")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="its options")


def prepare(options: argparse.Namespace) -> None:
    """Read the options of what is measured, and work in a folder of its own (DATABASE_URL is not touched)."""
    # One thread, before numpy is imported: figures that can be compared, and the way the program itself runs.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    options.module = importlib.import_module(f"reciproque.config.bench.{options.what}")
    line = MEASURES[options.what]
    parser = argparse.ArgumentParser(
        prog=f"reciproque bench {options.what}", description=line[:1].upper() + line[1:] + "."
    )
    options.module.add(parser)
    options.chosen = parser.parse_args(options.rest)
    options.folder = tempfile.TemporaryDirectory(prefix="reciproque-bench-")
    os.environ["RECIPROQUE_DATA"] = options.folder.name
    os.environ.pop("DATABASE_URL", None)


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 when what was given is refused."""
    return int(options.module.run(options.chosen) or 0)
