"""What an animator says of a row of the queue."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.web.animation.forms.fields import (
    REASON_MAX,
    area,
)


class TapForm(forms.Form):
    """A gesture that needs no word: one tap."""


class CallForm(forms.Form):
    """That someone was called (or met), what they said, and until when they are left in peace."""

    words = area(
        _("Ce qui s’est dit"),
        limit=REASON_MAX,
        rows=2,
        help_text=_("L’équipe d’animation le lit ; la personne peut demander à le lire."),
    )
    until = forms.DateField(
        label=_("En reparler le"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Sans date : dans trois jours ouvrés. Si rien n’a bougé, la ligne revient."),
    )


class CloseForm(forms.Form):
    """Why one stops waiting."""

    reason = area(_("Pourquoi ?"), limit=REASON_MAX, rows=2, required=True)
