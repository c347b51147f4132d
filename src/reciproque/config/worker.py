"""The worker: reacts to facts, sends what waits, and does by the clock what is due."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import time
from collections.abc import Callable

from django.db import close_old_connections, connection

from reciproque.agenda import actions as agenda
from reciproque.catalogue import actions as catalogue
from reciproque.circles import actions as circles
from reciproque.config.reactions import HANDLERS, IN_PARTS
from reciproque.exchanges import actions as exchanges
from reciproque.gatherings import actions as gatherings
from reciproque.initiatives import actions as initiatives
from reciproque.insights import actions as insights
from reciproque.journal.actions import react
from reciproque.kit import clock
from reciproque.library import actions as library
from reciproque.matching import actions as matching
from reciproque.moderation import actions as moderation
from reciproque.networks import actions as networks
from reciproque.notices import actions as notices
from reciproque.people import actions as people
from reciproque.recognition import actions as recognition
from reciproque.surveys import actions as surveys

logger = logging.getLogger(__name__)


def refresh_statistics() -> None:
    """Let SQLite know how its tables are filled, without which it reads a large network the long way round."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Some hundred rows of each index say enough: a few milliseconds, whatever the size.
            cursor.execute("PRAGMA analysis_limit = 400")
            cursor.execute("ANALYZE")


# Duties of the clock: each is idempotent, so that doing one twice, late, or from two workers does no harm.
TIMETABLE: list[tuple[str, dt.timedelta, Callable[[], object]]] = [
    ("people who left", dt.timedelta(hours=1), people.leave_on_time),
    ("meetings past", dt.timedelta(minutes=5), agenda.ask_whether_held),
    ("polls whose time is over", dt.timedelta(minutes=5), agenda.close_overdue_polls),
    ("calendars to read", dt.timedelta(minutes=1), agenda.read_calendars),
    ("introductions to lapse", dt.timedelta(minutes=10), exchanges.lapse_overdue),
    ("reviews to close", dt.timedelta(minutes=30), exchanges.close_overdue_reviews),
    ("declarations unconfirmed", dt.timedelta(hours=1), exchanges.close_unconfirmed),
    ("members back from a pause", dt.timedelta(minutes=30), networks.end_pauses),
    ("steps to remind of", dt.timedelta(minutes=10), agenda.remind_due),
    ("steps to hand over", dt.timedelta(minutes=30), agenda.escalate_overdue),
    ("gaps to mend", dt.timedelta(hours=1), exchanges.mend_gaps),
    ("late steps of the teams", dt.timedelta(hours=1), agenda.tell_late_desk),
    ("offers nobody answers", dt.timedelta(hours=12), exchanges.tend_silent_offers),
    ("letters of several messages", dt.timedelta(minutes=5), notices.send_digests),
    ("rooms to tell", dt.timedelta(minutes=10), notices.tell_rooms),
    ("letters that came back", dt.timedelta(minutes=10), notices.read_bounces),
    ("posts about to expire", dt.timedelta(hours=1), catalogue.warn_expiring),
    ("posts expired", dt.timedelta(hours=1), catalogue.expire_overdue),
    ("posts on topics merged", dt.timedelta(hours=1), catalogue.fold_posts),
    ("next people proposed", dt.timedelta(hours=1), matching.lapse_proposals),
    ("indexes to save again", dt.timedelta(minutes=10), matching.save_again),
    ("suggestions", dt.timedelta(hours=6), matching.refresh_stale),
    ("statistics of the database", dt.timedelta(hours=6), refresh_statistics),
    ("plans and weights asked for", dt.timedelta(seconds=2), matching.do_asked),
    ("plans", dt.timedelta(hours=6), matching.plan_nightly),
    ("loops", dt.timedelta(hours=12), matching.refresh_all_loops),
    ("posts alike", dt.timedelta(hours=12), matching.find_all_alike),
    ("nudges", dt.timedelta(hours=12), matching.nudge_all),
    ("map of savoirs", dt.timedelta(minutes=10), matching.tend_map),
    ("gatherings nobody closed", dt.timedelta(hours=1), gatherings.close_forgotten),
    ("gatherings' unconfirmed lines", dt.timedelta(hours=12), gatherings.clear_unconfirmed),
    ("votes to close", dt.timedelta(minutes=5), initiatives.close_votes),
    ("committees to seat again", dt.timedelta(hours=1), initiatives.seat_all_again),
    ("committees' posture to ask", dt.timedelta(hours=12), initiatives.ask_postures),
    ("committees' posture to close", dt.timedelta(hours=1), initiatives.close_postures),
    ("notes nobody acknowledged", dt.timedelta(hours=1), initiatives.tell_unread),
    ("questions that a group did not take", dt.timedelta(hours=1), initiatives.ask_everybody),
    ("co-authors who did not answer", dt.timedelta(hours=1), initiatives.lapse_invitations),
    ("subjects to keep apart", dt.timedelta(hours=1), initiatives.lapse_merges),
    ("launch days nobody closed", dt.timedelta(hours=1), initiatives.close_forgotten_days),
    ("pictures left behind", dt.timedelta(hours=24), initiatives.sweep_pictures),
    ("links used long ago", dt.timedelta(days=1), people.forget_used_links),
    ("reports waiting", dt.timedelta(minutes=30), moderation.tend_reports),
    ("sheets to read again soon", dt.timedelta(hours=6), library.ask_rereading),
    ("sheets to read again", dt.timedelta(hours=6), library.tell_stale),
    ("questions unanswered", dt.timedelta(hours=1), library.lapse_asked),
    ("calls of groups that end", dt.timedelta(hours=1), circles.end_calls),
    ("lines within groups", dt.timedelta(hours=12), circles.note_lines),
    ("notes to seal under a new key", dt.timedelta(hours=12), circles.reseal_notes),
    ("rolls nobody called", dt.timedelta(minutes=30), circles.settle_rolls),
    ("groups that go on", dt.timedelta(minutes=30), circles.go_on),
    ("charters of groups", dt.timedelta(hours=1), circles.tend_charters),
    ("what may leave groups", dt.timedelta(minutes=10), circles.settle_outings),
    ("reviews of groups to close", dt.timedelta(hours=1), circles.close_reviews),
    ("files left behind", dt.timedelta(hours=24), library.sweep_files),
    ("certifications that end", dt.timedelta(minutes=30), recognition.end_expired),
    ("certifications about to end", dt.timedelta(hours=12), recognition.warn_ending),
    ("confirmations nobody gave", dt.timedelta(hours=1), recognition.lapse_confirmations),
    ("contests to answer", dt.timedelta(minutes=30), recognition.tend_contests),
    ("skills on savoirs merged", dt.timedelta(hours=1), recognition.fold_merged),
    ("sheets no longer used", dt.timedelta(hours=12), recognition.check_ratings),
    ("keys of badges", dt.timedelta(hours=12), recognition.tend_keys),
    ("hours of training nobody gave", dt.timedelta(hours=1), recognition.lapse_training),
    ("trainings to hand over", dt.timedelta(minutes=10), recognition.send_statements),
    ("keys of learning stores", dt.timedelta(hours=12), recognition.tend_stores),
    ("calls done", dt.timedelta(hours=1), recognition.settle_calls),
    ("calls unanswered", dt.timedelta(minutes=30), recognition.lapse_calls),
    ("requests carried to those who know", dt.timedelta(hours=6), recognition.carry_requests),
    ("questionnaires to open", dt.timedelta(minutes=10), surveys.open_due),
    ("questionnaires to close", dt.timedelta(minutes=10), surveys.close_due),
    ("anonymous answers to let out", dt.timedelta(hours=1), surveys.release_due),
    ("savoirs to pass on before leaving", dt.timedelta(hours=6), insights.ask_successors),
    ("figures to count", dt.timedelta(minutes=10), insights.measure_due),
    ("figures of the past to count", dt.timedelta(minutes=20), insights.measure_past),
    ("figures to tell everybody", dt.timedelta(minutes=30), insights.release_due),
    ("pictures to tell everybody", dt.timedelta(hours=12), insights.release_pictures),
    ("risks of networks to read and watch", dt.timedelta(hours=6), insights.tend_hazards),
    ("studies that are over", dt.timedelta(hours=1), insights.tend_studies),
    ("maturity to look at", dt.timedelta(hours=12), insights.ask_maturity),
    ("invitations to help nobody answered", dt.timedelta(hours=12), insights.lapse_invitations),
]


def do_daily() -> dict[str, object]:
    """Do every duty once and every reaction it causes: what `reciproque daily` and the demo's clock call."""
    done: dict[str, object] = {}
    run_reactions()
    for name, _every, duty in TIMETABLE:
        done[name] = duty()
        run_reactions()
    notices.send_waiting()
    return done


def run_reactions(rounds: int = 50) -> int:
    """Run the reactions that wait, and those that they cause, until nothing is left (or after `rounds`)."""
    total = 0
    for _ in range(rounds):
        done = react(HANDLERS, in_parts=IN_PARTS)
        total += done
        if not done:
            break
    return total


class Worker:
    """One loop that can be stopped cleanly between two pieces of work."""

    def __init__(self) -> None:
        self.stopping = False
        self.last: dict[str, dt.datetime] = {}

    def stop(self, *_: object) -> None:
        """Finish the work at hand, then end."""
        self.stopping = True

    def run(self, pause: float = 0.5) -> None:
        """Work until stopped; an error in one duty is logged and never ends the worker."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopping:
            worked = self.turn()
            close_old_connections()
            if not worked and not self.stopping:
                time.sleep(pause)
        connection.close()

    def turn(self) -> int:
        """Do one round: due reactions, messages to send, duties whose hour has come; return how much was done."""
        worked = 0
        try:
            worked += react(HANDLERS, in_parts=IN_PARTS)
            worked += notices.send_waiting(limit=50)
            worked += self.clock_duties()
        except Exception:
            logger.exception("the worker stumbled; it goes on")
            time.sleep(2)
        return worked

    def clock_duties(self) -> int:
        now = clock.now()
        done = 0
        for name, every, duty in TIMETABLE:
            if self.stopping:
                break
            if now - self.last.get(name, dt.datetime.min.replace(tzinfo=dt.UTC)) < every:
                continue
            self.last[name] = now
            try:
                done += int(bool(duty()))
            except Exception:
                logger.exception("duty %r failed; it is tried again at its next hour", name)
        return done
