"""Let go of files."""

from collections.abc import Sequence

from django.db import transaction

from reciproque.library.models import Attachment
from reciproque.library.queries.files import path_of


def forget_files(files: Sequence[Attachment]) -> None:
    """Delete rows of files, then the files once the transaction holds."""
    paths = [path_of(file) for file in files]
    Attachment.objects.filter(pk__in=[file.pk for file in files]).delete()

    def unlink() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(unlink)
