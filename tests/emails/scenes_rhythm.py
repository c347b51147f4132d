"""The clock reminds each one of what is expected of them, and tells what stays without an answer."""

from __future__ import annotations

import datetime as dt

from reciproque.agenda import actions as agenda
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import Verb
from reciproque.catalogue import actions as catalogue
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.kit import clock
from reciproque.matching.actions import propose_next, publish_suggestion, take_in
from reciproque.matching.models import Suggestion
from reciproque.networks import actions as networks
from tests.emails.scenes_stage import DAY, Stage


class RhythmScenes(Stage):
    """The clock reminds each one of what is expected of them, and tells what stays without an answer."""

    def reminders_on_the_way_to_an_exchange(self) -> None:
        introduction = self.asked("Lire un plan", network=self.workshop)
        self.remind(Verb.ANSWER, self.chloe)
        exchanges.ask_question(introduction, by=self.chloe, text="Un plan de quoi ?")
        self.remind(Verb.REPLY, self.bob)
        exchanges.reply_question(introduction, by=self.bob, text="D’atelier.")
        exchanges.accept_introduction(introduction, by=self.chloe)
        self.remind(Verb.PROPOSE, self.bob)
        exchange = Exchange.objects.get(people__introduction=introduction)
        meeting, slots = self.proposed(exchange, days=11)
        self.remind(Verb.CHOOSE, self.chloe)
        agenda.accept_slot(slots[0], by=self.chloe)
        meeting.refresh_from_db()
        with clock.at(slots[0].starts_at + dt.timedelta(hours=3)):
            agenda.ask_whether_held()
            self.remind(Verb.HELD, self.bob)
            exchanges.say_held(meeting, by=self.bob, held=True)
            self.remind(Verb.REVIEW, self.chloe)

    def reminder_of_an_exchange_left_without_a_word(self) -> None:
        exchange = self.accepted("Affûter un ciseau", self.workshop)
        meeting, slots = self.proposed(exchange)
        agenda.accept_slot(slots[0], by=self.chloe)
        meeting.refresh_from_db()
        with clock.at(clock.now() + 5 * DAY):
            # As an import or a meeting settled elsewhere leaves it: met, and nobody expected to say what follows.
            agenda.settle_meeting(meeting, by=self.bob, held=True)
            exchanges.mend_gaps()
            self.remind(Verb.GO_ON, self.bob)

    def reminder_of_a_mediation(self) -> None:
        """Played once Dora mediates."""
        introduction = self.asked("Conduire une réunion", network=self.mediated)
        exchanges.accept_introduction(introduction, by=self.chloe)
        introduction.refresh_from_db()
        if introduction.mediator != self.dora:
            exchanges.assign_mediator(introduction, self.dora, by=self.alice)
        meeting = live_meeting(introduction)
        start = clock.now().replace(hour=13) + 2 * DAY
        agenda.fix_date(meeting, start, by=self.dora)
        meeting.refresh_from_db()
        with clock.at(start + DAY):
            exchanges.say_held(meeting, by=self.dora, held=True)
            self.remind(Verb.TERMS, self.dora)

    def reminders_of_what_was_found(self) -> None:
        for author, title in ((self.chloe, "Vernir un meuble"), (self.dora, "Vernir un meuble ancien")):
            take_in(self.post(author, "offer", title, self.workshop))
        request = self.post(self.bob, "request", "Apprendre à vernir un meuble", self.workshop)
        take_in(request)
        introduction = exchanges.ask_introduction(
            self.workshop, requester=self.bob, offerer=self.chloe, request=request, by=self.bob
        )
        exchanges.refuse_introduction(introduction, by=self.chloe, refusal="time")
        propose_next(introduction)
        self.remind(Verb.NEXT, self.bob)
        request = self.post(self.bob, "request", "Cirer un parquet", self.workshop)
        offer = self.post(self.chloe, "offer", "Entretenir les parquets", self.workshop)
        found = Suggestion.objects.create(network=self.workshop, request=request, offer=offer, score=1)
        publish_suggestion(found, by=self.alice)
        self.remind(Verb.TRY, self.bob)

    def reminder_to_confirm(self) -> None:
        held_on = clock.now().date() - 10 * DAY
        exchanges.declare_exchange(
            self.workshop,
            requester=self.bob,
            offerer=self.chloe,
            by=self.bob,
            title="Réparer une chaise",
            held_on=held_on,
        )
        self.remind(Verb.CONFIRM, self.chloe)

    def reminders_to_members(self) -> None:
        networks.publish_charter(self.workshop, by=self.alice, text_fr="La charte des ateliers.")
        agenda.ask_signatures(self.workshop)
        self.remind(Verb.SIGN, self.bob)
        person = self.make_person("Jules", "Caron", language=self.bob.language)
        membership = networks.join_network(self.workshop, person, by=person)
        agenda.welcome_member(membership)
        self.remind(Verb.OFFER, person)
        self.remind(Verb.REQUEST, person)

    def posts_without_a_word(self) -> None:
        post = self.post(self.bob, "offer", "Rempailler un fauteuil", self.workshop)
        with clock.at(post.expires_at - 10 * DAY):
            catalogue.warn_expiring()
            self.remind(Verb.RENEW, self.bob)
            catalogue.renew_post(post, by=self.bob)
        post = self.post(self.bob, "offer", "Tourner le bois", self.workshop)
        with clock.at(clock.now() + (self.workshop.silent_days + 1) * DAY):
            self.hush()
            exchanges.tend_silent_offers()
            self.tell()

    def pause(self) -> None:
        until = clock.now() + 5 * DAY
        networks.pause_membership(self.membership(self.emile, self.workshop), by=self.emile, until=until)
        self.hush()
        with clock.at(until + DAY):
            networks.end_pauses()
            self.tell()

    def late_desk(self) -> None:
        """Dates that nobody proposes become the team's, then the sponsor's concern."""
        self.accepted("Souder à l’étain", self.workshop)
        start = clock.now()
        for days in (15, 36):
            with clock.at(start + days * DAY):
                agenda.escalate_overdue()
                self.hush()
                agenda.tell_late_desk()
                self.tell()
