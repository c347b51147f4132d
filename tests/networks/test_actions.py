"""Founding, settling, joining, leaving: what is written, what is refused and in which words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks import actions
from reciproque.networks.access import is_animator, is_member
from reciproque.networks.models import Interest, Membership, Network, RoleGrant, Signature
from reciproque.networks.queries import mediators_of, needs_signature
from reciproque.networks.rules import DEFAULT_GIVE
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)


# -- founding and settling


def test_a_network_starts_with_its_charter_its_opening_and_its_animators(
    admin: Any, make_person: Any, said: Any
) -> None:
    ana = make_person("Ana")
    network = actions.create_network(
        "  Savoirs\x00 ", by=admin, animators=[ana], systems=["exchanges", "circles"]
    )
    network.refresh_from_db()
    assert (network.name_fr, network.slug, network.systems) == (
        "Savoirs",
        "savoirs",
        ["exchanges", "circles"],
    )
    assert network.charters.get().version == 1
    assert network.openings.get().criteria == {"functions": [], "levels": [], "units": [], "sites": []}
    assert is_animator(ana, network)
    assert [fact.data["name"] for fact in said("network.created")] == ["Savoirs"]
    assert actions.create_network("Savoirs", by=None).slug == "savoirs-2"


@pytest.mark.parametrize(
    ("field", "choices"),
    [
        ("name_fr", {"name_fr": " "}),
        ("systems", {"systems": []}),
        ("systems", {"systems": ["exchanges", "cult"]}),
        ("admission", {"admission": "bribe"}),
        ("answer_days", {"answer_days": 0}),
        ("validity_days", {"validity_days": 5000}),
        ("slug", {"slug": "deux mots"}),
        ("slug", {"slug": "savoirs"}),
        ("text_fr", {"charter_fr": " "}),
        ("text_fr", {"charter_fr": "x" * 8001}),
    ],
)
def test_a_network_that_cannot_be_is_refused_on_its_field(
    network: Any, admin: Any, field: str, choices: Any
) -> None:
    with pytest.raises(ValidationError) as refusal:
        actions.create_network(**{"name_fr": "Neuf", "by": admin} | choices)
    assert field in refusal.value.message_dict
    assert Network.objects.count() == 1


def test_settings_change_and_say_what_they_were(network: Any, alice: Any, said: Any) -> None:
    actions.change_settings(network, by=alice, name_en=" Mail ", answer_days=9, mediation="direct")
    assert said("network.settings_changed")[0].data == {
        "before": {"name_en": "", "answer_days": 5},
        "after": {"name_en": "Mail", "answer_days": 9},
    }
    actions.change_settings(network, by=alice, answer_days=9)
    assert len(said("network.settings_changed")) == 1
    with pytest.raises(ValueError, match="slug"):
        actions.change_settings(network, by=alice, slug="autre")


def test_refused_settings_leave_the_network_as_it_was(network: Any, alice: Any) -> None:
    with pytest.raises(ValidationError):
        actions.change_settings(network, by=alice, public_page=True, answer_days=99)
    assert (network.public_page, network.answer_days) == (False, 5)
    network.refresh_from_db()
    assert not network.public_page


def test_becoming_strict_gives_everyone_a_grace_period(
    network: Any, alice: Any, bob: Any, make_post: Any
) -> None:
    for kind in ("offer", "request"):
        make_post(bob, kind)
    actions.change_settings(network, by=alice, reciprocity="strict")
    mine, hers = (Membership.objects.get(person=person) for person in (bob, alice))
    assert hers.grace_until == clock.now() + 60 * DAY
    assert hers.is_active(network, clock.now())
    assert mine.grace_until is None
    with clock.at(clock.now() + 61 * DAY):
        assert (mine.is_active(network, clock.now()), hers.is_active(network, clock.now())) == (True, False)


def test_a_charter_has_versions_only_when_it_changes(network: Any, alice: Any, said: Any) -> None:
    second = actions.publish_charter(network, by=alice, text_fr=" Neuve\x00 ", text_en="New")
    assert (second.version, second.text_fr) == (2, "Neuve")
    assert actions.publish_charter(network, by=alice, text_fr="Neuve", text_en="New") == second
    assert [fact.data["version"] for fact in said("charter.published")] == [2]
    for wrong in ("  ", "x" * 8001):
        with pytest.raises(ValidationError, match="charte"):
            actions.publish_charter(network, by=alice, text_fr=wrong)


def test_roles_are_given_and_withdrawn_once(network: Any, alice: Any, bob: Any, said: Any) -> None:
    grant = actions.grant_role(network, bob, "mediator", by=alice)
    with pytest.raises(ValidationError, match="tient déjà ce rôle"):
        actions.grant_role(network, bob, "mediator", by=alice)
    with pytest.raises(ValidationError, match="n’existe pas"):
        actions.grant_role(network, bob, "king", by=alice)
    actions.withdraw_role(grant, by=alice)
    actions.withdraw_role(grant, by=alice)
    assert (grant.withdrawn_by, grant.withdrawn_at) == (alice, clock.now())
    assert [fact.data["role"] for fact in said("role.withdrawn")] == ["mediator"]
    leave_organisation(bob, by=None)
    with pytest.raises(ValidationError, match="a quitté l’organisation"):
        actions.grant_role(network, bob, "mediator", by=alice)


def test_a_network_keeps_an_animator(network: Any, admin: Any, alice: Any, bob: Any) -> None:
    first = RoleGrant.objects.get(person=alice)
    with pytest.raises(ValidationError, match="au moins une personne à l’animation"):
        actions.withdraw_role(first, by=admin)
    actions.grant_role(network, bob, "animator", by=alice)
    actions.withdraw_role(first, by=admin)
    assert not is_animator(alice, network)


@pytest.mark.django_db(transaction=True)
def test_two_animators_who_withdraw_each_other(network: Any, alice: Any, bob: Any, at_once: Any) -> None:
    mine = RoleGrant.objects.get(person=alice).pk
    his = actions.grant_role(network, bob, "animator", by=alice).pk

    def withdraw(grant: int, by: Any) -> Any:
        return actions.withdraw_role(RoleGrant.objects.get(pk=grant), by=by)

    at_once(lambda: withdraw(his, alice), lambda: withdraw(mine, bob))
    assert RoleGrant.objects.held().filter(network=network, role="animator").count() == 1


def test_an_invitation_opens_for_a_while(network: Any, alice: Any, said: Any) -> None:
    invitation = actions.create_invitation(network, by=alice, days=10_000)
    assert invitation.expires_at == clock.now() + 365 * DAY
    actions.withdraw_invitation(invitation, by=alice)
    actions.withdraw_invitation(invitation, by=alice)
    assert len(said("invitation.withdrawn")) == 1


# -- joining


def test_joining_signs_the_charter_and_is_said_once(network: Any, make_person: Any, said: Any) -> None:
    zoe = make_person("Zoé")
    actions.leave_interest(network, zoe, words="Quand ?")
    membership = actions.join_network(network, zoe, by=zoe, charter_version=1)
    assert actions.join_network(network, zoe, by=zoe) == membership
    assert (membership.state, membership.joined_at) == ("member", clock.now())
    signature = Signature.objects.get()
    assert (signature.charter.version, signature.signed_at, signature.on_behalf_by) == (1, clock.now(), None)
    assert [fact.data["name"] for fact in said("membership.joined")] == [zoe.display_name]
    assert not Interest.objects.exists()


def test_joining_on_behalf_is_written_as_such(network: Any, alice: Any, make_person: Any, said: Any) -> None:
    membership = actions.join_network(network, make_person("Zoé"), by=alice)
    assert membership.signatures.get().on_behalf_by == alice
    assert said("membership.joined")[-1].by == alice


@pytest.mark.parametrize("reciprocity", ["strict", "open"])
def test_a_grace_period_is_for_strict_networks(
    admin: Any, make_person: Any, join: Any, reciprocity: str
) -> None:
    network = actions.create_network("N", by=admin, reciprocity=reciprocity, grace_days=30)
    expected = clock.now() + 30 * DAY if reciprocity == "strict" else None
    assert join(make_person(), network).grace_until == expected


def test_who_is_not_eligible_is_told_and_may_leave_an_interest(
    network: Any, make_person: Any, said: Any
) -> None:
    network.openings.update(sites=["Brest"])
    zoe = make_person("Zoé", site="Nantes")
    with pytest.raises(ValidationError, match="pas encore ouvert. Vous pouvez laisser votre intérêt"):
        actions.join_network(network, zoe, by=zoe)
    first = actions.leave_interest(network, zoe, words="Bonjour")
    assert actions.leave_interest(network, zoe, words="x" * 2000) == first
    assert len(Interest.objects.get().words) == 1000
    assert len(said("network.interest_left")) == 1


def test_a_charter_changed_on_the_way_is_read_again(
    network: Any, alice: Any, bob: Any, make_person: Any, said: Any
) -> None:
    actions.publish_charter(network, by=alice, text_fr="Neuve")
    zoe = make_person("Zoé")
    with pytest.raises(ValidationError, match="charte vient de changer"):
        actions.join_network(network, zoe, by=zoe, charter_version=1)
    membership = Membership.objects.get(person=bob)
    with pytest.raises(ValidationError, match="charte vient de changer"):
        actions.sign_charter(membership, by=bob, version=1)
    first = actions.sign_charter(membership, by=bob, version=2)
    assert actions.sign_charter(membership, by=bob, version=2) == first
    assert [fact.data["version"] for fact in said("charter.signed")] == [2]
    assert not needs_signature(membership)


def test_an_invitation_is_needed_where_so_set(network: Any, alice: Any, make_person: Any) -> None:
    actions.change_settings(network, by=alice, admission="invitation")
    zoe, yves, xena = make_person("Zoé"), make_person("Yves"), make_person("Xena")
    invitation = actions.create_invitation(network, by=alice, days=7)
    with pytest.raises(ValidationError, match="lien d’invitation"):
        actions.join_network(network, zoe, by=zoe, invitation="autre")
    assert actions.join_network(network, zoe, by=zoe, invitation=invitation.secret).state == "member"
    with clock.at(clock.now() + 8 * DAY), pytest.raises(ValidationError, match="lien d’invitation"):
        actions.join_network(network, yves, by=yves, invitation=invitation.secret)
    actions.withdraw_invitation(invitation, by=alice)
    with pytest.raises(ValidationError, match="lien d’invitation"):
        actions.join_network(network, yves, by=yves, invitation=invitation.secret)
    assert actions.join_network(network, xena, by=alice).state == "member"


def test_an_approval_is_asked_once_and_answered_once(
    network: Any, alice: Any, make_person: Any, said: Any
) -> None:
    actions.change_settings(network, by=alice, admission="approval")
    zoe = make_person("Zoé")
    membership = actions.join_network(network, zoe, by=zoe, application="Bonjour")
    again = actions.join_network(network, zoe, by=zoe, application="Bonjour encore")
    assert (again, again.state, again.application) == (membership, "applied", "Bonjour encore")
    assert not is_member(zoe, network)
    assert len(said("membership.applied")) == 1
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        actions.answer_application(membership, by=alice, accept=False, reason=" ")
    late = Membership.objects.select_related("network", "person").get(pk=membership.pk)
    actions.answer_application(membership, by=alice, accept=True)
    assert is_member(zoe, network)
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.answer_application(late, by=alice, accept=False, reason="Complet")


def test_a_refused_person_reads_why_and_may_ask_again(
    network: Any, alice: Any, make_person: Any, said: Any
) -> None:
    actions.change_settings(network, by=alice, admission="approval")
    zoe = make_person("Zoé")
    actions.answer_application(
        actions.join_network(network, zoe, by=zoe), by=alice, accept=False, reason=" Après\x00 l’été "
    )
    assert said("membership.refused")[0].data["reason"] == "Après l’été"
    assert actions.join_network(network, zoe, by=zoe).state == "applied"


def test_who_left_the_organisation_joins_nothing(network: Any, alice: Any, make_person: Any) -> None:
    zoe = make_person("Zoé")
    leave_organisation(zoe, by=None)
    with pytest.raises(ValidationError, match="a quitté l’organisation"):
        actions.join_network(network, zoe, by=alice)


@pytest.mark.django_db(transaction=True)
def test_joining_twice_at_the_same_instant(network: Any, make_person: Any, at_once: Any, said: Any) -> None:
    zoe = make_person("Zoé")
    first, second = at_once(*[lambda: actions.join_network(network, zoe, by=zoe) for _ in range(2)])
    assert first == second == Membership.objects.get(person=zoe)
    assert Signature.objects.count() == 1
    assert len(said("membership.joined")) == 1


def test_an_import_enrols_whom_it_brings_once(strict_network: Any, make_person: Any, join: Any) -> None:
    known, new, plain = make_person(), make_person(), make_person()
    join(known, strict_network)
    people = {known.pk: (9, 9), new.pk: (0, 5), plain.pk: (None, None)}
    assert actions.enrol_in_bulk(strict_network, people, by=None) == 2
    assert actions.enrol_in_bulk(strict_network, people, by=None) == 0
    rows = {row.person_id: row for row in Membership.objects.all()}
    assert (rows[new.pk].give_capacity, rows[new.pk].receive_capacity) == (0, 5)
    assert rows[plain.pk].give_capacity == rows[known.pk].give_capacity == DEFAULT_GIVE
    assert rows[new.pk].grace_until == clock.now() + 60 * DAY
    assert needs_signature(rows[new.pk])
    assert actions.set_reciprocal_in_bulk(strict_network, {new.pk, plain.pk}) == 2
    assert actions.set_reciprocal_in_bulk(strict_network, {new.pk, plain.pk}) == 0


# -- being a member


def test_losing_the_last_offer_leaves_time_to_publish_another(
    strict_network: Any, make_person: Any, join: Any, said: Any
) -> None:
    net, zoe = strict_network, make_person("Zoé")
    membership = join(zoe, net)
    actions.set_active(zoe, net, reciprocal=True)
    actions.set_active(zoe, net, reciprocal=True)
    assert len(said("membership.activated")) == 1
    with clock.at(clock.now() + 100 * DAY):
        actions.set_active(zoe, net, reciprocal=False)
        membership.refresh_from_db()
        assert (membership.reciprocal, membership.reciprocal_since) == (False, None)
        assert membership.grace_until == clock.now() + 60 * DAY
        assert membership.is_active(net, clock.now())
    assert len(said("membership.deactivated")) == 1


def test_a_waiver_is_signed_and_has_a_reason(
    strict_network: Any, admin: Any, make_person: Any, join: Any, said: Any
) -> None:
    membership = join(make_person("Zoé"), strict_network)
    late = clock.now() + 100 * DAY
    assert not membership.is_active(strict_network, late)
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        actions.waive_reciprocity(membership, by=admin, reason=" ")
    actions.waive_reciprocity(membership, by=admin, reason=" Saison\x00 ")
    assert membership.is_active(strict_network, late)
    membership.refresh_from_db()
    assert (membership.waived_by, membership.waiver_reason) == (admin, "Saison")
    assert said("membership.waived")[0].data["reason"] == "Saison"


@pytest.mark.parametrize(
    ("give", "receive", "fine"), [(0, 0, True), (20, 20, True), (21, 1, False), (1, -1, False)]
)
def test_capacities_have_bounds(bob: Any, give: int, receive: int, fine: bool, said: Any) -> None:
    membership = Membership.objects.select_related("network", "person").get(person=bob)
    if fine:
        actions.change_capacity(membership, by=bob, give=give, receive=receive)
        assert said("membership.capacity_changed")[0].data == {"give": give, "receive": receive}
    else:
        with pytest.raises(ValidationError, match="entre 0 et 20"):
            actions.change_capacity(membership, by=bob, give=give, receive=receive)


def test_a_pause_has_an_end_and_can_be_ended(network: Any, bob: Any) -> None:
    membership = Membership.objects.select_related("network", "person").get(person=bob)
    with pytest.raises(ValidationError, match="à venir"):
        actions.pause_membership(membership, by=bob, until=clock.now())
    actions.pause_membership(membership, by=bob, until=clock.now() + 7 * DAY)
    available = Membership.objects.filter(network=network).available
    assert membership.is_paused(clock.now())
    assert not available(clock.now()).exists()
    with clock.at(clock.now() + 7 * DAY):
        assert not membership.is_paused(clock.now())
        assert available(clock.now()).get() == membership
    actions.resume_membership(membership, by=bob)
    assert available(clock.now()).get() == membership


def test_leaving_ends_the_membership_and_its_roles(
    network: Any, chloe: Any, join: Any, make_person: Any, said: Any
) -> None:
    membership = Membership.objects.select_related("network", "person").get(person=chloe)
    actions.leave_network(membership, by=chloe)
    assert not is_member(chloe, network)
    assert mediators_of(network) == []
    assert [fact.data["role"] for fact in said("role.withdrawn")] == ["mediator"]
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.leave_network(membership, by=chloe)
    assert len(said("membership.left")) == 1
    again = join(chloe, network)
    assert (again, again.state, again.left_at) == (membership, "member", None)


def test_the_last_animator_who_leaves_still_animates(network: Any, alice: Any, bob: Any, join: Any) -> None:
    actions.leave_network(Membership.objects.get(person=alice), by=alice)
    assert is_animator(alice, network)
    actions.grant_role(network, bob, "animator", by=alice)
    join(alice, network)
    actions.leave_network(Membership.objects.get(person=alice), by=alice)
    assert not is_animator(alice, network)


def test_leaving_the_organisation_leaves_every_network(
    network: Any, other_network: Any, bob: Any, join: Any, run_reactions: Any
) -> None:
    join(bob, other_network, "mediator")
    leave_organisation(bob, by=None)
    run_reactions()
    assert {row.state for row in Membership.objects.filter(person=bob)} == {"left"}
    assert not RoleGrant.objects.filter(person=bob, withdrawn_at=None).exists()


@pytest.mark.needs_shared
def test_every_text_of_a_network_takes_any_text(
    network: Any, alice: Any, make_person: Any, naughty: Any
) -> None:
    zoe, mine = make_person("Zoé"), Membership.objects.select_related("network", "person").get(person=alice)
    for text in naughty:
        expected = clean(text).strip()
        assert actions.leave_interest(network, zoe, words=text).words == expected[:1000]
        if not expected:
            continue
        name = clean(text[:120]).strip() or "N"
        actions.change_settings(network, by=alice, name_fr=name, summary_fr=text, summary_en=text)
        network.refresh_from_db()
        assert (network.name_fr, network.summary_fr, network.summary_en) == (name, expected, expected)
        assert actions.publish_charter(network, by=alice, text_fr=text).text_fr == expected
        actions.waive_reciprocity(mine, by=alice, reason=text)
        mine.refresh_from_db()
        assert mine.waiver_reason == expected
