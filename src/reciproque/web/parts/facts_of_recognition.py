"""One French sentence for each fact of savoirs recognised: seen, confirmed, certified, contested, carried away.

Who confirmed is said to the holder alone; who contested, to nobody.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

RECOGNITION: dict[str, dict[str, Any]] = {
    "skill.seen": {"none": _("Un savoir a été vu dans ce que vous faites : « %(title)s ».")},
    "skill.audience_chosen": {"me": _("Vous avez choisi qui voit vos savoirs.")},
    "skill.put_away": {"me": _("Vous avez rangé un savoir : « %(title)s ».")},
    "skill.brought_back": {"me": _("Vous avez ressorti un savoir : « %(title)s ».")},
    "skills.forgotten": {"me": _("Vous avez effacé vos savoirs : plus rien n’en est gardé.")},
    "skills.kept_again": {"me": _("Vous avez demandé que vos savoirs soient de nouveau gardés.")},
    "confirmation.asked": {
        "me": _("Vous avez demandé à quelqu’un s’il avait appris de vous « %(title)s »."),
        "them": _("%(who)s vous a demandé si vous aviez appris « %(title)s »."),
        "none": _("On vous a demandé si vous aviez appris « %(title)s »."),
    },
    "skill.confirmed": {
        "me": _("Vous avez dit avoir appris « %(title)s »."),
        "them": _("%(who)s dit avoir appris de vous « %(title)s »."),
        "none": _("Quelqu’un dit avoir appris de vous « %(title)s »."),
    },
    "confirmation.withdrawn": {
        "me": _("Vous avez retiré ce que vous aviez confirmé : « %(title)s »."),
        "none": _("Une confirmation a été retirée : « %(title)s »."),
    },
    "skill.certified": {"none": _("Votre savoir est certifié par la communauté : « %(title)s ».")},
    "certification.ending": {"none": _("Votre certification arrive à son terme : « %(title)s ».")},
    "certification.ended": {"none": _("Votre certification a pris fin : « %(title)s ».")},
    "certification.contested": {"none": _("Votre certification est contestée : « %(title)s ».")},
    "certification.cleared": {
        "me": _("Vous avez répondu que la certification reste : « %(title)s »."),
        "none": _("Une contestation n’a pas été retenue : votre certification reste, « %(title)s »."),
    },
    "certification_rule.changed": {
        "me": _("Vous avez changé la règle par laquelle le réseau certifie les savoirs."),
        "none": _("La règle par laquelle le réseau certifie les savoirs a changé."),
    },
    "contest.made": {
        "me": _("Vous avez contesté une certification : « %(title)s »."),
        "none": _("Une certification a été contestée : « %(title)s »."),
    },
    "contest.entrusted": {"none": _("Une certification contestée vous a été confiée : « %(title)s ».")},
    "contest.settled": {
        "me": _("Vous avez répondu à une contestation : « %(title)s »."),
        "none": _("Il a été répondu à une contestation : « %(title)s »."),
    },
    "badge.issued": {
        "me": _("Vous avez fait un badge : « %(title)s »."),
        "none": _("Un badge a été fait : « %(title)s »."),
    },
    "badge.revoked": {
        "me": _("Vous avez repris un badge : « %(title)s »."),
        "none": _("Un de vos badges ne vaut plus : « %(title)s »."),
    },
    "endorsements.withdrawn": {
        "me": _("Vous avez retiré des badges le nom d’une personne partie, à sa demande."),
        "none": _("Votre nom a été retiré des badges, à votre demande."),
    },
    "key.rotated": {
        "me": _("Vous avez changé la clé qui signe les badges."),
        "none": _("La clé qui signe les badges a été changée."),
    },
    "key.broken": {
        "me": _("Vous avez déclaré compromise une clé qui signait des badges."),
        "none": _(
            "Une clé n’est plus sûre : les badges qu’elle a signés ne valent plus. Demandez-en d’autres."
        ),
    },
}
