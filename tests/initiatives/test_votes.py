"""The panel's vote: an order of one's own, nothing seen before the close, nobody judges their own, nothing after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.initiatives import actions
from reciproque.initiatives.models import Ballot, ExpectedResult, Frame, Panelist
from reciproque.initiatives.queries import ballot_of, outcome_of, turnout
from reciproque.initiatives.rules import PANEL_MOST, Phase
from reciproque.kit import clock
from reciproque.people.models import Person

WEEK = dt.timedelta(days=7)
CLOSES = dt.datetime(2026, 3, 9, 9, tzinfo=dt.UTC)


@pytest.fixture
def voting(frame: Frame, results: list[ExpectedResult], panel: list[Person], alice: Person) -> Frame:
    return actions.open_vote(frame, by=alice, closes_at=CLOSES)


def paper(frame: Frame, person: Person, *grades: int) -> dict[str, tuple[int, str]]:
    """A ballot: one grade for each result by its title's order, but one's own."""
    mine = frame.results.filter(withdrawn_at=None).exclude(proposed_by=person).order_by("pk")
    return {one.public_id: (grade, "Parce que") for one, grade in zip(mine, grades, strict=True)}


def test_the_vote_is_opened_with_enough_to_choose_from_and_enough_people(
    frame: Frame, alice: Person, emile: Person, bob: Person, chloe: Person
) -> None:
    def opened() -> Frame:
        return actions.open_vote(frame, by=alice, closes_at=CLOSES)

    with pytest.raises(ValidationError, match="deux résultats"):
        opened()
    for title in ("Un", "Deux"):
        actions.propose_result(frame, by=alice, title=title, tied_to="both", horizon="long")
    with pytest.raises(ValidationError, match="trois personnes"):
        opened()
    # Alice proposed them all: she has nothing to vote on, and is not counted.
    actions.invite_panel(frame, by=alice, people=[emile, bob, alice])
    with pytest.raises(ValidationError, match="trois personnes"):
        opened()
    actions.invite_panel(frame, by=alice, people=[chloe])
    with pytest.raises(PermissionDenied):
        actions.open_vote(frame, by=bob, closes_at=CLOSES)
    with pytest.raises(ValidationError, match="passée"):
        actions.open_vote(frame, by=alice, closes_at=clock.now())
    assert opened().phase == Phase.PANEL
    with pytest.raises(ValidationError, match="déjà été ouvert"):
        opened()


def test_each_of_the_panel_is_expected_to_vote_by_the_close(
    voting: Frame, panel: list[Person], alice: Person, make_person: Callable[..., Person]
) -> None:
    late = make_person("Retard")
    actions.invite_panel(voting, by=alice, people=[late, panel[0]])

    steps = Step.objects.about(voting).open().filter(verb=Verb.VOTE)
    assert {step.owner for step in steps} == {*panel, late}
    assert {step.due_at for step in steps} == {CLOSES}


def test_the_order_is_each_one_s_own_and_stable(
    frame: Frame, panel: list[Person], alice: Person, make_person: Callable[..., Person]
) -> None:
    for n in range(9):
        actions.propose_result(frame, by=alice, title=f"Résultat {n}", tied_to="both", horizon="long")
    more = [make_person(f"Autre{n}") for n in range(25)]
    actions.invite_panel(frame, by=alice, people=more)
    actions.open_vote(frame, by=alice, closes_at=CLOSES)

    def order(person: Person) -> list[str]:
        found = ballot_of(frame, person)
        assert found is not None
        return [line.result.title for line in found.lines]

    orders = {person: order(person) for person in more}
    assert all(order(person) == known for person, known in orders.items())
    assert len({tuple(known) for known in orders.values()}) > 20
    # Nobody's place is favoured: each of nine results opens some ballot or other.
    assert len({known[0] for known in orders.values()}) >= 6


def test_nobody_votes_on_their_own(voting: Frame, panel: list[Person], results: list[ExpectedResult]) -> None:
    emile = panel[0]
    found = ballot_of(voting, emile)
    assert found is not None
    assert [one.title for one in found.own] == ["Des métiers qui se parlent"]
    assert "Des métiers qui se parlent" not in [line.result.title for line in found.lines]

    mine = {**paper(voting, emile, 3, 3), results[2].public_id: (5, "Le mien")}
    with pytest.raises(ValidationError, match="proposé soi-même"):
        actions.vote(voting, by=emile, values=mine)
    assert not Ballot.objects.exists()


def test_a_ballot_is_whole_with_a_mention_each_and_a_reason(
    voting: Frame, panel: list[Person], bob: Person
) -> None:
    voter = panel[1]
    whole = paper(voting, voter, 5, 3, 0)
    first = next(iter(whole))
    with pytest.raises(PermissionDenied):
        actions.vote(voting, by=bob, values=whole)
    for values, sentence in (
        (dict(list(whole.items())[:2]), "chaque résultat"),
        ({**whole, first: (6, "Trop bien")}, "mention"),
        ({key: (value, " ") for key, (value, _reason) in whole.items()}, "pourquoi"),
        ({**whole, "inconnu": (3, "")}, "liste"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            actions.vote(voting, by=voter, values=values)
    actions.vote(voting, by=voter, values=whole)
    assert Ballot.objects.count() == 3


def test_a_vote_may_be_changed_until_the_close(voting: Frame, panel: list[Person]) -> None:
    voter = panel[1]
    actions.vote(voting, by=voter, values=paper(voting, voter, 5, 3, 0))
    actions.vote(voting, by=voter, values=paper(voting, voter, 1, 2, 3))

    found = ballot_of(voting, voter)
    assert found is not None
    assert found.voted
    assert sorted(line.value for line in found.lines if line.value is not None) == [1, 2, 3]
    assert Ballot.objects.count() == 3
    assert not Step.objects.about(voting).open().filter(verb=Verb.VOTE, owner=voter).exists()


def test_nobody_sees_a_vote_before_the_close(
    voting: Frame, panel: list[Person], alice: Person, said: Callable[[str], list[Any]]
) -> None:
    from reciproque.journal.models import Fact

    before = Fact.objects.count()
    for voter in panel[1:4]:
        actions.vote(voting, by=voter, values=paper(voting, voter, 5, 3, 0))

    assert outcome_of(voting) is None
    assert turnout(voting).voted == 3
    assert turnout(voting).panel == 5
    # What somebody voted, or that they did, is in no story that anybody reads.
    assert Fact.objects.count() == before
    with clock.at(CLOSES + dt.timedelta(minutes=1)):
        assert outcome_of(voting) is None


def test_after_the_date_a_vote_is_refused_even_before_the_clock_has_passed(
    voting: Frame, panel: list[Person]
) -> None:
    voter = panel[1]
    with clock.at(CLOSES), pytest.raises(ValidationError, match="Le vote est clos"):
        actions.vote(voting, by=voter, values=paper(voting, voter, 5, 3, 0))
    with clock.at(CLOSES - dt.timedelta(seconds=1)):
        actions.vote(voting, by=voter, values=paper(voting, voter, 5, 3, 0))


def test_before_it_is_opened_a_vote_is_refused(
    frame: Frame, results: list[ExpectedResult], panel: list[Person]
) -> None:
    with pytest.raises(ValidationError, match="pas encore ouvert"):
        actions.vote(frame, by=panel[1], values=paper(frame, panel[1], 5, 3, 0))


def test_the_clock_closes_it_and_ranks_by_majority_judgement(
    voting: Frame, panel: list[Person], results: list[ExpectedResult], said: Callable[[str], list[Any]]
) -> None:
    # Émile does not judge the third, which is his; the fourth voter does not vote.
    for voter, grades in zip(panel[:4], [(2, 5), (3, 4, 5), (3, 4, 5), (4, 1, 0)], strict=True):
        actions.vote(voting, by=voter, values=paper(voting, voter, *grades))

    with clock.at(CLOSES - dt.timedelta(seconds=1)):
        assert actions.close_votes() == 0
    with clock.at(CLOSES):
        assert actions.close_votes() == 1
        assert actions.close_votes() == 0
    voting.refresh_from_db()
    found = outcome_of(voting)

    assert voting.phase == Phase.LAUNCH
    assert found is not None
    # Medians: 3 (2 3 3 4), 4 (1 4 4 5), 5 (0 5 5).
    assert [(one.result.title, one.rank, one.mention) for one in found] == [
        ("Des métiers qui se parlent", 1, "excellent"),
        ("Des tournées mieux préparées", 2, "très bien"),
        ("Moins d’attente au guichet", 3, "bien"),
    ]
    assert [one.voices for one in found] == [3, 4, 4]
    # Under five voices, how they spread and why would say who said what.
    assert {(one.spread, one.reasons) for one in found} == {((), ())}
    assert not Step.objects.about(voting).open().exists()
    lapsed = Step.objects.about(voting).filter(state=StepState.LAPSED)
    assert [step.owner for step in lapsed] == [panel[4]]
    [fact] = said("vote.closed")
    assert fact.data["voters"] == 4
    with pytest.raises(ValidationError, match="clos"):
        actions.vote(voting, by=panel[4], values=paper(voting, panel[4], 5, 5, 5))


def test_points_are_shared_out_and_compared_by_their_mean(
    frame: Frame, results: list[ExpectedResult], panel: list[Person], alice: Person
) -> None:
    actions.open_vote(frame, by=alice, closes_at=CLOSES, method="points")
    with pytest.raises(ValidationError, match="100 points"):
        actions.vote(frame, by=panel[1], values=paper(frame, panel[1], 50, 30, 30))
    with pytest.raises(ValidationError, match="100 points"):
        actions.vote(frame, by=panel[1], values=paper(frame, panel[1], 150, -50, 0))
    # Émile judges two of the three: he has two thirds of the points.
    with pytest.raises(ValidationError, match="66 points"):
        actions.vote(frame, by=panel[0], values=paper(frame, panel[0], 50, 50))
    for voter, points in zip(panel[:3], [(33, 33), (20, 30, 50), (20, 30, 50)], strict=True):
        actions.vote(frame, by=voter, values=paper(frame, voter, *points))
    with clock.at(CLOSES):
        actions.close_votes()
    frame.refresh_from_db()
    found = outcome_of(frame)

    assert found is not None
    # Means: 24.3, 31, and 50 from the two who could judge it. Too few voices for the points to be shown.
    assert [(one.result.title, one.rank, one.points) for one in found] == [
        ("Des métiers qui se parlent", 1, 0),
        ("Des tournées mieux préparées", 2, 0),
        ("Moins d’attente au guichet", 3, 0),
    ]


def test_equals_share_a_rank(voting: Frame, panel: list[Person], results: list[ExpectedResult]) -> None:
    for voter in panel[1:]:
        actions.vote(voting, by=voter, values=paper(voting, voter, 4, 4, 2))
    with clock.at(CLOSES):
        actions.close_votes()

    assert list(ExpectedResult.objects.order_by("pk").values_list("rank", flat=True)) == [1, 1, 3]


def test_an_early_close_waits_for_everybody(
    voting: Frame, panel: list[Person], alice: Person, bob: Person
) -> None:
    for voter in panel[1:]:
        actions.vote(voting, by=voter, values=paper(voting, voter, 4, 3, 2))
    with pytest.raises(ValidationError, match="n’a pas encore voté"):
        actions.close_vote(voting, by=alice)
    with pytest.raises(PermissionDenied):
        actions.close_vote(voting, by=bob)
    actions.vote(voting, by=panel[0], values=paper(voting, panel[0], 4, 3))

    assert actions.close_vote(voting, by=alice).phase == Phase.LAUNCH
    with pytest.raises(ValidationError, match="n’est pas ouvert"):
        actions.close_vote(voting, by=alice)


def test_the_close_may_be_put_off_never_brought_forward(
    voting: Frame, alice: Person, panel: list[Person]
) -> None:
    with pytest.raises(ValidationError, match="jamais plus tôt"):
        actions.extend_vote(voting, by=alice, closes_at=CLOSES - dt.timedelta(days=1))
    actions.extend_vote(voting, by=alice, closes_at=CLOSES + WEEK)

    steps = Step.objects.about(voting).open().filter(verb=Verb.VOTE)
    assert {step.due_at for step in steps} == {CLOSES + WEEK}
    with clock.at(CLOSES):
        assert actions.close_votes() == 0
    with clock.at(CLOSES + WEEK), pytest.raises(ValidationError, match="clos"):
        actions.extend_vote(voting, by=alice, closes_at=CLOSES + 2 * WEEK)


def test_what_is_voted_on_no_longer_changes(
    voting: Frame, alice: Person, results: list[ExpectedResult]
) -> None:
    with pytest.raises(ValidationError, match="ne changent plus"):
        actions.edit_result(results[0], by=alice, title="Autre chose")
    with pytest.raises(ValidationError, match="ne changent plus"):
        actions.withdraw_result(results[0], by=alice)
    with pytest.raises(ValidationError, match="ne changent plus"):
        actions.propose_result(voting, by=alice, title="De plus", tied_to="both", horizon="long")


def test_nobody_who_has_voted_is_taken_off(voting: Frame, panel: list[Person], alice: Person) -> None:
    actions.vote(voting, by=panel[1], values=paper(voting, panel[1], 4, 3, 2))
    with pytest.raises(ValidationError, match="déjà voté"):
        actions.remove_panelist(voting, panel[1], by=panel[1])
    # Nobody but oneself, once the vote is open: those who frame would be left with the one ballot they look for.
    for person in panel[1:3]:
        with pytest.raises(ValidationError, match="on ne retire plus personne"):
            actions.remove_panelist(voting, person, by=alice)
    actions.remove_panelist(voting, panel[2], by=panel[2])

    assert turnout(voting).panel == 4
    assert not Step.objects.about(voting).open().filter(owner=panel[2]).exists()


def test_a_vote_and_the_close_at_the_same_instant(
    voting: Frame, panel: list[Person], alice: Person, at_once: Callable[..., list[Any]]
) -> None:
    """A voice is counted, or its author told that it is not: never half of each."""
    for voter in panel[1:]:
        actions.vote(voting, by=voter, values=paper(voting, voter, 4, 3, 2))
    frames = [Frame.objects.select_related("network").get(pk=voting.pk) for _n in range(2)]
    last = paper(voting, panel[0], 0, 5)
    with clock.at(CLOSES - dt.timedelta(seconds=1)):
        voted, closed = at_once(
            lambda: actions.vote(frames[0], by=panel[0], values=last),
            lambda: actions.close_vote(frames[1], by=alice),
        )
    fresh = Frame.objects.get(pk=voting.pk)

    assert not isinstance(voted, Exception)
    assert Ballot.objects.filter(panelist__person=panel[0]).count() == 2
    if isinstance(closed, Exception):
        assert isinstance(closed, ValidationError)
        assert fresh.phase == Phase.PANEL
    else:
        assert fresh.phase == Phase.LAUNCH
        # Medians with his voice: 4 (0 4 4 4 4) and 3 (3 3 3 3 5).
        assert list(ExpectedResult.objects.order_by("pk").values_list("rank", flat=True)) == [1, 2, 3]


def test_the_debate_is_the_panel_s_and_the_framers_(
    frame: Frame, results: list[ExpectedResult], panel: list[Person], alice: Person, bob: Person
) -> None:
    actions.remark(results[0], by=panel[1], words="Et au téléphone ?")
    actions.remark(results[0], by=alice, words="Aussi")
    with pytest.raises(PermissionDenied):
        actions.remark(results[0], by=bob, words="Je ne suis pas du panel")
    with pytest.raises(ValidationError):
        actions.remark(results[0], by=alice, words=" ")
    found = ballot_of(frame, panel[2])
    assert found is not None
    assert sorted(len(line.remarks) for line in found.lines) == [0, 0, 2]


# Orsay, 22 April 2007 (Balinski and Laraki, "Election by Majority Judgement: Experimental Evidence", 2007): the share
# of each of six grades, from Excellent to Reject, in the published order of the candidates. Percentages as published,
# rounded to a tenth (per mille here): some add up to 99.9 or 100.2. The published table has six grades as ours has.
ORSAY = {
    "Bayrou": (136, 307, 251, 148, 84, 74),
    "Royal": (167, 227, 191, 168, 122, 126),
    "Sarkozy": (191, 198, 143, 115, 71, 282),
    "Voynet": (29, 93, 175, 237, 261, 205),
    "Besancenot": (41, 99, 163, 160, 226, 311),
    "Buffet": (25, 76, 125, 206, 264, 304),
    "Bové": (15, 60, 114, 160, 257, 395),
    "Laguiller": (21, 53, 102, 166, 259, 401),
    "Nihous": (3, 18, 53, 110, 267, 550),
    "Villiers": (24, 64, 87, 113, 158, 555),
    "Schivardi": (5, 10, 39, 95, 249, 604),
    "Le Pen": (30, 46, 62, 65, 54, 744),
}
MENTIONS = ["bien"] * 3 + ["assez bien"] + ["passable"] * 4 + ["à écarter"] * 4


def test_a_whole_vote_ranks_a_published_example_as_published(
    frame: Frame, alice: Person, make_person: Callable[..., Person]
) -> None:
    """The example goes through the tables, the close and the outcome, for the largest panel there may be.

    Each candidate's shares are cut into two hundred ballots, as rounding would; a hundred would not tell the closest
    two apart.
    """
    for name in reversed(ORSAY):
        actions.propose_result(frame, by=alice, title=name, tied_to="both", horizon="long")
    people = [make_person(f"Orsay{n}") for n in range(PANEL_MOST)]
    actions.invite_panel(frame, by=alice, people=people[:3])
    actions.open_vote(frame, by=alice, closes_at=CLOSES)
    Panelist.objects.bulk_create(Panelist(frame=frame, person=person) for person in people[3:])
    results = {one.title: one for one in frame.results.all()}
    Ballot.objects.bulk_create(
        Ballot(panelist=row, result=results[name], value=_grade(shares, (n + 0.5) / PANEL_MOST), reason="x")
        for n, row in enumerate(frame.panel.all())
        for name, shares in ORSAY.items()
    )
    with clock.at(CLOSES):
        actions.close_votes()
    frame.refresh_from_db()
    found = outcome_of(frame)

    assert found is not None
    assert [(one.rank, one.result.title) for one in found] == list(enumerate(ORSAY, start=1))
    assert [one.mention for one in found] == MENTIONS


def _grade(shares: tuple[int, ...], place: float) -> int:
    """The grade (5 best) that stands at a share of a candidate's ballots, laid out from the best."""
    passed = 0
    for grade, share in zip((5, 4, 3, 2, 1, 0), shares, strict=True):
        passed += share
        if place * sum(shares) < passed:
            return grade
    return 0
