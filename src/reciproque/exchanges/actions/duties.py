"""What happens by the clock, and when somebody leaves or withdraws."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from reciproque.agenda.actions import close_steps, hold_steps, leave_meetings, release_steps_of
from reciproque.agenda.models import Step
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import MeetingState, StepState, Verb
from reciproque.catalogue.models import Post
from reciproque.exchanges.actions.exchanges import note, stop_exchange
from reciproque.exchanges.actions.introductions import end_introduction, replace_lost_mediator
from reciproque.exchanges.actions.reviews import close_exchange
from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction
from reciproque.exchanges.rules import AWAITING_ANSWER, ExchangeState
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person


def lapse_overdue(limit: int = 500) -> int:
    """Let the introductions nobody answered lapse at their deadline; return how many."""
    overdue = Introduction.objects.filter(state__in=AWAITING_ANSWER, due_at__lt=clock.now())
    rows = list(
        overdue.select_related("network", "requester", "offerer", "initiator", "mediator", "thread")[:limit]
    )
    done = 0
    for introduction in rows:
        with transaction.atomic():
            # Read again and locked: it may have been answered, or questioned, since the list was read.
            if overdue.select_for_update().filter(pk=introduction.pk).first() is not None:
                end_introduction(introduction, "lapse", by=None)
                done += 1
    return done


def close_overdue_reviews(limit: int = 500) -> int:
    """Close the finished exchanges whose review deadline is past, reviewed or not; return how many."""
    overdue = Exchange.objects.filter(state=ExchangeState.FINISHED, review_due_at__lt=clock.now())
    rows = list(overdue.select_related("network", "thread")[:limit])
    done = 0
    for exchange in rows:
        with transaction.atomic():
            if overdue.select_for_update().filter(pk=exchange.pk).first() is not None:
                close_exchange(exchange, by=None)
                done += 1
    return done


def close_unconfirmed(limit: int = 500) -> int:
    """Stop asking for the confirmation of declared exchanges past their deadline; they stay declared by one side."""
    steps = Step.objects.overdue(clock.now()).filter(verb=Verb.CONFIRM)[:limit]
    pks = [step.pk for step in steps]
    return Step.objects.filter(pk__in=pks).update(state=StepState.LAPSED, closed_at=clock.now())


@transaction.atomic
def release_person(person: Person, *, network: Network | None) -> int:
    """Release everything of a person who left a network (or the organisation); the others are told by the facts."""
    introductions = Introduction.objects.live().filter(requester=person) | Introduction.objects.live().filter(
        offerer=person
    )
    parts = ExchangePerson.objects.filter(
        person=person, left_at=None, exchange__state__in=["open", "finished"]
    )
    mediations = Introduction.objects.live().filter(mediator=person)
    if network is not None:
        introductions, mediations = introductions.filter(network=network), mediations.filter(network=network)
        parts = parts.filter(exchange__network=network)
    count = 0
    reason = _("Cette personne a quitté le réseau.")
    related = ("network", "requester", "offerer", "initiator", "mediator", "thread")
    for introduction in introductions.select_related(*related).distinct():
        end_introduction(introduction, "cancel", by=None, reason=reason)
        count += 1
    for part in parts.select_related("exchange", "exchange__network", "exchange__thread"):
        count += _leave_exchange(part, reason)
    for introduction in mediations.select_related(*related):
        replace_lost_mediator(introduction)
    release_steps_of(person, network=network)
    return count


def _leave_exchange(part: ExchangePerson, reason: str) -> int:
    exchange = part.exchange
    others = exchange.people.filter(left_at=None, side=part.side).exclude(pk=part.pk)
    if exchange.state == ExchangeState.OPEN and not others.exists():
        stop_exchange(exchange, by=None, reason=reason)
        return 1
    part.left_at = clock.now()
    part.save(update_fields=["left_at"])
    leave_meetings(exchange, part.person)
    exchange.thread.people.filter(person=part.person).update(until=clock.now())
    close_steps(exchange, owner=part.person, outcome=StepState.RELEASED)
    note("exchange.left", exchange, None, who=part.person.public_id, name=part.person.display_name)
    remaining = set(exchange.people.filter(left_at=None).values_list("person_id", flat=True))
    if exchange.state == ExchangeState.FINISHED and remaining <= set(
        exchange.reviews.values_list("author_id", flat=True)
    ):
        close_exchange(exchange, by=None)
    return 1


@transaction.atomic
def hold_person(person: Person, network: Network, shift: dt.timedelta) -> int:
    """Let what waits for a member on pause wait for them, or find somebody else; `shift` is how long the pause moves it.

    Introductions that await their answer end kindly, and the asker is proposed someone else; a mediation not dated
    yet goes to another mediator. A pause made shorter (`shift` below zero) brings the deadlines back.
    """
    related = ("network", "requester", "offerer", "initiator", "mediator", "thread", "request", "offer")
    ended = 0
    if shift > dt.timedelta():
        awaiting = Introduction.objects.filter(network=network, state__in=AWAITING_ANSWER)
        theirs = Q(requester=person) | Q(offerer=person)
        for introduction in awaiting.filter(theirs).exclude(initiator=person).select_related(*related):
            reason = _("Cette personne fait une pause : sa réponse n’est plus attendue.")
            end_introduction(introduction, "cancel", by=None, reason=reason)
            ended += 1
        mediations = Introduction.objects.live().filter(network=network, mediator=person)
        for introduction in mediations.select_related(*related):
            meeting = live_meeting(introduction)
            if meeting is not None and meeting.state == MeetingState.UNDATED:
                replace_lost_mediator(introduction)
    hold_steps(person, network, shift)
    _follow_steps(person, network)
    return ended


def _follow_steps(person: Person, network: Network) -> None:
    """Give the introductions and exchanges whose act of the clock has a date of its own the date of the moved step."""
    steps = Step.objects.open().filter(owner=person, network=network)
    for public_id, due in steps.filter(verb=Verb.REPLY).values_list("subject_id", "due_at"):
        Introduction.objects.filter(public_id=public_id, state__in=AWAITING_ANSWER).update(due_at=due)
    for public_id in steps.filter(verb=Verb.REVIEW).values_list("subject_id", flat=True):
        about = Step.objects.open().filter(verb=Verb.REVIEW, subject_id=public_id)
        last = about.order_by("-due_at").values_list("due_at", flat=True).first()
        Exchange.objects.filter(public_id=public_id, state=ExchangeState.FINISHED).update(review_due_at=last)


@transaction.atomic
def release_post(post: Post) -> int:
    """End the introductions still awaiting an answer about a post that is no longer published; return how many."""
    awaiting = Introduction.objects.filter(Q(offer=post) | Q(request=post), state__in=AWAITING_ANSWER)
    found = list(awaiting.order_by().values_list("pk", flat=True))
    if not found:  # nearly always: the wide reading below is for the few
        return 0
    related = ("network", "requester", "offerer", "initiator", "mediator", "thread")
    introductions = list(Introduction.objects.filter(pk__in=found).select_related(*related))
    for introduction in introductions:
        end_introduction(introduction, "cancel", by=None, reason=_("L’annonce n’est plus publiée."))
    return len(introductions)
