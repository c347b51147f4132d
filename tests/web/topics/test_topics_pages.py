"""Pages where topics are browsed and put in order, and where frameworks are read and brought in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue import actions
from reciproque.catalogue.models import Entry, Framework, Topic, TopicLink, TopicName

TABLE = "code;label;parent;alternatives\nA;Bureautique;;\nA1;Utiliser un tableur;A;Excel\n"


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


@pytest.fixture
def topic(bob: Any, make_post: Callable[..., Any]) -> Topic:
    make_post(bob, topics=["Tableur", "Tableurs"])
    return Topic.objects.get(name="Tableur")


@pytest.fixture
def entry(db: None) -> Entry:
    reading = actions.read_framework("csv", {"t.csv": TABLE.encode()}, title="Maison", credit="Nous")
    actions.import_framework("maison", reading, by=None)
    return Entry.objects.get(code="A1")


def test_members_browse_topics_by_family(
    admin: Any, bob: Any, network: Any, topic: Topic, client_of: Callable[..., Any]
) -> None:
    actions.set_family(topic, by=admin, family="Bureautique")
    client, here = client_of(bob), reverse("topics:families", args=[network.slug])
    page = text_of(client.get(here))
    assert page.index("Bureautique") < page.index("Pas encore rangés")
    assert "Ordonner les sujets" not in page
    assert "Bureautique" not in text_of(client.get(here, {"q": "vélo"}))


def test_the_page_of_a_topic_says_its_names_links_and_who_may_be_asked(
    admin: Any, bob: Any, network: Any, topic: Topic, entry: Entry, client_of: Callable[..., Any]
) -> None:
    actions.link_topic(topic, by=admin, entry=entry, kept=True)
    actions.add_topic_name(topic, by=admin, name="Spreadsheets", language="en", shown=True)
    address = reverse("find:topic", args=[network.slug, topic.public_id])
    page = text_of(client_of(bob).get(address))
    for words in ("Spreadsheets", "Utiliser un tableur", "Maison", "Nous"):
        assert words in page
    assert "Ordonner ce sujet" not in page
    bob.language = "en"
    bob.save()
    assert re.search(r"<h1[^>]*>\s*Spreadsheets", text_of(client_of(bob).get(address)))


def test_an_animator_puts_a_topic_in_order(
    alice: Any, network: Any, topic: Topic, entry: Entry, client_of: Callable[..., Any]
) -> None:
    client, here = client_of(alice), reverse("topics:curate", args=[network.slug, topic.public_id])
    assert "Tableur" in text_of(client.get(reverse("topics:curation", args=[network.slug])))
    page = text_of(client.get(here))
    assert "Utiliser un tableur" in page
    assert "Tableurs" in page
    sent = {"entry": entry.public_id, "kept": "yes", "closeness": "77"}
    link = reverse("topics:link", args=[network.slug, topic.public_id])
    assert client.post(link, sent).status_code == 303
    assert TopicLink.objects.get().closeness == 77
    assert client.post(here, {"what": "name", "name": "XLS", "language": ""}).status_code == 303
    assert client.post(here, {"what": "family", "family": "Bureautique"}).status_code == 303
    assert client.post(here, {"what": "rename", "name": "Excel"}).status_code == 303
    topic.refresh_from_db()
    assert (topic.name, topic.family) == ("Excel", "Bureautique")
    name = TopicName.objects.get(name="XLS")
    unname = reverse("topics:unname", args=[network.slug, topic.public_id])
    assert client.post(unname, {"name": str(name.pk)}).status_code == 303
    assert not TopicName.objects.filter(name="XLS").exists()
    assert client.post(here, {"what": "nothing"}).status_code == 404


def test_a_refusal_keeps_what_was_typed(
    alice: Any, network: Any, topic: Topic, client_of: Callable[..., Any]
) -> None:
    here = reverse("topics:curate", args=[network.slug, topic.public_id])
    answer = client_of(alice).post(here, {"what": "rename", "name": "TABLEURS"})
    assert answer.status_code == 422
    assert "« Tableurs » existe déjà" in text_of(answer)
    assert 'value="TABLEURS"' in text_of(answer)


def test_topics_are_made_one_after_reading_what_happens(
    alice: Any, network: Any, topic: Topic, client_of: Callable[..., Any]
) -> None:
    client, here = client_of(alice), reverse("topics:merge", args=[network.slug, topic.public_id])
    assert "Cela ne se défait pas" in text_of(client.get(here))
    assert client.post(here, {}).status_code == 422
    other = Topic.objects.get(name="Tableurs")
    assert client.post(here, {"others": [other.public_id]}).status_code == 303
    other.refresh_from_db()
    assert other.merged_into == topic
    address = reverse("find:topic", args=[network.slug, other.public_id])
    assert "Tableur" in text_of(client.get(address))


@pytest.mark.parametrize("name", ["curation", "curate", "merge"])
def test_nobody_else_puts_topics_in_order(
    everyone: dict[str, Any], network: Any, topic: Topic, client_of: Callable[..., Any], name: str
) -> None:
    arguments = [network.slug] if name == "curation" else [network.slug, topic.public_id]
    address = reverse(f"topics:{name}", args=arguments)
    codes = {who: client_of(person).get(address).status_code for who, person in everyone.items()}
    assert codes == dict.fromkeys(everyone, 404) | {"alice": 200, "admin": 200}


def test_a_family_is_renamed_by_the_administrator_only(
    admin: Any, alice: Any, network: Any, topic: Topic, client_of: Callable[..., Any]
) -> None:
    actions.set_family(topic, by=admin, family="Bureau")
    address = reverse("topics:family", args=[network.slug], query={"family": "Bureau"})
    assert client_of(alice).get(address).status_code == 404
    assert client_of(admin).post(address, {"name": "Bureautique"}).status_code == 303
    topic.refresh_from_db()
    assert topic.family == "Bureautique"


def test_frameworks_are_browsed_and_searched(bob: Any, entry: Entry, client_of: Callable[..., Any]) -> None:
    client = client_of(bob)
    page = text_of(client.get(reverse("topics:frameworks")))
    assert "Maison" in page
    assert "import-framework" not in page
    here = reverse("topics:framework", args=["maison"])
    assert "Bureautique" in text_of(client.get(here))
    assert "Utiliser un tableur" in text_of(client.get(here, {"q": "excel"}))
    page = text_of(client.get(reverse("topics:entry", args=[entry.public_id])))
    assert "Excel" in page
    assert page.index("Bureautique") < page.index("Utiliser un tableur</h1>")
    assert client.get(reverse("topics:framework", args=["rien"])).status_code == 404


def test_a_table_is_previewed_then_brought_in(admin: Any, alice: Any, client_of: Callable[..., Any]) -> None:
    here, client = reverse("topics:bring_in"), client_of(admin)
    assert client_of(alice).get(here).status_code == 403
    sent = {"title": "Maison", "slug": "maison", "table": TABLE + ";sans code;;\n"}
    page = text_of(client.post(here, sent))
    assert "2 à ajouter" in page
    assert "ligne 4" in page
    assert not Framework.objects.exists()
    assert client.post(here, sent | {"accept": "yes"}).status_code == 303
    assert Entry.objects.count() == 2
    answer = client.post(here, sent | {"table": "rien"})
    assert answer.status_code == 422
