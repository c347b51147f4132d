"""What is typed about an experiment: page by page before it starts, then its checkpoints, journal, result, decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.initiatives.rules import LINE_MAX, TITLE_MAX, Decision, Met, TiedTo
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
    from reciproque.initiatives.models import ExpectedResult, Problem, WorkGroup


class IdeaForm(forms.Form):
    """First page: what is tried, and what one thinks will happen."""

    title = short(
        gettext_lazy("Qu’allez-vous essayer ?"),
        gettext_lazy("En une phrase. Exemple : « Accueillir debout, à l’entrée »."),
        required=True,
        most=TITLE_MAX,
    )
    hypothesis = long(
        gettext_lazy("Que pensez-vous qu’il arrivera ?"),
        gettext_lazy("« Si nous faisons ceci, alors cela, parce que… » Vous avez le droit de vous tromper."),
    )
    theme = among(gettext_lazy("Sous quel thème ?"))
    problem = among(gettext_lazy("À quel problème cela répond-il ?"))
    group = among(gettext_lazy("Avec quel groupe ?"))
    key = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        themes: Sequence[ExpectedResult],
        problems: Sequence[Problem],
        groups: Sequence[WorkGroup],
        known: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "theme", themes, _("Aucun thème en particulier"))
        offer(self, "problem", problems, _("Aucun en particulier"))
        offer(self, "group", groups, _("Aucun : je l’essaie seul"))
        if known:
            del self.fields["key"]


class PlaceForm(forms.Form):
    """Second page: where, with whom, with whose consent, when."""

    where = short(gettext_lazy("Où cela se passe-t-il ?"), gettext_lazy("Un petit périmètre suffit."))
    with_whom = short(gettext_lazy("Avec qui ?"), gettext_lazy("Des volontaires, et combien."))
    consent = long(
        gettext_lazy("Comment les personnes concernées ont-elles donné leur accord ?"),
        gettext_lazy("Qui a été prévenu, comment on peut refuser ou s’arrêter sans avoir à se justifier."),
    )
    starts_on = day(gettext_lazy("Quand commence-t-on ?"), required=False)
    ends_on = day(gettext_lazy("Quand s’arrête-t-on ?"), required=False)


class MeasureForm(forms.Form):
    """Third page: what is measured, and the criteria written before it starts."""

    tied_to = radios(gettext_lazy("À quelle satisfaction cela tient-il ?"), TiedTo.choices, required=False)
    measure = short(gettext_lazy("Que mesurerez-vous ?"), gettext_lazy("Une chose, facile à compter."))
    start_value = short(
        gettext_lazy("D’où part-on ?"), gettext_lazy("La valeur d’aujourd’hui, avec son unité."), most=60
    )
    criteria = long(
        gettext_lazy("À quoi saura-t-on que c’est réussi ?"),
        gettext_lazy("Écrits maintenant, ces critères sont arrêtés au démarrage. Tout changement se verra."),
    )
    budget = short(
        gettext_lazy("De quoi avez-vous besoin ?"), gettext_lazy("Du temps, de l’argent, un accès.")
    )


class SupportForm(forms.Form):
    """Whether the committee supports an experiment."""

    supported = radios(
        gettext_lazy("Le comité la soutient-il ?"),
        [("yes", gettext_lazy("Oui")), ("no", gettext_lazy("Pas en l’état"))],
    )
    words = long(
        gettext_lazy("Que voulez-vous leur dire ?"),
        gettext_lazy("Si ce n’est pas en l’état : pourquoi, et ce qui permettrait de la soutenir."),
    )


class CriteriaForm(forms.Form):
    """New criteria, and why."""

    criteria = long(gettext_lazy("Quels sont désormais les critères de réussite ?"), required=True)
    reason = short(
        gettext_lazy("Pourquoi changent-ils ?"),
        gettext_lazy("Les anciens restent lisibles, à côté des nouveaux."),
        required=True,
    )


class CheckpointForm(forms.Form):
    """A day on which to look at it."""

    due_on = day(gettext_lazy("Quel jour regarde-t-on où l’on en est ?"))
    words = long(gettext_lazy("Que regardera-t-on ?"), rows=2)


class ProlongForm(forms.Form):
    """Until when it runs."""

    ends_on = day(
        gettext_lazy("Quand s’arrête-t-on finalement ?"),
        gettext_lazy("Les critères de réussite ne changent pas pour autant."),
    )


class SeenForm(forms.Form):
    """What was seen at a checkpoint."""

    words = long(gettext_lazy("Qu’avez-vous vu ?"), gettext_lazy("Les faits d’abord."), required=True)


class LogForm(forms.Form):
    """A page of the journal."""

    words = long(
        gettext_lazy("Que s’est-il passé ?"),
        gettext_lazy("Ce que vous avez vu, entendu, changé."),
        required=True,
    )
    picture = forms.FileField(
        label=gettext_lazy("Une image"),
        help_text=gettext_lazy(
            "PNG, JPEG ou WebP. Elle est redessinée : le lieu et l’auteur qu’elle cache disparaissent. "
            "N’y montrez personne qui ne l’ait pas voulu."
        ),
        required=False,
    )
    picture_words = short(
        gettext_lazy("Que montre-t-elle ?"), gettext_lazy("Pour qui ne la voit pas."), most=LINE_MAX
    )


class ResultForm(forms.Form):
    """What was measured."""

    result_value = short(
        gettext_lazy("Quelle valeur mesurez-vous ?"), gettext_lazy("Avec son unité."), required=True, most=60
    )
    met = radios(gettext_lazy("Les critères écrits au départ sont-ils atteints ?"), Met.choices)
    result = long(
        gettext_lazy("Qu’avez-vous constaté ?"),
        gettext_lazy("Un résultat négatif est une découverte : dites-le tel quel."),
        required=True,
        rows=6,
    )


class DecisionForm(forms.Form):
    """What follows, and the lesson."""

    decision = radios(gettext_lazy("Que fait-on maintenant ?"), Decision.choices)
    lesson = long(
        gettext_lazy("Qu’en retient-on ?"),
        gettext_lazy("La leçon, dans tous les cas : s’arrêter avec une leçon est une réussite."),
        required=True,
    )


class HandForm(PersonForm):
    """Who answers for it from now on."""

    person = short(gettext_lazy("Qui la mène désormais ?"), NAME_OR_ADDRESS, required=True)
