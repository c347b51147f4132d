"""What the library expects of people by name: an answer to a question carried to them, a sheet read again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.kit import clock
from reciproque.kit.dates import morning_of
from reciproque.library.models import Sheet, SheetAuthor, UseCase
from reciproque.library.rules import ANSWER_WITHIN, REREAD_AHEAD
from reciproque.people.models import Person


def expect_answers(case: UseCase, people: Iterable[Person]) -> None:
    """Expect an answer of those to whom a question has just been carried."""
    due = clock.now() + ANSWER_WITHIN
    for person in people:
        open_step(Verb.ADVISE, case, network=case.network, owner=person, due_at=due, words=case.question)


def expect_no_answer(
    case: UseCase, person: Person | None = None, *, outcome: str = StepState.RELEASED
) -> None:
    """Expect no answer to a question any more: of one person, or of anyone."""
    close_steps(case, verb=Verb.ADVISE, owner=person, outcome=outcome)


def still_given_time() -> Any:
    """Say, for a row of `Asked`, whether its person's deadline was moved beyond now: they were on pause."""
    steps = Step.objects.open().filter(
        verb=Verb.ADVISE,
        owner=OuterRef("person"),
        subject_kind=UseCase.subject_kind,
        subject_id=OuterRef("case__public_id"),
        due_at__gt=clock.now(),
    )
    return Exists(steps)


def ask_rereading(limit: int = 200) -> int:
    """Ask those who keep sheets to read again the ones whose day is near (by the clock); return how many.

    Never who keeps a sheet under another name than their own: what waits for someone is read by those who
    accompany them. They are told by letter on the day.
    """
    now = clock.now()
    asked = Step.objects.open().filter(
        verb=Verb.REREAD, subject_kind=Sheet.subject_kind, subject_id=OuterRef("public_id")
    )
    hidden = SheetAuthor.objects.filter(sheet=OuterRef("pk"), person=OuterRef("owner")).exclude(shown_as="")
    rows = (
        Sheet.objects.open()
        .filter(review_on__gt=now.date(), review_on__lte=(now + REREAD_AHEAD).date())
        .filter(owner__isnull=False, owner__is_active=True)
        .exclude(Exists(asked))
        .exclude(Exists(hidden))
    )
    done = 0
    for sheet in rows.select_related("network", "owner").order_by("review_on", "pk")[:limit]:
        assert sheet.owner is not None
        assert sheet.review_on is not None
        due = morning_of(sheet.review_on, sheet.owner.time_zone)
        open_step(Verb.REREAD, sheet, network=sheet.network, owner=sheet.owner, due_at=due, words=sheet.title)
        done += 1
    return done


def expect_no_rereading(sheet: Sheet, *, outcome: str = StepState.RELEASED) -> None:
    """Expect nobody to read a sheet again for now: it was, it is withdrawn, somebody else keeps it, the day came."""
    close_steps(sheet, verb=Verb.REREAD, outcome=outcome)
