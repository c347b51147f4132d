"""The words and limits of a network's life: systems, admission, reciprocity, roles, rhythm."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import TextChoices
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _


class System(TextChoices):
    """The four systems a network may run."""

    EXCHANGES = "exchanges", _("réseau d’échanges réciproques de savoirs")
    CIRCLES = "circles", _("groupes d’échange de pratiques")
    LEARNING = "learning", _("réseau apprenant")
    COMMUNITY = "community", _("communauté apprenante")


class Admission(TextChoices):
    OPEN = "open", _("ouverte : chaque personne éligible rejoint seule")
    INVITATION = "invitation", _("sur invitation : il faut un lien donné par l’animation")
    APPROVAL = "approval", _("sur accord : l’animation répond à chaque demande")


class Reciprocity(TextChoices):
    STRICT = "strict", _("stricte : une offre et une demande publiées pour être mis en relation")
    OPEN = "open", _("ouverte : on peut apprendre avant de transmettre, ou l’inverse")


class Mediation(TextChoices):
    MEDIATED = "mediated", _("accompagnée : un médiateur ou une médiatrice réunit les deux personnes")
    DIRECT = "direct", _("directe : les deux personnes fixent elles-mêmes leur rendez-vous")


class Role(TextChoices):
    ANIMATOR = "animator", _("animation")
    MEDIATOR = "mediator", _("médiation")
    SPONSOR = "sponsor", _("parrainage")
    HR = "hr", _("ressources humaines")


class Ability(TextChoices):
    """What someone of the animators' pool may be asked to do."""

    MEDIATE = "mediate", _("accompagner des mises en relation")
    FACILITATE = "facilitate", _("animer un groupe")
    FAIR = "fair", _("tenir une bourse aux savoirs")
    LAUNCH = "launch", _("animer une journée de lancement")


class MembershipState(TextChoices):
    APPLIED = "applied", _("demande en attente")
    MEMBER = "member", _("membre")
    REFUSED = "refused", _("demande refusée")
    LEFT = "left", _("a quitté le réseau")


DEFAULT_GIVE = 3
DEFAULT_RECEIVE = 2
MAX_CAPACITY = 20
CHARTER_MAX = 8000
NOTE_MAX = 2000

# Days of the rhythm: what each waits for is said on the settings page. (name, default, least, most)
RHYTHM = {
    "answer_days": (5, 1, 30),
    "date_days": (7, 1, 30),
    "confirm_days": (5, 1, 30),
    "review_days": (10, 2, 60),
    "grace_days": (60, 0, 365),
    "validity_days": (365, 30, 730),
    "silent_days": (365, 90, 730),
}


# How long what waits for someone on pause waits for them at most; after that the others wait no longer.
PAUSE_MOST = dt.timedelta(days=60)


def may_ask(
    *, reciprocity: str, reciprocal: bool, grace_until: dt.datetime | None, waived: bool, now: dt.datetime
) -> bool:
    """Tell whether a member may ask for an introduction under the network's reciprocity."""
    if reciprocity == Reciprocity.OPEN or reciprocal or waived:
        return True
    return grace_until is not None and now < grace_until


def ring_admits(criteria: Mapping[str, Sequence[str]], person: Mapping[str, Any]) -> bool:
    """Tell whether one ring of eligibility admits a person; an empty criterion admits everyone.

    `criteria` has the keys functions, levels, units, sites; `person` has function, level, unit (a path), site.
    A unit admits its sub-units.
    """
    functions = [text.casefold() for text in criteria.get("functions") or []]
    if functions and person.get("function", "").casefold() not in functions:
        return False
    if criteria.get("levels") and person.get("level", "") not in criteria["levels"]:
        return False
    if criteria.get("sites") and person.get("site", "") not in criteria["sites"]:
        return False
    units = criteria.get("units") or []
    path = person.get("unit", "")
    return not units or any(path == unit or path.startswith(f"{unit} > ") for unit in units)


def address_from(name: str) -> str:
    """Return the address (slug) that a network's name suggests."""
    return slugify(name)[:50] or "reseau"


# One rule a line, as it is read: longer than the code around it.
# ruff: noqa: E501
DEFAULT_CHARTER_FR = """Chacun sait quelque chose, chacun cherche quelque chose : dans ce réseau, on propose un savoir et on en demande un.
Tous les savoirs se valent, toutes les personnes aussi, quel que soit leur niveau ou leur service.
On apprend à faire ; on ne fait pas à la place de l’autre.
Rien ne se paie, rien ne se compte : ni points, ni crédits, ni classement.
On peut recevoir d’une personne et transmettre à une autre, en son temps.
Les deux personnes décident ensemble du contenu, de la méthode, du lieu et de la durée.
L’échange est volontaire ; chacun peut dire non, et dire pourquoi s’il le souhaite.
Ce que l’on apprend des personnes rencontrées reste entre elles.
Après chaque échange, chacun fait un court bilan ; personne d’autre que le réseau n’en voit les chiffres, et jamais les noms.
On répond à qui nous écrit, même pour dire « pas cette fois »."""

DEFAULT_CHARTER_EN = """Everyone knows something and everyone seeks something: in this network, each of us offers some knowledge and asks for some.
All knowledge is worth the same, and so are all people, whatever their grade or department.
We learn how to do things; we do not do them for one another.
Nothing is paid, nothing is counted: no points, no credits, no ranking.
You may receive from one person and pass on to another, in your own time.
The two people decide together on content, method, place and length.
Exchanges are voluntary; anyone may say no, and say why if they wish.
What we learn about the people we meet stays between us.
After each exchange, each person writes a short review; only the network sees the figures, and never the names.
We answer those who write to us, even to say “not this time”."""
