"""How each person wishes to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.fetch import Refused, check_url
from reciproque.notices.access import can_choose
from reciproque.notices.engine import push
from reciproque.notices.models import Outgoing, Preference, PushSubscription
from reciproque.notices.queries.choices import preference_of
from reciproque.notices.rules import (
    MAX_DEVICES,
    MAX_PAUSE,
    Category,
    Channel,
    OutgoingState,
    Rhythm,
    next_digest,
)
from reciproque.people.models import Person


@transaction.atomic
def choose_notices(
    person: Person,
    *,
    by: Person,
    rhythm: str = Rhythm.AT_ONCE,
    muted: Collection[str] = (),
    push_muted: Collection[str] = (),
    quiet_from: dt.time | None = None,
    quiet_until: dt.time | None = None,
    paused_until: dt.datetime | None = None,
    news: bool = True,
) -> Preference:
    """Keep all of a person's choices: how often, about what, on which channel, when not."""
    if not can_choose(by, person):
        raise PermissionDenied
    now = clock.now()
    if rhythm not in Rhythm.values or not {*muted, *push_muted} <= set(Category.values):
        raise ValidationError(_("Ce choix n’existe pas."))
    _check_times(quiet_from, quiet_until, paused_until, now)
    weekly = next_digest(now, person.time_zone, Rhythm.WEEKLY) if rhythm == Rhythm.WEEKLY else None
    preference, _created = Preference.objects.update_or_create(
        person=person,
        defaults={
            "rhythm": rhythm,
            "muted": sorted(muted),
            "push_muted": sorted(push_muted),
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "paused_until": paused_until,
            "news": news,
            "digest_at": weekly,
        },
    )
    _sort_out(preference, person, now)
    record(
        "person.notices_chosen",
        person,
        by=by,
        people=[person],
        rhythm=rhythm,
        muted=sorted(muted),
        paused_until=paused_until.isoformat() if paused_until else None,
    )
    return preference


def _check_times(
    start: dt.time | None, end: dt.time | None, pause: dt.datetime | None, now: dt.datetime
) -> None:
    wrong: dict[str, object] = {}
    if (start is None) != (end is None):
        wrong["quiet_until"] = _("Donnez les deux heures, ou aucune.")
    elif start is not None and start == end:
        wrong["quiet_until"] = _("Les deux heures sont les mêmes : choisissez une heure de fin différente.")
    if pause is not None and pause <= now:
        wrong["paused_until"] = _("Choisissez une date à venir.")
    elif pause is not None and pause > now + MAX_PAUSE:
        wrong["paused_until"] = _("Choisissez une date dans l’année qui vient.")
    if wrong:
        raise ValidationError(wrong)


def _sort_out(preference: Preference, person: Person, now: dt.datetime) -> None:
    """Have what is kept already follow the new choices."""
    kept = Outgoing.objects.held().filter(person=person)
    if preference.rhythm == Rhythm.NONE:
        kept.update(state=OutgoingState.DROPPED)
        waiting = Outgoing.objects.filter(
            person=person, channel=Channel.EMAIL, state=OutgoingState.WAITING, tries=0
        )
        waiting.update(state=OutgoingState.DROPPED)
        return
    kept.filter(category__in=preference.muted).update(state=OutgoingState.DROPPED)
    if preference.paused_until and preference.paused_until > now:
        kept.update(run_after=preference.paused_until)
    elif preference.rhythm == Rhythm.AT_ONCE:
        kept.update(run_after=now)
    else:
        kept.update(run_after=next_digest(now, person.time_zone, preference.rhythm))


@transaction.atomic
def unsubscribe(person: Person, *, by: Person) -> Preference:
    """Have no more news: what others expect of this person still comes."""
    kept = preference_of(person)
    return choose_notices(
        person,
        by=by,
        rhythm=kept.rhythm,
        muted={*kept.muted, Category.NETWORK, Category.FINDS},
        push_muted=kept.push_muted,
        quiet_from=kept.quiet_from,
        quiet_until=kept.quiet_until,
        paused_until=kept.paused_until if kept.paused_until and kept.paused_until > clock.now() else None,
        news=False,
    )


@transaction.atomic
def add_device(
    person: Person, *, by: Person, endpoint: str, p256dh: str, auth: str, agent: str = ""
) -> PushSubscription:
    """Keep a device on which its owner asked to be told; the same one again is brought up to date."""
    if not can_choose(by, person):
        raise PermissionDenied
    if not push.is_here():
        raise ValidationError(_("Les notifications ne sont pas installées ici."))
    try:
        push.check_keys(p256dh, auth)
        if not check_url(endpoint).startswith("https://"):
            raise ValueError("not protected")
    except (ValueError, Refused):
        raise ValidationError(_("Ce navigateur a donné une adresse qui ne peut pas servir.")) from None
    devices = PushSubscription.objects.filter(person=person).exclude(endpoint=endpoint)
    if devices.count() >= MAX_DEVICES:
        raise ValidationError(_("Vous avez déjà beaucoup d’appareils : retirez-en un."))
    device, made = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            # A shared browser speaks to whoever asked last, and to nobody else.
            "person": person,
            "p256dh": p256dh,
            "auth": auth,
            "agent": " ".join(agent.split())[:120],
            "failed_at": None,
            "failures": 0,
        },
    )
    if made:
        record("device.added", device, by=by, people=[person], agent=device.agent)
    return device


@transaction.atomic
def remove_device(device: PushSubscription, *, by: Person) -> None:
    """Tell nothing more on a device."""
    if not can_choose(by, device.person):
        raise PermissionDenied
    record("device.removed", device, by=by, people=[device.person], agent=device.agent)
    device.delete()
