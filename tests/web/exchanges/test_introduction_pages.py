"""Introductions as people play them in a browser: asking, the three answers, the mediator, the next person."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, Introduction, Terms, ThreadMessage
from reciproque.exchanges.rules import IntroductionState
from reciproque.kit import clock
from reciproque.networks.actions import change_capacity, leave_network, pause_membership
from reciproque.networks.models import Membership

DAY = dt.timedelta(days=1)


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Introduction:
    """Bob asked Chloé, who offers; she has not answered."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    request = make_post(bob, "request", "Préparer un entretien délicat", purpose="Mes entretiens de janvier")
    return actions.ask_introduction(
        network,
        requester=bob,
        offerer=chloe,
        by=bob,
        request=request,
        offer=offer,
        message="Bonjour Chloé, on m’a parlé de vous.",
        reasons=["le sujet est très proche"],
    )


def page_of(introduction: Introduction) -> str:
    return reverse("exchanges:introduction", args=[introduction.public_id])


def answer(client: Any, introduction: Introduction, **data: str) -> Any:
    return client.post(reverse("exchanges:answer", args=[introduction.public_id]), data)


def test_asking_from_an_offer(network: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any) -> None:
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    request = make_post(bob, "request", "Préparer un entretien délicat")
    client, url = client_of(bob), reverse("exchanges:ask", args=[network.slug]) + f"?offer={offer.public_id}"
    page = text_of(client.get(url))
    assert "Préparer un entretien délicat" in page
    assert "lundi 9 mars, 18" in page  # the day by which Chloé answers
    assert not Introduction.objects.exists()

    data = {"mine": request.public_id, "message": "Bonjour Chloé"}
    response = client.post(url, data)
    introduction = Introduction.objects.get()
    assert response.status_code == 303
    assert response["Location"] == page_of(introduction)
    assert (introduction.requester, introduction.offerer) == (bob, chloe)
    assert (introduction.request, introduction.offer) == (request, offer)
    assert client.post(url, data)["Location"] == page_of(introduction)
    assert Introduction.objects.count() == 1
    assert "Bonjour Chloé" in text_of(client_of(chloe).get(page_of(introduction)))


def test_answering_a_request_with_one_of_my_offers_or_none(
    network: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any
) -> None:
    request = make_post(bob, "request", "Préparer un entretien délicat")
    url = reverse("exchanges:ask", args=[network.slug]) + f"?request={request.public_id}"
    response = client_of(chloe).post(url, {"mine": "", "message": "Je peux vous aider."})
    introduction = Introduction.objects.get()
    assert response.status_code == 303
    assert (introduction.requester, introduction.offerer, introduction.offer) == (bob, chloe, None)
    assert introduction.answerer == bob


def test_asking_is_refused_with_a_reason_and_nothing_typed_is_lost(
    network: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any
) -> None:
    offer = make_post(chloe, "offer")
    change_capacity(Membership.objects.get(person=chloe, network=network), by=chloe, give=0, receive=1)
    url = reverse("exchanges:ask", args=[network.slug]) + f"?offer={offer.public_id}"
    response = client_of(bob).post(url, {"message": "Mon message soigné"})
    assert response.status_code == 422
    assert "déjà autant d’échanges" in text_of(response)
    assert "Mon message soigné" in text_of(response)


def test_one_who_may_not_ask_is_told_why(
    network: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any
) -> None:
    offer = make_post(chloe, "offer")
    membership = Membership.objects.get(person=bob, network=network)
    pause_membership(membership, by=bob, until=clock.now() + DAY)
    url = reverse("exchanges:ask", args=[network.slug]) + f"?offer={offer.public_id}"
    page = text_of(client_of(bob).get(url))
    assert "en pause" in page
    assert "<textarea" not in page


def test_asking_about_nothing_or_elsewhere_leads_nowhere(
    network: Any, bob: Any, fatou: Any, other_network: Any, make_post: Any, client_of: Any
) -> None:
    own = make_post(bob, "offer")
    elsewhere = make_post(fatou, "offer", network=other_network)
    url = reverse("exchanges:ask", args=[network.slug])
    for query in ("", f"?offer={own.public_id}", f"?offer={elsewhere.public_id}", "?offer=abc"):
        assert client_of(bob).get(url + query).status_code == 404
    assert client_of(fatou).get(url + f"?offer={own.public_id}").status_code == 404


def test_the_two_read_the_page_and_nobody_else(
    asked: Introduction, alice: Any, bob: Any, chloe: Any, dora: Any, fatou: Any, client_of: Any
) -> None:
    page = text_of(client_of(bob).get(page_of(asked)))
    assert "Vous aimeriez apprendre avec Chloé Le Goff." in page
    assert "Le sujet est très proche" in page
    assert "Je ne souhaite pas poursuivre" in page
    page = text_of(client_of(chloe).get(page_of(asked)))
    assert "Bob Riou aimerait apprendre de vous." in page
    assert "Mes entretiens de janvier" in page
    assert "Oui, volontiers" in page
    for person in (alice, dora, fatou):
        assert client_of(person).get(page_of(asked)).status_code == 404
    assert client_of(None).get(page_of(asked))["Location"].startswith(reverse("account:sign_in"))


def test_yes_opens_the_exchange_and_pressing_twice_opens_one(
    asked: Introduction, chloe: Any, client_of: Any
) -> None:
    client = client_of(chloe)
    response = answer(client, asked, answer="yes", **{"yes-message": "Avec plaisir"})
    exchange = Exchange.objects.get()
    assert response["Location"] == reverse("exchanges:exchange", args=[exchange.public_id])
    assert ThreadMessage.objects.filter(text="Avec plaisir").count() == 1
    assert answer(client, asked, answer="yes", **{"yes-message": "Avec plaisir"}).status_code == 303
    assert Exchange.objects.count() == 1
    assert ThreadMessage.objects.filter(text="Avec plaisir").count() == 1


def test_yes_from_home_comes_back_home(asked: Introduction, chloe: Any, client_of: Any) -> None:
    assert answer(client_of(chloe), asked, answer="yes", next="/")["Location"] == "/"
    assert answer(client_of(chloe), asked, answer="yes", next="https://elsewhere.example/")["Location"] != (
        "https://elsewhere.example/"
    )


def test_a_capacity_reached_meanwhile_is_said_on_the_page(
    asked: Introduction, network: Any, chloe: Any, client_of: Any
) -> None:
    change_capacity(Membership.objects.get(person=chloe, network=network), by=chloe, give=0, receive=1)
    response = answer(client_of(chloe), asked, answer="yes", **{"yes-message": "Volontiers"})
    assert response.status_code == 422
    assert "déjà autant d’échanges" in text_of(response)
    assert "Volontiers" in text_of(response)
    asked.refresh_from_db()
    assert asked.state == IntroductionState.ASKED


def test_a_no_takes_its_reason(asked: Introduction, bob: Any, chloe: Any, client_of: Any) -> None:
    client = client_of(chloe)
    response = answer(client, asked, answer="no", **{"no-reason": "Plus tard"})
    assert response.status_code == 422
    assert "Plus tard" in text_of(response)
    assert answer(client, asked, answer="no", **{"no-refusal": "other"}).status_code == 422
    assert answer(client, asked, answer="no", **{"no-refusal": "time"}).status_code == 303
    asked.refresh_from_db()
    assert asked.state == IntroductionState.REFUSED
    assert answer(client, asked, answer="yes").status_code == 303  # too late: the page says where things are
    asked.refresh_from_db()
    assert asked.state == IntroductionState.REFUSED
    page = text_of(client_of(bob).get(page_of(asked)))
    assert "a décliné : « je n’ai pas le temps en ce moment »" in page


def test_a_question_first_then_the_reply_then_yes(
    asked: Introduction, bob: Any, chloe: Any, client_of: Any
) -> None:
    question = {"answer": "question", "question-text": "Pour quelle date ?", "question-key": "k1"}
    assert answer(client_of(chloe), asked, **question).status_code == 303
    assert answer(client_of(chloe), asked, **question).status_code == 303
    assert ThreadMessage.objects.filter(text="Pour quelle date ?").count() == 1
    page = text_of(client_of(bob).get(page_of(asked)))
    assert "vous pose une question" in page
    assert "Votre réponse" in page
    url = reverse("exchanges:message", args=[asked.public_id])
    reply = {"message-text": "Avant avril.", "message-key": "k2"}
    assert client_of(bob).post(url, reply).status_code == 303
    assert client_of(bob).post(url, reply).status_code == 303
    asked.refresh_from_db()
    assert asked.state == IntroductionState.ASKED
    assert ThreadMessage.objects.filter(text="Avant avril.").count() == 1
    assert Step.objects.open().get(verb=Verb.ANSWER).owner == chloe
    assert answer(client_of(chloe), asked, answer="yes").status_code == 303


def test_an_empty_question_is_asked_again_with_its_fold_open(
    asked: Introduction, chloe: Any, client_of: Any
) -> None:
    response = answer(client_of(chloe), asked, answer="question", **{"question-text": " "})
    assert response.status_code == 422
    assert '<details class="fold" open>' in text_of(response)


def test_a_message_longer_than_allowed_is_kept_on_the_form(
    asked: Introduction, bob: Any, client_of: Any
) -> None:
    url = reverse("exchanges:message", args=[asked.public_id])
    response = client_of(bob).post(url, {"message-text": "é" * 4001})
    assert response.status_code == 422
    assert "é" * 4001 in text_of(response)


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "\x00'; DROP TABLE--", "{{ 7|add:7 }}", "🙂‮ abc"]
)
def test_what_people_write_is_shown_as_written(
    asked: Introduction, bob: Any, client_of: Any, words: str
) -> None:
    url = reverse("exchanges:message", args=[asked.public_id])
    client_of(bob).post(url, {"message-text": words})
    page = text_of(client_of(bob).get(page_of(asked)))
    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page or "7|add" not in words


def test_withdrawing_asks_first(asked: Introduction, bob: Any, chloe: Any, client_of: Any) -> None:
    url = reverse("exchanges:withdraw", args=[asked.public_id])
    assert "Retirer cette mise en relation ?" in text_of(client_of(bob).get(url))
    asked.refresh_from_db()
    assert asked.is_live
    assert client_of(bob).post(url, {"reason": "J’ai trouvé"}).status_code == 303
    asked.refresh_from_db()
    assert asked.state == IntroductionState.WITHDRAWN
    assert client_of(bob).post(url).status_code == 302
    assert "J’ai trouvé" in text_of(client_of(chloe).get(page_of(asked)))


def test_the_next_person_is_asked_only_after_a_yes(
    asked: Introduction,
    network: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Any,
    client_of: Any,
    run_reactions: Any,
) -> None:
    offer = make_post(dora, "offer", "Préparer un entretien délicat avec un collaborateur")
    run_reactions()
    actions.refuse_introduction(asked, by=chloe, refusal="time")
    run_reactions()
    url = reverse("exchanges:next", args=[asked.public_id])
    assert url in text_of(client_of(bob).get(page_of(asked)))
    page = text_of(client_of(bob).get(url))
    assert "Dora Haddad" in page
    assert Introduction.objects.count() == 1
    response = client_of(bob).post(
        url, {"answer": "yes", "message": "Bonjour Dora", "shown": offer.public_id}
    )
    following = Introduction.objects.get(offerer=dora)
    assert response["Location"] == page_of(following)
    run_reactions()
    assert "Personne d’autre" in text_of(client_of(bob).get(url))
    assert client_of(chloe).get(url).status_code == 200


def test_the_next_person_may_be_declined_and_nobody_is_told(
    asked: Introduction, bob: Any, chloe: Any, dora: Any, make_post: Any, client_of: Any, run_reactions: Any
) -> None:
    offer = make_post(dora, "offer", "Préparer un entretien délicat avec un collaborateur")
    run_reactions()
    actions.refuse_introduction(asked, by=chloe, refusal="time")
    run_reactions()
    url = reverse("exchanges:next", args=[asked.public_id])
    for answer in ("yes", "no"):  # about somebody else than the one on the page
        response = client_of(bob).post(url, {"answer": answer, "message": "Bonjour", "shown": "another"})
        assert response.status_code == 422
        assert "La personne proposée a changé entre-temps." in text_of(response)
        assert "Dora Haddad" in text_of(response)
    assert Introduction.objects.count() == 1
    shown = {"answer": "no", "shown": offer.public_id}
    assert client_of(bob).post(url, shown).status_code == 303
    assert Introduction.objects.count() == 1
    assert "Personne d’autre" in text_of(client_of(bob).get(url))


@pytest.fixture
def mediated(strict_network: Any, bob: Any, chloe: Any, dora: Any, join: Any, make_post: Any) -> Introduction:
    """An accepted introduction of a mediated network: Dora offers, Bob asks, Chloé mediates."""
    join(bob, strict_network)
    join(dora, strict_network)
    join(chloe, strict_network, "mediator")
    offer = make_post(dora, "offer", "Lire un compte de résultat", network=strict_network)
    introduction = actions.ask_introduction(strict_network, requester=bob, offerer=dora, by=bob, offer=offer)
    return actions.accept_introduction(introduction, by=dora)


def test_the_mediator_leads_writes_the_sheet_and_records_the_agreement(
    mediated: Introduction, bob: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    page = text_of(client_of(chloe).get(page_of(mediated)))
    assert "Vous réunissez Bob Riou, qui demande, et Dora Haddad, qui offre." in page
    assert "La personne la moins à l’aise parle en premier" in page
    assert "La personne la moins à l’aise" not in text_of(client_of(bob).get(page_of(mediated)))
    url = reverse("exchanges:terms", args=[mediated.public_id])
    assert "Lire un compte de résultat" in text_of(client_of(chloe).get(url))
    response = client_of(chloe).post(
        url, {"content": "Le bilan, puis le compte de résultat", "rhythm": "3 fois 1 h"}
    )
    assert response["Location"] == reverse("exchanges:outcome", args=[mediated.public_id])
    assert Terms.objects.get().rhythm == "3 fois 1 h"
    url = reverse("exchanges:outcome", args=[mediated.public_id])
    assert "3 fois 1 h" in text_of(client_of(chloe).get(url))
    assert client_of(chloe).post(url, {}).status_code == 422
    assert client_of(bob).get(url).status_code == 404
    assert client_of(chloe).post(url, {"outcome": "agreed"}).status_code == 303
    exchange = Exchange.objects.get()
    page = text_of(client_of(bob).get(reverse("exchanges:exchange", args=[exchange.public_id])))
    assert "3 fois 1 h" in page
    # The mediation over, the conversation and its page are the two people's again.
    assert client_of(chloe).get(page_of(mediated)).status_code == 404


def test_they_do_not_match_is_a_normal_end(
    mediated: Introduction, bob: Any, chloe: Any, client_of: Any
) -> None:
    url = reverse("exchanges:outcome", args=[mediated.public_id])
    response = client_of(chloe).post(url, {"outcome": "not_matched", "reason": "Le besoin est ailleurs"})
    assert response.status_code == 303
    page = text_of(client_of(bob).get(page_of(mediated)))
    assert "Le besoin est ailleurs" in page
    assert not Exchange.objects.exists()


def test_joining_a_small_group_under_way(
    network: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, client_of: Any
) -> None:
    offer = make_post(chloe, "offer", "Animer une réunion", small_group=True)
    first = actions.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)
    actions.accept_introduction(first, by=chloe)
    group = Exchange.objects.get()
    second = actions.ask_introduction(network, requester=dora, offerer=chloe, by=dora, offer=offer)
    assert "Avec le petit groupe" in text_of(client_of(chloe).get(page_of(second)))
    response = answer(client_of(chloe), second, answer="yes", **{"yes-into": group.public_id})
    assert response["Location"] == reverse("exchanges:exchange", args=[group.public_id])
    assert group.people.count() == 3
    assert Exchange.objects.count() == 1


def test_someone_who_leaves_ends_it_for_the_other(
    asked: Introduction, network: Any, bob: Any, chloe: Any, client_of: Any, run_reactions: Any
) -> None:
    leave_network(Membership.objects.get(person=bob, network=network), by=bob)
    run_reactions()
    page = text_of(client_of(chloe).get(page_of(asked)))
    assert "interrompue" in page
    assert "Oui, volontiers" not in page
    assert answer(client_of(chloe), asked, answer="yes").status_code == 303
    assert not Exchange.objects.exists()


def test_the_history_says_one_sentence_per_fact(
    asked: Introduction, bob: Any, chloe: Any, client_of: Any
) -> None:
    actions.ask_question(asked, by=chloe, text="Quand ?")
    page = text_of(client_of(bob).get(page_of(asked)))
    assert "Vous avez demandé une mise en relation." in page
    assert "Chloé Le Goff a posé une question avant de répondre." in page


def test_an_introduction_asked_for_someone_says_so(
    network: Any, alice: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any
) -> None:
    offer = make_post(chloe, "offer", "Lire un bilan")
    row = actions.ask_introduction(
        network, requester=bob, offerer=chloe, by=alice, initiator=bob, offer=offer
    )
    address = reverse("exchanges:introduction", args=[row.public_id])
    for person in (bob, chloe):
        page = client_of(person).get(address).content.decode()
        assert "Demandé par Alice Martin, de l’animation, pour Bob Riou." in page
    desk = reverse("animation:introduction", args=[network.slug, row.public_id])
    assert "Alice Martin, pour Bob Riou" in client_of(alice).get(desk).content.decode()
