"""What the pages and exports that the attacker may open say in figures, and where they lead."""

from __future__ import annotations

import csv
import dataclasses
import io
import os
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.test import Client

from reciproque.insights.rules import INDICATORS
from reciproque.surveys.models import Campaign
from tests.house.disclosure_attack import Read
from tests.house.disclosure_world import Drawn

FIGURES = ("/figures/", "/community/", "/topics/", "/initiatives/", "/learning/", "/surveys/", "/map/")
PAGES_MOST = 10_000 if os.environ.get("PROOFS") else 380
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# What lists nothing of its own: each figure, alone, again by every filter.
ONE_FIGURE = re.compile(r"/figures/[a-z]+\.[a-z_]+/")


@dataclasses.dataclass(frozen=True)
class Text:
    """Words of a page, out of what is marked as a figure: within which elements, the outermost first."""

    words: str
    path: tuple[str, ...]


class Page(HTMLParser):
    """What a page says of figures, and where it leads: by links, and by every value of every filter."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.reads: list[Read] = []
        self.links: set[str] = set()
        self.texts: list[Text] = []
        # Every number marked as a figure, with what it is made of.
        self.marked: set[str] = set()
        # Every table: what it is called, and the words of its lines.
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._form: tuple[str, str] = ("", "")
        self._select = ""
        self._open: list[tuple[str, dict[str, str]]] = []
        self._line: list[tuple[dict[str, str], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        if tag not in VOID:
            self._open.append((tag, told))
        if tag in ("a", "img", "use", "object") and (to := told.get("href") or told.get("src")):
            self.links.add(urljoin(self.address, to))
        if tag == "form":
            self._form = (told.get("method", "get").lower(), told.get("action", ""))
        if tag == "select":
            self._select = told.get("name", "")
        if tag == "tr":
            self._line = []
        if tag == "table":
            self.tables.append(("", []))
        if tag in ("td", "th"):
            self._line.append((told, ""))
        choice = told.get("name") if tag == "input" and told.get("type") in ("radio", "checkbox") else None
        name = self._select if tag == "option" else choice
        if name and self._form[0] == "get":
            to = urljoin(self.address, self._form[1]).partition("?")[0]
            self.links.add(f"{to}?{urlencode({name: told.get('value', '')})}")
        if "data-figure" in told and "data-none" not in told:
            self.marked |= {told.get(f"data-{one}", "") for one in ("value", "numerator", "denominator")}
            self.reads.append(
                Read(
                    told["data-figure"],
                    told["data-period"],
                    told.get("data-cut", ""),
                    told.get("data-group", ""),
                    masked="data-masked" in told,
                    as_of=told.get("data-as-of", ""),
                    value=told.get("data-value", ""),
                )
            )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._form = ("", "")
        if tag == "tr":
            self._end_line()
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _told in self._open]
        if self._line and ("td" in tags or "th" in tags):
            told, text = self._line[-1]
            self._line[-1] = (told, text + data)
        if "caption" in tags and self.tables:
            self.tables[-1] = (self.tables[-1][0] + data.strip(), self.tables[-1][1])
        marked = any("data-figure" in told or "data-picture" in told for _tag, told in self._open)
        if data.strip() and not marked and not {"script", "style"} & set(tags):
            self.texts.append(Text(" ".join(data.split()), tuple(tags)))

    def _end_line(self) -> None:
        """Read the cells of a line of a picture: each by what its line says, and its place in it."""
        line = [(told, text.strip()) for told, text in self._line]
        if self.tables:
            self.tables[-1][1].append([text for _told, text in line])
        for place, (told, text) in enumerate(line):
            if "data-picture" in told and text:
                read = picture_read(
                    told["data-picture"], told["data-period"], place, [words for _told, words in line]
                )
                if read is not None:
                    assert read.masked or "data-masked" not in told
                    self.marked.add(read.value)
                    self.reads.append(read)


def picture_read(kind: str, period: str, place: int, line: list[str]) -> Read | None:
    """Return one number of a picture; nothing for a name that goes with the number beside it."""
    names = 2 if kind in ("flows", "network") else 1
    text = line[place]
    if place < names or not text:
        return None
    value = text.replace("\u00a0", "").removesuffix("%").strip()
    return Read(
        f"picture:{kind}",
        period,
        "|".join(line[:names]),
        str(place),
        masked=not re.match(r"\d", text),
        value=value,
    )


def table_reads(address: str, text: str) -> list[Read]:
    """Read the figures of an export."""
    if found := re.search(r"/pictures/([a-z]+)\.csv\?year=(\d+)", address):
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))[1:]
        reads = [
            picture_read(found[1], f"year:{found[2]}-01-01", place, [cell.strip() for cell in line])
            for line in lines
            for place in range(len(line))
        ]
        return [read for read in reads if read is not None]
    if found := re.search(r"/campaigns/([^/]+)/results\.csv", address):
        return written(found[1], text)
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";" if ";" in text[:80] else ",")
    return [
        Read(
            row["indicator"],
            row["period"],
            row["cut"],
            row["group"],
            masked=row["state"] == "masked" or not row["value"],
            as_of=row["as_of"],
            value=row["value"],
        )
        for row in rows
        if "indicator" in row and row["indicator"] in INDICATORS
    ]


def written(campaign_id: str, text: str) -> list[Read]:
    """Read how many wrote something, question by question, by counting what they wrote."""
    campaign = Campaign.objects.get(public_id=campaign_id)
    keys = {one["text"]["fr"]: one["key"] for one in campaign_questions(campaign)}
    lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))[1:]
    told = [keys[line[0]] for line in lines if line[0] in keys and line[2] and not line[3]]
    return [
        Read(f"survey:{key}:written", campaign_id, value=str(told.count(key))) for key in dict.fromkeys(told)
    ]


def campaign_questions(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the questions of a campaign, in order."""
    assert campaign.first_version is not None
    return [one for section in campaign.first_version.definition["sections"] for one in section["questions"]]


def doors_of(drawn: Drawn) -> list[str]:
    """Return where the attacker begins: the network, its figures, its community, what came out of its questionnaires."""
    home = f"/networks/{drawn.network.slug}"
    found = [f"{home}{door}" for door in ("/", "/figures/", "/figures/pictures/", "/community/figures/")]
    found += [f"{home}/community/{door}" for door in ("", "maturity/", "risk/", "pool/", "calls/")]
    found += [f"{home}/{door}" for door in ("learning/", "map/", "topics/")] + [
        "/networks/",
        "/me/questionnaires/",
    ]
    return found + results_of(drawn)


def results_of(drawn: Drawn) -> list[str]:
    """Return where the results of the questionnaires of the network are read."""
    return [f"/campaigns/{one.public_id}/results/" for one in Campaign.objects.filter(network=drawn.network)]


def walk(
    drawn: Drawn, doors: Iterable[str] = (), most: int | None = None
) -> tuple[dict[str, str], list[Read], dict[str, Page]]:
    """Follow every link and every filter; return what each address said, the figures read, and the pages."""
    client = Client()
    client.force_login(drawn.attacker)
    home = f"/networks/{drawn.network.slug}"
    first, later = list(doors or doors_of(drawn)), []
    most = most or PAGES_MOST
    seen, said, reads, pages = set(first), {}, [], {}
    while (first or later) and len(said) < most:
        address = (first or later).pop(0)
        answer = client.get(address)
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code in (301, 302, 303):
            links = {urljoin(address, answer["Location"])}
        elif answer.status_code != 200 or "application/pdf" in kind or "image/png" in kind:
            continue
        else:
            body = b"".join(answer) if answer.streaming else answer.content
            said[address] = body.decode("utf-8", "replace")
            if "html" in kind or "svg" in kind:
                page = pages[address] = Page(address, said[address])
                links = page.links
                reads += page.reads
            else:
                links = set()
                reads += table_reads(address, said[address]) if "csv" in kind else []
        for link in sorted(links):
            parts = urlsplit(link)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            inside = parts.path.startswith(home) and any(door in parts.path for door in FIGURES)
            inside |= parts.path.startswith("/campaigns/")
            if inside and not parts.netloc and path not in seen:
                seen.add(path)
                (later if ONE_FIGURE.search(path) else first).append(path)
    return said, list(dict.fromkeys(reads)), pages
