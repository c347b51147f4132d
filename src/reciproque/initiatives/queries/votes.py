"""The vote as each reads it: a ballot in an order of one's own, the outcome to nobody before the close."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

from django.db.models import Q

from reciproque.initiatives.models import Ballot, ExpectedResult, Frame, Panelist, Remark
from reciproque.initiatives.rules import MEAN_LEAST, Mention, Phase, VoteMethod
from reciproque.kit.voting import majority_grade
from reciproque.people.models import Person


def votable(frame: Frame, panelist: Panelist) -> list[ExpectedResult]:
    """Return what this panel member votes on, but their own, in an order of theirs, the same each time.

    Nobody's order is another's, so that the first of a list gains nothing by it.
    """
    rows = frame.results.filter(withdrawn_at=None).exclude(proposed_by=panelist.person_id)
    return sorted(rows, key=lambda result: _place(panelist.seed, result.public_id))


def without_choice(frame: Frame) -> set[int]:
    """Return who proposed every result in the running: they have nothing to vote on, and are not waited for."""
    proposers = set(frame.results.filter(withdrawn_at=None).order_by().values_list("proposed_by", flat=True))
    return proposers if len(proposers) == 1 else set()


def points_to_share(frame: Frame, results: int) -> int:
    """Return how many points somebody shares who votes on so many of the results: in proportion.

    Whoever proposed some of them would otherwise owe all their points to the others, and so decide for them.
    """
    every = frame.results.filter(withdrawn_at=None).count()
    return frame.points_each * results // every if every else frame.points_each


def _place(seed: str, public_id: str) -> bytes:
    return hashlib.sha256(f"{seed}:{public_id}".encode()).digest()


@dataclasses.dataclass(frozen=True)
class Line:
    """One result on a ballot: what this voter said of it so far, and the words of the debate."""

    result: ExpectedResult
    value: int | None
    reason: str
    remarks: tuple[Remark, ...] = ()


@dataclasses.dataclass(frozen=True)
class Paper:
    """Somebody's ballot."""

    lines: list[Line]
    own: list[ExpectedResult]
    voted: bool
    method: str
    # How many points this voter shares out: fewer when some of the results are their own.
    points_each: int


def ballot_of(frame: Frame, person: Person) -> Paper | None:
    """Return this person's ballot, in their own order; None when they are not of the panel."""
    panelist = Panelist.objects.filter(frame=frame, person=person, left_at=None).first()
    if panelist is None:
        return None
    said = {row.result_id: row for row in panelist.ballots.all()}
    words = _remarks(frame)
    lines = []
    for result in votable(frame, panelist):
        row = said.get(result.pk)
        lines.append(
            Line(
                result,
                row.value if row else None,
                row.reason if row else "",
                tuple(words.get(result.pk, [])),
            )
        )
    own = list(frame.results.filter(withdrawn_at=None, proposed_by=person))
    points = points_to_share(frame, len(lines))
    return Paper(lines, own, panelist.voted_at is not None, frame.method, points)


def _remarks(frame: Frame) -> dict[int, list[Remark]]:
    found: dict[int, list[Remark]] = {}
    rows = Remark.objects.filter(result__frame=frame).select_related("author").order_by("at", "pk")
    for row in rows:
        found.setdefault(row.result_id, []).append(row)
    return found


def results_to_debate(frame: Frame) -> list[tuple[ExpectedResult, list[Remark]]]:
    """Return the results in the running, each with the words of the debate."""
    words = _remarks(frame)
    rows = frame.results.filter(withdrawn_at=None).select_related("proposed_by")
    return [(row, words.get(row.pk, [])) for row in rows]


@dataclasses.dataclass(frozen=True)
class Turnout:
    """How many are of the panel, and how many voted: all that anybody knows before the close."""

    panel: int
    voted: int


def turnout(frame: Frame) -> Turnout:
    """Return how many voted."""
    counted = Panelist.objects.filter(Q(left_at=None) | Q(voted_at__isnull=False), frame=frame)
    rows = list(counted.exclude(person__in=without_choice(frame)).values_list("voted_at", flat=True))
    return Turnout(len(rows), sum(at is not None for at in rows))


def panel_of(frame: Frame) -> list[Panelist]:
    """Return the panel, by name."""
    rows = Panelist.objects.filter(frame=frame, left_at=None).select_related("person__unit", "person__site")
    return list(rows.order_by("person__last_name", "person__first_name", "pk"))


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What the panel said of one result: without names, and only once the vote is closed."""

    result: ExpectedResult
    rank: int | None
    tied: bool
    voices: int
    # Too few voices for anything but the rank and the mention: the rest would say who said what.
    few: bool
    # Judgement: how many gave each mention, best first; its majority mention. Points: the sum received.
    spread: tuple[tuple[str, int], ...]
    mention: str
    points: int
    reasons: tuple[str, ...]


def outcome_of(frame: Frame) -> list[Outcome] | None:
    """Return the ranking, best first; None before the close, to everybody, those who frame included."""
    if frame.vote_closed_at is None or frame.phase in (Phase.FRAME, Phase.PANEL):
        return None
    results = list(frame.results.filter(withdrawn_at=None).select_related("proposed_by"))
    given: dict[int, list[Ballot]] = {result.pk: [] for result in results}
    # By their words, not by their author or their hour: nothing says who wrote which.
    for row in Ballot.objects.filter(result__in=results).order_by("reason", "pk"):
        given[row.result_id].append(row)
    ranks = [result.rank for result in results]
    ordered = sorted(results, key=lambda one: (one.rank is None, one.rank or 0, one.pk))
    return [_outcome(frame, one, given[one.pk], ranks.count(one.rank) > 1) for one in ordered]


def _outcome(frame: Frame, result: ExpectedResult, rows: Sequence[Ballot], tied: bool) -> Outcome:
    values = [row.value for row in rows]
    judged = frame.method == VoteMethod.JUDGEMENT
    grade = majority_grade(values) if judged else None
    few = len(values) < MEAN_LEAST
    spread = [(str(one.label), values.count(int(one.value))) for one in Mention]
    return Outcome(
        result=result,
        rank=result.rank,
        tied=tied and result.rank is not None,
        voices=len(values),
        few=few,
        spread=tuple(spread) if judged and not few else (),
        mention=str(Mention(str(grade)).label) if grade is not None else "",
        points=0 if judged or few else sum(values),
        reasons=() if few else tuple(row.reason for row in rows if row.reason),
    )
