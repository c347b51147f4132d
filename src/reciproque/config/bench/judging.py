"""What the retrieval benches share: a task, the ways to answer it, and how answers are judged."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Ranking = list[list[int]]  # for each query, the documents found, best first

DEPTH = 10
COLUMNS = ("hit@1", "hit@10", "recall@10", "ndcg@10", "ms a query")


@dataclass(frozen=True)
class Documents:
    """What is searched, one row a document."""

    titles: list[str]
    topics: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.titles)

    def whole(self) -> list[str]:
        """All that each document says, in one text: what a method without fields looks at."""
        columns = [column for column in (self.titles, self.topics, self.bodies) if column]
        return [" . ".join(said for said in row if said) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Task:
    """Documents, queries, and for each query what a document is worth to it (1 and more: relevant)."""

    documents: Documents
    queries: list[str]
    worth: list[dict[int, int]]
    least: int = 1  # the worth from which a document counts as found; less only counts in nDCG


@dataclass(frozen=True)
class Measured:
    """How well one method answered."""

    method: str
    ranking: Ranking
    seconds: float

    def figures(self, task: Task) -> dict[str, float]:
        """The figures of COLUMNS."""
        found = judge(self.ranking, task.worth, task.least)
        return {**found, "ms a query": round(1000 * self.seconds / max(len(task.queries), 1), 2)}


def measure(method: str, answer: Callable[[], Ranking]) -> Measured:
    """Time one method."""
    start = time.perf_counter()
    ranking = answer()
    return Measured(method, ranking, time.perf_counter() - start)


def judge(ranking: Ranking, worth: Sequence[dict[int, int]], least: int = 1) -> dict[str, float]:
    """hit@1, hit@10, recall@10 and nDCG@10, as means over the queries."""
    first = any_ = recall = gain = 0.0
    for found, told in zip(ranking, worth, strict=True):
        right = {document for document, value in told.items() if value >= least}
        top = [document in right for document in found[:DEPTH]]
        first += bool(top[:1] and top[0])
        any_ += any(top)
        recall += sum(top) / max(1, min(len(right), DEPTH))
        ideal = _gain(sorted(told.values(), reverse=True))
        gain += _gain([told.get(document, 0) for document in found]) / ideal if ideal else 0
    number = max(len(ranking), 1)
    return {
        name: round(value / number, 3)
        for name, value in zip(COLUMNS, (first, any_, recall, gain), strict=False)
    }


def _gain(values: Iterable[int]) -> float:
    return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(list(values)[:DEPTH]))


def table(rows: Sequence[tuple[str, dict[str, float]]]) -> str:
    """The figures of some methods, one line each."""
    columns = list(dict.fromkeys(name for _method, figures in rows for name in figures))
    width = max(len(method) for method, _figures in rows)
    widths = {name: max(10, len(name)) for name in columns}
    lines = ["  ".join([" " * width, *(f"{name:>{widths[name]}}" for name in columns)])]
    for method, figures in rows:
        cells = (f"{_written(figures.get(name)):>{widths[name]}}" for name in columns)
        lines.append("  ".join([f"{method:<{width}}", *cells]))
    return "\n".join(lines)


def _written(value: float | str | None) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
