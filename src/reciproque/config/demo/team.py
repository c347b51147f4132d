"""What the animation team of the demonstration does: its pool, its notes, its desk, its letters, the reports it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from reciproque.agenda import actions as agenda
from reciproque.agenda.rules import AttemptKind
from reciproque.catalogue.actions import publish_post, remove_post, renew_post
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.config.demo import said
from reciproque.config.demo.arrivals import MAIN, SECOND
from reciproque.config.demo.fairs import present
from reciproque.config.demo.history import TOLD_DAYS, Act, History
from reciproque.config.demo.market import OFFER, REQUEST, Ad, Market, Member
from reciproque.config.demo.texts import Subject
from reciproque.exchanges import actions as exchanges
from reciproque.insights.queries import Narrowed, Stuck, counts, queue
from reciproque.insights.rules import Reason
from reciproque.kit import clock
from reciproque.moderation.actions import appeal_decision, decide, make_report
from reciproque.moderation.models import Decision, Report
from reciproque.moderation.rules import DecisionKind
from reciproque.moderation.rules import Reason as Why
from reciproque.networks.actions import add_to_pool, grant_role, note_training, write_note
from reciproque.networks.models import Membership, PoolMember, RoleGrant
from reciproque.networks.rules import Ability, Role
from reciproque.notices import actions as notices
from reciproque.notices.rules import Rhythm, Segment
from reciproque.people.models import Person

POOL = 8
# How many rows of each kind the team leaves on its desk: what came up lately.
LEFT = {Reason.UNANSWERED: 6, Reason.IMBALANCED: 4, Reason.NEWCOMER: 4, Reason.LATE: 3}
# Before the last day: when the team goes through what waits, and over how many days it then deals with it.
SORTED = ((118, 80), (36, 26), (9, 6), (3, 2), (0, 0))
# What is set aside stays so within the six months that the product allows.
ASIDE_MOST = dt.timedelta(days=188)
REMINDED_AT = 575


class Team:
    """Plans the life of those who animate, and what the clock does to keep the others moving."""

    def __init__(self, history: History) -> None:
        self.h = history
        self.ads: dict[str, Ad] = {}
        self._met: list[Member] = []

    @property
    def market(self) -> Market:
        return self.h.markets[MAIN]

    @property
    def alice(self) -> Person:
        return self.h.cast("animator").person

    def plan(self) -> None:
        """Plan all of it, as far as the story is long enough."""
        h, last = self.h, self.h.days.last
        for day in range(h.played):
            if day % 5 == 0 or day >= h.played - TOLD_DAYS:
                h.at(day, REMINDED_AT, self._remind)
        if last < 30:
            return
        for number in range(POOL):
            h.at(h.share(0.3) + number * max(1, last // 40), 650, self._help(number))
        h.at(last // 2, 655, self._share_out)
        for number, words in enumerate(said.NOTES):
            h.at(last - 4 * number - 2, 660, self._note(number, words))
        h.at(last - 12, 470, self._choices)
        for ago, over in SORTED:
            h.at(max(0, last - ago), 985 if over else 1050, self._sort_out(over))
        h.at(last - 7, 965, self._call)
        h.at(last - 1, 975, self._call)
        h.at(last - 2, 690, self._write)
        self._plan_reports(last)

    # -- the clock --------------------------------------------------------------------------------------------

    def _remind(self, day: int, _minute: int) -> None:
        """Do at the office's hours what the worker does: remind, tell the team, ask whether old offers still hold."""
        h = self.h
        agenda.remind_due()
        if day >= h.played - TOLD_DAYS:
            agenda.tell_late_desk()
            notices.send_digests()
        if day % 5 == 0 and exchanges.tend_silent_offers():
            h.recount_posts()
            rng = h.rng("silent", day)
            asked = Post.objects.filter(silent_at=clock.now()).order_by("pk").values_list("pk", flat=True)
            for pk in asked:
                ad = next((m.by_pk[pk] for m in h.markets.values() if pk in m.by_pk), None)
                if ad is not None and (rng.random() < 0.8 or ad.owner.colleague.role):
                    h.at(day + rng.randrange(1, 7), rng.randrange(500, 1000), self._still(ad))

    def _still(self, ad: Ad) -> Act:
        def act(_day: int, _minute: int) -> None:
            post = self.h.arrivals._fetch(ad)
            if post.state == PostState.PUBLISHED:
                self.h.refused(lambda: renew_post(post, by=ad.owner.person))

        return act

    # -- who helps --------------------------------------------------------------------------------------------

    def _row(self, member: Member) -> Membership:
        return self.h.arrivals._row(member)

    def _someone(self, day: int, *key: object) -> Member | None:
        """Return somebody who stays and reads letters; never the same person twice."""
        found = present(self.market, day, self.h.rng("team", *key))
        member = next((m for m in found if m.until is None and m.person.email and m not in self._met), None)
        self._met += [member] if member else []
        return member

    def _help(self, number: int) -> Act:
        """One more person joins the pool, and is trained some weeks later."""

        def act(day: int, _minute: int) -> None:
            h, rng = self.h, self.h.rng("pool", number)
            mediator = self.h.cast("mediator").person
            member = (
                self.market.by_person.get(mediator.pk) if number == 0 else self._someone(day, "pool", number)
            )
            if member is None:
                return
            abilities = rng.sample(list(Ability.values), rng.randrange(1, 4))
            rows: list[PoolMember] = []
            if not h.refused(
                lambda: rows.append(
                    add_to_pool(
                        self.market.network,
                        member.person,
                        by=self.alice,
                        abilities=abilities,
                        availability=said.AVAILABILITY[number],
                        at_most=rng.randrange(1, 5),
                    )
                )
            ):
                for subject in rng.sample(said.TRAININGS, rng.randrange(0, 3) if number else 2):
                    later = min(day + rng.randrange(3, 40), h.days.last)
                    h.at(later, 1005, self._train(rows[0], subject))

        return act

    def _train(self, row: PoolMember, subject: str) -> Act:
        def act(day: int, _minute: int) -> None:
            on = self.h.days.date(max(0, day - 1))
            self.h.refused(lambda: note_training(row, by=self.alice, subject=subject, done_on=on))

        return act

    def _share_out(self, day: int, _minute: int) -> None:
        """Give one site, the one with the most members, to somebody who works there."""
        people = [m for m in present(self.market, day, self.h.rng("site")) if m.until is None]
        sites: dict[str, list[Member]] = {}
        for member in people:
            sites.setdefault(member.colleague.clean.site, []).append(member)
        if sites:
            member = max(sites.values(), key=len)[0]
            network, site = self.market.network, member.person.site
            self.h.refused(
                lambda: grant_role(network, member.person, Role.ANIMATOR, by=self.h.admin, site=site)
            )

    def _note(self, number: int, words: str) -> Act:
        def act(day: int, _minute: int) -> None:
            member = self._someone(day, "note", number)
            if member is not None:
                self.h.refused(lambda: write_note(self._row(member), by=self.alice, words=words))

        return act

    # -- the desk ---------------------------------------------------------------------------------------------

    def _sort_out(self, over: int) -> Act:
        """Go through what waits for nobody's answer, and deal with most of it in the days that follow."""

        def act(day: int, _minute: int) -> None:
            for name in (MAIN, SECOND):
                market = self.h.markets.get(name)
                if market is None:
                    continue
                waiting = counts(market.network, Narrowed())
                for reason, left in LEFT.items():
                    number = waiting[reason] - left
                    if number > 0:
                        rows = queue(market.network, Narrowed(), reason=reason, size=number)
                        self._deal(market, rows, day, over)

        return act

    def _deal(self, market: Market, rows: list[Stuck], day: int, over: int) -> None:
        h = self.h
        rng = h.rng("desk", market.name, day)
        whole = RoleGrant.objects.held().filter(role=Role.ANIMATOR, site=None, unit=None)
        grants = whole.filter(network=market.network).select_related("person").order_by("pk")
        team = [grant.person for grant in grants]
        for row in rows:
            by, later = rng.choice(team), day + (rng.randrange(over) if over else 0)
            minute = rng.randrange(1005, 1050) if over else 0
            back = h.days.moment(h.days.last, 600) + dt.timedelta(days=rng.randrange(12, 70))
            known = said.WORDS_OF_THE_TEAM if row.source == "request" else said.WORDS_OF_ONE_SIDE
            self._aside(market, row, by, rng.choice(known), later, minute, back)

    def _aside(
        self, market: Market, row: Stuck, by: Person, words: str, day: int, minute: int, back: dt.datetime
    ) -> None:
        def act(_day: int, _minute: int) -> None:
            until = min(back, clock.now() + ASIDE_MOST)
            self.h.refused(
                lambda: agenda.note_attempt(
                    row.subject, market.network, AttemptKind.NOTED, by=by, words=words, quiet_until=until
                )
            )

        if minute:
            self.h.at(day, minute, act)
        else:
            act(day, minute)

    def _call(self, day: int, _minute: int) -> None:
        """Call some of those who are awaited, and write down what they said."""
        rng, called = self.h.rng("calls", day), 0
        for reason in (Reason.UNDATED, Reason.UNREVIEWED, Reason.UNCONFIRMED, Reason.NEWCOMER):
            for row in queue(self.market.network, Narrowed(), reason=reason, size=2):
                person, words = row.people[0] if row.people else None, rng.choice(said.CALLS)
                self.h.refused(
                    lambda row=row, person=person, words=words: agenda.note_attempt(
                        row.subject,
                        self.market.network,
                        AttemptKind.CALLED,
                        by=self.alice,
                        person=person,
                        words=words,
                    )
                )
                called += 1
        self.h.counts["calls"] += called

    def _write(self, _day: int, _minute: int) -> None:
        """Write to the newcomers."""
        network, segment = self.market.network, {"who": Segment.NEWCOMERS, "days": 60}
        told: dict[str, Any] = {
            "by": self.alice,
            "subject": said.MAIL_SUBJECT,
            "text": said.MAIL_TEXT,
            "segment": segment,
        }

        def act() -> None:
            seen = notices.preview_broadcast(network, **told)
            notices.send_broadcast(network, **told, confirmed=seen.count)

        self.h.refused(act)

    def _choices(self, day: int, _minute: int) -> None:
        """Some choose when they are told, some step back for a while."""
        h = self.h
        back = h.days.moment(h.days.last, 540) + dt.timedelta(days=12)
        weekly, daily = {"rhythm": Rhythm.WEEKLY}, {"rhythm": Rhythm.DAILY}
        quiet = {"quiet_from": dt.time(19, 30), "quiet_until": dt.time(7, 30)}
        wanted: list[dict[str, Any]] = [weekly, quiet, daily, weekly, {"paused_until": back}, quiet, daily]
        people = present(self.market, day, h.rng("choices"))
        for choice, member in zip(wanted, people, strict=False):
            h.refused(
                lambda member=member, choice=choice: notices.choose_notices(
                    member.person, by=member.person, **choice
                )
            )
        away = [member for member in people[len(wanted) :] if member.until is None]
        for member in away[:3]:
            h.at(h.days.last - 5, 630, h.arrivals._pause(member, 19))

    # -- reports ----------------------------------------------------------------------------------------------

    def _plan_reports(self, last: int) -> None:
        h = self.h
        h.at(last - 11, 700, lambda day, _m: self._against("paid", OFFER, said.PAID, day))
        h.at(last - 8, 705, lambda day, _m: self._report("paid", said.REPORT_PAID, day, self._hidden))
        h.at(last - 3, 700, lambda day, _m: self._against("place", REQUEST, said.IN_THEIR_PLACE, day))
        h.at(last - 1, 705, lambda day, _m: self._report("place", said.REPORT_PLACE, day, None))
        h.at(last - 15, 710, self._remove)

    def _against(self, name: str, kind: str, words: tuple[str, str], day: int) -> None:
        """Somebody publishes what the charter does not allow."""
        h, member = self.h, self._someone(day, "against", name)
        if member is None:
            return
        made: list[Post] = []
        if not h.refused(
            lambda: made.append(
                publish_post(
                    self.market.network,
                    member.person,
                    kind,
                    by=member.person,
                    title=words[0],
                    description=words[1],
                    modes=["face"],
                    place=member.colleague.clean.site,
                    languages=["fr"],
                )
            )
        ):
            subject = Subject(f"against-{name}", words[0], "Vie quotidienne")
            ad = Ad(made[0].pk, made[0].public_id, member, kind, subject, made[0].title, ("face",), False)
            # Nobody of the story asks for it: it is not put among what may be picked.
            self.ads[name] = ad
            h.counts["posts"] += 1

    def _report(self, name: str, words: str, day: int, then: Callable[[Report, int], None] | None) -> None:
        """A colleague reports it to the team."""
        ad = self.ads.get(name)
        reporter = self._someone(day, "reporter", name)
        if ad is None or reporter is None:
            return
        post = self.h.arrivals._fetch(ad)
        made: list[Report] = []
        if (
            not self.h.refused(
                lambda: made.append(
                    make_report(
                        self.market.network,
                        by=reporter.person,
                        about=post,
                        reason=Why.AGAINST_CHARTER,
                        words=words,
                    )
                )
            )
            and then is not None
        ):
            then(made[0], day)

    def _hidden(self, report: Report, day: int) -> None:
        """It is hidden the day after; its author appeals."""

        def hide(_day: int, _minute: int) -> None:
            found: list[Decision] = []
            by = report.handler or self.h.admin
            if not self.h.refused(
                lambda: found.append(decide(report, by=by, kind=DecisionKind.HIDE, words=said.HIDDEN))
            ):
                self.h.at(day + 5, 760, lambda _d, _m: appeal(found[0]))

        def appeal(decision: Decision) -> None:
            person = self.h.person_of(report.about_id)
            self.h.refused(lambda: appeal_decision(decision, by=person, words=said.APPEAL))

        self.h.at(day + 1, 1000, hide)

    def _remove(self, _day: int, _minute: int) -> None:
        """Somebody asks that what they wrote be erased; the place it had in the counts stays."""
        rng = self.h.rng("removed")
        ads = [ad for ad in self.market.open_ads() if not ad.owner.colleague.role and not ad.busy]
        # Rather somebody who has others: who erases their only offer is one more call for the team.
        rng.shuffle(ads)
        ads.sort(key=lambda ad: -sum(other.open for other in ad.owner.ads))
        for ad in ads[:6]:
            post = self.h.arrivals._fetch(ad)
            if not self.h.refused(lambda post=post, ad=ad: remove_post(post, by=ad.owner.person)):
                ad.open = False
                return
