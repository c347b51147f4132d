"""What may be told of a campaign, worked out once when it closes: already folded, so that nothing small is in it."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from reciproque.surveys.models import Campaign, LooseAnswer, NamedAnswer, Seat, Version
from reciproque.surveys.queries.audience import NONE, group_names
from reciproque.surveys.rules import (
    MOVES,
    OTHERS,
    WHOLE,
    Cell,
    Definition,
    Kind,
    Split,
    Values,
    fold_groups,
    fold_places,
    fold_question,
    is_asked,
    move_of,
    places_of,
    question_named,
    questions_of,
)

# What is told by the number of the version, when several were answered and nothing else is compared.
VERSION = "version"
# What is told by the answers to one of the questions, followed by its key.
BY_ANSWER = "question:"


@dataclasses.dataclass(frozen=True)
class Given:
    """One answer as results read it: no person, no seat."""

    version: int
    group: str
    values: Values
    person: int | None = None


def work_out(campaign: Campaign) -> dict[str, Any]:
    """Return what may be told of a campaign, as it is kept: questions, cells and groups, and how many answered."""
    rows = answers_of(campaign)
    asked = Seat.objects.filter(campaign=campaign).counted().count()
    definitions = _definitions(campaign, rows)
    told: dict[str, Any] = {
        "answered": len(rows) if len(rows) >= campaign.least else 0,
        "asked": asked if asked >= campaign.least else 0,
        "rate": _rate(len(rows), asked, campaign.least),
        "versions": sorted(definitions),
        "split": "",
        "groups": [],
        "questions": [],
        "pairs": [],
    }
    if len(rows) < campaign.least:
        return told
    asked_of = list(_asked(definitions))
    split, rows = _grouped(campaign, rows, definitions, asked_of)
    folded = _folded(split, rows, asked_of, campaign.least)
    groups = sorted(set(folded.values()) - {OTHERS}) + ([OTHERS] if OTHERS in folded.values() else [])
    if len(groups) > 1:
        names = group_names(split, groups)
        told["split"] = split
        told["groups"] = [{"key": key, "name": names.get(key, "")} for key in groups]
    else:
        groups, folded = [], {}
    teller = _Teller(definitions, rows, folded, groups, split.removeprefix(BY_ANSWER), campaign.least)
    told["questions"] = [teller.tell(question, numbers) for question, numbers in asked_of]
    if campaign.before is not None:
        told["pairs"] = list(_pairs(campaign, rows, definitions))
    return told


def answers_of(campaign: Campaign) -> list[Given]:
    """Return the answers to a campaign, in no order."""
    if campaign.is_anonymous:
        loose = LooseAnswer.objects.filter(campaign=campaign).order_by("pk")
        return [
            Given(version=number, group="", values=values)
            for number, values in loose.values_list("version__number", "values")
        ]
    named = NamedAnswer.objects.filter(campaign=campaign).order_by("pk")
    fields = ("version__number", "group", "values", "person_id")
    return [Given(*row) for row in named.values_list(*fields)]


def _definitions(campaign: Campaign, rows: Sequence[Given]) -> dict[int, Definition]:
    numbers = {row.version for row in rows}
    versions = Version.objects.filter(questionnaire=campaign.questionnaire_id, number__in=numbers)
    return dict(versions.values_list("number", "definition"))


def _rate(answered: int, asked: int, least: int) -> int | None:
    """Return the response rate in whole percent, from five answers on; None when those who did not answer are too few."""
    if answered < least or not asked or asked - answered < least:
        return None
    return round(100 * answered / asked)


Asked = list[tuple[dict[str, Any], list[int]]]


def _grouped(
    campaign: Campaign, rows: list[Given], definitions: dict[int, Definition], asked_of: Asked
) -> tuple[str, list[Given]]:
    """Return by what the answers are compared, and the answers each in its group: one way only for one campaign."""
    if campaign.split == Split.QUESTION:
        key = campaign.split_question
        question = _single(key, asked_of)
        if question is None:
            return "", rows
        known = set(places_of(question))
        return f"{BY_ANSWER}{key}", [
            dataclasses.replace(row, group=value if (value := row.values.get(key)) in known else NONE)
            for row in rows
        ]
    if campaign.split:
        return campaign.split, rows
    if len(definitions) > 1:
        return VERSION, [dataclasses.replace(row, group=str(row.version)) for row in rows]
    return "", rows


def _single(key: str, asked_of: Asked) -> dict[str, Any] | None:
    """Return the question by which answers are compared: one choice, asked of everyone, never of another kind."""
    found = [question for question, _numbers in asked_of if question["key"] == key]
    if len(found) != 1 or found[0]["kind"] != Kind.SINGLE or found[0]["only_if"] is not None:
        return None
    return found[0]


def _folded(split: str, rows: Sequence[Given], asked_of: Asked, least: int) -> dict[str, str]:
    """Return in which group each one is told; of a question, the choices nobody made are told with the others too."""
    if not split:
        return {}
    sizes = Counter(row.group for row in rows)
    if split.startswith(BY_ANSWER):
        question = _single(split.removeprefix(BY_ANSWER), asked_of)
        assert question is not None, "answers are grouped by a question that there is"
        return fold_groups({**dict.fromkeys(places_of(question), 0), **sizes}, least)
    return fold_groups(sizes, least)


def _asked(definitions: dict[int, Definition]) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Go through the questions of all versions answered, the same one once: same key, same kind, as last worded."""
    seen: dict[tuple[str, str], tuple[dict[str, Any], list[int]]] = {}
    for number in sorted(definitions, reverse=True):
        for question in questions_of(definitions[number]):
            found = seen.setdefault((question["key"], question["kind"]), (_all_options(question), []))
            found[1].append(number)
            known = {option["key"] for option in found[0].get("options", [])}
            found[0].setdefault("options", []).extend(
                option for option in question.get("options", []) if option["key"] not in known
            )
    for question, numbers in seen.values():
        yield question, sorted(numbers)


def _all_options(question: dict[str, Any]) -> dict[str, Any]:
    return {**question, "options": list(question.get("options", []))}


class _Teller:
    """Tells the questions one after the other: a conditional one only within what is told of those it depends on.

    Who was asked a conditional question is a cell of another question. Told when that cell was folded with a small one,
    their number would give the small one away by subtraction. So it is told only when those asked are exactly cells
    told of the question it depends on, in every version; it is then counted among those asked.
    """

    def __init__(
        self,
        definitions: dict[int, Definition],
        rows: Sequence[Given],
        folded: dict[str, str],
        groups: Sequence[str],
        split_key: str,
        least: int,
    ) -> None:
        self.definitions, self.rows, self.folded, self.groups = definitions, rows, folded, groups
        self.split_key, self.least = split_key, least
        # {(question, versions): its kind, its cells over all, its cells by group}
        self.cells: dict[tuple[str, tuple[int, ...]], tuple[str, list[set[str]], list[set[str]]]] = {}

    def tell(self, question: dict[str, Any], numbers: list[int]) -> dict[str, Any]:
        """Return what is kept of one question."""
        key, kind = question["key"], question["kind"]
        kept = {
            "key": key,
            "kind": kind,
            "version": max(numbers),
            "versions": numbers,
            "audience": question["audience"],
            "options": [option["key"] for option in question["options"]],
            "told": {},
            "of": {},
        }
        if self.groups and key == self.split_key:
            return {**kept, **self._compared(key, question)}
        whole, by_group = self._may_be_told(key, numbers)
        if not whole:
            return kept
        asked = [row for row in self.rows if row.version in numbers and self._asked(row, key)]
        if len(asked) < self.least:
            return kept
        if kind == Kind.TEXT:
            words = [str(row.values[key]) for row in asked if row.values.get(key)]
            silent = len(asked) - len(words)
            conditional = question["only_if"] is not None
            if len(words) < self.least or (conditional and 0 < silent < self.least):
                return kept
            # As they are today, in no order: read again later they would tell who erased theirs.
            return {**kept, "words": random.SystemRandom().sample(words, len(words))}
        placed = [(self.folded.get(row.group, ""), row.values.get(key)) for row in asked]
        sizes = Counter(group for group, _value in placed)
        there = [name for name in self.groups if sizes[name]] if by_group else []
        # A group of those who were asked this question is not the whole group: it must be large enough itself.
        small = any(sizes[name] < self.least for name in there)
        told = fold_question(question, placed, self.least, groups=() if small else there)
        self._remember(key, kind, numbers, told)
        sizes[WHOLE] = len(placed)
        return {**kept, "told": _plain(told), "of": {name: sizes[name] for name in told}}

    def _compared(self, key: str, question: dict[str, Any]) -> dict[str, Any]:
        """Tell the question by which answers are compared by those very groups: folded twice, it would tell more."""
        places = places_of(question)
        sizes = Counter(self.folded[row.group] for row in self.rows)
        labels: dict[str, tuple[str, ...]] = {}
        for group in self.groups:
            inside = [label for label in places if self.folded.get(label) == group]
            silent = [""] if self.folded.get(NONE) == group else []
            labels[group] = tuple(inside + silent)
        told = {WHOLE: [Cell(labels[group], sizes[group]) for group in self.groups]}
        blocks = [set(cell.labels) for cell in told[WHOLE]]
        self.cells[key, tuple(sorted(self.definitions))] = (Kind.SINGLE, blocks, blocks)
        return {"told": _plain(told), "of": {WHOLE: len(self.rows)}}

    def _remember(self, key: str, kind: str, numbers: list[int], told: dict[str, list[Cell]]) -> None:
        whole = [set(cell.labels) for cell in told.get(WHOLE, [])]
        parts = next((cells for name, cells in told.items() if name != WHOLE), [])
        self.cells[key, tuple(numbers)] = (kind, whole, [set(cell.labels) for cell in parts])

    def _asked(self, row: Given, key: str) -> bool:
        question = question_named(self.definitions[row.version], key)
        return question is not None and is_asked(question, row.values)

    def _may_be_told(self, key: str, numbers: list[int]) -> tuple[bool, bool]:
        """Tell whether a question may be told over all, and by group."""
        conditions = []
        for number in numbers:
            question = question_named(self.definitions[number], key)
            assert question is not None, "it was found in this version"
            conditions.append(question["only_if"])
        first = conditions[0]
        if all(condition is None for condition in conditions):
            return True, True
        if first is None or any(
            condition is None
            or condition["question"] != first["question"]
            or set(condition["among"]) != set(first["among"])
            for condition in conditions
        ):
            return False, False
        found = self.cells.get((first["question"], tuple(numbers)))
        if found is None:
            return False, False
        kind, whole, parts = found
        among = set(first["among"])
        over_all = _made_of(among, whole, kind)
        return over_all, over_all and _made_of(among, parts, kind)


def _made_of(among: set[str], cells: Sequence[set[str]], kind: str) -> bool:
    """Tell whether these answers are exactly cells that are told, without anyone who did not answer."""
    if kind == Kind.MULTIPLE:
        # Of two choices that may be made together, how many made one or the other is not told.
        return len(among) == 1 and among in cells
    if kind not in (Kind.SINGLE, Kind.SCALE):
        return False
    inside = [cell for cell in cells if cell & among]
    return bool(inside) and set().union(*inside) == among


def _plain(told: dict[str, list[Cell]]) -> dict[str, list[dict[str, Any]]]:
    return {
        group: [{"labels": list(cell.labels), "count": cell.count} for cell in cells]
        for group, cells in told.items()
    }


def _pairs(
    campaign: Campaign, rows: Sequence[Given], definitions: dict[int, Definition]
) -> Iterator[dict[str, Any]]:
    """Say of each ordered question how many answered higher, the same, lower than before: pairs of one person."""
    assert campaign.before is not None
    earlier = {row.person: row for row in answers_of(campaign.before) if row.person is not None}
    former = _definitions(campaign.before, list(earlier.values()))
    couples = [(earlier[row.person], row) for row in rows if row.person is not None and row.person in earlier]
    if len(couples) < campaign.least:
        return
    for question, numbers in _asked(definitions):
        # Who was asked a conditional question both times is nothing that the questions it depends on tell.
        if question["kind"] not in (Kind.SCALE, Kind.NUMBER) or _depends(
            question["key"], definitions, former
        ):
            continue
        key = question["key"]
        same = {
            number
            for number, definition in former.items()
            if (asked := question_named(definition, key)) is not None and asked["kind"] == question["kind"]
        }
        moves = [
            (WHOLE, move_of(question, was.values.get(key), now.values.get(key)))
            for was, now in couples
            if was.version in same and now.version in numbers
        ]
        if len(moves) >= campaign.least:
            told = fold_places(MOVES, moves, campaign.least)
            yield {"key": key, "kind": question["kind"], "version": max(numbers), "told": _plain(told)}


def _depends(key: str, *versions: dict[int, Definition]) -> bool:
    """Tell whether a question depends on another one in any of these versions."""
    found = (question_named(one, key) for definitions in versions for one in definitions.values())
    return any(question is not None and question["only_if"] is not None for question in found)
