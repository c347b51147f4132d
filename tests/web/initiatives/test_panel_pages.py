"""The panel on its pages: invited by name, voting on a phone, reading the outcome once closed."""

from __future__ import annotations

from typing import Any

from reciproque.initiatives import actions
from reciproque.initiatives.models import Ballot, ExpectedResult, Frame
from reciproque.initiatives.queries import ballot_of
from tests.initiatives.conftest import day, later
from tests.web.initiatives.test_frame_pages import text_of, url


def paper(frame: Frame, person: Any, values: dict[str, int], reason: str = "Parce que.") -> dict[str, str]:
    """What this person sends: a value by title, and a reason for each."""
    lines = ballot_of(frame, person).lines  # type: ignore[union-attr]
    sent: dict[str, str] = {}
    for one in lines:
        if one.result.title in values:
            sent[f"value_{one.result.public_id}"] = str(values[one.result.title])
            sent[f"reason_{one.result.public_id}"] = reason
    return sent


ALL = {"Moins d’attente au guichet": 5, "Des tournées mieux préparées": 3, "Des métiers qui se parlent": 1}


def test_a_panel_is_invited_by_name_and_a_vote_is_opened(
    frame: Frame, results: list[ExpectedResult], alice: Any, bob: Any, make_person: Any, client_of: Any
) -> None:
    people = [make_person("Panéliste", f"Numéro{n}", email=f"p{n}@example.org") for n in range(3)]
    client = client_of(alice)
    assert client_of(bob).get(url("invite_panel", frame)).status_code == 404
    typed = "Panéliste Numéro0\np1@example.org\nQuelqu’un d’inconnu"
    wrong = client.post(url("invite_panel", frame), {"people": typed})
    assert wrong.status_code == 422
    assert "personne ne répond à ce nom" in text_of(wrong)
    assert frame.panel.count() == 0
    assert "Avant d’ouvrir le vote" in text_of(client.get(url("panel", frame)))
    client.post(url("invite_panel", frame), {"people": "Panéliste Numéro0\np1@example.org\n\np2@example.org"})
    assert {row.person for row in frame.panel.all()} == set(people)
    past = {"method": "judgement", "closes_at": day(-1).isoformat()}
    refused = client.post(url("open_vote", frame), past)
    assert refused.status_code == 422
    assert "Cette date est passée" in text_of(refused)
    assert client.post(url("open_vote", frame), past | {"closes_at": day(7).isoformat()}).status_code == 303
    frame.refresh_from_db()
    assert frame.phase == "panel"
    assert "0 personne sur 3 a voté." in text_of(client.get(url("panel", frame)))
    client.post(url("remove_panelist", frame), {"person": people[0].public_id})
    assert frame.panel.count() == 3
    client_of(people[0]).post(url("remove_panelist", frame), {"person": people[0].public_id})
    assert frame.panel.count() == 2
    assert client.post(url("extend_vote", frame), {"closes_at": day(9).isoformat()}).status_code == 303


def test_each_votes_in_an_order_of_their_own_and_nobody_reads_it_before_the_close(
    frame: Frame, results: list[ExpectedResult], panel: list[Any], alice: Any, emile: Any, client_of: Any
) -> None:
    actions.open_vote(frame, by=alice, closes_at=later(7))
    voter = panel[1]
    client = client_of(voter)
    page = text_of(client.get(url("vote", frame)))
    places = [page.index(f"of-{line.result.public_id}") for line in ballot_of(frame, voter).lines]  # type: ignore[union-attr]
    assert places == sorted(places)
    partial = client.post(url("vote", frame), paper(frame, voter, {"Moins d’attente au guichet": 5}))
    assert partial.status_code == 422
    assert "Choisissez une mention." in text_of(partial)
    assert "Parce que." in text_of(partial)
    silent = client.post(url("vote", frame), paper(frame, voter, ALL, reason=""))
    assert silent.status_code == 422
    assert "Dites en quelques mots pourquoi" in text_of(silent)
    assert client.post(url("vote", frame), paper(frame, voter, ALL)).status_code == 303
    assert "Vous avez déjà voté" in text_of(client.get(url("vote", frame)))
    own = text_of(client_of(emile).get(url("vote", frame)))
    assert "On ne vote pas pour ce que l’on a proposé soi-même" in own
    assert f"value_{results[2].public_id}" not in own
    assert client_of(alice).get(url("vote", frame)).status_code == 404
    assert client_of(alice).get(url("outcome", frame)).status_code == 404
    assert "1 personne sur 5 a voté." in text_of(client_of(alice).get(url("panel", frame)))


def test_the_outcome_is_explained_with_its_table(
    frame: Frame, results: list[ExpectedResult], panel: list[Any], alice: Any, bob: Any, client_of: Any
) -> None:
    actions.open_vote(frame, by=alice, closes_at=later(7))
    client = client_of(alice)
    actions.invite_panel(frame, by=alice, people=[bob])
    for voter in (*panel, bob):
        client_of(voter).post(url("vote", frame), paper(frame, voter, ALL))
    done = client.post(url("close_vote", frame))
    assert done.headers["Location"] == url("outcome", frame)
    page = text_of(client_of(bob).get(url("outcome", frame)))
    assert "Mention retenue : excellent." in page
    assert "Les voix de chaque résultat" in page
    assert 'class="profile"' in page
    assert "Parce que." in page
    assert panel[1].display_name not in page.split("<main", 1)[1]
    late = client_of(panel[1]).post(url("vote", frame), paper(frame, panel[1], ALL))
    assert late.status_code == 422
    assert "Le vote est clos" in text_of(late)
    assert Ballot.objects.filter(panelist__person=panel[1], value=5).count() == 1


def test_points_are_shared_out(
    frame: Frame, results: list[ExpectedResult], panel: list[Any], alice: Any, client_of: Any
) -> None:
    actions.open_vote(frame, by=alice, closes_at=later(7), method="points", points_each=10)
    voter = panel[2]
    client = client_of(voter)
    wrong = client.post(url("vote", frame), paper(frame, voter, ALL | {"Des métiers qui se parlent": 7}))
    assert wrong.status_code == 422
    assert "10 points à partager, ou moins" in text_of(wrong)
    right = paper(frame, voter, ALL)
    assert client.post(url("vote", frame), right).status_code == 303
