"""Questions and problems, as pages: asked, those alike suggested, taken up, answered, brought together."""

from __future__ import annotations

from typing import Any

from reciproque.initiatives import actions
from reciproque.initiatives.models import Frame, Problem
from tests.web.initiatives.test_frame_pages import text_of, url


def test_a_member_asks_a_problem_and_only_the_management_a_question(
    working: Frame, group: Any, bob: Any, dora: Any, client_of: Any
) -> None:
    client = client_of(bob)
    page = text_of(client.get(url("ask_problem", working)))
    assert "question de la direction" not in page
    assert client.post(url("ask_problem", working), {"kind": "problem", "title": ""}).status_code == 422
    assert (
        client.post(url("ask_problem", working), {"kind": "question", "title": "Pourquoi ?"}).status_code
        == 422
    )
    typed = {"kind": "problem", "title": "On attend trop le matin", "group": group.public_id}
    done = client.post(url("ask_problem", working), typed)
    problem = Problem.objects.get()
    assert done.headers["Location"] == url("problem", problem)
    assert problem.state == "taken"
    theirs = {"kind": "question", "title": "Comment raccourcir les tournées ?"}
    assert client_of(dora).post(url("ask_problem", working), theirs).status_code == 303
    listed = text_of(client.get(url("problems", working)))
    assert "On attend trop le matin" in listed
    assert "Comment raccourcir les tournées ?" in listed
    only = text_of(client.get(url("problems", working) + "?state=open"))
    assert "On attend trop le matin" not in only.split("<main", 1)[1]


def test_those_that_say_the_same_are_suggested_then_brought_together(
    working: Frame, bob: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    first = actions.ask_problem(working, by=bob, kind="problem", title="Les clients attendent trop longtemps")
    address = url("problems_alike", working)
    close = client_of(chloe).get(address, {"title": "Les clients attendent trop longtemps au guichet"})
    assert "Cela ressemble à" in text_of(close)
    assert first.title in text_of(close)
    assert first.title not in text_of(client_of(chloe).get(address, {"title": "Repeindre les camions"}))
    second = actions.ask_problem(working, by=chloe, kind="problem", title="Les clients attendent trop")
    assert client_of(bob).get(url("merge_problem", first)).status_code == 404
    client = client_of(dora)
    assert first.title in text_of(client.get(url("problem", second)))
    client.post(url("merge_problem", first), {"folded": second.public_id})
    second.refresh_from_db()
    assert second.merged_into == first
    assert "Réunie à une autre" in text_of(client.get(url("problem", second)))


def test_a_group_takes_it_up_and_answers(
    working: Frame, group: Any, bob: Any, dora: Any, chloe: Any, client_of: Any
) -> None:
    question = actions.ask_problem(working, by=dora, kind="question", title="Comment accueillir mieux ?")
    assert client_of(chloe).get(url("take_problem", question)).status_code == 404
    client = client_of(bob)
    assert "S’en saisir" in text_of(client.get(url("problem", question)))
    client.post(url("take_problem", question), {"group": group.public_id})
    assert client_of(chloe).get(url("answer_problem", question)).status_code == 404
    assert client.post(url("answer_problem", question), {"answer": ""}).status_code == 422
    client.post(url("answer_problem", question), {"answer": "En se levant."})
    assert "En se levant." in text_of(client_of(dora).get(url("problem", question)))


def test_it_is_set_aside_with_reasons(working: Frame, bob: Any, chloe: Any, client_of: Any) -> None:
    problem = actions.ask_problem(working, by=bob, kind="problem", title="Le café est froid")
    assert client_of(bob).post(url("aside_problem", problem), {"reasons": " "}).status_code == 422
    assert client_of(chloe).get(url("problem", problem)).status_code == 200
    client_of(bob).post(url("aside_problem", problem), {"reasons": "Réparé hier."})
    assert "Réparé hier." in text_of(client_of(chloe).get(url("problem", problem)))
