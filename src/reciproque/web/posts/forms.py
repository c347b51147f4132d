"""An offer or a request, as typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.agenda.rules import Mode
from reciproque.catalogue.rules import MAX_TOPICS, SHORT_MAX, TEXT_MAX, TITLE_MAX, TOPIC_MAX, Kind, Level
from reciproque.kit.text import fold
from reciproque.kit.tokens import ALPHABET, ID_LENGTH
from reciproque.people.rules import SPOKEN

MAX_CAPACITY = 20
# What is asked, how it is explained, by kind: the two sides of one meeting do not answer the same questions.
QUESTIONS: dict[str, dict[str, tuple[Any, Any]]] = {
    Kind.OFFER: {
        "title": (
            gettext_lazy("Que savez-vous faire ?"),
            gettext_lazy(
                "En quelques mots, comme vous le diriez à un collègue. Exemple : « Préparer un entretien difficile »."
            ),
        ),
        "purpose": (
            gettext_lazy("À quoi cela sert-il ?"),
            gettext_lazy("Ce que l’on saura faire après votre échange."),
        ),
        "description": (
            gettext_lazy("Que voulez-vous préciser ?"),
            gettext_lazy("Ce que vous montrez, sur quels exemples, en combien de temps."),
        ),
        "level": (gettext_lazy("À qui cela convient-il ?"), ""),
        "how_learned": (
            gettext_lazy("Comment l’avez-vous appris ?"),
            gettext_lazy("Sur le tas, avec quelqu’un, en formation, en vous trompant…"),
        ),
        "capacity": (gettext_lazy("Combien d’échanges à la fois ?"), ""),
        "small_group": (gettext_lazy("Je peux recevoir un petit groupe"), ""),
    },
    Kind.REQUEST: {
        "title": (
            gettext_lazy("Qu’aimeriez-vous savoir faire ?"),
            gettext_lazy(
                "En quelques mots, comme vous le demanderiez à un collègue. Exemple : « Animer une réunion à distance »."
            ),
        ),
        "purpose": (
            gettext_lazy("Pour quoi faire ?"),
            gettext_lazy("Ce que vous en ferez, et pour quand."),
        ),
        "description": (
            gettext_lazy("Que voulez-vous préciser ?"),
            gettext_lazy("Ce que vous avez déjà essayé, ce qui vous arrête."),
        ),
        "level": (gettext_lazy("Où en êtes-vous aujourd’hui ?"), ""),
        "learns_best": (
            gettext_lazy("Comment apprenez-vous le mieux ?"),
            gettext_lazy("Par l’exemple, en pratiquant, en comprenant la théorie d’abord…"),
        ),
        "capacity": (gettext_lazy("Combien d’échanges à la fois ?"), ""),
        "small_group": (gettext_lazy("Apprendre en petit groupe me convient"), ""),
    },
}
LEVELS: dict[str, list[tuple[str, Any]]] = {
    Kind.OFFER: [
        (Level.ANY, gettext_lazy("À tout le monde")),
        (Level.BEGINNER, gettext_lazy("À qui débute")),
        (Level.SOME, gettext_lazy("À qui a des bases")),
        (Level.SEASONED, gettext_lazy("À qui pratique déjà")),
    ],
    Kind.REQUEST: [
        (Level.ANY, gettext_lazy("Je ne sais pas dire")),
        (Level.BEGINNER, gettext_lazy("Je débute")),
        (Level.SOME, gettext_lazy("J’ai des bases")),
        (Level.SEASONED, gettext_lazy("Je pratique déjà")),
    ],
}


def split_topics(text: str) -> list[str]:
    """Return the topics typed in one line, separated by commas or semicolons, each once."""
    names = {fold(name.strip()): name.strip() for name in re.split(r"[,;\n]", text) if name.strip()}
    return [name[:TOPIC_MAX] for name in names.values()]


class FreeChoices(forms.MultipleChoiceField):
    """Boxes drawn as one types: any name may come back."""

    def valid_value(self, value: str) -> bool:
        return 0 < len(value) <= TOPIC_MAX


class PostForm(forms.Form):
    """Every field of an offer or a request; only the title is required, and a draft does without it too."""

    key = forms.RegexField(rf"^[{ALPHABET}]{{{ID_LENGTH}}}$", required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        max_length=TITLE_MAX, error_messages={"required": gettext_lazy("Donnez un titre.")}
    )
    purpose = forms.CharField(max_length=SHORT_MAX, required=False)
    description = forms.CharField(
        max_length=TEXT_MAX, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    level = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    how_learned = forms.CharField(max_length=SHORT_MAX, required=False)
    learns_best = forms.CharField(max_length=SHORT_MAX, required=False)
    modes = forms.MultipleChoiceField(
        label=gettext_lazy("Comment pouvez-vous vous rencontrer ?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    place = forms.CharField(
        label=gettext_lazy("Où, pour se voir en face à face ?"),
        help_text=gettext_lazy("Un site, une ville, un bureau."),
        max_length=200,
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("En quelles langues ?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    capacity = forms.IntegerField(
        min_value=1,
        max_value=MAX_CAPACITY,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    small_group = forms.BooleanField(required=False)
    topics = forms.CharField(
        label=gettext_lazy("Sur quels sujets ?"),
        help_text=gettext_lazy("Un à cinq, séparés par des virgules. Exemple : management, entretien."),
        max_length=MAX_TOPICS * (TOPIC_MAX + 2),
        required=False,
    )
    picked = FreeChoices(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, kind: str, *args: Any, hints_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        # One learns, the other has learned: each side is asked its own question.
        del self.fields["learns_best" if kind == Kind.OFFER else "how_learned"]
        for name, (label, hint) in QUESTIONS[kind].items():
            self.fields[name].label, self.fields[name].help_text = label, hint
        self._choices("level", LEVELS[kind])
        self._choices("modes", [(value, capfirst(label)) for value, label in Mode.choices])
        self._choices("languages", [(code, capfirst(label)) for code, label in SPOKEN])
        self.fields["modes"].why = _("On ne vous propose que des personnes que vous pouvez rencontrer.")
        self.fields["topics"].why = _("C’est par là que l’on vous trouve.")
        self.fields["capacity"].why = _("Au-delà, personne ne vous sera proposé : à vous de garder du temps.")
        if hints_url:
            self.fields["title"].widget.attrs |= {
                "hx-get": hints_url,
                "hx-trigger": "input changed delay:400ms",
                "hx-target": "#hints",
                "hx-swap": "innerHTML",
                "hx-include": "#hints",
                "hx-sync": "this:replace",
            }

    def say_room(self, room: int) -> None:
        """Say how this number relates to what the author can hold in all, every post together."""
        if not room:
            said = _(
                "Pour cette annonce seule. Dans « Ma participation », vous avez choisi 0 de ce côté : "
                "elle se lira, mais elle ne sera proposée à personne."
            )
        elif self.kind == Kind.OFFER:
            said = _(
                "Pour cette offre seule. Toutes vos offres réunies, vous avez choisi %(n)s au plus, "
                "dans « Ma participation » : la plus petite des deux limites compte."
            )
        else:
            said = _(
                "Pour cette demande seule. Toutes vos demandes réunies, vous avez choisi %(n)s au plus, "
                "dans « Ma participation » : la plus petite des deux limites compte."
            )
        self.fields["capacity"].help_text = said % {"n": room}

    def _choices(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        field = self.fields[name]
        field.choices = list(choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        names = {
            fold(name): name for name in [*values.pop("picked", []), *split_topics(values.get("topics", ""))]
        }
        if len(names) > MAX_TOPICS:
            self.add_error("topics", _("Choisissez cinq sujets au plus."))
        values["topics"] = list(names.values())
        if values.get("capacity") is None:
            values.pop("capacity", None)
        return values

    def values(self) -> dict[str, Any]:
        """Return what the actions take from a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("key", "picked")}

    def draft_values(self) -> dict[str, Any]:
        """Return what can be kept of a form however incomplete: what is too long is cut, what is impossible left out."""
        self.is_valid()
        values = self.values()
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField) and name not in ("key", "topics") and name not in values:
                values[name] = (self.data.get(name) or "")[: field.max_length]
        values["topics"] = values.get("topics", [])[:MAX_TOPICS]
        return values


def initial_of(post: Any) -> dict[str, Any]:
    """Return a post as its form shows it."""
    names = ("title", "purpose", "description", "level", "how_learned", "learns_best", "modes", "place")
    values = {name: getattr(post, name) for name in (*names, "languages", "capacity", "small_group")}
    return values | {"key": post.public_id, "topics": ", ".join(topic.name for topic in post.topics.all())}
