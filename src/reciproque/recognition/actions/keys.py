"""Make, change and break the keys that sign badges."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.seal import seal, seal_mark
from reciproque.kit.tokens import new_id
from reciproque.people.access import can_administer
from reciproque.people.models import Person
from reciproque.recognition.engine import signing
from reciproque.recognition.models import Key
from reciproque.recognition.queries.keys import key_subject, open_key

# A key signs for a year: what one of them could betray stays small.
KEY_DAYS = 365


@transaction.atomic
def ensure_key() -> tuple[Key, dict[str, Any]]:
    """Return the key that signs today and its private half; made, or made anew when nothing opens the last one.

    What a lost key signed still verifies: its public half is not lost.
    """
    key = Key.objects.select_for_update().filter(retired_at=None).first()
    private = open_key(key) if key is not None else None
    if key is not None and private is not None:
        return key, private
    return _replace(key, by=None, lost=key is not None)


def _replace(old: Key | None, *, by: Person | None, lost: bool = False) -> tuple[Key, dict[str, Any]]:
    if old is not None:
        Key.objects.filter(pk=old.pk, retired_at=None).update(retired_at=clock.now())
    pair, kid = signing.new_pair(), new_id()
    sealed = seal(json.dumps(pair.private), about=key_subject(kid))
    try:
        with transaction.atomic():
            key = Key.objects.create(kid=kid, public=pair.public, sealed=sealed)
    except IntegrityError:
        # Somebody else made it at the same instant: one signs.
        key = Key.objects.get(retired_at=None)
        return key, open_key(key) or {}
    if old is not None:
        record("key.rotated", key, by=by, before=old.kid, lost=lost)
    return key, pair.private


def _check(by: Person | None) -> None:
    if not can_administer(by):
        raise PermissionDenied(_("Seules les personnes qui administrent l’installation gèrent ces clés."))


@transaction.atomic
def rotate_key(*, by: Person) -> Key:
    """Sign with a new key from now on; what the former one signed still verifies."""
    _check(by)
    return _replace(Key.objects.select_for_update().filter(retired_at=None).first(), by=by)[0]


@transaction.atomic
def break_key(key: Key, *, by: Person) -> None:
    """Say that others know a key: nothing it signed verifies any more, and those concerned may ask for another badge."""
    _check(by)
    key = Key.objects.select_for_update().get(pk=key.pk)
    if key.broken_at is not None:
        raise ValidationError(_("Cette clé est déjà déclarée compromise."), code="broken")
    if key.retired_at is None:
        _replace(key, by=by)
        key.refresh_from_db()
    key.broken_at = clock.now()
    # Nobody will ever need it again.
    key.sealed = ""
    key.save(update_fields=["broken_at", "sealed"])
    holders = Person.objects.present().filter(
        pk__in=key.badges.filter(revoked_at=None, until__gt=clock.now()).values("person")
    )
    record("key.broken", key, by=by, people=list(holders))


@transaction.atomic
def tend_keys() -> int:
    """Replace by the clock the key that no longer opens or has signed for a year; seal the others under the first key.

    Return how many keys were changed.
    """
    key = Key.objects.select_for_update().filter(retired_at=None).first()
    if key is None:
        return 0
    private = open_key(key)
    if private is None or clock.now() >= key.made_at + dt.timedelta(days=KEY_DAYS):
        _replace(key, by=None, lost=private is None)
        return 1
    if key.sealed.startswith(seal_mark()):
        return 0
    key.sealed = seal(json.dumps(private), about=key_subject(key.kid))
    key.save(update_fields=["sealed"])
    return 1
