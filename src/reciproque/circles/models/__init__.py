"""Practice-exchange groups: their need, seats, charter and sessions; the room of a session; what may leave a group.

Two questions are answered here and nowhere else. What anyone of the network may know of a group: `Circle.visible_to`
(its title, trade, aims and call). What belongs to the group: `visible_to` on every other model, for its members and its
facilitator, to the exclusion of the network's animators and of the installation's administrators.
"""

from reciproque.circles.models.group import (
    Circle,
    CircleQuerySet,
    Decider,
    GroupCharter,
    GroupSignature,
    Seat,
    SeatQuerySet,
    Waiver,
)
from reciproque.circles.models.outings import (
    Agreement,
    ConsentQuerySet,
    DeciderReport,
    Outing,
    OutingQuerySet,
)
from reciproque.circles.models.sessions import (
    InSession,
    Interest,
    Lead,
    Learning,
    PrivateNote,
    PrivateNoteQuerySet,
    Session,
    SessionQuerySet,
    Subject,
)

__all__ = [
    "Agreement",
    "Circle",
    "CircleQuerySet",
    "ConsentQuerySet",
    "Decider",
    "DeciderReport",
    "GroupCharter",
    "GroupSignature",
    "InSession",
    "Interest",
    "Lead",
    "Learning",
    "Outing",
    "OutingQuerySet",
    "PrivateNote",
    "PrivateNoteQuerySet",
    "Seat",
    "SeatQuerySet",
    "Session",
    "SessionQuerySet",
    "Subject",
    "Waiver",
]
