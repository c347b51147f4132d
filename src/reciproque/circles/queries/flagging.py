"""Names, units and sites recognised in what a group writes: shown to its author, who decides; nothing is changed."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator

from reciproque.networks.models import Network
from reciproque.people.queries import names_known, place_names
from reciproque.people.rules import folded_name

# A page is at most this long; beyond, nothing is looked at.
LONGEST = 40_000
# Of how many words a name, and a unit or a site, may be made.
NAME_WORDS, PLACE_WORDS = 5, 8
# How many different names are looked up for one text.
MOST_NAMES = 4_000
MOST_FLAGS = 200
# An apostrophe parts words: what is said "d’Hélène" is said of Hélène.
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMBERED = re.compile(r"\w+(?:-\w+)*")
# Between the words of a name; between a title and the name it announces.
_BLANK = re.compile(r"[ \t\u00a0\u202f]+|['’ʼ]")
_AFTER_TITLE = re.compile(r"\.[ \t\u00a0\u202f]*|[ \t\u00a0\u202f]+")
PARTICLES = frozenset("de du des d la le les van von der den di da dos el al ben".split())
# What announces somebody's name, a customer's as well as a colleague's.
TITLES = frozenset("m mr mme mlle monsieur madame mademoiselle mrs ms miss dr docteur maitre me".split())


@dataclasses.dataclass(frozen=True)
class Flag:
    """A passage that names someone, a unit or a site: where it is in the text, its words, what it names."""

    start: int
    end: int
    words: str
    kind: str  # "person", "unit", "site"


@dataclasses.dataclass(frozen=True)
class _Word:
    start: int
    end: int
    folded: str
    is_capital: bool


def _words(text: str, pattern: re.Pattern[str]) -> list[_Word]:
    return [
        _Word(found.start(), found.end(), folded_name(found.group()), found.group()[0].isupper())
        for found in pattern.finditer(text)
    ]


def flagged(text: str, network: Network) -> list[Flag]:
    """Return what names someone of the directory, someone announced by a title, a unit or a site, in order.

    Accents and case aside; names of people are looked for among words that begin with a capital, either way round.
    Beyond its first forty thousand signs a text is not read. `network` says in whose directory: there is one today.
    """
    text = text[:LONGEST]
    found = [*_people(text), *_places(text)]
    kept: list[Flag] = []
    # The longest first, people before places: a passage is flagged once.
    for flag in sorted(found, key=lambda flag: (-(flag.end - flag.start), flag.kind != "person", flag.start)):
        if all(flag.end <= other.start or flag.start >= other.end for other in kept):
            kept.append(flag)
        if len(kept) == MOST_FLAGS:
            break
    return sorted(kept, key=lambda flag: flag.start)


def _runs(text: str, words: list[_Word], most: int) -> Iterator[list[_Word]]:
    """Yield the runs of words apart by blanks only, that begin and end with a capital."""
    for first, word in enumerate(words):
        if not word.is_capital:
            continue
        for last in range(first + 1, min(first + most, len(words))):
            if not _BLANK.fullmatch(text, words[last - 1].end, words[last].start):
                break
            if words[last].is_capital:
                yield words[first : last + 1]
            elif words[last].folded not in PARTICLES:
                break


def _people(text: str) -> Iterator[Flag]:
    words = _words(text, _WORD)
    runs: dict[tuple[int, int], set[str]] = {}
    names: set[str] = set()
    for run in _runs(text, words, NAME_WORDS):
        parts = [word.folded for word in run]
        # "First Last", "Last First": each way of cutting the run in two, the second part first.
        turned = {" ".join([*parts[cut:], *parts[:cut]]) for cut in range(len(parts))}
        if len(names) < MOST_NAMES:
            names |= turned
            runs[run[0].start, run[-1].end] = turned
    known = names_known(names)
    for (start, end), turned in runs.items():
        if turned & known:
            yield Flag(start, end, text[start:end], "person")
    yield from _announced(text, words)


def _announced(text: str, words: list[_Word]) -> Iterator[Flag]:
    """Yield the names that a title announces ("Mme de Brive"), known or not."""
    for place, (title, name) in enumerate(itertools.pairwise(words)):
        if title.folded not in TITLES or not _AFTER_TITLE.fullmatch(text, title.end, name.start):
            continue
        if name.folded in PARTICLES and place + 2 < len(words):
            after = words[place + 2]
            name = after if _BLANK.fullmatch(text, name.end, after.start) else name
        if name.is_capital:
            yield Flag(title.start, name.end, text[title.start : name.end], "person")


def _places(text: str) -> Iterator[Flag]:
    words = _words(text, _NUMBERED)
    wanted = [(kind, folded_name(name)) for kind, name in place_names()]
    known = {name: kind for kind, name in wanted if len(name) > 1}
    longest = min(max((name.count(" ") + 1 for name in known), default=0), PLACE_WORDS)
    for first, word in enumerate(words):
        name, is_capital = "", False
        for last in range(first, min(first + longest, len(words))):
            name = f"{name} {words[last].folded}".strip()
            is_capital = is_capital or words[last].is_capital
            # A word of every day that is also a unit's is flagged when it is written as a name.
            if is_capital and name in known:
                start, end = word.start, words[last].end
                yield Flag(start, end, text[start:end], known[name])
