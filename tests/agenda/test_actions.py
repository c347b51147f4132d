"""Steps that open, close and change hands; dates proposed, chosen, moved, cancelled, past."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reciproque.agenda import actions
from reciproque.agenda.models import CalendarFeed, Meeting, Slot, Step
from reciproque.agenda.queries import steps_about
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.actions import (
    answer_application,
    change_settings,
    leave_network,
    publish_charter,
    sign_charter,
)
from reciproque.networks.models import Membership

DAY = dt.timedelta(days=1)


def expected(subject: Any) -> set[tuple[str, str]]:
    """Who is expected to do what about a subject ("" is the animation team)."""
    return {(step.owner.first_name if step.owner else "", step.verb) for step in steps_about(subject)}


# -- steps


def test_a_step_opens_once_and_its_deadline_moves(network: Any, subject: Any, bob: Any, in_days: Any) -> None:
    first = actions.open_step("terms", subject, network=network, owner=bob, due_at=in_days(1), words="Excel")
    again = actions.open_step(
        "terms", subject, network=network, owner=bob, due_at=in_days(2), words="x" * 400
    )
    assert first == again
    assert (again.due_at, len(again.words), Step.objects.count()) == (in_days(2), 300, 1)
    team = [
        actions.open_step("terms", subject, network=network, owner=None, due_at=in_days(1)) for _ in range(2)
    ]
    assert team[0] == team[1]


def test_closing_says_how_it_ended(network: Any, subject: Any, bob: Any, chloe: Any, in_days: Any) -> None:
    for owner in (bob, chloe):
        actions.open_step("review", subject, network=network, owner=owner, due_at=in_days(1))
    assert actions.close_steps(subject, verb="terms") == 0
    assert actions.close_steps(subject, verb="review", owner=bob) == 1
    assert actions.close_steps(subject, outcome="released") == 1
    assert {(step.owner, step.state, step.closed_at) for step in Step.objects.all()} == {
        (bob, "done", clock.now()),
        (chloe, "released", clock.now()),
    }
    assert actions.close_steps(subject) == 0


def test_steps_of_someone_who_leaves_are_released(
    network: Any, other_network: Any, subject: Any, bob: Any, in_days: Any
) -> None:
    actions.open_step("terms", subject, network=network, owner=bob, due_at=in_days(1))
    actions.open_step("review", subject, network=other_network, owner=bob, due_at=in_days(1))
    assert actions.release_steps_of(bob, network=network) == 1
    assert expected(subject) == {("Bob", "review")}
    assert actions.release_steps_of(bob) == 1


def test_what_nobody_did_goes_to_the_animation_once(
    meeting: Meeting, subject: Any, bob: Any, chloe: Any, in_days: Any, said: Any
) -> None:
    with clock.at(in_days(60)):
        assert actions.hand_over_overdue() == 1
        assert actions.hand_over_overdue() == 0
        assert expected(subject) == {("", "propose")}
        assert Step.objects.get(owner=bob).state == "lapsed"
        assert [(fact.data["verb"], fact.data["title"]) for fact in said("step.handed_over")] == [
            ("propose", "Tableaux croisés")
        ]
        actions.fix_date(meeting, in_days(61), by=bob)
    assert expected(subject) == set()


def test_a_late_answer_is_not_handed_over(network: Any, subject: Any, bob: Any, in_days: Any) -> None:
    actions.open_step("answer", subject, network=network, owner=bob, due_at=in_days(1))
    with clock.at(in_days(60)):
        assert actions.hand_over_overdue() == 0


# -- members and applicants


def test_a_newcomer_is_expected_an_offer_and_a_request(
    strict_network: Any, make_person: Any, join: Any, make_post: Any, run_reactions: Any
) -> None:
    zoe = make_person("Zoé")
    membership = join(zoe, strict_network)
    run_reactions()
    assert expected(membership) == {("Zoé", "offer"), ("Zoé", "request")}
    assert {step.due_at for step in steps_about(membership)} == {membership.grace_until}
    make_post(zoe, "offer", network=strict_network)
    run_reactions()
    assert expected(membership) == {("Zoé", "request")}
    leave_network(membership, by=zoe)
    run_reactions()
    assert expected(membership) == set()


def test_an_application_waits_for_the_animation(
    network: Any, alice: Any, make_person: Any, join: Any, run_reactions: Any
) -> None:
    change_settings(network, by=alice, admission="approval")
    zoe, yves = make_person("Zoé"), make_person("Yves")
    first, second = join(zoe, network), join(yves, network)
    run_reactions()
    assert expected(first) == expected(second) == {("", "admit")}
    answer_application(first, by=alice, accept=True)
    answer_application(second, by=alice, accept=False, reason="Complet")
    run_reactions()
    assert expected(first) == {("Zoé", "offer"), ("Zoé", "request")}
    assert expected(second) == set()


def test_a_new_charter_is_to_be_signed_by_each_member(
    network: Any, alice: Any, bob: Any, run_reactions: Any
) -> None:
    run_reactions()
    mine = Membership.objects.get(person=bob)
    before = expected(mine)
    for text in ("Deux", "Trois"):
        publish_charter(network, by=alice, text_fr=text)
        run_reactions()
        assert expected(mine) == before | {("Bob", "sign")}
    assert actions.ask_signatures(network) == 0
    sign_charter(mine, by=bob, version=3)
    run_reactions()
    assert expected(mine) == before
    assert Step.objects.open().filter(verb="sign").count() == 1


# -- dates


def test_a_meeting_planned_waits_for_dates(
    meeting: Meeting, subject: Any, plan: Any, bob: Any, chloe: Any
) -> None:
    assert (meeting.state, meeting.time_zone, meeting.minutes) == ("undated", "Europe/Paris", 60)
    assert expected(subject) == {("Bob", "propose")}
    with pytest.raises(ValidationError, match="déjà prévue"):
        plan(bob, chloe, about=subject)
    assert Meeting.objects.count() == 1


def test_dates_proposed_then_chosen(
    meeting: Meeting, subject: Any, bob: Any, chloe: Any, in_days: Any
) -> None:
    slots = actions.propose_slots(
        meeting, [in_days(2), in_days(1)], by=bob, minutes=45, mode="video", place=" https://visio\x00 "
    )
    assert [slot.starts_at for slot in slots] == [in_days(1), in_days(2)]
    assert expected(subject) == {("Chloé", "choose")}
    fixed = actions.accept_slot(slots[1], by=chloe)
    assert (fixed.state, fixed.starts_at, fixed.ends_at) == (
        "fixed",
        in_days(2),
        in_days(2) + dt.timedelta(minutes=45),
    )
    assert (fixed.mode, fixed.place, fixed.sequence) == ("video", "https://visio", 1)
    assert actions.accept_slot(slots[1], by=chloe).sequence == 1
    assert {slot.state for slot in Slot.objects.all()} == {"chosen", "dropped"}
    assert expected(subject) == set()
    assert [fact.name for fact in Fact.objects.filter(name__startswith="meeting.").order_by("pk")] == [
        "meeting.proposed",
        "meeting.fixed",
    ]
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.accept_slot(slots[0], by=chloe)


def test_a_counter_proposal_sets_the_others_aside(
    meeting: Meeting, subject: Any, bob: Any, chloe: Any, in_days: Any
) -> None:
    first = actions.propose_slots(meeting, [in_days(1)], by=bob)[0]
    second = actions.propose_slots(Meeting.objects.get(), [in_days(3)], by=chloe)[0]
    assert expected(subject) == {("Bob", "choose")}
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.accept_slot(first, by=chloe)
    assert actions.accept_slot(second, by=bob).starts_at == in_days(3)


def test_a_date_suits_when_it_suits_everyone(
    plan: Any, subject: Any, dora: Any, bob: Any, chloe: Any, in_days: Any, said: Any
) -> None:
    meeting = plan(dora, bob, chloe, about=subject)
    one, two = actions.propose_slots(meeting, [in_days(1), in_days(2)], by=dora)
    assert actions.accept_slot(one, by=bob).state == "undated"
    assert expected(subject) == {("Chloé", "choose")}
    assert len(said("meeting.slot_suits")) == 1
    assert actions.accept_slot(two, by=chloe).state == "undated"
    # Two different dates: somebody is always expected to do something.
    assert expected(subject) == {("Dora", "propose")}
    assert actions.accept_slot(one, by=chloe).starts_at == in_days(1)
    assert expected(subject) == set()


def test_a_meeting_goes_on_without_who_left(
    plan: Any, subject: Any, dora: Any, bob: Any, chloe: Any, in_days: Any
) -> None:
    plan(dora, bob, chloe, about=subject)
    actions.leave_meetings(subject, dora)
    assert expected(subject) == {("Bob", "propose")}


def test_a_fixed_date_is_moved_and_its_invitation_follows(
    meeting: Meeting, subject: Any, bob: Any, chloe: Any, in_days: Any, said: Any
) -> None:
    actions.fix_date(meeting, in_days(1), by=bob, place="Bureau 3")
    assert expected(subject) == set()
    actions.fix_date(meeting, in_days(1), by=bob)
    assert (meeting.sequence, len(said("meeting.fixed"))) == (1, 1)
    actions.fix_date(meeting, in_days(1), by=chloe, place="Bureau 4", minutes=30)
    assert (meeting.sequence, meeting.place, meeting.ends_at) == (
        2,
        "Bureau 4",
        in_days(1) + dt.timedelta(minutes=30),
    )
    slot = actions.propose_slots(meeting, [in_days(5)], by=chloe)[0]
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at, meeting.sequence) == ("undated", None, 3)
    reopened = said("meeting.reopened")[0]
    assert reopened.data["before"] == in_days(1).isoformat()
    assert reopened.data["slots"] == [in_days(5).isoformat()]
    assert actions.accept_slot(slot, by=bob).sequence == 4


def test_a_way_of_meeting_that_does_not_exist(meeting: Meeting, bob: Any, in_days: Any) -> None:
    for gesture in (
        lambda: actions.propose_slots(meeting, [in_days(1)], by=bob, mode="pigeon"),
        lambda: actions.fix_date(meeting, in_days(1), by=bob, mode="pigeon"),
    ):
        with pytest.raises(ValidationError) as refusal:
            gesture()
        assert "mode" in refusal.value.message_dict


def test_a_date_that_has_passed_meanwhile(meeting: Meeting, bob: Any, chloe: Any, in_days: Any) -> None:
    slot = actions.propose_slots(meeting, [in_days(1)], by=bob)[0]
    with clock.at(in_days(2)):
        with pytest.raises(ValidationError, match="déjà passée. Proposez-en une autre"):
            actions.accept_slot(slot, by=chloe)
        with pytest.raises(ValidationError, match="déjà passée"):
            actions.fix_date(meeting, in_days(1), by=bob)


def test_cancelling_has_a_reason_that_the_others_read(
    meeting: Meeting, subject: Any, bob: Any, in_days: Any, said: Any
) -> None:
    actions.fix_date(meeting, in_days(1), by=bob)
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        actions.cancel_meeting(meeting, by=bob, reason=" \x00 ")
    late = Meeting.objects.get()
    actions.cancel_meeting(meeting, by=bob, reason=" Grippe ")
    assert (meeting.state, meeting.cancel_reason, meeting.sequence, meeting.settled_by) == (
        "cancelled",
        "Grippe",
        2,
        bob,
    )
    assert said("meeting.cancelled")[0].data["reason"] == "Grippe"
    assert expected(subject) == set()
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.cancel_meeting(late, by=bob, reason="Grippe")


def test_one_more_person_is_asked_too(
    meeting: Meeting, subject: Any, bob: Any, dora: Any, in_days: Any, said: Any
) -> None:
    actions.propose_slots(meeting, [in_days(1)], by=bob)
    actions.invite_to_meeting(meeting, dora, by=bob)
    actions.invite_to_meeting(meeting, dora, by=bob)
    assert ("Dora", "choose") in expected(subject)
    assert meeting.attendances.count() == 3
    actions.fix_date(Meeting.objects.get(), in_days(1), by=bob)
    actions.invite_to_meeting(Meeting.objects.get(), dora, by=bob)
    assert said("meeting.fixed")[-1].data["only"] == dora.public_id


# -- what took place


def test_each_one_is_asked_once_whether_it_took_place(
    meeting: Meeting, subject: Any, bob: Any, chloe: Any, in_days: Any, said: Any
) -> None:
    actions.fix_date(meeting, in_days(1), by=bob)
    with clock.at(in_days(1) + dt.timedelta(minutes=59)):
        assert actions.ask_whether_held() == 0
    with clock.at(in_days(1) + dt.timedelta(minutes=61)):
        assert actions.ask_whether_held() == 1
        assert actions.ask_whether_held() == 0
        assert expected(subject) == {("Bob", "held"), ("Chloé", "held")}
        assert len(said("meeting.past")) == 1
        actions.settle_meeting(meeting, by=chloe, held=True)
    assert expected(subject) == set()
    assert (meeting.state, meeting.settled_by) == ("held", chloe)
    assert set(meeting.attendances.values_list("attended", flat=True)) == {True}


def test_a_past_meeting_dated_again_is_asked_about_again(
    meeting: Meeting, subject: Any, bob: Any, chloe: Any, in_days: Any
) -> None:
    actions.fix_date(meeting, in_days(1), by=bob)
    with clock.at(in_days(2)):
        actions.ask_whether_held()
        slot = actions.propose_slots(Meeting.objects.get(), [in_days(3)], by=chloe)[0]
        assert expected(subject) == {("Bob", "choose")}
        actions.accept_slot(slot, by=bob)
    with clock.at(in_days(4)):
        assert actions.ask_whether_held() == 1
        assert expected(subject) == {("Bob", "held"), ("Chloé", "held")}


@pytest.mark.parametrize("held", [True, False])
def test_nobody_says_of_a_date_to_come_that_it_took_place_or_not(
    meeting: Meeting, bob: Any, in_days: Any, held: bool
) -> None:
    actions.fix_date(meeting, in_days(1), by=bob)
    with pytest.raises(ValidationError, match="pas encore eu lieu"):
        actions.settle_meeting(meeting, by=bob, held=held)


def test_a_meeting_held_without_a_date_here(meeting: Meeting, bob: Any, in_days: Any) -> None:
    for start in (None, in_days(1)):
        with pytest.raises(ValidationError, match="pas encore eu lieu"):
            actions.settle_meeting(meeting, by=bob, held=True, starts_at=start)
    actions.settle_meeting(meeting, by=bob, held=True, starts_at=in_days(-1))
    assert (meeting.state, meeting.starts_at) == ("held", in_days(-1))


# -- calendars, texts, two at once


def test_one_calendar_address_at_a_time(bob: Any) -> None:
    actions.open_feed(bob, by=bob)
    actions.open_feed(bob, by=bob)
    assert CalendarFeed.objects.filter(withdrawn_at=None).count() == 1
    actions.close_feed(bob, by=bob)
    assert not CalendarFeed.objects.filter(withdrawn_at=None).exists()


@pytest.mark.needs_shared
def test_places_and_reasons_take_any_text(
    plan: Any, bob: Any, chloe: Any, naughty: Any, in_days: Any
) -> None:
    meeting = plan(bob, chloe)
    for text in naughty:
        actions.fix_date(meeting, in_days(1), by=bob, place=text)
        meeting.refresh_from_db()
        assert meeting.place == clean(text).strip()[:300]
    other = plan(bob, chloe, title=naughty[7])
    actions.cancel_meeting(other, by=bob, reason=naughty[8])
    other.refresh_from_db()
    assert other.cancel_reason == clean(naughty[8]).strip()[:1000]


@pytest.mark.django_db(transaction=True)
def test_two_dates_chosen_at_the_same_instant(
    plan: Any, dora: Any, bob: Any, chloe: Any, in_days: Any, at_once: Any, said: Any
) -> None:
    meeting = plan(dora, bob, chloe)
    slot = actions.propose_slots(meeting, [in_days(1)], by=dora)[0].pk

    def accept(by: Any) -> Any:
        return actions.accept_slot(Slot.objects.get(pk=slot), by=by)

    results = at_once(lambda: accept(bob), lambda: accept(chloe))
    assert not [result for result in results if isinstance(result, Exception)]
    fixed = Meeting.objects.get()
    assert (fixed.state, fixed.starts_at, fixed.sequence) == ("fixed", in_days(1), 1)
    assert len(said("meeting.fixed")) == 1
