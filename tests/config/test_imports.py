"""Bringing real data in from the command line: checked first, written whole or not at all, twice changes nothing."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from reciproque.catalogue.models import Post
from reciproque.config.cli import main
from reciproque.config.commands import import_exchanges, import_people, import_posts
from reciproque.exchanges.models import Exchange
from reciproque.journal.models import Fact
from reciproque.kit.tables import Table, TableError, read_bytes, read_table
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person

DIRECTORY = """external_id;first_name;last_name;email;unit;site;level;manager;languages;leaves_on;give;receive;pointure
P1;Awa;Sarr;awa@example.org;Siège > Achats;Paris;cadre;;fr,en;;5;;38
P2;Léo;Petit;;Siège > Achats;Paris;agent;P1;;;;4;
P3;Ana;Silva;ana@example.org;Siège;Lyon;;P1;fr;2020-01-31;;;
"""
POSTS = """person_id;kind;title;topics;mode;language;level;capacity
P1;offre;Négocier un contrat;achats,contrats;visio;français;;3
P1;demande;Monter un potager;jardin;face;fr;beginner;
P2;offer;Tableaux croisés;excel;phone,video;en;;
"""
EXCHANGES = """demandeur;offreur;titre;date;minutes;mode
P1;P2;Tableaux croisés;31/01/2025;45;phone
awa@example.org;P2;Macros;2025-02-14;;
"""
WIDE = "row,age,offers,requests\n8718,27,C;Java;SQL,AWS;Java\n12,40,Git,\n"


@pytest.fixture(autouse=True)
def _french_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")


@pytest.fixture
def reciproque(db: None) -> Callable[..., int]:
    """Run one command of the program in this process and return its exit code."""

    def run(*words: object) -> int:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        return int(ended.value.code or 0)

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, name: str = "fichier.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def rows(*, of: type[Any]) -> int:
    return of.objects.count()


# -- the directory --------------------------------------------------------------------------------------------


def test_a_directory_becomes_people_and_members(
    reciproque: Callable[..., int], file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert reciproque("import-people", file(DIRECTORY), "--network", "Savoirs", "--yes") == 0
    said = capsys.readouterr().out
    assert "Colonnes inconnues, ignorées : pointure." in said
    assert "au plus 3 échanges à donner et 2 à recevoir" in said
    assert "Le réseau « Savoirs » n’existe pas encore" in said
    awa, leo, ana = (Person.objects.get(external_id=name) for name in ("P1", "P2", "P3"))
    assert (awa.display_name, awa.email, awa.unit.path, awa.spoken) == (
        "Awa Sarr",
        "awa@example.org",
        "Siège > Achats",
        ["fr", "en"],
    )
    assert (leo.manager, leo.email, leo.level) == (awa, None, "agent")
    assert not ana.is_active
    network = Network.objects.get()
    assert (network.slug, network.reciprocity, network.mediation) == ("savoirs", "open", "direct")
    members = Membership.objects.filter(network=network, state="member").order_by("person__external_id")
    held = [(member.person.external_id, member.give_capacity, member.receive_capacity) for member in members]
    assert held == [("P1", 5, 2), ("P2", 3, 4)]


def test_the_same_directory_twice_changes_nothing_more(
    reciproque: Callable[..., int], file: Callable[..., Path]
) -> None:
    path = file(DIRECTORY)
    for _time in range(2):
        assert reciproque("import-people", path, "--network", "savoirs", "--yes") == 0
    assert (rows(of=Person), rows(of=Network), rows(of=Membership)) == (3, 1, 2)


def test_a_directory_needs_no_network(reciproque: Callable[..., int], file: Callable[..., Path]) -> None:
    assert reciproque("import-people", file(DIRECTORY), "--yes") == 0
    assert (rows(of=Person), rows(of=Network)) == (3, 0)


def test_problems_are_said_by_line_and_column_and_nothing_is_written(
    reciproque: Callable[..., int], file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = DIRECTORY.replace("awa@example.org", "awa chez example").replace("2020-01-31", "bientôt")
    assert reciproque("import-people", file(bad), "--network", "Savoirs", "--yes") == 1
    said = capsys.readouterr().err
    assert "ligne 2, colonne « email » : « awa chez example » n’est pas une adresse électronique." in said
    assert "ligne 4, colonne « leaves_on » : « bientôt » n’est pas une date." in said
    assert "rien n’est écrit" in said
    assert (rows(of=Person), rows(of=Network), rows(of=Fact)) == (0, 0, 0)


def test_an_address_already_somebody_elses_is_refused(
    reciproque: Callable[..., int], file: Callable[..., Path], make_person: Callable[..., Person]
) -> None:
    make_person("Zoé", "Autre", email="awa@example.org")  # not of the directory: she takes the identifier
    make_person("Ida", "Autre", email="ida@example.org", external_id="P1")
    assert reciproque("import-people", file(DIRECTORY), "--yes") == 1
    assert rows(of=Person) == 2


def test_one_person_on_two_lines_is_refused(
    reciproque: Callable[..., int], file: Callable[..., Path], make_person: Callable[..., Person]
) -> None:
    make_person("Awa", "Sarr", email="awa@example.org", external_id="P1")
    text = "external_id;last_name;email\nP1;Sarr;autre@example.org\n;Sarr;awa@example.org\n"
    assert reciproque("import-people", file(text), "--yes") == 1


# -- offers and requests --------------------------------------------------------------------------------------


def test_posts_go_to_the_people_of_the_directory(
    reciproque: Callable[..., int], file: Callable[..., Path]
) -> None:
    assert reciproque("import-people", file(DIRECTORY, "d.csv"), "--network", "savoirs", "--yes") == 0
    assert reciproque("import-posts", file(POSTS), "--network", "savoirs", "--yes") == 0
    posts = {post.title: post for post in Post.objects.select_related("author")}
    offer = posts["Négocier un contrat"]
    assert (offer.author.external_id, offer.kind, offer.modes, offer.capacity) == (
        "P1",
        "offer",
        ["video"],
        3,
    )
    assert sorted(topic.name for topic in offer.topics.all()) == ["achats", "contrats"]
    assert (posts["Monter un potager"].level, posts["Monter un potager"].capacity) == ("beginner", 2)
    assert posts["Tableaux croisés"].languages == ["en"]
    assert rows(of=Person) == 3
    assert Membership.objects.get(person=offer.author).reciprocal


def test_two_lists_a_person_become_numbered_members(
    reciproque: Callable[..., int], file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for _time in range(2):
        assert reciproque("import-posts", file(WIDE), "--network", "Outils", "--yes") == 0
    assert "Personnes absentes de l’annuaire, créées par leur numéro : 2 (par exemple « Membre 8718 »)" in (
        capsys.readouterr().out
    )
    person = Person.objects.get(external_id="outils:8718")
    assert person.display_name == "Membre 8718"
    titles = Post.objects.filter(author=person).order_by("kind", "title").values_list("kind", "title")
    assert list(titles) == [
        ("offer", "C"),
        ("offer", "Java"),
        ("offer", "SQL"),
        ("request", "AWS"),
        ("request", "Java"),
    ]
    assert (rows(of=Person), rows(of=Post), rows(of=Membership)) == (2, 6, 2)


def test_without_an_identifier_the_line_is_the_person(
    reciproque: Callable[..., int], file: Callable[..., Path]
) -> None:
    assert reciproque("import-posts", file("kind;title\noffre;Tricot\n"), "--network", "x", "--yes") == 0
    assert Post.objects.get().author.display_name == "Membre 2"


def test_someone_of_the_directory_is_found_by_their_identifier(
    reciproque: Callable[..., int], file: Callable[..., Path], make_person: Callable[..., Person]
) -> None:
    person = make_person("Awa", "Sarr", external_id="8718")
    assert reciproque("import-posts", file(WIDE), "--network", "Outils", "--yes") == 0
    assert Post.objects.filter(author=person).count() == 5


def test_posts_of_people_who_left_are_refused(
    reciproque: Callable[..., int], file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert reciproque("import-people", file(DIRECTORY, "d.csv"), "--network", "savoirs", "--yes") == 0
    text = "person_id;kind;title\nP1;offre;Cuisine\nP3;offre;Couture\n"
    assert reciproque("import-posts", file(text), "--network", "savoirs", "--yes") == 1
    assert "ligne 3, colonne « person_id » : « Ana Silva » a quitté" in capsys.readouterr().err
    assert rows(of=Post) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a;b\n1;2\n", "fichier, colonne « kind » : cette colonne manque"),
        ("person_id;kind;title\n1;don;Cuisine\n", "ligne 2, colonne « kind »"),
        ("person_id;kind;title\n1;offre;ab\n", "ligne 2, colonne « title »"),
        ("kind;title;mode\noffre;Cuisine;pigeon\n", "ligne 2, colonne « mode »"),
        ("kind;title;language\noffre;Cuisine;klingon\n", "ligne 2, colonne « language »"),
        ("kind;title;capacity\noffre;Cuisine;900\n", "ligne 2, colonne « capacity »"),
        (f"person_id;kind;title\n{'x' * 90};offre;Cuisine\n", "ligne 2, colonne « person_id »"),
    ],
)
def test_posts_that_cannot_be_are_refused_by_line_and_column(
    reciproque: Callable[..., int],
    file: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    text: str,
    words: str,
) -> None:
    assert reciproque("import-posts", file(text), "--network", "x", "--yes") == 1
    assert words in capsys.readouterr().err
    assert (rows(of=Post), rows(of=Person), rows(of=Network)) == (0, 0, 0)


# -- past exchanges -------------------------------------------------------------------------------------------


@pytest.fixture
def directory(reciproque: Callable[..., int], file: Callable[..., Path]) -> None:
    assert reciproque("import-people", file(DIRECTORY, "d.csv"), "--network", "savoirs", "--yes") == 0


@pytest.mark.usefixtures("directory")
def test_past_exchanges_are_counted_as_declared_and_once(
    reciproque: Callable[..., int], file: Callable[..., Path]
) -> None:
    for _time in range(2):
        assert reciproque("import-exchanges", file(EXCHANGES), "--network", "savoirs", "--yes") == 0
    first, second = Exchange.objects.order_by("held_on")
    assert (first.origin, first.state, first.declared_by) == ("declared", "closed", None)
    assert (first.held_on, first.minutes, first.mode) == (dt.date(2025, 1, 31), 45, "phone")
    assert (second.minutes, second.mode) == (60, "")
    sides = {part.side: part.person.external_id for part in second.people.select_related("person")}
    assert sides == {"requester": "P1", "offerer": "P2"}
    assert Fact.objects.filter(name="exchange.declared").count() == 2


@pytest.mark.usefixtures("directory")
def test_impossible_exchanges_are_refused_by_line_and_column(
    reciproque: Callable[..., int], file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "requester;offerer;title;held_on;minutes;mode\nP1;P9;Macros;2025-01-31;;\nP1;P1;Macros;2025-01-31;;\n"
        "P1;P2;Macros;2099-01-31;;\nP1;P2;;2025-01-31;3;pigeon\nP1;awa@example.org;Macros;2025-01-31;;\n"
    )
    assert reciproque("import-exchanges", file(text), "--network", "savoirs", "--yes") == 1
    said = capsys.readouterr().err
    for where in (
        "ligne 2, colonne « offerer »",
        "ligne 3, colonne « offerer »",
        "ligne 4, colonne « held_on »",
        "ligne 5, colonne « title »",
        "ligne 5, colonne « minutes »",
        "ligne 5, colonne « mode »",
    ):
        assert where in said
    assert rows(of=Exchange) == 0


@pytest.mark.usefixtures("directory")
def test_the_same_person_under_two_names_is_refused(
    reciproque: Callable[..., int], file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    text = "requester;offerer;title;held_on\nP1;awa@example.org;Macros;2025-01-31\n"
    assert reciproque("import-exchanges", file(text), "--network", "savoirs", "--yes") == 1
    assert "un échange se fait entre deux personnes" in capsys.readouterr().err


# -- what all of them do --------------------------------------------------------------------------------------


def test_without_yes_nothing_is_written(
    reciproque: Callable[..., int], file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert reciproque("import-posts", file(WIDE), "--network", "Outils") == 0
    said = capsys.readouterr().out
    assert "À publier : 4 offres et 2 demandes de 2 personnes." in said
    assert "Rien n’est écrit. Pour écrire, ajoutez --yes." in said
    assert (rows(of=Person), rows(of=Network)) == (0, 0)


@pytest.mark.parametrize(("typed", "code", "posts"), [("oui", 0, 6), ("O", 0, 6), ("", 1, 0), ("non", 1, 0)])
def test_on_a_terminal_one_is_asked(
    reciproque: Callable[..., int],
    file: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
    posts: int,
) -> None:
    terminal = io.StringIO(typed + "\n")
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", terminal)
    assert reciproque("import-posts", file(WIDE), "--network", "Outils") == code
    assert rows(of=Post) == posts


def test_dry_run_writes_nothing_even_with_yes(
    reciproque: Callable[..., int], file: Callable[..., Path]
) -> None:
    assert reciproque("import-posts", file(WIDE), "--network", "Outils", "--dry-run", "--yes") == 0
    assert rows(of=Post) == 0


def test_a_machine_reads_one_object(
    reciproque: Callable[..., int], file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> dict[str, Any]:
        return json.loads(capsys.readouterr().out)

    assert reciproque("import-posts", file(WIDE), "--network", "Outils", "--json") == 0
    checked = said()
    assert (checked["written"], checked["unknown_columns"]) == (False, ["age"])
    assert checked["counts"]["offers"] == 4
    assert reciproque("import-posts", file(WIDE), "--network", "Outils", "--json", "--yes") == 0
    done = said()
    assert (done["written"], done["network"]["slug"]) == (True, "outils")
    assert done["done"] == {"new_people": 2, "enrolled": 2, "posts": 6}
    assert reciproque("import-posts", file("kind;title\nx;y\n"), "--network", "Outils", "--json") == 1
    refused = said()
    assert refused["written"] is False
    assert {(problem["line"], problem["column"]) for problem in refused["problems"]} == {
        (2, "kind"),
        (2, "title"),
    }


def test_wrong_uses_are_one_sentence(
    reciproque: Callable[..., int],
    file: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    network: Network,
    other_network: Network,
) -> None:
    Network.objects.filter(pk=other_network.pk).update(name_fr=network.name_fr)
    for words, sentence in (
        (("import-posts", tmp_path / "absent.csv", "--network", "x"), "n’existe pas"),
        (("import-posts", file(WIDE), "--network", "  "), "donnez le nom ou l’adresse"),
        (("import-posts", file(WIDE), "--network", "x" * 121), "donnez le nom ou l’adresse"),
        (("import-posts", file(WIDE), "--network", network.name_fr), "Plusieurs réseaux portent ce nom"),
        (("import-posts", file(WIDE), "--network", "x", "--capacity", "0"), "entre 1 et 20"),
        (("suggest", "--network", "Nulle part", "--out", tmp_path / "s.csv"), "Aucun réseau"),
        (("suggest", "--network", network.slug, "--out", tmp_path / "no" / "s.csv"), "dossier"),
        (("suggest", "--network", network.slug, "--out", tmp_path), "ne peut pas être écrit"),
    ):
        assert reciproque(*words) == 2, words
        assert sentence in capsys.readouterr().err, words
    assert reciproque("import-posts", file(WIDE)) == 2


@pytest.mark.parametrize("word", ["import-people", "import-posts", "import-exchanges", "suggest", "demo"])
def test_each_command_says_how_it_is_used(
    reciproque: Callable[..., int], capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert reciproque(word, "--help") == 0
    assert f"usage: reciproque {word}" in capsys.readouterr().out


def test_the_terminal_is_spoken_to_in_its_language(
    reciproque: Callable[..., int],
    file: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from reciproque.config.commands import console

    assert console.language() == "fr"
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert console.language() == "en"
    assert reciproque("import-posts", file(WIDE), "--network", "Tools", "--yes") == 0
    assert Person.objects.filter(last_name="Membre 8718").exists()


def test_a_network_is_named_by_its_address_or_its_name(
    reciproque: Callable[..., int], file: Callable[..., Path], network: Network
) -> None:
    for name in (network.slug, network.name_fr, network.name_fr.upper()):
        assert reciproque("import-posts", file(WIDE), "--network", name, "--yes") == 0
    assert Network.objects.get() == network


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8-sig", ";"), ("utf-8", ","), ("iso-8859-15", ";"), ("utf-16", "\t")]
)
def test_the_dress_of_the_file_does_not_matter(
    reciproque: Callable[..., int], file: Callable[..., Path], encoding: str, mark: str
) -> None:
    text = (
        mark.join(["kind", "title", "description"]) + "\n" + mark.join(["offre", "Écrire l’été", "« Zoé »"])
    )
    text = text.replace("’", "'") if encoding.startswith("iso") else text
    assert reciproque("import-posts", file(text, encoding=encoding), "--network", "x", "--yes") == 0
    assert Post.objects.get().title in ("Écrire l’été", "Écrire l'été")


# -- suggestions ----------------------------------------------------------------------------------------------


def test_suggestions_are_written_with_their_reasons(
    reciproque: Callable[..., int],
    file: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = (
        "person_id;kind;title\nA;offre;Tableaux croisés dynamiques sous Excel\nB;demande;Apprendre les tableaux croisés"
        " dynamiques\nC;demande;Traire une chèvre\nA;demande;Chanter\nB;offre;=HYPERLINK(1)\n"
    )
    out = tmp_path / "suggestions.csv"
    assert reciproque("import-posts", file(text), "--network", "x", "--yes") == 0
    capsys.readouterr()
    assert reciproque("suggest", "--network", "x", "--out", out) == 0
    assert "1 demandes sur 3 ont au moins une suggestion" in capsys.readouterr().out
    with out.open(encoding="utf-8-sig", newline="") as lines:
        (row,) = csv.DictReader(lines, delimiter=";")
    assert (row["request_person"], row["offer_person"], row["rank"]) == ("Membre B", "Membre A", "1")
    assert row["request_title"] == "Apprendre les tableaux croisés dynamiques"
    assert "le sujet est" in row["reasons"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".csv", ".part")) == [
        "fichier.csv",
        "suggestions.csv",
    ]
    assert reciproque("suggest", "--network", "x", "--out", out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["requests"], said["served"], said["suggestions"]) == (3, 1, 1)
    assert said["peak_memory_mb"] >= 0


# -- real and odd data ----------------------------------------------------------------------------------------

Plan = Callable[[Table, argparse.Namespace], Any]
PLANS: list[tuple[Plan, Sequence[str]]] = [
    (import_people._plan, DIRECTORY.splitlines()[0].split(";")),
    (import_posts._plan, [*POSTS.splitlines()[0].split(";"), "description", "purpose"]),
    (import_posts._plan, WIDE.splitlines()[0].split(",")),
    (import_exchanges._plan, EXCHANGES.splitlines()[0].split(";")),
]
FILLED = {
    "external_id": "N{n}",
    "last_name": "Nom",
    "person_id": "N{n}",
    "kind": "offre",
    "title": "Un titre",
    "row": "{n}",
    "offers": "Java",
    "requests": "C",
    "demandeur": "D1",
    "offreur": "D2",
    "titre": "Un titre",
    "date": "2025-01-31",
}


def options_for(name: str) -> argparse.Namespace:
    return argparse.Namespace(network=name, capacity=2, json=True)


@pytest.mark.needs_shared
@pytest.mark.django_db
def test_no_odd_file_makes_an_import_stumble(shared: Path) -> None:
    for path in sorted((shared / "data/robust/tables").rglob("*")):
        if not path.is_file():
            continue
        try:
            table = read_table(path)
        except TableError:
            continue
        for prepare, _columns in PLANS:
            plan = prepare(table, options_for("Essai"))
            assert all(problem.sentence for problem in plan.problems), path


@pytest.mark.needs_shared
@pytest.mark.parametrize("number", range(len(PLANS)))
def test_naughty_strings_in_every_column_are_kept_or_refused(
    shared: Path, make_person: Callable[..., Person], number: int
) -> None:
    naughty = json.loads((shared / "data/robust/naughty_strings/blns.json").read_text(encoding="utf-8"))
    make_person("D", "Un", external_id="D1")
    make_person("D", "Deux", external_id="D2")
    prepare, columns = PLANS[number]
    for column in columns:
        lines = [
            [text if name == column else FILLED.get(name, "").format(n=n) for name in columns]
            for n, text in enumerate(naughty)
        ]
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";").writerows([columns, *lines])
        table = read_bytes(out.getvalue().encode("utf-8", "replace"))
        refused = {problem.line for problem in prepare(table, options_for(f"Essai {column}")).problems}
        good = [line for line in table.lines if line.number not in refused]
        plan = prepare(
            Table(table.columns, good, table.encoding, table.delimiter), options_for(f"Essai {column}")
        )
        assert plan.problems == []
        if good:
            plan.write()


@pytest.mark.needs_shared
def test_five_thousand_people_are_read_and_planned(shared: Path, db: None) -> None:
    table = read_table(shared / "data/network_so2019/so2019_offers_requests_dev5000.csv")
    plan = import_posts._plan(table, options_for("so2019"))
    assert plan.problems == []
    assert plan.counts == {
        "people": 5000,
        "new_people": 5000,
        "offers": 61213,
        "requests": 25274,
        "already_there": 0,
    }
    assert plan.unknown == ["country", "work_location", "main_branch", "op_sys", "age"]
