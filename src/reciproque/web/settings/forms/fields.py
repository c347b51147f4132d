"""Fields of the settings: names chosen among those of the directory, people by their addresses."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reciproque.people.queries import people_by_email

# Above this many, boxes to tick would be longer than the page: one types the names.
MAX_BOXES = 24


class TypedNames(forms.CharField):
    """Names of the directory typed one a line; an unknown one is refused with the nearest that exists."""

    def __init__(self, *, known: Sequence[str], **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)
        self.known = {name.casefold(): name for name in known}

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        names = []
        for line in filter(None, lines):
            name = self.known.get(line.casefold())
            if name is None:
                near = difflib.get_close_matches(line.casefold(), self.known, n=1, cutoff=0.5)
                if near:
                    raise ValidationError(
                        _("« %(name)s » n’est pas dans l’annuaire. Est-ce « %(near)s » ?"),
                        params={"name": line, "near": self.known[near[0]]},
                    )
                raise ValidationError(_("« %(name)s » n’est pas dans l’annuaire."), params={"name": line})
            names.append(name)
        return list(dict.fromkeys(names))


def names_field(label: Any, choices: Sequence[tuple[str, Any]], hint: Any = "") -> forms.Field:
    """Return boxes to tick when there are few names, else lines to type."""
    if len(choices) <= MAX_BOXES:
        return forms.MultipleChoiceField(
            label=label,
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=hint,
        )
    example = choices[0][0]
    return TypedNames(
        label=label,
        known=[name for name, _label in choices],
        required=False,
        help_text=_("Un nom par ligne, comme dans l’annuaire. Par exemple : %(example)s")
        % {"example": example},
    )


class PeopleField(forms.CharField):
    """People by their e-mail addresses, one a line; an address nobody has is refused."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.Textarea(attrs={"rows": 2, "inputmode": "email"}), **kwargs)

    def clean(self, value: Any) -> list[Any]:
        text = super().clean(value).replace(",", "\n").replace(";", "\n")
        emails = list(dict.fromkeys(line.strip().lower() for line in text.splitlines() if line.strip()))
        found = people_by_email(emails)
        for email in emails:
            if email not in found:
                raise ValidationError(
                    _("Personne n’a l’adresse « %(email)s » dans l’annuaire."), params={"email": email}
                )
        return [found[email] for email in emails]
