"""Asked once, said or not, taken back; contests answered by those who may; what waits never waits for nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.catalogue.actions import get_or_create_topic
from reciproque.exchanges.actions import confirm_exchange, declare_exchange, set_apart
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.recognition import actions, queries
from reciproque.recognition.access import can_confirm, get_confirmable
from reciproque.recognition.models import Certification, CertificationRule, Contest, Skill

pytestmark = pytest.mark.django_db
SAVOIR = "Excel"


@pytest.fixture(autouse=True)
def rule(network: Any, admin: Any) -> CertificationRule:
    get_or_create_topic(SAVOIR)
    return actions.set_rule(network, by=admin, confirmations=2, units=2, months=12)


def learn(network: Any, learner: Any, teacher: Any) -> Any:
    exchange = declare_exchange(
        network, requester=learner, offerer=teacher, by=None, title=SAVOIR, held_on=clock.now().date()
    )
    confirm_exchange(exchange, by=learner)
    actions.note_exchange(exchange)
    return exchange


def confirm(learner: Any, teacher: Any, exchange: Any, **more: Any) -> Any:
    topic = get_or_create_topic(SAVOIR)
    source = ("exchange", exchange.public_id)
    return actions.confirm_skill(teacher, topic, by=learner, source=source, **more)


@pytest.fixture
def certified(network: Any, bob: Any, chloe: Any, dora: Any) -> Certification:
    """Bob's savoir, certified by Chloé's word and Dora's."""
    for learner in (chloe, dora):
        confirm(learner, bob, learn(network, learner, bob))
    actions.choose_audience(bob, "network", by=bob)
    return Certification.objects.select_related("skill__person", "skill__topic", "network").get()


def test_asked_once_answered_or_not(network: Any, bob: Any, chloe: Any, dora: Any, emile: Any) -> None:
    for learner in (chloe, dora):
        learn(network, learner, bob)
    skill = Skill.objects.get(person=bob)
    with pytest.raises(PermissionDenied):
        actions.ask_confirmation(skill, by=bob, people=[chloe, emile])  # he learned nothing from Bob
    with pytest.raises(PermissionDenied):
        actions.ask_confirmation(skill, by=chloe, people=[dora])
    assert len(actions.ask_confirmation(skill, by=bob, people=[chloe, dora])) == 2
    with pytest.raises(ValidationError):
        actions.ask_confirmation(skill, by=bob, people=[chloe])
    assert [row.asked for row in queries.may_confirm(chloe)] == [True]
    assert {one.person for one in queries.who_may_confirm(skill)} == {chloe, dora}
    actions.decline_confirmation(skill, by=chloe)
    assert not queries.asked_of(chloe)
    assert [row.asked for row in queries.may_confirm(chloe)] == [False]  # she may still say so one day
    with clock.at(clock.now() + dt.timedelta(days=60)):
        assert actions.lapse_confirmations() == 1
        assert not Step.objects.open().filter(verb="witness").exists()
        with pytest.raises(ValidationError):
            actions.ask_confirmation(skill, by=bob, people=[dora])


def test_said_then_nothing_is_left_to_say(network: Any, bob: Any, chloe: Any, said: Any) -> None:
    exchange = learn(network, chloe, bob)
    skill = Skill.objects.get(person=bob)
    actions.ask_confirmation(skill, by=bob, people=[chloe])
    row = confirm(chloe, bob, exchange, words="  Clair et patient. ", signs=True)
    assert (row.words, row.signs, row.unit) == ("Clair et patient.", True, chloe.unit)
    assert not Step.objects.open().filter(verb="witness").exists()
    assert not queries.may_confirm(chloe)
    assert queries.given_by(chloe) == [row]
    with pytest.raises(ValidationError):
        confirm(chloe, bob, exchange)
    confirm(chloe, bob, learn(network, chloe, bob))  # from something learned since, it is said anew
    assert skill.confirmations.standing().count() == 1
    assert not set(said("skill.confirmed")[0].data) & {"words"}


def test_between_whom_nothing_is_confirmed(
    network: Any, bob: Any, chloe: Any, dora: Any, make_person: Any
) -> None:
    for learner in (chloe, dora):
        learn(network, learner, bob)
    skill = Skill.objects.get(person=bob)
    assert can_confirm(chloe, skill)
    set_apart(chloe, bob, by=chloe)
    assert not can_confirm(chloe, skill)
    assert {one.person for one in queries.who_may_confirm(skill)} == {dora}
    between = make_person(manager=dora)
    bob.manager = between
    bob.save()
    assert not can_confirm(dora, Skill.objects.get(person=bob))
    assert not queries.may_confirm(dora)
    assert not can_confirm(bob, skill)


def test_who_keeps_nothing_is_confirmed_nothing(network: Any, bob: Any, chloe: Any) -> None:
    exchange = learn(network, chloe, bob)
    actions.stop_keeping(by=bob)
    with pytest.raises(ValidationError):
        confirm(chloe, bob, exchange)
    assert not queries.may_confirm(chloe)


def test_a_hidden_skill_may_be_confirmed_by_who_learned_it(
    network: Any, bob: Any, chloe: Any, dora: Any
) -> None:
    learn(network, chloe, bob)
    skill = Skill.objects.get(person=bob)
    assert get_confirmable(chloe, skill.public_id) == skill
    with pytest.raises(NotThere):
        get_confirmable(dora, skill.public_id)


@pytest.mark.parametrize("size", [1, 3])
def test_what_one_may_confirm_costs_the_same(
    network: Any, bob: Any, make_person: Any, join: Any, queries: Any, size: int
) -> None:
    from reciproque.recognition.queries import may_confirm, who_may_confirm

    for _n in range(size):
        teacher, learner = make_person(), make_person()
        join(teacher, network)
        join(learner, network)
        learn(network, bob, teacher)
        learn(network, learner, bob)
    with queries() as seen:
        assert len(may_confirm(bob)) == size
    assert len(seen) <= 20
    few = len(seen)
    with queries() as seen:
        assert len(who_may_confirm(Skill.objects.select_related("person").get(person=bob))) == size
    assert len(seen) <= 20
    assert few <= 20


# -- contests ---------------------------------------------------------------------------------------------------


def test_who_may_contest(certified: Certification, verdict: Any, everyone: dict[str, Any], bob: Any) -> None:
    found = {
        name: verdict(lambda person=person: actions.contest(certified, by=person, words="Je doute."))
        for name, person in everyone.items()
    }
    assert found == {
        "admin": "no",  # not a member: the skill is not shown to them
        "alice": "yes",
        "bob": "no",
        "chloe": "no",  # she takes her word back instead
        "dora": "no",
        "emile": "no",  # whoever sponsors sees nobody’s skills
        "fatou": "no",
    }


def test_a_contest_waits_for_somebody_free_to_answer(
    network: Any, certified: Certification, alice: Any, hugo: Any, admin: Any, bob: Any, said: Any
) -> None:
    doubt = actions.contest(certified, by=hugo, words="Il a changé de métier.")
    assert actions.contest(certified, by=hugo, words="Encore.") == doubt
    step = Step.objects.open().get(verb="contest")
    assert step.owner == alice
    with pytest.raises(PermissionDenied):
        actions.settle_contest(doubt, by=bob, upheld=False, answer="Non.")
    with pytest.raises(ValidationError):
        actions.settle_contest(doubt, by=alice, upheld=True, answer=" ")
    # Alice becomes Bob's manager: from that instant on it is not hers to read.
    bob.manager = alice
    bob.save()
    doubt = Contest.objects.select_related("certification__skill__person", "certification__network").get()
    with pytest.raises(PermissionDenied):
        actions.settle_contest(doubt, by=alice, upheld=True, answer="Oui.")
    assert actions.tend_contests() == 1
    assert Step.objects.open().get(verb="contest").owner == admin
    assert actions.tend_contests() == 0
    actions.settle_contest(doubt, by=admin, upheld=False, answer="Il l’exerce toujours.")
    assert not Step.objects.open().filter(verb="contest").exists()
    assert Certification.objects.get().ended_at is None
    assert [fact.data["upheld"] for fact in said("contest.settled")] == [False]
    with pytest.raises(ValidationError):
        actions.settle_contest(doubt, by=admin, upheld=True, answer="Finalement.")


def test_an_animator_who_does_not_answer(certified: Certification, alice: Any, hugo: Any, admin: Any) -> None:
    actions.contest(certified, by=hugo, words="Je doute.")
    assert Step.objects.open().get(verb="contest").owner == alice
    with clock.at(clock.now() + dt.timedelta(days=30)):
        actions.tend_contests()
        assert Step.objects.open().get(verb="contest").owner == admin


def test_upheld_it_ends_and_all_are_told(
    certified: Certification, alice: Any, hugo: Any, bob: Any, run_reactions: Any
) -> None:
    from reciproque.notices.models import Outgoing

    doubt = actions.contest(certified, by=hugo, words="Il a changé de métier.")
    run_reactions()
    actions.settle_contest(doubt, by=alice, upheld=True, answer="Il le dit lui-même.")
    certified.refresh_from_db()
    assert certified.end_reason == "contested"
    run_reactions()
    told = {(row.fact_name, row.person.first_name) for row in Outgoing.objects.select_related("person")}
    assert {
        ("skill.certified", "Bob"),
        ("certification.contested", "Bob"),
        ("certification.ended", "Bob"),
        ("contest.entrusted", "Alice"),
        ("contest.settled", "Hugo"),
    } <= told
    about = Outgoing.objects.filter(person=bob)
    assert not [row for row in about if "Nguyen" in row.text or "Il a changé" in row.text]
    assert all(row.private for row in about.filter(fact_name__startswith="certification."))


def test_told_before_it_ends(network: Any, certified: Certification, said: Any) -> None:
    with clock.at(certified.until - dt.timedelta(days=20)):
        assert actions.warn_ending() == 1
        assert actions.warn_ending() == 0
    assert [fact.data["title"] for fact in said("certification.ending")] == [SAVOIR]


def test_given_up_by_its_holder(network: Any, certified: Certification, bob: Any, chloe: Any) -> None:
    with pytest.raises(PermissionDenied):
        actions.give_up_certification(certified, by=chloe)
    actions.give_up_certification(certified, by=bob)
    actions.certify_all(network)
    assert not Certification.objects.current().exists()


# -- the rule ---------------------------------------------------------------------------------------------------


def test_the_rule_is_set_by_who_animates_the_whole(
    network: Any, alice: Any, bob: Any, certified: Certification
) -> None:
    with pytest.raises(PermissionDenied):
        actions.set_rule(network, by=bob, confirmations=2, units=1, months=12)
    for wrong in ({"confirmations": 1}, {"units": 6}, {"months": 1}, {"confirmations": 2, "units": 3}):
        with pytest.raises(ValidationError):
            actions.set_rule(network, by=alice, **wrong)
    preview = queries.preview_rule(network, 3, 2, 12)
    assert (preview.certified_now, preview.would_be, preview.would_end) == (
        None,
        0,
        None,
    )  # under five: not said
    actions.set_rule(network, by=alice, confirmations=3, units=2, months=12)
    assert not Certification.objects.current().exists()
    assert queries.skills_seen_count(network) is None
