"""A learning community: those who know are called upon, members are invited to help, maturity is looked at."""

from __future__ import annotations

from reciproque.agenda.rules import Verb
from reciproque.insights import actions as insights
from reciproque.kit import clock
from reciproque.networks.actions import change_settings
from reciproque.recognition import actions as recognition
from reciproque.recognition.models import Call
from reciproque.recognition.rules import CallKind
from tests.emails.scenes_stage import DAY, Stage


class CommunityScenes(Stage):
    """A learning community: those who know are called upon, members are invited to help, maturity is looked at."""

    def called_upon(self) -> None:
        """Alice calls upon Chloé for each thing in turn, and Chloé answers in each way; nobody else may be asked."""
        for person in (self.bob, self.dora, self.emile, self.fatou):
            recognition.choose_calls(person, by=person, most=0)
        topic = self.post(self.chloe, "offer", "Tailler les rosiers", topics=["Rosiers"]).topics.get()
        self.hush()

        def call(kind: str) -> Call:
            row = recognition.call_someone(
                self.direct,
                topic,
                kind=kind,
                person=self.chloe,
                by=self.alice,
                words="Vous en parlez si bien.",
            )
            self.tell()
            return row

        offered = call(CallKind.OFFER)
        self.remind(Verb.PASS_ON, self.chloe)
        recognition.answer_call(offered, by=self.chloe, yes=True)
        self.tell()
        recognition.call_done(offered, by=self.chloe)
        self.tell()
        recognition.answer_call(call(CallKind.SHEET), by=self.chloe, yes=False)
        self.tell()
        recognition.withdraw_call(call(CallKind.ANSWER), by=self.alice)
        self.tell()
        call(CallKind.SUCCESSOR)
        with clock.at(clock.now() + 30 * DAY):
            recognition.lapse_calls()
            self.tell()
        recognition.answer_call(call(CallKind.GROUP), by=self.chloe, yes=True)
        self.hush()

    def invited_to_help(self) -> None:
        """Alice invites two members to accompany introductions: one agrees, the other would rather not."""
        for person, accepted in ((self.dora, True), (self.bob, False)):
            invitation = insights.invite_helper(self.direct, person, by=self.alice)
            self.tell()
            insights.answer_invitation(invitation, by=person, accepted=accepted)
            self.tell_only("helper.accepted", "helper.declined")

    def maturity_to_look_at(self) -> None:
        """A network becomes a learning community: those who animate it are asked where it stands."""
        systems = list(self.direct.systems)
        change_settings(self.direct, by=self.ada, systems=[*systems, "community"])
        self.hush()
        insights.ask_maturity()
        self.tell()
        change_settings(self.direct, by=self.ada, systems=systems)
        self.hush()
