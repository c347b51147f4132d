"""The steps of savoirs recognised in words: what one learned, a certification in doubt."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb

# verb → (kind, what is asked of its owner, what is said to the animation team when it takes over, colour)
RECOGNITION: dict[str, tuple[Any, Any, Any, str]] = {
    Verb.WITNESS: (
        _("Savoir appris"),
        _("On vous demande si vous avez appris cela : « %(words)s »"),
        "",
        "exchange",
    ),
    Verb.CONTEST: (
        _("Certification"),
        _("Une certification est contestée : « %(words)s »"),
        _("Une certification est contestée : « %(words)s »"),
        "warn",
    ),
    Verb.HOURS: (
        _("Formation"),
        _("Dites combien d’heures ont compté pour « %(words)s »"),
        "",
        "exchange",
    ),
}

OF_SUBJECT: dict[str, str] = {
    "skill": "recognition:confirm",
    "contest": "recognition:contest",
    "training_record": "recognition:training_hours",
}

LABELS: dict[str, Any] = {
    Verb.WITNESS: _("Voir et répondre"),
    Verb.CONTEST: _("Lire et répondre"),
    Verb.HOURS: _("Voir et répondre"),
}
