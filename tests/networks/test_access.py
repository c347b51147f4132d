"""The cast × the verbs of a network: who may, who may not, who meets nothing there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks import access, actions
from reciproque.networks.models import Membership, RoleGrant
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)
ANIMATION = {"admin", "alice"}
MEMBERS = {"alice", "bob", "chloe", "dora", "emile"}


@pytest.fixture
def things(network: Any, alice: Any, bob: Any, emile: Any, everyone: Any, make_person: Any, join: Any) -> Any:
    """What the verbs are about, read again at each use as a page would."""
    applicant = make_person("Zoé")
    pending = join(applicant, network)
    Membership.objects.filter(pk=pending.pk).update(state="applied", joined_at=None)

    class Things:
        invitation = actions.create_invitation(network, by=alice)
        newcomer = make_person("Yves")

        @property
        def bobs(self) -> Membership:
            return Membership.objects.get(person=bob)

        @property
        def pending(self) -> Membership:
            return Membership.objects.get(pk=pending.pk)

        @property
        def sponsor(self) -> RoleGrant:
            return RoleGrant.objects.get(person=emile)

    return Things()


# verb → (the gesture, who may); the others are refused with PermissionDenied.
Verb = tuple[Callable[[Any, Any, Any], Any], set[str]]
VERBS: dict[str, Verb] = {
    "create_network": (lambda net, by, its: actions.create_network("Neuf", by=by), {"admin"}),
    "change_settings": (
        lambda net, by, its: actions.change_settings(net, by=by, public_page=True),
        ANIMATION,
    ),
    "publish_charter": (lambda net, by, its: actions.publish_charter(net, by=by, text_fr="Neuve"), ANIMATION),
    "add_opening": (
        lambda net, by, its: actions.add_opening(net, "Tous", by=by, opens_on=clock.now().date()),
        ANIMATION,
    ),
    "create_invitation": (lambda net, by, its: actions.create_invitation(net, by=by), ANIMATION),
    "withdraw_invitation": (
        lambda net, by, its: actions.withdraw_invitation(its.invitation, by=by),
        ANIMATION,
    ),
    "grant_role": (lambda net, by, its: actions.grant_role(net, its.newcomer, "hr", by=by), ANIMATION),
    "withdraw_role": (lambda net, by, its: actions.withdraw_role(its.sponsor, by=by), ANIMATION),
    "join_for_another": (lambda net, by, its: actions.join_network(net, its.newcomer, by=by), ANIMATION),
    "answer_application": (
        lambda net, by, its: actions.answer_application(its.pending, by=by, accept=True),
        ANIMATION,
    ),
    "waive_reciprocity": (
        lambda net, by, its: actions.waive_reciprocity(its.bobs, by=by, reason="Saison"),
        ANIMATION,
    ),
    "sign_charter": (lambda net, by, its: actions.sign_charter(its.bobs, by=by, version=1), {"bob"}),
    "change_capacity": (
        lambda net, by, its: actions.change_capacity(its.bobs, by=by, give=1, receive=1),
        ANIMATION | {"bob"},
    ),
    "pause": (
        lambda net, by, its: actions.pause_membership(its.bobs, by=by, until=clock.now() + DAY),
        ANIMATION | {"bob"},
    ),
    "resume": (lambda net, by, its: actions.resume_membership(its.bobs, by=by), ANIMATION | {"bob"}),
    "leave": (lambda net, by, its: actions.leave_network(its.bobs, by=by), ANIMATION | {"bob"}),
}


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_change_what(verb: str, network: Any, everyone: Any, things: Any, verdict: Any) -> None:
    gesture, allowed = VERBS[verb]
    answers = {name: verdict(lambda: gesture(network, by, things)) for name, by in everyone.items()}  # noqa: B023
    assert answers == {name: "yes" if name in allowed else "no" for name in everyone}


# What is seen: the others meet NotThere.
SIGHTS: dict[str, Verb] = {
    "get_network": (lambda net, who, its: access.get_network(who, net.slug), ANIMATION | MEMBERS | {"fatou"}),
    "require_member": (lambda net, who, its: access.require_member(who, net.slug), MEMBERS),
    "require_animator": (lambda net, who, its: access.require_animator(who, net.slug), ANIMATION),
    "get_colleague": (
        lambda net, who, its: access.get_colleague(who, its.bobs.person.public_id, net),
        ANIMATION | MEMBERS,
    ),
    "get_accompanied": (
        lambda net, who, its: access.get_accompanied(who, its.pending.person.public_id, net),
        ANIMATION,
    ),
    "get_application": (
        lambda net, who, its: access.get_application(who, its.pending.public_id, net),
        ANIMATION,
    ),
    "get_invitation": (
        lambda net, who, its: access.get_invitation(who, its.invitation.secret),
        ANIMATION | MEMBERS | {"fatou"},
    ),
    "get_invitation_of": (
        lambda net, who, its: access.get_invitation_of(who, its.invitation.public_id, net),
        ANIMATION,
    ),
    "get_role": (lambda net, who, its: access.get_role(who, its.sponsor.public_id, net), ANIMATION),
}


@pytest.mark.parametrize("sight", SIGHTS)
def test_who_sees_what(sight: str, network: Any, everyone: Any, things: Any, verdict: Any) -> None:
    look, allowed = SIGHTS[sight]
    answers = {name: verdict(lambda: look(network, who, things)) for name, who in everyone.items()}  # noqa: B023
    assert answers == {name: "yes" if name in allowed else "not there" for name in everyone}


@pytest.mark.parametrize("sight", SIGHTS)
def test_who_left_the_organisation_sees_nothing(
    sight: str, network: Any, alice: Any, things: Any, verdict: Any
) -> None:
    leave_organisation(alice, by=None)
    assert verdict(lambda: SIGHTS[sight][0](network, alice, things)) == "not there"


def test_applicants_and_colleagues_of_elsewhere_are_not_members(
    network: Any, things: Any, bob: Any, fatou: Any
) -> None:
    assert not access.is_member(things.pending.person, network)
    with pytest.raises(NotThere):
        access.require_member(things.pending.person, network.slug)
    for hidden in (things.pending.person, fatou):
        with pytest.raises(NotThere):
            access.get_colleague(bob, hidden.public_id, network)


def test_roles_answer_for_one_network(network: Any, other_network: Any, alice: Any, chloe: Any) -> None:
    assert access.has_role(chloe, network, "mediator", "hr")
    assert not access.has_role(chloe, network, "hr")
    assert not access.is_animator(alice, other_network)
    assert not access.has_role(AnonymousUser(), network, "mediator")  # type: ignore[arg-type]
    assert not access.is_animator(AnonymousUser(), network)  # type: ignore[arg-type]


def test_a_public_page_is_a_choice(network: Any) -> None:
    with pytest.raises(NotThere):
        access.get_public_network(network.slug)
    network.public_page = True
    network.save()
    assert access.get_public_network(network.slug) == network


def test_eligibility_looks_at_the_openings_in_force(network: Any, alice: Any, make_person: Any) -> None:
    network.openings.all().delete()
    zoe = make_person("Zoé", site="Brest", function="Factrice")
    assert not access.is_eligible(zoe, network)
    tomorrow = clock.now().date() + DAY
    actions.add_opening(network, "Brest", by=alice, opens_on=tomorrow, sites=["Brest"])
    assert not access.is_eligible(zoe, network)
    with clock.at(clock.now() + DAY):
        assert access.is_eligible(zoe, network)
        assert not access.is_eligible(make_person("Paul", site="Nantes"), network)
