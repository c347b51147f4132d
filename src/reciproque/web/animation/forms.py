"""What an animator answers, settles, or writes for someone who asked them to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Mode
from reciproque.catalogue.rules import MAX_TOPICS, SHORT_MAX, TEXT_MAX, TITLE_MAX, TOPIC_MAX, Kind, Level
from reciproque.exchanges.rules import Covered, Satisfaction, Side, Used
from reciproque.kit import clock
from reciproque.kit.text import fold
from reciproque.kit.tokens import ALPHABET, ID_LENGTH, new_id
from reciproque.networks.rules import MAX_CAPACITY
from reciproque.people.rules import SPOKEN

REASON_MAX = 1000
REVIEW_MAX = 2000
POST_CAPACITY = 20


def _area(label: Any, *, required: bool = False, rows: int = 3, limit: int, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=limit, widget=widget, **more)


def _line(label: Any, hint: Any = "", *, limit: int = SHORT_MAX) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, max_length=limit, required=False)


def _radios(label: Any, choices: Iterable[tuple[str, Any]], *, required: bool = False) -> forms.ChoiceField:
    said = [(value, capfirst(words)) for value, words in choices]
    return forms.ChoiceField(label=label, choices=said, required=required, widget=forms.RadioSelect)


def _boxes(label: Any, choices: Iterable[tuple[str, Any]]) -> forms.MultipleChoiceField:
    said = [(value, capfirst(words)) for value, words in choices]
    return forms.MultipleChoiceField(
        label=label, choices=said, required=False, widget=forms.CheckboxSelectMultiple
    )


class AdmitForm(forms.Form):
    """A yes or a no to someone who asks to join; the action says when a reason is missing."""

    answer = forms.ChoiceField(choices=[("yes", _("Oui")), ("no", _("Non"))], widget=forms.HiddenInput)
    reason = _area(
        _("Si c’est non, pourquoi ?"),
        limit=REASON_MAX,
        rows=2,
        help_text=_("En une phrase : la personne la lira."),
    )


class WaiveForm(forms.Form):
    """Why someone may ask without an offer and a request of their own."""

    reason = _area(
        _("Pourquoi ?"),
        limit=REASON_MAX,
        rows=2,
        help_text=_(
            "Une phrase, qui reste dans l’historique : « arrive dans le métier, offrira au printemps »."
        ),
    )

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["reason"].seen = _("la personne et l’équipe d’animation")  # type: ignore[attr-defined]


class CapacityForm(forms.Form):
    """How many exchanges someone said they can hold at once."""

    give = forms.IntegerField(
        label=_("Pour transmettre"),
        help_text=_(
            "Avec 0, cette personne n’est proposée à personne, et personne ne peut apprendre d’elle."
        ),
        min_value=0,
        max_value=MAX_CAPACITY,
        widget=forms.NumberInput,
    )
    receive = forms.IntegerField(
        label=_("Pour apprendre"),
        help_text=_("Avec 0, personne n’est proposé à cette personne, et elle ne peut rien demander."),
        min_value=0,
        max_value=MAX_CAPACITY,
        widget=forms.NumberInput,
    )


class AssignForm(forms.Form):
    """Who will mediate."""

    mediator = forms.ChoiceField(
        label=_("À qui confier la médiation ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une personne."),
            "invalid_choice": _("Cette personne ne fait plus de médiation ici. Choisissez-en une autre."),
        },
    )

    def __init__(self, data: Any = None, *, mediators: Sequence[tuple[str, Any]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["mediator"].choices = mediators  # type: ignore[attr-defined]


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
    topics = _line(
        _("Sur quels sujets ?"),
        _("Un à cinq, séparés par des virgules. Exemple : management, entretien."),
        limit=MAX_TOPICS * (TOPIC_MAX + 2),
    )
    purpose = _line("")
    description = _area(_("Que veut-elle préciser ?"), limit=TEXT_MAX, rows=4)
    level = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    how_learned = _line(_("Comment l’a-t-elle appris ?"))
    learns_best = _line(_("Comment apprend-elle le mieux ?"))
    modes = _boxes(_("Comment peut-elle rencontrer quelqu’un ?"), Mode.choices)
    place = _line(_("Où, pour se voir en face à face ?"), _("Un site, une ville, un bureau."), limit=200)
    languages = _boxes(_("En quelles langues ?"), SPOKEN)
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
    mode = _radios(_("Comment ?"), Mode.choices)

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["held_on"].widget.attrs["max"] = clock.now().date().isoformat()


class ReviewForm(forms.Form):
    """A review told by telephone: one answer is needed, the rest as the person likes."""

    satisfaction = _radios(_("Cet échange lui a-t-il été utile ?"), Satisfaction.choices, required=True)
    covered = _radios(_("Ce qui était convenu a-t-il été abordé ?"), Covered.choices)
    used = _radios(_("S’en est-elle déjà servie ?"), Used.choices)
    again = _radios(_("Le referait-elle ?"), [("yes", _("oui")), ("no", _("non"))])
    learned = _area("", limit=REVIEW_MAX)
    comment = _area(
        _("Un commentaire"),
        limit=REVIEW_MAX,
        help_text=_("Sur l’échange, pas sur la personne. L’autre personne le lira."),
    )
    hours = forms.DecimalField(
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

    def clean_again(self) -> bool | None:
        answer = self.cleaned_data["again"]
        return None if not answer else answer == "yes"


class AskForm(forms.Form):
    """Ask for an introduction in someone's name: which of their requests it is about, and a word from them."""

    mine = forms.ChoiceField(
        label=_("Laquelle de ses demandes est concernée ?"), required=False, widget=forms.RadioSelect
    )
    message = _area(
        _("Ce que la personne aimerait dire"),
        limit=TEXT_MAX,
        rows=4,
        help_text=_("Écrivez avec elle : le message part en son nom."),
    )

    def __init__(self, data: Any = None, *, posts: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["mine"].choices = [*posts, ("", _("Aucune"))]  # type: ignore[attr-defined]
