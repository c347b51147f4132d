"""What is shown of training records: to the two people whose they are, in what attests them, in the yearly export."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, QuerySet
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from reciproque.agenda.models import Attendance
from reciproque.agenda.rules import MeetingState
from reciproque.circles.models import Seat, Session
from reciproque.exchanges.models import Review
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.engine import pictures, signing
from reciproque.recognition.models import (
    Attestation,
    TrainingExport,
    TrainingRecord,
    TrainingSetting,
)
from reciproque.recognition.queries.keys import site
from reciproque.recognition.rules.training import CONDITIONS, Shown, TrainingKind

YEARS_BACK = 6


def training_setting(network: Network) -> TrainingSetting | None:
    """Return what a network settled of local training; None when it settled nothing."""
    return TrainingSetting.objects.filter(network=network).first()


def trainings_of(person: Person) -> list[TrainingRecord]:
    """Return the records of which this person is one of the two, the latest first."""
    rows = TrainingRecord.objects.visible_to(person).select_related("network", "learner", "trainer")
    return list(rows)


def trainings_about(person: Person, kind: str, source_id: str) -> list[TrainingRecord]:
    """Return this person's records about one exchange, session or group."""
    rows = TrainingRecord.objects.visible_to(person).filter(kind=kind, source_id=source_id)
    return list(rows.select_related("learner", "trainer"))


def standing_attestation(row: TrainingRecord) -> Attestation | None:
    """Return what attests a record today."""
    return Attestation.objects.filter(record=row, withdrawn_at=None).select_related("key").first()


def taken_by(row: TrainingRecord) -> list[TrainingExport]:
    """Return when the training department took a record, and who did."""
    return list(row.exports.select_related("by"))


# -- what proves it ------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Proof:
    """What shows that it took place: the learner's review (its day, never its words), their presence."""

    reviewed_on: dt.date | None = None
    present: int = 0

    def __str__(self) -> str:
        said = []
        if self.reviewed_on is not None:
            said.append(_("bilan de la personne qui a appris, le %(day)s") % {"day": _date(self.reviewed_on)})
        if self.present:
            said.append(_("présence notée"))
        return " ; ".join(said) if said else _("déclaration des deux personnes")


def proofs_of(rows: Iterable[TrainingRecord]) -> dict[int, Proof]:
    """Return what proves each record, by its key, in a fixed number of queries."""
    rows = list(rows)
    sources: dict[str, list[str]] = {kind: [] for kind in TrainingKind.values}
    for row in rows:
        sources[row.kind].append(row.source_id)
    learners = {row.learner_id for row in rows}
    written = Review.objects.filter(exchange__public_id__in=sources["exchange"], author__in=learners)
    reviewed: dict[tuple[str, int], dt.datetime] = {
        (source, person): at
        for source, person, at in written.values_list("exchange__public_id", "author_id", "written_at")
    }
    seats = Seat.objects.filter(
        circle__public_id__in=sources["group"], person__in=learners, reviewed_at__isnull=False
    )
    found = seats.values_list("circle__public_id", "person_id").annotate(at=Max("reviewed_at")).order_by()
    reviewed |= {(source, person): at for source, person, at in found}
    present = _present(sources["session"], sources["group"], learners)
    proofs: dict[int, Proof] = {}
    for row in rows:
        at = reviewed.get((row.source_id, row.learner_id))
        count = present.get((row.source_id, row.learner_id), 0)
        proofs[row.pk] = Proof(at.date() if at else None, count)
    return proofs


def _present(sessions: list[str], groups: list[str], people: set[int]) -> dict[tuple[str, int], int]:
    there = Attendance.objects.filter(
        person__in=people, attended=True, meeting__state=MeetingState.HELD
    ).order_by()
    found: dict[tuple[str, int], int] = {}
    held = Session.objects.filter(public_id__in=sessions, meeting__isnull=False)
    of_meeting = dict(held.values_list("meeting_id", "public_id"))
    for meeting, person in there.filter(meeting__in=of_meeting).values_list("meeting_id", "person_id"):
        found[of_meeting[meeting], person] = 1
    held = Session.objects.filter(circle__public_id__in=groups, meeting__isnull=False)
    of_group = dict(held.values_list("meeting_id", "circle__public_id"))
    counted = there.filter(meeting__in=of_group).values_list("meeting_id", "person_id")
    for meeting, person in counted:
        pair = (of_group[meeting], person)
        found[pair] = found.get(pair, 0) + 1
    return found


def proof_of(row: TrainingRecord) -> Proof:
    """Return what proves one record."""
    return proofs_of([row])[row.pk]


# -- what attests it -----------------------------------------------------------------------------------------


def _date(day: dt.date) -> str:
    return date_format(day, "j F Y")


def hours_words(hours: Decimal | None) -> str:
    """Return a number of hours as one reads it: « 2,5 h »."""
    if hours is None:
        return ""
    text = number_format(hours.normalize(), use_l10n=True)
    return f"{text}\u00a0h"


def attestation_url(attestation: Attestation) -> str:
    """Return where anyone who is given it checks an attestation."""
    return f"{site().base}/attestations/{attestation.code}/"


def spelt(code: str) -> str:
    """Return a code as one reads it over the telephone: by fours."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def attested_lines(row: TrainingRecord, shown: Iterable[str]) -> dict[str, str]:
    """Return the lines that an attestation lets its public page say, and no other."""
    chosen = set(shown)
    lines: dict[str, str] = {}
    if Shown.NAME in chosen:
        lines["name"] = row.learner.display_name
    if Shown.TITLE in chosen:
        lines["title"] = row.title
    if Shown.DATES in chosen:
        lines |= {"starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat()}
    if Shown.HOURS in chosen:
        lines["hours"] = str(row.hours)
    if Shown.ORGANISATION in chosen:
        lines["organisation"] = row.network.name
    return lines


@dataclasses.dataclass(frozen=True)
class Checked:
    """What anyone reads of an attestation: whether it holds, and the lines that its person allowed."""

    state: str
    issued_at: dt.datetime
    lines: dict[str, Any]

    @property
    def holds(self) -> bool:
        return self.state == "holds"


def check_attestation(attestation: Attestation) -> Checked:
    """Read an attestation as a stranger does: its lines are those that were signed, whatever the rows say since."""
    if attestation.withdrawn_at is not None:
        return Checked("withdrawn", attestation.issued_at, {})
    if attestation.key.broken_at is not None:
        return Checked("broken", attestation.issued_at, {})
    try:
        payload = signing.check(attestation.token, dict(attestation.key.public))
    except signing.Forged:
        return Checked("forged", attestation.issued_at, {})
    if payload.get("jti") != attestation.code:
        return Checked("forged", attestation.issued_at, {})
    lines = dict(payload.get("attests", {}))
    for name in ("starts_on", "ends_on"):
        if name in lines:
            lines[name] = dt.date.fromisoformat(lines[name])
    if "hours" in lines:
        lines["hours"] = hours_words(Decimal(lines["hours"]))
    return Checked("holds", attestation.issued_at, lines)


def attestation_pdf(attestation: Attestation, language: str) -> bytes:
    """Return what attests a record as a tagged PDF (PDF/UA-1) in this language, with the lines of a certificate."""
    row = attestation.record
    with override(language):
        clean = pictures.clean
        name = clean(row.learner.display_name)
        sections = [_who(row), _what(row)]
        if row.afest:
            sections.append(_conditions(row))
        data = {
            "language": language,
            "kicker": clean(row.network.name),
            "title": _("Attestation de formation"),
            "name": name,
            "lead": _(
                "Les deux personnes nommées ici déclarent que cette formation a eu lieu et sont d’accord sur "
                "le nombre d’heures."
            ),
            "head": [_("Rubrique"), _("Contenu")],
            "sections": sections,
            "check": {
                "title": _("La vérifier"),
                "lead": _(
                    "Cette attestation est signée. Toute personne qui reçoit cette adresse peut voir, sans compte, si "
                    "elle vaut encore ; elle n’y lit que ce que la personne formée a choisi d’y laisser."
                ),
                "url": attestation_url(attestation),
                "code": _("Code : %(code)s") % {"code": spelt(attestation.code)},
            },
            "footer": _("%(name)s, attestation du %(date)s")
            % {"name": name, "date": _date(clock_day(attestation.issued_at, row.learner))},
        }
        return pictures.print_attestation(data, attestation.issued_at)


def clock_day(moment: dt.datetime, person: Person) -> dt.date:
    """Return the day of a moment where a person is."""
    return moment.astimezone(ZoneInfo(person.time_zone)).date()


def _rows(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"what": what, "said": "\n".join(pictures.clean(line) for line in said.split("\n"))}
        for what, said in pairs
        if said
    ]


def _who(row: TrainingRecord) -> dict[str, Any]:
    learner = ", ".join(part for part in (row.learner.display_name, str(row.learner.unit or "")) if part)
    pairs = [
        (_("Personne formée"), learner),
        (_("Personne qui a formé"), row.trainer.display_name),
        (_("Organisme"), row.network.name),
    ]
    return {"title": _("Qui"), "lead": "", "rows": _rows(pairs)}


def nature_words(row: TrainingRecord) -> str:
    """Return what kind of training a record is, as a certificate names it."""
    return _("Action de formation en situation de travail (AFEST)") if row.afest else _("Action de formation")


def _what(row: TrainingRecord) -> dict[str, Any]:
    pairs = [
        (_("Intitulé"), row.title),
        (_("Nature de l’action"), nature_words(row)),
        (_("Objectifs"), row.aims),
        (_("Date de début"), _date(row.starts_on)),
        (_("Date de fin"), _date(row.ends_on)),
        (_("Durée suivie"), hours_words(row.hours)),
        (_("Modalité"), row.get_mode_display()),
        (_("Ce qui le montre"), str(proof_of(row))),
    ]
    return {"title": _("Formation"), "lead": "", "rows": _rows(pairs)}


def _conditions(row: TrainingRecord) -> dict[str, Any]:
    day = _("Un temps de réflexion, à part du travail, le %(day)s.")
    pairs = []
    for one in CONDITIONS:
        said = getattr(row, one.field)
        if one.field == "reflection" and row.reflected_on is not None:
            said = f"{said}\n{day % {'day': _date(row.reflected_on)}}"
        pairs.append((str(one.name), said))
    return {
        "title": _("Formation en situation de travail"),
        "lead": _("Les quatre conditions de l’article D. 6313-3-2 du code du travail."),
        "rows": _rows(pairs),
    }


# -- the yearly export ---------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Year:
    """One year of what was handed over."""

    year: int
    records: int


def training_years(network: Network) -> list[Year]:
    """Return the years one may take, with how many records each holds; the present one first."""
    last = clock.now().year
    rows = TrainingRecord.objects.handed().filter(network=network).order_by()
    counts = dict(rows.values_list("ends_on__year").annotate(n=Count("pk")))
    return [Year(year, counts.get(year, 0)) for year in range(last, last - YEARS_BACK, -1)]


def exports_of(network: Network, limit: int = 50) -> list[TrainingExport]:
    """Return what was taken, by whom and when, the latest first."""
    rows = TrainingExport.objects.filter(network=network).select_related("by")
    return list(rows.annotate(lines=Count("records"))[:limit])


def export_columns() -> list[str]:
    """Return the columns of a certificate of completion, in the active language."""
    return [
        _("Numéro"),
        _("Organisme"),
        _("Matricule"),
        _("Nom"),
        _("Prénom"),
        _("Service"),
        _("Intitulé de l’action"),
        _("Nature de l’action"),
        _("Objectifs"),
        _("Date de début"),
        _("Date de fin"),
        _("Durée suivie (heures)"),
        _("Modalité"),
        _("Personne qui a formé"),
        _("Ce qui le montre"),
        *(str(one.name) for one in CONDITIONS),
        _("Accord des deux personnes"),
    ]


CHUNK = 500


def export_rows(export: TrainingExport) -> Iterator[list[Any]]:
    """Return the lines of an export one after the other, without ever holding them all."""
    rows: QuerySet[TrainingRecord] = export.records.select_related("network", "learner__unit", "trainer")
    keys = list(rows.order_by("ends_on", "pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        found = rows.in_bulk(keys[start : start + CHUNK])
        batch = [found[key] for key in keys[start : start + CHUNK] if key in found]
        proofs = proofs_of(batch)
        for row in batch:
            yield _export_row(row, proofs[row.pk])


def _export_row(row: TrainingRecord, proof: Proof) -> list[Any]:
    return [
        row.public_id,
        row.network.name,
        row.learner.external_id or "",
        row.learner.last_name,
        row.learner.first_name,
        str(row.learner.unit or ""),
        row.title,
        nature_words(row),
        row.aims,
        row.starts_on,
        row.ends_on,
        row.hours,
        row.get_mode_display(),
        row.trainer.display_name,
        str(proof),
        *(getattr(row, one.field) for one in CONDITIONS),
        row.settled_at.date() if row.settled_at else "",
    ]
