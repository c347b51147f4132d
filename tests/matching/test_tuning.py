"""The weights of a network: who chooses them, what they change, what changing them would do."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.matching.actions import compute_suggestions, do_asked, tune, untune
from reciproque.matching.engine.score import Weights
from reciproque.matching.models import Suggestion
from reciproque.matching.queries import preview_tuning, tuning_of
from reciproque.matching.rules import RECIPROCITY
from tests.matching.conftest import EXCEL, EXCEL_TOO


def settings(**weights: int) -> dict[str, Any]:
    return {
        "weights": dict(Weights()) | weights,
        "threshold": Weights().threshold,
        "reciprocity": RECIPROCITY,
    }


@pytest.fixture
def two_offers(network: Any, published: Any, bob: Any, chloe: Any, dora: Any) -> Any:
    """Chloé's offer is nearer in words; Dora works elsewhere than Bob, Chloé in the same department."""
    chloe.unit = bob.unit
    chloe.save()
    published(chloe, "offer", EXCEL)
    published(dora, "offer", "Les tableaux croisés dynamiques, pas à pas, avec vos fichiers")
    return published(bob, "request", EXCEL_TOO)


def order(request: Any) -> list[str]:
    rows = Suggestion.objects.filter(request=request).order_by("-score")
    return list(rows.values_list("offer__author__first_name", flat=True))


def test_a_network_starts_with_the_weights_of_the_engine(network: Any) -> None:
    tuned = tuning_of(network)
    assert tuned.weights == Weights()
    assert tuned.is_default


def test_other_weights_change_the_order_and_can_be_undone(
    network: Any, alice: Any, two_offers: Any, run_reactions: Any, said: Any
) -> None:
    compute_suggestions(network)
    assert order(two_offers) == ["Chloé", "Dora"]
    tune(network, **settings(other_department=5000), by=alice)
    tune(network, **settings(other_department=5000), by=alice)  # the button pressed twice
    assert do_asked() == 1
    assert do_asked() == 0
    assert order(two_offers) == ["Dora", "Chloé"]
    assert tuning_of(network).changed_by == alice
    untune(network, by=alice)
    do_asked()
    assert order(two_offers) == ["Chloé", "Dora"]
    assert len(said("matching.tuned")) == 2


def test_the_preview_says_what_would_change_and_writes_nothing(
    network: Any, alice: Any, two_offers: Any
) -> None:
    compute_suggestions(network)
    before = list(Suggestion.objects.order_by("pk").values_list("score", "terms"))
    told = preview_tuning(network, dataclasses.replace(Weights(), other_department=5000))
    assert (told.requests, told.first_changed, told.still_served) == (1, 100, 100)
    assert told.was["other_department"] == 0
    assert told.would_be["other_department"] == 100
    [example] = told.examples
    assert [post.author.first_name for post in example.before] == ["Chloé", "Dora"]
    assert [post.author.first_name for post in example.after] == ["Dora", "Chloé"]
    assert list(Suggestion.objects.order_by("pk").values_list("score", "terms")) == before
    Suggestion.objects.update(terms={"closeness": 5000})
    strict = preview_tuning(network, dataclasses.replace(Weights(), threshold=5001))
    assert strict.still_served == 0


def test_an_empty_network_previews_nothing(network: Any) -> None:
    assert preview_tuning(network, Weights()).requests == 0


@pytest.mark.parametrize("who", ["bob", "emile", "fatou"])
def test_only_animators_choose(network: Any, everyone: Any, who: str) -> None:
    with pytest.raises(PermissionDenied):
        tune(network, **settings(), by=everyone[who])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weights": {"closeness": -1}}, "closeness"),
        ({"weights": {"closeness": 5001}}, "closeness"),
        ({"weights": {"luck": 1}}, "luck"),
        ({"threshold": 10_001}, "threshold"),
        ({"reciprocity": 10_001}, "reciprocity"),
        ({"reciprocity": -1}, "reciprocity"),
    ],
)
def test_a_weight_out_of_bounds_is_refused_where_it_is(
    network: Any, alice: Any, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        tune(network, **(settings() | change), by=alice)
    assert list(refused.value.error_dict) == [field]
