"""The room of a session: one clock for all, a subject from each, what is tried and learned, a page and private notes."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from reciproque.agenda.models import Step
from reciproque.circles import actions, queries
from reciproque.circles.models import Interest, Lead, PrivateNote, Seat, Session, Subject
from reciproque.circles.queries.room import parts_of
from reciproque.circles.rules import PARTS, parts_for
from reciproque.journal.models import Concern, Fact
from reciproque.kit import clock
from reciproque.kit.seal import new_key
from tests.circles.stage import make_circle, make_session

SECRET = "ce que je n’ose pas dire"


@pytest.fixture
def people(make_person: Any, network: Any, join: Any) -> dict[str, Any]:
    """A facilitator and six members."""
    names = ["Flore", "Ali", "Bea", "Carl", "Dina", "Elie", "Fanny"]
    found = {name: make_person(name, name.upper()) for name in names}
    for person in found.values():
        join(person, network)
    return found


@pytest.fixture
def session(network: Any, people: dict[str, Any]) -> Session:
    """The first session of their group, about to begin."""
    flore, *members = people.values()
    return make_session(make_circle(network, flore, members))


def later(minutes: float) -> Any:
    return clock.at(clock.now() + dt.timedelta(minutes=minutes))


def fresh(session: Session) -> Session:
    return Session.objects.select_related("circle__network", "client__person", "meeting").get(pk=session.pk)


def left(session: Session) -> int:
    return queries.room_of(fresh(session), session.circle.facilitator).left


# -- the clock --------------------------------------------------------------------------------------------------


def test_time_is_the_server_s_and_pauses_are_taken_off(session: Session, people: Any) -> None:
    flore = people["Flore"]
    actions.start_clock(session, by=flore)
    assert (session.state, session.part, session.part_seconds) == ("open", 0, 35 * 60)
    with later(12):
        assert left(session) == 23 * 60
        actions.pause_clock(session, by=flore)
    with later(50):
        assert left(session) == 23 * 60
        actions.pause_clock(session, by=flore)
        actions.start_clock(session, by=flore)
    with later(53):
        assert left(session) == 20 * 60
        actions.add_minutes(session, by=flore, minutes=5, since=0, seen=session.part_seconds)
        assert left(session) == 25 * 60
    with later(70):
        assert left(session) == 8 * 60


def test_the_parts_follow_one_another_to_the_end(session: Session, people: Any) -> None:
    flore = people["Flore"]
    actions.start_clock(session, by=flore)
    for part in range(1, len(parts_of(session))):
        actions.go_to_part(session, by=flore, since=part - 1, to=part)
        # The first session has nothing to return to: news, then the choice.
        assert session.part_seconds == PARTS["codev"][part + 1].minutes * 60
        assert queries.room_of(fresh(session), flore).part == PARTS["codev"][part + 1]
    with pytest.raises(ValidationError, match="pas d’autre temps"):
        actions.go_to_part(session, by=flore, since=8, to=9)
    actions.go_to_part(session, by=flore, since=8, to=7)
    assert (session.part, session.run_before) == (7, 0)
    actions.close_room(session, by=flore)
    assert (session.state, session.part_started_at) == ("closed", None)
    with pytest.raises(ValidationError, match="terminée"):
        actions.pause_clock(session, by=flore)
    actions.reopen_room(session, by=flore)
    assert (session.state, session.part, session.closed_at) == ("open", 7, None)


@pytest.mark.parametrize(
    ("method", "short"), [(name, short) for name in PARTS for short in (False, True)], ids=str
)
def test_each_method_has_its_agenda_and_a_short_session_its_own_times(
    session: Session, people: Any, method: str, short: bool
) -> None:
    Session.objects.filter(pk=session.pk).update(method=method, is_short=short)
    session = actions.start_clock(fresh(session), by=people["Flore"])
    stages = queries.room_of(session, people["Ali"]).stages
    assert sum(row.minutes for row in stages) == (90 if short else 210)
    assert not any(row.part.name == "return" for row in stages)
    assert any(row.part.name == "pause" for row in stages) is not short
    later_ones = parts_for(method, is_first=False, is_short=short)
    assert sum(part.short if short else part.minutes for part in later_ones) == (90 if short else 210)
    assert [part.name for part in later_ones][:2] == ["news", "return"]
    assert [row.is_now for row in stages] == [True] + [False] * (len(stages) - 1)


def test_who_holds_the_clock(session: Session, people: Any) -> None:
    flore, ali, bea = people["Flore"], people["Ali"], people["Bea"]
    with pytest.raises(PermissionDenied):
        actions.start_clock(session, by=ali)
    with pytest.raises(PermissionDenied):
        actions.hand_clock(session, by=ali, to=ali)
    actions.hand_clock(session, by=flore, to=ali)
    actions.start_clock(session, by=ali)
    assert session.state == "open"
    with pytest.raises(PermissionDenied):
        actions.pause_clock(session, by=bea)
    # Who leaves the group leaves the clock with it.
    Seat.objects.filter(person=ali).update(state="left", left_at=clock.now())
    with pytest.raises(PermissionDenied):
        actions.pause_clock(session, by=ali)
    with pytest.raises(ValidationError, match="à un membre du groupe"):
        actions.hand_clock(session, by=flore, to=ali)


def test_without_a_facilitator_the_members_hold_the_clock(session: Session, people: Any) -> None:
    type(session.circle).objects.filter(pk=session.circle.pk).update(facilitator=None)
    session = fresh(session)
    actions.start_clock(session, by=people["Ali"])
    actions.pause_clock(session, by=people["Bea"])
    with pytest.raises(PermissionDenied):
        actions.start_clock(session, by=people["Flore"])


def test_pressed_twice_it_is_done_once(session: Session, people: Any) -> None:
    flore = people["Flore"]
    actions.start_clock(session, by=flore)
    version = session.version
    actions.start_clock(session, by=flore)
    assert session.version == version
    # Both saw thirty-five minutes, both pressed "next".
    for _ in range(2):
        actions.add_minutes(session, by=flore, minutes=5, since=0, seen=2100)
        actions.go_to_part(session, by=flore, since=0, to=1)
    assert (session.part, session.part_seconds, session.version) == (1, 1200, version + 2)
    with pytest.raises(ValidationError, match="changé entre-temps"):
        actions.go_to_part(session, by=flore, since=3, to=4)


def test_two_who_press_at_the_same_instant(session: Session, people: Any, at_once: Any) -> None:
    flore, ali = people["Flore"], people["Ali"]
    actions.hand_clock(session, by=flore, to=ali)
    mine, other = fresh(session), fresh(session)
    at_once(
        lambda: actions.start_clock(mine, by=flore),
        lambda: actions.start_clock(other, by=ali),
    )
    assert fresh(session).state == "open"
    assert Fact.objects.filter(name="session.opened").count() == 1
    mine, other = fresh(session), fresh(session)
    at_once(
        lambda: actions.go_to_part(mine, by=flore, since=0, to=1),
        lambda: actions.go_to_part(other, by=ali, since=0, to=1),
    )
    assert fresh(session).part == 1


def test_a_screen_asks_in_one_query(
    session: Session, people: Any, alice: Any, admin: Any, queries_: Any
) -> None:
    actions.start_clock(session, by=people["Flore"])
    with queries_() as seen:
        beat = queries.beat(people["Ali"], session.public_id)
    assert len(seen) == 1
    assert beat is not None
    assert beat == queries.beat_of(fresh(session))
    assert (beat.part, beat.seconds, beat.before) == (0, 2100, 0)
    for outsider in (alice, admin):
        assert queries.beat(outsider, session.public_id) is None


@pytest.fixture
def queries_(queries: Any) -> Any:
    """The counter of queries, whose name this module gives to a room of the floor."""
    return queries


def test_a_session_starts_in_its_time(session: Session, people: Any) -> None:
    flore = people["Flore"]
    circle = type(session.circle).objects.filter(pk=session.circle.pk)
    circle.update(state="rules")
    with pytest.raises(ValidationError, match="La charte du groupe attend"):
        actions.start_clock(fresh(session), by=flore)
    circle.update(state="sessions")
    type(session.meeting).objects.filter(pk=session.meeting.pk).update(state="cancelled")
    with pytest.raises(ValidationError, match="annulée"):
        actions.start_clock(fresh(session), by=flore)
    with pytest.raises(ValidationError, match="pas commencée"):
        actions.pause_clock(fresh(session), by=flore)


def test_days_before_its_date_one_is_asked_then_it_counts_as_held(network: Any, people: Any) -> None:
    flore, *members = people.values()
    early = make_session(make_circle(network, flore, members), days=7)
    with pytest.raises(ValidationError, match="prévue plus tard") as refused:
        actions.start_clock(early, by=flore)
    assert refused.value.code == "early"
    actions.start_clock(early, by=flore, early=True)
    actions.close_room(early, by=flore)
    assert fresh(early).meeting.state == "held"
    assert [step.verb for step in Step.objects.about(early).open()] == []  # nobody dates it in this scene
    assert queries.roll_is_due(fresh(early))
    actions.record_roll(fresh(early), by=flore, here=[members[0].pk])
    assert not queries.roll_is_due(fresh(early))


def test_the_journal_says_only_that_it_was_held(session: Session, people: Any) -> None:
    flore, ali = people["Flore"], people["Ali"]
    actions.hand_clock(session, by=flore, to=ali)
    actions.start_clock(session, by=ali)
    actions.propose_subject(session, by=ali, words=SECRET)
    actions.add_lead(session, by=ali, words=SECRET)
    actions.say_learning(session, by=ali, helping=SECRET)
    actions.write_page(session, by=ali, words=SECRET, version=0)
    actions.write_note(session, by=ali, words=SECRET)
    actions.close_room(session, by=flore)
    facts = Fact.objects.filter(name__startswith="session.").order_by("pk")
    assert [(row.name, row.by, row.data) for row in facts] == [
        ("session.opened", None, {"title": "Manager à distance", "number": 1}),
        ("session.closed", flore, {"title": "Manager à distance", "number": 1}),
        ("session.held", flore, facts[2].data),
    ]
    # Not even in the history of the member who held the clock: it would say who sits in the group.
    assert not Concern.objects.filter(fact__in=facts, person=ali).exists()
    assert SECRET not in json.dumps([row.data for row in Fact.objects.all()])


# -- the choice of a subject --------------------------------------------------------------------------------------


def test_each_proposes_one_and_who_has_not_is_said(session: Session, people: Any) -> None:
    ali, bea = people["Ali"], people["Bea"]
    actions.propose_subject(session, by=ali, words="Refuser un congé", stake=3, urgency=1)
    actions.propose_subject(session, by=ali, words="Annoncer un refus", stake=3, urgency=2)
    actions.propose_subject(session, by=bea, words="Une équipe qui se tait")
    room = queries.room_of(fresh(session), ali)
    assert [row.subject.words for row in room.proposals] == ["Annoncer un refus", "Une équipe qui se tait"]
    assert [person.first_name for person in room.silent] == ["Carl", "Dina", "Elie", "Fanny"]
    assert room.my_subject is not None


def test_interest_stake_and_urgency_order_them(session: Session, people: Any) -> None:
    for name, stake, urgency in (("Ali", 1, 1), ("Bea", 2, 3), ("Carl", 3, 1), ("Dina", 1, 1)):
        actions.propose_subject(session, by=people[name], words=name, stake=stake, urgency=urgency)
    dina = Subject.objects.get(person=people["Dina"])
    for name in ("Ali", "Bea", "Ali"):
        actions.set_interest(dina, by=people[name], interested=True)
    room = queries.room_of(fresh(session), people["Ali"])
    assert [row.subject.words for row in room.proposals] == ["Dina", "Carl", "Bea", "Ali"]
    assert (room.proposals[0].interest, room.proposals[0].interests_me) == (2, True)
    with pytest.raises(ValidationError, match="chez les autres"):
        actions.set_interest(dina, by=people["Dina"], interested=True)
    actions.set_interest(dina, by=people["Ali"], interested=False)
    assert Interest.objects.count() == 1


def test_the_one_chosen_has_the_floor_and_rotation_is_said(session: Session, people: Any) -> None:
    flore, ali, bea = people["Flore"], people["Ali"], people["Bea"]
    mine = actions.propose_subject(session, by=ali, words="A")
    other = actions.propose_subject(session, by=bea, words="B")
    with pytest.raises(PermissionDenied):
        actions.choose_subject(other, by=bea)
    actions.choose_subject(other, by=flore)
    lead = actions.add_lead(fresh(session), by=ali, words="Essayer")
    actions.choose_subject(mine, by=flore)
    assert list(Subject.objects.filter(is_chosen=True)) == [mine]
    assert Lead.objects.get(pk=lead.pk).is_clients
    first = fresh(session)
    assert first.client is not None
    assert first.client.person == ali
    assert queries.room_of(first, ali).role == "client"
    assert queries.room_of(first, bea).role == "peer"
    assert queries.room_of(first, flore).role == "facilitator"
    # The next time, it is said who was helped and who never was.
    second = make_session(session.circle, 2, days=28)
    actions.propose_subject(second, by=ali, words="Encore")
    actions.propose_subject(second, by=people["Carl"], words="Enfin")
    room = queries.room_of(second, bea)
    assert [(row.subject.words, row.brought) for row in room.proposals] == [("Enfin", []), ("Encore", [1])]
    assert "Ali" not in [person.first_name for person in room.never]
    assert len(room.never) == 5


def test_the_facilitator_types_for_the_whole_table(session: Session, people: Any) -> None:
    flore, ali, bea, carl = (people[name] for name in ("Flore", "Ali", "Bea", "Carl"))
    with pytest.raises(PermissionDenied):
        actions.propose_subject(session, by=ali, words="x", person=bea)
    with pytest.raises(ValidationError, match="quel membre"):
        actions.propose_subject(session, by=flore, words="x")
    one = actions.propose_subject(session, by=flore, words="A", person=ali)
    two = actions.propose_subject(session, by=flore, words="B", person=bea)
    # Carl raises his hand on his telephone while the sheet is being filled.
    actions.set_interest(two, by=carl, interested=True)
    actions.record_interests(
        session,
        by=flore,
        ticked=[
            (one.public_id, bea.public_id),
            (one.public_id, ali.public_id),  # one's own does not count
            (two.public_id, "bcdfghjkmnpq"),
        ],
    )
    assert set(Interest.objects.values_list("subject__words", "person__first_name")) == {
        ("A", "Bea"),
        ("B", "Carl"),
    }
    actions.record_interests(session, by=flore, ticked=[], unticked=[(one.public_id, bea.public_id)])
    assert Interest.objects.count() == 1
    with pytest.raises(PermissionDenied):
        actions.record_interests(session, by=ali, ticked=[])
    actions.add_lead(session, by=flore, words="Essayer", person=ali)
    actions.say_learning(session, by=flore, helped="Écouter", person=ali)
    room = queries.room_of(fresh(session), flore)
    assert [row.person for row in (*room.leads, *room.learnings)] == [ali, ali]


def test_a_subject_is_taken_back_unless_chosen(session: Session, people: Any) -> None:
    subject = actions.propose_subject(session, by=people["Ali"], words="A")
    with pytest.raises(PermissionDenied):
        actions.withdraw_subject(subject, by=people["Bea"])
    actions.choose_subject(subject, by=people["Flore"])
    with pytest.raises(ValidationError, match="a choisi ce sujet"):
        actions.withdraw_subject(subject, by=people["Ali"])
    other = actions.propose_subject(session, by=people["Bea"], words="B")
    actions.set_interest(other, by=people["Ali"], interested=True)
    actions.withdraw_subject(other, by=people["Bea"])
    assert not Interest.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"words": "  "}, "en une phrase"),
        ({"words": "x" * 4001}, "trop long"),
        ({"words": "x", "stake": 4}, "l’enjeu et l’urgence"),
        ({"words": "x", "urgency": 0}, "l’enjeu et l’urgence"),
    ],
)
def test_what_is_not_a_subject(session: Session, people: Any, fields: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        actions.propose_subject(session, by=people["Ali"], **fields)


# -- what is tried, what is learned ---------------------------------------------------------------------------------


def test_what_one_will_try_is_asked_again_the_next_time(session: Session, people: Any) -> None:
    flore, ali, bea = people["Flore"], people["Ali"], people["Bea"]
    actions.choose_subject(actions.propose_subject(session, by=ali, words="A"), by=flore)
    session = fresh(session)
    tried = actions.add_lead(session, by=ali, words="Un point chaque lundi")
    actions.add_lead(session, by=ali, words="Un point chaque lundi")
    other = actions.add_lead(session, by=bea, words="Écrire moins")
    assert Lead.objects.count() == 2
    second, third = make_session(session.circle, 2, days=28), make_session(session.circle, 3, days=56)
    assert [row.words for row in queries.room_of(second, bea).to_tell] == [
        "Un point chaque lundi",  # the person whose subject it was comes first
        "Écrire moins",
    ]
    with pytest.raises(PermissionDenied):
        actions.tell_lead(tried, by=bea, session=second, state="tried", gave="x")
    with pytest.raises(ValidationError, match="séance précédente"):
        actions.tell_lead(tried, by=ali, session=session, state="tried")
    actions.tell_lead(tried, by=ali, session=second, state="tried", gave="On se parle enfin.")
    actions.tell_lead(other, by=flore, session=second, state="open", gave="Pas eu le temps.")
    room = queries.room_of(second, ali)
    assert (room.to_tell, len(room.told)) == ([], 2)
    # "Not yet" is asked again, what was told is not.
    assert [row.words for row in queries.room_of(third, ali).to_tell] == ["Écrire moins"]
    assert [row.words for row in queries.leads_to_tell(session.circle)] == ["Écrire moins"]
    with pytest.raises(ValidationError, match="déjà dit"):
        actions.withdraw_lead(tried, by=ali)


def test_who_left_is_asked_nothing_and_what_they_wrote_stays(session: Session, people: Any) -> None:
    ali = people["Ali"]
    actions.add_lead(session, by=ali, words="Essayer")
    actions.say_learning(session, by=ali, helping="Se taire")
    Seat.objects.filter(person=ali).update(state="left", left_at=clock.now())
    second = make_session(session.circle, 2, days=28)
    room = queries.room_of(second, people["Bea"])
    assert room.to_tell == []
    assert "Ali" not in [person.first_name for person in room.silent]
    assert queries.room_of(fresh(session), people["Bea"]).learnings[0].person == ali
    with pytest.raises(PermissionDenied):
        actions.add_lead(second, by=ali, words="x")


def test_learnings_are_said_at_the_end_and_counted(session: Session, people: Any, queries_: Any) -> None:
    flore, ali, bea = people["Flore"], people["Ali"], people["Bea"]
    with pytest.raises(ValidationError, match="au moins une chose"):
        actions.say_learning(session, by=ali)
    actions.say_learning(session, by=ali, helping="Se taire")
    actions.say_learning(session, by=ali, helping="Écouter", helped="Demander")
    actions.say_learning(session, by=bea, helped="Oser")
    lead = actions.add_lead(session, by=bea, words="Essayer")
    actions.start_clock(session, by=flore)
    actions.close_room(session, by=flore)
    # Said the evening after, it counts as well.
    actions.add_lead(session, by=ali, words="Aussi")
    actions.tell_lead(lead, by=bea, session=make_session(session.circle, 2), state="tried", gave="Bien")
    with queries_() as seen:
        counted = queries.counted(session.circle)
    assert len(seen) == 3
    assert (counted.sessions, counted.helping, counted.helped, counted.learnings) == (1, 1, 2, 3)
    assert (counted.leads, counted.tried) == (2, 1)
    assert [p.first_name for p in queries.room_of(fresh(session), ali).unsaid] == [
        *("Carl", "Dina", "Elie", "Fanny")
    ]


# -- the shared page --------------------------------------------------------------------------------------------------


def test_two_who_write_at_once_lose_nothing(session: Session, people: Any) -> None:
    ali, bea = people["Ali"], people["Bea"]
    actions.write_page(session, by=ali, words="Le texte d’Ali", version=0)
    with pytest.raises(actions.Overwritten, match="voici les deux textes"):
        actions.write_page(session, by=bea, words="Le texte de Béa", version=0)
    assert (fresh(session).page, fresh(session).page_version) == ("Le texte d’Ali", 1)
    actions.write_page(session, by=bea, words="Les deux textes", version=session.page_version)
    assert fresh(session).page_saved_by == bea
    # The same text sent twice by a hesitant network is no quarrel.
    actions.write_page(session, by=bea, words="Les deux textes", version=1)
    assert fresh(session).page_version == 2


def test_at_the_same_instant_one_page_wins_and_the_other_is_told(
    session: Session, people: Any, at_once: Any
) -> None:
    one, two = fresh(session), fresh(session)
    results = at_once(
        lambda: actions.write_page(one, by=people["Ali"], words="A", version=0),
        lambda: actions.write_page(two, by=people["Bea"], words="B", version=0),
    )
    assert sorted(type(row).__name__ for row in results) == ["Overwritten", "Session"]
    assert fresh(session).page_version == 1


# -- private notes ------------------------------------------------------------------------------------------------------


def test_a_note_is_read_by_its_author_alone_and_by_nobody_in_the_database(
    session: Session, people: Any
) -> None:
    ali = people["Ali"]
    actions.write_note(session, by=ali, words="brouillon")
    actions.write_note(session, by=ali, words=SECRET)
    assert queries.note_of(session, ali).words == SECRET
    assert [row.words for row in queries.notes_of(session.circle, ali)] == [SECRET]
    assert [row.words for row in queries.own_notes(ali)] == [SECRET]
    for name in ("Flore", "Bea"):
        assert queries.note_of(session, people[name]).words == ""
        assert queries.notes_of(session.circle, people[name]) == []
    assert SECRET not in serializers.serialize("json", PrivateNote.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM circles_privatenote")
        [(stored,)] = cursor.fetchall()
    assert "ose" not in stored
    actions.write_note(session, by=ali, words="  ")
    assert not PrivateNote.objects.exists()


def test_a_note_copied_to_one_s_own_row_does_not_open(session: Session, people: Any) -> None:
    actions.write_note(session, by=people["Ali"], words=SECRET)
    sealed = PrivateNote.objects.get().sealed
    PrivateNote.objects.create(session=session, person=people["Bea"], sealed=sealed)
    assert queries.note_of(session, people["Bea"]).words is None


def test_a_lost_key_loses_nothing_more(session: Session, people: Any, settings: Any) -> None:
    ali = people["Ali"]
    actions.write_note(session, by=ali, words=SECRET)
    kept = settings.NOTES_KEYS
    settings.NOTES_KEYS = [new_key()]
    assert queries.note_of(session, ali).words is None
    with pytest.raises(ValidationError, match="n’a plus la clé"):
        actions.write_note(session, by=ali, words="autre chose")
    assert actions.reseal_notes() == 0
    settings.NOTES_KEYS = kept
    assert queries.note_of(session, ali).words == SECRET


def test_a_new_key_takes_over(session: Session, people: Any, settings: Any) -> None:
    for name in ("Ali", "Bea"):
        actions.write_note(session, by=people[name], words=f"{SECRET} {name}")
    new = new_key()
    settings.NOTES_KEYS = [new, *settings.NOTES_KEYS]
    assert actions.reseal_notes() == 2
    assert actions.reseal_notes() == 0
    settings.NOTES_KEYS = [new]
    assert queries.note_of(session, people["Bea"]).words == f"{SECRET} Bea"


def test_notes_are_forgotten_with_their_author(session: Session, people: Any) -> None:
    for name in ("Ali", "Bea"):
        actions.write_note(session, by=people[name], words=SECRET)
    assert actions.forget_notes(people["Ali"]) == 1
    assert queries.own_notes(people["Ali"]) == []
    assert len(queries.own_notes(people["Bea"])) == 1


# -- who comes in -------------------------------------------------------------------------------------------------------

GESTURES: dict[str, Any] = {
    "start": lambda s, by: actions.start_clock(s, by=by),
    "hand": lambda s, by: actions.hand_clock(s, by=by, to=None),
    "subject": lambda s, by: actions.propose_subject(s, by=by, words="x"),
    "lead": lambda s, by: actions.add_lead(s, by=by, words="x"),
    "learning": lambda s, by: actions.say_learning(s, by=by, helping="x"),
    "page": lambda s, by: actions.write_page(s, by=by, words="x", version=0),
    "note": lambda s, by: actions.write_note(s, by=by, words="x"),
}


@pytest.mark.parametrize("gesture", GESTURES.values(), ids=GESTURES)
def test_nobody_else_comes_in(
    session: Session, gesture: Any, verdict: Any, alice: Any, admin: Any, emile: Any, fatou: Any, bob: Any
) -> None:
    for outsider in (alice, admin, emile, fatou, bob):
        assert verdict(lambda by=outsider: gesture(session, by)) == "no"


@pytest.mark.parametrize("gesture", [*(set(GESTURES) - {"note"})])
def test_a_group_that_is_over_is_read_only(session: Session, people: Any, verdict: Any, gesture: str) -> None:
    type(session.circle).objects.filter(pk=session.circle.pk).update(state="closed", closed_at=clock.now())
    by = people["Flore" if gesture in ("start", "hand") else "Ali"]
    assert verdict(lambda: GESTURES[gesture](fresh(session), by)) == "refused"
    # One's own notes stay one's own.
    assert verdict(lambda: GESTURES["note"](fresh(session), people["Ali"])) == "yes"


def test_the_room_takes_the_same_queries_however_much_is_said(
    session: Session, people: Any, queries_: Any
) -> None:
    def cost() -> int:
        one = fresh(session)
        with queries_() as seen:
            queries.room_of(one, people["Ali"])
        return len(seen)

    actions.propose_subject(session, by=people["Ali"], words="x")
    few = cost()
    for name in ("Bea", "Carl", "Dina"):
        subject = actions.propose_subject(session, by=people[name], words="x")
        actions.set_interest(subject, by=people["Ali"], interested=True)
        actions.add_lead(session, by=people[name], words="x")
        actions.say_learning(session, by=people[name], helping="x")
    assert cost() == few == 6
