"""A question asked of some tells nothing of them that the question it depends on does not tell."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reciproque.kit import clock
from reciproque.surveys.actions import (
    close_campaign,
    create_questionnaire,
    edit_version,
    open_campaign,
    plan_campaign,
    publish_version,
)
from reciproque.surveys.models import Campaign
from reciproque.surveys.queries import results
from reciproque.surveys.rules.supplied.shape import question, section, two

Run = Callable[..., dict[str, Any]]


def options(*keys: str) -> list[dict[str, Any]]:
    return [{"key": key, "text": two(key.upper(), key.upper())} for key in keys]


def definition(*questions: dict[str, Any]) -> dict[str, Any]:
    return {
        "intro": two("Bonjour", "Hello"),
        "thanks": two("Merci", "Thanks"),
        "minutes": 2,
        "sections": [section("s", two("Avis", "Opinion"), *questions)],
    }


def single(key: str, *keys: str, **more: Any) -> dict[str, Any]:
    return question(key, "single", two(key, key), options=options(*keys), **more)


def when(key: str, *among: str) -> dict[str, Any]:
    return {"question": key, "among": list(among)}


@pytest.fixture
def run(network: Any, alice: Any, crowd: Any, answer: Any) -> Run:
    """Ask these questions, have these answers given, close; return what is told: {question: Answered}."""

    def told(questions: list[dict[str, Any]], given: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        row = create_questionnaire(network, by=alice, title_fr="Avis", title_en="Opinion")
        made = definition(*questions)
        edit_version(row, by=alice, definition=made, title_fr="Avis", title_en="Opinion", revision=0)
        publish_version(row, by=alice)
        people = crowd(len(given))
        today = clock.now().date()
        more = {"trigger": "date", "mode": "anonymous", **more}
        dates = {"opens_on": today, "closes_on": today + dt.timedelta(days=9)}
        campaign = plan_campaign(row, by=alice, network=network, **dates, **more)
        open_campaign(campaign, by=alice)
        for person, values in zip(people, given, strict=True):
            answer(campaign, person, copy.deepcopy(values))
        close_campaign(campaign, by=alice)
        found = results(Campaign.objects.get(pk=campaign.pk), alice)
        return {one.key: one for one in found.questions}

    return told


def bars(answered: Any) -> dict[str, int]:
    return {bar.key: bar.count for bar in answered.whole.bars}


def test_a_small_choice_folded_is_not_found_again_by_who_was_asked_what(run: Run) -> None:
    questions = [
        single("q1", "a", "b", "c"),
        single("q2", "x", "y", only_if=when("q1", "a")),
        question("why", "text", two("why", "why"), only_if=when("q1", "a")),
        single("q3", "m", "n", only_if=when("q2", "x")),
    ]
    # a: 10, b: 2, c: 12. « b » is folded with « a »: how many were asked would give it away.
    said = [{"q1": "a", "q2": "xy"[n % 2], "why": "mot", "q3": "m"} for n in range(10)]
    found = run(questions, said + [{"q1": "b"}] * 2 + [{"q1": "c"}] * 12)
    assert sorted(bars(found["q1"]).values()) == [12, 12]
    for key in ("q2", "why", "q3"):
        assert found[key].is_masked
        assert found[key].whole.counted == 0


def test_a_question_asked_of_a_choice_that_is_told_is_counted_among_those_asked(run: Run) -> None:
    questions = [
        single("q1", "a", "b"),
        single("q2", "x", "y", required=False, only_if=when("q1", "a")),
        question("why", "text", two("why", "why"), only_if=when("q1", "a")),
    ]
    said = [{"q1": "a", **({"q2": "xy"[n % 2]} if n < 16 else {}), "why": f"mot {n}"} for n in range(18)]
    found = run(questions, said + [{"q1": "b"}] * 7)
    assert bars(found["q1"]) == {"a": 18, "b": 7}
    # Two of the eighteen said nothing: folded, in a table of eighteen.
    assert sum(bars(found["q2"]).values()) == found["q2"].whole.counted == 18
    assert min(bars(found["q2"]).values()) >= 5
    assert len(found["why"].words) == 18


def test_two_who_kept_silent_among_those_asked_are_not_counted_by_the_words(run: Run) -> None:
    questions = [
        single("q1", "a", "b"),
        question("why", "text", two("why", "why"), required=False, only_if=when("q1", "a")),
    ]
    said = [{"q1": "a", **({"why": f"mot {n}"} if n < 10 else {})} for n in range(12)]
    assert run(questions, said + [{"q1": "b"}] * 7)["why"].words is None


def test_of_two_choices_made_together_how_many_made_one_or_the_other_is_not_told(run: Run) -> None:
    several = question("q1", "multiple", two("q1", "q1"), options=options("a", "b", "c"))
    questions = [
        several,
        single("either", "x", "y", only_if=when("q1", "a", "b")),
        single("one", "x", "y", only_if=when("q1", "a")),
    ]
    said: list[dict[str, Any]] = [{"q1": ["a"], "either": "x", "one": "x"}] * 6
    said += [{"q1": ["b"], "either": "y"}] * 6 + [{"q1": ["a", "b"], "either": "y", "one": "y"}] * 5
    found = run(questions, said + [{"q1": ["c"]}] * 8)
    assert bars(found["q1"]) == {"a": 11, "b": 11, "c": 8}
    assert found["either"].is_masked
    assert bars(found["one"]) == {"x": 6, "y": 5}


def test_the_question_that_compares_is_told_by_its_own_groups(run: Run) -> None:
    questions = [
        single("q1", "b", "a", "c"),
        single("q2", "x", "y"),
        single("q3", "m", "n", only_if=when("q1", "a")),
    ]
    said = [{"q1": "aab"[n % 3], "q2": "xy"[n % 2], "q3": "mn"[n % 2]} for n in range(30)]
    found = run(questions, [*said, *[{"q1": "c", "q2": "x"}] * 3], split="question", split_question="q1")
    # « c » (3) joins « b » (10) in the groups; in the question too, and nowhere else.
    assert bars(found["q1"]) == {"a": 20, "b+c": 13}
    assert {part.name: part.counted for part in found["q2"].parts} == {"A": 20, "autres": 13}
    assert found["q1"].parts == []
    assert sum(bars(found["q3"]).values()) == 20


def test_the_silent_are_folded_once_in_the_groups_and_in_the_question(run: Run) -> None:
    questions = [single("q1", "b", "a", required=False), single("q2", "x", "y")]
    said = [{"q1": "ab"[n >= 20], "q2": "xy"[n % 2]} for n in range(30)]
    found = run(questions, [*said, *[{"q2": "x"}] * 3], split="question", split_question="q1")
    assert bars(found["q1"]) == {"a": 20, "b+": 13}
    assert {part.name: part.counted for part in found["q2"].parts} == {"A": 20, "autres": 13}


def test_answers_are_not_compared_by_a_question_asked_of_some_only(run: Run) -> None:
    questions = [single("q1", "a", "b"), single("q2", "x", "y", only_if=when("q1", "a"))]
    with pytest.raises(ValidationError) as refused:
        run(questions, [], split="question", split_question="q2")
    assert set(refused.value.message_dict) == {"split_question"}
