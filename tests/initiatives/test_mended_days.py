"""A launch day whose times change, that nobody opens, or that somebody leaves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reciproque.agenda.models import Step
from reciproque.initiatives import actions
from reciproque.initiatives.models import DaySlot, Frame, LaunchDay, Panelist
from reciproque.initiatives.queries.showcase import showcase_of
from reciproque.kit import clock
from reciproque.web.initiatives.forms.days import LINES_MAX, DayForm, read_rooms, read_slots
from tests.initiatives.conftest import later
from tests.initiatives.launch import HOUR, ROOMS, day_of, slots_from


@pytest.fixture
def planned(working: Frame, alice: Any) -> LaunchDay:
    return day_of(working, alice)


@pytest.fixture
def dana(planned: LaunchDay, make_person: Any, join: Any) -> Any:
    return join(make_person("Dana", "Présente"), planned.frame.network).person


def concerned(said: Any, name: str) -> set[int]:
    return set(said(name)[-1].concerns.values_list("person", flat=True))


def edit(day: LaunchDay, by: Any, slots: Any, rooms: Any = ROOMS) -> LaunchDay:
    return actions.edit_day(day, by=by, title=day.title, slots=slots, rooms=rooms, place=day.place)


def test_a_slot_that_holds_a_subject_is_not_taken_away_from_the_middle(
    planned: LaunchDay, alice: Any, bob: Any
) -> None:
    slots, room = list(planned.slots.all()), planned.rooms.first()
    subject = actions.add_subject(planned, by=bob, title="Sujet du milieu")
    actions.place_subject(subject, by=bob, slot=slots[1].public_id, room=room.public_id)
    ends = [(slots[0].starts_at, slots[0].ends_at), (slots[2].starts_at, slots[2].ends_at)]
    with pytest.raises(ValidationError, match="Sujet du milieu"):
        edit(planned, alice, ends)
    subject.refresh_from_db()
    assert subject.slot == slots[1]
    # Its own hour kept, another one goes; the rest stays where it was.
    edit(planned, alice, [(slots[1].starts_at, slots[1].ends_at), ends[1]])
    subject.refresh_from_db()
    assert subject.slot.starts_at == slots[1].starts_at
    assert list(planned.slots.values_list("pk", flat=True)) == [slots[1].pk, slots[2].pk]


def test_another_day_keeps_each_hour_though_one_slot_goes(planned: LaunchDay, alice: Any, bob: Any) -> None:
    slots, room = list(planned.slots.all()), planned.rooms.first()
    subject = actions.add_subject(planned, by=bob, title="Sujet de la fin")
    actions.place_subject(subject, by=bob, slot=slots[2].public_id, room=room.public_id)
    week = dt.timedelta(days=7)
    edit(planned, alice, [(row.starts_at + week, row.ends_at + week) for row in (slots[0], slots[2])])
    subject.refresh_from_db()
    assert subject.slot.starts_at == slots[2].starts_at + week


def test_those_who_chose_a_slot_are_told_of_its_new_hour(
    planned: LaunchDay, alice: Any, bob: Any, dana: Any, said: Any
) -> None:
    slots, room = list(planned.slots.all()), planned.rooms.first()
    subject = actions.add_subject(planned, by=bob, title="Sujet de la fin")
    actions.place_subject(subject, by=bob, slot=slots[2].public_id, room=room.public_id)
    actions.sign_up(subject, by=dana)
    times = [(row.starts_at, row.ends_at) for row in slots]
    edit(planned, alice, times)
    assert concerned(said, "launch_day.edited") == {alice.pk}
    times[2] = (times[2][0] + 6 * HOUR, times[2][1] + 6 * HOUR)
    edit(planned, alice, times)
    assert concerned(said, "launch_day.edited") == {alice.pk, bob.pk, dana.pk}


def test_a_day_nobody_opened_ends_and_says_so(
    planned: LaunchDay, working: Frame, alice: Any, bob: Any, dana: Any, said: Any
) -> None:
    actions.show_blocks(working, by=alice, blocks=["days"])
    subject = actions.add_subject(planned, by=bob, title="Jamais tenu")
    actions.sign_up(subject, by=dana)
    with clock.at(planned.ends_at + dt.timedelta(hours=11)):
        assert actions.close_forgotten_days() == 0
        with pytest.raises(ValidationError, match="passée"):
            actions.open_day(planned, by=alice)
    with clock.at(planned.ends_at + dt.timedelta(hours=13)):
        assert actions.close_forgotten_days() == 1
        assert actions.close_forgotten_days() == 0
        planned.refresh_from_db()
        assert (planned.state, planned.cancel_reason) == ("cancelled", "Personne n’a ouvert cette journée.")
        assert concerned(said, "launch_day.cancelled") == {alice.pk, bob.pk, dana.pk}
        with pytest.raises(ValidationError):
            actions.add_subject(planned, by=bob, title="Un jour après")
        assert showcase_of(working.network).days == []


def test_a_planned_day_does_not_go_back_in_time(planned: LaunchDay, alice: Any) -> None:
    with pytest.raises(ValidationError) as error:
        edit(planned, alice, slots_from(clock.now() - dt.timedelta(days=40)))
    assert "slots" in error.value.message_dict


def test_two_rooms_that_differ_by_an_accent_are_refused(working: Frame, alice: Any) -> None:
    with pytest.raises(ValidationError) as error:
        actions.plan_day(
            working,
            by=alice,
            title="Journée",
            slots=slots_from(later(9)),
            rooms=[("Été", 5), ("Ete", 5)],
            place="Ici",
        )
    assert "rooms" in error.value.message_dict


def test_a_cancelled_day_asks_nobody_to_merge(planned: LaunchDay, alice: Any, bob: Any, dana: Any) -> None:
    first = actions.add_subject(planned, by=bob, title="Sujet un")
    second = actions.add_subject(planned, by=dana, title="Sujet deux")
    merge = actions.ask_merge(first, second, by=bob)
    assert Step.objects.about(merge).open().exists()
    actions.cancel_day(planned, by=alice, reason="Grève")
    merge.refresh_from_db()
    assert merge.state == "refused"
    assert not Step.objects.about(merge).open().exists()


def test_the_days_of_a_network_that_ends_end_with_it(
    planned: LaunchDay, working: Frame, alice: Any, bob: Any, said: Any
) -> None:
    actions.add_subject(planned, by=bob, title="Sujet un")
    going = day_of(working, alice, opened=True)
    actions.end_frame(working, by=alice)
    planned.refresh_from_db()
    going.refresh_from_db()
    assert (planned.state, planned.cancel_reason) == ("cancelled", "Le réseau apprenant est terminé.")
    assert going.state == "closed"
    assert bob.pk in concerned(said, "launch_day.cancelled")


def test_a_slot_gone_meanwhile_is_said_and_nothing_moves(
    planned: LaunchDay, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reciproque.initiatives.actions import subjects

    slot, room = planned.slots.all()[2], planned.rooms.first()
    subject = actions.add_subject(planned, by=bob, title="Sujet")
    hold = subjects.hold

    def held(*rows: Any) -> None:
        hold(*rows)
        DaySlot.objects.filter(pk=slot.pk).delete()

    monkeypatch.setattr(subjects, "hold", held)
    with pytest.raises(ValidationError, match="n’existe plus"):
        actions.place_subject(subject, by=bob, slot=slot.public_id, room=room.public_id)


def test_the_subject_of_a_planner_who_leaves_goes_to_another_animator(
    working: Frame, alice: Any, make_person: Any, join: Any
) -> None:
    other = join(make_person("Ada", "Relais"), working.network, "animator").person
    subject = actions.add_subject(day_of(working, alice), by=alice, title="Le sujet d’Alice")
    actions.leave_days(alice, working.network)
    subject.refresh_from_db()
    assert subject.host == other


def test_someone_of_the_panel_who_leaves_the_house_keeps_no_seat(
    working: Frame, alice: Any, make_person: Any
) -> None:
    guest = make_person("Dehors", "Panel")
    Panelist.objects.create(frame=working, person=guest, voted_at=clock.now())
    planned = day_of(working, alice)
    mine = actions.add_subject(planned, by=guest, title="Le mien")
    hers = actions.add_subject(planned, by=alice, title="Le sien", seats=1)
    assert [actions.sign_up(hers, by=one).state for one in (guest, alice)] == ["seated", "waiting"]
    group = actions.form_group(working, by=guest, name="Un groupe")
    guest.is_active, guest.left_at = False, clock.now()
    guest.save()
    actions.forget_person(guest)
    mine.refresh_from_db()
    assert mine.host == alice
    assert hers.sign_ups.get(person=alice).state == "seated"
    assert not group.members.filter(person=guest, left_at=None).exists()


def test_times_and_rooms_are_read_as_they_are_written() -> None:
    assert read_rooms("Salle Jaurès ; 25\nSalle  B:12 places\nVisio (40)\nHall\tbis\t9\nPréau") == [
        ("Salle Jaurès", 25),
        ("Salle B", 12),
        ("Visio", 40),
        ("Hall;bis", 9),
        ("Préau", 20),
    ]
    nine, ten = dt.time(9), dt.time(10, 30)
    assert read_slots("9 h – 10 h 30\n09:00-10:30\n9h à 10h30") == [(nine, ten)] * 3


def test_a_hostile_line_is_read_at_once_and_a_huge_one_is_refused() -> None:
    # In the time of a test: this line took a minute before.
    assert read_rooms("a" + " " * 100_000 + "b") == [("a b", 20)]
    with pytest.raises(ValidationError):
        read_slots("9" + " " * 100_000 + "b")
    form = DayForm({"rooms": "a\n" * LINES_MAX, "slots": "9:00 – 10:00\n" * LINES_MAX})
    assert {"rooms", "slots"} <= set(form.errors)
