"""Dates put to the vote and answered, sessions planned and moved, who was there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.agenda.rules import Mode, Voice
from reciproque.circles.rules import LINE_MAX, SESSIONS_MOST, Method
from reciproque.kit import clock
from reciproque.web.circles.forms.life import day_field
from reciproque.web.parts.moments import MomentField

# How many half-days can be put to the vote at once.
MOST_DATES = 12
EVERY = [
    (1, gettext_lazy("toutes les semaines")),
    (2, gettext_lazy("toutes les deux semaines")),
    (3, gettext_lazy("toutes les trois semaines")),
    (4, gettext_lazy("toutes les quatre semaines")),
    (6, gettext_lazy("toutes les six semaines")),
    (8, gettext_lazy("toutes les huit semaines")),
]


def _today() -> dt.date:
    return timezone.localdate(clock.now())


class NewPollForm(forms.Form):
    """Several half-days among which some will be kept."""

    wanted = forms.IntegerField(
        label=gettext_lazy("Combien de dates garder ?"), min_value=1, max_value=SESSIONS_MOST
    )
    closes_on = day_field(
        gettext_lazy("Jusqu’à quel jour répondre ?"),
        hint=gettext_lazy(
            "Un délai court marche mieux : une semaine au plus. On n’attend pas les silencieux."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closes_on"].widget.attrs["min"] = _today().isoformat()
        for n in range(1, MOST_DATES + 1):
            field = MomentField(label=_("Proposition %(n)s") % {"n": n}, required=n == 1)
            field.set_least(_today())
            self.fields[f"date_{n}"] = field

    @property
    def dates(self) -> list[forms.BoundField]:
        """The questions about a date."""
        return [self[f"date_{n}"] for n in range(1, MOST_DATES + 1)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        names = [f"date_{n}" for n in range(1, MOST_DATES + 1)]
        values["starts"] = sorted({values[name] for name in names if values.get(name)})
        closing = values.get("closes_on")
        if closing:
            # Until the end of the working day, where the person who asks is.
            moment = dt.datetime.combine(closing, dt.time(18), timezone.get_current_timezone())
            values["closes_at"] = moment
        return values


class VoicesForm(forms.Form):
    """Yes, if need be, or no, for each date; what is left blank is not a no."""

    def __init__(
        self, *args: Any, dates: Sequence[tuple[str, str]], said: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for public_id, label in dates:
            self.fields[public_id] = forms.ChoiceField(
                label=label,
                choices=[(value, capfirst(words)) for value, words in Voice.choices],
                initial=said.get(public_id),
                widget=forms.RadioSelect,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not any(values.values()):
            self.add_error(None, _("Répondez pour une date au moins."))
        return values

    def answers(self) -> dict[str, Voice]:
        """Return what was said of each date."""
        return {name: Voice(value) for name, value in self.cleaned_data.items() if value}


class FixForm(forms.Form):
    """Which of the dates are kept."""

    date = forms.MultipleChoiceField(
        label=gettext_lazy("Quelles dates gardez-vous ?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Cochez au moins une date.")},
    )

    def __init__(self, *args: Any, dates: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].choices = dates  # type: ignore[attr-defined]


class SeriesForm(forms.Form):
    """A fixed series: a first date, then as many at the same hour."""

    first = MomentField(label=gettext_lazy("Première séance"))
    every_weeks = forms.TypedChoiceField(label=gettext_lazy("Ensuite"), coerce=int, choices=EVERY, initial=4)
    count = forms.IntegerField(
        label=gettext_lazy("Combien de séances ?"), min_value=1, max_value=SESSIONS_MOST
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].set_least(_today())  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """When and where a session is."""

    starts_at = MomentField(label=gettext_lazy("Date et heure"))
    mode = forms.ChoiceField(
        label=gettext_lazy("Comment ?"),
        choices=[(value, capfirst(words)) for value, words in Mode.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    place = forms.CharField(
        label=gettext_lazy("Où, à quel numéro, ou par quel lien ?"), max_length=LINE_MAX, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].set_least(_today())  # type: ignore[attr-defined]


class PlanForm(MoveForm):
    """One more session: like the others, or short and at a distance."""

    is_short = forms.BooleanField(
        label=gettext_lazy("Une séance courte, à distance : les mêmes temps, en moins long"), required=False
    )
    method = forms.ChoiceField(
        label=gettext_lazy("Méthode"),
        choices=[(value, capfirst(words)) for value, words in Method.choices],
        required=False,
    )


class RollForm(forms.Form):
    """Who was there."""

    here = forms.MultipleChoiceField(
        label=gettext_lazy("Qui était là ?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    by_phone = forms.MultipleChoiceField(
        label=gettext_lazy("Qui a participé par téléphone ?"),
        help_text=gettext_lazy("Ces personnes comptent comme présentes."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.choices = people  # type: ignore[attr-defined]
