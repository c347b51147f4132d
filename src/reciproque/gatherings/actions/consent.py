"""What was typed for someone is published once they agree; what nobody confirmed is erased."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.actions import publish_post
from reciproque.catalogue.models import Post
from reciproque.gatherings.access import can_run, is_there
from reciproque.gatherings.models import Entry, Gathering, Match, Participant
from reciproque.gatherings.rules import (
    KEPT_DAYS,
    Consent,
    EntryState,
    GatheringState,
    NameShown,
    shown_up_to,
)
from reciproque.journal.actions import entered_by, erase_words, record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.networks.access import accompanies, is_member
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person

ASK_AGAIN = dt.timedelta(days=2)
NOT_A_MEMBER = _(
    "Cette personne n’est pas membre du réseau : invitez-la d’abord. Rien n’est publié en attendant."
)
NOT_THERE = _(
    "Cette personne n’a pas dit elle-même qu’elle vient : elle le dit sur son téléphone, une personne de "
    "l’animation la note présente, ou un message lui demande son accord."
)
CHOSEN = _(
    "Cette personne a choisi elle-même comment son nom s’affiche : vous pouvez seulement le montrer moins."
)


def doer_for(person: Person, network: Network, *, by: Person) -> Person:
    """Return who acts for somebody: an animator who accompanies them, else themselves, who have just said yes."""
    return by if by.pk == person.pk or accompanies(by, network, person) else person


def typed_by(by: Person, doer: Person) -> contextlib.AbstractContextManager[None]:
    """Say in the facts of the block who typed what the doer said."""
    return entered_by(by.display_name) if by.pk != doer.pk else contextlib.nullcontext()


def bump_version(gathering: Gathering) -> None:
    """Say that what the screens show has changed."""
    Gathering.objects.filter(pk=gathering.pk).update(version=F("version") + 1)


def publish_entry(entry: Entry, person: Person, *, by: Person, how: str) -> None:
    """Publish one entry for its person, who agrees; who noted it, when and how is kept with it."""
    network = entry.gathering.network
    doer = doer_for(person, network, by=by)
    with typed_by(by, doer):
        post = publish_post(
            network,
            person,
            entry.kind,
            by=doer,
            key=entry.public_id,
            title=entry.words,
            modes=["face", "phone", "video"],
            languages=person.languages,
            place=person.site.name if person.site else "",
        )
    if by.pk != person.pk and post.written_by_id is None:
        # Whoever typed it is named on the post, an animator or not.
        Post.objects.filter(pk=post.pk).update(written_by=by)
        post.written_by = by
    now = clock.now()
    done = Entry.objects.filter(pk=entry.pk, state=EntryState.NOTED, version=entry.version).update(
        state=EntryState.PUBLISHED,
        post=post,
        consent=how,
        consented_at=now,
        consent_noted_by=by,
        changed_at=now,
        version=F("version") + 1,
    )
    if not done:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    entry.state, entry.post, entry.consent, entry.consented_at = EntryState.PUBLISHED, post, how, now
    entry.consent_noted_by = by
    entry.version += 1
    record(
        "entry.consented",
        entry,
        by=by,
        network=network,
        people=[person],
        title=entry.words,
        name=person.display_name,
        how=how,
        # Published by its person, though somebody else typed it: they are told of it by this fact.
        helped=doer.pk != by.pk,
        kind=entry.kind,
        post=post.public_id,
    )


def check_person(participant: Participant) -> Person:
    """Return the member for whom something would be published; refuse a guest with the sentence."""
    person = participant.person
    if person is None or not is_member(person, participant.gathering.network):
        raise ValidationError(NOT_A_MEMBER)
    return person


@transaction.atomic
def confirm_entries(
    participant: Participant, ids: Collection[str], *, by: Person, shown: str = ""
) -> list[Entry]:
    """Publish what someone agrees to: by themselves on their own screen, or said aloud to whoever runs the gathering.

    Said aloud, the person is there; how they are named is then changed only before they answered, or to say less.
    """
    gathering = participant.gathering
    own = participant.person_id == by.pk
    if not own and not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    person = check_person(participant)
    if gathering.state not in (GatheringState.OPEN, GatheringState.CLOSED):
        raise ValidationError(_("Cette rencontre n’est pas ouverte : rien n’y est publié."))
    if shown not in ("", *NameShown.values):
        raise ValidationError({"shown": _("Choisissez parmi ce qui est proposé.")})
    if not own and not is_there(participant, by):
        raise ValidationError(NOT_THERE)
    if shown and not own and participant.answered_at and shown not in shown_up_to(participant.shown):
        raise ValidationError(CHOSEN)
    rows = list(
        participant.entries.filter(state=EntryState.NOTED, public_id__in=list(ids)).select_related(
            "gathering__network"
        )
    )
    done = participant.entries.filter(state=EntryState.PUBLISHED, public_id__in=list(ids)).exists()
    if not rows and not done:
        raise ValidationError(_("Cochez au moins un savoir."))
    for entry in rows:
        publish_entry(entry, person, by=by, how=Consent.OWN if own else Consent.SPOKEN)
    changes: dict[str, Any] = {"shown": shown} if shown else {}
    if own and shown:
        changes["answered_at"] = clock.now()
    if participant.here_at is None and gathering.is_open:
        changes["here_at"] = clock.now()
    if changes:
        Participant.objects.filter(pk=participant.pk).update(**changes)
        for name, value in changes.items():
            setattr(participant, name, value)
    bump_version(gathering)
    return rows


@transaction.atomic
def drop_entries(participant: Participant, ids: Collection[str], *, by: Person) -> int:
    """Erase what was typed for someone who does not want it: no trace is kept."""
    gathering = participant.gathering
    if participant.person_id != by.pk and not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    rows = participant.entries.filter(state=EntryState.NOTED, public_id__in=list(ids))
    done = _erase(rows.values_list("pk", flat=True))
    if not done:
        raise ValidationError(_("Cochez au moins un savoir."))
    bump_version(gathering)
    return done


def _erase(entries: Iterable[int]) -> int:
    pks = list(entries)
    Match.objects.filter(Q(entry__in=pks) | Q(other__in=pks)).delete()
    Entry.objects.filter(pk__in=pks).delete()
    return len(pks)


@transaction.atomic
def ask_consents(gathering: Gathering, *, by: Person) -> int:
    """Ask by message whoever has savoirs still to confirm; return how many people are asked."""
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if gathering.state not in (GatheringState.OPEN, GatheringState.CLOSED):
        raise ValidationError(_("Cette rencontre n’est pas ouverte : il n’y a rien à confirmer."))
    return ask_all(gathering, by=by)


def ask_all(gathering: Gathering, *, by: Person | None) -> int:
    """Ask those who have something to confirm and were not asked in the last two days."""
    now = clock.now()
    waiting = gathering.entries.filter(state=EntryState.NOTED).values("participant")
    rows = gathering.participants.filter(
        Q(consent_asked_at=None) | Q(consent_asked_at__lt=now - ASK_AGAIN),
        pk__in=waiting,
        person__isnull=False,
    )
    asked = list(rows.select_related("person"))
    for participant in asked:
        if participant.person is not None:
            ask_one(gathering, participant, participant.person, by=by)
    return len(asked)


def ask_one(gathering: Gathering, participant: Participant, person: Person, *, by: Person | None) -> None:
    """Ask one person, by message, to confirm what is noted for them."""
    now = clock.now()
    Participant.objects.filter(pk=participant.pk).update(consent_asked_at=now)
    until = (gathering.closed_at or max(now, gathering.ends_at)) + dt.timedelta(days=KEPT_DAYS)
    record(
        "gathering.consent_asked",
        gathering,
        by=by,
        network=gathering.network,
        people=[person],
        title=gathering.title,
        gathering_kind=gathering.kind,
        to=person.public_id,
        expires_at=until.astimezone(ZoneInfo(gathering.time_zone)).date().isoformat(),
    )


@transaction.atomic
def note_here(participant: Participant, *, by: Person) -> Participant:
    """Note that somebody is there: seen by an animator, or said beforehand by the person."""
    gathering = participant.gathering
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if not gathering.is_open:
        raise ValidationError(_("Cette rencontre n’est pas ouverte : personne n’y est encore."))
    if not is_there(participant, by):
        raise ValidationError(NOT_THERE)
    if Participant.objects.filter(pk=participant.pk, here_at=None).update(here_at=clock.now()):
        bump_version(gathering)
        participant.refresh_from_db(fields=["here_at"])
    return participant


@transaction.atomic
def note_post_gone(post: Post, *, erased: bool = False) -> int:
    """Show again without it the boards that held a post no longer published; its words go where its author erased them."""
    rows = list(Entry.objects.filter(post=post).select_related("gathering"))
    for entry in rows:
        if erased:
            Entry.objects.filter(pk=entry.pk).update(words="", version=F("version") + 1)
            erase_words([(Entry.subject_kind, entry.public_id)])
        bump_version(entry.gathering)
    return len(rows)


@transaction.atomic
def part_people(first: Person, second: Person) -> int:
    """Put out what lit up between two people who are no longer to be brought together."""
    rows = Match.objects.none()
    for one, other in ((first, second), (second, first)):
        theirs = Q(other__participant__person=other) | Q(post__author=other)
        rows = rows | Match.objects.filter(theirs, entry__participant__person=one)
    found = dict(rows.order_by().values_list("pk", "gathering_id"))
    Match.objects.filter(pk__in=list(found)).delete()
    Gathering.objects.filter(pk__in=set(found.values())).update(version=F("version") + 1)
    return len(found)


@transaction.atomic
def forget_member(membership: Membership) -> int:
    """Erase what somebody who left had not confirmed."""
    rows = Entry.objects.filter(
        participant__person=membership.person,
        gathering__network=membership.network,
        state=EntryState.NOTED,
    )
    gatherings = {row.gathering_id: row.gathering for row in rows.select_related("gathering")}
    done = _erase(rows.values_list("pk", flat=True))
    for gathering in gatherings.values():
        bump_version(gathering)
    return done


def clear_unconfirmed(limit: int = 100) -> int:
    """Erase what nobody confirmed a month after a gathering, with the names and addresses of guests (by the clock)."""
    rows = Gathering.objects.filter(
        state__in=[GatheringState.CLOSED, GatheringState.CANCELLED],
        cleared_at=None,
        closed_at__lt=clock.now() - dt.timedelta(days=KEPT_DAYS),
    )
    done = 0
    for gathering in rows.order_by("pk")[:limit]:
        with transaction.atomic():
            now = clock.now()
            if not Gathering.objects.filter(pk=gathering.pk, cleared_at=None).update(
                cleared_at=now, version=F("version") + 1
            ):
                continue
            unkept = gathering.entries.exclude(state=EntryState.PUBLISHED)
            _erase(unkept.values_list("pk", flat=True))
            # Nothing of a guest is published: only members agree.
            gathering.participants.filter(person=None).delete()
            done += 1
    return done
