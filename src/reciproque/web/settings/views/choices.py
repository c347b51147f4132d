"""One page per choice of a network: what it is, what it changes and for whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.access import require_settler
from reciproque.networks.actions import add_opening, change_settings, publish_charter
from reciproque.networks.queries import (
    charter_versions,
    counts_admitted,
    current_charter,
    interests_in,
    invitations_of,
    openings_of,
)
from reciproque.networks.rules import System
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.networks import masked, ring_words
from reciproque.web.parts.posts import person_line
from reciproque.web.settings.forms.choices import (
    DAYS,
    AdmissionForm,
    CharterForm,
    IdentityForm,
    InviteForm,
    MediationForm,
    PublicForm,
    ReciprocityForm,
    RhythmForm,
    RingForm,
    today_initial,
)
from reciproque.web.settings.views import OF_EXCHANGES, crumbs

if TYPE_CHECKING:
    from reciproque.networks.models import Network
    from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Page:
    """One choice: its title, its form, what it starts from, what keeps it, what its page shows besides."""

    title: Any
    form: type[Form]
    initial: Callable[[Network], dict[str, Any]]
    keep: Callable[[Network, Person, Form], Any]
    more: Callable[[Network], dict[str, Any]]
    done: Any = ""


def _fields(form: type[Form], names: list[str] | None = None) -> Callable[[Network], dict[str, Any]]:
    keys = names or list(form.base_fields)
    return lambda network: {key: getattr(network, key) for key in keys}


def _nothing(network: Network) -> dict[str, Any]:
    return {}


def _settle(network: Network, by: Person, form: Form) -> Any:
    return change_settings(network, by=by, **form.cleaned_data)


def _charter_initial(network: Network) -> dict[str, Any]:
    charter = current_charter(network)
    return {"charter_fr": charter.text_fr, "charter_en": charter.text_en} if charter else {}


def _publish(network: Network, by: Person, form: Form) -> Any:
    data = form.cleaned_data
    return publish_charter(network, by=by, text_fr=data["charter_fr"], text_en=data["charter_en"])


def _charter_more(network: Network) -> dict[str, Any]:
    return {"versions": charter_versions(network)}


def _ring_initial(network: Network) -> dict[str, Any]:
    return today_initial()


def _open(network: Network, by: Person, form: Form) -> Any:
    data = form.cleaned_data
    return add_opening(network, data["name"], by=by, opens_on=data["opens_on"], **form.criteria())


def _openings_more(network: Network) -> dict[str, Any]:
    today = clock.now().date()
    openings = openings_of(network)
    counts = counts_admitted([opening.criteria for opening in openings])
    return {
        "rings": [
            {
                "name": opening.name,
                "opens_on": opening.opens_on,
                "coming": opening.opens_on > today,
                "lines": ring_words(opening),
                "people": masked(people),
            }
            for opening, people in zip(openings, counts, strict=True)
        ],
        "interests": [
            {"person": row.person, "line": person_line(row.person), "words": row.words, "at": row.left_at}
            for row in interests_in(network)
        ],
    }


def _admission_more(network: Network) -> dict[str, Any]:
    return {
        "invite_form": InviteForm(),
        "links": [
            {
                "id": row.public_id,
                "url": settings.BASE_URL + reverse("join:invitation", args=[row.secret]),
                "expires_at": row.expires_at,
            }
            for row in invitations_of(network, clock.now())
        ],
    }


def _public_more(network: Network) -> dict[str, Any]:
    return {"address": settings.BASE_URL + reverse("pages:public", args=[network.slug])}


PAGES: dict[str, Page] = {
    "identity": Page(gettext_lazy("Nom et but"), IdentityForm, _fields(IdentityForm), _settle, _nothing),
    "charter": Page(gettext_lazy("Charte"), CharterForm, _charter_initial, _publish, _charter_more),
    "openings": Page(
        gettext_lazy("Pour qui"),
        RingForm,
        _ring_initial,
        _open,
        _openings_more,
        gettext_lazy("L’étape est ajoutée."),
    ),
    "admission": Page(
        gettext_lazy("Comment on y entre"), AdmissionForm, _fields(AdmissionForm), _settle, _admission_more
    ),
    "reciprocity": Page(
        gettext_lazy("Réciprocité"), ReciprocityForm, _fields(ReciprocityForm), _settle, _nothing
    ),
    "mediation": Page(
        gettext_lazy("Mise en relation"), MediationForm, _fields(MediationForm), _settle, _nothing
    ),
    "rhythm": Page(
        gettext_lazy("Rythme"), RhythmForm, _fields(RhythmForm, [*DAYS, "country"]), _settle, _nothing
    ),
    "public": Page(gettext_lazy("Page publique"), PublicForm, _fields(PublicForm), _settle, _public_more),
}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Show one choice and keep what is chosen."""
    network = request.network = require_settler(request.user, slug)
    shown = PAGES.get(name)
    if shown is None or (name in OF_EXCHANGES and System.EXCHANGES not in network.systems):
        raise NotThere
    form = shown.form(request.POST if request.method == "POST" else None, initial=shown.initial(network))
    if isinstance(form, RhythmForm):
        form.keep_for(network.systems)
    if request.method == "POST":
        done, _result = submit(form, lambda _data: shown.keep(network, request.user, form))
        if done:
            tell(request, shown.done or _("C’est enregistré."))
            return see("settings:page", slug, name)
    context = {
        "network": network,
        "form": form,
        "title": shown.title,
        "crumbs": crumbs(network, str(shown.title)),
        **shown.more(network),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"settings/{name}.html", context, status=status)
