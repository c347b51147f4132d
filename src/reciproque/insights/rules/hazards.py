"""What may make a network fail: how one notices it, from which number it is serious, what answers it.

A hazard is about the whole scheme; a risk (`Risk`) is about one savoir that may be lost.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

HAZARD_WORDS_MAX = 1000
# A review farther ahead than this would be forgotten.
REVIEW_WITHIN = dt.timedelta(days=2 * 365)
# How often a risk is looked at when nobody chose.
REVIEW_USUALLY = dt.timedelta(days=91)
# Levels that come from fewer people than twice the least group are told to the animators alone.
TOLD_FROM = 10


class Level(TextChoices):
    """How serious a hazard is today."""

    LOW = "low", _("faible")
    MEDIUM = "medium", _("moyen")
    HIGH = "high", _("fort")


class Signal(TextChoices):
    """Where the number that shows a hazard comes from."""

    # One of the indicators, over the last whole year.
    FIGURE = "figure", _("un indicateur")
    # The same, divided by what it was the year before.
    TREND = "trend", _("l’évolution d’un indicateur")
    # Counted today by the register itself.
    COUNTED = "counted", _("un compte du jour")
    # Nothing of it can be counted: the animators judge.
    JUDGED = "judged", _("le jugement de l’animation")


@dataclasses.dataclass(frozen=True)
class Hazard:
    """One way for a network to fail: what is seen, the signal, two thresholds, and the answer that worked elsewhere."""

    id: str
    name: Any
    seen: Any
    answer: Any
    signal: Signal = Signal.JUDGED
    # What is watched, in words; "" when it is judged.
    watched: Any = ""
    indicator: str = ""
    # From which value on (or under which, when `worse` is "down") it is medium, then high.
    medium: float = 0.0
    high: float = 0.0
    worse: str = "up"

    @property
    def is_judged(self) -> bool:
        """Whether nothing but the animators’ judgement tells its level."""
        return self.signal == Signal.JUDGED

    def level_of(self, value: float | None) -> str:
        """Return how serious it is at this value; "" when there is no number to judge by."""
        if value is None or self.is_judged:
            return ""
        worse = (lambda limit: value >= limit) if self.worse == "up" else (lambda limit: value < limit)
        return Level.HIGH if worse(self.high) else Level.MEDIUM if worse(self.medium) else Level.LOW


_ALL = (
    Hazard(
        "unaware",
        _("Beaucoup croient n’avoir rien à offrir"),
        _("On adhère, on lit, on n’ose pas publier."),
        _(
            "Proposer la séance « trouver ce que je sais », se présenter par ses offres, laisser commencer par "
            "apprendre."
        ),
        Signal.COUNTED,
        _("Part des membres depuis plus d’un mois qui n’ont aucune offre publiée."),
        medium=0.4,
        high=0.6,
    ),
    Hazard(
        "newcomers",
        _("Les nouveaux se perdent"),
        _("On s’inscrit, puis plus rien."),
        _("Accueillir en personne dans la semaine, montrer une seule chose à faire, proposer une relation."),
        Signal.COUNTED,
        _("Part des membres arrivés il y a une semaine à trois mois qui n’ont encore rien publié."),
        medium=0.3,
        high=0.5,
    ),
    Hazard(
        "one_sided",
        _("On donne sans demander, ou l’inverse"),
        _("Des personnes transmettent sans jamais demander, d’autres ne font que recevoir."),
        _(
            "Inviter chacun à dire l’autre moitié ; compter aussi « ne fait qu’offrir » comme un déséquilibre."
        ),
        Signal.FIGURE,
        _("Part des membres d’un seul côté, sur l’année."),
        "reciprocity.one",
        0.4,
        0.6,
    ),
    Hazard(
        "unequal",
        _("Des savoirs jugés plus nobles que d’autres"),
        _("On sourit de certaines offres ; on compare."),
        _("Ni note ni classement ; mélanger les métiers ; raconter des échanges de toutes sortes."),
    ),
    Hazard(
        "unanimated",
        _("Un outil sans animation"),
        _("Ce qui attend l’équipe attend longtemps."),
        _("Une personne pour chaque étape bloquée, et du temps d’animation prévu par écrit."),
        Signal.COUNTED,
        _("Part de ce qui est attendu de l’équipe d’animation dont la date est passée."),
        medium=0.2,
        high=0.4,
    ),
    Hazard(
        "stale",
        _("Des annonces périmées"),
        _("On demande, et l’on apprend que l’offre ne tient plus."),
        _("Faire renouveler en un geste, retirer ce qui a servi, réécrire ce que personne ne demande."),
        Signal.COUNTED,
        _("Part des offres publiées que personne n’a demandées depuis longtemps."),
        medium=0.4,
        high=0.6,
    ),
    Hazard(
        "unmet",
        _("Des demandes sans personne"),
        _("On demande, et rien ne vient."),
        _("Montrer les savoirs recherchés, appeler ceux qui savent, tenir une bourse."),
        Signal.FIGURE,
        _("Part des demandes de l’année qui trouvent à temps."),
        "requests.answered",
        0.6,
        0.4,
        "down",
    ),
    Hazard(
        "silent",
        _("Des mises en relation sans réponse"),
        _("On demande une relation, et elle s’éteint."),
        _("Relancer les deux, puis confier à la médiation ; proposer quelqu’un d’autre sans attendre."),
        Signal.FIGURE,
        _("Part des mises en relation de l’année qui sont convenues."),
        "funnel.agreed",
        0.6,
        0.4,
        "down",
    ),
    Hazard(
        "unheld",
        _("On se dit oui, et rien ne se passe"),
        _("La date ne se trouve jamais."),
        _("Fixer la première date dans la mise en relation même ; un appel court de la médiation."),
        Signal.FIGURE,
        _("Part des échanges de l’année tenus après accord."),
        "funnel.held",
        0.7,
        0.5,
        "down",
    ),
    Hazard(
        "unclear",
        _("Des attentes mal dites"),
        _("L’échange a lieu, mais pas celui que l’on attendait."),
        _("Écrire ensemble le contenu, le but et le signe de réussite avant la première séance."),
        Signal.FIGURE,
        _("Part des bilans de l’année qui jugent l’échange utile."),
        "reviews.satisfaction",
        0.8,
        0.6,
        "down",
    ),
    Hazard(
        "unreviewed",
        _("Pas de bilan, donc rien d’appris de l’échange"),
        _("L’échange a eu lieu, personne ne l’a dit."),
        _("Fixer la date du bilan au départ ; deux minutes ; au téléphone ou sur papier si besoin."),
        Signal.FIGURE,
        _("Part des échanges de l’année qui ont un bilan."),
        "funnel.reviewed",
        0.7,
        0.4,
        "down",
    ),
    Hazard(
        "overused",
        _("Deux ou trois personnes trop sollicitées"),
        _("Les mêmes experts, toujours."),
        _("Proposer d’autres personnes, des séances à plusieurs, et respecter ce que chacun peut donner."),
        Signal.FIGURE,
        _("Part des échanges de l’année transmis par le dixième des personnes qui ont le plus transmis."),
        "load.most_asked",
        0.4,
        0.6,
    ),
    Hazard(
        "few_active",
        _("Peu de membres agissent"),
        _("La liste des membres est longue, les échanges sont rares."),
        _("Moments collectifs, bourses, invitations personnelles plutôt que messages à tous."),
        Signal.FIGURE,
        _("Taux d’engagement de l’année."),
        "members.engagement",
        0.3,
        0.15,
        "down",
    ),
    Hazard(
        "fading",
        _("Le réseau s’essouffle"),
        _("Chaque année un peu moins d’échanges, sans que personne ne le décide."),
        _("Dire à quoi le réseau sert encore ; bourses ; échanges sur les échanges ; activité visible."),
        Signal.TREND,
        _("Échanges de l’année, par rapport à ceux de l’année d’avant."),
        "exchanges.held",
        0.9,
        0.7,
        "down",
    ),
    Hazard(
        "closed",
        _("Le réseau reste dans chaque service"),
        _("On échange avec ses voisins de bureau."),
        _("Bourses à plusieurs services ; échanges à distance ; propositions entre services éloignés."),
        Signal.FIGURE,
        _("Part des échanges de l’année entre équipes différentes."),
        "flows.units",
        0.3,
        0.15,
        "down",
    ),
    Hazard(
        "pool",
        _("Trop peu de monde pour animer"),
        _("Une ou deux personnes portent tout, et se fatiguent."),
        _("Former des membres à la médiation ; confier une bourse, un groupe ; préparer la relève."),
        Signal.FIGURE,
        _("Part des membres qui font partie de l’équipe d’appui."),
        "pool.share",
        0.03,
        0.01,
        "down",
    ),
    Hazard(
        "undelivered",
        _("Les courriels n’arrivent pas"),
        _("On attend une réponse à un message que personne n’a reçu."),
        _("Corriger les adresses, appeler, vérifier les réglages du serveur de courriel."),
        Signal.COUNTED,
        _("Part des membres à qui un courriel n’a pas pu être remis depuis un mois."),
        medium=0.02,
        high=0.1,
    ),
    Hazard(
        "overload",
        _("Trop de messages"),
        _("On ne lit plus, puis on coupe tout."),
        _("Le résumé plutôt que chaque nouvelle ; réglages par personne ; moins de messages à tous."),
        Signal.COUNTED,
        _("Courriels envoyés par membre et par semaine, sur les quatre dernières semaines."),
        medium=3,
        high=6,
    ),
    Hazard(
        "vanishing",
        _("Des propositions sans réponse"),
        _("On a proposé ; on ne sait pas ce que c’est devenu."),
        _("Une réponse datée avec ses raisons pour chaque proposition ; le journal public."),
        Signal.COUNTED,
        _("Part des propositions qui attendent une réponse dont la date est passée."),
        medium=0.1,
        high=0.3,
    ),
    Hazard(
        "fear",
        _("La peur d’être surveillé ou jugé"),
        _("On échange, mais on ne le dit pas ici."),
        _(
            "Redire ce que chacun voit ; rien de nominatif hors des personnes concernées ; charte et pause "
            "respectées."
        ),
    ),
    Hazard(
        "time",
        _("Le temps d’échange mal vu"),
        _("Échanger compte comme du temps perdu ; on le fait en cachette."),
        _("Un temps accordé par écrit par la direction ; des responsables qui échangent aussi."),
    ),
    Hazard(
        "takeover",
        _("La hiérarchie hostile, ou qui reprend la main"),
        _("Des objectifs chiffrés par service, des échanges imposés."),
        _("L’associer tôt, un comité, un parrainage ; rappeler le volontariat."),
    ),
    Hazard(
        "drift",
        _("Un groupe qui glisse en réunion ordinaire"),
        _("On y traite l’ordre du jour d’un service, ou l’on s’y plaint."),
        _(
            "Cadre signé, facilitation formée, plusieurs sujets par séance, personne de la hiérarchie directe."
        ),
    ),
    Hazard(
        "leak",
        _("Une parole sortie d’un groupe"),
        _("On retrouve ailleurs ce qui s’est dit."),
        _("Engagement de confidentialité ; accord du groupe avant toute publication ; reprendre la charte."),
    ),
    Hazard(
        "pressure",
        _("Des résultats attendus trop vite"),
        _("On demande des chiffres au bout de trois mois."),
        _("Écrire l’hypothèse au départ, dire ce qui ne marche pas, arrêter honnêtement ce qui doit l’être."),
    ),
    Hazard(
        "surveys",
        _("La lassitude des questionnaires"),
        _("On répond de moins en moins."),
        _("Un questionnaire à la fois, court, dont on rend les résultats avant d’en poser un autre."),
    ),
)

HAZARDS: dict[str, Hazard] = {one.id: one for one in _ALL}
