"""A launch day as those who come and those who run it see it: wall, grid, screen, merges, reports."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reciproque.initiatives.actions.days import cancel_day, open_day
from reciproque.initiatives.actions.merging import ask_merge
from reciproque.initiatives.actions.seats import sign_up
from reciproque.initiatives.actions.subjects import add_subject, place_subject, write_report
from reciproque.initiatives.models import Frame, LaunchDay, MergeRequest, SignUp, WallSubject
from reciproque.initiatives.queries.days import timetable
from reciproque.initiatives.rules import cell_mark
from tests.initiatives.launch import day_of, frame_at_launch


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def url(name: str, row: Any, query: str = "") -> str:
    return reverse(f"initiatives:{name}", args=[row.public_id]) + query


@pytest.fixture
def frame(network: Any, alice: Any) -> Frame:
    return frame_at_launch(network, alice)


@pytest.fixture
def day(frame: Frame, alice: Any) -> LaunchDay:
    return day_of(frame, alice)


@pytest.fixture
def subject(day: LaunchDay, bob: Any) -> WallSubject:
    return add_subject(day, by=bob, title="Répondre le jour même", seats=1)


VALUES = {
    "title": "Notre journée",
    "day": "2026-03-20",
    "welcome": "09:00",
    "slots": "9:30 – 10:30\n10h45-11h45\n",
    "rooms": "Salle Jaurès ; 25\nVisio, 100\nGrand couloir\n",
    "place": "Siège",
}


def test_a_day_is_planned_from_lines_and_a_mistake_keeps_what_was_typed(
    frame: Frame, alice: Any, bob: Any, client_of: Any
) -> None:
    address = reverse("initiatives:plan_day", args=[frame.network.slug])
    assert client_of(bob).get(address).status_code == 404
    client = client_of(alice)
    assert client.get(address).status_code == 200
    for wrong, words in (
        ({"slots": "le matin"}, "« le matin » ne se lit pas"),
        ({"slots": "25:00 – 26:00"}, "ne se lit pas"),
        ({"slots": "9:30 – 10:30\n10:00 – 11:00"}, "se chevauchent"),
        ({"rooms": " \n"}, "champ"),
    ):
        refused = client.post(address, VALUES | wrong)
        assert refused.status_code == 422
        assert words in text_of(refused)
        assert "Siège" in text_of(refused)
    client.post(address, VALUES)
    day = LaunchDay.objects.get()
    slots, rooms = timetable(day)
    assert [(slot.starts_at.hour, slot.starts_at.minute) for slot in slots] == [(8, 30), (9, 45)]  # Paris
    assert [(room.name, room.seats) for room in rooms] == [
        ("Salle Jaurès", 25),
        ("Visio", 100),
        ("Grand couloir", 20),
    ]
    page = text_of(client.get(url("edit_day", day)))
    assert "09:30 – 10:30" in page
    assert "Salle Jaurès ; 25" in page
    client.post(url("edit_day", day), VALUES | {"slots": "9:30 – 10:30\n11:00 – 12:00", "place": "Ailleurs"})
    day.refresh_from_db()
    assert (day.place, timetable(day)[0][1].starts_at.hour) == ("Ailleurs", 10)


def test_the_wall_shows_themes_subjects_and_where_i_go(
    frame: Frame, day: LaunchDay, subject: WallSubject, chloe: Any, client_of: Any
) -> None:
    theme = frame.results.get(rank=2)
    client = client_of(chloe)
    empty = text_of(client.get(url("day", day)))
    assert "Mieux accueillir" in empty
    assert "Tenir la journée" not in empty
    client.post(
        url("add_subject", day), {"title": "Le jardin de la cantine", "theme": theme.public_id, "words": ""}
    )
    mine = WallSubject.objects.get(theme=theme)
    assert mine.host == chloe
    page = text_of(client.get(url("day", day)))
    assert "Le jardin de la cantine" in page
    assert "vous le portez" in page


def test_a_subject_close_to_another_is_shown_first_then_added_all_the_same(
    day: LaunchDay, subject: WallSubject, chloe: Any, client_of: Any
) -> None:
    client = client_of(chloe)
    values = {"title": "Comment répondre le jour même", "words": "Vite."}
    first = client.post(url("add_subject", day), values)
    assert first.status_code == 422
    assert "déjà un sujet proche" in text_of(first)
    assert "Vite." in text_of(first)
    assert WallSubject.objects.count() == 1
    client.post(url("add_subject", day), values | {"sure": "1"})
    assert WallSubject.objects.count() == 2


def test_signing_up_waiting_and_leaving_are_said_in_sentences(
    day: LaunchDay, subject: WallSubject, alice: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    seated = text_of(client_of(chloe).post(url("sign_up", subject), follow=True))
    assert "Vous avez une place : « Répondre le jour même »" in seated
    waiting = text_of(client_of(dora).post(url("sign_up", subject), {"next": url("day", day)}, follow=True))
    assert "liste d’attente, numéro 1" in waiting
    assert "Ma journée" in waiting  # back on the wall
    names = text_of(client_of(alice).get(url("subject", subject)))
    assert "Chloé Le Goff" in names
    assert "Attendent, dans l’ordre" in names
    assert "Chloé Le Goff" not in text_of(client_of(dora).get(url("subject", subject)))
    client_of(chloe).post(url("leave_subject", subject))
    assert SignUp.objects.get(person=dora).state == "seated"
    other = add_subject(day, by=alice, title="Un tout autre sujet")
    slots, rooms = timetable(day)
    for n, one in enumerate((subject, other)):
        place_subject(one, by=alice, slot=slots[0].public_id, room=rooms[n].public_id)
    both = text_of(client_of(dora).post(url("sign_up", other), follow=True))
    assert "à la même heure. C’est permis" in both


def test_the_plain_form_places_a_subject_and_the_second_of_two_reads_why(
    day: LaunchDay, subject: WallSubject, alice: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    slots, rooms = timetable(day)
    cells = [cell_mark(slots[0].public_id, room.public_id) for room in rooms]
    assert client_of(chloe).get(url("place_subject", subject)).status_code == 404
    page = client_of(alice).get(url("place_subject", subject))
    assert page.status_code == 200
    assert cells[1] in text_of(page)
    client_of(bob).post(url("place_subject", subject), {"cell": cells[0], "version": ""})
    late = client_of(alice).post(url("place_subject", subject), {"cell": cells[1], "version": ""})
    assert late.status_code == 422
    assert "vient de déplacer" in text_of(late)
    # The form has taken up where the subject is now: sent again, it moves.
    assert f'value="{cells[0]}"' in text_of(late)
    client_of(alice).post(url("place_subject", subject), {"cell": cells[1], "version": cells[0]})
    subject.refresh_from_db()
    assert subject.room == rooms[1]
    other = add_subject(day, by=chloe, title="Un tout autre sujet")
    taken = client_of(chloe).post(url("place_subject", other), {"cell": cells[1], "version": ""})
    assert "déjà dans cette salle" in text_of(taken)
    nowhere = client_of(chloe).post(url("place_subject", other), {"cell": "a/b", "version": ""})
    assert nowhere.status_code == 422


def test_moved_in_the_table_the_answer_is_the_table(
    day: LaunchDay, subject: WallSubject, alice: Any, client_of: Any
) -> None:
    slots, rooms = timetable(day)
    cell = cell_mark(slots[0].public_id, rooms[0].public_id)
    client = client_of(alice)
    page = text_of(client.get(url("grid", day)))
    assert f'data-move="{url("place_subject", subject)}"' in page
    moved = client.post(
        url("place_subject", subject), {"cell": cell, "version": ""}, headers={"X-Moved": "1"}
    )
    assert moved.status_code == 200
    assert "<html" not in text_of(moved)
    assert f'data-version="{cell}"' in text_of(moved)
    refused = client.post(
        url("place_subject", subject), {"cell": "", "version": ""}, headers={"X-Moved": "1"}
    )
    assert refused.status_code == 422
    assert "vient de déplacer" in text_of(refused)


def test_who_may_not_move_sees_a_plain_grid(
    day: LaunchDay, subject: WallSubject, chloe: Any, client_of: Any
) -> None:
    page = text_of(client_of(chloe).get(url("grid", day)))
    assert "Répondre le jour même" in page
    assert "data-move=" not in page


def test_the_screen_is_answered_304_until_something_changes(
    day: LaunchDay, subject: WallSubject, bob: Any, chloe: Any, client_of: Any
) -> None:
    slots, rooms = timetable(day)
    place_subject(subject, by=bob, slot=slots[0].public_id, room=rooms[0].public_id)
    client = client_of(bob)
    screen = client.get(url("projector", day))
    assert "Répondre le jour même" in text_of(screen)
    first = client.get(url("projector_now", day))
    tag = first.headers["ETag"]
    assert client.get(url("projector_now", day), headers={"If-None-Match": tag}).status_code == 304
    same = client.get(url("projector_now", day, f"?version={tag.strip(chr(34))}"))
    assert (same.status_code, same.content) == (304, b"")
    sign_up(subject, by=chloe)
    changed = client.get(url("projector_now", day), headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    assert "complet" in text_of(changed)
    assert "Chloé" not in text_of(changed)


def test_the_screen_unchanged_costs_few_queries(
    day: LaunchDay, bob: Any, client_of: Any, queries: Any
) -> None:
    client = client_of(bob)
    tag = client.get(url("projector_now", day)).headers["ETag"]
    with queries() as seen:
        client.get(url("projector_now", day), headers={"If-None-Match": tag})
    assert len(seen) == 4


def test_both_hosts_read_the_question_and_answer_it(
    day: LaunchDay, subject: WallSubject, bob: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    other = add_subject(day, by=chloe, title="Répondre le même jour")
    ask = client_of(bob).get(url("ask_merge", subject, f"?other={other.public_id}"))
    assert "Répondre le même jour" in text_of(ask)
    client_of(bob).post(url("ask_merge", subject), {"other": other.public_id})
    merge = MergeRequest.objects.get()
    assert client_of(dora).get(url("merge", merge)).status_code == 404
    page = text_of(client_of(chloe).get(url("merge", merge)))
    assert "Bob Riou est d’accord" in page
    assert "D’accord, un seul sujet" not in text_of(client_of(bob).get(url("merge", merge)))
    done = text_of(client_of(chloe).post(url("merge", merge), {"answer": "yes"}, follow=True))
    assert "n’en font plus qu’un" in done
    gone = text_of(client_of(dora).get(url("subject", other)))
    assert "Ce sujet est réuni à un autre" in gone
    assert "Réunit aussi « Répondre le même jour »" in text_of(client_of(dora).get(url("subject", subject)))


def test_who_runs_the_day_is_shown_what_looks_alike(
    day: LaunchDay, subject: WallSubject, alice: Any, chloe: Any, client_of: Any
) -> None:
    other = add_subject(day, by=chloe, title="Répondre le même jour")
    assert "Ces sujets se ressemblent" in text_of(client_of(alice).get(url("day", day)))
    assert "Ces sujets se ressemblent" not in text_of(client_of(chloe).get(url("day", day)))
    ask_merge(subject, other, by=alice)
    assert "Ces sujets se ressemblent" not in text_of(client_of(alice).get(url("day", day)))


def test_a_report_is_typed_read_at_once_and_never_overwritten(
    day: LaunchDay, subject: WallSubject, alice: Any, bob: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    sign_up(subject, by=chloe)
    open_day(day, by=alice)
    assert client_of(dora).get(url("report", subject)).status_code == 404
    client_of(chloe).post(url("report", subject), {"words": "On essaie lundi.", "version": "0"})
    assert "On essaie lundi." in text_of(client_of(dora).get(url("day_reports", day)))
    late = client_of(bob).post(url("report", subject), {"words": "On essaie mardi.", "version": "0"})
    page = text_of(late)
    assert late.status_code == 422
    assert "On essaie lundi." in page
    assert "On essaie mardi." in page
    assert 'name="version" value="1"' in page
    client_of(bob).post(url("report", subject), {"words": "Lundi ou mardi.", "version": "1"})
    subject.refresh_from_db()
    assert (subject.report, subject.report_version) == ("Lundi ou mardi.", 2)


def test_a_host_hands_over_or_withdraws(
    day: LaunchDay, subject: WallSubject, bob: Any, chloe: Any, client_of: Any
) -> None:
    nobody = text_of(client_of(bob).get(url("hand_subject", subject)))
    assert "Personne à qui passer le relais" in nobody
    sign_up(subject, by=chloe)
    assert client_of(bob).post(url("hand_subject", subject), {}).status_code == 422
    client_of(bob).post(url("hand_subject", subject), {"to": chloe.public_id})
    subject.refresh_from_db()
    assert subject.host == chloe
    assert client_of(bob).get(url("withdraw_subject", subject)).status_code == 404
    assert client_of(chloe).get(url("withdraw_subject", subject)).status_code == 200
    client_of(chloe).post(url("withdraw_subject", subject))
    assert "n’est plus sur le mur" in text_of(client_of(bob).get(url("subject", subject)))


def test_a_subject_is_reworded(subject: WallSubject, bob: Any, client_of: Any) -> None:
    assert client_of(bob).get(url("edit_subject", subject)).status_code == 200
    client_of(bob).post(
        url("edit_subject", subject), {"title": "Répondre avant midi", "words": "", "seats": "3"}
    )
    subject.refresh_from_db()
    assert (subject.title, subject.seats) == ("Répondre avant midi", 3)


def test_the_day_opens_closes_and_is_cancelled_with_a_reason(
    frame: Frame, day: LaunchDay, subject: WallSubject, alice: Any, bob: Any, client_of: Any
) -> None:
    assert client_of(bob).post(url("open_day", day)).status_code == 404
    client = client_of(alice)
    client.post(url("open_day", day))
    day.refresh_from_db()
    assert day.state == "open"
    client.post(url("close_day", day))
    assert client.get(url("cancel_day", day)).status_code == 404
    other = day_of(frame, alice)
    assert client.get(url("cancel_day", other)).status_code == 200
    assert client.post(url("cancel_day", other), {"reason": ""}).status_code == 422
    client.post(url("cancel_day", other), {"reason": "La salle est inondée."})
    assert "La salle est inondée." in text_of(client_of(bob).get(url("day", other)))
    listed = text_of(client_of(bob).get(reverse("initiatives:days", args=[frame.network.slug])))
    assert "annulée" in listed


def test_after_a_cancellation_every_gesture_is_refused_with_a_sentence(
    day: LaunchDay, subject: WallSubject, alice: Any, chloe: Any, client_of: Any
) -> None:
    cancel_day(day, by=alice, reason="Grève.")
    client = client_of(chloe)
    assert client.get(url("add_subject", day)).status_code == 404
    refused = client.post(url("sign_up", subject), follow=True)
    assert "Cette journée est annulée" in text_of(refused)


def test_a_stranger_meets_nothing(day: LaunchDay, subject: WallSubject, fatou: Any, client_of: Any) -> None:
    client = client_of(fatou)
    for name in ("day", "grid", "projector", "projector_now", "day_reports", "add_subject"):
        assert client.get(url(name, day)).status_code == 404
    assert client.get(url("subject", subject)).status_code == 404
    assert client.post(url("sign_up", subject)).status_code == 404


@pytest.mark.parametrize("name", ["day", "grid", "projector", "day_reports"])
@pytest.mark.parametrize("who", ["bob", "alice"])
def test_a_page_of_the_day_costs_the_same_for_few_and_many(
    name: str, who: str, day: LaunchDay, request: Any, client_of: Any, queries: Any, chloe: Any
) -> None:
    person = request.getfixturevalue(who)
    alice = request.getfixturevalue("alice")
    client = client_of(person)
    slots, rooms = timetable(day)
    open_day(day, by=alice)

    def add(n: int) -> None:
        subject = add_subject(day, by=chloe, title=f"Répondre le jour même, numéro {n}", seats=1)
        sign_up(subject, by=chloe)
        sign_up(subject, by=person)
        place_subject(subject, by=alice, slot=slots[n % 3].public_id, room=rooms[n // 3].public_id)
        write_report(subject, by=chloe, words="Dit.", version=0)

    def cost() -> int:
        with queries() as seen:
            assert client.get(url(name, day)).status_code == 200
        return len(seen)

    for n in range(2):
        add(n)
    cost()
    few = cost()
    for n in range(2, 9):
        add(n)
    assert cost() == few
