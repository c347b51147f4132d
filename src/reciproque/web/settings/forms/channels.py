"""The chat rooms that a network speaks to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reciproque.notices.rules import HookKind, HookTopic
from reciproque.people.rules import LANGUAGES


def _topics() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Ce que ce salon apprend"),
        choices=[(value, capfirst(words)) for value, words in HookTopic.choices],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("La vie du réseau, jamais ce qui concerne une personne en particulier."),
    )


def _address(label: Any, hint: Any, *, required: bool) -> forms.CharField:
    widget = forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=2000, required=required, widget=widget, help_text=hint)


def _name() -> forms.CharField:
    return forms.CharField(
        label=_("Nom du salon"),
        max_length=80,
        required=False,
        help_text=_("Pour le reconnaître dans la liste."),
    )


class HookForm(forms.Form):
    """A room to speak to."""

    kind = forms.ChoiceField(label=_("Quel logiciel ?"), choices=HookKind.choices, widget=forms.RadioSelect)
    url = _address(
        _("Adresse du connecteur entrant (webhook)"),
        _("Elle se crée dans le salon, par ses réglages. C’est un secret : elle n’est plus montrée ensuite."),
        required=True,
    )
    name = _name()
    topics = _topics()
    language = forms.ChoiceField(label=_("Langue des messages"), choices=LANGUAGES, widget=forms.RadioSelect)


class HookChangeForm(forms.Form):
    """What a room is told, and whether it is."""

    name = _name()
    topics = _topics()
    is_active = forms.BooleanField(label=_("Envoyer à ce salon"), required=False)
    url = _address(
        _("Nouvelle adresse du connecteur"), _("Laissez vide pour garder l’adresse actuelle."), required=False
    )
