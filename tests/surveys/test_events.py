"""What sets a questionnaire off: the third exchange in which somebody learned, the end of their group."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.circles import actions as circles
from reciproque.circles.models import Circle
from reciproque.circles.rules import CircleState
from reciproque.circles.rules import SeatState as GroupSeatState
from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.kit import clock
from reciproque.notices.models import Outgoing
from reciproque.surveys.actions import close_campaign
from reciproque.surveys.models import Campaign, Seat
from reciproque.surveys.queries import my_questionnaires

DAY = dt.timedelta(days=1)


def learn(network: Any, learner: Any, giver: Any, run_reactions: Any) -> None:
    exchange = declare_exchange(
        network,
        by=learner,
        requester=learner,
        offerer=giver,
        title=f"Savoir {clock.now():%d}",
        held_on=clock.now().date(),
    )
    confirm_exchange(exchange, by=giver)
    run_reactions()


def test_the_third_exchange_as_requester_asks_once(
    send: Any, network: Any, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    campaign = send(trigger="third", closes_on=clock.now().date() + 200 * DAY)
    for number in range(5):
        with clock.at(clock.now() + number * DAY):
            learn(network, bob, chloe, run_reactions)
            assert Seat.objects.filter(campaign=campaign, person=bob).count() == (number >= 2)
    # Who passed on as many times learned nothing yet.
    assert not Seat.objects.filter(person=chloe).exists()
    letter = Outgoing.objects.get(person=bob, fact_name="campaign.invited")
    assert f"/me/questionnaires/{campaign.public_id}/" in letter.text
    assert letter.private
    line = my_questionnaires(bob).to_answer[0]
    assert line.until < campaign.closes_at


def test_nobody_is_asked_again_by_the_campaign_that_follows(
    send: Any, network: Any, bob: Any, chloe: Any, alice: Any, run_reactions: Any
) -> None:
    campaign = send(trigger="third", again=True, closes_on=clock.now().date() + 200 * DAY)
    for number in range(3):
        with clock.at(clock.now() + number * DAY):
            learn(network, bob, chloe, run_reactions)
    close_campaign(campaign, by=alice)
    following = Campaign.objects.open().get()
    with clock.at(clock.now() + 9 * DAY):
        learn(network, bob, chloe, run_reactions)
    assert not Seat.objects.filter(campaign=following).exists()
    close_campaign(following, by=alice, last=True)
    assert not Campaign.objects.open().exists()


@pytest.mark.parametrize("stopped", [False, True])
def test_the_end_of_a_group_asks_those_who_sat_in_it(
    send: Any, begun: Any, alice: Any, run_reactions: Any, stopped: bool
) -> None:
    circle = begun()
    campaign = send(trigger="group")
    if stopped:
        circles.stop_circle(circle, by=circle.facilitator, reason="Trop peu de monde")
    else:
        # As its last session is written up.
        Circle.objects.filter(pk=circle.pk).update(state=CircleState.WRITING)
        circle.refresh_from_db()
        circles.close_circle(circle, by=circle.facilitator)
    run_reactions()
    sat = circle.seats.filter(state=GroupSeatState.SEATED)
    members = set(sat.values_list("person_id", flat=True))
    asked = set(Seat.objects.filter(campaign=campaign).values_list("person_id", flat=True))
    assert len(members) == 7
    assert asked == (set() if stopped else members)
