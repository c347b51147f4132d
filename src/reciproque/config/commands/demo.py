"""`reciproque demo`: a whole organisation to walk in, built in one go, served with its worker."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

from reciproque.config.cli import set_up
from reciproque.config.commands.serve import DEFAULT_PORT, port_is_free, server_command
from reciproque.config.demo.scale import STAGES
from reciproque.config.environment import WrongSetting, notes_keys, secret_key

HOST = "127.0.0.1"
DATABASE, CAST, STATE, CLOCK = "reciproque.sqlite3", "demo-cast.json", "demo.json", "clock"
DEFAULT_STAGE = "year-end"
PATIENCE = 90.0
FORMAT = 1
# Read when needed: the process that builds starts first, and this one gets ready meanwhile.
NEEDS_DJANGO = False

say = functools.partial(print, flush=True)


class Stop(Exception):
    """Somebody asked the demonstration to stop (Ctrl-C, SIGTERM)."""


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.description = (
        "Build a demonstration network in ./var/demo (the first time only), then serve it with its worker."
    )
    parser.add_argument(
        "--stage", choices=list(STAGES), help=f"at which stage of its life (default: {DEFAULT_STAGE})"
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--reset", action="store_true", help="forget what was done there and build it again")
    parser.add_argument("--no-serve", action="store_true", help="build only")
    parser.add_argument(
        "--check", action="store_true", help="compare the figures with those promised, and exit"
    )
    parser.add_argument("--build-into", type=Path, help=argparse.SUPPRESS)


def prepare(options: argparse.Namespace) -> None:
    """Point the program at the demonstration's own folder, never at the data of an installation."""
    given = os.environ.get("RECIPROQUE_DATA", "").strip()
    options.folder = (options.build_into or (Path(given) if given else Path("var")) / "demo").resolve()
    if options.build_into is None:
        if not (options.no_serve or options.check) and not port_is_free(HOST, options.port):
            _wrong(
                f"Le port {options.port} est déjà pris : choisissez-en un autre, par exemple PORT={options.port + 1}.",
                f"Port {options.port} is already in use: choose another, for example PORT={options.port + 1}.",
            )
        _check_writable(options.folder)
    os.environ["RECIPROQUE_DEMO"] = "1"
    os.environ["RECIPROQUE_DATA"] = str(options.folder)
    os.environ["BASE_URL"] = f"http://localhost:{options.port}"
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.pop("DATABASE_URL", None)


def _wrong(french: str, english: str) -> None:
    say(f"{french}\n{english}", file=sys.stderr)
    sys.exit(2)


def _check_writable(folder: Path) -> None:
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError:
        _wrong(
            f"Impossible d’écrire dans {folder} : lancez la démonstration depuis un dossier à vous.",
            f"{folder} cannot be written to: run the demonstration from a folder of yours.",
        )


def run(options: argparse.Namespace) -> int:
    """Build if needed, then serve until told to stop."""
    if options.build_into is not None:
        return _build_here(options) if set_up() else 2
    before = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        if (options.reset or not _is_built(options.folder)) and not options.check and not _build(options):
            return 1
        if not set_up():
            return 2
        state = _state(options.folder)
        if options.stage and options.stage != state["stage"]:
            _wrong(
                f"Cette démonstration est au stade « {state['stage']} ». Pour recommencer au stade"
                f" « {options.stage} », ajoutez RESET=1 (--reset) : ce qui y a été fait sera effacé.",
                f"This demonstration is at stage “{state['stage']}”. To start again at “{options.stage}”, add RESET=1"
                " (--reset): what was done in it will be erased.",
            )
        if options.check:
            return _check(state)
        return 0 if options.no_serve else _serve(options)
    except Stop:
        say("\nArrêt demandé. / Stopped.")
        return 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(*_: object) -> None:
    raise Stop


# -- building -----------------------------------------------------------------------------------------------


def _is_built(folder: Path) -> bool:
    return (folder / DATABASE).exists() and _state(folder).get("format") == FORMAT


def _state(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"stage": "?"}


def _build(options: argparse.Namespace) -> bool:
    """Build beside, then put in place at once: an interrupted build leaves nothing and is done again."""
    folder, stage = options.folder, options.stage or DEFAULT_STAGE
    aside = folder / "building"
    _forget(folder)
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    say(
        f"Construction de la démonstration, stade « {stage} » (quelques minutes, la première fois seulement)…"
    )
    command = [sys.executable, "-m", "reciproque", "demo", "--build-into", str(aside)]
    command += ["--stage", stage, "--port", str(options.port)]
    # The links inside its messages are signed, and its private notes sealed, with the keys that the site will use.
    keys = {"SECRET_KEY": secret_key(folder), "RECIPROQUE_NOTES_KEY": ",".join(notes_keys(folder))}
    environment = os.environ | keys
    child = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        with contextlib.suppress(WrongSetting):  # the child says it
            django.setup()
        code = child.wait()
    except Stop:
        _end([child])
        shutil.rmtree(aside, ignore_errors=True)
        raise
    if code:
        shutil.rmtree(aside, ignore_errors=True)
        say("La construction a échoué. / The build failed.", file=sys.stderr)
        return False
    for name in (CAST, "index"):
        if (aside / name).exists():
            (aside / name).replace(folder / name)
    (folder / STATE).write_text(json.dumps({"stage": stage, "format": FORMAT}), encoding="utf-8")
    (aside / DATABASE).replace(folder / DATABASE)
    shutil.rmtree(aside, ignore_errors=True)
    return True


def _forget(folder: Path) -> None:
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", CAST, STATE, CLOCK):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "index", ignore_errors=True)


def _build_here(options: argparse.Namespace) -> int:
    """Build in this process: what the parent runs aside."""
    from django.core.management import call_command

    from reciproque.config.demo.build import build

    call_command("migrate", verbosity=0)
    build(options.stage or DEFAULT_STAGE, options.folder, tell=say)
    return 0


def _check(state: dict[str, Any]) -> int:
    """Say what the demonstration holds; 1 when the year-end does not hold exactly what it promises."""
    from reciproque.config.demo.build import figures
    from reciproque.config.demo.scale import Scale

    held, scale = figures(), Scale()
    promised = {
        "members": scale.members,
        "posts": scale.posts,
        "exchanges": scale.followed + scale.declared,
        "followed": scale.followed,
        "declared": scale.declared,
    }
    say(json.dumps({"stage": state["stage"], **held}, ensure_ascii=False, indent=1))
    wrong = {name: held[name] for name, number in promised.items() if held[name] != number}
    if state["stage"] == "year-end" and wrong:
        say(f"Promised {promised}, found {wrong}.", file=sys.stderr)
        return 1
    return 0


# -- serving ------------------------------------------------------------------------------------------------


def _serve(options: argparse.Namespace) -> int:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    commands = {
        "web": server_command(HOST, options.port, 2),
        "worker": [sys.executable, "-m", "reciproque", "worker"],
    }
    with _children(commands) as children:
        if not _answers(options.port, children["web"]):
            say("Le site ne répond pas. / The site does not answer.", file=sys.stderr)
            return 1
        _welcome(options)
        return _watch(commands, children)


@contextlib.contextmanager
def _children(commands: dict[str, list[str]]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run the site and its worker; whatever happens here, neither outlives this command."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            # A session of their own: Ctrl-C reaches this process only, which then stops them one by one.
            children[name] = subprocess.Popen(command, start_new_session=True)
        yield children
    finally:
        _end(list(children.values()))


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answers(port: int, web: subprocess.Popen[bytes]) -> bool:
    """Wait until the site answers."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit and web.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/demo/", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            time.sleep(0.2)
    return False


def _welcome(options: argparse.Namespace) -> None:
    address = f"http://localhost:{options.port}/"
    say(f"\nLa démonstration est prête : {address}\nThe demonstration is ready: {address}\n")
    say("On peut y entrer comme / you can step in as:")
    try:
        cast = json.loads((options.folder / CAST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        cast = []
    for entry in cast:
        say(f"  – {entry['name']} : {entry['line_fr']}")
    say("\nCtrl-C pour arrêter / to stop.")


def _watch(commands: dict[str, list[str]], children: dict[str, subprocess.Popen[bytes]]) -> int:
    """Keep both running: one that falls is started again once, a second fall ends the demonstration."""
    fallen: set[str] = set()
    while True:
        time.sleep(0.5)
        for name, child in children.items():
            if child.poll() is None:
                continue
            if name in fallen:
                say(f"« {name} » s’est arrêté deux fois. / “{name}” stopped twice.", file=sys.stderr)
                return 1
            fallen.add(name)
            children[name] = subprocess.Popen(commands[name], start_new_session=True)
