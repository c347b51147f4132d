"""Topics put in order: renamed, merged without losing anything, named, filed, linked; and by whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from reciproque.catalogue import actions
from reciproque.catalogue.access import can_name, can_rename, get_curated, get_topic, networks_using
from reciproque.catalogue.models import Entry, Framework, Post, Topic, TopicLink, TopicName
from reciproque.catalogue.queries import (
    families,
    family_names,
    labels_of,
    topic_page,
    topic_suggestions,
    topics_to_curate,
)
from reciproque.kit.errors import NotThere
from reciproque.library import actions as library
from reciproque.networks.models import RoleGrant
from reciproque.people.actions import get_site


def topic_of(name: str) -> Topic:
    return Topic.objects.get(name=name)


@pytest.fixture
def entry(db: None) -> Entry:
    framework = Framework.objects.create(slug="maison", title="Maison")
    return Entry.objects.create(framework=framework, code="1", label="Utiliser un tableur", folded="x")


def test_a_topic_renamed_is_still_found_by_its_former_name(
    alice: Any, bob: Any, network: Any, make_post: Callable[..., Any], said: Callable[[str], list[Any]]
) -> None:
    make_post(bob, topics=["Tableur"])
    topic = actions.rename_topic(topic_of("Tableur"), by=alice, name="  Excel  et tableurs ")
    assert topic.name == "Excel et tableurs"
    assert actions.get_or_create_topic("TABLEUR") == topic
    assert topic_suggestions("tableur", network=network) == [topic]
    assert [fact.data["former"] for fact in said("topic.renamed")] == ["Tableur"]
    # And back: the former name is not in its own way.
    assert actions.rename_topic(topic, by=alice, name="Tableur").name == "Tableur"
    assert actions.get_or_create_topic("excel et tableurs") == topic


@pytest.mark.parametrize("name", ["", "  ", "\x00", "…" * 81, "x" * 81])
def test_a_name_must_be_one(alice: Any, bob: Any, make_post: Callable[..., Any], name: str) -> None:
    make_post(bob, topics=["Tableur"])
    with pytest.raises(ValidationError):
        actions.rename_topic(topic_of("Tableur"), by=alice, name=name)


def test_a_name_already_taken_says_to_merge(alice: Any, bob: Any, make_post: Callable[..., Any]) -> None:
    make_post(bob, topics=["Tableur", "Excel"])
    with pytest.raises(ValidationError, match="« Excel » existe déjà"):
        actions.rename_topic(topic_of("Tableur"), by=alice, name="EXCEL")
    actions.add_topic_name(topic_of("Excel"), by=alice, name="XLS")
    with pytest.raises(ValidationError, match="« Excel » existe déjà"):
        actions.add_topic_name(topic_of("Tableur"), by=alice, name="xls")


def test_a_merge_loses_nothing(
    alice: Any,
    bob: Any,
    chloe: Any,
    network: Any,
    entry: Entry,
    make_post: Callable[..., Any],
    run_reactions: Callable[[], int],
) -> None:
    both = make_post(bob, topics=["Tableur", "Excel"])
    only = make_post(chloe, "request", topics=["Excel"])
    kept, gone = topic_of("Tableur"), topic_of("Excel")
    sheet = library.save_draft(network, by=bob, title="Un tableau", topics=["Excel"])
    actions.add_topic_name(gone, by=alice, name="XLS")
    actions.add_topic_name(kept, by=alice, name="Spreadsheet", language="en", shown=True)
    actions.add_topic_name(gone, by=alice, name="Workbook", language="en", shown=True)
    actions.link_topic(kept, by=alice, entry=entry, kept=False)
    actions.link_topic(gone, by=alice, entry=entry, kept=True, closeness=61)
    actions.set_family(gone, by=alice, family="Bureautique")
    actions.merge_topics([gone], into=kept, by=alice)
    run_reactions()
    assert get_topic(gone.public_id) == kept
    posts, counts = topic_page(kept, alice, network)
    assert {post.pk for post in posts} == {both.pk, only.pk}
    assert counts == {"offer": 1, "request": 1}
    assert [topic.pk for topic in only.topics.all()] == [kept.pk]
    assert [topic.pk for topic in both.topics.all()] == [kept.pk]
    assert [topic.pk for topic in sheet.topics.all()] == [kept.pk]
    for words in ("excel", "xls", "spreadsheet", "workbook", "tableur"):
        assert actions.get_or_create_topic(words) == kept
        assert topic_suggestions(words, network=network) == [kept]
    assert TopicLink.objects.get().topic == kept
    assert TopicLink.objects.get().kept
    kept.refresh_from_db()
    assert kept.family == "Bureautique"
    with translation.override("en"):
        assert labels_of([kept]) == {kept.pk: "Spreadsheet"}
    assert labels_of([kept]) == {kept.pk: "Tableur"}


def test_merging_twice_in_a_row_leads_in_one_step(
    admin: Any, bob: Any, make_post: Callable[..., Any], said: Callable[[str], list[Any]]
) -> None:
    make_post(bob, topics=["A1", "B1", "C1"])
    first, second, third = (topic_of(name) for name in ("A1", "B1", "C1"))
    actions.merge_topics([first], into=second, by=admin)
    actions.merge_topics([first, second], into=third, by=admin)
    assert set(Topic.objects.filter(merged_into=third)) == {first, second}
    assert get_topic(first.public_id) == third
    # Pressed twice: nothing more happens, nothing is refused.
    count = len(said("topic.merged"))
    actions.merge_topics([second], into=third, by=admin)
    assert len(said("topic.merged")) == count
    with pytest.raises(ValidationError):
        actions.merge_topics([third], into=second, by=admin)
    with pytest.raises(ValidationError):
        actions.merge_topics([third], into=third, by=admin)


def test_a_post_written_at_the_moment_of_the_merge_follows(
    admin: Any, bob: Any, network: Any, make_post: Callable[..., Any], run_reactions: Callable[[], int]
) -> None:
    make_post(bob, topics=["Tableur", "Excel"])
    post = make_post(bob, title="Autre offre")
    kept, gone = topic_of("Tableur"), topic_of("Excel")
    actions.merge_topics([gone], into=kept, by=admin)
    Post.topics.through.objects.create(post=post, topic=gone)  # read before, written after
    assert post.pk in {row.pk for row in topic_page(kept, bob, network)[0]}
    assert sum(row.offers for family in families(network) for row in family.topics) == 2
    run_reactions()
    assert [topic.pk for topic in post.topics.all()] == [kept.pk]
    assert actions.fold_posts() == 0


def test_imports_follow_synonyms_and_merges(admin: Any, bob: Any, make_post: Callable[..., Any]) -> None:
    make_post(bob, topics=["Tableur", "Excel"])
    actions.add_topic_name(topic_of("Tableur"), by=admin, name="XLS")
    actions.merge_topics([topic_of("Excel")], into=topic_of("Tableur"), by=admin)
    assert set(actions.imports._topics({"xls", "EXCEL", "tableur"}).values()) == {topic_of("Tableur")}


def test_names_are_added_shown_and_taken_away(
    admin: Any, bob: Any, make_post: Callable[..., Any], said: Callable[[str], list[Any]]
) -> None:
    make_post(bob, topics=["Tableur"])
    topic = topic_of("Tableur")
    name = actions.add_topic_name(topic, by=admin, name="Spreadsheets", language="en", shown=True)
    other = actions.add_topic_name(topic, by=admin, name="Sheets", language="en", shown=True)
    name.refresh_from_db()
    assert (name.shown, other.shown) == (False, True)
    assert actions.add_topic_name(topic, by=admin, name="Sheets", language="en", shown=True) == other
    assert len(said("topic.named")) == 2
    actions.remove_topic_name(other, by=admin)
    actions.remove_topic_name(other, by=admin)
    assert len(said("topic.unnamed")) == 1
    for fields in ({"language": "zz"}, {"shown": True}):
        with pytest.raises(ValidationError):
            actions.add_topic_name(topic, by=admin, name="Autre", **fields)
    with pytest.raises(ValidationError, match="déjà le nom"):
        actions.add_topic_name(topic, by=admin, name="tableur")
    TopicName.objects.bulk_create(TopicName(topic=topic, name=f"n{n}", folded=f"n{n}") for n in range(19))
    with pytest.raises(ValidationError, match="vingt"):
        actions.add_topic_name(topic, by=admin, name="Un de trop")


def test_families_are_spelt_once(admin: Any, alice: Any, bob: Any, network: Any, make_post: Any) -> None:
    make_post(bob, topics=["Tableur", "Vélo"])
    actions.set_family(topic_of("Tableur"), by=admin, family="Bureautique")
    assert actions.set_family(topic_of("Vélo"), by=admin, family=" BUREAUTIQUE ").family == "Bureautique"
    assert actions.set_family(topic_of("Vélo"), by=admin, family="Mobilité").family == "Mobilité"
    assert [family.name for family in families(network)] == ["Bureautique", "Mobilité"]
    assert actions.rename_family("Mobilité", by=admin, name="bureautique") == 1
    assert [family.name for family in families(network)] == ["Bureautique"]
    # Its own spelling may change.
    assert actions.rename_family("Bureautique", by=admin, name="BUREAUTIQUE") == 2
    assert [family.name for family in families(network)] == ["BUREAUTIQUE"]
    with pytest.raises(PermissionDenied):
        actions.rename_family("BUREAUTIQUE", by=alice, name="X")
    with pytest.raises(ValidationError):
        actions.rename_family("BUREAUTIQUE", by=admin, name=" ")
    with pytest.raises(ValidationError):
        actions.set_family(topic_of("Vélo"), by=admin, family="x" * 81)


def test_a_link_is_decided_once_and_may_be_taken_back(
    alice: Any, bob: Any, entry: Entry, make_post: Callable[..., Any], said: Callable[[str], list[Any]]
) -> None:
    make_post(bob, topics=["Tableur"])
    topic = topic_of("Tableur")
    link = actions.link_topic(topic, by=alice, entry=entry, kept=True, closeness=80)
    assert actions.link_topic(topic, by=alice, entry=entry, kept=True) == link
    assert (link.closeness, link.decided_by) == (80, alice)
    assert not actions.link_topic(topic, by=alice, entry=entry, kept=False).kept
    assert [fact.data["kept"] for fact in said("topic.linked")] == [True, False]
    Entry.objects.filter(pk=entry.pk).update(group=True)
    entry.refresh_from_db()
    with pytest.raises(ValidationError, match="pas à un groupe"):
        actions.link_topic(topic, by=alice, entry=entry, kept=True)


def test_who_may_put_a_topic_in_order(
    everyone: dict[str, Any], network: Any, other_network: Any, make_post: Callable[..., Any]
) -> None:
    make_post(everyone["bob"], topics=["Commun", "Local"])
    make_post(everyone["fatou"], network=other_network, topics=["Commun", "Ailleurs"])
    common, local, elsewhere = (topic_of(name) for name in ("Commun", "Local", "Ailleurs"))
    assert networks_using([common]) == {network.pk, other_network.pk}
    may = {
        name: [can(person, topic) for topic in (local, common, elsewhere) for can in (can_name, can_rename)]
        for name, person in everyone.items()
    }
    nobody = [False] * 6
    assert may == dict.fromkeys(everyone, nobody) | {
        "admin": [True] * 6,
        "alice": [True, True, True, False, False, False],
    }
    alice = everyone["alice"]
    with pytest.raises(ValidationError, match="« Commun » sert aussi ailleurs"):
        actions.merge_topics([common], into=local, by=alice)
    with pytest.raises(PermissionDenied):
        actions.merge_topics([local], into=elsewhere, by=alice)
    with pytest.raises(PermissionDenied):
        actions.rename_topic(common, by=alice, name="Autre")
    actions.merge_topics([local], into=common, by=alice)
    assert get_curated(alice, local.public_id, network) == common
    for name, person in everyone.items():
        if name not in ("alice", "admin"):
            with pytest.raises(NotThere):
                get_curated(person, common.public_id, network)
    with pytest.raises(NotThere):
        get_curated(alice, elsewhere.public_id, network)


def test_an_animator_of_one_site_does_not_put_the_networks_topics_in_order(
    alice: Any, bob: Any, make_post: Callable[..., Any]
) -> None:
    make_post(bob, topics=["Tableur"])
    RoleGrant.objects.filter(person=alice).update(site=get_site("Paris"))
    assert not can_name(alice, topic_of("Tableur"))


def test_a_topic_used_by_a_sheet_elsewhere_is_used_there(
    alice: Any, bob: Any, fatou: Any, other_network: Any, make_post: Callable[..., Any]
) -> None:
    make_post(bob, topics=["Tableur"])
    library.save_draft(other_network, by=fatou, title="Une fiche", topics=["Tableur"])
    assert not can_rename(alice, topic_of("Tableur"))


def test_what_waits_to_be_put_in_order(
    admin: Any, bob: Any, chloe: Any, network: Any, entry: Entry, make_post: Callable[..., Any]
) -> None:
    make_post(bob, topics=["Tableur", "Vélo"])
    make_post(chloe, topics=["Vélo"])
    actions.set_family(topic_of("Vélo"), by=admin, family="Mobilité")
    actions.link_topic(topic_of("Tableur"), by=admin, entry=entry, kept=True)
    page, counts, _which = topics_to_curate(network, which="all")
    assert [(topic.name, topic.uses) for topic in page] == [("Vélo", 2), ("Tableur", 1)]
    assert counts == {"unfiled": 1, "unlinked": 1, "all": 2}
    assert [topic.name for topic in topics_to_curate(network, which="unfiled")[0]] == ["Tableur"]
    assert [topic.name for topic in topics_to_curate(network, which="unlinked")[0]] == ["Vélo"]
    assert [topic.name for topic in topics_to_curate(network, which="all", words="vel")[0]] == ["Vélo"]


@pytest.mark.needs_shared
def test_any_text_is_taken_or_refused_in_a_sentence(
    admin: Any, bob: Any, make_post: Callable[..., Any], shared: Any, naughty: list[str]
) -> None:
    make_post(bob, topics=["Tableur"])
    topic = topic_of("Tableur")
    for text in naughty:
        for act in (
            lambda text=text: actions.rename_topic(topic, by=admin, name=text),
            lambda text=text: actions.add_topic_name(topic, by=admin, name=text),
            lambda text=text: actions.set_family(topic, by=admin, family=text),
        ):
            try:
                act()
            except ValidationError as error:
                assert error.messages
    assert Topic.objects.filter(merged_into=None).count() == 1


def test_families_are_sorted_by_a_readers_alphabet(db: None) -> None:
    for number, family in enumerate(("RSE", "Relation client", "Études", "Écrire", "Vente")):
        Topic.objects.create(name=f"t{number}", folded=f"t{number}", family=family)
    assert family_names() == ["Écrire", "Études", "Relation client", "RSE", "Vente"]


def test_curation_opens_on_the_first_list_in_which_something_waits(
    network: Any, bob: Any, make_post: Any
) -> None:
    make_post(bob, topics=["Vélo"])
    assert topics_to_curate(network)[2] == "unfiled"
    Topic.objects.update(family="Mobilité")
    page, _counts, which = topics_to_curate(network)
    assert (which, [topic.name for topic in page]) == ("unlinked", ["Vélo"])
    assert topics_to_curate(network, which="unfiled")[2] == "unfiled"
