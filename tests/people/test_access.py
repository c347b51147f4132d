"""Who is there, and who runs the installation."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser

from reciproque.people.access import can_administer, is_present
from reciproque.people.actions import change_profile, import_people, leave_organisation


def test_presence_and_administration(everyone: dict[str, Any], make_person: Any) -> None:
    gone = make_person("Paul", is_superuser=True)
    leave_organisation(gone, by=None)
    cast = everyone | {"nobody": None, "anonymous": AnonymousUser(), "gone": gone}
    present = {name for name, person in cast.items() if is_present(person)}
    assert present == set(everyone)
    assert {name for name, person in cast.items() if can_administer(person)} == {"admin"}


def test_whose_gestures_are_taken(everyone: dict[str, Any], verdict: Any, bob: Any) -> None:
    table = {
        "change_profile": (lambda by: change_profile(bob, by=by, phone="0102030405"), {"admin", "bob"}),
        "leave_organisation": (lambda by: leave_organisation(bob, by=by), {"admin"}),
    }
    for verb, (gesture, allowed) in table.items():
        for name, person in everyone.items():
            expected = "yes" if name in allowed else "no"
            assert verdict(lambda: gesture(person)) == expected, f"{name}: {verb}"  # noqa: B023


def test_the_command_line_needs_nobody(db: None) -> None:
    assert import_people([], by=None) == {}
