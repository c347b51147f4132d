"""What is typed to sign in and to speak of oneself."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reciproque.people.rules import LANGUAGES, MAX_NAME, SPOKEN, check_zone

ABOUT_MAX = 600


def _email(label: Any) -> forms.EmailField:
    widget = forms.EmailInput(
        attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    )
    return forms.EmailField(label=label, max_length=254, widget=widget)


def _said(choices: Any) -> list[tuple[str, str]]:
    return [(value, capfirst(words)) for value, words in choices]


def _time() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class SignInForm(forms.Form):
    """An address and a password."""

    email = _email(_("Adresse électronique"))
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        max_length=512,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class AddressForm(forms.Form):
    """The address where a code or a link will be sent."""

    email = _email(_("Adresse électronique"))


class CodeForm(ConfirmLoginCodeForm):
    """The code received by e-mail."""

    code = forms.CharField(
        label=_("Code reçu"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class PasswordForm(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("Nouveau mot de passe"),
        strip=False,
        max_length=512,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Le même, une seconde fois"),
        strip=False,
        max_length=512,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_again(self) -> str:
        again = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("Les deux mots de passe ne sont pas les mêmes."))
        return again


class ProfileForm(forms.Form):
    """What a person says of themselves."""

    first_name = forms.CharField(label=_("Prénom"), max_length=MAX_NAME, required=False)
    last_name = forms.CharField(label=_("Nom"), max_length=MAX_NAME)
    phone = forms.CharField(
        label=_("Téléphone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    about = forms.CharField(
        label=_("En quelques mots"),
        max_length=ABOUT_MAX,
        required=False,
        widget=forms.Textarea,
        help_text=_("Votre métier, votre parcours, ce que vous aimez transmettre ou apprendre."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].seen = self.fields["last_name"].seen = _("les membres de vos réseaux")
        self.fields["about"].seen = _("les membres de vos réseaux")
        self.fields["phone"].why = _(
            "pour que l’animation puisse vous joindre quand un courriel ne suffit pas"
        )


class PreferencesForm(forms.Form):
    """Language, time zone, languages spoken."""

    language = forms.ChoiceField(
        label=_("Langue des pages et des courriels"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    spoken = forms.MultipleChoiceField(
        label=_("Langues dans lesquelles vous pouvez échanger"),
        choices=SPOKEN,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    time_zone = forms.ChoiceField(label=_("Fuseau horaire"), validators=[check_zone])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spoken"].why = _(
            "on ne vous propose que des personnes avec qui vous avez une langue en commun"
        )
        self.fields["time_zone"].why = _(
            "les heures sont données dans ce fuseau, partout ici et dans les courriels"
        )
        names = {
            name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
        }
        current = self.initial.get("time_zone")
        names |= {current} if current else set()
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in sorted(names)]


class NoticesForm(forms.Form):
    """When and about what one wishes to be told, by e-mail and on one's devices."""

    rhythm = forms.ChoiceField(label=_("Quand vous écrire"), widget=forms.RadioSelect)
    wanted = forms.MultipleChoiceField(
        label=_("Par courriel, à quel propos"), widget=forms.CheckboxSelectMultiple, required=False
    )
    push_wanted = forms.MultipleChoiceField(
        label=_("Sur vos appareils, à quel propos"), widget=forms.CheckboxSelectMultiple, required=False
    )
    news = forms.BooleanField(
        label=_("Ajouter quelques offres et demandes récentes au courriel de la semaine"), required=False
    )
    quiet_from = forms.TimeField(label=_("Ne rien envoyer à partir de"), required=False, widget=_time())
    quiet_until = forms.TimeField(label=_("jusqu’à"), required=False, widget=_time())
    paused_until = forms.DateField(
        label=_("Ne plus rien m’envoyer avant le"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, rhythms: Any, categories: Any, devices: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rhythm"].choices = _said(rhythms)
        self.fields["wanted"].choices = self.fields["push_wanted"].choices = _said(categories)
        self.fields["wanted"].help_text = _(
            "Ce que vous décochez reste visible ici, à l’accueil : seul le courriel ne part plus."
        )
        self.fields["quiet_from"].help_text = _(
            "Dans votre fuseau horaire. Un rendez-vous annulé ou déplacé à la dernière minute passe quand même."
        )
        self.fields["paused_until"].help_text = _(
            "Pour des congés : ce qui arrive entre-temps vous attend, et part en une fois ce jour-là."
        )
        if not devices:
            del self.fields["push_wanted"]

    def clean_paused_until(self) -> dt.datetime | None:
        """Return the first moment of that day, where the person is."""
        day = self.cleaned_data["paused_until"]
        return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone()) if day else None


class DeviceForm(forms.Form):
    """What a browser gives so that one may be told on it."""

    endpoint = forms.URLField(max_length=1000, widget=forms.HiddenInput, assume_scheme="https")
    p256dh = forms.CharField(max_length=120, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=60, widget=forms.HiddenInput)
