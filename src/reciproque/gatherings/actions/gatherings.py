"""Plan a gathering, open it, close it; who comes."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.rules import TITLE_MAX, TITLE_MIN
from reciproque.gatherings.access import can_run
from reciproque.gatherings.actions.consent import ask_all
from reciproque.gatherings.models import Gathering, Participant
from reciproque.gatherings.rules import (
    CLOSED_AFTER,
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
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.networks.access import is_member
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
        title=gathering.title,
        place=gathering.place,
        gathering_kind=gathering.kind,
        starts_at=gathering.starts_at.isoformat(),
        ends_at=gathering.ends_at.isoformat(),
        zone=gathering.time_zone,
        opens_on=gathering.starts_at.astimezone(ZoneInfo(gathering.time_zone)).date().isoformat(),
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
) -> Gathering:
    """Plan a fair or a group session, and announce it to the members when asked."""
    if kind not in GatheringKind.values:
        raise ValueError(kind)
    if not can_run(by, network, kind):
        raise PermissionDenied
    check_hours(starts_at, ends_at, clock.now())
    gathering = Gathering.objects.create(
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
    note("gathering.planned", gathering, by, announced=announced)
    return gathering


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
