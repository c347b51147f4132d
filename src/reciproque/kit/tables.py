"""Read the tables people really have (CSV in any common dress, XLSX), saying line and column; write CSV safely."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, TextIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from reciproque.kit.text import clean, fold

MAX_BYTES = 200 * 1024 * 1024
MAX_UNFOLDED = 5 * MAX_BYTES
MAX_CELL = 20_000
# What a cell of a spreadsheet holds at most.
MAX_BOOK_CELL = 32_767
HEAD = 64 * 1024
DELIMITERS = ";,\t|"


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is wrong with one cell or line of a table, and how to mend it."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        where = _("ligne %(line)s") % {"line": self.line} if self.line else _("fichier")
        column = _(", colonne « %(column)s »") % {"column": self.column} if self.column else ""
        return f"{where}{column} : {self.sentence}"


class TableError(Exception):
    """The file cannot be read as a table; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = list(problems)


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of a table: its number in the file and its cells by column name (lower case, folded)."""

    number: int
    cells: dict[str, str]

    def get(self, *names: str) -> str:
        """Return the first filled cell among these columns, "" when none is."""
        return next((self.cells[name] for name in names if self.cells.get(name)), "")


@dataclasses.dataclass(frozen=True)
class Table:
    """A table read: its columns as written in the file, its lines, and how the file was dressed."""

    columns: list[str]
    lines: list[Line]
    encoding: str
    delimiter: str

    def unknown(self, known: Iterable[str]) -> list[str]:
        """Return the columns that nobody here reads."""
        names = set(known)
        return [column for column in self.columns if key(column) not in names]


def key(column: str) -> str:
    """Return the name under which a column is known: folded, words joined by one underscore."""
    return "_".join(fold(column).replace("-", " ").replace("_", " ").split())


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and the encoding found: UTF-8 (with or without BOM), UTF-16, else ISO-8859-15."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise TableError(Problem(0, "", _("ce fichier est abîmé : son codage est faux."))) from error
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        # Bytes 0x80-0x9f are control characters in ISO-8859-15 but ’ “ ” … € in what Windows writes.
        windows = any(0x80 <= byte <= 0x9F for byte in data)
        encoding = "cp1252" if windows else "iso-8859-15"
        return data.decode(encoding, errors="replace"), encoding


def read_table(path: Path) -> Table:
    """Read a CSV or XLSX file whole; TableError with a sentence when it is not one."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TableError(Problem(0, "", _("ce fichier est trop gros (200 Mo au plus).")))
        data = path.read_bytes()
    except OSError as error:
        sentence = _("ce fichier ne peut pas être lu : %(why)s.") % {"why": error.strerror}
        raise TableError(Problem(0, "", sentence)) from error
    return read_bytes(data)


def read_bytes(data: bytes) -> Table:
    """Read a CSV or XLSX table from its bytes."""
    if data.startswith(b"PK\x03\x04"):
        return _table(_xlsx(data), "xlsx", "")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        sentence = _("c’est un ancien classeur .xls : enregistrez-le en .xlsx ou en .csv.")
        raise TableError(Problem(0, "", sentence))
    text, encoding = decode(data)
    if "\x00" in text:
        raise TableError(
            Problem(0, "", _("ce fichier n’est pas un tableau de texte (il contient des octets nuls)."))
        )
    delimiter = _delimiter(text)
    return _table(_csv(text, delimiter), encoding, delimiter)


def _delimiter(text: str) -> str:
    """Return the separator of the header line: the one that cuts it in most cells, quotes respected."""
    return max(DELIMITERS, key=lambda mark: _cells_of_header(text, mark))


def _cells_of_header(text: str, mark: str) -> int:
    # A quoted heading may hold a line break: the first record, not the first line.
    try:
        records = csv.reader(io.StringIO(text[:HEAD].lstrip("\n\r"), newline=""), delimiter=mark)
        return len(next((cells for cells in records if any(map(str.strip, cells))), []))
    except csv.Error:
        return 0


def _csv(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_CELL * 10)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        sentence = _("guillemets mal fermés ou ligne illisible. Vérifiez les guillemets à partir d’ici.")
        raise TableError(Problem(start, "", sentence)) from error


def _xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Give the rows of the first sheet that holds something."""
    if b"opendocument" in data[:200]:
        sentence = _("c’est un classeur .ods : enregistrez-le en .xlsx ou en .csv.")
        raise TableError(Problem(0, "", sentence))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unfolded = sum(part.file_size for part in archive.infolist())
        if unfolded <= MAX_UNFOLDED:
            return iter(_first_sheet(data))
    except Exception as error:
        # A broken workbook breaks its reader in any way.
        sentence = _("ce classeur ne peut pas être ouvert : est-ce bien un .xlsx ?")
        raise TableError(Problem(0, "", sentence)) from error
    raise TableError(Problem(0, "", _("ce fichier est trop gros (200 Mo au plus).")))


def _first_sheet(data: bytes) -> list[tuple[int, list[str]]]:
    # What the reader does not know of a workbook (extensions, styles) is no news for the person who imports.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                rows = sheet.iter_rows(values_only=True)
                table = [
                    (number, [_cell(value) for value in row]) for number, row in enumerate(rows, start=1)
                ]
                if any(any(cells) for _number, cells in table):
                    return table
        finally:
            book.close()
    return []


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _table(rows: Iterator[tuple[int, list[str]]], encoding: str, delimiter: str) -> Table:
    columns: list[str] = []
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, cells in rows:
        cells = [clean(cell).strip() for cell in cells]
        if not any(cells):
            continue
        if not columns:
            columns = _header(number, cells)
            continue
        extra = [cell for cell in cells[len(columns) :] if cell]
        if extra:
            sentence = _(
                "%(n)s cellules pour %(m)s colonnes. Un séparateur de trop, ou un texte sans guillemets ?"
            )
            problems.append(Problem(number, "", sentence % {"n": len(cells), "m": len(columns)}))
        long = next((name for name, cell in zip(columns, cells, strict=False) if len(cell) > MAX_CELL), None)
        if long is not None:
            problems.append(Problem(number, long, _("ce texte est trop long (20 000 caractères au plus).")))
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        lines.append(Line(number, {key(name): cell for name, cell in zip(columns, padded, strict=False)}))
    if not columns:
        raise TableError(
            Problem(0, "", _("ce fichier est vide. La première ligne donne les noms des colonnes."))
        )
    if problems:
        raise TableError(*problems[:50])
    return Table(columns, lines, encoding, delimiter)


def _header(number: int, cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    names = [key(cell) for cell in cells]
    for position, name in enumerate(names, start=1):
        if not name:
            sentence = _("la colonne %(n)s n’a pas de nom.") % {"n": position}
            raise TableError(Problem(number, "", sentence))
        if names.index(name) != position - 1:
            raise TableError(Problem(number, cells[position - 1], _("deux colonnes portent le même nom.")))
    return cells


# What a spreadsheet takes for a sum, wide signs too; and what it skips before it looks: spaces of all kinds, a byte
# order mark, marks that take no room.
COMPUTED = tuple("=+-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b")
BLANK = (
    "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
    + "\x00\u00ad\u180e\ufeff"
    + "".join(chr(code) for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)))
)


def safe_cell(value: object) -> str:
    """Return a cell that a spreadsheet will show rather than compute."""
    text = "" if value is None else str(value)
    inside = text.lstrip(BLANK)
    text = f"'{text}" if text[:1] in ("\t", "\r") or inside[:1] in COMPUTED else text
    # A carriage return alone is not quoted by the writer: it would cut the line in two.
    return text.replace("\r\n", "\n").replace("\r", "\n")


def write_csv(
    out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ";"
) -> int:
    """Write a table and return how many lines it has."""
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        count += 1
    return count


def write_book(out: IO[bytes], title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table as an XLSX file, one line after the other, and return how many lines it has.

    Numbers and dates stay numbers and dates; a text is shown, never computed.
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.append([safe_cell(name) for name in columns])
    count = 0
    for row in rows:
        sheet.append([_book_cell(value) for value in row])
        count += 1
    book.save(out)
    return count


def _book_cell(value: object) -> object:
    if isinstance(value, int | float | Decimal | dt.date) and not isinstance(value, bool):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", safe_cell(value))[:MAX_BOOK_CELL]
