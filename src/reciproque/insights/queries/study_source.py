"""What the files of a study are made from: read once, sealed, and only ever made smaller."""

from __future__ import annotations

import base64
import datetime as dt
import json
import zlib
from typing import Any

from reciproque.insights.models import Study, StudyObjection, StudySource
from reciproque.insights.queries.acts import local_day
from reciproque.insights.queries.study_rows import Raw, read_raw
from reciproque.kit import clock, seal
from reciproque.networks.models import Membership


def raw_of(study: Study) -> Raw:
    """Return the rows that the files of a study are, or would be, made from."""
    source = StudySource.objects.filter(study=study).first()
    return _open(source, study) if source is not None else read_raw(study)


def people_of(raw: Raw) -> set[int]:
    """Return everybody whom these rows are about."""
    return {*raw.people, *(pk for rows in raw.acts.values() for row in rows for pk in row[1])}


def objectors_in(raw: Raw) -> set[int]:
    """Return who of these rows objects to studies."""
    objecting = set(StudyObjection.objects.values_list("person", flat=True))
    return objecting & people_of(raw)


def objected_since(source: StudySource) -> bool:
    """Tell whether someone of these rows objected since they were last looked at."""
    members = Membership.objects.filter(network=source.study.network).values("person")
    late = StudyObjection.objects.filter(at__gte=source.looked_at, person__in=members)
    return late.exists() and bool(objectors_in(_open(source, source.study)))


def sources_to_look_at() -> list[StudySource]:
    """Return the rows of studies not yet looked at today: once a day, so that no hour says who objected."""
    rows = StudySource.objects.select_related("study__network")
    now = clock.now()
    return [
        row for row in rows if local_day(row.study.network, row.looked_at) < local_day(row.study.network, now)
    ]


# -- sealed ----------------------------------------------------------------------------------------------------


def _about(study: Study) -> str:
    return f"study rows:{study.public_id}"


def sealed(raw: Raw, study: Study) -> str:
    """Return these rows sealed for a study alone."""
    said = json.dumps(
        [list(raw.people.items()), raw.acts, raw.answers], default=_plain, separators=(",", ":")
    )
    return seal.seal(base64.b64encode(zlib.compress(said.encode())).decode(), about=_about(study))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _open(source: StudySource, study: Study) -> Raw:
    said = zlib.decompress(base64.b64decode(seal.unseal(source.sealed, about=_about(study))))
    people, acts, answers = json.loads(said)
    return Raw(
        {pk: (*rest, dt.date.fromisoformat(joined)) for pk, (*rest, joined) in people},
        {
            name: [
                (key, tuple(some), dt.date.fromisoformat(day) if day else None, tuple(known), tuple(rest))
                for key, some, day, known, rest in rows
            ]
            for name, rows in acts.items()
        },
        [tuple(row) for row in answers],
    )
