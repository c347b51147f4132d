"""A network without exchanges speaks of its own systems: its charter, its welcome, its front page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.models import Step
from reciproque.initiatives.actions import groups
from reciproque.initiatives.models import Frame
from reciproque.initiatives.queries.glance import glance_at, late_answers
from reciproque.kit import clock
from reciproque.networks.actions import create_network, grant_role, join_network
from reciproque.networks.models import Membership
from reciproque.networks.rules import (
    CIRCLES_CHARTER_FR,
    DEFAULT_CHARTER_FR,
    LEARNING_CHARTER_EN,
    LEARNING_CHARTER_FR,
    default_charter,
    suited_charter,
)
from tests.initiatives.launch import frame_at_launch


@pytest.fixture
def learning(admin: Any) -> Any:
    return create_network("Répondre mieux", by=admin, slug="mieux", systems=["learning"])


@pytest.fixture
def frame(learning: Any, admin: Any) -> Frame:
    return frame_at_launch(learning, admin)


@pytest.fixture
def ines(make_person: Any) -> Any:
    return make_person("Inès", "Roy")


def text_of(client: Any, name: str, network: Any) -> str:
    return client.get(reverse(name, args=[network.slug])).content.decode().replace("\u00a0", " ")


def late(frame: Frame, owner: Any) -> Step:
    return Step.objects.create(
        verb="resolve",
        subject_kind="proposal",
        subject_id="abc23456789b",
        network=frame.network,
        owner=owner,
        due_at=clock.now() - dt.timedelta(days=3),
        words="Un banc",
    )


@pytest.mark.parametrize(
    ("systems", "begins"),
    [
        (["exchanges"], DEFAULT_CHARTER_FR),
        (["exchanges", "learning"], DEFAULT_CHARTER_FR),
        (["learning"], LEARNING_CHARTER_FR),
        (["circles", "learning"], LEARNING_CHARTER_FR),
        (["circles"], CIRCLES_CHARTER_FR),
        (["community"], DEFAULT_CHARTER_FR),
    ],
)
def test_the_charter_is_that_of_the_systems(systems: list[str], begins: str) -> None:
    assert default_charter(systems)[0] == begins


def test_only_an_untouched_charter_follows_the_systems() -> None:
    fr, en = default_charter(["exchanges"])
    assert suited_charter(fr.replace("\n", "\r\n"), en, ["learning"])[0] == LEARNING_CHARTER_FR
    assert suited_charter(fr + "\nUne de plus.", en, ["learning"])[0] == fr + "\nUne de plus."


def test_each_charter_says_as_much_in_both_languages() -> None:
    for systems in (["exchanges"], ["learning"], ["circles"]):
        fr, en = default_charter(systems)
        assert len(fr.splitlines()) == len(en.splitlines()) <= 10


def test_a_learning_network_is_joined_by_its_own_charter(client_of: Any, ines: Any, learning: Any) -> None:
    client = client_of(ines)
    charter = learning.charters.get()
    assert (charter.text_fr, charter.text_en) == (LEARNING_CHARTER_FR, LEARNING_CHARTER_EN)
    front = text_of(client, "join:network", learning)
    assert "un savoir" not in front
    assert "Réciprocité" not in front
    assert "Mise en relation" not in front
    assert "un groupe de travail" in front
    page = text_of(client, "join:join", learning)
    assert "le comité répond à la date dite" in page
    assert "offre" not in page
    response = client.post(reverse("join:join", args=[learning.slug]), {"version": 1, "agree": "on"})
    assert response["Location"] == reverse("join:welcome", args=[learning.slug])


def test_one_is_welcomed_to_themes_and_groups(
    client_of: Any, ines: Any, learning: Any, frame: Frame, admin: Any
) -> None:
    group = groups.form_group(frame, by=admin, name="Le rappel du jour")
    join_network(learning, ines, by=ines, charter_version=1)
    page = text_of(client_of(ines), "join:welcome", learning)
    assert "Répondre plus vite" in page
    assert reverse("initiatives:group", args=[group.public_id]) in page
    assert reverse("initiatives:learning", args=[learning.slug]) in page
    assert "Écrire mon offre" not in page


def test_who_joins_before_the_frame_is_not_led_nowhere(client_of: Any, ines: Any, learning: Any) -> None:
    join_network(learning, ines, by=ines, charter_version=1)
    page = text_of(client_of(ines), "join:welcome", learning)
    assert "se prépare" in page
    assert reverse("initiatives:groups", args=[learning.slug]) not in page


def test_a_member_reads_where_the_network_is(
    client_of: Any, ines: Any, learning: Any, frame: Frame, admin: Any
) -> None:
    join_network(learning, ines, by=ines, charter_version=1)
    late(frame, admin)
    page = text_of(client_of(ines), "join:network", learning)
    assert "Mieux accueillir" in page
    assert "1 réponse due au réseau est en retard" in page
    assert "0 offre publiée" not in page
    assert "Chercher un savoir" not in page
    membership = text_of(client_of(ines), "join:membership", learning)
    assert "Combien d’échanges" not in membership
    assert "offre" not in membership
    assert Membership.objects.get(person=ines, network=learning).is_active(learning, clock.now())


def test_a_stranger_reads_no_theme(client_of: Any, ines: Any, learning: Any, frame: Frame) -> None:
    assert glance_at(learning, ines) is None
    assert "Mieux accueillir" not in text_of(client_of(ines), "join:network", learning)


def test_a_network_of_exchanges_is_as_it_was(client_of: Any, bob: Any, network: Any) -> None:
    page = text_of(client_of(bob), "join:network", network)
    assert "Chercher un savoir" in page
    assert "Mise en relation" in page
    assert "réseau apprenant" not in page.lower()


def test_the_sponsor_finds_the_late_answers_and_the_way_in(
    client_of: Any, ines: Any, learning: Any, frame: Frame, admin: Any, make_person: Any
) -> None:
    Frame.objects.filter(pk=frame.pk).update(sponsor=ines)
    grant_role(learning, ines, "sponsor", by=admin)
    late(frame, admin)
    late(frame, make_person("Samira"))
    page = client_of(ines).get("/").content.decode().replace("\u00a0", " ")
    assert "2 réponses dues au réseau « Répondre mieux » sont en retard." in page
    assert reverse("initiatives:overdue", args=[learning.slug]) in page
    assert reverse("initiatives:learning", args=[learning.slug]) in page
    front = text_of(client_of(ines), "join:network", learning)
    assert "Entrer dans le réseau apprenant" in front
    assert "Le rejoindre aussi" not in front


def test_only_those_who_answer_are_told_of_what_is_late(
    ines: Any, learning: Any, frame: Frame, admin: Any, bob: Any, network: Any, queries: Any
) -> None:
    late(frame, admin)
    assert late_answers(ines, [learning]) == []
    Frame.objects.filter(pk=frame.pk).update(sponsor=ines)
    assert late_answers(ines, [network, learning]) == [(learning, 1)]
    with queries() as seen:
        assert late_answers(bob, [network]) == []
    assert len(seen) == 0


def test_the_home_of_a_volunteer_does_not_speak_of_posts(
    client_of: Any, ines: Any, learning: Any, frame: Frame
) -> None:
    join_network(learning, ines, by=ines, charter_version=1)
    page = client_of(ines).get("/").content.decode().replace("\u00a0", " ")
    assert "Ce que vous cherchez avec d’autres" in page
    assert "Trouver ce que je sais" not in page
    assert "Personne d’autre n’a encore publié" not in page
