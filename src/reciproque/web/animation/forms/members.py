"""What an animator answers or settles about members, and writes to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.rules import TEXT_MAX
from reciproque.networks.rules import MAX_CAPACITY, NOTE_MAX, Ability
from reciproque.notices.rules import BROADCAST_SUBJECT_MAX, BROADCAST_TEXT_MAX
from reciproque.web.animation.forms.fields import (
    REASON_MAX,
    area,
    boxes,
    line,
)


class AdmitForm(forms.Form):
    """A yes or a no to someone who asks to join; the action says when a reason is missing."""

    answer = forms.ChoiceField(choices=[("yes", _("Oui")), ("no", _("Non"))], widget=forms.HiddenInput)
    reason = area(
        _("Si c’est non, pourquoi ?"),
        limit=REASON_MAX,
        rows=2,
        help_text=_("En une phrase : la personne la lira."),
    )


class WaiveForm(forms.Form):
    """Why someone may ask without an offer and a request of their own."""

    reason = area(
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


class AskForm(forms.Form):
    """Ask for an introduction in someone's name: which of their requests it is about, and a word from them."""

    mine = forms.ChoiceField(
        label=_("Laquelle de ses demandes est concernée ?"), required=False, widget=forms.RadioSelect
    )
    message = area(
        _("Ce que la personne aimerait dire"),
        limit=TEXT_MAX,
        rows=4,
        help_text=_("Écrivez avec elle : le message part en son nom."),
    )

    def __init__(self, data: Any = None, *, posts: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["mine"].choices = [*posts, ("", _("Aucune"))]  # type: ignore[attr-defined]


class ToldForm(forms.Form):
    """What was said in a call to someone whom no e-mail reaches."""

    words = area(_("Ce que la personne a répondu"), limit=REASON_MAX, rows=2)


class BroadcastForm(forms.Form):
    """A message of the team to a part of the network."""

    who = forms.ChoiceField(label=_("À qui écrire ?"), widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("Depuis combien de jours ?"),
        min_value=1,
        max_value=3650,
        required=False,
        initial=30,
        help_text=_("Pour les membres arrivés récemment, ou les demandes qui attendent."),
    )
    site = forms.ChoiceField(label=_("Sur un site seulement"), required=False)
    unit = forms.ChoiceField(label=_("Dans un service seulement"), required=False)
    subject = forms.CharField(label=_("Objet"), max_length=BROADCAST_SUBJECT_MAX)
    text = area(
        _("Votre message"),
        required=True,
        rows=10,
        limit=BROADCAST_TEXT_MAX,
        help_text=_(
            "Il part signé de votre nom, dans le courriel habituel du réseau. Une ligne vide fait un paragraphe."
        ),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        segments: Sequence[tuple[str, Any]],
        sites: Sequence[tuple[str, str]],
        units: Sequence[tuple[str, str]],
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        self.fields["who"].choices = [(value, capfirst(words)) for value, words in segments]  # type: ignore[attr-defined]
        self.fields["site"].choices = [("", _("Tous les sites")), *sites]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", _("Tous les services")), *units]  # type: ignore[attr-defined]

    def letter(self) -> dict[str, Any]:
        """Return the values as the action takes them."""
        said = self.cleaned_data
        segment = {name: said[name] for name in ("who", "site", "unit")} | {"days": said["days"] or 30}
        return {"subject": said["subject"], "text": said["text"], "segment": segment}


class NoteForm(forms.Form):
    """A note about accompanying a member."""

    words = area(_("Votre note"), limit=NOTE_MAX, rows=3, required=True)

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["words"].seen = _(  # type: ignore[attr-defined]
            "l’équipe d’animation qui accompagne cette personne, et la personne si elle le demande"
        )


class PoolForm(forms.Form):
    """What someone of the pool may be asked to do, when, and how much at once."""

    abilities = boxes(_("Que peut faire cette personne ?"), Ability.choices)
    availability = line(_("Quand ?"), _("« le jeudi après-midi », « sauf en décembre »."), limit=200)
    at_most = forms.IntegerField(
        label=_("Combien de choses à la fois, au plus ?"), min_value=1, max_value=MAX_CAPACITY, initial=3
    )


class TrainingForm(forms.Form):
    """What someone of the pool was trained on."""

    subject = forms.CharField(label=_("Sur quoi portait la formation ?"), max_length=200)
    done_on = forms.DateField(
        label=_("Quel jour ?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
