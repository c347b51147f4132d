"""What surrounds every page: who I am, where I am, where I can go."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from reciproque.agenda.queries import count_steps
from reciproque.kit import clock
from reciproque.kit.dates import moment_in_words
from reciproque.networks.access import can_settle
from reciproque.networks.queries import networks_of, roles_of
from reciproque.networks.rules import Role, System
from reciproque.people.access import can_administer, is_present
from reciproque.web.parts.meetings import zone_place

# Which sections (or pages) each entry of the menu stands for, where they are not the entry's own.
_STANDS_FOR = {
    "find:search": {
        *("find", "people", "library", "circles", "topics:families"),
        *("matching:suggestion", "matching:why_not", "matching:nudge", "matching:loop", "matching:alike"),
    },
    "library:shelf": {"library"},
    "circles:all": {"circles"},
    "posts:mine": {"posts"},
    "initiatives:learning": {"initiatives"},
    "community:place": {"community"},
    "exchanges:mine": {"exchanges"},
    "agenda:agenda": {"agenda"},
    "insights:steering": {"insights"},
    "join:network": {"join:charter", "join:membership", "join:welcome", "join:leave", "gatherings"},
    "animation:desk": {
        *("animation", "settings"),
        *("matching:plan", "matching:pair", "matching:rulings", "matching:sought"),
        *("matching:loops", "matching:groups", "matching:weights"),
        *("topics:curation", "topics:curate", "topics:merge", "topics:family"),
        *("recognition:desk", "recognition:rule", "recognition:training_settings"),
        *("surveys:desk", "surveys:write", "surveys:plan", "surveys:campaign", "surveys:floor"),
    },
}


def _entry(label: str, name: str, request: HttpRequest, *args: Any) -> dict[str, Any]:
    match = request.resolver_match
    # A page may belong elsewhere than its address says: somebody else's post is met among the savoirs.
    here = {
        getattr(request, "place", "") or (match.namespace if match else ""),
        match.view_name if match else "",
    }
    current = name in here or bool(here & _STANDS_FOR.get(name, set()))
    return {"label": label, "url": reverse(name, args=args), "current": current}


def _nav(request: HttpRequest, network: Any, *, joined: bool) -> list[dict[str, Any]]:
    nav = [_entry(_("Accueil"), "home:home", request)]
    # Each network says which systems it runs, and the menu holds those; every page still answers at its address.
    systems = network.systems if network is not None else []
    if System.COMMUNITY in systems:
        nav.append(_entry(_("Communauté"), "community:place", request, network.slug))
    if joined and System.EXCHANGES in systems:
        nav.append(_entry(_("Savoirs"), "find:search", request, network.slug))
        nav.append(_entry(_("Mes annonces"), "posts:mine", request, network.slug))
    if joined and System.CIRCLES in systems:
        nav.append(_entry(_("Groupes"), "circles:all", request, network.slug))
    if joined and System.EXCHANGES not in systems:
        nav.append(_entry(_("Fiches"), "library:shelf", request, network.slug))
    if System.LEARNING in systems:
        nav.append(_entry(_("Réseau apprenant"), "initiatives:learning", request, network.slug))
    nav.append(_entry(_("Échanges"), "exchanges:mine", request))
    nav.append(_entry(_("Agenda"), "agenda:agenda", request))
    if network is not None:
        nav.append(_entry(_("Le réseau"), "join:network", request, network.slug))
        held = roles_of(request.user, network) if is_present(request.user) else []  # type: ignore[arg-type]
        administers = can_administer(request.user)  # type: ignore[arg-type]
        if administers or Role.ANIMATOR in {grant.role for grant in held}:
            nav.append(_entry(_("Animation"), "animation:desk", request, network.slug))
        if administers or held:
            nav.append(_entry(_("Pilotage"), "insights:steering", request, network.slug))
    return nav


def _account_nav(request: HttpRequest, network: Any) -> list[dict[str, str]]:
    entries = [
        {"label": _("Mon espace"), "url": reverse("account:profile"), "icon": "user"},
        {"label": _("Mes savoirs"), "url": reverse("recognition:mine"), "icon": "sprout"},
        {"label": _("Questionnaires"), "url": reverse("surveys:mine"), "icon": "clipboard-list"},
        {"label": _("Mes réglages"), "url": reverse("account:preferences"), "icon": "sliders-horizontal"},
        {"label": _("Mon historique"), "url": reverse("account:history"), "icon": "history"},
        {"label": _("Tous les réseaux"), "url": reverse("join:directory"), "icon": "network"},
    ]
    if network is not None and can_settle(request.user, network):  # type: ignore[arg-type]
        entries.append(
            {
                "label": _("Réglages du réseau"),
                "url": reverse("settings:index", args=[network.slug]),
                "icon": "settings",
            }
        )
    if request.user.is_superuser:  # type: ignore[union-attr]
        entries.append(
            {"label": _("Créer un réseau"), "url": reverse("settings:new", args=[1]), "icon": "plus"}
        )
        entries.append({"label": _("Référentiels"), "url": reverse("topics:frameworks"), "icon": "list-tree"})
    entries.append({"label": _("Signalements"), "url": reverse("moderation:mine"), "icon": "flag"})
    entries.append({"label": _("Guide"), "url": reverse("pages:guide"), "icon": "book-open"})
    return entries


def _demo(request: HttpRequest) -> dict[str, Any] | None:
    if not settings.DEMO:
        return None
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    zone = person.time_zone if signed_in else settings.TIME_ZONE
    return {
        "clock": moment_in_words(clock.now(), zone),
        "persona": person.display_name if signed_in else "",
        "day_url": reverse("demo:clock") + "?days=1",
        "week_url": reverse("demo:clock") + "?days=7",
        "mailbox_url": reverse("demo:mailbox"),
        "door_url": reverse("demo:door"),
        "mailbox_count": None,
    }


def _front(network: Any) -> str:
    """Return where a network opens: on its place when it is a learning community, else on its front page."""
    page = "community:place" if System.COMMUNITY in network.systems else "join:network"
    return reverse(page, args=[network.slug])


def current_network(request: HttpRequest, networks: list[Any]) -> Any:
    """Return the network of the page, else the one last visited, else the only one."""
    network = getattr(request, "network", None)
    if network is not None:
        if request.session.get("network") != network.slug and request.method == "GET":
            request.session["network"] = network.slug
        return network
    last = request.session.get("network")
    return next((row for row in networks if row.slug == last), networks[0] if networks else None)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what base.html shows around every page (see its head for the shapes)."""
    language = (translation.get_language() or "fr")[:2]
    context: dict[str, Any] = {
        "me": None,
        "networks": [],
        "network": None,
        "nav": [],
        "account_nav": [],
        "steps_count": 0,
        "home_url": reverse("home:home"),
        "sign_in_url": reverse("account:sign_in"),
        "sign_out_url": reverse("account:sign_out"),
        "footer_nav": [
            {"label": _("Accessibilité"), "url": reverse("pages:accessibility")},
            {"label": _("Données personnelles"), "url": reverse("pages:privacy")},
        ],
        "languages": [
            {"code": code, "name": name, "current": code == language}
            for code, name in (("fr", "Français"), ("en", "English"))
        ],
        "demo": _demo(request),
        "zone": settings.TIME_ZONE,
        "zone_name": SimpleLazyObject(lambda: zone_place(settings.TIME_ZONE)),
    }
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return context
    networks = networks_of(person)
    network = current_network(request, networks)
    joined = network is not None and any(row.pk == network.pk and row.joined for row in networks)
    context |= {
        "me": person,
        "networks": [{"name": row.name, "slug": row.slug, "url": _front(row)} for row in networks],
        "network": network
        and {"name": network.name, "slug": network.slug, "url": reverse("join:network", args=[network.slug])},
        "nav": SimpleLazyObject(lambda: _nav(request, network, joined=joined)),
        "account_nav": SimpleLazyObject(lambda: _account_nav(request, network)),
        # Counted when a page shows it, once: a page that counted already gives its own.
        "steps_count": cache(lambda: count_steps(person)),
        "zone": person.time_zone,
        "zone_name": SimpleLazyObject(lambda: zone_place(person.time_zone)),
    }
    return context
