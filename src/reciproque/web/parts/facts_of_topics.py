"""One French sentence for each fact about topics and frameworks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

TOPICS: dict[str, dict[str, Any]] = {
    "topic.renamed": {"me": _("Vous avez renommé un sujet : « %(former)s » devient « %(name)s ».")},
    "topic.merged": {"me": _("Vous avez réuni le sujet « %(name)s » à « %(into)s ».")},
    "topic.named": {"me": _("Vous avez donné un autre nom au sujet « %(name)s » : « %(other)s ».")},
    "topic.unnamed": {"me": _("Vous avez retiré un nom au sujet « %(name)s » : « %(other)s ».")},
    "topic.filed": {"me": _("Vous avez changé la famille du sujet « %(name)s ».")},
    "topic.family_renamed": {"me": _("Vous avez renommé une famille : « %(former)s » devient « %(name)s ».")},
    "topic.linked": {"me": _("Vous avez décidé si « %(name)s » correspond à « %(entry)s » (%(framework)s).")},
    "framework.imported": {"me": _("Vous avez importé un référentiel : %(name)s.")},
}
