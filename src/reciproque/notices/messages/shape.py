"""The shape of a message: which fact, told to whom, in which words, leading where."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from reciproque.agenda.rules import PRIVATE_VERBS
from reciproque.notices.messages.story import Story
from reciproque.notices.rules import Category, TapKind
from reciproque.people.models import Person

# What these facts are about is known to those whom it concerns by name, and to nobody else.
PRIVATE_SUBJECTS = ("report", "decision", "appeal")


@dataclasses.dataclass(frozen=True)
class Tap:
    """A simple answer given in one tap from the mail: its words, and what the signed link will say."""

    kind: TapKind
    label: Any
    subject: str


def never(story: Story) -> bool:
    """A message that may wait for others."""
    return False


def no_taps(story: Story, reader: Person) -> Sequence[Tap]:
    """A message that only a page can answer."""
    return ()


@dataclasses.dataclass(frozen=True)
class Message:
    """One fact told to one audience. Texts are lazy, with the names that `Story.words` gives."""

    fact: str
    to: Callable[[Story], Iterable[Person]]
    # The one main action: its label and the page that opens the exact step.
    act: tuple[Any, Callable[[Story, Person], str]]
    subject: Any
    says: Sequence[Any]
    about: Category = Category.EXCHANGES
    taps: Callable[[Story, Person], Sequence[Tap]] = no_taps
    # The verb of the step that waits for the reader: its deadline and what follows are said.
    awaits: str = ""
    # Somebody's own words, written to be read by the others.
    quote: Callable[[Story], str] | None = None
    # These words are the letter itself: not quoted, signed by the sentences that follow.
    letter: bool = False
    calendar: str = ""
    # The doer of a fact is not told of it, except to keep their calendar right.
    even_doer: bool = False
    # Whether it concerns the next hours: then it leaves at once, before the others, whatever the reader's rhythm.
    urgent: Callable[[Story], bool] = never
    # False: the same words for everyone, so that 10,000 readers cost one writing per language (but for their own links).
    personal: bool = True
    # Whether only those inside a practice-exchange group, or whom it concerns by name, may know of it.
    inner: bool = False

    @property
    def private(self) -> bool:
        """Whether it is between named people only: a report, a decision, an appeal, the inside of a group."""
        return self.inner or self.fact.split(".")[0] in PRIVATE_SUBJECTS or self.awaits in PRIVATE_VERBS


def message(
    fact: str,
    to: Callable[[Story], Iterable[Person]],
    act: tuple[Any, Callable[[Story, Person], str]],
    subject: Any,
    *says: Any,
    **more: Any,
) -> Message:
    """Return a message in the order in which the list reads: when, to whom, to do what, in which words."""
    return Message(fact, to, act, subject, says, **more)
