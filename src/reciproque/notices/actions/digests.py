"""Letters made of several messages: at the reader's rhythm, after a pause, or when there would be too many in a week."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from reciproque.catalogue.models import Post
from reciproque.kit import clock
from reciproque.notices.actions.exposure import News
from reciproque.notices.messages.digest import write_digest
from reciproque.notices.models import Outgoing, Preference
from reciproque.notices.queries.outbox import left_this_week, oldest_allowed
from reciproque.notices.rules import (
    TO_LEAVE,
    Category,
    Channel,
    OutgoingState,
    Rhythm,
    next_digest,
)
from reciproque.people.models import Person

State = OutgoingState
DIGEST = "digest"
# People whose letters are written in one transaction: short enough for pages to write in between.
TOGETHER = 100
# One letter: more than this would not be read, and the rest follows in the next.
MOST = 60
# While a letter of somebody's has not left, the next one waits.
AFTER_ANOTHER = dt.timedelta(minutes=30)


def send_digests(limit: int = 2000) -> int:
    """Write the letters that are due, for up to `limit` people; return how many were written."""
    now = clock.now()
    news = News(now)
    written, after = 0, 0
    for _round in range(0, limit, TOGETHER):
        people = _due(now, after)
        if not people:
            break
        after = people[-1]
        written += _write_together(people, now, news)
    return written


def _due(now: dt.datetime, after: int) -> list[int]:
    """Return the next people, by number, for whom something kept is due or whose weekly letter is."""
    held = Outgoing.objects.held().filter(run_after__lte=now, person__gt=after)
    weekly = Preference.objects.filter(rhythm=Rhythm.WEEKLY, digest_at__lte=now, person__gt=after)
    numbers: set[int] = set(
        held.order_by("person").values_list("person", flat=True).distinct()[:TOGETHER]
    ) | set(weekly.order_by("person").values_list("person", flat=True)[:TOGETHER])
    return sorted(numbers)[:TOGETHER]


@transaction.atomic
def _write_together(numbers: Sequence[int], now: dt.datetime, news: News) -> int:
    """Write one letter for each of these people, unless another worker just did."""
    people = _locked(numbers)
    choices = {row.person_id: row for row in Preference.objects.filter(person__in=people)}
    kept = _kept(people.values(), now, choices)
    moments = left_this_week(list(people), now)
    letters_waiting = Outgoing.objects.filter(
        person__in=people, fact_name=DIGEST, channel=Channel.EMAIL, state__in=TO_LEAVE
    )
    served = set(letters_waiting.values_list("person_id", flat=True))
    letters: list[Outgoing] = []
    gathered: list[int] = []
    postponed: dict[dt.datetime, list[int]] = defaultdict(list)
    wants_news = [
        person for person in people.values() if _is_weekly_due(choices.get(person.pk), now) and person.email
    ]
    chosen = news.chosen_for([person for person in wants_news if choices[person.pk].news])
    for person in people.values():
        rows = kept.get(person.pk, [])
        room = oldest_allowed(moments.get(person.pk, []), settings.MESSAGES_A_WEEK, now)
        if person.pk in served:
            room = max(room, now + AFTER_ANOTHER)
        if rows and room > now:
            postponed[room] += [row.pk for row in rows]
            continue
        posts = chosen.get(person.pk, [])
        if not rows and not posts:
            continue
        if room > now:
            news.give_back(posts)
            continue
        letters.append(_letter(person, rows, posts, now))
        gathered += [row.pk for row in rows]
    for room, pks in postponed.items():
        Outgoing.objects.held().filter(pk__in=pks).update(run_after=room)
    Outgoing.objects.bulk_create(letters)
    _mark_gathered(gathered, now)
    _next_week(wants_news, choices, now)
    news.keep()
    return len(letters)


def _locked(numbers: Iterable[int]) -> dict[int, Person]:
    """Return these people, each held by one worker until its transaction ends."""
    people = Person.objects.select_for_update(no_key=True).filter(pk__in=list(numbers)).order_by("pk")
    return {person.pk: person for person in people}


def _is_weekly_due(choice: Preference | None, now: dt.datetime) -> bool:
    return (
        choice is not None
        and choice.rhythm == Rhythm.WEEKLY
        and choice.digest_at is not None
        and choice.digest_at <= now
        and not (choice.paused_until and choice.paused_until > now)
    )


def _kept(
    people: Iterable[Person], now: dt.datetime, choices: dict[int, Preference]
) -> dict[int, list[Outgoing]]:
    """Return what is kept for those whose letter is due: all of it, though some was to wait a little longer."""
    rows = Outgoing.objects.held().filter(person__in=people).select_related("network").defer("html", "text")
    found: dict[int, list[Outgoing]] = defaultdict(list)
    for row in rows.order_by("person", "at", "pk"):
        found[row.person_id or 0].append(row)
    return {
        person: rows[:MOST]
        for person, rows in found.items()
        if any(row.run_after <= now for row in rows) or _is_weekly_due(choices.get(person), now)
    }


def _letter(
    person: Person,
    rows: Sequence[Outgoing],
    posts: Sequence[Post],
    now: dt.datetime,
    lead: Outgoing | None = None,
) -> Outgoing:
    body = write_digest(person, rows, posts, lead=lead)
    networks = {row.network_id for row in rows}
    return Outgoing(
        fact_id=None,
        fact_name=DIGEST,
        person=person,
        network_id=networks.pop() if len(networks) == 1 else None,
        category=rows[0].category if len({row.category for row in rows}) == 1 else Category.NETWORK,
        urgent=lead is not None,
        language=person.language,
        subject=body.subject,
        text=body.text,
        html=body.html,
        url=body.url,
        at=now,
        run_after=now,
        state=State.WAITING if person.is_active and person.email else State.UNADDRESSED,
    )


def _mark_gathered(numbers: Sequence[int], now: dt.datetime) -> None:
    for start in range(0, len(numbers), 500):
        batch = Outgoing.objects.filter(pk__in=numbers[start : start + 500])
        batch.update(state=State.GROUPED, grouped_at=now)


def _next_week(people: Sequence[Person], choices: dict[int, Preference], now: dt.datetime) -> None:
    """Note when the next weekly letter of these people is due."""
    moments: dict[dt.datetime, list[int]] = defaultdict(list)
    for person in people:
        moments[next_digest(now, person.time_zone, Rhythm.WEEKLY)].append(choices[person.pk].pk)
    for moment, pks in moments.items():
        Preference.objects.filter(pk__in=pks).update(digest_at=moment)


def gather_with(row: Outgoing) -> bool:
    """Put what is kept for a person in one letter with a message that cannot wait; False when nothing is kept.

    Called while the person is held, for the last e-mail that the limit allows.
    """
    assert row.person is not None
    held = Outgoing.objects.held().filter(person=row.person).select_related("network").defer("html", "text")
    rows = list(held.order_by("at", "pk")[:MOST])
    if not rows:
        return False
    now = clock.now()
    taken = Outgoing.objects.filter(pk=row.pk, state__in=TO_LEAVE, tries=row.tries).update(
        state=State.GROUPED, grouped_at=now
    )
    if taken:
        _mark_gathered([one.pk for one in rows], now)
        _letter(row.person, [row, *rows], (), now, lead=row).save()
    return True


def calendars_of(letter: Outgoing) -> QuerySet[Outgoing]:
    """Return the messages of a letter that bear a calendar file, in order."""
    rows = Outgoing.objects.filter(
        ~Q(ics=""),
        person=letter.person,
        channel=Channel.EMAIL,
        state=State.GROUPED,
        grouped_at=letter.at,
    )
    return rows.only("ics", "ics_method").order_by("pk")
