"""People join and leave, publish, and are told of what was found for them."""

from __future__ import annotations

from reciproque.catalogue import actions as catalogue
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.matching.actions import publish_suggestion
from reciproque.matching.models import Loop, Nudge, Suggestion
from reciproque.networks import actions as networks
from reciproque.networks.models import Membership, RoleGrant
from tests.emails.scenes_stage import DAY, Stage

FOUND = {"offer_title": "Rosiers et haies", "name": "Dora Haddad"}


class NetworkScenes(Stage):
    """People join and leave, publish, and are told of what was found for them."""

    def network_life(self) -> None:
        networks.change_settings(self.direct, by=self.alice, admission="approval")
        for answer in (True, False):
            person = self.make_person("Gwen" if answer else "Hugo", "Petit", language=self.bob.language)
            membership = networks.join_network(self.direct, person, by=person, application="Bonjour")
            self.tell()
            networks.answer_application(membership, by=self.alice, accept=answer, reason="Réseau complet.")
            self.tell()
        membership = Membership.objects.get(person=self.bob, network=self.mediated)
        networks.waive_reciprocity(membership, by=self.alice, reason="Prise de poste.")
        networks.publish_charter(self.direct, by=self.alice, text_fr="Une autre charte.")
        self.tell()
        person = self.make_person("Inès", "Roux", language=self.bob.language)
        networks.leave_interest(self.mediated, person)
        networks.add_opening(
            self.mediated, "Deuxième cercle", by=self.alice, opens_on=clock.now().date() + 3 * DAY
        )
        self.tell()
        grant = RoleGrant.objects.get(person=self.dora, network=self.mediated, role="mediator")
        networks.withdraw_role(grant, by=self.alice)
        self.tell()

    def posts(self) -> None:
        post = self.post(self.bob, "offer", "Reliure à la main", by=self.alice)
        self.tell()
        catalogue.withdraw_post(post, by=self.alice, reason="À votre demande.")
        self.tell()
        post = self.post(self.bob, "request", "Tailler les rosiers")
        with clock.at(post.expires_at - 10 * DAY):
            catalogue.warn_expiring()
            self.tell()
        with clock.at(post.expires_at + DAY):
            catalogue.expire_overdue()
            self.tell()
        record("suggestion.found", post, network=self.direct, people=[self.bob], title=post.title, **FOUND)
        record(
            "alert.matched",
            self.post(self.chloe, "offer", "Tailler les arbres"),
            network=self.direct,
            people=[self.bob],
            to=self.bob.public_id,
            title="Tailler les arbres",
            name="Chloé Le Goff",
            words="tailler",
        )
        self.tell()

    def brought_together(self) -> None:
        request = self.post(self.bob, "request", "Bouturer les géraniums")
        offer = self.post(self.chloe, "offer", "Bouturer sans serre")
        suggestion = Suggestion.objects.create(network=self.direct, request=request, offer=offer, score=1)
        publish_suggestion(suggestion, by=self.alice)
        self.tell()
        loop = Loop.objects.create(network=self.direct, mark="x", size=2, score=1)
        record("loop.found", loop, network=self.direct, people=[self.bob, self.chloe], size=2)
        nudge = Nudge.objects.create(network=self.direct, person=self.bob, request=request, because="Jardin")
        record(
            "nudge.made",
            nudge,
            network=self.direct,
            people=[self.bob],
            to=self.bob.public_id,
            title=request.title,
            because=nudge.because,
        )
        self.tell()

    def departure(self) -> None:
        membership = Membership.objects.get(person=self.fatou, network=self.direct)
        networks.leave_network(membership, by=self.alice)
        self.tell()
