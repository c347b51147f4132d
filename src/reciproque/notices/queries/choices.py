"""How one person wishes to be told, said back to them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Min
from django.utils.translation import gettext as _

from reciproque.kit import clock
from reciproque.kit.dates import moment_in_words
from reciproque.notices.engine import push
from reciproque.notices.models import Outgoing, Preference, PushSubscription
from reciproque.notices.rules import Category, Rhythm
from reciproque.people.models import Person


def preference_of(person: Person) -> Preference:
    """Return a person's choices, or the default ones (not stored)."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


def next_digest_at(person: Person) -> dt.datetime | None:
    """Return when the messages kept for this person leave; None when nothing is kept."""
    found: dt.datetime | None = (
        Outgoing.objects.held().filter(person=person).aggregate(at=Min("run_after"))["at"]
    )
    return found


def push_key() -> str:
    """Return the public key with which a browser asks for notifications; empty where there are none."""
    return str(settings.VAPID_PUBLIC_KEY) if push.is_here() else ""


def devices_of(person: Person) -> list[PushSubscription]:
    """Return the devices on which a person asked to be told, latest first."""
    return list(PushSubscription.objects.filter(person=person))


def what_is_received(preference: Preference, person: Person) -> str:
    """Say in a few sentences what these choices mean for that person."""
    now = clock.now()
    said = [_mail(preference, person)]
    if preference.paused_until and preference.paused_until > now and preference.rhythm != Rhythm.NONE:
        said.insert(
            0,
            _(
                "En pause jusqu’à %(when)s : d’ici là, seul un rendez-vous qui change dans les 24 heures vous est annoncé ; "
                "le reste partira groupé à votre retour."
            )
            % {"when": moment_in_words(preference.paused_until, person.time_zone, now)},
        )
    if preference.quiet_from and preference.quiet_until and preference.rhythm != Rhythm.NONE:
        said.append(
            _(
                "Rien entre %(start)s et %(end)s à votre heure, sauf un rendez-vous qui change dans les 24 heures."
            )
            % {
                "start": preference.quiet_from.strftime("%H:%M"),
                "end": preference.quiet_until.strftime("%H:%M"),
            }
        )
    return " ".join(sentence for sentence in said if sentence)


def _mail(preference: Preference, person: Person) -> str:
    wanted = [category for category in Category.values if category not in preference.muted]
    if not person.email:
        return _(
            "Sans adresse électronique, vous ne recevez aucun courriel : l’animation vous tient au courant."
        )
    if preference.rhythm == Rhythm.NONE or not wanted:
        return _("Vous ne recevez aucun courriel : ce qui vous attend se lit sur ce site.")
    most = {"most": settings.MESSAGES_A_WEEK}
    if preference.rhythm == Rhythm.DAILY:
        said = _("Vous recevez au plus un courriel par jour, à 8 heures, quand quelque chose vous attend.")
    elif preference.rhythm == Rhythm.WEEKLY and preference.news:
        said = _(
            "Vous recevez un courriel le lundi à 8 heures, avec quelques nouvelles offres et demandes de vos réseaux."
        )
    elif preference.rhythm == Rhythm.WEEKLY:
        said = _("Vous recevez un courriel le lundi à 8 heures, quand quelque chose vous attend.")
    else:
        said = _(
            "Un courriel part aussitôt, avec au plus %(most)d courriels en sept jours : au-delà, ils sont groupés."
        )
    said = said % most if "%(most)d" in said else said
    if len(wanted) < len(Category.values):
        return said + " " + _("Vous avez écarté certains sujets.")
    return said
