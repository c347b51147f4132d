"""People join, publish, sign, pause and leave."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Sequence

from reciproque.catalogue.actions import (
    edit_post,
    get_or_create_topic,
    pause_post,
    publish_post,
    renew_post,
    withdraw_post,
)
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.config.demo import phrases
from reciproque.config.demo.company import PILOT_DEPARTMENTS, Colleague
from reciproque.config.demo.history import Act, History
from reciproque.config.demo.market import OFFER, REQUEST, Ad, Market, Member
from reciproque.config.demo.texts import MANAGERS_FAMILIES, Subject, Text, likelihood, texts
from reciproque.networks.actions import (
    add_opening,
    answer_application,
    change_capacity,
    create_network,
    grant_role,
    join_network,
    leave_interest,
    leave_network,
    pause_membership,
    publish_charter,
    sign_charter,
    waive_reciprocity,
)
from reciproque.networks.models import Membership
from reciproque.networks.rules import DEFAULT_CHARTER_EN, DEFAULT_CHARTER_FR, Role
from reciproque.people.actions import change_profile, leave_organisation

MAIN, SECOND = "main", "second"
SECOND_OPENS, WIDER, WIDEST, NEW_CHARTER = 0.40, 0.25, 0.5, 0.22
# Which part of the members has joined when which part of the four years is past.
_CURVE = [(0.0, 0.0), (0.015, 0.06), (0.25, 0.25), (0.5, 0.55), (0.75, 0.8), (1.0, 1.0)]
_STAFF = ["maitrise", "cadre", "dirigeant"]
_MODES = [["face"], ["phone"], ["video"], ["face", "video"], ["phone", "video"], ["face", "phone", "video"]]
_CHARTER_ADDED_FR = "\nUn échange peut se faire à plusieurs, si l’offre le prévoit."
_CHARTER_ADDED_EN = "\nAn exchange may bring several people together, if the offer says so."


def when_joined(part: float) -> float:
    """Return which part of the four years is past when this part of the members has joined."""
    for (t0, m0), (t1, m1) in itertools.pairwise(_CURVE):
        if part <= m1:
            return t0 + (t1 - t0) * (part - m0) / (m1 - m0)
    return 1.0


class Library:
    """The texts not yet published: subjects come into season one after the other."""

    def __init__(self, rng: random.Random) -> None:
        subjects = sorted({text.subject.key for text in texts()})
        rng.shuffle(subjects)
        season = {key: rank / len(subjects) * 0.85 for rank, key in enumerate(subjects)}
        order = [(season[text.subject.key] + rng.uniform(-0.03, 0.2), n) for n, text in enumerate(texts())]
        self.left: dict[str, list[Text]] = {OFFER: [], REQUEST: []}
        for _position, number in sorted(order):
            self.left[texts()[number].kind].append(texts()[number])

    def take(self, kind: str, member: Member, rng: random.Random, *, managers: bool = False) -> Text:
        """Return the text in season that this person could best have written, and put it away."""
        left, colleague = self.left[kind], member.colleague
        known = {ad.subject.key for ad in member.ads}
        for window in (110, 500, len(left)):
            best: tuple[float, int] | None = None
            for position, text in enumerate(left[:window]):
                if text.subject.key in known or (managers and text.subject.family not in MANAGERS_FAMILIES):
                    continue
                score = likelihood(
                    text,
                    gender=colleague.gender,
                    department=colleague.department,
                    function=colleague.function,
                )
                rank = score + rng.random() * 2 - position / window
                if score > -50 and (best is None or rank > best[0]):
                    best = (rank, position)
            if best is not None:
                return left.pop(best[1])
        return left.pop(0)


class Arrivals:
    """Plans who joins when, and what each publishes."""

    def __init__(self, history: History) -> None:
        self.h = history
        self.library = Library(history.rng("library"))
        self.main: list[Member] = []
        self._topics: set[str] = set()

    # -- the networks ---------------------------------------------------------------------------------------

    def found_main(self) -> None:
        """Found the network of the whole operator, its openings and its roles, as its administrator would."""
        h = self.h
        network = create_network(
            "Le réseau des savoirs",
            by=h.admin,
            name_en="The knowledge network",
            slug="savoirs",
            summary_fr="Chacun y propose ce qu’il sait et y demande ce qu’il cherche, d’un métier à l’autre.",
            summary_en="Everyone offers what they know and asks for what they seek, across all our trades.",
            open_to_all=False,
            animators=[h.cast("animator").person],
            reciprocity="strict",
            mediation="direct",
            validity_days=h.scale.validity,
            public_page=True,
        )
        pilots = {"units": list(PILOT_DEPARTMENTS), "levels": _STAFF}
        first = h.days.date(0)
        add_opening(network, "Encadrement des directions pilotes", by=h.admin, opens_on=first, **pilots)
        for role, cast in ((Role.HR, "hr"), (Role.SPONSOR, "sponsor"), (Role.MEDIATOR, "mediator")):
            grant_role(network, h.cast(cast).person, role, by=h.admin)
        others = [colleague for colleague in h.people if not colleague.role and colleague.in_pilot]
        for colleague, role in zip(others, (Role.ANIMATOR, Role.ANIMATOR, Role.MEDIATOR), strict=False):
            grant_role(network, colleague.person, role, by=h.admin)
        h.markets[MAIN] = Market(MAIN, network)

    def plan(self) -> None:
        """Plan every arrival in the main network, its life there and its posts; then the second network."""
        h = self.h
        h.at(h.share(WIDER), 480, self._open_wider("Tout l’encadrement", levels=_STAFF))
        h.at(h.share(WIDEST), 480, self._open_wider("Tout le monde"))
        self._plan_joining()
        self._plan_posts()
        self._plan_lives()
        h.at(h.share(NEW_CHARTER), 660, self._new_charter)
        h.at(h.share(SECOND_OPENS), 570, self._found_second)

    def _open_wider(self, name: str, **criteria: Sequence[str]) -> Act:
        def act(day: int, minute: int) -> None:
            network, alice = self.h.markets[MAIN].network, self.h.cast("animator").person
            add_opening(network, name, by=alice, opens_on=self.h.days.date(day), **criteria)

        return act

    # -- joining --------------------------------------------------------------------------------------------

    def _plan_joining(self) -> None:
        h, rng = self.h, self.h.rng("joining")
        number = h.scale.members + h.scale.leavers
        slots = [int(when_joined((n + 0.5) / number) * h.scale.days) for n in range(number)]
        held = {"outsider", "newcomer"}
        first = [colleague for colleague in h.people if colleague.role and colleague.role not in held]
        rest = [colleague for colleague in h.people if not colleague.role]
        first += [colleague for colleague in rest if colleague.in_pilot][:3]
        queue = [colleague for colleague in rest if colleague not in first]
        rng.shuffle(queue)
        for slot in slots[:-1]:
            if first:
                colleague, day = first.pop(0), slot
            else:
                # The first in the queue to whom the network is open; else the next ring lets somebody in later.
                colleague = (
                    next((other for other in queue if self._opens_on(other) <= slot), None) or queue[0]
                )
                queue.remove(colleague)
                day = min(max(slot, self._opens_on(colleague)), h.scale.days - 4)
            self.main.append(Member(colleague, MAIN, day))
        self.main.append(Member(h.cast("newcomer"), MAIN, max(h.played - 3, 0)))
        self.main.sort(key=lambda member: member.since)
        staying = [member for member in self.main if not member.colleague.role]
        early = [member for member in staying[5:] if member.since < h.share(0.7)]
        for member in rng.sample(early, min(h.scale.leavers, len(early))):
            member.until = rng.randrange(member.since + h.scale.days // 8, h.scale.days - 2)
        self._lose(staying, rng)
        for member in self.main:
            h.at(member.since, rng.randrange(490, 1020), self._join(member))
        self._plan_interests(rng)

    def _lose(self, staying: list[Member], rng: random.Random) -> None:
        """Let exactly the leavers leave, whatever the scale."""
        missing = self.h.scale.leavers - sum(member.until is not None for member in staying)
        for member in [member for member in staying if member.until is None][5 : 5 + max(0, missing)]:
            member.until = rng.randrange(member.since + 3, self.h.scale.days - 1)

    def _opens_on(self, colleague: Colleague) -> int:
        if colleague.in_pilot:
            return 0
        return self.h.share(WIDEST if colleague.level == "agent" else WIDER)

    def _join(self, member: Member) -> Act:
        def act(day: int, minute: int) -> None:
            h, market = self.h, self.h.markets[MAIN]
            membership = join_network(market.network, member.person, by=member.person)
            member.membership = membership.public_id
            market.enter(member)
            h.counts["members"] += 1

        return act

    def _plan_interests(self, rng: random.Random) -> None:
        waiting = [member for member in self.main if member.colleague.level == "agent"]
        for member in waiting[: max(2, self.h.scale.leavers // 2)]:
            day = rng.randrange(min(20, self.h.scale.days // 20), self.h.share(WIDEST) - 1)

            def act(_day: int, _minute: int, member: Member = member) -> None:
                words = "Prévenez-moi quand les agents pourront venir, j’ai deux choses à demander."
                leave_interest(self.h.markets[MAIN].network, member.person, words=words)

            self.h.at(day, 700, act)

    # -- posts ----------------------------------------------------------------------------------------------

    def _plan_posts(self) -> None:
        h, rng = self.h, self.h.rng("posts")
        total = h.scale.posts - h.scale.managers_posts - h.scale.said
        left = {OFFER: round(total * 0.41)}
        left[REQUEST] = total - left[OFFER]
        writers = [member for member in self.main if member.colleague.role != "newcomer"]
        silent = set(
            map(id, rng.sample([m for m in writers if not m.colleague.role], max(2, len(writers) // 20)))
        )
        writers = [member for member in writers if id(member) not in silent]
        one_sided = rng.sample([m for m in writers if not m.colleague.role], max(2, len(writers) // 16))
        wants: list[tuple[Member, str, bool]] = []
        for member in writers:
            kinds = [rng.choice([OFFER, REQUEST, REQUEST])] if member in one_sided else [OFFER, REQUEST]
            wants += [(member, kind, True) for kind in kinds]
        full = [member for member in writers if member not in one_sided]
        tenure = [float(h.scale.days - member.since + 20) for member in full]
        for kind in (OFFER, REQUEST):
            first = sum(want[1] == kind for want in wants)
            extra = rng.choices(full, tenure, k=max(0, left[kind] - first))
            wants += [(member, kind, False) for member in extra]
        for number, (member, kind, first) in enumerate(wants[:total]):
            start = member.since + (0 if first else 15)
            end = (member.until - 7 if member.until is not None else h.scale.days) - 1
            if first:
                day = start + min(45, int(rng.expovariate(1 / 5)))
            else:
                day = rng.randrange(start, max(end, start + 1))
            day = max(member.since, min(day, end))
            minute = rng.randrange(1021, 1080) if day == member.since else rng.randrange(480, 1080)
            h.at(day, minute, self._publish(member, kind, number))

    def _publish(self, member: Member, kind: str, number: int) -> Act:
        def act(day: int, minute: int) -> None:
            h, rng = self.h, self.h.rng("post", member.network, number)
            market = h.markets[member.network]
            text = self._words(member, kind, rng)
            if text.subject.key not in self._topics:
                self._topics.add(text.subject.key)
                get_or_create_topic(text.subject.topic, family=text.subject.family)
            person, alice = member.person, h.cast("animator").person
            modes = rng.choice(_MODES)
            small_group = kind == OFFER and rng.random() < 0.16
            by = alice if person.email is None and rng.random() < 0.4 else person
            post = publish_post(
                market.network,
                person,
                kind,
                by=by,
                title=text.title,
                description=text.description,
                purpose=text.purpose,
                level=rng.choice(["", "", "beginner", "some", "seasoned"]),
                how_learned=rng.choice(phrases.HOW_LEARNED) if kind == OFFER and rng.random() < 0.3 else "",
                learns_best=rng.choice(phrases.LEARNS_BEST) if kind == REQUEST and rng.random() < 0.3 else "",
                modes=modes,
                place=member.colleague.clean.site if "face" in modes else "",
                languages=person.languages if rng.random() < 0.5 else person.languages[:1],
                capacity=rng.choice([1, 2, 2, 3, 4]) if kind == OFFER else rng.choice([1, 1, 2]),
                small_group=small_group,
                topics=[text.subject.topic],
            )
            ad = Ad(
                post.pk, post.public_id, member, kind, text.subject, post.title, tuple(modes), small_group
            )
            market.publish(ad)
            h.counts["posts"] += 1
            self._plan_post(ad, day, rng)

        return act

    def _words(self, member: Member, kind: str, rng: random.Random) -> Text:
        if member.colleague.role == "english" and not member.has(kind) and member.network == MAIN:
            title, description = phrases.ENGLISH_POSTS[kind]
            if not any(ad.title == title for ad in member.ads):
                topic = "Anglais de conversation" if kind == OFFER else "Lettre administrative"
                subject = Subject(f"english-{kind}", topic, "Langues")
                return Text(subject, kind, title, description, "", "", frozenset())
        return self.library.take(kind, member, rng, managers=member.network == SECOND)

    def _plan_post(self, ad: Ad, day: int, rng: random.Random) -> None:
        """Plan what becomes of a post: renewed when it ends, edited, paused, withdrawn, or left alone."""
        h = self.h
        if rng.random() < 0.72 or ad.owner.colleague.role:
            self._plan_renewal(ad, day)
        chance, later = rng.random(), day + rng.randrange(10, max(12, h.scale.days // 3))
        verb = next(
            (verb for most, verb in ((0.03, "pause"), (0.06, "withdraw"), (0.1, "edit")) if chance < most), ""
        )
        if verb and not ad.owner.colleague.role:
            h.at(later, rng.randrange(500, 1000), self._change(ad, verb))

    def _plan_renewal(self, ad: Ad, day: int) -> None:
        h = self.h
        ends = h.days.date(day) + dt.timedelta(days=h.markets[ad.owner.network].network.validity_days - 5)
        number = h.days.number_of(ends)

        def act(today: int, _minute: int) -> None:
            post = self._fetch(ad)
            if post.state == PostState.PUBLISHED and not h.refused(
                lambda: renew_post(post, by=ad.owner.person)
            ):
                self._plan_renewal(ad, today)

        h.at(number, 720, act)

    def _change(self, ad: Ad, verb: str) -> Act:
        def act(_day: int, _minute: int) -> None:
            post, person = self._fetch(ad), ad.owner.person
            if post.state != PostState.PUBLISHED or not person.is_active:
                return
            if verb == "edit":
                edit_post(post, by=person, capacity=post.capacity + 1)
                return
            ad.open = False
            if verb == "pause":
                pause_post(post, by=person)
            else:
                withdraw_post(post, by=person, reason="Plus d’actualité.")

        return act

    def _fetch(self, ad: Ad) -> Post:
        post = Post.objects.get(pk=ad.pk)
        post.network, post.author = self.h.markets[ad.owner.network].network, ad.owner.person
        return post

    # -- the life of a member -------------------------------------------------------------------------------

    def _plan_lives(self) -> None:
        h, rng = self.h, self.h.rng("members")
        for member in self.main:
            if member.until is not None:
                h.at(member.until, rng.randrange(500, 1000), self._leave(member, rng.random() < 0.4))
            if member.colleague.role:
                # Room for what the visitor will do, and for the scenes of the last days.
                h.at(member.since, 1067, self._capacity(member, 6, 6))
                continue
            end = member.until - 10 if member.until is not None else h.scale.days
            if rng.random() < 0.08 and member.since + 3 < end:
                h.at(member.since + 2, 610, self._capacity(member, rng.randrange(1, 6), rng.randrange(1, 5)))
            if rng.random() < 0.2:
                h.at(member.since, 1065, self._about(member, rng.choice(phrases.ABOUT)))
            if rng.random() < 0.05 and member.since + 30 < end:
                day = rng.randrange(member.since + 20, end)
                h.at(day, 620, self._pause(member, rng.randrange(10, 40)))
        waived = [member for member in self.main[8:] if not member.colleague.role][
            :: max(1, len(self.main) // 8)
        ]
        for member in waived:
            reason = rng.choice(phrases.WAIVERS)
            h.at(member.since + rng.randrange(5, 25), 640, self._waive(member, reason))
        english = h.cast("english")
        member = next(member for member in self.main if member.colleague is english)
        h.at(
            member.since,
            1066,
            lambda _d, _m: change_profile(english.person, by=english.person, language="en"),
        )

    def _row(self, member: Member) -> Membership:
        row = Membership.objects.get(public_id=member.membership)
        row.network, row.person = self.h.markets[member.network].network, member.person
        return row

    def _capacity(self, member: Member, give: int, receive: int) -> Act:
        def act(_day: int, _minute: int) -> None:
            change_capacity(self._row(member), by=member.person, give=give, receive=receive)
            member.give, member.receive = give, receive

        return act

    def _about(self, member: Member, words: str) -> Act:
        return lambda _day, _minute: change_profile(member.person, by=member.person, about=words)

    def _pause(self, member: Member, days: int) -> Act:
        def act(day: int, _minute: int) -> None:
            if member.until is None or day < member.until:
                until = self.h.days.moment(day, 540) + dt.timedelta(days=days)
                pause_membership(self._row(member), by=member.person, until=until)
                member.away_until = day + days

        return act

    def _waive(self, member: Member, reason: str) -> Act:
        def act(day: int, _minute: int) -> None:
            if member.until is None or day < member.until:
                waive_reciprocity(self._row(member), by=self.h.cast("animator").person, reason=reason)
                member.waived = True

        return act

    def _leave(self, member: Member, organisation: bool) -> Act:
        def act(_day: int, _minute: int) -> None:
            h = self.h
            if organisation:
                member.colleague.person = leave_organisation(member.person, by=None)
            else:
                leave_network(self._row(member), by=member.person)
            h.counts["members"] -= 1
            h.react()
            h.recount_posts()

        return act

    def _new_charter(self, day: int, _minute: int) -> None:
        h, market = self.h, self.h.markets[MAIN]
        alice, rng = h.cast("animator").person, h.rng("charter")
        fr, en = DEFAULT_CHARTER_FR + _CHARTER_ADDED_FR, DEFAULT_CHARTER_EN + _CHARTER_ADDED_EN
        charter = publish_charter(market.network, by=alice, text_fr=fr, text_en=en)
        for member in market.members:
            if member.until is not None and member.until <= day:
                continue
            member.signed = False
            # A few let it lie until somebody of the team calls them.
            soon = rng.random() < 0.95 or bool(member.colleague.role)
            later = day + (int(rng.expovariate(1 / 4)) if soon else rng.randrange(24, 120))
            h.at(later, rng.randrange(670, 1000), self._sign(member, charter.version))

    def _sign(self, member: Member, version: int) -> Act:
        def act(day: int, _minute: int) -> None:
            if member.until is None or day < member.until:
                sign_charter(self._row(member), by=member.person, version=version)
                member.signed = True

        return act

    # -- the second network ---------------------------------------------------------------------------------

    def _found_second(self, day: int, _minute: int) -> None:
        """Found the managers' own network, mediated, joined by agreement; the same people, several networks each."""
        h, rng = self.h, self.h.rng("second")
        main = h.markets[MAIN]
        managers = [
            m for m in main.members if m.colleague.is_manager and m.until is None and not m.colleague.role
        ]
        later = [m for m in self.main if m.colleague.is_manager and m.until is None and m.since > day]
        alice, chloe = h.cast("animator"), h.cast("mediator")
        network = create_network(
            "Cadres en région",
            by=h.admin,
            name_en="Regional managers",
            slug="cadres",
            summary_fr="Entre responsables de sites : prendre du recul, à deux, avec quelqu’un qui accompagne.",
            summary_en="Between site managers: step back, in pairs, with somebody who leads the first meeting.",
            open_to_all=False,
            animators=[alice.person, *(m.person for m in managers[:1])],
            reciprocity="open",
            mediation="mediated",
            admission="approval",
        )
        levels = ["cadre", "dirigeant"]
        add_opening(network, "Cadres et dirigeants", by=h.admin, opens_on=h.days.date(day), levels=levels)
        for person in [chloe.person, *(m.person for m in managers[1:3])]:
            grant_role(network, person, Role.MEDIATOR, by=h.admin)
        h.markets[SECOND] = Market(SECOND, network)
        sponsor, hr = h.cast("sponsor"), h.cast("hr")
        wanted = [m for m in main.members if m.colleague in (chloe, sponsor, hr)] + managers + later
        span = h.scale.days - day
        for number, first in enumerate(wanted[: h.scale.managers + 2]):
            applies = max(day, first.since) + int(span * 0.7 * (number / (h.scale.managers + 2)) ** 2)
            refused = number >= h.scale.managers
            h.at(
                min(applies, h.scale.days - 12), rng.randrange(580, 1000), self._apply(first, refused=refused)
            )
        for first in wanted[h.scale.managers + 2 : h.scale.managers + 4]:
            # These two wait for an answer at whatever stage the demonstration is opened.
            h.at(h.played - 2, rng.randrange(580, 1000), self._apply(first, refused=None))

    def _apply(self, first: Member, *, refused: bool | None) -> Act:
        def act(day: int, _minute: int) -> None:
            h, market = self.h, self.h.markets[SECOND]
            if not first.membership:  # not yet in the operator's own network
                return
            words = "J’encadre une équipe à distance et je voudrais en parler avec des pairs."
            membership = join_network(market.network, first.person, by=first.person, application=words)
            if refused is None:
                return
            number = len(market.members)

            def answer(answered: int, _m: int) -> None:
                reason = "Ce réseau réunit pour l’instant des responsables de site." if refused else ""
                row = Membership.objects.select_related("network", "person").get(pk=membership.pk)
                answer_application(row, by=h.cast("animator").person, accept=not refused, reason=reason)
                if not refused:
                    member = Member(first.colleague, SECOND, answered, membership=membership.public_id)
                    market.enter(member)
                    self._plan_second_posts(member, answered, number)

            h.at(day, 1010, answer) if day == h.share(SECOND_OPENS) else h.at(day + 1, 560, answer)

        return act

    def _plan_second_posts(self, member: Member, day: int, number: int) -> None:
        h = self.h
        rng = h.rng("second posts", number)
        total, members = h.scale.managers_posts, h.scale.managers
        share = total * (number + 1) // members - total * number // members
        for position in range(share):
            kind = (OFFER, REQUEST)[position % 2] if position < 2 else REQUEST
            later = min(day + int(rng.expovariate(1 / 8)) + position * 12, h.scale.days - 1)
            h.at(
                max(later, day),
                rng.randrange(1011, 1080),
                self._publish(member, kind, f"{number}-{position}"),
            )
