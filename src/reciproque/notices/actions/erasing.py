"""Take back what was written, and has not left yet, about words removed by their author or hidden by the moderation."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q

from reciproque.catalogue.models import Post
from reciproque.journal.models import Fact
from reciproque.matching.queries.traces import found_facts, proposed_to, traces_of
from reciproque.notices.actions.digests import DIGEST, rewrite
from reciproque.notices.actions.rooms import forget_in_notes
from reciproque.notices.models import Outgoing
from reciproque.notices.rules import TAKEN, Channel, OutgoingState
from reciproque.people.models import Person

State = OutgoingState
ERASED = {"subject": "", "text": "", "html": "", "parts": {}, "ics": ""}
BATCH = 500


@transaction.atomic
def forget_post(post: Post) -> int:
    """Drop the messages about a removed post that nobody has received, and erase their words; return how many.

    What was already received is in other people's hands.
    """
    return drop_unsent(_facts_about(post)) + _forget_in_news(post) + forget_in_notes(post)


@transaction.atomic
def withhold_post(post: Post) -> int:
    """Drop what others have not received about a post hidden by the moderation; its author may read their own words."""
    facts = _facts_about(post)
    return drop_unsent(facts, but=post.author) + _forget_in_news(post) + forget_in_notes(post)


def _facts_about(post: Post) -> set[int]:
    facts = {fact.pk for fact in found_facts(post)}
    # What was typed in a gathering has the identifier of the post it became.
    for kind, public_id in [*traces_of(post), *proposed_to(post), ("entry", post.public_id)]:
        rows = Fact.objects.filter(subject_kind=kind, subject_id=public_id).exclude(name="post.removed")
        facts.update(rows.values_list("pk", flat=True))
    return facts


def drop_unsent(facts: set[int], *, but: Person | None = None) -> int:
    """Drop what was written about these facts and not received, with its words; return how many.

    A letter of several that holds some of it is written again without it.
    """
    wanted = sorted(facts)
    found = Q(pk__in=[])
    done = 0
    for start in range(0, len(wanted), BATCH):
        rows = Outgoing.objects.filter(fact_id__in=wanted[start : start + BATCH]).exclude(state__in=TAKEN)
        if but is not None:
            rows = rows.exclude(person=but)
        # While they are held, no worker puts what is kept for them in a letter, nor takes it.
        held = Person.objects.select_for_update(no_key=True).filter(pk__in=rows.values("person"))
        list(held.order_by("pk").values_list("pk"))
        gathered = list(rows.filter(state=State.GROUPED).values_list("pk", "person", "grouped_at"))
        done += rows.exclude(state=State.GROUPED).update(state=State.DROPPED, **ERASED)
        for pk, person, at in gathered:
            letters = Outgoing.objects.filter(fact_name=DIGEST, channel=Channel.EMAIL, person=person)
            letter = letters.filter(at=at).first() if at else None
            if letter is None or letter.state not in TAKEN:
                done += Outgoing.objects.filter(pk=pk).update(state=State.DROPPED, **ERASED)
                found |= Q(pk=letter.pk) if letter else Q()
    _write_again(Outgoing.objects.filter(found))
    return done


def _forget_in_news(post: Post) -> int:
    """Write again the letters not received that show a post among the new ones; return how many."""
    rows = Outgoing.objects.filter(fact_name=DIGEST, channel=Channel.EMAIL, text__contains=post.public_id)
    if post.published_at:
        rows = rows.filter(at__gte=post.published_at)
    return _write_again(rows.exclude(state__in=[*TAKEN, State.DROPPED]))


def _write_again(letters: Iterable[Outgoing]) -> int:
    done = 0
    for letter in list(letters):
        body = rewrite(letter)
        # One being given is only changed, for the try that may follow; any other copy of it that a worker
        # holds is worth nothing from now on, for its number of tries is another.
        more = {} if letter.state == State.SENDING else {"tries": F("tries") + 1}
        changes = body | more if body else {"state": State.DROPPED, **ERASED}
        done += Outgoing.objects.filter(pk=letter.pk).exclude(state__in=TAKEN).update(**changes)
    return done
