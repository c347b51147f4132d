"""Open a group, specify its need, call for volunteers, make the group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import Mode, StepState, Verb, deadline
from reciproque.circles.access import can_choose, can_open, can_prepare, is_facilitator
from reciproque.circles.actions.noting import MINE, expect, lock, note, people_of, words
from reciproque.circles.actions.seats import check_here, move_up
from reciproque.circles.models import Circle, Decider, Waiver
from reciproque.circles.queries.making import need_of, problems_with
from reciproque.circles.rules import (
    ABOUT_SOMEONE,
    ASKING_SEATS,
    CALL_MOST,
    DATES_DAYS,
    DECIDE_DAYS,
    LINE_MAX,
    MAX_DECIDERS,
    MINUTES_LEAST,
    MINUTES_MOST,
    MOVES,
    PLEDGE_DAYS,
    SEATS_LEAST,
    SEATS_MOST,
    SESSIONS_LEAST,
    SESSIONS_MOST,
    SPECIFY_DAYS,
    TITLE_MAX,
    WORDS_MAX,
    CircleState,
    Method,
    SeatState,
    WaiverKind,
)
from reciproque.kit import clock
from reciproque.kit.dates import morning_of
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean
from reciproque.library.actions import get_or_create_trade
from reciproque.networks.access import can_settle, is_member
from reciproque.networks.models import Network
from reciproque.people.models import Person, Site, Unit

TITLE = _("Donnez un nom au groupe, de 3 à 120 caractères.")
TOO_LONG = _("Ce texte est trop long : 4 000 caractères au plus.")
LONG_LINE = _("C’est trop long : 300 caractères au plus.")
PROMISED = _(
    "Des volontaires ont lu ceci avant de répondre à l’appel : cela ne change plus. Pour promettre autre chose, "
    "arrêtez cet appel en disant pourquoi, et ouvrez-en un autre."
)
MADE = _("Le groupe est constitué : cela ne se change plus ici.")


@transaction.atomic
def open_circle(
    network: Network, *, by: Person, key: str = "", title: str, trade: str = "", aims: str = ""
) -> Circle:
    """Open a group: its need is to be specified before anyone is called."""
    if not can_open(by, network):
        raise PermissionDenied
    key = clean(key)[:32]
    kept = Circle.objects.filter(opened_by=by, key=key).first() if key else None
    if kept is not None:
        return kept
    values: dict[str, Any] = {
        "title": words(title, "title", TITLE, most=TITLE_MAX, least=3, lines=False),
        "aims": words(aims, "aims", TOO_LONG, most=WORDS_MAX),
        "trade": get_or_create_trade(network, trade),
    }
    try:
        with transaction.atomic():
            circle = Circle.objects.create(
                network=network, key=key, opened_by=by, opened_at=clock.now(), **values
            )
    except IntegrityError:
        return Circle.objects.get(opened_by=by, key=key)  # the same button pressed twice at the same instant
    expect(Verb.SPECIFY, circle, by, SPECIFY_DAYS)
    note("circle.opened", circle, circle, by=by)
    return circle


@transaction.atomic
def specify_need(
    circle: Circle,
    *,
    by: Person,
    title: str | None = None,
    trade: str | None = None,
    aims: str | None = None,
    specified_with: str | None = None,
    specified_on: dt.date | None = None,
    deciders: Iterable[tuple[Person | None, str, str]] | None = None,
    allowance: str | None = None,
    told: str | None = None,
    untold: str | None = None,
    functions: str | None = None,
    sites: Sequence[Site] | None = None,
    units: Sequence[Unit] | None = None,
    seats_most: int | None = None,
    sessions_wanted: int | None = None,
    minutes: int | None = None,
    method: str | None = None,
    mode: str | None = None,
    place: str | None = None,
) -> Circle:
    """Keep what is said of the need, as one goes: what is not given stays as it is."""
    if not can_prepare(by, circle):
        raise PermissionDenied
    lock(circle)
    if circle.state not in (CircleState.NEED, CircleState.CALL):
        raise ValidationError(MADE)
    deciders = None if deciders is None else list(deciders)
    texts = {
        "aims": aims,
        "specified_with": specified_with,
        "allowance": allowance,
        "told": told,
        "untold": untold,
    }
    _keep_promise(circle, texts, deciders)
    changes = _texts(texts) | _lines(title, {"functions": functions, "place": place})
    if trade is not None:
        changes["trade"] = get_or_create_trade(circle.network, trade)
    changes |= _numbers(seats_most, sessions_wanted, minutes) | _ways(method, mode) | _day(specified_on)
    for name, value in changes.items():
        setattr(circle, name, value)
    circle.save(update_fields=[*changes])
    _keep_people(circle, deciders, sites, units)
    missing = need_of(circle).missing if circle.state == CircleState.CALL else {}
    if missing:
        raise ValidationError(missing)  # the call already says it to everyone
    if seats_most is not None:
        move_up(circle)
    return circle


def _keep_promise(
    circle: Circle,
    texts: dict[str, str | None],
    deciders: Iterable[tuple[Person | None, str, str]] | None,
) -> None:
    """Refuse to change, once somebody volunteered, the time granted and what the deciders will know."""
    if circle.state != CircleState.CALL or not circle.seats.filter(state__in=ASKING_SEATS).exists():
        return
    for name in ("allowance", "told", "untold"):
        text = texts[name]
        if text is not None and clean(text).strip() != getattr(circle, name):
            raise ValidationError({name: PROMISED})
    if deciders is not None:
        said = {(person.pk if person else None, "" if person else name) for person, name, _role in deciders}
        said = {(pk, " ".join(clean(name).split())[:TITLE_MAX].casefold()) for pk, name in said}
        kept = {(one.person_id, one.name.casefold()) for one in circle.deciders.all()}
        if said - {(None, "")} != kept:
            raise ValidationError({"deciders": PROMISED})


def _texts(texts: dict[str, str | None]) -> dict[str, Any]:
    return {
        name: words(text, name, TOO_LONG, most=WORDS_MAX) for name, text in texts.items() if text is not None
    }


def _lines(title: str | None, lines: dict[str, str | None]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        name: words(line, name, LONG_LINE, most=LINE_MAX, lines=False)
        for name, line in lines.items()
        if line is not None
    }
    if title is not None:
        kept["title"] = words(title, "title", TITLE, most=TITLE_MAX, least=3, lines=False)
    return kept


def _day(specified_on: dt.date | None) -> dict[str, Any]:
    if specified_on is None:
        return {}
    # A day more: it is already tomorrow for some of those who write.
    if specified_on > clock.now().date() + dt.timedelta(days=1):
        raise ValidationError({"specified_on": _("Cette date n’est pas encore passée.")})
    return {"specified_on": specified_on}


def _keep_people(
    circle: Circle,
    deciders: Iterable[tuple[Person | None, str, str]] | None,
    sites: Sequence[Site] | None,
    units: Sequence[Unit] | None,
) -> None:
    if deciders is not None:
        _keep_deciders(circle, deciders)
    if sites is not None:
        circle.sites.set(sites)
    if units is not None:
        circle.units.set(units)


def _numbers(seats_most: int | None, sessions_wanted: int | None, minutes: int | None) -> dict[str, int]:
    limits = {
        "seats_most": (seats_most, SEATS_LEAST, SEATS_MOST, _("Un groupe a de cinq à dix places.")),
        "sessions_wanted": (
            sessions_wanted,
            SESSIONS_LEAST,
            SESSIONS_MOST,
            _("Prévoyez de 2 à 24 séances."),
        ),
        "minutes": (minutes, MINUTES_LEAST, MINUTES_MOST, _("Une séance dure de 30 minutes à 8 heures.")),
    }
    kept = {}
    for name, (value, least, most, sentence) in limits.items():
        if value is None:
            continue
        if not least <= value <= most:
            raise ValidationError({name: sentence})
        kept[name] = value
    return kept


def _ways(method: str | None, mode: str | None) -> dict[str, str]:
    if method is not None and method not in Method.values:
        raise ValidationError({"method": _("Choisissez parmi ce qui est proposé.")})
    if mode is not None and mode not in Mode.values:
        raise ValidationError({"mode": _("Choisissez parmi ce qui est proposé.")})
    return {name: value for name, value in (("method", method), ("mode", mode)) if value is not None}


def _keep_deciders(circle: Circle, deciders: Iterable[tuple[Person | None, str, str]]) -> None:
    rows: dict[Any, Decider] = {}
    for person, name, role in deciders:
        name, role = (" ".join(clean(text).split())[:TITLE_MAX] for text in (name, role))
        if person is None and not name:
            continue
        rows[person.pk if person else name.casefold()] = Decider(
            circle=circle, person=person, name="" if person else name, role=role
        )
    if len(rows) > MAX_DECIDERS:
        raise ValidationError({"deciders": _("Nommez dix décideurs au plus.")})
    circle.deciders.all().delete()
    Decider.objects.bulk_create(rows.values())


def _check_until(circle: Circle, until: dt.date) -> None:
    now = clock.now()
    if until <= now.date():
        raise ValidationError({"until": _("Choisissez une date à venir.")})
    if until > (now + CALL_MOST).date():
        raise ValidationError({"until": _("Un appel dure quatre mois au plus. Choisissez plus tôt.")})


def _expect_seats(circle: Circle, until: dt.date, former: Person | None = None) -> None:
    """Expect whoever opened the group to make it in the days that follow the end of its call."""
    owner = circle.opened_by if former is None else former
    due = deadline(circle.network, DECIDE_DAYS, morning_of(until, owner.time_zone), owner.time_zone)
    open_step(Verb.SEATS, circle, network=circle.network, owner=owner, due_at=due, words=circle.title)


@transaction.atomic
def call_volunteers(circle: Circle, *, by: Person, until: dt.date) -> Circle:
    """Call for volunteers until a day; refused with a sentence for each thing that the need does not say yet."""
    if not can_prepare(by, circle):
        raise PermissionDenied
    lock(circle)
    if circle.state == CircleState.CALL and circle.call_until == until:
        return circle
    missing = need_of(circle).missing
    if missing:
        raise ValidationError(missing)
    _check_until(circle, until)
    since, to = MOVES["call"]
    move(circle, to, since=since, called_at=clock.now(), call_until=until)
    close_steps(circle, verb=Verb.SPECIFY)
    _expect_seats(circle, until)
    note("circle.called", circle, circle, by=by, until=until.isoformat())
    return circle


@transaction.atomic
def extend_call(circle: Circle, *, by: Person, until: dt.date) -> Circle:
    """Give volunteers more time."""
    if not can_prepare(by, circle):
        raise PermissionDenied
    lock(circle)
    _check_until(circle, until)
    if circle.call_until == until:
        return circle
    if circle.call_until is not None and until < circle.call_until:
        raise ValidationError(
            {"until": _("L’appel dure déjà plus longtemps. Choisissez une date plus tardive.")}
        )
    move(circle, CircleState.CALL, since=[CircleState.CALL], call_until=until, call_told_at=None)
    owner = Step.objects.about(circle).open().filter(verb=Verb.SEATS).select_related("owner").first()
    if owner is not None and owner.owner is None:
        # The team had it: it is the team's until someone takes the group over.
        expect(Verb.SEATS, circle, None, DECIDE_DAYS)
    else:
        _expect_seats(circle, until, owner.owner if owner else None)
    note("circle.called", circle, circle, by=by, until=until.isoformat(), extended=True)
    return circle


@transaction.atomic
def take_over(circle: Circle, *, by: Person) -> Circle:
    """Go on preparing a group in the place of who opened it, gone or silent past the deadline; candidates are told."""
    if not can_settle(by, circle.network) or circle.constituted_at is not None or circle.is_over:
        raise PermissionDenied
    lock(circle)
    former = circle.opened_by
    if former.pk == by.pk:
        return circle
    steps = Step.objects.about(circle).open().filter(verb__in=[Verb.SPECIFY, Verb.SEATS])
    late = steps.overdue(clock.now()).exists() or steps.filter(owner=None).exists()
    if is_member(former, circle.network) and not late:
        raise ValidationError(
            _("%(name)s prépare ce groupe, et le délai n’est pas passé : écrivez-lui d’abord.")
            % {"name": former}
        )
    waiting = steps.first()
    # The key belongs to the form that the former opener was shown.
    changed = Circle.objects.filter(pk=circle.pk, opened_by=former).update(opened_by=by, key="")
    if not changed:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    circle.opened_by = by
    close_steps(circle, verb=(Verb.SPECIFY, Verb.SEATS), outcome=StepState.RELEASED)
    verb = waiting.verb if waiting else (Verb.SPECIFY if circle.state == CircleState.NEED else Verb.SEATS)
    expect(verb, circle, by, SPECIFY_DAYS if verb == Verb.SPECIFY else DECIDE_DAYS)
    asking = circle.seats.filter(state__in=ASKING_SEATS).select_related("person")
    note("circle.taken_over", circle, circle, by=by, people=[seat.person for seat in asking])
    return circle


@transaction.atomic
def waive(circle: Circle, *, by: Person, kind: str, person: Person | None = None, reason: str) -> Waiver:
    """Set a rule of the method aside for one group, with a reason that all its members read."""
    if kind not in WaiverKind.values:
        raise ValueError(kind)
    made = circle.constituted_at is not None and not circle.is_over
    if not (is_facilitator(by, circle) if made else can_choose(by, circle)):
        raise PermissionDenied
    if person is None and (kind in ABOUT_SOMEONE or (made and kind == WaiverKind.FUNCTION)):
        raise ValidationError(
            _("Dites pour qui : une raison vaut pour une personne, pas pour celles qui viendront.")
        )
    if kind == WaiverKind.FACILITATOR and by.pk == circle.facilitator_id:
        raise ValidationError(MINE)
    sentence = _("Dites pourquoi, en une phrase : les membres du groupe la liront.")
    reason = words(reason, "reason", sentence, most=LINE_MAX, least=3)
    waiver, _new = Waiver.objects.update_or_create(
        circle=circle,
        kind=kind,
        person=person,
        defaults={"reason": reason, "by": by, "at": clock.now()},
    )
    note("circle.waived", circle, circle, by=by)
    return waiver


@transaction.atomic
def constitute(circle: Circle, *, by: Person) -> Circle:
    """Make the group of those who applied; refused with a sentence for each rule that nobody waived."""
    if circle.constituted_at is None and not can_choose(by, circle):
        raise PermissionDenied
    lock(circle)
    if circle.constituted_at is not None:
        # Pressed twice, or by the two who may: it is done.
        if by.pk not in (circle.opened_by_id, circle.facilitator_id):
            raise PermissionDenied
        return circle
    seats = list(circle.seats.filter(state=SeatState.APPLIED).select_related("person"))
    problems = [problem for problem in problems_with(circle, seats) if not problem.settled]
    if problems:
        raise ValidationError([problem.sentence for problem in problems])
    check_here(circle, seats)
    now = clock.now()
    since, to = MOVES["constitute"]
    move(circle, to, since=since, constituted_at=now)
    circle.seats.filter(state=SeatState.APPLIED).update(state=SeatState.SEATED, settled_at=now)
    close_steps(circle, verb=Verb.SEATS)
    # The facilitator writes the charter and signs it first; each is then asked.
    expect(Verb.PLEDGE, circle, circle.facilitator, PLEDGE_DAYS)
    expect(Verb.DATES, circle, circle.facilitator, DATES_DAYS)
    note("circle.constituted", circle, circle, by=by, people=people_of(circle))
    for seat in circle.seats.filter(state=SeatState.WAITING).select_related("person"):
        note("seat.waiting", seat, circle, by=None, people=[seat.person])
    return circle
