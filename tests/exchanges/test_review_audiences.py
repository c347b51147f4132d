"""Who reads which answer of a review; correcting it within fourteen days; taking it back; paper codes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.exchanges import actions
from reciproque.exchanges.access import can_review, parts_for
from reciproque.exchanges.models import Exchange, ExchangePerson, Review
from reciproque.exchanges.queries import (
    awaiting_sheets,
    reviews_awaited,
    reviews_for_team,
    reviews_shown,
    sheet_of,
)
from reciproque.exchanges.rules import CORRECTION, QUESTIONS, Audience, paper_code, read_paper_code
from reciproque.insights.queries import numerator, period_of
from reciproque.kit import clock
from reciproque.kit.tokens import ALPHABET
from reciproque.moderation.actions import make_report
from reciproque.moderation.queries import shown
from reciproque.networks.actions import grant_role

DAY = dt.timedelta(days=1)
EVERY = {
    "satisfaction": "4",
    "covered": "yes",
    "used": "already",
    "again": True,
    "third": True,
    "learned": "Dire non",
    "comment": "Très concret",
    "hours": Decimal("1.5"),
}
OTHER = {"satisfaction", "covered", "used", "learned", "comment"}


def reviewed(exchange: Exchange, bob: Any, chloe: Any, **choices: Any) -> Review:
    """Both review: Bob answers every question; the exchange closes."""
    mine = actions.submit_review(exchange, by=bob, **(EVERY | choices))
    actions.submit_review(exchange, by=chloe, satisfaction="3")
    return Review.objects.select_related("exchange__network", "author").get(pk=mine.pk)


def test_every_question_has_one_audience() -> None:
    assert set(QUESTIONS) == set(EVERY)
    assert {name for name, who in QUESTIONS.items() if who == Audience.FIGURES} == {"again", "hours"}


# -- who reads what


def test_nobody_but_its_author_reads_a_review_before_the_other(
    finished: Exchange, bob: Any, everyone: Any
) -> None:
    mine = actions.submit_review(finished, by=bob, **EVERY)
    read = {name: set(parts_for(mine, person)) for name, person in everyone.items()}
    assert read == {name: set(QUESTIONS) if name == "bob" else set() for name in everyone}


@pytest.mark.parametrize(
    ("choices", "other", "team"),
    [
        ({}, OTHER, {"third"}),
        ({"comment_for": "team"}, OTHER - {"comment"}, {"third", "comment"}),
        ({"learned_for": "nobody"}, OTHER - {"learned"}, {"third"}),
        (
            {"learned_for": "team", "comment_for": "nobody"},
            OTHER - {"learned", "comment"},
            {"third", "learned"},
        ),
    ],
)
def test_the_table_of_audiences(
    finished: Exchange,
    network: Any,
    bob: Any,
    chloe: Any,
    everyone: Any,
    make_person: Any,
    join: Any,
    choices: dict[str, str],
    other: set[str],
    team: set[str],
) -> None:
    near, far, mediator = (make_person(name) for name in ("Nadia", "Loïc", "Maud"))
    manager = make_person("Hugo")
    bob.manager = manager  # in memory at least: no rule reads who manages whom
    for person in (near, far, mediator, manager):
        join(person, network)
    grant_role(network, near, "animator", by=None, site=bob.site)
    grant_role(network, far, "animator", by=None, unit=chloe.unit)
    grant_role(network, mediator, "mediator", by=None)
    mine = reviewed(finished, bob, chloe, **choices)
    cast = everyone | {"near": near, "far": far, "mediator": mediator, "manager": manager}
    read = {name: set(parts_for(mine, person)) for name, person in cast.items()}
    reads = {"bob": set(QUESTIONS), "chloe": other, "alice": team, "admin": team, "near": team}
    assert read == {name: reads.get(name, set()) for name in cast}


def test_an_animator_of_the_exchange_reads_as_its_other_person(
    finished: Exchange, network: Any, bob: Any, chloe: Any
) -> None:
    grant_role(network, chloe, "animator", by=None)
    mine = reviewed(finished, bob, chloe, comment_for="team")
    assert set(parts_for(mine, chloe)) == OTHER - {"comment"}
    ExchangePerson.objects.filter(exchange=finished, person=chloe).update(left_at=clock.now())
    assert set(parts_for(mine, chloe)) == set()  # nor later, once out of it
    assert reviews_for_team(Exchange.objects.get(), chloe) == []


def test_rows_hold_nothing_that_is_not_for_their_reader(
    finished: Exchange, bob: Any, chloe: Any, alice: Any, dora: Any
) -> None:
    reviewed(finished, bob, chloe, comment_for="team")
    exchange = Exchange.objects.get()
    (hers,) = [row for row in reviews_shown(exchange, chloe) if row.author == bob]
    assert (hers.satisfaction, hers.learned, hers.comment) == ("4", "Dire non", "")
    assert (hers.again, hers.third, hers.hours) == (None, None, None)
    (told,) = reviews_for_team(exchange, alice)
    assert (told.author, told.third, told.comment) == (bob, True, "Très concret")
    assert (told.satisfaction, told.covered, told.used, told.learned) == ("", "", "", "")
    assert reviews_for_team(exchange, dora) == reviews_shown(exchange, alice) == []


def test_words_hidden_are_read_by_no_animator_either(
    finished: Exchange, bob: Any, chloe: Any, alice: Any
) -> None:
    mine = reviewed(finished, bob, chloe, comment_for="team")
    actions.hide_words(mine, by=alice)
    assert "comment" not in parts_for(mine, alice)
    assert "learned" not in parts_for(mine, chloe)
    assert "comment" in parts_for(mine, bob)


def test_a_report_shows_only_what_the_other_could_read(
    finished: Exchange, network: Any, bob: Any, chloe: Any
) -> None:
    mine = reviewed(finished, bob, chloe, comment_for="team")
    report = make_report(network, about=mine, by=chloe, reason="hurtful", words="")
    said = shown(report, mine, around=False).said
    assert [row.text for row in said] == ["Dire non"]
    actions.withdraw_review(mine, by=bob)
    row = Review.with_withdrawn.get(pk=mine.pk)
    assert shown(report, row, around=False).sight.removed


def test_who_reads_costs_the_same_for_many(
    finished: Exchange, bob: Any, chloe: Any, alice: Any, make_person: Any, queries: Any
) -> None:
    reviewed(finished, bob, chloe)
    exchange = Exchange.objects.select_related("network").get()
    with queries() as few:
        reviews_for_team(exchange, alice)
    for n in range(9):
        Review.objects.create(
            exchange=exchange, author=make_person(f"Zoé {n}"), side="requester", satisfaction="4", third=True
        )
    with queries() as many:
        assert len(reviews_for_team(exchange, alice)) == 10
    assert len(many) == len(few)


# -- correcting


def test_a_review_is_corrected_for_fourteen_days(finished: Exchange, bob: Any, chloe: Any, said: Any) -> None:
    mine = reviewed(finished, bob, chloe)
    start = mine.written_at
    with clock.at(start + CORRECTION - DAY):
        row = actions.correct_review(mine, by=bob, satisfaction="2", comment="Trop court", comment_for="team")
    assert (row.satisfaction, row.comment, row.learned, row.used) == ("2", "Trop court", "", "")
    assert (row.read_before, row.written_at) == (True, start)
    (hers,) = [one for one in reviews_shown(Exchange.objects.get(), chloe) if one.author == bob]
    assert (hers.satisfaction, hers.comment) == ("2", "")
    (fact,) = said("review.corrected")
    assert fact.data["read"] is True
    assert "Trop court" not in str(fact.data)
    with clock.at(start + CORRECTION), pytest.raises(ValidationError, match="quatorze jours"):
        actions.correct_review(mine, by=bob, satisfaction="4")


def test_corrected_before_anybody_read_it(finished: Exchange, bob: Any, chloe: Any) -> None:
    mine = actions.submit_review(finished, by=bob, satisfaction="1")
    row = actions.correct_review(mine, by=bob, satisfaction="4")
    assert row.corrected_at is not None
    assert not row.read_before
    actions.submit_review(finished, by=chloe, satisfaction="3")
    assert Exchange.objects.get().state == "closed"


def test_a_correction_is_refused_like_a_review(finished: Exchange, bob: Any, chloe: Any, alice: Any) -> None:
    mine = reviewed(finished, bob, chloe)
    for by in (chloe, alice):
        with pytest.raises(PermissionDenied):
            actions.correct_review(mine, by=by, satisfaction="1")
    wrong: dict[str, Any]
    for wrong in ({"satisfaction": "9"}, {"hours": Decimal(900)}, {"comment_for": "figures"}):
        with pytest.raises(ValidationError):
            actions.correct_review(mine, by=bob, **({"satisfaction": "4"} | wrong))
    mine.refresh_from_db()
    assert (mine.satisfaction, mine.corrected_at) == ("4", None)


def test_words_erased_or_hidden_are_not_written_again(
    finished: Exchange, bob: Any, chloe: Any, alice: Any
) -> None:
    mine = reviewed(finished, bob, chloe)
    actions.hide_words(mine, by=alice)
    row = actions.correct_review(mine, by=bob, satisfaction="3", comment="Autrement")
    assert (row.comment, row.hidden_at is not None) == ("Très concret", True)
    actions.remove_review_words(row, by=bob)
    row = actions.correct_review(row, by=bob, satisfaction="2", comment="Encore")
    assert (row.satisfaction, row.comment) == ("2", "")


# -- taking back


def test_words_erased_leave_the_marks_counted(finished: Exchange, bob: Any, chloe: Any, network: Any) -> None:
    mine = reviewed(finished, bob, chloe)
    with clock.at(clock.now() + 400 * DAY):
        actions.remove_review_words(mine, by=bob)
    assert counted(network, mine) == 2


def test_a_review_taken_back_counts_no_more(
    finished: Exchange, network: Any, bob: Any, chloe: Any, said: Any
) -> None:
    mine = reviewed(finished, bob, chloe)
    for by in (chloe,):
        with pytest.raises(PermissionDenied):
            actions.withdraw_review(mine, by=by)
    with clock.at(clock.now() + 400 * DAY):  # at any time
        for _time in range(2):
            row = actions.withdraw_review(mine, by=bob)
    held = Review.with_withdrawn.filter(pk=row.pk).values(*EVERY).get()
    assert set(held.values()) == {"", None}
    assert [one.author for one in reviews_shown(Exchange.objects.get(), chloe)] == [chloe]
    assert parts_for(row, bob) == frozenset()
    assert counted(network, mine) == 1
    assert len(said("review.withdrawn")) == 1
    with pytest.raises(ValidationError, match="retiré"):
        actions.correct_review(row, by=bob, satisfaction="4")


def counted(network: Any, review: Review) -> int:
    rows = numerator("reviews.satisfaction", network, period_of(network, "month", review.written_at))
    assert rows is not None
    return int(rows.count())


def test_taken_back_in_time_it_may_be_written_again(
    finished: Exchange, network: Any, bob: Any, chloe: Any, expected: Any
) -> None:
    mine = actions.submit_review(finished, by=bob, **EVERY)
    assert reviews_awaited(bob, network) == []
    actions.withdraw_review(mine, by=bob)
    assert can_review(bob, Exchange.objects.get())
    assert [row.pk for row in reviews_awaited(bob, network)] == [finished.pk]
    assert expected(finished) == {("Bob", "review"), ("Chloé", "review")}
    actions.submit_review(finished, by=chloe, satisfaction="3")
    assert Exchange.objects.get().state == "finished"
    again = actions.submit_review(finished, by=bob, satisfaction="2")
    assert again.pk != mine.pk
    assert Exchange.objects.get().state == "closed"
    assert expected(finished) == set()


# -- for someone else, on paper


def test_what_was_said_by_telephone_is_the_persons_to_correct(
    finished: Exchange, bob: Any, alice: Any, chloe: Any
) -> None:
    mine = actions.submit_review(finished, by=alice, author=bob, **(EVERY | {"comment_for": "nobody"}))
    with pytest.raises(PermissionDenied):
        actions.correct_review(mine, by=alice, satisfaction="1")
    actions.submit_review(finished, by=chloe, satisfaction="4")
    mine.refresh_from_db()
    assert set(parts_for(Review.objects.get(pk=mine.pk), alice)) == {"third"}
    assert actions.correct_review(mine, by=bob, satisfaction="3").on_behalf_by == alice


def test_a_sheet_finds_its_person(finished: Exchange, network: Any, bob: Any, chloe: Any) -> None:
    sheets = dict(awaiting_sheets(finished))
    assert set(sheets) == {bob, chloe}
    for person, code in sheets.items():
        for typed in (code, code.upper(), code.replace(" ", ""), f" {code}-"):
            assert sheet_of(network, typed) == (finished, person)
    actions.submit_review(finished, by=bob, satisfaction="4")
    assert set(dict(awaiting_sheets(finished))) == {chloe}


def test_a_slip_of_the_pen_finds_nobody(
    finished: Exchange, network: Any, other_network: Any, bob: Any
) -> None:
    code = dict(awaiting_sheets(finished))[bob]
    signs = code.replace(" ", "")
    slips = [signs[:n] + other + signs[n + 1 :] for n in range(len(signs)) for other in ALPHABET]
    slips += [signs[:n] + signs[n + 1] + signs[n] + signs[n + 2 :] for n in range(len(signs) - 1)]
    for wrong in set(slips) - {signs}:
        with pytest.raises(ValidationError, match="huit signes"):
            sheet_of(network, wrong)
    for typed in ("", "abc", "é" * 8, signs + "2"):
        with pytest.raises(ValidationError, match="huit signes"):
            sheet_of(network, typed)
    with pytest.raises(ValidationError, match="Aucun échange"):
        sheet_of(other_network, code)
    with pytest.raises(ValidationError, match="Aucun échange"):
        sheet_of(network, paper_code(finished.public_id, 20))
    assert read_paper_code(paper_code("bcdfghjkmnpq", 3)) == ("bcdfgh", 3)


# -- at the same instant


@pytest.mark.django_db(transaction=True)
def test_corrected_while_the_other_reviews(finished: Exchange, bob: Any, chloe: Any, at_once: Any) -> None:
    mine = actions.submit_review(finished, by=bob, satisfaction="1")
    at_once(
        lambda: actions.correct_review(mine, by=bob, satisfaction="4"),
        lambda: actions.submit_review(Exchange.objects.get(), by=chloe, satisfaction="3"),
    )
    assert Exchange.objects.get().state == "closed"
    assert sorted(Review.objects.values_list("satisfaction", flat=True)) == ["3", "4"]
