"""Letters that come back, as mail servers really write them; only those that name a letter of ours are believed."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.notices.access import get_trouble
from reciproque.notices.actions import clear_address_trouble, read_bounces, send_waiting, tell
from reciproque.notices.actions.bounces import note_bounce
from reciproque.notices.engine.bounces import read_bounce
from reciproque.notices.models import AddressTrouble, Outgoing
from reciproque.notices.queries import count_undelivered, to_tell, undelivered_page
from reciproque.people.models import Person

ID = "bcdfghjkmnpq"

POSTFIX = """\
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: reciproque@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="9B0C.1772440000/mail.example.org"

This is a MIME-encapsulated message.

--9B0C.1772440000/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

<bob@example.org>: host mx.example.org[192.0.2.7] said: 550 5.1.1 <bob@example.org>:
    Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command)

--9B0C.1772440000/mail.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Postfix-Queue-ID: 9B0C
Arrival-Date: Mon,  2 Mar 2026 10:00:00 +0100 (CET)

Final-Recipient: rfc822; bob@example.org
Original-Recipient: rfc822;bob@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <bob@example.org>: Recipient address rejected:
    User unknown in virtual mailbox table

--9B0C.1772440000/mail.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Received: from reciproque (localhost [127.0.0.1]) by mail.example.org (Postfix)
Subject: Rendez-vous
From: =?utf-8?q?R=C3=A9ciproque?= <reciproque@example.org>
To: Bob Riou <bob@example.org>
Message-ID: <bcdfghjkmnpq@savoirs.example.org>

--9B0C.1772440000/mail.example.org--
"""

EXCHANGE = """\
From: postmaster@example.org
To: reciproque@example.org
Subject: Non remis : Rendez-vous
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_000_undeliverable_"
In-Reply-To: <bcdfghjkmnpq@savoirs.example.org>

--_000_undeliverable_
Content-Type: multipart/alternative; boundary="_001_"

--_001_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

TGEgYm/DrnRlIGVzdCBwbGVpbmUu
--_001_--

--_000_undeliverable_
Content-Type: message/delivery-status

Reporting-MTA: dns;EXCH01.example.org
Received-From-MTA: dns;mail.example.org

Original-Recipient: rfc822;Bob@Example.org
Final-Recipient: rfc822;Bob@Example.org
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;554 5.2.2 mailbox full;
 STOREDRV.Deliver.Exception:QuotaExceededException

--_000_undeliverable_
Content-Type: message/rfc822

Subject: Rendez-vous
Message-ID: <bcdfghjkmnpq@savoirs.example.org>
To: Bob <bob@example.org>
MIME-Version: 1.0
Content-Type: text/plain

Bonjour
--_000_undeliverable_--
"""


@pytest.fixture
def sent(bob: Any, network: Any) -> Outgoing:
    return Outgoing.objects.create(
        public_id=ID,
        fact_id=1,
        fact_name="meeting.fixed",
        person=bob,
        network=network,
        subject="Rendez-vous",
        text="Bonjour",
        state="sent",
        sent_at=clock.now(),
    )


@pytest.mark.parametrize(
    ("letter", "status", "words"),
    [(POSTFIX, "5.1.1", "User unknown in virtual"), (EXCHANGE, "5.2.2", "QuotaExceeded")],
)
def test_reports_are_read(letter: str, status: str, words: str) -> None:
    for ends in ("\n", "\r\n"):
        [bounce] = read_bounce(letter.replace("\n", ends).encode())
        assert (bounce.recipient, bounce.action, bounce.status) == ("bob@example.org", "failed", status)
        assert bounce.letter == ID
        assert bounce.is_final
        assert words in bounce.words


@pytest.mark.parametrize(
    "letter",
    [
        b"",
        b"\x00\xff" * 2000,
        b"From: bob@example.org\nSubject: Re: Rendez-vous\n\n<bcdfghjkmnpq@savoirs.example.org> 5.1.1 failed\n",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n--x--\n",
        POSTFIX[:900].encode(),
    ],
)
def test_anything_else_says_nothing(letter: bytes) -> None:
    assert read_bounce(letter) == []


@pytest.mark.needs_shared
def test_hostile_letters_do_not_stop_it(naughty: list[str]) -> None:
    for text in naughty:
        spoilt = POSTFIX.replace("User unknown", text.replace("\n", " ")).encode("utf-8", "surrogatepass")
        for bounce in read_bounce(spoilt):
            assert len(bounce.words) <= 500


def test_a_dead_address_is_kept_with_the_person_until_it_changes(
    sent: Outgoing, network: Any, alice: Any, bob: Any
) -> None:
    assert note_bounce(read_bounce(POSTFIX.encode())[0])
    assert not note_bounce(read_bounce(POSTFIX.encode())[0])
    sent.refresh_from_db()
    assert (sent.state, sent.sent_at) == ("bounced", clock.now())
    [row] = undelivered_page(network, alice).rows
    assert (row.person, row.what, row.count) == (bob, "bounced", 1)
    assert "User unknown" in row.said
    assert row.trouble is not None
    # Nothing more is sent there, and the animator sees what was to be told.
    publish(network, alice)
    send_waiting()
    assert Outgoing.objects.get(person=bob, fact_name="charter.published").state == "unaddressed"
    assert {one.fact_name for one in to_tell(network, alice)} == {"charter.published", "meeting.fixed"}
    Person.objects.filter(pk=bob.pk).update(email="bob.riou@example.org")
    assert not AddressTrouble.objects.current().exists()


def publish(network: Any, alice: Any) -> None:
    from reciproque.networks.actions import publish_charter

    publish_charter(network, by=alice, text_fr="Une autre charte.")
    tell(Fact.objects.filter(name="charter.published").latest("pk"))


def test_a_full_mailbox_is_not_a_dead_address(sent: Outgoing) -> None:
    assert note_bounce(read_bounce(EXCHANGE.encode())[0])
    sent.refresh_from_db()
    assert sent.state == "bounced"
    assert not AddressTrouble.objects.exists()


@pytest.mark.parametrize(
    "letter",
    [
        POSTFIX.replace(ID, "bcdfghjkmnpz"),
        POSTFIX.replace("rfc822; bob@", "rfc822; chloe@"),
        POSTFIX.replace("Action: failed", "Action: delayed").replace("Status: 5.1.1", "Status: 4.4.1"),
        re.sub(r"Message-ID:.*\n", "", POSTFIX),
    ],
)
def test_what_is_not_ours_is_not_believed(sent: Outgoing, letter: str) -> None:
    assert not any(note_bounce(bounce) for bounce in read_bounce(letter.encode()))
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_the_animator_may_try_the_address_again(
    sent: Outgoing, network: Any, alice: Any, bob: Any, fatou: Any
) -> None:
    note_bounce(read_bounce(POSTFIX.encode())[0])
    trouble = AddressTrouble.objects.get()
    for other in (bob, fatou):
        with pytest.raises(NotThere):
            get_trouble(other, trouble.public_id)
        with pytest.raises(PermissionDenied):
            clear_address_trouble(trouble, by=other)
    clear_address_trouble(get_trouble(alice, trouble.public_id), by=alice)
    publish(network, alice)
    assert Outgoing.objects.get(person=bob, fact_name="charter.published").state == "waiting"


def test_the_page_costs_the_same_queries(
    network: Any, alice: Any, make_person: Any, join: Any, queries: Any
) -> None:
    for people in (1, 3):
        for _ in range(people):
            person = make_person()
            join(person, network)
            Outgoing.objects.create(
                fact_id=1,
                fact_name="x.y",
                person=person,
                network=network,
                subject="a",
                state="failed",
                error="550 no",
            )
        with queries() as seen:
            rows = undelivered_page(network, alice).rows
            assert [row.what for row in rows] == ["refused"] * len(rows)
        assert len(seen) == 6
    assert count_undelivered(network, alice) == 4


@pytest.fixture
def mailbox(settings: Any) -> Iterator[list[str]]:
    """A mail store on the loopback with one returned letter; what was said to it."""
    listener = socket.create_server(("127.0.0.1", 0))
    said: list[str] = []

    def serve() -> None:
        connection, _address = listener.accept()
        with connection, connection.makefile("rwb") as wire:

            def tell_(*lines: bytes) -> None:
                for line in lines:
                    wire.write(line + b"\r\n")
                wire.flush()

            tell_(b"* OK ready")
            while line := wire.readline().decode().strip():
                tag, command = line.split(" ", 1)
                said.append(command)
                body = POSTFIX.replace("\n", "\r\n").encode()
                if command.startswith("CAPABILITY"):
                    tell_(b"* CAPABILITY IMAP4rev1")
                elif command.startswith("SELECT"):
                    tell_(b"* 1 EXISTS")
                elif command.startswith("UID SEARCH"):
                    tell_(b"* SEARCH 7")
                elif command.startswith("UID FETCH"):
                    wire.write(b"* 1 FETCH (UID 7 BODY[]<0> {%d}\r\n" % len(body) + body + b")\r\n")
                tell_(f"{tag} OK done".encode())
                if command.startswith("LOGOUT"):
                    break

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    settings.BOUNCES = f"imap://retours%40example.org:s%3Acret@127.0.0.1:{port}/Retours"
    yield said
    thread.join(5)
    listener.close()


def test_the_mailbox_of_returns_is_read_and_marked(sent: Outgoing, mailbox: list[str]) -> None:
    assert read_bounces() == 1
    assert AddressTrouble.objects.get().person_id == sent.person_id
    assert any(line.startswith("LOGIN") and "retours@example.org" in line for line in mailbox)
    assert mailbox[-2].startswith("UID STORE 7 +FLAGS")


def test_a_mailbox_that_does_not_answer_stops_nothing(db: None, settings: Any) -> None:
    settings.BOUNCES = ""
    assert read_bounces() == 0
    settings.BOUNCES = "imap://a:b@127.0.0.1:9/INBOX"
    assert read_bounces() == 0
