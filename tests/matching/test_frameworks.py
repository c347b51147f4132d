"""Which skills of a framework a topic may be, and which topics may be one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reciproque.catalogue import actions
from reciproque.catalogue.models import Entry, Framework, Topic
from reciproque.matching.actions import take_in_framework
from reciproque.matching.models import Vector
from reciproque.matching.queries import entries_like, search_entries, topics_like
from reciproque.matching.queries.frameworks import LIKE, folder_of_framework, forget_frameworks

ROWS = {
    "utiliser un tableur": "logiciel de calcul",
    "souder à l’arc": "",
    "parler en public": "prise de parole",
    "conduire un chariot élévateur": "",
}


@pytest.fixture
def framework(db: None) -> Framework:
    lines = [f'{n};{label};;"{more}"' for n, (label, more) in enumerate(ROWS.items())]
    table = "\n".join(["code;label;parent;alternatives", *lines])
    reading = actions.read_framework("csv", {"t.csv": table.encode()}, title="Maison")
    actions.import_framework("maison", reading, by=None)
    return Framework.objects.get()


def first(name: str) -> str:
    topic = actions.get_or_create_topic(name)
    found = entries_like(topic)
    return found[0][0].label if found else ""


def test_a_topic_finds_its_skill_by_meaning_by_letters_and_by_other_labels(framework: Framework) -> None:
    assert first("Tableurs") == "utiliser un tableur"
    assert first("Prise de parole") == "parler en public"
    assert first("Soudage à l’arc") == "souder à l’arc"
    [(entry, closeness), *_rest] = entries_like(actions.get_or_create_topic("PARLER en public"))
    assert (entry.label, closeness) == ("parler en public", 1.0)
    assert all(LIKE <= near <= 1 for _entry, near in entries_like(actions.get_or_create_topic("Tableurs")))


def test_what_was_decided_or_is_gone_is_not_proposed_again(admin: Any, framework: Framework) -> None:
    topic = actions.get_or_create_topic("Tableurs")
    actions.link_topic(topic, by=admin, entry=Entry.objects.get(code="0"), kept=False)
    assert "utiliser un tableur" not in [entry.label for entry, _close in entries_like(topic)]
    Entry.objects.filter(code="1").update(gone_at="2026-03-02T09:00Z")
    assert first("Soudage à l’arc") != "souder à l’arc"


def test_another_name_of_the_topic_helps(admin: Any, framework: Framework) -> None:
    topic = actions.get_or_create_topic("Fenwick")
    actions.add_topic_name(topic, by=admin, name="Chariot élévateur")
    assert entries_like(topic)[0][0].label == "conduire un chariot élévateur"


def test_encoded_once_for_each_import_and_saved(framework: Framework) -> None:
    assert take_in_framework(framework) == 6
    count = Vector.objects.count()
    assert take_in_framework(framework) == 0
    assert (folder_of_framework(framework) / "built-for").is_file()
    forget_frameworks()
    assert first("Tableurs") == "utiliser un tableur"
    reading = actions.read_framework("csv", {"t.csv": b"code;label\n9;tisser\n"}, title="Maison")
    actions.import_framework("maison", reading, by=None)
    framework.refresh_from_db()
    assert take_in_framework(framework) == 1
    assert Vector.objects.count() == count + 1
    assert [entry.label for entry in search_entries("tissage")] == ["tisser"]


def test_jobs_are_found_and_never_proposed(framework: Framework) -> None:
    Entry.objects.filter(code="1").update(job=True)
    assert first("Soudage à l’arc") != "souder à l’arc"
    assert [entry.label for entry in search_entries("souder")][:1] == ["souder à l’arc"]
    assert search_entries("  ") == []


def test_nothing_imported_nothing_proposed(db: None) -> None:
    assert entries_like(actions.get_or_create_topic("Tableurs")) == []
    assert search_entries("tableur") == []


def test_topics_that_may_be_one_are_those_of_the_network(
    bob: Any, fatou: Any, network: Any, other_network: Any, make_post: Callable[..., Any]
) -> None:
    make_post(bob, topics=["Tableau croisé dynamique", "Tableaux croisés dynamiques", "Vélo"])
    make_post(fatou, network=other_network, topics=["Tableaux croisés"])
    topic = Topic.objects.get(name="Tableau croisé dynamique")
    assert [near.name for near, _score in topics_like(topic, network)] == ["Tableaux croisés dynamiques"]
    assert [near.name for near, _score in topics_like(topic, other_network)] == ["Tableaux croisés"]
