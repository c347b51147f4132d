"""Pages of pictures and reports: who reads what, the files to take away, the words of the animator."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reciproque.insights.actions import release_pictures
from reciproque.insights.models import Measure, ReportNote
from reciproque.insights.rules import Span
from reciproque.insights.rules.pictures import Kind
from reciproque.kit import clock
from reciproque.people.models import Person
from tests.insights.pictures_made import people_of_units, told, told_year, years

ClientOf = Callable[[Person | None], Client]
SOON = dt.datetime(2025, 2, 3, 9, tzinfo=dt.UTC)
REPORT = ["savoirs", "committee", "2024-10-01"]


@pytest.fixture
def rich(network: Any, alice: Person, emile: Person, bob: Person) -> Iterator[Any]:
    years(network, people_of_units(network), seed=8)
    told_year(network, 2024, {"exchanges.held": 90, "funnel.asked": 60, "members.members": 53})
    told(network, Span.QUARTER, dt.date(2024, 10, 1), {"exchanges.held": 25, "members.members": None})
    told(network, Span.MONTH, dt.date(2024, 11, 1), {"exchanges.held": 8})
    Measure.objects.create(
        network=network,
        indicator="funnel.asked",
        span=Span.YEAR,
        start=dt.date(2024, 1, 1),
        numerator=60,
        value=60,
    )
    with clock.at(SOON):
        release_pictures()
        yield network


def url(name: str, *args: Any) -> str:
    return reverse(f"insights:{name}", args=args or ["savoirs"])


def test_everybody_of_the_network_sees_pictures_each_their_own(
    rich: Any, client_of: ClientOf, alice: Person, emile: Person, bob: Person, fatou: Person
) -> None:
    team = client_of(alice).get(url("pictures") + "?year=2024")
    assert team.content.decode().count("<svg") >= 12
    assert "Trio" in team.content.decode()
    for person in (emile, bob):
        page = client_of(person).get(url("pictures")).content.decode()
        assert "data-masked" in page
        assert "Trio" not in page
        assert not [
            name for name in Person.objects.values_list("last_name", flat=True) if f">{name}<" in page
        ]
    assert client_of(fatou).get(url("pictures")).status_code == 404


def test_a_number_is_grouped_for_people_and_whole_for_programs(
    rich: Any, client_of: ClientOf, emile: Person
) -> None:
    told(rich, Span.MONTH, dt.date(2024, 12, 1), {"exchanges.held": 1234})
    page = client_of(emile).get(url("picture", "savoirs", "calendar") + "?year=2024").content.decode()
    assert 'data-value="1234"' in page
    assert "1\u00a0234" in page


def test_a_report_says_why_something_is_masked(rich: Any, client_of: ClientOf, emile: Person) -> None:
    page = client_of(emile).get(url("report", *REPORT)).content.decode()
    assert page.count("Masqué") >= 1
    assert "moins de cinq personnes, ou permettrait" in page
    assert "visé\u00a0:" not in page
    assert "Repère" in page


def test_names_of_units_stay_names(rich: Any, client_of: ClientOf, alice: Person) -> None:
    page = client_of(alice).get(url("picture", "savoirs", "flows") + "?year=2024").content.decode()
    assert "Banque &amp; &lt;b&gt;Lille&lt;/b&gt;" in page
    assert "<b>Lille" not in page
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("kind", Kind.values)
def test_each_picture_has_its_page_and_its_files(
    kind: str, rich: Any, client_of: ClientOf, alice: Person
) -> None:
    client = client_of(alice)
    assert client.get(url("picture", "savoirs", kind) + "?year=2024").status_code == 200
    drawing = client.get(url("picture_file", "savoirs", kind, "svg") + "?year=2024")
    assert drawing.headers["Content-Type"] == "image/svg+xml"
    assert drawing.headers["Content-Disposition"].startswith("attachment")
    assert drawing.content.startswith(b"<svg")
    points = client.get(url("picture_file", "savoirs", kind, "png") + "?year=2024")
    assert points.content.startswith(b"\x89PNG")
    table = client.get(url("picture_file", "savoirs", kind, "csv") + "?year=2024").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table), delimiter=";"))
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@")]
    if kind == "flows":
        assert any("'=1+1|cmd" in row for row in rows)


def test_a_picture_that_is_not_is_not_found(
    rich: Any, client_of: ClientOf, alice: Person, bob: Person
) -> None:
    for address in ("nothing/", "nothing.svg", "flows.exe", "flows.html"):
        assert client_of(alice).get(f"{url('pictures')}{address}").status_code == 404
    # A year of which nothing was told gives the latest that was.
    page = client_of(bob).get(url("picture", "savoirs", "waits") + "?year=1999").content.decode()
    assert "2024" in page


def test_a_network_without_a_past_says_so(network: Any, client_of: ClientOf, bob: Person) -> None:
    page = client_of(bob).get(url("pictures"))
    assert page.status_code == 200
    assert "Pas encore d’image" in page.content.decode()
    assert client_of(bob).get(url("picture", "savoirs", "flows")).status_code == 404


def test_a_report_is_written_sent_and_read(
    rich: Any, client_of: ClientOf, alice: Person, emile: Person
) -> None:
    team, sponsor = client_of(alice), client_of(emile)
    assert "committee/2024-10-01" in sponsor.get(url("reports")).content.decode()
    sent = team.post(
        url("report_write", *REPORT), {"words": "Un bon trimestre", "planned": "", "revision": ""}
    )
    assert sent.status_code == 303
    assert "Un bon trimestre" not in sponsor.get(url("report", *REPORT)).content.decode()
    assert "Un bon trimestre" in team.get(url("report", *REPORT)).content.decode()
    assert team.post(url("report_send", *REPORT)).status_code == 303
    page = sponsor.get(url("report", *REPORT)).content.decode()
    assert "Un bon trimestre" in page
    assert (
        'data-figure="members.members" data-period="quarter:2024-10-01" data-cut="" data-group="" data-masked'
        in page
    )
    assert 'data-value="25.0"' in page
    document = sponsor.get(url("report_file", *REPORT, "pdf"))
    assert document.content.startswith(b"%PDF")
    table = sponsor.get(url("report_file", *REPORT, "csv")).content.decode("utf-8-sig")
    assert "Un bon trimestre" in table
    assert sponsor.get(url("report_file", *REPORT, "docx")).status_code == 404


def test_nothing_typed_is_lost(rich: Any, client_of: ClientOf, alice: Person) -> None:
    team = client_of(alice)
    team.post(url("report_write", *REPORT), {"words": "un", "planned": "", "revision": ""})
    late = team.post(
        url("report_write", *REPORT), {"words": "mes mots tardifs", "planned": "", "revision": "1"}
    )
    assert late.status_code == 422
    assert "mes mots tardifs" in late.content.decode()
    assert ReportNote.objects.get().words == "un"


def test_who_does_not_animate_neither_writes_nor_sends(
    rich: Any, client_of: ClientOf, emile: Person, bob: Person
) -> None:
    for person in (emile, bob):
        client = client_of(person)
        assert client.get(url("report_write", *REPORT)).status_code == 403
        assert client.post(url("report_write", *REPORT), {"words": "x"}).status_code == 403
        assert client.post(url("report_send", *REPORT)).status_code == 403
        assert "Écrire vos mots" not in client.get(url("report", *REPORT)).content.decode()


def test_a_report_of_no_period_is_not_found(rich: Any, client_of: ClientOf, alice: Person) -> None:
    for address in (
        ["committee", "2025-01-01"],
        ["committee", "hier"],
        ["nothing", "2024-10-01"],
        ["responsibility", "2024-10-01"],
    ):
        assert client_of(alice).get(url("report", "savoirs", *address)).status_code == 404
    assert client_of(alice).post(url("report_send", *REPORT)).status_code == 404


def test_what_is_handed_out_shows_published_figures(rich: Any, client_of: ClientOf, bob: Person) -> None:
    page = client_of(bob).get(url("handout")).content.decode()
    assert 'data-figure="exchanges.held" data-period="year:2024-01-01"' in page
    assert ">90<" in page


def test_pictures_and_reports_cost_a_fixed_number_of_queries(
    rich: Any, client_of: ClientOf, emile: Person, queries: Any
) -> None:
    client = client_of(emile)
    costs = {}
    for name, address in (
        ("pictures", url("pictures")),
        ("report", url("report", *REPORT)),
        ("reports", url("reports")),
    ):
        client.get(address)
        with queries() as seen:
            client.get(address)
        costs[name] = len(seen)
    assert costs == {"pictures": 21, "report": 36, "reports": 11}
