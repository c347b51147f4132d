"""Two people are brought together, meet, and end their exchange in every way."""

from __future__ import annotations

from typing import Any

from reciproque.agenda import actions as agenda
from reciproque.agenda.queries import live_meeting
from reciproque.catalogue import actions as catalogue
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.networks import actions as networks
from reciproque.networks.models import Membership
from reciproque.people.models import Person
from tests.emails.scenes_stage import DAY, Stage


class ExchangeScenes(Stage):
    """Two people are brought together, meet, and end their exchange in every way."""

    def direct_exchange(self) -> None:
        introduction = self.ask(message="Bonjour Chloé")
        exchanges.ask_question(introduction, by=self.chloe, text="Pour quelle date ?")
        self.tell()
        exchanges.reply_question(introduction, by=self.bob, text="Avant avril.")
        self.tell()
        exchanges.accept_introduction(introduction, by=self.chloe)
        self.tell()
        exchange = Exchange.objects.get(people__introduction=introduction)
        exchanges.write_message(exchange, "Ceci ne sort pas d’ici.", by=self.chloe)
        self.tell()
        meeting, slots = self.meeting(exchange, by=self.bob)
        agenda.accept_slot(slots[0], by=self.chloe)
        self.tell()
        meeting.refresh_from_db()
        agenda.propose_slots(meeting, [clock.now() + 6 * DAY], by=self.bob)
        self.tell()
        meeting.refresh_from_db()
        agenda.fix_date(meeting, clock.now() + 7 * DAY, by=self.chloe)
        self.tell()
        with clock.at(clock.now() + 8 * DAY):
            agenda.ask_whether_held()
            self.tell()
            meeting.refresh_from_db()
            exchanges.say_held(meeting, by=self.chloe, held=False)
            self.tell()
            other, slots = self.meeting(exchange, by=self.chloe)
            agenda.accept_slot(slots[0], by=self.bob)
            self.tell()
            with clock.at(clock.now() + 5 * DAY):
                other.refresh_from_db()
                exchange.refresh_from_db()
                exchanges.say_held(other, by=self.chloe, held=True)
                self.tell()
                exchange.refresh_from_db()
                exchanges.extend_exchange(exchange, by=self.chloe)
                meeting = live_meeting(exchange)
                agenda.settle_meeting(meeting, by=self.chloe, held=True, starts_at=clock.now() - DAY)
                exchange.refresh_from_db()
                exchanges.finish_exchange(exchange, by=self.chloe)
                self.tell()
                exchanges.submit_review(exchange, by=self.chloe, satisfaction="4")
                self.tell()
                exchanges.submit_review(exchange, by=self.alice, author=self.bob, satisfaction="4")
                self.tell()

    def offered(self) -> None:
        request = self.post(self.bob, "request", "Préparer un budget")
        introduction = exchanges.ask_introduction(
            self.direct, requester=self.bob, offerer=self.chloe, request=request, by=self.chloe
        )
        self.tell()
        exchanges.accept_introduction(introduction, by=self.bob)
        self.tell()
        exchange = Exchange.objects.get(people__introduction=introduction)
        meeting, slots = self.meeting(exchange, by=self.bob)
        agenda.accept_slot(slots[0], by=self.chloe)
        self.tell()
        meeting.refresh_from_db()
        agenda.cancel_meeting(meeting, by=self.bob, reason="Un empêchement, pardon.")
        self.tell()
        exchanges.stop_exchange(exchange, by=self.bob, reason="Mon projet est annulé.")
        self.tell()

    def invitations_to_withdraw(self) -> None:
        introduction = self.ask("Écrire un compte rendu")
        exchanges.accept_introduction(introduction, by=self.chloe)
        exchange = Exchange.objects.get(people__introduction=introduction)
        for verb in ("reopen", "cancel"):
            meeting, slots = self.meeting(exchange, by=self.bob, days=9 if verb == "reopen" else 12)
            agenda.accept_slot(slots[0], by=self.chloe)
            self.tell()
            meeting.refresh_from_db()
            if verb == "reopen":
                agenda.propose_slots(meeting, [clock.now() + 20 * DAY], by=self.bob)
            else:
                agenda.cancel_meeting(meeting, by=self.bob, reason="Je change de poste.")
            self.tell()
        agenda.plan_meeting(
            exchange,
            [self.bob, self.chloe],
            network=self.direct,
            kind="exchange",
            title=exchange.title,
            by=self.bob,
            proposer=self.bob,
        )
        agenda.cancel_meeting(live_meeting(exchange), by=self.chloe, reason="Parlons-nous d’abord.")
        self.tell()
        exchanges.stop_exchange(exchange, by=self.chloe, reason="Nous avons terminé autrement.")
        self.hush()

    def endings(self) -> None:
        self.ask("Lire un bilan", by=self.alice)
        introduction = self.ask("Animer une réunion")
        exchanges.refuse_introduction(
            introduction, by=self.chloe, refusal="time", reason="En juin, volontiers."
        )
        self.tell()
        introduction = self.ask("Parler en public")
        exchanges.withdraw_introduction(introduction, by=self.bob, reason="J’ai trouvé.")
        self.tell()
        introduction = self.ask("Classer ses courriels")
        catalogue.withdraw_post(introduction.offer, by=self.chloe)
        self.hush()
        exchanges.release_post(introduction.offer)
        self.tell()
        introduction = self.ask("Faire un plan")
        with clock.at(clock.now() + 20 * DAY):
            exchanges.lapse_overdue()
            self.tell()
        record(
            "introduction.next_proposed",
            introduction,
            network=self.direct,
            people=[self.bob],
            title="Faire un plan",
            requester=self.bob.public_id,
            offer_title="Structurer un document",
            name="Dora Haddad",
        )
        self.tell()

    def mediated_exchange(self) -> None:
        introduction = self.ask("Tenir un tableau de bord", network=self.mediated)
        exchanges.accept_introduction(introduction, by=self.chloe)
        self.tell()
        networks.grant_role(self.mediated, self.dora, "mediator", by=self.alice)
        self.tell()
        exchanges.assign_mediator(introduction, self.dora, by=self.alice)
        self.tell()
        exchanges.agree_introduction(introduction, by=self.dora)
        self.tell()
        other = self.ask("Négocier un délai", network=self.mediated)
        exchanges.accept_introduction(other, by=self.chloe)
        self.tell()
        exchanges.end_unmatched(other, by=self.dora, reason="Les attentes étaient différentes.")
        self.tell()

    def small_group(self) -> None:
        offer = self.post(self.chloe, "offer", "Prendre des notes", small_group=True)
        first = exchanges.ask_introduction(
            self.direct, requester=self.emile, offerer=self.chloe, offer=offer, by=self.emile
        )
        exchanges.accept_introduction(first, by=self.chloe)
        exchange = Exchange.objects.get(people__introduction=first)
        self.tell()
        second = exchanges.ask_introduction(
            self.direct, requester=self.bob, offerer=self.chloe, offer=offer, by=self.bob
        )
        exchanges.accept_introduction(second, by=self.chloe, into=exchange)
        self.tell()
        networks.leave_network(Membership.objects.get(person=self.emile, network=self.direct), by=self.emile)
        exchanges.release_person(self.emile, network=self.direct)
        self.tell()

    def declarations(self) -> None:
        held_on = clock.now().date() - 10 * DAY

        def declare(title: str, by: Person) -> Any:
            exchange = exchanges.declare_exchange(
                self.direct, requester=self.bob, offerer=self.chloe, by=by, title=title, held_on=held_on
            )
            self.tell()
            return exchange

        exchanges.confirm_exchange(declare("Tri du courrier", self.bob), by=self.chloe)
        self.tell()
        exchanges.deny_exchange(declare("Calcul de paie", self.bob), by=self.chloe)
        self.tell()
        declare("Accueil au guichet", self.alice)
        lonely = exchanges.declare_exchange(
            self.direct, requester=self.bob, offerer=self.chloe, by=None, title="Import", held_on=held_on
        )
        self.tell()
        record(
            "exchange.opened",
            lonely,
            by=self.alice,
            network=self.direct,
            people=[self.bob, self.chloe],
            title="Atelier budget",
            requesters=[self.bob.public_id],
            offerers=[self.chloe.public_id],
        )
        self.tell()
