"""In a strict network, who must publish is expected to, reminded, and in the queue until it is done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.catalogue.actions import expire_overdue, pause_post, renew_post
from reciproque.catalogue.models import Post
from reciproque.config.worker import run_reactions
from reciproque.insights.queries import Narrowed, queue
from reciproque.kit import clock
from reciproque.networks.actions import join_network

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def both(strict_network: Any, chloe: Any, make_post: Any) -> Any:
    """Chloé has an offer and a request in a strict network."""
    join_network(strict_network, chloe, by=chloe)
    offer = make_post(chloe, "offer", "Tailler les rosiers", network=strict_network)
    make_post(chloe, "request", "Parler devant une salle", network=strict_network)
    run_reactions()
    assert not expected(chloe)
    return offer


def expected(person: Any) -> set[str]:
    steps = Step.objects.open().filter(owner=person, verb__in=[Verb.OFFER, Verb.REQUEST])
    steps = steps.filter(network__slug="cadres")
    return set(steps.values_list("verb", flat=True))


def in_queue(network: Any, person: Any) -> bool:
    return any(person in row.people for row in queue(network, Narrowed(), size=100) if row.source == "member")


def test_what_is_renewed_is_expected_no_more(both: Any, chloe: Any) -> None:
    with clock.at(both.expires_at + DAY):
        expire_overdue()
        run_reactions()
        assert Verb.OFFER in expected(chloe)
        both.refresh_from_db()
        renew_post(both, by=chloe)
        run_reactions()
        assert Verb.OFFER not in expected(chloe)


def test_an_offer_on_pause_is_expected_and_listed(both: Any, chloe: Any, strict_network: Any) -> None:
    pause_post(both, by=chloe)
    run_reactions()
    assert expected(chloe) == {Verb.OFFER}
    step = Step.objects.open().get(owner=chloe, verb=Verb.OFFER, network=strict_network)
    with clock.at(step.due_at + 3 * DAY):
        assert in_queue(strict_network, chloe)
        renew_post(Post.objects.get(pk=both.pk), by=chloe)
        run_reactions()
        assert not expected(chloe)
        assert not in_queue(strict_network, chloe)
