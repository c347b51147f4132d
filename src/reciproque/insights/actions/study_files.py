"""The files of a study, written once and kept in pieces."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext

from reciproque.insights.models import Study, StudyPart
from reciproque.insights.queries.studies import codebook_of
from reciproque.insights.rules.studies import Sheet
from reciproque.kit.tables import write_csv

_PIECE = 256 * 1024
_SPOOLED = 8 * 1024 * 1024
# Always the same: when a file was made is nobody’s matter.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def keep_files(study: Study, sheets: list[Sheet]) -> tuple[int, str]:
    """Write the files of a study in the place of any other; return their size and their mark."""
    with tempfile.SpooledTemporaryFile(_SPOOLED) as out:
        _write(out, study, sheets)
        return _keep(study, out)


def pieces_of(study: Study) -> Iterator[bytes]:
    """Return the files of a study, piece by piece."""
    for part in StudyPart.objects.filter(study=study).order_by("number").iterator(chunk_size=4):
        yield bytes(part.data)


def _write(out: IO[bytes], study: Study, sheets: list[Sheet]) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, translation.override("fr"):
        for sheet in sheets:
            _add(archive, f"{sheet.name}.csv", [column.name for column in sheet.columns], sheet.rows)
        meanings = codebook_of(sheets, study.grains)
        columns = [
            gettext("fichier"),
            gettext("colonne"),
            gettext("sens"),
            gettext("arrondi"),
            gettext("codes"),
        ]
        rows = [(one.sheet, one.column, one.says, one.rounded, one.codes) for one in meanings]
        _add(archive, "codebook.csv", columns, rows)
        archive.writestr(_entry("lisez-moi.txt"), _read_me(study))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _add(archive: zipfile.ZipFile, name: str, columns: list[str], rows: Iterable[Any]) -> None:
    with archive.open(_entry(name), "w", force_zip64=True) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        write_csv(text, columns, rows)
        text.flush()
        text.detach()


def _read_me(study: Study) -> str:
    return gettext(
        "%(title)s\n\n"
        "Ces fichiers sont confiés à %(researcher)s (%(institution)s), pour cette étude seulement, jusqu’au "
        "%(until)s. Les personnes n’y ont pas de nom ; ce sont pourtant toujours des données personnelles : elles "
        "ne se croisent avec rien d’autre, ne se publient pas, et s’effacent à cette date.\n"
        "Aucune combinaison des colonnes que l’on peut connaître d’ailleurs n’est portée par moins de cinq "
        "personnes. L’ordre des lignes est tiré au sort. Le sens de chaque colonne est dans codebook.csv.\n"
    ) % {
        "title": study.title,
        "researcher": study.researcher,
        "institution": study.institution,
        "until": study.until.isoformat(),
    }


def _keep(study: Study, out: IO[bytes]) -> tuple[int, str]:
    StudyPart.objects.filter(study=study).delete()
    out.seek(0)
    digest, size, number = hashlib.sha256(), 0, 0
    while piece := out.read(_PIECE):
        StudyPart.objects.create(study=study, number=number, data=piece)
        digest.update(piece)
        size += len(piece)
        number += 1
    return size, digest.hexdigest()
