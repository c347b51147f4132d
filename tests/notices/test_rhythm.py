"""Reminders, late lists and returns as they are written: the sentence, the deadline, the exact step, one tap."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.agenda.actions import escalate_overdue, fix_date, propose_slots, remind_due, tell_late_desk
from reciproque.agenda.models import Step
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import Verb
from reciproque.exchanges.actions import accept_introduction, ask_introduction, tend_silent_offers
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.kit import clock
from reciproque.networks.actions import change_settings, end_pauses, pause_membership
from reciproque.notices.messages import messages_of
from reciproque.notices.models import Outgoing

DAY = dt.timedelta(days=1)
BY_TEAM = {Verb.ADMIT, Verb.ASSIGN, Verb.MATURITY}


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Introduction:
    return ask_introduction(
        network,
        requester=bob,
        offerer=chloe,
        by=bob,
        offer=make_post(chloe),
        request=make_post(bob, "request"),
    )


def mornings(run_reactions: Any, *duties: Any, days: int = 40) -> None:
    """Live so many days, the clock and the worker at ten each morning."""
    start = clock.now()
    for n in range(days):
        with clock.at(start + n * DAY + dt.timedelta(hours=1)):
            for duty in duties:
                duty()
            run_reactions()


def letters(person: Any, fact: str) -> list[Outgoing]:
    return list(Outgoing.objects.filter(person=person, fact_name=fact).order_by("pk"))


def test_each_thing_expected_of_a_person_has_its_reminder() -> None:
    spoken = {message.awaits for message in messages_of("step.reminded")}
    assert set(Verb) - BY_TEAM <= spoken


def test_an_answer_awaited_is_reminded_with_its_deadline_and_both_answers(
    asked: Introduction, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    mornings(run_reactions, remind_due, days=7)
    mails = letters(chloe, "step.reminded")
    assert len(mails) == 2
    for mail in mails:
        assert "Votre réponse est attendue" in mail.subject
        assert bob.display_name in mail.text
        assert "Délai" in mail.text
        assert "une autre personne sera proposée" in mail.text
        assert mail.text.count("/tap/") == 2
        assert mail.url.endswith(f"/introductions/{asked.public_id}/")
    assert letters(bob, "step.reminded") == []


def test_dates_are_offered_again(asked: Introduction, bob: Any, chloe: Any, run_reactions: Any) -> None:
    accept_introduction(asked, by=chloe)
    meeting = live_meeting(Exchange.objects.get())
    assert meeting is not None
    propose_slots(meeting, [clock.now() + 20 * DAY, clock.now() + 21 * DAY], by=bob)
    run_reactions()
    mornings(run_reactions, remind_due, days=8)
    mail = letters(chloe, "step.reminded")[0]
    assert "Quelle date" in mail.subject
    assert mail.text.count("/tap/") == 2


def test_a_meeting_past_is_asked_about_again_in_one_tap(
    asked: Introduction, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    from reciproque.agenda.actions import ask_whether_held

    accept_introduction(asked, by=chloe)
    meeting = live_meeting(Exchange.objects.get())
    assert meeting is not None
    fix_date(meeting, clock.now() + DAY, by=bob)
    with clock.at(clock.now() + 2 * DAY):
        ask_whether_held()
        mornings(run_reactions, remind_due, days=6)
    mail = letters(bob, "step.reminded")[0]
    assert "Vous êtes-vous vus" in mail.subject
    assert mail.text.count("/tap/") == 2
    assert mail.url.endswith(f"/meetings/{meeting.public_id}/held/")


def test_what_is_done_between_the_fact_and_the_letter_is_not_reminded(
    asked: Introduction, chloe: Any, run_reactions: Any
) -> None:
    run_reactions()
    morning = Step.objects.open().get(owner=chloe, verb="answer").remind_at
    assert morning is not None
    with clock.at(morning):
        assert remind_due() >= 1
        accept_introduction(asked, by=chloe)
        run_reactions()
    assert [mail for mail in letters(chloe, "step.reminded") if asked.public_id in mail.url] == []


def test_the_team_and_those_above_read_numbers_only(
    network: Any, admin: Any, alice: Any, emile: Any, bob: Any, chloe: Any, run_reactions: Any, asked: Any
) -> None:
    accept_introduction(asked, by=chloe)
    mornings(run_reactions, remind_due, escalate_overdue, tell_late_desk, days=40)
    late = letters(alice, "desk.late")
    assert late
    assert "En attente de l’animation" in late[0].subject
    assert late[0].url.endswith(f"/networks/{network.slug}/animation/")
    above = letters(emile, "desk.neglected")
    assert above
    assert letters(bob, "desk.late") == letters(chloe, "desk.late") == []
    for name in (bob.display_name, chloe.display_name, asked.title):
        assert name not in above[0].text


def test_a_silent_offer_is_asked_about_with_one_tap(
    network: Any, admin: Any, bob: Any, make_post: Any, run_reactions: Any
) -> None:
    change_settings(network, by=admin, validity_days=730, silent_days=90)
    make_post(bob)
    run_reactions()
    with clock.at(clock.now() + 91 * DAY):
        tend_silent_offers()
        run_reactions()
    (mail,) = letters(bob, "post.silent")
    assert mail.text.count("/tap/") == 1
    assert "plus visible" in mail.text


def test_a_return_is_told_when_it_is_automatic(
    network: Any, bob: Any, member: Any, run_reactions: Any
) -> None:
    pause_membership(member(bob), by=bob, until=clock.now() + 3 * DAY)
    with clock.at(clock.now() + 4 * DAY):
        end_pauses()
        run_reactions()
    (mail,) = letters(bob, "membership.resumed")
    assert "Votre pause est finie" in mail.subject
