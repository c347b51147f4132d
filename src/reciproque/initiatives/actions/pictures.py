"""Keep the pictures of an experiment's journal: known by their content, drawn again, out of the web's reach."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.models import LogEntry
from reciproque.initiatives.queries.experiments import picture_folder
from reciproque.kit import clock
from reciproque.library.rules.files import identify, redraw

PICTURE_MB = 10
ABANDONED_SECONDS = 24 * 3600


def keep_picture(source: Any) -> str:
    """Store a picture and return its name; refused with a sentence when it is not one, or too big."""
    token = secrets.token_hex(20)
    stored = f"{token[:2]}/{token}"
    path = picture_folder() / stored
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        left = PICTURE_MB * 1024 * 1024
        path.touch(mode=0o640)
        with path.open("wb") as out:
            while block := source.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise _refuse(_("Cette image est trop grosse : %(n)s Mo au plus.") % {"n": PICTURE_MB})
                out.write(block)
        try:
            found = identify(path)
            if found.kind != "image":
                raise _refuse(_("Joignez une image (PNG, JPEG, WebP)."))
            redraw(path, found)
        except ValidationError as error:
            raise _refuse(" ".join(error.messages)) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return stored


def _refuse(sentence: Any) -> ValidationError:
    return ValidationError({"picture": sentence})


def sweep_pictures() -> int:
    """Delete the pictures that no page knows, a day old at least: what a change undone left; return how many."""
    here = picture_folder()
    if not here.is_dir():
        return 0
    now, swept = clock.now().timestamp(), 0
    for path in here.glob("??/*"):
        stored = f"{path.parent.name}/{path.name}"
        known = LogEntry.objects.filter(picture=stored).exists()
        if now - path.stat().st_mtime > ABANDONED_SECONDS and not known:
            path.unlink(missing_ok=True)
            swept += 1
    return swept
