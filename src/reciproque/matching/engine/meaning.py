"""From texts to vectors: posts about one subject point the same way, whatever their words or their language."""

import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reciproque.matching.engine import encoders
from reciproque.matching.engine.wording import parts

# The title decides. Topics only bend it a little, and a description less: what people tell of their situation is
# mostly not the subject, and made strangers look alike when it weighed as much as the title.
TITLE, TOPICS, DESCRIPTION = 1.0, 0.25, 0.2

_ACRONYM = 12  # a longer title in capitals is a title that shouts


class Encoder(Protocol):
    """What turns texts into unit vectors; two encoders of one name give the same vectors."""

    name: str
    dimensions: int

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """One unit row a text."""
        ...


_MAKING = threading.Lock()
_made: dict[str, Encoder] = {}


def encoder(name: str = "default") -> Encoder:
    """The one encoder of that name in this process; its model is loaded when the first text is encoded."""
    with _MAKING:
        if name not in _made:
            _made[name] = encoders.make(name)
        return _made[name]


def _in_sentence(text: str) -> str:
    """The core of a title as written inside a sentence: the encoder tells "Formation" from "formation"."""
    if text.isupper() and len(text) > _ACRONYM:
        return text.lower()
    first, rest = text[:1], text[1:].split(" ", 1)[0]
    return first.lower() + text[1:] if rest.islower() else text


def post_vectors(
    encoder: Encoder, titles: Sequence[str], topics: Sequence[str] = (), descriptions: Sequence[str] = ()
) -> NDArray[np.float32]:
    """One unit row a post: its title without openers, bent towards its topics and a little towards its description."""
    total = np.zeros((len(titles), encoder.dimensions), np.float32)
    said_first = [parts(title) for title in titles]
    more = descriptions or [""] * len(titles)
    told = [f"{rest} {description}".strip() for (_, rest), description in zip(said_first, more, strict=True)]
    for weight, texts in (
        (TITLE, [_in_sentence(first) for first, _ in said_first]),
        (TOPICS, topics),
        (DESCRIPTION, told),
    ):
        said = [row for row, text in enumerate(texts) if text.strip()]
        if said:
            total[said] += np.float32(weight) * encoder.encode([texts[row] for row in said])
    length = np.linalg.norm(total, axis=1, keepdims=True)
    total /= np.where(length > 0, length, 1)
    return total


def post_vector(encoder: Encoder, title: str, topics: str = "", description: str = "") -> NDArray[np.float32]:
    """The unit vector of one post."""
    return post_vectors(encoder, [title], [topics], [description])[0]
