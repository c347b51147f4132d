"""The life of each introduction, from its asking to its end, and of the exchange it opens."""

from __future__ import annotations

import random
from decimal import Decimal

from reciproque.agenda.actions import accept_slot, fix_date, propose_slots
from reciproque.agenda.models import Meeting
from reciproque.agenda.rules import LIVE_MEETING, MeetingState, SlotState
from reciproque.catalogue.models import Post
from reciproque.config.demo import phrases
from reciproque.config.demo.history import History
from reciproque.config.demo.market import Ad, Market, Member, Pair
from reciproque.config.demo.texts import words
from reciproque.exchanges.actions import (
    accept_introduction,
    agree_introduction,
    ask_introduction,
    ask_question,
    end_unmatched,
    extend_exchange,
    refuse_introduction,
    reply_question,
    say_held,
    stop_exchange,
    submit_review,
    withdraw_introduction,
    write_message,
    write_terms,
)
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.exchanges.queries import joinable_exchanges
from reciproque.exchanges.rules import AWAITING_ANSWER, ExchangeState, IntroductionState, Refusal
from reciproque.people.models import Person

OPENS = ("usual", "usual", "usual", "usual", "usual", "usual", "several", "extended", "stopped", "slow")


class Life:
    """Two people brought together, as they live it: what each does next is planned when the last thing is done."""

    def __init__(
        self, history: History, market: Market, number: object, ending: str, *, pair: Pair | None = None
    ) -> None:
        self.h, self.market, self.ending = history, market, ending
        self.rng = history.rng("life", market.name, number)
        self.pair = pair
        self.introduction_pk = self.exchange_pk = 0
        self.introduction_id = self.exchange_id = ""
        self.meetings_left = self.rng.randrange(2, 4) if ending == "several" else 1
        self.extends = ending == "extended"

    @property
    def opens(self) -> bool:
        """Tell whether this life is one of those that become an exchange."""
        return self.ending in OPENS

    # -- asking and answering -------------------------------------------------------------------------------

    def plan(self, day: int, *, haste: bool = False) -> None:
        """Plan the asking so that what opens does so that day, and what does not is asked that day."""
        rng, gap = self.rng, 0
        if self.opens and not haste:
            gap = rng.randrange(1, 4) + (9 if self.market.network.is_mediated else 0)
        asked = max(day - gap, 0)
        self.h.at(asked, rng.randrange(485, 700) if not haste else 1081, lambda d, m: self.ask(d, m, gap))

    def ask(self, day: int, minute: int, gap: int) -> None:
        """Ask; when nobody can be brought together that day, try again the next one."""
        pair = self.pair or self.market.pick(self.rng, day, answering=self.opens)
        if pair is None or self.h.refused(lambda: self._ask(pair)):
            if self.opens:
                self.h.at(day + 1, 1081, lambda d, m: self.ask(d, m, max(gap - 1, 0)))
            return
        self.pair = pair
        self.market.take(pair)
        self._plan_answer(day, gap)

    def _ask(self, pair: Pair) -> None:
        request, offer = _fresh(pair.request), _fresh(pair.offer)
        introduction = ask_introduction(
            self.market.network,
            requester=pair.requester.person,
            offerer=pair.offerer.person,
            by=pair.initiator.person,
            request=request,
            offer=offer,
            message=self.rng.choice(words()["messages"])
            if pair.initiator is pair.requester
            else _invitation(self.rng),
        )
        self.introduction_pk, self.introduction_id = introduction.pk, introduction.public_id
        self.h.counts["introductions"] += 1

    def _plan_answer(self, day: int, gap: int) -> None:
        h, rng = self.h, self.rng
        if self.ending == "withdrawn":
            h.at(day + rng.randrange(1, 4), rng.randrange(500, 1000), self.withdraw)
        elif self.ending == "refused":
            h.at(day + rng.randrange(1, 5), rng.randrange(500, 1000), self.refuse)
        elif self.ending == "lapsed":
            return
        elif self.ending in ("unmatched", "joining"):
            h.at(day + rng.randrange(1, 4), rng.randrange(500, 1000), self.accept)
        elif gap == 0:
            h.at(day, 1082, self.accept)
        else:
            mediated = self.market.network.is_mediated
            answered = day + (rng.randrange(1, 3) if mediated else gap)
            if answered - day >= 2 and rng.random() < 0.35:
                h.at(day + 1, rng.randrange(500, 700), self.question)
            h.at(answered, rng.randrange(720, 1000), self.accept)

    def introduction(self) -> Introduction:
        """Return the introduction as it is now; its people are already known."""
        introduction = Introduction.objects.get(pk=self.introduction_pk)
        introduction.network = self.market.network
        introduction.requester, introduction.offerer = self._pair.requester.person, self._pair.offerer.person
        introduction.initiator = self._pair.initiator.person
        return introduction

    def question(self, day: int, minute: int) -> None:
        """The one asked asks first; the other replies the same day."""
        introduction = self.introduction()
        if introduction.state != IntroductionState.ASKED:
            return
        question = self.rng.choice(words()["questions"])
        if not self.h.refused(lambda: ask_question(introduction, by=introduction.answerer, text=question)):
            reply = self.rng.choice(phrases.REPLIES)
            self.h.at(day, min(minute + self.rng.randrange(20, 300), 1000), lambda _d, _m: self._reply(reply))

    def _reply(self, text: str) -> None:
        introduction = self.introduction()
        if introduction.state == IntroductionState.QUESTIONED:
            self.h.refused(lambda: reply_question(introduction, by=introduction.initiator, text=text))

    def withdraw(self, day: int, minute: int) -> None:
        """The asker takes it back."""
        introduction, reason = self.introduction(), self.rng.choice(phrases.WITHDRAWALS)
        self.h.refused(lambda: withdraw_introduction(introduction, by=introduction.initiator, reason=reason))
        self._release_request()

    def refuse(self, day: int, minute: int) -> None:
        """The one asked says no, and usually says why."""
        introduction = self.introduction()
        why = self.rng.choice([Refusal.TIME, Refusal.TIME, Refusal.SUBJECT, Refusal.SOMEONE, Refusal.OTHER])
        reason = (
            self.rng.choice(words()["refusals"]) if why == Refusal.OTHER or self.rng.random() < 0.6 else ""
        )
        self.h.refused(
            lambda: refuse_introduction(introduction, by=introduction.answerer, refusal=why, reason=reason)
        )
        self._release_request()

    def _release_request(self) -> None:
        if self.pair is not None and self.pair.request is not None:
            self.pair.request.busy = False

    def accept(self, day: int, minute: int) -> None:
        """Say yes; a capacity reached meanwhile makes it a no, and another pair takes the turn of this one."""
        introduction, rng = self.introduction(), self.rng
        if introduction.state not in AWAITING_ANSWER:
            return self._lost(day)
        introduction.request, introduction.offer = _fresh(self._pair.request), _fresh(self._pair.offer)
        if self.ending == "joining":
            return self._join(introduction)
        message = rng.choice(phrases.REPLIES) if rng.random() < 0.4 else ""
        answerer = introduction.answerer
        if self.h.refused(lambda: accept_introduction(introduction, by=answerer, message=message)):
            self.h.refused(lambda: refuse_introduction(introduction, by=answerer, refusal=Refusal.FULL))
            return self._lost(day)
        self.market.hold(self._pair, 1)
        if self.market.network.is_mediated:
            self.find_date(day)
        else:
            self.opened(day)
        return None

    def _join(self, introduction: Introduction) -> None:
        """Enter an exchange of several people when the offerer has one open, else simply decline."""
        groups = joinable_exchanges(introduction.offerer, introduction.network)
        by = introduction.answerer
        if not groups or self.h.refused(lambda: accept_introduction(introduction, by=by, into=groups[0])):
            self.h.refused(lambda: refuse_introduction(introduction, by=by, refusal=Refusal.FULL))
        self._release_request()

    def _lost(self, day: int) -> None:
        self._release_request()
        if self.opens:
            self.h.counts["replaced"] += 1
            again = Life(self.h, self.market, f"again-{self.h.counts['replaced']}", self.ending)
            again.plan(day if day == self.h.days.last else day + 1, haste=True)

    @property
    def _pair(self) -> Pair:
        assert self.pair is not None
        return self.pair

    # -- the exchange ---------------------------------------------------------------------------------------

    def opened(self, day: int) -> None:
        """Note that the exchange is open, and plan what its people do."""
        h, rng = self.h, self.rng
        exchange = Exchange.objects.get(people__introduction_id=self.introduction_pk)
        self.exchange_pk, self.exchange_id = exchange.pk, exchange.public_id
        h.counts["followed"] += 1
        h.counts[f"followed in {self.market.name}"] += 1
        if rng.random() < 0.3:
            h.at(day + 1, rng.randrange(500, 1000), self.write)
        if not self.market.network.is_mediated and rng.random() < 0.25:
            h.at(day + 1, rng.randrange(500, 1000), self.write_terms)
        if self.ending == "stopped":
            h.at(day + rng.randrange(1, 6), rng.randrange(500, 1000), self.stop)
        if self.ending == "slow":
            h.at(day + rng.randrange(12, 50), rng.randrange(500, 1000), lambda d, _m: self.find_date(d))
        else:
            self.find_date(day)

    def exchange(self) -> Exchange:
        """Return the exchange as it is now."""
        exchange = Exchange.objects.get(pk=self.exchange_pk)
        exchange.network = self.market.network
        return exchange

    def write(self, day: int, minute: int) -> None:
        """A word between the two, and sometimes its answer."""
        exchange = self.exchange()
        if exchange.state != ExchangeState.OPEN:
            return
        for member in (self._pair.requester, self._pair.offerer)[: self.rng.randrange(1, 3)]:
            text = self.rng.choice(phrases.REPLIES)
            self.h.refused(lambda member=member, text=text: write_message(exchange, text, by=member.person))

    def write_terms(self, day: int, minute: int) -> None:
        """The two write down what they agreed on."""
        exchange = self.exchange()
        if exchange.state == ExchangeState.OPEN:
            fields = self._terms()
            self.h.refused(lambda: write_terms(exchange, by=self._pair.offerer.person, **fields))

    def _terms(self) -> dict[str, str]:
        rng, pair = self.rng, self._pair
        request = pair.request
        return {
            "content": pair.subject.topic,
            "purpose": request.title if request is not None else "",
            "method": rng.choice(phrases.METHODS),
            "rhythm": rng.choice(phrases.RHYTHMS),
            "material": rng.choice(phrases.MATERIALS),
            "success": rng.choice(phrases.SUCCESSES),
        }

    def stop(self, day: int, minute: int) -> None:
        """One of them stops before the end."""
        exchange = self.exchange()
        if exchange.state != ExchangeState.OPEN:
            return
        member = self.rng.choice([self._pair.requester, self._pair.offerer])
        reason = self.rng.choice(phrases.STOPS)
        if not self.h.refused(lambda: stop_exchange(exchange, by=member.person, reason=reason)):
            self.market.hold(self._pair, -1)
            self._release_request()

    # -- dates ----------------------------------------------------------------------------------------------

    def meeting(self) -> Meeting | None:
        """Return the meeting that is to be dated or to come."""
        kind, subject = (
            ("exchange", self.exchange_id) if self.exchange_pk else ("introduction", self.introduction_id)
        )
        meetings = Meeting.objects.filter(subject_kind=kind, subject_id=subject, state__in=LIVE_MEETING)
        # One at most, as the database sees to it.
        for meeting in meetings.order_by():
            meeting.network = self.market.network
            return meeting
        return None

    def find_date(self, day: int) -> None:
        """Plan that somebody proposes dates in the next days."""
        self.h.at(day + self.rng.randrange(1, 3), self.rng.randrange(485, 800), self.propose)

    def propose(self, day: int, minute: int) -> None:
        """Propose one to three dates, or fix the one agreed in the corridor."""
        meeting = self.meeting()
        if meeting is None:
            return
        rng, people = self.rng, self._people(meeting)
        proposer = self.introduction().mediator if not self.exchange_pk else self._pair.requester.person
        if proposer is None or proposer.pk not in {person.pk for person in people}:
            proposer = people[0]
        chosen = sorted(rng.sample(range(day + 4, day + 13), rng.randrange(1, 4)))
        starts = [
            self.h.days.local(number, rng.randrange(8, 17), rng.choice([0, 30]), proposer.time_zone)
            for number in chosen
        ]
        minutes = rng.choice([30, 45, 60, 60, 60, 90, 90, 120])
        if (self.exchange_pk and rng.random() < 0.4) or len(people) > 3:
            if not self.h.refused(lambda: fix_date(meeting, starts[0], by=proposer, minutes=minutes)):
                self._after_fixed(meeting, day)
            return
        place = _place(meeting.mode, self._pair.offerer, rng)
        slots = []
        if self.h.refused(
            lambda: slots.extend(propose_slots(meeting, starts, by=proposer, minutes=minutes, place=place))
        ):
            return
        choice = rng.randrange(len(starts))
        self.h.at(day + rng.randrange(1, 3), rng.randrange(490, 1000), lambda d, _m: self.choose(d, choice))

    def choose(self, day: int, choice: int) -> None:
        """The others say yes to the same date; sometimes one proposes other dates instead."""
        meeting = self.meeting()
        if meeting is None or meeting.state != MeetingState.UNDATED:
            return
        slots = list(meeting.slots.filter(state=SlotState.OPEN).order_by("starts_at"))
        if not slots:
            return
        slot = slots[min(choice, len(slots) - 1)]
        others = [person for person in self._people(meeting) if person.pk != slot.proposed_by_id]
        if self.rng.random() < 0.08 and len(others) == 1:
            number = self.h.days.number_of(slot.starts_at.date()) + 2
            start = self.h.days.local(number, 14, 0, others[0].time_zone)
            if not self.h.refused(lambda: propose_slots(meeting, [start], by=others[0])):
                self.h.at(day + 1, self.rng.randrange(490, 1000), lambda d, _m: self.choose(d, 0))
            return
        for person in others:
            agreed: list[Meeting] = []
            if self.h.refused(lambda person=person, to=agreed: to.append(accept_slot(slot, by=person))):
                return
            meeting = agreed[-1]
        if meeting.state == MeetingState.FIXED:
            self._after_fixed(meeting, day)

    def _after_fixed(self, meeting: Meeting, day: int) -> None:
        assert meeting.ends_at is not None
        rng, held = self.rng, self.h.days.number_after(meeting.ends_at)
        if rng.random() < 0.07 and held - 2 > day:
            self.h.at(held - 2, rng.randrange(490, 1000), lambda d, _m: self._reschedule(d))
            return
        self.h.at(
            held + (rng.random() < 0.3), rng.randrange(500, 1000), lambda d, _m: self.held(d, meeting.pk)
        )

    def _reschedule(self, day: int) -> None:
        meeting = self.meeting()
        if meeting is None or meeting.state != MeetingState.FIXED:
            return
        person = self.rng.choice(self._people(meeting))
        start = self.h.days.local(day + 7, self.rng.randrange(9, 17), 0, person.time_zone)
        if not self.h.refused(lambda: propose_slots(meeting, [start], by=person)):
            self.h.at(day + 1, self.rng.randrange(490, 1000), lambda d, _m: self.choose(d, 0))

    def _people(self, meeting: Meeting) -> list[Person]:
        known = self.h.person_of
        return [
            known(pk) for pk in meeting.attendances.filter(left_at=None).values_list("person_id", flat=True)
        ]

    # -- what became of the meeting -------------------------------------------------------------------------

    def held(self, day: int, meeting_pk: int) -> None:
        """Somebody says whether the meeting took place."""
        meeting = Meeting.objects.get(pk=meeting_pk)
        meeting.network = self.market.network
        if meeting.state != MeetingState.FIXED:
            return
        people, rng = self._people(meeting), self.rng
        mediator = self.introduction().mediator if not self.exchange_pk else None
        by = mediator or rng.choice(people)
        if rng.random() < 0.06:
            if not self.h.refused(lambda: say_held(meeting, by=by, held=False)):
                self.find_date(day)
            return
        self.meetings_left -= bool(self.exchange_pk)
        more = bool(self.exchange_pk) and self.meetings_left > 0
        if self.h.refused(lambda: say_held(meeting, by=by, held=True, more=more)):
            return
        if not self.exchange_pk:
            self.h.at(day, 1100, self.conclude)
        elif more:
            self.find_date(day + rng.randrange(1, 8))
        else:
            self.finished(day)

    def conclude(self, day: int, minute: int) -> None:
        """The mediator writes the terms down and records that the two agree, or that they do not match."""
        introduction = self.introduction()
        mediator = introduction.mediator
        if introduction.state != IntroductionState.ACCEPTED or mediator is None:
            return
        if self.ending == "unmatched":
            reason = self.rng.choice(phrases.UNMATCHED)
            if not self.h.refused(lambda: end_unmatched(introduction, by=mediator, reason=reason)):
                self.market.hold(self._pair, -1)
                self._release_request()
            return
        fields = self._terms()
        self.h.refused(lambda: write_terms(introduction, by=mediator, **fields))
        if not self.h.refused(lambda: agree_introduction(introduction, by=mediator)):
            self.opened(day)

    def finished(self, day: int) -> None:
        """Plan the reviews of an exchange that has taken place, or one more meeting first."""
        h, rng = self.h, self.rng
        if not Exchange.objects.filter(pk=self.exchange_pk, state=ExchangeState.FINISHED).exists():
            return
        if self.extends:
            self.extends = False
            h.at(day + 1, rng.randrange(500, 1000), self.extend)
            return
        self.market.hold(self._pair, -1)
        # Most review; some forget, and the exchange is closed at its deadline without them.
        for member in (self._pair.requester, self._pair.offerer):
            if rng.random() < 0.9:
                later = day + min(11, int(rng.expovariate(1 / 3)))
                h.at(later, rng.randrange(500, 1080), lambda _d, _m, member=member: self.review(member))

    def extend(self, day: int, minute: int) -> None:
        """Plan one more meeting after all."""
        exchange = self.exchange()
        if not self.h.refused(lambda: extend_exchange(exchange, by=self._pair.requester.person)):
            self.meetings_left = 1
            self.find_date(day)

    def review(self, member: Member) -> None:
        """One of them reviews the exchange."""
        exchange, rng = self.exchange(), self.rng
        if exchange.state != ExchangeState.FINISHED:
            return
        learner = member is self._pair.requester
        met = learner and exchange.request_id is not None and rng.random() < 0.6
        learned = (
            rng.choice(words()["review_learned" if learner else "review_taught"])
            if rng.random() < 0.65
            else ""
        )
        refused = self.h.refused(
            lambda: submit_review(
                exchange,
                by=member.person,
                satisfaction=rng.choices(["4", "3", "2", "1"], [55, 35, 8, 2])[0],
                covered=rng.choices(["yes", "partly", "no"], [75, 21, 4])[0],
                used=rng.choices(["already", "planned", "no"], [46, 44, 10])[0] if learner else "",
                again=rng.random() < 0.88,
                learned=learned,
                comment=rng.choice(words()["review_comment"]) if rng.random() < 0.45 else "",
                hours=Decimal(exchange.minutes * 2 // 60) / 2 or None,
                request_met=met,
            )
        )
        if self._pair.request is not None and learner and not refused:
            self._pair.request.busy = False
            self._pair.request.open = self._pair.request.open and not met


def _fresh(ad: Ad | None) -> Post | None:
    if ad is None:
        return None
    post = Post.objects.get(pk=ad.pk)
    post.author = ad.owner.person
    return post


def _invitation(rng: random.Random) -> str:
    return rng.choice(
        [
            "Bonjour, votre demande correspond à ce que je fais tous les jours. On en parle ?",
            "Bonjour, je peux vous montrer cela en une heure, au téléphone ou sur place.",
            "Votre question, je me la suis posée aussi. J’ai fini par trouver, je vous raconte volontiers.",
            "Bonjour, je crois pouvoir vous aider. Dites-moi simplement où vous en êtes.",
            "Je ne suis pas spécialiste, mais c’est mon quotidien depuis six ans. Partant ?",
        ]
    )


def _place(mode: str, host: Member, rng: random.Random) -> str:
    if mode == "face":
        return host.colleague.clean.site
    if mode == "video":
        return f"https://visio.malle-poste.example/{rng.randrange(10**8):08d}"
    return host.person.phone
