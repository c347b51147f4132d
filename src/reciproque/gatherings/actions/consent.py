"""What was typed for someone is published once they agree; what nobody confirmed is erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.actions import publish_post
from reciproque.catalogue.models import Post
from reciproque.gatherings.access import can_run
from reciproque.gatherings.models import Entry, Gathering, Match, Participant
from reciproque.gatherings.queries import member_called
from reciproque.gatherings.rules import (
    KEPT_DAYS,
    Consent,
    EntryState,
    GatheringState,
    NameShown,
    clean_name,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.kit.text import clean
from reciproque.networks.access import is_animator, is_member
from reciproque.networks.models import Membership
from reciproque.people.models import Person
from reciproque.people.queries import person_by_email

ASK_AGAIN = dt.timedelta(days=2)
NOT_A_MEMBER = _(
    "Cette personne n’est pas membre du réseau : invitez-la d’abord. Rien n’est publié en attendant."
)


def _bump(gathering: Gathering) -> None:
    Gathering.objects.filter(pk=gathering.pk).update(version=F("version") + 1)


def publish_entry(entry: Entry, person: Person, *, by: Person, how: str) -> None:
    """Publish one entry for its person, who agrees; who noted it, when and how is kept with it."""
    network = entry.gathering.network
    # A helper of the pool writes in nobody's name: the offer is published by its person, who has just agreed.
    doer = by if by.pk == person.pk or is_animator(by, network) else person
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
    """Publish what someone agrees to: by themselves on their own screen, or said aloud to whoever runs the gathering."""
    gathering = participant.gathering
    own = participant.person_id == by.pk
    if not own and not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    person = check_person(participant)
    if gathering.state not in (GatheringState.OPEN, GatheringState.CLOSED):
        raise ValidationError(_("Cette rencontre n’est pas ouverte : rien n’y est publié."))
    if shown not in ("", *NameShown.values):
        raise ValidationError({"shown": _("Choisissez parmi ce qui est proposé.")})
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
    if not own and participant.here_at is None:
        changes["here_at"] = clock.now()
    if changes:
        Participant.objects.filter(pk=participant.pk).update(**changes)
        for name, value in changes.items():
            setattr(participant, name, value)
    _bump(gathering)
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
    _bump(gathering)
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
        _ask(gathering, participant, by=by)
    return len(asked)


def _ask(gathering: Gathering, participant: Participant, *, by: Person | None) -> None:
    now = clock.now()
    Participant.objects.filter(pk=participant.pk).update(consent_asked_at=now)
    until = (gathering.closed_at or max(now, gathering.ends_at)) + dt.timedelta(days=KEPT_DAYS)
    record(
        "gathering.consent_asked",
        gathering,
        by=by,
        network=gathering.network,
        people=[participant.person],
        title=gathering.title,
        gathering_kind=gathering.kind,
        to=participant.person.public_id if participant.person else "",
        expires_at=until.astimezone(ZoneInfo(gathering.time_zone)).date().isoformat(),
    )


@transaction.atomic
def name_guest(participant: Participant, who: str, *, by: Person) -> Participant:
    """Say which member somebody noted by name is; what was typed for them follows."""
    gathering = participant.gathering
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if participant.person_id is not None:
        return participant
    member = member_called(gathering.network, clean_name(who))
    if member is None:
        raise ValidationError(
            {"who": _("Aucun membre ne porte exactement ce nom. Choisissez dans la liste.")}
        )
    found = _become(participant, member.person)
    _bump(gathering)
    return found


def _become(participant: Participant, person: Person) -> Participant:
    """Turn a guest into a member; the one already there, if any, takes what was typed."""
    there = Participant.objects.filter(gathering=participant.gathering_id, person=person).first()
    if there is None:
        participant.person, participant.name, participant.folded, participant.email = person, "", "", ""
        participant.save(update_fields=["person", "name", "folded", "email"])
        return participant
    participant.entries.update(participant=there)
    if there.here_at is None and participant.here_at is not None:
        Participant.objects.filter(pk=there.pk).update(here_at=participant.here_at)
    participant.delete()
    there.gathering = participant.gathering
    return there


@transaction.atomic
def invite_guest(participant: Participant, email: str, *, by: Person) -> Person | None:
    """Keep a guest's address to invite them. Someone of the directory is written to; None for anyone else."""
    gathering = participant.gathering
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if participant.person_id is not None:
        raise ValidationError(_("Cette personne est déjà membre du réseau."))
    email = clean(email).strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": _("Cette adresse ne semble pas complète.")}) from error
    person = person_by_email(email)
    if person is not None and is_member(person, gathering.network):
        _become(participant, person)
        _bump(gathering)
        return person
    Participant.objects.filter(pk=participant.pk).update(email=email, invited_at=clock.now())
    participant.email = email
    if person is not None:
        record(
            "gathering.guest_invited",
            gathering,
            by=by,
            network=gathering.network,
            people=[person],
            title=gathering.title,
            name=person.display_name,
        )
    return person


@transaction.atomic
def claim_guest(membership: Membership) -> int:
    """Give to someone who has just joined what was typed for them as a guest; they are asked to confirm it."""
    person = membership.person
    if not person.email:
        return 0
    rows = Participant.objects.filter(
        gathering__network=membership.network, person=None, email__iexact=person.email
    )
    guests = list(rows.select_related("gathering__network"))
    for guest in guests:
        participant = _become(guest, person)
        _bump(guest.gathering)
        if participant.entries.filter(state=EntryState.NOTED).exists():
            _ask(guest.gathering, participant, by=None)
    return len(guests)


@transaction.atomic
def note_post_gone(post: Post, *, erased: bool = False) -> int:
    """Show again without it the boards that held a post no longer published; its words go where its author erased them."""
    rows = list(Entry.objects.filter(post=post).select_related("gathering"))
    for entry in rows:
        if erased:
            Entry.objects.filter(pk=entry.pk).update(words="", version=F("version") + 1)
        _bump(entry.gathering)
    return len(rows)


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
        _bump(gathering)
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
