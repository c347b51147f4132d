"""Meeting, finishing, extending, stopping, reviewing, declaring, leaving."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.actions import accept_slot, fix_date, propose_slots
from reciproque.agenda.models import Meeting, Step
from reciproque.agenda.queries import live_meeting
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, Review, Terms, ThreadPerson
from reciproque.exchanges.queries import reviews_shown
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.actions import change_capacity, leave_network
from reciproque.networks.models import Membership
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)


def said(name: str) -> list[Fact]:
    return list(Fact.objects.filter(name=name).order_by("pk"))


def member(person: Any) -> Membership:
    return Membership.objects.select_related("network", "person").get(person=person)


@pytest.fixture
def later() -> Any:
    """Run a block some days later."""
    start = clock.now()
    return lambda days: clock.at(start + days * DAY)


# -- meeting, finishing


def test_an_exchange_starts_with_a_date_to_find(
    exchange: Exchange, expected: Any, bob: Any, chloe: Any
) -> None:
    assert (exchange.state, exchange.origin) == ("open", "followed")
    assert expected(exchange) == {("Bob", "propose")}
    meeting = live_meeting(exchange)
    assert (meeting.mode, meeting.kind, {row.person for row in meeting.attendances.all()}) == (
        "phone",
        "exchange",
        {bob, chloe},
    )
    assert said("exchange.opened")[0].data["names"] == ["Bob Riou", "Chloé Le Goff"]


def test_it_took_place_and_it_is_over(finished: Exchange, expected: Any) -> None:
    assert (finished.state, finished.minutes, finished.mode, finished.held_on) == (
        "finished",
        60,
        "phone",
        dt.date(2026, 3, 3),
    )
    assert expected(finished) == {("Bob", "review"), ("Chloé", "review")}
    assert {step.due_at for step in Step.objects.open().filter(verb="review")} == {finished.review_due_at}


def test_it_took_place_and_goes_on(
    exchange: Exchange, expected: Any, bob: Any, chloe: Any, later: Any
) -> None:
    first = live_meeting(exchange)
    fix_date(first, clock.now() + DAY, by=bob, minutes=30)
    with later(2):
        actions.say_held(first, by=chloe, held=True, more=True)
        assert expected(exchange) == {("Chloé", "propose")}
        second = live_meeting(exchange)
        assert second != first
        actions.say_held(second, by=bob, held=True, starts_at=clock.now() - DAY)
    exchange.refresh_from_db()
    assert (exchange.state, exchange.minutes) == ("finished", 90)


def test_it_did_not_take_place(exchange: Exchange, expected: Any, bob: Any, chloe: Any, later: Any) -> None:
    first = live_meeting(exchange)
    fix_date(first, clock.now() + DAY, by=bob)
    with later(2):
        actions.say_held(first, by=chloe, held=False)
        actions.say_held(first, by=bob, held=True)  # too late: nothing changes
    assert (first.state, Exchange.objects.get().state) == ("missed", "open")
    assert expected(exchange) == {("Chloé", "propose")}
    assert Meeting.objects.count() == 2


def test_calling_off_expects_another_date(exchange: Exchange, expected: Any, bob: Any, chloe: Any) -> None:
    first = live_meeting(exchange)
    fix_date(first, clock.now() + DAY, by=bob)
    actions.call_off_meeting(first, by=chloe, reason="Grippe")
    actions.call_off_meeting(first, by=chloe, reason="Grippe")
    assert (first.state, first.cancel_reason) == ("cancelled", "Grippe")
    assert expected(exchange) == {("Chloé", "propose")}
    assert Meeting.objects.count() == 2


def test_finishing_needs_a_meeting(exchange: Exchange, bob: Any) -> None:
    with pytest.raises(ValidationError, match="quand vous vous êtes rencontrés"):
        actions.finish_exchange(exchange, by=bob)


def test_extending_and_finishing_again(
    finished: Exchange, expected: Any, bob: Any, chloe: Any, later: Any
) -> None:
    with later(3):
        actions.extend_exchange(finished, by=bob)
        actions.extend_exchange(finished, by=bob)
        assert (finished.state, finished.review_due_at) == ("open", None)
        assert expected(finished) == {("Bob", "propose")}
        actions.finish_exchange(finished, by=chloe)
        actions.finish_exchange(finished, by=chloe)
        assert expected(finished) == {("Bob", "review"), ("Chloé", "review")}
        assert live_meeting(finished) is None
        actions.submit_review(finished, by=bob, satisfaction="4")
        with pytest.raises(ValidationError, match="bilan est déjà fait"):
            actions.extend_exchange(finished, by=chloe)
    assert (len(said("exchange.extended")), len(said("exchange.finished"))) == (1, 2)


def test_stopping_has_a_reason_and_releases_everyone(
    exchange: Exchange, expected: Any, bob: Any, chloe: Any
) -> None:
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        actions.stop_exchange(exchange, by=bob, reason=" ")
    late = Exchange.objects.get()
    actions.stop_exchange(exchange, by=bob, reason=" Mutation ")
    actions.stop_exchange(exchange, by=bob, reason="Mutation")
    assert (exchange.state, exchange.reason, exchange.stopped_by) == ("stopped", "Mutation", bob)
    assert expected(exchange) == set()
    assert live_meeting(exchange) is None
    assert len(said("exchange.stopped")) == 1
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.stop_exchange(late, by=chloe, reason="Aussi")
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.extend_exchange(exchange, by=bob)


def test_terms_are_written_while_they_can_serve(
    introduction: Any, mediated: Any, exchange: Exchange, bob: Any, chloe: Any, later: Any
) -> None:
    first = actions.write_terms(exchange, by=bob, content=" Les bases ", review_on=dt.date(2026, 4, 1))
    again = actions.write_terms(exchange, by=chloe, method="En pratiquant")
    assert first == again
    assert (again.content, again.method, again.written_by) == ("Les bases", "En pratiquant", chloe)
    for field, value in (("content", "x" * 4001), ("method", "x" * 501)):
        with pytest.raises(ValidationError) as refusal:
            actions.write_terms(exchange, by=bob, **{field: value})
        assert field in refusal.value.message_dict
    with pytest.raises(ValueError, match="exchange_id"):
        actions.write_terms(exchange, by=bob, exchange_id=1)
    actions.stop_exchange(exchange, by=bob, reason="Mutation")
    with pytest.raises(ValidationError, match="ne changent plus"):
        actions.write_terms(exchange, by=bob, content="Trop tard")
    with pytest.raises(ValidationError, match="une fois la mise en relation acceptée"):
        actions.write_terms(introduction, by=bob, content="Trop tard")


# -- reviewing


def test_both_review_then_it_is_closed(
    finished: Exchange, expected: Any, bob: Any, chloe: Any, later: Any
) -> None:
    with later(3):
        mine = actions.submit_review(
            finished, by=bob, satisfaction="4", covered="partly", used="planned", again=True, learned=" Écouter ",
            hours=Decimal("1.5"), request_met=True,
        )  # fmt: skip
        assert actions.submit_review(finished, by=bob, satisfaction="1") == mine
        assert (mine.side, mine.learned, mine.hours) == ("requester", "Écouter", Decimal("1.5"))
        assert expected(finished) == {("Chloé", "review")}
        hers = actions.submit_review(finished, by=chloe, satisfaction="3", used="already")
        assert (hers.side, hers.used) == ("offerer", "")  # asked of who learns
    finished.refresh_from_db()
    assert (finished.state, finished.request.state) == ("closed", "fulfilled")
    assert expected(finished) == set()
    assert [fact.data["reviews"] for fact in said("exchange.closed")] == [2]
    assert "Écouter" not in str([fact.data for fact in said("review.submitted")])


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("satisfaction", {"satisfaction": "5"}),
        ("satisfaction", {"satisfaction": ""}),
        ("covered", {"covered": "maybe"}),
        ("used", {"used": "maybe"}),
        ("hours", {"hours": Decimal(501)}),
        ("hours", {"hours": Decimal(-1)}),
        ("hours", {"hours": Decimal("1.234")}),
        ("hours", {"hours": Decimal("NaN")}),
    ],
)
def test_a_review_that_cannot_be(finished: Exchange, bob: Any, field: str, values: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        actions.submit_review(finished, by=bob, **{"satisfaction": "4"} | values)
    assert field in refusal.value.message_dict
    assert not Review.objects.exists()


def test_only_who_asked_says_that_the_request_is_met(finished: Exchange, chloe: Any) -> None:
    actions.submit_review(finished, by=chloe, satisfaction="4", request_met=True)
    finished.request.refresh_from_db()
    assert finished.request.state == "published"


def test_a_review_taken_by_telephone_is_signed(finished: Exchange, alice: Any, bob: Any, chloe: Any) -> None:
    review = actions.submit_review(finished, by=alice, author=bob, satisfaction="4")
    assert (review.author, review.on_behalf_by) == (bob, alice)
    assert reviews_shown(finished, alice) == []
    with pytest.raises(PermissionDenied):
        actions.submit_review(finished, by=bob, author=chloe, satisfaction="4")


def test_reviews_close_at_their_deadline_once(
    finished: Exchange, expected: Any, bob: Any, chloe: Any
) -> None:
    stale = Exchange.objects.select_related("network", "thread").get()
    with clock.at(finished.review_due_at):
        assert actions.close_overdue_reviews() == 0
    with clock.at(finished.review_due_at + DAY):
        assert actions.close_overdue_reviews() == 1
        assert actions.close_overdue_reviews() == 0
        for row in (stale, Exchange.objects.get()):
            with pytest.raises(ValidationError, match="n’est pas .ou plus. ouvert"):
                actions.submit_review(row, by=bob, satisfaction="4")
    assert expected(finished) == set()
    assert {step.state for step in Step.objects.filter(verb="review")} == {"lapsed"}


# -- declaring


@pytest.fixture
def declare(network: Any, bob: Any, chloe: Any) -> Any:
    def declare_(by: Any, **fields: Any) -> Exchange:
        today = clock.now().date()
        values = {
            "requester": bob,
            "offerer": chloe,
            "title": "Publipostage",
            "held_on": today - DAY,
        } | fields
        return actions.declare_exchange(network, by=by, **values)

    return declare_


def test_one_declares_the_other_confirms(declare: Any, expected: Any, bob: Any, chloe: Any) -> None:
    row = declare(bob, minutes=90, mode="face")
    assert (row.state, row.origin, row.declared_by, row.minutes) == ("declared", "declared", bob, 90)
    assert expected(row) == {("Chloé", "confirm")}
    actions.confirm_exchange(row, by=chloe)
    actions.confirm_exchange(row, by=chloe)
    assert (row.state, row.confirmed_by) == ("closed", chloe)
    assert expected(row) == set()
    assert len(said("exchange.confirmed")) == 1
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.deny_exchange(row, by=chloe)


def test_an_animator_declares_for_two(declare: Any, expected: Any, alice: Any, bob: Any, chloe: Any) -> None:
    row = declare(alice)
    assert expected(row) == {("Bob", "confirm"), ("Chloé", "confirm")}
    assert said("exchange.declared")[0].data["on_behalf"] is True
    actions.deny_exchange(row, by=bob, reason=" Jamais ")
    actions.deny_exchange(row, by=bob)
    assert (row.state, row.reason) == ("denied", "Jamais")
    assert expected(row) == set()
    assert len(said("exchange.denied")) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"minutes": 4}, "5 minutes"),
        ({"title": "x"}, "en quelques mots"),
        ({"mode": "pigeon"}, "comment vous rencontrer"),
        ({"held_on": dt.date(2026, 3, 3)}, "pas encore passée"),
        ({"held_on": dt.date(206, 3, 1)}, "Vérifiez l’année"),
    ],
)
def test_what_cannot_be_declared(declare: Any, bob: Any, fields: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        declare(bob, **fields)
    assert sentence in " ".join(refusal.value.messages)


def test_one_declares_with_another_member(declare: Any, bob: Any, fatou: Any) -> None:
    with pytest.raises(ValidationError, match="deux personnes"):
        declare(bob, offerer=bob)
    with pytest.raises(ValidationError, match="faire partie du réseau"):
        declare(bob, offerer=fatou)


def test_today_is_today_where_one_is(declare: Any, bob: Any) -> None:
    with clock.at(dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)):
        assert declare(bob, held_on=dt.date(2026, 3, 3)).held_on == dt.date(2026, 3, 3)
        bob.time_zone = "America/Cayenne"
        with pytest.raises(ValidationError, match="pas encore passée"):
            declare(bob, held_on=dt.date(2026, 3, 3))


def test_the_same_declaration_is_written_once(declare: Any, bob: Any, chloe: Any, dora: Any) -> None:
    assert declare(bob, key="k") == declare(bob, key="k")
    assert declare(bob, key="\x00k" + "y" * 90) == declare(bob, key="k" + "y" * 63)
    with pytest.raises(ValidationError, match="entre-temps"):
        declare(dora, requester=dora, key="k")  # somebody else's
    assert declare(bob) != declare(bob)


def test_an_import_counts_at_once(declare: Any, expected: Any, bob: Any) -> None:
    leave_organisation(bob, by=None)
    row = declare(None, key="line 1")
    assert (row.state, row.closed_at, expected(row)) == ("closed", clock.now(), set())


def test_a_declaration_nobody_confirms_stays_as_it_is(declare: Any, expected: Any, bob: Any) -> None:
    row = declare(bob)
    due = Step.objects.get(verb="confirm").due_at
    with clock.at(due):
        assert actions.close_unconfirmed() == 0
    with clock.at(due + DAY):
        assert actions.close_unconfirmed() == 1
        assert actions.close_unconfirmed() == 0
    row.refresh_from_db()
    assert (row.state, expected(row)) == ("declared", set())


# -- leaving in the middle


def test_who_leaves_after_the_meeting_is_not_waited_for(
    finished: Exchange, expected: Any, bob: Any, chloe: Any, run_reactions: Any, later: Any
) -> None:
    with later(3):
        actions.submit_review(finished, by=bob, satisfaction="4")
        leave_network(member(chloe), by=chloe)
        run_reactions()
    finished.refresh_from_db()
    assert finished.state == "closed"
    assert expected(finished) == set()
    assert said("exchange.left")[0].data["who"] == chloe.public_id


def test_a_group_goes_on_without_who_left(
    ask: Any, make_post: Any, expected: Any, bob: Any, chloe: Any, dora: Any, run_reactions: Any
) -> None:
    change_capacity(member(chloe), by=chloe, give=5, receive=1)
    actions.accept_introduction(ask(bob, chloe, offer=make_post(chloe, small_group=True)), by=chloe)
    group = Exchange.objects.get()
    actions.accept_introduction(ask(dora, chloe), by=chloe, into=group)
    assert expected(group) == {("Bob", "propose")}
    leave_network(member(bob), by=bob)
    run_reactions()
    group.refresh_from_db()
    assert group.state == "open"
    assert len(expected(group)) == 1  # somebody else finds the date
    assert not [who for who, _verb in expected(group) if who == "Bob"]
    assert ThreadPerson.objects.get(thread=group.thread, person=bob).until == clock.now()
    slot = propose_slots(live_meeting(group), [clock.now() + DAY], by=chloe)[0]
    assert accept_slot(slot, by=dora).state == "fixed"
    leave_network(member(chloe), by=chloe)
    run_reactions()
    group.refresh_from_db()
    assert (group.state, group.reason) == ("stopped", "Cette personne a quitté le réseau.")


def test_leaving_the_organisation_releases_everything_once(
    introduction: Any, ask: Any, bob: Any, chloe: Any, dora: Any, expected: Any, run_reactions: Any
) -> None:
    other = ask(chloe, dora)
    actions.accept_introduction(other, by=dora)
    leave_organisation(chloe, by=None)
    run_reactions()
    assert actions.release_person(chloe, network=None) == 0
    introduction.refresh_from_db()
    assert (introduction.state, introduction.reason) == ("cancelled", "Cette personne a quitté le réseau.")
    assert Exchange.objects.get().state == "stopped"
    assert not Step.objects.open().filter(owner=chloe).exists()
    assert len(said("exchange.stopped")) == 1


# -- any text, two at once


@pytest.mark.needs_shared
def test_reviews_terms_and_reasons_take_any_text(
    finished: Exchange, exchange: Exchange, bob: Any, naughty: Any
) -> None:
    for text in naughty:
        Exchange.objects.update(state="open")
        exchange.refresh_from_db()
        terms = actions.write_terms(exchange, by=bob, content=text, purpose=text[:400], success=text[:400])
        assert Terms.objects.get(pk=terms.pk).content == clean(text).strip()
        Exchange.objects.update(state="finished")
        review = actions.submit_review(exchange, by=bob, satisfaction="4", learned=text, comment=text)
        review.refresh_from_db()
        assert review.learned == review.comment == clean(text).strip()[:2000]
        review.delete()
    Exchange.objects.update(state="open")
    exchange.refresh_from_db()
    actions.stop_exchange(exchange, by=bob, reason="".join(naughty))
    exchange.refresh_from_db()
    assert exchange.reason == clean("".join(naughty)).strip()[:1000]


@pytest.mark.django_db(transaction=True)
def test_both_review_at_the_same_instant(finished: Exchange, bob: Any, chloe: Any, at_once: Any) -> None:
    def review(by: Any) -> Any:
        row = Exchange.objects.select_related("network", "thread", "request").get(pk=finished.pk)
        return actions.submit_review(row, by=by, satisfaction="4")

    results = at_once(lambda: review(bob), lambda: review(chloe))
    assert not [result for result in results if isinstance(result, Exception)], results
    finished.refresh_from_db()
    assert finished.state == "closed"
    assert len(said("exchange.closed")) == 1


@pytest.mark.django_db(transaction=True)
def test_both_say_it_took_place_at_the_same_instant(
    exchange: Exchange, bob: Any, chloe: Any, at_once: Any
) -> None:
    meeting = live_meeting(exchange)
    fix_date(meeting, clock.now() + DAY, by=bob)
    with clock.at(clock.now() + 2 * DAY):
        results = at_once(
            *[
                lambda by=by: actions.say_held(
                    Meeting.objects.select_related("network").get(pk=meeting.pk), by=by, held=True
                )
                for by in (bob, chloe)
            ]
        )
    assert not [result for result in results if not isinstance(result, (Meeting, ValidationError))], results
    exchange.refresh_from_db()
    assert exchange.state == "finished"
    assert (len(said("meeting.held")), len(said("exchange.finished"))) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_declaring_twice_at_the_same_instant(declare: Any, bob: Any, at_once: Any) -> None:
    first, second = at_once(*[lambda: declare(bob, key="k") for _ in range(2)])
    assert first == second == Exchange.objects.get()
    assert len(said("exchange.declared")) == 1
