"""The words of the demonstration, and who could believably have written them."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reciproque.kit.text import fold

FOLDER = Path(__file__).resolve().parent

# What each department is likely to offer and to ask, by family of subjects; a family absent here is everyone's.
_COURIER = "Direction des opérations courrier"
_PARCELS = "Direction des opérations colis"
_COUNTERS = "Direction du réseau et des guichets"
_CLIENTS = "Direction du service client"
_TRANSPORT = "Direction des transports"
_DIGITAL = "Direction du numérique"
_STAFF = "Direction des ressources humaines"
_FINANCE = "Direction financière"
_BANK = "Direction des services bancaires"
_LEGAL = "Direction juridique et conformité"
_OUTREACH = "Direction du développement et de la communication"
_PLACES = "Direction de l’immobilier, de la sûreté et de l’environnement"

DEPARTMENTS_OF: dict[str, tuple[str, ...]] = {
    "Achats": (_FINANCE,),
    "Adresse et distribution": (_COURIER,),
    "Archives et documentation": (_OUTREACH,),
    "Banque et assurance": (_BANK,),
    "Colis et livraison": (_PARCELS,),
    "Communication": (_OUTREACH,),
    "Crise et continuité": (_PLACES,),
    "Dialogue social": (_STAFF,),
    "Distribution": (_COURIER, _PARCELS),
    "E-commerce": (_PARCELS,),
    "Environnement": (_PLACES,),
    "Finance": (_FINANCE,),
    "Guichet et banque": (_COUNTERS, _BANK),
    "Immobilier": (_PLACES,),
    "Immobilier et énergie": (_PLACES,),
    "Informatique": (_DIGITAL,),
    "International": (_PARCELS, _TRANSPORT),
    "Juridique": (_LEGAL,),
    "Maintenance et ingénierie": (_COURIER, _PARCELS, _PLACES),
    "Marketing et digital": (_OUTREACH,),
    "Numérique postal": (_COUNTERS, _DIGITAL),
    "Outils de la maison": (_COURIER, _COUNTERS),
    "Patrimoine et philatélie": (_OUTREACH,),
    "Qualité et amélioration continue": (_COURIER, _PARCELS, _CLIENTS),
    "RSE": (_PLACES, _OUTREACH),
    "Relation client": (_CLIENTS, _COUNTERS),
    "Ressources humaines": (_STAFF,),
    "Santé et sécurité au travail": (_STAFF, _COURIER, _PARCELS),
    "Savoir-faire rares": (_OUTREACH, _COURIER),
    "Services de proximité": (_COUNTERS, _COURIER),
    "Stratégie et innovation": (_OUTREACH,),
    "Sûreté": (_PLACES,),
    "Territoires": (_OUTREACH, _COUNTERS),
    "Transport et logistique": (_TRANSPORT, _PARCELS),
    "Tri et traitement": (_COURIER, _PARCELS),
    "Véhicules et flotte": (_TRANSPORT,),
    "Écrire simplement": (_OUTREACH, _CLIENTS),
    "Études et statistiques": (_OUTREACH, _DIGITAL),
}
# What managers bring to their own network.
MANAGERS_FAMILIES = frozenset(
    {
        "Animation",
        "Diversité et inclusion",
        "Dialogue social",
        "Finance",
        "Management",
        "Négociation",
        "Organisation personnelle",
        "Prise de parole",
        "Projet",
        "Ressources humaines",
        "Stratégie et innovation",
        "Transformation",
        "Tutorat",
    }
)

# How the French of a text tells whether a woman or a man wrote it: the trade it opens with, then agreements.
_WOMAN = re.compile(
    r"(?:^|(?<=[.!?] ))(?:accompagnante|acheteuse|agente|ancienne|animatrice|assermentée|assistante|attachée|auditrice"
    r"|chargée|commerciale|communicante|conceptrice|conductrice|conseillère|contrôleuse|curieuse|débutante"
    r"|développeuse|diagnostiquée|directrice|déléguée|élue|étudiante|ex-localière|factrice|formée|gauchère"
    r"|infirmière|logisticienne|médiatrice|nommée|nouvelle (?:au|responsable|secrétaire)|passée|planificatrice"
    r"|préventrice|recruteuse|reçue|référente|régulatrice|rouleuse|saisonnière|sociologue égarée|statisticienne"
    r"|superviseuse|téléconseillère|trieuse|trésorière|venue) "
    r"|\bj’?e? ?(?:suis|serai|étais|ai été|y suis|me suis|me sens)(?: \w+)? (?:chargée|devenue|radicale|perdue|acheteuse"
    r"|seule|technicienne|méfiante|nouvelle|censée|référente|preneuse|appareillée|éducatrice|désignée|contente|celle"
    r"|prête|infirmière|convoquée|formatrice|guichetière|mordue|mise|correspondante conformité|réputée)\b"
    r"|\bm’(?:a|ont) (?:\w+ )?(?:arrêtée|coincée|désignée|formée|insultée|marquée|menacée|prévenue|rappelée|reclassée"
    r"|regardée|élevée)\b|comme (?:formatrice|élue|suppléante)\b|cheffe|la plus effacée|la jeune\b|ni sa mère|être franche",
    re.IGNORECASE,
)
_MAN = re.compile(
    r"(?:^|(?<=[.!?] ))(?:acheteur|administrateur|agent|ancien|animateur|appareillé|chargé|commercial|conducteur"
    r"|contrôleur|cuisinier|curieux|développeur|directeur|distributeur|éducateur|électromécanicien|élu|exploitant"
    r"|facteur|formateur|formé|guichetier|habilité|ingénieur|logisticien|magasinier|mécanicien|moniteur"
    r"|pompier|préventeur|représentant|superviseur|technicien|testeur|trieur|trésorier)[ ,.]"
    r"|\bj’?e? ?(?:suis|étais|ai été|me suis|me sens|reste)(?: \w+)? (?:attaché|ingénieur|facteur|content|réservé|passé"
    r"|développeur|gêné|seul|sourd|malvoyant|chef|convaincu|retrouvé|levé|trompé|nommé|trieur|adjoint|vélociste"
    r"|prescripteur)\b|sceptique mais curieux|comme (?:facteur|directeur)\b",
    re.IGNORECASE,
)
# Trades that a text may open with: it is not given to someone whose function says otherwise.
_TRADES = (
    "factr facteu guiche livreu mecani regulat developp comptab controleu acheteu auditeu auditri juriste archivi"
    " prevent telecons supervis formateu formatri assistan conduct trieu recrut statisti infirmi technici ingenieu"
    " dessinat vendeu commerci medecin psycholo traduct bibliothec"
).split()


@dataclasses.dataclass(frozen=True)
class Subject:
    """A savoir that several people word in their own way."""

    key: str
    topic: str
    family: str


@dataclasses.dataclass(frozen=True)
class Text:
    """One offer or request as somebody wrote it."""

    subject: Subject
    kind: str
    title: str
    description: str
    purpose: str
    gender: str
    trades: frozenset[str]


@functools.cache
def words() -> dict[str, Any]:
    """Return the names, places, trades and sentences of people.json."""
    return json.loads((FOLDER / "people.json").read_text(encoding="utf-8"))


def titles_of(functions: Iterable[str]) -> set[str]:
    """Return these functions as the directory names them, of men and of women."""
    wanted = set(functions)
    entries = [entry for entry in words()["functions"] if entry["name_m"] in wanted]
    return {entry[name] for entry in entries for name in ("name_m", "name_f")}


@functools.cache
def texts() -> list[Text]:
    """Return every wording of every subject, in the order of the files."""
    found: list[Text] = []
    for file in sorted(FOLDER.glob("subjects_*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            subject = Subject(entry["key"], entry["topic"], entry["family"])
            for kind, plural in (("offer", "offers"), ("request", "requests")):
                found += [_text(subject, kind, post) for post in entry[plural]]
    return found


def _text(subject: Subject, kind: str, post: dict[str, str]) -> Text:
    opening = fold(post["d"][:60])
    return Text(
        subject=subject,
        kind=kind,
        title=post["t"],
        description=post["d"],
        purpose=post.get("p", ""),
        gender=gender_of(post["d"]),
        trades=frozenset(trade for trade in _TRADES if trade in opening),
    )


def gender_of(text: str) -> str:
    """Return "f" or "m" when the agreements of a text give its author away, else ""."""
    woman, man = bool(_WOMAN.search(text)), bool(_MAN.search(text))
    return "" if woman == man else "f" if woman else "m"


def likelihood(text: Text, *, gender: str, department: str, function: str) -> int:
    """Return how believable it is that this person wrote the text; under zero it is not."""
    if text.gender and text.gender != gender:
        return -100
    score = 0
    if department in DEPARTMENTS_OF.get(text.subject.family, ()):
        score += 5
    elif text.subject.family in DEPARTMENTS_OF:
        score -= 2 if text.kind == "request" else 5
    if text.trades:
        function = fold(function)
        score += 6 if any(trade in function for trade in text.trades) else -8
    return score
