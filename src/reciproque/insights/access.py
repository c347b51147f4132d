"""Who may read the figures of a network, or an invitation to help."""

from __future__ import annotations

import dataclasses
import datetime as dt
from enum import StrEnum

from django.core.exceptions import PermissionDenied

from reciproque.insights.models import HazardCare, HelperInvitation, ReportNote, Study
from reciproque.kit.errors import NotThere
from reciproque.networks.access import Scope, get_network, has_role, is_animator, is_member, scope_held
from reciproque.networks.models import Network, RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.access import can_administer
from reciproque.people.models import Person


def get_read_network(person: Person, slug: str) -> Network:
    """Return a network to whoever reads its figures: a member, or somebody with a role in it; else `NotThere`."""
    network = get_network(person, slug)
    if is_member(person, network) or is_animator(person, network) or has_role(person, network, *Role.values):
        return network
    raise NotThere


def get_helper_invitation(person: Person, public_id: str) -> HelperInvitation:
    """Return an invitation to help, as the one invited reads it, and nobody else."""
    rows = HelperInvitation.objects.select_related("network", "person", "by")
    invitation = rows.filter(public_id=public_id, person=person).first()
    if invitation is None or not person.is_active:
        raise NotThere
    return invitation


class ReaderKind(StrEnum):
    """How much of the figures somebody reads."""

    # Animates the network: sees the rows they may already see, within their scope.
    TEAM = "team"
    # Everyone else: only what was released, by groups of at least five, and never a name.
    OTHERS = "others"


@dataclasses.dataclass(frozen=True)
class Reader:
    """Somebody who reads the figures of one network, and how much of them."""

    person: Person
    network: Network
    kind: ReaderKind
    scope: Scope | None = None

    @property
    def is_team(self) -> bool:
        """Whether they read the rows themselves, within their scope."""
        return self.kind == ReaderKind.TEAM


def reader_of(person: Person, network: Network) -> Reader:
    """Return how much of a network’s figures somebody reads: the one place where it is decided.

    Animating is a role that was given: who administers the installation without it reads what is released, as managers,
    sponsors, human resources and members do.
    """
    if not has_role(person, network, Role.ANIMATOR):
        return Reader(person, network, ReaderKind.OTHERS)
    grants = RoleGrant.objects.held().filter(person=person, network=network, role=Role.ANIMATOR)
    grant = grants.select_related("unit").first()
    scope = scope_held(grant) if grant is not None else None
    return Reader(person, network, ReaderKind.TEAM if scope is not None else ReaderKind.OTHERS, scope)


def writes_reports(person: Person, network: Network) -> bool:
    """Tell whether somebody writes and sends the reports of a network: whoever animates all of it."""
    reader = reader_of(person, network)
    return reader.is_team and reader.scope is not None and reader.scope.whole


def get_report_of(network: Network, kind: str, start: dt.date, version: int = 0) -> ReportNote | None:
    """Return the words of a report: a version of it, or the last one."""
    rows = ReportNote.objects.filter(network=network, kind=kind, start=start).select_related(
        "network", "sent_by"
    )
    return (rows.filter(version=version) if version else rows.order_by("-version")).first()


def read_report(person: Person, network: Network, kind: str, start: dt.date) -> ReportNote | None:
    """Return the words that somebody reads of a report: the last sent; for who writes them, the last of all."""
    rows = ReportNote.objects.filter(network=network, kind=kind, start=start).select_related(
        "network", "sent_by"
    )
    if not writes_reports(person, network):
        rows = rows.filter(sent_at__isnull=False)
    return rows.order_by("-version").first()


def runs_studies(person: Person, network: Network) -> bool:
    """Tell whether somebody asks for studies of a network and takes their files: whoever animates all of it."""
    return writes_reports(person, network)


def agrees_to_studies(person: Person, network: Network) -> bool:
    """Tell whether somebody agrees to studies of a network: who sponsors it, or administers the installation."""
    return has_role(person, network, Role.SPONSOR) or can_administer(person)


def get_study(person: Person, public_id: str) -> Study:
    """Return a study to who runs those of its network, or agrees to them; else `NotThere`."""
    study = (
        Study.objects.filter(public_id=public_id).select_related("network", "asked_by", "answered_by").first()
    )
    if study is None or not (runs_studies(person, study.network) or agrees_to_studies(person, study.network)):
        raise NotThere
    return study


def require_studies(person: Person, slug: str) -> Network:
    """Return a network to who runs its studies or agrees to them; else refuse."""
    network = get_read_network(person, slug)
    if not (runs_studies(person, network) or agrees_to_studies(person, network)):
        raise PermissionDenied
    return network


def get_hazard_care(person: Person, public_id: str) -> HazardCare:
    """Return a risk of a scheme that is followed, to whoever animates its network; else `NotThere`."""
    care = HazardCare.objects.filter(public_id=public_id).select_related("network", "owner").first()
    if care is None or not reader_of(person, care.network).is_team:
        raise NotThere
    return care


def require_hazards(person: Person, slug: str) -> Network:
    """Return a network to who reads the risks of its scheme: who animates it, sponsors it, or administers; else refuse."""
    network = get_read_network(person, slug)
    if not reads_hazards(person, network):
        raise PermissionDenied
    return network


def reads_hazards(person: Person, network: Network) -> bool:
    """Tell whether somebody reads the risks of a network’s scheme."""
    return is_animator(person, network) or has_role(person, network, Role.SPONSOR)
