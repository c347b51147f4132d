"""Numbers as people write them: « 2 000 », « 1,5 » or « 1.5 », whatever the language of the page."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# A plain space, and the three that keep a number on one line: no-break, narrow no-break, thin.
_SPACE = "[ \u00a0\u202f\u2009]"
_NUMBER = re.compile(rf"([-+]?)(\d{{1,3}}(?:{_SPACE}\d{{3}})+|\d+)(?:[.,](\d+))?", re.ASCII)
# As pages in English print thousands.
_ENGLISH = re.compile(r"([-+]?)([1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?", re.ASCII)
_HOW = _("Écrivez un nombre comme ceci : 2000, 2 000 ou 1,5.")
_HOW_WHOLE = _("Écrivez un nombre entier comme ceci : 2000 ou 2 000.")


def plain(text: str) -> str | None:
    """Return what was typed as a program writes numbers, « 2000.5 »; None when it is not one number."""
    text = text.strip()
    found = (_is_english() and _ENGLISH.fullmatch(text)) or _NUMBER.fullmatch(text)
    if not found:
        return None
    sign, whole, rest = found.groups()
    return sign + re.sub(rf"{_SPACE}|,", "", whole) + (f".{rest}" if rest else "")


def _is_english() -> bool:
    return (get_language() or "fr").startswith("en")


class NumberField(forms.DecimalField):
    """A number, whole or not, typed as people write them."""

    default_error_messages = {"invalid": _HOW}
    whole = False

    def __init__(self, *, whole: bool = False, **more: Any) -> None:
        self.whole = whole
        if whole:
            more = {"decimal_places": 0, **more}
            more["error_messages"] = {"invalid": _HOW_WHOLE, "max_decimal_places": _HOW_WHOLE} | more.get(
                "error_messages", {}
            )
        # A box for numbers of the browser refuses spaces, and some send nothing of what was typed.
        more.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric" if whole else "decimal"}))
        super().__init__(**more)

    def to_python(self, value: Any) -> Any:
        """Return a number, an `int` where only whole ones are asked; ValidationError says how to write it."""
        if isinstance(value, str) and value.strip():
            value = plain(value)
            if value is None:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        """Return the checked number, an `int` where only whole ones are asked."""
        number = super().clean(value)
        return int(number) if self.whole and isinstance(number, Decimal) else number

    def prepare_value(self, value: Any) -> Any:
        """Write a number kept before as people of the page's language do; what was typed stays as it was."""
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            return value
        short = f"{Decimal(str(value)):f}"
        short = short.rstrip("0").rstrip(".") if "." in short else short
        return short if _is_english() else short.replace(".", ",")
