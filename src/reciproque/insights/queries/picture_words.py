"""How numbers are written beside a picture: told, masked, or not told; and how a picture is read."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from reciproque.insights.rules import MASKED, WHY_MASKED

# A number, None where it is masked, or in words why there is none yet.
Told = int | str | None


def told(value: Told) -> str | int:
    """Write a number in a table, or that it is masked."""
    return str(MASKED) if value is None else value


def untold() -> str:
    """Say of a number that it was not published."""
    return _("pas publié")


def keyed(*sentences: str, hidden: str = "") -> str:
    """Say how to read a picture; `hidden`: how what is masked is drawn, when something is."""
    return " ".join([*(one for one in sentences if one), *([hidden, str(WHY_MASKED)] if hidden else [])])


def percent(part: int | None, whole: int | None) -> int | None:
    """Return a share in a hundred, or None when it cannot be said."""
    return round(100 * part / whole) if whole and part is not None else None


def days_of(number: float) -> str:
    """Write a number of days: to the tenth, unless it is whole."""
    return number_format(number, decimal_pos=0 if float(number).is_integer() else 1)


def rate(value: Told) -> str:
    return _("%(n)s %%") % {"n": value} if isinstance(value, int) else str(told(value))
