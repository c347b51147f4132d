"""Stop what is uncomfortable, in one gesture."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.exchanges.actions import leave_off, set_apart
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.moderation.queries import the_other
from reciproque.people.models import Person


@transaction.atomic
def stop_here(subject: Introduction | Exchange, *, by: Person, apart: bool = False) -> Person | None:
    """Stop an introduction or an exchange without a reason; `apart`: never be proposed that person again.

    Return the other person when there is only one.
    """
    other = the_other(subject, by)
    if apart and other is None:
        raise ValidationError(_("Dans un groupe, dites-le depuis la page de la personne."))
    leave_off(subject, by=by)
    if apart and other is not None:
        set_apart(by, other, by=by)
    return other
