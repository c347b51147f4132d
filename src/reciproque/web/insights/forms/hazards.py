"""Who watches a risk of a scheme, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.hazards import HAZARD_WORDS_MAX, Level


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, help_text=help_text)


class FollowForm(forms.Form):
    """Who watches it, what is done about it, when it is looked at again."""

    owner = forms.ChoiceField(label=_("Qui suit ce risque ?"), required=False)
    review_on = _day(_("Quand le revoir ?"), _("Un rappel part avant ce jour."))
    answer = forms.CharField(
        label=_("Ce que l’on y fait"),
        required=False,
        max_length=HAZARD_WORDS_MAX,
        help_text=_(
            "Lu par tous ceux qui lisent les chiffres du réseau : ne nommez personne. Vide : la réponse habituelle."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, animators: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["owner"].choices = [("", _("toute l’équipe d’animation")), *animators]  # type: ignore[attr-defined]


class HazardReviewForm(forms.Form):
    """Where it stands today."""

    level = forms.ChoiceField(label=_("Quel est son niveau ?"), required=False, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Ce qui vous le fait dire"),
        required=False,
        max_length=HAZARD_WORDS_MAX,
        help_text=_("Lu par l’équipe d’animation."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_on = _day(_("Quand le revoir ?"))
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, judged: bool, **more: Any) -> None:
        super().__init__(data, **more)
        by_number = [] if judged else [("", _("celui que dit le chiffre"))]
        self.fields["level"].choices = [*by_number, *Level.choices]  # type: ignore[attr-defined]
