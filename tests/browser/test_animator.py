"""An animator's morning: the queue is emptied, one tap a row, on a wide screen and on a phone."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from reciproque.agenda.actions import hand_over_overdue
from reciproque.agenda.models import Attempt, Meeting, Step
from reciproque.agenda.rules import StepState
from reciproque.catalogue.actions import publish_post
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.insights.queries import Narrowed, counts, queue
from reciproque.kit import clock
from reciproque.matching.models import Suggestion
from reciproque.networks.actions import add_to_pool, change_settings, create_network, grant_role, join_network
from reciproque.networks.models import Membership
from reciproque.notices.models import Outgoing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = dt.timedelta(days=1)


def back_by(days: float, **rows: Any) -> None:
    """Make what was just done look some days old: the browser's server runs on the real time."""
    for name, query in rows.items():
        query.update(**{name: clock.now() - days * DAY})


@pytest.fixture
def stuck(make_person: Any) -> dict[str, Any]:
    """A network in which a little of everything no longer moves."""
    ada = make_person("Ada", "Admin", email="ada@example.org", is_superuser=True)
    network = create_network("Savoirs", by=ada, slug="savoirs", reciprocity="open", mediation="direct")
    names = ("Alice", "Bob", "Chloé", "Dora", "Émile", "Fanny", "Gilles", "Hugo")
    people = {name: make_person(name, "Durand", phone="02 40 11 22 33", site="Nantes") for name in names}
    for person in people.values():
        join_network(network, person, by=person)
    grant_role(network, people["Alice"], "animator", by=ada)
    add_to_pool(network, people["Hugo"], by=ada, abilities=["mediate"])

    def post(name: str, kind: str, title: str) -> Any:
        author = people[name]
        return publish_post(network, author, kind, by=author, title=title, modes=["phone"], languages=["fr"])

    for name in names[1:]:
        post(name, "offer", f"Le savoir de {name}")
        post(name, "request", f"La question de {name}")

    def ask(asker: str, giver: str) -> Any:
        offer = people[giver].posts.get(kind="offer")
        request = people[asker].posts.get(kind="request")
        return exchanges.ask_introduction(
            network,
            requester=people[asker],
            offerer=people[giver],
            by=people[asker],
            offer=offer,
            request=request,
        )

    # Silent: Chloé has not answered Bob. (The clock has not let it lapse: it runs in a few minutes.)
    silent = ask("Bob", "Chloé")
    Step.objects.filter(subject_id=silent.public_id).update(due_at=clock.now() - DAY)
    # Undated: Dora and Émile said yes; nobody proposed a date, the team took over.
    undated = ask("Dora", "Émile")
    exchanges.accept_introduction(undated, by=people["Émile"])
    exchange = Exchange.objects.get()
    Step.objects.filter(subject_id=exchange.public_id).update(due_at=clock.now() - DAY)
    hand_over_overdue()
    # Unreviewed: Fanny and Gilles met, and write nothing.
    met = ask("Fanny", "Gilles")
    exchanges.accept_introduction(met, by=people["Gilles"])
    meeting = Meeting.objects.exclude(subject_id=exchange.public_id).get()
    exchanges.say_held(meeting, by=people["Fanny"], held=True, starts_at=clock.now() - DAY)
    Step.objects.open().filter(verb="review").update(due_at=clock.now() - DAY)
    # For the team: who brings Hugo and Bob together? And Nadia asks to join.
    change_settings(network, by=ada, mediation="mediated", admission="approval")
    Membership.objects.filter(person=people["Hugo"]).update(give_capacity=3)
    pool = network.pool.get()
    network.pool.update(at_most=1)
    mediated = ask("Gilles", "Bob")
    network.pool.update(left_at=clock.now())
    exchanges.accept_introduction(mediated, by=people["Bob"])
    network.pool.filter(pk=pool.pk).update(left_at=None)
    nadia = make_person("Nadia", "Benali")
    join_network(network, nadia, by=nadia, application="On m’en a parlé.")
    # A request for which nobody was asked; an address that no longer exists.
    request = people["Hugo"].posts.get(kind="request")
    back_by(30, published_at=type(request).objects.filter(pk=request.pk))
    Suggestion.objects.create(
        network=network, request=request, offer=people["Dora"].posts.get(kind="offer"), score=9, terms={}
    )
    Outgoing.objects.create(
        fact_id=1,
        fact_name="meeting.fixed",
        person=people["Fanny"],
        network=network,
        subject="Rendez-vous",
        text="",
        html="",
        state="failed",
        error="550 5.1.1 no such user",
        at=clock.now(),
    )
    # A newcomer without an offer.
    newcomer = make_person("Ines", "Petit")
    change_settings(network, by=ada, admission="open")
    join_network(network, newcomer, by=newcomer)
    back_by(12, joined_at=Membership.objects.filter(person=newcomer))
    return {"network": network, "silent": silent, "nadia": nadia, "mediated": mediated, **people}


def waiting(network: Any) -> dict[str, int]:
    return {name: number for name, number in counts(network, Narrowed()).items() if number}


def test_the_animator_empties_the_queue(stuck: dict[str, Any], enter: Any, healthy: Any) -> None:
    network = stuck["network"]
    before = waiting(network)
    assert before == {
        "team": 2,
        "silent": 1,
        "undated": 1,
        "unreviewed": 2,
        "unanswered": 1,
        "undelivered": 1,
        "newcomer": 1,
    }
    tab = enter(stuck["Alice"])
    tab.goto("/networks/savoirs/animation/")
    healthy(tab)
    total = sum(before.values())
    for place in range(total):
        row = tab.locator(".queue > li:not(.noted)").first
        name = row.locator(".who").inner_text()
        row.locator(".do button").click()  # the one suggested gesture: one tap
        noted = tab.locator(".queue > li.noted")
        noted.nth(place).wait_for()
        assert noted.count() == place + 1, name
    healthy(tab)
    assert waiting(network) == {}
    tab.reload()
    tab.get_by_text("Rien ne vous attend").wait_for()
    healthy(tab)
    # What was done is real: a reminder counted, a review asked again, a mediator named, an answer given.
    assert Step.objects.get(verb="answer", subject_id=stuck["silent"].public_id).reminders == 1
    assert Step.objects.filter(verb="propose", state=StepState.OPEN, owner=stuck["Dora"]).exists()
    assert Introduction.objects.get(pk=stuck["mediated"].pk).mediator == stuck["Hugo"]
    assert Membership.objects.get(person=stuck["nadia"]).state == "member"
    assert Suggestion.objects.get().published_by == stuck["Alice"]
    kinds = sorted(Attempt.objects.values_list("kind", flat=True))
    assert kinds == ["called", "proposed", "reassigned", *["reminded"] * 5]
    # Days pass and nothing moved: it is back, with what was tried.
    clock.move(dt.timedelta(days=30))
    rows = queue(network, Narrowed(), reason="silent")
    assert [one.kind for one in rows[0].tried] == ["reminded"]


def test_on_a_phone_she_calls_then_notes_and_changes_her_mind(
    stuck: dict[str, Any], enter: Any, healthy: Any
) -> None:
    network = stuck["network"]
    tab = enter(stuck["Alice"], viewport={"width": 360, "height": 740}, has_touch=True)
    tab.goto("/networks/savoirs/animation/?reason=silent")
    healthy(tab)
    row = tab.locator(".queue > li").first
    assert row.locator("a[href='tel:0240112233']").count() == 1
    row.get_by_role("link", name=re.compile("Autrement")).click()
    tab.locator(".queue .panel").wait_for()
    healthy(tab)
    tab.get_by_label("Ce qui s’est dit").fill("Elle répond demain.")
    tab.get_by_role("button", name=re.compile("Noter l’appel")).click()
    tab.locator(".queue > li.noted").wait_for()
    assert Attempt.objects.get().words == "Elle répond demain."
    assert "silent" not in waiting(network)
    healthy(tab)
    tab.get_by_role("button", name="Remettre dans la liste").first.click()
    tab.locator(".queue > li:not(.noted)").wait_for()
    assert not Attempt.objects.exists()
    assert waiting(network)["silent"] == 1


def test_without_javascript_what_is_ticked_is_reminded_together(
    stuck: dict[str, Any], enter: Any, healthy: Any
) -> None:
    tab = enter(stuck["Alice"], java_script_enabled=False)
    tab.goto("/networks/savoirs/animation/?reason=unreviewed")
    boxes = tab.locator(".queue input[type=checkbox]")
    assert boxes.count() == 2
    for place in range(2):
        boxes.nth(place).focus()
        tab.keyboard.press("Space")
    tab.get_by_role("button", name="Relancer les personnes cochées").click()
    tab.get_by_text("2 rappels sont partis.").wait_for()
    assert Attempt.objects.filter(kind="reminded").count() == 2
    assert "unreviewed" not in waiting(stuck["network"])
