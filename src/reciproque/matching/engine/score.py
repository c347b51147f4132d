"""Why two posts go together, in whole numbers that can be kept and told; and why some must never meet.

A refusal is never a low score: it is said apart, so that it can be told apart. A term is worth 0 to 10,000 and means one
thing; weights, in thousandths, say how much each matters to a network.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import IntFlag
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reciproque.matching.engine.posts import Mode, Posts

FULL = 10_000
_PATIENCE = 90  # days after which waiting longer adds nothing
# Below the first similarity two texts have nothing to do with each other; from the second on they say the same.
_STRANGERS, _SAME = 0.3, 0.9
# How much common words and letters add to a similarity of meaning. An absolute sum, not one of z-scores: it ranks
# better, and a pair is as close whoever else is in the network.
LEXICAL = np.float32(0.2)

Terms16 = NDArray[np.int16]
Numbers = NDArray[np.int32] | int


class Refusal(IntFlag):
    """What keeps two posts apart, whatever their score."""

    SELF = 1
    DECLINED = 2
    PAST = 4
    MANAGER = 8
    FULL = 16
    LANGUAGE = 32
    MODE = 64
    WITHDRAWN = 128


@dataclass(frozen=True)
class Terms:
    """Each reason for a pair, one array a reason, one value a pair."""

    closeness: Terms16  # of the subjects
    same_topic: Terms16  # a topic of the catalogue in common
    waiting: Terms16  # how long the request has been waiting
    other_department: Terms16
    same_site: Terms16  # and both would meet face to face
    common_language: Terms16  # the share of languages in common
    level_fit: Terms16
    fairness: Terms16  # the share of their room for which neither is being proposed yet
    balance: Terms16  # who asks has given more, who offers has received more
    stability: Terms16  # the pair was already proposed

    def __len__(self) -> int:
        return len(self.closeness)

    def take(self, rows: NDArray[Any]) -> Self:
        """The terms of some pairs, in the given order."""
        return type(self)(**{name: getattr(self, name)[rows] for name in TERMS})

    def of(self, row: int) -> dict[str, int]:
        """The terms of one pair."""
        return {name: int(getattr(self, name)[row]) for name in TERMS}

    @classmethod
    def concatenate(cls, parts: list["Terms"]) -> Self:
        """Terms one after the other."""
        empty = np.empty(0, np.int16)
        return cls(
            **{name: np.concatenate([empty, *(getattr(part, name) for part in parts)]) for name in TERMS}
        )


TERMS = tuple(field.name for field in fields(Terms))


@dataclass(frozen=True)
class Weights:
    """How much each term counts, in thousandths, and the closeness under which a pair is not worth proposing."""

    closeness: int = 1000
    same_topic: int = 100
    waiting: int = 200
    other_department: int = 50
    same_site: int = 30
    common_language: int = 20
    level_fit: int = 50
    fairness: int = 100
    balance: int = 0  # rewarding pairs for it was measured to change nothing: reciprocity belongs to the plan
    stability: int = 30
    # Of first proposals among real workplace wordings, as many are right from here up as at twice that closeness.
    threshold: int = 2500

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return ((name, getattr(self, name)) for name in TERMS)

    def total(self, terms: Terms) -> NDArray[np.int32]:
        """The score of each pair."""
        total = np.zeros(len(terms), np.int32)
        for name, weight in self:
            if weight:
                total += weight * getattr(terms, name).astype(np.int32)
        return total // 1000

    def contributions(self, terms: dict[str, int]) -> dict[str, int]:
        """What each term brings to the score of one pair."""
        return {name: weight * terms[name] // 1000 for name, weight in self}


def likeness(meaning: NDArray[np.float32], lexical: NDArray[np.float32]) -> NDArray[np.float32]:
    """How alike two posts are: what they mean, and a little what words and letters they share."""
    return meaning + LEXICAL * lexical


def calibrate(likeness: NDArray[np.float32]) -> Terms16:
    """A likeness as a closeness of 0 to 10,000."""
    share = (np.asarray(likeness, np.float64) - _STRANGERS) / (_SAME - _STRANGERS)
    return np.rint(np.clip(share, 0, 1) * FULL).astype(np.int16)


def least_likeness(closeness: int) -> float:
    """A likeness just under all those that reach a closeness: a cheap first sieve."""
    return _STRANGERS + (_SAME - _STRANGERS) * (closeness - 1) / FULL if closeness > 0 else -np.inf


def refusals(request: Posts, offer: Posts) -> dict[Refusal, NDArray[np.bool_]]:
    """What the posts themselves refuse; one side may be a single post, facing all of the other."""
    modes = _common_modes(request, offer)
    distant = (modes & ~Mode.FACE_TO_FACE) == 0
    say_nothing = (request.languages == 0) | (offer.languages == 0)
    return {
        Refusal.SELF: request.author == offer.author,
        Refusal.FULL: (request.room <= 0) | (offer.room <= 0),
        Refusal.LANGUAGE: ((request.languages & offer.languages) == 0) & ~say_nothing,
        Refusal.MODE: distant & ~(_meet(modes) & _together(request, offer)),
    }


def managed(request: Posts, offer: Posts) -> NDArray[np.bool_]:
    """Pairs of a person and their own manager."""
    return (request.manager == offer.author) | (offer.manager == request.author)


def terms(
    request: Posts,
    offer: Posts,
    *,
    closeness: Terms16,
    same_topic: NDArray[np.bool_],
    kept: NDArray[np.bool_],
    today: int,
) -> Terms:
    """Every term of every pair; one side may be a single post, facing all of the other."""
    shape = closeness.shape
    waited = np.clip(today - request.since, 0, _PATIENCE) * FULL // _PATIENCE
    elsewhere = (request.department != offer.department) & (request.department >= 0) & (offer.department >= 0)
    meeting = _meet(_common_modes(request, offer)) & _together(request, offer)
    known = (request.level > 0) & (offer.level > 0)
    steps = np.abs(request.level - offer.level).astype(np.int32)
    balance = FULL // 2 * (request.given > request.received) + FULL // 2 * (offer.received > offer.given)
    values = {
        "closeness": closeness,
        "same_topic": FULL * same_topic,
        "waiting": waited,
        "other_department": FULL * elsewhere,
        "same_site": FULL * meeting,
        "common_language": _common_languages(request, offer),
        "level_fit": np.where(known, np.maximum(FULL - FULL // 2 * steps, 0), FULL // 2),
        "fairness": fairness(request, offer),
        "balance": balance,
        "stability": FULL * kept,
    }
    return Terms(**{name: np.broadcast_to(value, shape).astype(np.int16) for name, value in values.items()})


def fairness(
    request: Posts, offer: Posts, *, requested: Numbers = 0, offered: Numbers = 0
) -> NDArray[np.int32]:
    """The share of their room for which neither is being proposed, were they proposed some times more."""
    return (_unclaimed(request, requested) + _unclaimed(offer, offered)) // 2


def _common_modes(request: Posts, offer: Posts) -> NDArray[np.int8]:
    """The modes both accept."""
    return _accepted(request) & _accepted(offer)


def _accepted(posts: Posts) -> NDArray[np.int8]:
    """Saying nothing is accepting every mode."""
    every = np.int8(Mode.FACE_TO_FACE | Mode.PHONE | Mode.VIDEO)
    return np.where(posts.modes == 0, every, posts.modes)


def _meet(modes: NDArray[np.int8]) -> NDArray[np.bool_]:
    return (modes & Mode.FACE_TO_FACE) != 0


def _together(request: Posts, offer: Posts) -> NDArray[np.bool_]:
    return (request.site == offer.site) & (request.site >= 0)


def _common_languages(request: Posts, offer: Posts) -> NDArray[np.int32]:
    """The share of the languages of whoever has fewer that the other has too; half when somebody did not say."""
    fewer = np.minimum(_bits(request.languages), _bits(offer.languages))
    common = _bits(request.languages & offer.languages)
    return np.where(fewer > 0, common * FULL // np.maximum(fewer, 1), FULL // 2)


def _bits(mask: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.bitwise_count(mask).astype(np.int32)


def _unclaimed(posts: Posts, more: Numbers) -> NDArray[np.int32]:
    """The share of a post's room for which it is not being proposed already."""
    room = np.maximum(posts.room, 1).astype(np.int32)
    return np.clip(room - posts.exposure - more, 0, room) * FULL // room
