"""A group being made: its need page by page, the call, who applies, what is waived, its charter, how one leaves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.agenda.rules import Mode
from reciproque.circles.rules import (
    HALF_DAY_MINUTES,
    LINE_MAX,
    SEATS_LEAST,
    SEATS_MOST,
    SESSIONS_LEAST,
    SESSIONS_MOST,
    SHORT_MINUTES,
    TITLE_MAX,
    WORDS_MAX,
    Method,
)
from reciproque.kit import clock

Choices = Sequence[tuple[Any, Any]]
TRADE_MAX = 80
# How many people with whom the need was specified can be named on the page.
DECIDERS = 3
# How many functions are asked one by one; more may be written in the last, separated by commas.
FUNCTIONS = 4
LENGTHS = [
    (SHORT_MINUTES, gettext_lazy("une heure et demie (à distance)")),
    (120, gettext_lazy("deux heures")),
    (150, gettext_lazy("deux heures et demie")),
    (180, gettext_lazy("trois heures")),
    (HALF_DAY_MINUTES, gettext_lazy("une demi-journée (trois heures et demie)")),
    (240, gettext_lazy("quatre heures")),
]
METHODS = {
    Method.CODEV: gettext_lazy(
        "Codéveloppement : à chaque séance, une personne apporte une situation et le groupe l’aide, en six temps."
    ),
    Method.ANALYSIS: gettext_lazy(
        "Analyse de pratiques : le groupe cherche à comprendre ensemble une situation vécue, sans donner de conseil."
    ),
    Method.FREE: gettext_lazy("Ordre du jour libre : le groupe décide à chaque séance de quoi il parle."),
}


def long_text(label: Any, *, hint: Any = "", rows: int = 4, required: bool = True, **more: Any) -> Any:
    """Return a question answered in several lines."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=more.pop("max_length", WORDS_MAX),
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        **more,
    )


def day_field(label: Any, *, hint: Any = "", required: bool = True) -> forms.DateField:
    """Return a question answered by a day."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class OpenForm(forms.Form):
    """What the group would be about: enough to begin."""

    key = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label=gettext_lazy("Comment s’appellera ce groupe ?"),
        help_text=gettext_lazy("Exemple : « Encadrer une équipe dispersée »."),
        max_length=TITLE_MAX,
    )
    trade = forms.CharField(
        label=gettext_lazy("Pour quel métier ?"),
        help_text=gettext_lazy("En mots libres : « manager de proximité », « chargé de clientèle »."),
        max_length=TRADE_MAX,
        required=False,
        widget=forms.TextInput(attrs={"list": "trades"}),
    )
    aims = long_text(
        gettext_lazy("Qu’en attend-on ?"),
        hint=gettext_lazy(
            "Deux ou trois objectifs, en phrases simples. L’appel à volontaires les reprendra."
        ),
    )
    aims.seen = gettext_lazy("tous les membres du réseau, une fois l’appel lancé.")


class WithWhomForm(forms.Form):
    """Page 1: with whom the need was specified, and when."""

    specified_with = long_text(
        gettext_lazy("Avec qui avez-vous parlé du besoin, et qu’en ressort-il ?"),
        hint=gettext_lazy("Ce que vivent les personnes de ce métier, ce qui leur manque."),
        required=False,
    )
    specified_with.seen = gettext_lazy("vous, puis les membres du groupe et la personne qui l’anime.")
    specified_on = day_field(gettext_lazy("Quel jour ?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specified_on"].widget.attrs["max"] = timezone.localdate(clock.now()).isoformat()
        for n in range(1, DECIDERS + 1):
            self.fields[f"name_{n}"] = forms.CharField(
                label=_("Prénom et nom"), max_length=TITLE_MAX, required=False
            )
            self.fields[f"role_{n}"] = forms.CharField(label=_("Rôle"), max_length=TITLE_MAX, required=False)
            self.fields[f"email_{n}"] = forms.EmailField(
                label=_("Adresse professionnelle"),
                help_text=_("Si elle est connue de Réciproque, le bilan lui sera remis ici."),
                required=False,
                error_messages={"invalid": _("Cette adresse ne semble pas complète.")},
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The people who can be named, one row each."""
        return [
            {"number": n, "name": self[f"name_{n}"], "role": self[f"role_{n}"], "email": self[f"email_{n}"]}
            for n in range(1, DECIDERS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for n in range(1, DECIDERS + 1):
            if (values.get(f"role_{n}") or values.get(f"email_{n}")) and not values.get(f"name_{n}"):
                self.add_error(f"name_{n}", _("Dites de qui il s’agit."))
        return values

    def people(self) -> list[tuple[str, str, str]]:
        """Return who was named, as (name, role, address)."""
        values = self.cleaned_data
        rows = (
            (values.get(f"name_{n}") or "", values.get(f"role_{n}") or "", values.get(f"email_{n}") or "")
            for n in range(1, DECIDERS + 1)
        )
        return [row for row in rows if row[0]]


class GrantedForm(forms.Form):
    """Page 2: what the deciders grant, what they will be told."""

    allowance = long_text(
        gettext_lazy("Combien de temps est accordé aux membres, et qui l’a écrit ?"),
        hint=gettext_lazy(
            "Exemple : « Sept demi-journées d’ici décembre, sur le temps de travail, message de la direction "
            "du 3 mars »."
        ),
        required=False,
    )
    told = long_text(
        gettext_lazy("Que sauront les décideurs, à la fin ?"),
        hint=gettext_lazy(
            "Exemple : les lignes que chaque membre a acceptées. Quelques chiffres partent toujours avec le bilan, "
            "sans nom : séances tenues, présences en moyenne, objectifs atteints (masqués s’ils permettaient de "
            "reconnaître quelqu’un), fiches publiées."
        ),
        required=False,
    )
    untold = long_text(
        gettext_lazy("Que ne sauront-ils pas ?"),
        hint=gettext_lazy("Exemple : qui a dit quoi, les situations apportées, qui a manqué une séance."),
        required=False,
    )
    allowance.seen = told.seen = untold.seen = gettext_lazy(
        "les personnes qui se portent volontaires, avant de s’engager."
    )


class WhoForm(forms.Form):
    """Page 3: who may volunteer."""

    functions = forms.CharField(
        label=gettext_lazy("Pour quelles fonctions ?"),
        help_text=gettext_lazy(
            "Une par ligne, telles qu’elles figurent dans l’annuaire : elles s’affichent quand vous écrivez. Des "
            "personnes qui font le même métier s’aident mieux."
        ),
        max_length=LINE_MAX,
        required=False,
        widget=forms.TextInput(attrs={"list": "functions"}),
    )
    sites = forms.MultipleChoiceField(
        label=gettext_lazy("Sur quels sites ?"),
        help_text=gettext_lazy("Aucun coché : tous. Des sites différents apportent des regards différents."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    units = forms.MultipleChoiceField(
        label=gettext_lazy("Dans quels services ?"),
        help_text=gettext_lazy("Aucun coché : tous."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seats_most = forms.IntegerField(
        label=gettext_lazy("Combien de places ?"),
        help_text=gettext_lazy("De cinq à dix : chacun parle, et chacun apporte une situation."),
        min_value=SEATS_LEAST,
        max_value=SEATS_MOST,
        initial=SEATS_MOST,
        error_messages={
            "min_value": gettext_lazy("Un groupe compte de cinq à dix places."),
            "max_value": gettext_lazy("Un groupe compte de cinq à dix places."),
        },
    )

    def __init__(self, *args: Any, sites: Choices = (), units: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = _functions_in(self.initial.get("functions") or "")
        self.initial["functions"] = known[0] if known else ""
        for n in range(2, FUNCTIONS + 1):
            self.fields[f"function_{n}"] = forms.CharField(
                label=_("Autre fonction"),
                max_length=LINE_MAX,
                required=False,
                widget=forms.TextInput(attrs={"list": "functions"}),
            )
            mine = known[n - 1 :] if n == FUNCTIONS else known[n - 1 : n]
            self.initial[f"function_{n}"] = ", ".join(mine)
        for name, choices in (("sites", sites), ("units", units)):
            if choices:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    @property
    def more_functions(self) -> list[forms.BoundField]:
        """The lines for the other functions."""
        return [self[f"function_{n}"] for n in range(2, FUNCTIONS + 1)]

    def clean(self) -> dict[str, Any]:
        """Write the functions one way, whatever line they were on and whatever separated them."""
        values = super().clean() or {}
        typed = [
            values.get("functions", ""),
            *(values.pop(f"function_{n}", "") for n in range(2, FUNCTIONS + 1)),
        ]
        values["functions"] = ", ".join(_functions_in(",".join(typed)))
        if len(values["functions"]) > LINE_MAX:
            self.add_error("functions", _("C’est trop long : gardez les fonctions principales."))
        return values


def _functions_in(text: str) -> list[str]:
    bits = [bit.strip() for bit in re.split(r"[,;\n]", text)]
    return list(dict.fromkeys(bit for bit in bits if bit))


class SessionsForm(forms.Form):
    """Page 4: how many sessions, how long, by which method, where."""

    sessions_wanted = forms.IntegerField(
        label=gettext_lazy("Combien de séances ?"),
        help_text=gettext_lazy(
            "Décidé d’avance. Autant que de membres, pour que chacun apporte sa situation une fois."
        ),
        min_value=SESSIONS_LEAST,
        max_value=SESSIONS_MOST,
        initial=7,
    )
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("Combien de temps à chaque fois ?"), coerce=int, choices=LENGTHS
    )
    method = forms.ChoiceField(
        label=gettext_lazy("Comment travaillera-t-on ?"),
        choices=[(value, METHODS[Method(value)]) for value in Method.values],
        widget=forms.RadioSelect,
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Comment se retrouvera-t-on ?"),
        choices=[(value, capfirst(label)) for value, label in Mode.choices],
        widget=forms.RadioSelect,
    )
    place = forms.CharField(
        label=gettext_lazy("Où, ou par quel lien ?"),
        help_text=gettext_lazy(
            "Une salle, un numéro, un lien. Seuls les membres du groupe le liront ; vous pourrez le changer."
        ),
        max_length=LINE_MAX,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.initial.get("minutes")
        if now and now not in dict(LENGTHS):
            more = (now, _("%(n)s minutes") % {"n": now})
            self.fields["minutes"].choices = [*LENGTHS, more]  # type: ignore[attr-defined]


class UntilForm(forms.Form):
    """Until when one may apply."""

    until = day_field(
        gettext_lazy("Jusqu’à quel jour peut-on se porter volontaire ?"),
        hint=gettext_lazy("Deux à trois semaines laissent le temps d’en parler autour de soi."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs["min"] = timezone.localdate(clock.now()).isoformat()


class ApplyForm(forms.Form):
    """One's own goal, and how one will help the others."""

    goal = long_text(
        gettext_lazy("Que voulez-vous avoir appris à la fin ?"),
        hint=gettext_lazy(
            "Votre objectif à vous, en une ou deux phrases. Vous le relirez au moment du bilan."
        ),
        error_messages={"required": gettext_lazy("Écrivez votre objectif, même en quelques mots.")},
    )
    helping = long_text(
        gettext_lazy("Comment aiderez-vous les autres ?"),
        hint=gettext_lazy("Une expérience, une manière d’écouter, des questions que vous savez poser."),
        error_messages={"required": gettext_lazy("Dites comment vous aiderez les autres.")},
    )
    goal.seen = helping.seen = gettext_lazy(
        "la personne qui prépare le groupe tant qu’il se constitue, puis ses membres et la personne qui l’anime."
    )


class WaiverForm(forms.Form):
    """Why a rule of the method is set aside."""

    kind = forms.CharField(max_length=11, widget=forms.HiddenInput)
    # About whom, several at once with one reason.
    person = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi passer outre ?"),
        max_length=LINE_MAX,
        widget=forms.TextInput,
        error_messages={"required": gettext_lazy("Donnez la raison : les membres du groupe la liront.")},
    )
    reason.seen = gettext_lazy("tous les membres du groupe, avec votre nom.")


class PersonForm(forms.Form):
    """Who facilitates."""

    person = forms.ChoiceField(
        label=gettext_lazy("Qui animera ce groupe ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une personne."),
            "invalid_choice": gettext_lazy("Choisissez une personne."),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Si la personne est dans la ligne hiérarchique d’un membre, pourquoi elle ?"),
        max_length=LINE_MAX,
        required=False,
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class CharterForm(forms.Form):
    """The rules of the group, in its own words."""

    text = long_text(gettext_lazy("Nos règles"), rows=10, max_length=WORDS_MAX)
    leaving = long_text(
        gettext_lazy("Ce qui peut sortir du groupe"),
        hint=gettext_lazy(
            "Exemple : « Des fiches de pratique sans nom de personne ni de client, quand chacun est d’accord »."
        ),
    )


class StepDownForm(forms.Form):
    """Who takes over; nobody has to say why they stop."""

    instead = forms.ChoiceField(
        label=gettext_lazy("Qui prend le relais ?"),
        help_text=gettext_lazy(
            "Sans relais, le groupe est prévenu, et la personne qui l’a ouvert en cherche un."
        ),
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Si la personne est dans la ligne hiérarchique d’un membre, pourquoi elle ?"),
        max_length=LINE_MAX,
        required=False,
    )

    def __init__(self, *args: Any, people: Choices, reasoned: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instead"].choices = [("", _("Personne pour l’instant")), *people]  # type: ignore[attr-defined]
        if not reasoned:
            del self.fields["reason"]


class ReasonForm(forms.Form):
    """Why the group, or one of its sessions, does not go on."""

    reason = forms.CharField(
        label=gettext_lazy("Pourquoi ?"),
        max_length=LINE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Dites pourquoi, en une phrase.")},
    )
