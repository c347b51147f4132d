"""A mediator found, named, replaced; the introduction meeting and how it ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.actions import fix_date
from reciproque.agenda.models import Meeting
from reciproque.agenda.queries import live_meeting
from reciproque.exchanges import actions
from reciproque.exchanges.models import Introduction
from reciproque.kit import clock
from reciproque.networks.actions import (
    change_settings,
    grant_role,
    leave_network,
)

DAY = dt.timedelta(days=1)
FULL_OTHER, FULL_ONESELF = "Cette personne a déjà autant", "Vous avez déjà autant"


# -- mediation


def test_the_mediator_with_the_fewest_is_found(
    mediated: Introduction, ask: Any, expected: Any, network: Any, bob: Any, chloe: Any, dora: Any, emile: Any
) -> None:
    assert mediated.mediator == chloe
    assert expected(mediated) == {("Chloé", "propose")}
    meeting = live_meeting(mediated)
    assert meeting is not None
    assert {attendance.person for attendance in meeting.attendances.all()} == {bob, chloe, dora}
    grant_role(network, emile, "mediator", by=None)
    second = ask(bob, dora, "Autre savoir")
    actions.accept_introduction(second, by=dora)
    assert second.mediator == emile


def test_without_a_mediator_the_animation_finds_one(
    network: Any, alice: Any, ask: Any, expected: Any, bob: Any, dora: Any, emile: Any, said: Any
) -> None:
    change_settings(network, by=alice, mediation="mediated")
    introduction = ask(bob, dora)
    actions.accept_introduction(introduction, by=dora)
    assert (introduction.mediator, expected(introduction)) == (None, {("", "assign")})
    assert len(said("introduction.unmediated")) == 1
    for wrong, sentence in ((emile, "pas le rôle de médiation"), (bob, "troisième personne")):
        with pytest.raises(ValidationError, match=sentence):
            actions.assign_mediator(introduction, wrong, by=alice)
    actions.assign_mediator(introduction, alice, by=alice)
    actions.assign_mediator(introduction, alice, by=alice)
    assert expected(introduction) == {("Alice", "propose")}
    assert len(said("introduction.mediated")) == 1


def test_replacing_the_mediator_starts_the_date_again(
    mediated: Introduction, alice: Any, bob: Any, chloe: Any, expected: Any
) -> None:
    meeting = live_meeting(mediated)
    fix_date(meeting, clock.now() + DAY, by=chloe)
    actions.assign_mediator(mediated, alice, by=alice)
    assert expected(mediated) == {("Alice", "propose")}
    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancel_reason) == ("cancelled", "La médiation change de personne.")
    assert live_meeting(mediated) != meeting


def test_a_mediator_who_leaves_is_replaced_never_by_themselves(
    mediated: Introduction,
    network: Any,
    emile: Any,
    chloe: Any,
    expected: Any,
    run_reactions: Any,
    member: Any,
) -> None:
    leave_network(member(chloe), by=chloe)
    run_reactions()
    mediated.refresh_from_db()
    assert (mediated.state, mediated.mediator) == ("accepted", None)
    assert expected(mediated) == {("", "assign")}
    assert {meeting.state for meeting in Meeting.objects.all()} == {"cancelled"}
    assert not mediated.thread.people.filter(person=chloe, until=None).exists()


def test_a_mediator_is_not_named_for_what_has_ended(mediated: Introduction, alice: Any, bob: Any) -> None:
    late = Introduction.objects.select_related("network", "thread", "mediator").get(pk=mediated.pk)
    actions.withdraw_introduction(mediated, by=bob)
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.assign_mediator(late, alice, by=alice)
    assert Meeting.objects.get().state == "cancelled"
    with pytest.raises(ValidationError, match="n’attend pas de médiation"):
        actions.assign_mediator(mediated, alice, by=alice)


def test_the_introduction_meeting_ends_in_terms_or_another_date(
    mediated: Introduction, chloe: Any, bob: Any, dora: Any, expected: Any, said: Any
) -> None:
    first = live_meeting(mediated)
    fix_date(first, clock.now() + DAY, by=chloe)
    with clock.at(clock.now() + 2 * DAY):
        actions.say_held(first, by=bob, held=False)
        assert expected(mediated) == {("Chloé", "propose")}
        second = live_meeting(mediated)
        actions.say_held(second, by=dora, held=True, starts_at=clock.now() - DAY)
        assert expected(mediated) == {("Chloé", "terms")}
        actions.end_unmatched(mediated, by=chloe, reason="Autre besoin")
        actions.end_unmatched(mediated, by=chloe)
    assert (mediated.state, mediated.reason) == ("not_matched", "Autre besoin")
    assert expected(mediated) == set()
    assert len(said("introduction.not_matched")) == 1


def test_agreeing_twice_opens_one_exchange(
    mediated: Introduction, chloe: Any, fatou: Any, expected: Any
) -> None:
    exchange = actions.agree_introduction(mediated, by=chloe)
    assert actions.agree_introduction(mediated, by=chloe) == exchange
    with pytest.raises(PermissionDenied):
        actions.agree_introduction(mediated, by=fatou)
    assert exchange.thread == mediated.thread
    assert expected(mediated) == set()
    assert expected(exchange) == {("Bob", "propose")}
