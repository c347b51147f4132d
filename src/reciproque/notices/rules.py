"""The words and limits of telling people: channels, categories, rhythm, retries, addresses that mails keep."""

import datetime as dt
import smtplib
from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    EMAIL = "email", _("courriel")


class OutgoingState(TextChoices):
    WAITING = "waiting", _("à envoyer")
    SENT = "sent", _("envoyé")
    FAILED = "failed", _("non remis")
    UNADDRESSED = "unaddressed", _("personne sans adresse")


class Category(TextChoices):
    """What a person may ask not to be written to about; in the product they still see everything."""

    EXCHANGES = "exchanges", _("mes mises en relation et mes échanges")
    MEETINGS = "meetings", _("mes rendez-vous")
    MESSAGES = "messages", _("les messages que l’on m’écrit")
    FINDS = "finds", _("ce qui est trouvé pour moi")
    NETWORK = "network", _("la vie de mes réseaux")


class Rhythm(TextChoices):
    AT_ONCE = "at_once", _("aussitôt")
    NONE = "none", _("aucun courriel")


class TapKind(TextChoices):
    """The simple answers that a link in a mail gives in one tap (the kind signed in its token)."""

    ACCEPT = "accept", _("accepter une mise en relation")
    REFUSE = "refuse", _("décliner une mise en relation")
    SLOT = "slot", _("choisir une date")
    HELD = "held", _("dire que la rencontre a eu lieu")
    NOT_HELD = "not_held", _("dire que la rencontre n’a pas eu lieu")
    CONFIRM = "confirm", _("confirmer un échange déclaré")
    RENEW = "renew", _("renouveler une annonce")


# The addresses written in mails. A mail is kept for years: these are promises, and a test checks that each
# of them still leads to the page it names.
PAGES = {
    "home:home": "/",
    "join:network": "/networks/{slug}/",
    "join:charter": "/networks/{slug}/charter/",
    "find:suggestions": "/networks/{slug}/suggestions/",
    "matching:suggestion": "/suggestions/{id}/",
    "matching:loop": "/loops/{id}/",
    "matching:nudge": "/nudges/{id}/",
    "animation:desk": "/networks/{slug}/animation/",
    "animation:members": "/networks/{slug}/animation/members/",
    "animation:introduction": "/networks/{slug}/animation/introductions/{id}/",
    "posts:mine": "/networks/{slug}/posts/",
    "posts:post": "/posts/{id}/",
    "library:sheet": "/sheets/{id}/",
    "library:authors": "/sheets/{id}/authors/",
    "library:case": "/questions/{id}/",
    "library:talk": "/sheet-talks/{id}/",
    "exchanges:mine": "/exchanges/",
    "exchanges:introduction": "/introductions/{id}/",
    "exchanges:next": "/introductions/{id}/next/",
    "exchanges:exchange": "/exchanges/{id}/",
    "exchanges:review": "/exchanges/{id}/review/",
    "exchanges:confirm": "/exchanges/{id}/confirm/",
    "exchanges:tap": "/tap/{token}/",
    "agenda:meeting": "/meetings/{id}/",
    "agenda:held": "/meetings/{id}/held/",
    "account:preferences": "/me/preferences/",
}

SUBJECT_MAX = 200
BATCH = 500
# How long a worker may hold a message before another one takes it over (the first was killed).
LEASE = dt.timedelta(minutes=10)
# The waits between two tries of one message; after the last one it is left to the animator.
WAITS = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240, 720, 1440)]
MAX_TRIES = len(WAITS) + 1
# When the mail server itself does not answer, nobody's message is to blame: all wait this long.
SERVER_DOWN_WAIT = dt.timedelta(minutes=2)


def retry_after(tries: int) -> dt.timedelta:
    """Return the wait after the `tries`-th failed try of a message."""
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]


def wants_mail(rhythm: str, muted: Collection[str], category: str) -> bool:
    """Tell whether someone with these choices is written to about this category."""
    return rhythm != Rhythm.NONE and category not in muted


def is_final(error: Exception) -> bool:
    """Tell whether the mail server's refusal will be the same tomorrow (5xx), or the message cannot be written."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def is_connection_lost(error: Exception) -> bool:
    """Tell whether the mail server went away, so that the messages after this one cannot be tried now."""
    lost = isinstance(error, smtplib.SMTPServerDisconnected)
    return lost or (isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException))


def words_of(error: Exception) -> str:
    """Return what the mail server said, as an animator may read it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return " ".join(f"{code} {_text(words)}" for code, words in error.recipients.values())[:500]
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"[:500]
    return f"{type(error).__name__}: {error}"[:500]


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
