"""The steering page, a figure’s page and what is aimed at, as each person meets them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reciproque.insights.actions import measure_network
from reciproque.insights.models import Measure, Release, ReleasedFigure, Target
from reciproque.insights.queries.behind import Behind
from reciproque.insights.rules import INDICATORS
from reciproque.insights.rules.themes import HEADLINE, Theme, indicators_of, theme_of
from reciproque.kit import clock
from reciproque.networks.models import Membership
from reciproque.surveys.actions import copy_supplied, publish_version
from reciproque.surveys.models import Campaign
from reciproque.web.insights.views.figure import hidden_words
from tests.insights.pictures_made import told

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def at(name: str, network: Any, *args: Any) -> str:
    return reverse(f"insights:{name}", args=[network.slug, *args])


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def test_each_figure_has_its_theme_and_each_theme_its_headline() -> None:
    assert {name for theme in Theme for name in indicators_of(theme)} == set(INDICATORS)
    assert {theme_of(INDICATORS[name]) for name in HEADLINE} == set(Theme)


def test_who_has_a_role_has_the_entry_and_members_come_by_the_network(
    network: Any, alice: Any, bob: Any, dora: Any, fatou: Any, client_of: Any
) -> None:
    start = at("steering", network)
    front = reverse("join:network", args=[network.slug])
    for person, in_menu in ((alice, True), (dora, True), (bob, False)):
        page = text_of(client_of(person).get(front))
        assert ("> Pilotage <" in page or ">Pilotage<" in page) == in_menu
        assert "Ce que le réseau apporte" in page
        assert f'href="{start}"' in page
        assert client_of(person).get(start).status_code == 200
    assert client_of(fatou).get(start).status_code == 404
    assert client_of(fatou).get(at("figure", network, "members.members")).status_code == 404
    assert client_of(None).get(start).status_code == 302


def test_before_anything_is_counted_the_page_says_so(
    network: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    assert "Pas encore de chiffres" in text_of(client_of(alice).get(at("steering", network)))
    assert "quelques jours après la fin du premier mois" in text_of(
        client_of(bob).get(at("steering", network))
    )
    for person in (alice, bob):
        page = text_of(client_of(person).get(at("figure", network, "members.engagement")))
        assert "pas encore mesurable" in page
        assert "divisés par les membres" in page


def test_a_figure_says_what_it_is_where_it_goes_and_what_moves_it(
    network: Any, alice: Any, bob: Any, make_post: Any, client_of: Any
) -> None:
    make_post(bob, "offer", "Tailler les rosiers")
    measure_network(network)
    month = Measure.objects.filter(network=network, indicator="posts.offers", span="month", cut="")
    month.filter(start="2026-02-01").update(numerator=3, value=3)
    Measure.objects.create(
        network=network, indicator="posts.offers", span="month", start="2026-01-01", numerator=5, value=5
    )
    client = client_of(alice)
    page = text_of(client.get(at("steering", network), {"period": "month:2026-03-01"}))
    assert "Période : mars 2026." in page
    assert "Compté le" in page
    assert (
        '<data value="1" data-figure="posts.offers" data-period="month:2026-03-01" data-cut="" data-group="" '
        'data-value="1">1</data>' in page
    )
    # What is going on is not said to fall.
    assert 'Période en cours ; la précédente : <data value="3" data-figure="posts.offers"' in page
    assert "Repère : 30 %" in page
    # What cannot be said yet says why.
    assert "Le réseau n’avait pas donné tous ses montants pour cette période" in page
    page = text_of(client.get(at("steering", network), {"period": "month:2026-02-01"}))
    # The trend in words, whose former value is a figure too, and the lever of what goes the wrong way.
    former = '<data value="5" data-figure="posts.offers" data-period="month:2026-01-01"'
    assert f"En baisse ; auparavant : {former}" in page
    assert "invitez à dire ce que l’on sait faire" in page.partition(former)[2][:900]
    page = text_of(client.get(at("steering", network), {"theme": "effects"}))
    assert "data-none" in page
    assert "Il n’y a encore rien à compter ou à diviser sur cette période." in page


def test_what_is_behind_a_figure_is_for_who_may_see_it(
    network: Any, alice: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any
) -> None:
    post = make_post(bob, "offer", "Tailler les rosiers")
    make_post(chloe, "offer", "Lire un bilan")
    measure_network(network)
    address = at("figure", network, "posts.offers")
    page = text_of(client_of(alice).get(address))
    assert 'data-behind="2"' in page
    assert f'href="{reverse("posts:post", args=[post.public_id])}"' in page
    assert "Personne d’autre que vous ne lit ceci." in page
    page = text_of(client_of(bob).get(address))
    assert "data-behind" not in page
    assert "Tailler les rosiers" not in page
    # The list of people of a share, then of all those it is out of.
    address = at("figure", network, "members.engagement")
    page = text_of(client_of(alice).get(address))
    assert "Bob Riou" in page
    assert "Alice Martin</a>" not in page
    page = text_of(client_of(alice).get(address, {"part": "whole"}))
    assert "Alice Martin</a>" in page
    assert "Vous n’en faites pas partie." in page


def test_others_read_what_was_told_and_their_own_part(
    network: Any, bob: Any, make_post: Any, client_of: Any
) -> None:
    with clock.at(dt.datetime(2025, 5, 5, 9, tzinfo=dt.UTC)):
        make_post(bob, "offer", "Tailler les rosiers")
    told(network, "year", dt.date(2025, 1, 1), {"posts.offers": 12, "posts.requests": None})
    client = client_of(bob)
    page = text_of(client.get(at("steering", network)))
    assert "Période : 2025." in page
    assert (
        'data-figure="posts.offers" data-period="year:2025-01-01" data-cut="" data-group="" data-value="12"'
        in page
    )
    assert ">masqué<" in page
    assert "Masqué : le dire parlerait de moins de cinq personnes, ou permettrait de le calculer." in page
    assert "Période demandée" not in page
    page = text_of(client.get(at("figure", network, "posts.offers")))
    assert "Dont les vôtres : 1. Personne d’autre que vous ne lit ceci." in page
    # A period that was not told is not read: the last that was is.
    page = text_of(client.get(at("steering", network), {"period": "month:2026-03-01"}))
    assert "Période : 2025." in page
    assert "Vous avez demandé « mars 2026 » : rien n’en est publié. Voici « 2025 »." in page
    page = text_of(client.get(at("steering", network), {"period": "month:2026-03-01", "cut": "unit"}))
    assert "Vous avez demandé « mars 2026 » : le détail par groupe n’est publié que par année entière" in page
    assert "Voici « 2025 »." in page
    page = text_of(client.get(at("figure", network, "posts.offers"), {"period": "ever:"}))
    assert "Vous avez demandé « depuis le début » : rien n’en est publié. Voici « 2025 »." in page
    assert "Vous avez demandé" not in text_of(client.get(at("steering", network), {"cut": "unit"}))


def test_nobody_nothing_to_divide_by_and_too_few_are_told_alike(
    network: Any, bob: Any, dora: Any, client_of: Any
) -> None:
    year = "year:2025-01-01"
    rows = ("nobody", "nothing", "few", "absent")
    release = told(
        network, "year", dt.date(2025, 1, 1), {("posts.offers", "unit", key): None for key in rows}
    )
    figures = release.figures.order_by("group")
    figures.filter(group="nobody").update(masked=False, numerator=0, value=0)
    figures.filter(group="nothing").update(masked=False, numerator=0, denominator=0, value=None)
    figures.filter(group="absent").update(masked=False, numerator=None, value=None)
    told(network, "month", dt.date(2025, 12, 1), {"posts.offers": 7, "posts.requests": (0, 9, 0)})
    for person in (bob, dora):
        client = client_of(person)
        asked = {"period": year, "cut": "unit", "theme": "posts"}
        page = text_of(client.get(at("steering", network), asked))
        cell = 'data-figure="posts.offers" data-period="year:2025-01-01" data-cut="unit" data-group="{}" data-masked="">masqué<'
        assert all(cell.format(key) in page for key in rows)
        assert page.count("Masqué : le dire parlerait de moins de cinq personnes") == 1
        assert "data-none" not in page
        lines = client.get(at("steering_csv", network), asked).content.decode().splitlines()[1:]
        assert len(lines) == len(rows)
        assert len({line.split(";", 4)[4].replace(line.split(";")[3], "") for line in lines}) == 1
        page = text_of(client.get(at("figure", network, "posts.offers"), {"period": year, "cut": "unit"}))
        assert all(cell.format(key) in page for key in rows)
        page = text_of(client.get(at("figure", network, "posts.requests"), {"period": "month:2025-12-01"}))
        assert ">masqué<" in page
        assert "data-numerator" not in page


def test_what_is_told_since_the_beginning_says_until_which_day(
    network: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    release = told(network, "ever", dt.date(1900, 1, 1), {"members.members": 1050, "savoirs.at_risk": 0})
    Release.objects.filter(pk=release.pk).update(start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 1))
    ReleasedFigure.objects.filter(indicator="savoirs.at_risk").update(numerator=None, value=None)
    page = text_of(client_of(bob).get(at("steering", network)))
    assert page.count("Au 31 décembre 2025.") >= 2
    assert "1 050" in page
    page = text_of(client_of(bob).get(at("figure", network, "members.members"), {"period": "ever:"}))
    assert "Au 31 décembre 2025." in page
    # What is read day by day was not read then: it is no small number.
    page = text_of(client_of(bob).get(at("steering", network), {"theme": "savoirs"}))
    assert "pas relevé" in page
    assert "Qui anime le réseau le lit au jour le jour" in page
    # Who does not animate is led to no page that leads back here.
    door = reverse("community:figures", args=[network.slug])
    assert door not in page
    assert door in text_of(client_of(alice).get(at("steering", network)))


def test_what_was_kept_out_of_sight_says_why() -> None:
    found = Behind("introduction", "", 1200, 1154, [], None)
    assert "hors de votre périmètre" in hidden_words(found)
    said = hidden_words(dataclasses.replace(found, of_reviews=True)).replace("\u00a0", " ")
    assert said.startswith(
        "1 154 mises en relation comptées, pas montrées : dire lesquelles dirait ce que disent"
    )
    assert "hors de votre périmètre" not in said


def test_what_answers_say_together_says_where_it_is_read(
    network: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    questionnaire = copy_supplied(network, "impact", by=alice)
    publish_version(questionnaire, by=alice)
    before = clock.now() - 2 * DAY
    campaign = Campaign.objects.create(
        network=network,
        questionnaire=questionnaire,
        first_version=questionnaire.versions.get(),
        trigger="date",
        mode="anonymous",
        opens_at=before - DAY,
        closes_at=before,
        planned_by=alice,
        state="closed",
        opened_at=before - DAY,
        closed_at=before,
    )
    measure_network(network)
    address = at("figure", network, "impact.relations")
    page = text_of(client_of(alice).get(address))
    assert "Ce chiffre vient des réponses au questionnaire d’impact, qui se lisent par groupes" in page
    assert "montants donnés par l’animation" not in page
    link = f'href="{reverse("surveys:results", args=[campaign.public_id])}"'
    assert link in page
    assert link not in text_of(client_of(bob).get(address))


@pytest.mark.parametrize(
    "query",
    [
        {"period": "demain", "cut": "x", "theme": "y", "page": "-1"},
        {"period": "month:2026-02-31"},
        {"period": "year:2026-01-01", "cut": "unit", "page": "999"},
        {"period": "ever:", "group": "inconnu", "cut": "site", "groups": "zz"},
        {"part": "whole", "page": "abc"},
    ],
)
def test_nonsense_in_an_address_breaks_nothing(
    network: Any, alice: Any, bob: Any, client_of: Any, query: dict[str, str]
) -> None:
    measure_network(network)
    for person in (alice, bob):
        for address in (
            at("steering", network),
            at("steering_csv", network),
            at("figure", network, "members.members"),
            at("figure_csv", network, "flows.units"),
        ):
            assert client_of(person).get(address, query).status_code == 200
        assert client_of(person).get(at("figure", network, "members.unknown")).status_code == 404


def test_a_target_is_chosen_shown_beside_the_figure_and_given_up(
    network: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    measure_network(network)
    client = client_of(alice)
    address = at("target", network, "members.engagement")
    assert client_of(bob).get(address).status_code == 404
    assert client.get(at("target", network, "hours.said")).status_code == 404
    until = (clock.now().date() + 200 * DAY).isoformat()
    wrong = client.post(address, {"value": "140", "until": until, "why": "Pour voir"})
    assert wrong.status_code == 422
    assert "Une part va de 0 à 100 %." in text_of(wrong)
    assert "Pour voir" in text_of(wrong)
    assert client.post(address, {"value": "45,5", "until": until, "why": "Un an d’élan"}).status_code == 303
    assert Target.objects.get().value == pytest.approx(0.455)
    page = text_of(client.get(at("steering", network)))
    assert "Objectif : 45,5 % d’ici le 18 septembre 2026. Pas encore atteint." in page
    page = text_of(client_of(bob).get(at("targets", network)))
    assert "Un an d’élan" in page
    assert "Abandonner" not in page
    drop = at("target_drop", network, "members.engagement")
    assert client_of(bob).post(drop).status_code == 404
    assert client.post(drop).status_code == 303
    assert Target.objects.get().ended_at is not None
    assert "Repère : 30 %" in text_of(client.get(at("steering", network)))


# Who reads, what, and the literal number of queries, everything included.
QUERIES = {
    ("alice", "steering"): 26,
    ("alice", "steering by unit"): 23,
    ("bob", "steering"): 27,
}


def test_the_steering_page_asks_the_same_few_questions_whatever_the_size(
    network: Any, alice: Any, bob: Any, make_person: Any, client_of: Any
) -> None:
    def asked() -> dict[tuple[str, str], int]:
        found = {}
        for name, person in (("alice", alice), ("bob", bob)):
            client = client_of(person)
            for page, query in (("steering", {}), ("steering by unit", {"cut": "unit", "theme": "people"})):
                client.get(at("steering", network), query)
                with CaptureQueriesContext(connection) as seen:
                    assert client.get(at("steering", network), query).status_code == 200
                found[name, page] = len(seen)
        return found

    measure_network(network)
    told(network, "year", dt.date(2025, 1, 1), {"members.members": 12})
    few = asked()
    people = [make_person(unit=f"Siège > Service {number % 40}") for number in range(120)]
    now = clock.now()
    Membership.objects.bulk_create(
        Membership(network=network, person=person, state="member", joined_at=now) for person in people
    )
    for year in range(2015, 2025):
        told(network, "year", dt.date(year, 1, 1), {"members.members": 12})
    measure_network(network)
    assert asked() == few
    assert {key: few[key] for key in QUERIES} == QUERIES
