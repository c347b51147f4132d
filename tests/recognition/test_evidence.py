"""What happened becomes evidence, once, with its date and source; what is taken back is so too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reciproque.catalogue.actions import get_or_create_topic, withdraw_post
from reciproque.catalogue.models import Topic
from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.kit import clock
from reciproque.library.actions import publish_sheet, rate_sheet, save_draft, withdraw_sheet
from reciproque.library.models import SheetAuthor
from reciproque.networks.actions import change_settings
from reciproque.recognition import actions, queries
from reciproque.recognition.models import Evidence, Skill, Standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def community(network: Any) -> Any:
    network.systems = ["exchanges", "community"]
    network.save()
    return network


def shown(person: Any) -> list[tuple[str, str]]:
    """Return what shows the skills of someone: (savoir, kind)."""
    rows = Evidence.objects.standing().filter(skill__person=person)
    return sorted(rows.values_list("skill__topic__name", "kind"))


def sheet_of(network: Any, author: Any, **fields: Any) -> Any:
    words = {"situation": "Au guichet.", "tried": "Écouter.", "given": "Le calme."}
    draft = save_draft(network, by=author, title="Accueillir", topics=["Accueil"], **words, **fields)
    return publish_sheet(draft, by=author)


def test_an_offer_and_what_becomes_of_it(network: Any, bob: Any, make_post: Any, run_reactions: Any) -> None:
    post = make_post(bob, topics=["Excel", "Word"])
    make_post(bob, "request", "Apprendre à souder", topics=["Soudure"])
    run_reactions()
    run_reactions()
    assert shown(bob) == [("Excel", "offered"), ("Word", "offered")]  # asking shows nothing
    actions.note_offer(post)
    assert Evidence.objects.count() == 2
    post.topics.set([get_or_create_topic("Excel")])
    actions.note_offer(post)
    assert shown(bob) == [("Excel", "offered")]
    withdraw_post(post, by=bob)
    run_reactions()
    assert shown(bob) == []
    assert queries.my_skills(bob) == []


def test_told_to_the_person_alone_and_once(bob: Any, make_post: Any, run_reactions: Any, said: Any) -> None:
    make_post(bob, topics=["Excel"])
    make_post(bob, title="Publipostage", topics=["Word"])
    run_reactions()
    facts = said("skill.seen")
    assert [fact.data["first"] for fact in facts] == [True, False]
    assert {row.person_id for fact in facts for row in fact.concerns.all()} == {bob.pk}
    from reciproque.notices.models import Outgoing

    told = Outgoing.objects.filter(fact_name="skill.seen")
    assert [(row.person_id, row.private) for row in told] == [(bob.pk, True)]


def test_nothing_is_kept_where_the_network_is_no_community(
    network: Any, bob: Any, make_post: Any, run_reactions: Any, alice: Any
) -> None:
    network.systems = ["exchanges"]
    network.save()
    make_post(bob, topics=["Excel"])
    run_reactions()
    assert not Skill.objects.exists()
    change_settings(network, by=alice, systems=["exchanges", "community"])
    run_reactions()
    assert shown(bob) == [("Excel", "offered")]  # of the past too, once it becomes one
    assert actions.catch_up(network) == 1
    assert Evidence.objects.count() == 1


def test_an_exchange_followed_here_speaks_once_reviewed(
    network: Any, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    from reciproque.exchanges.models import Exchange, Review

    exchange = declare_exchange(
        network, requester=bob, offerer=chloe, by=None, title="Excel", held_on=clock.now().date()
    )
    run_reactions()
    assert shown(chloe) == []  # no savoir bears that name yet
    Topic.objects.create(name="Excel", folded="excel")
    actions.note_exchange(exchange)
    assert shown(chloe) == [("Excel", "given")]
    assert shown(bob) == []
    Exchange.objects.filter(pk=exchange.pk).update(origin="followed")
    exchange.refresh_from_db()
    actions.note_exchange(exchange)
    assert shown(chloe) == []  # closed without a word of who learned
    review = Review.objects.create(
        exchange=exchange, author=bob, side="requester", satisfaction="3", covered="no"
    )
    actions.note_exchange(exchange)
    assert shown(chloe) == []
    Review.objects.filter(pk=review.pk).update(covered="partly")
    actions.note_exchange(exchange)
    assert shown(chloe) == [("Excel", "given")]


def test_a_sheet_written_used_and_withdrawn(
    network: Any, bob: Any, make_person: Callable[..., Any], join: Any, run_reactions: Any
) -> None:
    sheet = sheet_of(network, bob)
    run_reactions()
    assert shown(bob) == [("Accueil", "wrote")]
    readers = [make_person() for _n in range(3)]
    for reader in readers:
        join(reader, network)
        rate_sheet(sheet, by=reader, used=True)
    run_reactions()
    assert shown(bob) == [("Accueil", "rated"), ("Accueil", "wrote")]
    rate_sheet(sheet, by=readers[0])  # taken back: no fact tells of it, the clock sees it
    actions.check_ratings()
    assert shown(bob) == [("Accueil", "wrote")]
    withdraw_sheet(sheet, by=bob)
    run_reactions()
    assert shown(bob) == []


def test_under_another_name_nobody_is_known_by_what_they_wrote(
    network: Any, bob: Any, run_reactions: Any
) -> None:
    sheet = sheet_of(network, bob)
    SheetAuthor.objects.filter(sheet=sheet).update(shown_as="Une postière")
    run_reactions()
    assert shown(bob) == []


def test_a_person_who_withdraws_everything(
    network: Any, bob: Any, chloe: Any, admin: Any, make_post: Any, run_reactions: Any, said: Any
) -> None:
    make_post(bob, topics=["Excel"])
    run_reactions()
    actions.choose_audience(bob, "network", by=bob)
    exchange = declare_exchange(
        network, requester=chloe, offerer=bob, by=None, title="Excel", held_on=clock.now().date()
    )
    confirm_exchange(exchange, by=chloe)
    skill = Skill.objects.get(person=bob)
    actions.ask_confirmation(skill, by=bob, people=[chloe])
    actions.confirm_skill(bob, skill.topic, by=chloe, source=("exchange", exchange.public_id), words="Merci")
    actions.stop_keeping(by=bob)
    assert not Skill.objects.exists()
    assert not Evidence.objects.exists()
    run_reactions()
    actions.catch_up(network)
    assert not Skill.objects.exists()  # nothing comes back by itself
    assert [fact.data["title"] for fact in said("skill.confirmed")] == [""]
    assert not queries.may_confirm(chloe)
    actions.keep_again(by=bob)
    assert shown(bob) == [("Excel", "given"), ("Excel", "offered")]
    assert Standing.objects.get(person=bob).audience == "me"


def test_put_away_then_brought_back(
    network: Any, bob: Any, chloe: Any, make_post: Any, run_reactions: Any
) -> None:
    make_post(bob, topics=["Excel"])
    run_reactions()
    actions.choose_audience(bob, "network", by=bob)
    skill = Skill.objects.get()
    assert queries.skills_of(bob, chloe, network)
    actions.put_away(skill, by=bob)
    assert not queries.skills_of(bob, chloe, network)
    assert not queries.my_skills(bob)
    assert [seen.skill for seen in queries.my_skills(bob, put_away=True)] == [skill]
    make_post(bob, title="Tableur", topics=["Excel"])
    run_reactions()
    assert not queries.my_skills(bob)  # seen again, it stays where it was put
    actions.bring_back(skill, by=bob)
    assert len(queries.my_skills(bob)[0].evidence) == 2


@pytest.mark.parametrize("number", [1, 4])
def test_a_page_of_skills_costs_the_same_whatever_their_number(
    network: Any, bob: Any, chloe: Any, make_post: Any, run_reactions: Any, queries: Any, number: int
) -> None:
    from reciproque.recognition.queries import my_skills, skills_of

    for n in range(number):
        make_post(bob, title=f"Savoir {n}", topics=[f"Savoir {n}"])
    run_reactions()
    actions.choose_audience(bob, "network", by=bob)
    with queries() as seen:
        assert len(my_skills(bob)) == number
    assert len(seen) == 11
    with queries() as seen:
        assert len(skills_of(bob, chloe, network)) == number
    assert len(seen) == 6
