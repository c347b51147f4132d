"""Working groups: formed from a subject or a name, their mix in words, their facilitator, a word after each session."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.initiatives.actions.groups import (
    check_in,
    form_group,
    join_group,
    leave_group,
    leave_groups,
    name_group_facilitator,
    turn_group,
)
from reciproque.initiatives.actions.seats import sign_up
from reciproque.initiatives.actions.subjects import add_subject
from reciproque.initiatives.models import CheckIn, Frame, WallSubject, WorkGroup
from reciproque.initiatives.queries.groups import (
    facilitators_for,
    groups_of,
    members_of,
    mix_of,
    mixes_of,
    my_groups,
    sessions_of,
)
from reciproque.initiatives.rules import Bring, missing_words
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.networks.models import Training
from tests.initiatives.launch import day_of, frame_at_launch, helper_of


@pytest.fixture
def frame(network: Any, alice: Any) -> Frame:
    return frame_at_launch(network, alice)


@pytest.fixture
def group(frame: Frame, bob: Any) -> WorkGroup:
    return form_group(frame, by=bob, name="Répondre le jour même", brings=["field"])


def sentence(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(error.value.messages).replace("\u00a0", " ")


def names(group: WorkGroup) -> list[str]:
    return [row.person.first_name for row in members_of(group)]


def test_a_group_is_born_once_of_a_subject_and_invites_who_was_there(
    frame: Frame, alice: Any, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    day = day_of(frame, alice, opened=True)
    theme = frame.results.get(rank=1)
    subject = add_subject(day, by=bob, title="Répondre le jour même", theme=theme.public_id)
    for person in (chloe, dora):
        sign_up(subject, by=person)
    group = form_group(frame, by=chloe, subject=subject)
    assert (group.name, group.theme, group.state) == ("Répondre le jour même", theme, "forming")
    assert names(group) == ["Chloé"]  # the others are invited, and choose
    [fact] = said("work_group.made")
    assert set(fact.concerns.values_list("person", flat=True)) == {chloe.pk, dora.pk, bob.pk}
    with pytest.raises(ValidationError) as error:
        form_group(frame, by=bob, subject=WallSubject.objects.get(pk=subject.pk))
    assert "déjà né" in sentence(error)
    assert WorkGroup.objects.count() == 1


def test_a_group_is_not_born_of_a_day_that_did_not_take_place(frame: Frame, alice: Any, bob: Any) -> None:
    subject = add_subject(day_of(frame, alice), by=bob, title="Répondre le jour même")
    with pytest.raises(ValidationError):
        form_group(frame, by=bob, subject=subject)


def test_a_group_is_formed_by_anyone_of_the_network_once(frame: Frame, bob: Any, fatou: Any) -> None:
    key = new_id()
    assert form_group(frame, by=bob, name="Un groupe", key=key) == form_group(
        frame, by=bob, name="Un groupe", key=key
    )
    with pytest.raises(PermissionDenied):
        form_group(frame, by=fatou, name="Un groupe")
    for fields in (
        {"name": "x"},
        {"name": "Un groupe", "theme": "inconnu"},
        {"name": "Un groupe", "brings": ["or"]},
    ):
        with pytest.raises(ValidationError):
            form_group(frame, by=bob, **fields)  # type: ignore[arg-type]


def test_one_joins_says_what_one_brings_leaves_and_comes_back(
    group: WorkGroup, chloe: Any, fatou: Any, said: Any
) -> None:
    with pytest.raises(PermissionDenied):
        join_group(group, by=fatou)
    join_group(group, by=chloe, brings=["trade"])
    join_group(group, by=chloe, brings=["cross", "trade"])
    assert members_of(group)[1].brings == ["trade", "cross"]
    assert len(said("work_group.joined")) == 1
    leave_group(group, by=chloe)
    assert names(group) == ["Bob"]
    with pytest.raises(ValidationError):
        leave_group(group, by=chloe)
    join_group(group, by=chloe)
    assert names(group) == ["Bob", "Chloé"]


def test_the_gauge_says_what_is_missing_in_words(
    group: WorkGroup, make_person: Any, network: Any, join: Any, queries: Any
) -> None:
    mix = mix_of(group)
    assert not mix.mixed
    assert mix.missing == [
        "Personne ne dit connaître le métier dont parle le thème.",
        "Personne qui encadre une équipe n’en est encore.",
        "Personne d’une fonction transverse n’en est encore.",
    ]
    with_level = {"unit": "Opérations > Ouest > Nantes", "site": "Nantes", "level": "agent"}
    boss = make_person("Rose", **(with_level | {"level": "cadre"}))
    mate = make_person("Léo", manager=boss, **with_level)
    for person in (boss, mate):
        join(person, network)
        join_group(group, by=person, brings=["trade"] if person == mate else [])
    mix = mix_of(group)
    # Rose manages a team: the directory says so, she did not have to.
    assert {kind: n for kind, _name, n in mix.kinds} == {
        "trade": 1,
        "field": 1,
        "manager": 1,
        "cross": 0,
    }
    assert mix.mixed
    assert mix.with_manager
    assert [line.replace("\u00a0", " ") for line in mix.missing] == [
        "Personne d’une fonction transverse n’en est encore.",
        "Tout le monde vient du même site : Nantes.",
        "Tout le monde vient de la même direction : Opérations.",
    ]
    assert mix.levels == {"cadre": 1, "agent, employé": 1}
    with queries() as one:
        mixes_of([group])
    more = [form_group(group.frame, by=mate, name=f"Groupe {n}") for n in range(5)]
    with queries() as many:
        mixes_of([group, *more])
    assert len(one) == len(many) == 2


def test_an_empty_group_lacks_nothing_and_a_full_mix_neither() -> None:
    assert missing_words({}, {}, 0) == []
    everyone = {kind.value: 1 for kind in Bring}
    assert missing_words(everyone, {"sites": {"Nantes": 2, "Paris": 2}}, 4) == []
    assert missing_words(everyone, {"sites": {"Nantes": 3}}, 4) == []  # one place is not known


def test_a_facilitator_comes_from_the_pool_with_room_left(
    frame: Frame, group: WorkGroup, network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    with pytest.raises(ValidationError) as error:
        name_group_facilitator(group, by=alice, person=dora)
    assert "vivier" in sentence(error)
    trained = helper_of(network, dora, alice, "facilitate", at_most=1)
    Training.objects.create(
        member=trained, subject="Animer un groupe", done_on=clock.now().date(), noted_by=alice
    )
    helper_of(network, chloe, alice, "facilitate", at_most=1)
    helper_of(network, bob, alice, "fair")
    assert [(row.person, row.trained, row.load) for row in facilitators_for(frame)] == [
        (dora, True, 0),
        (chloe, False, 0),
    ]
    with pytest.raises(PermissionDenied):
        name_group_facilitator(group, by=bob, person=dora)
    name_group_facilitator(group, by=alice, person=dora)
    assert (WorkGroup.objects.get(pk=group.pk).facilitator, my_groups(frame, dora)) == (dora, [group])
    other = form_group(frame, by=bob, name="Un autre groupe")
    with pytest.raises(ValidationError) as error:
        name_group_facilitator(other, by=alice, person=dora)
    assert "autant qu’il lui est possible" in sentence(error)
    name_group_facilitator(group, by=alice, person=chloe)
    assert facilitators_for(frame)[0].person == dora
    assert [fact.data["name"] for fact in said("work_group.led")] == ["Dora Haddad", "Chloé Le Goff"]


def test_a_group_starts_with_a_facilitator_rests_and_ends(
    frame: Frame, group: WorkGroup, network: Any, alice: Any, bob: Any, chloe: Any, dora: Any
) -> None:
    with pytest.raises(ValidationError) as error:
        turn_group(group, by=bob, verb="start")
    assert "vivier" in sentence(error)
    helper_of(network, dora, alice, "facilitate")
    name_group_facilitator(group, by=alice, person=dora)
    with pytest.raises(PermissionDenied):
        turn_group(group, by=chloe, verb="start")
    for verb, state in (("start", "working"), ("rest", "resting"), ("start", "working"), ("end", "ended")):
        assert turn_group(group, by=dora, verb=verb).state == state
    for gesture in (
        lambda: turn_group(group, by=dora, verb="start"),
        lambda: turn_group(group, by=dora, verb="delete"),
        lambda: join_group(group, by=chloe),
        lambda: check_in(group, by=bob, listened=1, all_spoke=1),
    ):
        with pytest.raises(ValidationError):
            gesture()
    assert groups_of(frame) == [group]


def test_a_word_after_a_session_names_nobody_and_keeps_ones_own_to_oneself(
    group: WorkGroup, bob: Any, chloe: Any, alice: Any, dora: Any
) -> None:
    join_group(group, by=chloe)
    with pytest.raises(PermissionDenied):
        check_in(group, by=dora, listened=4, all_spoke=4)
    with pytest.raises(ValidationError):
        check_in(group, by=bob, listened=5, all_spoke=4)
    today = clock.now().date()
    for on in (today + dt.timedelta(days=1), today - dt.timedelta(days=1)):
        with pytest.raises(ValidationError):
            check_in(group, by=bob, listened=4, all_spoke=4, on=on)
    check_in(group, by=bob, listened=4, all_spoke=2, individual="Me taire.", collective="Attendre.")
    check_in(group, by=bob, listened=4, all_spoke=2, individual="Me taire.", collective="Écouter d’abord.")
    check_in(group, by=chloe, listened=3, all_spoke=2, organisational="Un seul formulaire suffit.")
    assert CheckIn.objects.count() == 2
    [seen] = sessions_of(group, chloe, words=True)
    # A mean of two would say who said what.
    assert (seen.voices, seen.listened, seen.all_spoke) == (2, None, None)
    assert (seen.collective, seen.organisational, seen.individual) == (
        ["Écouter d’abord."],
        ["Un seul formulaire suffit."],
        "",
    )
    assert sessions_of(group, bob, words=True)[0].individual == "Me taire."
    [from_outside] = sessions_of(group, alice, words=False)
    assert (from_outside.collective, from_outside.organisational, from_outside.individual) == ([], [], "")


def test_who_leaves_the_network_leaves_its_groups_and_what_they_facilitated_waits(
    frame: Frame, group: WorkGroup, network: Any, alice: Any, bob: Any, dora: Any, said: Any
) -> None:
    helper_of(network, dora, alice, "facilitate")
    join_group(group, by=dora)
    name_group_facilitator(group, by=alice, person=dora)
    assert leave_groups(dora, network) == 2
    row = WorkGroup.objects.get(pk=group.pk)
    assert (row.facilitator, names(row)) == (None, ["Bob"])
    assert len(said("work_group.unled")) == 1
    assert leave_groups(dora, network) == 0


def test_the_last_place_is_taken_once(
    at_once: Any, frame: Frame, group: WorkGroup, make_person: Any, network: Any, join: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("reciproque.initiatives.actions.groups.GROUP_MOST", 2)
    two = [make_person(name) for name in ("Léo", "Rose")]
    for person in two:
        join(person, network)

    def fresh() -> WorkGroup:
        return WorkGroup.objects.select_related("frame__network", "facilitator").get(pk=group.pk)

    got = at_once(*(lambda person=person: join_group(fresh(), by=person) for person in two))
    assert sorted(isinstance(row, ValidationError) for row in got) == [False, True]
