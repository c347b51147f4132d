"""What every gesture about a group shares: its facts, whom they concern, one gesture at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import open_step
from reciproque.agenda.rules import Verb, deadline
from reciproque.circles.models import Circle
from reciproque.circles.rules import LEAD_DAYS, SeatState
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import is_member
from reciproque.people.models import Person

MINE = _(
    "Cette règle vous concerne : la personne qui a ouvert le groupe, ou l’équipe d’animation, en décide."
)


def note(
    name: str,
    subject: Any,
    circle: Circle,
    /,
    *,
    by: Person | None,
    people: Iterable[Person] = (),
    **data: Any,
) -> None:
    """Record a fact about a group: its title and identifiers, never a word of what it holds."""
    record(name, subject, by=by, network=circle.network, people=people, title=circle.title, **data)


def people_of(circle: Circle) -> list[Person]:
    """Return the members of a group, then its facilitator."""
    seats = circle.seats.filter(state=SeatState.SEATED).select_related("person")
    people = {seat.person_id: seat.person for seat in seats}
    if circle.facilitator is not None:
        people[circle.facilitator.pk] = circle.facilitator
    return list(people.values())


def lock(circle: Circle) -> Circle:
    """Let one gesture at a time decide of the places of a group, and read where it is."""
    list(Circle.objects.select_for_update().filter(pk=circle.pk).values_list("pk"))
    circle.refresh_from_db()
    return circle


def expect(verb: str, circle: Circle, owner: Person | None, days: int) -> None:
    """Expect something about a group of one person (None: the animation team) in so many working days."""
    zone = owner.time_zone if owner is not None else circle.opened_by.time_zone
    due = deadline(circle.network, days, clock.now(), zone)
    open_step(verb, circle, network=circle.network, owner=owner, due_at=due, words=circle.title)


def expect_lead(circle: Circle, *, but: Person | None = None) -> None:
    """Expect of who opened the group, or else of the team, that they say who facilitates it."""
    opener = circle.opened_by
    able = opener.pk not in (circle.facilitator_id, but.pk if but else None)
    able = able and is_member(opener, circle.network)
    expect(Verb.LEAD, circle, opener if able else None, LEAD_DAYS)


def words(text: str, field: str, sentence: Any, *, most: int, least: int = 0, lines: bool = True) -> str:
    """Return a text as it is kept; refused with the sentence when it is too short or too long."""
    text = clean(text).strip() if lines else " ".join(clean(text).split())
    if not least <= len(text) <= most:
        raise ValidationError({field: sentence})
    return text
