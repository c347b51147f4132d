"""ESCO, ROME and tables of one's own: read, refused line by line, written whole, updated to a new version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.catalogue import actions
from reciproque.catalogue.models import Entry, EntryName, Framework, Topic, TopicLink
from reciproque.catalogue.queries import entries_under, frameworks, parents_of, topics_linked

TABLE = """code;label;parent;alternatives
A;Bureautique;;
A1;Tableur;A;"Excel;feuille de calcul"
A2;Traitement de texte;A;
B1;Souder;B;
"""


def read(text: str = TABLE, **fields: Any) -> actions.Reading:
    return actions.read_framework("csv", {"table.csv": text.encode()}, title="Maison", **fields)


def bring_in(text: str = TABLE, version: str = "1") -> dict[str, int]:
    return actions.import_framework("maison", read(text), by=None, version=version)


def labels() -> dict[str, str]:
    return dict(Entry.objects.filter(gone_at=None).values_list("code", "label"))


def test_a_table_is_read_before_anything_is_written(db: None) -> None:
    reading = read()
    assert reading.counts == {"entries": 3, "groups": 1, "names": 2, "placed": 2, "alone": 1, "orphans": 1}
    assert reading.orphans == {"B1"}
    would = actions.preview_framework("maison", reading)
    assert would == {"new": 4, "changed": 0, "same": 0, "gone": 0, "back": 0, "links": 0}
    assert not Framework.objects.exists()


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (";Sans code;;", "ligne 3, colonne « code » : il manque le code."),
        ("B;;;", "ligne 3, colonne « label » : il manque l’intitulé."),
        ("A;Deux fois;;", "ligne 3, colonne « code » : ce code est déjà celui de la ligne 2"),
        (f"C;{'x' * 301};;", "ligne 3, colonne « label » : cet intitulé est trop long"),
        (f"{'c' * 201};Code;;", "ligne 3, colonne « code » : ce code est trop long"),
    ],
)
def test_a_refused_line_says_where_and_why(line: str, where: str) -> None:
    reading = read(f"code;label;parent;alternatives\nA;Savoir;;\n{line}\n")
    assert len(reading.entries) == 1
    [refused] = reading.refused
    assert str(refused).startswith("table.csv, ")
    assert where in str(refused).replace("\u00a0", " ")


@pytest.mark.parametrize(
    "text", ["", "code;label\n", "a;b\n1;2\n", 'code;label\n"A;x\n', "code;label\n;\n;x\n", "code\nA\n"]
)
def test_what_is_no_table_of_skills_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(text)
    assert all(refused.value.messages)


def test_a_circle_of_parents_is_cut_and_said() -> None:
    reading = read("code;label;parent\nA;a1;B\nB;b1;A\nC;c1;A\nD;d1;D\n")
    assert len(reading.entries) == 4
    assert reading.notes
    parents = {entry.code: entry.parent for entry in reading.entries}
    for start in parents:
        at, steps = start, 0
        while parents[at]:
            at, steps = parents[at], steps + 1
            assert steps < 5


def test_imported_whole_with_hierarchy_and_other_labels(admin: Any, said: Any) -> None:
    assert bring_in() == {"new": 4, "changed": 0, "same": 0, "gone": 0, "back": 0, "names": 2}
    excel = Entry.objects.get(code="A1")
    assert [entry.label for entry in parents_of(excel)] == ["Bureautique"]
    assert set(excel.names.values_list("label", flat=True)) == {"Excel", "feuille de calcul"}
    assert Entry.objects.get(code="B1").orphan
    framework = Framework.objects.get()
    assert [(row.label, row.below) for row in entries_under(framework)] == [("Bureautique", 2), ("Souder", 0)]
    [figures] = frameworks()
    assert (figures.entries, figures.groups, figures.names, figures.placed, figures.orphans) == (
        3,
        1,
        2,
        2,
        1,
    )
    assert said("framework.imported")[0].data["new"] == 4


def test_a_new_version_updates_marks_what_is_gone_and_keeps_links(
    admin: Any, bob: Any, make_post: Any
) -> None:
    bring_in()
    make_post(bob, topics=["Calcul", "Texte"])
    for name, code in (("Calcul", "A1"), ("Texte", "A2")):
        entry, topic = Entry.objects.get(code=code), Topic.objects.get(name=name)
        actions.link_topic(topic, by=admin, entry=entry, kept=True)
    second = "code;label;parent;alternatives\nA;Bureautique;;\nA1;Tableurs;;Excel\nC1;Tisser;A;\n"
    would = actions.preview_framework("maison", read(second))
    done = bring_in(second, "2")
    assert {name: would[name] for name in ("new", "changed", "same", "gone", "back")} == {
        name: done[name] for name in ("new", "changed", "same", "gone", "back")
    }
    assert would["links"] == 2
    assert (done["new"], done["changed"], done["same"], done["gone"]) == (1, 1, 1, 2)
    assert labels() == {"A": "Bureautique", "A1": "Tableurs", "C1": "Tisser"}
    assert TopicLink.objects.filter(kept=True).count() == 2
    assert Entry.objects.get(code="A2").gone_at is not None
    assert list(EntryName.objects.values_list("label", flat=True)) == ["Excel"]
    assert str(Framework.objects.get()) == "Maison 2"
    assert [network.slug for _topic, network in topics_linked(Entry.objects.get(code="A2"), bob)] == [
        "savoirs"
    ]
    # A link to what is gone stays; a new one is refused.
    with pytest.raises(ValidationError):
        actions.link_topic(
            Topic.objects.get(name="Calcul"), by=admin, entry=Entry.objects.get(code="A2"), kept=True
        )
    # What comes back is the same row.
    assert bring_in(TABLE, "3")["back"] == 2
    assert Entry.objects.count() == 5


def test_the_same_files_again_change_nothing(db: None) -> None:
    bring_in()
    keys = set(Entry.objects.values_list("pk", flat=True)) | set(
        EntryName.objects.values_list("pk", flat=True)
    )
    assert bring_in()["same"] == 4
    again = set(Entry.objects.values_list("pk", flat=True)) | set(
        EntryName.objects.values_list("pk", flat=True)
    )
    assert again == keys


def test_only_who_runs_the_installation_imports(alice: Any) -> None:
    with pytest.raises(PermissionDenied):
        actions.import_framework("maison", read(), by=alice)
    for slug in ("", "Maison !", "x" * 41):
        with pytest.raises(ValidationError):
            actions.import_framework(slug, read(), by=None)
    assert not Entry.objects.exists()


ESCO = {
    "skills_fr.csv": 'conceptUri,preferredLabel,altLabels\nu:1,utiliser un tableur,"Excel\nfeuille de calcul"\n'
    "u:2,souder,\nu:3,,\n",
    "skillGroups_fr.csv": "conceptUri,preferredLabel,altLabels\ng:1,numérique,\n",
    "broaderRelationsSkillPillar.csv": "conceptType,conceptUri,broaderType,broaderUri\n"
    "S,u:1,S,u:2\nS,u:1,G,g:1\nS,u:2,G,g:9\nS,u:8,G,g:1\n",
}
ROME = {
    "competences.csv": "code_ogr,libelle\n10,Souder à l’arc\n",
    "appellations.csv": "code_ogr,libelle,libelle_court\n10,Soudeur / Soudeuse,Soudeur(se)\n",
    "arborescence.csv": "libelle_referentiel,libelle_noeud,code_noeud,code_pere,libelle\n"
    "Arborescence  principale,RACINE,Racine AP,,Racine\nArborescence  principale,NOEUD,A,Racine AP,Industrie\n"
    "Arborescence  principale,FEUILLE,A11,A,Soudage\nAutre,FEUILLE,A11,001,Soudage\n",
}


def test_the_files_of_esco() -> None:
    reading = actions.read_framework("esco", {name: text.encode() for name, text in ESCO.items()})
    rows = {entry.code: entry for entry in reading.entries}
    assert (reading.title, reading.language) == ("ESCO", "fr")
    assert "European Commission" in reading.credit
    assert rows["u:1"].parent == "g:1"  # a group before a skill
    assert rows["u:1"].names == ("Excel", "feuille de calcul")
    assert reading.orphans == {"u:2"}
    assert [(one.file, one.problem.line) for one in reading.refused] == [
        ("skills_fr.csv", 5),
        ("broaderRelationsSkillPillar.csv", 5),
    ]
    with pytest.raises(ValidationError, match="skills_"):
        actions.read_framework("esco", {})


def test_the_files_of_rome() -> None:
    reading = actions.read_framework("rome", {name: text.encode() for name, text in ROME.items()})
    rows = {entry.code: entry for entry in reading.entries}
    assert set(rows) == {"S10", "M10", "A", "A11"}
    assert rows["M10"].job
    assert not rows["S10"].job
    assert rows["A11"].parent == "A"
    assert rows["A"].parent == ""
    assert not reading.refused
    assert not reading.orphans


@pytest.mark.needs_shared
def test_the_real_files_are_taken_in_whole(shared: Path) -> None:
    esco = actions.read_framework("esco", actions.folder_files(shared / "data/esco_fr"))
    assert (esco.counts["entries"], esco.counts["groups"], len(esco.refused)) == (13_485, 17, 0)
    assert esco.counts["placed"] + esco.counts["alone"] + esco.counts["orphans"] == 13_502
    rome = actions.read_framework("rome", actions.folder_files(shared / "data/rome_fr"))
    assert sum(not entry.job and not entry.group for entry in rome.entries) == 4_930
    assert sum(entry.job for entry in rome.entries) == 11_096
    assert not rome.refused
