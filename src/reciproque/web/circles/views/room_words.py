"""What is written in the room of a session: what was tried and learned, the shared page, one's own notes, the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.circles.access import get_session, get_shared
from reciproque.circles.actions import (
    Overwritten,
    add_lead,
    say_learning,
    tell_lead,
    write_note,
    write_page,
)
from reciproque.circles.queries import flagged, note_of, notes_of, room_of, sheet_of
from reciproque.web.circles.forms.room import LeadForm, LearningForm, NoteForm, PageForm
from reciproque.web.circles.views.room import (
    crumbs,
    lead_of,
    live_context,
    show_room,
    spoken,
    told_form,
    url_of,
)
from reciproque.web.http import put_errors, see, submit, tell
from reciproque.web.parts.training import training_panel

if TYPE_CHECKING:
    from reciproque.circles.models import Session


# -- what is tried and learned ------------------------------------------------------------------------------------


@require_POST
def room_lead(request: HttpRequest, session_id: str) -> HttpResponse:
    """Note something that will be tried."""
    session = get_session(request.user, session_id)
    return spoken(
        request,
        session,
        "lead",
        LeadForm,
        lambda person, values: add_lead(session, by=request.user, person=person, **values),
        _("C’est noté : la question sera reposée à la prochaine séance."),
    )


@require_POST
def room_learning(request: HttpRequest, session_id: str) -> HttpResponse:
    """Say what one learned."""
    session = get_session(request.user, session_id)
    return spoken(
        request,
        session,
        "learning",
        LearningForm,
        lambda person, values: say_learning(session, by=request.user, person=person, **values),
        _("Merci, c’est noté."),
    )


@require_POST
def room_tell(request: HttpRequest, session_id: str) -> HttpResponse:
    """Tell what became of something one meant to try."""
    session = get_session(request.user, session_id)
    shown = room_of(session, request.user)
    lead = lead_of([*shown.to_tell, *shown.told], request.POST.get("lead", ""))
    form = told_form(lead, request.POST)
    done, _result = submit(
        form,
        lambda values: tell_lead(
            lead, by=request.user, session=session, state=values["state"], gave=values["gave"]
        ),
    )
    if getattr(request, "htmx", False):
        row = {"lead": lead, "form": form, "done": _("C’est noté.") if done else ""}
        context = {"row": row, "session": session}
        return render(request, "circles/room_told.html", context, status=200 if done else 422)
    if done:
        tell(request, _("C’est noté."))
        return see(url_of("room", session) + "#told")
    return show_room(request, session, 422, told_forms=[{"lead": lead, "form": form}])


# -- the shared page ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def room_page(request: HttpRequest, session_id: str) -> HttpResponse:
    """Read and write the page that the group shares; of two who write at once, nobody loses a line."""
    session = get_session(request.user, session_id)
    request.network = session.circle.network
    theirs, status = "", 200
    if request.method == "POST":
        form = PageForm(request.POST)
        if form.is_valid():
            try:
                write_page(session, by=request.user, **form.cleaned_data)
            except Overwritten as error:
                # Both texts are shown; saving again from this page keeps what is in the field.
                theirs, values = session.page, {**form.cleaned_data, "version": session.page_version}
                form = PageForm(values)
                form.is_valid()
                put_errors(form, error)
            except ValidationError as error:
                put_errors(form, error)
            else:
                tell(request, _("La page est enregistrée."))
                return see("circles:room_page", session.public_id)
        status = 422
    else:
        form = PageForm(initial={"words": session.page, "version": session.page_version})
    context = {
        **live_context(room_of(session, request.user)),
        "alone": True,
        "form": form,
        "theirs": theirs,
        "flags": _flags(form["words"].value() or "", session),
        "crumbs": crumbs(session, _("La page du groupe")),
        "back": url_of("room", session),
    }
    return render(request, "circles/room_page.html", context, status=status)


def _flags(text: str, session: Session) -> list[dict[str, Any]]:
    """Return what could tell an outsider who it is about, each wording once."""
    said = {"person": _("une personne"), "unit": _("un service"), "site": _("un site")}
    seen: dict[tuple[str, str], int] = {}
    for flag in flagged(text, session.circle.network):
        key = (flag.words, str(flag.kind))
        seen[key] = seen.get(key, 0) + 1
    return [
        {"words": words, "kind": said.get(kind, kind), "times": times}
        for (words, kind), times in seen.items()
    ]


# -- one's own notes ------------------------------------------------------------------------------------------------


@sensitive_variables("form", "words")
def _keep_note(request: HttpRequest, session: Session) -> tuple[NoteForm, str]:
    form = NoteForm(request.POST)
    since = {"since": request.POST["since"]} if "since" in request.POST else {}
    done, mark = submit(
        form,
        lambda values: write_note(
            session, by=request.user, words=values["words"], erase="erase" in request.POST, **since
        ),
    )
    return form, mark if done else ""


@require_POST
@sensitive_post_parameters("words")
def room_note(request: HttpRequest, session_id: str) -> HttpResponse:
    """Seal what one writes for oneself."""
    session = get_session(request.user, session_id)
    form, _mark = _keep_note(request, session)
    if form.has_error(NON_FIELD_ERRORS, "overwritten"):
        # Saving again from this page keeps what is in the field.
        saved, data = note_of(session, request.user), form.data.copy()
        data["since"] = saved.mark
        form.data = data
        return show_room(request, session, 422, note_form=form, note_theirs=saved.words)
    if form.errors:
        return show_room(request, session, 422, note_form=form)
    erased = "erase" in request.POST
    tell(request, _("Vos notes sont effacées.") if erased else _("Vos notes sont enregistrées."))
    return see(url_of("room", session) + "#notes")


@require_POST
@sensitive_post_parameters("words")
def room_note_kept(request: HttpRequest, session_id: str) -> HttpResponse:
    """Seal what one writes for oneself as one types; nothing to show."""
    form, mark = _keep_note(request, get_session(request.user, session_id))
    response = HttpResponse(status=409 if form.errors else 204)
    if not form.errors:
        response.headers["X-Since"] = mark
    return response


@require_safe
def room_notes(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Show one's own notes of a group, or hand them as a text file to keep elsewhere."""
    circle = get_shared(request.user, circle_id)
    request.network = circle.network
    notes = notes_of(circle, request.user)
    if "file" in request.GET:
        response = HttpResponse(_as_text(notes), content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="notes.txt"'
        response.headers["Cache-Control"] = "no-store, private"
        return response
    return render(request, "circles/room_notes.html", {"circle": circle, "notes": notes})


def _as_text(notes: list[Any]) -> str:
    said = [f"{note.session.label}\n\n{note.words}\n" for note in notes if note.words is not None]
    return "\n".join(said)


# -- the sheet --------------------------------------------------------------------------------------------------------


@require_safe
def room_sheet(request: HttpRequest, session_id: str) -> HttpResponse:
    """Show what a session leaves to its group, on paper."""
    session = get_session(request.user, session_id)
    request.network = session.circle.network
    context = {
        "sheet": sheet_of(session),
        "session": session,
        "circle": session.circle,
        "training": training_panel(request.user, "session", session.public_id),
        "crumbs": crumbs(session, _("La feuille de la séance")),
    }
    return render(request, "circles/room_sheet.html", context)
