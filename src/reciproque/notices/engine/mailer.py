"""One letter, handed to the mail server step by step, so that the moment at which it may have been taken is known.

A server takes a message when it has read its last point. Until then it keeps nothing, and the message may be sent again
without any risk. `before_point` is called at that very moment; if it raises, the point is never given.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

# What RFC 5321 (4.5.3.2.6) allows a server to take before it answers to the last point is ten minutes. Giving up earlier
# would send again what it is about to take; the lease of a message is longer than this.
POINT_TIMEOUT = 300.0

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class Letter(EmailMessage):
    """Only for its type: a message that may carry `before_point`."""

    before_point: Callable[[], None] | None = None


def is_stepwise(connection: object) -> bool:
    """Tell whether this connection calls `before_point` itself."""
    return isinstance(connection, Backend)


class Backend(EmailBackend):
    """Django's mail server connection, with the last point of each message given apart."""

    def _send(self, email_message: EmailMessage) -> bool:
        recipients = [sanitize_address(address, "utf-8") for address in email_message.recipients()]
        if not recipients:
            return False
        sender = sanitize_address(email_message.from_email or settings.DEFAULT_FROM_EMAIL, "utf-8")
        body = email_message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
        server: smtplib.SMTP | None = self.connection
        assert server is not None
        try:
            _envelope(server, sender, recipients, len(body))
        except smtplib.SMTPServerDisconnected:
            self._drop()
            raise
        except smtplib.SMTPException:
            _reset(server)
            raise
        try:
            self._data(server, body, getattr(email_message, "before_point", None))
        except smtplib.SMTPResponseException:
            raise  # answered: the conversation goes on
        except BaseException:
            # In the middle of a message nothing but its end would be understood: without its point, it is forgotten.
            self._drop()
            raise
        return True

    def _data(self, server: smtplib.SMTP, body: bytes, before_point: Callable[[], None] | None) -> None:
        code, words = server.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPDataError(code, words)
        server.send(_LEADING_DOT.sub(b"..", body if body.endswith(b"\r\n") else body + b"\r\n"))
        if before_point is not None:
            before_point()
        sock = server.sock
        assert sock is not None
        usual = sock.gettimeout()
        sock.settimeout(POINT_TIMEOUT)
        server.send(b".\r\n")
        code, words = server.getreply()
        sock.settimeout(usual)
        if code != 250:
            raise smtplib.SMTPDataError(code, words)

    def _drop(self) -> None:
        """Cut the line without a word."""
        server, self.connection = self.connection, None
        if server is not None:
            server.close()


def _envelope(server: smtplib.SMTP, sender: str, recipients: list[str], size: int) -> None:
    server.ehlo_or_helo_if_needed()
    options = [f"size={size}"] if server.does_esmtp and server.has_extn("size") else []
    code, words = server.mail(sender, options)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, words, sender)
    refused = {}
    for recipient in recipients:
        code, words = server.rcpt(recipient)
        if code not in (250, 251):
            refused[recipient] = (code, words)
    if refused:
        raise smtplib.SMTPRecipientsRefused(refused)


def _reset(server: smtplib.SMTP) -> None:
    try:
        server.rset()
    except (smtplib.SMTPException, ssl.SSLError, OSError):
        server.close()
