"""What a campaign will do, told before it opens: to whom, how many, what is kept, by which groups it is read, by whom."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.translation import gettext as _

from reciproque.circles.models import Circle
from reciproque.networks.rules import Role
from reciproque.people.models import PersonQuerySet, Site, Unit
from reciproque.surveys.models import Campaign, Seat
from reciproque.surveys.queries.audience import people_of
from reciproque.surveys.rules import (
    BY_EVENT,
    LEAST,
    CampaignState,
    SeatState,
    Split,
    Who,
    question_named,
    say,
)

# How those without an address answer in the anonymous mode: by paper codes; not at all, being too few or asked one by one.
CODES, FEW, EVENT = "codes", "few", "event"


@dataclasses.dataclass(frozen=True)
class Planned:
    """A campaign before it opens."""

    # To whom, in words: the kind of people, then what narrows it down.
    who: list[str]
    # How many today; None when they are fewer than what may be told, or known only once the first time is over.
    reached: int | None
    by_event: bool
    again: bool
    # By what results are compared, in words.
    compared: str


@dataclasses.dataclass(frozen=True)
class Paper:
    """How those without an address answer an anonymous campaign; an empty `way` when there are none."""

    way: str
    # How many, for codes; never said when they are fewer than five.
    count: int = 0


def planned(campaign: Campaign) -> Planned:
    """Return what is said of a campaign before it opens."""
    second = campaign.before_id is not None
    reached = 0 if second else people_of(campaign.network, campaign.audience).count()
    return Planned(
        who=[_("qui a répondu la première fois")] if second else _who(campaign.audience),
        reached=reached if reached >= campaign.least else None,
        by_event=campaign.trigger in BY_EVENT,
        again=campaign.again,
        compared=_compared(campaign),
    )


def _who(audience: dict[str, Any]) -> list[str]:
    who = audience.get("who", Who.MEMBERS)
    words = [str(Who(who).label)]
    if who == Who.ROLE:
        words.append(str(Role(audience["role"]).label))
    if who == Who.GROUP:
        words += [str(group) for group in Circle.objects.filter(public_id=audience.get("group", ""))]
    words += Site.objects.filter(public_id=audience.get("site", "")).values_list("name", flat=True)
    words += Unit.objects.filter(public_id=audience.get("unit", "")).values_list("path", flat=True)
    return words


def _compared(campaign: Campaign) -> str:
    if campaign.split != Split.QUESTION:
        return str(Split(campaign.split).label)
    version = campaign.questionnaire.versions.published().first()
    question = question_named(version.definition, campaign.split_question) if version is not None else None
    words = say(question["text"]) if question is not None else ""
    return _("selon la réponse à « %(question)s »") % {"question": words}


def paper_of(campaign: Campaign) -> Paper:
    """Return how those without an address answer this anonymous campaign, while it is planned or open."""
    if not campaign.is_anonymous or campaign.state not in (CampaignState.PLANNED, CampaignState.OPEN):
        return Paper("")
    if campaign.trigger in BY_EVENT:
        return Paper(EVENT if _silent(people_of(campaign.network, campaign.audience)) else "")
    if campaign.state == CampaignState.PLANNED:
        count = _silent(people_of(campaign.network, campaign.audience))
        return Paper(CODES if count >= LEAST else FEW if count else "", count if count >= LEAST else 0)
    seats = Seat.objects.filter(campaign=campaign, person__isnull=False)
    if count := seats.filter(state=SeatState.ON_PAPER).count():
        return Paper(CODES, count)
    return Paper(FEW if seats.filter(person__email=None).exists() else "")


def _silent(people: PersonQuerySet) -> int:
    return people.filter(email=None).count()
