"""A strict reader of calendar files (RFC 5545, RFC 5546), and a calendar program as they behave: both our own."""

from __future__ import annotations

import re
from typing import Any

import icalendar

LINE = re.compile(r'(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(?P<value>.*)', re.DOTALL)  # fmt: skip
PARAM = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^;]*)')
ONCE = {
    "VCALENDAR": ("PRODID", "VERSION", "METHOD"),
    "VEVENT": ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS"),
    "VTIMEZONE": ("TZID",),
    "STANDARD": ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"),
    "DAYLIGHT": ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"),
}
INSIDE = {"VCALENDAR": "", "VEVENT": "VCALENDAR", "VTIMEZONE": "VCALENDAR", "STANDARD": "VTIMEZONE", "DAYLIGHT": "VTIMEZONE"}  # fmt: skip
TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION")


class Part:
    """One component: its name, its properties as (parameters, value) by name, its own parts."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.properties: dict[str, list[tuple[dict[str, str], str]]] = {}
        self.parts: list[Part] = []

    def one(self, name: str) -> str:
        return self.properties[name][0][1]


def _lines(body: bytes) -> list[str]:
    assert body.endswith(b"\r\n"), "the last line has its end"
    assert b"\n" not in body.replace(b"\r\n", b""), "lines end with CRLF only"
    assert b"\r" not in body.replace(b"\r\n", b"")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode("utf-8")  # a character is never cut in two
    text = body.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode("utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    return text.split("\r\n")[:-1]


def read_strictly(body: bytes, method: str) -> Part:
    """Read a calendar file, refusing with an AssertionError whatever the standard does not allow."""
    root, stack = Part(""), [Part("")]
    stack[0] = root
    for line in _lines(body):
        match = LINE.fullmatch(line)
        assert match, line
        name, value = match["name"].upper(), match["value"]
        if name == "BEGIN":
            assert value in ONCE, f"an unexpected part {value}"
            assert INSIDE[value] == stack[-1].name
            stack[-1].parts.append(Part(value))
            stack.append(stack[-1].parts[-1])
        elif name == "END":
            assert stack.pop().name == value
        else:
            params = {key.upper(): text.strip('"') for key, text in PARAM.findall(match["params"])}
            stack[-1].properties.setdefault(name, []).append((params, value))
    assert len(stack) == 1
    assert len(root.parts) == 1
    calendar = root.parts[0]
    _check(calendar, method)
    _read_back(body)
    return calendar


def _check(calendar: Part, method: str) -> None:
    assert calendar.one("VERSION") == "2.0"
    assert calendar.one("METHOD") == method
    assert any(part.name == "VEVENT" for part in calendar.parts)
    zones = [part.one("TZID") for part in calendar.parts if part.name == "VTIMEZONE"]
    assert len(set(zones)) == len(zones)
    every = [calendar, *calendar.parts, *(inner for part in calendar.parts for inner in part.parts)]
    for part in every:
        for name in ONCE[part.name]:
            assert len(part.properties.get(name, [])) == 1, f"{part.name} {name}"
        for values in part.properties.values():
            for params, _value in values:
                assert "TZID" not in params or params["TZID"] in zones, f"{params['TZID']} is not defined"
    for part in calendar.parts:
        if part.name == "VTIMEZONE":
            assert part.parts
        else:
            _check_event(part, method)


def _check_event(event: Part, method: str) -> None:
    assert re.fullmatch(r"\d{8}T\d{6}Z", event.one("DTSTAMP"))
    assert re.fullmatch(r"\d+", event.one("SEQUENCE"))
    for name in ("DTSTART", "DTEND"):
        params, value = event.properties[name][0]
        assert re.fullmatch(r"\d{8}T\d{6}", value)
        assert "TZID" in params
    assert event.one("DTEND") > event.one("DTSTART")
    assert event.one("STATUS") in ("CONFIRMED", "CANCELLED", "TENTATIVE")
    for name in TEXTS:
        for _params, value in event.properties.get(name, []):
            assert not re.search(r"(?<!\\)[,;]", re.sub(r"\\\\", "", value)), value
    people = event.properties.get("ATTENDEE", [])
    for params, value in [*people, *event.properties.get("ORGANIZER", [])]:
        assert re.fullmatch(r"mailto:[^\s@]+@[^\s@]+", value)
        assert params["CN"]
    assert len(event.properties.get("ORGANIZER", [])) == 1
    if method == "REQUEST":
        assert people
        assert event.one("STATUS") == "CONFIRMED"
    elif method == "CANCEL":
        assert event.one("STATUS") == "CANCELLED"
    else:
        assert not people


def _read_back(body: bytes) -> None:
    calendar = icalendar.Calendar.from_ical(body)
    for part in calendar.walk():
        assert not part.errors, part.errors
    assert not calendar.get_missing_tzids()
    assert icalendar.Calendar.from_ical(calendar.to_ical()) == calendar


class Program:
    """A calendar program: what it shows after the invitations it received, in whatever order."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}
        self.seen: dict[str, tuple[int, str]] = {}

    def receive(self, body: bytes, method: str) -> None:
        """Take an invitation in: what is older than what was seen of the same meeting is left aside."""
        event = next(part for part in read_strictly(body, method).parts if part.name == "VEVENT")
        uid, version = event.one("UID"), (int(event.one("SEQUENCE")), event.one("DTSTAMP"))
        if version < self.seen.get(uid, (-1, "")):
            return
        self.seen[uid] = version
        if method == "CANCEL":
            self.held.pop(uid, None)
        else:
            self.held[uid] = event

    def shows(self) -> list[tuple[str, str]]:
        return [(event.one("DTSTART"), event.one("LOCATION")) for event in self.held.values()]
