"""Run the suite on SQLite, then on a real PostgreSQL: `python tools/run_tests.py [pytest arguments]`.

Whatever is given goes to pytest both times. TEST_ON=sqlite or TEST_ON=postgresql runs one of the two.
With DATABASE_URL set, the PostgreSQL run uses that server; otherwise it starts one of its own.
The last line printed is the closing line of the test runner.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql")
# What a second run would only repeat: what is clicked in a browser (the pages behind it have their own tests, and
# one journey is made on both); programs on an SQLite file of their own; long stories told by the actions, and long walks
# over figures, documents and letters, whose actions and queries all the other tests run on both; and, by
# --database-only, what uses no database.
JOURNEY = "test_journey.py"
TOLD_ONCE = (
    "tests/config/test_demo.py",
    "tests/config/test_demo_building.py",
    "tests/config/test_demo_learning.py",
    "tests/config/test_demo_sheets.py",
    "tests/emails/test_texts.py",
    "tests/exchanges/test_simulated_year.py",
    "tests/house/test_disclosure.py",
    "tests/house/test_query_counts.py",
    "tests/insights/test_figures_open_their_list.py",
    "tests/insights/test_reports.py",
)


def _the_same_anywhere() -> list[str]:
    clicked = sorted(path for path in (ROOT / "tests/browser").glob("test_*.py") if path.name != JOURNEY)
    return [*(str(path.relative_to(ROOT)) for path in clicked), *TOLD_ONCE]


def _workers(arguments: list[str]) -> list[str]:
    """Share the whole suite between the processors; a few chosen tests start faster alone."""
    if arguments:
        return []
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # `loadgroup`: a module that builds a world for all its tests is run by one worker, first (tests/conftest.py).
    return ["-n", str(min(processors, 4)), "--dist", "loadgroup"] if processors > 1 else []


def main() -> int:
    """Stop at the first database on which something fails, with pytest's exit code."""
    arguments = sys.argv[1:]
    wanted = os.environ.get("TEST_ON", "")
    if wanted and wanted not in DATABASES:
        print(f"TEST_ON is {wanted!r}; it may be: {', '.join(DATABASES)}.", file=sys.stderr)
        return 2
    pytest = [sys.executable, "-m", "pytest", *_workers(arguments), *arguments]
    for database in [wanted] if wanted else DATABASES:
        environment = dict(os.environ)
        if database == "sqlite":
            environment.pop("DATABASE_URL", None)
            command = pytest
        else:
            command = [sys.executable, str(ROOT / "tools/postgres.py"), *pytest]
            if not arguments and not wanted:
                command += ["--database-only", *(f"--ignore={path}" for path in _the_same_anywhere())]
        print(f"# {database}", flush=True)
        code = subprocess.call(command, cwd=ROOT, env=environment)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
