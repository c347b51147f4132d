"""Anonymous answers wait aside, sealed; by five at least, drawn at random, they and their seats are written together.

Five at least always stay aside until the end: those that join the others last are never one, two, three or four.
Nothing that the tables hold, in any order in which a database can be read, ties an answer to a seat: the answers have
random keys and are written in random order, no moment is kept but a day, and the last ones join the others together.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from reciproque.agenda.actions import close_steps_on
from reciproque.agenda.rules import Verb
from reciproque.kit import clock
from reciproque.kit.seal import Unopenable, seal, seal_mark, unseal
from reciproque.surveys.models import Aside, Campaign, LooseAnswer, Seat, Version
from reciproque.surveys.models.answers import random_key
from reciproque.surveys.queries.waiting import mark_of_seat
from reciproque.surveys.rules import BATCH, SeatState, Values

AT_ONCE = 400
# Up to so many answers of a campaign are all written again with every five; more are at its end.
MIXED = 500
# Sealed texts have the length of one of a few steps: a long answer is not told from a short one.
STEP = 2048


def put_aside(seat: Seat, version: Version, values: Values) -> bool:
    """Keep an anonymous answer sealed until it is released; False when this seat has one already."""
    mark = mark_of_seat(seat)
    words = json.dumps({"seat": seat.pk, "version": version.pk, "values": values})
    padded = words + " " * (-len(words.encode()) % STEP)
    rows = Aside.objects.filter(mark=mark)
    if rows.exists():
        return False
    Aside.objects.create(
        campaign=seat.campaign, mark=mark, sealed=seal(padded, about=_about(seat.campaign, mark))
    )
    return True


def _about(campaign: Campaign, mark: str) -> str:
    return f"survey:{campaign.public_id}:{mark}"


def release_five(campaign: Campaign) -> int:
    """Release five of those that wait aside once ten are there, drawn at random; return how many were.

    Five to nine stay: were they fewer at the end, two looks at the tables, before and after, would tell whose they are.
    """
    waiting = _waiting(campaign)
    ready = len(waiting) // BATCH * BATCH - BATCH
    return _release(campaign, _shuffled(waiting)[:ready]) if ready > 0 else 0


def release_rest(campaign: Campaign) -> int:
    """Release what is left aside as the campaign ends, and write all its answers and seats again in another order.

    Five to nine are left. With fewer, none of these is ever read: they are erased, with what no key opens any more.
    """
    if not campaign.is_anonymous:
        return 0
    waiting, done = _waiting(campaign), 0
    if len(waiting) >= BATCH:
        done = _release(campaign, waiting)
    # Fewer than five, when some could not be opened any more: those are lost too, rather than told alone.
    if LooseAnswer.objects.filter(campaign=campaign).exists():
        _write_again(campaign)
    Aside.objects.filter(campaign=campaign).delete()
    return done


@dataclasses.dataclass(frozen=True)
class Opened:
    """An answer that waited aside, as its seat gave it."""

    row: Aside
    seat: Seat
    answer: LooseAnswer


def _waiting(campaign: Campaign) -> list[Opened]:
    """Return the answers that may be released: one a seat, whatever happened to the secret that knows it again."""
    opened = [(row, found) for row in campaign.asides.all() if (found := _open(campaign, row)) is not None]
    rows = Seat.objects.filter(campaign=campaign, pk__in=[found["seat"] for _row, found in opened])
    seats = {seat.pk: seat for seat in rows.exclude(state=SeatState.ANSWERED)}
    waiting = {}
    for row, found in opened:
        if found["seat"] in seats:
            answer = LooseAnswer(campaign=campaign, version_id=found["version"], values=found["values"])
            waiting[found["seat"]] = Opened(row, seats[found["seat"]], answer)
    return list(waiting.values())


@transaction.atomic
def _release(campaign: Campaign, waiting: Sequence[Opened]) -> int:
    answers = [opened.answer for opened in waiting]
    former = list(LooseAnswer.objects.filter(campaign=campaign)[: MIXED + 1])
    if len(former) <= MIXED:
        # On PostgreSQL rows lie where they were written: all are written again, or each five would stay neighbours.
        LooseAnswer.objects.filter(campaign=campaign).delete()
        answers += former
    _write(answers)
    _mark_seats(campaign, [opened.seat for opened in waiting])
    Aside.objects.filter(pk__in=[opened.row.pk for opened in waiting]).delete()
    return len(waiting)


def _open(campaign: Campaign, row: Aside) -> dict[str, Any] | None:
    try:
        found = json.loads(unseal(row.sealed, about=_about(campaign, row.mark)))
    except Unopenable:
        # Its key was lost: nobody will ever read it, and its seat may answer again.
        return None
    return found if isinstance(found, dict) else None


def _mark_seats(campaign: Campaign, seats: Sequence[Seat]) -> None:
    """Write that these people answered, on this day, all at once and in no order; and close what was expected of them."""
    today = clock.now().date()
    for seat in _shuffled(seats):
        Seat.objects.filter(pk=seat.pk).update(state=SeatState.ANSWERED, answered_on=today, version=None)
    owners = [seat.person_id for seat in seats if seat.person_id is not None]
    close_steps_on(campaign, today, verb=Verb.FILL, owners=owners)


def _write_again(campaign: Campaign) -> None:
    """Write every answer and every seat of the campaign again under new keys, in random order, on the same day."""
    answers = list(LooseAnswer.objects.filter(campaign=campaign))
    LooseAnswer.objects.filter(campaign=campaign).delete()
    _write(answers)
    seats = list(Seat.objects.filter(campaign=campaign))
    Seat.objects.filter(campaign=campaign).delete()
    today = clock.now().date()
    for seat in seats:
        seat.pk = random_key()
        if seat.state == SeatState.ANSWERED:
            # The days on which batches became known would tell the last ones from the others.
            seat.answered_on = today
    Seat.objects.bulk_create(_shuffled(seats), batch_size=AT_ONCE)


def _write(answers: Sequence[LooseAnswer]) -> None:
    for answer in answers:
        answer.pk = random_key()
    LooseAnswer.objects.bulk_create(_shuffled(answers), batch_size=AT_ONCE)


def _shuffled(rows: Sequence[Any]) -> list[Any]:
    return random.SystemRandom().sample(list(rows), len(rows))


def release_due() -> int:
    """Release what waits by ten and more, and seal anew what an older key sealed (by the clock).

    Answers are released as the tenth arrives; this mends what an interruption left.
    """
    done = 0
    for campaign in Campaign.objects.open().filter(asides__isnull=False).distinct():
        done += release_five(campaign)
    _seal_again()
    return done


def _seal_again() -> None:
    rows = Aside.objects.exclude(sealed__startswith=seal_mark()).select_related("campaign")
    for row in rows.iterator(chunk_size=200):
        about = _about(row.campaign, row.mark)
        try:
            fresh = seal(unseal(row.sealed, about=about), about=about)
        except Unopenable:
            continue
        Aside.objects.filter(pk=row.pk, sealed=row.sealed).update(sealed=fresh)
