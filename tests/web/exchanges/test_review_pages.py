"""Reviews in a browser: who reads what beside each question, correcting, taking back, on paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, Review
from reciproque.exchanges.queries import awaiting_sheets
from reciproque.exchanges.rules import CORRECTION, QUESTIONS
from reciproque.kit import clock
from reciproque.networks.actions import grant_role
from tests.exchanges.conftest import ask, exchange, finished, introduction

__all__ = ["ask", "exchange", "finished", "introduction"]


def text_of(response: Any) -> str:
    return str(response.content.decode())


def at(name: str, *args: Any) -> str:
    return reverse(name, args=args)


@pytest.mark.parametrize("who", ["bob", "chloe"])
def test_beside_each_question_who_reads_the_answer(
    finished: Exchange, everyone: Any, client_of: Any, who: str
) -> None:
    page = text_of(client_of(everyone[who]).get(at("exchanges:review", finished.public_id)))
    for name, audience in QUESTIONS.items():
        if name == "used" and who == "chloe":
            continue
        fields = page.split(f'name="{name}"')
        assert len(fields) > 1, name
        if name in ("learned", "comment"):
            assert page.count(f'name="{name}_for"') == 3
        else:
            before = fields[0][fields[0].rindex('class="field') :]
            assert str(audience.label) in before, name
    assert page.count("reste professionnel, utile") == 2  # the legal reminder, at each free text
    # What is kept for oneself is read by nobody here; the law’s right to ask for it stays, and is said.
    assert page.count("même ce que vous gardez pour vous") == 2
    assert page.count("Personne d’autre que moi, sur ce site") == 2
    assert "peut demander à le lire" not in page


def test_one_tap_and_a_send_are_enough(finished: Exchange, bob: Any, client_of: Any) -> None:
    """Two gestures on a telephone: the only question that is needed, and the button."""
    page = text_of(client_of(bob).get(at("exchanges:review", finished.public_id)))
    form = page[page.index('<form class="form"') :]
    needed = {
        re.search(r'name="([a-z_]+)"', tag).group(1)
        for tag in re.findall(r"<(?:input|textarea|select)[^>]*required[^>]*>", form)
    }  # type: ignore[union-attr]
    assert needed == {"satisfaction"}
    assert len(needed) + 1 <= 6
    answer = client_of(bob).post(at("exchanges:review", finished.public_id), {"satisfaction": "4"})
    assert answer.status_code == 303
    assert Review.objects.get().comment_for == "other"


def test_what_is_for_the_team_is_on_their_page_only(
    finished: Exchange, network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    url = at("exchanges:review", finished.public_id)
    data = {
        "satisfaction": "4",
        "third": "yes",
        "again": "no",
        "learned": "Dire non",
        "comment": "Salle trop petite",
    }
    data |= {"comment_for": "team", "hours": "7.25"}
    assert client_of(bob).post(url, data).status_code == 303
    team = at("animation:exchange", network.slug, finished.public_id)
    assert "Salle trop petite" not in text_of(client_of(alice).get(team))
    client_of(chloe).post(url, {"satisfaction": "3"})
    page = text_of(client_of(alice).get(team))
    assert "Salle trop petite" in page
    assert "proposer à quelqu’un" in page
    for hidden in ("Dire non", "7,25", "7.25", "À refaire", "très utile"):
        assert hidden not in page
    mine = text_of(client_of(bob).get(at("exchanges:exchange", finished.public_id)))
    assert "7,25\u00a0h" in mine
    other = text_of(client_of(chloe).get(at("exchanges:exchange", finished.public_id)))
    assert "Dire non" in other
    for hidden in ("Salle trop petite", "À refaire", "7,25", "proposer à quelqu’un"):
        assert hidden not in other
    mine = text_of(client_of(bob).get(at("exchanges:exchange", finished.public_id)))
    for said in ("Salle trop petite", "lu par l’animation", "compté, jamais lu sous votre nom"):
        assert said in mine
    assert client_of(dora).get(team).status_code == 404


def test_correcting_on_the_page(finished: Exchange, bob: Any, chloe: Any, client_of: Any) -> None:
    mine = actions.submit_review(finished, by=bob, satisfaction="4", comment="Trop vite", again=False)
    actions.submit_review(finished, by=chloe, satisfaction="3")
    page, url = at("exchanges:exchange", finished.public_id), at("exchanges:review_correct", mine.public_id)
    assert url in text_of(client_of(bob).get(page))
    assert url not in text_of(client_of(chloe).get(page))
    form = text_of(client_of(bob).get(url))
    assert "Trop vite" in form
    assert "Les autres ont pu le lire" in form
    assert client_of(bob).post(url, {"comment": "Sans réponse"}).status_code == 422
    assert client_of(bob).post(url, {"satisfaction": "3", "comment": "Plus lentement"}).status_code == 303
    read = text_of(client_of(chloe).get(page))
    assert "Plus lentement" in read
    assert "Le texte d’avant a pu être lu" in read
    assert "Trop vite" not in read
    assert client_of(chloe).get(url).status_code == 404
    with clock.at(mine.written_at + CORRECTION):
        assert client_of(bob).post(url, {"satisfaction": "1"}).status_code == 302
        assert url not in text_of(client_of(bob).get(page))
        assert at("exchanges:review_withdraw", mine.public_id) in text_of(client_of(bob).get(page))
    assert Review.objects.get(pk=mine.pk).satisfaction == "3"


def test_taking_everything_back_on_the_page(finished: Exchange, bob: Any, chloe: Any, client_of: Any) -> None:
    mine = actions.submit_review(finished, by=bob, satisfaction="4", comment="Trop vite")
    url = at("exchanges:review_withdraw", mine.public_id)
    assert client_of(chloe).get(url).status_code == client_of(chloe).post(url).status_code == 404
    page = text_of(client_of(bob).get(url))
    assert "ne comptent plus" in page
    assert "écrire un autre" in page
    assert Review.objects.count() == 1
    assert client_of(bob).post(url).status_code == 303
    assert Review.objects.count() == 0
    assert client_of(bob).get(url).status_code == 404
    assert "Trop vite" not in text_of(client_of(bob).get(at("exchanges:exchange", finished.public_id)))
    assert client_of(bob).get(at("exchanges:review", finished.public_id)).status_code == 200


def test_a_sheet_of_paper_comes_back(
    finished: Exchange, network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    team = client_of(alice)
    sheets = at("animation:review_sheets", network.slug, finished.public_id)
    assert sheets in text_of(team.get(at("animation:exchange", network.slug, finished.public_id)))
    page = text_of(team.get(sheets))
    codes = dict(awaiting_sheets(finished))
    for person, code in codes.items():
        assert code.upper() in page
        assert person.display_name in page
    assert finished.title in page
    assert page.count("reste professionnel, utile") == 2
    assert page.count("appris le fait de l’expliquer") == 1
    entry = at("animation:review_code", network.slug)
    assert team.get(entry).status_code == 200
    wrong = team.get(entry, {"code": "2222 2223"})
    assert wrong.status_code == 422
    assert "huit signes" in text_of(wrong)
    found = team.get(entry, {"code": codes[bob].upper()})
    here = at("animation:review_for", network.slug, finished.public_id, bob.public_id)
    assert found["Location"] == f"{here}?paper"
    typing = text_of(team.get(found["Location"]))
    assert "Recopiez la feuille" in typing
    assert "au téléphone" not in typing
    data = {"satisfaction": "3", "learned": "Écouter", "learned_for": "nobody"}
    assert team.post(found["Location"], data).status_code == 303
    row = Review.objects.get()
    assert (row.author, row.on_behalf_by, row.learned_for) == (bob, alice, "nobody")
    assert codes[bob].upper() not in text_of(team.get(sheets))
    for stranger in (bob, chloe):
        assert client_of(stranger).get(sheets).status_code == 404
        assert client_of(stranger).get(entry, {"code": codes[chloe]}).status_code == 404


def test_an_animator_prints_no_sheet_of_their_own_exchange_and_none_out_of_their_scope(
    finished: Exchange, network: Any, bob: Any, chloe: Any, make_person: Any, join: Any, client_of: Any
) -> None:
    near = make_person("Nadia")
    join(near, network)
    grant_role(network, near, "animator", by=None, unit=bob.unit)
    page = text_of(client_of(near).get(at("animation:review_sheets", network.slug, finished.public_id)))
    codes = dict(awaiting_sheets(finished))
    assert codes[bob].upper() in page
    assert codes[chloe].upper() not in page


def test_the_telephone_script_is_read_aloud(
    finished: Exchange, network: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    here = at("animation:review_for", network.slug, finished.public_id, bob.public_id)
    page = text_of(client_of(alice).get(here))
    for said in (
        "Deux minutes suffisent",
        "c’est moi qui les ai saisies",
        "qui lira la réponse",
        "quatorze jours",
    ):
        assert said in page
