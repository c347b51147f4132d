"""Plan, open, close and cancel campaigns; remind; what the clock opens and closes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, remind_owners
from reciproque.agenda.rules import StepState, Verb
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.dates import morning_of
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.networks.models import Network
from reciproque.networks.queries import people_with_role
from reciproque.networks.rules import Role
from reciproque.people.models import Person
from reciproque.surveys.access import can_write, get_questionnaire
from reciproque.surveys.actions.inviting import seat_people
from reciproque.surveys.actions.releasing import release_rest
from reciproque.surveys.models import Aside, Campaign, Floor, NamedAnswer, Questionnaire, Seat, Version
from reciproque.surveys.queries.audience import people_of
from reciproque.surveys.queries.telling import work_out
from reciproque.surveys.rules import (
    BY_EVENT,
    LEAST,
    LEAST_MOST,
    LONGEST,
    NEEDS_PERSON,
    CampaignState,
    Kind,
    Mode,
    SeatState,
    Split,
    Trigger,
    Who,
    question_named,
)

ZONE = "Europe/Paris"
EVENING = dt.timedelta(hours=9)
FEW = "few"
TOO_FEW_BEFORE = _("Trop peu de personnes ont répondu la première fois : la seconde n’aura pas lieu.")


@transaction.atomic
def plan_campaign(
    questionnaire: Questionnaire,
    *,
    by: Person,
    network: Network,
    trigger: str,
    mode: str,
    opens_on: dt.date,
    closes_on: dt.date,
    audience: Mapping[str, Any] | None = None,
    split: str = "",
    split_question: str = "",
    shared: bool = False,
    least: int | None = None,
    again: bool = False,
    after_opens_on: dt.date | None = None,
    after_closes_on: dt.date | None = None,
) -> Campaign:
    """Plan to send a questionnaire; before and after, its second half is planned with it.

    `least` may ask for more people than the network does, never for fewer.
    """
    if not can_write(by, network):
        raise PermissionDenied
    get_questionnaire(by, questionnaire.public_id)
    version = questionnaire.versions.published().first()
    if version is None or questionnaire.retired_at is not None:
        raise ValidationError(_("Publiez ce questionnaire avant de l’envoyer."))
    if questionnaire.network_id not in (None, network.pk):
        raise PermissionDenied
    _check_choices(version, trigger, mode, split, split_question)
    floor = floor_of(network)
    campaign = Campaign(
        questionnaire=questionnaire,
        network=network,
        trigger=trigger,
        mode=mode,
        audience=_audience(audience or {}),
        split=split,
        split_question=split_question if split == Split.QUESTION else "",
        least=_least(least, floor),
        shared=shared,
        again=again and trigger in BY_EVENT,
        planned_by=by,
        planned_at=clock.now(),
        **_dates(opens_on, closes_on),
    )
    campaign.save()
    if trigger == Trigger.BEFORE_AFTER:
        _plan_after(campaign, after_opens_on, after_closes_on)
    _record("campaign.planned", campaign, by=by)
    return campaign


def floor_of(network: Network) -> int:
    """Return of how many people at least a network tells anything."""
    return Floor.objects.filter(network=network).values_list("least", flat=True).first() or LEAST


def _least(least: int | None, floor: int) -> int:
    if least is None:
        return floor
    if not floor <= least <= LEAST_MOST:
        raise ValidationError({"least": _("Choisissez un nombre entre %(least)s et 50.") % {"least": floor}})
    return least


def _check_choices(version: Version, trigger: str, mode: str, split: str, split_question: str) -> None:
    wrong: dict[str, Any] = {}
    if trigger not in Trigger.values:
        wrong["trigger"] = _("Choisissez quand ce questionnaire est envoyé.")
    if mode not in Mode.values:
        wrong["mode"] = _("Choisissez ce qui est gardé de qui répond.")
    if split not in Split.values:
        wrong["split"] = _("Choisissez comment les résultats sont comparés.")
    if mode == Mode.ANONYMOUS and trigger == Trigger.BEFORE_AFTER:
        wrong["mode"] = _(
            "Avant et après, il faut savoir que deux réponses viennent de la même personne : choisissez le mode "
            "confidentiel."
        )
    if mode == Mode.ANONYMOUS and split in NEEDS_PERSON:
        wrong["split"] = _(
            "Une réponse anonyme ne dit rien de qui l’a donnée. Comparez selon la réponse à une question, ou choisissez "
            "le mode confidentiel."
        )
    if split == Split.QUESTION:
        question = question_named(version.definition, split_question)
        if question is None or question["kind"] != Kind.SINGLE:
            wrong["split_question"] = _("Choisissez une question à un seul choix.")
        elif question["only_if"] is not None:
            wrong["split_question"] = _("Choisissez une question posée à tout le monde.")
    if wrong:
        raise ValidationError(wrong)


def _audience(sent: Mapping[str, Any]) -> dict[str, str]:
    who = sent.get("who") or Who.MEMBERS
    if who not in Who.values:
        raise ValidationError({"who": _("Choisissez à qui ce questionnaire est envoyé.")})
    kept = {name: str(sent.get(name) or "")[:12] for name in ("role", "site", "unit", "group")}
    if who == Who.ROLE and kept["role"] not in Role.values:
        raise ValidationError({"role": _("Choisissez un rôle.")})
    if who == Who.GROUP and not kept["group"]:
        raise ValidationError({"group": _("Choisissez un groupe.")})
    return {"who": str(who), **{name: value for name, value in kept.items() if value}}


def _dates(opens_on: dt.date | None, closes_on: dt.date | None) -> dict[str, dt.datetime]:
    """Return when a campaign opens, at nine in the morning or now, and closes, at six in the evening."""
    now = clock.now()
    if opens_on is None or closes_on is None:
        raise ValidationError({"closes_on": _("Donnez une date d’ouverture et une date de clôture.")})
    opens, closes = max(morning_of(opens_on, ZONE), now), morning_of(closes_on, ZONE) + EVENING
    if closes <= opens:
        raise ValidationError({"closes_on": _("La clôture doit suivre l’ouverture.")})
    if closes - opens > LONGEST:
        raise ValidationError({"closes_on": _("Une campagne dure un an au plus.")})
    return {"opens_at": opens, "closes_at": closes}


def _plan_after(before: Campaign, opens_on: dt.date | None, closes_on: dt.date | None) -> None:
    try:
        dates = _dates(opens_on, closes_on)
    except ValidationError as error:
        raise ValidationError({"after_closes_on": error.messages}) from error
    if dates["opens_at"] <= before.closes_at:
        raise ValidationError({"after_opens_on": _("La seconde fois doit suivre la clôture de la première.")})
    copied = (
        "questionnaire",
        "network",
        "trigger",
        "mode",
        "audience",
        "split",
        "split_question",
        "least",
        "shared",
        "planned_by",
        "planned_at",
    )
    Campaign.objects.create(before=before, **{name: getattr(before, name) for name in copied}, **dates)


def _record(fact: str, campaign: Campaign, *, by: Person | None = None, **more: Any) -> None:
    record(fact, campaign, by=by, network=campaign.network, title=campaign.titled.title_fr, **more)


# -- opening -------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_campaign(campaign: Campaign, *, by: Person | None = None) -> Campaign:
    """Open a campaign (by None: the clock): those who are asked are told, and their answer is expected.

    The second half of a before and after asks those who answered the first.
    """
    if by is not None and not can_write(by, campaign.network):
        raise PermissionDenied
    now = clock.now()
    if campaign.before is not None and campaign.before.state != CampaignState.CLOSED:
        raise ValidationError(_("La première fois n’est pas encore close."))
    if campaign.closes_at <= now:
        raise ValidationError(_("Sa date de clôture est passée : planifiez-en une autre."))
    asked = _asked(campaign) if campaign.trigger not in BY_EVENT else []
    if campaign.before is not None and len(asked) < campaign.least:
        raise ValidationError(TOO_FEW_BEFORE, code=FEW)
    version = campaign.questionnaire.versions.published().first()
    assert version is not None, "a campaign is planned from a published questionnaire"
    move(
        campaign,
        CampaignState.OPEN,
        since=[CampaignState.PLANNED],
        opened_at=now,
        opens_at=min(campaign.opens_at, now),
        first_version=version,
    )
    invited = seat_people(campaign, asked, campaign.closes_at) if asked else []
    _record("campaign.opened", campaign, by=by, people=invited, count=len(invited))
    return campaign


def _asked(campaign: Campaign) -> list[Person]:
    if campaign.before is None:
        return list(people_of(campaign.network, campaign.audience).order_by("pk"))
    return _answered(campaign.before)


def _answered(campaign: Campaign) -> list[Person]:
    answered = NamedAnswer.objects.filter(campaign=campaign, person__is_active=True)
    return [row.person for row in answered.select_related("person") if row.person is not None]


def open_due(limit: int = 20) -> int:
    """Open the campaigns whose day has come (by the clock)."""
    rows = Campaign.objects.to_open(clock.now()).select_related("questionnaire", "network", "before")
    done = 0
    for campaign in rows.order_by("opens_at")[:limit]:
        try:
            open_campaign(campaign)
        except ValidationError as error:
            # Its own time passed before it could open (the program was stopped), or too few are left to be asked
            # again: nobody was asked anything.
            if campaign.closes_at <= clock.now() or getattr(error, "code", "") == FEW:
                move(campaign, CampaignState.CANCELLED, since=[CampaignState.PLANNED])
            continue
        done += 1
    return done


# -- closing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def close_campaign(campaign: Campaign, *, by: Person | None = None, last: bool = False) -> Campaign:
    """Close a campaign (by None: the clock): the last answers join the others, what may be told is worked out once.

    One that an event sets off, and that too few answered, goes on for as long again rather than losing their answers;
    another one follows it, unless whoever closes it says that it was the `last`.
    """
    if by is not None and not can_write(by, campaign.network):
        raise PermissionDenied
    now = clock.now()
    if by is None and campaign.again and campaign.state == CampaignState.OPEN and _too_few(campaign):
        longer = campaign.lasts
        campaign.closes_at, campaign.renewed = campaign.closes_at + longer, campaign.renewed + 1
        campaign.save(update_fields=["closes_at", "renewed"])
        return campaign
    move(campaign, CampaignState.CLOSED, since=[CampaignState.OPEN], closed_at=now)
    release_rest(campaign)
    close_steps(campaign, verb=Verb.FILL, outcome=StepState.LAPSED)
    Seat.objects.filter(campaign=campaign, state=SeatState.EXPECTED).update(state=SeatState.LAPSED)
    campaign.told = work_out(campaign)
    campaign.save(update_fields=["told"])
    readers = _readers(campaign)
    _record("campaign.closed", campaign, by=by, people=readers, count=campaign.told["answered"])
    _call_off_after(campaign)
    if campaign.again and not last:
        _follow(campaign)
    return campaign


def _call_off_after(campaign: Campaign) -> None:
    """Cancel the second half when too few answered the first: how many are asked again would tell how many did."""
    after = Campaign.objects.filter(before=campaign, state=CampaignState.PLANNED)
    if len(_answered(campaign)) < campaign.least:
        after.update(state=CampaignState.CANCELLED)


def _too_few(campaign: Campaign) -> bool:
    rows = Aside if campaign.is_anonymous else NamedAnswer
    waiting = rows.objects.filter(campaign=campaign).count()
    return 0 < waiting + campaign.loose_answers.count() < campaign.least


def _readers(campaign: Campaign) -> list[Person]:
    """Return who is told that the results are there; those who answered too, when the results are theirs to read."""
    network = campaign.network
    found = {
        person.pk: person
        for role in (Role.ANIMATOR, Role.SPONSOR, Role.HR)
        for person in people_with_role(network, role)
    }
    if campaign.shared and campaign.told and campaign.told["questions"]:
        seats = campaign.seats.filter(person__is_active=True).select_related("person")
        found |= {seat.person.pk: seat.person for seat in seats if seat.person is not None}
    return list(found.values())


def _follow(campaign: Campaign) -> Campaign:
    """Open the next campaign of those that an event sets off, for as long again."""
    version = campaign.questionnaire.versions.published().first()
    longer = campaign.lasts
    now = clock.now()
    # The question by whose answers the results were compared may be asked no more, or in other words.
    compared = campaign.split != Split.QUESTION or (
        version is not None and question_named(version.definition, campaign.split_question) is not None
    )
    copied = (
        "questionnaire",
        "network",
        "trigger",
        "mode",
        "audience",
        "shared",
        "again",
        "planned_by",
    )
    following = Campaign.objects.create(
        **{name: getattr(campaign, name) for name in copied},
        split=campaign.split if compared else Split.NONE,
        split_question=campaign.split_question if compared else "",
        least=max(campaign.least, floor_of(campaign.network)),
        planned_at=now,
        opens_at=now,
        opened_at=now,
        closes_at=now + longer,
        first_version=version,
        state=CampaignState.OPEN,
    )
    _record("campaign.opened", following, count=0)
    return following


def close_due(limit: int = 20) -> int:
    """Close the campaigns whose time is over, and the places whose own deadline is (by the clock)."""
    now = clock.now()
    late = Seat.objects.awaited().filter(due_at__lte=now, campaign__state=CampaignState.OPEN)
    late = late.filter(campaign__closes_at__gt=now, person__isnull=False)
    for seat in late.select_related("campaign", "person")[:500]:
        _lapse(seat)
    rows = Campaign.objects.to_close(now).select_related("questionnaire", "network", "planned_by")
    found = list(rows.order_by("closes_at")[:limit])
    for campaign in found:
        close_campaign(campaign)
    return len(found)


@transaction.atomic
def _lapse(seat: Seat) -> None:
    # Whether an anonymous answer of theirs waits aside or not: the tables tell no difference until it is released.
    if Seat.objects.filter(pk=seat.pk, state=SeatState.EXPECTED).update(state=SeatState.LAPSED):
        close_steps(seat.campaign, verb=Verb.FILL, owner=seat.person, outcome=StepState.LAPSED)


# -- meanwhile -----------------------------------------------------------------------------------------------------


@transaction.atomic
def cancel_campaign(campaign: Campaign, *, by: Person) -> Campaign:
    """Cancel a campaign: nothing is expected any more, and what was answered already is erased unread."""
    if not can_write(by, campaign.network):
        raise PermissionDenied
    told = [
        seat.person
        for seat in Seat.objects.filter(campaign=campaign)
        .awaited()
        .filter(person__is_active=True)
        .select_related("person")
        .order_by("person")
        if seat.person is not None
    ]
    move(campaign, CampaignState.CANCELLED, since=[CampaignState.PLANNED, CampaignState.OPEN])
    campaign.asides.all().delete()
    campaign.loose_answers.all().delete()
    campaign.named_answers.all().delete()
    campaign.seats.update(state=SeatState.WITHDRAWN, answered_on=None, version=None)
    close_steps(campaign, verb=Verb.FILL, outcome=StepState.RELEASED)
    after = Campaign.objects.filter(before=campaign, state=CampaignState.PLANNED)
    after.update(state=CampaignState.CANCELLED)
    _record("campaign.cancelled", campaign, by=by, people=told)
    return campaign


@transaction.atomic
def remind_all(campaign: Campaign, *, by: Person) -> int:
    """Remind those who are not known to have answered, without saying who; twice at most in all, and once a day.

    In the anonymous mode somebody whose answer still waits aside is reminded too: the message says what to do then.
    """
    if not can_write(by, campaign.network):
        raise PermissionDenied
    if campaign.state != CampaignState.OPEN:
        raise ValidationError(ALREADY_CHANGED)
    done = remind_owners(campaign, Verb.FILL)
    _record("campaign.reminded", campaign, by=by)
    return done
