"""What is expected of me, my meetings, their dates, my calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.agenda.access import get_meeting, get_slot
from reciproque.agenda.actions import (
    accept_slot,
    close_feed,
    fix_date,
    give_calendar,
    open_feed,
    propose_slots,
    read_again,
    withdraw_calendar,
)
from reciproque.agenda.queries import (
    busy_calendar_of,
    busy_of,
    calendar_entry,
    coming_meetings,
    feed_of,
    feeds_of,
    groups_of,
    live_meeting,
    past_meetings,
    shown_meeting,
    steps_about,
    steps_of,
    taken_at,
)
from reciproque.agenda.rules import LIVE_MEETING, MeetingKind, MeetingState
from reciproque.exchanges.access import get_exchange, get_introduction
from reciproque.exchanges.actions import call_off_meeting, say_held
from reciproque.gatherings.queries import coming_gatherings
from reciproque.kit import clock
from reciproque.kit import ics as files
from reciproque.kit.errors import NotThere
from reciproque.surveys.queries import still_awaited
from reciproque.web.agenda.forms import CalendarForm, CancelForm, FixForm, HeldForm, ProposeForm
from reciproque.web.http import attempt, back, see, submit, tell
from reciproque.web.parts.meetings import about_url, busy_around, say_taken, view_meeting
from reciproque.web.parts.steps import describe, expectations

PAST = dt.timedelta(days=31)
SHOWN, MOST_SHOWN = dt.timedelta(days=14), 40
SUBJECTS = {"introduction": get_introduction, "exchange": get_exchange}


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """Show what is expected of me, my meetings to come and of the past month, my calendar address."""
    person, now = request.user, clock.now()
    feed = feed_of(person)
    context = {
        "steps": [describe(step) for step in still_awaited(person, steps_of(person))],
        "coming": sorted(
            [_leaf(row, person) for row in coming_meetings(person, now)]
            + [_gathering_leaf(row) for row in coming_gatherings(person, now)],
            key=lambda leaf: leaf["at"],
        ),
        "past": [_leaf(row, person) for row in past_meetings(person, now - PAST, now)],
        "feed": feed,
        "feed_url": _feed_url(request, feed),
    }
    return render(request, "agenda/agenda.html", context)


def _feed_url(request: HttpRequest, feed: Any) -> str:
    """Return a private address on the site where the person is, the one their other programs reach too."""
    return request.build_absolute_uri(reverse("api:feed", args=[feed.secret])) if feed else ""


def _leaf(row: Any, reader: Any) -> dict[str, Any]:
    view = view_meeting(row, reader)
    detail = [_("avec %(names)s") % {"names": view.others} if view.others else "", *view.elsewhere]
    if not view.live:
        detail.append(view.state_label)
    return {
        "at": view.starts_at,
        "title": view.title,
        "url": view.url,
        "place": view.place or view.mode_label,
        "detail": " · ".join(bit for bit in detail if bit),
        "tone": view.tone,
    }


def _gathering_leaf(row: Any) -> dict[str, Any]:
    return {
        "at": row.starts_at,
        "title": row.title,
        "url": reverse("gatherings:gathering", args=[row.public_id]),
        "place": row.place,
        "detail": str(row.get_kind_display()),
        "tone": "",
    }


class _Subject:
    """What a meeting is about, by kind and identifier: the steps of its subject are those of the meeting."""

    def __init__(self, row: Any) -> None:
        self.subject_kind, self.public_id = row.subject_kind, row.subject_id


@require_POST
def feed(request: HttpRequest) -> HttpResponse:
    """Make a new private calendar address (the former one stops), or withdraw it; of everything or of one group."""
    kind, subject_id = request.POST.get("kind", ""), request.POST.get("subject", "")
    group = next(
        (row for row in groups_of(request.user) if (row.subject_kind, row.public_id) == (kind, subject_id)),
        None,
    )
    if kind and group is None:
        raise NotThere
    if request.POST.get("do") == "close":
        close_feed(request.user, by=request.user, group=group)
        tell(
            request,
            _("Cette adresse ne répond plus.") if group else _("L’adresse de votre agenda ne répond plus."),
        )
    else:
        open_feed(request.user, by=request.user, group=group)
        tell(
            request,
            _("Voici l’adresse de l’agenda de ce groupe. Elle est personnelle : ne la transmettez pas.")
            if group
            else _("Voici l’adresse de votre agenda. Elle est personnelle : ne la transmettez pas."),
        )
    return back(request, reverse("agenda:agenda") + "#feed")


@require_http_methods(["GET", "POST"])
def calendars(request: HttpRequest) -> HttpResponse:
    """Link my calendars: those that read my meetings, and the one of which busy hours are read."""
    do, here = request.POST.get("do", ""), reverse("agenda:calendars") + "#busy"
    if do == "withdraw":
        withdraw_calendar(request.user, by=request.user)
        tell(request, _("L’adresse est oubliée, et tout ce qui en avait été lu."))
        return see(here)
    if do == "read":
        done, row = attempt(request, lambda: read_again(request.user, by=request.user))
        if done and row and not row.problem:
            tell(request, _("Votre agenda vient d’être lu."))
        return see(here)
    form = CalendarForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _row = submit(form, lambda values: give_calendar(request.user, values["url"], by=request.user))
        if done:
            tell(request, _("Votre agenda est lu. Les dates déjà prises vous seront signalées."))
            return see(here)
    return _calendars_page(request, form, 422 if request.method == "POST" else 200)


def _calendars_page(request: HttpRequest, form: Any, status: int) -> HttpResponse:
    person, now = request.user, clock.now()
    feeds = {(row.subject_kind, row.subject_id): row for row in feeds_of(person)}
    given = busy_calendar_of(person)
    context = {
        "feed_url": _feed_url(request, feeds.get(("", ""))),
        "groups": [
            {
                "kind": row.subject_kind,
                "id": row.public_id,
                "title": row.title,
                "feed_url": _feed_url(request, feeds.get((row.subject_kind, row.public_id))),
            }
            for row in groups_of(person)
        ],
        "given": given,
        # The rest of such an address is a key: it is not shown, even to its owner.
        "given_site": urlsplit(given.url).hostname if given else "",
        "busy": busy_of(person, now, now + SHOWN)[:MOST_SHOWN] if given else [],
        "form": form,
    }
    return render(request, "agenda/calendars.html", context, status=status)


def _page(request: HttpRequest, row: Any, status: int = 200, **bound: Any) -> HttpResponse:
    request.network = row.network
    shown = shown_meeting(row)
    view = view_meeting(shown, request.user, busy_around(shown, request.user))
    opened = next((name for name in ("propose", "fix", "held") if name in bound), request.GET.get("do", ""))
    about = _("La mise en relation") if view.is_introduction else _("L’échange")
    context = {
        "meeting": view,
        "crumbs": [
            {"label": _("Échanges"), "url": reverse("exchanges:mine")},
            {"label": about, "url": view.subject_url},
            {"label": _("La rencontre")},
        ],
        "expected": expectations(steps_about(_Subject(row)), request.user),
        "show_panel": view.fixed or view.slots,
        "opened": opened in ("propose", "fix"),
        "open_propose": opened == "propose" or not (view.fixed or view.slots or opened),
        "open_fix": opened == "fix",
        "open_held": opened == "held",
        "propose_title": _("Déplacer la rencontre") if view.fixed else _("Proposer des dates"),
        "fix_title": _("Corriger la rencontre") if view.fixed else _("Une date est déjà convenue"),
        "taken": bound.get("taken", False),
        "propose_form": bound.get("propose") or ProposeForm(meeting=row, prefix="propose"),
        "fix_form": bound.get("fix") or FixForm(meeting=row, prefix="fix"),
        "held_form": bound.get("held") or HeldForm(),
    }
    return render(request, "agenda/meeting.html", context, status=status)


@require_safe
def meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Show a meeting with all that may be done about its date; a session of a group has its own page."""
    row = get_meeting(request.user, meeting_id)
    return redirect(about_url(row)) if row.kind == MeetingKind.GROUP else _page(request, row)


def _datable(request: HttpRequest, meeting_id: str) -> Any:
    """Return a meeting whose people settle its date; the sessions of a group are its facilitator's to move."""
    row = get_meeting(request.user, meeting_id)
    if row.kind == MeetingKind.GROUP:
        raise NotThere
    return row


def _subject_url(row: Any) -> str:
    return about_url(row)


@require_POST
def propose(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Propose up to three dates; those proposed before are set aside."""
    row = _datable(request, meeting_id)
    form = ProposeForm(request.POST, meeting=row, prefix="propose")
    if "anyway" not in request.POST and _mark_taken(form, row, request.user):
        return _page(request, row, 422, propose=form, taken=True)
    done, _slots = submit(
        form, lambda values: propose_slots(row, values["starts"], by=request.user, **form.how)
    )
    if not done:
        return _page(request, row, 422, propose=form)
    tell(request, _("Vos dates sont proposées. Vous saurez dès que l’une d’elles convient."))
    return see(_subject_url(row))


def _mark_taken(form: ProposeForm, row: Any, person: Any) -> bool:
    """Say beside each date proposed that one's own calendar is taken then; tell whether there is one."""
    if not form.is_valid() or not form.cleaned_data["starts"]:
        return False
    minutes, starts = form.cleaned_data["minutes"], form.cleaned_data["starts"]
    busy = busy_of(person, min(starts), max(starts) + dt.timedelta(minutes=minutes), but=row)
    marked = False
    for bound in form.moments:
        start = form.cleaned_data.get(bound.name)
        taken = taken_at(busy, start, minutes) if start else None
        if taken:
            form.add_error(bound.name, say_taken(taken, person.time_zone).capitalize() + ".")
            marked = True
    return marked


@require_POST
def accept(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Say that one of the proposed dates suits."""
    row = _datable(request, meeting_id)
    chosen = request.POST.get("slot", "")
    if not chosen:
        tell(request, _("Choisissez une des dates, ou proposez-en d’autres."))
        return see("agenda:meeting", meeting_id)
    slot = get_slot(request.user, chosen)
    done, after = attempt(request, lambda: accept_slot(slot, by=request.user))
    if done and after.state == MeetingState.FIXED:
        tell(request, _("La date est fixée. L’invitation est dans votre messagerie et dans votre agenda."))
    elif done:
        tell(request, _("C’est noté. La date sera fixée quand elle conviendra à tout le monde."))
    return back(request, _subject_url(row))


@require_POST
def fix(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Fix a date already agreed by telephone, or correct where and how."""
    row = _datable(request, meeting_id)
    form = FixForm(request.POST, meeting=row, prefix="fix")
    done, _row = submit(form, lambda values: fix_date(row, values["starts_at"], by=request.user, **form.how))
    if not done:
        return _page(request, row, 422, fix=form)
    tell(request, _("La date est fixée. Les autres la reçoivent avec l’invitation."))
    return see(_subject_url(row))


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Cancel a meeting with a reason; another date is expected, since what it was for goes on."""
    row = _datable(request, meeting_id)
    request.network = row.network
    if row.state not in LIVE_MEETING:
        return see(_subject_url(row))
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _row = submit(
            form, lambda values: call_off_meeting(row, by=request.user, reason=values["reason"])
        )
        if done:
            tell(request, _("La rencontre est annulée. Les autres lisent votre raison."))
            return see(_subject_url(row))
    context = {
        "meeting": view_meeting(shown_meeting(row), request.user),
        "form": form,
        "cancel_url": request.path,
    }
    return render(request, "agenda/cancel.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def held(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Say whether a meeting took place: finished, another one to come, or not."""
    row = _datable(request, meeting_id)
    return _held(request, row) if request.method == "POST" else _page(request, row)


@require_POST
def held_about(request: HttpRequest, kind: str, subject_id: str) -> HttpResponse:
    """Say the same from the home page, where the introduction or the exchange is known rather than its meeting."""
    if kind not in SUBJECTS:
        raise NotThere
    subject = SUBJECTS[kind](request.user, subject_id)
    row = live_meeting(subject)
    if row is None:
        # Pressed twice, or the other one answered first.
        return see(f"exchanges:{kind}", subject_id)
    return _held(request, row)


def _held(request: HttpRequest, row: Any) -> HttpResponse:
    form = HeldForm(request.POST)
    answered = row.state not in LIVE_MEETING
    done, after = submit(
        form,
        lambda values: say_held(
            row,
            by=request.user,
            held=values["held"] != "no",
            more=values["held"] == "more",
            starts_at=values["starts_at"],
        ),
    )
    if not done:
        return _page(request, row, 422, held=form)
    if answered:
        return see(_subject_url(row))
    answer = form.cleaned_data["held"]
    if after.state == MeetingState.HELD and answer == "yes" and row.subject_kind == "exchange":
        tell(request, _("Merci. L’échange est terminé : deux minutes pour le bilan ?"))
        return see("exchanges:review", row.subject_id)
    tell(
        request,
        _("Merci, c’est noté.")
        if row.subject_kind == "introduction"
        else _("Merci. Proposez d’autres dates."),
    )
    return see(_subject_url(row))


@require_safe
def ics(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Give a dated meeting as a file for one's calendar."""
    row = shown_meeting(get_meeting(request.user, meeting_id))
    if row.starts_at is None:
        raise NotThere
    entry = calendar_entry(
        row,
        site=settings.BASE_URL,
        sender=settings.DEFAULT_FROM_EMAIL,
        path=reverse("agenda:meeting", args=[meeting_id]),
    )
    response = HttpResponse(files.build([entry]), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rendez-vous-{meeting_id}.ics"'
    return response
