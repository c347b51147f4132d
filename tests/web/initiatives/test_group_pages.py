"""Working groups on their pages: formed from a subject, joined, their gauge, their facilitator, a word after a session."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reciproque.initiatives.actions.groups import check_in, form_group, join_group
from reciproque.initiatives.actions.subjects import add_subject
from reciproque.initiatives.models import CheckIn, Frame, WorkGroup
from tests.initiatives.launch import day_of, frame_at_launch, helper_of


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def url(name: str, row: Any) -> str:
    return reverse(f"initiatives:{name}", args=[row.public_id])


@pytest.fixture
def frame(network: Any, alice: Any) -> Frame:
    return frame_at_launch(network, alice)


@pytest.fixture
def group(frame: Frame, bob: Any) -> WorkGroup:
    return form_group(frame, by=bob, name="Répondre le jour même", brings=["field"])


def test_a_group_is_formed_from_the_page_of_a_subject(
    frame: Frame, alice: Any, bob: Any, fatou: Any, client_of: Any
) -> None:
    day = day_of(frame, alice, opened=True)
    subject = add_subject(day, by=bob, title="Répondre le jour même")
    address = reverse("initiatives:form_group", args=[frame.network.slug]) + f"?subject={subject.public_id}"
    assert address in text_of(client_of(bob).get(url("subject", subject)))
    page = text_of(client_of(bob).get(address))
    assert 'value="Répondre le jour même"' in page
    assert client_of(bob).post(address, {"name": ""}).status_code == 422
    client_of(bob).post(address, {"name": "Groupe réponse", "brings": ["trade", "field"]})
    group = WorkGroup.objects.get()
    assert "est né de ce sujet" in text_of(client_of(alice).get(url("subject", subject)))
    assert "D’où il vient" in text_of(client_of(alice).get(url("group", group)))
    assert client_of(fatou).get(address).status_code == 404


def test_the_list_and_the_page_say_what_is_missing(
    frame: Frame, group: WorkGroup, chloe: Any, client_of: Any
) -> None:
    listed = text_of(client_of(chloe).get(reverse("initiatives:groups", args=[frame.network.slug])))
    page = text_of(client_of(chloe).get(url("group", group)))
    for text in (listed, page):
        assert "Personne d’une fonction transverse n’en est encore." in text
    assert "trop peu mélangé" in page
    client_of(chloe).post(url("join_group", group), {"brings": ["cross", "trade"]})
    after = text_of(client_of(chloe).get(url("group", group)))
    assert "Ce qui manque encore" in after
    assert "Quitter le groupe" in after
    assert client_of(chloe).get(url("leave_group", group)).status_code == 200
    client_of(chloe).post(url("leave_group", group))
    assert client_of(chloe).get(url("leave_group", group)).status_code == 404


def test_a_facilitator_is_chosen_from_the_pool_with_training_and_load_shown(
    group: WorkGroup, network: Any, alice: Any, bob: Any, dora: Any, client_of: Any
) -> None:
    assert client_of(bob).get(url("name_facilitator", group)).status_code == 404
    client = client_of(alice)
    assert "Personne dans le vivier" in text_of(client.get(url("name_facilitator", group)))
    helper_of(network, dora, alice, "facilitate", at_most=2)
    page = text_of(client.get(url("name_facilitator", group)))
    assert "Dora Haddad – pas encore de formation notée – groupes animés : 0 sur 2" in page
    assert client.post(url("name_facilitator", group), {}).status_code == 422
    client.post(url("name_facilitator", group), {"person": dora.public_id})
    assert "Dora Haddad" in text_of(client_of(bob).get(url("group", group)))
    client_of(dora).post(url("turn_group", group), {"verb": "start"})
    group.refresh_from_db()
    assert group.state == "working"


def test_a_word_after_a_session_is_read_by_the_group_without_a_name(
    group: WorkGroup, alice: Any, bob: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    join_group(group, by=chloe)
    assert client_of(dora).get(url("check_in", group)).status_code == 404
    client = client_of(chloe)
    assert client.get(url("check_in", group)).status_code == 200
    assert client.post(url("check_in", group), {"on": "2026-03-02"}).status_code == 422
    client.post(
        url("check_in", group),
        {
            "on": "2026-03-02",
            "listened": "3",
            "all_spoke": "4",
            "individual": "Me taire davantage.",
            "collective": "Écouter d’abord.",
        },
    )
    assert CheckIn.objects.get().listened == 3
    mine, others, outside, animator = (
        text_of(client_of(person).get(url("group", group))) for person in (chloe, bob, dora, alice)
    )
    assert "Me taire davantage." in mine
    assert "Me taire davantage." not in others + outside + animator
    assert "Écouter d’abord." in others
    assert "Écouter d’abord." not in outside + animator
    # One answer alone gives no mean, to anybody.
    assert "la moyenne se lit à partir de cinq réponses" in animator
    assert "écoute" not in mine + others + outside + animator


def test_the_pages_cost_the_same_for_few_and_many(
    frame: Frame, group: WorkGroup, bob: Any, chloe: Any, client_of: Any, queries: Any
) -> None:
    client = client_of(chloe)
    address = reverse("initiatives:groups", args=[frame.network.slug])

    def cost() -> int:
        with queries() as seen:
            client.get(address)
        return len(seen)

    cost()
    few = cost()
    for n in range(6):
        other = form_group(frame, by=bob, name=f"Groupe numéro {n}")
        check_in(other, by=bob, listened=2, all_spoke=2)
    assert cost() == few


def test_a_stranger_meets_nothing(group: WorkGroup, fatou: Any, client_of: Any) -> None:
    assert client_of(fatou).get(url("group", group)).status_code == 404
    assert client_of(fatou).post(url("join_group", group)).status_code == 404
