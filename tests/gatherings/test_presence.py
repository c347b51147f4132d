"""Nobody is made to agree, to appear or to be told of from afar: presence, names, announcements, addresses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reciproque.catalogue.actions import remove_post
from reciproque.catalogue.models import Post
from reciproque.exchanges.actions import end_set_apart, refuse_introduction, set_apart
from reciproque.exchanges.models import Introduction
from reciproque.gatherings import actions
from reciproque.gatherings.models import Gathering, Match, Participant
from reciproque.gatherings.queries import board, labels_for, noted_for, version_of
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.networks.actions import grant_role
from reciproque.notices.models import Outgoing
from reciproque.people.actions import get_site

HOUR = dt.timedelta(hours=1)
BOTH = ["offer", "request"]


@pytest.fixture
def of_nantes(network: Any, alice: Any, emile: Any) -> Any:
    """Émile, who animates the network for the people of Nantes only."""
    grant_role(network, emile, "animator", by=alice, site=get_site("Nantes"))
    return emile


# -- agreeing --------------------------------------------------------------------------------------------


def test_the_author_of_a_post_who_is_not_there_agrees_to_nothing(
    fair: Gathering, helper: Any, alice: Any, bob: Any, chloe: Any, type_in: Any, make_post: Any
) -> None:
    post = make_post(chloe, "offer", "Mener un entretien difficile")
    request = type_in("Bob Riou", "request", "Mener un entretien difficile")
    for by in (helper, alice):
        with pytest.raises(ValidationError, match="sur place"):
            actions.introduce(fair, offer=post, request=request, agreeing=BOTH, by=by)
    assert not Introduction.objects.exists()
    assert not Participant.objects.filter(person=chloe).exists()
    # Saying that one comes is not being there.
    actions.say_coming(fair, by=chloe, answer="yes")
    with pytest.raises(ValidationError, match="sur place"):
        actions.introduce(fair, offer=post, request=request, agreeing=BOTH, by=helper)
    row = Participant.objects.select_related("gathering__network").get(person=chloe)
    actions.note_here(row, by=alice)
    made = actions.introduce(fair, offer=post, request=request, agreeing=BOTH, by=helper)
    made.refresh_from_db()
    assert made.state == "agreed"


def test_an_introduction_noted_by_a_helper_says_so_and_is_told_to_both(
    fair: Gathering, helper: Any, bob: Any, chloe: Any, type_in: Any, run_reactions: Any, said: Any
) -> None:
    offer = type_in("Chloé Le Goff", "offer", "Mener un entretien difficile")
    request = type_in("Bob Riou", "request", "Mener un entretien difficile")
    made = actions.introduce(fair, offer=offer, request=request, agreeing=BOTH, by=helper)
    made.refresh_from_db()
    assert (made.state, made.initiator, made.on_behalf_by) == ("agreed", bob, helper)
    for name in ("introduction.asked", "introduction.accepted", "post.published"):
        assert {fact.data["entered_by"] for fact in said(name)} == {"Dora Haddad"}
    run_reactions()
    told = Outgoing.objects.filter(fact_name="behalf.done")
    assert set(told.values_list("person", flat=True)) == {bob.pk, chloe.pk}
    assert all("Dora Haddad" in row.text for row in told)


def test_a_helper_publishes_nothing_for_someone_who_is_not_there(
    fair: Gathering, helper: Any, alice: Any, bob: Any, type_in: Any, participant_of: Any
) -> None:
    entry = type_in("Bob Riou", "offer", "Vendre une armoire", by=helper)
    assert participant_of(bob).here_at is None  # typing is not seeing
    with pytest.raises(ValidationError):
        actions.note_here(participant_of(bob), by=helper)
    with pytest.raises(ValidationError, match="elle-même"):
        actions.confirm_entries(participant_of(bob), [entry.public_id], by=helper)
    request = type_in("Alice Martin", "request", "Acheter une armoire", by=alice)
    with pytest.raises(ValidationError, match="sur place"):
        actions.introduce(fair, offer=entry, request=request, agreeing=["offer"], by=helper)
    assert not Post.objects.exists()
    actions.confirm_entries(participant_of(bob), [entry.public_id], by=bob)  # on his own telephone
    assert Post.objects.get().written_by is None
    assert participant_of(bob).here_at is not None


def test_a_helper_does_not_bring_someone_in_by_naming_a_guest(
    fair: Gathering, helper: Any, alice: Any, bob: Any, type_in: Any, participant_of: Any
) -> None:
    typed = type_in("Bobby", "offer", "Vendre une armoire", by=alice).participant
    guest = Participant.objects.select_related("gathering__network").get(pk=typed.pk)
    actions.name_guest(guest, "Bob Riou", by=helper)
    assert participant_of(bob).here_at is None


def test_an_animator_of_one_site_runs_the_fair_for_the_whole_room(
    fair: Gathering, of_nantes: Any, bob: Any, chloe: Any, type_in: Any, participant_of: Any
) -> None:
    offer = type_in("Chloé Le Goff", "offer", "Mener un entretien difficile", by=of_nantes)
    request = type_in("Bob Riou", "request", "Mener un entretien difficile", by=of_nantes)
    actions.confirm_entries(participant_of(chloe), [offer.public_id], by=of_nantes)
    post = Post.objects.get()
    assert (post.author, post.written_by) == (chloe, of_nantes)
    offer.refresh_from_db()
    made = actions.introduce(fair, offer=offer, request=request, agreeing=BOTH, by=of_nantes)
    made.refresh_from_db()
    assert (made.state, made.on_behalf_by) == ("agreed", of_nantes)


def test_how_one_is_named_is_only_made_more_discreet_by_another(
    fair: Gathering, alice: Any, bob: Any, chloe: Any, type_in: Any, participant_of: Any
) -> None:
    one, two = (type_in("Bob Riou", "offer", words) for words in ("Faire du pain", "Faire du beurre"))
    actions.say_coming(fair, by=bob, answer="yes", shown="first")
    with pytest.raises(ValidationError, match="choisi"):
        actions.confirm_entries(participant_of(bob), [one.public_id], by=alice, shown="full")
    assert not Post.objects.exists()
    actions.confirm_entries(participant_of(bob), [one.public_id], by=alice, shown="none")
    assert participant_of(bob).shown == "none"
    actions.confirm_entries(participant_of(bob), [two.public_id], by=bob, shown="full")
    assert participant_of(bob).shown == "full"
    # Chosen while confirming counts as an answer; somebody who said nothing is asked aloud.
    three = type_in("Chloé Le Goff", "offer", "Faire du cidre")
    actions.confirm_entries(participant_of(chloe), [three.public_id], by=alice, shown="full")
    actions.confirm_entries(participant_of(chloe), [three.public_id], by=chloe, shown="none")
    with pytest.raises(ValidationError):
        actions.confirm_entries(participant_of(chloe), [three.public_id], by=alice, shown="first")


# -- words removed ---------------------------------------------------------------------------------------


def test_removed_words_leave_the_journal_and_what_was_not_sent(
    fair: Gathering, helper: Any, alice: Any, bob: Any, type_in: Any, participant_of: Any, run_reactions: Any
) -> None:
    entry = type_in("Bob Riou", "offer", "Apprivoiser un zebulon", by=helper)
    actions.say_coming(fair, by=bob, answer="yes")
    actions.confirm_entries(participant_of(bob), [entry.public_id], by=helper)
    run_reactions()
    assert "zebulon" in Outgoing.objects.get(fact_name="entry.consented").text
    remove_post(Post.objects.get(), by=bob)
    run_reactions()
    assert not [fact.name for fact in Fact.objects.all() if "zebulon" in str(fact.data)]
    letter = Outgoing.objects.get(fact_name="entry.consented")
    assert (letter.state, letter.text, letter.subject) == ("dropped", "", "")


# -- announcing ------------------------------------------------------------------------------------------


def test_a_helper_announces_to_nobody(plan: Any, helper: Any) -> None:
    with pytest.raises(ValidationError, match="l’annoncer"):
        plan(by=helper, announced=True)
    assert not Gathering.objects.exists()


def test_an_animator_of_one_site_announces_there_and_twice_at_most(
    plan: Any, of_nantes: Any, make_person: Any, join: Any, network: Any, run_reactions: Any
) -> None:
    there = make_person("Zoé", "Nord", site="Nantes")
    elsewhere = make_person("Yann", "Sud", site="Rennes")
    join(there, network)
    join(elsewhere, network)
    plan(by=of_nantes, announced=True)
    plan(by=of_nantes, announced=True)
    run_reactions()
    told = set(Outgoing.objects.filter(fact_name="gathering.planned").values_list("person", flat=True))
    assert there.pk in told
    assert elsewhere.pk not in told
    with pytest.raises(ValidationError, match="deux"):
        plan(by=of_nantes, announced=True)
    assert plan(by=of_nantes, announced=False).state == "planned"


def test_the_same_form_sent_twice_plans_one_fair(plan: Any, bob: Any, alice: Any, run_reactions: Any) -> None:
    key = new_id()
    assert plan(announced=True, key=key) == plan(announced=True, key=key)
    run_reactions()
    assert Gathering.objects.count() == 1
    assert Outgoing.objects.filter(fact_name="gathering.planned", person=bob).count() == 1


# -- people set apart ------------------------------------------------------------------------------------


def test_people_set_apart_no_longer_light_up(
    fair: Gathering, alice: Any, bob: Any, chloe: Any, type_in: Any, run_reactions: Any
) -> None:
    type_in("Bob Riou", "offer", "Faire du pain au levain")
    type_in("Chloé Le Goff", "request", "Faire du pain au levain")
    assert board(fair).pairs == 1
    row = set_apart(chloe, bob, by=chloe)
    assert board(fair).pairs == 0  # at once
    before = version_of(fair)
    run_reactions()
    assert not Match.objects.exists()
    assert version_of(fair) > before
    end_set_apart(row, by=chloe)
    assert board(fair).pairs == 0


def test_being_set_apart_reads_as_any_refusal(
    fair: Gathering, alice: Any, bob: Any, chloe: Any, dora: Any, type_in: Any
) -> None:
    offer = type_in("Bob Riou", "offer", "Faire du pain au levain")
    request = type_in("Chloé Le Goff", "request", "Faire du pain au levain")
    set_apart(chloe, bob, by=chloe)
    with pytest.raises(ValidationError) as apart:
        actions.introduce(fair, offer=offer, request=request, agreeing=BOTH, by=alice)
    other = type_in("Dora Haddad", "request", "Faire du pain au levain")
    actions.confirm_entries(
        Participant.objects.select_related("gathering__network", "person").get(person=bob),
        [offer.public_id],
        by=bob,
    )
    offer.refresh_from_db()
    asked = actions.introduce(fair, offer=offer, request=other, agreeing=["request"], by=alice)
    refuse_introduction(asked, by=bob, refusal="time")
    fair.made.all().delete()
    with pytest.raises(ValidationError) as declined:
        actions.introduce(fair, offer=offer, request=other, agreeing=["request"], by=alice)
    assert apart.value.messages == declined.value.messages


# -- addresses -------------------------------------------------------------------------------------------


def test_no_address_is_shown_nor_searched_to_tell_namesakes_apart(
    fair: Gathering, network: Any, make_person: Any, join: Any
) -> None:
    for number, town in enumerate(("Nantes", "Rennes")):
        person = make_person("Luc", "Petit", email=f"zz{number}@secret.example", site=town)
        person.unit = None
        person.save(update_fields=["unit"])
        join(person, network)
    assert sorted(labels_for(network, "luc")) == ["Luc Petit · Nantes", "Luc Petit · Rennes"]
    assert labels_for(network, "secret") == []
    assert labels_for(network, "zz1@secret.example") == []


def test_inviting_answers_the_same_for_everyone(
    fair: Gathering, helper: Any, bob: Any, fatou: Any, type_in: Any, run_reactions: Any
) -> None:
    run_reactions()  # the members' own arrival is over
    seen = []
    for number, email in enumerate((bob.email, fatou.email, "nobody@ailleurs.example")):
        typed = type_in(f"Personne Numéro {number}", "offer", "Faire du pain", by=helper).participant
        guest = Participant.objects.select_related("gathering__network").get(pk=typed.pk)
        answer = actions.invite_guest(guest, email, by=helper)
        actions.invite_guest(answer, email, by=helper)  # asked twice, written once
        row = Participant.objects.get(pk=guest.pk)
        seen.append((answer == guest, row.person, row.name[:8], bool(row.invited_at)))
    assert seen == [seen[0]] * 3
    run_reactions()
    rows = Outgoing.objects.filter(fact_name__startswith="gathering.").exclude(fact_name="gathering.planned")
    told = sorted(rows.values_list("fact_name", "person_id"))
    assert told == [("gathering.consent_asked", bob.pk), ("gathering.guest_invited", fatou.pk)]


def test_a_member_noted_as_a_guest_takes_it_as_theirs_alone(
    fair: Gathering, helper: Any, bob: Any, chloe: Any, type_in: Any
) -> None:
    entry = type_in("Bobby", "offer", "Faire du pain", by=helper)
    guest = Participant.objects.select_related("gathering__network").get(pk=entry.participant_id)
    actions.invite_guest(guest, bob.email, by=helper)
    assert noted_for(bob, fair) == [entry]
    assert noted_for(chloe, fair) == []
    assert actions.claim_notes(fair, by=chloe) is None
    mine = actions.claim_notes(fair, by=bob)
    assert mine is not None
    actions.confirm_entries(mine, [entry.public_id], by=bob)
    assert Post.objects.get().author == bob
    assert clock.now() == mine.here_at
