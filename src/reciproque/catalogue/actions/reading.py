"""Read the official files of a framework of skills (ESCO, ROME, or a table of one's own); nothing is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.catalogue.rules import CODE_MAX, LABEL_MAX, FrameworkKind
from reciproque.kit.tables import Line, Problem, Table, TableError, read_bytes
from reciproque.kit.text import fold

TITLES = {FrameworkKind.ESCO: "ESCO", FrameworkKind.ROME: "ROME"}
CREDITS = {
    FrameworkKind.ESCO: "ESCO, Commission européenne (CC BY 4.0). This service uses the ESCO classification of"
    " the European Commission.",
    FrameworkKind.ROME: "ROME, France Travail (Licence Ouverte)",
}
COLUMNS = {
    "code": ("code", "id", "identifiant"),
    "label": ("label", "libelle", "intitule", "nom", "name", "title", "titre"),
    "parent": ("parent", "code_parent", "pere", "broader"),
    "alternatives": ("alternatives", "autres_intitules", "synonymes", "alt_labels", "altlabels"),
}
# Further down than any framework known: a longer chain is a mistake, and each level costs a page to whoever climbs it.
DEEPEST = 25
MAIN_TREE = "arborescence principale"


@dataclasses.dataclass(frozen=True)
class CleanEntry:
    """One skill or one group of them, as the files say it."""

    code: str
    label: str
    parent: str = ""
    names: tuple[str, ...] = ()
    group: bool = False
    job: bool = False


@dataclasses.dataclass(frozen=True)
class Refused:
    """A line that cannot be taken in: its file, its place, what is wrong."""

    file: str
    problem: Problem

    def __str__(self) -> str:
        return f"{self.file}, {self.problem}" if self.file else str(self.problem)


@dataclasses.dataclass
class Reading:
    """What the files hold, and what was said while reading them."""

    kind: str
    title: str
    language: str
    credit: str
    entries: list[CleanEntry] = dataclasses.field(default_factory=list)
    refused: list[Refused] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)
    # Codes of the entries whose parent the files name and do not hold.
    orphans: set[str] = dataclasses.field(default_factory=set)

    @property
    def counts(self) -> dict[str, int]:
        """How many entries, groups, other labels; how many stand nowhere in the hierarchy, and why."""
        return {
            "entries": sum(not entry.group for entry in self.entries),
            "groups": sum(entry.group for entry in self.entries),
            "names": sum(len(entry.names) for entry in self.entries),
            "placed": sum(bool(entry.parent) for entry in self.entries),
            "alone": sum(not entry.parent and entry.code not in self.orphans for entry in self.entries),
            "orphans": len(self.orphans),
        }


class _Reader:
    """Takes entries in one by one, refusing with a sentence what cannot be kept."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.found: dict[str, CleanEntry] = {}
        self.places: dict[str, tuple[str, int]] = {}

    def refuse(self, file: str, line: int, column: str, sentence: str) -> None:
        self.reading.refused.append(Refused(file, Problem(line, column, sentence)))

    def take(
        self, file: str, line: Line, entry: CleanEntry, code_column: str, label_column: str
    ) -> CleanEntry | None:
        """Keep an entry, or say why not."""
        sentence, column = "", label_column
        if not entry.code:
            sentence, column = _("il manque le code."), code_column
        elif len(entry.code) > CODE_MAX:
            sentence, column = _("ce code est trop long (200 caractères au plus)."), code_column
        elif not fold(entry.label).strip():
            sentence = _("il manque l’intitulé.")
        elif len(entry.label) > LABEL_MAX:
            sentence = _("cet intitulé est trop long (300 caractères au plus).")
        elif entry.code in self.found:
            where = _("ce code est déjà celui de la ligne %(line)s de %(file)s.")
            former, number = self.places[entry.code]
            sentence, column = where % {"line": number, "file": former}, code_column
        if sentence:
            self.refuse(file, line.number, column, sentence)
            return None
        self.found[entry.code] = dataclasses.replace(entry, names=_distinct(entry.names, entry.label))
        self.places[entry.code] = (file, line.number)
        return self.found[entry.code]

    def finish(self) -> None:
        """Put in place: parents that are missing are said, and a chain of parents that comes back to itself is cut."""
        cut = 0
        for code, entry in self.found.items():
            if entry.parent and entry.parent not in self.found:
                self.reading.orphans.add(code)
                self.found[code] = dataclasses.replace(entry, parent="")
        # How far below the top each entry stands: climbed once, whatever the length of the chain it ends.
        depth: dict[str, int] = {"": -1}
        deep = 0
        for code in self.found:
            climbed: dict[str, None] = {}
            at = code
            while at not in depth and at not in climbed:
                climbed[at] = None
                at = self.found[at].parent
            if at in climbed:
                self.found[at] = dataclasses.replace(self.found[at], parent="")
                cut += 1
                del climbed[at]
                depth[at] = 0
            for one in reversed(climbed):
                level = depth[self.found[one].parent] + 1
                if level > DEEPEST:
                    self.found[one] = dataclasses.replace(self.found[one], parent="")
                    level, deep = 0, deep + 1
                depth[one] = level
        if deep:
            said = ngettext(
                "%(n)s entrée rangée plus de %(most)s niveaux sous la première est remise au premier rang.",
                "%(n)s entrées rangées plus de %(most)s niveaux sous la première sont remises au premier rang.",
                deep,
            )
            self.reading.notes.append(said % {"n": deep, "most": DEEPEST})
        if cut:
            said = ngettext(
                "%(n)s place en cercle (une entrée rangée sous elle-même) est défaite.",
                "%(n)s places en cercle (des entrées rangées sous elles-mêmes) sont défaites.",
                cut,
            )
            self.reading.notes.append(said % {"n": cut})
        self.reading.entries = list(self.found.values())


def _distinct(names: Iterable[str], label: str) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for name in names:
        said = " ".join(name.split())
        if fold(said).strip() and len(said) <= LABEL_MAX and fold(said) != fold(label):
            found.setdefault(fold(said), said)
    return tuple(found.values())


def folder_files(folder: Path) -> dict[str, bytes]:
    """Return the tables of a folder by the name of their file, or the one file given."""
    if folder.is_file():
        return {folder.name: folder.read_bytes()}
    if not folder.is_dir():
        raise ValidationError(_("Ce dossier n’existe pas : %(folder)s.") % {"folder": folder})
    return {
        path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv"
    }


def read_framework(
    kind: str, files: Mapping[str, bytes], *, title: str = "", language: str = "fr", credit: str = ""
) -> Reading:
    """Read the files of a framework and return what they hold, refused lines included; ValidationError if none is it."""
    if kind not in FrameworkKind.values:
        raise ValidationError({"kind": _("Choisissez ESCO, ROME ou un tableau.")})
    reading = Reading(
        kind,
        title or TITLES.get(FrameworkKind(kind), ""),
        language,
        credit or CREDITS.get(FrameworkKind(kind), ""),
    )
    reader = _Reader(reading)
    tables = _Tables(files)
    try:
        _READERS[kind](reader, tables)
    except TableError as error:
        raise ValidationError([f"{tables.at} : {problem}" for problem in error.problems]) from error
    reader.finish()
    if not reading.entries:
        raise ValidationError(_("Ces fichiers ne contiennent aucun savoir."))
    return reading


class _Tables:
    """The files given, found by how their name begins."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.at = ""

    def names(self, start: str) -> list[str]:
        return [name for name in self.files if name.lower().startswith(start.lower())]

    def open(self, name: str) -> Table:
        self.at = name
        return read_bytes(self.files[name])

    def one(self, start: str, *, needed: bool = True) -> tuple[str, Table] | None:
        found = self.names(start)
        if found:
            return found[0], self.open(found[0])
        if needed:
            raise ValidationError(_("Il manque le fichier « %(name)s… .csv ».") % {"name": start})
        return None


def _need(name: str, table: Table, columns: Iterable[str]) -> None:
    held = {column.lower().replace("_", "") for line in table.lines[:1] for column in line.cells}
    for column in columns:
        if column.replace("_", "") not in held:
            sentence = _("%(file)s : la colonne « %(column)s » manque.")
            raise ValidationError(sentence % {"file": name, "column": column})


def _read_esco(reader: _Reader, tables: _Tables) -> None:
    skills = tables.one("skills_")
    assert skills is not None
    stem = Path(skills[0]).stem
    if "_" in stem and len(stem.rsplit("_", 1)[1]) == 2:
        reader.reading.language = stem.rsplit("_", 1)[1].lower()
    groups = tables.one("skillGroups", needed=False)
    for found, group in ((groups, True), (skills, False)):
        if found is None:
            continue
        file, table = found
        _need(file, table, ("concepturi", "preferredlabel"))
        for line in table.lines:
            names = tuple(line.get("altlabels").split("\n"))
            entry = CleanEntry(line.get("concepturi"), line.get("preferredlabel"), "", names, group)
            reader.take(file, line, entry, "conceptUri", "preferredLabel")
    broader = tables.one("broaderRelationsSkillPillar", needed=False)
    if broader is None:
        reader.reading.notes.append(_("Il n’y a pas de fichier de hiérarchie : tout est au même rang."))
        return
    _place(reader, *broader)


def _place(reader: _Reader, file: str, table: Table) -> None:
    """Read who stands under whom: one place each, a group before a skill, the first named otherwise."""
    _need(file, table, ("concepturi", "broaderuri"))
    places: dict[str, list[str]] = {}
    for line in table.lines:
        code, parent = line.get("concepturi"), line.get("broaderuri")
        if not code or not parent or code == parent:
            column = "broaderUri" if code else "conceptUri"
            reader.refuse(
                file, line.number, column, _("il faut une entrée et celle sous laquelle elle se range.")
            )
        elif code not in reader.found:
            reader.refuse(file, line.number, "conceptUri", _("cette entrée n’est dans aucun autre fichier."))
        else:
            places.setdefault(code, []).append(parent)
    for code, parents in places.items():
        # What the files hold first, then groups, then the order of the file.
        held = [parent for parent in parents if parent in reader.found]
        groups = [parent for parent in held if reader.found[parent].group]
        parent = (groups or held or parents)[0]
        reader.found[code] = dataclasses.replace(reader.found[code], parent=parent)
    several = sum(len(set(parents)) > 1 for parents in places.values())
    if several:
        said = ngettext(
            "%(n)s entrée a plusieurs places dans les fichiers : la première est gardée.",
            "%(n)s entrées ont plusieurs places dans les fichiers : la première est gardée.",
            several,
        )
        reader.reading.notes.append(said % {"n": several})


def _read_rome(reader: _Reader, tables: _Tables) -> None:
    skills = tables.one("competences")
    assert skills is not None
    tree = tables.one("arborescence", needed=False)
    if tree is not None:
        _read_tree(reader, *tree)
    jobs = tables.one("appellations", needed=False)
    for found, mark, job in ((skills, "S", False), (jobs, "M", True)):
        if found is None:
            continue
        file, table = found
        _need(file, table, ("code_ogr", "libelle"))
        for line in table.lines:
            code = line.get("code_ogr")
            names = tuple(filter(None, [line.get("libelle_court")]))
            entry = CleanEntry(code and f"{mark}{code}", line.get("libelle"), "", names, False, job)
            reader.take(file, line, entry, "code_ogr", "libelle")
    reader.reading.notes.append(
        _(
            "Ces fichiers ne disent pas sous quelle fiche se range un savoir : l’arborescence est reprise à part."
        )
    )


def _read_tree(reader: _Reader, file: str, table: Table) -> None:
    _need(file, table, ("code_noeud", "code_pere", "libelle"))
    passed = 0
    for line in table.lines:
        if " ".join(fold(line.get("libelle_referentiel")).split()) not in ("", MAIN_TREE):
            passed += 1
            continue
        if fold(line.get("libelle_noeud")) == "racine":
            continue
        parent = line.get("code_pere")
        parent = "" if fold(parent).startswith("racine") else parent
        entry = CleanEntry(line.get("code_noeud"), line.get("libelle"), parent, (), True)
        reader.take(file, line, entry, "code_noeud", "libelle")
    if passed:
        said = ngettext(
            "%(n)s ligne d’un autre classement des mêmes fiches est laissée de côté.",
            "%(n)s lignes d’un autre classement des mêmes fiches sont laissées de côté.",
            passed,
        )
        reader.reading.notes.append(said % {"n": passed})


def _read_csv(reader: _Reader, tables: _Tables) -> None:
    if not tables.files:
        raise ValidationError(_("Donnez un fichier."))
    for file in tables.files:
        table = tables.open(file)
        missing = [
            names[0]
            for names in (COLUMNS["code"], COLUMNS["label"])
            if table.lines and not any(name in table.lines[0].cells for name in names)
        ]
        if missing:
            sentence = _("%(file)s : la colonne « %(column)s » manque.")
            raise ValidationError(sentence % {"file": file, "column": missing[0]})
        for line in table.lines:
            alternatives = line.get(*COLUMNS["alternatives"])
            code, label, parent = (line.get(*COLUMNS[name]) for name in ("code", "label", "parent"))
            names = tuple(alternatives.replace("|", ";").replace("\n", ";").split(";"))
            reader.take(file, line, CleanEntry(code, label, parent, names), "code", "label")
    parents = {entry.parent for entry in reader.found.values()}
    for code in parents & reader.found.keys():
        reader.found[code] = dataclasses.replace(reader.found[code], group=True)


_READERS: dict[str, Callable[[_Reader, _Tables], None]] = {
    FrameworkKind.ESCO: _read_esco,
    FrameworkKind.ROME: _read_rome,
    FrameworkKind.CSV: _read_csv,
}
