"""What leaves a group, page by page: its sheets and the deciders' report, only by everyone's agreement."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reciproque.circles import actions
from reciproque.circles.models import Circle, DeciderReport, Outing
from reciproque.library.models import Sheet

PARTS = {"situation": "Au guichet, un matin.", "tried": "Écouter d’abord.", "given": "Le calme."}


@pytest.fixture
def sheet(begun: Circle, crew: list[Any]) -> Sheet:
    return actions.write_group_sheet(begun, by=crew[0], title="Accueillir la colère", **PARTS)


@pytest.fixture
def asked(sheet: Sheet, crew: list[Any]) -> Outing:
    return actions.propose_sheet(sheet, by=crew[0])


def test_a_sheet_is_begun_by_one_and_written_by_another(
    begun: Circle, crew: list[Any], alice: Any, client_of: Any, url: Any, read: Any
) -> None:
    first, second = client_of(crew[0]), client_of(crew[1])
    page = url("sheets", begun)
    assert first.post(page, {"title": ""}).status_code == 422
    answer = first.post(page, {"title": "Accueillir la colère"})
    sheet = Sheet.objects.get()
    assert answer.headers["Location"] == reverse("library:edit", args=[sheet.public_id])
    assert "Accueillir la colère" in read(second.get(page))
    edit = reverse("library:edit", args=[sheet.public_id])
    form = read(second.get(edit))
    assert url("sheets", begun) in form
    typed = {"key": sheet.public_id, "title": "Accueillir la colère", "step": "keep", **PARTS}
    kept = second.post(edit, typed)
    assert kept.headers["Location"] == page
    sheet.refresh_from_db()
    assert sheet.tried == PARTS["tried"]
    for address in (edit, reverse("library:sheet", args=[sheet.public_id])):
        assert client_of(alice).get(address).status_code == 404
    # Its agreement is asked from the group, never published from the library.
    assert second.post(edit, typed | {"step": "publish"}).status_code == 422


def test_agreed_by_all_but_one_it_stays_then_by_all_it_is_published(
    asked: Outing,
    sheet: Sheet,
    begun: Circle,
    crew: list[Any],
    guide: Any,
    bob: Any,
    client_of: Any,
    url: Any,
    read: Any,
) -> None:
    page = url("outing", asked)
    assert client_of(bob).get(page).status_code == 404
    assert "Refuser ou ne rien répondre se voit de la même façon" in read(client_of(crew[0]).get(page))
    assert client_of(crew[0]).post(page, {"act": "answer"}).status_code == 422
    yes = {"act": "answer", "agrees": "yes", "signs": "no"}
    for person in crew[:-1]:
        assert client_of(person).post(page, yes).status_code == 303
    # Nobody reads who did not agree, nor how many.
    last = client_of(crew[-1])
    last.post(page, {"act": "answer", "agrees": "no"})
    shown = read(client_of(crew[0]).get(page)) + read(client_of(crew[0]).get(url("sheets", begun)))
    assert "Nora" not in shown
    sheet.refresh_from_db()
    assert sheet.state == "draft"
    refused = last.post(page, {"act": "answer", "agrees": "yes", "signs": "other", "name": ""})
    assert refused.status_code == 422
    last.post(page, {"act": "answer", "agrees": "yes", "signs": "other", "name": "une cheffe d’équipe"})
    sheet.refresh_from_db()
    assert sheet.state == "published"
    public = read(client_of(bob).get(reverse("library:sheet", args=[sheet.public_id])))
    assert "une cheffe d’équipe" in public
    assert "Nora Équipe" not in public
    # One of them takes their agreement back.
    assert "Reprendre mon accord" in read(last.get(page))
    last.post(page, {"act": "take_back"})
    sheet.refresh_from_db()
    assert sheet.state == "withdrawn"


def test_a_text_changed_after_the_question_is_asked_again(
    asked: Outing, sheet: Sheet, begun: Circle, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    page, first = url("outing", asked), client_of(crew[0])
    form = read(first.get(page))
    digest = asked.digest
    assert digest in form
    edit = reverse("library:edit", args=[sheet.public_id])
    typed = {
        "key": sheet.public_id,
        "title": "Accueillir la colère",
        "step": "keep",
        **PARTS,
        "tried": "Autre chose.",
    }
    client_of(crew[1]).post(edit, typed)
    answer = first.post(page, {"act": "answer", "agrees": "yes", "signs": "no", "digest": digest})
    assert answer.status_code == 422
    assert "a changé depuis la question" in read(answer)
    assert not asked.agreements.filter(agrees=True).exists()


def test_a_name_recognised_is_pointed_at_before_one_agrees(
    begun: Circle, bob: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    line = actions.propose_line(begun, by=crew[0], words="Nous avons aidé Bob Riou à Nantes.")
    page = read(client_of(crew[1]).get(url("outing", line)))
    assert "Des noms reconnus" in page
    assert "Sous quel nom" not in page


def test_the_sheet_of_another_group_is_not_proposed_here(
    sheet: Sheet, begun: Circle, crew: list[Any], client_of: Any, url: Any
) -> None:
    assert client_of(crew[0]).post(url("propose", begun), {"sheet": "x"}).status_code == 404
    answer = client_of(crew[0]).post(url("propose", begun), {"sheet": sheet.public_id})
    assert answer.headers["Location"] == url("outing", Outing.objects.get())


def test_the_two_reviews(
    begun: Circle, alice: Any, guide: Any, bob: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    from reciproque.circles.models import Decider

    Decider.objects.create(circle=begun, person=bob, role="directeur")
    leader, first = client_of(guide), client_of(crew[0])
    assert first.post(url("review", begun), {"reached": "4"}).status_code == 404
    leader.post(url("act", begun), {"act": "write"})
    assert "Faire le bilan du groupe" in read(first.get(url("circle", begun)))
    assert "objectif de Ines" in read(first.get(url("review", begun)))
    assert first.post(url("review", begun), {"reached": ""}).status_code == 422
    first.post(url("review", begun), {"reached": "4", "brought": "Du courage", "wishes": "Continuer"})
    assert "Du courage" in read(client_of(crew[1]).get(url("review", begun)))
    # The deciders' one: a line everyone accepts, another that one refuses.
    report = url("report", begun)
    first.post(report, {"act": "line", "words": "Nous préparons mieux les entretiens."})
    first.post(report, {"act": "line", "words": "Il faudrait du temps."})
    kept, refused = Outing.objects.order_by("pk")
    for person in crew:
        client_of(person).post(url("outing", kept), {"act": "answer", "agrees": "yes"})
    client_of(crew[1]).post(url("outing", refused), {"act": "answer", "agrees": "no"})
    preview = read(leader.get(report))
    assert "Mme Lefort" in preview
    assert "elle ne partirait pas" in preview
    assert first.post(report, {"act": "send"}).status_code == 404
    assert client_of(bob).get(url("received", begun)).status_code == 404
    leader.post(report, {"act": "send"})
    assert DeciderReport.objects.get().lines == ["Nous préparons mieux les entretiens."]
    received = read(client_of(bob).get(url("received", begun)))
    assert "Nous préparons mieux les entretiens." in received
    assert "Du courage" not in received
    assert "du temps" not in received
    assert url("received", begun) in read(
        client_of(bob).get(reverse("circles:all", args=[begun.network.slug]))
    )
    assert client_of(alice).get(url("received", begun)).status_code == 404
    leader.post(url("act", begun), {"act": "close"})
    assert client_of(crew[2]).get(url("circle", begun)).status_code == 200
    assert client_of(crew[2]).get(url("sheets", begun)).status_code == 200
