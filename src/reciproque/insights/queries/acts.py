"""What it is to take part, and when an exchange took place: read here by every figure."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from reciproque.catalogue.models import Post
from reciproque.exchanges.models import ExchangePerson, Introduction
from reciproque.exchanges.rules import ExchangeState
from reciproque.insights.rules import zone_of
from reciproque.library.models import Rating, SheetAuthor, UseCase
from reciproque.library.rules import AuthorState
from reciproque.networks.models import Network

HELD = (ExchangeState.FINISHED, ExchangeState.CLOSED)


@dataclasses.dataclass(frozen=True)
class Source:
    """One way of taking part: its rows, who did it (a field), and when (another)."""

    rows: QuerySet[Any]
    person: str
    at: str


def local_day(network: Network, moment: dt.datetime) -> dt.date:
    """Return the day that a moment is, where the network lives."""
    return moment.astimezone(ZoneInfo(zone_of(network.country))).date()


def took_place(network: Network, since: dt.datetime, until: dt.datetime, at: str = "") -> Q:
    """Keep the exchanges (at the end of the path `at`) that took place from one moment to the other, left out.

    The day said by its people comes first; where none was said, the moment when it was said to be over.
    """
    path = f"{at}__" if at else ""
    first, last = local_day(network, since), local_day(network, until - dt.timedelta(microseconds=1))
    said = Q(**{f"{path}held_on__gte": first, f"{path}held_on__lte": last})
    over = Q(**{f"{path}finished_at__gte": since, f"{path}finished_at__lt": until})
    closed = Q(**{f"{path}finished_at": None, f"{path}closed_at__gte": since, f"{path}closed_at__lt": until})
    unsaid = Q(**{f"{path}held_on": None}) & (over | closed)
    return Q(**{f"{path}state__in": HELD}) & (said | unsaid)


def acts(network: Network, since: dt.datetime, until: dt.datetime) -> list[Source]:
    """Return the ways of taking part between two moments: to post, ask, exchange, write, question, judge."""
    within = {"gte": since, "lt": until}

    def between(field: str) -> dict[str, Any]:
        return {f"{field}__{bound}": moment for bound, moment in within.items()}

    parts = ExchangePerson.objects.filter(
        took_place(network, since, until, "exchange"), exchange__network=network, left_at=None
    )
    parts = parts.annotate(over_at=Coalesce(F("exchange__finished_at"), F("exchange__closed_at")))
    sheets = SheetAuthor.objects.filter(
        sheet__network=network, state=AuthorState.ACCEPTED, **between("sheet__published_at")
    )
    return [
        Source(
            Post.objects.filter(network=network, **between("published_at")).order_by(),
            "author",
            "published_at",
        ),
        Source(
            Introduction.objects.filter(network=network, **between("asked_at")).order_by(),
            "initiator",
            "asked_at",
        ),
        Source(parts.order_by(), "person", "over_at"),
        Source(sheets.order_by(), "person", "sheet__published_at"),
        Source(
            UseCase.objects.filter(network=network, **between("asked_at")).order_by(), "asker", "asked_at"
        ),
        Source(Rating.objects.filter(sheet__network=network, **between("at")).order_by(), "person", "at"),
    ]


def acted(network: Network, since: dt.datetime, until: dt.datetime, path: str = "pk") -> Q:
    """Keep the people (at the end of `path`) who took part at least once between two moments."""
    found = Q()
    for source in acts(network, since, until):
        found |= Q(**{f"{path}__in": source.rows.values(source.person)})
    return found
