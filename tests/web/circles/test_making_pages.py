"""A group being made, as those who open it, volunteer, facilitate, and those who only look on see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reciproque.circles import actions
from reciproque.circles.models import Circle, Seat, Waiver
from reciproque.networks.actions import add_to_pool

NEED: list[dict[str, Any]] = [
    {"title": "Chefs d’équipe", "trade": "Encadrement", "aims": "Parler des absences."},
    {
        "specified_with": "Ils sont seuls.",
        "specified_on": "2026-02-20",
        "name_1": "Mme Lefort",
        "role_1": "directrice",
    },
    {"allowance": "Sept demi-journées", "told": "Le nombre de séances", "untold": "Ce qui se dit"},
    {"functions": "Chef d’équipe; responsable d’équipe", "seats_most": "8"},
    {"sessions_wanted": "7", "minutes": "210", "method": "codev", "mode": "face", "place": "Salle Jaurès"},
]


def test_the_need_is_kept_page_by_page_then_the_call_goes(
    network: Any, alice: Any, client_of: Any, url: Any, read: Any
) -> None:
    client = client_of(alice)
    listing = reverse("circles:all", args=[network.slug])
    assert "Ouvrir un groupe" in read(client.get(listing))
    opening = reverse("circles:open", args=[network.slug])
    assert client.post(opening, {"title": "", "aims": "x"}).status_code == 422
    client.post(opening, {"title": "Chefs d’équipe", "aims": "Parler des absences.", "key": "k1"})
    circle = Circle.objects.get()
    making = url("making", circle)
    # Called too early: what is missing is said, with where to say it.
    refused = client.post(making, {"act": "call", "until": "2026-03-20"})
    assert refused.status_code == 422
    assert url("need", circle, 3) in read(refused)
    # A page left empty is not said to be done.
    assert "Fait" in (first := read(client.get(url("need", circle, 2))))
    assert read(client.get(url("need", circle, 5))).count("Fait") == first.count("Fait")
    for page, typed in enumerate(NEED, 1):
        answer = client.post(url("need", circle, page), typed | {"step": "next"})
        assert answer.status_code == 303, read(answer)
        assert client.get(answer.headers["Location"]).status_code == 200
    circle.refresh_from_db()
    assert (circle.seats_most, circle.functions) == (8, "Chef d’équipe, responsable d’équipe")
    assert [str(one) for one in circle.deciders.all()] == ["Mme Lefort"]
    line = {"functions": "Chef d’équipe", "function_2": "responsable d’équipe", "seats_most": "8"}
    assert client.post(url("need", circle, 4), line | {"step": "next"}).status_code == 303
    circle.refresh_from_db()
    assert circle.functions == "Chef d’équipe, responsable d’équipe"
    # Shown again, and one page alone changes nothing of the others.
    assert 'value="Mme Lefort"' in read(client.get(url("need", circle, 2)))
    client.post(url("need", circle, 1), NEED[0] | {"step": "later"})
    assert circle.deciders.count() == 1
    assert client.post(making, {"act": "call", "until": "2026-03-20"}).status_code == 303
    circle.refresh_from_db()
    assert circle.state == "call"
    assert "Il manque 5 personnes" in read(client.get(making))


def test_what_is_typed_of_the_need_is_kept_as_a_draft(
    prepared: Circle, alice: Any, bob: Any, client_of: Any, url: Any
) -> None:
    address = url("need_draft", prepared, 3)
    typed = {"allowance": "Huit demi-journées", "told": "", "untold": ""}
    assert client_of(bob).post(address, typed).status_code == 404
    assert client_of(alice).post(address, typed).status_code == 204
    prepared.refresh_from_db()
    assert prepared.allowance == "Huit demi-journées"


def test_a_member_may_not_open_someone_of_the_pool_may(
    network: Any, bob: Any, guide: Any, fatou: Any, client_of: Any
) -> None:
    address = reverse("circles:open", args=[network.slug])
    assert client_of(bob).get(address).status_code == 404
    assert client_of(guide).get(address).status_code == 200
    assert client_of(fatou).get(reverse("circles:all", args=[network.slug])).status_code == 404


def test_one_volunteers_from_the_list_then_changes_ones_mind(
    called: Circle, network: Any, bob: Any, client_of: Any, url: Any, read: Any
) -> None:
    client = client_of(bob)
    page = read(client.get(reverse("circles:all", args=[network.slug])))
    assert "Se porter volontaire" in page
    assert url("apply", called) in page
    form = read(client.get(url("apply", called)))
    assert "Qui le verra" in form
    assert "Sept demi-journées" in form
    refused = client.post(url("apply", called), {"goal": "", "helping": "Écouter"})
    assert refused.status_code == 422
    assert "Écouter" in read(refused)
    client.post(url("apply", called), {"goal": "Mieux dire non", "helping": "Écouter"})
    face = read(client.get(url("circle", called)))
    assert "Mieux dire non" in face
    assert "Vous êtes volontaire" in face
    client.post(url("apply", called), {"goal": "Savoir dire non", "helping": "Écouter"})
    assert Seat.objects.get().goal == "Savoir dire non"
    assert "Retirer votre candidature" in read(client.get(url("withdraw", called)))
    client.post(url("withdraw", called))
    assert Seat.objects.get().state == "withdrawn"
    assert client.get(url("withdraw", called)).status_code == 404


def test_candidates_are_read_by_who_makes_the_group_alone(
    called: Circle,
    bob: Any,
    chloe: Any,
    admin: Any,
    make_person: Any,
    join: Any,
    client_of: Any,
    url: Any,
    read: Any,
) -> None:
    actions.apply(called, by=bob, goal="objectif secret de Bob", helping="Écouter")
    other = make_person("Autre", "Animatrice")
    join(other, called.network, "animator")
    assert client_of(chloe).get(url("making", called)).status_code == 404
    # An administrator of the installation who does not animate the network has nothing to prepare there.
    assert client_of(admin).get(url("making", called)).status_code == 404
    page = read(client_of(other).get(url("making", called)))
    assert "objectif secret" not in page
    assert "Bob Riou" not in page
    assert "1 volontaire" in page
    assert "Vous lisez seulement combien ils sont" in page
    for person in (chloe, other):
        assert "objectif secret" not in read(client_of(person).get(url("circle", called)))


def test_a_rule_is_waived_with_a_reason_and_the_group_is_made(
    called: Circle, alice: Any, guide: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    client = client_of(alice)
    for person in crew[:4]:
        actions.apply(called, by=person, goal=f"objectif de {person.first_name}", helping="Écouter")
    making = url("making", called)
    page = read(client.get(making))
    assert "Il manque une personne" in page
    assert "Qui peut décider" in page
    assert "objectif de Ines" in page
    client.post(making, {"act": "constitute"})
    called.refresh_from_db()
    assert called.constituted_at is None
    refused = client.post(making, {"act": "waive", "kind": "few", "reason": ""})
    assert refused.status_code == 422
    assert "Donnez la raison" in read(refused)
    assert (
        client.post(making, {"act": "waive", "kind": "few", "reason": "Petit établissement"}).status_code
        == 303
    )
    assert Waiver.objects.get().reason == "Petit établissement"
    pool = url("facilitator", called)
    assert "Gaëlle Guide" in read(client.get(pool))
    assert client.post(pool, {"person": guide.public_id, "reason": ""}).status_code == 303
    answer = client.post(making, {"act": "constitute"}, follow=True)
    called.refresh_from_db()
    assert called.state == "rules"
    # Who opened it reads the face from then on, and no more.
    assert "objectif de Ines" not in read(answer)
    assert "Ni l’animation du réseau" in read(answer)
    assert client.get(making).status_code == 404
    assert "Petit établissement" in read(client_of(crew[0]).get(url("circle", called)))


def test_declined_with_courtesy_and_only_from_this_group(
    called: Circle, alice: Any, bob: Any, client_of: Any, url: Any
) -> None:
    seat = actions.apply(called, by=bob, goal="Mieux dire non", helping="Écouter")
    client = client_of(alice)
    assert client.post(url("making", called), {"act": "decline", "seat": "x"}).status_code == 404
    client.post(url("making", called), {"act": "decline", "seat": seat.public_id})
    seat.refresh_from_db()
    assert seat.state == "declined"
    assert client.post(url("making", called), {"act": "nonsense"}).status_code == 404


def test_why_someone_cannot_facilitate_is_not_told_to_who_does_not_make_the_group(
    made: Circle, alice: Any, guide: Any, crew: list[Any], network: Any, client_of: Any, url: Any, read: Any
) -> None:
    add_to_pool(network, crew[0], by=alice, abilities=["facilitate"], at_most=3)
    assert "Ines Équipe : A demandé une place" in read(client_of(guide).get(url("facilitator", made)))
    actions.step_down(made, by=guide)
    page = read(client_of(alice).get(url("facilitator", made)))
    assert "Gaëlle Guide" in page
    # Offered like the others: to be left out would tell that one sits in the group.
    assert "Ines Équipe" in page
    assert "A demandé une place" not in page


@pytest.mark.parametrize("name", ["making", "facilitator", "stop"])
def test_only_who_prepares_enters(
    called: Circle, bob: Any, fatou: Any, alice: Any, client_of: Any, url: Any, name: str
) -> None:
    assert client_of(bob).get(url(name, called)).status_code == 404
    assert client_of(fatou).get(url(name, called)).status_code == 404
    assert client_of(alice).get(url(name, called)).status_code == 200


def test_a_trade_lists_its_groups(called: Circle, bob: Any, client_of: Any, read: Any) -> None:
    address = reverse("library:trade", args=[called.network.slug, called.trade.public_id])
    assert "Chefs d’équipe" in read(client_of(bob).get(address))


def test_one_reason_for_several_of_other_functions_who_are_told_before_they_apply(
    called: Circle,
    alice: Any,
    guide: Any,
    crew: list[Any],
    make_person: Any,
    network: Any,
    join: Any,
    client_of: Any,
) -> None:
    others = [make_person(name, "Quai", function="Analyste") for name in ("Omar", "Paul")]
    for person in others:
        join(person, network)
    page = client_of(others[0]).get(reverse("circles:apply", args=[called.public_id])).content.decode()
    assert "d’autres fonctions que la vôtre" in page
    page = client_of(crew[0]).get(reverse("circles:apply", args=[called.public_id])).content.decode()
    assert "d’autres fonctions que la vôtre" not in page
    for person in (*crew, *others):
        actions.apply(called, by=person, goal="apprendre", helping="Écouter")
    making = reverse("circles:making", args=[called.public_id])
    web = client_of(alice)
    ids = " ".join(person.public_id for person in others)
    assert f'value="{ids}"' in web.get(making).content.decode()
    filled = {
        "act": "waive",
        "kind": "function",
        "person": ids,
        "reason": "Ils travaillent avec les équipes.",
    }
    assert web.post(making, filled).status_code == 303
    assert called.waivers.filter(kind="function").count() == 2
