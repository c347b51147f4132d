"""Proposals: written by authors who accept to be, submitted, amended, withdrawn; followed by whoever wishes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.initiatives.access import can_write_proposal, may_comment
from reciproque.initiatives.actions.owing import (
    check_known,
    check_of_frame,
    check_own_group,
    choice,
    expect,
    expect_of_committee,
    hold_to_search,
    line,
    note,
    once,
    settle,
    text,
    within,
)
from reciproque.initiatives.models import (
    Amendment,
    ExpectedResult,
    Experiment,
    Follower,
    Frame,
    Problem,
    Proposal,
    ProposalAuthor,
    ProposalVersion,
    WorkGroup,
)
from reciproque.initiatives.rules import (
    AWAITING_ANSWER,
    DRAFT_DAYS,
    LINE_MAX,
    PROPOSAL_OVER,
    TITLE_MAX,
    WORDS_MAX,
    AuthorState,
    ProposalState,
    TiedTo,
)
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.library.models import Sheet
from reciproque.library.rules import SheetState
from reciproque.people.models import Person

P = ProposalState
WRITABLE = [P.DRAFT, P.REFRAMED, *AWAITING_ANSWER]
# What a version holds.
PARTS = ("title", "problem", "words", "gains", "cost")


@transaction.atomic
def draft_proposal(
    frame: Frame,
    *,
    by: Person,
    title: str,
    group: WorkGroup | None = None,
    theme: ExpectedResult | None = None,
    origin: Problem | None = None,
    key: str = "",
    **fields: Any,
) -> Proposal:
    """Begin to write a proposal, alone or for one's group; the same key twice gives the same one."""
    hold_to_search(frame, by)
    changes, evidence = _fields(frame, title=title, group=group, theme=theme, origin=origin, **fields)
    check_own_group(group, by)
    proposal, new = Proposal.objects.get_or_create(
        frame=frame, written_by=by, key=once(key), defaults={**changes, "written_at": clock.now()}
    )
    if not new:
        return proposal
    _join_evidence(proposal, evidence)
    ProposalAuthor.objects.create(proposal=proposal, person=by, state=AuthorState.ACCEPTED, at=clock.now())
    expect(Verb.DRAFT, proposal, by, within(frame, DRAFT_DAYS))
    # A draft is its authors' own: the journal, which others read, does not say what it is about.
    note("proposal.drafted", proposal, by, title="")
    return proposal


def _fields(frame: Frame, **fields: Any) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    changes: dict[str, Any] = {
        name: text(fields[name], WORDS_MAX, name)
        for name in ("problem", "words", "gains", "cost")
        if name in fields
    }
    if "title" in fields:
        changes["title"] = line(
            fields["title"], TITLE_MAX, "title", missing=_("Donnez un titre à la proposition.")
        )
    if "tied_to" in fields:
        changes["tied_to"] = choice(fields["tied_to"], TiedTo, "tied_to", blank=True)
    for name in ("group", "theme", "origin"):
        if name in fields:
            check_of_frame(frame, **{name: fields[name]})
            changes[name] = fields[name]
    evidence: dict[str, list[Any]] = {}
    if "experiments" in fields:
        evidence["experiments"] = list(fields["experiments"])
        for experiment in evidence["experiments"]:
            check_of_frame(frame, experiments=experiment)
    if "sheets" in fields:
        evidence["sheets"] = list(fields["sheets"])
        # A draft is read by its authors only, and a group's by its members only.
        read_by_all = [sheet for sheet in evidence["sheets"] if sheet.state == SheetState.PUBLISHED]
        if len(read_by_all) < len(evidence["sheets"]) or any(
            sheet.network_id != frame.network_id for sheet in read_by_all
        ):
            raise ValidationError({"sheets": _("Choisissez dans la liste.")})
    check_known(fields, [*changes, *evidence])
    return changes, evidence


def _join_evidence(proposal: Proposal, evidence: dict[str, list[Any]]) -> None:
    if "experiments" in evidence:
        proposal.experiments.set([one for one in evidence["experiments"] if isinstance(one, Experiment)])
    if "sheets" in evidence:
        proposal.sheets.set([one for one in evidence["sheets"] if isinstance(one, Sheet)])


@transaction.atomic
def edit_proposal(proposal: Proposal, *, by: Person, **fields: Any) -> Proposal:
    """Change a proposal; once submitted each change makes a version, and the committee's due date stays."""
    if not can_write_proposal(by, proposal):
        raise PermissionDenied
    changes, evidence = _fields(proposal.frame, **fields)
    fresh = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if fresh.state not in WRITABLE:
        raise ValidationError(_("Cette proposition a reçu sa réponse : son texte ne change plus."))
    changes = {name: value for name, value in changes.items() if getattr(fresh, name) != value}
    check_own_group(changes.get("group"), by)
    if "group" in changes and fresh.submitted_at is not None and fresh.group_id is not None:
        # Its group judges it no more than its authors: it does not change hands under the committee's eyes.
        raise ValidationError({"group": _("Une proposition soumise reste au nom de son groupe.")})
    for name, value in changes.items():
        setattr(proposal, name, value)
    proposal.state, proposal.version = fresh.state, fresh.version
    if proposal.state in AWAITING_ANSWER:
        _check_complete(proposal)
        if set(changes) & set(PARTS):
            proposal.version = changes["version"] = fresh.version + 1
    if changes:
        Proposal.objects.filter(pk=proposal.pk).update(**changes)
    _join_evidence(proposal, evidence)
    if "group" in changes and proposal.state in AWAITING_ANSWER:
        expect_of_committee(proposal)
    if "version" in changes:
        _keep_version(proposal, by)
        note("proposal.changed", proposal, by, authors_of(proposal), version=proposal.version)
    return proposal


def _keep_version(proposal: Proposal, by: Person) -> None:
    ProposalVersion.objects.update_or_create(
        proposal=proposal,
        number=proposal.version,
        defaults={
            "parts": {name: getattr(proposal, name) for name in PARTS},
            "by": by,
            "at": clock.now(),
        },
    )


def _check_complete(proposal: Proposal) -> None:
    asked: dict[str, Any] = {
        "problem": _("Dites quel problème cela résout."),
        "words": _("Dites ce que vous proposez."),
        "gains": _("Dites qui y gagne, et quoi."),
        "tied_to": _("Dites à quelle satisfaction cela tient."),
    }
    missing = {name: sentence for name, sentence in asked.items() if not getattr(proposal, name)}
    if missing:
        raise ValidationError(missing)


@transaction.atomic
def submit_proposal(proposal: Proposal, *, by: Person) -> Proposal:
    """Submit a proposal, or its new version once reframed: the committee answers by a date, with reasons."""
    if not can_write_proposal(by, proposal):
        raise PermissionDenied
    frame = proposal.frame
    hold_to_search(frame, by)
    fresh = Proposal.objects.select_for_update().get(pk=proposal.pk)
    _check_complete(fresh)
    last = fresh.versions.order_by("-number").first()
    again = fresh.state == P.REFRAMED
    if again and last is not None and all(last.parts.get(name) == getattr(fresh, name) for name in PARTS):
        raise ValidationError(_("Rien n’a changé depuis la version recadrée : changez ce qui a été demandé."))
    now = clock.now()
    move(
        proposal,
        P.SUBMITTED,
        since=[P.DRAFT, P.REFRAMED],
        sentence=_("Cette proposition est déjà partie."),
        submitted_at=now,
        due_at=within(frame, frame.answer_days),
        version=fresh.version + 1 if again else fresh.version,
    )
    for name in (*PARTS, "tied_to"):
        setattr(proposal, name, getattr(fresh, name))
    _keep_version(proposal, by)
    settle(proposal, Verb.DRAFT, Verb.REFRAME)
    # Who has not answered yet is not waited for: it leaves without their name.
    settle(proposal, Verb.COSIGN, outcome=StepState.LAPSED)
    step = expect_of_committee(proposal)
    people = [*people_of(proposal), *([step.owner] if step and step.owner else [])]
    note("proposal.submitted", proposal, by, people, version=proposal.version)
    return proposal


def authors_of(proposal: Proposal) -> list[Person]:
    """Return those who signed a proposal."""
    rows = proposal.authors.filter(state=AuthorState.ACCEPTED, person__is_active=True)
    return [row.person for row in rows.select_related("person")]


def people_of(proposal: Proposal) -> list[Person]:
    """Return who is told what becomes of a proposal: its authors, who carries it out, those who follow it."""
    people: Iterable[Person] = [row.person for row in proposal.followers.select_related("person")]
    carrier = [proposal.owner] if proposal.owner is not None else []
    return [*authors_of(proposal), *carrier, *people]


# -- amendments


@transaction.atomic
def amend(proposal: Proposal, *, by: Person, words: str) -> Amendment:
    """Propose a change to a proposal that is not answered yet: its authors take it or say why not."""
    if not may_comment(by, proposal.frame):
        raise PermissionDenied
    if proposal.state not in WRITABLE:
        raise ValidationError(_("Cette proposition a reçu sa réponse : son texte ne change plus."))
    words = text(words, WORDS_MAX, "words", missing=_("Écrivez le changement que vous proposez."))
    amendment = Amendment.objects.create(proposal=proposal, author=by, words=words, at=clock.now())
    note("amendment.made", _Of(amendment, proposal), by, authors_of(proposal), proposal=proposal.public_id)
    return amendment


class _Of:
    """An amendment as a fact names it: by its proposal's title, in the proposal's network."""

    def __init__(self, amendment: Amendment, proposal: Proposal) -> None:
        self.subject_kind, self.public_id = amendment.subject_kind, amendment.public_id
        self.frame, self.title = proposal.frame, proposal.title


@transaction.atomic
def answer_amendment(amendment: Amendment, *, by: Person, taken: bool, answer: str = "") -> Amendment:
    """Say whether the authors take an amendment; a no says why. Taking it changes nothing by itself: they write."""
    proposal = amendment.proposal
    if not can_write_proposal(by, proposal):
        raise PermissionDenied
    missing = None if taken else _("Dites pourquoi vous ne la prenez pas.")
    answer = line(answer, LINE_MAX, "answer", missing=missing)
    now = clock.now()
    rows = Amendment.objects.filter(pk=amendment.pk, answered_at=None)
    if not rows.update(taken=taken, answer=answer, answered_at=now):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    amendment.taken, amendment.answer, amendment.answered_at = taken, answer, now
    people = [amendment.author]
    note("amendment.answered", _Of(amendment, proposal), by, people, proposal=proposal.public_id, taken=taken)
    return amendment


def lapse_amendments(proposal: Proposal) -> int:
    """Close the changes proposed that nobody answered, once the text no longer changes; their authors are told."""
    now = clock.now()
    answer = str(_("Le texte ne change plus : la proposition a reçu sa réponse, ou est retirée."))
    waiting = list(proposal.amendments.select_related("author").filter(answered_at=None))
    for row in waiting:
        Amendment.objects.filter(pk=row.pk, answered_at=None).update(
            taken=False, answer=answer, answered_at=now
        )
        note(
            "amendment.answered",
            _Of(row, proposal),
            None,
            [row.author],
            proposal=proposal.public_id,
            taken=False,
        )
    return len(waiting)


# -- withdraw, follow


@transaction.atomic
def withdraw_proposal(proposal: Proposal, *, by: Person) -> Proposal:
    """Withdraw a proposal that is not carried out yet: nobody is expected to answer it any more."""
    if not can_write_proposal(by, proposal):
        raise PermissionDenied
    if proposal.state in PROPOSAL_OVER:
        raise ValidationError(_("Cette proposition est déjà close."))
    told = people_of(proposal)
    told += [step.owner for step in Step.objects.about(proposal).open().select_related("owner") if step.owner]
    move(
        proposal,
        P.WITHDRAWN,
        since=[*WRITABLE, P.VALIDATED],
        sentence=_("Cette proposition se réalise déjà : parlez-en à qui la réalise."),
        closed_at=clock.now(),
        due_at=None,
    )
    settle(proposal, outcome=StepState.RELEASED)
    lapse_amendments(proposal)
    # What was never submitted stays its authors' own: the journal does not name it.
    secret = proposal.submitted_at is None and not [one for one in told if one.pk != by.pk]
    note("proposal.withdrawn", proposal, by, told, **({"title": ""} if secret else {}))
    return proposal


@transaction.atomic
def follow(subject: Proposal | Experiment, *, by: Person) -> Follower:
    """Ask to be told what becomes of a proposal or an experiment; twice changes nothing."""
    if not type(subject)._default_manager.filter(pk=subject.pk).visible_to(by).exists():  # type: ignore[attr-defined]
        raise PermissionDenied
    which = {"proposal": subject} if isinstance(subject, Proposal) else {"experiment": subject}
    row, _created = Follower.objects.get_or_create(person=by, **which)
    return row


@transaction.atomic
def unfollow(subject: Proposal | Experiment, *, by: Person) -> None:
    """Ask not to be told any more."""
    which = {"proposal": subject} if isinstance(subject, Proposal) else {"experiment": subject}
    Follower.objects.filter(person=by, **which).delete()
