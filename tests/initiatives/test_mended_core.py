"""What a hostile reading found in learning networks: drafts that came out, judges of their own, ballots unmasked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_frame,
    can_take_part,
    get_frame,
    get_proposal,
    may_comment,
)
from reciproque.initiatives.models import (
    Answer,
    ExpectedResult,
    Experiment,
    Frame,
    Obstacle,
    Proposal,
    WorkGroup,
    WorkGroupMember,
)
from reciproque.initiatives.queries import (
    ballot_of,
    committee_desk,
    outcome_of,
    overdue,
    owed_by,
    proposals_of,
    scores_of,
    themes_of,
    turnout,
)
from reciproque.initiatives.rules import Phase
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.actions import leave_network
from reciproque.networks.models import Membership
from reciproque.people.models import Person

from .conftest import TRIAL, day, later

CLOSES = dt.datetime(2026, 3, 9, 9, tzinfo=dt.UTC)
Maker = Callable[..., Any]


def member(join: Any, person: Person, network: Any) -> Person:
    """Someone who is of the network, whatever they were."""
    if not Membership.objects.filter(person=person, network=network).exists():
        join(person, network)
    return person


def marks(frame: Frame, person: Person, *values: int) -> dict[str, tuple[int, str]]:
    """A ballot on all but one's own, in the order proposed."""
    mine = frame.results.filter(withdrawn_at=None).exclude(proposed_by=person).order_by("pk")
    return {one.public_id: (value, f"raison {value}") for one, value in zip(mine, values, strict=True)}


# -- what was never submitted


def test_a_draft_withdrawn_or_put_away_stays_its_authors_own(
    make_proposal: Maker, working: Frame, make_person: Maker, join: Any, alice: Person, client_of: Maker
) -> None:
    nosy = member(join, make_person("Curieux"), working.network)
    first = make_proposal("draft", title="Secret", theme=working.results.filter(is_theme=True).first())
    second = make_proposal("draft", title="Autre secret")
    actions.withdraw_proposal(first, by=first.written_by)
    actions.end_frame(working, by=alice)

    for one in (first, second):
        one.refresh_from_db()
        assert one.state == "withdrawn"
        with pytest.raises(NotThere):
            get_proposal(nosy, one.public_id)
        assert get_proposal(one.written_by, one.public_id) == one
    assert proposals_of(working, nosy) == []
    assert [theme.work["proposals"] for theme in themes_of(working)] == [0, 0]
    listed = client_of(nosy).get(reverse("initiatives:proposals", args=[working.network.slug]))
    assert "secret" not in listed.content.decode().lower()


def test_a_text_is_written_for_a_group_that_one_is_of(
    working: Frame, group: WorkGroup, make_person: Maker, join: Any
) -> None:
    stranger = member(join, make_person("Étranger"), working.network)
    for draft in (actions.draft_proposal, actions.draft_experiment):
        with pytest.raises(ValidationError, match="groupe dont vous êtes"):
            draft(working, by=stranger, title="Chez eux", group=group)
    assert not Proposal.objects.exists()
    assert not Experiment.objects.exists()


def test_the_same_key_in_two_networks_makes_two_drafts(
    working: Frame, bob: Person, other_network: Any, admin: Person, join: Any, make_proposal: Maker
) -> None:
    one = make_proposal("draft", key="abc")
    member(join, bob, other_network)
    other = actions.open_frame(other_network, by=admin)
    Frame.objects.filter(pk=other.pk).update(phase=Phase.WORK)
    two = actions.draft_proposal(other, by=bob, title="Ailleurs", key="abc")

    assert two.pk != one.pk
    assert actions.draft_proposal(working, by=bob, title="Encore", key="abc").pk == one.pk


# -- nobody judges their own


def test_nobody_of_its_group_judges_what_a_group_asks(
    group: WorkGroup,
    working: Frame,
    make_trial: Maker,
    make_proposal: Maker,
    dora: Person,
    chloe: Person,
    bob: Person,
) -> None:
    WorkGroupMember.objects.create(group=group, person=dora)
    trial = make_trial("draft", group=group)
    actions.ask_support(trial, by=bob)
    proposal = make_proposal("submitted", group=group)
    obstacle = actions.raise_obstacle(working, by=bob, words="Pas de salle", group=group)
    acts: list[Callable[[Person], Any]] = [
        lambda by: actions.answer_support(trial, by=by, supported=True),
        lambda by: actions.answer_proposal(proposal, by=by, kind="validated", reasons="Utile partout"),
        lambda by: actions.settle_obstacle(obstacle, by=by, lifted=True, reasons="La salle est prête"),
    ]
    # What is expected of the committee is of Chloé, and the desk says that Dora takes no part.
    assert {row.owner for row in owed_by(working)} == {chloe}
    assert {row.recused for row in owed_by(working)} == {(dora.display_name,)}
    assert committee_desk(working, dora).own == {one.public_id for one in (trial, proposal, obstacle)}
    for act in acts:
        with pytest.raises(ValidationError) as refused:
            act(dora)
        assert refused.value.error_list[0].code == "recused"
        act(chloe)
    assert list(trial.recused.all()) == [dora]
    assert list(obstacle.recused.all()) == [dora]
    assert list(proposal.answers.get().recused.all()) == [dora]


def test_leaving_the_group_or_handing_over_does_not_make_one_a_judge(
    group: WorkGroup,
    working: Frame,
    make_proposal: Maker,
    dora: Person,
    chloe: Person,
    bob: Person,
    join: Any,
) -> None:
    member(join, dora, working.network)
    seat = WorkGroupMember.objects.create(group=group, person=dora)
    proposal = make_proposal("submitted", group=group)
    with clock.at(later(1)):
        WorkGroupMember.objects.filter(pk=seat.pk).update(left_at=clock.now())
        with pytest.raises(ValidationError, match="groupe"):
            actions.answer_proposal(proposal, by=dora, kind="validated", reasons="Je n’en suis plus")

    trial = actions.draft_experiment(
        working, by=dora, title="La mienne", **TRIAL, starts_on=day(1), ends_on=day(5)
    )
    actions.ask_support(trial, by=dora)
    actions.hand_experiment(trial, bob, by=dora)
    with pytest.raises(ValidationError, match="votre expérimentation"):
        actions.answer_support(trial, by=dora, supported=True)
    actions.answer_support(trial, by=chloe, supported=True)
    assert list(trial.recused.all()) == [dora]


def test_a_group_does_not_leave_a_proposal_under_the_committee_s_eyes(
    group: WorkGroup, make_proposal: Maker, bob: Person
) -> None:
    proposal = make_proposal("submitted", group=group)
    with pytest.raises(ValidationError, match="au nom de son groupe"):
        actions.edit_proposal(proposal, by=bob, group=None)


def test_who_is_asked_to_sign_no_longer_judges(
    make_proposal: Maker, dora: Person, chloe: Person, bob: Person, join: Any, working: Frame
) -> None:
    member(join, dora, working.network)
    proposal = make_proposal("submitted")
    read = Proposal.objects.select_related("frame__network", "frame__sponsor").get(pk=proposal.pk)
    actions.invite_author(proposal, dora, by=bob)

    with pytest.raises(ValidationError, match="proposé de la signer"):
        actions.answer_proposal(read, by=dora, kind="validated", reasons="Avant de signer")
    assert [step.owner for step in Step.objects.about(proposal).open().filter(verb=Verb.RESOLVE)] == [chloe]
    actions.answer_invitation(proposal, by=dora, accept=False)
    assert [step.owner for step in Step.objects.about(proposal).open().filter(verb=Verb.RESOLVE)] == [dora]
    actions.answer_proposal(read, by=dora, kind="validated", reasons="Utile partout")


def test_a_recused_member_reads_no_marks_of_their_own(
    working: Frame, make_proposal: Maker, dora: Person, chloe: Person, client_of: Maker, join: Any
) -> None:
    member(join, dora, working.network)
    proposal = make_proposal("submitted", by=dora)
    actions.score_proposal(proposal, by=chloe, value=0, words="Toujours la même lubie")
    actions.answer_proposal(proposal, by=chloe, kind="declined", reasons="L’écran existe déjà.")

    assert scores_of(proposal, dora) == []
    assert len(scores_of(proposal, chloe)) == 1
    page = client_of(dora).get(reverse("initiatives:proposal", args=[proposal.public_id]))
    assert "lubie" not in page.content.decode()


# -- the panel and its vote


def test_who_left_the_network_after_voting_reads_no_more(
    frame: Frame, results: Any, bob: Person, alice: Person, make_person: Maker
) -> None:
    extra = [make_person(f"P{n}") for n in range(3)]
    actions.invite_panel(frame, by=alice, people=[bob, *extra])
    actions.open_vote(frame, by=alice, closes_at=CLOSES)
    for person in (bob, *extra):
        actions.vote(frame, by=person, values=marks(frame, person, 3, 3, 3))
    actions.close_vote(frame, by=alice)
    leave_network(Membership.objects.get(person=bob, network=frame.network), by=alice)
    actions.forget_member(bob, frame.network)

    with pytest.raises(NotThere):
        get_frame(bob, frame.network.slug)
    assert not may_comment(bob, frame)
    assert not can_take_part(bob, frame)
    assert turnout(frame).voted == 4
    assert get_frame(extra[0], frame.network.slug) == frame


def test_those_who_frame_cannot_unmask_a_ballot(
    frame: Frame, results: list[ExpectedResult], panel: list[Person], alice: Person, client_of: Maker
) -> None:
    actions.open_vote(frame, by=alice, closes_at=CLOSES)
    voter, other = panel[1], panel[2]
    actions.vote(frame, by=voter, values=marks(frame, voter, 5, 1, 0))
    address = reverse("initiatives:panel", args=[frame.network.slug])
    page = client_of(alice).get(address).content.decode()
    # Whoever voted and whoever did not are written alike.
    assert f'value="{other.public_id}"' not in page
    assert f'value="{voter.public_id}"' not in page
    assert reverse("initiatives:close_vote", args=[frame.network.slug]) not in page

    with pytest.raises(ValidationError, match="on ne retire plus personne"):
        actions.remove_panelist(frame, other, by=alice)
    actions.remove_panelist(frame, other, by=other)
    with pytest.raises(ValidationError, match="n’ont pas encore voté"):
        actions.close_vote(frame, by=alice)
    with clock.at(CLOSES):
        actions.close_votes()
    frame.refresh_from_db()
    found = outcome_of(frame)
    assert found is not None
    assert {(one.voices, one.spread, one.reasons, one.few) for one in found} == {(1, (), (), True)}
    assert [one.rank for one in found] == [1, 2, 3]
    shown = client_of(alice).get(reverse("initiatives:outcome", args=[frame.network.slug])).content.decode()
    assert "raison 5" not in shown


def test_five_voices_show_their_spread_and_their_reasons(
    frame: Frame, results: list[ExpectedResult], panel: list[Person], alice: Person, make_person: Maker
) -> None:
    actions.invite_panel(frame, by=alice, people=[make_person("Sixième")])
    actions.open_vote(frame, by=alice, closes_at=CLOSES)
    for row in frame.panel.exclude(person=panel[0]).select_related("person"):
        actions.vote(frame, by=row.person, values=marks(frame, row.person, 4, 3, 2))
    with clock.at(CLOSES):
        actions.close_votes()
    frame.refresh_from_db()
    found = outcome_of(frame)

    assert found is not None
    assert [(one.few, len(one.reasons)) for one in found] == [(False, 5)] * 3
    assert dict(found[0].spread)["très bien"] == 5


def test_whoever_proposed_all_is_not_waited_for(
    frame: Frame, alice: Person, make_person: Maker, client_of: Maker
) -> None:
    for title in ("Un", "Deux"):
        actions.propose_result(frame, by=alice, title=title, tied_to="both", horizon="long")
    others = [make_person(f"A{n}") for n in range(3)]
    actions.invite_panel(frame, by=alice, people=[alice, *others[:2]])
    with pytest.raises(ValidationError, match="trois personnes"):
        actions.open_vote(frame, by=alice, closes_at=CLOSES)
    actions.invite_panel(frame, by=alice, people=others)
    actions.open_vote(frame, by=alice, closes_at=CLOSES)

    steps = Step.objects.about(frame).open().filter(verb=Verb.VOTE)
    assert {step.owner for step in steps} == set(others)
    with pytest.raises(ValidationError, match="proposé tous les résultats"):
        actions.vote(frame, by=alice, values={})
    assert client_of(alice).get(reverse("initiatives:vote", args=[frame.network.slug])).status_code == 200
    for person in others:
        actions.vote(frame, by=person, values=marks(frame, person, 3, 2))
    assert (turnout(frame).voted, turnout(frame).panel) == (3, 3)
    assert actions.close_vote(frame, by=alice).phase == Phase.LAUNCH


def test_points_are_in_proportion_of_what_one_judges(
    frame: Frame, alice: Person, emile: Person, make_person: Maker
) -> None:
    first, second = (
        actions.propose_result(frame, by=alice, title=title, tied_to="both", horizon="long")
        for title in ("A", "B")
    )
    rival = actions.propose_result(frame, by=emile, title="C", tied_to="both", horizon="long")
    others = [make_person(f"V{n}") for n in range(2)]
    actions.invite_panel(frame, by=alice, people=[alice, *others])
    actions.open_vote(frame, by=alice, closes_at=CLOSES, method="points")
    for person in others:
        actions.vote(
            frame,
            by=person,
            values={first.public_id: (45, "x"), second.public_id: (35, ""), rival.public_id: (20, "")},
        )
    found = ballot_of(frame, alice)
    assert found is not None
    assert found.points_each == 33
    with pytest.raises(ValidationError, match="33 points"):
        actions.vote(frame, by=alice, values={rival.public_id: (100, "obligée")})
    actions.vote(frame, by=alice, values={rival.public_id: (0, "Je n’en veux pas")})
    actions.vote(frame, by=alice, values={rival.public_id: (33, "Tout ce que je peux")})
    actions.close_vote(frame, by=alice)

    assert dict(ExpectedResult.objects.values_list("title", "rank")) == {"A": 1, "B": 2, "C": 3}


def test_extending_to_the_same_hour_tells_nobody(
    frame: Frame, results: Any, panel: Any, alice: Person, said: Callable[[str], list[Any]]
) -> None:
    actions.open_vote(frame, by=alice, closes_at=CLOSES)
    with pytest.raises(ValidationError, match="plus tard"):
        actions.extend_vote(frame, by=alice, closes_at=CLOSES)
    assert said("vote.extended") == []


def test_what_was_read_before_the_vote_opened_or_closed_does_not_count(
    frame: Frame, results: list[ExpectedResult], panel: list[Person], alice: Person, make_person: Maker
) -> None:
    stale = ExpectedResult.objects.select_related("frame__network").get(pk=results[0].pk)
    before = Frame.objects.select_related("network", "sponsor").get(pk=frame.pk)
    actions.open_vote(frame, by=alice, closes_at=CLOSES)
    with pytest.raises(ValidationError, match="ne changent plus"):
        actions.edit_result(stale, by=alice, title="Tout autre chose")
    with pytest.raises(ValidationError, match="ne changent plus"):
        actions.propose_result(before, by=alice, title="De plus", tied_to="both", horizon="long")

    during = Frame.objects.select_related("network", "sponsor").get(pk=frame.pk)
    with clock.at(CLOSES):
        actions.close_votes()
        with pytest.raises(ValidationError, match="Le vote est passé"):
            actions.invite_panel(during, by=alice, people=[make_person("Tard")])
    assert not Step.objects.about(frame).open().exists()


# -- who frames, who leaves


def test_a_former_sponsor_frames_no_more(
    frame: Frame, alice: Person, emile: Person, make_person: Maker, admin: Person
) -> None:
    new = make_person("Nouvelle")
    actions.edit_frame(frame, by=admin, sponsor=new)
    frame.refresh_from_db()

    assert can_frame(new, frame)
    assert not can_frame(emile, frame)


def test_a_note_planned_by_someone_who_left_is_the_chair_s(
    working: Frame, dora: Person, chloe: Person, make_person: Maker, client_of: Maker
) -> None:
    rows = [
        actions.write_note(working, by=dora, person=make_person(f"Chef{n}"), what="Ceci", due_on=day(9))
        for n in range(2)
    ]
    actions.leave_committee(working.committee.get(person=dora), by=dora)

    for row in rows:
        [step] = Step.objects.about(row).open()
        assert (step.owner, step.verb) == (chloe, Verb.INFORM)
    with pytest.raises(PermissionDenied):
        actions.cancel_note(rows[0], by=dora, reason="Je pars")
    with pytest.raises(ValidationError, match="pourquoi"):
        actions.cancel_note(rows[0], by=chloe, reason=" ")
    address = reverse("initiatives:note_up", args=[rows[0].public_id])
    client_of(chloe).post(address, {"act": "cancel", "reason": "Dit de vive voix"})
    assert not Step.objects.about(rows[0]).open().exists()
    assert "Dit de vive voix" in client_of(chloe).get(address).content.decode()
    with pytest.raises(ValidationError, match="annulée"):
        actions.send_note(rows[0], by=chloe)
    actions.send_note(rows[1], by=chloe)


# -- experiments


@pytest.mark.parametrize("name", ["consent", "with_whom", "where", "starts_on", "ends_on"])
def test_what_was_supported_stays_whole(make_trial: Maker, bob: Person, name: str) -> None:
    trial = make_trial("ready")
    empty = None if name.endswith("_on") else ""
    with pytest.raises(ValidationError) as refused:
        actions.edit_experiment(trial, by=bob, **{name: empty})
    assert list(refused.value.message_dict) == [name]
    Experiment.objects.filter(pk=trial.pk).update(**{name: empty})
    with pytest.raises(ValidationError):
        actions.start_experiment(trial, by=bob)


def test_a_running_experiment_is_prolonged(make_trial: Maker, bob: Person, client_of: Maker) -> None:
    trial = make_trial("running")
    with pytest.raises(ValidationError, match="après la fin prévue"):
        actions.prolong_experiment(trial, by=bob, ends_on=day(30))
    address = reverse("initiatives:prolong_experiment", args=[trial.public_id])
    assert client_of(bob).get(address).status_code == 200
    client_of(bob).post(address, {"ends_on": day(90).isoformat()})

    trial.refresh_from_db()
    assert trial.ends_on == day(90)
    [step] = Step.objects.about(trial).open()
    assert step.due_at.date() == day(90)
    actions.add_checkpoint(trial, by=bob, due_on=day(61))


# -- answers


def test_the_tables_refuse_blank_reasons_and_a_no_without_an_answer(
    make_proposal: Maker, dora: Person
) -> None:
    one = make_proposal("submitted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(
            proposal=one, kind="declined", reasons=" ", by=dora, due_at=one.due_at, version=1
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=one.pk).update(state="declined", due_at=None)
    answer = actions.answer_proposal(one, by=dora, kind="declined", reasons="L’écran existe déjà.")
    one.refresh_from_db()
    assert one.answered_at == answer.at


def test_several_answers_wait_for_what_changed_to_be_read(
    working: Frame, make_proposal: Maker, dora: Person, bob: Person, client_of: Maker
) -> None:
    one, other = make_proposal("submitted"), make_proposal("submitted", title="Autre")
    stale = Proposal.objects.select_related("frame__network").get(pk=one.pk)
    client, address = client_of(dora), reverse("initiatives:answer_many", args=[working.network.slug])
    assert f'name="version_{one.public_id}" value="1"' in client.get(address).content.decode()
    actions.edit_proposal(one, by=bob, words="Doubler tous les salaires")

    with pytest.raises(ValidationError, match="a changé depuis"):
        actions.answer_many(working, by=dora, kind="validated", pairs=[(stale, "Très bien")])
    given = {"kind": "validated"}
    for row in (one, other):
        key = row.public_id
        given |= {f"pick_{key}": "on", f"reasons_{key}": f"Parce que {row.title}", f"version_{key}": "1"}
    assert client.post(address, given).status_code == 422
    assert not Answer.objects.exists()


def test_a_no_takes_more_than_a_word_and_is_read_again(
    make_proposal: Maker, dora: Person, client_of: Maker
) -> None:
    one = make_proposal("submitted")
    address = reverse("initiatives:answer_proposal", args=[one.public_id])
    client = client_of(dora)
    with pytest.raises(ValidationError, match="trop court"):
        actions.answer_proposal(one, by=dora, kind="declined", reasons="non")
    short = client.post(address, {"kind": "declined", "reasons": "non", "version": "1"})
    assert (short.status_code, "trop court" in short.content.decode()) == (422, True)
    no = {"kind": "declined", "reasons": "L’écran existe déjà.", "version": "1"}
    again = client.post(address, no)
    assert again.status_code == 200
    assert "existe déjà" in again.content.decode()
    assert not Answer.objects.exists()
    assert client.post(address, no | {"reread": "True"}).status_code == 303
    assert Answer.objects.get().reasons == no["reasons"]


def test_no_form_answers_what_asks_nothing(
    make_proposal: Maker, group: WorkGroup, dora: Person, chloe: Person, client_of: Maker
) -> None:
    WorkGroupMember.objects.create(group=group, person=dora)
    draft = make_proposal("draft", group=group)
    answered = make_proposal("declined", title="Répondue")
    assert (
        client_of(dora).get(reverse("initiatives:answer_proposal", args=[draft.public_id])).status_code == 404
    )
    page = client_of(chloe).get(reverse("initiatives:answer_proposal", args=[answered.public_id]))
    assert "a déjà sa réponse" in page.content.decode()
    assert 'name="kind"' not in page.content.decode()


def test_a_change_proposed_does_not_outlive_the_answer(
    make_proposal: Maker, dora: Person, chloe: Person, said: Callable[[str], list[Any]]
) -> None:
    one = make_proposal("submitted")
    change = actions.amend(one, by=chloe, words="Et au téléphone")
    actions.answer_proposal(one, by=dora, kind="declined", reasons="L’écran existe déjà.")
    change.refresh_from_db()

    assert change.answered_at == clock.now()
    assert (change.taken, bool(change.answer)) == (False, True)
    assert len(said("amendment.answered")) == 1


def test_who_carries_out_is_expected_at_the_next_stage(make_proposal: Maker, bob: Person) -> None:
    one = make_proposal("carrying")

    def due() -> dt.date:
        [step] = Step.objects.about(one).open()
        return step.due_at.date()

    assert due() == day(60)
    stage = actions.add_milestone(one, by=bob, words="Commander l’écran", due_on=day(20))
    assert due() == day(20)
    actions.do_milestone(stage, by=bob)
    assert due() == day(60)


# -- groups, problems, the end


def test_what_a_group_had_taken_is_free_once_it_ends(
    working: Frame, group: WorkGroup, alice: Person, bob: Person, said: Callable[[str], list[Any]]
) -> None:
    taken = actions.ask_problem(working, by=bob, kind="problem", title="Le bruit", group=group)
    asked = actions.ask_problem(working, by=alice, kind="question", title="Pourquoi ?", group=group)
    actions.turn_group(group, by=bob, verb="end")

    for one in (taken, asked):
        one.refresh_from_db()
        assert (one.state, one.group) == ("open", None)
    assert len(said("problem.freed")) == 2
    with pytest.raises(ValidationError, match="terminé son travail"):
        actions.take_problem(taken, by=bob, group=group)


def test_a_question_asked_of_a_group_has_a_name_a_date_and_a_consequence(
    working: Frame, group: WorkGroup, alice: Person, bob: Person, join: Any
) -> None:
    def asked(title: str) -> Any:
        return actions.ask_problem(working, by=alice, kind="question", title=title, group=group)

    taken, silent = asked("Pourquoi ?"), asked("Comment ?")
    assert {step.owner for step in Step.objects.open().filter(verb=Verb.TAKE)} == {bob}
    actions.take_problem(taken, by=bob, group=group)
    assert not Step.objects.about(taken).open().exists()

    actions.forget_member(bob, working.network)
    [step] = Step.objects.about(silent).open()
    assert step.owner == group.members.exclude(person=bob).get().person
    with clock.at(step.due_at - dt.timedelta(hours=1)):
        assert actions.ask_everybody() == 0
    with clock.at(step.due_at + dt.timedelta(hours=1)):
        assert actions.ask_everybody() == 1
        assert actions.ask_everybody() == 0
    silent.refresh_from_db()
    assert (silent.state, silent.group) == ("open", None)
    assert not Step.objects.about(silent).open().exists()


def test_a_group_that_nobody_is_of_ends(working: Frame, bob: Person) -> None:
    group = actions.form_group(working, by=bob, name="Sans animateur")
    actions.leave_group(group, by=bob)
    group.refresh_from_db()
    assert (group.state, group.ended_at) == ("ended", clock.now())


def test_the_end_leaves_nothing_expected_of_anybody(
    working: Frame, group: WorkGroup, alice: Person, bob: Person, make_person: Maker
) -> None:
    question = actions.ask_problem(working, by=alice, kind="question", title="Pourquoi ?", group=group)
    notes = [
        actions.write_note(working, by=alice, person=make_person(f"Chef{n}"), what="Ceci", due_on=day(9))
        for n in range(2)
    ]
    actions.send_note(notes[0], by=alice)
    stale = Frame.objects.select_related("network", "sponsor").get(pk=working.pk)
    actions.end_frame(working, by=alice)

    for row in (question, group):
        row.refresh_from_db()
    assert (question.state, group.state) == ("aside", "ended")
    assert not Step.objects.filter(network=working.network).open().exists()
    group.frame = working
    with pytest.raises(ValidationError, match="terminé"):
        actions.turn_group(group, by=alice, verb="rest")
    with pytest.raises(PermissionDenied):
        actions.raise_obstacle(stale, by=bob, words="Pas de salle")
    assert not Obstacle.objects.exists()
    assert overdue(working) == []
