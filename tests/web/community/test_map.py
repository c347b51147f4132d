"""The map page: drawn, written in a table too, narrowed, and never more than its reader could find."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue.models import Topic
from reciproque.kit import clock
from reciproque.matching.actions import tend_map
from reciproque.networks.rules import System
from reciproque.recognition.models import Evidence, Skill
from reciproque.recognition.rules import Audience, EvidenceKind


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def address(network: Any, **query: Any) -> str:
    return reverse("community:map", args=[network.slug], query=query)


@pytest.fixture
def lively(bob: Any, chloe: Any, alice: Any, make_post: Callable[..., Any], network: Any) -> Any:
    """A few savoirs, one of them rare, all on the map."""
    make_post(chloe, title="Animer une réunion à distance", topics=["Réunion à distance"])
    make_post(alice, title="Réunions courtes", topics=["Réunion à distance"])
    make_post(bob, "request", title="Mes réunions", topics=["Réunion à distance"])
    make_post(bob, "request", title="Langue des signes", topics=["Langue des signes"])
    make_post(bob, title="Vélo", topics=["Réparer un vélo"])
    tend_map()
    return network


@pytest.mark.django_db
def test_a_blank_map_says_what_to_do(bob: Any, network: Any, client_of: Callable[..., Any]) -> None:
    page = text_of(client_of(bob).get(address(network)))
    assert "La carte est encore blanche" in page
    assert reverse("posts:new", args=[network.slug, "offer"]) in page
    poster = reverse("community:poster", args=[network.slug])
    assert "La carte est encore blanche" in text_of(client_of(bob).get(poster))


@pytest.mark.django_db
def test_every_savoir_is_drawn_and_written_in_the_table(
    bob: Any, lively: Any, client_of: Callable[..., Any]
) -> None:
    page = text_of(client_of(bob).get(address(lively)))
    drawn, table = page.split("<table", 1)
    for name in ("Réunion à distance", "Langue des signes", "Réparer un vélo"):
        topic = Topic.objects.get(name=name)
        assert f"topic={topic.public_id}" in drawn
        assert f"topic={topic.public_id}" in table
    assert "Réunion à distance : offres 2, demandes 1, fiches 0" in drawn
    assert 'class="atlas-map wide"' in page
    assert 'class="atlas-map narrow"' in page
    # Somebody seeks it, nobody offers it.
    row = table[table.index("Langue des signes") :]
    assert "rare" in row[: row.index("</tr>")]
    assert not re.search(r"<svg[^>]*style=|<path[^>]*style=", page)


@pytest.mark.django_db
def test_the_map_may_be_narrowed_and_looked_at_from_near(
    bob: Any, chloe: Any, lively: Any, client_of: Callable[..., Any]
) -> None:
    client = client_of(bob)
    rare = client.get(address(lively, show="rare"))
    assert [row["savoir"].name for row in rare.context["rows"]] == ["Langue des signes"]
    near = client.get(address(lively, site=chloe.site_id))
    assert [row["savoir"].name for row in near.context["rows"]] == ["Réunion à distance"]
    assert "Les fiches ne sont pas comptées" in text_of(near)
    one = client.get(address(lively, region=0))
    assert one.context["region"].number == 0
    close = client.get(address(lively, x=400, y=600, zoom=4))
    assert close.status_code == 200
    for nonsense in (
        {"x": "ab", "zoom": "-3"},
        {"region": "99"},
        {"topic": "zzzzzzzz"},
        {"site": "é"},
        {"page": "x"},
    ):
        assert client.get(address(lively, **nonsense)).status_code in (200, 404)


@pytest.mark.django_db
def test_a_savoir_shows_only_those_who_agreed_to_be_seen(
    bob: Any, chloe: Any, alice: Any, lively: Any, client_of: Callable[..., Any]
) -> None:
    lively.systems = [*lively.systems, System.COMMUNITY]
    lively.save()
    topic = Topic.objects.get(name="Réunion à distance")
    for person, audience in ((chloe, Audience.NETWORK), (alice, Audience.ME)):
        skill = Skill.objects.create(person=person, topic=topic, audience=audience)
        Evidence.objects.create(
            skill=skill,
            network=lively,
            kind=EvidenceKind.OFFERED,
            source_kind="post",
            source_id=person.public_id,
            on=clock.now().date(),
        )
    response = client_of(bob).get(address(lively, topic=topic.public_id))
    assert "À qui le demander" in text_of(response)
    assert [row["name"] for row in response.context["people"]] == ["Chloé Le Goff"]
    # Whoever manages her does not learn it from the map.
    chloe.manager = bob
    chloe.save()
    assert client_of(bob).get(address(lively, topic=topic.public_id)).context["people"] == []


@pytest.mark.django_db
def test_what_other_networks_talk_about_is_not_on_it(
    bob: Any,
    fatou: Any,
    lively: Any,
    other_network: Any,
    join: Callable[..., Any],
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
) -> None:
    make_post(fatou, title="Secret de banque", topics=["Secret de banque"], network=other_network)
    tend_map()
    client = client_of(bob)
    assert "Secret de banque" not in text_of(client.get(address(lively, **{"in": "all"})))
    topic = Topic.objects.get(name="Secret de banque")
    assert "Secret de banque" not in text_of(client.get(address(lively, topic=topic.public_id)))
    assert client.get(address(other_network)).status_code == 404
    assert client_of(fatou).get(address(lively)).status_code == 404
    # A member of both may put both on one map.
    join(bob, other_network)
    assert "Secret de banque" not in text_of(client.get(address(lively)))
    assert "Secret de banque" in text_of(client.get(address(lively, **{"in": "all"})))


@pytest.mark.django_db
def test_the_poster_holds_every_savoir(bob: Any, lively: Any, client_of: Callable[..., Any]) -> None:
    page = text_of(client_of(bob).get(reverse("community:poster", args=[lively.slug])))
    assert page.count('class="of-savoir"') == 3
    assert lively.name in page
