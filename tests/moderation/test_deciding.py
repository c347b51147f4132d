"""Every answer is dated, reasoned, carried out and told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.catalogue.actions import edit_post, remove_post, withdraw_post
from reciproque.catalogue.models import Post
from reciproque.exchanges.actions import ask_introduction, remove_message
from reciproque.exchanges.models import SetApart
from reciproque.exchanges.queries import reviews_shown, thread_messages
from reciproque.kit import clock
from reciproque.moderation import actions
from reciproque.moderation.models import Decision

DAY = dt.timedelta(days=1)
WHY = "Le ton blesse."


def test_keeping_needs_an_explanation_and_tells_only_the_reporter(
    report: Any, steps: Any, said: Any, alice: Any, bob: Any, post: Any
) -> None:
    row = report()
    with pytest.raises(ValidationError, match="Expliquez"):
        actions.decide(row, by=alice, kind="keep", words=" ")
    decision = actions.decide(row, by=alice, kind="keep", words="La charte le permet.")
    row.refresh_from_db()
    assert (row.state, decision.told, decision.by) == ("settled", False, alice)
    assert steps("moderate") == set()
    assert said("decision.told") == []
    (fact,) = said("report.answered")
    assert [concern.person for concern in fact.concerns.all()] == [bob]


def test_only_its_handler_and_administrators_decide(
    report: Any, everyone: dict[str, Any], gil: Any, verdict: Any
) -> None:
    row = report()
    answers = {
        name: verdict(lambda person=person: actions.decide(row, by=person, kind="keep", words="Pourquoi pas"))
        for name, person in (everyone | {"gil": gil}).items()
    }
    assert {name for name, answer in answers.items() if answer == "yes"} == {"alice", "admin"}


def test_hiding_a_post_takes_it_from_everybody_but_its_author(
    report: Any, run_reactions: Any, said: Any, alice: Any, bob: Any, chloe: Any, post: Any, introduction: Any
) -> None:
    run_reactions()
    decision = actions.decide(report(), by=alice, kind="hide", words=WHY)
    post.refresh_from_db()
    assert post.state == "hidden"
    assert not Post.objects.visible_to(bob).filter(pk=post.pk).exists()
    assert Post.objects.visible_to(chloe).filter(pk=post.pk).exists()
    assert decision.told
    run_reactions()
    introduction.refresh_from_db()
    assert introduction.state == "cancelled"
    (fact,) = said("decision.told")
    assert [concern.person for concern in fact.concerns.all()] == [chloe]


def test_restoring_brings_a_post_back_to_where_it_was(
    report: Any, alice: Any, post: Any, run_reactions: Any, later: Any
) -> None:
    row = report()
    actions.decide(row, by=alice, kind="hide", words=WHY)
    actions.decide(row, by=alice, kind="restore", words="Corrigé avec son auteur.")
    post.refresh_from_db()
    assert (post.state, post.hidden_at) == ("published", None)
    with later(800):
        second = report()
        actions.decide(second, by=alice, kind="hide", words=WHY)
        actions.decide(second, by=alice, kind="restore", words="Finalement, non.")
        post.refresh_from_db()
        assert post.state == "expired"


def test_hiding_a_message_or_a_review_hides_its_words_from_the_others_only(
    report: Any, alice: Any, bob: Any, chloe: Any, message: Any, exchange: Any, review: Any
) -> None:
    for about in (message, review):
        actions.decide(report(about), by=alice, kind="hide", words=WHY)
    texts = {row.author.first_name: row.text for row in thread_messages(exchange.thread, bob)}
    assert texts == {"Bob": "Bonjour", "Chloé": ""}
    assert "lent" in thread_messages(exchange.thread, chloe)[-1].text
    theirs = next(row for row in reviews_shown(exchange, bob) if row.author == chloe)
    assert (theirs.comment, theirs.learned, theirs.satisfaction) == ("", "", "1")
    assert next(row for row in reviews_shown(exchange, chloe) if row.author == chloe).comment


def test_one_decision_answers_all_who_reported_the_same_words(
    report: Any, said: Any, alice: Any, dora: Any, chloe: Any
) -> None:
    first, second = report(), report(by=dora)
    actions.decide(first, by=alice, kind="hide", words=WHY)
    second.refresh_from_db()
    assert second.state == "settled"
    assert second.decisions.get().words == WHY
    assert len(said("decision.told")) == 1  # its author hears of it once
    assert len(said("report.answered")) == 2


def test_a_correction_is_asked_then_looked_at_again(
    report: Any, steps: Any, run_reactions: Any, alice: Any, chloe: Any, post: Any
) -> None:
    row = report()
    actions.decide(row, by=alice, kind="change", words="Adoucissez la deuxième phrase.")
    assert (steps("amend"), steps("moderate")) == ({"Chloé"}, set())
    edit_post(post, by=chloe, description="Avec tact.")
    run_reactions()
    row.refresh_from_db()
    assert (row.state, steps("amend"), steps("moderate")) == ("open", set(), {"Alice"})
    actions.decide(row, by=alice, kind="keep", words="Merci.")
    post.refresh_from_db()
    assert post.state == "published"


def test_without_the_correction_the_post_is_hidden_and_its_author_may_appeal(
    report: Any, steps: Any, alice: Any, chloe: Any, post: Any, later: Any
) -> None:
    row = report()
    actions.decide(row, by=alice, kind="change", words="Adoucissez.")
    assert actions.tend_reports() == 0
    with later(9):
        assert actions.tend_reports() == 1
        assert actions.tend_reports() == 0
    post.refresh_from_db()
    row.refresh_from_db()
    assert (post.state, row.state, steps("amend")) == ("hidden", "settled", set())
    decision = row.decisions.last()
    assert (decision.kind, decision.by, decision.told) == ("hide", None, True)
    assert decision.appeal_until is not None


def test_a_post_withdrawn_instead_of_corrected_is_decided_of_again(
    report: Any, steps: Any, run_reactions: Any, alice: Any, chloe: Any, post: Any
) -> None:
    row = report()
    actions.decide(row, by=alice, kind="change", words="Adoucissez.")
    withdraw_post(post, by=chloe)
    run_reactions()
    row.refresh_from_db()
    assert (row.state, steps("moderate"), steps("amend")) == ("open", {"Alice"}, set())


@pytest.mark.parametrize("what", ["post", "message"])
def test_words_removed_by_their_author_settle_the_reports(
    what: str,
    report: Any,
    steps: Any,
    run_reactions: Any,
    alice: Any,
    dora: Any,
    chloe: Any,
    post: Any,
    message: Any,
) -> None:
    row = report(post if what == "post" else message)
    if what == "post":
        report(by=dora)
        remove_post(post, by=chloe)
    else:
        remove_message(message, by=chloe)
    run_reactions()
    row.refresh_from_db()
    assert (row.state, row.decisions.get().kind, steps("moderate")) == ("settled", "close", set())


def test_a_conduct_is_noted_then_closed(report: Any, said: Any, alice: Any, chloe: Any) -> None:
    row = report(chloe)
    actions.decide(row, by=alice, kind="note", words="Appelée ce matin.")
    row.refresh_from_db()
    assert (row.state, said("report.answered")) == ("open", [])
    actions.decide(row, by=alice, kind="close", words="Nous nous sommes parlé.")
    row.refresh_from_db()
    assert (row.state, said("decision.told")) == ("settled", [])
    with pytest.raises(ValidationError):
        actions.decide(row, by=alice, kind="pause", words="Trop tard", until=clock.now() + DAY)


def test_separating_stops_what_is_under_way_and_tells_only_the_reporter(
    network: Any, report: Any, said: Any, alice: Any, bob: Any, chloe: Any, exchange: Any, make_post: Any
) -> None:
    row = report(chloe, context=exchange)
    actions.decide(row, by=alice, kind="separate", words="Vous ne la rencontrerez plus.")
    exchange.refresh_from_db()
    assert (exchange.state, exchange.stopped_by, exchange.reason) == ("stopped", None, "")
    assert SetApart.objects.between(bob, chloe).count() == 1
    with pytest.raises(ValidationError, match="n’est pas possible"):
        ask_introduction(
            network, requester=chloe, offerer=bob, by=chloe, offer=make_post(bob, "offer", "Excel")
        )
    facts = said("people.set_apart")
    assert [c.person for c in facts[0].concerns.all()] == [bob]
    assert said("decision.told") == []


def test_a_suspension_keeps_someone_from_meeting_anyone_until_its_date(
    network: Any,
    report: Any,
    member: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Any,
    later: Any,
) -> None:
    offer = make_post(dora, "offer", "Excel")
    row = report(chloe)
    with pytest.raises(ValidationError, match="à venir"):
        actions.decide(row, by=alice, kind="pause", words=WHY)
    with pytest.raises(ValidationError, match="Six mois"):
        actions.decide(row, by=alice, kind="pause", words=WHY, until=clock.now() + 400 * DAY)
    actions.decide(row, by=alice, kind="pause", words=WHY, until=clock.now() + 30 * DAY)
    assert member(chloe).is_suspended(clock.now())
    ask = lambda: ask_introduction(network, requester=chloe, offerer=dora, by=chloe, offer=offer)  # noqa: E731
    with pytest.raises(ValidationError, match="suspendues"):
        ask()
    with later(31):
        assert ask().state == "asked"


def test_what_became_impossible_is_refused_with_a_sentence(
    report: Any, alice: Any, admin: Any, chloe: Any, post: Any
) -> None:
    row = report()
    actions.decide(row, by=alice, kind="hide", words=WHY)
    with pytest.raises(ValidationError, match="changé"):
        actions.decide(row, by=admin, kind="hide", words=WHY)
    assert Decision.objects.count() == 1
    with pytest.raises(PermissionDenied):
        actions.decide(row, by=chloe, kind="restore", words="Pour moi")
