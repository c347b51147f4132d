"""One French sentence for each fact of steering: what a network aims at."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

FIGURES: dict[str, dict[str, Any]] = {
    "target.set": {
        "me": _("Vous avez fixé un objectif au réseau."),
        "none": _("Un objectif a été fixé au réseau."),
    },
    "target.dropped": {
        "me": _("Vous avez abandonné un objectif du réseau."),
        "none": _("Un objectif du réseau a été abandonné."),
    },
}
