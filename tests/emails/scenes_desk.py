"""What the animation team does: it acts in someone's name, encourages, writes; a group goes on without someone."""

from __future__ import annotations

from reciproque.agenda import actions as agenda
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.kit import clock
from reciproque.moderation.actions import stop_here
from reciproque.networks import actions as networks
from reciproque.networks.models import Membership
from reciproque.notices.actions import preview_broadcast, send_broadcast
from tests.emails.scenes_stage import DAY, Stage


class DeskScenes(Stage):
    """What the animation team does: it acts in someone's name, encourages, writes; a group goes on without someone."""

    def in_someones_name(self) -> None:
        introduction = self.asked("Tenir une caisse", network=self.workshop)
        self.hush()
        exchanges.accept_for(introduction, by=self.alice)
        self.tell_only("behalf.done")
        exchange = Exchange.objects.get(people__introduction=introduction)
        meeting, slots = self.proposed(exchange)
        exchanges.accept_slot_for(slots[0], self.chloe, by=self.alice)
        self.tell_only("behalf.done")
        with clock.at(slots[0].starts_at + DAY):
            meeting.refresh_from_db()
            exchanges.say_held_for(meeting, self.bob, by=self.alice, held=True)
            self.tell_only("behalf.done")

    def encouraged(self) -> None:
        person = self.make_person("Karim", "Adam", language=self.bob.language)
        other = self.make_person("Lina", "Faure", language=self.bob.language)
        for one, lacking in ((person, "offer"), (other, "request")):
            membership: Membership = networks.join_network(self.workshop, one, by=one)
            self.hush()
            agenda.encourage_member(
                membership, by=self.alice, lacking=lacking, words="Appelez-moi si vous hésitez."
            )
            self.tell()

    def pool(self) -> None:
        self.hush()
        networks.add_to_pool(self.workshop, self.dora, by=self.alice, abilities=["fair", "facilitate"])
        self.tell()

    def written_by_the_team(self) -> None:
        said = {
            "subject": "La bourse de mai",
            "text": "Gardez votre après-midi du 12 mai.\nNous cherchons deux personnes pour l’accueil.",
            "segment": {"who": "all"},
        }
        count = preview_broadcast(self.workshop, by=self.alice, **said).count
        self.hush()
        send_broadcast(self.workshop, by=self.alice, confirmed=count, **said)
        self.tell()

    def steps_out_of_a_group(self) -> None:
        offer = self.post(self.chloe, "offer", "Monter une étagère", self.workshop, small_group=True)
        exchange = None
        for person in (self.emile, self.bob):
            introduction = exchanges.ask_introduction(
                self.workshop, requester=person, offerer=self.chloe, offer=offer, by=person
            )
            exchanges.accept_introduction(introduction, by=self.chloe, into=exchange)
            exchange = exchange or Exchange.objects.get(people__introduction=introduction)
        _meeting, slots = self.proposed(exchange)
        for person in (self.chloe, self.emile):
            agenda.accept_slot(slots[0], by=person)
        self.hush()
        stop_here(exchange, by=self.emile)
        self.tell()
        exchange.refresh_from_db()
        exchanges.stop_exchange(exchange, by=self.bob, reason="Nous avons fini autrement.")
