"""To whom a questionnaire is sent, when, and what is kept of who answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from reciproque.networks.rules import Role
from reciproque.surveys.rules import LEAST, LEAST_MOST, Mode, Split, Trigger, Who
from reciproque.web.parts.numbers import NumberField

_DAY = {"type": "date"}


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Donnez une date."),
            "invalid": gettext_lazy("Écrivez la date comme ceci : 2026-05-31."),
        },
    )


def _choice(label: Any, choices: Sequence[Any], *, required: bool = True, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required, **kwargs)


def _least(**more: Any) -> NumberField:
    return NumberField(
        whole=True,
        label=gettext_lazy("Le plus petit groupe dont un résultat est donné"),
        help_text=gettext_lazy(
            "Combien de personnes il réunit au moins : de plus petits sont dits avec d’autres, ou pas du tout."
        ),
        **more,
    )


class PlanForm(forms.Form):
    """A campaign as it is planned."""

    trigger = _choice(
        gettext_lazy("Quand part-il ?"),
        Trigger.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez quand ce questionnaire est envoyé.")},
    )
    mode = _choice(
        gettext_lazy("Que garde-t-on de qui répond ?"),
        [
            (
                Mode.ANONYMOUS,
                gettext_lazy(
                    "Anonyme : rien ne relie une réponse à quelqu’un ; ni correction, ni rapprochement avec une autre"
                ),
            ),
            (
                Mode.CONFIDENTIAL,
                gettext_lazy(
                    "Confidentiel : le programme sait qui répond, ne le montre à personne, et peut comparer des moments"
                ),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez ce qui est gardé de qui répond.")},
    )
    opens_on = _day(gettext_lazy("Ouvre le"))
    closes_on = _day(gettext_lazy("Se clôt le"), help_text=gettext_lazy("À dix-huit heures ; un an au plus."))
    after_opens_on = _day(gettext_lazy("Seconde fois : ouvre le"), required=False)
    after_closes_on = _day(gettext_lazy("Seconde fois : se clôt le"), required=False)
    who = _choice(
        gettext_lazy("À qui ?"),
        Who.choices,
        initial=Who.MEMBERS,
        help_text=gettext_lazy("Un envoi après un événement va aux personnes concernées parmi celles-ci."),
    )
    role = _choice(gettext_lazy("Quel rôle ?"), [("", "—"), *Role.choices], required=False)
    site = _choice(gettext_lazy("D’un seul site"), [("", "—")], required=False)
    unit = _choice(
        gettext_lazy("D’une seule entité, avec celles qui en dépendent"), [("", "—")], required=False
    )
    group = _choice(gettext_lazy("Quel groupe d’échange de pratiques ?"), [("", "—")], required=False)
    split = _choice(
        gettext_lazy("Comment comparer les résultats ?"),
        Split.choices,
        required=False,
        help_text=gettext_lazy(
            "Une seule façon, choisie maintenant : deux découpages des mêmes personnes diraient, par différence, ce "
            "que quelques-unes ont répondu."
        ),
    )
    split_question = _choice(gettext_lazy("Quelle question à un seul choix ?"), [("", "—")], required=False)
    least = _least(max_value=LEAST_MOST, required=False)
    shared = forms.BooleanField(
        label=gettext_lazy("Qui a été invité à répondre lit aussi les résultats d’ensemble"), required=False
    )
    again = forms.BooleanField(
        label=gettext_lazy("La campagne se renouvelle d’elle-même quand elle se clôt"),
        help_text=gettext_lazy("Pour un envoi qui suit un événement."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        floor: int,
        sites: Sequence[tuple[str, str]],
        units: Sequence[tuple[str, str]],
        groups: Sequence[tuple[str, str]],
        questions: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("site", sites),
            ("unit", units),
            ("group", groups),
            ("split_question", questions),
        ):
            self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        self.fields["least"].min_value = floor  # type: ignore[attr-defined]
        self.fields["least"].initial = floor

    def planned(self) -> dict[str, Any]:
        """Return what the action takes."""
        values = dict(self.cleaned_data)
        names = ("who", "role", "site", "unit", "group")
        audience = {name: values.pop(name) for name in names}
        return {**values, "audience": audience}


class FloorForm(forms.Form):
    """Of how many people at least a network tells anything."""

    least = _least(min_value=LEAST, max_value=LEAST_MOST)
