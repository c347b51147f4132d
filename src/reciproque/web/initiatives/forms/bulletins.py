"""What is typed of a bulletin: its title, its text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.rules import BULLETIN_MAX, TITLE_MAX


class BulletinForm(forms.Form):
    """A bulletin in preparation; `seen` is the text that one had before one."""

    title = forms.CharField(label=_("Titre"), max_length=TITLE_MAX)
    text = forms.CharField(
        label=_("Texte"),
        max_length=BULLETIN_MAX,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=_(
            "Commencez une ligne par « ## » pour un titre, par « - » pour une liste ; entourez de deux étoiles ce qui "
            "doit être en gras."
        ),
    )
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].seen = _("tous les membres du réseau, une fois le bulletin envoyé.")  # type: ignore[attr-defined]
