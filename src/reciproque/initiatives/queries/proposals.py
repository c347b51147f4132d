"""Proposals as pages show them: what became of each, for all the network to read, with its origin."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from django.db.models import Count, Prefetch, Q

from reciproque.agenda.models import Step
from reciproque.initiatives.models import (
    Amendment,
    Answer,
    AnswerTemplate,
    Experiment,
    Follower,
    Frame,
    Milestone,
    Progress,
    Proposal,
    ProposalAuthor,
    ProposalVersion,
)
from reciproque.initiatives.rules import AuthorState, ProposalState
from reciproque.kit.differences import turns
from reciproque.library.models import Sheet
from reciproque.people.models import Person


def proposals_of(
    frame: Frame,
    viewer: Person,
    *,
    states: Sequence[str] = (),
    theme: str = "",
    group: str = "",
    words: str = "",
) -> list[Proposal]:
    """Return the proposals that this person reads, latest first: each with its authors, last answer and origin."""
    rows = Proposal.objects.visible_to(viewer).filter(frame=frame)
    if states:
        rows = rows.filter(state__in=states)
    if theme:
        rows = rows.filter(theme__public_id=theme)
    if group:
        rows = rows.filter(group__public_id=group)
    if words.strip():
        rows = rows.filter(
            Q(title__icontains=words.strip())
            | Q(problem__icontains=words.strip())
            | Q(words__icontains=words.strip())
        )
    signed = ProposalAuthor.objects.filter(state=AuthorState.ACCEPTED).select_related("person")
    answers = Answer.objects.select_related("by").order_by("-at", "-pk")
    rows = rows.select_related("theme", "group", "origin", "owner", "written_by").prefetch_related(
        Prefetch("authors", signed, to_attr="signed_by"), Prefetch("answers", answers, to_attr="answered")
    )
    return list(rows.order_by("-written_at", "-pk"))


def counts_of(frame: Frame, viewer: Person) -> dict[str, int]:
    """Return how many proposals this person reads in each state."""
    rows = Proposal.objects.visible_to(viewer).filter(frame=frame)
    found = rows.order_by().values("state").annotate(n=Count("pk", distinct=True))
    return {row["state"]: row["n"] for row in found}


@dataclasses.dataclass(frozen=True)
class Dossier:
    """All that the page of a proposal shows."""

    proposal: Proposal
    authors: list[ProposalAuthor]
    mine: ProposalAuthor | None
    versions: list[ProposalVersion]
    amendments: list[Amendment]
    answers: list[Answer]
    milestones: list[Milestone]
    progress: list[Progress]
    experiments: list[Experiment]
    sheets: list[Sheet]
    steps: list[Step]
    follows: bool
    followers: int


def dossier_of(proposal: Proposal, viewer: Person) -> Dossier:
    """Return a proposal with its authors, versions, amendments, answers, evidence, stages and what is expected."""
    authors = list(proposal.authors.select_related("person__unit", "person__site"))
    followers = set(Follower.objects.filter(proposal=proposal).values_list("person_id", flat=True))
    return Dossier(
        proposal=proposal,
        authors=[row for row in authors if row.state in (AuthorState.ACCEPTED, AuthorState.INVITED)],
        mine=next((row for row in authors if row.person_id == viewer.pk), None),
        versions=list(proposal.versions.select_related("by")),
        amendments=list(proposal.amendments.select_related("author")),
        answers=list(proposal.answers.select_related("by").prefetch_related("recused")),
        milestones=list(proposal.milestones.all()),
        progress=list(proposal.progress.select_related("by")),
        experiments=list(proposal.experiments.select_related("owner")),
        sheets=list(Sheet.objects.visible_to(viewer).filter(pk__in=proposal.sheets.values("pk"))),
        steps=list(Step.objects.about(proposal).open().select_related("owner", "network")),
        follows=viewer.pk in followers,
        followers=len(followers),
    )


@dataclasses.dataclass(frozen=True)
class Change:
    """A piece of text of two versions: the same in both, taken out, or added."""

    kind: str  # same, out, in
    text: str


def changes_between(before: ProposalVersion, after: ProposalVersion) -> dict[str, list[Change]]:
    """Return what changed from one version to another, part by part, word by word; parts alike are left out."""
    found: dict[str, list[Change]] = {}
    for name, new in after.parts.items():
        old = before.parts.get(name, "")
        if old != new:
            found[name] = changes_in(old, new)
    return found


def changes_in(old: str, new: str) -> list[Change]:
    """Return what changed from one text to another, word by word; a passage wholly rewritten is shown whole."""
    first, second = old.split(" "), new.split(" ")
    changes: list[Change] = []
    for verb, i, j, k, m in turns(first, second):
        if verb == "equal":
            changes.append(Change("same", " ".join(first[i:j])))
            continue
        if j > i:
            changes.append(Change("out", " ".join(first[i:j])))
        if m > k:
            changes.append(Change("in", " ".join(second[k:m])))
    return changes


def templates_of(frame: Frame) -> list[AnswerTemplate]:
    """Return the words that the committee uses again, by name."""
    return list(frame.templates.select_related("by"))


def evidence_for(frame: Frame, viewer: Person) -> tuple[list[Experiment], list[Sheet]]:
    """Return what a proposal may lean on: the experiments of the learning network, the published sheets of the network."""
    experiments = Experiment.objects.visible_to(viewer).filter(frame=frame).order_by("-written_at")
    sheets = Sheet.objects.visible_to(viewer).filter(network=frame.network_id)
    return list(experiments), list(sheets.order_by("title", "pk")[:300])


def to_sign(person: Person, frame: Frame) -> list[ProposalAuthor]:
    """Return the proposals that this person is asked to sign."""
    live = ProposalAuthor.objects.filter(person=person, proposal__frame=frame, state=AuthorState.INVITED)
    over = [ProposalState.DECLINED, ProposalState.DONE, ProposalState.WITHDRAWN]
    return list(live.exclude(proposal__state__in=over).select_related("proposal__written_by"))


def kept_promises(frame: Frame) -> dict[str, int]:
    """Return how the committee kept its word: answers given, those given in time, and each kind of answer."""
    rows = list(Answer.objects.filter(proposal__frame=frame).values_list("kind", "at", "due_at"))
    kinds = Counter(kind for kind, _at, _due in rows)
    return {"given": len(rows), "in_time": sum(at <= due for _kind, at, due in rows), **kinds}
