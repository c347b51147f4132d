"""Every number that a page writes: marked as read, said again from what is marked, or of the short list of harmless ones."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from reciproque.insights.queries import group_names
from reciproque.insights.rules import INDICATORS, Cut, Shape
from reciproque.insights.rules.hazards import HAZARDS
from reciproque.networks.models import Membership
from reciproque.people.models import Site, Unit
from tests.house.disclosure_attack import Counted, Read, Source
from tests.house.disclosure_pages import Page
from tests.house.disclosure_world import Drawn

NUMBER = re.compile(r"\d+(?:[\u202f\u00a0]\d{3})*(?:[.,]\d+)?")
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
DATES = re.compile(
    rf"(?:\b\d{{1,2}} |\b1er )?\b(?:{MONTHS}) 20\d\d|\b\d(?:er|e) trimestre 20\d\d|\bT\d 20\d\d|\b20\d\d\b|\b\d\d:\d\d\b"
)
# Where the members of today are said.
LIVE_PAGES = re.compile(r"^/networks/(?:[^/]+/)?(?:learning/kit/)?$")
# What is no number of rows, and why: (address, words).
HARMLESS = (
    # Thresholds of the register and usual targets: written in the program, not counted.
    (
        r"/risks/",
        r"^moyen (?:à partir|en dessous) de [\d,]+(?: %)?, fort (?:à partir|en dessous) de [\d,]+(?: %)?$",
    ),
    (r"/figures/", r"^(?:Repère|visé) : [\d,]+(?: %)?$"),
    # How many risks stand at each level: the register lists them all on the same page.
    (r"/risks/$", r"^\d+$"),
    # The floor under which nothing is told.
    (r"/campaigns/", r"rien n’est dit de moins de \d+ personnes"),
    (r"/campaigns/", r"(?:moins de|désigner moins de|Moins de) \d+ personnes"),
    # The bands in which numbers are answered, written beside the cell that is read; shares of the cell beside them, of
    # which the attack knows both what is divided and what divides.
    (
        r"/campaigns/",
        r"« \d+(?: à \d+| ou plus)? »|^\d+ ou plus$|^\d+ à \d+(?:, ou sans réponse)?$|^\d+ %$|^0$",
    ),
    # The numbered steps of the kit to hand out.
    (r"/kit/$", r"^[123]\. "),
    # The days around the dial of answers, and of the lines of its table.
    (r"/(?:pictures|reports)/", r"^j\d+$"),
    # How to read a picture.
    (r"/(?:pictures|reports)/", r"(?:en|les) 90 jours"),
    # Who sponsors a learning network frames it: they open, on the same pages and by name, the lists that these count.
    (r"/learning/(?:results/)?$", r"^\d+ résultats? à gain direct, \d+ à plus long terme\.$"),
    (r"/learning/results/", r"· \d+ prises? de parole$"),
    (r"/learning/(?:experiments|problems|proposals)/$", r"^\d+$"),
    (r"/learning/panel/", r"\(\d+ aujourd’hui\)"),
    # What its kit hands out is nothing, or vague under five.
    (r"/learning/kit/", r"moins de 5|^0$"),
    # How many members there are, in tens.
    (LIVE_PAGES.pattern, r"^(?:.* réunit aujourd’hui )?(?:P|p)lus de \d+0 membres\.?$"),
    # Rules, and examples of what to type.
    (r"/learning/frame/", r"sous \d+ jours ouvrés"),
    (r"/learning/days/new/", r"^Un par ligne : 9:30|Salle Jaurès ; 25"),
)
# What is said again of what is told on the same page, or was released: each number must be one of these.
AGAIN = (
    r"^\d+(?:,\d+)? sur \d+",
    r"^De [\d,]+(?: %| h| jours?| €)? \(.*\) à [\d,]+(?: %| h| jours?| €)? \(.*\)\.$",
    r"^(?:↗|↘|→)? ?(?:période d’avant : )?[\d,\u00a0\u202f]+(?: %| h| jours?| €)?$",
    r"^[^:]+ : [\d,\u00a0\u202f]+(?: %| h| jours?| €)?$",
    r"^[\d,]+ % de l’année d’avant$",
    r"^L’aiguille : délai médian, \d+ j\.$|^Délai médian de réponse : \d+ j \(.*\)\.(?: Cette image .*)?$",
)
SAID_MONTH = re.compile(rf"\b({MONTHS}) (20\d\d)")
LIVE = re.compile(r"^(?:.* réunit aujourd’hui )?(\d+) membres?\.?$")


class Numbers:
    """What was told in all, by which the numbers of a page are judged."""

    def __init__(self, drawn: Drawn, told: Iterable[Read], reads: Iterable[Read]) -> None:
        told, reads = list(told), list(reads)
        self.flows = [read for read in reads if read.indicator in ("picture:flows", "picture:network")]
        self.months = [
            read
            for read in told
            if read.indicator == "exchanges.held" and read.period.startswith("month:") and not read.cut
        ]
        told = [read for read in told if not read.masked and read.value]
        self.names = sorted(
            {
                *Unit.objects.values_list("name", flat=True),
                *Site.objects.values_list("name", flat=True),
                f"/networks/{drawn.network.slug}/",
                f"anima-{drawn.seed}@example.org",
                *(person.last_name for person in drawn.people),
            },
            key=len,
            reverse=True,
        )
        # What the program says of each figure, the same for every network.
        texts = [
            str(getattr(one, name, "") or "")
            for one in INDICATORS.values()
            for name in ("name", "formula", "source", "lever", "numerator", "denominator", "assumption")
        ]
        texts += [
            str(getattr(one, name, "") or "")
            for one in HAZARDS.values()
            for name in ("seen", "watched", "answer")
        ]
        self.program = {" ".join(text.split()) for text in texts if re.search(r"\d", text)}
        drawn_too = [read for read in told if read.indicator.startswith(("exchanges.held", "funnel."))]
        pictures = {plain(read.value) for read in reads if read.indicator.startswith("picture:")}
        self.pictures = pictures | {one for read in drawn_too for one in said(read)}
        hazards = {one.indicator for one in HAZARDS.values() if one.indicator}
        whole = [read for read in told if read.indicator in hazards and read.period.startswith("year")]
        self.hazards = {one for read in whole if not read.cut for one in said(read)}
        # What the figures of a page were one period before is said beside them.
        self.before: dict[str, set[str]] = {}
        for read in told:
            self.before.setdefault(read.indicator, set()).update(said(read))

    def unknown(self, page: Page) -> list[str]:
        """Return the numbers of a page of which the attack does not know what they are."""
        return [f"{page.address}: {words}" for words in self._unknown(page)]

    def written(self, page: Page) -> set[str]:
        """Return every number that a page writes."""
        return (
            {plain(one) for text in page.texts for one in NUMBER.findall(text.words)}
            | {
                plain(cell.rstrip("% \u00a0"))
                for _caption, lines in page.tables
                for line in lines
                for cell in line
            }
            | {plain(value) for value in page.marked}
            | {
                one
                for read in page.reads
                if read.value and read.indicator in INDICATORS
                for one in said(read)
            }
        )

    def _unknown(self, page: Page) -> Iterator[str]:
        marked = {plain(value) for value in page.marked if value}
        indicators = {read.indicator for read in page.reads}
        marked |= {one for name in indicators for one in self.before.get(name, ())}
        if "/pictures/" in page.address or "/reports/" in page.address or page.address.endswith(".svg"):
            marked |= self.pictures
        if "/risks/" in page.address:
            marked |= self.hazards
        table = {cell for _caption, lines in page.tables for line in lines for cell in line}
        for text in page.texts:
            if not ({"main", "svg"} & set(text.path)) or text.words in self.program:
                continue
            words = text.words
            for name in self.names:
                words = words.replace(name, "")
            words = DATES.sub("", words.replace("\u00a0", " ").replace("\u202f", " ")).strip()
            if LIVE.match(words) and LIVE_PAGES.search(page.address):
                # Read as the members of today.
                continue
            for address, pattern in HARMLESS:
                if re.search(address, page.address):
                    words = re.sub(pattern, "", words)
            if not re.search(r"\d", words) or self._is_derived(page, words, text.words):
                continue
            if "td" in text.path and "/reports/responsibility/" in page.address and text.words in table:
                # Read as figures: `report_reads`.
                continue
            numbers = {plain(one) for one in NUMBER.findall(words)}
            in_picture = "svg" in text.path and numbers <= marked | self.pictures
            if not in_picture and not (any(re.search(one, words) for one in AGAIN) and numbers <= marked):
                yield text.words

    def _is_derived(self, page: Page, words: str, whole: str) -> bool:
        """Tell whether a sentence counts what the picture beside it tells, and nothing else."""
        if found := re.match(
            r"(?:Entre .* : |En ,? ?)(\d+) échanges?\.(?: (\d+) mois (?:est|sont) masqués?)?", words
        ):
            known, masked = self._months(whole)
            return int(found[1]) == known and int(found[2] or masked) == masked
        if found := re.match(r"(\d+) mois (?:est|sont) masqués?, et n’y (?:est|sont) pas comptés?\.", words):
            return int(found[1]) <= sum(read.masked for read in self.months)
        if found := re.match(r"Sur (\d+) échanges dits \(.*\), (\d+) passent", words):
            cells = self.cells("picture:flows")
            across = sum(value for (here, there), value in cells.items() if here != there)
            return (int(found[1]), int(found[2])) == (sum(cells.values()), across)
        if found := re.match(
            r"(\d+) paires? de services échange(?:nt)? dans les deux sens, (\d+) anneaux?", words
        ):
            cells = self.cells("picture:network")
            out = {(here, there) for (here, there), value in cells.items() if value and here != there}
            pairs = sum((there, here) in out for here, there in out) // 2
            rings = sum(
                (b, c) in out and (c, a) in out for a, b in out for c in {two for _one, two in out} if c != a
            )
            return (int(found[1]), int(found[2])) == (pairs, rings // 3)
        return False

    def cells(self, picture: str) -> dict[tuple[str, str], int]:
        """Return what a picture of flows tells, from one service to another."""
        return {
            (here, there): int(read.value)
            for read in self.flows
            if read.indicator == picture and not read.masked
            for here, there in [read.cut.split("|")]
            if "tous" not in read.cut
        }

    def _months(self, words: str) -> tuple[int, int]:
        """Return how many exchanges the months that a sentence names count, and how many of them are not told."""
        told = [
            f"{year}-{MONTHS.split('|').index(month) + 1:02}" for month, year in SAID_MONTH.findall(words)
        ]
        if told:
            first, last = told[0], told[-1]
        else:
            year = re.findall(r"20\d\d", words)[0]
            first, last = f"{year}-01", f"{year}-12"
        months = [read for read in self.months if first <= read.period[6:13] <= last]
        known = sum(round(float(read.value)) for read in months if not read.masked)
        return known, sum(read.masked for read in months)


def plain(number: str) -> str:
    """Write a number as a program does: 1 234,50 is 1234.5."""
    text = re.sub(r"[\s\u00a0\u202f]", "", number).replace(",", ".")
    return f"{float(text):g}" if re.fullmatch(r"-?[\d.]+(?:e[+-]?\d+)?", text) else text


def said(read: Read) -> set[str]:
    """Return the ways in which a value told may be written: rounded, or in a hundred when it is a share."""
    value = float(read.value)
    if INDICATORS[read.indicator].shape == Shape.RATE:
        return {plain(str(round(100 * value, places))) for places in (0, 1)}
    return {plain(str(round(value, places))) for places in (0, 1, 2)}


def exported(text: str) -> set[str]:
    """Return the numbers of an exported table, out of words."""
    cells = [cell for line in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";") for cell in line]
    return {plain(cell.removesuffix("%")) for cell in cells if re.fullmatch(r"[\d\s,.\u00a0\u202f]+%?", cell)}


# -- reports ---------------------------------------------------------------------------------------------------

_ACCESS = ("members.eligible", "members.members")


def report_reads(page: Page, network: Any) -> list[Read]:
    """Read the tables of the yearly report as the figures that they say again; an unknown table is an error."""
    found: list[Read] = []
    year = re.search(r"/reports/responsibility/(\d{4})", page.address)
    if year is None:
        return found
    for caption, lines in page.tables:
        if caption in ("Sites isolés", "Reconnaissance dans l’année"):
            # Counts of groups that are told or hidden beside; and of people, of five at least: checked by the test.
            continue
        cut = {"niveau": Cut.LEVEL, "site": Cut.SITE}[caption.rpartition(" ")[2]]
        names = {name: key for key, name in group_names(network, cut).items()} | {"autres": "autres"}
        wanted = _ACCESS if caption.startswith("Accès") else ("exchanges.held",)
        for line in lines[1:]:
            for indicator, cell in zip(wanted, line[1:], strict=False):
                if cell and not cell.startswith("pas "):
                    masked = not cell[0].isdigit()
                    value = "" if masked else plain(cell)
                    key = names[line[0]]
                    found.append(
                        Read(indicator, f"year:{year[1]}-01-01", cut, key, masked=masked, value=value)
                    )
    return found


# -- today -----------------------------------------------------------------------------------------------------


def live_reads(pages: Iterable[Page]) -> list[Read]:
    """Read how many members the network has today, wherever it is said."""
    return [
        Read("live:members", "today", value=found[1])
        for page in pages
        if LIVE_PAGES.search(page.address)
        for text in page.texts
        if (found := LIVE.match(text.words.replace("\u00a0", " ")))
    ]


def live_rows(drawn: Drawn) -> Source:
    """Return what a live number counts: the members of now."""
    members = dict(Membership.objects.current().filter(network=drawn.network).values_list("person", "person"))

    def of(_read: Read) -> Iterator[Counted]:
        yield "Person", members

    return of
