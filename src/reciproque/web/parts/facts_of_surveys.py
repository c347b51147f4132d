"""One French sentence for each fact of questionnaires: written, sent, closed; of an anonymous answer there is no fact."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SURVEYS: dict[str, dict[str, Any]] = {
    "questionnaire.created": {
        "me": _("Vous avez commencé un questionnaire : « %(title)s »."),
        "none": _("Un questionnaire a été commencé : « %(title)s »."),
    },
    "questionnaire.published": {
        "me": _("Vous avez publié une version d’un questionnaire : « %(title)s »."),
        "none": _("Une version d’un questionnaire a été publiée : « %(title)s »."),
    },
    "questionnaire.retired": {
        "me": _("Vous avez rangé un questionnaire : « %(title)s »."),
        "none": _("Un questionnaire a été rangé : « %(title)s »."),
    },
    "survey_floor.chosen": {
        "me": _("Vous avez choisi de combien de personnes au moins les résultats sont donnés."),
        "none": _("Le plus petit groupe dont les résultats sont donnés a été choisi."),
    },
    "campaign.planned": {
        "me": _("Vous avez prévu d’envoyer un questionnaire : « %(title)s »."),
        "none": _("L’envoi d’un questionnaire a été prévu : « %(title)s »."),
    },
    "campaign.opened": {
        "me": _("Vous avez ouvert un questionnaire : « %(title)s »."),
        "none": _("Un questionnaire a été ouvert : « %(title)s »."),
    },
    "campaign.invited": {"none": _("Un questionnaire vous a été proposé : « %(title)s ».")},
    "campaign.reminded": {
        "me": _("Vous avez fait un rappel pour un questionnaire : « %(title)s »."),
        "none": _("Un rappel a été fait pour un questionnaire : « %(title)s »."),
    },
    "campaign.codes_issued": {
        "me": _("Vous avez préparé des codes sur papier pour un questionnaire."),
        "none": _("Des codes sur papier ont été préparés pour un questionnaire."),
    },
    "campaign.closed": {
        "me": _("Vous avez clos un questionnaire : « %(title)s »."),
        "none": _("Un questionnaire est clos : « %(title)s »."),
    },
    "campaign.cancelled": {
        "me": _("Vous avez annulé un questionnaire : « %(title)s »."),
        "none": _("Un questionnaire a été annulé : « %(title)s »."),
    },
    "survey.answered": {
        "me": _("Vous avez répondu à un questionnaire confidentiel : « %(title)s »."),
        "them": _("%(who)s a noté vos réponses à un questionnaire confidentiel : « %(title)s »."),
    },
    "survey.corrected": {"me": _("Vous avez corrigé vos réponses à un questionnaire : « %(title)s ».")},
    "survey.erased": {"me": _("Vous avez effacé vos réponses à un questionnaire : « %(title)s ».")},
}
