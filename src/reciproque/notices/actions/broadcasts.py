"""The animation team writes to a part of its network: looked at first, counted, confirmed, then told like the rest."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from reciproque.gatherings.models import Gathering
from reciproque.gatherings.queries import announced_to
from reciproque.journal.actions import record
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import is_animator
from reciproque.networks.models import Membership, Network
from reciproque.notices.access import accompanied, segment_members
from reciproque.notices.messages import messages_of
from reciproque.notices.messages.audiences import ANNOUNCED
from reciproque.notices.messages.broadcast import write_broadcast
from reciproque.notices.messages.story import Story
from reciproque.notices.messages.writing import Written, write
from reciproque.notices.models import AddressTrouble, Broadcast, Preference
from reciproque.notices.rules import BROADCAST_SUBJECT_MAX, BROADCAST_TEXT_MAX, SEGMENT_DAYS, Rhythm, Segment
from reciproque.people.models import Person

# The same letter by the same person so soon is one press too many.
TWICE = dt.timedelta(minutes=10)


@dataclasses.dataclass(frozen=True)
class BroadcastPreview:
    """What would be sent, and to how many."""

    count: int
    by_mail: int
    by_digest: int
    without_address: int
    unwanted: int
    names: list[str]
    subject: str
    text: str
    html: str

    @property
    def others(self) -> int:
        """How many are not named."""
        return max(0, self.count - len(self.names))


def _checked(subject: str, text: str, segment: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    wrong: dict[str, Any] = {}
    subject, text = " ".join(clean(subject).split()), clean(text).strip()
    if not subject:
        wrong["subject"] = _("Donnez un objet au message.")
    elif len(subject) > BROADCAST_SUBJECT_MAX:
        wrong["subject"] = _("L’objet est trop long.")
    if not text:
        wrong["text"] = _("Écrivez le message.")
    elif len(text) > BROADCAST_TEXT_MAX:
        wrong["text"] = _("Le message est trop long.")
    try:
        days = int(segment.get("days") or SEGMENT_DAYS)
    except (TypeError, ValueError):
        days = 0
    chosen = {
        "who": str(segment.get("who") or Segment.ALL),
        "site": str(segment.get("site") or ""),
        "unit": str(segment.get("unit") or ""),
        "days": days,
    }
    if chosen["who"] not in Segment.values or not 1 <= days <= 3650:
        wrong["segment"] = _("Ce choix n’existe pas.")
    if wrong:
        raise ValidationError(wrong)
    return subject, text, chosen


def _reached(network: Network, by: Person, segment: Mapping[str, Any]) -> QuerySet[Membership]:
    return segment_members(accompanied(by, network), network, segment, clock.now())


def preview_broadcast(
    network: Network, *, by: Person, subject: str, text: str, segment: Mapping[str, Any]
) -> BroadcastPreview:
    """Show what would be sent and to how many, without writing anything."""
    if not is_animator(by, network):
        raise PermissionDenied
    subject, text, segment = _checked(subject, text, segment)
    with translation.override(by.language):
        written = write_broadcast(network, by, subject, text)
    return _preview(_reached(network, by, segment), written)


def preview_announcement(gathering: Gathering, within: Mapping[str, Any]) -> BroadcastPreview:
    """Show the letter that announces a gathering not yet planned, and to how many; nothing is written.

    The link of a one-tap answer is each reader's own: it is left out.
    """
    by, network = gathering.planned_by, gathering.network
    data = gathering.as_told() | {"announced": True, "within": dict(within)}
    fact = Fact(
        name="gathering.planned",
        by=by,
        network=network.public_id,
        subject_kind=gathering.subject_kind,
        subject_id=gathering.public_id,
        data=data,
    )
    story = Story(fact)
    announcing = next(one for one in messages_of(fact.name) if one.to is ANNOUNCED[gathering.kind])
    written = write(announcing, story, by)
    with translation.override(by.language):
        own = _("(lien personnel)")
        text = written.text
        for _label, url in written.parts.get("answers", []):
            text = text.replace(url, str(own))
    return _preview(announced_to(gathering, within), dataclasses.replace(written, text=text))


def _preview(members: QuerySet[Membership], written: Written) -> BroadcastPreview:
    """Count whom a letter about the life of the network reaches, and how."""
    people = members.order_by().values("person")
    failing = AddressTrouble.objects.current().filter(person__in=people).values("person")
    choices = Preference.objects.filter(person__in=people)
    unwanted = [
        row.person_id for row in choices if row.rhythm == Rhythm.NONE or "network" in (row.muted or [])
    ]
    digest = [
        row.person_id
        for row in choices
        if row.rhythm in (Rhythm.DAILY, Rhythm.WEEKLY) and row.person_id not in set(unwanted)
    ]
    unreached = Q(person__email=None) | Q(person__in=failing)
    counts = members.order_by().aggregate(
        count=Count("pk"),
        without=Count("pk", filter=unreached),
        digest=Count("pk", filter=Q(person__in=digest) & ~unreached),
        unwanted=Count("pk", filter=Q(person__in=unwanted) & ~unreached),
    )
    first = members.select_related("person").order_by("person__last_name", "person__first_name", "pk")[:5]
    return BroadcastPreview(
        count=counts["count"],
        by_mail=counts["count"] - counts["without"] - counts["digest"] - counts["unwanted"],
        by_digest=counts["digest"],
        without_address=counts["without"],
        unwanted=counts["unwanted"],
        names=[row.person.display_name for row in first],
        subject=written.subject,
        text=written.text,
        html=written.html,
    )


@transaction.atomic
def send_broadcast(
    network: Network, *, by: Person, subject: str, text: str, segment: Mapping[str, Any], confirmed: int
) -> Broadcast:
    """Write to a part of the network, if it is still as many people as were confirmed; once, even when asked twice."""
    if not is_animator(by, network):
        raise PermissionDenied
    subject, text, segment = _checked(subject, text, segment)
    now = clock.now()
    # Held, so that of two presses at the same instant the second finds what the first wrote.
    list(Person.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))
    same = Broadcast.objects.filter(network=network, by=by, subject=subject, text=text, at__gt=now - TWICE)
    for earlier in same:
        if earlier.segment == segment:
            return earlier
    count = _reached(network, by, segment).count()
    if count == 0:
        raise ValidationError({"segment": _("Personne ne correspond à ce choix.")})
    if count != confirmed:
        raise ValidationError(
            _("Le nombre a changé : %(count)d personnes maintenant. Relisez, puis confirmez de nouveau."),
            code="count",
            params={"count": count},
        )
    broadcast = Broadcast.objects.create(
        network=network, by=by, subject=subject, text=text, segment=segment, count=count, at=now
    )
    record("broadcast.sent", broadcast, by=by, network=network, title=subject, count=count, segment=segment)
    return broadcast
