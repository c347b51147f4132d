"""The lists of moderation cost the same for few rows and for many."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reciproque.moderation.actions import appeal_decision, decide, make_report


def test_same_number_of_queries_for_few_and_many(
    network: Any, alice: Any, bob: Any, chloe: Any, admin: Any, make_post: Any, client_of: Any
) -> None:
    pages = {
        "moderation:mine": client_of(bob),
        "moderation:queue": client_of(alice),
        "moderation:apart": client_of(bob),
    }

    def measure() -> dict[str, int]:
        counts = {}
        for name, client in pages.items():
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as seen:
                assert client.get(reverse(name)).status_code == 200
            counts[name] = len(seen)
        return counts

    def more(number: int) -> None:
        for n in range(number):
            theirs = make_post(chloe, "offer", f"Savoir {n}")
            report = make_report(network, by=bob, about=theirs, reason="hurtful")
            if n % 2:
                appeal_decision(
                    decide(report, by=alice, kind="hide", words="Non, désolé"), by=chloe, words="Si, voyons"
                )
            own = make_post(bob, "offer", f"Le mien {n}")
            decide(
                make_report(network, by=chloe, about=own, reason="false"),
                by=alice,
                kind="hide",
                words="Non, désolé",
            )

    more(2)
    few = measure()
    more(12)
    assert measure() == few == {"moderation:mine": 10, "moderation:queue": 10, "moderation:apart": 7}
