"""What is typed about a launch day: its times and rooms, a subject, where it goes, what was said there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.initiatives.rules import LINE_MAX, SEATS_MOST, TITLE_MAX, WORDS_MAX
from reciproque.kit import clock

if TYPE_CHECKING:
    from reciproque.initiatives.models import DayRoom, DaySlot

SEATS = 20
_HOUR = r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?"
_SLOT = re.compile(rf"^\s*{_HOUR}\s*(?:-|–|—|/|à|>|to)\s*{_HOUR}\s*$")
# Read once blanks are single: nothing in it may be read in many ways, or one long line would hold the server.
_ROOM = re.compile(r"^(.+?) ?[;,:|(] ?(\d{1,4})(?: ?(?:places?|seats?))? ?\)?$")
LINES_MAX = 4000


def read_slots(text: str) -> list[tuple[dt.time, dt.time]]:
    """Read the times of a day, one a line: "9 h – 10 h 30", "09:00-10:30"."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        match = _SLOT.match(" ".join(line.split()))
        try:
            if match is None:
                raise ValueError(line)
            numbers = [int(one or 0) for one in match.groups()]
            found.append((dt.time(*numbers[:2]), dt.time(*numbers[2:])))
        except ValueError:
            sentence = _("« %(line)s » ne se lit pas. Écrivez une ligne par créneau : 9:00 – 10:00.")
            raise ValidationError(sentence % {"line": line.strip()[:40]}) from None
    return found


def read_rooms(text: str) -> list[tuple[str, int]]:
    """Read the rooms of a day, one a line, with their number of seats: "Salle Jaurès ; 25"."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        line = " ".join(line.strip().replace("\t", ";").split())
        match = _ROOM.match(line)
        name, seats = match.groups() if match else (line.rstrip(" ;,:|("), None)
        found.append((name.strip(), int(seats) if seats else SEATS))
    return found


def slots_text(slots: Iterable[DaySlot]) -> str:
    """Write the times of a day as its form reads them."""
    hours = [(timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)) for slot in slots]
    return "\n".join(f"{start:%H:%M} – {end:%H:%M}" for start, end in hours)


def rooms_text(rooms: Iterable[DayRoom]) -> str:
    """Write the rooms of a day as its form reads them."""
    return "\n".join(f"{room.name} ; {room.seats}" for room in rooms)


class DayForm(forms.Form):
    """The words, the times and the rooms of a launch day."""

    title = forms.CharField(
        label=gettext_lazy("Quel titre lui donner ?"),
        help_text=gettext_lazy("Exemple : « Notre journée de lancement »."),
        max_length=TITLE_MAX,
    )
    day = forms.DateField(
        label=gettext_lazy("Quel jour ?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    welcome = forms.TimeField(
        label=gettext_lazy("À quelle heure accueille-t-on ?"),
        help_text=gettext_lazy("Avant le premier créneau : le temps de dire la règle et de lire le mur."),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": "300"}),
    )
    slots = forms.CharField(
        label=gettext_lazy("Quels créneaux ?"),
        help_text=gettext_lazy(
            "Un par ligne : 9:30 – 10:30. À chaque créneau, plusieurs sujets en parallèle."
        ),
        max_length=LINES_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    rooms = forms.CharField(
        label=gettext_lazy("Quelles salles ?"),
        help_text=gettext_lazy(
            "Une par ligne, avec le nombre de places : Salle Jaurès ; 25. Une visio compte aussi."
        ),
        max_length=LINES_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    place = forms.CharField(
        label=gettext_lazy("Où se retrouve-t-on ?"),
        help_text=gettext_lazy("Un site, un étage, une adresse."),
        max_length=LINE_MAX,
    )
    words = forms.CharField(
        label=gettext_lazy("Que faut-il savoir avant de venir ?"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    key = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["key"]
        self.fields["day"].widget.attrs["min"] = timezone.localdate(clock.now()).isoformat()

    def clean_slots(self) -> list[tuple[dt.time, dt.time]]:
        return read_slots(self.cleaned_data["slots"])

    def clean_rooms(self) -> list[tuple[str, int]]:
        return read_rooms(self.cleaned_data["rooms"])

    def values(self) -> dict[str, Any]:
        """Return what the actions take from a valid form."""
        given = self.cleaned_data
        zone, day = timezone.get_current_timezone(), given["day"]

        def at(hour: dt.time) -> dt.datetime:
            return dt.datetime.combine(day, hour, zone)

        values = {name: given[name] for name in ("title", "rooms", "place", "words")}
        values["slots"] = [(at(start), at(end)) for start, end in given["slots"]]
        values["starts_at"] = at(given["welcome"]) if given["welcome"] else None
        return values | ({"key": given["key"]} if "key" in self.fields else {})


class SubjectForm(forms.Form):
    """A subject of the wall."""

    title = forms.CharField(
        label=gettext_lazy("Quel sujet proposez-vous ?"),
        help_text=gettext_lazy("Une question ou un défi. Exemple : « Comment répondre le jour même ? »."),
        max_length=TITLE_MAX,
    )
    words = forms.CharField(
        label=gettext_lazy("Qu’aimeriez-vous qu’il en sorte ?"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    theme = forms.ChoiceField(label=gettext_lazy("Sous quel thème ?"), required=False)
    seats = forms.IntegerField(
        label=gettext_lazy("Combien de personnes au plus ?"),
        help_text=gettext_lazy("Sans réponse, ce sera le nombre de places de la salle."),
        required=False,
        min_value=1,
        max_value=SEATS_MOST,
    )
    key = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def __init__(
        self, themes: Sequence[tuple[str, str]], *args: Any, known: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["key"]
        if themes:
            choices = [("", _("Aucun thème en particulier")), *themes]
            self.fields["theme"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["theme"]


class PlaceForm(forms.Form):
    """Where a subject goes in the grid; the mark says where it was seen."""

    cell = forms.ChoiceField(label=gettext_lazy("À quelle heure, dans quelle salle ?"), required=False)
    version = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, cells: Sequence[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cell"].choices = cells  # type: ignore[attr-defined]

    def clean_cell(self) -> tuple[str, str]:
        slot, _slash, room = self.cleaned_data["cell"].partition("/")
        return slot, room


class OtherForm(forms.Form):
    """Which other subject says the same."""

    other = forms.ChoiceField(
        label=gettext_lazy("Avec quel sujet le réunir ?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez un sujet.")},
    )

    def __init__(self, others: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = others  # type: ignore[attr-defined]


class HandForm(forms.Form):
    """Who hosts a subject from now on."""

    to = forms.ChoiceField(
        label=gettext_lazy("Qui porte ce sujet maintenant ?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez une personne.")},
    )

    def __init__(self, people: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = people  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """What was said in a session; the number says which wording was being read."""

    words = forms.CharField(
        label=gettext_lazy("Ce qui s’est dit, ce qui en sort"),
        help_text=gettext_lazy("Les idées, les désaccords, ce que l’on veut essayer, et avec qui."),
        max_length=WORDS_MAX,
        error_messages={
            "required": gettext_lazy("Écrivez au moins une phrase : ce qui s’est dit, ce qui en sort.")
        },
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class CancelForm(forms.Form):
    """Why a day is cancelled."""

    reason = forms.CharField(
        label=gettext_lazy("Pourquoi ? Les personnes inscrites le liront."),
        max_length=WORDS_MAX,
        error_messages={"required": gettext_lazy("Dites pourquoi : les personnes inscrites le liront.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
