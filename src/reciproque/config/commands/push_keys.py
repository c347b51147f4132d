"""`reciproque push-keys`: the keys with which notifications are signed."""

from __future__ import annotations

import argparse

NEEDS_DJANGO = False


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.epilog = "Made once: with other keys, everyone would have to ask for notifications again."


def run(options: argparse.Namespace) -> int:
    """Print a new pair, as lines for the environment."""
    try:
        from reciproque.notices.engine.push import make_keys

        private, public = make_keys()
    except ImportError:
        print("Notifications need the library pywebpush: install reciproque[push].")
        return 1
    print(f"RECIPROQUE_VAPID_PRIVATE_KEY={private}\nRECIPROQUE_VAPID_PUBLIC_KEY={public}")
    print("RECIPROQUE_VAPID_CONTACT=mailto:someone@your-organisation.example")
    return 0
