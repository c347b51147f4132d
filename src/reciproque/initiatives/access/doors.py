"""The only way in: a thing by its address, for those who read it; a stranger meets `NotThere`."""

from __future__ import annotations

from reciproque.initiatives.access.days import can_shape, hosts
from reciproque.initiatives.access.parts import can_frame, can_open_frame, can_steer
from reciproque.initiatives.models import (
    Amendment,
    AnswerTemplate,
    Bulletin,
    Checkpoint,
    CommitteeMember,
    ExpectedResult,
    Experiment,
    Frame,
    HierarchyNote,
    LaunchDay,
    LogEntry,
    MergeRequest,
    Milestone,
    Obstacle,
    Problem,
    Proposal,
    WallSubject,
    WorkGroup,
)
from reciproque.initiatives.rules import BulletinState
from reciproque.kit.errors import NotThere
from reciproque.kit.rows import the_one
from reciproque.networks.models import Network
from reciproque.people.access import is_present
from reciproque.people.models import Person


def get_frame(person: Person, slug: str) -> Frame:
    """Return the learning network at this address; a stranger meets `NotThere`."""
    rows = Frame.objects.visible_to(person).select_related("network", "sponsor", "opened_by")
    frame = rows.filter(network__slug=slug).first()
    if frame is None:
        raise NotThere
    return frame


def get_network_to_open(person: Person, slug: str) -> Network:
    """Return the network of which this person may make a learning network."""
    network = Network.objects.filter(slug=slug).first()
    if network is None or not can_open_frame(person, network):
        raise NotThere
    return network


def require_committee(person: Person, slug: str) -> Frame:
    """Return the learning network for its committee, and for those who frame it; anyone else meets `NotThere`."""
    frame = get_frame(person, slug)
    if not can_steer(person, frame):
        raise NotThere
    return frame


def get_result(person: Person, public_id: str) -> ExpectedResult:
    """Return an expected result of one's learning networks."""
    rows = ExpectedResult.objects.visible_to(person).select_related("frame__network", "proposed_by")
    return the_one(rows, public_id)


def get_committee_member(frame: Frame, public_id: str) -> CommitteeMember:
    """Return someone of the committee of a frame already fetched, by the identifier of the person."""
    rows = frame.committee.filter(left_at=None).select_related("person", "frame__network")
    member = rows.filter(person__public_id=public_id).first()
    if member is None:
        raise NotThere
    return member


def get_note(person: Person, public_id: str) -> HierarchyNote:
    """Return a note to the hierarchy as the person told, the committee and those who frame read it."""
    rows = HierarchyNote.objects.select_related("frame__network", "person", "written_by")
    note: HierarchyNote | None = rows.filter(public_id=public_id).first()
    if note is None or not is_present(person):
        raise NotThere
    told = note.sent_at is not None and note.person_id == person.pk
    if not (told or can_steer(person, note.frame)):
        raise NotThere
    return note


def get_problem(person: Person, public_id: str) -> Problem:
    """Return a question or a problem of one's learning networks."""
    related = ("frame__network", "asked_by", "theme", "group", "merged_into")
    return the_one(Problem.objects.visible_to(person).select_related(*related), public_id)


def get_experiment(person: Person, public_id: str) -> Experiment:
    """Return an experiment of one's learning networks."""
    related = ("frame__network", "owner", "theme", "group", "problem", "supported_by", "decided_by")
    return the_one(Experiment.objects.visible_to(person).select_related(*related), public_id)


def get_checkpoint(experiment: Experiment, public_id: str) -> Checkpoint:
    """Return a checkpoint of an experiment already fetched."""
    row = the_one(experiment.checkpoints, public_id)
    row.experiment = experiment
    return row


def get_log_entry(experiment: Experiment, public_id: str) -> LogEntry:
    """Return a page of the journal of an experiment already fetched."""
    row = the_one(experiment.log, public_id)
    row.experiment = experiment
    return row


def get_obstacle(person: Person, public_id: str) -> Obstacle:
    """Return an obstacle of one's learning networks."""
    related = ("frame__network", "raised_by", "group", "experiment", "settled_by")
    return the_one(Obstacle.objects.visible_to(person).select_related(*related), public_id)


def get_proposal(person: Person, public_id: str) -> Proposal:
    """Return a proposal of one's learning networks; a draft, to its authors, its group and the animators only."""
    related = ("frame__network", "written_by", "theme", "group", "origin", "owner")
    return the_one(Proposal.objects.visible_to(person).select_related(*related), public_id)


def get_amendment(proposal: Proposal, public_id: str) -> Amendment:
    """Return an amendment to a proposal already fetched."""
    row = the_one(proposal.amendments.select_related("author"), public_id)
    row.proposal = proposal
    return row


def get_milestone(proposal: Proposal, public_id: str) -> Milestone:
    """Return a milestone of a proposal already fetched."""
    row = the_one(proposal.milestones, public_id)
    row.proposal = proposal
    return row


def get_template(frame: Frame, public_id: str) -> AnswerTemplate:
    """Return a template of answer of a frame already fetched for its committee."""
    return the_one(frame.templates, public_id)


def get_group(person: Person, public_id: str) -> WorkGroup:
    """Return a working group of one's learning networks."""
    related = ("frame__network", "theme", "facilitator", "made_by")
    return the_one(WorkGroup.objects.visible_to(person).select_related(*related), public_id)


def get_day(person: Person, public_id: str) -> LaunchDay:
    """Return a launch day of one's learning networks."""
    rows = LaunchDay.objects.visible_to(person).select_related("frame__network", "planned_by")
    return the_one(rows, public_id)


def get_subject(person: Person, public_id: str) -> WallSubject:
    """Return a subject of the wall of a launch day of one's learning networks."""
    days = LaunchDay.objects.visible_to(person)
    related = ("day__frame__network", "host", "slot", "room", "theme", "group", "merged_into", "reported_by")
    rows = WallSubject.objects.filter(day__in=days).select_related(*related)
    return the_one(rows, public_id)


def get_merge(person: Person, public_id: str) -> MergeRequest:
    """Return the question whether two subjects are one, as their hosts and who runs the day read it."""
    days = LaunchDay.objects.visible_to(person)
    related = (
        "kept__day__frame__network",
        "kept__host",
        "folded__day__frame__network",
        "folded__host",
        "asked_by",
    )
    rows = MergeRequest.objects.filter(kept__day__in=days).select_related(*related)
    merge = rows.filter(public_id=public_id).first()
    if merge is None or not (can_shape(person, merge.kept) or hosts(person, merge.folded)):
        raise NotThere
    return merge


def get_bulletin(person: Person, public_id: str) -> Bulletin:
    """Return a bulletin of one's learning networks, or of one that shows its bulletins to the whole organisation.

    The one in preparation is for those who frame only.
    """
    rows = Bulletin.objects.filter(public_id=public_id).select_related("network", "written_by")
    bulletin = rows.first()
    if bulletin is None or not is_present(person):
        raise NotThere
    frame = Frame.objects.select_related("network").get(network=bulletin.network_id)
    if bulletin.state == BulletinState.DRAFT:
        if not can_frame(person, frame):
            raise NotThere
    elif "bulletins" not in frame.shown and not Frame.objects.visible_to(person).filter(pk=frame.pk).exists():
        raise NotThere
    return bulletin
