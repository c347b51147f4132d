"""What was wrong and is no more: meanings kept, names kept quiet, words that outlive nothing, queues without starvation."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.catalogue.access import can_rename, networks_using
from reciproque.catalogue.actions import get_or_create_topic, merge_topics, read_framework, rename_topic
from reciproque.catalogue.actions.reading import DEEPEST
from reciproque.catalogue.models import Topic
from reciproque.exchanges.actions import confirm_exchange, declare_exchange, set_apart
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.library.actions import publish_sheet, rate_sheet, save_draft, withdraw_sheet
from reciproque.networks.actions import change_settings, grant_role
from reciproque.recognition import actions, queries
from reciproque.recognition.access import get_call
from reciproque.recognition.actions import calls as calling
from reciproque.recognition.models import (
    Call,
    Certification,
    CertificationRule,
    Confirmation,
    Contest,
    Evidence,
    Skill,
)
from reciproque.recognition.rules import CallKind, CallState
from tests.recognition.badges_made import certify

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def knows(person: Any, topic: Topic, network: Any, source: str = "x") -> Skill:
    skill, _new = Skill.objects.get_or_create(person=person, topic=topic)
    values = {"kind": "given", "source_kind": "exchange", "on": clock.now().date()}
    Evidence.objects.create(skill=skill, network=network, source_id=source, **values)
    return skill


# -- 3: what was certified keeps its meaning ------------------------------------------------------------------------


def test_a_savoir_certified_is_renamed_and_merged_by_administrators_only(
    network: Any,
    other_network: Any,
    bob: Any,
    alice: Any,
    admin: Any,
    chloe: Any,
    dora: Any,
    fatou: Any,
    make_post: Any,
) -> None:
    topic = certify(network, bob, [alice, chloe, dora], savoir="Excel").skill.topic
    grant_role(other_network, fatou, "animator", by=None)
    make_post(fatou, "offer", "Excel", topics=["Excel", "Bureautique"], network=other_network)
    assert networks_using([topic]) == {network.pk, other_network.pk}
    for animator in (fatou, alice):  # not even hers: her members gave their word on something else
        assert not can_rename(animator, topic)
        with pytest.raises(PermissionDenied):
            rename_topic(topic, by=animator, name="Direction financière")
    with pytest.raises(ValidationError, match="confirmé par des collègues"):
        merge_topics([topic], into=Topic.objects.get(name="Bureautique"), by=fatou)
    rename_topic(topic, by=admin, name="Excel et tableurs")


def test_a_savoir_that_only_somebodys_acts_show_is_used_where_they_were_seen(
    network: Any, other_network: Any, alice: Any, bob: Any
) -> None:
    topic = get_or_create_topic("Excel")
    knows(bob, topic, network)
    assert networks_using([topic]) == {network.pk}
    assert can_rename(alice, topic)
    knows(bob, topic, other_network, source="y")
    assert not can_rename(alice, topic)


# -- 7, 8: nobody is named who did not say yes, nor to their line of management --------------------------------------


def test_a_call_settled_without_a_yes_names_nobody(
    network: Any, alice: Any, bob: Any, make_post: Any, said: Any
) -> None:
    topic = get_or_create_topic("Rosiers")
    knows(bob, topic, network)
    row = actions.call_someone(network, topic, kind=CallKind.OFFER, person=None, by=alice)
    assert row.person == bob
    with clock.at(clock.now() + DAY):
        make_post(bob, "offer", "Bouturer les rosiers", topics=["Rosiers"])
        assert actions.settle_calls() == 1
        assert actions.settle_calls() == 0
    row.refresh_from_db()
    assert row.state == CallState.WITHDRAWN
    assert row.done_at is not None
    assert queries.call_view(row, alice).name == ""
    assert [view.name for view in queries.calls_in(network, alice, waiting=False)] == [""]
    assert said("call.done") == said("call.accepted") == []
    assert not any("Bob" in str(fact.data) for fact in said("call.settled"))
    assert not Step.objects.open().about(row).exists()


def test_a_manager_who_animates_reads_nothing_of_whom_they_manage(
    network: Any, alice: Any, admin: Any, bob: Any, chloe: Any, said: Any
) -> None:
    bob.manager = chloe
    bob.save()
    chloe.manager = alice
    chloe.save()
    grant_role(network, admin, "animator", by=None)
    topic = get_or_create_topic("Rosiers")
    knows(bob, topic, network)
    row = actions.call_someone(network, topic, kind=CallKind.SHEET, person=None, by=alice)
    actions.answer_call(row, by=bob, yes=True, reason="Avec plaisir.")
    # The row itself stays: that it is missing would say of whom it is.
    assert get_call(alice, row.public_id) == row
    assert queries.call_view(row, alice).name == ""
    assert [(view.name, view.reason) for view in queries.calls_in(network, alice)] == [("", "")]
    assert queries.call_view(row, admin).name == queries.call_view(row, bob).name == "Bob Riou"
    actions.call_done(row, by=bob)
    for name in ("call.accepted", "call.done"):
        (fact,) = said(name)
        assert alice.public_id not in fact.data["to"]
        assert admin.public_id in fact.data["to"]
        assert not fact.concerns.filter(person=alice).exists()


# -- 10, 11: the word of those who learned, as long as its source holds ----------------------------------------------


def test_an_exchange_declared_by_a_third_needs_the_word_of_who_learned(
    network: Any, alice: Any, bob: Any, chloe: Any
) -> None:
    change_settings(network, by=alice, systems=["exchanges", "community"])
    get_or_create_topic("Excel")
    today = clock.now().date()
    told = {"requester": chloe, "offerer": bob, "title": "Excel", "held_on": today}
    exchange = declare_exchange(network, by=alice, **told)
    confirm_exchange(exchange, by=bob)
    exchange.refresh_from_db()
    assert actions.note_exchange(exchange) == 0
    assert not Evidence.objects.standing().exists()
    other = declare_exchange(network, by=alice, **told)
    confirm_exchange(other, by=chloe)
    other.refresh_from_db()
    assert actions.note_exchange(other) == 1
    mine = declare_exchange(network, by=chloe, **told)
    confirm_exchange(mine, by=bob)
    mine.refresh_from_db()
    assert actions.note_exchange(mine) == 1
    # And, declared by a third, once who learned says so.
    source = ("exchange", exchange.public_id)
    actions.confirm_skill(bob, Topic.objects.get(), by=chloe, source=source)
    assert Evidence.objects.standing().filter(source_id=exchange.public_id).exists()


@pytest.fixture
def rule(network: Any, admin: Any) -> CertificationRule:
    return actions.set_rule(network, by=admin, confirmations=2, units=1, months=12)


def taught(network: Any, teacher: Any, *learners: Any) -> list[Exchange]:
    topic, found = get_or_create_topic("Excel"), []
    for learner in learners:
        exchange = declare_exchange(
            network, requester=learner, offerer=teacher, by=None, title="Excel", held_on=clock.now().date()
        )
        confirm_exchange(exchange, by=learner)
        source = ("exchange", exchange.public_id)
        actions.confirm_skill(teacher, topic, by=learner, source=source, words="Merci.", signs=True)
        found.append(exchange)
    return found


def ended() -> str:
    row = Certification.objects.get()
    return "" if row.ended_at is None else row.end_reason


@pytest.mark.usefixtures("rule")
def test_a_confirmation_ends_with_the_use_of_the_sheet_it_came_from(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, run_reactions: Any
) -> None:
    parts = {"situation": "Un accueil.", "tried": "Écouter.", "given": "Tout va mieux."}
    sheet = save_draft(network, by=bob, title="Accueillir", topics=["Accueil"], **parts)
    publish_sheet(sheet, by=bob)
    for reader in (chloe, dora):
        rate_sheet(sheet, by=reader, used=True)
        source = ("sheet", sheet.public_id)
        actions.confirm_skill(bob, Topic.objects.get(name="Accueil"), by=reader, source=source, words="Oui.")
    run_reactions()
    assert ended() == ""
    rate_sheet(sheet, by=chloe)  # taken back
    actions.check_ratings()
    assert ended() == "unconfirmed"
    (row,) = Confirmation.objects.filter(by=chloe)
    assert row.withdrawn_at is not None
    assert row.words == ""
    assert Confirmation.objects.standing().get().by == dora
    withdraw_sheet(sheet, by=bob)
    run_reactions()
    assert not Confirmation.objects.standing().exists()


@pytest.mark.usefixtures("rule")
def test_a_confirmation_ends_when_two_people_are_kept_apart(
    network: Any, bob: Any, chloe: Any, dora: Any, run_reactions: Any
) -> None:
    taught(network, bob, chloe, dora)
    run_reactions()
    assert ended() == ""
    set_apart(chloe, bob, by=chloe)
    run_reactions()
    assert ended() == "unconfirmed"
    assert Confirmation.objects.standing().get().by == dora


@pytest.mark.usefixtures("rule")
def test_a_confirmation_ends_when_a_part_in_the_exchange_does(
    network: Any, bob: Any, chloe: Any, dora: Any
) -> None:
    first, _second = taught(network, bob, chloe, dora)
    assert actions.drop_unfounded() == 0
    ExchangePerson.objects.filter(exchange=first, person=chloe).update(left_at=clock.now())
    assert actions.drop_unfounded() == 1
    assert ended() == "unconfirmed"


# -- 14: whatever stays in a queue keeps nobody else waiting ---------------------------------------------------------


def test_requests_for_which_nobody_is_found_let_the_next_be_tried(
    network: Any, admin: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, monkeypatch: Any
) -> None:
    change_settings(network, by=admin, systems=["exchanges", "community"])
    for number in range(2):
        make_post(bob, "request", f"Savoir introuvable numéro {number}", topics=[f"Introuvable {number}"])
    wanted = make_post(bob, "request", "Tailler les rosiers", topics=["Rosiers"])
    knows(chloe, Topic.objects.get(name="Rosiers"), network)
    # Nothing is near in meaning to what nobody knows: only what was done designates somebody.
    monkeypatch.setattr("reciproque.recognition.queries.calls.holders", lambda *args, **more: [])
    with clock.at(clock.now() + 30 * DAY):
        assert actions.carry_requests(limit=2) == 0
        assert actions.carry_requests(limit=2) == 1
        assert Call.objects.get().about_id == wanted.public_id
        assert actions.carry_requests(limit=2) == 0
        assert Fact.objects.filter(name=calling.TRIED).count() == 2
    with clock.at(clock.now() + 40 * DAY):  # and tried again later
        actions.carry_requests(limit=2)
        assert Fact.objects.filter(name=calling.TRIED).count() == 4


def test_calls_waiting_and_ends_told_keep_nobody_waiting(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, hugo: Any, make_post: Any, said: Any
) -> None:
    topic = get_or_create_topic("Rosiers")
    for person in (bob, chloe):
        actions.call_someone(network, topic, kind=CallKind.OFFER, person=person, by=alice)
    with clock.at(clock.now() + DAY):
        make_post(chloe, "offer", "Bouturer les rosiers", topics=["Rosiers"])
        assert actions.settle_calls(limit=1) == 1
    rows = [certify(network, bob, [alice, chloe, dora], savoir=name) for name in ("Un", "Deux")]
    with clock.at(min(row.until for row in rows) - 20 * DAY):
        assert actions.warn_ending(limit=1) == 2
        assert actions.warn_ending(limit=1) == 0
    assert {fact.data["title"] for fact in said("certification.ending")} == {"Un", "Deux"}


def test_every_contest_is_tended_and_those_that_wait_come_first(
    network: Any, alice: Any, admin: Any, bob: Any, chloe: Any, dora: Any, hugo: Any, monkeypatch: Any
) -> None:
    rows = [certify(network, bob, [chloe, dora], savoir=name) for name in ("Un", "Deux", "Trois")]
    actions.choose_audience(bob, "network", by=bob)
    doubts = [actions.contest(row, by=hugo, words="Je doute.") for row in rows]
    for doubt in doubts[1:]:
        with clock.at(clock.now() + DAY):
            actions.settle_contest(doubt, by=alice, upheld=False, answer="Si.")
    monkeypatch.setattr("reciproque.recognition.queries.contesting.MOST_OVER", 1)
    Contest.objects.filter(pk=doubts[0].pk).update(at=clock.now() - 90 * DAY)
    found = queries.contests_in(network, alice)
    assert len(found) == 2
    assert found[0] == doubts[0]
    Step.objects.filter(verb=Verb.CONTEST).delete()
    Contest.objects.update(settled_at=None, settled_by=None, upheld=None, answer="")
    assert actions.tend_contests(limit=1) == 3


# -- 15: what is erased leaves nothing of itself ---------------------------------------------------------------------


def test_who_has_nothing_kept_is_no_longer_designated_by_what_was_erased(
    network: Any, alice: Any, bob: Any, chloe: Any, make_post: Any, said: Any
) -> None:
    topic = get_or_create_topic("Rosiers")
    for number in range(3):
        knows(bob, topic, network, source=str(number))
    knows(chloe, topic, network)
    row = actions.call_someone(network, topic, kind=CallKind.SHEET, person=None, by=alice, words="Un mot.")
    assert row.person == bob
    chosen = actions.call_someone(network, topic, kind=CallKind.GROUP, person=bob, by=alice)
    actions.stop_keeping(by=bob)
    assert list(Call.objects.filter(person=bob)) == [chosen]
    steps = Step.objects.filter(subject_id=row.public_id)
    assert not steps.open().exists()
    assert {step.words for step in steps} == {""}
    facts = Fact.objects.filter(subject_id=row.public_id)
    assert facts.exists()
    assert not any(fact.data.get("title") for fact in facts)
    # What was asked goes to the next.
    assert Call.objects.waiting().get(kind=CallKind.SHEET).person == chloe


# -- 20: once -------------------------------------------------------------------------------------------------------


def test_one_doubts_a_certification_once(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, hugo: Any
) -> None:
    row = certify(network, bob, [chloe, dora])
    actions.choose_audience(bob, "network", by=bob)
    doubt = actions.contest(row, by=hugo, words="Je doute.")
    assert actions.contest(row, by=hugo, words="Encore.") == doubt
    actions.settle_contest(doubt, by=alice, upheld=False, answer="Il l’exerce.")
    with pytest.raises(PermissionDenied):
        actions.contest(row, by=hugo, words="Je doute toujours.")
    assert Contest.objects.count() == 1


# -- 18: long chains of a framework -----------------------------------------------------------------------------------


def chain(length: int, first_under: str = "") -> dict[str, bytes]:
    lines = ["code,label,parent", f"c0,Savoir 0,{first_under}"]
    lines += [f"c{n},Savoir {n},c{n - 1}" for n in range(1, length)]
    return {"a.csv": "\n".join(lines).encode()}


def test_a_chain_too_long_is_cut_and_read_once() -> None:
    reading = read_framework("csv", chain(20_000), title="Chaîne")
    above = {entry.code: entry.parent for entry in reading.entries}
    depth: dict[str, int] = {}
    for entry in reading.entries:
        depth[entry.code] = depth[entry.parent] + 1 if entry.parent else 0
    assert max(depth.values()) == DEEPEST
    assert len([code for code, parent in above.items() if not parent]) == -(-20_000 // (DEEPEST + 1))
    assert any("premier rang" in note for note in reading.notes)
    assert not any("premier rang" in note for note in read_framework("csv", chain(26), title="A").notes)


def test_a_circle_is_cut_once_and_its_members_stand_under_it() -> None:
    files = chain(10, "c4")
    files["a.csv"] += b"\nhors,Hors du cercle,c9\n"
    reading = read_framework("csv", files, title="Cercle")
    above = {entry.code: entry.parent for entry in reading.entries}
    assert [code for code, parent in above.items() if not parent] == ["c0"]
    assert above["hors"] == "c9"
    assert len(reading.notes) == 1
