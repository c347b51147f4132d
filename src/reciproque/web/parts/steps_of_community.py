"""The steps of a learning community in words: calls to those who know, the yearly look at maturity."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb

# verb → (kind, what is asked of its owner, what is said to the animation team when it takes over, colour)
COMMUNITY: dict[str, tuple[Any, Any, Any, str]] = {
    Verb.PASS_ON: (
        _("On fait appel à vous"),
        _("Quelqu’un a besoin de ce que vous savez : « %(words)s »"),
        "",
        "offer",
    ),
    Verb.MATURITY: (
        _("Communauté apprenante"),
        _("Faites le point sur la maturité du réseau « %(words)s »"),
        _("Faites le point sur la maturité du réseau « %(words)s »"),
        "neutral",
    ),
}
# The page of each thing of a community, where what is expected about it is done.
OF_SUBJECT: dict[str, str] = {"call": "community:call"}
# What is expected about the whole network has its own page.
OF_NETWORK: dict[str, str] = {Verb.MATURITY: "community:maturity"}
LABELS: dict[str, Any] = {
    Verb.PASS_ON: _("Lire et répondre"),
    Verb.MATURITY: _("Faire le point"),
}
