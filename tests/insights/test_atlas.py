"""What the map tells of a savoir and of a region, from the rows alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reciproque.catalogue.models import Topic, TopicName
from reciproque.insights.queries.atlas import Region, Savoir, atlas, neighbours_of
from reciproque.insights.rules import Showing
from reciproque.library.models import Sheet
from reciproque.library.rules import SheetState
from reciproque.matching.actions import tend_map
from reciproque.matching.queries import Tally


def savoir(**fields: Any) -> Savoir:
    plain = {"topic": 1, "public_id": "a", "name": "Vélo", "family": "", "x": 0.5, "y": 0.5, "region": 0}
    counted = {"offers": 0, "requests": 0, "holders": 0} | fields
    whole = Tally(**{name: counted[name] for name in ("offers", "requests", "holders")})
    return Savoir(**({"sheets": 0, "whole": whole} | plain | counted))


@pytest.mark.parametrize(
    ("offers", "holders", "requests", "rare", "sought"),
    [
        (0, 0, 0, False, False),
        (0, 0, 1, True, False),
        (3, 1, 1, True, False),
        (2, 2, 1, False, False),
        (1, 1, 3, True, True),
        (2, 2, 3, False, False),
        (2, 2, 4, False, True),
        (5, 4, 0, False, False),
    ],
)
def test_what_is_rare_and_what_is_sought(
    offers: int, holders: int, requests: int, rare: bool, sought: bool
) -> None:
    row = savoir(offers=offers, holders=holders, requests=requests)
    assert (row.rare, row.sought) == (rare, sought)


def test_a_region_is_rare_when_half_of_what_is_sought_there_is() -> None:
    rare, held, quiet = (
        savoir(requests=1),
        savoir(requests=1, offers=3, holders=3),
        savoir(offers=2, holders=2),
    )
    assert Region(0, "", (rare, rare, held, held, quiet)).is_rare
    assert not Region(0, "", (rare, rare, held, held, held)).is_rare
    assert not Region(0, "", (rare, quiet)).is_rare


@pytest.mark.django_db
def test_sheets_count_for_those_who_may_read_them(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], settings: Any
) -> None:
    make_post(chloe, title="Vélo", topics=["Réparer un vélo"])
    topic = Topic.objects.get(name="Réparer un vélo")
    for state in (SheetState.PUBLISHED, SheetState.DRAFT):
        published = chloe.joined_at if state == SheetState.PUBLISHED else None
        sheet = Sheet.objects.create(
            network=network, title="Crever sans crever", state=state, published_at=published
        )
        sheet.topics.add(topic)
    tend_map()
    assert atlas([network], bob).savoirs[0].sheets == 1
    assert atlas([network], bob, site=str(chloe.site_id)).savoirs[0].sheets == 0


@pytest.mark.django_db
def test_a_map_names_its_regions_and_its_savoirs_as_the_reader_does(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any]
) -> None:
    for name in ("Freins", "Roue", "Chaîne"):
        make_post(chloe, title=name, topics=[name])
    Topic.objects.update(family="Vélo")
    TopicName.objects.create(
        topic=Topic.objects.get(name="Roue"),
        language="fr",
        name="Roues et pneus",
        folded="roues et pneus",
        shown=True,
    )
    make_post(bob, title="Pas encore placé", topics=["Pas encore placé"])
    Topic.objects.filter(name="Pas encore placé").update(family="")
    made = atlas([network], bob)
    assert made.savoirs == []
    assert made.waiting == 4
    tend_map()
    made = atlas([network], bob, showing=Showing.RARE)
    assert made.waiting == 0
    assert [region.name for region in made.regions] == ["Vélo"]
    assert {row.name for row in made.savoirs} == {"Freins", "Roues et pneus", "Chaîne", "Pas encore placé"}
    assert made.shown == set()
    assert len(neighbours_of(made.savoirs[0], made.savoirs, limit=2)) == 2


@pytest.mark.django_db
def test_the_map_takes_a_fixed_number_of_queries(
    bob: Any, network: Any, make_post: Callable[..., Any], queries: Any
) -> None:
    make_post(bob, title="Premier", topics=["Premier"])
    tend_map()
    atlas([network], bob)
    with queries() as few:
        atlas([network], bob)
    for place in range(12):
        make_post(bob, title=f"Savoir {place}", topics=[f"Savoir {place}"])
    tend_map()
    atlas([network], bob)
    with queries() as many:
        atlas([network], bob)
    assert len(few) == len(many)
