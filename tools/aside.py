"""Make an environment apart from the product's: `python tools/aside.py lrs` (or pdf); prints where its programs are.

For programs that only tests talk to, and whose dependencies would not live beside ours: a Learning Record Store, a
checker of PDF files. What each holds is in requirements/aside/, with hashes. Nothing is made twice.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements/aside"


def make(name: str) -> Path:
    """Return the folder of the programs of this environment, made if it was not, or not from the present lock.

    Raises SystemExit with a sentence when it cannot be made (no network, most often).
    """
    lock = LOCKS / f"{name}.txt"
    if not lock.exists():
        known = ", ".join(sorted(path.stem for path in LOCKS.glob("*.txt")))
        raise SystemExit(f"There is no environment called {name!r}; there is: {known}.")
    home = ROOT / ".aside" / name
    stamp, wanted = home / "made-from", hashlib.sha256(lock.read_bytes()).hexdigest()
    programs = home / ("Scripts" if sys.platform == "win32" else "bin")
    if stamp.exists() and stamp.read_text() == wanted:
        return programs
    shutil.rmtree(home, ignore_errors=True)
    uv = str(Path(sys.executable).parent / "uv")
    try:
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
        python = str(programs / "python")
        command = [uv, "pip", "install", "--quiet", "--require-hashes", "--python", python, "-r", str(lock)]
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"The environment {name!r} could not be made: {error}.") from error
    stamp.write_text(wanted)
    return programs


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print(make(sys.argv[1]))
