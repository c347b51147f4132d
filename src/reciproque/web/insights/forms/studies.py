"""What a researcher would be given, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.studies import (
    GRAIN_NAMES,
    GRAINS,
    PURPOSE_MAX,
    TITLE_MAX,
    USUAL_GRAINS,
    Basis,
    TableName,
)


def _grain_fields(grains: Mapping[str, str]) -> dict[str, forms.ChoiceField]:
    return {
        f"grain_{name}": forms.ChoiceField(
            label=GRAIN_NAMES[name], choices=choices.choices, required=False, initial=grains[name]
        )
        for name, choices in GRAINS.items()
    }


def grains_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return how coarse each thing is, from a form’s values."""
    return {name: values[f"grain_{name}"] for name in GRAINS}


class StudyForm(forms.Form):
    """A study asked for."""

    title = forms.CharField(label=_("Titre de l’étude"), max_length=TITLE_MAX)
    researcher = forms.CharField(label=_("Qui la mène ?"), max_length=TITLE_MAX)
    institution = forms.CharField(label=_("Pour quel établissement ?"), max_length=TITLE_MAX)
    purpose = forms.CharField(
        label=_("Que cherche-t-elle à savoir ?"),
        max_length=PURPOSE_MAX,
        help_text=_("Les membres liront cette phrase."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    basis = forms.ChoiceField(
        label=_("Ce qui la permet en droit"),
        choices=Basis.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "L’accord de salariés à leur employeur n’est pas libre : il ne figure pas ici. Chacun peut s’opposer."
        ),
    )
    tables = forms.MultipleChoiceField(
        label=_("Quels tableaux ?"), choices=TableName.choices, widget=forms.CheckboxSelectMultiple
    )
    linked = forms.BooleanField(
        label=_("Suivre une même personne d’un tableau à l’autre"),
        required=False,
        help_text=_(
            "Une même personne porte alors le même numéro partout : utile aux parcours, et bien plus exigeant : il "
            "faudra regrouper davantage."
        ),
    )
    until = forms.DateField(
        label=_("Jusqu’à quand ?"),
        help_text=_("Ce jour passé, les fichiers et la clef des numéros sont détruits."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields |= _grain_fields(USUAL_GRAINS)

    @property
    def grains(self) -> list[forms.BoundField]:
        """The fields that say how coarse the data are."""
        return [self[f"grain_{name}"] for name in GRAINS]

    def values(self) -> dict[str, Any]:
        """Return the valid answers as the action takes them."""
        given = {key: value for key, value in self.cleaned_data.items() if not key.startswith("grain_")}
        return given | {"grains": grains_of(self.cleaned_data)}


class CoarsenForm(forms.Form):
    """What is given made coarser."""

    def __init__(self, *args: Any, grains: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields |= _grain_fields(grains)
        for name, choices in GRAINS.items():
            order = list(choices.choices)
            start = list(choices.values).index(grains[name])
            self.fields[f"grain_{name}"].choices = order[start:]  # type: ignore[attr-defined]


class StudyAnswerForm(forms.Form):
    """Why a study is not agreed to."""

    reason = forms.CharField(
        label=_("Vos raisons"),
        required=False,
        max_length=PURPOSE_MAX,
        help_text=_("Nécessaires pour refuser."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
