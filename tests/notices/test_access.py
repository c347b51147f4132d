"""Mail is read by the person it was written to."""

from typing import Any

import pytest

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.notices.access import can_choose, get_outgoing
from reciproque.notices.models import Outgoing
from reciproque.notices.queries import mailbox_of, undelivered_in


def test_nobody_reads_another_persons_mail(
    network: Any, alice: Any, bob: Any, admin: Any, fatou: Any
) -> None:
    mail = Outgoing.objects.create(
        fact_id=1,
        fact_name="x.y",
        person=bob,
        network=network,
        subject="a",
        state="sent",
        sent_at=clock.now(),
    )
    assert get_outgoing(bob, mail.public_id) == mail
    for other in (alice, admin, fatou):
        with pytest.raises(NotThere):
            get_outgoing(other, mail.public_id)
        assert mailbox_of(other) == []
    assert mailbox_of(bob) == [mail]


def test_someone_who_left_reads_nothing(bob: Any) -> None:
    mail = Outgoing.objects.create(fact_id=1, fact_name="x.y", person=bob, subject="a")
    bob.is_active = False
    with pytest.raises(NotThere):
        get_outgoing(bob, mail.public_id)


def test_only_oneself_chooses(alice: Any, bob: Any) -> None:
    assert can_choose(bob, bob)
    assert not can_choose(alice, bob)


def test_animators_see_what_was_not_delivered(network: Any, other_network: Any, bob: Any) -> None:
    for number, (net, state) in enumerate(
        [(network, "failed"), (network, "unaddressed"), (network, "waiting"), (other_network, "failed")]
    ):
        Outgoing.objects.create(
            fact_id=number, fact_name="x.y", person=bob, network=net, subject="a", state=state
        )
    assert {mail.state for mail in undelivered_in(network)} == {"failed", "unaddressed"}
    assert len(undelivered_in(network)) == 2
