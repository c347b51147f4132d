"""The path one follows alone: kept as it is typed, private, ending in drafts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.catalogue.actions import publish_post, withdraw_post
from reciproque.catalogue.models import Post
from reciproque.gatherings.access import get_spotting
from reciproque.gatherings.actions import forget_spotting, make_drafts, save_answer
from reciproque.gatherings.models import Savoir, Spotting
from reciproque.gatherings.queries import answers_of, savoirs_of
from reciproque.journal.models import Fact


def words_of(spotting: Any) -> list[str]:
    return [row.words for row in savoirs_of(spotting)]


def test_each_answer_gives_several_savoirs_and_can_be_resumed(network: Any, bob: Any) -> None:
    facts = Fact.objects.count()
    save_answer(network, bob, "wish", words="Mon collègue…", lines="Jardiner")
    spotting = save_answer(network, bob, "work", words="", lines="Trier\nPeser un colis")
    assert words_of(spotting) == ["Trier", "Peser un colis", "Jardiner"]
    kept = {row.words: row.public_id for row in savoirs_of(spotting)}
    save_answer(network, bob, "work", words="", lines="Peser un colis\nCharger un camion")
    again = {row.words: row.public_id for row in savoirs_of(spotting)}
    assert set(again) == {"Peser un colis", "Charger un camion", "Jardiner"}
    assert again["Peser un colis"] == kept["Peser un colis"]
    assert answers_of(spotting)["wish"].words == "Mon collègue…"
    assert Spotting.objects.count() == 1
    assert Fact.objects.count() == facts  # nobody hears of it


def test_it_is_one_s_own(network: Any, bob: Any, alice: Any, admin: Any, fatou: Any) -> None:
    spotting = save_answer(network, bob, "work", words="", lines="Trier")
    for person in (alice, admin):
        assert get_spotting(person, network) is None
        with pytest.raises(PermissionDenied):
            make_drafts(spotting, [], by=person)
        with pytest.raises(PermissionDenied):
            forget_spotting(spotting, by=person)
    with pytest.raises(PermissionDenied):
        save_answer(network, fatou, "work", words="", lines="Trier")
    with pytest.raises(ValueError, match="nothing"):
        save_answer(network, bob, "nothing", words="", lines="")


def test_what_is_chosen_becomes_drafts_once(network: Any, bob: Any) -> None:
    spotting = save_answer(network, bob, "work", words="", lines="Trier\nPeser un colis")
    save_answer(network, bob, "wish", words="", lines="Jardiner")
    rows = {row.words: row for row in savoirs_of(spotting)}
    with pytest.raises(ValidationError):
        make_drafts(spotting, [], by=bob)
    chosen = [rows["Trier"].public_id, rows["Jardiner"].public_id]
    drafts = make_drafts(spotting, chosen, by=bob)
    assert [(post.title, post.kind, post.state) for post in drafts] == [
        ("Trier", "offer", "draft"),
        ("Jardiner", "request", "draft"),
    ]
    with pytest.raises(ValidationError):
        make_drafts(spotting, chosen, by=bob)
    assert Post.objects.count() == 2
    draft = drafts[0]
    publish_post(network, bob, "offer", by=bob, draft=draft, title=draft.title)
    assert Savoir.objects.get(words="Trier").post.state == "published"


def test_a_draft_thrown_away_does_not_come_back(network: Any, bob: Any) -> None:
    spotting = save_answer(network, bob, "work", words="", lines="Trier")
    [draft] = make_drafts(spotting, [row.public_id for row in savoirs_of(spotting)], by=bob)
    withdraw_post(draft, by=bob)
    save_answer(network, bob, "work", words="", lines="Trier")
    [row] = savoirs_of(spotting)
    assert row.post is None
    assert row.drafted_at is not None


def test_answers_are_erased_and_drafts_stay(network: Any, bob: Any) -> None:
    spotting = save_answer(network, bob, "work", words="Secret", lines="Trier")
    make_drafts(spotting, [row.public_id for row in savoirs_of(spotting)], by=bob)
    forget_spotting(spotting, by=bob)
    assert not Spotting.objects.exists()
    assert Post.objects.get().title == "Trier"


@pytest.mark.needs_shared
def test_odd_texts_are_kept_whole_or_cut(network: Any, bob: Any, naughty: list[str]) -> None:
    for text in naughty:
        save_answer(network, bob, "work", words=text, lines=text)
