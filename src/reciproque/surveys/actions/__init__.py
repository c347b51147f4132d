"""What is done with questionnaires: write them, send them, answer them once, and let out only what hides everyone."""

from reciproque.surveys.actions.answering import (
    begin_answer,
    correct_answer,
    decline,
    erase_answer,
    forget_member,
    forget_person,
    submit_answer,
    submit_by_code,
)
from reciproque.surveys.actions.campaigns import (
    cancel_campaign,
    close_campaign,
    close_due,
    floor_of,
    open_campaign,
    open_due,
    plan_campaign,
    remind_all,
)
from reciproque.surveys.actions.inviting import invite_after_exchange, invite_by_event, issue_codes
from reciproque.surveys.actions.releasing import release_due
from reciproque.surveys.actions.writing import (
    choose_least,
    copy_supplied,
    create_questionnaire,
    edit_version,
    publish_version,
    retire_questionnaire,
)

__all__ = [
    "begin_answer",
    "cancel_campaign",
    "choose_least",
    "close_campaign",
    "close_due",
    "copy_supplied",
    "correct_answer",
    "create_questionnaire",
    "decline",
    "edit_version",
    "erase_answer",
    "floor_of",
    "forget_member",
    "forget_person",
    "invite_after_exchange",
    "invite_by_event",
    "issue_codes",
    "open_campaign",
    "open_due",
    "plan_campaign",
    "publish_version",
    "release_due",
    "remind_all",
    "retire_questionnaire",
    "submit_answer",
    "submit_by_code",
]
