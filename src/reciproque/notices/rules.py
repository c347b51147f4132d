"""The words and limits of telling people: channels, categories, rhythm, retries, addresses that mails keep."""

import datetime as dt
import re
import smtplib
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    EMAIL = "email", _("courriel")
    PUSH = "push", _("notification sur un appareil")
    CHAT = "chat", _("salon de discussion")


class OutgoingState(TextChoices):
    WAITING = "waiting", _("à envoyer")
    HELD = "held", _("gardé pour un envoi groupé")
    SENDING = "sending", _("en cours d’envoi")
    SENT = "sent", _("envoyé")
    GROUPED = "grouped", _("envoyé avec d’autres")
    FAILED = "failed", _("non remis")
    BOUNCED = "bounced", _("revenu")
    UNADDRESSED = "unaddressed", _("personne sans adresse")
    DROPPED = "dropped", _("écarté par un choix de la personne")


# What is still to leave: a worker looks at these.
TO_LEAVE = [OutgoingState.WAITING, OutgoingState.SENDING]
# What a person was to be told by e-mail and was not.
UNDELIVERED = [OutgoingState.FAILED, OutgoingState.BOUNCED, OutgoingState.UNADDRESSED]
# What the mail server took: it may still come back.
TAKEN = [OutgoingState.SENT, OutgoingState.BOUNCED]


class Category(TextChoices):
    """What a person may ask not to be written to about; in the product they still see everything."""

    EXCHANGES = "exchanges", _("mes mises en relation et mes échanges")
    MEETINGS = "meetings", _("mes rendez-vous")
    MESSAGES = "messages", _("les messages que l’on m’écrit")
    FINDS = "finds", _("ce qui est trouvé pour moi")
    NETWORK = "network", _("la vie de mes réseaux")


class Rhythm(TextChoices):
    AT_ONCE = "at_once", _("aussitôt")
    DAILY = "daily", _("un seul courriel par jour")
    WEEKLY = "weekly", _("un seul courriel par semaine")
    NONE = "none", _("aucun courriel")


class HookKind(TextChoices):
    """The programs whose rooms take messages at an address (an incoming webhook)."""

    TEAMS = "teams", "Microsoft Teams"
    SLACK = "slack", "Slack"
    MATTERMOST = "mattermost", "Mattermost"
    GENERIC = "generic", _("autre (JSON)")


class HookTopic(TextChoices):
    """What a network tells a room: its life, never what concerns one person."""

    POSTS = "posts", _("les nouvelles offres et demandes, une fois par jour")
    FAIRS = "fairs", _("les bourses et les rencontres ouvertes")
    LIFE = "life", _("la vie du réseau : charte, ouvertures")
    FIGURES = "figures", _("les chiffres de la semaine, le lundi")


class Segment(TextChoices):
    """Whom the animation team may write to at once."""

    ALL = "all", _("tous les membres")
    NO_OFFER = "no_offer", _("les membres sans offre publiée")
    NO_REQUEST = "no_request", _("les membres sans demande publiée")
    PAUSED = "paused", _("les membres en pause")
    NEWCOMERS = "newcomers", _("les membres arrivés récemment")
    OLD_REQUEST = "old_request", _("les membres dont une demande attend depuis longtemps")


class UndeliveredReason(TextChoices):
    """Why somebody was not told by e-mail."""

    NO_ADDRESS = "no_address", _("Cette personne n’a pas d’adresse électronique.")
    REFUSED = "refused", _("Le serveur de messagerie a refusé le message.")
    BOUNCED = "bounced", _("Le message est revenu : l’adresse ne reçoit plus.")
    GAVE_UP = "gave_up", _("Le message n’a pas pu partir, après plusieurs essais.")


class TapKind(TextChoices):
    """The simple answers that a link in a mail gives in one tap (the kind signed in its token)."""

    ACCEPT = "accept", _("accepter une mise en relation")
    REFUSE = "refuse", _("décliner une mise en relation")
    SLOT = "slot", _("choisir une date")
    HELD = "held", _("dire que la rencontre a eu lieu")
    NOT_HELD = "not_held", _("dire que la rencontre n’a pas eu lieu")
    CONFIRM = "confirm", _("confirmer un échange déclaré")
    RENEW = "renew", _("renouveler une annonce")
    TRY = "try", _("demander à rencontrer la personne proposée")
    LATER = "later", _("remettre à plus tard la personne proposée")
    NEXT = "next", _("demander à la personne suivante")
    NEXT_NO = "next_no", _("ne rien demander à la personne suivante")
    ADMIT = "admit", _("accueillir quelqu’un dans le réseau")
    COMING = "coming", _("dire que l’on vient à une rencontre")


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
    "animation:helping": "/networks/{slug}/helping/",
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
    "agenda:agenda": "/agenda/",
    "agenda:meeting": "/meetings/{id}/",
    "agenda:held": "/meetings/{id}/held/",
    "gatherings:gathering": "/gatherings/{id}/",
    "gatherings:mine": "/gatherings/{id}/mine/",
    "account:preferences": "/me/preferences/",
    "posts:new": "/networks/{slug}/posts/new/{kind}/",
    "account:unsubscribe": "/unsubscribe/{token}/",
    "moderation:case": "/reports/{id}/",
    "moderation:decision": "/decisions/{id}/",
    "moderation:appeal": "/appeals/{id}/",
    "circles:all": "/networks/{slug}/groups/",
    "circles:circle": "/groups/{id}/",
    "circles:need": "/groups/{id}/need/1/",
    "circles:making": "/groups/{id}/making/",
    "circles:facilitator": "/groups/{id}/facilitator/",
    "circles:charter": "/groups/{id}/charter/",
    "circles:sessions": "/groups/{id}/sessions/",
    "circles:review": "/groups/{id}/review/",
    "circles:report": "/groups/{id}/report/",
    "circles:received": "/groups/{id}/received/",
    "circles:poll": "/polls/{id}/",
    "circles:roll": "/group-sessions/{id}/roll/",
    "circles:outing": "/outings/{id}/",
    "initiatives:learning": "/networks/{slug}/learning/",
    "initiatives:panel": "/networks/{slug}/learning/panel/",
    "initiatives:vote": "/networks/{slug}/learning/vote/",
    "initiatives:outcome": "/networks/{slug}/learning/vote/outcome/",
    "initiatives:committee": "/networks/{slug}/learning/committee/",
    "initiatives:posture": "/networks/{slug}/learning/committee/posture/",
    "initiatives:note_up": "/notes-up/{id}/",
    "initiatives:obstacle": "/obstacles/{id}/",
    "initiatives:problem": "/problems/{id}/",
    "initiatives:experiment": "/experiments/{id}/",
    "initiatives:proposal": "/proposals/{id}/",
    "initiatives:day": "/launch-days/{id}/",
    "initiatives:subject": "/wall-subjects/{id}/",
    "initiatives:merge": "/merges/{id}/",
    "initiatives:group": "/working-groups/{id}/",
    "initiatives:bulletin": "/bulletins/{id}/",
    "recognition:mine": "/me/skills/",
    "recognition:skill": "/skills/{id}/",
    "recognition:confirm": "/skills/{id}/confirm/",
    "recognition:certification": "/certifications/{id}/",
    "recognition:contest": "/contests/{id}/",
    "recognition:training": "/training/{id}/",
    "recognition:training_hours": "/training/{id}/hours/",
    "community:call": "/calls/{id}/",
    "community:helping": "/invitations/{id}/",
    "community:pool": "/networks/{slug}/community/pool/",
    "community:maturity": "/networks/{slug}/community/maturity/",
    "insights:report": "/networks/{slug}/figures/reports/{kind}/{start}/",
    "insights:followed": "/risks/{id}/",
    "insights:study": "/studies/{id}/",
    "surveys:mine": "/me/questionnaires/",
    "surveys:answer": "/me/questionnaires/{id}/",
    "surveys:results": "/campaigns/{id}/results/",
    "surveys:campaign": "/campaigns/{id}/",
}

SUBJECT_MAX = 200
# The kind signed in the link with which one asks for fewer letters, and how long that link holds.
UNSUBSCRIBE = "unsubscribe"
UNSUBSCRIBE_FOR = dt.timedelta(days=400)
BROADCAST_SUBJECT_MAX = 150
BROADCAST_TEXT_MAX = 4000
SEGMENT_DAYS = 30
MAX_PAUSE = dt.timedelta(days=366)
MAX_DEVICES = 12
MAX_HOOKS = 10
BATCH = 500
# How long a worker may hold a message before another one takes it over (the first was killed). Longer than any wait
# of one exchange with the mail server, so that a worker still at it is never doubled.
LEASE = dt.timedelta(minutes=10)
# The waits between two tries of one message; after the last one it is left to the animator.
WAITS = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240, 720, 1440)]
MAX_TRIES = len(WAITS) + 1
# A message whose fate nobody knows (the worker was killed between its last point and the server's answer) is sent again
# this many times, under the same Message-ID. See docs/decisions/0008.
MAX_DOUBTS = 1
UNSURE = "unsure"
# When the mail server itself does not answer, nobody's message is to blame: all wait this long.
SERVER_DOWN_WAIT = dt.timedelta(minutes=2)
# Over how long e-mails are counted, and at what hour of the reader's day those kept together leave.
WEEK = dt.timedelta(days=7)
DIGEST_HOUR = 8
# A date that changes sooner than this is told at once, whatever the rhythm.
SOON = dt.timedelta(hours=24)
# New offers and requests at the end of a weekly letter: how many, how old at most, from how many networks.
NEWS_SHOWN = 6
NEWS_AGE = dt.timedelta(days=35)
NEWS_NETWORKS = 5
# Of one network, the posts among which the news of a letter are chosen.
NEWS_POOL = 300
# A device or a room refused so many times in a row is left alone until somebody looks at it.
MAX_FAILURES = 20
# A notification that could not leave in this time says nothing useful any more.
PUSH_AGE = dt.timedelta(hours=36)
# At what hour (of the organisation) a room is told, and how many titles one message shows.
ROOM_HOUR = 9
ROOM_TITLES = 8
# Counts smaller than this are not told to a room: they would speak of somebody.
ROOM_LEAST = 5


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


# -- when a message may leave -----------------------------------------------------------------------------------


def at_hour(day: dt.date, hour: dt.time, zone: str) -> dt.datetime:
    """Return that hour of that day as the clocks of the zone show it."""
    return dt.datetime.combine(day, hour, ZoneInfo(zone)).astimezone(dt.UTC)


def next_digest(now: dt.datetime, zone: str, rhythm: str = Rhythm.DAILY) -> dt.datetime:
    """Return when messages kept together leave next: at 8 h of the reader's day, on Mondays for the weekly ones."""
    day = now.astimezone(ZoneInfo(zone)).date()
    for ahead in range(9):
        moment = at_hour(day + dt.timedelta(days=ahead), dt.time(DIGEST_HOUR), zone)
        wanted = rhythm != Rhythm.WEEKLY or (day + dt.timedelta(days=ahead)).weekday() == 0
        if moment > now and wanted:
            return moment
    raise AssertionError("nine days hold a Monday")


def quiet_end(now: dt.datetime, zone: str, start: dt.time | None, end: dt.time | None) -> dt.datetime | None:
    """Return when the quiet hours that hold now end, or None outside them; from 20 h until 8 h passes midnight."""
    if start is None or end is None or start == end:
        return None
    here = now.astimezone(ZoneInfo(zone))
    hour = here.time()
    within = start <= hour < end if start < end else hour >= start or hour < end
    if not within:
        return None
    day = here.date() + dt.timedelta(days=hour >= end)
    return at_hour(day, end, zone)


def hour_passed(
    now: dt.datetime, last: dt.datetime | None, zone: str, hour: int, weekday: int | None
) -> bool:
    """Tell whether that hour of today (of that weekday, if given) is past and nothing was done since."""
    day = now.astimezone(ZoneInfo(zone)).date()
    moment = at_hour(day, dt.time(hour), zone)
    return (weekday is None or day.weekday() == weekday) and moment <= now and (last is None or last < moment)


# -- what a server's words mean about an address ------------------------------------------------------------------

_DEAD_STATUS = re.compile(r"\b5\.1\.(?:0|1|2|3|6|10)\b|\b5\.2\.1\b")
_DEAD_WORDS = re.compile(
    r"no such (?:user|recipient|mailbox|address)|unknown (?:user|recipient|mailbox)|user (?:unknown|not found)|"
    r"(?:recipient|mailbox|address|user|account) (?:\S+ )?(?:does not exist|not found|disabled|unknown|invalid)|"
    r"does(?: not|n['’]t) exist|boîte .{0,40}inexistante|utilisateur inconnu",
    re.IGNORECASE,
)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


def is_dead_address(words: str) -> bool:
    """Tell whether a refusal says that the address itself receives nothing (rather than: full, too long, unwanted)."""
    if _STATUS.search(words):
        return _DEAD_STATUS.search(words) is not None
    return words.lstrip().startswith("5") and _DEAD_WORDS.search(words) is not None
