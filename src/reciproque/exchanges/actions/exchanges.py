"""Open, hold, finish, extend and stop exchanges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.access import is_invited
from reciproque.agenda.actions import (
    cancel_meeting,
    close_steps,
    invite_to_meeting,
    open_step,
    plan_meeting,
    settle_meeting,
)
from reciproque.agenda.models import Meeting
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import MeetingKind, MeetingState, Mode, StepState, Verb, deadline
from reciproque.exchanges.access import is_in
from reciproque.exchanges.actions.threads import let_in
from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction, SetApart, Terms
from reciproque.exchanges.rules import (
    EXCHANGE_MOVES,
    MAX_SIDE,
    ExchangeState,
    IntroductionState,
    Side,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.people.models import Person


def parts_of(exchange: Exchange) -> list[ExchangePerson]:
    """Return the part of each one in the exchange today."""
    return list(exchange.people.filter(left_at=None).select_related("person"))


def people_of(exchange: Exchange) -> list[Person]:
    """Return those who take part in the exchange today."""
    return [part.person for part in parts_of(exchange)]


def note(
    name: str,
    exchange: Exchange,
    /,
    by: Person | None,
    *,
    parts: Sequence[ExchangePerson] | None = None,
    **data: Any,
) -> None:
    """Record a fact about an exchange with the names and title that messages will need.

    `parts` are those of its people when they have just been read.
    """
    parts = parts_of(exchange) if parts is None else parts
    sides = {
        side: [part.person.public_id for part in parts if part.side == side]
        for side in (Side.REQUESTER, Side.OFFERER)
    }
    record(
        name,
        exchange,
        by=by,
        network=exchange.network,
        people=[part.person for part in parts],
        title=exchange.title,
        requesters=sides[Side.REQUESTER],
        offerers=sides[Side.OFFERER],
        names=[part.person.display_name for part in parts],
        **data,
    )


def open_exchange(introduction: Introduction, *, by: Person) -> Exchange:
    """Open the exchange of an agreed introduction; the requester is expected to propose dates."""
    now = clock.now()
    exchange = Exchange.objects.create(
        network=introduction.network,
        title=introduction.title,
        thread=introduction.thread,
        request=introduction.request,
        offer=introduction.offer,
        opened_at=now,
    )
    sides = (
        (introduction.requester, Side.REQUESTER, introduction),
        (introduction.offerer, Side.OFFERER, None),
    )
    parts = ExchangePerson.objects.bulk_create(
        ExchangePerson(exchange=exchange, person=person, side=side, introduction=origin, joined_at=now)
        for person, side, origin in sides
    )
    terms = Terms.objects.filter(introduction=introduction).first()
    if terms is not None:
        terms.exchange = exchange
        terms.save(update_fields=["exchange"])
    note("exchange.opened", exchange, by, parts=parts)
    plan_next(exchange, proposer=introduction.requester, by=by, people=[part.person for part in parts])
    return exchange


def plan_next(
    exchange: Exchange, *, proposer: Person, by: Person | None, people: Sequence[Person] | None = None
) -> Meeting:
    """Plan the next meeting of an exchange (of `people` when they are known), its date to be found."""
    subject = exchange.request or exchange.offer
    modes = subject.modes if subject and subject.modes else [Mode.PHONE.value]
    place = subject.place if subject else ""
    return plan_meeting(
        exchange,
        people_of(exchange) if people is None else people,
        network=exchange.network,
        kind=MeetingKind.EXCHANGE,
        title=exchange.title,
        by=by,
        proposer=proposer,
        mode=modes[0],
        place=place,
    )


def join_exchange(exchange: Exchange, introduction: Introduction, *, by: Person) -> Exchange:
    """Let one more requester into an open small-group exchange of the offerer's."""
    person = introduction.requester
    offers = exchange.people.filter(person=introduction.offerer, side=Side.OFFERER, left_at=None)
    elsewhere = exchange.network_id != introduction.network_id
    if elsewhere or exchange.state != ExchangeState.OPEN or not offers.exists():
        raise ValidationError(_("Cet échange n’est plus ouvert à d’autres personnes."))
    if exchange.offer is None or not exchange.offer.small_group:
        raise ValidationError(_("Cette offre n’est pas proposée en petit groupe."))
    there = exchange.people.filter(left_at=None).values("person")
    if SetApart.objects.in_force().filter(
        Q(first=person, second__in=there) | Q(second=person, first__in=there)
    ):
        raise ValidationError(_("Ce groupe ne peut pas accueillir une personne de plus pour cette demande."))
    if exchange.people.filter(side=Side.REQUESTER, left_at=None).count() >= MAX_SIDE:
        raise ValidationError(_("Le groupe est complet : douze personnes au plus."))
    part, new = ExchangePerson.objects.get_or_create(
        exchange=exchange,
        person=person,
        defaults={"side": Side.REQUESTER, "introduction": introduction, "joined_at": clock.now()},
    )
    if not new:
        if part.left_at is None:
            raise ValidationError(_("Cette personne fait déjà partie de cet échange."))
        part.left_at, part.introduction, part.joined_at = None, introduction, clock.now()
        part.save(update_fields=["left_at", "introduction", "joined_at"])
    let_in(exchange.thread, person)
    meeting = live_meeting(exchange)
    if meeting is not None:
        invite_to_meeting(meeting, person, by=by)
    note("exchange.joined", exchange, by, who=person.public_id, name=person.display_name)
    return exchange


@transaction.atomic
def say_held(
    meeting: Meeting, *, by: Person, held: bool, more: bool = False, starts_at: dt.datetime | None = None
) -> Meeting:
    """Answer "did it take place?": yes ends the exchange (or plans the next meeting), no plans another date.

    For an introduction meeting, yes asks the mediator for the terms. `starts_at` says when people met who had
    fixed no date here. Answering twice changes nothing.
    """
    if meeting.state in (MeetingState.HELD, MeetingState.MISSED) and is_invited(by, meeting):
        return meeting
    exchange = introduction = None
    if meeting.kind == MeetingKind.EXCHANGE:
        exchange = Exchange.objects.filter(public_id=meeting.subject_id).select_related("network").first()
    else:
        introduction = (
            Introduction.objects.filter(public_id=meeting.subject_id)
            .select_related("network", "mediator")
            .first()
        )
    settle_meeting(meeting, by=by, held=held, starts_at=starts_at)
    if exchange is not None and exchange.state == ExchangeState.OPEN:
        if held and not more:
            finish_exchange(exchange, by=by)
        else:
            plan_next(exchange, proposer=by, by=by)
    elif introduction is not None and introduction.state == IntroductionState.ACCEPTED:
        _after_introduction_meeting(introduction, by, held)
    return meeting


def _after_introduction_meeting(introduction: Introduction, by: Person, held: bool) -> None:
    mediator = introduction.mediator
    if mediator is None:
        return
    if held:
        due = deadline(
            introduction.network, introduction.network.confirm_days, clock.now(), mediator.time_zone
        )
        open_step(
            Verb.TERMS,
            introduction,
            network=introduction.network,
            owner=mediator,
            due_at=due,
            words=introduction.title,
        )
        return
    plan_introduction_meeting(introduction, mediator, by)


def plan_introduction_meeting(introduction: Introduction, mediator: Person, by: Person) -> Meeting:
    """Plan the meeting at which the mediator brings the two together, its date to be found."""
    return plan_meeting(
        introduction,
        [introduction.requester, introduction.offerer, mediator],
        network=introduction.network,
        kind=MeetingKind.INTRODUCTION,
        title=introduction.title,
        by=by,
        proposer=mediator,
    )


@transaction.atomic
def call_off_meeting(meeting: Meeting, *, by: Person, reason: str) -> Meeting:
    """Cancel a meeting with a reason; what it was for goes on, so another date is expected of the one who cancels.

    (Of the mediator, for an introduction meeting.) Cancelling twice changes nothing. Return the cancelled meeting.
    """
    if meeting.state == MeetingState.CANCELLED and is_invited(by, meeting):
        return meeting
    cancel_meeting(meeting, by=by, reason=reason)
    exchange = Exchange.objects.filter(public_id=meeting.subject_id).select_related("network").first()
    introduction = (
        Introduction.objects.filter(public_id=meeting.subject_id)
        .select_related("network", "mediator")
        .first()
    )
    if exchange is not None and exchange.state == ExchangeState.OPEN:
        plan_next(exchange, proposer=by, by=by)
    elif (
        introduction is not None
        and introduction.state == IntroductionState.ACCEPTED
        and introduction.mediator
    ):
        plan_introduction_meeting(introduction, introduction.mediator, by)
    return meeting


@transaction.atomic
def finish_exchange(exchange: Exchange, *, by: Person | None) -> Exchange:
    """End an exchange that took place: each one is asked for a short review, blind until both have answered."""
    if by is not None and not is_in(by, exchange):
        raise PermissionDenied
    if exchange.state == ExchangeState.FINISHED:
        return exchange
    now = clock.now()
    due = deadline(exchange.network, exchange.network.review_days, now)
    held = [meeting for meeting in _held_meetings(exchange) if meeting.starts_at is not None]
    if not held:
        raise ValidationError(_("Dites d’abord quand vous vous êtes rencontrés, ou arrêtez l’échange."))
    since, to = EXCHANGE_MOVES["finish"]
    move(
        exchange,
        to,
        since=since,
        finished_at=now,
        review_due_at=due,
        held_on=held[-1].starts_at.date(),  # type: ignore[union-attr]
        minutes=sum(meeting.minutes for meeting in held),
        mode=held[-1].mode,
    )
    _drop_live_meeting(exchange, str(_("L’échange est terminé.")))
    close_steps(exchange)
    parts = parts_of(exchange)
    reviewed = set(exchange.reviews.values_list("author_id", flat=True))
    last = due
    for part in parts:
        if part.person_id not in reviewed:
            step = open_step(
                Verb.REVIEW,
                exchange,
                network=exchange.network,
                owner=part.person,
                due_at=due,
                words=exchange.title,
            )
            last = max(last, step.due_at)
    if last > due:  # someone is on pause: the exchange closes when their own time is over
        exchange.review_due_at = last
        exchange.save(update_fields=["review_due_at"])
    note("exchange.finished", exchange, by, parts=parts)
    return exchange


def _held_meetings(exchange: Exchange) -> list[Meeting]:
    return list(Meeting.objects.about(exchange).filter(state="held").order_by("starts_at"))


def _drop_live_meeting(exchange: Exchange, reason: str) -> None:
    meeting = live_meeting(exchange)
    if meeting is not None:
        cancel_meeting(meeting, by=None, reason=reason)


@transaction.atomic
def extend_exchange(exchange: Exchange, *, by: Person) -> Exchange:
    """Plan one more meeting of an exchange just finished; the reviews will be asked after it."""
    if not is_in(by, exchange):
        raise PermissionDenied
    if exchange.state == ExchangeState.OPEN:
        return exchange
    if exchange.reviews.exists():
        raise ValidationError(
            _("Un bilan est déjà fait : pour vous revoir, faites une nouvelle mise en relation.")
        )
    since, to = EXCHANGE_MOVES["extend"]
    move(exchange, to, since=since, finished_at=None, review_due_at=None)
    close_steps(exchange, outcome=StepState.RELEASED)
    note("exchange.extended", exchange, by)
    plan_next(exchange, proposer=by, by=by)
    return exchange


@transaction.atomic
def stop_exchange(exchange: Exchange, *, by: Person | None, reason: str) -> Exchange:
    """Stop an exchange before its end, with a reason that the others read."""
    if by is not None and not is_in(by, exchange):
        raise PermissionDenied
    return end_exchange(exchange, by=by, reason=reason)


def end_exchange(exchange: Exchange, *, by: Person | None, reason: str) -> Exchange:
    """Stop an exchange (the caller made sure that `by` may): its steps are released, its meeting cancelled."""
    reason = clean(reason).strip()[:1000]
    if not reason:
        raise ValidationError({"reason": _("Dites pourquoi, en une phrase : l’autre personne la lira.")})
    if exchange.state == ExchangeState.STOPPED:
        return exchange
    stop_exchange_now(exchange, by=by, reason=reason)
    return exchange


def stop_exchange_now(exchange: Exchange, *, by: Person | None, reason: str = "") -> None:
    """Stop an open exchange, with or without a word of why: its meeting is cancelled, nothing more is expected."""
    since, to = EXCHANGE_MOVES["stop"]
    move(exchange, to, since=since, closed_at=clock.now(), stopped_by=by, reason=reason)
    _drop_live_meeting(exchange, reason or str(_("L’échange s’est arrêté.")))
    close_steps(exchange, outcome=StepState.RELEASED)
    note("exchange.stopped", exchange, by, reason=reason)
