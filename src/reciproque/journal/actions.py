"""Write facts, and hand them to their readers."""

import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from reciproque.journal.models import Concern, Fact, Reaction
from reciproque.journal.rules import MAX_TRIES, readers_of, retry_after
from reciproque.kit import clock

logger = logging.getLogger(__name__)

Handler = Callable[[Fact], None]


class Gathered:
    """The facts of a block, not yet written: thousands of them cost three queries instead of three each."""

    def __init__(self) -> None:
        self._facts: list[tuple[Fact, list[int], list[str]]] = []

    def add(self, fact: Fact, people: Iterable[int], readers: Iterable[str]) -> None:
        """Keep a fact to be written."""
        self._facts.append((fact, list(people), list(readers)))

    def mark(self) -> int:
        """Return where one is, to `forget` what an attempt that failed has recorded since."""
        return len(self._facts)

    def forget(self, mark: int) -> None:
        """Drop the facts kept since the mark: their transaction was rolled back."""
        del self._facts[mark:]

    def write(self) -> list[Reaction]:
        """Write what was gathered, in order; return the reactions promised."""
        facts, self._facts = self._facts, []
        Fact.objects.bulk_create([fact for fact, _people, _readers in facts], batch_size=100)
        Concern.objects.bulk_create(
            [Concern(fact=fact, person_id=pk) for fact, people, _readers in facts for pk in people],
            batch_size=400,
        )
        return Reaction.objects.bulk_create(
            [
                Reaction(fact=fact, reader=reader, run_after=fact.at)
                for fact, _p, readers in facts
                for reader in readers
            ],
            batch_size=200,
        )


_gathered: ContextVar[Gathered | None] = ContextVar("gathered", default=None)


@contextlib.contextmanager
def gathered() -> Iterator[Gathered]:
    """Write the facts of the block together at its end (or earlier, by `write`): an import, a history.

    Nothing in the block may read the journal, or have reactions run, without calling `write` first.
    """
    facts = Gathered()
    token = _gathered.set(facts)
    try:
        yield facts
        facts.write()
    finally:
        _gathered.reset(token)


_entered_by: ContextVar[str] = ContextVar("entered_by", default="")


@contextlib.contextmanager
def entered_by(name: str) -> Iterator[None]:
    """Say in the facts of the block who typed what someone else said: an animator, at the telephone."""
    token = _entered_by.set(name)
    try:
        yield
    finally:
        _entered_by.reset(token)


def record(
    name: str,
    subject: Any,
    /,
    *,
    by: Any = None,
    network: Any = None,
    people: Iterable[Any] = (),
    **data: Any,
) -> Fact:
    """Write that `name` happened to `subject`, and promise it to its readers, in the caller's transaction.

    `people` are those whose history it joins (the doer is added); `data` must be plain JSON values.
    """
    now = clock.now()
    if _entered_by.get() and by is not None:
        data["entered_by"] = _entered_by.get()
    fact = Fact(
        name=name,
        at=now,
        by=by,
        network=network.public_id if network is not None else "",
        subject_kind=subject.subject_kind,
        subject_id=subject.public_id,
        data=data,
    )
    concerned = list(dict.fromkeys(person.pk for person in (*people, by) if person is not None))
    together = _gathered.get()
    if together is not None:
        together.add(fact, concerned, readers_of(name))
        return fact
    fact.save(force_insert=True)
    Concern.objects.bulk_create([Concern(fact=fact, person_id=pk) for pk in concerned])
    Reaction.objects.bulk_create(
        [Reaction(fact=fact, reader=reader, run_after=now) for reader in readers_of(name)]
    )
    return fact


def react(
    handlers: Mapping[str, Handler],
    *,
    limit: int = 200,
    now: dt.datetime | None = None,
    in_parts: Container[str] = (),
) -> int:
    """Run up to `limit` due reactions and return how many were done; a failure is kept and tried again later.

    Each runs in one transaction with its claim, so that a worker killed half-way leaves it waiting, and two
    workers cannot both keep their work; but for the readers `in_parts`, see `run_in_parts`.
    """
    done = 0
    for reaction in Reaction.objects.due(now or clock.now()).select_related("fact", "fact__by")[:limit]:
        run = run_in_parts if reaction.reader in in_parts else run_reaction
        done += run(reaction, handlers.get(reaction.reader, _nobody))
    return done


def _nobody(fact: Fact) -> None:
    # A reader that a newer version dropped: kept as a failure of its own, or it would stop all the others.
    raise LookupError("nobody reads this any more")


def run_reaction(reaction: Reaction, handler: Handler) -> bool:
    """Run one reaction; True when it was ours to do and is done."""
    try:
        with transaction.atomic():
            claimed = Reaction.objects.filter(pk=reaction.pk, state=Reaction.State.WAITING).update(
                state=Reaction.State.DONE
            )
            if not claimed:
                return False
            handler(reaction.fact)
        return True
    except Exception as error:
        logger.exception("reaction %s to fact %s failed", reaction.reader, reaction.fact)
        _put_off(reaction, error)
        return False


def run_in_parts(reaction: Reaction, handler: Handler) -> bool:
    """Run one reaction whose handler commits its work part by part, and does nothing twice when it starts again.

    It is done once everything is: a worker killed half-way leaves it waiting, another finds what was done already. The
    database is held for one part at a time, whatever their number.
    """
    waiting = Reaction.objects.filter(pk=reaction.pk, state=Reaction.State.WAITING)
    if not waiting.exists():
        return False
    try:
        handler(reaction.fact)
    except Exception as error:
        logger.exception("reaction %s to fact %s failed", reaction.reader, reaction.fact)
        _put_off(reaction, error)
        return False
    return bool(waiting.update(state=Reaction.State.DONE))


def _put_off(reaction: Reaction, error: Exception) -> None:
    tries = reaction.tries + 1
    Reaction.objects.filter(pk=reaction.pk, state=Reaction.State.WAITING).update(
        tries=tries,
        state=Reaction.State.FAILED if tries >= MAX_TRIES else Reaction.State.WAITING,
        run_after=clock.now() + retry_after(tries),
        error=f"{type(error).__name__}: {error}"[:2000],
    )


# What facts may hold of somebody's own words; all the rest is identifiers, names, dates and states.
WORDS = ("title", "offer_title", "words", "reason", "because")


def erase_words(subjects: Iterable[tuple[str, str]], *, keys: Sequence[str] = WORDS) -> int:
    """Blank the words that the facts about these (kind, identifier) hold; return how many facts held some.

    The only change a fact ever knows: its author asked that their words be removed. That it happened stays.
    """
    done = 0
    for kind, public_id in subjects:
        for fact in Fact.objects.filter(subject_kind=kind, subject_id=public_id):
            held = [name for name in keys if fact.data.get(name)]
            if held:
                fact.data |= dict.fromkeys(held, "")
                fact.save(update_fields=["data"])
                done += 1
    return done
