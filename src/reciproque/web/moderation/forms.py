"""What people write to report, to decide, to appeal, turned into clean values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.moderation.rules import CONDUCT_REASONS, WORDS_MAX, Kind, Reason


def _words(label: Any, *, required: bool = True, rows: int = 4, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=WORDS_MAX, widget=widget, **more)


class ReportForm(forms.Form):
    """Why, in which words, and to whom when there is a choice; `handlers` are (identifier, name)."""

    reason = forms.ChoiceField(label=_("Qu’est-ce qui ne va pas ?"), widget=forms.RadioSelect)
    words = _words(
        _("Ce qui s’est passé, dans vos mots"),
        required=False,
        rows=6,
        help_text=_("Des faits, des dates si vous les avez. Quelques lignes suffisent."),
    )
    handler = forms.ChoiceField(label=_("À qui souhaitez-vous le confier ?"), required=False)

    def __init__(self, *args: Any, kind: str, handlers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = CONDUCT_REASONS if kind == Kind.PERSON else tuple(Reason)
        self.fields["reason"].choices = [(reason.value, reason.label) for reason in reasons]  # type: ignore[attr-defined]
        self.fields["words"].seen = _("la personne à qui vous le confiez, et l’administration de Réciproque")  # type: ignore[attr-defined]
        choices = list(handlers)
        if len(choices) < 2:
            del self.fields["handler"]
        else:
            free = ("", _("La plus disponible de ces personnes"))
            self.fields["handler"].choices = [free, *choices]  # type: ignore[attr-defined]
        if kind == Kind.PERSON:
            self.fields["words"].required = True


class StopForm(forms.Form):
    """What else one wishes when stopping: never that person again, and reporting a conduct."""

    apart = forms.BooleanField(
        label=_("Ne plus me proposer cette personne"),
        required=False,
        help_text=_("Elle n’en saura rien. Vous pourrez revenir dessus quand vous voudrez."),
    )
    report = forms.BooleanField(
        label=_("Je veux aussi signaler une conduite"),
        required=False,
        help_text=_("La page suivante vous dira d’abord qui lira votre signalement."),
    )

    def __init__(self, *args: Any, alone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not alone:
            del self.fields["apart"], self.fields["report"]


class DecideForm(forms.Form):
    """One answer to a report, with its explanation."""

    kind = forms.ChoiceField(label=_("Votre décision"), widget=forms.RadioSelect)
    words = _words(_("Votre explication"), rows=5)
    until = forms.DateField(
        label=_("Jusqu’au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Pour une suspension seulement : six mois au plus."),
    )

    def __init__(self, *args: Any, kinds: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(kinds)
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        if "pause" not in dict(choices):
            del self.fields["until"]

    def clean_until(self) -> dt.date | None:
        """Return the day, for a suspension only."""
        day: dt.date | None = self.cleaned_data.get("until")
        return day


class AppealForm(forms.Form):
    """Why a decision should be looked at again."""

    words = _words(
        _("Pourquoi cette décision devrait-elle être revue ?"),
        rows=5,
        help_text=_("Une autre personne que celle qui a décidé vous lira."),
    )


class AnswerForm(forms.Form):
    """The answer to an appeal."""

    outcome = forms.ChoiceField(
        label=_("Votre réponse"),
        widget=forms.RadioSelect,
        choices=[("upheld", _("La décision est maintenue")), ("overturned", _("La décision est annulée"))],
    )
    words = _words(_("Votre explication"), rows=5, help_text=_("La personne qui a fait le recours la lira."))
