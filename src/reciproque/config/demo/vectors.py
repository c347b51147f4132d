"""The vectors of the demonstration's texts: known before anybody lives, they are made beside, by another processor."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from reciproque.catalogue.rules import clean_title
from reciproque.config.demo.texts import texts
from reciproque.kit.text import clean
from reciproque.matching.engine.meaning import encoder, post_vectors

FILE = "vectors.npy"
STORED = "<f2"


def words_of(number: int | None = None) -> tuple[list[str], list[str], list[str]]:
    """Return the titles, topics and descriptions of the first texts (or of all) as they are once published."""
    known = texts()[:number]
    return (
        [clean_title(text.title) for text in known],
        [" ".join(text.subject.topic.split()) for text in known],
        [clean(text.description).strip() for text in known],
    )


def write_vectors(file: Path, number: int) -> None:
    """Encode the first texts and write their vectors down."""
    np.save(file, post_vectors(encoder(), *words_of(number)).astype(STORED))


@contextlib.contextmanager
def encoded_beside(folder: Path, number: int | None = None) -> Iterator[Callable[[], None]]:
    """Have texts encoded while the block runs; give what puts the vectors where `matching` looks for them.

    What they miss is encoded in its turn, as everything is if this could not be done.
    """
    file, number = folder / FILE, number or len(texts())
    command = [sys.executable, "-m", __name__, str(file), str(number)]
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def keep() -> None:
        from reciproque.matching.engine.index import Texts
        from reciproque.matching.models import Vector
        from reciproque.matching.queries.index import digests_of

        if child.wait():
            return
        titles, topics, descriptions = words_of(number)
        digests = digests_of(Texts(titles=titles, topics=topics, descriptions=descriptions))
        rows = [
            Vector(digest=digest, encoder=encoder().name, data=vector.tobytes())
            for digest, vector in zip(digests, np.load(file), strict=True)
        ]
        Vector.objects.bulk_create(rows, batch_size=300, ignore_conflicts=True)

    try:
        yield keep
    finally:
        child.kill()
        child.wait()
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    write_vectors(Path(sys.argv[1]), int(sys.argv[2]))
