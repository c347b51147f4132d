"""Who is given a role, and for which part of the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.networks.rules import Role


class GrantForm(forms.Form):
    """A role given to one of the people found."""

    person = forms.ChoiceField(
        label=_("À qui ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une personne."),
            "invalid_choice": _("Choisissez une personne."),
        },
    )
    role = forms.ChoiceField(label=_("Quel rôle ?"), choices=Role.choices, widget=forms.RadioSelect)
    place = forms.ChoiceField(
        label=_("Pour quelle partie du réseau ?"),
        required=False,
        help_text=_(
            "L’animation peut se confier pour un site, ou pour un service et ceux qui en dépendent : "
            "la personne ne voit et n’accompagne alors que leurs membres."
        ),
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[str, Any]],
        sites: Sequence[tuple[str, str]] = (),
        units: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("Tout le réseau")),
            *([(_("Un site"), list(sites))] if sites else []),
            *([(_("Un service"), list(units))] if units else []),
        ]
