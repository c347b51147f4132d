"""What pages show of questions, and who still has room for one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.db.models import Count, Q

from reciproque.kit import clock
from reciproque.library.models import Asked, Sheet, UseCase
from reciproque.library.queries.sheets import shown
from reciproque.library.rules import (
    ASKED_A_MONTH,
    ASKED_AT_ONCE,
    ASKED_IN_ALL,
    MONTH,
    WAITING_MAX,
    AskState,
    CaseState,
)
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person


def places_left(case: UseCase) -> int:
    """Return how many more people may be asked this question now."""
    rows = list(case.asked.values_list("state", flat=True))
    return max(0, min(ASKED_AT_ONCE - rows.count(AskState.WAITING), ASKED_IN_ALL - len(rows)))


def askable(case: UseCase, people: Sequence[Person]) -> list[Person]:
    """Keep, in order, those who may be asked: members who are there, not asked yet, with room for a question."""
    now = clock.now()
    keys = [person.pk for person in people]
    there = set(
        Membership.objects.available(now)
        .filter(network=case.network, person__in=keys)
        .values_list("person_id", flat=True)
    )
    there -= set(case.asked.values_list("person_id", flat=True)) | {case.asker_id}
    loads = (
        Asked.objects.filter(person__in=keys)
        .values("person_id")
        .annotate(
            waiting=Count("pk", filter=Q(state=AskState.WAITING)),
            lately=Count("pk", filter=Q(asked_at__gte=now - MONTH)),
        )
    )
    full = {
        row["person_id"] for row in loads if row["waiting"] >= WAITING_MAX or row["lately"] >= ASKED_A_MONTH
    }
    return [person for person in people if person.pk in there - full]


@dataclasses.dataclass(frozen=True)
class CasePage:
    """One page of questions."""

    cases: list[UseCase]
    total: int


def cases_in(
    network: Network, viewer: Person, *, state: str = CaseState.OPEN, page: int = 1, size: int = 30
) -> CasePage:
    """Return one page of a network's questions in a state, latest first, each with how many sheets answer it."""
    rows = UseCase.objects.visible_to(viewer).filter(network=network, state=state)
    shown = (
        rows.select_related("asker")
        .prefetch_related("topics")
        .annotate(n_answers=Count("answers", filter=Q(answers__state="published")))
        .order_by("-asked_at", "-pk")
    )
    return CasePage(list(shown[(page - 1) * size : page * size]), rows.count())


def asked_of(person: Person, network: Network) -> list[UseCase]:
    """Return the questions that were carried to this person and wait for them, oldest first."""
    rows = UseCase.objects.visible_to(person).filter(
        network=network, state=CaseState.OPEN, asked__person=person, asked__state=AskState.WAITING
    )
    return list(rows.select_related("asker").order_by("asked_at"))


def answers_to(case: UseCase, viewer: Person) -> list[Sheet]:
    """Return the published sheets that answer a question."""
    return list(shown(Sheet.objects.visible_to(viewer).open().filter(case=case)).order_by("published_at"))
