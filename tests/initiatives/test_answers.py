"""The committee's answers: each with its reasons, nobody judges their own, nothing is lost when many are answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from reciproque.initiatives import actions
from reciproque.initiatives.models import Answer, Frame, Obstacle, Proposal
from reciproque.initiatives.queries import committee_desk, kept_promises, scores_of
from reciproque.initiatives.rules import ProposalState
from reciproque.kit import clock
from reciproque.people.models import Person

UNTIL = dt.date(2026, 5, 4)


@pytest.mark.parametrize("kind", ["validated", "reframed", "deferred", "declined"])
@pytest.mark.parametrize("reasons", ["", "  \n ", "\u0000"])
def test_no_answer_is_without_reasons(
    kind: str, reasons: str, make_proposal: Callable[..., Proposal], dora: Person
) -> None:
    proposal = make_proposal("submitted")

    with pytest.raises(ValidationError) as refused:
        actions.answer_proposal(proposal, by=dora, kind=kind, reasons=reasons, change="Chiffrer", until=UNTIL)

    assert list(refused.value.message_dict) == ["reasons"]
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.SUBMITTED


def test_the_table_refuses_an_answer_without_reasons_too(
    make_proposal: Callable[..., Proposal], dora: Person
) -> None:
    proposal = make_proposal("submitted")
    fields: dict[str, Any] = {"proposal": proposal, "by": dora, "due_at": clock.now(), "version": 1}

    for wrong in (
        {"kind": "declined", "reasons": ""},
        {"kind": "deferred", "reasons": "Plus tard"},
        {"kind": "reframed", "reasons": "À revoir"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(**fields, **wrong)


def test_what_to_change_and_until_when_are_said(make_proposal: Callable[..., Proposal], dora: Person) -> None:
    proposal = make_proposal("submitted")

    def answered(**fields: Any) -> Answer:
        return actions.answer_proposal(proposal, by=dora, reasons="Le budget est voté", **fields)

    for fields, name in (
        ({"kind": "reframed"}, "change"),
        ({"kind": "deferred"}, "until"),
        ({"kind": "deferred", "until": dt.date(2026, 3, 2)}, "until"),
        ({"kind": "deferred", "until": dt.date(2028, 1, 1)}, "until"),
        ({"kind": "peut-être"}, "kind"),
    ):
        with pytest.raises(ValidationError) as refused:
            answered(**fields)
        assert list(refused.value.message_dict) == [name]
    assert answered(kind="deferred", until=UNTIL).until == UNTIL


def test_the_committee_answers_and_nobody_else(
    make_proposal: Callable[..., Proposal],
    working: Frame,
    everyone: dict[str, Person],
    verdict: Callable[[Callable[[], Any]], str],
) -> None:
    proposal = make_proposal("submitted")
    said = {
        name: verdict(
            lambda by=by: actions.answer_proposal(proposal, by=by, kind="validated", reasons="Bien")
        )
        for name, by in everyone.items()
    }

    # Not the animators, nor the sponsor as long as there is a committee, nor the installation's administrator.
    assert said == dict.fromkeys(everyone, "no") | {"dora": "yes", "chloe": "yes"}


def test_one_of_the_committee_does_not_judge_their_own_and_it_is_shown(
    make_proposal: Callable[..., Proposal], working: Frame, dora: Person, chloe: Person
) -> None:
    proposal = make_proposal("submitted", by=dora)

    for gesture in (
        lambda: actions.answer_proposal(proposal, by=dora, kind="validated", reasons="La mienne"),
        lambda: actions.score_proposal(proposal, by=dora, value=5),
    ):
        with pytest.raises(ValidationError, match="Cette proposition est la vôtre") as refused:
            gesture()
        assert refused.value.code == "recused"
    assert committee_desk(working, dora).own == {proposal.public_id}
    assert committee_desk(working, chloe).own == set()
    answer = actions.answer_proposal(proposal, by=chloe, kind="validated", reasons="Utile partout")
    assert list(answer.recused.all()) == [dora]


def test_taking_one_s_name_off_does_not_make_one_a_judge(
    make_proposal: Callable[..., Proposal], bob: Person, dora: Person
) -> None:
    proposal = make_proposal("draft", by=dora)
    actions.invite_author(proposal, bob, by=dora)
    actions.answer_invitation(proposal, by=bob, accept=True)
    actions.leave_authors(proposal, by=dora)
    actions.submit_proposal(proposal, by=bob)

    with pytest.raises(ValidationError, match="est la vôtre"):
        actions.answer_proposal(proposal, by=dora, kind="validated", reasons="Plus la mienne")


def test_who_raised_an_obstacle_or_owns_an_experiment_does_not_decide_of_it(
    working: Frame, make_trial: Callable[..., Any], dora: Person, chloe: Person
) -> None:
    obstacle = actions.raise_obstacle(working, by=dora, words="Le logiciel de paie refuse les groupes")
    with pytest.raises(ValidationError) as refused:
        actions.settle_obstacle(obstacle, by=dora, lifted=True, reasons="Je m’en charge")
    assert refused.value.code == "recused"
    trial = make_trial("asked", owner=dora)
    with pytest.raises(ValidationError) as refused:
        actions.answer_support(trial, by=dora, supported=True)
    assert refused.value.code == "recused"
    actions.answer_support(trial, by=chloe, supported=True)
    with pytest.raises(ValidationError, match="pourquoi"):
        actions.settle_obstacle(obstacle, by=chloe, lifted=False, reasons=" ")
    actions.settle_obstacle(obstacle, by=chloe, lifted=False, reasons="Le marché court jusqu’en 2027")
    with pytest.raises(IntegrityError), transaction.atomic():
        Obstacle.objects.filter(pk=obstacle.pk).update(reasons="")


def test_an_answer_is_to_the_version_that_was_read(
    make_proposal: Callable[..., Proposal], bob: Person, dora: Person
) -> None:
    proposal = make_proposal("submitted")
    due = proposal.due_at
    actions.edit_proposal(Proposal.objects.get(pk=proposal.pk), by=bob, cost="Deux écrans par bureau")
    with pytest.raises(ValidationError, match="a changé depuis"):
        actions.answer_proposal(proposal, by=dora, kind="validated", reasons="Peu cher", version=1)

    answer = actions.answer_proposal(proposal, by=dora, kind="validated", reasons="Peu cher", version=2)

    assert (answer.version, answer.due_at) == (2, due)
    with pytest.raises(ValidationError, match="déjà sa réponse"):
        actions.answer_proposal(proposal, by=dora, kind="declined", reasons="Finalement non, merci")


def test_two_answers_at_the_same_instant(
    make_proposal: Callable[..., Proposal],
    dora: Person,
    chloe: Person,
    at_once: Callable[..., list[Any]],
) -> None:
    proposal = make_proposal("submitted")
    copies = [
        Proposal.objects.select_related("frame__network", "frame__sponsor").get(pk=proposal.pk) for _n in "ab"
    ]
    given = at_once(
        lambda: actions.answer_proposal(copies[0], by=dora, kind="validated", reasons="Oui, pour Nantes"),
        lambda: actions.answer_proposal(copies[1], by=chloe, kind="declined", reasons="Non, bien trop cher"),
    )

    refused = [one for one in given if isinstance(one, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], ValidationError)
    [answer] = Answer.objects.all()
    proposal.refresh_from_db()
    assert proposal.state == answer.kind


# -- many at once


def test_many_are_answered_each_with_its_own_reasons(
    make_proposal: Callable[..., Proposal], working: Frame, dora: Person
) -> None:
    one, two = make_proposal("submitted", title="Une"), make_proposal("submitted", title="Deux")
    pairs = [(one, "Déjà fait à Rennes"), (two, "Interdit par la convention")]

    given = actions.answer_many(working, by=dora, kind="declined", pairs=pairs)

    assert [answer.reasons for answer in given] == ["Déjà fait à Rennes", "Interdit par la convention"]


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ("Déjà fait à Rennes", "", [1]),
        ("Pas cette année", "pas  cette ANNÉE", [0, 1]),
        ("Merci de votre proposition.", "Interdit par la loi", [0]),
    ],
)
def test_of_many_none_is_answered_when_reasons_are_missing_or_shared(
    first: str,
    second: str,
    wrong: list[int],
    make_proposal: Callable[..., Proposal],
    working: Frame,
    dora: Person,
) -> None:
    actions.save_template(working, by=dora, name="Merci", words="Merci de votre proposition.")
    both = [make_proposal("submitted", title="Une"), make_proposal("submitted", title="Deux")]

    with pytest.raises(ValidationError) as refused:
        actions.answer_many(
            working, by=dora, kind="declined", pairs=list(zip(both, (first, second), strict=True))
        )

    assert set(refused.value.message_dict) == {f"reasons_{both[n].public_id}" for n in wrong}
    assert not Answer.objects.exists()
    assert set(Proposal.objects.values_list("state", flat=True)) == {ProposalState.SUBMITTED}


def test_of_many_one_s_own_is_refused_and_the_date_is_said_once(
    make_proposal: Callable[..., Proposal], working: Frame, dora: Person
) -> None:
    mine, other = make_proposal("submitted", by=dora), make_proposal("submitted")
    with pytest.raises(ValidationError) as refused:
        actions.answer_many(
            working,
            by=dora,
            kind="declined",
            pairs=[(mine, "Non, trop cher ici"), (other, "Non, trop cher là")],
        )
    assert set(refused.value.message_dict) == {f"reasons_{mine.public_id}"}
    with pytest.raises(ValidationError) as refused:
        actions.answer_many(working, by=dora, kind="deferred", pairs=[(other, "Plus tard, au budget")])
    assert set(refused.value.message_dict) == {"until"}


def test_the_words_of_a_template_alone_are_no_reasons(
    make_proposal: Callable[..., Proposal], working: Frame, dora: Person, bob: Person
) -> None:
    template = actions.save_template(working, by=dora, name="Budget", words="Le budget ne le permet pas.")
    proposal = make_proposal("submitted")
    with pytest.raises(PermissionDenied):
        actions.save_template(working, by=bob, name="Non", words="Non")
    with pytest.raises(ValidationError, match="mots du modèle"):
        actions.answer_proposal(proposal, by=dora, kind="declined", reasons=template.words)
    reasons = f"{template.words} Un écran coûte 900 € et il y a 40 bureaux."
    assert actions.answer_proposal(proposal, by=dora, kind="declined", reasons=reasons).reasons == reasons


# -- scores


def test_scores_are_hidden_from_the_others_until_the_answer(
    make_proposal: Callable[..., Proposal], dora: Person, chloe: Person, bob: Person
) -> None:
    proposal = make_proposal("submitted")
    with pytest.raises(PermissionDenied):
        actions.score_proposal(proposal, by=bob, value=5)
    actions.score_proposal(proposal, by=dora, value=2)
    actions.score_proposal(proposal, by=dora, value=4, words="Après réflexion")
    actions.score_proposal(proposal, by=chloe, value=1)

    assert [row.value for row in scores_of(proposal, dora)] == [4]
    assert [row.value for row in scores_of(proposal, chloe)] == [1]
    actions.answer_proposal(proposal, by=chloe, kind="validated", reasons="Simple à faire")
    assert [row.value for row in scores_of(proposal, dora)] == [4, 1]
    with pytest.raises(ValidationError, match="déjà sa réponse"):
        actions.score_proposal(proposal, by=dora, value=0)


# -- carried out


def test_a_validated_proposal_is_carried_out_and_followed_to_its_end(
    make_proposal: Callable[..., Proposal],
    bob: Person,
    alice: Person,
    dora: Person,
    fatou: Person,
    emile: Person,
    said: Callable[[str], list[Any]],
) -> None:
    proposal = make_proposal("validated")
    actions.follow(proposal, by=emile)
    for owner, review_on, name in (
        (fatou, dt.date(2026, 6, 1), "owner"),
        (bob, dt.date(2026, 3, 2), "review_on"),
    ):
        with pytest.raises(ValidationError) as refused:
            actions.carry_proposal(proposal, by=dora, owner=owner, review_on=review_on)
        assert list(refused.value.message_dict) == [name]
    with pytest.raises(PermissionDenied):
        actions.carry_proposal(proposal, by=bob, owner=bob, review_on=dt.date(2026, 6, 1))
    actions.carry_proposal(proposal, by=dora, owner=alice, review_on=dt.date(2026, 6, 1))
    stage = actions.add_milestone(
        proposal, by=alice, words="Commander les écrans", due_on=dt.date(2026, 4, 1)
    )
    actions.do_milestone(stage, by=alice)
    actions.report_progress(proposal, by=alice, percent=50, words="La moitié des bureaux")
    with pytest.raises(ValidationError):
        actions.report_progress(proposal, by=alice, percent=101)
    with pytest.raises(PermissionDenied):
        actions.report_progress(proposal, by=bob, percent=60)
    with pytest.raises(ValidationError, match="ce que cela a donné"):
        actions.finish_proposal(proposal, by=alice, outcome="")
    actions.finish_proposal(proposal, by=alice, outcome="Affiché dans 40 bureaux")

    assert (proposal.state, proposal.percent) == (ProposalState.DONE, 100)
    [done] = said("proposal.done")
    assert set(done.data["to"]) == {bob.public_id, emile.public_id}
    with pytest.raises(ValidationError):
        actions.withdraw_proposal(proposal, by=bob)


def test_what_a_committee_kept_of_its_word_is_counted(
    make_proposal: Callable[..., Proposal], working: Frame, dora: Person
) -> None:
    make_proposal("validated")
    late = make_proposal("submitted")
    with clock.at(late.due_at + dt.timedelta(hours=1)):
        actions.answer_proposal(late, by=dora, kind="declined", reasons="Trop tard dans l’année")

    assert kept_promises(working) == {"given": 2, "in_time": 1, "validated": 1, "declined": 1}
