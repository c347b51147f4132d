"""Who may write questionnaires, answer them, and read what comes out: never one person's answer but one's own."""

from __future__ import annotations

from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import mark_of
from reciproque.networks.access import can_settle, has_role, scope_of
from reciproque.networks.models import Network
from reciproque.networks.rules import Role
from reciproque.people.access import can_administer, is_present
from reciproque.people.models import Person
from reciproque.surveys.models import Campaign, Questionnaire, Seat, SeatQuerySet
from reciproque.surveys.rules import CampaignState, SeatState

_CAMPAIGN = ("questionnaire", "network", "first_version", "before", "planned_by")


def can_write(person: Person, network: Network | None) -> bool:
    """Tell whether this person may write and send questionnaires: whoever animates the whole network.

    Those of the whole installation are written by its administrators.
    """
    return can_administer(person) if network is None else can_settle(person, network)


def get_questionnaire(person: Person, public_id: str) -> Questionnaire:
    """Return a questionnaire as those who may use it read it; anyone else meets `NotThere`."""
    rows = Questionnaire.objects.visible_to(person).filter(public_id=public_id)
    row = rows.select_related("network", "made_by").first()
    if row is None:
        raise NotThere
    return row


def get_written(person: Person, public_id: str) -> Questionnaire:
    """Return a questionnaire that this person may change; anyone else meets `NotThere`."""
    row = get_questionnaire(person, public_id)
    if not can_write(person, row.network):
        raise NotThere
    return row


def get_campaign(person: Person, public_id: str) -> Campaign:
    """Return a campaign as those who send questionnaires in its network read it; anyone else meets `NotThere`."""
    row = Campaign.objects.filter(public_id=public_id).select_related(*_CAMPAIGN).first()
    if row is None or not can_write(person, row.network):
        raise NotThere
    return row


def reads_all(person: Person, network: Network) -> bool:
    """Tell whether this person reads the results of the whole network: its animators, its sponsors, human resources."""
    scope = scope_of(person, network)
    return (scope is not None and scope.whole) or has_role(person, network, Role.SPONSOR, Role.HR)


def can_read_results(person: Person, campaign: Campaign) -> bool:
    """Tell whether this person may read what came out of a campaign: the same masked figures for all who may."""
    if not is_present(person) or campaign.state != CampaignState.CLOSED:
        return False
    if reads_all(person, campaign.network):
        return True
    return campaign.shared and campaign.seats.filter(person=person).exists()


def get_results(person: Person, public_id: str) -> Campaign:
    """Return a closed campaign as those who read its results; anyone else meets `NotThere`."""
    row = Campaign.objects.filter(public_id=public_id).select_related(*_CAMPAIGN).first()
    if row is None or not can_read_results(person, row):
        raise NotThere
    return row


def get_seat(person: Person, campaign_id: str) -> Seat:
    """Return one's own place in a campaign that has opened; anyone else meets `NotThere`."""
    rows = Seat.objects.filter(person=person, campaign__public_id=campaign_id)
    rows = rows.exclude(state__in=[SeatState.WITHDRAWN, SeatState.ON_PAPER])
    rows = rows.exclude(campaign__state__in=[CampaignState.PLANNED, CampaignState.CANCELLED])
    return _there(rows, person)


def get_seat_for(animator: Person, campaign_id: str, person_id: str) -> Seat:
    """Return somebody's place as an animator who answers for them, by telephone or from paper, may use it.

    In the confidential mode only: an anonymous answer passes through nobody's hands. Who declined is as whoever has
    not answered yet: nobody is told that they did.
    """
    rows = Seat.objects.filter(campaign__public_id=campaign_id, person__public_id=person_id)
    rows = rows.filter(campaign__state=CampaignState.OPEN, state__in=(SeatState.EXPECTED, SeatState.DECLINED))
    seat = _there(rows, animator)
    if not can_enter_for(animator, seat):
        raise NotThere
    return seat


def can_enter_for(animator: Person, seat: Seat) -> bool:
    """Tell whether this person may type the answer of somebody without an address, at their request."""
    campaign, person = seat.campaign, seat.person
    if campaign.is_anonymous or person is None or person.email or person.pk == animator.pk:
        return False
    scope = scope_of(animator, campaign.network)
    return scope is not None and (scope.whole or scope.covers(person))


def _there(rows: SeatQuerySet, person: Person) -> Seat:
    seat = rows.select_related(
        "campaign__questionnaire",
        "campaign__network",
        "campaign__first_version",
        "campaign__planned_by",
        "person__unit",
        "person__site",
    ).first()
    if seat is None or not is_present(person):
        raise NotThere
    return seat


def get_seat_by_code(code: str) -> Seat:
    """Return the place that a paper code gives; `NotThere` when it is none, was used, or its campaign is over."""
    plain = "".join(code.split()).replace("-", "").lower()
    rows = Seat.objects.filter(code_mark=mark_of(plain), state=SeatState.EXPECTED)
    rows = rows.filter(campaign__state=CampaignState.OPEN) if plain else rows.none()
    seat = rows.select_related(
        "campaign__questionnaire", "campaign__network", "campaign__first_version", "campaign__planned_by"
    ).first()
    if seat is None:
        raise NotThere
    return seat
