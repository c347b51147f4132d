"""Step three: the rules the group gives itself, signed by each."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.circles import actions
from reciproque.circles.queries import current_group_charter, flags, signatures

CHARTER = {"text": "Ce qui se dit ici reste ici.", "leaving": "Les fiches, avec l’accord de chacun."}


def test_the_facilitator_writes_it_and_each_is_asked_to_sign(
    made: Any, facilitator: Any, members: Any, alice: Any, owed: Any, said: Any
) -> None:
    circle = made(5)
    for person in (alice, members(circle)[0]):
        with pytest.raises(PermissionDenied):
            actions.write_charter(circle, by=person, **CHARTER)
    for wrong in ({"text": ""}, {"leaving": ""}, {"text": "x" * 4001}):
        with pytest.raises(ValidationError):
            actions.write_charter(circle, by=facilitator, **(CHARTER | wrong))
    actions.write_charter(circle, by=facilitator, **CHARTER)
    assert [verb for verb, _name in owed(circle)].count("pledge") == 6
    assert "Ce qui se dit" not in str([fact.data for fact in said("group_charter.written")])


def test_signed_by_members_and_the_facilitator_alone(
    made: Any, facilitator: Any, members: Any, alice: Any, bob: Any, owed: Any, said: Any
) -> None:
    circle = made(5)
    actions.write_charter(circle, by=facilitator, **CHARTER)
    for person in (alice, bob):
        with pytest.raises(PermissionDenied):
            actions.sign_group_charter(circle, by=person, version=1)
    for person in [facilitator, *members(circle)]:
        actions.sign_group_charter(circle, by=person, version=1)
        actions.sign_group_charter(circle, by=person, version=1)
    assert signatures(circle).complete
    assert len(said("group_charter.signed")) == 6
    assert "pledge" not in [verb for verb, _name in owed(circle)]


def test_changed_after_signatures_it_is_signed_again(
    made: Any, facilitator: Any, members: Any, owed: Any
) -> None:
    circle = made(5)
    actions.write_charter(circle, by=facilitator, **CHARTER)
    for person in [facilitator, *members(circle)]:
        actions.sign_group_charter(circle, by=person, version=1)
    assert actions.write_charter(circle, by=facilitator, **CHARTER).version == 1  # the same words
    actions.write_charter(circle, by=facilitator, **(CHARTER | {"leaving": "Rien."}))
    seen = signatures(circle)
    assert seen.charter is not None
    assert seen.charter.version == 2
    assert len(seen.missing) == 6
    assert [verb for verb, _name in owed(circle)].count("pledge") == 6
    with pytest.raises(ValidationError, match="vient de changer"):
        actions.sign_group_charter(circle, by=facilitator, version=1)


def test_the_sessions_begin_once_it_is_written_and_its_facilitator_signed(
    made: Any, facilitator: Any, members: Any, said: Any
) -> None:
    circle = made(5)
    with pytest.raises(ValidationError, match="Écrivez d’abord"):
        actions.begin_sessions(circle, by=facilitator)
    actions.write_charter(circle, by=facilitator, **CHARTER)
    with pytest.raises(ValidationError, match="Signez d’abord"):
        actions.begin_sessions(circle, by=facilitator)
    actions.sign_group_charter(circle, by=facilitator, version=1)
    with pytest.raises(PermissionDenied):
        actions.begin_sessions(circle, by=members(circle)[0])
    actions.begin_sessions(circle, by=facilitator)
    actions.begin_sessions(circle, by=facilitator)
    assert len(said("circle.began")) == 1
    assert [flag.kind for flag in flags(circle)] == ["unsigned"]


def test_none_before_the_group_is_made(call: Any, facilitator: Any, alice: Any) -> None:
    circle = call()
    actions.name_facilitator(circle, by=alice, person=facilitator)
    with pytest.raises(ValidationError):
        actions.write_charter(circle, by=facilitator, **CHARTER)
    assert current_group_charter(circle) is None
