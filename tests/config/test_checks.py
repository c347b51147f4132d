"""Unsafe combinations of settings are refused at start."""

from __future__ import annotations

from typing import Any

import pytest

from reciproque.config.checks import check_settings


@pytest.mark.parametrize(
    ("demo", "testing", "address", "found"),
    [
        (True, False, "http://localhost:8000", []),
        (True, False, "http://127.0.0.1:8000", []),
        (True, False, "https://savoirs.example.org", ["reciproque.E001"]),
        (True, False, "http://localhost.example.org", ["reciproque.E001"]),
        (True, False, "http://127.example.org", ["reciproque.E001"]),
        (False, False, "https://savoirs.example.org", []),
        (False, False, "http://localhost:8000", ["reciproque.W001"]),
        (False, True, "http://localhost:8000", []),
    ],
)
def test_the_demo_door_stays_on_this_machine(
    settings: Any, demo: bool, testing: bool, address: str, found: list[str]
) -> None:
    settings.DEMO, settings.TESTING, settings.BASE_URL = demo, testing, address
    messages = check_settings(None)
    assert [message.id for message in messages] == found
    assert all(message.hint for message in messages)
