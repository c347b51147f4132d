"""The library through its pages: written, published, found, rated, compared, asked, taken away."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.library.actions import attach_file, publish_sheet, save_draft, withdraw_sheet
from reciproque.library.models import Asked, Rating, Sheet, Talk, UseCase

WORDS = {
    "title": "Accueillir un client mécontent",
    "situation": "Au guichet, un samedi, **la file** s’allonge.",
    "tried": "Laisser parler, puis reformuler.",
    "given": "Le ton retombe.",
    "serves": "customer",
    "trade": "Guichetier",
    "topics": "Accueil, Conflit",
    "review_days": "365",
}
PDF = b"%PDF-1.7\n%%EOF\n"


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def published(network: Any, bob: Any) -> Sheet:
    topics = WORDS["topics"].split(", ")
    fields = {name: WORDS[name] for name in ("title", "situation", "tried", "given", "serves", "trade")}
    return publish_sheet(save_draft(network, by=bob, topics=topics, **fields), by=bob)


def test_from_a_blank_page_to_a_reader(
    network: Any, bob: Any, chloe: Any, client_of: Callable[..., Any], run_reactions: Callable[[], int]
) -> None:
    writer, reader = client_of(bob), client_of(chloe)
    address = reverse("library:new", args=[network.slug, "practice"])
    assert "La situation" in text_of(writer.get(address))
    key = "bcdfghjkmnpq"
    draft = reverse("library:draft", args=[network.slug, "practice"])
    assert writer.post(draft, {"key": key, "title": "Accueillir"}).status_code == 204
    assert writer.post(draft, {"key": key}).status_code == 204
    assert Sheet.objects.get().title == "Accueillir"
    answer = writer.post(address, {"key": key, **WORDS, "step": "publish"})
    assert answer.status_code == 303
    assert (
        writer.post(address, {"key": key, **WORDS, "step": "publish"}).headers["Location"]
        == answer.headers["Location"]
    )
    run_reactions()
    sheet = Sheet.objects.get()
    page = text_of(reader.get(reverse("library:sheet", args=[sheet.public_id])))
    for words in ("<strong>la file</strong>", "Guichetier", "Accueil", "Bob Riou", "Je m’en suis servi"):
        assert words in page
    assert "Modifier" not in page
    assert sheet.title in text_of(reader.get(reverse("library:shelf", args=[network.slug])))


def test_nothing_typed_is_lost_when_refused(network: Any, bob: Any, client_of: Callable[..., Any]) -> None:
    client = client_of(bob)
    answer = client.post(
        reverse("library:new", args=[network.slug, "practice"]),
        {"key": "bcdfghjkmnpq", "title": "Un titre", "situation": "Ce que j’ai vécu", "step": "publish"},
    )
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Ce que j’ai vécu" in page
    assert "Dites-en quelques mots" in page
    assert Sheet.objects.get().state == "draft"


def test_found_by_search_and_beside_offers(
    network: Any, chloe: Any, fatou: Any, client_of: Callable[..., Any], published: Sheet
) -> None:
    client = client_of(chloe)
    address = reverse("library:sheet", args=[published.public_id])
    for words in ("client mécontent", "clients mecontents", "guichetier", "gérer un client agressif"):
        assert address in text_of(client.get(reverse("find:search", args=[network.slug]), {"q": words})), (
            words
        )
        assert address in text_of(client.get(reverse("library:shelf", args=[network.slug]), {"q": words})), (
            words
        )
    topic = published.topics.get(name="Accueil")
    assert address in text_of(client.get(reverse("find:topic", args=[network.slug, topic.public_id])))
    assert address in text_of(
        client.get(reverse("library:trade", args=[network.slug, published.trade.public_id]))
    )
    assert client_of(fatou).get(address).status_code == 404


def test_no_longer_found_once_withdrawn(
    network: Any, bob: Any, chloe: Any, client_of: Callable[..., Any], published: Sheet
) -> None:
    client = client_of(chloe)
    address = reverse("library:sheet", args=[published.public_id])
    search = reverse("find:search", args=[network.slug])
    assert address in text_of(client.get(search, {"q": "client mécontent"}))
    withdraw_sheet(published, by=bob)
    assert address not in text_of(client.get(search, {"q": "client mécontent"}))
    answer = client.get(address)
    assert answer.status_code == 410
    assert published.title not in text_of(answer)
    assert published.title in text_of(client_of(bob).get(address))


def test_facets_narrow_the_shelf(
    network: Any, bob: Any, chloe: Any, client_of: Callable[..., Any], published: Sheet
) -> None:
    tip = publish_sheet(save_draft(network, by=bob, kind="tip", title="Trois touches", text="Alt."), by=bob)
    client = client_of(chloe)
    address = reverse("library:shelf", args=[network.slug])
    for query, seen, hidden in (
        ({"kind": "tip"}, tip, published),
        ({"serves": "customer"}, published, tip),
        ({"trade": published.trade.public_id}, published, tip),
        ({"topic": published.topics.first().public_id}, published, tip),
    ):
        page = text_of(client.get(address, query))
        assert seen.title in page
        assert hidden.title not in page


def test_rated_by_peers_once_each(
    bob: Any, chloe: Any, client_of: Callable[..., Any], published: Sheet
) -> None:
    address = reverse("library:rate", args=[published.public_id])
    assert client_of(chloe).post(address, {"relevance": "4", "used": "on"}).status_code == 303
    assert client_of(chloe).post(address, {"relevance": "5", "used": "on"}).status_code == 303
    assert client_of(chloe).post(address, {"relevance": "9"}).status_code == 303
    assert client_of(bob).post(address, {"relevance": "5"}).status_code == 403
    assert [(row.relevance, row.used) for row in Rating.objects.all()] == [(5, True)]
    page = text_of(client_of(bob).get(reverse("library:sheet", args=[published.public_id])))
    assert "1 collègue s’en est servi" in page
    assert "Chloé" not in page


def test_a_word_to_the_author_stays_between_two(
    bob: Any, chloe: Any, dora: Any, alice: Any, client_of: Callable[..., Any], published: Sheet
) -> None:
    answer = client_of(chloe).post(
        reverse("library:write", args=[published.public_id]), {"text": "Merci pour tout"}
    )
    talk = Talk.objects.get()
    address = reverse("library:talk", args=[talk.public_id])
    assert answer.headers["Location"] == address
    assert "Merci pour tout" in text_of(client_of(bob).get(address))
    client_of(bob).post(address, {"text": "Avec plaisir"})
    assert "Avec plaisir" in text_of(client_of(chloe).get(address))
    for other in (dora, alice):
        assert client_of(other).get(address).status_code == 404


def test_versions_show_what_changed(
    bob: Any, chloe: Any, client_of: Callable[..., Any], published: Sheet
) -> None:
    edit = reverse("library:edit", args=[published.public_id])
    fields = {**WORDS, "base": "1", "tried": "Laisser parler, puis résumer.", "note": "Plus simple"}
    assert client_of(bob).post(edit, fields).status_code == 303
    stale = client_of(bob).post(edit, {**fields, "tried": "Perdu ?"})
    assert stale.status_code == 422
    assert "Perdu ?" in text_of(stale)
    page = text_of(client_of(chloe).get(reverse("library:versions", args=[published.public_id])))
    for words in ("<del>reformuler.</del>", "<ins>résumer.</ins>", "Plus simple", "Version 2"):
        assert words in page
    assert client_of(chloe).get(edit).status_code == 404


def test_signed_by_several(
    network: Any, bob: Any, chloe: Any, client_of: Callable[..., Any], published: Sheet
) -> None:
    address = reverse("library:authors", args=[published.public_id])
    writer, other = client_of(bob), client_of(chloe)
    assert other.get(address).status_code == 404
    assert "Chloé Le Goff" in text_of(writer.get(address, {"person": "Le Goff"}))
    assert writer.post(address, {"act": "invite", "id": chloe.public_id}).status_code == 303
    assert "Chloé" not in text_of(writer.get(reverse("library:sheet", args=[published.public_id])))
    assert published.title in text_of(other.get(reverse("library:mine", args=[network.slug])))
    other.post(address, {"act": "accept"})
    assert "Chloé" in text_of(writer.get(reverse("library:sheet", args=[published.public_id])))
    assert writer.post(address, {"act": "invite", "id": "rien"}).status_code == 404


def test_a_question_goes_to_who_knows_and_comes_back_answered(
    network: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    run_reactions: Callable[[], int],
) -> None:
    make_post(chloe, "offer", "Mener un entretien difficile")
    make_post(dora, "offer", "Réparer un vélo")
    asker = client_of(bob)
    answer = asker.post(
        reverse("library:ask", args=[network.slug]),
        {"question": "Comment faites-vous pour mener un entretien difficile ?"},
    )
    assert answer.status_code == 303
    run_reactions()
    case = UseCase.objects.get()
    assert [row.person for row in Asked.objects.filter(case=case)] == [chloe]
    knows = client_of(chloe)
    page = reverse("library:case", args=[case.public_id])
    assert "Cette question vous est adressée" in text_of(knows.get(page))
    assert "Cette question vous est adressée" not in text_of(client_of(dora).get(page))
    new = reverse("library:new", args=[network.slug, "answer"])
    assert case.question in text_of(knows.get(new, {"case": case.public_id}))
    knows.post(
        new,
        {
            "case": case.public_id,
            "title": "En trois temps",
            "text": "Écouter, dire, convenir.",
            "step": "publish",
        },
    )
    case.refresh_from_db()
    assert case.state == "answered"
    assert "En trois temps" in text_of(asker.get(page))
    assert Asked.objects.get().state == "answered"


def test_a_polite_no_is_nobodys_business(
    network: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    run_reactions: Callable[[], int],
) -> None:
    make_post(chloe, "offer", "Mener un entretien difficile")
    client_of(bob).post(
        reverse("library:ask", args=[network.slug]), {"question": "Comment mener un entretien difficile ?"}
    )
    run_reactions()
    case = UseCase.objects.get()
    make_post(dora, "offer", "Conduire un entretien difficile")
    decline = reverse("library:decline", args=[case.public_id])
    assert client_of(dora).post(decline).status_code == 403
    assert client_of(chloe).post(decline).status_code == 303
    run_reactions()
    assert {row.person: row.state for row in Asked.objects.all()} == {chloe: "declined", dora: "waiting"}
    for page in (reverse("library:case", args=[case.public_id]), reverse("account:history")):
        assert "décliné" not in text_of(client_of(bob).get(page))


def test_the_whole_library_leaves_as_markdown_and_files(
    network: Any,
    bob: Any,
    chloe: Any,
    alice: Any,
    fatou: Any,
    client_of: Callable[..., Any],
    published: Sheet,
) -> None:
    attach_file(published, io.BytesIO(PDF), "Mode d’emploi.pdf", by=bob)
    hidden = save_draft(network, by=bob, title="Un brouillon", situation="à moi")
    gone = publish_sheet(save_draft(network, by=bob, kind="tip", title="Retirée", text="x"), by=bob)
    withdraw_sheet(gone, by=bob)
    address = reverse("library:export", args=[network.slug])
    assert client_of(chloe).get(address).status_code == 404
    assert client_of(fatou).get(address).status_code == 404
    answer = client_of(alice).get(address)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = archive.namelist()
        assert names == [
            f"accueillir-un-client-mecontent-{published.public_id}.md",
            f"{published.public_id}/Mode d’emploi.pdf",
        ]
        text = archive.read(names[0]).decode()
        assert archive.read(names[1]) == PDF
    assert "# Accueillir un client mécontent" in text
    assert "**la file**" in text
    assert "Bob Riou" in text
    assert hidden.title not in text
