"""Tables as people have them: any dress, any accident, and always a table or a sentence."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from reciproque.kit.tables import Table, TableError, key, read_bytes, read_table, safe_cell, write_csv

PEOPLE = "Prénom;Nom\nZoé;Lœuil\nRené;Été\n"


def problem_of(data: bytes) -> str:
    with pytest.raises(TableError) as refused:
        read_bytes(data)
    return str(refused.value.problems[0])


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Feuille {number}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("iso-8859-15", "iso-8859-15"),
    ],
)
def test_the_encoding_is_recognised(encoding: str, found: str) -> None:
    table = read_bytes(PEOPLE.encode(encoding))
    assert table.encoding == found
    assert [line.cells["nom"] for line in table.lines] == ["Lœuil", "Été"]
    assert [line.cells["prenom"] for line in table.lines] == ["Zoé", "René"]


def test_what_windows_writes_is_not_taken_for_iso_8859_15() -> None:
    table = read_bytes("nom;prix\nL’été…;12 €\n".encode("cp1252"))
    assert table.encoding == "cp1252"
    assert table.lines[0].cells == {"nom": "L’été…", "prix": "12 €"}


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_the_separator_is_recognised(mark: str) -> None:
    table = read_bytes(f"a{mark}b{mark}c\n1{mark}2{mark}3\n".encode())
    assert (table.delimiter, table.lines[0].cells) == (mark, {"a": "1", "b": "2", "c": "3"})


def test_a_separator_inside_quotes_does_not_count() -> None:
    table = read_bytes(b'"Nom, usuel";Ville\n"Durand, Luc";Nantes\n')
    assert table.lines[0].cells == {"nom,_usuel": "Durand, Luc", "ville": "Nantes"}


def test_a_heading_may_hold_line_breaks() -> None:
    table = read_bytes(b'"Nom\nde famille",Ville\nDurand,Nantes\n')
    assert table.lines[0].cells == {"nom_de_famille": "Durand", "ville": "Nantes"}


def test_lines_keep_their_number_in_the_file() -> None:
    table = read_bytes(b'a;b\n\n1;"x\ny"\n\n2;z\n')
    assert [(line.number, line.cells["a"]) for line in table.lines] == [(3, "1"), (6, "2")]


def test_short_lines_are_completed() -> None:
    assert read_bytes(b"a;b;c\n1\n").lines[0].cells == {"a": "1", "b": "", "c": ""}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "fichier est vide"),
        (b"\n\n  \n", "fichier est vide"),
        (b"a;b\n1;2;3\n", "ligne 2 : 3 cellules pour 2 colonnes"),
        (b"a;;b\n1;2;3\n", "la colonne 2 n’a pas de nom"),
        (b"a;A\n1;2\n", "deux colonnes portent le même nom"),
        (b'a;b\n1;"2\n', "ligne 2 : guillemets mal fermés"),
        (b"a;b\n\x00;2\n", "octets nuls"),
        (b"\xff\xfe\x00", "son codage est faux"),
        (b"a\n" + b"x" * 20_001 + b"\n", "ligne 2, colonne « a » : ce texte est trop long"),
        (b"PK\x03\x04 this is no workbook", "est-ce bien un .xlsx"),
        (b"\xd0\xcf\x11\xe0 an old one", "ancien classeur .xls"),
    ],
)
def test_what_is_no_table_is_said_in_a_sentence(data: bytes, words: str) -> None:
    assert words in problem_of(data)


def test_a_workbook_is_read_from_its_first_filled_sheet() -> None:
    table = read_bytes(workbook([], [["Nom", "Départ", "Nombre"], ["Été", None, 3.0], [None, None, None]]))
    assert table.encoding == "xlsx"
    assert [(line.number, line.cells) for line in table.lines] == [
        (2, {"nom": "Été", "depart": "", "nombre": "3"})
    ]


def test_a_workbook_that_unfolds_without_end_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (10 * 1024 * 1024))
        for entry in archive.infolist():
            entry.file_size = 10**11
    assert "trop gros" in problem_of(out.getvalue())


def test_an_opendocument_sheet_is_named_as_such() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "classeur .ods" in problem_of(out.getvalue())


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableError) as refused:
        read_table(tmp_path)
    assert "ne peut pas être lu" in str(refused.value)


def test_unknown_columns_are_listed_as_written() -> None:
    assert read_bytes(b"Nom;Pointure;T\xc3\xa9l\xc3\xa9phone\n1;2;3\n").unknown({"nom", "telephone"}) == [
        "Pointure"
    ]


def test_headings_are_known_whatever_their_accents_and_dashes() -> None:
    assert key("  Capacité à-donner ") == "capacite_a_donner"


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+33 6", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\n=1+1", "\u00a0=1", "\u3000+1"),
        *("\ufeff=1+1", " \ufeff @A1", "\u200b=1", "\u202e=1", "\x00=1"),
        *("＝1+1", "＋1", "－1", "＠A1", " ＝1", "\u22121", "﹢1"),
    ],
)
def test_a_spreadsheet_computes_nothing_of_what_is_written(text: str) -> None:
    out = io.StringIO()
    assert write_csv(out, ["a"], [[text], [None], ["calme"]]) == 3
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=";"))
    assert rows[1][0].startswith("'")
    assert safe_cell(None) == ""
    for plain in ("", " ", "\ufeff", "calme", " a=1", "\u00abmot\u00bb"):
        assert safe_cell(plain) == plain
    assert rows[3] == ["calme"]


@pytest.mark.needs_shared
def test_every_odd_file_is_a_table_or_a_sentence(shared: Path) -> None:
    files = [path for path in sorted((shared / "data/robust/tables").rglob("*")) if path.is_file()]
    assert len(files) > 100
    read = 0
    for path in files:
        try:
            table = read_table(path)
        except TableError as refused:
            assert all(problem.sentence.strip() for problem in refused.problems), path
        else:
            assert isinstance(table, Table)
            assert table.columns, path
            read += 1
    assert read > 80


@pytest.mark.needs_shared
def test_the_latin_file_keeps_its_letters(shared: Path) -> None:
    table = read_table(shared / "data/robust/tables/agate/test_latin1.csv")
    assert table.encoding == "iso-8859-15"
    assert "é" in "".join(cell for line in table.lines for cell in line.cells.values()) or "©" in str(
        table.lines
    )
