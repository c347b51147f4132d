"""What is written to put topics in order, and to bring a framework in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.rules import FAMILY_MAX, LABEL_MAX, TOPIC_MAX
from reciproque.people.rules import SPOKEN

if TYPE_CHECKING:
    from reciproque.catalogue.models import Topic

# Characters of a table brought in from a page; a longer one goes through the command.
TABLE_MAX = 1_000_000


class RenameForm(forms.Form):
    """The name of a topic."""

    name = forms.CharField(
        label=_("Nom du sujet"),
        help_text=_("L’ancien nom continue d’y mener."),
        max_length=TOPIC_MAX,
        error_messages={"required": _("Donnez un nom.")},
    )


class NameForm(forms.Form):
    """A synonym, or a translation."""

    name = forms.CharField(
        label=_("Autre nom"),
        help_text=_("Un synonyme, un sigle, une traduction : qui l’écrit trouve ce sujet."),
        max_length=TOPIC_MAX,
        error_messages={"required": _("Écrivez cet autre nom.")},
    )
    language = forms.ChoiceField(
        label=_("Dans quelle langue ?"), choices=[("", _("peu importe")), *SPOKEN], required=False
    )
    shown = forms.BooleanField(
        label=_("Montrer ce nom à qui lit dans cette langue"),
        required=False,
    )


class FamilyForm(forms.Form):
    """The family of a topic: a known one, or a new one."""

    known = forms.ChoiceField(label=_("Famille"), required=False)
    family = forms.CharField(
        label=_("Ou une nouvelle famille"),
        help_text=_(
            "Les familles servent à parcourir les savoirs : mieux vaut en reprendre une que d’en ajouter."
        ),
        max_length=FAMILY_MAX,
        required=False,
    )

    def __init__(self, families: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("sans famille")), *((name, name) for name in families)]
        self.fields["known"].choices = choices  # type: ignore[attr-defined]


class FamilyNameForm(forms.Form):
    """The name of a family, everywhere."""

    name = forms.CharField(
        label=_("Nom de la famille"),
        help_text=_("Le nom d’une autre famille réunit les deux."),
        max_length=FAMILY_MAX,
        error_messages={"required": _("Donnez un nom.")},
    )


class MergeForm(forms.Form):
    """Which topics are the same as this one."""

    others = forms.MultipleChoiceField(
        label=_("Sujets à réunir à celui-ci"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez au moins un sujet.")},
    )

    def __init__(self, topics: Iterable[Topic], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(topic.public_id, topic.name) for topic in topics]
        self.fields["others"].choices = choices  # type: ignore[attr-defined]


class TableForm(forms.Form):
    """A framework of one's own, as a table."""

    title = forms.CharField(
        label=_("Nom du référentiel"),
        max_length=120,
        error_messages={"required": _("Donnez un nom à ce référentiel.")},
    )
    slug = forms.SlugField(
        label=_("Adresse"),
        help_text=_(
            "Quelques lettres sans accent : « metiers-2026 ». La même adresse met à jour le référentiel déjà là."
        ),
        max_length=40,
        error_messages={"invalid": _("Seulement des lettres sans accent, des chiffres et des tirets.")},
    )
    version = forms.CharField(label=_("Version"), max_length=40, required=False)
    credit = forms.CharField(
        label=_("Auteur et licence"),
        help_text=_("Dit partout où une entrée de ce référentiel est montrée."),
        max_length=LABEL_MAX,
        required=False,
    )
    table = forms.CharField(
        label=_("Le tableau"),
        help_text=_(
            "Collez les lignes, la première avec les noms des colonnes : code, label, parent, alternatives"
            " (séparées par « ; » dans des guillemets, ou par « | »)."
        ),
        widget=forms.Textarea,
        max_length=TABLE_MAX,
        error_messages={
            "required": _("Collez le tableau."),
            "max_length": _("Ce tableau est trop long pour une page : passez par la commande."),
        },
    )
