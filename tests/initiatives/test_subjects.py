"""The wall: propose and host, sign up and wait, place in the grid, merge with agreement, hand over, report."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from reciproque.agenda.queries import steps_of
from reciproque.initiatives.actions.days import close_day, open_day
from reciproque.initiatives.actions.merging import answer_merge, ask_merge, lapse_merges
from reciproque.initiatives.actions.seats import leave_subject, sign_up
from reciproque.initiatives.actions.subjects import (
    add_subject,
    edit_subject,
    hand_subject,
    leave_days,
    place_subject,
    withdraw_subject,
    write_report,
)
from reciproque.initiatives.models import Frame, LaunchDay, MergeRequest, SignUp, WallSubject
from reciproque.initiatives.queries.days import (
    alike,
    alike_pairs,
    card_of,
    my_day,
    reports_of,
    same_time,
    seated_at,
    timetable,
    waiting_of,
)
from reciproque.initiatives.rules import cell_mark
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from tests.initiatives.launch import day_of, frame_at_launch, helper_of


@pytest.fixture
def frame(network: Any, alice: Any) -> Frame:
    return frame_at_launch(network, alice)


@pytest.fixture
def day(frame: Frame, alice: Any) -> LaunchDay:
    return day_of(frame, alice)


@pytest.fixture
def subject(day: LaunchDay, bob: Any) -> WallSubject:
    return add_subject(day, by=bob, title="Répondre le jour même")


@pytest.fixture
def cell(day: LaunchDay) -> Any:
    """A cell of the grid, by its numbers."""
    slots, rooms = timetable(day)
    return lambda slot, room: {"slot": slots[slot].public_id, "room": rooms[room].public_id}


def fresh(subject: WallSubject) -> WallSubject:
    return WallSubject.objects.select_related("day__frame__network", "host", "slot", "room").get(
        pk=subject.pk
    )


def sentence(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(error.value.messages).replace("\u00a0", " ")


def seated(subject: WallSubject) -> list[Any]:
    return [row.person for row in seated_at(subject)]


def waiting(subject: WallSubject) -> list[Any]:
    return [row.person for row in waiting_of(subject)]


def test_anyone_of_the_network_proposes_and_hosts_once(
    day: LaunchDay, bob: Any, fatou: Any, frame: Frame, said: Any
) -> None:
    key = new_id()
    theme = frame.results.get(rank=1)
    one = add_subject(day, by=bob, title="  Répondre  vite ", theme=theme.public_id, key=key)
    assert add_subject(day, by=bob, title="Répondre vite", key=key) == one
    assert (one.title, one.host, one.theme) == ("Répondre vite", bob, theme)
    assert len(said("wall_subject.added")) == 1
    with pytest.raises(PermissionDenied):
        add_subject(day, by=fatou, title="Un sujet d’ailleurs")
    for fields, words in (
        ({"title": "x"}, "3 à 160"),
        ({"title": "Un sujet", "theme": "inconnu"}, "parmi les thèmes"),
        ({"title": "Un sujet", "seats": 0}, "1 à 500"),
    ):
        with pytest.raises(ValidationError) as error:
            add_subject(day, by=bob, **fields)
        assert words in sentence(error)


def test_seats_first_then_a_waiting_list_in_order_and_the_first_takes_what_is_freed(
    day: LaunchDay, bob: Any, alice: Any, chloe: Any, dora: Any, emile: Any, said: Any
) -> None:
    subject = add_subject(day, by=bob, title="Répondre le jour même", seats=2)
    places = [sign_up(subject, by=person) for person in (alice, chloe, dora, emile)]
    assert [(row.state, row.place) for row in places] == [
        ("seated", 1),
        ("seated", 2),
        ("waiting", 3),
        ("waiting", 4),
    ]
    assert sign_up(subject, by=dora).place == 3  # asked twice, one keeps one's place
    assert card_of(subject, emile).my_place == 2
    leave_subject(subject, by=alice)
    assert (seated(subject), waiting(subject)) == ([chloe, dora], [emile])
    [told] = said("sign_up.seated")
    assert list(told.concerns.values_list("person", flat=True)) == [dora.pk]
    assert sign_up(subject, by=alice).place == 5  # who comes back arrives last
    assert waiting(subject) == [emile, alice]
    with pytest.raises(ValidationError):
        leave_subject(subject, by=bob)
    edit_subject(subject, by=bob, title=subject.title, seats=4)
    assert seated(subject) == [chloe, dora, emile, alice]


def test_two_subjects_of_the_same_hour_are_allowed_and_said(
    day: LaunchDay, subject: WallSubject, alice: Any, chloe: Any, cell: Any
) -> None:
    other = add_subject(day, by=alice, title="Un tout autre sujet")
    place_subject(subject, by=alice, **cell(0, 0))
    place_subject(other, by=alice, **cell(0, 1))
    for one in (subject, other):
        sign_up(one, by=chloe)
    assert same_time(subject, chloe) == [other]
    assert [card.subject for card in my_day(day, chloe)] == [subject, other]
    place_subject(other, by=alice, **cell(1, 1))
    assert same_time(subject, chloe) == []


def test_of_two_who_move_the_same_subject_one_wins_and_the_other_reads_a_sentence(
    subject: WallSubject, alice: Any, dora: Any, network: Any, cell: Any
) -> None:
    helper_of(network, dora, alice, "launch")
    seen = ""
    place_subject(fresh(subject), by=alice, version=seen, **cell(0, 0))
    with pytest.raises(ValidationError) as error:
        place_subject(fresh(subject), by=dora, version=seen, **cell(1, 1))
    assert "vient de déplacer" in sentence(error)
    where = fresh(subject)
    assert where.slot is not None
    assert where.room is not None
    mark = cell_mark(where.slot.public_id, where.room.public_id)
    place_subject(fresh(subject), by=dora, version=mark, **cell(1, 1))
    place_subject(fresh(subject), by=alice, version=cell_mark(**cell(1, 1)))
    assert fresh(subject).slot is None


def test_a_room_is_not_booked_twice_by_the_action_nor_by_the_table(
    day: LaunchDay, subject: WallSubject, alice: Any, chloe: Any, cell: Any
) -> None:
    other = add_subject(day, by=chloe, title="Accueillir au guichet")
    place_subject(subject, by=alice, **cell(0, 0))
    with pytest.raises(ValidationError) as error:
        place_subject(other, by=chloe, **cell(0, 0))
    assert "« Répondre le jour même » est déjà dans cette salle" in sentence(error)
    where = fresh(subject)
    with pytest.raises(IntegrityError), transaction.atomic():
        WallSubject.objects.filter(pk=other.pk).update(slot=where.slot, room=where.room)
    with pytest.raises(ValidationError):
        place_subject(other, by=chloe, slot=cell(0, 1)["slot"])
    with pytest.raises(ValidationError):
        place_subject(other, by=chloe, slot=new_id(), room=new_id())


def test_hosts_place_their_own_only(subject: WallSubject, bob: Any, chloe: Any, cell: Any, said: Any) -> None:
    place_subject(subject, by=bob, **cell(0, 2))
    with pytest.raises(PermissionDenied):
        place_subject(subject, by=chloe, **cell(1, 2))
    assert len(said("wall_subject.moved")) == 1


def test_two_at_once_in_one_cell_and_two_at_once_with_one_subject(
    at_once: Any, day: LaunchDay, bob: Any, alice: Any, cell: Any
) -> None:
    """Whatever the instant: one cell holds one subject, one subject is in one cell."""
    one, two = (add_subject(day, by=bob, title=title) for title in ("Le premier", "Le second"))
    same = cell(0, 0)
    got = at_once(
        lambda: place_subject(fresh(one), by=alice, version="", **same),
        lambda: place_subject(fresh(two), by=bob, version="", **same),
    )
    assert sorted(isinstance(row, ValidationError) for row in got) == [False, True]
    three = add_subject(day, by=bob, title="Le troisième")
    got = at_once(
        lambda: place_subject(fresh(three), by=alice, version="", **cell(1, 0)),
        lambda: place_subject(fresh(three), by=bob, version="", **cell(2, 0)),
    )
    assert sorted(isinstance(row, ValidationError) for row in got) == [False, True]


def test_subjects_alike_are_found_and_merged_only_when_both_hosts_agree(
    day: LaunchDay, subject: WallSubject, bob: Any, chloe: Any, alice: Any, dora: Any, said: Any, cell: Any
) -> None:
    other = add_subject(day, by=chloe, title="Comment répondre le jour même aux clients", seats=9)
    add_subject(day, by=alice, title="Aménager le jardin de la cantine")
    assert [close.subject for close in alike(day, "Répondre le jour même", without=subject.pk)] == [other]
    assert alike_pairs(day) == [(subject, other)]
    place_subject(other, by=alice, **cell(0, 1))
    for person in (dora, alice):
        sign_up(other, by=person)
    sign_up(subject, by=dora)
    with pytest.raises(PermissionDenied):
        ask_merge(subject, other, by=dora)
    merge = ask_merge(fresh(subject), fresh(other), by=bob)
    assert (merge.state, list(merge.agreed.all())) == ("asked", [bob])
    [step] = [step for step in steps_of(chloe) if step.subject_kind == "merge"]
    assert step.due_at <= day.starts_at
    with pytest.raises(ValidationError):
        ask_merge(fresh(other), fresh(subject), by=chloe)
    with pytest.raises(PermissionDenied):
        answer_merge(merge, by=alice, agreed=True)
    answer_merge(merge, by=chloe, agreed=True)
    assert merge.state == "agreed"
    assert not [step for step in steps_of(chloe) if step.subject_kind == "merge"]
    kept, gone = fresh(subject), fresh(other)
    assert (gone.merged_into, gone.slot, list(kept.hosts_too.all())) == (kept, None, [chloe])
    assert seated(kept) == [dora, alice]
    assert not SignUp.objects.filter(subject=gone).exclude(state="left").exists()
    assert len(said("wall_subject.merged")) == 1
    with pytest.raises(ValidationError) as error:
        sign_up(gone, by=chloe)
    assert "réuni à un autre" in sentence(error)
    edit_subject(kept, by=chloe, title="Répondre le jour même, ensemble")


def test_one_no_or_no_answer_keeps_both(
    day: LaunchDay, subject: WallSubject, bob: Any, chloe: Any, alice: Any, said: Any
) -> None:
    other = add_subject(day, by=chloe, title="Répondre le même jour")
    first = ask_merge(subject, other, by=alice)  # who runs the day asks: both hosts are expected
    for person in (bob, chloe):
        assert [step.verb for step in steps_of(person) if step.subject_kind == "merge"] == ["merge"]
    answer_merge(first, by=bob, agreed=True)
    assert first.state == "asked"
    answer_merge(first, by=chloe, agreed=False)
    assert (first.state, fresh(other).merged_into) == ("refused", None)
    assert not [step for step in steps_of(bob) if step.subject_kind == "merge"]
    second = ask_merge(fresh(subject), fresh(other), by=bob)
    with clock.at(clock.now() + dt.timedelta(days=9)):
        assert lapse_merges() == 1
        assert lapse_merges() == 0
    second.refresh_from_db()
    assert (second.state, fresh(other).merged_into) == ("refused", None)
    assert len(said("merge.refused")) == 2


def test_the_host_of_both_merges_at_once(day: LaunchDay, subject: WallSubject, bob: Any) -> None:
    other = add_subject(day, by=bob, title="Répondre le même jour")
    assert ask_merge(subject, other, by=bob).state == "agreed"
    with pytest.raises(ValidationError):
        ask_merge(fresh(subject), fresh(subject), by=bob)


def test_a_host_withdraws_and_who_had_signed_up_is_told(
    subject: WallSubject, bob: Any, chloe: Any, alice: Any, cell: Any, said: Any, day: LaunchDay
) -> None:
    place_subject(subject, by=alice, **cell(0, 0))
    sign_up(subject, by=chloe)
    with pytest.raises(PermissionDenied):
        withdraw_subject(subject, by=chloe)
    withdraw_subject(subject, by=bob)
    [fact] = said("wall_subject.withdrawn")
    assert set(fact.concerns.values_list("person", flat=True)) == {bob.pk, chloe.pk}
    other = add_subject(day, by=chloe, title="La case est libre")
    place_subject(other, by=chloe, **cell(0, 0))
    with pytest.raises(ValidationError) as error:
        sign_up(fresh(subject), by=alice)
    assert "retiré du mur" in sentence(error)


def test_a_host_who_leaves_the_network_leaves_the_subject_on_the_wall(
    day: LaunchDay, subject: WallSubject, network: Any, bob: Any, chloe: Any, alice: Any, said: Any
) -> None:
    shared = add_subject(day, by=bob, title="Accueillir au guichet")
    shared.hosts_too.add(chloe)
    other = add_subject(day, by=chloe, title="Un autre sujet", seats=1)
    sign_up(other, by=bob)
    sign_up(other, by=alice)
    pending = ask_merge(subject, other, by=bob)
    leave_days(bob, network)
    assert (fresh(subject).host, fresh(shared).host) == (alice, chloe)  # who planned the day; the other host
    assert seated(other) == [alice]
    assert {fact.data["former"] for fact in said("wall_subject.handed")} == {"Bob Riou"}
    pending.refresh_from_db()
    assert pending.state == "refused"
    assert leave_days(bob, network) == 0


def test_a_subject_is_handed_to_someone_of_the_network(
    subject: WallSubject, bob: Any, chloe: Any, fatou: Any, dora: Any
) -> None:
    with pytest.raises(PermissionDenied):
        hand_subject(subject, by=chloe, to=chloe)
    with pytest.raises(ValidationError):
        hand_subject(subject, by=bob, to=fatou)
    hand_subject(subject, by=bob, to=chloe)
    assert fresh(subject).host == chloe
    with pytest.raises(PermissionDenied):
        withdraw_subject(fresh(subject), by=bob)


def test_a_report_is_published_at_once_and_two_who_write_lose_nothing(
    day: LaunchDay, subject: WallSubject, bob: Any, chloe: Any, dora: Any, alice: Any, said: Any
) -> None:
    sign_up(subject, by=chloe)
    with pytest.raises(ValidationError) as error:
        write_report(subject, by=bob, words="Trop tôt", version=0)
    assert "pas encore ouverte" in sentence(error)
    open_day(day, by=alice)
    with pytest.raises(PermissionDenied):
        write_report(fresh(subject), by=dora, words="Je n’y étais pas", version=0)
    with pytest.raises(ValidationError):
        write_report(fresh(subject), by=bob, words="  ", version=0)
    write_report(fresh(subject), by=chloe, words="On a dit ceci.", version=0)
    late = fresh(subject)
    late.report = ""
    with pytest.raises(ValidationError) as error:
        write_report(late, by=bob, words="On a dit cela.", version=0)
    assert "réunissez-les" in sentence(error)
    assert late.report == "On a dit ceci."
    close_day(day, by=alice)  # the last lines are often written the day after
    write_report(fresh(subject), by=bob, words="On a dit ceci et cela.", version=1)
    assert [card.subject.report for card in reports_of(day)] == ["On a dit ceci et cela."]
    assert len(said("wall_subject.reported")) == 1
    assert "ceci" not in str(said("wall_subject.reported")[0].data)
    with pytest.raises(ValidationError):
        withdraw_subject(fresh(subject), by=bob)


def test_merging_never_loses_a_report(day: LaunchDay, subject: WallSubject, bob: Any, alice: Any) -> None:
    other = add_subject(day, by=bob, title="Répondre le même jour")
    open_day(day, by=alice)
    write_report(fresh(other), by=bob, words="Écrit.", version=0)
    with pytest.raises(ValidationError) as error:
        ask_merge(fresh(subject), fresh(other), by=bob)
    assert "déjà un compte rendu" in sentence(error)
    assert not MergeRequest.objects.exists()
