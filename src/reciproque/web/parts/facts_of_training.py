"""One French sentence for each fact of training: asked, agreed, handed over, attested, taken; never how many hours."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

TRAINING: dict[str, dict[str, Any]] = {
    "training.asked": {
        "me": _("Vous avez proposé de compter « %(title)s » comme formation."),
        "them": _("%(who)s propose de compter « %(title)s » comme formation."),
        "none": _("On propose de compter « %(title)s » comme formation."),
    },
    "training.differs": {
        "me": _("Vous avez donné d’autres heures que l’autre personne pour « %(title)s »."),
        "them": _("%(who)s a donné d’autres heures que vous pour « %(title)s »."),
        "none": _("Vos heures et celles de l’autre personne diffèrent pour « %(title)s »."),
    },
    "training.agreed": {"none": _("C’est compté comme formation : « %(title)s ».")},
    "training.declined": {
        "me": _("Vous avez préféré que « %(title)s » ne compte pas comme formation."),
        "none": _("Rien n’est compté comme formation : « %(title)s »."),
    },
    "training.lapsed": {
        "none": _("Rien n’est compté comme formation, sans réponse dans le délai : « %(title)s ».")
    },
    "training.withdrawn": {
        "me": _("Vous avez retiré une formation : « %(title)s »."),
        "them": _("%(who)s a retiré une formation : « %(title)s »."),
        "none": _("Une formation a été retirée : « %(title)s »."),
    },
    "training.handed_over": {
        "me": _("Vous avez accepté que « %(title)s » soit transmis au service formation."),
        "them": _("%(who)s accepte que « %(title)s » soit transmis au service formation."),
        "none": _("Une formation peut être transmise au service formation : « %(title)s »."),
    },
    "training.kept_back": {
        "me": _("Vous ne voulez plus que « %(title)s » soit transmis au service formation."),
        "them": _("%(who)s ne veut plus que « %(title)s » soit transmis au service formation."),
        "none": _("Une formation n’est plus transmise au service formation : « %(title)s »."),
    },
    "attestation.issued": {
        "me": _("Vous avez fait une attestation : « %(title)s »."),
        "none": _("Une attestation a été faite : « %(title)s »."),
    },
    "attestation.withdrawn": {
        "me": _("Vous avez retiré une attestation : « %(title)s »."),
        "none": _("Une attestation a été retirée : « %(title)s »."),
    },
    "training.exported": {
        "me": _("Vous avez pris les formations transmises d’une année."),
        "none": _("Les formations transmises d’une année ont été prises par le service formation."),
    },
    "training_setting.changed": {
        "me": _("Vous avez changé ce qui compte comme formation dans le réseau."),
        "none": _("Ce qui compte comme formation dans le réseau a changé."),
    },
    "learning_store.changed": {
        "me": _("Vous avez réglé l’envoi des formations transmises à un entrepôt (xAPI)."),
        "none": _("L’envoi des formations transmises à un entrepôt (xAPI) a été réglé."),
    },
}
