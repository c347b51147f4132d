"""A learning network as its pages show it: frame, themes, problems, and those that look alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from django.db.models import Count, Q

from reciproque.initiatives.access import parts_of
from reciproque.initiatives.models import CommitteeMember, ExpectedResult, Frame, Problem, WorkGroup
from reciproque.initiatives.queries.committee import Owed, committee_of, overdue
from reciproque.initiatives.queries.experiments import Balance, balance_of
from reciproque.initiatives.queries.proposals import kept_promises
from reciproque.initiatives.queries.votes import turnout
from reciproque.initiatives.rules import GroupState, Phase, ProblemState
from reciproque.kit.text import clean
from reciproque.matching.engine.lexical import LexicalMatrix
from reciproque.matching.engine.meaning import post_vectors
from reciproque.matching.engine.score import FULL, calibrate, likeness
from reciproque.matching.engine.vectors import Vectors
from reciproque.matching.engine.wording import parts
from reciproque.matching.queries.index import encoder
from reciproque.networks.models import Network
from reciproque.people.models import Person


def frame_of(network: Network) -> Frame | None:
    """Return what makes a learning network of a network, or None."""
    return Frame.objects.filter(network=network).select_related("network", "sponsor").first()


def frames_of(person: Person) -> list[Frame]:
    """Return the learning networks that this person reads, those still running first."""
    rows = Frame.objects.visible_to(person).select_related("network", "sponsor")
    return sorted(rows, key=lambda frame: (frame.phase == Phase.OVER, frame.network.name))


def results_of(frame: Frame) -> list[ExpectedResult]:
    """Return the results expected, as ranked once the vote is closed, in the order proposed before."""
    rows = frame.results.filter(withdrawn_at=None).select_related("proposed_by")
    return sorted(rows, key=lambda one: (one.rank is None, one.rank or 0, one.pk))


@dataclasses.dataclass(frozen=True)
class Theme:
    """A theme of work, and how much is done on it: groups, problems, experiments, proposals."""

    result: ExpectedResult
    work: dict[str, int]


def themes_of(frame: Frame) -> list[Theme]:
    """Return the themes of work, with how much is done on each."""
    rows = list(frame.results.filter(is_theme=True, withdrawn_at=None))
    counts = {
        name: dict(
            getattr(frame, name).exclude(theme=None).order_by().values_list("theme").annotate(n=Count("pk"))
        )
        for name in ("groups", "problems", "experiments")
    }
    known = frame.proposals.exclude(Q(theme=None) | Q(submitted_at=None))
    counts["proposals"] = dict(known.order_by().values_list("theme").annotate(n=Count("pk")))
    return [Theme(row, {name: found.get(row.pk, 0) for name, found in counts.items()}) for row in rows]


@dataclasses.dataclass(frozen=True)
class Overview:
    """The first page of a learning network."""

    frame: Frame
    parts: set[str]
    themes: list[Theme]
    groups: list[WorkGroup]
    counts: dict[str, dict[str, int]]
    balance: Balance
    promises: dict[str, int]
    late: list[Owed]
    voted: int
    panel: int
    committee: list[CommitteeMember]


def overview(frame: Frame, viewer: Person) -> Overview:
    """Return the first page of a learning network: where it is, its themes, its groups, its figures, what is late."""
    groups = frame.groups.exclude(state=GroupState.ENDED).select_related("theme", "facilitator")
    members = Count("members", filter=Q(members__left_at=None))
    counted = turnout(frame)
    return Overview(
        frame=frame,
        parts=parts_of(viewer, frame),
        themes=themes_of(frame),
        groups=list(groups.annotate(size=members).order_by("made_at", "pk")),
        counts={name: _counts(frame, name) for name in ("problems", "experiments", "proposals")},
        balance=balance_of(frame),
        promises=kept_promises(frame),
        late=overdue(frame),
        voted=counted.voted,
        panel=counted.panel,
        committee=committee_of(frame),
    )


def _counts(frame: Frame, name: str) -> dict[str, int]:
    rows = getattr(frame, name).order_by()
    if name == "proposals":
        rows = rows.exclude(submitted_at=None)
    return dict(rows.values_list("state").annotate(n=Count("pk")))


def groups_with(person: Person, frame: Frame) -> list[WorkGroup]:
    """Return the working groups of which this person is, or that they facilitate, by name."""
    mine = Q(members__person=person, members__left_at=None) | Q(facilitator=person)
    rows = frame.groups.filter(mine).exclude(state=GroupState.ENDED).select_related("theme")
    return list(rows.distinct().order_by("name", "pk"))


# -- problems


def problems_of(
    frame: Frame, viewer: Person, *, kind: str = "", state: str = "", theme: str = ""
) -> list[Problem]:
    """Return the questions and problems of a learning network, latest first, but for those folded into another."""
    rows = Problem.objects.visible_to(viewer).filter(frame=frame).exclude(state=ProblemState.MERGED)
    for name, value in (("kind", kind), ("state", state), ("theme__public_id", theme)):
        if value:
            rows = rows.filter(**{name: value})
    rows = rows.select_related("asked_by", "theme", "group").annotate(folded=Count("merged"))
    return list(rows.order_by("-asked_at", "-pk"))


# Said nearly the same, in other words too.
ALIKE = 0.6


def titles_alike(title: str, titles: Sequence[str], limit: int = 5) -> list[tuple[int, float]]:
    """Return which of these titles say nearly the same as one, best first: (its place, closeness 0 to 1)."""
    title = " ".join(clean(title).split())[:200]
    if len(title) < 4 or not titles:
        return []
    vectors = post_vectors(encoder(), [title, *titles])
    close = Vectors.of(vectors[1:]).similarities(vectors[0])
    shared = LexicalMatrix.build((1.0, [parts(one)[0] for one in titles]))
    same_words = shared.alike(shared.row(parts(title)[0])).toarray().ravel()
    score = calibrate(likeness(close, same_words)).astype(np.float32) / FULL
    order = np.argsort(-score, kind="stable")[:limit]
    return [(int(place), float(score[place])) for place in order if score[place] >= ALIKE]


def problems_alike(frame: Frame, viewer: Person, title: str, limit: int = 5) -> list[tuple[Problem, float]]:
    """Return the open questions and problems that say nearly the same as a title, with their closeness."""
    rows = [one for one in problems_of(frame, viewer) if one.state != ProblemState.SET_ASIDE]
    found = titles_alike(title, [one.title for one in rows], limit + 1)
    alike = [(rows[place], closeness) for place, closeness in found]
    return alike[:limit]
