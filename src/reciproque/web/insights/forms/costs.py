"""What running a network costs, and a classic training day: all of it optional, nothing filled in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.costs import COST_WORDS_MAX, SPREAD_MOST
from reciproque.web.parts.numbers import NumberField


def _number(label: Any, help_text: Any = "", least: int = 0, most: int = 9_999_999) -> NumberField:
    return NumberField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=least,
        max_value=most,
        decimal_places=2,
    )


class CostsForm(forms.Form):
    """One account of what a year costs, from a day on."""

    since = forms.DateField(
        label=_("À partir de quel jour ?"),
        help_text=_("Les comptes d’avant ce jour gardent leurs montants."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    animation_hours = _number(
        _("Temps d’animation dans l’année"), _("Heures de toutes les personnes qui animent.")
    )
    hour_cost = _number(
        _("Coût d’une heure d’animation"), _("Salaire et charges, tel que votre organisation le compte.")
    )
    tools = _number(_("Outils dans l’année"), _("Hébergement, licences, maintenance. Zéro si rien."))
    events = _number(_("Événements dans l’année"), _("Bourses, journées, déplacements. Zéro si rien."))
    training_day_price = _number(
        _("Prix d’une journée de formation classique"), _("Par personne, tel que vous l’achetez.")
    )
    training_day_hours = _number(_("Heures d’une journée de formation"), least=1, most=24)
    spread = NumberField(
        whole=True,
        label=_("Marge d’erreur de ces montants"),
        help_text=_("De 0 à 90 %. Elle donne la lecture basse et la lecture haute."),
        min_value=0,
        max_value=SPREAD_MOST,
    )
    words = forms.CharField(
        label=_("D’où viennent ces montants ?"),
        required=False,
        max_length=COST_WORDS_MAX,
        help_text=_("Lu par tous ceux qui lisent les chiffres du réseau."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
