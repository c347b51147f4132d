"""The answer to an invitation to help."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class HelpingForm(forms.Form):
    """A yes with its limits, or a no."""

    answer = forms.ChoiceField(choices=[("yes", _("Oui")), ("no", _("Non"))], widget=forms.HiddenInput)
    availability = forms.CharField(
        label=_("Quand êtes-vous plutôt disponible ?"),
        required=False,
        max_length=200,
        help_text=_("Par exemple : le mardi après-midi."),
    )
    at_most = forms.IntegerField(
        label=_("Combien de mises en relation à la fois, au plus ?"),
        required=False,
        min_value=1,
        max_value=20,
        initial=2,
    )
