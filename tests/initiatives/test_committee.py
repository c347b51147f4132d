"""The committee: mandates, what the hierarchy is told, its own posture twice a year, obstacles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.initiatives import actions
from reciproque.initiatives.access import get_note, is_committee
from reciproque.initiatives.models import CommitteeMember, Frame, HierarchyNote, WorkGroup
from reciproque.initiatives.queries import committee_desk, committee_of, former_committee, postures_of
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.people.models import Person

MAY = dt.datetime(2026, 5, 11, 9, tzinfo=dt.UTC)


def test_the_first_chairs_and_there_is_one_chair(
    frame: Frame, committee: list[CommitteeMember], alice: Person, dora: Person, chloe: Person, bob: Person
) -> None:
    assert [(row.person, row.chairs) for row in committee_of(frame)] == [(dora, True), (chloe, False)]
    with pytest.raises(PermissionDenied):
        actions.join_committee(frame, by=bob, person=bob)
    with pytest.raises(ValidationError, match="déjà partie"):
        actions.join_committee(frame, by=alice, person=dora)
    with pytest.raises(PermissionDenied):
        actions.name_chair(committee[1], by=bob)
    actions.name_chair(committee[1], by=dora)
    assert [(row.person, row.chairs) for row in committee_of(frame)] == [(chloe, True), (dora, False)]
    actions.leave_committee(CommitteeMember.objects.get(person=chloe), by=chloe)
    actions.leave_committee(CommitteeMember.objects.get(person=chloe), by=chloe)
    assert [(row.person, row.chairs) for row in committee_of(frame)] == [(dora, True)]
    assert [row.person for row in former_committee(frame)] == [chloe]
    # Somebody who left may come back.
    actions.join_committee(frame, by=alice, person=chloe)


def test_a_mandate_ends_on_its_day(frame: Frame, alice: Person, bob: Person, dora: Person) -> None:
    actions.join_committee(frame, by=alice, person=bob, until=dt.date(2026, 3, 10))
    with clock.at(dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)):
        assert is_committee(bob, frame)
    with clock.at(dt.datetime(2026, 3, 11, 12, tzinfo=dt.UTC)):
        assert not is_committee(bob, frame)
        actions.join_committee(frame, by=alice, person=dora)
        assert [(row.person, row.chairs) for row in committee_of(frame)] == [(dora, True)]


def test_the_hierarchy_is_told_and_says_that_it_read(
    working: Frame,
    alice: Person,
    bob: Person,
    dora: Person,
    make_person: Callable[..., Person],
    said: Callable[[str], list[Any]],
) -> None:
    director = make_person("Directeur")
    with pytest.raises(PermissionDenied):
        actions.write_note(working, by=bob, person=director, what="Le point", due_on=dt.date(2026, 3, 9))
    note = actions.write_note(working, by=alice, person=director, what="Le point", due_on=dt.date(2026, 3, 9))
    [step] = Step.objects.about(note).open()
    assert (step.verb, step.owner, step.due_at) == (
        Verb.INFORM,
        alice,
        dt.datetime(2026, 3, 9, 17, tzinfo=dt.UTC),
    )
    # Not theirs to read until it is sent; nobody else's afterwards.
    with pytest.raises(NotThere):
        get_note(director, note.public_id)
    with pytest.raises(ValidationError, match="pas encore partie"):
        actions.acknowledge_note(note, by=director)
    actions.send_note(note, by=dora)
    with pytest.raises(ValidationError, match="déjà partie"):
        actions.send_note(note, by=alice)
    assert get_note(director, note.public_id) == note
    with pytest.raises(NotThere):
        get_note(bob, note.public_id)
    [step] = Step.objects.about(note).open()
    assert (step.verb, step.owner) == (Verb.ACK, director)
    assert committee_desk(working, dora).notes == [note]
    with pytest.raises(PermissionDenied):
        actions.acknowledge_note(note, by=dora)
    for _n in range(2):
        actions.acknowledge_note(note, by=director)
    assert not Step.objects.about(note).open().exists()
    assert len(said("note_up.acknowledged")) == 1
    assert HierarchyNote.objects.get().acknowledged_at == clock.now()


def test_the_committee_is_told_once_of_a_note_that_nobody_acknowledged(
    working: Frame,
    alice: Person,
    dora: Person,
    chloe: Person,
    make_person: Callable[..., Person],
    said: Callable[[str], list[Any]],
) -> None:
    director = make_person("Directeur")
    note = actions.write_note(working, by=alice, person=director, what="Le point", due_on=dt.date(2026, 3, 9))
    actions.send_note(note, by=alice)
    [step] = Step.objects.about(note).open()
    with clock.at(step.due_at):
        assert actions.tell_unread() == 0
    with clock.at(step.due_at + dt.timedelta(hours=1)):
        assert actions.tell_unread() == 1
        assert actions.tell_unread() == 0
    [fact] = said("note_up.unread")
    assert set(fact.data["to"]) == {alice.public_id, dora.public_id, chloe.public_id}


def test_the_committee_looks_at_its_posture_twice_a_year(
    working: Frame, dora: Person, chloe: Person, alice: Person, bob: Person
) -> None:
    assert actions.ask_postures() == 0  # in March
    with clock.at(MAY):
        assert actions.ask_postures() == 2
        assert actions.ask_postures() == 0
        actions.check_posture(working, by=dora, listens=3, lifts=2, answers=4, words="Nous lisons mieux")
        actions.check_posture(working, by=dora, listens=2, lifts=2, answers=4)
        with pytest.raises(ValidationError):
            actions.check_posture(working, by=dora, listens=5, lifts=2, answers=4)
        with pytest.raises(PermissionDenied):
            actions.check_posture(working, by=alice, listens=3, lifts=2, answers=4)
        steps = Step.objects.filter(verb=Verb.POSTURE)
        assert {step.owner: step.state for step in steps} == {dora: StepState.DONE, chloe: StepState.OPEN}
    with clock.at(MAY + dt.timedelta(days=40)):
        assert actions.close_postures() == 1
        # Not asked again in the same half-year.
        assert actions.ask_postures() == 0
    with clock.at(dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)):
        assert actions.ask_postures() == 2


def test_too_few_answers_say_nothing_of_anybody(
    working: Frame, dora: Person, chloe: Person, bob: Person, alice: Person, make_person: Any
) -> None:
    more = [make_person(name, "Comité") for name in ("Ugo", "Vera")]
    for person in (bob, *more):
        actions.join_committee(working, by=alice, person=person)
    for person in (dora, chloe, *more):
        actions.check_posture(working, by=person, listens=4, lifts=1, answers=2, words=f"De {person}")
    [few] = postures_of(working)
    assert (few.season, few.answers, few.listens, few.words) == ("2026-S1", 4, None, [])
    actions.check_posture(working, by=bob, listens=1, lifts=1, answers=2)
    [enough] = postures_of(working)
    assert (enough.answers, enough.listens) == (5, 3.4)
    assert len(enough.words) == 4


def test_an_obstacle_is_a_group_s_and_answered_with_reasons(
    working: Frame, group: WorkGroup, bob: Person, chloe: Person, dora: Person, fatou: Person
) -> None:
    with pytest.raises(PermissionDenied):
        actions.raise_obstacle(working, by=chloe, words="Pas mon groupe", group=group)
    with pytest.raises(PermissionDenied):
        actions.raise_obstacle(working, by=fatou, words="De loin")
    with pytest.raises(ValidationError):
        actions.raise_obstacle(working, by=bob, words="", group=group)
    obstacle = actions.raise_obstacle(working, by=bob, words="Pas de salle le jeudi", group=group)
    assert committee_desk(working, dora).obstacles == [obstacle]
    with pytest.raises(PermissionDenied):
        actions.settle_obstacle(obstacle, by=bob, lifted=True, reasons="Trouvée")
    actions.settle_obstacle(obstacle, by=dora, lifted=True, reasons="La salle 3 est réservée")
    assert committee_desk(working, dora).obstacles == []
    with pytest.raises(ValidationError):
        actions.settle_obstacle(obstacle, by=chloe, lifted=False, reasons="Non")
