"""Learning networks: frame and vote, committee, launch day, groups, experiments, proposals and their answers, bulletin."""

from reciproque.initiatives.models.answers import Answer, AnswerTemplate, Milestone, Progress, Score
from reciproque.initiatives.models.bulletins import Bulletin
from reciproque.initiatives.models.committee import HierarchyNote, Obstacle, PostureCheck
from reciproque.initiatives.models.days import DayRoom, DaySlot, LaunchDay, MergeRequest, SignUp, WallSubject
from reciproque.initiatives.models.experiments import Checkpoint, CriteriaVersion, Experiment, LogEntry
from reciproque.initiatives.models.frames import (
    Ballot,
    CommitteeMember,
    ExpectedResult,
    Frame,
    Panelist,
    Remark,
)
from reciproque.initiatives.models.groups import CheckIn, Problem, WorkGroup, WorkGroupMember
from reciproque.initiatives.models.proposals import (
    Amendment,
    Follower,
    Proposal,
    ProposalAuthor,
    ProposalVersion,
)

__all__ = [
    "Amendment",
    "Answer",
    "AnswerTemplate",
    "Ballot",
    "Bulletin",
    "CheckIn",
    "Checkpoint",
    "CommitteeMember",
    "CriteriaVersion",
    "DayRoom",
    "DaySlot",
    "ExpectedResult",
    "Experiment",
    "Follower",
    "Frame",
    "HierarchyNote",
    "LaunchDay",
    "LogEntry",
    "MergeRequest",
    "Milestone",
    "Obstacle",
    "Panelist",
    "PostureCheck",
    "Problem",
    "Progress",
    "Proposal",
    "ProposalAuthor",
    "ProposalVersion",
    "Remark",
    "Score",
    "SignUp",
    "WallSubject",
    "WorkGroup",
    "WorkGroupMember",
]
