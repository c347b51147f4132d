"""Tell me when someone offers this."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.catalogue.actions import edit_post, pause_post, renew_post
from reciproque.matching import actions
from reciproque.matching.models import Alert, Suggestion
from reciproque.matching.queries import alerts_of, suggestions_for
from reciproque.networks.actions import leave_network
from tests.matching.conftest import EXCEL, EXCEL_TOO, TALK

DAY = dt.timedelta(days=1)


def offered(person: Any) -> list[str]:
    return [found.person.first_name for found in suggestions_for(person)]


# -- alerts


def test_an_alert_is_kept_once_and_bounded(network: Any, bob: Any, said: Any) -> None:
    first = actions.create_alert(network, bob, " Tableaux\n croisés\x00 ", by=bob)
    assert actions.create_alert(network, bob, "Tableaux croisés", by=bob) == first
    assert first.words == "Tableaux croisés"
    with pytest.raises(ValidationError) as refusal:
        actions.create_alert(network, bob, " a\x00b ", by=bob)
    assert "words" in refusal.value.message_dict
    with pytest.raises(ValueError, match="gift"):
        actions.create_alert(network, bob, "Excel", kind="gift", by=bob)
    for n in range(19):
        actions.create_alert(network, bob, f"Savoir {n}", by=bob)
    with pytest.raises(ValidationError, match="vingt alertes"):
        actions.create_alert(network, bob, "Encore une", by=bob)
    actions.withdraw_alert(first, by=bob)
    actions.withdraw_alert(first, by=bob)
    assert len(alerts_of(bob, network)) == 19
    assert actions.create_alert(network, bob, "Tableaux croisés", by=bob) != first
    assert len(said("alert.created")) == 21


@pytest.mark.parametrize(
    "words",
    ["tableaux croisés", "tableau croise", "TABLEAUX dynamiques", "dynamiques", "Faire un tableau croisé"],
)
def test_an_alert_rings_for_what_its_words_would_find(
    network: Any, bob: Any, chloe: Any, published: Any, words: str, said: Any
) -> None:
    actions.create_alert(network, bob, words, by=bob)
    published(chloe, "offer", TALK)
    published(chloe, "request", EXCEL_TOO)
    assert said("alert.matched") == []
    post = published(chloe, "offer", EXCEL)
    [fact] = said("alert.matched")
    assert (fact.subject_id, fact.data["to"], fact.data["words"]) == (post.public_id, bob.public_id, words)
    assert {concern.person for concern in fact.concerns.all()} == {bob}


def test_an_alert_rings_once_for_a_post(
    network: Any, bob: Any, chloe: Any, published: Any, said: Any
) -> None:
    actions.create_alert(network, bob, EXCEL, by=bob)
    post = published(chloe, "offer", EXCEL)
    edit_post(post, by=chloe, place="Rennes")
    actions.take_in(post)
    pause_post(post, by=chloe)
    renew_post(post, by=chloe)
    actions.take_in(post)
    assert len(said("alert.matched")) == 1


def test_an_alert_rings_for_others_posts_and_present_members(
    network: Any,
    other_network: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    emile: Any,
    join: Any,
    published: Any,
    said: Any,
    member: Any,
) -> None:
    join(chloe, other_network)
    for person in (bob, dora, emile, chloe):
        actions.create_alert(network, person, EXCEL, by=person)
    actions.withdraw_alert(Alert.objects.get(person=emile), by=emile)
    leave_network(member(dora), by=dora)
    published(chloe, "offer", EXCEL, network=other_network)
    assert said("alert.matched") == []
    published(chloe, "offer", EXCEL)
    assert [fact.data["to"] for fact in said("alert.matched")] == [bob.public_id]
    with pytest.raises(PermissionDenied):
        actions.create_alert(network, dora, "Encore", by=dora)


@pytest.mark.needs_shared
def test_alerts_and_reasons_take_any_text(
    network: Any, bob: Any, chloe: Any, request_: Any, published: Any, naughty: Any
) -> None:
    row = Suggestion.objects.get()
    for text in naughty:
        try:
            actions.withdraw_alert(actions.create_alert(network, bob, text, by=bob), by=bob)
        except ValidationError as refusal:
            assert "words" in refusal.message_dict
        Suggestion.objects.update(state="open")
        actions.dismiss_suggestion(row, by=bob, reason=text)
    for text in naughty[:15]:
        try:
            actions.create_alert(network, bob, text, by=bob)
        except ValidationError:
            continue
    assert published(chloe, "offer", "\n".join(naughty[:2])[:140].replace("\x00", ""), description=naughty[3])
