"""What one looks for, kept for later."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from reciproque.catalogue.rules import Kind


class AlertForm(forms.Form):
    """Tell me when someone offers (or seeks) this."""

    words = forms.CharField(
        label=gettext_lazy("Quels mots guetter ?"),
        help_text=gettext_lazy("Quelques mots suffisent : « tableaux croisés », « langue des signes »."),
        min_length=3,
        max_length=120,
        error_messages={"required": gettext_lazy("Écrivez les mots à guetter.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Quand quelqu’un…"),
        choices=[
            (Kind.OFFER, gettext_lazy("le propose")),
            (Kind.REQUEST, gettext_lazy("le cherche")),
        ],
        initial=Kind.OFFER,
        widget=forms.RadioSelect,
    )
