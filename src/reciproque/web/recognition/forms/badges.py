"""What the page that checks badges asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from reciproque.recognition.rules import REASON_MAX

# A picture of a badge weighs some hundreds of kilobytes.
FILE_MOST = 2 * 1024 * 1024
TEXT_MOST = 300_000


class NameOffForm(forms.Form):
    """Why the name of someone who left is taken off badges."""

    reason = forms.CharField(
        label=_("Qui l’a demandé, et quand"),
        help_text=_(
            "Par exemple : « son message du 3 mars ». Gardé, et lu par qui administre l’installation."
        ),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Dites qui l’a demandé, et quand.")},
    )


class VerifyForm(forms.Form):
    """A badge, as a file or as text, and whose it is said to be."""

    file = forms.FileField(
        label=_("Le fichier du badge"),
        required=False,
        help_text=_("Une image PNG ou SVG, ou un fichier JWT ou JSON. Deux mégaoctets au plus."),
        widget=forms.FileInput(attrs={"accept": ".png,.svg,.jwt,.json,.jsonld,.txt"}),
    )
    text = forms.CharField(
        label=_("Ou son texte"),
        required=False,
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Le contenu du fichier, collé ici."),
    )
    email = forms.EmailField(
        label=_("L’adresse électronique de la personne"),
        required=False,
        help_text=_("Si elle vous l’a donnée : vous saurez si le badge est bien le sien."),
    )

    def clean_file(self) -> UploadedFile | None:
        """Refuse what is too heavy to be a badge."""
        file = self.cleaned_data["file"]
        if file is not None and file.size > FILE_MOST:
            raise ValidationError(_("Ce fichier est trop lourd pour être un badge."))
        return file

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        values = super().clean() or {}
        if not self.errors and not values.get("file") and not values.get("text"):
            raise ValidationError(_("Donnez un fichier, ou collez un texte."))
        return values

    def given(self) -> bytes | str:
        """Return what was given; nothing of it is kept."""
        file = self.cleaned_data.get("file")
        return file.read() if file else self.cleaned_data["text"]
