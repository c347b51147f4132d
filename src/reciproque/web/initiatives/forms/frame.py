"""What is typed about the frame of a learning network: its vision, its delays, the results expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.rules import ANSWER_DAYS, SHOWN_BLOCKS, TITLE_MAX, Horizon, TiedTo
from reciproque.web.initiatives.forms.fields import NAME_OR_ADDRESS, PersonForm, day, long, radios, short


class FrameForm(PersonForm):
    """The frame, question by question."""

    person_field = "sponsor"

    vision = long(
        _("Vers quoi ce réseau va-t-il ?"),
        _(
            "En quelques phrases, avec les mots de tous les jours : ce qui aura changé dans deux ans, pour qui."
        ),
        required=True,
        rows=6,
    )
    sponsor = short(_("Qui le parraine ?"), NAME_OR_ADDRESS)
    sponsor.why = _(
        "quelqu’un de la direction le veut, lui donne du temps, et lève ce que le comité ne peut lever."
    )
    hierarchy = long(
        _("Quelle est la part de la hiérarchie ?"),
        _("Qui est informé, de quoi, quand ; et ce que l’on ne demande pas à un responsable d’équipe."),
    )
    mandate = long(
        _("Quel est le mandat du comité ?"),
        _("Ce qu’il oriente, soutient et valide ; à quel rythme il se réunit ; pour combien de temps."),
    )
    answer_days = forms.IntegerField(
        label=_("Sous combien de jours ouvrés le comité répond-il à une proposition ?"),
        help_text=_("Passé ce délai, tout le réseau voit que la réponse manque."),
        min_value=1,
        max_value=120,
        initial=ANSWER_DAYS,
    )
    protected_until = day(
        _("Jusqu’à quand les groupes sont-ils protégés ?"),
        _("D’ici là, rien n’est attendu de ceux qui cherchent. Le comité, lui, doit déjà répondre."),
        required=False,
    )
    field_order = ("vision", "sponsor", "hierarchy", "mandate", "answer_days", "protected_until")

    def __init__(self, *args: Any, names_sponsor: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not names_sponsor:
            del self.fields["sponsor"]
            self.fields.pop("sponsor_id", None)


class ResultForm(forms.Form):
    """A result expected of the network."""

    title = short(
        _("Quel résultat attend-on ?"),
        _("En une phrase. Exemple : « Un client a sa réponse le jour même »."),
        required=True,
        most=TITLE_MAX,
    )
    words = long(_("De quoi parle-t-on exactement ?"))
    tied_to = radios(_("À quelle satisfaction cela tient-il ?"), TiedTo.choices)
    horizon = radios(
        _("Quand en verra-t-on l’effet ?"),
        Horizon.choices,
        _("Un réseau a besoin des deux : des gains qui se voient vite, et ce qui prépare la suite."),
    )
    measure = short(_("Que mesurera-t-on ?"), _("Exemple : « part des courriers répondus le jour même »."))
    start_value = short(_("D’où part-on ?"), _("La valeur d’aujourd’hui, avec son unité."), most=60)
    target = short(_("Où veut-on arriver ?"), _("La valeur visée, avec son unité."), most=60)


class ValueForm(forms.Form):
    """Where a measure stands."""

    value = short(_("Quelle valeur mesure-t-on ?"), _("Avec son unité."), required=True, most=60)
    on = day(_("À quelle date ?"))


class RemarkForm(forms.Form):
    """A word of the debate."""

    words = long(
        _("Qu’en dites-vous ?"),
        _("Ce qui vous semble juste, ce qui manque, ce qui vous inquiète."),
        required=True,
    )


class ThemesForm(forms.Form):
    """Which results become themes."""

    results = forms.MultipleChoiceField(
        label=_("Lesquels deviennent des thèmes de travail ?"),
        help_text=_("Dans l’ordre du vote. Le panel éclaire ; le sponsor et le comité choisissent."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez au moins un thème.")},
    )

    def __init__(self, rows: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["results"].choices = list(rows)


BLOCKS = {
    "vision": _("la vision"),
    "results": _("les résultats attendus et les thèmes"),
    "committee": _("la composition du comité"),
    "days": _("les journées de lancement"),
    "groups": _("les groupes de travail"),
    "experiments": _("les expérimentations et leurs leçons"),
    "proposals": _("les propositions et leurs réponses"),
    "bulletins": _("les bulletins"),
}


class ShownForm(forms.Form):
    """What the rest of the organisation reads of the network."""

    blocks = forms.MultipleChoiceField(
        label=_("Que montre-t-on au reste de l’organisation ?"),
        help_text=_("Rien n’est montré tant que ce n’est pas coché ici."),
        choices=[(name, BLOCKS[name]) for name in SHOWN_BLOCKS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
