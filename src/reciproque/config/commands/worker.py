"""`reciproque worker`: do what waits until told to stop."""

from __future__ import annotations

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--once", action="store_true", help="do what waits now, then stop")


def run(options: argparse.Namespace) -> int:
    """Work until a signal (SIGTERM, Ctrl-C), or one round with --once."""
    from reciproque.config.worker import Worker, run_reactions
    from reciproque.notices.actions import send_waiting

    if options.once:
        print(f"{run_reactions()} reactions, {send_waiting()} messages")
        return 0
    Worker().run()
    return 0
