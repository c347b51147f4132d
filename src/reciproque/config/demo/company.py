"""The directory of a fictitious postal operator: departments, sites, people, whom each reports to."""

from __future__ import annotations

import dataclasses
import random

from django.utils.text import slugify

from reciproque.config.demo.texts import words
from reciproque.people.actions import CleanPerson, get_site, import_people
from reciproque.people.models import Person

OPERATOR = "La Malle-Poste"
DOMAIN = "malle-poste.example"
PILOT_DEPARTMENTS = (
    "Direction des opérations courrier",
    "Direction des opérations colis",
    "Direction des ressources humaines",
    "Direction du numérique",
)
LEVELS = {"agent": "agent", "maîtrise": "maitrise", "cadre": "cadre", "dirigeant": "dirigeant"}
RANK = {"agent": 0, "maitrise": 1, "cadre": 2, "dirigeant": 3}
# How many people in a hundred, in the order of people.json.
_WEIGHTS = (21, 13, 13, 8, 7, 9, 8, 6, 5, 3, 4, 3)
_LEVEL_WEIGHTS = {"agent": 4.0, "maitrise": 3.0, "cadre": 2.2, "dirigeant": 0.4}
_PLACES = {
    "Direction des opérations courrier": (
        "Plateforme courrier",
        "Plateforme indus",
        "Centre de dist",
        "Plateforme de",
    ),
    "Direction des opérations colis": (
        "Plateforme colis",
        "Plateforme multi",
        "Centre intern",
        "Micro",
        "Plateforme de",
    ),
    "Direction du réseau et des guichets": ("Bureau",),
    "Direction du service client": ("Service client",),
    "Direction des transports": ("Plateforme", "Centre intern"),
    "Direction du numérique": ("Campus", "Siège"),
    "Direction des services bancaires": ("Centre financier", "Bureau"),
    "Direction du développement et de la communication": ("Siège", "Imprimerie", "Campus"),
}
_ELSEWHERE = ("Siège", "Centre financier", "Plateforme industrielle", "Service client")


@dataclasses.dataclass(eq=False)
class Colleague:
    """Someone of the operator, as the rest of the demonstration needs to know them."""

    clean: CleanPerson
    gender: str
    department: str
    role: str = ""
    person: Person = dataclasses.field(default=None, repr=False)  # type: ignore[assignment]

    @property
    def level(self) -> str:
        return self.clean.level

    @property
    def function(self) -> str:
        return self.clean.function

    @property
    def in_pilot(self) -> bool:
        return self.department in PILOT_DEPARTMENTS and self.level != "agent"

    @property
    def is_manager(self) -> bool:
        return self.level in ("cadre", "dirigeant")


@dataclasses.dataclass(frozen=True)
class Persona:
    """Someone one can step in as: their name and place are the same in every demonstration."""

    role: str
    first_name: str
    last_name: str
    gender: str
    function: str
    level: str
    department: str
    unit: str
    site: str
    spoken: tuple[str, ...] = ("fr",)


CAST = (
    Persona(
        "animator", "Alice", "Ferrand", "f", "Formatrice interne", "maitrise", "Direction des ressources humaines",
        "Formation et développement", "Siège national",
    ),
    Persona(
        "member", "Basile", "Kermarrec", "m", "Responsable d’équipe de distribution", "maitrise",
        "Direction des opérations courrier", "Distribution rurale et montagne", "Centre de distribution de Saint-Brieuc",
    ),
    Persona(
        "mediator", "Chloé", "Diallo", "f", "Préventrice", "cadre", "Direction des ressources humaines",
        "Santé, sécurité et qualité de vie", "Service client de Lille",
    ),
    Persona(
        "hr", "Dorothée", "Lambert", "f", "Chargée de recrutement", "cadre", "Direction des ressources humaines",
        "Mobilité et parcours", "Siège national",
    ),
    Persona(
        "sponsor", "Étienne", "Marchand", "m", "Directeur de plateforme courrier", "dirigeant",
        "Direction des opérations courrier", "Méthodes et organisation", "Plateforme courrier de Reims",
    ),
    Persona(
        "newcomer", "Fanny", "Costa", "f", "Cheffe d’équipe de quai", "maitrise", "Direction des opérations colis",
        "Tri colis", "Plateforme colis de Valence",
    ),
    Persona(
        "english", "Grace", "Whitfield", "f", "Déclarante en douane", "maitrise", "Direction des opérations colis",
        "Pôle international et douane", "Centre international de tri de Roissy", ("en", "fr"),
    ),
    Persona(
        "outsider", "Hugo", "Perrot", "m", "Guichetier itinérant", "agent", "Direction du réseau et des guichets",
        "Bureaux ruraux", "Bureau de Figeac",
    ),
)  # fmt: skip


def colleagues(number: int, rng: random.Random) -> list[Colleague]:
    """Return `number` people of the operator, the cast among them, always the same for the same `rng`."""
    names = _names(number, rng)
    sites = words()["sites"]
    found = [_of_the_cast(persona, sites) for persona in CAST]
    departments = words()["departments"]
    for index, (first, last, gender) in enumerate(names, start=len(found) + 1):
        department = rng.choices(departments, _WEIGHTS)[0]
        functions = [
            entry for entry in words()["functions"] if entry["department_hint"] == department["name"]
        ]
        weights = [_LEVEL_WEIGHTS[LEVELS[entry["level"]]] for entry in functions]
        function = rng.choices(functions, weights)[0]
        site = rng.choice(_sites_of(department["name"], sites))
        # Some colleagues of the counters and of the rounds have no address: letters and the telephone reach them.
        reachable = function["level"] != "agent" or rng.random() < 0.8
        spoken = ["fr", *(["en"] if rng.random() < 0.15 else []), *_other_language(rng)]
        found.append(
            Colleague(
                CleanPerson(
                    line=index,
                    external_id=f"MP{index:05d}",
                    first_name=first,
                    last_name=last,
                    email=_address(first, last, index) if reachable else None,
                    phone=f"01 99 00 {rng.randrange(100):02d} {rng.randrange(100):02d}",
                    unit=f"{department['name']} > {rng.choice(department['units'])}",
                    site=site["name"],
                    function=function["name_f" if gender == "f" else "name_m"],
                    level=LEVELS[function["level"]],
                    manager="",
                    spoken=spoken,
                    time_zone=site["zone"],
                    leaves_on=None,
                    give=None,
                    receive=None,
                ),
                gender,
                department["name"],
            )
        )
    return _with_managers(found, rng)


def _of_the_cast(persona: Persona, sites: list[dict[str, str]]) -> Colleague:
    site = next(site for site in sites if site["name"] == persona.site)
    index = CAST.index(persona) + 1
    clean = CleanPerson(
        line=index,
        external_id=f"MP{index:05d}",
        first_name=persona.first_name,
        last_name=persona.last_name,
        email=_address(persona.first_name, persona.last_name, 0),
        phone=f"01 99 00 00 {index:02d}",
        unit=f"{persona.department} > {persona.unit}",
        site=persona.site,
        function=persona.function,
        level=persona.level,
        manager="",
        spoken=list(persona.spoken),
        time_zone=site["zone"],
        leaves_on=None,
        give=None,
        receive=None,
    )
    return Colleague(clean, persona.gender, persona.department, persona.role)


def _names(number: int, rng: random.Random) -> list[tuple[str, str, str]]:
    """Return as many different names as there are people besides the cast."""
    taken = {(persona.first_name, persona.last_name) for persona in CAST}
    found: list[tuple[str, str, str]] = []
    while len(found) < number - len(CAST):
        first, last = rng.choice(words()["first_names"]), rng.choice(words()["last_names"])
        if (first["n"], last) not in taken:
            taken.add((first["n"], last))
            found.append((first["n"], last, first["g"]))
    return found


def _address(first: str, last: str, index: int) -> str:
    return f"{slugify(first)}.{slugify(last)}{index or ''}@{DOMAIN}"


def _other_language(rng: random.Random) -> list[str]:
    chance = rng.random()
    return [rng.choice(["es", "de", "it", "pt", "ar"])] if chance < 0.12 else ["lsf"] if chance < 0.13 else []


def _sites_of(department: str, sites: list[dict[str, str]]) -> list[dict[str, str]]:
    beginnings = _PLACES.get(department, _ELSEWHERE)
    return [site for site in sites if site["name"].startswith(beginnings)]


def _with_managers(people: list[Colleague], rng: random.Random) -> list[Colleague]:
    """Let each report to somebody of a higher level: in their unit, else in their department."""
    found = []
    for colleague in people:
        higher = [other for other in people if RANK[other.level] > RANK[colleague.level]]
        own_unit = [other for other in higher if other.clean.unit == colleague.clean.unit]
        department = [other for other in higher if other.department == colleague.department]
        bosses = own_unit or department
        manager = rng.choice(bosses[:4]).clean.external_id if bosses else ""
        clean = dataclasses.replace(colleague.clean, manager=manager)
        found.append(dataclasses.replace(colleague, clean=clean))
    return found


def write_directory(people: list[Colleague]) -> None:
    """Bring the directory in, as an import by the command line would."""
    for site in words()["sites"]:
        get_site(site["name"], city=site["city"], time_zone=site["zone"])
    rows = import_people([colleague.clean for colleague in people], by=None)
    for colleague in people:
        colleague.person = rows[colleague.clean.external_id]
