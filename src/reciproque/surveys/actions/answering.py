"""Answer, correct, decline, erase: once a seat, in the version begun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from reciproque.agenda.actions import close_steps, close_steps_on
from reciproque.agenda.rules import StepState, Verb
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.surveys.access import can_enter_for, get_seat_by_code
from reciproque.surveys.actions.releasing import put_aside, release_five
from reciproque.surveys.models import Campaign, NamedAnswer, Seat, Version
from reciproque.surveys.queries.audience import group_of
from reciproque.surveys.queries.waiting import waits_aside
from reciproque.surveys.rules import (
    ALREADY_ANSWERED,
    NO_CORRECTION,
    NOT_YET,
    TOO_LATE,
    CampaignState,
    Kind,
    SeatState,
    Values,
    check_answers,
)


def _check_open(campaign: Campaign) -> None:
    if campaign.state == CampaignState.PLANNED:
        raise ValidationError(NOT_YET)
    if campaign.state != CampaignState.OPEN or campaign.closes_at <= clock.now():
        raise ValidationError(TOO_LATE, code="closed")


def _check_awaited(seat: Seat) -> None:
    if seat.state == SeatState.ANSWERED or (seat.campaign.is_anonymous and waits_aside([seat])):
        raise ValidationError(ALREADY_ANSWERED, code="answered")
    if seat.state not in (SeatState.EXPECTED, SeatState.DECLINED):
        raise ValidationError(TOO_LATE, code="closed")


def version_for(seat: Seat, version: str = "") -> Version:
    """Return the version that somebody answers: the one they began, else the latest published.

    Any version published since the campaign opened may be finished, and the one in force when it did.
    """
    campaign = seat.campaign
    rows = campaign.questionnaire.versions.published()
    if campaign.first_version is not None:
        rows = rows.filter(number__gte=campaign.first_version.number)
    begun = rows.filter(public_id=version).first() if version else None
    if begun is None and seat.version_id is not None:
        begun = rows.filter(pk=seat.version_id).first()
    latest = begun or rows.first()
    if latest is None:
        raise ValidationError(TOO_LATE, code="closed")
    return latest


@transaction.atomic
def begin_answer(seat: Seat) -> Version:
    """Begin to answer; return the version to be answered, even if another one is published meanwhile.

    In the confidential mode the seat keeps it. In the anonymous mode nothing is written: the page carries it.
    """
    _check_open(seat.campaign)
    _check_awaited(seat)
    version = version_for(seat)
    if not seat.campaign.is_anonymous and seat.version_id is None:
        Seat.objects.filter(pk=seat.pk, version=None).update(version=version)
        seat.version = version
    return version


@transaction.atomic
def submit_answer(
    seat: Seat,
    *,
    by: Person | None,
    values: Mapping[str, Any],
    version: str = "",
    on_behalf: bool = False,
) -> None:
    """Give one's answer. Sent twice, it counts once: the second time says so (code "answered").

    `on_behalf`: an animator types what somebody without an address answers by telephone or on paper, in the
    confidential mode only.
    """
    if on_behalf:
        if by is None or not can_enter_for(by, seat):
            raise PermissionDenied
    elif by is None or seat.person_id != by.pk:
        raise PermissionDenied
    _take(seat, values, version, entered_by=by if on_behalf else None)


@transaction.atomic
def submit_by_code(code: str, *, values: Mapping[str, Any], version: str = "") -> None:
    """Give the answer of whoever holds a paper code; the code serves once, and says nothing of them."""
    seat = get_seat_by_code(code)
    _take(seat, values, version, entered_by=None)


def _take(seat: Seat, values: Mapping[str, Any], version: str, *, entered_by: Person | None) -> None:
    campaign = seat.campaign
    _check_open(campaign)
    # The campaign's row is held: two of the same seat, or the tenth and the eleventh, come one after the other.
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    seat.refresh_from_db(fields=["state", "version"])
    _check_awaited(seat)
    begun = version_for(seat, version)
    cleaned = check_answers(begun.definition, values)
    if campaign.is_anonymous:
        if not put_aside(seat, begun, cleaned):
            raise ValidationError(ALREADY_ANSWERED, code="answered")
        release_five(campaign)
        return
    _keep(seat, begun, cleaned, entered_by)


def _keep(seat: Seat, version: Version, values: Values, entered_by: Person | None) -> None:
    campaign, person = seat.campaign, seat.person
    assert person is not None, "a confidential seat has its person"
    today = clock.now().date()
    taken = Seat.objects.filter(pk=seat.pk).exclude(state=SeatState.ANSWERED)
    if not taken.update(state=SeatState.ANSWERED, answered_on=today):
        raise ValidationError(ALREADY_ANSWERED, code="answered")
    NamedAnswer.objects.create(
        campaign=campaign,
        version=version,
        person=person,
        group=group_of(person, campaign),
        values=values,
        answered_on=today,
        entered_by=entered_by,
    )
    close_steps_on(campaign, today, verb=Verb.FILL, owners=[person.pk])
    _note("survey.answered", campaign, person, entered_by)


def _note(fact: str, campaign: Campaign, person: Person, entered_by: Person | None = None) -> None:
    # Without a network: it belongs to the history of the person, and to nobody else's page.
    record(fact, campaign, by=entered_by or person, people=[person], title=campaign.titled.title_fr)


@transaction.atomic
def correct_answer(seat: Seat, *, by: Person, values: Mapping[str, Any]) -> NamedAnswer:
    """Correct one's own answer until the campaign closes; an anonymous one cannot be found again."""
    if seat.person_id != by.pk:
        raise PermissionDenied
    if seat.campaign.is_anonymous:
        raise ValidationError(NO_CORRECTION)
    _check_open(seat.campaign)
    answer = NamedAnswer.objects.select_related("version").filter(campaign=seat.campaign, person=by).first()
    if answer is None:
        raise ValidationError(ALREADY_CHANGED)
    answer.values = check_answers(answer.version.definition, values)
    answer.save(update_fields=["values"])
    _note("survey.corrected", seat.campaign, by)
    return answer


@transaction.atomic
def decline(seat: Seat, *, by: Person) -> None:
    """Say that one would rather not answer: nothing more is expected, nobody is told, and no fact is kept of it."""
    if seat.person_id != by.pk:
        raise PermissionDenied
    _check_open(seat.campaign)
    _check_awaited(seat)
    Seat.objects.filter(pk=seat.pk, state=SeatState.EXPECTED).update(state=SeatState.DECLINED, version=None)
    close_steps(seat.campaign, verb=Verb.FILL, owner=by, outcome=StepState.RELEASED)


# -- one's own data ------------------------------------------------------------------------------------------------


@transaction.atomic
def erase_answer(seat: Seat, *, by: Person) -> None:
    """Erase one's own confidential answer. What was told of a closed campaign was worked out before, by groups."""
    if seat.person_id != by.pk:
        raise PermissionDenied
    if seat.campaign.is_anonymous:
        raise ValidationError(NO_CORRECTION)
    # Held: the campaign may be closing, and what was written be copied, at the same instant.
    campaign = Campaign.objects.select_for_update().get(pk=seat.campaign_id)
    rows = NamedAnswer.objects.filter(campaign=campaign, person=by)
    answer = rows.first()
    if answer is None:
        raise ValidationError(ALREADY_CHANGED)
    _forget_words(campaign, answer)
    rows.delete()
    if seat.campaign.state == CampaignState.OPEN:
        Seat.objects.filter(pk=seat.pk).update(state=SeatState.DECLINED, answered_on=None, version=None)
    _note("survey.erased", seat.campaign, by)


def _forget_words(campaign: Campaign, answer: NamedAnswer) -> None:
    """Take all that was written out of what is told, once one of those who wrote erases theirs.

    Without theirs alone, or without one question alone, the difference would be their own words.
    """
    told = campaign.told
    rows = told["questions"] if told else []
    if told and any(row["kind"] == Kind.TEXT and row["key"] in answer.values for row in rows):
        told["questions"] = [{name: kept for name, kept in row.items() if name != "words"} for row in rows]
        campaign.save(update_fields=["told"])


@transaction.atomic
def forget_person(person: Person) -> int:
    """Part someone who left the organisation from what they answered, and expect nothing more of them (by a fact).

    Their answers still count among the others; nothing leads from them to the person any more.
    """
    parted = NamedAnswer.objects.filter(person=person).update(person=None, entered_by=None)
    awaited = Seat.objects.filter(person=person, state__in=[SeatState.EXPECTED, SeatState.ON_PAPER])
    awaited.update(state=SeatState.WITHDRAWN)
    Seat.objects.filter(person=person).update(person=None)
    return parted


@transaction.atomic
def forget_member(person: Person, network: Network) -> int:
    """Expect nothing more, in a network, of someone who left it; what is asked of those who leave stays (by a fact)."""
    seats = Seat.objects.filter(person=person, campaign__network=network, state=SeatState.EXPECTED)
    seats = seats.exclude(campaign__trigger="leaving").exclude(campaign__audience__who="eligible")
    found = list(seats.select_related("campaign"))
    for seat in found:
        Seat.objects.filter(pk=seat.pk).update(state=SeatState.WITHDRAWN)
        close_steps(seat.campaign, verb=Verb.FILL, owner=person, outcome=StepState.RELEASED)
    return len(found)
