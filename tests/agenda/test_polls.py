"""Polls: asked, answered, changed, closed with what was answered, in everyone's zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.access import get_poll
from reciproque.agenda.actions import (
    answer_poll,
    cancel_poll,
    close_overdue_polls,
    close_poll,
    hand_polls,
    join_poll,
    keep_dates,
    leave_polls,
    open_poll,
)
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import Poll, PollVoice, Step
from reciproque.agenda.queries import best_dates, date_warnings, poll_about, poll_sheet
from reciproque.kit import clock
from reciproque.kit.errors import NotThere

DAY = dt.timedelta(days=1)
# A Monday, ten in the morning in Paris.
FIRST = dt.datetime(2026, 3, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def ask(network: Any, subject: StepSubject, bob: Any, chloe: Any, dora: Any) -> Callable[..., Poll]:
    """Bob asks Chloé and Dora which of four dates suit them; two will be kept."""

    def ask_(**fields: Any) -> Poll:
        values: dict[str, Any] = {
            "network": network,
            "title": "Chefs d’équipe",
            "starts": [FIRST + n * 7 * DAY for n in range(4)],
            "closes_at": clock.now() + 7 * DAY,
            "by": bob,
            "wanted": 2,
            "minutes": 210,
        } | fields
        people = values.pop("people", [chloe, dora])
        return open_poll(values.pop("about", subject), people, **values)

    return ask_


@pytest.fixture
def say() -> Callable[..., Poll]:
    """Answer a poll by a word a date: y, i, n, or - for nothing."""
    words = {"y": "yes", "i": "if", "n": "no", "-": ""}

    def say_(poll: Poll, person: Any, answers: str) -> Poll:
        dates = list(poll.dates.all())
        said = {date.public_id: words[letter] for date, letter in zip(dates, answers, strict=False)}
        return answer_poll(poll, by=person, answers=said)

    return say_


def owed(person: Any) -> list[str]:
    return list(Step.objects.open().filter(owner=person).order_by("verb").values_list("verb", flat=True))


def test_each_one_asked_has_a_step_until_they_answer(ask: Any, say: Any, chloe: Any, dora: Any) -> None:
    poll = ask()
    assert owed(chloe) == owed(dora) == ["poll"]
    say(poll, chloe, "yyin")
    assert owed(chloe) == []
    assert owed(dora) == ["poll"]
    step = Step.objects.get(owner=dora)
    assert (step.subject_kind, step.subject_id) == ("poll", poll.public_id)


def test_one_may_change_ones_mind_and_leave_a_date_out(ask: Any, say: Any, chloe: Any) -> None:
    poll = ask()
    say(poll, chloe, "yyyy")
    say(poll, chloe, "n-i-")
    mine = [line.mine for line in poll_sheet(poll, chloe).lines]
    assert mine == ["no", "", "if", ""]


def test_the_best_dates_have_most_yes_then_most_if_need_be_then_come_first(
    ask: Any, say: Any, chloe: Any, dora: Any, bob: Any
) -> None:
    poll = ask()
    say(poll, chloe, "nyiy")
    say(poll, dora, "yiny")
    dates = list(poll.dates.all())
    assert best_dates(poll) == [dates[1], dates[3]]
    assert best_dates(poll, 1) == [dates[3]]
    assert best_dates(poll, 3) == [dates[0], dates[1], dates[3]]
    sheet = poll_sheet(poll, bob)
    assert [line.is_best for line in sheet.lines] == [False, True, False, True]
    assert [person.first_name for person in sheet.lines[1].yes] == ["Chloé"]
    assert [person.first_name for person in sheet.lines[1].if_needed] == ["Dora"]


def test_two_dates_that_overlap_are_never_kept_together(ask: Any, say: Any, chloe: Any) -> None:
    poll = ask(starts=[FIRST, FIRST + dt.timedelta(hours=1), FIRST + 7 * DAY])
    say(poll, chloe, "yyi")
    dates = list(poll.dates.all())
    assert best_dates(poll) == [dates[0], dates[2]]


def test_once_everyone_answered_the_dates_are_expected_and_answers_may_still_change(
    ask: Any, say: Any, subject: StepSubject, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    poll = ask()
    say(poll, chloe, "yyyy")
    assert owed(bob) == []
    say(poll, dora, "ynnn")
    assert owed(bob) == ["dates"]
    assert [fact.name for fact in said("poll.answered")] == ["poll.answered"]
    say(poll, dora, "nnny")
    assert best_dates(poll, 1) == [poll.dates.all()[3]]
    assert len(said("poll.answered")) == 1


def test_it_closes_at_its_hour_with_the_answers_it_has(
    ask: Any, say: Any, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    poll = ask()
    say(poll, chloe, "ynnn")
    with clock.at(clock.now() + 8 * DAY):
        assert close_overdue_polls() == 1
        assert close_overdue_polls() == 0
        assert owed(dora) == []
        assert owed(bob) == ["dates"]
        with pytest.raises(ValidationError, match="clos"):
            say(poll, dora, "yyyy")
    data = said("poll.closed")[0].data
    assert (data["answered"], data["voters"]) == (1, 2)
    assert Step.objects.get(owner=bob, state="open").words == "Chefs d’équipe"


def test_nobody_answered_and_whoever_asked_fixes_alone(ask: Any, bob: Any, said: Any) -> None:
    poll = ask()
    with clock.at(clock.now() + 8 * DAY):
        close_overdue_polls()
        sheet = poll_sheet(Poll.objects.get(pk=poll.pk), bob)
    assert sheet.nobody
    assert sheet.best == []
    # The animation team may read the step: the letter says it, to whoever asked.
    assert Step.objects.get(owner=bob, state="open").words == "Chefs d’équipe"
    assert said("poll.closed")[0].data["answered"] == 0


def test_after_its_hour_even_before_the_clock_passes_it_takes_no_answer(
    ask: Any, say: Any, chloe: Any
) -> None:
    poll = ask()
    with clock.at(poll.closes_at), pytest.raises(ValidationError):
        say(poll, chloe, "yyyy")


def test_only_those_asked_answer_and_only_what_is_asked(
    ask: Any, say: Any, alice: Any, fatou: Any, chloe: Any
) -> None:
    poll = ask()
    for person in (alice, fatou):
        with pytest.raises(PermissionDenied):
            say(poll, person, "yyyy")
        with pytest.raises(NotThere):
            get_poll(person, poll.public_id)
        with pytest.raises(PermissionDenied):
            close_poll(poll, by=person)
        with pytest.raises(PermissionDenied):
            cancel_poll(poll, by=person)
    assert get_poll(chloe, poll.public_id) == poll
    date = poll.dates.first()
    for answers in ({}, {date.public_id: "perhaps"}, {"another": "yes"}, {date.public_id: ""}):
        with pytest.raises(ValidationError):
            answer_poll(poll, by=chloe, answers=answers)
    assert not PollVoice.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"starts": []},
        {"starts": [FIRST - 60 * DAY]},
        {"starts": [FIRST + 900 * DAY]},
        {"starts": [FIRST + n * DAY for n in range(41)]},
        {"closes_at": FIRST},
        {"closes_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)},
        {"wanted": 5},
        {"wanted": 0},
        {"minutes": 5},
        {"people": []},
    ],
)
def test_what_cannot_be_asked_is_refused(ask: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ask(**fields)
    assert not Poll.objects.exists()


def test_sent_twice_it_is_one_poll_and_another_waits_for_its_end(ask: Any, said: Any) -> None:
    poll = ask()
    assert ask() == poll
    with pytest.raises(ValidationError, match="déjà en cours"):
        ask(starts=[FIRST + DAY], wanted=1)
    cancel_poll(poll, by=poll.opened_by)
    assert ask(starts=[FIRST + DAY], wanted=1) != poll
    assert len(said("poll.opened")) == 2


def test_given_up_the_silent_ones_are_told_and_nothing_is_expected_of_them(
    ask: Any, say: Any, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    poll = ask()
    say(poll, chloe, "yyyy")
    cancel_poll(poll, by=bob)
    assert cancel_poll(poll, by=bob).state == "cancelled"
    assert owed(dora) == []
    fact = said("poll.cancelled")[0]
    assert set(fact.concerns.values_list("person", flat=True)) == {bob.pk, dora.pk}
    assert poll_about(StepSubject(poll.subject_kind, poll.subject_id)) is None


def test_fixing_dates_closes_it_and_notes_which_were_kept(
    ask: Any, say: Any, subject: StepSubject, bob: Any, chloe: Any
) -> None:
    poll = ask()
    say(poll, chloe, "yyyy")
    keep_dates(subject, [FIRST, FIRST + 7 * DAY])
    fresh = Poll.objects.get(pk=poll.pk)
    assert fresh.state == "closed"
    assert [date.is_kept for date in fresh.dates.all()] == [True, True, False, False]
    assert owed(bob) == []


def test_one_more_is_asked_and_one_who_leaves_counts_no_more(
    ask: Any, say: Any, subject: StepSubject, alice: Any, bob: Any, chloe: Any
) -> None:
    poll = ask()
    join_poll(subject, alice)
    assert owed(alice) == ["poll"]
    say(poll, alice, "nnny")
    say(poll, chloe, "ynnn")
    leave_polls(subject, chloe)
    assert best_dates(poll, 1) == [poll.dates.all()[3]]
    with pytest.raises(NotThere):
        get_poll(chloe, poll.public_id)
    hand_polls(subject, alice)
    close_poll(Poll.objects.get(pk=poll.pk), by=alice)
    assert owed(bob) == []
    assert owed(alice) == ["dates"]


def test_each_date_is_said_in_every_zone_with_its_nights_and_its_holidays(
    ask: Any, make_person: Any, bob: Any, chloe: Any
) -> None:
    far = make_person("Maëva", time_zone="Pacific/Noumea")
    poll = ask(people=[chloe, far], starts=[FIRST], wanted=1)
    line = poll_sheet(poll, chloe).lines[0]
    assert [(place.place, place.people) for place in line.zones] == [("Paris", 2), ("Nouméa", 1)]
    assert line.zones[1].words == "lundi 23 mars, 20\u00a0h"
    assert line.warnings == [
        "À Nouméa, ce serait lundi 23 mars, 20\u00a0h\u00a0: trop tôt ou trop tard pour une personne."
    ]
    assert (
        poll_sheet(ask(about=StepSubject("circle", "x" * 12), people=[chloe], starts=[FIRST], wanted=1), bob)
        .lines[0]
        .zones
        == []
    )


def test_no_date_refused_by_night_or_on_a_holiday_is_said_to_suit(
    ask: Any, say: Any, chloe: Any, dora: Any, bob: Any
) -> None:
    day = dt.datetime(2026, 7, 13, 8, 0, tzinfo=dt.UTC)
    night = dt.datetime(2026, 7, 15, 20, 0, tzinfo=dt.UTC)
    holiday = dt.datetime(2026, 7, 14, 8, 0, tzinfo=dt.UTC)
    refused = dt.datetime(2026, 7, 16, 8, 0, tzinfo=dt.UTC)
    poll = ask(starts=[day, holiday, night, refused], wanted=2)
    say(poll, chloe, "yyyy")
    say(poll, dora, "yyyn")
    assert [line.is_best for line in poll_sheet(poll, bob).lines] == [True, False, False, False]
    every = ask(about=StepSubject("circle", "y" * 12), starts=[day, refused], wanted=2)
    say(every, chloe, "yy")
    assert [line.is_best for line in poll_sheet(every, bob).lines] == [False, False]


def test_a_holiday_is_that_of_where_people_are(make_person: Any, bob: Any, network: Any) -> None:
    far = make_person("Maëva", time_zone="Pacific/Noumea")
    # The 24th of September: citizenship day in New Caledonia, a Thursday like others in Paris.
    start = dt.datetime(2026, 9, 24, 6, 0, tzinfo=dt.UTC)
    said = date_warnings(start, 60, [bob, far], network.country)
    assert len(said) == 1
    assert said[0].startswith("À Nouméa, jeudi 24 septembre est férié")
    fourteenth = dt.datetime(2026, 7, 14, 9, 0, tzinfo=dt.UTC)
    assert "férié" in date_warnings(fourteenth, 60, [bob], "FR")[0]
    saturday = dt.datetime(2026, 3, 28, 9, 0, tzinfo=dt.UTC)
    assert date_warnings(saturday, 60, [bob], "FR") == ["À Paris, samedi 28 mars tombe en fin de semaine."]


def test_a_poll_is_read_in_a_fixed_number_of_queries(
    ask: Any, say: Any, make_person: Any, queries: Any, bob: Any, chloe: Any, dora: Any
) -> None:
    small = ask()
    people = [make_person() for _n in range(8)]
    large = ask(
        about=StepSubject("circle", "y" * 12), people=people, starts=[FIRST + n * DAY for n in range(12)]
    )
    for person in people:
        say(large, person, "yinyinyinyin")
    say(small, chloe, "yyyy")
    for poll in (
        poll_about(StepSubject(small.subject_kind, small.subject_id)),
        poll_about(StepSubject("circle", "y" * 12)),
    ):
        with queries() as seen:
            poll_sheet(poll, bob)
        assert len(seen) == 3


def test_two_who_answer_at_once_and_the_last_is_noticed_once(
    ask: Any, chloe: Any, dora: Any, bob: Any, at_once: Any, said: Any
) -> None:
    poll = ask()
    date = poll.dates.first()
    done = at_once(
        *(
            lambda person=person: answer_poll(poll, by=person, answers={date.public_id: "yes"})
            for person in (chloe, dora)
        )
    )
    assert all(isinstance(one, Poll) for one in done), done
    assert len(said("poll.answered")) == 1
    assert owed(bob) == ["dates"]
