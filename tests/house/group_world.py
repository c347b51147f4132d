"""A practice-exchange group with everything in it, made by the real actions; every word of it is a mark to look for."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reciproque.agenda.actions import answer_poll
from reciproque.agenda.models import Poll
from reciproque.circles import actions as circles
from reciproque.circles.models import Circle, Seat, Session
from reciproque.kit import clock
from reciproque.library import actions as library
from reciproque.networks.actions import add_to_pool
from reciproque.people.models import Person

# In every word of the inside of the group; what is public of it holds neither.
MARK = "zqsecret"
# Put beside it, to be searched for: a page that repeats what was searched shows this word, and not the mark.
SOUGHT = "quetsche"
# The last name of those members of whom nothing else is known in the network.
MEMBER = "Zqmembre"
TITLE = "Groupe aux yeux de tous"
AIMS = "Des objectifs que chacun peut lire"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def secret(name: str) -> str:
    """Words of the inside, which say where they were written."""
    return f"{MARK} {SOUGHT} {name}"


@dataclass
class GroupWorld:
    """The group, and each of those around it."""

    circle: Circle
    bob: Person
    members: list[Person]
    facilitator: Person
    opener: Person
    waiting: Person
    declined: Person
    left: Person
    decider: Person
    kwargs: dict[str, Any] = field(default_factory=dict)

    @property
    def inside(self) -> list[Person]:
        """Those who share the group."""
        return [self.bob, *self.members, self.facilitator]

    def arguments(self, names: list[str]) -> dict[str, Any]:
        """Return what of the group these parameters of an address may name."""
        return {name: self.kwargs[name] for name in names if name in self.kwargs}


def build_group(
    network: Any, alice: Person, bob: Person, make_person: Callable[..., Person], join: Callable[..., Any]
) -> GroupWorld:
    """Live the whole life of a group up to its reviews; half of what it makes stays unsaid outside."""

    def someone(first: str, last: str = "", **fields: Any) -> Person:
        person = make_person(first, last, unit="Opérations > Est", site="Metz", **fields)
        join(person, network)
        return person

    members = [someone(name, f"{MEMBER}{n}") for n, name in enumerate(("Marc", "Nadia", "Odile", "Paolo"))]
    opener, facilitator = someone("Oscar", "Ouvreur"), someone("Gina", "Guide")
    waiting, declined, left = (
        someone("Walter", "Attente"),
        someone("Denis", "Écarté"),
        someone("Léa", "Partie"),
    )
    decider = someone("Diane", "Décide")
    for person in (opener, facilitator):
        add_to_pool(network, person, by=alice, abilities=["facilitate"])

    circle = _made(
        network, opener, facilitator, decider, [bob, *members[:3], left, declined, members[3], waiting]
    )
    world = GroupWorld(circle, bob, members, facilitator, opener, waiting, declined, left, decider)
    poll = _ruled(circle, facilitator, [*world.inside, left])
    first, second, third = list(circle.sessions.order_by("number"))
    _held(first, world, told=None)
    circles.leave_circle(Seat.objects.get(circle=circle, person=left), by=left)
    _held(second, world, told=first)
    with clock.at(second.meeting.starts_at + 5 * HOUR):
        circles.cancel_session(third, by=facilitator, reason=secret("motif d’annulation"))
        _let_out(world)
    circle.refresh_from_db()
    world.kwargs |= _identifiers(world, poll, first)
    return world


def _made(
    network: Any, opener: Person, facilitator: Person, decider: Person, applying: list[Person]
) -> Circle:
    today = clock.now().date()
    circle = circles.open_circle(network, by=opener, key="x", title=TITLE, trade="Guichetier", aims=AIMS)
    circles.specify_need(
        circle,
        by=opener,
        specified_with=secret("avec qui"),
        specified_on=today,
        deciders=[(decider, "", secret("rôle")), (None, secret("nom d’un décideur"), secret("rôle 2"))],
        allowance=secret("temps accordé"),
        told=secret("dit"),
        untold=secret("tu"),
        functions="Toutes",
        seats_most=6,
        sessions_wanted=3,
        method="codev",
        mode="face",
        place=secret("lieu"),
    )
    circles.call_volunteers(circle, by=opener, until=today + 10 * DAY)
    for person in applying:
        circles.apply(circle, by=person, goal=secret("objectif"), helping=secret("aide"))
        if person.last_name == "Écarté":
            circles.decline_seat(Seat.objects.get(circle=circle, person=person), by=opener)
    circles.name_facilitator(circle, by=opener, person=facilitator)
    circles.waive(circle, by=opener, kind="function", reason=secret("raison"))
    circles.constitute(circle, by=opener)
    circle.refresh_from_db()
    return circle


def _ruled(circle: Circle, facilitator: Person, signing: list[Person]) -> Poll:
    charter = circles.write_charter(
        circle, by=facilitator, text=secret("charte"), leaving=secret("ce qui sort")
    )
    for person in signing:
        circles.sign_group_charter(circle, by=person, version=charter.version)
    starts = [(clock.now() + 7 * n * DAY).replace(hour=8) for n in (1, 2, 3)]
    poll = circles.open_session_poll(circle, by=facilitator, starts=starts, closes_at=clock.now() + 3 * DAY)
    dates = {date.public_id: "yes" for date in poll.dates.all()}
    answer_poll(poll, by=signing[0], answers=dates)
    circles.fix_sessions(circle, by=facilitator, starts=starts)
    circles.begin_sessions(circle, by=facilitator)
    return poll


def _held(session: Session, world: GroupWorld, *, told: Session | None) -> None:
    """Hold a session: a subject each, one chosen, a page, private notes, leads, learnings, the roll."""
    gina, bob = world.facilitator, world.bob
    with clock.at(session.meeting.starts_at):
        circles.start_clock(session, by=gina)
        subjects = [
            circles.propose_subject(session, by=person, words=secret("sujet"))
            for person in [bob, *world.members]
        ]
        circles.set_interest(subjects[0], by=world.members[0], interested=True)
        circles.choose_subject(subjects[0], by=gina)
        if told is not None:
            lead = told.leads.first()
            circles.tell_lead(lead, by=lead.person, session=session, state="tried", gave=secret("résultat"))
        session.refresh_from_db()
        circles.write_page(session, by=bob, words=secret("page"), version=session.page_version)
        circles.write_note(session, by=bob, words=secret("note privée"))
        circles.write_note(session, by=gina, words=secret("note de la facilitation"))
        circles.add_lead(session, by=bob, words=secret("piste"))
        circles.say_learning(session, by=bob, helping=secret("en aidant"), helped=secret("en étant aidé"))
        session.refresh_from_db()
        circles.close_room(session, by=gina)
    with clock.at(session.meeting.starts_at + 4 * HOUR):
        session.refresh_from_db()
        circles.record_roll(session, by=gina, here=[person.pk for person in world.inside])


def _let_out(world: GroupWorld) -> None:
    """Propose a sheet and two lines: one line is agreed to by each, the rest stays inside; then the reviews."""
    circle, bob, gina = world.circle, world.bob, world.facilitator
    circle.refresh_from_db()
    parts = ("title", "situation", "tried", "given", "conditions", "again", "traps", "whom")
    sheet = circles.write_group_sheet(circle, by=bob, **{part: secret(f"fiche {part}") for part in parts})
    library.attach_file(
        sheet, io.BytesIO(f"%PDF-1.7\n{MARK}\n%%EOF\n".encode()), f"{MARK}.pdf", by=bob, agreed=True
    )
    outing = circles.propose_sheet(sheet, by=bob)
    circles.answer_outing(outing, by=bob, agrees=True, signs=True, name=secret("nom choisi"))
    kept = circles.propose_line(circle, by=bob, words=secret("ligne gardée"))
    circles.answer_outing(kept, by=world.members[0], agrees=False)
    told = circles.propose_line(circle, by=bob, words=secret("ligne du bilan"))
    for agreement in list(told.agreements.select_related("person")):
        told.refresh_from_db()
        if told.state == "asked":
            circles.answer_outing(told, by=agreement.person, agrees=True)
    world.kwargs |= {"sheet_id": sheet.public_id, "outing_id": outing.public_id}
    world.kwargs["file_id"] = sheet.files.get().public_id
    circles.start_writing(circle, by=gina)
    for seat in circle.seats.filter(state="seated").select_related("person"):
        circles.review_group(
            seat, by=seat.person, reached=3, brought=secret("apport"), wishes=secret("souhait")
        )
    circle.refresh_from_db()
    circles.send_report(circle, by=gina)


def _identifiers(world: GroupWorld, poll: Poll, session: Session) -> dict[str, Any]:
    """What the parameters of addresses may be, when they are about this group."""
    seat = Seat.objects.get(circle=world.circle, person=world.bob)
    return {
        "circle_id": world.circle.public_id,
        "seat_id": seat.public_id,
        "session_id": session.public_id,
        "poll_id": poll.public_id,
        "meeting_id": session.meeting.public_id,
        "subject_id": session.subjects.first().public_id,
        "lead_id": session.leads.first().public_id,
        "person_id": world.members[0].public_id,
        "membership_id": world.members[0].memberships.get().public_id,
        "trade_id": world.circle.trade.public_id,
    }
