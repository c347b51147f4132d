"""What waits for the people one can step in as: scenes played in the last days, whatever the stage of life."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

from reciproque.agenda.actions import accept_slot, propose_slots
from reciproque.agenda.models import Meeting
from reciproque.config.demo.arrivals import MAIN, SECOND
from reciproque.config.demo.circles import has_groups
from reciproque.config.demo.history import History
from reciproque.config.demo.learning_doors import learning_doors, sponsor_lines
from reciproque.config.demo.lives import Life
from reciproque.config.demo.market import OFFER, Market, Member, Pair
from reciproque.config.demo.texts import words
from reciproque.exchanges.actions import (
    accept_introduction,
    ask_question,
    assign_mediator,
    declare_exchange,
    say_held,
    submit_review,
)
from reciproque.exchanges.rules import ExchangeState
from reciproque.initiatives.models import Frame

# How many exchanges the scenes open: they are part of the figures.
OPENED = 6


@dataclasses.dataclass
class Scenes:
    """Plays, before the last day, what the cast of the demonstration will find at its door."""

    h: History

    def plan(self) -> None:
        """Plan every scene; one whose people cannot be found is simply missing."""
        last = self.h.days.last
        main = self.h.markets[MAIN]
        self._leavers_asked(main)
        if last < 30:
            return
        self._awaiting(main, last, ago=4)
        self._awaiting(main, last, ago=1)
        self._questioned(main, last)
        self._dated(main, "member", last - 8, last)
        self._dated(main, "english", last - 5, last + 3)
        self._proposed(main, last)
        self._to_review(main, last)
        self._to_confirm(main, last)
        self._stalled(main, last, dated=False)
        self._stalled(main, last, dated=True)
        self.h.at(last - 9, 530, lambda day, _m: self._mediated(day, held=True))
        self.h.at(last - 7, 530, lambda day, _m: self._mediated(day, held=False))

    # -- finding the other person ---------------------------------------------------------------------------

    def member(self, market: Market, role: str) -> Member | None:
        """Return the member of the cast who has this role."""
        person = self.h.cast(role).person
        return market.by_person.get(person.pk)

    def _pair(
        self, market: Market, day: int, *, requester: Member | None = None, offerer: Member | None = None
    ) -> Pair | None:
        # By what identifies them in every build: a key depends on what the database held before.
        two = [member.colleague.clean.external_id if member else "" for member in (requester, offerer)]
        rng = self.h.rng("scene", market.name, day, *two)
        cast = {member.person.pk for member in market.members if member.colleague.role}
        for _attempt in range(400):
            offers = [
                ad for ad in (offerer.ads if offerer else market.ads[OFFER]) if ad.open and ad.kind == OFFER
            ]
            if not offers:
                return None
            offer = rng.choice(offers)
            asker = requester or rng.choice(market.members)
            strangers = {offer.owner.person.pk, asker.person.pk} - {
                m.person.pk for m in (requester, offerer) if m
            }
            pair = Pair(asker, offer.owner, None, offer, asker)
            if not strangers & cast and market.fits(pair, day):
                return pair
        return None

    def _life(self, market: Market, name: str, pair: Pair) -> Life:
        return Life(self.h, market, f"scene {name}", "usual", pair=pair)

    def _ask(self, life: Life) -> bool:
        pair = life._pair
        if self.h.refused(lambda: life._ask(pair)):
            return False
        life.market.take(pair)
        return True

    # -- the scenes -----------------------------------------------------------------------------------------

    def _leavers_asked(self, market: Market) -> None:
        """Somebody leaves while an introduction waits for them: it is interrupted, the other is told."""

        def act(day: int, _minute: int) -> None:
            leaving = [
                member
                for member in market.members
                if member.until is not None and day < member.until <= day + 3
            ]
            for member in leaving:
                until, member.until = member.until, None
                pair = self._pair(market, day, offerer=member)
                member.until = until
                if pair is not None:
                    self._ask(self._life(market, f"leaver {member.colleague.clean.external_id}", pair))

        for day in range(10, self.h.played, 3):
            self.h.at(day, 1000, act)

    def _awaiting(self, market: Market, last: int, *, ago: int) -> None:
        """An introduction waits for Basile's answer; of the one asked some days ago he is reminded."""

        def act(day: int, _minute: int) -> None:
            basile = self.member(market, "member")
            pair = self._pair(market, day, offerer=basile) if basile else None
            if pair is not None:
                self._ask(self._life(market, f"awaiting {ago}", pair))

        self.h.at(last - ago, 640, act)

    def _questioned(self, market: Market, last: int) -> None:
        """Grace asked; the other asks a question first and waits for hers."""

        def act(day: int, _minute: int) -> None:
            grace = self.member(market, "english")
            pair = self._pair(market, day, requester=grace) if grace else None
            if pair is None:
                return
            life = self._life(market, "questioned", pair)
            if self._ask(life):
                self.h.at(last, 700, lambda _d, _m: ask(life, pair))

        def ask(life: Life, pair: Pair) -> None:
            question = words()["questions"][0]
            self.h.refused(lambda: ask_question(life.introduction(), by=pair.offerer.person, text=question))

        self.h.at(last - 2, 560, act)

    def _opened(
        self, market: Market, name: str, day: int, pair: Pair, then: Callable[[Life, int], None]
    ) -> None:
        """Open an exchange the day after it is asked, then go on."""
        life = self._life(market, name, pair)
        if not self._ask(life):
            return

        def accept(today: int, _minute: int) -> None:
            introduction = life.introduction()
            if self.h.refused(lambda: accept_introduction(introduction, by=introduction.answerer)):
                return
            market.hold(pair, 1)
            life.find_date = lambda _day: None  # type: ignore[method-assign]
            life.opened(today)
            then(life, today)

        self.h.at(day + 1, 600, accept)

    def _fix(self, life: Life, day: int, on: int, hour: int, minutes: int = 60) -> None:
        """Propose two dates, the first of which suits the other the day after."""

        def propose(_day: int, _minute: int) -> None:
            meeting = life.meeting()
            if meeting is None:
                return
            zone = life._pair.requester.person.time_zone
            starts = [self.h.days.local(on, hour, 0, zone), self.h.days.local(on + 2, 10, 30, zone)]
            by = life._pair.requester.person
            if not self.h.refused(lambda: propose_slots(meeting, starts, by=by, minutes=minutes)):
                self.h.at(day + 1, 900, lambda _d, _m: accept(meeting))

        def accept(meeting: Meeting) -> None:
            slot = meeting.slots.order_by("starts_at").filter(state="open").first()
            if slot is not None:
                self.h.refused(lambda: accept_slot(slot, by=life._pair.offerer.person))

        self.h.at(day, 1001, propose)

    def _dated(self, market: Market, role: str, asked: int, on: int) -> None:
        """Somebody of the cast has a meeting: yesterday (to be confirmed), or in the days to come."""

        def act(day: int, _minute: int) -> None:
            member = self.member(market, role)
            pair = self._pair(market, day, requester=member) if member else None
            if pair is not None:
                self._opened(
                    market, f"dated {role}", day, pair, lambda life, today: self._fix(life, today, on, 14)
                )

        self.h.at(asked, 550, act)

    def _proposed(self, market: Market, last: int) -> None:
        """Dates are proposed to Alice."""

        def act(day: int, _minute: int) -> None:
            alice = self.member(market, "animator")
            pair = self._pair(market, day, offerer=alice) if alice else None
            if pair is None:
                return
            self._opened(
                market, "proposed", day, pair, lambda life, today: self._only_propose(life, today, last + 4)
            )

        self.h.at(last - 3, 555, act)

    def _only_propose(self, life: Life, day: int, on: int) -> None:
        def propose(_day: int, _minute: int) -> None:
            meeting = life.meeting()
            if meeting is not None:
                zone = life._pair.requester.person.time_zone
                starts = [self.h.days.local(on + n, 9 + 2 * n, 0, zone) for n in range(3)]
                self.h.refused(lambda: propose_slots(meeting, starts, by=life._pair.requester.person))

        self.h.at(day, 1002, propose)

    def _to_review(self, market: Market, last: int) -> None:
        """Dorothée has met somebody who has written their review; hers is awaited."""

        def act(day: int, _minute: int) -> None:
            hr = self.member(market, "hr")
            pair = self._pair(market, day, requester=hr) if hr else None
            if pair is not None:
                self._opened(market, "to review", day, pair, go_on)

        def go_on(life: Life, today: int) -> None:
            self._fix(life, today, last - 3, 10)
            self.h.at(last - 2, 600, lambda _d, _m: held(life))
            self.h.at(last, 660, lambda _d, _m: review(life))

        def held(life: Life) -> None:
            meeting = life.meeting()
            if meeting is not None:
                self.h.refused(lambda: say_held(meeting, by=life._pair.offerer.person, held=True))

        def review(life: Life) -> None:
            exchange = life.exchange()
            if exchange.state == ExchangeState.FINISHED:
                learned = words()["review_taught"][0]
                self.h.refused(
                    lambda: submit_review(
                        exchange, by=life._pair.offerer.person, satisfaction="4", learned=learned
                    )
                )

        self.h.at(last - 10, 545, act)

    def _stalled(self, market: Market, last: int, *, dated: bool) -> None:
        """Two people find no date, or say nothing of a meeting past: the team has it on its desk."""

        def act(day: int, _minute: int) -> None:
            pair = self._pair(market, day)
            if pair is not None:
                self._opened(market, f"stalled {dated}", day, pair, go_on)

        def go_on(life: Life, today: int) -> None:
            if dated:
                self._fix(life, today, last - 13, 11)
                self.h.at(last - 12, 800, lambda day, _m: missed(life, day))

        def missed(life: Life, day: int) -> None:
            meeting = life.meeting()
            if meeting is not None and not self.h.refused(
                lambda: say_held(meeting, by=life._pair.requester.person, held=False)
            ):
                self._fix(life, day, last - 8, 11)

        self.h.at(last - 16 - dated, 540, act)

    def _to_confirm(self, market: Market, last: int) -> None:
        """Somebody declared an exchange with Étienne, who has not confirmed it yet."""

        def act(day: int, _minute: int) -> None:
            sponsor = self.member(market, "sponsor")
            pair = self._pair(market, day, offerer=sponsor) if sponsor else None
            if pair is None or pair.offer is None:
                return
            requester, title = pair.requester.person, pair.offer.title
            refused = self.h.refused(
                lambda: declare_exchange(
                    market.network,
                    requester=requester,
                    offerer=pair.offerer.person,
                    by=requester,
                    title=title,
                    held_on=self.h.days.date(day - 4),
                    minutes=45,
                    mode="phone",
                )
            )
            self.h.counts["declared"] += not refused

        self.h.at(last, 720, act)

    def _mediated(self, day: int, *, held: bool) -> None:
        """Chloé leads a first meeting tomorrow; another took place yesterday, its terms are to be written."""
        market = self.h.markets.get(SECOND)
        chloe = self.member(market, "mediator") if market else None
        pair = self._pair(market, day) if market and chloe else None
        if market is None or chloe is None or pair is None or chloe in (pair.requester, pair.offerer):
            return
        life = Life(self.h, market, f"scene mediated {held}", "usual", pair=pair)
        if self._ask(life):
            led = _Led(self.h, life, chloe)
            self.h.at(day + 1, 700, lambda _d, _m: led.accept())
            on, hour = (self.h.days.last, 10) if held else (self.h.days.last + 2, 14)
            self.h.at(day + 2, 700, lambda _d, _m: led.propose(on, hour))
            self.h.at(day + 3, 700, lambda _d, _m: led.agree())
            if held:
                self.h.at(self.h.days.last, 1020, lambda _d, _m: led.say())


@dataclasses.dataclass
class _Led:
    """A first meeting led by Chloé, step by step."""

    h: History
    life: Life
    mediator: Member

    def accept(self) -> None:
        life, pair = self.life, self.life._pair
        if not self.h.refused(lambda: accept_introduction(life.introduction(), by=pair.answerer.person)):
            life.market.hold(pair, 1)
            alice = self.h.cast("animator").person
            self.h.refused(
                lambda: assign_mediator(life.introduction(), mediator=self.mediator.person, by=alice)
            )

    def propose(self, on: int, hour: int) -> None:
        meeting, person = self.life.meeting(), self.mediator.person
        if meeting is not None and self.life.introduction().mediator_id == person.pk:
            start = self.h.days.local(on, hour, 0, person.time_zone)
            place = "Salle Paul-Langevin, siège national" if meeting.mode == "face" else ""
            self.h.refused(lambda: propose_slots(meeting, [start], by=person, place=place))

    def agree(self) -> None:
        meeting, pair = self.life.meeting(), self.life._pair
        slot = meeting.slots.filter(state="open").first() if meeting else None
        for member in (pair.requester, pair.offerer):
            if slot is not None:
                self.h.refused(lambda member=member: accept_slot(slot, by=member.person))

    def say(self) -> None:
        meeting = self.life.meeting()
        if meeting is not None:
            self.h.refused(lambda: say_held(meeting, by=self.mediator.person, held=True))


# Who one can step in as: role of the cast (admin beside it) → what is said of them at the door.
LINES: dict[str, tuple[str, str]] = {
    "member": (
        "Membre depuis le début : une demande attend sa réponse, une rencontre d’hier est à confirmer.",
        "A member since the start: a request awaits his answer, and yesterday’s meeting is to be confirmed.",
    ),
    "newcomer": (
        "Elle vient d’arriver : rien de publié encore, une première offre et une première demande à écrire.",
        "She has just joined: nothing published yet, a first offer and a first request to write.",
    ),
    "mediator": (
        "Médiatrice : une rencontre de mise en relation à mener bientôt, les termes d’une autre à noter.",
        "A mediator: an introduction meeting to lead soon, the terms of another one to write down.",
    ),
    "animator": (
        "Animatrice des deux réseaux : des adhésions à traiter, des personnes à relancer, une bourse la semaine prochaine.",
        "She animates both networks: people asking to join, others to follow up, a knowledge fair next week.",
    ),
    "english": (
        "Membre anglophone, à Roissy : on lui a posé une question, et un rendez-vous approche.",
        "An English-speaking member in Roissy: somebody asked her a question, and a meeting is coming.",
    ),
    "hr": (
        "Ressources humaines, et membre comme les autres : un bilan à faire.",
        "Human resources, and a member like any other: a review to write.",
    ),
    "sponsor": (
        "Parrain du réseau, directeur de plateforme : un échange déclaré à confirmer.",
        "The network’s sponsor, who runs a sorting centre: a declared exchange to confirm.",
    ),
    "outsider": (
        "Pas encore membre : il découvre le réseau et sa charte.",
        "Not a member yet: he discovers the network and its charter.",
    ),
    "admin": (
        "Administre l’installation : réseaux, réglages, rôles.",
        "Administers the installation: networks, settings, roles.",
    ),
}
# What is said after it once there are practice-exchange groups.
GROUP_LINES: dict[str, tuple[str, str]] = {
    "member": (
        "Son groupe de pratiques prépare sa cinquième séance.",
        "His practice group is getting ready for its fifth session.",
    ),
    "newcomer": (
        "Candidate à un groupe de pratiques.",
        "She has applied to join a practice group.",
    ),
    "mediator": (
        "Elle facilite un groupe de pratiques.",
        "She facilitates a practice group.",
    ),
    "animator": (
        "Un groupe de pratiques à constituer.",
        "A practice group to bring together.",
    ),
    "english": (
        "Son groupe de pratiques cherche ses dates.",
        "Her practice group is looking for its dates.",
    ),
    "hr": (
        "Décideuse d’un groupe de pratiques, dont le bilan vient d’arriver.",
        "She decides about a practice group, whose report has just arrived.",
    ),
    "sponsor": (
        "Il a accordé le temps de trois groupes de pratiques.",
        "He granted the working time of three practice groups.",
    ),
}
EARLY_LINES: dict[str, tuple[str, str]] = {
    "member": (
        "Membre : ses premières annonces, tout commence.",
        "A member: first posts, everything begins.",
    ),
    "mediator": (
        "Médiatrice, prête pour les premières rencontres.",
        "A mediator, ready for the first meetings.",
    ),
    "animator": (
        "Animatrice : elle accueille les premières personnes.",
        "The animator: she welcomes the first people.",
    ),
    "english": ("Membre anglophone, à Roissy.", "An English-speaking member in Roissy."),
    "hr": ("Ressources humaines.", "Human resources."),
    "sponsor": (
        "Parrain du réseau, directeur de plateforme.",
        "The network’s sponsor, who runs a sorting centre.",
    ),
}
EMPTY_ROLES = ("animator", "member", "outsider", "admin")
EMPTY_LINES: dict[str, tuple[str, str]] = {
    "member": (
        "Pas encore membre : le réseau lui est ouvert.",
        "Not a member yet: the network is open to him.",
    ),
    "animator": ("Animatrice d’un réseau encore vide.", "She animates a network that is still empty."),
    "outsider": (
        "Pas encore concerné : il lit pourquoi, et peut laisser son intérêt.",
        "Not eligible yet: he reads why.",
    ),
}


def _of_learning(role: str) -> tuple[str, str] | None:
    """Return what awaits those of the cast who also serve the learning networks."""
    if role == "animator" and Frame.objects.exists():
        return (
            "Deux réseaux apprenants : l’un tient aujourd’hui sa journée de lancement.",
            "Two learning networks: one holds its launch day today.",
        )
    return sponsor_lines() if role == "sponsor" else None


def write_cast(history: History, file: Path) -> None:
    """Write who one can step in as, with one line on each in both languages."""
    lines = dict(LINES)
    if history.played < 31:
        lines |= EARLY_LINES
        lines["outsider"] = EMPTY_LINES["outsider"]
    if not history.played:
        lines = {role: (EMPTY_LINES.get(role) or LINES[role]) for role in EMPTY_ROLES}
    entries = []
    for role, (french, english) in lines.items():
        person = history.admin if role == "admin" else history.cast(role).person
        entry = {"public_id": person.public_id, "name": person.display_name}
        more = _of_learning(role) if history.played else None
        if role in GROUP_LINES and has_groups(history):
            french, english = (
                f"{line} {said}" for line, said in zip((french, english), GROUP_LINES[role], strict=True)
            )
        if more is not None:
            french, english = f"{french} {more[0]}", f"{english} {more[1]}"
        entries.append(entry | {"line_fr": french, "line_en": english})
    if history.played:
        entries += learning_doors(history)
    file.write_text(json.dumps(entries, ensure_ascii=False, indent=1), encoding="utf-8")
