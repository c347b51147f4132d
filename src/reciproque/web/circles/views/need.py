"""The need of a group, said page by page: kept as one goes, called for only once it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reciproque.circles.access import can_open, get_prepared
from reciproque.circles.actions import open_circle, specify_need
from reciproque.circles.queries import need_of
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import new_id
from reciproque.library.queries import trades_of
from reciproque.networks.queries import places_in
from reciproque.people.queries import function_choices, person_by_email
from reciproque.web.circles.forms.life import (
    DECIDERS,
    GrantedForm,
    OpenForm,
    SessionsForm,
    WhoForm,
    WithWhomForm,
)
from reciproque.web.circles.views import crumbs, either, here, inside, network_here, url_of
from reciproque.web.http import see, submit, tell

if TYPE_CHECKING:
    from reciproque.circles.models import Circle
    from reciproque.people.models import Person

LAST = 5


@either
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a group with a name, a trade and aims; the rest comes page by page."""
    network = network_here(request, slug)
    if not can_open(request.user, network):
        raise NotThere
    # A savoir that several people seek may become a group: its name comes with the link.
    initial = {"key": new_id(), "title": request.GET.get("title", "")[:120]}
    form = OpenForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, circle = submit(form, lambda values: open_circle(network, by=request.user, **values))
        if done:
            tell(
                request,
                _("Le groupe est ouvert : vous seul et l’animation le voyez. Précisez maintenant le besoin."),
            )
            return see("circles:need", circle.public_id, 2)
    context = {
        "form": form,
        "trades": trades_of(network),
        "back": reverse("circles:all", args=[slug]),
        "crumbs": crumbs(network, (_("Ouvrir un groupe"), "")),
    }
    return render(request, "circles/open.html", context, status=422 if form.is_bound else 200)


def page_names() -> list[str]:
    """Return the names of the pages of the need, in order."""
    return [
        _("L’idée"),
        _("Avec qui"),
        _("Ce qui est accordé"),
        _("Pour qui"),
        _("Les séances"),
    ]


def _prepared(request: HttpRequest, circle_id: str) -> Circle:
    return here(request, get_prepared(request.user, circle_id))


def _idea(circle: Circle) -> dict[str, Any]:
    return {"title": circle.title, "trade": circle.trade.name if circle.trade else "", "aims": circle.aims}


def _people(circle: Circle) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "specified_with": circle.specified_with,
        "specified_on": circle.specified_on,
    }
    for n, one in enumerate(need_of(circle).deciders[:DECIDERS], 1):
        initial |= {f"name_{n}": str(one), f"role_{n}": one.role}
        initial[f"email_{n}"] = one.person.email if one.person else ""
    return initial


def _plain(circle: Circle, *names: str) -> dict[str, Any]:
    return {name: getattr(circle, name) for name in names}


def _form(circle: Circle, page: int, data: Any = None) -> Form:
    """Return one page of the need, filled with what is kept."""
    if page == 1:
        form: Form = OpenForm(data, initial=_idea(circle))
        del form.fields["key"]
        return form
    if page == 2:
        return WithWhomForm(data, initial=_people(circle))
    if page == 3:
        return GrantedForm(data, initial=_plain(circle, "allowance", "told", "untold"))
    if page == 4:
        sites, units = places_in(circle.network)
        initial = _plain(circle, "functions", "seats_most")
        initial |= {
            "sites": [str(one.pk) for one in circle.sites.all()],
            "units": [str(one.pk) for one in circle.units.all()],
        }
        return WhoForm(
            data,
            initial=initial,
            sites=[(str(one.pk), one.name) for one in sites],
            units=[(str(one.pk), one.path) for one in units],
        )
    return SessionsForm(data, initial=_plain(circle, "sessions_wanted", "minutes", "method", "mode", "place"))


def _kept(circle: Circle, page: int, form: Any) -> dict[str, Any]:
    """Return what `specify_need` takes of a page."""
    values = dict(form.cleaned_data)
    if page == 2:
        return {
            "specified_with": values.get("specified_with", ""),
            "specified_on": values.get("specified_on"),
            "deciders": [(_found(circle, name, email), name, role) for name, role, email in form.people()],
        }
    if page == 4:
        sites, units = places_in(circle.network)
        for name, rows in (("sites", sites), ("units", units)):
            if name in values:
                values[name] = [one for one in rows if str(one.pk) in values[name]]
    return values


def _found(circle: Circle, name: str, email: str) -> Person | None:
    """Return who of the directory a decider is: by their address, or as somebody found them by name before."""
    if email:
        return person_by_email(email)
    known = (one.person for one in need_of(circle).deciders if one.person and str(one) == name)
    return next(known, None)


@either
def need(request: HttpRequest, circle_id: str, page: int) -> HttpResponse:
    """Say one part of the need; what is typed is kept, then the next page."""
    circle = _prepared(request, circle_id)
    if not 1 <= page <= LAST:
        raise NotThere
    form = _form(circle, page, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _circle = submit(
            form, lambda _values: specify_need(circle, by=request.user, **_kept(circle, page, form))
        )
        if done:
            return see(_after(circle, page, request.POST.get("step", "")))
    names = page_names()
    empty = {page_of(name) for name in need_of(circle).missing}
    context = {
        "circle": circle,
        "form": form,
        "page": page,
        "label": names[page - 1],
        "steps": [
            {"label": name, "url": reverse("circles:need", args=[circle_id, n]), "done": n not in empty}
            for n, name in enumerate(names, 1)
        ],
        "last": page == LAST,
        "trades": trades_of(circle.network) if page == 1 else [],
        "functions": function_choices() if page == 4 else [],
        "previous": reverse("circles:need", args=[circle_id, page - 1]) if page > 1 else "",
        "autosave_url": reverse("circles:need_draft", args=[circle_id, page]),
        "crumbs": inside(circle, (_("Préparer le groupe"), url_of("making", circle)), _("Le besoin")),
    }
    return render(request, "circles/need.html", context, status=422 if form.is_bound else 200)


def _after(circle: Circle, page: int, step: str) -> str:
    if step == "later" or page == LAST:
        return url_of("making", circle)
    return reverse("circles:need", args=[circle.public_id, page + 1])


@require_POST
def need_draft(request: HttpRequest, circle_id: str, page: int) -> HttpResponse:
    """Keep what is being typed of the need; nothing to show."""
    circle = _prepared(request, circle_id)
    if not 1 <= page <= LAST:
        raise NotThere
    form = _form(circle, page, request.POST)
    done, _circle = submit(
        form, lambda _values: specify_need(circle, by=request.user, **_kept(circle, page, form))
    )
    return HttpResponse(status=204 if done else 422)


def page_of(argument: str) -> int:
    """Return the page of the need on which something is said."""
    pages = {
        1: ("title", "trade", "aims"),
        2: ("specified_with", "specified_on", "deciders"),
        3: ("allowance", "told", "untold"),
        4: ("functions", "sites", "units", "seats_most"),
    }
    return next((page for page, names in pages.items() if argument in names), LAST)
