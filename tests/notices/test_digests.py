"""Letters made of several messages, and whose offers and requests they show."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.core import mail

from reciproque.agenda.actions import accept_slot, propose_slots
from reciproque.agenda.queries import live_meeting
from reciproque.catalogue.actions import withdraw_post
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.notices.actions import choose_notices, send_digests, send_waiting, tell
from reciproque.notices.models import Outgoing, Shown
from reciproque.notices.queries import mailbox_of, next_digest_at
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)


def tell_all() -> None:
    for fact in Fact.objects.order_by("pk"):
        tell(fact)


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Any:
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    return exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)


def test_a_daily_letter_keeps_the_answers_and_the_calendar_files(
    network: Any, asked: Any, bob: Any, chloe: Any
) -> None:
    choose_notices(chloe, by=chloe, rhythm="daily")
    tell_all()
    exchanges.accept_introduction(asked, by=chloe)
    meeting = live_meeting(Exchange.objects.get(people__introduction=asked))
    slots = propose_slots(meeting, [clock.now() + 5 * DAY], by=bob)
    tell_all()
    accept_slot(slots[0], by=chloe)
    meeting.refresh_from_db()
    tell_all()
    send_waiting()
    assert [sent.to for sent in mail.outbox if "chloe" in sent.to[0]] == []
    due = next_digest_at(chloe)
    assert due is not None
    with clock.at(due - dt.timedelta(minutes=1)):
        assert send_digests() == 0
    with clock.at(due):
        assert send_digests() == 1
        assert send_digests() == 0
        send_waiting()
    letter = mail.outbox[-1]
    assert "/tap/" in letter.body
    assert "SAVOIRS DU COURRIER" in letter.body
    html = letter.alternatives[0][0]
    assert html.count("/tap/") == letter.body.count("/tap/")
    assert "List-Unsubscribe" in letter.extra_headers
    files = [part for part in letter.attachments if "calendar" in part[2]]
    assert [name for name, _content, _kind in files] == ["invitation-1.ics"]
    assert [row.fact_name for row in mailbox_of(chloe)] == ["digest"]
    assert set(
        Outgoing.objects.filter(person=chloe, fact_id__isnull=False).values_list("state", flat=True)
    ) == {"grouped"}


def test_a_meeting_of_tomorrow_does_not_wait_for_the_letter(
    network: Any, asked: Any, bob: Any, chloe: Any
) -> None:
    choose_notices(chloe, by=chloe, rhythm="weekly")
    exchanges.accept_introduction(asked, by=chloe)
    meeting = live_meeting(Exchange.objects.get(people__introduction=asked))
    slots = propose_slots(meeting, [clock.now() + dt.timedelta(hours=20)], by=bob)
    accept_slot(slots[0], by=chloe)
    tell(Fact.objects.get(name="meeting.fixed"))
    send_waiting()
    assert any("chloe" in sent.to[0] for sent in mail.outbox)


def test_one_message_alone_keeps_its_subject(network: Any, asked: Any, chloe: Any) -> None:
    choose_notices(chloe, by=chloe, rhythm="daily")
    tell(Fact.objects.get(name="introduction.asked"))
    kept = Outgoing.objects.get(person=chloe)
    with clock.at(clock.now() + DAY):
        send_digests()
    assert Outgoing.objects.get(fact_name="digest").subject == kept.subject


def weekly(people: list[Person]) -> None:
    for person in people:
        choose_notices(person, by=person, rhythm="weekly")


def monday_letters() -> list[Outgoing]:
    before = set(Outgoing.objects.values_list("pk", flat=True))
    send_digests()
    return list(Outgoing.objects.exclude(pk__in=before).order_by("pk"))


def test_everyones_offer_has_its_turn(network: Any, make_person: Any, join: Any, make_post: Any) -> None:
    authors = [make_person(f"Auteur{n}") for n in range(30)]
    readers = [make_person(f"Lecteur{n}") for n in range(20)]
    for person in (*authors, *readers):
        join(person, network)
    for number, author in enumerate(authors):
        make_post(author, "offer", f"Savoir {number}")
        make_post(author, "request", f"Question {number}")
    weekly([*readers, authors[0]])
    with clock.at(clock.now() + 7 * DAY):
        letters = monday_letters()
    assert len(letters) == 21
    seen: Counter[str] = Counter()
    for letter in letters:
        titles = [line.split("\u00a0: ")[1] for line in letter.text.splitlines() if line.startswith("* ")]
        assert 1 <= len(titles) <= 6
        numbers = [title.split()[1] for title in titles]
        assert len(numbers) == len(set(numbers)), "one post of each author"
        if letter.person_id == authors[0].pk:
            assert "0" not in numbers, "never one's own"
        seen.update(titles)
    # 21 letters of five in turn show 105 times 60 posts: nobody waits while another is shown a third time in turn.
    assert len(seen) == 60
    assert max(seen.values()) <= 6
    times = dict(Shown.objects.values_list("post__title", "times"))
    assert times == dict(seen)


def test_next_week_those_shown_least_come_first(
    network: Any, make_person: Any, join: Any, make_post: Any, bob: Any
) -> None:
    authors = [make_person(f"Auteur{n}") for n in range(12)]
    for number, author in enumerate(authors):
        join(author, network)
        make_post(author, "offer", f"Savoir {number}")
    weekly([bob])
    shown: list[set[str]] = []
    for week in (1, 2):
        with clock.at(clock.now() + week * 7 * DAY):
            [letter] = monday_letters()
            send_waiting()
        shown.append({line for line in letter.text.splitlines() if line.startswith("* ")})
    # Five of six are chosen by turn; the last one by chance.
    assert len(shown[0] & shown[1]) <= 2


def test_a_weekly_letter_without_anything_to_say_is_not_sent(network: Any, bob: Any) -> None:
    weekly([bob])
    with clock.at(clock.now() + 7 * DAY):
        assert send_digests() == 0
    with clock.at(clock.now() + 14 * DAY):
        assert send_digests() == 0


def test_news_are_not_forced_on_anyone(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    make_post(chloe)
    choose_notices(bob, by=bob, rhythm="weekly", news=False)
    with clock.at(clock.now() + 7 * DAY):
        assert send_digests() == 0


def test_a_post_withdrawn_is_not_shown(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    withdraw_post(make_post(chloe), by=chloe)
    weekly([bob])
    with clock.at(clock.now() + 7 * DAY):
        assert send_digests() == 0


@pytest.mark.parametrize("people", [1, 3])
def test_letters_cost_the_same_queries_for_one_and_for_many(
    network: Any, make_person: Any, join: Any, people: int, queries: Any
) -> None:
    for number in range(people):
        person = make_person(f"P{number}")
        join(person, network)
        choose_notices(person, by=person, rhythm="daily")
        for fact in range(3):
            Outgoing.objects.create(
                fact_id=fact, fact_name="x.y", person=person, network=network, subject="a", state="held"
            )
    with queries() as seen:
        assert send_digests() == people
    assert len(seen) == 13


def test_two_workers_write_one_letter_each_person(at_once: Any, make_person: Any) -> None:
    for number in range(20):
        person = make_person(f"P{number}")
        for fact in range(3):
            Outgoing.objects.create(fact_id=fact, fact_name="x.y", person=person, subject="a", state="held")
    answers = at_once(send_digests, send_digests, send_digests)
    assert sum(answers) == 20
    assert Outgoing.objects.filter(fact_name="digest").count() == 20
