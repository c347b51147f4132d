"""What every stored row shares: a public identifier, and one safe door for changes of state."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import new_id

One = TypeVar("One", bound=models.Model)

ALREADY_CHANGED = _("Cela a changé entre-temps. Rechargez la page pour voir où en sont les choses.")


class Row(models.Model):
    """Base of the rows that have an address: a random public identifier, never the numeric key."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)

    class Meta:
        abstract = True


def move(
    row: models.Model,
    to: str,
    *,
    since: Iterable[str],
    field: str = "state",
    sentence: Any = None,
    **changes: Any,
) -> None:
    """Move one row to state `to` only if it is still in one of the states `since`.

    A conditional update expecting one row is safe on both databases: of two people who answer at the same
    instant one succeeds, the other gets the sentence. Raises ValidationError.
    """
    changes = {field: to, **changes}
    done = type(row)._default_manager.filter(pk=row.pk, **{f"{field}__in": list(since)}).update(**changes)
    if not done:
        raise ValidationError(sentence or ALREADY_CHANGED, code="changed")
    for name, value in changes.items():
        setattr(row, name, value)


def the_one(rows: models.QuerySet[One] | models.Manager[One], public_id: str) -> One:
    """Return, of the rows that somebody may see, the one with this identifier; `NotThere` when it is not among them."""
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotThere
    return row
