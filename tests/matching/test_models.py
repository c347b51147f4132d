"""What the rows of matching refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from reciproque.catalogue.actions import pause_post
from reciproque.exchanges.actions import ask_introduction
from reciproque.kit import clock
from reciproque.matching.actions import create_alert
from reciproque.matching.models import Alert, Proposal, Suggestion, Vector
from reciproque.people.actions import leave_organisation

BREAKS: dict[str, Callable[[Suggestion, Any], Any]] = {
    "suggestion_once": lambda row, alert: Suggestion.objects.create(
        network=row.network, request=row.request, offer=row.offer, score=1
    ),
    "suggestion_dismissal_signed": lambda row, alert: Suggestion.objects.filter(pk=row.pk).update(
        state="dismissed", answered_at=clock.now()
    ),
    "alert_once": lambda row, alert: Alert.objects.create(
        network=alert.network, person=alert.person, words="excel"
    ),
    "vector_once": lambda row, alert: [
        Vector.objects.create(digest="d", encoder="e", data=b"") for _ in range(2)
    ],
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_constraint_refuses(name: str, network: Any, bob: Any, request_: Any) -> None:
    alert = create_alert(network, bob, "excel", by=bob)
    with pytest.raises(IntegrityError):
        BREAKS[name](Suggestion.objects.get(), alert)


def test_one_next_proposal_for_one_introduction(
    network: Any, bob: Any, chloe: Any, request_: Any, offer: Any
) -> None:
    introduction = ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, request=request_, offer=offer
    )
    Proposal.objects.create(introduction=introduction, offer=offer)
    with pytest.raises(IntegrityError):
        Proposal.objects.create(introduction=introduction, offer=offer)


def test_a_suggestion_is_open_while_both_posts_are(
    network: Any, bob: Any, chloe: Any, request_: Any, offer: Any, dora: Any
) -> None:
    row = Suggestion.objects.get()
    assert set(Suggestion.objects.visible_to(bob)) == set(Suggestion.objects.visible_to(chloe)) == {row}
    assert not Suggestion.objects.visible_to(dora).exists()
    assert Suggestion.objects.open().exists()
    pause_post(offer, by=chloe)
    assert not Suggestion.objects.open().exists()


def test_a_suggestion_is_not_of_someone_who_left(request_: Any, chloe: Any) -> None:
    leave_organisation(chloe, by=None)
    assert not Suggestion.objects.open().exists()
