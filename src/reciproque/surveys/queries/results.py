"""What came out of a campaign, in words and figures: the same masked figures for all who may read them."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

from django.utils.translation import gettext as _

from reciproque.people.models import Person
from reciproque.people.rules import LEVELS
from reciproque.surveys.access import can_read_results, can_write, reads_all
from reciproque.surveys.models import Campaign, Version
from reciproque.surveys.queries.audience import NO, NONE, YES
from reciproque.surveys.queries.telling import BY_ANSWER, VERSION
from reciproque.surveys.rules import (
    DOWN,
    NOTHING,
    OTHERS,
    SAME,
    UP,
    WHOLE,
    Cell,
    Kind,
    ReadBy,
    Split,
    bounds_of,
    grouped,
    middle,
    question_named,
    say,
)


@dataclasses.dataclass(frozen=True)
class Bar:
    """One line of a question: what was answered, how many did, the share of those counted."""

    key: str
    label: str
    count: int
    percent: int

    @property
    def number(self) -> str:
        """How many, as people read it."""
        return grouped(self.count)


@dataclasses.dataclass(frozen=True)
class Part:
    """A question as one group answered it; no bars: too few people, nothing is told."""

    key: str
    name: str
    bars: list[Bar]
    counted: int
    middle: str = ""


@dataclasses.dataclass(frozen=True)
class Answered:
    """What came out of one question: over all, by group, and what was written."""

    key: str
    kind: str
    text: str
    help: str
    whole: Part
    parts: list[Part]
    # What was written, in random order; None when too few wrote.
    words: list[str] | None
    # Answers may be several: shares do not add up to 100.
    several: bool
    # Only those who answered these versions were asked it; empty when everyone was.
    versions: str = ""
    team_only: bool = False

    @property
    def is_masked(self) -> bool:
        """Whether nothing of it may be told."""
        return not self.whole.bars and not self.words


@dataclasses.dataclass(frozen=True)
class Results:
    """All that may be told of a campaign."""

    campaign: Campaign
    title: str
    answered: int
    rate: int | None
    least: int
    anonymous: bool
    # By what the groups are compared, in words; "" when nothing is.
    compared: str
    groups: list[tuple[str, str]]
    questions: list[Answered]
    # Before and after: how each answer moved, pairs of one person.
    moves: list[Answered]

    @property
    def is_empty(self) -> bool:
        """Whether too few people answered for anything to be told."""
        return not self.questions


def results(campaign: Campaign, viewer: Person) -> Results:
    """Return what this person may read of a closed campaign; groups are for those who read all results of the network."""
    told: dict[str, Any] = campaign.told or {}
    if not told or not can_read_results(viewer, campaign):
        told = {}
    all_of_it = reads_all(viewer, campaign.network)
    team = can_write(viewer, campaign.network)
    groups = [(row["key"], _group(told["split"], row, campaign)) for row in told.get("groups", [])]
    groups = groups if all_of_it else []
    versions = Version.objects.filter(questionnaire=campaign.questionnaire_id)
    definitions = dict(versions.values_list("number", "definition"))
    questions = [
        _answered(campaign, row, question, groups, told["versions"])
        for row in told.get("questions", [])
        if (question := question_named(definitions[row["version"]], row["key"])) is not None
        and (team or row["audience"] != ReadBy.TEAM)
    ]
    moves = [
        _moved(row, question)
        for row in told.get("pairs", [])
        if (question := question_named(definitions[row["version"]], row["key"])) is not None
        and (team or question["audience"] != ReadBy.TEAM)
    ]
    return Results(
        campaign=campaign,
        title=campaign.title,
        answered=told.get("answered", 0),
        rate=told.get("rate"),
        least=campaign.least,
        anonymous=campaign.is_anonymous,
        compared=_compared(told.get("split", ""), definitions) if groups else "",
        groups=groups,
        questions=questions,
        moves=moves,
    )


def _compared(split: str, definitions: dict[int, Any]) -> str:
    if split == VERSION:
        return _("selon la version du questionnaire")
    if split in Split.values:
        return str(Split(split).label)
    for number in sorted(definitions, reverse=True):
        question = question_named(definitions[number], split.removeprefix(BY_ANSWER))
        if question is not None:
            return say(question["text"])
    return ""


def _group(split: str, row: dict[str, str], campaign: Campaign) -> str:
    """Return the name of a group in the reader's language."""
    key = row["key"]
    if key == OTHERS:
        return _("autres")
    if key == NONE:
        return _("sans réponse") if split.startswith(BY_ANSWER) else _("non renseigné")
    if split == VERSION:
        return _("version %(number)s") % {"number": key}
    if split == Split.LEVEL:
        return str(dict(LEVELS).get(key, key))
    if split == Split.TOOK_PART:
        return {YES: _("participants"), NO: _("non-participants")}.get(key, key)
    if row.get("name"):
        return row["name"]
    for version in campaign.questionnaire.versions.published():
        question = question_named(version.definition, split.removeprefix(BY_ANSWER))
        for option in question["options"] if question is not None else []:
            if option["key"] == key:
                return say(option["text"])
    return key


def _answered(
    campaign: Campaign,
    row: dict[str, Any],
    question: dict[str, Any],
    groups: list[tuple[str, str]],
    versions: list[int],
) -> Answered:
    words = None
    if found := row.get("words"):
        words = random.sample(found, len(found))
    told = row["told"]
    parts = [_part(question, key, name, told[key], row["of"]) for key, name in groups if key in told]
    some = row["versions"] != versions
    return Answered(
        key=row["key"],
        kind=row["kind"],
        text=say(question["text"]),
        help=say(question["help"]),
        whole=_part(question, WHOLE, "", told.get(WHOLE, []), row["of"]),
        parts=parts,
        words=words,
        several=row["kind"] == Kind.MULTIPLE,
        versions=", ".join(str(number) for number in row["versions"]) if some else "",
        team_only=row["audience"] == ReadBy.TEAM,
    )


def _part(
    question: dict[str, Any], key: str, name: str, rows: list[dict[str, Any]], sizes: dict[str, int]
) -> Part:
    cells = [Cell(tuple(row["labels"]), row["count"]) for row in rows]
    # Of all who were asked: they may choose several, or none.
    counted = sizes.get(key, 0) if cells else 0
    ordered = question["kind"] in (Kind.SCALE, Kind.NUMBER)
    centre = middle(cells) if ordered and cells else None
    return Part(
        key=key,
        name=name,
        bars=[
            Bar(
                key="+".join(cell.labels),
                label=_label(question, cell.labels),
                count=cell.count,
                percent=round(100 * cell.count / counted) if counted else 0,
            )
            for cell in cells
        ],
        counted=counted,
        middle=_label(question, tuple(label for label in centre.labels if label != NOTHING))
        if centre
        else "",
    )


def _label(question: dict[str, Any], labels: tuple[str, ...]) -> str:
    """Say some places of a question told together: « 1 à 3 », « Un peu à Assez », « A, B »; and those who gave no answer."""
    given = [label for label in labels if label != NOTHING]
    if not given:
        return _("Sans réponse, ou question non posée")
    if question["kind"] == Kind.NUMBER:
        low, high = given[0].split("-")[0], given[-1].split("-")[1]
        words = _band(question, int(low), int(high))
    elif question["kind"] == Kind.SCALE and len(given) > 1:
        ends = {"low": _option(question, given[0]), "high": _option(question, given[-1])}
        words = _("de « %(low)s » à « %(high)s »") % ends
    else:
        words = " · ".join(_option(question, label) for label in given)
    return words if len(given) == len(labels) else _("%(words)s, ou sans réponse") % {"words": words}


def _band(question: dict[str, Any], low: int, high: int) -> str:
    said = {"low": grouped(low), "high": grouped(high)}
    if low == high:
        return said["low"]
    # The greatest number that might be typed is nobody's answer: it is not told as if it were.
    if high == bounds_of(question)[1]:
        return _("%(low)s ou plus") % said
    return _("%(low)s à %(high)s") % said


def _option(question: dict[str, Any], key: str) -> str:
    found = next((option for option in question.get("options", []) if option["key"] == key), None)
    return say(found["text"]) if found is not None else key


def _moved(row: dict[str, Any], question: dict[str, Any]) -> Answered:
    names = {DOWN: _("plus bas qu’avant"), SAME: _("comme avant"), UP: _("plus haut qu’avant")}
    cells = row["told"].get(WHOLE, [])
    counted = sum(cell["count"] for cell in cells)

    def label(labels: list[str]) -> str:
        given = " · ".join(names[one] for one in labels if one != NOTHING)
        if not given:
            return _("Sans réponse, ou question non posée")
        return given if NOTHING not in labels else _("%(words)s, ou sans réponse") % {"words": given}

    bars = [
        Bar(
            "+".join(cell["labels"]),
            label(cell["labels"]),
            cell["count"],
            round(100 * cell["count"] / counted),
        )
        for cell in cells
    ]
    return Answered(
        key=row["key"],
        kind=row["kind"],
        text=say(question["text"]),
        help="",
        whole=Part(WHOLE, "", bars, counted),
        parts=[],
        words=None,
        several=False,
    )


def result_rows(found: Results) -> list[list[str]]:
    """Return what is shown as a table to take along: question, group, answer, how many, percent; masked said in words."""
    rows = [[_("Question"), _("Groupe"), _("Réponse"), _("Nombre"), _("Pourcentage")]]
    masked = _("moins de %(least)s personnes") % {"least": found.least}
    for question in [*found.questions, *found.moves]:
        everyone = _("ensemble")
        if question.words is not None:
            rows += [[question.text, everyone, words, "", ""] for words in question.words]
            continue
        if not question.whole.bars:
            rows.append([question.text, everyone, "", masked, ""])
        for part in [question.whole, *question.parts]:
            rows += [
                [
                    question.text,
                    part.name or everyone,
                    bar.label,
                    str(bar.count),
                    str(bar.percent) if part.counted else "",
                ]
                for bar in part.bars
            ]
    return rows
