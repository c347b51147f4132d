"""What the pages let those who run a fair do for people who are not there, and what they never show them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue.models import Post
from reciproque.gatherings import actions
from reciproque.gatherings.models import Gathering, Participant
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.networks.models import PoolMember

HOUR = dt.timedelta(hours=1)


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


@pytest.fixture
def helper(network: Any, alice: Any, dora: Any) -> Any:
    """Dora, of the pool: she may run a fair, and animates nothing."""
    PoolMember.objects.create(network=network, person=dora, abilities=["fair"], added_by=alice)
    return dora


@pytest.fixture
def fair(network: Any, alice: Any) -> Gathering:
    start = clock.now() + HOUR
    row = actions.plan_gathering(
        network,
        "fair",
        by=alice,
        title="La bourse de printemps",
        starts_at=start,
        ends_at=start + 2 * HOUR,
        place="Salle Jaurès",
    )
    return actions.open_gathering(row, by=alice)


def type_in(fair: Gathering, by: Any, who: str, kind: str = "offer", words: str = "Faire un levain") -> Any:
    return actions.type_entry(fair, by=by, key=new_id(), kind=kind, words=words, who=who)


def test_a_helper_is_not_offered_to_publish_for_someone_who_is_not_there(
    fair: Gathering, helper: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    entry = type_in(fair, helper, "Bob Riou")
    address = reverse("gatherings:participant", args=[fair.public_id, entry.participant.public_id])
    client = client_of(helper)
    page = text_of(client.get(address))
    assert "Sa présence n’est pas confirmée" in page
    assert "Noter son accord" not in page
    values = {"act": "publish", "entry": entry.public_id, "agreed": "yes"}
    assert "elle-même" in text_of(client.post(address, values, follow=True))
    assert not Post.objects.exists()
    client.post(address, {"act": "here"})
    assert Participant.objects.get(person=bob).here_at is None
    client_of(alice).post(address, {"act": "here"})
    assert Participant.objects.get(person=bob).here_at is not None
    client.post(address, values)
    assert Post.objects.get().written_by == helper


def test_an_animator_is_offered_no_name_wider_than_the_one_chosen(
    fair: Gathering, alice: Any, bob: Any, client_of: Any
) -> None:
    entry = type_in(fair, alice, "Bob Riou")
    actions.say_coming(fair, by=bob, answer="yes", shown="first")
    address = reverse("gatherings:participant", args=[fair.public_id, entry.participant.public_id])
    page = text_of(client_of(alice).get(address))
    assert 'value="first"' in page
    assert 'value="full"' not in page


def test_the_author_of_a_post_is_not_ticked_from_afar(
    fair: Gathering, helper: Any, alice: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any
) -> None:
    post = make_post(chloe, "offer", "Mener un entretien difficile")
    request = type_in(fair, alice, "Bob Riou", "request", "Mener un entretien difficile")
    sides = {"offer": post.public_id, "request": request.public_id}
    client, address = client_of(helper), reverse("gatherings:made", args=[fair.public_id])
    page = text_of(client.get(address, sides))
    assert "Chloé Le Goff n’est pas noté sur place" in page
    assert 'name="agreeing" value="offer"' not in page
    assert client.post(address, sides | {"agreeing": ["offer", "request"]}).status_code == 422
    assert client.post(address, sides | {"agreeing": ["request"]}).status_code == 303


def test_only_an_animator_is_offered_to_announce_and_the_form_counts_once(
    network: Any, helper: Any, alice: Any, client_of: Any
) -> None:
    address = reverse("gatherings:plan", args=[network.slug, "fair"])
    assert 'name="announced"' in text_of(client_of(alice).get(address))
    client = client_of(helper)
    page = client.get(address)
    assert 'name="announced"' not in text_of(page)
    day = (clock.now() + dt.timedelta(days=3)).date().isoformat()
    values = {
        "title": "La bourse",
        "day": day,
        "begins": "14:00",
        "ends": "16:00",
        "place": "Salle Zola",
        "key": page.context["form"]["key"].value(),
        "announced": "on",
    }
    answers = [client.post(address, values) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    row = Gathering.objects.get()
    assert not row.announced


def test_a_helper_reads_no_address(
    fair: Gathering, helper: Any, network: Any, make_person: Any, join: Any, client_of: Any
) -> None:
    for _n in range(2):
        join(make_person("Luc", "Petit"), network)
    client, address = client_of(helper), reverse("gatherings:names", args=[fair.public_id])
    assert "@" not in text_of(client.get(address, {"q": "luc"}))
    assert client.get(address, {"q": "example.org"}).json() == {"names": []}


def test_inviting_reads_the_same_whether_the_address_is_known_or_not(
    fair: Gathering, helper: Any, bob: Any, fatou: Any, client_of: Any
) -> None:
    client, said = client_of(helper), []
    for email in (bob.email, fatou.email, "zoe@ailleurs.example"):
        row = type_in(fair, helper, "Jo Blanc").participant
        address = reverse("gatherings:participant", args=[fair.public_id, row.public_id])
        page = client.post(address, {"act": "invite", "invite-email": email}, follow=True)
        assert page.redirect_chain[-1][0] == address
        said.append([str(one) for one in page.context["messages"]])
        assert "Lui écrire vous-même" in text_of(page)
    assert said == [said[0]] * 3
    # The member finds it on their own page, and takes it by deciding there.
    Participant.objects.filter(name="Jo Blanc").update(email=bob.email)
    mine = reverse("gatherings:mine", args=[fair.public_id])
    assert "Faire un levain" in text_of(client_of(bob).get(mine))
    entry = fair.entries.first()
    client_of(bob).post(mine, {"act": "publish", "entry": entry.public_id, "shown": "first"})
    assert Post.objects.get().author == bob
