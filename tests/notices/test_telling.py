"""Facts become messages: to the right people, once, in their language, in few queries."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.actions import accept_slot, fix_date, propose_slots
from reciproque.agenda.queries import live_meeting
from reciproque.catalogue.actions import publish_post, renew_post, warn_expiring
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.journal.actions import record
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.tokens import read
from reciproque.networks.actions import leave_network, publish_charter
from reciproque.networks.models import Membership
from reciproque.notices.actions import choose_notices, tell, telling
from reciproque.notices.messages import MESSAGES, TOLD
from reciproque.notices.models import Outgoing
from reciproque.notices.queries import preference_of
from reciproque.notices.rules import TapKind
from reciproque.people.actions import leave_organisation
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Any:
    """Bob asks Chloé; not told yet."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    return exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)


def latest(name: str) -> Fact:
    return Fact.objects.filter(name=name).latest("pk")


def told(person: Any, name: str = "") -> list[Outgoing]:
    rows = Outgoing.objects.filter(person=person)
    return list(rows.filter(fact_name=name) if name else rows)


def test_telling_twice_writes_once(asked: Any, chloe: Any) -> None:
    fact = latest("introduction.asked")
    tell(fact)
    tell(fact)
    assert len(told(chloe)) == 1


def test_thousands_are_told_by_batches_and_a_death_in_the_middle_loses_and_doubles_nothing(
    network: Any, alice: Any, make_person: Any, join: Any, monkeypatch: Any, run_reactions: Any
) -> None:
    people = [make_person(f"m{number}") for number in range(7)]
    for person in people:
        join(person, network)
    run_reactions()
    publish_charter(network, by=alice, text_fr="Une autre charte.")
    fact = latest("charter.published")
    monkeypatch.setattr(telling, "BATCH", 3)
    reached = telling._Reached.of
    calls: list[int] = []

    def dies(readers: Any) -> Any:
        calls.append(len(readers))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return reached(readers)

    monkeypatch.setattr(telling._Reached, "of", dies)
    with pytest.raises(KeyboardInterrupt):
        run_reactions()
    rows = Outgoing.objects.filter(fact_id=fact.pk)
    first = set(rows.values_list("pk", flat=True))
    assert len(first) == 6  # the two batches before
    assert fact.reactions.get(reader="notices").state == "waiting"
    rows.update(state="sent", sent_at=clock.now())
    run_reactions()
    assert fact.reactions.get(reader="notices").state == "done"
    assert set(rows.filter(state="sent").values_list("pk", flat=True)) == first  # nobody is told again
    everybody = rows.values_list("person", flat=True)
    assert len(everybody) == len(set(everybody))
    assert {person.pk for person in people} <= set(everybody)


def test_the_doer_is_not_told(asked: Any, bob: Any, run_reactions: Any) -> None:
    run_reactions()
    assert told(bob, "introduction.asked") == []


def test_the_worker_tells(asked: Any, chloe: Any, run_reactions: Any) -> None:
    run_reactions()
    mail = told(chloe, "introduction.asked")[0]
    assert mail.url.endswith(f"/introductions/{asked.public_id}/")
    assert mail.language == "fr"


def test_an_answer_is_given_in_one_tap(asked: Any, chloe: Any) -> None:
    tell(latest("introduction.asked"))
    text = told(chloe)[0].text
    tokens = [line.split("/tap/")[1].strip("/") for line in text.splitlines() if "/tap/" in line]
    answers = [read(token) for token in tokens]
    assert [answer.kind for answer in answers] == [TapKind.ACCEPT, TapKind.REFUSE]
    assert {answer.person for answer in answers} == {chloe.public_id}
    assert {answer.subject for answer in answers} == {asked.public_id}


def test_nobody_is_asked_what_is_answered_already(asked: Any, bob: Any, chloe: Any) -> None:
    exchanges.withdraw_introduction(asked, by=bob)
    tell(latest("introduction.asked"))
    assert told(chloe) == []


def test_someone_without_address_is_kept_for_the_animator(asked: Any, chloe: Any) -> None:
    Person.objects.filter(pk=chloe.pk).update(email=None)
    tell(latest("introduction.asked"))
    assert [mail.state for mail in told(chloe)] == ["unaddressed"]


def test_someone_who_left_is_not_told(asked: Any, network: Any, bob: Any, chloe: Any, admin: Any) -> None:
    leave_network(Membership.objects.get(person=chloe, network=network), by=chloe)
    tell(latest("introduction.asked"))
    leave_organisation(bob, by=admin)
    exchanges.lapse_overdue()
    record("role.granted", network, by=admin, network=network, people=[bob], role="mediator")
    tell(latest("role.granted"))
    assert told(chloe) == told(bob) == []


def test_choices_are_followed(asked: Any, chloe: Any, bob: Any) -> None:
    choose_notices(chloe, by=chloe, muted=["exchanges"])
    tell(latest("introduction.asked"))
    assert told(chloe) == []
    choose_notices(chloe, by=chloe, rhythm="none")
    assert preference_of(chloe).rhythm == "none"
    assert preference_of(bob).rhythm == "at_once"
    with pytest.raises(PermissionDenied):
        choose_notices(chloe, by=bob)
    with pytest.raises(ValidationError):
        choose_notices(chloe, by=chloe, muted=["everything"])


def test_each_reader_is_written_to_in_their_language(network: Any, asked: Any, bob: Any, chloe: Any) -> None:
    network.name_en = "Postal know-how"
    network.save()
    Person.objects.filter(pk=chloe.pk).update(language="en")
    tell(latest("introduction.asked"))
    mail = told(chloe)[0]
    assert mail.language == "en"
    assert '<html lang="en">' in mail.html
    assert "Postal know-how" in mail.text


def test_dates_are_said_in_the_readers_zone(network: Any, asked: Any, bob: Any, chloe: Any) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    exchange = Exchange.objects.get(people__introduction=asked)
    meeting = live_meeting(exchange)
    Person.objects.filter(pk=chloe.pk).update(time_zone="America/Martinique")
    propose_slots(meeting, [dt.datetime(2026, 3, 5, 13, tzinfo=dt.UTC)], by=bob)
    tell(latest("meeting.proposed"))
    assert "jeudi 5 mars, 9\u00a0h" in told(chloe, "meeting.proposed")[0].text


def test_the_words_of_a_message_stay_in_the_product(asked: Any, bob: Any, chloe: Any) -> None:
    exchanges.write_message(asked, "Un secret bien gardé", by=bob)
    tell(latest("thread.written"))
    mail = told(chloe, "thread.written")[0]
    assert "secret" not in mail.subject + mail.text + mail.html


def test_unread_words_are_told_once_a_day(asked: Any, bob: Any, chloe: Any) -> None:
    def write() -> int:
        exchanges.write_message(asked, "Bonjour", by=bob)
        tell(latest("thread.written"))
        return len(told(chloe, "thread.written"))

    assert write() == 1
    assert write() == 1
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        exchanges.mark_read(asked.thread, by=chloe)
        assert write() == 2
    with clock.at(clock.now() + 2 * DAY):
        assert write() == 3


def test_something_found_is_told_once_a_day(network: Any, bob: Any, make_post: Any) -> None:
    for hours, expected in ((0, 1), (1, 1), (24, 2)):
        with clock.at(clock.now() + dt.timedelta(hours=hours)):
            post = make_post(bob, "request", f"Jardinage {hours}")
            record("suggestion.found", post, network=network, people=[bob], title=post.title)
            tell(latest("suggestion.found"))
            assert len(told(bob, "suggestion.found")) == expected


def test_the_other_review_is_awaited_and_not_shown(asked: Any, bob: Any, chloe: Any) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    exchange = Exchange.objects.get(people__introduction=asked)
    meeting = live_meeting(exchange)
    fix_date(meeting, clock.now() + DAY, by=bob)
    with clock.at(clock.now() + 2 * DAY):
        meeting.refresh_from_db()
        exchanges.say_held(meeting, by=bob, held=True)
        exchange.refresh_from_db()
        exchanges.submit_review(exchange, by=chloe, satisfaction="1", comment="Décevant")
        tell(latest("review.submitted"))
        assert told(chloe, "review.submitted") == []
        mail = told(bob, "review.submitted")[0]
        assert mail.url.endswith(f"/exchanges/{exchange.public_id}/review/")
        assert "Décevant" not in mail.text


def test_a_date_changed_meanwhile_is_not_told(asked: Any, bob: Any, chloe: Any) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    meeting = live_meeting(Exchange.objects.get(people__introduction=asked))
    slots = propose_slots(meeting, [clock.now() + DAY], by=bob)
    accept_slot(slots[0], by=chloe)
    fixed = latest("meeting.fixed")
    meeting.refresh_from_db()
    propose_slots(meeting, [clock.now() + 3 * DAY], by=bob)
    tell(fixed)
    assert told(bob, "meeting.fixed") == told(chloe, "meeting.fixed") == []


def test_an_import_writes_to_nobody(network: Any, bob: Any, chloe: Any) -> None:
    exchanges.declare_exchange(
        network, requester=bob, offerer=chloe, by=None, title="Avant", held_on=clock.now().date() - DAY
    )
    tell(latest("exchange.declared"))
    assert Outgoing.objects.count() == 0


def test_someone_acted_for_is_told(network: Any, alice: Any, bob: Any) -> None:
    publish_post(network, bob, "offer", by=alice, title="Reliure")
    tell(latest("post.published"))
    publish_post(network, bob, "offer", by=bob, title="Couture")
    tell(latest("post.published"))
    assert [mail.subject for mail in told(bob)] == ["Publiée en votre nom\u00a0: Reliure"]


def test_a_post_renewed_meanwhile_is_not_told(network: Any, bob: Any, make_post: Any) -> None:
    post = make_post(bob)
    with clock.at(post.expires_at - 5 * DAY):
        warn_expiring()
        tell(latest("post.expiring"))
        assert len(told(bob, "post.expiring")) == 1
        post.refresh_from_db()
        renew_post(post, by=bob)
        record("post.expired", post, network=network, people=[bob], kind="offer", title=post.title)
        tell(latest("post.expired"))
        assert told(bob, "post.expired") == []


@pytest.mark.parametrize("members", [3, 1200])
def test_a_charter_is_told_to_everyone_in_few_queries(
    network: Any, alice: Any, members: int, queries: Any
) -> None:
    people = Person.objects.bulk_create(
        [Person(email=f"m{n}@example.org", last_name=f"M{n}", language="fr") for n in range(members)]
    )
    now = clock.now()
    Membership.objects.bulk_create(
        [Membership(network=network, person=person, joined_at=now) for person in people]
    )
    publish_charter(network, by=alice, text_fr="Une autre charte.")
    with queries() as seen:
        tell(latest("charter.published"))
    assert Outgoing.objects.filter(fact_name="charter.published").count() == members
    # SQLite takes some thirty rows at once: the count grows with the insertions only.
    assert len(seen) <= 14 + members // 25


def test_hostile_names_stay_harmless(network: Any, asked: Any, bob: Any, chloe: Any) -> None:
    Person.objects.filter(pk=bob.pk).update(first_name="<script>\nBcc: x@y.z", last_name="%(title)s")
    exchanges.write_message(asked, "Bonjour", by=Person.objects.get(pk=bob.pk))
    tell(latest("thread.written"))
    mail = told(chloe, "thread.written")[0]
    assert "\n" not in mail.subject
    assert "<script>" not in mail.html
    assert "%(title)s" in mail.text


def test_the_list_names_real_verbs_and_each_fact_once_in_told() -> None:
    assert len(TOLD) == len(set(TOLD))
    assert set(TOLD) == {message.fact for message in MESSAGES}
    asked = {
        "introduction": "asked questioned replied accepted refused lapsed withdrawn cancelled not_matched mediated"
        " agreed next_proposed",
        "exchange": "opened finished stopped declared closed joined left",
        "meeting": "proposed fixed reopened cancelled past",
        "thread": "written",
        "review": "submitted",
        "membership": "joined applied refused waived",
        "charter": "published",
        "role": "granted",
        "post": "expiring expired",
        "suggestion": "found proposed",
        "loop": "found",
        "nudge": "made",
        "alert": "matched",
    }
    assert {f"{kind}.{verb}" for kind, verbs in asked.items() for verb in verbs.split()} <= set(TOLD)
