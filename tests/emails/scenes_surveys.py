"""Questionnaires: sent to members, set off by an event, reminded, cancelled, closed."""

from __future__ import annotations

from typing import Any

from reciproque.agenda.rules import Verb
from reciproque.kit import clock
from reciproque.surveys import actions as surveys
from reciproque.surveys.models import Campaign, Seat
from tests.emails.scenes_stage import DAY, Stage


class SurveyScenes(Stage):
    """Questionnaires: sent to members, set off by an event, reminded, cancelled, closed."""

    def questionnaires(self) -> None:
        """Alice sends one to the members, cancels it, sends another whose results are theirs to read; newcomers have theirs."""
        row = surveys.copy_supplied(self.direct, "effects", by=self.alice)
        surveys.publish_version(row, by=self.alice)

        def send(**more: Any) -> Campaign:
            today = clock.now().date()
            more = {"trigger": "date", "mode": "confidential", **more}
            campaign = surveys.plan_campaign(
                row, by=self.alice, network=self.direct, opens_on=today, closes_on=today + 30 * DAY, **more
            )
            return surveys.open_campaign(campaign, by=self.alice)

        cancelled = send()
        self.tell_only("campaign.opened")
        self.remind(Verb.FILL, self.chloe)
        surveys.cancel_campaign(cancelled, by=self.alice)
        self.tell_only("campaign.cancelled")
        shared = send(shared=True)
        for seat in Seat.objects.filter(campaign=shared).select_related("campaign", "person"):
            answered = {"took_part": "yes", "recognition": "some", "autonomy": "some", "solidarity": "much"}
            answered |= {"cooperation": "much", "transversality": "little", "wellbeing": "some"}
            surveys.submit_answer(seat, by=seat.person, values=answered)
        surveys.close_campaign(shared, by=self.alice)
        self.tell_only("campaign.closed")
        send(trigger="joining")
        surveys.invite_by_event("joining", self.direct, [self.chloe])
        self.tell_only("campaign.invited")
