"""Plan a gathering, read when and where it is, say whether one comes; open it, close it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reciproque.gatherings.access import (
    can_announce,
    can_run,
    get_gathering,
    get_network_here,
    get_planning,
    get_run,
    kinds_run_by,
)
from reciproque.gatherings.actions import (
    cancel_gathering,
    change_gathering,
    close_gathering,
    draft_gathering,
    open_gathering,
    plan_gathering,
    reopen_gathering,
    say_coming,
)
from reciproque.gatherings.queries import answer_of, gatherings_in, headcounts, noted_for
from reciproque.gatherings.rules import (
    KEPT_DAYS,
    Answer,
    EntryState,
    GatheringKind,
    GatheringState,
    NameShown,
)
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import new_id
from reciproque.networks.access import can_settle
from reciproque.networks.queries import membership_of
from reciproque.notices.actions import preview_announcement
from reciproque.web.gatherings.forms import ComingForm, PlanForm
from reciproque.web.gatherings.views import KINDS, STATE_TONES, crumbs, either, inside, url_of
from reciproque.web.http import attempt, put_errors, refuse, see, submit, tell

if TYPE_CHECKING:
    from reciproque.gatherings.models import Gathering
    from reciproque.networks.models import Network

ACTIONS = {"open": open_gathering, "close": close_gathering, "reopen": reopen_gathering}


def _row(gathering: Gathering) -> dict[str, Any]:
    return {
        "gathering": gathering,
        "kind": KINDS[GatheringKind(gathering.kind)],
        "tone": STATE_TONES[GatheringState(gathering.state)],
        "url": url_of("gathering", gathering),
    }


@require_safe
def every(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the network's gatherings, to come then past."""
    network = request.network = get_network_here(request.user, slug)
    context = {
        "network": network,
        "coming": [_row(row) for row in gatherings_in(network, past=False)],
        "past": [_row(row) for row in gatherings_in(network, past=True)],
        "kinds": [
            {"url": reverse("gatherings:plan", args=[slug, kind]), "kind": kind}
            for kind in kinds_run_by(request.user, network)
        ],
        "member": membership_of(request.user, network) is not None,
    }
    return render(request, "gatherings/every.html", context)


@either
def plan(request: HttpRequest, slug: str, gathering_kind: str) -> HttpResponse:
    """Plan a fair or a group session."""
    network = request.network = get_planning(request.user, slug, gathering_kind)
    initial = {"announced": gathering_kind == GatheringKind.FAIR, "key": new_id()}
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        announces=can_announce(request.user, network),
        whole=can_settle(request.user, network) or not can_announce(request.user, network),
    )
    if request.method == "POST":
        answer = _planned(request, network, gathering_kind, form)
        if answer is not None:
            return answer
    # Come back from the letter to mend something: nothing was refused.
    mending = request.POST.get("act") == "edit" and form.is_valid()
    fair = gathering_kind == GatheringKind.FAIR
    label = _("Prévoir une bourse aux savoirs") if fair else _("Prévoir une séance de repérage")
    context = {
        "form": form,
        "fair": fair,
        "title": label,
        "back": reverse("gatherings:all", args=[slug]),
        "crumbs": crumbs(network, (label, "")),
    }
    refused = form.is_bound and not mending
    return render(request, "gatherings/plan.html", context, status=422 if refused else 200)


def _planned(request: HttpRequest, network: Network, kind: str, form: PlanForm) -> HttpResponse | None:
    """Plan, once the letter that announces it was read; None when the form is shown again."""
    act = request.POST.get("act", "")
    if act == "edit" or not form.is_valid():
        return None
    values = {"announced": False} | form.values()
    if values["announced"] and act != "send":
        return _letter(request, network, kind, form, values)
    confirmed = _number(request.POST.get("confirmed", "")) if values["announced"] else None
    try:
        row = plan_gathering(network, kind, by=request.user, confirmed=confirmed, **values)
    except ValidationError as error:
        if getattr(error, "code", "") == "count":
            return _letter(request, network, kind, form, values, error.messages)
        put_errors(form, error)
        return None
    tell(request, _("C’est prévu, et l’annonce part.") if confirmed else _("C’est prévu."))
    return see("gatherings:gathering", row.public_id)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1


def _letter(
    request: HttpRequest,
    network: Network,
    kind: str,
    form: PlanForm,
    values: dict[str, Any],
    problems: list[str] | None = None,
) -> HttpResponse | None:
    """Show the letter before it leaves, and how many people it reaches; None when the form is to be mended."""
    try:
        drafted, within = draft_gathering(network, kind, by=request.user, **values)
    except ValidationError as error:
        put_errors(form, error)
        return None
    shown = preview_announcement(drafted, within)
    send = ngettext(
        "Prévoir, et l’annoncer à %(n)s personne", "Prévoir, et l’annoncer à %(n)s personnes", shown.count
    )
    context = {
        "shown": shown,
        "fields": [(name, form[name].value() or "") for name in form.fields],
        "problems": problems or [],
        "send": send % {"n": shown.count} if shown.count else _("Prévoir"),
        "crumbs": crumbs(network, (_("Relire avant d’annoncer"), "")),
    }
    return render(request, "gatherings/announce.html", context, status=422 if problems else 200)


@either
def edit(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Change the date, the place or the words of a gathering to come."""
    gathering = get_run(request.user, gathering_id)
    network = request.network = gathering.network
    starts, ends = timezone.localtime(gathering.starts_at), timezone.localtime(gathering.ends_at)
    initial = {
        "title": gathering.title,
        "day": starts.date(),
        "begins": starts.time(),
        "ends": ends.time(),
        "place": gathering.place,
        "words": gathering.words,
    }
    form = PlanForm(request.POST if request.method == "POST" else None, initial=initial, known=True)
    if request.method == "POST":
        done, _gathering = submit(
            form, lambda _values: change_gathering(gathering, by=request.user, **form.values())
        )
        if done:
            tell(
                request,
                _(
                    "C’est modifié. Les personnes qui viennent sont prévenues d’une date ou d’un lieu qui change."
                ),
            )
            return see("gatherings:gathering", gathering_id)
    context = {
        "form": form,
        "fair": gathering.kind == GatheringKind.FAIR,
        "title": _("Modifier la rencontre"),
        "back": url_of("gathering", gathering),
        "crumbs": inside(gathering, _("Modifier")),
        "network": network,
    }
    return render(request, "gatherings/plan.html", context, status=422 if form.is_bound else 200)


@require_safe
def gathering(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Show a gathering: when, where, whether I come; and, to those who run it, everything it takes."""
    row = get_gathering(request.user, gathering_id)
    network = request.network = row.network
    runs = can_run(request.user, network, row.kind)
    mine = answer_of(request.user, row)
    context = {
        **_row(row),
        "network": network,
        "runs": runs,
        "mine": mine,
        "noted": sum(entry.state == EntryState.NOTED for entry in noted_for(request.user, row)),
        "member": membership_of(request.user, network) is not None,
        "answerable": row.state in (GatheringState.PLANNED, GatheringState.OPEN),
        "shown_choices": NameShown.choices,
        "counts": headcounts(row) if runs else {},
        "kept_days": KEPT_DAYS,
        "crumbs": crumbs(network, (row.title, "")),
    }
    return render(request, "gatherings/gathering.html", context)


@require_POST
def coming(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Say in one tap whether one comes."""
    row = get_gathering(request.user, gathering_id)
    form = ComingForm(request.POST)
    if not form.is_valid():
        refuse(request, ValidationError(_("Choisissez parmi ce qui est proposé.")))
        return see("gatherings:gathering", gathering_id)
    values = form.cleaned_data
    done = {
        Answer.YES: _("C’est noté : vous venez."),
        Answer.NO: _("C’est noté : vous ne venez pas. Merci de l’avoir dit."),
    }
    attempt(request, lambda: say_coming(row, by=request.user, **values), done.get(values["answer"]))
    return see("gatherings:gathering", gathering_id)


@require_POST
def act(request: HttpRequest, gathering_id: str, verb: str) -> HttpResponse:
    """Open, close or open again a gathering."""
    row = get_run(request.user, gathering_id)
    done = {
        "open": _("C’est ouvert : vous pouvez saisir."),
        "close": _("C’est clos. Les personnes dont l’accord manque reçoivent un message."),
        "reopen": _("C’est rouvert : vous pouvez ajouter ce qui manque."),
    }
    ok, _gathering = attempt(request, lambda: ACTIONS[verb](row, by=request.user), done[verb])
    return see("gatherings:typing" if ok and verb != "close" else "gatherings:gathering", gathering_id)


@either
def cancel(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Cancel a gathering to come."""
    row = get_run(request.user, gathering_id)
    request.network = row.network
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        attempt(
            request,
            lambda: cancel_gathering(row, by=request.user, reason=reason),
            _("C’est annulé. Les personnes qui venaient sont prévenues."),
        )
        return see("gatherings:gathering", gathering_id)
    if row.state != GatheringState.PLANNED:
        raise NotThere
    context = {"gathering": row, "back": url_of("gathering", row), "crumbs": inside(row, _("Annuler"))}
    return render(request, "gatherings/cancel.html", context)
