"""Who one can step in as, and what the demo says after its clock has moved."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from reciproque.networks.queries import role_holders
from reciproque.people.queries import person_by_public_id

if TYPE_CHECKING:
    from reciproque.people.models import Person

CAST_FILE = "demo-cast.json"


@dataclasses.dataclass(frozen=True)
class Persona:
    """Someone of the demo, with one line on who they are."""

    person: Person
    line: str
    # Where what awaits them is; their home page when empty.
    url: str = ""
    learns: bool = False


def demo_cast() -> list[Persona]:
    """Return the people that the demo's builder chose, else the first ones who hold a role."""
    try:
        entries = json.loads((settings.DATA / CAST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        entries = []
    english = (get_language() or "fr").startswith("en")
    cast = []
    for entry in entries:
        person = person_by_public_id(entry.get("public_id", ""))
        if person is not None:
            line = (entry.get("line_en") if english else "") or entry.get("line_fr", "")
            url = entry.get("url", "")
            cast.append(Persona(person, line, url, learns=entry.get("about") == "learning"))
    return cast or _first_roles()


def _first_roles() -> list[Persona]:
    cast: dict[str, Persona] = {}
    for grant in role_holders():
        line = _("%(role)s, réseau « %(network)s »") % {
            "role": grant.get_role_display().capitalize(),
            "network": grant.network.name,
        }
        cast.setdefault(grant.person.public_id, Persona(grant.person, line))
    return list(cast.values())


def happenings(done: Mapping[str, Any]) -> list[str]:
    """Say in words what the clock did, from the counts of its duties (as `reciproque daily` names them)."""
    counts = {name: int(value) if isinstance(value, int) else 0 for name, value in done.items()}

    def say(name: str, sentence: Any) -> str:
        number = counts.get(name, 0)
        return sentence(number) % {"n": number} if number else ""

    said = [
        say(
            "people who left",
            lambda n: ngettext(
                "%(n)s personne a quitté l’organisation", "%(n)s personnes ont quitté l’organisation", n
            ),
        ),
        say(
            "meetings past",
            lambda n: ngettext("%(n)s rencontre est passée", "%(n)s rencontres sont passées", n),
        ),
        say(
            "introductions to lapse",
            lambda n: ngettext(
                "%(n)s demande est restée sans réponse", "%(n)s demandes sont restées sans réponse", n
            ),
        ),
        say(
            "reviews to close",
            lambda n: ngettext("%(n)s échange est clos", "%(n)s échanges sont clos", n),
        ),
        say(
            "steps to hand over",
            lambda n: ngettext(
                "%(n)s échéance passe à l’animation", "%(n)s échéances passent à l’animation", n
            ),
        ),
        say(
            "posts about to expire",
            lambda n: ngettext("%(n)s annonce arrive à son terme", "%(n)s annonces arrivent à leur terme", n),
        ),
        say(
            "posts expired",
            lambda n: ngettext("%(n)s annonce n’est plus visible", "%(n)s annonces ne sont plus visibles", n),
        ),
    ]
    return [sentence for sentence in said if sentence]
