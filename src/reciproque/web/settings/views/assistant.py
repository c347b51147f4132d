"""Create a network in five pages: nothing exists until the last one, nothing typed is lost between them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.kit.errors import NotThere
from reciproque.networks.actions import create_network
from reciproque.networks.rules import (
    RHYTHM,
    Admission,
    Mediation,
    Reciprocity,
    System,
    default_charter,
    suited_charter,
)
from reciproque.people.access import can_administer
from reciproque.web.http import see, submit, tell, warn
from reciproque.web.parts.networks import choice
from reciproque.web.parts.small import words
from reciproque.web.settings.forms.assistant import EVERYONE, PAGES, SOME, WaysPage
from reciproque.web.settings.forms.choices import RolesForm, today_initial

DRAFT = "new_network"
CHARTER, LAST = 2, len(PAGES)


def _systems(request: HttpRequest) -> list[str]:
    """Return what the network is to run, as chosen on the first page; exchanges until something is."""
    return request.session.get(DRAFT, {}).get("1", {}).get("systems") or [System.EXCHANGES.value]


def _initial(request: HttpRequest, page: int) -> dict[str, Any]:
    """Return what a page starts with, before anything is typed on it."""
    charter_fr, charter_en = default_charter(_systems(request))
    return (
        {"systems": [System.EXCHANGES.value], "language": request.user.language},
        {"charter_fr": charter_fr, "charter_en": charter_en},
        {"whom": EVERYONE, "admission": Admission.OPEN.value, **today_initial()},
        {
            "reciprocity": Reciprocity.STRICT.value,
            "mediation": Mediation.DIRECT.value,
            "exclude_own_manager": True,
            "grace_days": RHYTHM["grace_days"][0],
        },
        {"animators": request.user.email or ""},
    )[page - 1]


def _form(request: HttpRequest, page: int, *data: Any, **initial: Any) -> Form:
    """Return a page's form; the rules and the rhythm are those of the systems chosen."""
    form = PAGES[page - 1][1](*data, **initial)
    if isinstance(form, WaysPage | RolesForm):
        form.keep_for(_systems(request))
    return form


def _typed(request: HttpRequest, page: int) -> Form | None:
    """Return a page's form with what was typed on it, or None when it has not been seen."""
    kept = request.session.get(DRAFT, {}).get(str(page))
    if kept is None:
        return None
    if page == CHARTER:
        # A charter that nobody has touched follows the systems chosen, also when they change afterwards.
        fr, en = ("".join(kept.get(name, [])) for name in ("charter_fr", "charter_en"))
        fr, en = suited_charter(fr, en, _systems(request))
        kept = {**kept, "charter_fr": [fr], "charter_en": [en]}
    return _form(request, page, MultiValueDict(kept))


def _keep(request: HttpRequest, page: int, form: Form) -> None:
    draft = request.session.get(DRAFT, {})
    draft[str(page)] = {name: request.POST.getlist(name) for name in form.fields if name in request.POST}
    request.session[DRAFT] = draft


def _shown(request: HttpRequest, page: int) -> Form:
    """Return a page's form as one comes (back) to it: what was typed, without reproaches."""
    typed = _typed(request, page)
    if typed is None:
        return _form(request, page, initial=_initial(request, page))
    return _form(
        request,
        page,
        initial={
            name: field.widget.value_from_datadict(typed.data, {}, name)
            for name, field in typed.fields.items()
        },
    )


def _first_unready(request: HttpRequest, before: int = LAST) -> int | None:
    """Return the first page before this one that is missing or wrong."""
    for page in range(1, before):
        form = _typed(request, page)
        if form is None or not form.is_valid():
            return page
    return None


def _send_back(request: HttpRequest, missing: int, *, kept: bool = False) -> HttpResponse:
    """Lead to the first missing page, and say why in a sentence."""
    named = {"page": missing, "title": PAGES[missing - 1][0]}
    if not request.session.get(DRAFT):
        said = _(
            "Rien n’est gardé de ce réseau : c’est le début, ou votre session a pris fin. "
            "Commencez par la page %(page)s, « %(title)s »."
        )
    elif kept:
        said = _(
            "Ce que vous venez d’écrire est gardé. Il manque la page %(page)s, « %(title)s » : complétez-la d’abord."
        )
    else:
        said = _("Il manque la page %(page)s, « %(title)s » : complétez-la d’abord.")
    warn(request, said % named)
    return see("settings:new", missing)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, page: int) -> HttpResponse:
    """Show one page of the assistant, keep what is typed, go on (or back); the last one creates the network."""
    if not can_administer(request.user):
        raise PermissionDenied
    if not 1 <= page <= LAST:
        raise NotThere
    missing = _first_unready(request, page)
    if request.method != "POST":
        return _send_back(request, missing) if missing else _draw(request, page, _shown(request, page))
    form = _form(request, page, request.POST)
    _keep(request, page, form)
    if "back" in request.POST:
        return see("settings:new", max(page - 1, 1))
    if not form.is_valid():
        return _draw(request, page, form)
    if missing:
        return _send_back(request, missing, kept=True)
    return see("settings:new", page + 1) if page < LAST else _create(request, form)


def _create(request: HttpRequest, roles: Form) -> HttpResponse:
    done, network = submit(roles, lambda _data: _found(request, roles))
    if not done:
        return _draw(request, LAST, roles)
    del request.session[DRAFT]
    tell(request, _("Le réseau est créé. Vous pouvez l’annoncer."))
    return see("settings:index", network.slug)


def _found(request: HttpRequest, roles: Form) -> Any:
    forms = [_typed(request, page) for page in range(1, LAST)]
    for form in forms:
        form.is_valid()
    identity, charter, opening, ways = forms
    ring = opening.ring()
    return create_network(
        by=request.user,
        charter_fr=charter.cleaned_data["charter_fr"],
        charter_en=charter.cleaned_data["charter_en"],
        open_to_all=ring is None,
        openings=[ring] if ring else [],
        roles=roles.held(),
        admission=opening.cleaned_data["admission"],
        **identity.cleaned_data,
        **ways.cleaned_data,
    )


def _summary(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was chosen on the first four pages, to be read once more."""
    forms = [_typed(request, page) for page in range(1, LAST)]
    if any(form is None or not form.is_valid() for form in forms):
        return []
    identity, charter, opening, ways = (form.cleaned_data for form in forms)
    ring = forms[2].ring()
    lines = len([line for line in charter["charter_fr"].splitlines() if line.strip()])
    systems = ", ".join(choice(value, System.choices) for value in identity["systems"])
    whom = (
        _("%(name)s, à partir du %(day)s") % {"name": ring["name"], "day": words(ring["opens_on"], "full")}
        if ring
        else _("Toute l’organisation, dès aujourd’hui")
    )
    found = [
        (_("Nom"), identity["name_fr"]),
        (_("Ce que l’on y fait"), systems),
        (_("Charte"), _("%(n)s règles") % {"n": lines}),
        (_("Pour qui"), whom),
        (_("On y entre"), choice(opening["admission"], Admission.choices)),
    ]
    if "reciprocity" in ways:
        found += [
            (_("Réciprocité"), choice(ways["reciprocity"], Reciprocity.choices)),
            (_("Mise en relation"), choice(ways["mediation"], Mediation.choices)),
        ]
    return found


def _draw(request: HttpRequest, page: int, form: Form) -> HttpResponse:
    seen = request.session.get(DRAFT, {})
    stages = [
        {"label": label, "url": reverse("settings:new", args=[n]) if str(n) in seen and n != page else ""}
        for n, (label, _form) in enumerate(PAGES, 1)
    ]
    context = {
        "form": form,
        "page": page,
        "last": page == LAST,
        "stages": stages,
        "title": PAGES[page - 1][0],
        "summary": _summary(request) if page == LAST else [],
        "ring_open": form["whom"].value() == SOME if page == 3 else False,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"settings/new_{page}.html", context, status=status)
