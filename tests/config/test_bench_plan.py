"""Planning a network that somebody brings, from the command line; and the figures of made-up ones."""

import argparse
import copy
import json

import numpy as np
import pytest

from reciproque.config.bench import plan
from reciproque.config.bench.plan_mentoring import mentoring
from reciproque.config.bench.plan_methods import deferred_acceptance, first_come, greedy, highs, ours
from reciproque.config.bench.plan_networks import REGIMES, Network, network
from reciproque.matching.engine.certificate import problems, worth
from reciproque.matching.engine.instance import MOST_WORTH

NETWORK = {
    "people": [
        {"id": "ana", "give": 1, "receive": 1},
        {"id": "bob", "give": 1, "receive": 1},
        {"id": "cleo", "give": 1, "receive": 2},
    ],
    "offers": [{"id": "o1", "giver": "ana", "capacity": 2}, {"id": "o2", "giver": "bob", "capacity": 1}],
    "requests": [
        {"id": "r1", "receiver": "bob"},
        {"id": "r2", "receiver": "cleo"},
        {"id": "r3", "receiver": "cleo"},
        {"id": "r4", "receiver": "ana"},
    ],
    "edges": [["r1", "o1", 40], ["r2", "o1", 50], ["r2", "o2", 30], ["r3", "o2", 50], ["r4", "o2", 20]],
    "pins": [],
    "reciprocity": 10,
}


@pytest.fixture
def run(tmp_path, capsys):
    """Run `reciproque bench plan`; the exit code, what is printed, what is complained of."""

    def run(*words, instance=None):
        if instance is not None:
            file = tmp_path / "network.json"
            file.write_text(instance if isinstance(instance, str) else json.dumps(instance), encoding="utf-8")
            words = ("--instance", str(file), *words)
        parser = argparse.ArgumentParser()
        plan.add(parser)
        code = plan.run(parser.parse_args([str(word) for word in words]))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def changed(*path, to):
    """The network with one thing changed."""
    other = copy.deepcopy(NETWORK)
    place = other
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return other


def test_the_answer_is_the_best_plan_with_its_bound(run):
    code, out, _ = run("--json", instance=NETWORK)

    answer = json.loads(out)
    assert code == 0
    assert answer.pop("seconds") >= 0
    # 50 + 50, against 40 + 50 and 10 for Bob, who would give and receive: both are worth 100.
    assert answer["objective"] == answer["upper_bound"] == 100
    assert answer["pairs"] == sorted(answer["pairs"])
    assert set(answer) == {"pairs", "objective", "upper_bound"}


def test_reciprocity_can_be_worth_more_than_a_better_pair(run):
    _, out, _ = run("--json", instance=changed("reciprocity", to=11))

    assert json.loads(out)["pairs"] == [["r1", "o1"], ["r3", "o2"]]
    assert json.loads(out)["objective"] == 101


def test_a_pin_is_kept_whatever_it_costs_and_counts_nothing_when_it_is_no_edge(run):
    _, out, _ = run("--json", instance=changed("pins", to=[["r3", "o1"]]))

    answer = json.loads(out)
    assert ["r3", "o1"] in answer["pairs"]
    assert answer["objective"] == answer["upper_bound"] == 30 + 0


def test_a_pair_worth_nothing_is_not_proposed_unless_somebody_thereby_gives_and_receives(run):
    worthless = changed("edges", to=[["r1", "o1", 0], ["r4", "o2", 0], ["r2", "o2", 0]])

    _, without, _ = run("--json", instance=worthless | {"reciprocity": 0})
    _, reciprocal, _ = run("--json", instance=worthless)

    assert json.loads(without)["pairs"] == []
    assert json.loads(reciprocal)["pairs"] == [["r1", "o1"], ["r4", "o2"]]
    assert json.loads(reciprocal)["objective"] == 20


def test_pins_and_reciprocity_may_be_left_out(run):
    short = {name: part for name, part in NETWORK.items() if name not in ("pins", "reciprocity")}

    _, out, _ = run("--json", instance=short)

    assert json.loads(out)["objective"] == 100


def test_nothing_to_plan_is_a_plan(run):
    nothing = {"people": [], "offers": [], "requests": [], "edges": [], "pins": [], "reciprocity": 0}

    code, out, _ = run("--json", instance=nothing)

    assert code == 0
    assert json.loads(out)["pairs"] == []


def test_the_other_ways_are_shown_beside_ours(run):
    code, out, _ = run(instance=NETWORK)

    assert code == 0
    for method in ("ours", "greedy", "first_come", "deferred_acceptance", "highs"):
        assert method in out


@pytest.mark.parametrize(
    ("instance", "sentence"),
    [
        (changed("offers", 0, "giver", to="dan"), "giver of o1 is 'dan', not the id of one of the people"),
        (
            changed("requests", 1, "receiver", to=None),
            "receiver of r2 is None, not the id of one of the people",
        ),
        (changed("edges", 0, 0, to="r9"), "edges: entry 0 names r9, which is none of the requests"),
        (changed("edges", 4, 1, to=["o1"]), "edges: entry 4 names ['o1'], which is none of the offers"),
        (changed("edges", 0, to=["r1", "o1"]), "edges: entry 0 is ['r1', 'o1'], not a list of 3"),
        (changed("edges", 0, to=["r2", "o1", 1]), "the edge (r2, o1) is given twice"),
        (changed("edges", 0, to=["r4", "o1", 1]), "the edge (r4, o1) would pair a person with themselves"),
        (changed("edges", 2, 2, to=-1), "the weight of the edge (r2, o2) is -1"),
        (changed("edges", 2, 2, to=1.5), "the weight of the edge (r2, o2) is 1.5"),
        (changed("edges", 2, 2, to=float("nan")), "the weight of the edge (r2, o2) is nan"),
        (changed("edges", 2, 2, to=True), "the weight of the edge (r2, o2) is True"),
        (changed("edges", 2, 2, to="7"), "the weight of the edge (r2, o2) is '7'"),
        (
            changed("edges", 2, 2, to=10**30),
            "the weight of the edge (r2, o2) is 1000000000000000000000000000000",
        ),
        (changed("edges", to={}), "edges is {}, not a list"),
        (changed("people", 2, "id", to="bob"), "people: bob is given twice"),
        (changed("offers", 1, "id", to="o1"), "offers: o1 is given twice"),
        (changed("requests", 1, "id", to=2), "requests: entry 1 is {'id': 2, 'receiver': 'cleo'}"),
        (changed("people", 0, "give", to=-1), "give of ana is -1, not a whole number from 0 up"),
        (changed("people", 0, "receive", to=True), "receive of ana is True, not a whole number from 0 up"),
        (changed("people", 0, to={"id": "ana", "give": 1}), "receive of ana is missing"),
        (changed("offers", 0, "capacity", to=1.0), "capacity of o1 is 1.0, not a whole number from 0 up"),
        (changed("offers", 0, "group", to="yes"), "group of o1 is 'yes', not true or false"),
        (changed("reciprocity", to=-5), "reciprocity is -5"),
        (changed("reciprocity", to=None), "reciprocity is None"),
        (changed("pins", to=[["r1", "o9"]]), "pins: entry 0 names o9, which is none of the offers"),
        (changed("pins", to=[["r4", "o1"]]), "the pin (r4, o1) would pair a person with themselves"),
        (
            changed("pins", to=[["r2", "o1"], ["r2", "o2"]]),
            "more of the request r2 than its limit, which is 1",
        ),
        (changed("pins", to=[["r2", "o2"], ["r4", "o2"]]), "more of the offer o2 than its limit, which is 1"),
        (
            changed("pins", to=[["r1", "o1"], ["r2", "o1"]]),
            "more of the giver ana than its limit, which is 1",
        ),
        ({"people": []}, "offers is missing, not a list"),
        ([], "an instance is an object"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_a_sentence(run, instance, sentence):
    code, out, complaint = run("--json", instance=instance)

    assert code == 1
    assert out == ""
    assert sentence in complaint
    assert len(complaint.splitlines()) == 1


def test_a_file_that_is_not_there_is_said_so(run, tmp_path):
    code, _, complaint = run("--instance", tmp_path / "nowhere.json")

    assert code == 1
    assert "cannot be read" in complaint


def test_limits_beyond_any_network_and_the_heaviest_weights_are_planned(run):
    heavy = changed("edges", to=[["r1", "o1", MOST_WORTH], ["r3", "o2", MOST_WORTH]])
    heavy["people"][0]["give"] = heavy["offers"][0]["capacity"] = 10**40

    code, out, _ = run("--json", instance=heavy)

    assert code == 0
    assert json.loads(out)["objective"] == 2 * MOST_WORTH + 10


@pytest.mark.parametrize("regime", REGIMES)
def test_made_up_networks_are_planned_within_limits_by_every_method(regime):
    made = network(400, regime)
    answers = {
        method.__name__: method(made) for method in (ours, greedy, first_come, deferred_acceptance, highs)
    }

    worths = {}
    for name, answer in answers.items():
        assert problems(made.instance, answer.request, answer.offer) == []
        worths[name] = worth(made.instance, answer.request, answer.offer)
    assert answers["highs"].upper_bound <= answers["ours"].upper_bound
    assert worths["highs"] * 0.995 <= worths["ours"] <= answers["highs"].upper_bound
    assert worths["greedy"] < worths["ours"]


def test_mentors_and_mentees_are_all_different_people():
    instance = mentoring(40)

    taken = ours(Network(instance, instance.weight, np.zeros(40)))

    assert not set(instance.giver) & set(instance.receiver)
    assert problems(instance, taken.request, taken.offer) == []
    assert worth(instance, taken.request, taken.offer) == taken.upper_bound > 0


def test_made_up_networks_are_the_same_for_the_same_seed():
    one, same, other = network(300), network(300), network(300, seed=1)

    assert (one.instance.weight == same.instance.weight).all()
    assert one.instance.weight.tolist() != other.instance.weight.tolist()


def test_the_figures_of_made_up_networks(run):
    code, out, _ = run(
        "--json", "--sizes", 120, "--regimes", "base", "--methods", "ours", "--no-mentor-match"
    )

    title, best, shuffled, *choices = json.loads(out)
    assert code == 0
    assert title["posts"] == 120
    assert best["violations"] == 0
    assert best["gap, %"] == 0
    assert shuffled == {"same pairs when shuffled": True}
    assert choices[0]["loss of fit, %"] == 0
