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

LEARNING_CHARTER_FR = """Chacun vient parce qu’il l’a choisi, peut s’arrêter quand il veut et n’a pas à dire pourquoi.
Nous cherchons ensemble, quel que soit le niveau, le métier ou le service de chacun.
Nous essayons en petit, avec ceux que cela concerne et avec leur accord.
Nous écrivons ce que serait une réussite avant de commencer, et nous n’y touchons plus.
Un essai qui échoue avec une leçon est un bon essai : nous le racontons.
Nous proposons ce que nous avons compris ou vu marcher, en disant à qui cela sert et ce que cela coûte.
À chaque proposition, le comité répond à la date dite, avec ses raisons, aussi quand c’est non.
Personne ne juge sa propre proposition.
Ce qui se dit dans un groupe reste au groupe ; ce qui est décidé, essayé et appris se lit par tous.
Les responsables sont informés et lèvent ce qui bloque ; ils ne demandent aucun compte de ce qui se cherche."""

LEARNING_CHARTER_EN = """Everyone comes because they chose to, may stop when they wish and need not say why.
We search together, whatever anyone’s grade, trade or department.
We try things out on a small scale, with those concerned and with their agreement.
We write down what success would be before we begin, and do not touch it afterwards.
A trial that fails with a lesson is a good trial: we tell others about it.
We propose what we have understood or seen work, saying whom it serves and what it costs.
The committee answers each proposal by the date given, with its reasons, also when the answer is no.
Nobody judges their own proposal.
What is said in a group stays in the group; what is decided, tried and learned may be read by all.
Managers are kept informed and lift what stands in the way; they ask for no account of what is being searched."""

CIRCLES_CHARTER_FR = """Chacun vient parce qu’il l’a choisi, et s’engage pour toutes les séances de son groupe.
Chacun apporte une situation de son travail, telle qu’elle est.
Nous écoutons jusqu’au bout avant de répondre ; nous posons des questions avant de donner des conseils.
Personne ne juge ni n’est jugé ; chacun peut passer son tour.
Ce qui se dit dans un groupe reste au groupe ; rien n’en sort sans l’accord de chacun.
Personne n’est dans le même groupe que son responsable direct.
Le temps des séances est du temps de travail, accordé d’avance.
Ce que le groupe a compris peut servir à d’autres : il choisit lui-même ce qu’il en écrit."""

CIRCLES_CHARTER_EN = """Everyone comes because they chose to, and commits to all the sessions of their group.
Each of us brings a situation from our own work, as it is.
We listen to the end before we answer; we ask questions before we give advice.
Nobody judges or is judged; anyone may pass.
What is said in a group stays in the group; nothing leaves it unless everyone agrees.
Nobody is in the same group as their direct manager.
The time of the sessions is working time, granted beforehand.
What the group has understood may serve others: it chooses for itself what it writes of it."""


def default_charter(systems: Sequence[str]) -> tuple[str, str]:
    """Return the charter, in French and in English, that suits a network which runs these systems."""
    if System.EXCHANGES not in systems and System.COMMUNITY not in systems:
        if System.LEARNING in systems:
            return LEARNING_CHARTER_FR, LEARNING_CHARTER_EN
        if System.CIRCLES in systems:
            return CIRCLES_CHARTER_FR, CIRCLES_CHARTER_EN
    return DEFAULT_CHARTER_FR, DEFAULT_CHARTER_EN


def suited_charter(text_fr: str, text_en: str, systems: Sequence[str]) -> tuple[str, str]:
    """Return a charter as it was written; one that nobody has touched follows the systems chosen since."""
    known = [default_charter([name]) for name in System.values]
    untouched = (_same(text_fr), _same(text_en)) in [(_same(fr), _same(en)) for fr, en in known]
    return default_charter(systems) if untouched else (text_fr, text_en)


def _same(text: str) -> str:
    """Return a text as a form gives it back: its ends of line are the browser's."""
    return text.replace("\r\n", "\n").strip()
