"""Bring two people together on the spot."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.exchanges.actions import accept_introduction, ask_introduction
from reciproque.exchanges.actions.conditions import NOT_POSSIBLE
from reciproque.exchanges.models import Introduction
from reciproque.gatherings.access import can_agree_here, can_run
from reciproque.gatherings.actions.consent import check_person, doer_for, publish_entry, typed_by
from reciproque.gatherings.actions.entries import hold_open
from reciproque.gatherings.models import Entry, Gathering, Made, Participant
from reciproque.gatherings.rules import Consent, EntryState, GatheringKind
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.dates import day_in_words
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
    Whoever is said to agree is there, and is told what was noted in their name, and by whom.
    """
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if not any(isinstance(side, Entry) and side.gathering_id == gathering.pk for side in (offer, request)):
        raise PermissionDenied
    if offer.kind != Kind.OFFER or request.kind != Kind.REQUEST:
        raise ValidationError(_("Il faut une offre d’un côté, une demande de l’autre."))
    agreeing = {side for side in agreeing if side in ("offer", "request")}
    sides = {"offer": offer, "request": request}
    if not agreeing:
        raise ValidationError(
            gettext_lazy("Cochez qui est là et dit oui : on ne met personne en relation sans son accord.")
        )
    hold_open(gathering)
    offerer, requester = _person(offer), _person(request)
    made = _already(gathering, offerer, requester, offer, request)
    if made is not None:
        return made
    for name in sorted(agreeing):
        _check_there(gathering, sides[name], by=by)
    posts = {
        "offer": _post(offer, offerer, agrees="offer" in agreeing, by=by),
        "request": _post(request, requester, agrees="request" in agreeing, by=by),
    }
    initiator = requester if "request" in agreeing else offerer
    waiting = Introduction.objects.live().filter(requester=requester, offerer=offerer)
    known = set(waiting.values_list("pk", flat=True))
    introduction = _ask(
        gathering, requester=requester, offerer=offerer, initiator=initiator, posts=posts, by=by
    )
    if introduction.pk not in known:
        _say(introduction, initiator, "asked", by=by)
        if by.pk != initiator.pk and introduction.on_behalf_by_id is None:
            Introduction.objects.filter(pk=introduction.pk).update(on_behalf_by=by)
            introduction.on_behalf_by = by
    if len(agreeing) == 2:
        answerer = introduction.answerer
        with typed_by(by, answerer):
            accept_introduction(introduction, by=answerer)
        _say(introduction, answerer, "accepted", by=by)
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


def _check_there(gathering: Gathering, side: Side, *, by: Person) -> None:
    """Refuse the yes of somebody who is not there; an animator who notes it has seen them."""
    if not can_agree_here(gathering, side, by):
        raise ValidationError(
            _(
                "%(name)s n’est pas noté sur place : ne cochez que l’autre personne, un message lui est envoyé."
            )
            % {"name": _person(side).display_name}
        )
    if isinstance(side, Entry):
        Participant.objects.filter(pk=side.participant_id, here_at=None).update(here_at=clock.now())


def _ask(
    gathering: Gathering,
    *,
    requester: Person,
    offerer: Person,
    initiator: Person,
    posts: Mapping[str, Post | None],
    by: Person,
) -> Introduction:
    """Ask for the introduction; what is refused because of somebody's own choice always reads the same."""
    doer = doer_for(initiator, gathering.network, by=by)
    try:
        with typed_by(by, doer):
            return ask_introduction(
                gathering.network,
                requester=requester,
                offerer=offerer,
                by=doer,
                initiator=initiator,
                request=posts["request"],
                offer=posts["offer"],
                reasons=[origin_words(gathering)],
            )
    except ValidationError as error:
        if getattr(error, "code", None) in ("declined", "paused"):
            # As for two people set apart: the sentence must not tell one from the other.
            raise ValidationError(NOT_POSSIBLE) from error
        raise


def _say(introduction: Introduction, person: Person, what: str, *, by: Person) -> None:
    """Tell somebody what was noted in their name by another."""
    if person.pk != by.pk:
        record(
            "behalf.done",
            introduction,
            by=by,
            network=introduction.network,
            people=[person],
            to=person.public_id,
            name=person.display_name,
            what=what,
            title=introduction.title,
        )


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
