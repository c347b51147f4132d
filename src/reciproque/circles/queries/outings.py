"""What the members of a group read of what may leave it: never who refused, nor how many."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.utils.translation import gettext as _

from reciproque.circles.models import Agreement, Circle, Outing
from reciproque.circles.rules import OutingKind, OutingState
from reciproque.kit import clock
from reciproque.library.models import Sheet
from reciproque.library.queries import sheets_from
from reciproque.library.rules import SheetState
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class OutingLine:
    """Something proposed to leave a group, as one of those asked reads it."""

    outing: Outing
    sheet: Sheet | None
    # The line proposed, or the title of the sheet.
    words: str
    # Where it stands, in words that say nothing of anyone's answer.
    standing: str
    # One's own answer; None when one is not asked (the facilitator).
    mine: Agreement | None
    can_answer: bool
    can_take_back: bool
    closes_at: dt.datetime

    @property
    def is_line(self) -> bool:
        return self.outing.kind == OutingKind.LINE

    @property
    def has_answered(self) -> bool:
        return self.mine is not None and self.mine.answered_at is not None


def outings_of(circle: Circle, viewer: Person) -> list[OutingLine]:
    """Return what was proposed to leave a group, latest first, as this member (or facilitator) reads it."""
    rows = Outing.objects.visible_to(viewer).filter(circle=circle)
    rows = rows.select_related("sheet", "asked_by", "circle").order_by("-asked_at", "-pk").distinct()
    mine = {row.outing_id: row for row in Agreement.objects.filter(outing__circle=circle, person=viewer)}
    return [_line(row, mine.get(row.pk), viewer) for row in rows]


def outing_line(outing: Outing, viewer: Person) -> OutingLine:
    """Return one of them, for somebody asked (the caller obtained it through access)."""
    mine = Agreement.objects.filter(outing=outing, person=viewer).first()
    return _line(outing, mine, viewer)


def _line(outing: Outing, mine: Agreement | None, viewer: Person) -> OutingLine:
    asked = outing.state == OutingState.ASKED and outing.closes_at > clock.now()
    proposed = viewer.pk in (outing.asked_by_id, outing.circle.facilitator_id)
    return OutingLine(
        outing=outing,
        sheet=outing.sheet,
        words=outing.sheet.title if outing.sheet else outing.words,
        standing=_standing(outing),
        mine=mine,
        can_answer=asked and mine is not None,
        can_take_back=(outing.state == OutingState.AGREED and mine is not None)
        or (outing.state == OutingState.ASKED and proposed),
        closes_at=outing.closes_at,
    )


def _standing(outing: Outing) -> str:
    if outing.state == OutingState.AGREED:
        return _("Sorti du groupe avec l’accord de chacun.")
    if outing.state == OutingState.TAKEN_BACK:
        return _("Repris : cela n’est pas visible hors du groupe.")
    if outing.state == OutingState.KEPT:
        return _("L’accord de chacun n’est pas réuni : cela reste dans le groupe.")
    return _("L’accord de chacun n’est pas réuni pour l’instant.")


def sheets_of(circle: Circle, viewer: Person) -> list[Sheet]:
    """Return the sheets a group writes or wrote, that this person may read, latest changed first."""
    found = sheets_from("circle", circle.public_id, viewer)
    return [sheet for sheet in found if sheet.state != SheetState.WITHDRAWN]
