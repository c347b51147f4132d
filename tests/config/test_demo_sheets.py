"""The sheets of the demonstration: forty, in every state, as the rules of the library want them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reciproque.config.demo.build import build
from reciproque.config.demo.scale import Scale
from reciproque.config.demo.sheets import sheets
from reciproque.library.models import Sheet, SheetAuthor
from reciproque.library.rules import PARTS, SheetKind, check_complete, clean_title
from reciproque.library.rules.markdown import check


def test_forty_sheets_that_say_something() -> None:
    rows = sheets()
    assert len(rows) == 40
    assert len({row["title"] for row in rows}) == 40
    for row in rows:
        clean_title(row["title"])
        if row.get("state") != "draft":
            check_complete(row.get("kind", "practice"), row, files=1)
        for part in PARTS:
            check(row.get(part, ""))
    assert {row.get("kind", "practice") for row in rows} == set(SheetKind.values) - {"media"}


@pytest.mark.django_db
def test_written_over_the_years_by_members(tmp_path: Path) -> None:
    build("year-end", tmp_path, scale=Scale.reduced(20, 45), tell=lambda _words: None, matching=False)
    states = Counter(Sheet.objects.values_list("state", flat=True))
    assert states == {"published": 36, "draft": 3, "withdrawn": 1}
    assert SheetAuthor.objects.filter(state="accepted").count() > 44
    assert Sheet.objects.filter(case__state="answered").count() == 4
