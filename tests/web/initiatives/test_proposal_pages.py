"""Proposals, as pages: written, signed, submitted, amended, answered, carried out in sight of all."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from reciproque.initiatives import actions
from reciproque.initiatives.models import Frame, Milestone, Proposal
from tests.initiatives.conftest import TEXT, day
from tests.web.initiatives.test_frame_pages import text_of, url


def act(client: Any, proposal: Proposal, verb: str) -> Any:
    return client.post(url("proposal_act", proposal), {"act": verb})


def test_a_draft_is_read_by_its_authors_only_then_submitted(
    working: Frame, make_trial: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    trial = make_trial("draft")
    problem = actions.ask_problem(working, by=chloe, kind="problem", title="On attend trop")
    client = client_of(bob)
    page = text_of(client.get(url("new_proposal", working) + f"?origin={problem.public_id}"))
    assert f'value="{problem.public_id}" selected' in page
    assert client.post(url("new_proposal", working), {"title": ""}).status_code == 422
    typed = {
        "title": "L’attente affichée",
        "problem": TEXT["problem"],
        "origin": problem.public_id,
        "key": "k",
    }
    client.post(url("new_proposal", working), typed)
    client.post(url("new_proposal", working), typed)
    one = Proposal.objects.get()
    assert client_of(chloe).get(url("proposal", one)).status_code == 404
    client.post(url("submit_proposal", one))
    assert "Dites ce que vous proposez." in text_of(client.get(url("proposal", one)))
    full = {"title": one.title, "origin": problem.public_id, "experiments": [trial.public_id], **TEXT}
    assert client.post(url("edit_proposal", one), full).status_code == 303
    client.post(url("submit_proposal", one))
    one.refresh_from_db()
    assert one.state == "submitted"
    shown = text_of(client_of(chloe).get(url("proposal", one)))
    for words in ("On attend trop", "Accueil debout", TEXT["words"], "Dora Haddad"):
        assert words in shown
    assert "Modifier" not in shown


def test_co_authors_accept_or_not(
    working: Frame, make_proposal: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    one = make_proposal("draft")
    client = client_of(bob)
    assert client.post(url("proposal_authors", one), {"person": "Personne Inconnue"}).status_code == 422
    client.post(url("proposal_authors", one), {"person": "Chloé"})
    assert "On vous propose de signer" in text_of(client_of(chloe).get(url("proposals", working)))
    assert "Voulez-vous la signer ?" in text_of(client_of(chloe).get(url("proposal", one)))
    act(client_of(chloe), one, "accept")
    assert one.authors.get(person=chloe).state == "accepted"
    act(client, one, "leave")
    one.refresh_from_db()
    assert one.written_by == chloe
    assert act(client_of(chloe), one, "nonsense").status_code == 404


def test_versions_are_compared_and_amendments_answered(
    working: Frame, make_proposal: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    one = make_proposal("submitted")
    client = client_of(bob)
    typed = {**TEXT, "title": one.title, "cost": "Deux écrans par bureau"}
    client.post(url("edit_proposal", one), typed)
    page = text_of(client_of(chloe).get(url("proposal_versions", one)))
    assert "De la version 1 à la version 2" in page
    assert "<del>Un écran</del>" in page
    assert "<ins>Deux écrans</ins>" in page
    client_of(chloe).post(url("amend", one), {"words": "Et une annonce vocale"})
    amendment = one.amendments.get()
    address = reverse("initiatives:amendment", args=[one.public_id, amendment.public_id])
    assert client_of(chloe).get(address).status_code == 404
    bare = client.post(address, {"taken": "no"})
    assert "Dites pourquoi vous ne la prenez pas." in text_of(bare)
    client.post(address, {"taken": "no", "answer": "Trop bruyant"})
    assert "Trop bruyant" in text_of(client_of(chloe).get(url("proposal", one)))


def test_what_became_of_it_is_public(
    working: Frame, make_proposal: Any, bob: Any, dora: Any, chloe: Any, fatou: Any, client_of: Any
) -> None:
    one = make_proposal("validated")
    assert client_of(chloe).get(url("carry_proposal", one)).status_code == 200  # of the committee
    assert client_of(bob).get(url("carry_proposal", one)).status_code == 404
    client = client_of(dora)
    stranger = {"owner": "fatou@example.org", "review_on": day(40).isoformat()}
    refused = client.post(url("carry_proposal", one), stranger)
    assert "ne fait pas partie du réseau" in text_of(refused)
    client.post(url("carry_proposal", one), stranger | {"owner": "Bob Riou"})
    mine = client_of(bob)
    mine.post(url("add_milestone", one), {"words": "Choisir l’écran", "due_on": day(10).isoformat()})
    stage = Milestone.objects.get()
    mine.post(reverse("initiatives:do_milestone", args=[one.public_id, stage.public_id]))
    assert mine.post(url("report_progress", one), {"percent": "140"}).status_code == 422
    mine.post(url("report_progress", one), {"percent": "60", "words": "Posé à Nantes"})
    act(client_of(chloe), one, "follow")
    page = text_of(client_of(chloe).get(url("proposal", one)))
    for words in ("Choisir l’écran", "60 %", "Posé à Nantes", "1 personne la suit."):
        assert words in page
    assert mine.post(url("finish_proposal", one), {"outcome": ""}).status_code == 422
    mine.post(url("finish_proposal", one), {"outcome": "Affiché partout"})
    assert "Affiché partout" in text_of(client_of(chloe).get(url("proposal", one)))
    assert client_of(fatou).get(url("proposal", one)).status_code == 404


def test_the_list_is_narrowed_and_searched(
    working: Frame, make_proposal: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    make_proposal("declined")
    make_proposal("submitted", title="Un banc dehors")
    make_proposal("draft", title="Pas encore mûre")
    client, address = client_of(chloe), url("proposals", working)
    page = text_of(client.get(address))
    assert "Un banc dehors" in page
    assert "Parce que L’attente affichée" in page
    assert "Pas encore mûre" not in page
    declined = text_of(client.get(address + "?state=declined"))
    assert "Un banc dehors" not in declined
    found = text_of(client.get(address + "?q=banc"))
    assert "Un banc dehors" in found
    assert "Parce que L’attente affichée" not in found


def test_it_is_withdrawn_by_its_authors(
    working: Frame, make_proposal: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    one = make_proposal("submitted")
    assert client_of(chloe).post(url("withdraw_proposal", one)).status_code == 404
    client_of(bob).post(url("withdraw_proposal", one))
    one.refresh_from_db()
    assert one.state == "withdrawn"


def test_the_lists_cost_the_same_for_few_and_many(
    working: Frame, make_proposal: Any, dora: Any, client_of: Any, queries: Any
) -> None:
    client = client_of(dora)

    def cost(name: str) -> int:
        with queries() as seen:
            client.get(url(name, working))
        return len(seen)

    names = ("learning", "proposals", "desk", "answer_many", "overdue")
    for n in range(2):
        make_proposal("submitted", title=f"La proposition {n}")
    for name in names:
        cost(name)
    few = [cost(name) for name in names]
    for n in range(2, 7):
        make_proposal("submitted", title=f"La proposition {n}")
    assert [cost(name) for name in names] == few
