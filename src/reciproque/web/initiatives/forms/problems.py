"""What is typed about a question of the management or a problem that a group takes up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.initiatives.rules import TITLE_MAX, ProblemKind
from reciproque.web.initiatives.forms.fields import CHOOSE, among, long, offer, radios, short

if TYPE_CHECKING:
    from reciproque.initiatives.models import ExpectedResult, Problem, WorkGroup


class AskForm(forms.Form):
    """A question or a problem."""

    kind = radios(gettext_lazy("De quoi s’agit-il ?"), ProblemKind.choices)
    title = short(
        gettext_lazy("Quel est le problème ?"),
        gettext_lazy("En une phrase, vue de celui qui le vit."),
        required=True,
        most=TITLE_MAX,
    )
    words = long(
        gettext_lazy("Que faut-il savoir pour le comprendre ?"),
        gettext_lazy("Depuis quand, pour qui, ce qui a déjà été essayé."),
    )
    theme = among(gettext_lazy("Sous quel thème ?"))
    group = among(gettext_lazy("Pour quel groupe ?"))

    def __init__(
        self,
        themes: Sequence[ExpectedResult],
        groups: Sequence[WorkGroup],
        *args: Any,
        questions: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "theme", themes, _("Aucun thème en particulier"))
        offer(self, "group", groups, _("Aucun encore : un groupe s’en saisira"))
        if not questions:
            self.fields["kind"] = forms.ChoiceField(
                choices=[(ProblemKind.PROBLEM.value, "")],
                initial=ProblemKind.PROBLEM.value,
                widget=forms.HiddenInput,
            )


class TakeForm(forms.Form):
    """The group that takes it up."""

    group = forms.ChoiceField(
        label=gettext_lazy("Pour quel groupe ?"), widget=forms.RadioSelect, error_messages=CHOOSE
    )

    def __init__(self, groups: Sequence[WorkGroup], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(row.public_id, str(row)) for row in groups]


class ReplyForm(forms.Form):
    """What a group answers."""

    answer = long(
        gettext_lazy("Que répondez-vous ?"),
        gettext_lazy("Ce que le groupe a compris, ce qu’il propose ou essaie. Lu par tout le réseau."),
        required=True,
        rows=6,
    )


class AsideForm(forms.Form):
    """Why it is set aside."""

    reasons = long(gettext_lazy("Pourquoi la laisse-t-on de côté ?"), required=True)


class MergeForm(forms.Form):
    """Which other one says the same."""

    folded = forms.ChoiceField(
        label=gettext_lazy("Laquelle dit la même chose ?"),
        help_text=gettext_lazy("Elle mènera désormais à celle-ci. Ce qui y est écrit reste lisible."),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    def __init__(self, rows: Sequence[Problem], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["folded"].choices = [(row.public_id, str(row)) for row in rows]
