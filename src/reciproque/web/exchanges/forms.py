"""What people write about introductions, exchanges and reviews, turned into clean values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Mode
from reciproque.catalogue.rules import TITLE_MAX
from reciproque.exchanges.rules import (
    SHORT_MAX,
    TEXT_MAX,
    Audience,
    Covered,
    Refusal,
    Satisfaction,
    Side,
    Used,
)
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.web.parts.numbers import NumberField
from reciproque.web.parts.reviews import YES_NO, for_whom, learned_question, say_audiences, yes_or_no

MESSAGE_EXAMPLE = _(
    "Bonjour, je reprends le suivi budgétaire de mon service en mars et je n’ai jamais monté de tableau croisé. "
    "Pourrions-nous nous voir une heure ? Je suis libre plutôt le matin."
)
REASON_MAX = 1000
REVIEW_MAX = 2000


def _area(
    label: Any, *, required: bool = False, rows: int = 3, limit: int = TEXT_MAX, **more: Any
) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=limit, widget=widget, **more)


def _radios(label: Any, choices: Iterable[tuple[str, Any]], *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices), required=required, widget=forms.RadioSelect)


class KeyForm(forms.Form):
    """A form written once however often it is sent: `key` is drawn when the page is shown."""

    key = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **more: Any) -> None:
        initial = {"key": new_id(), **(more.pop("initial", None) or {})}
        super().__init__(data, initial=initial, **more)


class AskForm(forms.Form):
    """Ask for an introduction: which of one's own posts it is about, and a word."""

    mine = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    message = _area(
        _("Votre message"),
        rows=5,
        help_text=_("Dites en deux phrases pourquoi maintenant, et ce que vous aimeriez savoir faire après."),
    )

    def __init__(self, data: Any = None, *, posts: Sequence[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["mine"].choices = posts  # type: ignore[attr-defined]
        self.fields["message"].widget.attrs["placeholder"] = MESSAGE_EXAMPLE
        self.fields["message"].seen = _("l’autre personne, et la médiation s’il y en a une")  # type: ignore[attr-defined]


class YesForm(KeyForm):
    """Say yes, with a word if one likes; the offerer may welcome the requester into a small group under way."""

    into = forms.ChoiceField(
        label=_("Où accueillir cette personne ?"), required=False, widget=forms.RadioSelect
    )
    message = _area(_("Un mot pour l’autre personne"), limit=TEXT_MAX)

    def __init__(self, data: Any = None, *, groups: Sequence[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(data, **more)
        if groups:
            choices = [("", _("Dans un nouvel échange, à deux")), *groups]
            self.fields["into"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["into"]


class MessageForm(KeyForm):
    """One message of a conversation."""

    text = _area(_("Votre message"), required=True, limit=TEXT_MAX)


class QuestionForm(MessageForm):
    """A question before answering."""

    text = _area(_("Votre question"), required=True, limit=TEXT_MAX)


class RefuseForm(forms.Form):
    """A no, with its reason."""

    refusal = _radios(_("Pourquoi ?"), Refusal.choices, required=True)
    reason = _area(_("En une phrase, si vous le souhaitez"), rows=2, limit=REASON_MAX)


class ReasonForm(forms.Form):
    """A reason that the others read."""

    reason = _area(_("Pourquoi ?"), rows=2, limit=REASON_MAX)


class NeededReasonForm(forms.Form):
    """A reason without which the others would not understand."""

    reason = _area(_("Pourquoi ?"), required=True, rows=2, limit=REASON_MAX)


class TermsForm(forms.Form):
    """What the two agree on (practice: content, purpose, level, method, place, rhythm, material, success, review)."""

    content = _area(_("Ce que l’on va transmettre"), rows=3)
    purpose = forms.CharField(label=_("Pour quoi faire"), max_length=SHORT_MAX, required=False)
    level = forms.CharField(
        label=_("Où en est la personne qui demande"), max_length=SHORT_MAX, required=False
    )
    method = forms.CharField(
        label=_("Comment on s’y prend"),
        max_length=SHORT_MAX,
        required=False,
        help_text=_("Par l’exemple, en pratiquant, par la théorie d’abord."),
    )
    place = forms.CharField(label=_("Lieu ou moyen"), max_length=SHORT_MAX, required=False)
    rhythm = forms.CharField(
        label=_("Durée et rythme"),
        max_length=SHORT_MAX,
        required=False,
        help_text=_("Par exemple : deux fois une heure, à une semaine d’écart."),
    )
    material = forms.CharField(label=_("Matériel"), max_length=SHORT_MAX, required=False)
    success = forms.CharField(
        label=_("À quoi saura-t-on que c’est réussi"), max_length=SHORT_MAX, required=False
    )
    review_on = forms.DateField(
        label=_("Date du premier bilan"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class OutcomeForm(forms.Form):
    """How the introduction meeting ended."""

    outcome = _radios(
        _("Comment la rencontre s’est-elle terminée ?"),
        [
            ("agreed", _("Les deux personnes sont d’accord : l’échange commence")),
            ("not_matched", _("Ça ne correspond pas : on s’arrête là, c’est une fin normale")),
        ],
        required=True,
    )
    reason = _area(
        _("Un mot sur la raison"), rows=2, limit=REASON_MAX, help_text=_("Les deux personnes le liront.")
    )


class ReviewForm(forms.Form):
    """A review of the exchange in two minutes: one answer is needed, the rest as one likes."""

    satisfaction = _radios(_("Cet échange vous a-t-il été utile ?"), Satisfaction.choices, required=True)
    covered = _radios(_("Ce qui était convenu a-t-il été abordé ?"), Covered.choices)
    used = _radios(_("Vous en êtes-vous déjà servi ?"), Used.choices)
    again = _radios(_("Le referiez-vous ?"), YES_NO)
    third = _radios(_("Le proposeriez-vous à quelqu’un d’autre ?"), YES_NO)
    learned = _area("", rows=3, limit=REVIEW_MAX)
    learned_for = for_whom()
    comment = _area(_("Un commentaire"), rows=3, limit=REVIEW_MAX)
    comment_for = for_whom()
    hours = NumberField(
        label=_("Heures passées, préparation comprise"),
        required=False,
        min_value=0,
        max_value=500,
        max_digits=5,
        decimal_places=2,
        help_text=_("Pour le bilan de formation seulement : jamais un crédit, jamais montré aux autres."),
    )
    request_met = forms.BooleanField(
        label=_("Ma demande est satisfaite : je la retire des annonces"), required=False
    )

    def __init__(
        self, data: Any = None, *, side: str, may_meet: bool = False, words: bool = True, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.fields["learned"].label = learned_question(side)
        if side != Side.REQUESTER:
            del self.fields["used"]
        if not may_meet:
            del self.fields["request_met"]
        if not words:  # erased, or hidden after a report: they are not written again
            for name in ("learned", "learned_for", "comment", "comment_for"):
                del self.fields[name]
        say_audiences(self)

    def clean_again(self) -> bool | None:
        return yes_or_no(self.cleaned_data["again"])

    def clean_third(self) -> bool | None:
        return yes_or_no(self.cleaned_data["third"])

    def clean_learned_for(self) -> str:
        return self.cleaned_data["learned_for"] or Audience.OTHER

    def clean_comment_for(self) -> str:
        return self.cleaned_data["comment_for"] or Audience.OTHER


class ConfirmForm(forms.Form):
    """Whether a declared exchange did take place."""

    answer = _radios(
        _("Cet échange a-t-il eu lieu ?"),
        [("yes", _("Oui, c’est exact")), ("no", _("Non, ou pas comme cela"))],
        required=True,
    )
    reason = _area(_("Si c’est non, dites pourquoi en une phrase"), rows=2, limit=REASON_MAX)


class DeclareForm(KeyForm):
    """An exchange that happened elsewhere, told in one minute."""

    side = _radios(_("Qui a appris de l’autre ?"), [], required=True)
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

    def __init__(self, data: Any = None, *, name: str, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["side"].choices = [  # type: ignore[attr-defined]
            (Side.REQUESTER, _("J’ai appris avec %(name)s") % {"name": name}),
            (Side.OFFERER, _("J’ai transmis à %(name)s") % {"name": name}),
        ]
        self.fields["held_on"].widget.attrs["max"] = clock.now().date().isoformat()
