"""Reports say what everybody was told, and the animator’s words; sent, they no longer change."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from reciproque.insights.access import get_report_of, read_report
from reciproque.insights.actions import release_pictures, send_report, write_report
from reciproque.insights.models import PictureRelease, ReportNote, Target
from reciproque.insights.queries.captions import flows_picture, waits_picture
from reciproque.insights.queries.figures import Figure
from reciproque.insights.queries.printed import printed_rows, report_pdf
from reciproque.insights.queries.report_parts import Report
from reciproque.insights.queries.reports import csv_of, poster_of, report_of, report_periods
from reciproque.insights.queries.responsibility import _access, _learned
from reciproque.insights.rules import INDICATORS, Cut, Period, Span
from reciproque.insights.rules.pictures import Clock, Flows
from reciproque.insights.rules.reports import HEADLINES, ReportKind
from reciproque.kit import clock
from reciproque.people.models import Person
from reciproque.web.parts.pictures import alone
from tests.insights.pictures_made import people_of_units, told, years

ASIDE = Path(__file__).resolve().parents[2] / "tools/aside.py"
QUARTER, YEAR = dt.date(2024, 10, 1), dt.date(2024, 1, 1)
COMMITTEE, RESPONSIBILITY = ReportKind.COMMITTEE, ReportKind.RESPONSIBILITY
SOON = dt.datetime(2025, 2, 3, 9, tzinfo=dt.UTC)


@pytest.fixture
def open_house(network: Any) -> Any:
    """A network of which figures, cuts and pictures were told."""
    years(network, people_of_units(network), seed=5)
    told(
        network,
        Span.QUARTER,
        QUARTER,
        {
            "members.members": 53,
            "members.engagement": (26, 53, 0.4906),
            "exchanges.held": 24,
            "exchanges.declared": None,
            "funnel.asked": 20,
            "funnel.agreed": (10, 20, 0.5),
        },
    )
    cuts = {}
    for group, eligible, members, held in (
        ("s1", 400, 30, 61),
        ("s2", 12, 8, None),
        ("s3", 14, 9, 7),
        ("autres", 9, None, None),
    ):
        cuts |= {
            ("members.eligible", Cut.SITE, group): eligible,
            ("members.members", Cut.SITE, group): members,
            ("exchanges.held", Cut.SITE, group): held,
        }
    told(
        network,
        Span.YEAR,
        YEAR,
        {"members.members": 53, "exchanges.held": 90, "reviews.satisfaction": (40, 50, 0.8), **cuts},
    )
    for month in range(1, 13):
        told(network, Span.MONTH, dt.date(2024, month, 1), {"exchanges.held": 7 if month % 3 else None})
    with clock.at(SOON):
        release_pictures()
    return network


def quarter(network: Any, note: ReportNote | None = None) -> Report:
    (period,) = report_periods(network, COMMITTEE)
    return report_of(network, COMMITTEE, period, note)


def section(report: Report, name: str) -> Any:
    return next(one for one in report.sections if one.id == name)


def test_a_report_is_of_a_period_that_was_told(open_house: Any, other_network: Any) -> None:
    assert [one.start for one in report_periods(open_house, COMMITTEE)] == [QUARTER]
    assert [one.start for one in report_periods(open_house, RESPONSIBILITY)] == [YEAR]
    assert report_periods(other_network, COMMITTEE) == []
    assert report_periods(open_house, "nothing") == []


def test_the_committee_reads_figures_with_their_formula_target_and_lever(open_house: Any) -> None:
    lines = {line.figure.id: line for line in section(quarter(open_house), "figures").lines}
    assert list(lines) == list(HEADLINES)
    engaged = lines["members.engagement"]
    assert engaged.shown.replace("\u00a0", " ") == "49,1 %"
    assert engaged.target.replace("\u00a0", " ") == "Repère : 30 %"
    assert engaged.formula.startswith("Membres ayant fait")
    assert engaged.lever.startswith("S’il baisse")
    assert lines["exchanges.declared"].shown == "masqué"
    assert lines["pool.size"].shown == "pas publié"
    kinds = [picture.kind for picture in section(quarter(open_house), "pictures").pictures]
    assert kinds == ["funnel", "calendar", "flows", "waits"]


def test_responsibility_reads_access_learning_and_far_sites(open_house: Any) -> None:
    (period,) = report_periods(open_house, RESPONSIBILITY)
    report = report_of(open_house, RESPONSIBILITY, period)
    (access,) = section(report, "access").tables
    assert access.rows[1] == ("s1", "400", "30", "8\u00a0%")
    assert access.rows[0] == ("autres", "9", "masqué", "masqué")
    (far,) = section(report, "isolated").tables
    assert [row[1] for row in far.rows] == ["2", "1", "1"]
    (recognised,) = section(report, "recognised").tables
    assert {row[1] for row in recognised.rows} == {"masqué"}


def test_each_picture_of_a_report_says_of_which_time_it_is_and_why(open_house: Any) -> None:
    pictures = {one.kind: one.says for one in section(quarter(open_house), "pictures").pictures}
    assert "4e trimestre 2024" in pictures["funnel"]
    assert pictures["calendar"].startswith("Entre janvier 2024 et décembre 2024")
    assert "finissent avec ce trimestre" in pictures["calendar"]
    for kind in ("flows", "waits"):
        assert "par année entière" in pictures[kind]
        assert "voici 2024, dont fait partie ce trimestre" in pictures[kind]


def test_what_came_after_a_quarter_is_not_in_its_report(open_house: Any) -> None:
    told(open_house, Span.QUARTER, dt.date(2025, 1, 1), {"exchanges.held": 31})
    for month in (1, 2, 3, 4):
        told(open_house, Span.MONTH, dt.date(2025, month, 1), {"exchanges.held": 60 + month})
    period = report_periods(open_house, COMMITTEE)[0]
    pictures = {
        one.kind: one for one in section(report_of(open_house, COMMITTEE, period), "pictures").pictures
    }
    assert pictures["calendar"].says.startswith("Entre avril 2024 et mars 2025")
    assert 64 not in pictures["calendar"].rows[1]
    assert pictures["calendar"].rows[1][1:4] == (61, 62, 63)
    assert "celle de ce trimestre n’est pas publiée, voici 2024" in pictures["flows"].says


def test_what_a_network_aims_at_is_an_objective_and_what_is_usual_a_mark(
    open_house: Any, alice: Person
) -> None:
    Target.objects.create(
        network=open_house,
        indicator="exchanges.held",
        value=1200,
        until=dt.date(2025, 12, 31),
        why="Doubler",
        set_by=alice,
    )
    lines = {line.figure.id: line for line in section(quarter(open_house), "figures").lines}
    aim = lines["exchanges.held"].target.replace("\u00a0", " ")
    assert aim == "Objectif : 1 200 d’ici le 31 décembre 2025"


def test_why_something_is_masked_is_said_once_and_only_where_it_is(open_house: Any, network: Any) -> None:
    report = quarter(open_house)
    assert "moins de cinq personnes" in report.why_masked
    assert csv_of(report)[1][-1][3] == report.why_masked
    bare = dataclasses.replace(report, sections=())
    assert bare.why_masked == ""


def test_nobody_one_and_four_are_the_same_in_the_tables_of_groups(open_house: Any) -> None:
    year = Period(Span.YEAR, YEAR)
    figures = [
        Figure(INDICATORS[name], year, Cut.SITE, group, group, value=value, masked=masked)
        for group, value, masked in (("s1", 12, False), ("s2", None, True), ("s3", None, False))
        for name in ("members.eligible", "members.members", "exchanges.held")
    ]
    access, learned = _access(figures, "Accès"), _learned(figures, "Échanges")
    assert access is not None
    assert learned is not None
    assert [row[1:] for row in access.rows] == [
        ("12", "12", "100\u00a0%"),
        ("masqué", "masqué", "masqué"),
        ("masqué", "masqué", "masqué"),
    ]
    assert [row[1] for row in learned.rows] == ["12", "masqué", "masqué"]


def test_a_long_table_of_flows_is_printed_short_and_says_what_it_leaves_out() -> None:
    names = tuple(f"Service {number}" for number in range(6))
    cells: dict[tuple[int, int], int | None] = {(a, b): 1000 - 10 * a - b for a in range(6) for b in range(6)}
    cells[0, 0] = cells[5, 5] = None
    picture = flows_picture(Flows(names, cells), "en 2024")
    rows, rest = printed_rows(picture)
    assert len(rows) == 12
    assert [row[-1] for row in rows] == sorted((one for one in cells.values() if one), reverse=True)[:12]
    said = rest.replace("\u00a0", " ")
    assert said.startswith("Les 12 plus grands ; les 22 autres font 21 ")
    assert "2 flux sont masqués." in said
    waits = waits_picture(Clock((5, 0, None, *[0] * 11), 0, 3, 1.0), "en 2024")
    assert [row[1] for row in printed_rows(waits)[0]] == [5, "masqué", 3, "1"]
    assert "vaut zéro" in printed_rows(waits)[1]
    few = flows_picture(Flows(("A", "B"), {(0, 1): 9, (1, 0): 8}), "en 2024")
    assert printed_rows(few) == ((("A", "B", 9), ("B", "A", 8)), "")


def test_what_is_recognised_is_kept_as_it_was_told(open_house: Any) -> None:
    row = PictureRelease.objects.get(kind="recognised")
    row.data = {"portfolios": 6, "certifications": 8, "training_hours": 120.0}
    row.save()
    (period,) = report_periods(open_house, RESPONSIBILITY)
    (table,) = section(report_of(open_house, RESPONSIBILITY, period), "recognised").tables
    assert [cell[1] for cell in table.rows] == ["6", "8", "120"]


def test_words_are_changed_until_they_are_sent_then_a_version_begins(
    open_house: Any, alice: Person, emile: Person, said: Callable[[str], list[Any]]
) -> None:
    first = write_report(open_house, COMMITTEE, QUARTER, by=alice, words="Un bon trimestre.", planned="")
    assert read_report(emile, open_house, COMMITTEE, QUARTER) is None
    assert read_report(alice, open_house, COMMITTEE, QUARTER) == first
    again = write_report(
        open_house,
        COMMITTEE,
        QUARTER,
        by=alice,
        words="Un très bon trimestre.",
        planned="",
        revision=first.revision,
    )
    assert (again.pk, again.version) == (first.pk, 1)
    with pytest.raises(ValidationError):
        write_report(
            open_house, COMMITTEE, QUARTER, by=alice, words="Perdu", planned="", revision=first.revision
        )
    sent = send_report(again, by=alice)
    assert read_report(emile, open_house, COMMITTEE, QUARTER) == sent
    with pytest.raises(ValidationError):
        send_report(sent, by=alice)
    second = write_report(open_house, COMMITTEE, QUARTER, by=alice, words="Correction.", planned="")
    assert (second.version, second.sent_at) == (2, None)
    read = read_report(emile, open_house, COMMITTEE, QUARTER)
    assert read is not None
    assert read.words == "Un très bon trimestre."
    assert get_report_of(open_house, COMMITTEE, QUARTER, version=1) == sent
    assert [fact.data["version"] for fact in said("steering_report.sent")] == [1]


def test_who_may_not_write_or_send(
    open_house: Any, alice: Person, emile: Person, bob: Person, admin: Person
) -> None:
    note = write_report(open_house, COMMITTEE, QUARTER, by=alice, words="x", planned="")
    for person in (emile, bob, admin):
        with pytest.raises(PermissionDenied):
            write_report(open_house, COMMITTEE, QUARTER, by=person, words="x", planned="")
        with pytest.raises(PermissionDenied):
            send_report(note, by=person)
    grant = alice.roles.get(network=open_house, role="animator")
    grant.unit = alice.unit
    grant.save()
    with pytest.raises(PermissionDenied):
        send_report(note, by=alice)


def test_what_is_refused_is_said(open_house: Any, alice: Person) -> None:
    with pytest.raises(ValidationError, match="période"):
        write_report(open_house, COMMITTEE, dt.date(2025, 1, 1), by=alice, words="x", planned="")
    with pytest.raises(ValidationError, match="trop long"):
        write_report(open_house, COMMITTEE, QUARTER, by=alice, words="x" * 4001, planned="")
    assert not ReportNote.objects.exists()


def test_two_drafts_of_one_report_cannot_be(open_house: Any, alice: Person) -> None:
    write_report(open_house, COMMITTEE, QUARTER, by=alice, words="x", planned="")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportNote.objects.create(
            network=open_house, kind=COMMITTEE, start=QUARTER, version=2, written_by=alice
        )


def test_a_table_of_a_report_computes_nothing(open_house: Any, alice: Person) -> None:
    note = write_report(open_house, COMMITTEE, QUARTER, by=alice, words="=1+1", planned="")
    columns, rows = csv_of(quarter(open_house, note))
    assert all(len(row) == len(columns) for row in rows)
    assert any("=1+1" in row for row in rows)  # made harmless by the writer


def test_a_poster_shows_only_what_can_be_shown(open_house: Any, other_network: Any) -> None:
    assert [line.figure.id for line in poster_of(open_house)] == [
        "members.members",
        "exchanges.held",
        "reviews.satisfaction",
    ]
    assert poster_of(other_network) == []


# -- on paper ----------------------------------------------------------------------------------------------------

HOSTILE = 'Bonjour ]#panic() *gras* #image("x") \\ \u202e inversé \x07 <b>\n\n= titre @x $x$ 日本 😀'


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", [COMMITTEE, RESPONSIBILITY])
def test_reports_are_documents_that_a_screen_reader_reads(
    open_house: Any, alice: Person, kind: str, language: str, tmp_path: Path
) -> None:
    (period,) = report_periods(open_house, kind)
    words = "Un trimestre de reprise.\n\nTrois bourses tenues, dont une à distance."
    with clock.at(SOON):
        note = send_report(
            write_report(open_house, kind, period.start, by=alice, words=words, planned="Une bourse."),
            by=alice,
        )
    content = report_pdf(lambda: report_of(open_house, kind, period, note), language, alone)
    assert content == report_pdf(lambda: report_of(open_house, kind, period, note), language, alone)
    file = tmp_path / "report.pdf"
    file.write_bytes(content)
    made = subprocess.run([sys.executable, str(ASIDE), "pdf"], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"the checker of PDF files could not be made: {made.stderr.strip()}")
    program = str(Path(made.stdout.strip()) / "outloud")
    checked = subprocess.run([program, str(file)], capture_output=True, text=True, check=False)
    assert " 0 error(s)" in checked.stdout, checked.stdout
    assert "checkpoints" in checked.stdout


def test_words_are_never_read_as_code(open_house: Any, alice: Person) -> None:
    note = write_report(open_house, COMMITTEE, QUARTER, by=alice, words=HOSTILE, planned=HOSTILE)
    (period,) = report_periods(open_house, COMMITTEE)
    content = report_pdf(lambda: report_of(open_house, COMMITTEE, period, note), "fr", alone)
    assert content.startswith(b"%PDF")


def test_an_empty_report_is_still_a_document(network: Any) -> None:
    told(network, Span.QUARTER, QUARTER, {})
    (period,) = report_periods(network, COMMITTEE)
    with translation.override("en"):
        assert report_pdf(lambda: report_of(network, COMMITTEE, period), "en", alone).startswith(b"%PDF")
