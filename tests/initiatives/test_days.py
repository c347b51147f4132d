"""A launch day: who plans it, its times and rooms, its life, what is told when it moves or is cancelled."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.initiatives.actions.days import (
    cancel_day,
    close_day,
    close_forgotten_days,
    edit_day,
    open_day,
    plan_day,
)
from reciproque.initiatives.actions.seats import sign_up
from reciproque.initiatives.actions.subjects import add_subject, place_subject
from reciproque.initiatives.models import DayRoom, Frame, LaunchDay, SignUp, WallSubject
from reciproque.initiatives.queries.days import days_of, grid, projector, timetable, version_of_day, wall
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from tests.initiatives.launch import HOUR, ROOMS, day_of, frame_at_launch, helper_of, slots_from


@pytest.fixture
def frame(network: Any, alice: Any) -> Frame:
    return frame_at_launch(network, alice)


@pytest.fixture
def day(frame: Frame, alice: Any) -> LaunchDay:
    return day_of(frame, alice)


def sentence(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(error.value.messages).replace("\u00a0", " ")


def test_those_who_frame_and_the_pool_for_it_plan_a_day_nobody_else(
    frame: Frame, network: Any, alice: Any, bob: Any, dora: Any, emile: Any, fatou: Any
) -> None:
    helper_of(network, dora, alice, "launch")
    for person in (alice, dora, emile):
        assert day_of(frame, person).planned_by == person
    for person in (bob, fatou):
        with pytest.raises(PermissionDenied):
            day_of(frame, person)


def test_a_day_planned_twice_with_one_key_is_planned_once(frame: Frame, alice: Any, said: Any) -> None:
    key = new_id()
    assert day_of(frame, alice, key=key) == day_of(frame, alice, key=key)
    assert len(said("launch_day.planned")) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": "x"}, "3 à 160"),
        ({"place": " "}, "où l’on se retrouve"),
        ({"slots": []}, "au moins un créneau"),
        ({"rooms": []}, "au moins une salle"),
        ({"rooms": [("A", 2), ("a", 3)]}, "même nom"),
        ({"rooms": [("A", 0)]}, "1 à 500 places"),
        ({"rooms": [(f"Salle {n}", 2) for n in range(41)]}, "40 salles"),
    ],
)
def test_an_impossible_day_is_refused_with_a_sentence(
    frame: Frame, alice: Any, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError) as error:
        day_of(frame, alice, **fields)
    assert words in sentence(error)


def test_slots_that_cross_or_are_past_or_begin_before_the_welcome_are_refused(
    frame: Frame, alice: Any
) -> None:
    now = clock.now()
    for slots, words in (
        ([(now + HOUR, now + 3 * HOUR), (now + 2 * HOUR, now + 4 * HOUR)], "se chevauchent"),
        ([(now + HOUR, now + HOUR)], "après son début"),
        (slots_from(now - HOUR), "jour à venir"),
        ([(now + HOUR, now + 2 * HOUR), (now + 50 * HOUR, now + 51 * HOUR)], "deux jours"),
    ):
        with pytest.raises(ValidationError) as error:
            day_of(frame, alice, slots=slots)
        assert words in sentence(error)
    with pytest.raises(ValidationError) as error:
        day_of(frame, alice, starts_at=now + 2 * HOUR)
    assert "accueil" in sentence(error)


def test_a_day_opens_after_the_vote_and_closes_once(frame: Frame, alice: Any, bob: Any, said: Any) -> None:
    day = day_of(frame, alice)
    Frame.objects.filter(pk=frame.pk).update(phase="frame")
    day.frame.refresh_from_db()
    with pytest.raises(ValidationError) as error:
        open_day(day, by=alice)
    assert "vote du panel" in sentence(error)
    Frame.objects.filter(pk=frame.pk).update(phase="launch")
    day.frame.refresh_from_db()
    with pytest.raises(PermissionDenied):
        open_day(day, by=bob)
    open_day(day, by=alice)
    open_day(day, by=alice)  # the same button pressed twice
    assert (day.state, len(said("launch_day.opened"))) == ("open", 1)
    close_day(day, by=alice)
    with pytest.raises(ValidationError):
        open_day(day, by=alice)


def test_a_cancelled_day_says_why_tells_who_had_a_place_and_stays_readable(
    day: LaunchDay, alice: Any, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    subject = add_subject(day, by=bob, title="Répondre le jour même")
    sign_up(subject, by=chloe)
    with pytest.raises(ValidationError) as error:
        cancel_day(day, by=alice, reason=" ")
    assert "Dites pourquoi" in sentence(error)
    cancel_day(day, by=alice, reason="La salle est inondée.")
    [fact] = said("launch_day.cancelled")
    assert set(fact.concerns.values_list("person", flat=True)) == {alice.pk, bob.pk, chloe.pk}
    assert "inondée" not in str(fact.data)
    assert [card.subject for column in wall(day, dora) for card in column.cards] == [subject]
    for gesture in (
        lambda: add_subject(day, by=bob, title="Un autre sujet"),
        lambda: sign_up(subject, by=dora),
        lambda: place_subject(subject, by=alice),
    ):
        with pytest.raises(ValidationError) as error:
            gesture()
        assert "annulée" in sentence(error)
    assert SignUp.objects.filter(state="seated").count() == 1


def test_who_signed_up_as_the_day_was_cancelled_is_refused(day: LaunchDay, alice: Any, bob: Any) -> None:
    """A page loaded before the cancellation: the row in hand still says planned."""
    subject = add_subject(day, by=alice, title="Répondre le jour même")
    stale = WallSubject.objects.select_related("day__frame__network").get(pk=subject.pk)
    cancel_day(day, by=alice, reason="Grève.")
    with pytest.raises(ValidationError) as error:
        sign_up(stale, by=bob)
    assert "annulée" in sentence(error)
    assert not SignUp.objects.exists()


def test_times_move_with_their_subjects_and_what_holds_one_stays(
    day: LaunchDay, alice: Any, bob: Any, said: Any
) -> None:
    slots, rooms = timetable(day)
    subject = add_subject(day, by=bob, title="Répondre le jour même")
    place_subject(subject, by=alice, slot=slots[2].public_id, room=rooms[1].public_id)
    fields: dict[str, Any] = {"title": day.title, "place": day.place, "rooms": ROOMS, "by": alice}
    later = slots_from(clock.now() + 2 * HOUR)  # each slot takes the next one's hour
    edit_day(day, slots=later, **fields)
    subject.refresh_from_db()
    assert subject.slot == slots[2]
    assert subject.slot is not None
    assert (subject.slot.starts_at, subject.slot.ends_at) == later[2]
    assert [slot.starts_at for slot in timetable(day)[0]] == [start for start, _end in later]
    assert len(said("launch_day.edited")) == 1
    with pytest.raises(ValidationError) as error:
        edit_day(day, slots=later[:2], **fields)
    assert "Répondre le jour même" in sentence(error)
    with pytest.raises(ValidationError) as error:
        edit_day(day, slots=later, **(fields | {"rooms": [ROOMS[0]]}))
    assert "déplacez d’abord" in sentence(error)
    edit_day(day, slots=[*later, (later[2][1], later[2][1] + HOUR)], **(fields | {"rooms": ROOMS[:2]}))
    assert [len(rows) for rows in timetable(day)] == [4, 2]


def test_a_smaller_room_sends_the_last_ones_to_the_waiting_list(
    day: LaunchDay, alice: Any, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    slots, rooms = timetable(day)
    subject = add_subject(day, by=alice, title="Répondre le jour même")
    place_subject(subject, by=alice, slot=slots[0].public_id, room=rooms[1].public_id)
    for person in (bob, chloe, dora):
        sign_up(subject, by=person)
    times = [(slot.starts_at, slot.ends_at) for slot in slots]
    smaller = [ROOMS[0], ("Salle Curie", 2), ROOMS[2]]
    edit_day(day, by=alice, title=day.title, place=day.place, slots=times, rooms=smaller)
    states = dict(SignUp.objects.values_list("person", "state"))
    assert states == {bob.pk: "seated", chloe.pk: "seated", dora.pk: "waiting"}
    assert len(said("sign_up.waiting")) == 1
    assert DayRoom.objects.get(name="Salle Curie") == rooms[1]


def test_the_clock_closes_a_day_that_nobody_closed(frame: Frame, alice: Any) -> None:
    day = day_of(frame, alice, opened=True)
    with clock.at(day.ends_at + dt.timedelta(hours=11)):
        assert close_forgotten_days() == 0
    with clock.at(day.ends_at + dt.timedelta(hours=13)):
        assert close_forgotten_days() == 1
        assert close_forgotten_days() == 0
    day.refresh_from_db()
    assert day.state == "closed"


def test_a_day_of_a_network_that_is_over_is_not_planned(frame: Frame, alice: Any) -> None:
    Frame.objects.filter(pk=frame.pk).update(phase="over", closed_at=clock.now())
    frame.refresh_from_db()
    with pytest.raises(ValidationError):
        plan_day(
            frame, by=alice, title="Encore", slots=slots_from(clock.now() + HOUR), rooms=ROOMS, place="Ici"
        )


def test_the_wall_the_grid_and_the_screen_cost_the_same_for_few_and_many(
    day: LaunchDay, alice: Any, bob: Any, chloe: Any, queries: Any
) -> None:
    def cost() -> tuple[int, int, int]:
        with queries() as on_wall:
            wall(day, bob)
        with queries() as in_grid:
            grid(day, bob)
        with queries() as on_screen:
            projector(day)
        return len(on_wall), len(in_grid), len(on_screen)

    first = add_subject(day, by=alice, title="Un premier sujet", seats=1)
    sign_up(first, by=chloe)
    sign_up(first, by=bob)
    few = cost()
    slots, rooms = timetable(day)
    for n in range(12):
        subject = add_subject(day, by=chloe, title=f"Sujet numéro {n}", seats=1)
        sign_up(subject, by=chloe)
        sign_up(subject, by=bob)
        if n < 9:
            place_subject(subject, by=alice, slot=slots[n % 3].public_id, room=rooms[n // 3].public_id)
    assert cost() == few == (6, 7, 6)


def test_the_screen_says_its_version_and_names_nobody_who_signed_up(
    day: LaunchDay, alice: Any, bob: Any
) -> None:
    before = version_of_day(day)
    subject = add_subject(day, by=alice, title="Répondre le jour même")
    sign_up(subject, by=bob)
    shown = projector(day)
    assert shown.version == version_of_day(day) == before + 2
    assert (shown.total, shown.reported) == (1, 0)
    [card] = shown.grid.unplaced
    assert (card.seated, card.mine, card.hosts) == (1, "", [alice])


def test_two_subjects_of_one_host_at_one_time_are_said(day: LaunchDay, alice: Any, bob: Any) -> None:
    slots, rooms = timetable(day)
    for n, title in enumerate(["Le premier", "Le second"]):
        subject = add_subject(day, by=bob, title=title)
        place_subject(subject, by=alice, slot=slots[0].public_id, room=rooms[n].public_id)
    assert grid(day, alice).clashes == [(bob, ["Le premier", "Le second"])]
    assert days_of(day.frame)[0].subjects_there == 2  # type: ignore[attr-defined]
