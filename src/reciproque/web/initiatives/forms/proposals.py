"""What is typed about a proposal: its text and evidence, amendments, how it is carried out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.initiatives.rules import LINE_MAX, TITLE_MAX, TiedTo
from reciproque.web.initiatives.forms.fields import (
    NAME_OR_ADDRESS,
    PersonForm,
    among,
    day,
    long,
    offer,
    radios,
    several,
    short,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import ExpectedResult, Experiment, Problem, WorkGroup
    from reciproque.library.models import Sheet

# More than this is a list in which one searches by its first letters, rather than boxes to tick.
BOXES = 12


class ProposalForm(forms.Form):
    """A proposal."""

    title = short(
        gettext_lazy("Quel titre lui donner ?"),
        gettext_lazy("Ce que vous proposez, en une phrase."),
        required=True,
        most=TITLE_MAX,
    )
    problem = long(gettext_lazy("Quel problème cela résout-il ?"), gettext_lazy("Vu de celui qui le vit."))
    words = long(
        gettext_lazy("Que proposez-vous ?"),
        gettext_lazy("Assez précis pour que l’on puisse dire oui."),
        rows=6,
    )
    gains = long(gettext_lazy("Qui y gagne, et quoi ?"))
    tied_to = radios(gettext_lazy("À quelle satisfaction cela tient-il ?"), TiedTo.choices, required=False)
    cost = long(
        gettext_lazy("Qu’est-ce que cela coûte ?"),
        gettext_lazy("Du temps, de l’argent, un renoncement."),
        rows=2,
    )
    theme = among(gettext_lazy("Sous quel thème ?"))
    origin = among(
        gettext_lazy("De quel problème ou de quelle question vient-elle ?"),
    )
    group = among(gettext_lazy("Au nom de quel groupe ?"))
    experiments = forms.MultipleChoiceField(
        label=gettext_lazy("Quelles expérimentations l’appuient ?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sheets = forms.MultipleChoiceField(
        label=gettext_lazy("Quelles fiches l’appuient ?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    key = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        themes: Sequence[ExpectedResult],
        problems: Sequence[Problem],
        groups: Sequence[WorkGroup],
        experiments: Sequence[Experiment],
        sheets: Sequence[Sheet],
        known: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "theme", themes, _("Aucun thème en particulier"))
        offer(self, "origin", problems, _("D’une idée à nous"))
        offer(self, "group", groups, _("En mon nom"))
        for name, rows in (("experiments", experiments), ("sheets", sheets)):
            if len(rows) > BOXES:
                self.fields[name].widget = forms.SelectMultiple(attrs={"size": 6})
            several(self, name, rows)
        if known:
            del self.fields["key"]


class AmendForm(forms.Form):
    """A change proposed."""

    words = long(
        gettext_lazy("Que changeriez-vous ?"),
        gettext_lazy("Ses auteurs le prennent, ou disent pourquoi ils ne le prennent pas."),
        required=True,
    )


class AmendmentForm(forms.Form):
    """What its authors answer to a change."""

    taken = radios(
        gettext_lazy("Le prenez-vous ?"),
        [("yes", gettext_lazy("Oui, nous changerons le texte")), ("no", gettext_lazy("Non"))],
    )
    answer = short(gettext_lazy("Un mot"), gettext_lazy("Si c’est non : pourquoi."), most=LINE_MAX)


class AuthorForm(PersonForm):
    """Somebody asked to sign."""

    person = short(gettext_lazy("Qui voulez-vous inviter à signer ?"), NAME_OR_ADDRESS, required=True)


class ScoreForm(forms.Form):
    """What one thinks of it before the committee answers."""

    value = forms.TypedChoiceField(
        label=gettext_lazy("Qu’en pensez-vous ?"),
        choices=[
            (5, gettext_lazy("tout à fait pour")),
            (4, gettext_lazy("pour")),
            (3, gettext_lazy("plutôt pour")),
            (2, gettext_lazy("plutôt contre")),
            (1, gettext_lazy("contre")),
            (0, gettext_lazy("tout à fait contre")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
    )
    words = short(gettext_lazy("Pourquoi ?"))


class CarryForm(PersonForm):
    """Who carries it out."""

    person_field = "owner"

    owner = short(gettext_lazy("Qui la réalise ?"), NAME_OR_ADDRESS, required=True)
    review_on = day(gettext_lazy("Quand regarde-t-on où elle en est ?"))


class MilestoneForm(forms.Form):
    """A stage."""

    words = short(gettext_lazy("En quoi consiste l’étape ?"), required=True)
    due_on = day(gettext_lazy("Pour quand ?"))


class ProgressForm(forms.Form):
    """How far it has come."""

    percent = forms.IntegerField(label=gettext_lazy("Où en est-on, sur 100 ?"), min_value=0, max_value=100)
    words = long(gettext_lazy("Que s’est-il passé depuis la dernière fois ?"))
    review_on = day(gettext_lazy("Quand en reparle-t-on ?"), required=False)


class OutcomeForm(forms.Form):
    """What it gave."""

    outcome = long(
        gettext_lazy("Qu’est-ce que cela a donné ?"),
        gettext_lazy("Pour qui, combien, et ce qui reste à faire."),
        required=True,
        rows=6,
    )
