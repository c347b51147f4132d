"""What an animator chooses of matching."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from reciproque.matching.rules import LABELS, MOST_RECIPROCITY, MOST_WEIGHT, Objective

OBJECTIVES = [
    (
        Objective.BALANCED,
        gettext_lazy("Équilibré : des sujets proches, l’attente, et chacun donne et reçoit"),
    ),
    (Objective.SERVED, gettext_lazy("Servir le plus de demandes possible")),
    (Objective.FIT, gettext_lazy("Rapprocher d’abord les sujets les plus proches")),
    (Objective.RECIPROCAL, gettext_lazy("Que le plus de personnes donnent et reçoivent")),
]
# What each weight does, said where it is chosen.
HINTS: dict[str, Any] = {
    "closeness": gettext_lazy("Ce que l’une cherche et ce que l’autre offre disent la même chose."),
    "same_topic": gettext_lazy("Les deux annonces portent un même sujet, choisi par leurs auteurs."),
    "waiting": gettext_lazy("Une demande qui attend depuis trois mois pèse autant que possible."),
    "other_department": gettext_lazy("Faire se rencontrer des services différents."),
    "same_site": gettext_lazy("Le même site, quand les deux veulent bien se voir."),
    "common_language": gettext_lazy(
        "Une langue en commun. Sans aucune, la mise en relation est toujours exclue."
    ),
    "level_fit": gettext_lazy("Le niveau de l’une convient à ce que l’autre propose."),
    "fairness": gettext_lazy("Ne pas montrer toujours les mêmes personnes."),
    "balance": gettext_lazy(
        "Favoriser qui a donné sans recevoir, ou reçu sans donner. Le plan s’en charge mieux."
    ),
    "stability": gettext_lazy("Ne pas changer d’avis d’une nuit à l’autre sans raison."),
}


class ObjectiveForm(forms.Form):
    """What a plan seeks first."""

    objective = forms.ChoiceField(
        label=gettext_lazy("Ce que le plan cherche d’abord"), choices=OBJECTIVES, widget=forms.RadioSelect
    )


class WeightsForm(forms.Form):
    """How much each reason counts, in percent of a perfect likeness of subjects."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            self.fields[name] = forms.IntegerField(
                label=capfirst(label),
                help_text=HINTS[name],
                min_value=0,
                max_value=MOST_WEIGHT // 10,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.fields["threshold"] = forms.IntegerField(
            label=gettext_lazy("Proximité à partir de laquelle on propose"),
            help_text=gettext_lazy(
                "Plus haut : moins de propositions, plus sûres. Plus bas : plus de voisinages inattendus."
            ),
            min_value=0,
            max_value=100,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
        self.fields["reciprocity"] = forms.IntegerField(
            label=gettext_lazy("Réciprocité dans le plan"),
            help_text=gettext_lazy("Ce que le plan gagne pour chaque personne qui donne et qui reçoit."),
            min_value=0,
            max_value=MOST_RECIPROCITY // 100,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )

    def chosen(self) -> dict[str, Any]:
        """What was chosen, in the units of the engine: thousandths, and 0 to 10,000."""
        values = self.cleaned_data
        return {
            "weights": {name: 10 * values[name] for name in LABELS},
            "threshold": 100 * values["threshold"],
            "reciprocity": 100 * values["reciprocity"],
        }
