"""What is expected of people, by whom and by when."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q

from reciproque.agenda.models import Step
from reciproque.networks.models import Network
from reciproque.people.models import Person


def steps_of(person: Person, limit: int = 50) -> list[Step]:
    """Return what is expected of a person in all their networks, most urgent first."""
    return list(
        Step.objects.visible_to(person).open().select_related("network", "owner").order_by("due_at")[:limit]
    )


def count_steps(person: Person) -> int:
    """Return how many things are expected of a person."""
    return Step.objects.visible_to(person).open().count()


def steps_about(subject: Any) -> list[Step]:
    """Return what is still expected about one subject, with each owner's name."""
    return list(Step.objects.about(subject).open().select_related("owner", "network").order_by("due_at"))


def overdue_steps(now: dt.datetime, verbs: Iterable[str], limit: int = 500) -> list[Step]:
    """Return what someone should have done by now, for these verbs, oldest first."""
    steps = Step.objects.overdue(now).filter(verb__in=list(verbs)).exclude(owner=None)
    return list(steps.select_related("network", "owner").order_by("due_at")[:limit])


def team_steps(
    network: Network, limit: int = 100, *, start: int = 0, apart: Iterable[str] = ()
) -> list[Step]:
    """Return what waits for a network's animation team, most urgent first, but for the verbs shown apart."""
    steps = Step.objects.open().filter(network=network, owner=None).exclude(verb__in=list(apart))
    return list(steps.select_related("network").order_by("due_at", "pk")[start : start + limit])


def late_steps(
    network: Network, now: dt.datetime, limit: int = 50, *, start: int = 0, apart: Iterable[str] = ()
) -> list[Step]:
    """Return what members should have done by now in a network, longest late first."""
    steps = Step.objects.overdue(now).filter(network=network).exclude(owner=None)
    steps = steps.exclude(verb__in=list(apart)).select_related("network", "owner", "owner__unit")
    return list(steps.order_by("due_at", "pk")[start : start + limit])


def steps_named(network: Network, verb: str, ids: Iterable[str]) -> dict[str, Step]:
    """Return what waits for the team about these subjects of a network, by their public identifiers."""
    steps = Step.objects.open().filter(network=network, owner=None, verb=verb, subject_id__in=list(ids))
    return {step.subject_id: step for step in steps.select_related("network")}


def count_waiting(
    network: Network,
    now: dt.datetime,
    until: dt.datetime,
    lapsing: Iterable[str],
    *,
    team_apart: Iterable[str] = (),
    late_apart: Iterable[str] = (),
) -> dict[str, int]:
    """Return how long the animators' three lists are, in one query: for the team, late, soon without an answer."""
    owned = Q(owner__isnull=False)
    team = Q(owner=None) & ~Q(verb__in=list(team_apart))
    late = owned & Q(due_at__lt=now) & ~Q(verb__in=list(late_apart))
    soon = owned & Q(due_at__gte=now, due_at__lt=until, verb__in=list(lapsing))
    return (
        Step.objects.open()
        .filter(network=network)
        .aggregate(
            team=Count("pk", filter=team), late=Count("pk", filter=late), soon=Count("pk", filter=soon)
        )
    )


def steps_in(person: Person, network: Network, limit: int = 50) -> list[Step]:
    """Return what is expected of one person in one network, most urgent first."""
    steps = Step.objects.open().filter(network=network, owner=person)
    return list(steps.select_related("network", "owner").order_by("due_at")[:limit])


def lapsing_steps(
    network: Network,
    now: dt.datetime,
    until: dt.datetime,
    verbs: Iterable[str],
    limit: int = 50,
    *,
    start: int = 0,
) -> list[Step]:
    """Return what ends by itself before `until` if its owner does nothing, soonest first."""
    steps = Step.objects.open().filter(
        network=network, verb__in=list(verbs), due_at__gte=now, due_at__lt=until
    )
    steps = steps.exclude(owner=None).select_related("network", "owner", "owner__unit")
    return list(steps.order_by("due_at", "pk")[start : start + limit])
