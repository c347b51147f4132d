"""Give people a place in a campaign, and expect their answer: all at once, or one by one as an event happens to them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import open_steps
from reciproque.agenda.rules import Verb, deadline
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.tokens import mark_of, new_id
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.surveys.access import can_write
from reciproque.surveys.models import Campaign, Seat
from reciproque.surveys.queries.audience import lived_as_requester
from reciproque.surveys.rules import (
    BY_EVENT,
    INVITED_DAYS,
    LEAST,
    THIRD,
    CampaignState,
    SeatState,
    Trigger,
)

AT_ONCE = 400


def seat_people(campaign: Campaign, people: Sequence[Person], due_at: dt.datetime) -> list[Person]:
    """Give a place to those who have none yet, and expect their answer; return those who are told.

    Asked anonymously at a date, those without an address answer on paper, when they are five at least: who of them
    signs in and answers, and who does not, is then for nobody to see.
    """
    seated = set(Seat.objects.filter(campaign=campaign).values_list("person_id", flat=True))
    fresh = [person for person in people if person.pk not in seated]
    paper = {person.pk for person in fresh if not person.email}
    if not campaign.is_anonymous or campaign.trigger in BY_EVENT or len(paper) < LEAST:
        paper = set()
    # In no order: the rows are written as their random keys fall.
    seats = [
        Seat(
            campaign=campaign,
            person=person,
            due_at=due_at,
            state=SeatState.ON_PAPER if person.pk in paper else SeatState.EXPECTED,
        )
        for person in random.sample(fresh, len(fresh))
    ]
    Seat.objects.bulk_create(seats, batch_size=AT_ONCE)
    told = [person for person in fresh if person.pk not in paper]
    words = campaign.title
    open_steps(Verb.FILL, campaign, network=campaign.network, owners=told, due_at=due_at, words=words)
    return told


@transaction.atomic
def invite_by_event(trigger: str, network: Network, people: Iterable[Person]) -> int:
    """Invite these people to whatever campaign of the network the event sets off (by a fact); return how many were."""
    campaigns = Campaign.objects.open().filter(network=network, trigger=trigger)
    people = list(people)
    done = 0
    for campaign in campaigns.select_related("questionnaire", "network", "first_version"):
        chosen = _those_concerned(campaign, people)
        if not chosen:
            continue
        due = min(deadline(network, INVITED_DAYS, clock.now()), campaign.closes_at)
        invited = seat_people(campaign, chosen, due)
        if invited:
            title = campaign.titled.title_fr
            record("campaign.invited", campaign, network=network, people=invited, title=title)
        done += len(invited)
    return done


def _those_concerned(campaign: Campaign, people: Sequence[Person]) -> list[Person]:
    if campaign.trigger != Trigger.THIRD_EXCHANGE:
        return list(people)
    lived = set(lived_as_requester([person.pk for person in people], campaign.network, THIRD))
    # Asked once in all, whichever campaign of the questionnaire asked it.
    asked = Seat.objects.filter(
        campaign__questionnaire=campaign.questionnaire, campaign__trigger=campaign.trigger, person__in=lived
    )
    lived -= set(asked.values_list("person_id", flat=True))
    return [person for person in people if person.pk in lived]


def invite_after_exchange(network: Network, people: Iterable[Person]) -> int:
    """Invite those who have just learned in their third exchange (by a fact)."""
    return invite_by_event(Trigger.THIRD_EXCHANGE, network, people)


@transaction.atomic
def issue_codes(campaign: Campaign, *, by: Person) -> list[str]:
    """Make as many paper codes as there are people who answer on paper, to be handed out at random; return them.

    A code is a place of its own: it says that somebody answered, and nothing ties it to anybody. The codes are shown
    once, only their prints are kept, and they are all made together: nobody is known by the code they were given.
    """
    if not can_write(by, campaign.network):
        raise PermissionDenied
    if campaign.state != CampaignState.OPEN or not campaign.is_anonymous:
        raise ValidationError(
            _("Les codes sur papier servent aux questionnaires anonymes, pendant qu’ils sont ouverts.")
        )
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    seats = Seat.objects.filter(campaign=campaign)
    count = seats.filter(state=SeatState.ON_PAPER).count()
    if not count:
        raise ValidationError(
            _(
                "Il faut au moins cinq personnes sans adresse électronique : moins nombreuses, elles seraient reconnues."
            )
        )
    if seats.exclude(code_mark="").exists():
        raise ValidationError(_("Les codes ont déjà été faits : ils ne se montrent qu’une fois."))
    codes = [new_id() for _number in range(count)]
    places = [Seat(campaign=campaign, code_mark=mark_of(code), due_at=campaign.closes_at) for code in codes]
    Seat.objects.bulk_create(random.sample(places, count), batch_size=AT_ONCE)
    record("campaign.codes_issued", campaign, by=by, network=campaign.network, count=count)
    return codes
