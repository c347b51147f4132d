"""A signed link gives its answer once; a refusal leaves it whole; what is kept of it opens nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.kit import clock
from reciproque.kit.tokens import mark_of, sign
from reciproque.people.actions import forget_used_links, use_link
from reciproque.people.models import UsedLink
from reciproque.people.queries import link_used_at


def test_once(make_person: Any) -> None:
    person = make_person()
    token = sign("accept", person=person.public_id, subject="x")
    assert link_used_at(token) is None
    assert use_link(token, "accept", by=person, do=lambda: "done") == "done"
    assert link_used_at(token) == clock.now()
    done = []
    with pytest.raises(ValidationError, match="déjà servi"):
        use_link(token, "accept", by=person, do=lambda: done.append(1))
    assert not done
    assert link_used_at(sign("accept", person=person.public_id, subject="y")) is None


@pytest.mark.parametrize("error", [ValidationError("non"), PermissionDenied("non")])
def test_an_answer_that_is_refused_leaves_the_link_whole(make_person: Any, error: Exception) -> None:
    person = make_person()
    token = sign("accept", person=person.public_id, subject="x")

    def refuse() -> None:
        raise error

    with pytest.raises(type(error)):
        use_link(token, "accept", by=person, do=refuse)
    assert link_used_at(token) is None
    assert use_link(token, "accept", by=person, do=lambda: "done") == "done"


def test_the_table_holds_no_link(make_person: Any) -> None:
    person = make_person()
    token = sign("accept", person=person.public_id, subject="x")
    use_link(token, "accept", by=person, do=lambda: None)
    row = UsedLink.objects.get()
    assert row.mark == mark_of(token)
    assert token not in str(vars(row))


def test_at_the_same_instant_one_answers(make_person: Any, at_once: Any) -> None:
    person = make_person()
    token = sign("accept", person=person.public_id, subject="x")
    done: list[int] = []
    answers = at_once(
        *(lambda: use_link(token, "accept", by=person, do=lambda: done.append(1)) for _ in range(4))
    )
    assert len(done) == 1
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 3, answers


def test_forgotten_when_their_time_is_long_past(make_person: Any) -> None:
    person = make_person()
    use_link("one", "accept", by=person, do=lambda: None)
    with clock.at(clock.now() + dt.timedelta(days=91)):
        use_link("two", "accept", by=person, do=lambda: None)
        assert forget_used_links() == 1
        assert UsedLink.objects.get().mark == mark_of("two")
