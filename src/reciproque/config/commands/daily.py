"""`reciproque daily`: every duty of the clock once, by hand (the worker does them by itself)."""

from __future__ import annotations

import argparse
import json


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--json", action="store_true", help="print the counts for a machine")


def run(options: argparse.Namespace) -> int:
    """Do every duty and print what each did."""
    from reciproque.config.worker import do_daily

    done = do_daily()
    if options.json:
        print(json.dumps(done, default=str))
    else:
        for name, count in done.items():
            print(f"{name}: {count}")
    return 0
