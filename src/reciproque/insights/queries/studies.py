"""What a study is given: the rows as coarse as was chosen, whether they would say who somebody is, and what they mean."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.insights.models import Study, StudyObjection
from reciproque.insights.queries.study_rows import ACTS, CODES, NUMBERS, PERSON, Raw
from reciproque.insights.queries.study_source import raw_of
from reciproque.insights.rules.studies import (
    GRAIN_NAMES,
    GRAINS,
    KNOWN_NAMES,
    PSEUDONYM_LENGTH,
    Column,
    Exposed,
    LevelGrain,
    Sheet,
    TableName,
    UnitGrain,
    coarser,
    rounded_day,
    too_few,
)
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import MembershipState
from reciproque.people.models import Person
from reciproque.people.rules import LEVELS

# From so many members on, reading everything is felt.
QUICK = 3000
Number = Callable[[str, int], str]


# -- making coarse -------------------------------------------------------------------------------------------


def sheets_of(
    raw: Raw, tables: list[str], grains: Mapping[str, str], *, linked: bool, number: Number | None = None
) -> list[Sheet]:
    """Return the files of a study, as coarse as was chosen; numbered and shuffled when `number` is given."""
    known = _known_of(raw, grains)
    found = []
    if TableName.MEMBERS in tables:
        found.append(_members(raw, grains, known, linked, number))
    acts = [name for name in TableName.values if name in raw.acts and name in tables]
    found += [_acts(name, raw, grains, linked, number) for name in acts]
    if TableName.ANSWERS in tables:
        columns = (
            Column("questionnaire", gettext_lazy("questionnaire")),
            Column("question", gettext_lazy("question")),
            Column("group", gettext_lazy("groupe ; vide : tous")),
            Column("answer", gettext_lazy("réponse")),
            Column("count", gettext_lazy("combien de réponses ; rien de ce qui est trop peu nombreux")),
        )
        found.append(Sheet(TableName.ANSWERS, columns, list(raw.answers), [()] * len(raw.answers)))
    return found


def _known_of(raw: Raw, grains: Mapping[str, str]) -> dict[int, tuple[Any, ...]]:
    """Return what may be known of each person from elsewhere, as coarse as was chosen."""
    found = {}
    for pk, (unit, branch, site, level, joined) in raw.people.items():
        values: list[Any] = []
        if grains["unit"]:
            values.append(unit if grains["unit"] == UnitGrain.UNIT else branch)
        if grains["site"]:
            values.append(site)
        if grains["level"]:
            leads = level in ("cadre", "dirigeant")
            values.append(level if grains["level"] == LevelGrain.LEVEL else ("leads" if leads else "others"))
        if grains["joined"]:
            values.append(rounded_day(joined, grains["joined"]))
        found[pk] = tuple(values)
    return found


def _members(
    raw: Raw, grains: Mapping[str, str], known: dict[int, Any], linked: bool, number: Number | None
) -> Sheet:
    says = {
        "unit": gettext_lazy("où la personne travaille"),
        "site": gettext_lazy("site"),
        "level": gettext_lazy("niveau ; leads : encadrement, others : les autres"),
        "joined": gettext_lazy("quand elle a rejoint le réseau"),
    }
    columns = [Column(name, says[name], known=True, grain=name) for name in says if grains[name]]
    keys = sorted(raw.people, key=lambda pk: number("row:members", pk)) if number else list(raw.people)
    rows = [known[pk] for pk in keys]
    if linked:
        columns.insert(0, Column("person", PERSON))
        rows = [(number("person", pk) if number else "", *known[pk]) for pk in keys]
    return Sheet(TableName.MEMBERS, tuple(columns), rows, [(pk,) for pk in keys])


def _acts(name: str, raw: Raw, grains: Mapping[str, str], linked: bool, number: Number | None) -> Sheet:
    known_columns, others = ACTS[name]
    known_columns = known_columns if grains["kinds"] else ()
    columns = [*NUMBERS[name]] if linked else []
    if grains["dates"]:
        columns.append(Column("when", gettext_lazy("quand"), known=True, grain="dates"))
    source = raw.acts[name]
    if number is not None:
        draw = number
        source = sorted(source, key=lambda row: draw(f"row:{name}", row[0]))
    rows, people = [], []
    for _key, some, day, known, rest in source:
        row: list[Any] = []
        if linked:
            row += [number("person", pk) if number else "" for pk in some]
        if grains["dates"]:
            row.append(rounded_day(day, grains["dates"]))
        rows.append((*row, *(known if known_columns else ()), *rest))
        people.append(some)
    return Sheet(name, (*columns, *known_columns, *others), rows, people)


# -- would it say who? ---------------------------------------------------------------------------------------


def exposed_in(raw: Raw, tables: list[str], grains: Mapping[str, str], *, linked: bool) -> list[Exposed]:
    """Return the combinations that fewer than five people bear: whoever knows them of somebody would find their rows.

    When people bear the same number in every file, what is known of them from the list of members is known in all files:
    one act known is looked for together with it.
    """
    known = _known_of(raw, grains)
    of_members = [name for name in ("unit", "site", "level", "joined") if grains[name]]
    found = []
    for sheet in sheets_of(raw, tables, grains, linked=linked):
        if sheet.name == TableName.ANSWERS or not sheet.rows:
            continue
        places = sheet.known()
        names = [sheet.columns[place].name for place in places]
        rounds = [sheet.columns[place].grain for place in places if sheet.columns[place].grain]
        keys: list[tuple[Any, ...]] = []
        people: list[tuple[int, ...]] = []
        joins = linked and sheet.name != TableName.MEMBERS and TableName.MEMBERS in tables
        for row, some in zip(sheet.rows, sheet.people, strict=True):
            said = tuple(row[place] for place in places)
            if joins:
                said += tuple(known[pk] for pk in some)
            # Each place in the row is looked at by itself: five who learn do not hide one who passes on.
            for place, pk in enumerate(some):
                keys.append((place, *said))
                people.append((pk,))
        combinations, number = too_few(keys, people)
        if combinations:
            columns = (*names, *of_members) if joins else tuple(names)
            chosen = tuple(dict.fromkeys([*rounds, *(of_members if joins else [])]))
            found.append(Exposed(sheet.name, columns, combinations, number, chosen))
    return found


def fitting_grains(
    raw: Raw, tables: list[str], grains: Mapping[str, str], *, linked: bool
) -> dict[str, str] | None:
    """Return the nearest coarser choice that lets nobody be found; None when nothing is coarse enough.

    One step at a time: what rounds the most exposed file, its finest column first.
    """
    chosen = dict(grains)
    while found := exposed_in(raw, tables, chosen, linked=linked):
        worst = max(found, key=lambda one: one.people)
        steps = [(name, chosen[name]) for name in worst.grains if coarser(name, chosen[name]) is not None]
        if not steps:
            return None
        # The finest is what still has the most coarser choices before it.
        name, grain = max(
            steps, key=lambda step: len(GRAINS[step[0]].values) - GRAINS[step[0]].values.index(step[1])
        )
        chosen[name] = coarser(name, grain) or ""
    return chosen


def numbering(salt: str) -> Number:
    """Return how people and rows are numbered in one study: nothing tells one study’s numbers from another’s."""
    key = bytes.fromhex(salt)

    def number(what: str, pk: int) -> str:
        return hmac.new(key, f"{what}:{pk}".encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_LENGTH]

    return number


# -- what it means -------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Meaning:
    """One line of the codebook."""

    sheet: str
    column: str
    says: str
    rounded: str
    codes: str


def codebook_of(sheets: list[Sheet], grains: Mapping[str, str]) -> list[Meaning]:
    """Return what each column of each file means, how coarse it is, and what its codes stand for."""
    found = []
    for sheet in sheets:
        for column in sheet.columns:
            grain = GRAINS[column.grain](grains[column.grain]).label if column.grain else ""
            codes = "; ".join(f"{code} = {label}" for code, label in _codes(sheet.name, column.name, grains))
            found.append(Meaning(sheet.name, column.name, str(column.says), str(grain), codes))
    return found


def _codes(sheet: str, column: str, grains: Mapping[str, str]) -> list[tuple[str, str]]:
    if column == "level" and grains.get("level") == LevelGrain.LEVEL:
        return [(code, str(label)) for code, label in LEVELS]
    choices = CODES.get((sheet, column))
    return [(str(code), str(label)) for code, label in choices.choices] if choices else []


def chosen_in_words(grains: Mapping[str, str]) -> list[tuple[str, str]]:
    """Say how coarse each thing is, in words."""
    return [(str(GRAIN_NAMES[name]), str(GRAINS[name](grains[name]).label)) for name in GRAINS]


# -- for the pages -------------------------------------------------------------------------------------------


def studies_of(network: Network) -> list[Study]:
    """Return the studies of a network, the latest asked first."""
    rows = Study.objects.filter(network=network).select_related("network", "asked_by", "answered_by")
    return list(rows[:100])


def takings_of(study: Study) -> list[Any]:
    """Return who took the files of a study, and when, the latest first."""
    return list(study.takings.select_related("by")[:200])


def studies_about(person: Person) -> list[Study]:
    """Return the studies agreed of the networks that somebody is or was a member of, the latest first."""
    networks = Membership.objects.filter(
        person=person, state__in=[MembershipState.MEMBER, MembershipState.LEFT]
    ).values("network")
    rows = Study.objects.filter(network__in=networks, answered_at__isnull=False).exclude(
        state__in=("declined", "withdrawn", "lapsed")
    )
    return list(rows.select_related("network")[:100])


def objects_to_studies(person: Person) -> bool:
    """Tell whether somebody’s data serve no study."""
    return StudyObjection.objects.filter(person=person).exists()


def exposed_in_words(one: Exposed) -> str:
    """Say what would tell who somebody is."""
    said = {
        "table": str(TableName(one.sheet).label),
        "columns": ", ".join(str(KNOWN_NAMES[name]) for name in one.columns),
    }
    if not one.columns:
        return _("Dans %(table)s, il y a moins de cinq personnes.") % said
    # Not how many: read twice, that number would tell that somebody objected in between.
    return _("Dans %(table)s, des personnes se reconnaîtraient à : %(columns)s.") % said


@dataclasses.dataclass(frozen=True)
class Check:
    """Whether the files of a study may be made: what would say who somebody is, and how coarse to be instead."""

    exposed: list[str]
    # What to make coarser: (what, as it is, as it should be); None when nothing would be enough.
    proposed: list[tuple[str, str, str]] | None
    grains: dict[str, str]
    codebook: list[Meaning]


def is_quick(study: Study) -> bool:
    """Tell whether the check of a study takes no time: in a large network it is made when it is asked for."""
    return Membership.objects.filter(network=study.network)[:QUICK].count() < QUICK


def check_of(study: Study) -> Check:
    """Return whether the files of a study may be made, and what they would hold."""
    raw = raw_of(study)
    grains = study.grains
    found = exposed_in(raw, study.tables, grains, linked=study.linked)
    fitting = fitting_grains(raw, study.tables, grains, linked=study.linked) if found else dict(grains)
    proposed = None
    if fitting is not None:
        proposed = [
            (
                str(GRAIN_NAMES[name]),
                str(GRAINS[name](grains[name]).label),
                str(GRAINS[name](fitting[name]).label),
            )
            for name in GRAINS
            if fitting[name] != grains[name]
        ]
    sheets = sheets_of(raw, study.tables, grains, linked=study.linked)
    return Check(
        exposed=[exposed_in_words(one) for one in found],
        proposed=proposed,
        grains=fitting or {},
        codebook=codebook_of(sheets, grains),
    )


def lines_in_words(study: Study) -> list[tuple[str, int]]:
    """Return how many lines each file has, as it was made: what rows hold today is told to nobody."""
    return [(str(TableName(name).label), study.lines[name]) for name in study.tables if name in study.lines]
