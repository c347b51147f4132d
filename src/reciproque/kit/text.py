"""Texts as people type them, made safe to store, to compare and to show."""

import re
import unicodedata

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_FOLDED = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "´": "'",
        "`": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
    }
)


def clean(text: str) -> str:
    """The text in composed form (NFC), without NUL, control characters or lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNSAFE.sub("", text))


def fold(text: str) -> str:
    """The text as two people would spell it alike: no accents, no case, plain apostrophes and dashes."""
    if text.isascii():
        return text.lower().translate(_FOLDED)
    # Compatibility forms first: bold or full-width capitals only have a lower case once decomposed.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_FOLDED)


def cut(text: str, length: int) -> str:
    """At most `length` characters, ending with an ellipsis at a word boundary when something was left out."""
    if length < 1:
        return ""
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    boundary = max(kept.rfind(" "), kept.rfind("\n"))
    # A single very long word is cut where it stands rather than lost.
    if not text[length - 1].isspace() and boundary > length // 2:
        kept = kept[:boundary]
    return kept.rstrip(" \n\t,;:.-") + "…"
