"""What someone reached by telephone answers, typed in their name: shown as such, and told to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from reciproque.agenda.queries import live_meeting, shown_meeting
from reciproque.exchanges.access import get_exchange_for_accompaniment, get_for_accompaniment, is_in
from reciproque.exchanges.actions import (
    accept_for,
    accept_slot_for,
    confirm_for,
    fix_date_for,
    refuse_for,
    say_held_for,
)
from reciproque.exchanges.rules import AWAITING_ANSWER, ExchangeState
from reciproque.kit.errors import NotThere
from reciproque.networks.access import get_accompanied, require_animator
from reciproque.networks.rules import MembershipState
from reciproque.web.animation.forms.acting import DateForm, DenyForm, HeldForm, RefuseForm
from reciproque.web.animation.forms.queue import TapForm
from reciproque.web.animation.views import either, member_crumbs, member_url
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.steps import EXCHANGE, INTRODUCTION

if TYPE_CHECKING:
    from reciproque.agenda.models import Meeting
    from reciproque.people.models import Person

Action = Callable[[dict[str, Any]], Any]


@either
def on_behalf(request: HttpRequest, slug: str, kind: str, subject_id: str, person_id: str) -> HttpResponse:
    """Show what is awaited of someone about one introduction or exchange, and note what they say."""
    network = request.network = require_animator(request.user, slug)
    membership = get_accompanied(request.user, person_id, network)
    person = membership.person
    subject = _subject(request, kind, subject_id, person)
    if membership.state != MembershipState.MEMBER:
        raise NotThere
    choices = _choices(request, kind, subject, person)
    act = request.POST.get("act", "")
    if request.method == "POST" and act in choices:
        form, action = choices[act]
        done, _result = submit(form, action)
        if done:
            tell(
                request,
                _("C’est noté pour %(name)s. Un message le lui dit.") % {"name": person.display_name},
            )
            return see(f"animation:{kind}", slug, subject_id)
    meeting = live_meeting(subject)
    slots = shown_meeting(meeting).open_slots if meeting is not None and "slot" in choices else []
    context = {
        "subject": subject,
        "person": person,
        "forms": {name: form for name, (form, _action) in choices.items()},
        "slots": [{"value": slot.public_id, "at": slot.starts_at} for slot in slots],
        "refused": act,
        "back": member_url(network, person),
        "crumbs": member_crumbs(network, person, _("Répondre pour cette personne")),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "animation/on_behalf.html", context, status=status)


def _subject(request: HttpRequest, kind: str, subject_id: str, person: Person) -> Any:
    """Return the introduction or the exchange, of this network and of this person."""
    if kind == INTRODUCTION:
        introduction = get_for_accompaniment(request.user, subject_id)
        there = person.pk in (introduction.requester_id, introduction.offerer_id, introduction.mediator_id)
        subject: Any = introduction
    elif kind == EXCHANGE:
        subject = get_exchange_for_accompaniment(request.user, subject_id)
        there = is_in(person, subject)
    else:
        raise NotThere
    if not there or subject.network_id != request.network.pk:
        raise NotThere
    return subject


def _choices(request: HttpRequest, kind: str, subject: Any, person: Person) -> dict[str, tuple[Any, Action]]:
    """Return what this person may answer now: the form of each answer, and the action it leads to."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    by = request.user

    def data(name: str) -> Any:
        return request.POST if act == name else None

    found: dict[str, tuple[Any, Action]] = {}
    if kind == INTRODUCTION and subject.state in AWAITING_ANSWER and subject.answerer.pk == person.pk:
        found["accept"] = (TapForm(data("accept")), lambda values: accept_for(subject, by=by))
        found["refuse"] = (RefuseForm(data("refuse")), lambda values: refuse_for(subject, by=by, **values))
    declared = kind == EXCHANGE and subject.state == ExchangeState.DECLARED
    if declared and subject.declared_by_id != person.pk:
        found["confirm"] = (TapForm(data("confirm")), lambda values: confirm_for(subject, person, by=by))
        found["deny"] = (
            DenyForm(data("deny")),
            lambda values: confirm_for(subject, person, by=by, yes=False, reason=values["reason"]),
        )
    meeting = live_meeting(subject)
    if meeting is not None:
        found |= _about_meeting(request, kind, meeting, person, data)
    return found


def _about_meeting(
    request: HttpRequest, kind: str, meeting: Meeting, person: Person, data: Callable[[str], Any]
) -> dict[str, tuple[Any, Action]]:
    by, shown = request.user, shown_meeting(meeting)
    found: dict[str, tuple[Any, Action]] = {}
    slots = {slot.public_id: slot for slot in shown.open_slots}
    if slots:
        chosen = slots.get(request.POST.get("slot", "")) or next(iter(slots.values()))
        found["slot"] = (TapForm(data("slot")), lambda values: accept_slot_for(chosen, person, by=by))
    fixing = DateForm(data("fix"))
    found["fix"] = (fixing, lambda values: fix_date_for(meeting, person, fixing.moment(), by=by))
    held = HeldForm(data("held"), exchange=kind == EXCHANGE, dated=meeting.starts_at is not None)
    found["held"] = (
        held,
        lambda values: say_held_for(
            meeting,
            person,
            by=by,
            held=values["held"] != "no",
            more=values["held"] == "more",
            starts_at=held.starts_at() if values["held"] != "no" else None,
        ),
    )
    return found
