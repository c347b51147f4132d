"""A learning network is opened, framed, given themes, and ended once nothing waits for an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.initiatives import actions
from reciproque.initiatives.models import ExpectedResult, Experiment, Frame, Proposal
from reciproque.initiatives.queries import balance_of, frame_of, frames_of, overview, themes_of
from reciproque.initiatives.rules import ExperimentState, Phase, ProposalState
from reciproque.networks.access import has_role
from reciproque.networks.rules import Role
from reciproque.people.models import Person


def test_who_may_make_a_learning_network(
    network: Any, everyone: dict[str, Person], verdict: Callable[[Callable[[], Any]], str]
) -> None:
    said = {name: verdict(lambda by=by: actions.open_frame(network, by=by)) for name, by in everyone.items()}
    assert said == dict.fromkeys(everyone, "no") | {"admin": "yes", "alice": "yes", "emile": "yes"}


def test_a_network_is_made_one_once_and_its_sponsor_reads_it(
    frame: Frame, network: Any, alice: Person, make_person: Callable[..., Person]
) -> None:
    with pytest.raises(ValidationError, match="déjà un réseau apprenant"):
        actions.open_frame(network, by=alice)
    sponsor = make_person("Sacha")
    actions.edit_frame(frame, by=alice, sponsor=sponsor, vision="Mieux servir")
    assert has_role(sponsor, network, Role.SPONSOR)
    assert frames_of(sponsor) == [frame]
    assert frame_of(network) == frame
    for wrong in ({"answer_days": 0}, {"answer_days": 121}, {"protected_until": dt.date(2030, 1, 1)}):
        with pytest.raises(ValidationError):
            actions.edit_frame(frame, by=alice, **wrong)


def test_results_say_whom_they_serve_and_when(
    frame: Frame, alice: Person, bob: Person, results: list[ExpectedResult]
) -> None:
    with pytest.raises(PermissionDenied):
        actions.propose_result(frame, by=bob, title="Le mien", tied_to="both", horizon="long")
    for wrong in ({"tied_to": ""}, {"horizon": "demain"}, {"title": " "}):
        with pytest.raises(ValidationError) as refused:
            actions.propose_result(
                frame, by=alice, **{"title": "Un", "tied_to": "both", "horizon": "long", **wrong}
            )
        assert list(refused.value.message_dict) == list(wrong)
    balance = balance_of(frame)
    assert balance.horizons == {"direct": 2, "long": 1}
    assert balance.served == {"customer": 1, "employee": 1, "both": 1}
    actions.note_value(results[0], by=alice, value="11 minutes")
    assert results[0].value_now == "11 minutes"


def test_themes_come_after_the_vote_and_work_after_themes(
    frame: Frame, results: list[ExpectedResult], alice: Person, bob: Person
) -> None:
    with pytest.raises(ValidationError, match="après le vote"):
        actions.choose_themes(frame, by=alice, results=results[:1])
    Frame.objects.filter(pk=frame.pk).update(phase=Phase.LAUNCH)
    frame.refresh_from_db()
    with pytest.raises(ValidationError, match="d’abord les thèmes"):
        actions.start_work(frame, by=alice)
    with pytest.raises(PermissionDenied):
        actions.choose_themes(frame, by=bob, results=results[:1])
    with pytest.raises(ValidationError, match="au moins un"):
        actions.choose_themes(frame, by=alice, results=[])
    actions.choose_themes(frame, by=alice, results=results[:1])
    actions.choose_themes(frame, by=alice, results=results[1:])
    assert [one.result for one in themes_of(frame)] == results[1:]
    assert actions.start_work(frame, by=alice).phase == Phase.WORK


def test_it_ends_when_nothing_waits_for_an_answer(
    working: Frame,
    alice: Person,
    bob: Person,
    dora: Person,
    make_proposal: Callable[..., Proposal],
    make_trial: Callable[..., Experiment],
) -> None:
    waiting = make_proposal("submitted")
    draft, reframed, carried = make_proposal("draft"), make_proposal("reframed"), make_proposal("carrying")
    trial = make_trial("ready")
    with pytest.raises(ValidationError, match="Il reste 1"):
        actions.end_frame(working, by=alice)
    actions.answer_proposal(waiting, by=dora, kind="declined", reasons="Le réseau se termine")
    actions.end_frame(working, by=alice)

    for one in (draft, reframed, carried, trial):
        one.refresh_from_db()
    assert working.phase == Phase.OVER
    assert (draft.state, reframed.state) == (ProposalState.WITHDRAWN, ProposalState.WITHDRAWN)
    assert trial.state == ExperimentState.DROPPED
    # What was validated goes on to its end, and only that is still expected of anybody.
    assert [step.subject_id for step in Step.objects.open().filter(network=working.network)] == [
        carried.public_id
    ]
    carried = Proposal.objects.select_related("frame__network").get(pk=carried.pk)
    actions.finish_proposal(carried, by=bob, outcome="C’est en place")
    with pytest.raises(PermissionDenied):
        actions.draft_proposal(working, by=bob, title="Trop tard")


def test_the_first_page_is_read_in_a_fixed_number_of_queries(
    working: Frame,
    bob: Person,
    queries: Any,
    make_proposal: Callable[..., Proposal],
    make_trial: Callable[..., Experiment],
) -> None:
    def count() -> int:
        fresh = frame_of(working.network)
        assert fresh is not None
        with queries() as seen:
            overview(fresh, bob)
        return len(seen)

    before = count()
    for state in ("submitted", "validated", "done"):
        make_proposal(state)
        make_trial("running")
    assert count() == before <= 22


def test_what_the_organisation_reads_is_chosen_by_the_committee(
    working: Frame, dora: Person, bob: Person
) -> None:
    with pytest.raises(PermissionDenied):
        actions.show_blocks(working, by=bob, blocks=["vision"])
    with pytest.raises(ValidationError):
        actions.show_blocks(working, by=dora, blocks=["salaires"])
    actions.show_blocks(working, by=dora, blocks=["proposals", "vision"])
    assert working.shown == ["vision", "proposals"]
