"""Meetings and the agenda in a browser: dates in everyone's own time, moved, cancelled, held; the calendar."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import icalendar
import pytest
from django.urls import reverse

from reciproque.agenda.actions import fix_date, propose_slots
from reciproque.agenda.models import Meeting, Step
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import MeetingState, Verb
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange
from reciproque.exchanges.rules import ExchangeState
from reciproque.kit import clock
from tests.sites import Site

DAY = dt.timedelta(days=1)


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def exchange(network: Any, bob: Any, chloe: Any, make_post: Any) -> Exchange:
    """Bob learns from Chloé; no date yet."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    introduction = actions.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)
    actions.accept_introduction(introduction, by=chloe)
    return Exchange.objects.get()


@pytest.fixture
def meeting(exchange: Exchange) -> Meeting:
    found = live_meeting(exchange)
    assert found is not None
    return found


def url_of(meeting: Meeting, name: str = "meeting") -> str:
    return reverse(f"agenda:{name}", args=[meeting.public_id])


def dates(**more: str) -> dict[str, str]:
    return {
        "propose-slot_1_0": "2026-03-05",
        "propose-slot_1_1": "14:00",
        "propose-minutes": "60",
        "propose-mode": "phone",
        "propose-place": "02 40 00 00 00",
        **more,
    }


def test_proposing_then_choosing(
    exchange: Exchange, meeting: Meeting, bob: Any, chloe: Any, client_of: Any
) -> None:
    response = client_of(bob).post(
        url_of(meeting, "propose"), dates(**{"propose-slot_2_0": "2026-03-06", "propose-slot_2_1": "09:30"})
    )
    assert response.status_code == 303
    page = text_of(client_of(chloe).get(reverse("exchanges:exchange", args=[exchange.public_id])))
    assert "Quelle date vous convient ?" in page
    assert "convient à Bob Riou" in page
    slot = meeting.slots.get(starts_at=dt.datetime(2026, 3, 6, 8, 30, tzinfo=dt.UTC))
    response = client_of(chloe).post(url_of(meeting, "accept"), {"slot": slot.public_id})
    assert response.status_code == 303
    assert client_of(chloe).post(url_of(meeting, "accept"), {"slot": slot.public_id}).status_code == 303
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at, meeting.place) == (
        MeetingState.FIXED,
        slot.starts_at,
        "02 40 00 00 00",
    )
    page = text_of(client_of(bob).get(reverse("exchanges:exchange", args=[exchange.public_id])))
    assert "vendredi 6 mars, 9" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"propose-slot_1_0": "2026-03-01"}, "déjà passée"),
        ({"propose-slot_1_0": ""}, ""),
        ({"propose-slot_2_0": "2026-03-05", "propose-slot_2_1": "14:00"}, "sont les mêmes"),
        ({"propose-slot_1_0": "2062-03-05"}, "Vérifiez l’année"),
        ({"propose-slot_1_0": "n’importe quoi"}, ""),
    ],
)
def test_impossible_dates_are_refused_and_the_rest_is_kept(
    meeting: Meeting, bob: Any, client_of: Any, wrong: dict[str, str], said: str
) -> None:
    response = client_of(bob).post(url_of(meeting, "propose"), dates(**wrong))
    assert response.status_code == 422
    assert said in text_of(response)
    assert "02 40 00 00 00" in text_of(response)
    assert not meeting.slots.exists()


def test_hours_are_those_of_each_ones_own_zone(
    exchange: Exchange, meeting: Meeting, bob: Any, chloe: Any, client_of: Any
) -> None:
    chloe.time_zone = "Indian/Reunion"
    chloe.save(update_fields=["time_zone"])
    client_of(bob).post(url_of(meeting, "propose"), dates())
    slot = meeting.slots.get()
    assert slot.starts_at == dt.datetime(2026, 3, 5, 13, tzinfo=dt.UTC)
    page = text_of(client_of(chloe).get(url_of(meeting)))
    assert "17\u00a0h" in page
    assert "14\u00a0h pour Bob Riou (Paris)" in page
    client_of(chloe).post(url_of(meeting, "propose"), dates())
    assert meeting.slots.filter(state="open").get().starts_at == dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)


def test_a_slot_already_past_is_said(meeting: Meeting, bob: Any, chloe: Any, client_of: Any) -> None:
    slot = propose_slots(meeting, [clock.now() + DAY], by=bob)[0]
    with clock.at(clock.now() + 2 * DAY):
        page = text_of(client_of(chloe).get(url_of(meeting)))
        assert "déjà passé" in page
        response = client_of(chloe).post(url_of(meeting, "accept"), {"slot": slot.public_id}, follow=True)
    assert "Cette date est déjà passée" in text_of(response)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.UNDATED


def test_choosing_a_date_set_aside_meanwhile(meeting: Meeting, bob: Any, chloe: Any, client_of: Any) -> None:
    old = propose_slots(meeting, [clock.now() + DAY], by=bob)[0]
    propose_slots(meeting, [clock.now() + 3 * DAY], by=bob)
    response = client_of(chloe).post(url_of(meeting, "accept"), {"slot": old.public_id}, follow=True)
    assert "Cela a changé entre-temps" in text_of(response)


def test_fixing_a_date_agreed_by_telephone_then_correcting_the_place(
    meeting: Meeting, bob: Any, chloe: Any, client_of: Any
) -> None:
    data = {
        "fix-starts_at_0": "2026-03-05",
        "fix-starts_at_1": "14:00",
        "fix-minutes": "90",
        "fix-mode": "video",
        "fix-place": "https://visio.example.org/abc",
    }
    assert client_of(chloe).post(url_of(meeting, "fix"), data).status_code == 303
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes, meeting.mode, meeting.sequence) == (
        MeetingState.FIXED,
        90,
        "video",
        1,
    )
    assert client_of(chloe).post(url_of(meeting, "fix"), data).status_code == 303
    meeting.refresh_from_db()
    assert meeting.sequence == 1  # pressed twice, told once
    assert 'href="https://visio.example.org/abc"' in text_of(client_of(bob).get(url_of(meeting)))
    client_of(bob).post(url_of(meeting, "fix"), {**data, "fix-place": "javascript:alert(1)"})
    meeting.refresh_from_db()
    assert meeting.sequence == 2
    assert 'href="javascript' not in text_of(client_of(bob).get(url_of(meeting)))


def test_moving_and_cancelling(
    exchange: Exchange, meeting: Meeting, bob: Any, chloe: Any, client_of: Any
) -> None:
    fix_date(meeting, clock.now() + DAY, by=bob)
    assert client_of(chloe).post(url_of(meeting, "propose"), dates()).status_code == 303
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.UNDATED
    assert client_of(bob).post(url_of(meeting, "cancel"), {"reason": ""}).status_code == 422
    assert client_of(bob).post(url_of(meeting, "cancel"), {"reason": "Grève"}).status_code == 303
    assert client_of(bob).post(url_of(meeting, "cancel"), {"reason": "Grève"}).status_code == 303
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED
    page = text_of(client_of(chloe).get(reverse("exchanges:exchange", args=[exchange.public_id])))
    assert "Grève" in page
    # What it was for goes on: another date is expected, of the one who cancelled.
    following = live_meeting(exchange)
    assert following is not None
    assert Step.objects.open().get(verb=Verb.PROPOSE).owner == bob


@pytest.mark.parametrize(
    ("answer", "state", "live"),
    [
        ("yes", ExchangeState.FINISHED, False),
        ("more", ExchangeState.OPEN, True),
        ("no", ExchangeState.OPEN, True),
    ],
)
def test_it_took_place(
    exchange: Exchange,
    meeting: Meeting,
    bob: Any,
    chloe: Any,
    client_of: Any,
    answer: str,
    state: str,
    live: bool,
) -> None:
    fix_date(meeting, clock.now() + DAY, by=bob)
    early = client_of(bob).post(url_of(meeting, "held"), {"held": "yes"})
    assert early.status_code == 422
    url = reverse("agenda:held_about", args=["exchange", exchange.public_id])
    with clock.at(clock.now() + 2 * DAY):
        assert "Cette rencontre a-t-elle eu lieu" in text_of(client_of(bob).get(url_of(meeting)))
        assert client_of(bob).post(url, {"held": answer}).status_code == 303
    exchange.refresh_from_db()
    assert exchange.state == state
    assert (live_meeting(exchange) is not None) == live
    assert client_of(chloe).post(url_of(meeting, "held"), {"held": "yes"}).status_code == 303
    exchange.refresh_from_db()
    assert exchange.state == state


def test_they_met_without_fixing_a_date_here(
    exchange: Exchange, meeting: Meeting, bob: Any, client_of: Any
) -> None:
    data = {"held": "yes", "starts_at_0": "2026-02-27", "starts_at_1": "12:30"}
    response = client_of(bob).post(url_of(meeting, "held"), data)
    assert response["Location"] == reverse("exchanges:review", args=[exchange.public_id])
    exchange.refresh_from_db()
    assert (exchange.state, exchange.held_on) == (ExchangeState.FINISHED, dt.date(2026, 2, 27))


def test_only_the_invited_see_and_change_a_meeting(
    exchange: Exchange, meeting: Meeting, alice: Any, bob: Any, dora: Any, fatou: Any, client_of: Any
) -> None:
    fix_date(meeting, clock.now() + DAY, by=bob)
    for person in (alice, dora, fatou):
        client = client_of(person)
        for name in ("meeting", "held", "cancel", "ics"):
            assert client.get(url_of(meeting, name)).status_code == 404
        for name in ("propose", "accept", "fix", "held", "cancel"):
            assert client.post(url_of(meeting, name), {"reason": "x", "held": "no"}).status_code == 404
        url = reverse("agenda:held_about", args=["exchange", exchange.public_id])
        assert client.post(url, {"held": "no"}).status_code == 404
    assert client_of(bob).post(reverse("agenda:held_about", args=["person", "x"]), {}).status_code == 404


# -- the agenda ---------------------------------------------------------------------------------------------


def test_the_agenda_shows_what_is_expected_and_my_meetings(
    exchange: Exchange, meeting: Meeting, bob: Any, chloe: Any, client_of: Any
) -> None:
    url = reverse("agenda:agenda")
    page = text_of(client_of(bob).get(url))
    assert "Proposez des dates : « Mener un entretien difficile »" in page
    assert "Aucune rencontre n’est fixée" in page
    fix_date(meeting, clock.now() + DAY, by=bob)
    page = text_of(client_of(chloe).get(url))
    assert "Rien ne vous attend aujourd’hui." in page
    assert url_of(meeting) in page
    with clock.at(clock.now() + 3 * DAY):
        assert "Le mois passé" in text_of(client_of(chloe).get(url))


def test_an_invitation_to_download(meeting: Meeting, bob: Any, client_of: Any) -> None:
    assert client_of(bob).get(url_of(meeting, "ics")).status_code == 404
    fix_date(meeting, clock.now() + DAY, by=bob, place="Salle 3")
    response = client_of(bob).get(url_of(meeting, "ics"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    event = icalendar.Calendar.from_ical(response.content).walk("VEVENT")[0]
    assert event["SUMMARY"] == "Mener un entretien difficile"
    assert event["LOCATION"] == "Salle 3"
    assert event["UID"].startswith(meeting.public_id)


def test_the_private_calendar_address(meeting: Meeting, bob: Any, client_of: Any) -> None:
    fix_date(meeting, clock.now() + DAY, by=bob)
    client, page = client_of(bob), reverse("agenda:agenda")
    feed = reverse("agenda:feed")
    client.post(feed, {"do": "open"})
    secret = bob.feeds.get().secret
    url = reverse("api:feed", args=[secret])
    assert url in text_of(client.get(page))
    nobody = client_of(None)
    response = nobody.get(url)
    events = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["Mener un entretien difficile"]
    assert events[0].start.tzinfo.key == "Europe/Paris"
    client.post(feed, {"do": "open"})  # another address: the former one stops
    assert nobody.get(url).status_code == 404
    newer = reverse("api:feed", args=[bob.feeds.get(withdrawn_at=None).secret])
    assert nobody.get(newer).status_code == 200
    client.post(feed, {"do": "close"})
    assert nobody.get(newer).status_code == 404
    assert client.get(feed).status_code == 405


def test_a_cancelled_meeting_stays_in_the_feed_as_cancelled(
    meeting: Meeting, bob: Any, client_of: Any
) -> None:
    fix_date(meeting, clock.now() + DAY, by=bob)
    client_of(bob).post(reverse("agenda:feed"))
    client_of(bob).post(url_of(meeting, "cancel"), {"reason": "Grève"})
    response = client_of(None).get(reverse("api:feed", args=[bob.feeds.get().secret]))
    event = icalendar.Calendar.from_ical(response.content).walk("VEVENT")[0]
    assert event["STATUS"] == "CANCELLED"
    assert int(event["SEQUENCE"]) == 2


def test_the_feed_of_someone_who_left_says_nothing(bob: Any, client_of: Any) -> None:
    from reciproque.people.actions import leave_organisation

    client_of(bob).post(reverse("agenda:feed"))
    leave_organisation(bob, by=None)
    assert client_of(None).get(reverse("api:feed", args=[bob.feeds.get().secret])).status_code == 404


# -- calendars ----------------------------------------------------------------------------------------------


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    """A site of the organisation, which the administrator listed."""
    made = Site(taken("20260305T130000Z"))
    settings.FETCH_HOSTS = [made.place]
    yield made
    made.close()


def taken(start: str) -> bytes:
    """Return the calendar of someone who is taken for an hour and a half."""
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Secret médical\r\n"
        f"DTSTART:{start}\r\nDURATION:PT1H30M\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def test_giving_the_address_of_my_calendar(site: Site, bob: Any, chloe: Any, client_of: Any) -> None:
    url, client = reverse("agenda:calendars"), client_of(bob)
    assert "Adresse privée de votre agenda" in text_of(client.get(url))
    answer = client.post(url, {"url": "http://localhost:8000/agenda.ics"})
    assert answer.status_code == 422
    assert "Le port 8000 n’est pas permis" in text_of(answer)
    answer = client.post(url, {"url": "http://localhost/agenda.ics"})
    assert answer.status_code == 422
    assert "désigne une machine interne" in text_of(answer)
    assert "http://localhost/agenda.ics" in text_of(answer)  # nothing typed is lost
    assert client.post(url, {"url": site.url}).status_code == 303
    page = text_of(client.get(url))
    assert "127.0.0.1" in page
    assert "/private/key.ics" not in page
    assert "Secret médical" not in page
    assert "jeu. 5 mars" in page
    assert "Adresse privée" not in text_of(client_of(chloe).get(reverse("agenda:agenda")))
    client.post(url, {"do": "read"})
    assert "Attendez une minute" in text_of(client.get(url))
    with clock.at(clock.now() + dt.timedelta(minutes=2)):
        site.status = 500
        client.post(url, {"do": "read"})
        assert "Le site a répondu par une erreur (500)" in text_of(client.get(url))
    client.post(url, {"do": "withdraw"})
    assert "jeu. 5 mars" not in text_of(client.get(url))


def test_dates_that_meet_my_calendar_are_said_to_me_only(
    exchange: Exchange, meeting: Meeting, site: Site, bob: Any, chloe: Any, client_of: Any
) -> None:
    client_of(bob).post(reverse("agenda:calendars"), {"url": site.url})
    again = client_of(bob).post(url_of(meeting, "propose"), dates())
    assert again.status_code == 422
    page = text_of(again)
    assert "Votre agenda est pris de 14\u00a0h à 15\u00a0h\u00a030." in page
    assert "Proposer quand même" in page
    assert not meeting.slots.exists()
    assert client_of(bob).post(url_of(meeting, "propose"), dates(anyway="1")).status_code == 303
    exchange_page = reverse("exchanges:exchange", args=[exchange.public_id])
    for page in (url_of(meeting), exchange_page):
        assert "votre agenda est pris" in text_of(client_of(bob).get(page))
        assert "agenda est pris" not in text_of(client_of(chloe).get(page))
    site.body = taken("20260305T123000Z")
    client_of(chloe).post(reverse("agenda:calendars"), {"url": site.url})
    for page in (url_of(meeting), exchange_page):
        assert "votre agenda est pris de 13\u00a0h\u00a030 à 15\u00a0h" in text_of(client_of(chloe).get(page))
        assert "13\u00a0h\u00a030" not in text_of(client_of(bob).get(page))


def test_dates_where_i_am_free_are_proposed_at_once(
    meeting: Meeting, site: Site, bob: Any, client_of: Any
) -> None:
    client_of(bob).post(reverse("agenda:calendars"), {"url": site.url})
    data = dates() | {"propose-slot_1_1": "15:30"}
    assert client_of(bob).post(url_of(meeting, "propose"), data).status_code == 303


def test_the_address_of_a_group_is_made_renewed_and_withdrawn(
    exchange: Exchange, meeting: Meeting, bob: Any, dora: Any, client_of: Any
) -> None:
    from reciproque.agenda.actions import invite_to_meeting
    from reciproque.exchanges.models import ExchangePerson

    url, feed, client = reverse("agenda:calendars"), reverse("agenda:feed"), client_of(bob)
    about = {"kind": "exchange", "subject": exchange.public_id, "next": url}
    assert client.post(feed, {"do": "open", **about}).status_code == 404  # two people are no group
    ExchangePerson.objects.create(exchange=exchange, person=dora, side="requester")
    invite_to_meeting(meeting, dora, by=None)
    assert "L’agenda de ce groupe dans le vôtre" in text_of(
        client.get(reverse("exchanges:exchange", args=[exchange.public_id]))
    )
    assert "L’agenda d’un seul groupe" in text_of(client.get(url))
    answer = client.post(feed, {"do": "open", **about}, headers={"host": "127.0.0.1:8042"})
    assert answer["Location"] == url
    first = bob.feeds.get(subject_id=exchange.public_id)
    page = text_of(client.get(url, headers={"host": "127.0.0.1:8042"}))
    # The address is on the site where the person is.
    assert "http://127.0.0.1:8042" + reverse("api:feed", args=[first.secret]) in page
    client.post(feed, {"do": "open", **about})
    newer = bob.feeds.get(subject_id=exchange.public_id, withdrawn_at=None)
    assert newer.secret != first.secret
    client.post(feed, {"do": "close", **about})
    assert not bob.feeds.filter(withdrawn_at=None).exists()
    assert client_of(dora).post(feed, {"do": "open", **about}).status_code == 303
    assert client.post(feed, {"do": "open", "kind": "exchange", "subject": "x" * 12}).status_code == 404
