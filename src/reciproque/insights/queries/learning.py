"""The figures with which a learning network speaks of itself: never who; pages leave small numbers vague."""

from __future__ import annotations

import dataclasses

from reciproque.initiatives.models import Answer, Experiment, Frame, Proposal, WorkGroup, WorkGroupMember
from reciproque.initiatives.rules import ExperimentState, GroupState, ProposalState
from reciproque.networks.queries import count_members


@dataclasses.dataclass(frozen=True)
class LearningFigures:
    """What a communication kit says in numbers."""

    members: int
    groups: int
    searching: int
    tried: int
    lessons: int
    submitted: int
    answered: int
    in_time: int
    carried: int
    # title, measure, where it began, where it is, where it should go
    themes: tuple[tuple[str, str, str, str, str], ...]

    @property
    def kept(self) -> int | None:
        """The share of the answers given by the day they were due, in hundredths; None before there are five."""
        return round(100 * self.in_time / self.answered) if self.answered >= 5 else None


def learning_figures(frame: Frame) -> LearningFigures:
    """Return the figures of a learning network today."""
    going = WorkGroup.objects.filter(frame=frame).exclude(state=GroupState.ENDED)
    people = WorkGroupMember.objects.filter(group__in=going, left_at=None).values("person").distinct()
    answers = list(Answer.objects.filter(proposal__frame=frame).values_list("at", "due_at"))
    tried = Experiment.objects.filter(frame=frame, started_at__isnull=False)
    themes = frame.results.filter(is_theme=True, withdrawn_at=None)
    return LearningFigures(
        members=count_members(frame.network),
        groups=going.count(),
        searching=people.count(),
        tried=tried.count(),
        lessons=tried.filter(state=ExperimentState.DECIDED).count(),
        submitted=Proposal.objects.filter(frame=frame, submitted_at__isnull=False).count(),
        answered=len(answers),
        in_time=sum(at <= due for at, due in answers),
        carried=Proposal.objects.filter(frame=frame, state=ProposalState.DONE).count(),
        themes=tuple(themes.values_list("title", "measure", "start_value", "value_now", "target")),
    )
