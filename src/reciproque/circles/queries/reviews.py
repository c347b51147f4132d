"""The two reviews, as pages read them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.agenda.models import Attendance, Meeting
from reciproque.agenda.rules import MeetingState
from reciproque.circles.models import Circle, Decider, DeciderReport, Outing, Seat
from reciproque.circles.rules import OutingKind, OutingState, SeatState
from reciproque.kit.errors import NotThere
from reciproque.library.models import Sheet
from reciproque.library.rules import OriginKind, SheetState
from reciproque.people.access import is_present
from reciproque.people.models import Person

# Below this many people, a count says who.
FEWEST = 5
# From here on, a goal is reached (0 not at all … 4 wholly).
REACHED_FROM = 3


@dataclasses.dataclass(frozen=True)
class GroupReview:
    """What the members say of their group, each against their own goal."""

    # Members, and those who left after saying it: goal, reached, brought, wishes, reviewed_at.
    seats: list[Seat]
    answered: int
    asked: int
    # How many members said 0, 1, 2, 3, 4.
    counts: list[int]


@dataclasses.dataclass(frozen=True)
class ReportView:
    """Exactly what the deciders read, before or after it is sent."""

    lines: list[str]
    # sessions_held, sessions_wanted, attendance, goals_reached, goals_said, sheets; None: not told.
    figures: dict[str, Any]
    # The same figures as (label, sentence).
    words: list[tuple[str, str]]
    deciders: list[Decider]
    # Those of them whom no message reaches: the report is printed for them.
    to_print: list[Decider]
    # Those whom it reaches, or will.
    reached: list[Decider]
    # Lines of which every member's agreement is still asked.
    asked: int
    report: DeciderReport | None

    @property
    def sent_at(self) -> dt.datetime | None:
        return self.report.sent_at if self.report else None


def review_of(circle: Circle) -> GroupReview:
    """Return the review of the group (the caller shares it)."""
    rows = circle.seats.filter(state__in=[SeatState.SEATED, SeatState.LEFT]).select_related("person")
    seats = [
        row for row in rows.order_by("applied_at", "pk") if row.state == SeatState.SEATED or row.reviewed_at
    ]
    said = [row.reached for row in seats if row.reviewed_at is not None and row.reached is not None]
    return GroupReview(
        seats=seats,
        answered=len(said),
        asked=len(seats),
        counts=[said.count(number) for number in range(5)],
    )


def report_preview(circle: Circle) -> ReportView:
    """Return exactly what would be told to the deciders, or what was (the caller shares the group)."""
    report = DeciderReport.objects.filter(circle=circle).select_related("by").first()
    outings = Outing.objects.filter(circle=circle, kind=OutingKind.LINE)
    rows = list(
        outings.filter(state__in=[OutingState.AGREED, OutingState.ASKED]).order_by("settled_at", "pk")
    )
    lines = report.lines if report else [row.words for row in rows if row.state == OutingState.AGREED]
    figures = report.figures if report else figures_of(circle)
    deciders = list(circle.deciders.select_related("person"))
    return ReportView(
        lines=list(lines),
        figures=dict(figures),
        words=figures_in_words(figures),
        deciders=deciders,
        to_print=[row for row in deciders if row.person is None or not row.person.is_active],
        reached=[row for row in deciders if row.person is not None and row.person.is_active],
        asked=sum(row.state == OutingState.ASKED for row in rows),
        report=report,
    )


def figures_of(circle: Circle) -> dict[str, int | None]:
    """Return what may be counted of a group for its deciders: nothing that tells who was there or who reached what."""
    held = Meeting.objects.in_series(circle).filter(state=MeetingState.HELD)
    there = Attendance.objects.filter(meeting__in=held, attended=True).exclude(person=F("meeting__host"))
    called = Attendance.objects.filter(meeting__in=held, attended__isnull=False)
    rolls = called.order_by().values("meeting").distinct().count()
    seats = circle.seats.filter(state=SeatState.SEATED, reviewed_at__isnull=False)
    said = list(seats.values_list("reached", flat=True))
    reached = sum(number is not None and number >= REACHED_FROM for number in said)
    sheets = Sheet.objects.filter(
        origin_kind=OriginKind.CIRCLE, origin_id=circle.public_id, state=SheetState.PUBLISHED
    )
    return {
        "sessions_held": held.count(),
        "sessions_wanted": circle.sessions_wanted,
        "attendance": round(there.count() / rolls) if rolls else None,
        # All of them, or none, would say it of each.
        "goals_reached": reached if FEWEST <= reached < len(said) else None,
        # The difference would say how many did not: told only when it singles nobody out.
        "goals_said": len(said) if reached >= FEWEST and len(said) - reached >= FEWEST else None,
        "sheets": sheets.count(),
    }


def figures_in_words(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the figures of a report as (what, how much) in the active language."""
    words = [
        (
            _("Séances tenues"),
            _("%(held)s sur %(wanted)s prévues")
            % {"held": figures["sessions_held"], "wanted": figures["sessions_wanted"]},
        )
    ]
    attendance = figures.get("attendance")
    if attendance is not None:
        text = ngettext("%(count)s personne en moyenne", "%(count)s personnes en moyenne", attendance)
        words.append((_("Présences à une séance"), text % {"count": attendance}))
    reached, said = figures.get("goals_reached"), figures.get("goals_said")
    if reached is None:
        goals = _("masqué : ce nombre permettrait de reconnaître quelqu’un")
    elif said is None:
        goals = _("%(count)s personnes") % {"count": reached}
    else:
        goals = _("%(count)s personnes sur %(said)s qui ont répondu") % {"count": reached, "said": said}
    words.append((_("Objectif personnel atteint, ou presque"), goals))
    if figures.get("sheets"):
        text = ngettext("%(count)s fiche", "%(count)s fiches", figures["sheets"])
        words.append((_("Fiches publiées"), text % {"count": figures["sheets"]}))
    return words


def received_report(person: Person, public_id: str) -> DeciderReport:
    """Return the report sent about the group of that identifier to this decider; anyone else meets `NotThere`."""
    reports = DeciderReport.objects.filter(circle__public_id=public_id, circle__deciders__person=person)
    report = reports.select_related("circle__network", "circle__trade", "by").first()
    if report is None or not is_present(person):
        raise NotThere
    return report


def reports_for(person: Person) -> list[DeciderReport]:
    """Return the reports this person received as a decider, latest first."""
    if not is_present(person):
        return []
    reports = DeciderReport.objects.filter(circle__deciders__person=person)
    return list(reports.select_related("circle__network").order_by("-sent_at", "-pk"))
