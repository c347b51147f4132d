"""What is behind a figure: the rows that this reader may already see, or the groups that were told, and one’s own part."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction, Review, ThreadMessage
from reciproque.insights.access import Reader
from reciproque.insights.queries.measures import HOUR
from reciproque.insights.queries.rows import RECIPES, denominator, numerator
from reciproque.insights.rules import INDICATORS, Period, Shape
from reciproque.insights.rules.themes import ROWS_ON_A_PAGE
from reciproque.networks.access import Scope
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person
from reciproque.surveys.models import Campaign
from reciproque.surveys.rules import CampaignState
from reciproque.surveys.rules.supplied.impact import IMPACT

# Money is divided by what took place: that is what it opens.
_OPENED_BY = {"cost.exchange": "exchanges.held", "cost.hour": "exchanges.held"}
# To say which of the exchanges were found useful by all would tell what each one’s review says.
_SAYS_OF_REVIEWS = {"funnel.satisfied"}
# Who passes on the most is never told to anybody, themselves included.
_SAID_TO_NOBODY = {"load.most_asked"}
CAMPAIGNS_LISTED = 6
_UNREAD_POSTS = (PostState.DRAFT, PostState.HIDDEN, PostState.REMOVED)


@dataclasses.dataclass(frozen=True)
class Line:
    """One row behind a figure: what it is called, and what its page is found by."""

    kind: str
    public_id: str
    title: str
    detail: str = ""
    # For what is of somebody: the state of a post, the day of an exchange.
    row: Any = None
    hours: float | None = None


@dataclasses.dataclass(frozen=True)
class Behind:
    """The rows behind one number of a figure: how many there are, and those of them that this reader may see."""

    kind: str
    part: str
    # As many as the figure says; those out of one’s sight are counted in.
    total: int
    hidden: int
    lines: list[Line]
    page: Page[Any] | None
    # What the rows add up to, where a figure is a sum.
    hours: float | None = None
    # Why nothing opens: "now" (read of the present only), "together" (answers are read together), "" when it does.
    closed: str = ""
    # Whether which rows are counted would say what their reviews say: those of others are kept for whom they concern.
    of_reviews: bool = False


def behind(
    reader: Reader,
    indicator: str,
    period: Period,
    group: tuple[str, str] = ("", ""),
    *,
    part: str = "",
    page: Any = 1,
) -> Behind:
    """Return the rows behind a figure, for who animates the network; `part` "whole": those out of which it counts."""
    name = _OPENED_BY.get(indicator, indicator)
    one = INDICATORS[name]
    recipe = RECIPES.get(name)
    if recipe is None:
        return _closed(one.opens, part, "together" if one.theme == "impact" else "nothing")
    of = denominator if part == "whole" else numerator
    rows = of(name, reader.network, period, group)
    if rows is None:
        return _closed(one.opens, part, "now" if one.remembered else "nothing")
    kind = _KIND[rows.model]
    seen = _seen(reader, rows, answers=name in _SAYS_OF_REVIEWS)
    total = rows.order_by().count()
    shown = Paginator(_ordered(seen), ROWS_ON_A_PAGE).get_page(page)
    return Behind(
        kind=kind,
        part=part,
        total=total,
        hidden=total - shown.paginator.count,
        lines=_lines(kind, list(shown.object_list)),
        page=shown,
        hours=_hours(name, rows) if one.shape == Shape.HOURS and part != "whole" else None,
        of_reviews=name in _SAYS_OF_REVIEWS,
    )


def own_part(person: Person, network: Network, indicator: str, period: Period) -> int | None:
    """Return how many of the rows behind a figure are of one person, for themselves; None when none can be."""
    if indicator in _SAID_TO_NOBODY:
        return None
    name = _OPENED_BY.get(indicator, indicator)
    rows = numerator(name, network, period) if name in RECIPES else None
    if rows is None or rows.model is Topic:
        return None
    return rows.order_by().filter(_own(person, rows.model)).count()  # type: ignore[no-any-return]


def impact_campaigns(network: Network, period: Period) -> list[Campaign]:
    """Return the last campaigns of the impact questionnaire closed within a period: what a felt effect is read from."""
    closed = Campaign.objects.filter(
        network=network,
        questionnaire__supplied=IMPACT.key,
        state=CampaignState.CLOSED,
        closed_at__gte=period.begins_at,
        closed_at__lt=period.ends_at,
    )
    return list(closed.select_related("network").order_by("-closed_at", "-pk")[:CAMPAIGNS_LISTED])


def _closed(kind: str, part: str, why: str) -> Behind:
    return Behind(kind=kind, part=part, total=0, hidden=0, lines=[], page=None, closed=why)


def _own(person: Person, model: Any) -> Q:
    if model is Person:
        return Q(pk=person.pk)
    if model is Exchange:
        return Q(pk__in=Exchange.objects.visible_to(person).order_by().values("pk"))
    if model is Introduction:
        return Q(requester=person) | Q(offerer=person)
    return Q(author=person)


# -- what may be seen ------------------------------------------------------------------------------------------


def _seen(reader: Reader, rows: QuerySet[Any], *, answers: bool) -> QuerySet[Any]:
    """Keep what this animator already sees elsewhere: the accompanied within their scope, never what was said."""
    scope = reader.scope or Scope()
    model = rows.model
    if answers or model in (Review, ThreadMessage):
        return rows.filter(_own(reader.person, model))
    if model is Person:
        known = Membership.objects.filter(network=reader.network, person=OuterRef("pk"))
        return rows.filter(Exists(known)).filter(scope.people())
    if model is Post:
        return rows.exclude(state__in=_UNREAD_POSTS).filter(scope.people("author"))
    if model is Introduction and not scope.whole:
        return rows.filter(scope.people("requester") | scope.people("offerer"))
    if model is Exchange and not scope.whole:
        parts = ExchangePerson.objects.filter(scope.people("person"), exchange=OuterRef("pk"), left_at=None)
        return rows.filter(Exists(parts))
    return rows


_KIND: dict[Any, str] = {
    Person: "person",
    Post: "post",
    Introduction: "introduction",
    Exchange: "exchange",
    Review: "review",
    ThreadMessage: "message",
    Topic: "savoir",
}
_ORDER: dict[Any, tuple[str, ...]] = {
    Person: ("last_name", "first_name", "pk"),
    Post: ("-published_at", "-pk"),
    Introduction: ("-asked_at", "-pk"),
    Exchange: ("-held_on", "-finished_at", "-pk"),
    Review: ("-written_at", "-pk"),
    ThreadMessage: ("-written_at", "-pk"),
    Topic: ("pk",),
}
_BESIDE: dict[Any, tuple[str, ...]] = {
    Person: ("unit",),
    Post: ("author",),
    Introduction: ("requester", "offerer"),
    Review: ("exchange",),
}


def _ordered(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related(*_BESIDE.get(rows.model, ())).order_by(*_ORDER[rows.model])


def _lines(kind: str, rows: Sequence[Any]) -> list[Line]:
    return [_line(kind, row) for row in rows]


def _line(kind: str, row: Any) -> Line:
    if kind == "person":
        return Line(kind, row.public_id, row.display_name, row.unit.name if row.unit else "", row)
    if kind == "post":
        return Line(kind, row.public_id, row.title, row.author.display_name, row)
    if kind == "introduction":
        names = f"{row.requester.display_name} · {row.offerer.display_name}"
        return Line(kind, row.public_id, row.title, names, row)
    if kind == "exchange":
        return Line(kind, row.public_id, row.title, row=row, hours=row.minutes / HOUR)
    if kind == "review":
        return Line(kind, row.exchange.public_id, row.exchange.title, row=row)
    if kind == "message":
        return Line(kind, "", "", row=row)
    return Line(kind, row.public_id, row.name, row=row)


def _hours(indicator: str, rows: QuerySet[Any]) -> float | None:
    """Return what the rows add up to, as the figure does; None where it is not a plain sum of them."""
    if rows.model is Exchange:
        found = rows.order_by().aggregate(sum=Sum("minutes"))["sum"]
        return float(found or 0) / HOUR
    if indicator == "hours.said":
        return float(rows.order_by().aggregate(sum=Sum("hours"))["sum"] or 0)
    return None
