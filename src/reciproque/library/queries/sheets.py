"""What pages show of sheets: shelves, one's own, one whole, its versions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.db.models import Avg, Count, Prefetch, Q
from django.utils.translation import gettext as _

from reciproque.catalogue.models import Topic
from reciproque.library.models import Rating, Sheet, SheetAuthor, SheetVersion, Talk, Trade
from reciproque.library.rules import (
    FEWEST_RATINGS,
    PARTS,
    VERSIONS_SHOWN,
    AuthorState,
    Piece,
    SheetState,
    compare,
)
from reciproque.networks.models import Network
from reciproque.people.models import Person


def shown(sheets: Any) -> Any:
    """Load sheets with what a list says of each: who signs, which topics, which trade, how many used it."""
    signed = SheetAuthor.objects.filter(state=AuthorState.ACCEPTED).select_related("person")
    return (
        sheets.select_related("network", "trade")
        .prefetch_related(
            Prefetch("topics", Topic.objects.named()), Prefetch("authors", signed, to_attr="signed")
        )
        .annotate(n_used=Count("ratings", filter=Q(ratings__used=True), distinct=True))
    )


@dataclasses.dataclass(frozen=True)
class Shelf:
    """One page of the library, and the choices that narrow it."""

    sheets: list[Sheet]
    total: int
    trades: list[Trade]
    topics: list[Topic]


def shelf(
    network: Network,
    viewer: Person,
    *,
    kind: str = "",
    serves: str = "",
    trade: str = "",
    topic: str = "",
    ids: Sequence[int] | None = None,
    page: int = 1,
    size: int = 24,
) -> Shelf:
    """Return one page of a network's published sheets, latest first, or those of `ids` in their order."""
    mine = Sheet.objects.visible_to(viewer).open().filter(network=network)
    rows = mine
    if kind:
        rows = rows.filter(kind=kind)
    if serves:
        rows = rows.filter(serves__in=[serves, "both"])
    if trade:
        rows = rows.filter(trade__public_id=trade)
    if topic:
        rows = rows.filter(Q(topics__public_id=topic) | Q(topics__merged_into__public_id=topic)).distinct()
    start = (page - 1) * size
    if ids is None:
        found = list(shown(rows).order_by("-published_at", "-pk")[start : start + size])
        total = rows.count()
    else:
        kept = set(rows.filter(pk__in=ids).values_list("pk", flat=True))
        order = [pk for pk in ids if pk in kept]
        by_key = {
            sheet.pk: sheet for sheet in shown(Sheet.objects.filter(pk__in=order[start : start + size]))
        }
        found, total = [by_key[pk] for pk in order[start : start + size]], len(order)
    trades = Trade.objects.filter(sheets__in=mine).annotate(n=Count("sheets")).order_by("-n", "name")
    topics = Topic.objects.filter(sheets__in=mine).annotate(n=Count("sheets")).order_by("-n", "name")
    return Shelf(found, total, list(trades[:12]), list(topics[:12]))


def sheets_in_order(ids: Sequence[int], viewer: Person) -> list[Sheet]:
    """Return the published sheets of these ids that the viewer may see, in the order given."""
    rows = shown(Sheet.objects.visible_to(viewer).open().filter(pk__in=list(ids)))
    found = {sheet.pk: sheet for sheet in rows}
    return [found[pk] for pk in ids if pk in found]


def sheets_about(topics: Sequence[Topic], viewer: Person, network: Network, *, limit: int = 6) -> list[Sheet]:
    """Return the latest published sheets of a network on some topics (and on those merged into them)."""
    on = Sheet.topics.through.objects.filter(Q(topic__in=topics) | Q(topic__merged_into__in=topics))
    rows = Sheet.objects.visible_to(viewer).open().filter(network=network, pk__in=on.values("sheet"))
    return list(shown(rows).order_by("-published_at", "-pk")[:limit])


def sheets_of_trade(trade: Trade, viewer: Person, *, limit: int = 60) -> list[Sheet]:
    """Return the latest published sheets of a trade."""
    rows = Sheet.objects.visible_to(viewer).open().filter(trade=trade)
    return list(shown(rows).order_by("-published_at", "-pk")[:limit])


def trades_of(network: Network) -> list[str]:
    """Return the names of the trades of a network, to be proposed where one types."""
    return list(Trade.objects.filter(network=network).order_by("name").values_list("name", flat=True)[:200])


@dataclasses.dataclass(frozen=True)
class Mine:
    """What one writes, and what one is asked to sign."""

    drafts: list[Sheet]
    published: list[Sheet]
    withdrawn: list[Sheet]
    invited: list[Sheet]


def mine(person: Person, network: Network) -> Mine:
    """Return all that a person writes in a network, or is asked to sign."""
    states = dict(
        SheetAuthor.objects.filter(
            person=person,
            sheet__network=network,
            state__in=[AuthorState.ACCEPTED, AuthorState.INVITED],
        ).values_list("sheet_id", "state")
    )
    rows = list(shown(Sheet.objects.filter(pk__in=list(states))).order_by("-changed_at", "-pk"))
    signed = [sheet for sheet in rows if states[sheet.pk] == AuthorState.ACCEPTED]
    return Mine(
        drafts=[sheet for sheet in signed if sheet.state == SheetState.DRAFT],
        published=[sheet for sheet in signed if sheet.state == SheetState.PUBLISHED],
        withdrawn=[sheet for sheet in signed if sheet.state == SheetState.WITHDRAWN],
        invited=[sheet for sheet in rows if states[sheet.pk] == AuthorState.INVITED],
    )


def sheets_from(kind: str, id: str, viewer: Person) -> list[Sheet]:
    """Return the sheets of one origin (a group, an exchange) that the viewer may see."""
    rows = Sheet.objects.visible_to(viewer).exclude(state=SheetState.WITHDRAWN)
    return list(shown(rows.filter(origin_kind=kind, origin_id=id)).order_by("-changed_at"))


def authors_of(sheet: Sheet) -> list[SheetAuthor]:
    """Return those who sign a sheet, or are asked to."""
    rows = sheet.authors.filter(state__in=[AuthorState.ACCEPTED, AuthorState.INVITED])
    return list(rows.select_related("person", "person__unit", "person__site"))


@dataclasses.dataclass(frozen=True)
class Opinions:
    """What peers say of a sheet, in figures; `mine` is the reader's own."""

    count: int
    relevance: float | None  # the average, from enough opinions on
    used: int
    mine: Rating | None


def opinions_on(sheet: Sheet, reader: Person) -> Opinions:
    """Return what peers say of a sheet, and what this reader said."""
    seen = sheet.ratings.aggregate(
        n=Count("relevance"), average=Avg("relevance"), used=Count("pk", filter=Q(used=True))
    )
    enough = seen["n"] >= FEWEST_RATINGS
    return Opinions(
        count=seen["n"],
        relevance=round(seen["average"], 1) if enough else None,
        used=seen["used"],
        mine=sheet.ratings.filter(person=reader).first(),
    )


@dataclasses.dataclass(frozen=True)
class Change:
    """What changed in one part of a sheet."""

    label: str
    pieces: list[Piece]


def versions_of(sheet: Sheet) -> list[SheetVersion]:
    """Return the versions of a sheet, latest first."""
    return list(sheet.versions.order_by("-number")[:VERSIONS_SHOWN])


def changes_between(before: SheetVersion | None, after: SheetVersion) -> list[Change]:
    """Return what changed from one version to another, part by part."""
    labels = {
        "title": _("Le titre"),
        **PARTS,
        "link": _("Le lien"),
        "topics": _("Sujets"),
        "trade": _("Métier"),
    }
    old = before.words if before is not None else {}
    return [
        Change(str(label), compare(old.get(name, ""), after.words.get(name, "")))
        for name, label in labels.items()
        if old.get(name, "") != after.words.get(name, "")
    ]


def talks_of(person: Person, network: Network) -> list[Talk]:
    """Return someone's conversations about sheets in a network, latest first."""
    rows = Talk.objects.visible_to(person).filter(sheet__network=network)
    return list(rows.select_related("sheet", "reader", "author").order_by("-last_at")[:60])


def talk_about(sheet: Sheet, reader: Person) -> Talk | None:
    """Return the conversation of a reader with the one who keeps the sheet today, if any."""
    return Talk.objects.filter(sheet=sheet, reader=reader, author=sheet.owner_id).first()
