"""Skills: seen, confirmed by those who learned, certified by the community, doubted, ended; a key that was broken."""

from __future__ import annotations

from typing import Any

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.catalogue.actions import get_or_create_topic
from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.kit import clock
from reciproque.people.models import Person
from reciproque.recognition import actions as recognition
from reciproque.recognition.models import Badge, Certification, Contest, Skill
from tests.emails.scenes_stage import DAY, Stage

SAVOIRS = ["Greffer un pommier", "Reconnaître un champignon", "Affûter une lame"]


class SkillScenes(Stage):
    """What somebody passed on is seen, theirs first; those who learned say so, or not."""

    def skills_of_chloe(self) -> None:
        """Bob and Dora learned from Chloé: her savoir is certified, doubted twice, ends in each way."""
        recognition.set_rule(self.direct, by=self.alice, confirmations=2, units=2, months=6)
        self.hush()
        first, second, third = (self._learned(title) for title in SAVOIRS)
        self.tell_only("skill.seen")
        recognition.ask_confirmation(first, by=self.chloe, people=[self.bob, self.dora])
        self.tell()
        self.remind(Verb.WITNESS, self.bob)
        for learner in (self.bob, self.dora):
            self._confirm(first, learner)
            self.tell()
        recognition.choose_audience(self.chloe, "network", by=self.chloe)
        self._doubted(first, self.alice, upheld=False)
        badge = recognition.issue_badge(self._certification(first), by=self.chloe)
        self.hush()
        recognition.break_key(Badge.objects.get(pk=badge.pk).key, by=self.ada)
        self.tell()
        self._doubted(first, self.fatou, upheld=True)
        for skill in (second, third):
            for learner in (self.bob, self.dora):
                self._confirm(skill, learner)
        self.hush()
        recognition.withdraw_confirmation(second.confirmations.get(by=self.bob), by=self.bob)
        self.tell()
        with clock.at(self._certification(third).until - 30 * DAY):
            recognition.warn_ending()
            self.tell()
        with clock.at(self._certification(third).until):
            recognition.end_expired()
            self.tell()
        with clock.at(clock.now() + DAY):
            self._confirm(first, self.bob)
            self._confirm(first, self.dora)
            self.hush()
            recognition.set_rule(self.direct, by=self.alice, confirmations=5, units=2, months=6)
            self.tell()
        recognition.set_rule(self.direct, by=self.alice, on=False)
        self.hush()

    def _learned(self, title: str) -> Skill:
        get_or_create_topic(title)
        for learner in (self.bob, self.dora):
            exchange = declare_exchange(
                self.direct,
                requester=learner,
                offerer=self.chloe,
                by=None,
                title=title,
                held_on=clock.now().date(),
            )
            confirm_exchange(exchange, by=learner)
            recognition.note_exchange(exchange)
        return Skill.objects.select_related("topic", "person").get(person=self.chloe, topic__name=title)

    def _confirm(self, skill: Skill, learner: Any) -> None:
        exchange = next(
            piece.source_id
            for piece in skill.evidence.order_by("pk")
            if learner.exchanges.filter(exchange__public_id=piece.source_id).exists()
        )
        recognition.confirm_skill(
            skill.person, skill.topic, by=learner, source=("exchange", exchange), words="Merci."
        )

    def _certification(self, skill: Skill) -> Certification:
        rows = Certification.objects.select_related("skill__person", "skill__topic", "network")
        return rows.get(skill=skill, ended_at=None)

    def _doubted(self, skill: Skill, by: Person, *, upheld: bool) -> None:
        """Someone doubts; whoever may answer (an administrator, when it is the animator who doubts) does, after a reminder."""
        row = recognition.contest(self._certification(skill), by=by, words="Je n’en suis pas sûr.")
        self.tell()
        owner = Step.objects.open().get(verb=Verb.CONTEST).owner
        if upheld:
            self.remind(Verb.CONTEST, owner)
        row = Contest.objects.select_related("certification__skill__person", "certification__network").get(
            pk=row.pk
        )
        recognition.settle_contest(row, by=owner, upheld=upheld, answer="Après en avoir parlé.")
        self.tell()
