"""The simulated year keeps its own rules: limits, the same world for all, and sums that agree."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest

from reciproque.config.bench import year
from reciproque.config.bench.year_assumptions import Assumptions
from reciproque.config.bench.year_model import Pairs, live

VILLAGE = Assumptions(members=150, days=150, joining=40, subjects=40, families=8)


@pytest.fixture(scope="module")
def years():
    return {policy: live(policy, 3, VILLAGE) for policy in (None, year.greedy, year.planned)}


def pairs(seed: int) -> Pairs:
    rng = np.random.default_rng(seed)
    people, requests, offers = 12, 10, 9
    receiver, giver = rng.integers(0, people, requests), rng.integers(0, people, offers)
    cells = np.flatnonzero(rng.random(requests * offers) < 0.5)
    request, offer = cells // offers * 10 + 3, cells % offers * 10 + 7
    ours, theirs = receiver[cells // offers], giver[cells % offers]
    apart = ours != theirs
    return Pairs(
        request=request[apart],
        offer=offer[apart],
        estimate=rng.random(apart.sum()),
        waited=rng.random(apart.sum()) * 100,
        receiver=ours[apart],
        giver=theirs[apart],
        seats=rng.integers(0, 3, people),
        wants=rng.integers(0, 3, people),
        room=rng.integers(0, 3, 10 * offers + 7),
        has_given=rng.random(people) < 0.5,
        has_received=rng.random(people) < 0.5,
    )


@pytest.mark.parametrize("policy", [year.greedy, year.planned])
@pytest.mark.parametrize("seed", range(8))
def test_no_policy_goes_over_a_limit(policy, seed):
    tonight = pairs(seed)
    chosen = policy(tonight, Assumptions())
    assert len(chosen)
    assert len(set(tonight.request[chosen].tolist())) == len(chosen)
    for column, limit in (
        (tonight.giver, tonight.seats),
        (tonight.receiver, tonight.wants),
        (tonight.offer, tonight.room),
    ):
        assert (np.bincount(column[chosen], minlength=len(limit)) <= limit).all()


def test_the_same_seed_gives_the_same_year(years):
    again = live(year.greedy, 3, VILLAGE)
    assert (again.waits == years[year.greedy].waits).all()
    assert (again.gave == years[year.greedy].gave).all()
    assert live(year.greedy, 4, VILLAGE).exchanges != again.exchanges


def test_what_is_given_is_received(years):
    for outcome in years.values():
        assert outcome.exchanges == outcome.accepted == outcome.gave.sum() == outcome.received.sum()
        assert outcome.exchanges == outcome.served.sum() <= outcome.proposals
        assert outcome.requests == len(outcome.waits)
        assert not outcome.gave[~outcome.offered].any()


def test_all_policies_face_the_same_people_and_first_posts():
    lonely = replace(VILLAGE, second_role=0.0)
    browsing, proposing = live(None, 1, lonely), live(year.greedy, 1, lonely)
    assert (browsing.requests, browsing.offers) == (proposing.requests, proposing.offers)
    assert (browsing.offered == proposing.offered).all()


def test_proposals_make_more_exchanges_sooner(years):
    browsing, proposing, planning = (year.judge(outcome, VILLAGE) for outcome in years.values())
    for better in (proposing, planning):
        assert better["exchanges"] > 1.5 * browsing["exchanges"]
        assert better["requests served, %"] > browsing["requests served, %"]
        assert (
            better["median wait of all requests, days"] < 0.5 * browsing["median wait of all requests, days"]
        )


def test_a_nudge_makes_second_roles():
    sure = replace(VILLAGE, nudge=3.0)
    assert live(year.planned, 3, sure, nudged=True).offers > live(year.planned, 3, sure).offers


def test_a_search_that_shows_whom_one_can_meet_serves_more(years):
    assert live(None, 3, replace(VILLAGE, ways_shown=True)).exchanges > years[None].exchanges


def test_waits_count_those_not_served_until_they_were_lost_sight_of():
    waits = np.array([1.0, 2.0, 2.0, 3.0, 4.0, 5.0])
    # 1 of 6 is served on day 1; 1 of 5 on day 2, when another leaves; 1 of 3 on day 3: 5/6 × 4/5 × 2/3 < 1/2.
    served = np.array([True, True, False, True, False, False])
    assert year.median_wait(waits, served) == 3
    assert year.median_wait(waits, np.zeros(6, bool)) == np.inf
    assert year.median_wait(waits, np.ones(6, bool)) == 2


def test_gini():
    assert year.gini(np.array([2, 2, 2])) == 0
    assert year.gini(np.array([0, 0, 0, 8])) == pytest.approx(0.75)
    assert year.gini(np.zeros(3, int)) == 0


def test_figures_are_printed_for_a_machine(capsys):
    parser = argparse.ArgumentParser()
    year.add(parser)
    assert year.run(parser.parse_args(["--seeds", "1", "--members", "40", "--json"])) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["assumptions"]["members"] == 40
    assert list(figures["policies"]) == [
        year.BROWSE,
        year.BETTER_BROWSE,
        year.GREEDY,
        year.PLAN,
        year.NUDGES,
    ]
    assert figures["policies"][year.BROWSE]["exchanges, over browse only"] == 1
