"""Polls as pages read them: each date in everyone's zone, who said what, which dates suit best."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.agenda.models import Poll, PollDate, PollVoice, PollVoter
from reciproque.agenda.rules import PollState, Voice
from reciproque.kit import clock
from reciproque.kit.dates import day_in_words, holiday_name, moment_in_words, zone_country, zone_in_words
from reciproque.people.models import Person

# Before or after these hours, where someone is, a date asks of them to work at night.
DAY_HOURS = (7, 21)
FRIDAY = 4


@dataclasses.dataclass(frozen=True)
class ThereAt:
    """What a date is where some of them are."""

    zone: str
    place: str
    words: str
    people: int


@dataclasses.dataclass(frozen=True)
class DateLine:
    """One date put to the vote, as one reader sees it."""

    date: PollDate
    mine: str
    yes: list[Person]
    if_needed: list[Person]
    no: list[Person]
    silent: list[Person]
    is_best: bool
    # The same moment in each zone, when they are not all in one.
    zones: list[ThereAt]
    # Sentences: a public holiday, a weekend, a night somewhere.
    warnings: list[str]

    @property
    def public_id(self) -> str:
        return self.date.public_id

    @property
    def starts_at(self) -> dt.datetime:
        return self.date.starts_at


@dataclasses.dataclass(frozen=True)
class PollSheet:
    """A poll whole, as one reader sees it."""

    poll: Poll
    lines: list[DateLine]
    voters: list[PollVoter]
    # The dates that suit best, as many as wanted, in the order of the calendar; none when nobody answered.
    best: list[PollDate]
    is_open: bool
    has_answered: bool

    @property
    def answered(self) -> int:
        return sum(voter.answered_at is not None for voter in self.voters)

    @property
    def nobody(self) -> bool:
        """Whether it is over and nobody answered: whoever leads fixes alone."""
        return not self.is_open and self.answered == 0


def poll_about(subject: Any) -> Poll | None:
    """Return the latest poll about a subject that was not given up, open or closed."""
    polls = Poll.objects.about(subject).exclude(state=PollState.CANCELLED)
    return polls.select_related("network", "opened_by").order_by("-opened_at", "-pk").first()


def best_dates(poll: Poll, wanted: int | None = None) -> list[PollDate]:
    """Return the dates that suit best: most yes, then most "if need be", then the earliest; never two that overlap."""
    return _best(poll, _loaded(poll), poll.wanted if wanted is None else wanted)


def poll_sheet(poll: Poll, viewer: Person) -> PollSheet:
    """Return a poll with who said what, for those whom it asks and whoever opened it (a fixed number of queries)."""
    voters = list(poll.voters.select_related("person"))
    dates = _loaded(poll)
    people = {voter.person_id: voter.person for voter in voters} | {poll.opened_by_id: poll.opened_by}
    best = _best(poll, [date for date in dates if _suits(poll, date, people.values())], poll.wanted)
    # When every date is kept, none suits better than another.
    kept = {date.pk for date in best} if len(best) < len(dates) else set[int]()
    lines = [_line(poll, date, people, voters, viewer, is_best=date.pk in kept) for date in dates]
    mine = next((voter for voter in voters if voter.person_id == viewer.pk), None)
    return PollSheet(
        poll=poll,
        lines=lines,
        voters=voters,
        best=best,
        is_open=poll.state == PollState.OPEN and poll.closes_at > clock.now(),
        has_answered=mine is not None and mine.answered_at is not None,
    )


def _loaded(poll: Poll) -> list[PollDate]:
    voices = Prefetch(
        "voices", PollVoice.objects.select_related("person").order_by("person__last_name", "pk")
    )
    return list(poll.dates.prefetch_related(voices))


def _count(date: PollDate, answer: str) -> int:
    return sum(voice.answer == answer for voice in date.voices.all())


def _best(poll: Poll, dates: Sequence[PollDate], wanted: int) -> list[PollDate]:
    def rank(date: PollDate) -> tuple[int, int, dt.datetime]:
        return (-_count(date, Voice.YES), -_count(date, Voice.IF), date.starts_at)

    length, kept = dt.timedelta(minutes=poll.minutes), list[PollDate]()
    for date in sorted(dates, key=rank):
        if len(kept) == wanted or rank(date)[:2] == (0, 0):
            break
        if all(abs(date.starts_at - other.starts_at) >= length for other in kept):
            kept.append(date)
    return sorted(kept, key=lambda date: date.starts_at)


def _suits(poll: Poll, date: PollDate, people: Iterable[Person]) -> bool:
    """Tell whether a date may be said to suit: refused by nobody, neither by night nor on a holiday for anyone."""
    if _count(date, Voice.NO):
        return False
    end = date.starts_at + dt.timedelta(minutes=poll.minutes)
    for zone in {person.time_zone for person in people}:
        first, last = date.starts_at.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
        if _at_night(first, last) or holiday_name(first.date(), zone_country(zone, poll.network.country)):
            return False
    return True


def _line(
    poll: Poll,
    date: PollDate,
    people: dict[int, Person],
    voters: Sequence[PollVoter],
    viewer: Person,
    *,
    is_best: bool,
) -> DateLine:
    said: dict[str, list[Person]] = {answer: [] for answer in Voice.values}
    mine, heard = "", set()
    for voice in date.voices.all():
        said[voice.answer].append(voice.person)
        heard.add(voice.person_id)
        mine = voice.answer if voice.person_id == viewer.pk else mine
    return DateLine(
        date=date,
        mine=mine,
        yes=said[Voice.YES],
        if_needed=said[Voice.IF],
        no=said[Voice.NO],
        silent=[voter.person for voter in voters if voter.person_id not in heard],
        is_best=is_best,
        zones=elsewhere(date.starts_at, people.values()),
        warnings=date_warnings(date.starts_at, poll.minutes, people.values(), poll.network.country),
    )


def elsewhere(start: dt.datetime, people: Iterable[Person]) -> list[ThereAt]:
    """Return what a moment is in each zone of these people; nothing when they are all in one."""
    zones: dict[str, int] = {}
    for person in people:
        zones[person.time_zone] = zones.get(person.time_zone, 0) + 1
    if len({start.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}) < 2:
        return []
    now = clock.now()
    return [
        ThereAt(zone, zone_in_words(zone), moment_in_words(start, zone, now), count)
        for zone, count in sorted(zones.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def date_warnings(start: dt.datetime, minutes: int, people: Iterable[Person], country: str) -> list[str]:
    """Return what is wrong with a date for some of these people: a weekend, a public holiday, hours of night."""
    end = start + dt.timedelta(minutes=minutes)
    found: list[str] = []
    zones: dict[str, int] = {}
    for person in people:
        zones[person.time_zone] = zones.get(person.time_zone, 0) + 1
    for zone, count in sorted(zones.items(), key=lambda pair: (-pair[1], pair[0])):
        first, last = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
        place = zone_in_words(zone)
        there = {"place": place, "day": day_in_words(first.date(), clock.now().date())}
        name = holiday_name(first.date(), zone_country(zone, country))
        if name:
            found.append(_("À %(place)s, %(day)s est férié : %(name)s.") % {**there, "name": name})
        elif first.weekday() > FRIDAY:
            found.append(_("À %(place)s, %(day)s tombe en fin de semaine.") % there)
        if _at_night(first, last):
            moment = {"place": place, "moment": moment_in_words(start, zone, clock.now()), "count": count}
            found.append(
                ngettext(
                    "À %(place)s, ce serait %(moment)s : trop tôt ou trop tard pour une personne.",
                    "À %(place)s, ce serait %(moment)s : trop tôt ou trop tard pour %(count)s personnes.",
                    count,
                )
                % moment
            )
    return list(dict.fromkeys(found))


def _at_night(first: dt.datetime, last: dt.datetime) -> bool:
    """Tell whether it begins too early or ends too late, both said where someone is."""
    evening = dt.datetime.combine(first.date(), dt.time(DAY_HOURS[1]), first.tzinfo)
    return first.hour < DAY_HOURS[0] or last > evening
