"""Who already answered anonymously, as the program alone can tell while the answer waits aside."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.crypto import salted_hmac

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.people.models import Person
from reciproque.surveys.models import Aside, Seat

SALT = "reciproque.surveys.aside"


def mark_of_seat(seat: Seat) -> str:
    """Return the print of a seat under the installation's secret: the same for the same seat, and nothing without it."""
    return salted_hmac(SALT, str(seat.pk), algorithm="sha256").hexdigest()


def waits_aside(seats: Sequence[Seat]) -> set[int]:
    """Return the keys of the seats whose anonymous answer is there but not released yet."""
    marks = {mark_of_seat(seat): seat.pk for seat in seats}
    found = Aside.objects.filter(mark__in=list(marks)).values_list("mark", flat=True)
    return {marks[mark] for mark in found}


def still_awaited(person: Person, steps: list[Step]) -> list[Step]:
    """Return these steps of a person without the questionnaires that they have just answered anonymously.

    In the tables such a step stays open until their answer is released with others; only its owner is spared reading it.
    """
    asked = [step.subject_id for step in steps if step.verb == Verb.FILL and step.owner_id == person.pk]
    if not asked:
        return steps
    seats = Seat.objects.filter(person=person, campaign__public_id__in=asked).select_related("campaign")
    found = {seat.pk: seat.campaign.public_id for seat in seats}
    done = {found[pk] for pk in waits_aside(list(seats))}
    return [step for step in steps if step.verb != Verb.FILL or step.subject_id not in done]
