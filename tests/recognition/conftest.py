"""Somebody who is a member and nothing else: whoever sponsors, or is of human resources, sees nobody's skills."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reciproque.people.models import Person


@pytest.fixture
def hugo(make_person: Callable[..., Person], network: Any, join: Callable[..., Any]) -> Person:
    """A member."""
    person = make_person("Hugo", "Petit", email="hugo@example.org", unit="Siège", site="Paris")
    join(person, network)
    return person
