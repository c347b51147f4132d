"""Calendar files as programs read them."""

import datetime as dt

import icalendar
import pytest

from reciproque.kit import ics

START = dt.datetime(2026, 3, 3, 13, tzinfo=dt.UTC)


def entry(**fields: object) -> ics.Entry:
    values: dict[str, object] = {
        "uid": "abc@reciproque",
        "title": "Mener un entretien difficile",
        "starts_at": START,
        "ends_at": START + dt.timedelta(hours=1),
        "zone": "Europe/Paris",
        "organiser": ics.Someone("Réciproque", "no-reply@example.org"),
        "people": [ics.Someone("Chloé Le Goff", "chloe@example.org"), ics.Someone("Sans adresse")],
        **fields,
    }
    return ics.Entry(**values)  # type: ignore[arg-type]


def test_an_invitation_holds_what_calendars_need() -> None:
    body = ics.build([entry(sequence=3, place="Salle 3", text="Avec\nChloé")], method=ics.REQUEST)
    calendar = icalendar.Calendar.from_ical(body)
    event = calendar.walk("VEVENT")[0]
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == "abc@reciproque"
    assert int(event["SEQUENCE"]) == 3
    assert event["STATUS"] == "CONFIRMED"
    assert event["DESCRIPTION"] == "Avec\nChloé"
    assert str(event["ORGANIZER"]) == "mailto:no-reply@example.org"
    # Only those who have an address can be attendees; the date is agreed, so no answer is asked for.
    assert str(event["ATTENDEE"]) == "mailto:chloe@example.org"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "Pacific/Noumea"])
def test_moments_are_in_full_zone_names_with_their_rules(zone: str) -> None:
    body = ics.build([entry(zone=zone)])
    assert f"DTSTART;TZID={zone}:".encode() in body
    assert f"TZID:{zone}".encode() in body
    calendar = icalendar.Calendar.from_ical(body)
    assert calendar.walk("VEVENT")[0].start == START
    assert not calendar.get_missing_tzids()


def test_a_cancellation_says_so() -> None:
    body = ics.build([entry(cancelled=True, sequence=4)], method=ics.CANCEL)
    calendar = icalendar.Calendar.from_ical(body)
    assert calendar["METHOD"] == "CANCEL"
    assert calendar.walk("VEVENT")[0]["STATUS"] == "CANCELLED"


def test_a_feed_names_no_attendee() -> None:
    calendar = icalendar.Calendar.from_ical(ics.build([entry()], name="Mes rencontres"))
    assert calendar["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in calendar.walk("VEVENT")[0]
    assert ics.build([], name="Vide").count(b"BEGIN:VCALENDAR") == 1


@pytest.mark.parametrize(
    "text",
    ["a\r\nATTENDEE:mailto:x@example.org", "é" * 300, 'guillemets " ; , \\ :', "\x00\x07 control", "𝕏🙂 ‮ "],
)
def test_what_people_write_cannot_break_the_file(text: str) -> None:
    people = [ics.Someone(text, "a@example.org\r\nX-EVIL:1")]
    body = ics.build([entry(title=text, place=text, text=text, people=people)], method=ics.REQUEST)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(body)
    event = calendar.walk("VEVENT")[0]
    assert len(calendar.walk("VEVENT")) == 1
    assert "X-EVIL" not in event
    assert isinstance(event["ATTENDEE"], icalendar.vCalAddress)


def test_someone_of_a_header() -> None:
    assert ics.someone("Réciproque <r@example.org>") == ics.Someone("Réciproque", "r@example.org")
    assert ics.someone("r@example.org") == ics.Someone("r@example.org", "r@example.org")
