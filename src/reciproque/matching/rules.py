"""How matching is worded and bounded; the numbers themselves are the engine's."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KEPT = 10  # suggestions kept for one request
SHOWN = 6
PAGE = 30
CLOSE_ENOUGH = 0.62  # likeness of an alert's words to a post's
FOUND_ENOUGH = 0.5  # score of a post when an alert's words are searched
TAIL = 200  # posts changed since the index was saved beyond which it is saved again
FRESH = dt.timedelta(hours=20)  # age at which a network's suggestions are computed again
TELL_AT_MOST = 10  # people told of one new offer


class SuggestionState(TextChoices):
    OPEN = "open", gettext_lazy("proposée")
    ASKED = "asked", gettext_lazy("mise en relation demandée")
    DISMISSED = "dismissed", gettext_lazy("écartée")
    GONE = "gone", gettext_lazy("plus d’actualité")


class ProposalState(TextChoices):
    WAITING = "waiting", gettext_lazy("en attente de votre accord")
    ASKED = "asked", gettext_lazy("demandée")
    DECLINED = "declined", gettext_lazy("déclinée")


def reasons(terms: Mapping[str, int], *, mine: bool) -> list[str]:
    """Say in words why two posts go together, strongest first; `mine` when the reader wrote the request."""
    said: list[str] = []
    close = terms.get("closeness", 0)
    if terms.get("same_topic", 0) or close >= 8500:
        said.append(_("le sujet est le même"))
    elif close >= 6000:
        said.append(_("le sujet est très proche"))
    else:
        said.append(_("le sujet est voisin"))
    if terms.get("same_site", 0):
        said.append(_("vous travaillez sur le même site"))
    if terms.get("level_fit", 0) >= 8000:
        said.append(_("le niveau convient"))
    if terms.get("other_department", 0):
        said.append(_("son service n’est pas le vôtre"))
    if terms.get("waiting", 0) >= 5000:
        said.append(
            _("votre demande attend depuis longtemps") if mine else _("cette demande attend depuis longtemps")
        )
    if terms.get("balance", 0) >= 8000:
        said.append(
            _("vos transmissions et vos apprentissages s’équilibrent") if mine else _("vous avez déjà reçu")
        )
    if 0 < terms.get("common_language", 0) < 10_000:
        said.append(_("vous avez une langue en commun"))
    return said[:4]


def refusal_words(names: list[str]) -> list[str]:
    """Say in words what keeps two posts apart, from the names of the engine's refusals."""
    words: dict[str, Any] = {
        "SELF": _("c’est la même personne"),
        "DECLINED": _("cette mise en relation a déjà été tentée ou écartée"),
        "PAST": _("ces deux personnes sont déjà en relation ou ont déjà échangé"),
        "MANAGER": _("l’une est responsable de l’autre, et le réseau ne le permet pas"),
        "FULL": _("cette personne a déjà autant d’échanges qu’elle peut en tenir"),
        "LANGUAGE": _("aucune langue en commun"),
        "MODE": _("aucune façon de se rencontrer en commun"),
        "WITHDRAWN": _("l’annonce n’est plus publiée"),
    }
    return [str(words[name]) for name in names if name in words]
