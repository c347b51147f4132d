"""What is typed about the panel: who is of it, how and until when it votes, a ballot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.initiatives.rules import LINE_MAX, POINTS_EACH, Mention, VoteMethod
from reciproque.web.initiatives.forms.fields import day, radios

if TYPE_CHECKING:
    from reciproque.initiatives.queries.votes import Paper
    from reciproque.people.models import Person


class InviteForm(forms.Form):
    """People asked to be of the panel, one a line."""

    people = forms.CharField(
        label=gettext_lazy("Qui invitez-vous ?"),
        help_text=gettext_lazy(
            "Une personne par ligne : son nom, ou son adresse électronique. Elles n’ont pas à être membres du réseau. "
            "Mêlez les niveaux, les métiers et les sites."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=8000,
    )

    def __init__(self, *args: Any, find: Callable[[str], Sequence[Person]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._find = find

    def clean_people(self) -> list[Person]:
        """Find each of them; those not found, or of whom there are several, are named."""
        found: dict[str, Person] = {}
        wrong: list[str] = []
        for line in filter(None, (one.strip() for one in self.cleaned_data["people"].splitlines()[:200])):
            rows = self._find(line)
            if len(rows) == 1:
                found[rows[0].public_id] = rows[0]
            elif rows:
                wrong.append(
                    _("« %(line)s » : plusieurs personnes. Écrivez son adresse électronique.")
                    % {"line": line[:60]}
                )
            else:
                wrong.append(_("« %(line)s » : personne ne répond à ce nom.") % {"line": line[:60]})
        if wrong:
            raise ValidationError(wrong)
        return list(found.values())


METHODS = {
    VoteMethod.JUDGEMENT: gettext_lazy(
        "Jugement majoritaire : chacun donne une mention à chaque résultat, d’« excellent » à « à écarter ». "
        "On retient la mention que la majorité trouve au moins méritée."
    ),
    VoteMethod.POINTS: gettext_lazy(
        "Répartition de points : chacun partage des points entre les résultats ; qui en a proposé ne juge pas les "
        "siens et en reçoit moins, en proportion."
    ),
}


class CloseForm(forms.Form):
    """Until when the panel votes."""

    closes_at = day(
        gettext_lazy("Jusqu’à quel jour vote-t-on ?"),
        gettext_lazy("Le vote se clôt ce jour-là à 18 heures, ou plus tôt si tout le monde a voté."),
    )

    def moment(self) -> dt.datetime:
        """Return the end of that day."""
        return dt.datetime.combine(
            self.cleaned_data["closes_at"], dt.time(18), timezone.get_current_timezone()
        )


class OpenVoteForm(CloseForm):
    """How the panel votes."""

    method = radios(gettext_lazy("Comment vote-t-on ?"), list(METHODS.items()))
    points_each = forms.IntegerField(
        label=gettext_lazy("Combien de points par personne ?"),
        help_text=gettext_lazy("Seulement pour la répartition de points."),
        min_value=10,
        max_value=1000,
        initial=POINTS_EACH,
        required=False,
    )
    field_order = ("method", "points_each", "closes_at")


class BallotForm(forms.Form):
    """A ballot: a mention or points for each result, in the order of this voter, and why."""

    def __init__(self, paper: Paper, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.judged = paper.method == VoteMethod.JUDGEMENT
        self.keys = [line.result.public_id for line in paper.lines]
        for line in paper.lines:
            key = line.result.public_id
            value: forms.Field
            if self.judged:
                value = radios(_("Votre mention"), Mention.choices)
                value.error_messages["required"] = _("Choisissez une mention.")
            else:
                value = forms.IntegerField(
                    label=_("Vos points"), min_value=0, max_value=paper.points_each, required=False
                )
            value.initial = line.value if self.judged or line.value is not None else 0
            self.fields[f"value_{key}"] = value
            self.fields[f"reason_{key}"] = forms.CharField(
                label=_("Pourquoi ?"),
                max_length=LINE_MAX,
                required=False,
                initial=line.reason,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def values(self) -> dict[str, tuple[int, str]]:
        """Return what the action takes."""
        given = self.cleaned_data
        return {key: (int(given[f"value_{key}"] or 0), given[f"reason_{key}"]) for key in self.keys}

    def lines(self, paper: Paper) -> list[dict[str, Any]]:
        """Return each result with the two fields that are about it."""
        return [
            {
                "result": line.result,
                "remarks": line.remarks,
                "value": self[f"value_{line.result.public_id}"],
                "reason": self[f"reason_{line.result.public_id}"],
            }
            for line in paper.lines
        ]
