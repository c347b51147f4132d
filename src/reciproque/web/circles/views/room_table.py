"""One laptop, nine people around it: what the facilitator notes for the whole table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from reciproque.circles.access import get_session
from reciproque.circles.actions import record_interests
from reciproque.circles.queries import Room, room_of
from reciproque.kit.errors import NotThere
from reciproque.web.circles.forms.room import InterestsForm
from reciproque.web.circles.views import either
from reciproque.web.circles.views.room import crumbs, url_of
from reciproque.web.http import see, submit, tell


@either
def room_interests(request: HttpRequest, session_id: str) -> HttpResponse:
    """Note for the whole table what interests whom: one laptop, nine people around it."""
    session = get_session(request.user, session_id)
    request.network = session.circle.network
    shown = room_of(session, request.user)
    if not shown.facilitates:
        raise NotThere
    form = InterestsForm(
        request.POST if request.method == "POST" else None, subjects=_questions(shown), auto_id="i_%s"
    )
    if request.method == "POST":

        def note(_values: dict[str, Any]) -> None:
            ticked, unticked = form.changes()
            record_interests(session, by=request.user, ticked=ticked, unticked=unticked)

        done, _result = submit(form, note)
        if done:
            tell(request, _("Les intérêts sont notés."))
            return see("circles:room", session.public_id)
    context = {
        "form": form,
        "session": session,
        "silent": shown.silent,
        "crumbs": crumbs(session, _("Les intérêts de la table")),
        "back": url_of("room", session),
    }
    return render(request, "circles/room_interests.html", context, status=422 if form.is_bound else 200)


def _questions(shown: Room) -> list[tuple[str, str, list[tuple[str, str]], list[str]]]:
    """Return the subjects with everyone whom they could interest, their author aside."""
    found = []
    for row in shown.proposals:
        others = [seat.person for seat in shown.members if seat.person_id != row.subject.person_id]
        label = _("%(name)s : « %(words)s »") % {
            "name": row.subject.person.display_name,
            "words": row.subject.words,
        }
        ticked = [person.public_id for person in others if person.pk in row.interested]
        found.append((row.subject.public_id, label, [(p.public_id, p.display_name) for p in others], ticked))
    return found
