"""Join files to a sheet: checked by their content, drawn again, scanned, kept out of the web's reach."""

from __future__ import annotations

import logging
import secrets
import shlex
import subprocess
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.library.access import can_write
from reciproque.library.actions.drafts import check_unguarded
from reciproque.library.actions.storage import forget_files
from reciproque.library.models import Attachment, Sheet
from reciproque.library.queries.files import folder, most_bytes
from reciproque.library.rules import MAX_FILES, SheetState
from reciproque.library.rules.files import clean_name, identify, redraw, refuse
from reciproque.people.models import Person

logger = logging.getLogger(__name__)
SCAN_SECONDS = 120
ABANDONED_SECONDS = 24 * 3600


class Readable(Protocol):
    """What a file is read from."""

    def read(self, size: int = ..., /) -> bytes: ...


def attach_file(sheet: Sheet, source: Readable, name: str, *, by: Person, agreed: bool = False) -> Attachment:
    """Join a file to a sheet: what its content is decides, not its name; refused with a sentence otherwise."""
    if not can_write(by, sheet):
        raise PermissionDenied
    check_unguarded(sheet, agreed=agreed or sheet.state == SheetState.DRAFT)
    _check_count(sheet)
    token = secrets.token_hex(20)
    path = folder() / token[:2] / token
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _copy(source, path)
        _scan(path)
        found = identify(path)
        if found.kind == "image":
            found = redraw(path, found)
        with transaction.atomic():
            # Two files sent at the same instant are counted one after the other; and what happened to the sheet
            # while this one was copied and scanned is read again.
            sheet = _as_it_is(sheet.pk, by=by, agreed=agreed)
            _check_count(sheet)
            file = Attachment.objects.create(
                sheet=sheet,
                name=clean_name(name, found.extension),
                kind=found.kind,
                content_type=found.content_type,
                size=path.stat().st_size,
                stored=f"{token[:2]}/{token}",
                added_by=by,
                added_at=clock.now(),
            )
            _note(sheet, by)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return file


def _as_it_is(pk: int, *, by: Person, agreed: bool) -> Sheet:
    """Lock a sheet and return it, if this person may still change its files."""
    sheet = Sheet.objects.select_for_update(of=("self",)).select_related("network").filter(pk=pk).first()
    if sheet is None or not can_write(by, sheet):
        raise PermissionDenied
    check_unguarded(sheet, agreed=agreed or sheet.state == SheetState.DRAFT)
    return sheet


def _note(sheet: Sheet, by: Person) -> None:
    Sheet.objects.filter(pk=sheet.pk).update(changed_at=clock.now())
    if sheet.state == SheetState.PUBLISHED:
        record("sheet.files_changed", sheet, by=by, network=sheet.network, title=sheet.title)


def _check_count(sheet: Sheet) -> None:
    if sheet.files.count() >= MAX_FILES:
        raise refuse(_("Dix fichiers au plus par fiche. Retirez-en un avant d’en ajouter."))


def _copy(source: Readable, path: Path) -> None:
    left = most_bytes()
    path.touch(mode=0o640)
    with path.open("wb") as out:
        while block := source.read(1 << 20):
            left -= len(block)
            if left < 0:
                sentence = _("Ce fichier est trop gros : %(n)s Mo au plus.") % {"n": settings.LIBRARY_FILE_MB}
                raise refuse(sentence)
            out.write(block)


def _scan(path: Path) -> None:
    """Have the antivirus of the installation look at a file, if it has one; what was not looked at is not kept."""
    if not settings.LIBRARY_SCAN:
        return
    try:
        done = subprocess.run(
            [*shlex.split(settings.LIBRARY_SCAN), str(path)],
            capture_output=True,
            timeout=SCAN_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        logger.exception("the antivirus %r could not look at a file", settings.LIBRARY_SCAN)
        raise refuse(_("L’antivirus n’a pas pu vérifier ce fichier. Essayez à nouveau plus tard.")) from None
    if done.returncode == 1:
        raise refuse(
            _("L’antivirus a trouvé quelque chose de dangereux dans ce fichier : il n’est pas gardé.")
        )
    if done.returncode:
        logger.error("the antivirus %r failed: %s", settings.LIBRARY_SCAN, done.stderr[:500])
        raise refuse(_("L’antivirus n’a pas pu vérifier ce fichier. Essayez à nouveau plus tard."))


@transaction.atomic
def remove_file(file: Attachment, *, by: Person, agreed: bool = False) -> None:
    """Take a file off a sheet, for good."""
    sheet = _as_it_is(file.sheet_id, by=by, agreed=agreed)
    alone = not sheet.files.filter(kind__in=["audio", "video"]).exclude(pk=file.pk).exists()
    if sheet.is_open and sheet.kind == "media" and file.kind in ("audio", "video") and alone:
        raise ValidationError(_("Sans ce fichier, il ne resterait rien : retirez plutôt la fiche."))
    forget_files([file])
    _note(sheet, by)


def sweep_files() -> int:
    """Delete the files that no row knows, a day old at least: what an interrupted upload left; return how many."""
    here = folder()
    if not here.is_dir():
        return 0
    now, swept = clock.now().timestamp(), 0
    for path in here.glob("??/*"):
        stored = f"{path.parent.name}/{path.name}"
        if now - path.stat().st_mtime > ABANDONED_SECONDS and not _known(stored):
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _known(stored: str) -> bool:
    return Attachment.objects.filter(stored=stored).exists()
