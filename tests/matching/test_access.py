"""The cast × the verbs of what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reciproque.exchanges.actions import ask_introduction
from reciproque.matching import access, actions
from reciproque.matching.models import Suggestion
from reciproque.matching.queries import next_proposal, suggestions_about
from reciproque.people.actions import leave_organisation


@pytest.fixture
def things(network: Any, bob: Any, chloe: Any, request_: Any, offer: Any, everyone: Any) -> Any:
    class Things:
        suggestion = Suggestion.objects.get()
        alert = actions.create_alert(network, bob, "comptabilité", by=bob)
        introduction = ask_introduction(
            network, requester=bob, offerer=chloe, by=bob, request=request_, offer=offer
        )

    return Things()


VERBS: dict[str, tuple[Callable[[Any, Any, Any], Any], set[str]]] = {
    "dismiss": (lambda its, net, by: actions.dismiss_suggestion(its.suggestion, by=by), {"bob", "chloe"}),
    "create an alert for Bob": (
        lambda its, net, by: actions.create_alert(net, its.alert.person, "tri", by=by),
        {"bob"},
    ),
    "create an alert": (
        lambda its, net, by: actions.create_alert(net, by, "tri", by=by),
        {"alice", "bob", "chloe", "dora", "emile"},
    ),
    "withdraw an alert": (lambda its, net, by: actions.withdraw_alert(its.alert, by=by), {"bob"}),
    "decline the next": (lambda its, net, by: actions.decline_next(its.introduction, by=by), {"bob"}),
}


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_change_what(verb: str, things: Any, network: Any, everyone: Any, verdict: Any) -> None:
    gesture, allowed = VERBS[verb]
    answers = {name: verdict(lambda: gesture(things, network, by)) for name, by in everyone.items()}  # noqa: B023
    assert answers == {name: "yes" if name in allowed else "no" for name in everyone}


def test_who_sees_what(things: Any, request_: Any, everyone: Any, bob: Any, verdict: Any) -> None:
    looks = {
        "get_suggestion": (
            lambda who: access.get_suggestion(who, things.suggestion.public_id),
            {"bob", "chloe"},
        ),
        "get_alert": (lambda who: access.get_alert(who, things.alert.public_id), {"bob"}),
    }
    for name, (look, allowed) in looks.items():
        answers = {who: verdict(lambda: look(person)) for who, person in everyone.items()}  # noqa: B023
        assert answers == {who: "yes" if who in allowed else "not there" for who in everyone}, name
    for person in everyone.values():
        if person != bob:
            assert suggestions_about(request_, person) == []
            assert next_proposal(things.introduction, person) is None
    leave_organisation(bob, by=None)
    assert {verdict(lambda: look(bob)) for look, _allowed in looks.values()} == {"not there"}  # noqa: B023
