"""Who may read, frame, steer, host, experiment and propose in a learning network.

Its members read all of it but the drafts of proposals, and the votes before the close. The phase says who may
comment, rank and decide (`rules.RIGHTS`); what belongs to somebody (a proposal, an experiment) says the rest.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

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
    Panelist,
    Problem,
    Proposal,
    WallSubject,
    WorkGroup,
    WorkGroupMember,
)
from reciproque.initiatives.rules import (
    CARRIED_PAST_END,
    RIGHTS,
    AuthorState,
    BulletinState,
    Phase,
    SignState,
)
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.access import can_settle, has_role, is_animator, is_member
from reciproque.networks.models import Network, PoolMember
from reciproque.networks.rules import Ability, Role
from reciproque.people.access import is_present
from reciproque.people.models import Person

# -- what one is in a learning network


def can_frame(person: Person, frame: Frame) -> bool:
    """Tell whether this person sets the frame: those who animate the network, and its sponsor."""
    return is_present(person) and (
        person.pk == frame.sponsor_id
        or is_animator(person, frame.network)
        or has_role(person, frame.network, Role.SPONSOR)
    )


def can_open_frame(person: Person, network: Network) -> bool:
    """Tell whether this person may make a learning network of a network, and name its sponsor."""
    return is_present(person) and (can_settle(person, network) or has_role(person, network, Role.SPONSOR))


def on_committee(frame: Frame) -> Q:
    """Return what keeps the members of the committee whose mandate runs today."""
    today = clock.now().date()
    running = Q(until=None) | Q(until__gte=today)
    return Q(frame=frame, left_at=None, person__is_active=True) & running


def is_committee(person: Person, frame: Frame) -> bool:
    """Tell whether this person is of the steering committee today."""
    return is_present(person) and CommitteeMember.objects.filter(on_committee(frame), person=person).exists()


def require_committee(person: Person, slug: str) -> Frame:
    """Return the learning network for its committee, and for those who frame it; anyone else meets `NotThere`."""
    frame = get_frame(person, slug)
    if not (is_committee(person, frame) or can_frame(person, frame)):
        raise NotThere
    return frame


def is_panelist(person: Person, frame: Frame) -> bool:
    """Tell whether this person is of the panel that ranks the expected results."""
    mine = Panelist.objects.filter(frame=frame, person=person, left_at=None)
    return is_present(person) and mine.exists()


def in_work_group(person: Person, group: WorkGroup | None) -> bool:
    """Tell whether this person belongs to a working group, or facilitates it."""
    if group is None or not is_present(person):
        return False
    mine = WorkGroupMember.objects.filter(group=group, person=person, left_at=None)
    return group.facilitator_id == person.pk or mine.exists()


def parts_of(person: Person, frame: Frame) -> set[str]:
    """Return what this person is in a learning network: frame, committee, panel, member (words of `RIGHTS`)."""
    if not is_present(person):
        return set()
    parts = {
        "frame": can_frame(person, frame),
        "committee": is_committee(person, frame),
        "panel": is_panelist(person, frame),
        "member": is_member(person, frame.network),
    }
    return {name for name, held in parts.items() if held}


def _may(person: Person, frame: Frame, verb: str) -> bool:
    return bool(RIGHTS[Phase(frame.phase)][verb] & parts_of(person, frame))


def may_comment(person: Person, frame: Frame) -> bool:
    """Tell whether this person may debate, in the phase of today: results first, then proposals."""
    return _may(person, frame, "comment")


def may_score(person: Person, frame: Frame) -> bool:
    """Tell whether this person may rank (the panel) or score (the committee), in the phase of today."""
    return _may(person, frame, "score")


def may_decide(person: Person, frame: Frame) -> bool:
    """Tell whether this person may decide, in the phase of today: the frame first, then answers."""
    return _may(person, frame, "decide")


def may_search(person: Person, frame: Frame) -> bool:
    """Tell whether this person may raise a problem, try something, propose: members, once the themes are known."""
    return _may(person, frame, "search")


# -- what belongs to somebody


def can_write_experiment(person: Person, experiment: Experiment) -> bool:
    """Tell whether this person prepares and keeps an experiment: its owner, its group, those who animate."""
    return is_present(person) and (
        person.pk == experiment.owner_id
        or in_work_group(person, experiment.group)
        or is_animator(person, experiment.frame.network)
    )


def can_sign(person: Person, proposal: Proposal) -> bool:
    """Tell whether this person is an author of a proposal, having accepted to be."""
    mine = proposal.authors.filter(person=person, state=AuthorState.ACCEPTED)
    return is_present(person) and mine.exists()


def can_write_proposal(person: Person, proposal: Proposal) -> bool:
    """Tell whether this person writes a proposal: its authors only, or an animator when none is left."""
    if can_sign(person, proposal):
        return True
    left = proposal.authors.filter(state=AuthorState.ACCEPTED, person__is_active=True)
    return not left.exists() and is_animator(person, proposal.frame.network)


def can_carry(person: Person, proposal: Proposal) -> bool:
    """Tell whether this person says how the carrying out goes: who carries it, the committee, those who frame."""
    return is_present(person) and (
        person.pk == proposal.owner_id
        or is_committee(person, proposal.frame)
        or can_frame(person, proposal.frame)
    )


def is_own_proposal(person: Person, proposal: Proposal) -> bool:
    """Tell whether a proposal is this person's own: theirs to sign, also if they left it since, or their group's."""
    return person.pk in own_of(proposal)


def _steers(person: Person, frame: Frame, own: set[int]) -> bool:
    """Whether this person answers for the committee: one of it; the sponsor when it is everyone's own, or empty."""
    if person.pk in own or not is_present(person):
        return False
    if frame.phase == Phase.OVER or "committee" not in RIGHTS[Phase(frame.phase)]["decide"]:
        return False
    if is_committee(person, frame):
        return True
    others = CommitteeMember.objects.filter(on_committee(frame)).exclude(person__in=own)
    return person.pk == frame.sponsor_id and not others.exists()


# Whose a proposal is: those who signed, those asked to, and those who took their name off since.
SIGNED = [AuthorState.INVITED, AuthorState.ACCEPTED, AuthorState.LEFT]


def own_of(thing: Proposal | Experiment | Obstacle) -> set[int]:
    """Return who takes no part in a decision because it is about their own.

    Its authors and those asked to sign; its owner and those who handed it over; who raised it; and in each case
    the group in whose name it is, with whoever was of it since it was written, and its facilitator.
    """
    if isinstance(thing, Proposal):
        own = {row.person_id for row in thing.authors.all() if row.state in SIGNED}
        return own | _of_group(thing.group, thing.written_at)
    if isinstance(thing, Experiment):
        own = {thing.owner_id, *(person.pk for person in thing.owned_before.all())}
        return own | _of_group(thing.group, thing.written_at)
    own = {thing.raised_by_id} | _of_group(thing.group, thing.raised_at)
    return own | (own_of(thing.experiment) if thing.experiment is not None else set())


def _of_group(group: WorkGroup | None, since: dt.datetime) -> set[int]:
    if group is None:
        return set()
    own = {row.person_id for row in group.members.all() if row.left_at is None or row.left_at >= since}
    return own | ({group.facilitator_id} if group.facilitator_id is not None else set())


def recused_of(thing: Proposal | Experiment | Obstacle) -> list[Person]:
    """Return who of the committee of today takes no part in what it answers to this, because it is their own."""
    rows = CommitteeMember.objects.filter(on_committee(thing.frame), person__in=own_of(thing))
    return [row.person for row in rows.select_related("person")]


def may_answer(person: Person, thing: Proposal | Experiment | Obstacle) -> bool:
    """Tell whether this person may answer, support, lift or decide for the committee: never about their own."""
    return _steers(person, thing.frame, own_of(thing))


def may_carry_on(frame: Frame) -> bool:
    """Tell whether what was validated may still be carried out in the phase of today: also after the end."""
    return frame.phase in CARRIED_PAST_END


# -- the only way in


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


def get_result(person: Person, public_id: str) -> ExpectedResult:
    """Return an expected result of one's learning networks."""
    rows = ExpectedResult.objects.visible_to(person).select_related("frame__network", "proposed_by")
    result: ExpectedResult | None = rows.filter(public_id=public_id).first()
    if result is None:
        raise NotThere
    return result


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
    if not (told or is_committee(person, note.frame) or can_frame(person, note.frame)):
        raise NotThere
    return note


def get_problem(person: Person, public_id: str) -> Problem:
    """Return a question or a problem of one's learning networks."""
    related = ("frame__network", "asked_by", "theme", "group", "merged_into")
    problem: Problem | None = (
        Problem.objects.visible_to(person).select_related(*related).filter(public_id=public_id).first()
    )
    if problem is None:
        raise NotThere
    return problem


def get_experiment(person: Person, public_id: str) -> Experiment:
    """Return an experiment of one's learning networks."""
    related = ("frame__network", "owner", "theme", "group", "problem", "supported_by", "decided_by")
    experiment: Experiment | None = (
        Experiment.objects.visible_to(person).select_related(*related).filter(public_id=public_id).first()
    )
    if experiment is None:
        raise NotThere
    return experiment


def get_checkpoint(experiment: Experiment, public_id: str) -> Checkpoint:
    """Return a checkpoint of an experiment already fetched."""
    row = experiment.checkpoints.filter(public_id=public_id).first()
    if row is None:
        raise NotThere
    row.experiment = experiment
    return row


def get_log_entry(experiment: Experiment, public_id: str) -> LogEntry:
    """Return a page of the journal of an experiment already fetched."""
    row = experiment.log.filter(public_id=public_id).first()
    if row is None:
        raise NotThere
    row.experiment = experiment
    return row


def get_obstacle(person: Person, public_id: str) -> Obstacle:
    """Return an obstacle of one's learning networks."""
    related = ("frame__network", "raised_by", "group", "experiment", "settled_by")
    obstacle: Obstacle | None = (
        Obstacle.objects.visible_to(person).select_related(*related).filter(public_id=public_id).first()
    )
    if obstacle is None:
        raise NotThere
    return obstacle


def get_proposal(person: Person, public_id: str) -> Proposal:
    """Return a proposal of one's learning networks; a draft, to its authors, its group and the animators only."""
    related = ("frame__network", "written_by", "theme", "group", "origin", "owner")
    proposal: Proposal | None = (
        Proposal.objects.visible_to(person).select_related(*related).filter(public_id=public_id).first()
    )
    if proposal is None:
        raise NotThere
    return proposal


def get_amendment(proposal: Proposal, public_id: str) -> Amendment:
    """Return an amendment to a proposal already fetched."""
    row = proposal.amendments.select_related("author").filter(public_id=public_id).first()
    if row is None:
        raise NotThere
    row.proposal = proposal
    return row


def get_milestone(proposal: Proposal, public_id: str) -> Milestone:
    """Return a milestone of a proposal already fetched."""
    row = proposal.milestones.filter(public_id=public_id).first()
    if row is None:
        raise NotThere
    row.proposal = proposal
    return row


def get_template(frame: Frame, public_id: str) -> AnswerTemplate:
    """Return a template of answer of a frame already fetched for its committee."""
    row = frame.templates.filter(public_id=public_id).first()
    if row is None:
        raise NotThere
    return row


def get_group(person: Person, public_id: str) -> WorkGroup:
    """Return a working group of one's learning networks."""
    related = ("frame__network", "theme", "facilitator", "made_by")
    group: WorkGroup | None = (
        WorkGroup.objects.visible_to(person).select_related(*related).filter(public_id=public_id).first()
    )
    if group is None:
        raise NotThere
    return group


def get_day(person: Person, public_id: str) -> LaunchDay:
    """Return a launch day of one's learning networks."""
    rows = LaunchDay.objects.visible_to(person).select_related("frame__network", "planned_by")
    day: LaunchDay | None = rows.filter(public_id=public_id).first()
    if day is None:
        raise NotThere
    return day


def get_subject(person: Person, public_id: str) -> WallSubject:
    """Return a subject of the wall of a launch day of one's learning networks."""
    days = LaunchDay.objects.visible_to(person)
    related = ("day__frame__network", "host", "slot", "room", "theme", "group", "merged_into", "reported_by")
    rows = WallSubject.objects.filter(day__in=days).select_related(*related)
    subject = rows.filter(public_id=public_id).first()
    if subject is None:
        raise NotThere
    return subject


# launch day and working groups ------------------------------------------------------------------------------


def can_take_part(person: Person, frame: Frame) -> bool:
    """Tell whether this person may come to the day, host a subject, join a group: all those who read the network."""
    return is_present(person) and Frame.objects.visible_to(person).filter(pk=frame.pk).exists()


def can_run_day(person: Person, frame: Frame) -> bool:
    """Tell whether this person plans and runs launch days: who sets the frame, and those of the pool trained for it."""
    if can_frame(person, frame):
        return True
    pool = PoolMember.objects.filter(network=frame.network_id, person=person, left_at=None)
    return can_take_part(person, frame) and any(Ability.LAUNCH in row.abilities for row in pool)


def hosts(person: Person, subject: WallSubject) -> bool:
    """Tell whether this person hosts a subject of the wall, alone or with others."""
    return person.pk == subject.host_id or person.pk in {one.pk for one in subject.hosts_too.all()}


def can_shape(person: Person, subject: WallSubject) -> bool:
    """Tell whether this person may reword, place or withdraw a subject: who hosts it, and who runs the day."""
    return is_present(person) and (hosts(person, subject) or can_run_day(person, subject.day.frame))


def can_report(person: Person, subject: WallSubject) -> bool:
    """Tell whether this person may write what was said: who hosted it, who sat there, who runs the day."""
    if not is_present(person):
        return False
    seated = subject.sign_ups.filter(person=person, state=SignState.SEATED)
    return can_shape(person, subject) or seated.exists()


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


def can_lead_group(person: Person, group: WorkGroup) -> bool:
    """Tell whether this person says where a working group is: its facilitator, who made it, who sets the frame."""
    if can_frame(person, group.frame):
        return True
    return is_present(person) and person.pk in (group.facilitator_id, group.made_by_id)


# the bulletin ----------------------------------------------------------------------------------------------


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
