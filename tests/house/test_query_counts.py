"""Every list page: a literal number of queries, the same for 3 rows and for 300."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reciproque.catalogue.actions import get_or_create_topic
from reciproque.catalogue.actions.imports import CleanPost, import_posts
from reciproque.circles import actions as circles
from reciproque.exchanges.actions import ask_introduction, confirm_exchange, declare_exchange
from reciproque.gatherings.actions import plan_gathering
from reciproque.initiatives import actions as initiatives
from reciproque.initiatives.models import Frame
from reciproque.kit import clock
from reciproque.library import actions as library
from reciproque.matching.actions import ask_plan, compute_suggestions, create_alert, make_plan, rule
from reciproque.matching.models import Likeness, Loop, LoopLink, PlannedPair, Suggestion
from reciproque.matching.queries.index import forget_all
from reciproque.networks.actions import change_settings, enrol_in_bulk
from reciproque.people.models import Person
from reciproque.recognition import actions as recognition
from reciproque.recognition.models import Certification
from tests.initiatives.launch import frame_at_launch

FEW, MANY = 3, 300

# page → the literal number of queries of a GET by a member (or the animator), everything included
LISTS: dict[str, tuple[str, int]] = {
    "home:home": ("bob", 24),
    "find:search": ("bob", 12),
    "find:suggestions": ("bob", 19),
    "find:alerts": ("bob", 8),
    "find:topic": ("bob", 20),
    "topics:families": ("bob", 10),
    "topics:curation": ("alice", 13),
    "library:shelf": ("bob", 15),
    "library:questions": ("bob", 11),
    "library:mine": ("bob", 13),
    "posts:mine": ("bob", 12),
    "people:members": ("bob", 10),
    "people:person": ("bob", 26),
    "exchanges:mine": ("bob", 13),
    "agenda:agenda": ("bob", 11),
    "agenda:calendars": ("bob", 9),
    "account:history": ("bob", 7),
    "account:profile": ("bob", 9),
    "join:directory": ("bob", 11),
    "join:network": ("bob", 26),
    "gatherings:all": ("bob", 13),
    "circles:all": ("bob", 16),
    "initiatives:learning": ("bob", 29),
    "initiatives:problems": ("bob", 13),
    "initiatives:experiments": ("bob", 14),
    "initiatives:proposals": ("bob", 22),
    "initiatives:desk": ("alice", 27),
    "animation:desk": ("alice", 30),
    "animation:members": ("alice", 12),
    "matching:plan": ("alice", 14),
    "matching:sought": ("alice", 9),
    "matching:loops": ("alice", 12),
    "matching:groups": ("alice", 11),
    "matching:rulings": ("alice", 10),
    "moderation:mine": ("bob", 10),
    "recognition:mine": ("bob", 40),
    "recognition:to_confirm": ("bob", 24),
    "recognition:history": ("bob", 11),
    "recognition:desk": ("alice", 18),
    "recognition:trainings": ("bob", 8),
    "recognition:training_settings": ("alice", 10),
    "insights:hazards": ("alice", 24),
    "insights:costs": ("bob", 12),
    "insights:studies": ("alice", 13),
    "insights:my_studies": ("bob", 8),
    "demo:mailbox": ("bob", 7),
    "community:map": ("bob", 18),
    "community:place": ("bob", 22),
    "community:risk": ("alice", 9),
    "community:calls": ("alice", 11),
    "community:pool": ("alice", 16),
}


def populate(network: Any, alice: Any, bob: Any, number: int) -> None:
    """Give the network (and Bob) `number` of everything that a list shows."""
    people = [
        Person(
            last_name=f"Membre {n}",
            first_name="M",
            email=f"m{number}-{n}@example.org",
            spoken=["fr"],
            password="!",
        )
        for n in range(number)
    ]
    Person.objects.bulk_create(people)
    people = list(Person.objects.filter(email__startswith=f"m{number}-"))
    enrol_in_bulk(network, {person.pk: (20, 20) for person in people}, by=None)
    by_name = {person.email: person for person in people}
    posts = []
    for n, email in enumerate(by_name):
        posts.append(CleanPost(n, email, "offer", f"Savoir numéro {n} du tri", topics=("Tri du courrier",)))
        posts.append(
            CleanPost(n, email, "request", f"Apprendre le numéro {n} du tri", topics=("Tri du courrier",))
        )
    mine = [CleanPost(0, "bob", "request", f"Ma demande {n} de tri") for n in range(min(number, 40))]
    import_posts(network, [*posts, *mine], {**by_name, "bob": bob}, by=None)
    day = clock.now().date() - dt.timedelta(days=3)
    for n, person in enumerate(people):
        declare_exchange(network, requester=bob, offerer=person, by=bob, title=f"Échange {n}", held_on=day)
    offers = {post.author_id: post for post in people[0].posts.model.objects.offers().filter(network=network)}
    for person in people[: min(number, 30)]:
        offer = offers[person.pk]
        ask_introduction(network, requester=bob, offerer=person, by=bob, offer=offer)
    for n in range(min(number, 15)):
        create_alert(network, bob, f"alerte {n}", by=bob)
    for n in range(min(number, 40)):
        begins = clock.now() + dt.timedelta(days=n)
        plan_gathering(
            network,
            "fair",
            by=alice,
            title=f"Bourse {n}",
            starts_at=begins,
            ends_at=begins + dt.timedelta(hours=2),
            place="Salle Jaurès",
        )
    compute_suggestions(network)
    forget_all()
    fill_library(network, bob, number)
    fill_groups(network, alice, bob, number)
    plan_everything(network, alice, number)
    fill_learning(network, alice, number)
    fill_recognition(network, bob, number)


def fill_recognition(network: Any, bob: Any, number: int) -> None:
    """Give Bob savoirs that others learned from him and confirmed, doubted for some; and some that he learned."""
    admin = Person.objects.get(is_superuser=True)
    network.refresh_from_db()
    change_settings(network, by=admin, systems=list(dict.fromkeys([*network.systems, "community"])))
    recognition.set_rule(network, by=admin, confirmations=2, units=1, months=24)
    recognition.choose_audience(bob, "network", by=bob)
    one, other, third = (row.person for row in network.memberships.exclude(person=bob).order_by("-pk")[:3])
    day = clock.now().date() - dt.timedelta(days=3)
    for n in range(min(number, 20)):
        topic = get_or_create_topic(f"Tri numéro {number} {n}")
        pairs = [(bob, one), (bob, other), (third, bob)]
        for giver, taker in pairs:
            exchange = declare_exchange(
                network, requester=taker, offerer=giver, by=None, title=topic.name, held_on=day
            )
            confirm_exchange(exchange, by=taker)
            recognition.note_exchange(exchange)
            if giver == bob:
                source = ("exchange", exchange.public_id)
                recognition.confirm_skill(bob, topic, by=taker, source=source, words="Le tri", signs=True)
            fill_training(network, exchange, giver, taker)
        held = Certification.objects.get(skill__person=bob, skill__topic=topic, ended_at=None)
        recognition.contest(held, by=third, words="Le tri a changé")


def fill_training(network: Any, exchange: Any, giver: Any, taker: Any) -> None:
    """Count an exchange as training; half of them wait for hours."""
    admin = Person.objects.get(is_superuser=True)
    recognition.set_training(network, by=admin, on=True, kinds=["exchange"])
    row = recognition.ask_training(
        "exchange",
        exchange.public_id,
        by=taker,
        other=giver,
        title=exchange.title,
        aims="Trier seul",
        starts_on=exchange.held_on,
        ends_on=exchange.held_on,
        mode="face",
        hours=Decimal("0.25"),
    )
    if row.pk % 2:
        recognition.say_hours(row, by=giver, hours=Decimal("0.25"))


def fill_learning(network: Any, alice: Any, number: int) -> None:
    """Give the pages of a learning network what its members search, try and propose, and its committee owes."""
    frame = Frame.objects.filter(network=network).select_related("network").first()
    frame = frame or frame_at_launch(network, alice)
    searcher, other = (row.person for row in network.memberships.exclude(person=alice).order_by("-pk")[:2])
    if not frame.committee.exists():
        initiatives.join_committee(frame, by=alice, person=other)
    day = clock.now().date()
    texts = dict.fromkeys(("problem", "words", "gains", "cost"), "Le tri du courrier.")
    trial = dict.fromkeys(("hypothesis", "where", "with_whom", "consent", "measure", "start_value"), "Le tri")
    for n in range(min(number, 20)):
        words = {"tied_to": "customer", "title": f"Le tri numéro {number} {n}"}
        problem = initiatives.ask_problem(frame, by=searcher, kind="problem", title=words["title"])
        experiment = initiatives.draft_experiment(
            frame, by=searcher, criteria="Deux fois", starts_on=day, ends_on=day, **trial, **words
        )
        initiatives.ask_support(experiment, by=searcher)
        proposal = initiatives.draft_proposal(frame, by=searcher, origin=problem, **texts, **words)
        initiatives.submit_proposal(proposal, by=searcher)


def fill_library(network: Any, bob: Any, number: int) -> None:
    """Give the pages of the library something to show, Bob's own and questions that wait for him."""
    for n in range(min(number, 40)):
        words = {"text": "Poser les caisses à gauche.", "topics": ["Tri du courrier"], "trade": "Factrice"}
        draft = library.save_draft(network, by=bob, kind="tip", title=f"Astuce {number} {n}", **words)
        sheet = library.publish_sheet(draft, by=bob) if n % 2 else draft
        other = network.memberships.exclude(person=bob).order_by("pk")[n].person
        if n % 2:
            library.write_to_author(sheet, "Merci", by=other)
        question = f"Comment faites-vous pour le tri numéro {n} ?"
        library.route_case(library.ask_case(network, by=other, question=question), [bob])


def fill_groups(network: Any, alice: Any, bob: Any, number: int) -> None:
    """Give the list of groups something to show: every other one is one that Bob asked to join."""
    until = clock.now().date() + dt.timedelta(days=20)
    for n in range(min(number, 20)):
        circle = circles.open_circle(
            network, by=alice, title=f"Groupe {number} {n}", trade="Factrice", aims="x"
        )
        circles.specify_need(
            circle, by=alice, specified_with="x", allowance="x", told="x", untold="x", functions="Factrice"
        )
        circles.call_volunteers(circle, by=alice, until=until)
        if n % 2:
            circles.apply(circle, by=bob, goal="Apprendre", helping="Écouter")


def plan_everything(network: Any, alice: Any, number: int) -> None:
    """Give the animators' pages about matching something to show too."""
    plan = make_plan(ask_plan(network, by=alice))
    found = list(Suggestion.objects.open().filter(network=network).order_by("pk")[: 2 * number])
    for row in found[:number]:
        rule(network, row.request, row.offer, kind="pin", by=alice)
    for row in found:
        PlannedPair.objects.get_or_create(
            plan=plan, request=row.request, offer=row.offer, defaults={"score": 1, "terms": row.terms}
        )
    for n, (one, other) in enumerate(zip(found[::2], found[1::2], strict=False)):
        loop = Loop.objects.create(network=network, mark=f"{number} {n}", size=2, score=1)
        LoopLink.objects.create(loop=loop, place=0, suggestion=one)
        LoopLink.objects.create(loop=loop, place=1, suggestion=other)
        likeness = Likeness.objects.create(
            network=network, kind="group", mark=f"{number} {n}", offer=one.offer
        )
        likeness.posts.set({one.request, other.request})


def measure(client: Any, address: str) -> int:
    client.get(address)  # caches of the process are warm, as they are after the first visitor
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(seen)


def addresses(network: Any, bob: Any) -> dict[str, str]:
    """Return the address of each list."""
    topic = bob.posts.model.objects.offers().first().topics.first()
    kwargs: dict[str, dict[str, Any]] = {
        "find:topic": {"slug": network.slug, "topic_id": topic.public_id},
        "people:person": {"slug": network.slug, "person_id": bob.public_id},
    }
    everywhere = {"home:home", "exchanges:mine", "agenda:agenda", "account:history", "account:profile"}
    everywhere |= {"agenda:calendars", "moderation:mine", "demo:mailbox", "join:directory"}
    everywhere |= {"recognition:mine", "recognition:to_confirm", "recognition:history"}
    everywhere |= {"recognition:trainings", "insights:my_studies"}
    return {
        name: reverse(name, kwargs=kwargs.get(name, {} if name in everywhere else {"slug": network.slug}))
        for name in LISTS
    }


def test_same_number_of_queries_for_three_rows_and_three_hundred(
    network: Any, alice: Any, bob: Any, client_of: Callable[[Any], Any], settings: Any
) -> None:
    settings.DEMO = True
    clients = {"alice": client_of(alice), "bob": client_of(bob)}
    populate(network, alice, bob, FEW)
    few = {
        name: measure(clients[LISTS[name][0]], address) for name, address in addresses(network, bob).items()
    }
    populate(network, alice, bob, MANY)
    many = {
        name: measure(clients[LISTS[name][0]], address) for name, address in addresses(network, bob).items()
    }
    assert few == many
    assert many == {name: expected for name, (_who, expected) in LISTS.items()}
