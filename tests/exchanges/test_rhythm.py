"""Every live state waits for somebody by name and date; gaps are mended; pauses and departures leave nothing behind."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reciproque.agenda.actions import ask_whether_held, fix_date, remind_due
from reciproque.agenda.models import Attendance, Meeting, Step
from reciproque.agenda.queries import live_meeting, steps_about
from reciproque.agenda.rules import PRIVATE_VERBS, MeetingState, Verb
from reciproque.catalogue.actions import renew_post, warn_expiring
from reciproque.catalogue.models import Post
from reciproque.config.worker import TIMETABLE, run_reactions
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction
from reciproque.exchanges.queries import count_unreviewed, usual_wait
from reciproque.exchanges.rules import LIVE_INTRODUCTION, ExchangeState, IntroductionState, median_wait
from reciproque.kit import clock
from reciproque.matching.models import Proposal, Suggestion
from reciproque.networks.actions import (
    add_to_pool,
    change_settings,
    join_network,
    leave_network,
    pause_membership,
    publish_charter,
)
from reciproque.networks.models import Membership, PoolMember
from reciproque.networks.rules import MembershipState

DAY = dt.timedelta(days=1)
TABLE = Path(__file__).resolve().parents[2] / "docs/rhythm.md"


def waits_for_nobody() -> list[Any]:
    """Every live subject about which nothing is expected of anyone and that waits for no date to come."""
    introductions = Introduction.objects.filter(state__in=LIVE_INTRODUCTION)
    exchanges = Exchange.objects.filter(state__in=[ExchangeState.OPEN, ExchangeState.FINISHED])
    applied = Membership.objects.filter(state=MembershipState.APPLIED)
    proposals = [row.introduction for row in Proposal.objects.filter(state="waiting")]
    published = Suggestion.objects.filter(state="open", published_at__isnull=False)
    asked = Post.objects.filter(state="published", silent_at__isnull=False)
    rows = [*introductions, *exchanges, *applied, *proposals, *published, *asked]
    coming = Meeting.objects.filter(state=MeetingState.FIXED, ends_at__gt=clock.now())
    dated = set(coming.values_list("subject_id", flat=True))
    return [row for row in rows if not steps_about(row) and row.public_id not in dated]


def everything_waits(*, also: set[str]) -> None:
    assert waits_for_nobody() == []
    assert also <= set(Step.objects.open().values_list("verb", flat=True))


# -- every live state


def test_every_state_of_a_direct_exchange_waits_for_someone(
    ask: Any, bob: Any, chloe: Any, later: Any
) -> None:
    introduction = ask(bob, chloe)
    everything_waits(also={"answer"})
    actions.ask_question(introduction, by=chloe, text="Pour quand ?")
    everything_waits(also={"reply"})
    actions.reply_question(introduction, by=bob, text="Mai")
    everything_waits(also={"answer"})
    actions.accept_introduction(introduction, by=chloe)
    exchange = Exchange.objects.get()
    everything_waits(also={"propose"})
    meeting = live_meeting(exchange)
    assert meeting is not None
    fix_date(meeting, clock.now() + DAY, by=bob)
    everything_waits(also=set())
    with later(2):
        ask_whether_held()
        everything_waits(also={"held"})
        actions.say_held(meeting, by=bob, held=False)
        everything_waits(also={"propose"})
        meeting = live_meeting(exchange)
        assert meeting is not None
        fix_date(meeting, clock.now() + DAY, by=bob)
    with later(4):
        actions.say_held(meeting, by=bob, held=True, more=True)
        everything_waits(also={"propose"})
        meeting = live_meeting(exchange)
        assert meeting is not None
        fix_date(meeting, clock.now() + DAY, by=bob)
    with later(6):
        actions.say_held(meeting, by=bob, held=True)
        everything_waits(also={"review"})


def test_every_state_of_a_mediation_waits_for_someone(mediated: Introduction, chloe: Any, later: Any) -> None:
    mediated.refresh_from_db()
    everything_waits(also={"propose"})
    meeting = live_meeting(mediated)
    assert meeting is not None
    fix_date(meeting, clock.now() + DAY, by=chloe)
    with later(2):
        ask_whether_held()
        everything_waits(also={"held"})
        actions.say_held(meeting, by=chloe, held=True)
        everything_waits(also={"terms"})
        mediated.refresh_from_db()
        actions.agree_introduction(mediated, by=chloe)
        everything_waits(also={"propose"})


def test_a_mediation_without_mediator_waits_for_the_team(
    network: Any, admin: Any, alice: Any, bob: Any, dora: Any, ask: Any
) -> None:
    change_settings(network, by=admin, mediation="mediated")
    actions.accept_introduction(ask(bob, dora), by=dora)
    everything_waits(also={"assign"})


def test_applicants_declarations_and_posts_wait_for_someone(
    network: Any, alice: Any, bob: Any, make_person: Any, make_post: Any, declare: Any
) -> None:
    declare(bob)
    change_settings(network, by=alice, admission="approval")
    join_network(network, make_person("Zoé"), by=None)
    make_post(bob)
    publish_charter(network, by=alice, text_fr="Autre")
    with clock.at(clock.now() + 355 * DAY):
        warn_expiring()
    run_reactions()
    everything_waits(also={"confirm", "admit", "renew", "sign", "offer", "request"})


def test_after_a_no_or_a_silence_the_next_person_waits_for_the_asker(
    introduction: Introduction, make_post: Any, dora: Any, chloe: Any
) -> None:
    make_post(dora, "offer", "Mener un entretien")
    run_reactions()
    actions.refuse_introduction(introduction, by=chloe, refusal="time")
    run_reactions()
    everything_waits(also={"next"})


def test_the_table_of_the_rhythm_holds_every_verb() -> None:
    text = TABLE.read_text(encoding="utf-8")
    written = set(re.findall(r"`([A-Z_]+)`", text))
    assert {verb.name for verb in Verb} <= written


def test_the_worker_does_every_duty_of_the_rhythm() -> None:
    duties = {duty.__name__ for _name, _every, duty in TIMETABLE}
    assert duties >= {
        "ask_whether_held",
        "close_overdue_reviews",
        "close_unconfirmed",
        "end_pauses",
        "escalate_overdue",
        "lapse_overdue",
        "lapse_proposals",
        "mend_gaps",
        "remind_due",
        "tell_late_desk",
        "tend_silent_offers",
    }


# -- gaps


def test_what_lost_its_step_finds_the_right_one_again(
    ask: Any, bob: Any, chloe: Any, dora: Any, expected: Any
) -> None:
    asked = ask(bob, chloe)
    opened = ask(bob, dora, title="Publipostage")
    actions.accept_introduction(opened, by=dora)
    exchange = Exchange.objects.get()
    Step.objects.all().delete()
    assert actions.mend_gaps() == 2
    assert expected(asked) == {("Chloé", "answer")}
    assert expected(exchange) == {("Bob", "propose")}
    assert actions.mend_gaps() == 0


def test_an_exchange_whose_meeting_is_gone_is_asked_to_go_on(
    exchange: Exchange, bob: Any, expected: Any, later: Any
) -> None:
    meeting = live_meeting(exchange)
    assert meeting is not None
    Step.objects.all().delete()
    past = clock.now() - 3 * DAY
    Meeting.objects.filter(pk=meeting.pk).update(state="held", starts_at=past, ends_at=past + DAY / 24)
    assert actions.mend_gaps() == 1
    assert expected(exchange) == {("Bob", "go_on")}
    Step.objects.all().delete()
    Meeting.objects.filter(pk=meeting.pk).update(state="fixed")
    assert actions.mend_gaps() == 1
    assert expected(exchange) == {("", "held")}
    Step.objects.all().delete()
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    assert actions.mend_gaps() == 1
    assert expected(exchange) == {("Bob", "propose")}


def test_a_finished_exchange_and_a_mediation_are_mended_too(
    mediated: Introduction, chloe: Any, expected: Any
) -> None:
    Step.objects.all().delete()
    assert actions.mend_gaps() == 1
    assert expected(mediated) == {("Chloé", "propose")}
    Meeting.objects.filter(subject_id=mediated.public_id).update(
        state="held", starts_at=clock.now() - 2 * DAY, ends_at=clock.now() - DAY
    )
    Step.objects.all().delete()
    assert actions.mend_gaps() == 1
    assert expected(mediated) == {("Chloé", "terms")}


def test_missing_reviews_are_asked_twice_then_closed_as_unreviewed(
    finished: Exchange, bob: Any, network: Any, said: Any
) -> None:
    actions.submit_review(finished, by=bob, satisfaction="4")
    start = clock.now()
    for hours in range(0, 24 * 20, 4):
        with clock.at(start + dt.timedelta(hours=hours)):
            remind_due()
            actions.close_overdue_reviews()
    finished.refresh_from_db()
    assert finished.state == ExchangeState.CLOSED
    reminded = [fact for fact in said("step.reminded") if fact.data["verb"] == "review"]
    assert len(reminded) == 2
    assert said("exchange.closed")[0].data["missing"] == 1
    assert count_unreviewed(network) == {"exchanges": 1, "reviews": 1}


# -- offers nobody asks for


@pytest.fixture
def old_offer(network: Any, admin: Any, bob: Any, make_post: Any) -> Post:
    """An offer published in a network where posts last two years, and silence one."""
    change_settings(network, by=admin, validity_days=730, silent_days=365)
    return make_post(bob)


def test_an_offer_nobody_asks_for_is_asked_about_then_let_go(
    old_offer: Post, bob: Any, said: Any, later: Any
) -> None:
    with later(364):
        assert actions.tend_silent_offers() == 0
    with later(366):
        assert actions.tend_silent_offers() == 1
        assert actions.tend_silent_offers() == 0
    assert [fact.subject_id for fact in said("post.silent")] == [old_offer.public_id]
    assert [step.verb for step in steps_about(old_offer)] == ["renew"]
    with later(381):
        assert actions.tend_silent_offers() == 1
    old_offer.refresh_from_db()
    assert old_offer.state == "expired"
    assert said("post.expired")[0].data["silent"] is True


def test_a_word_of_its_author_keeps_it_for_another_year(old_offer: Post, bob: Any, later: Any) -> None:
    with later(366):
        actions.tend_silent_offers()
        renew_post(old_offer, by=bob)
        assert steps_about(old_offer) == []
    with later(500):
        assert actions.tend_silent_offers() == 0
    old_offer.refresh_from_db()
    assert (old_offer.state, old_offer.silent_at) == ("published", None)
    with later(733):
        assert actions.tend_silent_offers() == 1


def test_an_offer_somebody_asks_for_is_left_alone(
    old_offer: Post, ask: Any, bob: Any, chloe: Any, later: Any
) -> None:
    with later(300):
        ask(chloe, bob, offer=old_offer)
    with later(366):
        actions.lapse_overdue()
        assert actions.tend_silent_offers() == 0
    with later(670):
        assert actions.tend_silent_offers() == 1
        ask(chloe, bob, offer=old_offer, title="Autre")
    with later(671):
        actions.tend_silent_offers()
        assert steps_about(old_offer) == []


def test_a_paused_author_is_asked_nothing(old_offer: Post, bob: Any, member: Any, later: Any) -> None:
    with later(360):
        pause_membership(member(bob), by=bob, until=clock.now() + 60 * DAY)
    with later(370):
        assert actions.tend_silent_offers() == 0


# -- pause


def pause(person: Any, member: Callable[..., Membership], days: int = 14) -> None:
    pause_membership(member(person), by=person, until=clock.now() + days * DAY)
    run_reactions()


def test_an_introduction_awaiting_someone_on_pause_is_proposed_elsewhere(
    introduction: Introduction, bob: Any, chloe: Any, dora: Any, make_post: Any, member: Any, expected: Any
) -> None:
    make_post(dora, "offer", "Mener un entretien")
    run_reactions()
    pause(chloe, member)
    introduction.refresh_from_db()
    assert introduction.state == IntroductionState.CANCELLED
    assert "pause" in introduction.reason
    assert expected(introduction) == {("Bob", "next")}


def test_what_the_paused_person_asked_goes_on_and_waits(
    introduction: Introduction, bob: Any, chloe: Any, member: Any, later: Any
) -> None:
    actions.ask_question(introduction, by=chloe, text="Pour quand ?")
    introduction.refresh_from_db()
    before = introduction.due_at
    pause(bob, member)
    introduction.refresh_from_db()
    assert introduction.due_at == before + 14 * DAY
    with later(15):
        assert actions.lapse_overdue() == 0


def test_reviews_wait_for_someone_on_pause(finished: Exchange, bob: Any, member: Any) -> None:
    before = finished.review_due_at
    pause(bob, member)
    finished.refresh_from_db()
    assert finished.review_due_at == before + 14 * DAY  # type: ignore[operator]


def test_a_mediation_not_dated_goes_to_another(
    mediated: Introduction, alice: Any, chloe: Any, member: Any, expected: Any
) -> None:
    pause(chloe, member)
    mediated.refresh_from_db()
    assert mediated.mediator is None
    assert expected(mediated) == {("", "assign")}


# -- departure


@pytest.mark.parametrize("by_directory", [False, True])
def test_leaving_releases_everything(
    by_directory: bool,
    network: Any,
    admin: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    ask: Any,
    make_post: Any,
    declare: Any,
    member: Any,
) -> None:
    add_to_pool(network, chloe, by=alice, abilities=["fair"])
    asked, mine = ask(bob, chloe), ask(chloe, dora, title="Publipostage")
    opened = ask(bob, chloe, title="Tri du courrier")
    actions.accept_introduction(opened, by=chloe)
    declare(bob)
    change_settings(network, by=admin, mediation="mediated")
    mediation = ask(bob, dora, title="Tenir une réunion")
    actions.accept_introduction(mediation, by=dora)
    run_reactions()
    mediation.refresh_from_db()
    assert mediation.mediator == chloe
    if by_directory:
        from reciproque.people.actions import leave_organisation

        leave_organisation(chloe, by=admin)
    else:
        leave_network(member(chloe), by=chloe)
    run_reactions()
    assert not Step.objects.open().filter(owner=chloe).exists()
    assert not Post.objects.filter(author=chloe, state__in=["published", "paused"]).exists()
    for row in (asked, mine):
        row.refresh_from_db()
        assert row.state == IntroductionState.CANCELLED
    mediation.refresh_from_db()
    assert mediation.mediator != chloe
    assert not ExchangePerson.objects.filter(person=chloe, left_at=None, exchange__state="open").exists()
    there = Attendance.objects.filter(person=chloe, left_at=None, meeting__state__in=["undated", "fixed"])
    assert not there.exists()
    assert not PoolMember.objects.filter(person=chloe, left_at=None).exists()
    assert not Suggestion.objects.filter(state="open", offer__author=chloe).exists()
    assert not Suggestion.objects.filter(state="open", request__author=chloe).exists()
    assert waits_for_nobody() == []
    assert not Step.objects.open().filter(verb__in=PRIVATE_VERBS).exists()


# -- honest waits


def test_the_median_counts_silence_honestly() -> None:
    assert median_wait([1, 2, 3], [], 0) == 2
    assert median_wait([1, 2, 3], [], 2) == 3
    assert median_wait([1, 2], [], 3) is None
    assert median_wait([1, 4], [2, 2], 0) == 4  # taken back after two days: neither an answer nor a silence
    assert median_wait([], [1, 2], 0) is None
    assert median_wait([1, 1], [], 2) == 1


def asked_of(network: Any, ask: Any, people: list[Any], days: list[float | None], asker: Any) -> None:
    """The asker asks each one; each answers after so many days, or never (None)."""
    start = clock.now()
    for number, (person, wait) in enumerate(zip(people, days, strict=True)):
        with clock.at(start):
            row = ask(asker, person, title=f"Sujet {number}")
        if wait is not None:
            with clock.at(start + wait * DAY):
                actions.refuse_introduction(row, by=person, refusal="time")
    with clock.at(start + 20 * DAY):
        actions.lapse_overdue()


def test_the_usual_wait_is_hidden_below_five_cases(
    network: Any, ask: Any, bob: Any, make_person: Any, join: Any, later: Any, queries: Any
) -> None:
    people = [make_person(name) for name in ("Ana", "Ben", "Cem", "Dag", "Eve")]
    for person in people:
        join(person, network)
    asked_of(network, ask, people[:4], [1, 2, 3, None], bob)
    with later(21):
        assert usual_wait(network) is None
        asked_of(network, ask, people[4:], [0.2], bob)
    with later(45), queries() as seen:
        wait = usual_wait(network)
        assert wait is not None
        assert (wait.days, wait.answered, wait.cases) == (2, 80, 5)
    assert len(seen) == 1
    with later(200):
        assert usual_wait(network) is None
