"""Calls to those who know: what is asked, of whom; the answer; one's own limit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reciproque.recognition.rules import REASON_MAX, WORDS_MAX, CallKind

ANYBODY = ""


class LaunchForm(forms.Form):
    """What is asked about a savoir, and of whom."""

    kind = forms.ChoiceField(label=_("Ce que vous demandez"), widget=forms.RadioSelect)
    person = forms.ChoiceField(
        label=_("À qui ?"),
        widget=forms.RadioSelect,
        required=False,
        help_text=_(
            "Sans choisir, Réciproque demande à la personne que ses échanges et ses fiches désignent le plus, et qui "
            "l’accepte. Vous ne saurez qui que si elle dit oui. Les personnes nommées ont publié quelque chose de proche : "
            "pas toujours ce savoir-là."
        ),
    )
    words = forms.CharField(
        label=_("Un mot de votre part"),
        required=False,
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("La personne le lira avec la demande."),
    )

    def __init__(self, data: Any = None, *, kinds: Any = (), people: Any = (), **more: Any) -> None:
        super().__init__(data, **more)
        labels = dict(CallKind.choices)
        self.fields["kind"].choices = [(kind, capfirst(str(labels[kind]))) for kind in kinds]  # type: ignore[attr-defined]
        choices = [
            (ANYBODY, _("Laisser Réciproque demander à la personne la plus à même de répondre")),
            *people,
        ]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """A yes or a no, and a word if one wishes."""

    answer = forms.ChoiceField(choices=[("yes", _("Oui")), ("no", _("Non"))], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Un mot, si vous le souhaitez"),
        required=False,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Un non n’a pas besoin de raison."),
    )


class LimitForm(forms.Form):
    """How many calls at once one accepts."""

    most = forms.IntegerField(
        label=_("Combien de sollicitations à la fois ?"),
        min_value=0,
        max_value=10,
        help_text=_("Avec 0, on ne fait plus appel à vous, et personne n’est averti de ce choix."),
    )


class LeavingForm(forms.Form):
    """When one will leave or retire."""

    on = forms.DateField(
        label=_("Je pars, ou je prends ma retraite, le"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Vide : rien n’est retenu."),
    )
