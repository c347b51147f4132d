"""The kinds of fields that the forms of learning networks share: a text, a line, a day, a person found by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.initiatives.rules import LINE_MAX, WORDS_MAX

if TYPE_CHECKING:
    from reciproque.people.models import Person

CHOOSE = {
    "required": gettext_lazy("Choisissez dans la liste."),
    "invalid_choice": gettext_lazy("Choisissez dans la liste."),
}
NAME_OR_ADDRESS = gettext_lazy("Un nom, ou une adresse électronique.")


def long(label: Any, hint: Any = "", *, required: bool = False, rows: int = 4) -> forms.CharField:
    """Return a text of several lines."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=WORDS_MAX,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def short(label: Any, hint: Any = "", *, required: bool = False, most: int = LINE_MAX) -> forms.CharField:
    """Return a line."""
    return forms.CharField(label=label, help_text=hint, max_length=most, required=required)


def day(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    """Return a day."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=hint, required=required, widget=widget)


def radios(label: Any, choices: Any, hint: Any = "", *, required: bool = True) -> forms.ChoiceField:
    """Return a choice in which every answer is in sight."""
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=choices,
        required=required,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )


def among(label: Any, hint: Any = "") -> forms.ChoiceField:
    """Return a choice in a list given later, which may stay empty."""
    return forms.ChoiceField(label=label, help_text=hint, required=False, error_messages=CHOOSE)


def offer(form: forms.Form, name: str, rows: Sequence[Any], nothing: Any) -> None:
    """Fill a list of choices with rows of the database; the field goes when there is nothing to choose."""
    if not rows:
        del form.fields[name]
        return
    choices = [("", nothing), *((row.public_id, str(row)) for row in rows)]
    form.fields[name].choices = choices


def several(form: forms.Form, name: str, rows: Sequence[Any]) -> None:
    """Fill a list of boxes to tick with rows of the database; the field goes when there is nothing to tick."""
    if not rows:
        del form.fields[name]
        return
    form.fields[name].choices = [(row.public_id, str(row)) for row in rows]


def person_words(person: Person) -> str:
    """Return somebody as one tells them from another of the same name."""
    where = person.unit.name if person.unit else person.site.name if person.site else ""
    return " – ".join(bit for bit in (person.display_name, person.function, where) if bit)


class PersonForm(forms.Form):
    """A form that names somebody: typed by name or address, then chosen when several answer to it.

    `find` looks people up; `known` is who is named already and need not be found again.
    """

    person_field = "person"

    def __init__(
        self,
        *args: Any,
        find: Callable[[str], Sequence[Person]],
        known: Person | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        name = self.person_field
        if known is not None:
            self.initial.setdefault(name, known.display_name)
        typed = str(self.data.get(name, "")).strip()[:200] if self.is_bound else ""
        same = known is not None and typed == known.display_name
        self.found = {
            one.public_id: one for one in ([known] if same and known else find(typed) if typed else [])
        }
        if len(self.found) > 1:
            field = radios(
                _("Laquelle de ces personnes ?"),
                [(key, person_words(one)) for key, one in self.found.items()],
                required=False,
            )
            order = list(self.fields)
            order.insert(order.index(name) + 1, f"{name}_id")
            self.fields[f"{name}_id"] = field
            self.order_fields(order)

    def clean(self) -> dict[str, Any]:
        """Put the person in the place of what was typed."""
        given: dict[str, Any] = super().clean() or {}
        name = self.person_field
        if name not in given:
            return given
        chosen = self.found.get(given.pop(f"{name}_id", "") or "")
        if not given[name]:
            given[name] = None
        elif chosen is not None or len(self.found) == 1:
            given[name] = chosen or next(iter(self.found.values()))
        elif self.found:
            self.add_error(
                f"{name}_id", _("Plusieurs personnes répondent à ce nom : choisissez, puis validez.")
            )
        else:
            self.add_error(name, _("Personne ne répond à ce nom. Vérifiez-le, ou écrivez l’adresse entière."))
        return given
