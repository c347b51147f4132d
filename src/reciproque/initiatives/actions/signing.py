"""Who signs a proposal: asked, accepted, declined, taken off; and what becomes of what somebody leaves behind."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.initiatives.access import can_write_proposal
from reciproque.initiatives.actions.committee import _leave, hand_notes, seat_again
from reciproque.initiatives.actions.experiments import OVER, expect_again
from reciproque.initiatives.actions.groups import leave_groups
from reciproque.initiatives.actions.owing import check_member, evening_of, expect, lapse, note, within
from reciproque.initiatives.actions.problems import hand_questions
from reciproque.initiatives.actions.proposals import WRITABLE, authors_of
from reciproque.initiatives.actions.subjects import leave_days
from reciproque.initiatives.models import (
    CommitteeMember,
    Experiment,
    Frame,
    Panelist,
    Proposal,
    ProposalAuthor,
)
from reciproque.initiatives.rules import (
    AUTHORS_MOST,
    AWAITING_ANSWER,
    COSIGN_DAYS,
    DRAFT_DAYS,
    REFRAME_DAYS,
    AuthorState,
    Phase,
    ProposalState,
)
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person


@transaction.atomic
def invite_author(proposal: Proposal, person: Person, *, by: Person) -> ProposalAuthor:
    """Ask a member to sign a proposal with you: they appear among its authors once they accept."""
    if not can_write_proposal(by, proposal):
        raise PermissionDenied
    check_member(person, proposal.frame)
    if proposal.state not in WRITABLE:
        raise ValidationError(_("Cette proposition a reçu sa réponse : ses auteurs ne changent plus."))
    _hold(proposal)
    if proposal.state not in WRITABLE:
        raise ValidationError(_("Cette proposition a reçu sa réponse : ses auteurs ne changent plus."))
    rows = {row.person_id: row for row in proposal.authors.select_for_update()}
    row = rows.get(person.pk)
    if row is not None and row.state == AuthorState.ACCEPTED:
        return row
    if row is not None and row.state in (AuthorState.DECLINED, AuthorState.LEFT) and person.pk != by.pk:
        raise ValidationError({"person": _("Cette personne n’a pas souhaité signer cette proposition.")})
    asked = [one for one in rows.values() if one.state in (AuthorState.INVITED, AuthorState.ACCEPTED)]
    if row is None and len(asked) >= AUTHORS_MOST:
        raise ValidationError({"person": _("Douze auteurs au plus.")})
    if row is None:
        row = ProposalAuthor.objects.create(proposal=proposal, person=person, at=clock.now())
    due_at = within(proposal.frame, COSIGN_DAYS)
    open_step(
        Verb.COSIGN,
        proposal,
        network=proposal.frame.network,
        owner=person,
        due_at=due_at,
        words=proposal.title,
    )
    # Asked to sign, one no longer judges it: what is expected of the committee is of another.
    if proposal.state in AWAITING_ANSWER:
        seat_again(proposal.frame)
    note("proposal.invited", proposal, by, [person])
    return row


def _hold(proposal: Proposal) -> None:
    """Take a proposal for oneself until the end: an answer and a signature never cross."""
    proposal.state = Proposal.objects.select_for_update().get(pk=proposal.pk).state


@transaction.atomic
def answer_invitation(proposal: Proposal, *, by: Person, accept: bool) -> ProposalAuthor:
    """Accept or decline to sign a proposal; who signs no longer judges it, if they are of the committee."""
    _hold(proposal)
    row = proposal.authors.select_for_update().filter(person=by).first()
    if row is None or not by.is_active:
        raise PermissionDenied
    wanted = AuthorState.ACCEPTED if accept else AuthorState.DECLINED
    if row.state == wanted:
        return row
    if row.state != AuthorState.INVITED:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    if proposal.state not in WRITABLE:
        raise ValidationError(_("Cette proposition a reçu sa réponse : ses auteurs ne changent plus."))
    row.state, row.at = wanted, clock.now()
    row.save(update_fields=["state", "at"])
    close_steps(proposal, verb=Verb.COSIGN, owner=by)
    if proposal.state in AWAITING_ANSWER:
        seat_again(proposal.frame)
    if accept:
        note("proposal.signed", proposal, by, authors_of(proposal))
    return row


@transaction.atomic
def leave_authors(proposal: Proposal, *, by: Person) -> ProposalAuthor:
    """Take one's name off a proposal that has other authors; what was expected of one is expected of the next."""
    rows = {row.person_id: row for row in proposal.authors.select_for_update()}
    mine = rows.get(by.pk)
    if mine is None or mine.state not in (AuthorState.ACCEPTED, AuthorState.LEFT):
        raise PermissionDenied
    if mine.state == AuthorState.LEFT:
        return mine
    if not any(row.state == AuthorState.ACCEPTED and row.pk != mine.pk for row in rows.values()):
        raise ValidationError(_("Vous en êtes le seul auteur : retirez plutôt la proposition."))
    _take_off(proposal, mine)
    note("proposal.left", proposal, by, authors_of(proposal), who=by.display_name)
    return mine


def _take_off(proposal: Proposal, row: ProposalAuthor) -> None:
    row.state, row.at = AuthorState.LEFT, clock.now()
    row.save(update_fields=["state", "at"])
    if proposal.written_by_id == row.person_id:
        heir = next(iter(authors_of(proposal)), None)
        if heir is not None:
            Proposal.objects.filter(pk=proposal.pk).update(written_by=heir, key="")
            proposal.written_by, proposal.key = heir, ""
    expect_of_author(proposal)


def expect_of_author(proposal: Proposal) -> None:
    """Expect of its first author what a proposal waits for from them; of the animation team when none is left."""
    authors = authors_of(proposal)
    first = proposal.written_by if proposal.written_by in authors else next(iter(authors), None)
    due = {
        ProposalState.DRAFT: (Verb.DRAFT, DRAFT_DAYS),
        ProposalState.REFRAMED: (Verb.REFRAME, REFRAME_DAYS),
    }
    if proposal.state in due:
        verb, days = due[ProposalState(proposal.state)]
        kept = Step.objects.about(proposal).open().filter(verb=verb).first()
        expect(verb, proposal, first, kept.due_at if kept else within(proposal.frame, days))
    elif proposal.state == ProposalState.CARRYING and proposal.owner is not None and proposal.review_on:
        stage = proposal.milestones.filter(done_at=None, due_on__lt=proposal.review_on).first()
        expect(
            Verb.CARRY, proposal, proposal.owner, evening_of(stage.due_on if stage else proposal.review_on)
        )


def lapse_invitations(limit: int = 500) -> int:
    """Stop expecting an answer from those who did not say in time whether they sign (by the clock)."""
    return lapse(Verb.COSIGN, limit)


# -- somebody leaves


@transaction.atomic
def forget_member(person: Person, network: Network) -> None:
    """Take note that someone left a network: nothing they owed stays without somebody of whom it is expected."""
    frame = Frame.objects.filter(network=network).select_related("network", "sponsor").first()
    if frame is None:
        return
    _forget(person, frame)


@transaction.atomic
def forget_person(person: Person) -> None:
    """Do so in every learning network: they left the organisation, and may have steered one without being a member."""
    for frame in Frame.objects.exclude(phase=Phase.OVER).select_related("network", "sponsor"):
        _forget(person, frame)
        leave_days(person, frame.network)
        leave_groups(person, frame.network)


def _forget(person: Person, frame: Frame) -> None:
    seats = CommitteeMember.objects.filter(frame=frame, person=person, left_at=None)
    for seat in seats.select_related("frame__network", "frame__sponsor", "person"):
        _leave(seat, None)
    Panelist.objects.filter(frame=frame, person=person, voted_at=None).delete()
    # What they voted counts; they take part and read no more.
    Panelist.objects.filter(frame=frame, person=person, left_at=None).update(left_at=clock.now())
    close_steps(frame, verb=Verb.VOTE, owner=person, outcome=StepState.RELEASED)
    hand_notes(frame, person)
    hand_questions(frame, person)
    live = [*WRITABLE, ProposalState.VALIDATED, ProposalState.CARRYING]
    signed = ProposalAuthor.objects.filter(proposal__frame=frame, person=person, proposal__state__in=live)
    for row in signed.select_related("proposal__frame__network", "proposal__written_by", "proposal__owner"):
        if row.state == AuthorState.INVITED:
            row.state = AuthorState.DECLINED
            row.save(update_fields=["state"])
        elif row.state == AuthorState.ACCEPTED:
            _take_off(row.proposal, row)
    carried = frame.proposals.filter(state=ProposalState.CARRYING, owner=person)
    for proposal in carried.select_related("frame__network"):
        # The animation team finds somebody else: who carries it out stays written until then.
        assert proposal.review_on is not None
        expect(Verb.CARRY, proposal, None, evening_of(proposal.review_on))
    owned = frame.experiments.filter(owner=person).exclude(state__in=OVER)
    for experiment in owned.select_related("frame__network", "group__facilitator", "owner"):
        _leave_experiment(experiment)
    seat_again(frame)


def _leave_experiment(experiment: Experiment) -> None:
    group = experiment.group
    here = Membership.objects.current().filter(network=experiment.frame.network_id).values("person")
    heir: Person | None = None
    if group is not None:
        rows = group.members.filter(left_at=None, person__in=here).exclude(person=experiment.owner)
        first = rows.select_related("person").order_by("joined_at", "pk").first()
        heir = group.facilitator if group.facilitator_id not in (None, experiment.owner_id) else None
        heir = heir if heir is not None and heir.is_active else (first.person if first else None)
    if heir is not None:
        experiment.owned_before.add(experiment.owner)
        Experiment.objects.filter(pk=experiment.pk).update(owner=heir, key="")
        experiment.owner, experiment.key = heir, ""
        expect_again(experiment)
        return
    verbs = (Verb.DRAFT, Verb.RUN)
    kept = Step.objects.about(experiment).open().filter(verb__in=verbs).first()
    states = {"draft": Verb.DRAFT, "ready": Verb.RUN, "running": Verb.RUN}
    if experiment.state in states:
        due_at = kept.due_at if kept else within(experiment.frame, DRAFT_DAYS)
        expect(states[experiment.state], experiment, None, due_at)
