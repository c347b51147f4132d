"""The animators' queue: each reason enters and leaves it, and it costs the same whatever the size of the network."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.agenda.actions import hand_over_overdue, note_attempt, remind_by_hand
from reciproque.agenda.models import Step
from reciproque.agenda.rules import AttemptKind, Verb
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.insights.queries import Narrowed, counts, moved_since, queue, stuck
from reciproque.insights.rules import RANK, Reason
from reciproque.kit import clock
from reciproque.matching.models import Suggestion
from reciproque.networks.access import Scope, scope_of
from reciproque.networks.actions import change_settings, enrol_in_bulk, grant_role, join_network
from reciproque.notices.models import Outgoing
from reciproque.people.actions import get_site, get_unit
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)
ALL = Narrowed()


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Introduction:
    """Bob asked Chloé, who has not answered."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    return exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)


SIDED = ("newcomer", "imbalanced")


def rows(network: Any, narrowed: Narrowed = ALL) -> list[Any]:
    """What is in the queue, but for the cast itself, of whom most publish nothing."""
    return [row for row in queue(network, narrowed, size=100) if row.reason not in SIDED]


def reasons(network: Any, narrowed: Narrowed = ALL) -> list[tuple[str, str]]:
    """The same as (reason, first person)."""
    return [(row.reason, row.people[0].first_name) for row in rows(network, narrowed)]


def sided(network: Any) -> list[tuple[str, str]]:
    """Newcomers and one-sided members, as (reason, person)."""
    found = queue(network, ALL, size=100)
    return sorted((row.reason, row.people[0].first_name) for row in found if row.reason in SIDED)


def in_days(days: float) -> Any:
    return clock.at(clock.now() + dt.timedelta(days=days))


def test_an_answer_that_does_not_come(network: Any, alice: Any, asked: Introduction) -> None:
    assert reasons(network) == []
    with clock.at(asked.due_at - DAY):
        assert reasons(network) == [("lapsing", "Chloé")]
    with clock.at(asked.due_at + DAY):
        assert reasons(network) == [("silent", "Chloé")]
        (row,) = rows(network)
        assert (row.title, row.since) == ("Mener un entretien difficile", asked.due_at)
        assert counts(network, ALL)["silent"] == 1
        number = counts(network, ALL)
        assert sum(number[name] for name in number if name not in SIDED) == 1


def test_dates_meetings_and_reviews_that_nobody_sees_to(
    network: Any, bob: Any, chloe: Any, asked: Introduction
) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    with in_days(12):
        assert reasons(network) == [("undated", "Bob")]
        hand_over_overdue()
        (row,) = rows(network)
        assert (row.reason, row.person, row.people) == ("undated", None, [bob, chloe])
    meeting = network_meeting()
    exchanges.say_held(meeting, by=bob, held=True, starts_at=clock.now() - DAY)
    exchange = Exchange.objects.get()
    with clock.at(exchange.review_due_at + DAY):
        assert sorted(reasons(network)) == [("unreviewed", "Bob"), ("unreviewed", "Chloé")]


def network_meeting() -> Any:
    from reciproque.agenda.models import Meeting

    return Meeting.objects.get()


def test_a_declared_exchange_nobody_confirms(network: Any, bob: Any, chloe: Any) -> None:
    exchanges.declare_exchange(
        network, requester=bob, offerer=chloe, by=bob, title="Passé", held_on=clock.now().date()
    )
    with in_days(25):
        assert ("unconfirmed", "Chloé") in reasons(network)


def test_what_waits_for_the_team_comes_first(
    network: Any, alice: Any, bob: Any, dora: Any, make_person: Any, make_post: Any
) -> None:
    change_settings(network, by=alice, mediation="mediated", admission="approval")
    offer = make_post(dora, "offer", "Lire une fiche de paie")
    row = exchanges.ask_introduction(network, requester=bob, offerer=dora, by=bob, offer=offer)
    exchanges.accept_introduction(row, by=dora)
    person = make_person("Nour")
    join_network(network, person, by=person, application="Bonjour")
    found = reasons(network)
    assert ("team", "Bob") in found  # who will bring the two together?
    assert ("team", "Nour") in found  # asks to join, though no reaction opened a step yet


def test_a_request_for_which_nobody_was_asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    request = make_post(bob, "request", "Préparer un entretien délicat")
    offer = make_post(chloe, "offer", "Mener un entretien")
    assert reasons(network) == []
    with in_days(22):
        (row,) = [row for row in queue(network, ALL) if row.reason == "unanswered"]
        assert (row.people, row.suggestion) == ([bob], None)
        found = Suggestion.objects.create(network=network, request=request, offer=offer, score=5)
        (row,) = [row for row in queue(network, ALL) if row.reason == "unanswered"]
        assert row.suggestion == found
        exchanges.ask_introduction(
            network, requester=bob, offerer=chloe, by=bob, request=request, offer=offer
        )
        assert "unanswered" not in dict(reasons(network))


def test_newcomers_then_those_who_only_offer_or_only_ask(
    network: Any, bob: Any, chloe: Any, make_post: Any
) -> None:
    with in_days(8):
        assert sided(network) == [("newcomer", "Bob"), ("newcomer", "Chloé")]
        make_post(bob, "offer", "Trier")
        assert sided(network) == [("newcomer", "Chloé")]
    with in_days(40):
        assert ("imbalanced", "Bob") in sided(network)
        make_post(bob, "request", "Compter")
        assert sided(network) == [("newcomer", "Chloé")]
    with in_days(100):
        assert sided(network) == [("imbalanced", "Chloé")]  # no newcomer any more, and nothing published


def test_an_expert_whose_time_is_full_and_whom_others_await(
    network: Any, bob: Any, chloe: Any, dora: Any, member: Any, make_post: Any
) -> None:
    offer = make_post(chloe, "offer", "Excel", capacity=5)
    first = exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)
    exchanges.ask_introduction(network, requester=dora, offerer=chloe, by=dora, offer=offer)
    exchanges.accept_introduction(first, by=chloe)
    assert "overloaded" not in dict(reasons(network))
    membership = member(chloe)
    membership.give_capacity = 1
    membership.save()
    (row,) = queue(network, ALL, reason="overloaded")
    assert (row.person, row.membership.held, row.membership.waiting) == (chloe, 1, 1)


def refuse_mail(network: Any, person: Any, number: int, **fields: Any) -> Outgoing:
    return Outgoing.objects.create(
        fact_id=number,
        fact_name="meeting.fixed",
        person=person,
        network=network,
        subject="Rendez-vous",
        text="",
        html="",
        state="failed",
        error="550 no such user",
        at=clock.now(),
        **fields,
    )


def test_what_could_not_be_delivered_until_someone_calls(
    network: Any, alice: Any, bob: Any, member: Any
) -> None:
    refuse_mail(network, bob, 1, category="finds")
    assert reasons(network) == []  # found for one person alone: told to nobody else
    refuse_mail(network, bob, 2)
    (row,) = rows(network)
    assert (row.reason, row.error) == ("undelivered", "550 no such user")
    note_attempt(member(bob), network, AttemptKind.CALLED, by=alice, person=bob)
    with in_days(6):
        assert "undelivered" not in dict(reasons(network))  # told: it does not come back
        refuse_mail(network, bob, 3)
        assert ("undelivered", "Bob") in reasons(network)


def test_after_an_act_it_leaves_then_comes_back_if_nothing_moved(
    network: Any, alice: Any, chloe: Any, asked: Introduction, said: Any
) -> None:
    with clock.at(asked.due_at + DAY):
        (row,) = rows(network)
        attempt = remind_by_hand(row.step, by=alice)
        assert rows(network) == []
        assert counts(network, ALL)["silent"] == 0
        again = stuck(network, Scope(), row.key)
        assert again is not None
        assert [one.kind for one in again.tried] == ["reminded"]
        assert again.quiet_until == attempt.quiet_until
        (fact,) = said("step.reminded")
        assert fact.data["to"] == chloe.public_id
    with clock.at(attempt.quiet_until + DAY):
        assert reasons(network)[0] == ("silent", "Chloé")
    exchanges.accept_introduction(asked, by=chloe)
    assert stuck(network, Scope(), row.key) is None


def test_reminding_one_leaves_the_other_in_the_queue(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Introduction
) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    exchanges.say_held(network_meeting(), by=bob, held=True, starts_at=clock.now() - DAY)
    with clock.at(Exchange.objects.get().review_due_at + DAY):
        step = Step.objects.open().get(verb=Verb.REVIEW, owner=bob)
        remind_by_hand(step, by=alice)
        assert reasons(network) == [("unreviewed", "Chloé")]


def test_an_animator_of_a_site_sees_its_people_only(
    network: Any, alice: Any, bob: Any, chloe: Any, emile: Any, asked: Introduction
) -> None:
    grant_role(network, emile, "animator", by=alice, site=get_site("Nantes"))
    exchanges.accept_introduction(asked, by=chloe)
    with in_days(12):
        assert reasons(network, Narrowed(scope_of(emile, network))) == [("undated", "Bob")]
        hand_over_overdue()
        # Handed over to the team, it is about both: Bob is of Nantes.
        assert len(rows(network, Narrowed(scope_of(emile, network)))) == 1
        assert rows(network, Narrowed(Scope(site=get_site("Paris").pk))) == []
        assert stuck(network, Scope(site=get_site("Paris").pk), rows(network)[0].key) is None
        unit = get_unit("RH > Formation")
        assert len(rows(network, Narrowed(unit="RH"))) == 1
        assert len(rows(network, Narrowed(unit=unit.path))) == 1
        assert rows(network, Narrowed(unit="R")) == []


def test_what_moved_is_counted(network: Any, alice: Any, chloe: Any, asked: Introduction) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    moved = moved_since(network, clock.now() - DAY, Scope())
    assert (moved["introduction.asked"], moved["introduction.accepted"]) == (1, 1)
    assert moved_since(network, clock.now() + DAY, Scope())["introduction.asked"] == 0
    nantes = moved_since(network, clock.now() - DAY, Scope(site=get_site("Lyon").pk))
    assert nantes["introduction.asked"] == 0


def fill(network: Any, number: int) -> None:
    """Members without anything, each with a review late."""
    people = Person.objects.bulk_create(
        Person(last_name=f"M{n}", first_name="P", email=f"q{number}-{n}@example.org", password="!")
        for n in range(number)
    )
    enrol_in_bulk(network, {person.pk: (3, 2) for person in people}, by=None)
    Step.objects.bulk_create(
        Step(
            network=network,
            owner=person,
            verb=Verb.REVIEW,
            subject_kind="exchange",
            subject_id=f"x{number}-{n}",
            due_at=clock.now() - DAY,
        )
        for n, person in enumerate(people)
    )


def test_the_queue_costs_the_same_whatever_it_holds(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Introduction, queries: Any
) -> None:
    def cost() -> tuple[int, int, int]:
        with queries() as one:
            rows = queue(network, ALL)
        with queries() as two:
            total = sum(counts(network, ALL).values())
        return len(one), len(two), min(len(rows), total)

    assert cost() == (9, 1, 0)
    fill(network, 3)
    assert cost() == (9, 1, 3)
    refuse_mail(network, bob, 1)
    fill(network, 60)
    with in_days(10):
        assert cost() == (9, 1, 25)


def test_every_reason_has_its_place() -> None:
    assert list(RANK) == Reason.values
