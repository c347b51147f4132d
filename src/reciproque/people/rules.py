"""Words and limits about persons, true without any database."""

import datetime as dt
import functools
import re
import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reciproque.kit.text import fold

LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]

# Languages in which people may exchange; the interface itself speaks the two above.
SPOKEN = [
    ("fr", _("français")),
    ("en", _("anglais")),
    ("de", _("allemand")),
    ("es", _("espagnol")),
    ("it", _("italien")),
    ("pt", _("portugais")),
    ("nl", _("néerlandais")),
    ("ar", _("arabe")),
    ("lsf", _("langue des signes")),
]

LEVELS = [
    ("agent", _("agent, employé")),
    ("maitrise", _("agent de maîtrise")),
    ("cadre", _("cadre")),
    ("dirigeant", _("dirigeant")),
]

MAX_NAME = 100
FOLDED_MAX = 210
ABOUT_MAX = 2000


def initials(first_name: str, last_name: str) -> str:
    """Return one or two capital letters for a person's mark."""
    letters = [part[0] for part in (first_name.strip(), last_name.strip()) if part]
    return "".join(letters[:2]).upper() or "·"


def folded_name(name: str) -> str:
    """Return a name as it is compared, whoever wrote it: no accents, no case, its parts apart by one blank."""
    return " ".join(re.split(r"[\s'.-]+", fold(name))).strip()[:FOLDED_MAX]


def unit_parts(path: str) -> list[str]:
    """Split a unit path as directories write it ("Direction > Région > Service", "/" or "|") into names."""
    return [part.strip()[:120] for part in re.split(r"\s*[>/|]\s*", path) if part.strip()]


@functools.cache
def _zones() -> frozenset[str]:
    # Some hundred files are looked at.
    return frozenset(zoneinfo.available_timezones())


def check_zone(name: str) -> None:
    """Refuse an unknown time zone name with a sentence."""
    if name not in _zones():
        raise ValidationError(
            _("Le fuseau horaire « %(name)s » n’existe pas. Exemple : Europe/Paris."), params={"name": name}
        )


def has_left(leaves_on: dt.date | None, today: dt.date) -> bool:
    """Tell whether the leaving date given by the directory is past."""
    return leaves_on is not None and leaves_on < today
