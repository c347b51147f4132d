"""The demonstration: exact figures, every state, believable words, and a program that starts and stops cleanly."""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from reciproque.agenda.models import Meeting, Step
from reciproque.agenda.rules import LIVE_MEETING, MeetingState, StepState, Verb
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.config.demo import phrases
from reciproque.config.demo.build import build, figures
from reciproque.config.demo.scale import Scale
from reciproque.config.demo.texts import gender_of, likelihood, texts, words
from reciproque.exchanges.models import Exchange, Introduction, Review
from reciproque.exchanges.rules import ExchangeState, IntroductionState
from reciproque.journal.models import Fact, Reaction
from reciproque.kit import clock
from reciproque.matching.models import Alert, Suggestion
from reciproque.matching.rules import SuggestionState
from reciproque.networks.models import Membership, Network, RoleGrant
from reciproque.notices.models import Outgoing
from reciproque.notices.rules import OutgoingState
from reciproque.people.models import Person

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
# The smallest in which everything still happens: each test looks at this one, built once.
SMALL = Scale.reduced(40, 90)


def silent(_words: str) -> None:
    """Say nothing while building."""


class Undone(Exception):
    """Rolls a demonstration back."""


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A whole small demonstration, built once for the tests that look at it."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), clock.at(MONDAY), contextlib.suppress(Undone), transaction.atomic():
        with override_settings(DATA=folder, MATCHING_INDEX=folder / "index"):
            build("year-end", folder, scale=SMALL, tell=silent)
        yield folder
        raise Undone


def cast(folder: Path) -> dict[str, Person]:
    entries = json.loads((folder / "demo-cast.json").read_text(encoding="utf-8"))
    people = [Person.objects.get(public_id=entry["public_id"]) for entry in entries]
    return {person.first_name: person for person in people}


def spaced(text: str) -> str:
    """The text whatever its kinds of spaces."""
    return " ".join(text.split())


def expected_of(person: Person) -> set[str]:
    return set(Step.objects.open().filter(owner=person).values_list("verb", flat=True))


# -- what it holds --------------------------------------------------------------------------------------------


def test_the_whole_has_the_size_that_was_published() -> None:
    whole = Scale()
    assert (whole.members, whole.posts, whole.followed, whole.declared) == (1050, 3000, 600, 1200)


@pytest.mark.django_db
def test_the_figures_are_exact(demo: Path) -> None:
    held = figures()
    assert (held["members"], held["posts"]) == (SMALL.members, SMALL.posts)
    assert (held["followed"], held["declared"]) == (SMALL.followed, SMALL.declared)
    assert held["exchanges"] == SMALL.followed + SMALL.declared
    assert not Post.objects.filter(state=PostState.DRAFT).exists()


@pytest.mark.django_db
def test_every_state_of_everything_is_there(demo: Path) -> None:
    def states(model: type[Any]) -> set[str]:
        return set(model.objects.order_by().values_list("state", flat=True).distinct())

    assert states(Exchange) == set(ExchangeState.values)
    assert states(Introduction) == set(IntroductionState.values)
    assert states(Post) == set(PostState.values) - {PostState.DRAFT}
    assert states(Meeting) == set(MeetingState.values)
    assert states(Step) == set(StepState.values)
    assert {"member", "left", "applied", "refused"} <= states(Membership)


@pytest.mark.django_db
def test_everything_happened_before_now_and_in_order(demo: Path) -> None:
    moments = list(Fact.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= clock.now()
    assert moments[-1] > clock.now() - dt.timedelta(days=4)


@pytest.mark.django_db
def test_nothing_is_left_for_the_worker(demo: Path) -> None:
    assert Reaction.objects.filter(state=Reaction.State.DONE).exists()
    assert not Reaction.objects.exclude(state=Reaction.State.DONE).exists()
    assert Outgoing.objects.filter(state=OutgoingState.SENT).exists()
    assert not Outgoing.objects.filter(state=OutgoingState.WAITING, run_after__lte=clock.now()).exists()


@pytest.mark.django_db
def test_people_are_in_several_networks_and_every_role_is_held(demo: Path) -> None:
    main_network, second = Network.objects.get(slug="savoirs"), Network.objects.get(slug="cadres")
    assert (main_network.is_strict, main_network.is_mediated) == (True, False)
    assert second.is_mediated
    people = set(Membership.objects.filter(network=second, state="member").values_list("person", flat=True))
    assert len(people) >= 6
    assert people <= set(
        Membership.objects.filter(network=main_network, state="member").values_list("person", flat=True)
    )
    roles = set(RoleGrant.objects.held().filter(network=main_network).values_list("role", flat=True))
    assert roles == {"animator", "mediator", "sponsor", "hr"}


@pytest.mark.django_db
def test_nobody_exchanges_with_themselves_or_their_manager(demo: Path) -> None:
    for introduction in Introduction.objects.select_related("requester", "offerer"):
        one, other = introduction.requester, introduction.offerer
        assert one.pk not in (other.pk, other.manager_id)
        assert other.pk != one.manager_id
    for exchange in Exchange.objects.prefetch_related("people"):
        people = [part.person_id for part in exchange.people.all()]
        assert len(people) == len(set(people)) >= 2


@pytest.mark.django_db
def test_the_cast_finds_what_the_door_announces(demo: Path) -> None:
    people = cast(demo)
    assert list(people) == [
        "Basile",
        "Fanny",
        "Chloé",
        "Alice",
        "Grace",
        "Dorothée",
        "Étienne",
        "Hugo",
        "Irène",
    ]
    assert {Verb.ANSWER, Verb.HELD} <= expected_of(people["Basile"])
    assert expected_of(people["Fanny"]) == {Verb.OFFER, Verb.REQUEST}
    assert Verb.TERMS in expected_of(people["Chloé"])
    assert Verb.REPLY in expected_of(people["Grace"])
    assert Verb.REVIEW in expected_of(people["Dorothée"])
    assert Verb.CONFIRM in expected_of(people["Étienne"])
    assert Step.objects.visible_to(people["Alice"]).open().filter(verb=Verb.ADMIT, owner=None).count() == 2
    for name in ("Chloé", "Grace"):
        coming = Meeting.objects.visible_to(people[name]).filter(state=MeetingState.FIXED)
        assert coming.filter(starts_at__gt=clock.now()).exists()
    assert people["Grace"].language == "en"
    assert not Membership.objects.filter(person=people["Hugo"]).exists()
    assert people["Irène"].is_superuser


@pytest.mark.django_db
def test_what_is_live_is_recent(demo: Path) -> None:
    live = Introduction.objects.live()
    assert live.exists()
    assert not live.filter(asked_at__lt=clock.now() - dt.timedelta(days=40)).exists()
    assert Meeting.objects.filter(state__in=LIVE_MEETING).exists()
    assert Review.objects.filter(written_at__gt=clock.now() - dt.timedelta(days=7)).exists()


@pytest.mark.django_db
def test_suggestions_are_of_what_is_published(demo: Path) -> None:
    published = Post.objects.filter(state=PostState.PUBLISHED)
    suggested = Suggestion.objects.filter(state=SuggestionState.OPEN)
    assert suggested.exists()
    assert not suggested.exclude(request__in=published, offer__in=published).exists()
    assert Alert.objects.exists()


# -- its words ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_text_is_published_once_by_somebody_who_could_have_written_it(demo: Path) -> None:
    titles = collections.Counter(Post.objects.values_list("title", "description"))
    assert max(titles.values()) == 1
    # Publishing makes one space of each run of them; the texts have kinds of their own.
    known = {(spaced(text.title), spaced(text.description)): text for text in texts()}
    # The first two posts of the English-speaking member are not among them: they are written in `phrases`.
    english = set(phrases.ENGLISH_POSTS.values())
    genders = {entry["n"]: entry["g"] for entry in words()["first_names"]}
    posts = Post.objects.select_related("author")
    theirs = [post for post in posts if (post.title, post.description) in english]
    assert [(post.author.first_name, post.author.language) for post in theirs] == [("Grace", "en")] * 2
    for post in set(posts) - set(theirs):
        text = known[spaced(post.title), spaced(post.description)]
        gender = genders.get(post.author.first_name)
        assert not (gender and text.gender and gender != text.gender), post.title


@pytest.mark.django_db
def test_thirty_posts_drawn_at_random_read_as_thirty_people(demo: Path) -> None:
    posts = list(Post.objects.select_related("author").order_by("pk"))
    drawn = random.Random(30).sample(posts, 30)
    assert len({post.title for post in drawn}) == 30
    assert len({post.description for post in drawn if post.description}) == sum(
        bool(post.description) for post in drawn
    )
    assert len({post.title.split()[0] for post in drawn}) > 20


def test_there_are_600_subjects_and_no_sentence_frame_is_in_two_posts_of_a_hundred() -> None:
    assert len({text.subject.key for text in texts()}) >= 600
    for sentences in (
        [text.title for text in texts()],
        [text.description for text in texts()],
        [text.purpose for text in texts()],
    ):
        said = [sentence for sentence in sentences if sentence]
        frames = collections.Counter(" ".join(sentence.lower().split()[:3]) for sentence in said)
        assert frames.most_common(1)[0][1] <= 0.02 * len(said)


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Contrôleuse de gestion depuis douze ans.", "f"),
        ("Ancien prof reconverti. Ardoise, craie.", "m"),
        ("Deux heures suffisent. Je suis chargée de ce suivi.", "f"),
        ("Je me suis trompé souvent.", "m"),
        ("Prévoir un ordinateur chacun.", ""),
    ],
)
def test_agreements_say_who_wrote_a_text(text: str, gender: str) -> None:
    assert gender_of(text) == gender


def test_a_text_is_not_given_to_somebody_of_the_other_gender() -> None:
    text = next(text for text in texts() if text.gender == "f")
    assert (
        likelihood(text, gender="m", department="", function="")
        < 0
        <= likelihood(text, gender="f", department="", function=text.description)
    )
