"""No report stalls: another handler, then the administrators."""

from __future__ import annotations

from typing import Any

from reciproque.agenda.models import Step
from reciproque.kit import clock
from reciproque.moderation import actions
from reciproque.moderation.access import can_decide
from reciproque.moderation.queries import queue_of
from reciproque.networks.actions import withdraw_role
from reciproque.networks.models import RoleGrant
from reciproque.people.models import Person


def test_what_is_late_goes_to_the_administrators_too(
    report: Any, steps: Any, said: Any, alice: Any, admin: Any, later: Any
) -> None:
    row = report()
    with later(9):
        assert actions.tend_reports() == 1
        assert actions.tend_reports() == 0
        row.refresh_from_db()
        assert row.escalated_at is not None
        assert steps("moderate") == {"Alice", "Ada"}
        assert Step.objects.get(owner=alice, verb="moderate").escalated_at is not None
        assert queue_of(admin).reports == [row]
        assert can_decide(alice, row)
    assert len(said("report.escalated")) == 1


def test_the_administrators_queue_holds_what_is_theirs_only(report: Any, alice: Any, admin: Any) -> None:
    report()
    assert queue_of(admin).reports == []


def test_an_appeal_that_is_late_too(
    report: Any, steps: Any, alice: Any, gil: Any, chloe: Any, admin: Any, later: Any
) -> None:
    decision = actions.decide(report(), by=alice, kind="hide", words="Le ton blesse.")
    actions.appeal_decision(decision, by=chloe, words="De l’humour.")
    with later(9):
        assert actions.tend_reports() == 1
        assert steps("appeal") == {"Gil", "Ada"}


def test_a_handler_who_animates_no_more_is_replaced(
    network: Any, report: Any, steps: Any, said: Any, alice: Any, gil: Any, admin: Any, chloe: Any
) -> None:
    row = report()
    decision = actions.decide(report(chloe, handler=gil), by=gil, kind="note", words="À suivre")
    assert decision.report.handler == gil
    withdraw_role(RoleGrant.objects.get(person=alice, role="animator"), by=admin)
    assert actions.tend_reports() == 1
    row.refresh_from_db()
    assert (row.handler, steps("moderate")) == (gil, {"Gil"})
    assert len(said("report.given")) == 1
    RoleGrant.objects.filter(person=gil, role="animator").update(withdrawn_at=clock.now())
    actions.tend_reports()
    row.refresh_from_db()
    assert (row.handler, steps("moderate")) == (None, {"Ada"})


def administers(person: Any, yes: bool) -> None:
    Person.objects.filter(pk=person.pk).update(is_superuser=yes)


def test_late_without_an_administrator_is_handed_to_the_first_there_is(
    report: Any, steps: Any, said: Any, admin: Any, alice: Any, later: Any
) -> None:
    administers(admin, False)
    row = report()
    with later(9):
        assert actions.tend_reports() == 0
        row.refresh_from_db()
        assert (row.escalated_at, steps("moderate")) == (None, {"Alice"})
        assert said("report.escalated") == []
    administers(admin, True)
    with later(10):
        assert actions.tend_reports() == 1
        assert actions.tend_reports() == 0
        row.refresh_from_db()
        assert row.escalated_at is not None
        assert steps("moderate") == {"Alice", "Ada"}


def test_what_is_nobodys_is_given_to_the_next_administrator(
    report: Any, steps: Any, said: Any, alice: Any, admin: Any, make_person: Any
) -> None:
    row = report()
    administers(admin, False)
    RoleGrant.objects.filter(person=alice, role="animator").update(withdrawn_at=clock.now())
    actions.tend_reports()
    row.refresh_from_db()
    assert (row.handler, steps("moderate"), said("report.given")) == (None, set(), [])
    administers(make_person("Olga"), True)
    assert actions.tend_reports() == 1
    assert actions.tend_reports() == 0
    assert steps("moderate") == {"Olga"}
    assert len(said("report.given")) == 1
    assert said("report.escalated") == []


def test_when_the_administrator_called_leaves_another_is_called(
    report: Any, steps: Any, said: Any, alice: Any, admin: Any, make_person: Any, later: Any
) -> None:
    report()
    with later(9):
        actions.tend_reports()
        Person.objects.filter(pk=admin.pk).update(is_active=False, left_at=clock.now())
        administers(make_person("Olga"), True)
        assert actions.tend_reports() == 1
        assert "Olga" in steps("moderate")
        assert len(said("report.escalated")) == 2


def test_a_late_appeal_without_an_administrator_too(
    report: Any, steps: Any, alice: Any, gil: Any, chloe: Any, admin: Any, later: Any
) -> None:
    decision = actions.decide(report(), by=alice, kind="hide", words="Le ton blesse.")
    appeal = actions.appeal_decision(decision, by=chloe, words="De l’humour.")
    administers(admin, False)
    with later(9):
        assert actions.tend_reports() == 0
        appeal.refresh_from_db()
        assert appeal.escalated_at is None
    administers(admin, True)
    with later(10):
        assert actions.tend_reports() == 1
        assert steps("appeal") == {"Gil", "Ada"}


def test_what_is_in_good_hands_does_not_hide_what_is_not(
    report: Any, make_post: Any, alice: Any, gil: Any, chloe: Any, later: Any
) -> None:
    first = report(handler=gil)
    with later(1):
        for n in range(2):
            report(make_post(chloe, "offer", f"Savoir {n}"), handler=alice)
    RoleGrant.objects.filter(person=gil, role="animator").update(withdrawn_at=clock.now())
    assert actions.tend_reports(1) == 1
    first.refresh_from_db()
    assert first.handler == alice
