"""What belongs to a practice-exchange group is read by its members and its facilitator, and reaches nobody else.

Every word of the inside carries a mark, planted in every text field of every model that a group leads to; then every
address of the site is walked as those outside, every table read, every file and every log searched for that mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from reciproque.agenda.models import CalendarFeed, Meeting, Step
from reciproque.agenda.rules import IN_A_GROUP
from reciproque.circles.models import Circle
from reciproque.journal.models import Fact
from reciproque.library.models import Sheet
from reciproque.library.rules import SheetState
from reciproque.notices.models import Outgoing
from reciproque.people.models import Person
from tests.house.group_world import MARK, MEMBER, SOUGHT, TITLE, GroupWorld
from tests.house.scene import Scene, played
from tests.house.test_urls import NAMES, PARAMETERS
from tests.house.world import World

# -- what a group leads to -------------------------------------------------------------------------------------

# What a group refers to and does not own.
OUTSIDE = {
    "people.Person",
    "people.Site",
    "people.Unit",
    "networks.Network",
    "library.Trade",
    "library.UseCase",
    "catalogue.Topic",
    "exchanges.Thread",
    # Quotes published sheets only.
    "initiatives.Proposal",
}
# Each model of the inside: its fields of text that only those inside read, and those that others may read.
INSIDE: dict[str, tuple[set[str], set[str]]] = {
    "circles.Circle": (
        {"specified_with", "allowance", "told", "untold", "place", "closed_reason"},
        # The face of the group; the key is of a form.
        {"title", "aims", "functions", "key"},
    ),
    "circles.Decider": ({"name", "role"}, set()),
    "circles.Seat": ({"goal", "helping", "brought", "wishes"}, set()),
    "circles.Waiver": ({"reason"}, set()),
    "circles.GroupCharter": ({"text", "leaving"}, set()),
    "circles.GroupSignature": (set(), set()),
    "circles.Session": ({"page"}, set()),
    "circles.Subject": ({"words"}, set()),
    "circles.Interest": (set(), set()),
    # Sealed: what is kept is unreadable without the key.
    "circles.PrivateNote": ({"sealed"}, set()),
    "circles.Lead": ({"words", "gave"}, set()),
    "circles.Learning": ({"helping", "helped"}, set()),
    "circles.Outing": ({"words"}, {"digest"}),
    "circles.Agreement": ({"name"}, set()),
    # Read by the deciders too: that is what each member agreed to tell them.
    "circles.DeciderReport": ({"lines"}, {"figures"}),
    "agenda.Meeting": (
        {"title", "place", "cancel_reason"},
        {"subject_kind", "subject_id", "series_kind", "series_id", "time_zone"},
    ),
    "agenda.Attendance": (set(), set()),
    "agenda.Slot": (set(), set()),
    "agenda.SlotYes": (set(), set()),
    "agenda.Poll": ({"title"}, {"subject_kind", "subject_id", "time_zone"}),
    "agenda.PollVoter": (set(), set()),
    "agenda.PollDate": (set(), set()),
    "agenda.PollVoice": (set(), set()),
    "library.Sheet": (
        {
            "title",
            "situation",
            "tried",
            "given",
            "conditions",
            "again",
            "traps",
            "whom",
            "text",
            "link",
            "reason",
        },
        {"origin_id"},
    ),
    "library.SheetAuthor": ({"shown_as"}, set()),
    # Made when a sheet is published, of what everyone then reads.
    "library.SheetVersion": (set(), {"words", "by_name", "note"}),
    "library.Attachment": ({"name"}, {"kind", "content_type", "stored"}),
    "library.Rating": (set(), set()),
    "library.Talk": (set(), {"author_as"}),
}
# Linked by an identifier and not by a key.
ALSO = ("agenda.Poll",)


def _name(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}.{model.__name__}"


def reached() -> set[str]:
    """Return every model that keys lead to from a group, in either direction, but what is outside."""
    found: set[str] = set()
    waiting: list[type[models.Model]] = [Circle, *(apps.get_model(name) for name in ALSO)]
    while waiting:
        model = waiting.pop()
        if _name(model) in found | OUTSIDE or model._meta.auto_created:
            continue
        found.add(_name(model))
        waiting += [relation.related_model for relation in model._meta.related_objects]
        waiting += [
            field.related_model for field in model._meta.get_fields() if field.is_relation and field.concrete
        ]
    return found


def texts_of(model: type[models.Model]) -> set[str]:
    """Return the fields of a model in which words may be written."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return {
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not field.choices and field.name != "public_id"
    }


def test_every_model_and_every_text_of_a_group_is_known_here() -> None:
    assert reached() == set(INSIDE), "say of a new model what only those inside may read"
    for name, (inside, open_) in INSIDE.items():
        assert texts_of(apps.get_model(name)) == inside | open_, name
        assert not inside & open_, name


# -- a group in a world ------------------------------------------------------------------------------------------


def rows_of(name: str, circle: Circle) -> models.QuerySet[Any]:
    """Return the rows of one model that belong to a group."""
    sessions = circle.sessions.values("pk")
    meetings = circle.sessions.values("meeting")
    sheets = Sheet.objects.filter(origin_kind="circle", origin_id=circle.public_id).values("pk")
    polls = apps.get_model("agenda.Poll").objects.about(circle).values("pk")
    where: dict[str, dict[str, Any]] = {
        "circles.Circle": {"pk": circle.pk},
        "circles.GroupSignature": {"charter__circle": circle},
        "circles.Interest": {"subject__session__in": sessions},
        "circles.Agreement": {"outing__circle": circle},
        "agenda.Meeting": {"pk__in": meetings},
        "agenda.Attendance": {"meeting__in": meetings},
        "agenda.Slot": {"meeting__in": meetings},
        "agenda.SlotYes": {"slot__meeting__in": meetings},
        "agenda.Poll": {"pk__in": polls},
        "agenda.PollVoter": {"poll__in": polls},
        "agenda.PollDate": {"poll__in": polls},
        "agenda.PollVoice": {"date__poll__in": polls},
        "library.Sheet": {"pk__in": sheets},
    }
    model = apps.get_model(name)
    if name in where:
        found = where[name]
    elif name.startswith("library."):
        found = {"sheet__in": sheets}
    else:
        found = (
            {"circle": circle}
            if any(f.name == "circle" for f in model._meta.fields)
            else {"session__in": sessions}
        )
    return model._base_manager.filter(**found)


def planted(name: str, text: str) -> str:
    return f"{MARK} {SOUGHT} {name}.{text}"


def plant(circle: Circle) -> None:
    """Write a mark, which says where it is from, in every text of the inside; the gestures wrote theirs already."""
    for name, (inside, _open) in INSIDE.items():
        for text in inside - {"sealed"}:
            field = apps.get_model(name)._meta.get_field(text)
            mark: Any = [planted(name, text)] if isinstance(field, models.JSONField) else planted(name, text)
            if text == "name" and name == "library.Attachment":
                mark = f"{MARK}.pdf"
            rows = rows_of(name, circle)
            rows = rows.filter(person=None) if (name, text) == ("circles.Decider", "name") else rows
            rows.update(**{text: mark})


@pytest.fixture(scope="module")
def scene(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """A world with a group, built once: what a test changes of it is undone."""
    with played(django_db_blocker, tmp_path_factory.mktemp("scene"), group=True) as made:
        yield made


@pytest.fixture
def here(scene: Scene, db: None, settings: Any) -> Scene:
    return scene.for_one_test(settings)


@pytest.fixture
def network(here: Scene) -> Any:
    return here.network


@pytest.fixture
def admin(here: Scene) -> Any:
    return here.admin


@pytest.fixture
def alice(here: Scene) -> Any:
    return here.alice


@pytest.fixture
def dora(here: Scene) -> Any:
    return here.dora


@pytest.fixture
def world(here: Scene) -> World:
    return here.world


@pytest.fixture
def group(here: Scene) -> GroupWorld:
    assert here.group
    return here.group


def address(world: World, group: GroupWorld, name: str) -> str:
    """Return the address of a page, about the group wherever it may be."""
    names = PARAMETERS[name]
    return reverse(name, kwargs=world.arguments(name, names) | group.arguments(names))


# The secret address of the calendar of a member: whoever holds it reads it, that is its use.
SKIPPED = {"account:sign_out", "set_language", "demo:enter", "demo:clock", "api:feed"}
# Where someone outside may see something of it, besides the pages of the group: everywhere they go.
NEAR = ("circles:", "library:", "agenda:", "api:", "home:", "account:", "find:", "people:")


def walk(
    client: Any, world: World, group: GroupWorld, names: Iterable[str]
) -> Iterator[tuple[str, str, int]]:
    """Open these pages, searching for what is written beside the mark, and give what each says."""
    for name in names:
        if name in SKIPPED:
            continue
        answer = client.get(address(world, group, name), {"q": SOUGHT})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        heads = " ".join(f"{key}: {value}" for key, value in answer.headers.items())
        yield name, body.decode(errors="replace") + heads, answer.status_code


def near() -> list[str]:
    return [name for name in NAMES if name.startswith(NEAR)]


# -- those outside -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nobody", "fatou", "dora", "alice", "admin"])
def test_no_page_says_anything_of_it_to_those_outside(
    world: World, group: GroupWorld, client_of: Any, who: str, request: pytest.FixtureRequest
) -> None:
    plant(group.circle)
    person = None if who == "nobody" else request.getfixturevalue(who)
    for name, text, status in walk(client_of(person), world, group, NAMES):
        assert MARK not in text, f"{name} shows {where(text)} to {who}"
        # Who sits in it is of the inside too.
        named = TITLE in text or name.startswith("circles:")
        assert not (named and MEMBER in text), f"{name} says to {who} who is in the group"
        if set(PARAMETERS[name]) & {"session_id", "outing_id", "poll_id"}:
            assert status in (302, 404, 405), f"{name}: {status} tells {who} that it exists"


@pytest.mark.parametrize("who", ["opener", "waiting", "declined", "left", "decider"])
def test_nor_to_those_who_were_near_it(world: World, group: GroupWorld, client_of: Any, who: str) -> None:
    plant(group.circle)
    for name, text, _status in walk(client_of(getattr(group, who)), world, group, near()):
        for allowed in read_by(who):
            text = text.replace(allowed, "")
        assert MARK not in text, f"{name} shows {where(text)} to the one {who}"
        assert not (name.startswith("circles:") and MEMBER in text), (
            f"{name} says to the one {who} who is in it"
        )


def read_by(who: str) -> list[str]:
    """Return what of the inside someone near it may still read."""
    own = [planted("circles.Seat", text) for text in ("goal", "helping")]
    agreed = [planted("circles.DeciderReport", "lines")]
    # Why a group stopped is read by those who wanted to be of it.
    ended = [planted("circles.Circle", "closed_reason")]
    # The session in which they sat is in their own past, under the name of the group.
    sat_in = [planted("agenda.Meeting", text) for text in ("title", "place", "cancel_reason")]
    # Whoever opened the group named them, and may still say who of the directory they are.
    deciders = [planted("circles.Decider", text) for text in ("name", "role")]
    return {
        "opener": deciders,
        "waiting": [*own, *ended],
        "declined": [*own, *ended],
        "left": [*own, *ended, *left_behind(), *sat_in],
        "decider": agreed,
    }[who]


def left_behind() -> list[str]:
    """What was written while they were there is still asked of those who left."""
    texts = [("circles.Outing", "words"), *(("library.Sheet", text) for text in INSIDE["library.Sheet"][0])]
    return [*(planted(name, text) for name, text in texts), f"{MARK}.pdf"]


def where(text: str) -> str:
    start = text.index(MARK)
    return repr(text[max(0, start - 60) : start + 80])


@pytest.mark.parametrize("who", ["fatou", "dora", "alice", "admin", "opener", "left"])
def test_nothing_is_done_there_by_those_outside(
    world: World, group: GroupWorld, client_of: Any, who: str, request: pytest.FixtureRequest
) -> None:
    plant(group.circle)
    person = getattr(group, who, None) or request.getfixturevalue(who)
    client = client_of(person)
    before = contents(group.circle)
    for name in NAMES:
        if name.startswith("circles:") and set(PARAMETERS[name]) & {
            "circle_id",
            "session_id",
            "outing_id",
            "poll_id",
        }:
            sent = {"words": "x", "text": "x", "goal": "x", "title": "x", "answer": "yes", "reason": "x"}
            answer = client.post(address(world, group, name), sent)
            text = answer.content.decode(errors="replace")
            for allowed in read_by(who) if who in ("opener", "left") else []:
                text = text.replace(allowed, "")
            assert MARK not in text, name
            assert answer.status_code in (302, 303, 403, 404, 405, 422), f"{name}: {answer.status_code}"
    assert contents(group.circle) == before


def contents(circle: Circle) -> dict[str, list[Any]]:
    """Everything that the group holds, but the answers that those who left may still give."""
    return {
        name: list(rows_of(name, circle).order_by("pk").values_list("pk", *sorted(texts)))
        for name, (texts, _open) in INSIDE.items()
        if name != "circles.Agreement"
    }


# -- what is written elsewhere ---------------------------------------------------------------------------------------


def test_no_other_table_holds_a_word_of_it(group: GroupWorld) -> None:
    inside = {person.pk for person in [*group.inside, group.left, group.decider]}
    for model in apps.get_models():
        if _name(model) in INSIDE:
            continue
        for text in texts_of(model):
            rows = model._base_manager.filter(**{f"{text}__icontains": MARK})
            if model is Outgoing:
                # Those inside are told what was written for them to read: why a session does not take place.
                rows = rows.exclude(person__in=inside)
            elif model is Step:
                rows = rows.exclude(verb__in=IN_A_GROUP, owner__in=inside)
            assert not rows.exists(), f"{_name(model)}.{text}: {rows.values_list(text, flat=True)[0]!r}"


def test_the_private_notes_are_sealed(group: GroupWorld) -> None:
    notes = rows_of("circles.PrivateNote", group.circle)
    assert notes.count() == 4
    assert not notes.filter(sealed__icontains=MARK).exists()


def test_a_fact_names_the_group_and_says_nothing_of_it(group: GroupWorld, alice: Any, admin: Any) -> None:
    kinds = ("circle", "seat", "session", "outing", "poll")
    facts = Fact.objects.filter(subject_kind__in=kinds)
    assert facts.count() > 20
    names = [f"{person.first_name} {person.last_name}" for person in group.members]
    for fact in facts:
        held = str(fact.data)
        assert MARK not in held, fact.name
        assert not [name for name in names if name in held], fact.name
    # A history is one's own: nobody who is not named in a fact reads it there (what Alice does for other groups is hers).
    for person in (alice, admin):
        seen = Fact.objects.visible_to(person).filter(subject_kind__in=kinds).exclude(by=person)
        assert not seen.exists(), list(seen.values_list("name", flat=True))


def test_nobody_outside_is_written_to_about_what_happens_inside(group: GroupWorld) -> None:
    around = {
        person.pk for person in [group.opener, group.waiting, group.declined, group.left, group.decider]
    }
    inside = {person.pk for person in group.inside}
    rows = Outgoing.objects.filter(
        fact_name__regex=r"^(seat|session|sessions|outing|poll|group_charter|report)\."
    )
    circle = Outgoing.objects.filter(fact_name__startswith="circle.").exclude(fact_name="circle.called")
    written = (rows | circle).exclude(fact_name__regex=r"^report\.(made|given|escalated|amended|answered)$")
    written = written.filter(text__contains=group.circle.title)
    assert {row.person_id for row in written} <= inside | around
    assert all(row.private for row in written), "or the animation team would read who did not receive it"
    for row in written.exclude(person__in=inside):
        assert MEMBER not in row.subject + row.text, row.fact_name


def test_no_file_holds_a_word_of_it(group: GroupWorld, settings: Any) -> None:
    kept = Path(settings.LIBRARY_FILES)
    for path in Path(settings.DATA).rglob("*"):
        # The file that was joined to a draft is itself what is guarded.
        if path.is_file() and kept not in path.parents:
            assert MARK.encode() not in path.read_bytes(), path.name


def test_the_calendar_of_someone_outside_holds_no_session(
    group: GroupWorld, client_of: Any, alice: Any
) -> None:
    from reciproque.agenda.actions import open_feed

    plant(group.circle)
    for person in (alice, group.opener, group.waiting, group.left):
        feed = open_feed(person, by=person)
        text = client_of(None).get(reverse("api:feed", args=[feed.secret])).content.decode()
        # Who left keeps in their past the one session where they sat, with its place.
        sat = 1 if person == group.left else 0
        assert text.count(planted("agenda.Meeting", "title")) == sat, person
        assert sat or MARK not in text, person
    assert CalendarFeed.objects.count() >= 4
    assert Meeting.objects.filter(pk__in=group.circle.sessions.values("meeting")).count() == 3


# -- those inside ----------------------------------------------------------------------------------------------------

# What a member reads somewhere of the group (the rest is in forms that this walk does not open, or is its history).
READ = {
    "circles.Seat.goal",
    "circles.GroupCharter.text",
    "circles.GroupCharter.leaving",
    "circles.Session.page",
    "circles.Subject.words",
    "circles.Lead.words",
    "circles.Learning.helping",
    "circles.Learning.helped",
    "circles.Outing.words",
    "circles.Waiver.reason",
    "library.Sheet.title",
    "library.Sheet.situation",
}


@pytest.fixture(scope="module")
def pages_read() -> dict[int, str]:
    """What each person reads of the planted group everywhere near it, walked once for the tests that ask."""
    return {}


@pytest.fixture
def reads(
    world: World, group: GroupWorld, client_of: Any, pages_read: dict[int, str]
) -> Callable[[Person], str]:
    """Give everything that somebody reads."""
    plant(group.circle)

    def said(person: Person) -> str:
        if person.pk not in pages_read:
            pages = walk(client_of(person), world, group, near())
            pages_read[person.pk] = "".join(text for _name, text, _status in pages)
        return pages_read[person.pk]

    return said


def test_those_inside_read_it(group: GroupWorld, reads: Callable[[Person], str]) -> None:
    for person in group.inside:
        said = reads(person)
        missing = {name for name in READ if f"{MARK} {SOUGHT} {name}" not in said}
        assert not missing, f"{person} does not read {sorted(missing)}"


def test_a_private_note_is_read_by_its_author_alone(
    group: GroupWorld, reads: Callable[[Person], str]
) -> None:
    mine, hers = f"{MARK} {SOUGHT} note privée", f"{MARK} {SOUGHT} note de la facilitation"
    assert mine in reads(group.bob)
    assert hers not in reads(group.bob)
    assert hers in reads(group.facilitator)
    assert mine not in reads(group.facilitator)
    assert mine not in reads(group.members[0])


def test_a_sheet_stays_a_draft_of_the_group_alone(
    group: GroupWorld, dora: Any, alice: Any, admin: Any
) -> None:
    sheet = Sheet.objects.get(origin_kind="circle", origin_id=group.circle.public_id)
    assert sheet.state == SheetState.DRAFT
    for person in (dora, alice, admin, group.opener, group.decider):
        assert not Sheet.objects.visible_to(person).filter(pk=sheet.pk).exists()
        assert not Sheet.objects.open().filter(pk=sheet.pk).exists()
