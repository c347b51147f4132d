"""A fact becomes what its readers will receive: written once each, some hundreds in a transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.notices.engine import push
from reciproque.notices.messages import TOLD as TOLD_TO_PEOPLE
from reciproque.notices.messages import messages_of
from reciproque.notices.messages.rooms import TOLD as TOLD_TO_ROOMS
from reciproque.notices.messages.rooms import rooms_told_of
from reciproque.notices.messages.shape import Message
from reciproque.notices.messages.story import Story
from reciproque.notices.messages.writing import Written, addressed, write
from reciproque.notices.models import AddressTrouble, Hook, Outgoing, Preference, PushSubscription
from reciproque.notices.rules import BATCH, Channel, OutgoingState, Rhythm, next_digest, quiet_end, wants_mail
from reciproque.people.models import Person

State = OutgoingState
TOLD: list[str] = sorted({*TOLD_TO_PEOPLE, *TOLD_TO_ROOMS})


def tell(fact: Fact) -> int:
    """Write what is to be told of a fact to each person of its audience; telling twice writes nothing more.

    Each batch is a transaction of its own, kept whatever happens to the next ones: on SQLite, telling 20,000 people
    would otherwise keep everybody else from writing for as long as it lasts.
    """
    story = Story(fact)
    told: set[int] = set()
    written = 0
    for message in messages_of(fact.name):
        readers = _readers(message, story, told)
        shared: dict[str, Written] = {}
        for start in range(0, len(readers), BATCH):
            written += _write_all(message, story, readers[start : start + BATCH], shared)
    return written + _tell_rooms(story)


def _readers(message: Message, story: Story, told: set[int]) -> list[Person]:
    """Return the present people of the audience who are neither the doer nor told already, and note them."""
    doer = story.doer.pk if story.doer and not message.even_doer else None
    readers: list[Person] = []
    for person in message.to(story):
        if person.pk not in told and person.pk != doer and person.is_active:
            told.add(person.pk)
            readers.append(person)
    return readers


@dataclasses.dataclass
class _Reached:
    """What is known of a batch of readers: their choices, which addresses fail, who has a device."""

    choices: dict[int, Preference]
    failing: set[int]
    devices: set[int]

    @classmethod
    def of(cls, readers: Sequence[Person]) -> _Reached:
        troubles = AddressTrouble.objects.current().filter(person__in=readers)
        devices = PushSubscription.objects.filter(person__in=readers, failed_at=None)
        return cls(
            {row.person_id: row for row in Preference.objects.filter(person__in=readers)},
            set(troubles.values_list("person_id", flat=True)),
            set(devices.values_list("person_id", flat=True)) if push.is_here() else set(),
        )


def _write_all(message: Message, story: Story, readers: Sequence[Person], shared: dict[str, Written]) -> int:
    """Write one batch of rows; `shared` holds what is the same for all, by language."""
    reached, now = _Reached.of(readers), clock.now()
    urgent = message.urgent(story)
    rows: list[Outgoing] = []
    for reader in readers:
        choice = reached.choices.get(reader.pk)
        mail = choice is None or wants_mail(choice.rhythm, choice.muted, message.about)
        device = reader.pk in reached.devices and (choice is None or message.about not in choice.push_muted)
        if not mail and not device:
            continue
        if message.personal or reader.language not in shared:
            shared[reader.language] = write(message, story, reader)
        body = shared[reader.language]
        if not message.personal:
            body = addressed(body, message, story, reader)
        if mail:
            row = _row(message, story, reader, body, now, urgent=urgent)
            if not reader.email or reader.pk in reached.failing:
                row.state = State.UNADDRESSED
            else:
                row.state, row.run_after = when(reader, choice, now, urgent=urgent)
            rows.append(row)
        if device:
            rows.append(_pushed(_row(message, story, reader, body, now, urgent=urgent), choice))
    Outgoing.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _row(
    message: Message, story: Story, reader: Person, body: Written, now: dt.datetime, *, urgent: bool
) -> Outgoing:
    return Outgoing(
        fact_id=story.fact.pk,
        fact_name=story.fact.name,
        person=reader,
        network=story.network,
        category=message.about,
        urgent=urgent,
        private=message.private,
        language=reader.language,
        subject=body.subject,
        text=body.text,
        html=body.html,
        parts=body.parts,
        url=body.url,
        ics=body.ics,
        ics_method=body.ics_method,
        at=now,
        run_after=now,
    )


def _pushed(row: Outgoing, choice: Preference | None) -> Outgoing:
    """Make a message into a notification: its subject, its first sentence; quiet hours and pauses are kept."""
    assert row.person is not None
    sentences = row.parts.get("sentences") or [""]
    row.channel, row.text, row.html, row.parts = Channel.PUSH, sentences[0], "", {}
    row.ics = row.ics_method = ""
    if choice is not None and not row.urgent:
        row.run_after = waits_until(choice, row.person.time_zone, row.at) or row.at
    return row


def when(
    reader: Person, choice: Preference | None, now: dt.datetime, *, urgent: bool
) -> tuple[State, dt.datetime]:
    """Return whether a message leaves by itself or is kept for a letter of several, and when."""
    if choice is None or urgent:
        return State.WAITING, now
    if choice.paused_until and choice.paused_until > now:
        return State.HELD, choice.paused_until
    if choice.rhythm in (Rhythm.DAILY, Rhythm.WEEKLY):
        return State.HELD, next_digest(now, reader.time_zone, choice.rhythm)
    return State.WAITING, waits_until(choice, reader.time_zone, now) or now


def waits_until(choice: Preference, zone: str, now: dt.datetime) -> dt.datetime | None:
    """Return the end of the pause or of the quiet hours that hold now, or None."""
    pause = choice.paused_until if choice.paused_until and choice.paused_until > now else None
    quiet = quiet_end(pause or now, zone, choice.quiet_from, choice.quiet_until)
    return quiet or pause


def _tell_rooms(story: Story) -> int:
    """Write what the rooms of the network are told of a fact of its life."""
    told = rooms_told_of(story.fact.name)
    if told is None or story.network is None or not told.only(story):
        return 0
    hooks = Hook.objects.filter(network=story.network, is_active=True, removed_at=None)
    now = clock.now()
    rows = [
        Outgoing(
            fact_id=story.fact.pk,
            fact_name=story.fact.name,
            hook=hook,
            network=story.network,
            channel=Channel.CHAT,
            language=hook.language,
            **told.written(story, hook.language),
            at=now,
            run_after=now,
        )
        for hook in hooks
        if told.topic in hook.topics
    ]
    Outgoing.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
