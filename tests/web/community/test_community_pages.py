"""The place of a learning community, its savoirs at risk, its pool, its calls and its maturity, through their pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.insights.actions import ask_successors
from reciproque.insights.models import HelperInvitation, Leaving, MaturityCheck, MaturityGoal
from reciproque.insights.rules import Dimension
from reciproque.kit import clock
from reciproque.library.actions import ask_case
from reciproque.networks.actions import change_settings
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
    page = text_of(animator.get(at("risk", community.slug)))
    assert "Une seule personne semble le porter." in page
    assert "Chloé" not in page
    assert client_of(bob).get(at("risk", community.slug)).status_code == 404
    launch = at("launch", community.slug, topic.public_id)
    page = text_of(animator.get(launch, {"kind": "sheet"}))
    # Anyone finds her by her offer.
    assert "Chloé Le Goff" in page
    wrong = animator.post(launch, {"kind": "successor", "words": "Gardé"})
    assert wrong.status_code == 422
    assert "Gardé" in text_of(wrong)
    answer = animator.post(launch, {"kind": "sheet", "person": "", "words": "Vous seule savez."})
    assert answer.status_code == 303
    call = Call.objects.get()
    assert call.person == chloe
    # The list of savoirs is some minutes old, what was launched from it shows at once.
    page = text_of(animator.get(at("risk", community.slug)))
    assert "1 sollicitation en cours" in page
    assert "Liste établie à" in page
    page = text_of(animator.get(at("calls", community.slug)))
    assert "Chloé" not in page
    assert "Chloé" not in text_of(animator.get(at("call", call.public_id)))
    assert client_of(bob).get(at("call", call.public_id)).status_code == 404
    assert "Quelqu’un a besoin de ce que vous savez" in text_of(holder.get(reverse("home:home")))
    page = text_of(holder.get(at("call", call.public_id)))
    assert "Vous seule savez." in page
    assert "quelqu’un d’autre" in page
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
    page = text_of(client_of(alice).get(at("risk", community.slug)))
    assert "Une seule personne semble le porter." in page
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
    page = text_of(client_of(bob).get(at("figures", community.slug)))
    assert "÷ membres présents" in page
    assert client_of(bob).get(at("figures", community.slug), {"low": "x"}).status_code == 200
