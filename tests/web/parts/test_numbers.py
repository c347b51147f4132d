"""Numbers are taken as people write them, and what is no number is refused with a sentence that says how."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation

from reciproque.web.parts.numbers import NumberField


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2000", "2000"),
        ("2 000", "2000"),
        ("2\u00a0000", "2000"),
        ("1\u202f050,5", "1050.5"),
        ("1 234 567", "1234567"),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        (" 0 ", "0"),
        ("-3", "-3"),
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_number_is_taken_as_people_write_it(typed: str, number: str, language: str) -> None:
    with translation.override(language):
        assert NumberField().clean(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed", ["1,2,3", "20 00", "2  000", "1e9", "NaN", "٣", "beaucoup", "1,", "1 000.000.5"]
)
def test_what_is_no_number_is_told_how_to_be_written(typed: str) -> None:
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        NumberField().clean(typed)
    assert "comme ceci" in refused.value.messages[0]
    assert "2 000" in refused.value.messages[0]


def test_thousands_are_taken_as_pages_in_english_print_them() -> None:
    with translation.override("en"):
        assert [NumberField().clean(typed) for typed in ("1,200", "1,234,567.5", "0,500")] == [
            Decimal(1200),
            Decimal("1234567.5"),
            Decimal("0.5"),
        ]
    with translation.override("fr"):
        assert NumberField().clean("1,200") == Decimal("1.2")


def test_a_whole_number_is_an_int_and_nothing_else() -> None:
    field = NumberField(whole=True, min_value=5, required=False)
    found = field.clean("1\u00a0200")
    assert found == 1200
    assert isinstance(found, int)
    assert field.clean("") is None
    for typed in ("1,5", "4"):
        with pytest.raises(ValidationError):
            field.clean(typed)


@pytest.mark.parametrize(
    ("kept", "language", "shown"),
    [
        (Decimal("1500.50"), "fr", "1500,5"),
        (12.0, "fr", "12"),
        (100, "fr", "100"),
        (Decimal("35.50"), "en", "35.5"),
        ("1,2,3", "fr", "1,2,3"),
        (None, "fr", None),
    ],
)
def test_what_is_kept_is_shown_as_it_may_be_typed_again(kept: Any, language: str, shown: Any) -> None:
    with translation.override(language):
        assert NumberField().prepare_value(kept) == shown


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Ce que je sais est reconnu.", "Ce que je sais est reconnu</a>\u00a0: Choisissez."),
        ("Combien\u00a0?", "Combien\u00a0?</a> Choisissez."),
        ("Titre", "Titre</a>\u00a0: Choisissez."),
    ],
)
def test_the_summary_of_errors_puts_no_stop_before_a_colon(label: str, said: str) -> None:
    from django import forms

    class One(forms.Form):
        it = forms.CharField(label=label, error_messages={"required": "Choisissez."})

    with translation.override("fr"):
        drawn = Template("{% load parts %}{% errors form %}").render(Context({"form": One({})}))
    assert said in drawn
