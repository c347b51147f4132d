"""Find by the clock what would wait for nobody: a live subject without a step, an offer nobody answers."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from reciproque.agenda.actions import await_admission, open_step
from reciproque.agenda.models import Meeting, Step
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import MeetingState, Verb, deadline
from reciproque.catalogue.actions import ask_if_still_true, expire_silent, note_answered
from reciproque.catalogue.models import Post
from reciproque.exchanges.actions.exchanges import parts_of, plan_introduction_meeting, plan_next
from reciproque.exchanges.actions.introductions import find_mediator
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.exchanges.queries import silent_offers
from reciproque.exchanges.rules import AWAITING_ANSWER, ExchangeState, IntroductionState, Side
from reciproque.kit import clock
from reciproque.networks.models import Membership
from reciproque.networks.rules import MembershipState
from reciproque.people.models import Person


def tend_silent_offers(limit: int = 200) -> int:
    """Ask the authors of the offers nobody answers whether they still hold, and let go those left without a word."""
    for post in _answered_meanwhile():
        note_answered(post)
    asked = sum(ask_if_still_true(post) for post in silent_offers(clock.now(), limit))
    return asked + expire_silent(limit)


def _answered_meanwhile() -> list[Post]:
    since = Introduction.objects.filter(offer=OuterRef("pk"), asked_at__gte=OuterRef("silent_at"))
    return list(Post.objects.filter(Exists(since), silent_at__isnull=False)[:200])


def mend_gaps(limit: int = 200) -> int:
    """Open the step that should be there for each live subject that waits for nobody (by the clock); return how many.

    Nothing of the product leaves such a gap; an import, an older version or a meeting settled elsewhere may.
    """
    mended = 0
    for introduction in _gaps(Introduction.objects.live(), Introduction, limit):
        with transaction.atomic():
            mended += _mend_introduction(introduction)
    lively = [ExchangeState.OPEN, ExchangeState.FINISHED]
    for exchange in _gaps(Exchange.objects.filter(state__in=lively), Exchange, limit):
        with transaction.atomic():
            mended += _mend_exchange(exchange)
    applied = Membership.objects.filter(state=MembershipState.APPLIED, person__is_active=True)
    for membership in _gaps(applied, Membership, limit):
        await_admission(membership)
        mended += 1
    return mended


def _gaps(rows: QuerySet[Any], kind: Any, limit: int) -> list[Any]:
    """Keep the subjects about which nothing is expected and that wait for no date to come."""
    steps = Step.objects.open().filter(subject_kind=kind.subject_kind, subject_id=OuterRef("public_id"))
    coming = Meeting.objects.filter(
        subject_kind=kind.subject_kind,
        subject_id=OuterRef("public_id"),
        state=MeetingState.FIXED,
        # Those just past are asked about within minutes.
        ends_at__gte=clock.now(),
    )
    related = {
        Introduction: (
            "network",
            "requester",
            "offerer",
            "initiator",
            "mediator",
            "thread",
            "request",
            "offer",
        ),
        Exchange: ("network", "thread", "request", "offer"),
        Membership: ("network", "person"),
    }[kind]
    found = rows.exclude(Exists(steps)).exclude(Exists(coming)).select_related(*related)
    return list(found.order_by("pk")[:limit])


def _expect(verb: Verb, subject: Any, owner: Person | None, days: int) -> bool:
    zone = {"zone": owner.time_zone} if owner is not None else {}
    due = deadline(subject.network, days, clock.now(), **zone)
    open_step(verb, subject, network=subject.network, owner=owner, due_at=due, words=subject.title)
    return True


def _mend_introduction(introduction: Introduction) -> bool:
    network, mediator = introduction.network, introduction.mediator
    if introduction.state in AWAITING_ANSWER:
        if introduction.due_at <= clock.now():
            return False  # it lapses within minutes
        asked = introduction.state == IntroductionState.ASKED
        owner = introduction.answerer if asked else introduction.initiator
        verb = Verb.ANSWER if asked else Verb.REPLY
        open_step(
            verb,
            introduction,
            network=network,
            owner=owner,
            due_at=introduction.due_at,
            words=introduction.title,
        )
        return True
    if mediator is None:
        find_mediator(introduction)
        return True
    meeting = live_meeting(introduction)
    if meeting is not None:
        undated = meeting.state == MeetingState.UNDATED
        return (
            _expect(Verb.PROPOSE, introduction, mediator, network.date_days)
            if undated
            else _expect_word_of(introduction, meeting)
        )
    if _met(introduction):
        return _expect(Verb.TERMS, introduction, mediator, network.confirm_days)
    plan_introduction_meeting(introduction, mediator, mediator)
    return True


def _mend_exchange(exchange: Exchange) -> bool:
    parts = parts_of(exchange)
    first = next((part.person for part in parts if part.side == Side.REQUESTER), None)
    if first is None:
        return False
    if exchange.state == ExchangeState.FINISHED:
        return _mend_reviews(exchange, [part.person for part in parts])
    meeting = live_meeting(exchange)
    if meeting is not None:
        undated = meeting.state == MeetingState.UNDATED
        return (
            _expect(Verb.PROPOSE, exchange, first, exchange.network.date_days)
            if undated
            else _expect_word_of(exchange, meeting)
        )
    if _met(exchange):
        return _expect(Verb.GO_ON, exchange, first, exchange.network.confirm_days)
    plan_next(exchange, proposer=first, by=None, people=[part.person for part in parts])
    return True


def _mend_reviews(exchange: Exchange, people: list[Person]) -> bool:
    due = exchange.review_due_at
    if due is None or due <= clock.now():
        return False  # it closes within the hour
    done = set(exchange.reviews.values_list("author_id", flat=True))
    waited = [person for person in people if person.pk not in done]
    for person in waited:
        open_step(
            Verb.REVIEW, exchange, network=exchange.network, owner=person, due_at=due, words=exchange.title
        )
    return bool(waited)


def _expect_word_of(subject: Introduction | Exchange, meeting: Meeting) -> bool:
    """Ask the team whether a meeting past took place, when its people were asked and no longer are."""
    now = clock.now()
    if meeting.ends_at is None or (now - meeting.ends_at).days < 1:
        return False  # its people are asked within minutes
    return _expect(Verb.HELD, subject, None, subject.network.answer_days)


def _met(subject: Introduction | Exchange) -> bool:
    return Meeting.objects.about(subject).filter(state=MeetingState.HELD).exists()
