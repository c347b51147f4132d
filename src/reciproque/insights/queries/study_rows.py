"""The rows that a study may use, before anything is made coarse: nobody who objects, no text, nothing blind or private."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from reciproque.agenda.rules import Mode
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction, Review
from reciproque.exchanges.rules import (
    Covered,
    ExchangeState,
    IntroductionState,
    Origin,
    Satisfaction,
    Side,
    Used,
)
from reciproque.insights.models import Study, StudyObjection
from reciproque.insights.queries.acts import HELD, local_day
from reciproque.insights.queries.groups import groups_of
from reciproque.insights.rules import Cut
from reciproque.insights.rules.studies import (
    Column,
    TableName,
)
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import MembershipState
from reciproque.people.models import Site, Unit
from reciproque.surveys.models import Campaign
from reciproque.surveys.queries import results
from reciproque.surveys.rules import CampaignState

# By classes, the last one open: a rare length would say which exchange it was.
MINUTES, MINUTES_MOST = 30, 240
HOURS_MOST = 8
# States in which a post is out of everybody’s sight, or holds nothing any more.
_UNSEEN = (PostState.DRAFT, PostState.HIDDEN, PostState.REMOVED)
PERSON = gettext_lazy("numéro de la personne, propre à cette étude")
OFFERER = gettext_lazy("numéro de la personne qui transmet")
REQUESTER = gettext_lazy("numéro de la personne qui apprend")


@dataclasses.dataclass(frozen=True)
class Raw:
    """All the rows that a study may use, with their dates and people, before anything is made coarse."""

    # person → (unit, branch, site, level, day of joining)
    people: dict[int, tuple[str, str, str, str, dt.date]]
    # (person, author’s) rows of each table: (key, people, day, known values, other values)
    acts: dict[str, list[tuple[int, tuple[int, ...], dt.date | None, tuple[Any, ...], tuple[Any, ...]]]]
    answers: list[tuple[Any, ...]]


# The columns of each table of acts that others may know of somebody, then the others.
ACTS: dict[str, tuple[tuple[Column, ...], tuple[Column, ...]]] = {
    TableName.POSTS: (
        (Column("kind", gettext_lazy("offre ou demande : offer, request"), known=True, grain="kinds"),),
        (
            Column("state", gettext_lazy("état aujourd’hui")),
            Column("small_group", gettext_lazy("possible en petit groupe : 1 oui, 0 non")),
        ),
    ),
    TableName.INTRODUCTIONS: (
        (),
        (
            Column("state", gettext_lazy("ce qu’elle est devenue")),
            Column("mediated", gettext_lazy("avec une médiation : 1 oui, 0 non")),
            Column(
                "asked_by", gettext_lazy("qui l’a demandée : requester qui apprend, offerer qui transmet")
            ),
            Column("days_to_answer", gettext_lazy("jours entiers avant la réponse")),
        ),
    ),
    TableName.EXCHANGES: (
        (
            Column(
                "origin", gettext_lazy("suivi ici ou déclaré : followed, declared"), known=True, grain="kinds"
            ),
        ),
        (
            Column("mode", gettext_lazy("comment on s’est rencontré")),
            Column(
                "minutes",
                gettext_lazy(
                    "durée par classes de 30 minutes : 30 veut dire de 30 à 59 minutes ; 240, quatre heures et plus"
                ),
            ),
        ),
    ),
    TableName.REVIEWS: (
        (
            Column(
                "side", gettext_lazy("requester qui apprend, offerer qui transmet"), known=True, grain="kinds"
            ),
        ),
        (
            Column("satisfaction", gettext_lazy("satisfaction")),
            Column("covered", gettext_lazy("ce qui était convenu a-t-il été vu")),
            Column("used", gettext_lazy("déjà utilisé au travail")),
            Column("again", gettext_lazy("recommencerait : 1 oui, 0 non")),
            Column("hours", gettext_lazy("heures dites, en heures entières ; 8 : huit heures et plus")),
        ),
    ),
}
NUMBERS: dict[str, tuple[Column, ...]] = {
    TableName.POSTS: (Column("person", PERSON),),
    TableName.INTRODUCTIONS: (Column("requester", REQUESTER), Column("offerer", OFFERER)),
    TableName.EXCHANGES: (Column("requester", REQUESTER), Column("offerer", OFFERER)),
    TableName.REVIEWS: (Column("person", PERSON),),
}
# What a code stands for, in the codebook.
CODES: dict[tuple[str, str], Any] = {
    (TableName.POSTS, "kind"): Kind,
    (TableName.POSTS, "state"): PostState,
    (TableName.INTRODUCTIONS, "state"): IntroductionState,
    (TableName.EXCHANGES, "origin"): Origin,
    (TableName.EXCHANGES, "mode"): Mode,
    (TableName.REVIEWS, "side"): Side,
    (TableName.REVIEWS, "satisfaction"): Satisfaction,
    (TableName.REVIEWS, "covered"): Covered,
    (TableName.REVIEWS, "used"): Used,
}


# -- reading -------------------------------------------------------------------------------------------------


def read_raw(study: Study, *, still: Collection[int] = ()) -> Raw:
    """Read the rows that a study may use: nobody who objects (but `still`, about to be left out), no text."""
    network, until = study.network, study.made_at or clock.now()
    objecting = StudyObjection.objects.exclude(person__in=still).values("person")
    people = _people(network, until, objecting)
    wanted = set(study.tables)
    readers: dict[str, Callable[..., Any]] = {
        TableName.POSTS: _posts,
        TableName.INTRODUCTIONS: _introductions,
        TableName.EXCHANGES: partial(_exchanges, objecting=objecting),
        TableName.REVIEWS: _reviews,
    }
    acts = {}
    for name, reader in readers.items():
        if name in wanted:
            rows = reader(network, until)
            acts[name] = [row for row in rows if all(person in people for person in row[1])]
    answers = _answers(study) if TableName.ANSWERS in wanted else []
    return Raw(people, acts, answers)


def _people(network: Network, until: dt.datetime, objecting: Any) -> dict[int, Any]:
    groups = groups_of(network)
    units = dict(Unit.objects.values_list("pk", "name"))
    sites = dict(Site.objects.values_list("pk", "name"))
    branches = groups.names[Cut.UNIT]
    rows = Membership.objects.filter(
        network=network, state__in=[MembershipState.MEMBER, MembershipState.LEFT], joined_at__lte=until
    ).exclude(person__in=objecting)
    found = {}
    fields = ("person", "person__unit", "person__site", "person__level", "joined_at")
    for pk, unit, site, level, joined in rows.values_list(*fields):
        branch = branches[groups.key(Cut.UNIT, (unit, site, level))]
        found[pk] = (
            units.get(unit, ""),
            branch,
            sites.get(site, ""),
            level,
            local_day(network, joined),
        )
    return found


def _posts(network: Network, until: dt.datetime) -> list[Any]:
    rows = Post.objects.filter(network=network, published_at__lte=until).exclude(state__in=_UNSEEN)
    return [
        (pk, (author,), local_day(network, at), (kind,), (state, int(small)))
        for pk, author, at, kind, state, small in rows.values_list(
            "pk", "author", "published_at", "kind", "state", "small_group"
        )
        if at is not None
    ]


def _introductions(network: Network, until: dt.datetime) -> list[Any]:
    rows = Introduction.objects.filter(network=network, asked_at__lte=until)
    fields = ("pk", "requester", "offerer", "asked_at", "state", "mediated", "initiator", "answered_at")
    found = []
    for pk, requester, offerer, asked, state, mediated, initiator, answered in rows.values_list(*fields):
        side = Side.REQUESTER if initiator == requester else Side.OFFERER
        days = (answered - asked).days if answered and answered < until else ""
        found.append(
            (
                pk,
                (requester, offerer),
                local_day(network, asked),
                (),
                (state, int(mediated), side.value, days),
            )
        )
    return found


def _exchanges(network: Network, until: dt.datetime, objecting: Any) -> list[Any]:
    theirs = ExchangePerson.objects.filter(person__in=objecting)
    rows = Exchange.objects.filter(network=network, state__in=HELD, opened_at__lte=until)
    rows = rows.exclude(pk__in=theirs.values("exchange"))
    sides: dict[int, dict[str, int]] = {}
    parts = ExchangePerson.objects.filter(exchange__in=rows.values("pk")).order_by("-pk")
    for exchange, side, person in parts.values_list("exchange", "side", "person"):
        sides.setdefault(exchange, {})[side] = person
    found = []
    fields = ("pk", "held_on", "on_at", "origin", "mode", "minutes")
    dated = rows.annotate(on_at=Coalesce(F("finished_at"), F("closed_at"), F("opened_at")))
    for pk, held_on, at, origin, mode, minutes in dated.values_list(*fields):
        both = sides.get(pk, {})
        # One person on each side: somebody who only came along is in no row.
        people = (both.get(Side.REQUESTER), both.get(Side.OFFERER))
        if None in people:
            continue
        rounded = min(minutes // MINUTES * MINUTES, MINUTES_MOST)
        found.append((pk, people, held_on or local_day(network, at), (origin,), (mode, rounded)))
    return found


def _reviews(network: Network, until: dt.datetime) -> list[Any]:
    # Blind to everybody until the exchange is closed: no less to a researcher.
    rows = Review.objects.filter(
        exchange__network=network, exchange__state=ExchangeState.CLOSED, written_at__lte=until
    )
    fields = ("pk", "author", "written_at", "side", "satisfaction", "covered", "used", "again", "hours")
    return [
        (
            pk,
            (author,),
            local_day(network, at),
            (side,),
            (great, covered, used, "" if again is None else int(again), _whole(hours)),
        )
        for pk, author, at, side, great, covered, used, again, hours in rows.values_list(*fields)
    ]


def _whole(hours: Decimal | None) -> int | str:
    return "" if hours is None else min(int(hours), HOURS_MOST)


def _answers(study: Study) -> list[tuple[Any, ...]]:
    """Return what the closed questionnaires said, by totals already masked, without a word that anybody wrote."""
    campaigns = Campaign.objects.filter(network=study.network, state=CampaignState.CLOSED)
    found: list[tuple[Any, ...]] = []
    for campaign in campaigns.select_related("questionnaire", "network").order_by("pk"):
        told = results(campaign, study.asked_by)
        for question in told.questions:
            if question.team_only:
                continue
            for part in (question.whole, *question.parts):
                found += [(told.title, question.text, part.name, bar.label, bar.count) for bar in part.bars]
    return found
