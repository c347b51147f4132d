"""Letters that come back (RFC 3464): read as mail servers write them, fetched from a mailbox kept for them."""

from __future__ import annotations

import contextlib
import dataclasses
import email
import email.policy
import imaplib
import re
import ssl
from collections.abc import Iterator
from email.message import Message
from urllib.parse import unquote, urlsplit

_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_ANY_ID = re.compile(r"<([2-9bcdfghjkmnpqrstvwxz]{12})@[^<>\s]+>")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
MAX_SIZE = 500_000
TIMEOUT = 30.0


@dataclasses.dataclass(frozen=True)
class Bounce:
    """What a mail server says of one recipient of one letter of ours."""

    recipient: str
    # "failed", "delayed", "delivered"…
    action: str
    status: str
    words: str
    # The identifier of our letter, which only its recipient and the servers on its way know.
    letter: str

    @property
    def is_final(self) -> bool:
        """Whether the letter will never arrive."""
        return self.action == "failed" and not self.status.startswith(("2", "4"))


def read_bounce(raw: bytes) -> list[Bounce]:
    """Return what a delivery report says, one entry a recipient; nothing when the message is not such a report."""
    message = email.message_from_bytes(raw[:MAX_SIZE], policy=email.policy.compat32)
    report = next(
        (part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None
    )
    if report is None:
        return []
    letter = _letter(message, raw)
    found = []
    blocks = report.get_payload()
    # One block of fields for the whole, then one for each recipient.
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        recipient = _value(block, "Final-Recipient") or _value(block, "Original-Recipient")
        if not recipient:
            continue
        words = _value(block, "Diagnostic-Code", typed=True)
        status = _STATUS.search(str(block.get("Status", "")))
        said = " ".join(f"{status[1] if status else ''} {words}".split())
        found.append(
            Bounce(
                recipient.lower(),
                str(block.get("Action", "")).split(";")[0].strip().lower(),
                status[1] if status else "",
                said[:500],
                letter,
            )
        )
    return found


def _value(block: Message, name: str, *, typed: bool = False) -> str:
    """Return what follows the type of a field: "rfc822;bob@example.org", "smtp; 550 no such user"."""
    value = str(block.get(name, ""))
    kept = value.split(";", 1)[1] if ";" in value else (value if typed else "")
    return " ".join(kept.split()).strip("<>")


def _letter(message: Message, raw: bytes) -> str:
    """Return which letter of ours came back: by the headers that the report returns, never by what it chats about."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and isinstance(part.get_payload(), list):
            inner = part.get_payload(0)
            assert isinstance(inner, Message)
            named = _ANY_ID.search(str(inner.get("Message-ID", "")))
        elif part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            head = _MESSAGE_ID.search(text.decode("ascii", "replace")) if isinstance(text, bytes) else None
            named = _ANY_ID.search(head[1]) if head else None
        else:
            continue
        if named:
            return named[1]
    for name in ("In-Reply-To", "References"):
        named = _ANY_ID.search(str(message.get(name, "")))
        if named:
            return named[1]
    return ""


@contextlib.contextmanager
def mailbox(url: str) -> Iterator[imaplib.IMAP4]:
    """Open the mailbox of returns: imaps://name:password@host:993/INBOX (imap:// without protection)."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        box = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=TIMEOUT)
    else:
        box = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.lstrip("/")) or "INBOX"
        code, words = box.select('"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"')
        if code != "OK":
            raise imaplib.IMAP4.error(f"no folder {folder}: {words!r}")
        yield box
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            box.logout()


def unread(box: imaplib.IMAP4, limit: int) -> list[tuple[str, bytes]]:
    """Return the messages not read yet, by their lasting number, without marking them as read."""
    code, found = box.uid("SEARCH", "UNSEEN")
    numbers = (found[0] or b"").split() if code == "OK" and found else []
    letters = []
    for number in numbers[:limit]:
        code, answer = box.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{MAX_SIZE}>)")
        body = next((part[1] for part in answer or [] if isinstance(part, tuple)), None)
        if code == "OK" and isinstance(body, bytes):
            letters.append((number.decode(), body))
    return letters


def mark_read(box: imaplib.IMAP4, number: str) -> None:
    """Mark a message as read, once what it says is kept."""
    box.uid("STORE", number, "+FLAGS", "(\\Seen)")


__all__ = ["Bounce", "mailbox", "mark_read", "read_bounce", "unread"]
