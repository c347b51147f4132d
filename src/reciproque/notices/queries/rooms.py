"""The rooms of a network, and what is told to them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from reciproque.catalogue.models import Post
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.notices.engine.chats import Note, payload
from reciproque.notices.messages.pages import page
from reciproque.notices.models import Hook
from reciproque.notices.rules import ROOM_TITLES

_COUNTED = {
    "membership.joined": "joined",
    "exchange.finished": "finished",
    "meeting.held": "held",
}


def hooks_of(network: Network) -> list[Hook]:
    """Return the rooms that a network speaks to."""
    return list(Hook.objects.filter(network=network, removed_at=None).select_related("network"))


def example_note(network: Network) -> Note:
    """Return what a room is shown when it is tried."""
    return Note(
        _("Réciproque peut écrire ici"),
        [_("Ce salon recevra les nouvelles du réseau « %(network)s ».") % {"network": network.name}],
        _("Voir le réseau"),
        settings.BASE_URL + page("join:network", slug=network.slug),
        event="hook.tried",
        network=network.slug,
        at=clock.now().isoformat(),
    )


def hook_examples(network: Network, kind: str) -> str:
    """Return what a program of this kind would receive, as text to read."""
    return json.dumps(json.loads(payload(kind, example_note(network))), ensure_ascii=False, indent=2)


def posts_between(network: Network, since: dt.datetime, until: dt.datetime) -> tuple[list[Post], int]:
    """Return the first new posts of a network between two moments, and how many there are."""
    posts = Post.objects.open().filter(network=network, published_at__gte=since, published_at__lt=until)
    return list(posts.order_by("published_at", "pk")[:ROOM_TITLES]), posts.count()


def figures_between(network: Network, since: dt.datetime, until: dt.datetime) -> Mapping[str, int]:
    """Return what happened in a network between two moments, in numbers."""
    facts = Fact.objects.filter(
        network=network.public_id, name__in=list(_COUNTED), at__gte=since, at__lt=until
    )
    figures: dict[str, int] = {}
    for row in facts.values("name").annotate(number=Count("pk")):
        figures[_COUNTED[row["name"]]] = figures.get(_COUNTED[row["name"]], 0) + row["number"]
    posts = Post.objects.open().filter(network=network, published_at__gte=since, published_at__lt=until)
    for kind, number in posts.order_by().values_list("kind").annotate(number=Count("pk")):
        figures[f"{kind}s"] = number
    return figures
