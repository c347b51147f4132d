"""The animators' pool, notes about members, and the part of a network that an animator holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.access import (
    accompanies,
    can_settle,
    get_accompanied,
    get_note,
    get_pool_member,
    is_animator,
    may_mediate,
    require_settler,
    scope_of,
)
from reciproque.networks.actions import (
    add_to_pool,
    change_capacity,
    change_pool_member,
    change_settings,
    grant_role,
    leave_pool,
    note_training,
    remove_note,
    withdraw_role,
    write_note,
)
from reciproque.networks.models import Note
from reciproque.networks.queries import (
    animators_of,
    mediators_of,
    most_at_once,
    notes_about,
    notes_on,
    pool_of,
)
from reciproque.people.actions import get_site, get_unit

DAY = dt.timedelta(days=1)


def test_someone_joins_changes_and_leaves_the_pool(
    network: Any, alice: Any, bob: Any, chloe: Any, said: Any
) -> None:
    row = add_to_pool(network, bob, by=alice, abilities=["fair", "mediate", "x"], at_most=2)
    assert row.abilities == ["mediate", "fair"]
    assert most_at_once(network) == {bob.pk: 2}
    assert mediators_of(network) == [chloe, bob]  # by role, then by the pool: in order of names
    assert may_mediate(bob, network)
    change_pool_member(row, by=bob, abilities=["fair"], availability=" le jeudi ", at_most=1)
    assert mediators_of(network) == [chloe]
    assert not may_mediate(bob, network)
    (shown,) = pool_of(network)
    assert (shown.availability, shown.at_most) == ("le jeudi", 1)
    for _time in range(2):
        leave_pool(row, by=bob)
    assert pool_of(network) == []
    assert [len(said(f"pool.{verb}")) for verb in ("joined", "changed", "left")] == [1, 1, 1]
    with pytest.raises(ValidationError, match="n’est plus dans"):
        change_pool_member(row, by=bob, abilities=["launch"])
    add_to_pool(network, bob, by=alice, abilities=["launch"])  # back again


def test_the_pool_refuses_with_a_sentence(network: Any, alice: Any, bob: Any, fatou: Any) -> None:
    with pytest.raises(ValidationError, match="Cochez au moins une chose"):
        add_to_pool(network, bob, by=alice, abilities=[])
    with pytest.raises(ValidationError, match="de 1 à 20"):
        add_to_pool(network, bob, by=alice, abilities=["fair"], at_most=0)
    with pytest.raises(ValidationError, match="ne fait pas partie"):
        add_to_pool(network, fatou, by=alice, abilities=["fair"])
    with pytest.raises(PermissionDenied):
        add_to_pool(network, bob, by=bob, abilities=["fair"])
    row = add_to_pool(network, bob, by=alice, abilities=["fair"])
    with pytest.raises(ValidationError, match="déjà dans"):
        add_to_pool(network, bob, by=alice, abilities=["fair"])
    for gesture in (
        lambda: change_pool_member(row, by=fatou, abilities=["fair"]),
        lambda: leave_pool(row, by=fatou),
        lambda: note_training(row, by=fatou, subject="x", done_on=clock.now().date()),
    ):
        with pytest.raises(PermissionDenied):
            gesture()


def test_trainings_are_noted_once(network: Any, alice: Any, bob: Any) -> None:
    row, today = add_to_pool(network, bob, by=alice, abilities=["fair"]), clock.now().date()
    for _time in range(2):
        note_training(row, by=alice, subject=" Mener une médiation ", done_on=today)
    (shown,) = pool_of(network)
    assert [training.subject for training in shown.trainings.all()] == ["Mener une médiation"]
    with pytest.raises(ValidationError, match="pas encore passée"):
        note_training(row, by=alice, subject="Autre", done_on=today + DAY)
    with pytest.raises(ValidationError, match="sur quoi portait"):
        note_training(row, by=alice, subject=" ", done_on=today)


def test_who_sees_the_pool(network: Any, alice: Any, bob: Any, chloe: Any, fatou: Any) -> None:
    row = add_to_pool(network, bob, by=alice, abilities=["fair"])
    assert get_pool_member(alice, row.public_id, network) == row
    assert get_pool_member(bob, row.public_id, network) == row
    for stranger in (chloe, fatou):
        with pytest.raises(NotThere):
            get_pool_member(stranger, row.public_id, network)


def test_notes_are_the_animation_team_s_and_the_member_s_on_request(
    network: Any, alice: Any, bob: Any, chloe: Any, member: Any, said: Any
) -> None:
    membership = member(bob)
    note = write_note(membership, by=alice, words=" Préfère le matin ")
    assert write_note(membership, by=alice, words="Préfère le matin") == note  # pressed twice
    assert [row.words for row in notes_about(membership)] == ["Préfère le matin"]
    assert [row.words for row in notes_on(bob)] == ["Préfère le matin"]
    (fact,) = said("note.written")
    assert "matin" not in str(fact.data)
    assert list(fact.concerns.values_list("person", flat=True)) == [alice.pk]
    for stranger in (bob, chloe):
        with pytest.raises(PermissionDenied):
            write_note(membership, by=stranger, words="x")
        with pytest.raises(PermissionDenied):
            remove_note(note, by=stranger)
        with pytest.raises(NotThere):
            get_note(stranger, note.public_id, network)
    with pytest.raises(ValidationError, match="quelques mots"):
        write_note(membership, by=alice, words="  ")
    with pytest.raises(ValidationError, match="trop longue"):
        write_note(membership, by=alice, words="x" * 2001)
    remove_note(get_note(alice, note.public_id, network), by=alice)
    assert notes_on(bob) == []
    assert Note.objects.get().words == ""


@pytest.fixture
def of_nantes(network: Any, alice: Any, emile: Any) -> Any:
    """Émile animates the site of Nantes."""
    return grant_role(network, emile, "animator", by=alice, site=get_site("Nantes"))


def test_an_animator_of_a_site_accompanies_its_people(
    network: Any, alice: Any, bob: Any, chloe: Any, emile: Any, of_nantes: Any, member: Any
) -> None:
    assert is_animator(emile, network)
    assert not can_settle(emile, network)
    assert accompanies(emile, network, bob)
    assert accompanies(emile, network, chloe, bob)  # one of the two is enough
    assert not accompanies(emile, network, chloe)
    assert get_accompanied(emile, bob.public_id, network) == member(bob)
    with pytest.raises(NotThere):
        get_accompanied(emile, chloe.public_id, network)
    with pytest.raises(NotThere):
        require_settler(emile, network.slug)
    change_capacity(member(bob), by=emile, give=1, receive=1)
    for gesture in (
        lambda: change_capacity(member(chloe), by=emile, give=1, receive=1),
        lambda: write_note(member(chloe), by=emile, words="x"),
        lambda: change_settings(network, by=emile, mediation="mediated"),
        lambda: grant_role(network, bob, "mediator", by=emile),
        lambda: add_to_pool(network, bob, by=emile, abilities=["fair"]),
    ):
        with pytest.raises(PermissionDenied):
            gesture()


def test_a_unit_holds_those_below_it(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, emile: Any
) -> None:
    grant_role(network, emile, "animator", by=alice, unit=get_unit("RH"))
    assert accompanies(emile, network, dora)
    assert accompanies(emile, network, chloe)  # of RH > Formation
    assert not accompanies(emile, network, bob)
    scope = scope_of(emile, network)
    people = type(bob).objects.filter(scope.people())
    assert set(people) == {chloe, dora}
    assert {one for one in (bob, chloe, dora) if scope.covers(one)} == {chloe, dora}


def test_who_is_told_depends_on_whom_it_is_about(
    network: Any, alice: Any, bob: Any, chloe: Any, emile: Any, of_nantes: Any
) -> None:
    assert animators_of(network) == [alice, emile]
    assert animators_of(network, about=[bob]) == [alice, emile]
    assert animators_of(network, about=[chloe]) == [alice]
    assert animators_of(network, about=[]) == [alice, emile]


def test_roles_and_parts_refuse_with_a_sentence(
    network: Any, alice: Any, bob: Any, emile: Any, of_nantes: Any
) -> None:
    with pytest.raises(ValidationError, match="Seule l’animation"):
        grant_role(network, bob, "mediator", by=alice, site=get_site("Nantes"))
    with pytest.raises(ValidationError, match="pas les deux"):
        grant_role(network, bob, "animator", by=alice, site=get_site("Nantes"), unit=get_unit("RH"))
    with pytest.raises(ValidationError, match="tient déjà"):
        grant_role(network, emile, "animator", by=alice)
    # Who holds a part does not keep the whole: its last animator stays.
    with pytest.raises(ValidationError, match="au moins une personne"):
        withdraw_role(network.roles.get(person=alice, role="animator"), by=alice)
    withdraw_role(of_nantes, by=alice)
    assert scope_of(emile, network) is None


def test_roles_given_before_are_for_the_whole_network(network: Any, alice: Any, admin: Any) -> None:
    for animator in (alice, admin):
        scope = scope_of(animator, network)
        assert scope is not None
        assert scope.whole
        assert can_settle(animator, network)
