"""Act on what is shown: launch a call from a risk, invite to help, look at maturity and aim higher."""

from reciproque.insights.actions.maturity import ask_maturity, note_maturity, set_goals
from reciproque.insights.actions.pool import answer_invitation, invite_helper, lapse_invitations
from reciproque.insights.actions.risk import ask_successors, forget_person, launch_call, say_leaving

__all__ = [
    "answer_invitation",
    "ask_maturity",
    "ask_successors",
    "forget_person",
    "invite_helper",
    "lapse_invitations",
    "launch_call",
    "note_maturity",
    "say_leaving",
    "set_goals",
]
