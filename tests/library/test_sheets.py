"""A sheet from its first word to its withdrawal: who sees it, who changes it, what is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.library import actions
from reciproque.library.access import can_read, get_readable, get_sheet
from reciproque.library.models import Sheet, SheetAuthor
from reciproque.library.queries import (
    authors_of,
    changes_between,
    mine,
    opinions_on,
    sheets_about,
    versions_of,
)
from reciproque.networks.actions import leave_network

Make = Callable[..., Any]


def test_a_draft_is_its_authors_alone(bob: Any, chloe: Any, alice: Any, admin: Any, make_draft: Make) -> None:
    sheet = make_draft(bob)
    assert get_sheet(bob, sheet.public_id) == sheet
    for other in (chloe, alice, admin):
        with pytest.raises(NotThere):
            get_sheet(other, sheet.public_id)


def test_saving_ten_times_keeps_one_draft(network: Any, bob: Any) -> None:
    key = "bcdfghjkmnpq"
    for n in range(3):
        actions.save_draft(network, by=bob, key=key, title=f"Titre {n}")
    assert [sheet.title for sheet in Sheet.objects.all()] == ["Titre 2"]


def test_a_stranger_writes_nothing(network: Any, fatou: Any, make_draft: Make, bob: Any) -> None:
    with pytest.raises(PermissionDenied):
        actions.save_draft(network, by=fatou, title="Chez les autres")
    sheet = make_draft(bob)
    for act in (
        lambda: actions.publish_sheet(sheet, by=fatou),
        lambda: actions.edit_sheet(sheet, by=fatou, title="x"),
        lambda: actions.withdraw_sheet(sheet, by=fatou),
        lambda: actions.invite_author(sheet, bob, by=fatou),
        lambda: actions.save_draft(network, by=fatou, sheet=sheet, title="x"),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_publishing_says_each_part_that_lacks(network: Any, bob: Any) -> None:
    sheet = actions.save_draft(network, by=bob, title="Presque rien")
    with pytest.raises(ValidationError) as refused:
        actions.publish_sheet(sheet, by=bob)
    assert set(refused.value.message_dict) == {"situation", "tried", "given"}
    link = actions.save_draft(network, by=bob, kind="link", title="Un lien")
    with pytest.raises(ValidationError) as refused:
        actions.publish_sheet(link, by=bob)
    assert "link" in refused.value.message_dict


def test_published_once_dated_with_a_version_and_a_fact(
    bob: Any, chloe: Any, make_sheet: Make, said: Callable[[str], list[Any]]
) -> None:
    sheet = make_sheet(bob, trade="Guichetier", topics=["Accueil"])
    assert actions.publish_sheet(sheet, by=bob) == sheet
    assert (sheet.version, sheet.state) == (1, "published")
    assert sheet.review_on == clock.now().date() + dt.timedelta(days=365)
    assert len(said("sheet.published")) == 1
    assert get_readable(chloe, sheet.public_id).trade.name == "Guichetier"


def test_each_change_is_a_version_and_differences_are_said(bob: Any, make_sheet: Make) -> None:
    sheet = make_sheet(bob)
    sheet = actions.edit_sheet(
        sheet, by=bob, base=1, note="Plus court", tried="Laisser parler cinq minutes, puis reformuler."
    )
    assert sheet.version == 2
    now, before = versions_of(sheet)
    [change] = changes_between(before, now)
    assert [(piece.kind, piece.text) for piece in change.pieces if piece.kind != "same"] == [
        ("removed", "deux"),
        ("added", "cinq"),
    ]
    actions.edit_sheet(sheet, by=bob, tried=sheet.tried)
    assert sheet.versions.count() == 2


def test_what_another_author_changed_meanwhile_is_not_undone(bob: Any, make_sheet: Make) -> None:
    sheet = make_sheet(bob)
    actions.edit_sheet(sheet, by=bob, base=1, given="Autre chose.")
    fresh = Sheet.objects.get(pk=sheet.pk)
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.edit_sheet(fresh, by=bob, base=1, given="Perdu ?")
    assert Sheet.objects.get(pk=sheet.pk).given == "Autre chose."


def test_withdrawn_it_leaves_a_neutral_trace(bob: Any, chloe: Any, make_sheet: Make) -> None:
    sheet = make_sheet(bob)
    with pytest.raises(PermissionDenied):
        actions.withdraw_sheet(sheet, by=chloe)
    actions.withdraw_sheet(sheet, by=bob)
    trace = get_sheet(chloe, sheet.public_id)
    assert not can_read(chloe, trace)
    with pytest.raises(NotThere):
        get_readable(chloe, sheet.public_id)
    assert can_read(bob, trace)
    actions.publish_sheet(trace, by=bob)
    assert can_read(chloe, get_sheet(chloe, sheet.public_id))


def test_an_animator_gives_a_reason(bob: Any, alice: Any, make_sheet: Make) -> None:
    sheet = make_sheet(bob)
    with pytest.raises(ValidationError):
        actions.withdraw_sheet(sheet, by=alice)
    actions.withdraw_sheet(sheet, by=alice, reason="Un nom de client y figure.")
    assert Sheet.objects.get(pk=sheet.pk).reason == "Un nom de client y figure."


def test_coauthors_appear_once_they_accept(bob: Any, chloe: Any, dora: Any, make_draft: Make) -> None:
    sheet = make_draft(bob)
    actions.invite_author(sheet, chloe, by=bob)
    actions.invite_author(sheet, dora, by=bob)
    assert get_readable(chloe, sheet.public_id) == sheet
    with pytest.raises(PermissionDenied):
        actions.edit_sheet(sheet, by=chloe, title="Pas encore")
    actions.answer_invitation(sheet, by=chloe, accept=True)
    actions.answer_invitation(sheet, by=dora, accept=False)
    assert {author.person for author in authors_of(sheet)} == {bob, chloe}
    with pytest.raises(NotThere):
        get_sheet(dora, sheet.public_id)
    with pytest.raises(ValidationError):
        actions.invite_author(sheet, dora, by=bob)
    assert [row.public_id for row in mine(chloe, sheet.network).drafts] == [sheet.public_id]


def test_taking_ones_name_off_leaves_the_sheet_to_the_others(bob: Any, chloe: Any, make_sheet: Make) -> None:
    sheet = make_sheet(bob)
    with pytest.raises(ValidationError):
        actions.take_name_off(sheet, by=bob)
    actions.invite_author(sheet, chloe, by=bob)
    actions.answer_invitation(sheet, by=chloe, accept=True)
    # Not the one who keeps it: she takes her name off, not the sheet.
    with pytest.raises(PermissionDenied):
        actions.withdraw_sheet(sheet, by=chloe)
    actions.take_name_off(sheet, by=bob)
    sheet = Sheet.objects.get(pk=sheet.pk)
    assert sheet.owner == chloe
    assert [author.person for author in authors_of(sheet)] == [chloe]
    assert {version.by_name for version in versions_of(sheet)} == {""}


def test_what_a_group_wrote_is_published_only_when_all_agreed(
    network: Any, bob: Any, chloe: Any, dora: Any, make_draft: Make
) -> None:
    with pytest.raises(PermissionDenied):
        make_draft(bob, origin_kind="circle", origin_id="bcdfghjkmnpq")
    sheet = make_draft(bob, origin_kind="circle", origin_id="bcdfghjkmnpq", agreed=True)
    for act in (
        lambda: actions.publish_sheet(sheet, by=bob),
        lambda: actions.invite_author(sheet, dora, by=bob),
    ):
        with pytest.raises(ValidationError):
            act()
    actions.publish_sheet(sheet, by=bob, agreed=True, names={chloe.pk: "", dora.pk: "Une manager"})
    assert [author.name for author in authors_of(sheet)] == ["Chloé Le Goff", "Une manager"]
    assert Sheet.objects.get(pk=sheet.pk).owner == chloe
    with pytest.raises(ValidationError):
        actions.edit_sheet(sheet, by=chloe, title="Un autre titre")
    # Whoever of the group changes their mind takes it back.
    actions.withdraw_sheet(sheet, by=dora)
    with pytest.raises(ValidationError):
        actions.publish_sheet(Sheet.objects.get(pk=sheet.pk), by=chloe)


def test_an_exchange_is_an_origin_for_its_people_only(network: Any, bob: Any, chloe: Any, dora: Any) -> None:
    from reciproque.exchanges.actions import declare_exchange

    day = clock.now().date() - dt.timedelta(days=2)
    exchange = declare_exchange(network, requester=bob, offerer=chloe, by=bob, title="Tri", held_on=day)
    origin = {"origin_kind": "exchange", "origin_id": exchange.public_id}
    assert actions.save_draft(network, by=bob, title="Ce que j’ai appris", **origin).origin_kind == "exchange"
    with pytest.raises(PermissionDenied):
        actions.save_draft(network, by=dora, title="Ce que j’ai appris", **origin)


def test_peers_rate_the_sheet_and_no_author_does(
    bob: Any, chloe: Any, dora: Any, emile: Any, fatou: Any, make_sheet: Make
) -> None:
    sheet = make_sheet(bob)
    for other in (bob, fatou):
        with pytest.raises(PermissionDenied):
            actions.rate_sheet(sheet, by=other, relevance=5)
    for wrong in (0, 6, -1):
        with pytest.raises(ValidationError):
            actions.rate_sheet(sheet, by=chloe, relevance=wrong)
    actions.rate_sheet(sheet, by=chloe, relevance=5, used=True)
    actions.rate_sheet(sheet, by=dora, relevance=2)
    seen = opinions_on(sheet, chloe)
    assert (seen.count, seen.relevance, seen.used) == (2, None, 1)
    assert seen.mine is not None
    actions.rate_sheet(sheet, by=emile, relevance=3, used=True)
    actions.rate_sheet(sheet, by=chloe, relevance=4, used=True)
    seen = opinions_on(sheet, bob)
    assert (seen.count, seen.relevance, seen.used, seen.mine) == (3, 3.0, 2, None)
    actions.rate_sheet(sheet, by=chloe)
    assert opinions_on(sheet, chloe).mine is None


def test_a_word_to_the_author_is_between_two(
    bob: Any, chloe: Any, dora: Any, make_sheet: Make, said: Callable[[str], list[Any]]
) -> None:
    from reciproque.library.access import get_talk

    sheet = make_sheet(bob)
    talk = actions.write_to_author(sheet, "Merci, cela marche.", by=chloe, key="a")
    actions.write_to_author(sheet, "Merci, cela marche.", by=chloe, key="a")
    actions.write_in_talk(talk, "Avec plaisir.", by=bob)
    assert talk.thread.messages.count() == 2
    assert get_talk(bob, talk.public_id) == talk
    for act in (
        lambda: get_talk(dora, talk.public_id),
        lambda: actions.write_in_talk(talk, "x", by=dora),
        lambda: actions.write_to_author(sheet, "x", by=bob),
    ):
        with pytest.raises((NotThere, PermissionDenied)):
            act()
    assert all("Merci" not in str(fact.data) for fact in said("talk.written"))


def test_an_author_under_another_name_answers_under_it(
    bob: Any, chloe: Any, make_draft: Make, said: Callable[[str], list[Any]]
) -> None:
    sheet = make_draft(bob, origin_kind="circle", origin_id="bcdfghjkmnpq", agreed=True)
    actions.publish_sheet(sheet, by=bob, agreed=True, names={bob.pk: "Un guichetier"})
    assert "Riou" not in str([fact.data for fact in said("sheet.published")])
    talk = actions.write_to_author(sheet, "Une question.", by=chloe)
    actions.write_in_talk(talk, "Une réponse.", by=bob)
    assert [fact.data["name"] for fact in said("talk.written")] == ["Chloé Le Goff", "Un guichetier"]


def test_a_sheet_not_read_again_says_so_and_its_keeper_is_told_once(
    bob: Any, make_sheet: Make, said: Callable[[str], list[Any]]
) -> None:
    sheet = make_sheet(bob, review_days=90)
    with clock.at(clock.now() + dt.timedelta(days=91)):
        assert Sheet.objects.get(pk=sheet.pk).is_stale
        assert (actions.tell_stale(), actions.tell_stale()) == (1, 0)
        actions.confirm_sheet(sheet, by=bob)
        assert not Sheet.objects.get(pk=sheet.pk).is_stale
        assert actions.tell_stale() == 0
    assert [fact.data["to"] for fact in said("sheet.stale")] == [[bob.public_id]]


def test_who_leaves_keeps_their_name_and_hands_over(
    bob: Any, chloe: Any, member: Callable[..., Any], make_sheet: Make, run_reactions: Callable[[], int]
) -> None:
    shared, alone = make_sheet(bob), make_sheet(bob, "Une autre")
    actions.invite_author(shared, chloe, by=bob)
    actions.answer_invitation(shared, by=chloe, accept=True)
    leave_network(member(bob), by=bob)
    run_reactions()
    assert Sheet.objects.get(pk=shared.pk).owner == chloe
    assert Sheet.objects.get(pk=alone.pk).owner is None
    assert SheetAuthor.objects.filter(person=bob, state="accepted").count() == 2
    with pytest.raises(ValidationError):
        actions.write_to_author(Sheet.objects.get(pk=alone.pk), "Bonjour", by=chloe)


def test_beside_offers_on_a_topic(network: Any, bob: Any, chloe: Any, fatou: Any, make_sheet: Make) -> None:
    sheet = make_sheet(bob, topics=["Accueil"])
    topic = sheet.topics.get()
    assert sheets_about([topic], chloe, network) == [sheet]
    assert sheets_about([topic], fatou, network) == []


def test_of_two_who_publish_at_once_one_version_is_kept(
    at_once: Callable[..., list[Any]], bob: Any, make_draft: Make
) -> None:
    sheet = make_draft(bob)
    at_once(*[lambda: actions.publish_sheet(Sheet.objects.get(pk=sheet.pk), by=bob) for _ in range(2)])
    assert Sheet.objects.get(pk=sheet.pk).versions.count() == 1
