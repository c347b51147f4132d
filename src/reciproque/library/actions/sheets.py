"""Write, publish, change and take back sheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import StepState
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean
from reciproque.library.access import can_withdraw, can_write, is_author
from reciproque.library.actions.cases import note_answer
from reciproque.library.actions.drafts import check_unguarded, clean_fields, set_topics, set_trade
from reciproque.library.actions.expected import expect_no_rereading
from reciproque.library.actions.storage import forget_files
from reciproque.library.models import Sheet, SheetAuthor, SheetVersion
from reciproque.library.rules import (
    NAME_MAX,
    PARTS_OF,
    REASON_MAX,
    AuthorState,
    SheetState,
    check_complete,
    clean_title,
)
from reciproque.people.models import Person


def words_of(sheet: Sheet) -> dict[str, Any]:
    """Return the words of a sheet as a version keeps them."""
    words = {name: getattr(sheet, name) for name in ("title", *PARTS_OF[sheet.kind], "link")}
    words["topics"] = ", ".join(sorted(topic.name for topic in sheet.topics.all()))
    words["trade"] = sheet.trade.name if sheet.trade else ""
    return {name: value for name, value in words.items() if value}


def shown_name(sheet: Sheet, person: Person) -> str:
    """Return the name under which someone appears on a sheet."""
    author = sheet.authors.filter(person=person).select_related("person").first()
    return author.name if author is not None else person.display_name


def _keep_version(sheet: Sheet, *, by: Person | None, note: str) -> None:
    SheetVersion.objects.create(
        sheet=sheet,
        number=sheet.version,
        words=words_of(sheet),
        by=by,
        by_name=shown_name(sheet, by) if by else "",
        note=clean(note).strip()[:200],
        at=clock.now(),
    )


def _record(name: str, sheet: Sheet, by: Person | None, **data: Any) -> None:
    authors = sheet.authors.filter(state=AuthorState.ACCEPTED).select_related("person")
    record(
        name,
        sheet,
        by=by,
        network=sheet.network,
        people=[author.person for author in authors],
        title=sheet.title,
        name=shown_name(sheet, by) if by else "",
        **data,
    )


@transaction.atomic
def publish_sheet(
    sheet: Sheet, *, by: Person | None, names: Mapping[int, str] | None = None, agreed: bool = False
) -> Sheet:
    """Publish a sheet to its network at once; a second press changes nothing.

    A group passes `agreed` once each of its members has agreed, and `names`: under which name each author (by
    primary key) appears, "" for their own; nobody else is named then, and nobody did it (`by` None).
    """
    if sheet.state == SheetState.PUBLISHED:
        return sheet
    if not agreed and (by is None or not can_write(by, sheet)):
        raise PermissionDenied
    check_unguarded(sheet, agreed=agreed)
    clean_title(sheet.title)
    values = {name: getattr(sheet, name) for name in (*PARTS_OF[sheet.kind], "link")}
    clean_fields(sheet.kind, values, whole=True)
    check_complete(sheet.kind, values, files=sheet.files.filter(kind__in=["audio", "video"]).count())
    if names is not None:
        _name_authors(sheet, names, by=by)
    now = clock.now()
    move(
        sheet,
        SheetState.PUBLISHED,
        since=[SheetState.DRAFT, SheetState.WITHDRAWN],
        published_at=now,
        changed_at=now,
        version=sheet.version + 1,
        review_on=now.date() + dt.timedelta(days=sheet.review_days),
        stale_told_at=None,
        withdrawn_at=None,
        withdrawn_by=None,
        reason="",
    )
    _keep_version(sheet, by=by, note="")
    _record("sheet.published", sheet, by, kind=sheet.kind)
    if sheet.case is not None and by is not None:
        note_answer(sheet.case, sheet, by=by)
    return sheet


def _name_authors(sheet: Sheet, names: Mapping[int, str], *, by: Person | None) -> None:
    now = clock.now()
    sheet.authors.exclude(person__in=list(names)).update(state=AuthorState.LEFT, answered_at=now)
    for person, name in names.items():
        shown = " ".join(clean(name).split())[:NAME_MAX]
        SheetAuthor.objects.update_or_create(
            sheet=sheet,
            person_id=person,
            defaults={"state": AuthorState.ACCEPTED, "shown_as": shown, "answered_at": now, "invited_by": by},
        )
    if sheet.owner_id not in names:
        owner = next(iter(names), None)
        Sheet.objects.filter(pk=sheet.pk).update(owner=owner)
        sheet.owner_id = owner


@transaction.atomic
def edit_sheet(
    sheet: Sheet,
    *,
    by: Person,
    base: int | None = None,
    note: str = "",
    trade: str | None = None,
    topics: Iterable[str] | None = None,
    agreed: bool = False,
    **fields: Any,
) -> Sheet:
    """Change what is published: a new version, the former ones stay readable.

    `base` is the version that was on the screen: somebody else's change made meanwhile is never undone.
    """
    if not agreed and not can_write(by, sheet):
        raise PermissionDenied
    check_unguarded(sheet, agreed=agreed)
    if base is not None and base != sheet.version:
        raise ValidationError(
            _(
                "Un autre auteur a modifié cette fiche entre-temps. Relisez-la, puis reportez vos changements."
            ),
            code="changed",
        )
    before = words_of(sheet)
    values = clean_fields(sheet.kind, fields, whole=True)
    if "title" in fields:
        values["title"] = clean_title(fields["title"])
    words = {name: getattr(sheet, name) for name in (*PARTS_OF[sheet.kind], "link")} | values
    check_complete(sheet.kind, words, files=sheet.files.filter(kind__in=["audio", "video"]).count())
    number = sheet.version
    now = clock.now()
    done = Sheet.objects.filter(pk=sheet.pk, state=SheetState.PUBLISHED, version=number).update(
        **values, changed_at=now
    )
    if not done:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    for name, value in values.items():
        setattr(sheet, name, value)
    if trade is not None:
        set_trade(sheet, trade)
    if topics is not None:
        set_topics(sheet, topics)
    sheet = Sheet.objects.select_related("network", "trade").get(pk=sheet.pk)
    if words_of(sheet) != before:
        sheet.version = number + 1
        _read_again(sheet, version=sheet.version)
        _keep_version(sheet, by=by, note=note)
        _record("sheet.edited", sheet, by, version=sheet.version)
    return sheet


def _read_again(sheet: Sheet, **changes: Any) -> None:
    expect_no_rereading(sheet, outcome=StepState.DONE)
    changes |= {
        "review_on": clock.now().date() + dt.timedelta(days=sheet.review_days),
        "stale_told_at": None,
    }
    Sheet.objects.filter(pk=sheet.pk).update(**changes)
    for name, value in changes.items():
        setattr(sheet, name, value)


@transaction.atomic
def confirm_sheet(sheet: Sheet, *, by: Person) -> Sheet:
    """Note that a sheet was read again and is still right: its next reading is put off."""
    if not can_write(by, sheet):
        raise PermissionDenied
    if not sheet.is_open:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    _read_again(sheet)
    _record("sheet.confirmed", sheet, by)
    return sheet


@transaction.atomic
def withdraw_sheet(sheet: Sheet, *, by: Person | None, reason: str = "", agreed: bool = False) -> Sheet:
    """Take a sheet back: its words are shown to nobody but its authors, a neutral trace stays; a draft goes for good.

    A group passes `agreed` when one of its members takes their agreement back, without saying who (`by` None).
    """
    if not agreed and (by is None or not can_withdraw(by, sheet)):
        raise PermissionDenied
    reason = clean(reason).strip()[:REASON_MAX]
    if by is not None and not is_author(by, sheet) and not reason:
        raise ValidationError({"reason": _("Dites pourquoi : ses auteurs le liront.")})
    if sheet.state == SheetState.WITHDRAWN:
        return sheet
    if sheet.state == SheetState.DRAFT:
        check_unguarded(sheet, agreed=agreed)
        forget_files(list(sheet.files.all()))
        Sheet.objects.filter(pk=sheet.pk, state=SheetState.DRAFT).delete()
        sheet.state = SheetState.WITHDRAWN.value
        return sheet
    now = clock.now()
    move(
        sheet,
        SheetState.WITHDRAWN,
        since=[SheetState.PUBLISHED],
        withdrawn_at=now,
        withdrawn_by=by,
        changed_at=now,
        reason=reason,
    )
    expect_no_rereading(sheet)
    _record("sheet.withdrawn", sheet, by, reason=reason)
    return sheet


def tell_stale(limit: int = 200) -> int:
    """Ask those who keep sheets to read again the ones whose day has come; return how many were told."""
    told = 0
    rows = Sheet.objects.stale().filter(stale_told_at=None, owner__isnull=False, owner__is_active=True)
    for sheet in rows.select_related("network", "owner")[:limit]:
        with transaction.atomic():
            fresh = Sheet.objects.filter(pk=sheet.pk, stale_told_at=None).update(stale_told_at=clock.now())
            if fresh and sheet.owner is not None:
                expect_no_rereading(sheet, outcome=StepState.LAPSED)
                _record("sheet.stale", sheet, None, to=[sheet.owner.public_id])
                told += 1
    return told
