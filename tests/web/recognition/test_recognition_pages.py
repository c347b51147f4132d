"""Savoirs recognised, through their pages: seen first by their holder, confirmed, certified, doubted, put away, erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.kit import clock
from reciproque.networks.actions import change_settings
from reciproque.recognition.actions import set_rule
from reciproque.recognition.models import Certification, Confirmation, Contest, Skill, Standing
from reciproque.web.parts.recognition import missing_words

SAID = "Je mène maintenant mes entretiens sans notes."
TOPIC = "Entretien"


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def teach(network: Any, run_reactions: Callable[[], int]) -> Callable[..., Any]:
    """Record an exchange in which someone learned the savoir from someone."""

    def teach_(teacher: Any, learner: Any, title: str = TOPIC) -> Any:
        exchange = declare_exchange(
            network,
            requester=learner,
            offerer=teacher,
            by=learner,
            title=title,
            held_on=clock.now().date() - dt.timedelta(days=3),
        )
        confirm_exchange(exchange, by=teacher)
        run_reactions()
        return exchange

    return teach_


@pytest.fixture
def certifying(network: Any, admin: Any) -> Any:
    """The network certifies: two people, of two units."""
    change_settings(network, by=admin, systems=["exchanges", "community"])
    return set_rule(network, by=admin, on=True, confirmations=2, units=2, months=24)


@pytest.fixture
def skill(
    certifying: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, teach: Callable[..., Any]
) -> Skill:
    """Bob’s savoir, that Chloé and Dora learned from him."""
    make_post(bob, "offer", "Mener un entretien", topics=[TOPIC])
    teach(bob, chloe)
    teach(bob, dora)
    return Skill.objects.get(person=bob, topic__name=TOPIC)


def confirm(client: Any, skill: Skill, **more: Any) -> Any:
    address = reverse("recognition:confirm", args=[skill.public_id])
    source = client.get(address).context["form"].fields["source"].choices[0][0]
    return client.post(address, {"source": source, **more})


@pytest.fixture
def certified(
    skill: Skill, chloe: Any, dora: Any, client_of: Callable[..., Any], run_reactions: Callable[[], int]
) -> Certification:
    for person in (chloe, dora):
        assert confirm(client_of(person), skill, words=SAID, signs="on").status_code == 303
    run_reactions()
    return Certification.objects.get(skill=skill, ended_at=None)


def show_all(client: Any, audience: str = "network") -> None:
    assert client.post(reverse("recognition:mine"), {"audience": audience}).status_code == 303


def test_seen_by_its_holder_first_and_every_card_opens_its_evidence(
    skill: Skill, bob: Any, alice: Any, client_of: Callable[..., Any]
) -> None:
    mine = text_of(client_of(bob).get(reverse("recognition:mine")))
    assert TOPIC in mine
    assert "2 échanges" in mine
    assert "et personne d’autre" in mine
    assert reverse("community:my_calls") in mine
    page = reverse("recognition:skill", args=[skill.public_id])
    assert page in mine
    shown = text_of(client_of(bob).get(page))
    assert "Un échange où ce savoir a été transmis" in shown
    assert "/exchanges/" in shown
    assert client_of(alice).get(page).status_code == 404


def test_the_person_decides_who_sees_it_but_never_a_manager(
    skill: Skill,
    bob: Any,
    chloe: Any,
    alice: Any,
    emile: Any,
    fatou: Any,
    client_of: Callable[..., Any],
) -> None:
    bob.manager = emile
    bob.save()
    page = reverse("recognition:skill", args=[skill.public_id])

    def seen_by(*people: Any) -> list[int]:
        return [client_of(person).get(page).status_code for person in people]

    mine = client_of(bob)
    assert seen_by(chloe, alice, emile, fatou) == [404, 404, 404, 404]
    show_all(mine, "met")
    assert seen_by(chloe, alice, emile, fatou) == [200, 404, 404, 404]
    show_all(mine, "network")
    assert seen_by(chloe, alice, emile, fatou) == [200, 200, 404, 404]
    assert mine.post(page, {"audience": "me"}).status_code == 303
    assert seen_by(chloe, alice, emile, fatou) == [404, 404, 404, 404]
    assert mine.post(page, {"audience": "all"}).status_code == 303
    assert seen_by(alice) == [200]
    assert client_of(alice).post(page, {"audience": "me"}).status_code == 303
    skill.refresh_from_db()
    assert skill.audience == ""


def test_who_learned_says_so_and_the_names_are_the_holders_alone(
    skill: Skill, bob: Any, chloe: Any, alice: Any, client_of: Callable[..., Any]
) -> None:
    learner = client_of(chloe)
    listed = text_of(learner.get(reverse("recognition:to_confirm")))
    assert "Bob Riou" in listed
    assert TOPIC in listed
    assert confirm(learner, skill, words=SAID).status_code == 303
    assert SAID in text_of(learner.get(reverse("recognition:to_confirm")))
    page = reverse("recognition:skill", args=[skill.public_id])
    own = text_of(client_of(bob).get(page))
    assert SAID in own
    assert "Chloé Le Goff" in own
    assert "Il manque 1 personne, d’un service qui ne l’a pas encore confirmé." in own
    show_all(client_of(bob))
    other = text_of(client_of(alice).get(page))
    assert SAID not in other
    assert "Chloé" not in other


def test_nobody_confirms_what_they_did_not_learn(
    skill: Skill, alice: Any, bob: Any, client_of: Callable[..., Any]
) -> None:
    show_all(client_of(bob))
    address = reverse("recognition:confirm", args=[skill.public_id])
    for person in (alice, bob):
        assert client_of(person).get(address).status_code == 404
        assert client_of(person).post(address, {"source": "exchange:x"}).status_code == 404
    assert not Confirmation.objects.exists()


def test_the_source_is_one_of_those_one_learned_from(
    skill: Skill, chloe: Any, client_of: Callable[..., Any]
) -> None:
    address = reverse("recognition:confirm", args=[skill.public_id])
    answer = client_of(chloe).post(address, {"source": "exchange:bcd234fgh567", "words": SAID})
    assert answer.status_code == 422
    assert SAID in text_of(answer)
    assert not Confirmation.objects.exists()


def test_asked_once_answered_or_not(
    skill: Skill, bob: Any, chloe: Any, client_of: Callable[..., Any], run_reactions: Callable[[], int]
) -> None:
    holder, learner = client_of(bob), client_of(chloe)
    address = reverse("recognition:ask", args=[skill.public_id])
    assert "Chloé Le Goff" in text_of(holder.get(address))
    assert holder.post(address, {}).status_code == 422
    assert holder.post(address, {"people": [chloe.public_id]}).status_code == 303
    step = Step.objects.open().get(owner=chloe, verb=Verb.WITNESS)
    home = text_of(learner.get(reverse("home:home")))
    assert "On vous demande si vous avez appris cela" in home
    assert reverse("recognition:confirm", args=[skill.public_id]) in home
    assert "sans réponse, rien n’est dit et rien ne change" in home
    assert chloe.public_id not in [
        choice[0] for choice in holder.get(address).context["form"]["people"].field.choices
    ]
    declined = learner.post(reverse("recognition:decline", args=[skill.public_id]))
    assert declined.status_code == 303
    step.refresh_from_db()
    assert step.state != "open"
    assert "Déjà demandé" in text_of(holder.get(address))
    assert not Confirmation.objects.exists()


def test_certified_then_carried_and_taken_back(
    certified: Certification, bob: Any, chloe: Any, alice: Any, client_of: Callable[..., Any]
) -> None:
    holder = client_of(bob)
    address = reverse("recognition:certification", args=[certified.public_id])
    page = text_of(holder.get(address))
    assert "2 personnes qui l’ont appris le confirment, de 2 services" in page
    assert "quand 2 personnes qui l’ont appris de la personne le confirment, de 2 services au moins" in page
    assert client_of(alice).get(address).status_code == 404
    assert holder.post(address, {"signed_name": "on"}).status_code == 303
    badge = certified.badges.get()
    assert reverse("recognition:badge", args=[badge.public_id]) in text_of(holder.get(address))
    give_up = reverse("recognition:give_up_badge", args=[badge.public_id])
    assert client_of(chloe).post(give_up).status_code == 404
    assert holder.post(give_up).status_code == 303
    badge.refresh_from_db()
    assert badge.revoked_at is not None


def test_taking_back_a_confirmation_ends_the_certification(
    certified: Certification, chloe: Any, dora: Any, client_of: Callable[..., Any]
) -> None:
    row = Confirmation.objects.get(by=chloe)
    address = reverse("recognition:withdraw", args=[row.public_id])
    assert client_of(dora).get(address).status_code == 404
    assert client_of(chloe).get(address).status_code == 200
    assert client_of(chloe).post(address).status_code == 303
    certified.refresh_from_db()
    row.refresh_from_db()
    assert (certified.end_reason, row.words) == ("unconfirmed", "")
    assert "a pris fin" in text_of(
        client_of(certified.skill.person).get(
            reverse("recognition:certification", args=[certified.public_id])
        )
    )


def test_contested_and_answered_by_someone_who_has_no_part_in_it(
    certified: Certification,
    bob: Any,
    alice: Any,
    chloe: Any,
    make_person: Any,
    join: Any,
    network: Any,
    client_of: Callable[..., Any],
) -> None:
    show_all(client_of(bob))
    gaël = make_person("Gaël", "Petit")
    join(gaël, network)
    new = reverse("recognition:contest_new", args=[certified.public_id])
    assert client_of(chloe).get(new).status_code == 404  # she confirmed it
    assert client_of(bob).get(new).status_code == 404
    doubting = client_of(gaël)
    assert doubting.post(new, {"words": ""}).status_code == 422
    assert doubting.post(new, {"words": "L’outil a changé."}).status_code == 303
    row = Contest.objects.get()
    address = reverse("recognition:contest", args=[row.public_id])
    told = text_of(client_of(bob).get(address))
    assert "L’outil a changé." in told
    assert "Gaël" not in told
    assert client_of(chloe).get(address).status_code == 404
    assert doubting.post(address, {"upheld": "yes", "answer": "Oui"}).status_code == 403
    desk = client_of(alice).get(reverse("recognition:desk", args=[network.slug]))
    assert address in text_of(desk)
    assert "Gaël Petit" in text_of(client_of(alice).get(address))
    assert client_of(alice).post(address, {"upheld": "yes"}).status_code == 422
    answer = {"upheld": "yes", "answer": "La version actuelle n’a été montrée à personne."}
    assert client_of(alice).post(address, answer).status_code == 303
    certified.refresh_from_db()
    assert certified.end_reason == "contested"
    assert "n’a été montrée à personne" in text_of(doubting.get(address))


def test_put_away_brought_back_and_erased(
    certified: Certification, bob: Any, alice: Any, client_of: Callable[..., Any]
) -> None:
    client, skill = client_of(bob), certified.skill
    show_all(client)
    page = reverse("recognition:skill", args=[skill.public_id])
    assert client.post(reverse("recognition:hide", args=[skill.public_id])).status_code == 303
    assert client_of(alice).get(page).status_code == 404
    assert "Ce savoir est rangé" in text_of(client.get(page))
    assert "Ce que vous avez rangé" in text_of(client.get(reverse("recognition:mine")))
    assert client.post(reverse("recognition:show_again", args=[skill.public_id])).status_code == 303
    assert client_of(alice).get(page).status_code == 200
    stop = reverse("recognition:stop")
    assert "Tout effacer" in text_of(client.get(stop))
    assert Skill.objects.filter(person=bob).exists()
    assert client.post(stop).status_code == 303
    assert not Skill.objects.filter(person=bob).exists()
    assert not Standing.objects.get(person=bob).kept
    assert "Rien n’est gardé" in text_of(client.get(reverse("recognition:mine")))
    assert client.post(reverse("recognition:keep")).status_code == 303
    assert Standing.objects.get(person=bob).kept


def test_the_rule_is_tried_before_it_is_kept(
    network: Any, admin: Any, alice: Any, bob: Any, client_of: Callable[..., Any]
) -> None:
    change_settings(network, by=admin, systems=["exchanges", "community"])
    address = reverse("recognition:rule", args=[network.slug])
    assert client_of(bob).get(address).status_code == 404
    client = client_of(alice)
    assert "ce réseau ne certifie rien" in text_of(client.get(address))
    values = {"on": "on", "confirmations": 4, "units": 2, "months": 12}
    tried = client.post(address, {**values, "preview": "1"})
    assert tried.status_code == 200
    assert "Ce que cette règle donnerait" in text_of(tried)
    assert "Certifications avec cette règle : 0" in text_of(tried)
    assert 'value="4"' in text_of(tried)
    assert "ce réseau ne certifie rien" in text_of(client.get(address))
    assert client.post(address, {**values, "units": 5, "confirmations": 3}).status_code == 422
    assert client.post(address, values).status_code == 303
    assert "quand 4 personnes" in text_of(client.get(address))
    settings = text_of(client.get(reverse("settings:index", args=[network.slug])))
    assert "quand 4 personnes" in settings
    keys = reverse("recognition:keys")
    assert keys not in text_of(client.get(address))
    assert keys in text_of(client_of(admin).get(address))


def test_a_figure_that_would_speak_of_somebody_is_masked(
    certified: Certification, network: Any, alice: Any, client_of: Callable[..., Any]
) -> None:
    page = text_of(client_of(alice).get(reverse("recognition:rule", args=[network.slug])))
    assert "Certifications en cours : moins de 5" in page
    assert "Certifications qui prendraient fin : 0" in page


def test_a_circle_is_a_pattern_without_names(
    certifying: Any,
    network: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Any,
    teach: Callable[..., Any],
    make_person: Any,
    join: Any,
    client_of: Callable[..., Any],
) -> None:
    three = {bob: "Entretien", chloe: "Tableur", dora: "Réunion"}
    for person, topic in three.items():
        make_post(person, "offer", f"Passer à {topic}", topics=[topic])
    for teacher, topic in three.items():
        for learner in three:
            if learner is not teacher:
                teach(teacher, learner, topic)
    for teacher, topic in three.items():
        found = Skill.objects.get(person=teacher, topic__name=topic)
        for learner in three:
            if learner is not teacher:
                assert confirm(client_of(learner), found).status_code == 303
    address = reverse("recognition:desk", args=[network.slug])
    assert client_of(bob).get(address).status_code == 404
    assert "se sont toutes confirmées" not in text_of(client_of(alice).get(address))  # so few would be known
    for _n in range(12):
        join(make_person(), network)
    page = text_of(client_of(alice).get(address))
    assert "3 personnes se sont toutes confirmées entre elles" in page
    for name in ("Bob", "Chloé", "Dora", "Entretien", "Tableur"):
        assert name not in page


def test_beside_a_closed_exchange_and_on_a_persons_page(
    skill: Skill, network: Any, bob: Any, chloe: Any, alice: Any, client_of: Callable[..., Any]
) -> None:
    from reciproque.exchanges.models import Exchange

    exchange = Exchange.objects.get(people__person=chloe)
    shown = text_of(client_of(chloe).get(reverse("exchanges:exchange", args=[exchange.public_id])))
    address = reverse("recognition:confirm", args=[skill.public_id])
    assert address in shown
    assert address not in text_of(
        client_of(bob).get(reverse("exchanges:exchange", args=[exchange.public_id]))
    )
    person = reverse("people:person", args=[network.slug, bob.public_id])
    page = reverse("recognition:skill", args=[skill.public_id])
    assert page not in text_of(client_of(alice).get(person))
    show_all(client_of(bob))
    assert page in text_of(client_of(alice).get(person))


def test_history_and_record_are_ones_own(
    certified: Certification, bob: Any, client_of: Callable[..., Any]
) -> None:
    client = client_of(bob)
    past = text_of(client.get(reverse("recognition:history")))
    for words in ("a été vu", "a été confirmé", "est certifié par la communauté"):
        assert words in past
    assert TOPIC in text_of(client.get(reverse("recognition:record")))
    document = client.get(reverse("recognition:record_pdf"))
    assert (document.headers["Content-Type"], document.content[:5]) == ("application/pdf", b"%PDF-")
    data = client.get(reverse("recognition:record_json"))
    assert data.headers["Content-Disposition"].startswith("attachment")
    assert TOPIC in data.content.decode()


def test_stopping_tells_one_truth(skill: Skill, bob: Any, client_of: Callable[..., Any]) -> None:
    client = client_of(bob)
    page = text_of(client.get(reverse("recognition:stop")))
    assert "les certifications et les badges ne reviendront pas" in page
    assert "seul ce que vos offres, vos échanges et vos fiches montrent sera retrouvé" in page
    assert client.post(reverse("recognition:stop")).status_code == 303
    page = text_of(client.get(reverse("recognition:mine")))
    assert "les confirmations, les certifications et les badges effacés ne reviennent pas" in page
    assert "Le premier savoir vu" not in text_of(client.get(reverse("recognition:history")))
    assert "il se remplit" not in text_of(client.get(reverse("recognition:record")))


@pytest.mark.parametrize(
    ("people", "units", "said"),
    [
        (0, 0, ""),
        (2, 0, "Il manque 2 personnes."),
        (0, 1, "Il manque 1 personne, d’un service qui ne l’a pas encore confirmé."),
        (2, 1, "Il manque 2 personnes, dont une au moins d’un service qui ne l’a pas encore confirmé."),
        (2, 2, "Il manque 2 personnes, de 2 services différents qui ne l’ont pas encore confirmé."),
        (
            3,
            2,
            "Il manque 3 personnes, dont 2 au moins de services différents qui ne l’ont pas encore confirmé.",
        ),
    ],
)
def test_what_is_missing_is_not_cumulated(people: int, units: int, said: str) -> None:
    assert missing_words(people, units).replace("\u00a0", " ") == said
