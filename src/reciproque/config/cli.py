"""The `reciproque` command: the product's own words first, then Django's."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

import reciproque

# word → (module of config.commands, one line of help). A module is imported only when its word is used.
COMMANDS = {
    "init": ("init", "make the first administrator of the installation"),
    "demo": ("demo", "serve the demonstration network, worker included"),
    "run": ("serve", "serve the site (database of DATABASE_URL)"),
    "worker": ("worker", "do what waits: reactions, messages, duties of the clock"),
    "daily": ("daily", "do every duty of the clock once, by hand"),
    "import-people": ("import_people", "bring the directory in from a CSV or XLSX file"),
    "import-posts": ("import_posts", "bring offers and requests in from a CSV or XLSX file"),
    "import-exchanges": ("import_exchanges", "bring in the exchanges a network did before"),
    "import-framework": (
        "import_framework",
        "bring in the skills of ESCO, of ROME or of a table of one's own",
    ),
    "suggest": ("suggest", "compute suggestions for every open request and write them to a file"),
    "encode": ("encode", "make the vectors that are missing, after another encoder was chosen"),
    "simulate": ("simulate", "live a year of the demonstration network, and say whether anything stalled"),
    "push-keys": ("push_keys", "make the keys of notifications on browsers and telephones"),
    "bench": ("bench", "measure the program"),
    "screens": ("screens", "take the screenshots of docs/screens again"),
}


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {word:<{width}}  {line}" for word, (_module, line) in COMMANDS.items()]
    return "\n".join(
        [
            f"Réciproque {reciproque.__version__}",
            "",
            "usage: reciproque COMMAND [options]     (reciproque COMMAND --help says more)",
            "",
            *lines,
            "",
            "Django's own commands (migrate, shell, check, …) work too.",
        ]
    )


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 refused (bad input, nothing written), 2 wrong use."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reciproque.config.settings")
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in ("-h", "--help", "help"):
        print(_usage())
        sys.exit(0)
    if words[0] in ("-V", "--version"):
        print(reciproque.__version__)
        sys.exit(0)
    if words[0] in COMMANDS:
        sys.exit(_run(words[0], words[1:]))
    _django(words)


def _run(word: str, rest: list[str]) -> int:
    name, line = COMMANDS[word]
    module = importlib.import_module(f"reciproque.config.commands.{name}")
    parser = argparse.ArgumentParser(prog=f"reciproque {word}", description=line[:1].upper() + line[1:] + ".")
    module.add(parser)
    options = parser.parse_args(rest)
    prepare = getattr(module, "prepare", None)
    if prepare is not None:
        # Settings are read from the environment once: what an option decides must be there before.
        prepare(options)
    if getattr(module, "NEEDS_DJANGO", True) and not set_up():
        return 2
    try:
        return int(module.run(options) or 0)
    except KeyboardInterrupt:
        return 130


def set_up() -> bool:
    """Start Django; False when a setting is wrong, which is said in a sentence."""
    from reciproque.config.environment import WrongSetting

    try:
        import django

        django.setup()
    except WrongSetting as error:
        print(f"reciproque: {error}", file=sys.stderr)
        return False
    return True


def _django(words: list[str]) -> None:
    from django.core.management import execute_from_command_line

    from reciproque.config.environment import WrongSetting

    try:
        execute_from_command_line(["reciproque", *words])
    except WrongSetting as error:
        print(f"reciproque: {error}", file=sys.stderr)
        sys.exit(2)
