"""Drafts: what is typed is kept, however incomplete, and checked before it is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.actions import get_or_create_topic
from reciproque.exchanges.access import get_exchange
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean, fold
from reciproque.kit.tokens import is_id, new_id
from reciproque.library.access import can_write
from reciproque.library.models import Sheet, SheetAuthor, Trade, UseCase
from reciproque.library.rules import (
    GUARDED,
    LINK_MAX,
    MAX_DRAFTS,
    MAX_TOPICS,
    PART_MAX,
    PARTS,
    PARTS_OF,
    REVIEW_MAX_DAYS,
    REVIEW_MIN_DAYS,
    TITLE_MAX,
    TRADE_MAX,
    AuthorState,
    OriginKind,
    Serves,
    SheetKind,
    SheetState,
    clean_link,
)
from reciproque.library.rules.markdown import check
from reciproque.networks.access import is_member
from reciproque.networks.models import Network
from reciproque.people.models import Person

FIELDS = {*PARTS, "title", "link", "serves", "review_days"}
GROUPS_OWN = _("Ce texte vient d’un groupe : rien n’en change sans l’accord de chacun de ses membres.")


def get_or_create_trade(network: Network, name: str) -> Trade | None:
    """Return the trade of that name in the network (accents and case aside), made if need be; None for no name."""
    name = " ".join(clean(name).split())[:TRADE_MAX]
    folded = fold(name)[:TRADE_MAX]
    if not folded:
        return None
    try:
        with transaction.atomic():
            return Trade.objects.get_or_create(network=network, folded=folded, defaults={"name": name})[0]
    except IntegrityError:
        return Trade.objects.get(network=network, folded=folded)


def clean_fields(kind: str, fields: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """Return what can be stored; `whole` refuses what is too long or too complicated, a draft is cut instead."""
    unknown = set(fields) - FIELDS
    if unknown:
        raise ValueError(f"not fields of a sheet: {sorted(unknown)}")
    values: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for name in PARTS_OF[kind]:
        if name in fields:
            text = clean(fields[name]).strip()
            values[name] = text[:PART_MAX]
            if whole and (refusals := _refusals(text)):
                wrong[name] = refusals
    if "title" in fields:
        values["title"] = " ".join(clean(fields["title"]).split())[:TITLE_MAX]
    if "link" in fields:
        values["link"] = clean_link(fields["link"]) if whole else clean(fields["link"]).strip()[:LINK_MAX]
    wrong |= _check_choices(fields)
    if wrong:
        raise ValidationError(wrong)
    chosen = {name: fields[name] for name in ("serves", "review_days") if fields.get(name) is not None}
    return values | chosen


def _refusals(text: str) -> list[Any]:
    if len(text) > PART_MAX:
        return [_("Ce texte est trop long : 8 000 caractères au plus.")]
    try:
        check(text)
    except ValidationError as error:
        return list(error.messages)
    return []


def _check_choices(fields: Mapping[str, Any]) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    if fields.get("serves") and fields["serves"] not in Serves.values:
        wrong["serves"] = _("Choisissez parmi ce qui est proposé.")
    days = fields.get("review_days")
    if days is not None and not REVIEW_MIN_DAYS <= days <= REVIEW_MAX_DAYS:
        wrong["review_days"] = _("Choisissez entre un mois et trois ans.")
    return wrong


def set_topics(sheet: Sheet, names: Iterable[str]) -> None:
    """Tie a sheet to these topics, and to no other."""
    topics = {topic.pk: topic for topic in (get_or_create_topic(name) for name in names if name.strip())}
    if len(topics) > MAX_TOPICS:
        raise ValidationError({"topics": _("Choisissez cinq sujets au plus.")})
    sheet.topics.set(topics.values())


def _check_origin(by: Person, network: Network, kind: str, id: str, *, agreed: bool) -> None:
    """Refuse an origin that is not this person's: a group says so itself, an exchange is one's own."""
    if not kind:
        return
    if kind == OriginKind.EXCHANGE:
        try:
            exchange = get_exchange(by, id)
        except NotThere:
            raise PermissionDenied from None
        if exchange.network_id != network.pk:
            raise PermissionDenied
    elif kind in GUARDED and not agreed:
        raise PermissionDenied


def check_unguarded(sheet: Sheet, *, agreed: bool) -> None:
    """Refuse to change, by the ordinary pages, what a group wrote: the group asks each of its members first."""
    if sheet.origin_kind in GUARDED and not agreed:
        raise ValidationError(GROUPS_OWN)


def kept_draft(author: Person, key: str) -> Sheet | None:
    """Return the sheet of this person under this identifier, if it is one."""
    if not is_id(key):
        return None
    return Sheet.objects.written_by(author).filter(public_id=key).select_related("network").first()


@transaction.atomic
def save_draft(
    network: Network,
    *,
    by: Person,
    kind: str = SheetKind.PRACTICE,
    sheet: Sheet | None = None,
    key: str = "",
    case: UseCase | None = None,
    trade: str | None = None,
    topics: Iterable[str] | None = None,
    origin_kind: str = "",
    origin_id: str = "",
    agreed: bool = False,
    **fields: Any,
) -> Sheet:
    """Keep what has been typed so far, however incomplete; no fact, only its authors see it.

    `key` is the identifier the blank form was given: saving it ten times keeps one draft. A group that writes a
    sheet passes its own origin with `agreed`.
    """
    if kind not in SheetKind.values:
        raise ValueError(kind)
    sheet = sheet or kept_draft(by, key)
    values = clean_fields(sheet.kind if sheet else kind, fields, whole=False) | {"changed_at": clock.now()}
    if sheet is None:
        if not is_member(by, network):
            raise PermissionDenied
        _check_origin(by, network, origin_kind, origin_id, agreed=agreed)
        if case is not None and case.network_id != network.pk:
            raise PermissionDenied
        sheet = _new(network, by, kind, key, case, origin_kind, origin_id, values)
    else:
        if not can_write(by, sheet):
            raise PermissionDenied
        if sheet.state != SheetState.DRAFT:
            raise ValidationError(ALREADY_CHANGED, code="changed")
        # Only while it is still a draft: what is typed must not undo a publication made at the same moment.
        move(sheet, SheetState.DRAFT, since=[SheetState.DRAFT], **values)
    if trade is not None:
        set_trade(sheet, trade)
    if topics is not None:
        set_topics(sheet, topics)
    return sheet


def _new(
    network: Network,
    by: Person,
    kind: str,
    key: str,
    case: UseCase | None,
    origin_kind: str,
    origin_id: str,
    values: dict[str, Any],
) -> Sheet:
    drafts = Sheet.objects.written_by(by).filter(network=network, state=SheetState.DRAFT, origin_kind="")
    if drafts.count() >= MAX_DRAFTS:
        raise ValidationError(
            _("Vous avez déjà 60 brouillons. Publiez-en ou supprimez-en avant d’en ajouter.")
        )
    sheet = Sheet(
        network=network, owner=by, kind=kind, case=case, origin_kind=origin_kind, origin_id=origin_id
    )
    sheet.created_at = clock.now()
    sheet.public_id = key if is_id(key) else new_id()
    for name, value in values.items():
        setattr(sheet, name, value)
    try:
        with transaction.atomic():
            sheet.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(ALREADY_CHANGED, code="changed") from error
    SheetAuthor.objects.create(
        sheet=sheet, person=by, state=AuthorState.ACCEPTED, asked_at=clock.now(), answered_at=clock.now()
    )
    return sheet


def set_trade(sheet: Sheet, name: str) -> None:
    """Say to which trade a sheet belongs, "" for none."""
    sheet.trade = get_or_create_trade(sheet.network, name)
    Sheet.objects.filter(pk=sheet.pk).update(trade=sheet.trade)
