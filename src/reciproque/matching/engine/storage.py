"""Arrays in a folder, written whole or not at all, mapped into memory by every process that reads them.

Each saving is a folder of its own, named by its stamp; the file CURRENT names the one to read and is replaced in one
step. A reader that holds an older one keeps it: its pages stay until it lets them go.
"""

import json
import secrets
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CURRENT = "CURRENT"
_FACTS = "facts.json"
_ATTEMPTS = 3


class StaleIndex(Exception):
    """There is nothing to read there, or it was written by another version: build it again."""


def write(folder: Path, arrays: dict[str, NDArray[Any]], facts: dict[str, str | int]) -> str:
    """The stamp of a new saving, which readers meet from now on."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = secrets.token_hex(8)
    unfinished = folder / f".{stamp}"
    unfinished.mkdir()
    try:
        for name, array in arrays.items():
            np.save(unfinished / f"{name}.npy", array, allow_pickle=False)
        (unfinished / _FACTS).write_text(json.dumps(facts), encoding="utf-8")
        unfinished.rename(folder / stamp)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    previous = stamp_of(folder)
    pointer = folder / f".{stamp}.{_CURRENT}"
    pointer.write_text(stamp, encoding="ascii")
    pointer.replace(folder / _CURRENT)
    _forget(folder, keep={stamp, previous})
    return stamp


def read(folder: Path, facts: dict[str, str | int]) -> tuple[dict[str, NDArray[Any]], str]:
    """The arrays last written, mapped from disk, and their stamp; StaleIndex unless written with the same facts."""
    for _ in range(_ATTEMPTS):
        stamp = stamp_of(folder)
        if stamp is None:
            break
        try:
            if json.loads((folder / stamp / _FACTS).read_text(encoding="utf-8")) != facts:
                break
            files = sorted((folder / stamp).glob("*.npy"))
            return {file.stem: np.load(file, mmap_mode="r", allow_pickle=False) for file in files}, stamp
        except FileNotFoundError:
            continue  # two savings went by between the pointer and the files: read the pointer again
        except (OSError, EOFError, ValueError):
            break
    raise StaleIndex(str(folder))


def stamp_of(folder: Path) -> str | None:
    """The stamp of what is there to be read, if anything."""
    try:
        stamp = (folder / _CURRENT).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return stamp if stamp.isalnum() else None


def facts_of(folder: Path) -> dict[str, Any] | None:
    """The facts that what is there was written with, if anything is."""
    try:
        found = json.loads((folder / (stamp_of(folder) or "") / _FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _forget(folder: Path, keep: set[str | None]) -> None:
    """Older savings go, but for the last one: a reader may just have read its name."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.name.startswith(".") and entry.name not in keep:
            shutil.rmtree(entry, ignore_errors=True)
