"""What a machine can judge of the sources: `python tools/check.py [--fix] [NAME...]`.

Each check says its name and how long it took; what it has to say is shown only when it is not satisfied.
With --fix, everything that can be put right by itself is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/reciproque"
BIN = Path(sys.executable).parent
PYTHON_FOLDERS = ["src", "tests", "tools"]


def _templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in SOURCE.rglob("templates/**/*.html"))


def _program(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def _checks() -> dict[str, list[str]]:
    """The command of each check, in the order in which they teach most."""
    templates = _templates()
    checks = {
        "format": _program("ruff", "format", "--check", *PYTHON_FOLDERS),
        "lint": _program("ruff", "check", *PYTHON_FOLDERS),
        "templates-format": _program("djade", "--check", "--target-version", "5.2", *templates),
        "templates-lint": _program("djlint", "--lint", "--quiet", *templates),
        "contracts": _program("lint-imports", "--no-cache"),
        "system": [sys.executable, "-m", "django", "check", "--fail-level", "WARNING"],
        "types": _program("mypy"),
        "migrations": [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
        "translations": [sys.executable, "tools/messages.py", "check"],
        "docs": [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/house/test_docs.py"],
    }
    if not templates:
        del checks["templates-format"], checks["templates-lint"]
    if not (ROOT / "tests/house/test_docs.py").exists():
        del checks["docs"]
    return checks


def _fixes() -> dict[str, list[str]]:
    fixes = {
        "lint": _program("ruff", "check", "--fix", "--quiet", *PYTHON_FOLDERS),
        "format": _program("ruff", "format", *PYTHON_FOLDERS),
        "templates-format": _program("djade", "--target-version", "5.2", *_templates()),
    }
    if not _templates():
        del fixes["templates-format"]
    return fixes


def _run(name: str, command: list[str], *, show: bool) -> bool:
    begun = time.monotonic()
    # A database and a key of its own: looking at the sources leaves nothing in the data folder.
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "reciproque.config.settings",
        "DATABASE_URL": "sqlite:///:memory:",
        "SECRET_KEY": "only for the checks",
        "RECIPROQUE_NOTES_KEY": "b25seSBmb3IgdGhlIHRlc3RzLCBub3RoaW5nIGVsc2U=",
        "BASE_URL": "https://savoirs.example.org",
        "PROXIES": "1",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    satisfied = done.returncode == 0
    print(
        f"{'ok    ' if satisfied or show else 'FAILED'} {name:<18} {time.monotonic() - begun:5.1f} s",
        flush=True,
    )
    if not satisfied:
        print(done.stdout.strip(), flush=True)
    return satisfied


def main() -> int:
    """Run every check even when one fails, and name at the end those that did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fix", action="store_true", help="put right what can be")
    parser.add_argument("names", nargs="*", help="only these checks")
    options = parser.parse_args()
    commands = _fixes() if options.fix else _checks()
    unknown = set(options.names) - set(commands)
    if unknown:
        print(
            f"No such check: {', '.join(sorted(unknown))}; there are: {', '.join(commands)}.", file=sys.stderr
        )
        return 2
    failed = [
        name
        for name, command in commands.items()
        if (not options.names or name in options.names) and not _run(name, command, show=options.fix)
    ]
    if options.fix:  # what is left is for `make check` to say
        return 0
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
