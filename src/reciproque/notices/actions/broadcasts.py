"""The animation team writes to a part of its network: looked at first, counted, confirmed, then told like the rest."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import is_animator
from reciproque.networks.models import Membership, Network
from reciproque.notices.access import accompanied, segment_members
from reciproque.notices.messages.broadcast import write_broadcast
from reciproque.notices.models import AddressTrouble, Broadcast, Preference
from reciproque.notices.rules import BROADCAST_SUBJECT_MAX, BROADCAST_TEXT_MAX, SEGMENT_DAYS, Rhythm, Segment
from reciproque.people.models import Person


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
    members = _reached(network, by, segment)
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
    with translation.override(by.language):
        written = write_broadcast(network, by, subject, text)
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
    """Write to a part of the network, if it is still as many people as were confirmed."""
    if not is_animator(by, network):
        raise PermissionDenied
    subject, text, segment = _checked(subject, text, segment)
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
        network=network, by=by, subject=subject, text=text, segment=segment, count=count, at=clock.now()
    )
    record("broadcast.sent", broadcast, by=by, network=network, title=subject, count=count, segment=segment)
    return broadcast
