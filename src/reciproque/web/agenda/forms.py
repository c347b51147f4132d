"""Dates as people type them, in their own time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import MAX_SLOTS, Mode
from reciproque.kit import clock
from reciproque.web.parts.moments import MomentField

PLACE_MAX = 300
LENGTHS = [
    (15, _("un quart d’heure")),
    (30, _("une demi-heure")),
    (45, _("trois quarts d’heure")),
    (60, _("une heure")),
    (90, _("une heure et demie")),
    (120, _("deux heures")),
    (180, _("trois heures")),
    (240, _("quatre heures")),
    (480, _("une journée")),
]


class HowForm(forms.Form):
    """How long, by which means, where."""

    minutes = forms.TypedChoiceField(label=_("Durée"), coerce=int, choices=[])
    mode = forms.ChoiceField(label=_("Comment ?"), choices=Mode.choices, widget=forms.RadioSelect)
    place = forms.CharField(
        label=_("Où, à quel numéro, ou par quel lien ?"),
        max_length=PLACE_MAX,
        required=False,
        help_text=_("Une adresse et une salle, un numéro à appeler, ou le lien de la visioconférence."),
    )

    def __init__(self, data: Any = None, *, meeting: Any, **more: Any) -> None:
        initial = {"minutes": meeting.minutes, "mode": meeting.mode, "place": meeting.place}
        super().__init__(data, initial=initial | (more.pop("initial", None) or {}), **more)
        lengths = LENGTHS
        if meeting.minutes not in dict(LENGTHS):
            lengths = [*LENGTHS, (meeting.minutes, _("%(n)s minutes") % {"n": meeting.minutes})]
        self.fields["minutes"].choices = lengths  # type: ignore[attr-defined]

    @property
    def how(self) -> dict[str, Any]:
        """The values that say how, for the action."""
        return {name: self.cleaned_data[name] for name in ("minutes", "mode", "place")}


class ProposeForm(HowForm):
    """Up to three dates."""

    slot_1 = MomentField(label=_("Première date"), required=True)
    slot_2 = MomentField(label=_("Deuxième date"), required=False)
    slot_3 = MomentField(label=_("Troisième date"), required=False)
    field_order = ["slot_1", "slot_2", "slot_3", "minutes", "mode", "place"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for bound in self.moments:
            bound.field.set_least(timezone.localdate(clock.now()))  # type: ignore[attr-defined]

    @property
    def moments(self) -> list[forms.BoundField]:
        """The three questions about a date."""
        return [self[f"slot_{n}"] for n in range(1, MAX_SLOTS + 1)]

    def clean(self) -> dict[str, Any]:
        names = [f"slot_{n}" for n in range(1, MAX_SLOTS + 1)]
        values = self.cleaned_data
        values["starts"] = [values[name] for name in names if values.get(name)]
        return values


class FixForm(HowForm):
    """A date agreed elsewhere, or a correction of the one already fixed."""

    starts_at = MomentField(label=_("Date et heure"))
    field_order = ["starts_at", "minutes", "mode", "place"]

    def __init__(self, data: Any = None, *, meeting: Any, **more: Any) -> None:
        super().__init__(data, meeting=meeting, initial={"starts_at": meeting.starts_at}, **more)
        self.fields["starts_at"].set_least(timezone.localdate(clock.now()))  # type: ignore[attr-defined]


class CancelForm(forms.Form):
    """Why a meeting is cancelled."""

    reason = forms.CharField(
        label=_("Pourquoi ?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Une phrase suffit : les autres la liront."),
    )


class HeldForm(forms.Form):
    """Whether a meeting took place; when, if no date was fixed here."""

    held = forms.ChoiceField(choices=[("yes", ""), ("more", ""), ("no", "")])
    starts_at = MomentField(label=_("Quand vous êtes-vous rencontrés ?"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["starts_at"].set_most(timezone.localdate(clock.now()))  # type: ignore[attr-defined]


class CalendarForm(forms.Form):
    """The address of one's own calendar."""

    url = forms.CharField(
        label=_("Adresse privée de votre agenda (iCal, .ics)"),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Elle commence par https:// ou webcal://. Copiez-la depuis les réglages de votre agenda."
        ),
    )
    url.why = _(
        "les dates où votre agenda est déjà pris vous sont signalées quand vous en proposez ou en choisissez une."
    )
    url.seen = _("personne. Seules les heures sont lues, jamais les sujets ni les noms.")
