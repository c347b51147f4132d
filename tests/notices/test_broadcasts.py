"""The animation team writes to a part of its network: looked at, counted, confirmed, told like the rest."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.actions import grant_role, pause_membership
from reciproque.networks.models import Membership, RoleGrant
from reciproque.notices.access import get_broadcast
from reciproque.notices.actions import choose_notices, preview_broadcast, send_broadcast, send_waiting, tell
from reciproque.notices.models import Broadcast, Outgoing
from reciproque.notices.queries import broadcasts_of
from reciproque.people.actions import get_site, get_unit
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)
WORDS = {"subject": "La bourse approche", "text": "Bonjour à tous.\nVenez <b>nombreux</b>."}


def reached(network: Any, by: Any, **segment: Any) -> int:
    return preview_broadcast(network, by=by, segment=segment, **WORDS).count


def test_what_is_shown_is_what_is_sent(network: Any, alice: Any, bob: Any, chloe: Any, dora: Any) -> None:
    Person.objects.filter(pk=dora.pk).update(email=None)
    choose_notices(chloe, by=chloe, rhythm="weekly")
    preview = preview_broadcast(network, by=alice, segment={"who": "all"}, **WORDS)
    assert (preview.count, preview.by_mail, preview.by_digest, preview.without_address) == (4, 2, 1, 1)
    assert Broadcast.objects.count() == Outgoing.objects.count() == 0
    sent = send_broadcast(network, by=alice, segment={"who": "all"}, confirmed=4, **WORDS)
    tell(Fact.objects.get(name="broadcast.sent"))
    mail = Outgoing.objects.get(person=bob)
    assert (mail.subject, mail.text, mail.html) == (preview.subject, preview.text, preview.html)
    assert "&lt;b&gt;nombreux" in mail.html
    # Read as a letter: greeted once, in the words of its author, who signs.
    assert mail.text.startswith("Bonjour à tous.\nVenez <b>nombreux</b>.\n\nAlice Martin, pour l’animation")
    assert "Bonjour à tous.<br>Venez" in mail.html
    states = dict(Outgoing.objects.values_list("person__first_name", "state"))
    assert states == {"Alice": "waiting", "Bob": "waiting", "Chloé": "held", "Dora": "unaddressed"}
    send_waiting()
    [row] = broadcasts_of(network, alice)
    assert (row, row.left, row.waiting, row.undelivered) == (sent, 2, 1, 1)
    assert get_broadcast(alice, sent.public_id) == sent
    with pytest.raises(NotThere):
        get_broadcast(bob, sent.public_id)


def test_a_letter_that_greets_nobody_is_given_a_greeting(network: Any, alice: Any, bob: Any) -> None:
    shown = preview_broadcast(
        network, by=alice, segment={"who": "all"}, subject="La bourse", text="Venez.\n\nÀ jeudi\n> 14 h"
    )
    assert shown.text.startswith("Bonjour,\n\nVenez.\n\nÀ jeudi\n> 14 h\n\nAlice Martin, pour")
    for text in ("Chères toutes, chers tous,\nVenez.", "Hello all,\nCome."):
        shown = preview_broadcast(network, by=alice, segment={"who": "all"}, subject="La bourse", text=text)
        assert shown.text.startswith(text)


def test_the_number_confirmed_must_still_be_right(
    network: Any, alice: Any, bob: Any, make_person: Any, join: Any
) -> None:
    assert reached(network, alice, who="all") == 2
    join(make_person(), network)
    with pytest.raises(ValidationError) as refused:
        send_broadcast(network, by=alice, segment={"who": "all"}, confirmed=2, **WORDS)
    assert refused.value.code == "count"
    assert "3 personnes" in refused.value.messages[0]
    assert Broadcast.objects.count() == 0


def test_one_who_joins_after_the_sending_is_not_written_to(
    network: Any, alice: Any, bob: Any, make_person: Any, join: Any
) -> None:
    send_broadcast(network, by=alice, segment={"who": "all"}, confirmed=2, **WORDS)
    with clock.at(clock.now() + DAY):
        join(make_person(), network)
        tell(Fact.objects.get(name="broadcast.sent"))
    assert Outgoing.objects.count() == 2


def test_segments(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, member: Any
) -> None:
    make_post(bob, "offer")
    make_post(chloe, "request")
    pause_membership(member(dora), by=dora, until=clock.now() + 40 * DAY)
    Membership.objects.filter(person=chloe).update(joined_at=clock.now() - 90 * DAY)
    assert reached(network, alice, who="no_offer") == 3
    assert reached(network, alice, who="no_request") == 3
    assert reached(network, alice, who="paused") == 1
    assert reached(network, alice, who="newcomers", days=30) == 3
    assert reached(network, alice, who="old_request", days=30) == 0
    with clock.at(clock.now() + 31 * DAY):
        assert reached(network, alice, who="old_request", days=30) == 1
    assert reached(network, alice, who="all", site=get_site("Nantes").public_id) == 1
    assert reached(network, alice, who="all", unit=get_unit("RH").public_id) == 2
    assert reached(network, alice, who="all", unit="bcdfghjkmnpq") == 0


def test_an_animator_of_one_unit_reaches_that_unit(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any
) -> None:
    RoleGrant.objects.filter(person=alice).update(unit=get_unit("RH"))
    assert reached(network, alice, who="all") == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "  "},
        {"subject": "x" * 151},
        {"text": ""},
        {"text": "x" * 4001},
        {"segment": {"who": "everyone"}},
        {"segment": {"who": "newcomers", "days": "soon"}},
        {"segment": {"who": "newcomers", "days": -1}},
    ],
)
def test_what_is_wrong_is_said(network: Any, alice: Any, wrong: dict[str, Any]) -> None:
    words = {**WORDS, "segment": {"who": "all"}, **wrong}
    with pytest.raises(ValidationError) as refused:
        preview_broadcast(network, by=alice, **words)
    assert list(refused.value.message_dict) == list(wrong)


def test_only_the_animation_writes(network: Any, bob: Any, fatou: Any) -> None:
    for person in (bob, fatou):
        with pytest.raises(PermissionDenied):
            preview_broadcast(network, by=person, segment={"who": "all"}, **WORDS)
        with pytest.raises(PermissionDenied):
            send_broadcast(network, by=person, segment={"who": "all"}, confirmed=1, **WORDS)


def test_nobody_to_write_to(network: Any, alice: Any) -> None:
    with pytest.raises(ValidationError):
        send_broadcast(network, by=alice, segment={"who": "paused"}, confirmed=0, **WORDS)


def test_a_preview_costs_the_same_queries(
    network: Any, alice: Any, make_person: Any, join: Any, queries: Any
) -> None:
    counts = []
    for people in (1, 3):
        for _ in range(people):
            join(make_person(), network)
        with queries() as seen:
            reached(network, alice, who="no_offer")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_pressed_twice_it_is_sent_once(network: Any, alice: Any, bob: Any) -> None:
    first = send_broadcast(network, by=alice, segment={"who": "all"}, confirmed=2, **WORDS)
    assert send_broadcast(network, by=alice, segment={"who": "all"}, confirmed=2, **WORDS) == first
    assert Fact.objects.filter(name="broadcast.sent").count() == 1
    # Other words, another part of the network, or later: another letter.
    send_broadcast(network, by=alice, segment={"who": "all"}, confirmed=2, subject="Autre", text="Texte")
    send_broadcast(network, by=alice, segment={"who": "no_offer"}, confirmed=2, **WORDS)
    with clock.at(clock.now() + dt.timedelta(minutes=11)):
        send_broadcast(network, by=alice, segment={"who": "all"}, confirmed=2, **WORDS)
    assert Broadcast.objects.count() == 4


def test_the_letters_of_other_sites_are_not_read(
    network: Any, alice: Any, bob: Any, chloe: Any, emile: Any
) -> None:
    nantes, lyon = get_site("Nantes"), get_site("Lyon")
    Person.objects.filter(pk__in=[bob.pk, emile.pk]).update(site=nantes)
    Person.objects.filter(pk=chloe.pk).update(site=lyon)
    grant_role(network, emile, "animator", by=alice, site=nantes)
    there = {"who": "all", "site": lyon.public_id}
    here = {"who": "all", "site": nantes.public_id}
    other = send_broadcast(
        network, by=alice, segment=there, confirmed=reached(network, alice, **there), **WORDS
    )
    ours = send_broadcast(network, by=alice, segment=here, confirmed=reached(network, alice, **here), **WORDS)
    own = send_broadcast(
        network, by=emile, segment={"who": "all"}, confirmed=reached(network, emile, who="all"), **WORDS
    )
    assert set(broadcasts_of(network, alice)) == {other, ours, own}
    assert set(broadcasts_of(network, emile)) == {ours, own}
    assert get_broadcast(emile, ours.public_id) == ours
    with pytest.raises(NotThere):
        get_broadcast(emile, other.public_id)
