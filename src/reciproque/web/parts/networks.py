"""A network as pages say it: its charter line by line, whom it is open to, how many it counts, where one stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.kit import clock
from reciproque.networks.rules import MembershipState, System
from reciproque.people.rules import LEVELS
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.networks.models import Membership, Network, Opening

# Under this many, a group's figure could point at someone.
LEAST_SHOWN = 5
_SYSTEMS = dict(System.choices)
_LEVELS = dict(LEVELS)


def articles(text: str) -> list[str]:
    """Return a charter's rules, one a line, as the `charter` part reads them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def headcount(number: int, *, exact: bool = False) -> str:
    """Return how many members a group counts: exactly to whoever may list them, in round figures to the others.

    To read 57 one day and 58 the next would say that somebody joined.
    """
    if number < LEAST_SHOWN:
        return _("moins de cinq membres")
    if not exact:
        tens = number // 10 * 10
        return _("plus de %(n)s membres") % {"n": tens} if tens else _("moins de dix membres")
    return ngettext("%(n)s membre", "%(n)s membres", number) % {"n": number}


def masked(number: int) -> str:
    """Return a figure about a group, small numbers left vague."""
    return str(number) if number >= LEAST_SHOWN else _("moins de 5")


def masked_parts(numbers: Sequence[int]) -> list[str]:
    """Return figures about a group, each counted among those of the one before: no subtraction gives a small number."""
    said: list[str] = []
    exact: int | None = None
    for number in numbers:
        if number < LEAST_SHOWN:
            said.append(masked(number))
        elif exact is None or exact == number or exact - number >= LEAST_SHOWN:
            said.append(str(number))
            exact = number
        else:
            said.append(_("au moins %(n)s") % {"n": number - number % LEAST_SHOWN})
    return said


def system_words(network: Network) -> list[str]:
    """Return the systems a network runs, in words."""
    return [str(_SYSTEMS[name]) for name in network.systems if name in _SYSTEMS]


def ring_words(opening: Opening) -> list[str]:
    """Return what one ring of eligibility looks at, a line for each criterion; nothing when everyone is admitted."""
    levels = [str(_LEVELS.get(level, level)) for level in opening.levels]
    lines = [
        (_("Fonctions"), opening.functions),
        (_("Niveaux"), levels),
        (_("Services"), opening.units),
        (_("Sites"), opening.sites),
    ]
    return [
        _("%(what)s : %(which)s") % {"what": what, "which": ", ".join(which)}
        for what, which in lines
        if which
    ]


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where someone stands in one network, in words."""

    network: str
    url: str
    state: str
    tone: str
    text: str
    link_url: str
    link: str


def state_words(membership: Membership) -> tuple[str, str]:
    """Return a membership's state in a word or two, and its colour (`network` loaded beforehand)."""
    now, network = clock.now(), membership.network
    if membership.state != MembershipState.MEMBER:
        tone = "warn" if membership.state == MembershipState.APPLIED else "neutral"
        return capfirst(membership.get_state_display()), tone
    if membership.is_paused(now):
        return _("En pause"), "neutral"
    if System.EXCHANGES in network.systems and not membership.is_active(network, now):
        return _("Pas encore actif"), "warn"
    return _("Membre"), "good"


def standing_words(membership: Membership) -> Standing:
    """Return where someone stands in a network as their own pages say it."""
    network = membership.network
    state, tone = state_words(membership)
    return Standing(
        network=network.name,
        url=reverse("join:network", args=[network.slug]),
        state=state,
        tone=tone,
        text=capacity_words(membership)
        if membership.state == MembershipState.MEMBER and System.EXCHANGES in network.systems
        else "",
        link_url=reverse("join:membership", args=[network.slug]),
        link=_("Ma participation"),
    )


def capacity_words(membership: Membership) -> str:
    """Return how many exchanges someone said they can hold on each side."""
    give, receive = membership.give_capacity, membership.receive_capacity
    if not give and not receive:
        said = _("Aucun nouvel échange pour l’instant : ni pour transmettre, ni pour apprendre.")
    elif not give:
        said = _(
            "Rien à transmettre pour l’instant : vous n’êtes proposé à personne. "
            "Pour apprendre, échanges à la fois, au plus : %(receive)s."
        )
    elif not receive:
        said = _(
            "Rien à apprendre pour l’instant : personne ne vous est proposé. "
            "Pour transmettre, échanges à la fois, au plus : %(give)s."
        )
    else:
        said = _("Échanges à la fois, au plus : %(give)s pour transmettre, %(receive)s pour apprendre.")
    return said % {"give": give, "receive": receive}


def reciprocity_words(membership: Membership) -> tuple[str, str]:
    """Return whether a member may ask for introductions and why, in a sentence, and its colour."""
    now, network = clock.now(), membership.network
    if not network.is_strict:
        return _(
            "Ce réseau est en réciprocité ouverte : on peut apprendre avant de transmettre, ou l’inverse."
        ), "good"
    if membership.reciprocal:
        return _("Une offre et une demande sont publiées : les mises en relation sont ouvertes."), "good"
    if membership.waived_at is not None:
        return _(
            "L’animation a levé la condition de réciprocité : les mises en relation sont ouvertes."
        ), "good"
    if membership.grace_until is not None and membership.grace_until > now:
        return _(
            "Délai de démarrage : les mises en relation sont ouvertes jusqu’au %(day)s. "
            "D’ici là, il reste à publier au moins une offre et une demande."
        ) % {"day": words(membership.grace_until, "full")}, "warn"
    return _(
        "Pour demander une mise en relation, il faut une offre et une demande publiées. "
        "On peut toujours lire, publier et répondre."
    ), "warn"


def choice(value: Any, choices: Any) -> str:
    """Return the words of a choice."""
    return capfirst(str(dict(choices).get(value, value)))
