"""One form for each choice of a network; the assistant and the settings pages share them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from reciproque.kit import clock
from reciproque.kit.dates import countries
from reciproque.networks.rules import (
    CHARTER_MAX,
    RHYTHM,
    Admission,
    Mediation,
    Reciprocity,
    Role,
    System,
)
from reciproque.people.queries import function_choices, site_choices, unit_choices
from reciproque.people.rules import LANGUAGES, LEVELS
from reciproque.web.settings.forms.fields import PeopleField, names_field

NAME_MAX, SUMMARY_MAX = 120, 2000


def titled(choices: Any, more: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return choices with a line of explanation under each, as the "cards" look draws them."""
    return [
        (
            value,
            format_html(
                '<span class="title">{}</span><span class="soft">{}</span>', _capital(label), more[value]
            ),
        )
        for value, label in choices
    ]


def _capital(label: Any) -> str:
    text = str(label)
    return text[:1].upper() + text[1:]


def _simple(choices: Any) -> dict[str, tuple[str, str]]:
    """Split "word : explanation" choices of the rules into a title and its line, in either language."""
    pairs = {}
    for value, label in choices:
        title, *line = re.split(r"\s*:\s+", str(label), maxsplit=1)
        pairs[value] = (_capital(title), _capital("".join(line)))
    return pairs


def explained(choices: Any) -> list[tuple[str, Any]]:
    """Return the choices of the rules, each with its explanation under its name."""
    return [
        (value, format_html('<span class="title">{}</span><span class="soft">{}</span>', title, line))
        for value, (title, line) in _simple(choices).items()
    ]


SYSTEMS = {
    System.EXCHANGES.value: _("Chacun propose et demande des savoirs ; deux personnes se rencontrent."),
    System.CIRCLES.value: _("De petits groupes du même métier travaillent ensemble leurs situations."),
    System.LEARNING.value: _("On cherche et on essaie ensemble, sur un projet de l’organisation."),
    System.COMMUNITY.value: _(
        "On veille dans la durée sur ce que l’on sait : qui sait, ce qui manque, ce qui se perd."
    ),
}


class IdentityForm(forms.Form):
    """What the network is called, what it is for, which systems it runs."""

    name_fr = forms.CharField(label=_("Nom du réseau"), max_length=NAME_MAX)
    name_en = forms.CharField(label=_("Nom en anglais"), max_length=NAME_MAX, required=False)
    summary_fr = forms.CharField(
        label=_("À quoi sert-il ?"),
        max_length=SUMMARY_MAX,
        required=False,
        widget=forms.Textarea,
        help_text=_("Pour qui, pour quoi faire, en trois phrases. C’est ce qu’on lit avant d’y entrer."),
    )
    summary_en = forms.CharField(
        label=_("La même chose en anglais"), max_length=SUMMARY_MAX, required=False, widget=forms.Textarea
    )
    systems = forms.MultipleChoiceField(
        label=_("Que fait-on dans ce réseau ?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Choisissez-en un ou plusieurs : la charte proposée, les règles et le menu du réseau en dépendent. "
            "Vous pourrez en ajouter plus tard."
        ),
        error_messages={"required": _("Choisissez au moins un des quatre dispositifs.")},
    )
    language = forms.ChoiceField(
        label=_("Langue la plus courante dans ce réseau"), choices=LANGUAGES, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["systems"].choices = titled(System.choices, SYSTEMS)
        self.fields["summary_fr"].seen = _("toute l’organisation, dans la liste des réseaux")


class CharterForm(forms.Form):
    """The charter in both languages, one rule a line."""

    charter_fr = forms.CharField(
        label=_("La charte"),
        max_length=CHARTER_MAX,
        widget=forms.Textarea,
        help_text=_("Une règle par ligne. Dix lignes se lisent en une minute."),
    )
    charter_en = forms.CharField(
        label=_("La charte en anglais"),
        max_length=CHARTER_MAX,
        required=False,
        widget=forms.Textarea,
        help_text=_("Sans elle, les personnes qui lisent en anglais verront la charte en français."),
    )


class RingForm(forms.Form):
    """One ring of people to whom the network opens, from a day on. A blank criterion looks at nothing."""

    name = forms.CharField(
        label=_("Nom de cette étape"),
        max_length=120,
        required=False,
        help_text=_("Par exemple : « Les chefs d’équipe de l’Ouest ». Les personnes refusées le lisent."),
    )
    opens_on = forms.DateField(
        label=_("Ouvre le"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["levels"] = forms.MultipleChoiceField(
            label=_("Niveaux"), choices=LEVELS, required=False, widget=forms.CheckboxSelectMultiple
        )
        self.fields["functions"] = names_field(_("Fonctions"), function_choices())
        self.fields["units"] = names_field(
            _("Services"), unit_choices(), _("Un service comprend tous ceux qui en dépendent.")
        )
        self.fields["sites"] = names_field(_("Sites"), site_choices())

    def criteria(self) -> dict[str, list[str]]:
        """Return what the ring looks at."""
        return {key: self.cleaned_data.get(key) or [] for key in ("functions", "levels", "units", "sites")}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.required:
            return data
        if not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Donnez un nom à cette étape."))
        if data.get("opens_on") is None and "opens_on" not in self.errors:
            self.add_error("opens_on", _("Dites à partir de quel jour."))
        return data

    required = True


class AdmissionForm(forms.Form):
    """How one enters."""

    admission = forms.ChoiceField(label=_("Comment entre-t-on ?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["admission"].choices = explained(Admission.choices)


class ReciprocityForm(forms.Form):
    """Whether one must offer and ask before meeting someone."""

    reciprocity = forms.ChoiceField(label=_("Quelle réciprocité ?"), widget=forms.RadioSelect)
    grace_days = forms.IntegerField(
        label=_("Délai de démarrage"),
        min_value=RHYTHM["grace_days"][1],
        max_value=RHYTHM["grace_days"][2],
        help_text=_(
            "En réciprocité stricte, une personne qui arrive peut déjà demander une mise en relation "
            "pendant ce temps. Zéro : dès le premier jour, il faut une offre et une demande."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reciprocity"].choices = explained(Reciprocity.choices)


class MediationForm(forms.Form):
    """Who brings the two people together, and who is never brought together."""

    mediation = forms.ChoiceField(
        label=_("Comment se fait la première rencontre ?"), widget=forms.RadioSelect
    )
    exclude_own_manager = forms.BooleanField(
        label=_("Ne jamais mettre en relation une personne et son responsable direct"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mediation"].choices = explained(Mediation.choices)


DAYS = {
    "answer_days": (
        _("Répondre à une mise en relation"),
        _("La personne est relancée à mi-chemin et la veille ; puis une autre personne est proposée."),
    ),
    "date_days": (_("Trouver une date"), _("Deux relances, puis l’animation prend le relais.")),
    "confirm_days": (
        _("Dire si la rencontre a eu lieu"),
        _("Deux relances, puis l’animation prend le relais."),
    ),
    "review_days": (
        _("Faire le bilan"),
        _("Deux relances, puis l’échange est clos avec les bilans reçus."),
    ),
    "validity_days": (
        _("Durée de vie d’une annonce"),
        _("Son auteur est prévenu quatorze jours avant et renouvelle en un geste."),
    ),
    "silent_days": (
        _("Offre que personne ne demande"),
        _(
            "Passé ce délai, son auteur dit si elle est toujours d’actualité ; "
            "sans réponse en quatorze jours, elle n’est plus visible."
        ),
    ),
}
# In working days, public holidays aside; the others are plain days.
WORKING = ("answer_days", "date_days", "confirm_days", "review_days")


# What a network without exchanges still waits for: the dates of its groups' sessions.
IN_CIRCLES = ("date_days",)


class RhythmForm(forms.Form):
    """How long each waits for the other."""

    def keep_for(self, systems: Collection[str]) -> None:
        """Ask only about what is chosen in a network that runs these systems; a form of several is thus emptied."""
        if System.EXCHANGES in systems:
            return
        kept = {"country", *(IN_CIRCLES if System.CIRCLES in systems else ())}
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint) in DAYS.items():
            default, least, most = RHYTHM[name]
            self.fields[name] = forms.IntegerField(
                label=label, help_text=hint, min_value=least, max_value=most, initial=default
            )
        language = (get_language() or "fr")[:2]
        self.fields["country"] = forms.ChoiceField(
            label=_("Jours fériés de quel pays ?"),
            help_text=_("Ces jours-là ne comptent pas dans les délais, et personne n’est relancé."),
            choices=countries(language),
            initial="FR",
            error_messages={"invalid_choice": _("Choisissez un pays de la liste.")},
        )


class PublicForm(forms.Form):
    """Whether the network has a page for people who are not signed in."""

    public_page = forms.BooleanField(label=_("Montrer une page publique de ce réseau"), required=False)


class RolesForm(forms.Form):
    """Who holds which role, by e-mail addresses."""

    animators = PeopleField(
        label=_("Animation"),
        help_text=_("Une adresse par ligne. Ces personnes accueillent, accompagnent et règlent le réseau."),
    )
    mediators = PeopleField(
        label=_("Médiation"),
        help_text=_(
            "Une adresse par ligne, ou rien pour l’instant. "
            "Ces personnes mènent la première rencontre entre deux membres, quand le réseau en prévoit une."
        ),
    )
    sponsors = PeopleField(
        label=_("Parrainage"), help_text=_("Ces personnes soutiennent le réseau et en suivent la santé.")
    )
    hr = PeopleField(
        label=_("Ressources humaines"),
        help_text=_(
            "Ce rôle montre des chiffres de groupe, jamais un nom. Qui le tient, même membre, ne voit les savoirs de "
            "personne d’autre."
        ),
    )

    def keep_for(self, systems: Collection[str]) -> None:
        """Ask for mediators only where people are introduced to one another."""
        if System.EXCHANGES not in systems:
            del self.fields["mediators"]

    def clean_animators(self) -> list[Any]:
        people = self.cleaned_data["animators"]
        if not people:
            raise forms.ValidationError(_("Un réseau a besoin d’au moins une personne à l’animation."))
        return people

    def held(self) -> list[tuple[Any, str]]:
        """Return pairs of a person and a role."""
        fields = {
            Role.ANIMATOR: "animators",
            Role.MEDIATOR: "mediators",
            Role.SPONSOR: "sponsors",
            Role.HR: "hr",
        }
        given = self.cleaned_data
        return [(person, role.value) for role, name in fields.items() for person in given.get(name, [])]


class InviteForm(forms.Form):
    """How long an invitation link stays open."""

    days = forms.TypedChoiceField(
        label=_("Le lien reste ouvert"),
        coerce=int,
        choices=[
            (days, ngettext_lazy("%(n)s jour", "%(n)s jours", days) % {"n": days})
            for days in (7, 30, 90, 365)
        ],
        initial=30,
    )


def today_initial() -> dict[str, Any]:
    """Return what a new ring starts with."""
    return {"opens_on": clock.now().date()}
