"""Write the words of a report, send it, and begin a new version of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.insights.access import get_report_of, writes_reports
from reciproque.insights.models import ReportNote
from reciproque.insights.queries.reports import facts_of_period, report_periods
from reciproque.insights.rules.reports import WORDS_MAX, ReportKind
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.kit.text import clean
from reciproque.networks.models import Network
from reciproque.networks.queries import people_with_role
from reciproque.networks.rules import Role
from reciproque.people.models import Person


def _draft(network: Network, kind: str, start: dt.date, by: Person) -> ReportNote:
    """Return the report being written; a new version begins with the words of the one sent."""
    if kind not in ReportKind.values or start not in {one.start for one in report_periods(network, kind)}:
        raise ValidationError(_("Ce rapport n’existe pas encore : sa période n’est pas finie."))
    last = get_report_of(network, kind, start)
    if last is not None and last.sent_at is None:
        return last
    return ReportNote.objects.create(
        network=network,
        kind=kind,
        start=start,
        version=last.version + 1 if last else 1,
        words=last.words if last else "",
        planned=last.planned if last else "",
        written_by=by,
        written_at=clock.now(),
    )


@transaction.atomic
def write_report(
    network: Network,
    kind: str,
    start: dt.date,
    *,
    by: Person,
    words: str,
    planned: str,
    revision: int | None = None,
) -> ReportNote:
    """Keep the animator’s words of one report; what was sent stays as it is, and another version is begun."""
    if not writes_reports(by, network):
        raise PermissionDenied
    said = {"words": clean(words).strip(), "planned": clean(planned).strip()}
    for name, text in said.items():
        if len(text) > WORDS_MAX:
            raise ValidationError({name: _("C’est trop long : %(n)s caractères au plus.") % {"n": WORDS_MAX}})
    note = _draft(network, kind, start, by)
    expected = note.revision if revision is None else revision
    changes: dict[str, Any] = {**said, "written_by": by, "written_at": clock.now(), "revision": expected + 1}
    kept = ReportNote.objects.filter(pk=note.pk, sent_at=None, revision=expected)
    if not kept.update(**changes):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    note.refresh_from_db()
    record("steering_report.written", note, by=by, network=network, report=kind, start=start.isoformat())
    return note


@transaction.atomic
def send_report(note: ReportNote, *, by: Person) -> ReportNote:
    """Send a report to those who read the figures: from then on this version stays as it is."""
    network = note.network
    if not writes_reports(by, network):
        raise PermissionDenied
    now = clock.now()
    kept = ReportNote.objects.filter(pk=note.pk, sent_at=None, revision=note.revision)
    if not kept.update(sent_by=by, sent_at=now, said=facts_of_period(network, note.kind, note.start)):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    note.refresh_from_db()
    record(
        "steering_report.sent",
        note,
        by=by,
        network=network,
        people=_readers(network),
        report=note.kind,
        start=note.start.isoformat(),
        version=note.version,
        title=str(ReportKind(note.kind).label),
    )
    return note


def _readers(network: Network) -> list[Person]:
    """Those for whom a report is written: who sponsors the network, and human resources."""
    found = {one.pk: one for role in (Role.SPONSOR, Role.HR) for one in people_with_role(network, role)}
    return list(found.values())
