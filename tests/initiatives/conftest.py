"""A learning network at each age: framed by Alice, steered by Dora (chair) and Chloé, sponsored by Émile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from reciproque.initiatives import actions
from reciproque.initiatives.models import (
    CommitteeMember,
    ExpectedResult,
    Experiment,
    Frame,
    Proposal,
    WorkGroup,
    WorkGroupMember,
)
from reciproque.initiatives.rules import Phase
from reciproque.kit import clock
from reciproque.people.models import Person


def day(n: int) -> dt.date:
    """The n-th day from today."""
    return clock.now().date() + dt.timedelta(days=n)


def later(n: int) -> dt.datetime:
    """The same hour, n days from now."""
    return clock.now() + dt.timedelta(days=n)


@pytest.fixture
def frame(network: Any, alice: Person, emile: Person) -> Frame:
    """A learning network being framed."""
    return actions.open_frame(network, by=alice, sponsor=emile, vision="Apprendre ensemble du terrain")


@pytest.fixture
def results(frame: Frame, alice: Person, emile: Person) -> list[ExpectedResult]:
    """Three results expected: two from Alice, one from Émile."""
    said = [
        (alice, "Moins d’attente au guichet", "customer", "direct"),
        (alice, "Des tournées mieux préparées", "employee", "direct"),
        (emile, "Des métiers qui se parlent", "both", "long"),
    ]
    return [
        actions.propose_result(frame, by=by, title=title, tied_to=tied, horizon=horizon)
        for by, title, tied, horizon in said
    ]


@pytest.fixture
def committee(frame: Frame, alice: Person, dora: Person, chloe: Person) -> list[CommitteeMember]:
    """Dora, who chairs, and Chloé."""
    return [actions.join_committee(frame, by=alice, person=person) for person in (dora, chloe)]


@pytest.fixture
def panel(frame: Frame, alice: Person, emile: Person, make_person: Callable[..., Person]) -> list[Person]:
    """Five people: Émile, who proposed a result, and four others who need not be members."""
    people = [emile, *(make_person(f"Panéliste{n}") for n in range(4))]
    actions.invite_panel(frame, by=alice, people=people)
    return people


@pytest.fixture
def working(frame: Frame, results: list[ExpectedResult], committee: list[CommitteeMember]) -> Frame:
    """A learning network at work, with two themes."""
    frame.results.filter(pk__in=[one.pk for one in results[:2]]).update(is_theme=True)
    Frame.objects.filter(pk=frame.pk).update(phase=Phase.WORK, vote_closed_at=clock.now())
    frame.refresh_from_db()
    return frame


@pytest.fixture
def group(
    working: Frame, bob: Person, alice: Person, make_person: Callable[..., Person], join: Any
) -> WorkGroup:
    """Bob's group, with another member."""
    made = WorkGroup.objects.create(frame=working, name="Accueil", made_by=bob, state="working")
    other = make_person("Gaël")
    join(other, working.network)
    for person in (bob, other):
        WorkGroupMember.objects.create(group=made, person=person)
    return made


TRIAL = {
    "hypothesis": "Un accueil debout raccourcit l’attente",
    "where": "Bureau de Nantes",
    "with_whom": "Six guichetières volontaires",
    "consent": "Accord écrit des six, information du CSE",
    "tied_to": "customer",
    "measure": "Minutes d’attente à 11 h",
    "start_value": "14",
    "criteria": "Moins de 9 minutes, trois semaines de suite",
}


@pytest.fixture
def make_trial(working: Frame, bob: Person) -> Callable[..., Experiment]:
    """Bring an experiment of Bob's to a state, through the real actions."""

    def make(state: str = "draft", *, owner: Person | None = None, **fields: Any) -> Experiment:
        by = owner or bob
        dates = {"starts_on": day(14), "ends_on": day(60)}
        trial = actions.draft_experiment(
            working, by=by, title="Accueil debout", **{**TRIAL, **dates, **fields}
        )
        chair = next(one.person for one in working.committee.order_by("-chairs") if one.person_id != by.pk)
        walk: list[tuple[str, Callable[[], Any]]] = [
            ("asked", lambda: actions.ask_support(trial, by=by)),
            ("ready", lambda: actions.answer_support(trial, by=chair, supported=True)),
            ("running", lambda: actions.start_experiment(trial, by=by)),
            (
                "measured",
                lambda: actions.measure_experiment(
                    trial, by=by, result_value="13", result="Rien n’a bougé", met="no"
                ),
            ),
            (
                "decided",
                lambda: actions.decide_experiment(
                    trial, by=chair, decision="stop", lesson="L’attente est ailleurs"
                ),
            ),
        ]
        for reached, step in walk if state != "draft" else []:
            step()
            if reached == state:
                break
        return trial

    return make


TEXT = {
    "problem": "Les clients attendent sans savoir combien de temps",
    "words": "Afficher l’attente estimée à l’entrée",
    "gains": "Les clients, et les guichetières moins prises à partie",
    "cost": "Un écran par bureau",
    "tied_to": "customer",
}


@pytest.fixture
def make_proposal(working: Frame, bob: Person) -> Callable[..., Proposal]:
    """Bring a proposal of Bob's to a state, through the real actions."""

    def make(state: str = "draft", *, by: Person | None = None, **fields: Any) -> Proposal:
        author = by or bob
        title = fields.pop("title", "L’attente affichée")
        one = actions.draft_proposal(working, by=author, title=title, **{**TEXT, **fields})
        if state == "draft":
            return one
        actions.submit_proposal(one, by=author)
        chair = next(
            row.person for row in working.committee.order_by("-chairs") if row.person_id != author.pk
        )
        answers: dict[str, dict[str, Any]] = {
            "reframed": {"kind": "reframed", "change": "Chiffrer l’écran"},
            "deferred": {"kind": "deferred", "until": day(40)},
            "declined": {"kind": "declined"},
            "validated": {"kind": "validated"},
            "carrying": {"kind": "validated"},
            "done": {"kind": "validated"},
        }
        if state in answers:
            actions.answer_proposal(one, by=chair, reasons=f"Parce que {title}, {state}", **answers[state])
        if state in ("carrying", "done"):
            actions.carry_proposal(one, by=chair, owner=author, review_on=day(60))
        if state == "done":
            actions.finish_proposal(one, by=author, outcome="Affiché partout")
        if state == "withdrawn":
            actions.withdraw_proposal(one, by=author)
        return one

    return make
