"""Practice-exchange groups: one lives its whole life, others stop; what is asked about sheets and questions again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.agenda import actions as agenda
from reciproque.agenda.models import Poll
from reciproque.agenda.rules import Verb
from reciproque.circles import actions as circles
from reciproque.circles.models import Circle, Outing, Seat, Session
from reciproque.kit import clock
from reciproque.library import actions as library
from reciproque.networks import actions as networks
from reciproque.networks.models import Membership
from reciproque.people.models import Person
from tests.emails.scenes_stage import DAY, Stage

HOUR = dt.timedelta(hours=1)
GOAL, HELPING = "Ceci ne sort pas d’ici : mon objectif", "Ceci ne sort pas d’ici : mon aide"
FEW, MORE = "Tenir une équipe à distance", "Accueillir les saisonniers"
PAPER = "Parler de sécurité"


class GroupScenes(Stage):
    """A group from its need to its reviews, with those who come and go; and what the others are told."""

    def newcomer(self, first: str, last: str, *, facilitates: bool = False) -> Person:
        """Somebody of the workshop, who writes and reads like the cast."""
        person = self.make_person(first, last, language=self.bob.language)
        networks.join_network(self.workshop, person, by=person)
        if facilitates:
            networks.add_to_pool(self.workshop, person, by=self.alice, abilities=["facilitate"])
        return person

    def called(self, title: str, *, by: Person, decider: Person | str) -> Circle:
        circle = circles.open_circle(
            self.workshop, by=by, title=title, trade="Encadrement", aims="Avancer ensemble"
        )
        self.specify(circle, by, decider)
        circles.call_volunteers(circle, by=by, until=(clock.now() + 10 * DAY).date())
        return circle

    def specify(self, circle: Circle, by: Person, decider: Person | str) -> None:
        named = (None, decider, "Direction") if isinstance(decider, str) else (decider, "", "Direction")
        circles.specify_need(
            circle,
            by=by,
            specified_with="Ceci ne sort pas d’ici : avec qui",
            deciders=[named],
            allowance="Ceci ne sort pas d’ici : le temps",
            told="Ceci ne sort pas d’ici : dit",
            untold="Ceci ne sort pas d’ici : tu",
            functions="Encadrement",
            seats_most=5,
            sessions_wanted=2,
        )

    def apply(self, circle: Circle, *people: Person) -> None:
        for person in people:
            # Other scenes left some of them away.
            rows = Membership.objects.filter(person=person, network=circle.network)
            rows.update(paused_until=None, suspended_until=None)
            circles.apply(circle, by=person, goal=GOAL, helping=HELPING)

    def seat(self, circle: Circle, person: Person) -> Seat:
        rows = Seat.objects.select_related(
            "circle__network", "circle__facilitator", "circle__opened_by", "person"
        )
        return rows.filter(circle=circle, person=person).latest("pk")

    def made(self, circle: Circle, *, by: Person, guide: Person) -> None:
        circles.name_facilitator(circle, by=by, person=guide, reason="Personne d’autre n’est libre.")
        circles.waive(circle, by=by, kind="function", reason="Le même travail.")
        circles.constitute(circle, by=by)

    def ruled(self, circle: Circle, guide: Person) -> None:
        circles.write_charter(circle, by=guide, text="Ceci ne sort pas d’ici : nos règles", leaving="Rien")
        circles.sign_group_charter(circle, by=guide, version=1)

    # -- the scenes ---------------------------------------------------------------------------------------------

    def whole_life_of_a_group(self) -> None:
        """From its need to its reviews, in the order in which it happens."""
        networks.add_to_pool(self.workshop, self.gil, by=self.alice, abilities=["facilitate"])
        self.cast["karl"] = self.newcomer("Karl", "Hahn")
        self.cast["lou"] = self.newcomer("Lou", "Petit", facilitates=True)
        hana = self.cast["hana"] = self.newcomer("Hana", "Sato", facilitates=True)
        self.hush()
        circle = self.applied_for()
        with clock.at(clock.now() + 21 * DAY):
            circles.take_over(circle, by=self.alice)
            self.tell()
            # Somebody is named, then replaced before the group is made.
            circles.name_facilitator(circle, by=self.alice, person=self.lou)
            self.hush()
            self.made(circle, by=self.alice, guide=hana)
            self.tell()
            self.ruled(circle, hana)
            self.tell()
            self.remind(Verb.PLEDGE, self.bob)
            self.remind(Verb.DATES, hana)
            self.dated(circle, hana)
            self.come_and_go(circle, hana)
        with clock.at(clock.now() + 45 * DAY):
            self.written_about(circle)

    def applied_for(self) -> Circle:
        """Gil opens a group, is reminded of its need, calls; people apply, withdraw, are declined; he decides too late."""
        circle = circles.open_circle(
            self.workshop, by=self.gil, title=FEW, trade="Encadrement", aims="Avancer ensemble"
        )
        self.remind(Verb.SPECIFY, self.gil)
        self.specify(circle, self.gil, self.fatou)
        circles.call_volunteers(circle, by=self.gil, until=(clock.now() + 10 * DAY).date())
        self.tell()
        jade = self.cast["jade"] = self.newcomer("Jade", "Roy")
        self.hush()
        self.apply(circle, self.bob, self.chloe, self.dora, jade, self.one_more(), self.emile)
        self.tell()
        circles.withdraw_seat(self.seat(circle, self.dora), by=self.dora)
        self.tell()
        self.apply(circle, self.karl, self.lou)
        circles.decline_seat(self.seat(circle, self.lou), by=self.gil)
        self.tell()
        with clock.at(clock.now() + 12 * DAY):
            circles.end_calls()
            self.tell()
        self.remind(Verb.SEATS, self.gil)
        return circle

    def one_more(self) -> Person:
        """One more member, of whom nothing else is told."""
        return self.cast.setdefault("ivo", self.newcomer("Ivo", "Blum"))

    def dated(self, circle: Circle, guide: Person) -> None:
        """A poll that some answer, one that is dropped, the dates fixed, one session added, moved, cancelled."""
        now = clock.now().replace(hour=9)
        starts = [now + days * DAY for days in (14, 21)]
        poll = circles.open_session_poll(circle, by=guide, starts=starts, closes_at=now + 4 * DAY)
        self.tell()
        self.remind(Verb.POLL, self.bob)
        self.answers(poll, self.bob)
        self.hush()
        with clock.at(poll.closes_at + HOUR):
            agenda.close_overdue_polls()
            self.tell()
        silent = circles.open_session_poll(circle, by=guide, starts=starts, closes_at=now + 5 * DAY)
        self.hush()
        with clock.at(silent.closes_at + HOUR):
            agenda.close_overdue_polls()
            self.tell()
        full = circles.open_session_poll(circle, by=guide, starts=starts, closes_at=now + 6 * DAY)
        self.hush()
        self.answers(full, *(voter.person for voter in full.voters.select_related("person")))
        self.tell()
        with clock.at(full.closes_at + HOUR):
            agenda.close_overdue_polls()
            self.hush()
        dropped = circles.open_session_poll(circle, by=guide, starts=starts, closes_at=now + 6 * DAY)
        self.hush()
        agenda.cancel_poll(dropped, by=guide)
        self.tell()
        circles.fix_sessions(circle, by=guide, starts=starts)
        circles.begin_sessions(circle, by=guide)
        self.tell()
        more = circles.plan_session(circle, by=guide, starts_at=now + 28 * DAY)
        self.tell()
        circles.move_session(more, by=guide, starts_at=now + 29 * DAY)
        self.tell()
        circles.cancel_session(more, by=guide, reason="La salle est prise.")
        self.tell()

    def answers(self, poll: Poll, *people: Person) -> None:
        for person in people:
            agenda.answer_poll(poll, by=person, answers={date.public_id: "yes" for date in poll.dates.all()})

    def come_and_go(self, circle: Circle, guide: Person) -> None:
        """A member leaves, another takes the place, the facilitator cannot go on, two members enter one line."""
        jade = self.cast["jade"]
        circles.leave_circle(self.seat(circle, jade), by=jade)
        self.tell()
        circle.refresh_from_db()
        circles.add_member(circle, by=guide, seat=self.seat(circle, self.karl))
        self.tell()
        circles.step_down(circle, by=guide)
        self.tell()
        self.remind(Verb.LEAD, self.alice)
        circles.name_facilitator(
            circle, by=self.alice, person=self.lou, reason="Personne d’autre n’est libre."
        )
        self.tell()
        Person.objects.filter(pk=self.bob.pk).update(manager=self.chloe)
        circles.note_lines()
        self.tell()
        Person.objects.filter(pk=self.bob.pk).update(manager=None)

    def written_about(self, circle: Circle) -> None:
        """The roll of a session, what may leave the group and what stays, its reviews, its end."""
        agenda.ask_whether_held()
        self.tell()
        self.remind(Verb.ROLL, self.lou)
        for session in Session.objects.filter(circle=circle, number__lt=100).select_related(
            "circle", "meeting"
        ):
            circles.record_roll(session, by=self.lou, here=[self.bob.pk, self.chloe.pk])
        circle.refresh_from_db()
        told = circles.propose_line(circle, by=self.bob, words="Ceci ne sort pas d’ici : une ligne")
        self.tell()
        self.remind(Verb.AGREE, self.chloe)
        self.all_agree(told)
        self.tell()
        circles.propose_line(circle, by=self.chloe, words="Ceci ne sort pas d’ici : une autre")
        self.hush()
        with clock.at(clock.now() + 40 * DAY):
            circles.settle_outings()
            self.tell()
        told.refresh_from_db()
        circles.take_back_outing(told, by=self.bob)
        self.tell()
        circles.start_writing(circle, by=self.lou)
        self.tell()
        self.remind(Verb.SUM_UP, self.bob)
        self.remind(Verb.TELL, self.lou)
        circle.refresh_from_db()
        circles.send_report(circle, by=self.lou)
        self.tell()
        circles.close_circle(circle, by=self.lou)
        self.tell()

    def all_agree(self, outing: Outing) -> None:
        for agreement in list(outing.agreements.select_related("person")):
            circles.answer_outing(outing, by=agreement.person, agrees=True)
            outing.refresh_from_db()

    def group_that_stops(self) -> None:
        """A group is made, has its dates, and stops; another one is opened by somebody who does not sit in it."""
        circle = self.called(MORE, by=self.gil, decider=self.fatou)
        jade, ivo, hana = self.cast["jade"], self.cast["ivo"], self.cast["hana"]
        self.apply(circle, self.bob, self.chloe, self.dora, jade, ivo)
        self.made(circle, by=self.gil, guide=hana)
        with clock.at(clock.now() + 20 * DAY):
            circles.tend_charters()
            self.tell_only("circle.charter_late")
        self.ruled(circle, hana)
        starts = [clock.now().replace(hour=9) + days * DAY for days in (14, 21)]
        circles.fix_sessions(circle, by=hana, starts=starts)
        self.hush()
        Person.objects.filter(pk=jade.pk).update(manager=hana)
        circles.note_lines()
        self.tell_only("circle.guide_line")
        Person.objects.filter(pk=jade.pk).update(manager=None)
        circle.refresh_from_db()
        circles.stop_circle(circle, by=hana, reason="Nous ne sommes plus assez nombreux.")
        self.tell()

    def group_on_paper(self) -> None:
        """A group whose decider is nobody of the directory: its report is printed and handed over."""
        circle = self.called(PAPER, by=self.gil, decider="Ceci ne sort pas d’ici : un nom")
        jade, ivo, hana = self.cast["jade"], self.cast["ivo"], self.cast["hana"]
        self.apply(circle, self.bob, self.chloe, self.dora, jade, ivo)
        self.made(circle, by=self.gil, guide=hana)
        self.ruled(circle, hana)
        starts = [clock.now().replace(hour=9) + days * DAY for days in (14, 21)]
        circles.fix_sessions(circle, by=hana, starts=starts)
        with clock.at(clock.now() + 30 * DAY):
            circle.refresh_from_db()
            if circle.state == "rules":
                circles.begin_sessions(circle, by=hana)
            circles.start_writing(circle, by=hana)
            self.hush()
            circle.refresh_from_db()
            circles.send_report(circle, by=hana)
            self.tell_only("report.sent")

    def questions_and_sheets_again(self) -> None:
        """Somebody is reminded of a question put to them, and of a sheet of theirs to be read again."""
        case = library.ask_case(self.workshop, by=self.bob, question="Comment rangez-vous la remise ?")
        # Some of them were asked enough this month, or are away.
        asked = library.route_case(case, [self.chloe, self.dora, self.gil, self.fatou])
        self.remind(Verb.ADVISE, asked[0])
        words: dict[str, Any] = {"situation": "Au quai.", "tried": "Ranger.", "given": "De la place."}
        sheet = library.save_draft(self.workshop, by=self.chloe, title="Ranger la remise", **words)
        sheet = library.publish_sheet(sheet, by=self.chloe)
        with clock.at(clock.now() + (sheet.review_days - 5) * DAY):
            library.ask_rereading()
            self.remind(Verb.REREAD, self.chloe)
