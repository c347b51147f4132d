"""What figures and lists no longer say: who leaves, what was put away, what few people answered, where one else is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from reciproque.catalogue.models import Topic
from reciproque.insights.actions import ask_successors, launch_call, say_leaving
from reciproque.insights.queries import cohorts_of, engagement_of, productivity_of, risk_of
from reciproque.insights.queries.engagement import Engagement
from reciproque.insights.rules import Risk
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.actions import change_settings
from reciproque.people.models import Person
from reciproque.recognition.access import get_call
from reciproque.recognition.actions import answer_call, choose_audience, put_away
from reciproque.recognition.models import Call, Evidence, Skill
from reciproque.recognition.queries import calls_in, skill_page
from reciproque.web.parts.recognition import evidence_lines
from tests.insights.test_community import closed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def community(network: Any, admin: Any) -> Any:
    return change_settings(network, by=admin, systems=["exchanges", "community"])


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def shown_by(network: Any, person: Any, topic: Topic, source: str = "x") -> Skill:
    skill, _new = Skill.objects.get_or_create(person=person, topic=topic)
    Evidence.objects.create(
        skill=skill,
        network=network,
        kind="given",
        source_kind="exchange",
        source_id=source,
        on=clock.now().date(),
    )
    return skill


@pytest.mark.parametrize("others", [0, 1, 2])
def test_no_page_of_the_team_changes_when_somebody_says_that_they_leave(
    community: Any, alice: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, client_of: Any, others: int
) -> None:
    topic = make_post(bob, "offer", "Tailler les rosiers", topics=["Rosiers"]).topics.get()
    for person in (chloe, dora)[:others]:
        make_post(person, "offer", "Planter des rosiers", topics=["Rosiers"])
    slug, team = community.slug, client_of(alice)
    pages = [
        reverse("community:risk", args=[slug]),
        reverse("community:risk", args=[slug]) + "?risk=all",
        reverse("community:risk", args=[slug]) + "?risk=leaving",
        reverse("community:risk", args=[slug]) + "?risk=fragile",
        reverse("community:launch", args=[slug, topic.public_id]),
        reverse("community:calls", args=[slug]),
        reverse("community:calls", args=[slug]) + "?state=over",
    ]

    def seen() -> list[str]:
        answers = [text_of(team.get(page)) for page in pages]
        # What differs at each answer, whoever leaves: the secret of the forms.
        return [
            text[text.index("<main") : text.index("</main>")].split("csrfmiddlewaretoken")[0]
            for text in answers
        ]

    def refused() -> list[str]:
        with pytest.raises(ValidationError) as error:
            launch_call(community, topic, kind="successor", by=alice)
        return error.value.messages

    before, no = seen(), refused()
    assert ("Rosiers" in before[1]) == (others < 2)
    say_leaving(bob, by=bob, on=clock.now().date() + 200 * DAY)
    Person.objects.filter(pk=chloe.pk).update(leaves_on=clock.now().date() + 100 * DAY)
    assert (seen(), refused()) == (before, no)
    # The program asks those who leave what hardly anybody else carries, and the team reads nothing of it.
    assert ask_successors() == (1 + (others > 0))
    assert (seen(), refused()) == (before, no)
    assert ask_successors() == 0


def test_a_departure_is_told_by_a_yes_and_only_to_the_team(
    community: Any, alice: Any, bob: Any, dora: Any, make_post: Any, client_of: Any
) -> None:
    make_post(bob, "offer", "Tailler les rosiers", topics=["Rosiers"])
    say_leaving(bob, by=bob, on=clock.now().date() + 200 * DAY)
    assert ask_successors() == 1
    call = Call.objects.get()
    address = reverse("community:call", args=[call.public_id])
    with pytest.raises(NotThere):
        get_call(alice, call.public_id)
    assert calls_in(community, alice) == []
    assert client_of(alice).get(address).status_code == 404
    assert "vous l’apprenez à ceux qui animent" in text_of(client_of(bob).get(address))
    answer_call(call, by=bob, yes=True)
    assert [view.name for view in calls_in(community, alice)] == [bob.display_name]
    place = text_of(client_of(dora).get(reverse("community:place", args=[community.slug])))
    assert "transmettre avant un départ" not in place
    answer_call(call, by=bob, yes=False)
    assert calls_in(community, alice, waiting=False) == []
    assert ask_successors() == 0


def test_the_clock_asks_whoever_leaves_and_nobody_else_carries_it(
    community: Any, bob: Any, chloe: Any, dora: Any
) -> None:
    topic = Topic.objects.create(name="Excel", folded="excel")
    mine = shown_by(community, bob, topic)
    say_leaving(bob, by=bob, on=clock.now().date() + 200 * DAY)
    put_away(mine, by=bob)
    assert ask_successors() == 0
    Skill.objects.update(put_away_at=None)
    shown_by(community, chloe, topic)
    shown_by(community, dora, topic)
    assert ask_successors() == 0
    Evidence.objects.filter(skill__person=dora).update(withdrawn_at=clock.now())
    assert ask_successors() == 1
    assert Call.objects.get().person == bob


def test_what_is_put_away_or_kept_to_oneself_counts_on_no_page(network: Any, bob: Any) -> None:
    topic = Topic.objects.create(name="Excel", folded="excel")
    skill = shown_by(network, bob, topic)
    assert risk_of(network, topic) is None
    choose_audience(bob, "met", by=bob)
    assert risk_of(network, topic) is None
    choose_audience(bob, "network", by=bob)
    found = risk_of(network, topic)
    assert found is not None
    assert (found.risks, found.holders) == ((Risk.FRAGILE,), 1)
    put_away(skill, by=bob)
    assert risk_of(network, topic) is None


def test_hypotheses_give_no_small_count_back(network: Any, make_person: Any, join: Any) -> None:
    people = [make_person(f"Membre{number}", "Essai") for number in range(20)]
    for person in people:
        join(person, network)
    giver, *learners = people

    def say(used: str, number: int) -> None:
        for _time in range(number):
            closed(network, giver, learners.pop(), used=used)

    say("already", 1)
    say("planned", 2)
    say("no", 3)
    found = productivity_of(network, (1, 1, 1))
    assert (found.low, found.central, found.high) == (None, None, None)
    assert (found.used, found.planned) == (None, None)
    say("already", 4)
    found = productivity_of(network, (1, 1, 1))
    assert (found.used, found.low, found.central) == (5, 5, 5)
    assert (found.planned, found.high) == (None, None)
    # Ten answered, five of them that they use it: five is no small number.
    assert found.learners == 10
    say("planned", 3)
    found = productivity_of(network, (1, 1, 1))
    assert (found.planned, found.high) == (5, 10)
    # Three said neither: their number is not told by a subtraction.
    assert found.learners is None


def test_one_who_says_both_is_not_counted_by_the_space_between_two_bounds(
    network: Any, make_person: Any, join: Any
) -> None:
    people = [make_person(f"Membre{number}", "Essai") for number in range(7)]
    for person in people:
        join(person, network)
    for person in people[1:6]:
        closed(network, people[0], person, used="already")
        closed(network, people[0], person, used="planned")
    closed(network, people[0], people[6], used="planned")
    found = productivity_of(network, (1, 1, 1))
    assert (found.low, found.high, found.planned, found.learners) == (5, None, None, None)


@pytest.mark.parametrize(
    ("acting", "members", "rate"),
    [(0, 0, None), (4, 100, None), (5, 100, 5), (5, 9, None), (5, 10, 50), (95, 100, 95), (96, 100, None)],
)
def test_no_rate_when_it_counts_fewer_than_five_or_all_but_a_few(
    acting: int, members: int, rate: int | None
) -> None:
    found = Engagement(members, acting, 1000)
    assert found.rate == rate
    # What the network is open to would give the same number back.
    assert (found.reach is None) == (rate is None)
    assert Engagement(members, acting, acting + 4).reach is None


def test_the_page_of_figures_says_no_small_number(
    community: Any, alice: Any, bob: Any, make_person: Any, join: Any, make_post: Any, client_of: Any
) -> None:
    people = [make_person(f"Membre{number}", "Essai") for number in range(9)]
    for person in people:
        join(person, community)
    for person in people[:8]:
        make_post(person, "offer", f"Savoir de {person.first_name}")
    found = engagement_of(community)
    assert (found.acting, found.members, found.rate) == (8, 11, None)
    (cohort,) = cohorts_of(community)
    assert (cohort.joined, cohort.posted, cohort.acting) == (11, None, None)
    address = reverse("community:figures", args=[community.slug])
    page = text_of(client_of(alice).get(address, {"low": 1, "central": 1, "high": 1}))
    assert "Ont agi : au moins 5 · membres : 11" in page
    assert "disent s’en servir déjà" in page
    # Whoever does not animate reads what was released, never what is counted at each visit.
    assert client_of(bob).get(address).headers["Location"].endswith("/figures/")


def test_what_shows_a_savoir_does_not_say_of_which_other_networks_its_person_is(
    network: Any, other_network: Any, bob: Any, chloe: Any, join: Any
) -> None:
    join(bob, other_network)
    topic = Topic.objects.create(name="Excel", folded="excel")
    skill = shown_by(network, bob, topic)
    shown_by(other_network, bob, topic, "y")
    choose_audience(bob, "met", by=bob)
    closed(network, bob, chloe)

    def networks(reader: Any) -> set[str]:
        return {line["network"] for line in evidence_lines(skill_page(skill, reader).evidence)}

    assert networks(bob) == {network.name, other_network.name}
    assert networks(chloe) == {network.name, ""}
    join(chloe, other_network)
    assert networks(chloe) == {network.name, other_network.name}


def test_the_place_does_not_count_a_whole_network_at_every_visit(
    community: Any, alice: Any, client_of: Any, queries: Any
) -> None:
    place, team = reverse("community:place", args=[community.slug]), client_of(alice)
    with queries() as first:
        assert team.get(place).status_code == 200
    with queries() as second:
        assert team.get(place).status_code == 200
    assert len(second) <= len(first) - 8
