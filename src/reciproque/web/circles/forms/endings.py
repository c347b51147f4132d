"""What may leave a group and under which name, its review, the lines of its report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.circles.rules import LINE_MAX
from reciproque.library.rules import NAME_MAX
from reciproque.library.rules import TITLE_MAX as SHEET_TITLE_MAX
from reciproque.web.circles.forms.life import Choices, long_text

REACHED = [
    (0, gettext_lazy("pas du tout")),
    (1, gettext_lazy("un peu")),
    (2, gettext_lazy("à moitié")),
    (3, gettext_lazy("presque")),
    (4, gettext_lazy("tout à fait")),
]


class AgreeForm(forms.Form):
    """Whether one agrees that it leaves the group, and under which name one signs."""

    # Which text was on screen: an answer is never given to another one.
    digest = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=gettext_lazy("Êtes-vous d’accord pour que cela sorte du groupe ?"),
        choices=[("yes", gettext_lazy("Oui, je suis d’accord")), ("no", gettext_lazy("Non, cela reste ici"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites oui ou non. Vous pouvez aussi ne rien répondre.")},
    )
    signs = forms.ChoiceField(
        label=gettext_lazy("Sous quel nom ?"),
        choices=[
            ("no", gettext_lazy("Je ne signe pas : mon nom n’apparaît nulle part")),
            ("own", gettext_lazy("Sous mon nom")),
            ("other", gettext_lazy("Sous un autre nom, que j’écris ci-dessous")),
        ],
        widget=forms.RadioSelect,
        required=False,
        initial="no",
    )
    name = forms.CharField(
        label=gettext_lazy("Ce qui sera écrit"),
        help_text=gettext_lazy("Exemple : « une manager de proximité »."),
        max_length=NAME_MAX,
        required=False,
    )

    def __init__(self, *args: Any, signed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signed:
            # A line of the report is nobody's: it has no author.
            del self.fields["signs"], self.fields["name"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("signs") == "other" and not values.get("name") and values.get("agrees") == "yes":
            self.add_error("name", _("Écrivez le nom qui apparaîtra."))
        return values

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        given = self.cleaned_data
        signs = given.get("signs") or "no"
        return {
            "agrees": given["agrees"] == "yes",
            "signs": signs != "no",
            "name": (given.get("name") or "") if signs == "other" else "",
            "digest": given.get("digest") or "",
        }


class NewSheetForm(forms.Form):
    """A sheet that the group begins together."""

    title = forms.CharField(
        label=gettext_lazy("De quelle pratique parle-t-elle ?"),
        help_text=gettext_lazy("Exemple : « Accueillir un client mécontent au guichet »."),
        max_length=SHEET_TITLE_MAX,
    )


class LineForm(forms.Form):
    """One line proposed for the deciders."""

    words = forms.CharField(
        label=gettext_lazy("Une phrase pour les décideurs"),
        help_text=gettext_lazy("Elle ne partira que si chaque membre dit oui. Sans nom de personne."),
        max_length=LINE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Écrivez la phrase que vous proposez.")},
    )


class ReviewForm(forms.Form):
    """What the group brought, against the goal one had written."""

    reached = forms.TypedChoiceField(
        label=gettext_lazy("Votre objectif est-il atteint ?"),
        help_text=gettext_lazy(
            "Le bilan aux décideurs dit combien de personnes l’ont atteint, sans nom, et le masque quand ce nombre "
            "permettrait de reconnaître quelqu’un."
        ),
        choices=REACHED,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez parmi ce qui est proposé.")},
    )
    brought = long_text(gettext_lazy("Qu’est-ce que ce groupe vous a apporté ?"), required=False)
    wishes = long_text(gettext_lazy("Que souhaitez-vous pour la suite ?"), required=False)
    reached.seen = gettext_lazy("les membres du groupe et la personne qui l’anime.")


class DeciderForm(forms.Form):
    """Who of the directory a decider is."""

    decider = forms.ChoiceField(label=gettext_lazy("Qui retrouvez-vous ?"), widget=forms.RadioSelect)
    person = forms.ChoiceField(
        label=gettext_lazy("Qui est-ce, dans l’annuaire ?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez une personne.")},
    )

    def __init__(self, *args: Any, deciders: Choices = (), people: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("decider", deciders), ("person", people)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            if len(choices) == 1:
                self.fields[name].initial = choices[0][0]
