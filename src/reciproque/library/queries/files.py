"""Where files are kept, and how big they may be."""

from pathlib import Path

from django.conf import settings

from reciproque.library.models import Attachment


def folder() -> Path:
    """Return the folder of the files: outside what the web server shows."""
    return Path(settings.LIBRARY_FILES)


def path_of(file: Attachment) -> Path:
    """Return where a file is kept."""
    return folder() / file.stored


def most_bytes() -> int:
    """Return the size above which a file is refused."""
    return int(settings.LIBRARY_FILE_MB) * 1024 * 1024
