"""What is typed about the committee: who is of it, its posture, what it tells the hierarchy, obstacles, answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.initiatives.rules import LINE_MAX, REASONS_LEAST, TITLE_MAX, AnswerKind
from reciproque.web.initiatives.forms.fields import (
    NAME_OR_ADDRESS,
    PersonForm,
    among,
    day,
    long,
    offer,
    radios,
    short,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import Experiment, Proposal, WorkGroup


class MemberForm(PersonForm):
    """Somebody brought into the committee."""

    person = short(gettext_lazy("Qui rejoint le comité ?"), NAME_OR_ADDRESS, required=True)
    role = short(
        gettext_lazy("À quel titre ?"),
        gettext_lazy("Exemple : « directrice des opérations », « délégué », « cliente »."),
        most=TITLE_MAX,
    )
    until = day(
        gettext_lazy("Jusqu’à quand ?"),
        gettext_lazy("Laissez vide pour un mandat sans terme."),
        required=False,
    )
    chairs = forms.BooleanField(
        label=gettext_lazy("Cette personne préside : les réponses du comité sont attendues d’elle."),
        required=False,
    )


MARKS = [
    (4, gettext_lazy("toujours")),
    (3, gettext_lazy("le plus souvent")),
    (2, gettext_lazy("une fois sur deux")),
    (1, gettext_lazy("rarement")),
    (0, gettext_lazy("jamais")),
]


class PostureForm(forms.Form):
    """How the committee sees its own posture."""

    listens = forms.TypedChoiceField(
        label=gettext_lazy("Écoutons-nous avant de répondre ?"),
        choices=MARKS,
        coerce=int,
        widget=forms.RadioSelect,
    )
    lifts = forms.TypedChoiceField(
        label=gettext_lazy("Levons-nous les obstacles que l’on nous signale ?"),
        choices=MARKS,
        coerce=int,
        widget=forms.RadioSelect,
    )
    answers = forms.TypedChoiceField(
        label=gettext_lazy("Répondons-nous à temps, avec nos vraies raisons ?"),
        choices=MARKS,
        coerce=int,
        widget=forms.RadioSelect,
    )
    words = long(gettext_lazy("Que changerons-nous d’ici la prochaine fois ?"))


class NoteForm(PersonForm):
    """What somebody of the hierarchy is to be told."""

    person = short(gettext_lazy("Qui est à informer ?"), NAME_OR_ADDRESS, required=True)
    what = long(
        gettext_lazy("De quoi ?"),
        gettext_lazy("Ce que la personne a besoin de savoir, et rien de ce qui se dit dans les groupes."),
        required=True,
    )
    due_on = day(gettext_lazy("Avant quelle date ?"))


class CancelForm(forms.Form):
    """Why a note does not leave."""

    reason = short(gettext_lazy("Pourquoi ne part-elle pas ?"), required=True, most=LINE_MAX)


class ObstacleForm(forms.Form):
    """Something that only the committee can lift."""

    words = long(
        gettext_lazy("Qu’est-ce qui empêche d’avancer ?"),
        gettext_lazy(
            "Ce que vous avez déjà essayé, et ce qu’il faudrait : une autorisation, du temps, un accès…"
        ),
        required=True,
    )
    group = among(gettext_lazy("Pour quel groupe ?"))
    experiment = among(gettext_lazy("Pour quelle expérimentation ?"))

    def __init__(
        self, groups: Sequence[WorkGroup], experiments: Sequence[Experiment], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "group", groups, _("Aucun en particulier"))
        offer(self, "experiment", experiments, _("Aucune en particulier"))


class SettleForm(forms.Form):
    """What becomes of an obstacle."""

    lifted = radios(
        gettext_lazy("Qu’en décidez-vous ?"),
        [("yes", gettext_lazy("Il est levé")), ("no", gettext_lazy("Il reste"))],
    )
    reasons = long(
        gettext_lazy("Pourquoi, et qu’est-ce qui a été fait ?"),
        gettext_lazy("Lu par tout le réseau."),
        required=True,
    )
    reasons.error_messages["required"] = gettext_lazy("Dites ce qui a été décidé, et pourquoi.")


REASONS_MISSING = gettext_lazy("Dites pourquoi : une réponse sans raisons n’en est pas une.")
REASONS_SHORT = gettext_lazy(
    "C’est trop court : dites pourquoi en une phrase, avec les mots de cette proposition-ci."
)


class AnswerForm(forms.Form):
    """An answer to a proposal."""

    kind = radios(gettext_lazy("Que répond le comité ?"), AnswerKind.choices)
    reasons = long(
        gettext_lazy("Pourquoi ?"),
        gettext_lazy("Vos vraies raisons, avec les mots de cette proposition-ci. Tout le réseau les lit."),
        required=True,
        rows=6,
    )
    reasons.error_messages["required"] = REASONS_MISSING
    change = long(gettext_lazy("Si elle est à recadrer : que faut-il changer ?"))
    until = day(
        gettext_lazy("Si elle est reportée : jusqu’à quand ?"),
        gettext_lazy("Ce jour-là, le comité la reprend."),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # A no ends it for good, and is read by the whole network at once: it is read again before it leaves.
    reread = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def to_reread(self) -> bool:
        """Tell whether what was typed is whole, and is to be read again before it is given."""
        if not self.is_bound or not self.is_valid():
            return False
        return self.cleaned_data["kind"] == AnswerKind.DECLINED and not self.cleaned_data["reread"]

    def clean_reasons(self) -> str:
        """Refuse a single word where it keeps people waiting, or ends it."""
        reasons = str(self.cleaned_data["reasons"]).strip()
        waits = self.data.get("kind") in (AnswerKind.DECLINED, AnswerKind.DEFERRED)
        if waits and len(reasons) < REASONS_LEAST:
            raise forms.ValidationError(REASONS_SHORT)
        return reasons


class AnswersForm(forms.Form):
    """The same answer to several proposals, each with its own reasons."""

    kind = radios(gettext_lazy("Que répond le comité à celles que vous cochez ?"), AnswerKind.choices)
    change = long(gettext_lazy("Si elles sont à recadrer : que faut-il changer ?"))
    until = day(gettext_lazy("Si elles sont reportées : jusqu’à quand ?"), required=False)

    def __init__(self, rows: Sequence[Proposal], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            key = row.public_id
            self.fields[f"pick_{key}"] = forms.BooleanField(
                label=_("Répondre à « %(title)s »") % {"title": row.title}, required=False
            )
            self.fields[f"reasons_{key}"] = long(
                _("Pourquoi, pour « %(title)s » ?") % {"title": row.title}, rows=3
            )
            # What was read: one changed since waits for its new version to be read.
            self.fields[f"version_{key}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=row.version, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Ask the reasons of each one that is ticked."""
        given: dict[str, Any] = super().clean() or {}
        for row in self.rows:
            key = row.public_id
            if given.get(f"pick_{key}") and not given.get(f"reasons_{key}", "").strip():
                self.add_error(f"reasons_{key}", REASONS_MISSING)
        return given

    def pairs(self) -> list[tuple[Proposal, str]]:
        """Return the proposals ticked, each with its reasons."""
        given = self.cleaned_data
        return [
            (row, given[f"reasons_{row.public_id}"])
            for row in self.rows
            if given.get(f"pick_{row.public_id}")
        ]

    def versions(self) -> dict[str, int]:
        """Return which version of each was on the page."""
        given = self.cleaned_data
        return {
            row.public_id: version for row in self.rows if (version := given.get(f"version_{row.public_id}"))
        }

    def lines(self) -> list[dict[str, Any]]:
        """Return each proposal with its two fields."""
        return [
            {
                "proposal": row,
                "pick": self[f"pick_{row.public_id}"],
                "reasons": self[f"reasons_{row.public_id}"],
                "version": self[f"version_{row.public_id}"],
            }
            for row in self.rows
        ]


class TemplateForm(forms.Form):
    """Words that the committee uses again."""

    name = short(gettext_lazy("Quel nom donner au modèle ?"), required=True, most=TITLE_MAX)
    words = long(
        gettext_lazy("Quels mots ?"),
        gettext_lazy("Un début : chaque réponse y ajoute ce qui vaut pour sa proposition."),
        required=True,
    )
