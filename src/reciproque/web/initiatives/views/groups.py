"""Working groups: form one, join it, watch its mix, name who facilitates it, say a word after a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.initiatives.access import (
    can_frame,
    can_lead_group,
    can_take_part,
    get_frame,
    get_group,
    get_subject,
    in_work_group,
)
from reciproque.initiatives.actions.groups import (
    check_in,
    form_group,
    join_group,
    leave_group,
    name_group_facilitator,
    turn_group,
)
from reciproque.initiatives.queries.days import day_themes
from reciproque.initiatives.queries.groups import (
    check_in_of,
    facilitators_for,
    groups_of,
    members_of,
    membership_in,
    mix_of,
    mixes_of,
    sessions_of,
    subjects_behind,
)
from reciproque.initiatives.rules import GROUP_MOVES, MEAN_LEAST, GroupState, Phase
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id, new_id
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.initiatives.forms.groups import BringsForm, CheckInForm, FacilitatorForm, GroupForm
from reciproque.web.initiatives.views.days import either

if TYPE_CHECKING:
    from reciproque.initiatives.models import Frame, WorkGroup

TONES = {
    GroupState.FORMING: "warn",
    GroupState.WORKING: "good",
    GroupState.RESTING: "neutral",
    GroupState.ENDED: "neutral",
}


def groups_crumbs(frame: Frame, *trail: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to the working groups; `trail` is (label, address), the last one without address."""
    every = {
        "label": _("Groupes de travail"),
        "url": reverse("initiatives:groups", args=[frame.network.slug]),
    }
    home = {"label": _("Réseau apprenant"), "url": reverse("initiatives:learning", args=[frame.network.slug])}
    return [home, every, *({"label": label, "url": url} if url else {"label": label} for label, url in trail)]


def group_url(group: WorkGroup, name: str = "group") -> str:
    """Return the address of one of a group's pages."""
    return reverse(f"initiatives:{name}", args=[group.public_id])


def _inside(group: WorkGroup, label: str) -> list[dict[str, str]]:
    return groups_crumbs(group.frame, (group.name, group_url(group)), (label, ""))


def _get(request: HttpRequest, group_id: str) -> WorkGroup:
    group = get_group(request.user, group_id)  # type: ignore[arg-type]
    request.network = group.frame.network  # type: ignore[attr-defined]
    return group


@require_safe
def groups(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the working groups of a learning network, and what each one lacks."""
    frame = get_frame(request.user, slug)
    request.network = frame.network
    rows = groups_of(frame)
    mixes = mixes_of(rows)
    context = {
        "frame": frame,
        "rows": [{"group": row, "mix": mixes[row.pk], "tone": TONES[GroupState(row.state)]} for row in rows],
        "forms": frame.phase != Phase.OVER and can_take_part(request.user, frame),
    }
    return render(request, "initiatives/groups.html", context)


@either
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """Form a working group, from a subject of the day or from a name."""
    frame = get_frame(request.user, slug)
    request.network = frame.network
    asked = request.GET.get("subject", "")
    subject = get_subject(request.user, asked) if is_id(asked) else None
    initial = {
        "key": new_id(),
        "name": subject.title if subject else "",
        "theme": subject.theme.public_id if subject and subject.theme else "",
    }
    themes = [(theme.public_id, theme.title) for theme in day_themes(frame)]
    page = GroupForm(themes, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, group = submit(
            page, lambda values: form_group(frame, by=request.user, subject=subject, **values)
        )
        if done:
            tell(request, _("Le groupe est formé. Les personnes présentes à la séance y sont invitées."))
            return see("initiatives:group", group.public_id)
    context = {
        "form": page,
        "subject": subject,
        "back": reverse("initiatives:groups", args=[slug]),
        "crumbs": groups_crumbs(frame, (_("Former un groupe"), "")),
    }
    return render(request, "initiatives/group_form.html", context, status=422 if page.is_bound else 200)


@require_safe
def group(request: HttpRequest, group_id: str) -> HttpResponse:
    """Show a working group: who is there, what mix they make, what sessions taught; join it."""
    row = _get(request, group_id)
    mine = membership_in(row, request.user)
    within = in_work_group(request.user, row)
    leads = can_lead_group(request.user, row)
    mix = mix_of(row)
    context = {
        "group": row,
        "tone": TONES[GroupState(row.state)],
        "members": members_of(row),
        "mix": mix,
        "mean_least": MEAN_LEAST,
        "mine": mine,
        "within": within,
        "leads": leads,
        "frames": can_frame(request.user, row.frame),
        "verbs": [verb for verb, (since, _to) in GROUP_MOVES.items() if row.state in since] if leads else [],
        "form": BringsForm(initial={"brings": mine.brings if mine else []}),
        "open": row.state != GroupState.ENDED and can_take_part(request.user, row.frame),
        # Posture is followed by those who animate, as counts; the words stay in the group.
        "sessions": sessions_of(row, request.user, words=within) if within or leads else [],
        "reads_posture": within or leads,
        "subjects": subjects_behind(row),
        "crumbs": groups_crumbs(row.frame, (row.name, "")),
    }
    return render(request, "initiatives/group.html", context)


@require_POST
def join(request: HttpRequest, group_id: str) -> HttpResponse:
    """Join a group, or change what one brings to it."""
    row = _get(request, group_id)
    brings = request.POST.getlist("brings")
    known = membership_in(row, request.user) is not None
    done = _("C’est noté.") if known else _("Vous êtes du groupe.")
    attempt(request, lambda: join_group(row, by=request.user, brings=brings), done)
    return see("initiatives:group", group_id)


@either
def leave(request: HttpRequest, group_id: str) -> HttpResponse:
    """Leave a group."""
    row = _get(request, group_id)
    if request.method == "POST":
        attempt(request, lambda: leave_group(row, by=request.user), _("Vous n’êtes plus du groupe."))
        return see("initiatives:group", group_id)
    if membership_in(row, request.user) is None:
        raise NotThere
    context = {"group": row, "back": group_url(row), "crumbs": _inside(row, _("Quitter"))}
    return render(request, "initiatives/group_leave.html", context)


@require_POST
def turn(request: HttpRequest, group_id: str) -> HttpResponse:
    """Start the work of a group, let it rest, end it."""
    row = _get(request, group_id)
    verb = request.POST.get("verb", "")
    done = {
        "start": _("Le groupe est au travail."),
        "rest": _("Le groupe est en pause."),
        "end": _("Le groupe a terminé. Ce qu’il a appris reste ici."),
    }
    attempt(request, lambda: turn_group(row, by=request.user, verb=verb), done.get(verb))
    return see("initiatives:group", group_id)


def _helper_line(helper: Any) -> str:
    """Return what one must know of somebody of the pool, in one line."""
    words = {
        "name": helper.person.display_name,
        "trained": _("formée ou formé : %(what)s") % {"what": ", ".join(helper.trainings)}
        if helper.trained
        else _("pas encore de formation notée"),
        "load": helper.load,
        "most": helper.at_most,
    }
    return _("%(name)s – %(trained)s – groupes animés : %(load)s sur %(most)s") % words


@either
def facilitator(request: HttpRequest, group_id: str) -> HttpResponse:
    """Entrust a group to someone of the pool."""
    row = _get(request, group_id)
    if not can_frame(request.user, row.frame):
        raise NotThere
    helpers = facilitators_for(row.frame)
    by_id = {helper.person.public_id: helper.person for helper in helpers}
    page = FacilitatorForm(
        [(helper.person.public_id, _helper_line(helper)) for helper in helpers],
        request.POST if request.method == "POST" else None,
        initial={"person": row.facilitator.public_id if row.facilitator else ""},
    )
    if request.method == "POST":
        done, _group = submit(
            page,
            lambda values: name_group_facilitator(row, by=request.user, person=by_id[values["person"]]),
        )
        if done:
            tell(request, _("C’est confié. La personne et le groupe le savent."))
            return see("initiatives:group", group_id)
    context = {
        "group": row,
        "form": page,
        "nobody": not helpers,
        "back": group_url(row),
        "crumbs": _inside(row, _("Qui anime ?")),
    }
    return render(
        request, "initiatives/group_facilitator.html", context, status=422 if page.is_bound else 200
    )


@either
def session(request: HttpRequest, group_id: str) -> HttpResponse:
    """Say a word after a session."""
    row = _get(request, group_id)
    if not in_work_group(request.user, row):
        raise NotThere
    today = timezone.localdate(clock.now())
    said = check_in_of(row, request.user, today)
    names = ("listened", "all_spoke", "individual", "collective", "organisational")
    initial = {"on": today, **({name: getattr(said, name) for name in names} if said else {})}
    page = CheckInForm(request.POST if request.method == "POST" else None, initial=initial, today=today)
    if request.method == "POST":
        done, _row = submit(page, lambda values: check_in(row, by=request.user, **values))
        if done:
            tell(request, _("Merci. Le groupe le lit sans votre nom."))
            return see("initiatives:group", group_id)
    context = {
        "group": row,
        "form": page,
        "back": group_url(row),
        "crumbs": _inside(row, _("Un mot après la séance")),
    }
    return render(request, "initiatives/group_check_in.html", context, status=422 if page.is_bound else 200)
