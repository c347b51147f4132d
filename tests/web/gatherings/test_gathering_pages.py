"""A fair from its announcement to its report, as those who run it and those who come see it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue.models import Post
from reciproque.exchanges.models import Introduction
from reciproque.gatherings import actions
from reciproque.gatherings.models import Entry, Gathering, Participant
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.networks.models import PoolMember
from reciproque.notices.actions import choose_notices
from reciproque.notices.models import Outgoing

HOUR = dt.timedelta(hours=1)


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def url(name: str, fair: Gathering, *more: str) -> str:
    return reverse(f"gatherings:{name}", args=[fair.public_id, *more])


def confirmed_in(letter: Any) -> str:
    found = re.search(r'name="confirmed" value="(\d+)"', text_of(letter))
    assert found
    return found[1]


@pytest.fixture
def planned(network: Any, alice: Any) -> Gathering:
    return actions.plan_gathering(
        network,
        "fair",
        by=alice,
        title="La bourse de printemps",
        starts_at=clock.now() + HOUR,
        ends_at=clock.now() + 3 * HOUR,
        place="Salle Jaurès",
    )


@pytest.fixture
def fair(planned: Gathering, alice: Any) -> Gathering:
    return actions.open_gathering(planned, by=alice)


@pytest.fixture
def typed(fair: Gathering, alice: Any) -> Any:
    def type_(who: str, kind: str, words: str) -> Entry:
        return actions.type_entry(fair, by=alice, key=new_id(), kind=kind, words=words, who=who)

    return type_


def test_an_animator_plans_a_fair_and_a_mistake_keeps_what_was_typed(
    network: Any, alice: Any, client_of: Any
) -> None:
    client = client_of(alice)
    address = reverse("gatherings:plan", args=[network.slug, "fair"])
    values = {
        "title": "La bourse de printemps",
        "day": "2026-03-20",
        "begins": "14:00",
        "ends": "13:00",
        "place": "Salle Jaurès",
        "announced": "on",
    }
    refused = client.post(address, values)
    assert refused.status_code == 422
    assert "La fin vient après le début" in text_of(refused)
    assert "Salle Jaurès" in text_of(refused)
    letter = client.post(address, values | {"ends": "17:00"})
    assert not Gathering.objects.exists()
    client.post(address, values | {"ends": "17:00", "act": "send", "confirmed": confirmed_in(letter)})
    fair = Gathering.objects.get()
    assert fair.announced
    assert (fair.starts_at.hour, fair.ends_at.hour) == (13, 16)  # Paris, in March
    assert client.get(url("gathering", fair)).status_code == 200


def test_the_letter_is_read_and_counted_before_it_leaves(
    network: Any, alice: Any, bob: Any, chloe: Any, member: Any, client_of: Any, run_reactions: Any
) -> None:
    choose_notices(chloe, by=chloe, rhythm="none")
    client, address = client_of(alice), reverse("gatherings:plan", args=[network.slug, "fair"])
    blank = client.get(address).context["form"]
    values = {
        "key": blank["key"].value(),
        "title": "La bourse de printemps",
        "day": "2026-03-20",
        "begins": "14:00",
        "ends": "17:00",
        "place": "Salle Jaurès",
        "announced": "on",
    }
    letter = client.post(address, values)
    page = text_of(letter)
    assert letter.status_code == 200
    assert "l’annoncer à 2 personnes" in page
    assert "1 qui ne veut pas de ces courriels" in page
    assert "« La bourse de printemps », vendredi 20 mars, de 14 h à 17 h, Salle Jaurès" in page
    assert "(lien personnel)" in page
    assert "/tap/" not in page
    mended = client.post(address, values | {"act": "edit", "place": ""})
    assert mended.status_code == 422
    mended = client.post(address, values | {"act": "edit"})
    assert mended.status_code == 200
    assert "Salle Jaurès" in text_of(mended)
    for forged in ("", "abc", "3"):
        again = client.post(address, values | {"act": "send", "confirmed": forged})
        assert again.status_code == 422
        assert "Le nombre a changé" in text_of(again)
    run_reactions()
    assert not Gathering.objects.exists()
    assert not Outgoing.objects.filter(fact_name="gathering.planned").exists()
    for _twice in range(2):
        sent = client.post(address, values | {"act": "send", "confirmed": confirmed_in(letter)})
        assert sent.status_code == 303
    run_reactions()
    assert Gathering.objects.count() == 1
    row = Outgoing.objects.get(fact_name="gathering.planned")
    assert row.person == bob
    # What was read is what leaves, but for the reader's own link.
    own = re.sub(r"http\S+/tap/\S+", "(lien personnel)", row.text.replace("\u00a0", " "))
    assert own == letter.context["shown"].text.replace("\u00a0", " ")


def test_what_is_not_announced_is_planned_at_once(network: Any, alice: Any, client_of: Any) -> None:
    values = {"title": "Repérer", "day": "2026-03-20", "begins": "14:00", "ends": "17:00", "place": "Zola"}
    address = reverse("gatherings:plan", args=[network.slug, "spotting"])
    assert client_of(alice).post(address, values).status_code == 303
    assert not Gathering.objects.get().announced


def test_a_yes_from_the_letter_and_the_page_shows_the_choice_made(
    network: Any, planned: Gathering, bob: Any, chloe: Any, client_of: Any, run_reactions: Any
) -> None:
    run_reactions()
    links = {
        row.person: re.findall(r"/tap/[^\s]+", row.text)
        for row in Outgoing.objects.filter(fact_name="gathering.planned")
    }
    assert len(links[bob]) == len(links[chloe]) == 1
    assert links[bob] != links[chloe]
    client, address = client_of(None), links[bob][0]
    assert "La bourse de printemps" in text_of(client.get(address))
    assert not Participant.objects.exists()  # mail programs open links
    assert "vous venez" in text_of(client.post(address))
    row = Participant.objects.get()
    assert (row.person, row.answer, row.shown) == (bob, "yes", "none")
    assert client.post(address).status_code == 410
    page = text_of(client_of(bob).get(url("gathering", planned)))
    assert "Vous venez" in page
    assert "Changer ma réponse" in page
    assert ">Je viens<" not in page
    actions.cancel_gathering(planned, by=planned.planned_by)
    assert client.post(links[chloe][0]).status_code == 410


@pytest.mark.parametrize(
    "name", ["edit", "typing", "people", "screen", "board", "made", "report", "typed", "names"]
)
def test_only_who_runs_it_enters(
    fair: Gathering, client_of: Any, bob: Any, fatou: Any, alice: Any, name: str
) -> None:
    assert client_of(bob).get(url(name, fair)).status_code == 404
    assert client_of(fatou).get(url(name, fair)).status_code == 404
    assert client_of(alice).get(url(name, fair)).status_code == 200


def test_a_helper_of_the_pool_enters_too(
    fair: Gathering, network: Any, client_of: Any, bob: Any, alice: Any
) -> None:
    helper = PoolMember.objects.create(network=network, person=bob, abilities=["mediate"], added_by=alice)
    assert client_of(bob).get(url("typing", fair)).status_code == 404
    helper.abilities = ["fair"]
    helper.save()
    assert client_of(bob).get(url("typing", fair)).status_code == 200


def test_a_stranger_does_not_know_it_exists(
    fair: Gathering, client_of: Any, fatou: Any, network: Any
) -> None:
    stranger = client_of(fatou)
    assert stranger.get(url("gathering", fair)).status_code == 404
    assert stranger.post(url("coming", fair), {"answer": "yes"}).status_code == 404
    assert stranger.get(reverse("gatherings:all", args=[network.slug])).status_code == 404
    assert "printemps" not in text_of(stranger.get(reverse("join:network", args=[network.slug])))


def test_one_tap_says_that_one_comes(planned: Gathering, client_of: Any, bob: Any) -> None:
    client = client_of(bob)
    page = text_of(client.get(reverse("join:network", args=[planned.network.slug])))
    assert "La bourse de printemps" in page
    client.post(url("coming", planned), {"answer": "yes", "shown": "first"})
    row = Participant.objects.get(gathering=planned)
    assert (row.person, row.answer, row.shown) == (bob, "yes", "first")
    assert "Vous venez" in text_of(client.get(url("gathering", planned)))
    client.post(url("coming", planned), {"answer": "perhaps"})
    row.refresh_from_db()
    assert row.answer == "yes"


def test_typing_without_javascript_keeps_the_person_for_the_next_line(
    fair: Gathering, client_of: Any, alice: Any, bob: Any
) -> None:
    client = client_of(alice)
    values = {"key": new_id(), "who": "Bob Riou", "kind": "offer", "words": "Faire un levain"}
    answer = client.post(url("typing", fair), values)
    assert answer.status_code == 303
    page = text_of(client.get(answer.headers["Location"]))
    assert 'value="Bob Riou"' in page
    assert "Faire un levain" in page
    refused = client.post(url("typing", fair), values | {"key": new_id(), "words": "ab"})
    assert refused.status_code == 422
    assert 'value="ab"' in text_of(refused)


def test_a_closed_fair_refuses_with_a_sentence_and_keeps_what_was_typed(
    fair: Gathering, client_of: Any, alice: Any, bob: Any
) -> None:
    actions.close_gathering(fair, by=alice)
    client = client_of(alice)
    values = {"key": new_id(), "who": "Bob Riou", "kind": "offer", "words": "Faire un levain"}
    refused = client.post(url("typing", fair), values)
    assert refused.status_code == 422
    assert "Faire un levain" in text_of(refused)
    assert "Rouvrez-la" in text_of(refused)
    answer = client.post(url("entries", fair), values)
    assert answer.status_code == 422
    assert "Rouvrez-la" in answer.json()["errors"][0]
    client.post(url("reopen", fair))
    assert client.post(url("entries", fair), values).status_code == 200
    assert client.post(url("entries", fair), values).json()["key"] == values["key"]
    assert Entry.objects.count() == 1


def test_names_are_completed_among_members(
    fair: Gathering, client_of: Any, alice: Any, bob: Any, chloe: Any
) -> None:
    client = client_of(alice)
    assert client.get(url("names", fair), {"q": "chloe"}).json() == {"names": ["Chloé Le Goff"]}
    assert client.get(url("names", fair), {"q": "c"}).json() == {"names": []}


def test_the_screen_is_answered_nothing_new_until_something_is(
    fair: Gathering, typed: Any, client_of: Any, alice: Any, bob: Any, queries: Any
) -> None:
    typed("Bob Riou", "offer", "Faire un levain")
    client = client_of(alice)
    first = client.get(url("board", fair))
    tag = first.headers["ETag"].strip('"')
    with queries() as seen:
        assert client.get(url("board", fair), {"version": tag}).status_code == 304
    assert len(seen) <= 5
    assert client.get(url("board", fair), headers={"If-None-Match": f'"{tag}"'}).status_code == 304
    typed("Bob Riou", "request", "Jardiner")
    again = client.get(url("board", fair), {"version": tag})
    assert again.status_code == 200
    assert "Jardiner" in text_of(again)
    assert client.get(url("typed", fair), {"version": tag}).status_code == 200


def test_the_screen_names_people_as_they_agreed(
    fair: Gathering,
    typed: Any,
    client_of: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Any,
    run_reactions: Any,
) -> None:
    make_post(dora, "request", "Mener un entretien difficile")
    run_reactions()
    typed("Bob Riou", "request", "Mener un entretien difficile")
    typed("Chloé Le Goff", "offer", "Mener un entretien difficile")
    client = client_of(alice)
    shown = text_of(client.get(url("board", fair)))
    for name in ("Bob", "Chloé", "Dora"):
        assert name not in shown
    actions.say_coming(fair, by=chloe, answer="yes", shown="first")
    actions.say_coming(fair, by=bob, answer="yes", shown="full")
    shown = text_of(client.get(url("board", fair)))
    assert "Bob Riou" in shown
    assert "Chloé" in shown
    assert "Le Goff" not in shown
    assert "Dora" not in shown  # she is not there
    assert "Dora Haddad" in text_of(client.get(url("typing", fair)))


def test_the_second_correction_shows_the_first_and_keeps_its_own_words(
    fair: Gathering, typed: Any, client_of: Any, alice: Any, bob: Any
) -> None:
    entry = typed("Bob Riou", "offer", "Faire du pain")
    address = url("entry", fair, entry.public_id)
    client = client_of(alice)
    values = {"who": "Bob Riou", "kind": "offer", "version": "1"}
    assert client.post(address, values | {"words": "Faire un levain"}).status_code == 303
    refused = client.post(address, values | {"words": "Pétrir"})
    assert refused.status_code == 422
    assert "Faire un levain" in text_of(refused)
    assert 'value="Pétrir"' in text_of(refused)
    assert 'name="version" value="2"' in text_of(refused)
    assert client.post(address, values | {"words": "Pétrir", "version": "2"}).status_code == 303
    entry.refresh_from_db()
    assert entry.words == "Pétrir"
    client.post(address, {"act": "withdraw"})
    assert "Pétrir" not in text_of(client.get(url("board", fair)))
    assert client.get(address).status_code == 200


def test_spoken_consent_is_ticked_by_whoever_types(
    fair: Gathering, typed: Any, client_of: Any, alice: Any, bob: Any
) -> None:
    entry = typed("Bob Riou", "offer", "Faire un levain")
    client = client_of(alice)
    address = url("participant", fair, entry.participant.public_id)
    client.post(address, {"act": "publish", "entry": entry.public_id})
    assert not Post.objects.exists()  # the box was not ticked
    client.post(address, {"act": "publish", "entry": entry.public_id, "agreed": "yes", "shown": "first"})
    assert Post.objects.get().author == bob
    page = text_of(client.get(address))
    assert "noté par Alice Martin" in page


def test_one_decides_on_one_s_own_telephone(
    fair: Gathering, typed: Any, client_of: Any, bob: Any, chloe: Any
) -> None:
    yes, no = typed("Bob Riou", "offer", "Faire un levain"), typed("Bob Riou", "request", "Jardiner")
    client = client_of(bob)
    assert "attend votre accord" in text_of(client.get(url("gathering", fair)))
    address = url("mine", fair)
    assert "Faire un levain" in text_of(client.get(address))
    assert "Faire un levain" not in text_of(client_of(chloe).get(address))
    assert client_of(chloe).post(address, {"act": "publish", "entry": yes.public_id}).status_code == 404
    client.post(address, {"act": "publish", "entry": yes.public_id})
    client.post(address, {"act": "drop", "entry": no.public_id})
    assert [post.title for post in Post.objects.all()] == ["Faire un levain"]
    assert Entry.objects.count() == 1


def test_a_guest_is_named_or_invited(
    fair: Gathering, typed: Any, client_of: Any, alice: Any, bob: Any
) -> None:
    guest = typed("Bobby", "offer", "Faire un levain").participant
    client = client_of(alice)
    address = url("participant", fair, guest.public_id)
    assert "Pas encore membre" in text_of(client.get(address))
    refused = client.post(address, {"act": "name", "guest-who": "Nadia Inconnue"})
    assert refused.status_code == 422
    refused = client.post(address, {"act": "invite", "invite-email": "bobby"})
    assert refused.status_code == 422
    client.post(address, {"act": "invite", "invite-email": "bobby@ailleurs.example"})
    assert "mailto:bobby%40ailleurs.example" in text_of(client.get(address))
    client.post(address, {"act": "name", "guest-who": "Bob Riou"})
    assert Entry.objects.get().participant.person == bob


def test_an_introduction_on_the_spot(
    fair: Gathering, typed: Any, client_of: Any, alice: Any, bob: Any, chloe: Any
) -> None:
    offer = typed("Chloé Le Goff", "offer", "Mener un entretien difficile")
    request = typed("Bob Riou", "request", "Mener un entretien difficile")
    client = client_of(alice)
    sides = {"offer": offer.public_id, "request": request.public_id}
    assert "Chloé Le Goff" in text_of(client.get(url("made", fair), sides))
    assert client.get(url("made", fair), sides | {"offer": "nothing"}).status_code == 404
    refused = client.post(url("made", fair), sides)
    assert refused.status_code == 422
    answer = client.post(url("made", fair), sides | {"agreeing": ["offer", "request"]}, follow=True)
    assert "sont en relation" in text_of(answer)
    assert Introduction.objects.get().state == "agreed"
    assert "mis en relation" in text_of(client.get(url("board", fair)))


def test_sheets_hold_what_those_who_come_offer_and_seek(
    planned: Gathering, client_of: Any, alice: Any, bob: Any, chloe: Any, make_post: Any
) -> None:
    make_post(bob, "offer", "Faire un levain")
    make_post(chloe, "offer", "Mener un entretien")
    actions.say_coming(planned, by=bob, answer="yes")
    client = client_of(alice)
    for paper in ("slips", "wall"):
        page = text_of(client.get(url("papers", planned, paper)))
        assert "Faire un levain" in page
        assert "Mener un entretien" not in page
    assert "Bob Riou" in text_of(client.get(url("papers", planned, "list")))
    assert client.get(url("papers", planned, "poster")).status_code == 404


def test_the_report_leaves_small_numbers_vague(
    fair: Gathering, typed: Any, client_of: Any, alice: Any, bob: Any, chloe: Any
) -> None:
    offer = typed("Chloé Le Goff", "offer", "Mener un entretien difficile")
    request = typed("Bob Riou", "request", "Mener un entretien difficile")
    actions.introduce(fair, offer=offer, request=request, agreeing=["offer", "request"], by=alice)
    actions.close_gathering(fair, by=alice)
    page = client_of(alice).get(url("report", fair))
    figures = dict(page.context["figures"])
    assert figures["Savoirs saisis, offres et demandes"] == "moins de 5"
    assert figures["… publiés, avec l’accord de leurs auteurs"] == "moins de 5"
    assert figures["… devenues des échanges"] == "moins de 5"


def test_a_cancelled_fair_says_why(planned: Gathering, client_of: Any, alice: Any) -> None:
    client = client_of(alice)
    assert client.get(url("cancel", planned)).status_code == 200
    client.post(url("cancel", planned), {"reason": "La salle est prise."})
    planned.refresh_from_db()
    assert planned.state == "cancelled"
    assert "annulée" in text_of(client.get(url("gathering", planned)))
    assert client.get(url("cancel", planned)).status_code == 404


def test_a_changed_place_is_saved(planned: Gathering, client_of: Any, alice: Any) -> None:
    client = client_of(alice)
    values = {
        "title": "La bourse",
        "day": "2026-03-20",
        "begins": "14:00",
        "ends": "17:00",
        "place": "Salle Zola",
    }
    assert client.post(url("edit", planned), values).status_code == 303
    planned.refresh_from_db()
    assert planned.place == "Salle Zola"


def test_asking_for_what_is_not_agreed_yet(
    fair: Gathering, typed: Any, client_of: Any, alice: Any, bob: Any
) -> None:
    typed("Bob Riou", "offer", "Faire un levain")
    answer = client_of(alice).post(url("ask", fair), follow=True)
    assert "1 personne" in text_of(answer)
    answer = client_of(alice).post(url("ask", fair), follow=True)
    assert "personne de plus" in text_of(answer)


def test_the_board_costs_the_same_whatever_it_holds(
    fair: Gathering, typed: Any, client_of: Any, alice: Any, bob: Any, chloe: Any, queries: Any
) -> None:
    client = client_of(alice)
    client.get(url("people", fair))  # the session now knows the network
    counts = []
    for number in (2, 20):
        for n in range(number):
            typed("Bob Riou", "offer", f"Trier le courrier numéro {n}")
            typed("Chloé Le Goff", "request", f"Trier le courrier numéro {n}")
        with queries() as seen:
            client.get(url("typed", fair))
        with queries() as board:
            client.get(url("board", fair))
        with queries() as people:
            client.get(url("people", fair))
        counts.append((len(seen), len(board), len(people)))
    assert counts[0] == counts[1]


def test_which_of_several_is_asked_on_the_page_and_by_its_program(
    fair: Gathering, client_of: Any, alice: Any, bob: Any
) -> None:
    actions.say_coming(fair, by=bob, answer="yes")
    client = client_of(alice)
    values = {"key": new_id(), "who": "Bob", "kind": "offer", "words": "Faire un levain"}
    asked = client.post(url("typing", fair), values)
    assert asked.status_code == 422
    page = text_of(asked)
    assert "De qui s’agit-il" in page
    assert f'name="which" value="{bob.public_id}"' in page
    assert "Quelqu’un d’autre" in page
    said = client.post(url("entries", fair), values).json()
    assert [one["label"] for one in said["choices"]] == ["Bob Riou", "Quelqu’un d’autre"]
    assert client.post(url("entries", fair), values | {"words": "x"}).json()["choices"] == []
    done = client.post(url("typing", fair), values | {"which": bob.public_id})
    assert "who=Bob+Riou" in done.headers["Location"]
    assert Entry.objects.get().participant.person == bob
    entry = client.post(url("entries", fair), values | {"key": new_id(), "which": "other"}).json()["id"]
    assert Entry.objects.get(public_id=entry).participant.person is None
    corrected = client.post(
        url("entry", fair, entry),
        {"who": "bob riou", "kind": "offer", "words": "Faire un levain", "version": "1"},
    )
    assert corrected.status_code == 303


def test_a_guest_is_not_introduced_and_the_page_says_when_it_can_be(
    fair: Gathering, typed: Any, client_of: Any, alice: Any, bob: Any
) -> None:
    offer = typed("Paul Invité", "offer", "Mener un entretien difficile")
    wanted = typed("Bob Riou", "request", "Mener un entretien difficile")
    client = client_of(alice)
    page = text_of(client.get(url("typing", fair)))
    assert "à présenter quand chacun sera membre" in page
    assert url("made", fair) + "?" not in page
    sides = {"offer": offer.public_id, "request": wanted.public_id}
    page = text_of(client.get(url("made", fair), sides))
    assert "Paul Invité n’est pas encore membre du réseau" in page
    assert 'name="agreeing"' not in page
