"""Whom e-mail did not reach, why, and what they were to be told: for those who accompany them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from reciproque.networks.models import Network
from reciproque.notices.access import accompanied
from reciproque.notices.models import AddressTrouble, Outgoing
from reciproque.notices.rules import UNDELIVERED, UNSURE, Channel, OutgoingState, UndeliveredReason
from reciproque.people.models import Person

PAGE = 25


@dataclasses.dataclass(frozen=True)
class Undelivered:
    """One person whom e-mail did not reach, with the latest message that did not arrive."""

    person: Person
    what: str
    said: str
    count: int
    latest: Outgoing
    trouble: AddressTrouble | None

    @property
    def why(self) -> str:
        """The reason as a sentence."""
        return str(UndeliveredReason(self.what).label)


@dataclasses.dataclass(frozen=True)
class UndeliveredPage:
    rows: list[Undelivered]
    page: int
    pages: int
    total: int


def undelivered_in(network: Network, limit: int = 100) -> list[Outgoing]:
    """Return what could not be told by e-mail in a network (no address, refused by the server), for its animator."""
    rows = Outgoing.objects.filter(network=network, channel=Channel.EMAIL, state__in=UNDELIVERED)
    return list(rows.select_related("person").defer("text", "html", "ics", "parts")[:limit])


def _rows(network: Network, viewer: Person) -> QuerySet[Outgoing]:
    """Return what did not reach the members whom the viewer accompanies."""
    members = accompanied(viewer, network).values("person")
    return Outgoing.objects.filter(
        network=network, channel=Channel.EMAIL, state__in=UNDELIVERED, person__in=members
    )


def count_undelivered(network: Network, viewer: Person) -> int:
    """Return how many people e-mail did not reach."""
    return _rows(network, viewer).order_by().values("person").distinct().count()


def undelivered_page(network: Network, viewer: Person, page: int = 1) -> UndeliveredPage:
    """Return one row for each person whom e-mail did not reach, the latest first."""
    groups = (
        _rows(network, viewer)
        .order_by()
        .values("person")
        .annotate(number=Count("pk"), latest=Max("pk"))
        .order_by("-latest")
    )
    total = groups.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    found = list(groups[(page - 1) * PAGE : page * PAGE])
    latest = Outgoing.objects.in_bulk([group["latest"] for group in found])
    people = Person.objects.select_related("unit", "site").in_bulk([group["person"] for group in found])
    troubles = {row.person_id: row for row in AddressTrouble.objects.current().filter(person__in=people)}
    rows = [
        _undelivered(
            people[group["person"]], latest[group["latest"]], group["number"], troubles.get(group["person"])
        )
        for group in found
    ]
    return UndeliveredPage(rows, page, pages, total)


def _undelivered(person: Person, latest: Outgoing, count: int, trouble: AddressTrouble | None) -> Undelivered:
    if trouble is not None or latest.state == OutgoingState.BOUNCED:
        what, said = UndeliveredReason.BOUNCED, trouble.words if trouble else latest.error
    elif latest.state == OutgoingState.UNADDRESSED:
        what, said = UndeliveredReason.NO_ADDRESS, ""
    elif latest.error.startswith("5"):
        what, said = UndeliveredReason.REFUSED, latest.error
    elif latest.error == UNSURE:
        what, said = (
            UndeliveredReason.GAVE_UP,
            _("Interrompu deux fois à l’instant de la remise : peut-être arrivé."),
        )
    else:
        what, said = UndeliveredReason.GAVE_UP, latest.error
    return Undelivered(person, what, said, count, latest, trouble)


def to_tell(network: Network, viewer: Person, limit: int = 200) -> Sequence[Outgoing]:
    """Return what was written to people whom e-mail does not reach, latest first, for a sheet or a telephone call."""
    rows = _rows(network, viewer).select_related("person__unit", "person__site", "network")
    return list(rows.defer("html", "ics")[:limit])
