"""A whole network planned at once: made by the worker, reread and published by an animator, one pair or all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.catalogue.actions import withdraw_post
from reciproque.exchanges.actions import ask_introduction
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.matching.access import get_planned_pair
from reciproque.matching.actions import (
    ask_plan,
    change_pair,
    compute_suggestions,
    dismiss_suggestion,
    do_asked,
    lapse_proposals,
    make_plan,
    plan_nightly,
    publish_pairs,
    put_off_suggestion,
    rule,
    set_pair_aside,
    take_back,
    withdraw_ruling,
)
from reciproque.matching.models import Plan, PlannedPair, Ruling, Suggestion
from reciproque.matching.queries import (
    alternatives_to,
    current_plan,
    pairs_page,
    plan_in_progress,
    publishing,
    suggestions_for,
)
from reciproque.matching.rules import Objective, PairState, PlanState, RulingKind
from reciproque.networks.actions import change_capacity, pause_membership
from tests.matching.conftest import EXCEL, EXCEL_TOO, TALK, TALK_TOO


@pytest.fixture
def planned(network: Any, alice: Any, published: Any, bob: Any, chloe: Any, dora: Any) -> Callable[..., Plan]:
    """Bob and Dora seek what Chloé offers, Chloé seeks what Bob offers; the plan is asked for and made."""
    published(chloe, "offer", EXCEL)
    published(bob, "offer", TALK)
    published(bob, "request", EXCEL_TOO)
    published(chloe, "request", TALK_TOO)

    def planned_(objective: str = Objective.BALANCED) -> Plan:
        return make_plan(ask_plan(network, by=alice, objective=objective))

    return planned_


def people_of(plan: Plan) -> set[tuple[str, str]]:
    rows = plan.pairs.select_related("request__author", "offer__author")
    return {(row.request.author.first_name, row.offer.author.first_name) for row in rows}


# -- making it ---------------------------------------------------------------------------------------------


def test_the_worker_makes_what_an_animator_asks(
    network: Any, alice: Any, planned: Any, run_reactions: Any
) -> None:
    run_reactions()
    plan = ask_plan(network, by=alice, objective=Objective.SERVED)
    assert plan_in_progress(network) == plan
    assert ask_plan(network, by=alice, objective=Objective.SERVED) == plan  # the button pressed twice
    assert do_asked() == 1
    assert do_asked() == 0
    made = current_plan(network)
    assert made == plan
    assert made.state == PlanState.READY
    assert plan_in_progress(network) is None
    assert people_of(made) == {("Bob", "Chloé"), ("Chloé", "Bob")}


def test_nothing_is_told_before_an_animator_publishes(planned: Any, said: Any) -> None:
    plan = planned()
    assert set(plan.pairs.values_list("state", flat=True)) == {PairState.PENDING}
    assert not said("suggestion.proposed")
    assert not Step.objects.filter(verb=Verb.TRY).exists()


def test_each_objective_says_what_it_gives(planned: Any) -> None:
    held = planned().figures
    assert {*Objective.values} <= held.keys()
    assert held["balanced"]["pairs"] == 2
    assert held["balanced"]["both"] == held["balanced"]["could_both"] == 2
    assert held["balanced"]["objective"] == held["balanced"]["bound"]
    assert held["served"]["pairs"] >= held["fit"]["pairs"]


def test_nobody_takes_more_than_they_can(
    network: Any, chloe: Any, dora: Any, planned: Any, published: Any, member: Any
) -> None:
    published(dora, "request", "Les tableaux croisés dynamiques")
    change_capacity(member(chloe), give=1, receive=1, by=chloe)
    plan = planned()
    given = [pair for pair in plan.pairs.select_related("offer") if pair.offer.author_id == chloe.pk]
    assert len(given) == 1


def test_a_new_plan_replaces_what_was_pending(network: Any, alice: Any, planned: Any) -> None:
    first = planned()
    publish_pairs(first, [first.pairs.first().public_id], by=alice)
    second = planned()
    first.refresh_from_db()
    assert first.state == PlanState.REPLACED
    assert sorted(first.pairs.values_list("state", flat=True)) == [PairState.GONE, PairState.PUBLISHED]
    assert sorted(second.pairs.values_list("state", flat=True)) == [PairState.PENDING, PairState.PUBLISHED]
    assert current_plan(network) == second


def test_every_night_each_network_with_both_kinds_is_planned_once(
    network: Any, other_network: Any, planned: Any
) -> None:
    assert plan_nightly() == 1
    assert plan_nightly() == 0
    assert current_plan(network) is not None
    assert current_plan(other_network) is None


def test_what_is_short_is_listed(network: Any, dora: Any, planned: Any, published: Any) -> None:
    published(dora, "request", "Souder à l’arc")
    sought = planned().sought
    assert [row["title"] for row in sought] == ["Souder à l’arc"]
    assert sought[0]["missing"] == 1
    assert sought[0]["offers"] == 0


@pytest.mark.parametrize("who", ["bob", "emile", "dora"])
def test_only_animators_plan(network: Any, everyone: Any, planned: Any, who: str) -> None:
    with pytest.raises(PermissionDenied):
        ask_plan(network, by=everyone[who])
    plan = planned()
    with pytest.raises(PermissionDenied):
        publish_pairs(plan, None, by=everyone[who])
    pair = plan.pairs.first()
    with pytest.raises(PermissionDenied):
        set_pair_aside(pair, by=everyone[who])
    with pytest.raises(NotThere):
        get_planned_pair(everyone[who], network, pair.public_id)


# -- deciding ----------------------------------------------------------------------------------------------


def test_publishing_proposes_to_the_one_who_asks_and_expects_an_answer(
    network: Any, alice: Any, bob: Any, chloe: Any, planned: Any, said: Any
) -> None:
    plan = planned()
    pair = plan.pairs.get(request__author=bob)
    assert publish_pairs(plan, [pair.public_id], by=alice) == 1
    assert publish_pairs(plan, [pair.public_id], by=alice) == 0
    [fact] = said("suggestion.proposed")
    assert fact.data["title"] == EXCEL_TOO
    step = Step.objects.open().get(verb=Verb.TRY)
    assert step.owner == bob
    assert step.due_at > clock.now()
    assert pairs_page(plan).total == 1
    # Chloé learns nothing until Bob says yes.
    assert not Step.objects.open().filter(owner=chloe, verb=Verb.ANSWER).exists()


def test_publishing_everything_leaves_out_what_is_no_longer_possible(
    alice: Any, bob: Any, chloe: Any, planned: Any
) -> None:
    plan = planned()
    offer = plan.pairs.get(request__author=bob).offer
    withdraw_post(offer, by=chloe)
    assert publish_pairs(plan, None, by=alice) == 1
    assert plan.pairs.get(request__author=bob).state == PairState.GONE


def test_the_step_ends_when_the_asker_answers(
    network: Any, alice: Any, bob: Any, chloe: Any, planned: Any, run_reactions: Any
) -> None:
    plan = planned()
    publish_pairs(plan, None, by=alice)
    row = Suggestion.objects.get(request__author=bob, published_at__isnull=False)
    ask_introduction(network, requester=bob, offerer=chloe, by=bob, request=row.request, offer=row.offer)
    run_reactions()
    assert not Step.objects.open().filter(owner=bob, verb=Verb.TRY).exists()


def test_not_now_and_not_for_me_end_the_step_too(alice: Any, bob: Any, chloe: Any, planned: Any) -> None:
    publish_pairs(planned(), None, by=alice)
    put_off_suggestion(Suggestion.objects.get(request__author=bob), by=bob)
    dismiss_suggestion(Suggestion.objects.get(request__author=chloe), by=chloe)
    assert not Step.objects.open().filter(verb=Verb.TRY).exists()


def test_put_off_comes_back_after_a_month(bob: Any, planned: Any) -> None:
    planned()
    row = Suggestion.objects.get(request__author=bob)
    put_off_suggestion(row, by=bob)
    assert row.request not in [found.mine for found in suggestions_for(bob)]
    with clock.at(clock.now() + dt.timedelta(days=31)):
        assert row.request in [found.mine for found in suggestions_for(bob)]


def test_silence_lapses_and_lowers_nobody(alice: Any, bob: Any, planned: Any) -> None:
    publish_pairs(planned(), None, by=alice)
    row = Suggestion.objects.get(request__author=bob)
    with clock.at(clock.now() + dt.timedelta(days=30)):
        assert lapse_proposals() == 2
    before = row.score
    row.refresh_from_db()
    assert (row.state, row.score, row.published_at) == ("open", before, None)


def test_a_withdrawn_offer_releases_what_was_expected(
    alice: Any, bob: Any, chloe: Any, planned: Any, run_reactions: Any
) -> None:
    publish_pairs(planned(), None, by=alice)
    row = Suggestion.objects.get(request__author=bob)
    withdraw_post(row.offer, by=chloe)
    run_reactions()
    assert not Step.objects.open().filter(owner=bob, verb=Verb.TRY).exists()


def test_what_was_proposed_can_be_taken_back_until_it_is_answered(
    alice: Any, bob: Any, planned: Any, said: Any
) -> None:
    plan = planned()
    publish_pairs(plan, None, by=alice)
    pair = plan.pairs.get(request__author=bob)
    take_back(pair, by=alice)
    assert not Step.objects.open().filter(owner=bob, verb=Verb.TRY).exists()
    assert pair.state == PairState.SET_ASIDE
    assert len(said("suggestion.taken_back")) == 1
    with pytest.raises(ValidationError):
        take_back(pair, by=alice)


def test_publishing_everything_leaves_the_far_ones_to_be_read_one_by_one(
    alice: Any, bob: Any, planned: Any
) -> None:
    plan = planned()
    far = plan.pairs.get(request__author=bob)
    PlannedPair.objects.filter(pk=far.pk).update(terms={"closeness": 100, "same_topic": 10_000})
    assert publishing(plan, 2500) == (1, 1, 1)
    assert publish_pairs(plan, None, by=alice, least=2500) == 1
    assert publish_pairs(plan, [far.public_id], by=alice, least=2500) == 1


def test_an_animator_may_choose_another_offer(
    alice: Any, bob: Any, dora: Any, planned: Any, published: Any
) -> None:
    published(dora, "offer", "Les tableaux croisés dynamiques")
    plan = planned()
    pair = plan.pairs.get(request__author=bob)
    [(other, held)] = alternatives_to(pair)
    assert held == 0
    new = change_pair(pair, other, by=alice)
    pair.refresh_from_db()
    assert pair.state == PairState.SET_ASIDE
    assert (new.state, new.pinned, new.offer) == (PairState.PENDING, False, other.offer)
    assert publish_pairs(plan, [new.public_id], by=alice) == 1
    again = planned()
    kept = again.pairs.get(request__author=bob)
    assert (kept.offer, kept.state) == (other.offer, PairState.PUBLISHED)


def test_a_pair_decided_twice_says_so(alice: Any, planned: Any) -> None:
    plan = planned()
    pair = plan.pairs.first()
    same = PlannedPair.objects.get(pk=pair.pk)
    set_pair_aside(pair, by=alice)
    with pytest.raises(ValidationError):
        set_pair_aside(same, by=alice)


def test_never_together_is_never_proposed_again(network: Any, alice: Any, bob: Any, planned: Any) -> None:
    plan = planned()
    pair = plan.pairs.get(request__author=bob)
    rule(network, pair.request, pair.offer, kind=RulingKind.FORBID, by=alice)
    assert not suggestions_for(bob, network) or pair.offer not in [f.post for f in suggestions_for(bob)]
    assert not planned().pairs.filter(request=pair.request, offer=pair.offer).exists()
    withdraw_ruling(Ruling.objects.get(withdrawn_at=None), by=alice)
    compute_suggestions(network)
    assert planned().pairs.filter(request=pair.request, offer=pair.offer).exists()


def test_always_together_wins_over_the_score(
    network: Any, alice: Any, bob: Any, dora: Any, planned: Any, published: Any
) -> None:
    far = published(dora, "offer", "Entretenir un vélo de tournée")
    planned()
    request = Suggestion.objects.get(request__author=bob).request
    rule(network, request, far, kind=RulingKind.PIN, by=alice)
    plan = planned()
    pair = plan.pairs.get(request=request)
    assert (pair.offer, pair.pinned) == (far, True)
    assert publish_pairs(plan, [pair.public_id], by=alice) == 1


def test_a_pin_that_cannot_be_kept_is_counted_not_forced(
    network: Any, alice: Any, bob: Any, dora: Any, planned: Any, published: Any, member: Any
) -> None:
    far = published(dora, "offer", "Entretenir un vélo de tournée")
    planned()
    request = Suggestion.objects.get(request__author=bob).request
    rule(network, request, far, kind=RulingKind.PIN, by=alice)
    change_capacity(member(dora), give=0, receive=1, by=dora)
    plan = planned()
    assert plan.figures["unmet_pins"] == 1
    assert not plan.pairs.filter(offer=far).exists()


def test_a_ruling_is_of_one_network_and_of_two_people(
    network: Any, other_network: Any, alice: Any, bob: Any, planned: Any, published: Any
) -> None:
    planned()
    row = Suggestion.objects.get(request__author=bob)
    own = published(bob, "offer", "Faire des tableaux")
    with pytest.raises(ValidationError):
        rule(network, row.request, own, kind=RulingKind.PIN, by=alice)
    with pytest.raises(PermissionDenied):
        rule(other_network, row.request, row.offer, kind=RulingKind.PIN, by=alice)
    with pytest.raises(ValueError):
        rule(network, row.request, row.offer, kind="maybe", by=alice)
    rule(network, row.request, row.offer, kind=RulingKind.PIN, by=alice)
    rule(network, row.request, row.offer, kind=RulingKind.FORBID, by=alice)
    assert Ruling.objects.get(withdrawn_at=None).kind == RulingKind.FORBID


# -- what changed since -----------------------------------------------------------------------------------


def test_what_became_impossible_since_the_plan_is_not_proposed(
    network: Any, alice: Any, bob: Any, chloe: Any, planned: Any, member: Any
) -> None:
    plan = planned()
    pause_membership(member(chloe), until=clock.now() + dt.timedelta(days=9), by=chloe)
    assert publish_pairs(plan, None, by=alice) == 0
    assert set(plan.pairs.values_list("state", flat=True)) == {PairState.GONE}


def test_a_manager_and_their_report_are_not_proposed_even_pinned(
    network: Any, alice: Any, bob: Any, chloe: Any, planned: Any
) -> None:
    plan = planned()
    pair = plan.pairs.get(request__author=bob)
    rule(network, pair.request, pair.offer, kind=RulingKind.PIN, by=alice)
    network.exclude_own_manager = True
    network.save()
    bob.manager = chloe
    bob.save()
    plan.refresh_from_db()
    assert publish_pairs(plan, [pair.public_id], by=alice) == 0


def test_not_now_is_kept_even_when_everything_is_published(alice: Any, bob: Any, planned: Any) -> None:
    planned()
    put_off_suggestion(Suggestion.objects.get(request__author=bob), by=bob)
    plan = planned()
    publish_pairs(plan, None, by=alice)
    assert not Step.objects.open().filter(owner=bob, verb=Verb.TRY).exists()


def test_only_the_one_who_asks_puts_off(bob: Any, chloe: Any, planned: Any) -> None:
    planned()
    with pytest.raises(PermissionDenied):
        put_off_suggestion(Suggestion.objects.get(request__author=bob), by=chloe)


def test_a_released_proposal_can_be_proposed_again(
    network: Any, alice: Any, bob: Any, chloe: Any, planned: Any, member: Any
) -> None:
    publish_pairs(planned(), None, by=alice)
    change_capacity(member(chloe), give=0, receive=1, by=chloe)
    compute_suggestions(network)
    assert not Step.objects.open().filter(owner=bob, verb=Verb.TRY).exists()
    change_capacity(member(chloe), give=2, receive=1, by=chloe)
    compute_suggestions(network)
    plan = planned()
    assert plan.pairs.get(request__author=bob).state == PairState.PENDING
    assert publish_pairs(plan, None, by=alice) == 1


def test_a_plan_that_fails_says_so_and_holds_nothing_up(
    network: Any, other_network: Any, alice: Any, planned: Any, monkeypatch: Any, caplog: Any
) -> None:
    def broken(_instance: Any) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr("reciproque.matching.actions.planning.solve", broken)
    ask_plan(network, by=alice)
    assert do_asked() == 0
    under_way = plan_in_progress(network)
    assert under_way is not None
    assert under_way.state == PlanState.FAILED
    assert "could not be made" in caplog.text


def test_a_plan_lost_on_the_way_is_not_waited_for(network: Any, alice: Any, planned: Any) -> None:
    ask_plan(network, by=alice)
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        under_way = plan_in_progress(network)
        assert under_way is not None
        assert under_way.state == PlanState.FAILED
