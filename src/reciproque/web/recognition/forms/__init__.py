"""Whom one shows a savoir to, what one confirms or contests, the rule of a network, as typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from reciproque.recognition.rules import CONFIRMATIONS, MONTHS, UNITS, WORDS_MAX, Audience

_AUDIENCES = [
    (Audience.ME, gettext_lazy("Moi seul")),
    (Audience.MET, gettext_lazy("Les personnes avec qui j’ai eu un échange")),
    (Audience.NETWORK, gettext_lazy("Les membres des réseaux où il a été vu")),
]


class AudienceForm(forms.Form):
    """Who sees one savoir, or all of them."""

    audience = forms.ChoiceField(
        label=gettext_lazy("Qui le voit ?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez qui le voit.")},
    )

    def __init__(self, *args: Any, one: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        like_all = ("all", gettext_lazy("Comme pour tous mes savoirs"))
        self.fields["audience"].choices = [*([like_all] if one else []), *_AUDIENCES]  # type: ignore[attr-defined]

    def chosen(self) -> str:
        """Return the audience chosen, "" for the one of all."""
        return "" if self.cleaned_data["audience"] == "all" else str(self.cleaned_data["audience"])


class AskForm(forms.Form):
    """Whom one asks to confirm a savoir."""

    people = forms.MultipleChoiceField(
        label=gettext_lazy("À qui demander ?"),
        help_text=gettext_lazy(
            "On ne le demande qu’une fois à chaque personne, et elle peut ne pas répondre."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins une personne.")},
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = people  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    """What someone who learned says of it."""

    source = forms.ChoiceField(
        label=gettext_lazy("Comment l’avez-vous appris ?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites comment vous l’avez appris.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Ce que vous savez faire depuis"),
        help_text=gettext_lazy("Une phrase, si vous voulez. Un fait plutôt qu’un compliment."),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    signs = forms.BooleanField(
        label=gettext_lazy("Mon nom et mes mots peuvent figurer dans un badge"),
        help_text=gettext_lazy(
            "La personne peut emporter sa certification dans un fichier et le montrer à qui elle veut. "
            "Sans votre accord, le fichier dit seulement combien de personnes ont confirmé."
        ),
        required=False,
    )

    def __init__(self, *args: Any, sources: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = sources  # type: ignore[attr-defined]

    def clean_source(self) -> tuple[str, str]:
        """Return the kind of source and its identifier."""
        kind, _colon, public_id = self.cleaned_data["source"].partition(":")
        return kind, public_id


class ContestForm(forms.Form):
    """Why someone doubts a certification."""

    words = forms.CharField(
        label=gettext_lazy("Ce qui vous fait douter"),
        help_text=gettext_lazy(
            "Des faits : ce que vous avez vu, quand. L’animation lit votre nom ; la personne certifiée lit vos "
            "raisons, pas votre nom."
        ),
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Dites ce qui vous fait douter.")},
    )


class SettleForm(forms.Form):
    """What the animation team decides of a contest, and why."""

    upheld = forms.TypedChoiceField(
        label=gettext_lazy("Votre décision"),
        choices=[
            ("no", gettext_lazy("La certification reste")),
            ("yes", gettext_lazy("La certification prend fin")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez.")},
    )
    answer = forms.CharField(
        label=gettext_lazy("Vos raisons"),
        help_text=gettext_lazy("Lues par la personne certifiée et par celle qui conteste."),
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Dites pourquoi.")},
    )


def _between(bounds: tuple[int, int, int], label: Any, why: Any) -> forms.IntegerField:
    default, least, most = bounds
    return forms.IntegerField(label=label, min_value=least, max_value=most, initial=default, help_text=why)


class RuleForm(forms.Form):
    """The rule by which a network certifies."""

    on = forms.BooleanField(label=gettext_lazy("Ce réseau certifie les savoirs"), required=False)
    confirmations = _between(
        CONFIRMATIONS,
        gettext_lazy("Combien de personnes doivent confirmer"),
        gettext_lazy("Des personnes différentes, qui ont appris dans un échange clos ou avec une fiche."),
    )
    units = _between(
        UNITS,
        gettext_lazy("De combien de services au moins"),
        gettext_lazy("Pour qu’une équipe ne se certifie pas elle-même."),
    )
    months = _between(
        MONTHS,
        gettext_lazy("Pendant combien de temps une confirmation compte"),
        gettext_lazy("Passé ce temps, elle s’efface du compte ; la personne est prévenue avant."),
    )


class BadgeForm(forms.Form):
    """Whether a badge carries the name of its holder."""

    signed_name = forms.BooleanField(
        label=gettext_lazy("Mon nom figure en clair dans le fichier"),
        help_text=gettext_lazy(
            "Sinon, il ne contient que l’empreinte de votre adresse électronique : vous la donnez à qui vérifie."
        ),
        required=False,
        initial=True,
    )
