"""The time zones one may choose, by region, under the names that the reader's language gives them."""

from __future__ import annotations

import functools
import unicodedata
import zoneinfo

from babel.core import get_global
from babel.dates import get_timezone_location
from django.utils import translation
from django.utils.translation import gettext as _

Choices = list[tuple[str, list[tuple[str, str]]]]


def zone_choices(current: str = "") -> Choices:
    """Return the zones in use, by region and by name; `current` keeps the identifier it was written with."""
    language = "fr" if (translation.get_language() or "fr").startswith("fr") else "en"
    canonical = get_global("zone_aliases").get(current, current)
    found: dict[str, list[tuple[str, str]]] = {}
    for region, zone, label in _zones(language):
        # An old name of the same zone stays valid: it is the one chosen, under today's name.
        found.setdefault(region, []).append((current if zone == canonical else zone, label))
    regions = _regions()
    groups = [(regions[region], zones) for region, zones in found.items()]
    groups.sort(key=lambda group: _plain(group[0]))
    known = {zone for _region, zones in groups for zone, _label in zones}
    return groups if not current or current in known else [(_("Actuel"), [(current, current)]), *groups]


def _regions() -> dict[str, str]:
    return {
        "Africa": _("Afrique"),
        "America": _("Amérique"),
        "Antarctica": _("Antarctique"),
        "Arctic": _("Arctique"),
        "Asia": _("Asie"),
        "Atlantic": _("Océan Atlantique"),
        "Australia": _("Australie"),
        "Europe": _("Europe"),
        "Indian": _("Océan Indien"),
        "Pacific": _("Océan Pacifique"),
    }


@functools.lru_cache(maxsize=4)
def _zones(language: str) -> list[tuple[str, str, str]]:
    """The zones that are not old names of others, as (region, zone, name), by name: read once a language."""
    locale = "fr" if language == "fr" else "en_GB"
    aliases, known, regions = get_global("zone_aliases"), get_global("zone_territories"), _regions()
    rows = [
        (zone.partition("/")[0], zone, get_timezone_location(zone, locale=locale, return_city=True))
        for zone in zoneinfo.available_timezones()
        if zone in known and zone not in aliases and zone.partition("/")[0] in regions
    ]
    return sorted(rows, key=lambda row: (_plain(row[2]), row[1]))


def _plain(words: str) -> str:
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))
