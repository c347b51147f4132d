"""Who may see and do what with introductions, exchanges, threads and reviews."""

from collections.abc import Callable

from django.db.models import F, Q

from reciproque.exchanges.models import (
    Exchange,
    ExchangePerson,
    Introduction,
    Review,
    SetApart,
    Thread,
    ThreadMessage,
)
from reciproque.exchanges.rules import (
    AWAITING_ANSWER,
    CHOSEN,
    CORRECTION,
    QUESTIONS,
    Audience,
    ExchangeState,
    IntroductionState,
)
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.access import accompanies, has_role, is_member, scope_of
from reciproque.networks.models import Network, RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.access import can_administer, is_present
from reciproque.people.models import Person

_INTRODUCTION = (
    "network",
    "requester__unit",
    "requester__site",
    "offerer__unit",
    "offerer__site",
    "initiator",
    "on_behalf_by",
    "mediator",
    "request",
    "offer",
    "thread",
)


def get_introduction(person: Person, public_id: str) -> Introduction:
    """Return an introduction of this person's; a stranger (an animator too) meets `NotThere`: it is private."""
    introduction = (
        Introduction.objects.visible_to(person)
        .select_related(*_INTRODUCTION)
        .filter(public_id=public_id)
        .first()
    )
    if introduction is None or not is_present(person):
        raise NotThere
    return introduction


def get_exchange(person: Person, public_id: str) -> Exchange:
    """Return an exchange in which this person takes part; a stranger (an animator too) meets `NotThere`."""
    exchange = (
        Exchange.objects.visible_to(person)
        .select_related("network", "thread", "request", "offer", "declared_by", "stopped_by")
        .filter(public_id=public_id)
        .first()
    )
    if exchange is None or not is_present(person):
        raise NotThere
    return exchange


def get_thread(person: Person, public_id: str) -> Thread:
    """Return a thread in which this person takes part now; anyone else, animators included, meets `NotThere`."""
    thread = (
        Thread.objects.filter(public_id=public_id, people__person=person, people__until=None)
        .select_related("network")
        .first()
    )
    if thread is None or not is_present(person):
        raise NotThere
    return thread


def get_own_message(person: Person, public_id: str) -> ThreadMessage:
    """Return what this person wrote in a conversation of which they are still; anyone else meets `NotThere`."""
    message = (
        ThreadMessage.objects.filter(public_id=public_id, author=person)
        .filter(thread__people__person=person, thread__people__until=None)
        .select_related("thread", "thread__network")
        .first()
    )
    if message is None or not is_present(person):
        raise NotThere
    return message


def get_for_accompaniment(person: Person, public_id: str) -> Introduction:
    """Return an introduction as the network's animators accompany it: its state and people, never its thread."""
    introduction = Introduction.objects.select_related(*_INTRODUCTION).filter(public_id=public_id).first()
    if introduction is None or not accompanies(
        person, introduction.network, introduction.requester, introduction.offerer
    ):
        raise NotThere
    return introduction


def is_in(person: Person, exchange: Exchange) -> bool:
    """Tell whether this person takes part in the exchange."""
    return ExchangePerson.objects.filter(exchange=exchange, person=person, left_at=None).exists()


def is_in_thread(person: Person, thread: Thread) -> bool:
    """Tell whether this person may read and write in the thread now."""
    return thread.people.filter(person=person, until=None).exists()


def can_answer(person: Person, introduction: Introduction) -> bool:
    """Tell whether the three answers are this person's to give."""
    return (
        is_present(person)
        and introduction.state in AWAITING_ANSWER
        and introduction.answerer.pk == person.pk
        and is_member(person, introduction.network)
    )


def can_withdraw(person: Person, introduction: Introduction) -> bool:
    """Tell whether this person may take the introduction back: either of the two, while it is live."""
    return introduction.is_live and person.pk in (introduction.requester_id, introduction.offerer_id)


def can_mediate(person: Person, introduction: Introduction) -> bool:
    """Tell whether this person leads the introduction meeting and records how it ended."""
    return (
        introduction.state == IntroductionState.ACCEPTED
        and introduction.mediated
        and is_present(person)
        and introduction.mediator_id == person.pk
    )


def can_review(person: Person, exchange: Exchange) -> bool:
    """Tell whether this person still owes a review of the exchange."""
    return (
        exchange.state == ExchangeState.FINISHED
        and is_in(person, exchange)
        and not exchange.reviews.filter(author=person).exists()
    )


def takes_part(person: Person, introduction: Introduction) -> bool:
    """Tell whether this person is one of the two, or the present mediator."""
    return (
        Introduction.objects.visible_to(person).filter(Q(pk=introduction.pk)).exists()
        if is_present(person)
        else False
    )


def get_exchange_for_accompaniment(person: Person, public_id: str) -> Exchange:
    """Return an exchange as the network's animators accompany it: its state and people, never its thread."""
    exchange = Exchange.objects.select_related("network", "request").filter(public_id=public_id).first()
    scope = None if exchange is None else scope_of(person, exchange.network)
    if exchange is None or scope is None:
        raise NotThere
    if not scope.whole and not exchange.people.filter(scope.people("person"), left_at=None).exists():
        raise NotThere
    return exchange


def can_separate(person: Person, *two: Person) -> bool:
    """Tell whether this person may decide that two others are kept apart: whoever animates, for a third party's sake."""
    outside = is_present(person) and all(person.pk != one.pk for one in two)
    return outside and (
        can_administer(person) or RoleGrant.objects.held().filter(person=person, role=Role.ANIMATOR).exists()
    )


def can_moderate_words(person: Person, author: Person, network: Network) -> bool:
    """Tell whether this person may hide somebody's words after a report: never their author."""
    return author.pk != person.pk and (can_administer(person) or has_role(person, network, Role.ANIMATOR))


def audience_of(review: Review, question: str) -> str:
    """Return for whom one answer of a review was given: as the question says, or as its author chose."""
    chosen = CHOSEN.get(question)
    return str(getattr(review, chosen)) if chosen else str(QUESTIONS[question])


def reads_reviews_as(viewer: Person, exchange: Exchange) -> Callable[[Person], str]:
    """Return as whom this person reads the review that someone wrote of an exchange ("" : not at all)."""
    if not is_present(viewer) or exchange.state != ExchangeState.CLOSED:
        return lambda author: ""
    part = ExchangePerson.objects.filter(exchange=exchange, person=viewer).first()
    if part is not None:
        return lambda author: "" if part.left_at else Audience.OTHER
    scope = scope_of(viewer, exchange.network)
    return lambda author: Audience.TEAM if scope is not None and scope.covers(author) else ""


def parts_for(
    review: Review, viewer: Person, reads_as: Callable[[Person], str] | None = None
) -> frozenset[str]:
    """Return the questions of a review whose answers this person reads: the one place where it is decided.

    Its author reads all of it. Once the exchange is closed, its people read what is for them, and the animators who
    accompany its author what is for the team, unless they are or were of the exchange. Nobody else reads a word.
    """
    if not is_present(viewer) or review.withdrawn_at is not None:
        return frozenset()
    if review.author_id == viewer.pk:
        return frozenset(QUESTIONS)
    read_as = (reads_as or reads_reviews_as(viewer, review.exchange))(review.author)
    words = (
        frozenset(CHOSEN) if review.hidden_at is not None or review.removed_at is not None else frozenset()
    )
    return frozenset(name for name in QUESTIONS if audience_of(review, name) == read_as) - words


def can_correct(person: Person, review: Review) -> bool:
    """Tell whether this person may still correct the review: its author, for fourteen days."""
    standing = review.withdrawn_at is None and clock.now() < review.written_at + CORRECTION
    return standing and review.author_id == person.pk and is_present(person)


def get_own_review(person: Person, public_id: str) -> Review:
    """Return one's own review; anyone else meets `NotThere`."""
    review = (
        Review.objects.filter(public_id=public_id, author=person)
        .select_related("exchange", "exchange__network", "author")
        .first()
    )
    if review is None or not is_present(person):
        raise NotThere
    return review


def get_read_review(person: Person, public_id: str) -> Review:
    """Return a review of another that this person may read; a stranger meets `NotThere`."""
    review = (
        Review.objects.visible_to(person)
        .filter(public_id=public_id)
        .select_related("exchange", "exchange__network", "author")
        .first()
    )
    if review is None or not is_present(person):
        raise NotThere
    return review


def get_read_message(person: Person, public_id: str) -> ThreadMessage:
    """Return a message that this person may read: of a conversation of which they are, since they are."""
    message = (
        ThreadMessage.objects.filter(
            public_id=public_id,
            thread__people__person=person,
            thread__people__until=None,
            written_at__gte=F("thread__people__since"),
        )
        .select_related("thread", "thread__network", "author")
        .first()
    )
    if message is None or not is_present(person):
        raise NotThere
    return message


def get_set_apart(person: Person, public_id: str) -> SetApart:
    """Return what this person asked for to be kept apart from someone; anyone else meets `NotThere`."""
    row = SetApart.objects.visible_to(person).in_force().filter(public_id=public_id).first()
    if row is None or not is_present(person):
        raise NotThere
    return row
