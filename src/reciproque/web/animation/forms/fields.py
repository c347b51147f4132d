"""What the forms of the animation team are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst

from reciproque.catalogue.rules import SHORT_MAX

REASON_MAX = 1000
REVIEW_MAX = 2000
POST_CAPACITY = 20


def area(label: Any, *, required: bool = False, rows: int = 3, limit: int, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=limit, widget=widget, **more)


def line(label: Any, hint: Any = "", *, limit: int = SHORT_MAX) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, max_length=limit, required=False)


def radios(label: Any, choices: Iterable[tuple[str, Any]], *, required: bool = False) -> forms.ChoiceField:
    said = [(value, capfirst(words)) for value, words in choices]
    return forms.ChoiceField(label=label, choices=said, required=required, widget=forms.RadioSelect)


def boxes(label: Any, choices: Iterable[tuple[str, Any]]) -> forms.MultipleChoiceField:
    said = [(value, capfirst(words)) for value, words in choices]
    return forms.MultipleChoiceField(
        label=label, choices=said, required=False, widget=forms.CheckboxSelectMultiple
    )
