"""What a team may answer, all at once, is what each contest says by itself."""

from __future__ import annotations

from typing import Any

from reciproque.recognition.access import can_settle_contest, may_settle
from reciproque.recognition.actions import contest
from reciproque.recognition.models import Contest
from tests.recognition.badges_made import certify


def test_all_at_once_as_one_by_one(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, emile: Any, hugo: Any, admin: Any, fatou: Any
) -> None:
    from reciproque.recognition.actions import choose_audience

    for holder in (bob, alice, emile):
        choose_audience(holder, "network", by=holder)
    held = [
        certify(network, bob, [chloe, dora], savoir="Lire un bilan"),
        certify(network, alice, [chloe, bob], savoir="Animer"),
        certify(network, emile, [alice, chloe], savoir="Tenir un budget"),
    ]
    emile.manager = dora
    emile.save()
    for certification, doubting in zip(held, (hugo, hugo, bob), strict=True):
        contest(certification, by=doubting, words="Un doute")
    related = ("certification__skill__person__unit", "certification__skill__person__site")
    rows = list(Contest.objects.select_related(*related, "certification__network", "by").order_by("pk"))
    for person in (alice, bob, chloe, dora, emile, admin, fatou):
        alone = {(row.pk, person.pk) for row in rows if can_settle_contest(person, row)}
        assert may_settle(rows, [person]) == alone, person
    assert may_settle(rows, [alice, admin]) == {
        (rows[0].pk, alice.pk),  # one is about her, she confirmed the other
        *((row.pk, admin.pk) for row in rows),
    }
