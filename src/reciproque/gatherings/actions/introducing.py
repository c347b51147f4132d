"""Bring two people together on the spot."""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.exchanges.actions import accept_introduction, ask_introduction
from reciproque.exchanges.models import Introduction
from reciproque.gatherings.access import can_run
from reciproque.gatherings.actions.consent import check_person, publish_entry
from reciproque.gatherings.actions.entries import hold_open
from reciproque.gatherings.models import Entry, Gathering, Made
from reciproque.gatherings.rules import Consent, EntryState, GatheringKind
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.dates import day_in_words
from reciproque.networks.access import is_animator
from reciproque.people.models import Person

Side = Entry | Post


def origin_words(gathering: Gathering) -> str:
    """Say where an introduction comes from, as both people will read it."""
    day = gathering.starts_at.astimezone(ZoneInfo(gathering.time_zone)).date()
    said = {
        GatheringKind.FAIR: _("vous vous êtes rencontrés à la bourse aux savoirs « %(title)s », %(day)s"),
        GatheringKind.SPOTTING: _("vous vous êtes rencontrés à la séance de repérage « %(title)s », %(day)s"),
    }
    return said[GatheringKind(gathering.kind)] % {"title": gathering.title, "day": day_in_words(day)}


def _person(side: Side) -> Person:
    return side.author if isinstance(side, Post) else check_person(side.participant)


def _post(side: Side, person: Person, *, agrees: bool, by: Person) -> Post | None:
    """Return the published post of one side, published now when its person is there and agrees."""
    if isinstance(side, Post):
        return side
    if side.state == EntryState.NOTED and agrees:
        publish_entry(side, person, by=by, how=Consent.OWN if by.pk == person.pk else Consent.SPOKEN)
    return side.post if side.state == EntryState.PUBLISHED else None


@transaction.atomic
def introduce(
    gathering: Gathering, *, offer: Side, request: Side, agreeing: Collection[str], by: Person
) -> Introduction:
    """Introduce two people on the spot; `agreeing` says which are there and say yes ("offer", "request").

    With both it is accepted at once; with one, the other is asked as usual. What they said is published first.
    """
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if not any(isinstance(side, Entry) and side.gathering_id == gathering.pk for side in (offer, request)):
        raise PermissionDenied
    if offer.kind != Kind.OFFER or request.kind != Kind.REQUEST:
        raise ValidationError(_("Il faut une offre d’un côté, une demande de l’autre."))
    agreeing = {side for side in agreeing if side in ("offer", "request")}
    if not agreeing:
        raise ValidationError(
            gettext_lazy("Cochez qui est là et dit oui : on ne met personne en relation sans son accord.")
        )
    hold_open(gathering)
    offerer, requester = _person(offer), _person(request)
    made = _already(gathering, offerer, requester, offer, request)
    if made is not None:
        return made
    posts = {
        "offer": _post(offer, offerer, agrees="offer" in agreeing, by=by),
        "request": _post(request, requester, agrees="request" in agreeing, by=by),
    }
    initiator = requester if "request" in agreeing else offerer
    doer = by if by.pk == initiator.pk or is_animator(by, gathering.network) else initiator
    introduction = ask_introduction(
        gathering.network,
        requester=requester,
        offerer=offerer,
        by=doer,
        initiator=initiator,
        request=posts["request"],
        offer=posts["offer"],
        reasons=[origin_words(gathering)],
    )
    if len(agreeing) == 2:
        accept_introduction(introduction, by=introduction.answerer)
    _made, new = Made.objects.get_or_create(
        introduction=introduction, defaults={"gathering": gathering, "by": by, "at": clock.now()}
    )
    if new:
        record(
            "gathering.introduced",
            gathering,
            by=by,
            network=gathering.network,
            people=[requester, offerer],
            title=gathering.title,
            introduction=introduction.public_id,
        )
    return introduction


def _already(
    gathering: Gathering, offerer: Person, requester: Person, offer: Side, request: Side
) -> Introduction | None:
    """Return the introduction of these two made here on these savoirs: the same button pressed twice."""
    rows = Made.objects.filter(
        gathering=gathering, introduction__offerer=offerer, introduction__requester=requester
    )
    for made in rows.select_related("introduction"):
        row = made.introduction
        known = {row.offer_id, row.request_id} - {None}
        if known & {_post_id(offer), _post_id(request)}:
            return row
    return None


def _post_id(side: Side) -> int | None:
    return side.pk if isinstance(side, Post) else side.post_id
