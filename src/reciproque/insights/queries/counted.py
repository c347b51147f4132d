"""How each figure about people, posts, messages and savoirs is counted: its rows, out of which, and whose they are."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from statistics import median
from typing import Any

from django.db import models
from django.db.models import (
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.models import ExchangePerson, Introduction, ThreadMessage
from reciproque.exchanges.rules import IntroductionState, Side
from reciproque.insights.queries.acts import acted, local_day, took_place
from reciproque.insights.queries.groups import Groups, groups_of
from reciproque.insights.queries.risk import list_risks
from reciproque.insights.rules import RARE_HOLDERS, SOUGHT_REQUESTS, SOUGHT_TIMES, YEAR, Period, Risk
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network, PoolMember
from reciproque.networks.queries import eligible_people
from reciproque.networks.rules import MembershipState
from reciproque.people.models import Person

# Someone said yes, whatever came of it.
YES = (
    IntroductionState.ACCEPTED,
    IntroductionState.AGREED,
    IntroductionState.NOT_MATCHED,
    IntroductionState.CANCELLED,
    IntroductionState.WITHDRAWN,
)
# What happens at this very moment is counted.
INSTANT = dt.timedelta(microseconds=1)
CLOSED_POST = (PostState.FULFILLED, PostState.EXPIRED, PostState.WITHDRAWN)


@dataclasses.dataclass(frozen=True)
class Asked:
    """A network and a period, for which figures are asked; what several figures share is read once."""

    network: Network
    period: Period
    now: dt.datetime = dataclasses.field(default_factory=clock.now)

    @cached_property
    def until(self) -> dt.datetime:
        """The moment, left out, at which the period ends; just after now if it is not over."""
        return min(self.period.ends_at, self.now + INSTANT)

    @property
    def is_present(self) -> bool:
        """Whether the period is not over: what can be read today only may be read for it."""
        return self.period.holds(self.now)

    @cached_property
    def groups(self) -> Groups:
        """The groups of the organisation."""
        return groups_of(self.network)

    def within(self, field: str) -> dict[str, dt.datetime]:
        """Return what keeps the rows whose moment is within the period."""
        return {f"{field}__gte": self.period.begins_at, f"{field}__lt": self.period.ends_at}

    def took_place(self, at: str = "") -> Q:
        """Keep the exchanges that took place within the period."""
        return took_place(self.network, self.period.begins_at, self.period.ends_at, at)

    def took_place_before(self, at: str = "") -> Q:
        """Keep the exchanges that took place before its end."""
        return took_place(self.network, Period("ever", dt.date(1900, 1, 1)).begins_at, self.until, at)

    @cached_property
    def topics_at_risk(self) -> dict[str, list[int]]:
        """Which savoirs are at risk today, by reason."""
        return list_risks(self.network).topics

    @cached_property
    def mentions(self) -> dict[int, dict[str, Any]]:
        """How much each savoir is offered and sought today, under the name that took the others in."""
        rows: Any = Post.topics.through.objects.filter(
            post__in=Post.objects.open().filter(network=self.network).values("pk")
        )
        found = (
            rows.order_by()
            .annotate(savoir=Coalesce("topic__merged_into_id", "topic_id"))
            .values("savoir")
            .annotate(
                # One post on two names of the same savoir is one post.
                offers=Count("post_id", filter=Q(post__kind=Kind.OFFER), distinct=True),
                requests=Count("post_id", filter=Q(post__kind=Kind.REQUEST), distinct=True),
                holders=Count("post__author", filter=Q(post__kind=Kind.OFFER), distinct=True),
            )
        )
        return {row["savoir"]: row for row in found}


Rows = Callable[[Asked], "QuerySet[Any] | None"]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How one figure is counted. `person` and `row` are paths from what is counted to whose it is and what it opens."""

    part: Rows
    model: type[models.Model]
    whole: Rows | None = None
    person: str = ""
    row: str = "pk"
    # What is summed; or what each row says, what that means, and how it makes one number.
    amount: str = ""
    fold: Callable[[Sequence[tuple[Any, ...]]], float | None] | None = None
    said: tuple[str, ...] = ()
    turn: Callable[[Asked, tuple[Any, ...]], tuple[Any, ...]] | None = None


# -- people ----------------------------------------------------------------------------------------------------


def there(asked: Asked, at: str = "") -> Q:
    """Keep the people who were in the organisation at the end of the period."""
    path = f"{at}__" if at else ""
    return Q(**{f"{path}is_active": True}) | Q(**{f"{path}left_at__gte": asked.until})


def members(asked: Asked) -> QuerySet[Person]:
    """Keep the members at the end of the period, present then."""
    inside = Q(state=MembershipState.MEMBER) | Q(state=MembershipState.LEFT, left_at__gte=asked.until)
    rows = Membership.objects.filter(inside, network=asked.network, joined_at__lt=asked.until)
    return Person.objects.filter(there(asked), pk__in=rows.values("person")).order_by()


def eligible(asked: Asked) -> QuerySet[Person]:
    """Keep the people present at the end of the period whom the rings in force then admit."""
    day = local_day(asked.network, asked.until - dt.timedelta(microseconds=1))
    people = eligible_people(asked.network, day)
    return people.filter(there(asked), joined_at__lt=asked.until).order_by()


def joined(asked: Asked) -> QuerySet[Membership]:
    """Keep the memberships that began within the period."""
    states = [MembershipState.MEMBER, MembershipState.LEFT]
    return Membership.objects.filter(
        network=asked.network, state__in=states, **asked.within("joined_at")
    ).order_by()


def active(asked: Asked) -> QuerySet[Person]:
    """Keep the members who took part within the year that ends with the period."""
    return members(asked).filter(acted(asked.network, asked.until - YEAR, asked.until))


def _open_posts(asked: Asked) -> QuerySet[Post]:
    """Keep the posts that were open at the end of the period, of people there then."""
    still = Q(state=PostState.PUBLISHED)
    until = asked.until
    later = Q(state__in=CLOSED_POST, closed_at__gte=until)
    hidden = Q(state=PostState.HIDDEN, hidden_from=PostState.PUBLISHED, hidden_at__gte=until)
    removed = Q(state=PostState.REMOVED, removed_at__gte=until) & (
        Q(closed_at=None) | Q(closed_at__gte=until)
    )
    return Post.objects.filter(
        still | later | hidden | removed,
        there(asked, "author"),
        network=asked.network,
        published_at__lt=until,
    ).order_by()


def _both(asked: Asked) -> QuerySet[Person]:
    posts = _open_posts(asked)
    return (
        members(asked)
        .filter(
            pk__in=posts.filter(kind=Kind.OFFER).values("author"),
        )
        .filter(pk__in=posts.filter(kind=Kind.REQUEST).values("author"))
    )


def _exchanged(asked: Asked, side: str) -> QuerySet[Any]:
    parts = ExchangePerson.objects.filter(
        asked.took_place_before("exchange"), exchange__network=asked.network, side=side, left_at=None
    )
    return parts.order_by().values("person")


def _learned(asked: Asked) -> Q:
    return Q(pk__in=_exchanged(asked, Side.REQUESTER))


def _passed_on(asked: Asked) -> Q:
    return Q(pk__in=_exchanged(asked, Side.OFFERER))


def _pool(asked: Asked) -> QuerySet[Person]:
    rows = PoolMember.objects.filter(network=asked.network, added_at__lt=asked.until)
    rows = rows.filter(Q(left_at=None) | Q(left_at__gte=asked.until))
    return Person.objects.filter(there(asked), pk__in=rows.order_by().values("person")).order_by()


# -- posts -----------------------------------------------------------------------------------------------------


def _published(kind: str) -> Rows:
    def rows(asked: Asked) -> QuerySet[Post]:
        return Post.objects.filter(
            network=asked.network, kind=kind, **asked.within("published_at")
        ).order_by()

    return rows


def _yeses(post: str) -> QuerySet[Introduction]:
    return Introduction.objects.filter(
        request=OuterRef(post), state__in=YES, answered_at__isnull=False
    ).order_by("answered_at")


def _first_yes(rows: QuerySet[Post]) -> QuerySet[Any]:
    return rows.annotate(first_yes=Subquery(_yeses("pk").values("answered_at")[:1]))


def _due_requests(asked: Asked) -> QuerySet[Post]:
    """Keep the requests of the period whose time to be answered is over."""
    before = asked.now - dt.timedelta(days=asked.network.answer_days)
    return _published(Kind.REQUEST)(asked).filter(published_at__lte=before)  # type: ignore[union-attr]


def _answered_in_time(asked: Asked) -> QuerySet[Post]:
    days = Value(dt.timedelta(days=asked.network.answer_days), output_field=DurationField())
    limit = ExpressionWrapper(F("published_at") + days, output_field=models.DateTimeField())
    return _first_yes(_due_requests(asked)).filter(first_yes__lte=limit)


def _found(asked: Asked) -> QuerySet[Post]:
    """Keep the requests that got their first yes within the period."""
    answered = Introduction.objects.filter(
        network=asked.network, state__in=YES, request__isnull=False, **asked.within("answered_at")
    )
    posts = Post.objects.filter(
        network=asked.network,
        kind=Kind.REQUEST,
        published_at__isnull=False,
        pk__in=answered.order_by().values("request"),
    )
    return _first_yes(posts.order_by()).filter(**asked.within("first_yes"))


def median_days(rows: Sequence[tuple[Any, ...]]) -> float | None:
    """Return the median of the days from the first moment of each row to the second."""
    waits = [(second - first).total_seconds() / 86400 for first, second in rows]
    return max(0.0, median(waits)) if waits else None


# -- messages and savoirs --------------------------------------------------------------------------------------


def _messages(asked: Asked) -> QuerySet[ThreadMessage]:
    return ThreadMessage.objects.filter(
        thread__network=asked.network, **asked.within("written_at")
    ).order_by()


def _followed_up(asked: Asked) -> QuerySet[ThreadMessage]:
    later = ThreadMessage.objects.filter(
        thread=OuterRef("thread"), written_at__gt=OuterRef("written_at")
    ).exclude(author=OuterRef("author"))
    return _messages(asked).filter(Exists(later))


def _topics(asked: Asked, keys: Iterable[int]) -> QuerySet[Topic] | None:
    return Topic.objects.filter(pk__in=list(keys)).order_by() if asked.is_present else None


def _mentioned(asked: Asked) -> QuerySet[Topic] | None:
    return _topics(asked, asked.mentions if asked.is_present else ())


def _rare(asked: Asked) -> QuerySet[Topic] | None:
    rows = asked.mentions.items() if asked.is_present else ()
    return _topics(asked, [key for key, row in rows if row["requests"] and row["holders"] <= RARE_HOLDERS])


def _sought(asked: Asked) -> QuerySet[Topic] | None:
    rows = asked.mentions.items() if asked.is_present else ()
    return _topics(
        asked,
        [key for key, row in rows if row["requests"] >= max(SOUGHT_REQUESTS, SOUGHT_TIMES * row["offers"])],
    )


def _at_risk(risk: str) -> Rows:
    def rows(asked: Asked) -> QuerySet[Topic] | None:
        return _topics(asked, asked.topics_at_risk[risk]) if asked.is_present else None

    return rows


PEOPLE_RECIPES: dict[str, Recipe] = {
    "members.eligible": Recipe(eligible, Person),
    "members.members": Recipe(members, Person),
    "members.joined": Recipe(joined, Person, person="person", row="person"),
    "members.active": Recipe(active, Person),
    "members.engagement": Recipe(active, Person, members),
    "members.reach": Recipe(
        lambda asked: active(asked).filter(pk__in=eligible(asked).values("pk")), Person, eligible
    ),
    "posts.offers": Recipe(_published(Kind.OFFER), Post, person="author"),
    "posts.requests": Recipe(_published(Kind.REQUEST), Post, person="author"),
    "posts.open": Recipe(_open_posts, Post, person="author"),
    "posts.both": Recipe(_both, Person, members),
    "requests.answered": Recipe(_answered_in_time, Post, _due_requests, person="author"),
    "requests.wait": Recipe(
        _found, Post, person="author", said=("published_at", "first_yes"), fold=median_days
    ),
    "reciprocity.both": Recipe(
        lambda asked: members(asked).filter(_learned(asked)).filter(_passed_on(asked)), Person, members
    ),
    "reciprocity.one": Recipe(
        lambda asked: members(asked).filter(
            (_learned(asked) & ~_passed_on(asked)) | (~_learned(asked) & _passed_on(asked))
        ),
        Person,
        members,
    ),
    "reciprocity.neither": Recipe(
        lambda asked: members(asked).exclude(_learned(asked)).exclude(_passed_on(asked)), Person, members
    ),
    "pool.size": Recipe(_pool, Person),
    "pool.share": Recipe(
        lambda asked: members(asked).filter(pk__in=_pool(asked).values("pk")), Person, members
    ),
    "messages.sent": Recipe(_messages, ThreadMessage, person="author"),
    "messages.answered": Recipe(_followed_up, ThreadMessage, _messages, person="author"),
    "savoirs.rare": Recipe(_rare, Topic, _mentioned),
    "savoirs.sought": Recipe(_sought, Topic, _mentioned),
    "savoirs.at_risk": Recipe(_at_risk(""), Topic),
    "savoirs.single": Recipe(_at_risk(Risk.FRAGILE), Topic),
}
