"""The whole life of an exchange through the actions: direct and mediated, with its bad moments."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.actions import accept_slot, ask_whether_held, propose_slots
from reciproque.agenda.models import Meeting, Step
from reciproque.agenda.queries import live_meeting, steps_of
from reciproque.agenda.rules import MeetingState, Verb
from reciproque.catalogue.actions import withdraw_post
from reciproque.exchanges import actions
from reciproque.exchanges.access import get_exchange, get_introduction, get_thread
from reciproque.exchanges.models import Exchange, Introduction, Review
from reciproque.exchanges.queries import reviews_shown, thread_messages
from reciproque.exchanges.rules import ExchangeState, IntroductionState
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.actions import (
    change_capacity,
    change_settings,
    grant_role,
    join_network,
    leave_network,
)
from reciproque.networks.models import Membership

DAY = dt.timedelta(days=1)


def ask(network: Any, bob: Any, chloe: Any, make_post: Any, **fields: Any) -> Introduction:
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    request = make_post(bob, "request", "Préparer un entretien délicat")
    return actions.ask_introduction(
        network,
        requester=bob,
        offerer=chloe,
        by=bob,
        request=request,
        offer=offer,
        message="Bonjour Chloé",
        **fields,
    )


def verbs_of(person: Any) -> list[str]:
    return [step.verb for step in steps_of(person)]


def date(subject: Any, proposer: Any, *others: Any, at: dt.datetime) -> Meeting:
    meeting = live_meeting(subject)
    assert meeting is not None
    slots = propose_slots(meeting, [at, at + DAY], by=proposer)
    for person in others:
        meeting = accept_slot(slots[0], by=person)
    return meeting


def test_direct_exchange_from_asking_to_both_reviews(
    network: Any, bob: Any, chloe: Any, make_post: Any
) -> None:
    introduction = ask(network, bob, chloe, make_post)
    assert Verb.ANSWER in verbs_of(chloe)
    actions.ask_question(introduction, by=chloe, text="Pour quelle date ?")
    assert verbs_of(bob).count(Verb.REPLY) == 1
    actions.reply_question(introduction, by=bob, text="Avant avril.")
    actions.accept_introduction(introduction, by=chloe)
    assert introduction.state == IntroductionState.AGREED
    exchange = Exchange.objects.get(people__introduction=introduction)
    assert Verb.PROPOSE in verbs_of(bob)

    meeting = date(exchange, bob, chloe, at=clock.now() + 3 * DAY)
    assert meeting.state == MeetingState.FIXED
    assert meeting.sequence == 1
    with clock.at(clock.now() + 4 * DAY):
        assert ask_whether_held() == 1
        assert ask_whether_held() == 0
        assert Verb.HELD in verbs_of(bob)
        assert Verb.HELD in verbs_of(chloe)
        actions.say_held(meeting, by=chloe, held=True)
        actions.say_held(meeting, by=chloe, held=True)
        exchange.refresh_from_db()
        assert exchange.state == ExchangeState.FINISHED
        assert exchange.minutes == 60
        actions.submit_review(exchange, by=bob, satisfaction="4", learned="Écouter d’abord", request_met=True)
        assert reviews_shown(exchange, chloe) == []
        actions.submit_review(exchange, by=chloe, satisfaction="3")
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.CLOSED
    assert len(reviews_shown(exchange, chloe)) == 2
    assert verbs_of(bob) == verbs_of(chloe) == []
    introduction.refresh_from_db()
    assert introduction.request is not None
    assert introduction.request.state == "fulfilled"
    names = set(Fact.objects.values_list("name", flat=True))
    assert {
        "introduction.asked",
        "introduction.accepted",
        "exchange.opened",
        "meeting.fixed",
        "meeting.held",
    } <= names
    assert {"exchange.finished", "review.submitted", "exchange.closed"} <= names


def test_mediated_exchange_with_terms(
    strict_network: Any, make_person: Any, join: Any, make_post: Any, alice: Any
) -> None:
    net = strict_network
    bob, chloe, mediator = make_person("Bob"), make_person("Chloé"), make_person("Marc")
    for person in (bob, chloe):
        join(person, net)
    join(mediator, net, "mediator")
    offer, request = make_post(chloe, network=net), make_post(bob, "request", "Apprendre Excel", network=net)
    introduction = actions.ask_introduction(
        net, requester=bob, offerer=chloe, by=bob, request=request, offer=offer
    )
    actions.accept_introduction(introduction, by=chloe)
    introduction.refresh_from_db()
    assert introduction.state == IntroductionState.ACCEPTED
    assert introduction.mediator == mediator
    assert not Exchange.objects.exists()
    date(introduction, mediator, bob, chloe, at=clock.now() + 2 * DAY)
    meeting = live_meeting(introduction)
    assert meeting is not None
    assert meeting.state == MeetingState.FIXED
    with clock.at(clock.now() + 3 * DAY):
        actions.say_held(meeting, by=mediator, held=True)
        assert Verb.TERMS in verbs_of(mediator)
        actions.write_terms(
            introduction, by=mediator, content="Les bases", success="Refaire seul", review_on=None
        )
        exchange = actions.agree_introduction(introduction, by=mediator)
        assert actions.agree_introduction(introduction, by=mediator) == exchange
        assert exchange.terms.content == "Les bases"
        with pytest.raises(NotThere):
            get_thread(mediator, introduction.thread.public_id)
        with pytest.raises(NotThere):
            get_exchange(mediator, exchange.public_id)
        assert get_thread(bob, introduction.thread.public_id)


def test_they_do_not_match_is_a_normal_ending(
    network: Any, admin: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, join: Any
) -> None:
    change_settings(network, by=admin, mediation="mediated")
    join_network(network, dora, by=dora)
    grant_role(network, dora, "mediator", by=None)
    introduction = ask(network, bob, chloe, make_post)
    actions.accept_introduction(introduction, by=chloe)
    assert introduction.mediator == dora
    actions.end_unmatched(introduction, by=dora)
    assert introduction.state == IntroductionState.NOT_MATCHED
    assert Step.objects.open().count() == 0


def test_two_answers_at_the_same_instant(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    introduction = ask(network, bob, chloe, make_post)
    first = Introduction.objects.select_related("network", "requester", "offerer", "thread").get(
        pk=introduction.pk
    )
    second = Introduction.objects.select_related("network", "requester", "offerer", "thread").get(
        pk=introduction.pk
    )
    actions.accept_introduction(first, by=chloe)
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.refuse_introduction(second, by=chloe, refusal="time")
    assert Exchange.objects.count() == 1


def test_the_same_button_pressed_twice(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    introduction = ask(network, bob, chloe, make_post)
    actions.accept_introduction(introduction, by=chloe)
    actions.accept_introduction(introduction, by=chloe)
    assert Exchange.objects.count() == 1
    offer, request = make_post(chloe, "offer", "Autre savoir"), make_post(bob, "request", "Autre demande")
    pair = {"requester": bob, "offerer": chloe, "request": request, "offer": offer}
    first = actions.ask_introduction(network, by=bob, **pair)
    assert actions.ask_introduction(network, by=bob, **pair) == first
    with pytest.raises(ValidationError, match="déjà en cours"):
        actions.ask_introduction(network, by=chloe, **pair)


def test_capacity_reached_between_the_page_and_the_click(
    network: Any, bob: Any, chloe: Any, dora: Any, make_post: Any
) -> None:
    change_capacity(Membership.objects.get(person=chloe), by=chloe, give=1, receive=1)
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    first = actions.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)
    second = actions.ask_introduction(network, requester=dora, offerer=chloe, by=dora, offer=offer)
    actions.accept_introduction(first, by=chloe)
    with pytest.raises(ValidationError, match="autant d’échanges"):
        actions.accept_introduction(second, by=chloe)
    second.refresh_from_db()
    assert second.state == IntroductionState.ASKED


def test_a_slot_already_past(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    introduction = ask(network, bob, chloe, make_post)
    actions.accept_introduction(introduction, by=chloe)
    exchange = Exchange.objects.get()
    meeting = live_meeting(exchange)
    assert meeting is not None
    with pytest.raises(ValidationError, match="déjà passée"):
        propose_slots(meeting, [clock.now() - DAY], by=bob)
    slot = propose_slots(meeting, [clock.now() + DAY], by=bob)[0]
    with clock.at(clock.now() + 2 * DAY), pytest.raises(ValidationError, match="déjà passée"):
        accept_slot(slot, by=chloe)


def test_a_member_who_leaves_in_the_middle(
    network: Any, bob: Any, chloe: Any, make_post: Any, run_reactions: Any
) -> None:
    introduction = ask(network, bob, chloe, make_post)
    actions.accept_introduction(introduction, by=chloe)
    exchange = Exchange.objects.get()
    leave_network(Membership.objects.get(person=chloe), by=chloe)
    run_reactions()
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.STOPPED
    assert verbs_of(chloe) == []
    assert not [step for step in steps_of(bob) if step.subject_id == exchange.public_id]
    assert Fact.objects.filter(name="exchange.stopped", concerns__person=bob).exists()
    assert Meeting.objects.get().state == MeetingState.CANCELLED


def test_a_withdrawn_offer_with_a_live_introduction(
    network: Any, bob: Any, chloe: Any, make_post: Any, run_reactions: Any
) -> None:
    introduction = ask(network, bob, chloe, make_post)
    assert introduction.offer is not None
    withdraw_post(introduction.offer, by=chloe)
    with pytest.raises(ValidationError, match="plus publiée"):
        actions.accept_introduction(introduction, by=chloe)
    run_reactions()
    introduction.refresh_from_db()
    assert introduction.state == IntroductionState.CANCELLED
    assert Verb.ANSWER not in verbs_of(chloe)


def test_nobody_answers_and_it_lapses(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    introduction = ask(network, bob, chloe, make_post)
    assert actions.lapse_overdue() == 0
    with clock.at(introduction.due_at + DAY):
        assert actions.lapse_overdue() == 1
        introduction.refresh_from_db()
        assert introduction.state == IntroductionState.LAPSED
        with pytest.raises(PermissionDenied):
            actions.accept_introduction(introduction, by=chloe)


def test_a_stranger_and_an_animator_see_nothing_of_it(
    network: Any, alice: Any, bob: Any, chloe: Any, fatou: Any, make_post: Any
) -> None:
    introduction = ask(network, bob, chloe, make_post)
    for person in (alice, fatou):
        with pytest.raises(NotThere):
            get_introduction(person, introduction.public_id)
        with pytest.raises(NotThere):
            get_thread(person, introduction.thread.public_id)
        with pytest.raises(PermissionDenied):
            actions.accept_introduction(introduction, by=person)
    assert [message.text for message in thread_messages(introduction.thread, bob)] == ["Bonjour Chloé"]


def test_own_manager_is_kept_apart(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    bob.manager = chloe
    bob.save()
    with pytest.raises(ValidationError, match="responsable"):
        ask(network, bob, chloe, make_post)


def test_strict_reciprocity_opens_the_door(
    strict_network: Any, make_person: Any, join: Any, make_post: Any
) -> None:
    net = strict_network
    bob, chloe = make_person("Bob"), make_person("Chloé")
    join(bob, net)
    join(chloe, net)
    offer = make_post(chloe, network=net)
    late = clock.now() + 100 * DAY
    with clock.at(late), pytest.raises(ValidationError, match="au moins une offre et une demande"):
        actions.ask_introduction(net, requester=bob, offerer=chloe, by=bob, offer=offer)
    with clock.at(late):
        make_post(bob, "offer", "Le tri des plis", network=net)
        make_post(bob, "request", "Excel", network=net)
        assert actions.ask_introduction(net, requester=bob, offerer=chloe, by=bob, offer=offer)


def test_declared_afterwards_and_confirmed(network: Any, alice: Any, bob: Any, chloe: Any) -> None:
    held_on = clock.now().date() - DAY
    exchange = actions.declare_exchange(
        network, requester=bob, offerer=chloe, by=bob, title="Publipostage", held_on=held_on, key="k1"
    )
    again = actions.declare_exchange(
        network, requester=bob, offerer=chloe, by=bob, title="Publipostage", held_on=held_on, key="k1"
    )
    assert exchange == again
    assert verbs_of(chloe) == [Verb.CONFIRM]
    with pytest.raises(PermissionDenied):
        actions.confirm_exchange(exchange, by=bob)
    actions.confirm_exchange(exchange, by=chloe)
    assert exchange.state == ExchangeState.CLOSED
    by_animator = actions.declare_exchange(
        network, requester=bob, offerer=chloe, by=alice, title="Autre", held_on=held_on
    )
    actions.deny_exchange(by_animator, by=bob)
    assert by_animator.state == ExchangeState.DENIED
    with pytest.raises(ValidationError, match="pas encore passée"):
        actions.declare_exchange(
            network, requester=bob, offerer=chloe, by=bob, title="Demain", held_on=clock.now().date() + DAY
        )


def test_reviews_close_at_their_deadline(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    introduction = ask(network, bob, chloe, make_post)
    actions.accept_introduction(introduction, by=chloe)
    exchange = Exchange.objects.get()
    meeting = date(exchange, bob, chloe, at=clock.now() + DAY)
    with clock.at(clock.now() + 2 * DAY):
        actions.say_held(meeting, by=bob, held=True)
        exchange.refresh_from_db()
        actions.submit_review(exchange, by=bob, satisfaction="4")
        assert Review.objects.count() == 1
    assert exchange.review_due_at is not None
    with clock.at(exchange.review_due_at + DAY):
        assert actions.close_overdue_reviews() == 1
        exchange.refresh_from_db()
        assert exchange.state == ExchangeState.CLOSED
        assert len(reviews_shown(exchange, chloe)) == 1
        with pytest.raises(ValidationError):
            actions.submit_review(exchange, by=chloe, satisfaction="4")
