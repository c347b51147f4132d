"""Questionnaires written, sent, answered in the version begun, closed; what sets them off; who may do what."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.actions import remind_due
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.kit import clock
from reciproque.networks.actions import grant_role, leave_network
from reciproque.people.actions import leave_organisation
from reciproque.surveys import access
from reciproque.surveys.actions import (
    begin_answer,
    cancel_campaign,
    choose_least,
    close_campaign,
    close_due,
    copy_supplied,
    correct_answer,
    create_questionnaire,
    decline,
    edit_version,
    erase_answer,
    open_campaign,
    open_due,
    plan_campaign,
    publish_version,
    remind_all,
    retire_questionnaire,
    submit_answer,
)
from reciproque.surveys.models import Campaign, NamedAnswer, Questionnaire, Seat, Version
from reciproque.surveys.queries import (
    campaign_page,
    campaigns_of,
    count_audience,
    edited,
    form_of,
    my_answers,
    my_questionnaires,
    questionnaires_of,
    supplied_ones,
)
from reciproque.surveys.rules import CampaignState, SeatState
from tests.surveys.conftest import NO, YES, short

DAY = dt.timedelta(days=1)


def dates(opens: int = 0, closes: int = 30) -> dict[str, Any]:
    today = clock.now().date()
    return {"opens_on": today + opens * DAY, "closes_on": today + closes * DAY}


# -- writing -------------------------------------------------------------------------------------------------------


def test_a_published_version_never_changes_and_the_next_one_is_begun_from_it(
    questionnaire: Any, alice: Any
) -> None:
    first = questionnaire.versions.get()
    frozen = first.definition
    changed = short()
    changed["minutes"] = 9
    draft = edit_version(
        questionnaire,
        by=alice,
        definition=changed,
        title_fr="Votre avis",
        title_en="Your opinion",
        revision=0,
    )
    assert draft.number == 2
    assert draft.published_at is None
    first.refresh_from_db()
    assert first.definition == frozen
    publish_version(questionnaire, by=alice)
    with pytest.raises(ValidationError):
        publish_version(questionnaire, by=alice)
    assert [version.number for version in edited(questionnaire).published] == [2, 1]


def test_two_editors_do_not_undo_one_another(network: Any, alice: Any) -> None:
    row = create_questionnaire(network, by=alice, title_fr="À deux")
    said = {"by": alice, "definition": short(), "title_fr": "À deux", "revision": 0}
    edit_version(row, **said)
    with pytest.raises(ValidationError) as refused:
        edit_version(row, **said)
    assert refused.value.code == "changed"
    assert edited(row).revision == 1


def test_the_supplied_ones_are_copied_and_published(network: Any, alice: Any, admin: Any) -> None:
    for one in supplied_ones():
        row = copy_supplied(network, one.key, by=alice)
        assert publish_version(row, by=alice).number == 1
    whole = copy_supplied(None, "maturity", by=admin)
    publish_version(whole, by=admin)
    assert len(questionnaires_of(network, alice)) == 5
    assert sum(line.of_installation for line in questionnaires_of(network, alice)) == 1
    with pytest.raises(ValidationError):
        copy_supplied(network, "unknown", by=alice)


def test_who_may_write_and_read(
    questionnaire: Any, network: Any, everyone: Any, verdict: Any, make_person: Any, join: Any
) -> None:
    part = make_person("Partielle", site="Nantes")
    join(part, network)
    grant_role(network, part, "animator", by=None, site=part.site)
    people = {**everyone, "part": part}
    may = {
        name: verdict(partial(access.get_questionnaire, person, questionnaire.public_id))
        for name, person in people.items()
    }
    yes = {"admin", "alice"}
    assert {name for name, answer in may.items() if answer == "yes"} == yes
    made = {
        name: verdict(partial(create_questionnaire, network, by=person, title_fr="Le mien"))
        for name, person in people.items()
    }
    assert {name for name, answer in made.items() if answer == "yes"} == yes
    assert verdict(lambda: create_questionnaire(None, by=everyone["alice"], title_fr="De tous")) == "no"
    assert verdict(lambda: create_questionnaire(network, by=everyone["alice"], title_fr=" ")) == "refused"
    assert verdict(lambda: choose_least(network, 4, by=everyone["alice"])) == "refused"
    assert verdict(lambda: choose_least(network, 10, by=everyone["emile"])) == "no"


def test_one_that_is_being_sent_is_not_put_away(
    questionnaire: Any, send: Any, alice: Any, crowd: Any
) -> None:
    crowd(1)
    campaign = send()
    with pytest.raises(ValidationError):
        retire_questionnaire(questionnaire, by=alice)
    cancel_campaign(campaign, by=alice)
    assert retire_questionnaire(questionnaire, by=alice).retired_at is not None
    with pytest.raises(ValidationError):
        publish_version(questionnaire, by=alice)


# -- planning ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"mode": "anonymous", "trigger": "pair"}, "mode"),
        ({"mode": "anonymous", "split": "unit"}, "split"),
        ({"mode": "open"}, "mode"),
        ({"split": "question", "split_question": "hours"}, "split_question"),
        ({"trigger": "full_moon"}, "trigger"),
        ({"least": 4}, "least"),
        ({"least": 51}, "least"),
        ({"audience": {"who": "everyone"}}, "who"),
        ({"audience": {"who": "role"}}, "role"),
        ({"closes_on": dt.date(2026, 3, 1)}, "closes_on"),
        ({"closes_on": dt.date(2028, 3, 1)}, "closes_on"),
        ({"mode": "confidential", "trigger": "pair"}, "after_closes_on"),
    ],
)
def test_what_cannot_be_planned_says_why(
    questionnaire: Any, network: Any, alice: Any, more: dict[str, Any], field: str
) -> None:
    choices = {"trigger": "date", "mode": "anonymous", **dates(), **more}
    with pytest.raises(ValidationError) as refused:
        plan_campaign(questionnaire, by=alice, network=network, **choices)
    assert field in refused.value.message_dict


def test_a_network_may_ask_for_more_people_and_no_campaign_for_fewer(
    questionnaire: Any, network: Any, alice: Any
) -> None:
    choose_least(network, 8, by=alice)
    choices: dict[str, Any] = {"trigger": "date", "mode": "anonymous", **dates()}
    campaign = plan_campaign(questionnaire, by=alice, network=network, **choices)
    assert campaign.least == 8
    with pytest.raises(ValidationError):
        plan_campaign(questionnaire, by=alice, network=network, least=5, **choices)
    choose_least(network, 5, by=alice)
    campaign.refresh_from_db()
    assert campaign.least == 8


def test_to_whom_it_goes(network: Any, everyone: Any, make_person: Any, crowd: Any) -> None:
    make_person("Dehors", site="Nantes")
    crowd(3, site="Nantes")
    bob = everyone["bob"]
    count = lambda **audience: count_audience(network, audience)  # noqa: E731
    members = count(who="members")
    assert members == 8
    assert count(who="members", site=bob.site.public_id) == 4
    assert count(who="members", unit=bob.unit.public_id) == 1
    assert count(who="members", unit=bob.unit.parent.public_id) == 1
    assert count(who="members", unit="unknown") == 0
    assert count(who="role", role="sponsor") == 1
    assert count(who="eligible") >= members
    assert count(who="exchanged") == 0
    assert count(who="group", group="unknown") == 0


# -- the life of a campaign ----------------------------------------------------------------------------------------


def test_it_opens_and_closes_by_the_clock_and_each_one_is_told_and_reminded(
    questionnaire: Any, network: Any, alice: Any, crowd: Any, run_reactions: Any
) -> None:
    people = crowd(3)
    plan_campaign(questionnaire, by=alice, network=network, trigger="date", mode="anonymous", **dates(3, 20))
    assert open_due() == 0
    with clock.at(clock.now() + 4 * DAY):
        assert open_due() == 1
        assert open_due() == 0
        run_reactions()
    campaign = Campaign.objects.get()
    steps = Step.objects.open().filter(verb=Verb.FILL)
    assert {step.owner_id for step in steps} == {person.pk for person in people} | {alice.pk}
    assert {step.due_at for step in steps} == {campaign.closes_at}
    with clock.at(clock.now() + 14 * DAY):
        assert remind_due() == 4
    with clock.at(campaign.closes_at + DAY):
        assert close_due() == 1
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.CLOSED
    assert set(Step.objects.filter(verb=Verb.FILL).values_list("state", flat=True)) == {StepState.LAPSED}
    assert set(campaign.seats.values_list("state", flat=True)) == {SeatState.LAPSED}


def test_a_campaign_whose_time_passed_while_the_program_slept_asks_nobody(
    questionnaire: Any, network: Any, alice: Any, crowd: Any
) -> None:
    crowd(2)
    plan_campaign(questionnaire, by=alice, network=network, trigger="date", mode="anonymous", **dates(1, 3))
    with clock.at(clock.now() + 30 * DAY):
        assert open_due() == 0
    assert Campaign.objects.get().state == CampaignState.CANCELLED
    assert not Seat.objects.exists()


def test_reminding_says_to_nobody_who_answered(
    send: Any, crowd: Any, alice: Any, bob: Any, answer: Any
) -> None:
    people = crowd(4)
    campaign = send("confidential")
    answer(campaign, people[0])
    with clock.at(clock.now() + 2 * DAY):
        # Alice, Bob and the three who have not answered.
        assert remind_all(campaign, by=alice) == 5
        assert remind_all(campaign, by=alice) == 0
        with pytest.raises(PermissionDenied):
            remind_all(campaign, by=bob)


def test_a_cancelled_campaign_erases_what_was_answered(
    send: Any, crowd: Any, alice: Any, answer: Any, said: Any
) -> None:
    people = crowd(7)
    campaign = send("confidential")
    for person in people:
        answer(campaign, person)
    cancel_campaign(campaign, by=alice)
    assert not NamedAnswer.objects.exists()
    assert not Step.objects.open().filter(verb=Verb.FILL).exists()
    assert my_questionnaires(people[0]).answered == []
    with pytest.raises(ValidationError):
        cancel_campaign(campaign, by=alice)


@pytest.mark.parametrize("mode", ["anonymous", "confidential"])
def test_who_began_finishes_the_version_they_began(
    questionnaire: Any, send: Any, crowd: Any, alice: Any, seat_of: Any, mode: str
) -> None:
    people = crowd(2)
    campaign = send(mode)
    begun = begin_answer(seat_of(campaign, people[0]))
    changed = short()
    first, second = changed["sections"][0]["questions"]
    first["options"], second["only_if"] = second["options"], None
    edit_version(
        questionnaire,
        by=alice,
        definition=changed,
        title_fr="Votre avis",
        title_en="Your opinion",
        revision=0,
    )
    publish_version(questionnaire, by=alice)
    # In the anonymous mode no row keeps it: the page carries it.
    assert (seat_of(campaign, people[0]).version_id is None) == (mode == "anonymous")
    form = form_of(seat_of(campaign, people[0]), version=begun.public_id)
    assert form.version == begun.public_id
    submit_answer(seat_of(campaign, people[0]), by=people[0], values=YES, version=begun.public_id)
    latest = begin_answer(seat_of(campaign, people[1]))
    assert latest.number > begun.number
    with pytest.raises(ValidationError):
        submit_answer(seat_of(campaign, people[1]), by=people[1], values=NO, version=latest.public_id)


def test_a_version_older_than_the_campaign_is_not_answered(
    questionnaire: Any, send: Any, crowd: Any, alice: Any, seat_of: Any
) -> None:
    person = crowd(1)[0]
    old = questionnaire.versions.get()
    edit_version(questionnaire, by=alice, definition=short(), title_fr="A", title_en="A", revision=0)
    latest = publish_version(questionnaire, by=alice)
    campaign = send()
    assert form_of(seat_of(campaign, person), version=old.public_id).version == latest.public_id
    other = create_questionnaire(questionnaire.network, by=alice, title_fr="B", title_en="B")
    foreign = Version.objects.get(questionnaire=other)
    assert form_of(seat_of(campaign, person), version=foreign.public_id).version == latest.public_id


def test_a_confidential_answer_is_corrected_until_the_end_and_erased_at_any_time(
    send: Any, crowd: Any, answer: Any, seat_of: Any, bob: Any
) -> None:
    people = crowd(6)
    campaign = send("confidential")
    for person in people:
        answer(campaign, person, {**YES, "words": "Bien"})
    seat = seat_of(campaign, people[0])
    correct_answer(seat, by=people[0], values=NO)
    assert my_answers(people[0])[0]["answers"] == [{"question": "Y étiez-vous\u00a0?", "answer": "Non"}]
    with pytest.raises(PermissionDenied):
        correct_answer(seat, by=bob, values=YES)
    with pytest.raises(PermissionDenied):
        erase_answer(seat, by=bob)
    erase_answer(seat_of(campaign, people[1]), by=people[1])
    assert my_answers(people[1]) == []
    answer(campaign, people[1])
    with clock.at(campaign.closes_at + DAY):
        close_due()
        campaign.refresh_from_db()
        told = campaign.told
        with pytest.raises(ValidationError):
            correct_answer(seat_of(campaign, people[0]), by=people[0], values=YES)
        with pytest.raises(ValidationError):
            submit_answer(seat_of(campaign, people[0]), by=people[0], values=YES)
        erase_answer(seat_of(campaign, people[2]), by=people[2])
    campaign.refresh_from_db()
    # Nothing to subtract: what was told was worked out before.
    assert campaign.told == told
    assert NamedAnswer.objects.count() == 5


def test_an_animator_types_for_someone_without_an_address_in_the_confidential_mode(
    send: Any, crowd: Any, seat_of: Any, alice: Any, bob: Any, said: Any
) -> None:
    silent, reached = crowd(1, email=None)[0], crowd(1)[0]
    campaign = send("confidential")
    seat = access.get_seat_for(alice, campaign.public_id, silent.public_id)
    submit_answer(seat, by=alice, values=YES, on_behalf=True)
    assert NamedAnswer.objects.get().entered_by == alice
    assert said("survey.answered")[0].by == alice
    assert said("survey.answered")[0].network == ""
    for typist, person in ((bob, silent), (alice, reached)):
        with pytest.raises(PermissionDenied):
            submit_answer(seat_of(campaign, person), by=typist, values=YES, on_behalf=True)


def test_nobody_else_finds_ones_place(send: Any, crowd: Any, fatou: Any, verdict: Any) -> None:
    person = crowd(1)[0]
    campaign = send()
    assert verdict(lambda: access.get_seat(person, campaign.public_id)) == "yes"
    assert verdict(lambda: access.get_seat(fatou, campaign.public_id)) == "not there"
    assert verdict(lambda: access.get_campaign(person, campaign.public_id)) == "not there"
    assert verdict(lambda: access.get_results(person, campaign.public_id)) == "not there"


def test_the_page_of_a_campaign_counts_by_fives(send: Any, crowd: Any, answer: Any, alice: Any) -> None:
    people = crowd(20)
    campaign = send("confidential")
    for count in range(12):
        answer(campaign, people[count])
        page = campaign_page(campaign, alice)
        assert page.asked == 21
        assert page.answered == ({0: None, 5: 5, 10: 10}[(count + 1) // 5 * 5])
    assert page.rate == 48
    assert [row.pk for row in campaigns_of(campaign.network)] == [campaign.pk]


def test_lists_cost_the_same_whatever_they_hold(
    send: Any, crowd: Any, answer: Any, alice: Any, network: Any, questionnaire: Any, queries: Any
) -> None:
    people = crowd(2)
    costs = []
    for _turn in range(2):
        campaign = send()
        answer(campaign, people[0])
        send("confidential")
        copy_supplied(network, "needs", by=alice)
        with queries() as seen:
            my_questionnaires(people[0])
            questionnaires_of(network, alice)
            campaigns_of(network)
        costs.append(len(seen))
    assert costs == [6, 6]


# -- what sets a campaign off --------------------------------------------------------------------------------------


def test_joining_and_leaving_ask_their_own_questionnaires(
    send: Any, network: Any, make_person: Any, join: Any, run_reactions: Any, member: Any
) -> None:
    run_reactions()
    joining, leaving = send(trigger="joining"), send(trigger="leaving")
    run_reactions()
    assert not Seat.objects.exists()
    person = make_person("Nouvelle")
    join(person, network)
    run_reactions()
    assert [seat.campaign for seat in Seat.objects.filter(person=person)] == [joining]
    leave_network(member(person), by=person)
    run_reactions()
    states = dict(Seat.objects.filter(person=person).values_list("campaign__trigger", "state"))
    assert states == {"joining": SeatState.WITHDRAWN, "leaving": SeatState.EXPECTED}
    asked = Step.objects.open().filter(owner=person, verb=Verb.FILL)
    assert [step.subject_id for step in asked] == [leaving.public_id]
    assert [line.campaign for line in my_questionnaires(person).to_answer] == [leaving]


def test_one_that_too_few_answered_goes_on_and_the_next_one_follows(
    send: Any, network: Any, make_person: Any, join: Any, run_reactions: Any, answer: Any
) -> None:
    run_reactions()
    campaign = send(trigger="joining", again=True)
    person = make_person("Nouvelle")
    join(person, network)
    run_reactions()
    answer(campaign, person)
    first_end = campaign.closes_at
    with clock.at(first_end + DAY):
        close_due()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.OPEN
    assert campaign.closes_at > first_end
    for n in range(5):
        other = make_person(f"Suivante{n}")
        join(other, network)
        run_reactions()
        answer(campaign, other)
    with clock.at(campaign.closes_at + DAY):
        close_due()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.CLOSED
    assert campaign.told["answered"] == 6
    following = Campaign.objects.open().get()
    assert following.trigger == "joining"
    assert following.opens_at > campaign.closes_at


def test_before_and_after_asks_again_those_who_answered(
    questionnaire: Any, network: Any, alice: Any, crowd: Any, answer: Any
) -> None:
    people = crowd(8)
    today = clock.now().date()
    first = plan_campaign(
        questionnaire,
        by=alice,
        network=network,
        trigger="pair",
        mode="confidential",
        **dates(0, 10),
        after_opens_on=today + 60 * DAY,
        after_closes_on=today + 70 * DAY,
    )
    open_campaign(first, by=alice)
    second = Campaign.objects.get(before=first)
    with pytest.raises(ValidationError):
        open_campaign(second, by=alice)
    for person in people[:7]:
        answer(first, person, {"took_part": "yes", "useful": "little"})
    with clock.at(clock.now() + 12 * DAY):
        close_due()
    with clock.at(clock.now() + 61 * DAY):
        open_due()
        second.refresh_from_db()
        assert set(second.seats.values_list("person_id", flat=True)) == {person.pk for person in people[:7]}
        for number, person in enumerate(people[:7]):
            answer(second, person, {"took_part": "yes", "useful": "greatly" if number < 7 else "little"})
        second = close_campaign(second, by=alice)
    # All seven moved the same way: to tell it would tell each one's answer.
    assert [pair["told"] for pair in second.told["pairs"] if pair["key"] == "hours"] == [{}]


def test_a_draft_renames_nothing_that_was_sent_and_a_new_version_only_itself(
    questionnaire: Any, send: Any, crowd: Any, answer: Any, alice: Any, seat_of: Any
) -> None:
    people = crowd(7)
    done, running = send(), send()
    for person in people[:5]:
        answer(done, person)
    close_campaign(done, by=alice)

    def titles() -> list[str]:
        rows = {row.pk: row.title for row in campaigns_of(done.network)}
        return [rows[done.pk], rows[running.pk], Questionnaire.objects.get().title]

    edit_version(questionnaire, by=alice, definition=short(), title_fr="Autre", title_en="Other", revision=0)
    assert titles() == ["Votre avis"] * 3
    assert edited(questionnaire).title == "Autre"
    assert form_of(seat_of(running, people[6])).title == "Votre avis"
    publish_version(questionnaire, by=alice)
    assert titles() == ["Votre avis", "Votre avis", "Autre"]
    # Who begins now is asked the new version, under its own name.
    assert form_of(seat_of(running, people[6])).title == "Autre"
    assert campaign_page(done, alice).title == "Votre avis"
    assert send().title == "Autre"


def test_a_questionnaire_never_published_is_renamed_by_its_draft(network: Any, alice: Any) -> None:
    row = create_questionnaire(network, by=alice, title_fr="Essai")
    edit_version(row, by=alice, definition=short(), title_fr="Bilan", title_en="Review", revision=0)
    row.refresh_from_db()
    assert row.title == "Bilan"


def test_who_declines_stays_on_the_list_of_those_without_an_address(
    send: Any, crowd: Any, seat_of: Any, alice: Any
) -> None:
    crowd(3)
    first, second = crowd(2, email=None)
    campaign = send("confidential")
    before = campaign_page(campaign, alice).without_address
    decline(seat_of(campaign, first), by=first)
    assert campaign_page(campaign, alice).without_address == before
    # Called after all, they may answer.
    seat = access.get_seat_for(alice, campaign.public_id, first.public_id)
    submit_answer(seat, by=alice, values=YES, on_behalf=True)
    assert campaign_page(campaign, alice).without_address == [second]
    # Once their own time is over nobody is left, silent or not.
    Seat.objects.filter(campaign=campaign).update(due_at=clock.now())
    assert campaign_page(campaign, alice).without_address == []


def test_one_that_goes_on_lasts_as_long_each_time(
    send: Any, network: Any, make_person: Any, join: Any, run_reactions: Any, answer: Any, alice: Any
) -> None:
    run_reactions()
    campaign = send(trigger="joining", again=True)
    person = make_person("Nouvelle")
    join(person, network)
    run_reactions()
    answer(campaign, person)
    planned = campaign.closes_at - campaign.opens_at
    for times in range(2, 6):
        with clock.at(campaign.closes_at + DAY):
            close_due()
        campaign.refresh_from_db()
        assert campaign.closes_at - campaign.opens_at == times * planned
    close_campaign(campaign, by=alice)
    following = Campaign.objects.open().get()
    assert following.closes_at - following.opens_at == planned


@pytest.mark.parametrize("leave", [0, 3])
def test_too_few_answered_before_to_be_asked_again_after(
    questionnaire: Any, network: Any, alice: Any, admin: Any, crowd: Any, answer: Any, leave: int
) -> None:
    people = crowd(8)
    today = clock.now().date()
    first = plan_campaign(
        questionnaire,
        by=alice,
        network=network,
        trigger="pair",
        mode="confidential",
        **dates(0, 10),
        after_opens_on=today + 60 * DAY,
        after_closes_on=today + 70 * DAY,
    )
    open_campaign(first, by=alice)
    for person in people[: 4 + leave]:
        answer(first, person, {"took_part": "no"})
    with clock.at(clock.now() + 12 * DAY):
        close_due()
    second = Campaign.objects.get(before=first)
    assert second.state == (CampaignState.PLANNED if leave else CampaignState.CANCELLED)
    for person in people[:leave]:
        leave_organisation(person, by=admin)
    with clock.at(clock.now() + 61 * DAY):
        # Asked of four, it would say that four answered, and that nobody else did.
        with pytest.raises(ValidationError):
            open_campaign(second, by=alice)
        open_due()
    second.refresh_from_db()
    assert second.state == CampaignState.CANCELLED
    assert not second.seats.exists()
    assert campaign_page(second, alice).asked is None
