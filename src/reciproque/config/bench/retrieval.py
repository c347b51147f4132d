"""Documents, queries and judgements of yours: how well each is found, beside the usual ways of searching."""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reciproque.config.bench.judging import DEPTH, Documents, Measured, Task, measure, table

_IDS = ("doc_id", "document_id", "docid", "id", "_id", "docno", "corpus-id", "corpus_id", "uri", "url")
_QUERY_IDS = ("query_id", "qid", "query-id", "id", "_id", "topic_id", "intent_id")
_JUDGED_QUERY = ("query_id", "qid", "query-id", "topic_id", "intent_id", "query", "topic")
_TITLES = ("title", "titre", "label", "preferredlabel", "name", "nom", "libelle")
_TOPICS = ("subject", "topics", "topic", "keywords", "tags", "theme", "sujet", "mots_cles")
_BODIES = ("description", "summary", "resume", "text", "texte", "content", "contenu", "body", "abstract")
_QUERIES = ("query", "text", "texte", "question", "title", "titre", "label", "requete")
_VALUES = ("relevance", "rel", "score", "grade", "gain", "label", "value")


class WrongFile(Exception):
    """A file cannot be read as what it should be; the message says which and why."""


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.description = (
        "CSV, TSV or JSON lines (.gz too). Documents: an id and text columns (title, subject, description, text…)."
        " Queries: an id and a text. Judgements: TREC (query 0 document relevance), or columns with a header."
    )
    parser.add_argument("--documents", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--qrels", type=Path, required=True)
    parser.add_argument("--ours-only", action="store_true", help="without the baselines")
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 when a file is refused."""
    try:
        task, left_out = read_task(options.documents, options.queries, options.qrels)
    except (WrongFile, OSError) as error:
        print(f"reciproque: {error}", file=sys.stderr)
        return 1
    said = answer(task, ours_only=options.ours_only)
    said = {"documents": len(task.documents), "queries": len(task.queries), "left out": left_out, **said}
    if options.json:
        print(json.dumps(said))
        return 0
    print("{documents} documents, {queries} queries ({left out} without a judged document)".format(**said))
    print("{texts a second:.0f} texts encoded a second of one core; mix: {mix}".format(**said))
    print(table([(row.pop("method"), row) for row in said["methods"]]))
    for note in said["notes"]:
        print(note)
    return 0


def answer(task: Task, *, ours_only: bool = False) -> dict[str, Any]:
    """Answer a task with our search and, unless told otherwise, every baseline."""
    notes: list[str] = []
    ours, about = search(task)
    rows = [ours] if ours_only else [*baselines(task, notes), ours]
    methods = [{"method": row.method, **row.figures(task)} for row in rows]
    return {"methods": methods, **about, "notes": notes}


def search(task: Task) -> tuple[Measured, dict[str, Any]]:
    """Answer with the search of the product."""
    index, rate = build(task.documents)
    row = measure("Réciproque", lambda: [ask(index, query) for query in task.queries])
    mixes = [index.mix_for(query) for query in task.queries]
    usual = max(set(mixes), key=mixes.count) if mixes else None
    return row, {"texts a second": rate, "mix": repr(usual)}


def ask(index: Any, query: str, mix: Any = None) -> list[int]:
    """The best documents for a query, however far they are; by default in the mix that suits both."""
    return index.search(query, k=DEPTH, mix=mix, floor=-1).ids.tolist()


def build(documents: Documents) -> tuple[Any, float]:
    """The index of some documents, and how many of their texts a core encodes in a second."""
    import numpy as np

    from reciproque.matching.engine.index import PostIndex
    from reciproque.matching.engine.meaning import post_vectors
    from reciproque.matching.engine.posts import OFFER, Posts, Texts

    model = encoder()
    model.encode(["bonjour"])
    start = time.process_time()
    vectors = post_vectors(model, documents.titles, documents.topics, documents.bodies)
    spent = time.process_time() - start
    number = len(documents)
    texts = sum(
        bool(text.strip())
        for column in (documents.titles, documents.topics, documents.bodies)
        for text in column
    )
    posts = Posts(
        ids=np.arange(number), kind=np.full(number, OFFER, np.int8), author=np.zeros(number, np.int64)
    )
    said = Texts(documents.titles, documents.topics, documents.bodies)
    return PostIndex.build(posts, said, encoder=model, vectors=vectors), round(texts / max(spent, 1e-9), 1)


def encoder() -> Any:
    """The encoder that the settings choose."""
    from reciproque.matching.queries.index import encoder

    return encoder()


def baselines(task: Task, notes: list[str]) -> list[Measured]:
    """What the usual ways of searching find; what could not be asked is noted."""
    from reciproque.config.bench import baselines as ways

    texts, queries = task.documents.whole(), task.queries
    rows = [measure("spreadsheet filter (all words)", lambda: ways.spreadsheet(texts, queries))]
    try:
        with ways.postgres() as address:
            server = ways.FullText(address, texts)
            try:
                rows.append(measure("PostgreSQL full text, AND", lambda: server.search(server.AND, queries)))
                rows.append(measure("PostgreSQL full text, OR", lambda: server.search(server.OR, queries)))
            finally:
                server.close()
    except ways.NoServer as error:
        notes.append(str(error))
    rows.append(measure("BM25, stems", lambda: ways.bm25(texts, queries)))
    rows.append(measure("trigrams", lambda: ways.trigram(texts, queries)))
    return rows


# Reading


def read_task(documents: Path, queries: Path, judgements: Path) -> tuple[Task, int]:
    """The task of three files, and how many queries have no judged document among the documents."""
    places, held = read_documents(documents)
    column, told = read_judgements(judgements, places)
    asked = read_queries(queries, column)
    kept = [(text, told[name]) for name, text in asked if told.get(name)]
    if not kept:
        raise WrongFile(f"{judgements}: no query of {queries} has a judged document of {documents}.")
    return Task(held, [text for text, _ in kept], [worth for _, worth in kept]), len(asked) - len(kept)


def read_documents(path: Path) -> tuple[dict[str, int], Documents]:
    """Where each document is, by its id, and the documents."""
    header, rows = read_rows(path)
    name = _column(header, _IDS) or header[0]
    title, topics = _column(header, _TITLES), _column(header, _TOPICS)
    bodies = [column for column in header if column.lower() in _BODIES and column != title]
    if title is None:
        # One text column only, whatever it is called: it is the title.
        others = [column for column in header if column != name]
        title = bodies.pop(0) if bodies else (others[0] if others else name)
    places: dict[str, int] = {}
    held = Documents([], [], [])
    for row in rows:
        if row[name] in places:
            continue
        places[row[name]] = len(places)
        held.titles.append(row[title])
        held.topics.append(row[topics] if topics else "")
        held.bodies.append(" ".join(row[column] for column in bodies if row[column]))
    if not places:
        raise WrongFile(f"{path}: no document.")
    return places, held


def read_queries(path: Path, column: str) -> list[tuple[str, str]]:
    """The queries with the name under which they are judged: a column called as in the judgements, or the id."""
    header, rows = read_rows(path)
    name = column if column in header else _column(header, _QUERY_IDS) or header[0]
    text = _column(header, [one for one in _QUERIES if one != name])
    if text is None:
        others = [one for one in header if one != name]
        if not others:
            raise WrongFile(f"{path}: an id and a text are needed, there is one column.")
        text = others[-1]
    return [(row[name], row[text]) for row in rows if row[text].strip()]


def read_judgements(path: Path, places: dict[str, int]) -> tuple[str, dict[str, dict[int, int]]]:
    """The column that names queries, and for each query what each document is worth to it."""
    lines = [line for line in _text(path).splitlines() if line.strip()]
    if not lines:
        raise WrongFile(f"{path}: no judgement.")
    first = _cells(lines[0])
    if len(first) == 4 and first[3].lstrip("-").isdigit():
        rows = [dict(zip(("query_id", "_", "doc_id", "rel"), _cells(line), strict=False)) for line in lines]
        header = ["query_id", "_", "doc_id", "rel"]
    else:
        header, rows = read_rows(path)
    query = _column(header, _JUDGED_QUERY) or header[0]
    document = _column(header, [one for one in _IDS if one != query])
    value = _column(header, [one for one in _VALUES if one not in (query, document)])
    if document is None:
        if len(header) < 2:
            raise WrongFile(f"{path}: a query and a document are needed.")
        document = header[1]
    told: dict[str, dict[int, int]] = {}
    for row in rows:
        place = places.get(row[document] or "")
        if place is None or row.get("in_corpus") == "0":
            continue
        worth = _whole(row[value]) if value else 1
        if worth > 0:
            told.setdefault(row[query], {})[place] = worth
    return query, told


def read_rows(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and rows of a CSV, TSV or JSON lines file."""
    text = _text(path)
    if path.name.removesuffix(".gz").endswith((".jsonl", ".ndjson", ".json")):
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise WrongFile(f"{path}: not one JSON object a line ({error}).") from None
        header = list(dict.fromkeys(name for row in found for name in row))
        rows = [{name: "" if row.get(name) is None else str(row[name]) for name in header} for row in found]
    else:
        csv.field_size_limit(1 << 30)
        first = text.partition("\n")[0]
        comma = max("\t;,|", key=first.count)
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=comma)
        header = [name for name in reader.fieldnames or [] if name]
        rows = [{name: row.get(name) or "" for name in header} for row in reader]
    if not header:
        raise WrongFile(f"{path}: no column.")
    return header, rows


def _text(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return data.decode("utf-8-sig", "replace")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()


def _column(header: Sequence[str], names: Sequence[str]) -> str | None:
    by_name = {column.strip().lower(): column for column in header}
    return next((by_name[name] for name in names if name in by_name), None)


def _whole(text: str) -> int:
    try:
        return round(float(text))
    except ValueError:
        return 0
