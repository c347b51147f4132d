"""Meeting, finishing, extending, stopping, reviewing, declaring, leaving."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reciproque.agenda.actions import accept_slot, fix_date, propose_slots
from reciproque.agenda.models import Meeting, Step
from reciproque.agenda.queries import live_meeting
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, Terms, ThreadPerson
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.actions import change_capacity, leave_network
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)


# -- meeting, finishing


def test_an_exchange_starts_with_a_date_to_find(
    exchange: Exchange, expected: Any, bob: Any, chloe: Any, said: Any
) -> None:
    assert (exchange.state, exchange.origin) == ("open", "followed")
    assert expected(exchange) == {("Bob", "propose")}
    meeting = live_meeting(exchange)
    assert (meeting.mode, meeting.kind, {row.person for row in meeting.attendances.all()}) == (
        "phone",
        "exchange",
        {bob, chloe},
    )
    assert said("exchange.opened")[0].data["names"] == ["Bob Riou", "Chloé Le Goff"]


def test_it_took_place_and_it_is_over(finished: Exchange, expected: Any) -> None:
    assert (finished.state, finished.minutes, finished.mode, finished.held_on) == (
        "finished",
        60,
        "phone",
        dt.date(2026, 3, 3),
    )
    assert expected(finished) == {("Bob", "review"), ("Chloé", "review")}
    assert {step.due_at for step in Step.objects.open().filter(verb="review")} == {finished.review_due_at}


def test_it_took_place_and_goes_on(
    exchange: Exchange, expected: Any, bob: Any, chloe: Any, later: Any
) -> None:
    first = live_meeting(exchange)
    fix_date(first, clock.now() + DAY, by=bob, minutes=30)
    with later(2):
        actions.say_held(first, by=chloe, held=True, more=True)
        assert expected(exchange) == {("Chloé", "propose")}
        second = live_meeting(exchange)
        assert second != first
        actions.say_held(second, by=bob, held=True, starts_at=clock.now() - DAY)
    exchange.refresh_from_db()
    assert (exchange.state, exchange.minutes) == ("finished", 90)


def test_it_did_not_take_place(exchange: Exchange, expected: Any, bob: Any, chloe: Any, later: Any) -> None:
    first = live_meeting(exchange)
    fix_date(first, clock.now() + DAY, by=bob)
    with later(2):
        actions.say_held(first, by=chloe, held=False)
        actions.say_held(first, by=bob, held=True)  # too late: nothing changes
    assert (first.state, Exchange.objects.get().state) == ("missed", "open")
    assert expected(exchange) == {("Chloé", "propose")}
    assert Meeting.objects.count() == 2


def test_calling_off_expects_another_date(exchange: Exchange, expected: Any, bob: Any, chloe: Any) -> None:
    first = live_meeting(exchange)
    fix_date(first, clock.now() + DAY, by=bob)
    actions.call_off_meeting(first, by=chloe, reason="Grippe")
    actions.call_off_meeting(first, by=chloe, reason="Grippe")
    assert (first.state, first.cancel_reason) == ("cancelled", "Grippe")
    assert expected(exchange) == {("Chloé", "propose")}
    assert Meeting.objects.count() == 2


def test_finishing_needs_a_meeting(exchange: Exchange, bob: Any) -> None:
    with pytest.raises(ValidationError, match="quand vous vous êtes rencontrés"):
        actions.finish_exchange(exchange, by=bob)


def test_extending_and_finishing_again(
    finished: Exchange, expected: Any, bob: Any, chloe: Any, later: Any, said: Any
) -> None:
    with later(3):
        actions.extend_exchange(finished, by=bob)
        actions.extend_exchange(finished, by=bob)
        assert (finished.state, finished.review_due_at) == ("open", None)
        assert expected(finished) == {("Bob", "propose")}
        actions.finish_exchange(finished, by=chloe)
        actions.finish_exchange(finished, by=chloe)
        assert expected(finished) == {("Bob", "review"), ("Chloé", "review")}
        assert live_meeting(finished) is None
        actions.submit_review(finished, by=bob, satisfaction="4")
        with pytest.raises(ValidationError, match="bilan est déjà fait"):
            actions.extend_exchange(finished, by=chloe)
    assert (len(said("exchange.extended")), len(said("exchange.finished"))) == (1, 2)


def test_stopping_has_a_reason_and_releases_everyone(
    exchange: Exchange, expected: Any, bob: Any, chloe: Any, said: Any
) -> None:
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        actions.stop_exchange(exchange, by=bob, reason=" ")
    late = Exchange.objects.get()
    actions.stop_exchange(exchange, by=bob, reason=" Mutation ")
    actions.stop_exchange(exchange, by=bob, reason="Mutation")
    assert (exchange.state, exchange.reason, exchange.stopped_by) == ("stopped", "Mutation", bob)
    assert expected(exchange) == set()
    assert live_meeting(exchange) is None
    assert len(said("exchange.stopped")) == 1
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.stop_exchange(late, by=chloe, reason="Aussi")
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.extend_exchange(exchange, by=bob)


def test_terms_are_written_while_they_can_serve(
    introduction: Any, mediated: Any, exchange: Exchange, bob: Any, chloe: Any, later: Any
) -> None:
    first = actions.write_terms(exchange, by=bob, content=" Les bases ", review_on=dt.date(2026, 4, 1))
    again = actions.write_terms(exchange, by=chloe, method="En pratiquant")
    assert first == again
    assert (again.content, again.method, again.written_by) == ("Les bases", "En pratiquant", chloe)
    for field, value in (("content", "x" * 4001), ("method", "x" * 501)):
        with pytest.raises(ValidationError) as refusal:
            actions.write_terms(exchange, by=bob, **{field: value})
        assert field in refusal.value.message_dict
    with pytest.raises(ValueError, match="exchange_id"):
        actions.write_terms(exchange, by=bob, exchange_id=1)
    actions.stop_exchange(exchange, by=bob, reason="Mutation")
    with pytest.raises(ValidationError, match="ne changent plus"):
        actions.write_terms(exchange, by=bob, content="Trop tard")
    with pytest.raises(ValidationError, match="une fois la mise en relation acceptée"):
        actions.write_terms(introduction, by=bob, content="Trop tard")


# -- leaving in the middle


def test_who_leaves_after_the_meeting_is_not_waited_for(
    finished: Exchange,
    expected: Any,
    bob: Any,
    chloe: Any,
    run_reactions: Any,
    later: Any,
    said: Any,
    member: Any,
) -> None:
    with later(3):
        actions.submit_review(finished, by=bob, satisfaction="4")
        leave_network(member(chloe), by=chloe)
        run_reactions()
    finished.refresh_from_db()
    assert finished.state == "closed"
    assert expected(finished) == set()
    assert said("exchange.left")[0].data["who"] == chloe.public_id


def test_a_group_goes_on_without_who_left(
    ask: Any, make_post: Any, expected: Any, bob: Any, chloe: Any, dora: Any, run_reactions: Any, member: Any
) -> None:
    change_capacity(member(chloe), by=chloe, give=5, receive=1)
    actions.accept_introduction(ask(bob, chloe, offer=make_post(chloe, small_group=True)), by=chloe)
    group = Exchange.objects.get()
    actions.accept_introduction(ask(dora, chloe), by=chloe, into=group)
    assert expected(group) == {("Bob", "propose")}
    leave_network(member(bob), by=bob)
    run_reactions()
    group.refresh_from_db()
    assert group.state == "open"
    assert len(expected(group)) == 1  # somebody else finds the date
    assert not [who for who, _verb in expected(group) if who == "Bob"]
    assert ThreadPerson.objects.get(thread=group.thread, person=bob).until == clock.now()
    slot = propose_slots(live_meeting(group), [clock.now() + DAY], by=chloe)[0]
    assert accept_slot(slot, by=dora).state == "fixed"
    leave_network(member(chloe), by=chloe)
    run_reactions()
    group.refresh_from_db()
    assert (group.state, group.reason) == ("stopped", "Cette personne a quitté le réseau.")


def test_leaving_the_organisation_releases_everything_once(
    introduction: Any, ask: Any, bob: Any, chloe: Any, dora: Any, expected: Any, run_reactions: Any, said: Any
) -> None:
    other = ask(chloe, dora)
    actions.accept_introduction(other, by=dora)
    leave_organisation(chloe, by=None)
    run_reactions()
    assert actions.release_person(chloe, network=None) == 0
    introduction.refresh_from_db()
    assert (introduction.state, introduction.reason) == ("cancelled", "Cette personne a quitté le réseau.")
    assert Exchange.objects.get().state == "stopped"
    assert not Step.objects.open().filter(owner=chloe).exists()
    assert len(said("exchange.stopped")) == 1


# -- any text, two at once


@pytest.mark.needs_shared
def test_reviews_terms_and_reasons_take_any_text(
    finished: Exchange, exchange: Exchange, bob: Any, naughty: Any
) -> None:
    for text in naughty:
        Exchange.objects.update(state="open")
        exchange.refresh_from_db()
        terms = actions.write_terms(exchange, by=bob, content=text, purpose=text[:400], success=text[:400])
        assert Terms.objects.get(pk=terms.pk).content == clean(text).strip()
        Exchange.objects.update(state="finished")
        review = actions.submit_review(exchange, by=bob, satisfaction="4", learned=text, comment=text)
        review.refresh_from_db()
        assert review.learned == review.comment == clean(text).strip()[:2000]
        review.delete()
    Exchange.objects.update(state="open")
    exchange.refresh_from_db()
    actions.stop_exchange(exchange, by=bob, reason="".join(naughty))
    exchange.refresh_from_db()
    assert exchange.reason == clean("".join(naughty)).strip()[:1000]


@pytest.mark.django_db(transaction=True)
def test_both_review_at_the_same_instant(
    finished: Exchange, bob: Any, chloe: Any, at_once: Any, said: Any
) -> None:
    def review(by: Any) -> Any:
        row = Exchange.objects.select_related("network", "thread", "request").get(pk=finished.pk)
        return actions.submit_review(row, by=by, satisfaction="4")

    results = at_once(lambda: review(bob), lambda: review(chloe))
    assert not [result for result in results if isinstance(result, Exception)], results
    finished.refresh_from_db()
    assert finished.state == "closed"
    assert len(said("exchange.closed")) == 1


@pytest.mark.django_db(transaction=True)
def test_both_say_it_took_place_at_the_same_instant(
    exchange: Exchange, bob: Any, chloe: Any, at_once: Any, said: Any
) -> None:
    meeting = live_meeting(exchange)
    fix_date(meeting, clock.now() + DAY, by=bob)
    with clock.at(clock.now() + 2 * DAY):
        results = at_once(
            *[
                lambda by=by: actions.say_held(
                    Meeting.objects.select_related("network").get(pk=meeting.pk), by=by, held=True
                )
                for by in (bob, chloe)
            ]
        )
    assert not [result for result in results if not isinstance(result, (Meeting, ValidationError))], results
    exchange.refresh_from_db()
    assert exchange.state == "finished"
    assert (len(said("meeting.held")), len(said("exchange.finished"))) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_declaring_twice_at_the_same_instant(declare: Any, bob: Any, at_once: Any, said: Any) -> None:
    first, second = at_once(*[lambda: declare(bob, key="k") for _ in range(2)])
    assert first == second == Exchange.objects.get()
    assert len(said("exchange.declared")) == 1
