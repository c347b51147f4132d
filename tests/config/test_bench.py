"""The benches: any data can be brought, baselines answer in the same run, figures are what they say."""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from reciproque.catalogue.models import Post
from reciproque.config.bench import baselines, judging, network, page, post, retrieval, text
from reciproque.config.bench.judging import Documents, Task, judge
from reciproque.config.bench.topics import TRANSLATED
from reciproque.config.commands import bench
from reciproque.kit.tables import read_table

DOCUMENTS = [
    ("d1", "Gérer un budget d’équipe"),
    ("d2", "Animer une réunion à distance"),
    ("d3", "Réparer un vélo"),
    ("d4", "Prendre la parole en public"),
    ("d5", "Lire un bulletin de paie"),
]
QUERIES = [("q1", "tenir le budget de son équipe"), ("q2", "entretien de bicyclette"), ("q3", "rien de tel")]


def options(what: Any, *arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    what.add(parser)
    return parser.parse_args(list(arguments))


# The word `bench`


def test_each_measure_reads_its_own_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECIPROQUE_DATA", "before")
    monkeypatch.setenv("DATABASE_URL", "postgresql://a-real-one")
    asked = options(bench, "retrieval", "--documents", "a", "--queries", "b", "--qrels", "c", "--json")
    bench.prepare(asked)
    import os

    assert asked.module is retrieval
    assert (asked.chosen.documents, asked.chosen.json) == (Path("a"), True)
    assert os.environ["RECIPROQUE_DATA"] == asked.folder.name
    assert "DATABASE_URL" not in os.environ
    assert bench.run(asked) == 1, "there is no such file"
    asked.folder.cleanup()


@pytest.mark.parametrize("what", bench.MEASURES)
def test_what_can_be_measured_is_there(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as told:
        bench.prepare(options(bench, what, "--help"))
    assert told.value.code == 0
    assert f"reciproque bench {what}" in capsys.readouterr().out


def test_what_cannot_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options(bench, "everything")
    assert "invalid choice" in capsys.readouterr().err


# Judging


def test_figures_are_those_of_the_textbook() -> None:
    worth = [{1: 1}, {0: 1, 5: 1}, {7: 2, 8: 1}]
    found = judge([[1, 2], [3, 0], list(range(20, 40))], worth)
    assert found["hit@1"] == pytest.approx(1 / 3, abs=0.001)
    assert found["hit@10"] == pytest.approx(2 / 3, abs=0.001)
    assert found["recall@10"] == pytest.approx((1 + 0.5 + 0) / 3, abs=0.001)
    second = (1 / math.log2(3)) / (1 + 1 / math.log2(3))
    assert found["ndcg@10"] == pytest.approx((1 + second) / 3, abs=0.001)
    assert judge([[8, 7]], [{7: 2, 8: 1}], least=2)["hit@1"] == 0
    assert judge([], [])["hit@10"] == 0


def test_a_table_shows_every_figure_of_every_method() -> None:
    lines = judging.table([("one", {"a": 1, "b": 0.25}), ("another", {"b": 3})]).splitlines()
    assert len(lines) == 3
    assert lines[1].split() == ["one", "1", "0.25"]
    assert lines[2].split() == ["another", "3"]
    assert len({len(line) for line in lines}) == 1


# Data of one's own, however it is written


def written(folder: Path, how: str) -> tuple[Path, Path, Path]:
    """The same task in several files' fashions."""
    documents, queries, judged = folder / "d", folder / "q", folder / "j"
    if how == "csv":
        lines = ["id;titre;texte;colour", *(f"{name};{title};;red" for name, title in DOCUMENTS)]
        documents = documents.with_suffix(".csv")
        documents.write_text("\n".join(lines), encoding="utf-8-sig")
        queries.write_text("\n".join(["id,query", *(f"{name},{said}" for name, said in QUERIES)]))
        judged.write_text("query_id,doc_id,relevance\nq1,d1,2\nq2,d3,1\nq2,unknown,1\nq3,d2,0\n")
    elif how == "trec":
        documents = documents.with_suffix(".tsv")
        documents.write_text("\n".join(["docno\ttext", *(f"{name}\t{title}" for name, title in DOCUMENTS)]))
        queries.write_text("\n".join(["qid\ttext", *(f"{name}\t{said}" for name, said in QUERIES)]))
        judged.write_text("q1 0 d1 2\nq2 0 d3 1\nq2 0 unknown 1\nq3 0 d2 0\n")
    elif how == "beir":
        documents = documents.with_suffix(".jsonl.gz")
        rows = [{"_id": name, "title": title, "text": None} for name, title in DOCUMENTS]
        documents.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
        queries = queries.with_suffix(".jsonl")
        queries.write_text("\n".join(json.dumps({"_id": name, "text": said}) for name, said in QUERIES))
        judged.write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td3\t1\nq3\td2\t0\n")
    else:  # judged by intent, several wordings an intent, some documents outside the corpus
        documents = documents.with_suffix(".csv")
        documents.write_text("\n".join(["doc_id,title", *(f"{name},{title}" for name, title in DOCUMENTS)]))
        rows = [f"i{name[1]}\t{name}v1\tdev\t{said}" for name, said in QUERIES]
        queries.write_text("\n".join(["intent_id\tquery_id\tsplit\tquery", *rows]))
        judged.write_text(
            "intent_id\tposition\tdoc_id\tin_corpus\ni1\t1\td1\t1\ni2\t1\td3\t1\ni3\t1\td2\t0\n"
        )
    return documents, queries, judged


@pytest.mark.parametrize("how", ["csv", "trec", "beir", "intents"])
def test_files_of_several_fashions_are_read(how: str, tmp_path: Path) -> None:
    task, left_out = retrieval.read_task(*written(tmp_path, how))
    assert task.documents.titles == [title for _, title in DOCUMENTS]
    assert task.queries == [said for _, said in QUERIES[:2]]
    assert [list(worth) for worth in task.worth] == [[0], [2]]
    assert task.worth[0][0] == (1 if how == "intents" else 2)
    assert left_out == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("d.csv", "", "no column"),
        ("d.csv", "id,title\n", "no document"),
        ("d.jsonl", "not json", "not one JSON object a line"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(
    name: str, content: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, queries, judged = written(tmp_path, "trec")
    (tmp_path / name).write_text(content)
    arguments = ("--documents", str(tmp_path / name), "--queries", str(queries), "--qrels", str(judged))
    assert retrieval.run(options(retrieval, *arguments)) == 1
    assert sentence in capsys.readouterr().err
    with pytest.raises(retrieval.WrongFile, match="no query of"):
        (tmp_path / "other.csv").write_text("id,title\nx,y\n")
        retrieval.read_task(tmp_path / "other.csv", queries, judged)


def test_ours_and_the_usual_ways_answer_in_one_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baselines, "postgres", no_server)
    documents, queries, judged = map(str, written(tmp_path, "csv"))
    arguments = ("--documents", documents, "--queries", queries, "--qrels", judged)
    assert retrieval.run(options(retrieval, *arguments, "--json")) == 0
    said = json.loads(capsys.readouterr().out)
    found = {row["method"]: row for row in said["methods"]}
    assert set(found) == {"spreadsheet filter (all words)", "BM25, stems", "trigrams", "Réciproque"}
    assert found["Réciproque"]["hit@1"] == 1
    assert found["spreadsheet filter (all words)"]["hit@1"] < 1
    assert set(judging.COLUMNS) <= set(found["Réciproque"])
    assert (said["documents"], said["queries"], said["left out"]) == (5, 2, 1)
    assert said["notes"] == ["no server here"]
    assert retrieval.run(options(retrieval, *arguments, "--ours-only")) == 0
    assert "Réciproque" in capsys.readouterr().out


def no_server() -> Any:
    raise baselines.NoServer("no server here")


# The usual ways


TEXTS = ["gérer un budget", "gestion de budgets publics", "vélo", "le vélo électrique"]


def test_each_usual_way_finds_what_it_can() -> None:
    assert baselines.spreadsheet(TEXTS, ["budget", "vélo électrique", "bicyclette"]) == [[0, 1], [3], []]
    assert baselines.bm25(TEXTS, ["budgets", "bicyclette"])[0][0] in (0, 1)
    assert baselines.bm25(TEXTS, ["bicyclette", ""]) == [[], []]
    assert baselines.trigram(TEXTS, ["velo"])[0][0] == 2
    assert baselines.trigram(TEXTS, ["zzz"]) == [[]]


def test_full_text_search_is_asked_when_there_is_a_server() -> None:
    try:
        with baselines.postgres() as address:
            server = baselines.FullText(address, [*TEXTS, "a\x00b"])
            both = server.search(server.AND, ["budget public", "velo", "budget l'absent"])
            some = server.search(server.OR, ["budget public", "vélo", "budget l'absent"])
            server.close()
    except baselines.NoServer as error:
        pytest.skip(str(error))
    assert both == [[1], [], []]
    assert some[0][0] == 1
    assert set(some[0]) == {0, 1}
    assert set(some[1]) == {2, 3}


# The other benches, small


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A little ESCO: forty skills, some with two names."""
    folder = tmp_path / "data/esco_fr"
    folder.mkdir(parents=True)
    verbs, things = (
        ("gérer", "réparer", "dessiner", "vendre", "nettoyer"),
        "vélo budget jardin plan pain mur toit".split(),
    )
    rows = ["conceptUri,preferredLabel,altLabels"]
    for number, (verb, thing) in enumerate((verb, thing) for verb in verbs for thing in things):
        other = f'"{verb} un {thing}\n{verb} des {thing}s"' if number % 3 == 0 else ""
        rows.append(f"uri:{number},{verb} le {thing},{other}")
    (folder / "skills_fr.csv").write_text("\n".join(rows), encoding="utf-8")
    parents = ["conceptUri,broaderUri", *(f"uri:{number},group:{number % 5}" for number in range(35))]
    (folder / "broaderRelationsSkillPillar.csv").write_text("\n".join(parents), encoding="utf-8")
    return folder.parent


def test_text_measures_what_it_has_and_says_what_it_has_not(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert text.run(options(text, "--data", str(data), "--ours-only", "--json")) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["esco"]["documents"] == 35
    assert said["esco"]["queries"] == 12
    assert all(row["recall@10"] > 0.5 for row in said["esco"]["methods"])
    assert said["robustness"]["loss of recall@10"]["closeness, openers"] <= 0.1
    assert "passed over" in said["workplace"]
    assert said["languages"]["methods"][0]["recall@10"] > 0.8
    assert said["speed"]["titles a second of one core"] > 0
    assert text.run(options(text, "--data", str(data), "--ours-only")) == 0
    out = capsys.readouterr().out
    assert "passed over" in out
    assert "ndcg@10" in out


def test_the_draw_of_wordings_is_always_the_same(data: Path) -> None:
    random.seed(5)
    one, other = text.esco_task(data / "esco_fr"), text.esco_task(data / "esco_fr")
    assert one == other
    assert isinstance(one, Task)
    [number] = [number for number, value in one.worth[0].items() if value == 2]
    assert one.queries[0].split()[0] == one.documents.titles[number].split()[0]
    assert one.queries[0] != one.documents.titles[number]


def test_topics_are_translated_once_each() -> None:
    assert len(TRANSLATED) == 60
    assert len(set(TRANSLATED.values())) == 60


def test_a_new_post_is_measured_on_a_saved_index(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(post.labels(data)) == 35
    assert len(post.labels(tmp_path / "nowhere")) > 500
    post.build(tmp_path, 300, data)
    figures = post.measured(tmp_path, 10)
    assert figures["suggestions kept for a post"] > 1
    assert 0 < figures["work for a new post, p50 ms"] <= figures["work for a new post, p95 ms"]
    assert post.private_memory() > 0


def test_documents_are_told_whole_to_methods_without_fields() -> None:
    held = Documents(["a", "b"], ["", "c"], ["d", ""])
    assert held.whole() == ["a . d", "b . c"]
    assert len(held) == 2


@pytest.mark.django_db
def test_a_network_is_imported_suggested_for_and_planned(tmp_path: Path) -> None:
    rows = ["person,offers,requests"]
    for number in range(12):
        offered, sought = ("Couture", "Apiculture") if number % 2 else ("Apiculture", "Couture")
        rows.append(f"p{number},{offered},{sought}")
    file = tmp_path / "posts.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    figures = network.measure(read_table(file))
    assert (figures["people"], figures["posts"], figures["open requests"]) == (12, 24, 12)
    assert figures["a right one in the first 5, of those there is, %"] == 100
    assert figures["requests with a suggestion, %"] == 100
    methods = {row["method"]: row for row in figures["plans"]}
    assert set(methods) == {"first come, first served", "greedy", "Réciproque"}
    ours = methods["Réciproque"]
    assert ours["violations"] == 0
    assert ours["gap, %"] == 0
    assert ours["worth"] >= max(row["worth"] for row in methods.values())
    assert "plans" not in network.measure(read_table(file), plan=False)
    assert json.loads(json.dumps(figures)) == figures


@pytest.mark.django_db
def test_a_request_is_followed_from_the_press_to_the_page(data: Path) -> None:
    network, askers, titles = page.build(60, 3, data)
    assert Post.objects.filter(network=network, kind="offer").count() == 60
    said = page.measured(network, askers, titles)
    assert said["requests with a suggestion"] == "3 of 3"
    assert said["publish to page, worst ms"] >= said["publish to page, median ms"] > 0
