"""The demonstration: exact figures, every state, believable words, and a program that starts and stops cleanly."""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings

from reciproque.agenda.models import Attempt, Meeting, Poll, Step
from reciproque.agenda.rules import LIVE_MEETING, AttemptKind, MeetingState, PollState, StepState, Verb
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.circles.models import Circle, GroupSignature, PrivateNote
from reciproque.circles.queries.lines import reporting_within
from reciproque.circles.rules import CircleState
from reciproque.config.demo import phrases
from reciproque.config.demo.build import build, figures
from reciproque.config.demo.circles import groups as groups_said
from reciproque.config.demo.company import colleagues
from reciproque.config.demo.said import all_said
from reciproque.config.demo.scale import Scale
from reciproque.config.demo.texts import gender_of, likelihood, texts, titles_of, words
from reciproque.exchanges.models import Exchange, Introduction, Review
from reciproque.exchanges.rules import ExchangeState, IntroductionState
from reciproque.gatherings.models import Entry, Gathering, Made, Participant
from reciproque.gatherings.rules import EntryState, GatheringKind, GatheringState
from reciproque.initiatives.models import Answer, Bulletin, Frame, LaunchDay
from reciproque.initiatives.queries import overdue
from reciproque.initiatives.queries.committee import PUBLIC_VERBS
from reciproque.initiatives.rules import ExperimentState, Phase, ProposalState
from reciproque.insights.actions import measure_network
from reciproque.insights.queries import Narrowed, counts, queue
from reciproque.journal.models import Fact, Reaction
from reciproque.kit import clock
from reciproque.library.models import Sheet
from reciproque.matching.models import Alert, Suggestion
from reciproque.matching.rules import SuggestionState
from reciproque.moderation.models import Appeal, Decision, Report
from reciproque.moderation.rules import AppealState, DecisionKind, ReportState
from reciproque.networks.models import Membership, Network, Note, PoolMember, RoleGrant, Training
from reciproque.notices.models import Broadcast, Outgoing, Preference
from reciproque.notices.rules import OutgoingState, Rhythm
from reciproque.people.models import Person

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
# How many exchanges in a hundred took place, of the whole four years once played: others are open, stopped, unconfirmed.
TAKES_PLACE = {"followed": 0.87, "declared": 0.948}
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
    entries = doors(folder)
    people = [Person.objects.get(public_id=entry["public_id"]) for entry in entries]
    return {person.first_name: person for person in people}


def doors(folder: Path) -> list[dict[str, str]]:
    """Those of the main network, without those met in the learning networks."""
    entries = json.loads((folder / "demo-cast.json").read_text(encoding="utf-8"))
    return [entry for entry in entries if entry.get("about") != "learning"]


def spaced(text: str) -> str:
    """The text whatever its kinds of spaces."""
    return " ".join(text.split())


def expected_of(person: Person) -> set[str]:
    return set(Step.objects.open().filter(owner=person).values_list("verb", flat=True))


# -- what it holds --------------------------------------------------------------------------------------------


def test_the_whole_has_the_size_that_was_published() -> None:
    whole = Scale()
    # In the main network: what managers do in theirs is beside, and so is the share that never takes place.
    posts = whole.posts - whole.managers_posts
    followed = (whole.followed - whole.managers_followed) * TAKES_PLACE["followed"]
    declared = whole.declared * (1 - 1 / 80) * TAKES_PLACE["declared"]
    assert whole.members > 1000
    assert posts == 3000
    assert 600 <= followed < 630
    assert 1800 <= followed + declared < 1860


@pytest.mark.django_db
def test_the_steering_page_shows_them(demo: Path) -> None:
    network = Network.objects.get(slug="savoirs")
    grants = RoleGrant.objects.held().filter(network=network, role="animator", site=None, unit=None)
    animator = grants.order_by("pk").select_related("person")[0].person
    measure_network(network)
    client = Client()
    client.force_login(animator, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/networks/{network.slug}/figures/", {"period": "ever:"}).content.decode()
    told = dict(
        re.findall(
            r'data-figure="([a-z._]+)" data-period="ever:" data-cut="" data-group="" data-value="([0-9.]+)"',
            page,
        )
    )
    held = Exchange.objects.filter(network=network, state__in=["finished", "closed"])
    posts = Post.objects.filter(network=network)
    assert told["members.members"] == str(
        Membership.objects.filter(network=network, state="member", person__is_active=True).count()
    )
    assert int(told["posts.offers"]) + int(told["posts.requests"]) == posts.count()
    assert told["exchanges.held"] == str(held.count())
    assert told["exchanges.followed"] == str(held.filter(origin="followed").count())


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


# -- what the animation team does -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_team_has_a_pool_notes_and_somebody_for_one_site(demo: Path) -> None:
    pool = PoolMember.objects.filter(network__slug="savoirs", left_at=None)
    assert pool.count() >= 5
    assert all(row.abilities and row.availability for row in pool)
    assert Training.objects.exists()
    notes = Note.objects.select_related("membership")
    assert len(notes) >= 3
    # A note is about somebody else, by someone of the team.
    assert all(note.by_id != note.membership.person_id for note in notes)
    scoped = RoleGrant.objects.held().get(network__slug="savoirs", role="animator", site__isnull=False)
    assert scoped.person.site_id == scoped.site_id


@pytest.mark.django_db
def test_gatherings_were_held_and_one_is_coming(demo: Path) -> None:
    past = Gathering.objects.filter(state=GatheringState.CLOSED)
    assert sorted(past.values_list("kind", flat=True)) == [
        GatheringKind.FAIR,
        GatheringKind.FAIR,
        GatheringKind.SPOTTING,
    ]
    coming = Gathering.objects.get(state=GatheringState.PLANNED)
    assert clock.now() < coming.starts_at < clock.now() + dt.timedelta(days=14)
    assert set(coming.participants.values_list("answer", flat=True)) == {"yes", "no"}
    said = Entry.objects.filter(state=EntryState.PUBLISHED).select_related("participant", "post")
    assert all(entry.post and entry.post.author_id == entry.participant.person_id for entry in said)
    # What nobody has confirmed waits for its person, Basile among them, and for one guest.
    waiting = Participant.objects.filter(entries__state=EntryState.NOTED)
    assert {row.person.first_name if row.person else "" for row in waiting} >= {"Basile", ""}
    made = Made.objects.values("introduction")
    assert Exchange.objects.filter(people__introduction__in=made).exists()


@pytest.mark.django_db
def test_reports_are_in_hand_and_one_decision_is_appealed(demo: Path) -> None:
    states = Report.objects.order_by("reported_at").values_list("state", flat=True)
    assert list(states) == [ReportState.SETTLED, ReportState.OPEN]
    hidden = Decision.objects.get()
    assert hidden.kind == DecisionKind.HIDE
    assert Post.objects.get(public_id=hidden.report.subject_id).state == PostState.HIDDEN
    appeal = Appeal.objects.get(decision=hidden)
    assert (appeal.state, appeal.by_id) == (AppealState.OPEN, hidden.report.about_id)


@pytest.mark.django_db
def test_people_chose_when_they_are_told_and_newcomers_were_written_to(demo: Path) -> None:
    choices = Preference.objects.all()
    assert choices.filter(rhythm=Rhythm.WEEKLY).exists()
    assert choices.filter(quiet_from__isnull=False).exists()
    assert Membership.objects.filter(paused_until__gt=clock.now()).exists()
    assert Broadcast.objects.get().count > 0
    basile = cast(demo)["Basile"]
    assert Outgoing.objects.filter(person=basile, fact_name="step.reminded").exists()


@pytest.mark.django_db
def test_the_desk_shows_a_network_that_lives(demo: Path) -> None:
    network = Network.objects.get(slug="savoirs")
    number = counts(network, Narrowed())
    assert sum(number.values()) <= 40
    assert sum(number.values()) >= 8
    assert sum(1 for count in number.values() if count) >= 2
    # What is late is late since lately: the clock and the team did their part all along.
    rows = queue(network, Narrowed(), size=40)
    late = [row.since for row in rows if row.step is not None]
    assert all(since > clock.now() - dt.timedelta(days=45) for since in late)
    kinds = set(Attempt.objects.values_list("kind", flat=True))
    assert kinds == {AttemptKind.CALLED, AttemptKind.NOTED}


# -- its words ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_text_is_published_once_by_somebody_who_could_have_written_it(demo: Path) -> None:
    # What was erased at its author's request has no word left.
    kept = Post.objects.exclude(state=PostState.REMOVED)
    titles = collections.Counter(kept.values_list("title", "description"))
    assert max(titles.values()) == 1
    # Publishing makes one space of each run of them; the texts have kinds of their own.
    known = {(spaced(text.title), spaced(text.description)): text for text in texts()}
    # The first two posts of the English-speaking member are not among them: they are written in `phrases`.
    english = set(phrases.ENGLISH_POSTS.values())
    genders = {entry["n"]: entry["g"] for entry in words()["first_names"]}
    # Said aloud in a room, or against the charter: written in `said`.
    posts = kept.select_related("author").exclude(title__in=all_said())
    theirs = [post for post in posts if (post.title, post.description) in english]
    assert [(post.author.first_name, post.author.language) for post in theirs] == [("Grace", "en")] * 2
    for post in set(posts) - set(theirs):
        text = known[spaced(post.title), spaced(post.description)]
        gender = genders.get(post.author.first_name)
        assert not (gender and text.gender and gender != text.gender), post.title


@pytest.mark.django_db
def test_thirty_posts_drawn_at_random_read_as_thirty_people(demo: Path) -> None:
    written = Post.objects.exclude(state=PostState.REMOVED)
    posts = list(written.select_related("author").order_by("pk"))
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


# -- the practice-exchange groups -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_four_groups_are_at_four_stages_of_their_life(demo: Path) -> None:
    groups = {circle.state: circle for circle in Circle.objects.filter(network__slug="savoirs")}
    assert set(groups) == {CircleState.CALL, CircleState.RULES, CircleState.SESSIONS, CircleState.CLOSED}
    assert groups["call"].seats.filter(state="applied").count() == 3
    # One signs its charter while it looks for its dates.
    rules = groups["rules"]
    signed, seated = (
        GroupSignature.objects.filter(charter__circle=rules).count(),
        rules.seats.seated().count(),
    )
    assert 3 <= signed < seated + 1
    poll = Poll.objects.about(rules).get()
    assert poll.state == PollState.OPEN
    assert 0 < poll.voters.exclude(answered_at=None).count() < seated
    # One is at its fifth session of seven: four rooms are full, the fifth has its date.
    sessions = list(groups["sessions"].sessions.order_by("number").select_related("meeting"))
    assert [session.state for session in sessions] == ["closed"] * 4 + ["waiting"] * 3
    assert all(session.page and session.subjects.count() == seated for session in sessions[:4])
    assert sessions[4].meeting.starts_at > clock.now()
    assert PrivateNote.objects.filter(session__in=sessions).count() == 1
    # One is over: what everyone agreed to came out, the rest stayed in, the deciders read their review.
    over = groups["closed"]
    assert sorted(over.outings.values_list("kind", "state")) == [
        ("line", "agreed"),
        ("line", "agreed"),
        *[("sheet", "agreed")] * 3,
        ("sheet", "kept"),
    ]
    assert len(over.report.lines) == 2
    assert not over.seats.seated().filter(reviewed_at=None).exists()


@pytest.mark.django_db
def test_people_of_the_cast_are_in_a_group_and_nobody_sits_under_their_manager(demo: Path) -> None:
    people = cast(demo)
    under_way = Circle.objects.get(state=CircleState.SESSIONS)
    assert under_way.facilitator == people["Chloé"]
    assert under_way.seats.seated().filter(person=people["Basile"]).exists()
    assert under_way.deciders.get().person == people["Étienne"]
    for circle in Circle.objects.all():
        assert not reporting_within(circle.seats.live().values_list("person", flat=True))


@pytest.mark.django_db
def test_nothing_expected_in_a_group_is_late_on_the_day_of_the_demo(demo: Path) -> None:
    subjects: list[Any] = []
    for circle in Circle.objects.all():
        subjects += [circle, *circle.sessions.all(), *circle.outings.all(), *Poll.objects.about(circle)]
    late = [step for one in subjects for step in Step.objects.about(one).open().overdue(clock.now())]
    assert late == []
    assert (
        Step.objects.about(Circle.objects.get(state=CircleState.RULES))
        .open()
        .filter(verb=Verb.PLEDGE)
        .exists()
    )


@pytest.mark.django_db
def test_the_door_says_what_each_is_in_the_groups(demo: Path) -> None:
    entries = doors(demo)
    about = {entry["name"].split()[0] for entry in entries if "groupe" in entry["line_fr"]}
    assert about == {entry["name"].split()[0] for entry in entries if " group" in entry["line_en"]}
    people = cast(demo)
    seats = {"Basile": CircleState.SESSIONS, "Grace": CircleState.RULES, "Fanny": CircleState.CALL}
    for name, state in seats.items():
        assert Circle.objects.get(state=state).seats.live().filter(person=people[name]).exists(), name
    assert about == {*seats, "Alice", "Chloé", "Dorothée", "Étienne"}
    over = Circle.objects.get(state=CircleState.CLOSED)
    assert over.deciders.get().person == people["Dorothée"]
    assert over.report.sent_at > clock.now() - dt.timedelta(days=8)
    assert Outgoing.objects.filter(person=people["Dorothée"], fact_name="report.sent").exists()


@pytest.mark.parametrize("name", list(groups_said()))
def test_the_whole_demo_has_members_whose_work_each_group_is_about(name: str) -> None:
    said = groups_said()[name]
    functions = {entry["name_m"] for entry in words()["functions"]}
    assert set(said["functions"]) <= functions
    people = colleagues(Scale().members, random.Random(2010))
    reached = [one for one in people if not one.role and one.clean.email]
    assert sum(one.function in titles_of(said["functions"]) for one in reached) >= 30


@pytest.mark.django_db
def test_four_more_sheets_came_out_of_groups(demo: Path) -> None:
    sheets = Sheet.objects.filter(origin_kind="circle")
    assert sheets.filter(state="published").count() == 4
    for sheet in sheets.filter(state="published").prefetch_related("authors"):
        signing = [row.shown_as for row in sheet.authors.all() if row.state == "accepted"]
        assert signing.count("Une collègue du groupe") == 1
        assert len(signing) == 3
    assert sheets.filter(state="draft").count() == 2


def test_what_is_said_in_groups_follows_the_spelling_rules() -> None:
    text = json.dumps(groups_said(), ensure_ascii=False)
    assert "'" not in text
    for mark in ":;?!»":
        assert f" {mark}" not in text, mark


# -- learning networks ----------------------------------------------------------------------------------------


def test_one_learning_network_has_lived_and_its_proposals_are_in_every_state(demo: Path) -> None:
    frame = Frame.objects.get(network__slug="repondre")
    assert frame.phase == Phase.WORK
    states = collections.Counter(frame.proposals.values_list("state", flat=True))
    assert sum(states.values()) == 20
    assert set(states) == set(ProposalState.values)
    answers = Answer.objects.filter(proposal__frame=frame)
    assert len(set(answers.values_list("reasons", flat=True))) == answers.count() >= 15
    decided = frame.experiments.filter(state=ExperimentState.DECIDED)
    assert frame.experiments.count() == 12
    assert {"adopt", "stop", "adapt", "widen"} == set(decided.values_list("decision", flat=True))
    assert decided.filter(decision="stop").exclude(lesson="").count() >= 2
    sent = Bulletin.objects.filter(network=frame.network_id, state="sent")
    assert sent.count() == 7
    assert all("## " in bulletin.text for bulletin in sent)
    # What is late is public, and is late by the calendar.
    assert [owed.verb for owed in overdue(frame)] == [
        step.verb
        for step in Step.objects.overdue(clock.now())
        .filter(network=frame.network_id, verb__in=PUBLIC_VERBS)
        .order_by("due_at", "pk")
    ]


def test_another_is_at_its_launch_day(demo: Path) -> None:
    day = LaunchDay.objects.get(frame__network__slug="saisonniers")
    assert day.state == "open"
    assert day.starts_at > clock.now() - dt.timedelta(days=1)
    assert day.slots.count() * day.rooms.count() == day.subjects.count() == 15
    assert day.subjects.exclude(slot=None).count() == 13
    assert len(set(day.subjects.values_list("host", flat=True))) > 4
    assert day.frame.results.exclude(rank=None).exists()
