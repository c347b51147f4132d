"""Declare an exchange that happened elsewhere; confirm or deny it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.rules import Verb, check_mode, deadline
from reciproque.catalogue.rules import clean_title
from reciproque.exchanges.access import is_in
from reciproque.exchanges.actions.exchanges import note
from reciproque.exchanges.actions.threads import open_thread
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.exchanges.rules import EXCHANGE_MOVES, ExchangeState, Origin, Side, check_past_meeting
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean
from reciproque.networks.access import accompanies, is_member
from reciproque.networks.models import Network
from reciproque.people.models import Person


@transaction.atomic
def declare_exchange(
    network: Network,
    *,
    requester: Person,
    offerer: Person,
    by: Person | None,
    title: str,
    held_on: dt.date,
    minutes: int = 60,
    mode: str = "",
    key: str = "",
) -> Exchange:
    """Declare an exchange that happened elsewhere, in one minute; the other side confirms.

    An animator may declare for two people met in a corridor; an import (`by` None) counts at once. The same `key`
    is written once. Raises ValidationError.
    """
    one_of_them = by is not None and by.pk in (requester.pk, offerer.pk)
    if by is not None and not one_of_them and not accompanies(by, network, requester, offerer):
        raise PermissionDenied
    if requester.pk == offerer.pk:
        raise ValidationError(_("Un échange se fait entre deux personnes."))
    for person in (requester, offerer):
        if by is not None and not is_member(person, network):
            raise ValidationError(_("Les deux personnes doivent faire partie du réseau."))
    now = clock.now()
    today = now.astimezone(ZoneInfo(by.time_zone if by else requester.time_zone)).date()
    check_past_meeting(held_on, minutes, today)
    mode = check_mode(mode) if mode else ""
    title, key = clean_title(title), clean(key)[:64]
    existing = _declared_already(network, key, requester, offerer)
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            exchange = Exchange.objects.create(
                network=network,
                title=title,
                state=ExchangeState.CLOSED if by is None else ExchangeState.DECLARED,
                origin=Origin.DECLARED,
                thread=open_thread(network, [requester, offerer]),
                opened_at=now,
                held_on=held_on,
                minutes=minutes,
                mode=mode,
                declared_by=by,
                declared_at=now,
                closed_at=now if by is None else None,
                key=key,
            )
    except IntegrityError as error:
        existing = _declared_already(network, key, requester, offerer)
        if existing is None:
            raise ValidationError(ALREADY_CHANGED, code="changed") from error
        return existing
    parts = ExchangePerson.objects.bulk_create(
        ExchangePerson(exchange=exchange, person=person, side=side, joined_at=now)
        for person, side in ((requester, Side.REQUESTER), (offerer, Side.OFFERER))
    )
    if by is not None:
        due = deadline(network, network.review_days, now)
        waited = [person for person in (requester, offerer) if person.pk != by.pk]
        for person in waited:
            open_step(Verb.CONFIRM, exchange, network=network, owner=person, due_at=due, words=title)
    note(
        "exchange.declared",
        exchange,
        by,
        parts=parts,
        held_on=held_on.isoformat(),
        on_behalf=not one_of_them,
    )
    return exchange


def _declared_already(network: Network, key: str, requester: Person, offerer: Person) -> Exchange | None:
    """Return what the same form, or the same line of an import, declared before for the same two people."""
    if not key:
        return None
    exchange = Exchange.objects.filter(network=network, key=key).first()
    if exchange is not None:
        people = set(exchange.people.values_list("person_id", flat=True))
        if people != {requester.pk, offerer.pk}:
            raise ValidationError(ALREADY_CHANGED, code="changed")
    return exchange


@transaction.atomic
def confirm_exchange(exchange: Exchange, *, by: Person) -> Exchange:
    """Confirm that a declared exchange took place; one yes of someone other than the declarer is enough.

    One that an import brought counts already: whoever learned in it may say so too, once.
    """
    if not is_in(by, exchange) or by.pk == exchange.declared_by_id:
        raise PermissionDenied
    if exchange.state == ExchangeState.CLOSED:
        return _recognise(exchange, by) if exchange.is_imported else exchange
    since, to = EXCHANGE_MOVES["confirm"]
    move(exchange, to, since=since, confirmed_by=by, closed_at=clock.now())
    close_steps(exchange, verb=Verb.CONFIRM)
    note("exchange.confirmed", exchange, by)
    return exchange


def _recognise(exchange: Exchange, by: Person) -> Exchange:
    if not exchange.people.filter(person=by, side=Side.REQUESTER, left_at=None).exists():
        return exchange
    if Exchange.objects.filter(pk=exchange.pk, confirmed_by=None).update(confirmed_by=by):
        exchange.confirmed_by = by
        note("exchange.confirmed", exchange, by)
    return exchange


@transaction.atomic
def deny_exchange(exchange: Exchange, *, by: Person, reason: str = "") -> Exchange:
    """Say that a declared exchange did not take place: it is not counted."""
    if not is_in(by, exchange) or by.pk == exchange.declared_by_id:
        raise PermissionDenied
    if exchange.state == ExchangeState.DENIED:
        return exchange
    since, to = EXCHANGE_MOVES["deny"]
    move(
        exchange, to, since=since, confirmed_by=by, closed_at=clock.now(), reason=clean(reason).strip()[:1000]
    )
    close_steps(exchange, verb=Verb.CONFIRM)
    note("exchange.denied", exchange, by)
    return exchange
