"""What must hold before two people are brought together: refusals with their sentence."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.models import SetApart, live_load, post_load
from reciproque.exchanges.rules import Side
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import needs_signature
from reciproque.networks.rules import MembershipState
from reciproque.people.models import Person

FULL_OTHER = _("Cette personne a déjà autant d’échanges qu’elle peut en tenir. Choisissez quelqu’un d’autre.")
FULL_ONESELF = _(
    "Vous avez déjà autant d’échanges en cours que prévu. Terminez-en un, ou changez votre capacité."
)
# Says nothing of why: one of the two asked for it, or it was decided after a report.
NOT_POSSIBLE = _("Cette mise en relation n’est pas possible en ce moment. Choisissez quelqu’un d’autre.")
FULL_POST = _("Cette annonce a déjà autant d’échanges en cours que prévu.")


def check_initiator(membership: Membership | None, network: Network) -> None:
    """Refuse someone who may not ask in this network now, with the reason."""
    now = clock.now()
    if membership is None:
        raise PermissionDenied
    if membership.is_suspended(now):
        raise ValidationError(
            _(
                "Vos mises en relation sont suspendues pour le moment : voyez la décision qui vous a été adressée."
            )
        )
    if membership.is_paused(now):
        raise ValidationError(
            _("Votre participation est en pause. Reprenez-la pour demander une mise en relation.")
        )
    if not membership.is_active(network, now):
        raise ValidationError(
            _(
                "Dans ce réseau, on propose et on demande : publiez au moins une offre et une demande, puis revenez."
            )
        )
    membership.network = network
    if needs_signature(membership):
        raise ValidationError(_("La charte du réseau a changé. Signez la nouvelle version, puis revenez."))


def check_pair(requester: Person, offerer: Person, network: Network) -> None:
    """Refuse the pairs that no score can redeem, with the reason."""
    if requester.pk == offerer.pk:
        raise ValidationError(_("On ne se met pas en relation avec soi-même."))
    if SetApart.objects.in_force().between(requester, offerer).exists():
        raise ValidationError(NOT_POSSIBLE)
    if network.exclude_own_manager and (
        requester.manager_id == offerer.pk or offerer.manager_id == requester.pk
    ):
        raise ValidationError(_("Ce réseau ne met pas en relation une personne et son responsable direct."))


def check_post(post: Post | None, author: Person, network: Network) -> None:
    """Refuse a post that is not theirs, or no longer published."""
    if post is None:
        return
    if post.author_id != author.pk or post.network_id != network.pk:
        raise PermissionDenied
    if post.state != PostState.PUBLISHED:
        raise ValidationError(_("Cette annonce n’est plus publiée."))


def check_capacity(
    requester: Person, offerer: Person, network: Network, *posts: Post | None, by: Person, joins: bool = False
) -> None:
    """Refuse when one side holds as many exchanges as they said they could; locks both memberships.

    The sentence speaks to `by`. One more person who joins a group adds nothing to what its offerer holds.
    """
    rows = Membership.objects.select_for_update().filter(
        network=network, person__in=[requester, offerer], state=MembershipState.MEMBER
    )
    members = {row.person_id: row for row in rows.order_by("pk")}
    if len(members) < 2:
        raise ValidationError(_("Cette personne ne fait plus partie du réseau."))
    if not joins and live_load(offerer, Side.OFFERER, network) >= members[offerer.pk].give_capacity:
        raise ValidationError(FULL_ONESELF if by.pk == offerer.pk else FULL_OTHER, code="full")
    if live_load(requester, Side.REQUESTER, network) >= members[requester.pk].receive_capacity:
        raise ValidationError(FULL_ONESELF if by.pk == requester.pk else FULL_OTHER, code="full")
    if any(post is not None and post_load(post) >= post.capacity for post in posts if not joins):
        raise ValidationError(FULL_POST, code="full")
