"""The animation team's pages: what they share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.agenda.rules import MeetingState, Verb
from reciproque.kit import clock

if TYPE_CHECKING:
    from reciproque.agenda.models import Meeting, Step
    from reciproque.networks.models import Network
    from reciproque.people.models import Person

either = require_http_methods(["GET", "HEAD", "POST"])


def crumbs(network: Network, *trail: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to the desk; `trail` is (label, address), the last one without address."""
    desk = {"label": _("Animation"), "url": reverse("animation:desk", args=[network.slug])}
    return [desk, *({"label": label, "url": url} if url else {"label": label} for label, url in trail)]


def member_url(network: Network, person: Person) -> str:
    """Return where animators accompany this person."""
    return reverse("animation:member", args=[network.slug, person.public_id])


def members_url(network: Network) -> str:
    """Return the animators' list of members."""
    return reverse("animation:members", args=[network.slug])


def member_crumbs(network: Network, person: Person, label: str) -> list[dict[str, str]]:
    """Return the way back up from something done for one member."""
    name = person.display_name
    return crumbs(
        network, (_("Membres"), members_url(network)), (name, member_url(network, person)), (label, "")
    )


def contact(network: Network, person: Person, *, known: bool = True) -> dict[str, Any]:
    """Return whom to reach and how; `known` tells whether they have a page here (a mediator may be no member)."""
    digits = re.sub(r"[^\d+]", "", person.phone)
    return {
        "name": person.display_name,
        "initials": person.initials,
        "phone": person.phone,
        "call": f"tel:{digits}" if digits else "",
        "url": member_url(network, person) if known else "",
    }


def dated_meeting(meeting: Meeting | None) -> dict[str, Any] | None:
    """Return when and how the next meeting is fixed (or was, while nobody said that it took place); None without a date."""
    if meeting is None or meeting.state != MeetingState.FIXED or meeting.starts_at is None:
        return None
    return {
        "at": meeting.starts_at,
        "until": meeting.ends_at,
        "how": str(meeting.get_mode_display()),
        "past": meeting.starts_at <= clock.now(),
    }


def advice(steps: Iterable[Step]) -> str:
    """Return what the team can do about what was handed over to it, in a sentence or two; empty when nothing was."""
    said = {
        Verb.PROPOSE: _(
            "Appelez-les : si elles conviennent d’une date, fixez-la par « Répondre pour… ». "
            "Sinon, l’une d’elles propose des dates depuis son accueil."
        ),
        Verb.CHOOSE: _(
            "Appelez-les : des dates sont proposées. Notez celle qui convient, "
            "ou une autre dont elles conviennent, par « Répondre pour… »."
        ),
        Verb.HELD: _("Demandez-leur si elles se sont vues : chacune le dit d’un geste depuis son accueil."),
        Verb.TERMS: _(
            "Demandez à la personne qui a mené la rencontre ce qui a été convenu : elle le note sur la fiche."
        ),
        Verb.GO_ON: _(
            "Demandez-leur si l’échange est terminé ou s’il y aura une suite : "
            "l’une d’elles le dit sur la page de l’échange."
        ),
    }
    handed_over = [step.verb for step in steps if step.owner_id is None]
    return next((said[Verb(verb)] for verb in handed_over if verb in said), "")
