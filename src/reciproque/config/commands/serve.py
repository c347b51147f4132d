"""`reciproque run`: the web server."""

from __future__ import annotations

import argparse
import os
import socket
import sys

DEFAULT_PORT = 8000


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--workers", type=int, default=2, help="web processes")


def prepare(options: argparse.Namespace) -> None:
    """Let links in messages point at the address served, unless BASE_URL says otherwise."""
    os.environ.setdefault("BASE_URL", f"http://localhost:{options.port}")


def port_is_free(host: str, port: int) -> bool:
    """Tell whether a server may listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def server_command(host: str, port: int, workers: int) -> list[str]:
    """Return the command line of the web server."""
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        "4",
        "--no-ws",
        "--log-level",
        "warning",
        "reciproque.config.wsgi:application",
    ]


def run(options: argparse.Namespace) -> int | None:
    """Make the tables and the static files, then serve until stopped."""
    from django.core.management import call_command

    if not port_is_free(options.host, options.port):
        print(
            f"Le port {options.port} est déjà pris : choisissez-en un autre, par exemple PORT={options.port + 1}.\n"
            f"Port {options.port} is already in use: choose another, for example PORT={options.port + 1}.",
            file=sys.stderr,
        )
        return 2
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    print(f"Réciproque: http://localhost:{options.port}/  (Ctrl-C to stop; `reciproque worker` beside it)")
    # The server takes this process's place: signals reach it directly.
    os.execv(sys.executable, server_command(options.host, options.port, options.workers))  # noqa: S606
    return None
