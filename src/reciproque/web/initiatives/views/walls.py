"""The subjects of the wall: propose one, sign up, place it, merge it, hand it over, write what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.initiatives.access import (
    can_report,
    can_run_day,
    can_shape,
    can_take_part,
    get_day,
    get_merge,
    get_subject,
)
from reciproque.initiatives.actions.merging import answer_merge, ask_merge
from reciproque.initiatives.actions.seats import leave_subject, sign_up
from reciproque.initiatives.actions.subjects import (
    add_subject,
    edit_subject,
    hand_subject,
    place_subject,
    withdraw_subject,
    write_report,
)
from reciproque.initiatives.queries.days import (
    alike,
    card_of,
    cards_of,
    day_themes,
    merge_agreed,
    merged_in,
    merges_about,
    same_time,
    seated_at,
    timetable,
    waiting_of,
)
from reciproque.initiatives.rules import DAY_LIVE, DayState, MergeState, SignState, cell_mark
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import new_id
from reciproque.web.http import attempt, back, put_errors, see, submit, tell, warn
from reciproque.web.initiatives.forms.days import HandForm, OtherForm, PlaceForm, ReportForm, SubjectForm
from reciproque.web.initiatives.views.days import day_url, either, grid_context, inside_day

if TYPE_CHECKING:
    from reciproque.initiatives.models import LaunchDay, WallSubject


def subject_url(subject: WallSubject, name: str = "subject") -> str:
    """Return the address of one of a subject's pages."""
    return reverse(f"initiatives:{name}", args=[subject.public_id])


def inside_subject(subject: WallSubject, label: str) -> list[dict[str, str]]:
    """Return the way back up from one of a subject's pages."""
    return inside_day(subject.day, label, (subject.title, subject_url(subject)))


def _get(request: HttpRequest, wall_id: str) -> WallSubject:
    subject = get_subject(request.user, wall_id)  # type: ignore[arg-type]
    request.network = subject.day.frame.network  # type: ignore[attr-defined]
    return subject


def _get_mine(request: HttpRequest, wall_id: str) -> WallSubject:
    """Return a subject as its hosts and those who run the day see it; anyone else meets `NotThere`."""
    subject = _get(request, wall_id)
    if not can_shape(request.user, subject):  # type: ignore[arg-type]
        raise NotThere
    return subject


def _themes(day: LaunchDay) -> list[tuple[str, str]]:
    return [(theme.public_id, theme.title) for theme in day_themes(day.frame)]


@either
def add(request: HttpRequest, day_id: str) -> HttpResponse:
    """Propose a subject; those that say nearly the same are shown first, once, and one may go on."""
    day = get_day(request.user, day_id)
    request.network = day.frame.network
    posted = request.method == "POST"
    initial = {"key": new_id(), "theme": request.GET.get("theme", "")[:12]}
    form = SubjectForm(_themes(day), request.POST if posted else None, initial=initial)
    asks = posted and form.is_valid() and "sure" not in request.POST and day.state in DAY_LIVE
    close = alike(day, form.cleaned_data["title"]) if asks else []
    if posted and not close:
        done, subject = submit(form, lambda values: add_subject(day, by=request.user, **values))
        if done:
            tell(
                request,
                _("Votre sujet est sur le mur. Vous le portez : vous lancez la séance, quelqu’un écrit."),
            )
            return see("initiatives:subject", subject.public_id)
    elif not posted and day.state not in DAY_LIVE:
        raise NotThere
    context = {
        "day": day,
        "form": form,
        "close": close,
        "title": _("Proposer un sujet"),
        "back": day_url(day),
        "crumbs": inside_day(day, _("Proposer un sujet")),
    }
    return render(request, "initiatives/wall_form.html", context, status=422 if posted else 200)


@either
def edit(request: HttpRequest, wall_id: str) -> HttpResponse:
    """Reword a subject."""
    subject = _get_mine(request, wall_id)
    initial = {
        "title": subject.title,
        "words": subject.words,
        "theme": subject.theme.public_id if subject.theme else "",
        "seats": subject.seats,
    }
    form = SubjectForm(
        _themes(subject.day), request.POST if request.method == "POST" else None, initial=initial, known=True
    )
    if request.method == "POST":
        done, _subject = submit(form, lambda values: edit_subject(subject, by=request.user, **values))
        if done:
            tell(request, _("C’est modifié."))
            return see("initiatives:subject", wall_id)
    context = {
        "day": subject.day,
        "form": form,
        "title": _("Modifier le sujet"),
        "back": subject_url(subject),
        "crumbs": inside_subject(subject, _("Modifier")),
    }
    return render(request, "initiatives/wall_form.html", context, status=422 if form.is_bound else 200)


@require_safe
def subject(request: HttpRequest, wall_id: str) -> HttpResponse:
    """Show a subject: who hosts it, when and where, who comes, what was said."""
    row = _get(request, wall_id)
    shapes = can_shape(request.user, row)
    live = row.day.state in DAY_LIVE and not row.withdrawn_at and not row.merged_into_id
    context = {
        "subject": row,
        "day": row.day,
        "card": card_of(row, request.user),
        "live": live,
        "shapes": shapes,
        "names": {"seated": seated_at(row), "waiting": waiting_of(row)} if shapes else {},
        "same_time": same_time(row, request.user),
        "merged": merged_in(row),
        "merges": merges_about(row) if live else [],
        "close": alike(row.day, row.title, without=row.pk) if live and shapes else [],
        "reports": row.day.state in (DayState.OPEN, DayState.CLOSED) and can_report(request.user, row),
        "forms_group": row.day.state in (DayState.OPEN, DayState.CLOSED)
        and row.group is None
        and can_take_part(request.user, row.day.frame),
        "crumbs": inside_day(row.day, row.title),
    }
    return render(request, "initiatives/wall_subject.html", context)


@require_POST
def sign(request: HttpRequest, wall_id: str) -> HttpResponse:
    """Take a seat, or a place in the waiting list."""
    row = _get(request, wall_id)
    done, mine = attempt(request, lambda: sign_up(row, by=request.user))
    if done:
        if mine.state == SignState.SEATED:
            tell(request, _("Vous avez une place : « %(title)s ».") % {"title": row.title})
        else:
            sentence = _(
                "C’est complet : vous êtes en liste d’attente, numéro %(n)s, pour « %(title)s ». "
                "Une place qui se libère est à vous, et un message vous le dit."
            )
            warn(request, sentence % {"n": card_of(row, request.user).my_place, "title": row.title})
        others = same_time(row, request.user)
        if others:
            sentence = _(
                "Vous allez aussi à « %(title)s », à la même heure. C’est permis : on passe d’un sujet à "
                "l’autre quand on n’apprend plus ou n’apporte plus."
            )
            warn(request, sentence % {"title": others[0].title})
    return back(request, "initiatives:subject", wall_id)


@require_POST
def leave(request: HttpRequest, wall_id: str) -> HttpResponse:
    """Give back one's seat or place."""
    row = _get(request, wall_id)
    attempt(
        request,
        lambda: leave_subject(row, by=request.user),
        _("C’est noté : vous n’y allez plus. Votre place passe à la première personne qui attend."),
    )
    return back(request, "initiatives:subject", wall_id)


def _cells(row: WallSubject) -> list[Any]:
    """Return every place of the grid as choices; a place already taken names what is there."""
    slots, rooms = timetable(row.day)
    taken = {card.mark: card.subject for card in cards_of(row.day, None) if card.mark}

    def label(room: Any, there: Any) -> str:
        if there is not None and there.pk != row.pk:
            return _("%(room)s : prise par « %(title)s »") % {"room": room.name, "title": there.title}
        return _("%(room)s, %(n)s places") % {"room": room.name, "n": room.seats}

    def hour(slot: Any) -> str:
        start, end = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
        return f"{date_format(start, 'TIME_FORMAT')} – {date_format(end, 'TIME_FORMAT')}"

    marks = [(slot, [(cell_mark(slot.public_id, room.public_id), room) for room in rooms]) for slot in slots]
    groups = [
        (hour(slot), [(mark, label(room, taken.get(mark))) for mark, room in line]) for slot, line in marks
    ]
    return [("", _("Sur le mur, sans heure ni salle")), *groups]


@either
def place(request: HttpRequest, wall_id: str) -> HttpResponse:
    """Put a subject in the grid: from its form, or moved in the table itself."""
    row = _get_mine(request, wall_id)
    seen = card_of(row, request.user).mark
    form = PlaceForm(
        _cells(row),
        request.POST if request.method == "POST" else None,
        initial={"cell": seen, "version": seen},
    )
    moved = request.headers.get("X-Moved") == "1"
    if request.method == "POST" and _placed(request, form, row):
        if moved:
            return render(request, "initiatives/grid_table.html", grid_context(request, row.day))
        tell(request, _("C’est placé.") if row.slot else _("Le sujet est de retour sur le mur."))
        return back(request, "initiatives:grid", row.day.public_id)
    if moved:
        # Refused: what the table shows now, and why, in its place.
        context = {**grid_context(request, row.day), "refused": form.errors}
        return render(request, "initiatives/grid_table.html", context, status=422)
    context = {
        "subject": row,
        "form": form,
        "back": day_url(row.day, "grid"),
        "crumbs": inside_subject(row, _("Placer dans la grille")),
    }
    return render(request, "initiatives/wall_place.html", context, status=422 if form.is_bound else 200)


def _placed(request: HttpRequest, form: PlaceForm, row: WallSubject) -> bool:
    """Place the subject; refused because somebody else just moved it, the form takes up where it is now."""
    if not form.is_valid():
        return False
    slot, room = form.cleaned_data["cell"]
    try:
        place_subject(row, by=request.user, slot=slot, room=room, version=form.cleaned_data["version"])  # type: ignore[arg-type]
    except ValidationError as error:
        put_errors(form, error)
        form.data = form.data.copy()
        form.data["version"] = card_of(get_subject(request.user, row.public_id), request.user).mark  # type: ignore[arg-type]
        return False
    return True


@either
def withdraw(request: HttpRequest, wall_id: str) -> HttpResponse:
    """Take a subject off the wall."""
    row = _get_mine(request, wall_id)
    if request.method == "POST":
        done, _subject = attempt(
            request, lambda: withdraw_subject(row, by=request.user), _("Le sujet est retiré du mur.")
        )
        return see(day_url(row.day) if done else subject_url(row))
    context = {"subject": row, "back": subject_url(row), "crumbs": inside_subject(row, _("Retirer"))}
    return render(request, "initiatives/wall_withdraw.html", context)


@either
def hand(request: HttpRequest, wall_id: str) -> HttpResponse:
    """Give a subject another host, among those who come."""
    row = _get_mine(request, wall_id)
    people = {one.pk: one for one in card_of(row, request.user).hosts}
    people |= {sign.person_id: sign.person for sign in seated_at(row)}
    if can_run_day(request.user, row.day.frame):
        people[request.user.pk] = request.user
    people.pop(row.host_id, None)
    by_id = {one.public_id: one for one in people.values()}
    form = HandForm(
        [(public_id, one.display_name) for public_id, one in by_id.items()],
        request.POST if request.method == "POST" else None,
    )
    if request.method == "POST":
        done, _subject = submit(
            form, lambda values: hand_subject(row, by=request.user, to=by_id[values["to"]])
        )
        if done:
            tell(
                request,
                _("%(name)s porte ce sujet maintenant, et le sait.") % {"name": row.host.display_name},
            )
            return see(subject_url(row))
    context = {
        "subject": row,
        "form": form,
        "nobody": not by_id,
        "back": subject_url(row),
        "crumbs": inside_subject(row, _("Passer le relais")),
    }
    return render(request, "initiatives/wall_hand.html", context, status=422 if form.is_bound else 200)


@either
def ask(request: HttpRequest, wall_id: str) -> HttpResponse:
    """Ask whether this subject and another make one."""
    row = _get_mine(request, wall_id)
    near = [close.subject for close in alike(row.day, row.title, without=row.pk, limit=5)]
    known = {one.pk for one in near} | {row.pk}
    rest = [card.subject for card in cards_of(row.day, None) if card.subject.pk not in known]
    others = {one.public_id: one for one in [*near, *rest]}
    form = OtherForm(
        [
            (one.public_id, _("%(title)s (%(name)s)") % {"title": one.title, "name": one.host.display_name})
            for one in others.values()
        ],
        request.POST if request.method == "POST" else None,
        initial={"other": request.GET.get("other", "")[:12]},
    )
    if request.method == "POST":
        done, merge = submit(
            form,
            lambda values: ask_merge(row, get_subject(request.user, values["other"]), by=request.user),
        )
        if done:
            agreed = merge.state == MergeState.AGREED
            tell(
                request,
                _("Les deux sujets n’en font plus qu’un.")
                if agreed
                else _(
                    "La question est posée. Rien ne bouge sans l’accord des deux personnes qui portent ces sujets."
                ),
            )
            return see(subject_url(row))
    context = {
        "subject": row,
        "form": form,
        "nobody": not others,
        "back": subject_url(row),
        "crumbs": inside_subject(row, _("Réunir à un autre sujet")),
    }
    return render(request, "initiatives/wall_ask.html", context, status=422 if form.is_bound else 200)


@either
def merge(request: HttpRequest, merge_id: str) -> HttpResponse:
    """Read the question whether two subjects are one, and answer it."""
    row = get_merge(request.user, merge_id)
    request.network = row.kept.day.frame.network
    if request.method == "POST":
        agreed = request.POST.get("answer") == "yes"
        done, _merge = attempt(request, lambda: answer_merge(row, by=request.user, agreed=agreed))
        if done:
            said = {
                MergeState.AGREED: _("Les deux sujets n’en font plus qu’un."),
                MergeState.REFUSED: _("C’est noté : chacun garde son sujet."),
                MergeState.ASKED: _("C’est noté. Il manque l’accord de l’autre personne."),
            }
            tell(request, said[MergeState(row.state)])
        return see("initiatives:merge", merge_id)
    agreed_by = merge_agreed(row)
    wanted = {row.kept.host_id, row.folded.host_id}
    context = {
        "merge": row,
        "day": row.kept.day,
        "agreed": agreed_by,
        "answers": row.state == MergeState.ASKED
        and request.user.pk in wanted - {one.pk for one in agreed_by},
        "crumbs": inside_day(row.kept.day, _("Un seul sujet ?")),
    }
    return render(request, "initiatives/wall_merge.html", context)


@either
def report(request: HttpRequest, wall_id: str) -> HttpResponse:
    """Write what was said, published at once."""
    row = _get(request, wall_id)
    if not can_report(request.user, row) or row.withdrawn_at or row.merged_into_id:
        raise NotThere
    initial = {"words": row.report, "version": row.report_version}
    form = ReportForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            write_report(row, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
            if getattr(error, "code", "") == "changed":
                form.data = form.data.copy()
                form.data["version"] = str(row.report_version)
        else:
            tell(request, _("C’est publié : tout le réseau peut le lire."))
            return see("initiatives:subject", wall_id)
    context = {
        "subject": row,
        "form": form,
        # What somebody else wrote meanwhile, to be put together with one's own.
        "theirs": row.report if form.is_bound and row.report_version else "",
        "back": subject_url(row),
        "crumbs": inside_subject(row, _("Compte rendu")),
    }
    return render(request, "initiatives/wall_report.html", context, status=422 if form.is_bound else 200)
