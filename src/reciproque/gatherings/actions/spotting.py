"""The path one follows alone: answers kept as they are typed, drafts at the end."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.actions import save_draft
from reciproque.catalogue.models import Post
from reciproque.gatherings.models import Savoir, Spotting, SpottingAnswer
from reciproque.gatherings.rules import ANSWER_MAX, QUESTIONS, split_savoirs
from reciproque.kit import clock
from reciproque.kit.text import clean, fold
from reciproque.networks.access import is_member
from reciproque.networks.models import Network
from reciproque.people.models import Person


def _mine(network: Network, person: Person) -> Spotting:
    if not is_member(person, network):
        raise PermissionDenied
    now = clock.now()
    try:
        with transaction.atomic():
            row, _new = Spotting.objects.get_or_create(
                network=network, person=person, defaults={"started_at": now, "changed_at": now}
            )
    except IntegrityError:  # begun in two windows at the same instant
        row = Spotting.objects.get(network=network, person=person)
    return row


@transaction.atomic
def save_answer(network: Network, person: Person, key: str, *, words: str, lines: str) -> Spotting:
    """Keep what one typed at one question, however incomplete; no fact, nobody else sees it."""
    question = next((one for one in QUESTIONS if one.key == key), None)
    if question is None:
        raise ValueError(key)
    spotting = _mine(network, person)
    words, lines = clean(words).strip()[:ANSWER_MAX], clean(lines).strip()[:ANSWER_MAX]
    SpottingAnswer.objects.update_or_create(
        spotting=spotting, question=key, defaults={"words": words, "lines": lines}
    )
    wanted = {fold(line): line for line in split_savoirs(lines)}
    known = {row.folded: row for row in spotting.savoirs.filter(question=key)}
    gone = [row.pk for folded, row in known.items() if folded not in wanted and row.drafted_at is None]
    Savoir.objects.filter(pk__in=gone).delete()
    for folded, line in wanted.items():
        if folded not in known:
            Savoir.objects.create(
                spotting=spotting, question=key, kind=question.kind, words=line, folded=folded
            )
        elif known[folded].words != line and known[folded].drafted_at is None:
            Savoir.objects.filter(pk=known[folded].pk).update(words=line)
    Spotting.objects.filter(pk=spotting.pk).update(changed_at=clock.now())
    return spotting


@transaction.atomic
def make_drafts(spotting: Spotting, chosen: Collection[str], *, by: Person) -> list[Post]:
    """Make a draft offer or request of each savoir chosen; each is then reread and published one by one."""
    if spotting.person_id != by.pk:
        raise PermissionDenied
    rows = list(spotting.savoirs.filter(public_id__in=list(chosen), drafted_at=None))
    if not rows:
        raise ValidationError(_("Cochez au moins un savoir."))
    drafts = []
    for row in rows:
        draft = save_draft(
            spotting.network,
            by,
            row.kind,
            by=by,
            key=row.public_id,
            title=row.words,
            modes=["face", "phone", "video"],
            languages=by.languages,
            place=by.site.name if by.site else "",
        )
        Savoir.objects.filter(pk=row.pk).update(post=draft, drafted_at=clock.now())
        drafts.append(draft)
    now = clock.now()
    Spotting.objects.filter(pk=spotting.pk).update(changed_at=now, finished_at=now)
    return drafts


@transaction.atomic
def forget_spotting(spotting: Spotting, *, by: Person) -> None:
    """Erase one's answers and what they drew out; the drafts already made stay one's own."""
    if spotting.person_id != by.pk:
        raise PermissionDenied
    spotting.savoirs.all().delete()
    spotting.answers.all().delete()
    spotting.delete()
