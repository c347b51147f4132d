"""Who may count something as training, and who reads it: the two people it concerns, nobody else.

The training department reads, in its export, what both agreed to hand over. No manager, no animator reads a record.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

from reciproque.agenda.models import Attendance, Meeting
from reciproque.agenda.rules import MeetingState, Mode
from reciproque.circles.models import Circle, GroupCharter, Session
from reciproque.circles.rules import CircleState
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.exchanges.rules import ExchangeState
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import ALPHABET, ID_LENGTH, is_id
from reciproque.networks.models import Membership, Network, RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.access import is_present
from reciproque.people.models import Person
from reciproque.recognition.models import Attestation, TrainingRecord, TrainingSetting
from reciproque.recognition.rules.training import IN_A_GROUP, Modality, TrainingKind

_LOADED = ("network", "learner__unit", "learner__site", "trainer__unit", "trainer__site", "asked_by")
_MODES = {Mode.FACE: Modality.FACE, Mode.PHONE: Modality.PHONE, Mode.VIDEO: Modality.REMOTE}


@dataclasses.dataclass(frozen=True)
class Source:
    """Something that this person may count as training: what, whether they learned, and with whom."""

    kind: str
    source_id: str
    network: Network
    # What a record may say of it without asking anyone.
    title: str
    starts_on: dt.date
    ends_on: dt.date
    mode: str
    learned: bool
    others: list[Person]
    # The group of a session, or the group itself, by its identifier.
    circle_id: str = ""
    # The name of the group, and what its charter says may leave: the learner judges whether the name is in it.
    group: str = ""
    leaving: str = ""


def counts_training(network: Network, kind: str) -> TrainingSetting | None:
    """Return what the network settled, if this kind of thing may count there; None when it may not."""
    row = TrainingSetting.objects.filter(network=network, on=True).first()
    return row if row is not None and kind in row.kinds else None


def get_source(person: Person, kind: str, source_id: str) -> Source:
    """Return something that this person lived and may count as training; anyone else, or not there: `NotThere`."""
    if kind not in TrainingKind.values or not is_id(source_id) or not is_present(person):
        raise NotThere
    found = (
        _exchange(person, source_id) if kind == TrainingKind.EXCHANGE else _of_group(person, kind, source_id)
    )
    if found is None or counts_training(found.network, kind) is None or not found.others:
        raise NotThere
    if not Membership.objects.current().filter(person=person, network=found.network).exists():
        raise NotThere
    return found


def _exchange(person: Person, source_id: str) -> Source | None:
    rows = Exchange.objects.visible_to(person).filter(state=ExchangeState.CLOSED, public_id=source_id)
    exchange = rows.select_related("network").first()
    if exchange is None:
        return None
    parts = list(
        ExchangePerson.objects.filter(exchange=exchange, left_at=None).select_related("person__unit")
    )
    side = next(part.side for part in parts if part.person_id == person.pk)
    day = exchange.held_on or (exchange.closed_at or exchange.opened_at).date()
    held = Meeting.objects.about(exchange).filter(state=MeetingState.HELD, starts_at__isnull=False)
    first = held.order_by("starts_at").values_list("starts_at", flat=True).first()
    return Source(
        kind=TrainingKind.EXCHANGE,
        source_id=source_id,
        network=exchange.network,
        title=exchange.title,
        # From its first meeting to its last.
        starts_on=min(day, first.date()) if first is not None else day,
        ends_on=day,
        mode=_MODES.get(Mode(exchange.mode), "") if exchange.mode else "",
        learned=side == "requester",
        others=[part.person for part in parts if part.side != side and part.person.is_active],
    )


def _of_group(person: Person, kind: str, source_id: str) -> Source | None:
    """Read a group of which this person is: its dates, who facilitates it; nothing of what was said there."""
    shared = Circle.objects.shared_by(person).select_related("network", "facilitator__unit", "trade")
    if kind == TrainingKind.GROUP:
        circle = shared.filter(public_id=source_id, state=CircleState.CLOSED, began_at__isnull=False).first()
        if circle is None or circle.began_at is None or circle.closed_at is None:
            return None
        dates, mode = (circle.began_at.date(), circle.closed_at.date()), circle.mode
    else:
        sessions = Session.objects.visible_to(person).select_related("meeting")
        session = sessions.filter(public_id=source_id, meeting__state=MeetingState.HELD).first()
        if session is None or session.meeting is None or session.meeting.starts_at is None:
            return None
        was_there = Attendance.objects.filter(meeting=session.meeting, person=person, attended=True)
        if not was_there.exists():
            return None
        circle = shared.get(pk=session.circle_id)
        day = session.meeting.starts_at.date()
        dates, mode = (day, day), session.meeting.mode
    leads = circle.facilitator
    charter = GroupCharter.objects.filter(circle=circle).order_by("-version").first()
    return Source(
        kind=kind,
        source_id=source_id,
        network=circle.network,
        # What everyone of the network reads at its door, and no more.
        title=circle.trade.name if circle.trade else "",
        starts_on=dates[0],
        ends_on=dates[1],
        mode=_MODES.get(Mode(mode), ""),
        learned=True,
        # Its facilitator does not count their own group: the learner alone asks.
        others=[leads] if leads is not None and leads.is_active and leads.pk != person.pk else [],
        circle_id=circle.public_id,
        group=circle.title,
        leaving=charter.leaving if charter is not None else "",
    )


def counted_twice(source: Source, learner: Person) -> bool:
    """Tell whether what this person learned here counts already, with the group of this session or one of its sessions."""
    rows = TrainingRecord.objects.live().filter(learner=learner)
    if source.kind == TrainingKind.SESSION:
        return rows.filter(kind=TrainingKind.GROUP, source_id=source.circle_id).exists()
    if source.kind == TrainingKind.GROUP:
        sessions = Session.objects.filter(circle__public_id=source.circle_id).values("public_id")
        return rows.filter(kind=TrainingKind.SESSION, source_id__in=sessions).exists()
    return False


def may_ask_training(person: Person, kind: str, source_id: str) -> bool:
    """Tell whether this person may count this as training with somebody with whom it does not count already."""
    try:
        source = get_source(person, kind, source_id)
    except NotThere:
        return False
    return bool(still_countable(person, source))


def still_countable(person: Person, source: Source) -> list[Person]:
    """Return those with whom this person has not counted this yet, nor asked to."""
    if source.learned and counted_twice(source, person):
        return []
    live = TrainingRecord.objects.live().filter(kind=source.kind, source_id=source.source_id)
    mine = live.filter(learner=person) if source.learned else live.filter(trainer=person)
    taken = set(mine.values_list("trainer" if source.learned else "learner", flat=True))
    return [other for other in source.others if other.pk not in taken]


def get_training(person: Person, public_id: str) -> TrainingRecord:
    """Return a record of which this person is one of the two; anyone else, animators and managers too: `NotThere`."""
    row = (
        TrainingRecord.objects.visible_to(person).select_related(*_LOADED).filter(public_id=public_id).first()
    )
    if row is None or not is_present(person):
        raise NotThere
    return row


def get_own_training(person: Person, public_id: str) -> TrainingRecord:
    """Return a record in which this person learned: what attests it is theirs alone."""
    row = get_training(person, public_id)
    if row.learner_id != person.pk:
        raise NotThere
    return row


def get_attestation(code: str) -> Attestation:
    """Return the attestation of this code, standing or withdrawn, for whoever was given it; else `NotThere`."""
    row = None
    if len(code) == 2 * ID_LENGTH and set(code) <= set(ALPHABET):
        row = Attestation.objects.select_related("record__network", "key").filter(code=code).first()
    if row is None:
        raise NotThere
    return row


def can_take_training(person: Person, network: Network) -> bool:
    """Tell whether this person is of the training department of the whole network: human resources, nobody else."""
    grants = RoleGrant.objects.held().filter(person=person, network=network, role=Role.HR)
    return is_present(person) and grants.filter(site=None, unit=None).exists()


def departments_of(person: Person) -> list[Network]:
    """Return the networks of whose training department this person is."""
    if not is_present(person):
        return []
    grants = RoleGrant.objects.held().filter(person=person, role=Role.HR, site=None, unit=None)
    return list(Network.objects.filter(pk__in=grants.values("network")).order_by("name_fr"))


def require_training_department(person: Person, slug: str) -> Network:
    """Return the network if this person is of its training department; anyone else meets `NotThere`."""
    network = Network.objects.filter(slug=slug).first()
    if network is None or not can_take_training(person, network):
        raise NotThere
    return network


def tells_group(kind: str) -> bool:
    """Tell whether a record is about the inside of a group."""
    return kind in IN_A_GROUP
