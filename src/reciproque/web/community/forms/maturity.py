"""Where the network stands, and what it aims at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules import (
    DESCRIBED,
    HOURS_MOST,
    HOURS_SAVED,
    LEVELS,
    MATURITY_WORDS_MAX,
    Dimension,
)

CHOOSE = {
    "required": _("Choisissez la phrase qui ressemble le plus à votre réseau."),
    "invalid_choice": _("Choisissez la phrase qui ressemble le plus à votre réseau."),
}


class CheckForm(forms.Form):
    """One sentence for each dimension, and a word on each if one wishes."""

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        for value, label in Dimension.choices:
            sentences = DESCRIBED[value]
            self.fields[value] = forms.TypedChoiceField(
                label=capfirst(str(label)),
                choices=[(level, sentences[level - 1]) for level in LEVELS],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages=CHOOSE,
            )
            self.fields[f"{value}_words"] = forms.CharField(
                label=_("Ce qui vous le fait dire"), required=False, max_length=MATURITY_WORDS_MAX
            )

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """Return each dimension's two fields."""
        return [(self[value], self[f"{value}_words"]) for value in Dimension.values]

    def split(self) -> dict[str, Any]:
        """Return the valid answers as the action takes them."""
        values = self.cleaned_data
        return {
            "levels": {name: values[name] for name in Dimension.values},
            "words": {name: values[f"{name}_words"] for name in Dimension.values},
        }


class GoalsForm(forms.Form):
    """The level aimed at on each dimension, and by when."""

    until = forms.DateField(
        label=_("Pour quand ?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: Any = None, *, levels: dict[str, int] | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        for value, label in Dimension.choices:
            now = (levels or {}).get(value, 1)
            choices: list[tuple[int, Any]] = [(0, _("Pas d’objectif pour l’instant"))]
            choices += [(level, DESCRIBED[value][level - 1]) for level in LEVELS if level >= now]
            self.fields[value] = forms.TypedChoiceField(
                label=capfirst(str(label)), choices=choices, coerce=int, widget=forms.RadioSelect
            )

    @property
    def dimensions(self) -> list[Any]:
        """Return the fields of the dimensions."""
        return [self[value] for value in Dimension.values]


class HoursForm(forms.Form):
    """The hypotheses of the estimate: hours saved in a year by one savoir that is used."""

    low = forms.IntegerField(label=_("Basse"), min_value=0, max_value=HOURS_MOST, initial=HOURS_SAVED[0])
    central = forms.IntegerField(
        label=_("Centrale"), min_value=0, max_value=HOURS_MOST, initial=HOURS_SAVED[1]
    )
    high = forms.IntegerField(label=_("Haute"), min_value=0, max_value=HOURS_MOST, initial=HOURS_SAVED[2])
