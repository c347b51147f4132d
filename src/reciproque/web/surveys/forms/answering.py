"""What is typed on the pages of questionnaires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.surveys.rules import ANSWER_MAX, Kind, Values, say

PREFIX = "q-"


def _field(question: Mapping[str, Any]) -> forms.Field:
    kind = question["kind"]
    # What is missing or wrong is said by the rules, in one sentence a question: the field itself refuses nothing.
    common: dict[str, Any] = {
        "label": say(question["text"]),
        "help_text": say(question["help"]),
        "required": False,
    }
    field: forms.Field
    if kind == Kind.TEXT:
        field = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=ANSWER_MAX, **common)
        field.help_text = common["help_text"] or _("N’écrivez rien qui désigne quelqu’un, ni vous-même.")
    elif kind == Kind.NUMBER:
        field = forms.CharField(
            widget=forms.TextInput(attrs={"inputmode": "numeric"}), max_length=12, **common
        )
        field.suffix = say(question.get("unit") or {})  # type: ignore[attr-defined]
    else:
        choices = [(option["key"], say(option["text"])) for option in question["options"]]
        if kind == Kind.MULTIPLE:
            field = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        else:
            field = forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    field.look = "pills" if kind == Kind.SCALE else ""  # type: ignore[attr-defined]
    field.is_optional = not question["required"]  # type: ignore[attr-defined]
    return field


class SectionForm(forms.Form):
    """The questions of one section, as their version asks them."""

    def __init__(self, *args: Any, questions: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[PREFIX + question["key"]] = _field(question)


def typed_values(data: MultiValueDict[str, Any]) -> Values:
    """Return what a page sent, by question: it carries all that was typed since the first screen."""
    values: Values = {}
    for name in data:
        if name.startswith(PREFIX):
            given = [value for value in data.getlist(name) if value not in ("", None)]
            if given:
                values[name.removeprefix(PREFIX)] = given if len(given) > 1 else given[0]
    return values


def initial_of(values: Values) -> dict[str, Any]:
    """Return answers as the fields of their pages begin with them."""
    return {PREFIX + key: value for key, value in values.items()}


def carried(values: Values, shown: set[str]) -> list[tuple[str, str]]:
    """Return as hidden fields the answers to what this page does not show."""
    return [
        (PREFIX + key, str(one))
        for key, value in values.items()
        if key not in shown
        for one in (value if isinstance(value, list) else [value])
    ]


class CodeForm(forms.Form):
    """The code printed on a paper."""

    code = forms.CharField(
        label=gettext_lazy("Le code écrit sur votre papier"),
        help_text=gettext_lazy("Les tirets et les espaces ne comptent pas. Il sert une seule fois."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Écrivez le code.")},
    )
