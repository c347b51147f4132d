"""Open, frame and end a learning network: sponsor, vision, expected results, themes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import open_step
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.initiatives.access import can_frame, can_open_frame, is_committee, may_decide
from reciproque.initiatives.actions.days import end_days
from reciproque.initiatives.actions.owing import choice, evening_of, hold, line, note, settle, text, today
from reciproque.initiatives.actions.problems import close_problems
from reciproque.initiatives.actions.proposals import lapse_amendments
from reciproque.initiatives.models import ExpectedResult, Frame
from reciproque.initiatives.rules import (
    ANSWER_DAYS,
    AWAITING_ANSWER,
    LINE_MAX,
    PHASES,
    SHOWN_BLOCKS,
    TITLE_MAX,
    WORDS_MAX,
    ExperimentState,
    GroupState,
    Horizon,
    ObstacleState,
    Phase,
    ProposalState,
    TiedTo,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.networks.access import has_role
from reciproque.networks.actions import grant_role
from reciproque.networks.models import Network, RoleGrant
from reciproque.networks.rules import Role, System
from reciproque.people.models import Person

# The verbs of those who search: nothing of theirs is due during the protected period.
SEARCHING = (Verb.DRAFT, Verb.RUN, Verb.REFRAME)


@transaction.atomic
def open_frame(
    network: Network,
    *,
    by: Person,
    sponsor: Person | None = None,
    vision: str = "",
    hierarchy: str = "",
    mandate: str = "",
    protected_until: dt.date | None = None,
    answer_days: int = ANSWER_DAYS,
) -> Frame:
    """Make a learning network of a network: its sponsor, its vision, what the hierarchy is told, its delays."""
    if not can_open_frame(by, network):
        raise PermissionDenied
    fields = _frame_fields(
        sponsor=sponsor,
        vision=vision,
        hierarchy=hierarchy,
        mandate=mandate,
        protected_until=protected_until,
        answer_days=answer_days,
    )
    try:
        with transaction.atomic():
            frame = Frame.objects.create(network=network, opened_by=by, opened_at=clock.now(), **fields)
    except IntegrityError:
        raise ValidationError(_("Ce réseau est déjà un réseau apprenant.")) from None
    _let_sponsor(frame)
    if System.LEARNING not in network.systems:
        network.systems = [*network.systems, System.LEARNING.value]
        network.save(update_fields=["systems"])
    note("frame.opened", frame, by, [sponsor] if sponsor else [])
    return frame


@transaction.atomic
def edit_frame(frame: Frame, *, by: Person, **fields: Any) -> Frame:
    """Change what the frame says; what is given only. A longer protected period moves what was due within it."""
    if not can_frame(by, frame):
        raise PermissionDenied
    if "sponsor" in fields and not can_open_frame(by, frame.network):
        raise PermissionDenied
    if frame.phase == Phase.OVER:
        raise ValidationError(_("Ce réseau apprenant est terminé."))
    changes = _frame_fields(**fields)
    before = frame.sponsor
    for name, value in changes.items():
        setattr(frame, name, value)
    frame.save(update_fields=list(changes))
    if "sponsor" in changes and before is not None and before != frame.sponsor:
        _thank_sponsor(frame, before, by)
    _let_sponsor(frame)
    if changes.get("protected_until"):
        least = evening_of(changes["protected_until"])
        soon = Step.objects.open().filter(network=frame.network_id, verb__in=SEARCHING, due_at__lt=least)
        for step in soon.select_related("owner"):
            # Expected again with another date: reminders start anew.
            subject = StepSubject(step.subject_kind, step.subject_id)
            open_step(
                step.verb, subject, network=frame.network, owner=step.owner, due_at=least, words=step.words
            )
    note("frame.edited", frame, by)
    return frame


def _frame_fields(**fields: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name in ("vision", "hierarchy", "mandate"):
        if name in fields:
            changes[name] = text(fields[name], WORDS_MAX, name)
    if "sponsor" in fields:
        sponsor = fields["sponsor"]
        if sponsor is not None and not sponsor.is_active:
            raise ValidationError({"sponsor": _("Cette personne a quitté l’organisation.")})
        changes["sponsor"] = sponsor
    if "protected_until" in fields:
        until = fields["protected_until"]
        if until is not None and until > today() + dt.timedelta(days=732):
            raise ValidationError({"protected_until": _("Choisissez une date dans les deux ans.")})
        changes["protected_until"] = until
    if "answer_days" in fields:
        days = int(fields["answer_days"] or 0)
        if not 1 <= days <= 120:
            raise ValidationError({"answer_days": _("De 1 à 120 jours ouvrés.")})
        changes["answer_days"] = days
    unknown = set(fields) - set(changes)
    if unknown:
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    return changes


def _let_sponsor(frame: Frame) -> None:
    """Give the sponsor their role in the network, so that they read it; granting it twice changes nothing."""
    if frame.sponsor is not None and not has_role(frame.sponsor, frame.network, Role.SPONSOR):
        grant_role(frame.network, frame.sponsor, Role.SPONSOR, by=None)


def _thank_sponsor(frame: Frame, person: Person, by: Person) -> None:
    """Take the role of sponsor back from the former one: they frame no more."""
    given = RoleGrant.objects.held().filter(network=frame.network, person=person, role=Role.SPONSOR)
    if given.update(withdrawn_at=clock.now(), withdrawn_by=by):
        network = frame.network
        record("role.withdrawn", network, by=by, network=network, people=[person], role=Role.SPONSOR.value)


@transaction.atomic
def show_blocks(frame: Frame, *, by: Person, blocks: Sequence[str]) -> Frame:
    """Choose what the rest of the organisation reads of the network: the committee's choice, or the framers'."""
    if not (is_committee(by, frame) or can_frame(by, frame)):
        raise PermissionDenied
    chosen = [name for name in SHOWN_BLOCKS if name in set(blocks)]
    if set(blocks) - set(chosen):
        raise ValidationError({"blocks": _("Choisissez dans la liste.")})
    frame.shown = chosen
    frame.save(update_fields=["shown"])
    note("frame.shown", frame, by, blocks=chosen)
    return frame


# -- expected results


@transaction.atomic
def propose_result(
    frame: Frame,
    *,
    by: Person,
    title: str,
    tied_to: str,
    horizon: str,
    words: str = "",
    measure: str = "",
    start_value: str = "",
    target: str = "",
) -> ExpectedResult:
    """Add a result expected of the network, before the panel votes, with what it serves and its measure."""
    if not may_propose_result(by, frame):
        raise PermissionDenied
    hold(frame)
    _check_framing(frame)
    fields = _result_fields(
        title=title,
        tied_to=tied_to,
        horizon=horizon,
        words=words,
        measure=measure,
        start_value=start_value,
        target=target,
    )
    result = ExpectedResult.objects.create(frame=frame, proposed_by=by, **fields)
    note("result.proposed", result, by)
    return result


def may_propose_result(by: Person, frame: Frame) -> bool:
    """Tell whether this person may propose a result: those who frame, and the committee."""
    return can_frame(by, frame) or is_committee(by, frame)


@transaction.atomic
def edit_result(result: ExpectedResult, *, by: Person, **fields: Any) -> ExpectedResult:
    """Change an expected result before the panel votes: what is voted on no longer changes."""
    _may_change(result, by)
    changes = _result_fields(**fields)
    for name, value in changes.items():
        setattr(result, name, value)
    result.save(update_fields=list(changes))
    note("result.edited", result, by)
    return result


@transaction.atomic
def withdraw_result(result: ExpectedResult, *, by: Person) -> ExpectedResult:
    """Take an expected result off the list, before the panel votes."""
    _may_change(result, by)
    if result.withdrawn_at is None:
        result.withdrawn_at = clock.now()
        result.save(update_fields=["withdrawn_at"])
        note("result.withdrawn", result, by)
    return result


@transaction.atomic
def note_value(
    result: ExpectedResult, *, by: Person, value: str, on: dt.date | None = None
) -> ExpectedResult:
    """Note where a measure stands today: what the network looks at through the year."""
    if not (can_frame(by, result.frame) or is_committee(by, result.frame)):
        raise PermissionDenied
    on = on or today()
    if on > today():
        raise ValidationError({"on": _("Cette date n’est pas encore passée.")})
    result.value_now = line(value, 60, "value", missing=_("Écrivez la valeur mesurée."))
    result.value_on = on
    result.save(update_fields=["value_now", "value_on"])
    note("result.measured", result, by, value=result.value_now)
    return result


def _check_framing(frame: Frame) -> None:
    if frame.phase != Phase.FRAME:
        raise ValidationError(_("Le vote est ouvert ou passé : les résultats attendus ne changent plus."))


def _may_change(result: ExpectedResult, by: Person) -> None:
    mine = result.proposed_by_id == by.pk and may_propose_result(by, result.frame)
    if not (mine or can_frame(by, result.frame)):
        raise PermissionDenied
    hold(result.frame)
    _check_framing(result.frame)


def _result_fields(**fields: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if "title" in fields:
        changes["title"] = line(
            fields["title"], TITLE_MAX, "title", missing=_("Dites le résultat en une phrase.")
        )
    if "tied_to" in fields:
        changes["tied_to"] = choice(fields["tied_to"], TiedTo, "tied_to")
    if "horizon" in fields:
        changes["horizon"] = choice(fields["horizon"], Horizon, "horizon")
    for name, most in (("words", WORDS_MAX), ("measure", LINE_MAX), ("start_value", 60), ("target", 60)):
        if name in fields:
            changes[name] = text(fields[name], most, name)
    unknown = set(fields) - set(changes)
    if unknown:
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    return changes


# -- what follows the vote


@transaction.atomic
def choose_themes(frame: Frame, *, by: Person, results: Sequence[ExpectedResult]) -> list[ExpectedResult]:
    """Make themes of some of the ranked results: what the network works on."""
    if not (can_frame(by, frame) or may_decide(by, frame)):
        raise PermissionDenied
    if frame.phase not in (Phase.LAUNCH, Phase.WORK):
        raise ValidationError(_("Les thèmes se choisissent après le vote."))
    chosen = {result.pk for result in results}
    known = {result.pk: result for result in frame.results.filter(withdrawn_at=None)}
    if not chosen:
        raise ValidationError({"results": _("Choisissez au moins un thème.")})
    if chosen - set(known):
        raise ValidationError({"results": _("Choisissez dans la liste.")})
    frame.results.filter(pk__in=chosen).update(is_theme=True)
    frame.results.exclude(pk__in=chosen).update(is_theme=False)
    themes = [result for pk, result in known.items() if pk in chosen]
    note("themes.chosen", frame, by, count=len(themes))
    return list(frame.results.filter(is_theme=True))


@transaction.atomic
def start_work(frame: Frame, *, by: Person) -> Frame:
    """Say that the launch is over: the groups are at work."""
    if not can_frame(by, frame):
        raise PermissionDenied
    if not frame.results.filter(is_theme=True, withdrawn_at=None).exists():
        raise ValidationError(_("Choisissez d’abord les thèmes de travail."))
    since, phase = PHASES["start_work"]
    move(
        frame,
        phase,
        since=since,
        field="phase",
        sentence=_("Les groupes se mettent au travail après le vote."),
    )
    note("frame.started", frame, by)
    return frame


@transaction.atomic
def end_frame(frame: Frame, *, by: Person) -> Frame:
    """End a learning network once nothing waits for an answer; drafts are put away, what was validated goes on."""
    if not can_frame(by, frame):
        raise PermissionDenied
    hold(frame)
    awaiting = [*AWAITING_ANSWER, ProposalState.VALIDATED]
    waiting = frame.proposals.filter(state__in=awaiting).count()
    live = [ExperimentState.ASKED, ExperimentState.RUNNING, ExperimentState.MEASURED]
    waiting += frame.experiments.filter(state__in=live).count()
    waiting += frame.obstacles.filter(state=ObstacleState.OPEN).count()
    if waiting:
        raise ValidationError(
            _("Il reste %(n)s réponses à donner ou expérimentations à mener à leur terme.") % {"n": waiting}
        )
    since, phase = PHASES["end"]
    move(frame, phase, since=since, field="phase", closed_at=clock.now())
    for proposal in frame.proposals.filter(state__in=[ProposalState.DRAFT, ProposalState.REFRAMED]):
        move(
            proposal,
            ProposalState.WITHDRAWN,
            since=[ProposalState.DRAFT, ProposalState.REFRAMED],
            closed_at=clock.now(),
        )
        settle(proposal, outcome="released")
        lapse_amendments(proposal)
    for experiment in frame.experiments.filter(state__in=[ExperimentState.DRAFT, ExperimentState.READY]):
        move(experiment, ExperimentState.DROPPED, since=[ExperimentState.DRAFT, ExperimentState.READY])
        settle(experiment, outcome="released")
    _end_the_rest(frame)
    end_days(frame, by)
    settle(frame, outcome="released")
    note("frame.ended", frame, by)
    return frame


def _end_the_rest(frame: Frame) -> None:
    """Leave nothing expected of anybody: groups end, open questions are set aside, notes not sent are given up."""
    now = clock.now()
    frame.groups.exclude(state=GroupState.ENDED).update(state=GroupState.ENDED, ended_at=now)
    close_problems(frame, str(_("Le réseau apprenant est terminé.")))
    for row in frame.notes.filter(acknowledged_at=None, cancelled_at=None):
        settle(row, outcome="released")
    unsent = frame.notes.filter(sent_at=None, cancelled_at=None)
    unsent.update(cancelled_at=now, cancel_reason=str(_("Le réseau apprenant est terminé.")))
