"""Calendars: invitations that programs accept, private addresses, busy hours."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from icalendar import Calendar

from reciproque.agenda import queries as shown
from reciproque.agenda.access import get_feed
from reciproque.agenda.actions import (
    accept_slot,
    cancel_meeting,
    close_feed,
    fix_date,
    give_calendar,
    invite_to_meeting,
    leave_meetings,
    open_feed,
    propose_slots,
    read_again,
    read_calendars,
    withdraw_calendar,
)
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import BusyCalendar, CalendarFeed, Meeting
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import new_id
from reciproque.notices.models import Outgoing
from reciproque.people.actions import leave_organisation
from tests.agenda.strict import Program, read_strictly
from tests.sites import Site

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
PARIS = ZoneInfo("Europe/Paris")


def received(person: Any) -> list[tuple[bytes, str]]:
    """Return the calendar files sent to someone, in order."""
    rows = Outgoing.objects.filter(person=person).exclude(ics="").order_by("pk")
    return [(row.ics.encode(), row.ics_method) for row in rows]


def fresh(meeting: Meeting) -> Meeting:
    return Meeting.objects.get(pk=meeting.pk)


@pytest.fixture
def whole_story(meeting: Meeting, bob: Any, chloe: Any, in_days: Any, run_reactions: Any) -> None:
    """Fixed, corrected, moved, then called off; each told on the way."""
    slots: list[Any] = []
    acts = [
        lambda: fix_date(fresh(meeting), in_days(3), by=bob, place="Salle 3"),
        lambda: fix_date(fresh(meeting), in_days(3), by=bob, place="Salle 4"),
        lambda: slots.extend(propose_slots(fresh(meeting), [in_days(5)], by=bob, place="Salle 5")),
        lambda: accept_slot(slots[0], by=chloe),
        lambda: cancel_meeting(fresh(meeting), by=bob, reason="Grève"),
    ]
    for number, act in enumerate(acts):
        with clock.at(clock.now() + number * dt.timedelta(minutes=5)):
            act()
            run_reactions()


# -- invitations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bob", "chloe"])
def test_a_program_accepts_an_invitation_its_changes_and_its_end(
    whole_story: None, name: str, request: pytest.FixtureRequest
) -> None:
    files = received(request.getfixturevalue(name))
    assert [method for _body, method in files] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST", "CANCEL"]
    program, shows = Program(), []
    for body, method in files:
        program.receive(body, method)
        shows.append([place for _start, place in program.shows()])
    assert shows == [["Salle 3"], ["Salle 4"], [], ["Salle 5"], []]


def test_whatever_the_order_in_which_they_arrive(whole_story: None, chloe: Any) -> None:
    files = received(chloe)
    for number, last in ((4, ["Salle 5"]), (5, [])):
        for order in itertools.permutations(files[:number]):
            program = Program()
            for body, method in order:
                program.receive(body, method)
            assert [place for _start, place in program.shows()] == last


def test_what_is_told_late_does_not_pass_before_what_was_told_since(
    meeting: Meeting, bob: Any, chloe: Any, in_days: Any, run_reactions: Any
) -> None:
    fix_date(meeting, in_days(3), by=bob)
    run_reactions()
    propose_slots(fresh(meeting), [in_days(5)], by=chloe)
    fix_date(fresh(meeting), in_days(6), by=bob, place="Salle 6")
    run_reactions()  # the worker was down: both at once
    program = Program()
    for body, method in received(chloe):
        program.receive(body, method)
    assert [place for _start, place in program.shows()] == ["Salle 6"]
    versions = [
        int(Calendar.from_ical(body).walk("VEVENT")[0]["SEQUENCE"]) for body, _method in received(chloe)
    ]
    assert versions == sorted(versions)


def test_someone_who_joins_is_invited_and_someone_who_leaves_loses_it(
    meeting: Meeting, subject: StepSubject, bob: Any, chloe: Any, dora: Any, in_days: Any, run_reactions: Any
) -> None:
    fix_date(meeting, in_days(3), by=bob)
    run_reactions()
    invite_to_meeting(fresh(meeting), dora, by=chloe)
    run_reactions()
    assert [method for _body, method in received(dora)] == ["REQUEST"]
    assert [method for _body, method in received(chloe)] == ["REQUEST"]
    names = [str(who) for who in Calendar.from_ical(received(dora)[0][0]).walk("VEVENT")[0]["ATTENDEE"]]
    assert "mailto:dora@example.org" in names
    leave_meetings(subject, dora)
    run_reactions()
    program = Program()
    for body, method in received(dora):
        program.receive(body, method)
    assert program.shows() == []
    gone = Calendar.from_ical(received(dora)[-1][0]).walk("VEVENT")[0]
    # Uninvited: it names only the one whom it concerns.
    assert str(gone["ATTENDEE"]) == "mailto:dora@example.org"
    assert [method for _body, method in received(chloe)] == ["REQUEST"]
    invite_to_meeting(fresh(meeting), dora, by=chloe)
    run_reactions()
    program.receive(*received(dora)[-1])
    assert len(program.shows()) == 1


def test_leaving_a_meeting_without_a_date_sends_no_file(
    meeting: Meeting, subject: StepSubject, chloe: Any, run_reactions: Any
) -> None:
    leave_meetings(subject, chloe)
    run_reactions()
    assert received(chloe) == []
    assert not Fact.objects.filter(name="meeting.left").exists()


def test_someone_without_an_address_stands_in_the_words_only(
    meeting: Meeting, subject: StepSubject, bob: Any, chloe: Any, dora: Any, in_days: Any, run_reactions: Any
) -> None:
    dora.email = None
    dora.save()
    invite_to_meeting(meeting, dora, by=bob)
    fix_date(fresh(meeting), in_days(3), by=bob)
    run_reactions()
    body, method = received(chloe)[0]
    read_strictly(body, method)
    event = Calendar.from_ical(body).walk("VEVENT")[0]
    assert dora.display_name in event["DESCRIPTION"]
    assert len(event["ATTENDEE"]) == 2


def test_the_clocks_change_between_the_proposal_and_the_meeting(
    meeting: Meeting, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    """Proposed on the 2nd of March for ten o’clock on the 1st of April: ten o’clock it is, in summer time."""
    start = dt.datetime(2026, 4, 1, 10, tzinfo=PARIS)
    accept_slot(propose_slots(meeting, [start], by=bob)[0], by=chloe)
    run_reactions()
    body, method = received(bob)[0]
    calendar = read_strictly(body, method)
    event = next(part for part in calendar.parts if part.name == "VEVENT")
    assert event.properties["DTSTART"] == [({"TZID": "Europe/Paris"}, "20260401T100000")]
    assert fresh(meeting).starts_at == dt.datetime(2026, 4, 1, 8, tzinfo=dt.UTC)
    assert Calendar.from_ical(body).walk("VEVENT")[0].start == fresh(meeting).starts_at


# -- private addresses --------------------------------------------------------------------------------------


def ask(client_of: Any, feed: CalendarFeed, **headers: str) -> Any:
    return client_of(None).get(reverse("api:feed", args=[feed.secret]), headers=headers)


@pytest.fixture
def group(network: Any, make_post: Any, bob: Any, chloe: Any, dora: Any) -> Any:
    """Bob and Dora learn together from Chloé."""
    from reciproque.exchanges import actions
    from reciproque.exchanges.models import Exchange

    offer = make_post(chloe, small_group=True)
    for person in (bob, dora):
        row = actions.ask_introduction(network, requester=person, offerer=chloe, by=person, offer=offer)
        found = Exchange.objects.first()
        actions.accept_introduction(row, by=chloe, **({"into": found} if found else {}))
    return Exchange.objects.get()


def test_a_feed_is_a_calendar_and_says_when_nothing_changed(
    meeting: Meeting, bob: Any, client_of: Any, in_days: Any, queries: Any
) -> None:
    fix_date(meeting, in_days(3), by=bob, place="Salle « 3 » ; bât. A, " + "é" * 100)
    feed = open_feed(bob, by=bob)
    first = ask(client_of, feed)
    read_strictly(first.content, "PUBLISH")
    with clock.at(clock.now() + HOUR):
        again = ask(client_of, feed)
        assert again.content == first.content
        for name in ("ETag", "Last-Modified", "Cache-Control"):
            assert again[name] == first[name]
        same = ask(client_of, feed, **{"If-None-Match": first["ETag"]})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
        assert ask(client_of, feed, **{"If-Modified-Since": first["Last-Modified"]}).status_code == 304
        fix_date(fresh(meeting), in_days(4), by=bob)
        changed = ask(client_of, feed, **{"If-None-Match": first["ETag"]})
        assert changed.status_code == 200
        assert changed["ETag"] != first["ETag"]
        assert changed["Last-Modified"] != first["Last-Modified"]


def test_a_feed_costs_the_same_in_two_groups_and_in_two_hundred(
    plan: Any, bob: Any, chloe: Any, dora: Any, client_of: Any, queries: Any, in_days: Any
) -> None:
    feed = open_feed(bob, by=bob)
    for number in (2, 198):
        for _ in range(number):
            meeting = plan(bob, chloe, dora)
            Meeting.objects.filter(pk=meeting.pk).update(
                state="fixed", starts_at=in_days(3), ends_at=in_days(3) + HOUR
            )
        ask(client_of, feed)
        with queries() as seen:
            answer = ask(client_of, feed)
        assert len(seen) == 3
        with queries() as seen:
            assert ask(client_of, feed, **{"If-None-Match": answer["ETag"]}).status_code == 304
        assert len(seen) == 3
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 200
    with queries() as seen:
        assert len(shown.groups_of(bob)) == 200
    assert len(seen) == 1


def test_the_feed_of_a_group_holds_its_meetings_only(
    group: Any, meeting: Meeting, bob: Any, client_of: Any, in_days: Any
) -> None:
    fix_date(meeting, in_days(3), by=bob)
    theirs = shown.live_meeting(group)
    assert theirs is not None
    fix_date(theirs, in_days(4), by=bob)
    subject = StepSubject("exchange", group.public_id)
    assert [(row.subject_kind, row.public_id) for row in shown.groups_of(bob)] == [
        ("exchange", group.public_id)
    ]
    feed, mine = open_feed(bob, by=bob, group=subject), open_feed(bob, by=bob)
    answer = ask(client_of, feed)
    read_strictly(answer.content, "PUBLISH")
    assert [str(event["UID"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")] == [
        f"{theirs.public_id}@reciproque"
    ]
    assert len(Calendar.from_ical(ask(client_of, mine).content).walk("VEVENT")) == 2
    newer = open_feed(bob, by=bob, group=subject)
    assert ask(client_of, feed).status_code == 404
    assert ask(client_of, newer).status_code == 200
    close_feed(bob, by=bob, group=subject)
    assert ask(client_of, newer).status_code == 404
    assert ask(client_of, mine).status_code == 200


def test_whoever_leaves_a_group_no_longer_reads_its_calendar(
    group: Any, network: Any, dora: Any, client_of: Any, run_reactions: Any
) -> None:
    from reciproque.networks.actions import leave_network

    subject = StepSubject("exchange", group.public_id)
    feed = open_feed(dora, by=dora, group=subject)
    assert ask(client_of, feed).status_code == 200
    leave_network(dora.memberships.get(network=network), by=dora)
    run_reactions()
    assert ask(client_of, feed).status_code == 404
    with pytest.raises(NotThere):
        get_feed(feed.secret)
    with pytest.raises(PermissionDenied):
        open_feed(dora, by=dora, group=subject)


def test_only_oneself_and_only_in_the_group(meeting: Meeting, subject: Any, bob: Any, dora: Any) -> None:
    for call in (
        lambda: open_feed(bob, by=dora),
        lambda: close_feed(bob, by=dora),
        lambda: open_feed(dora, by=dora, group=subject),
        lambda: open_feed(dora, by=dora, group=StepSubject("exchange", new_id())),
        lambda: give_calendar(bob, "https://example.org/", by=dora),
        lambda: read_again(bob, by=dora),
        lambda: withdraw_calendar(bob, by=dora),
    ):
        with pytest.raises(PermissionDenied):
            call()
    assert not CalendarFeed.objects.exists()


# -- busy hours ---------------------------------------------------------------------------------------------


def calendar(*starts: dt.datetime, minutes: int = 60) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for number, start in enumerate(starts):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "SUMMARY:Rendez-vous secret"]
        lines += [f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DURATION:PT{minutes}M", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    """A site of the organisation, which the administrator listed."""
    made = Site()
    settings.FETCH_HOSTS = [made.place]
    yield made
    made.close()


def test_busy_hours_are_read_and_nothing_else_is_kept(site: Site, bob: Any, in_days: Any) -> None:
    site.body = calendar(in_days(1), in_days(2))
    give_calendar(bob, site.url, by=bob)
    row = shown.busy_calendar_of(bob)
    assert row is not None
    assert row.busy == [[(in_days(n)).isoformat(), (in_days(n) + HOUR).isoformat()] for n in (1, 2)]
    assert row.problem == ""
    assert "secret" not in str(BusyCalendar.objects.values().get())
    assert Fact.objects.get(name="calendar.given").data.get("url") is None
    busy = shown.busy_of(bob, in_days(0), in_days(9))
    assert busy == [(in_days(1), in_days(1) + HOUR), (in_days(2), in_days(2) + HOUR)]
    assert shown.taken_at(busy, in_days(1) - HOUR, 60) is None
    assert shown.taken_at(busy, in_days(1) - HOUR, 61) == busy[0]
    assert shown.taken_at(busy, in_days(1) + HOUR, 60) is None
    withdraw_calendar(bob, by=bob)
    assert not BusyCalendar.objects.exists()


def test_my_meetings_here_make_me_busy_too(
    meeting: Meeting, plan: Any, bob: Any, chloe: Any, in_days: Any
) -> None:
    fix_date(meeting, in_days(3), by=bob)
    span = (in_days(0), in_days(9))
    assert shown.busy_of(chloe, *span) == [(in_days(3), in_days(3) + HOUR)]
    assert shown.busy_of(chloe, *span, but=meeting) == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://localhost/agenda.ics", "machine interne"),
        ("https://127.0.0.1/agenda.ics", "machine interne"),
        ("webcal://[::1]/agenda.ics", "machine interne"),
        ("http://2130706433/agenda.ics", "nom du site"),
        ("http://169.254.169.254/latest/meta-data", "machine interne"),
        ("file:///etc/passwd", "commencer par https"),
        ("agenda de bob", "bien écrite"),
        ("", "bien écrite"),
    ],
)
def test_an_address_that_leads_inside_is_refused_with_a_sentence(url: str, words: str, bob: Any) -> None:
    with pytest.raises(ValidationError, match=words):
        give_calendar(bob, url, by=bob)
    assert not BusyCalendar.objects.exists()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"<html>Bonjour</html>", "pas un agenda"),
        (200, b"", "pas un agenda"),
        (404, b"", "ne mène plus"),
        (410, b"", "ne mène plus"),
        (401, b"", "mot de passe"),
        (403, b"", "mot de passe"),
        (500, b"", "erreur .500"),
        (200, b"x" * 3_000_001, "trop longue"),
    ],
)
def test_an_address_that_gives_no_calendar_is_refused(
    site: Site, bob: Any, status: int, body: bytes, words: str
) -> None:
    site.status, site.body = status, body
    with pytest.raises(ValidationError, match=words):
        give_calendar(bob, site.url, by=bob)
    assert not BusyCalendar.objects.exists()


def test_webcal_is_how_calendars_write_https(site: Site, bob: Any) -> None:
    with pytest.raises(ValidationError, match="connexion protégée|identité|ne répond pas|incompréhensible"):
        give_calendar(bob, site.url.replace("http://", "webcal://"), by=bob)


def test_the_worker_reads_each_once_an_hour(site: Site, bob: Any, in_days: Any) -> None:
    site.body = calendar(in_days(1))
    give_calendar(bob, site.url, by=bob)
    assert read_calendars() == 0
    now = clock.now()
    with clock.at(now + HOUR):
        site.body = calendar(in_days(2))
        assert read_calendars() == 1
        assert read_calendars() == 0
        assert shown.busy_of(bob, now, in_days(9)) == [(in_days(2), in_days(2) + HOUR)]
    assert len(site.asked) == 2


def test_a_site_that_fails_is_asked_less_and_less(site: Site, bob: Any, in_days: Any) -> None:
    site.body = calendar(in_days(1))
    give_calendar(bob, site.url, by=bob)
    start, moment, waits = clock.now(), clock.now() + HOUR, []
    site.status = 503
    for _ in range(8):
        with clock.at(moment):
            assert read_calendars() == 1
            row = BusyCalendar.objects.get()
            assert "erreur (503)" in row.problem
            # What was known still holds.
            assert row.busy
            assert row.read_at == start
        waits.append((row.next_at - moment) // HOUR)
        moment = row.next_at
    assert waits == [1, 2, 4, 8, 16, 24, 24, 24]
    site.status = 200
    with clock.at(moment):
        assert read_calendars() == 1
        row = BusyCalendar.objects.get()
        assert (row.problem, row.read_at, row.next_at) == ("", moment, moment + HOUR)


def test_reading_now_not_twice_within_a_minute(site: Site, bob: Any, in_days: Any) -> None:
    assert read_again(bob, by=bob) is None
    site.body = calendar(in_days(1))
    give_calendar(bob, site.url, by=bob)
    with pytest.raises(ValidationError, match="Attendez une minute"):
        read_again(bob, by=bob)
    site.body = b"gone"
    with clock.at(clock.now() + dt.timedelta(minutes=2)):
        row = read_again(bob, by=bob)
        assert row is not None
        assert "pas un agenda" in row.problem
    assert len(site.asked) == 2


def test_the_calendar_of_someone_who_left_is_no_longer_read(site: Site, bob: Any, in_days: Any) -> None:
    site.body = calendar(in_days(1))
    give_calendar(bob, site.url, by=bob)
    leave_organisation(bob, by=None)
    with clock.at(clock.now() + HOUR):
        assert read_calendars() == 0


def test_a_part_that_could_not_be_read_is_said(site: Site, bob: Any, in_days: Any) -> None:
    site.body = calendar(in_days(1)).replace(b"DURATION:PT60M", b"DURATION:PT60M\r\nRRULE:FREQ=SECONDLY")
    assert "n’ont pas pu être lus" in give_calendar(bob, site.url, by=bob).problem
    many = [in_days(1) + n * dt.timedelta(minutes=10) for n in range(2500)]
    site.body = calendar(*many, minutes=5)
    row = give_calendar(bob, site.url, by=bob)
    assert "seule une partie" in row.problem
    assert len(row.busy) == 2000
