"""A large network: its weekly letters written, everyone told of one fact, and an offer published beside a small network.

Publishing must not depend on how many people will hear of it: both networks live in the same database, and each turn
publishes once in each, so that whatever else the machine does weighs on both.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import time
from typing import Any

KEPT = 3  # messages kept for each person
POSTS = 2_000


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--people", type=int, default=20_000, help="members of the large network")
    parser.add_argument("--small", type=int, default=20, help="members of the small one")
    parser.add_argument("--turns", type=int, default=60, help="offers published in each")
    parser.add_argument("--json", action="store_true", help="print the figures for a machine")


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    figures = measured(options.people, options.small, options.turns)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:48} {value}")
    return 0


def measured(people: int, small: int, turns: int) -> dict[str, Any]:
    """Make the networks, then measure."""
    from reciproque.kit import clock

    large, little = made("grand", people), made("petit", small)
    monday = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
    with clock.at(monday):
        figures = publishing(large, little, turns)
        figures |= telling(large, people)
        keep_messages(large)
    with clock.at(monday + dt.timedelta(days=7)):
        figures |= letters()
    return figures


def made(slug: str, people: int) -> Any:
    """Return a network of so many members, all with an e-mail address."""
    from reciproque.kit import clock
    from reciproque.networks.actions import create_network
    from reciproque.networks.models import Membership
    from reciproque.people.models import Person

    with clock.at(dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)):
        network = create_network(slug.title(), by=None, slug=slug, reciprocity="open")
        members = Person.objects.bulk_create(
            [
                Person(
                    email=f"{slug}{number}@example.org",
                    first_name="Membre",
                    last_name=f"N{number}",
                    password="!",  # noqa: S106 - nobody signs in
                    spoken=["fr"],
                )
                for number in range(people)
            ],
            batch_size=2_000,
        )
        now = clock.now()
        Membership.objects.bulk_create(
            [Membership(network=network, person=person, joined_at=now) for person in members],
            batch_size=2_000,
        )
    return network


def publishing(large: Any, little: Any, turns: int) -> dict[str, Any]:
    """Publish an offer in each network, turn by turn."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from reciproque.catalogue.actions import publish_post
    from reciproque.people.models import Person

    authors = {
        network.pk: list(Person.objects.filter(memberships__network=network).order_by("pk")[:turns])
        for network in (large, little)
    }

    def publish(network: Any, turn: int) -> float:
        author = authors[network.pk][turn % len(authors[network.pk])]
        start = time.perf_counter()
        publish_post(
            network,
            author,
            "offer",
            by=author,
            title=f"Savoir {turn}",
            modes=["phone"],
            languages=["fr"],
        )
        return 1000 * (time.perf_counter() - start)

    counts, times = {}, {large.pk: [], little.pk: []}
    for network in (large, little):
        publish(network, 0)  # the first one pays for what is read once
        with CaptureQueriesContext(connection) as seen:
            publish(network, 1)
        counts[network.pk] = len(seen)
    for turn in range(2, turns + 2):
        for network in (large, little) if turn % 2 else (little, large):
            times[network.pk].append(publish(network, turn))
    in_large, in_little = (statistics.median(times[network.pk]) for network in (large, little))
    return {
        "publishing an offer, queries, small network": counts[little.pk],
        "publishing an offer, queries, large network": counts[large.pk],
        "publishing an offer, median ms, small network": round(in_little, 2),
        "publishing an offer, median ms, large network": round(in_large, 2),
        "publishing an offer, ratio of times": round(in_large / in_little, 2),
    }


def telling(network: Any, people: int) -> dict[str, Any]:
    """Tell everyone of one fact, in the one transaction of the worker."""
    from reciproque.journal.actions import record
    from reciproque.networks.models import Charter
    from reciproque.notices.actions import tell
    from reciproque.notices.models import Outgoing

    version = Charter.objects.filter(network=network).count() + 1
    Charter.objects.create(network=network, version=version, text_fr="Une autre charte.")
    fact = record("charter.published", network, network=network, version=version)
    start = time.perf_counter()
    written = tell(fact)
    seconds = time.perf_counter() - start
    Outgoing.objects.all().delete()
    return {
        "everyone told of one fact, messages": written,
        "everyone told of one fact, seconds": round(seconds, 1),
        "everyone told of one fact, messages a second": round(written / seconds),
    }


def keep_messages(network: Any) -> None:
    """Give everyone a weekly rhythm, a few messages kept, and a network full of new posts."""
    from reciproque.catalogue.models import Post
    from reciproque.kit import clock
    from reciproque.notices.models import Outgoing, Preference
    from reciproque.people.models import Person

    now = clock.now()
    monday = now + dt.timedelta(days=7)
    members = list(Person.objects.filter(memberships__network=network).order_by("pk"))
    Preference.objects.bulk_create(
        [Preference(person=person, rhythm="weekly", digest_at=monday) for person in members], batch_size=2_000
    )
    parts = {
        "sentences": [
            "Une personne du réseau vous demande une mise en relation.",
            "Vous pouvez dire oui ou non.",
        ],
        "quote": "",
        "deadline": "Délai : lundi 9 mars, 18 h ; sans réponse, une autre personne sera proposée.",
        "answers": [
            ["Oui, volontiers", "https://x.example.org/tap/a/"],
            ["Non", "https://x.example.org/tap/b/"],
        ],
        "act": ["Lire et répondre", "https://x.example.org/introductions/a/"],
    }
    Outgoing.objects.bulk_create(
        [
            Outgoing(
                fact_id=number,
                fact_name="introduction.asked",
                person=person,
                network=network,
                subject=f"Quelqu’un voudrait apprendre avec vous : savoir {number}",
                text="",
                html="",
                parts=parts,
                state="held",
                at=now,
                run_after=monday,
            )
            for person in members
            for number in range(KEPT)
        ],
        batch_size=2_000,
    )
    Post.objects.bulk_create(
        [
            Post(
                network=network,
                author=members[number % len(members)],
                kind="offer" if number % 2 else "request",
                state="published",
                title=f"Un savoir de métier, numéro {number}",
                published_at=now,
                expires_at=now + dt.timedelta(days=300),
            )
            for number in range(POSTS)
        ],
        batch_size=1_000,
    )


def letters() -> dict[str, Any]:
    """Write the weekly letters as the worker does, until none is due."""
    from reciproque.notices.actions import send_digests
    from reciproque.notices.models import Shown

    start, written = time.perf_counter(), 0
    while done := send_digests():
        written += done
    seconds = time.perf_counter() - start
    times = list(Shown.objects.order_by("times").values_list("times", flat=True))
    return {
        "weekly letters written": written,
        "weekly letters, seconds": round(seconds, 1),
        "weekly letters a second": round(written / seconds),
        "new posts shown, of the 300 in turn": len(times),
        "times a post was shown, least": times[0] if times else 0,
        "times a post was shown, most": times[-1] if times else 0,
    }
