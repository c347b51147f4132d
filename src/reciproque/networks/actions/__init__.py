"""Change networks: found and settle them, join and leave them, give and withdraw roles."""

from reciproque.networks.actions.founding import (
    add_opening,
    change_settings,
    create_invitation,
    create_network,
    grant_role,
    publish_charter,
    withdraw_invitation,
    withdraw_role,
)
from reciproque.networks.actions.membership import (
    answer_application,
    change_capacity,
    enrol_in_bulk,
    join_network,
    leave_interest,
    leave_network,
    pause_membership,
    resume_membership,
    set_active,
    set_reciprocal_in_bulk,
    sign_charter,
    waive_reciprocity,
)

__all__ = [
    "add_opening",
    "answer_application",
    "change_capacity",
    "change_settings",
    "create_invitation",
    "create_network",
    "enrol_in_bulk",
    "grant_role",
    "join_network",
    "leave_interest",
    "leave_network",
    "pause_membership",
    "publish_charter",
    "resume_membership",
    "set_active",
    "set_reciprocal_in_bulk",
    "sign_charter",
    "waive_reciprocity",
    "withdraw_invitation",
    "withdraw_role",
]
