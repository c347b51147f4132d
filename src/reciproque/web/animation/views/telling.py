"""Those whom no e-mail reaches: whom to call, what to tell them by when, a sheet to print for each."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.agenda.actions import note_told
from reciproque.insights.queries import all_to_tell, count_to_tell, people_to_tell
from reciproque.kit.errors import NotThere
from reciproque.networks.access import get_accompanied, require_animator
from reciproque.networks.rules import MembershipState
from reciproque.notices.access import get_trouble
from reciproque.notices.actions import clear_address_trouble
from reciproque.notices.queries import mail_state, undelivered_page
from reciproque.notices.rules import UndeliveredReason
from reciproque.web.animation.forms.members import ToldForm
from reciproque.web.animation.views import contact, crumbs
from reciproque.web.http import attempt, back, page_number, submit, tell
from reciproque.web.parts.posts import person_line
from reciproque.web.parts.steps import describe

if TYPE_CHECKING:
    from reciproque.agenda.models import Step
    from reciproque.insights.queries import Said, ToTell
    from reciproque.networks.models import Membership, Network

SIZE = 25


@dataclasses.dataclass(frozen=True)
class Line:
    """One thing to tell: what, until when, and what follows otherwise or what can be answered."""

    what: str
    due: str = ""
    state: str = ""
    after: str = ""
    sentences: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


def trail(network: Network, *more: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up from a page about messages."""
    return crumbs(network, (_("À prévenir"), reverse("animation:telling", args=[network.slug])), *more)


def places(network: Network, here: str, **counts: Any) -> list[dict[str, Any]]:
    """Return the pages about messages as tabs, the present one marked."""
    rows = [
        ("telling", _("À appeler")),
        ("undelivered", _("Non remis")),
        ("broadcast", _("Écrire à des membres")),
    ]
    return [
        {
            "label": label,
            "url": reverse(f"animation:{name}", args=[network.slug]),
            "current": name == here,
            "count": counts.get(name, ""),
        }
        for name, label in rows
    ]


def _step_line(step: Step, about: list[Said]) -> Line:
    said = describe(step)
    return Line(
        what=said.title,
        due=said.due,
        state=said.state,
        after=said.after,
        sentences=tuple(text for one in about for text in one.sentences),
        answers=tuple(dict.fromkeys(answer for one in about for answer in one.answers)),
    )


def _lines(row: ToTell) -> list[Line]:
    """Return what to tell: what is awaited first, each with what was written about it, then the rest."""
    rest, lines = list(row.messages), []
    for step in row.steps:
        about = [said for said in rest if said.is_about(step)]
        rest = [said for said in rest if said not in about]
        lines.append(_step_line(step, about))
    return lines + [
        Line(said.subject, sentences=tuple(said.sentences), answers=tuple(said.answers)) for said in rest
    ]


def _one(network: Network, row: ToTell) -> dict[str, Any]:
    person = row.person
    return {
        "person": person,
        "reach": contact(network, person),
        "line": person_line(person),
        "manager": person.manager.display_name if person.manager else "",
        "lines": _lines(row),
        "told_at": row.told_at,
        "form": ToldForm(auto_id=f"id_{person.public_id}_%s"),
    }


@require_safe
def telling(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the members to call, the most urgent first, and what each is to be told."""
    network = request.network = require_animator(request.user, slug)
    total = count_to_tell(network, request.user)
    page = Paginator(range(total), SIZE).get_page(page_number(request))
    rows = people_to_tell(network, request.user, start=(page.number - 1) * SIZE, limit=SIZE)
    context = {
        "network": network,
        "crumbs": crumbs(network, (_("À prévenir"), "")),
        "tabs": places(network, "telling", telling=total),
        "rows": [_one(network, row) for row in rows],
        "total": total,
        "page": page,
        "sheets_url": reverse("animation:telling_sheets", args=[slug], query={"page": page.number}),
    }
    return render(request, "animation/telling.html", context)


def _member(request: HttpRequest, person_id: str) -> Membership:
    """Return a member of today whom this animator accompanies: nobody else has anything to be told."""
    membership = get_accompanied(request.user, person_id, request.network)  # type: ignore[attr-defined]
    if membership.state != MembershipState.MEMBER:
        raise NotThere
    return membership


@require_POST
def told(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Note that somebody was told what waits for them."""
    network = request.network = require_animator(request.user, slug)
    membership = _member(request, person_id)
    form = ToldForm(request.POST)
    done, _attempt = submit(form, lambda data: note_told(membership, by=request.user, words=data["words"]))
    if done:
        name = membership.person.display_name
        tell(request, _("C’est noté : %(name)s sait ce qui l’attend.") % {"name": name})
        return back(request, "animation:telling", slug)
    context = {
        "network": network,
        "crumbs": trail(network, (membership.person.display_name, "")),
        "one": _one(network, all_to_tell(membership)) | {"form": form},
    }
    return render(request, "animation/telling_one.html", context, status=422)


def _sheet(row: ToTell) -> dict[str, Any]:
    """Return one person's sheet in their own language and zone: it is theirs to read."""
    person = row.person
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        return {
            "person": person,
            "line": person_line(person),
            "lines": _lines(row),
            "network": row.membership.network.name,
        }


@require_safe
def sheet(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Show one person's sheet, to print: what waits for them, until when, room for their answers."""
    network = request.network = require_animator(request.user, slug)
    membership = _member(request, person_id)
    return _print(request, network, [all_to_tell(membership)], membership.person.display_name)


@require_safe
def sheets(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the sheets of one page of the list, each on its own paper."""
    network = request.network = require_animator(request.user, slug)
    start = (page_number(request) - 1) * SIZE
    rows = people_to_tell(network, request.user, start=start, limit=SIZE)
    return _print(request, network, rows, _("Les feuilles"))


def _print(request: HttpRequest, network: Network, rows: list[ToTell], title: str) -> HttpResponse:
    context = {
        "network": network,
        "title": title,
        "crumbs": trail(network, (title, "")),
        "sheets": [_sheet(row) for row in rows],
        "animator": request.user,
    }
    return render(request, "animation/telling_sheet.html", context)


def _remedy(what: str) -> str:
    """Return what an animator can do about a message that did not arrive."""
    said = {
        UndeliveredReason.NO_ADDRESS: _(
            "Appelez-la ou remettez-lui sa feuille. "
            "Une adresse ajoutée dans l’annuaire suffit pour qu’elle reçoive la suite."
        ),
        UndeliveredReason.REFUSED: _(
            "Vérifiez l’adresse avec la personne : elle se corrige dans l’annuaire. Le reste partira vers la nouvelle."
        ),
        UndeliveredReason.BOUNCED: _(
            "Demandez-lui si l’adresse est encore la sienne. "
            "Si oui, essayez de nouveau ; sinon, faites-la corriger dans l’annuaire."
        ),
        UndeliveredReason.GAVE_UP: _(
            "Le serveur de messagerie n’a pas pris le message : prévenez l’informatique, et la personne par téléphone."
        ),
    }
    return said[UndeliveredReason(what)]


@require_safe
def undelivered(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the members whom e-mail did not reach: why, since when, what to do."""
    network = request.network = require_animator(request.user, slug)
    found = undelivered_page(network, request.user, page_number(request))
    rows = [
        {
            "person": row.person,
            "reach": contact(network, row.person),
            "line": person_line(row.person),
            "email": row.person.email,
            "why": row.why,
            "said": row.said,
            "count": row.count,
            "at": row.latest.at,
            "remedy": _remedy(row.what),
            "trouble": row.trouble.public_id if row.trouble else "",
        }
        for row in found.rows
    ]
    state = mail_state()
    context = {
        "network": network,
        "crumbs": trail(network, (_("Non remis"), "")),
        "tabs": places(network, "undelivered", undelivered=found.total),
        "rows": rows,
        "total": found.total,
        "page": Paginator(range(found.total), max(1, -(-found.total // found.pages))).get_page(found.page),
        "down_since": state.down_since,
    }
    return render(request, "animation/telling_undelivered.html", context)


@require_POST
def try_again(request: HttpRequest, slug: str, trouble_id: str) -> HttpResponse:
    """Write again to an address that gave messages back: its person says that it works."""
    require_animator(request.user, slug)
    trouble = get_trouble(request.user, trouble_id)
    done = _("C’est noté : les prochains messages partiront de nouveau à cette adresse.")
    attempt(request, lambda: clear_address_trouble(trouble, by=request.user), done)
    return back(request, "animation:undelivered", slug)
