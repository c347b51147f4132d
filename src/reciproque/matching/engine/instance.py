"""What there is to plan: people with their limits, offers, requests, and what each possible pair is worth.

Everything is a column, and refers to the rest by its place in the columns. The ids serve one purpose: they say in which
order things are considered, so that the same network written down in another order gets the same plan.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.int64]
Flags = NDArray[np.bool_]

# What a pair or a reciprocity can be worth at most: sums over any network then stay exact in 64 bits.
MOST_WORTH = 1_000_000_000
MOST_ROOM = 2**31 - 1  # as good as no limit
_LONG_ID = 64  # longer ones are not laid out side by side


class Impossible(ValueError):
    """What was given cannot be planned; the message is one sentence that names the entry at fault."""


class Order(NamedTuple):
    """In which order people, offers, requests and edges are considered, whatever the order they came in."""

    people: Column
    offers: Column
    requests: Column
    edges: Column


@dataclass(frozen=True, kw_only=True, eq=False)
class Instance:
    """A whole network to plan, as columns of whole numbers; refused, with a sentence, when it makes no sense."""

    people_ids: NDArray[Any]
    give: Column  # how many exchanges each person gives at most
    receive: Column  # and receives at most

    offer_ids: NDArray[Any]
    giver: Column  # a person
    offer_capacity: Column  # how many requests it answers at most
    group: Flags = False  # type: ignore[assignment]  # a session: counts once for its giver, however many come

    request_ids: NDArray[Any]
    receiver: Column  # a person

    edge_request: Column  # the pairs that may be made
    edge_offer: Column
    weight: Column  # what each is worth

    pins: Column = ()  # type: ignore[assignment]  # rows (request, offer): pairs already decided
    reciprocity: int = 0  # what it is worth that a person both gives and receives
    has_given: Flags = False  # type: ignore[assignment]  # before this plan: whoever has done both earns
    has_received: Flags = False  # type: ignore[assignment]  # nothing more, whoever has done one lacks the other

    def __post_init__(self) -> None:
        people, offers, requests = len(self.people_ids), len(self.offer_ids), len(self.request_ids)
        edges = len(self.edge_request)
        for name in ("people_ids", "offer_ids", "request_ids"):
            self._set(name, _ids(name, getattr(self, name)))
        for name, length in (("give", people), ("receive", people), ("offer_capacity", offers)):
            self._set(name, np.minimum(_numbers(name, getattr(self, name), length), MOST_ROOM))
        for name, length, among in (
            ("giver", offers, people),
            ("receiver", requests, people),
            ("edge_request", edges, requests),
            ("edge_offer", edges, offers),
        ):
            self._set(name, _places(name, getattr(self, name), length, among))
        self._set("weight", _numbers("weight", self.weight, edges))
        for name, length in (("group", offers), ("has_given", people), ("has_received", people)):
            self._set(name, _flags(name, getattr(self, name), length))
        pins = np.reshape(self.pins, (-1, 2)) if len(self.pins) else np.empty((0, 2), np.int64)
        sides = [_places("pins", pins[:, side], len(pins), (requests, offers)[side]) for side in (0, 1)]
        self._set("pins", np.stack(sides, axis=1))
        if not _is_worth(self.reciprocity):
            raise Impossible(f"reciprocity is {_shown(self.reciprocity)}: {_A_WORTH}")
        self._refuse_edges()
        self._refuse_pins()

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @cached_property
    def order(self) -> Order:
        """Places in the order of the ids; edges by request, then by offer."""
        people, offers, requests = map(_sorted, (self.people_ids, self.offer_ids, self.request_ids))
        keys = ranks(requests)[self.edge_request] * len(offers) + ranks(offers)[self.edge_offer]
        return Order(people, offers, requests, _sorted(keys))

    def pair(self, request: int, offer: int) -> str:
        """How a sentence names a pair."""
        return f"({_named(self.request_ids[request])}, {_named(self.offer_ids[offer])})"

    def _refuse_edges(self) -> None:
        heavy = np.flatnonzero(self.weight > MOST_WORTH)
        if len(heavy):
            pair, weight = self._edge(heavy[0]), self.weight[heavy[0]]
            raise Impossible(f"the weight of the edge {pair} is {weight}: {_A_WORTH}")
        alone = np.flatnonzero(self.giver[self.edge_offer] == self.receiver[self.edge_request])
        if len(alone):
            raise Impossible(f"the edge {self._edge(alone[0])} would pair a person with themselves")
        order = self.order.edges
        request, offer = self.edge_request[order], self.edge_offer[order]
        twice = np.flatnonzero((request[1:] == request[:-1]) & (offer[1:] == offer[:-1]))
        if len(twice):
            raise Impossible(f"the edge {self._edge(order[twice[0]])} is given twice")

    def _edge(self, edge: int) -> str:
        return self.pair(self.edge_request[edge], self.edge_offer[edge])

    def _refuse_pins(self) -> None:
        request, offer = self.pins.T
        alone = np.flatnonzero(self.giver[offer] == self.receiver[request])
        if len(alone):
            raise Impossible(f"the pin {self.pair(*self.pins[alone[0]])} would pair a person with themselves")
        counted = np.unique(np.where(self.group[offer], offer, len(self.offer_ids) + np.arange(len(offer))))
        ones = np.concatenate([counted[counted < len(self.offer_ids)], offer[~self.group[offer]]])
        for what, ids, taken, room in (
            ("request", self.request_ids, request, np.ones(len(self.request_ids), np.int64)),
            ("offer", self.offer_ids, offer, self.offer_capacity),
            ("receiver", self.people_ids, self.receiver[request], self.receive),
            ("giver", self.people_ids, self.giver[ones], self.give),
        ):
            over = np.flatnonzero(np.bincount(taken, minlength=len(ids)) > room)
            if len(over):
                who, limit = _named(ids[over[0]]), room[over[0]]
                raise Impossible(f"the pins ask more of the {what} {who} than its limit, which is {limit}")

    @classmethod
    def from_json(cls, written: Any) -> Self:
        """Read the form in which anyone can bring a network: ids are texts, limits and worths whole numbers.

        An offer may also say `group`, a person `has_given` and `has_received`; unsaid, they are false.
        """
        if not isinstance(written, dict):
            raise Impossible(
                f"an instance is an object with people, offers, requests and edges, not {_shown(written)}"
            )
        people, offers, requests = (_Entries.read(written, name) for name in ("people", "offers", "requests"))
        edges, pins = _Lines.read(written, "edges", 3), _Lines.read(written, "pins", 2)
        return cls(
            people_ids=np.asarray(people.ids, object),
            give=people.numbers("give"),
            receive=people.numbers("receive"),
            has_given=people.flags("has_given"),
            has_received=people.flags("has_received"),
            offer_ids=np.asarray(offers.ids, object),
            giver=offers.among(people, "giver"),
            offer_capacity=offers.numbers("capacity"),
            group=offers.flags("group"),
            request_ids=np.asarray(requests.ids, object),
            receiver=requests.among(people, "receiver"),
            edge_request=edges.among(requests, 0),
            edge_offer=edges.among(offers, 1),
            weight=edges.worths(2),
            pins=np.stack([pins.among(requests, 0), pins.among(offers, 1)], axis=1),
            reciprocity=written.get("reciprocity", 0),
        )


def ranks(order: Column) -> Column:
    """Where each place comes in an order."""
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _sorted(values: NDArray[Any]) -> Column:
    """The places of some values in increasing order; what is already in order, as it mostly is, costs one look."""
    if len(values) < 2 or bool((values[1:] > values[:-1]).all()):
        return np.arange(len(values))
    return np.argsort(values, kind="stable").astype(np.int64)


# -- what a column may hold ---------------------------------------------------------------------------------

_A_WORTH = f"worths are whole numbers from 0 to {MOST_WORTH}"


def _ids(name: str, given: Any) -> NDArray[Any]:
    """Different ids, all numbers or all texts."""
    ids = np.asarray(given)
    if ids.dtype.kind == "O" and {*map(type, ids)} <= {str}:
        texts = ids.astype(str) if max(map(len, ids), default=0) <= _LONG_ID else ids
        ids = texts if (texts == ids).all() else ids  # laid side by side, a text loses the NUL it ends with
    elif len(ids) and ids.dtype.kind not in "iuU":
        raise Impossible(f"{name} are whole numbers or texts")
    order = _sorted(ids)
    twice = np.flatnonzero(ids[order[1:]] == ids[order[:-1]])
    if len(twice):
        raise Impossible(f"{name}: {_named(ids[order[twice[0]]])} is given twice")
    return ids


def _numbers(name: str, given: Any, length: int) -> Column:
    """Whole numbers from 0 up."""
    column = np.asarray(given)
    if column.shape != (length,):
        raise Impossible(f"{name} holds {column.size} values, {length} are needed")
    if length and column.dtype.kind not in "iu":
        raise Impossible(f"{name} holds values of type {column.dtype}, whole numbers are needed")
    column = column.astype(np.int64)
    wrong = np.flatnonzero(column < 0)
    if len(wrong):
        raise Impossible(f"{name} holds {column[wrong[0]]} at place {wrong[0]}, numbers from 0 up are needed")
    return column


def _places(name: str, given: Any, length: int, among: int) -> Column:
    """Places in another column."""
    column = _numbers(name, given, length)
    wrong = np.flatnonzero(column >= among)
    if len(wrong):
        raise Impossible(f"{name} refers to place {column[wrong[0]]} among {among}")
    return column


def _flags(name: str, given: Any, length: int) -> Flags:
    """Yes or no; one value stands for all."""
    column = np.asarray(given)
    column = np.full(length, column) if column.ndim == 0 else column
    if column.shape != (length,) or (length and column.dtype != np.bool_):
        raise Impossible(f"{name} is yes or no for each of {length}")
    return column.astype(np.bool_)


# -- the form in which anyone can bring a network -----------------------------------------------------------


class _Entries(NamedTuple):
    """People, offers or requests, as written: one object each."""

    what: str
    rows: Sequence[dict[str, Any]]
    ids: list[str]
    places: dict[str, int]

    @classmethod
    def read(cls, written: dict[str, Any], what: str) -> Self:
        rows = _list(written, what)
        for place, row in enumerate(rows):
            if not isinstance(row, dict) or not isinstance(row.get("id"), str):
                raise Impossible(f"{what}: entry {place} is {_shown(row)}, not an object whose id is a text")
        ids = [row["id"] for row in rows]
        places = dict(zip(ids, range(len(ids)), strict=True))
        if len(places) < len(ids):
            twice = next(name for place, name in enumerate(ids) if places[name] != place)
            raise Impossible(f"{what}: {_named(twice)} is given twice")
        return cls(what, rows, ids, places)

    def numbers(self, name: str) -> Column:
        """A limit of each; a limit beyond any network is none."""
        said = (self._said(row, name, _is_whole, "a whole number from 0 up") for row in self.rows)
        return np.array([min(value, MOST_ROOM) for value in said], np.int64)

    def flags(self, name: str) -> Flags:
        """Something true of some; unsaid, it is false."""
        return np.array(
            [self._said({name: False} | row, name, _is_flag, "true or false") for row in self.rows], bool
        )

    def among(self, others: "_Entries", name: str) -> Column:
        """Whom each refers to."""
        known, wanted = others.places, f"the id of one of the {others.what}"
        said = (self._said(row, name, lambda value: _known(value, known), wanted) for row in self.rows)
        return np.array([known[value] for value in said], np.int64)

    def _said(self, row: dict[str, Any], name: str, fits: Callable[[Any], bool], wanted: str) -> Any:
        if name not in row or not fits(row[name]):
            said = _shown(row[name]) if name in row else "missing"
            raise Impossible(f"{self.what}: {name} of {_named(row['id'])} is {said}, not {wanted}")
        return row[name]


class _Lines(NamedTuple):
    """Edges or pins, as written: one list each, of the same length."""

    what: str
    columns: Sequence[Sequence[Any]]

    @classmethod
    def read(cls, written: dict[str, Any], what: str, width: int) -> Self:
        rows = _list(written, what) if what == "edges" else _list({what: []} | written, what)
        for place, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != width:
                raise Impossible(f"{what}: entry {place} is {_shown(row)}, not a list of {width}")
        return cls(what, list(zip(*rows, strict=True)) or [()] * width)

    def among(self, entries: _Entries, side: int) -> Column:
        """The place of the entries named on one side."""
        column = self.columns[side]
        try:
            return np.array([entries.places[name] for name in column], np.int64)
        except (KeyError, TypeError):
            place = next(place for place, name in enumerate(column) if not _known(name, entries.places))
            raise Impossible(
                f"{self.what}: entry {place} names {_named(column[place])}, which is none of the {entries.what}"
            ) from None

    def worths(self, side: int) -> Column:
        """What each is worth."""
        column = self.columns[side]
        if not all(map(_is_worth, column)):
            place = next(place for place, worth in enumerate(column) if not _is_worth(worth))
            named = ", ".join(_named(self.columns[other][place]) for other in (0, 1))
            raise Impossible(f"the weight of the edge ({named}) is {_shown(column[place])}: {_A_WORTH}")
        return np.array(column, np.int64)


def _list(written: dict[str, Any], name: str) -> list[Any]:
    found = written.get(name)
    if not isinstance(found, list):
        raise Impossible(f"{name} is {_shown(found) if name in written else 'missing'}, not a list")
    return found


def _is_whole(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_worth(value: Any) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_)
    return whole and 0 <= value <= MOST_WORTH


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _known(name: Any, places: dict[str, int]) -> bool:
    return isinstance(name, str) and name in places


def _named(name: Any) -> str:
    """An id as a sentence can name it."""
    plain = isinstance(name, np.integer) or (isinstance(name, str) and name.isprintable())
    return _cut(str(name)) if plain else _shown(name)


def _shown(value: Any) -> str:
    """A value as a sentence can show it."""
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
