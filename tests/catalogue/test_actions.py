"""Drafts kept, posts published, paused, renewed, expired, closed; imports; any text; two at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.catalogue import actions
from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import MAX_OPEN_POSTS
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.tables import read_bytes
from reciproque.kit.text import clean
from reciproque.kit.tokens import new_id
from reciproque.networks.actions import leave_network
from reciproque.networks.models import Membership

DAY = dt.timedelta(days=1)


def reciprocal(person: Any) -> bool:
    return Membership.objects.get(person=person).reciprocal


# -- drafts


def test_a_draft_is_kept_as_one_types(network: Any, bob: Any) -> None:
    key = new_id()
    first = actions.save_draft(network, bob, "offer", by=bob, key=key)
    again = actions.save_draft(
        network, bob, "offer", by=bob, key=key, title=" Tab\x00leaux ", purpose="Gagner du temps"
    )
    third = actions.save_draft(
        network, bob, "offer", by=bob, key=key, purpose="Gagner une heure", topics=["Excel"]
    )
    assert first == again == third == Post.objects.get()
    third.refresh_from_db()
    assert (third.public_id, third.title, third.purpose) == (key, "Tableaux", "Gagner une heure")
    assert [topic.name for topic in third.topics.all()] == ["Excel"]
    assert not Fact.objects.filter(name__startswith="post.").exists()


@pytest.mark.parametrize("key", ["", "settings", "x" * 400, "\x00" * 12])
def test_an_odd_key_is_not_an_identifier(network: Any, bob: Any, key: str) -> None:
    draft = actions.save_draft(network, bob, "offer", by=bob, key=key, title="Offre")
    assert len(draft.public_id) == 12
    assert draft.public_id != key


def test_publishing_a_draft_keeps_its_address(network: Any, bob: Any) -> None:
    draft = actions.save_draft(network, bob, "offer", by=bob, title="Offre", description="Long")
    post = actions.publish_post(network, bob, "offer", by=bob, key=draft.public_id, title="Offre claire")
    assert post == draft
    post.refresh_from_db()
    assert (post.state, post.title, post.description) == ("published", "Offre claire", "Long")


def test_typing_that_arrives_after_publication_undoes_nothing(network: Any, bob: Any) -> None:
    draft = actions.save_draft(network, bob, "offer", by=bob, title="Offre")
    late = Post.objects.get(pk=draft.pk)
    actions.publish_post(network, bob, "offer", by=bob, draft=draft, title="Offre claire")
    for gesture in (
        lambda: actions.save_draft(network, bob, "offer", by=bob, draft=late, title="Off"),
        lambda: actions.save_draft(network, bob, "offer", by=bob, key=late.public_id, title="Off"),
    ):
        with pytest.raises(ValidationError, match="entre-temps"):
            gesture()
    draft.refresh_from_db()
    assert (draft.state, draft.title) == ("published", "Offre claire")


@pytest.mark.parametrize("title", ["", "Brouillon"])
def test_a_draft_thrown_away_leaves_no_trace(network: Any, bob: Any, title: str) -> None:
    draft = actions.save_draft(network, bob, "offer", by=bob, title=title, topics=["Excel"])
    actions.withdraw_post(draft, by=bob)
    assert not Post.objects.exists()
    assert not Fact.objects.filter(name__startswith="post.").exists()
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.pause_post(actions.save_draft(network, bob, "offer", by=bob), by=bob)


# -- publishing


def test_a_post_is_published_at_once_for_the_network_s_validity(network: Any, bob: Any, said: Any) -> None:
    post = actions.publish_post(
        network, bob, "request", by=bob, title="Excel", modes=["phone"], languages=["fr", "lsf"], level="beginner",
        capacity=3, small_group=True, topics=["Excel", "EXCEL", " tableur ", " "],
    )  # fmt: skip
    post.refresh_from_db()
    assert (post.state, post.published_at, post.expires_at) == (
        "published",
        clock.now(),
        clock.now() + 365 * DAY,
    )
    assert (post.modes, post.languages, post.level, post.capacity, post.small_group) == (
        ["phone"], ["fr", "lsf"], "beginner", 3, True,
    )  # fmt: skip
    assert {topic.name for topic in post.topics.all()} == {"Excel", "tableur"}
    assert said("post.published")[0].data == {"kind": "request", "title": "Excel", "name": "Bob Riou"}


def test_the_same_form_sent_twice_publishes_once(network: Any, bob: Any, said: Any) -> None:
    key = new_id()
    posts = [actions.publish_post(network, bob, "offer", by=bob, key=key, title="Offre") for _ in range(2)]
    assert posts[0] == posts[1] == Post.objects.get()
    assert len(said("post.published")) == 1


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("title", {"title": "ab"}),
        ("title", {"title": "x" * 141}),
        ("description", {"description": "x" * 4001}),
        ("purpose", {"purpose": "x" * 501}),
        ("place", {"place": "x" * 201}),
        ("modes", {"modes": ["pigeon"]}),
        ("languages", {"languages": ["fr", "tlh"]}),
        ("level", {"level": "guru"}),
        ("capacity", {"capacity": 0}),
        ("capacity", {"capacity": 21}),
        ("topics", {"topics": list("abcdef")}),
        ("topics", {"topics": ["\u0301\u0301"]}),
    ],
)
def test_a_post_that_cannot_be_is_refused_on_its_field(
    network: Any, bob: Any, field: str, fields: Any
) -> None:
    with pytest.raises(ValidationError) as refusal:
        actions.publish_post(network, bob, "offer", by=bob, **{"title": "Offre"} | fields)
    assert field in refusal.value.message_dict
    assert not Post.objects.exists()
    post = actions.publish_post(network, bob, "offer", by=bob, title="Offre")
    with pytest.raises(ValidationError) as refusal:
        topics = fields.pop("topics", None)
        actions.edit_post(post, by=bob, topics=topics, **fields)
    assert field in refusal.value.message_dict


def test_unknown_words_are_a_mistake_of_the_program(network: Any, bob: Any) -> None:
    with pytest.raises(ValueError, match="state"):
        actions.save_draft(network, bob, "offer", by=bob, state="published")
    with pytest.raises(ValueError, match="gift"):
        actions.publish_post(network, bob, "gift", by=bob, title="Offre")


def test_sixty_posts_are_enough(network: Any, bob: Any, make_post: Any) -> None:
    for n in range(MAX_OPEN_POSTS):
        last = make_post(bob, title=f"Offre {n}")
    with pytest.raises(ValidationError, match="déjà 60"):
        make_post(bob)
    actions.pause_post(last, by=bob)
    make_post(bob)
    with pytest.raises(ValidationError, match="déjà 60"):
        actions.renew_post(last, by=bob)


def test_an_animator_publishes_for_someone_and_it_shows(
    network: Any, alice: Any, bob: Any, said: Any
) -> None:
    post = actions.publish_post(network, bob, "offer", by=alice, title="Offre")
    assert (post.author, post.written_by) == (bob, alice)
    fact = said("post.published")[0]
    assert fact.by == alice
    assert {concern.person for concern in fact.concerns.all()} == {alice, bob}


def test_one_of_each_makes_a_member_reciprocal(bob: Any, make_post: Any) -> None:
    offer, request = make_post(bob), make_post(bob, "request")
    assert reciprocal(bob)
    actions.pause_post(offer, by=bob)
    assert not reciprocal(bob)
    actions.renew_post(offer, by=bob)
    assert reciprocal(bob)
    actions.fulfil_post(request, by=bob)
    assert not reciprocal(bob)


# -- the life of a post


def test_editing_says_what_changed(bob: Any, make_post: Any, said: Any) -> None:
    post = make_post(bob)
    actions.edit_post(post, by=bob, title=" Nouveau  titre ", place="", topics=["Excel"])
    post.refresh_from_db()
    assert (post.title, post.changed_at) == ("Nouveau titre", clock.now())
    assert said("post.edited")[0].data["fields"] == ["title"]
    actions.withdraw_post(post, by=bob)
    with pytest.raises(ValidationError, match="annonce close"):
        actions.edit_post(post, by=bob, title="Autre")


@pytest.mark.parametrize(
    ("verb", "state", "fact"),
    [
        ("pause", "paused", "post.paused"),
        ("withdraw", "withdrawn", "post.withdrawn"),
        ("fulfil", "fulfilled", "post.fulfilled"),
    ],
)
def test_closing_twice_changes_nothing_more(
    bob: Any, make_post: Any, verb: str, state: str, fact: str, said: Any
) -> None:
    post = make_post(bob)
    close = {"pause": actions.pause_post, "withdraw": actions.withdraw_post, "fulfil": actions.fulfil_post}[
        verb
    ]
    late = Post.objects.select_related("network", "author").get(pk=post.pk)
    close(post, by=bob)
    close(post, by=bob)
    post.refresh_from_db()
    assert post.state == state
    assert post.closed_at == (None if verb == "pause" else clock.now())
    assert len(said(fact)) == 1
    with pytest.raises(ValidationError, match="entre-temps"):
        close(late, by=bob)


def test_what_is_fulfilled_stays_so(bob: Any, make_post: Any) -> None:
    post = make_post(bob)
    actions.fulfil_post(post, by=bob)
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.renew_post(post, by=bob)


def test_a_warning_then_one_click(bob: Any, make_post: Any, said: Any) -> None:
    post = make_post(bob)
    assert post.expires_at is not None
    assert actions.warn_expiring() == 0
    with clock.at(post.expires_at - 10 * DAY):
        assert actions.warn_expiring() == 1
        assert actions.warn_expiring() == 0
        step = Step.objects.open().get(verb="renew")
        assert (step.owner, step.due_at) == (bob, post.expires_at)
        post.refresh_from_db()
        actions.renew_post(post, by=bob)
        actions.renew_post(post, by=bob)
        assert post.expires_at == clock.now() + 365 * DAY
        assert post.warned_at is None
    assert not Step.objects.open().filter(verb="renew").exists()
    assert (len(said("post.expiring")), len(said("post.renewed"))) == (1, 1)


def test_it_expires_at_its_end_and_can_come_back(bob: Any, make_post: Any, said: Any) -> None:
    post = make_post(bob)
    end = post.expires_at
    with clock.at(end - DAY):
        actions.warn_expiring()
        assert actions.expire_overdue() == 0
    with clock.at(end):
        assert actions.expire_overdue() == 1
        assert actions.expire_overdue() == 0
        post.refresh_from_db()
        assert (post.state, post.closed_at) == ("expired", end)
        assert Step.objects.get(verb="renew").state == "lapsed"
        actions.renew_post(post, by=bob)
        post.refresh_from_db()
        assert (post.state, post.closed_at, post.expires_at) == ("published", None, end + 365 * DAY)
    assert len(said("post.expired")) == 1


def test_who_left_the_network_brings_nothing_back(
    bob: Any, make_post: Any, run_reactions: Any, said: Any
) -> None:
    post, paused, expired = (make_post(bob, title=f"Offre {n}") for n in range(3))
    actions.pause_post(paused, by=bob)
    Post.objects.filter(pk=expired.pk).update(state="expired", closed_at=clock.now())
    leave_network(Membership.objects.get(person=bob), by=bob)
    run_reactions()
    assert {row.title: row.state for row in Post.objects.all()} == {
        "Offre 0": "withdrawn",
        "Offre 1": "withdrawn",
        "Offre 2": "expired",
    }
    assert {fact.data["reason"] for fact in said("post.withdrawn")} == {"A quitté le réseau"}
    post.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.renew_post(post, by=bob)


# -- topics and imports


def test_a_topic_has_one_row_however_it_is_written(db: None) -> None:
    first = actions.get_or_create_topic("  Mise   en page ")
    assert first.name == "Mise en page"
    assert actions.get_or_create_topic("MISE EN PAGE") == first
    assert actions.get_or_create_topic("x" * 200).name == "x" * 80
    assert actions.get_or_create_topic("ﬃ" * 80).folded == "ffi" * 26 + "ff"
    for nothing in ("", " \x00", "\u0301"):
        with pytest.raises(ValidationError, match="lettre ou un chiffre"):
            actions.get_or_create_topic(nothing)


def test_posts_are_brought_in_once(network: Any, bob: Any, chloe: Any, said: Any) -> None:
    table = read_bytes(
        "Personne;Genre;Titre;Sujets;Mode;Langue;Capacité\n"
        "b;offre;Tri des plis;tri, courrier;téléphone;fr;5\n"
        "b;demande;Tableaux croisés;excel;face a face|visio;;\n"
        "c;offer;Excel;EXCEL;;en;\n".encode()
    )
    posts, problems = actions.check_posts(table)
    assert problems == []
    people = {"b": bob, "c": chloe}
    assert actions.import_posts(network, posts, people, by=None) == 3
    assert actions.import_posts(network, posts, people, by=None) == 0
    tri, croises, excel = Post.objects.order_by("pk")
    assert (tri.modes, tri.languages, tri.capacity, tri.state) == (["phone"], ["fr"], 5, "published")
    assert (sorted(croises.modes), croises.languages, croises.capacity) == (["face", "video"], ["fr"], 2)
    assert list(excel.topics.all()) == list(croises.topics.all())
    assert Topic.objects.count() == 3
    assert (reciprocal(bob), reciprocal(chloe)) == (True, False)
    assert [fact.data["count"] for fact in said("network.posts_imported")] == [3, 0]


def test_every_problem_of_a_file_of_posts_is_said_with_its_line(db: None) -> None:
    table = read_bytes(b"person;kind;title;mode;level;capacity\nb;gift;ab;pigeon;guru;99\nb;offer;Fine;;;\n")
    posts, problems = actions.check_posts(table)
    assert [post.title for post in posts] == ["Fine"]
    assert {problem.line for problem in problems} == {2}
    assert {problem.column for problem in problems} == {"kind", "title", "mode", "level", "capacity"}


# -- any text, two at once


@pytest.mark.needs_shared
def test_every_text_of_a_post_takes_any_text(network: Any, bob: Any, naughty: Any, said: Any) -> None:
    key = new_id()
    for text in naughty:
        short = text[:190]
        words = {
            "description": text,
            "purpose": short,
            "how_learned": short,
            "learns_best": short,
            "place": short,
        }
        post = actions.save_draft(network, bob, "offer", by=bob, key=key, title=text, **words)
        post.refresh_from_db()
        assert post.title == " ".join(clean(text).split())[:140]
        for name, value in words.items():
            assert getattr(post, name) == clean(value).strip()
    for text in naughty[::4]:
        try:
            post = actions.publish_post(
                network, bob, "offer", by=bob, title=text[:140], topics=text.split("\n")[:5]
            )
        except ValidationError as refusal:
            assert set(refusal.message_dict) <= {"title", "topics"}
            continue
        post.refresh_from_db()
        assert post.title == " ".join(clean(text[:140]).split())
        assert all(topic.folded for topic in post.topics.all())
        assert said("post.published")[-1].data["title"] == post.title
        actions.withdraw_post(post, by=bob, reason=clean(text))


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_the_same_instant(network: Any, bob: Any, at_once: Any) -> None:
    for start in ("blank form", "draft"):
        key = new_id()
        if start == "draft":
            actions.save_draft(network, bob, "offer", by=bob, key=key, title="Brouillon")
        first, second = at_once(
            *[
                lambda key=key: actions.publish_post(network, bob, "offer", by=bob, key=key, title="Offre")
                for _ in range(2)
            ]
        )
        assert first == second == Post.objects.get(public_id=key), start
        assert Fact.objects.filter(name="post.published", subject_id=key).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_offer_and_a_request_published_at_the_same_instant(network: Any, bob: Any, at_once: Any) -> None:
    at_once(
        *[
            lambda kind=kind: actions.publish_post(network, bob, kind, by=bob, title="Excel")
            for kind in ("offer", "request")
        ]
    )
    assert reciprocal(bob)


@pytest.mark.django_db(transaction=True)
def test_typing_and_publishing_at_the_same_instant(network: Any, bob: Any, at_once: Any) -> None:
    key = new_id()
    actions.save_draft(network, bob, "offer", by=bob, key=key, title="Brouillon")
    at_once(
        lambda: actions.publish_post(network, bob, "offer", by=bob, key=key, title="Offre claire"),
        lambda: actions.save_draft(network, bob, "offer", by=bob, key=key, title="Off"),
    )
    post = Post.objects.get()
    assert (post.state, post.title) == ("published", "Offre claire")
