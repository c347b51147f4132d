"""Plan a gathering, open it, close it; who comes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.rules import TITLE_MAX, TITLE_MIN
from reciproque.gatherings.access import can_run
from reciproque.gatherings.actions.consent import ask_all
from reciproque.gatherings.models import Gathering, Participant
from reciproque.gatherings.queries import announced_to
from reciproque.gatherings.rules import (
    CLOSED_AFTER,
    MAX_ANNOUNCED,
    MOVES,
    PLACE_MAX,
    REOPENED_WITHIN,
    WORDS_MAX,
    Answer,
    GatheringKind,
    GatheringState,
    NameShown,
    check_hours,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean
from reciproque.kit.tokens import is_id, new_id
from reciproque.networks.access import is_member, scope_of
from reciproque.networks.models import Network
from reciproque.people.models import Person


def bump(gathering: Gathering) -> None:
    """Say that what the screens show has changed."""
    Gathering.objects.filter(pk=gathering.pk).update(version=F("version") + 1)


def note(name: str, gathering: Gathering, /, by: Person | None, people: Any = (), **data: Any) -> None:
    """Record a fact about a gathering, with what its messages will say."""
    record(
        name,
        gathering,
        by=by,
        network=gathering.network,
        people=people,
        **gathering.as_told(),
        **data,
    )


def _cleaned(title: str, place: str, words: str) -> dict[str, str]:
    title, place = " ".join(clean(title).split()), " ".join(clean(place).split())
    if not TITLE_MIN <= len(title) <= TITLE_MAX:
        raise ValidationError({"title": _("Donnez un titre, de 3 à 140 caractères.")})
    if not place or len(place) > PLACE_MAX:
        raise ValidationError({"place": _("Dites où l’on se retrouve, en 200 caractères au plus.")})
    return {"title": title, "place": place, "words": clean(words).strip()[:WORDS_MAX]}


@transaction.atomic
def plan_gathering(
    network: Network,
    kind: str,
    *,
    by: Person,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    place: str,
    words: str = "",
    announced: bool = True,
    key: str = "",
    confirmed: int | None = None,
) -> Gathering:
    """Plan a fair or a group session, and announce it when asked to the members whom one accompanies.

    `key` is the identifier the blank form was given: sending it twice plans one gathering. `confirmed` is the number of
    people whom one read it would be announced to: when it has changed, nothing leaves.
    """
    sent = Gathering.objects.filter(public_id=key, network=network, kind=kind, planned_by=by)
    existing = sent.first() if is_id(key) and can_run(by, network, kind) else None
    if existing is not None:
        return existing
    gathering, within = draft_gathering(
        network,
        kind,
        by=by,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        words=words,
        announced=announced,
        key=key,
    )
    count = announced_to(gathering, within).count() if announced and confirmed is not None else confirmed
    if count != confirmed:
        raise ValidationError(
            _("Le nombre a changé : %(count)d personnes maintenant. Relisez, puis confirmez de nouveau."),
            code="count",
            params={"count": count},
        )
    try:
        with transaction.atomic():
            gathering.save(force_insert=True)
    except IntegrityError as error:
        existing = sent.first()
        if existing is None:
            raise ValidationError(ALREADY_CHANGED, code="changed") from error
        return existing  # the same button pressed twice at the same instant
    note("gathering.planned", gathering, by, announced=announced, **({"within": within} if within else {}))
    return gathering


@transaction.atomic
def draft_gathering(
    network: Network,
    kind: str,
    *,
    by: Person,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    place: str,
    words: str = "",
    announced: bool = True,
    key: str = "",
) -> tuple[Gathering, dict[str, Any]]:
    """Return a gathering as it would be planned, and the part of the network told of it; nothing is written."""
    if kind not in GatheringKind.values:
        raise ValueError(kind)
    if not can_run(by, network, kind):
        raise PermissionDenied
    check_hours(starts_at, ends_at, clock.now())
    within = _announced_within(network, by) if announced else {}
    gathering = Gathering(
        public_id=key if is_id(key) else new_id(),
        network=network,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=by.time_zone,
        announced=announced,
        planned_by=by,
        planned_at=clock.now(),
        **_cleaned(title, place, words),
    )
    return gathering, within


def _announced_within(network: Network, by: Person) -> dict[str, Any]:
    """Return the part of the network to which this person announces; refuse a helper, or too much at once."""
    scope = scope_of(by, network)
    if scope is None:
        raise ValidationError(
            _("Une personne de l’animation peut l’annoncer aux membres. Prévoyez-la sans l’annoncer.")
        )
    if scope.whole:
        return {}
    list(Network.objects.select_for_update().filter(pk=network.pk).values_list("pk"))
    mine = Gathering.objects.coming().filter(network=network, planned_by=by, announced=True)
    if mine.count() >= MAX_ANNOUNCED:
        raise ValidationError(
            _("Vous avez déjà annoncé deux rencontres à venir : prévoyez celle-ci sans l’annoncer.")
        )
    return {"site": scope.site, "unit": scope.unit}


@transaction.atomic
def change_gathering(
    gathering: Gathering,
    *,
    by: Person,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    place: str,
    words: str = "",
) -> Gathering:
    """Change the date, the place or the words of a gathering to come; those who come are told of a new date or place."""
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if gathering.state != GatheringState.PLANNED:
        raise ValidationError(_("Cette rencontre a déjà commencé : on n’en change plus la date."))
    check_hours(starts_at, ends_at, clock.now())
    values: dict[str, Any] = _cleaned(title, place, words) | {"starts_at": starts_at, "ends_at": ends_at}  # type: ignore[operator]
    moved = any(getattr(gathering, name) != values[name] for name in ("starts_at", "ends_at", "place"))
    move(gathering, GatheringState.PLANNED, since=[GatheringState.PLANNED], **values)
    bump(gathering)
    if moved:
        note("gathering.changed", gathering, by, people=people_coming(gathering))
    return gathering


def people_coming(gathering: Gathering) -> list[Person]:
    """Return the people who said that they come."""
    rows = gathering.participants.filter(answer=Answer.YES, person__isnull=False).select_related("person")
    return [row.person for row in rows if row.person is not None]


def _step(gathering: Gathering, verb: str, *, by: Person | None, **changes: Any) -> bool:
    """Move a gathering; False when it is already there (the same button pressed twice)."""
    if by is not None and not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    since, to = MOVES[verb]
    if gathering.state == to:
        return False
    move(gathering, to, since=since, **changes)
    bump(gathering)
    return True


@transaction.atomic
def open_gathering(gathering: Gathering, *, by: Person) -> Gathering:
    """Open a gathering: from now on savoirs are typed in it."""
    if _step(gathering, "open", by=by, opened_at=clock.now()):
        note("gathering.opened", gathering, by)
    return gathering


@transaction.atomic
def close_gathering(gathering: Gathering, *, by: Person | None) -> Gathering:
    """Close a gathering; whoever has savoirs still to confirm is asked by message."""
    if _step(gathering, "close", by=by, closed_at=clock.now()):
        note("gathering.closed", gathering, by)
        ask_all(gathering, by=by)
    return gathering


@transaction.atomic
def reopen_gathering(gathering: Gathering, *, by: Person) -> Gathering:
    """Open again a gathering closed less than a week ago: a list was still in a pocket, a laptop had no network."""
    closed = gathering.closed_at
    late = closed is not None and clock.now() - closed > REOPENED_WITHIN
    if gathering.state == GatheringState.CLOSED and late:
        raise ValidationError(
            _("Cette rencontre est close depuis plus d’une semaine : elle ne se rouvre plus.")
        )
    if _step(gathering, "reopen", by=by, closed_at=None):
        note("gathering.reopened", gathering, by)
    return gathering


@transaction.atomic
def cancel_gathering(gathering: Gathering, *, by: Person | None, reason: str = "") -> Gathering:
    """Cancel a gathering to come; those who said that they come are told."""
    people = people_coming(gathering)
    reason = clean(reason).strip()[:WORDS_MAX]
    if _step(gathering, "cancel", by=by, closed_at=clock.now()):
        note("gathering.cancelled", gathering, by, people=people, reason=reason)
    return gathering


@transaction.atomic
def say_coming(gathering: Gathering, *, by: Person, answer: str, shown: str = "") -> Participant:
    """Say whether one comes, and how one agrees to be named on the screen of the room."""
    if not is_member(by, gathering.network):
        raise PermissionDenied
    if answer not in (Answer.YES, Answer.NO) or shown not in ("", *NameShown.values):
        raise ValidationError(_("Choisissez parmi ce qui est proposé."))
    if gathering.state not in (GatheringState.PLANNED, GatheringState.OPEN):
        raise ValidationError(_("Cette rencontre est terminée : il n’y a plus à répondre."))
    changes: dict[str, Any] = {"answer": answer, "answered_at": clock.now()}
    if shown:
        changes["shown"] = shown
    participant, _created = Participant.objects.update_or_create(
        gathering=gathering, person=by, defaults=changes
    )
    bump(gathering)
    return participant


def close_forgotten(limit: int = 200) -> int:
    """Close what nobody closed, and set aside what never opened (by the clock)."""
    rows = Gathering.objects.coming().filter(ends_at__lt=clock.now() - CLOSED_AFTER)
    done = 0
    for gathering in rows.select_related("network").order_by("pk")[:limit]:
        try:
            if gathering.is_open:
                close_gathering(gathering, by=None)
            else:
                cancel_gathering(gathering, by=None)
            done += 1
        except ValidationError:
            continue  # somebody has just opened or closed it
    return done
