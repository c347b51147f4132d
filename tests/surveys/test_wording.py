"""Asked in other words, a question is another one: its answers are told apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.kit import clock
from reciproque.surveys.actions import close_campaign, edit_version, plan_campaign, publish_version
from reciproque.surveys.models import Campaign
from reciproque.surveys.queries import results
from reciproque.surveys.rules import questions_of
from tests.surveys.conftest import NO, YES, short

DAY = dt.timedelta(days=1)


def closed(campaign: Campaign, by: Any) -> Campaign:
    close_campaign(campaign, by=by)
    campaign.refresh_from_db()
    return campaign


def bars(answered: Any) -> list[tuple[str, int]]:
    return [(bar.label, bar.count) for bar in answered.whole.bars]


def by_key(found: Any) -> dict[str, Any]:
    return {question.key: question for question in found.questions}


def test_answers_to_other_words_are_not_counted_together(
    questionnaire: Any, send: Any, crowd: Any, answer: Any, alice: Any
) -> None:
    people = crowd(24)
    campaign = send()
    for number, person in enumerate(people[:12]):
        answer(campaign, person, YES if number < 6 else NO)
    changed = short()
    changed["sections"][0]["questions"] = changed["sections"][0]["questions"][:1]
    asked = changed["sections"][0]["questions"][0]
    asked["text"] = {"fr": "Y étiez-vous absent\u00a0?", "en": "Were you away?"}
    edit_version(questionnaire, by=alice, definition=changed, title_fr="A", title_en="A", revision=0)
    published = publish_version(questionnaire, by=alice)
    assert [question["key"] for question in questions_of(published.definition)][0] == "took_part_2"
    for number, person in enumerate(people[12:]):
        answer(campaign, person, {"took_part_2": "yes" if number < 7 else "no"})
    questions = by_key(results(closed(campaign, alice), alice))
    assert (questions["took_part"].versions, questions["took_part_2"].versions) == ("1", "2")
    assert questions["took_part_2"].text == "Y étiez-vous absent\u00a0?"
    assert [count for _label, count in bars(questions["took_part"])] == [6, 6]
    assert [count for _label, count in bars(questions["took_part_2"])] == [7, 5]


def test_a_planned_comparison_follows_the_question(questionnaire: Any, network: Any, alice: Any) -> None:
    today = clock.now().date()
    planned = plan_campaign(
        questionnaire,
        by=alice,
        network=network,
        trigger="date",
        mode="anonymous",
        split="question",
        split_question="took_part",
        opens_on=today + 2 * DAY,
        closes_on=today + 9 * DAY,
    )
    changed = short()
    changed["sections"][0]["questions"][0]["text"]["en"] = "Did you come?"
    edit_version(questionnaire, by=alice, definition=changed, title_fr="A", title_en="A", revision=0)
    publish_version(questionnaire, by=alice)
    planned.refresh_from_db()
    assert planned.split_question == "took_part_2"
