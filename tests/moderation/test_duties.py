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
