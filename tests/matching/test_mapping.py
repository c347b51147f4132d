"""The map in the database: everyone has a place, nobody moves for a newcomer, counts are those of the posts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reciproque.catalogue.actions import pause_post
from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import Kind
from reciproque.kit import clock
from reciproque.kit.text import fold
from reciproque.matching.actions import draw_map, tend_map
from reciproque.matching.models import MapPlace
from reciproque.matching.queries import map_choices, places_on_map, tallies

NAMES = [
    *(
        "Tableaux croisés dynamiques",
        "Formules d’un tableur",
        "Macros d’un tableur",
        "Graphiques d’un tableur",
    ),
    *(
        "Conduire une réunion",
        "Animer une réunion à distance",
        "Préparer un ordre du jour",
        "Écrire un compte rendu",
    ),
    *("Réparer un vélo", "Régler des freins", "Changer une roue", "Entretenir une chaîne"),
    *("Espagnol courant", "Anglais professionnel", "Langue des signes", "Allemand pour débuter"),
]


def make_topics(names: list[str] = NAMES) -> list[Topic]:
    return [Topic.objects.create(name=name, folded=fold(name)) for name in names]


def spots() -> dict[int, tuple[float, float, int]]:
    return {row.topic_id: (row.x, row.y, row.region) for row in MapPlace.objects.all()}


@pytest.mark.django_db
def test_every_topic_has_a_place_and_twice_changes_nothing() -> None:
    topics = make_topics()
    assert tend_map() == len(topics)
    first = spots()
    assert set(first) == {topic.pk for topic in topics}
    assert tend_map() == 0
    assert spots() == first
    draw_map(afresh=True)
    assert spots() == first


@pytest.mark.django_db
def test_neighbours_on_the_map_speak_of_alike_things() -> None:
    topics = make_topics()
    draw_map()
    at = np.array([spots()[topic.pk][:2] for topic in topics])
    apart = ((at[:, None] - at[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (apart.argmin(axis=1) // 4 == np.arange(16) // 4).mean() >= 0.8


@pytest.mark.django_db
def test_one_new_post_moves_nobody(make_post: Callable[..., Any], bob: Any) -> None:
    make_topics()
    tend_map()
    first = spots()
    make_post(bob, title="Changer un pneu", topics=["Changer un pneu"])
    assert tend_map() == 1
    after = spots()
    new = Topic.objects.get(name="Changer un pneu")
    assert {pk: place for pk, place in after.items() if pk != new.pk} == first
    bikes = [first[topic.pk][:2] for topic in Topic.objects.filter(name__in=NAMES[8:12])]
    nearest = min(
        first.values(), key=lambda place: np.hypot(place[0] - after[new.pk][0], place[1] - after[new.pk][1])
    )
    assert nearest[:2] in bikes


@pytest.mark.django_db
def test_the_map_is_drawn_again_when_it_has_doubled_or_after_a_season() -> None:
    make_topics(NAMES[:8])
    tend_map()
    assert MapPlace.objects.filter(whole=True).count() == 8
    make_topics(NAMES[8:12])
    tend_map()
    # A third of the map is new, but one learnt one's way on it.
    assert MapPlace.objects.filter(whole=True).count() == 8
    with clock.at(clock.now() + dt.timedelta(days=91)):
        tend_map()
    assert MapPlace.objects.filter(whole=True).count() == 12
    make_topics([f"Savoir numéro {n}" for n in range(13)])
    tend_map()
    assert MapPlace.objects.filter(whole=True).count() == 25


@pytest.mark.django_db
def test_a_newcomer_joins_the_region_of_its_family() -> None:
    topics = make_topics()
    for place, topic in enumerate(topics):
        topic.family = ["Tableurs", "Réunions", "Vélo", "Langues"][place // 4]
        topic.save()
    draw_map()
    regions = {topic.family: spots()[topic.pk][2] for topic in topics}
    assert len(set(regions.values())) == 4
    new = Topic.objects.create(name="Savoir sans pareil", folded="savoir sans pareil", family="Vélo")
    tend_map()
    assert spots()[new.pk][2] == regions["Vélo"]


@pytest.mark.django_db
def test_a_merged_topic_leaves_the_map_and_its_posts_count_with_the_other(
    make_post: Callable[..., Any], bob: Any, chloe: Any, network: Any
) -> None:
    make_post(bob, title="Vélo", topics=["Réparer un vélo"])
    make_post(bob, "request", title="Bicyclette", topics=["Réparer une bicyclette"])
    make_post(bob, title="Bicyclettes anciennes", topics=["Réparer une bicyclette"])
    tend_map()
    kept, gone = Topic.objects.get(name="Réparer un vélo"), Topic.objects.get(name="Réparer une bicyclette")
    tallies([network])
    gone.merged_into = kept
    gone.save()
    tend_map()
    assert not MapPlace.objects.filter(topic=gone).exists()
    found = tallies([network])
    assert set(found) == {kept.pk}
    # One person, whatever the words of their two offers.
    assert (found[kept.pk].offers, found[kept.pk].requests, found[kept.pk].holders) == (2, 1, 1)
    assert [place.topic for place in places_on_map({kept.pk, gone.pk})] == [kept.pk]


@pytest.mark.django_db
def test_counts_are_those_of_the_posts_counted_one_by_one(
    make_post: Callable[..., Any],
    bob: Any,
    chloe: Any,
    alice: Any,
    network: Any,
    other_network: Any,
    join: Any,
) -> None:
    join(bob, other_network)
    for place, (author, kind) in enumerate(
        [(bob, "offer"), (chloe, "offer"), (alice, "request"), (bob, "request")] * 3
    ):
        make_post(author, kind, title=f"{NAMES[place]} {place}", topics=[NAMES[place], NAMES[place % 3]])
    make_post(bob, title="Ailleurs aussi", topics=[NAMES[0]], network=other_network)
    paused = make_post(chloe, title="En pause", topics=[NAMES[1]])
    pause_post(paused, by=chloe)

    def one_by_one(**narrow: Any) -> dict[int, tuple[int, int, int]]:
        posts = Post.objects.open().filter(**narrow)
        counted = {}
        for topic in Topic.objects.filter(posts__in=posts).distinct():
            offers = posts.filter(topics=topic, kind=Kind.OFFER)
            asked = posts.filter(topics=topic, kind=Kind.REQUEST).count()
            counted[topic.pk] = (offers.count(), asked, len({post.author_id for post in offers}))
        return counted

    def found(networks: list[Any], **narrow: str) -> dict[int, tuple[int, int, int]]:
        return {
            topic: (row.offers, row.requests, row.holders)
            for topic, row in tallies(networks, **narrow).items()
        }

    assert found([network]) == one_by_one(network=network)
    assert found([network, other_network]) == one_by_one()
    site = str(chloe.site_id)
    assert found([network], site=site) == one_by_one(network=network, author__site=chloe.site)
    sites, units = map_choices([network])
    assert {row.label for row in sites} == {"Nantes", "Rennes", "Paris"}
    operations = next(row for row in units if row.label == "Opérations")
    assert found([network], unit=operations.value) == one_by_one(network=network, author=bob)
    # Each filter counts what it would leave with the other; what is chosen stays, even with nothing left.
    beside = map_choices([network], site=site)[1]
    assert sum(row.count for row in beside) == next(row.count for row in sites if row.value == site)
    empty = map_choices([network], site=site, unit=operations.value)[1]
    assert next(row.count for row in empty if row.value == operations.value) == 0
    assert found([network], site="nonsense") == {}


@pytest.mark.django_db
def test_nothing_to_draw() -> None:
    assert tend_map() == 0
    assert draw_map() == 0
    assert tallies([]) == {}


@pytest.mark.django_db
def test_hundreds_of_topics_take_a_fixed_number_of_queries(queries: Any) -> None:
    make_topics([f"Savoir {n}" for n in range(6)])
    tend_map()
    with queries() as few:
        tend_map()
    make_topics([f"Autre savoir {n}" for n in range(3)])
    with queries() as one:
        tend_map()
    assert len(few) <= 4
    assert len(one) <= 14
