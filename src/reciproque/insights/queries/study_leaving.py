"""Rows made smaller when somebody objects: others leave with them, so that no two files point at fewer than five people."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Collection

from reciproque.insights.models import Study, StudyObjection
from reciproque.insights.queries.studies import sheets_of
from reciproque.insights.queries.study_rows import Raw, read_raw
from reciproque.insights.rules.leaving import leaving
from reciproque.insights.rules.studies import TableName

_DRAW = random.SystemRandom()


def first_raw(study: Study) -> Raw:
    """Return the rows of a study made for the first time, as far from another study’s as from its own former files."""
    earlier = Study.objects.filter(network=study.network, made_at__isnull=False).exclude(pk=study.pk)
    first = earlier.order_by("made_at").values_list("made_at", flat=True).first()
    if first is None or study.linked:
        return read_raw(study)
    since = StudyObjection.objects.filter(at__gt=first).values_list("person", flat=True)
    gone = set(since)
    return without(read_raw(study, still=gone), study, gone)


def without(raw: Raw, study: Study, gone: Collection[int]) -> Raw:
    """Return these rows without those of some people, nor those of others drawn at random with them."""
    people = {pk: said for pk, said in raw.people.items() if pk not in gone}
    acts = dict(raw.acts)
    for sheet in sheets_of(raw, study.tables, study.grains, linked=False):
        if sheet.name == TableName.ANSWERS:
            continue
        known = sheet.known()
        cells = [tuple(row[place] for place in known) for row in sheet.rows]
        out = leaving(cells, sheet.people, gone, _DRAW)
        if sheet.name == TableName.MEMBERS:
            people = {pk: raw.people[pk] for n, (pk,) in enumerate(sheet.people) if n not in out}
        else:
            acts[sheet.name] = [row for n, row in enumerate(raw.acts[sheet.name]) if n not in out]
    return dataclasses.replace(raw, people=people, acts=acts)
