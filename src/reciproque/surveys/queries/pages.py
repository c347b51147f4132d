"""What the pages of questionnaires show: mine, the form, the list, a campaign."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Prefetch, Q

from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.surveys.access import can_read_results, can_write
from reciproque.surveys.models import Campaign, LooseAnswer, NamedAnswer, Questionnaire, Seat, Version
from reciproque.surveys.models.questionnaires import Titled
from reciproque.surveys.queries.planned import Paper, Planned, paper_of, planned
from reciproque.surveys.queries.promises import promises_of, readers_of, who_reads
from reciproque.surveys.queries.waiting import waits_aside
from reciproque.surveys.rules import (
    BATCH,
    CampaignState,
    Definition,
    SeatState,
    Values,
    empty_definition,
    questions_of,
    say,
    shown,
)
from reciproque.surveys.rules.supplied import SUPPLIED, Supplied

# -- one's own -----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class MyLine:
    """One questionnaire that one was asked."""

    campaign: Campaign
    seat: Seat
    title: str
    network: str
    until: dt.datetime
    anonymous: bool
    answered_on: dt.date | None
    can_correct: bool
    can_erase: bool
    reads_results: bool


@dataclasses.dataclass(frozen=True)
class Mine:
    """What one may answer, and what one answered."""

    to_answer: list[MyLine]
    answered: list[MyLine]


def my_questionnaires(person: Person) -> Mine:
    """Return what waits for this person's answer, soonest first, and what they answered, latest first."""
    rows = Seat.objects.filter(person=person).exclude(campaign__state=CampaignState.CANCELLED)
    rows = rows.exclude(state__in=[SeatState.WITHDRAWN, SeatState.ON_PAPER])
    rows = rows.select_related("campaign__questionnaire", "campaign__network", "campaign__first_version")
    rows = rows.defer("campaign__first_version__definition", "campaign__told")
    seats = list(rows.order_by("due_at", "campaign__pk"))
    aside = waits_aside([seat for seat in seats if seat.campaign.is_anonymous])
    kept = set(NamedAnswer.objects.of(person).values_list("campaign_id", flat=True))
    now = clock.now()
    to_answer, answered = [], []
    for seat in seats:
        line = _line(seat, kept, now)
        if seat.state == SeatState.ANSWERED or seat.pk in aside:
            answered.append(line)
        elif (
            seat.state == SeatState.EXPECTED
            and line.until > now
            and seat.campaign.state == CampaignState.OPEN
        ):
            to_answer.append(line)
    return Mine(to_answer, answered[::-1])


def _line(seat: Seat, kept: set[int], now: dt.datetime) -> MyLine:
    campaign = seat.campaign
    is_open = campaign.state == CampaignState.OPEN and campaign.closes_at > now
    return MyLine(
        campaign=campaign,
        seat=seat,
        title=campaign.title,
        network=campaign.network.name,
        until=min(seat.due_at, campaign.closes_at),
        anonymous=campaign.is_anonymous,
        # Of an anonymous answer, even one's own page says no day.
        answered_on=None if campaign.is_anonymous else seat.answered_on,
        can_correct=is_open and campaign.pk in kept,
        can_erase=campaign.pk in kept,
        reads_results=campaign.shared and campaign.state == CampaignState.CLOSED,
    )


@dataclasses.dataclass(frozen=True)
class Form:
    """All that the page of one questionnaire needs, first screen included."""

    campaign: Campaign
    seat: Seat
    version: str
    definition: Definition
    title: str
    intro: str
    thanks: str
    minutes: int
    questions: int
    sections: list[dict[str, Any]]
    anonymous: bool
    least: int
    until: dt.datetime
    readers: str
    promises: list[str]
    values: Values
    is_answered: bool
    can_correct: bool


def form_of(seat: Seat, version: str = "", values: Values | None = None) -> Form:
    """Return what the page of this seat shows, in the version begun (its identifier, that the page carries).

    `values`: what was typed so far; it decides which conditional questions are asked.
    """
    campaign = seat.campaign
    answer = None
    if not campaign.is_anonymous and seat.person_id is not None:
        rows = NamedAnswer.objects.filter(campaign=campaign, person=seat.person_id)
        answer = rows.select_related("version").first()
    begun = answer.version if answer is not None else _version(seat, version)
    given = values if values is not None else (answer.values if answer is not None else {})
    is_open = campaign.state == CampaignState.OPEN and campaign.closes_at > clock.now()
    answered = seat.state == SeatState.ANSWERED or (campaign.is_anonymous and bool(waits_aside([seat])))
    definition = begun.definition
    return Form(
        campaign=campaign,
        seat=seat,
        version=begun.public_id,
        definition=definition,
        title=begun.title,
        intro=say(definition["intro"]),
        thanks=say(definition["thanks"]),
        minutes=definition["minutes"],
        questions=sum(1 for _question in questions_of(definition)),
        sections=shown(definition, given),
        anonymous=campaign.is_anonymous,
        least=campaign.least,
        until=min(seat.due_at, campaign.closes_at),
        readers=readers_of(campaign),
        promises=promises_of(campaign),
        values=given,
        is_answered=answered,
        can_correct=is_open and answer is not None,
    )


def _version(seat: Seat, public_id: str) -> Version:
    rows = seat.campaign.questionnaire.versions.published()
    if seat.campaign.first_version is not None:
        rows = rows.filter(number__gte=seat.campaign.first_version.number)
    versions = list(rows)
    for version in versions:
        if version.public_id == public_id or (not public_id and version.pk == seat.version_id):
            return version
    return versions[0]


# -- for those who write and send ----------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class QuestionnaireLine:
    """One questionnaire in the list of those who send them."""

    questionnaire: Questionnaire
    title: str
    number: int | None
    has_draft: bool
    of_installation: bool
    campaigns: int
    can_edit: bool


def questionnaires_of(network: Network, viewer: Person) -> list[QuestionnaireLine]:
    """Return the questionnaires that a network may send: its own, and those of the whole installation."""
    rows = Questionnaire.objects.kept().filter(Q(network=network) | Q(network=None))
    rows = rows.annotate(sent=Count("campaigns", filter=Q(campaigns__network=network), distinct=True))
    ordered = Prefetch("versions", Version.objects.order_by("-number").defer("definition"))
    return [
        QuestionnaireLine(
            questionnaire=row,
            title=row.title,
            number=next((one.number for one in row.versions.all() if one.published_at), None),
            has_draft=any(one.published_at is None for one in row.versions.all()),
            of_installation=row.network_id is None,
            campaigns=row.sent,
            can_edit=viewer.is_superuser or row.network_id is not None,
        )
        for row in rows.prefetch_related(ordered)
    ]


def supplied_ones() -> list[Supplied]:
    """Return the questionnaires that may be copied."""
    return list(SUPPLIED.values())


@dataclasses.dataclass(frozen=True)
class Edited(Titled):
    """A questionnaire as its editor shows it: the draft (or the latest version, to begin a new one from)."""

    questionnaire: Questionnaire
    title_fr: str
    title_en: str
    definition: Definition
    revision: int
    is_draft: bool
    published: list[Version]
    # People who are answering the version in force today will finish it.
    running: int


def edited(questionnaire: Questionnaire) -> Edited:
    """Return what the editor of a questionnaire shows."""
    versions = list(questionnaire.versions.order_by("-number"))
    draft = next((one for one in versions if one.published_at is None), None)
    latest = draft or (versions[0] if versions else None)
    return Edited(
        questionnaire=questionnaire,
        title_fr=latest.title_fr if latest is not None else questionnaire.title_fr,
        title_en=latest.title_en if latest is not None else questionnaire.title_en,
        definition=latest.definition if latest is not None else empty_definition(),
        revision=draft.revision if draft is not None else 0,
        is_draft=draft is not None,
        published=[one for one in versions if one.published_at is not None],
        running=questionnaire.campaigns.filter(state=CampaignState.OPEN).count(),
    )


def preview_of(questionnaire: Questionnaire, values: Values | None = None) -> list[dict[str, Any]]:
    """Return the sections of the draft (else of the latest version) as somebody with these answers would be asked."""
    return shown(edited(questionnaire).definition, values or {})


@dataclasses.dataclass(frozen=True)
class CampaignPage:
    """A campaign as those who sent it read it: never who answered."""

    campaign: Campaign
    title: str
    state: str
    # How many were asked; None when they are too few to be told.
    asked: int | None
    # How many answered, by fives while it is open; None below five.
    answered: int | None
    rate: int | None
    without_address: list[Person]
    codes: int
    after: Campaign | None
    can_read: bool
    is_open: bool
    # What is said before it opens; None afterwards.
    planned: Planned | None
    readers: str
    paper: Paper


def campaigns_of(network: Network, limit: int = 100) -> list[Campaign]:
    """Return the campaigns of a network, latest first."""
    rows = Campaign.objects.filter(network=network).select_related(
        "questionnaire", "network", "planned_by", "first_version"
    )
    return list(rows.defer("told", "first_version__definition").order_by("-opens_at", "-pk")[:limit])


def campaign_page(campaign: Campaign, viewer: Person) -> CampaignPage:
    """Return what the page of a campaign shows: how many were asked, about how many answered."""
    asked = Seat.objects.filter(campaign=campaign).counted().count()
    rows = LooseAnswer if campaign.is_anonymous else NamedAnswer
    answered = rows.objects.filter(campaign=campaign).count()
    told = campaign.told or {}
    is_open = campaign.state == CampaignState.OPEN
    # By fives while it runs: a figure that moved by one would tell who has just answered.
    about = answered - answered % BATCH
    about = about if about >= campaign.least else 0
    rate = None
    if is_open and about and asked - about >= campaign.least:
        rate = round(100 * about / asked)
    return CampaignPage(
        campaign=campaign,
        title=campaign.title,
        state=str(campaign.get_state_display()),
        asked=asked if asked >= campaign.least else None,
        answered=(about or None) if is_open else (told.get("answered") or None),
        rate=rate if is_open else told.get("rate"),
        without_address=_without_address(campaign) if is_open else [],
        codes=campaign.seats.exclude(code_mark="").count(),
        after=Campaign.objects.filter(before=campaign).first(),
        can_read=can_read_results(viewer, campaign),
        is_open=is_open and can_write(viewer, campaign.network),
        planned=planned(campaign) if campaign.state == CampaignState.PLANNED else None,
        readers=who_reads(campaign),
        paper=paper_of(campaign),
    )


def _without_address(campaign: Campaign) -> list[Person]:
    """Return those without an address: in the anonymous mode all who answer on paper, whether they did or not.

    In the confidential mode those whose answer is not there, to be called: who would rather not answer stays among
    them, for nobody is told that they declined.
    """
    seats = Seat.objects.filter(campaign=campaign, person__isnull=False, person__email=None)
    if campaign.is_anonymous:
        seats = seats.filter(state=SeatState.ON_PAPER)
    else:
        # Once their own time is over nobody is called, whether they declined or were silent.
        silent = [SeatState.EXPECTED, SeatState.DECLINED]
        seats = seats.filter(state__in=silent, due_at__gt=clock.now())
    people = [seat.person for seat in seats.select_related("person__unit", "person__site") if seat.person]
    return sorted(people, key=lambda person: (person.last_name, person.first_name, person.pk))


# -- one's own data ------------------------------------------------------------------------------------------------


def my_answers(person: Person) -> list[dict[str, Any]]:
    """Return one's own confidential answers in words, to be taken along; the anonymous ones cannot be found again."""
    rows = NamedAnswer.objects.of(person).select_related("version")
    return [
        {
            "questionnaire": row.version.title,
            "on": row.answered_on,
            "answers": [
                {
                    "question": say(question["text"]),
                    "answer": _in_words(question, row.values[question["key"]]),
                }
                for question in questions_of(row.version.definition)
                if question["key"] in row.values
            ],
        }
        for row in rows.order_by("answered_on", "pk")
    ]


def _in_words(question: dict[str, Any], value: Any) -> str:
    words = {option["key"]: say(option["text"]) for option in question.get("options", [])}
    given: Sequence[Any] = value if isinstance(value, list) else [value]
    return ", ".join(words.get(str(one), str(one)) for one in given)
