"""Plan, open, type, correct, agree, introduce, close; and every refusal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.catalogue.actions import withdraw_post
from reciproque.catalogue.models import Post
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.gatherings import actions
from reciproque.gatherings.models import Entry, Gathering, Match, Participant
from reciproque.gatherings.queries import board, label_in, labels_for, members_meant, version_of
from reciproque.gatherings.rules import KEPT_DAYS
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.networks.actions import change_settings, join_network, leave_network
from reciproque.notices.models import Outgoing

DAY = dt.timedelta(days=1)


def test_only_who_runs_it_plans_it(plan: Any, bob: Any, fatou: Any, helper: Any) -> None:
    for person in (bob, fatou):
        with pytest.raises(PermissionDenied):
            plan(by=person)
    assert plan(by=helper, announced=False).state == "planned"
    assert plan("spotting", by=helper, announced=False).state == "planned"


def test_a_fair_is_announced_to_the_members_once(
    plan: Any, bob: Any, chloe: Any, alice: Any, run_reactions: Any
) -> None:
    plan(announced=True)
    run_reactions()
    told = Outgoing.objects.filter(fact_name="gathering.planned")
    assert set(told.values_list("person", flat=True)) == {bob.pk, chloe.pk}  # not Alice, who planned it
    assert "Salle Jaurès" in told[0].text


def test_a_gathering_not_announced_tells_nobody(plan: Any, bob: Any, run_reactions: Any) -> None:
    plan("spotting", announced=False)
    run_reactions()
    assert not Outgoing.objects.filter(fact_name="gathering.planned").exists()


def test_a_new_place_is_told_to_those_who_come(
    plan: Any, alice: Any, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    fair = plan(announced=False)
    actions.say_coming(fair, by=bob, answer="yes", shown="first")
    actions.say_coming(fair, by=chloe, answer="no")
    values = {"title": fair.title, "starts_at": fair.starts_at, "ends_at": fair.ends_at}
    actions.change_gathering(fair, by=alice, place=fair.place, words="Apportez un stylo.", **values)
    actions.change_gathering(fair, by=alice, place="Salle Zola", **values)
    run_reactions()
    told = Outgoing.objects.filter(fact_name="gathering.changed")
    assert [row.person for row in told] == [bob]
    assert "Salle Zola" in told[0].text


def test_cancelling_tells_those_who_come(plan: Any, alice: Any, bob: Any, run_reactions: Any) -> None:
    fair = plan(announced=False)
    actions.say_coming(fair, by=bob, answer="yes")
    actions.cancel_gathering(fair, by=alice, reason="La salle est prise.")
    run_reactions()
    assert "La salle est prise." in Outgoing.objects.get(fact_name="gathering.cancelled").text
    with pytest.raises(ValidationError):
        actions.say_coming(fair, by=bob, answer="yes")
    with pytest.raises(ValidationError):
        actions.open_gathering(fair, by=alice)


def test_only_members_say_whether_they_come(plan: Any, fatou: Any, bob: Any) -> None:
    fair = plan()
    with pytest.raises(PermissionDenied):
        actions.say_coming(fair, by=fatou, answer="yes")
    with pytest.raises(ValidationError):
        actions.say_coming(fair, by=bob, answer="peut-être")


def test_a_line_sent_twice_is_kept_once(fair: Gathering, type_in: Any, bob: Any, helper: Any) -> None:
    key = new_id()
    first = type_in("Bob Riou", "offer", "Faire un levain", key=key)
    again = type_in("Bob Riou", "offer", "Faire un levain", key=key, by=helper)
    assert first == again
    assert Entry.objects.count() == 1
    assert first.participant.person == bob
    assert first.participant.here_at is not None
    assert first.state == "noted"
    assert not Post.objects.exists()


def test_a_line_already_kept_is_acknowledged_after_the_closing(
    fair: Gathering, type_in: Any, alice: Any, bob: Any
) -> None:
    key = new_id()
    type_in("Bob Riou", "offer", "Faire un levain", key=key)
    actions.close_gathering(fair, by=alice)
    assert type_in("Bob Riou", "offer", "Faire un levain", key=key).key == key


def test_a_closed_fair_refuses_with_a_sentence_and_opens_again(
    fair: Gathering, type_in: Any, alice: Any, bob: Any
) -> None:
    actions.close_gathering(fair, by=alice)
    with pytest.raises(ValidationError, match="close"):
        type_in("Bob Riou", "offer", "Faire un levain")
    actions.reopen_gathering(fair, by=alice)
    assert type_in("Bob Riou", "offer", "Faire un levain").participant.person == bob
    actions.close_gathering(fair, by=alice)
    with clock.at(clock.now() + 8 * DAY), pytest.raises(ValidationError):
        actions.reopen_gathering(fair, by=alice)


def test_a_stranger_or_a_member_types_nothing(fair: Gathering, type_in: Any, bob: Any, fatou: Any) -> None:
    for person in (bob, fatou):
        with pytest.raises(PermissionDenied):
            type_in("Bob Riou", "offer", "Faire un levain", by=person)
    for wrong in ({"kind": "gift"}, {"words": "ab"}, {"who": ""}):
        values = {"who": "Bob Riou", "kind": "offer", "words": "Faire un levain"} | wrong
        with pytest.raises(ValidationError):
            type_in(values["who"], values["kind"], values["words"])
    assert not Entry.objects.exists()


def test_a_name_nobody_bears_is_a_guest(fair: Gathering, type_in: Any) -> None:
    first = type_in("Léa Roux", "offer", "Réparer un vélo")
    second = type_in("LÉA ROUX", "request", "Lire un bilan comptable")
    assert first.participant == second.participant
    assert first.participant.person is None


def test_namesakes_are_told_apart_by_their_unit(
    fair: Gathering, type_in: Any, make_person: Any, join: Any, network: Any
) -> None:
    one = make_person("Marie", "Petit", unit="RH > Formation")
    other = make_person("Marie", "Petit", unit="Opérations > Ouest")
    join(one, network)
    join(other, network)
    with pytest.raises(ValidationError):
        type_in("Marie Petit", "offer", "Faire un levain")
    assert type_in("Marie Petit · Ouest", "offer", "Faire un levain").participant.person == other


def test_what_answers_lights_up_in_the_room_and_in_the_network(
    fair: Gathering, type_in: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, run_reactions: Any
) -> None:
    post = make_post(dora, "request", "Mener un entretien difficile")
    run_reactions()
    offer = type_in("Chloé Le Goff", "offer", "Mener un entretien difficile")
    assert [match.post for match in offer.matches.all()] == [post]
    request = type_in("Bob Riou", "request", "Conduire un entretien difficile")
    assert offer in [match.other for match in request.matches.all()]
    mine = type_in("Bob Riou", "offer", "Conduire un entretien difficile")
    assert not Match.objects.filter(entry=mine, other=request).exists()  # nobody answers oneself


def test_one_s_own_manager_never_lights_up(fair: Gathering, type_in: Any, bob: Any, chloe: Any) -> None:
    bob.manager = chloe
    bob.save(update_fields=["manager"])
    type_in("Chloé Le Goff", "offer", "Mener un entretien difficile")
    request = type_in("Bob Riou", "request", "Mener un entretien difficile")
    assert not request.matches.exists()


def test_correcting_changes_what_lights_up(
    fair: Gathering, type_in: Any, alice: Any, bob: Any, chloe: Any
) -> None:
    type_in("Chloé Le Goff", "offer", "Mener un entretien difficile")
    entry = type_in("Bob Riou", "request", "Faire pousser des tomates")
    assert not entry.matches.exists()
    actions.correct_entry(
        entry, by=alice, kind="request", words="Mener un entretien difficile", who="Bob Riou", version=1
    )
    assert entry.matches.count() == 1
    actions.withdraw_entry(entry, by=alice)
    assert not Match.objects.exists()
    with pytest.raises(ValidationError):
        actions.correct_entry(entry, by=alice, kind="offer", words="Autre chose", who="Bob Riou", version=3)


def test_the_second_of_two_corrections_reads_the_first(
    fair: Gathering, type_in: Any, alice: Any, helper: Any, bob: Any
) -> None:
    entry = type_in("Bob Riou", "offer", "Faire du pain")
    mine = Entry.objects.select_related("gathering__network", "participant").get(pk=entry.pk)
    actions.correct_entry(entry, by=helper, kind="offer", words="Faire un levain", who="Bob Riou", version=1)
    with pytest.raises(ValidationError) as refused:
        actions.correct_entry(mine, by=alice, kind="offer", words="Pétrir", who="Bob Riou", version=1)
    assert "Dora Haddad" in refused.value.messages[0]
    assert "Faire un levain" in refused.value.messages[0]
    actions.correct_entry(mine, by=alice, kind="offer", words="Pétrir", who="Bob Riou", version=mine.version)
    entry.refresh_from_db()
    assert entry.words == "Pétrir"


def test_a_slip_in_a_name_leaves_no_guest(fair: Gathering, type_in: Any, alice: Any, bob: Any) -> None:
    entry = type_in("Bob Rioux", "offer", "Faire du pain")
    actions.correct_entry(entry, by=alice, kind="offer", words="Faire du pain", who="Bob Riou", version=1)
    assert [row.person for row in Participant.objects.all()] == [bob]


def test_nothing_is_published_without_consent_and_who_noted_it_is_kept(
    fair: Gathering, type_in: Any, participant_of: Any, alice: Any, bob: Any, said: Any
) -> None:
    yes, no = type_in("Bob Riou", "offer", "Faire un levain"), type_in("Bob Riou", "request", "Jardiner")
    actions.confirm_entries(participant_of(bob), [yes.public_id], by=alice, shown="full")
    yes.refresh_from_db()
    no.refresh_from_db()
    assert (yes.state, yes.consent, yes.consent_noted_by) == ("published", "spoken", alice)
    assert yes.consented_at == clock.now()
    assert yes.post is not None
    assert (yes.post.author, yes.post.written_by, yes.post.state) == (bob, alice, "published")
    assert no.state == "noted"
    assert Post.objects.count() == 1
    assert said("entry.consented")[0].data["how"] == "spoken"
    assert participant_of(bob).shown == "full"
    actions.confirm_entries(participant_of(bob), [yes.public_id], by=alice)  # pressed twice
    assert Post.objects.count() == 1


def test_one_agrees_on_one_s_own_screen_and_nobody_else_does(
    fair: Gathering, type_in: Any, participant_of: Any, bob: Any, chloe: Any
) -> None:
    entry = type_in("Bob Riou", "offer", "Faire un levain")
    with pytest.raises(PermissionDenied):
        actions.confirm_entries(participant_of(bob), [entry.public_id], by=chloe)
    actions.confirm_entries(participant_of(bob), [entry.public_id], by=bob)
    entry.refresh_from_db()
    assert (entry.consent, entry.consent_noted_by, entry.post.written_by) == ("own", bob, None)


def test_a_helper_writes_in_nobody_s_name_and_the_person_is_told(
    fair: Gathering, type_in: Any, participant_of: Any, bob: Any, helper: Any, run_reactions: Any
) -> None:
    entry = type_in("Bob Riou", "offer", "Faire un levain", by=helper)
    actions.say_coming(fair, by=bob, answer="yes")
    actions.confirm_entries(participant_of(bob), [entry.public_id], by=helper)
    entry.refresh_from_db()
    assert (entry.post.author, entry.post.written_by, entry.consent_noted_by) == (bob, helper, helper)
    run_reactions()
    assert [row.person for row in Outgoing.objects.filter(fact_name="entry.consented")] == [bob]


def test_a_published_line_is_mended_on_its_own_page(
    fair: Gathering, type_in: Any, participant_of: Any, alice: Any, bob: Any, helper: Any
) -> None:
    entry = type_in("Bob Riou", "offer", "Faire un levain")
    actions.confirm_entries(participant_of(bob), [entry.public_id], by=alice)
    entry = Entry.objects.select_related("gathering__network", "participant", "post__network").get(
        pk=entry.pk
    )
    with pytest.raises(ValidationError):
        actions.correct_entry(
            entry, by=alice, kind="offer", words="Pétrir", who="Bob Riou", version=entry.version
        )
    with pytest.raises(ValidationError):
        actions.withdraw_entry(entry, by=helper)
    actions.withdraw_entry(entry, by=alice)
    entry.post.refresh_from_db()
    assert entry.post.state == "withdrawn"


def test_what_one_does_not_want_leaves_no_trace(
    fair: Gathering, type_in: Any, participant_of: Any, bob: Any, chloe: Any
) -> None:
    entry = type_in("Bob Riou", "offer", "Faire un levain")
    with pytest.raises(PermissionDenied):
        actions.drop_entries(participant_of(bob), [entry.public_id], by=chloe)
    actions.drop_entries(participant_of(bob), [entry.public_id], by=bob)
    assert not Entry.objects.exists()


def test_closing_asks_by_message_whoever_did_not_agree_yet(
    fair: Gathering, type_in: Any, participant_of: Any, alice: Any, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    entry = type_in("Bob Riou", "offer", "Faire un levain")
    type_in("Chloé Le Goff", "request", "Jardiner")
    actions.confirm_entries(participant_of(bob), [entry.public_id], by=alice)
    actions.close_gathering(fair, by=alice)
    run_reactions()
    told = Outgoing.objects.get(fact_name="gathering.consent_asked")
    assert told.person == chloe
    assert told.url.endswith(f"/gatherings/{fair.public_id}/mine/")
    assert actions.ask_consents(fair, by=alice) == 0  # asked a moment ago
    with clock.at(clock.now() + 3 * DAY):
        assert actions.ask_consents(fair, by=alice) == 1


def test_what_nobody_confirmed_is_erased_with_the_names_of_guests(
    fair: Gathering, type_in: Any, participant_of: Any, alice: Any, bob: Any
) -> None:
    kept = type_in("Bob Riou", "offer", "Faire un levain")
    type_in("Bob Riou", "request", "Jardiner")
    type_in("Léa Roux", "offer", "Réparer un vélo")
    actions.confirm_entries(participant_of(bob), [kept.public_id], by=alice)
    actions.close_gathering(fair, by=alice)
    with clock.at(clock.now() + (KEPT_DAYS - 1) * DAY):
        assert actions.clear_unconfirmed() == 0
    with clock.at(clock.now() + (KEPT_DAYS + 1) * DAY):
        assert actions.clear_unconfirmed() == 1
        assert actions.clear_unconfirmed() == 0
    assert [row.words for row in Entry.objects.all()] == ["Faire un levain"]
    assert [row.person for row in Participant.objects.all()] == [bob]


def test_a_guest_who_joins_finds_what_was_noted(
    fair: Gathering, type_in: Any, alice: Any, make_person: Any, network: Any, run_reactions: Any
) -> None:
    lea = make_person("Léa", "Roux", email="lea@example.org")
    entry = type_in("Léa Roux", "offer", "Réparer un vélo")
    guest = Participant.objects.select_related("gathering__network").get(pk=entry.participant_id)
    with pytest.raises(ValidationError):
        actions.confirm_entries(guest, [entry.public_id], by=alice)
    with pytest.raises(ValidationError):
        actions.invite_guest(guest, "lea", by=alice)
    actions.invite_guest(guest, "Lea@example.org", by=alice)
    run_reactions()
    assert Outgoing.objects.get(fact_name="gathering.guest_invited").person == lea
    join_network(network, lea, by=lea)
    run_reactions()
    guest.refresh_from_db()
    assert (guest.person, guest.name, guest.email) == (lea, "", "")
    assert Outgoing.objects.get(fact_name="gathering.consent_asked").person == lea
    assert not Post.objects.exists()


def test_an_address_of_nobody_known_is_only_kept_to_write_to(
    fair: Gathering, type_in: Any, alice: Any
) -> None:
    guest = Participant.objects.select_related("gathering__network").get(
        pk=type_in("Jo Blanc", "offer", "Chanter en chœur").participant_id
    )
    assert actions.invite_guest(guest, "jo@ailleurs.example", by=alice) == guest
    assert not Outgoing.objects.exists()


def test_a_guest_who_was_a_member_all_along(fair: Gathering, type_in: Any, alice: Any, bob: Any) -> None:
    already = type_in("Bob Riou", "request", "Jardiner").participant
    guest = Participant.objects.select_related("gathering__network").get(
        pk=type_in("Bobby", "offer", "Faire un levain").participant_id
    )
    with pytest.raises(ValidationError):
        actions.name_guest(guest, "Nadia Inconnue", by=alice)
    assert actions.name_guest(guest, "Bob Riou", by=alice) == already
    assert already.entries.count() == 2
    assert Participant.objects.count() == 1


def test_two_people_who_are_there_are_introduced_at_once(
    fair: Gathering, type_in: Any, alice: Any, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    offer = type_in("Chloé Le Goff", "offer", "Mener un entretien difficile")
    request = type_in("Bob Riou", "request", "Conduire un entretien difficile")
    with pytest.raises(ValidationError):
        actions.introduce(fair, offer=offer, request=request, agreeing=[], by=alice)
    made = actions.introduce(fair, offer=offer, request=request, agreeing=["offer", "request"], by=alice)
    made.refresh_from_db()
    assert made.state == "agreed"
    assert (made.initiator, made.on_behalf_by) == (bob, alice)
    assert fair.title in made.reasons[0]
    assert Exchange.objects.count() == 1
    assert {post.state for post in Post.objects.all()} == {"published"}
    again = Entry.objects.select_related("participant__person", "gathering__network", "post")
    offer, request = again.get(pk=offer.pk), again.get(pk=request.pk)
    same = actions.introduce(fair, offer=offer, request=request, agreeing=["offer", "request"], by=alice)
    assert same == made
    assert Introduction.objects.count() == 1


def test_with_one_of_them_only_the_other_is_asked(
    fair: Gathering, type_in: Any, helper: Any, alice: Any, bob: Any, chloe: Any, make_post: Any
) -> None:
    post = make_post(chloe, "offer", "Mener un entretien difficile")
    actions.say_coming(fair, by=bob, answer="yes")
    request = type_in("Bob Riou", "request", "Conduire un entretien difficile", by=helper)
    made = actions.introduce(fair, offer=post, request=request, agreeing=["request"], by=helper)
    assert (made.state, made.initiator, made.answerer) == ("asked", bob, chloe)
    assert made.offer == post
    assert made.request is not None


def test_an_introduction_takes_an_offer_and_a_request_of_members(
    fair: Gathering, type_in: Any, alice: Any, bob: Any, chloe: Any
) -> None:
    one = type_in("Chloé Le Goff", "offer", "Mener un entretien difficile")
    other = type_in("Bob Riou", "offer", "Jardiner")
    guest = type_in("Léa Roux", "request", "Jardiner")
    mine = type_in("Bob Riou", "request", "Jardiner")
    for offer, request in ((one, other), (other, guest), (other, mine)):
        with pytest.raises(ValidationError):
            actions.introduce(fair, offer=offer, request=request, agreeing=["offer", "request"], by=alice)
    with pytest.raises(PermissionDenied):
        actions.introduce(fair, offer=one, request=mine, agreeing=["offer", "request"], by=bob)
    assert not Introduction.objects.exists()
    assert not Post.objects.exists()  # a refusal publishes nothing


def test_a_mediated_network_finds_a_mediator(
    fair: Gathering, type_in: Any, alice: Any, bob: Any, dora: Any, chloe: Any, network: Any, admin: Any
) -> None:
    change_settings(network, by=admin, mediation="mediated")
    fair.network.refresh_from_db()
    offer = type_in("Dora Haddad", "offer", "Lire une fiche de paie")
    request = type_in("Bob Riou", "request", "Comprendre ma fiche de paie")
    made = actions.introduce(fair, offer=offer, request=request, agreeing=["offer", "request"], by=alice)
    made.refresh_from_db()
    assert (made.state, made.mediator) == ("accepted", chloe)


def test_the_clock_closes_what_nobody_closed(
    plan: Any, fair: Gathering, alice: Any, bob: Any, run_reactions: Any
) -> None:
    never = plan(title="Jamais ouverte", announced=False)
    actions.say_coming(never, by=bob, answer="yes")
    assert actions.close_forgotten() == 0
    with clock.at(clock.now() + DAY):
        assert actions.close_forgotten() == 2
        assert actions.close_forgotten() == 0
        run_reactions()
    fair.refresh_from_db()
    never.refresh_from_db()
    assert (fair.state, never.state) == ("closed", "cancelled")
    assert not Outgoing.objects.filter(
        fact_name="gathering.cancelled"
    ).exists()  # nobody is told of yesterday


def test_three_who_type_at_once_are_all_kept_and_light_up(
    fair: Gathering, alice: Any, bob: Any, chloe: Any, helper: Any, at_once: Any
) -> None:
    typed = [
        ("Chloé Le Goff", "offer", "Mener un entretien difficile", new_id()),
        ("Bob Riou", "request", "Mener un entretien difficile", new_id()),
        ("Léa Roux", "request", "Mener un entretien difficile", new_id()),
    ]
    # Each line is sent twice, as after a cut of the network.
    gestures = [
        lambda row=row: actions.type_entry(
            Gathering.objects.select_related("network").get(pk=fair.pk),
            by=alice,
            who=row[0],
            kind=row[1],
            words=row[2],
            key=row[3],
        )
        for row in [*typed, *typed]
    ]
    results = at_once(*gestures)
    assert all(isinstance(result, Entry) for result in results), results
    assert Entry.objects.count() == 3
    assert Match.objects.filter(other__isnull=False).count() == 2


def test_a_post_taken_out_leaves_the_board_and_erased_words_go(
    fair: Gathering, type_in: Any, participant_of: Any, alice: Any, bob: Any, run_reactions: Any
) -> None:
    entry = type_in("Bob Riou", "offer", "Faire un levain")
    actions.confirm_entries(participant_of(bob), [entry.public_id], by=alice)
    assert [line.entry for line in board(fair).offers] == [entry]
    before = version_of(fair)
    withdraw_post(Post.objects.get(), by=bob)
    run_reactions()
    assert board(fair).offers == []
    assert version_of(fair) > before
    actions.note_post_gone(Post.objects.get(), erased=True)
    entry.refresh_from_db()
    assert entry.words == ""


def test_who_leaves_takes_what_was_not_confirmed(
    fair: Gathering, type_in: Any, bob: Any, run_reactions: Any
) -> None:
    type_in("Bob Riou", "offer", "Faire un levain")
    leave_network(bob.memberships.get(), by=bob)
    run_reactions()
    assert not Entry.objects.exists()


def test_a_first_name_alone_asks_which_of_those_present(
    type_in: Any, fair: Gathering, make_person: Any, join: Any, network: Any, bob: Any, chloe: Any
) -> None:
    other = make_person("Bob", "Le Bihan", unit="RH")
    join(other, network)
    # Nobody of that name said that they come, nor is there: it is a guest, as any name is.
    assert type_in("Chloé", "offer", "Broder").participant.person is None
    for person in (bob, other):
        actions.say_coming(fair, by=person, answer="yes")
    with pytest.raises(ValidationError) as refused:
        type_in("bob", "offer", "Faire un levain")
    assert refused.value.error_dict["who"][0].code == "which"
    assert [row.person for row in members_meant(fair, "bob")] == [other, bob]
    with pytest.raises(ValidationError):
        type_in("bob", "offer", "Faire un levain", which=chloe.public_id)
    assert not Participant.objects.filter(folded="bob").exists()
    assert type_in("bob", "offer", "Faire un levain", which=other.public_id).participant.person == other
    guest = type_in("Bob", "offer", "Jongler", which="other").participant
    assert (guest.person, guest.name) == (None, "Bob")
    # Known from now on: one is not asked again for each line.
    assert type_in("Bob", "request", "Siffler").participant == guest


def test_one_alone_of_that_name_is_asked_about_too(type_in: Any, fair: Gathering, bob: Any) -> None:
    actions.say_coming(fair, by=bob, answer="yes")
    with pytest.raises(ValidationError):
        type_in("Bob", "offer", "Faire un levain")


def test_a_name_that_two_bear_is_never_taken_for_a_guest(
    type_in: Any, fair: Gathering, network: Any, make_person: Any, join: Any, alice: Any
) -> None:
    people = [make_person("Luc", "Petit", unit="RH", function=job) for job in ("juriste", "formateur")]
    for person in people:
        join(person, network)
    with pytest.raises(ValidationError):
        type_in("Luc Petit", "offer", "Tailler un rosier")
    assert sorted(labels_for(network, "luc")) == ["Luc Petit · formateur", "Luc Petit · juriste"]
    entry = type_in("luc petit · Juriste", "offer", "Tailler un rosier")
    assert entry.participant.person == people[0]
    assert label_in(network, people[0]) == "Luc Petit · juriste"
    type_in("Luc Petit", "request", "Greffer", which=people[1].public_id)
    shown = board(fair, named=True)
    assert {line.name for line in (*shown.offers, *shown.requests)} == {
        "Luc Petit · formateur",
        "Luc Petit · juriste",
    }
    # The words alone are corrected: it stays theirs.
    actions.correct_entry(
        entry, by=alice, kind="offer", words="Tailler un pommier", who="Luc Petit", version=1
    )
    assert entry.participant.person == people[0]


def test_a_guest_is_not_offered_an_introduction(type_in: Any, fair: Gathering, bob: Any, chloe: Any) -> None:
    type_in("Paul Invité", "offer", "Mener un entretien difficile")
    type_in("Jeanne Invitée", "request", "Mener un entretien difficile")
    type_in("Bob Riou", "request", "Mener un entretien difficile")
    shown = board(fair, named=True)
    assert {one.members for line in shown.offers for one in line.lit} == {False}
    actions.name_guest(shown.offers[0].entry.participant, "Chloé Le Goff", by=fair.planned_by)
    shown = board(fair, named=True)
    assert {one.name: one.members for one in shown.offers[0].lit} == {
        "Bob Riou": True,
        "Jeanne Invitée": False,
    }
