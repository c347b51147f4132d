"""Write facts, and hand them to their readers."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction

from reciproque.journal.models import Concern, Fact, Reaction
from reciproque.journal.rules import MAX_TRIES, readers_of, retry_after
from reciproque.kit import clock

logger = logging.getLogger(__name__)

Handler = Callable[[Fact], None]


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
    fact = Fact.objects.create(
        name=name,
        at=now,
        by=by,
        network=network.public_id if network is not None else "",
        subject_kind=subject.subject_kind,
        subject_id=subject.public_id,
        data=data,
    )
    concerned = {person.pk: person for person in (*people, by) if person is not None}
    Concern.objects.bulk_create([Concern(fact=fact, person_id=pk) for pk in concerned])
    Reaction.objects.bulk_create(
        [Reaction(fact=fact, reader=reader, run_after=now) for reader in readers_of(name)]
    )
    return fact


def react(handlers: Mapping[str, Handler], *, limit: int = 200, now: dt.datetime | None = None) -> int:
    """Run up to `limit` due reactions and return how many were done; a failure is kept and tried again later.

    Each runs in one transaction with its claim, so that a worker killed half-way leaves it waiting, and two
    workers cannot both keep their work.
    """
    done = 0
    for reaction in Reaction.objects.due(now or clock.now()).select_related("fact", "fact__by")[:limit]:
        done += run_reaction(reaction, handlers.get(reaction.reader, _nobody))
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
        tries = reaction.tries + 1
        Reaction.objects.filter(pk=reaction.pk, state=Reaction.State.WAITING).update(
            tries=tries,
            state=Reaction.State.FAILED if tries >= MAX_TRIES else Reaction.State.WAITING,
            run_after=clock.now() + retry_after(tries),
            error=f"{type(error).__name__}: {error}"[:2000],
        )
        return False
