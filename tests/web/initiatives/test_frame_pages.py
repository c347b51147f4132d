"""The first page of a learning network and its frame, as pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from reciproque.initiatives import actions
from reciproque.initiatives.models import ExpectedResult, Frame, Remark
from tests.initiatives.conftest import day


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def url(name: str, row: Any = None, **kwargs: Any) -> str:
    if row is None:
        return reverse(f"initiatives:{name}", kwargs=kwargs)
    key = row.network.slug if isinstance(row, Frame) else row.public_id
    return reverse(f"initiatives:{name}", args=[key])


def test_a_learning_network_is_opened_from_its_page(
    network: Any, alice: Any, bob: Any, emile: Any, fatou: Any, client_of: Any
) -> None:
    home = url("learning", slug=network.slug)
    assert "Il n’est pas encore ouvert" in text_of(client_of(bob).get(home))
    assert client_of(fatou).get(home).status_code == 404
    client = client_of(alice)
    assert client.get(home).headers["Location"] == url("open_learning", slug=network.slug)
    address = url("open_learning", slug=network.slug)
    assert client_of(bob).get(address).status_code == 404
    typed = {"vision": "Répondre le jour même", "sponsor": "Personne Inconnue", "answer_days": "20"}
    wrong = client.post(address, typed)
    assert wrong.status_code == 422
    assert "Personne ne répond à ce nom" in text_of(wrong)
    assert "Répondre le jour même" in text_of(wrong)
    done = client.post(address, typed | {"sponsor": "Émile Nguyen", "protected_until": day(60).isoformat()})
    assert done.status_code == 303
    frame = Frame.objects.get()
    assert (frame.sponsor, frame.answer_days) == (emile, 20)
    page = text_of(client_of(bob).get(home))
    assert "Répondre le jour même" in page
    assert "Période protégée" in page
    # The menu leads there from then on, and the form is not offered twice.
    assert home in text_of(client_of(bob).get(reverse("join:network", args=[network.slug])))
    assert client.get(address).headers["Location"] == home


def test_two_people_of_the_same_name_are_told_apart(
    frame: Frame, alice: Any, make_person: Any, client_of: Any
) -> None:
    first, second = make_person("Paul", "Petit"), make_person("Paul", "Petit", unit="Caisse")
    client = client_of(alice)
    typed = {"person": "Paul Petit", "role": "cliente"}
    asked = client.post(url("join_committee", frame), typed)
    assert asked.status_code == 422
    assert f'value="{first.public_id}"' in text_of(asked)
    assert (
        client.post(url("join_committee", frame), typed | {"person_id": second.public_id}).status_code == 303
    )
    assert frame.committee.get().person == second


def test_results_are_proposed_debated_and_measured(
    frame: Frame, alice: Any, bob: Any, client_of: Any
) -> None:
    client = client_of(alice)
    assert client_of(bob).get(url("propose_result", frame)).status_code == 404
    assert client.post(url("propose_result", frame), {"title": "Moins d’attente"}).status_code == 422
    typed = {
        "title": "Moins d’attente",
        "tied_to": "customer",
        "horizon": "direct",
        "measure": "Minutes à 11 h",
        "start_value": "14 min",
        "target": "8 min",
    }
    assert client.post(url("propose_result", frame), typed).status_code == 303
    result = ExpectedResult.objects.get()
    page = text_of(client_of(bob).get(url("results", frame)))
    assert "Départ : 14 min. Aujourd’hui : –. Visé : 8 min." in page
    assert "Rien ne prépare encore la suite." in page
    assert client.post(url("result", result), {"words": "À quelle heure mesure-t-on ?"}).status_code == 303
    assert Remark.objects.get().author == alice
    assert "À quelle heure mesure-t-on ?" in text_of(client.get(url("result", result)))
    assert client.post(url("edit_result", result), typed | {"target": "7 min"}).status_code == 303
    assert (
        client.post(url("note_value", result), {"value": "12 min", "on": day(0).isoformat()}).status_code
        == 303
    )
    assert "12 min" in text_of(client_of(bob).get(url("result", result)))
    client.post(url("withdraw_result", result))
    assert "Moins d’attente" not in text_of(client_of(bob).get(url("results", frame)))


def test_themes_are_chosen_and_the_work_begins(
    frame: Frame, results: list[ExpectedResult], alice: Any, bob: Any, client_of: Any
) -> None:
    Frame.objects.filter(pk=frame.pk).update(phase="launch")
    client = client_of(alice)
    client.post(url("start_work", frame))
    frame.refresh_from_db()
    assert frame.phase == "launch"
    assert client.post(url("themes", frame), {}).status_code == 422
    assert client.post(url("themes", frame), {"results": [results[0].public_id]}).status_code == 303
    assert "Mettre les groupes au travail" in text_of(client.get(url("start_work", frame)))
    client.post(url("start_work", frame))
    frame.refresh_from_db()
    assert frame.phase == "work"
    page = text_of(client_of(bob).get(url("learning", frame)))
    assert "Moins d’attente au guichet" in page
    assert "Dans cette phase, vous pouvez : débattre, chercher, essayer, proposer." in page


def test_the_frame_says_who_may_what_and_what_is_shown(
    frame: Frame, alice: Any, bob: Any, client_of: Any
) -> None:
    page = text_of(client_of(bob).get(url("frame", frame)))
    assert "Ce que chaque phase permet" in page
    assert "Modifier le cadre" not in page
    client = client_of(alice)
    assert client.post(url("shown", frame), {"blocks": ["vision", "proposals"]}).status_code == 303
    typed = {"vision": "Plus simple", "answer_days": "15", "sponsor": frame.sponsor.display_name}
    assert client.post(url("edit_frame", frame), typed).status_code == 303
    frame.refresh_from_db()
    assert (frame.shown, frame.vision, frame.answer_days) == (["vision", "proposals"], "Plus simple", 15)
    assert client_of(bob).post(url("edit_frame", frame), typed).status_code == 404


def test_what_is_late_is_read_by_the_whole_network(
    working: Frame, make_proposal: Any, bob: Any, fatou: Any, client_of: Any
) -> None:
    from reciproque.kit import clock
    from tests.initiatives.conftest import later

    make_proposal("submitted")
    assert "Rien n’est en retard" in text_of(client_of(bob).get(url("overdue", working)))
    with clock.at(later(60)):
        home, page = (text_of(client_of(bob).get(url(name, working))) for name in ("learning", "overdue"))
    assert "1 réponse due au réseau est en retard." in home
    assert "L’attente affichée" in page
    assert "Dora Haddad" in page
    assert client_of(fatou).get(url("overdue", working)).status_code == 404


def test_the_network_ends_once_nothing_waits(
    working: Frame, make_proposal: Any, alice: Any, dora: Any, client_of: Any
) -> None:
    proposal = make_proposal("submitted")
    client = client_of(alice)
    client.post(url("end_frame", working))
    assert "Il reste 1 réponses" in text_of(client.get(url("learning", working)))
    actions.answer_proposal(proposal, by=dora, kind="declined", reasons="L’écran existe déjà.")
    client.post(url("end_frame", working))
    working.refresh_from_db()
    assert working.phase == "over"
    assert "Ce qu’il a appris reste ici" in text_of(client.get(url("learning", working)))
