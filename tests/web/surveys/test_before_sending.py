"""Before a questionnaire is published or sent: what is missing and where, to whom it goes, who answers on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.kit import clock
from reciproque.surveys.actions import create_questionnaire, open_campaign, plan_campaign
from reciproque.surveys.models import Campaign, Questionnaire
from tests.surveys.conftest import DAY
from tests.web.surveys.test_questionnaire_pages import text_of


@pytest.fixture
def draft(network: Any, alice: Any) -> Questionnaire:
    return create_questionnaire(network, by=alice, title_fr="Bilan")


@pytest.fixture
def plan(questionnaire: Questionnaire, network: Any, alice: Any) -> Callable[..., Campaign]:
    def planned(mode: str = "anonymous", **more: Any) -> Campaign:
        today = clock.now().date()
        more = {"trigger": "date", "opens_on": today + DAY, "closes_on": today + 30 * DAY, **more}
        return plan_campaign(questionnaire, by=alice, network=network, mode=mode, **more)

    return planned


def test_english_is_said_to_be_asked_from_the_start(
    draft: Questionnaire, network: Any, alice: Any, client_of: Any
) -> None:
    client = client_of(alice)
    for url in (
        reverse("surveys:desk", args=[network.slug]),
        reverse("surveys:frame", args=[draft.public_id]),
        reverse("surveys:write", args=[draft.public_id]),
    ):
        assert "en français et en anglais avant de publier" in text_of(client.get(url)), url
    frame = text_of(client.get(reverse("surveys:frame", args=[draft.public_id])))
    assert "Titre, en anglais</label>" in frame.replace("> <", "><").replace(" </label>", "</label>")
    assert "Demandé avant de publier." in frame


def test_each_place_left_to_finish_is_named_and_linked(
    draft: Questionnaire, alice: Any, client_of: Any
) -> None:
    client = client_of(alice)
    page = reverse("surveys:write", args=[draft.public_id])
    client.post(page, {"do": "question:s1", "kind": "single"})
    first = reverse("surveys:question", args=[draft.public_id, "q1"])
    typed = {"text_fr": "Venu\u00a0?", "option0_fr": "Oui", "option1_fr": "Non", "audience": "results"}
    assert client.post(first, typed).status_code == 303
    before = client.get(page).content.decode()
    assert "Il reste à finir" in before
    refused = client.post(page, {"do": "publish"})
    assert refused.status_code == 422
    body = refused.content.decode()
    # Both at once, each a link to where it is written, and marked in the list of questions too.
    assert f'href="{reverse("surveys:frame", args=[draft.public_id])}#id_title_en"' in body
    assert body.count(f'href="{first}"') == 2
    assert "Donnez aussi le titre en anglais." in body
    assert body.count("Écrivez cette question en français et en anglais.") == 2
    assert '<p class="error">Écrivez cette question' in body


def test_a_question_without_words_is_refused_and_what_was_typed_stays(
    draft: Questionnaire, alice: Any, client_of: Any
) -> None:
    client = client_of(alice)
    client.post(reverse("surveys:write", args=[draft.public_id]), {"do": "question:s1", "kind": "single"})
    url = reverse("surveys:question", args=[draft.public_id, "q1"])
    refused = client.post(
        url, {"text_fr": " ", "text_en": "Came?", "option0_fr": "Oui", "audience": "results"}
    )
    assert refused.status_code == 422
    assert "Écrivez la question." in text_of(refused)
    assert "Came?" in text_of(refused)
    assert 'value="Oui"' in refused.content.decode()


def test_a_planned_campaign_says_to_whom_how_many_and_who_will_read(
    plan: Any, crowd: Callable[..., Any], alice: Any, client_of: Any
) -> None:
    crowd(8)
    shared = plan("confidential", split="site", shared=True, least=7)
    url = reverse("surveys:campaign", args=[shared.public_id])
    page = text_of(client_of(alice).get(url))
    assert "les membres du réseau" in page
    assert re.search(r"\d+ personnes aujourd’hui", page)
    assert "par site · 7 personnes au moins" in page
    assert "toutes les personnes invitées à répondre" in page
    assert "Sans adresse" not in page
    open_campaign(shared, by=alice)
    assert "Ce qui se passera à l’ouverture" not in text_of(client_of(alice).get(url))
    kept = text_of(client_of(alice).get(reverse("surveys:campaign", args=[plan().public_id])))
    assert "rien n’est partagé" in kept
    compared = plan(split="question", split_question="took_part")
    told = text_of(client_of(alice).get(reverse("surveys:campaign", args=[compared.public_id])))
    assert "selon la réponse à « Y étiez-vous ? »" in told


def test_fewer_than_the_floor_are_not_counted_before_opening(plan: Any, alice: Any, client_of: Any) -> None:
    few = plan(audience={"who": "role", "role": "animator"})
    page = text_of(client_of(alice).get(reverse("surveys:campaign", args=[few.public_id])))
    assert "moins de 5 personnes aujourd’hui" in page


def test_paper_codes_are_announced_before_opening_and_made_after(
    plan: Any, crowd: Callable[..., Any], alice: Any, client_of: Any
) -> None:
    people = crowd(5, email=None)
    campaign = plan()
    client, url = client_of(alice), reverse("surveys:campaign", args=[campaign.public_id])
    before = text_of(client.get(url))
    assert "5 personnes n’ont pas d’adresse" in before
    assert "Faire et imprimer" not in before
    open_campaign(campaign, by=alice)
    after = client.get(url)
    codes = reverse("surveys:codes", args=[campaign.public_id])
    assert f'href="{codes}"' in after.content.decode()
    assert people[0].display_name not in text_of(after)
    made = text_of(client.post(codes))
    # Each strip that is cut says where its code is typed.
    assert made.count(reverse("surveys:code")) == 5
    done = text_of(client.get(url))
    assert "Les codes sont faits" in done
    assert reverse("surveys:code") in done


def test_too_few_for_codes_are_said_to_be_and_never_who(
    plan: Any, crowd: Callable[..., Any], alice: Any, client_of: Any
) -> None:
    others = crowd(6)
    people = crowd(3, email=None)
    campaign = plan()
    client, url = client_of(alice), reverse("surveys:campaign", args=[campaign.public_id])
    for _time in ("planned", "open"):
        page = text_of(client.get(url))
        assert "Moins de cinq des personnes invitées n’ont pas d’adresse" in page
        assert "questionnaire confidentiel" in page
        assert not any(person.display_name in page for person in [*people, *others])
        if campaign.state == "planned":
            open_campaign(campaign, by=alice)
    event = plan(trigger="joining")
    page = text_of(client.get(reverse("surveys:campaign", args=[event.public_id])))
    assert "il part une personne à la fois" in page


def test_nothing_is_said_of_paper_when_all_have_an_address(
    plan: Any, crowd: Callable[..., Any], alice: Any, client_of: Any
) -> None:
    crowd(6)
    campaign = open_campaign(plan(), by=alice)
    page = text_of(client_of(alice).get(reverse("surveys:campaign", args=[campaign.public_id])))
    assert "Sans adresse" not in page
    assert "papier" not in page


def test_a_rate_is_written_with_its_space(
    plan: Any, crowd: Callable[..., Any], answer: Any, alice: Any, client_of: Any
) -> None:
    people = crowd(12)
    campaign = open_campaign(plan("confidential"), by=alice)
    for person in people[:5]:
        answer(campaign, person)
    page = client_of(alice).get(reverse("surveys:campaign", args=[campaign.public_id])).content.decode()
    assert re.search(r">\d+\u00a0%<", page)
