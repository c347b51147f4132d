"""The step of a questionnaire in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb

# verb → (kind, what is asked of its owner, what is said to the animation team when it takes over, colour)
SURVEYS: dict[str, tuple[Any, Any, Any, str]] = {
    Verb.FILL: (
        _("Questionnaire"),
        _("Répondez à un questionnaire, si vous le voulez bien : « %(words)s »"),
        "",
        "neutral",
    ),
}
OF_SUBJECT: dict[str, str] = {"campaign": "surveys:answer"}
LABELS: dict[str, Any] = {Verb.FILL: _("Lire et répondre")}
