"""The sheets a group writes: read and written by those who share it, until they let one out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.circles.access import shares
from reciproque.circles.actions.noting import people_of
from reciproque.circles.actions.outings import MADE, locked, refresh
from reciproque.circles.models import Circle, Outing
from reciproque.circles.rules import OutingState
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.library import actions as library
from reciproque.library.models import Sheet, SheetAuthor
from reciproque.library.rules import PARTS_OF, AuthorState, OriginKind, SheetKind, SheetState
from reciproque.people.models import Person

OTHER_SAVED = _("Quelqu’un a enregistré la fiche pendant que vous écriviez : voici les deux textes.")


@transaction.atomic
def write_group_sheet(
    circle: Circle,
    *,
    by: Person,
    sheet: Sheet | None = None,
    key: str = "",
    kind: str = SheetKind.PRACTICE,
    topics: Iterable[str] | None = None,
    seen: Iterable[str] | None = None,
    **parts: Any,
) -> Sheet:
    """Keep what the group writes of a sheet, which each of its members and its facilitator read and write.

    `seen` are the prints of the texts one may have started from: another one is somebody's, and is not lost.
    Changed while the members' agreement is asked, it is asked again. A sheet taken back begins a new one.
    """
    if not shares(by, circle):
        raise PermissionDenied
    if circle.state not in MADE:
        raise ValidationError(_("Ce groupe n’écrit plus de fiche."))
    if sheet is not None and not _is_of(circle, sheet):
        raise PermissionDenied
    if sheet is not None and sheet.state == SheetState.WITHDRAWN:
        sheet = None
    if sheet is None and key:
        # The blank form sent again by another member, or for another group.
        kept = Sheet.objects.filter(public_id=key).first()
        if kept is not None and not _is_of(circle, kept):
            raise PermissionDenied
        sheet = kept
    new = sheet is None
    if sheet is not None:
        _take_up(circle, sheet, seen)
    if new:
        parts |= {"origin_kind": OriginKind.CIRCLE.value, "origin_id": circle.public_id}
        parts["trade"] = circle.trade.name if circle.trade else None
    saved = library.save_draft(
        circle.network, by=by, sheet=sheet, key=key, kind=kind, topics=topics, agreed=True, **parts
    )
    if new:
        share_drafts(circle)
    for outing in Outing.objects.filter(sheet=saved, state=OutingState.ASKED):
        refresh(locked(outing))
    return saved


def _take_up(circle: Circle, sheet: Sheet, seen: Iterable[str] | None) -> None:
    # First of all: every gesture takes a group, then its sheets, then what is asked about them.
    share_drafts(circle)
    now = Sheet.objects.select_for_update().filter(pk=sheet.pk).first()
    if now is None or now.state != SheetState.DRAFT:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    if seen is not None and draft_print(now) not in seen:
        raise ValidationError(OTHER_SAVED, code="overwritten")


def _is_of(circle: Circle, sheet: Sheet) -> bool:
    return sheet.origin_kind == OriginKind.CIRCLE and sheet.origin_id == circle.public_id


def share_drafts(circle: Circle, *, but: Person | None = None) -> None:
    """Let those who share the group, and nobody else any more, read and write the drafts of its sheets.

    `but` is someone who is leaving it.
    """
    people = {person.pk for person in people_of(circle)} if circle.state in MADE else set()
    people -= {but.pk} if but is not None else set()
    drafts = Sheet.objects.filter(
        origin_kind=OriginKind.CIRCLE, origin_id=circle.public_id, state=SheetState.DRAFT
    )
    now = clock.now()
    for sheet in drafts.select_for_update().order_by("pk").prefetch_related("authors"):
        rows = {row.person_id: row for row in sheet.authors.all()}
        gone = [row.pk for pk, row in rows.items() if pk not in people and row.state == AuthorState.ACCEPTED]
        back = [row.pk for pk, row in rows.items() if pk in people and row.state != AuthorState.ACCEPTED]
        SheetAuthor.objects.filter(pk__in=gone).update(state=AuthorState.LEFT, answered_at=now)
        SheetAuthor.objects.filter(pk__in=back).update(state=AuthorState.ACCEPTED, answered_at=now)
        SheetAuthor.objects.bulk_create(
            SheetAuthor(sheet=sheet, person_id=pk, state=AuthorState.ACCEPTED, asked_at=now, answered_at=now)
            for pk in sorted(people - set(rows))
        )
        if sheet.owner_id not in people:
            Sheet.objects.filter(pk=sheet.pk).update(owner=min(people, default=None))


def draft_print(sheet: Sheet) -> str:
    """Return the print of what one types of a sheet: two people who write it at once do not erase each other."""
    names = ("title", *PARTS_OF[sheet.kind], "link", "serves", "review_days", "trade_id")
    values = [*(getattr(sheet, name) for name in names), *sorted(topic.name for topic in sheet.topics.all())]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()
