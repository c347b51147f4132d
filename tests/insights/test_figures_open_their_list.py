"""Every figure on every page opens what its reader may see behind it, and equals the count of what it opens."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from reciproque.insights.models import Measure
from reciproque.insights.rules import INDICATORS, Shape
from reciproque.kit import clock
from reciproque.networks.actions import create_network
from reciproque.people.models import Person
from tests.insights.figures_made import NOW, cast, count_and_tell, write

pytestmark = pytest.mark.django_db
# `make proofs` walks every period, and opens every figure. The tests walk some, and open, for each reader,
# those of the network since the beginning and some of all the others, drawn among those that were shown.
WHOLE = bool(os.environ.get("PROOFS"))
OTHERS_OPENED = 10**6 if WHOLE else 20
PERIODS_WALKED = 10**6 if WHOLE else 6
# All who do not animate are told the same.
OTHERS = ("sponsor", "hr", "manager", "member") if WHOLE else ("sponsor", "manager")
# Answers of questionnaires are read together, and money has no list: their figures open no row, and say so.
NO_LIST = ("impact.", "cost.")
# Of savoirs, only today’s list was kept.
ONLY_NOW = "savoirs."


class Undone(Exception):
    """Takes the network away."""


@dataclasses.dataclass(frozen=True)
class Seen:
    """One figure as a page shows it."""

    id: str
    period: str
    cut: str
    group: str
    value: str | None
    masked: bool
    numerator: str | None = None
    denominator: str | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.id, self.period, self.cut, self.group


def plain(value: str | None) -> str | None:
    """Return a number without what says nothing: 53.0 is 53."""
    return None if value is None else f"{float(value):.10g}"


class Page(HTMLParser):
    """What a page shows: its figures, its links, its lists."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.figures: list[Seen] = []
        self.links: list[str] = []
        self.behind: dict[str, str | None] = {}
        self.lines = 0
        self.options: dict[str, list[str]] = {}
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "data-figure" in found:
            self.figures.append(
                Seen(
                    id=found["data-figure"] or "",
                    period=found["data-period"] or "",
                    cut=found.get("data-cut") or "",
                    group=found.get("data-group") or "",
                    value=plain(found.get("data-value")),
                    masked="data-masked" in found,
                    numerator=found.get("data-numerator"),
                    denominator=found.get("data-denominator"),
                )
            )
        if "data-behind" in found:
            self.behind = found
        if "data-line" in found:
            self.lines += 1
        if tag == "a" and found.get("href"):
            self.links.append(found["href"] or "")
        if tag == "select":
            self._select = found.get("name") or ""
        if tag == "option":
            self.options.setdefault(self._select, []).append(found.get("value") or "")


@dataclasses.dataclass
class Made:
    network: Any
    readers: dict[str, Person]
    people: list[Person]


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    """A network with a year behind it, built, counted and told once."""
    folder = tmp_path_factory.mktemp("figures")
    with (
        django_db_blocker.unblock(),
        clock.at(NOW),
        translation.override("fr"),
        contextlib.suppress(Undone),
        transaction.atomic(),
        override_settings(DATA=folder, MATCHING_INDEX=folder / "index"),
    ):
        admin = Person.objects.create_user("ada@example.org", last_name="Admin", is_superuser=True)
        network = create_network("Savoirs", by=admin, slug="chiffres", reciprocity="open", mediation="direct")
        people = write(network)
        readers = cast(network, people, admin)
        count_and_tell(network)
        yield Made(network, readers, people)
        raise Undone


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    with clock.at(NOW):
        yield


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return Page(answer.content.decode())


def pages(client: Client, network: Any, *, team: bool) -> Iterator[tuple[str, Page]]:
    """Walk every page of figures: every period, cut and theme the choices offer, and every link under the figures."""
    start = reverse("insights:steering", args=[network.slug])
    first = read(client, start)
    yield start, first
    themes = {value for link in first.links for value in parse_qs(urlsplit(link).query).get("theme", [])}
    periods = first.options.get("period", [])
    # The latest of each span by theme; every period by its headline.
    latest: dict[str, str] = {}
    for period in periods:
        latest.setdefault(period.partition(":")[0], period)
    asked = [{"period": period} for period in Random(9).sample(periods, min(PERIODS_WALKED, len(periods)))]
    asked += [{"period": period, "theme": theme} for period in latest.values() for theme in sorted(themes)]
    year = latest.get("year", "")
    asked += [
        {"period": year, "theme": theme, "cut": cut}
        for theme in sorted(themes)
        for cut in first.options.get("cut", [])
        if cut
    ]
    for query in asked:
        address = f"{start}?{urlencode(query)}"
        yield address, read(client, address)
    walked = {start}
    waiting = [link for link in first.links if urlsplit(link).path.startswith(start)]
    while waiting:
        address = urljoin(start, waiting.pop())
        path = urlsplit(address).path
        last = path.rstrip("/").rpartition("/")[2]
        if path in walked or "." in last or last in ("csv", "kit"):
            continue
        # A report leaves the house: it says what was told, to whoever reads it; the others compare it with their pages.
        if team and path.startswith(f"{start}reports/"):
            continue
        walked.add(path)
        page = read(client, address)
        yield address, page
        waiting += [link for link in page.links if urlsplit(urljoin(path, link)).path.startswith(start)]


def address_of(network: Any, seen: Seen, **more: str) -> str:
    asked = {"period": seen.period, "cut": seen.cut, "group": seen.group} | more
    path = reverse("insights:figure", args=[network.slug, seen.id])
    return f"{path}?{urlencode({key: value for key, value in asked.items() if value})}"


def opened(client: Client, network: Any, seen: Seen, part: str = "") -> tuple[Page, int]:
    """Open a figure; return its page, and how many rows its list shows over all its pages, those out of sight included."""
    page = read(client, address_of(network, seen, part=part))
    if not page.behind:
        return page, 0
    lines, number = page.lines, 1
    while any(f"page={number + 1}" in link for link in page.links):
        number += 1
        page_of = read(client, address_of(network, seen, part=part, page=str(number)))
        lines += page_of.lines
        page.links += page_of.links
    return page, lines + int(page.behind["data-hidden"] or 0)


def wrong_for_team(client: Client, network: Any, seen: Seen) -> list[str]:
    """Return what does not add up when an animator opens a figure."""
    indicator = INDICATORS[seen.id]
    page, rows = opened(client, network, seen)
    same = [one for one in page.figures if one.key == seen.key]
    if not same or any(one.value != seen.value for one in same):
        return [f"{seen}: its page says {same}"]
    if seen.id.startswith(NO_LIST) or seen.value is None:
        return []
    if not page.behind:
        return [] if seen.id.startswith(ONLY_NOW) else [f"{seen}: opens nothing"]
    found = []
    total = int(page.behind["data-behind"] or 0)
    if rows != total:
        found.append(f"{seen}: {rows} rows on its pages, {total} said")
    if indicator.shape == Shape.COUNT and total != int(seen.value):
        found.append(f"{seen}: {total} behind")
    if page.behind.get("data-hours") and abs(float(page.behind["data-hours"] or 0) - float(seen.value)) > 0.1:
        found.append(f"{seen}: {page.behind['data-hours']} hours behind")
    if indicator.shape == Shape.RATE:
        _page, whole = opened(client, network, seen, part="whole")
        share = round(100 * total / whole, 1) if whole else None
        if share is None or abs(share - float(seen.value)) > 0.05:
            found.append(f"{seen}: {total} out of {whole} behind")
    return found


def wrong_for_others(client: Client, network: Any, seen: Seen, names: set[str]) -> list[str]:
    """Return what does not add up, or tells too much, when anybody else opens a figure."""
    indicator = INDICATORS[seen.id]
    found = []
    # Groups are told of whole years.
    cuts = [cut.value for cut in indicator.cuts] if seen.period.startswith("year") and not seen.cut else []
    for cut in cuts or [""]:
        answer = client.get(address_of(network, dataclasses.replace(seen, cut=seen.cut or cut)))
        html = answer.content.decode()
        page = Page(html)
        if page.lines or page.behind:
            found.append(f"{seen}: opens rows")
        found += [f"{seen}: names {name}" for name in names if name in html]
        same = [one for one in page.figures if one.key == seen.key]
        if not same or any((one.value, one.masked) != (seen.value, seen.masked) for one in same):
            found.append(f"{seen}: its page says {same}")
        groups = [
            one for one in page.figures if one.cut == cut and one.group and one.period == seen.period and cut
        ]
        if seen.cut or not groups or seen.value is None or indicator.shape != Shape.COUNT:
            continue
        told = sum(float(one.value) for one in groups if one.value is not None)
        if any(one.masked for one in groups):
            if told > float(seen.value):
                found.append(f"{seen}: its groups by {cut} say {told}, more than it")
        elif told != float(seen.value):
            found.append(f"{seen}: its groups by {cut} say {told}")
    return found


def all_figures(client: Client, network: Any, *, team: bool = False) -> dict[tuple[str, str, str, str], Seen]:
    """Return every figure shown on any page; the same figure is the same everywhere."""
    found: dict[tuple[str, str, str, str], Seen] = {}
    for address, page in pages(client, network, team=team):
        for seen in page.figures:
            before = found.setdefault(seen.key, seen)
            assert (before.value, before.masked) == (seen.value, seen.masked), f"{address}: {before} / {seen}"
            if seen.numerator is not None:
                found[seen.key] = seen
    return found


def chosen(figures: dict[tuple[str, str, str, str], Seen]) -> list[Seen]:
    """Return what is opened: every figure of the network since the beginning, and some of all the others."""
    first = [seen for key, seen in figures.items() if not key[2] and key[1].startswith("ever")]
    rest = [seen for key, seen in sorted(figures.items()) if seen not in first]
    return first + Random(5).sample(rest, min(OTHERS_OPENED, len(rest)))


@pytest.mark.parametrize("who", ["animator", "scoped"])
def test_what_an_animator_reads_is_the_count_of_the_list_that_it_opens(made: Made, who: str) -> None:
    client = browser(made.readers[who])
    figures = all_figures(client, made.network, team=True)
    whole = {key[0] for key in figures if not key[2]}
    assert whole == set(INDICATORS)
    assert {key[2] for key in figures} == (
        {"", "unit", "site", "level"} if who == "animator" else {"", "unit"}
    )
    # The part that somebody animates, and no other.
    if who == "scoped":
        assert len({key[3] for key in figures if key[2]}) == 1
    found = [wrong for seen in chosen(figures) for wrong in wrong_for_team(client, made.network, seen)]
    assert found == []


@pytest.mark.parametrize("who", OTHERS)
def test_what_the_others_read_opens_groups_and_never_a_name(made: Made, who: str) -> None:
    person = made.readers[who]
    client = browser(person)
    figures = all_figures(client, made.network)
    assert any(seen.masked for seen in figures.values())
    assert any(seen.value is not None and seen.cut for seen in figures.values())
    names = {one.last_name for one in made.people if one.pk != person.pk}
    found = [
        wrong for seen in chosen(figures) for wrong in wrong_for_others(client, made.network, seen, names)
    ]
    assert found == []


def test_a_planted_difference_is_found(made: Made) -> None:
    client = browser(made.readers["animator"])
    planted = Measure.objects.get(
        network=made.network, indicator="exchanges.held", span="year", start="2025-01-01", cut=""
    )
    seen = next(
        one
        for one in all_figures(client, made.network, team=True).values()
        if one.key == ("exchanges.held", "year:2025-01-01", "", "")
    )
    assert wrong_for_team(client, made.network, seen) == []
    Measure.objects.filter(pk=planted.pk).update(numerator=planted.numerator + 1, value=planted.value + 1)
    wrong = dataclasses.replace(seen, value=str(int(planted.value) + 1))
    assert wrong_for_team(client, made.network, wrong) != []


@pytest.mark.parametrize("who", ["animator", "member"])
def test_the_file_says_what_the_page_says(made: Made, who: str) -> None:
    client = browser(made.readers[who])
    start = reverse("insights:steering", args=[made.network.slug])
    for query in (
        "",
        "?period=year:2025-01-01&cut=unit&theme=people",
        "?period=year:2025-01-01&theme=exchanges",
    ):
        page = read(client, start + query)
        answer = client.get(reverse("insights:steering_csv", args=[made.network.slug]) + query)
        lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert lines
        told = {(row["indicator"], row["period"], row["cut"], row["group"]): row for row in lines}
        for seen in page.figures:
            row = told.get(seen.key)
            if row is None:
                # The value of the period before is a figure of that period’s own file.
                assert seen.numerator is None
                continue
            assert plain(row["value"] or None) == seen.value
            assert (row["state"] == "masked") == seen.masked
        # A name that a spreadsheet would compute stays a name.
        assert not re.search(r"(?m)(^|;)\"?=", answer.content.decode("utf-8-sig"))
