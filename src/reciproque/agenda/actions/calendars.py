"""Private addresses at which calendars read our meetings; addresses of calendars of which we read the busy hours."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from reciproque.agenda.access import meets_about
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import BusyCalendar, CalendarFeed
from reciproque.agenda.queries import calendars_to_read
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.busy import NotACalendar, read_busy
from reciproque.kit.fetch import Failed, FetchError, fetch
from reciproque.people.models import Person

AHEAD = dt.timedelta(days=60)
EVERY = dt.timedelta(hours=1)
SELDOM = dt.timedelta(days=1)
AGAIN = dt.timedelta(minutes=1)
LARGEST = 3_000_000  # bytes
PATIENCE = 8  # seconds, for one site
TOGETHER = 8  # sites asked at once by the worker
TURN = 10.0  # seconds the worker gives to calendars before doing something else


# -- the calendars that read ours ---------------------------------------------------------------------------


@transaction.atomic
def open_feed(person: Person, *, by: Person, group: StepSubject | None = None) -> CalendarFeed:
    """Make a new private calendar address, of all one's meetings or of one group; the former one stops answering."""
    if by.pk != person.pk or (group is not None and not meets_about(person, group)):
        raise PermissionDenied
    about = _about(group)
    former = CalendarFeed.objects.filter(person=person, withdrawn_at=None, **about)
    former.update(withdrawn_at=clock.now())
    try:
        with transaction.atomic():
            return CalendarFeed.objects.create(person=person, created_at=clock.now(), **about)
    except IntegrityError:
        return former.get()  # pressed twice at the same instant


@transaction.atomic
def close_feed(person: Person, *, by: Person | None, group: StepSubject | None = None) -> None:
    """Stop a private calendar address (`by` None: the person is no longer in that group)."""
    if by is not None and by.pk != person.pk:
        raise PermissionDenied
    feeds = CalendarFeed.objects.filter(person=person, withdrawn_at=None, **_about(group))
    feeds.update(withdrawn_at=clock.now())


def _about(group: StepSubject | None) -> dict[str, str]:
    return {
        "subject_kind": group.subject_kind if group else "",
        "subject_id": group.public_id if group else "",
    }


# -- the calendars that we read -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """What came of reading one address: busy hours, or a sentence; both when something was left out."""

    busy: list[list[str]] = field(default_factory=list)
    problem: str = ""
    failed: bool = False


def give_calendar(person: Person, url: str, *, by: Person) -> BusyCalendar:
    """Keep the address of one's calendar, read at once so that a wrong one is refused; only busy hours are kept."""
    if by.pk != person.pk:
        raise PermissionDenied
    url = _plain(url)
    # Read before any transaction: nobody waits for somebody else's site.
    read = _read(url, person, clock.now())
    if read.failed:
        raise ValidationError({"url": read.problem})
    with transaction.atomic():
        now = clock.now()
        calendar, _new = BusyCalendar.objects.update_or_create(
            person=person,
            defaults={
                "url": url,
                "busy": read.busy,
                "problem": read.problem,
                "given_at": now,
                "read_at": now,
                "next_at": now + EVERY,
            },
        )
        record("calendar.given", person, by=by, people=[person])
    return calendar


def read_again(person: Person, *, by: Person) -> BusyCalendar | None:
    """Read one's calendar now rather than at its hour; not twice within a minute. None when there is none."""
    if by.pk != person.pk:
        raise PermissionDenied
    now = clock.now()
    calendar = BusyCalendar.objects.filter(person=person).select_related("person").first()
    if calendar is None:
        return None
    if calendar.read_at is not None and now - calendar.read_at < AGAIN:
        raise ValidationError(_("Votre agenda vient d’être lu. Attendez une minute."))
    _keep(calendar, _read(calendar.url, person, now), now)
    calendar.refresh_from_db()
    return calendar


@transaction.atomic
def withdraw_calendar(person: Person, *, by: Person) -> None:
    """Forget the address of one's calendar and all that was read of it."""
    if by.pk != person.pk:
        raise PermissionDenied
    if BusyCalendar.objects.filter(person=person).delete()[0]:
        record("calendar.withdrawn", person, by=by, people=[person])


def read_calendars(limit: int = 400) -> int:
    """Read again the calendars whose hour has come (by the clock), several sites at a time; return how many.

    Each is read once an hour; a site that fails is asked less and less often, once a day at the end.
    """
    now, begun, done = clock.now(), time.monotonic(), 0
    waiting = calendars_to_read(now, limit)
    if not waiting:
        return 0
    with ThreadPoolExecutor(TOGETHER) as pool:
        for start in range(0, len(waiting), TOGETHER):
            if time.monotonic() - begun > TURN:
                break
            batch = [row for row in waiting[start : start + TOGETHER] if _claim(row, now)]
            # Threads speak to the sites and read what they send; the database is this thread's.
            for row, read in zip(
                batch, pool.map(lambda row: _read(row.url, row.person, now), batch), strict=True
            ):
                _keep(row, read, now)
                done += 1
    return done


def _claim(row: BusyCalendar, now: dt.datetime) -> bool:
    """Take a calendar for this worker: another one finds its hour put off."""
    return bool(BusyCalendar.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=now + EVERY))


def _keep(row: BusyCalendar, read: _Read, now: dt.datetime) -> None:
    # Only while the address is the one that was read.
    same = BusyCalendar.objects.filter(pk=row.pk, url=row.url)
    if not read.failed:
        same.update(busy=read.busy, problem=read.problem, read_at=now, next_at=now + EVERY)
        return
    since = now - (row.read_at or row.given_at)
    same.update(problem=read.problem, next_at=now + max(EVERY, min(since, SELDOM)))


def _plain(url: str) -> str:
    """Return an address as programs call it: "webcal:" is how calendars write "https:"."""
    url = url.strip()
    for name, other in (("webcals:", "https:"), ("webcal:", "https:")):
        if url.lower().startswith(name):
            return other + url[len(name) :]
    return url


def _read(url: str, person: Person, now: dt.datetime) -> _Read:
    """Read the busy hours of the coming weeks at an address, or say why not in the person's language."""
    with translation.override(person.language):
        try:
            answer = fetch(
                url, headers={"Accept": "text/calendar, */*;q=0.1"}, limit=LARGEST, timeout=PATIENCE
            )
            _check_status(answer.status)
            zone = ZoneInfo(person.time_zone)
            reading = read_busy(answer.body, start=now, end=now + AHEAD, zone=zone)
        except FetchError as error:
            return _Read(problem=error.sentence[:300], failed=True)
        except NotACalendar:
            sentence = _("Ce que donne cette adresse n’est pas un agenda (fichier .ics).")
            return _Read(problem=sentence, failed=True)
        problem = ""
        if reading.cut:
            problem = _("Votre agenda est très rempli : seule une partie en a été lue.")
        elif reading.left_out:
            problem = _("Certains évènements de votre agenda n’ont pas pu être lus.")
        busy = [[first.isoformat(), last.isoformat()] for first, last in reading.busy]
        return _Read(busy, problem)


def _check_status(status: int) -> None:
    if status in (401, 403):
        raise Failed(_("Cette adresse demande un mot de passe : donnez l’adresse privée de votre agenda."))
    if status in (404, 410):
        raise Failed(_("Cette adresse ne mène plus à rien (réponse %(status)s).") % {"status": status})
    if status != 200:
        raise Failed(_("Le site a répondu par une erreur (%(status)s).") % {"status": status})
