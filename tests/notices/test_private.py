"""What is written about reports, decisions and appeals is known to nobody but its reader."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from reciproque.agenda.rules import IN_A_GROUP, PRIVATE_VERBS
from reciproque.exchanges.actions import ask_introduction
from reciproque.insights.queries import Narrowed, people_to_tell, queue
from reciproque.kit import clock
from reciproque.moderation.actions import decide, make_report
from reciproque.notices.actions import choose_notices, send_digests
from reciproque.notices.messages import MESSAGES, in_groups, moderated
from reciproque.notices.models import Outgoing
from reciproque.notices.queries import count_undelivered, to_tell, undelivered_in, undelivered_page
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)
PRIVATE = ("report.answered", "decision.told", "appeal.made", "appeal.answered", "report.made")


@pytest.fixture
def gil(make_person: Any, network: Any, join: Any) -> Person:
    person = make_person("Gil", unit="Finances")
    join(person, network, "animator")
    return person


@pytest.fixture
def unreached(bob: Person, chloe: Person, gil: Person) -> list[Person]:
    """Who reports, whom it concerns, who handles it: none has an address."""
    Person.objects.filter(pk__in=[bob.pk, chloe.pk, gil.pk]).update(email=None)
    for person in (bob, chloe, gil):
        person.refresh_from_db()
    return [bob, chloe, gil]


@pytest.fixture
def decided(network: Any, bob: Any, chloe: Any, gil: Any, make_post: Any, run_reactions: Any) -> Any:
    """A post of Chloé that Bob reported and Gil hid, once all are told of what else happened."""
    post = make_post(chloe, "offer", "Mener un entretien")
    run_reactions()
    Outgoing.objects.all().delete()
    row = make_report(network, by=bob, about=post, reason="hurtful", words="Blessant.", handler=gil)
    run_reactions()
    return decide(row, by=gil, kind="hide", words="Le ton blesse.")


def test_every_message_of_moderation_and_of_the_inside_of_a_group_is_private_and_no_other() -> None:
    told = {message.fact for message in MESSAGES if message.to.__module__ == moderated.__name__}
    inside = {message.fact for message in MESSAGES if message.to.__module__ == in_groups.__name__}
    inside |= {message.fact for message in MESSAGES if message.inner}
    private = {message.fact for message in MESSAGES if message.private}
    assert told <= private
    # The call of a group is made to the whole network; all the rest is between those inside, or whom it names. That
    # someone is called upon may come from what they show to nobody.
    assert inside - private == {"circle.called"}
    assert private == told | inside - {"circle.called"} | {
        "step.reminded",
        "call.asked",
        "campaign.opened",
        "campaign.invited",
    }
    reminders = {
        message.awaits for message in MESSAGES if message.private and message.fact == "step.reminded"
    }
    assert reminders == {*PRIVATE_VERBS}
    assert set(IN_A_GROUP) < reminders


def test_nobody_else_is_told_what_could_not_arrive(
    unreached: list[Person],
    decided: Any,
    network: Any,
    alice: Any,
    chloe: Any,
    client_of: Any,
    run_reactions: Any,
) -> None:
    run_reactions()
    written = Outgoing.objects.filter(person__in=unreached)
    assert {"report.made", "decision.told", "report.answered"} <= {row.fact_name for row in written}
    assert {(row.private, row.state) for row in written} == {(True, "unaddressed")}
    assert not any(row.messages for row in people_to_tell(network, alice))
    assert (undelivered_in(network), to_tell(network, alice)) == ([], [])
    assert (count_undelivered(network, alice), undelivered_page(network, alice).rows) == (0, [])
    browser = client_of(alice)
    for address in (
        reverse("animation:telling", args=[network.slug]),
        reverse("animation:telling_sheet", args=[network.slug, chloe.public_id]),
        reverse("animation:undelivered", args=[network.slug]),
        reverse("animation:desk", args=[network.slug]),
    ):
        text = browser.get(address).content.decode()
        assert "Une décision" not in text
        assert "réponse vous attend" not in text


def test_a_refusal_by_the_mail_server_says_nothing_either(
    decided: Any, network: Any, alice: Any, run_reactions: Any
) -> None:
    run_reactions()
    rows = Outgoing.objects.filter(fact_name__in=PRIVATE)
    assert rows.update(state="failed", error="550 no") >= 3
    assert [row for row in queue(network, Narrowed(), size=100) if row.reason == "undelivered"] == []
    assert count_undelivered(network, alice) == 0
    Outgoing.objects.update(private=False)
    assert [row for row in queue(network, Narrowed(), size=100) if row.reason == "undelivered"]


def test_neither_does_the_letter_that_held_it(
    decided: Any, network: Any, alice: Any, chloe: Any, run_reactions: Any
) -> None:
    choose_notices(chloe, by=chloe, rhythm="daily")
    run_reactions()
    assert Outgoing.objects.get(person=chloe, fact_name="decision.told").state == "held"
    with clock.at(clock.now() + 2 * DAY):
        send_digests()
        letter = Outgoing.objects.get(person=chloe, fact_id=None)
        assert letter.private
        Outgoing.objects.filter(pk=letter.pk).update(state="failed", error="550 no")
        assert undelivered_page(network, alice).rows == []
        Outgoing.objects.update(private=False)
        import_module("reciproque.notices.migrations.0003_private").mark_private(apps, None)
        letter.refresh_from_db()
        assert letter.private, "what was written before is marked too"
        assert Outgoing.objects.get(person=chloe, fact_name="decision.told").private


def test_the_words_of_a_hidden_post_are_told_to_nobody(
    network: Any, bob: Any, chloe: Any, gil: Any, make_post: Any, run_reactions: Any
) -> None:
    post = make_post(chloe, "offer", "Mener un entretien blessant")
    ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=post)
    run_reactions()
    Outgoing.objects.all().delete()
    row = make_report(network, by=bob, about=post, reason="hurtful", words="Blessant.", handler=gil)
    decide(row, by=gil, kind="hide", words="Le ton blesse.")
    run_reactions()
    letter = Outgoing.objects.get(person=bob, fact_name="introduction.cancelled")
    assert "annonce masquée" in letter.subject + letter.text
    for outgoing in Outgoing.objects.filter(person=bob):
        assert "blessant" not in outgoing.subject + outgoing.text + outgoing.html
