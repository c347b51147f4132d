"""What is typed about a gathering: its date, the savoirs said there, who agrees to what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.catalogue.rules import TITLE_MAX, Kind
from reciproque.gatherings.rules import ANSWER_MAX, NAME_MAX, PLACE_MAX, WORDS_MAX, NameShown, shown_up_to
from reciproque.kit import clock

KINDS = [
    (Kind.OFFER.value, gettext_lazy("propose (offre)")),
    (Kind.REQUEST.value, gettext_lazy("cherche (demande)")),
]


class PlanForm(forms.Form):
    """Title, day, hours and place of a gathering."""

    title = forms.CharField(
        label=gettext_lazy("Quel titre lui donner ?"),
        help_text=gettext_lazy("Exemple : « La bourse de printemps »."),
        max_length=TITLE_MAX,
    )
    day = forms.DateField(
        label=gettext_lazy("Quel jour ?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    begins = forms.TimeField(
        label=gettext_lazy("À partir de quelle heure ?"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": "300"}),
    )
    ends = forms.TimeField(
        label=gettext_lazy("Jusqu’à quelle heure ?"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": "300"}),
    )
    place = forms.CharField(
        label=gettext_lazy("Où ?"),
        help_text=gettext_lazy("Un site, un étage, une salle."),
        max_length=PLACE_MAX,
    )
    words = forms.CharField(
        label=gettext_lazy("Que faut-il savoir avant de venir ?"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    announced = forms.BooleanField(
        label=gettext_lazy("L’annoncer par un message à tous les membres du réseau"), required=False
    )

    key = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, known: bool = False, announces: bool = True, whole: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not whole:
            self.fields["announced"].label = _("L’annoncer par un message aux membres que vous accompagnez")
        if known:
            del self.fields["key"]
        self.fields["day"].widget.attrs["min"] = timezone.localdate(clock.now()).isoformat()
        if known or not announces:
            # Announced once, by an animator: a change is told to those who come.
            del self.fields["announced"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        day, begins, ends = (values.get(name) for name in ("day", "begins", "ends"))
        if day and begins and ends:
            zone = timezone.get_current_timezone()
            values["starts_at"] = dt.datetime.combine(day, begins, zone)
            values["ends_at"] = dt.datetime.combine(day, ends, zone)
            if ends <= begins:
                self.add_error("ends", _("La fin vient après le début."))
        return values

    def values(self) -> dict[str, Any]:
        """Return what the actions take from a valid form."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in ("day", "begins", "ends")
        }


class ComingForm(forms.Form):
    """Whether one comes, and how one is named on the screen."""

    answer = forms.CharField(max_length=3)
    shown = forms.ChoiceField(choices=NameShown.choices, required=False)


class EntryForm(forms.Form):
    """One savoir, typed for someone."""

    key = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    who = forms.CharField(
        label=gettext_lazy("Qui ?"),
        max_length=NAME_MAX,
        error_messages={"required": gettext_lazy("Dites de qui il s’agit.")},
        widget=forms.TextInput(attrs={"list": "names", "autocomplete": "off"}),
    )
    which = forms.CharField(max_length=12, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Propose ou cherche ?"), choices=KINDS, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("Quel savoir ?"),
        max_length=TITLE_MAX,
        error_messages={"required": gettext_lazy("Dites en quelques mots de quoi il s’agit.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CorrectForm(EntryForm):
    """The same, corrected: the number says which wording was being read."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ShownForm(forms.Form):
    """How somebody agrees to be named on the screen of the room."""

    shown = forms.ChoiceField(
        label=gettext_lazy("Sur l’écran de la salle"),
        choices=NameShown.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, most: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if most:
            # Chosen by the person: somebody else may only say less.
            kept = shown_up_to(most)
            choices = [(value, label) for value, label in NameShown.choices if value in kept]
            self.fields["shown"].choices = choices  # type: ignore[attr-defined]


class GuestForm(forms.Form):
    """Which member a guest is."""

    who = forms.CharField(
        label=gettext_lazy("De quel membre s’agit-il ?"),
        help_text=gettext_lazy("Prénom et nom, comme dans la liste des membres."),
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"list": "names", "autocomplete": "off"}),
    )


class InviteForm(forms.Form):
    """Where a guest can be invited."""

    email = forms.EmailField(
        label=gettext_lazy("Son adresse électronique"),
        help_text=gettext_lazy(
            "Elle ne sert qu’à l’inviter, et s’efface au bout de trente jours si la personne ne rejoint pas le réseau."
        ),
        error_messages={"invalid": gettext_lazy("Cette adresse ne semble pas complète.")},
    )


class AgreeingForm(forms.Form):
    """Who is there and says yes."""

    agreeing = forms.MultipleChoiceField(
        label=gettext_lazy("Qui est là, et dit oui ?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy(
                "Cochez qui est là et dit oui : on ne met personne en relation sans son accord."
            )
        },
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreeing"].choices = choices  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """One question of the path: what comes to mind, then the savoirs it shows."""

    words = forms.CharField(
        label=gettext_lazy("Ce qui vous vient à l’esprit"),
        max_length=ANSWER_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    lines = forms.CharField(
        label=gettext_lazy("Les savoirs que cela montre, un par ligne"),
        max_length=ANSWER_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, kind: str, example: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == Kind.REQUEST:
            self.fields["lines"].label = _("Les savoirs que vous cherchez, un par ligne")
        self.fields["lines"].help_text = _("Exemple : « %(example)s ».") % {"example": example}
