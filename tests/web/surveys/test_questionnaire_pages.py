"""Questionnaires through their pages: answered a section at a time, written, sent, read by groups."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.surveys.actions import close_campaign
from reciproque.surveys.models import Aside, Campaign, LooseAnswer, NamedAnswer, Questionnaire, Seat
from reciproque.surveys.rules import SeatState


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


def hidden(answer: Any) -> dict[str, list[str]]:
    """Read back what a page carries in its hidden fields."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", answer.content.decode()):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], []).append(value[1] if value else "")
    return found


class Walk:
    """Somebody who goes from page to page of one address, carrying what each page holds."""

    def __init__(self, client: Any, url: str, **first: str) -> None:
        self.client, self.url = client, url
        self.page = client.post(url, first) if first else client.get(url)

    def go(self, go: str = "next", **typed: Any) -> Any:
        self.page = self.client.post(self.url, {**hidden(self.page), **typed, "go": go})
        return self.page


def test_the_first_screen_says_what_becomes_of_an_anonymous_answer(
    send: Any, bob: Any, join: Any, network: Any, client_of: Any
) -> None:
    join(bob, network)
    campaign = send("anonymous")
    page = text_of(client_of(bob).get(reverse("surveys:answer", args=[campaign.public_id])))
    assert "elle est anonyme" in page
    assert "ne pourrez donc plus corriger" in page
    assert "rapprochée" in page


def test_answers_travel_in_the_page_and_are_written_once(
    send: Any, bob: Any, join: Any, network: Any, client_of: Any
) -> None:
    join(bob, network)
    campaign = send("anonymous")
    client = client_of(bob)
    url = reverse("surveys:answer", args=[campaign.public_id])
    walk = Walk(client, url)
    walk.go()
    assert "Y étiez-vous ?" in text_of(walk.page)
    assert "Est-ce utile" not in text_of(walk.page)
    # The answer opens another question of the same section: it is asked before going on.
    walk.go(**{"q-took_part": "yes"})
    assert "Est-ce utile ?" in text_of(walk.page)
    walk.go(**{"q-took_part": "yes", "q-useful": "much"})
    assert "Combien d’heures ?" in text_of(walk.page)
    assert not any("q-" in str(dict(client.session.items())) for _ in [0])
    assert not Aside.objects.exists()
    walk.go(**{"q-hours": "3", "q-words": "Un mot à moi"})
    again = text_of(walk.page)
    assert "avant de l’envoyer" in again
    assert "Un mot à moi" in again
    walk.go("send")
    assert walk.page.status_code == 303
    assert Aside.objects.count() + LooseAnswer.objects.count() == 1
    # Sent twice, it counts once, and nothing alarms whoever pressed twice.
    second = client.post(url, {**hidden(client.get(url)), "step": "check", "q-took_part": "no", "go": "send"})
    assert second.status_code in (302, 303)
    assert Aside.objects.count() + LooseAnswer.objects.count() == 1


def test_what_is_missing_is_said_beside_the_question_and_nothing_typed_is_lost(
    send: Any, bob: Any, join: Any, network: Any, client_of: Any
) -> None:
    join(bob, network)
    walk = Walk(client_of(bob), reverse("surveys:answer", args=[send("anonymous").public_id]))
    walk.go()
    walk.go()
    assert walk.page.status_code == 422
    assert "Choisissez une réponse." in text_of(walk.page)
    walk.go(**{"q-took_part": "no"})
    walk.go(**{"q-hours": "beaucoup", "q-words": "à garder"})
    assert walk.page.status_code == 422
    assert "Donnez un nombre entier" in text_of(walk.page)
    assert "à garder" in text_of(walk.page)
    walk.go("back", **{"q-hours": "2", "q-words": "à garder"})
    assert "Y étiez-vous ?" in text_of(walk.page)
    walk.go(**{"q-took_part": "no"})
    assert "à garder" in text_of(walk.page)


def test_a_confidential_answer_is_corrected_then_erased(
    send: Any, bob: Any, join: Any, network: Any, client_of: Any
) -> None:
    join(bob, network)
    campaign = send("confidential")
    client = client_of(bob)
    url = reverse("surveys:answer", args=[campaign.public_id])
    for useful in ("no", "yes"):
        walk = Walk(client, url)
        walk.go()
        typed = {"q-took_part": useful}
        walk.go(**typed)
        if useful == "yes":
            walk.go(**typed, **{"q-useful": "much"})
        walk.go()
        walk.go("send")
        assert walk.page.status_code == 303
    assert NamedAnswer.objects.get().values["took_part"] == "yes"
    mine = text_of(client.get(reverse("surveys:mine")))
    assert "Relire et corriger" in mine
    assert "Ce que vous avez répondu" in mine
    taken = client.get(reverse("surveys:mine_csv")).content.decode("utf-8-sig").splitlines()
    assert taken[0] == "Questionnaire;Répondu le;Question;Réponse"
    assert len(taken) == 3
    client.post(reverse("surveys:erase", args=[campaign.public_id]))
    assert not NamedAnswer.objects.exists()
    assert "Ce que vous avez répondu" not in text_of(client.get(reverse("surveys:mine")))


def test_declining_ends_the_reminders(send: Any, bob: Any, join: Any, network: Any, client_of: Any) -> None:
    join(bob, network)
    campaign = send("anonymous")
    url = reverse("surveys:decline", args=[campaign.public_id])
    assert "Ne pas répondre" in text_of(client_of(bob).get(url))
    client_of(bob).post(url)
    assert Seat.objects.get(campaign=campaign, person=bob).state == SeatState.DECLINED


def test_a_stranger_meets_nothing(
    send: Any, fatou: Any, client_of: Any, bob: Any, join: Any, network: Any
) -> None:
    join(bob, network)
    campaign = send("anonymous")
    for name in ("answer", "decline", "campaign", "codes", "results", "results_csv"):
        assert client_of(fatou).get(reverse(f"surveys:{name}", args=[campaign.public_id])).status_code == 404
    # Nor does a member read how a campaign goes, or results before it is closed.
    for name in ("campaign", "codes", "results", "results_csv"):
        assert client_of(bob).get(reverse(f"surveys:{name}", args=[campaign.public_id])).status_code == 404


def test_a_paper_code_opens_the_questionnaire_without_signing_in_and_serves_once(
    send: Any, crowd: Callable[..., Any], alice: Any, client: Any, client_of: Any
) -> None:
    people = crowd(5)
    for person in people:
        person.email = None
        person.save(update_fields=["email"])
    campaign = send("anonymous")
    made = client_of(alice).post(reverse("surveys:codes", args=[campaign.public_id]))
    codes = re.findall(r"<code>([^<]+)</code>", made.content.decode())
    assert len(codes) == 5
    # They are shown once.
    assert client_of(alice).post(reverse("surveys:codes", args=[campaign.public_id])).status_code == 303
    url = reverse("surveys:code")
    assert client.post(url, {"code": "rien"}).status_code == 422
    walk = Walk(client, url, code=codes[0].upper())
    assert "anonyme" in text_of(walk.page)
    walk.go()
    walk.go(**{"q-took_part": "no"})
    walk.go()
    walk.go("send")
    assert "Merci" in text_of(walk.page)
    assert client.post(url, {"code": codes[0]}).status_code == 422


def test_an_animator_types_for_somebody_without_an_address_only_where_answers_are_confidential(
    send: Any, crowd: Callable[..., Any], alice: Any, client_of: Any
) -> None:
    people = crowd(2)
    for person in people:
        person.email = None
        person.save(update_fields=["email"])
    secret, named = send("anonymous"), send("confidential")
    client = client_of(alice)
    assert (
        client.get(reverse("surveys:on_behalf", args=[secret.public_id, people[0].public_id])).status_code
        == 404
    )
    url = reverse("surveys:on_behalf", args=[named.public_id, people[0].public_id])
    assert "Taper sa réponse" in text_of(client.get(reverse("surveys:campaign", args=[named.public_id])))
    walk = Walk(client, url)
    assert people[0].display_name in text_of(walk.page)
    walk.go()
    walk.go(**{"q-took_part": "no"})
    walk.go()
    walk.go("send")
    assert NamedAnswer.objects.filter(person=people[0]).exists()


def test_a_page_that_lost_its_revision_says_so(questionnaire: Any, alice: Any, client_of: Any) -> None:
    client = client_of(alice)
    frame = reverse("surveys:frame", args=[questionnaire.public_id])
    page = reverse("surveys:write", args=[questionnaire.public_id])
    for revision in ("zz", "-1", "1.5", "٣", "9" * 30, "\x00"):
        titles = {"title_fr": "Autre", "title_en": "Other", "minutes": "2", "revision": revision}
        answer = client.post(frame, titles)
        assert answer.status_code == 422
        assert "n’a pas pu être lue" in text_of(answer)
        assert "Autre" in text_of(answer)
        assert client.post(page, {"do": "section", "revision": revision}).status_code == 303
        assert "n’a pas pu être lue" in text_of(client.get(page))
    assert not questionnaire.versions.filter(published_at=None).exists()


def test_a_questionnaire_is_written_part_by_part_and_published(
    network: Any, alice: Any, client_of: Any
) -> None:
    client = client_of(alice)
    desk = reverse("surveys:desk", args=[network.slug])
    client.post(desk, {"title_fr": "Bilan", "title_en": "Review"})
    row = Questionnaire.objects.get()
    page = reverse("surveys:write", args=[row.public_id])
    # Nothing is asked yet: it says so, and publishes nothing.
    assert client.post(page, {"do": "publish"}).status_code == 422
    client.post(page, {"do": "question:s1", "kind": "single"})
    first = reverse("surveys:question", args=[row.public_id, "q1"])
    answer = client.post(
        first,
        {
            "text_fr": "Venu ?",
            "text_en": "Came?",
            "option0_fr": "Oui",
            "option0_en": "Yes",
            "option1_fr": "Non",
            "option1_en": "No",
            "audience": "results",
            "required": "on",
        },
    )
    assert answer.status_code == 303, text_of(answer)
    client.post(page, {"do": "question:s1", "kind": "text"})
    second = reverse("surveys:question", args=[row.public_id, "q2"])
    client.post(second, {"text_fr": "Pourquoi ?", "text_en": "", "audience": "team", "only_if": ["q1=o1"]})
    refused = client.post(page, {"do": "publish"})
    assert refused.status_code == 422
    assert "en français et en anglais" in text_of(refused)
    client.post(
        second, {"text_fr": "Pourquoi ?", "text_en": "Why?", "audience": "team", "only_if": ["q1=o1"]}
    )
    assert client.post(page, {"do": "publish"}).status_code == 303
    version = row.versions.get(published_at__isnull=False)
    assert [q["key"] for q in version.definition["sections"][0]["questions"]] == ["q1", "q2"]
    assert version.definition["sections"][0]["questions"][1]["only_if"] == {"question": "q1", "among": ["o1"]}
    preview = reverse("surveys:preview", args=[row.public_id])
    assert "Why?" in text_of(client.get(preview, {"language": "en"}))
    assert "Pourquoi ?" in text_of(client.get(preview, {"language": "fr"}))
    # A change made from a page that somebody else outdated is refused, and what was typed stays on the page.
    client.post(page, {"do": "down:q1"})
    late = client.post(
        first,
        {
            "text_fr": "Tard",
            "text_en": "Late",
            "option0_fr": "a",
            "option0_en": "a",
            "option1_fr": "b",
            "option1_en": "b",
            "audience": "results",
            "revision": "99",
        },
    )
    assert late.status_code == 422
    assert "Tard" in text_of(late)


@pytest.mark.parametrize("key", ["impact", "needs", "effects", "maturity"])
def test_supplied_ones_are_copied_and_can_be_published_as_they_are(
    key: str, network: Any, alice: Any, client_of: Any
) -> None:
    client = client_of(alice)
    client.post(reverse("surveys:copy", args=[network.slug, key]))
    row = Questionnaire.objects.get()
    assert client.post(reverse("surveys:write", args=[row.public_id]), {"do": "publish"}).status_code == 303
    for query in ({"language": "fr"}, {"language": "en"}, {"paper": ""}):
        assert client.get(reverse("surveys:preview", args=[row.public_id]), query).status_code == 200


def test_a_campaign_is_planned_counted_opened_reminded_and_closed(
    questionnaire: Any, crowd: Callable[..., Any], network: Any, alice: Any, client_of: Any
) -> None:
    crowd(6)
    client = client_of(alice)
    url = reverse("surveys:plan", args=[network.slug, questionnaire.public_id])
    typed = {
        "trigger": "date",
        "mode": "anonymous",
        "opens_on": "2099-01-01",
        "closes_on": "2099-01-31",
        "who": "members",
        "split": "",
        "least": "5",
    }
    from reciproque.kit import clock

    today = clock.now().date()
    typed |= {"opens_on": str(today), "closes_on": str(today.replace(year=today.year + 1))}
    assert "personnes seraient concernées" in text_of(client.post(url, {**typed, "count": "1"}))
    assert not Campaign.objects.exists()
    wrong = client.post(url, {**typed, "split": "unit"})
    assert wrong.status_code == 422
    assert "Une réponse anonyme ne dit rien de qui l’a donnée" in text_of(wrong)
    assert (
        client.post(url, {**typed, "closes_on": str(today.replace(year=today.year - 1))}).status_code == 422
    )
    assert client.post(url, {**typed, "trigger": "pair"}).status_code == 422
    made = client.post(url, typed)
    assert made.status_code == 303, text_of(made)
    campaign = Campaign.objects.get()
    page = reverse("surveys:campaign", args=[campaign.public_id])
    for gesture, state in (("open", "open"), ("remind", "open"), ("close", "closed")):
        client.post(page, {"do": gesture})
        campaign.refresh_from_db()
        assert campaign.state == state
    assert "Trop peu de réponses" in text_of(
        client.get(reverse("surveys:results", args=[campaign.public_id]))
    )


def test_results_are_told_by_groups_and_their_file_says_the_same(
    send: Any, crowd: Callable[..., Any], answer: Callable[..., None], alice: Any, client_of: Any
) -> None:
    people = crowd(14)
    campaign = send("anonymous")
    for number, person in enumerate(people[:12]):
        answer(
            campaign, person, {"took_part": "yes", "useful": "much"} if number < 6 else {"took_part": "no"}
        )
    close_campaign(campaign, by=alice)
    page = client_of(alice).get(reverse("surveys:results", args=[campaign.public_id])).content.decode()
    shown = re.findall(r'data-figure="survey:took_part:[^"]*"[^>]*data-value="(\d+)"', page)
    assert sorted(shown) == ["6", "6"]
    for person in people:
        assert person.display_name not in page
    table = client_of(alice).get(reverse("surveys:results_csv", args=[campaign.public_id])).content.decode()
    assert table.count("Y étiez-vous") == 2
    assert table.count(";6;50") == len(re.findall(r'data-value="6"', page))
