"""What each one sees of one person's skills, as a table: those they chose, never those who manage them.

Run with `-s` to read the tables. The first is what the product gives to any page; the second is what the pages, all of
them, say to those who may see nothing.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue.models import Topic
from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.kit.text import fold
from reciproque.networks.actions import create_network, grant_role, leave_network
from reciproque.networks.models import Membership
from reciproque.recognition import actions, queries
from reciproque.recognition.access import can_settle_contest, get_certification, get_contest, get_skill
from reciproque.recognition.models import Evidence, Skill
from tests.house.test_urls import NAMES, PARAMETERS
from tests.house.world import build

pytestmark = pytest.mark.django_db
SAVOIR = "Régler une trieuse récalcitrante"
COLUMNS = ["me", "met", "network", "put away", "nothing kept"]

# Who looks → what they see for each choice of Bob's. Nobody is told who confirmed but Bob.
#   "-": nothing, not even that it exists · "skill": that it is there, and what shows it
#   "certified": and that the community certifies it, from how many people and units · "+ names": and who confirmed
EXPECTED = {
    "Bob, whose skill it is": ["certified + names"] * 3 + ["put away", "-"],
    "his manager": ["-"] * 5,
    "her manager, who animates, administers, holds HR and met Bob": ["-"] * 5,
    "a colleague who met him": ["-", "certified", "certified", "-", "-"],
    "a colleague who confirmed": ["-", "certified", "certified", "-", "-"],
    "a colleague who never met him": ["-", "-", "certified", "-", "-"],
    "the animator": ["-", "-", "certified", "-", "-"],
    "HR, a member": ["-"] * 5,
    "HR, a member who met him": ["-"] * 5,
    "HR of another network, a member here": ["-"] * 5,
    "the sponsor, a member": ["-"] * 5,
    "the administrator, not a member": ["-"] * 5,
    "a stranger, of another network": ["-"] * 5,
    "a colleague who left the network, and never met him": ["-"] * 5,
    "a colleague who left the network, and met him": ["-", "skill", "-", "-", "-"],
}


@pytest.fixture
def cast(
    network: Any,
    admin: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    emile: Any,
    fatou: Any,
    make_person: Callable[..., Any],
    join: Callable[..., Any],
) -> dict[str, Any]:
    """Bob, the people around him, and one skill of his that two of them confirmed."""
    network.systems = ["exchanges", "community"]
    network.save()
    make = {
        name: make_person(name, name)
        for name in ("Manuela", "Prudence", "Gina", "Hugo", "Louis", "Maëlle", "Henriette", "Hector")
    }
    for name, person in make.items():
        join(person, network, *{"Prudence": ("animator", "hr"), "Henriette": ("hr",)}.get(name, ()))
    # A role held elsewhere is still the same person reading.
    elsewhere = create_network(
        "Ailleurs", by=admin, name_en="Elsewhere", slug="ailleurs-rh", animators=[admin]
    )
    grant_role(elsewhere, make["Hector"], "hr", by=admin)
    make["Prudence"].is_superuser = make["Prudence"].is_staff = True
    make["Prudence"].save()
    bob.manager, make["Manuela"].manager = make["Manuela"], make["Prudence"]
    bob.save()
    make["Manuela"].save()
    actions.set_rule(network, by=admin, confirmations=2, units=1, months=12)
    for learner in (chloe, make["Hugo"], make["Prudence"], make["Maëlle"], make["Henriette"]):
        exchange = declare_exchange(
            network, requester=learner, offerer=bob, by=None, title=SAVOIR, held_on=clock.now().date()
        )
        confirm_exchange(exchange, by=learner)
    topic = Topic.objects.create(name=SAVOIR, folded=fold(SAVOIR))
    for exchange in _exchanges_of(bob):
        actions.note_exchange(exchange)
    for learner in (chloe, make["Hugo"]):
        source = next(ex for ex in _exchanges_of(bob) if ex.people.filter(person=learner).exists())
        actions.confirm_skill(
            bob, topic, by=learner, source=("exchange", source.public_id), words="Il explique bien."
        )
    for name in ("Louis", "Maëlle"):
        leave_network(Membership.objects.get(person=make[name], network=network), by=make[name])
    return {
        "Bob, whose skill it is": bob,
        "his manager": make["Manuela"],
        "her manager, who animates, administers, holds HR and met Bob": make["Prudence"],
        "a colleague who met him": chloe,
        "a colleague who confirmed": make["Hugo"],
        "a colleague who never met him": make["Gina"],
        "the animator": alice,
        "HR, a member": dora,
        "HR, a member who met him": make["Henriette"],
        "HR of another network, a member here": make["Hector"],
        "the sponsor, a member": emile,
        "the administrator, not a member": admin,
        "a stranger, of another network": fatou,
        "a colleague who left the network, and never met him": make["Louis"],
        "a colleague who left the network, and met him": make["Maëlle"],
    }


def _exchanges_of(person: Any) -> list[Any]:
    from reciproque.exchanges.models import Exchange

    return list(Exchange.objects.filter(people__person=person).select_related("network"))


def choose(bob: Any, skill: Skill, column: str) -> None:
    """Have Bob make the choice of one column."""
    if column == "put away":
        actions.put_away(skill, by=bob)
    elif column == "nothing kept":
        actions.bring_back(skill, by=bob)
        actions.stop_keeping(by=bob)
    else:
        actions.choose_audience(bob, column, by=bob)


def sees(viewer: Any, skill: Skill, network: Any) -> str:
    """Say what someone sees of a skill, by every door through which a page may reach it: all must agree."""
    listed = {
        seen.skill.pk
        for seen in [
            *queries.skills_of(skill.person, viewer, network),
            *(queries.my_skills(viewer) + queries.my_skills(viewer, put_away=True)),
        ]
    }
    listed |= set(Skill.objects.visible_to(viewer).values_list("pk", flat=True))
    held = {holder.skill.pk for holder in queries.holders_of(skill.topic, network, viewer)}
    try:
        row = get_skill(viewer, skill.public_id)
    except NotThere:
        assert not listed
        assert not held
        return "-"
    page = queries.skill_page(row, viewer)
    assert listed == {skill.pk}
    # A reader opens only what they could read without this; everybody shown a skill is shown what shows it.
    assert page.evidence or row.put_away_at
    opened = [piece for piece in page.evidence if piece.opens]
    assert all(bool(piece.source_id) == piece.opens == bool(piece.words) for piece in page.evidence)
    part = {exchange.public_id for exchange in _exchanges_of(viewer)}
    assert {piece.source_id for piece in opened} <= part
    own = viewer.pk == skill.person_id
    assert own or not page.confirmed_by
    for stand in page.standings:
        if not own:
            assert stand.certification is not None
            assert get_certification(viewer, stand.certification.public_id)
    certified = any(stand.certification for stand in page.standings)
    said = "put away" if row.put_away_at else "certified" if certified else "skill"
    return said + (" + names" if page.confirmed_by and not row.put_away_at else "")


def table(rows: dict[str, list[str]], columns: list[str]) -> str:
    """Return a table to be read."""
    width = max(len(name) for name in rows)
    wide = [max(len(column), *(len(cells[n]) for cells in rows.values())) for n, column in enumerate(columns)]
    lines = [" | ".join(["".ljust(width), *(c.ljust(w) for c, w in zip(columns, wide, strict=True))])]
    lines += [
        " | ".join([name.ljust(width), *(c.ljust(w) for c, w in zip(cells, wide, strict=True))])
        for name, cells in rows.items()
    ]
    return "\n" + "\n".join(lines)


def test_who_sees_what_of_one_persons_skills(network: Any, cast: dict[str, Any]) -> None:
    bob = cast["Bob, whose skill it is"]
    skill = Skill.objects.select_related("person", "topic").get(person=bob)
    rows: dict[str, list[str]] = {name: [] for name in cast}
    for column in COLUMNS:
        choose(bob, skill, column)
        for name, viewer in cast.items():
            rows[name].append(sees(viewer, skill, network))
    sys.stdout.write(table(rows, COLUMNS) + "\n")
    assert rows == EXPECTED


def test_one_skill_shown_wider_shows_no_other(network: Any, cast: dict[str, Any]) -> None:
    bob, gina = cast["Bob, whose skill it is"], cast["a colleague who never met him"]
    shown = Skill.objects.get(person=bob)
    hidden = Skill.objects.create(person=bob, topic=Topic.objects.create(name="Autre", folded="autre"))
    Evidence.objects.create(
        skill=hidden,
        network=network,
        kind="offered",
        source_kind="post",
        source_id="x",
        on=dt.date(2026, 1, 1),
    )
    actions.choose_audience(bob, "network", by=bob, skill=shown)
    assert list(Skill.objects.visible_to(gina)) == [shown]
    actions.choose_audience(bob, "network", by=bob)
    actions.choose_audience(bob, "me", by=bob, skill=shown)
    assert list(Skill.objects.visible_to(gina)) == [hidden]
    # What showed it was taken back: nothing is left to be shown.
    Evidence.objects.filter(skill=hidden).update(withdrawn_at=clock.now())
    assert not Skill.objects.visible_to(gina).exists()


@pytest.mark.parametrize("levels", [1, 2, 7, 25])
def test_no_manager_however_far_above(cast: dict[str, Any], make_person: Any, join: Any, levels: int) -> None:
    bob, gina = cast["Bob, whose skill it is"], cast["a colleague who never met him"]
    actions.choose_audience(bob, "network", by=bob)
    assert Skill.objects.visible_to(gina).exists()
    below = bob
    for _n in range(levels - 1):
        below.manager = make_person()
        below.save()
        below = below.manager
    below.manager = gina
    below.save()
    assert not Skill.objects.visible_to(gina).exists()
    # A directory that goes round in circles hides it from all in it, and stops nothing.
    gina.manager = bob
    gina.save()
    assert Skill.objects.visible_to(bob).count() == 1
    assert not Skill.objects.visible_to(gina).exists()


# -- contests --------------------------------------------------------------------------------------------------

CONTEST = {
    "Bob, whose skill it is": "reads",
    "his manager": "-",
    "her manager, who animates, administers, holds HR and met Bob": "-",
    "a colleague who met him": "-",  # he confirmed: whoever vouched does not judge
    "a colleague who confirmed": "-",
    "a colleague who never met him": "contested",
    "the animator": "settles",
    "HR, a member": "-",
    "HR, a member who met him": "-",
    "HR of another network, a member here": "-",
    "the sponsor, a member": "-",
    "the administrator, not a member": "settles",
    "a stranger, of another network": "-",
    "a colleague who left the network, and never met him": "-",
    "a colleague who left the network, and met him": "-",
}


def test_who_reads_and_settles_a_contest(network: Any, cast: dict[str, Any], said: Any) -> None:
    bob, gina = cast["Bob, whose skill it is"], cast["a colleague who never met him"]
    actions.choose_audience(bob, "network", by=bob)
    skill = Skill.objects.get(person=bob)
    certification = skill.certifications.select_related("skill__person", "skill__topic", "network").get()
    doubt = actions.contest(certification, by=gina, words="Il a changé de métier.")
    found = {}
    for name, viewer in cast.items():
        try:
            row = get_contest(viewer, doubt.public_id)
        except NotThere:
            assert not queries.contests_in(network, viewer)
            found[name] = "-"
            continue
        settles = can_settle_contest(viewer, row)
        assert bool(queries.contests_in(network, viewer)) == settles
        found[name] = "settles" if settles else "contested" if row.by_id == viewer.pk else "reads"
    sys.stdout.write(table({name: [cell] for name, cell in found.items()}, ["contest"]) + "\n")
    assert found == CONTEST
    # Bob is told that it is doubted, by a fact that names nobody.
    (fact,) = said("certification.contested")
    assert fact.by is None
    assert gina.display_name not in str(fact.data)
    assert list(fact.concerns.values_list("person", flat=True)) == [bob.pk]


# -- the pages --------------------------------------------------------------------------------------------------


def test_the_pages_of_a_skill_agree_with_the_table(
    network: Any, cast: dict[str, Any], client_of: Any
) -> None:
    """The skill's own page and the person's page say what the table says; without a name, who confirmed is nowhere."""
    bob = cast["Bob, whose skill it is"]
    skill = Skill.objects.get(person=bob)
    found: dict[str, list[str]] = {name: [] for name in cast}
    for n, column in enumerate(COLUMNS[:4]):
        choose(bob, skill, column)
        for name, viewer in cast.items():
            client = client_of(viewer)
            answer = client.get(reverse("recognition:skill", args=[skill.public_id]))
            shown = answer.status_code == 200 and SAVOIR in answer.content.decode()
            assert answer.status_code == (404 if EXPECTED[name][n] == "-" else 200), (name, column)
            assert shown == (EXPECTED[name][n] != "-"), (name, column)
            if shown and viewer.pk != bob.pk:
                text = answer.content.decode()
                assert "Il explique bien." not in text, name
                others = {"Hugo", "Chloé"} - {viewer.first_name}
                assert not [other for other in others if other in text], name
            person = client.get(reverse("people:person", args=[network.slug, bob.public_id]))
            listed = person.status_code == 200 and SAVOIR in person.content.decode()
            if viewer.pk != bob.pk and "left" not in name:
                assert listed == (EXPECTED[name][n] not in ("-", "put away")), (name, column)
            found[name].append(f"{answer.status_code}{' + person' if listed else ''}")
    sys.stdout.write(table(found, COLUMNS[:4]) + "\n")


def test_no_page_of_the_site_tells_what_she_kept_for_herself(
    network: Any,
    admin: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_person: Any,
    make_post: Any,
    join: Any,
    run_reactions: Any,
    client_of: Any,
    settings: Any,
) -> None:
    """Walk every address as those who run the network, and her manager: no page holds her name and her skill together.

    But the pages of a badge, whose address she alone may hand over, and, for who may answer it (the animator, the
    administrator, never her manager), those of a certification that is contested.
    """
    settings.DEMO = True
    world = build(network, alice, bob, chloe, dora, make_post, run_reactions)
    manager = make_person("Manuela", "Lenoir")
    join(manager, network, "animator")
    chloe.manager = manager
    chloe.save()
    hr = make_person("Henri", "Ressource")
    join(hr, network, "hr")
    skill = Skill.objects.select_related("topic").get(public_id=world.kwargs["*"]["skill_id"])
    assert skill.person_id == chloe.pk
    readers = {"the animator": alice, "the administrator": admin, "HR": hr, "her manager": manager}
    for who, viewer in readers.items():
        client = client_of(viewer)
        contested = {"recognition:desk", "recognition:contest"} if viewer in (alice, admin) else set()
        walked = 0
        for name in NAMES:
            if name in ("account:sign_out", "demo:enter", "set_language") or "badge_id" in PARAMETERS[name]:
                continue
            answer = client.get(reverse(name, kwargs=world.arguments(name, PARAMETERS[name])))
            if answer.streaming:
                list(answer.streaming_content)
                continue
            text = answer.content.decode(errors="replace")
            walked += 1
            both = skill.topic.name in text and chloe.first_name in text
            assert not both or name in contested, f"{name} tells {who} of {skill.topic.name}"
            if "skill_id" in PARAMETERS[name] or "certification_id" in PARAMETERS[name]:
                assert answer.status_code in (404, 405), name
        assert walked > 200
