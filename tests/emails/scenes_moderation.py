"""Something is reported, answered, appealed against; nothing of what was said leaves the pages."""

from __future__ import annotations

from typing import Any

from reciproque.agenda.rules import Verb
from reciproque.catalogue import actions as catalogue
from reciproque.kit import clock
from reciproque.moderation import actions as moderation
from reciproque.moderation.models import Report
from reciproque.networks import actions as networks
from reciproque.networks.models import RoleGrant
from reciproque.people.models import Person
from tests.emails.scenes_stage import DAY, Stage

REPORTED = "Ce ton me rabaisse devant tous."
DECIDED = "Le ton est à revoir."
APPEALED = "Je plaisantais."
ANSWERED = "Relu à tête reposée."
# Written by those concerned: read on their pages only.
UNSAID = (REPORTED, DECIDED, APPEALED, ANSWERED)


class ModerationScenes(Stage):
    """Something is reported, answered, appealed against; nothing of what was said leaves the pages."""

    def report(self, about: Any, handler: Person, **fields: Any) -> Report:
        values = {"by": self.bob, "reason": "hurtful", "words": REPORTED} | fields
        self.hush()
        report = moderation.make_report(self.workshop, about=about, handler=handler, **values)
        self.tell()
        return report

    def reported_post(self) -> None:
        """A correction is asked for, made, and not enough: the post is hidden, its author appeals, another answers."""
        post = self.post(self.chloe, "offer", "Diriger un chantier", self.workshop)
        report = self.report(post, self.alice)
        moderation.decide(report, by=self.alice, kind="change", words=DECIDED)
        self.tell()
        self.remind(Verb.AMEND, self.chloe)
        catalogue.edit_post(post, by=self.chloe, title="Conduire un chantier")
        moderation.note_amended(post)
        self.tell()
        report.refresh_from_db()
        decision = moderation.decide(report, by=self.alice, kind="hide", words=DECIDED)
        self.tell_only("decision.told", "report.answered")
        appeal = moderation.appeal_decision(decision, by=self.chloe, words=APPEALED)
        self.tell()
        self.remind(Verb.APPEAL, self.gil)
        with clock.at(clock.now() + 9 * DAY):
            moderation.tend_reports()
            self.tell()
            moderation.answer_appeal(appeal, by=self.gil, overturn=True, words=ANSWERED)
            self.tell_only("appeal.answered", "appeal.outcome")

    def reported_conduct(self) -> None:
        """Nobody answers in time; who was in charge of the report, then of the appeal, animates no more."""
        report = self.report(self.chloe, self.alice)
        self.remind(Verb.MODERATE, self.alice)
        with clock.at(clock.now() + 9 * DAY):
            moderation.tend_reports()
            self.tell()
        until = clock.now() + 20 * DAY
        decision = moderation.decide(report, by=self.alice, kind="pause", words=DECIDED, until=until)
        self.tell_only("decision.told", "report.answered")
        moderation.appeal_decision(decision, by=self.chloe, words=APPEALED)
        self.tell()
        self.animates_no_more(self.gil)
        networks.grant_role(self.workshop, self.gil, "animator", by=None)
        self.report(self.chloe, self.gil, by=self.emile)
        self.animates_no_more(self.gil)

    def animates_no_more(self, person: Person) -> None:
        grant = RoleGrant.objects.held().get(person=person, network=self.workshop, role="animator")
        networks.withdraw_role(grant, by=self.ada)
        self.hush()
        moderation.tend_reports()
        self.tell()
