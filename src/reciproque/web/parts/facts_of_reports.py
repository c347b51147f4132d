"""One French sentence for each fact of pictures and reports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

REPORTS: dict[str, dict[str, Any]] = {
    "picture.told": {"none": _("Les images d’une année sont montrées à tous : %(year)s.")},
    "steering_report.written": {
        "me": _("Vous avez écrit vos mots dans un rapport."),
        "them": _("%(who)s a écrit ses mots dans un rapport."),
        "none": _("Des mots ont été écrits dans un rapport."),
    },
    "steering_report.sent": {
        "me": _("Vous avez envoyé un rapport, version %(version)s."),
        "them": _("%(who)s a envoyé un rapport, version %(version)s."),
        "none": _("Un rapport a été envoyé, version %(version)s."),
    },
}
