"""The invitation that goes with a mail: made, changed, withdrawn, in order."""

import datetime as dt
from typing import Any

from icalendar import Calendar

from reciproque.agenda.actions import accept_slot, cancel_meeting, propose_slots
from reciproque.agenda.models import Meeting
from reciproque.agenda.queries import live_meeting
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.notices.actions import tell
from reciproque.notices.models import Outgoing

DAY = dt.timedelta(days=1)


def tell_all() -> None:
    for fact in Fact.objects.order_by("pk"):
        tell(fact)


def calendars(person: Any) -> list[tuple[str, Any]]:
    rows = Outgoing.objects.filter(person=person).exclude(ics="").order_by("pk")
    read = []
    for row in rows:
        calendar = Calendar.from_ical(row.ics)
        assert calendar["METHOD"] == row.ics_method
        read.append((row.ics_method, calendar.walk("VEVENT")[0]))
    return read


def test_an_invitation_is_sent_changed_then_withdrawn(
    network: Any, bob: Any, chloe: Any, make_post: Any
) -> None:
    offer = make_post(chloe)
    introduction = exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)
    exchanges.accept_introduction(introduction, by=chloe)
    meeting = live_meeting(Exchange.objects.get(people__introduction=introduction))
    first, second = clock.now() + 3 * DAY, clock.now() + 5 * DAY
    for start in (first, second):
        slots = propose_slots(Meeting.objects.get(pk=meeting.pk), [start], by=bob)
        tell_all()
        accept_slot(slots[0], by=chloe)
        tell_all()
    cancel_meeting(Meeting.objects.get(pk=meeting.pk), by=chloe, reason="Un empêchement.")
    tell_all()

    received = calendars(bob)
    assert [method for method, _event in received] == ["REQUEST", "CANCEL", "REQUEST", "CANCEL"]
    assert len({str(event["UID"]) for _method, event in received}) == 1
    sequences = [int(event["SEQUENCE"]) for _method, event in received]
    assert sequences == sorted(set(sequences))
    assert [event["DTSTART"].dt for _method, event in received] == [first, first, second, second]
    assert received[0][1]["DTEND"].dt - received[0][1]["DTSTART"].dt == dt.timedelta(minutes=60)
    assert received[1][1]["STATUS"] == "CANCELLED"
    assert {str(address) for address in received[0][1]["ATTENDEE"]} == {
        "mailto:bob@example.org",
        "mailto:chloe@example.org",
    }
    # The one who chose, then cancelled, has the same in that calendar.
    assert [method for method, _event in calendars(chloe)] == ["REQUEST", "CANCEL", "REQUEST", "CANCEL"]
