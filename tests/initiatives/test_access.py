"""Who reads a learning network, and what each phase lets whom do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_frame,
    get_experiment,
    get_frame,
    get_obstacle,
    get_problem,
    get_result,
    may_comment,
    may_decide,
    may_score,
    may_search,
    require_committee,
)
from reciproque.initiatives.models import ExpectedResult, Frame
from reciproque.initiatives.rules import RIGHTS, Phase
from reciproque.networks.actions import leave_network
from reciproque.people.models import Person

PREDICATES = {"comment": may_comment, "score": may_score, "decide": may_decide, "search": may_search}
# (phase, what) → who may. "panel" is Paul, who is of the panel and no member; "chair" is Dora.
MAY = {
    (Phase.FRAME, "comment"): {"admin", "alice", "emile", "dora", "chloe", "panel"},
    (Phase.FRAME, "score"): set(),
    (Phase.FRAME, "decide"): {"admin", "alice", "emile"},
    (Phase.FRAME, "search"): set(),
    (Phase.PANEL, "comment"): {"admin", "alice", "emile", "dora", "chloe", "panel"},
    (Phase.PANEL, "score"): {"panel"},
    (Phase.PANEL, "decide"): set(),
    (Phase.PANEL, "search"): set(),
    (Phase.LAUNCH, "comment"): {"admin", "alice", "emile", "dora", "chloe", "bob", "panel"},
    (Phase.LAUNCH, "score"): {"dora", "chloe"},
    (Phase.LAUNCH, "decide"): {"admin", "alice", "emile", "dora", "chloe"},
    (Phase.LAUNCH, "search"): {"admin", "alice", "emile", "dora", "chloe", "bob"},
    (Phase.WORK, "comment"): {"admin", "alice", "emile", "dora", "chloe", "bob", "panel"},
    (Phase.WORK, "score"): {"dora", "chloe"},
    (Phase.WORK, "decide"): {"dora", "chloe"},
    (Phase.WORK, "search"): {"admin", "alice", "emile", "dora", "chloe", "bob"},
    (Phase.OVER, "comment"): set(),
    (Phase.OVER, "score"): set(),
    (Phase.OVER, "decide"): set(),
    (Phase.OVER, "search"): set(),
}


@pytest.fixture
def cast(
    frame: Frame,
    committee: Any,
    everyone: dict[str, Person],
    make_person: Callable[..., Person],
    alice: Person,
) -> dict[str, Person]:
    paul = make_person("Paul")
    actions.invite_panel(frame, by=alice, people=[paul])
    return {**everyone, "panel": paul}


def test_each_phase_says_who_may_what(frame: Frame, cast: dict[str, Person]) -> None:
    assert {(phase, verb) for phase, rights in RIGHTS.items() for verb in rights} == set(MAY)
    for (phase, verb), expected in MAY.items():
        frame.phase = phase
        said = {name for name, person in cast.items() if PREDICATES[verb](person, frame)}
        assert said == expected, (phase, verb)


def test_it_is_read_by_its_members_its_panel_and_its_committee(
    frame: Frame, cast: dict[str, Person], verdict: Callable[[Callable[[], Any]], str]
) -> None:
    said = {
        name: verdict(lambda person=person: get_frame(person, frame.network.slug))
        for name, person in cast.items()
    }
    assert said == dict.fromkeys(cast, "yes") | {"fatou": "not there"}
    desk = {
        name: verdict(lambda person=person: require_committee(person, frame.network.slug))
        for name, person in cast.items()
    }
    assert {name for name, word in desk.items() if word == "yes"} == {
        "admin",
        "alice",
        "emile",
        "dora",
        "chloe",
    }
    assert {name for name, person in cast.items() if can_frame(person, frame)} == {"admin", "alice", "emile"}


def test_a_stranger_meets_nothing(
    working: Frame,
    results: list[ExpectedResult],
    make_trial: Callable[..., Any],
    bob: Person,
    fatou: Person,
    verdict: Callable[[Callable[[], Any]], str],
) -> None:
    trial = make_trial("running")
    problem = actions.ask_problem(working, by=bob, kind="problem", title="L’attente")
    obstacle = actions.raise_obstacle(working, by=bob, words="Pas de salle")
    doors = [
        (get_experiment, trial),
        (get_problem, problem),
        (get_obstacle, obstacle),
        (get_result, results[0]),
    ]
    for get, thing in doors:
        assert verdict(lambda get=get, thing=thing: get(bob, thing.public_id)) == "yes"
        assert verdict(lambda get=get, thing=thing: get(fatou, thing.public_id)) == "not there"
        assert verdict(lambda get=get: get(bob, "inconnu")) == "not there"


def test_who_left_reads_and_does_nothing_at_once(
    working: Frame, bob: Person, member: Any, verdict: Callable[[Callable[[], Any]], str]
) -> None:
    leave_network(member(bob), by=bob)

    assert verdict(lambda: get_frame(bob, working.network.slug)) == "not there"
    assert not may_search(bob, working)
    assert not may_comment(bob, working)
