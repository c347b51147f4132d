"""The grid of a launch day in a browser: dragged, moved with the arrows, and moved by two people at once."""

from __future__ import annotations

from typing import Any

import pytest

from reciproque.initiatives.actions.subjects import add_subject, place_subject
from reciproque.initiatives.models import WallSubject
from reciproque.initiatives.queries.days import timetable
from tests.initiatives.launch import day_of, frame_at_launch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_subjects_are_moved_by_hand_and_by_keys(
    enter: Any, healthy: Any, network: Any, alice: Any, bob: Any, chloe: Any
) -> None:
    day = day_of(frame_at_launch(network, alice), alice, opened=True)
    subject, other = (
        add_subject(day, by=person, title=title)
        for person, title in ((bob, "Répondre le jour même"), (chloe, "Accueillir une personne en colère"))
    )
    slots, rooms = timetable(day)
    place_subject(other, by=alice, slot=slots[1].public_id, room=rooms[1].public_id)
    tab = enter(alice)
    tab.goto(f"/launch-days/{day.public_id}/grid/")
    healthy(tab)
    card = f'[data-subject="{subject.public_id}"]'

    def cell(slot: int, room: int) -> str:
        return f'[data-cell="{slots[slot].public_id}/{rooms[room].public_id}"]'

    def press(*keys: str) -> None:
        for key in keys:
            tab.keyboard.press(key)

    tab.locator(card).drag_to(tab.locator(cell(0, 0)))
    tab.locator(f"{cell(0, 0)} {card}").wait_for()
    assert WallSubject.objects.get(pk=subject.pk).room == rooms[0]

    # With the arrows: a room already taken is said, and nothing moves; a free one takes it, and the focus stays on it.
    tab.locator(card).focus()
    press("Enter", "ArrowRight", "ArrowDown")
    assert "déjà prise" in tab.locator("#grid-said").inner_text()
    press("Enter")
    assert WallSubject.objects.get(pk=subject.pk).room == rooms[0]
    press("Enter", "ArrowRight", "Enter")
    tab.locator(f"{cell(0, 1)} {card}").wait_for()
    assert tab.evaluate("document.activeElement.dataset.subject") == subject.public_id
    press("Enter", "ArrowDown", "Escape")
    assert "reposé" in tab.locator("#grid-said").inner_text()

    # Somebody else moves it meanwhile: the table comes back as it is, with the reason.
    elsewhere = {"slot": slots[2].public_id, "room": rooms[2].public_id}
    place_subject(WallSubject.objects.get(pk=subject.pk), by=bob, **elsewhere)
    tab.locator(card).drag_to(tab.locator(cell(0, 0)))
    tab.get_by_text("vient de déplacer").first.wait_for()
    tab.locator(f"{cell(2, 2)} {card}").wait_for()
    healthy(tab)
