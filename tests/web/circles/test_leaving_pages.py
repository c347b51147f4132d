"""What leaves a group, page by page: its sheets and the deciders' report, only by everyone's agreement."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.circles import actions
from reciproque.circles.models import Circle, DeciderReport, Outing
from reciproque.kit import clock
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
    shown = read(second.get(reverse("library:sheet", args=[sheet.public_id])))
    assert "Seuls les membres du groupe et la personne qui l’anime le voient." in shown
    assert "Publier" not in shown
    assert "Kim Équipe" not in shown
    typed = {"key": sheet.public_id, "title": "Accueillir la colère", "step": "keep", **PARTS}
    kept = second.post(edit, typed)
    assert kept.headers["Location"] == page
    sheet.refresh_from_db()
    assert sheet.tried == PARTS["tried"]
    for address in (edit, reverse("library:sheet", args=[sheet.public_id])):
        assert client_of(alice).get(address).status_code == 404
    # Its agreement is asked from the group, never published from the library.
    assert second.post(edit, typed | {"step": "publish"}).status_code == 422


def test_two_who_write_at_once_lose_nothing(sheet: Sheet, crew: list[Any], client_of: Any, read: Any) -> None:
    edit = reverse("library:edit", args=[sheet.public_id])
    draft = reverse("library:draft", args=[sheet.network.slug, sheet.kind])
    first, second = client_of(crew[0]), client_of(crew[1])
    seen = {client: client.get(edit).context["form"]["seen"].value() for client in (first, second)}
    typed = {"key": sheet.public_id, "title": "Accueillir la colère", "step": "keep", **PARTS}
    # What one's own screen keeps while one types stops nobody.
    for words in ("Écouter.", "Écouter, puis noter."):
        assert first.post(draft, typed | {"seen": seen[first], "tried": words}).status_code == 204
    assert first.post(edit, typed | {"seen": seen[first], "tried": "Écouter, noter."}).status_code == 303
    other = typed | {"seen": seen[second], "tried": "Faire asseoir."}
    assert second.post(draft, other).status_code == 409
    answer = second.post(edit, other)
    assert answer.status_code == 422
    assert "Écouter, noter." in read(answer)
    assert "Faire asseoir." in read(answer)
    sheet.refresh_from_db()
    assert sheet.tried == "Écouter, noter."
    both = other | {"seen": answer.context["form"]["seen"].value(), "tried": "Écouter, faire asseoir."}
    assert second.post(edit, both).status_code == 303
    sheet.refresh_from_db()
    assert sheet.tried == "Écouter, faire asseoir."


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
    # Past tense now, and the sheet is listed on the face, which it leads back to.
    assert "Ce qui est sorti du groupe" in read(last.get(page))
    sheet_url = reverse("library:sheet", args=[sheet.public_id])
    assert url("circle", begun) in public
    assert sheet_url in read(client_of(bob).get(url("circle", begun)))
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
    for address in (reverse("home:home"), url("circle", begun)):
        assert url("received", begun) in read(client_of(bob).get(address))
        assert url("received", begun) not in read(client_of(alice).get(address))
    assert url("received", begun) in read(
        client_of(bob).get(reverse("circles:all", args=[begun.network.slug]))
    )
    assert client_of(alice).get(url("received", begun)).status_code == 404
    leader.post(url("act", begun), {"act": "close"})
    assert client_of(crew[2]).get(url("circle", begun)).status_code == 200
    assert client_of(crew[2]).get(url("sheets", begun)).status_code == 200


def test_a_decider_of_the_directory_is_found_by_name(
    begun: Circle, guide: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    where = reverse("circles:deciders", args=[begun.public_id])
    assert client_of(bob).get(where).status_code == 404
    web = client_of(alice)  # who opened the group, and is not of it
    page = web.get(f"{where}?q={bob.first_name}").content.decode()
    assert "à remettre imprimé" in page
    filled = {"decider": begun.deciders.get().public_id, "person": bob.public_id}
    assert web.post(f"{where}?q={bob.first_name}", filled).status_code == 303
    assert begun.deciders.get().person == bob


def test_going_on_to_the_writing_says_what_is_left(begun: Circle, guide: Any, client_of: Any) -> None:
    starts = clock.now() + dt.timedelta(days=20)
    actions.plan_session(begun, by=guide, starts_at=starts)
    web = client_of(guide)
    where = reverse("circles:writing", args=[begun.public_id])
    assert where in web.get(reverse("circles:circle", args=[begun.public_id])).content.decode()
    page = web.get(where).content.decode()
    assert "Séance 1" in page
    assert f"0, sur {begun.sessions_wanted} prévues" in page
    begun.refresh_from_db()
    assert begun.state == "sessions"
    assert web.post(where).status_code == 303
    begun.refresh_from_db()
    assert begun.state == "writing"


def test_nobody_here_to_receive_it_is_said(
    begun: Circle, guide: Any, crew: list[Any], client_of: Any
) -> None:
    actions.start_writing(begun, by=guide)
    report = reverse("circles:report", args=[begun.public_id])
    answer = client_of(guide).post(report, {"act": "send"}, follow=True).content.decode()
    assert "Personne ne l’a reçu ici" in answer
    assert "Mme Lefort" in answer
