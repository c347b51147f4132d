"""Asking, answering, mediating: behaviour, refusals with their sentence, late, twice, on behalf."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.catalogue.actions import pause_post, withdraw_post
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, Introduction, ThreadMessage
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.actions import (
    change_capacity,
    change_settings,
    pause_membership,
    publish_charter,
)
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)
FULL_OTHER, FULL_ONESELF = "Cette personne a déjà autant", "Vous avez déjà autant"


# -- asking


def test_asking_waits_for_the_other_s_answer(
    introduction: Introduction, expected: Any, bob: Any, chloe: Any, said: Any
) -> None:
    assert (introduction.state, introduction.title, introduction.answerer) == (
        "asked",
        "Apprendre : Mener un entretien",
        chloe,
    )
    assert introduction.due_at == dt.datetime(2026, 3, 9, 17, tzinfo=dt.UTC)
    assert expected(introduction) == {("Chloé", "answer")}
    assert [(m.author, m.text) for m in ThreadMessage.objects.all()] == [(bob, "Bonjour Chloé")]
    fact = said("introduction.asked")[0]
    assert {concern.person for concern in fact.concerns.all()} == {bob, chloe}
    assert (fact.data["to"], fact.data["on_behalf"]) == (chloe.public_id, False)
    assert "Bonjour" not in str(fact.data)


def test_the_offerer_may_ask_too(ask: Any, bob: Any, chloe: Any, expected: Any) -> None:
    introduction = ask(bob, chloe, by=chloe)
    assert introduction.answerer == bob
    assert expected(introduction) == {("Bob", "answer")}


def test_asking_twice_is_asking_once(ask: Any, make_post: Any, bob: Any, chloe: Any, said: Any) -> None:
    posts = {"offer": make_post(chloe), "request": make_post(bob, "request")}
    assert ask(bob, chloe, **posts) == ask(bob, chloe, message="Encore", **posts)
    assert len(said("introduction.asked")) == 1
    with pytest.raises(ValidationError, match="déjà en cours entre vous"):
        ask(bob, chloe, by=chloe, **posts)


def test_an_animator_asks_on_behalf(ask: Any, alice: Any, bob: Any, chloe: Any, said: Any) -> None:
    introduction = ask(bob, chloe, by=alice, initiator=bob)
    assert (introduction.initiator, introduction.on_behalf_by, introduction.answerer) == (bob, alice, chloe)
    assert said("introduction.asked")[0].data["on_behalf"] is True


def test_what_cannot_be_asked_is_said(
    network: Any,
    ask: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    emile: Any,
    make_post: Any,
    member: Any,
) -> None:
    def refused(sentence: str, requester: Any, offerer: Any, **fields: Any) -> None:
        with pytest.raises(ValidationError, match=sentence):
            ask(requester, offerer, **fields)

    refused("soi-même", bob, bob)
    mine = make_post(chloe, title="En pause")
    pause_post(mine, by=chloe)
    refused("plus publiée", bob, chloe, offer=mine)
    declined = ask(bob, dora)
    actions.refuse_introduction(declined, by=dora, refusal="subject")
    refused("déjà décliné", bob, dora, offer=declined.offer, request=declined.request)
    pause_membership(member(chloe), by=chloe, until=clock.now() + DAY)
    refused("est en pause en ce moment", bob, chloe)
    refused("Votre participation est en pause", chloe, bob)
    change_capacity(member(emile), by=emile, give=0, receive=0)
    refused(FULL_OTHER, bob, emile)
    refused(FULL_ONESELF, emile, bob)
    publish_charter(network, by=alice, text_fr="Neuve")
    refused("charte du réseau a changé", bob, dora)


def test_who_is_not_there_cannot_be_asked(
    network: Any, other_network: Any, ask: Any, bob: Any, chloe: Any, fatou: Any, make_post: Any
) -> None:
    elsewhere = make_post(fatou, network=other_network)
    with pytest.raises(ValidationError, match="ne fait plus partie"):
        ask(bob, fatou, offer=elsewhere)
    hers = make_post(chloe)
    leave_organisation(chloe, by=None)
    with pytest.raises(ValidationError, match="ne fait plus partie"):
        ask(bob, chloe, offer=hers)


def test_a_post_of_another_network_does_not_pass(
    other_network: Any, ask: Any, join: Any, bob: Any, chloe: Any, make_post: Any
) -> None:
    join(chloe, other_network)
    with pytest.raises(PermissionDenied):
        ask(bob, chloe, offer=make_post(chloe, network=other_network))


@pytest.mark.parametrize("kept_apart", [True, False])
def test_one_s_manager_is_kept_apart_where_so_set(
    network: Any, alice: Any, ask: Any, bob: Any, chloe: Any, kept_apart: bool
) -> None:
    chloe.manager = bob
    chloe.save()
    change_settings(network, by=alice, exclude_own_manager=kept_apart)
    if kept_apart:
        with pytest.raises(ValidationError, match="responsable direct"):
            ask(bob, chloe)
    else:
        assert ask(bob, chloe)


def test_a_post_holds_so_many_exchanges_at_once(
    ask: Any, make_post: Any, bob: Any, chloe: Any, dora: Any, emile: Any
) -> None:
    offer = make_post(chloe, capacity=1)
    first, second = ask(bob, chloe, offer=offer), ask(dora, chloe, offer=offer)
    actions.accept_introduction(first, by=chloe)
    with pytest.raises(ValidationError, match="annonce a déjà autant"):
        actions.accept_introduction(second, by=chloe)
    with pytest.raises(ValidationError, match="annonce a déjà autant"):
        ask(emile, chloe, offer=offer)
    actions.stop_exchange(Exchange.objects.get(), by=bob, reason="Mutation")
    assert actions.accept_introduction(second, by=chloe).state == "agreed"


@pytest.mark.parametrize(("full", "sentence"), [("bob", FULL_OTHER), ("chloe", FULL_ONESELF)])
def test_who_accepts_is_told_which_of_the_two_is_full(
    introduction: Introduction, everyone: Any, full: str, sentence: str, member: Any
) -> None:
    person = everyone[full]
    change_capacity(member(person), by=person, give=0, receive=0)
    with pytest.raises(ValidationError, match=sentence) as refusal:
        actions.accept_introduction(introduction, by=everyone["chloe"])
    assert refusal.value.code == "full"
    introduction.refresh_from_db()
    assert introduction.state == "asked"


# -- the three answers


def test_a_question_comes_back_and_the_deadline_starts_again(
    introduction: Introduction, expected: Any, bob: Any, chloe: Any, said: Any
) -> None:
    with clock.at(clock.now() + 3 * DAY):
        first = actions.ask_question(introduction, by=chloe, text="Pour quand ?", key="k")
        assert actions.ask_question(introduction, by=chloe, text="Pour quand ?", key="k") == first
        assert expected(introduction) == {("Bob", "reply")}
        assert introduction.due_at == dt.datetime(2026, 3, 12, 17, tzinfo=dt.UTC)
        with pytest.raises(ValidationError, match="Écrivez quelques mots"):
            actions.reply_question(introduction, by=bob, text=" \x00 ")
        actions.reply_question(introduction, by=bob, text="En avril")
        assert expected(introduction) == {("Chloé", "answer")}
        with pytest.raises(ValidationError, match="entre-temps"):
            actions.reply_question(introduction, by=bob, text="Encore")
    assert [m.text for m in introduction.thread.messages.all()] == [
        "Bonjour Chloé",
        "Pour quand ?",
        "En avril",
    ]
    assert (len(said("introduction.questioned")), len(said("introduction.replied"))) == (1, 1)


def test_who_asked_a_question_may_answer_without_waiting(
    introduction: Introduction, expected: Any, chloe: Any
) -> None:
    actions.ask_question(introduction, by=chloe, text="Pour quand ?")
    actions.ask_question(introduction, by=chloe, text="Et où ?")
    actions.accept_introduction(introduction, by=chloe, message="Finalement oui")
    assert introduction.state == "agreed"
    assert expected(introduction) == set()


def test_a_no_has_a_reason(introduction: Introduction, expected: Any, chloe: Any, said: Any) -> None:
    for refusal, reason, field in (("mood", "", "refusal"), ("other", " \x00", "reason")):
        with pytest.raises(ValidationError) as error:
            actions.refuse_introduction(introduction, by=chloe, refusal=refusal, reason=reason)
        assert field in error.value.message_dict
    actions.refuse_introduction(introduction, by=chloe, refusal="other", reason=" En congé ")
    actions.refuse_introduction(introduction, by=chloe, refusal="time")
    introduction.refresh_from_db()
    assert (introduction.refusal, introduction.reason, introduction.ended_at) == (
        "other",
        "En congé",
        clock.now(),
    )
    assert expected(introduction) == set()
    assert len(said("introduction.refused")) == 1
    with pytest.raises(PermissionDenied):
        actions.accept_introduction(introduction, by=chloe)


def test_a_withdrawn_question_is_over(
    introduction: Introduction, expected: Any, bob: Any, chloe: Any, said: Any
) -> None:
    actions.withdraw_introduction(introduction, by=bob, reason="Trouvé")
    actions.withdraw_introduction(introduction, by=bob)
    assert (introduction.state, introduction.reason) == ("withdrawn", "Trouvé")
    assert len(said("introduction.withdrawn")) == 1
    assert Step.objects.get(verb="answer").state == "released"
    with pytest.raises(PermissionDenied):
        actions.refuse_introduction(introduction, by=chloe, refusal="time")


def test_nobody_answers(
    ask: Any, introduction: Introduction, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    questioned = ask(bob, dora)
    actions.ask_question(questioned, by=dora, text="Quand ?")
    with clock.at(introduction.due_at):
        assert actions.lapse_overdue() == 0
    with clock.at(introduction.due_at + DAY):
        assert actions.lapse_overdue() == 2
        assert actions.lapse_overdue() == 0
        introduction.refresh_from_db()
        assert (introduction.state, introduction.ended_at) == ("lapsed", clock.now())
    assert {step.state for step in Step.objects.filter(verb__in=["answer", "reply"])} == {"done", "lapsed"}
    assert len(said("introduction.lapsed")) == 2


def test_a_paused_offer_ends_what_awaits_an_answer_only(
    ask: Any, introduction: Introduction, run_reactions: Any, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    request = introduction.request
    accepted = ask(bob, dora, request=request)
    actions.accept_introduction(accepted, by=dora)
    withdraw_post(request, by=bob)
    run_reactions()
    introduction.refresh_from_db()
    assert (introduction.state, introduction.reason) == ("cancelled", "L’annonce n’est plus publiée.")
    assert Exchange.objects.get().state == "open"
    assert {concern.person for concern in said("introduction.cancelled")[0].concerns.all()} == {bob, chloe}


# -- any text, two at once


@pytest.mark.needs_shared
def test_messages_and_reasons_take_any_text(
    introduction: Introduction, bob: Any, chloe: Any, ask: Any, naughty: Any
) -> None:
    for text in naughty:
        expected = clean(text).strip()
        try:
            message = actions.write_message(introduction, text, by=bob)
        except ValidationError as refusal:
            assert not expected
            assert "Écrivez quelques mots" in refusal.message_dict["text"][0]
            continue
        message.refresh_from_db()
        assert message.text == expected
    actions.write_message(introduction, "une fois", by=bob, key="\x00" + "k" * 90)
    actions.write_message(introduction, "une fois", by=bob, key="\x00" + "k" * 90)
    assert ThreadMessage.objects.filter(text="une fois").count() == 1
    with pytest.raises(ValidationError, match="4 000"):
        actions.write_message(introduction, "x" * 4001, by=bob)
    for text in naughty[::8]:
        row = ask(bob, chloe, clean(text[:50]).replace("\n", " ").strip().ljust(3, "…"), message=text)
        actions.refuse_introduction(row, by=chloe, refusal="time", reason=text)
        row.refresh_from_db()
        assert row.reason == clean(text).strip()[:1000]


def fresh(introduction: int) -> Introduction:
    rows = Introduction.objects.select_related(
        "network", "requester", "offerer", "initiator", "request", "offer", "thread"
    )
    return rows.get(pk=introduction)


@pytest.mark.django_db(transaction=True)
def test_yes_and_no_at_the_same_instant(
    introduction: Introduction, chloe: Any, at_once: Any, said: Any
) -> None:
    results = at_once(
        lambda: actions.accept_introduction(fresh(introduction.pk), by=chloe),
        lambda: actions.refuse_introduction(fresh(introduction.pk), by=chloe, refusal="time"),
    )
    refused = [result for result in results if isinstance(result, (ValidationError, PermissionDenied))]
    assert len(refused) == 1, results
    introduction.refresh_from_db()
    assert Exchange.objects.count() == (1 if introduction.state == "agreed" else 0)
    assert len(said("introduction.accepted")) + len(said("introduction.refused")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_yeses_at_the_same_instant(
    introduction: Introduction, chloe: Any, at_once: Any, said: Any
) -> None:
    results = at_once(
        *[lambda: actions.accept_introduction(fresh(introduction.pk), by=chloe) for _ in range(2)]
    )
    assert not [result for result in results if not isinstance(result, (Introduction, ValidationError))], (
        results
    )
    assert Exchange.objects.count() == 1
    assert len(said("introduction.accepted")) == 1
    assert ThreadMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_room_is_taken_once(
    ask: Any, bob: Any, chloe: Any, dora: Any, at_once: Any, member: Any
) -> None:
    change_capacity(member(chloe), by=chloe, give=1, receive=1)
    rows = [ask(bob, chloe).pk, ask(dora, chloe).pk]
    results = at_once(*[lambda pk=pk: actions.accept_introduction(fresh(pk), by=chloe) for pk in rows])
    refused = [result for result in results if isinstance(result, ValidationError)]
    assert [refusal.code for refusal in refused] == ["full"], results
    assert Exchange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_asking_twice_at_the_same_instant(
    network: Any, make_post: Any, bob: Any, chloe: Any, at_once: Any, said: Any
) -> None:
    offer, request = make_post(chloe), make_post(bob, "request")
    first, second = at_once(
        *[
            lambda: actions.ask_introduction(
                network, requester=bob, offerer=chloe, by=bob, request=request, offer=offer
            )
            for _ in range(2)
        ]
    )
    assert first == second == Introduction.objects.get()
    assert len(said("introduction.asked")) == 1
