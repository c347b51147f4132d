"""Tell one named person, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.journal.models import Fact
from reciproque.kit.errors import NotThere
from reciproque.moderation import actions
from reciproque.moderation.access import get_report
from reciproque.moderation.models import Report
from reciproque.moderation.queries import handlers_for, queue_of, reports_by
from reciproque.networks.actions import leave_network
from reciproque.networks.models import RoleGrant
from reciproque.people.models import Person


def test_a_post_is_reported_to_the_least_burdened_animator(
    report: Any, steps: Any, alice: Any, gil: Any, bob: Any, dora: Any, post: Any, make_post: Any
) -> None:
    first = report()
    assert (first.handler, first.about, first.state) == (alice, post.author, "open")
    assert steps("moderate") == {"Alice"}
    other = make_post(dora, "offer", "Autre chose")
    assert report(other).handler == gil


def test_the_same_words_go_to_the_same_person(report: Any, alice: Any, gil: Any, dora: Any) -> None:
    assert report().handler == alice
    assert report(by=dora).handler == alice


def test_the_reporter_chooses_among_those_who_may(
    report: Any, alice: Any, gil: Any, dora: Any, bob: Any
) -> None:
    assert report(handler=gil).handler == gil
    with pytest.raises(ValidationError, match="ne peut pas traiter"):
        report(by=dora, handler=bob)


def test_a_conduct_goes_to_an_animator_of_another_unit(
    report: Any, alice: Any, gil: Any, bob: Any, chloe: Any
) -> None:
    chloe.unit = alice.unit
    chloe.save()
    assert report(chloe).handler == gil


def test_a_conduct_goes_to_an_administrator_when_nobody_is_far_enough(
    report: Any, steps: Any, alice: Any, bob: Any, chloe: Any, admin: Any
) -> None:
    chloe.manager = alice
    chloe.save()
    row = report(chloe)
    assert row.handler is None
    assert steps("moderate") == {"Ada"}
    assert queue_of(admin).reports == [row]


def test_nobody_to_read_it_is_said(report: Any, alice: Any, admin: Any, bob: Any, post: Any) -> None:
    RoleGrant.objects.all().delete()
    Person.objects.filter(pk=admin.pk).update(is_superuser=False)
    with pytest.raises(ValidationError, match="juge et partie"):
        report()
    assert not Report.objects.exists()


def test_one_report_is_open_at_a_time(report: Any, steps: Any, alice: Any) -> None:
    assert report() == report(reason="false", words="Encore")
    assert Report.objects.count() == 1
    assert steps("moderate") == {"Alice"}


@pytest.mark.parametrize("about", ["post", "message", "review", "chloe"])
def test_everything_that_may_be_reported(
    report: Any, about: str, alice: Any, request: Any, chloe: Any
) -> None:
    row = report(request.getfixturevalue(about))
    assert (row.about, row.handler) == (chloe, alice)


def test_what_one_cannot_read_cannot_be_reported(
    network: Any,
    report: Any,
    alice: Any,
    dora: Any,
    fatou: Any,
    chloe: Any,
    message: Any,
    review: Any,
    post: Any,
) -> None:
    for about in (message, review):
        with pytest.raises(PermissionDenied):
            report(about, by=dora)
    for about in (post, chloe, message):
        with pytest.raises(PermissionDenied):
            report(about, by=fatou)
    with pytest.raises(PermissionDenied):
        report(by=chloe)  # one's own
    with pytest.raises(PermissionDenied):
        report(fatou)  # of another network


def test_someone_who_left_may_still_be_reported(report: Any, member: Any, alice: Any, chloe: Any) -> None:
    leave_network(member(chloe), by=chloe)
    assert report(chloe).about == chloe


@pytest.mark.parametrize(
    ("about", "fields"),
    [
        ("chloe", {"words": " "}),
        ("chloe", {"reason": "false"}),
        ("post", {"reason": "other", "words": ""}),
        ("post", {"reason": "nonsense"}),
        ("post", {"words": "x" * 2001}),
    ],
)
def test_what_a_report_must_say(
    report: Any, request: Any, alice: Any, about: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        report(request.getfixturevalue(about), **fields)


def test_only_its_author_its_handler_and_administrators_see_a_report(
    report: Any, everyone: dict[str, Any], gil: Any
) -> None:
    row = report()
    seen = set()
    for name, person in (everyone | {"gil": gil}).items():
        try:
            get_report(person, row.public_id)
            seen.add(name)
        except NotThere:
            pass
    assert seen == {"bob", "alice", "admin"}
    assert reports_by(everyone["bob"]) == [row]
    assert queue_of(gil).reports == []
    assert queue_of(everyone["alice"]).reports == [row]


def test_an_administrator_never_sees_what_is_said_of_them(
    report: Any, admin: Any, join: Any, network: Any, alice: Any
) -> None:
    join(admin, network)
    row = report(admin)
    with pytest.raises(NotThere):
        get_report(admin, row.public_id)
    assert queue_of(admin).reports == []


def test_the_journal_holds_neither_the_words_nor_the_person_concerned(
    report: Any, alice: Any, chloe: Any, bob: Any
) -> None:
    row = report(chloe, words="Des mots très privés")
    fact = Fact.objects.get(name="report.made", subject_id=row.public_id)
    assert "privés" not in str(fact.data)
    assert chloe.public_id not in str(fact.data)
    assert set(fact.concerns.values_list("person", flat=True)) == {bob.pk}


def test_pressed_twice_at_the_same_instant(
    at_once: Any, network: Any, bob: Any, post: Any, alice: Any
) -> None:
    gesture = lambda: actions.make_report(network, by=bob, about=post, reason="hurtful")  # noqa: E731
    first, second = at_once(gesture, gesture)
    assert first == second
    assert Report.objects.count() == 1


def test_the_choice_of_handlers_costs_the_same_for_many(
    network: Any, bob: Any, chloe: Any, alice: Any, make_person: Any, join: Any, queries: Any
) -> None:
    with queries() as few:
        handlers_for(network, [bob, chloe], conduct=True)
    for number in range(12):
        join(make_person(f"A{number}", unit=f"Unité {number}"), network, "animator")
    with queries() as many:
        assert len(handlers_for(network, [bob, chloe], conduct=True)) == 13
    assert len(few) == len(many) == 3
