"""Act on what is shown: launch a call from a risk, invite to help, look at maturity and aim higher."""

from reciproque.insights.actions.costs import set_costs
from reciproque.insights.actions.hazards import follow_hazard, review_hazard, tend_hazards
from reciproque.insights.actions.maturity import ask_maturity, note_maturity, set_goals
from reciproque.insights.actions.measure import measure_due, measure_network, measure_past
from reciproque.insights.actions.pictures import release_pictures
from reciproque.insights.actions.pool import answer_invitation, invite_helper, lapse_invitations
from reciproque.insights.actions.release import release_due, release_network
from reciproque.insights.actions.reports import send_report, write_report
from reciproque.insights.actions.risk import ask_successors, forget_person, launch_call, say_leaving
from reciproque.insights.actions.studies import (
    answer_study,
    ask_study,
    coarsen_study,
    end_study,
    make_study,
    object_to_studies,
    take_study,
    tend_studies,
    withdraw_study,
)
from reciproque.insights.actions.study_files import pieces_of
from reciproque.insights.actions.targets import drop_target, set_target

__all__ = [
    "answer_invitation",
    "answer_study",
    "ask_maturity",
    "ask_study",
    "ask_successors",
    "coarsen_study",
    "drop_target",
    "end_study",
    "follow_hazard",
    "forget_person",
    "invite_helper",
    "lapse_invitations",
    "launch_call",
    "make_study",
    "measure_due",
    "measure_network",
    "measure_past",
    "note_maturity",
    "object_to_studies",
    "pieces_of",
    "release_due",
    "release_network",
    "release_pictures",
    "review_hazard",
    "say_leaving",
    "send_report",
    "set_costs",
    "set_goals",
    "set_target",
    "take_study",
    "tend_hazards",
    "tend_studies",
    "withdraw_study",
    "write_report",
]
