"""What is said of a savoir is what still holds: voices that count, names that were certified, the reader's language."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from reciproque.catalogue.actions import add_topic_name, get_or_create_topic, merge_topics, remove_topic_name
from reciproque.catalogue.models import Topic
from reciproque.catalogue.queries import labels_of, latest_posts
from reciproque.kit import clock
from reciproque.recognition.actions import contest, give_up_certification, settle_contest
from reciproque.recognition.models import Confirmation
from reciproque.recognition.queries import record_of
from reciproque.recognition.rules import add_months
from reciproque.web.parts.posts import card_of
from tests.recognition.badges_made import SAVOIR, certify

pytestmark = pytest.mark.django_db


def quoted(person: Any) -> list[str]:
    record = record_of(person)
    return [one.name for line in (*record.certified, *record.seen) for one in line.quotes]


# -- one's record quotes those who still say so ----------------------------------------------------------------------


def test_what_is_too_old_for_the_rule_is_not_quoted(
    network: Any, bob: Any, alice: Any, chloe: Any, dora: Any
) -> None:
    certify(network, bob, [alice, chloe, dora], signs=(alice, dora))
    assert sorted(quoted(bob)) == sorted([alice.display_name, dora.display_name])
    # Dora said it two days before Alice.
    with clock.at(add_months(Confirmation.objects.get(by=dora).at, 12)):
        assert quoted(bob) == [alice.display_name]


@pytest.mark.parametrize("how", ["given up", "contest upheld"])
def test_what_was_said_before_it_ended_for_a_reason_is_not_quoted(
    how: str, network: Any, bob: Any, alice: Any, chloe: Any, dora: Any, admin: Any
) -> None:
    from reciproque.recognition.actions import choose_audience

    choose_audience(bob, "network", by=bob)
    held = certify(network, bob, [chloe, dora], signs=(chloe, dora))
    assert len(quoted(bob)) == 2
    if how == "given up":
        give_up_certification(held, by=bob)
    else:
        settle_contest(contest(held, by=alice, words="Un doute"), by=admin, upheld=True, answer="Oui.")
    assert quoted(bob) == []
    assert [line.savoir for line in record_of(bob).seen] == [SAVOIR]


# -- what was certified is read under its name -----------------------------------------------------------------------


def test_a_certified_savoir_is_shown_under_another_name_by_administrators_only(
    network: Any, bob: Any, alice: Any, admin: Any, chloe: Any, dora: Any
) -> None:
    topic = certify(network, bob, [chloe, dora]).skill.topic
    add_topic_name(topic, by=alice, name="Entretien tendu")  # found under it: nothing else is read
    with pytest.raises(ValidationError, match="confirmé par des collègues") as refused:
        add_topic_name(topic, by=alice, name="Leadership", language="en", shown=True)
    assert list(refused.value.error_dict) == ["shown"]
    with pytest.raises(ValidationError, match="confirmé par des collègues"):
        add_topic_name(topic, by=alice, name="Entretien tendu", language="fr", shown=True)
    with override("fr"):
        assert labels_of([topic]) == {topic.pk: SAVOIR}
    add_topic_name(topic, by=admin, name="Difficult talks", language="en", shown=True)
    said = add_topic_name(
        topic, by=alice, name="Difficult talks", language="en", shown=True
    )  # the same: nothing
    with override("en"):
        assert labels_of([topic]) == {topic.pk: "Difficult talks"}
    remove_topic_name(said, by=alice)
    with override("en"):
        assert labels_of([topic]) == {topic.pk: SAVOIR}


def test_a_topic_merged_into_a_certified_one_does_not_name_it(
    network: Any, bob: Any, alice: Any, admin: Any, chloe: Any, dora: Any, make_post: Any
) -> None:
    kept = certify(network, bob, [chloe, dora]).skill.topic
    for by, name, seen in ((alice, "Commander", SAVOIR), (admin, "Recadrer", "Recadrer, in English")):
        make_post(bob, "offer", name, topics=[name])
        other = Topic.objects.get(name=name)
        add_topic_name(other, by=by, name=f"{name}, in English", language="en", shown=True)
        merge_topics([other], into=kept, by=by)
        assert get_or_create_topic(f"{name}, in English") == kept
        with override("en"):
            assert labels_of([kept]) == {kept.pk: seen}


def test_the_page_refuses_with_a_sentence(
    network: Any, bob: Any, alice: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    topic = certify(network, bob, [chloe, dora]).skill.topic
    page = reverse("topics:curate", args=[network.slug, topic.public_id])
    words = {"what": "name", "name": "Leadership", "language": "en", "shown": "on"}
    answer = client_of(alice).post(page, words)
    assert answer.status_code == 422
    assert "a été confirmé par des collègues" in answer.content.decode()
    shown = client_of(alice).get(page).content.decode()
    assert "Des collègues ont donné leur parole sur ce sujet" in shown
    assert "un réseau que vous n’animez pas" not in shown


# -- a topic is read in one's own language ---------------------------------------------------------------------------


def test_cards_and_pages_say_a_topic_in_the_language_of_the_reader(
    network: Any, bob: Any, alice: Any, chloe: Any, make_post: Any, client_of: Any, queries: Any
) -> None:
    post = make_post(chloe, "offer", "Publipostage sans larmes", topics=["Publipostage"])
    topic = post.topics.get()
    add_topic_name(topic, by=alice, name="Mail merge", language="en", shown=True)
    bob.language = "en"
    bob.save()
    for reader, said, unsaid in (
        (bob, "Mail merge", "Publipostage</"),
        (chloe, "Publipostage</", "Mail merge"),
    ):
        for page in (
            reverse("posts:post", args=[post.public_id]),
            reverse("find:search", args=[network.slug]),
            reverse("topics:families", args=[network.slug]),
        ):
            text = client_of(reader).get(page).content.decode()
            assert said in text, page
            assert unsaid not in text, page
    with override("en"):
        for number in range(3):
            make_post(chloe, "offer", f"Publipostage {number}", topics=["Publipostage", f"Courrier {number}"])
        found = latest_posts(network, bob, "offer")
        with queries() as asked:
            labels = {one["label"] for row in found for one in card_of(row).topics}
        assert labels == {"Mail merge", "Courrier 0", "Courrier 1", "Courrier 2"}
        assert not asked
        assert Topic.objects.get(pk=topic.pk).label == "Mail merge"
    assert Topic.objects.named().get(pk=topic.pk).label == "Publipostage"
