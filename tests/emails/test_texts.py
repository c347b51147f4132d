"""Every message of the list, told through the real actions and read as it arrives, in both languages.

After a wanted change: `SNAPSHOTS=write .venv/bin/pytest tests/emails`, then read the difference.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from reciproque.agenda import actions as agenda
from reciproque.agenda.queries import live_meeting
from reciproque.catalogue import actions as catalogue
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.journal.actions import record
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.matching.actions import publish_suggestion
from reciproque.matching.models import Loop, Nudge, Suggestion
from reciproque.networks import actions as networks
from reciproque.networks.models import Membership, RoleGrant
from reciproque.notices.actions import tell
from reciproque.notices.messages import MESSAGES, messages_of
from reciproque.notices.models import Outgoing
from reciproque.people.models import Person

FOLDER = Path(__file__).parent / "texts"
DAY = dt.timedelta(days=1)
FOUND = {"offer_title": "Rosiers et haies", "name": "Dora Haddad"}
TITLE = "Mener un entretien difficile"


class Scenes:
    """Plays the life of the networks and tells each fact as soon as it is written."""

    def __init__(self, make_person: Callable[..., Person], cast: dict[str, Person], **nets: Any) -> None:
        self.make_person = make_person
        self.cast = cast
        self.direct, self.mediated = nets["direct"], nets["mediated"]
        self.told = 0

    def __getattr__(self, name: str) -> Person:
        return self.cast[name]

    def tell(self) -> None:
        for fact in Fact.objects.filter(pk__gt=self.told).order_by("pk"):
            tell(fact)
            self.told = fact.pk

    def post(self, author: Person, kind: str, title: str, network: Any = None, **fields: Any) -> Any:
        fields.setdefault("by", author)
        return catalogue.publish_post(
            network or self.direct, author, kind, title=title, modes=["phone"], languages=["fr"], **fields
        )

    def ask(self, title: str = TITLE, *, by: Person | None = None, network: Any = None, **fields: Any) -> Any:
        network = network or self.direct
        offer = self.post(self.chloe, "offer", title, network)
        introduction = exchanges.ask_introduction(
            network,
            requester=self.bob,
            offerer=self.chloe,
            offer=offer,
            by=by or self.bob,
            initiator=self.bob,
            **fields,
        )
        self.tell()
        return introduction

    def meeting(self, subject: Any, *, by: Person, days: int = 3) -> Any:
        meeting = live_meeting(subject)
        start = clock.now().replace(hour=13) + days * DAY
        slots = agenda.propose_slots(meeting, [start, start + DAY], by=by)
        self.tell()
        return meeting, slots

    # -- the scenes ----------------------------------------------------------------------------------------

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
        self.told = Fact.objects.latest("pk").pk

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
        self.told = Fact.objects.latest("pk").pk
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

    def play(self) -> None:
        self.direct_exchange()
        self.offered()
        self.invitations_to_withdraw()
        self.endings()
        self.mediated_exchange()
        self.declarations()
        self.posts()
        self.brought_together()
        self.small_group()
        self.network_life()
        self.departure()


@pytest.fixture
def scenes(
    make_person: Any,
    network: Any,
    join: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    emile: Any,
    fatou: Any,
) -> Scenes:
    mediated = networks.create_network(
        "Cadres", by=None, slug="cadres", name_en="Managers", mediation="mediated", reciprocity="open"
    )
    cast = {"alice": alice, "bob": bob, "chloe": chloe, "dora": dora, "emile": emile, "fatou": fatou}
    for person in (bob, chloe, dora):
        join(person, mediated)
    join(alice, mediated, "animator")
    join(fatou, network)
    for net in (network, mediated):
        for person in (bob, chloe):
            membership = Membership.objects.get(person=person, network=net)
            networks.change_capacity(membership, by=person, give=20, receive=20)
    played = Scenes(make_person, cast, direct=network, mediated=mediated)
    played.told = Fact.objects.latest("pk").pk
    return played


def plain(text: str) -> str:
    """The text without what changes from one run to the next: identifiers and tokens."""
    text = re.sub(r"/tap/\S+/", "/tap/‹signed›/", text)
    return re.sub(r"/[2-9bcdfghjkmnpqrstvwxz]{12}/", "/‹id›/", text)


def position(outgoing: Outgoing) -> int:
    """Which message of its fact this is, found again by its words."""

    def pattern(text: Any) -> str:
        return ".*".join(re.escape(part) for part in re.split(r"%\(\w+\)s", str(text)))

    with translation.override(outgoing.language):
        for number, message in enumerate(messages_of(outgoing.fact_name)):
            said = all(re.search(pattern(sentence), outgoing.text) for sentence in message.says)
            if said and re.fullmatch(pattern(message.subject), outgoing.subject):
                return number
    raise AssertionError(f"no message of the list says {outgoing.subject!r}")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_texts_of_every_message(scenes: Scenes, language: str) -> None:
    with translation.override("en"):
        if language == "en" and translation.gettext("Lire et répondre") == "Lire et répondre":
            pytest.skip("the catalogues are not compiled: tools/messages.py compile")
    Person.objects.update(language=language)
    for person in scenes.cast.values():
        person.language = language
    scenes.play()

    seen: dict[tuple[str, int], Outgoing] = {}
    for outgoing in Outgoing.objects.order_by("pk").select_related("person"):
        assert "%(" not in outgoing.subject + outgoing.text
        assert "«\u00a0\u00a0»" not in outgoing.text, outgoing.text
        assert "Ceci ne sort pas d’ici" not in outgoing.text + outgoing.html
        seen.setdefault((outgoing.fact_name, position(outgoing)), outgoing)

    listed = {(m.fact, messages_of(m.fact).index(m)) for m in MESSAGES}
    assert listed - set(seen) == set(), "messages that no scene tells"

    files: dict[str, list[str]] = {}
    for (fact, number), outgoing in sorted(seen.items()):
        head = f"=== {fact} ({number + 1}) → {outgoing.person.first_name}"
        if outgoing.ics_method:
            head += f" + invitation.ics ({outgoing.ics_method})"
        block = f"{head}\n{outgoing.subject}\n\n{plain(outgoing.text)}"
        files.setdefault(fact.partition(".")[0], []).append(block)
    for name, blocks in files.items():
        check(FOLDER / language / f"{name}.txt", "\n".join(blocks))


def test_html_of_one_message(scenes: Scenes) -> None:
    scenes.ask("Tailler <b>les rosiers</b> & co")
    outgoing = Outgoing.objects.get(person=scenes.chloe, fact_name="introduction.asked")
    assert "<b>" not in outgoing.html
    assert "<table" not in outgoing.html
    assert "<script" not in outgoing.html
    check(FOLDER / "fr" / "introduction.asked.html", plain(outgoing.html))


def check(file: Path, text: str) -> None:
    if os.environ.get("SNAPSHOTS") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.exists(), f"{file.name} is missing: SNAPSHOTS=write makes it"
    assert text == file.read_text(encoding="utf-8")
