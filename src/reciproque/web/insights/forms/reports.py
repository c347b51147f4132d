"""The animator's words in a report."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.reports import WORDS_MAX


class ReportForm(forms.Form):
    """What the animator says, and what is planned."""

    words = forms.CharField(
        label=_("Vos mots"),
        required=False,
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Ce que les chiffres ne disent pas. Ils sortiront de la maison : ne nommez personne."),
    )
    planned = forms.CharField(
        label=_("Ce qui est prévu"),
        required=False,
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
