"""Who is there, what each agreed to; and what is noted for oneself."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reciproque.gatherings.access import get_gathering, get_participant, get_run
from reciproque.gatherings.actions import (
    ask_consents,
    confirm_entries,
    drop_entries,
    invite_guest,
    name_guest,
)
from reciproque.gatherings.queries import answer_of, entries_for, people_of
from reciproque.gatherings.rules import KEPT_DAYS, EntryState
from reciproque.kit.errors import NotThere
from reciproque.web.gatherings.forms import GuestForm, InviteForm, ShownForm
from reciproque.web.gatherings.views import either, inside, url_of
from reciproque.web.http import attempt, refuse, see, submit, tell
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.gatherings.models import Entry, Gathering, Participant


@require_safe
def people(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Show everyone of a gathering, those whose agreement is missing first."""
    gathering = get_run(request.user, gathering_id)
    request.network = gathering.network
    rows = [
        {
            "name": one.participant.display_name,
            "member": one.participant.person is not None,
            "line": person_line(one.participant.person) if one.participant.person else "",
            "noted": len(one.noted),
            "published": len(one.published),
            "coming": one.participant.answer == "yes",
            "here": one.participant.here_at is not None,
            "url": url_of("participant", gathering, one.participant.public_id),
        }
        for one in people_of(gathering)
    ]
    context = {
        "gathering": gathering,
        "rows": rows,
        "waiting": sum(1 for row in rows if row["noted"] and row["member"]),
        "kept_days": KEPT_DAYS,
        "crumbs": inside(gathering, _("Les personnes et leurs accords")),
    }
    return render(request, "gatherings/people.html", context)


@require_POST
def ask(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Ask by message those whose agreement is missing."""
    gathering = get_run(request.user, gathering_id)
    done, number = attempt(request, lambda: ask_consents(gathering, by=request.user))
    if done and number:
        said = ngettext("Le message part à %(n)s personne.", "Le message part à %(n)s personnes.", number) % {
            "n": number
        }
        tell(request, said)
    elif done:
        tell(request, _("Il n’y a personne de plus à prévenir : chacun l’a été ces deux derniers jours."))
    return see("gatherings:people", gathering_id)


def _lines(entries: list[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "entry": entry,
            "noted": entry.state == EntryState.NOTED,
            "post_url": reverse("posts:post", args=[entry.post.public_id]) if entry.post else "",
        }
        for entry in entries
    ]


@either
def participant(request: HttpRequest, gathering_id: str, participant_id: str) -> HttpResponse:
    """Note somebody's spoken agreement and publish what they said; say who a guest is, or invite them."""
    gathering = get_run(request.user, gathering_id)
    request.network = gathering.network
    row = get_participant(gathering, participant_id)
    forms: dict[str, Any] = {
        "guest_form": GuestForm(prefix="guest"),
        "invite_form": InviteForm(initial={"email": row.email}, prefix="invite"),
    }
    status = 200
    if request.method == "POST":
        answer = _settle(request, gathering, row, forms)
        if answer is not None:
            return answer
        status = 422
    lines = _lines(entries_for(row))
    context = {
        "gathering": gathering,
        "participant": row,
        "name": row.display_name,
        "first_name": row.person.first_name if row.person else row.name,
        "line": person_line(row.person) if row.person else "",
        "lines": lines,
        "noted": any(line["noted"] for line in lines),
        "shown_form": ShownForm(initial={"shown": row.shown}),
        "outsider": _letter(request, gathering, row),
        "kept_days": KEPT_DAYS,
        "crumbs": inside(gathering, row.display_name),
        **forms,
    }
    return render(request, "gatherings/participant.html", context, status=status)


def _settle(
    request: HttpRequest, gathering: Gathering, row: Participant, forms: dict[str, Any]
) -> HttpResponse | None:
    """Do what was pressed; None when a form is to be mended."""
    act = request.POST.get("act", "")
    if act == "name":
        form = forms["guest_form"] = GuestForm(request.POST, prefix="guest")
        done, named = submit(form, lambda values: name_guest(row, values["who"], by=request.user))
        return see(url_of("participant", gathering, named.public_id)) if done else None
    if act == "invite":
        form = forms["invite_form"] = InviteForm(request.POST, prefix="invite")
        done, person = submit(form, lambda values: invite_guest(row, values["email"], by=request.user))
        if not done:
            return None
        if person is not None:
            tell(request, _("L’invitation part par message."))
            return see("gatherings:people", gathering.public_id)
        return see(url_of("participant", gathering, row.public_id))
    _agree(request, row)
    return see(url_of("participant", gathering, row.public_id))


def _agree(request: HttpRequest, row: Participant) -> None:
    ids, act = request.POST.getlist("entry"), request.POST.get("act", "")
    try:
        if act == "drop":
            drop_entries(row, ids, by=request.user)
            tell(request, _("C’est effacé, sans trace."))
            return
        if request.POST.get("agreed") != "yes" and row.person_id != request.user.pk:
            raise ValidationError(_("Cochez que la personne est là et qu’elle est d’accord."))
        done = confirm_entries(row, ids, by=request.user, shown=request.POST.get("shown", ""))
        tell(
            request,
            ngettext("%(n)s annonce est publiée.", "%(n)s annonces sont publiées.", len(done))
            % {"n": len(done)},
        )
    except ValidationError as error:
        refuse(request, error)


def _letter(request: HttpRequest, gathering: Gathering, row: Participant) -> str:
    """Return the ready-made letter to somebody who is not in the directory, to be sent from one's own mailbox."""
    if not row.email or row.person_id is not None:
        return ""
    address = request.build_absolute_uri(reverse("join:network", args=[gathering.network.slug]))
    words = {"network": gathering.network.name, "title": gathering.title, "url": address}
    subject = _("Le réseau « %(network)s »") % words
    body = _(
        "Bonjour,\n\nNous nous sommes vus à « %(title)s ». "
        "Pour rejoindre le réseau « %(network)s » : %(url)s\n\nÀ bientôt"
    )
    return f"mailto:{quote(row.email)}?subject={quote(subject)}&body={quote(body % words)}"


@either
def mine(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Show what is noted for the reader: publish what they agree to, erase the rest."""
    gathering = get_gathering(request.user, gathering_id)
    request.network = gathering.network
    row = answer_of(request.user, gathering)
    if request.method == "POST":
        if row is None:
            raise NotThere
        _agree(request, row)
        return see("gatherings:mine", gathering_id)
    lines = _lines(entries_for(row)) if row else []
    end = gathering.closed_at or gathering.ends_at
    context = {
        "gathering": gathering,
        "lines": lines,
        "noted": any(line["noted"] for line in lines),
        "shown_form": ShownForm(initial={"shown": row.shown if row else "none"}),
        "until": end + dt.timedelta(days=KEPT_DAYS),
        "crumbs": inside(gathering, _("Ce qui est noté pour vous")),
    }
    return render(request, "gatherings/mine.html", context)
