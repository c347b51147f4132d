"""Join files to a sheet, fetch them, take them off."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.kit.errors import NotThere
from reciproque.library.access import get_file, get_own_sheet
from reciproque.library.actions import attach_file, remove_file
from reciproque.library.queries import path_of
from reciproque.library.rules import SheetState
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.library.forms import FileForm

# Opened by itself, a file is alone in an empty room: it runs nothing, fetches nothing, and is nobody's page.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@require_POST
def files(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Join one file to a sheet of one's own."""
    sheet = get_own_sheet(request.user, sheet_id)
    form = FileForm(request.POST, request.FILES)
    done, _file = submit(
        form,
        lambda values: attach_file(sheet, values["file"], values["file"].name or "", by=request.user),
    )
    if done:
        tell(request, _("Le fichier est joint."))
    else:
        for errors in form.errors.values():
            for sentence in errors:
                messages.error(request, sentence)
    page = "library:edit" if sheet.state == SheetState.DRAFT else "library:sheet"
    return see(reverse(page, args=[sheet_id]) + "#files")


@require_safe
def file(request: HttpRequest, sheet_id: str, file_id: str) -> HttpResponse:
    """Give a file to who may read its sheet, never to be opened as a page of ours."""
    row = get_file(request.user, sheet_id, file_id)
    path = path_of(row)
    if not path.is_file():
        raise NotThere
    answer = FileResponse(
        path.open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@require_POST
def remove(request: HttpRequest, sheet_id: str, file_id: str) -> HttpResponse:
    """Take a file off a sheet of one's own."""
    sheet = get_own_sheet(request.user, sheet_id)
    row = get_file(request.user, sheet_id, file_id)
    attempt(request, lambda: remove_file(row, by=request.user), _("Le fichier est retiré."))
    page = "library:edit" if sheet.state == SheetState.DRAFT else "library:sheet"
    return see(reverse(page, args=[sheet_id]) + "#files")
