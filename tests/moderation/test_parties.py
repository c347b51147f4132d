"""Nobody judges of what binds them: who reported the same, who animates no more, an administrator who is a manager."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.kit.errors import NotThere
from reciproque.moderation import actions
from reciproque.moderation.access import can_answer_appeal, can_decide, get_report
from reciproque.moderation.models import Appeal, Report
from reciproque.moderation.queries import administrators_of, handles_reports, queue_of
from reciproque.networks.models import RoleGrant
from reciproque.people.models import Person


def ends_role(person: Person) -> None:
    RoleGrant.objects.filter(person=person, role="animator").update(withdrawn_at="2026-01-01T00:00Z")


def managed_by(person: Person, manager: Person) -> None:
    Person.objects.filter(pk=person.pk).update(manager=manager)
    person.refresh_from_db()


def test_who_reported_the_same_words_is_not_chosen(
    report: Any, network: Any, post: Any, alice: Any, gil: Any
) -> None:
    own = report(by=gil)
    assert own.handler == alice
    with pytest.raises(ValidationError, match="ne peut pas traiter"):
        report(handler=gil)
    assert report().handler == alice


def test_who_reports_the_same_words_afterwards_hands_it_over(
    report: Any, steps: Any, alice: Any, gil: Any
) -> None:
    row = report(handler=gil)
    report(by=gil)
    assert not can_decide(gil, row)
    with pytest.raises(PermissionDenied):
        actions.decide(row, by=gil, kind="hide", words="C’est blessant")
    with pytest.raises(NotThere):
        get_report(gil, row.public_id)
    assert actions.tend_reports() == 1
    row.refresh_from_db()
    assert (row.handler, steps("moderate")) == (alice, {"Alice"})
    assert actions.tend_reports() == 0


def test_who_reported_the_same_does_not_answer_the_appeal(
    report: Any, steps: Any, alice: Any, gil: Any, chloe: Any, admin: Any
) -> None:
    report(by=gil)
    decision = actions.decide(report(), by=alice, kind="hide", words="Le ton blesse.")
    appeal = actions.appeal_decision(decision, by=chloe, words="De l’humour.")
    assert (appeal.handler, steps("appeal")) == (None, {"Ada"})
    Appeal.objects.filter(pk=appeal.pk).update(handler=gil)
    appeal.refresh_from_db()
    assert not can_answer_appeal(gil, appeal)
    assert can_answer_appeal(admin, appeal)


def test_who_animates_no_more_keeps_nothing(report: Any, gil: Any, alice: Any, chloe: Any) -> None:
    closed = report(chloe, handler=gil)
    actions.decide(closed, by=gil, kind="close", words="Nous en avons parlé.")
    row = report(handler=gil)
    assert (queue_of(gil).reports, queue_of(gil).settled) == ([row], [closed])
    assert handles_reports(gil)
    ends_role(gil)
    assert (queue_of(gil).reports, queue_of(gil).settled) == ([], [])
    assert not handles_reports(gil)
    assert not Report.objects.visible_to(gil).exists()
    for one in (closed, row):
        with pytest.raises(NotThere):
            get_report(gil, one.public_id)


def test_an_appeal_leaves_who_animates_no_more(report: Any, gil: Any, alice: Any, chloe: Any) -> None:
    decision = actions.decide(report(handler=alice), by=alice, kind="hide", words="Le ton blesse.")
    actions.appeal_decision(decision, by=chloe, words="De l’humour.")
    assert len(queue_of(gil).appeals) == 1
    ends_role(gil)
    assert queue_of(gil).appeals == []
    assert not handles_reports(gil)


@pytest.mark.parametrize("whose", ["bob", "chloe"])
def test_an_administrator_who_is_a_manager_does_not_see_it(
    report: Any, request: Any, admin: Any, alice: Any, chloe: Any, make_person: Any, whose: str, later: Any
) -> None:
    managed_by(request.getfixturevalue(whose), admin)
    other = make_person("Olga", is_superuser=True)
    row = report(Person.objects.get(pk=chloe.pk), by=Person.objects.get(first_name="Bob"), handler=alice)
    assert administrators_of(row) == [other]
    assert can_decide(other, row)
    assert not can_decide(admin, row)
    with pytest.raises(NotThere):
        get_report(admin, row.public_id)
    with later(9):
        actions.tend_reports()
        row.refresh_from_db()
        assert (queue_of(other).reports, queue_of(admin).reports) == ([row], [])
        assert not can_decide(admin, row)


def test_the_only_administrator_comes_in_last_though_a_manager(
    report: Any, steps: Any, admin: Any, alice: Any, bob: Any, chloe: Any, later: Any
) -> None:
    managed_by(chloe, admin)
    row = report(chloe, handler=alice)
    assert not Report.objects.visible_to(admin).exists()
    with later(9):
        actions.tend_reports()
        row.refresh_from_db()
        assert can_decide(admin, row)
        assert steps("moderate") == {"Alice", "Ada"}


def test_an_administrator_never_decides_of_their_own(
    report: Any, admin: Any, alice: Any, network: Any, join: Any
) -> None:
    join(admin, network)
    for row in (report(admin, handler=alice), report(by=admin, handler=alice)):
        Report.objects.filter(pk=row.pk).update(handler=None)
        assert not can_decide(admin, row)
