"""One appeal, to another person, whose answer is final."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.moderation import actions
from reciproque.moderation.access import get_appeal, get_told_decision
from reciproque.moderation.models import Appeal
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)


@pytest.fixture
def hidden(report: Any, alice: Any) -> Any:
    return actions.decide(report(), by=alice, kind="hide", words="Le ton blesse.")


def test_the_author_appeals_once_to_another_animator(
    hidden: Any, steps: Any, gil: Any, chloe: Any, alice: Any
) -> None:
    appeal = actions.appeal_decision(hidden, by=chloe, words="C’était de l’humour.")
    assert (appeal.handler, steps("appeal")) == (gil, {"Gil"})
    assert actions.appeal_decision(hidden, by=chloe, words="Encore") == appeal
    with pytest.raises(PermissionDenied):
        actions.answer_appeal(appeal, by=alice, overturn=True, words="Je me déjuge.")


def test_without_another_animator_an_administrator_answers(
    hidden: Any, steps: Any, admin: Any, chloe: Any
) -> None:
    appeal = actions.appeal_decision(hidden, by=chloe, words="C’était de l’humour.")
    assert (appeal.handler, steps("appeal")) == (None, {"Ada"})
    assert get_appeal(admin, appeal.public_id) == appeal


def test_nobody_else_to_answer_is_said(hidden: Any, admin: Any, chloe: Any) -> None:
    Person.objects.filter(pk=admin.pk).update(is_superuser=False)
    with pytest.raises(ValidationError, match="Personne d’autre"):
        actions.appeal_decision(hidden, by=chloe, words="C’était de l’humour.")


def test_an_appeal_has_its_days_and_its_words(
    hidden: Any, gil: Any, bob: Any, chloe: Any, later: Any
) -> None:
    with pytest.raises(PermissionDenied):
        actions.appeal_decision(hidden, by=bob, words="Pas pour lui")
    with pytest.raises(ValidationError, match="revu"):
        actions.appeal_decision(hidden, by=chloe, words=" ")
    with later(30), pytest.raises(PermissionDenied):
        actions.appeal_decision(hidden, by=chloe, words="Trop tard")


@pytest.mark.parametrize(
    ("overturn", "state", "post_state"), [(True, "overturned", "published"), (False, "upheld", "hidden")]
)
def test_the_answer_is_carried_out_told_and_final(
    overturn: bool,
    state: str,
    post_state: str,
    hidden: Any,
    steps: Any,
    said: Any,
    gil: Any,
    bob: Any,
    chloe: Any,
    post: Any,
) -> None:
    appeal = actions.appeal_decision(hidden, by=chloe, words="C’était de l’humour.")
    with pytest.raises(ValidationError, match="Expliquez"):
        actions.answer_appeal(appeal, by=gil, overturn=overturn, words="")
    actions.answer_appeal(appeal, by=gil, overturn=overturn, words="Relu à tête reposée.")
    post.refresh_from_db()
    assert (appeal.state, post.state, steps("appeal")) == (state, post_state, set())
    told = {
        fact.concerns.get().person for name in ("appeal.answered", "appeal.outcome") for fact in said(name)
    }
    assert told == {bob, chloe}
    with pytest.raises(ValidationError, match="déjà"):
        actions.answer_appeal(appeal, by=gil, overturn=not overturn, words="Encore")


def test_a_suspension_overturned_ends_at_once(
    report: Any, member: Any, alice: Any, gil: Any, chloe: Any
) -> None:
    until = clock.now() + 20 * DAY
    decision = actions.decide(
        report(chloe), by=alice, kind="pause", words="Le temps d’en parler.", until=until
    )
    appeal = actions.appeal_decision(decision, by=chloe, words="C’est un malentendu.")
    actions.answer_appeal(appeal, by=gil, overturn=True, words="C’en est un.")
    assert not member(chloe).is_suspended(clock.now())


def test_a_decision_is_read_by_whom_it_concerns_only(
    hidden: Any, report: Any, alice: Any, chloe: Any, bob: Any, everyone: dict[str, Any]
) -> None:
    note = actions.decide(report(chloe), by=alice, kind="note", words="Entre nous")
    for person in everyone.values():
        for decision in (hidden, note):
            if person == chloe and decision == hidden:
                assert get_told_decision(person, decision.public_id) == decision
                continue
            with pytest.raises(NotThere):
                get_told_decision(person, decision.public_id)


def test_pressed_twice_at_the_same_instant(at_once: Any, hidden: Any, gil: Any, chloe: Any) -> None:
    gesture = lambda: actions.appeal_decision(hidden, by=chloe, words="Un malentendu.")  # noqa: E731
    first, second = at_once(gesture, gesture)
    assert first == second
    assert Appeal.objects.count() == 1
