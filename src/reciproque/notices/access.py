"""Who may read a message that was sent, choose how to be told, speak to a room or to a part of a network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import Expired, Forged, read
from reciproque.networks.access import Scope, is_animator, scope_of
from reciproque.networks.models import Membership, Network
from reciproque.notices.models import AddressTrouble, Broadcast, Hook, Outgoing, PushSubscription
from reciproque.notices.rules import SEGMENT_DAYS, UNSUBSCRIBE, Segment
from reciproque.people.access import is_present
from reciproque.people.models import Person, Unit


def get_outgoing(person: Person, public_id: str) -> Outgoing:
    """Return a message written to this person; a stranger meets `NotThere`."""
    outgoing = Outgoing.objects.visible_to(person).filter(public_id=public_id).first()
    if outgoing is None or not is_present(person):
        raise NotThere
    return outgoing


def can_choose(person: Person, whose: Person) -> bool:
    """Tell whether this person may change how `whose` is told: only oneself."""
    return is_present(person) and person.pk == whose.pk


def get_unsubscriber(token: str) -> Person:
    """Return who wants fewer letters, as the signed link of one of them says."""
    try:
        said = read(token)
    except (Expired, Forged):
        raise NotThere from None
    person = Person.objects.present().filter(public_id=said.person).first()
    if said.kind != UNSUBSCRIBE or person is None:
        raise NotThere
    return person


def get_device(person: Person, public_id: str) -> PushSubscription:
    """Return one of one's own devices."""
    device = PushSubscription.objects.filter(person=person, public_id=public_id).first()
    if device is None or not is_present(person):
        raise NotThere
    return device


def get_hook(person: Person, public_id: str) -> Hook:
    """Return a room of a network that this person animates."""
    hook = Hook.objects.filter(public_id=public_id, removed_at=None).select_related("network").first()
    if hook is None or not is_animator(person, hook.network):
        raise NotThere
    return hook


def get_broadcast(person: Person, public_id: str) -> Broadcast:
    """Return what was written to a part of a network that this person animates."""
    broadcast = Broadcast.objects.filter(public_id=public_id).select_related("network", "by").first()
    if broadcast is None or not is_animator(person, broadcast.network):
        raise NotThere
    return broadcast


def get_trouble(person: Person, public_id: str) -> AddressTrouble:
    """Return a failing address of a member whom this person accompanies."""
    trouble = AddressTrouble.objects.filter(public_id=public_id, cleared_at=None).first()
    if trouble is None:
        raise NotThere
    memberships = Membership.objects.filter(person=trouble.person_id).select_related("network")
    if not any(accompanied(person, row.network).filter(pk=row.pk).exists() for row in memberships):
        raise NotThere
    return trouble


def accompanied(animator: Person, network: Network) -> QuerySet[Membership]:
    """Return the members whom this person animates: all of them, or those of a site or of a unit with those below it."""
    members, scope = Membership.objects.current().filter(network=network), scope_of(animator, network)
    return members.filter(scope.people("person")) if scope is not None else members.none()


def segment_members(
    members: QuerySet[Membership], network: Network, segment: Mapping[str, Any], now: dt.datetime
) -> QuerySet[Membership]:
    """Keep the members of one segment: who they are, and where (site, unit and those below it)."""
    who, days = segment.get("who", Segment.ALL), dt.timedelta(days=int(segment.get("days") or SEGMENT_DAYS))
    members = members.filter(joined_at__lte=now)
    if segment.get("site"):
        members = members.filter(person__site__public_id=segment["site"])
    if segment.get("unit"):
        path = _unit_path(segment["unit"])
        members = members.filter(Scope(unit=path).people("person")) if path else members.none()
    open_posts = Post.objects.open().filter(network=network)
    if who == Segment.NO_OFFER:
        return members.exclude(person__in=open_posts.filter(kind=Kind.OFFER).values("author"))
    if who == Segment.NO_REQUEST:
        return members.exclude(person__in=open_posts.filter(kind=Kind.REQUEST).values("author"))
    if who == Segment.PAUSED:
        return members.filter(paused_until__gt=now)
    if who == Segment.NEWCOMERS:
        return members.filter(joined_at__gt=now - days)
    if who == Segment.OLD_REQUEST:
        old = open_posts.filter(kind=Kind.REQUEST, published_at__lte=now - days)
        return members.filter(person__in=old.values("author"))
    return members


def _unit_path(public_id: str) -> str:
    return Unit.objects.filter(public_id=public_id).values_list("path", flat=True).first() or ""
