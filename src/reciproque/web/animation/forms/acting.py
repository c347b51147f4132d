"""What an animator writes for someone who asked them to."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Mode
from reciproque.catalogue.rules import MAX_TOPICS, TEXT_MAX, TITLE_MAX, TOPIC_MAX, Kind, Level
from reciproque.exchanges.rules import FOR_WHOM, Audience, Covered, Refusal, Satisfaction, Side, Used
from reciproque.kit import clock
from reciproque.kit.text import fold
from reciproque.kit.tokens import ALPHABET, ID_LENGTH, new_id
from reciproque.people.rules import SPOKEN
from reciproque.web.animation.forms.fields import (
    POST_CAPACITY,
    REASON_MAX,
    REVIEW_MAX,
    area,
    boxes,
    line,
    radios,
)
from reciproque.web.parts.numbers import NumberField
from reciproque.web.parts.reviews import YES_NO, for_whom, say_audiences, yes_or_no

# Said of the person whose words are written down.
FOR_WHOM_ELSE = [*FOR_WHOM[:2], (Audience.NOBODY, _("Personne d’autre qu’elle"))]

# What is asked on someone's behalf, by kind.
QUESTIONS: dict[str, dict[str, Any]] = {
    Kind.OFFER: {
        "title": _("Que sait faire cette personne ?"),
        "purpose": _("À quoi cela sert-il ?"),
        "level": _("À qui cela convient-il ?"),
    },
    Kind.REQUEST: {
        "title": _("Qu’aimerait-elle savoir faire ?"),
        "purpose": _("Pour quoi faire ?"),
        "level": _("Où en est-elle aujourd’hui ?"),
    },
}
LEVELS: dict[str, list[tuple[str, Any]]] = {
    Kind.OFFER: [
        (Level.ANY, _("À tout le monde")),
        (Level.BEGINNER, _("À qui débute")),
        (Level.SOME, _("À qui a des bases")),
        (Level.SEASONED, _("À qui pratique déjà")),
    ],
    Kind.REQUEST: [
        (Level.ANY, _("Elle ne l’a pas dit")),
        (Level.BEGINNER, _("Elle débute")),
        (Level.SOME, _("Elle a des bases")),
        (Level.SEASONED, _("Elle pratique déjà")),
    ],
}


class PostForm(forms.Form):
    """An offer or a request, written for someone in their own words."""

    key = forms.RegexField(rf"^[{ALPHABET}]{{{ID_LENGTH}}}$", widget=forms.HiddenInput)
    title = forms.CharField(
        max_length=TITLE_MAX,
        help_text=_("Ses mots à elle, en quelques mots."),
        error_messages={"required": _("Donnez un titre.")},
    )
    topics = line(
        _("Sur quels sujets ?"),
        _("Un à cinq, séparés par des virgules. Exemple : management, entretien."),
        limit=MAX_TOPICS * (TOPIC_MAX + 2),
    )
    purpose = line("")
    description = area(_("Que veut-elle préciser ?"), limit=TEXT_MAX, rows=4)
    level = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    how_learned = line(_("Comment l’a-t-elle appris ?"))
    learns_best = line(_("Comment apprend-elle le mieux ?"))
    modes = boxes(_("Comment peut-elle rencontrer quelqu’un ?"), Mode.choices)
    place = line(_("Où, pour se voir en face à face ?"), _("Un site, une ville, un bureau."), limit=200)
    languages = boxes(_("En quelles langues ?"), SPOKEN)
    small_group = forms.BooleanField(label=_("Un petit groupe lui convient"), required=False)
    capacity = forms.IntegerField(
        label=_("Combien d’échanges à la fois ?"), min_value=1, max_value=POST_CAPACITY, required=False
    )

    def __init__(self, kind: str, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        del self.fields["learns_best" if kind == Kind.OFFER else "how_learned"]
        for name, label in QUESTIONS[kind].items():
            self.fields[name].label = label
        self.fields["level"].choices = LEVELS[kind]  # type: ignore[attr-defined]

    def say_room(self, room: int) -> None:
        """Say how this number relates to what the person said they can hold in all."""
        self.fields["capacity"].help_text = _(
            "Sur cette annonce seule. Toutes ses annonces réunies, la personne a choisi %(n)s au plus de ce côté."
        ) % {"n": room}

    def clean_topics(self) -> list[str]:
        typed = re.split(r"[,;\n]", self.cleaned_data["topics"])
        names = {fold(name.strip()): name.strip()[:TOPIC_MAX] for name in typed if name.strip()}
        if len(names) > MAX_TOPICS:
            raise forms.ValidationError(_("Choisissez cinq sujets au plus."))
        return list(names.values())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("capacity") is None:
            values.pop("capacity", None)
        return values


class DeclareForm(forms.Form):
    """An exchange between two members, told to the animator."""

    key = forms.RegexField(
        rf"^[{ALPHABET}]{{{ID_LENGTH}}}$", required=False, initial=new_id, widget=forms.HiddenInput
    )
    title = forms.CharField(
        label=_("Sur quoi ?"),
        max_length=TITLE_MAX,
        help_text=_("En quelques mots : « lire un compte de résultat », « préparer une soutenance »."),
    )
    held_on = forms.DateField(
        label=_("Quel jour ?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("S’il y a eu plusieurs rencontres, la dernière."),
    )
    minutes = forms.TypedChoiceField(
        label=_("Combien de temps en tout ?"),
        coerce=int,
        initial="60",
        choices=[
            ("30", _("une demi-heure")),
            ("60", _("une heure")),
            ("120", _("deux heures")),
            ("240", _("une demi-journée")),
            ("420", _("une journée")),
            ("840", _("deux journées")),
            ("1680", _("plus")),
        ],
    )
    mode = radios(_("Comment ?"), Mode.choices)

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["held_on"].widget.attrs["max"] = clock.now().date().isoformat()


class ReviewForm(forms.Form):
    """A review told by telephone: one answer is needed, the rest as the person likes."""

    satisfaction = radios(_("Cet échange lui a-t-il été utile ?"), Satisfaction.choices, required=True)
    covered = radios(_("Ce qui était convenu a-t-il été abordé ?"), Covered.choices)
    used = radios(_("S’en est-elle déjà servie ?"), Used.choices)
    again = radios(_("Le referait-elle ?"), YES_NO)
    third = radios(_("Le proposerait-elle à quelqu’un d’autre ?"), YES_NO)
    learned = area("", limit=REVIEW_MAX)
    learned_for = for_whom()
    comment = area(_("Un commentaire"), limit=REVIEW_MAX)
    comment_for = for_whom()
    hours = NumberField(
        label=_("Heures passées, préparation comprise"),
        required=False,
        min_value=0,
        max_value=500,
        max_digits=5,
        decimal_places=2,
    )

    def __init__(self, data: Any = None, *, side: str, **more: Any) -> None:
        super().__init__(data, **more)
        if side == Side.REQUESTER:
            self.fields["learned"].label = _("Que sait-elle faire qu’elle ne savait pas faire avant ?")
        else:
            self.fields["learned"].label = _("Que lui a appris le fait de l’expliquer ?")
            del self.fields["used"]
        say_audiences(self)
        for name, choices in (("learned_for", FOR_WHOM_ELSE), ("comment_for", FOR_WHOM_ELSE)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_again(self) -> bool | None:
        return yes_or_no(self.cleaned_data["again"])

    def clean_third(self) -> bool | None:
        return yes_or_no(self.cleaned_data["third"])

    def clean_learned_for(self) -> str:
        return self.cleaned_data["learned_for"] or Audience.OTHER

    def clean_comment_for(self) -> str:
        return self.cleaned_data["comment_for"] or Audience.OTHER


class CodeForm(forms.Form):
    """The code printed on somebody's paper sheet."""

    code = forms.CharField(
        label=_("Le code de la feuille"),
        max_length=20,
        help_text=_("Huit signes, en haut de la feuille. Les espaces et les majuscules ne comptent pas."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )


class RefuseForm(forms.Form):
    """The no that someone gave by telephone."""

    refusal = radios(_("Sa raison"), Refusal.choices, required=True)
    reason = area(_("Ses mots"), limit=REASON_MAX, rows=2)


class DateForm(forms.Form):
    """A date that people agreed on by telephone."""

    day = forms.DateField(
        label=_("Quel jour ?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    hour = forms.TimeField(label=_("À quelle heure ?"), widget=forms.TimeInput(attrs={"type": "time"}))

    def moment(self) -> dt.datetime:
        """Return the date as a moment, in the reader's own zone."""
        day, hour = self.cleaned_data["day"], self.cleaned_data["hour"]
        return dt.datetime.combine(day, hour, tzinfo=timezone.get_current_timezone())


class HeldForm(forms.Form):
    """Whether a meeting took place, and when if no date had been fixed here."""

    held = radios(_("La rencontre a-t-elle eu lieu ?"), [], required=True)
    held_on = forms.DateField(
        label=_("Quel jour ?"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, data: Any = None, *, exchange: bool, dated: bool, **more: Any) -> None:
        super().__init__(data, **more)
        yes = (
            [("yes", _("oui, et c’est terminé")), ("more", _("oui, et il y en aura une autre"))]
            if exchange
            else [("yes", _("oui"))]
        )
        self.fields["held"].choices = [  # type: ignore[attr-defined]
            (value, capfirst(words)) for value, words in [*yes, ("no", _("non"))]
        ]
        if dated:
            del self.fields["held_on"]

    def starts_at(self) -> dt.datetime | None:
        """Return when people met who had fixed no date here: that day at noon, their zone."""
        day = self.cleaned_data.get("held_on")
        return dt.datetime.combine(day, dt.time(12), tzinfo=timezone.get_current_timezone()) if day else None


class DenyForm(forms.Form):
    """Why a declared exchange is not recognised."""

    reason = area(_("Ce que la personne en dit"), limit=REASON_MAX, rows=2)
