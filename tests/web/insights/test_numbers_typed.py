"""Targets and costs are typed as people write numbers."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reciproque.insights.models import Costs, Target
from reciproque.kit import clock
from tests.web.surveys.test_questionnaire_pages import text_of


@pytest.mark.parametrize("typed", ["2 000", "2\u00a0000", "2\u202f000", "2000"])
def test_a_target_in_thousands_is_taken(typed: str, network: Any, alice: Any, client_of: Any) -> None:
    url = reverse("insights:target", args=[network.slug, "exchanges.held"])
    until = clock.now().date().replace(month=12, day=31).replace(year=clock.now().year + 1).isoformat()
    assert client_of(alice).post(url, {"value": typed, "until": until}).status_code == 303
    assert Target.objects.get().value == 2000
    assert 'value="2000"' in client_of(alice).get(url).content.decode()


def test_what_is_no_number_is_kept_on_the_page_with_how_to_write_it(
    network: Any, alice: Any, client_of: Any
) -> None:
    url = reverse("insights:target", args=[network.slug, "exchanges.held"])
    refused = client_of(alice).post(url, {"value": "1,2,3", "until": "2030-01-01"})
    assert refused.status_code == 422
    assert "Écrivez un nombre comme ceci : 2000, 2 000 ou 1,5." in text_of(refused)
    assert 'value="1,2,3"' in refused.content.decode()


def test_costs_are_taken_with_spaces_and_either_decimal_sign(
    network: Any, alice: Any, client_of: Any
) -> None:
    url = reverse("insights:costs_change", args=[network.slug])
    sent = {
        "since": clock.now().date().isoformat(),
        "spread": "10",
        "animation_hours": "1 200",
        "hour_cost": "35,50",
        "tools": "1\u202f500.5",
    }
    assert client_of(alice).post(url, sent).status_code == 303
    kept = Costs.objects.get()
    assert [str(kept.animation_hours), str(kept.hour_cost), str(kept.tools)] == [
        "1200.00",
        "35.50",
        "1500.50",
    ]
    again = client_of(alice).get(url).content.decode()
    assert 'value="35,5"' in again
    assert 'value="1500,5"' in again
