"""How long an answer takes here, said to whoever asks and to whoever waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.exchanges.queries import usual_wait

if TYPE_CHECKING:
    from reciproque.networks.models import Network


def wait_words(network: Network) -> str:
    """Say how long an answer takes in this network; empty when too few cases are known to say it."""
    wait = usual_wait(network)
    if wait is None:
        return ""
    share = _("Sur les %(cases)s dernières demandes, %(share)s %% ont reçu une réponse.") % {
        "cases": wait.cases,
        "share": wait.answered,
    }
    if wait.days is None:
        usual = _("Ici, moins d’une demande sur deux reçoit une réponse dans le délai.")
    else:
        usual = ngettext(
            "Ici, la moitié des demandes reçoivent une réponse en un jour ou moins.",
            "Ici, la moitié des demandes reçoivent une réponse en %(n)s jours ou moins.",
            wait.days,
        ) % {"n": wait.days}
    return f"{usual} {share}"
