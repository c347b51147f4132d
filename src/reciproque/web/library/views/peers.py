"""Say what one thinks of a sheet, and write a word to its author alone."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reciproque.exchanges.queries import thread_messages
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import new_id
from reciproque.library.access import can_rate, can_read, get_readable, get_talk
from reciproque.library.actions import rate_sheet, write_in_talk, write_to_author
from reciproque.web.http import refuse, see, submit, tell
from reciproque.web.library.forms import RatingForm, WordForm
from reciproque.web.library.views.shelves import crumbs


@require_POST
def rate(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Take a peer's opinion of a sheet."""
    sheet = get_readable(request.user, sheet_id)
    form = RatingForm(request.POST)
    done, _rating = submit(
        form,
        lambda values: rate_sheet(sheet, by=request.user, relevance=values["relevance"], used=values["used"]),
    )
    if done:
        tell(request, _("Merci, c’est noté."))
    elif form.errors:
        refuse(request, ValidationError([text for errors in form.errors.values() for text in errors]))
    return see(reverse("library:sheet", args=[sheet_id]) + "#opinions")


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Write a first word about a sheet to the one who keeps it."""
    sheet = get_readable(request.user, sheet_id)
    request.network = sheet.network
    if not can_rate(request.user, sheet):
        raise NotThere
    form = WordForm(request.POST or None, initial={"key": new_id()})
    if request.method == "POST":
        done, opened = submit(
            form, lambda values: write_to_author(sheet, values["text"], by=request.user, key=values["key"])
        )
        if done:
            tell(request, _("Votre mot est envoyé. Vous deux seulement pouvez le lire."))
            return see("library:talk", opened.public_id)
    context = {
        "sheet": sheet,
        "form": form,
        "crumbs": crumbs(
            sheet.network.slug,
            (str(sheet), reverse("library:sheet", args=[sheet_id])),
            _("Un mot à l’auteur"),
        ),
    }
    return render(request, "library/write.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def talk(request: HttpRequest, talk_id: str) -> HttpResponse:
    """Show the conversation of two people about a sheet; add to it."""
    row = get_talk(request.user, talk_id)
    request.network = row.sheet.network
    form = WordForm(request.POST or None, initial={"key": new_id()})
    if request.method == "POST":
        done, _talk = submit(
            form, lambda values: write_in_talk(row, values["text"], by=request.user, key=values["key"])
        )
        if done:
            return see("library:talk", talk_id)
    other = row.author if request.user.pk == row.reader_id else row.reader
    shown = {
        row.reader_id: row.reader.display_name,
        row.author_id: row.author_as or row.author.display_name,
    }
    said = [
        {
            "author": shown.get(message.author_id, ""),
            "at": message.written_at,
            "text": message.text,
            "mine": message.author_id == request.user.pk,
        }
        for message in thread_messages(row.thread, request.user)
        if message.removed_at is None
    ]
    readable = can_read(request.user, row.sheet)
    title = str(row.sheet) if readable else _("Fiche retirée")
    context = {
        "title": title,
        "name": shown[other.pk],
        "said": said,
        "form": form,
        "crumbs": crumbs(
            row.sheet.network.slug,
            (title, reverse("library:sheet", args=[row.sheet.public_id])),
            _("Conversation"),
        ),
    }
    return render(request, "library/talk.html", context, status=422 if form.errors else 200)
