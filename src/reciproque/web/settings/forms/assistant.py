"""The five pages of the assistant, made of the settings' own forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.web.settings.forms.choices import (
    AdmissionForm,
    CharterForm,
    IdentityForm,
    MediationForm,
    ReciprocityForm,
    RhythmForm,
    RingForm,
    RolesForm,
)

EVERYONE, SOME = "everyone", "some"


class OpeningPage(AdmissionForm, RingForm):
    """To whom the network opens first, and how one enters."""

    whom = forms.ChoiceField(
        label=_("À qui s’ouvre-t-il d’abord ?"),
        widget=forms.RadioSelect,
        choices=[
            (EVERYONE, _("À toute l’organisation, dès aujourd’hui")),
            (SOME, _("À une partie, pour commencer")),
        ],
    )
    order = ("whom", "name", "opens_on", "levels", "functions", "units", "sites", "admission")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.order)

    @property
    def required(self) -> bool:  # type: ignore[override]
        return self.cleaned_data.get("whom") == SOME

    def ring(self) -> dict[str, Any] | None:
        """Return the first ring, or None when everyone is admitted."""
        if not self.required:
            return None
        data = self.cleaned_data
        return {"name": data["name"], "opens_on": data["opens_on"], **self.criteria()}


class WaysPage(ReciprocityForm, MediationForm, RhythmForm):
    """Reciprocity, mediation, rhythm; only the rhythm where no knowledge is exchanged."""


PAGES: list[tuple[Any, type[forms.Form]]] = [
    (_("Nom et but"), IdentityForm),
    (_("Charte"), CharterForm),
    (_("Pour qui"), OpeningPage),
    (_("Règles et rythme"), WaysPage),
    (_("Rôles"), RolesForm),
]
