"""A learning network from its frame to its bulletin: a vote, a committee, a launch day, what is tried and proposed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.initiatives import actions as initiatives
from reciproque.initiatives.actions import bulletins, committee, days, groups, merging, seats, subjects
from reciproque.initiatives.models import Experiment, Frame, LaunchDay, Proposal, WorkGroup
from reciproque.kit import clock
from reciproque.networks import actions as networks
from tests.emails.scenes_stage import DAY, Stage

HOUR = dt.timedelta(hours=1)
ROOMS = [("Salle Curie", 12), ("Salle Jaurès", 1)]
UNSAID = "Ceci ne sort pas d’ici"


class LearningScenes(Stage):
    """One learning network, in the order in which it lives; all that is written by hand stays on its pages."""

    frame: Frame
    group: WorkGroup

    def learning_network(self) -> None:
        """The whole life, scene after scene."""
        self.network_framed()
        self.panel_votes()
        self.committee_sits()
        self.launch()
        self.launch_called_off()
        self.groups_work()
        self.groups_asked()
        self.experiment_adopted()
        self.experiments_given_up()
        self.proposal_written()
        self.proposal_carried()
        self.other_answers()
        self.bulletin_read()

    def network_framed(self) -> None:
        net = networks.create_network(
            "Ensemble", by=None, slug="ensemble", name_en="Together", mediation="direct", reciprocity="open"
        )
        for person in (self.bob, self.chloe, self.dora, self.gil):
            networks.join_network(net, person, by=person)
        networks.grant_role(net, self.alice, "animator", by=None)
        self.hush()
        self.frame = initiatives.open_frame(net, by=self.alice, sponsor=self.emile, vision=UNSAID)
        self.tell_only("frame.opened")

    def panel_votes(self) -> None:
        frame = self.frame
        for title in ("Répondre le jour même", "Des débutants à l’aise en un mois"):
            initiatives.propose_result(
                frame, by=self.alice, title=title, tied_to="customer", horizon="direct", words=UNSAID
            )
        panel = [self.bob, self.chloe, self.dora]
        initiatives.invite_panel(frame, by=self.alice, people=panel)
        self.tell()
        initiatives.open_vote(frame, by=self.alice, closes_at=clock.now() + 20 * DAY)
        self.tell()
        self.remind(Verb.VOTE, self.bob)
        initiatives.extend_vote(frame, by=self.alice, closes_at=clock.now() + 30 * DAY)
        self.tell()
        for person in panel:
            values = {row.public_id: (4, UNSAID) for row in frame.results.all()}
            initiatives.vote(frame, by=person, values=values)
        initiatives.close_vote(frame, by=self.alice)
        self.tell()
        initiatives.choose_themes(frame, by=self.alice, results=list(frame.results.all()))

    def committee_sits(self) -> None:
        """Fatou and Émile answer for the committee; Gil leaves it, and is told what happens."""
        frame = self.frame
        for person in (self.fatou, self.emile, self.gil):
            initiatives.join_committee(frame, by=self.alice, person=person, role="Direction")
        self.tell()
        seat = frame.committee.select_related("frame__network", "person").get(person=self.gil)
        initiatives.leave_committee(seat, by=self.alice)
        self.tell()
        chair = frame.committee.select_related("frame__network", "person").get(person=self.emile)
        initiatives.name_chair(chair, by=self.alice)
        self.tell()
        due = (clock.now() + 20 * DAY).date()
        row = initiatives.write_note(frame, by=self.alice, person=self.ada, what=UNSAID, due_on=due)
        self.remind(Verb.INFORM, self.alice)
        initiatives.send_note(row, by=self.alice)
        self.tell()
        self.remind(Verb.ACK, self.ada)
        self.hush()
        with clock.at(clock.now() + 30 * DAY):
            committee.tell_unread()
            self.tell()
        initiatives.acknowledge_note(row, by=self.ada)
        self.tell()
        frame.phase = "work"  # asked in May and November only: the clock is moved there for this one
        month = clock.now().replace(month=5, day=4)
        with clock.at(month):
            committee.ask_postures()
            self.hush()
            self.remind(Verb.POSTURE, self.fatou)
        frame.refresh_from_db()

    def launch_day(self, title: str) -> LaunchDay:
        start = (clock.now() + 9 * DAY).replace(hour=8, minute=0)
        slots = [(start + k * HOUR, start + (k + 1) * HOUR) for k in range(2)]
        return days.plan_day(
            self.frame, by=self.alice, title=title, slots=slots, rooms=ROOMS, place="Siège, 2e étage"
        )

    def launch(self) -> None:
        day = self.launch_day("Notre journée de lancement")
        self.tell()
        kept = subjects.add_subject(day, by=self.bob, title="Répondre en une journée", seats=1)
        folded = subjects.add_subject(day, by=self.chloe, title="Répondre dans la journée")
        seats.sign_up(kept, by=self.gil)
        seats.sign_up(kept, by=self.dora)
        rows = list(day.slots.all())
        later = [(row.starts_at + HOUR, row.ends_at + HOUR) for row in rows]
        days.edit_day(day, by=self.alice, title=day.title, slots=later, rooms=ROOMS, place=day.place)
        self.tell()
        merge = merging.ask_merge(kept, folded, by=self.bob)
        self.tell()
        self.remind(Verb.MERGE, self.chloe)
        merging.answer_merge(merge, by=self.chloe, agreed=False)
        self.tell()
        merging.answer_merge(merging.ask_merge(kept, folded, by=self.bob), by=self.chloe, agreed=True)
        self.tell_only("wall_subject.merged")
        seats.leave_subject(kept, by=self.gil)
        self.tell()
        subjects.edit_subject(kept, by=self.bob, title=kept.title, seats=2)
        seats.sign_up(kept, by=self.gil)
        self.hush()
        subjects.edit_subject(kept, by=self.bob, title=kept.title, seats=1)
        self.tell()
        slot, room = day.slots.first(), day.rooms.first()
        assert slot is not None
        assert room is not None
        subjects.place_subject(kept, by=self.alice, slot=slot.public_id, room=room.public_id)
        self.tell()
        other = subjects.add_subject(day, by=self.chloe, title="Une langue de plus au guichet")
        seats.sign_up(other, by=self.dora)
        subjects.hand_subject(other, by=self.chloe, to=self.gil)
        self.tell()
        subjects.withdraw_subject(other, by=self.gil)
        self.tell()
        days.open_day(day, by=self.alice)
        subjects.write_report(kept, by=self.chloe, words=UNSAID, version=0)
        self.tell()
        self.group = groups.form_group(self.frame, by=self.bob, subject=kept)
        self.tell()
        days.close_day(day, by=self.alice)

    def launch_called_off(self) -> None:
        day = self.launch_day("Une seconde journée")
        seats.sign_up(subjects.add_subject(day, by=self.bob, title="Un sujet de plus"), by=self.dora)
        self.hush()
        days.cancel_day(day, by=self.alice, reason="La salle n’est plus libre ce jour-là.")
        self.tell()

    def groups_work(self) -> None:
        """Karl animates the group, sees people come and go, then leaves the network."""
        net, group = self.frame.network, self.group
        karl = self.make_person("Karl", "Hahn", language=self.bob.language)
        self.cast["karl"] = karl
        networks.join_network(net, karl, by=karl)
        networks.add_to_pool(net, karl, by=self.alice, abilities=["facilitate"])
        self.hush()
        groups.name_group_facilitator(group, by=self.alice, person=karl)
        self.tell()
        for person in (self.chloe, self.dora):
            groups.join_group(group, by=person)
        groups.leave_group(group, by=self.dora)
        groups.turn_group(group, by=karl, verb="start")
        self.tell()
        groups.leave_groups(karl, net)
        self.tell()

    def groups_asked(self) -> None:
        ask: dict[str, Any] = {"by": self.alice, "kind": "question", "words": UNSAID}
        first = initiatives.ask_problem(
            self.frame, title="Que dire quand on ne sait pas ?", group=self.group, **ask
        )
        self.tell()
        waited = Step.objects.open().get(verb=Verb.TAKE).owner
        assert waited is not None
        self.remind(Verb.TAKE, waited)
        initiatives.take_problem(first, by=self.bob, group=self.group)
        initiatives.answer_problem(first, by=self.bob, answer=UNSAID)
        self.tell()
        second = initiatives.ask_problem(self.frame, title="Combien de temps attend-on ?", **ask)
        third = initiatives.ask_problem(
            self.frame, by=self.chloe, kind="problem", title="On attend trop longtemps", words=UNSAID
        )
        self.hush()
        initiatives.merge_problems(second, third, by=self.alice)
        initiatives.set_aside(second, by=self.emile, reasons=UNSAID)
        self.tell()

    def learning_experiment(self, title: str, *, group: WorkGroup | None = None) -> Experiment:
        today = clock.now().date()
        return initiatives.draft_experiment(
            self.frame,
            by=self.bob,
            title=title,
            group=group,
            hypothesis=UNSAID,
            where="Au guichet",
            with_whom="Deux équipes",
            consent=UNSAID,
            tied_to="both",
            measure="Délai moyen",
            start_value="4 jours",
            criteria=UNSAID,
            starts_on=today,
            ends_on=today + 30 * DAY,
        )

    def experiment_adopted(self) -> None:
        one = self.learning_experiment("Un rappel avant midi", group=self.group)
        self.remind(Verb.DRAFT, self.bob)
        initiatives.ask_support(one, by=self.bob)
        self.tell()
        self.remind(Verb.SUPPORT, self.emile)
        initiatives.answer_support(one, by=self.emile, supported=False, words=UNSAID)
        self.tell()
        initiatives.edit_experiment(one, by=self.bob, criteria="Deux jours au plus")
        initiatives.ask_support(one, by=self.bob)
        initiatives.answer_support(one, by=self.emile, supported=True)
        self.tell()
        self.remind(Verb.RUN, self.bob)
        initiatives.start_experiment(one, by=self.bob)
        self.tell()
        initiatives.change_criteria(one, by=self.bob, criteria="Trois jours au plus", reason=UNSAID)
        self.tell()
        initiatives.measure_experiment(one, by=self.bob, result_value="2 jours", result=UNSAID, met="yes")
        self.tell()
        self.remind(Verb.DECIDE, self.emile)
        initiatives.decide_experiment(one, by=self.emile, decision="adopt", lesson=UNSAID)
        self.tell()
        obstacle = initiatives.raise_obstacle(
            self.frame, by=self.bob, words="La ligne du guichet est fermée à midi.", group=self.group
        )
        self.tell()
        self.remind(Verb.LIFT, self.emile)
        initiatives.settle_obstacle(obstacle, by=self.emile, lifted=True, reasons=UNSAID)
        other = initiatives.raise_obstacle(
            self.frame, by=self.bob, words="Il manque un poste.", group=self.group
        )
        initiatives.settle_obstacle(other, by=self.emile, lifted=False, reasons=UNSAID)
        self.tell()

    def experiments_given_up(self) -> None:
        failed = self.learning_experiment("Répondre le dimanche", group=self.group)
        initiatives.ask_support(failed, by=self.bob)
        initiatives.answer_support(failed, by=self.emile, supported=True)
        initiatives.start_experiment(failed, by=self.bob)
        initiatives.measure_experiment(failed, by=self.bob, result_value="0", result=UNSAID, met="no")
        self.hush()
        initiatives.decide_experiment(failed, by=self.emile, decision="stop", lesson=UNSAID)
        self.tell()
        dropped = self.learning_experiment("Répondre la nuit", group=self.group)
        self.hush()
        initiatives.drop_experiment(dropped, by=self.bob)
        self.tell()
        handed = self.learning_experiment("Répondre à plusieurs")
        initiatives.hand_experiment(handed, self.dora, by=self.bob)
        self.tell()

    def learning_proposal(self, title: str) -> Proposal:
        fields: dict[str, Any] = {
            "problem": UNSAID,
            "words": UNSAID,
            "gains": UNSAID,
            "cost": UNSAID,
            "tied_to": "both",
        }
        return initiatives.draft_proposal(self.frame, by=self.bob, title=title, **fields)

    def proposal_written(self) -> None:
        """Bob writes with Chloé and Gil; Dora follows it and proposes a change; Gil takes his name off."""
        one = self.learning_proposal("Un seul numéro pour joindre l’équipe")
        initiatives.invite_author(one, self.chloe, by=self.bob)
        self.tell()
        self.remind(Verb.COSIGN, self.chloe)
        initiatives.answer_invitation(one, by=self.chloe, accept=True)
        initiatives.invite_author(one, self.gil, by=self.bob)
        initiatives.answer_invitation(one, by=self.gil, accept=True)
        self.tell()
        initiatives.leave_authors(one, by=self.gil)
        self.tell()
        initiatives.submit_proposal(one, by=self.bob)
        self.tell()
        initiatives.follow(one, by=self.dora)
        self.remind(Verb.RESOLVE, self.emile)
        for taken in (True, False):
            change = initiatives.amend(one, by=self.dora, words=UNSAID)
            self.tell()
            initiatives.answer_amendment(change, by=self.bob, taken=taken, answer=UNSAID)
            self.tell()
        initiatives.edit_proposal(one, by=self.bob, words="Un numéro, une personne")
        self.tell()
        self.one = one

    def proposal_carried(self) -> None:
        one: Any = self.one
        initiatives.answer_proposal(one, by=self.emile, kind="reframed", reasons=UNSAID, change=UNSAID)
        self.tell()
        self.remind(Verb.REFRAME, self.bob)
        initiatives.edit_proposal(one, by=self.bob, words="Un numéro pour deux équipes")
        initiatives.submit_proposal(one, by=self.bob)
        self.hush()
        initiatives.answer_proposal(one, by=self.emile, kind="validated", reasons=UNSAID)
        self.tell()
        due = (clock.now() + 40 * DAY).date()
        initiatives.carry_proposal(one, by=self.emile, owner=self.gil, review_on=due)
        self.tell()
        self.remind(Verb.CARRY, self.gil)
        initiatives.report_progress(one, by=self.gil, percent=50, words=UNSAID)
        self.tell()
        initiatives.finish_proposal(one, by=self.gil, outcome=UNSAID)
        self.tell()

    def other_answers(self) -> None:
        later, no, gone = (
            self.learning_proposal(title) for title in ("Plus tard", "Une idée de trop", "Une autre")
        )
        for proposal in (later, no, gone):
            initiatives.submit_proposal(proposal, by=self.bob)
        self.hush()
        until = (clock.now() + 60 * DAY).date()
        answer: dict[str, Any] = {"by": self.emile, "reasons": UNSAID}
        initiatives.answer_proposal(later, kind="deferred", until=until, **answer)
        initiatives.answer_proposal(no, kind="declined", **answer)
        initiatives.withdraw_proposal(gone, by=self.bob)
        self.tell()

    def bulletin_read(self) -> None:
        with clock.at(clock.now() + DAY):
            bulletin = bulletins.prepare_bulletin(self.frame, by=self.alice)
            bulletins.send_bulletin(bulletin, by=self.alice)
            self.tell()
