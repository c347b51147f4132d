"""When somebody is taken, from calendar files as programs write them, and as they should not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reciproque.kit.busy import MAX_INTERVALS, NotACalendar, Reading, read_busy

PARIS = ZoneInfo("Europe/Paris")
START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
END = START + dt.timedelta(days=60)


def file(*events: str, head: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    if head:
        lines.append(head)
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", *event.strip().split("\n"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(body: bytes, zone: ZoneInfo = PARIS) -> Reading:
    return read_busy(body, start=START, end=END, zone=zone)


def busy(*events: str, zone: ZoneInfo = PARIS) -> list[str]:
    """Return the busy hours in Paris ("03-03 14:00-15:00")."""
    return [
        f"{first.astimezone(PARIS):%m-%d %H:%M}-{last.astimezone(PARIS):%H:%M}"
        for first, last in read(file(*events), zone).busy
    ]


def test_one_event() -> None:
    assert busy("DTSTART:20260303T130000Z\nDTEND:20260303T140000Z") == ["03-03 14:00-15:00"]
    assert busy("DTSTART;TZID=Europe/Paris:20260303T140000\nDURATION:PT1H") == ["03-03 14:00-15:00"]
    # Windows' own name of the same zone, and a name from a database of zones.
    assert busy("DTSTART;TZID=Romance Standard Time:20260303T140000\nDURATION:PT1H") == ["03-03 14:00-15:00"]
    assert busy("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Paris:20260303T140000\nDURATION:PT1H") == [
        "03-03 14:00-15:00"
    ]


def test_hours_and_days_without_a_zone_are_those_of_the_person() -> None:
    assert busy("DTSTART:20260303T140000\nDURATION:PT1H") == ["03-03 14:00-15:00"]
    reunion = ZoneInfo("Indian/Reunion")
    assert busy("DTSTART:20260303T140000\nDURATION:PT1H", zone=reunion) == ["03-03 11:00-12:00"]
    assert busy("DTSTART;VALUE=DATE:20260303", zone=reunion) == ["03-02 21:00-21:00"]


def test_whole_days() -> None:
    assert busy("DTSTART;VALUE=DATE:20260303") == ["03-03 00:00-00:00"]
    assert busy("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260305") == ["03-03 00:00-00:00"]
    body = file("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260305")
    assert read(body).busy[0][1] - read(body).busy[0][0] == dt.timedelta(days=2)
    # The day of 23 hours is one day.
    first, last = read(file("DTSTART;VALUE=DATE:20260329\nRRULE:FREQ=DAILY;COUNT=1")).busy[0]
    assert last - first == dt.timedelta(hours=23)


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "DTEND:20260303T130000Z",
        "DTEND:20260303T120000Z",
    ],
)
def test_what_leaves_one_free(line: str) -> None:
    assert busy(f"DTSTART:20260303T130000Z\n{line}\nDURATION:PT1H" if "DTEND" not in line else
                f"DTSTART:20260303T130000Z\n{line}") == []  # fmt: skip


def test_an_invitation_of_ours_is_known_by_its_identifier() -> None:
    body = file("DTSTART:20260303T130000Z\nDURATION:PT1H").replace(b"UID:0", b"UID:abc@reciproque")
    assert read(body).busy == []


def test_repeated_with_exceptions_and_changes() -> None:
    weekly = (
        "DTSTART;TZID=Europe/Paris:20260105T090000\nDURATION:PT30M\nRRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260330"
    )
    assert busy(weekly) == [
        "03-09 09:00-09:30",
        "03-16 09:00-09:30",
        "03-23 09:00-09:30",
        "03-30 09:00-09:30",
    ]
    out = f"{weekly}\nEXDATE;TZID=Europe/Paris:20260309T090000,20260316T090000"
    assert busy(out) == ["03-23 09:00-09:30", "03-30 09:00-09:30"]
    assert busy(f"{weekly}\nEXDATE;VALUE=DATE:20260309")[0] == "03-16 09:00-09:30"
    assert busy(f"{weekly}\nRDATE;TZID=Europe/Paris:20260303T110000")[0] == "03-03 11:00-11:30"
    moved = "RECURRENCE-ID;TZID=Europe/Paris:20260309T090000\nDTSTART;TZID=Europe/Paris:20260310T100000\nDURATION:PT1H"
    body = file(weekly, moved).replace(b"UID:1", b"UID:0")
    assert [f"{first.astimezone(PARIS):%m-%d %H}" for first, _last in read(body).busy][:2] == [
        "03-10 10",
        "03-16 09",
    ]
    gone = "RECURRENCE-ID:20260309T080000Z\nSTATUS:CANCELLED\nDTSTART:20260309T080000Z\nDURATION:PT1H"
    body = file(weekly, gone).replace(b"UID:1", b"UID:0")
    assert f"{read(body).busy[0][0]:%m-%d}" == "03-16"


def test_repeated_across_the_change_of_clocks() -> None:
    hours = busy("DTSTART;TZID=Europe/Paris:20260327T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4")
    assert hours == [f"03-{day} 09:00-10:00" for day in (27, 28, 29, 30)]
    # A night out ends at its hour.
    night = "DTSTART;TZID=Europe/Paris:20260328T230000\nDTEND;TZID=Europe/Paris:20260329T070000"
    assert busy(night) == ["03-28 23:00-07:00"]


def test_free_and_busy_hours_published_as_such() -> None:
    body = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\nUID:1\r\n"
        b"FREEBUSY:20260303T130000Z/PT1H,20260304T080000Z/20260304T090000Z\r\n"
        b"FREEBUSY;FBTYPE=FREE:20260305T080000Z/PT1H\r\n"
        b"FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260306T080000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    assert [f"{first:%d %H}-{last:%H}" for first, last in read(body).busy] == [
        "03 13-14",
        "04 08-09",
        "06 08-09",
    ]


def test_intervals_are_joined_and_cut_to_the_period() -> None:
    assert busy(
        "DTSTART:20260303T130000Z\nDTEND:20260303T140000Z",
        "DTSTART:20260303T133000Z\nDTEND:20260303T150000Z",
        "DTSTART:20260303T150000Z\nDTEND:20260303T153000Z",
        "DTSTART:20260101T000000Z\nDTEND:20260102T000000Z",
        "DTSTART:20260302T080000Z\nDTEND:20260302T100000Z",
    ) == ["03-02 10:00-11:00", "03-03 14:00-16:30"]


def test_nothing_but_hours_is_looked_at() -> None:
    event = 'SUMMARY:Secret\nDESCRIPTION;BROKEN:x\n folded\nATTENDEE;CN="x:mailto:a@b\nDTSTART:20260303T130000Z\nDURATION:PT1H\nBEGIN:VALARM\nDTSTART:20260304T130000Z\nTRIGGER:-PT5M\nEND:VALARM'
    assert busy(event) == ["03-03 14:00-15:00"]


def test_an_event_that_cannot_be_read_costs_only_itself() -> None:
    good = "DTSTART:20260303T130000Z\nDURATION:PT1H"
    bad = [
        "DTSTART:yesterday",
        "SUMMARY:no date",
        "DTSTART:20260303T130000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY",
    ]
    reading = read(file(*bad, good))
    assert (len(reading.busy), reading.left_out) == (1, 3)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Not found</html>",
        b"\xff\xfe\x00",
        b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        b"END:VCALENDAR\r\n",
        b"hello" * 1000,
    ],
)
def test_what_is_not_a_calendar(body: bytes) -> None:
    with pytest.raises(NotACalendar):
        read(body)


def test_a_hostile_calendar_is_bounded() -> None:
    hour = "DTSTART:20260301T000000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;BYHOUR={hours};BYMINUTE=0,30"
    dense = [hour.format(hours=",".join(map(str, range(24)))) for _ in range(3)]
    assert len(read(file(*dense)).busy) == MAX_INTERVALS
    assert read(file(*dense)).cut
    old = ["DTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=99999999"] * 2000
    assert read(file(*old)).cut
    never = ["DTSTART:19700101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"] * 2000
    assert read(file(*never)).busy == []


@pytest.mark.needs_shared
def test_every_real_file_gives_hours_or_a_refusal(shared: Path) -> None:
    files = sorted((shared / "data/robust/ics").rglob("*.ics"))
    assert len(files) > 150
    read_well, hours = 0, 0
    for path in files:
        for year in (1997, 2005, 2014, 2020, 2022, 2024, 2026):
            start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
            try:
                reading = read_busy(
                    path.read_bytes(), start=start, end=start + dt.timedelta(days=366), zone=PARIS
                )
            except NotACalendar:
                continue
            assert all(first < last for first, last in reading.busy)
            assert reading.busy == sorted(reading.busy)
            read_well, hours = read_well + 1, hours + len(reading.busy)
    assert read_well > 900
    assert hours > 100
