"""The animators' pool (who may help with what, trained on what, how much at once), and notes about members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import accompanies, can_settle, is_member
from reciproque.networks.models import Membership, Network, Note, PoolMember, Training
from reciproque.networks.rules import MAX_CAPACITY, NOTE_MAX, Ability
from reciproque.people.models import Person


def _values(abilities: Iterable[str], availability: str, at_most: int) -> dict[str, Any]:
    chosen = [value for value in Ability.values if value in set(abilities)]
    if not chosen:
        raise ValidationError({"abilities": _("Cochez au moins une chose que cette personne peut faire.")})
    if not 1 <= at_most <= MAX_CAPACITY:
        raise ValidationError({"at_most": _("Choisissez un nombre de 1 à 20.")})
    return {
        "abilities": chosen,
        "availability": clean(availability).strip()[:200],
        "at_most": at_most,
    }


@transaction.atomic
def add_to_pool(
    network: Network,
    person: Person,
    *,
    by: Person,
    abilities: Iterable[str],
    availability: str = "",
    at_most: int = 3,
) -> PoolMember:
    """Note that a member agreed to help animate: with what, when, how much at once. They are told."""
    if not can_settle(by, network):
        raise PermissionDenied
    values = _values(abilities, availability, at_most)
    if not is_member(person, network):
        raise ValidationError(_("Cette personne ne fait pas partie du réseau."))
    try:
        with transaction.atomic():
            row = PoolMember.objects.create(
                network=network, person=person, added_by=by, added_at=clock.now(), **values
            )
    except IntegrityError as error:
        raise ValidationError(_("Cette personne est déjà dans l’équipe d’appui.")) from error
    record(
        "pool.joined",
        row,
        by=by,
        network=network,
        people=[person],
        name=person.display_name,
        abilities=values["abilities"],
    )
    return row


@transaction.atomic
def change_pool_member(
    row: PoolMember, *, by: Person, abilities: Iterable[str], availability: str = "", at_most: int = 3
) -> PoolMember:
    """Change what someone of the pool may be asked to do; they may do it themselves."""
    _check(row, by)
    values = _values(abilities, availability, at_most)
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    if not PoolMember.objects.filter(pk=row.pk, left_at=None).update(**values):
        raise ValidationError(_("Cette personne n’est plus dans l’équipe d’appui."))
    for name, value in values.items():
        setattr(row, name, value)
    record("pool.changed", row, by=by, network=row.network, people=[row.person], name=row.person.display_name)
    return row


@transaction.atomic
def leave_pool(row: PoolMember, *, by: Person) -> PoolMember:
    """Take someone off the pool: what they hold already stays theirs until it is given to another one."""
    _check(row, by)
    now = clock.now()
    if PoolMember.objects.filter(pk=row.pk, left_at=None).update(left_at=now):
        row.left_at = now
        record(
            "pool.left", row, by=by, network=row.network, people=[row.person], name=row.person.display_name
        )
    return row


@transaction.atomic
def note_training(row: PoolMember, *, by: Person, subject: str, done_on: dt.date) -> Training:
    """Note what someone of the pool was trained on, and when; the same training is noted once."""
    _check(row, by)
    subject = clean(subject).strip()[:200]
    if not subject:
        raise ValidationError({"subject": _("Dites en quelques mots sur quoi portait la formation.")})
    if done_on > clock.now().date():
        raise ValidationError({"done_on": _("Cette date n’est pas encore passée.")})
    training, _new = Training.objects.get_or_create(
        member=row, subject=subject, done_on=done_on, defaults={"noted_by": by}
    )
    return training


def _check(row: PoolMember, by: Person) -> None:
    if by.pk != row.person_id and not can_settle(by, row.network):
        raise PermissionDenied


@transaction.atomic
def write_note(membership: Membership, *, by: Person, words: str) -> Note:
    """Leave a note about accompanying a member: read by the animation team, and by the member if they ask."""
    if not accompanies(by, membership.network, membership.person):
        raise PermissionDenied
    words = clean(words).strip()
    if not words:
        raise ValidationError({"words": _("Écrivez quelques mots.")})
    if len(words) > NOTE_MAX:
        raise ValidationError({"words": _("Cette note est trop longue : 2 000 caractères au plus.")})
    last = membership.notes.filter(removed_at=None, by=by).first()
    if last is not None and last.words == words:
        return last  # the same button pressed twice
    note = Note.objects.create(membership=membership, words=words, by=by, at=clock.now())
    # The journal says that a note was left, to the one who left it; never its words, nor to the member.
    record("note.written", membership, by=by, network=membership.network)
    return note


@transaction.atomic
def remove_note(note: Note, *, by: Person) -> None:
    """Take a note away for good: its words are erased."""
    if not accompanies(by, note.membership.network, note.membership.person):
        raise PermissionDenied
    if Note.objects.filter(pk=note.pk, removed_at=None).update(removed_at=clock.now(), words=""):
        record("note.removed", note.membership, by=by, network=note.membership.network)
