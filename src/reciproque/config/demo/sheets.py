"""Forty sheets in the library of the main network, written over the years: published, drafts, withdrawn, old."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from reciproque.config.demo.history import EVENING, History
from reciproque.config.demo.market import Market, Member
from reciproque.library import actions as library
from reciproque.library.models import Sheet
from reciproque.library.rules import PARTS

FILE = Path(__file__).with_name("sheets.jsonl")
# The library opens once the network has found its feet.
OPENS, ENDS = 0.30, 0.985
READERS, FEWEST = 9, 4


@lru_cache(maxsize=1)
def sheets() -> list[dict[str, Any]]:
    """Return what the sheets say."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines() if line.strip()]


class Library:
    """The writing and the reading of the demonstration's sheets."""

    def __init__(self, history: History, market: Market) -> None:
        self.history, self.market = history, market

    def plan(self) -> None:
        """Plan a day for each sheet: the drafts are of the last days, what is to be read again is the oldest."""
        rows = sheets()
        rng = self.history.rng("sheets")
        for number, row in enumerate(rows):
            part = OPENS + (ENDS - OPENS) * rng.random()
            if row.get("state") == "draft":
                part = ENDS + (0.998 - ENDS) * rng.random()
            elif row.get("state") == "stale":
                part = OPENS * 1.05
            day = min(self.history.share(part), self.history.scale.days - 1)
            self.history.at(day, EVENING - 90 - number, self._write(number, row))

    def _there(self, day: int, *names: object) -> list[Member]:
        there = [member for member in self.market.members if member.is_there(day)]
        rng = self.history.rng("sheets", *names)
        rng.shuffle(there)
        return there

    def _write(self, number: int, row: dict[str, Any]) -> Any:
        def write(day: int, _minute: int) -> None:
            there = self._there(day, number)
            if len(there) > FEWEST and not self.history.refused(lambda: self._one(there, row)):
                self.history.counts["sheets"] += 1

        return write

    def _one(self, there: list[Member], row: dict[str, Any]) -> None:
        author, readers = there[0].person, [member.person for member in there[1 : 1 + READERS]]
        network, case = self.market.network, None
        if question := row.get("question"):
            case = library.ask_case(network, by=readers[0], question=question, topics=row.get("topics", []))
            library.route_case(case, [author])
        # A state of its own, so that a demonstration of some days shows one too.
        days = 120 if row.get("state") == "stale" else 730
        sheet = library.save_draft(
            network,
            by=author,
            kind=row.get("kind", "practice"),
            title=row["title"],
            link=row.get("link", ""),
            serves=row.get("serves", ""),
            trade=row.get("trade", ""),
            topics=row.get("topics", []),
            case=case,
            review_days=days,
            **{part: row[part] for part in PARTS if part in row},
        )
        if row.get("state") == "draft":
            return
        for reader in readers[: row.get("co", 0)]:
            library.invite_author(sheet, reader, by=author)
            library.answer_invitation(sheet, by=reader, accept=True)
        library.publish_sheet(sheet, by=author)
        self._read(sheet, readers[row.get("co", 0) :], row)
        if row.get("state") == "withdrawn":
            library.withdraw_sheet(sheet, by=author)

    def _read(self, sheet: Sheet, readers: list[Any], row: dict[str, Any]) -> None:
        rng = self.history.rng("readers", row["title"])
        for reader in readers[: rng.randrange(1, max(2, len(readers)))]:
            relevance = rng.choice([3, 4, 4, 5, 5, None])
            used = rng.random() < 0.45
            library.rate_sheet(sheet, by=reader, relevance=relevance, used=used)
        if rng.random() < 0.3:
            words = "Merci, j’ai essayé hier et cela m’a servi."
            library.write_to_author(sheet, words, by=readers[-1])
        if rng.random() < 0.25 and row.get("kind", "practice") == "practice":
            traps = f"{sheet.traps}\n\nNe pas le faire seul la première fois.".strip()
            library.edit_sheet(sheet, by=sheet.owner, note="Un piège de plus", traps=traps)
