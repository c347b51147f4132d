"""The main pages of a group: a literal number of queries, the same whatever it holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.circles import actions
from reciproque.circles.models import Circle
from reciproque.kit import clock

# page → queries of a GET by a member, everything included
COSTS = {"circle": 26, "sessions": 10, "charter": 10, "sheets": 12, "review": 12, "report": 16}


def measured(client: Any, circle: Circle, url: Any, queries: Any) -> dict[str, int]:
    found = {}
    for name in COSTS:
        client.get(url(name, circle))
        with queries() as seen:
            assert client.get(url(name, circle)).status_code == 200
        found[name] = len(seen)
    return found


def test_as_many_queries_for_one_session_as_for_six(
    begun: Circle, guide: Any, crew: list[Any], client_of: Any, url: Any, queries: Any
) -> None:
    client = client_of(crew[0])

    def fill(*days: int) -> None:
        starts = [clock.now() + dt.timedelta(days=n, hours=1) for n in days]
        actions.fix_sessions(begun, by=guide, starts=starts)
        for n in days:
            sheet = actions.write_group_sheet(
                begun, by=crew[0], title=f"Fiche {n}", situation="Ici", tried="Ceci", given="Cela"
            )
            actions.propose_sheet(sheet, by=crew[0])
            actions.propose_line(begun, by=crew[1], words=f"Une ligne {n}")

    fill(7)
    few = measured(client, begun, url, queries)
    fill(14, 21, 28, 35, 42)
    many = measured(client, begun, url, queries)
    assert few == many
    assert many == COSTS
