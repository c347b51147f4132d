"""What is typed to join a network and to take part in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reciproque.networks.rules import MAX_CAPACITY

WORDS_MAX = 1000


class JoinForm(forms.Form):
    """The charter signed, and a few words where joining needs an agreement."""

    application = forms.CharField(
        label=_("Pourquoi souhaitez-vous rejoindre ce réseau ?"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea,
        help_text=_("Deux phrases suffisent."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    agree = forms.BooleanField(
        label=_("J’ai lu la charte et je la signe"),
        error_messages={"required": _("Cochez cette case pour signer la charte.")},
    )

    def __init__(self, *args: Any, waits: bool, chartered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"].seen = _("l’équipe d’animation du réseau")
        if not waits:
            del self.fields["application"]
        if not chartered:
            del self.fields["agree"]


class SignForm(forms.Form):
    """A new version of the charter, signed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agree = forms.BooleanField(
        label=_("J’ai lu cette version et je la signe"),
        error_messages={"required": _("Cochez cette case pour signer la charte.")},
    )


class InterestForm(forms.Form):
    """A few words left by somebody to whom the network is not yet open."""

    words = forms.CharField(
        label=_("Ce que vous aimeriez y apprendre ou y transmettre"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].seen = _("l’équipe d’animation du réseau")


class CapacityForm(forms.Form):
    """How many exchanges at once."""

    give = forms.IntegerField(
        label=_("Pour transmettre"),
        help_text=_(
            "Avec 0, vous ne serez proposé à personne et personne ne pourra vous demander d’apprendre de vous."
        ),
        min_value=0,
        max_value=MAX_CAPACITY,
    )
    receive = forms.IntegerField(
        label=_("Pour apprendre"),
        help_text=_("Avec 0, personne ne vous sera proposé et vous ne pourrez rien demander à personne."),
        min_value=0,
        max_value=MAX_CAPACITY,
    )


class PauseForm(forms.Form):
    """Until when one steps aside; the value is the first moment of that day, where the person is."""

    until = forms.DateField(
        label=_("Je reprends le"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_until(self) -> dt.datetime:
        day = self.cleaned_data["until"]
        return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())
