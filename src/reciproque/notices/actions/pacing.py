"""When somebody may be written to again: their pause, their quiet hours, and so many e-mails in any seven days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.conf import settings
from django.db.models import Q

from reciproque.kit import clock
from reciproque.notices.actions.telling import waits_until
from reciproque.notices.models import Outgoing, Preference
from reciproque.notices.queries.outbox import left_this_week, oldest_allowed
from reciproque.notices.rules import OutgoingState, next_digest
from reciproque.people.models import Person

State = OutgoingState


def weigh(rows: Sequence[Outgoing], now: dt.datetime) -> list[Outgoing]:
    """Return the e-mails that may leave now, in order; the others are put off, or kept for a letter of several.

    The last e-mail that the limit allows is never spent on a message that could be put together with others: it is kept
    for the letter that will hold them all, or for what cannot wait.
    """
    people = {row.person_id for row in rows if row.person_id is not None}
    choices = {row.person_id: row for row in Preference.objects.filter(person__in=people)}
    moments = defaultdict(list, left_this_week(people, now))
    going: list[Outgoing] = []
    later: dict[tuple[str, dt.datetime], list[int]] = defaultdict(list)
    for row in rows:
        person = row.person
        assert person is not None
        state, when = verdict(row, person, choices.get(person.pk), moments[person.pk], now)
        if state == State.WAITING and when <= now:
            going.append(row)
            moments[person.pk].append(now)
        else:
            later[state, when].append(row.pk)
    for (state, when), numbers in later.items():
        put_off(numbers, state, when)
    return going


def put_off(numbers: Collection[int], state: str, when: dt.datetime) -> None:
    """Have messages wait until then, by themselves or kept for a letter of several."""
    untaken = Q(state=State.WAITING) | Q(state=State.SENDING, run_after__lte=clock.now())
    Outgoing.objects.filter(untaken, pk__in=numbers).update(state=state, run_after=when)


def verdict(
    row: Outgoing, person: Person, choice: Preference | None, moments: Sequence[dt.datetime], now: dt.datetime
) -> tuple[str, dt.datetime]:
    """Return whether an e-mail leaves now, or how and until when it waits; `moments`: those of the last seven days."""
    if row.handed_at is not None:
        return State.WAITING, now  # it may have been taken already: this is decided apart
    if choice is not None and not row.urgent:
        quiet = waits_until(choice, person.time_zone, now)
        if quiet is not None:
            paused = choice.paused_until is not None and choice.paused_until > now
            return (State.HELD if paused and not is_letter(row) else State.WAITING), quiet
    # One less for a message that could wait: the last place is for all those together.
    cap = settings.MESSAGES_A_WEEK
    if row.urgent or is_letter(row):
        when = oldest_allowed(list(moments), cap, now)
        return (State.WAITING if when <= now or is_letter(row) else State.HELD), when
    if len(moments) >= cap - 1:
        return State.HELD, next_digest(now, person.time_zone)
    return State.WAITING, now


def is_letter(row: Outgoing) -> bool:
    """Tell whether this is already a letter made of several messages."""
    return row.fact_id is None
