"""A step in words: every verb is described, for its owner and for the animation team, without a query."""

import datetime as dt
from typing import Any

import pytest

from reciproque.agenda.actions import open_step
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.queries import steps_of
from reciproque.agenda.rules import Verb
from reciproque.kit import clock
from reciproque.web.parts.steps import describe, expectations

DAY = dt.timedelta(days=1)
SUBJECTS = {
    Verb.SIGN: "membership",
    Verb.OFFER: "membership",
    Verb.REQUEST: "membership",
    Verb.ADMIT: "membership",
    Verb.GO_ON: "exchange",
    Verb.CONFIRM: "exchange",
    Verb.REVIEW: "exchange",
    Verb.RENEW: "post",
    Verb.VOTE: "frame",
    Verb.POSTURE: "frame",
    Verb.RESOLVE: "proposal",
    Verb.REFRAME: "proposal",
    Verb.CARRY: "proposal",
    Verb.COSIGN: "proposal",
    Verb.SUPPORT: "experiment",
    Verb.DECIDE: "experiment",
    Verb.DRAFT: "experiment",
    Verb.RUN: "experiment",
    Verb.LIFT: "obstacle",
    Verb.INFORM: "note_up",
    Verb.ACK: "note_up",
    Verb.MERGE: "merge",
    Verb.TAKE: "problem",
    Verb.WITNESS: "skill",
    Verb.CONTEST: "contest",
    Verb.FILL: "campaign",
    Verb.HOURS: "training_record",
    Verb.RISK: "hazard",
    Verb.STUDY: "study",
}


def step_of(verb: str, network: Any, owner: Any, **more: Any) -> Any:
    subject = StepSubject(more.pop("kind", SUBJECTS.get(Verb(verb), "introduction")), "bcd234fgh567")
    due = more.pop("due_at", clock.now() + 3 * DAY)
    return open_step(verb, subject, network=network, owner=owner, due_at=due, words="Lire un bilan")


@pytest.mark.parametrize("verb", Verb.values)
def test_every_verb_says_what_is_asked_where_and_what_follows(
    verb: str, network: Any, bob: Any, alice: Any, queries: Any
) -> None:
    step_of(verb, network, bob)
    steps = [step for step in steps_of(bob) if step.verb == verb and step.subject_id == "bcd234fgh567"]
    with queries() as seen:
        view = describe(steps[0])
    assert len(seen) == 0
    assert view.title
    assert view.kind
    assert view.url.startswith("/")
    assert view.answers
    assert view.after
    assert "jeudi 5 mars" in view.due
    assert "%(" not in view.title


@pytest.mark.parametrize(
    "verb", [Verb.ADMIT, Verb.ASSIGN, Verb.PROPOSE, Verb.CHOOSE, Verb.HELD, Verb.TERMS, Verb.GO_ON]
)
def test_the_team_is_led_to_its_own_pages(verb: str, network: Any, alice: Any) -> None:
    step_of(verb, network, None)
    step = next(step for step in steps_of(alice) if step.owner_id is None)
    view = describe(step)
    assert "/animation/" in view.url
    assert "vous contactera" not in view.after
    assert not any(answer.post for answer in view.answers)


def test_one_tap_answers_are_posts(network: Any, bob: Any) -> None:
    view = describe(step_of(Verb.ANSWER, network, bob))
    assert [(answer.name, answer.value, answer.post) for answer in view.answers] == [
        ("answer", "yes", True),
        ("", "", False),
        ("", "", False),
    ]
    assert len(describe(step_of(Verb.HELD, network, bob, kind="exchange")).answers) == 3
    assert len(describe(step_of(Verb.HELD, network, bob, kind="introduction")).answers) == 2


def test_what_is_late_or_soon_says_so(network: Any, bob: Any) -> None:
    assert describe(step_of(Verb.REVIEW, network, bob)).state == ""
    assert describe(step_of(Verb.REVIEW, network, bob, due_at=clock.now() + DAY)).state == "soon"
    assert describe(step_of(Verb.REVIEW, network, bob, due_at=clock.now() - DAY)).state == "late"


def test_expectations_name_their_owner(network: Any, bob: Any, chloe: Any) -> None:
    steps = [step_of(Verb.REVIEW, network, owner) for owner in (bob, chloe)] + [
        step_of(Verb.ASSIGN, network, None)
    ]
    lines = expectations(steps, bob)
    assert [line.who for line in lines] == ["Vous", "Chloé Le Goff", "L’animation du réseau"]
    assert [line.mine for line in lines] == [True, False, False]
    # What happens otherwise is said in "vous": to the one concerned only.
    assert [bool(line.after) for line in lines] == [True, False, False]
