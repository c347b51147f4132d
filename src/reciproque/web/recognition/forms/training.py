"""Forms of training records: what one proposes, hours, what an attestation shows, what a network settles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.recognition.rules.training import (
    AIMS_MAX,
    CONDITION_MOST,
    CONDITIONS,
    HOURS_LEAST,
    HOURS_MOST,
    QUARTER,
    TITLE_MAX,
    ExportForm,
    Modality,
    Shown,
    StoreVersion,
    TrainingKind,
)
from reciproque.web.parts.numbers import NumberField


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **more)


def _hours(label: Any, **more: Any) -> NumberField:
    return NumberField(
        label=label,
        min_value=HOURS_LEAST,
        max_value=HOURS_MOST,
        step_size=QUARTER,
        max_digits=5,
        decimal_places=2,
        **more,
    )


class TrainingForm(forms.Form):
    """What one proposes to count as training, with one's own hours."""

    other = forms.ChoiceField(label=_("Avec qui"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("Intitulé"), max_length=TITLE_MAX, required=False)
    named = forms.BooleanField(
        label=_("La charte de mon groupe permet de le nommer"),
        required=False,
    )
    aims = forms.CharField(
        label=_("Ce qu’il s’agissait d’apprendre"),
        help_text=_("En une ou deux phrases ; rien de ce que les personnes se sont confié."),
        max_length=AIMS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    starts_on = _day(_("Premier jour"))
    ends_on = _day(_("Dernier jour"))
    mode = forms.ChoiceField(label=_("Comment"), choices=Modality.choices, widget=forms.RadioSelect)
    hours = _hours(
        _("Combien d’heures y avez-vous passées ?"),
        help_text=_("Par quarts d’heure : 1,5 pour une heure et demie. L’autre personne dira les siennes."),
    )
    afest = forms.BooleanField(
        label=_("C’est une action de formation en situation de travail (AFEST)"),
        help_text=_(
            "La loi y met quatre conditions. Il les faut toutes les quatre, sinon ce n’en est pas une."
        ),
        required=False,
    )
    reflected_on = _day(_("Un jour de réflexion, à part du travail"), required=False)

    def __init__(self, *args: Any, source: Any, afest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(person.public_id, person.display_name) for person in source.others]
        self.fields["other"].choices = others  # type: ignore[attr-defined]
        if len(others) == 1:
            self.fields["other"].initial = others[0][0]
        if source.group:
            del self.fields["title"]
        else:
            self.fields["title"].required = True
        if not source.leaving:
            del self.fields["named"]
        self.conditions = []
        if not afest or source.group:
            del self.fields["afest"], self.fields["reflected_on"]
            return
        for one in CONDITIONS:
            self.fields[one.field] = forms.CharField(
                label=one.name,
                help_text=one.asks,
                max_length=CONDITION_MOST,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self.conditions.append(self[one.field])

    def values(self) -> dict[str, Any]:
        """Return what is proposed, as the action takes it (without the other person)."""
        data = dict(self.cleaned_data)
        data.pop("other")
        conditions = {one.field: data.pop(one.field, "") for one in CONDITIONS}
        return {**data, "conditions": conditions}


class HoursForm(forms.Form):
    """One's own hours."""

    hours = _hours(
        _("Combien d’heures y avez-vous passées ?"),
        help_text=_("Par quarts d’heure : 1,5 pour une heure et demie."),
    )


class AttestationForm(forms.Form):
    """What the public page of an attestation says."""

    shown = forms.MultipleChoiceField(
        label=_("Ce que lira qui vérifie votre attestation"),
        help_text=_(
            "Rien d’autre n’y figure, et rien n’est coché d’avance. Sans rien de coché, la page dit seulement que le code "
            "est authentique : cochez ce que l’on doit pouvoir comparer avec votre document."
        ),
        choices=Shown.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class TrainingSettingForm(forms.Form):
    """Whether a network counts local training, and of which kinds."""

    on = forms.BooleanField(label=_("Ce réseau compte la formation locale"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Ce qui peut compter"),
        choices=TrainingKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    afest = forms.BooleanField(
        label=_("Un échange peut être une action de formation en situation de travail (AFEST)"),
        help_text=_("Avec ses quatre conditions légales, toutes remplies ; refusée sinon."),
        required=False,
    )


class StoreForm(forms.Form):
    """The Learning Record Store to which what was handed over is sent."""

    on = forms.BooleanField(label=_("Envoyer à cet entrepôt ce qui est transmis"), required=False)
    url = forms.CharField(
        label=_("Adresse de l’entrepôt (LRS)"),
        help_text=_("Elle commence par https:// et se termine souvent par « /xAPI »."),
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    version = forms.ChoiceField(label=_("Version"), choices=StoreVersion.choices, widget=forms.RadioSelect)
    user = forms.CharField(
        label=_("Nom d’utilisateur"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        help_text=_("Gardé scellé ; il n’est plus jamais montré."),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ExportTrainingForm(forms.Form):
    """Which year the training department takes, and as what."""

    year = forms.TypedChoiceField(label=_("Année"), coerce=int)
    form = forms.ChoiceField(
        label=_("Fichier"), choices=ExportForm.choices, initial=ExportForm.XLSX, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, years: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = years  # type: ignore[attr-defined]
