"""Bring two people together: ask, answer, mediate, agree or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import cancel_meeting, close_steps, open_step, plan_meeting
from reciproque.agenda.models import Step
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import MeetingKind, Mode, StepState, Verb, deadline
from reciproque.catalogue.models import Post
from reciproque.exchanges.access import can_answer, can_mediate, can_withdraw
from reciproque.exchanges.actions.conditions import (
    check_capacity,
    check_initiator,
    check_pair,
    check_post,
)
from reciproque.exchanges.actions.exchanges import join_exchange, open_exchange
from reciproque.exchanges.actions.threads import add_message, let_in, let_out, open_thread
from reciproque.exchanges.models import Exchange, Introduction, ThreadMessage
from reciproque.exchanges.queries import mediators_for
from reciproque.exchanges.rules import (
    AWAITING_ANSWER,
    INTRODUCTION_MOVES,
    IntroductionState,
    Refusal,
    is_full,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.networks.access import accompanies, may_mediate
from reciproque.networks.models import Network
from reciproque.networks.queries import membership_of
from reciproque.people.models import Person


def note(name: str, introduction: Introduction, /, by: Person | None, **data: Any) -> None:
    """Record a fact about an introduction, with the names and title that messages will need."""
    people = [introduction.requester, introduction.offerer]
    if introduction.mediator is not None:
        people.append(introduction.mediator)
    record(
        name,
        introduction,
        by=by,
        network=introduction.network,
        people=people,
        title=introduction.title,
        requester=introduction.requester.public_id,
        offerer=introduction.offerer.public_id,
        initiator=introduction.initiator.public_id,
        requester_name=introduction.requester.display_name,
        offerer_name=introduction.offerer.display_name,
        **data,
    )


@transaction.atomic
def ask_introduction(
    network: Network,
    *,
    requester: Person,
    offerer: Person,
    by: Person,
    initiator: Person | None = None,
    request: Post | None = None,
    offer: Post | None = None,
    message: str = "",
    reasons: Sequence[str] = (),
) -> Introduction:
    """Ask for two people to be brought together; the other than the initiator gives one of three answers.

    `initiator` is the requester (asks someone who offers) or the offerer (answers someone's request); an animator
    may ask on their behalf (`by`). Raises ValidationError with the reason, PermissionDenied for a stranger.
    """
    initiator = initiator or by
    on_behalf = by.pk != initiator.pk
    if on_behalf and not accompanies(by, network, initiator):
        raise PermissionDenied
    if initiator.pk not in (requester.pk, offerer.pk) or (request is None and offer is None):
        raise PermissionDenied
    check_pair(requester, offerer, network)
    pair_key = f"{requester.pk}:{offerer.pk}:{request.pk if request else ''}:{offer.pk if offer else ''}"
    # One post of the other side is asked about once at a time, whichever of one's own posts it would answer.
    asked_about = (
        {"offer": offer} if initiator.pk == requester.pk and offer is not None else {"request": request}
    )
    between = Introduction.objects.filter(
        network=network, requester=requester, offerer=offerer, **asked_about
    )
    same = between.live().filter(initiator=initiator).first()
    if same is not None:
        return same  # the same button pressed twice
    check_initiator(membership_of(initiator, network), network)
    other = offerer if initiator.pk == requester.pk else requester
    other_membership = membership_of(other, network)
    if other_membership is None:
        raise ValidationError(_("Cette personne ne fait plus partie du réseau."))
    if other_membership.is_paused(clock.now()):
        raise ValidationError(_("Cette personne est en pause en ce moment. Choisissez quelqu’un d’autre."))
    check_post(request, requester, network)
    check_post(offer, offerer, network)
    check_capacity(requester, offerer, network, request, offer, by=by)
    subject = request or offer
    assert subject is not None
    if between.filter(initiator=initiator, state=IntroductionState.REFUSED).exists():
        raise ValidationError(_("Cette personne a déjà décliné cette mise en relation."))
    now = clock.now()
    due = deadline(network, network.answer_days, now, other.time_zone)
    try:
        with transaction.atomic():
            introduction = Introduction.objects.create(
                network=network,
                requester=requester,
                offerer=offerer,
                initiator=initiator,
                on_behalf_by=by if on_behalf else None,
                request=request,
                offer=offer,
                title=subject.title,
                thread=open_thread(network, [requester, offerer]),
                mediated=network.is_mediated,
                pair_key=pair_key,
                reasons=list(reasons)[:10],
                asked_at=now,
                due_at=due,
            )
    except IntegrityError as error:
        same = Introduction.objects.live().filter(pair_key=pair_key, initiator=initiator).first()
        if same is not None:
            return same  # at the same instant
        raise ValidationError(_("Une mise en relation est déjà en cours entre vous sur ce sujet.")) from error
    if message.strip():
        add_message(introduction.thread, message, by=initiator)
    open_step(Verb.ANSWER, introduction, network=network, owner=other, due_at=due, words=introduction.title)
    note("introduction.asked", introduction, by, to=other.public_id, on_behalf=on_behalf)
    return introduction


@transaction.atomic
def ask_question(introduction: Introduction, *, by: Person, text: str, key: str = "") -> ThreadMessage:
    """Answer with a question first: the initiator is asked to reply, the deadline starts again."""
    if not can_answer(by, introduction):
        raise PermissionDenied
    message, new = add_message(introduction.thread, text, by=by, key=key)
    if not new:
        return message
    initiator = introduction.initiator
    due = deadline(introduction.network, introduction.network.answer_days, clock.now(), initiator.time_zone)
    since, to = INTRODUCTION_MOVES["question"]
    move(introduction, to, since=since, due_at=due)
    close_steps(introduction, verb=Verb.ANSWER)
    step = open_step(
        Verb.REPLY,
        introduction,
        network=introduction.network,
        owner=initiator,
        due_at=due,
        words=introduction.title,
    )
    _follow(introduction, step)
    note("introduction.questioned", introduction, by)
    return message


def _follow(introduction: Introduction, step: Step) -> None:
    """Let the introduction lapse with its step, which waits longer for someone on pause."""
    if introduction.due_at != step.due_at:
        introduction.due_at = step.due_at
        introduction.save(update_fields=["due_at"])


@transaction.atomic
def reply_question(introduction: Introduction, *, by: Person, text: str, key: str = "") -> ThreadMessage:
    """Reply to the question asked: the other side's three answers are awaited again."""
    if by.pk != introduction.initiator_id:
        raise PermissionDenied
    message, new = add_message(introduction.thread, text, by=by, key=key)
    if not new:
        return message
    since, to = INTRODUCTION_MOVES["reply"]
    answerer = introduction.answerer
    due = deadline(introduction.network, introduction.network.answer_days, clock.now(), answerer.time_zone)
    move(introduction, to, since=since, due_at=due)
    close_steps(introduction, verb=Verb.REPLY)
    step = open_step(
        Verb.ANSWER,
        introduction,
        network=introduction.network,
        owner=answerer,
        due_at=due,
        words=introduction.title,
    )
    _follow(introduction, step)
    note("introduction.replied", introduction, by)
    return message


@transaction.atomic
def accept_introduction(
    introduction: Introduction, *, by: Person, message: str = "", into: Exchange | None = None
) -> Introduction:
    """Say yes. Direct network: the exchange opens. Mediated: a mediator is found and plans the first meeting.

    `into` is an open small-group exchange of the offerer's that the requester joins instead. Accepting twice
    changes nothing; a capacity reached meanwhile, a withdrawn post or someone who left is refused with a sentence.
    """
    if introduction.answerer.pk == by.pk and introduction.state in (
        IntroductionState.ACCEPTED,
        IntroductionState.AGREED,
    ):
        return introduction
    if not can_answer(by, introduction) or (into is not None and by.pk != introduction.offerer_id):
        raise PermissionDenied
    requester, offerer, network = introduction.requester, introduction.offerer, introduction.network
    request, offer = introduction.request, introduction.offer
    check_post(request, requester, network)
    check_post(offer, offerer, network)
    check_capacity(requester, offerer, network, request, offer, by=by, joins=into is not None)
    if message.strip():
        add_message(introduction.thread, message, by=by)
    now = clock.now()
    mediated = introduction.mediated and into is None
    to = IntroductionState.ACCEPTED if mediated else IntroductionState.AGREED
    move(introduction, to, since=AWAITING_ANSWER, answered_at=now, ended_at=None if mediated else now)
    close_steps(introduction)
    note("introduction.accepted", introduction, by)
    if mediated:
        find_mediator(introduction)
    elif into is not None:
        join_exchange(into, introduction, by=by)
    else:
        open_exchange(introduction, by=by)
    return introduction


def find_mediator(introduction: Introduction) -> None:
    """Entrust the mediation to whoever has most room; the team is asked to find someone when nobody has."""
    ranked = mediators_for(introduction)
    if not ranked or is_full(*ranked[0][1:]):
        due = deadline(introduction.network, introduction.network.date_days, clock.now())
        open_step(
            Verb.ASSIGN,
            introduction,
            network=introduction.network,
            owner=None,
            due_at=due,
            words=introduction.title,
        )
        note("introduction.unmediated", introduction, None)
        return
    _assign(introduction, ranked[0][0], by=None)


def _assign(introduction: Introduction, mediator: Person, *, by: Person | None) -> None:
    move(introduction, IntroductionState.ACCEPTED, since=[IntroductionState.ACCEPTED], mediator=mediator)
    let_in(introduction.thread, mediator)
    close_steps(introduction, verb=Verb.ASSIGN)
    subject = introduction.request or introduction.offer
    modes = subject.modes if subject and subject.modes else [Mode.PHONE.value]
    plan_meeting(
        introduction,
        [introduction.requester, introduction.offerer, mediator],
        network=introduction.network,
        kind=MeetingKind.INTRODUCTION,
        title=introduction.title,
        by=by,
        proposer=mediator,
        mode=modes[0],
    )
    note(
        "introduction.mediated",
        introduction,
        by,
        mediator=mediator.public_id,
        mediator_name=mediator.display_name,
    )


@transaction.atomic
def assign_mediator(introduction: Introduction, mediator: Person, *, by: Person) -> Introduction:
    """Name (or replace) the mediator; animators only."""
    if not accompanies(by, introduction.network, introduction.requester, introduction.offerer):
        raise PermissionDenied
    if introduction.state != IntroductionState.ACCEPTED or not introduction.mediated:
        raise ValidationError(_("Cette mise en relation n’attend pas de médiation."))
    if mediator.pk in (introduction.requester_id, introduction.offerer_id):
        raise ValidationError(_("La médiation revient à une troisième personne."))
    if not may_mediate(mediator, introduction.network):
        raise ValidationError(_("Cette personne n’a pas le rôle de médiation dans ce réseau."))
    if introduction.mediator_id == mediator.pk:
        return introduction
    _drop_mediator(introduction)
    _assign(introduction, mediator, by=by)
    return introduction


def _drop_mediator(introduction: Introduction) -> None:
    if introduction.mediator is None:
        return
    let_out(introduction.thread, introduction.mediator)
    meeting = live_meeting(introduction)
    if meeting is not None:
        cancel_meeting(meeting, by=None, reason=str(_("La médiation change de personne.")))
    close_steps(introduction, outcome=StepState.RELEASED)


def replace_lost_mediator(introduction: Introduction) -> None:
    """Find another mediator when the present one has left."""
    _drop_mediator(introduction)
    introduction.mediator = None
    introduction.save(update_fields=["mediator"])
    find_mediator(introduction)


@transaction.atomic
def refuse_introduction(
    introduction: Introduction, *, by: Person, refusal: str, reason: str = ""
) -> Introduction:
    """Say no with a reason; the asker is told kindly, and the next best person is proposed to them."""
    if introduction.state == IntroductionState.REFUSED and introduction.answerer.pk == by.pk:
        return introduction
    if not can_answer(by, introduction):
        raise PermissionDenied
    if refusal not in Refusal.values:
        raise ValidationError({"refusal": _("Choisissez une raison.")})
    reason = clean(reason).strip()[:1000]
    if refusal == Refusal.OTHER and not reason:
        raise ValidationError({"reason": _("Dites en une phrase pourquoi.")})
    since, to = INTRODUCTION_MOVES["refuse"]
    now = clock.now()
    move(introduction, to, since=since, refusal=refusal, reason=reason, answered_at=now, ended_at=now)
    close_steps(introduction)
    note("introduction.refused", introduction, by, refusal=refusal)
    return introduction


@transaction.atomic
def withdraw_introduction(introduction: Introduction, *, by: Person, reason: str = "") -> Introduction:
    """Take an introduction back before it becomes an exchange."""
    if introduction.state == IntroductionState.WITHDRAWN and by.pk in (
        introduction.requester_id,
        introduction.offerer_id,
    ):
        return introduction
    if not can_withdraw(by, introduction):
        raise PermissionDenied
    end_introduction(introduction, "withdraw", by=by, reason=reason)
    return introduction


def end_introduction(introduction: Introduction, verb: str, *, by: Person | None, reason: str = "") -> None:
    """End a live introduction without an exchange: its steps are released, its meeting cancelled, the fact told."""
    since, to = INTRODUCTION_MOVES[verb]
    move(introduction, to, since=since, ended_at=clock.now(), reason=clean(reason).strip()[:1000])
    meeting = live_meeting(introduction)
    if meeting is not None:
        why = introduction.reason or str(_("La mise en relation s’est arrêtée."))
        cancel_meeting(meeting, by=None, reason=why)
    outcome = StepState.LAPSED if verb == "lapse" else StepState.RELEASED
    close_steps(introduction, outcome=outcome)
    if introduction.mediator is not None:
        let_out(introduction.thread, introduction.mediator)
    note(f"introduction.{to}", introduction, by, reason=introduction.reason)


@transaction.atomic
def agree_introduction(introduction: Introduction, *, by: Person) -> Exchange:
    """Record that the two agreed at the introduction meeting: the exchange opens, the mediator steps out."""
    existing = Exchange.objects.filter(people__introduction=introduction).first()
    if existing is not None and introduction.mediator_id == by.pk:
        return existing
    if not can_mediate(by, introduction):
        raise PermissionDenied
    since, to = INTRODUCTION_MOVES["agree"]
    move(introduction, to, since=since, ended_at=clock.now())
    meeting = live_meeting(introduction)
    if meeting is not None:
        cancel_meeting(meeting, by=None, reason=str(_("L’échange est déjà convenu.")))
    close_steps(introduction)
    if introduction.mediator is not None:
        let_out(introduction.thread, introduction.mediator)
    note("introduction.agreed", introduction, by)
    return open_exchange(introduction, by=by)


@transaction.atomic
def end_unmatched(introduction: Introduction, *, by: Person, reason: str = "") -> Introduction:
    """Record that they do not match: a normal ending, after which the asker is proposed someone else."""
    if introduction.state == IntroductionState.NOT_MATCHED and introduction.mediator_id == by.pk:
        return introduction
    if not can_mediate(by, introduction):
        raise PermissionDenied
    end_introduction(introduction, "not_match", by=by, reason=reason)
    return introduction
