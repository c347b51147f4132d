"""Sheets, files, questions and opinions, as typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.kit.text import fold
from reciproque.kit.tokens import ALPHABET, ID_LENGTH
from reciproque.library.queries import most_bytes
from reciproque.library.rules import (
    DETAILS_MAX,
    LINK_MAX,
    MAX_TOPICS,
    NEEDED,
    PART_MAX,
    PARTS,
    PARTS_OF,
    QUESTION_MAX,
    REASON_MAX,
    REVIEW_DAYS,
    TITLE_MAX,
    TRADE_MAX,
    Serves,
    SheetKind,
)

TOPIC_MAX = 80
TEXT_MAX = 4000
ACCEPT = "image/png,image/jpeg,image/webp,application/pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,audio/*,video/*"
HINTS: dict[str, Any] = {
    "situation": gettext_lazy("Où, quand, avec qui ? Ce qu’il faut savoir à qui ne connaît pas le contexte."),
    "tried": gettext_lazy("Ce que vous avez fait, dans l’ordre."),
    "given": gettext_lazy("Les effets, attendus ou non. Un chiffre, si vous en avez un."),
    "conditions": gettext_lazy("Ce sans quoi cela n’aurait pas marché."),
    "again": gettext_lazy("Sur quoi vous appuieriez-vous ? Que feriez-vous autrement ?"),
    "traps": gettext_lazy("Ce que vous conseillez d’éviter."),
    "whom": gettext_lazy("Un rôle, un service, vous-même."),
    "text": gettext_lazy("L’essentiel, en quelques lignes."),
}
TITLES: dict[str, Any] = {
    SheetKind.PRACTICE: gettext_lazy("Exemple : « Accueillir un client mécontent au guichet »."),
    SheetKind.TIP: gettext_lazy("Exemple : « Retrouver un fichier déplacé en trois touches »."),
    SheetKind.ANSWER: gettext_lazy("Votre réponse en une phrase."),
    SheetKind.MEDIA: gettext_lazy("De quoi parle cet enregistrement ?"),
    SheetKind.LINK: gettext_lazy("Ce que l’on trouvera au bout du lien."),
}
REVIEWS = [
    (90, gettext_lazy("dans trois mois")),
    (180, gettext_lazy("dans six mois")),
    (REVIEW_DAYS, gettext_lazy("dans un an")),
    (730, gettext_lazy("dans deux ans")),
]


def split_topics(text: str) -> list[str]:
    """Return the topics typed in one line, separated by commas or semicolons, each once."""
    names = {fold(name.strip()): name.strip() for name in re.split(r"[,;\n]", text) if name.strip()}
    return [name[:TOPIC_MAX] for name in names.values()]


class SheetForm(forms.Form):
    """Every part of one kind of sheet; only what is needed to understand it is needed to publish it."""

    key = forms.RegexField(rf"^[{ALPHABET}]{{{ID_LENGTH}}}$", required=False, widget=forms.HiddenInput)
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # The print of the draft of a group on the screen: two of its members may write it at once.
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=TITLE_MAX,
        error_messages={"required": gettext_lazy("Donnez un titre.")},
    )
    link = forms.CharField(label=gettext_lazy("Adresse du lien"), max_length=LINK_MAX, required=False)
    serves = forms.ChoiceField(
        label=gettext_lazy("À qui cela sert-il ?"), required=False, widget=forms.RadioSelect
    )
    trade = forms.CharField(
        label=gettext_lazy("Pour quel métier ?"),
        help_text=gettext_lazy(
            "En mots libres : « facteur », « chargé de clientèle », « manager de proximité »."
        ),
        max_length=TRADE_MAX,
        required=False,
    )
    topics = forms.CharField(
        label=gettext_lazy("Sur quels sujets ?"),
        help_text=gettext_lazy("Un à cinq, séparés par des virgules. Exemple : management, entretien."),
        max_length=MAX_TOPICS * (TOPIC_MAX + 2),
        required=False,
    )
    review_days = forms.TypedChoiceField(
        label=gettext_lazy("Quand faudra-t-il la relire ?"),
        choices=REVIEWS,
        coerce=int,
        initial=REVIEW_DAYS,
        required=False,
        empty_value=None,
    )
    note = forms.CharField(
        label=gettext_lazy("Ce que vous avez changé"),
        help_text=gettext_lazy("Une phrase, pour ceux qui comparent les versions."),
        max_length=200,
        required=False,
    )

    def __init__(
        self, kind: str, *args: Any, trades: Iterable[str] = (), published: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.trades = kind, list(trades)
        if kind != SheetKind.LINK:
            del self.fields["link"]
        if not published:
            del self.fields["note"]
        for name in PARTS_OF[kind]:
            self.fields[name] = forms.CharField(
                label=PARTS[name] if kind == SheetKind.PRACTICE or name != "text" else _text_label(kind),
                help_text=HINTS[name],
                # As browsers count: a line break is sent as two characters.
                max_length=PART_MAX,
                required=False,
                widget=forms.Textarea(attrs={"rows": 6 if name in NEEDED[kind] else 3}),
            )
        self.fields["title"].help_text = TITLES[kind]
        choices = [("", gettext_lazy("sans préciser")), *Serves.choices]
        self.fields["serves"].choices = [(value, capfirst(label)) for value, label in choices]  # type: ignore[attr-defined]
        self.fields["trade"].widget.attrs["list"] = "trades"
        self.fields["topics"].why = _("C’est par là que l’on trouve la fiche, à côté des offres.")
        self.parts = [{"field": self[name], "optional": name not in NEEDED[kind]} for name in PARTS_OF[kind]]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        names = split_topics(values.get("topics", ""))
        if len(names) > MAX_TOPICS:
            self.add_error("topics", _("Choisissez cinq sujets au plus."))
        values["topics"] = names
        return values

    def values(self) -> dict[str, Any]:
        """Return what the actions take from a valid form."""
        left = {"key", "base", "seen", "note"}
        values = {name: value for name, value in self.cleaned_data.items() if name not in left}
        if values.get("review_days") is None:
            values.pop("review_days", None)
        return values

    def draft_values(self) -> dict[str, Any]:
        """Return what can be kept of a form however incomplete: what is too long is cut, what is impossible left out."""
        self.is_valid()
        values = self.values()
        for name, field in self.fields.items():
            texts = isinstance(field, forms.CharField) and name not in ("key", "seen", "topics", "note")
            if texts and name not in values:
                values[name] = (self.data.get(name) or "")[: field.max_length]
        values["topics"] = values.get("topics", [])[:MAX_TOPICS]
        return values


def _text_label(kind: str) -> Any:
    return {
        SheetKind.TIP: gettext_lazy("L’astuce"),
        SheetKind.ANSWER: gettext_lazy("Votre réponse"),
        SheetKind.MEDIA: gettext_lazy("Ce que l’on y entend ou y voit"),
        SheetKind.LINK: gettext_lazy("Pourquoi ce lien est utile"),
    }[kind]


def initial_of(sheet: Any) -> dict[str, Any]:
    """Return a sheet as its form shows it."""
    names = ("title", "link", "serves", "review_days", *PARTS)
    values = {name: getattr(sheet, name) for name in names}
    return values | {
        "key": sheet.public_id,
        "base": sheet.version,
        "trade": sheet.trade.name if sheet.trade else "",
        "topics": ", ".join(topic.name for topic in sheet.topics.all()),
    }


class FileForm(forms.Form):
    """One file to join."""

    file = forms.FileField(
        label=gettext_lazy("Joindre un fichier"),
        max_length=400,
        error_messages={
            "required": gettext_lazy("Choisissez d’abord un fichier."),
            "empty": gettext_lazy("Ce fichier est vide."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = most_bytes()
        heavy = _("Ce fichier est trop gros : %(n)s Mo au plus.") % {"n": most // (1024 * 1024)}
        self.fields["file"].widget.attrs |= {"accept": ACCEPT, "data-most": str(most), "data-heavy": heavy}


class RatingForm(forms.Form):
    """What a peer thinks of a sheet."""

    relevance = forms.TypedChoiceField(
        label=gettext_lazy("Cette fiche vous est-elle utile ?"),
        help_text=gettext_lazy("De 1 (hors de propos pour moi) à 5 (exactement ce qu’il me fallait)."),
        choices=[("", gettext_lazy("sans avis")), *((str(n), str(n)) for n in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    used = forms.BooleanField(label=gettext_lazy("Je m’en suis servi"), required=False)


class WordForm(forms.Form):
    """A word about a sheet."""

    key = forms.RegexField(rf"^[{ALPHABET}]{{{ID_LENGTH}}}$", required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Votre message"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 4})
    )


class AuthorForm(forms.Form):
    """Somebody to sign with."""

    person = forms.CharField(
        label=gettext_lazy("Qui d’autre signe cette fiche ?"),
        help_text=gettext_lazy("Un nom, un prénom : choisissez ensuite dans la liste."),
        max_length=100,
        required=False,
    )


class QuestionForm(forms.Form):
    """A question of practice."""

    key = forms.RegexField(rf"^[{ALPHABET}]{{{ID_LENGTH}}}$", required=False, widget=forms.HiddenInput)
    question = forms.CharField(
        label=gettext_lazy("Comment faites-vous… ?"),
        help_text=gettext_lazy("Exemple : « Comment faites-vous pour annoncer un retard à un client ? »"),
        max_length=QUESTION_MAX,
        error_messages={"required": gettext_lazy("Posez votre question.")},
    )
    details = forms.CharField(
        label=gettext_lazy("Que faut-il savoir de votre situation ?"),
        help_text=gettext_lazy("Sans nommer de client ni de collègue."),
        max_length=DETAILS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    topics = forms.CharField(
        label=gettext_lazy("Sur quels sujets ?"),
        help_text=gettext_lazy("Un à cinq, séparés par des virgules. Exemple : management, entretien."),
        max_length=MAX_TOPICS * (TOPIC_MAX + 2),
        required=False,
    )

    def clean_topics(self) -> list[str]:
        names = split_topics(self.cleaned_data["topics"])
        if len(names) > MAX_TOPICS:
            raise forms.ValidationError(_("Choisissez cinq sujets au plus."))
        return names


class WithdrawForm(forms.Form):
    """Why an animator takes somebody's sheet back."""

    reason = forms.CharField(label=gettext_lazy("Pourquoi ?"), max_length=REASON_MAX, required=False)
