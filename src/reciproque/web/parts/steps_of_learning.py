"""The steps of learning networks in words: what is asked, on which page, under which button."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb

PROPOSAL, EXPERIMENT = _("Proposition"), _("Expérimentation")
COMMITTEE = _("Comité d’influence et d’orientation")

# verb → (kind, what is asked of its owner, what is said to the animation team when it takes over, colour)
LEARNING: dict[str, tuple[Any, Any, Any, str]] = {
    Verb.VOTE: (
        _("Panel"),
        _("Dites ce que vous pensez des résultats attendus de « %(words)s »"),
        "",
        "exchange",
    ),
    Verb.RESOLVE: (
        PROPOSAL,
        _("Une proposition attend votre réponse et vos raisons : « %(words)s »"),
        _("Une proposition attend une réponse, et le comité est vide : « %(words)s »"),
        "request",
    ),
    Verb.SUPPORT: (
        EXPERIMENT,
        _("Dites si le comité soutient l’expérimentation « %(words)s »"),
        _("Une expérimentation attend un soutien, et le comité est vide : « %(words)s »"),
        "request",
    ),
    Verb.LIFT: (
        _("Obstacle"),
        _("Un obstacle attend votre décision : %(words)s"),
        _("Un obstacle attend une décision, et le comité est vide : %(words)s"),
        "warn",
    ),
    Verb.DECIDE: (
        EXPERIMENT,
        _("Décidez de la suite de l’expérimentation « %(words)s »"),
        _("Une expérimentation mesurée attend une décision, et le comité est vide : « %(words)s »"),
        "request",
    ),
    Verb.DRAFT: (
        _("Brouillon"),
        _("Vous avez commencé à écrire « %(words)s » : terminez, ou laissez"),
        _("Un brouillon n’a plus d’auteur : « %(words)s »"),
        "neutral",
    ),
    Verb.RUN: (
        EXPERIMENT,
        _("Où en est l’expérimentation « %(words)s » ?"),
        _("L’expérimentation « %(words)s » n’a plus personne pour la mener"),
        "offer",
    ),
    Verb.REFRAME: (
        PROPOSAL,
        _("Recadrez votre proposition « %(words)s »"),
        _("Une proposition à recadrer n’a plus d’auteur : « %(words)s »"),
        "offer",
    ),
    Verb.CARRY: (
        PROPOSAL,
        _("Où en est la réalisation de « %(words)s » ?"),
        _("Personne ne réalise une proposition validée : « %(words)s »"),
        "offer",
    ),
    Verb.COSIGN: (PROPOSAL, _("Voulez-vous cosigner « %(words)s » ?"), "", "offer"),
    Verb.INFORM: (_("Hiérarchie"), _("Envoyez ce qui est à dire à %(words)s"), "", "neutral"),
    Verb.ACK: (
        _("Hiérarchie"),
        _("Une information vous est adressée sur la vie de « %(words)s »"),
        "",
        "neutral",
    ),
    Verb.POSTURE: (COMMITTEE, _("Faites le point sur la posture du comité de « %(words)s »"), "", "neutral"),
    Verb.MERGE: (
        _("Journée de lancement"),
        _("Votre sujet et un autre en font-ils un seul ? « %(words)s »"),
        "",
        "exchange",
    ),
    Verb.TAKE: (
        _("Question posée à un groupe"),
        _("Dites si votre groupe se saisit de « %(words)s »"),
        "",
        "exchange",
    ),
}

# The page of each thing of a learning network, where what is expected about it is done; also by the team.
OF_SUBJECT: dict[str, str] = {
    "proposal": "initiatives:proposal",
    "experiment": "initiatives:experiment",
    "obstacle": "initiatives:obstacle",
    "note_up": "initiatives:note_up",
    "merge": "initiatives:merge",
    "problem": "initiatives:problem",
}
# What is expected about the whole network has its own page.
OF_FRAME: dict[str, str] = {Verb.VOTE: "initiatives:vote", Verb.POSTURE: "initiatives:posture"}

LABELS: dict[str, Any] = {
    Verb.VOTE: _("Donner mon avis"),
    Verb.RESOLVE: _("Lire et répondre"),
    Verb.SUPPORT: _("Lire et répondre"),
    Verb.LIFT: _("Lire et décider"),
    Verb.DECIDE: _("Lire et décider"),
    Verb.DRAFT: _("Reprendre le texte"),
    Verb.RUN: _("Dire où nous en sommes"),
    Verb.REFRAME: _("Lire et recadrer"),
    Verb.CARRY: _("Dire où nous en sommes"),
    Verb.COSIGN: _("Lire et répondre"),
    Verb.INFORM: _("Relire et envoyer"),
    Verb.ACK: _("Lire"),
    Verb.POSTURE: _("Faire le point"),
    Verb.MERGE: _("Voir les deux sujets"),
    Verb.TAKE: _("Lire la question"),
}
