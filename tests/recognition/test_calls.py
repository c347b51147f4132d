"""Calls to those who know: within each one's limit, declined politely, then carried to the next; no name before a yes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.catalogue.models import Topic
from reciproque.exchanges.actions import set_apart
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.library.actions import ask_case
from reciproque.library.models import Asked
from reciproque.networks.actions import change_settings, leave_network, pause_membership
from reciproque.recognition.access import get_call
from reciproque.recognition.actions import (
    answer_call,
    call_done,
    call_someone,
    carry_requests,
    choose_calls,
    fold_calls,
    lapse_calls,
    settle_calls,
    withdraw_call,
)
from reciproque.recognition.models import Call, Evidence, Skill, Standing
from reciproque.recognition.queries import call_view, calls_in, calls_to, likely_holders
from reciproque.recognition.rules import CallKind, CallState

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def topic(make_post: Any, chloe: Any) -> Topic:
    """Chloé offers it, so that anybody finds her."""
    return make_post(chloe, "offer", "Tailler les rosiers", topics=["Rosiers"]).topics.get()


def knows(person: Any, topic: Topic, network: Any, kind: str = "given", source: str = "x") -> Skill:
    skill, _new = Skill.objects.get_or_create(person=person, topic=topic)
    Evidence.objects.create(
        skill=skill,
        network=network,
        kind=kind,
        source_kind="exchange",
        source_id=source,
        on=clock.now().date(),
    )
    return skill


def step(call: Call) -> Step | None:
    return Step.objects.open().about(call).filter(verb=Verb.PASS_ON).first()


def call(network: Any, topic: Topic, by: Any, person: Any = None, kind: str = "sheet", **more: Any) -> Call:
    return call_someone(network, topic, kind=kind, person=person, by=by, **more)


def test_a_call_is_expected_of_somebody_by_a_day_with_what_follows(
    network: Any, alice: Any, chloe: Any, topic: Topic, said: Any
) -> None:
    row = call(network, topic, alice, chloe, words="Vous en parlez si bien.")
    expected = step(row)
    assert expected is not None
    assert expected.owner == chloe
    assert expected.due_at > clock.now()
    assert "quelqu’un d’autre" in str(expected.consequence)
    (fact,) = said("call.asked")
    assert fact.data["to"] == [chloe.public_id]
    assert "words" not in fact.data


def test_only_those_who_animate_call(network: Any, bob: Any, chloe: Any, topic: Topic) -> None:
    with pytest.raises(PermissionDenied):
        call(network, topic, bob, chloe)


def test_without_a_name_the_one_whom_acts_designate_is_asked_and_not_named(
    network: Any, alice: Any, bob: Any, dora: Any, topic: Topic
) -> None:
    for number in range(3):
        knows(bob, topic, network, source=str(number))
    row = call(network, topic, alice)
    assert row.person == bob
    assert call_view(row, alice).name == ""
    assert [view.name for view in calls_in(network, alice)] == [""]
    assert calls_in(network, dora) == []
    answer_call(row, by=bob, yes=True)
    assert call_view(row, alice).name == "Bob Riou"


def test_a_no_needs_no_reason_and_the_next_one_is_asked_who_is_not_the_same(
    network: Any, alice: Any, bob: Any, chloe: Any, topic: Topic, said: Any
) -> None:
    for number in range(3):
        knows(bob, topic, network, source=str(number))
    row = call(network, topic, alice)
    answer_call(row, by=bob, yes=False)
    assert row.state == CallState.DECLINED
    assert step(row) is None
    # Nobody chose Bob: nobody learns that he was asked.
    assert said("call.declined") == []
    following = Call.objects.get(state=CallState.ASKED)
    assert following.person == chloe
    assert step(following) is not None
    assert bob not in [one.person for one in likely_holders(network, topic)]


def test_whom_one_chose_by_name_says_no_to_them(
    network: Any, alice: Any, chloe: Any, topic: Topic, said: Any
) -> None:
    row = call(network, topic, alice, chloe)
    answer_call(row, by=chloe, yes=False, reason="Trop de travail ce mois-ci.")
    view = call_view(row, alice)
    assert (view.name, view.reason) == ("Chloé Le Goff", "Trop de travail ce mois-ci.")
    (fact,) = said("call.declined")
    assert fact.data["to"] == [alice.public_id]
    assert "reason" not in fact.data
    # Nobody else knows: the team is told.
    assert len(said("call.exhausted")) == 1


def test_nobody_is_asked_more_than_they_accept(
    network: Any, alice: Any, chloe: Any, topic: Topic, make_post: Any
) -> None:
    other = make_post(chloe, "offer", "Greffer les pommiers", topics=["Pommiers"]).topics.get()
    third = make_post(chloe, "offer", "Semer un gazon", topics=["Gazon"]).topics.get()
    call(network, topic, alice, chloe)
    call(network, other, alice, chloe)
    with pytest.raises(ValidationError, match="autant de sollicitations"):
        call(network, third, alice, chloe)
    # What is done makes room.
    row = Call.objects.filter(topic=topic).get()
    answer_call(row, by=chloe, yes=True)
    with pytest.raises(ValidationError, match="autant de sollicitations"):
        call(network, third, alice, chloe)
    call_done(row, by=chloe)
    call(network, third, alice, chloe)


def test_who_wants_none_is_never_asked(network: Any, alice: Any, chloe: Any, topic: Topic) -> None:
    row = call(network, topic, alice, chloe)
    choose_calls(chloe, by=chloe, most=0)
    row.refresh_from_db()
    assert row.state == CallState.DECLINED
    assert Standing.objects.get(person=chloe).calls == 0
    with pytest.raises(ValidationError):
        call(network, topic, alice, chloe, kind="offer")
    with pytest.raises(ValidationError, match="Personne ne semble"):
        call(network, topic, alice, kind="offer")
    with pytest.raises(PermissionDenied):
        choose_calls(chloe, by=alice, most=3)


def test_what_is_put_away_or_erased_designates_nobody(
    network: Any, alice: Any, bob: Any, chloe: Any, topic: Topic
) -> None:
    skill = knows(bob, topic, network)
    assert {one.person for one in likely_holders(network, topic)} == {bob, chloe}
    Skill.objects.filter(pk=skill.pk).update(put_away_at=clock.now())
    assert {one.person for one in likely_holders(network, topic)} == {chloe}
    Skill.objects.filter(pk=skill.pk).update(put_away_at=None)
    Standing.objects.create(person=bob, kept=False)
    assert {one.person for one in likely_holders(network, topic)} == {chloe}


def test_whoever_is_on_pause_or_gone_is_not_asked(
    network: Any, alice: Any, chloe: Any, topic: Topic, member: Any
) -> None:
    pause_membership(member(chloe), by=chloe, until=clock.now() + 30 * DAY)
    with pytest.raises(ValidationError, match="pas disponible"):
        call(network, topic, alice, chloe)


def test_no_answer_lapses_and_goes_on_three_times_at_most(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, emile: Any, topic: Topic, said: Any
) -> None:
    for person in (bob, dora, emile):
        knows(person, topic, network)
    call(network, topic, alice)
    for round_ in range(1, 4):
        with clock.at(clock.now() + round_ * 12 * DAY):
            assert lapse_calls() == 1
    assert Call.objects.filter(state=CallState.LAPSED).count() == 3
    assert len({row.person_id for row in Call.objects.all()}) == 3
    assert not Call.objects.waiting().exists()
    assert not Step.objects.open().filter(verb=Verb.PASS_ON).exists()
    assert len(said("call.exhausted")) == 1
    assert lapse_calls() == 0


def test_a_yes_without_a_deed_lapses_too(network: Any, alice: Any, chloe: Any, topic: Topic) -> None:
    row = call(network, topic, alice, chloe)
    answer_call(row, by=chloe, yes=True)
    with clock.at(clock.now() + 20 * DAY):
        assert lapse_calls() == 0
    with clock.at(clock.now() + 60 * DAY):
        assert lapse_calls() == 1
    row.refresh_from_db()
    assert row.state == CallState.LAPSED


def test_what_is_done_is_seen(network: Any, alice: Any, chloe: Any, topic: Topic, make_post: Any) -> None:
    row = call(network, topic, alice, chloe, kind=CallKind.OFFER)
    assert settle_calls() == 0
    with clock.at(clock.now() + DAY):
        make_post(chloe, "offer", "Bouturer les rosiers", topics=["Rosiers"])
        assert settle_calls() == 1
    row.refresh_from_db()
    assert row.done_at is not None
    assert step(row) is None
    assert calls_to(chloe) == []


def test_withdrawn_nothing_is_expected_any_more(
    network: Any, alice: Any, bob: Any, chloe: Any, topic: Topic
) -> None:
    row = call(network, topic, alice, chloe)
    with pytest.raises(PermissionDenied):
        withdraw_call(row, by=bob)
    withdraw_call(row, by=alice)
    assert step(row) is None
    with pytest.raises(ValidationError):
        answer_call(row, by=chloe, yes=True)


def test_only_the_one_asked_answers_and_only_the_team_reads(
    network: Any, alice: Any, bob: Any, chloe: Any, fatou: Any, topic: Topic
) -> None:
    row = call(network, topic, alice, chloe)
    with pytest.raises(PermissionDenied):
        answer_call(row, by=alice, yes=True)
    for stranger in (bob, fatou):
        with pytest.raises(NotThere):
            get_call(stranger, row.public_id)
    assert get_call(chloe, row.public_id) == get_call(alice, row.public_id) == row


def test_a_departure_ends_calls_and_asks_the_next(
    network: Any, alice: Any, bob: Any, chloe: Any, topic: Topic, member: Any, run_reactions: Any
) -> None:
    for number in range(3):
        knows(bob, topic, network, source=str(number))
    row = call(network, topic, alice)
    assert row.person == bob
    leave_network(member(bob), by=bob)
    run_reactions()
    row.refresh_from_db()
    assert row.state == CallState.WITHDRAWN
    assert Call.objects.waiting().get().person == chloe


def test_requests_nobody_answers_are_carried_in_a_community_only(
    network: Any, alice: Any, admin: Any, bob: Any, chloe: Any, dora: Any, topic: Topic, make_post: Any
) -> None:
    request = make_post(bob, "request", "Apprendre à tailler les rosiers", topics=["Rosiers"])
    with clock.at(clock.now() + 30 * DAY):
        assert carry_requests() == 0
        change_settings(network, by=admin, systems=["exchanges", "community"])
        assert carry_requests() == 1
        row = Call.objects.get()
        assert (row.person, row.kind, row.about_id) == (chloe, CallKind.ANSWER, request.public_id)
        assert row.asked_by is None
        # Once.
        assert carry_requests() == 0


def test_two_people_set_apart_are_not_brought_together_by_a_call(
    network: Any, alice: Any, admin: Any, bob: Any, chloe: Any, topic: Topic, make_post: Any
) -> None:
    request = make_post(bob, "request", "Apprendre à tailler les rosiers", topics=["Rosiers"])
    set_apart(bob, chloe, by=bob)
    with pytest.raises(ValidationError):
        call(network, topic, alice, chloe, kind=CallKind.ANSWER, about=request)
    change_settings(network, by=admin, systems=["exchanges", "community"])
    with clock.at(clock.now() + 30 * DAY):
        assert carry_requests() == 0


def test_a_question_goes_first_to_those_whom_what_they_did_designates(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, emile: Any, topic: Topic, run_reactions: Any
) -> None:
    knows(emile, topic, network)
    Standing.objects.create(person=chloe, calls=0)
    ask_case(network, by=dora, question="Comment taillez-vous les rosiers ?", topics=["Rosiers"])
    run_reactions()
    assert [row.person for row in Asked.objects.all()] == [emile]


def test_calls_follow_a_savoir_that_is_merged(network: Any, alice: Any, chloe: Any, topic: Topic) -> None:
    row = call(network, topic, alice, chloe)
    into = Topic.objects.create(name="Taille des rosiers", folded="taille des rosiers")
    Topic.objects.filter(pk=topic.pk).update(merged_into=into)
    topic.refresh_from_db()
    fold_calls(topic)
    row.refresh_from_db()
    assert row.topic == into
    answer_call(row, by=chloe, yes=True)


def test_one_call_among_two_at_the_same_time(
    network: Any, alice: Any, chloe: Any, topic: Topic, verdict: Any
) -> None:
    call(network, topic, alice, chloe)
    assert verdict(lambda: call(network, topic, alice, chloe)) == "refused"
    assert verdict(lambda: call(network, topic, alice, chloe, kind="poem")) == "refused"
    assert verdict(lambda: call(network, topic, alice, chloe, kind="offer", words="x" * 1001)) == "refused"
