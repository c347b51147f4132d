"""One-tap answers: a link in a message opens the answer already chosen and one button, without signing in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.agenda.access import get_meeting, get_slot
from reciproque.agenda.actions import accept_slot
from reciproque.agenda.rules import MeetingState, SlotState
from reciproque.catalogue.access import can_change, get_post
from reciproque.catalogue.actions import renew_post
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.access import can_answer, get_exchange, get_introduction, is_in
from reciproque.exchanges.actions import (
    accept_introduction,
    ask_introduction,
    confirm_exchange,
    refuse_introduction,
    say_held,
)
from reciproque.exchanges.rules import ExchangeState
from reciproque.gatherings.access import get_gathering
from reciproque.gatherings.actions import say_coming
from reciproque.gatherings.queries import answer_of
from reciproque.gatherings.rules import Answer, GatheringState
from reciproque.kit import clock, tokens
from reciproque.kit.errors import NotThere
from reciproque.matching.access import get_suggestion
from reciproque.matching.actions import decline_next, put_off_suggestion
from reciproque.matching.queries import next_proposal, suggestions_about
from reciproque.networks.access import get_application_by_link
from reciproque.networks.actions import answer_application
from reciproque.networks.rules import MembershipState
from reciproque.notices.rules import TapKind
from reciproque.people.actions import use_link
from reciproque.people.queries import link_used_at, person_by_public_id
from reciproque.web.exchanges.forms import RefuseForm
from reciproque.web.parts.life import about
from reciproque.web.parts.small import words


@dataclasses.dataclass(frozen=True)
class Tap:
    """One answer that a link can give: what it is about, whether it is still awaited, how it is done."""

    question: str
    detail: str
    verb: str
    awaited: bool
    page: str
    do: Callable[[dict[str, Any]], Any]
    done: str
    form: Any = None
    # Of what may be replaced between the page and its button: what was shown, which alone is answered.
    shown: str = ""


def _answer_yes(person: Any, subject: str) -> Tap:
    row = get_introduction(person, subject)
    return Tap(
        question=_("Oui, volontiers"),
        detail=about(row, person) + " " + _("« %(title)s »") % {"title": row.title},
        verb=_("J’accepte la mise en relation"),
        awaited=can_answer(person, row),
        page=reverse("exchanges:introduction", args=[subject]),
        do=lambda _values: accept_introduction(row, by=person),
        done=_("C’est oui : %(name)s l’apprend à l’instant.") % {"name": row.initiator.display_name},
    )


def _answer_no(person: Any, subject: str) -> Tap:
    row = get_introduction(person, subject)
    return dataclasses.replace(
        _answer_yes(person, subject),
        question=_("Non, pas cette fois"),
        verb=_("Je décline"),
        do=lambda values: refuse_introduction(row, by=person, **values),
        done=_("C’est noté. La réponse est transmise avec tact."),
        form=RefuseForm,
    )


def _held(person: Any, subject: str) -> Tap:
    row = get_meeting(person, subject)
    values = {"title": row.title, "moment": words(row.starts_at) if row.starts_at else ""}
    return Tap(
        question=_("Oui, la rencontre a eu lieu"),
        detail=_(
            "« %(title)s », %(moment)s. Votre bilan vous sera demandé ; si vous vous revoyez, dites-le ensuite."
        )
        % values,
        verb=_("Je le confirme"),
        awaited=row.state == MeetingState.FIXED and row.starts_at <= clock.now(),
        page=reverse(f"exchanges:{row.subject_kind}", args=[row.subject_id]),
        do=lambda _values: say_held(row, by=person, held=True),
        done=_("Merci, c’est noté. Si vous vous revoyez, dites-le sur la page de l’échange."),
    )


def _not_held(person: Any, subject: str) -> Tap:
    row = get_meeting(person, subject)
    return dataclasses.replace(
        _held(person, subject),
        question=_("Non, la rencontre n’a pas eu lieu"),
        do=lambda _values: say_held(row, by=person, held=False),
        done=_("Merci, c’est noté. Une autre date reste à trouver."),
    )


def _slot(person: Any, subject: str) -> Tap:
    row = get_slot(person, subject)
    moment = {"title": row.meeting.title, "moment": words(row.starts_at)}
    return Tap(
        question=_("Cette date me convient : %(moment)s") % moment,
        detail=_("« %(title)s »") % moment,
        verb=_("Je choisis cette date"),
        awaited=row.state == SlotState.OPEN and row.starts_at > clock.now(),
        page=reverse("agenda:meeting", args=[row.meeting.public_id]),
        do=lambda _values: accept_slot(row, by=person),
        done=_("C’est noté : %(moment)s.") % moment,
    )


def _renew(person: Any, subject: str) -> Tap:
    row = get_post(person, subject)
    return Tap(
        question=_("Renouveler votre annonce"),
        detail=_("« %(title)s »") % {"title": row.title},
        verb=_("Je la renouvelle"),
        awaited=can_change(person, row)
        and (
            row.state == PostState.EXPIRED or (row.state == PostState.PUBLISHED and row.warned_at is not None)
        ),
        page=reverse("posts:post", args=[subject]),
        do=lambda _values: renew_post(row, by=person),
        done=_("C’est fait : votre annonce reste visible."),
    )


def _confirm(person: Any, subject: str) -> Tap:
    row = get_exchange(person, subject)
    return Tap(
        question=_("Oui, cet échange a eu lieu"),
        detail=_("« %(title)s », %(moment)s") % {"title": row.title, "moment": words(row.held_on)},
        verb=_("Je le confirme"),
        awaited=row.state == ExchangeState.DECLARED
        and is_in(person, row)
        and row.declared_by_id != person.pk,
        page=reverse("exchanges:exchange", args=[subject]),
        do=lambda _values: confirm_exchange(row, by=person),
        done=_("Merci, c’est noté : l’échange compte."),
    )


def _try(person: Any, subject: str) -> Tap:
    row = get_suggestion(person, subject)
    offer, mine = get_post(person, row.offer.public_id), row.request
    name = offer.author.display_name
    return Tap(
        question=_("Oui, me mettre en relation avec %(name)s") % {"name": name},
        detail=_("Pour votre demande « %(title)s », avec son offre « %(offer)s ».")
        % {"title": mine.title, "offer": offer.title},
        verb=_("Je demande la mise en relation"),
        awaited=row.state == "open"
        and row.put_off_until is None
        and mine.author_id == person.pk
        and mine.is_open
        and offer.is_open,
        page=reverse("matching:suggestion", args=[subject]),
        do=lambda _values: ask_introduction(
            row.network,
            requester=person,
            offerer=offer.author,
            by=person,
            request=mine,
            offer=offer,
            reasons=_reasons(person, mine, offer),
        ),
        done=_("C’est envoyé à %(name)s.") % {"name": name},
    )


def _reasons(person: Any, mine: Any, offer: Any) -> list[str]:
    """Return why this offer was proposed, as it is said to the person asked."""
    rows = suggestions_about(mine, person, limit=50)
    return next((row.reasons for row in rows if row.post.pk == offer.pk), [])


def _later(person: Any, subject: str) -> Tap:
    row = get_suggestion(person, subject)
    return dataclasses.replace(
        _try(person, subject),
        question=_("Pas maintenant"),
        verb=_("Me la proposer plus tard"),
        do=lambda _values: put_off_suggestion(row, by=person),
        done=_("C’est noté : cette personne vous sera de nouveau proposée dans un mois."),
    )


def _next(person: Any, subject: str) -> Tap:
    row = get_introduction(person, subject)
    found = next_proposal(row, person)
    if found is None:
        raise NotThere
    asked = row.request
    return Tap(
        question=_("Oui, demander à %(name)s") % {"name": found.person.display_name},
        detail=_("Pour votre demande « %(title)s », avec son offre « %(offer)s ».")
        % {"title": row.title, "offer": found.post.title},
        verb=_("Je demande la mise en relation"),
        awaited=True,
        page=reverse("exchanges:next", args=[subject]),
        do=lambda _values: ask_introduction(
            row.network,
            requester=person,
            offerer=found.person,
            by=person,
            request=asked if asked is not None and asked.is_open else None,
            offer=found.post,
            reasons=found.reasons,
        ),
        done=_("C’est envoyé à %(name)s.") % {"name": found.person.display_name},
        shown=f"{found.id}:{found.post.public_id}",
    )


def _next_no(person: Any, subject: str) -> Tap:
    row = get_introduction(person, subject)
    return dataclasses.replace(
        _next(person, subject),
        question=_("Non merci"),
        verb=_("Ne rien demander"),
        do=lambda _values: decline_next(row, by=person),
        done=_("C’est noté : personne n’est contacté."),
    )


def _admit(person: Any, subject: str) -> Tap:
    row = get_application_by_link(person, subject)
    name = row.person.display_name
    return Tap(
        question=_("Accueillir %(name)s") % {"name": name},
        detail=_("Dans le réseau « %(network)s ».") % {"network": row.network.name},
        verb=_("Oui, bienvenue"),
        awaited=row.state == MembershipState.APPLIED,
        page=reverse("animation:member", args=[row.network.slug, row.person.public_id]),
        do=lambda _values: answer_application(row, by=person, accept=True),
        done=_("C’est fait : %(name)s fait partie du réseau et l’apprend à l’instant.") % {"name": name},
    )


def _coming(person: Any, subject: str) -> Tap:
    row = get_gathering(person, subject)
    mine = answer_of(person, row)
    values = {"title": row.title, "moment": words(row.starts_at), "place": row.place}
    return Tap(
        question=_("Oui, je viens"),
        detail=_("« %(title)s », %(moment)s, %(place)s.") % values,
        verb=_("Je viens"),
        awaited=row.state in (GatheringState.PLANNED, GatheringState.OPEN)
        and (mine is None or mine.answer != Answer.YES),
        page=reverse("gatherings:gathering", args=[subject]),
        do=lambda _values: say_coming(row, by=person, answer=Answer.YES),
        done=_("C’est noté : vous venez."),
    )


# The kind signed in the token → what it does.
KINDS: dict[str, Callable[[Any, str], Tap]] = {
    TapKind.ACCEPT: _answer_yes,
    TapKind.REFUSE: _answer_no,
    TapKind.SLOT: _slot,
    TapKind.HELD: _held,
    TapKind.NOT_HELD: _not_held,
    TapKind.CONFIRM: _confirm,
    TapKind.RENEW: _renew,
    TapKind.TRY: _try,
    TapKind.LATER: _later,
    TapKind.NEXT: _next,
    TapKind.NEXT_NO: _next_no,
    TapKind.ADMIT: _admit,
    TapKind.COMING: _coming,
}


@require_http_methods(["GET", "HEAD", "POST"])
def tap(request: HttpRequest, token: str) -> HttpResponse:
    """Show the answer that a link carries with one button, then give it as its person; no session is opened."""
    try:
        read = tokens.read(token)
    except tokens.Expired:
        return _sorry(request, _("Ce lien n’est plus valable : son délai est passé."), 410)
    except tokens.Forged:
        return _sorry(request, _("Ce lien est incomplet. Ouvrez-le de nouveau depuis le message."), 404)
    person = person_by_public_id(read.person)
    if person is None or read.kind not in KINDS:
        return _sorry(request, _("Ce lien ne mène plus à rien."), 404)
    if request.user.is_authenticated and request.user.pk != person.pk:
        return _sorry(request, _("Ce lien est destiné à une autre personne."), 403)
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        request.LANGUAGE_CODE = person.language
        return _as(request, person, read, token)


def _as(request: HttpRequest, person: Any, read: tokens.Token, token: str) -> HttpResponse:
    posted = request.method == "POST"
    used_at = link_used_at(token)
    if used_at is not None:
        said = _("Vous avez déjà répondu avec ce lien : %(moment)s. Il ne sert qu’une fois.")
        return _sorry(request, said % {"moment": words(used_at)}, 410 if posted else 200)
    try:
        found = KINDS[read.kind](person, read.subject)
    except NotThere:
        return _sorry(request, _("Ce n’est plus d’actualité. Rien d’autre n’est attendu de vous ici."), 410)
    if not found.awaited:
        return _sorry(
            request,
            _("C’est déjà réglé, ou ce n’est plus d’actualité."),
            410 if posted else 200,
            found.page,
        )
    if posted and request.POST.get("shown", "") != found.shown:
        said = _("Ce n’est plus d’actualité : la personne proposée a changé. Rien n’a été envoyé.")
        return _sorry(request, said, 410, found.page)
    form = found.form(request.POST if posted else None) if found.form else None
    # Mail programs and scanners open links by themselves (GET, HEAD): only the button answers.
    if not posted or (form is not None and not form.is_valid()):
        return _show(request, person, found, form, 422 if posted else 200)
    try:
        values = form.cleaned_data if form is not None else {}
        use_link(token, read.kind, by=person, do=lambda: found.do(values))
    except ValidationError as error:
        return _show(request, person, found, form, 422, error.messages)
    except PermissionDenied:
        return _sorry(request, _("Vous ne pouvez plus donner cette réponse."), 403, found.page)
    return _render(request, "tap_done", {"tap": found, "person": person}, 200)


def _show(
    request: HttpRequest, person: Any, found: Tap, form: Any, status: int, problems: list[str] | None = None
) -> HttpResponse:
    context = {"tap": found, "person": person, "form": form, "problems": problems or []}
    return _render(request, "tap", context, status)


def _sorry(request: HttpRequest, sentence: str, status: int, page: str = "") -> HttpResponse:
    context = {"sentence": sentence, "page": page or reverse("home:home")}
    return _render(request, "tap_sorry", context, status)


def _render(request: HttpRequest, name: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, f"exchanges/{name}.html", context, status=status)
    # The link is worth an answer: nothing on the way may keep the page, and no engine may list it.
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
