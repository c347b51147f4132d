"""The committee: who is of it, its mandate and posture, what it tells the hierarchy, the obstacles it lifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_frame,
    can_write_experiment,
    get_committee_member,
    get_note,
    get_obstacle,
    is_committee,
    may_answer,
    may_search,
    own_of,
)
from reciproque.initiatives.queries import (
    committee_of,
    experiments_of,
    former_committee,
    notes_of,
    obstacles_of,
    postures_of,
)
from reciproque.initiatives.queries.frames import groups_with
from reciproque.initiatives.rules import ExperimentState, ObstacleState, Phase
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id
from reciproque.web.http import attempt, see
from reciproque.web.initiatives.forms.committee import (
    CancelForm,
    MemberForm,
    NoteForm,
    ObstacleForm,
    PostureForm,
    SettleForm,
)
from reciproque.web.initiatives.views.sheets import (
    OBSTACLE_TONES,
    Sheet,
    anyone,
    at,
    either,
    enter,
    fill,
    framed,
    is_late,
    of,
    sent,
    steered,
    today,
    trail,
    within,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import CommitteeMember, Frame

OVER = (ExperimentState.DECIDED, ExperimentState.DROPPED)


def to_committee(frame: Frame, *steps: tuple[Any, str]) -> list[dict[str, Any]]:
    """Return the way back up to the committee."""
    return trail(frame, (_("Le comité"), of(frame, "committee")), *steps)


@require_safe
def committee(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the committee, its mandate, how it sees its own posture."""
    frame = enter(request, slug)
    sits, frames = is_committee(request.user, frame), can_frame(request.user, frame)
    context = {
        "frame": frame,
        "members": committee_of(frame),
        "former": former_committee(frame),
        "sits": sits,
        "frames": frames,
        "names": (frames or sits) and frame.phase != Phase.OVER,
        "brings": frames and frame.phase != Phase.OVER,
        "postures": postures_of(frame),
        "me": request.user.public_id,
        "crumbs": trail(frame, (_("Le comité"), "")),
    }
    return render(request, "initiatives/committee.html", context)


@either
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring somebody into the committee."""
    frame = framed(request, slug)
    title = _("Faire entrer au comité")
    sheet = Sheet(title, _("Faire entrer"), of(frame, "committee"), to_committee(frame, (title, "")))
    return fill(
        request,
        MemberForm(sent(request), find=anyone),
        sheet,
        lambda values: actions.join_committee(frame, by=request.user, **values),
        _("Cette personne fait partie du comité. Elle est prévenue."),
    )


def _seat(request: HttpRequest, slug: str, committee_id: str) -> CommitteeMember:
    frame = enter(request, slug)
    return get_committee_member(frame, committee_id)


@require_POST
def chair(request: HttpRequest, slug: str, committee_id: str) -> HttpResponse:
    """Name who chairs."""
    seat = _seat(request, slug, committee_id)
    attempt(
        request,
        lambda: actions.name_chair(seat, by=request.user),
        _("C’est noté : les réponses du comité sont désormais attendues de cette personne."),
    )
    return see("initiatives:committee", slug)


@either
def leave(request: HttpRequest, slug: str, committee_id: str) -> HttpResponse:
    """Leave the committee, or thank somebody, once asked whether one is sure."""
    seat = _seat(request, slug, committee_id)
    mine = seat.person_id == request.user.pk
    if not (mine or can_frame(request.user, seat.frame)):
        raise NotThere
    if request.method == "POST":
        attempt(request, lambda: actions.leave_committee(seat, by=request.user), _("C’est noté."))
        return see("initiatives:learning" if mine else "initiatives:committee", slug)
    title = _("Quitter le comité ?") if mine else _("Remercier %(name)s ?")
    context = {
        "title": title % {"name": seat.person.display_name},
        "text": _("Ce qui était attendu de cette personne l’est de la suivante, à la même date."),
        "verb": _("Quitter le comité") if mine else _("Mettre fin au mandat"),
        "tone": "danger",
        "back": of(seat.frame, "committee"),
        "crumbs": to_committee(seat.frame, (_("Fin de mandat"), "")),
    }
    return render(request, "initiatives/sure.html", context)


@either
def posture(request: HttpRequest, slug: str) -> HttpResponse:
    """Look at one's posture, as one of the committee."""
    frame = enter(request, slug)
    if not is_committee(request.user, frame):
        raise NotThere
    title = _("Notre posture")
    lead = _("Deux fois par an, chacun pour soi. Le réseau lit des moyennes, jamais qui a dit quoi.")
    sheet = Sheet(
        title, _("Enregistrer"), of(frame, "committee"), to_committee(frame, (title, "")), lead=lead
    )
    return fill(
        request,
        PostureForm(sent(request)),
        sheet,
        lambda values: actions.check_posture(frame, by=request.user, **values),
        _("Merci. C’est compté, sans votre nom."),
    )


# -- the hierarchy is told


@require_safe
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who of the hierarchy is told what, by when, and whether they acknowledged it."""
    frame = steered(request, slug)
    context = {
        "frame": frame,
        "rows": notes_of(frame),
        "today": today(),
        "crumbs": to_committee(frame, (_("Informer la hiérarchie"), "")),
    }
    return render(request, "initiatives/notes_up.html", context)


@either
def write_note(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan what somebody of the hierarchy is to be told."""
    frame = steered(request, slug)
    title, back = _("Prévoir une information"), of(frame, "notes_up")
    crumbs = to_committee(frame, (_("Informer la hiérarchie"), back), (title, ""))
    return fill(
        request,
        NoteForm(sent(request), find=anyone),
        Sheet(title, _("Prévoir"), back, crumbs),
        lambda values: actions.write_note(frame, by=request.user, **values),
        _("C’est prévu. La note partira quand vous l’enverrez."),
        lambda row: at(row, "note_up"),
    )


@either
def note(request: HttpRequest, note_up_id: str) -> HttpResponse:
    """Show a note; send it, or say that one has read it."""
    row = within(request, get_note(request.user, note_up_id))
    steers = is_committee(request.user, row.frame) or can_frame(request.user, row.frame)
    told = row.person_id == request.user.pk
    if request.method == "POST":
        if request.POST.get("act") == "cancel" and steers:
            form = CancelForm(request.POST)
            reason = form.cleaned_data["reason"] if form.is_valid() else ""
            attempt(
                request,
                lambda: actions.cancel_note(row, by=request.user, reason=reason),
                _("La note ne partira pas."),
            )
        elif request.POST.get("act") == "send" and steers:
            attempt(request, lambda: actions.send_note(row, by=request.user), _("La note est partie."))
        else:
            attempt(
                request,
                lambda: actions.acknowledge_note(row, by=request.user),
                _("Merci. La personne qui vous l’a envoyée sait que vous l’avez lue."),
            )
        return see("initiatives:note_up", note_up_id)
    context = {
        "note": row,
        "sends": steers and row.sent_at is None and row.cancelled_at is None,
        "form": CancelForm(),
        "acknowledges": told and row.sent_at is not None and row.acknowledged_at is None,
        "steers": steers,
        "crumbs": to_committee(
            row.frame, (_("Informer la hiérarchie"), of(row.frame, "notes_up")), (_("Note"), "")
        )
        if steers
        else [],
    }
    return render(request, "initiatives/note_up.html", context)


# -- obstacles


@require_safe
def obstacles(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the obstacles, those that wait for a decision first."""
    frame = enter(request, slug)
    rows = obstacles_of(frame)
    context = {
        "frame": frame,
        "open": [_shown(row) for row in rows if row.state == ObstacleState.OPEN],
        "settled": [_shown(row) for row in rows if row.state != ObstacleState.OPEN],
        "raises": may_search(request.user, frame),
        "crumbs": trail(frame, (_("Obstacles"), "")),
    }
    return render(request, "initiatives/obstacles.html", context)


def _shown(row: Any) -> dict[str, Any]:
    return {
        "obstacle": row,
        "url": at(row, "obstacle"),
        "tone": OBSTACLE_TONES[ObstacleState(row.state)],
        "late": row.state == ObstacleState.OPEN and is_late(row.due_at),
    }


@either
def raise_one(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the committee to lift an obstacle."""
    frame = enter(request, slug)
    if not may_search(request.user, frame):
        raise NotThere
    groups = groups_with(request.user, frame)
    mine = {group.pk for group in groups}
    trials = [
        row
        for row in experiments_of(frame, request.user)
        if row.state not in OVER and (row.owner_id == request.user.pk or row.group_id in mine)
    ]
    asked = request.GET.get("experiment", "")
    form = ObstacleForm(
        groups,
        trials,
        sent(request),
        initial={
            "experiment": asked if is_id(asked) else "",
            "group": groups[0].public_id if len(groups) == 1 and not asked else "",
        },
    )
    by_id = {row.public_id: row for row in [*groups, *trials]}

    def act(values: dict[str, Any]) -> Any:
        chosen = {name: by_id.get(values.get(name, "")) for name in ("group", "experiment")}
        return actions.raise_obstacle(frame, by=request.user, words=values["words"], **chosen)

    title, back = _("Signaler un obstacle"), of(frame, "obstacles")
    lead = _("Le comité a dix jours ouvrés pour le lever, ou dire pourquoi il reste.")
    sheet = Sheet(title, _("Signaler"), back, trail(frame, (_("Obstacles"), back), (title, "")), lead=lead)
    return fill(
        request, form, sheet, act, _("L’obstacle est signalé au comité."), lambda row: at(row, "obstacle")
    )


@either
def obstacle(request: HttpRequest, obstacle_id: str) -> HttpResponse:
    """Show an obstacle; decide of it, as one of the committee."""
    row = within(request, get_obstacle(request.user, obstacle_id))
    waits = row.state == ObstacleState.OPEN
    experiment = row.experiment
    more = _shown(row) | {
        "answers": waits and may_answer(request.user, row),
        "recused": waits and is_committee(request.user, row.frame) and request.user.pk in own_of(row),
        "experiment_url": at(experiment, "experiment") if experiment else "",
        "aside": [person.display_name for person in row.recused.all()],
        "writes": bool(experiment and can_write_experiment(request.user, experiment)),
    }
    title, back = _("Obstacle"), of(row.frame, "obstacles")
    sheet = Sheet(
        title,
        _("Décider"),
        at(row, "obstacle"),
        trail(row.frame, (_("Obstacles"), back), (title, "")),
        template="initiatives/obstacle.html",
        more=more,
    )

    def act(values: dict[str, Any]) -> Any:
        lifted = values["lifted"] == "yes"
        return actions.settle_obstacle(row, by=request.user, lifted=lifted, reasons=values["reasons"])

    return fill(request, SettleForm(sent(request)), sheet, act, _("C’est décidé. Le réseau le lit."))
