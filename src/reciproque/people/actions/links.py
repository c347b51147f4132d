"""Signed links that answer for a person without signing in: each gives its answer once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.kit import clock
from reciproque.kit.tokens import LINK_DAYS, mark_of
from reciproque.people.models import Person, UsedLink


@transaction.atomic
def use_link(token: str, kind: str, *, by: Person, do: Callable[[], Any]) -> Any:
    """Do what a link was made for, once: both or neither, so that an answer refused leaves the link as it was."""
    try:
        with transaction.atomic():
            UsedLink.objects.create(mark=mark_of(token), person=by, kind=kind, used_at=clock.now())
    except IntegrityError:
        raise ValidationError(_("Ce lien a déjà servi."), code="used") from None
    return do()


def forget_used_links() -> int:
    """Forget the links whose time is over by themselves (by the clock); return how many."""
    long_past = clock.now() - dt.timedelta(days=3 * LINK_DAYS)
    return UsedLink.objects.filter(used_at__lt=long_past).delete()[0]
