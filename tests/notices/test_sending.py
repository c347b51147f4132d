"""What waits leaves once; what is refused is kept; a server that is down loses nothing."""

import datetime as dt
import smtplib
import socket
from email import message_from_bytes
from email.policy import default as policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from icalendar import Calendar

from reciproque.agenda.actions import accept_slot, propose_slots
from reciproque.agenda.queries import live_meeting
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.notices.actions import send_waiting, tell
from reciproque.notices.models import Outgoing
from reciproque.notices.queries import count_waiting, mail_state, waiting_messages
from reciproque.notices.rules import LEASE, MAX_TRIES, WAITS
from reciproque.people.models import Person

HERE = "tests.notices.test_sending"
DAY = dt.timedelta(days=1)


class Refusing(BaseEmailBackend):
    """A mail server that takes us, then refuses what it is given as `error` says."""

    error: Exception
    sent = 0

    def send_messages(self, messages: Any) -> int:
        Refusing.sent += 1
        raise Refusing.error


class Closed(BaseEmailBackend):
    """A mail server that does not answer."""

    calls = 0

    def open(self) -> bool:
        Closed.calls += 1
        raise ConnectionRefusedError(111, "Connection refused")


@pytest.fixture
def write(bob: Person) -> Any:
    """Write a message that waits."""

    def write_(number: int = 1, person: Person | None = None, **fields: Any) -> Outgoing:
        fields = {"subject": f"Sujet {number}", "text": "Bonjour", "html": "<p>Bonjour</p>", **fields}
        return Outgoing.objects.create(fact_id=number, fact_name="x.y", person=person or bob, **fields)

    return write_


def test_what_waits_leaves_once(write: Any) -> None:
    row = write()
    assert send_waiting() == 1
    assert send_waiting() == 0
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.tries) == ("sent", clock.now(), 1)
    assert len(mail.outbox) == 1


def test_no_more_than_asked_leave_oldest_first(write: Any) -> None:
    for number in range(3):
        write(number, run_after=clock.now() - dt.timedelta(minutes=number))
    assert send_waiting(limit=2) == 2
    assert [sent.subject for sent in mail.outbox] == ["Sujet 2", "Sujet 1"]
    assert count_waiting() == 1


def test_a_message_held_by_another_worker_is_left_alone(write: Any) -> None:
    row = write()
    mine, theirs = waiting_messages(clock.now()), waiting_messages(clock.now())
    from reciproque.notices.actions.mails import take

    assert take(mine[0])
    assert not take(theirs[0])
    assert send_waiting() == 0
    # The worker that held it was killed: another one takes it over.
    with clock.at(clock.now() + LEASE):
        assert send_waiting() == 1
    row.refresh_from_db()
    assert row.state == "sent"


def test_a_server_that_is_down_delays_everything_and_blames_no_message(write: Any, settings: Any) -> None:
    rows = [write(number) for number in range(3)]
    settings.EMAIL_BACKEND = f"{HERE}.Closed"
    for hour in range(48):
        with clock.at(clock.now() + dt.timedelta(hours=hour)):
            assert send_waiting() == 0
    rows[0].refresh_from_db()
    assert (rows[0].state, rows[0].tries) == ("waiting", 0)
    assert "refused" in rows[0].error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.at(clock.now() + 3 * DAY):
        assert send_waiting() == 3


def test_a_day_without_server_then_all_leave_in_order_once(write: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Closed"
    start = clock.now()
    for number in range(36):
        with clock.at(start + number * dt.timedelta(minutes=40)):
            write(number, urgent=number == 30)
            send_waiting()
    state = mail_state()
    assert (state.down_since, state.waiting) == (start, 36)
    assert "refused" in state.words
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MESSAGES_A_WEEK = 100
    with clock.at(start + DAY):
        while send_waiting(limit=7):
            pass
        assert mail_state().down_since is None
        send_waiting()
    expected = [30, *(number for number in range(36) if number != 30)]
    assert [sent.subject for sent in mail.outbox] == [f"Sujet {number}" for number in expected]


def test_while_the_server_is_down_it_is_called_now_and_then_only(write: Any, settings: Any) -> None:
    write()
    settings.EMAIL_BACKEND = f"{HERE}.Closed"
    Closed.calls = 0
    for second in range(240):
        with clock.at(clock.now() + dt.timedelta(seconds=second)):
            send_waiting()
    assert Closed.calls == 2


def test_a_refusal_for_now_is_tried_again_then_given_up(write: Any, settings: Any) -> None:
    row = write()
    settings.EMAIL_BACKEND = f"{HERE}.Refusing"
    Refusing.error, Refusing.sent = smtplib.SMTPDataError(451, b"later please"), 0
    moment = clock.now()
    for wait in [dt.timedelta(), *WAITS, DAY, DAY]:
        moment += wait
        with clock.at(moment):
            send_waiting()
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "451 later please")
    assert Refusing.sent == row.tries == MAX_TRIES


@pytest.mark.parametrize(
    "error",
    [smtplib.SMTPRecipientsRefused({"bob@example.org": (550, b"no such user")}), ValueError("bad header")],
)
def test_a_refusal_for_good_is_kept_at_once(write: Any, settings: Any, error: Exception) -> None:
    row = write()
    settings.EMAIL_BACKEND = f"{HERE}.Refusing"
    Refusing.error = error
    send_waiting()
    row.refresh_from_db()
    assert (row.state, row.tries) == ("failed", 1)
    assert row.error


def test_a_connection_lost_half_way_stops_there(write: Any, settings: Any) -> None:
    for number in range(3):
        write(number)
    settings.EMAIL_BACKEND = f"{HERE}.Refusing"
    Refusing.error, Refusing.sent = smtplib.SMTPServerDisconnected("gone"), 0
    assert send_waiting() == 1
    assert Refusing.sent == 1
    assert count_waiting() == 3


def test_someone_who_left_is_not_written_to(write: Any, make_person: Any) -> None:
    left = make_person(is_active=False, left_at=clock.now())
    row = write(person=left)
    send_waiting()
    row.refresh_from_db()
    assert row.state == "unaddressed"
    assert mail.outbox == []


def test_in_the_demo_nothing_leaves(write: Any, settings: Any) -> None:
    settings.DEMO = True
    row = write()
    assert send_waiting() == 1
    row.refresh_from_db()
    assert row.state == "sent"
    assert mail.outbox == []


def test_nothing_waits_costs_one_query(queries: Any) -> None:
    with queries() as seen:
        send_waiting()
    assert len(seen) == 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postman:
    """A real mail server on the loopback, that keeps what it is given."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], bytes]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


def test_a_real_mail_server_receives_text_html_and_invitation(
    network: Any, bob: Any, chloe: Any, make_post: Any, make_person: Any, write: Any, settings: Any
) -> None:
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    introduction = exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)
    exchanges.accept_introduction(introduction, by=chloe)
    meeting = live_meeting(Exchange.objects.get(people__introduction=introduction))
    slots = propose_slots(meeting, [clock.now() + 3 * DAY], by=bob)
    accept_slot(slots[0], by=chloe)
    tell(Fact.objects.get(name="meeting.fixed"))
    refused = write(person=make_person("Nobody", email="nobody@example.org"))

    postman = Postman()
    controller = Controller(postman, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings.EMAIL_BACKEND = "reciproque.notices.engine.mailer.Backend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = controller.port
        # Bob's, Chloé's own invitation, and the one refused.
        assert send_waiting() == 3
    finally:
        controller.stop()

    refused.refresh_from_db()
    assert (refused.state, refused.error) == ("failed", "550 no such user")
    letters = {recipients[0]: content for recipients, content in postman.received}
    assert set(letters) == {"bob@example.org", "chloe@example.org"}
    content = letters["bob@example.org"]
    letter = message_from_bytes(content, policy=policy)
    assert letter["To"] == "Bob Riou <bob@example.org>"
    assert letter["Auto-Submitted"] == "auto-generated"
    outgoing = Outgoing.objects.get(person=bob, fact_name="meeting.fixed")
    assert letter["Message-ID"] == f"<{outgoing.public_id}@localhost>"
    assert letter["Subject"].strip() == outgoing.subject
    assert letter.get_body(("plain",)).get_content().replace("\r\n", "\n") == outgoing.text
    assert letter.get_body(("html",)).get_content().replace("\r\n", "\n").strip() == outgoing.html.strip()
    kinds = [part.get_content_type() for part in letter.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            assert part.get_param("method") == "REQUEST"
            event = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
            assert str(event["UID"]).startswith(meeting.public_id)
