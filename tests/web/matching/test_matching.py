"""The pages of matching: why this person, loops and nudges for members; the plan and its weights for animators."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.models import Step
from reciproque.catalogue.actions import withdraw_post
from reciproque.kit import clock
from reciproque.matching.actions import (
    ask_plan,
    compute_suggestions,
    do_asked,
    find_alike,
    make_plan,
    publish_pairs,
    refresh_loops,
)
from reciproque.matching.engine.score import Weights
from reciproque.matching.models import Likeness, Loop, Nudge, PlannedPair, Ruling, Suggestion
from reciproque.matching.queries import current_plan, tuning_of
from reciproque.networks.actions import grant_role
from reciproque.people.actions import get_site

EXCEL, EXCEL_TOO = "Construire des tableaux croisés dynamiques", "Faire un tableau croisé dynamique"
TALK, TALK_TOO = "Prendre la parole en public", "Oser prendre la parole devant un public"


@pytest.fixture
def pair(network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, make_post: Any) -> Suggestion:
    """Chloé and Bob each offer what the other seeks; Dora seeks what nobody offers."""
    make_post(chloe, "offer", EXCEL)
    make_post(bob, "request", EXCEL_TOO)
    make_post(bob, "offer", TALK)
    make_post(chloe, "request", TALK_TOO)
    make_post(dora, "request", "Souder à l’arc")
    compute_suggestions(network)
    return Suggestion.objects.select_related("request", "offer").get(request__author=bob)


@pytest.fixture
def see(client_of: Any) -> Any:
    def see_(person: Any, name: str, *args: Any, status: int = 200, **query: str) -> str:
        response = client_of(person).get(reverse(name, args=args, query=query))
        assert response.status_code == status
        return response.content.decode()

    return see_


@pytest.fixture
def send(client_of: Any) -> Any:
    def send_(person: Any, name: str, *args: Any, status: int = 200, **fields: Any) -> str:
        response = client_of(person).post(reverse(name, args=args), fields, follow=True)
        assert response.status_code == status
        return response.content.decode()

    return send_


# -- one's own ---------------------------------------------------------------------------------------------


def test_each_side_reads_why_and_what_to_answer(bob: Any, chloe: Any, pair: Suggestion, see: Any) -> None:
    page = see(bob, "matching:suggestion", pair.public_id)
    assert "le sujet est" in page.lower()
    assert "Demander une mise en relation" in page
    assert "Pas maintenant" in page
    assert "Proposer mon aide" in see(chloe, "matching:suggestion", pair.public_id)


@pytest.mark.parametrize("who", ["alice", "dora", "fatou"])
def test_a_suggestion_is_for_its_two_people(
    everyone: Any, pair: Suggestion, see: Any, send: Any, who: str
) -> None:
    see(everyone[who], "matching:suggestion", pair.public_id, status=404)
    send(everyone[who], "matching:later", pair.public_id, status=404)


def test_what_was_withdrawn_or_left_behind_is_read_no_more(
    bob: Any, chloe: Any, pair: Suggestion, see: Any, run_reactions: Any
) -> None:
    withdraw_post(pair.offer, by=chloe)
    run_reactions()
    page = see(bob, "matching:suggestion", pair.public_id)
    assert "plus d’actualité" in page
    assert EXCEL not in page
    assert "Chloé" not in page


def test_a_private_refusal_does_not_show_in_a_loop(
    network: Any, alice: Any, bob: Any, chloe: Any, pair: Suggestion, see: Any, send: Any
) -> None:
    refresh_loops(network)
    loop = Loop.objects.get()
    send(chloe, "find:dismiss", pair.public_id)
    page = see(bob, "matching:loop", loop.public_id)
    assert "n’est plus possible" in page
    assert "Chloé" not in page
    assert "Chloé" not in see(alice, "matching:loops", network.slug)


def test_an_animator_of_one_site_reads_the_loops_of_their_people(
    network: Any, alice: Any, emile: Any, bob: Any, chloe: Any, pair: Suggestion, see: Any
) -> None:
    refresh_loops(network)
    lyon = get_site("Lyon")
    grant_role(network, emile, "animator", by=alice, site=lyon)
    page = see(emile, "matching:loops", network.slug)
    assert "Chloé" not in page
    assert "Bob" not in page
    type(bob).objects.filter(pk=bob.pk).update(site=lyon)
    page = see(emile, "matching:loops", network.slug)
    assert reverse("animation:member", args=[network.slug, bob.public_id]) in page
    assert reverse("animation:member", args=[network.slug, chloe.public_id]) not in page


def test_nul_and_foreign_addresses_are_refused_kindly(
    network: Any, alice: Any, bob: Any, pair: Suggestion, send: Any
) -> None:
    send(alice, "matching:groups", network.slug, status=404, id="\x00", act="meet")
    send(alice, "matching:plan", network.slug, status=404, act="some", pair=["\x00"])
    send(bob, "matching:later", pair.public_id, next="nowhere")


def test_not_now_is_a_promise_to_come_back(bob: Any, pair: Suggestion, see: Any, send: Any) -> None:
    assert "dans un mois" in send(bob, "matching:later", pair.public_id)
    pair.refresh_from_db()
    assert pair.put_off_until is not None
    assert EXCEL not in see(bob, "find:suggestions", pair.network.slug).replace(TALK, "")


def test_what_an_animator_proposes_is_on_the_home_page(
    network: Any, alice: Any, bob: Any, pair: Suggestion, see: Any
) -> None:
    publish_pairs(make_plan(ask_plan(network, by=alice)), None, by=alice)
    page = see(bob, "home:home")
    assert "L’animation vous propose : Chloé" in page
    assert reverse("matching:suggestion", args=[pair.public_id]) in page
    assert "tant que vous n’avez pas dit oui" in see(bob, "matching:suggestion", pair.public_id)


def test_why_not_that_one(bob: Any, dora: Any, pair: Suggestion, make_post: Any, see: Any) -> None:
    far = make_post(dora, "offer", "Entretenir un vélo de tournée")
    assert reverse("matching:why_not", args=[far.public_id]) in see(bob, "posts:post", far.public_id)
    assert "trop éloigné" in see(bob, "matching:why_not", far.public_id)
    assert "Elle vous est proposée" in see(bob, "matching:why_not", pair.offer.public_id)
    see(bob, "matching:why_not", pair.request.public_id, status=404)
    assert (
        "Dites d’abord ce que vous cherchez"
        in see(make_post(dora, "offer", "Autre chose").author, "matching:why_not", pair.offer.public_id)
        or dora.posts.filter(kind="request").exists()
    )


def test_a_loop_reads_as_a_circle(network: Any, bob: Any, dora: Any, pair: Suggestion, see: Any) -> None:
    assert refresh_loops(network) == 1
    loop = Loop.objects.get()
    page = see(bob, "matching:loop", loop.public_id)
    assert "Chloé Le Goff vous transmet" in page
    assert "Vous transmettez à Chloé" in page
    assert "Une boucle d’échanges avec vous" in see(bob, "home:home")
    assert "Une boucle d’échanges avec vous" in see(bob, "find:suggestions", network.slug)
    see(dora, "matching:loop", loop.public_id, status=404)


def test_a_nudge_leads_to_an_offer_or_away(
    network: Any, bob: Any, dora: Any, chloe: Any, pair: Suggestion, see: Any, send: Any
) -> None:
    request = dora.posts.get(kind="request")
    nudge = Nudge.objects.create(network=network, person=bob, request=request, because="Soudure")
    assert "Vous pourriez partager cela" in see(bob, "home:home")
    page = see(bob, "matching:nudge", nudge.public_id)
    assert "title=Souder" in page
    see(chloe, "matching:nudge", nudge.public_id, status=404)
    assert "Personne n’en saura rien" in send(bob, "matching:nudge", nudge.public_id)
    assert "Vous pourriez partager cela" not in see(bob, "home:home")


def test_ones_own_posts_that_say_the_same_are_compared(
    network: Any, bob: Any, chloe: Any, make_post: Any, see: Any, send: Any
) -> None:
    make_post(bob, "offer", EXCEL)
    other = make_post(bob, "offer", "Construire des tableaux croisés dynamiques sous Excel")
    find_alike(network)
    likeness = Likeness.objects.get()
    assert "presque la même chose" in see(bob, "posts:mine", network.slug)
    assert "Garder celle-ci" in see(bob, "matching:alike", likeness.public_id)
    see(chloe, "matching:alike", likeness.public_id, status=404)
    assert "une seule annonce reste publiée" in send(
        bob, "matching:alike", likeness.public_id, keep=other.public_id
    )
    assert [post.title for post in bob.posts.filter(state="published")] == [other.title]
    assert "déjà réglé" in see(bob, "matching:alike", likeness.public_id)


# -- a network's -------------------------------------------------------------------------------------------


PAGES = [
    "matching:plan",
    "matching:sought",
    "matching:loops",
    "matching:groups",
    "matching:rulings",
    "matching:weights",
]


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_network_says_what_comes(network: Any, alice: Any, see: Any, name: str) -> None:
    assert 'class="empty' in see(alice, name, network.slug) or name == "matching:weights"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["bob", "emile", "dora", "fatou"])
def test_the_networks_pages_are_its_animators(
    network: Any, everyone: Any, see: Any, name: str, who: str
) -> None:
    see(everyone[who], name, network.slug, status=404)


def test_an_animator_asks_for_a_plan_rereads_and_publishes(
    network: Any, alice: Any, bob: Any, pair: Suggestion, see: Any, send: Any, run_reactions: Any
) -> None:
    assert "se calcule" in send(alice, "matching:plan", network.slug, act="plan", objective="served")
    do_asked()
    page = see(alice, "matching:plan", network.slug)
    assert "Bob Riou" in page
    assert "le plus de demandes servies" in page
    assert "donnent le même plan" in page
    assert "Proposer 2 mises en relation" in see(alice, "matching:publish", network.slug)
    see(bob, "matching:publish", network.slug, status=404)
    plan = current_plan(network)
    assert plan is not None
    assert "Cochez d’abord" in send(alice, "matching:plan", network.slug, act="some", plan=plan.public_id)
    row = plan.pairs.get(request__author=bob)
    said = send(alice, "matching:plan", network.slug, act="some", plan=plan.public_id, pair=[row.public_id])
    assert "1 mise en relation est proposée" in said
    page = see(alice, "matching:pair", network.slug, row.public_id)
    assert "Retirer la proposition" in page
    assert Step.objects.open().filter(owner=bob, verb="try").exists()
    assert "Bob Riou" in see(alice, "matching:plan", network.slug, state="published")
    old = plan.public_id
    make_plan(ask_plan(network, by=alice))
    assert "Un plan plus récent" in send(alice, "matching:plan", network.slug, act="all", plan=old)
    assert plan.pairs.exclude(state="published").exclude(state="gone").count() == 0


def test_a_plan_that_could_not_be_made_says_so(network: Any, alice: Any, see: Any) -> None:
    from reciproque.matching.models import Plan

    Plan.objects.create(network=network, state="failed")
    assert "n’a pas abouti" in see(alice, "matching:plan", network.slug)


def test_one_pair_is_explained_changed_and_ruled_on(
    network: Any, alice: Any, bob: Any, dora: Any, pair: Suggestion, make_post: Any, see: Any, send: Any
) -> None:
    make_post(dora, "offer", "Les tableaux croisés dynamiques, pas à pas")
    compute_suggestions(network)
    row = make_plan(ask_plan(network, by=alice)).pairs.get(request__author=bob)
    page = see(alice, "matching:pair", network.slug, row.public_id)
    assert "Pourquoi ces deux-là" in page
    other = Suggestion.objects.exclude(offer=row.offer).get(request=row.request)
    assert other.public_id in page
    assert "a pris la place" in send(
        alice, "matching:pair", network.slug, row.public_id, act="change", to=other.public_id
    )
    new = PlannedPair.objects.get(offer=other.offer)
    assert "toujours ensemble" in send(alice, "matching:pair", network.slug, new.public_id, act="pin")
    assert "ne seront plus proposées ensemble" in send(
        alice, "matching:pair", network.slug, new.public_id, act="forbid"
    )
    ruling = Ruling.objects.get(withdrawn_at=None)
    assert "Jamais ensemble" in see(alice, "matching:rulings", network.slug)
    assert "décide de nouveau" in send(alice, "matching:rulings", network.slug, id=ruling.public_id)
    assert not Ruling.objects.filter(withdrawn_at=None).exists()
    for who in (bob, dora):
        see(who, "matching:pair", network.slug, new.public_id, status=404)


def test_what_is_short_and_what_is_alike_are_listed(
    network: Any,
    alice: Any,
    bob: Any,
    dora: Any,
    emile: Any,
    chloe: Any,
    pair: Any,
    make_post: Any,
    see: Any,
    send: Any,
) -> None:
    make_post(chloe, "offer", "Jouer aux échecs", small_group=True, capacity=5)
    for person in (bob, dora, emile):
        make_post(person, "request", "Jouer aux échecs")
    compute_suggestions(network)
    make_plan(ask_plan(network, by=alice))
    find_alike(network)
    assert "Souder à l’arc" in see(alice, "matching:sought", network.slug)
    assert "3 demandes" in see(alice, "matching:groups", network.slug)
    likeness = Likeness.objects.get(kind="group")
    assert "proposée à 3 personnes" in send(
        alice, "matching:groups", network.slug, id=likeness.public_id, act="meet"
    )
    send(bob, "matching:groups", network.slug, id=likeness.public_id, act="meet", status=404)


def test_weights_are_previewed_kept_and_put_back(
    network: Any, alice: Any, pair: Suggestion, see: Any, send: Any, client_of: Any
) -> None:
    fields = {name: weight // 10 for name, weight in Weights()} | {"threshold": 35, "reciprocity": 10}
    page = send(alice, "matching:weights", network.slug, act="preview", **fields | {"other_department": 500})
    assert "Ce que ces réglages changeraient" in page
    assert tuning_of(network).is_default
    assert "C’est enregistré" in send(
        alice, "matching:weights", network.slug, act="keep", **fields | {"waiting": 40}
    )
    assert tuning_of(network).weights.waiting == 400
    assert "de retour" in send(alice, "matching:weights", network.slug, act="reset")
    assert tuning_of(network).is_default
    refused = send(
        alice, "matching:weights", network.slug, act="keep", status=422, **fields | {"waiting": 5001}
    )
    assert "5001" in refused
    send(alice, "matching:weights", network.slug, act="keep", status=422, waiting="beaucoup")


def test_the_animators_desk_leads_there(network: Any, alice: Any, see: Any) -> None:
    assert reverse("matching:plan", args=[network.slug]) in see(alice, "animation:desk", network.slug)


def test_in_english_too(network: Any, alice: Any, bob: Any, pair: Suggestion, client_of: Any) -> None:
    bob.language = alice.language = "en"
    bob.save()
    alice.save()
    make_plan(ask_plan(network, by=alice))
    with clock.at(clock.now() + dt.timedelta(minutes=1)):
        page = client_of(bob).get(
            reverse("matching:suggestion", args=[pair.public_id]), headers={"accept-language": "en"}
        )
        assert "Why this person?" in page.content.decode()
        plan = client_of(alice).get(
            reverse("matching:plan", args=[network.slug]), headers={"accept-language": "en"}
        )
        assert "Suggest" in plan.content.decode()
