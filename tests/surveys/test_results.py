"""What is told when a campaign closes: by groups, in both languages, the same for all who may read, once and for all."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.utils import translation

from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.kit import clock
from reciproque.networks.actions import grant_role
from reciproque.surveys import access
from reciproque.surveys.actions import (
    close_campaign,
    close_due,
    copy_supplied,
    edit_version,
    erase_answer,
    open_campaign,
    plan_campaign,
    publish_version,
)
from reciproque.surveys.models import Campaign, LooseAnswer, NamedAnswer, Seat
from reciproque.surveys.queries import impact_of, result_rows, results
from tests.surveys.conftest import NO, YES, short

DAY = dt.timedelta(days=1)


def closed(campaign: Campaign, by: Any) -> Campaign:
    close_campaign(campaign, by=by)
    campaign.refresh_from_db()
    return campaign


def bars(answered: Any) -> list[tuple[str, int, int]]:
    return [(bar.label, bar.count, bar.percent) for bar in answered.whole.bars]


def by_key(found: Any) -> dict[str, Any]:
    return {question.key: question for question in found.questions}


def values(number: int) -> dict[str, Any]:
    """Twelve who were there, eight who were not."""
    if number >= 12:
        return {**NO, "hours": "2", "words": f"Mot {number}"}
    return {"took_part": "yes", "useful": ["some", "much"][number % 2], "where": ["yes"], "hours": "7"}


@pytest.fixture
def told(send: Any, crowd: Any, answer: Any, alice: Any) -> Campaign:
    people = crowd(20)
    campaign = send()
    for number, person in enumerate(people):
        answer(campaign, person, values(number))
    return closed(campaign, alice)


def test_counts_shares_and_medians_by_groups_in_both_languages(told: Campaign, alice: Any) -> None:
    found = results(told, alice)
    questions = by_key(found)
    assert found.answered == 20
    assert bars(questions["took_part"]) == [("Oui", 12, 60), ("Non", 8, 40)]
    # Twelve were asked: they are counted among themselves.
    assert bars(questions["useful"]) == [
        ("de « Pas du tout » à « Assez »".replace("« ", "«\u00a0").replace(" »", "\u00a0»"), 6, 50),
        ("de « Beaucoup » à « Énormément »".replace("« ", "«\u00a0").replace(" »", "\u00a0»"), 6, 50),
    ]
    assert questions["useful"].whole.middle.startswith("de")
    assert questions["where"].several
    assert bars(questions["where"]) == [("Oui", 12, 60)]
    assert questions["hours"].whole.bars[0].count >= 5
    assert sorted(questions["words"].words) == sorted(f"Mot {n}" for n in range(12, 20))
    with translation.override("en"):
        english = by_key(results(told, alice))
        assert bars(english["took_part"]) == [("Yes", 12, 60), ("No", 8, 40)]
        assert english["took_part"].text == "Were you there?"


def test_words_come_in_another_order_each_time_and_alone(told: Campaign, alice: Any) -> None:
    orders = {tuple(by_key(results(told, alice))["words"].words) for _turn in range(20)}
    assert len(orders) > 5


def test_nothing_is_told_of_too_few_and_no_words_of_too_few_writers(
    send: Any, crowd: Any, answer: Any, alice: Any
) -> None:
    people = crowd(9)
    few, some = send("confidential"), send("confidential")
    for person in people[:4]:
        answer(few, person, {**YES, "words": "Seul"})
    for number, person in enumerate(people):
        answer(some, person, {**NO, **({"words": "Seul"} if number < 4 else {})})
    assert results(closed(few, alice), alice).is_empty
    found = results(closed(some, alice), alice)
    assert not found.is_empty
    assert all(question.is_masked for question in found.questions)
    assert "Seul" not in json.dumps([few.told, some.told]) + str(result_rows(found))
    assert ["Y étiez-vous\u00a0?", "ensemble", "", "moins de 5 personnes", ""] in result_rows(found)


def test_who_reads_them(
    told: Campaign, everyone: Any, verdict: Any, crowd: Any, make_person: Any, join: Any
) -> None:
    part = make_person("Partielle", site="Nantes")
    join(part, told.network)
    grant_role(told.network, part, "animator", by=None, site=part.site)
    # One of the crowd: the animators and sponsors have their seats too.
    asked = Seat.objects.filter(campaign=told, person__first_name__startswith="Foule")[0].person
    people = {**everyone, "part": part, "asked": asked}
    reads = {
        name: verdict(partial(access.get_results, person, told.public_id)) for name, person in people.items()
    }
    assert {name for name, answer in reads.items() if answer == "yes"} == {"admin", "alice", "dora", "emile"}
    for reader in ("admin", "dora", "emile"):
        found = results(told, everyone[reader])
        assert [bars(q) for q in found.questions] == [
            bars(q) for q in results(told, everyone["alice"]).questions
        ]
    assert results(told, everyone["bob"]).is_empty
    Campaign.objects.filter(pk=told.pk).update(shared=True)
    told.refresh_from_db()
    assert verdict(lambda: access.get_results(people["asked"], told.public_id)) == "yes"
    assert verdict(lambda: access.get_results(everyone["fatou"], told.public_id)) == "not there"


def test_they_are_not_read_before_the_end(
    send: Any, crowd: Any, answer: Any, alice: Any, verdict: Any
) -> None:
    people = crowd(8)
    campaign = send("confidential", shared=True)
    for person in people:
        answer(campaign, person)
    assert verdict(lambda: access.get_results(alice, campaign.public_id)) == "not there"
    assert results(campaign, alice).is_empty


def test_groups_are_compared_and_small_ones_put_together(
    send: Any, crowd: Any, answer: Any, alice: Any, emile: Any
) -> None:
    people = [
        *crowd(14, site="Nantes"),
        *crowd(3, site="Brest"),
        *crowd(11, site="Lyon"),
        *crowd(2, site="Nice"),
    ]
    campaign = send("confidential", split="site", shared=True)
    for number, person in enumerate(people):
        answer(campaign, person, YES if number % 2 else NO)
    found = results(closed(campaign, alice), emile)
    assert {name for _key, name in found.groups} == {"Nantes", "Lyon", "autres"}
    parts = {part.name: [bar.count for bar in part.bars] for part in by_key(found)["took_part"].parts}
    assert all(count >= 5 for counts in parts.values() for count in counts)
    whole = by_key(found)["took_part"].whole
    assert sum(bar.count for bar in whole.bars) == 30
    text = json.dumps(campaign.told)
    assert "Brest" not in text
    assert people[0].public_id not in text
    # Those who answered read the whole only.
    shared = results(campaign, people[0])
    assert shared.groups == []
    assert all(not question.parts for question in shared.questions)


def test_two_versions_are_told_apart_and_together_where_the_question_is_the_same(
    questionnaire: Any, send: Any, crowd: Any, answer: Any, alice: Any
) -> None:
    people = crowd(24)
    campaign = send()
    for number, person in enumerate(people[:12]):
        answer(campaign, person, YES if number < 6 else NO)
    changed = short()
    changed["sections"][1]["questions"] = changed["sections"][1]["questions"][:1]
    changed["sections"][1]["questions"][0] |= {"key": "days"}
    edit_version(questionnaire, by=alice, definition=changed, title_fr="A", title_en="A", revision=0)
    publish_version(questionnaire, by=alice)
    for number, person in enumerate(people[12:]):
        answer(campaign, person, {**(YES if number < 7 else NO), "days": "3" if number % 2 else "40"})
    found = results(closed(campaign, alice), alice)
    questions = by_key(found)
    assert found.compared == "selon la version du questionnaire"
    assert bars(questions["took_part"])[0][1] == 13
    parts = {part.name: [bar.count for bar in part.bars] for part in questions["took_part"].parts}
    assert parts == {"version 1": [6, 6], "version 2": [7, 5]}
    assert questions["days"].versions == "2"
    assert sum(bar.count for bar in questions["days"].whole.bars) == 12
    assert questions["hours"].versions == "1"
    assert questions["took_part"].versions == ""


def test_participants_and_the_others_of_the_whole_workforce(
    questionnaire: Any, network: Any, alice: Any, make_person: Any, join: Any, answer: Any
) -> None:
    takers, others = [make_person(f"A{n}") for n in range(8)], [make_person(f"B{n}") for n in range(9)]
    for person in takers:
        join(person, network)
    for giver, learner in zip(takers[::2], takers[1::2], strict=True):
        exchange = declare_exchange(
            network,
            by=learner,
            requester=learner,
            offerer=giver,
            title="Tailler les rosiers",
            held_on=clock.now().date(),
        )
        confirm_exchange(exchange, by=giver)
    today = clock.now().date()
    campaign = plan_campaign(
        questionnaire,
        by=alice,
        network=network,
        trigger="date",
        mode="confidential",
        audience={"who": "eligible"},
        split="took_part",
        opens_on=today,
        closes_on=today + 9 * DAY,
    )
    open_campaign(campaign, by=alice)
    for person in [*takers, *others]:
        answer(campaign, person, {**NO, "hours": "1"})
    found = results(closed(campaign, alice), alice)
    assert {name for _key, name in found.groups} == {"participants", "non-participants"}
    assert Counter(NamedAnswer.objects.values_list("group", flat=True)) == {"yes": 8, "no": 9}


def test_anonymous_answers_are_compared_by_what_they_say_themselves(
    send: Any, crowd: Any, answer: Any, alice: Any
) -> None:
    people = crowd(22)
    campaign = send(split="question", split_question="took_part")
    for number, person in enumerate(people):
        answer(campaign, person, {**(YES if number < 11 else NO), "hours": "1" if number % 2 else "40"})
    found = results(closed(campaign, alice), alice)
    assert [name for _key, name in found.groups] == ["Non", "Oui"]
    parts = {part.name: [bar.count for bar in part.bars] for part in by_key(found)["hours"].parts}
    assert {sum(counts) for counts in parts.values()} == {11}


def test_a_question_kept_for_the_team_is_read_by_the_team_alone(
    questionnaire: Any, send: Any, crowd: Any, answer: Any, alice: Any, emile: Any
) -> None:
    changed = short()
    changed["sections"][0]["questions"][0]["audience"] = "team"
    edit_version(questionnaire, by=alice, definition=changed, title_fr="A", title_en="A", revision=0)
    publish_version(questionnaire, by=alice)
    people = crowd(12)
    campaign = send()
    for number, person in enumerate(people):
        answer(campaign, person, YES if number < 6 else NO)
    closed(campaign, alice)
    assert "took_part" in by_key(results(campaign, alice))
    assert "took_part" not in by_key(results(campaign, emile))


def test_before_and_after_tell_how_many_moved(
    questionnaire: Any, network: Any, alice: Any, crowd: Any, answer: Any
) -> None:
    people = crowd(15)
    today = clock.now().date()
    first = plan_campaign(
        questionnaire,
        by=alice,
        network=network,
        trigger="pair",
        mode="confidential",
        opens_on=today,
        closes_on=today + 9 * DAY,
        after_opens_on=today + 60 * DAY,
        after_closes_on=today + 69 * DAY,
    )
    open_campaign(first, by=alice)
    for person in people:
        answer(first, person, {"took_part": "yes", "useful": "little", "hours": "3"})
    with clock.at(clock.now() + 10 * DAY):
        close_due()
    with clock.at(clock.now() + 61 * DAY):
        second = Campaign.objects.get(before__pk=first.pk)
        open_campaign(second, by=alice)
        for number, person in enumerate(people):
            useful = "greatly" if number < 9 else "little"
            hours = "9" if number < 9 else "3"
            answer(second, person, {"took_part": "yes", "useful": useful, "hours": hours})
        found = results(closed(second, alice), alice)
    moved = {question.key: bars(question) for question in found.moves}
    assert moved["hours"] == [("plus bas qu’avant · comme avant", 6, 40), ("plus haut qu’avant", 9, 60)]
    # Who was asked it both times, nothing tells.
    assert "useful" not in moved


def test_what_was_told_does_not_change_when_somebody_erases_their_answer(
    send: Any, crowd: Any, answer: Any, seat_of: Any, alice: Any
) -> None:
    people = crowd(12)
    campaign = send("confidential")
    for number, person in enumerate(people):
        answer(campaign, person, {**(YES if number < 6 else NO), "words": f"Mot {number}"})
    closed(campaign, alice)
    before = [bars(question) for question in results(campaign, alice).questions]
    erase_answer(seat_of(campaign, people[0]), by=people[0])
    campaign.refresh_from_db()
    after = results(campaign, alice)
    assert [bars(question) for question in after.questions] == before
    # All that was written goes: without theirs alone, the difference would be their own words.
    assert by_key(after)["words"].words is None
    assert "Mot" not in json.dumps(campaign.told)


def test_who_wrote_nothing_takes_nothing_away_and_words_are_those_of_the_close(
    send: Any, crowd: Any, answer: Any, seat_of: Any, alice: Any
) -> None:
    people = crowd(14)
    campaign = send("confidential")
    for number, person in enumerate(people):
        words = {"words": f"Mot {number}"} if number < 6 else {}
        answer(campaign, person, {**(YES if number % 2 else NO), **words})
    closed(campaign, alice)
    erase_answer(seat_of(campaign, people[13]), by=people[13])
    NamedAnswer.objects.all().delete()
    campaign.refresh_from_db()
    assert sorted(by_key(results(campaign, alice))["words"].words) == [f"Mot {n}" for n in range(6)]


def test_the_impact_of_exchanges_by_dimension(
    network: Any, alice: Any, crowd: Any, answer: Any, seat_of: Any, questionnaire: Any
) -> None:
    row = copy_supplied(network, "impact", by=alice)
    publish_version(row, by=alice)
    today = clock.now().date()
    people = crowd(20)
    campaign = plan_campaign(
        row,
        by=alice,
        network=network,
        trigger="date",
        mode="anonymous",
        opens_on=today,
        closes_on=today + 9 * DAY,
    )
    open_campaign(campaign, by=alice)
    for number, person in enumerate(people):
        felt = "much" if number < 13 else "little"
        said = {"used": "yes", "mastery": "much", "management": "none", "passed_on": "yes"}
        answer(campaign, person, {**said, "objectives": felt, "relations": felt, "oneself": felt})
    closed(campaign, alice)
    now = clock.now()
    found = impact_of(network, now - DAY, now + DAY)
    assert found["objectives"] == (13, 20)
    # All said the same: it may not be told.
    assert found["management"] == (None, None)
    assert impact_of(network, now + DAY, now + 2 * DAY)["objectives"] == (None, None)


def test_no_name_no_seat_and_no_key_of_an_answer_is_in_what_is_kept(told: Campaign) -> None:
    text = json.dumps(told.told)
    for person in (seat.person for seat in Seat.objects.filter(campaign=told) if seat.person):
        assert person.last_name not in text
        assert person.public_id not in text
    for key in LooseAnswer.objects.values_list("pk", flat=True):
        assert str(key) not in text
