"""What people do about what is expected of them: each verb of a step, done as its page does it."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda import actions as agenda
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import Meeting, Step
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import MeetingKind, MeetingState, Verb
from reciproque.catalogue.access import get_post
from reciproque.catalogue.actions import publish_post, renew_post, withdraw_post
from reciproque.catalogue.models import Post
from reciproque.config.demo import phrases
from reciproque.config.demo.texts import Text, likelihood, texts, words
from reciproque.config.simulation.people import Someone
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.access import get_exchange, get_introduction
from reciproque.exchanges.rules import AWAITING_ANSWER, ExchangeState, Refusal
from reciproque.kit import clock
from reciproque.kit.dates import is_working_day
from reciproque.kit.errors import NotThere
from reciproque.matching import actions as matching
from reciproque.matching.access import get_suggestion
from reciproque.matching.queries import next_proposal
from reciproque.networks.actions import sign_charter
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import current_charter
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)


class Answers:
    """Does what steps ask; what the rules refuse is counted, never forced."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._used: dict[int, set[str]] = {}
        self._by_verb: dict[str, Callable[[Someone, Step], None]] = {
            Verb.SIGN: self._sign,
            Verb.OFFER: self._first_post,
            Verb.REQUEST: self._first_post,
            Verb.ANSWER: self._answer,
            Verb.REPLY: self._reply,
            Verb.NEXT: self._next,
            Verb.TRY: self._try,
            Verb.PROPOSE: self._propose,
            Verb.CHOOSE: self._choose,
            Verb.HELD: self._held,
            Verb.TERMS: self._terms,
            Verb.GO_ON: self._go_on,
            Verb.CONFIRM: self._confirm,
            Verb.REVIEW: self._review,
            Verb.RENEW: self._renew,
        }

    def do(self, someone: Someone, step: Step) -> bool:
        """Do what a step asks of somebody; False when they cannot, or when the rules say no."""
        act = self._by_verb.get(step.verb)
        if act is None:
            self.counts[f"unknown verb {step.verb}"] += 1
            return False
        return self.allowed(lambda: act(someone, step))

    def allowed(self, act: Callable[[], object]) -> bool:
        """Try an act; False when the rules refuse it."""
        try:
            act()
        except (ValidationError, PermissionDenied, NotThere):
            self.counts["refused by the rules"] += 1
            return False
        return True

    # -- posts and membership -------------------------------------------------------------------------------

    def publish(self, someone: Someone, network: Network, kind: str, *, by: Person | None = None) -> Post:
        """Publish an offer or a request that this person could have written."""
        rng, person = someone.rng, someone.person
        text = self._text(someone, kind)
        return publish_post(
            network,
            person,
            kind,
            by=by or person,
            title=text.title,
            description=text.description,
            purpose=text.purpose,
            modes=rng.choice([["phone"], ["phone", "video"], ["face", "phone", "video"], ["video"]]),
            languages=person.languages,
            capacity=rng.choice([1, 2, 2, 3]),
            small_group=kind == "offer" and rng.random() < 0.15,
            topics=[text.subject.topic],
        )

    def _text(self, someone: Someone, kind: str) -> Text:
        """Return the most believable of a few texts drawn by chance, not one this person published before."""
        one, used = someone.colleague, self._used.setdefault(someone.person.pk, set())
        drawn = [text for text in someone.rng.choices(texts(), k=40) if text.kind == kind]
        drawn = [text for text in drawn if text.title not in used] or [t for t in texts() if t.kind == kind]
        best = max(
            drawn,
            key=lambda text: likelihood(
                text, gender=one.gender, department=one.department, function=one.clean.function
            ),
        )
        used.add(best.title)
        return best

    def _sign(self, someone: Someone, step: Step) -> None:
        membership = Membership.objects.select_related("network", "person").get(public_id=step.subject_id)
        charter = current_charter(membership.network)
        if charter is not None:
            sign_charter(membership, by=someone.person, version=charter.version)

    def _first_post(self, someone: Someone, step: Step) -> None:
        self.publish(someone, step.network, step.verb)

    def _renew(self, someone: Someone, step: Step) -> None:
        post, drawn = get_post(someone.person, step.subject_id), someone.rng.random()
        if drawn < 0.75:
            renew_post(post, by=someone.person)
        elif drawn < 0.9:
            withdraw_post(post, by=someone.person, reason="Plus d’actualité.")

    # -- introductions --------------------------------------------------------------------------------------

    def _answer(self, someone: Someone, step: Step) -> None:
        introduction = get_introduction(someone.person, step.subject_id)
        if introduction.state not in AWAITING_ANSWER:
            return
        rng, by = someone.rng, someone.person
        drawn = rng.random()
        if drawn < (0.5 if someone.refusing else 0.12):
            why = rng.choice([Refusal.TIME, Refusal.TIME, Refusal.SUBJECT, Refusal.SOMEONE])
            exchanges.refuse_introduction(introduction, by=by, refusal=why)
        elif drawn > 0.92:
            exchanges.ask_question(introduction, by=by, text=rng.choice(words()["questions"]))
        elif not self.allowed(lambda: exchanges.accept_introduction(introduction, by=by)):
            introduction = get_introduction(someone.person, step.subject_id)
            exchanges.refuse_introduction(introduction, by=by, refusal=Refusal.FULL)

    def _reply(self, someone: Someone, step: Step) -> None:
        introduction = get_introduction(someone.person, step.subject_id)
        exchanges.reply_question(introduction, by=someone.person, text=someone.rng.choice(phrases.REPLIES))

    def _next(self, someone: Someone, step: Step) -> None:
        introduction = get_introduction(someone.person, step.subject_id)
        found = next_proposal(introduction, someone.person)
        request = introduction.request if introduction.request and introduction.request.is_open else None
        asked = (
            found is not None
            and someone.rng.random() < 0.75
            and self.allowed(
                lambda: exchanges.ask_introduction(
                    introduction.network,
                    requester=someone.person,
                    offerer=found.person,
                    by=someone.person,
                    request=request,
                    offer=found.post,
                    reasons=found.reasons,
                )
            )
        )
        if not asked:
            matching.decline_next(introduction, by=someone.person)

    def _try(self, someone: Someone, step: Step) -> None:
        suggestion, drawn = get_suggestion(someone.person, step.subject_id), someone.rng.random()
        if drawn < 0.65 and self.allowed(
            lambda: exchanges.ask_introduction(
                suggestion.network,
                requester=someone.person,
                offerer=suggestion.offer.author,
                by=someone.person,
                request=suggestion.request,
                offer=suggestion.offer,
            )
        ):
            return
        if drawn < 0.85:
            matching.put_off_suggestion(suggestion, by=someone.person)
        else:
            matching.dismiss_suggestion(suggestion, by=someone.person)

    def _terms(self, someone: Someone, step: Step) -> None:
        introduction, by, rng = get_introduction(someone.person, step.subject_id), someone.person, someone.rng
        if rng.random() < 0.12:
            exchanges.end_unmatched(introduction, by=by, reason=rng.choice(phrases.UNMATCHED))
            return
        exchanges.write_terms(
            introduction, by=by, content=introduction.title, method=rng.choice(phrases.METHODS)
        )
        exchanges.agree_introduction(introduction, by=by)

    # -- meetings -------------------------------------------------------------------------------------------

    def _propose(self, someone: Someone, step: Step) -> None:
        meeting = live_meeting(StepSubject(step.subject_kind, step.subject_id))
        if meeting is None:
            return
        people = [attendance.person for attendance in meeting.attendances.all()]
        agreed = meeting.kind == MeetingKind.EXCHANGE and someone.rng.random() < 0.35
        if agreed or len(people) > 3:
            self.fix(meeting, someone)
            return
        starts = self.dates(someone, someone.rng.randrange(1, 4))
        minutes = someone.rng.choice([30, 45, 60, 60, 90])
        agenda.propose_slots(meeting, starts, by=someone.person, minutes=minutes)

    def fix(self, meeting: Meeting, someone: Someone) -> None:
        """Fix a date agreed by other means."""
        agenda.fix_date(meeting, self.dates(someone, 1)[0], by=someone.person)

    def dates(self, someone: Someone, number: int) -> list[dt.datetime]:
        """Return so many dates to come at which somebody could meet, in order."""
        zone, rng = ZoneInfo(someone.person.time_zone), someone.rng
        today = clock.now().astimezone(zone).date()
        coming = [day for n in range(3, 20) if is_working_day(day := today + n * DAY)]
        return [
            dt.datetime.combine(day, dt.time(rng.randrange(9, 17), rng.choice([0, 30])), zone)
            for day in sorted(rng.sample(coming, number))
        ]

    def _choose(self, someone: Someone, step: Step) -> None:
        meeting = live_meeting(StepSubject(step.subject_kind, step.subject_id))
        if meeting is None:
            return
        slots = [slot for slot in meeting.open_slots if slot.starts_at > clock.now()]
        if not slots or someone.rng.random() < 0.08:
            agenda.propose_slots(meeting, self.dates(someone, 2), by=someone.person)
        else:
            # People tend to take the first date: otherwise a group would never agree.
            agenda.accept_slot(slots[0], by=someone.person)

    def _held(self, someone: Someone, step: Step) -> None:
        meeting = live_meeting(StepSubject(step.subject_kind, step.subject_id))
        if meeting is not None and meeting.state == MeetingState.FIXED and meeting.ends_at < clock.now():
            self.say_held(meeting, someone)

    def say_held(self, meeting: Meeting, someone: Someone) -> None:
        """Say what became of a past meeting: mostly that it took place, sometimes with another one to follow."""
        held = someone.rng.random() < 0.9
        more = held and meeting.kind == MeetingKind.EXCHANGE and someone.rng.random() < 0.12
        exchanges.say_held(meeting, by=someone.person, held=held, more=more)

    # -- exchanges ------------------------------------------------------------------------------------------

    def _go_on(self, someone: Someone, step: Step) -> None:
        exchange = get_exchange(someone.person, step.subject_id)
        if exchange.state == ExchangeState.OPEN:
            exchanges.finish_exchange(exchange, by=someone.person)

    def _confirm(self, someone: Someone, step: Step) -> None:
        exchange = get_exchange(someone.person, step.subject_id)
        if someone.rng.random() < 0.93:
            exchanges.confirm_exchange(exchange, by=someone.person)
        else:
            exchanges.deny_exchange(exchange, by=someone.person, reason=someone.rng.choice(phrases.DENIALS))

    def _review(self, someone: Someone, step: Step) -> None:
        self.review(someone, step.subject_id, by=someone.person)

    def review(self, someone: Someone, exchange_id: str, *, by: Person) -> None:
        """Write somebody's review, or have an animator write it on the telephone."""
        rng: random.Random = someone.rng
        exchanges.submit_review(
            get_exchange(someone.person, exchange_id),
            by=by,
            author=someone.person,
            satisfaction=rng.choices(["4", "3", "2", "1"], [55, 35, 8, 2])[0],
            covered=rng.choice(["yes", "yes", "partly"]),
            again=rng.random() < 0.88,
        )
