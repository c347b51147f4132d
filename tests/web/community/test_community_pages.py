"""The place of a learning community, its savoirs at risk, its pool, its calls and its maturity, through their pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import override

from reciproque.insights.actions import ask_successors, launch_call, note_maturity
from reciproque.insights.models import HelperInvitation, Leaving, MaturityCheck, MaturityGoal
from reciproque.insights.rules import Dimension
from reciproque.kit import clock
from reciproque.library.actions import ask_case
from reciproque.networks.actions import change_settings, grant_role
from reciproque.networks.queries import place_in_pool
from reciproque.recognition.models import Call, Standing
from tests.insights.test_community import closed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def community(network: Any, admin: Any) -> Any:
    return change_settings(network, by=admin, systems=["exchanges", "community"])


def at(name: str, *args: Any) -> str:
    return reverse(f"community:{name}", args=args)


def test_a_community_opens_on_its_place_and_the_menu_follows_what_is_declared(
    community: Any, alice: Any, bob: Any, fatou: Any, admin: Any, client_of: Any
) -> None:
    ask_case(community, by=alice, question="Comment faites-vous pour trier plus vite ?")
    place = at("place", community.slug)
    page = text_of(client_of(bob).get(place))
    assert "Comment faites-vous pour trier plus vite ?" in page
    assert "Alice Martin" in page
    assert "Savoirs en danger" not in page
    assert "Savoirs en danger" in text_of(client_of(alice).get(place))
    assert client_of(fatou).get(place).status_code == 404
    home = text_of(client_of(bob).get(reverse("home:home")))
    assert f'href="{place}"' in home
    assert f'href="{reverse("posts:mine", args=[community.slug])}"' in home
    change_settings(community, by=admin, systems=["circles"])
    home = text_of(client_of(bob).get(reverse("home:home")))
    assert f'href="{place}"' not in home
    assert f'href="{reverse("posts:mine", args=[community.slug])}"' not in home
    assert f'href="{reverse("circles:all", args=[community.slug])}"' in home
    # What the menu no longer shows still answers at its address.
    assert client_of(bob).get(reverse("posts:mine", args=[community.slug])).status_code == 200
    assert client_of(bob).get(place).status_code == 200


def test_from_a_savoir_at_risk_to_a_yes(
    community: Any, alice: Any, bob: Any, chloe: Any, client_of: Any, make_post: Any
) -> None:
    offer = make_post(chloe, "offer", "Tailler les rosiers", topics=["Rosiers"])
    topic = offer.topics.get()
    animator, holder = client_of(alice), client_of(chloe)
    # Nobody asks for it: it is fragile, and presses nobody.
    page = text_of(animator.get(at("risk", community.slug)))
    assert "Rosiers" not in page
    assert "Voir 1 savoir fragile sans presser" in page
    every = at("risk", community.slug) + "?risk=all"
    page = text_of(animator.get(every))
    assert "Une seule personne a publié qu’elle le sait, ou le montre au réseau." in page
    assert "Une personne le porte" in page
    assert "Chloé" not in page
    assert client_of(bob).get(at("risk", community.slug)).status_code == 404
    launch = at("launch", community.slug, topic.public_id)
    page = text_of(animator.get(launch, {"kind": "sheet"}))
    # Anyone finds her by her offer, which is named beside her.
    assert "Chloé Le Goff" in page
    assert ", pour son offre « Tailler les rosiers »" in page
    wrong = animator.post(launch, {"kind": "successor", "words": "Gardé"})
    assert wrong.status_code == 422
    assert "Gardé" in text_of(wrong)
    answer = animator.post(launch, {"kind": "sheet", "person": "", "words": "Vous seule savez."})
    assert answer.status_code == 303
    call = Call.objects.get()
    assert call.person == chloe
    # The list of savoirs is some minutes old, what was launched from it shows at once.
    page = text_of(animator.get(every))
    assert "1 sollicitation en cours" in page
    assert "Liste établie à" in page
    page = text_of(animator.get(at("calls", community.slug)))
    assert "Chloé" not in page
    assert "Chloé" not in text_of(animator.get(at("call", call.public_id)))
    assert client_of(bob).get(at("call", call.public_id)).status_code == 404
    assert "Quelqu’un a besoin de ce que vous savez" in text_of(holder.get(reverse("home:home")))
    page = text_of(holder.get(at("call", call.public_id)))
    assert "Vous seule savez." in page
    assert "Personne ne saura que la question vous a été posée, sauf si vous dites oui." in page
    assert holder.post(at("call", call.public_id), {"answer": "yes"}).status_code == 303
    assert "Écrire la fiche" in text_of(holder.get(at("call", call.public_id)))
    assert "Chloé Le Goff" in text_of(animator.get(at("calls", community.slug)))
    assert holder.post(at("call_done", call.public_id)).status_code == 303
    call.refresh_from_db()
    assert call.done_at is not None
    assert "Chloé Le Goff" in text_of(animator.get(at("calls", community.slug), {"state": "over"}))


def test_ones_own_limit_and_departure(
    community: Any, alice: Any, bob: Any, client_of: Any, make_post: Any
) -> None:
    offer = make_post(bob, "offer", "Tailler les rosiers", topics=["Rosiers"])
    mine = client_of(bob)
    assert mine.post(at("my_calls"), {"most": "1"}).status_code == 303
    assert Standing.objects.get(person=bob).calls == 1
    assert mine.post(at("my_calls"), {"most": "99"}).status_code == 422
    soon = clock.now().date() + 90 * DAY
    assert mine.post(at("leaving"), {"on": "2001-01-01"}).status_code == 422
    assert mine.post(at("leaving"), {"on": soon.isoformat()}).status_code == 303
    assert Leaving.objects.get(person=bob).on == soon
    page = text_of(client_of(alice).get(at("risk", community.slug) + "?risk=all"))
    assert "Une seule personne a publié qu’elle le sait" in page
    assert "Bob" not in page
    assert soon.isoformat() not in page
    # Whether anybody leaves is answered to nobody: the program asks.
    launch = at("launch", community.slug, offer.topics.get().public_id)
    assert client_of(alice).post(launch, {"kind": "successor", "person": ""}).status_code == 422
    assert ask_successors() == 1
    assert Call.objects.get().person == bob
    assert mine.post(at("leaving"), {"on": ""}).status_code == 303
    assert not Leaving.objects.exists()


def test_who_is_ready_is_invited_and_joins_the_pool(
    community: Any, alice: Any, bob: Any, dora: Any, client_of: Any, run_reactions: Any
) -> None:
    for giver, taker in ((bob, dora), (bob, dora), (dora, bob)):
        closed(community, giver, taker)
    animator = client_of(alice)
    page = text_of(animator.get(at("pool", community.slug)))
    assert "Bob Riou" in page
    assert animator.post(at("invite", community.slug, bob.public_id)).status_code == 303
    invitation = HelperInvitation.objects.get()
    run_reactions()
    address = at("helping", invitation.public_id)
    assert client_of(dora).get(address).status_code == 404
    assert "Alice Martin" in text_of(client_of(bob).get(address))
    answer = client_of(bob).post(address, {"answer": "yes", "availability": "Le mardi", "at_most": "1"})
    assert answer.status_code == 303
    row = place_in_pool(bob, community)
    assert row is not None
    assert (row.abilities, row.at_most) == (["mediate"], 1)
    page = text_of(animator.get(at("pool", community.slug)))
    assert "avoir vécu un échange de chaque côté" in page
    # Once a year at most, whatever the answer.
    assert animator.post(at("invite", community.slug, bob.public_id)).status_code == 303
    assert HelperInvitation.objects.count() == 1


def test_maturity_from_the_start_to_a_goal(
    community: Any, alice: Any, bob: Any, client_of: Any, run_reactions: Any
) -> None:
    animator = client_of(alice)
    assert "Le premier point n’est pas fait" in text_of(client_of(bob).get(at("maturity", community.slug)))
    assert client_of(bob).get(at("check", community.slug)).status_code == 404
    assert animator.get(at("goals", community.slug)).status_code == 303
    check = at("check", community.slug)
    assert animator.get(check).status_code == 200
    assert animator.post(check, {"people": "2"}).status_code == 422
    levels = dict.fromkeys(Dimension.values, "2") | {
        "memory": "1",
        "memory_words": "Tout est dans les têtes.",
    }
    assert animator.post(check, levels).status_code == 303
    assert MaturityCheck.objects.get().levels["memory"] == 1
    goals = at("goals", community.slug)
    assert animator.get(goals).status_code == 200
    year = (clock.now().date() + 300 * DAY).isoformat()
    wanted = dict.fromkeys(Dimension.values, "0") | {"memory": "2", "until": year}
    assert animator.post(goals, wanted).status_code == 303
    assert MaturityGoal.objects.get().level == 2
    page = text_of(client_of(bob).get(at("maturity", community.slug)))
    assert "Tout est dans les têtes." in page
    assert "Il reste un niveau à gravir." in page
    page = text_of(client_of(alice).get(at("figures", community.slug)))
    assert "÷ membres présents" in page
    assert client_of(alice).get(at("figures", community.slug), {"low": "x"}).status_code == 200


def test_what_presses_comes_first(
    community: Any, alice: Any, bob: Any, chloe: Any, dora: Any, client_of: Any, make_post: Any
) -> None:
    make_post(chloe, "offer", "Tailler les rosiers", topics=["Rosiers"])
    make_post(dora, "offer", "Tondre le gazon", topics=["Gazon"])
    make_post(bob, "request", "Apprendre le gazon", topics=["Gazon"])
    page = text_of(client_of(alice).get(at("risk", community.slug)))
    assert "Gazon" in page
    assert "Rosiers" not in page
    assert "1 autre savoir" in page
    assert "Rosiers" in text_of(client_of(alice).get(at("risk", community.slug) + "?risk=all"))


def test_who_only_animates_is_led_to_no_page_of_members(
    community: Any, chloe: Any, bob: Any, make_person: Any, admin: Any, client_of: Any, make_post: Any
) -> None:
    make_post(chloe, "offer", "Tailler les rosiers", topics=["Rosiers"])
    topic = make_post(bob, "request", "Apprendre les rosiers", topics=["Rosiers"]).topics.get()
    irene = make_person("Irène", "Sans Réseau")
    grant_role(community, irene, "animator", by=admin)
    client = client_of(irene)
    shown = reverse("find:topic", args=[community.slug, topic.public_id])
    curate = reverse("topics:curate", args=[community.slug, topic.public_id])
    assert client.get(shown).status_code == 404
    for page in (curate, at("risk", community.slug), at("place", community.slug)):
        answer = client.get(page)
        assert answer.status_code == 200
        assert shown not in text_of(answer)
        assert at("map", community.slug) not in text_of(answer)


def test_a_no_says_truthfully_who_reads_it_and_what_comes_next(
    community: Any, alice: Any, bob: Any, chloe: Any, dora: Any, client_of: Any, make_post: Any
) -> None:
    topic = make_post(chloe, "offer", "Tailler les rosiers", topics=["Rosiers"]).topics.get()
    call = launch_call(community, topic, kind="sheet", by=alice, person=chloe)
    address = at("call", call.public_id)
    holder = client_of(chloe)
    page = text_of(holder.get(address))
    assert "sera lue avec votre nom par Alice Martin et par ceux qui animent le réseau" in page
    # Nobody else knows: nothing is promised.
    said = text_of(holder.post(address, {"answer": "no", "reason": ""}, follow=True))
    assert "C’est noté : Alice Martin lira votre réponse." in said
    assert "quelqu’un d’autre" not in said
    # Somebody else knows too.
    other = make_post(dora, "offer", "Tondre le gazon", topics=["Gazon"]).topics.get()
    make_post(bob, "offer", "Tondre un gazon", topics=["Gazon"])
    call = launch_call(community, other, kind="sheet", by=alice, person=dora)
    said = text_of(client_of(dora).post(at("call", call.public_id), {"answer": "no"}, follow=True))
    assert "Réciproque le demande maintenant à quelqu’un d’autre." in said
    assert Call.objects.filter(person=bob, topic=other, asked_by=None).exists()


def test_a_departure_is_said_to_change_no_list(community: Any, bob: Any, client_of: Any) -> None:
    page = text_of(client_of(bob).get(at("my_calls")))
    assert "aucune liste ne change" in page
    assert "apparaître vos savoirs" not in page


def test_maturity_is_said_in_the_language_of_its_reader(
    community: Any, admin: Any, alice: Any, client_of: Any
) -> None:
    note_maturity(community, by=admin, levels=dict.fromkeys(Dimension.values, 2), words={})
    alice.language = "en"
    alice.save()
    page = text_of(client_of(alice).get(at("maturity", community.slug)))
    with override("en"):
        labels = [str(label) for label in Dimension.labels]
    with override("fr"):
        assert labels != [str(label) for label in Dimension.labels]
    for label in labels:
        assert escape(capfirst(label)) in page


def test_figures_say_once_what_no_cohort_can_tell(
    community: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    page = text_of(client_of(alice).get(at("figures", community.slug)))
    assert '<th scope="col">Ont publié' not in page
    assert "Non montré : Ont publié, Premier échange en 90 jours, Ont agi ces 90 jours." in page
    # Counted again at every visit, they would tell of each person who moves them: a member reads what was released.
    answer = client_of(bob).get(at("figures", community.slug))
    assert answer.headers["Location"] == reverse("insights:steering", args=[community.slug])
