"""A questionnaire as its author writes it: its frame, a section, a question; every text in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.surveys.rules import (
    CHOSEN,
    MAX_OPTIONS,
    MIN_OPTIONS,
    OPTION_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Definition,
    Kind,
    ReadBy,
    questions_of,
    say,
)
from reciproque.web.parts.numbers import NumberField

LANGUAGES = (("fr", gettext_lazy("en français")), ("en", gettext_lazy("en anglais")))
BLANKS = 3


# Asked by the time it is published, though a draft may wait for it.
IN_THE_END = gettext_lazy("Demandé avant de publier.")


def _texts(
    name: str, label: Any, most: int, *, area: bool = False, in_the_end: bool = False
) -> dict[str, forms.CharField]:
    widget = forms.Textarea(attrs={"rows": 2}) if area else forms.TextInput()
    made = {
        f"{name}_{code}": forms.CharField(
            label=_("%(label)s, %(language)s") % {"label": label, "language": language},
            max_length=most,
            required=False,
            widget=widget,
        )
        for code, language in LANGUAGES
    }
    if in_the_end:
        for field in made.values():
            _ask_in_the_end(field)
    return made


def _ask_in_the_end(field: forms.Field) -> None:
    field.help_text = IN_THE_END
    field.is_optional = False  # type: ignore[attr-defined]


def _said(values: Mapping[str, Any], name: str) -> dict[str, str]:
    return {code: values.get(f"{name}_{code}", "") for code, _language in LANGUAGES}


def _initial(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}_{code}": texts.get(code, "") for code, _language in LANGUAGES}


class TitleForm(forms.Form):
    """The name of a new questionnaire."""

    title_fr = forms.CharField(label=gettext_lazy("Titre, en français"), max_length=TITLE_MAX)
    title_en = forms.CharField(label=gettext_lazy("Titre, en anglais"), max_length=TITLE_MAX, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_in_the_end(self.fields["title_en"])


class FrameForm(TitleForm):
    """What is said before and after the questions."""

    minutes = NumberField(
        whole=True, label=gettext_lazy("Durée annoncée, en minutes"), min_value=1, max_value=60
    )

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        kwargs["initial"] = {
            **kwargs.get("initial", {}),
            **_initial("intro", definition["intro"]),
            **_initial("thanks", definition["thanks"]),
            "minutes": definition["minutes"],
        }
        super().__init__(*args, **kwargs)
        self.fields |= _texts("intro", _("Ce qui est dit avant de commencer"), TEXT_MAX * 2, area=True)
        self.fields |= _texts("thanks", _("Ce qui est dit à la fin"), TEXT_MAX, area=True)

    def changed(self, definition: Definition) -> Definition:
        """Return the definition with what was typed."""
        values = self.cleaned_data
        frame = {
            "intro": _said(values, "intro"),
            "thanks": _said(values, "thanks"),
            "minutes": values["minutes"],
        }
        return {**definition, **frame}


class SectionWordsForm(forms.Form):
    """What a section is called, and what is said on top of it."""

    def __init__(self, *args: Any, section: Mapping[str, Any], **kwargs: Any) -> None:
        kwargs["initial"] = {**_initial("title", section["title"]), **_initial("text", section["text"])}
        super().__init__(*args, **kwargs)
        self.fields |= _texts("title", _("Titre de la partie"), TITLE_MAX)
        self.fields |= _texts("text", _("Ce qui est dit en tête"), TEXT_MAX, area=True)

    def changed(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Return the section with what was typed."""
        return {
            **section,
            "title": _said(self.cleaned_data, "title"),
            "text": _said(self.cleaned_data, "text"),
        }


class QuestionForm(forms.Form):
    """One question: its words, what may be answered, whom it is asked, who reads what comes out of it."""

    required = forms.BooleanField(label=gettext_lazy("Il faut y répondre pour continuer"), required=False)
    audience = forms.ChoiceField(
        label=gettext_lazy("Qui lit ce qui en sort, par groupes"),
        choices=ReadBy.choices,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, definition: Definition, question: Mapping[str, Any], **kwargs: Any
    ) -> None:
        self.question = question
        kwargs["initial"] = {
            **_initial("text", question["text"]),
            **_initial("help", question["help"]),
            "required": question["required"],
            "audience": question["audience"],
        }
        super().__init__(*args, **kwargs)
        own = dict(self.fields)
        self.fields.clear()
        self.fields |= _texts("text", _("La question"), TEXT_MAX, area=True, in_the_end=True)
        words = self.fields["text_fr"]
        words.required, words.help_text = True, ""
        words.error_messages["required"] = _("Écrivez la question.")
        self.fields |= _texts("help", _("Une aide pour répondre"), TEXT_MAX)
        if question["kind"] in CHOSEN:
            self._add_options()
        if question["kind"] == Kind.NUMBER:
            self._add_bounds()
        self._add_condition(definition)
        self.fields |= own

    def _add_options(self) -> None:
        options = self.question["options"]
        rows = max(len(options), min(len(options) + BLANKS, MAX_OPTIONS))
        for number in range(rows):
            option = options[number] if number < len(options) else {"key": "", "text": {}}
            label = _("Réponse %(number)s") % {"number": number + 1}
            self.fields |= _texts(f"option{number}", label, OPTION_MAX, in_the_end=number < MIN_OPTIONS)
            self.initial |= _initial(f"option{number}", option["text"])
        self.option_rows = rows

    def _add_bounds(self) -> None:
        most = {"whole": True, "required": False, "min_value": 0}
        self.fields["least"] = NumberField(label=_("Le plus petit nombre possible"), **most)
        self.fields["most"] = NumberField(label=_("Le plus grand nombre possible"), **most)
        self.fields |= _texts("unit", _("L’unité (heures, jours…)"), 60)
        self.initial |= {"least": self.question["least"], "most": self.question["most"]}
        self.initial |= _initial("unit", self.question["unit"])

    def _add_condition(self, definition: Definition) -> None:
        choices = list(_conditions(definition, self.question["key"]))
        if not choices:
            return
        condition = self.question["only_if"]
        self.fields["only_if"] = forms.MultipleChoiceField(
            label=_("Ne la poser qu’à qui a répondu"),
            help_text=_(
                "Rien de coché : elle est posée à tout le monde. Cochez des réponses d’une même question."
            ),
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        if condition is not None:
            self.initial["only_if"] = [f"{condition['question']}={key}" for key in condition["among"]]

    def clean_only_if(self) -> dict[str, Any] | None:
        """Return the condition, of one question only."""
        pairs = [value.split("=", 1) for value in self.cleaned_data["only_if"]]
        if len({question for question, _key in pairs}) > 1:
            raise forms.ValidationError(_("Cochez des réponses d’une seule question."))
        return {"question": pairs[0][0], "among": [key for _question, key in pairs]} if pairs else None

    def changed(self) -> dict[str, Any]:
        """Return the question with what was typed; an answer left without any words is no longer offered."""
        values, question = self.cleaned_data, dict(self.question)
        question |= {
            "text": _said(values, "text"),
            "help": _said(values, "help"),
            "required": values["required"],
            "audience": values["audience"],
            "only_if": values.get("only_if"),
        }
        if question["kind"] in CHOSEN:
            question["options"] = self._options(values)
        if question["kind"] == Kind.NUMBER:
            question |= {"least": values["least"], "most": values["most"], "unit": _said(values, "unit")}
        return question

    def _options(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        kept = self.question["options"]
        taken = {option["key"] for option in kept}
        fresh = (f"o{n}" for n in range(1, 1000) if f"o{n}" not in taken)
        options = []
        for number in range(self.option_rows):
            texts = _said(values, f"option{number}")
            if any(texts.values()):
                # The key stays that of the answer first written there: what was answered keeps its meaning.
                key = kept[number]["key"] if number < len(kept) else next(fresh)
                options.append({"key": key, "text": texts})
        return options


def _conditions(definition: Definition, before: str) -> Iterable[tuple[str, str]]:
    for question in questions_of(definition):
        if question["key"] == before:
            return
        if question["kind"] in CHOSEN:
            for option in question["options"]:
                words = {"question": say(question["text"]), "answer": say(option["text"])}
                yield f"{question['key']}={option['key']}", _("%(question)s — %(answer)s") % words
