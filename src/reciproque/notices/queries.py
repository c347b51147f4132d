"""What pages show of messages and of each person's choices about them."""

import datetime as dt

from reciproque.networks.models import Network
from reciproque.notices.models import Outgoing, Preference
from reciproque.notices.rules import OutgoingState
from reciproque.people.models import Person

UNDELIVERED = [OutgoingState.FAILED, OutgoingState.UNADDRESSED]


def mailbox_of(person: Person, limit: int = 100) -> list[Outgoing]:
    """Return the messages sent to a person, latest first, without their bodies' HTML."""
    sent = Outgoing.objects.visible_to(person).filter(state=OutgoingState.SENT)
    return list(sent.defer("html", "ics")[:limit])


def waiting_messages(now: dt.datetime, limit: int = 200) -> list[Outgoing]:
    """Return what is to be sent now, oldest first, with each person."""
    return list(Outgoing.objects.due(now).select_related("person")[:limit])


def count_waiting() -> int:
    """Return how many messages are still to be sent, now or later."""
    return Outgoing.objects.filter(state=OutgoingState.WAITING).count()


def undelivered_in(network: Network, limit: int = 100) -> list[Outgoing]:
    """Return what could not be told by e-mail in a network (no address, refused by the server), for its animator."""
    rows = Outgoing.objects.filter(network=network, state__in=UNDELIVERED).select_related("person")
    return list(rows.defer("text", "html", "ics")[:limit])


def preference_of(person: Person) -> Preference:
    """Return a person's choices, or the default ones (not stored)."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)
