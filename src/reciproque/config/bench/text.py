"""Texts that say the same in other words: how well they find one another, alone, wrapped in politeness, in English."""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reciproque.config.bench.judging import DEPTH, Documents, Measured, Ranking, Task, measure, table

_QUERIES = 1_500  # at most, of the wordings that ESCO has two of
_SPEED = 4_000  # texts encoded to know how fast

# Posts as people write them around the subject. Ours: what ESCO says is put inside.
_OFFERED = (
    "{x}",
    "Initiation : {x}",
    "Je peux montrer comment {x}",
    "J’explique : {x}",
    "Partage d’expérience : {x}",
    "Je propose d’aider à {x}",
    "Offre : {x}, merci de me contacter",
)
_SOUGHT = (
    "{x}",
    "Je cherche à apprendre : {x}",
    "Besoin d’aide pour {x}",
    "Je voudrais progresser : {x}",
    "Débutant, j’aimerais {x}",
    "Bonjour, qui pourrait m’aider à {x} ? Merci d’avance",
)
_TOLD = (
    "",
    "Une heure au calme suffit pour commencer.",
    "Niveau intermédiaire, sur des cas concrets.",
    "En lien avec {y}, dans mon service.",
    "Autour de {y} et de la pratique de tous les jours.",
    "Pour mon poste actuel, à la pause de midi.",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="folder of esco_fr and retrieval_fr"
    )
    parser.add_argument("--ours-only", action="store_true", help="without the baselines")
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")


def run(options: argparse.Namespace) -> int:
    """Measure and print each part; those whose data is not there are said, and passed over."""
    said: dict[str, Any] = {}
    for title, part in (
        ("ESCO French skills: one wording finds another", esco),
        ("The same, wrapped in openers and filler", robustness),
        ("French workplace search: long documents", workplace),
        ("English words find French topics, and back", languages),
        ("Speed", speed),
    ):
        try:
            figures = part(options)
        except FileNotFoundError as error:
            figures = {"passed over": f"{error.filename} is not there"}
        said[part.__name__] = figures
        if not options.json:
            _print(title, dict(figures))
    if options.json:
        print(json.dumps(said))
    return 0


def _print(title: str, figures: dict[str, Any]) -> None:
    print(f"\n## {title}")
    methods = figures.pop("methods", [])
    for name, value in figures.items():
        for line in value if isinstance(value, list) else [f"{name}: {value}"]:
            print(line)
    if methods:
        print(table([(row["method"], {k: v for k, v in row.items() if k != "method"}) for row in methods]))
    sys.stdout.flush()


# ESCO: document = one wording of a skill, query = another wording of it; a skill with the same parent is worth half


def esco(options: argparse.Namespace) -> dict[str, Any]:
    """Find a skill under another of its names, among all skills."""
    from reciproque.config.bench.retrieval import ask, baselines, build
    from reciproque.matching.engine.index import WORDING

    task = esco_task(options.data / "esco_fr")
    index, _rate = build(task.documents)
    notes: list[str] = []
    rows = [] if options.ours_only else baselines(task, notes)
    rows.append(measure("Réciproque, search box", lambda: [ask(index, query) for query in task.queries]))
    rows.append(measure("Réciproque, closeness of posts", lambda: closest(index, task.queries)))
    wordings = "Réciproque, search of whole wordings"
    rows.append(measure(wordings, lambda: [ask(index, query, WORDING) for query in task.queries]))
    methods = [{"method": row.method, **row.figures(task)} for row in rows]
    return {
        "documents": len(task.documents),
        "queries": len(task.queries),
        "notes": notes,
        "methods": methods,
    }


def esco_task(folder: Path) -> Task:
    """Every skill under one of its names, drawn; some of those that have another are sought under it."""
    parents: dict[str, set[str]] = defaultdict(set)
    for row in _rows(folder / "broaderRelationsSkillPillar.csv"):
        parents[row["conceptUri"]].add(row["broaderUri"])
    skills = _rows(folder / "skills_fr.csv")
    draw = random.Random(0)  # noqa: S311 - a draw to be repeated, not a secret
    titles, pairs = [], []
    for number, row in enumerate(skills):
        every = [row["preferredLabel"].strip(), *(a.strip() for a in (row["altLabels"] or "").split("\n"))]
        wordings = [wording for wording in dict.fromkeys(every) if wording]
        title = draw.choice(wordings)
        titles.append(title)
        others = [wording for wording in wordings if wording.lower() != title.lower()]
        if others:
            pairs.append((draw.choice(others), number))
    draw.shuffle(pairs)
    children: dict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(skills):
        for parent in parents.get(row["conceptUri"], ()):
            children[parent].add(number)
    worth = []
    for _query, number in pairs[:_QUERIES]:
        near = set().union(*(children[parent] for parent in parents.get(skills[number]["conceptUri"], ())))
        worth.append(dict.fromkeys(near, 1) | {number: 2})
    return Task(Documents(titles), [query for query, _ in pairs[:_QUERIES]], worth, least=2)


def closest(index: Any, queries: Sequence[str], descriptions: Sequence[str] = ()) -> Ranking:
    """The documents closest to some posts, as suggestions compare two posts."""
    import numpy as np

    from reciproque.matching.engine.meaning import post_vectors
    from reciproque.matching.engine.score import likeness
    from reciproque.matching.engine.wording import parts

    vectors = post_vectors(index.encoder, queries, (), descriptions)
    found = []
    for vector, query in zip(vectors, queries, strict=True):
        words = index.lexical.alike(index.lexical.row(parts(query)[0])).toarray().ravel()
        value = likeness(index.vectors.similarities(vector), words)[index.subject]
        found.append(np.argsort(-value, kind="stable")[:DEPTH].tolist())
    return found


# Openers and filler


def robustness(options: argparse.Namespace) -> dict[str, Any]:
    """The same skills, in posts as people write them: what is lost against the bare words."""
    from reciproque.config.bench.retrieval import ask, build

    bare = esco_task(options.data / "esco_fr")
    draw = random.Random(1)  # noqa: S311
    titles = bare.documents.titles

    def told(number: int) -> list[str]:
        return [draw.choice(_TOLD).format(y=draw.choice(titles)) for _ in range(number)]

    def wrapped(texts: Sequence[str], openers: Sequence[str]) -> list[str]:
        return [draw.choice(openers).format(x=text) for text in texts]

    queries = wrapped(bare.queries, _SOUGHT)
    posts = Documents(wrapped(titles, _OFFERED), [], told(len(titles)))
    around = told(len(queries))
    whole = [f"{title}. {more}" for title, more in zip(posts.titles, posts.bodies, strict=True)]
    said = [f"{title}. {more}" for title, more in zip(queries, around, strict=True)]
    rows: list[Measured] = []
    for method, documents, asked, more in (
        ("bare words", bare.documents, bare.queries, ()),
        ("openers", Documents(posts.titles), queries, ()),
        ("openers and filler", posts, queries, around),
        ("all in the title", Documents(whole), said, ()),
    ):
        index, _rate = build(documents)
        rows.append(measure(f"closeness, {method}", lambda: closest(index, asked, more)))  # noqa: B023
        rows.append(measure(f"search box, {method}", lambda: [ask(index, one) for one in asked]))  # noqa: B023
    if not options.ours_only:
        rows.append(measure("whole posts, meaning only", lambda: _whole(whole, said)))
    figures = [{"method": row.method, **row.figures(bare)} for row in rows]
    by_name = {row["method"]: row["recall@10"] for row in figures}
    loss = {
        f"{way}, {wrapping}": round(by_name[f"{way}, bare words"] - by_name[f"{way}, {wrapping}"], 3)
        for way in ("closeness", "search box")
        for wrapping in ("openers", "openers and filler", "all in the title")
    }
    return {"loss of recall@10": loss, "methods": figures}


def _whole(texts: list[str], queries: list[str]) -> Ranking:
    """What comparing whole posts would give, as one would do at first."""
    import numpy as np

    from reciproque.config.bench.retrieval import encoder

    rows = encoder().encode(texts)
    return [
        np.argsort(-(rows @ query), kind="stable")[:DEPTH].tolist() for query in encoder().encode(queries)
    ]


# Long documents


def workplace(options: argparse.Namespace) -> dict[str, Any]:
    """Real wordings of workplace questions, and the documents that answer them."""
    from reciproque.config.bench.retrieval import answer, read_task

    folder = options.data / "retrieval_fr"
    task, left_out = read_task(
        folder / "corpus.jsonl.gz", folder / "queries_dev.tsv", folder / "qrels_dev.tsv"
    )
    about = {"documents": len(task.documents), "queries": len(task.queries), "left out": left_out}
    return about | answer(task, ours_only=options.ours_only)


# Two languages


def languages(options: argparse.Namespace) -> dict[str, Any]:
    """Topics said in English, sought among all those of the demonstration in French; and the reverse."""
    from reciproque.config.bench import baselines as ways
    from reciproque.config.bench.retrieval import ask, build
    from reciproque.config.bench.topics import TRANSLATED

    folder = Path(__file__).resolve().parent.parent / "demo"
    topics = [
        json.loads(line)["topic"]
        for path in sorted(folder.glob("subjects_*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    french = list(dict.fromkeys([*TRANSLATED, *topics]))
    english = list(TRANSLATED.values())
    rows = []
    for way, texts, queries in (
        ("English → French", french, english),
        ("French → English", english, list(TRANSLATED)),
    ):
        task = Task(Documents(texts), queries, [{number: 1} for number in range(len(queries))])
        index, _rate = build(task.documents)
        answers = [measure("Réciproque", lambda: [ask(index, query) for query in queries])]  # noqa: B023
        if not options.ours_only:
            answers.insert(0, measure("BM25, stems", lambda: ways.bm25(texts, queries)))  # noqa: B023
        rows += [{"method": f"{way}, {row.method}", **row.figures(task)} for row in answers]
    return {"topics": f"{len(english)} among {len(french)}", "methods": rows}


# Speed


def speed(options: argparse.Namespace) -> dict[str, Any]:
    """How many titles one core encodes in a second: processor time, so that neighbours do not count."""
    from reciproque.config.bench.retrieval import encoder
    from reciproque.matching.engine.meaning import post_vectors

    titles = esco_task(options.data / "esco_fr").documents.titles[:_SPEED]
    model = encoder()
    model.encode(["bonjour"])
    wall, spent = time.perf_counter(), time.process_time()
    post_vectors(model, titles)
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    return {
        "encoder": model.name,
        "titles a second of one core": round(len(titles) / spent),
        "titles a second on the clock": round(len(titles) / wall),
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
