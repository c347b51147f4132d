"""One French sentence for each fact of a learning community: calls, invitations to help, maturity."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

COMMUNITY: dict[str, dict[str, Any]] = {
    "call.asked": {
        "me": _("Vous avez fait appel à quelqu’un qui sait : « %(title)s »."),
        "none": _("On a fait appel à ce que vous savez : « %(title)s »."),
    },
    "call.accepted": {
        "me": _("Vous avez accepté de transmettre : « %(title)s »."),
        "none": _("%(name)s veut bien transmettre : « %(title)s »."),
    },
    "call.declined": {
        "me": _("Vous avez décliné une sollicitation : « %(title)s »."),
        "none": _("%(name)s ne peut pas transmettre cette fois : « %(title)s »."),
    },
    "call.lapsed": {"none": _("Une sollicitation est restée sans réponse : « %(title)s ».")},
    "call.settled": {"none": _("Une sollicitation n’attend plus de réponse : « %(title)s ».")},
    "post.carried_in_vain": {"none": _("Personne n’a pu être sollicité pour une demande qui attend.")},
    "call.exhausted": {"none": _("Personne n’a pu répondre à une sollicitation : « %(title)s ».")},
    "call.withdrawn": {
        "me": _("Vous avez retiré une sollicitation : « %(title)s »."),
        "none": _("Une sollicitation a été retirée : « %(title)s »."),
    },
    "call.done": {
        "me": _("Vous avez transmis, comme convenu : « %(title)s »."),
        "none": _("%(name)s a transmis, comme convenu : « %(title)s »."),
    },
    "helper.invited": {
        "me": _("Vous avez invité quelqu’un à accompagner des mises en relation."),
        "none": _("Vous avez été invité à accompagner des mises en relation."),
    },
    "helper.accepted": {
        "me": _("Vous avez accepté d’accompagner des mises en relation."),
        "none": _("%(name)s veut bien accompagner des mises en relation."),
    },
    "helper.declined": {
        "me": _("Vous avez décliné l’invitation à accompagner des mises en relation."),
        "none": _("%(name)s a décliné l’invitation à accompagner des mises en relation."),
    },
    "leaving.said": {
        "me": _("Vous avez dit quand vous partirez, pour que vos savoirs soient transmis."),
        "none": _("Une date de départ a été dite."),
    },
    "maturity.due": {"none": _("Le point sur la maturité du réseau « %(title)s » est à faire.")},
    "maturity.noted": {
        "me": _("Vous avez fait le point sur la maturité du réseau."),
        "none": _("Le point sur la maturité du réseau a été fait."),
    },
    "maturity.aimed": {
        "me": _("Vous avez choisi les objectifs du réseau."),
        "none": _("Les objectifs du réseau ont été choisis."),
    },
}
