"""What is typed about a working group: its name, what one brings, who facilitates, a word after a session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.initiatives.rules import TITLE_MAX, WORDS_MAX, Bring

MARKS = {
    "listened": [
        (4, gettext_lazy("chacun a été écouté jusqu’au bout")),
        (3, gettext_lazy("plutôt bien")),
        (2, gettext_lazy("moyennement")),
        (1, gettext_lazy("on s’est coupé la parole")),
        (0, gettext_lazy("on ne s’est pas écouté")),
    ],
    "all_spoke": [
        (4, gettext_lazy("tout le monde a parlé")),
        (3, gettext_lazy("presque tout le monde")),
        (2, gettext_lazy("la moitié d’entre nous")),
        (1, gettext_lazy("quelques-uns seulement")),
        (0, gettext_lazy("une seule personne")),
    ],
}
MARK_MISSING = gettext_lazy("Choisissez la réponse la plus proche.")


class BringsForm(forms.Form):
    """What somebody brings to a group."""

    brings = forms.MultipleChoiceField(
        label=gettext_lazy("Qu’apportez-vous au groupe ?"),
        help_text=gettext_lazy(
            "Plusieurs réponses sont possibles. Le groupe voit combien, jamais qui a coché quoi."
        ),
        choices=Bring.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class GroupForm(BringsForm):
    """A group to be made."""

    name = forms.CharField(
        label=gettext_lazy("Quel nom donner au groupe ?"),
        help_text=gettext_lazy("Le plus souvent, le sujet dont il part."),
        max_length=TITLE_MAX,
    )
    theme = forms.ChoiceField(label=gettext_lazy("Sur quel thème travaille-t-il ?"), required=False)
    key = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    field_order = ("name", "theme", "brings", "key")

    def __init__(self, themes: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if themes:
            choices = [("", _("Aucun thème en particulier")), *themes]
            self.fields["theme"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["theme"]


class FacilitatorForm(forms.Form):
    """Who facilitates a group."""

    person = forms.ChoiceField(
        label=gettext_lazy("Qui anime ce groupe ?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez une personne.")},
    )

    def __init__(self, people: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]


def _mark(name: str, label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=MARKS[name],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": MARK_MISSING, "invalid_choice": MARK_MISSING},
    )


def _words(label: Any, seen: Any) -> forms.CharField:
    field = forms.CharField(
        label=label, max_length=WORDS_MAX, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field.seen = seen  # type: ignore[attr-defined]
    return field


class CheckInForm(forms.Form):
    """A word after a session: the posture, then what was learned."""

    on = forms.DateField(
        label=gettext_lazy("Quelle séance ?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    listened = _mark("listened", gettext_lazy("Comment nous sommes-nous écoutés ?"))
    all_spoke = _mark("all_spoke", gettext_lazy("Qui a parlé ?"))
    individual = _words(
        gettext_lazy("Qu’avez-vous appris, vous ?"), gettext_lazy("personne d’autre que vous.")
    )
    collective = _words(
        gettext_lazy("Qu’avons-nous appris ensemble ?"), gettext_lazy("le groupe, sans votre nom.")
    )
    organisational = _words(
        gettext_lazy("Qu’est-ce que l’entreprise devrait en retenir ?"),
        gettext_lazy("le groupe, sans votre nom."),
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs["max"] = today.isoformat()
