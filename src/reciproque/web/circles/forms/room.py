"""What is pressed and typed in the room of a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.circles.rules import NOTE_MAX, PAGE_MAX, WORDS_MAX, LeadState

STAKES = [
    (1, gettext_lazy("petit")),
    (2, gettext_lazy("réel")),
    (3, gettext_lazy("grand")),
]
URGENCIES = [
    (1, gettext_lazy("cela peut attendre")),
    (2, gettext_lazy("bientôt")),
    (3, gettext_lazy("tout de suite")),
]
TOLD = [
    (LeadState.TRIED.value, gettext_lazy("Essayé")),
    (LeadState.OPEN.value, gettext_lazy("Pas encore")),
    (LeadState.LEFT.value, gettext_lazy("Laissé de côté")),
]
Choices = Sequence[tuple[str, str]]


class ClockForm(forms.Form):
    """What is pressed beside the clock, and what one saw when pressing."""

    verb = forms.ChoiceField(
        choices=[
            (name, name)
            for name in ("start", "early", "pause", "next", "back", "more", "hand", "close", "reopen")
        ]
    )
    since = forms.IntegerField(required=False, min_value=0, max_value=99)
    seen = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    minutes = forms.IntegerField(required=False, min_value=1, max_value=60)
    to = forms.CharField(required=False, max_length=12)


class VoicedForm(forms.Form):
    """Something said by a member; whoever facilitates may type it for anyone of the group."""

    def __init__(self, *args: Any, members: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if members:
            field = forms.ChoiceField(label=_("De qui ?"), choices=members)
            self.fields = {"person": field, **self.fields}


class SubjectForm(VoicedForm):
    """A subject, what is at stake, and whether it can wait."""

    words = forms.CharField(
        label=gettext_lazy("Que voudriez-vous travailler ?"),
        help_text=gettext_lazy(
            "Une situation vécue, dont vous êtes partie prenante. Sans nom : « un client », « une collègue »."
        ),
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    stake = forms.TypedChoiceField(
        label=gettext_lazy("L’enjeu est…"), coerce=int, choices=STAKES, widget=forms.RadioSelect, initial=2
    )
    urgency = forms.TypedChoiceField(
        label=gettext_lazy("L’urgence"), coerce=int, choices=URGENCIES, widget=forms.RadioSelect, initial=2
    )


class LeadForm(VoicedForm):
    """Something to try."""

    words = forms.CharField(
        label=gettext_lazy("Que sera-t-il essayé ?"),
        help_text=gettext_lazy("La question sera reposée à la séance suivante."),
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LearningForm(VoicedForm):
    """What one learned of helping and of being helped."""

    helping = forms.CharField(
        label=gettext_lazy("Ce que j’ai appris en aidant"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    helped = forms.CharField(
        label=gettext_lazy("Ce que j’ai appris en étant aidé"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ToldForm(forms.Form):
    """What became of something one meant to try."""

    lead = forms.CharField(max_length=12, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("Alors ?"), choices=TOLD, widget=forms.RadioSelect)
    gave = forms.CharField(
        label=gettext_lazy("Ce que cela a donné"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PageForm(forms.Form):
    """The page the group shares, and the version one started from."""

    words = forms.CharField(
        label=gettext_lazy("La page du groupe"),
        max_length=PAGE_MAX,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class NoteForm(forms.Form):
    """One's own notes."""

    words = forms.CharField(
        label=gettext_lazy("Mes notes"),
        max_length=NOTE_MAX,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    # The mark of the notes one started from.
    since = forms.CharField(required=False, widget=forms.HiddenInput)


class HandForm(forms.Form):
    """Who holds the clock."""

    to = forms.ChoiceField(label=gettext_lazy("Qui tient l’horloge avec vous ?"), required=False)

    def __init__(self, *args: Any, members: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("Personne d’autre")), *members]  # type: ignore[attr-defined]


class InterestsForm(forms.Form):
    """Whom each subject interests, for a whole table; what the sheet showed is sent back with it."""

    def __init__(self, *args: Any, subjects: Sequence[Any], **kwargs: Any) -> None:
        """`subjects`: (identifier, label, [(member, name)], members ticked so far)."""
        super().__init__(*args, **kwargs)
        for public_id, label, members, ticked in subjects:
            self.fields[public_id] = forms.MultipleChoiceField(
                label=label,
                choices=members,
                initial=ticked,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields[f"was_{public_id}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=" ".join(ticked)
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The visible questions."""
        return [bound for bound in self if not bound.is_hidden]

    def changes(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return what was ticked and what was unticked on this sheet: (subject, member)."""
        ticked: list[tuple[str, str]] = []
        unticked: list[tuple[str, str]] = []
        for name, value in self.cleaned_data.items():
            if name.startswith("was_"):
                continue
            was, is_now = set(self.cleaned_data[f"was_{name}"].split()), set(value)
            ticked += [(name, one) for one in sorted(is_now - was)]
            unticked += [(name, one) for one in sorted(was - is_now)]
        return ticked, unticked
