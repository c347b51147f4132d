"""Counterparts found both ways, what keeps people apart, answers remembered, the next person, alerts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.queries import steps_of
from reciproque.catalogue.actions import edit_post, pause_post, renew_post, withdraw_post
from reciproque.exchanges.actions import (
    accept_introduction,
    ask_introduction,
    assign_mediator,
    declare_exchange,
    end_unmatched,
    lapse_overdue,
    refuse_introduction,
    stop_exchange,
)
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.matching import actions
from reciproque.matching.models import Alert, Proposal, Suggestion, Vector
from reciproque.matching.queries import alerts_of, next_proposal, suggestions_for
from reciproque.matching.queries.index import folder_of
from reciproque.matching.rules import FRESH, KEPT
from reciproque.networks.actions import change_capacity, change_settings, leave_network, pause_membership
from reciproque.networks.models import Membership
from tests.matching.conftest import EXCEL, EXCEL_TOO, TALK, TALK_TOO

DAY = dt.timedelta(days=1)


def said(name: str) -> list[Fact]:
    return list(Fact.objects.filter(name=name).order_by("pk"))


def member(person: Any) -> Membership:
    return Membership.objects.select_related("network", "person").get(person=person)


def offered(person: Any) -> list[str]:
    return [found.person.first_name for found in suggestions_for(person)]


# -- finding


def test_a_request_finds_its_offer_and_an_offer_its_request(
    published: Any, bob: Any, chloe: Any, dora: Any, emile: Any
) -> None:
    published(chloe, "offer", EXCEL)
    published(dora, "offer", TALK)
    published(bob, "request", EXCEL_TOO)
    published(emile, "request", TALK_TOO)
    assert (offered(bob), offered(emile)) == (["Chloé"], ["Dora"])
    assert (offered(chloe), offered(dora)) == (["Bob"], ["Émile"])


def test_the_asker_is_told_of_a_new_offer_and_nobody_of_a_new_request(
    request_: Any, published: Any, dora: Any, bob: Any
) -> None:
    assert said("suggestion.found") == []
    new = published(dora, "offer", "Des tableaux croisés dynamiques pas à pas")
    [fact] = said("suggestion.found")
    assert (fact.subject_id, fact.data["offer"], fact.data["name"]) == (
        request_.public_id,
        new.public_id,
        "Dora Haddad",
    )
    assert {concern.person for concern in fact.concerns.all()} == {bob}


def test_taking_in_twice_changes_nothing(network: Any, bob: Any, request_: Any, offer: Any) -> None:
    actions.create_alert(network, bob, EXCEL, by=bob)

    def state() -> Any:
        rows = Suggestion.objects.order_by("pk").values_list(
            "pk", "public_id", "score", "state", "terms", "made_at"
        )
        return list(rows), Vector.objects.count(), Fact.objects.count()

    actions.take_in(offer)
    once = state()
    for post in (offer, request_, offer):
        actions.take_in(post)
    assert state() == once


def test_the_same_words_share_their_vector(published: Any, bob: Any, chloe: Any) -> None:
    for person in (bob, chloe):
        published(person, "offer", EXCEL)
    assert Vector.objects.count() == 1


def test_a_post_that_is_gone_takes_its_suggestions_with_it(
    request_: Any, offer: Any, bob: Any, chloe: Any
) -> None:
    pause_post(offer, by=chloe)
    actions.take_in(offer)  # a late reaction to its publication
    assert Suggestion.objects.get().state == "gone"
    renew_post(offer, by=chloe)
    actions.take_in(offer)
    assert Suggestion.objects.get().state == "open"
    assert len(said("suggestion.found")) == 0  # the pair is not new


def test_an_edited_post_finds_others(
    request_: Any, offer: Any, published: Any, chloe: Any, emile: Any
) -> None:
    other = published(emile, "request", TALK_TOO)
    with clock.at(clock.now() + DAY):
        edit_post(offer, by=chloe, title=TALK)
        actions.take_in(offer)
    states = {(row.request, row.state) for row in Suggestion.objects.all()}
    assert states == {(request_, "gone"), (other, "open")}


def test_the_best_of_one_post_do_not_undo_those_of_another(
    published: Any, make_person: Any, join: Any, network: Any, chloe: Any
) -> None:
    for n in range(KEPT + 2):
        zoe = make_person(f"Zoé{n}")
        join(zoe, network)
        published(zoe, "request", EXCEL_TOO)
    offer = published(chloe, "offer", EXCEL)
    assert Suggestion.objects.filter(offer=offer, state="open").count() == KEPT
    for request in {row.request for row in Suggestion.objects.all()}:
        actions.take_in(request)
    actions.compute_suggestions(network)
    assert Suggestion.objects.filter(offer=offer, state="open").count() == KEPT + 2
    edit_post(offer, by=chloe, place="Rennes")
    actions.take_in(offer)
    assert Suggestion.objects.filter(offer=offer, state="open").count() == KEPT + 2


# -- what keeps apart, whatever the likeness


def _self(its: Any) -> None:
    its.offer.author = its.bob
    its.offer.save()


def _manager(its: Any) -> None:
    its.bob.manager = its.chloe
    its.bob.save()


def _declined(its: Any) -> None:
    refuse_introduction(its.ask(), by=its.chloe, refusal="time")


def _dismissed(its: Any) -> None:
    Suggestion.objects.create(
        network=its.network, request=its.request, offer=its.offer, score=1, state="dismissed",
        answered_at=clock.now(), answered_by=its.bob,
    )  # fmt: skip


def _met(its: Any) -> None:
    declare_exchange(
        its.network, requester=its.bob, offerer=its.chloe, by=None, title="Autre", held_on=clock.now().date()
    )


def _busy(its: Any) -> None:
    change_capacity(member(its.chloe), by=its.chloe, give=1, receive=1)
    other = its.publish(its.chloe, "offer", "Trier le courrier")
    accept_introduction(
        ask_introduction(its.network, requester=its.dora, offerer=its.chloe, by=its.dora, offer=other),
        by=its.chloe,
    )


def _post_full(its: Any) -> None:
    its.offer.capacity = 1
    its.offer.save()
    accept_introduction(
        ask_introduction(its.network, requester=its.dora, offerer=its.chloe, by=its.dora, offer=its.offer),
        by=its.chloe,
    )


APART: dict[str, Any] = {
    "oneself": _self,
    "own manager": _manager,
    "declined": _declined,
    "dismissed": _dismissed,
    "asked already": lambda its: its.ask(),
    "met before": _met,
    "the offerer gives no more": lambda its: change_capacity(
        member(its.chloe), by=its.chloe, give=0, receive=1
    ),
    "the requester receives no more": lambda its: change_capacity(
        member(its.bob), by=its.bob, give=1, receive=0
    ),
    "full capacity": _busy,
    "the offer holds no more": _post_full,
    "no common language": lambda its: edit_post(its.offer, by=its.chloe, languages=["de"]),
    "no possible mode": lambda its: edit_post(its.offer, by=its.chloe, modes=["face"]),
    "the offerer is on pause": lambda its: pause_membership(
        member(its.chloe), by=its.chloe, until=clock.now() + DAY
    ),
    "the requester is on pause": lambda its: pause_membership(
        member(its.bob), by=its.bob, until=clock.now() + DAY
    ),
    "withdrawn": lambda its: withdraw_post(its.offer, by=its.chloe),
    "left the network": lambda its: leave_network(member(its.chloe), by=its.chloe),
}


@pytest.fixture
def its(network: Any, make_post: Any, bob: Any, chloe: Any, dora: Any) -> Any:
    """Bob seeks (by telephone or video) what Chloé offers: nothing taken in yet."""

    class Its:
        offer = make_post(chloe, "offer", EXCEL)
        request = make_post(bob, "request", EXCEL_TOO)
        publish = staticmethod(make_post)

        def ask(self) -> Introduction:
            return ask_introduction(
                network, requester=bob, offerer=chloe, by=bob, request=self.request, offer=self.offer
            )

    pair = Its()
    pair.network, pair.bob, pair.chloe, pair.dora = network, bob, chloe, dora  # type: ignore[attr-defined]
    return pair


@pytest.mark.parametrize("why", APART)
def test_what_no_likeness_redeems(its: Any, why: str) -> None:
    with clock.at(clock.now() + dt.timedelta(seconds=1)):
        APART[why](its)
        for post in (its.request, its.offer):
            actions.take_in(post)
        assert not Suggestion.objects.filter(request=its.request, offer=its.offer, state="open").exists()
        if why in ("own manager", "declined", "met before", "full capacity"):
            actions.compute_suggestions(its.network)
        assert not Suggestion.objects.filter(request=its.request, offer=its.offer, state="open").exists()


@pytest.mark.parametrize(
    "fine",
    [
        lambda its: None,
        lambda its: edit_post(its.offer, by=its.chloe, modes=[]),
        lambda its: edit_post(its.offer, by=its.chloe, languages=["fr", "de"]),
        lambda its: change_settings(its.network, by=its.admin, exclude_own_manager=False) and _manager(its),
        lambda its: declare_exchange(
            its.network,
            requester=its.chloe,
            offerer=its.bob,
            by=None,
            title="Retour",
            held_on=clock.now().date(),
        ),
    ],
)
def test_what_does_not_keep_apart(its: Any, admin: Any, fine: Any) -> None:
    its.admin = admin
    with clock.at(clock.now() + dt.timedelta(seconds=1)):
        fine(its)
        actions.take_in(its.request)
        assert Suggestion.objects.get().state == "open"


def test_people_who_meet_are_not_proposed_for_something_else(
    network: Any, published: Any, bob: Any, chloe: Any
) -> None:
    offers = [published(chloe, "offer", title) for title in (EXCEL, TALK)]
    requests = [published(bob, "request", title) for title in (EXCEL_TOO, TALK_TOO)]
    assert Suggestion.objects.open().count() == 2
    introduction = ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, request=requests[0], offer=offers[0]
    )
    actions.note_asked(introduction)
    actions.note_asked(introduction)
    assert {(row.offer, row.state) for row in Suggestion.objects.all()} == {
        (offers[0], "asked"),
        (offers[1], "gone"),
    }
    assert offered(bob) == []


# -- answers remembered


def test_dismissed_is_for_good(network: Any, bob: Any, request_: Any, offer: Any, chloe: Any) -> None:
    row = Suggestion.objects.get()
    actions.dismiss_suggestion(row, by=bob, reason=" Pas\x00 pour moi " + "x" * 400)
    actions.dismiss_suggestion(row, by=chloe, reason="Moi non plus")
    assert (row.state, row.answered_by, row.reason[:14], len(row.reason)) == (
        "dismissed",
        bob,
        "Pas pour moi x",
        300,
    )
    for post in (request_, offer):
        actions.take_in(post)
    actions.compute_suggestions(network)
    assert Suggestion.objects.get().state == "dismissed"
    assert not Fact.objects.filter(name__startswith="suggestion.", concerns__person=chloe).exists()


# -- the next best person


@pytest.fixture
def asked(
    network: Any, offer: Any, request_: Any, published: Any, bob: Any, chloe: Any, dora: Any, emile: Any
) -> Introduction:
    """Bob asked Chloé; Dora has nearly the same to offer, Émile something else."""
    published(dora, "offer", "Des tableaux croisés dynamiques pas à pas")
    published(emile, "offer", TALK)
    return ask_introduction(network, requester=bob, offerer=chloe, by=bob, request=request_, offer=offer)


def refused(introduction: Introduction, by: Any, run: Any) -> None:
    refuse_introduction(introduction, by=by, refusal="time")
    run()


def test_after_a_no_the_next_is_proposed_and_nobody_contacted(
    asked: Introduction, bob: Any, chloe: Any, dora: Any, request_: Any, run_reactions: Any
) -> None:
    assert next_proposal(asked, bob) is None
    refused(asked, chloe, run_reactions)
    found = next_proposal(asked, bob)
    assert found is not None
    assert (found.person, found.mine) == (dora, request_)
    assert found.reasons
    assert next_proposal(asked, dora) is None
    assert [step.verb for step in steps_of(bob) if step.subject_id == asked.public_id] == ["next"]
    assert Introduction.objects.count() == 1
    assert not Fact.objects.filter(concerns__person=dora, name__startswith="introduction").exists()
    [fact] = said("introduction.next_proposed")
    assert {concern.person for concern in fact.concerns.all()} == {bob}
    assert actions.propose_next(asked) == Proposal.objects.get()
    assert len(said("introduction.next_proposed")) == 1


def test_the_asker_s_yes_contacts_the_next(
    asked: Introduction, network: Any, bob: Any, chloe: Any, dora: Any, request_: Any, run_reactions: Any
) -> None:
    refused(asked, chloe, run_reactions)
    found = next_proposal(asked, bob)
    assert found is not None
    second = ask_introduction(
        network,
        requester=bob,
        offerer=dora,
        by=bob,
        request=request_,
        offer=found.post,
        reasons=found.reasons,
    )
    run_reactions()
    assert second.reasons == found.reasons
    assert Proposal.objects.get().state == "asked"
    assert next_proposal(asked, bob) is None
    assert not Step.objects.open().filter(verb="next").exists()
    refused(second, dora, run_reactions)
    assert next_proposal(second, bob) is None  # there is nobody else
    assert [fact.subject_id for fact in said("introduction.no_next")] == [second.public_id]


def test_after_a_silence_too(asked: Introduction, bob: Any, dora: Any, run_reactions: Any) -> None:
    with clock.at(asked.due_at + DAY):
        lapse_overdue()
        run_reactions()
        found = next_proposal(asked, bob)
        assert found is not None
        assert found.person == dora


def test_after_they_did_not_match_too(
    network: Any,
    admin: Any,
    offer: Any,
    request_: Any,
    published: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    alice: Any,
    run_reactions: Any,
) -> None:
    change_settings(network, by=admin, mediation="mediated")
    published(dora, "offer", EXCEL)
    introduction = ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, request=request_, offer=offer
    )
    accept_introduction(introduction, by=chloe)
    assign_mediator(introduction, alice, by=alice)
    end_unmatched(introduction, by=alice)
    run_reactions()
    found = next_proposal(introduction, bob)
    assert found is not None
    assert found.person == dora


def test_a_no_to_the_next_and_a_silence_end_it(
    asked: Introduction, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    refused(asked, chloe, run_reactions)
    due = Step.objects.get(verb="next").due_at
    with clock.at(due):
        assert actions.lapse_proposals() == 0
    with clock.at(due + DAY):
        assert actions.lapse_proposals() == 1
        assert actions.lapse_proposals() == 0
    assert (Proposal.objects.get().state, Step.objects.get(verb="next").state) == ("declined", "lapsed")
    assert next_proposal(asked, bob) is None
    Proposal.objects.all().delete()
    actions.propose_next(asked)
    actions.decline_next(asked, by=bob)
    actions.decline_next(asked, by=bob)
    assert next_proposal(asked, bob) is None
    assert not Step.objects.open().filter(verb="next").exists()


def test_a_proposal_whose_offer_goes_is_replaced(
    asked: Introduction, published: Any, bob: Any, chloe: Any, dora: Any, emile: Any, run_reactions: Any
) -> None:
    refused(asked, chloe, run_reactions)
    published(emile, "offer", EXCEL)
    withdraw_post(Proposal.objects.get().offer, by=dora)
    run_reactions()
    found = next_proposal(asked, bob)
    assert found is not None
    assert found.person == emile
    withdraw_post(found.post, by=emile)
    run_reactions()
    assert next_proposal(asked, bob) is None
    assert not Step.objects.open().filter(verb="next").exists()


def test_what_is_sought_no_more_proposes_nobody(
    asked: Introduction, request_: Any, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    refused(asked, chloe, run_reactions)
    withdraw_post(request_, by=bob)
    run_reactions()
    assert next_proposal(asked, bob) is None
    assert not Step.objects.open().filter(verb="next").exists()
    assert (
        actions.propose_next(Introduction.objects.select_related("request", "offer", "network").get()) is None
    )


def test_an_offerer_who_asked_is_proposed_nobody(
    network: Any, bob: Any, chloe: Any, offer: Any, request_: Any, run_reactions: Any
) -> None:
    introduction = ask_introduction(
        network, requester=bob, offerer=chloe, by=chloe, request=request_, offer=offer
    )
    refused(introduction, bob, run_reactions)
    assert not Proposal.objects.exists()
    assert said("introduction.no_next") == []


@pytest.mark.parametrize("why", [None, "full", "paused", "manager", "met", "language"])
def test_without_a_request_the_next_is_found_by_the_title(
    network: Any, published: Any, bob: Any, chloe: Any, dora: Any, run_reactions: Any, why: str | None
) -> None:
    first = published(chloe, "offer", EXCEL)
    second = published(
        dora, "offer", "Des tableaux croisés dynamiques", languages=["de"] if why == "language" else ["fr"]
    )
    if why == "full":
        change_capacity(member(dora), by=dora, give=0, receive=1)
    elif why == "paused":
        pause_membership(member(dora), by=dora, until=clock.now() + DAY)
    elif why == "manager":
        bob.manager = dora
        bob.save()
    elif why == "met":
        declare_exchange(
            network, requester=bob, offerer=dora, by=None, title="Autre", held_on=clock.now().date()
        )
    introduction = ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=first)
    refused(introduction, chloe, run_reactions)
    found = next_proposal(introduction, bob)
    assert (found and found.post) == (second if why is None else None)


# -- alerts


def test_an_alert_is_kept_once_and_bounded(network: Any, bob: Any) -> None:
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
    network: Any, bob: Any, chloe: Any, published: Any, words: str
) -> None:
    actions.create_alert(network, bob, words, by=bob)
    published(chloe, "offer", TALK)
    published(chloe, "request", EXCEL_TOO)
    assert said("alert.matched") == []
    post = published(chloe, "offer", EXCEL)
    [fact] = said("alert.matched")
    assert (fact.subject_id, fact.data["to"], fact.data["words"]) == (post.public_id, bob.public_id, words)
    assert {concern.person for concern in fact.concerns.all()} == {bob}


def test_an_alert_rings_once_for_a_post(network: Any, bob: Any, chloe: Any, published: Any) -> None:
    actions.create_alert(network, bob, EXCEL, by=bob)
    post = published(chloe, "offer", EXCEL)
    edit_post(post, by=chloe, place="Rennes")
    actions.take_in(post)
    pause_post(post, by=chloe)
    renew_post(post, by=chloe)
    actions.take_in(post)
    assert len(said("alert.matched")) == 1


def test_an_alert_rings_for_others_posts_and_present_members(
    network: Any, other_network: Any, bob: Any, chloe: Any, dora: Any, emile: Any, join: Any, published: Any
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


# -- a whole network, by the clock


def test_computing_a_network_says_what_it_gave(network: Any, published: Any, its: Any, dora: Any) -> None:
    its.publish(dora, "request", "Apprendre la soudure")
    stages: list[str] = []
    done = actions.compute_suggestions(network, progress=lambda stage, _done, _total: stages.append(stage))
    assert (done.requests, done.served, done.pairs) == (2, 1, 1)
    assert set(stages) == {"vectors", "candidates"}
    assert Suggestion.objects.get().offer == its.offer
    again = actions.compute_suggestions(network)
    assert (again.pairs, Suggestion.objects.count()) == (1, 1)


def test_rooms_that_free_up_are_found_within_a_day(network: Any, other_network: Any, its: Any) -> None:
    with clock.at(clock.now() + dt.timedelta(seconds=1)):
        _busy(its)
        assert actions.refresh_stale() == 1  # the other network is empty
        assert actions.refresh_stale() == 0
        assert not Suggestion.objects.exists()
        stop_exchange(Exchange.objects.get(), by=its.dora, reason="Mutation")
    with clock.at(clock.now() + FRESH + dt.timedelta(seconds=2)):
        assert actions.refresh_stale() == 1
        assert Suggestion.objects.get().state == "open"
    assert (folder_of(network) / "built-at").exists()
    assert not folder_of(other_network).exists()
