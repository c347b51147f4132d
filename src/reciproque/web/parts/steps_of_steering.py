"""The steps of steering a network in words: a risk to look at again, a study to agree to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb

# verb → (kind, what is asked of its owner, what is said to the animation team when it takes over, colour)
STEERING: dict[str, tuple[Any, Any, Any, str]] = {
    Verb.RISK: (
        _("Risque du réseau"),
        _("Revoyez un risque : « %(words)s »"),
        _("Un risque est à revoir : « %(words)s »"),
        "warn",
    ),
    Verb.STUDY: (
        _("Étude"),
        _("Dites si cette étude peut se faire : « %(words)s »"),
        _("Une étude attend une réponse : « %(words)s »"),
        "neutral",
    ),
}
OF_SUBJECT: dict[str, str] = {"hazard": "insights:followed", "study": "insights:study"}
LABELS: dict[str, Any] = {Verb.RISK: _("Revoir le risque"), Verb.STUDY: _("Lire et répondre")}
