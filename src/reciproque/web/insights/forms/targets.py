"""What a network aims at: a value, a day, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules import TARGET_WORDS_MAX, Indicator, Shape
from reciproque.web.parts.numbers import NumberField

UNITS: dict[str, Any] = {
    Shape.COUNT: "",
    Shape.RATE: "%",
    Shape.MEDIAN_DAYS: _("jours"),
    Shape.HOURS: _("heures"),
    Shape.MEAN: "",
    Shape.MONEY: "€",
}


class TargetForm(forms.Form):
    """A value to reach on one figure, by a day."""

    value = NumberField(label=_("Quelle valeur viser ?"), min_value=0, max_digits=12, decimal_places=2)
    until = forms.DateField(
        label=_("Pour quand ?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    why = forms.CharField(
        label=_("Pourquoi cet objectif ?"),
        required=False,
        max_length=TARGET_WORDS_MAX,
        help_text=_("Une phrase que chacun peut lire : ce que l’on y gagne, comment on compte y arriver."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, indicator: Indicator, **more: Any) -> None:
        super().__init__(data, **more)
        self.is_share = indicator.shape == Shape.RATE
        self.unit = UNITS[indicator.shape]
        if self.is_share:
            self.fields["value"].help_text = _("De 0 à 100.")

    def values(self) -> dict[str, Any]:
        """Return the valid answers as the action takes them: a share between 0 and 1."""
        value = float(self.cleaned_data["value"])
        return self.cleaned_data | {"value": value / 100 if self.is_share else value}
