"""What pages show of networks, in as many queries for few as for many."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.kit import clock
from reciproque.networks import queries as shown
from reciproque.networks.actions import (
    add_opening,
    create_invitation,
    create_network,
    grant_role,
    leave_interest,
    leave_network,
    pause_membership,
    publish_charter,
    waive_reciprocity,
)
from reciproque.networks.models import Membership
from reciproque.people.actions import leave_organisation
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)

LISTS: dict[str, tuple[Any, int]] = {
    "network_directory": (lambda net, bob: [row.member_count for row in shown.network_directory(bob)], 1),
    "directory_for": (
        lambda net, bob: [(row.members, row.eligible, row.membership) for row in shown.directory_for(bob)],
        3,
    ),
    "networks_of": (lambda net, bob: shown.networks_of(bob), 1),
    "memberships_of": (lambda net, bob: [row.network.name for row in shown.memberships_of(bob)], 1),
    "members_page": (
        lambda net, bob: [row.person.unit.path for row in shown.members_page(net, words="zoé")[0]],
        2,
    ),
    "colleagues_page": (
        lambda net, bob: [row.person.site.name for row in shown.colleagues_page(net, words="zoé")[0]],
        2,
    ),
    "find_members": (
        lambda net, bob: [row.person.unit.path for row in shown.find_members(net, bob, "zoé", 50)],
        1,
    ),
    "people_with_role": (
        lambda net, bob: [person.display_name for person in shown.people_with_role(net, "sponsor")],
        1,
    ),
    "roles_table": (lambda net, bob: [row.person.display_name for row in shown.roles_table(net)], 1),
    "invitations_of": (lambda net, bob: shown.invitations_of(net, clock.now()), 1),
    "interests_in": (lambda net, bob: [row.person.unit.path for row in shown.interests_in(net)], 1),
    "openings_of": (lambda net, bob: shown.openings_of(net), 1),
    "charter_versions": (lambda net, bob: [row.signed for row in shown.charter_versions(net)], 1),
    "member_counts": (lambda net, bob: shown.member_counts(net), 1),
    "standing": (lambda net, bob: shown.standing(bob, net), 5),
    "count_admitted": (
        lambda net, bob: shown.count_admitted({"units": ["Réseau"], "functions": ["FACTRICE"]}),
        1,
    ),
}


def test_lists_cost_the_same_for_3_and_for_30(
    network: Any, admin: Any, alice: Any, bob: Any, make_person: Any, join: Any, queries: Any
) -> None:
    done = 0
    for total in (3, 30):
        for n in range(done, total):
            zoe = make_person(
                "Zoé",
                f"Durand {n}",
                unit=f"Réseau > Ouest {n % 3}",
                site=f"Site {n % 3}",
                function="Factrice",
            )
            join(zoe, network, "sponsor")
            leave_interest(network, make_person("Yves", unit="Siège"))
            create_invitation(network, by=alice)
            add_opening(network, f"Cercle {n}", by=alice, opens_on=clock.now().date() + n * DAY)
            publish_charter(network, by=alice, text_fr=f"Version {n + 2}")
            join(bob, create_network(f"Réseau {n}", by=admin))
        done = total
        reader = Person.objects.select_related("unit", "site").get(pk=bob.pk)
        for name, (query, literal) in LISTS.items():
            with queries() as seen:
                assert query(network, reader), name
            assert len(seen) == literal, f"{name} for {total}: {[row['sql'] for row in seen]}"


def test_counts_say_what_each_filter_keeps(
    strict_network: Any, admin: Any, make_person: Any, join: Any
) -> None:
    net = strict_network
    late = clock.now() + 100 * DAY
    with clock.at(late - 90 * DAY):
        idle, waived, paused, gone = (
            join(make_person(name), net) for name in ("Ida", "Waïda", "Paule", "Gus")
        )
        waive_reciprocity(waived, by=admin, reason="Saison")
        asking = join(make_person("Anna"), net)
    Membership.objects.filter(pk=asking.pk).update(state="applied", joined_at=None)
    with clock.at(late):
        fresh = join(make_person("Fred"), net)
        pause_membership(paused, by=admin, until=late + DAY)
        leave_network(gone, by=gone.person)
        assert shown.member_counts(net) == {"member": 4, "applied": 1, "inactive": 2, "paused": 1}
        for state, expected in {
            "": {idle, waived, paused, fresh, asking},
            "applied": {asking},
            "inactive": {idle, paused},
            "paused": {paused},
        }.items():
            rows, total = shown.members_page(net, state=state)
            assert (set(rows), total) == (expected, len(expected)), state


def test_networks_are_listed_by_name(admin: Any, bob: Any) -> None:
    for name in ("Zébulon", "Abeille"):
        create_network(name, by=admin)
    names = ["Abeille", "Savoirs du courrier", "Zébulon"]
    assert [row.network.name for row in shown.directory_for(bob)] == names
    assert [network.name for network in shown.network_directory(bob)] == names


def test_a_page_of_members_follows_the_other(network: Any, make_person: Any, join: Any) -> None:
    for n in range(5):
        join(make_person("Zoé", f"D{n}"), network)
    pages = [shown.colleagues_page(network, page=page, size=2) for page in (1, 2, 3, 4)]
    assert [total for _rows, total in pages] == [5, 5, 5, 5]
    assert [row.person.last_name for rows, _total in pages for row in rows] == ["D0", "D1", "D2", "D3", "D4"]


def test_words_are_all_needed(network: Any, bob: Any, chloe: Any) -> None:
    assert [row.person for row in shown.colleagues_page(network, words="chloé RENNES")[0]] == [chloe]
    assert shown.colleagues_page(network, words="chloé nantes") == ([], 0)
    assert shown.members_page(network, words="\x00")[1] == 2
    for page in (shown.colleagues_page, shown.members_page):
        assert [row.person for row in page(network, words="CHLOE le gof")[0]] == [chloe]
        assert page(network, words="chloe le gof", page=2, size=1) == ([], 1)
    assert [row.person for row in shown.members_named(network, "chole")] == [chloe]
    assert shown.members_named(network, " ") == []
    assert [row.person for row in shown.find_members(network, bob, "le goff")] == [chloe]


def test_people_who_left_the_organisation_are_not_counted(network: Any, bob: Any, chloe: Any) -> None:
    leave_organisation(chloe, by=None)
    assert shown.count_members(network) == 1
    assert shown.colleagues_page(network)[1] == 1
    assert shown.mediators_of(network) == []
    assert shown.membership_of(chloe, network) is None
    assert shown.directory_for(bob)[0].members == 1


def test_standing_says_when_one_s_turn_comes(network: Any, alice: Any, make_person: Any) -> None:
    network.openings.all().delete()
    zoe = make_person("Zoé", site="Brest")
    for days, site in ((1, "Nantes"), (7, "Brest")):
        add_opening(network, site, by=alice, opens_on=clock.now().date() + days * DAY, sites=[site])
    leave_interest(network, zoe)
    now = shown.standing(zoe, network)
    assert (now.eligible, now.openings, now.membership, now.signed, now.interested) == (
        False,
        [],
        None,
        False,
        True,
    )
    assert now.next_opening is not None
    assert now.next_opening.name == "Brest"
    with clock.at(clock.now() + 7 * DAY):
        assert shown.standing(zoe, network).eligible


def test_a_changed_charter_is_to_be_signed_again(network: Any, alice: Any, bob: Any) -> None:
    membership = Membership.objects.get(person=bob)
    assert not shown.needs_signature(membership)
    publish_charter(network, by=alice, text_fr="Neuve")
    assert shown.needs_signature(membership)
    assert [(row.version, row.signed) for row in shown.charter_versions(network)] == [(2, 0), (1, 2)]


@pytest.mark.parametrize(
    ("criteria", "count"),
    [
        ({}, 3),
        ({"functions": ["factrice"]}, 1),
        ({"units": ["Réseau > Ouest"]}, 1),
        ({"units": ["Réseau > O"]}, 0),
        ({"levels": ["cadre"]}, 1),
    ],
)
def test_counting_a_ring_reads_like_eligibility(make_person: Any, criteria: Any, count: int) -> None:
    make_person(unit="Réseau > Ouest > Nantes", function="Factrice")
    make_person(level="cadre", unit="Siège")
    make_person()
    leave_organisation(make_person(level="cadre"), by=None)
    assert shown.count_admitted(criteria) == count


def test_a_role_without_membership_counts_among_one_s_networks(
    network: Any, other_network: Any, fatou: Any
) -> None:
    assert shown.networks_of(fatou) == [other_network]
    grant_role(network, fatou, "mediator", by=None)
    assert shown.networks_of(fatou) == [other_network, network]
